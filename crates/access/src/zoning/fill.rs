//! Which units make up a quota of people, the worst first.
//!
//! Every way of filling has the same two properties, tested: the people taken never exceed the room, and a unit that was not
//! taken is not taken either once it comes later in the order (better access never brings a more favoured class).

use super::method::Fill;

/// Bits that the search of the nearest sum may keep at once (64 MB); a larger room shortens the window.
const MOST_BITS: u64 = 1 << 29;

/// How a unit was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// In order, before any that does not fit.
    InOrder,
    /// After a worse one that does not fit.
    Fitted,
}

/// Chooses among units given by their people, the worst first, so that no more than `room` people are taken.
///
/// [`Fill::Exact`] takes units in order until one does not fit; of the `window` following ones that fit alone, it takes the set
/// whose people come nearest to what is left and, between equal sets, the one that holds the worst units. The sum is exact.
pub fn fill(people: &[u64], room: u64, how: Fill) -> Vec<Option<Pick>> {
    let mut picks = vec![None; people.len()];
    let mut left = room;
    let mut next = 0;
    while next < people.len() && people[next] <= left {
        left -= people[next];
        picks[next] = Some(Pick::InOrder);
        next += 1;
    }
    match how {
        Fill::Prefix => {}
        Fill::Greedy => {
            for i in next..people.len() {
                if people[i] <= left {
                    left -= people[i];
                    picks[i] = Some(Pick::Fitted);
                }
            }
        }
        Fill::Exact { window } => {
            let fits = (next..people.len()).filter(|i| people[*i] <= left);
            let candidates: Vec<usize> = fits.take(usize::from(window)).collect();
            let sizes: Vec<u64> = candidates.iter().map(|i| people[*i]).collect();
            for (i, taken) in candidates.into_iter().zip(nearest(&sizes, left)) {
                if taken {
                    picks[i] = Some(Pick::Fitted);
                }
            }
        }
    }
    picks
}

/// The subset whose sum comes nearest to `room` from below; between equal sums, the first in lexicographic order of the units.
fn nearest(sizes: &[u64], room: u64) -> Vec<bool> {
    let mut taken = vec![false; sizes.len()];
    if sizes.iter().sum::<u64>() <= room {
        taken.fill(true);
        return taken;
    }
    let kept = usize::try_from(MOST_BITS / (room + 64)).unwrap_or(usize::MAX).clamp(1, sizes.len());
    let sizes = &sizes[..kept];
    // reach[i]: the sums that units i and later can make, one bit each.
    let words = (room / 64 + 1) as usize;
    let mut reach = vec![vec![0_u64; words]; sizes.len() + 1];
    reach[sizes.len()][0] = 1;
    for i in (0..sizes.len()).rev() {
        let (before, after) = reach.split_at_mut(i + 1);
        let (here, there) = (&mut before[i], &after[0]);
        here.copy_from_slice(there);
        let (shift, bits) = ((sizes[i] / 64) as usize, sizes[i] % 64);
        for word in shift..words {
            let mut moved = there[word - shift] << bits;
            if bits > 0 && word > shift {
                moved |= there[word - shift - 1] >> (64 - bits);
            }
            here[word] |= moved;
        }
    }
    let has = |reach: &[u64], sum: u64| reach[(sum / 64) as usize] >> (sum % 64) & 1 == 1;
    let mut sum = (0..=room).rev().find(|sum| has(&reach[0], *sum)).unwrap_or(0);
    for (i, size) in sizes.iter().enumerate() {
        if *size <= sum && has(&reach[i + 1], sum - size) {
            taken[i] = true;
            sum -= size;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(people: &[u64], picks: &[Option<Pick>]) -> u64 {
        people.iter().zip(picks).filter(|(_, pick)| pick.is_some()).map(|(people, _)| people).sum()
    }

    #[test]
    fn the_three_ways_differ_where_a_unit_does_not_fit() {
        let people = [30, 50, 40, 15, 25, 5];
        let taken = |how| {
            let picks = fill(&people, 72, how);
            (0..people.len()).filter(|i| picks[*i].is_some()).collect::<Vec<_>>()
        };
        assert_eq!(taken(Fill::Prefix), [0]);
        assert_eq!(taken(Fill::Greedy), [0, 2]);
        // 42 are left: 15 + 25 makes 40 as 40 alone does, and nothing makes more than 40; the worse unit wins.
        assert_eq!(taken(Fill::Exact { window: 40 }), [0, 2]);
        assert_eq!(total(&people, &fill(&people, 76, Fill::Exact { window: 40 })), 75);
        assert_eq!(fill(&people, 76, Fill::Exact { window: 1 })[2], Some(Pick::Fitted));
        assert_eq!(total(&people, &fill(&people, 1000, Fill::Prefix)), 165);
        assert_eq!(total(&people, &fill(&people, 4, Fill::Exact { window: 40 })), 0);
        assert!(fill(&[], 10, Fill::Exact { window: 9 }).is_empty());
    }

    proptest! {
        /// Against every subset: the nearest sum below the room, the first in order among equals.
        #[test]
        fn the_exact_way_is_the_best_of_all_subsets(people in prop::collection::vec(0_u64..60, 0..11), room in 0_u64..200) {
            let picks = fill(&people, room, Fill::Exact { window: 200 });
            let mut left = room;
            let mut start = 0;
            while start < people.len() && people[start] <= left { left -= people[start]; start += 1; }
            let tail = &people[start..];
            let sum = |set: u32| (0..tail.len()).filter(|i| set >> i & 1 == 1).map(|i| tail[i]).sum::<u64>();
            let best = (0..1_u32 << tail.len()).map(sum).filter(|sum| *sum <= left).max().unwrap_or(0);
            prop_assert_eq!(total(&people, &picks), room - left + best);
        }

        /// Nothing beyond the room; pushing back a unit that was left out leaves it out.
        #[test]
        fn no_way_exceeds_the_room_nor_rewards_better_access(
            people in prop::collection::vec(0_u64..80, 1..25),
            room in 0_u64..400,
            from in any::<prop::sample::Index>(),
            to in any::<prop::sample::Index>(),
            window in 1_u16..8,
        ) {
            for how in [Fill::Prefix, Fill::Greedy, Fill::Exact { window }] {
                let picks = fill(&people, room, how);
                prop_assert!(total(&people, &picks) <= room);
                let (mut a, mut b) = (from.index(people.len()), to.index(people.len()));
                if a > b { std::mem::swap(&mut a, &mut b); }
                if picks[a].is_none() {
                    let mut later = people.clone();
                    let unit = later.remove(a);
                    later.insert(b, unit);
                    prop_assert_eq!(fill(&later, room, how)[b], None, "{:?}", how);
                }
            }
        }
    }
}
