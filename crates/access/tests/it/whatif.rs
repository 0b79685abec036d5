//! What if: the result by difference is the full one to the last bit, what is undone leaves no trace, and what cannot be
//! done is explained.

use std::sync::Arc;

use pacte_access::compute::{ComputeOptions, compute};
use pacte_access::ground::Ground;
use pacte_access::urgent::{Cover, Moment, New, Set};
use pacte_access::whatif::{Base, Change, Kind, Scenario, Simulator, THRESHOLD};
use pacte_territory::{CareKind, CommuneCode, Level, Territory};
use proptest::prelude::*;

use crate::land::{Land, column, disc, lands};

fn simulator(land: &Land) -> Simulator {
    let mut parts = land.parts();
    let n = land.len();
    parts.columns.push(column("supply.msp", 2020, (0..n).map(|i| f64::from(u8::from(i % 5 == 0))).collect()));
    parts.columns.push(column("supply.emergency", 2020, (0..n).map(|i| f64::from(u8::from(i % 11 == 4))).collect()));
    let territory = Arc::new(Territory::assemble(parts).expect("a territory"));
    let ground = Ground::new(territory, &ComputeOptions::default()).expect("a ground");
    Simulator::new(Arc::new(ground), "essai")
}

fn code(i: usize) -> CommuneCode {
    format!("X{}{:03}", i / 1000, i % 1000).parse().expect("a code")
}

