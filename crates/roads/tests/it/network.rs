//! Prepared networks of real extracts: every answer against a plain search, the file they are kept in, new speeds.

use std::path::{Path, PathBuf};

use pacte_roads::build::RoadGraph;
use pacte_roads::graph::{FURTHEST, Time};
use pacte_roads::isochrone::Settings;
use pacte_roads::network::{Network, Reuse};
use pacte_roads::osm::{self, Extract};
use pacte_roads::point::Point;
use pacte_roads::profile::SpeedProfile;
use pacte_roads::search::dijkstra;
use pacte_roads::snap::Place;
use pacte_roads::store::Problem;

use crate::graphs::real_data;

const EXTRACTS: [&str; 7] = [
    "andorra-2025-07.osm.pbf",
    "heidelberg-2025.osm.pbf",
    "liechtenstein-2025-07.osm.pbf",
    "lorient-2019.osm.gz",
    "malta-2017.osm.pbf",
    "monaco-2020.osm.pbf",
    "porto-2020.osm.pbf",
];

fn read(path: PathBuf) -> Extract {
    osm::read(&[path], &|_| {}).expect("a real extract")
}

fn profile(name: &str) -> SpeedProfile {
    SpeedProfile::shipped(name).expect("shipped")
}

fn prepare(extract: &Extract, profile: &SpeedProfile) -> (Network, RoadGraph) {
    let roads = RoadGraph::build(&extract.ways, profile).expect("roads");
    (Network::prepare(roads.clone(), profile, extract.report.clone(), &|_| {}), roads)
}

/// Places spread over a network, some of them off the roads.
fn places(network: &Network, count: u32) -> Vec<Place> {
    (0..count)
        .filter_map(|rank| {
            let Point { lon, lat } = network.point((rank * 7_919) % network.nodes());
            let aside = (rank % 5) as i32 * 4_000;
            network.place(Point { lon: lon + aside, lat: lat - aside })
        })
        .collect()
}

/// A small real network, prepared once per test.
fn monaco() -> Option<(Network, Extract)> {
    let extract = read(real_data()?.join("monaco-2020.osm.pbf"));
    Some((prepare(&extract, &profile("car")).0, extract))
}

#[test]
fn on_every_extract_and_profile_answers_equal_a_plain_search() {
    let Some(folder) = real_data() else { return };
    for name in EXTRACTS {
        let extract = read(folder.join(name));
        for profile in ["car", "ambulance", "walk"].map(profile) {
            let (network, roads) = prepare(&extract, &profile);
            let places = places(&network, 60);
            assert!(places.len() > 20, "{name} {}: {} places", profile.id, places.len());
            let matrix = network.matrix(&places, &places, FURTHEST);
            for (rank, from) in places.iter().enumerate().step_by(6) {
                let times = dijkstra(&roads.graph, &from.departures);
                let row: Vec<Option<Time>> = {
                    let mut row = vec![None; places.len()];
                    matrix.row(rank).for_each(|(target, time)| row[target as usize] = Some(time));
                    row
                };
                for (to, time) in places.iter().zip(row) {
                    let around = to.arrivals.iter().map(|(node, rest)| times[*node as usize].saturating_add(*rest));
                    let around = around.min().filter(|time| *time <= FURTHEST);
                    assert_eq!(network.time(from, to, FURTHEST), time);
                    if from.snap.edge == to.snap.edge {
                        assert!(time <= around);
                    } else {
                        assert_eq!(time, around, "{name} {}", profile.id);
                    }
                    let journey = network.journey(from, to, FURTHEST);
                    assert_eq!(journey.as_ref().map(|journey| journey.time), time);
                    if let Some(journey) = journey {
                        assert_eq!((journey.line[0], journey.line[journey.line.len() - 1]), (from.point, to.point));
                        let drawn: f64 = journey.line.windows(2).map(|pair| pair[0].metres_to(pair[1])).sum();
                        let told = journey.metres + from.snap.metres + to.snap.metres;
                        assert!((drawn - told).abs() < 5.0 + 0.003 * told, "{name}: drawn {drawn} m, told {told} m");
                    }
                }
            }
        }
    }
}

#[test]
fn areas_hold_the_nodes_reached_in_time_and_grow() {
    let Some(folder) = real_data() else { return };
    let extract = read(folder.join("liechtenstein-2025-07.osm.pbf"));
    let (network, _) = prepare(&extract, &profile("car"));
    let limits: Vec<Time> = [5, 10, 15, 20, 30].map(|minutes| minutes * 600).to_vec();
    for from in places(&network, 12) {
        let reach = network.reach(&from, 18_000, Settings::DRIVE).expect("an area");
        let areas = reach.surface.areas(&limits);
        assert!(areas.windows(2).all(|pair| pair[0].km2 <= pair[1].km2));
        // The surface is the least time of each cell, so a node reached in time lies in a cell that counts.
        for (node, time) in reach.nodes.iter().step_by(50) {
            let cell = reach.surface.time_at(network.point(*node)).expect("a cell");
            assert!(cell <= *time, "cell {cell}, node {time}");
        }
        let alone = network.reach(&from, 6_000, Settings::DRIVE).expect("an area").surface.areas(&[6_000]);
        assert_eq!(alone[0].km2.to_bits(), areas[1].km2.to_bits(), "an area depends on its minutes alone");
    }
}

