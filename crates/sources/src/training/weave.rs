//! Lines that cross become roads that meet.
//!
//! Every stage of the network draws its lines without looking at the others'. Weaving finds where lines at ground level cross
//! and gives them a common point there; what crosses a motorway or a river keeps its points and is told to be a bridge.

use super::draft::{Draft, Spot, apart, between};

/// Nearer than this to a point of either line, km, a crossing takes place at that point.
const SNAP_KM: f64 = 0.004;

/// A point put in a line: in which segment, at what share of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Splice {
    pub(super) line: u32,
    pub(super) segment: u32,
    pub(super) t: f64,
    pub(super) node: u32,
}

/// A segment and where it comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) a: Spot,
    pub(super) b: Spot,
    pub(super) line: u32,
    pub(super) rank: u32,
}

/// Two segments that cross, by rank in the list, the lesser first, and where: shares of each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Crossing {
    pub(super) first: usize,
    pub(super) second: usize,
    pub(super) t: f64,
    pub(super) u: f64,
}

/// Segments of a line of places.
pub(super) fn segments(line: u32, spots: &[Spot]) -> impl Iterator<Item = Segment> + '_ {
    spots.windows(2).enumerate().map(move |(rank, pair)| Segment { a: pair[0], b: pair[1], line, rank: rank as u32 })
}

/// Pairs of segments that properly cross and that `accept` (by rank in the list, the lesser first) wants, in order.
pub(super) fn crossings(segments: &[Segment], accept: impl Fn(usize, usize) -> bool) -> Vec<Crossing> {
    const SIDE: f64 = 0.2;
    let bin = |v: f64| (v.max(0.0) / SIDE) as u32;
    let key = |column: u32, row: u32| row << 16 | column;
    let mut binned: Vec<(u32, u32)> = Vec::with_capacity(segments.len() * 3);
    for (rank, segment) in segments.iter().enumerate() {
        let (left, right) = (bin(segment.a.0.min(segment.b.0)), bin(segment.a.0.max(segment.b.0)));
        let (bottom, top) = (bin(segment.a.1.min(segment.b.1)), bin(segment.a.1.max(segment.b.1)));
        for row in bottom..=top {
            for column in left..=right {
                binned.push((key(column, row), rank as u32));
            }
        }
    }
    binned.sort_unstable();
    let mut found = Vec::new();
    for bin_of in binned.chunk_by(|a, b| a.0 == b.0) {
        for (place, &(here, first)) in bin_of.iter().enumerate() {
            for &(_, second) in &bin_of[place + 1..] {
                let (first, second) = (first as usize, second as usize);
                let Some((t, u)) = cross(&segments[first], &segments[second]) else { continue };
                // Counted in the bin where it is, only.
                let at = between(segments[first].a, segments[first].b, t);
                if key(bin(at.0), bin(at.1)) == here && accept(first, second) {
                    found.push(Crossing { first, second, t, u });
                }
            }
        }
    }
    found.sort_unstable_by_key(|crossing| (crossing.first, crossing.second));
    found
}

/// Shares of two segments at which they cross, ends excluded.
fn cross(p: &Segment, q: &Segment) -> Option<(f64, f64)> {
    let (px, py) = (p.b.0 - p.a.0, p.b.1 - p.a.1);
    let (qx, qy) = (q.b.0 - q.a.0, q.b.1 - q.a.1);
    let area = px * qy - py * qx;
    let (dx, dy) = (q.a.0 - p.a.0, q.a.1 - p.a.1);
    let (t, u) = ((dx * qy - dy * qx) / area, (dx * py - dy * px) / area);
    let inside = |share: f64| share > 0.0 && share < 1.0;
    (area != 0.0 && inside(t) && inside(u)).then_some((t, u))
}

