//! From an indicator to a proposal: units, thresholds, quotas.
//!
//! Units are attached whole to the region that holds most of their people: its ARS decides for them, and its quota is a share
//! of the people of its units. The indicator of a unit is the mean of its communes, weighted as the method says and rounded to
//! nine decimals, so that a threshold separates what it says and the order of communes plays no part. Units without indicator
//! are left without class: unknown is not well served.

use std::sync::Arc;

use pacte_territory::grouping::NO_AREA;
use pacte_territory::{Aggregation, Column, Level, Territory};

use super::fill::{Pick, fill};
use super::method::{Plan, Rule, Weighting, ZoningMethod};
use super::proposal::{Proposal, Reason, Unit, Vintage};
use super::tables::ZoneTable;
use super::{nurses, physiotherapists};
use crate::people;

pub(super) mod faults;
mod prepare;

pub(super) use prepare::level_name;
use prepare::{marks, of_level, regions, specials, vintages};

/// Why a zoning cannot be proposed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoningError {
    /// The territory has none of the levels of the method.
    #[error(
        "la méthode « {method} » classe des zones du niveau {asked}, que ce territoire ne décrit pas (niveaux présents : {known}) ; \
         importez la table de passage de ce niveau, ou ajoutez un niveau présent à « units » dans une copie de la méthode"
    )]
    NoLevel {
        /// Identifier of the method.
        method: String,
        /// Levels it accepts.
        asked: String,
        /// Levels of the territory.
        known: String,
    },
    /// Nobody is counted.
    #[error(
        "aucune population dans ce territoire : les quotas sont des parts de la population ; importez les populations légales"
    )]
    NoPopulation,
    /// The published indicator is not among the columns.
    #[error(
        "l’indicateur « {concept} » n’est pas publié pour ce territoire (APL présentes : {known}) ; importez-le, ou proposez le \
         zonage sur l’APL calculée"
    )]
    NoIndicator {
        /// Concept of the indicator.
        concept: String,
        /// Columns of the same family that are there.
        known: String,
    },
    /// The indicator does not describe these communes.
    #[error(
        "l’indicateur donne {found} valeurs pour {expected} communes : il vient d’un autre territoire ; recalculez-le sur celui-ci"
    )]
    WrongLength {
        /// Communes of the territory.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// The method works on a table of zones, and none was given.
    #[error(
        "la méthode « {method} » classe des zones d’après l’activité des professionnels, qui n’est pas publique par zone : \
         donnez la table des zones (modèle : « {template} »)"
    )]
    NeedsTable {
        /// Identifier of the method.
        method: String,
        /// Header of the table.
        template: String,
    },
    /// The table cannot serve the method.
    #[error("{0}")]
    Table(#[from] super::TableError),
}

/// What a method is applied to, beside the indicator.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    /// Inhabitants: who is counted in quotas.
    pub people: &'a Column,
    /// Weight of communes in the mean of a unit; the inhabitants when `None`.
    pub weights: Option<&'a Column>,
    /// Zones with the activity of professionals, for methods that need them.
    pub table: Option<&'a ZoneTable>,
}

impl<'a> Inputs<'a> {
    /// The latest legal population, and the weights the method asks for.
    ///
    /// # Errors
    /// [`ZoningError::NoPopulation`] when no file gives inhabitants.
    pub fn of(territory: &'a Territory, method: &ZoningMethod) -> Result<Self, ZoningError> {
        let people = territory.latest("population.municipal").ok_or(ZoningError::NoPopulation)?;
        let standardised = || {
            let published = method.indicator.as_ref().and_then(|indicator| territory.latest(&indicator.column()));
            match published.map(|column| &column.aggregation) {
                Some(Aggregation::WeightedMean { concept, vintage }) => territory.column(concept, *vintage),
                _ => None,
            }
            .or_else(|| territory.latest("population.standardised"))
        };
        let weights = match method.indicator.as_ref().map(|indicator| indicator.weighting) {
            Some(Weighting::Standardised) => standardised(),
            Some(Weighting::Population) | None => None,
        };
        Ok(Self { people, weights, table: None })
    }

    /// The same with a table of zones.
    #[must_use]
    pub fn with_table(self, table: &'a ZoneTable) -> Self {
        Self { table: Some(table), ..self }
    }
}

