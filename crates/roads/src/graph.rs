//! A directed graph of travel times in compressed rows.

use crate::block::Block;

/// Rank of a node.
pub type NodeId = u32;
/// Tenths of a second.
pub type Time = u32;

/// No time: out of reach.
pub const NEVER: Time = u32::MAX;
/// Longest arc a graph may hold, tenths of a second (about 7 days).
pub const LONGEST: Time = 6_000_000;
/// Longest way ever reported, tenths of a second (6.8 years): two such times still add up without overflow.
pub const FURTHEST: Time = i32::MAX as Time;

/// An arc in a list, before it is sorted into rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arc {
    /// Where it leaves from.
    pub tail: NodeId,
    /// Where it leads.
    pub head: NodeId,
    /// How long it takes.
    pub time: Time,
}

/// Arcs by tail, then by head. Parallel arcs and loops may exist in a list; rows keep them (a street and its bypass).
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// `nodes + 1` offsets into the arcs.
    pub first: Block<u32>,
    /// Head of each arc.
    pub heads: Block<u32>,
    /// Time of each arc, at most [`LONGEST`].
    pub times: Block<u32>,
}

impl Graph {
    /// Sorts a list of arcs into rows (stable: parallel arcs keep their order). Returns the graph and, for each arc of the
    /// graph, its place in the list.
    ///
    /// # Panics
    /// When an arc names a node that does not exist or lasts longer than [`LONGEST`].
    pub fn from_arcs(nodes: u32, arcs: &[Arc]) -> (Self, Vec<u32>) {
        let mut first = vec![0_u32; nodes as usize + 1];
        for arc in arcs {
            assert!(arc.head < nodes && arc.time <= LONGEST, "arc out of bounds: {arc:?}");
            first[arc.tail as usize + 1] += 1;
        }
        for node in 0..nodes as usize {
            first[node + 1] += first[node];
        }
        let mut next = first.clone();
        let mut order = vec![0_u32; arcs.len()];
        for (place, arc) in arcs.iter().enumerate() {
            let slot = &mut next[arc.tail as usize];
            order[*slot as usize] = place as u32;
            *slot += 1;
        }
        for node in 0..nodes as usize {
            order[first[node] as usize..first[node + 1] as usize].sort_by_key(|place| arcs[*place as usize].head);
        }
        let heads: Vec<u32> = order.iter().map(|place| arcs[*place as usize].head).collect();
        let times: Vec<u32> = order.iter().map(|place| arcs[*place as usize].time).collect();
        (Self { first: first.into(), heads: heads.into(), times: times.into() }, order)
    }

    /// Number of nodes.
    pub fn nodes(&self) -> u32 {
        (self.first.len().max(1) - 1) as u32
    }

    /// Number of arcs.
    pub fn arcs(&self) -> usize {
        self.heads.len()
    }

    /// Ranks of the arcs that leave a node.
    pub fn row(&self, node: NodeId) -> std::ops::Range<usize> {
        self.first[node as usize] as usize..self.first[node as usize + 1] as usize
    }

    /// Heads and times of the arcs that leave a node.
    pub fn outgoing(&self, node: NodeId) -> impl Iterator<Item = (NodeId, Time)> + '_ {
        let row = self.row(node);
        self.heads[row.clone()].iter().copied().zip(self.times[row].iter().copied())
    }

    /// The same arcs the other way round.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let nodes = self.nodes() as usize;
        let mut first = vec![0_u32; nodes + 1];
        for head in self.heads.iter() {
            first[*head as usize + 1] += 1;
        }
        for node in 0..nodes {
            first[node + 1] += first[node];
        }
        let mut next = first.clone();
        let (mut heads, mut times) = (vec![0_u32; self.arcs()], vec![0_u32; self.arcs()]);
        // Tails come in order, so rows come out sorted.
        for tail in 0..self.nodes() {
            for (head, time) in self.outgoing(tail) {
                let slot = &mut next[head as usize];
                (heads[*slot as usize], times[*slot as usize]) = (tail, time);
                *slot += 1;
            }
        }
        Self { first: first.into(), heads: heads.into(), times: times.into() }
    }
}
