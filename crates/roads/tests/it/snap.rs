//! Places and the network.

use pacte_roads::osm::RoadClass;
use pacte_roads::point::Point;
use pacte_roads::profile::SpeedProfile;
use pacte_roads::snap::{self, SnapIndex};

use crate::support::{Map, Numbers, Routed, plain, point, read_real, search};

#[test]
fn the_nearest_edge_is_the_nearest_of_all() {
    let Some(extract) = read_real(&["monaco-2020.osm.pbf"]) else { return };
    let profile = SpeedProfile::shipped("car").expect("a shipped profile");
    let routed = Routed::of(extract, &profile);
    let (edges, shapes) = (&routed.graph.edges, routed.graph.edges.shapes());
    let index = SnapIndex::of(shapes, |edge| edges.class_of(edge) != RoadClass::Ferry);
    let bounds = routed.extract.report.bounds.expect("there are roads");
    let mut numbers = Numbers(3);
    let mut found = 0;
    for _ in 0..400 {
        let far = |low: i32, high: i32, numbers: &mut Numbers| {
            low - 200_000 + numbers.below((high - low) as u64 + 400_000) as i32
        };
        let place = Point {
            lon: far(bounds.min.lon, bounds.max.lon, &mut numbers),
            lat: far(bounds.min.lat, bounds.max.lat, &mut numbers),
        };
        let max = [100.0, 1000.0, 5000.0][numbers.below(3) as usize];
        let odd = |edge: u32| !edge.is_multiple_of(3);
        let snap = index.nearest(shapes, place, max, odd);
        // Every accepted edge on its own, in an index of one.
        let mut best = f64::INFINITY;
        for edge in (0..edges.len() as u32).filter(|edge| odd(*edge) && edges.class_of(*edge) != RoadClass::Ferry) {
            for pair in edges.shape_of(edge).windows(2) {
                best = best.min(metres_to_segment(place, pair[0], pair[1]));
            }
        }
        match snap {
            Some(snap) => {
                found += 1;
                assert!((snap.metres - best).abs() < 0.02, "{} {best}", snap.metres);
                assert!(odd(snap.edge) && snap.along_dm <= edges.length_dm[snap.edge as usize]);
                assert!((snap.point.metres_to(place) - snap.metres).abs() < 0.02 + snap.metres * 1e-3);
            }
            None => assert!(best > max - 0.02, "{best} {max}"),
        }
    }
    assert!(found > 100, "{found}");
}

/// By steps along the segment, then finer steps.
fn metres_to_segment(place: Point, a: Point, b: Point) -> f64 {
    let cos = place.lat_degrees().to_radians().cos();
    let flat = |point: Point| {
        [(f64::from(point.lon) - f64::from(place.lon)) * cos, f64::from(point.lat) - f64::from(place.lat)]
    };
    let (a, b) = (flat(a), flat(b));
    let at = |share: f64| (a[0] + share * (b[0] - a[0])).hypot(a[1] + share * (b[1] - a[1]));
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let (left, right) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if at(left) <= at(right) { high = right } else { low = left }
    }
    at(low).min(at(high)) * 1e-7_f64.to_radians() * pacte_roads::point::EARTH_RADIUS_M
}

#[test]
fn places_leave_and_arrive_as_the_street_allows() {
    // 0 ──── 10 ──── 20: the second street is one-way to the east.
    let routed = Map::default()
        .grid(3, 2)
        .way(1, &[0, 10], "highway=residential")
        .way(2, &[10, 20], "highway=residential oneway=yes")
        .way(3, &[20, 21, 11, 10], "highway=residential")
        .way(4, &[0, 1, 11], "highway=residential")
        .node(0, 0.0, 0.0, "highway=give_way")
        .node(20, 200.0, 0.0, "highway=give_way")
        .build(&plain(|text| text));
    let graph = &routed.graph;
    let (joints, shapes) = (graph.joints(), graph.edges.shapes());
    let profile = plain(|text| text);
    let index = SnapIndex::of(shapes, |edge| graph.in_main(edge));
    let place = |x: f64, y: f64| {
        let snap = index.nearest(shapes, point(x, y), profile.snap.max_metres, |_| true).expect("a street is near");
        snap::place(joints, profile.snap, point(x, y), snap)
    };
    // 10 m beside the one-way street, a quarter of the way: 10 m at 15 km/h is 2.4 s.
    let east = place(125.0, -10.0);
    assert!((east.snap.metres - 10.0).abs() < 0.1);
    assert_eq!(east.off_road, 24);
    let of = |list: &[(u32, u32)]| list.to_vec();
    assert_eq!(of(&east.departures), [(routed.node(20), 75 + 24)]);
    assert_eq!(of(&east.arrivals), [(routed.node(10), 25 + 24)]);
    // On the two-way street: both ends, both ways.
    let west = place(30.0, 0.0);
    let mut departures = of(&west.departures);
    departures.sort_unstable();
    let mut expected = [(routed.node(0), 30), (routed.node(10), 70)];
    expected.sort_unstable();
    assert_eq!(departures, expected);
    assert_eq!(west.arrivals.len(), 2);
    // On the same edge.
    let later = place(150.0, 0.0);
    assert_eq!(snap::direct(joints, &east, &later), Some(25 + 24));
    assert_eq!(snap::direct(joints, &later, &east), None);
    assert_eq!(snap::direct(joints, &west, &place(80.0, 0.0)), Some(50));
    assert_eq!(snap::direct(joints, &place(80.0, 0.0), &west), Some(50));
    assert_eq!(snap::direct(joints, &west, &west), Some(0));
    assert_eq!(snap::direct(joints, &west, &later), None);
    // A whole trip: from 30 m on the first street to the one-way street's middle.
    let times = search(graph, &west.departures);
    let trip = later.arrivals.iter().map(|(node, time)| times[*node as usize] + time).min();
    assert_eq!(trip, Some(70 + 50));
    assert!(index.nearest(shapes, point(5000.0, 0.0), 2000.0, |_| true).is_none());
}
