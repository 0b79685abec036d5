//! Many to many: times between every source and every target within a limit.
//!
//! Each target climbs once and leaves its times in buckets at the places it meets; each source climbs once and reads the
//! buckets it meets (Knopp et al., 2007). Buckets are sorted by time, so that reading stops at the limit.

use rayon::prelude::*;

use crate::graph::{FURTHEST, NodeId, Time};
use crate::hierarchy::Hierarchy;
use crate::hierarchy::climb::Climber;

/// Sources per piece of parallel work.
const PIECE: usize = 256;

/// Times by source, in compressed rows: 8 bytes a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// `sources + 1` offsets.
    pub first: Vec<u64>,
    /// Targets within the limit, ascending in each row.
    pub targets: Vec<u32>,
    /// Tenths of a second.
    pub times: Vec<Time>,
}

impl Matrix {
    /// Targets and times of a source.
    pub fn row(&self, source: usize) -> impl Iterator<Item = (u32, Time)> + '_ {
        let row = self.first[source] as usize..self.first[source + 1] as usize;
        self.targets[row.clone()].iter().copied().zip(self.times[row].iter().copied())
    }
}

/// A bucket entry. Buckets end where the next begins.
#[derive(Clone, Copy)]
struct Left {
    time: Time,
    target: u32,
}

/// What targets left behind, ready for any number of sources.
pub struct Buckets<'a> {
    hierarchy: &'a Hierarchy,
    limit: Time,
    targets: usize,
    /// Bucket of each place, counted from 1; 0 for none.
    bucket: Vec<u32>,
    first: Vec<u32>,
    left: Vec<Left>,
}

impl<'a> Buckets<'a> {
    /// Lets every target (nodes it is reached from, each with a time to add) leave its times.
    pub fn new<S: AsRef<[(NodeId, Time)]> + Sync>(hierarchy: &'a Hierarchy, targets: &[S], limit: Time) -> Self {
        let limit = limit.min(FURTHEST);
        let mut entries: Vec<(u32, Time, u32)> = targets
            .par_chunks(PIECE)
            .enumerate()
            .map_init(
                || hierarchy.climber(),
                |climber, (piece, targets)| {
                    let mut entries = Vec::new();
                    for (at, seeds) in targets.iter().enumerate() {
                        let target = (piece * PIECE + at) as u32;
                        let seeds = seeds.as_ref().iter().map(|(node, time)| (hierarchy.places[*node as usize], *time));
                        climber.climb(&hierarchy.down, &hierarchy.up, seeds, limit, |reached| {
                            entries.push((reached.place, reached.time, target));
                            limit
                        });
                    }
                    entries
                },
            )
            .reduce(Vec::new, |mut all, mut more| {
                all.append(&mut more);
                all
            });
        entries.par_sort_unstable();
        // Untouched pages of a zeroed array cost nothing, so one word per place is cheaper than a table of the few met.
        let mut bucket = vec![0_u32; hierarchy.len() as usize];
        let mut first = Vec::new();
        let mut last = None;
        for (at, (place, _, _)) in entries.iter().enumerate() {
            if last != Some(*place) {
                last = Some(*place);
                bucket[*place as usize] = first.len() as u32 + 1;
                first.push(at as u32);
            }
        }
        first.push(entries.len() as u32);
        let left = entries.iter().map(|(_, time, target)| Left { time: *time, target: *target }).collect();
        Self { hierarchy, limit, targets: targets.len(), bucket, first, left }
    }

    /// Times left by all targets together: the size of the climbs, which measures the hierarchy without a clock.
    pub fn entries(&self) -> usize {
        self.left.len()
    }

    /// Times from every source (nodes it leaves from, each with a time to add) to every target within the limit.
    pub fn matrix<S: AsRef<[(NodeId, Time)]> + Sync>(&self, sources: &[S]) -> Matrix {
        let pieces: Vec<Matrix> = sources
            .par_chunks(PIECE)
            .map_init(
                || (self.hierarchy.climber(), vec![Time::MAX; self.targets], Vec::<u32>::new()),
                |(climber, best, met), sources| {
                    let mut rows = Matrix { first: vec![0], ..Matrix::default() };
                    for seeds in sources {
                        self.row(seeds.as_ref(), climber, best, met);
                        rows.targets.extend_from_slice(met);
                        rows.times.extend(met.iter().map(|target| best[*target as usize]));
                        rows.first.push(rows.targets.len() as u64);
                        for target in met.drain(..) {
                            best[target as usize] = Time::MAX;
                        }
                    }
                    rows
                },
            )
            .collect();
        let pairs = pieces.iter().map(|piece| piece.targets.len()).sum();
        let mut matrix = Matrix {
            first: Vec::with_capacity(sources.len() + 1),
            targets: Vec::with_capacity(pairs),
            times: Vec::with_capacity(pairs),
        };
        matrix.first.push(0);
        for piece in pieces {
            let base = matrix.targets.len() as u64;
            matrix.first.extend(piece.first[1..].iter().map(|offset| base + offset));
            matrix.targets.extend_from_slice(&piece.targets);
            matrix.times.extend_from_slice(&piece.times);
        }
        matrix
    }

    /// Leaves the targets within the limit in `met`, ascending, and their times in `best`.
    fn row(&self, seeds: &[(NodeId, Time)], climber: &mut Climber, best: &mut [Time], met: &mut Vec<u32>) {
        let hierarchy = self.hierarchy;
        let seeds = seeds.iter().map(|(node, time)| (hierarchy.places[*node as usize], *time));
        climber.climb(&hierarchy.up, &hierarchy.down, seeds, self.limit, |reached| {
            let bucket = self.bucket[reached.place as usize] as usize;
            if bucket > 0 {
                let rest = self.limit - reached.time;
                for left in &self.left[self.first[bucket - 1] as usize..self.first[bucket] as usize] {
                    if left.time > rest {
                        break;
                    }
                    let time = reached.time + left.time;
                    let known = &mut best[left.target as usize];
                    if time < *known {
                        if *known == Time::MAX {
                            met.push(left.target);
                        }
                        *known = time;
                    }
                }
            }
            self.limit
        });
        met.sort_unstable();
    }
}

/// Times between every source and every target, at most `limit`, exact and in the same order whatever the number of threads.
pub fn many_to_many<S, T>(hierarchy: &Hierarchy, sources: &[S], targets: &[T], limit: Time) -> Matrix
where
    S: AsRef<[(NodeId, Time)]> + Sync,
    T: AsRef<[(NodeId, Time)]> + Sync,
{
    Buckets::new(hierarchy, targets, limit).matrix(sources)
}
