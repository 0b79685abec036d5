//! Welds borders that two files drew differently.
//!
//! The contours of France come as one file per département, each simplified on its own: on both sides of a border the
//! vertices kept are two choices among the same original ones. Measured on the communes of 2024, 38,000 unmatched
//! vertices lie near the unmatched line of another département, a third of them exactly on a vertex of it, half within
//! 20 m, 99 % within 100 m. Left alone, such a border is drawn twice and opens into slivers.
//!
//! A border is welded where its two lines can be told to be one: they leave the same vertex, arrive at the same vertex,
//! belong to different communes, and stay within [`TOLERANCE_M`] of each other all along. Both then get the vertices of
//! both, in the order that makes the common line shortest. Vertices are inserted, never moved or dropped, and only in
//! edges that a single commune runs along: a coast has no second line, and a border already shared is not looked at.
//! A weld that would make a ring touch or cross itself is given up.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{UNITS, Vertex, signed_area};

mod merge;

use merge::{Plane, merge};

/// Largest distance, in metres, between a vertex and the edge it is inserted in: 1 % of the border vertices of two
/// neighbouring départements lie beyond, spread up to a kilometre, where one side alone cut off a whole meander.
const TOLERANCE_M: f64 = 150.0;
/// Longest side, in vertices, of the gap left where three borders meet.
const LONGEST_TRIANGLE_SIDE: usize = 200;

/// An edge run by one commune only, in the direction of its ring.
#[derive(Clone, Copy, Debug)]
struct Edge {
    from: Vertex,
    to: Vertex,
    commune: u32,
    ring: u32,
    at: u32,
}

/// Degrees of a vertex among unmatched edges, and its outgoing edges as a range of `by_start`.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    first_out: u32,
    outs: u32,
    ins: u32,
}

/// Unmatched edges end to end, from an anchor to an anchor.
#[derive(Clone, Debug)]
struct Piece {
    edges: Vec<u32>,
    vertices: Vec<Vertex>,
}

/// One border made common: what each of its edges gains.
#[derive(Clone, Debug)]
struct Weld {
    gains: Vec<(u32, Vec<Vertex>)>,
}

/// Inserts in each ring the vertices its neighbours have on their common border. Rings are open and oriented; what is
/// already shared, and what has no other side, stays as it is.
pub(super) fn weld(communes: &mut [Vec<Vec<Vertex>>]) {
    let edges = unmatched(communes);
    let pieces = Outline::new(&edges).pieces();
    let welds = welds(&edges, &pieces);
    apply(communes, &edges, &welds);
}

/// Edges that one ring runs and no other, either way, in the order of the rings. An edge run twice the same way is a
/// mistake of the file, not a border: it is left out too.
fn unmatched(communes: &[Vec<Vec<Vertex>>]) -> Vec<Edge> {
    let total = communes.iter().flatten().map(Vec::len).sum::<usize>();
    let all = || {
        communes.iter().zip(0_u32..).flat_map(|(rings, commune)| {
            rings.iter().zip(0_u32..).flat_map(move |(ring, rank)| {
                let next = ring.iter().cycle().skip(1);
                ring.iter().zip(next).zip(0_u32..).map(move |((from, to), at)| Edge {
                    from: *from,
                    to: *to,
                    commune,
                    ring: rank,
                    at,
                })
            })
        })
    };
    // Rank of the first run of each edge, and whether there was another.
    let mut runs: FxHashMap<(Vertex, Vertex), (u32, bool)> = FxHashMap::default();
    runs.reserve(total * 3 / 5);
    for (edge, rank) in all().zip(0_u32..) {
        let key = if edge.from <= edge.to { (edge.from, edge.to) } else { (edge.to, edge.from) };
        runs.entry(key).and_modify(|run| run.1 = true).or_insert((rank, false));
    }
    let mut lone = vec![false; total];
    for (rank, again) in runs.into_values() {
        lone[rank as usize] = !again;
    }
    all().zip(lone).filter(|(_, lone)| *lone).map(|(edge, _)| edge).collect()
}

