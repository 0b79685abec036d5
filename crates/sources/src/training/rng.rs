//! The generator's only source of chance: SplitMix64 streams named after what they decide.
//!
//! Every stage of the generator draws from its own stream (`Rng::new(seed, "relief")`), so that changing how one stage draws
//! leaves all the others as they were. SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) passes the usual batteries, fits in three
//! lines and gives the same numbers on every platform.

use std::f64::consts::TAU;

/// One stream of pseudo-random numbers.
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    /// The stream `name` of `seed`: equal arguments give equal streams, different names unrelated ones.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        let mut state = seed ^ 0xcbf2_9ce4_8422_2325;
        for byte in name.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut rng = Self(state);
        rng.next_u64();
        rng
    }

    /// Next 64 random bits.
    pub(super) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Uniform in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub(super) fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform integer in 0..n (n > 0).
    pub(super) fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n - 1)
    }

    /// True with probability `p`.
    pub(super) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Standard normal variate (Box–Muller, one of the pair).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (TAU * self.unit()).cos()
    }

    /// `exp(sigma · N(0,1))`: a multiplicative disturbance of median 1.
    pub(super) fn lognormal(&mut self, sigma: f64) -> f64 {
        (sigma * self.normal()).exp()
    }

    /// `x` rounded up or down at random so that its mean is kept; negative `x` gives 0.
    pub(super) fn round(&mut self, x: f64) -> u32 {
        let floor = x.max(0.0).floor();
        floor as u32 + u32::from(self.unit() < x.max(0.0) - floor)
    }

    /// One element of a non-empty slice.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Index drawn with probability proportional to `weights` (at least one positive), or None when all are zero.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let mut left = self.unit() * total;
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 && *weight > 0.0 {
                return Some(index);
            }
        }
        weights.iter().rposition(|weight| *weight > 0.0)
    }

    /// Fisher–Yates shuffle in place.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// SplitMix64's finaliser: a good 64-bit hash of `z`.
pub(super) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_repeatable_and_distinct() {
        let draw = |seed, name| Rng::new(seed, name).next_u64();
        assert_eq!(draw(7, "relief"), draw(7, "relief"));
        assert_ne!(draw(7, "relief"), draw(7, "noms"));
        assert_ne!(draw(7, "relief"), draw(8, "relief"));
    }

    #[test]
    fn moments_are_right() {
        let mut rng = Rng::new(1, "moments");
        let n = 20_000;
        let normals: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let mean = normals.iter().sum::<f64>() / f64::from(n);
        let variance = normals.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.05, "variance {variance}");
        let rounded: u32 = (0..n).map(|_| rng.round(2.3)).sum();
        assert!((f64::from(rounded) / f64::from(n) - 2.3).abs() < 0.02);
    }
}
