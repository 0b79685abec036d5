//! Zoning over invented territories: quotas, margins, faults, and what changes nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use pacte_access::zoning::{
    Adjustment, Approvals, Classes, FaultKind, Inputs, Proposal, Reason, Severity, Zoner, ZoningMethod, effects,
    review, review_with,
};
use pacte_territory::{Column, Grouping, Level, QuarterZone, Territory, TerritoryParts};
use proptest::prelude::*;

use crate::land::{Land, column, provenance};

/// A unit of a territory to be: people and indicator of its communes, and the region.
#[derive(Clone, Debug)]
pub(crate) struct Basin {
    pub(crate) region: &'static str,
    pub(crate) communes: Vec<(u64, f64)>,
}

/// A basin of one commune.
pub(crate) fn basin(region: &'static str, people: u64, apl: f64) -> Basin {
    Basin { region, communes: vec![(people, apl)] }
}

pub(crate) fn parts(basins: &[Basin]) -> TerritoryParts {
    let communes: Vec<(usize, &Basin, u64, f64)> = basins
        .iter()
        .enumerate()
        .flat_map(|(i, basin)| basin.communes.iter().map(move |(people, apl)| (i, basin, *people, *apl)))
        .collect();
    let n = communes.len();
    let land = Land {
        points: (0..n).map(|i| (2.0 + 0.01 * i as f64, 46.0)).collect(),
        people: communes.iter().map(|commune| commune.2 as f64).collect(),
        km2: vec![10.0; n],
        gps: vec![1.0; n],
        island: n,
    };
    let mut parts = land.parts();
    let codes: Vec<String> = communes.iter().map(|commune| format!("B{:03}", commune.0)).collect();
    let name = |code: &str| format!("Bassin {code}");
    for level in [Level::BassinDeVie, Level::Region, Level::FormerRegion] {
        let of = communes
            .iter()
            .zip(&codes)
            .map(|(commune, code)| Some(if level == Level::BassinDeVie { code.as_str() } else { commune.1.region }));
        let of: Vec<Option<&str>> = of.collect();
        parts.groupings.push(Grouping::from_codes(level, provenance(), of.into_iter(), name));
    }
    let apl: Vec<f64> = communes.iter().map(|commune| commune.3).collect();
    parts.columns.push(column("apl.gp", 2022, apl.clone()));
    parts.columns.push(column("apl.gp_65", 2022, apl));
    parts
}

pub(crate) fn territory(basins: &[Basin]) -> Territory {
    Territory::assemble(parts(basins)).unwrap()
}

fn indicator(territory: &Territory) -> &Column {
    territory.latest("apl.gp_65").unwrap()
}

pub(crate) fn propose(territory: &Territory, method: &ZoningMethod) -> Proposal {
    let inputs = Inputs::of(territory, method).unwrap();
    Zoner::new(territory, method, &inputs).unwrap().propose_on(indicator(territory)).unwrap()
}

/// The shipped method with its text changed.
pub(crate) fn changed(name: &str, changes: &[(&str, &str)]) -> ZoningMethod {
    let mut text = ZoningMethod::shipped_text(name).unwrap().to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    ZoningMethod::from_yaml("essai.yaml", &text).unwrap_or_else(|error| panic!("{error}"))
}

fn class_of<'a>(proposal: &'a Proposal, code: &str) -> &'a str {
    let unit = &proposal.units[proposal.find(code).unwrap()];
    unit.class.map_or("", |class| &proposal.classes[usize::from(class)].id)
}

fn adjust(unit: &str, to: &str) -> Adjustment {
    Adjustment { unit: unit.into(), to: to.into(), reason: "Deux départs annoncés.".into() }
}

