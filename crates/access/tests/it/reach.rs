//! What lies around a place, against counting by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use pacte_access::atlas::ResourceKind;
use pacte_access::reach::{ReachError, Surroundings, communes_of};
use pacte_roads::graph::{FURTHEST, NEVER};
use pacte_roads::point::Point;
use pacte_roads::search::dijkstra;
use proptest::prelude::*;

use crate::town::{Town, one_town, towns};

fn surroundings(town: &Town) -> Surroundings {
    Surroundings::new(Arc::new(town.territory()), town.network())
}

fn somewhere(town: &Town, x: f64, y: f64) -> Point {
    let width = 0.03 * town.side as f64;
    Point::from_degrees(2.0 + width * x, 46.0 + width * y)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn bands_are_what_counting_by_hand_gives(town in towns(), x in 0.05..0.95_f64, y in 0.05..0.95_f64) {
        let surroundings = surroundings(&town);
        let (territory, network) = (surroundings.territory(), surroundings.network());
        let Ok(place) = surroundings.place(somewhere(&town, x, y)) else { return Ok(()) };
        let around = surroundings.around(place.point, &[10, 2, 5, 120, 5]).unwrap();
        prop_assert_eq!(around.bands.iter().map(|band| band.minutes).collect::<Vec<_>>(), [2, 5, 10, 120]);
        // Least time of each distinct point, copies together, and whether any commune leads there.
        let stops = (0..territory.len() as u32).filter_map(|id| surroundings.commune_place(id));
        let seeds: Vec<(u32, u32)> = stops.flat_map(|stop| stop.departures.clone()).collect();
        let (times, known) = (dijkstra(network.graph(), &place.departures), dijkstra(network.graph(), &seeds));
        let mut points: BTreeMap<Point, (u32, u32)> = BTreeMap::new();
        for node in 0..network.nodes() {
            let least = points.entry(network.point(node)).or_insert((NEVER, NEVER));
            *least = (least.0.min(times[node as usize]), least.1.min(known[node as usize]));
        }
        points.retain(|_, (_, known)| *known != NEVER);
        let points: BTreeMap<Point, u32> = points.into_iter().map(|(point, (time, _))| (point, time)).collect();
        let commune = |point: Point| {
            territory.spatial().containing(point.lon_degrees(), point.lat_degrees(), &territory.topology)
        };
        let located: Vec<(Option<u32>, u32)> = points.iter().map(|(point, time)| (commune(*point), *time)).collect();
        let population = territory.latest("population.municipal").unwrap();
        for band in &around.bands {
            let limit = band.minutes * 600;
            let mut people = 0.0;
            for id in 0..territory.len() as u32 {
                let own: Vec<u32> = located.iter().filter(|(c, _)| *c == Some(id)).map(|(_, time)| *time).collect();
                prop_assert_eq!(surroundings.road_points(id), own.len() as u32);
                let reached = own.iter().filter(|time| **time <= limit).count();
                let to = surroundings.commune_place(id);
                let by_point = to.is_some_and(|to| network.time(&place, to, limit).is_some());
                let share = if own.is_empty() { f64::from(u8::from(by_point)) } else { reached as f64 / own.len() as f64 };
                let found = band.communes.iter().find(|row| row.commune == id);
                prop_assert_eq!(found.map_or(0.0, |row| row.share), share);
                people += share * population.get(id).unwrap();
            }
            prop_assert!((band.people.unwrap() - people).abs() < 1e-9 * people.max(1.0));
            for resource in &band.resources {
                let column = territory.latest(&format!("supply.{}", resource.kind.concept()));
                let count = column.map(|column| {
                    (0..territory.len() as u32)
                        .filter(|id| surroundings.commune_place(*id).is_some_and(|to| network.time(&place, to, limit).is_some()))
                        .filter_map(|id| column.get(id))
                        .sum::<f64>()
                });
                prop_assert_eq!(resource.count, count, "{:?}", resource.kind);
            }
        }
        // In two hours all of this town is reached: nobody is lost but those no road joins.
        let joined = |id: &u32| surroundings.road_points(*id) > 0 || surroundings.commune_place(*id).is_some();
        let all: f64 = (0..territory.len() as u32).filter(joined).filter_map(|id| population.get(id)).sum();
        let (found, everywhere) = (around.bands[3].people.unwrap(), points.values().all(|time| *time != NEVER));
        prop_assert!(found <= all * (1.0 + 1e-12) && (!everywhere || found >= all * (1.0 - 1e-12)), "{} {}", found, all);
        for pair in around.bands.windows(2) {
            prop_assert!(pair[0].people <= pair[1].people && pair[0].area.km2 <= pair[1].area.km2);
            for (before, after) in pair[0].resources.iter().zip(&pair[1].resources) {
                prop_assert!(before.count <= after.count);
            }
            for row in &pair[0].communes {
                let after = pair[1].communes.iter().find(|other| other.commune == row.commune).unwrap();
                prop_assert!(row.share <= after.share && row.people <= after.people);
            }
        }
    }

    #[test]
    fn the_nearest_is_the_best_of_all(town in towns(), x in 0.05..0.95_f64, y in 0.05..0.95_f64) {
        let surroundings = surroundings(&town);
        let (territory, network) = (surroundings.territory(), surroundings.network());
        let Ok(place) = surroundings.place(somewhere(&town, x, y)) else { return Ok(()) };
        let found = surroundings.nearest(place.point, &ResourceKind::ALL).unwrap();
        for kind in ResourceKind::ALL {
            let column = territory.latest(&format!("supply.{}", kind.concept()));
            let best = (0..territory.len() as u32)
                .filter(|id| column.and_then(|column| column.get(*id)).is_some_and(|count| count > 0.0))
                .filter_map(|id| Some((network.time(&place, surroundings.commune_place(id)?, FURTHEST)?, id)))
                .min();
            let way = found.iter().find(|way| way.kind == kind);
            prop_assert_eq!(way.map(|way| (way.time, way.commune)), best);
            if let Some(way) = way {
                prop_assert_eq!(way.line[0], place.point);
                prop_assert_eq!(way.line.last().copied(), surroundings.commune_place(way.commune).map(|to| to.point));
                prop_assert!(way.metres >= 0.0 && way.minutes() == f64::from(way.time) / 600.0);
            }
        }
    }

    #[test]
    fn points_fall_in_the_commune_that_holds_them(town in towns(), points in prop::collection::vec((-0.1..1.1_f64, -0.1..1.1_f64), 1..400)) {
        let territory = town.territory();
        let mut points: Vec<Point> = points.iter().map(|(x, y)| somewhere(&town, *x, *y)).collect();
        // Level with the corners of contours: two sides meet there, of which one counts.
        let level = |(rank, point): (usize, Point)| {
            let units = (town.corner(rank % town.side, rank / town.side % town.side)[1] * 1e5).round() as i32;
            Point { lat: units * 100, ..point }
        };
        let more: Vec<Point> = points.iter().copied().enumerate().map(level).collect();
        points.extend(more);
        for (point, found) in points.iter().zip(communes_of(&territory, &points)) {
            // A point on a border is in either commune: a centimetre north or south decides.
            let near = (-1..=1).map(|step| Point { lat: point.lat + step, ..*point });
            let mut expected = near.map(|point| {
                territory.spatial().containing(point.lon_degrees(), point.lat_degrees(), &territory.topology)
            });
            prop_assert!(expected.any(|expected| expected == found), "{:?} {:?}", point, found);
        }
    }
}

