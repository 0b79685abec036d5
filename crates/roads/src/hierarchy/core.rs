//! The part of the graph not yet contracted: rows in both directions, rebuilt after each round.
//!
//! Rebuilding costs one linear pass over what remains. In exchange rows stay packed and in Hilbert order, so that the
//! searches of a round work in cache, and a round reads one graph while the next is written: the result does not depend
//! on the number of threads.

use rayon::prelude::*;

use crate::graph::{Graph, NEVER, NodeId, Time};

use super::DIRECT;

/// Nodes per piece of parallel work.
const PIECE: usize = 1 << 14;

/// A neighbour and the times to and from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// Local rank of the neighbour.
    pub(super) to: u32,
    /// Time from this node to the neighbour, [`NEVER`] when there is no arc.
    pub(super) out: Time,
    /// Time from the neighbour to this node, [`NEVER`] when there is no arc.
    pub(super) back: Time,
}

/// What a link stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Via {
    /// Node the way out was contracted through, or [`DIRECT`].
    pub(super) out: NodeId,
    /// The same for the way back.
    pub(super) back: NodeId,
    /// Arcs of the original graph under the longer of the two ways.
    pub(super) hops: u32,
}

const NOTHING: (Link, Via) = (Link { to: 0, out: NEVER, back: NEVER }, Via { out: DIRECT, back: DIRECT, hops: 0 });

/// An arc that replaces the way through a contracted node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shortcut {
    pub(super) tail: u32,
    pub(super) head: u32,
    pub(super) time: Time,
    pub(super) via: NodeId,
    pub(super) hops: u32,
}

/// One end of a shortcut, for the row it is added to. In the order in which rows take them: by node, by neighbour, shorter
/// first, then through the smaller node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Addition {
    node: u32,
    to: u32,
    time: Time,
    via: NodeId,
    /// Twice the hops, plus 1 for the way out.
    hops_out: u32,
}

impl Addition {
    /// Both ends of a shortcut.
    pub(super) fn both(shortcut: &Shortcut) -> [Self; 2] {
        let Shortcut { tail, head, time, via, hops } = *shortcut;
        [
            Self { node: tail, to: head, time, via, hops_out: hops << 1 | 1 },
            Self { node: head, to: tail, time, via, hops_out: hops << 1 },
        ]
    }
}

/// Remaining nodes, under local ranks that keep the original order.
pub(super) struct Core {
    /// Original rank of each node, ascending.
    pub(super) ids: Vec<NodeId>,
    first: Vec<u32>,
    links: Vec<Link>,
    vias: Vec<Via>,
}

impl Core {
    /// The whole graph. Loops are left out: no shortest way uses one.
    pub(super) fn new(graph: &Graph) -> Self {
        let back = graph.reversed();
        let nodes = graph.nodes();
        let row = |node: u32, visit: &mut dyn FnMut(Link)| {
            let (mut there, mut here) = (graph.outgoing(node).peekable(), back.outgoing(node).peekable());
            loop {
                let to = match (there.peek(), here.peek()) {
                    (Some(a), Some(b)) => a.0.min(b.0),
                    (Some(a), None) => a.0,
                    (None, Some(b)) => b.0,
                    (None, None) => break,
                };
                let mut link = Link { to, out: NEVER, back: NEVER };
                while let Some((_, time)) = there.next_if(|arc| arc.0 == to) {
                    link.out = link.out.min(time);
                }
                while let Some((_, time)) = here.next_if(|arc| arc.0 == to) {
                    link.back = link.back.min(time);
                }
                if to != node {
                    visit(link);
                }
            }
        };
        let counts: Vec<u32> = (0..nodes)
            .into_par_iter()
            .with_min_len(PIECE)
            .map(|node| {
                let mut count = 0;
                row(node, &mut |_| count += 1);
                count
            })
            .collect();
        let (first, total) = offsets(&counts);
        let mut links = vec![NOTHING.0; total];
        let vias = vec![Via { hops: 1, ..NOTHING.1 }; total];
        pieces(&first, &mut links, &mut []).into_par_iter().for_each(|(start, links, _)| {
            let mut slot = links.iter_mut();
            for node in start..(start + PIECE).min(nodes as usize) {
                row(node as u32, &mut |link| *slot.next().expect("rows were counted") = link);
            }
        });
        Self { ids: (0..nodes).collect(), first, links, vias }
    }