#[test]
fn the_zoning_of_2017_has_its_floor_its_pool_and_its_share() {
    let basins = [
        basin("32", 100, 1.0),
        basin("32", 150, 2.49),
        basin("32", 100, 2.5),
        basin("32", 200, 3.0),
        basin("32", 90, 3.9),
        basin("32", 360, 4.0),
        basin("52", 1000, 6.0),
        basin("52", 10, f64::NAN),
    ];
    let territory = territory(&basins);
    // 1,000 inhabitants in the region, 37 % of them: 250 are mandatory, 120 are left: one of 100 fits, the one of 200 does
    // not, the one of 90 no longer does.
    let method = changed("medecins-2017", &[("percent: 18,", "percent: 37,")]);
    let proposal = propose(&territory, &method);
    let classes: Vec<&str> = proposal.units.iter().map(|unit| class_of(&proposal, &unit.code)).collect();
    assert_eq!(classes, ["zip", "zip", "zip", "zac", "zac", "hz", "hz", ""]);
    assert_eq!(proposal.units[0].because, Reason::Mandatory { below: 2.5 });
    assert_eq!(proposal.units[2].because, Reason::Quota { quota: "zip".into(), rank: 1 });
    assert!(proposal.units[4].in_pool && !proposal.units[5].in_pool);
    let used = &proposal.quotas[0];
    assert_eq!((used.people, used.allowed, used.used, used.mandatory, used.unused()), (1000, 370, 350, 250, 20));
    assert_eq!(proposal.people_by_class(), [350, 290, 1360, 10]);
    assert!(proposal.notes.iter().any(|note| note.contains("bassins de vie à la place des territoires de vie-santé")));
    assert!(
        proposal
            .faults
            .iter()
            .any(|fault| fault.kind == FaultKind::Unclassified && fault.problem.contains("Bassin B007"))
    );
    assert_eq!(proposal.method_hash, method.hash());
    assert_eq!(proposal.vintages[0].name, "apl.gp_65@2022");

    let classes = proposal.classes_of(&territory);
    assert_eq!((classes.class(0).unwrap().id.as_str(), classes.get(7)), ("zip", None));
    let text = serde_json::to_string(&proposal).unwrap();
    assert_eq!(serde_json::from_str::<Proposal>(&text).unwrap(), proposal, "a draft reads back");
}

#[test]
fn the_mean_of_a_unit_is_weighted_as_the_method_says() {
    let two = Basin { region: "32", communes: vec![(300, 2.0), (100, 4.0), (50, f64::NAN)] };
    let territory = territory(&[two, basin("32", 10, 9.0)]);
    let value = |weighting: &str| {
        let method = changed("medecins-2017", &[("weighting: population", &format!("weighting: {weighting}"))]);
        propose(&territory, &method).units[0].value.unwrap()
    };
    assert_eq!(value("population"), 2.5);
    assert_eq!(value("standardised"), 2.5, "standardised people are 98 % of people everywhere here");
    let mut parts = parts(&[Basin { region: "32", communes: vec![(0, 2.0), (0, 3.0)] }]);
    parts.columns[1].values = vec![100.0, 300.0];
    let empty = Territory::assemble(parts).unwrap();
    let by = |weighting: &str| {
        let method = changed("medecins-2017", &[("weighting: population", &format!("weighting: {weighting}"))]);
        propose(&empty, &method).units[0].value.unwrap()
    };
    assert_eq!((by("population"), by("standardised")), (2.5, 2.75), "a unit without inhabitants has a plain mean");
}

#[test]
fn the_zoning_of_2021_fills_two_pools() {
    let basins: Vec<Basin> = (0..100).map(|i| basin("75", 100, 1.0 + 0.05 * f64::from(i))).collect();
    let method = ZoningMethod::shipped("medecins-2021").unwrap();
    let proposal = propose(&territory(&basins), &method);
    // 30.2 % and 42.0 % of 10,000 in units of 100: 30 and 42 of them.
    assert_eq!(proposal.people_by_class(), [3000, 4200, 2800, 0]);
    assert!(proposal.units.iter().all(|unit| !unit.because.is_mandatory()), "nothing is automatic any more");
}

#[test]
fn people_by_quota_come_from_whole_units_attached_to_one_region() {
    // Half of the people of the first basin live in each region; the first region in the order of codes decides for all.
    let mut shared = parts(&[Basin { region: "32", communes: vec![(500, 1.0), (500, 1.0)] }, basin("32", 9000, 8.0)]);
    for grouping in shared.groupings.iter_mut().filter(|grouping| grouping.level == Level::Region) {
        let codes = [Some("44"), Some("32"), Some("32")];
        *grouping = Grouping::from_codes(Level::Region, provenance(), codes.into_iter(), str::to_owned);
    }
    let territory = Territory::assemble(shared).unwrap();
    let proposal = propose(&territory, &ZoningMethod::shipped("medecins-2017").unwrap());
    assert_eq!(proposal.units[0].region, "32");
    assert_eq!(proposal.quotas.iter().map(|quota| quota.people).collect::<Vec<_>>(), [10_000]);
}

