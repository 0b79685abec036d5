//! What a simulation gives: before and after, from the commune to the country.

use pacte_territory::grouping::NO_AREA;
use pacte_territory::{CommuneId, Level, Territory};
use serde::Serialize;

use super::{Kind, Scenario};
use crate::ground::Catchment;

/// APL under which people count as under-served, consultations a year and standardised inhabitant: the bound below which a
/// zone must be a zone d’intervention prioritaire (arrêté du 13 novembre 2017).
pub const THRESHOLD: f64 = 2.5;

/// A figure of a commune before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CommuneShift {
    /// The commune, by rank.
    pub commune: CommuneId,
    /// Its residents.
    pub people: u64,
    /// Before; `None` when not known.
    pub before: Option<f64>,
    /// After; `None` when not known.
    pub after: Option<f64>,
}

/// What is counted over an area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// Residents.
    pub people: u64,
    /// Residents of communes whose APL is under [`THRESHOLD`].
    pub under: u64,
    /// Mean APL weighted by standardised population; `None` without any.
    pub apl: Option<f64>,
    /// Acts offered a year.
    pub supply: f64,
    /// Practitioners; departures by rate or age are not taken off, they are a share of supply.
    pub heads: f64,
}

/// An area before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AreaShift {
    /// Level.
    pub level: Level,
    /// Index in the level.
    pub area: u32,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Before.
    pub before: Tally,
    /// After.
    pub after: Tally,
}

/// People and communes beyond a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Beyond {
    /// Residents.
    pub people: u64,
    /// Communes.
    pub communes: u32,
}

/// Urgent care by a set of resources, before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoverShift {
    /// Name of the set: `su`, `su+smur`…
    pub set: String,
    /// French name.
    pub label: String,
    /// Limit, minutes.
    pub limit: f64,
    /// Beyond the limit before.
    pub before: Beyond,
    /// Beyond the limit after.
    pub after: Beyond,
    /// Minutes of the communes where they change.
    pub communes: Vec<CommuneShift>,
}

/// People of a class of zones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ZoneClass {
    /// Identifier; empty for « hors zonage ».
    pub id: String,
    /// French label.
    pub label: String,
    /// Residents before.
    pub before: u64,
    /// Residents after.
    pub after: u64,
}

/// A zone that changes class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitShift {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Residents.
    pub people: u64,
    /// Indicator before.
    pub value_before: Option<f64>,
    /// Indicator after.
    pub value_after: Option<f64>,
    /// Class before, an index into [`ZoneShift::classes`]; the last stands for none.
    pub before: u8,
    /// Class after.
    pub after: u8,
}

/// The zoning a method proposes, before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ZoneShift {
    /// Identifier of the zoning method.
    pub method: String,
    /// Its hash.
    pub method_hash: String,
    /// Its title.
    pub label: String,
    /// Level of its units.
    pub level: Level,
    /// Classes, the most helped first, then « hors zonage ».
    pub classes: Vec<ZoneClass>,
    /// Units that change class.
    pub units: Vec<UnitShift>,
    /// Communes that change class: (commune, before, after).
    pub communes: Vec<(CommuneId, u8, u8)>,
}

/// What a scenario gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The scenario.
    pub scenario: Scenario,
    /// Hash of everything the figures depend on, with the scenario's base: methods, roads, changes of method.
    pub method: String,
    /// French title of the APL method after the changes.
    pub method_label: String,
    /// Where the figures come from, French citations.
    pub vintages: Vec<String>,
    /// What was supposed, in French.
    pub notes: Vec<String>,
    /// Communes whose APL changes, by rank.
    pub communes: Vec<CommuneShift>,
    /// The country.
    pub country: AreaShift,
    /// Every region.
    pub regions: Vec<AreaShift>,
    /// Every département.
    pub departements: Vec<AreaShift>,
    /// Structures opened (above zero) or closed: (kind, commune, number).
    pub structures: Vec<(Kind, CommuneId, i64)>,
    /// Urgent care by set of resources; empty without any known resource.
    pub cover: Vec<CoverShift>,
    /// Zones; `None` without a method that applies.
    pub zones: Option<ZoneShift>,
}

impl Outcome {
    /// Residents of the communes whose APL changes.
    pub fn concerned(&self) -> u64 {
        self.communes.iter().map(|shift| shift.people).sum()
    }

