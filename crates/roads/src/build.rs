//! Ways and a speed profile become a graph of travel times.
//!
//! Nodes are junctions, ends and places where something costs time; what lies between two of them is an edge, whose
//! geometry is kept aside. An arc is an edge in a direction one may travel. Turn restrictions are honoured exactly by
//! copies of nodes: a copy remembers the arcs one came by and leaves the forbidden ones out.
//!
//! Which nodes, edges and arcs there are depends on the ways and on what the profile may travel, never on its speeds: two
//! profiles that differ by speeds and penalties only give the same graph with other times.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::graph::{self, Graph, LONGEST, NodeId, Time};
use crate::osm::{RoadClass, Ways};
use crate::point::Point;
use crate::profile::SpeedProfile;

mod chains;
mod components;
mod density;
mod edges;
mod junctions;
mod turns;

/// Why ways and a profile make no graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The profile travels none of the ways.
    #[error(
        "le profil « {profile} » ne peut emprunter aucune des {ways} voies lues ; vérifiez ses classes de routes et ses accès"
    )]
    NothingTravelled {
        /// Profile.
        profile: String,
        /// Ways given.
        ways: usize,
    },
    /// More than 31-bit ranks can count.
    #[error("trop de tronçons ({edges}) pour un seul réseau ; importez moins d’extraits à la fois")]
    TooLarge {
        /// Edges.
        edges: usize,
    },
}

/// Fewest nodes of a network of its own (an island, a region given without what lies between): below, it is an enclosed yard
/// or what the border of an extract cut off, and places near it are better joined elsewhere.
pub const ISLAND: u32 = 100;

/// What lies between two nodes, with its geometry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    /// `edges + 1` offsets into `shape`.
    pub first: Vec<u32>,
    /// Points of the edges, both ends included.
    pub shape: Vec<Point>,
    /// Length, decimetres.
    pub length_dm: Vec<u32>,
    /// Number of the [`RoadClass`].
    pub class: Vec<u8>,
    /// Time along and against the geometry without what the junction at the end costs; [`graph::NEVER`] when one may not.
    pub times: Vec<[Time; 2]>,
    /// Node reached at the end when travelled along and against the geometry by somebody who starts on the edge.
    pub heads: Vec<[NodeId; 2]>,
}

impl Edges {
    /// Number of edges.
    pub fn len(&self) -> usize {
        self.class.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.class.is_empty()
    }

    /// Points of an edge.
    pub fn shape_of(&self, edge: u32) -> &[Point] {
        &self.shape[self.first[edge as usize] as usize..self.first[edge as usize + 1] as usize]
    }

    /// Class of an edge.
    pub fn class_of(&self, edge: u32) -> RoadClass {
        RoadClass::ALL[usize::from(self.class[edge as usize])]
    }
}

/// Length and speed of the edges of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassReport {
    /// Edges.
    pub edges: u64,
    /// Length, km.
    pub km: f64,
    /// Mean speed without junctions over the directions one may travel, km/h.
    pub kmh: f64,
}

/// What building gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BuildReport {
    /// Nodes, copies included.
    pub nodes: u64,
    /// Copies made for turn restrictions.
    pub copies: u64,
    /// Arcs.
    pub arcs: u64,
    /// Edges.
    pub edges: u64,
    /// Length of the edges, km.
    pub km: f64,
    /// Points of their geometry.
    pub points: u64,
    /// Ways given.
    pub ways: u64,
    /// Ways the profile travels.
    pub travelled_ways: u64,
    /// By class.
    pub by_class: BTreeMap<String, ClassReport>,
    /// Strongly connected components.
    pub components: u64,
    /// Nodes of the twenty largest, in descending order.
    pub largest_components: Vec<u64>,
    /// Places where a barrier cuts a way.
    pub barriers: u64,
    /// Turn restrictions honoured.
    pub restrictions: u64,
    /// Turns they forbid.
    pub forbidden_turns: u64,
    /// Turn restrictions left aside, by reason.
    pub ignored_restrictions: BTreeMap<String, u64>,
    /// Share of the edges' length that is in town.
    pub urban_share: f64,
}

/// A graph of travel times over real roads.
#[derive(Clone, Debug, Default)]
pub struct RoadGraph {
    /// Place of each node, in Hilbert order; copies follow the node they copy.
    pub points: Vec<Point>,
    /// Node each one is a copy of; itself when it is none.
    pub origin: Vec<NodeId>,
    /// Arcs and their times.
    pub graph: Graph,
    /// For each arc, `edge << 1`, plus 1 when it goes against the edge's geometry.
    pub arc_edges: Vec<u32>,
    /// Edges.
    pub edges: Edges,
    /// Strongly connected component of each node: 0 is the largest.
    pub components: Vec<u32>,
    /// What building gave.
    pub report: BuildReport,
}

impl RoadGraph {
    /// Weighs ways by a profile.
    ///
    /// # Errors
    /// When the profile travels no way at all, or there are more edges than ranks.
    pub fn build(ways: &Ways, profile: &SpeedProfile) -> Result<Self, BuildError> {
        let mut report = BuildReport { ways: ways.len() as u64, ..BuildReport::default() };
        let town = density::Density::of(ways);
        let chains = chains::Chains::of(ways, profile, &mut report);
        let mut list = edges::EdgeList::of(ways, profile, &chains, &town);
        if list.edges.is_empty() {
            return Err(BuildError::NothingTravelled { profile: profile.id.clone(), ways: ways.len() });
        }
        if list.edges.len() >= 1 << 31 {
            return Err(BuildError::TooLarge { edges: list.edges.len() });
        }
        let bases = list.number(&chains, ways);
        let ends = edges::Ends::of(bases.len() as u32, &list.edges);
        let turns = turns::Turns::of(ways, profile, &chains, &list.edges, &bases, &ends, &mut report);
        let penalties = junctions::penalties(ways, profile, &chains, &list.edges, &bases, &ends);
        Ok(assemble(ways, &chains, list, &bases, &ends, &turns, &penalties, report))
    }

