//! What a method proposes, unit by unit, and why; quotas and how they are used; faults with their remedy.

use pacte_territory::{Level, Territory};
use serde::{Deserialize, Serialize};

use super::classes::Classes;
use super::method::{Class, Share, SpecialKind};
use crate::french::comma;

/// One input of a proposal and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vintage {
    /// What it is: `indicateur`, `population`, `découpage`, `table`.
    pub what: String,
    /// Concept and vintage (`apl.gp_65@2022`), level, or name of a file.
    pub name: String,
    /// Citation: producer, title, vintage.
    pub citation: String,
}

/// Why a unit has its class, or none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// Below a threshold that leaves no choice.
    Mandatory {
        /// Threshold, in the unit of the indicator.
        below: f64,
    },
    /// Among the worst units of the pool, in order, as long as the quota lasts.
    Quota {
        /// Identifier of the quota.
        quota: String,
        /// Rank among the units that could be chosen in the region, from 1 (the worst).
        rank: u32,
    },
    /// Chosen to come as near as possible to the quota, past a worse unit that was not.
    Fitted {
        /// Identifier of the quota.
        quota: String,
        /// Rank among the units that could be chosen in the region, from 1 (the worst).
        rank: u32,
    },
    /// Below a threshold; no quota limits the class.
    Pool {
        /// Threshold, in the unit of the indicator.
        below: f64,
    },
    /// Could have been chosen, but others, one better served at least, fill the quota where it would not.
    PassedOver {
        /// Identifier of the quota.
        quota: String,
        /// Rank among the units that could be chosen in the region, from 1 (the worst).
        rank: u32,
    },
    /// Could have been chosen but the quota was used by worse units.
    QuotaFull {
        /// Identifier of the quota.
        quota: String,
        /// Rank among the units that could be chosen in the region, from 1 (the worst).
        rank: u32,
    },
    /// Could have been chosen but the method gives its region no share.
    NoQuota {
        /// Identifier of the quota.
        quota: String,
    },
    /// Above every threshold of the method.
    Above,
    /// Sum of scores by indicator (nurses).
    Score {
        /// Total of the scores.
        total: u8,
        /// Score of each indicator, in the order of the method.
        parts: Vec<u8>,
        /// Age-standardised density, professionals per 100,000 inhabitants.
        density: f64,
    },
    /// Score known only within bounds, which lead to one class all the same.
    ScoreRange {
        /// Lowest possible total.
        low: u8,
        /// Highest possible total.
        high: u8,
    },
    /// Rank of the weighted density (physiotherapists).
    Density {
        /// Weighted density, full-time equivalents per 100,000 standardised inhabitants.
        density: f64,
        /// Share of the zones of reference that are less dense, per ten thousand.
        percentile: u32,
    },
    /// Class changed by an adjustment the method prescribes, from the class of its density.
    Adjusted {
        /// Weighted density, full-time equivalents per 100,000 standardised inhabitants.
        density: f64,
        /// Which adjustment: `age`, `age_balance`, `acts`, `acts_balance`.
        rule: String,
        /// Identifier of the class given by the density alone.
        from: String,
    },
    /// No professional in the zone.
    NoProfessional,
    /// The indicator is not known: nothing is proposed.
    Unknown,
}

impl Reason {
    /// Whether the ARS has no choice.
    pub const fn is_mandatory(&self) -> bool {
        matches!(self, Self::Mandatory { .. })
    }

