//! Smooth noise on the plane: what gives the relief, the borders and the outline of the region their irregularity.

use super::rng::mix;

/// Value noise of unit lattice, in [-1, 1], twice differentiable (quintic interpolation of hashed lattice values).
pub(super) fn value(seed: u64, x: f64, y: f64) -> f64 {
    let (x0, y0) = (x.floor(), y.floor());
    let (u, v) = (fade(x - x0), fade(y - y0));
    let (column, row) = (x0 as i64, y0 as i64);
    let corner = |dx: i64, dy: i64| lattice(seed, column + dx, row + dy);
    let bottom = corner(0, 0) * (1.0 - u) + corner(1, 0) * u;
    let top = corner(0, 1) * (1.0 - u) + corner(1, 1) * u;
    bottom * (1.0 - v) + top * v
}

/// Fractal sum of `octaves` of [`value`] noise: amplitude halves while frequency doubles; in about [-1, 1].
pub(super) fn fractal(seed: u64, x: f64, y: f64, octaves: u32) -> f64 {
    let (mut sum, mut amplitude, mut frequency, mut total) = (0.0, 1.0, 1.0, 0.0);
    for octave in 0..octaves {
        sum += amplitude * value(seed.wrapping_add(u64::from(octave)), x * frequency, y * frequency);
        total += amplitude;
        amplitude *= 0.5;
        frequency *= 2.03;
    }
    sum / total
}

/// Hermite step from 0 (at `low`) to 1 (at `high`).
pub(super) fn smoothstep(low: f64, high: f64, x: f64) -> f64 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn fade(t: f64) -> f64 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

fn lattice(seed: u64, column: i64, row: i64) -> f64 {
    let key = (column as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (row as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    (mix(seed ^ key) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_continuous_and_bounded() {
        let mut previous = fractal(3, 0.0, 0.5, 5);
        for step in 1..4000 {
            let here = fractal(3, f64::from(step) * 0.002, 0.5, 5);
            assert!(here.abs() <= 1.0);
            assert!((here - previous).abs() < 0.08, "jump at {step}");
            previous = here;
        }
    }
}
