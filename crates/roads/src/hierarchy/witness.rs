//! Which shortcuts a node would leave behind: small searches for a way around it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::{FURTHEST, NEVER};

use super::core::{Core, Link, Shortcut};

/// Slots of the table of reached nodes: far more than a search may reach, so that probes stay short and in cache.
const SLOTS: usize = 1 << 12;
/// Nodes a search may reach before it gives up.
const MOST_REACHED: usize = SLOTS / 2;

/// Whether a way leads from one neighbour to the other through the node they are neighbours of.
fn leads(source: &Link, target: &Link) -> bool {
    target.out != NEVER && target.to != source.to && source.back <= FURTHEST - target.out
}

/// What a contraction costs and saves, for its priority.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Balance {
    pub(super) added: u32,
    pub(super) added_hops: u32,
    pub(super) removed: u32,
    pub(super) removed_hops: u32,
}

/// Working memory of searches, one per thread.
pub(super) struct Witness {
    /// Node and search it was reached in.
    nodes: Vec<(u32, u32)>,
    /// Least key found so far.
    keys: Vec<u64>,
    search: u32,
    reached: usize,
    heap: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Default for Witness {
    fn default() -> Self {
        Self { nodes: vec![(0, 0); SLOTS], keys: vec![0; SLOTS], search: 0, reached: 0, heap: BinaryHeap::new() }
    }
}

impl Witness {
    /// Slot of a node, and whether this search has reached it.
    fn slot(&self, node: u32) -> (usize, bool) {
        let mut slot = (node.wrapping_mul(0x9E37_79B1) >> 20) as usize & (SLOTS - 1);
        loop {
            let (there, search) = self.nodes[slot];
            if search != self.search {
                return (slot, false);
            }
            if there == node {
                return (slot, true);
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
    }

    fn reach(&mut self, node: u32, key: u64) {
        let (slot, known) = self.slot(node);
        if known {
            if self.keys[slot] <= key {
                return;
            }
        } else {
            if self.reached == MOST_REACHED {
                return;
            }
            self.reached += 1;
            self.nodes[slot] = (node, self.search);
        }
        self.keys[slot] = key;
        self.heap.push(Reverse((key, node)));
    }

    fn key(&self, node: u32) -> u64 {
        let (slot, known) = self.slot(node);
        if known { self.keys[slot] } else { u64::MAX }
    }

    /// Shortcuts that contracting `node` calls for, pushed onto `shortcuts`; `patience` bounds the nodes each search settles.
    ///
    /// Nodes contracted in the same round must not vouch for one another. Take two nodes with the same two neighbours and
    /// the same times: each is a way around the other, and both would leave nothing behind. So a way around counts when it
    /// is strictly shorter, or as long and clear of every node that might go in this round (`candidate`). Both are one
    /// comparison when keys are twice the time plus the number of candidates passed through.
    pub(super) fn shortcuts(
        &mut self,
        core: &Core,
        candidate: &[bool],
        node: u32,
        patience: u32,
        shortcuts: &mut Vec<Shortcut>,
    ) -> Balance {
        let (links, vias) = (core.links(node), core.vias(node));
        let mut balance = Balance::default();
        for (link, via) in links.iter().zip(vias) {
            let arcs = u32::from(link.out != NEVER) + u32::from(link.back != NEVER);
            balance.removed += arcs;
            balance.removed_hops += arcs * via.hops;
        }
        for (source, source_via) in links.iter().zip(vias) {
            if source.back == NEVER {
                continue;
            }
            let mut longest = 0;
            let mut targets = 0_u32;
            for target in links {
                if leads(source, target) {
                    longest = longest.max(source.back + target.out);
                    targets += 1;
                }
            }
            if targets == 0 {
                continue;
            }
            self.search(core, candidate, source.to, node, 2 * u64::from(longest), patience, targets, links);
            for (target, target_via) in links.iter().zip(vias) {
                if !leads(source, target) {
                    continue;
                }
                let time = source.back + target.out;
                if self.key(target.to) > 2 * u64::from(time) {
                    let hops = source_via.hops + target_via.hops;
                    balance.added += 1;
                    balance.added_hops += hops;
                    shortcuts.push(Shortcut {
                        tail: source.to,
                        head: target.to,
                        time,
                        via: core.ids[node as usize],
                        hops,
                    });
                }
            }
        }
        balance
    }

    /// Searches from `source` around `avoided` until every target is settled, the key passes `longest`, or patience ends.
    #[expect(clippy::too_many_arguments, reason = "one call, all of different kinds")]
    fn search(
        &mut self,
        core: &Core,
        candidate: &[bool],
        source: u32,
        avoided: u32,
        longest: u64,
        patience: u32,
        mut targets: u32,
        links: &[Link],
    ) {
        self.search = self.search.wrapping_add(1);
        if self.search == 0 {
            // Stamps of the first search would come back: wipe them.
            self.nodes.fill((0, 0));
            self.search = 1;
        }
        self.reached = 0;
        self.heap.clear();
        self.reach(source, 0);
        let mut settled = 0;
        while let Some(Reverse((key, node))) = self.heap.pop() {
            if key > longest {
                break;
            }
            if key > self.key(node) {
                continue;
            }
            if node != source
                && links.binary_search_by_key(&node, |link| link.to).is_ok_and(|at| links[at].out != NEVER)
            {
                targets -= 1;
                if targets == 0 {
                    break;
                }
            }
            settled += 1;
            if settled > patience {
                break;
            }
            let passing = key + u64::from(candidate[node as usize]);
            for link in core.links(node) {
                if link.out != NEVER && link.to != avoided {
                    let key = passing + 2 * u64::from(link.out);
                    if key <= longest {
                        self.reach(link.to, key);
                    }
                }
            }
        }
    }
}
