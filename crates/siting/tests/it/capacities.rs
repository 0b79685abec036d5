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

/// Instances where prices leave a gap are closed by mixed-integer programming, and what it finds is the best of all sets.
#[cfg(feature = "exact")]
#[test]
fn mixed_integer_programming_closes_what_prices_leave_open() {
    use pacte_siting::{Instance, Method};

    // A linear congruential generator: the same instances everywhere.
    let mut state = 2_026_u64;
    let mut draw = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let mut by_programming = 0;
    for _ in 0..12 {
        let (points, sites, k) = (40, 12, 4);
        let weights: Vec<u64> = (0..points).map(|_| 1 + draw(200)).collect();
        let rows: Vec<Vec<(u32, u32)>> =
            (0..sites).map(|_| (0..points as u32).filter(|_| draw(4) == 0).map(|point| (point, 1)).collect()).collect();
        let room: Vec<u64> = (0..sites).map(|_| 200 + draw(500)).collect();
        let instance = Instance::new(weights, rows).unwrap().with_capacities(room).unwrap();
        let answer = solve(&instance, Limit::sites(k), &Effort::exact(20.0)).unwrap();
        let sets = (0..1_u32 << sites).filter(|mask| mask.count_ones() == k);
        let best = sets
            .map(|mask| (0..sites as u32).filter(|site| mask >> site & 1 == 1).collect::<Vec<_>>())
            .map(|set| capacity::served(&instance, &set))
            .max();
        assert!(answer.proven, "{answer:?}");
        assert_eq!(Some(answer.gain), best);
        by_programming += u32::from(answer.method == Method::MixedInteger);
    }
    assert!(by_programming > 0, "prices alone closed every instance: make them harder");
}
