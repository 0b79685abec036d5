//! What practitioners offer in a year, from how many there are.
//!
//! The activity of each practitioner is not public. Three steps replace it: how many there are at the date
//! ([`head_count`]), the activity per head that gives the published national mean ([`national_per_head`]), and how that
//! activity varies from place to place, learnt from the APL published for an earlier vintage ([`local_activity`]).

use pacte_territory::Territory;

use crate::apl::apl;
use crate::od::OdMatrix;

/// Number of practitioners of each commune at a date, with where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadCount {
    /// One count per commune; a commune no file names counts none.
    pub counts: Vec<f64>,
    /// Vintages used: one, or two when the date lies between them.
    pub vintages: Vec<i16>,
    /// Citations of the vintages used.
    pub citation: String,
}

/// Counts of `concept` in the year `vintage`: those of the year when there are some, else a linear interpolation between
/// the vintages on both sides, else the nearest vintage. `None` without any.
pub fn head_count(territory: &Territory, concept: &str, vintage: i16) -> Option<HeadCount> {
    let vintages = territory.vintages(concept);
    let before = vintages.iter().copied().rfind(|year| *year <= vintage);
    let after = vintages.iter().copied().find(|year| *year >= vintage);
    let (from, to) = match (before, after) {
        (Some(from), Some(to)) => (from, to),
        (Some(only), None) | (None, Some(only)) => (only, only),
        (None, None) => return None,
    };
    let (first, last) = (territory.column(concept, from)?, territory.column(concept, to)?);
    let share = if from == to { 0.0 } else { f64::from(vintage - from) / f64::from(to - from) };
    let known = |value: f64| if value.is_nan() { 0.0 } else { value };
    let counts = first.values.iter().zip(&last.values).map(|(a, b)| known(*a) * (1.0 - share) + known(*b) * share);
    let mut citation = first.provenance.citation();
    if from != to {
        citation = format!("{citation} ; {}", last.provenance.citation());
    }
    let mut vintages = vec![from, to];
    vintages.dedup();
    Some(HeadCount { counts: counts.collect(), vintages, citation })
}

/// Acts a year per head for which the national mean APL, weighted by demand, is `mean`: by conservation of supply this is
/// `mean × Σ demand / Σ counts`. `None` when nobody is counted.
pub fn national_per_head(mean: f64, demand: &[f64], counts: &[f64]) -> Option<f64> {
    let (people, heads) = (demand.iter().sum::<f64>(), counts.iter().sum::<f64>());
    (heads > 0.0 && people > 0.0 && mean > 0.0).then(|| mean * people / heads)
}

/// An APL published for an earlier vintage, and the people it was published for; `NaN` where it was not.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a> {
    /// Published APL.
    pub apl: &'a [f64],
    /// Standardised population of the computation, used as the weight of places.
    pub demand: &'a [f64],
}