    /// Urgent care by every resource on the ground: the set that maps and headlines show. Helicopters, which reach almost
    /// everybody by day, would hide what the others bring.
    pub fn urgent(&self) -> Option<&CoverShift> {
        self.cover.iter().rev().find(|shift| shift.set != "tout").or(self.cover.last())
    }

    /// Residents who pass above the threshold, and under it.
    pub fn crossing(&self) -> (u64, u64) {
        let under = |value: Option<f64>| value.is_some_and(|value| value < THRESHOLD);
        let people = |test: &dyn Fn(&CommuneShift) -> bool| {
            self.communes.iter().filter(|shift| test(shift)).map(|shift| shift.people).sum()
        };
        (
            people(&|shift| under(shift.before) && !under(shift.after)),
            people(&|shift| !under(shift.before) && under(shift.after)),
        )
    }

    /// Areas of a level that change, the largest change of people under the threshold first, then of APL.
    pub fn most_changed<'a>(&self, areas: &'a [AreaShift]) -> Vec<&'a AreaShift> {
        let mut changed: Vec<&AreaShift> = areas.iter().filter(|area| area.before != area.after).collect();
        let moved = |area: &AreaShift| (area.after.apl.unwrap_or(0.0) - area.before.apl.unwrap_or(0.0)).abs();
        let crossed = |area: &AreaShift| area.after.under.abs_diff(area.before.under);
        changed
            .sort_by(|a, b| crossed(b).cmp(&crossed(a)).then(moved(b).total_cmp(&moved(a))).then(a.code.cmp(&b.code)));
        changed
    }

    /// Communes the most changed, by people × change of APL.
    pub fn most_changed_communes(&self, count: usize) -> Vec<CommuneShift> {
        let mut changed = self.communes.clone();
        let weight = |shift: &CommuneShift| {
            (shift.after.unwrap_or(0.0) - shift.before.unwrap_or(0.0)).abs() * (shift.people as f64 + 1.0)
        };
        if changed.len() > count {
            changed
                .select_nth_unstable_by(count, |a, b| weight(b).total_cmp(&weight(a)).then(a.commune.cmp(&b.commune)));
            changed.truncate(count);
        }
        changed.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.commune.cmp(&b.commune)));
        changed
    }
}

/// A known value, or `None` for `NaN`.
pub(super) fn known(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

/// What is counted over the areas of a level.
pub(super) struct Counted<'a> {
    pub(super) catchment: &'a Catchment,
    pub(super) apl: &'a [f64],
    pub(super) supply: &'a [f64],
    /// Practitioners; those of today where `changed` says nothing else.
    pub(super) changed: &'a [(CommuneId, f64)],
}

/// Counts every area of a level. Communes are taken in their order, so that the same figures give the same sums.
pub(super) fn tally(territory: &Territory, people: &[u64], level: Level, counted: &Counted<'_>) -> Vec<Tally> {
    let grouping = territory.grouping(level);
    let count = territory.count(level) as usize;
    let mut tallies = vec![Tally::default(); count];
    let mut weights = vec![(0.0, 0.0); count];
    let Some(grouping) = grouping else { return tallies };
    let heads = &counted.catchment.heads.counts;
    for (i, area) in grouping.of_commune.iter().enumerate() {
        if *area == NO_AREA {
            continue;
        }
        let (area, apl) = (*area as usize, counted.apl[i]);
        let tally = &mut tallies[area];
        tally.people += people[i];
        tally.supply += counted.supply[i];
        tally.heads += heads[i];
        if !apl.is_nan() {
            weights[area].0 += apl * counted.catchment.demand[i];
            weights[area].1 += counted.catchment.demand[i];
            if apl < THRESHOLD {
                tally.under += people[i];
            }
        }
    }
    for (at, now) in counted.changed {
        let area = grouping.of_commune[*at as usize];
        if area != NO_AREA {
            tallies[area as usize].heads += now - heads[*at as usize];
        }
    }
    for (tally, (sum, weight)) in tallies.iter_mut().zip(weights) {
        tally.apl = (weight > 0.0).then(|| sum / weight);
    }
    tallies
}

/// Areas with their counts before and after.
pub(super) fn shifts(territory: &Territory, level: Level, before: &[Tally], after: &[Tally]) -> Vec<AreaShift> {
    before
        .iter()
        .zip(after)
        .zip(0..)
        .map(|((before, after), area)| {
            let named = territory.area(level, area);
            AreaShift { level, area, code: named.code, name: named.name, before: *before, after: *after }
        })
        .collect()
}
