//! Ways become graphs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use pacte_roads::build::{BuildError, RoadGraph};
use pacte_roads::graph::{LONGEST, NEVER};
use pacte_roads::osm::{NodeFacts, RoadClass, Via, Ways};
use pacte_roads::point::Point;
use pacte_roads::profile::{self, BarrierRule, SpeedProfile};

use crate::support::{Map, Numbers, Routed, plain, read_real, search};

fn street() -> &'static str {
    "highway=residential"
}

#[test]
fn nodes_where_nothing_happens_are_left_out() {
    let routed = Map::default()
        .grid(5, 2)
        .way(1, &[0, 10, 20], street())
        .way(2, &[40, 30, 20], street())
        .way(3, &[20, 21], street())
        .build(&plain(|text| text));
    assert_eq!((routed.graph.nodes(), routed.graph.graph.arcs(), routed.graph.edges.len()), (4, 6, 3));
    assert!(!routed.is_node(10));
    assert_eq!(routed.time(0, 40), Some(400));
    assert_eq!(routed.time(21, 0), Some(300));
    // Two ways end to end, drawn towards each other, are one edge.
    let joined = Map::default().grid(5, 1).way(1, &[0, 10, 20], street()).way(2, &[40, 30, 20], street());
    let joined = joined.build(&plain(|text| text));
    assert_eq!((joined.graph.nodes(), joined.graph.edges.len()), (2, 1));
    assert_eq!(joined.graph.edges.shape_of(0).len(), 5);
    assert_eq!(joined.graph.edges.length_dm[0], 4000);
    assert_eq!(joined.graph.report.travelled_ways, 2);
}

#[test]
fn one_way_streets_are_one_way() {
    for (told, east, west) in [
        ("highway=residential oneway=yes", Some(200), None),
        ("highway=residential oneway=-1", None, Some(200)),
        ("highway=residential oneway=reversible", None, None),
        ("highway=residential oneway=no", Some(200), Some(200)),
        ("highway=motorway", Some(200), None),
        ("highway=residential junction=roundabout", Some(200), None),
    ] {
        let routed = Map::default()
            .grid(3, 2)
            .way(1, &[0, 10, 20], told)
            .way(2, &[0, 1], street())
            .way(3, &[20, 21], street())
            .build(&plain(|text| text));
        assert_eq!((routed.time(0, 20), routed.time(20, 0)), (east, west), "{told}");
        let walker = SpeedProfile::shipped("walk").expect("a shipped profile");
        let walked = routed.extract.ways.clone();
        let walked = RoadGraph::build(&walked, &walker).expect("streets are walked");
        assert_eq!(walked.components.iter().any(|label| *label > 0), told.contains("motorway"), "{told}");
    }
    // One-way chains in opposite directions never join.
    let opposed = Map::default()
        .grid(3, 1)
        .way(1, &[0, 10], "highway=residential oneway=yes")
        .way(2, &[20, 10], "highway=residential oneway=yes")
        .build(&plain(|text| text));
    assert_eq!((opposed.graph.edges.len(), opposed.graph.graph.arcs()), (2, 2));
    assert_eq!((opposed.time(0, 10), opposed.time(10, 20)), (Some(100), None));
}

#[test]
fn a_roundabout_is_gone_round() {
    // Anticlockwise square 11 → 21 → 22 → 12, a road at each corner.
    let routed = Map::default()
        .grid(4, 4)
        .way(1, &[11, 21, 22, 12, 11], "highway=tertiary junction=roundabout")
        .way(2, &[1, 11], street())
        .way(3, &[31, 21], street())
        .way(4, &[32, 22], street())
        .way(5, &[2, 12], street())
        .build(&plain(|text| text));
    assert_eq!(routed.time(1, 31), Some(300));
    assert_eq!(routed.time(31, 1), Some(500));
    assert_eq!(routed.time(1, 2), Some(500));
    assert_eq!(routed.time(2, 1), Some(300));
}

