//! Every set of a small instance, tried: the answer is the best of them, and bounds are above it.

use pacte_siting::{Effort, Instance, Limit, solve};
use proptest::prelude::*;

/// Sites, points, and what is imposed on them.
#[derive(Clone, Debug)]
pub(crate) struct Small {
    pub(crate) weights: Vec<u64>,
    pub(crate) rows: Vec<Vec<(u32, u32)>>,
    pub(crate) costs: Vec<u64>,
    pub(crate) base: Vec<u32>,
    pub(crate) forced: Option<u32>,
    pub(crate) forbidden: Option<u32>,
    pub(crate) existing: Option<u32>,
}

impl Small {
    pub(crate) fn instance(&self) -> Instance {
        let listed = |one: Option<u32>| one.into_iter().collect::<Vec<_>>();
        Instance::new(self.weights.clone(), self.rows.clone())
            .unwrap()
            .already(&self.base)
            .unwrap()
            .existing(&listed(self.existing))
            .unwrap()
            .with_costs(self.costs.clone())
            .unwrap()
            .forcing(&listed(self.forced))
            .unwrap()
            .forbidding(&listed(self.forbidden))
            .unwrap()
    }

    /// Every set within the limit that keeps what is imposed and leaves out what is forbidden.
    pub(crate) fn sets(&self, limit: Limit) -> Vec<Vec<u32>> {
        let n = self.rows.len() as u32;
        (0..1_u32 << n)
            .map(|mask| (0..n).filter(|site| mask >> site & 1 == 1).collect::<Vec<u32>>())
            .filter(|set| limit.sites.is_none_or(|k| set.len() <= k as usize))
            .filter(|set| {
                let cost: u64 = set.iter().map(|site| self.costs[*site as usize]).sum();
                limit.budget.is_none_or(|budget| cost <= budget)
            })
            .filter(|set| self.forced.is_none_or(|site| set.contains(&site)))
            .filter(|set| !set.iter().any(|site| Some(*site) == self.forbidden || Some(*site) == self.existing))
            .collect()
    }
}

/// Instances of at most `sites` sites; scores from 1 to `most`.
pub(crate) fn small(sites: usize, points: usize, most: u32) -> impl Strategy<Value = Small> {
    (2..=sites, 1..=points).prop_flat_map(move |(sites, points)| {
        let pair = (0..points as u32, 1..=most);
        (
            prop::collection::vec(0..50_u64, points),
            prop::collection::vec(prop::collection::vec(pair, 0..6), sites),
            prop::collection::vec(1..20_u64, sites),
            prop::collection::vec(prop_oneof![3 => Just(0), 1 => 0..=most], points),
            prop::option::weighted(0.3, 0..sites as u32),
            prop::option::weighted(0.3, 0..sites as u32),
            prop::option::weighted(0.2, 0..sites as u32),
        )
            .prop_map(|(weights, rows, costs, base, forced, forbidden, existing)| Small {
                weights,
                rows,
                costs,
                base,
                forbidden: forbidden.filter(|site| Some(*site) != forced),
                existing: existing.filter(|site| Some(*site) != forced),
                forced,
            })
    })
}

fn check(small: &Small, limit: Limit) -> Result<(), TestCaseError> {
    let instance = small.instance();
    let sets = small.sets(limit);
    let best = sets.iter().map(|set| instance.gain(set)).max();
    for effort in [Effort::exact(20.0), Effort::fast(20.0)] {
        let Ok(answer) = solve(&instance, limit, &effort) else {
            // Refused: then no set keeps to the limits, or none opens anything.
            prop_assert!(limit.sites.is_some_and(|k| k as usize > usable(small)) || sets.iter().all(Vec::is_empty));
            return Ok(());
        };
        let chosen: Vec<u32> = answer.sites.iter().map(|site| site.site).collect();
        let mut sorted = chosen.clone();
        sorted.sort_unstable();
        prop_assert!(sets.contains(&sorted), "{chosen:?} is not allowed");
        prop_assert_eq!(instance.gain(&chosen), answer.gain, "the gain is that of the set");
        prop_assert!(answer.gain >= answer.greedy, "never worse than greedy");
        prop_assert!(answer.bound >= best.unwrap(), "the bound {} is above the optimum {best:?}", answer.bound);
        prop_assert_eq!(answer.sites.iter().map(|site| site.gain).sum::<u64>(), answer.gain, "gains add up");
        for site in &answer.sites {
            let others: Vec<u32> = chosen.iter().copied().filter(|other| *other != site.site).collect();
            prop_assert_eq!(answer.gain - instance.gain(&others), site.loss);
            prop_assert_eq!(instance.gain(&[site.site]), site.alone);
            let brought: u64 = site.brought.iter().map(|one| one.weight * u64::from(one.to - one.from)).sum();
            prop_assert_eq!(brought, site.gain);
        }
        for step in &answer.curve {
            prop_assert!(step.gain <= step.bound);
            if limit.budget.is_none() {
                let within = sets.iter().filter(|set| set.len() <= step.sites as usize);
                let most = within.map(|set| instance.gain(set)).max();
                prop_assert!(most.is_none_or(|most| most <= step.bound), "{step:?} for {most:?}");
            }
        }
        let bounds: Vec<u64> = answer.curve.iter().map(|step| step.bound).collect();
        prop_assert!(bounds.is_sorted(), "what more sites cannot reach, fewer cannot: {bounds:?}");
        if answer.proven {
            prop_assert_eq!(answer.gain, best.unwrap());
        }
        prop_assert!(!effort.exact || answer.proven, "so few sites are always proven");
    }
    Ok(())
}

fn usable(small: &Small) -> usize {
    let barred = [small.forbidden, small.existing];
    (0..small.rows.len() as u32).filter(|site| !barred.contains(&Some(*site))).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cover_is_the_best_of_all_sets(small in small(10, 12, 1), k in 1..6_u32) {
        check(&small, Limit::sites(k))?;
    }

    #[test]
    fn p_median_is_the_best_of_all_sets(small in small(9, 12, 40), k in 1..6_u32) {
        check(&small, Limit::sites(k))?;
    }

    #[test]
    fn budgets_are_kept_and_used_best(small in small(9, 10, 3), budget in 1..60_u64, k in prop::option::of(1..5_u32)) {
        let limit = Limit { sites: k, budget: Some(budget) };
        let forced = small.forced.map_or(0, |site| small.costs[site as usize]);
        prop_assume!(forced <= budget);
        check(&small, limit)?;
    }
}