/// The unmatched edges as a graph.
struct Outline<'a> {
    edges: &'a [Edge],
    by_start: Vec<u32>,
    nodes: FxHashMap<Vertex, Node>,
}

impl<'a> Outline<'a> {
    fn new(edges: &'a [Edge]) -> Self {
        let mut by_start: Vec<u32> = (0..edges.len() as u32).collect();
        by_start.sort_by_key(|edge| edges[*edge as usize].from);
        let mut nodes: FxHashMap<Vertex, Node> = FxHashMap::default();
        nodes.reserve(edges.len());
        for (rank, &edge) in (0_u32..).zip(&by_start) {
            let node = nodes.entry(edges[edge as usize].from).or_insert(Node { first_out: rank, outs: 0, ins: 0 });
            node.outs += 1;
        }
        for edge in edges {
            nodes.entry(edge.to).or_default().ins += 1;
        }
        Self { edges, by_start, nodes }
    }

    fn is_anchor(&self, vertex: Vertex) -> bool {
        self.nodes.get(&vertex).is_none_or(|node| (node.outs, node.ins) != (1, 1))
    }

    /// Follows the outline from an edge up to an anchor, or round to the edge itself.
    fn walk(&self, first: u32, used: &mut [bool]) -> Vec<u32> {
        let mut path = vec![first];
        used[first as usize] = true;
        loop {
            let end = self.edges[path[path.len() - 1] as usize].to;
            if self.is_anchor(end) {
                return path;
            }
            let next = self.by_start[self.nodes[&end].first_out as usize];
            if used[next as usize] {
                return path;
            }
            used[next as usize] = true;
            path.push(next);
        }
    }

    /// Cuts the outline at its anchors: the vertices two lines go through, and the tips of slivers.
    fn pieces(&self) -> Vec<Piece> {
        let mut used = vec![false; self.edges.len()];
        let mut pieces = Vec::new();
        let starts = |used: &[bool], anchored: bool| -> Vec<u32> {
            (0..self.edges.len() as u32)
                .filter(|e| !used[*e as usize] && (!anchored || self.is_anchor(self.edges[*e as usize].from)))
                .collect()
        };
        for first in starts(&used, true) {
            let path = self.walk(first, &mut used);
            if self.start(&path) == self.end(&path) {
                // Out along one side of a sliver and back along the other: its far tip is where it turns.
                match self.farthest_junction(&path, self.start(&path)) {
                    Some(turn) => pieces.extend([self.piece(&path[..turn]), self.piece(&path[turn..])]),
                    None => pieces.push(self.piece(&path)),
                }
            } else {
                pieces.push(self.piece(&path));
            }
        }
        for first in starts(&used, false) {
            if used[first as usize] {
                continue;
            }
            let mut path = self.walk(first, &mut used);
            // A whole sliver between two shared stretches, or an island, which the merge will refuse.
            let Some(tip) = self.farthest_junction(&path, self.start(&path)) else { continue };
            path.rotate_left(tip);
            if let Some(turn) = self.farthest_junction(&path, self.start(&path)) {
                pieces.extend([self.piece(&path[..turn]), self.piece(&path[turn..])]);
            }
        }
        pieces
    }

    fn start(&self, path: &[u32]) -> Vertex {
        self.edges[path[0] as usize].from
    }

    fn end(&self, path: &[u32]) -> Vertex {
        self.edges[path[path.len() - 1] as usize].to
    }

    fn piece(&self, path: &[u32]) -> Piece {
        let mut vertices: Vec<Vertex> = path.iter().map(|edge| self.edges[*edge as usize].from).collect();
        vertices.push(self.end(path));
        Piece { edges: path.to_vec(), vertices }
    }

    /// Rank of the edge that starts at the junction (where the outline passes from a commune to another) farthest from
    /// a vertex; never the first edge.
    fn farthest_junction(&self, path: &[u32], from: Vertex) -> Option<usize> {
        let plane = Plane::at(from);
        (1..path.len())
            .filter(|&i| {
                let (before, after) = (self.edges[path[i - 1] as usize], self.edges[path[i] as usize]);
                before.commune != after.commune
            })
            .map(|i| (plane.distance(self.edges[path[i] as usize].from, from), i))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
            .map(|(_, i)| i)
    }
}

