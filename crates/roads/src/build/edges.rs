//! Chains measured: length, times and geometry of each edge, numbered along the Hilbert curve.

use rayon::prelude::*;

use super::chains::Chains;
use super::density::Density;
use super::{BuildReport, ClassReport};
use crate::hilbert;
use crate::osm::{RoadClass, WayTags, Ways};
use crate::point::Point;
use crate::profile::SpeedProfile;

/// An edge being built. Ends are nodes first, bases once numbered.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    /// Node at each end.
    pub(super) ends: [u32; 2],
    /// Way at each end.
    pub(super) ways: [u32; 2],
    /// Whether the way at each end goes against the edge.
    pub(super) against: [bool; 2],
    pub(super) class: RoadClass,
    pub(super) roundabout: bool,
    /// Along and against.
    pub(super) open: [bool; 2],
    /// Along and against, without the junction at the end.
    pub(super) seconds: [f64; 2],
    pub(super) metres: f64,
    pub(super) urban_metres: f64,
    /// Chain, first and last segment of it.
    chain: u32,
    segments: (u32, u32),
}

/// Edges, and their geometry.
pub(super) struct EdgeList {
    pub(super) edges: Vec<Edge>,
    pub(super) first: Vec<u32>,
    pub(super) shape: Vec<Point>,
}

/// A segment of a chain, in the direction of the chain.
struct Segment {
    way: u32,
    against: bool,
    nodes: [u32; 2],
}

fn segments(chains: &Chains, chain: usize) -> impl Iterator<Item = Segment> {
    chains.parts_of(chain).flat_map(|(way, against, nodes)| {
        let last = nodes.len() - 2;
        (0..=last).map(move |place| {
            let nodes =
                if against { [nodes[last - place + 1], nodes[last - place]] } else { [nodes[place], nodes[place + 1]] };
            Segment { way, against, nodes }
        })
    })
}

impl EdgeList {
    /// Measures every chain. One that comes back to where it left is cut in two: an edge has two ends.
    pub(super) fn of(ways: &Ways, profile: &SpeedProfile, chains: &Chains, town: &Density) -> Self {
        let bend = profile.penalties.bend_degrees.to_radians().cos();
        let edges: Vec<Edge> = (0..chains.len())
            .into_par_iter()
            .flat_map_iter(|chain| {
                let count: u32 = chains.parts_of(chain).map(|(.., nodes)| nodes.len() as u32 - 1).sum();
                let (first, last) = chains.tips(chain);
                let cuts = match count {
                    _ if first != last => vec![(0, count)],
                    0 | 1 => Vec::new(),
                    _ => vec![(0, count / 2), (count / 2, count)],
                };
                cuts.into_iter().filter_map(move |cut| measure(ways, profile, chains, town, bend, chain as u32, cut))
            })
            .collect();
        Self { edges, first: Vec::new(), shape: Vec::new() }
    }

    /// Numbers the nodes at the ends of edges along the Hilbert curve, then the edges by their ends, and draws them.
    /// Returns the node of each number.
    pub(super) fn number(&mut self, chains: &Chains, ways: &Ways) -> Vec<u32> {
        let mut keyed: Vec<(u64, u32)> = (self.edges.par_iter())
            .flat_map_iter(|edge| edge.ends.map(|node| (hilbert::rank(chains.point(ways, node)), node)))
            .collect();
        keyed.par_sort_unstable();
        keyed.dedup();
        let bases: Vec<u32> = keyed.iter().map(|(_, node)| *node).collect();
        let mut rank_of = vec![u32::MAX; chains.ashore.len()];
        for (rank, node) in bases.iter().enumerate() {
            rank_of[*node as usize] = rank as u32;
        }
        drop(keyed);
        for edge in &mut self.edges {
            edge.ends = edge.ends.map(|node| rank_of[node as usize]);
        }
        self.edges.par_sort_by_key(|edge| (edge.ends[0].min(edge.ends[1]), edge.ends, edge.chain, edge.segments));
        self.first = Vec::with_capacity(self.edges.len() + 1);
        self.first.push(0);
        for edge in &self.edges {
            let (from, to) = edge.segments;
            let inside = segments(chains, edge.chain as usize).skip(from as usize).take((to - from) as usize);
            let start = self.shape.len();
            for segment in inside {
                if self.shape.len() == start {
                    self.shape.push(chains.point(ways, segment.nodes[0]));
                }
                self.shape.push(chains.point(ways, segment.nodes[1]));
            }
            self.first.push(self.shape.len() as u32);
        }
        bases
    }

    /// Base a directed edge leads to.
    pub(super) fn head(&self, darc: u32) -> u32 {
        self.edges[(darc >> 1) as usize].ends[1 - (darc & 1) as usize]
    }