#[test]
fn adjustments_are_judged_one_by_one() {
    let mut parts = parts(&[
        basin("32", 100, 1.0),
        basin("32", 100, 3.0),
        basin("32", 100, 3.5),
        basin("32", 30, 4.1),
        basin("32", 70, 5.0),
        basin("32", 600, 9.0),
    ]);
    parts.quarters.push(QuarterZone {
        code: "QN05901M".into(),
        name: "Les Tilleuls".into(),
        communes: vec![5],
        rings: Vec::new(),
    });
    let territory = Territory::assemble(parts).unwrap();
    let method = changed("medecins-2017", &[("percent: 18,", "percent: 20,")]);
    let proposal = propose(&territory, &method);
    assert_eq!(
        proposal.units.iter().map(|unit| class_of(&proposal, &unit.code)).collect::<Vec<_>>(),
        ["zip", "zip", "zac", "hz", "hz", "hz"]
    );
    let plain = review(&method, &proposal, &[]);
    assert!(plain.publishable() && plain.moves.is_empty());
    assert_eq!(plain.quotas, proposal.quotas);

    let kinds = |adjustments: &[Adjustment]| {
        let review = review(&method, &proposal, adjustments);
        review.faults.iter().filter(|f| f.severity == Severity::Blocking).map(|f| f.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&[adjust("B001", "zac"), adjust("B002", "zip")]), [], "free within the pool");
    assert_eq!(kinds(&[adjust("B002", "zip")]), [FaultKind::QuotaExceeded]);
    assert_eq!(kinds(&[adjust("B000", "zac")]), [FaultKind::MandatoryLeft]);
    assert_eq!(kinds(&[adjust("B003", "zac")]), [], "30 people of 1,000, within the 5 %");
    assert_eq!(kinds(&[adjust("B004", "zac")]), [FaultKind::OutsideMargin], "70 people of 1,000");
    assert_eq!(kinds(&[adjust("B9", "zac")]), [FaultKind::UnknownUnit]);
    assert_eq!(kinds(&[adjust("B001", "zar")]), [FaultKind::UnknownClass]);
    assert_eq!(kinds(&[adjust("qpv:QN05901M", "zip")]), []);
    assert_eq!(kinds(&[adjust("qpv:QN05901M", "zac")]), [FaultKind::SpecialRefused]);
    assert_eq!(kinds(&[adjust("qpv:QN00000M", "zip")]), [FaultKind::UnknownUnit]);
    let silent = Adjustment { reason: "  ".into(), ..adjust("B001", "zac") };
    assert_eq!(kinds(&[silent]), [FaultKind::NoReason]);
    assert_eq!(kinds(&[adjust("B001", "zac"), adjust("B001", "hz")]), [FaultKind::Twice]);

    let over = review(&method, &proposal, &[adjust("B002", "zip")]);
    let fault = over.faults.iter().find(|fault| fault.kind == FaultKind::QuotaExceeded).unwrap();
    assert!(
        fault.problem.contains("100 de trop")
            && fault.remedy.contains("Bassin B002")
            && fault.remedy.contains("30,00 %"),
        "{fault:?}"
    );
    assert_eq!((over.quotas[0].used, over.quotas[0].over()), (300, 100));
    let added = review(&method, &proposal, &[adjust("qpv:QN05901M", "zip")]);
    assert_eq!((added.added[0].name.as_str(), added.added[0].units[0].as_str()), ("Les Tilleuls", "B005"));
    assert_eq!(added.classes, plain.classes, "a neighbourhood does not carry its unit");
}

