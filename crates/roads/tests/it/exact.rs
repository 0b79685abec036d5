//! Every fast answer equals the plain search, on random graphs, on grids with a closed form, on New York.

use pacte_roads::graph::{FURTHEST, Graph, NEVER, NodeId, Time};
use pacte_roads::hierarchy::Hierarchy;
use pacte_roads::matrix::many_to_many;
use pacte_roads::nearest::{nearest, one_to_all};
use pacte_roads::search::{Bounded, dijkstra};
use proptest::prelude::*;

use crate::graphs::{any_graph, any_two_way_graph, grid, new_york};

fn prepare(graph: &Graph) -> Hierarchy {
    Hierarchy::prepare(graph, &|_| {})
}

/// Time of a way node by node, taking the fastest of parallel arcs.
fn along(graph: &Graph, nodes: &[NodeId]) -> Time {
    nodes
        .windows(2)
        .map(|pair| {
            graph.outgoing(pair[0]).filter(|(head, _)| *head == pair[1]).map(|(_, time)| time).min().expect("an arc")
        })
        .sum()
}

fn known(time: Time) -> Option<Time> {
    (time != NEVER).then_some(time)
}

/// Checks every question about the graph against plain searches from `sources`.
fn check(graph: &Graph, hierarchy: &Hierarchy, sources: &[NodeId], targets: &[NodeId], limit: Time) {
    let seeds = |nodes: &[NodeId]| nodes.iter().map(|node| [(*node, node % 3)]).collect::<Vec<_>>();
    let (from, to) = (seeds(sources), seeds(targets));
    let matrix = many_to_many(hierarchy, &from, &to, limit);
    let whole = many_to_many(hierarchy, &from, &to, FURTHEST);
    let mut bounded = Bounded::default();
    let mut nearest_by_hand = vec![None; sources.len()];
    for (row, source) in from.iter().enumerate() {
        let times = dijkstra(graph, source);
        assert_eq!(one_to_all(hierarchy, source), times);
        let within: Vec<(NodeId, Time)> = (0..).zip(times.iter().copied()).filter(|(_, time)| *time <= limit).collect();
        let mut found = bounded.search(graph, source, limit).to_vec();
        assert!(found.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        found.sort_unstable();
        assert_eq!(found, within);
        let mut expected = Vec::new();
        for (column, target) in to.iter().enumerate() {
            let time = known(times[target[0].0 as usize]).map(|time| time + target[0].1);
            assert_eq!(hierarchy.time(source, target, FURTHEST), time);
            let trip = hierarchy.trip(source, target, FURTHEST);
            assert_eq!(trip.as_ref().map(|trip| trip.time), time);
            if let Some(trip) = trip {
                assert_eq!((trip.nodes[0], *trip.nodes.last().expect("one")), (source[0].0, target[0].0));
                assert_eq!(along(graph, &trip.nodes) + source[0].1 + target[0].1, trip.time);
            }
            assert_eq!(hierarchy.time(source, target, limit), time.filter(|time| *time <= limit));
            if let Some(time) = time {
                expected.push((column as u32, time));
                let own = (time - source[0].1, column as u32);
                if nearest_by_hand[row].is_none_or(|known| own < known) {
                    nearest_by_hand[row] = Some(own);
                }
            }
        }
        assert_eq!(whole.row(row).collect::<Vec<_>>(), expected);
        expected.retain(|(_, time)| *time <= limit);
        assert_eq!(matrix.row(row).collect::<Vec<_>>(), expected);
    }
    for (limit, wide) in [(limit, false), (FURTHEST, true)] {
        let found = nearest(hierarchy, &to, limit);
        for (source, by_hand) in sources.iter().zip(&nearest_by_hand) {
            let by_hand = by_hand.filter(|(time, _)| *time <= limit).map(|(time, target)| (target, time));
            assert_eq!(found.at(*source), by_hand, "wide words: {wide}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_answer_equals_the_plain_search(graph in any_graph(), limit in 0..40_u32) {
        let nodes: Vec<NodeId> = (0..graph.nodes()).collect();
        check(&graph, &prepare(&graph), &nodes, &nodes, limit);
    }

    #[test]
    fn new_times_on_a_known_order_are_exact(graph in any_graph(), factors in prop::collection::vec(0..9_u32, 160)) {
        let mut other = graph.clone();
        other.times = graph.times.iter().zip(factors.iter().cycle()).map(|(time, factor)| time * factor).collect::<Vec<_>>().into();
        let nodes: Vec<NodeId> = (0..graph.nodes()).collect();
        check(&other, &prepare(&graph).with_times_of(&other, &|_| {}), &nodes, &nodes, 60);
    }

    #[test]
    fn a_detour_is_never_shorter(graph in any_graph()) {
        let nodes: Vec<[(NodeId, Time); 1]> = (0..graph.nodes()).map(|node| [(node, 0)]).collect();
        let matrix = many_to_many(&prepare(&graph), &nodes, &nodes, FURTHEST);
        let time = |a: usize, b: usize| matrix.row(a).find(|(target, _)| *target as usize == b).map(|(_, time)| time);
        for a in 0..nodes.len() {
            for (b, there) in matrix.row(a) {
                for (c, further) in matrix.row(b as usize) {
                    prop_assert!(time(a, c as usize).is_some_and(|direct| direct <= there + further));
                }
            }
        }
    }

    #[test]
    fn two_way_streets_take_as_long_both_ways(graph in any_two_way_graph()) {
        let nodes: Vec<[(NodeId, Time); 1]> = (0..graph.nodes()).map(|node| [(node, 0)]).collect();
        let matrix = many_to_many(&prepare(&graph), &nodes, &nodes, FURTHEST);
        for a in 0..nodes.len() {
            for (b, time) in matrix.row(a) {
                prop_assert!(matrix.row(b as usize).any(|back| back == (a as u32, time)));
            }
        }
    }
}

#[test]
fn on_a_grid_times_are_the_sum_of_blocks() {
    let side = 60;
    let graph = grid(side, 100, 70);
    let hierarchy = prepare(&graph);
    let corner_to_corner = hierarchy.time(&[(0, 0)], &[(side * side - 1, 0)], FURTHEST);
    assert_eq!(corner_to_corner, Some((side - 1) * 170));
    for (node, time) in (0..).zip(one_to_all(&hierarchy, &[(0, 5)])) {
        assert_eq!(time, 5 + (node % side) * 100 + (node / side) * 70);
    }
    // Within 7 blocks of 100 in an endless grid of squares there are 2·7² + 2·7 + 1 nodes.
    let square = grid(side, 100, 100);
    let mut bounded = Bounded::default();
    assert_eq!(bounded.search(&square, &[(side * 30 + 30, 0)], 700).len(), 2 * 49 + 14 + 1);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let graph = new_york().unwrap_or_else(|| grid(150, 100, 70));
    let places: Vec<[(NodeId, Time); 1]> = (0..500).map(|rank| [(rank * 37 % graph.nodes(), 0)]).collect();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let hierarchy = prepare(&graph);
            let matrix = many_to_many(&hierarchy, &places, &places, 200_000);
            (hierarchy, matrix)
        })
    };
    let ((one, one_matrix), (three, three_matrix)) = (with(1), with(3));
    assert_eq!(one.nodes[..], three.nodes[..]);
    assert_eq!(one.levels[..], three.levels[..]);
    for (a, b) in [(&one.up, &three.up), (&one.down, &three.down)] {
        assert_eq!(a.first[..], b.first[..]);
        assert_eq!(a.arcs[..], b.arcs[..]);
        assert_eq!(a.via[..], b.via[..]);
    }
    assert_eq!(one_matrix, three_matrix);
}