/// Finds the pieces that are two sides of one border, or three around the place where three borders meet.
fn welds(edges: &[Edge], pieces: &[Piece]) -> Vec<Weld> {
    let mut starting: FxHashMap<Vertex, Vec<usize>> = FxHashMap::default();
    for (i, piece) in pieces.iter().enumerate() {
        starting.entry(piece.vertices[0]).or_default().push(i);
    }
    let from = |vertex: Vertex| starting.get(&vertex).map_or(&[][..], Vec::as_slice);
    let end = |piece: usize| pieces[piece].vertices[pieces[piece].vertices.len() - 1];
    let apart = |a: usize, b: usize| {
        let communes = |piece: usize| pieces[piece].edges.iter().map(|edge| edges[*edge as usize].commune);
        let own: FxHashSet<u32> = communes(a).collect();
        !communes(b).any(|commune| own.contains(&commune))
    };

    let mut pairs: Vec<(f64, usize, usize, Vec<Vertex>)> = (0..pieces.len())
        .into_par_iter()
        .flat_map_iter(|a| {
            let backs = from(end(a)).iter().filter(move |b| a < **b && end(**b) == pieces[a].vertices[0]);
            backs.filter_map(move |&b| {
                let other: Vec<Vertex> = pieces[b].vertices.iter().rev().copied().collect();
                let (cost, line) = merge(&pieces[a].vertices, &other, TOLERANCE_M)?;
                apart(a, b).then_some((cost, a, b, line))
            })
        })
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut taken = vec![false; pieces.len()];
    let mut welds = Vec::new();
    for (_, a, b, line) in pairs {
        if !taken[a] && !taken[b] {
            (taken[a], taken[b]) = (true, true);
            let back: Vec<Vertex> = line.iter().rev().copied().collect();
            welds.push(Weld { gains: [gains(&pieces[a], &line), gains(&pieces[b], &back)].concat() });
        }
    }

    for a in 0..pieces.len() {
        let short = |piece: usize| pieces[piece].vertices.len() <= LONGEST_TRIANGLE_SIDE;
        if taken[a] || !short(a) {
            continue;
        }
        let triangle = from(end(a))
            .iter()
            .flat_map(|&b| from(end(b)).iter().map(move |&c| (b, c)))
            .filter(|&(b, c)| a != b && a != c && b != c && end(c) == pieces[a].vertices[0])
            .filter(|&(b, c)| !taken[b] && !taken[c] && short(b) && short(c))
            .filter(|&(b, c)| apart(a, b) && apart(b, c) && apart(a, c))
            .find_map(|(b, c)| Some((b, c, close(&pieces[a], &pieces[b], &pieces[c])?)));
        if let Some((b, c, lines)) = triangle {
            (taken[a], taken[b], taken[c]) = (true, true, true);
            let gains = [a, b, c].iter().zip(&lines).flat_map(|(piece, line)| gains(&pieces[*piece], line)).collect();
            welds.push(Weld { gains });
        }
    }
    welds
}

