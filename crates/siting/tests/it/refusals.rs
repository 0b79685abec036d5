//! What cannot be answered is said with what would make it possible.

use pacte_siting::{Effort, Instance, Limit, SitingError, solve};

fn instance() -> Instance {
    Instance::new(vec![10, 20, 30], vec![vec![(0, 1)], vec![(1, 1)], vec![(1, 1), (2, 1)], vec![]]).unwrap()
}

#[test]
fn impossible_limits_are_explained() {
    let ask = |instance: &Instance, limit| solve(instance, limit, &Effort::default()).unwrap_err();
    let more = ask(&instance().forbidding(&[0]).unwrap(), Limit::sites(4));
    assert_eq!(more, SitingError::TooManySites { asked: 4, candidates: 3, forbidden: 1 });
    assert!(more.to_string().contains("demandez 3 sites au plus"), "{more}");
    let forced = instance().forcing(&[0, 1]).unwrap();
    assert_eq!(ask(&forced, Limit::sites(1)), SitingError::TooManyForced { forced: 2, sites: 1 });
    assert_eq!(ask(&forced, Limit::budget(1)), SitingError::ForcedTooDear { cost: 2, budget: 1 });
    assert_eq!(ask(&forced.forbidding(&[1]).unwrap(), Limit::sites(3)), SitingError::ForcedAndForbidden { site: 1 });
    let dear = instance().with_costs(vec![5; 4]).unwrap();
    assert_eq!(ask(&dear, Limit::budget(4)), SitingError::BudgetTooSmall { budget: 4, cheapest: 5 });
    assert_eq!(ask(&dear, Limit::default()), SitingError::NoLimit);
    assert_eq!(ask(&dear, Limit::sites(0)), SitingError::NoSite);
}

#[test]
fn malformed_instances_are_refused() {
    assert!(matches!(Instance::new(vec![1], vec![vec![(1, 1)]]), Err(SitingError::Unknown { rank: 1, count: 1, .. })));
    assert!(matches!(Instance::new(vec![u64::MAX], vec![vec![(0, 2)]]), Err(SitingError::TooLarge { .. })));
    assert!(matches!(instance().already(&[0]), Err(SitingError::Length { found: 1, expected: 3, .. })));
    assert!(matches!(instance().forcing(&[9]), Err(SitingError::Unknown { rank: 9, .. })));
    let graded = Instance::new(vec![1], vec![vec![(0, 2)]]).unwrap();
    assert_eq!(graded.with_capacities(vec![1]).unwrap_err(), SitingError::GradedCapacities);
}

#[test]
fn useless_sites_are_not_opened() {
    let answer = solve(&instance(), Limit::sites(4), &Effort::default()).unwrap();
    assert_eq!(answer.gain, 60);
    assert_eq!(answer.sites.iter().map(|site| site.site).collect::<Vec<_>>(), [2, 0], "the others add nobody");
    assert!(answer.proven);
}
