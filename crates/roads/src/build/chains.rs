//! Ways cut where something happens and joined where nothing does.

use rayon::prelude::*;

use super::BuildReport;
use crate::osm::{Barrier, NodeFacts, RoadClass, Via, WayTags, Ways};
use crate::point::Point;
use crate::profile::{BarrierRule, Passage, SpeedProfile};

/// No rank.
const NONE: u32 = u32::MAX;

/// Stretches of ways between places where something happens, one after the other.
pub(super) struct Chains {
    /// What the profile may do on each way.
    pub(super) passages: Vec<Option<Passage>>,
    /// Nodes of the lines: ranks among the nodes of the ways, then of `doubles`.
    pub(super) line_nodes: Vec<u32>,
    /// Pieces of lines: way, first and last place in `line_nodes`.
    pub(super) pieces: Vec<Piece>,
    /// `chains + 1` offsets into `parts`.
    pub(super) first: Vec<u32>,
    /// Pieces one after the other: `piece << 1`, plus 1 when it is taken from its end.
    pub(super) parts: Vec<u32>,
    /// Nodes made on each side of a barrier that cuts a way: the node each one stands for.
    doubles: Vec<u32>,
    /// Nodes where a way that is not a ferry goes.
    pub(super) ashore: Vec<bool>,
    /// Nodes of the ways that are a pedestrian crossing and no more: they slow down without being kept for it.
    pub(super) crossings: Vec<bool>,
}