/// Closes a gap with three sides: the vertex of any of them that makes the three borders shortest becomes the place where
/// they meet. Gives the new line of each side.
fn close(a: &Piece, b: &Piece, c: &Piece) -> Option<[Vec<Vertex>; 3]> {
    let sides = [&a.vertices, &b.vertices, &c.vertices];
    let mut best: Option<(f64, [Vec<Vertex>; 3])> = None;
    for meeting in sides.iter().flat_map(|side| side[1..side.len() - 1].iter()) {
        let split = |side: &[Vertex]| -> Option<(Vec<Vertex>, Vec<Vertex>)> {
            let plane = Plane::at(*meeting);
            let (distance, at) = (0..side.len() - 1)
                .map(|i| (plane.to_edge(*meeting, side[i], side[i + 1]), i))
                .min_by(|x, y| x.0.total_cmp(&y.0))?;
            if distance > TOLERANCE_M || side[0] == *meeting || side[side.len() - 1] == *meeting {
                return None;
            }
            let mut whole = side.to_vec();
            let rank = whole.iter().position(|vertex| vertex == meeting).unwrap_or(at + 1);
            if whole[rank] != *meeting {
                whole.insert(rank, *meeting);
            }
            Some((whole[..=rank].to_vec(), whole[rank..].to_vec()))
        };
        let halves: Option<Vec<_>> = sides.iter().map(|side| split(side)).collect();
        let Some(halves) = halves else { continue };
        // The end of each side is the start of the next: the border between them runs from there to the meeting.
        let borders: Option<Vec<(f64, Vec<Vertex>)>> = (0..3)
            .map(|i| {
                let back: Vec<Vertex> = halves[i].1.iter().rev().copied().collect();
                merge(&halves[(i + 1) % 3].0, &back, TOLERANCE_M)
            })
            .collect();
        let Some(borders) = borders else { continue };
        let cost: f64 = borders.iter().map(|(cost, _)| cost).sum();
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            let line = |i: usize| -> Vec<Vertex> {
                let (inward, outward) = (&borders[(i + 2) % 3].1, &borders[i].1);
                inward.iter().chain(outward.iter().rev().skip(1)).copied().collect()
            };
            best = Some((cost, [line(0), line(1), line(2)]));
        }
    }
    best.map(|(_, lines)| lines)
}

/// What each edge of a piece gains when the piece follows a line that goes through all its vertices.
fn gains(piece: &Piece, line: &[Vertex]) -> Vec<(u32, Vec<Vertex>)> {
    let mut gains = Vec::new();
    let mut rest = line.iter().skip(1);
    for (edge, end) in piece.edges.iter().zip(&piece.vertices[1..]) {
        gains.push((*edge, rest.by_ref().take_while(|vertex| *vertex != end).copied().collect()));
    }
    gains
}

/// Rewrites the rings, after giving up the welds that would make one of them touch or cross itself.
fn apply(communes: &mut [Vec<Vec<Vertex>>], edges: &[Edge], welds: &[Weld]) {
    let mut gained: Vec<Option<(u32, &[Vertex])>> = vec![None; edges.len()];
    for (weld, id) in welds.iter().zip(0_u32..) {
        for (edge, vertices) in weld.gains.iter().filter(|(_, vertices)| !vertices.is_empty()) {
            gained[*edge as usize] = Some((id, vertices));
        }
    }
    // Edges come in the order of the communes: those of a commune are together.
    let mut touched: Vec<&[Edge]> = edges.chunk_by(|a, b| a.commune == b.commune).collect();
    let mut first = 0;
    let mut firsts: Vec<usize> = Vec::with_capacity(touched.len());
    touched.retain(|own| {
        let keep = gained[first..first + own.len()].iter().any(Option::is_some);
        if keep {
            firsts.push(first);
        }
        first += own.len();
        keep
    });
    let mut rejected = vec![false; welds.len()];
    loop {
        let rewritten: Vec<(Vec<Ring>, Vec<u32>)> = touched
            .par_iter()
            .zip(&firsts)
            .map(|(own, first)| {
                let rings = rewrite(&communes[own[0].commune as usize], own, &gained[*first..], &rejected);
                let faults = faults(&communes[own[0].commune as usize], &rings);
                (rings, faults)
            })
            .collect();
        let mut sound = true;
        for id in rewritten.iter().flat_map(|(_, faults)| faults) {
            rejected[*id as usize] = true;
            sound = false;
        }
        if sound {
            for (own, (rings, _)) in touched.iter().zip(rewritten) {
                communes[own[0].commune as usize] = rings.into_iter().map(|ring| ring.vertices).collect();
            }
            return;
        }
    }
}

/// A ring being rewritten, and the weld that made each edge (starting at each vertex).
struct Ring {
    vertices: Vec<Vertex>,
    made_by: Vec<Option<u32>>,
}