#[test]
fn nobody_is_lost_in_a_long_time() {
    for town in [one_town(3), one_town(4), one_town(5)] {
        let surroundings = surroundings(&town);
        let territory = surroundings.territory();
        let population = territory.latest("population.municipal").unwrap();
        let joined: Vec<u32> =
            (0..territory.len() as u32).filter(|id| surroundings.commune_place(*id).is_some()).collect();
        let all: f64 = joined.iter().filter_map(|id| population.get(*id)).sum();
        for id in joined {
            let home = surroundings.commune_place(id).unwrap().point;
            let found = surroundings.around(home, &[120]).unwrap().bands[0].people.unwrap();
            assert!((found / all - 1.0).abs() < 1e-12, "from {id}: {found} of {all}");
        }
    }
}

#[test]
fn a_town_has_what_the_tests_are_about() {
    let town = one_town(4);
    let surroundings = surroundings(&town);
    let network = surroundings.network();
    let copies = (1..network.nodes()).filter(|node| network.point(*node) == network.point(node - 1)).count();
    assert!(copies > 0, "no turn is forbidden");
    let times = dijkstra(network.graph(), &surroundings.commune_place(0).expect("joined").departures);
    assert!(times.contains(&NEVER), "everything is reached");
    assert_eq!(surroundings.out_of_reach(ResourceKind::Maternity), [town.far()]);
    assert_eq!(surroundings.source(), "Routes fictives du territoire d’entraînement");
}

