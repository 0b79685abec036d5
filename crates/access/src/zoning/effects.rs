//! What changes between two zonings, in people and in professionals.

use pacte_territory::{Level, Territory};
use serde::{Deserialize, Serialize};

use super::classes::Classes;
use super::method::Class;
use crate::people;

/// People and professionals of a class before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassEffect {
    /// Index into [`Effects::classes`]; `None` for communes without class.
    pub class: Option<u8>,
    /// Communes before.
    pub communes_before: u64,
    /// Communes after.
    pub communes_after: u64,
    /// Inhabitants before.
    pub people_before: u64,
    /// Inhabitants after.
    pub people_after: u64,
    /// Professionals before.
    pub professionals_before: f64,
    /// Professionals after.
    pub professionals_after: f64,
}

/// Communes that pass from one class to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Class before, an index into [`Effects::classes`]; `None` without.
    pub from: Option<u8>,
    /// Class after.
    pub to: Option<u8>,
    /// Communes.
    pub communes: u64,
    /// Inhabitants.
    pub people: u64,
    /// Professionals.
    pub professionals: f64,
}

/// Effects in one region or département.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceEffect {
    /// Level.
    pub level: Level,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// By class, as in [`Effects::by_class`].
    pub by_class: Vec<ClassEffect>,
}

/// What changes between two zonings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// Classes of both, those of the second zoning first, matched by identifier.
    pub classes: Vec<Class>,
    /// One per class, then one for communes without class.
    pub by_class: Vec<ClassEffect>,
    /// Every pair of classes some commune passes between or stays in, in the order of classes.
    pub moves: Vec<Moved>,
    /// By region then by département, in the order of codes.
    pub places: Vec<PlaceEffect>,
    /// Inhabitants whose class changes.
    pub people_moved: u64,
    /// Professionals of communes whose class changes.
    pub professionals_moved: f64,
}

impl Effects {
    /// Of the inhabitants whose class changes, those who had none or one that the second zoning does not have (`zones d’appui
    /// régional`, say): they would change class whatever it decided. `classes` is how many it has.
    pub fn people_from_elsewhere(&self, classes: usize) -> u64 {
        let elsewhere = |from: Option<u8>| from.is_none_or(|class| usize::from(class) >= classes);
        let moved = self.moves.iter().filter(|moved| moved.from != moved.to && elsewhere(moved.from));
        moved.map(|moved| moved.people).sum()
    }
}

/// Counts people and professionals by class before and after, for the whole, each region and each département.
///
/// `people` and `professionals` hold one value per commune; unknown ones (`NaN`) make no contribution. A commune is never cut:
/// priority neighbourhoods added inside communes are not counted here, as their inhabitants are not in the data.
///
/// # Panics
/// When a zoning or a column is not of this territory's communes.
pub fn effects(
    territory: &Territory,
    people: &[f64],
    professionals: &[f64],
    before: &Classes,
    after: &Classes,
) -> Effects {
    let n = territory.len();
    for length in [people.len(), professionals.len(), before.of_commune.len(), after.of_commune.len()] {
        assert_eq!(length, n, "one value per commune of the territory");
    }
    let mut classes = after.classes.clone();
    let renamed: Vec<usize> = before
        .classes
        .iter()
        .map(|class| {
            classes.iter().position(|known| known.id == class.id).unwrap_or_else(|| {
                classes.push(class.clone());
                classes.len() - 1
            })
        })
        .collect();
    let none = classes.len();
    let from: Vec<usize> =
        (0..n as u32).map(|c| before.get(c).map_or(none, |class| renamed[usize::from(class)])).collect();
    let to: Vec<usize> = (0..n as u32).map(|c| after.get(c).map_or(none, usize::from)).collect();
    let heads = people::whole(people);
    let known = |values: &[f64], commune: usize| if values[commune].is_nan() { 0.0 } else { values[commune] };
    let named = |class: usize| (class < none).then_some(class as u8);

    let count = |communes: &mut dyn Iterator<Item = usize>| {
        let mut rows: Vec<ClassEffect> = (0..=none)
            .map(|class| ClassEffect {
                class: named(class),
                communes_before: 0,
                communes_after: 0,
                people_before: 0,
                people_after: 0,
                professionals_before: 0.0,
                professionals_after: 0.0,
            })
            .collect();
        for commune in communes {
            let (here, doctors) = (heads[commune], known(professionals, commune));
            let row = &mut rows[from[commune]];
            row.communes_before += 1;
            row.people_before += here;
            row.professionals_before += doctors;
            let row = &mut rows[to[commune]];
            row.communes_after += 1;
            row.people_after += here;
            row.professionals_after += doctors;
        }
        rows
    };

    let mut cells = vec![(0_u64, 0_u64, 0.0); (none + 1) * (none + 1)];
    for commune in 0..n {
        let cell = &mut cells[from[commune] * (none + 1) + to[commune]];
        cell.0 += 1;
        cell.1 += heads[commune];
        cell.2 += known(professionals, commune);
    }
    let moves: Vec<Moved> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| cell.0 > 0)
        .map(|(i, cell)| Moved {
            from: named(i / (none + 1)),
            to: named(i % (none + 1)),
            communes: cell.0,
            people: cell.1,
            professionals: cell.2,
        })
        .collect();
    let mut places = Vec::new();
    for level in [Level::Region, Level::Departement] {
        let Some(grouping) = territory.grouping(level) else { continue };
        for (area, named) in (0..).zip(&grouping.areas) {
            places.push(PlaceEffect {
                level,
                code: named.code.clone(),
                name: named.name.clone(),
                by_class: count(&mut grouping.members(area).iter().map(|commune| *commune as usize)),
            });
        }
    }
    let changed = || moves.iter().filter(|moved| moved.from != moved.to);
    Effects {
        by_class: count(&mut (0..n)),
        people_moved: changed().map(|moved| moved.people).sum(),
        professionals_moved: changed().map(|moved| moved.professionals).sum(),
        classes,
        moves,
        places,
    }
}