/// Supply of each commune, with an activity per head that varies from place to place.
///
/// Starts from `per_head` everywhere. Each round multiplies the activity of the practitioners of a commune by the ratio,
/// among the people they can serve, of the published APL to the computed one (both relative to their national mean), keeps
/// it within `lowest..=highest` acts a year per head, and brings the national total back. It is one step of
/// Richardson–Lucy deconvolution; few rounds are made, because many would fit the noise of travel times.
///
/// Total supply is `per_head × Σ counts` whatever the rounds.
pub fn local_activity(
    od: &OdMatrix,
    weights: &[f64],
    counts: &[f64],
    published: Published<'_>,
    per_head: f64,
    bounds: (f64, f64),
    rounds: u32,
) -> Vec<f64> {
    let Published { apl: theirs, demand } = published;
    let total = per_head * counts.iter().sum::<f64>();
    let mut supply: Vec<f64> = counts.iter().map(|heads| heads * per_head).collect();
    // Communes without a published value weigh nothing: their practitioners are judged by the other people they serve.
    let judges: Vec<f64> =
        theirs.iter().zip(demand).map(|(apl, people)| if apl.is_nan() { 0.0 } else { *people }).collect();
    let mean = |apl: &[f64]| {
        let people: f64 = judges.iter().sum();
        let sum: f64 =
            apl.iter().zip(&judges).filter(|(_, people)| **people > 0.0).map(|(apl, people)| apl * people).sum();
        sum / people
    };
    let their_mean = mean(theirs);
    if total <= 0.0 || their_mean.is_nan() || their_mean <= 0.0 {
        return supply;
    }
    let target: Vec<f64> = theirs
        .iter()
        .zip(&judges)
        .map(|(apl, people)| if *people > 0.0 { apl / their_mean * people } else { 0.0 })
        .collect();
    let wanted = served(od, weights, &target);
    for _ in 0..rounds {
        let ours = apl(od, weights, &supply, demand).apl;
        let our_mean = mean(&ours);
        let reached: Vec<f64> = ours.iter().zip(&judges).map(|(apl, people)| apl / our_mean * people).collect();
        let reached = served(od, weights, &reached);
        for (((supply, heads), wanted), reached) in supply.iter_mut().zip(counts).zip(&wanted).zip(&reached) {
            let ratio = if *reached > 0.0 && *wanted > 0.0 { wanted / reached } else { 1.0 };
            *supply = (*supply * ratio).clamp(heads * bounds.0, heads * bounds.1);
        }
        let scale = total / supply.iter().sum::<f64>();
        if !scale.is_finite() {
            return counts.iter().map(|heads| heads * per_head).collect();
        }
        for supply in &mut supply {
            *supply *= scale;
        }
    }
    supply
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
    use super::*;

    /// Two pairs of communes: 0–1 and 2–3 see each other, the pairs do not.
    fn two_valleys() -> (OdMatrix, Vec<f64>) {
        let row = |a: u32, b: u32| vec![(a, 0.0), (b, 12.0)];
        let od = OdMatrix::from_rows(vec![row(0, 1), row(1, 0), row(2, 3), row(3, 2)]);
        let weights = od.weights(|minutes| if minutes < 10.0 { 1.0 } else { 2.0 / 3.0 });
        (od, weights)
    }

    #[test]
    fn the_national_level_gives_the_published_mean() {
        let (od, weights) = two_valleys();
        let (demand, counts) = ([1000.0, 500.0, 2000.0, 800.0], [2.0, 0.0, 3.0, 0.0]);
        let per_head = national_per_head(3.789, &demand, &counts).unwrap();
        let supply: Vec<f64> = counts.iter().map(|heads| heads * per_head).collect();
        let found = apl(&od, &weights, &supply, &demand).apl;
        let mean =
            found.iter().zip(&demand).map(|(apl, people)| apl * people).sum::<f64>() / demand.iter().sum::<f64>();
        assert!((mean - 3.789).abs() < 1e-9);
        assert_eq!(national_per_head(3.789, &demand, &[0.0; 4]), None);
    }

    #[test]
    fn local_activity_recovers_who_works_more() {
        let (od, weights) = two_valleys();
        let (demand, counts) = ([1000.0, 500.0, 2000.0, 800.0], [2.0, 1.0, 3.0, 1.0]);
        // The truth: practitioners of the first valley work 5,000 acts, those of the second 3,500.
        let truth = [10_000.0, 5_000.0, 10_500.0, 3_500.0];
        let published = apl(&od, &weights, &truth, &demand).apl;
        let per_head = truth.iter().sum::<f64>() / 7.0;
        let published = Published { apl: &published, demand: &demand };
        let found = local_activity(&od, &weights, &counts, published, per_head, (0.0, 6000.0), 30);
        for (found, truth) in found.iter().zip(truth) {
            assert!((found / truth - 1.0).abs() < 0.01, "{found} {truth}");
        }
        assert!((found.iter().sum::<f64>() / truth.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let capped = local_activity(&od, &weights, &counts, published, per_head, (0.0, per_head * 1.02), 1);
        assert!(capped[0] < found[0]);
    }

    #[test]
    fn nothing_published_leaves_the_national_activity() {
        let (od, weights) = two_valleys();
        let published = Published { apl: &[f64::NAN; 4], demand: &[1.0; 4] };
        let found = local_activity(&od, &weights, &[1.0, 2.0, 0.0, 0.0], published, 4000.0, (0.0, 6000.0), 5);
        assert_eq!(found, [4000.0, 8000.0, 0.0, 0.0]);
    }
}