    /// Number of nodes.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Neighbours of a node, by rank.
    pub(super) fn links(&self, node: u32) -> &[Link] {
        &self.links[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }

    /// What the links stand for, in the same order.
    pub(super) fn vias(&self, node: u32) -> &[Via] {
        &self.vias[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }

    /// Mean number of neighbours.
    pub(super) fn mean_degree(&self) -> f64 {
        self.links.len() as f64 / self.len().max(1) as f64
    }

    /// The core without the nodes marked `gone`, with the shortcuts that replace them; and the new rank of each node.
    ///
    /// `added` are the ends of shortcuts between nodes that stay; the shorter of two parallel ways is kept, then the one through the smaller node.
    pub(super) fn without(self, gone: &[bool], mut added: Vec<Addition>) -> (Self, Vec<u32>) {
        let mut rank = vec![u32::MAX; self.len()];
        let mut stays = Vec::with_capacity(self.len());
        for node in 0..self.len() {
            if !gone[node] {
                rank[node] = stays.len() as u32;
                stays.push(node as u32);
            }
        }
        added.par_sort_unstable();
        let piece_starts: Vec<usize> =
            stays.par_chunks(PIECE).map(|piece| added.partition_point(|addition| addition.node < piece[0])).collect();

        let merge = |node: u32, added: &[Addition], visit: &mut dyn FnMut(Link, Via)| {
            let mut old =
                self.links(node).iter().zip(self.vias(node)).filter(|(link, _)| !gone[link.to as usize]).peekable();
            let mut new = added.iter().peekable();
            loop {
                let to = match (old.peek(), new.peek()) {
                    (Some((link, _)), Some(addition)) => link.to.min(addition.to),
                    (Some((link, _)), None) => link.to,
                    (None, Some(addition)) => addition.to,
                    (None, None) => break,
                };
                let (mut link, mut via) = match old.next_if(|(link, _)| link.to == to) {
                    Some((link, via)) => (*link, *via),
                    None => NOTHING,
                };
                link.to = rank[to as usize];
                while let Some(addition) = new.next_if(|addition| addition.to == to) {
                    let out = addition.hops_out & 1 == 1;
                    let (time, through) =
                        if out { (&mut link.out, &mut via.out) } else { (&mut link.back, &mut via.back) };
                    if addition.time < *time {
                        (*time, *through) = (addition.time, addition.via);
                        via.hops = via.hops.max(addition.hops_out >> 1);
                    }
                }
                visit(link, via);
            }
        };
        let rows = |piece: usize| {
            let nodes = &stays[piece * PIECE..((piece + 1) * PIECE).min(stays.len())];
            let mut rest = &added[piece_starts[piece]..];
            nodes.iter().map(move |node| {
                let skip = rest.partition_point_linear(|addition| addition.node < *node);
                let take = rest[skip..].partition_point_linear(|addition| addition.node == *node);
                let own = &rest[skip..skip + take];
                rest = &rest[skip + take..];
                (*node, own)
            })
        };
        let piece_count = stays.len().div_ceil(PIECE);
        let counts: Vec<u32> = (0..piece_count)
            .into_par_iter()
            .flat_map_iter(|piece| {
                rows(piece).map(|(node, own)| {
                    let mut count = 0;
                    merge(node, own, &mut |_, _| count += 1);
                    count
                })
            })
            .collect();
        let (first, total) = offsets(&counts);
        let mut links = vec![NOTHING.0; total];
        let mut vias = vec![NOTHING.1; total];
        pieces(&first, &mut links, &mut vias).into_par_iter().enumerate().for_each(|(piece, (_, links, vias))| {
            let mut slots = links.iter_mut().zip(vias);
            for (node, own) in rows(piece) {
                merge(node, own, &mut |link, via| {
                    let (at_link, at_via) = slots.next().expect("rows were counted");
                    (*at_link, *at_via) = (link, via);
                });
            }
        });
        let ids = stays.iter().map(|node| self.ids[*node as usize]).collect();
        (Self { ids, first, links, vias }, rank)
    }
}

/// Counting from the front: rows hold a handful of additions, a binary search over millions would cost more.
trait PartitionLinear<T> {
    fn partition_point_linear(&self, holds: impl Fn(&T) -> bool) -> usize;
}

impl<T> PartitionLinear<T> for [T] {
    fn partition_point_linear(&self, holds: impl Fn(&T) -> bool) -> usize {
        self.iter().take_while(|item| holds(item)).count()
    }
}

/// Running sums of counts, and their total.
fn offsets(counts: &[u32]) -> (Vec<u32>, usize) {
    let mut first = Vec::with_capacity(counts.len() + 1);
    let mut total = 0_u32;
    first.push(0);
    for count in counts {
        total += count;
        first.push(total);
    }
    (first, total as usize)
}

/// Cuts two arrays laid out in rows (the second may be empty) at every [`PIECE`] rows: first row, and the two slices.
fn pieces<'a>(
    first: &[u32],
    mut links: &'a mut [Link],
    mut vias: &'a mut [Via],
) -> Vec<(usize, &'a mut [Link], &'a mut [Via])> {
    let nodes = first.len() - 1;
    let mut cut = Vec::with_capacity(nodes.div_ceil(PIECE));
    for start in (0..nodes).step_by(PIECE) {
        let size = (first[(start + PIECE).min(nodes)] - first[start]) as usize;
        let (piece, rest) = links.split_at_mut(size);
        links = rest;
        let (piece_vias, rest) = vias.split_at_mut(size.min(vias.len()));
        vias = rest;
        cut.push((start, piece, piece_vias));
    }
    cut
}
