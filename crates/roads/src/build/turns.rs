//! Turn restrictions as an automaton over the edges one travels.
//!
//! Each forbidden way of going is a sequence of directed edges: two for a restriction at a node, more through ways. A
//! state remembers the longest end of the trip that starts such a sequence; from there the edge that would complete one
//! is left out. State 0 remembers nothing; every other state becomes a copy of the node where its last edge ends.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::BuildReport;
use super::chains::Chains;
use super::edges::{Edge, Ends};
use crate::osm::{Restriction, Via, Ways};
use crate::profile::SpeedProfile;

/// The automaton. State numbers follow the order of restrictions, so that they are the same from one run to the next.
pub(super) struct Turns {
    next: FxHashMap<(u32, u32), u32>,
    forbidden: FxHashSet<(u32, u32)>,
    /// Last directed edge of each state.
    last: Vec<u32>,
    /// State of the longest proper end of each state.
    fail: Vec<u32>,
}

impl Turns {
    /// Number of states.
    pub(super) fn states(&self) -> u32 {
        self.last.len() as u32
    }

    /// Directed edge by which one comes to a state.
    pub(super) fn last(&self, state: u32) -> u32 {
        self.last[state as usize]
    }

    /// State after one more edge.
    pub(super) fn go(&self, mut state: u32, darc: u32) -> u32 {
        loop {
            if let Some(next) = self.next.get(&(state, darc)) {
                return *next;
            }
            if state == 0 {
                return 0;
            }
            state = self.fail[state as usize];
        }
    }

    /// Whether an edge may not follow.
    pub(super) fn forbids(&self, mut state: u32, darc: u32) -> bool {
        while state != 0 {
            if self.forbidden.contains(&(state, darc)) {
                return true;
            }
            state = self.fail[state as usize];
        }
        false
    }

    /// Reads the restrictions that bind a profile.
    pub(super) fn of(
        ways: &Ways,
        profile: &SpeedProfile,
        chains: &Chains,
        edges: &[Edge],
        bases: &[u32],
        ends: &Ends,
        report: &mut BuildReport,
    ) -> Self {
        let mut turns =
            Self { next: FxHashMap::default(), forbidden: FxHashSet::default(), last: vec![u32::MAX], fail: vec![0] };
        let finder = Finder::of(ways, profile, chains, edges, bases, ends);
        for restriction in &ways.restrictions {
            if !profile.restrictions {
                break;
            }
            let read = if profile.binds(restriction.except_emergency) {
                finder.sequences(restriction)
            } else {
                Err("sauf les secours")
            };
            match read {
                Ok(sequences) => {
                    report.restrictions += 1;
                    for sequence in sequences {
                        report.forbidden_turns += u64::from(turns.forbid(&sequence));
                    }
                }
                Err(reason) => *report.ignored_restrictions.entry(reason.to_owned()).or_default() += 1,
            }
        }
        turns.forbid_turning_back(edges, ends);
        turns.link();
        turns
    }

    /// Forbids to go past a restricted junction, turn back at the next, and take the forbidden turn from the other side:
    /// without this, restrictions were dodged on one trip in fifty in Heidelberg. Dead ends leave no other way.
    fn forbid_turning_back(&mut self, edges: &[Edge], ends: &Ends) {
        let head = |darc: u32| edges[(darc >> 1) as usize].ends[1 - (darc & 1) as usize];
        let open = |darc: &u32| edges[(*darc >> 1) as usize].open[(*darc & 1) as usize];
        let mut junctions: Vec<u32> =
            self.forbidden.iter().map(|(state, _)| head(self.last[*state as usize])).collect();
        junctions.sort_unstable();
        junctions.dedup();
        for junction in junctions {
            let mut leaving: Vec<u32> = ends.leaving(junction).filter(open).collect();
            leaving.sort_unstable();
            for darc in leaving {
                let back = darc ^ 1;
                let mut onward = ends.leaving(head(darc)).filter(open);
                if open(&back) && onward.any(|other| other != back) {
                    self.forbid(&[darc, back]);
                }
            }
        }
    }

    /// Forbids a sequence of two directed edges or more; false when it was already.
    fn forbid(&mut self, sequence: &[u32]) -> bool {
        let Some((last, path)) = sequence.split_last() else { return false };
        let mut state = 0;
        for darc in path {
            let fresh = self.last.len() as u32;
            state = *self.next.entry((state, *darc)).or_insert(fresh);
            if state == fresh {
                self.last.push(*darc);
                self.fail.push(0);
            }
        }
        self.forbidden.insert((state, *last))
    }

    /// Finds the longest proper end of each state, from the shortest states on.
    fn link(&mut self) {
        let mut children: Vec<(u32, u32, u32)> =
            self.next.iter().map(|((from, darc), to)| (*from, *darc, *to)).collect();
        children.sort_unstable();
        let mut queue = VecDeque::from([0]);
        while let Some(state) = queue.pop_front() {
            let start = children.partition_point(|(from, ..)| *from < state);
            for (_, darc, to) in children[start..].iter().take_while(|(from, ..)| *from == state) {
                self.fail[*to as usize] = if state == 0 { 0 } else { self.go(self.fail[state as usize], *darc) };
                queue.push_back(*to);
            }
        }
    }
}

/// Finds the edges restrictions speak of.
struct Finder<'a> {
    ways: &'a Ways,
    edges: &'a [Edge],
    ends: &'a Ends,
    /// Base of each node where a restriction is, ascending by node.
    at: Vec<(u32, u32)>,
    /// Edges of the ways restrictions go through: identity of the way, edge.
    through: Vec<(i64, u32)>,
}

const NO_EFFECT: &str = "voies absentes ou non empruntées";
const UNCLEAR: &str = "plusieurs lectures possibles";

