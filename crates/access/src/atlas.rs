//! Every figure at every level, from one mechanism, for the command line and the pages alike.
//!
//! An [`Indicator`] is a formula over columns, with its label, unit, source and the way to read it. The atlas evaluates
//! all of them for every area of every level when it opens; asking for a figure, a rank, a distribution or a trend is
//! then a look-up. What the screen shows and what the terminal prints cannot differ.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use pacte_territory::{Column, CommuneId, Level, Territory};
use rayon::prelude::*;

mod catalogue;
mod indicator;
mod readings;

pub use catalogue::{BEYOND_MINUTES, UNDER_DENSE};
pub use indicator::{ColumnRef, Direction, Formula, Indicator};
pub use readings::{ClassShare, NearestResource, Rank, ResourceKind, Series};

/// Values of one indicator for every area of one level, with their order.
#[derive(Debug)]
pub struct Values {
    /// One value per area; `NaN` when it cannot be computed.
    pub values: Vec<f64>,
    /// Areas with a value, from the smallest value to the largest, ties by index.
    pub ascending: Vec<u32>,
}

impl Values {
    fn new(values: Vec<f64>) -> Self {
        let mut ascending: Vec<u32> = (0..values.len() as u32).filter(|i| !values[*i as usize].is_nan()).collect();
        ascending.sort_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]).then(a.cmp(b)));
        Self { values, ascending }
    }

    /// The value of an area, `None` when it cannot be computed.
    pub fn get(&self, area: u32) -> Option<f64> {
        self.values.get(area as usize).copied().filter(|value| !value.is_nan())
    }
}

/// What change between two vintages is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evolving {
    /// Municipal population, in percent.
    Population,
    /// Number of GPs, in percent.
    Gp,
    /// Published APL to GPs, difference in consultations.
    AplGp,
}

impl Evolving {
    /// Every kind of change.
    pub const ALL: [Self; 3] = [Self::Population, Self::Gp, Self::AplGp];

    /// The name used in addresses.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::Gp => "mg",
            Self::AplGp => "apl_mg",
        }
    }

    /// Reads the name used in addresses.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    const fn concept(self) -> &'static str {
        match self {
            Self::Population => "population.municipal",
            Self::Gp => "supply.gp",
            Self::AplGp => "apl.gp",
        }
    }
}

/// A change with its two vintages.
pub type Evolution = (Evolving, i16, i16);

/// A change with its values at each level.
type EvolutionEntry = (Indicator, HashMap<Level, Arc<Values>>);

/// A territory, what was computed over it, and every indicator at every level.
pub struct Atlas {
    territory: Arc<Territory>,
    computed: Vec<Column>,
    indicators: Vec<Indicator>,
    tables: HashMap<(usize, Level), Arc<Values>>,
    evolutions: Mutex<HashMap<Evolution, Arc<EvolutionEntry>>>,
}

impl std::fmt::Debug for Atlas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Atlas")
            .field("territory", &self.territory.meta.name)
            .field("computed", &self.computed.len())
            .field("indicators", &self.indicators.len())
            .finish_non_exhaustive()
    }
}

impl Atlas {
    /// Evaluates every indicator the columns allow, at every level. `computed` are the columns of
    /// [`crate::compute`](mod@crate::compute), in commune order.
    pub fn new(territory: Arc<Territory>, computed: Vec<Column>) -> Self {
        let mut atlas =
            Self { territory, computed, indicators: Vec::new(), tables: HashMap::new(), evolutions: Mutex::default() };
        atlas.indicators = catalogue::indicators(&atlas);
        let jobs: Vec<(usize, Level)> = (0..atlas.indicators.len())
            .flat_map(|i| atlas.territory.levels().into_iter().map(move |l| (i, l)))
            .collect();
        atlas.tables = jobs
            .into_par_iter()
            .map(|(i, level)| ((i, level), Arc::new(atlas.evaluate(&atlas.indicators[i].formula, level))))
            .collect();
        atlas
    }

    /// The territory.
    pub fn territory(&self) -> &Territory {
        &self.territory
    }

    /// Computed columns.
    pub fn computed(&self) -> &[Column] {
        &self.computed
    }

    /// Indicators this territory's columns allow, in the order of tables.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// An indicator by its id.
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }

    /// Values of an indicator at a level; `None` for an unknown id or a level this territory does not have.
    pub fn values(&self, id: &str, level: Level) -> Option<Arc<Values>> {
        let position = self.indicators.iter().position(|indicator| indicator.id == id)?;
        self.tables.get(&(position, level)).cloned()
    }

    /// The value of an indicator for an area.
    pub fn value(&self, id: &str, level: Level, area: u32) -> Option<f64> {
        self.values(id, level)?.get(area)
    }

    /// Vintages between which a change can be shown: those of one comparable series.
    pub fn evolution_vintages(&self, of: Evolving) -> Vec<i16> {
        let mut vintages = self.territory.vintages(of.concept());
        if of == Evolving::AplGp {
            // The series was revised (domain note §1.8): 2016 and 2018 were published with the former method, and
            // differences with later vintages would show the revision, not the country.
            vintages.retain(|vintage| *vintage < 2019);
        }
        vintages
    }

    /// A change between two vintages, with its values at a level; `None` when a vintage is missing or both are the same.
    pub fn evolution(&self, (of, from, to): Evolution, level: Level) -> Option<(Indicator, Arc<Values>)> {
        let vintages = self.evolution_vintages(of);
        if from == to || !vintages.contains(&from) || !vintages.contains(&to) {
            return None;
        }
        // Evaluated outside the lock: two first visitors may both compute it, neither waits for the other.
        let known = self.evolutions.lock().ok().and_then(|cache| cache.get(&(of, from, to)).cloned());
        let entry = known.unwrap_or_else(|| {
            let indicator = catalogue::evolution(self, of, from, to);
            let tables = self
                .territory
                .levels()
                .into_par_iter()
                .map(|level| (level, Arc::new(self.evaluate(&indicator.formula, level))))
                .collect();
            let entry = Arc::new((indicator, tables));
            if let Ok(mut cache) = self.evolutions.lock() {
                cache.insert((of, from, to), Arc::clone(&entry));
            }
            entry
        });
        Some((entry.0.clone(), Arc::clone(entry.1.get(&level)?)))
    }

    /// A column, computed ones first.
    pub fn column(&self, concept: &str, vintage: i16) -> Option<&Column> {
        self.computed
            .iter()
            .find(|column| column.concept == concept && column.vintage == vintage)
            .or_else(|| self.territory.column(concept, vintage))
    }

    /// The most recent column of a concept, computed ones first.
    pub fn latest(&self, concept: &str) -> Option<&Column> {
        self.computed
            .iter()
            .filter(|column| column.concept == concept)
            .max_by_key(|column| column.vintage)
            .or_else(|| self.territory.latest(concept))
    }

    fn evaluate(&self, formula: &Formula, level: Level) -> Values {
        let count = self.territory.count(level);
        let values = (0..count)
            .map(|area| self.evaluate_members(formula, &self.territory.members(level, area)))
            .map(|value| value.unwrap_or(f64::NAN))
            .collect();
        Values::new(values)
    }

    fn evaluate_members(&self, formula: &Formula, members: &[CommuneId]) -> Option<f64> {
        let column = |key: &ColumnRef| self.column(&key.concept, key.vintage);
        formula.evaluate(members, &column)
    }
}
