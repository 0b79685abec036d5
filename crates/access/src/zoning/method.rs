//! Zoning methods as data: what is classified, by what, within which quotas and margins, and under which text.
//!
//! The files shipped with the program are under `pacts/methods/zoning/`; `pacte` and the portal read others written by users with
//! the same [`ZoningMethod::from_yaml`], whose errors name the file, the line and the field.

use jiff::civil::Date;
use pacte_territory::Level;
use serde::{Deserialize, Serialize};

pub use crate::method::{MethodError, Status, Weighting};
use crate::shipped::{Shipped, shipped};

mod plans;
mod raw;

pub use plans::{Adjustments, Band, Cuts, DensityPlan, ScorePlan, Scored, Verdict};

/// A share of people or of zones, exact: `num` out of `den`.
///
/// Quotas are law: they are kept as integers, a percentage with two decimals over 10,000, a table of people over the
/// population it was written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Numerator.
    pub num: u64,
    /// Denominator, never 0.
    pub den: u64,
}

impl Share {
    /// A share per ten thousand: 3020 is 30.20 %.
    pub const fn per_ten_thousand(num: u64) -> Self {
        Self { num, den: 10_000 }
    }

    /// The share of so many people (or zones), rounded down.
    pub fn of(self, people: u64) -> u64 {
        (u128::from(self.num) * u128::from(people) / u128::from(self.den)) as u64
    }

    /// In percent, for display.
    pub fn percent(self) -> f64 {
        self.num as f64 * 100.0 / self.den as f64
    }
}

/// A class of zones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Stable name: `zip`.
    pub id: String,
    /// French title.
    pub label: String,
    /// Acronym or short title for maps and tables: `ZIP`.
    pub short: String,
    /// Place in a scale of colours, 0 for the most favoured; classes that share a rank share a colour.
    pub rank: u8,
    /// What the class opens, in one French sentence.
    pub aids: String,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Concept without age limit: `apl.gp`.
    pub concept: String,
    /// Oldest age of the practitioners counted, when the method leaves older ones out.
    pub age_limit: Option<u32>,
    /// Weight of communes in the mean of a unit.
    pub weighting: Weighting,
}

impl Indicator {
    /// Concept of the published column: `apl.gp_65`.
    pub fn column(&self) -> String {
        match self.age_limit {
            Some(age) => format!("{}_{age}", self.concept),
            None => self.concept.clone(),
        }
    }

    /// Share of supply by which an APL of all ages is multiplied to stand for this indicator when ages are unknown:
    /// that of the same age limit in `method`; `None` when the method has no such limit.
    pub fn supply_share(&self, method: &crate::method::AplMethod) -> Option<f64> {
        match self.age_limit {
            None => Some(1.0),
            Some(age) => method.age_limits.iter().find(|limit| limit.upto == age).map(|limit| limit.supply_share),
        }
    }
}

/// How a quota chooses among the units of its pool, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Stop before the first unit that does not fit.
    Prefix,
    /// Skip the units that do not fit.
    Greedy,
    /// The worst units whose people make the quota to the last person, or come nearest to it.
    Exact,
}

/// One step of a method by thresholds; steps apply in order to the units that have no class yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Class given.
    pub to: u8,
    /// Only units whose indicator is below this; `None` for all.
    pub below: Option<f64>,
    /// Whether the ARS has no choice.
    pub mandatory: bool,
    /// Index of the quota that limits the step, in [`ZoningMethod::quotas`].
    pub quota: Option<usize>,
    /// How the quota is filled.
    pub fill: Fill,
}

/// How classes are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Plan {
    /// Thresholds and quotas on one indicator: doctors.
    Thresholds {
        /// Steps, in order.
        rules: Vec<Rule>,
    },
    /// Scores by indicator: nurses of 2011.
    Score(ScorePlan),
    /// Percentiles of a weighted density: physiotherapists of 2011.
    Density(DensityPlan),
}

/// The share of one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionShare {
    /// Code of the region at the level of quotas; empty for the default.
    pub code: String,
    /// Name, as the source prints it.
    pub name: String,
    /// The share.
    pub share: Share,
    /// Whether it stands in the source.
    pub status: Status,
    /// What there is to know about it; may be empty.
    pub note: String,
}

/// People that may be classified, by region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Stable name.
    pub id: String,
    /// French title.
    pub label: String,
    /// Classes whose people count together.
    pub classes: Vec<u8>,
    /// Whether units of a mandatory class are kept beyond the quota (which then only limits what is added).
    pub mandatory_exempt: bool,
    /// Population the shares in people were written for, in French; empty when they are percentages.
    pub written_for: String,
    /// Share of regions that are not listed; `None` when the method cannot serve them.
    pub default: Option<RegionShare>,
    /// Shares by region.
    pub regions: Vec<RegionShare>,
}

impl Quota {
    /// The share of a region, the default when it is not listed.
    pub fn share(&self, code: &str) -> Option<&RegionShare> {
        self.regions.iter().find(|region| region.code == code).or(self.default.as_ref())
    }
}

/// How far classes may change in number of zones, by region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeChange {
    /// What is always allowed.
    pub usual: Share,
    /// What is allowed after the opinion of the regional commission.
    pub exceptional: Share,
    /// Zones that may always come or go, however small the class.
    pub at_least: u64,
}

