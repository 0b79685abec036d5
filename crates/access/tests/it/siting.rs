//! Choosing sites over communes: what is asked is what is counted, and an answer is recomputed from what it carries.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use jiff::civil::date;
use pacte_access::compute::ComputeOptions;
use pacte_access::ground::Ground;
use pacte_access::siting::{Desk, Equity, Objective, Refused, Request, Siting, UrgentCare};
use pacte_access::urgent::{Moment, New, Set, SharedCover};
use pacte_territory::{CareKind, CommuneId, Level, Territory, TerritoryParts};
use proptest::prelude::*;

use crate::land::{Land, column, disc, lands};

fn desk(parts: TerritoryParts) -> Desk {
    let territory = Arc::new(Territory::assemble(parts).unwrap());
    let ground = Arc::new(Ground::new(territory, &ComputeOptions::default()).unwrap());
    Desk::new(Arc::new(SharedCover::new(ground)))
}

/// Two départements with an emergency department, a SMUR of weekday mornings, health houses and older people somewhere.
fn parts(land: &Land) -> TerritoryParts {
    let mut parts = land.parts();
    let n = land.len();
    let here = |at: usize| (0..n).map(|i| f64::from(u8::from(i == at % n))).collect::<Vec<f64>>();
    parts.columns.push(column("supply.emergency", 2024, here(0)));
    parts.columns.push(column("supply.msp", 2024, here(n / 3)));
    parts.columns.push(column("age.share_75_plus", 2022, (0..n).map(|i| 0.05 + 0.01 * (i % 9) as f64).collect()));
    let territory = Territory::assemble(land.parts()).unwrap();
    let mut smur = New { kind: CareKind::Smur, commune: (n / 2) as u32 }.resource(&territory);
    smur.hours = "lun-ven 08:00-12:00".parse().unwrap();
    parts.care.resources.push(smur);
    parts
}

/// Minutes from a commune to another, as the crow of these territories drives; infinite where nothing leads.
fn minutes(desk: &Desk, from: CommuneId, to: CommuneId) -> f32 {
    let mut found = f32::INFINITY;
    desk.ground().times().search(from, &mut |commune, minutes| {
        if commune == to {
            found = minutes as f32;
        }
        90.0
    });
    found
}

fn people(desk: &Desk, commune: CommuneId) -> u64 {
    desk.ground().residents()[commune as usize]
}

/// People within the minutes of a site or of what exists, counted one commune after the other.
fn served(desk: &Desk, request: &Request, sites: &[CommuneId], members: &[CommuneId]) -> u64 {
    let cover = SharedCover::new(Arc::clone(desk.ground())).get();
    let limit = request.minutes as f32;
    let exists = request.urgent.map(|urgent| cover.minutes(urgent.set, urgent.moment));
    let houses = desk.ground().territory().latest("supply.msp").unwrap();
    let near = |commune: CommuneId| {
        exists.as_ref().is_some_and(|minutes| minutes[commune as usize] <= limit)
            || sites.iter().any(|site| minutes(desk, commune, *site) <= limit)
            || (request.existing == ["msp"]
                && (0..desk.ground().territory().len() as u32)
                    .any(|at| houses.values[at as usize] > 0.0 && minutes(desk, commune, at) <= limit))
    };
    members.iter().filter(|commune| near(**commune)).map(|commune| people(desk, *commune)).sum()
}

fn chosen(answer: &Siting) -> Vec<CommuneId> {
    answer.sites.iter().map(|site| site.commune).collect()
}