/// The latest published column of the method's indicator.
///
/// # Errors
/// [`ZoningError::NoIndicator`] when the territory has none, or the method has no indicator.
pub fn published<'a>(territory: &'a Territory, method: &ZoningMethod) -> Result<&'a Column, ZoningError> {
    let concept = method.indicator.as_ref().map(super::Indicator::column).unwrap_or_default();
    territory.latest(&concept).ok_or_else(|| {
        let family = concept.split('.').next().unwrap_or_default();
        let mut known: Vec<String> = territory
            .parts()
            .columns
            .iter()
            .filter(|column| column.concept.split('.').next() == Some(family))
            .map(Column::key)
            .collect();
        known.sort_unstable();
        known.dedup();
        let known = if known.is_empty() { "aucune".to_owned() } else { known.join(", ") };
        ZoningError::NoIndicator { concept: concept.clone(), known }
    })
}

/// A method prepared for a territory: everything that does not depend on the indicator.
#[derive(Clone, Debug)]
pub struct Zoner {
    method: Arc<ZoningMethod>,
    /// The proposal but for values and classes; complete for methods on a table.
    blank: Arc<Proposal>,
    /// Communes of each unit, one unit after another.
    members: Vec<u32>,
    /// Where the communes of each unit begin.
    starts: Vec<u32>,
    /// Weight of each member.
    weights: Vec<f64>,
    /// Units of each region, with the region's uses of quotas in `blank.quotas`.
    regions: Vec<Region>,
    communes: usize,
}

/// A region at the level of quotas.
#[derive(Clone, Debug)]
struct Region {
    units: Vec<u32>,
    /// Index of each quota of the method in [`Proposal::quotas`]; `None` when the method gives the region no share.
    quotas: Vec<Option<usize>>,
}

impl Zoner {
    /// Prepares a method for a territory; a method on a table is computed here.
    ///
    /// # Errors
    /// When the territory lacks every level of the method, or the method needs a table that is missing or unfit.
    pub fn new(territory: &Territory, method: &ZoningMethod, inputs: &Inputs<'_>) -> Result<Self, ZoningError> {
        let method = Arc::new(method.clone());
        let level = method.units.iter().copied().find(|level| territory.count(*level) > 0).ok_or_else(|| {
            let join = |levels: &[Level]| levels.iter().map(|level| level.slug()).collect::<Vec<_>>().join(", ");
            ZoningError::NoLevel {
                method: method.id.clone(),
                asked: join(&method.units),
                known: join(&territory.levels()),
            }
        })?;
        let quota_level =
            method.quota_levels.iter().copied().find(|level| territory.count(*level) > 0).unwrap_or(Level::Country);
        let mut notes = method.cautions();
        if level != method.units[0] {
            notes.push(format!(
                "Zones : {} à la place {}, que ce territoire ne décrit pas ; là où elles sont plus grandes, un quota s’approche \
                 moins bien.",
                level_name(level),
                of_level(method.units[0])
            ));
        }
        let mut blank = Proposal {
            method: method.id.clone(),
            method_hash: method.hash(),
            level,
            quota_level,
            classes: method.classes.clone(),
            units: Vec::new(),
            quotas: Vec::new(),
            specials: specials(territory, &method, level),
            faults: Vec::new(),
            notes,
            vintages: vintages(territory, inputs, level, quota_level),
        };
        if method.needs_table() {
            let table = inputs.table.ok_or_else(|| ZoningError::NeedsTable {
                method: method.id.clone(),
                template: super::tables::header(&method).join(","),
            })?;
            blank.vintages.retain(|vintage| vintage.what != "population");
            blank.vintages.push(Vintage {
                what: "table".to_owned(),
                name: table.file.clone(),
                citation: format!("{} zones, empreinte {}", table.zones.len(), &table.hash[..12]),
            });
            match &method.plan {
                Plan::Score(plan) => nurses::propose(territory, &method, plan, table, &mut blank)?,
                Plan::Density(plan) => physiotherapists::propose(territory, &method, plan, table, &mut blank)?,
                Plan::Thresholds { .. } => {}
            }
            return Ok(Self {
                method,
                blank: Arc::new(blank),
                members: Vec::new(),
                starts: Vec::new(),
                weights: Vec::new(),
                regions: Vec::new(),
                communes: territory.len(),
            });
        }
        let (mut members, mut starts, mut weights) = (Vec::with_capacity(territory.len()), vec![0], Vec::new());
        let unknown = inputs.people.values.iter().filter(|people| people.is_nan()).count();
        if unknown > 0 {
            blank.notes.push(format!("{unknown} communes sans population connue comptent pour 0 habitant."));
        }
        let (of_unit, whole) = (marks(territory), people::whole(&inputs.people.values));
        for area in 0..territory.count(level) {
            let named = territory.area(level, area);
            let communes = territory.members(level, area);
            let mut unit = Unit {
                area,
                code: named.code,
                name: named.name,
                region: String::new(),
                people: 0,
                value: None,
                class: None,
                because: Reason::Unknown,
                in_pool: false,
                qpv: of_unit.quarters(&communes),
                zrr_people: 0,
            };
            let mut by_region: Vec<(u32, u64)> = Vec::new();
            for &commune in communes.iter() {
                let heads = whole[commune as usize];
                unit.people += heads;
                if of_unit.zrr[commune as usize] {
                    unit.zrr_people += heads;
                }
                if let Some(region) = territory.area_of(quota_level, commune) {
                    match by_region.iter_mut().find(|(known, _)| *known == region) {
                        Some((_, sum)) => *sum += heads,
                        None => by_region.push((region, heads)),
                    }
                }
                members.push(commune);
                weights.push(
                    inputs
                        .weights
                        .and_then(|column| column.get(commune))
                        .unwrap_or_else(|| inputs.people.get(commune).unwrap_or(0.0)),
                );
            }
            starts.push(members.len() as u32);
            by_region.sort_unstable();
            // The first of the regions with most people, in the order of codes.
            let most = by_region.iter().map(|(_, people)| *people).max();
            if let Some((region, _)) = by_region.iter().find(|(_, people)| Some(*people) == most) {
                unit.region = territory.area(quota_level, *region).code;
            }
            blank.units.push(unit);
        }
        let regions = regions(territory, &method, &mut blank);
        Ok(Self { method, blank: Arc::new(blank), members, starts, weights, regions, communes: territory.len() })
    }