#[test]
fn contradictions_are_told_with_what_would_lift_them() {
    let basins = [basin("32", 400, 1.0), basin("32", 200, 2.0), basin("32", 400, 5.0)];
    let territory = territory(&basins);
    // Mandatory units are 60 % of the people, and nothing exempts them.
    let strict = changed("medecins-2017", &[("mandatory_exempt: true", "mandatory_exempt: false")]);
    let proposal = propose(&territory, &strict);
    let fault = &proposal.faults[0];
    assert_eq!((fault.kind, fault.severity), (FaultKind::MandatoryOverQuota, Severity::Blocking));
    assert!(fault.problem.contains("600 habitants, 420 de plus"), "{}", fault.problem);
    assert!(fault.remedy.contains("18,00 % à 60,00 %") && fault.remedy.contains("obligatoire à 1"), "{}", fault.remedy);
    assert!(!review(&strict, &proposal, &[]).publishable());
    let exempt = propose(&territory, &ZoningMethod::shipped("medecins-2017").unwrap());
    assert_eq!(exempt.faults[0].severity, Severity::Notice);

    let pools = propose(&territory, &ZoningMethod::shipped("medecins-2021").unwrap());
    let fault = pools.faults.iter().find(|fault| fault.kind == FaultKind::NothingFits).unwrap();
    assert!(fault.problem.contains("Bassin B000") && fault.remedy.contains("60,00 %"), "{fault:?}");

    let empty = changed(
        "medecins-2021",
        &[(
            "      default: { percent: 30.2, status: unverified, note: \"part nationale de l’arrêté de 2021, à défaut de la part régionale\" }\n",
            "",
        )],
    );
    let lost = propose(&territory, &empty);
    assert!(
        lost.faults.iter().any(|f| f.severity == Severity::Blocking && f.remedy.contains("default")),
        "{:?}",
        lost.faults
    );
    assert!(
        matches!(lost.units[0].because, Reason::Quota { ref quota, .. } if quota == "zac"),
        "the other rule still applies"
    );
}

#[test]
fn what_a_method_lacks_is_said() {
    let territory = territory(&[basin("32", 400, 1.0)]);
    let method = ZoningMethod::shipped("medecins-2017").unwrap();
    let inputs = Inputs::of(&territory, &method).unwrap();
    let zoner = Zoner::new(&territory, &method, &inputs).unwrap();
    assert!(zoner.propose(&[1.0, 2.0]).unwrap_err().to_string().contains("2 valeurs pour 1 communes"));
    let only = changed("medecins-2017", &[("units: [tvs, bassin_de_vie, commune]", "units: [tvs]")]);
    let error = Zoner::new(&territory, &only, &inputs).unwrap_err().to_string();
    assert!(error.contains("tvs") && error.contains("bassin_de_vie"), "{error}");
    let nurses = ZoningMethod::shipped("infirmiers-2011").unwrap();
    let error = Zoner::new(&territory, &nurses, &inputs).unwrap_err().to_string();
    assert!(error.contains("places_ssiad"), "{error}");
    let other = changed("medecins-2017", &[("concept: apl.gp", "concept: apl.dentist")]);
    let error = pacte_access::zoning::published(&territory, &other).unwrap_err().to_string();
    assert!(error.contains("apl.dentist_65") && error.contains("apl.gp@2022"), "{error}");
}

#[test]
fn effects_count_every_person_once() {
    let basins = [basin("32", 100, 1.0), basin("32", 100, 3.0), basin("44", 100, 5.0)];
    let territory = territory(&basins);
    let method = ZoningMethod::shipped("medecins-2021").unwrap();
    let after = propose(&territory, &method).classes_of(&territory);
    let mut official = column("zoning.gp", 2025, vec![1.0, 0.0, f64::NAN]);
    official.categories =
        vec!["Zone d’intervention prioritaire (ZIP)".into(), "Zone d’accompagnement régional (ZAR)".into()];
    let before = Classes::of_column(&official);
    assert_eq!(before.classes[1].short, "ZAR");
    let people = &territory.latest("population.municipal").unwrap().values;
    let doctors = [3.0, f64::NAN, 2.0];
    let effects = effects(&territory, people, &doctors, &before, &after);
    assert_eq!(effects.by_class.iter().map(|row| row.people_before).sum::<u64>(), 300);
    assert_eq!(effects.by_class.iter().map(|row| row.people_after).sum::<u64>(), 300);
    assert_eq!(effects.moves.iter().map(|moved| moved.people).sum::<u64>(), 300);
    assert_eq!(effects.by_class.iter().map(|row| row.professionals_after).sum::<f64>(), 5.0);
    let regions: u64 = effects
        .places
        .iter()
        .filter(|p| p.level == Level::Region)
        .flat_map(|p| &p.by_class)
        .map(|row| row.people_after)
        .sum();
    assert_eq!(regions, 300);
    let ids: Vec<&str> = effects.classes.iter().map(|class| class.id.as_str()).collect();
    assert_eq!(ids, ["zip", "zac", "hz", "zar"], "classes of both, matched by identifier");
}

