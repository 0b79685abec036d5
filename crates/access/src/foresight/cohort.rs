//! What becomes of a group of practitioners, age by age.

use crate::ages::{FIRST_AGE, LAST_AGE};

/// A group over the years: index 0 is the base.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
    /// Those in practice at the end of each year; one more value than there are steps.
    pub(super) stock: Vec<f64>,
    /// Those who leave between a year and the next.
    pub(super) exits: Vec<f64>,
    /// Those who arrive between a year and the next.
    pub(super) entries: Vec<f64>,
    /// What those in practice do, hours of the base.
    pub(super) work: Vec<f64>,
}

/// Follows a group, one value an age from [`FIRST_AGE`], with nobody arriving. `hazard` is the probability of leaving in the
/// year at an age; nobody practises past [`LAST_AGE`].
pub(super) fn survive(heads: &[f64], activity: &[f64], hazard: &dyn Fn(u32) -> f64, steps: usize) -> Curve {
    let mut heads = heads.to_vec();
    let hazards: Vec<f64> = (FIRST_AGE..=LAST_AGE).map(|age| if age == LAST_AGE { 1.0 } else { hazard(age) }).collect();
    let work = |heads: &[f64]| heads.iter().zip(activity).map(|(heads, activity)| heads * activity).sum::<f64>();
    let mut curve = Curve {
        stock: vec![heads.iter().sum()],
        exits: Vec::with_capacity(steps),
        entries: vec![0.0; steps],
        work: vec![work(&heads)],
    };
    for _ in 0..steps {
        curve.exits.push(heads.iter().zip(&hazards).map(|(heads, hazard)| heads * hazard).sum());
        for age in (1..heads.len()).rev() {
            heads[age] = heads[age - 1] * (1.0 - hazards[age - 1]);
        }
        heads[0] = 0.0;
        curve.stock.push(heads.iter().sum());
        curve.work.push(work(&heads));
    }
    curve
}

/// One practitioner arriving at an age.
pub(super) fn arrive(age: u32, activity: &[f64], hazard: &dyn Fn(u32) -> f64, steps: usize) -> Curve {
    let mut heads = vec![0.0; activity.len()];
    heads[(age.clamp(FIRST_AGE, LAST_AGE) - FIRST_AGE) as usize] = 1.0;
    survive(&heads, activity, hazard, steps)
}

/// Those arrived since the base: `arrivals[t]` come in the course of year `t` and are in practice at its end. `entry` is what
/// becomes of one of them.
pub(super) fn accumulate(arrivals: &[f64], entry: &Curve, steps: usize) -> Curve {
    let sum = |of: &[f64], at: usize| (0..at).map(|year| arrivals[year] * of[at - 1 - year]).sum::<f64>();
    Curve {
        stock: (0..=steps).map(|at| sum(&entry.stock, at)).collect(),
        exits: (0..steps).map(|at| sum(&entry.exits, at)).collect(),
        entries: arrivals.to_vec(),
        work: (0..=steps).map(|at| sum(&entry.work, at)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AGES: usize = (LAST_AGE - FIRST_AGE + 1) as usize;

    #[test]
    fn a_cohort_of_known_ages_leaves_when_it_must() {
        let mut heads = vec![0.0; AGES];
        heads[(64 - FIRST_AGE) as usize] = 10.0;
        let hazard = |age: u32| if age == 65 { 0.5 } else { 0.0 };
        let curve = survive(&heads, &vec![1.0; AGES], &hazard, 20);
        assert_eq!(curve.stock[..3], [10.0, 10.0, 5.0]);
        assert_eq!(curve.exits[..2], [0.0, 5.0]);
        assert_eq!(curve.stock[15], 5.0, "at 79 they still practise");
        assert_eq!(curve.stock[16], 0.0, "at 80 nobody does");
    }

    proptest! {
        #[test]
        fn stocks_follow_from_entries_and_exits(
            heads in prop::collection::vec(0.0_f64..100.0, AGES),
            arrivals in prop::collection::vec(0.0_f64..50.0, 30),
            hazards in prop::collection::vec(0.0_f64..=1.0, AGES),
            age in FIRST_AGE..=LAST_AGE,
        ) {
            let activity = vec![1.0; AGES];
            let hazard = |age: u32| hazards[(age - FIRST_AGE) as usize];
            let stay = survive(&heads, &activity, &hazard, 30);
            let come = accumulate(&arrivals, &arrive(age, &activity, &hazard, 30), 30);
            for curve in [&stay, &come] {
                for year in 0..30 {
                    let next = curve.stock[year] + curve.entries[year] - curve.exits[year];
                    prop_assert!((curve.stock[year + 1] - next).abs() < 1e-9 * (1.0 + next.abs()));
                    prop_assert!(curve.exits[year] <= curve.stock[year] + 1e-9);
                }
            }
            prop_assert!(stay.stock.windows(2).all(|pair| pair[1] <= pair[0] + 1e-9), "nobody comes, nobody is added");
            prop_assert_eq!(come.stock[0], 0.0);
        }
    }
}
