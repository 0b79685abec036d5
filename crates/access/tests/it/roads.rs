//! Times by road between communes: what the network says, the model where the network says nothing.

use std::sync::Arc;

use pacte_access::compare::{differences, pairs, shared, widest};
use pacte_access::compute::{ComputeOptions, Roads, compute};
use pacte_access::od::OdMatrix;
use pacte_access::travel::{Coverage, Model, Nearest, RoadTimes, TravelMethod, TravelTimes, nearest};
use pacte_roads::graph::FURTHEST;
use pacte_territory::{CommuneId, Level};
use proptest::prelude::*;

use crate::land::disc;
use crate::town::{one_town, towns};

/// The same times, with the nearest found by searches.
struct BySearch<'a>(&'a RoadTimes);

impl TravelTimes for BySearch<'_> {
    fn describe(&self) -> TravelMethod {
        self.0.describe()
    }
    fn communes(&self) -> u32 {
        self.0.communes()
    }
    fn minutes(&self, origin: CommuneId, destination: CommuneId) -> Option<f64> {
        self.0.minutes(origin, destination)
    }
    fn search(&self, origin: CommuneId, visit: &mut dyn FnMut(CommuneId, f64) -> f64) {
        self.0.search(origin, visit);
    }
    fn matrix(&self, max_minutes: f64) -> OdMatrix {
        self.0.matrix(max_minutes)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn roads_where_both_ends_join_them_the_model_elsewhere(town in towns(), max in 1.0..40.0_f64) {
        let (territory, network) = (town.territory(), town.network());
        let model = Model::shipped(&territory);
        let times = RoadTimes::new(&territory, Arc::clone(&network), model.clone());
        let (coverage, places) = Coverage::of(&territory, &network);
        prop_assert_eq!(&coverage, times.coverage());
        prop_assert_eq!(&coverage.unlocated, &vec![town.unlocated()]);
        prop_assert!(coverage.too_far.contains(&town.far()));
        prop_assert_eq!(coverage.joined as usize + coverage.missing().len(), town.communes());
        let n = territory.len() as u32;
        let od = times.matrix(max);
        for a in 0..n {
            let row: Vec<(u32, f32)> = od.row(a).collect();
            prop_assert!(row.windows(2).all(|pair| pair[0].0 < pair[1].0));
            for b in 0..n {
                let expected = match (&places[a as usize], &places[b as usize]) {
                    _ if a == b => Some(0.0),
                    (Some(from), Some(to)) => network.time(from, to, FURTHEST).map(|time| f64::from(time) / 600.0),
                    _ => model.minutes(a, b),
                };
                prop_assert_eq!(times.minutes(a, b), expected);
                let inside = row.iter().find(|(target, _)| *target == b).map(|(_, minutes)| *minutes);
                if a == b || (places[a as usize].is_some() && places[b as usize].is_some()) {
                    prop_assert_eq!(inside, expected.filter(|minutes| *minutes <= max).map(|minutes| minutes as f32));
                } else if expected.is_none_or(|minutes| (minutes - max).abs() > 1e-6) {
                    // The model may add up ways of one length in another order.
                    prop_assert_eq!(inside.is_some(), expected.is_some_and(|minutes| minutes <= max));
                    let gap = inside.zip(expected).map_or(0.0, |(inside, expected)| f64::from(inside) - expected);
                    prop_assert!(gap.abs() < 1e-4, "{:?} {:?}", inside, expected);
                    prop_assert_eq!(inside, od.row(b).find(|(target, _)| *target == a).map(|(_, minutes)| minutes));
                }
            }
        }
    }

    #[test]
    fn the_nearest_is_the_best_of_all_by_sweeps_as_by_searches(town in towns()) {
        let (territory, network) = (town.territory(), town.network());
        let times = RoadTimes::new(&territory, network, Model::shipped(&territory));
        let kinds: Vec<&[f64]> = ["supply.gp", "supply.emergency", "supply.msp", "supply.maternity"]
            .iter()
            .map(|concept| territory.latest(concept).expect("given").values.as_slice())
            .collect();
        let swept = nearest(&times, &kinds);
        let searched = nearest(&BySearch(&times), &kinds);
        prop_assert_eq!(&swept, &searched);
        for (found, counts) in swept.iter().zip(&kinds) {
            for origin in 0..times.communes() {
                let best = (0..times.communes())
                    .filter(|place| counts[*place as usize] > 0.0)
                    .filter_map(|place| Some(Nearest { commune: place, minutes: times.minutes(origin, place)? }))
                    .min_by(|a, b| a.minutes.total_cmp(&b.minutes).then(a.commune.cmp(&b.commune)));
                let found = found[origin as usize];
                prop_assert_eq!(found.is_some(), best.is_some());
                if let (Some(found), Some(best)) = (found, best) {
                    // The model may add up ways of one length in another order.
                    prop_assert!((found.minutes - best.minutes).abs() < 1e-6, "{:?} {:?}", found, best);
                }
            }
        }
    }
}