/// Puts points in lines, and a common point wherever two lines at ground level cross.
pub(super) fn weave(draft: &mut Draft, splices: Vec<Splice>) {
    put(draft, splices);
    let mut all = Vec::new();
    for (number, line) in draft.lines.iter().enumerate().filter(|(_, line)| line.kind.is_level()) {
        all.extend(segments(number as u32, &draft.spots(line)));
    }
    let ends = |segment: &Segment| {
        let nodes = &draft.lines[segment.line as usize].nodes;
        (nodes[segment.rank as usize], nodes[segment.rank as usize + 1])
    };
    let apart_of = |first: usize, second: usize| {
        let ((a, b), (c, d)) = (ends(&all[first]), ends(&all[second]));
        a != c && a != d && b != c && b != d
    };
    let found = crossings(&all, apart_of);
    let mut splices = Vec::with_capacity(2 * found.len());
    let mut points = std::mem::take(&mut draft.points);
    for Crossing { first, second, t, u } in found {
        let (p, q) = (&all[first], &all[second]);
        let at = between(p.a, p.b, t);
        let near = |segment: &Segment| {
            let (a, b) = ends(segment);
            [(a, segment.a), (b, segment.b)]
                .into_iter()
                .find(|(_, end)| apart(*end, at) < SNAP_KM)
                .map(|(node, _)| node)
        };
        let (of_p, of_q) = (near(p), near(q));
        let node = of_p.or(of_q).unwrap_or_else(|| {
            points.push(at);
            points.len() as u32 - 1
        });
        if of_p.is_none() {
            splices.push(Splice { line: p.line, segment: p.rank, t, node });
        }
        if of_p.is_some() || of_q.is_none() {
            splices.push(Splice { line: q.line, segment: q.rank, t: u, node });
        }
    }
    draft.points = points;
    put(draft, splices);
}

/// Puts points in lines.
pub(super) fn put(draft: &mut Draft, mut splices: Vec<Splice>) {
    splices.sort_by(|a, b| {
        (a.line, a.segment).cmp(&(b.line, b.segment)).then(a.t.total_cmp(&b.t)).then(a.node.cmp(&b.node))
    });
    for of_line in splices.chunk_by(|a, b| a.line == b.line) {
        let line = &mut draft.lines[of_line[0].line as usize];
        let mut nodes = Vec::with_capacity(line.nodes.len() + of_line.len());
        let mut next = 0;
        for (rank, node) in line.nodes.iter().enumerate() {
            nodes.push(*node);
            while next < of_line.len() && of_line[next].segment as usize == rank {
                nodes.push(of_line[next].node);
                next += 1;
            }
        }
        nodes.dedup();
        line.nodes = nodes;
    }
}

#[cfg(test)]
mod tests {
    use super::super::draft::{Kind, Line};
    use super::*;

    fn drawn(lines: &[(Kind, &[Spot])]) -> Draft {
        let mut draft = Draft::default();
        for (kind, spots) in lines {
            let nodes = spots.iter().map(|at| draft.point(*at)).collect();
            draft.lines.push(Line::new(*kind, nodes));
        }
        draft
    }

    #[test]
    fn crossing_streets_share_a_point_and_motorways_do_not() {
        let mut draft = drawn(&[
            (Kind::Residential, &[(1.0, 1.0), (1.3, 1.3)]),
            (Kind::Tertiary, &[(1.0, 1.3), (1.3, 1.0)]),
            (Kind::Motorway, &[(0.9, 1.05), (1.4, 1.05)]),
        ]);
        weave(&mut draft, Vec::new());
        assert_eq!(draft.lines[0].nodes, [0, 6, 1]);
        assert_eq!(draft.lines[1].nodes, [2, 6, 3]);
        assert_eq!(draft.lines[2].nodes, [4, 5]);
        assert!(apart(draft.points[6], (1.15, 1.15)) < 1e-12);
        weave(&mut draft, Vec::new());
        assert_eq!((draft.points.len(), draft.lines[0].nodes.len()), (7, 3), "what meets meets once");
    }

    #[test]
    fn a_crossing_by_a_point_takes_that_point() {
        let mut draft = drawn(&[
            (Kind::Residential, &[(1.0, 1.0), (1.1, 1.0), (1.2, 1.0)]),
            (Kind::Residential, &[(1.102, 0.9), (1.102, 1.1)]),
        ]);
        weave(&mut draft, Vec::new());
        assert_eq!(draft.lines[1].nodes, [3, 1, 4]);
        assert_eq!(draft.lines[0].nodes, [0, 1, 2]);
    }

    #[test]
    fn every_crossing_is_found_once() {
        let mut rng = super::super::rng::Rng::new(9, "croisements");
        let all: Vec<Segment> = (0..400)
            .map(|rank| {
                let a = (rng.range(5.0, 9.0), rng.range(5.0, 9.0));
                let b = (a.0 + rng.range(-0.9, 0.9), a.1 + rng.range(-0.9, 0.9));
                Segment { a, b, line: rank, rank: 0 }
            })
            .collect();
        let mut plain = Vec::new();
        for first in 0..all.len() {
            for second in first + 1..all.len() {
                if let Some((t, u)) = cross(&all[first], &all[second]) {
                    plain.push(Crossing { first, second, t, u });
                }
            }
        }
        assert!(plain.len() > 500);
        assert_eq!(crossings(&all, |_, _| true), plain);
    }
}