#[test]
fn loops_and_rings_and_parallel_ways_are_kept() {
    // A ring hung at node 10, a bypass between 10 and 20, a ring on its own.
    let routed = Map::default()
        .grid(9, 3)
        .way(1, &[0, 10, 20, 30], street())
        .way(2, &[10, 11, 12, 2, 1, 10], street())
        .way(3, &[10, 21, 20], street())
        .way(4, &[60, 70, 71, 61, 60], "highway=residential oneway=yes")
        .build(&plain(|text| text));
    let graph = &routed.graph;
    assert!((0..graph.nodes()).all(|node| graph.graph.outgoing(node).all(|(head, _)| head != node)));
    let (from, to) = (routed.node(10), routed.node(20));
    assert_eq!(graph.graph.outgoing(from).filter(|(head, _)| *head == to).count(), 2);
    assert_eq!(graph.report.components, 2);
    let total: u64 = graph.edges.length_dm.iter().map(|dm| u64::from(*dm)).sum();
    let diagonal = 1000.0 * 2_f64.sqrt();
    assert!((total as f64 - (3000.0 + 4000.0 + diagonal + 1000.0 + diagonal + 4000.0)).abs() < 5.0, "{total}");
    assert_eq!(graph.report.largest_components.iter().sum::<u64>(), u64::from(graph.nodes()));
    assert!((0..graph.edges.len() as u32).any(|edge| !graph.in_main(edge)));
}

#[test]
fn barriers_block_or_cost() {
    let map = |told: &str| Map::default().grid(4, 2).node(10, 100.0, 0.0, told).way(1, &[0, 10, 20, 30], street());
    let car = plain(|text| text);
    let walk = SpeedProfile::shipped("walk").expect("a shipped profile");
    assert_eq!(map("").build(&car).time(0, 30), Some(300));
    let blocked = map("barrier=bollard").build(&car);
    assert_eq!(blocked.time(0, 30), None);
    assert_eq!((blocked.graph.nodes(), blocked.graph.edges.len(), blocked.graph.report.barriers), (4, 2, 1));
    assert!(map("barrier=bollard").build(&walk).time(0, 30).is_some());
    assert_eq!(map("barrier=bollard motor_vehicle=yes").build(&car).time(0, 30), Some(300));
    assert_eq!(map("barrier=lift_gate").build(&car).time(0, 30), Some(300 + 200));
    assert_eq!(map("barrier=lift_gate access=private").build(&car).time(0, 30), None);
    let ambulance = SpeedProfile::shipped("ambulance").expect("a shipped profile");
    assert!(map("barrier=gate access=private").build(&ambulance).time(0, 30).is_some());
    assert!(map("barrier=bollard").build(&ambulance).time(0, 30).is_none());
    assert!(map("barrier=bollard emergency=yes").build(&ambulance).time(0, 30).is_some());
    // At a junction nobody passes either.
    let crossing = map("barrier=block").way(2, &[10, 11], street()).build(&car);
    assert_eq!((crossing.time(0, 30), crossing.graph.edges.len()), (None, 3));
}

#[test]
fn access_opens_and_closes_ways() {
    let open = |told: &str, profile: &SpeedProfile| {
        let map = Map::default().grid(3, 1).way(1, &[0, 10], "highway=residential").way(2, &[10, 20], told);
        map.build(profile).graph.report.travelled_ways == 2
    };
    let [car, ambulance, walk] = &profile::shipped().expect("good profiles")[..] else { panic!("three profiles") };
    for (told, expected) in [
        ("highway=service", [true, true, true]),
        ("highway=service access=private", [false, true, false]),
        ("highway=service access=no motor_vehicle=yes", [true, true, false]),
        ("highway=service access=no emergency=yes", [false, true, false]),
        ("highway=service service=emergency_access", [false, true, true]),
        ("highway=residential motor_vehicle=destination", [true, true, true]),
        ("highway=residential motorcar=no", [false, false, true]),
        ("highway=residential vehicle=no foot=yes", [false, false, true]),
        ("highway=residential foot=no", [true, true, false]),
        ("highway=trunk motorroad=yes", [true, true, false]),
        ("highway=footway", [false, false, true]),
        ("highway=pedestrian area=yes", [false, false, true]),
        ("highway=motorway", [true, true, false]),
        ("highway=track tracktype=grade5", [true, true, true]),
        ("route=ferry", [false, false, true]),
        ("route=ferry motor_vehicle=yes", [true, true, true]),
    ] {
        assert_eq!([car, ambulance, walk].map(|profile| open(told, profile)), expected, "{told}");
    }
    let nothing = Map::default().grid(2, 1).way(1, &[0, 10], "highway=footway").read();
    assert!(matches!(RoadGraph::build(&nothing.ways, car), Err(BuildError::NothingTravelled { ways: 1, .. })));
}

