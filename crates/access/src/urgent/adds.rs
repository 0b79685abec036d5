//! What each resource brings: alone, after all the others, and in the best order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use pacte_territory::CommuneId;

use super::cover::Cover;
use super::moment::Moment;
use super::set::Set;

/// What a resource brings within a limit, in people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addition {
    /// Index of the resource.
    pub resource: u32,
    /// Brought by it alone, over the resources of the other families.
    pub alone: u64,
    /// Communes of `alone`.
    pub alone_communes: u32,
    /// Lost if it alone were taken away.
    pub last: u64,
    /// Place in the order that brings most first, from 1.
    pub rank: u32,
    /// Brought in that order, those before it being there.
    pub in_order: u64,
    /// Still beyond once it is there, in that order.
    pub left: u64,
}

impl Cover {
    /// What each active resource of a family brings over the other families of `set`, in the order that brings most first.
    ///
    /// `limit` is in minutes. The sum of `in_order` is what the family brings as a whole.
    pub fn adds(&self, family: Set, set: Set, moment: Moment, limit: f32) -> Vec<Addition> {
        let others = self.best(set.minus(family), moment).minutes;
        let members = self.active(family, moment);
        let mut open: Vec<bool> =
            (0_u32..).zip(&others).map(|(commune, minutes)| self.is_beyond(commune, *minutes, limit)).collect();
        let reached = |index: u32| self.rows()[index as usize].within(limit);
        let mut times = vec![0_u32; others.len()];
        for index in &members {
            for commune in reached(*index) {
                times[*commune as usize] += 1;
            }
        }
        let people = |communes: &[CommuneId], counts: &dyn Fn(usize) -> bool| -> u64 {
            communes.iter().map(|c| *c as usize).filter(|c| counts(*c)).map(|c| self.people()[c]).sum()
        };
        let mut found: Vec<Addition> = members
            .iter()
            .map(|index| Addition {
                resource: *index,
                alone: people(reached(*index), &|c| open[c]),
                alone_communes: reached(*index).iter().filter(|c| open[**c as usize]).count() as u32,
                last: people(reached(*index), &|c| open[c] && times[c] == 1),
                rank: 0,
                in_order: 0,
                left: 0,
            })
            .collect();
        let mut left: u64 = (0..open.len()).filter(|c| open[*c]).map(|c| self.people()[c]).sum();
        // Lazy greedy: what a resource brings only shrinks as others come, so an up-to-date first is the true first.
        let mut heap: BinaryHeap<(u64, Reverse<usize>, u32)> =
            found.iter().enumerate().map(|(at, one)| (one.alone, Reverse(at), 0)).collect();
        let mut rank = 0;
        while let Some((gain, Reverse(at), seen)) = heap.pop() {
            let communes = reached(found[at].resource);
            if seen < rank {
                heap.push((people(communes, &|c| open[c]), Reverse(at), rank));
                continue;
            }
            for commune in communes {
                open[*commune as usize] = false;
            }
            rank += 1;
            left -= gain;
            (found[at].rank, found[at].in_order, found[at].left) = (rank, gain, left);
        }
        found.sort_unstable_by_key(|one| one.rank);
        found
    }
}