fn scenario(simulator: &Simulator, changes: Vec<Change>) -> Scenario {
    Scenario { name: String::new(), base: simulator.base().clone(), changes }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// The APL after a scenario as `simulate` tells it: today's with the communes that change replaced.
fn told(simulator: &Simulator, scenario: &Scenario) -> Vec<f64> {
    let mut apl = simulator.apl().expect("an APL").to_vec();
    for shift in simulator.simulate(scenario).expect("possible").communes {
        apl[shift.commune as usize] = shift.after.unwrap_or(f64::NAN);
    }
    apl
}

/// A wish for a change: made into one that is possible where it is used.
#[derive(Clone, Debug)]
enum Wish {
    Add(usize, u32, bool),
    Remove(usize, u32),
    Move(usize, usize, u32),
    Retire(u32),
    Depart(u32, u32, u32),
    Method(u8),
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let wish = prop_oneof![
        5 => (0_usize..60, 1_u32..6, any::<bool>()).prop_map(|(at, n, msp)| Wish::Add(at, n, msp)),
        5 => (0_usize..60, 1_u32..4).prop_map(|(at, n)| Wish::Remove(at, n)),
        4 => (0_usize..60, 0_usize..60, 1_u32..3).prop_map(|(a, b, n)| Wish::Move(a, b, n)),
        1 => (0_u32..10_000).prop_map(Wish::Retire),
        1 => (0_u32..5000, 1_u32..10, 0_u32..10_000).prop_map(|(r, y, p)| Wish::Depart(r, y, p)),
        1 => (0_u8..3).prop_map(Wish::Method),
    ];
    prop::collection::vec(wish, 0..14)
}

/// The changes among the wishes that are possible one after the other.
fn granted(simulator: &Simulator, n: usize, wishes: &[Wish]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for wish in wishes {
        let change = match *wish {
            Wish::Add(at, count, msp) => {
                Change::Add { kind: if msp { Kind::Msp } else { Kind::Gp }, count, at: code(at % n) }
            }
            Wish::Remove(at, count) => Change::Remove { kind: Kind::Gp, count, at: code(at % n) },
            Wish::Move(a, b, count) => Change::Move { kind: Kind::Gp, count, from: code(a % n), to: code(b % n) },
            Wish::Retire(replaced) => Change::Retire { age: 65, replaced },
            Wish::Depart(rate, years, replaced) => Change::Depart { rate, years, replaced },
            Wish::Method(0) => Change::Method("mg-2010".into()),
            Wish::Method(1) => Change::Decay(vec![(12.0, 1.0), (25.0, 0.25)]),
            Wish::Method(_) => Change::Set(pacte_access::whatif::Parameter::PerHead, 5000.0),
        };
        changes.push(change);
        if simulator.simulate(&scenario(simulator, changes.clone())).is_err() {
            changes.pop();
        }
    }
    changes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn by_difference_is_in_full_to_the_last_bit(land in lands(), wishes in wishes()) {
        let simulator = simulator(&land);
        let changes = granted(&simulator, land.len(), &wishes);
        for end in 0..=changes.len() {
            let scenario = scenario(&simulator, changes[..end].to_vec());
            let (told, full) = (told(&simulator, &scenario), simulator.in_full(&scenario).unwrap());
            prop_assert_eq!(bits(&told), bits(&full), "{:?}", scenario.changes);
        }
    }

    #[test]
    fn what_is_undone_leaves_no_trace(land in lands(), wishes in wishes()) {
        let simulator = simulator(&land);
        let moves: Vec<Wish> =
            wishes.into_iter().filter(|w| matches!(w, Wish::Add(..) | Wish::Remove(..) | Wish::Move(..))).collect();
        let done = granted(&simulator, land.len(), &moves);
        // Undo in reverse: what opened closes, what moved moves back. What closed cannot be opened the same again.
        let done: Vec<Change> = done.into_iter().filter(|c| !matches!(c, Change::Remove { .. })).collect();
        let mut changes: Vec<Change> = Vec::new();
        for change in done {
            changes.push(change);
            if simulator.simulate(&scenario(&simulator, changes.clone())).is_err() {
                changes.pop();
            }
        }
        for change in changes.clone().into_iter().rev() {
            changes.push(match change {
                Change::Add { kind, count, at } => Change::Remove { kind, count, at },
                Change::Move { kind, count, from, to } => Change::Move { kind, count, from: to, to: from },
                other => other,
            });
        }
        let outcome = simulator.simulate(&scenario(&simulator, changes)).unwrap();
        prop_assert!(outcome.communes.is_empty(), "{:?}", outcome.communes);
        prop_assert!(outcome.structures.is_empty());
        prop_assert_eq!(outcome.country.before, outcome.country.after);
    }

    #[test]
    fn the_order_of_openings_does_not_matter(land in lands(), places in prop::collection::vec((0_usize..60, 1_u32..5), 1..8)) {
        let simulator = simulator(&land);
        let add = |(at, count): &(usize, u32)| Change::Add { kind: Kind::Gp, count: *count, at: code(at % land.len()) };
        let forward = simulator.in_full(&scenario(&simulator, places.iter().map(add).collect())).unwrap();
        let backward = simulator.in_full(&scenario(&simulator, places.iter().rev().map(add).collect())).unwrap();
        prop_assert_eq!(bits(&forward), bits(&backward));
        // More doctors never take access away.
        for (before, after) in simulator.apl().unwrap().iter().zip(&forward) {
            prop_assert!(after >= before || after.is_nan());
        }
    }
}

#[test]
fn nothing_changed_gives_the_figures_of_the_pages_to_the_last_bit() {
    let land = disc(300);
    let simulator = simulator(&land);
    let computed = compute(simulator.ground().territory(), &ComputeOptions::default()).unwrap();
    let apl = computed.columns.iter().find(|column| column.concept == "access.apl.gp").unwrap();
    assert_eq!(bits(&told(&simulator, &scenario(&simulator, Vec::new()))), bits(&apl.values));
}

#[test]
fn supply_is_conserved_and_people_are_counted_once() {
    let simulator = simulator(&disc(300));
    let catchment = simulator.ground().catchment().unwrap();
    let changes = vec![Change::Add { kind: Kind::Gp, count: 5, at: code(0) }];
    let outcome = simulator.simulate(&scenario(&simulator, changes)).unwrap();
    let added = outcome.country.after.supply - outcome.country.before.supply;
    assert!((added - 5.0 * catchment.per_head).abs() < 1e-6, "{added}");
    assert_eq!(outcome.country.after.heads - outcome.country.before.heads, 5.0);
    // Σ P*·APL grows by what was added: everybody's gain is the doctors' work.
    let gain: f64 = outcome
        .communes
        .iter()
        .map(|s| (s.after.unwrap() - s.before.unwrap()) * catchment.demand[s.commune as usize])
        .sum();
    assert!((gain / added - 1.0).abs() < 1e-9, "{gain} {added}");
    let (country, parts) = (&outcome.country, &outcome.departements);
    assert_eq!(parts.iter().map(|d| d.after.under).sum::<u64>(), country.after.under);
    assert_eq!(parts.iter().map(|d| d.before.people).sum::<u64>(), country.before.people);
    let (above, under) = outcome.crossing();
    assert_eq!(country.before.under + under - above, country.after.under);
    let after = simulator.in_full(&outcome.scenario).unwrap();
    let counted: u64 = (0..300).filter(|i| after[*i as usize] < THRESHOLD).map(|i| simulator.people(i)).sum();
    assert_eq!(counted, country.after.under);
    assert!(outcome.notes.iter().any(|note| note.contains("moyenne nationale du calcul")), "{:?}", outcome.notes);
}

#[test]
fn retirements_take_their_share_and_replacements_give_it_back() {
    let simulator = simulator(&disc(300));
    let supply = |changes: &[&str]| {
        let territory = simulator.ground().territory();
        let changes = changes.iter().map(|text| Change::read(territory, text).unwrap()).collect();
        simulator.simulate(&scenario(&simulator, changes)).unwrap().country.after.supply
    };
    let today = supply(&[]);
    let gone = supply(&["retire:65"]);
    assert!((0.8..0.95).contains(&(gone / today)), "{}", gone / today);
    assert!((supply(&["retire:65:remplacement:50%"]) - f64::midpoint(today, gone)).abs() < 1e-6 * today);
    assert!((supply(&["retire:65:remplacement:100%"]) - today).abs() < 1e-9 * today);
    let five = 0.968_f64.powi(5);
    assert!((supply(&["depart:8%/an:5ans:remplacement:60%"]) / today - five).abs() < 1e-12);
    // Those over 67 are among those over 65: they would leave twice.
    let territory = simulator.ground().territory();
    let twice = ["retire:65", "retire:67"].map(|text| Change::read(territory, text).unwrap());
    let refused = simulator.simulate(&scenario(&simulator, twice.into())).unwrap_err();
    assert!(refused.to_string().contains("gardez-en un seul") && refused.change == "retire:67", "{refused}");
    // New doctors do not retire.
    let with = supply(&["retire:65", "gp:3@X0000"]);
    assert!((with - gone - 3.0 * simulator.ground().catchment().unwrap().per_head).abs() < 1e-6);
}

#[test]
fn what_cannot_be_done_is_explained() {
    let land = disc(300);
    let simulator = simulator(&land);
    let territory = simulator.ground().territory();
    let heads = land.gps[0];
    let too_many = format!("-gp:{}@X0000", heads + 1.0);
    for (texts, words) in [
        (
            vec![too_many.as_str()],
            format!("X0000 (X0000) n’a que {heads} médecins généralistes : impossible d’en retirer"),
        ),
        (vec!["-msp:1@X0001"], "n’a que 0 maison de santé (MSP)".to_owned()),
        (vec!["gp:2@X0000", "gp:1@X0000>X0000"], "la même commune".to_owned()),
        (vec!["method:mg-1999"], "choisissez parmi mg-2010, mg-2022, mg-2023".to_owned()),
    ] {
        let changes: Vec<Change> = texts.iter().map(|text| Change::read(territory, text).unwrap()).collect();
        let error = simulator.simulate(&scenario(&simulator, changes)).unwrap_err().to_string();
        assert!(error.contains(&words), "{error}");
        assert!(error.starts_with(&format!("« {} »", texts.last().unwrap())), "the change is named: {error}");
    }
    for (text, words) in [
        ("gp:1@X0999", "aucune commune « X0999 »"),
        ("gp:1@X0O01", "Vouliez-vous dire : X0001 (X0001)"),
        ("gp:1@48.85,-20.5", "en mer ou hors du territoire ; la plus proche est"),
    ] {
        let error = Change::read(territory, text).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let (lon, lat) = land.points[7];
    let change = Change::read(territory, &format!("gp:1@{lat},{lon}")).unwrap();
    assert_eq!(change.to_string(), "gp:1@X0007", "a point means its commune");
}

#[test]
fn scenarios_of_other_data_are_told_and_carried_over() {
    let simulator = simulator(&disc(60));
    let here = simulator.base().clone();
    let made_on = Base { territory: "ancien".into(), geography: "2020-01-01".into(), ..here.clone() };
    let old = Scenario {
        name: "Essai".into(),
        base: made_on,
        changes: vec![
            Change::Add { kind: Kind::Gp, count: 2, at: code(3) },
            Change::Add { kind: Kind::Gp, count: 2, at: "Z9999".parse().unwrap() },
            Change::Retire { age: 65, replaced: 0 },
        ],
    };
    let said = old.check(&here).unwrap_err().to_string();
    assert!(said.contains("géographie au 2020-01-01") && said.contains("--carry-over"), "{said}");
    let carried = old.carry_over(simulator.ground().territory(), &here);
    assert_eq!(carried.scenario.check(&here), Ok(()));
    assert_eq!(carried.scenario.changes.len(), 2);
    assert_eq!(carried.lost[0].1.as_str(), "Z9999");
    assert!(simulator.simulate(&carried.scenario).is_ok());
    // A scenario is plain text, and JSON that reads back.
    let text = carried.scenario.to_text();
    assert_eq!(text, "# Essai\ngp:2@X0003\nretire:65\n");
    assert_eq!(Scenario::read(simulator.ground().territory(), here.clone(), &text), Ok(carried.scenario.clone()));
    let json = serde_json::to_string(&carried.scenario).unwrap();
    assert_eq!(serde_json::from_str::<Scenario>(&json).unwrap(), carried.scenario);
    let wrong = Scenario::read(simulator.ground().territory(), here, "gp:1@X0001\n\ngp:1@X9\n").unwrap_err();
    assert_eq!(wrong[0].0, 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn urgent_care_by_difference_is_in_full(land in lands(), opened in prop::collection::vec((0_usize..60, 0_u8..3), 0..4), closed in prop::collection::vec(0_usize..60, 0..3)) {
        let simulator = simulator(&land);
        let n = land.len();
        let mut changes: Vec<Change> = Vec::new();
        let mut try_it = |change: Change| {
            changes.push(change);
            if simulator.simulate(&scenario(&simulator, changes.clone())).is_err() {
                changes.pop();
            }
        };
        for (at, kind) in &opened {
            let kind = [Kind::Emergency, Kind::Smur, Kind::Mcs][usize::from(*kind)];
            try_it(Change::Add { kind, count: 1, at: code(at % n) });
        }
        for at in &closed {
            try_it(Change::Remove { kind: Kind::Emergency, count: 1, at: code(at % n) });
        }
        let outcome = simulator.simulate(&scenario(&simulator, changes)).unwrap();
        // In full: the same resources declared from the start.
        let ground = Arc::clone(simulator.ground());
        let today = Cover::of_ground(Arc::clone(&ground));
        let mut resources = today.resources().to_vec();
        for (kind, at, change) in &outcome.structures {
            let care = match kind {
                Kind::Emergency => CareKind::Su,
                Kind::Smur => CareKind::Smur,
                _ => CareKind::Mcs,
            };
            for _ in 0..*change {
                resources.push(New { kind: care, commune: *at }.resource(ground.territory()));
            }
            for _ in *change..0 {
                let gone = resources.iter().rposition(|one| one.kind == care && one.commune == *at).unwrap();
                resources.remove(gone);
            }
        }
        let full = Cover::new(Arc::clone(&ground), resources);
        for shift in &outcome.cover {
            let set: Set = shift.set.parse().unwrap();
            let (before, after) = (today.minutes(set, Moment::Any), full.minutes(set, Moment::Any));
            let mut told = before.clone();
            for one in &shift.communes {
                told[one.commune as usize] = one.after.map_or(f32::NAN, |minutes| minutes as f32);
            }
            let bits = |minutes: &[f32]| minutes.iter().map(|m| if m.is_nan() { 0 } else { m.to_bits() }).collect::<Vec<_>>();
            prop_assert_eq!(bits(&told), bits(&after), "{}", shift.set);
            prop_assert_eq!(shift.after.people, full.beyond(&after, 30.0).people);
            prop_assert_eq!(shift.before.people, full.beyond(&before, 30.0).people);
        }
    }
}

#[test]
fn zones_follow_the_simulated_apl() {
    let simulator = simulator(&disc(300));
    let territory = Arc::clone(simulator.ground().territory());
    let nothing = simulator.simulate(&scenario(&simulator, Vec::new())).unwrap();
    let zones = nothing.zones.expect("a zoning applies");
    assert!(zones.units.is_empty() && zones.classes.iter().all(|class| class.before == class.after));
    assert_eq!(zones.classes.iter().map(|class| class.before).sum::<u64>(), nothing.country.before.people);
    let read = |text: &str| Change::read(&territory, text).unwrap();
    for method in ["medecins-2017", "medecins-2021"] {
        let changes = vec![read("gp:60@X0001"), read(&format!("zonage:{method}"))];
        let outcome = simulator.simulate(&scenario(&simulator, changes)).unwrap();
        let zones = outcome.zones.unwrap();
        assert_eq!(zones.method, method);
        let total = |of: &dyn Fn(&pacte_access::whatif::ZoneClass) -> u64| zones.classes.iter().map(of).sum::<u64>();
        assert_eq!(total(&|class| class.before), total(&|class| class.after), "people are in one class");
        for (commune, before, after) in &zones.communes {
            assert!(before != after && (*commune as usize) < territory.len());
        }
    }
    let error = simulator.simulate(&scenario(&simulator, vec![read("zonage:infirmiers-2011")])).unwrap_err();
    assert!(error.to_string().contains("ne classe pas selon l’APL"), "{error}");
}

#[test]
fn a_territory_without_doctors_says_so() {
    let land = disc(30);
    let mut parts = land.parts();
    parts.columns.retain(|column| column.concept != "supply.gp");
    let ground = Ground::new(Arc::new(Territory::assemble(parts).unwrap()), &ComputeOptions::default()).unwrap();
    let simulator = Simulator::new(Arc::new(ground), "essai");
    let changes = vec![Change::Add { kind: Kind::Gp, count: 1, at: code(0) }];
    let error = simulator.simulate(&scenario(&simulator, changes)).unwrap_err().to_string();
    assert!(error.contains("aucun effectif « supply.gp »"), "{error}");
}

#[test]
fn the_levels_follow() {
    let simulator = simulator(&disc(120));
    let changes = vec![Change::Add { kind: Kind::Gp, count: 4, at: code(10) }];
    let outcome = simulator.simulate(&scenario(&simulator, changes)).unwrap();
    assert_eq!(outcome.country.level, Level::Country);
    assert!(outcome.most_changed(&outcome.departements).iter().all(|area| area.before != area.after));
    let top = outcome.most_changed_communes(3);
    assert!(top.len() == 3 && outcome.communes.len() > 3, "{}", outcome.communes.len());
}
