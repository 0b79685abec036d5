//! What is asked of siting, and why it may be refused.

use pacte_siting::SitingError;
use pacte_territory::Level;
use serde::{Deserialize, Serialize};

use crate::atlas::UNDER_DENSE;
use crate::french::comma;
use crate::urgent::{LIMIT, Moment, Set};

/// What is to be made as large, or as small, as possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// People brought within some minutes of a resource (maximal cover; Church and ReVelle, 1974).
    #[default]
    Cover,
    /// People of under-dense communes brought within some minutes of a new practice (the same on fewer people).
    UnderDense,
    /// Mean minutes to the nearest resource (p-median; Hakimi, 1964), those beyond a limit counted at the limit.
    MeanTime,
}

impl Objective {
    /// Every objective, in the order of pages.
    pub const ALL: [Self; 3] = [Self::Cover, Self::UnderDense, Self::MeanTime];

    /// Name in addresses and on the command line.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Cover => "couverture",
            Self::UnderDense => "sous-dense",
            Self::MeanTime => "temps-moyen",
        }
    }

    /// Minutes when none are given: the thirty of urgent care; the reach of the catchments of the APL, past which a
    /// practice counts for nobody; an hour for means.
    pub const fn usual_minutes(self) -> u32 {
        match self {
            Self::Cover => 30,
            Self::UnderDense => 20,
            Self::MeanTime => 60,
        }
    }
}

/// Whose access counts more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Equity {
    /// Everybody counts for one.
    #[default]
    Everybody,
    /// By the share of people aged 75 or over, relative to the country's.
    Elderly,
    /// By the poverty rate, relative to the country's.
    Poverty,
    /// By the rank of the commune's deprivation index in the population, from 0 (least deprived) to 2, mean 1.
    Deprivation,
}

impl Equity {
    /// Every choice, in the order of pages.
    pub const ALL: [Self; 4] = [Self::Everybody, Self::Elderly, Self::Poverty, Self::Deprivation];

    /// Name in addresses and on the command line.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Everybody => "aucune",
            Self::Elderly => "age",
            Self::Poverty => "pauvrete",
            Self::Deprivation => "defavorisation",
        }
    }

    /// Column it is read from; `None` for everybody.
    pub const fn concept(self) -> Option<&'static str> {
        match self {
            Self::Everybody => None,
            Self::Elderly => Some("age.share_75_plus"),
            Self::Poverty => Some("poverty.rate"),
            Self::Deprivation => Some("deprivation.fedi"),
        }
    }
}

/// Resources of urgent care that exist already, at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UrgentCare {
    /// Which resources count.
    pub set: Set,
    /// When.
    pub moment: Moment,
}

impl Default for UrgentCare {
    /// Emergency departments, whatever their hours.
    fn default() -> Self {
        Self { set: Set::SU, moment: Moment::Any }
    }
}

/// Everything that is asked: with the ground, all an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// What is to be improved.
    pub objective: Objective,
    /// Minutes within which one is served, or at which means are cut.
    pub minutes: u32,
    /// Kinds of resources that exist already (`msp`, `pharmacy`…: last part of a `supply.*` concept); empty for none.
    pub existing: Vec<String>,
    /// Urgent care that exists already; `None` for none.
    pub urgent: Option<UrgentCare>,
    /// At most so many sites, imposed ones included.
    pub sites: Option<u32>,
    /// At most this total, cents.
    pub budget_cents: Option<u64>,
    /// Cost of a site, cents; needed with a budget.
    pub cost_cents: Option<u64>,
    /// Costs of communes where a site costs otherwise, cents, by code.
    pub costs: Vec<(String, u64)>,
    /// People one site can serve at most; `None` without limit. Not with means.
    pub capacity: Option<u64>,
    /// Where sites may stand and people count: a level and a code; the whole territory when `None`.
    pub scope: Option<(Level, String)>,
    /// Whose access counts more.
    pub equity: Equity,
    /// How much more: 0 for not at all, 100 in full proportion.
    pub equity_percent: u32,
    /// Communes a site must stand in, by code.
    pub forced: Vec<String>,
    /// Communes no site may stand in, by code.
    pub forbidden: Vec<String>,
    /// Sites stand only in communes of at least so many people.
    pub least_people: u32,
    /// APL below which a commune is under-dense, hundredths of a consultation.
    pub threshold_hundredths: u32,
    /// Whether to look for a proof.
    pub exact: bool,
    /// Wall-clock limit, seconds.
    pub seconds: u32,
}

impl Default for Request {
    /// Ten sites that bring most people within 30 minutes of an emergency department, everywhere.
    fn default() -> Self {
        Self {
            objective: Objective::Cover,
            minutes: Objective::Cover.usual_minutes(),
            existing: Vec::new(),
            urgent: Some(UrgentCare::default()),
            sites: Some(10),
            budget_cents: None,
            cost_cents: None,
            costs: Vec::new(),
            capacity: None,
            scope: None,
            equity: Equity::Everybody,
            equity_percent: 100,
            forced: Vec::new(),
            forbidden: Vec::new(),
            least_people: 0,
            threshold_hundredths: (UNDER_DENSE * 100.0) as u32,
            exact: true,
            seconds: 10,
        }
    }
}

/// Longest minutes accepted: urgent care is followed no further.
pub const LONGEST: u32 = LIMIT as u32;
/// Longest search accepted, seconds.
pub const MOST_SECONDS: u32 = 600;