fn rewrite(rings: &[Vec<Vertex>], own: &[Edge], gained: &[Option<(u32, &[Vertex])>], rejected: &[bool]) -> Vec<Ring> {
    let mut next = 0;
    rings
        .iter()
        .zip(0_u32..)
        .map(|(ring, rank)| {
            let mut vertices = Vec::with_capacity(ring.len() + 8);
            let mut made_by = Vec::with_capacity(ring.len() + 8);
            for (at, vertex) in (0_u32..).zip(ring) {
                vertices.push(*vertex);
                made_by.push(None);
                if own.get(next).is_some_and(|edge| (edge.ring, edge.at) == (rank, at)) {
                    if let Some((weld, new)) = gained[next].filter(|(weld, _)| !rejected[*weld as usize]) {
                        made_by.pop();
                        vertices.extend_from_slice(new);
                        made_by.resize(vertices.len(), Some(weld));
                    }
                    next += 1;
                }
            }
            Ring { vertices, made_by }
        })
        .collect()
}

/// Welds that make the rings of a commune touch or cross themselves or each other, or turn inside out.
fn faults(before: &[Vec<Vertex>], rings: &[Ring]) -> Vec<u32> {
    let mut faults = Vec::new();
    for (r, ring) in rings.iter().enumerate() {
        let n = ring.vertices.len();
        for (i, weld) in ring.made_by.iter().enumerate() {
            let Some(weld) = weld else { continue };
            let edge = [ring.vertices[i], ring.vertices[(i + 1) % n]];
            for (s, other) in rings.iter().enumerate() {
                let m = other.vertices.len();
                for j in 0..m {
                    let against = [other.vertices[j], other.vertices[(j + 1) % m]];
                    let meets = if r != s {
                        meet(edge, against)
                    } else if i == j {
                        false
                    } else if (i + 1) % n == j {
                        overlap(edge[0], edge[1], against[1])
                    } else if (j + 1) % n == i {
                        overlap(against[0], edge[0], edge[1])
                    } else {
                        meet(edge, against)
                    };
                    if meets {
                        faults.push(*weld);
                        faults.extend(other.made_by[j]);
                    }
                }
            }
        }
        if ring.made_by.iter().any(Option::is_some) {
            let turned = (double_area(&ring.vertices) > 0) != (double_area(&before[r]) > 0);
            if turned {
                faults.extend(ring.made_by.iter().flatten());
            }
        }
    }
    faults.sort_unstable();
    faults.dedup();
    faults
}

/// Twice the signed area of an open ring.
fn double_area(ring: &[Vertex]) -> i64 {
    let closing = [ring[ring.len() - 1], ring[0]];
    signed_area(ring) + signed_area(&closing)
}

/// Side of the line a–b on which c lies: positive on the left.
fn side(a: Vertex, b: Vertex, c: Vertex) -> i64 {
    let [ax, ay, bx, by, cx, cy] = [a[0], a[1], b[0], b[1], c[0], c[1]].map(i64::from);
    ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)).signum()
}

/// Whether two edges have a point in common.
fn meet(a: [Vertex; 2], b: [Vertex; 2]) -> bool {
    for axis in 0..2 {
        let disjoint = |p: [Vertex; 2], q: [Vertex; 2]| p[0][axis].max(p[1][axis]) < q[0][axis].min(q[1][axis]);
        if disjoint(a, b) || disjoint(b, a) {
            return false;
        }
    }
    // Boxes that overlap leave only the sides to decide, collinear edges included.
    side(a[0], a[1], b[0]) * side(a[0], a[1], b[1]) <= 0 && side(b[0], b[1], a[0]) * side(b[0], b[1], a[1]) <= 0
}

/// Whether the edges a–b and b–c run back over each other.
fn overlap(a: Vertex, b: Vertex, c: Vertex) -> bool {
    let back = (0..2).map(|axis| i64::from(a[axis] - b[axis]) * i64::from(c[axis] - b[axis])).sum::<i64>();
    side(a, b, c) == 0 && back > 0
}

#[cfg(test)]
mod tests;
