//! Cover of urgent care: best times, what is added and taken away, people beyond, hours, gaps.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use jiff::civil::{Date, date};
use pacte_access::compute::{ComputeOptions, Roads};
use pacte_access::ground::Ground;
use pacte_access::urgent::{Cover, LIMIT, Moment, New, Set, of_territory};
use pacte_territory::geodesy::great_circle_km;
use pacte_territory::{CareKind, CareResource, Flight, Level, Territory};
use proptest::prelude::*;

use crate::land::{Land, column, disc, lands};
use crate::town::{one_town, towns};

fn ground(land: &Land) -> Arc<Ground> {
    Arc::new(Ground::new(Arc::new(land.territory()), &ComputeOptions::default()).unwrap())
}

fn new(territory: &Territory, draw: &(u32, usize)) -> New {
    let kinds = CareKind::ALL;
    New { kind: kinds[draw.1 % kinds.len()], commune: draw.0 % territory.len() as u32 }
}

/// Drawn resources, some with hours, some for a time; identifiers `r0`, `r1`…
fn resources(territory: &Territory, draws: &[(u32, usize)]) -> Vec<CareResource> {
    let one = |(at, draw): (usize, &(u32, usize))| {
        let mut resource = new(territory, draw).resource(territory);
        resource.id = format!("r{at}");
        match at % 4 {
            1 => resource.hours = "lun-ven 08:00-20:00; sam 09:00-13:00".parse().unwrap(),
            2 => resource.to = Some(date(2025, 12, 31)),
            3 => resource.seasons = vec!["12-15..04-15".parse().unwrap()],
            _ => {}
        }
        if let Some(flight) = &mut resource.flight {
            *flight = Flight { kmh: 200, startup_minutes: 8, range_km: Some(15), night: at % 2 == 0 };
        }
        resource
    };
    draws.iter().enumerate().map(one).collect()
}

fn moments() -> [Moment; 5] {
    let day = |y, m, d| Date::constant(y, m, d);
    [
        Moment::Any,
        Moment::Day(day(2025, 6, 1)),
        Moment::Day(day(2026, 6, 1)),
        Moment::At(day(2026, 1, 12).at(9, 30, 0, 0)),
        Moment::At(day(2025, 6, 8).at(23, 0, 0, 0)),
    ]
}