    /// Stable word for translations: the `kind` of the serialised form.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Mandatory { .. } => "mandatory",
            Self::Quota { .. } => "quota",
            Self::Fitted { .. } => "fitted",
            Self::Pool { .. } => "pool",
            Self::PassedOver { .. } => "passed_over",
            Self::QuotaFull { .. } => "quota_full",
            Self::NoQuota { .. } => "no_quota",
            Self::Above => "above",
            Self::Score { .. } => "score",
            Self::ScoreRange { .. } => "score_range",
            Self::Density { .. } => "density",
            Self::Adjusted { .. } => "adjusted",
            Self::NoProfessional => "no_professional",
            Self::Unknown => "unknown",
        }
    }

    /// The reason as one French sentence, without full stop.
    pub fn sentence(&self) -> String {
        match self {
            Self::Mandatory { below } => format!("indicateur inférieur à {} : classement obligatoire", short(*below)),
            Self::Quota { rank, .. } => {
                format!("{} zone la moins bien dotée de sa région, dans la limite du quota", ordinal(*rank))
            }
            Self::Fitted { rank, .. } => {
                format!(
                    "{} zone la moins bien dotée de sa région, retenue parce qu’elle tient dans le reste du quota",
                    ordinal(*rank)
                )
            }
            Self::Pool { below } => format!("indicateur inférieur à {}", short(*below)),
            Self::PassedOver { rank, .. } => format!(
                "{} zone la moins bien dotée de sa région, laissée parce que d’autres remplissent le quota sans le dépasser",
                ordinal(*rank)
            ),
            Self::QuotaFull { rank, .. } => {
                format!("{} zone la moins bien dotée de sa région : le quota est épuisé avant elle", ordinal(*rank))
            }
            Self::NoQuota { .. } => "la méthode ne donne aucune part à sa région".to_owned(),
            Self::Above => "indicateur au-dessus des seuils".to_owned(),
            Self::Score { total, parts, density } => {
                let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
                format!("score {total} ({}), densité {} pour 100 000 habitants", parts.join(" + "), comma(*density, 1))
            }
            Self::ScoreRange { low, high } => {
                format!("score entre {low} et {high} selon la valeur manquante, même classe dans tous les cas")
            }
            Self::Density { density, percentile } => format!(
                "densité pondérée de {} ETP pour 100 000 habitants standardisés ({} % des zones sont moins denses)",
                comma(*density, 1),
                comma(f64::from(*percentile) / 100.0, 1)
            ),
            Self::Adjusted { density, rule, from } => format!(
                "classe « {from} » par sa densité ({}), {}",
                comma(*density, 1),
                match rule.as_str() {
                    "age" => "abaissée parce que plus de la moitié des professionnels ont 58 ans ou plus",
                    "age_balance" => "relevée pour garder le nombre de zones, étant la plus dense des très sous-dotées",
                    "acts" => "relevée parce que les actes par patient sont parmi les plus élevés",
                    _ => "abaissée pour garder le nombre de zones, étant la moins dense des surdotées",
                }
            ),
            Self::NoProfessional => "aucun professionnel dans la zone".to_owned(),
            Self::Unknown => "indicateur inconnu : rien n’est proposé".to_owned(),
        }
    }
}

/// One classified unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Index of the area at the proposal's level, [`pacte_territory::grouping::NO_AREA`] for a zone of a table that the
    /// territory does not know.
    pub area: u32,
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of the region (at the level of quotas) that holds most of its people; empty when there is none.
    pub region: String,
    /// Inhabitants.
    pub people: u64,
    /// Indicator of the unit (mean weighted as the method says), score or density; `None` when not known.
    pub value: Option<f64>,
    /// Proposed class, an index into [`Proposal::classes`]; `None` when nothing can be proposed.
    pub class: Option<u8>,
    /// Why.
    pub because: Reason,
    /// Whether the unit belongs to the pool (vivier) in which the ARS chooses.
    pub in_pool: bool,
    /// Priority neighbourhoods (QPV) that its communes hold or share.
    pub qpv: u32,
    /// Inhabitants of its communes classified in ZRR, wholly or partly.
    pub zrr_people: u64,
}

/// An area inside communes that the ARS may add to a class: a priority neighbourhood (QPV).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialArea {
    /// What it is.
    pub kind: SpecialKind,
    /// Official code (`QN00101M`); an adjustment names it `qpv:QN00101M`.
    pub code: String,
    /// Name.
    pub name: String,
    /// Codes of the units it touches.
    pub units: Vec<String>,
}

/// A quota in one region and what is used of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaUse {
    /// Identifier of the quota in the method.
    pub quota: String,
    /// French title.
    pub label: String,
    /// Code of the region.
    pub region: String,
    /// Name of the region.
    pub name: String,
    /// Inhabitants of the units attached to the region.
    pub people: u64,
    /// The share of them that may be classified.
    pub share: Share,
    /// Inhabitants that may be classified: the share of `people`, rounded down.
    pub allowed: u64,
    /// Inhabitants classified.
    pub used: u64,
    /// Of them, those of units whose class is mandatory.
    pub mandatory: u64,
    /// Whether the share stands in a source (false: an assumption of the method file).
    pub sourced: bool,
    /// What the method file says of this share; may be empty.
    pub note: String,
}

