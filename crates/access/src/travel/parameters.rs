//! Parameters of the model as data: `pacts/methods/travel/*.yaml`.

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::network::Way;
use crate::method::MethodError;
use crate::method::raw::{read, within};

const SHIPPED: (&str, &str) =
    ("pacts/methods/travel/calibre-2021.yaml", include_str!("../../../../pacts/methods/travel/calibre-2021.yaml"));

/// Coefficients of the travel-time formula, minutes per unit of each term.
///
/// With `d` the straight km, `p` the km along neighbouring communes, and `λ` the mean along them of log10(1 + density / 100),
/// density in inhabitants per km²:
///
/// ```text
/// minutes = constant + straight·d + root·√d + detour·(p − d) + open·λ·d + dense·λ·√d
/// ```
///
/// Short trips are slower per km than long ones, and the more so the denser the way: streets first, then fast roads.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coefficients {
    /// Minutes whatever the trip.
    pub constant: f64,
    /// Per straight km.
    pub straight: f64,
    /// Per square root of straight km: short trips are slower.
    pub root: f64,
    /// Per km of detour round water, relief and gaps between communes.
    pub detour: f64,
    /// Per km and unit of log-density: fast roads lie where people do (negative).
    pub open: f64,
    /// Per square root of km and unit of log-density: streets (positive).
    pub dense: f64,
}

impl Coefficients {
    /// Terms of the formula for a way, in the order of the coefficients.
    pub fn terms(way: &Way) -> [f64; 6] {
        let (d, root) = (way.crow_km, way.crow_km.sqrt());
        [1.0, d, root, (way.path_km - d).max(0.0), way.log_density * d, way.log_density * root]
    }

    /// The coefficients in the order of [`Self::terms`].
    pub const fn to_array(self) -> [f64; 6] {
        [self.constant, self.straight, self.root, self.detour, self.open, self.dense]
    }

    /// The reverse of [`Self::to_array`].
    pub const fn from_array([constant, straight, root, detour, open, dense]: [f64; 6]) -> Self {
        Self { constant, straight, root, detour, open, dense }
    }
}

/// Fixed link over water between communes that share no border.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Code of one commune.
    pub from: String,
    /// Code of the other.
    pub to: String,
    /// What it is, in French.
    pub what: String,
}

/// How well the formula gives measured times back, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// Couples used.
    pub couples: u32,
    /// Root mean square error.
    pub rmse: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Mean of estimated − measured.
    pub bias: f64,
    /// Share of the variance of measured times explained.
    pub r2: f64,
}

/// A model: coefficients, limits of validity, and how good the fit was.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelParameters {
    /// Stable name.
    pub id: String,
    /// French label.
    pub label: String,
    /// Citation of the measured times.
    pub source: String,
    /// Coefficients.
    pub coefficients: Coefficients,
    /// Shortest time between two communes, minutes.
    pub shortest: f64,
    /// Fastest a trip can be along neighbouring communes, km per minute; bounds searches.
    pub fastest: f64,
    /// Bridges the adjacency of contours does not show.
    pub links: Vec<Link>,
    /// Cross-validated quality, all couples.
    pub fit: Fit,
    /// The same on the couples of at most 22 minutes, those that count in the APL.
    pub short: Fit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    label: String,
    source: String,
    coefficients: Coefficients,
    shortest: Spanned<f64>,
    fastest: Spanned<f64>,
    #[serde(default)]
    links: Vec<Link>,
    cross_validated: Fit,
    cross_validated_upto_22_minutes: Fit,
}

impl ModelParameters {
    /// Reads a parameter file; `file` is only used to name it in errors.
    ///
    /// # Errors
    /// When the text is not YAML, a field is missing, unknown or out of range.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, MethodError> {
        let raw: Raw = read(file, text)?;
        Ok(Self {
            shortest: within(file, "shortest", &raw.shortest, 0.0..=10.0, "de 0 à 10 minutes")?,
            fastest: within(file, "fastest", &raw.fastest, 0.5..=5.0, "de 0,5 à 5 km par minute")?,
            id: raw.id,
            label: raw.label,
            source: raw.source,
            coefficients: raw.coefficients,
            links: raw.links,
            fit: raw.cross_validated,
            short: raw.cross_validated_upto_22_minutes,
        })
    }

    /// The shipped parameters.
    pub fn shipped() -> Self {
        Self::from_yaml(SHIPPED.0, SHIPPED.1).expect("a test reads the shipped parameters")
    }

    /// The text of the shipped parameters.
    pub const fn shipped_text() -> &'static str {
        SHIPPED.1
    }
}