    /// The method.
    pub fn method(&self) -> &ZoningMethod {
        &self.method
    }

    /// Proposes a zoning on an indicator, one value per commune in the order of ids, `NaN` where not known.
    ///
    /// Methods on a table do not use it: an empty slice will do.
    ///
    /// # Errors
    /// [`ZoningError::WrongLength`] when the values are not of this territory's communes.
    pub fn propose(&self, indicator: &[f64]) -> Result<Proposal, ZoningError> {
        let mut proposal = (*self.blank).clone();
        let Plan::Thresholds { rules } = &self.method.plan else { return Ok(proposal) };
        if indicator.len() != self.communes {
            return Err(ZoningError::WrongLength { expected: self.communes, found: indicator.len() });
        }
        for (unit, range) in proposal.units.iter_mut().zip(self.starts.windows(2)) {
            let range = range[0] as usize..range[1] as usize;
            unit.value = mean(&self.members[range.clone()], &self.weights[range], indicator);
        }
        let pool = rules.iter().filter_map(|rule| rule.below).fold(f64::NEG_INFINITY, f64::max);
        for unit in &mut proposal.units {
            if unit.value.is_some() {
                unit.because = Reason::Above;
                unit.in_pool = unit.value.is_some_and(|value| value < pool);
            }
        }
        let mut refused = vec![None; proposal.quotas.len()];
        for region in &self.regions {
            // Worst first; equal values in the order of codes, which is that of units.
            let mut order: Vec<u32> =
                region.units.iter().copied().filter(|i| proposal.units[*i as usize].value.is_some()).collect();
            order.sort_by(|a, b| {
                let value = |i: u32| proposal.units[i as usize].value.unwrap_or(f64::INFINITY);
                value(*a).total_cmp(&value(*b)).then(a.cmp(b))
            });
            for rule in rules {
                self.apply(rule, region, &order, &mut proposal, &mut refused);
            }
            for &i in &order {
                let unit = &mut proposal.units[i as usize];
                unit.in_pool |= unit.class.is_some();
                unit.class = unit.class.or(self.method.otherwise);
            }
        }
        count(&mut proposal, &self.method);
        faults::contradictions(&self.method, rules, &refused, &self.unserved(rules, &proposal), &mut proposal);
        Ok(proposal)
    }

    /// The same from a column, which the result then names.
    ///
    /// # Errors
    /// As [`Self::propose`].
    pub fn propose_on(&self, indicator: &Column) -> Result<Proposal, ZoningError> {
        let mut proposal = self.propose(&indicator.values)?;
        if !self.method.needs_table() {
            proposal.vintages.insert(
                0,
                Vintage {
                    what: "indicateur".to_owned(),
                    name: indicator.key(),
                    citation: indicator.provenance.citation(),
                },
            );
        }
        Ok(proposal)
    }

    /// Regions to which the method gives no share of a quota that its rules use: code of the region, title of the quota.
    fn unserved(&self, rules: &[Rule], proposal: &Proposal) -> Vec<(String, String)> {
        let mut unserved = Vec::new();
        let known = |i: &u32| proposal.units[*i as usize].value.is_some();
        for region in self.regions.iter().filter(|region| region.units.iter().any(known)) {
            let code = region.units.first().map_or("", |i| &proposal.units[*i as usize].region);
            let mut missing: Vec<usize> =
                rules.iter().filter_map(|rule| rule.quota).filter(|quota| region.quotas[*quota].is_none()).collect();
            missing.dedup();
            for quota in missing {
                unserved.push((code.to_owned(), self.method.quotas[quota].label.clone()));
            }
        }
        unserved
    }