    /// Number of nodes.
    pub fn nodes(&self) -> u32 {
        self.points.len() as u32
    }

    /// A node and its copies.
    pub fn copies(&self, origin: NodeId) -> std::ops::Range<NodeId> {
        let mut end = origin + 1;
        while self.origin.get(end as usize) == Some(&origin) {
            end += 1;
        }
        origin..end
    }

    /// Whether an edge is part of the main component: from it one reaches most places, and comes back.
    pub fn in_main(&self, edge: u32) -> bool {
        self.component_of(edge) == Some(0)
    }

    /// Component one stays in when going along an edge, `None` when the edge leads from one to another.
    pub fn component_of(&self, edge: u32) -> Option<u32> {
        let heads = self.edges.heads[edge as usize];
        let sides = (0..2).filter(|side| self.edges.times[edge as usize][*side] != graph::NEVER);
        let inside = |side: usize| {
            let component = self.components[heads[side] as usize];
            let tail = self.origin[heads[1 - side] as usize];
            self.copies(tail).any(|copy| self.components[copy as usize] == component).then_some(component)
        };
        sides.filter_map(inside).min()
    }

    /// For each component, whether places may join it: the main one, and any of [`ISLAND`] nodes or more.
    pub fn joinable(&self) -> Vec<bool> {
        let mut sizes = vec![0_u32; self.components.iter().max().map_or(0, |last| *last as usize + 1)];
        for component in &self.components {
            sizes[*component as usize] += 1;
        }
        (0..).zip(sizes).map(|(component, size)| component == 0 || size >= ISLAND).collect()
    }
}

/// Seconds in tenths, within the bounds of a graph.
fn tenths(seconds: f64) -> Time {
    ((seconds * 10.0).round() as Time).clamp(1, LONGEST)
}

#[expect(clippy::too_many_arguments, reason = "the one place where all that was worked out meets")]
fn assemble(
    ways: &Ways,
    chains: &chains::Chains,
    list: edges::EdgeList,
    bases: &[u32],
    ends: &edges::Ends,
    turns: &turns::Turns,
    penalties: &[[f64; 2]],
    mut report: BuildReport,
) -> RoadGraph {
    // Copies follow their base: rank of each base, then of each state.
    let mut copies_of: Vec<(u32, u32)> =
        (1..turns.states()).map(|state| (list.head(turns.last(state)), state)).collect();
    copies_of.sort_unstable();
    let mut base_rank = Vec::with_capacity(bases.len());
    let mut state_rank = vec![0; turns.states() as usize];
    let mut nodes: Vec<(u32, u32)> = Vec::with_capacity(bases.len() + copies_of.len());
    let mut next = 0;
    for base in 0..bases.len() as u32 {
        base_rank.push(nodes.len() as u32);
        nodes.push((base, 0));
        while next < copies_of.len() && copies_of[next].0 == base {
            state_rank[copies_of[next].1 as usize] = nodes.len() as u32;
            nodes.push(copies_of[next]);
            next += 1;
        }
    }
    let reached = |state: u32, darc: u32| match turns.go(state, darc) {
        0 => base_rank[list.head(darc) as usize],
        state => state_rank[state as usize],
    };
    let mut arcs = Vec::with_capacity(list.edges.len() * 2);
    let mut darcs = Vec::with_capacity(list.edges.len() * 2);
    for (tail, (base, state)) in nodes.iter().enumerate() {
        for darc in ends.leaving(*base) {
            let edge = &list.edges[(darc >> 1) as usize];
            let side = (darc & 1) as usize;
            if !edge.open[side] || turns.forbids(*state, darc) {
                continue;
            }
            let time = tenths(edge.seconds[side] + penalties[(darc >> 1) as usize][side]);
            arcs.push(graph::Arc { tail: tail as u32, head: reached(*state, darc), time });
            darcs.push(darc);
        }
    }
    let (graph, order) = Graph::from_arcs(nodes.len() as u32, &arcs);
    let arc_edges: Vec<u32> = order.iter().map(|place| darcs[*place as usize]).collect();
    let points: Vec<Point> = nodes.iter().map(|(base, _)| chains.point(ways, bases[*base as usize])).collect();
    let origin: Vec<NodeId> = nodes.iter().map(|(base, _)| base_rank[*base as usize]).collect();
    let heads = (0..list.edges.len() as u32).map(|edge| [reached(0, edge << 1), reached(0, edge << 1 | 1)]).collect();
    let times = list
        .edges
        .iter()
        .map(|edge| [0, 1].map(|side| if edge.open[side] { tenths(edge.seconds[side]) } else { graph::NEVER }));
    let times = times.collect();
    let (components, sizes) = components::strong(&graph);

    report.nodes = nodes.len() as u64;
    report.copies = (nodes.len() - bases.len()) as u64;
    report.arcs = graph.arcs() as u64;
    report.edges = list.edges.len() as u64;
    report.points = list.shape.len() as u64;
    report.components = sizes.len() as u64;
    report.largest_components = sizes.iter().take(20).map(|size| u64::from(*size)).collect();
    list.describe(&mut report);
    RoadGraph {
        points,
        origin,
        graph,
        arc_edges,
        edges: Edges {
            length_dm: list.edges.iter().map(|edge| (edge.metres * 10.0).round().max(1.0) as u32).collect(),
            class: list.edges.iter().map(|edge| edge.class as u8).collect(),
            first: list.first,
            shape: list.shape,
            times,
            heads,
        },
        components,
        report,
    }
}