#[test]
fn tagged_limits_ferries_and_signs_take_the_time_they_say() {
    let car = SpeedProfile::shipped("car").expect("a shipped profile");
    let time = |map: Map, from, to| map.build(&car).time(from, to).expect("a road leads there");
    let line = |told: &str| Map::default().grid(5, 2).way(1, &[0, 10, 20, 30, 40], told);
    let close = |time: u32, seconds: f64| assert!((f64::from(time) / 10.0 - seconds).abs() < 0.11, "{time} {seconds}");
    let at = |kmh: f64| 400.0 * 3.6 / kmh;
    close(time(line("highway=primary"), 0, 40), at(74.0));
    close(time(line("highway=primary maxspeed=50"), 0, 40), at(50.0 * 0.91));
    close(time(line("highway=primary maxspeed=30mph"), 0, 40), at(48.0 * 0.91));
    close(time(line("highway=primary maxspeed=FR:urban"), 0, 40), at(50.0 * 0.83));
    close(time(line("highway=residential maxspeed=90"), 0, 40), at(34.0));
    close(time(line("highway=residential maxspeed=30"), 0, 40), at(30.0 * 0.91));
    close(time(line("highway=primary maxspeed:forward=50 maxspeed:backward=30"), 0, 40), at(50.0 * 0.91));
    close(time(line("highway=primary maxspeed:forward=50 maxspeed:backward=30"), 40, 0), at(30.0 * 0.91));
    close(time(line("highway=track tracktype=grade4"), 0, 40), at(10.0));
    close(time(line("highway=unclassified surface=gravel"), 0, 40), at(35.0));
    close(time(line("highway=residential access=destination"), 0, 40), at(17.0));
    // A ferry: the wait once, the time told.
    let sea = Map::default().grid(5, 1).way(1, &[0, 10], "highway=service").way(3, &[30, 40], "highway=service");
    close(time(sea.clone().way(2, &[10, 20, 30], "route=ferry duration=00:25 motorcar=yes"), 10, 30), 900.0 + 1500.0);
    let pieces = sea.way(2, &[10, 20], "route=ferry duration=10 motorcar=yes");
    close(time(pieces.way(4, &[20, 30], "route=ferry duration=15 motorcar=yes"), 10, 30), 900.0 + 1500.0);
    // Lights, whichever way; a stop sign, for those who come to it only.
    let lights = line("highway=primary").node(20, 200.0, 0.0, "highway=traffic_signals");
    close(time(lights.clone(), 0, 40), at(74.0) + 14.0);
    close(time(lights, 40, 0), at(74.0) + 14.0);
    let sign = |told: &str| {
        let map = line("highway=primary").node(30, 300.0, 0.0, told);
        [time(map.clone(), 0, 40), time(map, 40, 0)]
    };
    let [east, west] = sign("highway=stop");
    close(east, at(74.0) + 8.0);
    close(west, at(74.0));
    let [east, west] = sign("highway=give_way direction=backward");
    close(east, at(74.0));
    close(west, at(74.0) + 4.0);
    // A bend of 90° in the middle of an edge, and one of 45°.
    let bent = Map::default().grid(3, 2).way(1, &[0, 10, 11], "highway=primary");
    close(time(bent, 0, 11), 200.0 * 3.6 / 74.0 + 2.0);
    let bent = Map::default().grid(3, 2).way(1, &[0, 10, 21], "highway=primary");
    close(time(bent, 0, 21), (100.0 + 141.42) * 3.6 / 74.0);
    let [east, west] = sign("highway=crossing");
    close(east, at(74.0) + 1.0);
    close(west, at(74.0) + 1.0);
}