/// A stretch of a way between two nodes that are kept, or where ways are joined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) way: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Chains {
    /// Place of a node.
    pub(super) fn point(&self, ways: &Ways, node: u32) -> Point {
        ways.points[self.real(ways, node) as usize]
    }

    /// Rank among the nodes of the ways.
    pub(super) fn real(&self, ways: &Ways, node: u32) -> u32 {
        let nodes = ways.points.len();
        if (node as usize) < nodes { node } else { self.doubles[node as usize - nodes] }
    }

    pub(super) fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// Pieces of a chain: way, whether it is taken from its end, and nodes as the piece has them.
    pub(super) fn parts_of(&self, chain: usize) -> impl DoubleEndedIterator<Item = (u32, bool, &[u32])> {
        let parts = &self.parts[self.first[chain] as usize..self.first[chain + 1] as usize];
        parts.iter().map(|part| {
            let piece = self.pieces[(part >> 1) as usize];
            (piece.way, part & 1 == 1, &self.line_nodes[piece.start as usize..=piece.end as usize])
        })
    }

    /// First and last node of a chain.
    pub(super) fn tips(&self, chain: usize) -> (u32, u32) {
        let tip = |part: u32| {
            let piece = self.pieces[(part >> 1) as usize];
            self.line_nodes[if part & 1 == 0 { piece.start } else { piece.end } as usize]
        };
        (tip(self.parts[self.first[chain] as usize]), tip(self.parts[self.first[chain + 1] as usize - 1] ^ 1))
    }

    /// Cuts and joins the ways a profile travels.
    pub(super) fn of(ways: &Ways, profile: &SpeedProfile, report: &mut BuildReport) -> Self {
        let passages: Vec<Option<Passage>> = (0..ways.len())
            .into_par_iter()
            .map(|way| {
                let tags = ways.tags_of(way);
                let metres = if tags.class == RoadClass::Ferry { length(ways, way) } else { 0.0 };
                profile.passage(tags, metres)
            })
            .collect();
        report.travelled_ways = passages.iter().flatten().count() as u64;

        // Places where something happens, and barriers that cut.
        let mut keep = vec![false; ways.points.len()];
        let mut cuts = vec![false; ways.points.len()];
        let mut crossings = vec![false; ways.points.len()];
        for (node, facts) in &ways.facts {
            if facts.flags == NodeFacts::CROSSING && facts.barrier == Barrier::None {
                crossings[*node as usize] = true;
                continue;
            }
            match profile.barrier(*facts) {
                BarrierRule::Blocks => cuts[*node as usize] = true,
                BarrierRule::Seconds(_) => keep[*node as usize] = true,
            }
        }
        let mut via_ways: Vec<i64> = Vec::new();
        if profile.restrictions {
            for restriction in &ways.restrictions {
                match &restriction.via {
                    Via::Node(node) => keep[*node as usize] = true,
                    Via::Ways(ids) => via_ways.extend(ids),
                }
            }
        }
        via_ways.sort_unstable();

        // Lines: the ways travelled, cut at barriers.
        let mut chains = Self {
            passages,
            line_nodes: Vec::with_capacity(ways.refs.len()),
            pieces: Vec::new(),
            first: vec![0],
            parts: Vec::new(),
            doubles: Vec::new(),
            ashore: Vec::new(),
            crossings,
        };
        let mut lines: Vec<Piece> = Vec::new();
        let real = ways.points.len() as u32;
        for way in 0..ways.len() {
            if chains.passages[way].is_none() {
                continue;
            }
            let nodes = ways.nodes_of(way);
            if via_ways.binary_search(&ways.way_ids[way]).is_ok() {
                keep[nodes[0] as usize] = true;
                keep[nodes[nodes.len() - 1] as usize] = true;
            }
            let mut start = chains.line_nodes.len() as u32;
            for (place, node) in nodes.iter().enumerate() {
                if !cuts[*node as usize] {
                    chains.line_nodes.push(*node);
                    continue;
                }
                report.barriers += 1;
                if place > 0 {
                    chains.line_nodes.push(real + chains.doubles.len() as u32);
                    chains.doubles.push(*node);
                    lines.push(Piece { way: way as u32, start, end: chains.line_nodes.len() as u32 - 1 });
                    start = chains.line_nodes.len() as u32;
                }
                if place + 1 < nodes.len() {
                    chains.line_nodes.push(real + chains.doubles.len() as u32);
                    chains.doubles.push(*node);
                }
            }
            if chains.line_nodes.len() as u32 > start {
                lines.push(Piece { way: way as u32, start, end: chains.line_nodes.len() as u32 - 1 });
            }
        }
        keep.resize(real as usize + chains.doubles.len(), true);
        let mates = chains.mates(ways, &lines, &mut keep);
        chains.join(&lines, &keep, &mates);
        chains
    }

    /// Marks the nodes to keep; for each end of a line (`line << 1`, plus 1 for its last node), the end of another line
    /// that simply goes on from there.
    fn mates(&mut self, ways: &Ways, lines: &[Piece], keep: &mut [bool]) -> Vec<u32> {
        let mut degree = vec![0_u8; keep.len()];
        self.ashore = vec![false; keep.len()];
        for line in lines {
            let dry = ways.tags_of(line.way as usize).class != RoadClass::Ferry;
            for place in line.start..=line.end {
                let node = self.line_nodes[place as usize] as usize;
                let more = if place == line.start || place == line.end { 1 } else { 2 };
                degree[node] = degree[node].saturating_add(more);
                self.ashore[node] |= dry;
            }
        }
        let mut loose: Vec<(u32, u32)> = Vec::new();
        for (rank, line) in lines.iter().enumerate() {
            for (side, place) in [line.start, line.end].into_iter().enumerate() {
                let node = self.line_nodes[place as usize];
                if degree[node as usize] == 2 && !keep[node as usize] {
                    loose.push((node, (rank as u32) << 1 | side as u32));
                }
            }
        }
        for (node, degree) in degree.iter().enumerate() {
            keep[node] |= *degree != 2;
        }
        loose.par_sort_unstable();
        let mut mates = vec![NONE; lines.len() * 2];
        for pair in loose.chunk_by(|a, b| a.0 == b.0) {
            match pair {
                [(_, a), (_, b)] if a >> 1 != b >> 1 && self.go_on(ways, lines, *a, *b) => {
                    mates[*a as usize] = *b;
                    mates[*b as usize] = *a;
                }
                _ => keep[pair[0].0 as usize] = true,
            }
        }
        mates
    }

    /// Whether two lines that meet end to end are one road: same class, same directions.
    fn go_on(&self, ways: &Ways, lines: &[Piece], a: u32, b: u32) -> bool {
        let of = |end: u32| {
            let way = lines[(end >> 1) as usize].way as usize;
            let tags = ways.tags_of(way);
            let [along, against] = self.passages[way].as_ref().map_or([false; 2], Passage::directions);
            // Seen by somebody who travels towards the meeting point.
            let towards = if end & 1 == 1 { [along, against] } else { [against, along] };
            (tags.class, tags.has(WayTags::ROUNDABOUT), towards)
        };
        let ((class, round, a), (other_class, other_round, b)) = (of(a), of(b));
        class == other_class && round == other_round && a == [b[1], b[0]]
    }

    /// Cuts lines at the nodes kept, and follows the mates.
    fn join(&mut self, lines: &[Piece], keep: &[bool], mates: &[u32]) {
        // Piece at each end of each line.
        let mut at_end = vec![0_u32; lines.len() * 2];
        let mut mate_of = Vec::with_capacity(lines.len() * 2);
        for (rank, line) in lines.iter().enumerate() {
            at_end[rank * 2] = (self.pieces.len() as u32) << 1;
            let mut start = line.start;
            for place in line.start + 1..=line.end {
                if place == line.end || keep[self.line_nodes[place as usize] as usize] {
                    self.pieces.push(Piece { way: line.way, start, end: place });
                    mate_of.extend([NONE; 2]);
                    start = place;
                }
            }
            at_end[rank * 2 + 1] = (self.pieces.len() as u32 - 1) << 1 | 1;
        }
        for (end, mate) in mates.iter().enumerate().filter(|(_, mate)| **mate != NONE) {
            mate_of[at_end[end] as usize] = at_end[*mate as usize];
        }
        let mut seen = vec![false; self.pieces.len()];
        // Chains with an end first; then rings of lines, cut where their first line starts.
        for rings in [false, true] {
            for piece in 0..self.pieces.len() as u32 {
                let from = match (mate_of[piece as usize * 2], mate_of[piece as usize * 2 + 1]) {
                    _ if seen[piece as usize] => continue,
                    (NONE, _) => 0,
                    (_, NONE) => 1,
                    _ if rings => 0,
                    _ => continue,
                };
                let mut part = piece << 1 | from;
                loop {
                    seen[(part >> 1) as usize] = true;
                    self.parts.push(part);
                    // Leaves by the other end than it came in by.
                    let mate = mate_of[(part ^ 1) as usize];
                    if mate == NONE || seen[(mate >> 1) as usize] {
                        break;
                    }
                    part = mate;
                }
                self.first.push(self.parts.len() as u32);
            }
        }
    }
}

fn length(ways: &Ways, way: usize) -> f64 {
    let nodes = ways.nodes_of(way);
    nodes.windows(2).map(|pair| ways.points[pair[0] as usize].metres_to(ways.points[pair[1] as usize])).sum()
}