/// Some basins over two regions.
fn basins() -> impl Strategy<Value = Vec<Basin>> {
    let commune =
        (0_u64..400, prop_oneof![9 => (0_u32..60).prop_map(|tenth| f64::from(tenth) / 10.0), 1 => Just(f64::NAN)]);
    let basin = (prop::bool::ANY, prop::collection::vec(commune, 1..3))
        .prop_map(|(first, communes)| Basin { region: if first { "32" } else { "44" }, communes });
    prop::collection::vec(basin, 3..30)
}

fn methods() -> [ZoningMethod; 4] {
    [
        changed("medecins-2011", &[("units: [commune]", "units: [bassin_de_vie]")]),
        ZoningMethod::shipped("medecins-2017").unwrap(),
        ZoningMethod::shipped("medecins-2021").unwrap(),
        changed("medecins-2021", &[("quota: zip, fill: greedy", "quota: zip, fill: prefix")]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Quotas hold, but for mandatory units; a review without adjustment is the proposal; everybody is counted once.
    #[test]
    fn a_proposal_keeps_its_own_rules(basins in basins()) {
        let territory = territory(&basins);
        for method in methods() {
            let proposal = propose(&territory, &method);
            for quota in &proposal.quotas {
                prop_assert!(quota.used <= quota.allowed.max(quota.mandatory), "{quota:?}");
            }
            let review = review(&method, &proposal, &[]);
            prop_assert_eq!(&review.classes, &proposal.units.iter().map(|unit| unit.class).collect::<Vec<_>>());
            prop_assert_eq!(&review.quotas, &proposal.quotas);
            let kinds = |faults: &[pacte_access::zoning::Fault]| faults.iter().map(|f| (f.kind, f.place.clone())).collect::<Vec<_>>();
            prop_assert_eq!(kinds(&review.faults), kinds(&proposal.faults));
            let all: u64 = basins.iter().flat_map(|basin| &basin.communes).map(|commune| commune.0).sum();
            prop_assert_eq!(proposal.people_by_class().iter().sum::<u64>(), all);
        }
    }

    /// The order of communes inside the territory plays no part.
    #[test]
    fn the_order_of_communes_changes_nothing(basins in basins()) {
        let mut turned = basins.clone();
        for basin in &mut turned { basin.communes.reverse(); }
        for method in methods() {
            let (a, b) = (propose(&territory(&basins), &method), propose(&territory(&turned), &method));
            prop_assert_eq!(a.units, b.units);
        }
    }

    /// Better access in one unit never brings it a more favoured class.
    #[test]
    fn better_access_never_brings_a_more_favoured_class(
        basins in basins(),
        which in any::<prop::sample::Index>(),
        more in 1_u32..40,
    ) {
        let i = which.index(basins.len());
        let mut better = basins.clone();
        for commune in &mut better[i].communes { commune.1 += f64::from(more) / 10.0; }
        for method in methods() {
            let (before, after) = (propose(&territory(&basins), &method), propose(&territory(&better), &method));
            let code = format!("B{i:03}");
            let class = |proposal: &Proposal| proposal.units[proposal.find(&code).unwrap()].class;
            prop_assert!(class(&after) >= class(&before), "{} {:?} {:?}", method.id, class(&before), class(&after));
        }
    }

    /// Whatever is asked, a review ends, and what it calls publishable keeps every quota.
    #[test]
    fn a_publishable_review_keeps_every_quota(
        basins in basins(),
        asked in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..3), 0..12),
        commission in any::<bool>(),
    ) {
        let territory = territory(&basins);
        for method in methods() {
            let proposal = propose(&territory, &method);
            let adjustments: Vec<Adjustment> = asked.iter().map(|(unit, class)| {
                let class = &proposal.classes[*class % proposal.classes.len()];
                adjust(&proposal.units[unit.index(proposal.units.len())].code, &class.id)
            }).collect();
            let review = review_with(&method, &proposal, &adjustments, Approvals { commission });
            if review.publishable() {
                for quota in &review.quotas {
                    prop_assert!(quota.used <= quota.allowed.max(quota.mandatory));
                }
                for (unit, class) in proposal.units.iter().zip(&review.classes) {
                    prop_assert!(!unit.because.is_mandatory() || unit.class == *class);
                }
            }
        }
    }
}