#[test]
fn joining_a_greater_road_costs_and_staying_on_it_does_not() {
    let car = SpeedProfile::shipped("car").expect("a shipped profile");
    let routed = Map::default()
        .grid(3, 2)
        .way(1, &[0, 10, 20], "highway=primary maxspeed=50")
        .way(2, &[11, 10], "highway=unclassified maxspeed=30")
        .build(&car);
    let seconds = |from, to| f64::from(routed.time(from, to).expect("a road")) / 10.0;
    let (main, minor) = (100.0 * 3.6 / (50.0 * 0.91), 100.0 * 3.6 / (30.0 * 0.91));
    assert!((seconds(0, 20) - (2.0 * main + 1.0)).abs() < 0.15, "a plain junction");
    assert!((seconds(11, 20) - (minor + main + 5.0)).abs() < 0.15, "joining");
    assert!((seconds(20, 11) - (minor + main + 1.0)).abs() < 0.15, "leaving");
}

#[test]
fn turn_restrictions_forbid_that_turn_and_no_other() {
    // A cross at 11, streets 1–11–21 (ways 1, 2) and 10–11–12 (ways 3, 4), a detour 12–22–21.
    let cross = Map::default()
        .grid(4, 3)
        .way(1, &[1, 11], street())
        .way(2, &[11, 21], street())
        .way(3, &[10, 11], street())
        .way(4, &[11, 12], street())
        .way(5, &[12, 22, 21], street());
    let car = plain(|text| text);
    let open = cross.build(&car);
    assert_eq!((open.time(1, 12), open.time(10, 21), open.time(1, 21)), (Some(200), Some(200), Some(200)));
    assert_eq!(open.graph.report.copies, 0);
    let left = cross.clone().turn(1, "no_left_turn", 1, "n11", 4).build(&car);
    // One copy of the junction, and one of each end of the detour, where one who comes from there may not turn back.
    assert_eq!(left.graph.report.copies, 3);
    assert_eq!(
        (left.time(1, 12), left.time(1, 21), left.time(10, 12), left.time(1, 10)),
        (Some(400), Some(200), Some(200), Some(200))
    );
    // Without the detour, with a side street at 21: not back from 21, but from one of the two dead ends behind it.
    let dodge = Map::default()
        .grid(4, 4)
        .way(1, &[1, 11], street())
        .way(2, &[11, 21, 31], street())
        .way(3, &[10, 11], &format!("{} oneway=yes", street()))
        .way(4, &[11, 12], street())
        .way(5, &[20, 21], street())
        .turn(1, "no_left_turn", 1, "n11", 4)
        .build(&car);
    assert_eq!((dodge.time(1, 12), dodge.time(1, 31), dodge.time(31, 12)), (Some(600), Some(300), Some(300)));
    let only = cross.clone().turn(1, "only_straight_on", 1, "n11", 2).build(&car);
    // To 10: on to 21, round by 22 and 12, back down.
    assert_eq!((only.time(1, 21), only.time(1, 12), only.time(10, 12)), (Some(200), Some(400), Some(200)));
    assert_eq!(only.time(1, 10), Some(600));
    assert_eq!((only.graph.report.restrictions, only.graph.report.forbidden_turns), (1, 3));
    // On foot nobody minds.
    let walk = SpeedProfile::shipped("walk").expect("a shipped profile");
    let walked = cross.clone().turn(1, "no_left_turn", 1, "n11", 4).build(&walk);
    assert_eq!((walked.graph.report.copies, walked.graph.report.restrictions), (0, 0));
    // A turn back, where the street ends in a loop of its own.
    let back = Map::default().grid(4, 1).way(1, &[0, 10], street()).way(2, &[10, 20], street()).way(
        3,
        &[20, 30],
        "highway=service",
    );
    let back = back.way(4, &[10, 30], "highway=footway").turn(1, "no_u_turn", 2, "n20", 2).build(&car);
    let copy = back.graph.copies(back.node(20)).nth(1).expect("a copy");
    let heads: Vec<u32> = back.graph.graph.outgoing(copy).map(|(head, _)| head).collect();
    assert_eq!(heads, [back.node(30)]);
}

