//! The contraction hierarchy of a graph: nodes in order of importance, and at each node the arcs to more important ones.
//!
//! Any shortest way goes up, then down. A question about two places becomes two small searches that only climb; a question
//! about every node becomes one pass over the nodes from the most important down (Delling et al., *PHAST*, 2011).

use rayon::prelude::*;

use crate::block::Block;
use crate::graph::{Graph, NEVER, NodeId, Time};
use crate::pool::{Lent, Pool};

pub(crate) mod climb;
mod contraction;
mod core;
mod trip;
mod witness;

use climb::Climber;
pub use contraction::Progress;
use contraction::{Importance, Round, Rung, contract};
pub use trip::Trip;

/// An arc of the original graph, not a shortcut.
pub const DIRECT: u32 = u32::MAX;

/// Place of a node in the hierarchy: 0 is the most important.
pub type Place = u32;

/// Arcs between each node and more important ones, in rows by the less important end.
#[derive(Clone, Debug, Default)]
pub struct Climbs {
    /// `nodes + 1` offsets.
    pub first: Block<u32>,
    /// The more important end and the time, side by side: a sweep reads both.
    pub arcs: Block<[u32; 2]>,
    /// Place of the node the arc was contracted through, or [`DIRECT`].
    pub via: Block<u32>,
}

/// The rows of [`Climbs`], ready for many looks.
#[derive(Clone, Copy)]
pub(crate) struct RowsOf<'a> {
    first: &'a [u32],
    arcs: &'a [[u32; 2]],
}

impl<'a> RowsOf<'a> {
    /// Ends and times of the row of a node.
    pub(crate) fn of(self, place: Place) -> &'a [[u32; 2]] {
        &self.arcs[self.first[place as usize] as usize..self.first[place as usize + 1] as usize]
    }
}

impl Climbs {
    /// All rows.
    pub(crate) fn rows(&self) -> RowsOf<'_> {
        RowsOf { first: &self.first, arcs: &self.arcs }
    }

    /// Ends and times of the row of a node.
    pub fn row(&self, place: Place) -> &[[u32; 2]] {
        &self.arcs[self.first[place as usize] as usize..self.first[place as usize + 1] as usize]
    }
}

/// One of the two ways of a rung: its time and what it was contracted through.
type Side = fn(&Rung) -> (Time, NodeId);
const OUT: Side = |rung| (rung.out, rung.via_out);
const BACK: Side = |rung| (rung.back, rung.via_back);

/// Climbs being written.
struct Rows {
    first: Vec<u32>,
    arcs: Vec<[u32; 2]>,
    via: Vec<u32>,
    /// One row, to sort it.
    row: Vec<(Place, Time, Place)>,
}

impl Rows {
    fn new(rows: usize, arcs: usize) -> Self {
        let mut first = Vec::with_capacity(rows + 1);
        first.push(0);
        Self { first, arcs: Vec::with_capacity(arcs), via: Vec::with_capacity(arcs), row: Vec::new() }
    }

    /// Adds the nodes of a round, last first.
    fn extend(&mut self, round: &Round, side: Side, place: &(impl Fn(NodeId) -> Place + Sync)) {
        for node in (0..round.nodes.len()).rev() {
            self.row.clear();
            for rung in &round.rungs[round.first[node] as usize..round.first[node + 1] as usize] {
                let (time, via) = side(rung);
                if time != NEVER {
                    self.row.push((place(rung.to), time, place(via)));
                }
            }
            self.row.sort_unstable();
            self.arcs.extend(self.row.iter().map(|(to, time, _)| [*to, *time]));
            self.via.extend(self.row.iter().map(|(_, _, via)| *via));
            self.first.push(self.arcs.len() as u32);
        }
    }
}

impl From<Rows> for Climbs {
    fn from(rows: Rows) -> Self {
        Self { first: rows.first.into(), arcs: rows.arcs.into(), via: rows.via.into() }
    }
}

/// A prepared graph.
#[derive(Clone, Debug, Default)]
pub struct Hierarchy {
    /// Place of each node of the graph.
    pub places: Block<u32>,
    /// Node at each place.
    pub nodes: Block<u32>,
    /// Where each level starts, from the top; one more for the end. Nodes of a level are not adjacent.
    pub levels: Block<u32>,
    /// Arcs from a node up.
    pub up: Climbs,
    /// Arcs from above down to a node, seen from the node.
    pub down: Climbs,
    idle: Pool<Climber>,
}

impl Hierarchy {
    /// Prepares a graph. The result depends on the graph alone, not on the number of threads.
    pub fn prepare(graph: &Graph, progress: &(dyn Fn(Progress) + Sync)) -> Self {
        Self::assemble(contract(graph, Importance::Search, progress))
    }

    /// Prepares a graph with the same nodes and arcs and other times, in the order already found. The hierarchy is exact
    /// for the new times; the order was chosen for the old ones, so it answers a little more slowly when they differ much.
    ///
    /// # Panics
    /// When the graph has another number of nodes.
    #[must_use]
    pub fn with_times_of(&self, graph: &Graph, progress: &(dyn Fn(Progress) + Sync)) -> Self {
        assert_eq!(graph.nodes() as usize, self.places.len(), "the order of another graph");
        let last = graph.nodes().saturating_sub(1);
        let ranks: Vec<u32> = self.places.iter().map(|place| last - place).collect();
        Self::assemble(contract(graph, Importance::Known(&ranks), progress))
    }

    /// Turns rounds upside down: what was taken out last comes first. Each round is dropped as it is read.
    fn assemble(mut rounds: Vec<Round>) -> Self {
        let count: usize = rounds.iter().map(|round| round.nodes.len()).sum();
        let mut nodes = Vec::with_capacity(count);
        let mut levels = vec![0];
        for round in rounds.iter().rev() {
            nodes.extend(round.nodes.iter().rev());
            levels.push(nodes.len() as u32);
        }
        let mut places = vec![0_u32; count];
        for (place, node) in nodes.iter().enumerate() {
            places[*node as usize] = place as u32;
        }
        let arcs = |side: Side| {
            rounds.par_iter().map(|round| round.rungs.iter().filter(|rung| side(rung).0 != NEVER).count()).sum()
        };
        let (mut up, mut down) = (Rows::new(count, arcs(OUT)), Rows::new(count, arcs(BACK)));
        let place = |node: NodeId| if node == DIRECT { DIRECT } else { places[node as usize] };
        while let Some(round) = rounds.pop() {
            rayon::join(|| up.extend(&round, OUT, &place), || down.extend(&round, BACK, &place));
        }
        let (up, down) = (up.into(), down.into());
        Self { places: places.into(), nodes: nodes.into(), levels: levels.into(), up, down, idle: Pool::default() }
    }

    /// A hierarchy from its parts, as a file holds them.
    pub(crate) fn from_parts(
        places: Block<u32>,
        nodes: Block<u32>,
        levels: Block<u32>,
        up: Climbs,
        down: Climbs,
    ) -> Self {
        Self { places, nodes, levels, up, down, idle: Pool::default() }
    }

    /// Working memory for a climb.
    pub(crate) fn climber(&self) -> Lent<'_, Climber> {
        self.idle.lend(|| Climber::new(self.len()))
    }

    /// Number of nodes.
    pub fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// Whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Arcs that are not of the original graph.
    pub fn shortcuts(&self) -> usize {
        [&self.up, &self.down].iter().map(|climbs| climbs.via.iter().filter(|via| **via != DIRECT).count()).sum()
    }
}
