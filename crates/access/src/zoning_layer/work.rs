//! A draft computed on today's data: proposal, review, effects; two drafts side by side.

use pacte_territory::{Aggregation, Column, Level, Provenance, Territory};

use super::draft::{Base, Draft, Measured, MethodUsed, Scope, TableUsed};
use super::layer::Layer;
use crate::ground::Ground;
use crate::method::MethodError;
use crate::zoning::zoner::published;
use crate::zoning::{
    Approvals, Classes, Effects, Fault, FaultKind, Indicator, Inputs, Proposal, Review, Severity, SpecialArea, Zoner,
    ZoningError, ZoningMethod, effects, review_with,
};

/// Why a draft cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The text of its method is not one this version reads.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// The method cannot be applied to this territory.
    #[error(transparent)]
    Zoning(#[from] ZoningError),
    /// The table of zones is wrong.
    #[error(transparent)]
    Table(#[from] crate::zoning::TableError),
    /// The method asks for a table of zones and there is none.
    #[error(
        "la méthode « {0} » part d’un tableau de l’activité des professionnels par zone : joignez-le ; « pacte zoning methods --template » et la page Zonage en donnent le modèle"
    )]
    NoTable(String),
    /// The indicator cannot be computed here.
    #[error(
        "l’indicateur « {concept} » ne peut pas être calculé ici : {why} ; proposez le zonage sur l’indicateur publié"
    )]
    NotComputed {
        /// Concept of the indicator.
        concept: String,
        /// Why, in French.
        why: String,
    },
    /// The scope is not a region of the quotas of the method.
    #[error("« {scope} » n’est pas une région de cette méthode ({level}) : choisissez {known}")]
    Scope {
        /// What was asked.
        scope: String,
        /// Level of the regions of the quotas.
        level: Level,
        /// Regions of this territory: `11 (Île-de-France), …`.
        known: String,
    },
    /// No unit of the territory belongs to the scope.
    #[error(
        "aucune zone de ce territoire ne se rattache à « {0} » : choisissez une autre région, ou tout le territoire"
    )]
    Empty(String),
}

/// The zoning people live under before this one.
#[derive(Clone, Debug, PartialEq)]
pub struct Before {
    /// What it is, in French.
    pub label: String,
    /// Class of every commune.
    pub classes: Classes,
}

impl Before {
    /// From a published layer: communes that no longer exist have no class.
    pub fn of_layer(territory: &Territory, layer: &Layer) -> Self {
        let mut of_commune = vec![u8::MAX; territory.len()];
        for zone in &layer.zones {
            let class = zone.class.as_ref().and_then(|id| layer.classes.iter().position(|class| class.id == *id));
            let Some(class) = class else { continue };
            for commune in &zone.communes {
                let found = commune.code.parse().ok().and_then(|code| territory.commune(code));
                if let Some(found) = found {
                    of_commune[found as usize] = class as u8;
                }
            }
        }
        Self {
            label: format!("{} (en vigueur depuis le {})", layer.title, layer.effective),
            classes: Classes { classes: layer.classes.clone(), of_commune },
        }
    }

    /// From the zoning that came with the data; `None` when none did for this profession.
    pub fn of_data(territory: &Territory, profession: &str) -> Option<Self> {
        let column = territory.latest(&format!("zoning.{profession}"))?;
        Some(Self {
            label: format!("{}, {}", column.label, column.provenance.citation()),
            classes: Classes::of_column(column),
        })
    }
}

impl Before {
    /// The same with the class of what is not zoned (`HZ` in official data) under the name the method has for it: passing from
    /// one to the other changes nothing for anybody.
    fn named_as(mut self, method: &ZoningMethod) -> Self {
        let outside = method.otherwise.and_then(|class| method.classes.get(usize::from(class)));
        if let Some(outside) = outside.filter(|outside| self.classes.classes.iter().all(|class| class.id != outside.id))
        {
            for class in self.classes.classes.iter_mut().filter(|class| class.id == "hz") {
                class.id.clone_from(&outside.id);
            }
        }
        self
    }
}