#[test]
fn restrictions_through_ways_bind_only_those_who_come_from_there() {
    // 1 → 11 → 21 → 31, with streets up and down at 11 and 21; no turn back through the middle way 2.
    let map = Map::default()
        .grid(4, 3)
        .way(1, &[1, 11], street())
        .way(2, &[11, 21], street())
        .way(3, &[21, 31], street())
        .way(4, &[10, 11], street())
        .way(5, &[21, 22], street())
        .way(6, &[22, 32, 31], street());
    let car = plain(|text| text);
    let bound = map.clone().turn(1, "no_left_turn", 1, "w2", 5).build(&car);
    assert_eq!(bound.graph.report.restrictions, 1);
    // From 1 by way 2 to 22: forbidden straight, so round by 31 and 32.
    assert_eq!((bound.time(1, 22), bound.time(10, 22), bound.time(1, 31)), (Some(500), Some(300), Some(300)));
    let only = map.clone().turn(1, "only_straight_on", 1, "w2", 3).build(&car);
    assert_eq!((only.time(1, 22), only.time(10, 22), only.time(1, 31)), (Some(500), Some(300), Some(300)));
    // Both kinds at once: the plain one at 21 for all, the long one for those from 1.
    let both = map.turn(1, "no_left_turn", 1, "w2", 5).turn(2, "no_straight_on", 2, "n21", 3).build(&car);
    assert_eq!(both.time(10, 31), Some(500));
    assert_eq!((both.time(10, 22), both.graph.report.restrictions), (Some(300), 2));
}

/// The least times from a node to all, segment by segment on the ways as they were read, with no help from the graph but
/// the places where one may turn back. Restrictions at nodes only.
fn slowly(ways: &Ways, profile: &SpeedProfile, graph: &RoadGraph, from: u32) -> BTreeMap<u32, f64> {
    let nodes: BTreeSet<Point> = graph.points.iter().copied().collect();
    let blocked: BTreeSet<u32> = ways
        .facts
        .iter()
        .filter(|(_, facts): &&(u32, NodeFacts)| profile.barrier(*facts) == BarrierRule::Blocks)
        .map(|(node, _)| *node)
        .collect();
    // Segments: way, node left, node reached, tenths.
    let mut segments: Vec<(usize, u32, u32, f64)> = Vec::new();
    for way in 0..ways.len() {
        let Some(passage) = profile.passage(ways.tags_of(way), 1.0) else { continue };
        for pair in ways.nodes_of(way).windows(2) {
            let metres = ways.points[pair[0] as usize].metres_to(ways.points[pair[1] as usize]);
            for (side, ends) in [(0, [pair[0], pair[1]]), (1, [pair[1], pair[0]])] {
                if let Some(kmh) = passage.open[side] {
                    segments.push((way, ends[0], ends[1], metres * 36.0 / kmh));
                }
            }
        }
    }
    segments.sort_by_key(|segment| segment.1);
    let segments = &segments[..];
    let leaving = |node: u32| {
        let start = segments.partition_point(|segment| segment.1 < node);
        (start..segments.len()).take_while(move |rank| segments[*rank].1 == node)
    };
    let mut reached: BTreeMap<u32, f64> = BTreeMap::from([(from, 0.0)]);
    let mut done = vec![false; segments.len()];
    let mut queue: BinaryHeap<Reverse<(u64, usize)>> =
        leaving(from).map(|rank| Reverse(((segments[rank].3 * 1e6) as u64, rank))).collect();
    while let Some(Reverse((time, rank))) = queue.pop() {
        if std::mem::replace(&mut done[rank], true) {
            continue;
        }
        let (way, tail, node, _) = segments[rank];
        let best = reached.entry(node).or_insert(f64::INFINITY);
        *best = best.min(time as f64 / 1e6);
        if blocked.contains(&node) {
            continue;
        }
        let bound: Vec<_> = (ways.restrictions.iter())
            .filter(|turn| turn.via == Via::Node(node) && turn.from == ways.way_ids[way] && turn.from != turn.to)
            .filter(|turn| leaving(node).filter(|next| ways.way_ids[segments[*next].0] == turn.to).count() == 1)
            .filter(|turn| {
                let arriving = segments.iter().filter(|other| other.2 == node && ways.way_ids[other.0] == turn.from);
                arriving.count() == 1
            })
            .collect();
        for next in leaving(node) {
            let (to, _, head, tenths) = segments[next];
            let back = head == tail && to == way;
            if back && !nodes.contains(&ways.points[node as usize]) {
                continue;
            }
            let allowed = bound.iter().all(|turn| (turn.to == ways.way_ids[to] && !back) == turn.only);
            if allowed {
                queue.push(Reverse((time + (tenths * 1e6) as u64, next)));
            }
        }
    }
    reached
}

