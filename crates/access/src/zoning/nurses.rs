//! Scores of the nurses' convention of 2011: four indicators, cut-points among all zones, a class by total.
//!
//! Data by zone: liberal nurses active on 31 December 2010 with at least 5,000 € of fees (several sites share one nurse pro
//! rata); a place of home nursing service (SSIAD) stands for 0.09 nurse; the staff of a nursing centre (CSI) is its fees over the
//! mean fees of a nurse of the département. Mean fees and mean travel are per liberal nurse; the density counts everyone, per
//! 100,000 age-standardised inhabitants (arrêté of 21 December 2011, annex II).
//!
//! Cut-points are quantiles of the zones where the figure is known, by linear interpolation; each zone counts once. A zone
//! without nurse has no mean fees: its class is given when every possible score leads to the same one.

use std::collections::HashMap;

use pacte_territory::Territory;

use super::method::{Cuts, ScorePlan, ZoningMethod};
use super::proposal::{Proposal, Reason, Unit};
use super::tables::{TableError, Zone, ZoneTable};
use super::zoner::area_of_code;

/// Figures that a method may score.
pub const FIGURES: [&str; 4] = ["fees", "share_75", "density", "travel"];

/// Columns of the table beside those that name a zone.
pub const FIELDS: [&str; 7] = [
    "population_75_plus",
    "population_standardisee",
    "infirmiers",
    "places_ssiad",
    "honoraires_csi",
    "honoraires",
    "indemnites_km",
];

/// Figures of one zone; `NaN` when not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Mean fees of a liberal nurse, euros a year, overruns left out.
    pub fees: f64,
    /// Share of people of 75 and over, from 0 to 1.
    pub share_75: f64,
    /// Nurses, SSIAD places and CSI staff per 100,000 standardised inhabitants.
    pub density: f64,
    /// Mean travel allowance of a liberal nurse, km or euros a year.
    pub travel: f64,
}

impl Figures {
    /// A figure by its name in [`FIGURES`].
    pub fn get(&self, name: &str) -> f64 {
        match name {
            "fees" => self.fees,
            "share_75" => self.share_75,
            "density" => self.density,
            "travel" => self.travel,
            _ => f64::NAN,
        }
    }
}

/// Figures of every zone of a table.
///
/// # Errors
/// When a column is missing, or a zone has more people of 75 and over than people.
pub fn figures(plan: &ScorePlan, table: &ZoneTable) -> Result<Vec<Figures>, TableError> {
    let mut columns = [0; FIELDS.len()];
    for (slot, name) in columns.iter_mut().zip(FIELDS) {
        *slot = table.required(name)?;
    }
    let [aged, standardised, nurses, places, centres, fees, travel] = columns;
    let zero = |value: f64| if value.is_nan() { 0.0 } else { value };
    // Mean fees of a liberal nurse in each département, where a centre's fees are turned into staff.
    let mut sums: HashMap<&str, (f64, f64)> = HashMap::new();
    let mut all = (0.0, 0.0);
    for zone in &table.zones {
        let (f, n) = (zone.figures[fees], zone.figures[nurses]);
        if !f.is_nan() && !n.is_nan() {
            let sum = sums.entry(&zone.departement).or_default();
            *sum = (sum.0 + f, sum.1 + n);
            all = (all.0 + f, all.1 + n);
        }
    }
    let mean = |zone: &Zone| {
        let of = |sum: &(f64, f64)| (sum.1 > 0.0 && sum.0 > 0.0).then(|| sum.0 / sum.1);
        sums.get(zone.departement.as_str()).and_then(of).or_else(|| of(&all))
    };
    table
        .zones
        .iter()
        .map(|zone| {
            let figure = |column: usize| zone.figures[column];
            if figure(aged) > zone.people as f64 {
                let problem = format!("{} habitants de 75 ans et plus pour {} habitants", figure(aged), zone.people);
                return Err(table.fault(zone, FIELDS[0], problem));
            }
            let fees_of_centres = zero(figure(centres));
            let staff = if fees_of_centres > 0.0 {
                let mean = mean(zone).ok_or_else(|| {
                    let problem = "aucun honoraire d’infirmier libéral dans la table : les honoraires du centre ne peuvent \
                                   pas être convertis en effectif";
                    table.fault(zone, FIELDS[4], problem)
                })?;
                fees_of_centres / mean
            } else {
                0.0
            };
            let heads = figure(nurses);
            let per_head = |sum: f64| if heads > 0.0 { sum / heads } else { f64::NAN };
            let total = heads + plan.per_place * zero(figure(places)) + staff;
            let people = figure(standardised);
            Ok(Figures {
                fees: per_head(figure(fees)),
                share_75: if zone.people > 0 { figure(aged) / zone.people as f64 } else { f64::NAN },
                density: if people > 0.0 { total / people * 100_000.0 } else { f64::NAN },
                travel: per_head(figure(travel)),
            })
        })
        .collect()
}

