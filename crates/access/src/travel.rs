//! Minutes by car between communes, behind one trait.
//!
//! [`TravelTimes`] is what computations ask of travel times. [`Model`] implements it where no road network is imported: a
//! formula over distance, detours and density, fitted on measured couples ([`calibrate`](mod@calibrate)) and on nothing
//! else. [`RoadTimes`] implements it over a road network, and asks the model for what the roads do not reach.

use pacte_territory::CommuneId;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::od::OdMatrix;

pub mod calibrate;
mod measured;
mod model;
mod network;
mod parameters;
mod points;
mod roads;
mod stops;

pub use measured::{BANDS, Closeness, Measured, against_measures};
pub use model::Model;
pub use network::Network;
pub use parameters::{Coefficients, Fit, Link, ModelParameters};
pub use points::habitat_points;
pub(crate) use roads::MINUTE;
pub use roads::{RoadTimes, road_source};
pub use stops::Coverage;
pub(crate) use stops::Stops;

/// How travel times were obtained, for the method of every figure that uses them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TravelMethod {
    /// Stable name.
    pub id: String,
    /// French label.
    pub label: String,
    /// Citation of what they rest on.
    pub source: String,
    /// How good they are, in one French sentence.
    pub quality: String,
}

/// Minutes between communes. Staying in one's commune takes 0 minutes (convention of the DREES).
pub trait TravelTimes: Sync {
    /// How these times were obtained.
    fn describe(&self) -> TravelMethod;

    /// Number of communes.
    fn communes(&self) -> u32;

    /// Minutes from one commune to another; `None` when no road leads there.
    fn minutes(&self, origin: CommuneId, destination: CommuneId) -> Option<f64>;

    /// Calls `visit` with communes around `origin` and the minutes to them, the origin first, in no strict order after it.
    ///
    /// `visit` returns how many minutes away the search still has to look. Every commune within the last answer is
    /// visited; some beyond it may be.
    fn search(&self, origin: CommuneId, visit: &mut dyn FnMut(CommuneId, f64) -> f64);

    /// Every pair within `max_minutes`, symmetric if the times are.
    fn matrix(&self, max_minutes: f64) -> OdMatrix;

    /// For each origin, the communes within `max_minutes` of it and the minutes there, the origin itself included, in
    /// commune order. By default one search for each origin.
    fn outward(&self, origins: &[CommuneId], max_minutes: f64) -> Vec<Vec<(CommuneId, f32)>> {
        origins
            .par_iter()
            .map(|origin| {
                let mut row = Vec::new();
                self.search(*origin, &mut |commune, minutes| {
                    if minutes <= max_minutes {
                        row.push((commune, minutes as f32));
                    }
                    max_minutes
                });
                row.sort_unstable_by_key(|(commune, _)| *commune);
                row
            })
            .collect()
    }

    /// For each destination, the communes from which it is within `max_minutes` and the minutes from there, the destination
    /// itself included, in commune order. By default as [`Self::outward`], which times that take as long both ways allow.
    fn inward(&self, destinations: &[CommuneId], max_minutes: f64) -> Vec<Vec<(CommuneId, f32)>> {
        self.outward(destinations, max_minutes)
    }

    /// See [`nearest`]. By default one search for each commune.
    fn nearest(&self, kinds: &[&[f64]]) -> Vec<Vec<Option<Nearest>>> {
        // A kind that stands nowhere would send every search to the end of the country.
        let stands: Vec<bool> = kinds.iter().map(|counts| counts.iter().any(|count| *count > 0.0)).collect();
        let by_commune: Vec<Vec<Option<Nearest>>> = (0..self.communes())
            .into_par_iter()
            .map(|origin| {
                let mut found: Vec<Option<Nearest>> = vec![None; kinds.len()];
                look(kinds, &stands, &mut found, &mut |visit| self.search(origin, visit));
                found
            })
            .collect();
        (0..kinds.len()).map(|kind| by_commune.iter().map(|found| found[kind]).collect()).collect()
    }
}

/// The nearest of some places, for one commune.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Commune where it stands.
    pub commune: CommuneId,
    /// Minutes to it; 0 in one's own commune.
    pub minutes: f64,
}

/// For each kind of place and each commune, the commune of the nearest place; `None` when no road leads to any.
///
/// `kinds[k]` has one count per commune; a place stands where the count is above zero. Ties go to the smaller id.
pub fn nearest(times: &dyn TravelTimes, kinds: &[&[f64]]) -> Vec<Vec<Option<Nearest>>> {
    times.nearest(kinds)
}

/// A search from one commune: calls back with communes and minutes, and stops at the minutes the last call returned.
type Search<'a> = dyn FnMut(&mut dyn FnMut(CommuneId, f64) -> f64) + 'a;

/// Improves `found`, the nearest of each kind known so far, by what a search visits, as far as kinds that `stands` marks
/// may still be found nearer.
fn look(kinds: &[&[f64]], stands: &[bool], found: &mut [Option<Nearest>], search: &mut Search<'_>) {
    search(&mut |commune, minutes| {
        let mut reach = 0.0_f64;
        for ((best, counts), stands) in found.iter_mut().zip(kinds).zip(stands) {
            if counts[commune as usize] > 0.0 {
                let nearer = best.is_none_or(|best| (minutes, commune) < (best.minutes, best.commune));
                if nearer {
                    *best = Some(Nearest { commune, minutes });
                }
            }
            if *stands {
                reach = reach.max(best.map_or(f64::INFINITY, |best| best.minutes));
            }
        }
        reach
    });
}
