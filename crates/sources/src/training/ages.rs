//! Age structure of the fictional communes and the DREES weights that standardise it.

use super::rng::Rng;
use super::world::World;

/// Five-year bands, the last 90 and over.
pub(super) const BANDS: usize = 19;

/// Weight of each band in the demand for general practice, 2022: DREES workbook of APL 2022, sheet Paramètres.
pub(super) const WEIGHTS_2022: [f64; BANDS] =
    [0.93, 0.59, 0.55, 0.59, 0.73, 0.78, 0.84, 0.88, 0.90, 0.97, 1.06, 1.14, 1.16, 1.19, 1.52, 1.53, 1.72, 1.99, 2.39];
/// The same, 2023.
pub(super) const WEIGHTS_2023: [f64; BANDS] =
    [1.12, 0.58, 0.51, 0.60, 0.75, 0.79, 0.82, 0.85, 0.89, 0.93, 1.03, 1.15, 1.18, 1.23, 1.46, 1.57, 1.63, 1.89, 2.26];

/// Shares by band of a middling French commune, per cent.
const MIDDLING: [f64; BANDS] =
    [5.1, 5.8, 6.3, 6.2, 5.6, 5.4, 5.8, 6.2, 6.3, 6.2, 6.7, 6.6, 6.2, 5.8, 5.5, 3.9, 2.6, 2.1, 1.7];

/// Share of each band in each old commune (rows sum to 1).
pub(super) fn shares(world: &World) -> Vec<[f64; BANDS]> {
    let mut rng = Rng::new(world.seed, "ages");
    world
        .sites
        .iter()
        .map(|site| {
            let growth = f64::from(site.inhabitants(2023)) / f64::from(site.inhabitants(2013).max(1)) - 1.0;
            // Emptying communes are old, growing ones young; the city has its students.
            let ageing = (0.10 - 2.4 * growth).clamp(-0.25, 0.65) + 0.07 * rng.normal();
            let students = match site.rank {
                Some(0) => 0.9,
                Some(rank) if rank < 4 => 0.2,
                _ => 0.0,
            };
            let mut shares = [0.0; BANDS];
            for (band, share) in shares.iter_mut().enumerate() {
                let age = 5.0 * band as f64 + 2.5;
                *share = MIDDLING[band] * (ageing * (age - 42.0) / 30.0).exp();
                if (4..6).contains(&band) {
                    *share *= 1.0 + students;
                }
            }
            let total: f64 = shares.iter().sum();
            shares.map(|share| share / total)
        })
        .collect()
}

/// Standardised inhabitants per inhabitant of an old commune, 2022 weights.
pub(super) fn need(shares: &[f64; BANDS]) -> f64 {
    shares.iter().zip(WEIGHTS_2022).map(|(share, weight)| share * weight).sum()
}

/// Share of people of 75 and over.
pub(super) fn share_75(shares: &[f64; BANDS]) -> f64 {
    shares[15..].iter().sum()
}
