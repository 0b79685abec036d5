//! Zoning against the texts: the table of 2011, the scores of nurses, the weighted density of physiotherapists, method files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;

use pacte_access::zoning::method::{Plan, ScorePlan, Weighting};
use pacte_access::zoning::nurses::{self, Figures};
use pacte_access::zoning::physiotherapists::{self, Activity, Ranked};
use pacte_access::zoning::proposal::Reason;
use pacte_access::zoning::{Adjustment, Proposal, ZoneTable};
use pacte_access::zoning::{Approvals, FaultKind, Inputs, Severity, Zoner, ZoningMethod, review, review_with, tables};
use proptest::prelude::*;

use crate::zoning::{Basin, basin, propose, territory};

#[test]
fn every_shipped_method_reads_and_says_what_is_not_verified() {
    for name in ZoningMethod::shipped_names() {
        let method = ZoningMethod::shipped(name).unwrap();
        assert_eq!(method.id, name);
        assert!(!method.cautions().is_empty(), "{name}");
        assert!(!method.legal_basis.is_empty() && !method.opinions.is_empty(), "{name}");
        assert_eq!(method.needs_table(), method.indicator.is_none(), "{name}");
        assert_eq!(ZoningMethod::from_yaml("copie.yaml", method.text()).unwrap().hash(), method.hash());
    }
    let method = ZoningMethod::shipped("medecins-2017").unwrap();
    let indicator = method.indicator.as_ref().unwrap();
    assert_eq!((indicator.column().as_str(), indicator.weighting), ("apl.gp_65", Weighting::Population));
    let apl = pacte_access::method::AplMethod::shipped("mg-2022").unwrap();
    assert_eq!(indicator.supply_share(&apl), Some(0.882));
    let day = |text: &str| text.parse().unwrap();
    assert!(method.in_force(day("2018-01-01")) && !method.in_force(day("2022-01-01")));
    assert!(ZoningMethod::shipped("medecins-2021").unwrap().in_force(day("2026-01-01")));
}

#[test]
fn the_table_of_2011_is_the_printed_one() {
    let method = ZoningMethod::shipped("medecins-2011").unwrap();
    let quota = &method.quotas[0];
    let overseas = ["01", "02", "03", "04", "06"];
    let metropole = || quota.regions.iter().filter(|region| !overseas.contains(&region.code.as_str()));
    assert_eq!((quota.regions.len(), metropole().count()), (27, 22));
    assert_eq!(metropole().map(|region| region.share.den).sum::<u64>(), 62_134_866);
    // The annex prints 4,559,384.
    assert_eq!(metropole().map(|region| region.share.num).sum::<u64>(), 4_559_385);
    let printed = quota.default.as_ref().unwrap().share;
    assert_eq!((printed.num, printed.den), (4_559_384, 62_134_866));
    // Percentages of the annex, as printed, in the order of the file; two quotas depart from them.
    for region in &quota.regions {
        let percent: f64 = region.note.split(" %").next().unwrap().replace(',', ".").parse().unwrap();
        let deviation = region.share.num as f64 - percent / 100.0 * region.share.den as f64;
        let expected = match region.code.as_str() {
            "54" => 75.8,
            "93" => -188.7,
            _ => 0.0,
        };
        // Rounded to the hundredth of a percent, and no more than half of that off.
        let slack = if expected == 0.0 { 0.000_05 * region.share.den as f64 } else { 0.5 };
        assert!((deviation - expected).abs() <= slack, "{} : {deviation}", region.name);
    }
}

