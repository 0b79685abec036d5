//! Fitting the model on measured travel times: weighted least squares, checked on couples left aside.
//!
//! The published APL plays no part here. Errors are weighted by the inverse square of the measured time (5 minutes at
//! least), so that short trips, the only ones that count in the APL, are fitted as closely as long ones in proportion.

use pacte_territory::{Territory, TravelCouple};

use super::network::Network;
use super::parameters::{Coefficients, Fit, ModelParameters};

/// Parts the couples are cut into; each is predicted by a fit on the others.
const FOLDS: usize = 10;
/// Fewest couples worth a fit.
const FEWEST: usize = 60;
/// Longest trips of the second quality figure, minutes.
const SHORT: f64 = 22.0;

/// Why a fit is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few couples lie in the territory.
    #[error(
        "{found} couples de temps mesurés dans ce territoire, il en faut au moins {FEWEST} : importez un dossier qui contient travel_times/*_metric_osrm_couples.csv"
    )]
    TooFew {
        /// Couples that could be used.
        found: usize,
    },
    /// The couples do not determine the coefficients.
    #[error(
        "les couples de temps mesurés se ressemblent trop pour déterminer les coefficients du modèle : ajoutez-en de longueurs et de densités variées"
    )]
    Undetermined,
}

/// Result of a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibrationReport {
    /// Coefficients fitted on all couples.
    pub coefficients: Coefficients,
    /// Quality on the couples the coefficients were fitted on.
    pub fitted: Fit,
    /// Quality on couples left aside in turn.
    pub cross_validated: Fit,
    /// The same, measured times of at most 22 minutes.
    pub cross_validated_short: Fit,
    /// Root mean square of the relative error of couples left aside (times below 5 minutes count as 5).
    pub relative: f64,
    /// Couples left out: failed measures, or ends no road joins.
    pub left_out: u32,
}

impl CalibrationReport {
    /// Every figure with its French name and unit.
    pub fn figures(&self) -> Vec<(String, f64, &'static str)> {
        let names = [
            ("constant", "min"),
            ("straight", "min/km"),
            ("root", "min/√km"),
            ("detour", "min/km"),
            ("open", "min/km par unité de log-densité"),
            ("dense", "min/√km par unité de log-densité"),
        ];
        let coefficients = names
            .iter()
            .zip(self.coefficients.to_array())
            .map(|((name, unit), value)| (format!("coefficient {name}"), value, *unit));
        let fits = [
            ("ajustement", self.fitted),
            ("validation croisée", self.cross_validated),
            ("validation croisée, 22 minutes au plus", self.cross_validated_short),
        ];
        let fits = fits.into_iter().flat_map(|(name, fit)| {
            [
                (format!("{name} : couples"), f64::from(fit.couples), ""),
                (format!("{name} : écart quadratique"), fit.rmse, "min"),
                (format!("{name} : écart absolu moyen"), fit.mae, "min"),
                (format!("{name} : biais"), fit.bias, "min"),
                (format!("{name} : variance expliquée"), fit.r2, ""),
            ]
        });
        coefficients
            .chain(fits)
            .chain([
                ("validation croisée : écart relatif".to_owned(), self.relative, ""),
                ("couples écartés".to_owned(), f64::from(self.left_out), ""),
            ])
            .collect()
    }
}

/// Fits the shipped form of the model on the measured couples of a territory.
///
/// # Errors
/// When the territory carries too few couples, or couples too alike.
pub fn calibrate(territory: &Territory) -> Result<CalibrationReport, CalibrationError> {
    calibrate_on(territory, &ModelParameters::shipped(), &territory.couples)
}