fn draws(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(u32, usize)>> {
    prop::collection::vec((any::<u32>(), any::<usize>()), count)
}

fn same(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn adding_and_closing_is_computing_anew(land in lands(), first in draws(0..9), more in draws(0..4), gone in any::<usize>()) {
        let ground = ground(&land);
        let territory = ground.territory();
        let before = Cover::new(Arc::clone(&ground), resources(territory, &first));
        let added: Vec<New> = more.iter().map(|draw| new(territory, draw)).collect();
        let mut list: Vec<CareResource> = before.resources().to_vec();
        list.extend(added.iter().map(|one| one.resource(territory)));
        let mut after = before.with(&added);
        if !first.is_empty() {
            let id = format!("r{}", gone % first.len());
            list.retain(|resource| resource.id != id);
            after = after.without(&[&id]).unwrap();
        }
        let anew = Cover::new(Arc::clone(&ground), list);
        prop_assert_eq!(after.resources(), anew.resources());
        prop_assert_eq!(after.fingerprint(), anew.fingerprint());
        for moment in moments() {
            for set in Set::LADDER {
                let (a, b) = (after.best(set, moment), anew.best(set, moment));
                prop_assert!(same(&a.minutes, &b.minutes) && a.by == b.by, "{set} {moment}");
                for limit in [10.0, 30.0] {
                    prop_assert_eq!(after.beyond(&a.minutes, limit), anew.beyond(&b.minutes, limit));
                }
            }
        }
    }

    #[test]
    fn best_times_are_the_least_of_all(land in lands(), draws in draws(1..9)) {
        let ground = ground(&land);
        let territory = ground.territory();
        let cover = Cover::new(Arc::clone(&ground), resources(territory, &draws));
        let codes = &territory.communes.code;
        for moment in moments() {
            let best = cover.best(Set::ALL, moment);
            for commune in 0..territory.len() as u32 {
                let mut least = f64::INFINITY;
                for one in cover.resources() {
                    if !moment.holds(one, codes[one.commune as usize], cover.point(one)) {
                        continue;
                    }
                    let minutes = match one.flight {
                        Some(flight) => {
                            let km = great_circle_km(cover.point(one), territory.point(commune).unwrap());
                            let time = f64::from(flight.startup_minutes) + 60.0 * km / f64::from(flight.kmh);
                            (km <= f64::from(flight.range_km.unwrap())).then_some(time)
                        }
                        None => ground.times().minutes(one.commune, commune),
                    };
                    least = least.min(minutes.filter(|minutes| *minutes <= LIMIT).unwrap_or(f64::INFINITY));
                }
                let found = f64::from(best.minutes[commune as usize]);
                if least.is_finite() {
                    prop_assert!((found - least).abs() < 1e-3, "{found} {least}");
                } else {
                    prop_assert!(found.is_nan() && best.by[commune as usize] == u32::MAX);
                }
            }
        }
    }

    #[test]
    fn what_is_gained_is_the_difference(land in lands(), first in draws(0..7), more in draws(1..3), when in 0..5_usize) {
        let ground = ground(&land);
        let territory = ground.territory();
        let cover = Cover::new(Arc::clone(&ground), resources(territory, &first));
        let added: Vec<New> = more.iter().map(|draw| new(territory, draw)).collect();
        let moment = moments()[when];
        let now = cover.minutes(Set::ALL, moment);
        let after = cover.with(&added).minutes(Set::ALL, moment);
        for limit in [12.0, 30.0] {
            let gain = cover.gain(&now, &added, moment, limit);
            let difference = cover.beyond(&now, limit).people - cover.beyond(&after, limit).people;
            prop_assert_eq!(gain.people, difference);
            for reached in &gain.communes {
                prop_assert!(cover.is_beyond(reached.commune, now[reached.commune as usize], limit));
                prop_assert_eq!(reached.after.min(f32::INFINITY).to_bits(), after[reached.commune as usize].to_bits());
            }
        }
    }

    #[test]
    fn what_each_brings_is_what_its_absence_takes(land in lands(), draws in draws(1..10)) {
        let ground = ground(&land);
        let cover = Cover::new(Arc::clone(&ground), resources(ground.territory(), &draws));
        let (moment, limit) = (Moment::Any, 20.0);
        let beyond = |cover: &Cover, set: Set| cover.beyond(&cover.minutes(set, moment), limit).people;
        let (whole, none) = (beyond(&cover, Set::ALL), beyond(&cover, Set::ALL.minus(Set::MCS)));
        let adds = cover.adds(Set::MCS, Set::ALL, moment, limit);
        prop_assert_eq!(adds.iter().map(|one| one.in_order).sum::<u64>(), none - whole);
        prop_assert_eq!(adds.last().map_or(none, |one| one.left), whole);
        prop_assert!(adds.windows(2).all(|pair| pair[0].in_order >= pair[1].in_order && pair[0].rank < pair[1].rank));
        for one in &adds {
            let id = &cover.resources()[one.resource as usize].id;
            prop_assert_eq!(one.last, beyond(&cover.without(&[id]).unwrap(), Set::ALL) - whole);
            let others: Vec<&str> = adds
                .iter()
                .map(|other| cover.resources()[other.resource as usize].id.as_str())
                .filter(|other| other != id)
                .collect();
            prop_assert_eq!(one.alone, none - beyond(&cover.without(&others).unwrap(), Set::ALL));
        }
    }

    #[test]
    fn weeks_gaps_and_areas_say_the_same_as_the_whole(land in lands(), draws in draws(0..8)) {
        let ground = ground(&land);
        let cover = Cover::new(Arc::clone(&ground), resources(ground.territory(), &draws));
        let week = cover.week(Set::ALL, date(2026, 1, 14), 20.0);
        prop_assert_eq!((week.monday, week.people.len()), (date(2026, 1, 12), 168));
        for (day, hour) in [(0, 0), (0, 8), (5, 12), (5, 13), (6, 23)] {
            let at = date(2026, 1, 12 + day as i8).at(hour as i8, 0, 0, 0);
            let people = cover.beyond(&cover.minutes(Set::ALL, Moment::At(at)), 20.0).people;
            prop_assert_eq!(week.at(day, hour), people, "{}", at);
        }
        let minutes = cover.minutes(Set::SU_SMUR, Moment::Any);
        let (whole, gaps) = (cover.beyond(&minutes, 20.0), cover.gaps(&minutes, 20.0));
        prop_assert_eq!(gaps.iter().map(|gap| gap.people).sum::<u64>(), whole.people);
        prop_assert_eq!(gaps.iter().map(|gap| gap.communes.len()).sum::<usize>(), whole.communes as usize);
        prop_assert!(gaps.windows(2).all(|pair| pair[0].people >= pair[1].people));
        for gap in &gaps {
            for commune in &gap.communes {
                let beside = ground.territory().neighbours(*commune);
                prop_assert!(gap.communes.len() == 1 || beside.iter().any(|(other, _)| gap.communes.contains(other)));
            }
        }
        let parts = cover.beyond_by(Level::Departement, &minutes, 20.0);
        prop_assert_eq!(parts.iter().map(|part| part.people).sum::<u64>(), whole.people);
        prop_assert_eq!(parts.iter().map(|part| part.of_people).sum::<u64>(), whole.of_people);
    }

    #[test]
    fn by_road_there_is_not_back(town in towns(), draws in draws(1..14), max in 2.0..30.0_f64) {
        let territory = Arc::new(town.territory());
        let roads = Some(Roads { network: town.network(), hash: "a".to_owned() });
        let ground = Arc::new(Ground::new(Arc::clone(&territory), &ComputeOptions { roads, ..ComputeOptions::default() }).unwrap());
        let communes: Vec<u32> = draws.iter().map(|draw| draw.0 % territory.len() as u32).collect();
        let times = ground.times();
        for (inward, rows) in [(true, times.inward(&communes, max)), (false, times.outward(&communes, max))] {
            for (commune, row) in communes.iter().zip(rows) {
                prop_assert!(row.windows(2).all(|pair| pair[0].0 < pair[1].0));
                for other in 0..territory.len() as u32 {
                    let (from, to) = if inward { (other, *commune) } else { (*commune, other) };
                    let expected = times.minutes(from, to).map(|minutes| minutes as f32);
                    let found = row.iter().find(|(id, _)| *id == other).map(|(_, minutes)| *minutes);
                    let near = |a: Option<f32>, b: Option<f32>| match (a, b) {
                        (Some(a), Some(b)) => (a - b).abs() < 1e-4,
                        (None, None) => true,
                        // The model may add up ways of one length in another order, at the very limit.
                        (Some(one), None) | (None, Some(one)) => (f64::from(one) - max).abs() < 1e-4,
                    };
                    let within = expected.filter(|minutes| f64::from(*minutes) <= max);
                    prop_assert!(near(found, within), "{from} → {to}: {found:?} {within:?}");
                }
            }
            // One alone is searched, many are tabled: the times are the same.
            for commune in communes.iter().take(2) {
                let alone = if inward { times.inward(&[*commune], max) } else { times.outward(&[*commune], max) };
                let at = communes.iter().position(|other| other == commune).unwrap();
                let many = if inward { times.inward(&communes, max) } else { times.outward(&communes, max) };
                prop_assert_eq!(&alone[0], &many[at]);
            }
        }
    }
}

#[test]
fn departments_of_the_bpe_stand_in_when_the_register_names_none() {
    let mut parts = disc(60).parts();
    let mut counts = vec![0.0; 60];
    (counts[3], counts[7]) = (1.0, 2.0);
    parts.columns.push(column("supply.emergency", 2020, counts));
    let territory = Territory::assemble(parts.clone()).unwrap();
    let declared = of_territory(&territory);
    let ids: Vec<&str> = declared.resources.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["BPE-D106-X0003", "BPE-D106-X0007"]);
    assert!(declared.resources[1].name.contains("2 services") && declared.resources[0].hours.is_always());
    assert!(declared.notes[0].contains("pacte urgent template"), "{:?}", declared.notes);

    parts.care.resources = vec![New { kind: CareKind::Mcs, commune: 1 }.resource(&territory)];
    let declared = of_territory(&Territory::assemble(parts.clone()).unwrap());
    assert_eq!(declared.resources.len(), 3, "an MCS takes the place of no department");
    parts.care.resources.push(New { kind: CareKind::Su, commune: 2 }.resource(&territory));
    let declared = of_territory(&Territory::assemble(parts).unwrap());
    assert_eq!(declared.resources.len(), 2, "a register that names departments names them all");
}

#[test]
fn communes_nobody_located_are_on_neither_side() {
    let town = one_town(4);
    let territory = Arc::new(town.territory());
    let ground = Arc::new(Ground::new(Arc::clone(&territory), &ComputeOptions::default()).unwrap());
    let cover = Cover::new(ground, vec![New { kind: CareKind::Su, commune: 0 }.resource(&territory)]);
    let minutes = cover.minutes(Set::ALL, Moment::Any);
    let count = cover.beyond(&minutes, 30.0);
    assert_eq!(count.unknown, cover.people()[town.unlocated() as usize]);
    assert_eq!(count.of_people + count.unknown, cover.people().iter().sum::<u64>());
    assert!(!cover.is_beyond(town.unlocated(), f32::NAN, 30.0) && cover.is_beyond(town.far(), f32::NAN, 30.0));
    let error = cover.without(&["nulle-part"]).unwrap_err();
    assert!(error.to_string().contains("nulle-part"));
}