/// Everything but the clock.
fn without_clock(answer: &Siting) -> Siting {
    Siting { seconds: 0.0, ..answer.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn figures_are_those_of_a_count_by_hand(land in lands(), k in 1..4_u32, minutes in 3..25_u32, what in 0..4_usize) {
        let desk = desk(parts(&land));
        let moments = [Moment::Any, Moment::At(date(2026, 1, 12).at(9, 30, 0, 0)), Moment::At(date(2026, 1, 11).at(9, 30, 0, 0))];
        let (existing, urgent) = match what {
            0 => (Vec::new(), None),
            1 => (vec!["msp".to_owned()], None),
            at => (Vec::new(), Some(UrgentCare { set: Set::SU_SMUR, moment: moments[at % 3] })),
        };
        let request = Request { minutes, sites: Some(k), existing, urgent, ..Request::default() };
        let members: Vec<CommuneId> = (0..land.len() as u32).collect();
        let before = served(&desk, &request, &[], &members);
        let answer = match desk.answer(&request, None) {
            Ok(answer) => answer,
            Err(Refused::Nobody { .. }) => {
                prop_assert_eq!(before, served(&desk, &request, &members, &members), "somebody could be brought");
                return Ok(());
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        };
        prop_assert_eq!(answer.totals.served_before, before);
        prop_assert_eq!(answer.totals.served_after, served(&desk, &request, &chosen(&answer), &members));
        prop_assert_eq!(answer.gain as u64, answer.people());
        prop_assert!(answer.proof.proven && answer.gain >= answer.greedy);
        let beyond: u64 = answer.beyond.iter().map(|commune| people(&desk, *commune)).sum();
        prop_assert_eq!(beyond + answer.totals.served_after, answer.totals.people);
        // No single site elsewhere in place of a chosen one does better.
        for site in &members {
            let mut other = chosen(&answer);
            *other.last_mut().unwrap() = *site;
            prop_assert!(served(&desk, &request, &other, &members) <= answer.totals.served_after);
        }
    }

    #[test]
    fn an_answer_is_recomputed_from_what_it_carries(land in lands(), k in 1..4_u32, objective in 0..3_usize) {
        let objective = Objective::ALL[objective];
        let desk_of = || desk(parts(&land));
        let request = Request {
            objective,
            minutes: 15,
            sites: Some(k),
            scope: Some((Level::Departement, "01".to_owned())),
            equity: Equity::Elderly,
            threshold_hundredths: 400,
            ..Request::default()
        };
        let Ok(answer) = desk_of().answer(&request, None) else { return Ok(()) };
        let written = serde_json::to_string(&answer).unwrap();
        let read: Siting = serde_json::from_str(&written).unwrap();
        let again = desk_of().answer(&read.request, None).unwrap();
        prop_assert_eq!(without_clock(&again), without_clock(&answer));
        for site in chosen(&answer) {
            prop_assert_eq!(site % 2, 0, "sites stand in the territory asked for");
        }
    }
}

#[test]
fn night_and_week_ends_leave_more_to_bring() {
    let desk = desk(parts(&disc(120)));
    let beyond = |moment| {
        let urgent = Some(UrgentCare { set: Set::SU_SMUR, moment });
        let request = Request { minutes: 15, sites: Some(2), urgent, ..Request::default() };
        let answer = desk.answer(&request, None).unwrap();
        (answer.totals.people - answer.totals.served_before, answer.method_hash)
    };
    let (open, open_hash) = beyond(Moment::At(date(2026, 1, 12).at(9, 30, 0, 0)));
    let (closed, closed_hash) = beyond(Moment::At(date(2026, 1, 12).at(13, 30, 0, 0)));
    assert!(open < closed, "{open} {closed}");
    assert_ne!(open_hash, closed_hash);
}

#[test]
fn only_people_of_under_dense_communes_count() {
    let desk = desk(parts(&disc(120)));
    let request = Request {
        objective: Objective::UnderDense,
        minutes: 12,
        sites: Some(3),
        threshold_hundredths: 300,
        ..Request::default()
    };
    let answer = desk.answer(&request, None).unwrap();
    let catchment = desk.ground().catchment().unwrap();
    let apl = catchment.apl(&catchment.supply).apl;
    let under: Vec<CommuneId> = (0..120).filter(|commune| apl[*commune as usize] < 3.0).collect();
    assert!(!under.is_empty() && under.len() < 120, "{}", under.len());
    assert_eq!(answer.totals.people, under.iter().map(|commune| people(&desk, *commune)).sum::<u64>());
    // Nothing that exists serves them: a new practice is what is asked for.
    assert_eq!(answer.totals.served_before, 0);
    let none = Request { urgent: None, existing: Vec::new(), ..request };
    assert_eq!(answer.totals.served_after, served(&desk, &none, &chosen(&answer), &under));
    assert!(answer.sites.iter().flat_map(|site| &site.brought).all(|one| under.contains(&one.commune)));
    let nobody = desk.answer(&Request { threshold_hundredths: 0, ..none }, None);
    assert!(matches!(nobody, Err(Refused::Nobody { .. })), "{nobody:?}");
}

#[test]
fn weights_follow_the_share_of_elders_and_vanish_without_force() {
    let desk = desk(parts(&disc(120)));
    let plain = Request { minutes: 12, sites: Some(3), urgent: None, ..Request::default() };
    let answer = |request: &Request| desk.answer(request, None).unwrap();
    let weighted = answer(&Request { equity: Equity::Elderly, equity_percent: 100, ..plain.clone() });
    let territory = desk.ground().territory();
    let shares = territory.latest("age.share_75_plus").unwrap();
    let population = territory.latest("population.municipal").unwrap();
    let total: f64 = population.values.iter().sum();
    let mean = shares.values.iter().zip(&population.values).map(|(share, people)| share * people).sum::<f64>() / total;
    let brought = weighted.sites.iter().flat_map(|site| &site.brought);
    let by_hand: f64 = brought.map(|one| one.people as f64 * shares.values[one.commune as usize] / mean).sum();
    // Weights are whole thousandths of a person.
    assert!((weighted.gain - by_hand).abs() < 0.1, "{} {by_hand}", weighted.gain);
    let without = answer(&Request { equity: Equity::Elderly, equity_percent: 0, ..plain.clone() });
    assert_eq!(chosen(&without), chosen(&answer(&plain)));
    assert!((without.gain - answer(&plain).gain).abs() < 1e-9);
}

#[test]
fn a_site_serves_no_more_than_its_capacity() {
    let desk = desk(parts(&disc(120)));
    let free = Request { minutes: 15, sites: Some(3), urgent: None, ..Request::default() };
    let unlimited = desk.answer(&free, None).unwrap();
    for room in [500, 5_000, 1_000_000_000] {
        let answer = desk.answer(&Request { capacity: Some(room), ..free.clone() }, None).unwrap();
        assert!(answer.sites.iter().all(|site| site.people <= room), "{room}");
        assert!(answer.people() <= 3 * room && answer.people() <= unlimited.people());
        assert!(answer.proof.proven, "{room}: {:?}", answer.proof);
        if room == 1_000_000_000 {
            assert_eq!(answer.people(), unlimited.people());
        }
    }
    let mean = desk.answer(&Request { capacity: Some(10), objective: Objective::MeanTime, ..free }, None);
    assert_eq!(mean, Err(Refused::CapacityOfMean));
}

#[test]
fn what_cannot_be_met_says_what_would_be() {
    let desk = desk(parts(&disc(40)));
    let refused = |request: Request| desk.answer(&request, None).unwrap_err().to_string();
    for (request, said) in [
        (Request { sites: Some(60), urgent: None, ..Request::default() }, "40"),
        (Request { minutes: 91, ..Request::default() }, "de 1 à 90"),
        (
            Request { existing: vec!["licorne".into()], ..Request::default() },
            "su-smur-mcs ou tout (soins urgents), emergency, gp, msp",
        ),
        (Request { sites: None, budget_cents: Some(100), ..Request::default() }, "coût"),
        (
            Request {
                sites: None,
                budget_cents: Some(100),
                cost_cents: Some(50_000),
                urgent: None,
                ..Request::default()
            },
            "500",
        ),
    ] {
        let text = refused(request);
        assert!(text.contains(said), "« {said} » is missing from « {text} »");
    }
}
