//! The calibrated model: a formula over distance, detour and density.

use pacte_territory::{CommuneId, Territory};
use rayon::prelude::*;

use super::network::{Network, Way};
use super::parameters::{Coefficients, ModelParameters};
use super::{TravelMethod, TravelTimes};
use crate::od::OdMatrix;

/// Travel times estimated without a road network ([`Coefficients`] gives the formula).
#[derive(Clone, Debug)]
pub struct Model {
    parameters: ModelParameters,
    coefficients: [f64; 6],
    network: Network,
}

impl Model {
    /// The model over a territory.
    pub fn new(territory: &Territory, parameters: ModelParameters) -> Self {
        Self {
            network: Network::new(territory, &parameters),
            coefficients: parameters.coefficients.to_array(),
            parameters,
        }
    }

    /// The model with the parameters shipped with the program.
    pub fn shipped(territory: &Territory) -> Self {
        Self::new(territory, ModelParameters::shipped())
    }

    /// Its parameters.
    pub fn parameters(&self) -> &ModelParameters {
        &self.parameters
    }

    fn time(&self, way: &Way) -> f64 {
        let terms = Coefficients::terms(way);
        let minutes: f64 = self.coefficients.iter().zip(terms).map(|(coefficient, term)| coefficient * term).sum();
        // Whatever the formula says, no trip is faster than the fastest of them.
        minutes.max(self.parameters.shortest).max(way.path_km / self.parameters.fastest)
    }
}

impl TravelTimes for Model {
    fn describe(&self) -> TravelMethod {
        let ModelParameters { id, label, source, fit, short, .. } = &self.parameters;
        let comma = |value: f64| format!("{value:.1}").replace('.', ",");
        TravelMethod {
            id: id.clone(),
            label: label.clone(),
            source: source.clone(),
            quality: format!(
                "Écart moyen de {} min sur {} trajets mesurés, de {} min sur ceux de 22 minutes au plus (validation croisée).",
                comma(fit.mae),
                fit.couples,
                comma(short.mae)
            ),
        }
    }

    fn communes(&self) -> u32 {
        self.network.len()
    }

    fn minutes(&self, origin: CommuneId, destination: CommuneId) -> Option<f64> {
        if origin == destination {
            return Some(0.0);
        }
        // Searched from the smaller id, so that both directions take the same way.
        self.network.way(origin.min(destination), origin.max(destination)).map(|way| self.time(&way))
    }

    fn search(&self, origin: CommuneId, visit: &mut dyn FnMut(CommuneId, f64) -> f64) {
        let reach = visit(origin, 0.0) * self.parameters.fastest;
        self.network
            .explore(origin, reach, &mut |commune, way| visit(commune, self.time(&way)) * self.parameters.fastest);
    }

    fn matrix(&self, max_minutes: f64) -> OdMatrix {
        let reach = max_minutes * self.parameters.fastest;
        // Each pair is computed once, from its smaller id, and mirrored: the table is symmetric to the bit.
        let halves: Vec<Vec<(u32, f32)>> = (0..self.communes())
            .into_par_iter()
            .map(|origin| {
                let mut row = vec![(origin, 0.0)];
                self.network.explore(origin, reach, &mut |commune, way| {
                    if commune > origin {
                        let minutes = self.time(&way);
                        if minutes <= max_minutes {
                            row.push((commune, minutes as f32));
                        }
                    }
                    reach
                });
                row
            })
            .collect();
        let mut sizes: Vec<usize> = halves.iter().map(Vec::len).collect();
        for (target, _) in halves.iter().flat_map(|row| &row[1..]) {
            sizes[*target as usize] += 1;
        }
        let mut rows: Vec<Vec<(u32, f32)>> = sizes.into_iter().map(Vec::with_capacity).collect();
        for (origin, half) in (0_u32..).zip(&halves) {
            for &(target, minutes) in &half[1..] {
                rows[target as usize].push((origin, minutes));
            }
        }
        for (row, half) in rows.iter_mut().zip(halves) {
            row.extend(half);
        }
        OdMatrix::from_rows(rows)
    }
}