/// How far the ARS may depart from the proposal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Margin {
    /// Any unit may take any class, quotas kept (SROS).
    pub free: bool,
    /// Units of the pool may take any class, quotas kept.
    pub pool: bool,
    /// Share of the region's people, outside the pool, that may be given a more favoured class.
    pub outside: Option<Share>,
    /// Classes a unit may go up or down.
    pub steps: Option<u8>,
    /// How far classes may grow or shrink.
    pub size: Option<SizeChange>,
}

/// What a special area is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecialKind {
    /// Quartier prioritaire de la politique de la ville.
    Qpv,
    /// Zone de revitalisation rurale.
    Zrr,
}

/// Areas that the method treats apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Special {
    /// Which areas.
    pub kind: SpecialKind,
    /// Classes they may be added to; empty when they are only shown.
    pub classes: Vec<u8>,
    /// What the text says, in French.
    pub text: String,
}

/// An opinion required before the arrêté.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Body, in French.
    pub body: String,
    /// `concertation` or `avis`.
    pub form: OpinionForm,
    /// Months the body has; silence counts as an opinion given. `None` without term.
    pub months: Option<u32>,
    /// Provision.
    pub provision: String,
}

/// What is asked of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpinionForm {
    /// To be heard.
    Concertation,
    /// To give an opinion.
    Avis,
}

/// A parameter that could not be checked against its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// Field of the file.
    pub parameter: String,
    /// What was assumed and why, in French.
    pub note: String,
}

/// A zoning method.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoningMethod {
    /// Stable name: `medecins-2017`.
    pub id: String,
    /// French title.
    pub label: String,
    /// Profession: `gp`, `nurse`, `physio`…
    pub profession: String,
    /// Date of the text.
    pub version: Date,
    /// The text, as one cites it.
    pub legal_basis: String,
    /// Where the parameters were read.
    pub source: String,
    /// First day in force, when known.
    pub from: Option<Date>,
    /// Last day in force, when replaced.
    pub to: Option<Date>,
    /// Whether every parameter was checked; the doubtful ones are in [`Self::doubts`].
    pub status: Status,
    /// Levels of the units: the one of the text, then stand-ins by preference.
    pub units: Vec<Level>,
    /// Levels of the regions of the quotas: the one of the text, then stand-ins by preference.
    pub quota_levels: Vec<Level>,
    /// What is measured; `None` for methods on a table of zones.
    pub indicator: Option<Indicator>,
    /// Classes, the most favoured first.
    pub classes: Vec<Class>,
    /// Class of units that no rule takes.
    pub otherwise: Option<u8>,
    /// How classes are found.
    pub plan: Plan,
    /// Quotas.
    pub quotas: Vec<Quota>,
    /// Margin of the ARS.
    pub margin: Margin,
    /// Special areas.
    pub special: Vec<Special>,
    /// Opinions required.
    pub opinions: Vec<Opinion>,
    /// Parameters to check.
    pub doubts: Vec<Doubt>,
    text: String,
}

const SHIPPED: Shipped = shipped!(
    "methods/zoning": "medecins-2011", "medecins-2017", "medecins-2021", "infirmiers-2011", "kinesitherapeutes-2011",
);

impl ZoningMethod {
    /// Reads a method; `file` is only used to name it in errors.
    ///
    /// # Errors
    /// When the text is not YAML, a field is missing, unknown or out of range, or two fields contradict each other (quotas of
    /// disjoint classes above 100 %, a rule that can never apply).
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, MethodError> {
        raw::method(file, text)
    }

    /// Names of the shipped methods.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.names()
    }

    /// The text of a shipped method: a start for one's own.
    pub fn shipped_text(name: &str) -> Option<&'static str> {
        SHIPPED.find(name).map(|(_, text)| text)
    }

    /// A shipped method, `None` when there is none of this name.
    pub fn shipped(name: &str) -> Option<Self> {
        SHIPPED.read(name, Self::from_yaml)
    }

    /// The text the method was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// BLAKE3 of the text, hexadecimal: two methods with the same hash give the same classes to the same data.
    pub fn hash(&self) -> String {
        blake3::hash(self.text.as_bytes()).to_hex().to_string()
    }

    /// Whether it was in force on a day; unknown bounds are open.
    pub fn in_force(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Index of the class with this identifier.
    pub fn class(&self, id: &str) -> Option<u8> {
        self.classes.iter().position(|class| class.id == id).map(|i| i as u8)
    }

    /// Whether classes come from a table of zones with the activity of professionals rather than from an indicator.
    pub const fn needs_table(&self) -> bool {
        !matches!(self.plan, Plan::Thresholds { .. })
    }

    /// What is unverified, one French sentence each, for the notes of every result.
    pub fn cautions(&self) -> Vec<String> {
        let mut cautions: Vec<String> =
            self.doubts.iter().map(|doubt| format!("Non vérifié ({}) : {}", doubt.parameter, doubt.note)).collect();
        if self.status == Status::Unverified && cautions.is_empty() {
            cautions.push("Des paramètres de cette méthode restent à vérifier.".to_owned());
        }
        cautions
    }
}