#[test]
fn restrictions_of_monaco_are_those_of_a_slow_search() {
    let Some(mut extract) = read_real(&["monaco-2020.osm.pbf"]) else { return };
    extract.ways.restrictions.retain(|turn| matches!(turn.via, Via::Node(_)) && turn.from != turn.to);
    let car = plain(|text| {
        text.replace("seconds: { lift_gate: 20, toll_booth: 15, border_control: 30, cattle_grid: 3 }", "seconds: {}")
    });
    let routed = Routed::of(extract, &car);
    let (ways, graph) = (&routed.extract.ways, &routed.graph);
    assert!(graph.report.restrictions > 10, "{:?}", graph.report);
    let mut unbound = ways.clone();
    unbound.restrictions.clear();
    let unbound = RoadGraph::build(&unbound, &car).expect("roads");
    let mut place_of: BTreeMap<Point, u32> = BTreeMap::new();
    let mut twice: BTreeSet<Point> = BTreeSet::new();
    for (node, point) in graph.points.iter().enumerate().filter(|(node, _)| graph.origin[*node] == *node as u32) {
        if place_of.insert(*point, node as u32).is_some() {
            twice.insert(*point);
        }
    }
    // Both sides of a barrier are at the same place: which one is meant cannot be told.
    place_of.retain(|point, _| !twice.contains(point));
    let mut numbers = Numbers(11);
    let (mut compared, mut longer, mut no_way_back) = (0, 0, 0);
    for _ in 0..12 {
        let start = loop {
            let node = graph.origin[numbers.below(u64::from(graph.nodes())) as usize];
            if graph.components[node as usize] == 0 && !twice.contains(&graph.points[node as usize]) {
                break node;
            }
        };
        let Ok(from) = ways.points.iter().position(|point| *point == graph.points[start as usize]).ok_or(()) else {
            continue;
        };
        let slow = slowly(ways, &car, graph, from as u32);
        let times = search(graph, &[(start, 0)]);
        let free_start = unbound.points.iter().position(|point| *point == graph.points[start as usize]);
        let free = free_start.map(|node| search(&unbound, &[(node as u32, 0)]));
        for (rank, point) in ways.points.iter().enumerate() {
            let Some(node) = place_of.get(point) else { continue };
            let fast = graph.copies(*node).map(|copy| times[copy as usize]).min().unwrap_or(NEVER);
            match slow.get(&(rank as u32)) {
                // Each edge rounds to a tenth.
                Some(slow) if fast != NEVER => {
                    assert!(f64::from(fast) >= slow - 10.0, "{rank}: {slow} {fast}");
                    // The slow search turns back anywhere; ours does not just behind a restricted junction.
                    no_way_back += usize::from(f64::from(fast) > slow + 10.0);
                    compared += 1;
                    if let Some(free) = &free
                        && let Some(other) = unbound.points.iter().position(|other| other == point)
                    {
                        longer += usize::from(free[other] + 100 < fast);
                    }
                }
                slow => assert!(slow.is_none() && fast == NEVER, "{rank} {point:?}: {slow:?} {fast}"),
            }
        }
    }
    eprintln!(
        "{compared} times compared, {longer} longer by 10 s because of restrictions, {no_way_back} by not turning back"
    );
    assert!(compared > 1000 && longer > 10 && no_way_back * 20 < compared, "{compared} {longer} {no_way_back}");
}

