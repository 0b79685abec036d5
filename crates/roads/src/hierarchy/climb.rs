//! Searches that only climb: from some places to more and more important ones.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::{FURTHEST, Time};

use super::{Climbs, Place};

/// A place reached by a climb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) place: Place,
    pub(crate) time: Time,
}

/// Working memory of climbs over one hierarchy.
///
/// One word per place, not a table of the few hundred met: important places come first, so the words that count lie
/// together, and pages never touched cost nothing. On the New York graph a climb takes half the time it took with a table.
#[derive(Debug)]
pub(crate) struct Climber {
    /// Time plus one at which each place was reached; 0 when it was not.
    times: Vec<Time>,
    touched: Vec<Place>,
    heap: BinaryHeap<Reverse<u64>>,
}

impl Climber {
    /// For a hierarchy of so many places.
    pub(crate) fn new(places: u32) -> Self {
        Self { times: vec![0; places as usize], touched: Vec::new(), heap: BinaryHeap::new() }
    }

    /// Time at which the last climb reached a place.
    pub(crate) fn time(&self, place: Place) -> Option<Time> {
        self.times[place as usize].checked_sub(1)
    }

    fn reach(&mut self, place: Place, time: Time) {
        let known = &mut self.times[place as usize];
        if *known == 0 {
            self.touched.push(place);
        } else if *known <= time + 1 {
            return;
        }
        *known = time + 1;
        self.heap.push(Reverse(u64::from(time) << 32 | u64::from(place)));
    }

    /// Climbs from `seeds` over `climbs`, visiting places by increasing time; `visit` answers with the longest time still
    /// of interest, never more than its last answer.
    ///
    /// `against` holds the arcs the other way: a place that a more important one reaches sooner is not on any shortest
    /// way, and is neither visited nor climbed from (stall on demand).
    pub(crate) fn climb(
        &mut self,
        climbs: &Climbs,
        against: &Climbs,
        seeds: impl IntoIterator<Item = (Place, Time)>,
        mut limit: Time,
        mut visit: impl FnMut(Reached) -> Time,
    ) {
        for place in self.touched.drain(..) {
            self.times[place as usize] = 0;
        }
        self.heap.clear();
        limit = limit.min(FURTHEST);
        for (place, time) in seeds {
            if time <= limit {
                self.reach(place, time);
            }
        }
        // Cut once: a block looks each time at whether it is mapped.
        let (rows, against) = (climbs.rows(), against.rows());
        while let Some(Reverse(entry)) = self.heap.pop() {
            let (time, place) = ((entry >> 32) as Time, entry as Place);
            if time > limit {
                break;
            }
            if self.times[place as usize] <= time {
                continue;
            }
            let stalled = against.of(place).iter().any(|[above, down]| {
                let there = self.times[*above as usize];
                there != 0 && there + down <= time
            });
            if stalled {
                continue;
            }
            limit = limit.min(visit(Reached { place, time }));
            for [above, up] in rows.of(place) {
                let reached = time + up;
                if reached <= limit {
                    self.reach(*above, reached);
                }
            }
        }
    }

    /// The place below `place` on the way the last climb took to it over `climbs`, `None` at a seed. Looked for among the
    /// places the climb touched: only the few on a way that is shown are ever asked for.
    pub(crate) fn below(&self, climbs: &Climbs, place: Place) -> Option<Place> {
        let time = self.time(place)?;
        let mut below: Vec<Place> = self.touched.iter().copied().filter(|other| *other > place).collect();
        below.sort_unstable();
        below.into_iter().find(|other| {
            let there = self.times[*other as usize] - 1;
            climbs
                .row(*other)
                .binary_search_by_key(&place, |arc| arc[0])
                .is_ok_and(|at| there + climbs.row(*other)[at][1] == time)
        })
    }
}
