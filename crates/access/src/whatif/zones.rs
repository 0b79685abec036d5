//! The zoning a method proposes, before and after.

use pacte_territory::{CommuneId, Territory};

use super::outcome::{UnitShift, ZoneClass, ZoneShift};
use crate::method::AplMethod;
use crate::zoning::{Inputs, Proposal, Zoner, ZoningMethod};

/// Zoning methods tried when the scenario names none, the one in force first.
pub(super) const USUAL: [&str; 2] = ["medecins-2021", "medecins-2017"];

/// Label of the class of zones that get nothing.
const NONE: &str = "Sans classe";

/// A zoning method ready to be asked again and again.
#[derive(Debug)]
pub(super) struct Zoning {
    zoner: Zoner,
    /// Whether its indicator leaves out practitioners above an age.
    pub(super) young: bool,
    today: Proposal,
    /// Class of each commune today; the number of classes stands for none.
    classes: Vec<u8>,
}

impl Zoning {
    /// Prepares a shipped method; `apl` and `young` are the APL of today, in all and within the age limit.
    ///
    /// # Errors
    /// In French, when the method is unknown or cannot be applied here.
    pub(super) fn new(
        territory: &Territory,
        name: &str,
        apl: &[f64],
        young: &[f64],
        method: &AplMethod,
    ) -> Result<Self, String> {
        let zoning = ZoningMethod::shipped(name).ok_or_else(|| {
            let known = ZoningMethod::shipped_names().collect::<Vec<_>>().join(", ");
            format!("aucune méthode de zonage « {name} » : choisissez parmi {known}")
        })?;
        let indicator = zoning.indicator.clone().ok_or_else(|| {
            format!(
                "la méthode de zonage « {name} » ne classe pas selon l’APL : une simulation d’accès ne la change pas"
            )
        })?;
        if indicator.concept != format!("apl.{}", method.profession) {
            return Err(format!(
                "la méthode de zonage « {name} » suit l’indicateur {}, que cette simulation ne calcule pas",
                indicator.concept
            ));
        }
        let inputs = Inputs::of(territory, &zoning).map_err(|error| error.to_string())?;
        let zoner = Zoner::new(territory, &zoning, &inputs).map_err(|error| error.to_string())?;
        let limited = indicator.age_limit.is_some();
        let today = zoner.propose(if limited { young } else { apl }).map_err(|error| error.to_string())?;
        let classes = classes(territory, &today);
        Ok(Self { zoner, young: limited, today, classes })
    }

    /// Class of each commune today.
    pub(super) fn classes(&self) -> &[u8] {
        &self.classes
    }

    /// What is assumed, in French.
    pub(super) fn notes(&self) -> &[String] {
        &self.today.notes
    }

    /// The proposal on another indicator beside that of today; `None` keeps today's.
    pub(super) fn after(&self, territory: &Territory, indicator: Option<&[f64]>) -> ZoneShift {
        let propose =
            |indicator| self.zoner.propose(indicator).expect("one value a commune of the zoner’s own territory");
        let now = indicator.map(propose);
        let now = now.as_ref();
        let none = self.today.classes.len() as u8;
        let people = self.today.people_by_class();
        let after = now.map_or_else(|| people.clone(), Proposal::people_by_class);
        let label = |i: usize| self.today.classes.get(i).map_or(("", NONE), |class| (&*class.id, &*class.label));
        let list = people.iter().zip(&after).enumerate().map(|(i, (before, after))| {
            let (id, label) = label(i);
            ZoneClass { id: id.to_owned(), label: label.to_owned(), before: *before, after: *after }
        });
        let mut shift = ZoneShift {
            method: self.today.method.clone(),
            method_hash: self.today.method_hash.clone(),
            label: self.zoner.method().label.clone(),
            level: self.today.level,
            classes: list.collect(),
            units: Vec::new(),
            communes: Vec::new(),
        };
        let Some(now) = now else { return shift };
        for (before, after) in self.today.units.iter().zip(&now.units).filter(|(a, b)| a.class != b.class) {
            shift.units.push(UnitShift {
                code: before.code.clone(),
                name: before.name.clone(),
                people: before.people,
                value_before: before.value,
                value_after: after.value,
                before: before.class.unwrap_or(none),
                after: after.class.unwrap_or(none),
            });
        }
        if !shift.units.is_empty() {
            let classes = classes(territory, now);
            let changed = (0..).zip(self.classes.iter().zip(&classes)).filter(|(_, (before, after))| before != after);
            shift.communes = changed.map(|(commune, (before, after))| (commune, *before, *after)).collect();
        }
        shift.units.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.code.cmp(&b.code)));
        shift
    }
}

/// Class of each commune, the number of classes for none.
fn classes(territory: &Territory, proposal: &Proposal) -> Vec<u8> {
    let none = proposal.classes.len() as u8;
    let classes = proposal.classes_of(territory);
    (0..territory.len() as CommuneId).map(|commune| classes.get(commune).unwrap_or(none)).collect()
}