    /// Lengths and speeds by class.
    pub(super) fn describe(&self, report: &mut BuildReport) {
        let mut by_class = vec![(ClassReport::default(), 0.0, 0.0); RoadClass::ALL.len()];
        let mut urban = 0.0;
        for edge in &self.edges {
            let (class, metres, seconds) = &mut by_class[edge.class as usize];
            class.edges += 1;
            class.km += edge.metres / 1000.0;
            for side in (0..2).filter(|side| edge.open[*side]) {
                *metres += edge.metres;
                *seconds += edge.seconds[side];
            }
            report.km += edge.metres / 1000.0;
            urban += edge.urban_metres / 1000.0;
        }
        report.urban_share = if report.km > 0.0 { urban / report.km } else { 0.0 };
        for (class, (mut told, metres, seconds)) in RoadClass::ALL.iter().zip(by_class) {
            if told.edges > 0 {
                told.kmh = if seconds > 0.0 { metres / seconds * 3.6 } else { 0.0 };
                report.by_class.insert(class.name().to_owned(), told);
            }
        }
    }
}

fn measure(
    ways: &Ways,
    profile: &SpeedProfile,
    chains: &Chains,
    town: &Density,
    bend: f64,
    chain: u32,
    (from, to): (u32, u32),
) -> Option<Edge> {
    let mut edge: Option<Edge> = None;
    let mut density = town.along();
    let mut heading: Option<[f64; 2]> = None;
    for segment in segments(chains, chain as usize).skip(from as usize).take((to - from) as usize) {
        let tags = ways.tags_of(segment.way as usize);
        let passage = chains.passages[segment.way as usize].as_ref()?;
        let [a, b] = segment.nodes.map(|node| chains.point(ways, node));
        let metres = a.metres_to(b);
        let urban = profile.in_town(tags, density.at(a));
        let speeds = if urban { passage.urban } else { passage.open };
        let speeds = if segment.against { [speeds[1], speeds[0]] } else { speeds };
        let edge = edge.get_or_insert_with(|| Edge {
            ends: segment.nodes,
            ways: [segment.way; 2],
            against: [segment.against; 2],
            class: tags.class,
            roundabout: tags.has(WayTags::ROUNDABOUT),
            open: speeds.map(|kmh| kmh.is_some()),
            seconds: [0.0; 2],
            metres: 0.0,
            urban_metres: 0.0,
            chain,
            segments: (from, to),
        });
        // What happens at the node where this segment starts, when it is not the edge's first.
        if edge.metres > 0.0 {
            let node = segment.nodes[0] as usize;
            let mut lost = 0.0;
            if chains.crossings.get(node).copied().unwrap_or(false) {
                lost += profile.penalties.crossing;
            }
            if let Some(before) = heading
                && turns_more(before, direction(a, b), bend)
            {
                lost += profile.penalties.bend;
            }
            edge.seconds = edge.seconds.map(|seconds| seconds + lost);
        }
        for (seconds, kmh) in edge.seconds.iter_mut().zip(speeds) {
            *seconds += metres * 3.6 / kmh.unwrap_or(1.0);
        }
        edge.metres += metres;
        edge.urban_metres += if urban { metres } else { 0.0 };
        edge.ends[1] = segment.nodes[1];
        edge.ways[1] = segment.way;
        edge.against[1] = segment.against;
        if metres > 0.0 {
            heading = Some(direction(a, b));
        }
    }
    let mut edge = edge?;
    if edge.class == RoadClass::Ferry {
        // Half the wait at each quay, so that a crossing in several pieces waits once.
        let quays = edge.ends.iter().filter(|node| chains.ashore[**node as usize]).count();
        edge.seconds = edge.seconds.map(|seconds| seconds + profile.ferry.wait / 2.0 * quays as f64);
    }
    Some(edge)
}

/// Direction of a segment, metres to the east and to the north, to a factor.
fn direction(a: Point, b: Point) -> [f64; 2] {
    let cos = a.lat_degrees().to_radians().cos();
    [(f64::from(b.lon) - f64::from(a.lon)) * cos, f64::from(b.lat) - f64::from(a.lat)]
}

/// Whether a direction turns from another by more than the angle of this cosine.
fn turns_more([ax, ay]: [f64; 2], [bx, by]: [f64; 2], cosine: f64) -> bool {
    ax * bx + ay * by < cosine * ((ax * ax + ay * ay) * (bx * bx + by * by)).sqrt()
}

/// Edges at each base.
pub(super) struct Ends {
    first: Vec<u32>,
    /// `edge << 1`, plus 1 when the base is the edge's last end: the directed edge that leaves it.
    leaving: Vec<u32>,
}

impl Ends {
    pub(super) fn of(bases: u32, edges: &[Edge]) -> Self {
        let mut first = vec![0_u32; bases as usize + 1];
        for end in edges.iter().flat_map(|edge| edge.ends) {
            first[end as usize + 1] += 1;
        }
        for base in 0..bases as usize {
            first[base + 1] += first[base];
        }
        let mut next = first.clone();
        let mut leaving = vec![0; edges.len() * 2];
        for (rank, edge) in edges.iter().enumerate() {
            for (side, end) in edge.ends.into_iter().enumerate() {
                leaving[next[end as usize] as usize] = (rank as u32) << 1 | side as u32;
                next[end as usize] += 1;
            }
        }
        Self { first, leaving }
    }

    /// Directed edges that leave a base, whether one may or not: `edge << 1`, plus 1 against the edge's geometry.
    pub(super) fn leaving(&self, base: u32) -> impl Iterator<Item = u32> + Clone + '_ {
        self.leaving[self.first[base as usize] as usize..self.first[base as usize + 1] as usize].iter().copied()
    }
}