/// A draft computed.
#[derive(Clone, Debug)]
pub struct Work {
    /// The method.
    pub method: ZoningMethod,
    /// What it proposes within the scope.
    pub proposal: Proposal,
    /// The proposal with the adjustments, and every fault.
    pub review: Review,
    /// The zoning before.
    pub before: Option<Before>,
    /// The class of every commune of the scope.
    pub after: Classes,
    /// People and professionals before and after within the scope; `None` without a zoning before.
    pub effects: Option<Effects>,
    /// Adjustments that no longer apply to today's data: unit and why.
    pub lost: Vec<(String, String)>,
}

/// What a method proposes for a scope, on today's data.
///
/// # Errors
/// [`WorkError`] that says what would make it possible.
pub fn propose(
    ground: &Ground,
    method: &ZoningMethod,
    table: Option<&TableUsed>,
    measured: Measured,
    scope: &Scope,
) -> Result<Proposal, WorkError> {
    let territory = ground.territory();
    if method.needs_table() {
        let table = table.ok_or_else(|| WorkError::NoTable(method.label.clone()))?;
        let parsed = crate::zoning::tables::parse(&table.name, &table.text)?;
        let inputs = Inputs::of(territory, method)?.with_table(&parsed);
        return within(territory, Zoner::new(territory, method, &inputs)?.propose(&[])?, scope);
    }
    let zoner = Zoner::new(territory, method, &Inputs::of(territory, method)?)?;
    let proposal = match measured {
        Measured::Published => zoner.propose_on(published(territory, method)?)?,
        Measured::Computed => zoner.propose_on(&computed(ground, method)?)?,
    };
    within(territory, proposal, scope)
}

impl Measured {
    /// The published figures where there are some, else the computed ones.
    pub fn preferred(territory: &Territory, method: &ZoningMethod) -> Self {
        if method.needs_table() || published(territory, method).is_ok() { Self::Published } else { Self::Computed }
    }
}

/// The method's indicator as this program computes it on today's supply.
///
/// # Errors
/// [`WorkError::NotComputed`] when the ground computes another profession, or nothing.
fn computed(ground: &Ground, method: &ZoningMethod) -> Result<Column, WorkError> {
    let apl = ground.method();
    let concept = method.indicator.as_ref().map(Indicator::column).unwrap_or_default();
    let refused = |why: &str| WorkError::NotComputed { concept: concept.clone(), why: why.to_owned() };
    let indicator = method.indicator.as_ref().ok_or_else(|| refused("la méthode n’a pas d’indicateur"))?;
    if indicator.concept != format!("apl.{}", apl.profession) {
        return Err(refused("l’APL calculée est celle d’une autre profession"));
    }
    let catchment =
        ground.catchment().ok_or_else(|| refused("ce territoire n’a pas de population ou pas de professionnels"))?;
    let share =
        indicator.supply_share(apl).ok_or_else(|| refused("la méthode d’APL ne connaît pas cette limite d’âge"))?;
    let values = catchment.apl(&catchment.supply).apl.iter().map(|value| value * share).collect();
    Ok(Column {
        concept: format!("access.{concept}"),
        vintage: apl.vintage,
        label: "APL calculée".to_owned(),
        unit: "consultations par an et par habitant".to_owned(),
        aggregation: Aggregation::WeightedMean { concept: "population.standardised".to_owned(), vintage: apl.vintage },
        provenance: Provenance {
            source: "calcul de Pacte".to_owned(),
            file: String::new(),
            vintage: apl.vintage.to_string(),
            geography: ground.territory().meta.geography.year(),
            method: format!("{} ; {}", apl.id, catchment.activity),
        },
        categories: Vec::new(),
        values,
    })
}

/// The part of a proposal that lies in a scope.
fn within(territory: &Territory, mut proposal: Proposal, scope: &Scope) -> Result<Proposal, WorkError> {
    if scope.is_whole() {
        return Ok(proposal);
    }
    if scope.level != proposal.quota_level || territory.find(scope.level, &scope.code).is_none() {
        let grouping = territory.grouping(proposal.quota_level);
        let known: Vec<String> =
            grouping.iter().flat_map(|g| &g.areas).map(|area| format!("{} ({})", area.code, area.name)).collect();
        return Err(WorkError::Scope {
            scope: format!("{} {}", scope.code, scope.name).trim().to_owned(),
            level: proposal.quota_level,
            known: known.join(", "),
        });
    }
    proposal.units.retain(|unit| scope.holds(unit));
    if proposal.units.is_empty() {
        return Err(WorkError::Empty(scope.name.clone()));
    }
    proposal.quotas.retain(|quota| quota.region == scope.code);
    let units: Vec<&str> = proposal.units.iter().map(|unit| unit.code.as_str()).collect();
    proposal.faults.retain(|fault| {
        fault.place.is_empty() || fault.place == scope.code || units.binary_search(&fault.place.as_str()).is_ok()
    });
    let specials = std::mem::take(&mut proposal.specials);
    let touches = |special: &SpecialArea| special.units.iter().any(|unit| proposal.find(unit).is_some());
    proposal.specials = specials.into_iter().filter(touches).collect();
    Ok(proposal)
}