/// Quantile by linear interpolation of sorted values, `q` from 0 to 1; `NaN` without values.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = q * last as f64;
    let (low, part) = (at.floor() as usize, at.fract());
    sorted[low] + part * (sorted[(low + 1).min(last)] - sorted[low])
}

/// Cut-points of a figure among zones.
pub fn cuts(values: impl Iterator<Item = f64>) -> Cuts {
    let mut sorted: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |q| quantile(&sorted, q);
    Cuts { d1: at(0.1), q1: at(0.25), q3: at(0.75), d9: at(0.9) }
}

/// The class of a total score at a density; the first verdict that holds.
pub fn class_of(plan: &ScorePlan, total: u8, density: f64) -> Option<u8> {
    let holds = |verdict: &&super::method::Verdict| {
        (verdict.from..=verdict.upto).contains(&total) && verdict.density_below.is_none_or(|below| density < below)
    };
    plan.verdicts.iter().find(holds).map(|verdict| verdict.to)
}

/// Class of a zone and why; `cuts` in the order of the method's indicators.
pub fn classify(plan: &ScorePlan, cuts: &[Cuts], zone: &Figures) -> (Option<u8>, Reason) {
    let (mut low, mut high, mut parts) = (0, 0, Vec::new());
    for (scored, cuts) in plan.indicators.iter().zip(cuts) {
        let value = zone.get(&scored.indicator);
        if value.is_nan() {
            low += scored.scores.iter().min().copied().unwrap_or(0);
            high += scored.scores.iter().max().copied().unwrap_or(0);
        } else {
            let score = scored.scores[cuts.bracket(value)];
            low += score;
            high += score;
            parts.push(score);
        }
    }
    if low == high {
        let class = class_of(plan, low, zone.density);
        return (class, Reason::Score { total: low, parts, density: zone.density });
    }
    // Without density a verdict that depends on it may go either way.
    let densities = if zone.density.is_nan() { [0.0, f64::INFINITY] } else { [zone.density; 2] };
    let first = class_of(plan, low, densities[0]);
    let same = (low..=high).all(|total| densities.iter().all(|density| class_of(plan, total, *density) == first));
    if same && first.is_some() { (first, Reason::ScoreRange { low, high }) } else { (None, Reason::Unknown) }
}

/// Writes the units of a table and their classes into a proposal.
pub(super) fn propose(
    territory: &Territory,
    method: &ZoningMethod,
    plan: &ScorePlan,
    table: &ZoneTable,
    proposal: &mut Proposal,
) -> Result<(), TableError> {
    let figures = figures(plan, table)?;
    let cuts: Vec<Cuts> =
        plan.indicators.iter().map(|scored| cuts(figures.iter().map(|zone| zone.get(&scored.indicator)))).collect();
    for (zone, figures) in table.zones.iter().zip(&figures) {
        let (class, because) = classify(plan, &cuts, figures);
        let value = match &because {
            Reason::Score { total, .. } => Some(f64::from(*total)),
            _ => None,
        };
        push(
            territory,
            zone,
            value,
            class.or(method.otherwise.filter(|_| because != Reason::Unknown)),
            because,
            proposal,
        );
    }
    finish(proposal);
    Ok(())
}

/// Adds the unit of a zone.
pub(super) fn push(
    territory: &Territory,
    zone: &Zone,
    value: Option<f64>,
    class: Option<u8>,
    because: Reason,
    proposal: &mut Proposal,
) {
    let area = area_of_code(territory, proposal.level, &zone.code);
    let name = if zone.name.is_empty() && area != pacte_territory::grouping::NO_AREA {
        territory.area(proposal.level, area).name
    } else {
        zone.name.clone()
    };
    proposal.units.push(Unit {
        area,
        code: zone.code.clone(),
        name,
        region: zone.region.clone(),
        people: zone.people,
        value,
        class,
        because,
        in_pool: false,
        qpv: 0,
        zrr_people: 0,
    });
}

/// Says which zones the territory does not know, and which have no class.
pub(super) fn finish(proposal: &mut Proposal) {
    let lost: Vec<&str> = proposal
        .units
        .iter()
        .filter(|unit| unit.area == pacte_territory::grouping::NO_AREA)
        .map(|unit| unit.code.as_str())
        .collect();
    if !lost.is_empty() {
        let shown = lost.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        proposal.notes.push(format!(
            "{} zones de la table ne sont pas des zones du territoire ({}) et n’apparaissent pas sur la carte : {shown}{}.",
            lost.len(),
            super::zoner::level_name(proposal.level),
            if lost.len() > 5 { ", …" } else { "" }
        ));
    }
    let unknown: Vec<&Unit> = proposal.units.iter().filter(|unit| unit.class.is_none()).collect();
    if !unknown.is_empty() {
        let fault = super::zoner::faults::unclassified(&unknown);
        proposal.faults.push(fault);
    }
}