impl<'a> Finder<'a> {
    fn of(
        ways: &'a Ways,
        profile: &SpeedProfile,
        chains: &Chains,
        edges: &'a [Edge],
        bases: &[u32],
        ends: &'a Ends,
    ) -> Self {
        let (mut nodes, mut ids): (Vec<u32>, Vec<i64>) = (Vec::new(), Vec::new());
        for restriction in ways.restrictions.iter().filter(|_| profile.restrictions) {
            match &restriction.via {
                Via::Node(node) => nodes.push(*node),
                Via::Ways(via) => ids.extend(via),
            }
        }
        nodes.sort_unstable();
        ids.sort_unstable();
        let mut at: Vec<(u32, u32)> = (bases.iter().enumerate())
            .map(|(base, node)| (chains.real(ways, *node), base as u32))
            .filter(|(node, _)| nodes.binary_search(node).is_ok())
            .collect();
        at.sort_unstable();
        let mut through: Vec<(i64, u32)> = Vec::new();
        if !ids.is_empty() {
            through.extend(
                (edges.iter().enumerate())
                    .map(|(edge, of)| (ways.way_ids[of.ways[0] as usize], edge as u32))
                    .filter(|(id, _)| ids.binary_search(id).is_ok()),
            );
            through.sort_unstable();
        }
        Self { ways, edges, ends, at, through }
    }

    /// Directed edges of a way that leave (or, with `back`, reach) a base and may be travelled.
    fn of_way(&self, base: u32, way: i64, back: bool) -> Vec<u32> {
        let mut found: Vec<u32> = (self.ends.leaving(base))
            .filter(|leaving| {
                let edge = &self.edges[(leaving >> 1) as usize];
                let side = (leaving & 1) as usize;
                let direction = if back { 1 - side } else { side };
                self.ways.way_ids[edge.ways[side] as usize] == way && edge.open[direction]
            })
            .map(|leaving| if back { leaving ^ 1 } else { leaving })
            .collect();
        found.sort_unstable();
        found
    }

    /// Sequences a restriction forbids.
    fn sequences(&self, restriction: &Restriction) -> Result<Vec<Vec<u32>>, &'static str> {
        let (path, base, to) = match &restriction.via {
            Via::Node(node) => {
                let at = self.at.partition_point(|(other, _)| other < node);
                let Some((_, base)) = self.at.get(at).filter(|(other, _)| other == node) else { return Err(NO_EFFECT) };
                let from = self.of_way(*base, restriction.from, true);
                let to = self.of_way(*base, restriction.to, false);
                if restriction.from == restriction.to && !restriction.only {
                    // Turning back on one's steps.
                    let pairs: Vec<Vec<u32>> = from
                        .iter()
                        .filter(|from| to.contains(&(*from ^ 1)))
                        .map(|from| vec![*from, from ^ 1])
                        .collect();
                    return if pairs.is_empty() { Err(NO_EFFECT) } else { Ok(pairs) };
                }
                match (&from[..], &to[..]) {
                    ([from], [to]) => (vec![*from], *base, *to),
                    ([], _) | (_, []) => return Err(NO_EFFECT),
                    _ => return Err(UNCLEAR),
                }
            }
            Via::Ways(via) => self.through(restriction, via)?,
        };
        let with = |last: u32| path.iter().copied().chain([last]).collect::<Vec<u32>>();
        if !restriction.only {
            return Ok(vec![with(to)]);
        }
        let mut others: Vec<u32> = self.ends.leaving(base).filter(|darc| *darc != to).collect();
        others.retain(|darc| self.edges[(darc >> 1) as usize].open[(darc & 1) as usize]);
        others.sort_unstable();
        Ok(others.into_iter().map(with).collect())
    }

    /// The path of a restriction through ways: from the first edge to the last before the turn, where that one ends, and
    /// the turn.
    fn through(&self, restriction: &Restriction, via: &[i64]) -> Result<(Vec<u32>, u32, u32), &'static str> {
        let mut inside: Vec<u32> = Vec::new();
        for id in via {
            let start = self.through.partition_point(|(other, _)| other < id);
            inside.extend(self.through[start..].iter().take_while(|(other, _)| other == id).map(|(_, edge)| *edge));
        }
        inside.sort_unstable();
        inside.dedup();
        let mut bases: Vec<u32> = inside.iter().flat_map(|edge| self.edges[*edge as usize].ends).collect();
        bases.sort_unstable();
        bases.dedup();
        let mut paths = Vec::new();
        for start in bases {
            for from in self.of_way(start, restriction.from, true) {
                if inside.binary_search(&(from >> 1)).is_err() {
                    paths.extend(self.shortest(start, from, &inside, restriction.to));
                }
            }
        }
        match paths.len() {
            0 => Err(NO_EFFECT),
            1 => Ok(paths.remove(0)),
            _ => Err(UNCLEAR),
        }
    }

    fn shortest(&self, start: u32, from: u32, inside: &[u32], to: i64) -> Option<(Vec<u32>, u32, u32)> {
        let mut seen = vec![start];
        let mut queue = VecDeque::from([(start, vec![from])]);
        while let Some((base, path)) = queue.pop_front() {
            if base != start
                && let [to] = self.of_way(base, to, false)[..]
            {
                return Some((path, base, to));
            }
            for darc in self.ends.leaving(base) {
                let edge = &self.edges[(darc >> 1) as usize];
                let (side, next) = ((darc & 1) as usize, edge.ends[1 - (darc & 1) as usize]);
                if edge.open[side] && inside.binary_search(&(darc >> 1)).is_ok() && !seen.contains(&next) {
                    seen.push(next);
                    let mut longer = path.clone();
                    longer.push(darc);
                    queue.push_back((next, longer));
                }
            }
        }
        None
    }
}
