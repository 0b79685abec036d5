//! Graphs to test on: random ones, grids with a known answer, and New York.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use pacte_roads::graph::{Arc, Graph};
use proptest::prelude::*;

/// Small directed graphs with loops, parallel arcs, arcs of no time at all, equal times and separate pieces.
pub(crate) fn any_graph() -> impl Strategy<Value = Graph> {
    (1..40_u32, 1..8_u32).prop_flat_map(|(nodes, longest)| {
        prop::collection::vec((0..nodes, 0..nodes, 0..longest), 0..(nodes as usize * 4)).prop_map(move |arcs| {
            let arcs: Vec<Arc> = arcs.into_iter().map(|(tail, head, time)| Arc { tail, head, time }).collect();
            Graph::from_arcs(nodes, &arcs).0
        })
    })
}

/// The same with every arc in both directions.
pub(crate) fn any_two_way_graph() -> impl Strategy<Value = Graph> {
    (1..40_u32).prop_flat_map(|nodes| {
        prop::collection::vec((0..nodes, 0..nodes, 1..30_u32), 0..(nodes as usize * 3)).prop_map(move |arcs| {
            let arcs: Vec<Arc> = arcs
                .into_iter()
                .flat_map(|(tail, head, time)| [Arc { tail, head, time }, Arc { tail: head, head: tail, time }])
                .collect();
            Graph::from_arcs(nodes, &arcs).0
        })
    })
}

/// A square of `side` × `side` streets, `east` tenths of a second per block one way and `north` the other.
pub(crate) fn grid(side: u32, east: u32, north: u32) -> Graph {
    let mut arcs = Vec::new();
    for y in 0..side {
        for x in 0..side {
            let here = y * side + x;
            if x + 1 < side {
                arcs.extend([(here, here + 1, east), (here + 1, here, east)]);
            }
            if y + 1 < side {
                arcs.extend([(here, here + side, north), (here + side, here, north)]);
            }
        }
    }
    let arcs: Vec<Arc> = arcs.into_iter().map(|(tail, head, time)| Arc { tail, head, time }).collect();
    Graph::from_arcs(side * side, &arcs).0
}

/// Folder of the real files, `None` when they are not on this machine.
pub(crate) fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("PACTE_REAL_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    if folder.join("osm").is_dir() {
        return Some(folder.join("osm"));
    }
    eprintln!("real files not found in {}: nothing tested", folder.display());
    None
}

/// Road graph of New York, 264,346 nodes (9th DIMACS challenge).
pub(crate) fn new_york() -> Option<Graph> {
    let file = std::fs::File::open(real_data()?.join("USA-road-t.NY.gr.gz")).expect("listed in SOURCES.md");
    let mut arcs = Vec::new();
    for line in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
        let line = line.expect("text");
        if let Some(rest) = line.strip_prefix("a ") {
            let numbers: Vec<u32> = rest.split(' ').map(|number| number.parse().expect("a number")).collect();
            arcs.push(Arc { tail: numbers[0] - 1, head: numbers[1] - 1, time: numbers[2] });
        }
    }
    Some(Graph::from_arcs(264_346, &arcs).0)
}
