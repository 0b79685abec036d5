//! Parameters of the two methods that work on a table of zones.

use serde::{Deserialize, Serialize};

/// Cut-points of an indicator among all zones: first decile, first quartile, third quartile, ninth decile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cuts {
    /// First decile.
    pub d1: f64,
    /// First quartile.
    pub q1: f64,
    /// Third quartile.
    pub q3: f64,
    /// Ninth decile.
    pub d9: f64,
}

impl Cuts {
    /// Bracket of a value: 0 below D1, 1 from D1, 2 from Q1, 3 from Q3, 4 from D9.
    pub fn bracket(&self, value: f64) -> usize {
        [self.d1, self.q1, self.q3, self.d9].iter().filter(|cut| value >= **cut).count()
    }
}

/// One scored indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Which figure of the table: `fees`, `share_75`, `density`, `travel`.
    pub indicator: String,
    /// French title.
    pub label: String,
    /// Score of each bracket: below D1, D1 to Q1, Q1 to Q3, Q3 to D9, D9 and above.
    pub scores: [u8; 5],
}

/// One line of the passage from score to class; lines apply in order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Class given.
    pub to: u8,
    /// Lowest total.
    pub from: u8,
    /// Highest total, included.
    pub upto: u8,
    /// Only when the density is below this, professionals per 100,000 inhabitants.
    pub density_below: Option<f64>,
}

/// Scores by indicator (convention of nurses, 2011).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScorePlan {
    /// Indicators.
    pub indicators: Vec<Scored>,
    /// Passage from score to class; every total from 0 to the highest has one.
    pub verdicts: Vec<Verdict>,
    /// Professionals that a place of home nursing service (SSIAD) stands for.
    pub per_place: f64,
}

/// An age band of the population standardisation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// First age, completed years.
    pub from: u32,
    /// Last age, included; `None` for the last band.
    pub to: Option<u32>,
}

/// The two adjustments of the weighted density.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjustments {
    /// Share of professionals at or above the age limit beyond which an under-supplied zone becomes very under-supplied.
    pub aged_share: f64,
    /// Age from which a professional counts as old, years.
    pub aged_from: u32,
    /// Percentile of acts per patient from which a highly supplied zone becomes over-supplied, from 0 to 100.
    pub acts_percentile: f64,
}

/// Percentiles of a weighted density (convention of physiotherapists, 2011).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DensityPlan {
    /// Days a year of a full-time professional.
    pub days_per_year: f64,
    /// Most acts of a half day; more make a full day.
    pub half_day_acts: u32,
    /// Speed of travel between patients, km/h.
    pub speed: f64,
    /// Hours a year of a full-time professional.
    pub hours_per_year: f64,
    /// Largest share of a zone's full-time equivalents that travel takes away, from 0 to 1.
    pub travel_cap: f64,
    /// Age bands of the standardised population.
    pub bands: Vec<Band>,
    /// Percentiles that part the classes, increasing, from 0 to 100.
    pub cuts: [f64; 4],
    /// Classes between the cuts, the least dense first.
    pub classes: [u8; 5],
    /// Class of zones without professional.
    pub empty: u8,
    /// Codes of the regions that do not set the cut values (overseas).
    pub outside: Vec<String>,
    /// Adjustments.
    pub adjust: Adjustments,
}