impl Draft {
    /// A new draft on today's data, without adjustment.
    ///
    /// # Errors
    /// [`WorkError`] when the method cannot be applied there.
    pub fn begin(
        ground: &Ground,
        territory_hash: &str,
        title: &str,
        method: &ZoningMethod,
        table: Option<TableUsed>,
        measured: Measured,
        scope: Scope,
    ) -> Result<Self, WorkError> {
        let proposal = propose(ground, method, table.as_ref(), measured, &scope)?;
        Ok(Self {
            title: title.to_owned(),
            scope,
            method: MethodUsed::from(method),
            table,
            measured,
            base: Base::of(ground, territory_hash, &proposal.vintages),
            adjustments: Vec::new(),
            approvals: Approvals::default(),
            author: String::new(),
            text: String::new(),
            note: String::new(),
        })
    }

    /// Computes the draft on today's data; `before` is the zoning people live under.
    ///
    /// # Errors
    /// [`WorkError`] when the method no longer applies.
    pub fn work(&self, ground: &Ground, before: Option<Before>) -> Result<Work, WorkError> {
        let file = format!("{}.yaml", self.method.id);
        let method = ZoningMethod::from_yaml(&file, &self.method.text)?;
        let territory = ground.territory();
        let proposal = propose(ground, &method, self.table.as_ref(), self.measured, &self.scope)?;
        let review = review_with(&method, &proposal, &self.adjustments, self.approvals);
        let after = Classes::of_units(territory, &proposal, &review.classes);
        let before = before.map(|before| before.named_as(&method));
        let effects = before.as_ref().and_then(|before| self.effects(ground, &before.classes, &after));
        let gone = [FaultKind::UnknownUnit, FaultKind::UnknownClass, FaultKind::SpecialRefused];
        let lost = review
            .faults
            .iter()
            .filter(|fault| gone.contains(&fault.kind))
            .map(|fault| (fault.place.clone(), fault.problem.clone()))
            .collect();
        Ok(Work { method, proposal, review, before, after, effects, lost })
    }

    /// Effects over the communes of the scope; `None` when professionals or people are not known.
    fn effects(&self, ground: &Ground, before: &Classes, after: &Classes) -> Option<Effects> {
        let territory = ground.territory();
        let people = ground.population()?;
        let professionals = territory.latest(&format!("supply.{}", self.method.profession))?;
        if self.scope.is_whole() {
            return Some(effects(territory, &people.values, &professionals.values, before, after));
        }
        let outside = |commune: u32| after.get(commune).is_none();
        let mut masked = (people.values.clone(), professionals.values.clone(), before.clone());
        for commune in (0..territory.len() as u32).filter(|commune| outside(*commune)) {
            masked.0[commune as usize] = 0.0;
            masked.1[commune as usize] = 0.0;
            masked.2.of_commune[commune as usize] = u8::MAX;
        }
        let left_out = (0..territory.len() as u32).filter(|commune| outside(*commune)).count() as u64;
        let mut found = effects(territory, &masked.0, &masked.1, &masked.2, after);
        // Communes outside the scope have no class on either side: they are not part of the count.
        if let Some(row) = found.by_class.last_mut() {
            row.communes_before = row.communes_before.saturating_sub(left_out);
            row.communes_after = row.communes_after.saturating_sub(left_out);
        }
        found.moves.retain(|moved| moved.from.is_some() || moved.to.is_some());
        found.places.retain(|place| {
            place.by_class.iter().any(|row| row.class.is_some() && row.communes_before + row.communes_after > 0)
        });
        Some(found)
    }

