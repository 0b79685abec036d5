//! Searches that only climb: from some places to more and more important ones.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::{FURTHEST, NEVER, Time};

use super::{Climbs, Place};

/// A place reached by a climb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) place: Place,
    pub(crate) time: Time,
    /// Place below it on the way; itself at the start.
    pub(crate) from: Place,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    place: Place,
    climb: u32,
    time: Time,
    from: Place,
}

/// Working memory of climbs: a small table of places, since a climb meets some hundreds out of millions.
pub(crate) struct Climber {
    slots: Vec<Slot>,
    climb: u32,
    reached: usize,
    heap: BinaryHeap<Reverse<u64>>,
}

impl Default for Climber {
    fn default() -> Self {
        Self { slots: vec![Slot::default(); 1 << 10], climb: 0, reached: 0, heap: BinaryHeap::new() }
    }
}

impl Climber {
    fn slot(&self, place: Place) -> (usize, bool) {
        let mask = self.slots.len() - 1;
        let mut at = (u64::from(place).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.climb != self.climb {
                return (at, false);
            }
            if slot.place == place {
                return (at, true);
            }
            at = (at + 1) & mask;
        }
    }

    fn reach(&mut self, place: Place, time: Time, from: Place) {
        let (mut at, known) = self.slot(place);
        if known {
            if self.slots[at].time <= time {
                return;
            }
        } else {
            self.reached += 1;
            if self.reached * 2 > self.slots.len() {
                self.grow();
                at = self.slot(place).0;
            }
        }
        self.slots[at] = Slot { place, climb: self.climb, time, from };
        self.heap.push(Reverse(u64::from(time) << 32 | u64::from(place)));
    }

    fn grow(&mut self) {
        let doubled = vec![Slot::default(); self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, doubled);
        for slot in old.into_iter().filter(|slot| slot.climb == self.climb) {
            let (at, _) = self.slot(slot.place);
            self.slots[at] = slot;
        }
    }

    /// Time at which the last climb reached a place, and the place below; `None` when it did not.
    pub(crate) fn at(&self, place: Place) -> Option<Reached> {
        let (at, known) = self.slot(place);
        let slot = self.slots[at];
        known.then_some(Reached { place, time: slot.time, from: slot.from })
    }

    fn time(&self, place: Place) -> Time {
        let (at, known) = self.slot(place);
        if known { self.slots[at].time } else { NEVER }
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
        self.climb = self.climb.wrapping_add(1);
        if self.climb == 0 {
            self.slots.fill(Slot::default());
            self.climb = 1;
        }
        self.reached = 0;
        self.heap.clear();
        limit = limit.min(FURTHEST);
        for (place, time) in seeds {
            if time <= limit {
                self.reach(place, time, place);
            }
        }
        while let Some(Reverse(entry)) = self.heap.pop() {
            let (time, place) = ((entry >> 32) as Time, entry as Place);
            if time > limit {
                break;
            }
            let (at, _) = self.slot(place);
            if self.slots[at].time < time {
                continue;
            }
            if against.row(place).iter().any(|[above, down]| {
                let there = self.time(*above);
                there != NEVER && there + down < time
            }) {
                continue;
            }
            limit = limit.min(visit(Reached { place, time, from: self.slots[at].from }));
            for [above, up] in climbs.row(place) {
                let reached = time + up;
                if reached <= limit {
                    self.reach(*above, reached, place);
                }
            }
        }
    }
}
