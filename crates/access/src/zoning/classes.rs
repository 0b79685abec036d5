//! The class of every commune, whatever it comes from: a proposal, a review, a column of official data.

use pacte_territory::{Column, Level, Territory};
use serde::{Deserialize, Serialize};

use super::method::Class;
use super::proposal::Proposal;

/// A commune without class.
const NONE: u8 = u8::MAX;

/// The class of every commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classes {
    /// Classes, the most favoured first.
    pub classes: Vec<Class>,
    /// Index of the class of each commune, 255 for none, in the order of commune ids.
    pub of_commune: Vec<u8>,
}

impl Classes {
    /// From the class of each unit of a proposal.
    pub fn of_units(territory: &Territory, proposal: &Proposal, by_unit: &[Option<u8>]) -> Self {
        let mut of_area = vec![NONE; territory.count(proposal.level) as usize];
        for (unit, class) in proposal.units.iter().zip(by_unit) {
            if let Some(slot) = of_area.get_mut(unit.area as usize) {
                *slot = class.unwrap_or(NONE);
            }
        }
        let of_commune = match proposal.level {
            Level::Commune => of_area,
            level => (0..territory.len() as u32)
                .map(|commune| territory.area_of(level, commune).map_or(NONE, |area| of_area[area as usize]))
                .collect(),
        };
        Self { classes: proposal.classes.clone(), of_commune }
    }

    /// From a column of categories (`zoning.gp`): its categories in their order, ranks of colour in the same order.
    pub fn of_column(column: &Column) -> Self {
        let short = |label: &str| match (label.rfind('('), label.rfind(')')) {
            (Some(open), Some(close)) if open < close => label[open + 1..close].to_owned(),
            _ => label.to_owned(),
        };
        let classes = (0..)
            .zip(&column.categories)
            .map(|(rank, label)| Class {
                id: short(label).to_lowercase(),
                label: label.clone(),
                short: short(label),
                rank,
                aids: String::new(),
            })
            .collect();
        let of_commune = column.values.iter().map(|value| if value.is_nan() { NONE } else { *value as u8 }).collect();
        Self { classes, of_commune }
    }

    /// Index of the class of a commune, `None` without.
    pub fn get(&self, commune: u32) -> Option<u8> {
        self.of_commune.get(commune as usize).copied().filter(|class| *class != NONE)
    }

    /// The class of a commune, `None` without.
    pub fn class(&self, commune: u32) -> Option<&Class> {
        self.get(commune).and_then(|class| self.classes.get(usize::from(class)))
    }

    /// Sum of `values` (one per commune; unknown ones make no contribution) by class, then over communes without class.
    pub fn sums(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.classes.len() + 1];
        for (class, value) in self.of_commune.iter().zip(values) {
            if !value.is_nan() {
                sums[usize::from(*class).min(self.classes.len())] += value;
            }
        }
        sums
    }
}
