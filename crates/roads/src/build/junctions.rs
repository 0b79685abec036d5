//! What junctions cost: seconds added to the arc that enters them.

use rayon::prelude::*;

use super::chains::Chains;
use super::edges::{Edge, Ends};
use crate::osm::{NodeFacts, Ways};
use crate::profile::{BarrierRule, SpeedProfile};

/// Within this distance, metres, a sign or a light belongs to the junction it stands before.
const NEAR: f64 = 50.0;

/// For each edge, seconds lost at the end one reaches when going along it and against it.
pub(super) fn penalties(
    ways: &Ways,
    profile: &SpeedProfile,
    chains: &Chains,
    edges: &[Edge],
    bases: &[u32],
    ends: &Ends,
) -> Vec<[f64; 2]> {
    let facts_of = |base: u32| {
        let node = chains.real(ways, bases[base as usize]);
        ways.facts.binary_search_by_key(&node, |(node, _)| *node).ok().map(|at| ways.facts[at].1)
    };
    let facts: Vec<Option<NodeFacts>> = (0..bases.len() as u32).into_par_iter().map(facts_of).collect();
    let here = Junctions { profile, edges, ends, facts: &facts };
    (0..edges.len() as u32).into_par_iter().map(|edge| [here.lost(edge << 1), here.lost(edge << 1 | 1)]).collect()
}

struct Junctions<'a> {
    profile: &'a SpeedProfile,
    edges: &'a [Edge],
    ends: &'a Ends,
    facts: &'a [Option<NodeFacts>],
}

impl Junctions<'_> {
    fn edge(&self, darc: u32) -> &Edge {
        &self.edges[(darc >> 1) as usize]
    }

    /// Seconds lost where a directed edge ends.
    fn lost(&self, darc: u32) -> f64 {
        let penalties = &self.profile.penalties;
        let edge = self.edge(darc);
        let [tail, head] = if darc & 1 == 0 { edge.ends } else { [edge.ends[1], edge.ends[0]] };
        let roads = self.ends.leaving(head).count();
        let mut barrier = 0.0;
        let mut crossing = 0.0;
        if let Some(facts) = self.facts[head as usize] {
            if let BarrierRule::Seconds(seconds) = self.profile.barrier(facts) {
                barrier = seconds;
            }
            if facts.has(NodeFacts::CROSSING) && !facts.has(NodeFacts::SIGNALS) {
                crossing = penalties.crossing;
            }
            if let Some(sign) = self.sign(facts, darc, roads) {
                return barrier + self.unless_told(sign, edge, tail);
            }
        }
        if roads < 3 {
            return barrier + crossing;
        }
        let around = || self.ends.leaving(head).map(|other| self.edge(other));
        let plain = if around().any(|other| other.roundabout) {
            if edge.roundabout { 0.0 } else { penalties.roundabout }
        } else if around().map(|other| other.class.rank()).min() < Some(edge.class.rank()) {
            penalties.joining
        } else if edge.class.rank() > 0 && around().filter(|other| other.class.rank() <= 4).count() >= 3 {
            penalties.junction
        } else {
            0.0
        };
        barrier + self.unless_told(plain.max(crossing), edge, tail)
    }

    /// Nothing when a light or a sign stands just before: the wait was counted there.
    fn unless_told(&self, seconds: f64, edge: &Edge, tail: u32) -> f64 {
        let signs = NodeFacts::SIGNALS | NodeFacts::STOP | NodeFacts::GIVE_WAY;
        let told = edge.metres < NEAR && self.facts[tail as usize].is_some_and(|facts| facts.flags & signs != 0);
        if told { 0.0 } else { seconds }
    }

    /// Seconds of the light or the sign, if it is for this direction.
    fn sign(&self, facts: NodeFacts, darc: u32, roads: usize) -> Option<f64> {
        let penalties = &self.profile.penalties;
        let seconds = [
            (NodeFacts::SIGNALS, penalties.signals),
            (NodeFacts::STOP, penalties.stop),
            (NodeFacts::GIVE_WAY, penalties.give_way),
            (NodeFacts::MINI_ROUNDABOUT, penalties.mini_roundabout),
        ];
        let (kind, seconds) = seconds.into_iter().find(|(flag, _)| facts.has(*flag))?;
        let edge = self.edge(darc);
        let reached = 1 - (darc & 1) as usize;
        if roads >= 3 {
            // On the junction itself: lights stop all, a sign stops those who come by the lesser roads.
            let head = edge.ends[reached];
            let mut ranks = self.ends.leaving(head).map(|other| self.edge(other).class.rank());
            let lesser = matches!(kind, NodeFacts::SIGNALS | NodeFacts::MINI_ROUNDABOUT)
                || ranks.clone().min() < Some(edge.class.rank())
                || ranks.all(|rank| rank == edge.class.rank());
            return lesser.then_some(seconds);
        }
        let told = facts.has(NodeFacts::FORWARD) || facts.has(NodeFacts::BACKWARD);
        if told {
            // Along the way when the edge goes along it and is followed, or neither.
            let forward = edge.against[reached] == (darc & 1 == 1);
            let flag = if forward { NodeFacts::FORWARD } else { NodeFacts::BACKWARD };
            return facts.has(flag).then_some(seconds);
        }
        // Between two junctions: it stands before the nearer one.
        let ahead = self.ends.leaving(edge.ends[reached]).find(|other| other >> 1 != darc >> 1);
        let ahead = ahead.map_or(f64::INFINITY, |other| self.edge(other).metres);
        let lights = kind == NodeFacts::SIGNALS && ahead.min(edge.metres) > NEAR;
        (lights || ahead <= edge.metres).then_some(seconds)
    }
}
