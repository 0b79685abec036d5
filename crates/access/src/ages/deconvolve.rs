//! Going back through the catchments: from the APL lost without older practitioners to where they practise.

use crate::apl::apl;
use crate::ground::Catchment;
use crate::od::OdMatrix;

use super::Fit;

/// The APL published with and without practitioners over an age; `NaN` where it is not.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a> {
    /// APL without age limit, one value per commune.
    pub all: &'a [f64],
    /// APL of those kept.
    pub kept: &'a [f64],
    /// Standardised population: the weight of places.
    pub demand: &'a [f64],
}

impl Published<'_> {
    /// Part of the APL of a commune due to those left out, from 0 to 1; `NaN` where it is not published.
    fn lost(&self, commune: usize) -> f64 {
        let (all, kept) = (self.all[commune], self.kept[commune]);
        if all > 0.0 { (1.0 - kept / all).clamp(0.0, 1.0) } else { f64::NAN }
    }

    /// Share of the national supply due to those left out: `1 − Σ P*·kept / Σ P*·all`, which conservation of supply makes
    /// exact. `None` when nothing is published.
    pub fn national_share(&self) -> Option<f64> {
        let known = self.all.iter().zip(self.kept).zip(self.demand);
        let known = known.filter(|((all, kept), people)| !all.is_nan() && !kept.is_nan() && **people > 0.0);
        let (all, kept) =
            known.fold((0.0, 0.0), |sums, ((all, kept), people)| (sums.0 + all * people, sums.1 + kept * people));
        (all > 0.0).then(|| (1.0 - kept / all).clamp(0.0, 1.0))
    }
}

/// Share of each commune's supply due to those left out, from 0 to 1, such that the APL of the rest comes near the published
/// one.
///
/// What is aimed at is the published *ratio* of both APL applied to ours: our supply is an estimate, and what it misses must
/// not pass for age. Each round multiplies the share of a commune by the ratio, among the people it serves, of the APL to
/// take away to the one taken away (one step of Richardson–Lucy deconvolution, as for activity in
/// [`crate::supply::local_activity`]), holds it within 0 and 1, and brings the national share back to `national`, which is
/// kept exactly.
pub fn deconvolve(catchment: &Catchment, published: Published<'_>, national: f64, rounds: u32) -> Vec<f64> {
    let Catchment { od, weights, demand, supply, .. } = catchment;
    let mut share = vec![national; supply.len()];
    if national <= 0.0 || national >= 1.0 {
        return share;
    }
    let ours = apl(od, weights, supply, demand).apl;
    let judged = |values: &[f64]| -> Vec<f64> {
        let judged = |(i, value): (usize, &f64)| {
            if published.lost(i).is_nan() { 0.0 } else { value * demand[i] }
        };
        values.iter().enumerate().map(judged).collect()
    };
    let wanted: Vec<f64> = ours.iter().enumerate().map(|(i, apl)| published.lost(i) * apl).collect();
    let wanted: Vec<f64> = judged(&wanted).iter().map(|value| if value.is_nan() { 0.0 } else { *value }).collect();
    let wanted = served(od, weights, &wanted);
    for _ in 0..rounds {
        let taken: Vec<f64> = supply.iter().zip(&share).map(|(supply, share)| supply * share).collect();
        let reached = served(od, weights, &judged(&apl(od, weights, &taken, demand).apl));
        for ((share, wanted), reached) in share.iter_mut().zip(&wanted).zip(&reached) {
            if *reached > 0.0 {
                *share = (*share * wanted / reached).clamp(0.0, 1.0);
            }
        }
        settle(&mut share, supply, national);
    }
    share
}

/// Multiplies shares by one factor, none going over 1, so that the share of the whole supply is `national`; where even that
/// does not reach it, the rest is spread over what remains.
///
/// # Panics
/// When lengths differ.
pub fn settle(share: &mut [f64], supply: &[f64], national: f64) {
    assert_eq!(share.len(), supply.len(), "one share a commune");
    let target = national.clamp(0.0, 1.0) * supply.iter().sum::<f64>();
    let mut full = vec![false; share.len()];
    loop {
        let held: f64 = supply.iter().zip(&full).filter(|(_, full)| **full).map(|(supply, _)| supply).sum();
        let free: f64 = share
            .iter()
            .zip(supply)
            .zip(&full)
            .filter(|(_, full)| !**full)
            .map(|((share, supply), _)| share * supply)
            .sum();
        if free <= 0.0 {
            let left: f64 = supply.iter().zip(&full).filter(|(_, full)| !**full).map(|(supply, _)| supply).sum();
            let even = if left > 0.0 { ((target - held) / left).clamp(0.0, 1.0) } else { 0.0 };
            for (share, full) in share.iter_mut().zip(&full) {
                *share = if *full { 1.0 } else { even };
            }
            return;
        }
        let factor = (target - held).max(0.0) / free;
        let mut grew = false;
        for ((share, full), supply) in share.iter().zip(&mut full).zip(supply) {
            if !*full && *supply > 0.0 && share * factor > 1.0 {
                *full = true;
                grew = true;
            }
        }
        if !grew {
            for (share, full) in share.iter_mut().zip(&full) {
                *share = if *full { 1.0 } else { (*share * factor).min(1.0) };
            }
            return;
        }
    }
}