    /// The same draft on today's data: adjustments whose unit or class is gone are left out, with the reason in the note.
    ///
    /// # Errors
    /// [`WorkError`] when the method no longer applies.
    pub fn carried_over(
        &self,
        ground: &Ground,
        territory_hash: &str,
    ) -> Result<(Self, Vec<(String, String)>), WorkError> {
        let work = self.work(ground, None)?;
        let mut carried = self.clone();
        carried.base = Base::of(ground, territory_hash, &work.proposal.vintages);
        carried.adjustments.retain(|adjustment| !work.lost.iter().any(|(unit, _)| *unit == adjustment.unit));
        let lost: Vec<String> = work.lost.iter().map(|(unit, why)| format!("{unit} : {why}")).collect();
        carried.note = format!("Repris sur les données du {} ({})", ground.territory().meta.geography, {
            if lost.is_empty() { "rien n’est perdu".to_owned() } else { format!("abandonné : {}", lost.join(" ; ")) }
        });
        Ok((carried, work.lost))
    }
}

impl Work {
    /// Faults that prevent publication, then opinions that are missing, then remarks.
    pub fn faults(&self, severity: Severity) -> impl Iterator<Item = &Fault> {
        self.review.faults.iter().filter(move |fault| fault.severity == severity)
    }

    /// Faults of one unit or region.
    pub fn faults_at<'a>(&'a self, place: &'a str) -> impl Iterator<Item = &'a Fault> {
        self.review.faults.iter().filter(move |fault| fault.place == place)
    }

    /// Inhabitants of each class after adjustments, in the order of the classes, then those of units without class.
    pub fn people_by_class(&self) -> Vec<u64> {
        let mut people = vec![0; self.proposal.classes.len() + 1];
        for (unit, class) in self.proposal.units.iter().zip(&self.review.classes) {
            people[class.map_or(self.proposal.classes.len(), usize::from)] += unit.people;
        }
        people
    }

    /// Units of each class after adjustments, in the order of the classes, then those without class.
    pub fn units_by_class(&self) -> Vec<u64> {
        let mut units = vec![0; self.proposal.classes.len() + 1];
        for class in &self.review.classes {
            units[class.map_or(self.proposal.classes.len(), usize::from)] += 1;
        }
        units
    }

    /// Identifier of the class of a unit after adjustments.
    pub fn class_id(&self, unit: usize) -> Option<&str> {
        let class = self.review.classes.get(unit).copied().flatten()?;
        self.proposal.classes.get(usize::from(class)).map(|class| class.id.as_str())
    }
}

/// A place two drafts class differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Code of the unit, or of the commune when the drafts have different units.
    pub code: String,
    /// Name.
    pub name: String,
    /// Inhabitants.
    pub people: u64,
    /// Class in the first draft, by its short title; `None` without.
    pub first: Option<String>,
    /// Class in the second draft.
    pub second: Option<String>,
}

/// Where two drafts differ: unit by unit when both are of the same units, else commune by commune. Most people first.
pub fn compare(ground: &Ground, first: &Work, second: &Work) -> Vec<Difference> {
    let territory = ground.territory();
    let mut found: Vec<Difference> = Vec::new();
    if first.proposal.level == second.proposal.level {
        let class = |work: &Work, code: &str| {
            let unit = work.proposal.find(code)?;
            let class = work.review.classes[unit]?;
            Some(work.proposal.classes[usize::from(class)].short.clone())
        };
        let mut units: Vec<(&str, &str, u64)> = [first, second]
            .into_iter()
            .flat_map(|work| &work.proposal.units)
            .map(|unit| (unit.code.as_str(), unit.name.as_str(), unit.people))
            .collect();
        units.sort_unstable();
        units.dedup_by_key(|unit| unit.0);
        for (code, name, people) in units {
            let (a, b) = (class(first, code), class(second, code));
            if a != b {
                found.push(Difference { code: code.to_owned(), name: name.to_owned(), people, first: a, second: b });
            }
        }
    } else {
        for commune in 0..territory.len() as u32 {
            let class = |work: &Work| work.after.class(commune).map(|class| class.short.clone());
            let (a, b) = (class(first), class(second));
            if a != b {
                let area = territory.area(Level::Commune, commune);
                let people = ground.people(commune) as u64;
                found.push(Difference { code: area.code, name: area.name, people, first: a, second: b });
            }
        }
    }
    found.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.code.cmp(&b.code)));
    found
}