/// Fits the coefficients on the given couples; of `parameters` only the links play a part.
///
/// # Errors
/// When couples are too few or too alike.
pub fn calibrate_on(
    territory: &Territory,
    parameters: &ModelParameters,
    couples: &[TravelCouple],
) -> Result<CalibrationReport, CalibrationError> {
    let network = Network::new(territory, parameters);
    let rows: Vec<([f64; 6], f64)> = couples.iter().filter_map(|couple| row(territory, &network, couple)).collect();
    if rows.len() < FEWEST {
        return Err(CalibrationError::TooFew { found: rows.len() });
    }
    let all = solve(rows.iter()).ok_or(CalibrationError::Undetermined)?;
    let mut left_aside = vec![0.0; rows.len()];
    for fold in 0..FOLDS {
        let others = rows.iter().enumerate().filter(|(i, _)| i % FOLDS != fold).map(|(_, row)| row);
        let coefficients = solve(others).ok_or(CalibrationError::Undetermined)?;
        for (i, (terms, _)) in rows.iter().enumerate().filter(|(i, _)| i % FOLDS == fold) {
            left_aside[i] = dot(&coefficients, terms);
        }
    }
    let measured = |i: usize| rows[i].1;
    let pairs: Vec<(f64, f64)> = left_aside.iter().enumerate().map(|(i, found)| (*found, measured(i))).collect();
    let short: Vec<(f64, f64)> = pairs.iter().copied().filter(|(_, minutes)| *minutes <= SHORT).collect();
    let relative = pairs.iter().map(|(found, minutes)| ((found - minutes) / minutes.max(5.0)).powi(2)).sum::<f64>();
    Ok(CalibrationReport {
        coefficients: Coefficients::from_array(all),
        fitted: fit(&rows.iter().map(|(terms, minutes)| (dot(&all, terms), *minutes)).collect::<Vec<_>>()),
        cross_validated: fit(&pairs),
        cross_validated_short: fit(&short),
        relative: (relative / pairs.len() as f64).sqrt(),
        left_out: (couples.len() - rows.len()) as u32,
    })
}

/// Terms of a couple and its measured minutes. Its ends are addresses, not communes: the straight km are theirs, the rate
/// of detour and the density those of the way between the communes whose points are nearest.
fn row(territory: &Territory, network: &Network, couple: &TravelCouple) -> Option<([f64; 6], f64)> {
    let minutes = Some(couple.metric_minutes).filter(|minutes| minutes.is_finite() && *minutes < 9000.0)?;
    let [a, b] = [couple.origin, couple.destination];
    let commune = |end: [f64; 2]| Some(territory.spatial().nearest(end[0], end[1], 1).first()?.0);
    let (from, to) = (commune(a)?, commune(b)?);
    let mut way = network.way(from, to)?;
    let crow = pacte_territory::geodesy::great_circle_km((a[0], a[1]), (b[0], b[1]));
    let rate = if way.crow_km > 0.1 { (way.path_km / way.crow_km).max(1.0) } else { 1.0 };
    (way.crow_km, way.path_km) = (crow, crow * rate);
    Some((Coefficients::terms(&way), minutes))
}

fn dot(a: &[f64; 6], b: &[f64; 6]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Weighted least squares by the normal equations; `None` when they are singular.
fn solve<'a>(rows: impl Iterator<Item = &'a ([f64; 6], f64)>) -> Option<[f64; 6]> {
    let mut system = [[0.0; 7]; 6];
    for (terms, minutes) in rows {
        let weight = minutes.max(5.0).powi(-2);
        for i in 0..6 {
            for j in 0..6 {
                system[i][j] += weight * terms[i] * terms[j];
            }
            system[i][6] += weight * terms[i] * minutes;
        }
    }
    for pivot in 0..6 {
        let best = (pivot..6).max_by(|a, b| system[*a][pivot].abs().total_cmp(&system[*b][pivot].abs()))?;
        system.swap(pivot, best);
        let lead = system[pivot];
        if lead[pivot].abs() < 1e-9 {
            return None;
        }
        for (_, line) in system.iter_mut().enumerate().filter(|(i, _)| *i != pivot) {
            let ratio = line[pivot] / lead[pivot];
            for (value, from) in line.iter_mut().zip(lead) {
                *value -= ratio * from;
            }
        }
    }
    let mut solution = [0.0; 6];
    for (i, value) in solution.iter_mut().enumerate() {
        *value = system[i][6] / system[i][i];
    }
    Some(solution)
}

fn fit(pairs: &[(f64, f64)]) -> Fit {
    let n = pairs.len().max(1) as f64;
    let mean = pairs.iter().map(|(_, measured)| measured).sum::<f64>() / n;
    let square = pairs.iter().map(|(found, measured)| (found - measured).powi(2)).sum::<f64>();
    let spread = pairs.iter().map(|(_, measured)| (measured - mean).powi(2)).sum::<f64>();
    Fit {
        couples: pairs.len() as u32,
        rmse: (square / n).sqrt(),
        mae: pairs.iter().map(|(found, measured)| (found - measured).abs()).sum::<f64>() / n,
        bias: pairs.iter().map(|(found, measured)| found - measured).sum::<f64>() / n,
        r2: if spread > 0.0 { 1.0 - square / spread } else { f64::NAN },
    }
}