    /// Gives the class of a rule to the units of a region it takes.
    ///
    /// `refused` receives, for each quota of each region, the worst unit that did not fit.
    fn apply(
        &self,
        rule: &Rule,
        region: &Region,
        order: &[u32],
        proposal: &mut Proposal,
        refused: &mut [Option<usize>],
    ) {
        let below = rule.below.unwrap_or(f64::INFINITY);
        let units = &mut proposal.units;
        let candidates: Vec<usize> = order
            .iter()
            .map(|i| *i as usize)
            .filter(|i| units[*i].class.is_none() && units[*i].value.is_some_and(|value| value < below))
            .collect();
        let Some(quota) = rule.quota else {
            for i in candidates {
                units[i].class = Some(rule.to);
                units[i].because = if rule.mandatory { Reason::Mandatory { below } } else { Reason::Pool { below } };
            }
            return;
        };
        let id = &self.method.quotas[quota].id;
        let Some(at) = region.quotas[quota] else {
            for i in candidates {
                units[i].because = Reason::NoQuota { quota: id.clone() };
            }
            return;
        };
        let counted = &self.method.quotas[quota].classes;
        let used: u64 = region
            .units
            .iter()
            .map(|i| &units[*i as usize])
            .filter(|unit| unit.class.is_some_and(|class| counted.contains(&class)))
            .map(|unit| unit.people)
            .sum();
        let room = proposal.quotas[at].allowed.saturating_sub(used);
        let people: Vec<u64> = candidates.iter().map(|i| units[*i].people).collect();
        for ((rank, i), pick) in (1..).zip(candidates).zip(fill(&people, room, rule.fill)) {
            let quota = id.clone();
            if pick.taken() {
                units[i].class = Some(rule.to);
            } else {
                refused[at].get_or_insert(i);
            }
            units[i].because = match pick {
                Pick::InOrder => Reason::Quota { quota, rank },
                Pick::Fitted => Reason::Fitted { quota, rank },
                Pick::PassedOver => Reason::PassedOver { quota, rank },
                Pick::Beyond => Reason::QuotaFull { quota, rank },
            };
        }
    }
}

/// Mean of the known values; plain when nobody weighs anything; `None` without any value.
fn mean(members: &[u32], weights: &[f64], values: &[f64]) -> Option<f64> {
    let (mut sum, mut total, mut plain, mut known) = (0.0, 0.0, 0.0, 0_u32);
    for (commune, weight) in members.iter().zip(weights) {
        let value = values[*commune as usize];
        if !value.is_nan() {
            sum += weight * value;
            total += weight;
            plain += value;
            known += 1;
        }
    }
    let mean = if total > 0.0 { sum / total } else { plain / f64::from(known) };
    (known > 0).then(|| (mean * 1e9).round() / 1e9)
}

/// Fills how much of each quota the classes of a proposal use.
fn count(proposal: &mut Proposal, method: &ZoningMethod) {
    let classes: Vec<Option<u8>> = proposal.units.iter().map(|unit| unit.class).collect();
    let uses = used(proposal, method, &classes);
    for (quota, (used, mandatory)) in proposal.quotas.iter_mut().zip(uses) {
        (quota.used, quota.mandatory) = (used, mandatory);
    }
}

/// People that each quota counts under these classes of units, and of them those of mandatory units.
pub(super) fn used(proposal: &Proposal, method: &ZoningMethod, classes: &[Option<u8>]) -> Vec<(u64, u64)> {
    let mut at: rustc_hash::FxHashMap<(&str, &str), usize> = rustc_hash::FxHashMap::default();
    for (i, quota) in proposal.quotas.iter().enumerate() {
        at.insert((quota.quota.as_str(), quota.region.as_str()), i);
    }
    let mut uses = vec![(0, 0); proposal.quotas.len()];
    for (unit, class) in proposal.units.iter().zip(classes) {
        let Some(class) = class else { continue };
        for quota in method.quotas.iter().filter(|quota| quota.classes.contains(class)) {
            if let Some(&i) = at.get(&(quota.id.as_str(), unit.region.as_str())) {
                uses[i].0 += unit.people;
                if unit.because.is_mandatory() && unit.class == Some(*class) {
                    uses[i].1 += unit.people;
                }
            }
        }
    }
    uses
}

/// Index of the area of a zone's code at a level, [`NO_AREA`] when the territory does not know it.
pub(super) fn area_of_code(territory: &Territory, level: Level, code: &str) -> u32 {
    territory.find(level, code).unwrap_or(NO_AREA)
}
