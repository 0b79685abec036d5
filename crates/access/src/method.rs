//! Methods as data: what the law and the DREES fix, read from text files that a jurist can correct.
//!
//! An [`AplMethod`] holds the parameters of one profession and vintage; an [`Estimation`] says what Pacte assumes where
//! official micro-data are not public. Both are read from YAML with the place of every value, so that an error names the
//! file, the line and the field. The files shipped with the program are under `pacts/methods/apl/`; a territory imported
//! from the DREES workbook carries its own, which take precedence ([`AplMethod::of_territory`]).

use pacte_territory::Territory;
use serde::{Deserialize, Serialize};

use crate::shipped::{Shipped, shipped};

mod decay;
pub(crate) mod raw;

pub use decay::{Band, Boundary, Decay, ExpectedDecay};

/// Why a method file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column} : {field} : {problem}")]
pub struct MethodError {
    /// File, as the caller named it.
    pub file: String,
    /// Line, from 1; 0 when the whole file is concerned.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// Field, dotted: `decay.bands`.
    pub field: String,
    /// What is wrong and what to do, in French.
    pub problem: String,
}

/// Whether the parameters were checked against their source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every value stands in the cited source, but for those the file says are assumed.
    Sourced,
    /// Some value is to be checked.
    Unverified,
}

/// Weight that carries an APL above the commune.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// Plain population (zoning arrêté of 2017-11-13).
    Population,
    /// Standardised population (DREES workbook): the one that conserves supply.
    Standardised,
}

/// How the yearly activity of a practitioner is counted, acts a year (DREES workbook, sheet Paramètres).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// At or below this activity a practitioner counts for nothing.
    pub ignored_upto: f64,
    /// Lowest activity of a practitioner who counts.
    pub floor: f64,
    /// Highest activity counted.
    pub cap: f64,
    /// Activity imputed to a practitioner who had none the year before.
    pub newly_installed: f64,
    /// Activity per head when individual activity is unknown and no published mean gives the level.
    pub per_head: f64,
}

impl Activity {
    /// What is counted of an observed activity; `None` stands for a practitioner newly installed.
    pub fn counted(&self, observed: Option<f64>) -> f64 {
        match observed {
            None => self.newly_installed,
            Some(acts) if acts <= self.ignored_upto => 0.0,
            Some(acts) => acts.clamp(self.floor, self.cap),
        }
    }
}

/// A published variant that leaves out practitioners above an age.
#[derive(Clone, Debug, PartialEq)]
pub struct AgeLimit {
    /// Oldest age kept, years.
    pub upto: u32,
    /// Share of the national supply due to those kept, from 0 to 1: the rule when ages are unknown by commune.
    pub supply_share: f64,
    /// Where the share comes from.
    pub source: String,
}

/// Relative consumption of an age band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgeWeight {
    /// First age, completed years.
    pub from: u32,
    /// Last age, included; `None` for the last band.
    pub to: Option<u32>,
    /// Consumption of the band divided by the national mean.
    pub weight: f64,
}

/// Parameters of an APL: one profession, one vintage.
#[derive(Clone, Debug, PartialEq)]
pub struct AplMethod {
    /// Stable name: `mg-2022`.
    pub id: String,
    /// French title.
    pub label: String,
    /// Profession: `gp`, the last part of `supply.gp` and `apl.gp`.
    pub profession: String,
    /// Year the APL describes.
    pub vintage: i16,
    /// French unit of the APL.
    pub unit: String,
    /// Citation.
    pub source: String,
    /// Whether the values were checked.
    pub status: Status,
    /// Weight of a travel time.
    pub decay: Decay,
    /// How activity is counted.
    pub activity: Activity,
    /// Variants beside the one without age limit.
    pub age_limits: Vec<AgeLimit>,
    /// Relative consumption by age, bands following one another from 0; empty when the source does not say.
    pub age_weights: Vec<AgeWeight>,
    /// Official weight of a mean APL above the commune.
    pub aggregation: Weighting,
}

const SHIPPED: Shipped = shipped!("methods/apl": "mg-2010", "mg-2022", "mg-2023");

const ESTIMATION: (&str, &str) =
    ("pacts/methods/apl/offre-estimee.yaml", include_str!("../../../pacts/methods/apl/offre-estimee.yaml"));
const NATIONAL: (&str, &str) =
    ("pacts/methods/apl/offre-nationale.yaml", include_str!("../../../pacts/methods/apl/offre-nationale.yaml"));

impl AplMethod {
    /// Reads a method; `file` is only used to name it in errors.
    ///
    /// # Errors
    /// When the text is not YAML, a field is missing, unknown or out of range.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, MethodError> {
        raw::method(file, text)
    }

    /// Names of the shipped methods.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.names()
    }

    /// The text of a shipped method.
    pub fn shipped_text(name: &str) -> Option<&'static str> {
        SHIPPED.find(name).map(|(_, text)| text)
    }

    /// A shipped method, `None` when there is none of this name.
    pub fn shipped(name: &str) -> Option<Self> {
        SHIPPED.read(name, Self::from_yaml)
    }

    /// The text and name for errors of the method of this name: the one that came with the territory's data, else the
    /// shipped one.
    pub fn text_of_territory<'a>(territory: &'a Territory, name: &str) -> Option<(String, &'a str)> {
        let stored = format!("apl/{name}");
        match territory.methods.iter().find(|method| method.name == stored) {
            Some(method) => Some((format!("{stored}.yaml"), &method.yaml)),
            None => SHIPPED.find(name).map(|(file, text)| (file.to_owned(), text)),
        }
    }

    /// The method of this name that came with the territory's data, else the shipped one; `None` when neither exists.
    ///
    /// # Errors
    /// When the method that came with the data cannot be read.
    pub fn of_territory(territory: &Territory, name: &str) -> Result<Option<Self>, MethodError> {
        Self::text_of_territory(territory, name).map(|(file, text)| Self::from_yaml(&file, text)).transpose()
    }

    /// Standardised population of people counted by age: `ages` holds (age in completed years, people).
    ///
    /// Each person weighs the relative consumption of their band; without age weights everybody weighs 1.
    pub fn standardise(&self, ages: impl IntoIterator<Item = (u32, f64)>) -> f64 {
        let weight = |age| {
            self.age_weights
                .iter()
                .find(|band| age >= band.from && band.to.is_none_or(|to| age <= to))
                .map_or(1.0, |band| band.weight)
        };
        ages.into_iter().map(|(age, people)| people * weight(age)).sum()
    }
}