#[test]
fn speeds_change_times_and_nothing_else() {
    let Some(extract) = read_real(&["monaco-2020.osm.pbf"]) else { return };
    let (_, file, text) = profile::SHIPPED[0];
    let usual = SpeedProfile::read(file, text).expect("good");
    let other = text.replace("open: 50, urban: 31", "open: 20, urban: 10").replace("signals: 14", "signals: 60");
    let other = SpeedProfile::read(file, &other).expect("good");
    let (a, b) = (
        RoadGraph::build(&extract.ways, &usual).expect("roads"),
        RoadGraph::build(&extract.ways, &other).expect("roads"),
    );
    assert_eq!(
        (&a.points, &a.origin, &a.arc_edges, &a.components),
        (&b.points, &b.origin, &b.arc_edges, &b.components)
    );
    assert_eq!((&a.graph.first[..], &a.graph.heads[..]), (&b.graph.first[..], &b.graph.heads[..]));
    assert_ne!(a.graph.times[..], b.graph.times[..]);
    let again = RoadGraph::build(&extract.ways, &usual).expect("roads");
    assert_eq!((&a.graph.times[..], &a.edges, &a.report), (&again.graph.times[..], &again.edges, &again.report));
}

#[test]
fn real_extracts_make_sound_graphs() {
    for name in [
        "monaco-2020.osm.pbf",
        "lorient-2019.osm.gz",
        "andorra-2025-07.osm.pbf",
        "heidelberg-2025.osm.pbf",
        "liechtenstein-2025-07.osm.pbf",
        "malta-2017.osm.pbf",
        "porto-2020.osm.pbf",
    ] {
        let Some(extract) = read_real(&[name]) else { continue };
        for profile in profile::shipped().expect("good") {
            let start = std::time::Instant::now();
            let graph = RoadGraph::build(&extract.ways, &profile).expect("roads");
            let seconds = start.elapsed().as_secs_f64();
            let report = &graph.report;
            eprintln!("{name} {}: {seconds:.2} s; {report:?}", profile.id);
            let edges = &graph.edges;
            assert_eq!(edges.first.len(), edges.len() + 1);
            for edge in 0..edges.len() as u32 {
                let shape = edges.shape_of(edge);
                let metres: f64 = shape.windows(2).map(|pair| pair[0].metres_to(pair[1])).sum();
                assert!(shape.len() > 1 && (f64::from(edges.length_dm[edge as usize]) / 10.0 - metres).abs() < 0.11);
                assert!(edges.times[edge as usize] != [NEVER; 2]);
            }
            for tail in 0..graph.nodes() {
                for arc in graph.graph.row(tail) {
                    let (head, time, darc) = (graph.graph.heads[arc], graph.graph.times[arc], graph.arc_edges[arc]);
                    let (edge, side) = (darc >> 1, (darc & 1) as usize);
                    let shape = edges.shape_of(edge);
                    let [first, last] = if side == 0 { [0, shape.len() - 1] } else { [shape.len() - 1, 0] };
                    assert_eq!((shape[first], shape[last]), (graph.points[tail as usize], graph.points[head as usize]));
                    assert!(time >= edges.times[edge as usize][side] && time <= LONGEST);
                    assert_ne!(graph.origin[tail as usize], graph.origin[head as usize]);
                }
            }
            let main = report.largest_components[0] as f64 / report.nodes as f64;
            assert!(main > 0.7, "{name} {}: {main}", profile.id);
            assert!(report.by_class.values().all(|class| class.kmh > 0.9 && class.kmh < 150.0));
            assert!(!report.by_class.contains_key(RoadClass::Other.name()));
        }
    }
}
