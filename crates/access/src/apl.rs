//! Accessibilité potentielle localisée: the two-step floating catchment area with decay in both steps.
//!
//! With `P*[i]` the standardised inhabitants of commune `i`, `M[j]` the supply practised in `j` and `w[i,j]` the weight of
//! the trip between them:
//!
//! ```text
//! step 1   R[j]   = M[j] / Σ_i w[i,j] P*[i]
//! step 2   APL[i] = Σ_j w[i,j] R[j]
//! ```
//!
//! Source: DREES/IRDES (Barlet et al., Études et résultats 795, 2012; Dossiers de la DREES 17, 2017); the family is that
//! of Luo and Qi's enhanced 2SFCA (2009). Conservation follows: `Σ P*·APL = Σ M` over every `j` somebody can reach.

use rayon::prelude::*;

use crate::od::OdMatrix;

/// Result of a computation, one value per commune.
#[derive(Clone, Debug, PartialEq)]
pub struct Apl {
    /// Accessible supply per standardised inhabitant.
    pub apl: Vec<f64>,
    /// Supply per standardised inhabitant of the catchment, where the supply stands; 0 without supply.
    pub ratio: Vec<f64>,
    /// Supply that nobody can reach (its catchment has no inhabitant), left out of the result.
    pub unreached: f64,
}

/// Computes the APL. `weights` has one weight per pair of `od` (0 beyond the last band), `supply` and `demand` one value
/// per commune, all finite and not negative.
///
/// # Panics
/// When lengths differ.
pub fn apl(od: &OdMatrix, weights: &[f64], supply: &[f64], demand: &[f64]) -> Apl {
    let n = od.origins();
    assert_eq!((weights.len(), supply.len(), demand.len()), (od.pairs(), n, n), "one value per pair and per commune");
    // Step 1 scatters into the destinations: two adds a pair, in a fixed order, so that the result never depends on the
    // number of cores.
    let mut reached = vec![0.0; n];
    for (origin, people) in demand.iter().enumerate().filter(|(_, people)| **people > 0.0) {
        for pair in od.offsets[origin]..od.offsets[origin + 1] {
            reached[od.targets[pair] as usize] += weights[pair] * people;
        }
    }
    let mut unreached = 0.0;
    let ratio: Vec<f64> = supply
        .iter()
        .zip(&reached)
        .map(|(supply, people)| {
            if *people > 0.0 {
                supply / people
            } else {
                unreached += supply;
                0.0
            }
        })
        .collect();
    let apl = (0..n)
        .into_par_iter()
        .with_min_len(1024)
        .map(|origin| {
            let pairs = od.offsets[origin]..od.offsets[origin + 1];
            pairs.map(|pair| weights[pair] * ratio[od.targets[pair] as usize]).sum()
        })
        .collect();
    Apl { apl, ratio, unreached }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::{Band, Boundary, Decay};

    /// Communes A, B, C of the domain note §1.2: AB 8, AC 18, BC 13 minutes.
    fn toy() -> OdMatrix {
        OdMatrix::from_rows(vec![
            vec![(0, 0.0), (1, 8.0), (2, 18.0)],
            vec![(0, 8.0), (1, 0.0), (2, 13.0)],
            vec![(0, 18.0), (1, 13.0), (2, 0.0)],
        ])
    }

    fn decay(bands: &[(f64, f64)]) -> Decay {
        let bands = bands.iter().map(|(upto, weight)| Band { upto: *upto, weight: *weight }).collect();
        Decay { boundary: Boundary::Below, bands }
    }

    fn close(found: &[f64], expected: [f64; 3]) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 5e-7, "{found} instead of {expected}");
        }
    }

    #[test]
    fn toy_vector_of_the_concerted_decay() {
        let decay = decay(&[(10.0, 1.0), (15.0, 2.0 / 3.0), (20.0, 1.0 / 3.0)]);
        let od = toy();
        let weights = od.weights(|minutes| decay.weight(minutes));
        let result = apl(&od, &weights, &[5000.0, 9000.0, 0.0], &[1000.0, 2000.0, 500.0]);
        close(&result.ratio, [1.578_947, 2.7, 0.0]);
        close(&result.apl, [4.278_947, 4.278_947, 2.326_316]);
    }

    #[test]
    fn toy_vector_of_the_2010_decay() {
        let decay = decay(&[(5.0, 1.0), (10.0, 0.3), (15.0, 0.1)]);
        let od = toy();
        let weights = od.weights(|minutes| decay.weight(minutes));
        let result = apl(&od, &weights, &[5000.0, 9000.0, 0.0], &[1000.0, 2000.0, 500.0]);
        close(&result.apl, [4.273_936, 4.767_287, 0.382_979]);
    }

    #[test]
    fn supply_out_of_everyones_reach_is_counted_apart() {
        let od = OdMatrix::from_rows(vec![vec![(0, 0.0)], vec![(1, 0.0)]]);
        let result = apl(&od, &[1.0, 1.0], &[100.0, 50.0], &[20.0, 0.0]);
        assert_eq!((result.apl, result.unreached), (vec![5.0, 0.0], 50.0));
    }
}