impl QuotaUse {
    /// Inhabitants still allowed.
    pub const fn unused(&self) -> u64 {
        self.allowed.saturating_sub(self.used)
    }

    /// Inhabitants beyond the quota.
    pub const fn over(&self) -> u64 {
        self.used.saturating_sub(self.allowed)
    }
}

/// What a fault prevents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Notice,
    /// Possible once a body has given its opinion ([`super::Approvals`]).
    Opinion,
    /// Cannot be published so.
    Blocking,
}

/// Which rule a fault breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The unit is in neither the proposal nor the list of priority neighbourhoods.
    UnknownUnit,
    /// The class is not one of the method's.
    UnknownClass,
    /// Two adjustments of the same unit.
    Twice,
    /// No reason was written.
    NoReason,
    /// The unit leaves a class that is mandatory.
    MandatoryLeft,
    /// The move goes beyond the margin.
    OutsideMargin,
    /// More people than the quota allows.
    QuotaExceeded,
    /// Mandatory units alone exceed the quota.
    MandatoryOverQuota,
    /// No unit is small enough for the quota.
    NothingFits,
    /// The pool ends before the quota.
    PoolSmallerThanQuota,
    /// Units without indicator.
    Unclassified,
    /// The neighbourhood may not be added under this method.
    SpecialRefused,
}

/// Something wrong, and what would make it possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which rule.
    pub kind: FaultKind,
    /// What it prevents.
    pub severity: Severity,
    /// Code of the unit, or of the region, concerned; empty for the whole.
    pub place: String,
    /// What is wrong, in French.
    pub problem: String,
    /// What would make it possible, in French.
    pub remedy: String,
}

/// A zoning as the method gives it, before any adjustment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Identifier of the method.
    pub method: String,
    /// Hash of the method's text ([`super::ZoningMethod::hash`]).
    pub method_hash: String,
    /// Level of the units.
    pub level: Level,
    /// Level of the regions of the quotas.
    pub quota_level: Level,
    /// Classes, the most favoured first; [`Unit::class`] is an index into them.
    pub classes: Vec<Class>,
    /// Units in the order of their codes.
    pub units: Vec<Unit>,
    /// Every quota in every region, regions in the order of their codes.
    pub quotas: Vec<QuotaUse>,
    /// Areas that may be added one by one, in the order of their codes; their inhabitants are not in the data.
    pub specials: Vec<SpecialArea>,
    /// Contradictions of the method met on these data.
    pub faults: Vec<Fault>,
    /// What was assumed or replaced, in French.
    pub notes: Vec<String>,
    /// Inputs and where they come from.
    pub vintages: Vec<Vintage>,
}

impl Proposal {
    /// Rank of the unit with this code.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.units.binary_search_by(|unit| unit.code.as_str().cmp(code)).ok()
    }

    /// Index of the class with this identifier.
    pub fn class(&self, id: &str) -> Option<u8> {
        self.classes.iter().position(|class| class.id == id).map(|i| i as u8)
    }

    /// Class of every commune; communes outside any unit have none.
    pub fn classes_of(&self, territory: &Territory) -> Classes {
        let by_unit: Vec<Option<u8>> = self.units.iter().map(|unit| unit.class).collect();
        Classes::of_units(territory, self, &by_unit)
    }

    /// Inhabitants of each class, in the order of [`Self::classes`], then those of units without class.
    pub fn people_by_class(&self) -> Vec<u64> {
        let mut people = vec![0; self.classes.len() + 1];
        for unit in &self.units {
            people[unit.class.map_or(self.classes.len(), usize::from)] += unit.people;
        }
        people
    }
}

/// `2e`, `1re`.
fn ordinal(rank: u32) -> String {
    if rank == 1 { "1re".to_owned() } else { format!("{rank}e") }
}

/// A number in French with as many decimals as it needs, three at most.
pub(crate) fn short(value: f64) -> String {
    let text = comma(value, 3);
    text.trim_end_matches('0').trim_end_matches(',').to_owned()
}
