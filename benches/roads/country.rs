//! A made-up country whose road graph looks like that of France, of any size, in seconds.
//!
//! What is modelled: about 26 nodes/km², spread as people are (communes of 16 km² with their village, small towns every
//! 12 km, towns every 36 km, cities every 108 km, emptier mountains); irregular street nets that get finer towards centres,
//! with the degrees of New York, dead ends and bends included; lanes, roads between communes, between small towns and between
//! towns, each faster and straighter than the last; motorways between cities, two one-way carriageways with interchanges every
//! 9 km; rivers and ridges that small roads cross in few places; one-way streets in town; smooth winding on the ground.
//! Every node reaches every other.
//!
//! What is not: coasts, the real positions of anything, turn restrictions, ring roads, islands, levels of traffic; the
//! cities are alike, no Paris dominates; borders between blocks of 16 km see no river.
//!
//! Bit-for-bit the same for a seed on a given machine (sines and exponents are the system's).

use pacte_roads::graph::{Arc, NodeId};
use pacte_roads::point::Point;
use rayon::prelude::*;

use crate::land::{LATTICE_KM, Land, cells, hilbert, mix, unit};
use crate::streets::{self, BLOCK_KM, Block, FINE, Joined, Stop};

/// Nodes per km² of drivable road in France: 14.4 M over 551,500 km².
const DENSITY: f64 = 26.0;
/// Length between two nodes of a motorway, km; one in six is an interchange.
const STOP_KM: f64 = 1.5;

/// The road graph.
pub(crate) struct Country {
    /// Nodes in Hilbert order of the plan.
    pub(crate) points: Vec<Point>,
    /// Arcs, in no particular order.
    pub(crate) arcs: Vec<Arc>,
    /// A node in the middle of each settlement: cities first, then towns, small towns, villages.
    pub(crate) centres: Vec<NodeId>,
}

/// Makes a country of about `nodes` nodes (within a few per cent).
pub(crate) fn generate(nodes: u32, seed: u64) -> Country {
    let blocks_wide = ((f64::from(nodes) / DENSITY).sqrt() / BLOCK_KM).round().max(1.0) as u32;
    let side_km = f64::from(blocks_wide) * BLOCK_KM;
    let land = Land::new(nodes, seed, side_km);
    let (stops, chains) = motorways(&land);

    let bits = 32 - (blocks_wide - 1).leading_zeros();
    let mut corners: Vec<(u32, u32)> = (0..blocks_wide).flat_map(|i| (0..blocks_wide).map(move |j| (i, j))).collect();
    corners.sort_by_key(|(i, j)| hilbert(bits, *i, *j));
    let mut blocks: Vec<Block> = corners
        .par_iter()
        .map(|corner| {
            let inside = |stop: &Stop| ((stop.x / BLOCK_KM) as u32, (stop.y / BLOCK_KM) as u32) == *corner;
            let here: Vec<(u32, &Stop)> = stops
                .iter()
                .enumerate()
                .filter(|(_, stop)| inside(stop))
                .map(|(rank, stop)| (rank as u32, stop))
                .collect();
            streets::build(&land, *corner, &here)
        })
        .collect();

    // Nodes before each block.
    let firsts: Vec<u32> = blocks
        .iter()
        .scan(0, |before, block| {
            let first = *before;
            *before += block.points.len() as u32;
            Some(first)
        })
        .collect();
    let mut rank_at = vec![0_usize; corners.len()];
    for (rank, (i, j)) in corners.iter().enumerate() {
        rank_at[(i * blocks_wide + j) as usize] = rank;
    }

    let mut between = borders(&land, blocks_wide, &rank_at, &firsts, &blocks);
    let mut stop_nodes = vec![(0, Point::default()); stops.len() * 2];
    let mut centres = Vec::new();
    for (first, block) in firsts.iter().zip(&blocks) {
        for (stop, node) in &block.stops {
            stop_nodes[*stop as usize] = (first + node, block.points[*node as usize]);
        }
        centres.extend(block.centres.iter().map(|(rank, draw, node)| (std::cmp::Reverse(*rank), *draw, first + node)));
    }
    for (from, to) in chains {
        for (tail, head) in [(from * 2, to * 2), (to * 2 + 1, from * 2 + 1)] {
            let ((tail, a), (head, b)) = (stop_nodes[tail], stop_nodes[head]);
            between.push(Arc { tail, head, time: streets::time(a.metres_to(b), 4, 0.0, 0.5, 0.0) });
        }
    }
    centres.sort_unstable();

    let nodes: usize = blocks.iter().map(|block| block.points.len()).sum();
    let count: usize = blocks.iter().map(|block| block.arcs.len()).sum();
    let (mut points, mut arcs) = (Vec::with_capacity(nodes), Vec::with_capacity(count + between.len()));
    for (first, block) in firsts.iter().zip(&mut blocks) {
        // Taken, so that a block's memory goes as soon as it is copied.
        points.append(&mut std::mem::take(&mut block.points));
        arcs.extend(std::mem::take(&mut block.arcs).iter().map(|arc| Arc {
            tail: arc.tail + first,
            head: arc.head + first,
            time: arc.time,
        }));
    }
    arcs.append(&mut between);
    Country { points, arcs, centres: centres.into_iter().map(|(.., node)| node).collect() }
}