/// How the activity of each counted practitioner is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityRule {
    /// The same everywhere.
    National,
    /// Corrected by place from the APL published for an earlier vintage.
    PreviousVintage,
}

/// What is assumed when the activity of each practitioner is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimation {
    /// Stable name.
    pub id: String,
    /// French title.
    pub label: String,
    /// Citation.
    pub source: String,
    /// Whether the values were checked.
    pub status: Status,
    /// How activity varies from place to place.
    pub activity: ActivityRule,
    /// Rounds of the local correction.
    pub iterations: u32,
    /// Standard deviation of the error of estimated travel times, minutes; 0 for none.
    pub travel_uncertainty: f64,
}

impl Estimation {
    /// Reads an estimation file; `file` is only used to name it in errors.
    ///
    /// # Errors
    /// When the text is not YAML, a field is missing, unknown or out of range.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, MethodError> {
        raw::estimation(file, text)
    }

    /// File name and text of the shipped estimation that follows a rule.
    pub const fn shipped_text(rule: ActivityRule) -> (&'static str, &'static str) {
        match rule {
            ActivityRule::PreviousVintage => ESTIMATION,
            ActivityRule::National => NATIONAL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_methods_read_and_hold_the_official_values() {
        for name in AplMethod::shipped_names() {
            assert_eq!(AplMethod::shipped(name).unwrap().id, name);
        }
        let method = AplMethod::shipped("mg-2022").unwrap();
        assert_eq!([9.99, 10.0, 19.9, 20.0].map(|t| method.decay.weight(t)), [1.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]);
        let counted =
            [0.0, 250.0, 251.0, 3600.0, 4321.0, 6000.0, 9000.0].map(|acts| method.activity.counted(Some(acts)));
        assert_eq!(counted, [0.0, 0.0, 3600.0, 3600.0, 4321.0, 6000.0, 6000.0]);
        assert_eq!(method.activity.counted(None), 5400.0);
        assert!((method.standardise([(3, 100.0), (72, 10.0), (95, 1.0)]) - (93.0 + 15.2 + 2.39)).abs() < 1e-9);
        assert!((method.age_limits[0].supply_share - 3.342 / 3.789).abs() < 5e-4);
        let first = AplMethod::shipped("mg-2010").unwrap();
        assert_eq!([4.0, 9.0, 14.0, 15.0].map(|t| first.decay.weight(t)), [1.0, 0.3, 0.1, 0.0]);
        assert_eq!(first.standardise([(3, 100.0)]), 100.0);
        for rule in [ActivityRule::PreviousVintage, ActivityRule::National] {
            let (file, text) = Estimation::shipped_text(rule);
            assert_eq!(Estimation::from_yaml(file, text).unwrap().activity, rule);
        }
    }

    /// Line of the shipped method on which `text` stands, after replacing it.
    fn broken(from: &str, to: &str) -> (u64, MethodError) {
        let text = AplMethod::shipped_text("mg-2022").unwrap();
        let line = text.lines().position(|line| line.contains(from)).expect(from) as u64 + 1;
        (line, AplMethod::from_yaml("essai.yaml", &text.replacen(from, to, 1)).unwrap_err())
    }

    #[test]
    fn errors_name_file_line_and_field() {
        for (from, to, field, said) in [
            ("upto: 15,", "upto: 9,", "decay.bands", "croissantes"),
            ("weight: 0.6666666666666666", "weight: 1.5", "decay.bands", "entre 0 et 1"),
            ("weight: 0.3333333333333333", "weight: 0.9", "decay.bands", "décroître"),
            ("vintage: 2022", "vintage: 22", "vintage", "1990"),
            ("{ from: 5, to: 9,", "{ from: 6, to: 9,", "age_weights", "se suivre"),
            ("{ from: 5, to: 9,", "{ from: 5, to: 4,", "age_weights", "avant"),
            ("floor: 3600", "floor: 200", "activity.floor", "250"),
            ("cap: 6000", "cap: 1000", "activity.cap", "3600"),
            ("supply_share: 0.882", "supply_share: 88.2", "age_limits", "entre 0 et 1"),
        ] {
            let (line, error) = broken(from, to);
            assert_eq!((error.file.as_str(), error.line, error.field.as_str()), ("essai.yaml", line, field), "{error}");
            assert!(error.problem.contains(said), "{error}");
        }
        let (line, error) = broken("boundary: below", "boundary: under");
        assert_eq!(error.line, line, "{error}");
        let (_, error) = broken("profession:", "metier:");
        assert!(error.line > 0 && error.to_string().contains("metier"), "{error}");
        assert!(AplMethod::from_yaml("vide.yaml", "").is_err());
    }
}