/// Why a request is refused, in French, with what would make it possible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Minutes out of range.
    #[error("« {0} » minutes : donnez un nombre de 1 à {LONGEST}")]
    Minutes(u32),
    /// Search too long.
    #[error("« {0} » secondes de calcul : donnez un nombre de 1 à {MOST_SECONDS}")]
    Seconds(u32),
    /// Equity out of range.
    #[error("« {0} % » de pondération : donnez un nombre de 0 à 100")]
    EquityPercent(u32),
    /// No such area.
    #[error("aucun territoire « {level}:{code} » : donnez un niveau et un code connus, par exemple departement:48")]
    Scope {
        /// Level asked for.
        level: Level,
        /// Code asked for.
        code: String,
    },
    /// No such commune.
    #[error(
        "la commune « {code} » ({what}) n’existe pas dans ce territoire : donnez son code officiel actuel, cinq caractères (48095)"
    )]
    Commune {
        /// Code asked for.
        code: String,
        /// What for, in French.
        what: &'static str,
    },
    /// An imposed commune lies elsewhere.
    #[error("la commune imposée {name} ({code}) est hors de {scope} : élargissez le territoire ou ne l’imposez pas")]
    ForcedElsewhere {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Name of the territory asked for.
        scope: String,
    },
    /// A commune is imposed and forbidden.
    #[error("{name} ({code}) est à la fois imposée et interdite : retirez-la de l’une des deux listes")]
    Contradiction {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
    },
    /// An imposed commune is smaller than allowed.
    #[error(
        "{name} ({code}), imposée, compte {people} habitants pour un minimum de {least} : abaissez le minimum ou ne l’imposez pas"
    )]
    ForcedTooSmall {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Its people.
        people: u64,
        /// The least asked for.
        least: u32,
    },
    /// What is said to exist is no resource of this territory.
    #[error(
        "« {found} » n’est pas une ressource de ce territoire : écrivez su, su-smur, su-smur-mcs ou tout (soins urgents), {known}"
    )]
    Existing {
        /// What was asked for.
        found: String,
        /// Resources the territory counts.
        known: String,
    },
    /// The territory has no such column.
    #[error("ce territoire ne donne pas « {concept} » : {needed_for}")]
    Column {
        /// Concept missing.
        concept: String,
        /// What it is needed for, and which file brings it.
        needed_for: &'static str,
    },
    /// A capacity with means.
    #[error("une capacité ne se combine pas avec le temps moyen : choisissez une couverture, ou retirez la capacité")]
    CapacityOfMean,
    /// A budget without costs.
    #[error("un budget est donné sans coût : dites ce que coûte un site")]
    NoCost,
    /// A budget that buys nothing.
    #[error("un budget de {} ne suffit à aucun site : le moins cher coûte {}", .budget, .cheapest)]
    BudgetTooSmall {
        /// The budget, as written.
        budget: String,
        /// The cheapest, as written.
        cheapest: String,
    },
    /// Imposed sites exceed the budget.
    #[error("les communes imposées coûtent {} pour un budget de {} : portez le budget à {0} au moins, ou imposez-en moins", .cost, .budget)]
    ForcedTooDear {
        /// Their cost, as written.
        cost: String,
        /// The budget, as written.
        budget: String,
    },
    /// More sites than communes to put them in.
    #[error(
        "{asked} sites demandés pour {candidates} communes possibles{} : demandez {candidates} sites au plus{}",
        because(*.forbidden, *.small),
        remedy(*.forbidden, *.small)
    )]
    TooManySites {
        /// Sites asked for.
        asked: u32,
        /// Communes possible.
        candidates: u32,
        /// Communes forbidden.
        forbidden: u32,
        /// Communes below the least number of people.
        small: u32,
    },
    /// Nobody is left to serve.
    #[error(
        "personne à servir : tous les habitants de {scope} {state} ; allongez ou raccourcissez la durée, ou changez les ressources existantes"
    )]
    Nobody {
        /// Name of the territory.
        scope: String,
        /// Why nobody is concerned, in French.
        state: String,
    },
    /// Anything else the solver refuses.
    #[error(transparent)]
    Solver(#[from] SitingError),
}

fn because(forbidden: u32, small: u32) -> String {
    match (forbidden, small) {
        (0, 0) => String::new(),
        (forbidden, 0) => format!(" ({forbidden} interdites)"),
        (0, small) => format!(" ({small} trop petites)"),
        (forbidden, small) => format!(" ({forbidden} interdites, {small} trop petites)"),
    }
}

fn remedy(forbidden: u32, small: u32) -> &'static str {
    match (forbidden, small) {
        (0, 0) => ", ou élargissez le territoire",
        (_, 0) => ", levez des interdictions ou élargissez le territoire",
        (0, _) => ", abaissez le nombre d’habitants minimal ou élargissez le territoire",
        _ => ", levez des interdictions, abaissez le nombre d’habitants minimal ou élargissez le territoire",
    }
}

/// Cents as French writes them: `1 250 000 €`.
pub(crate) fn euros(cents: u64) -> String {
    let text = comma((cents / 100) as f64, 0);
    if cents.is_multiple_of(100) { format!("{text}\u{a0}€") } else { format!("{text},{:02}\u{a0}€", cents % 100) }
}
