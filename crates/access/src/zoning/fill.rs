//! Which units make up a quota of people, the worst first.
//!
//! Every way of filling has the same two properties, tested: the people taken never exceed the room, and a unit that was not
//! taken is not taken either once it comes later in the order (better access never brings a more favoured class).

use super::method::Fill;

/// What a quota does with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Taken, and every worse unit with it.
    InOrder,
    /// Taken after a worse one that was not.
    Fitted,
    /// Not taken, where a better served one is.
    PassedOver,
    /// Not taken, and no better served one is.
    Beyond,
}

impl Pick {
    /// Whether the unit is in the quota.
    pub const fn taken(self) -> bool {
        matches!(self, Self::InOrder | Self::Fitted)
    }
}

/// Chooses among units given by their people, the worst first, so that no more than `room` people are taken.
///
/// [`Fill::Exact`] goes no further down the order than it must: of the shortest start of the order in which some set of units
/// makes the room to the last person, it takes the set that keeps the worst units. Where no set makes it, the nearest from below
/// among all units, again with the worst ones. A unit larger than the room never counts.
pub fn fill(people: &[u64], room: u64, how: Fill) -> Vec<Pick> {
    let taken = match how {
        Fill::Prefix => in_turn(people, room, true),
        Fill::Greedy => in_turn(people, room, false),
        Fill::Exact => exact(people, room),
    };
    let first_out = taken.iter().position(|taken| !taken).unwrap_or(taken.len());
    let end = taken.iter().rposition(|taken| *taken).map_or(0, |last| last + 1);
    let pick = |(i, taken): (usize, &bool)| match taken {
        true if i < first_out => Pick::InOrder,
        true => Pick::Fitted,
        false if i < end => Pick::PassedOver,
        false => Pick::Beyond,
    };
    taken.iter().enumerate().map(pick).collect()
}

/// Units one after another, as long as they fit; the first that does not ends the filling, or is skipped.
fn in_turn(people: &[u64], room: u64, stop: bool) -> Vec<bool> {
    let mut left = room;
    let mut taken = vec![false; people.len()];
    for (taken, people) in taken.iter_mut().zip(people) {
        if *people <= left {
            left -= people;
            *taken = true;
        } else if stop {
            break;
        }
    }
    taken
}

/// The search is for the units to leave out, whose people are few near the end of the quota: room taken from everybody up to there.
fn exact(people: &[u64], room: u64) -> Vec<bool> {
    let fitting: Vec<usize> = (0..people.len()).filter(|i| people[*i] <= room).collect();
    let sizes: Vec<u64> = fitting.iter().map(|i| people[*i]).collect();
    let mut taken = vec![false; people.len()];
    let (end, mut out) = shortest_start(&sizes, room);
    for i in &fitting[..end] {
        taken[*i] = true;
    }
    // Of the sets to leave out, the one whose first unit comes last, and so on: the worst units stay.
    let latest = latest_starts(&sizes[..end], out);
    while out > 0 {
        let i = latest[out as usize] as usize;
        taken[fitting[i]] = false;
        out -= sizes[i];
    }
    taken
}

/// How many units, in order, to choose among, and how many of their people to leave out.
fn shortest_start(sizes: &[u64], room: u64) -> (usize, u64) {
    if room == 0 {
        return (0, 0);
    }
    let mut sum = 0;
    let mut sums: Option<Sums> = None;
    for (i, size) in sizes.iter().enumerate() {
        sum += size;
        if let Some(sums) = &mut sums {
            sums.add(*size, |_| {});
        }
        let Some(excess) = sum.checked_sub(room) else { continue };
        if sums.as_ref().is_none_or(|sums| sums.most < excess) {
            // Twice as many as needed now, so that they are seldom counted again.
            sums = Some(Sums::of(&sizes[..=i], 2 * excess));
        }
        if sums.as_ref().is_some_and(|sums| sums.has(excess)) {
            return (i + 1, excess);
        }
    }
    let Some(excess) = sum.checked_sub(room) else { return (sizes.len(), 0) };
    // Leaving units out one by one passes the excess by less than the largest of them.
    let most = excess + sizes.iter().max().copied().unwrap_or(0);
    let sums = Sums::of(sizes, most);
    (sizes.len(), (excess..=most).find(|out| sums.has(*out)).unwrap_or(sum))
}

/// For each number of people up to `most`, the last unit from which on some set of units makes it.
fn latest_starts(sizes: &[u64], most: u64) -> Vec<u32> {
    let mut latest = vec![0; most as usize + 1];
    let mut sums = Sums::none(most);
    for (i, size) in sizes.iter().enumerate().rev() {
        sums.add(*size, |sum| latest[sum] = i as u32);
        if sums.has(most) {
            break;
        }
    }
    latest
}

/// Numbers of people, up to the `most`, that sets of units make: one bit each.
struct Sums {
    bits: Vec<u64>,
    most: u64,
}

impl Sums {
    fn none(most: u64) -> Self {
        let mut bits = vec![0; (most / 64 + 1) as usize];
        bits[0] = 1;
        Self { bits, most }
    }

    fn of(sizes: &[u64], most: u64) -> Self {
        let mut sums = Self::none(most);
        for size in sizes {
            sums.add(*size, |_| {});
        }
        sums
    }

    fn has(&self, sum: u64) -> bool {
        self.bits[(sum / 64) as usize] >> (sum % 64) & 1 == 1
    }

