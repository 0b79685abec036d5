//! The weight of a travel time.

use serde::{Deserialize, Serialize};

/// Steps per minute of the table that serves expected weights; interpolation between steps is good to 1e-4.
const STEPS_PER_MINUTE: f64 = 20.0;
/// Standard deviations beyond which the error of a travel time is neglected.
const SIGMAS: f64 = 4.5;

/// Whether a bound belongs to its band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// Less than the bound (« moins de 10 minutes »).
    Below,
    /// The bound included.
    Upto,
}

/// One band of travel times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Upper bound, minutes.
    pub upto: f64,
    /// Weight, from 0 to 1.
    pub weight: f64,
}

/// Weight of a travel time: constant by bands, zero beyond the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Decay {
    /// Whether bounds belong to their band.
    pub boundary: Boundary,
    /// Bands, bounds increasing and weights decreasing.
    pub bands: Vec<Band>,
}

impl Decay {
    /// Weight of a travel time in minutes.
    pub fn weight(&self, minutes: f64) -> f64 {
        let inside = |band: &&Band| match self.boundary {
            Boundary::Below => minutes < band.upto,
            Boundary::Upto => minutes <= band.upto,
        };
        self.bands.iter().find(inside).map_or(0.0, |band| band.weight)
    }

    /// Minutes beyond which the weight is zero.
    pub fn reach(&self) -> f64 {
        self.bands.last().map_or(0.0, |band| band.upto)
    }

    /// The expectation of this weight when the true time is the estimated one plus a centred normal error of this
    /// standard deviation (minutes); zero or less keeps the steps.
    ///
    /// A model's time is an estimate: near a bound the true time is as often on one side as on the other, and a step
    /// there would weigh all such trips alike.
    pub fn expected(&self, uncertainty: f64) -> ExpectedDecay {
        let uncertainty = uncertainty.max(0.0);
        let mut table = Vec::new();
        if uncertainty > 0.0 {
            let steps = ((self.reach() + SIGMAS * uncertainty) * STEPS_PER_MINUTE).ceil() as usize + 1;
            table = (0..=steps).map(|i| self.expectation(i as f64 / STEPS_PER_MINUTE, uncertainty)).collect();
        }
        ExpectedDecay { plain: self.clone(), uncertainty, table }
    }

    fn expectation(&self, minutes: f64, uncertainty: f64) -> f64 {
        let mut sum = 0.0;
        for (i, band) in self.bands.iter().enumerate() {
            let next = self.bands.get(i + 1).map_or(0.0, |next| next.weight);
            sum += (band.weight - next) * normal_cdf((band.upto - minutes) / uncertainty);
        }
        sum
    }
}

/// A decay averaged over the error of estimated travel times ([`Decay::expected`]).
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedDecay {
    plain: Decay,
    uncertainty: f64,
    /// Weight every 1/20 minute; empty without uncertainty.
    table: Vec<f64>,
}

impl ExpectedDecay {
    /// Weight of an estimated travel time in minutes.
    ///
    /// Staying in one's commune, 0 minutes by convention, is no estimate and weighs as the first band does.
    pub fn weight(&self, minutes: f64) -> f64 {
        if self.table.is_empty() || minutes <= 0.0 {
            return self.plain.weight(minutes);
        }
        let at = minutes * STEPS_PER_MINUTE;
        let step = at as usize;
        if step + 1 >= self.table.len() {
            return 0.0;
        }
        let part = at - step as f64;
        self.table[step] * (1.0 - part) + self.table[step + 1] * part
    }

    /// Minutes beyond which the weight is zero.
    pub fn reach(&self) -> f64 {
        self.plain.reach() + SIGMAS * self.uncertainty
    }
}

/// Distribution function of the normal law, absolute error below 8e-8 (Abramowitz and Stegun, 26.2.17).
fn normal_cdf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let tail = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
        * t
        * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    if x >= 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concerted(boundary: Boundary) -> Decay {
        let bands = [(10.0, 1.0), (15.0, 2.0 / 3.0), (20.0, 1.0 / 3.0)];
        Decay { boundary, bands: bands.map(|(upto, weight)| Band { upto, weight }).to_vec() }
    }

    #[test]
    fn the_boundary_rule_decides_at_the_bound() {
        assert_eq!(concerted(Boundary::Below).weight(10.0), 2.0 / 3.0);
        assert_eq!(concerted(Boundary::Upto).weight(10.0), 1.0);
        assert_eq!(concerted(Boundary::Upto).weight(20.0), 1.0 / 3.0);
        assert_eq!(concerted(Boundary::Below).weight(20.0), 0.0);
    }

    #[test]
    fn the_expected_weight_agrees_with_a_numerical_mean() {
        let plain = concerted(Boundary::Below);
        let smooth = plain.expected(2.0);
        for minutes in [4.0, 8.7, 10.0, 13.3, 19.0, 24.0] {
            let (mut sum, mut mass) = (0.0, 0.0);
            for i in -60_000..=60_000 {
                let z = f64::from(i) / 10_000.0;
                let density = (-z * z / 2.0_f64).exp();
                sum += density * plain.weight(minutes + 2.0 * z);
                mass += density;
            }
            assert!((smooth.weight(minutes) - sum / mass).abs() < 2e-4, "{minutes}");
        }
        assert_eq!((smooth.weight(0.0), smooth.weight(30.0), smooth.reach()), (1.0, 0.0, 29.0));
        for minutes in [0.0, 9.9, 10.0, 19.9, 20.0] {
            assert_eq!(plain.expected(0.0).weight(minutes), plain.weight(minutes));
        }
    }

    #[test]
    fn the_normal_law_is_the_normal_law() {
        for (x, p) in [(0.0, 0.5), (1.0, 0.841_344_746), (-1.96, 0.024_997_895), (3.0, 0.998_650_102)] {
            assert!((normal_cdf(x) - p).abs() < 1e-7, "{x}");
        }
    }
}
