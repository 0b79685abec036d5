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

    /// Adds to `rows` (one per commune) the pairs within `max_minutes` of each origin that `wanted` takes, there and back.
    /// Each is computed once, from the origin, and mirrored: a table is symmetric to the bit.
    pub(super) fn add_pairs(
        &self,
        origins: &[CommuneId],
        max_minutes: f64,
        rows: &mut [Vec<(u32, f32)>],
        wanted: impl Fn(CommuneId, CommuneId) -> bool + Sync,
    ) {
        let reach = max_minutes * self.parameters.fastest;
        let halves: Vec<Vec<(u32, f32)>> = origins
            .par_iter()
            .map(|origin| {
                let mut row = Vec::new();
                self.network.explore(*origin, reach, &mut |commune, way| {
                    if wanted(*origin, commune) {
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
        let mut more = vec![0; rows.len()];
        for (origin, half) in origins.iter().zip(&halves) {
            more[*origin as usize] += half.len();
            for (target, _) in half {
                more[*target as usize] += 1;
            }
        }
        rows.iter_mut().zip(more).for_each(|(row, more)| row.reserve_exact(more));
        for (origin, half) in origins.iter().zip(halves) {
            for (target, minutes) in &half {
                rows[*target as usize].push((*origin, *minutes));
            }
            rows[*origin as usize].extend(half);
        }
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
        let all: Vec<CommuneId> = (0..self.communes()).collect();
        let mut rows: Vec<Vec<(u32, f32)>> = all.iter().map(|origin| vec![(*origin, 0.0)]).collect();
        self.add_pairs(&all, max_minutes, &mut rows, |origin, other| other > origin);
        OdMatrix::from_rows(rows)
    }
}
