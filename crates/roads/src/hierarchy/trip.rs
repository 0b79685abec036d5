//! One trip: the least time between two places, and the way.

use crate::graph::{FURTHEST, NodeId, Time};

use super::climb::Climber;
use super::{DIRECT, Hierarchy, Place};

/// A shortest way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    /// Tenths of a second, the times of the first and last seeds included.
    pub time: Time,
    /// Nodes on the way, first and last included.
    pub nodes: Vec<NodeId>,
}

impl Hierarchy {
    /// Least time from any of `from` to any of `to` (nodes with a time to add), `None` when no way of at most `limit` exists.
    pub fn time(&self, from: &[(NodeId, Time)], to: &[(NodeId, Time)], limit: Time) -> Option<Time> {
        let (mut there, mut back) = (self.climber(), self.climber());
        self.meet(from, to, limit, &mut there, &mut back).map(|(time, _)| time)
    }

    /// The same, with the way.
    pub fn trip(&self, from: &[(NodeId, Time)], to: &[(NodeId, Time)], limit: Time) -> Option<Trip> {
        let (mut there, mut back) = (self.climber(), self.climber());
        let (time, top) = self.meet(from, to, limit, &mut there, &mut back)?;
        let mut way: Vec<Place> = std::iter::successors(Some(top), |place| there.below(&self.up, *place)).collect();
        way.reverse();
        way.extend(std::iter::successors(Some(top), |place| back.below(&self.down, *place)).skip(1));
        let mut nodes = vec![self.nodes[way[0] as usize]];
        for pair in way.windows(2) {
            self.unpack(pair[0], pair[1], &mut nodes);
        }
        Some(Trip { time, nodes })
    }

    fn seeds<'a>(&'a self, seeds: &'a [(NodeId, Time)]) -> impl Iterator<Item = (Place, Time)> + 'a {
        seeds.iter().map(|(node, time)| (self.places[*node as usize], *time))
    }

    fn meet(
        &self,
        from: &[(NodeId, Time)],
        to: &[(NodeId, Time)],
        limit: Time,
        there: &mut Climber,
        back: &mut Climber,
    ) -> Option<(Time, Place)> {
        let limit = limit.min(FURTHEST);
        there.climb(&self.up, &self.down, self.seeds(from), limit, |_| limit);
        let mut best: Option<(Time, Place)> = None;
        back.climb(&self.down, &self.up, self.seeds(to), limit, |reached| {
            if let Some(time) = there.time(reached.place) {
                let candidate = (time + reached.time, reached.place);
                if candidate.0 <= limit && best.is_none_or(|best| candidate < best) {
                    best = Some(candidate);
                }
            }
            best.map_or(limit, |best| best.0)
        });
        best
    }

    /// Pushes the nodes after `tail` on the way that the arc from `tail` to `head` stands for.
    fn unpack(&self, tail: Place, head: Place, nodes: &mut Vec<NodeId>) {
        let mut waiting = vec![(tail, head)];
        while let Some((tail, head)) = waiting.pop() {
            let (climbs, low, high) = if head < tail { (&self.up, tail, head) } else { (&self.down, head, tail) };
            let row = climbs.first[low as usize] as usize;
            let at = climbs.row(low).binary_search_by_key(&high, |arc| arc[0]).expect("the way follows known arcs");
            match climbs.via[row + at] {
                DIRECT => nodes.push(self.nodes[head as usize]),
                via => waiting.extend([(via, head), (tail, via)]),
            }
        }
    }
}