    /// Adds a unit; `new` is told each sum that could not be made before.
    fn add(&mut self, size: u64, mut new: impl FnMut(usize)) {
        let (shift, bits) = ((size / 64) as usize, size % 64);
        // From the top, so that a word is read before it is written.
        for word in (shift..self.bits.len()).rev() {
            let mut moved = self.bits[word - shift] << bits;
            if bits > 0 && word > shift {
                moved |= self.bits[word - shift - 1] >> (64 - bits);
            }
            if word == self.bits.len() - 1 {
                moved &= u64::MAX >> (63 - self.most % 64);
            }
            let mut fresh = moved & !self.bits[word];
            self.bits[word] |= moved;
            while fresh > 0 {
                new(word * 64 + fresh.trailing_zeros() as usize);
                fresh &= fresh - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WAYS: [Fill; 3] = [Fill::Prefix, Fill::Greedy, Fill::Exact];

    fn chosen(people: &[u64], room: u64, how: Fill) -> Vec<usize> {
        let picks = fill(people, room, how);
        (0..people.len()).filter(|i| picks[*i].taken()).collect()
    }

    fn total(people: &[u64], room: u64, how: Fill) -> u64 {
        chosen(people, room, how).iter().map(|i| people[*i]).sum()
    }

    #[test]
    fn the_three_ways_differ_where_a_unit_does_not_fit() {
        let people = [30, 50, 40, 15, 25, 5];
        assert_eq!(chosen(&people, 72, Fill::Prefix), [0]);
        assert_eq!(chosen(&people, 72, Fill::Greedy), [0, 2]);
        // Multiples of 5 make no 72: 70 is the nearest, and 30 + 40 keeps the worst units.
        assert_eq!(chosen(&people, 72, Fill::Exact), [0, 2]);
        // 30 + 50 + 40 less 30 would go no further than the third unit, but 75 cannot be made there.
        assert_eq!(chosen(&people, 75, Fill::Exact), [1, 4]);
        assert_eq!(chosen(&people, 90, Fill::Exact), [1, 2]);
        assert_eq!(total(&people, 1000, Fill::Exact), 165);
        assert_eq!(total(&people, 4, Fill::Exact), 0);
        assert!(fill(&[], 10, Fill::Exact).is_empty());
        assert_eq!(
            fill(&people, 72, Fill::Greedy),
            [Pick::InOrder, Pick::PassedOver, Pick::Fitted, Pick::Beyond, Pick::Beyond, Pick::Beyond]
        );
    }

    #[test]
    fn a_start_is_given_back_when_nothing_fills_the_rest() {
        // 10 of 12 are taken at once and nothing of 2 people follows: the second unit gives way to one of 7.
        assert_eq!(chosen(&[5, 5, 9, 7, 8], 12, Fill::Exact), [0, 3]);
    }

    proptest! {
        /// Against every subset: the shortest start of the order, then the set that keeps the worst units.
        #[test]
        fn the_exact_way_is_the_best_of_all_subsets(people in prop::collection::vec(0_u64..60, 0..11), room in 0_u64..200) {
            let sum = |set: u32| (0..people.len()).filter(|i| set >> i & 1 == 1).map(|i| people[i]).sum::<u64>();
            let all = || (0..1_u32 << people.len()).filter(|set| sum(*set) <= room);
            let best = all().map(sum).max().unwrap_or(0);
            let sets: Vec<u32> = all().filter(|set| sum(*set) == best).collect();
            let length = |set: u32| 32 - set.leading_zeros();
            let shortest = sets.iter().map(|set| length(*set)).min().unwrap_or(0);
            let end = if best == room { shortest } else { people.len() as u32 };
            // Units from the worst on, as digits: the greatest number keeps the worst.
            let expected = sets.into_iter().filter(|set| length(*set) <= end).max_by_key(|set| set.reverse_bits());
            // Places where nobody lives change no sum: they are kept when the start holds them.
            prop_assert_eq!(chosen(&people, room, Fill::Exact).into_iter().map(|i| 1 << i).sum::<u32>(), expected.unwrap_or(0));
        }

        /// Nothing beyond the room; pushing back a unit that was left out leaves it out.
        #[test]
        fn no_way_exceeds_the_room_nor_rewards_better_access(
            people in prop::collection::vec(0_u64..80, 1..25),
            room in 0_u64..400,
            from in any::<prop::sample::Index>(),
            to in any::<prop::sample::Index>(),
        ) {
            for how in WAYS {
                let picks = fill(&people, room, how);
                prop_assert!(total(&people, room, how) <= room);
                let (mut a, mut b) = (from.index(people.len()), to.index(people.len()));
                if a > b { std::mem::swap(&mut a, &mut b); }
                if !picks[a].taken() {
                    let mut later = people.clone();
                    let unit = later.remove(a);
                    later.insert(b, unit);
                    prop_assert!(!fill(&later, room, how)[b].taken(), "{:?}", how);
                }
            }
        }

        /// Sizes of communes make almost any sum: the quota is reached to the last person, not far past where the order first fills it.
        #[test]
        fn many_units_make_any_room(people in prop::collection::vec(20_u64..9000, 60..200), share in 0.02_f64..0.6) {
            let room = (people.iter().sum::<u64>() as f64 * share) as u64;
            prop_assume!(people.iter().filter(|people| **people <= room).count() > 40);
            prop_assert_eq!(total(&people, room, Fill::Exact), room);
        }
    }
}
