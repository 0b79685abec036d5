//! Places that serve only so many, against a largest flow worked out another way.

use pacte_siting::{Effort, Limit, capacity, solve};
use proptest::prelude::*;

use crate::brute::{Small, small};

/// Weight served by a set, by cutting: the least, over the points given up, of their weight and of the room of the
/// sites next to the others (Ford and Fulkerson).
fn by_cuts(small: &Small, capacities: &[u64], set: &[u32]) -> u64 {
    let points: Vec<u32> = (0..small.weights.len() as u32)
        .filter(|point| small.base[*point as usize] == 0)
        .filter(|point| {
            let row = |site: u32| small.rows[site as usize].iter().any(|(other, _)| other == point);
            !small.existing.is_some_and(row)
        })
        .collect();
    (0..1_u32 << points.len())
        .map(|mask| {
            let kept: Vec<u32> = (0..points.len()).filter(|i| mask >> i & 1 == 1).map(|i| points[i]).collect();
            let cut: u64 =
                points.iter().filter(|point| !kept.contains(point)).map(|point| small.weights[*point as usize]).sum();
            let near = |site: &&u32| small.rows[**site as usize].iter().any(|(point, _)| kept.contains(point));
            cut + set.iter().filter(near).map(|site| capacities[*site as usize]).sum::<u64>()
        })
        .min()
        .unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn capacities_are_kept_and_used_best(
        small in small(7, 7, 1),
        room in prop::collection::vec(0..60_u64, 7),
        k in 1..5_u32,
    ) {
        let capacities: Vec<u64> = room[..small.rows.len()].to_vec();
        let instance = small.instance().with_capacities(capacities.clone()).unwrap();
        let sets = small.sets(Limit::sites(k));
        for set in &sets {
            prop_assert_eq!(capacity::served(&instance, set), by_cuts(&small, &capacities, set), "{:?}", set);
        }
        let best = sets.iter().map(|set| capacity::served(&instance, set)).max();
        let Ok(answer) = solve(&instance, Limit::sites(k), &Effort::exact(10.0)) else { return Ok(()) };
        let chosen: Vec<u32> = answer.sites.iter().map(|site| site.site).collect();
        prop_assert_eq!(capacity::served(&instance, &chosen), answer.gain);
        prop_assert!(answer.gain >= answer.greedy);
        prop_assert!(answer.bound >= best.unwrap(), "{} under {best:?}", answer.bound);
        if answer.proven {
            prop_assert_eq!(answer.gain, best.unwrap());
        }
        for site in &answer.sites {
            let served: u64 = site.brought.iter().map(|one| one.weight).sum();
            prop_assert_eq!(served, site.gain);
        }
    }
}