/// How well shares give back the published APL.
pub(super) fn fit(catchment: &Catchment, published: Published<'_>, national: f64, share: &[f64], vintage: i16) -> Fit {
    let Catchment { supply, .. } = catchment;
    let all = catchment.apl(supply).apl;
    let rest = |of: &dyn Fn(usize) -> f64| {
        let rest: Vec<f64> = supply.iter().enumerate().map(|(i, supply)| supply * (1.0 - of(i))).collect();
        catchment.apl(&rest).apl
    };
    let (even, local) = (rest(&|_| national), rest(&|i| share[i]));
    let ratio =
        |kept: &[f64], all: &[f64]| -> Vec<f64> { kept.iter().zip(all).map(|(kept, all)| kept / all).collect() };
    let correlation = |a: &[f64], b: &[f64]| correlation(a, b, published.demand);
    Fit {
        vintage,
        national: correlation(&even, published.kept),
        local: correlation(&local, published.kept),
        ratio: correlation(&ratio(&local, &all), &ratio(published.kept, published.all)),
    }
}

/// Correlation of two series weighted by people, where both are known; `NaN` when one does not vary.
fn correlation(a: &[f64], b: &[f64], people: &[f64]) -> f64 {
    let known = || {
        let all = a.iter().zip(b).zip(people).map(|((a, b), people)| (*a, *b, *people));
        all.filter(|(a, b, people)| a.is_finite() && b.is_finite() && *people > 0.0)
    };
    let total: f64 = known().map(|(_, _, people)| people).sum();
    let mean = |of: &dyn Fn(&(f64, f64, f64)) -> f64| known().map(|one| of(&one) * one.2).sum::<f64>() / total;
    let (ma, mb) = (mean(&|one| one.0), mean(&|one| one.1));
    let (va, vb) = (mean(&|one| (one.0 - ma).powi(2)), mean(&|one| (one.1 - mb).powi(2)));
    mean(&|one| (one.0 - ma) * (one.1 - mb)) / (va * vb).sqrt()
}

/// For each commune, the sum over the people it serves of `values`, weighted by the trip.
fn served(od: &OdMatrix, weights: &[f64], values: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; od.origins()];
    for (origin, value) in values.iter().enumerate().filter(|(_, value)| **value > 0.0) {
        for pair in od.offsets[origin]..od.offsets[origin + 1] {
            sums[od.targets[pair] as usize] += weights[pair] * value;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use pacte_territory::Provenance;
    use proptest::prelude::*;

    use super::*;
    use crate::supply::HeadCount;

    /// Two valleys that do not see each other, two communes each.
    fn valleys(supply: [f64; 4]) -> Catchment {
        let row = |a: u32, b: u32| vec![(a, 0.0), (b, 12.0)];
        let od = OdMatrix::from_rows(vec![row(0, 1), row(1, 0), row(2, 3), row(3, 2)]);
        let weights = od.weights(|minutes| if minutes < 10.0 { 1.0 } else { 2.0 / 3.0 });
        let demand = vec![1000.0, 500.0, 2000.0, 800.0];
        Catchment {
            od,
            weights,
            known_demand: demand.clone(),
            demand,
            heads: HeadCount {
                counts: supply.iter().map(|supply| supply / 5000.0).collect(),
                vintages: vec![2022],
                citation: String::new(),
            },
            supply: supply.to_vec(),
            per_head: 5000.0,
            activity: String::new(),
            people: Provenance {
                source: String::new(),
                file: String::new(),
                vintage: String::new(),
                geography: 2024,
                method: String::new(),
            },
        }
    }

    #[test]
    fn the_shares_that_made_the_published_apl_are_found_again() {
        let catchment = valleys([10_000.0, 5_000.0, 15_000.0, 5_000.0]);
        let truth = [0.5, 0.0, 0.1, 0.2];
        let rest: Vec<f64> = catchment.supply.iter().zip(truth).map(|(supply, share)| supply * (1.0 - share)).collect();
        let (all, kept) = (catchment.apl(&catchment.supply).apl, catchment.apl(&rest).apl);
        let published = Published { all: &all, kept: &kept, demand: &catchment.demand };
        let national = published.national_share().unwrap();
        assert!((national - 7_500.0 / 35_000.0).abs() < 1e-12, "conservation gives the national share");
        let found = deconvolve(&catchment, published, national, 2000);
        for (found, truth) in found.iter().zip(truth) {
            assert!((found - truth).abs() < 0.01, "{found} {truth}");
        }
        let fit = fit(&catchment, published, national, &found, 2022);
        assert!(fit.local > 0.999 && fit.local >= fit.national, "{fit:?}");
    }

    #[test]
    fn an_unpublished_place_is_judged_by_its_neighbours() {
        let catchment = valleys([10_000.0, 5_000.0, 15_000.0, 5_000.0]);
        let all = catchment.apl(&catchment.supply).apl;
        let kept = [all[0] * 0.6, f64::NAN, all[2] * 0.9, all[3] * 0.9];
        let published = Published { all: &all, kept: &kept, demand: &catchment.demand };
        let found = deconvolve(&catchment, published, published.national_share().unwrap(), 20);
        assert!(found[1] > found[2], "{found:?}");
        let nothing = Published { all: &[f64::NAN; 4], kept: &kept, demand: &catchment.demand };
        assert_eq!(nothing.national_share(), None);
    }

    proptest! {
        #[test]
        fn the_national_share_is_kept_exactly_within_bounds(
            share in prop::collection::vec(0.0_f64..=1.0, 1..30),
            supply in prop::collection::vec(0.0_f64..10_000.0, 30),
            national in 0.0_f64..=1.0,
        ) {
            let mut share = share;
            let supply = &supply[..share.len()];
            settle(&mut share, supply, national);
            let total: f64 = supply.iter().sum();
            let sum: f64 = share.iter().zip(supply).map(|(share, supply)| share * supply).sum();
            prop_assert!(share.iter().all(|share| (0.0..=1.0).contains(share)), "{share:?}");
            prop_assert!((sum - national * total).abs() <= 1e-9 * total.max(1.0), "{sum} {}", national * total);
        }
    }
}
