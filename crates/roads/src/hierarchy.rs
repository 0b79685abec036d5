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
use contraction::{Contracted, Importance, Rung, contract};
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

impl Climbs {
    /// Ends and times of the row of a node.
    pub fn row(&self, place: Place) -> &[[u32; 2]] {
        &self.arcs[self.first[place as usize] as usize..self.first[place as usize + 1] as usize]
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

    fn assemble(contracted: Contracted) -> Self {
        let Contracted { order, rounds, first, rungs } = contracted;
        let nodes: Vec<u32> = order.iter().rev().copied().collect();
        let mut places = vec![0_u32; nodes.len()];
        for (place, node) in nodes.iter().enumerate() {
            places[*node as usize] = place as u32;
        }
        let levels: Vec<u32> = rounds.iter().rev().map(|start| nodes.len() as u32 - start).collect();
        let climbs = |side: fn(&Rung) -> (Time, NodeId)| {
            let mut climbs_first = Vec::with_capacity(nodes.len() + 1);
            let count = rungs.par_iter().filter(|rung| side(rung).0 != NEVER).count();
            let (mut arcs, mut via) = (Vec::with_capacity(count), Vec::with_capacity(count));
            climbs_first.push(0);
            let mut row = Vec::new();
            for rank in (0..nodes.len()).rev() {
                row.clear();
                for rung in &rungs[first[rank] as usize..first[rank + 1] as usize] {
                    let (time, through) = side(rung);
                    if time != NEVER {
                        let through = if through == DIRECT { DIRECT } else { places[through as usize] };
                        row.push((places[rung.to as usize], time, through));
                    }
                }
                row.sort_unstable();
                arcs.extend(row.iter().map(|(to, time, _)| [*to, *time]));
                via.extend(row.iter().map(|(_, _, through)| *through));
                climbs_first.push(arcs.len() as u32);
            }
            Climbs { first: climbs_first.into(), arcs: arcs.into(), via: via.into() }
        };
        let (up, down) = (climbs(|rung| (rung.out, rung.via_out)), climbs(|rung| (rung.back, rung.via_back)));
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
