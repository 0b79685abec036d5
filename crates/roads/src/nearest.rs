//! The nearest of some targets for every node: one pass over the hierarchy from the top down.

use std::collections::BinaryHeap;

use rayon::prelude::*;

use crate::graph::{FURTHEST, NEVER, NodeId, Time};
use crate::hierarchy::{Climbs, Hierarchy, Place};

/// Levels smaller than this are swept on one thread: handing them out would cost more.
const SHARED: usize = 1 << 13;

/// Nearest target and time to it, for every place of the hierarchy.
#[derive(Clone, Debug)]
pub struct Nearest<'a> {
    hierarchy: &'a Hierarchy,
    limit: Time,
    words: Words,
}

#[derive(Clone, Debug)]
enum Words {
    /// Time above, target in the low `bits`: half the memory to move, which is what bounds a sweep.
    Narrow(Vec<u32>, u32),
    /// Time in the high half, target in the low one.
    Wide(Vec<u64>),
}

impl Nearest<'_> {
    /// Target nearest to a node and the time to it; the smaller target on ties, `None` beyond the limit.
    pub fn at(&self, node: NodeId) -> Option<(u32, Time)> {
        let place = self.hierarchy.places[node as usize] as usize;
        let (target, time) = match &self.words {
            Words::Narrow(words, bits) if words[place] != u32::MAX => {
                (words[place] & ((1 << bits) - 1), words[place] >> bits)
            }
            Words::Wide(words) if words[place] != u64::MAX => (words[place] as u32, (words[place] >> 32) as Time),
            _ => return None,
        };
        (time <= self.limit).then_some((target, time))
    }
}

/// A time and what it leads to, in one number whose order is that of times first.
trait Word: Copy + Ord + Send + Sync {
    const NONE: Self;
    fn of(target: u32) -> Self;
    fn later(self, time: Time, shift: u32) -> Self;
}

impl Word for u32 {
    const NONE: Self = Self::MAX;

    fn of(target: u32) -> Self {
        target
    }

    fn later(self, time: Time, shift: u32) -> Self {
        // A time too long for the word, shifted, could come out small.
        if time > Self::MAX >> shift { Self::NONE } else { self.saturating_add(time << shift) }
    }
}

impl Word for u64 {
    const NONE: Self = Self::MAX;

    fn of(target: u32) -> Self {
        Self::from(target)
    }

    fn later(self, time: Time, shift: u32) -> Self {
        self.saturating_add(u64::from(time) << shift)
    }
}

/// Least word of every place, from what climbs left in `words`: each place looks at those above it.
fn sweep<W: Word>(climbs: &Climbs, levels: &[u32], words: &mut [W], shift: u32) {
    // Rows follow one another, so a run of places reads its arcs straight on.
    let settle = |start: usize, above: &[W], words: &mut [W]| {
        let ends = &climbs.first[start + 1..=start + words.len()];
        let mut from = climbs.first[start] as usize;
        for (word, end) in words.iter_mut().zip(ends) {
            let row = &climbs.arcs[from..*end as usize];
            *word = row.iter().fold(*word, |best, [to, time]| best.min(above[*to as usize].later(*time, shift)));
            from = *end as usize;
        }
    };
    for level in levels.windows(2) {
        let (start, end) = (level[0] as usize, level[1] as usize);
        let (above, rest) = words.split_at_mut(start);
        let level = &mut rest[..end - start];
        if level.len() < SHARED {
            settle(start, above, level);
        } else {
            let pieces = level.par_chunks_mut(SHARED / 2).enumerate();
            pieces.for_each(|(piece, words)| settle(start + piece * (SHARED / 2), above, words));
        }
    }
}

/// Nearest target within `limit` (tenths of a second) for every node. A target is given by the nodes it is reached from,
/// each with a time to add.
pub fn nearest<'a, T: AsRef<[(NodeId, Time)]>>(hierarchy: &'a Hierarchy, targets: &[T], limit: Time) -> Nearest<'a> {
    let limit = limit.min(FURTHEST);
    let bits = u32::BITS - (targets.len() as u32).leading_zeros();
    let mut words = vec![u32::MAX; hierarchy.len() as usize];
    start(hierarchy, targets, &mut words, bits);
    sweep(&hierarchy.up, &hierarchy.levels, &mut words, bits);
    // What has no narrow word is out of reach, or more than 2^(32 - bits) tenths of a second away: 116 hours for a
    // thousand targets.
    if limit < u32::MAX >> bits || words.par_iter().with_min_len(1 << 16).all(|word| *word != u32::MAX) {
        return Nearest { hierarchy, limit, words: Words::Narrow(words, bits) };
    }
    let mut words = vec![u64::MAX; hierarchy.len() as usize];
    start(hierarchy, targets, &mut words, 32);
    sweep(&hierarchy.up, &hierarchy.levels, &mut words, 32);
    Nearest { hierarchy, limit, words: Words::Wide(words) }
}

/// Gives every place above a target its least word among the ways that only climb: from the least important place up, each
/// passes its word on to those above it.
fn start<W: Word, T: AsRef<[(NodeId, Time)]>>(hierarchy: &Hierarchy, targets: &[T], words: &mut [W], shift: u32) {
    let mut waiting = BinaryHeap::new();
    let offer = |words: &mut [W], waiting: &mut BinaryHeap<Place>, place: Place, word: W| {
        let known = &mut words[place as usize];
        if *known == W::NONE && word != W::NONE {
            waiting.push(place);
        }
        *known = word.min(*known);
    };
    for (target, seeds) in (0..).zip(targets) {
        for (node, time) in seeds.as_ref() {
            offer(words, &mut waiting, hierarchy.places[*node as usize], W::of(target).later(*time, shift));
        }
    }
    while let Some(place) = waiting.pop() {
        let word = words[place as usize];
        for [above, time] in hierarchy.down.row(place) {
            offer(words, &mut waiting, *above, word.later(*time, shift));
        }
    }
}

/// Times from a source (nodes it leaves from, each with a time to add) to every node, by rank; [`NEVER`] where no way leads.
pub fn one_to_all(hierarchy: &Hierarchy, source: &[(NodeId, Time)]) -> Vec<Time> {
    let mut words = vec![u32::MAX; hierarchy.len() as usize];
    let mut climber = hierarchy.climber();
    let seeds = source.iter().map(|(node, time)| (hierarchy.places[*node as usize], *time));
    climber.climb(&hierarchy.up, &hierarchy.down, seeds, FURTHEST, |reached| {
        let known = &mut words[reached.place as usize];
        *known = (*known).min(reached.time);
        FURTHEST
    });
    sweep(&hierarchy.down, &hierarchy.levels, &mut words, 0);
    hierarchy
        .places
        .iter()
        .map(|place| match words[*place as usize] {
            time if time > FURTHEST => NEVER,
            time => time,
        })
        .collect()
}
