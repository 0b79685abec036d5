//! The nearest of some targets for every node: one pass over the hierarchy from the top down.

use rayon::prelude::*;

use crate::graph::{FURTHEST, NEVER, NodeId, Time};
use crate::hierarchy::{Climbs, Hierarchy};

/// Levels smaller than this are swept on one thread: handing them out would cost more.
const SHARED: usize = 1 << 13;

/// Nearest target and time to it, for every place of the hierarchy.
#[derive(Clone, Debug)]
pub struct Nearest<'a> {
    hierarchy: &'a Hierarchy,
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
        match &self.words {
            Words::Narrow(words, bits) => {
                let word = words[place];
                (word != u32::MAX).then_some((word & ((1 << bits) - 1), word >> bits))
            }
            Words::Wide(words) => {
                let word = words[place];
                (word != u64::MAX).then_some((word as u32, (word >> 32) as Time))
            }
        }
    }
}

/// A time and what it leads to, in one number whose order is that of times first.
trait Word: Copy + Ord + Send + Sync {
    const NONE: Self;
    fn later(self, time: Time, shift: u32) -> Self;
}

impl Word for u32 {
    const NONE: Self = Self::MAX;
    fn later(self, time: Time, shift: u32) -> Self {
        // A time too long for the word, shifted, could come out small.
        if time > Self::MAX >> shift { Self::NONE } else { self.saturating_add(time << shift) }
    }
}

impl Word for u64 {
    const NONE: Self = Self::MAX;
    fn later(self, time: Time, shift: u32) -> Self {
        self.saturating_add(u64::from(time) << shift)
    }
}

/// Least word of every place, from what climbs left in `words`: each place looks at those above it.
fn sweep<W: Word>(climbs: &Climbs, levels: &[u32], words: &mut [W], shift: u32) {
    let settle = |place: usize, above: &[W], own: W| {
        climbs.row(place as u32).iter().fold(own, |best, [to, time]| best.min(above[*to as usize].later(*time, shift)))
    };
    for level in levels.windows(2) {
        let (start, end) = (level[0] as usize, level[1] as usize);
        let (above, rest) = words.split_at_mut(start);
        let level = &mut rest[..end - start];
        if level.len() < SHARED {
            for (at, word) in level.iter_mut().enumerate() {
                *word = settle(start + at, above, *word);
            }
        } else {
            level.par_chunks_mut(SHARED / 2).enumerate().for_each(|(piece, words)| {
                let base = start + piece * (SHARED / 2);
                for (at, word) in words.iter_mut().enumerate() {
                    *word = settle(base + at, above, *word);
                }
            });
        }
    }
}

/// Nearest target within `limit` (tenths of a second) for every node. A target is given by the nodes it is reached from,
/// each with a time to add.
pub fn nearest<'a, T: AsRef<[(NodeId, Time)]>>(hierarchy: &'a Hierarchy, targets: &[T], limit: Time) -> Nearest<'a> {
    let bits = u32::BITS - (targets.len() as u32).leading_zeros();
    let words = if u64::from(limit) + 1 < 1 << (32 - bits) {
        let mut words = vec![u32::MAX; hierarchy.len() as usize];
        start(hierarchy, targets, limit, &mut words, |target, time| time << bits | target);
        sweep(&hierarchy.up, &hierarchy.levels, &mut words, bits);
        let beyond = (limit + 1) << bits;
        words.par_iter_mut().with_min_len(1 << 16).for_each(|word| {
            if *word >= beyond {
                *word = u32::MAX;
            }
        });
        Words::Narrow(words, bits)
    } else {
        let mut words = vec![u64::MAX; hierarchy.len() as usize];
        start(hierarchy, targets, limit, &mut words, |target, time| u64::from(time) << 32 | u64::from(target));
        sweep(&hierarchy.up, &hierarchy.levels, &mut words, 32);
        let beyond = (u64::from(limit) + 1) << 32;
        words.par_iter_mut().with_min_len(1 << 16).for_each(|word| {
            if *word >= beyond {
                *word = u64::MAX;
            }
        });
        Words::Wide(words)
    };
    Nearest { hierarchy, words }
}

/// Lets every target climb and leave its word where it is the least.
fn start<W: Word, T: AsRef<[(NodeId, Time)]>>(
    hierarchy: &Hierarchy,
    targets: &[T],
    limit: Time,
    words: &mut [W],
    word: impl Fn(u32, Time) -> W,
) {
    let mut climber = hierarchy.climber();
    for (target, seeds) in targets.iter().enumerate() {
        let seeds = seeds.as_ref().iter().map(|(node, time)| (hierarchy.places[*node as usize], *time));
        climber.climb(&hierarchy.down, &hierarchy.up, seeds, limit, |reached| {
            let known = &mut words[reached.place as usize];
            *known = (*known).min(word(target as u32, reached.time));
            limit
        });
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