#[test]
fn some_streets_make_the_way_back_longer() {
    let town = one_town(4);
    let territory = town.territory();
    let times = RoadTimes::new(&territory, town.network(), Model::shipped(&territory));
    let pairs = || (0..16).flat_map(|a| (0..a).map(move |b| (a, b)));
    assert!(
        pairs().any(|(a, b)| times.minutes(a, b) != times.minutes(b, a)),
        "nothing is one-way: the tests prove little"
    );
    let copies = (1..times.communes()).filter(|commune| times.place(*commune).is_some()).count();
    assert!(copies > 8);
}

#[test]
fn figures_say_which_times_they_rest_on() {
    let town = one_town(4);
    let territory = Arc::new(town.territory());
    let by_model = ComputeOptions::default();
    let with = |hash: &str| ComputeOptions {
        roads: Some(Roads { network: town.network(), hash: hash.to_owned() }),
        ..ComputeOptions::default()
    };
    let by_road = with("0123456789abcdef");
    let names = [&by_model, &by_road, &with("fedcba9876543210")].map(|options| options.fingerprint(&territory));
    assert!(names[0] != names[1] && names[1] != names[2] && names[0] != names[2], "{names:?}");
    let (model, road) = (compute(&territory, &by_model).unwrap(), compute(&territory, &by_road).unwrap());
    assert!(road.travel.id.starts_with("routes-car-"), "{}", road.travel.id);
    assert!(road.travel.source.contains("fictives"), "{}", road.travel.source);
    for said in ["16 communes sur 18 jointes aux routes", "les 2 autres (X0016, X0017)", "validation croisée"] {
        assert!(road.travel.quality.contains(said), "{}", road.travel.quality);
    }
    assert!(road.methods.iter().any(|file| file.name.starts_with("travel/")), "two communes still rest on the model");
    let minutes = |columns: &[pacte_territory::Column]| {
        columns.iter().find(|column| column.concept == "access.minutes.gp").expect("computed").clone()
    };
    assert!(minutes(&road.columns).provenance.method.starts_with("Temps par la route (voiture, heures creuses)"));
    assert!(minutes(&model.columns).provenance.method.starts_with(&model.travel.label));

    // Elsewhere, the roads join nothing: not used, and it says so.
    let elsewhere = disc(40);
    let elsewhere = Arc::new(pacte_territory::Territory::assemble(elsewhere.parts()).unwrap());
    let (far, alone) = (compute(&elsewhere, &by_road).unwrap(), compute(&elsewhere, &by_model).unwrap());
    assert!(
        far.notes.iter().any(|note| note.starts_with("Routes importées non utilisées : elles joignent")),
        "{:?}",
        far.notes
    );
    assert_eq!((far.columns, far.travel), (alone.columns, alone.travel));
}

#[test]
fn two_computations_side_by_side() {
    let town = one_town(5);
    let territory = Arc::new(town.territory());
    let by_model = compute(&territory, &ComputeOptions::default()).unwrap().columns;
    let roads = Some(Roads { network: town.network(), hash: "a".to_owned() });
    let by_road = compute(&territory, &ComputeOptions { roads, ..ComputeOptions::default() }).unwrap().columns;
    for row in differences(&territory, &by_model, &by_model) {
        assert!(row.bias == 0.0 && row.rmse == 0.0 && row.n > 0 && row.only_first + row.only_second == 0, "{row:?}");
        assert!(row.r_weighted.is_none_or(|r| (r - 1.0).abs() < 1e-9), "{row:?}");
    }
    let later: Vec<_> = by_model
        .iter()
        .cloned()
        .map(|mut column| {
            if column.concept == "access.minutes.gp" {
                column.values.iter_mut().for_each(|minutes| *minutes += 1.5);
                column.values[2] = f64::NAN;
            }
            column
        })
        .collect();
    let rows = differences(&territory, &by_model, &later);
    let gp: Vec<_> = rows.iter().filter(|row| row.concept == "access.minutes.gp").collect();
    assert_eq!(gp.iter().map(|row| row.level).collect::<Vec<_>>(), [Level::Commune, Level::Departement]);
    for row in gp {
        assert!((row.bias - 1.5).abs() < 1e-12 && (row.rmse - 1.5).abs() < 1e-12, "{row:?}");
        assert!(row.r_weighted.is_some_and(|r| (r - 1.0).abs() < 1e-9), "{row:?}");
        assert_eq!((row.only_first, row.only_second), (u32::from(row.level == Level::Commune), 0));
    }
    // The real thing: every figure of both is compared, and the widest gaps come first.
    let figures: Vec<&str> = shared(&by_model, &by_road).iter().map(|(a, _)| a.concept.as_str()).collect();
    assert!(differences(&territory, &by_model, &by_road).iter().any(|row| row.bias != 0.0 && row.r_weighted.is_some()));
    for concept in ["access.apl.gp", "access.apl.gp_65", "access.minutes.gp", "access.minutes.maternity"] {
        assert!(figures.contains(&concept), "{figures:?}");
    }
    let (a, b) = shared(&by_model, &by_road).into_iter().find(|(a, _)| a.concept == "access.minutes.gp").unwrap();
    let gaps = widest(pairs(&territory, Level::Commune, &by_model, a, b), 5);
    assert_eq!(gaps.len(), 5);
    let weight = |pair: &pacte_access::compare::Pair| pair.gap().unwrap().abs() * pair.people;
    assert!(weight(&gaps[0]) > 0.0 && gaps.windows(2).all(|two| weight(&two[0]) >= weight(&two[1])));
}