/// Stops of the motorways between neighbouring cities, and the pairs of successive ones.
fn motorways(land: &Land) -> (Vec<Stop>, Vec<(usize, usize)>) {
    let (mut stops, mut chains) = (Vec::new(), Vec::new());
    for (i, j) in cells(3, 0.0, 0.0, land.side_km, LATTICE_KM[3]) {
        let diagonal = (land.draw(60, i, j) < 0.4).then_some((1, 1));
        for (di, dj) in [Some((1, 0)), Some((0, 1)), diagonal].into_iter().flatten() {
            let (from, to) = (land.centre_place(3, i, j), land.centre_place(3, i + di, j + dj));
            let Some((start, end)) = streets::clip(from, to, (0.001, 0.001), land.side_km - 0.002) else { continue };
            let length = (to.0 - from.0).hypot(to.1 - from.1) * (end - start);
            let count = (length / STOP_KM).round() as usize;
            for stop in 0..=count {
                let t = start + (end - start) * (stop as f64 / count.max(1) as f64).clamp(1e-6, 1.0 - 1e-6);
                if stop > 0 {
                    chains.push((stops.len() - 1, stops.len()));
                }
                stops.push(Stop {
                    x: from.0 + t * (to.0 - from.0),
                    y: from.1 + t * (to.1 - from.1),
                    interchange: stop % 6 == 0 || stop == count,
                });
            }
        }
    }
    (stops, chains)
}

/// Arcs between neighbouring blocks: the main roads that leave, some lanes, and at least one where blocks would stay apart.
fn borders(land: &Land, wide: u32, rank_at: &[usize], firsts: &[u32], blocks: &[Block]) -> Vec<Arc> {
    let mut arcs = Vec::new();
    let mut joined = Joined::new(blocks.len());
    for (place, rank) in rank_at.iter().enumerate() {
        let (i, j) = (place as u32 / wide, place as u32 % wide);
        let neighbours =
            [(i + 1 < wide).then_some((1, 0, place + wide as usize)), (j + 1 < wide).then_some((3, 2, place + 1))];
        for (side, neighbour) in neighbours.into_iter().enumerate() {
            let Some((mine, theirs, other)) = neighbour else { continue };
            let (ours, next) = (&blocks[*rank], &blocks[rank_at[other]]);
            let (near, far) = (&ours.borders[mine], &next.borders[theirs]);
            let mut along = 0;
            while along < FINE {
                let pair = (near[along], far[along]);
                let run = (along..FINE).take_while(|cell| (near[*cell], far[*cell]) == pair).count();
                let class = ours
                    .leaving
                    .iter()
                    .filter(|(border, cell, _)| *border == side && (along..along + run).contains(cell));
                let class = class.map(|(.., class)| *class).max();
                let draw = unit(mix(land.seed, 61 + side as u64, place as i64, along as i64));
                let alone = along + run == FINE && !joined.are(*rank as u32, rank_at[other] as u32);
                if class.is_some() || draw < 0.4 || alone {
                    let (a, b) = (ours.points[pair.0 as usize], next.points[pair.1 as usize]);
                    // A cell's node is about alone in the square of the run.
                    let density = (run as f64 * BLOCK_KM / FINE as f64).powi(-2);
                    let time = streets::time(a.metres_to(b), class.unwrap_or(0), density, draw, 0.0);
                    let (a, b) = (firsts[*rank] + pair.0, firsts[rank_at[other]] + pair.1);
                    arcs.extend([Arc { tail: a, head: b, time }, Arc { tail: b, head: a, time }]);
                    joined.join(*rank as u32, rank_at[other] as u32);
                }
                along += run;
            }
        }
    }
    arcs
}