#[test]
fn questions_without_an_answer_say_why() {
    let town = one_town(3);
    let surroundings = surroundings(&town);
    let inside = somewhere(&town, 0.5, 0.5);
    let outside = surroundings.around(Point::from_degrees(3.5, 46.0), &[10]).unwrap_err();
    assert!(matches!(outside, ReachError::Outside { .. }));
    assert!(
        outside.to_string().contains("46,00000, 3,50000 (latitude, longitude) est hors des routes importées"),
        "{outside}"
    );
    for minutes in [&[][..], &[0], &[10, 121], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]] {
        let error = surroundings.around(inside, minutes).unwrap_err();
        assert!(matches!(error, ReachError::Minutes { .. }), "{error}");
    }
    // Between two roads 20 km apart.
    let text = "<osm version=\"0.6\"><node id=\"1\" lon=\"2\" lat=\"46\"/><node id=\"2\" lon=\"2.01\" lat=\"46\"/>\
                <node id=\"3\" lon=\"2.2\" lat=\"46.2\"/><node id=\"4\" lon=\"2.21\" lat=\"46.2\"/>\
                <way id=\"1\"><nd ref=\"1\"/><nd ref=\"2\"/><tag k=\"highway\" v=\"residential\"/></way>\
                <way id=\"2\"><nd ref=\"3\"/><nd ref=\"4\"/><tag k=\"highway\" v=\"residential\"/></way></osm>";
    let apart = Surroundings::new(Arc::new(town.territory()), crate::town::network(text));
    let error = apart.nearest(Point::from_degrees(2.1, 46.1), &ResourceKind::ALL).unwrap_err();
    assert_eq!(
        error.to_string(),
        "aucune route à moins de 2000 m du point 46,10000, 2,10000 (latitude, longitude) : choisissez un point plus proche \
         d’une route"
    );
}

#[test]
fn areas_come_out_as_geojson_with_their_figures() {
    let town = one_town(4);
    let surroundings = surroundings(&town);
    let around = surroundings.around(somewhere(&town, 0.4, 0.6), &[3, 6, 12]).unwrap();
    let json: serde_json::Value = serde_json::from_str(&around.geojson()).unwrap();
    let features = json["features"].as_array().unwrap();
    let minutes: Vec<_> = features.iter().map(|feature| feature["properties"]["minutes"].as_u64().unwrap()).collect();
    assert_eq!(minutes, [12, 6, 3]);
    for (feature, band) in features.iter().zip(around.bands.iter().rev()) {
        let properties = &feature["properties"];
        assert_eq!(properties["population"].as_f64(), band.people.map(f64::round));
        assert_eq!(properties["gp"].as_f64(), band.resources[1].count);
        assert!(properties["pharmacy"].is_null(), "this territory knows no pharmacy: that is not none");
        assert_eq!(properties["msp"].as_f64(), Some(0.0));
        assert!(properties["source"].as_str().unwrap().starts_with("Routes fictives"));
        assert_eq!(feature["geometry"]["type"], "MultiPolygon");
    }
}