#[test]
fn a_network_read_back_answers_the_same() {
    let Some((network, _)) = monaco() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("deeper/car.routes");
    let hash = network.save(&path).expect("written");
    let (opened, same) = Network::open(&path).expect("read");
    assert_eq!(hash, same);
    assert_eq!(opened.about(), network.about());
    let places = places(&network, 50);
    assert_eq!(network.matrix(&places, &places, FURTHEST), opened.matrix(&places, &places, FURTHEST));
    assert_eq!(opened.save(&dir.path().join("again.routes")).expect("written"), hash, "the same bytes");
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 2, "nothing half-written is left");
}

#[test]
fn a_file_that_is_not_whole_or_not_ours_is_refused_with_what_to_do() {
    let Some((network, _)) = monaco() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("car.routes");
    network.save(&path).expect("written");
    let whole = std::fs::read(&path).expect("bytes");
    let open = |bytes: &[u8]| {
        let path: &Path = &dir.path().join("spoilt.routes");
        std::fs::write(path, bytes).expect("written");
        let error = Network::open(path).expect_err("spoilt");
        let text = error.to_string();
        assert!(text.contains("spoilt.routes") && text.contains("pacte import roads"), "{text}");
        error.problem
    };
    assert!(matches!(open(&[]), Problem::Kind));
    assert!(matches!(open(b"PK\x03\x04 and so on, long enough to hold a header of sixty-four bytes"), Problem::Kind));
    assert!(matches!(open(&whole[..40]), Problem::Kind));
    assert!(matches!(open(&whole[..whole.len() / 2]), Problem::Length { .. }));
    let mut longer = whole.clone();
    longer.push(0);
    assert!(matches!(open(&longer), Problem::Length { .. }));
    let mut newer = whole.clone();
    newer[8] += 1;
    assert!(matches!(open(&newer), Problem::Format { .. }));
    for at in (64..whole.len()).step_by(whole.len() / 40) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        assert!(matches!(open(&flipped), Problem::Damaged), "byte {at}");
    }
}

#[test]
fn new_speeds_keep_the_order_and_new_roads_do_not() {
    let Some((network, extract)) = monaco() else { return };
    let mut slower = profile("car");
    for speed in slower.speeds.iter_mut().flatten() {
        speed.urban *= 0.8;
    }
    let roads = RoadGraph::build(&extract.ways, &slower).expect("roads");
    let (again, reuse) = network.reweighed(roads.clone(), &slower, &|_| {});
    assert_eq!(reuse, Reuse::Order);
    let places = places(&again, 40);
    for from in places.iter().step_by(5) {
        let times = dijkstra(&roads.graph, &from.departures);
        for to in places.iter().filter(|to| to.snap.edge != from.snap.edge) {
            let around = to.arrivals.iter().map(|(node, rest)| times[*node as usize].saturating_add(*rest)).min();
            assert_eq!(again.time(from, to, FURTHEST), around.filter(|time| *time <= FURTHEST));
        }
    }
    let walk = profile("walk");
    let roads = RoadGraph::build(&extract.ways, &walk).expect("roads");
    assert_eq!(network.reweighed(roads, &walk, &|_| {}).1, Reuse::Nothing);
}

#[test]
fn regions_without_a_way_between_are_networks_of_their_own() {
    let Some(folder) = real_data() else { return };
    let paths = ["lorient-2019.osm.gz", "monaco-2020.osm.pbf"].map(|name| folder.join(name));
    let extract = osm::read(&paths, &|_| {}).expect("read");
    let (network, _) = prepare(&extract, &profile("car"));
    let place = |lon: f64, lat: f64| network.place(Point::from_degrees(lon, lat)).expect("a road near");
    let (port, station, town, quay) =
        (place(7.4250, 43.7370), place(7.4192, 43.7385), place(-3.3600, 47.7485), place(-3.3580, 47.7500));
    assert!(network.time(&port, &station, FURTHEST).is_some() && network.time(&town, &quay, FURTHEST).is_some());
    assert_eq!(network.time(&port, &town, FURTHEST), None);
}

#[test]
fn two_halves_given_together_are_the_whole() {
    let Some(folder) = real_data() else { return };
    // The same file twice is the case in which everything is shared.
    let path = folder.join("monaco-2020.osm.pbf");
    let once = osm::read(std::slice::from_ref(&path), &|_| {}).expect("read");
    let twice = osm::read(&[path.clone(), path], &|_| {}).expect("read");
    let car = profile("car");
    let build = |extract: &Extract| RoadGraph::build(&extract.ways, &car).expect("roads");
    assert_eq!(build(&once).graph.times[..], build(&twice).graph.times[..]);
}
