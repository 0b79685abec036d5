//! What a zoner needs that does not depend on the indicator: regions and their quotas, marks of communes, citations.

use std::collections::BTreeMap;

use pacte_territory::{Column, Level, Territory};

use super::super::method::{SpecialKind, Status, ZoningMethod};
use super::super::proposal::{Proposal, QuotaUse, SpecialArea, Vintage};
use super::{Inputs, Region};
use crate::french::comma;

/// Units by region, and the quotas of each region, written into the proposal.
pub(super) fn regions(territory: &Territory, method: &ZoningMethod, blank: &mut Proposal) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut lists: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (i, unit) in (0..).zip(&blank.units) {
        lists.entry(&unit.region).or_default().push(i);
    }
    let mut otherwise_written = Vec::new();
    for (code, units) in lists {
        let people = units.iter().map(|i| blank.units[*i as usize].people).sum();
        let mut quotas = Vec::new();
        for quota in &method.quotas {
            let share = if code.is_empty() { None } else { quota.share(code) };
            quotas.push(share.map(|share| {
                let name = territory
                    .find(blank.quota_level, code)
                    .map_or_else(String::new, |area| territory.area(blank.quota_level, area).name);
                if !quota.written_for.is_empty() && share.share.den != people && !otherwise_written.contains(&quota.id)
                {
                    blank.notes.push(format!(
                        "« {} » : parts écrites pour les {}, appliquées en proportion aux habitants d’aujourd’hui.",
                        quota.label, quota.written_for
                    ));
                    otherwise_written.push(quota.id.clone());
                }
                blank.quotas.push(QuotaUse {
                    quota: quota.id.clone(),
                    label: quota.label.clone(),
                    region: code.to_owned(),
                    name,
                    people,
                    share: share.share,
                    allowed: share.share.of(people),
                    used: 0,
                    mandatory: 0,
                    sourced: share.status == Status::Sourced,
                    note: share.note.clone(),
                });
                blank.quotas.len() - 1
            }));
        }
        let largest = quotas.iter().flatten().map(|at| blank.quotas[*at].allowed).max();
        for unit in units.iter().map(|at| &blank.units[*at as usize]) {
            if largest.is_some_and(|allowed| unit.people > allowed) {
                let remedy = if blank.level == method.units[0] {
                    String::new()
                } else {
                    format!(" ; le texte classe {}, plus petits : importez leur table", level_name(method.units[0]))
                };
                blank.notes.push(format!(
                    "{} ({}) compte {} habitants, plus que chaque quota de sa région : une zone n’étant jamais coupée, elle \
                     n’entre dans aucun{remedy}.",
                    unit.name,
                    unit.code,
                    comma(unit.people as f64, 0),
                ));
            }
        }
        regions.push(Region { units, quotas });
    }
    regions
}

/// What marks communes apart: ZRR, priority neighbourhoods.
pub(super) struct Marks {
    /// Whether a commune is in ZRR, wholly or partly.
    pub(super) zrr: Vec<bool>,
    /// Quarters of each commune, by rank.
    quarters: Vec<Vec<u32>>,
}

impl Marks {
    /// Quarters that touch some of these communes.
    pub(super) fn quarters(&self, communes: &[u32]) -> u32 {
        let mut all: Vec<u32> = communes.iter().flat_map(|c| &self.quarters[*c as usize]).copied().collect();
        all.sort_unstable();
        all.dedup();
        all.len() as u32
    }
}

pub(super) fn marks(territory: &Territory) -> Marks {
    let mut quarters = vec![Vec::new(); territory.len()];
    for (rank, quarter) in (0..).zip(&territory.parts().quarters) {
        for commune in &quarter.communes {
            quarters[*commune as usize].push(rank);
        }
    }
    let zrr = territory.latest("zoning.zrr").map_or_else(
        || vec![false; territory.len()],
        |column| {
            let inside: Vec<bool> = column.categories.iter().map(|label| !label.starts_with("Non")).collect();
            let of = |value: &f64| !value.is_nan() && inside.get(*value as usize).copied().unwrap_or(false);
            column.values.iter().map(of).collect()
        },
    );
    Marks { zrr, quarters }
}

/// Neighbourhoods that may be added under the method.
pub(super) fn specials(territory: &Territory, method: &ZoningMethod, level: Level) -> Vec<SpecialArea> {
    let addable = method.special.iter().any(|special| special.kind == SpecialKind::Qpv && !special.classes.is_empty());
    if !addable {
        return Vec::new();
    }
    let mut areas: Vec<SpecialArea> = territory
        .parts()
        .quarters
        .iter()
        .map(|quarter| {
            let mut units: Vec<String> = quarter
                .communes
                .iter()
                .filter_map(|commune| territory.area_of(level, *commune))
                .map(|area| territory.area(level, area).code)
                .collect();
            units.sort_unstable();
            units.dedup();
            SpecialArea { kind: SpecialKind::Qpv, code: quarter.code.clone(), name: quarter.name.clone(), units }
        })
        .collect();
    areas.sort_by(|a, b| a.code.cmp(&b.code));
    areas
}

pub(super) fn vintages(territory: &Territory, inputs: &Inputs<'_>, level: Level, quota_level: Level) -> Vec<Vintage> {
    let column = |what: &str, column: &Column| Vintage {
        what: what.to_owned(),
        name: column.key(),
        citation: column.provenance.citation(),
    };
    let mut vintages = vec![column("population", inputs.people)];
    vintages.extend(inputs.weights.map(|weights| column("pondération", weights)));
    for level in [level, quota_level] {
        if let Some(grouping) = territory.grouping(level).filter(|_| level != Level::Country) {
            vintages.push(Vintage {
                what: "découpage".to_owned(),
                name: level.slug().to_owned(),
                citation: grouping.provenance.citation(),
            });
        }
    }
    vintages
}

/// The level as a French text names it.
pub(in crate::zoning) const fn level_name(level: Level) -> &'static str {
    match level {
        Level::Commune => "les communes",
        Level::Epci => "les intercommunalités",
        Level::Tvs => "les territoires de vie-santé",
        Level::BassinDeVie => "les bassins de vie",
        Level::Arrondissement => "les arrondissements",
        Level::Departement => "les départements",
        Level::Region => "les régions",
        Level::FormerRegion => "les anciennes régions",
        Level::Country => "le pays",
    }
}

/// The same after « à la place ».
pub(super) const fn of_level(level: Level) -> &'static str {
    match level {
        Level::Commune => "des communes",
        Level::Epci => "des intercommunalités",
        Level::Tvs => "des territoires de vie-santé",
        Level::BassinDeVie => "des bassins de vie",
        Level::Arrondissement => "des arrondissements",
        Level::Departement => "des départements",
        Level::Region => "des régions",
        Level::FormerRegion => "des anciennes régions",
        Level::Country => "du pays",
    }
}
