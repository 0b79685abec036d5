//! Contraction in rounds: nodes are taken out of the graph, least important first, each leaving the shortcuts without which
//! some remaining pair would be further apart (Geisberger et al., *Contraction Hierarchies*, 2008).
//!
//! A round takes every node that matters less than all its neighbours. Such nodes are never adjacent, so they can be
//! searched in parallel and taken out together; see [`Witness::shortcuts`] for why they do not depend on each other.

use rayon::prelude::*;

use crate::graph::{Graph, NodeId, Time};

use super::core::{Addition, Core, Shortcut};
use super::witness::{Balance, Witness};

/// Nodes per piece of parallel work.
const PIECE: usize = 1 << 10;

/// A link of a node at the time it was taken out: its other end comes later.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rung {
    pub(super) to: NodeId,
    pub(super) out: Time,
    pub(super) back: Time,
    pub(super) via_out: NodeId,
    pub(super) via_back: NodeId,
}

/// What one round took out. Rounds are kept apart so that no array of all of them is ever grown by copying.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Nodes taken out, by rank.
    pub(super) nodes: Vec<NodeId>,
    /// Where the rungs of each start; one more for the end.
    pub(super) first: Vec<u32>,
    /// Links to nodes that came later.
    pub(super) rungs: Vec<Rung>,
}

/// What happened so far, for whoever watches.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Nodes taken out.
    pub done: u32,
    /// Nodes in all.
    pub of: u32,
}

/// How the order is found.
pub(super) enum Importance<'a> {
    /// From the graph: few shortcuts, evenly spread.
    Search,
    /// Known: rank of each node, small ranks first.
    Known(&'a [u32]),
}

/// Scatters equal priorities, so that a long chain of equals does not go one node per round.
fn scatter(node: NodeId) -> u32 {
    let mut hash = node.wrapping_mul(0x9E37_79B1);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x85EB_CA77);
    hash ^ (hash >> 13)
}

/// Priority of a node, small first: what it adds for what it removes (arcs, and original arcs under them), and how
/// high it already stands. The weights are those that gave the smallest searches on the New York graph.
fn priority(balance: Balance, depth: u32) -> u32 {
    let removed = balance.removed.max(1);
    let hops = balance.removed_hops.max(1);
    1000 * depth + 2000 * balance.added / removed + 4000 * balance.added_hops / hops
}

/// Nodes a search around a node may settle. Sparse cores need little: almost every way around is two or three arcs long.
/// On the New York graph 12, 32, 80 took a fifth longer and gave climbs of 67 places instead of 64; 6, 10, 20 gave 72.
fn patience(mean_degree: f64) -> u32 {
    if mean_degree < 3.5 {
        8
    } else if mean_degree < 6.0 {
        20
    } else if mean_degree < 12.0 {
        50
    } else {
        160
    }
}

/// Contracts a whole graph.
pub(super) fn contract(graph: &Graph, importance: Importance<'_>, progress: &(dyn Fn(Progress) + Sync)) -> Vec<Round> {
    let mut core = Core::new(graph);
    let of = core.len() as u32;
    let mut rounds = Vec::new();
    let mut keys: Vec<u64> = match importance {
        // An upper bound, true for two-way streets without a way around, that costs no search.
        Importance::Search => (0..of)
            .map(|node| {
                let estimate = 5000 * (core.links(node).len() as u64).saturating_sub(1);
                estimate << 32 | u64::from(scatter(node))
            })
            .collect(),
        Importance::Known(ranks) => ranks.iter().map(|rank| u64::from(*rank)).collect(),
    };
    let search = matches!(importance, Importance::Search);
    let mut depth = vec![0_u32; core.len()];
    while core.len() > 0 {
        let patience = patience(core.mean_degree());
        let lowest = |node: u32, key: u64| core.links(node).iter().all(|link| keys[link.to as usize] > key);
        let candidate: Vec<bool> = (0..core.len() as u32)
            .into_par_iter()
            .with_min_len(PIECE)
            .map(|node| lowest(node, keys[node as usize]))
            .collect();
        let candidates: Vec<u32> = (0..core.len() as u32).filter(|node| candidate[*node as usize]).collect();
        let found: Vec<(Vec<u64>, Vec<Shortcut>, Vec<u32>)> = candidates
            .par_chunks(PIECE)
            .map_init(Witness::default, |witness, nodes| {
                let (mut fresh, mut kept, mut taken) = (Vec::with_capacity(nodes.len()), Vec::new(), Vec::new());
                for node in nodes {
                    let before = kept.len();
                    let balance = witness.shortcuts(&core, &candidate, *node, patience, &mut kept);
                    let mut key = keys[*node as usize];
                    if search {
                        key = u64::from(priority(balance, depth[*node as usize])) << 32 | (key & 0xFFFF_FFFF);
                    }
                    fresh.push(key);
                    if lowest(*node, key) {
                        taken.push(*node);
                    } else {
                        kept.truncate(before);
                    }
                }
                (fresh, kept, taken)
            })
            .collect();
        let mut additions = Vec::with_capacity(2 * found.iter().map(|piece| piece.1.len()).sum::<usize>());
        let mut gone = candidate;
        gone.fill(false);
        let mut round = Round { first: vec![0], ..Round::default() };
        for (nodes, (fresh, kept, taken)) in candidates.chunks(PIECE).zip(found) {
            for (node, key) in nodes.iter().zip(fresh) {
                keys[*node as usize] = key;
            }
            for node in taken {
                gone[node as usize] = true;
                round.nodes.push(core.ids[node as usize]);
                let above = depth[node as usize] + 1;
                for (link, via) in core.links(node).iter().zip(core.vias(node)) {
                    depth[link.to as usize] = depth[link.to as usize].max(above);
                    round.rungs.push(Rung {
                        to: core.ids[link.to as usize],
                        out: link.out,
                        back: link.back,
                        via_out: via.out,
                        via_back: via.back,
                    });
                }
                round.first.push(round.rungs.len() as u32);
            }
            additions.extend(kept.iter().flat_map(Addition::both));
        }
        if !round.nodes.is_empty() {
            round.nodes.shrink_to_fit();
            round.first.shrink_to_fit();
            round.rungs.shrink_to_fit();
            rounds.push(round);
            let (next, rank) = core.without(&gone, additions);
            for node in 0..rank.len() {
                if rank[node] != u32::MAX {
                    keys[rank[node] as usize] = keys[node];
                    depth[rank[node] as usize] = depth[node];
                }
            }
            keys.truncate(next.len());
            depth.truncate(next.len());
            core = next;
            progress(Progress { done: of - core.len() as u32, of });
        }
    }
    rounds
}