#[test]
fn regional_quotas_of_2011_are_met_exactly() {
    // Regions of the population of 2008, every other zone of less than a thousand people.
    let method = ZoningMethod::shipped("medecins-2011").unwrap();
    let regions: Vec<(&'static str, u64, u64)> = method.quotas[0]
        .regions
        .iter()
        .map(|region| (&*Box::leak(region.code.clone().into_boxed_str()), region.share.den, region.share.num))
        .collect();
    let mut basins: Vec<Basin> = Vec::new();
    for (code, people, _) in &regions {
        let mut left = *people;
        let mut size = 7919;
        let mut apl = 1.0;
        while left > 0 {
            size = (size * 31 + 17) % 9973 + 1;
            let here = if basins.len().is_multiple_of(2) { size % 997 + 1 } else { size * 6 }.min(left);
            basins.push(basin(code, here, apl));
            left -= here;
            apl += 0.001;
        }
    }
    let territory = territory(&basins);
    let inputs = Inputs::of(&territory, &method).unwrap();
    let zoner = Zoner::new(&territory, &method, &inputs).unwrap();
    let proposal = zoner.propose_on(territory.latest("apl.gp").unwrap()).unwrap();
    assert_eq!(proposal.quotas.len(), 27);
    for (quota, (code, people, allowed)) in proposal.quotas.iter().zip({
        let mut sorted = regions.clone();
        sorted.sort_unstable();
        sorted
    }) {
        assert_eq!((quota.region.as_str(), quota.people, quota.allowed), (code, people, allowed));
        assert_eq!(quota.used, allowed, "{code}: the quota is met to the last person");
    }
    assert!(!proposal.notes.iter().any(|note| note.contains("proportion")), "the population is that of the table");
    assert!(review(&method, &proposal, &[]).publishable());
}

#[test]
fn quotas_written_for_another_population_are_scaled_and_it_is_said() {
    let basins: Vec<Basin> = (0..50).map(|i| basin("53", 1000, f64::from(i))).collect();
    let proposal = propose(&territory(&basins), &ZoningMethod::shipped("medecins-2011").unwrap());
    // 175,452 / 3,149,701 of 50,000.
    assert_eq!((proposal.quotas[0].allowed, proposal.quotas[0].used), (2785, 2000));
    assert!(proposal.notes.iter().any(|note| note.contains("populations municipales de 2008")), "{:?}", proposal.notes);
}

fn nurse_plan() -> ScorePlan {
    match ZoningMethod::shipped("infirmiers-2011").unwrap().plan {
        Plan::Score(plan) => plan,
        other => panic!("{other:?}"),
    }
}

#[test]
fn classes_of_nurses_follow_their_scores() {
    let plan = nurse_plan();
    let classes = ["tres-sous-dotee", "sous-dotee", "intermediaire", "tres-dotee", "sur-dotee"];
    let method = ZoningMethod::shipped("infirmiers-2011").unwrap();
    for (total, density, expected) in [
        (15, 500.0, 0),
        (11, 500.0, 0),
        (10, 81.9, 0),
        (9, 81.0, 0),
        (9, 82.0, 1),
        (10, 200.0, 1),
        (8, 10.0, 2),
        (5, 500.0, 2),
        (4, 131.9, 3),
        (4, 132.0, 4),
        (3, 10.0, 4),
        (0, 10.0, 4),
    ] {
        let class = nurses::class_of(&plan, total, density).unwrap();
        assert_eq!(method.classes[usize::from(class)].id, classes[expected], "{total} at {density}");
    }
}

#[test]
fn scores_of_nurses_follow_the_cut_points() {
    let plan = nurse_plan();
    // One to a hundred: D1 10.9, Q1 25.75, Q3 75.25, D9 90.1.
    let cuts = nurses::cuts((1..=100).map(f64::from));
    for (found, expected) in [(cuts.d1, 10.9), (cuts.q1, 25.75), (cuts.q3, 75.25), (cuts.d9, 90.1)] {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
    let score = |fees: f64, share_75: f64, density: f64, travel: f64| {
        nurses::classify(&plan, &[cuts; 4], &Figures { fees, share_75, density, travel })
    };
    let parts = |reason: Reason| match reason {
        Reason::Score { total, parts, .. } => (total, parts),
        other => panic!("{other:?}"),
    };
    assert_eq!(parts(score(5.0, 5.0, 5.0, 5.0).1), (4, vec![0, 0, 4, 0]));
    assert_eq!(parts(score(12.0, 30.0, 12.0, 12.0).1), (5, vec![1, 0, 3, 1]));
    assert_eq!(parts(score(50.0, 80.0, 50.0, 50.0).1), (6, vec![2, 0, 2, 2]));
    assert_eq!(parts(score(80.0, 91.0, 80.0, 80.0).1), (10, vec![3, 3, 1, 3]));
    assert_eq!(parts(score(95.0, 95.0, 95.0, 95.0).1), (11, vec![4, 3, 0, 4]));
    // Without mean fees: 7 to 11 may be three classes, 8 points more make one whatever the fees.
    assert_eq!(score(f64::NAN, 91.0, 5.0, 5.0), (None, Reason::Unknown));
    assert_eq!(score(f64::NAN, 95.0, 5.0, 95.0), (Some(0), Reason::ScoreRange { low: 11, high: 15 }));
}

fn table(rows: &[(&str, &str, &str)]) -> ZoneTable {
    let mut text = "zone;region;departement;population;population_75_plus;population_standardisee;infirmiers;places_ssiad;honoraires_csi;honoraires;indemnites_km\n".to_owned();
    for (zone, region, figures) in rows {
        writeln!(text, "{zone};{region};01;{figures}").unwrap();
    }
    tables::parse("infirmiers.csv", &text).unwrap()
}

#[test]
fn figures_of_nurses_count_places_and_centres() {
    let table = table(&[
        ("A", "84", "10000;1000;10000;8;100;50000;400000;16000"),
        ("B", "84", "5000;500;4000;2;0;;100000;1000"),
    ]);
    let figures = nurses::figures(&nurse_plan(), &table).unwrap();
    // 8 nurses, 100 places for 9, and 50,000 € at 50,000 € a nurse for one more: 18 per 10,000.
    assert!((figures[0].density - 180.0).abs() < 1e-9);
    assert_eq!((figures[0].fees, figures[0].share_75, figures[0].travel), (50_000.0, 0.1, 2000.0));
    assert_eq!(figures[1].density, 50.0);
}

/// Thirty zones of one region, from the densest to the least.
fn nurse_zones() -> ZoneTable {
    let rows: Vec<(String, String)> = (0..30)
        .map(|i| {
            (format!("Z{i:02}"), format!("10000;{};10000;{};0;;{};{}", 900 + i, 30 - i, 1_000_000, 1000 * (i + 1)))
        })
        .collect();
    table(&rows.iter().map(|(zone, figures)| (zone.as_str(), "84", figures.as_str())).collect::<Vec<_>>())
}

fn by_table(name: &str, table: &ZoneTable) -> (ZoningMethod, Proposal) {
    let territory = territory(&[basin("84", 100, 1.0)]);
    let method = ZoningMethod::shipped(name).unwrap();
    let inputs = Inputs::of(&territory, &method).unwrap().with_table(table);
    let proposal = Zoner::new(&territory, &method, &inputs).unwrap().propose(&[]).unwrap();
    (method, proposal)
}

#[test]
fn zones_of_nurses_move_one_class_and_classes_keep_their_size() {
    let (method, proposal) = by_table("infirmiers-2011", &nurse_zones());
    assert_eq!(proposal.units.len(), 30);
    assert!(
        proposal.notes.iter().any(|note| note.contains("30 zones de la table")),
        "unknown to this territory: {:?}",
        proposal.notes
    );
    assert!(proposal.vintages.iter().any(|vintage| vintage.name == "infirmiers.csv"));
    assert!(proposal.units.iter().all(|unit| unit.class.is_some()));
    let middle: Vec<&str> =
        proposal.units.iter().filter(|unit| unit.class == Some(2)).map(|unit| unit.code.as_str()).collect();
    assert!(middle.len() > 8, "{middle:?}");
    let to = |codes: &[&str], class: &str| -> Vec<Adjustment> {
        let adjust =
            |code: &&str| Adjustment { unit: (*code).into(), to: class.into(), reason: "Départ connu.".into() };
        codes.iter().map(adjust).collect()
    };
    let worst = |adjustments: &[Adjustment], commission| {
        let review = review_with(&method, &proposal, adjustments, Approvals { commission });
        review.faults.iter().map(|fault| fault.severity).max()
    };
    assert_eq!(worst(&[], false), None);
    assert_eq!(worst(&to(&middle[..1], "sous-dotee"), false), None, "one zone may always come and go");
    let two = worst(&to(&middle[..1], "tres-sous-dotee"), false);
    assert_eq!(two, Some(Severity::Blocking), "two classes up");
    let many = review(&method, &proposal, &to(&middle[..3], "sous-dotee"));
    assert!(many.faults.iter().all(|fault| fault.kind == FaultKind::OutsideMargin) && !many.publishable());
}

#[test]
fn a_tenth_of_a_class_may_move_after_the_opinion_of_the_commission() {
    // Forty zones alike in the middle class, so that 5 % are two and 10 % four; the classes that receive have as many.
    let method = ZoningMethod::shipped("infirmiers-2011").unwrap();
    let (_, mut proposal) = by_table("infirmiers-2011", &nurse_zones());
    let pattern = proposal.units[0].clone();
    proposal.units = (0..80)
        .map(|i| {
            let mut unit = pattern.clone();
            unit.code = format!("Z{i:02}");
            unit.class = Some(if i < 40 { 2 } else { 1 });
            unit
        })
        .collect();
    proposal.faults.clear();
    let moved = |n: usize| -> Vec<Adjustment> {
        let adjust =
            |i| Adjustment { unit: format!("Z{i:02}"), to: "sous-dotee".into(), reason: "Départ connu.".into() };
        (0..n).map(adjust).collect()
    };
    let worst = |n, commission| {
        let review = review_with(&method, &proposal, &moved(n), Approvals { commission });
        review.faults.iter().map(|fault| fault.severity).max()
    };
    assert_eq!(
        (worst(2, false), worst(3, false), worst(4, false)),
        (None, Some(Severity::Opinion), Some(Severity::Opinion))
    );
    assert_eq!((worst(4, true), worst(5, true)), (None, Some(Severity::Blocking)));
}

fn density_plan() -> pacte_access::zoning::method::DensityPlan {
    match ZoningMethod::shipped("kinesitherapeutes-2011").unwrap().plan {
        Plan::Density(plan) => plan,
        other => panic!("{other:?}"),
    }
}

#[test]
fn full_time_equivalents_are_those_of_the_text() {
    let plan = density_plan();
    let activity = Activity { full_days: 200.0, half_days: 40.0, km: 12_000.0 };
    assert!((activity.gross_fte(&plan) - 0.916_67).abs() < 5e-6);
    assert!((activity.travel_fte(&plan) - 0.155_28).abs() < 5e-6);
    assert!((activity.net_fte(&plan) - (0.916_67 - 0.155_28)).abs() < 1e-5);
    // Travel takes at most 30 % away.
    let far = Activity { km: 1e6, ..activity };
    assert!((far.net_fte(&plan) - 0.7 * far.gross_fte(&plan)).abs() < 1e-12);
    let days = Activity::of_days(&plan, [0, 1, 6, 7, 20]);
    assert_eq!((days.full_days, days.half_days), (2.0, 2.0));
    assert_eq!(plan.bands.len(), 14);
}

fn ranked(density: f64) -> Ranked {
    Ranked { heads: 3.0, density, aged: 0.0, acts: 10.0, reference: true }
}

#[test]
fn percentiles_part_the_zones() {
    let plan = density_plan();
    let mut zones: Vec<Ranked> = (1..=1000).map(|i| ranked(f64::from(i))).collect();
    assert_eq!(physiotherapists::cut_values(&plan, &zones), Some([112.0, 172.0, 872.0, 932.0]));
    let sizes = |zones: &[Ranked]| {
        let mut sizes = [0; 5];
        for (class, _) in physiotherapists::classify(&plan, zones).into_iter().flatten() {
            sizes[class] += 1;
        }
        sizes
    };
    assert_eq!(sizes(&zones), [112, 60, 700, 60, 68]);
    // Overseas zones take the metropolitan values; zones without professional are left out.
    zones.push(Ranked { reference: false, ..ranked(5.0) });
    zones.push(Ranked { heads: 0.0, ..ranked(5.0) });
    assert_eq!(physiotherapists::cut_values(&plan, &zones), Some([112.0, 172.0, 872.0, 932.0]));
    assert_eq!(sizes(&zones), [113, 60, 700, 60, 68]);
    assert_eq!(physiotherapists::classify(&plan, &zones)[1001], None);
    assert_eq!(physiotherapists::classify(&plan, &[]), []);

    // Two under-supplied zones with mostly old professionals change places with the two densest very under-supplied ones.
    zones[120].aged = 0.6;
    zones[150].aged = 0.51;
    zones[160].aged = 0.5;
    // One highly supplied zone among the busiest changes places with the least dense over-supplied one.
    zones[900].acts = 50.0;
    zones[400].acts = 60.0;
    let classes = physiotherapists::classify(&plan, &zones);
    assert_eq!(sizes(&zones), [113, 60, 700, 60, 68], "counts are kept");
    assert_eq!(
        (classes[120], classes[150], classes[160]),
        (Some((0, Some("age"))), Some((0, Some("age"))), Some((1, None)))
    );
    assert_eq!(
        (classes[111], classes[110], classes[109]),
        (Some((1, Some("age_balance"))), Some((1, Some("age_balance"))), Some((0, None)))
    );
    assert_eq!(
        (classes[900], classes[932], classes[933]),
        (Some((4, Some("acts"))), Some((3, Some("acts_balance"))), Some((4, None)))
    );
    assert_eq!(classes[400], Some((2, None)), "only highly supplied zones");
}

#[test]
fn people_are_standardised_by_fees() {
    let standard = physiotherapists::standardise(&[vec![100.0, 0.0], vec![0.0, 100.0]], &[10.0, 30.0]);
    assert_eq!(standard, [50.0, 150.0]);
}

#[test]
fn a_table_of_physiotherapists_is_classified_with_its_reasons() {
    let mut text = "zone;nom;region;population;kines;journees;demi_journees;km;kines_ages;actes;patients".to_owned();
    let bands = physiotherapists::band_fields(&density_plan());
    writeln!(text, ";{}\nHONORAIRES;;0;0;;;;;;;;{}", bands.join(";"), vec!["20"; 14].join(";")).unwrap();
    for i in 0..100 {
        let days = 200 * (i + 1);
        let heads = if i == 50 { 0 } else { i + 1 };
        let (acts, people) = (100 * (i + 1), vec!["100"; 14].join(";"));
        writeln!(text, "Z{i:02};Zone {i};84;1400;{heads};{days};0;0;0;{acts};100;{people}").unwrap();
    }
    let table = tables::parse("kines.csv", &text).unwrap();
    let (_, proposal) = by_table("kinesitherapeutes-2011", &table);
    assert_eq!(proposal.units.len(), 100, "the line of fees is no zone");
    assert_eq!(proposal.units[50].because, Reason::NoProfessional);
    assert_eq!(proposal.classes[usize::from(proposal.units[50].class.unwrap())].id, "intermediaire");
    let density = proposal.units[0].value.unwrap();
    assert!((density - 200.0 / 240.0 / 1400.0 * 100_000.0).abs() < 1e-9);
    assert_eq!(proposal.units[0].because, Reason::Density { density, percentile: 0 });
    assert_eq!((proposal.units[0].class, proposal.units[99].class), (Some(0), Some(4)));

    let without = tables::parse("kines.csv", &text.replace("HONORAIRES", "AUTRE")).unwrap();
    let territory = territory(&[basin("84", 100, 1.0)]);
    let method = ZoningMethod::shipped("kinesitherapeutes-2011").unwrap();
    let inputs = Inputs::of(&territory, &method).unwrap().with_table(&without);
    let error = Zoner::new(&territory, &method, &inputs).unwrap_err().to_string();
    assert!(error.contains("kines.csv") && error.contains("HONORAIRES"), "{error}");
    let header = tables::header(&method);
    let template = tables::template(&method);
    assert!(header.contains(&"age_80_plus".to_owned()) && template.starts_with("zone;nom;region"), "{template}");
    let filled = format!("{template}A;;84;;12{}\n", ";".repeat(header.len() - 5));
    assert_eq!(
        tables::parse("modele.csv", &filled).unwrap().zones[0].line,
        header.len() as u64 + 2,
        "comments are skipped"
    );
}

proptest! {
    /// Adjustments keep the number of zones of every class as long as the extreme classes have enough to give back.
    #[test]
    fn adjustments_of_density_keep_counts(
        zones in prop::collection::vec((0.0..500.0_f64, 0.0..1.0_f64, 1.0..20.0_f64), 40..200),
    ) {
        let plan = density_plan();
        let zones: Vec<Ranked> =
            zones.into_iter().map(|(density, aged, acts)| Ranked { heads: 1.0, density, aged, acts, reference: true }).collect();
        let calm: Vec<Ranked> = zones.iter().map(|zone| Ranked { aged: 0.0, acts: f64::NAN, ..*zone }).collect();
        let sizes = |zones: &[Ranked]| {
            let mut sizes = [0_usize; 5];
            for (class, _) in physiotherapists::classify(&plan, zones).into_iter().flatten() { sizes[class] += 1; }
            sizes
        };
        let (before, after) = (sizes(&calm), sizes(&zones));
        prop_assert_eq!(before.iter().sum::<usize>(), after.iter().sum::<usize>());
        prop_assert_eq!(before, after);
    }
}

/// Line of a shipped method on which `from` stands, and the error once it is replaced.
fn broken(name: &str, from: &str, to: &str) -> (u64, pacte_access::method::MethodError) {
    let text = ZoningMethod::shipped_text(name).unwrap();
    let line = text.lines().position(|line| line.contains(from.lines().next().unwrap_or(from))).expect(from) as u64 + 1;
    (line, ZoningMethod::from_yaml("essai.yaml", &text.replacen(from, to, 1)).unwrap_err())
}

#[test]
fn errors_of_method_files_name_line_and_field() {
    let cases = [
        ("medecins-2017", "id: medecins-2017", "id: Médecins 2017", "id", "minuscules"),
        ("medecins-2017", "version: 2017-11-13", "version: 13/11/2017", "version", "2017-11-13"),
        ("medecins-2017", "to: 2021-10-13", "to: 2016-10-13", "to", "avant"),
        ("medecins-2017", "units: [tvs", "units: [canton", "units", "bassin_de_vie"),
        ("medecins-2017", "age_limit: 65", "age_limit: 650", "indicator.age_limit", "40"),
        ("medecins-2017", "otherwise: hz", "otherwise: vigilance", "otherwise", "zip, zac, hz"),
        ("medecins-2017", "{ id: zac, label: Zone d’action", "{ id: zip, label: Zone d’action", "classes", "deux fois"),
        ("medecins-2017", "below: 4, quota: zip, fill", "below: 2, quota: zip, fill", "rules", "jamais"),
        ("medecins-2017", "quota: zip, fill: greedy", "quota: zap, fill: greedy", "rules.quota", "zap"),
        ("medecins-2017", "fill: greedy", "fill: random", "rules.fill", "prefix"),
        (
            "medecins-2017",
            "{ to: zip, below: 2.5, mandatory: true }",
            "{ to: zip, below: 2.5, mandatory: true, quota: zip }",
            "rules.quota",
            "obligatoire",
        ),
        ("medecins-2017", "percent: 18.2", "percent: 18.234", "quotas.percent", "deux décimales"),
        ("medecins-2017", "percent: 37", "percent: 137", "quotas.percent", "0 et 100"),
        ("medecins-2017", "outside_percent: 5", "outside_percent: -5", "margin.outside_percent", "0 et 100"),
        ("medecins-2017", "code: \"52\"", "code: \"11\"", "quotas.regions", "deux parts"),
        ("medecins-2021", "percent: 33.9", "percent: 43.9", "quotas", "106,30 %"),
        (
            "medecins-2011",
            "people: 816148, of: 11659260",
            "people: 816148, of: 1165926, percent: 7",
            "quotas.regions",
            "percent",
        ),
        ("medecins-2011", "people: 816148, of: 11659260", "people: 816148, of: 616148", "quotas.people", "dépasser"),
        ("medecins-2011", "fill: exact", "fill: exacte", "rules.fill", "greedy"),
        ("infirmiers-2011", "indicator: fees", "indicator: honoraires", "score.indicators", "share_75"),
        ("infirmiers-2011", "{ from: 5, upto: 8,", "{ from: 8, upto: 5,", "score.verdicts", "inversées"),
        (
            "infirmiers-2011",
            "exceptional_percent: 10",
            "exceptional_percent: 1",
            "margin.size.exceptional_percent",
            "étroite",
        ),
        ("kinesitherapeutes-2011", "cuts: [11.2, 17.2", "cuts: [17.2, 11.2", "density.cuts", "croissants"),
        ("kinesitherapeutes-2011", "{ from: 5, to: 9 }", "{ from: 6, to: 9 }", "density.bands", "suivre"),
        ("kinesitherapeutes-2011", "travel_cap: 0.3", "travel_cap: 30", "density.travel_cap", "0 et 1"),
    ];
    for (name, from, to, field, said) in cases {
        let (line, error) = broken(name, from, to);
        assert_eq!((error.file.as_str(), error.field.as_str()), ("essai.yaml", field), "{error}");
        assert_eq!(error.line, line, "{error}");
        assert!(error.problem.contains(said), "{error}");
    }
    let (line, error) = broken("medecins-2017", "mandatory_exempt: true", "exempt: true");
    assert!(error.line.abs_diff(line) <= 1 && error.to_string().contains("exempt"), "{error}");
    let (_, error) = broken("infirmiers-2011", "    - { from: 5, upto: 8, to: intermediaire }\n", "");
    assert!(error.problem.contains("score de 5"), "{error}");
    let (_, error) = broken("medecins-2017", "margin:\n  pool: true", "margin:\n  free: true");
    assert_eq!(error.field, "margin.free", "{error}");
    for text in ["", "id: x", "- 1"] {
        assert!(ZoningMethod::from_yaml("vide.yaml", text).is_err());
    }
}
