//! Searches on the plain graph: all nodes within some minutes, and the reference every faster answer is held to.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::{FURTHEST, Graph, NEVER, NodeId, Time};

/// Times from a source to every node, by textbook Dijkstra; [`NEVER`] where no way leads. The oracle of tests.
pub fn dijkstra(graph: &Graph, source: &[(NodeId, Time)]) -> Vec<Time> {
    let mut times = vec![NEVER; graph.nodes() as usize];
    let mut heap = BinaryHeap::new();
    for (node, time) in source {
        if *time < times[*node as usize] {
            times[*node as usize] = *time;
            heap.push(Reverse((*time, *node)));
        }
    }
    while let Some(Reverse((time, node))) = heap.pop() {
        if time > times[node as usize] {
            continue;
        }
        for (head, arc) in graph.outgoing(node) {
            let reached = time + arc;
            if reached < times[head as usize] && reached <= FURTHEST {
                times[head as usize] = reached;
                heap.push(Reverse((reached, head)));
            }
        }
    }
    times
}

/// Working memory of bounded searches. Times of nodes are kept between searches and wiped where they were written.
#[derive(Debug, Default)]
pub struct Bounded {
    times: Vec<Time>,
    /// Nodes reached by the last search, by increasing time.
    settled: Vec<(NodeId, Time)>,
    /// Last entry pushed for each tenth of a second, counted from 1; 0 for none.
    buckets: Vec<u32>,
    /// Node and the entry pushed before it in the same bucket.
    entries: Vec<(NodeId, u32)>,
}

impl Bounded {
    /// Every node within `limit` of the source (nodes with a time to add), with its time, by increasing time.
    ///
    /// One bucket per tenth of a second (Dial, 1969): within an hour there are fewer buckets than nodes, and no heap.
    pub fn search(&mut self, graph: &Graph, source: &[(NodeId, Time)], limit: Time) -> &[(NodeId, Time)] {
        for (node, _) in &self.settled {
            self.times[*node as usize] = NEVER;
        }
        self.settled.clear();
        if self.times.len() != graph.nodes() as usize {
            self.times = vec![NEVER; graph.nodes() as usize];
        }
        self.buckets.clear();
        self.buckets.resize(limit as usize + 1, 0);
        self.entries.clear();
        for (node, time) in source {
            if *time <= limit && *time < self.times[*node as usize] {
                self.push(*node, *time);
            }
        }
        // Cut once: a block looks each time at whether it is mapped.
        let (first, heads, times) = (&graph.first[..], &graph.heads[..], &graph.times[..]);
        for now in 0..=limit {
            // An arc of no time at all lands in the bucket being emptied.
            loop {
                let mut entry = std::mem::take(&mut self.buckets[now as usize]);
                if entry == 0 {
                    break;
                }
                while entry != 0 {
                    let (node, before) = self.entries[entry as usize - 1];
                    entry = before;
                    // A node pushed twice was settled from an earlier bucket; twice into one bucket never happens.
                    if self.times[node as usize] != now {
                        continue;
                    }
                    self.settled.push((node, now));
                    let row = first[node as usize] as usize..first[node as usize + 1] as usize;
                    for (head, time) in heads[row.clone()].iter().zip(&times[row]) {
                        let reached = now + time;
                        if reached <= limit && reached < self.times[*head as usize] {
                            self.push(*head, reached);
                        }
                    }
                }
            }
        }
        &self.settled
    }

    fn push(&mut self, node: NodeId, time: Time) {
        self.times[node as usize] = time;
        self.entries.push((node, self.buckets[time as usize]));
        self.buckets[time as usize] = self.entries.len() as u32;
    }

    /// Time at which the last search reached a node; [`NEVER`] when it did not.
    pub fn time(&self, node: NodeId) -> Time {
        self.times.get(node as usize).copied().unwrap_or(NEVER)
    }

    /// Nodes reached by the last search, by increasing time.
    pub fn reached(&self) -> &[(NodeId, Time)] {
        &self.settled
    }
}