#[test]
fn new_york_answers_as_a_plain_search_does() {
    let Some(graph) = new_york() else { return };
    let hierarchy = prepare(&graph);
    // A step prime to the number of nodes spreads sources and targets over the whole city.
    let spread =
        |count: u32, start: u32| (0..count).map(|rank| (start + rank * 104_729) % graph.nodes()).collect::<Vec<_>>();
    check(&graph, &hierarchy, &spread(12, 17), &spread(200, 4_321), 300_000);
}

#[test]
fn distances_too_long_to_add_up_are_out_of_reach_not_wrong() {
    use pacte_roads::graph::{Arc, LONGEST};
    let nodes = 1_000;
    let arcs: Vec<Arc> = (0..nodes - 1).map(|tail| Arc { tail, head: tail + 1, time: LONGEST }).collect();
    let graph = Graph::from_arcs(nodes, &arcs).0;
    let hierarchy = prepare(&graph);
    let times = dijkstra(&graph, &[(0, 0)]);
    assert_eq!(times[300], 300 * LONGEST);
    assert_eq!(times[999], NEVER);
    assert_eq!(one_to_all(&hierarchy, &[(0, 0)]), times);
    assert_eq!(hierarchy.time(&[(0, 0)], &[(999, 0)], FURTHEST), None);
}
