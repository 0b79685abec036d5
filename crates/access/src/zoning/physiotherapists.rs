//! Weighted density of the physiotherapists' convention of 2011: full-time equivalents, travel, standardised people, percentiles.
//!
//! ```text
//! gross   = (full days + half days / 2) / 240            a day of 1 to 6 acts is a half day, more a full day
//! travel  = km / 40 km/h / 1,932 h                       at most 30 % of the gross of the zone
//! density = (gross − travel) / standardised people × 100,000
//! ```
//!
//! People are standardised by fees per head in 14 age bands: `Σ people of the band × fees per head of the band / fees per head
//! of all`. Zones with at least one physiotherapist are ranked; the values at ranks 11.2, 17.2, 87.2 and 93.2 % of metropolitan
//! zones part the five classes, overseas zones are classed by the same values, zones without physiotherapist are intermediate. Then:
//! an under-supplied zone where more than half are 58 or over becomes very under-supplied, and as many of the densest
//! very under-supplied zones go back; a highly supplied zone in the top tenth of acts per patient becomes over-supplied, and as
//! many of the least dense over-supplied zones go back (arrêté of 21 December 2011, annex III).

use pacte_territory::Territory;

use super::method::{Adjustments, DensityPlan, ZoningMethod};
use super::nurses::{finish, push};
use super::proposal::{Proposal, Reason};
use super::tables::{TableError, ZoneTable};

/// Columns of the table beside those that name a zone and the people by age.
const FIELDS: [&str; 7] = ["kines", "journees", "demi_journees", "km", "kines_ages", "actes", "patients"];
/// Standardised people, when the table gives them instead of people by age.
const STANDARDISED: &str = "population_standardisee";
/// Code of the line that holds the national fees by age band.
pub const FEES: &str = "HONORAIRES";

/// What the physiotherapists of a zone did in a year.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Activity {
    /// Full days.
    pub full_days: f64,
    /// Half days.
    pub half_days: f64,
    /// Kilometres between patients.
    pub km: f64,
}

impl Activity {
    /// Full and half days of someone whose acts of each day are given; a day without act counts for nothing.
    pub fn of_days(plan: &DensityPlan, acts: impl IntoIterator<Item = u32>) -> Self {
        let mut activity = Self::default();
        for acts in acts {
            if acts > plan.half_day_acts {
                activity.full_days += 1.0;
            } else if acts > 0 {
                activity.half_days += 1.0;
            }
        }
        activity
    }

    /// Full-time equivalents, travel included.
    pub fn gross_fte(&self, plan: &DensityPlan) -> f64 {
        (self.full_days + self.half_days * 0.5) / plan.days_per_year
    }

    /// Full-time equivalents spent travelling, before the cap.
    pub fn travel_fte(&self, plan: &DensityPlan) -> f64 {
        self.km / plan.speed / plan.hours_per_year
    }

    /// Full-time equivalents left for patients.
    pub fn net_fte(&self, plan: &DensityPlan) -> f64 {
        let gross = self.gross_fte(plan);
        gross - self.travel_fte(plan).min(plan.travel_cap * gross)
    }
}

/// What the ranking needs of a zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Physiotherapists; 0 leaves the zone out of the ranking.
    pub heads: f64,
    /// Weighted density per 100,000; `NaN` when not known.
    pub density: f64,
    /// Share of physiotherapists at or above the age limit, from 0 to 1; `NaN` when not known.
    pub aged: f64,
    /// Acts per patient; `NaN` when not known.
    pub acts: f64,
    /// Whether the zone sets the cut values (metropolitan).
    pub reference: bool,
}

/// Names of the columns of people by age band: `age_0_4`, `age_80_plus`.
pub fn band_fields(plan: &DensityPlan) -> Vec<String> {
    plan.bands
        .iter()
        .map(|band| match band.to {
            Some(to) => format!("age_{}_{to}", band.from),
            None => format!("age_{}_plus", band.from),
        })
        .collect()
}

/// Columns of the method's table beside those that name a zone.
pub fn fields(plan: &DensityPlan) -> Vec<String> {
    FIELDS.iter().map(|field| (*field).to_owned()).chain(band_fields(plan)).collect()
}

/// People standardised by fees: `Σ people × fees per head / mean fees per head`, the mean being that of all zones together.
///
/// `people` holds one row per zone, one value per band; `fees` the fees per head of each band.
pub fn standardise(people: &[Vec<f64>], fees: &[f64]) -> Vec<f64> {
    let weigh = |row: &Vec<f64>| row.iter().zip(fees).map(|(people, fees)| people * fees).sum::<f64>();
    let known = || people.iter().filter(|row| row.iter().all(|people| !people.is_nan()));
    let (spent, all) = (known().map(weigh).sum::<f64>(), known().flatten().sum::<f64>());
    let mean = if all > 0.0 { spent / all } else { f64::NAN };
    people.iter().map(|row| weigh(row) / mean).collect()
}

/// Values that part the classes: those at the ranks of the percentiles among zones of reference with a professional.
///
/// The value of a percentile is the lowest density that at least that share of zones do not exceed. `None` without any zone.
pub fn cut_values(plan: &DensityPlan, zones: &[Ranked]) -> Option<[f64; 4]> {
    let mut densities: Vec<f64> = zones
        .iter()
        .filter(|zone| zone.reference && zone.heads > 0.0 && !zone.density.is_nan())
        .map(|zone| zone.density)
        .collect();
    densities.sort_by(f64::total_cmp);
    if densities.is_empty() {
        return None;
    }
    // Percentiles are written with one decimal: ranks are counted in thousandths, without rounding noise.
    let rank = |percent: f64| {
        let thousandths = (percent * 1000.0).round() as usize;
        (thousandths * densities.len()).div_ceil(100_000).max(1) - 1
    };
    Some(plan.cuts.map(|percent| densities[rank(percent)]))
}

/// Place of a zone among the five classes, the least dense first, before the adjustments.
fn bracket(cuts: &[f64; 4], density: f64) -> usize {
    cuts.iter().filter(|cut| density > **cut).count()
}

/// Class of each zone among the five (0 the least dense), `None` for zones without professional or density, with the adjustment
/// that changed it: `age`, `age_balance`, `acts` or `acts_balance`.
pub fn classify(plan: &DensityPlan, zones: &[Ranked]) -> Vec<Option<(usize, Option<&'static str>)>> {
    let Some(cuts) = cut_values(plan, zones) else { return vec![None; zones.len()] };
    let ranked = |zone: &Ranked| zone.heads > 0.0 && !zone.density.is_nan();
    let first: Vec<Option<usize>> =
        zones.iter().map(|zone| ranked(zone).then(|| bracket(&cuts, zone.density))).collect();
    let mut classes: Vec<Option<(usize, Option<&'static str>)>> =
        first.iter().map(|class| class.map(|class| (class, None))).collect();
    let Adjustments { aged_share, acts_percentile, .. } = plan.adjust;

    let aged: Vec<usize> = (0..zones.len()).filter(|i| first[*i] == Some(1) && zones[*i].aged > aged_share).collect();
    exchange(zones, &first, &mut classes, &aged, (0, "age"), (1, "age_balance"), true);

    let mut acts: Vec<f64> =
        zones.iter().filter(|zone| ranked(zone) && !zone.acts.is_nan()).map(|zone| zone.acts).collect();
    acts.sort_by(f64::total_cmp);
    let reached = |value: f64| acts.len() - acts.partition_point(|other| *other < value);
    let tenth = (100.0 - acts_percentile) / 100.0 * acts.len() as f64 + 1e-9;
    let top = |value: f64| !value.is_nan() && reached(value) as f64 <= tenth;
    let busy: Vec<usize> = (0..zones.len()).filter(|i| first[*i] == Some(3) && top(zones[*i].acts)).collect();
    exchange(zones, &first, &mut classes, &busy, (4, "acts"), (3, "acts_balance"), false);
    classes
}

/// Moves zones to an extreme class and as many of that class back, so that counts are kept as far as the class goes.
fn exchange(
    zones: &[Ranked],
    first: &[Option<usize>],
    classes: &mut [Option<(usize, Option<&'static str>)>],
    moved: &[usize],
    extreme: (usize, &'static str),
    back: (usize, &'static str),
    densest: bool,
) {
    for &i in moved {
        classes[i] = Some((extreme.0, Some(extreme.1)));
    }
    let mut leaving: Vec<usize> = (0..zones.len()).filter(|i| first[*i] == Some(extreme.0)).collect();
    leaving.sort_by(|a, b| {
        let order = zones[*a].density.total_cmp(&zones[*b].density);
        if densest { order.reverse() } else { order }.then(a.cmp(b))
    });
    for i in leaving.into_iter().take(moved.len()) {
        classes[i] = Some((back.0, Some(back.1)));
    }
}

/// What the ranking needs of every zone of a table; the line of national fees is left out.
///
/// # Errors
/// When a column is missing, more professionals are aged than there are, or people by age come without fees.
pub fn ranked(plan: &DensityPlan, table: &ZoneTable) -> Result<Vec<(usize, Ranked)>, TableError> {
    let mut columns = [0; FIELDS.len()];
    for (slot, name) in columns.iter_mut().zip(FIELDS) {
        *slot = table.required(name)?;
    }
    let [heads, full, half, km, aged, acts, patients] = columns;
    let zones: Vec<usize> = (0..table.zones.len()).filter(|i| table.zones[*i].code != FEES).collect();
    let people = people(plan, table, &zones)?;
    zones
        .into_iter()
        .zip(people)
        .map(|(i, people)| {
            let zone = &table.zones[i];
            let figure = |column: usize| zone.figures[column];
            if figure(aged) > figure(heads) {
                let problem = format!("{} professionnels âgés pour {} professionnels", figure(aged), figure(heads));
                return Err(table.fault(zone, FIELDS[4], problem));
            }
            let activity = Activity { full_days: figure(full), half_days: figure(half), km: figure(km) };
            let over = |sum: f64, by: f64| if by > 0.0 { sum / by } else { f64::NAN };
            let count = if figure(heads).is_nan() { 0.0 } else { figure(heads) };
            Ok((
                i,
                Ranked {
                    heads: count,
                    density: over(activity.net_fte(plan) * 100_000.0, people),
                    aged: over(figure(aged), figure(heads)),
                    acts: over(figure(acts), figure(patients)),
                    reference: !plan.outside.contains(&zone.region),
                },
            ))
        })
        .collect()
}

/// Standardised people of each zone: as the table gives them, else from people by age and national fees.
fn people(plan: &DensityPlan, table: &ZoneTable, zones: &[usize]) -> Result<Vec<f64>, TableError> {
    if let Some(column) = table.field(STANDARDISED) {
        return Ok(zones.iter().map(|i| table.zones[*i].figures[column]).collect());
    }
    let bands = band_fields(plan).iter().map(|field| table.required(field)).collect::<Result<Vec<_>, _>>();
    let bands = bands.map_err(|mut error| {
        error.problem = format!(
            "colonne absente : donnez « {STANDARDISED} », ou les habitants des {} tranches d’âge et une ligne « {FEES} »",
            plan.bands.len()
        );
        error
    })?;
    let row = |i: usize| bands.iter().map(|column| table.zones[i].figures[*column]).collect::<Vec<f64>>();
    let Some(fees) = table.zones.iter().position(|zone| zone.code == FEES) else {
        return Err(TableError {
            file: table.file.clone(),
            line: 0,
            field: FEES.to_owned(),
            problem: format!(
                "ligne absente : une ligne dont la zone est « {FEES} » donne la dépense nationale par habitant de chaque tranche \
                 d’âge (région 0, population 0) ; ou bien donnez « {STANDARDISED} »"
            ),
        });
    };
    let spent = row(fees);
    if let Some(i) = spent.iter().position(|fees| fees.is_nan()) {
        let problem = "dépense par habitant inconnue ; elle est nécessaire pour standardiser la population";
        return Err(table.fault(&table.zones[fees], &table.fields[bands[i]], problem));
    }
    let rows: Vec<Vec<f64>> = zones.iter().map(|i| row(*i)).collect();
    Ok(standardise(&rows, &spent))
}

/// Writes the units of a table and their classes into a proposal.
pub(super) fn propose(
    territory: &Territory,
    method: &ZoningMethod,
    plan: &DensityPlan,
    table: &ZoneTable,
    proposal: &mut Proposal,
) -> Result<(), TableError> {
    let (rows, zones): (Vec<usize>, Vec<Ranked>) = ranked(plan, table)?.into_iter().unzip();
    let classes = classify(plan, &zones);
    let cuts = cut_values(plan, &zones);
    let mut reference: Vec<f64> = zones
        .iter()
        .filter(|zone| zone.reference && zone.heads > 0.0 && !zone.density.is_nan())
        .map(|zone| zone.density)
        .collect();
    reference.sort_by(f64::total_cmp);
    for ((row, zone), class) in rows.into_iter().zip(&zones).zip(classes) {
        let density = zone.density;
        let (class, because) = match (class, &cuts) {
            (Some((class, Some(rule))), Some(cuts)) => {
                let from = method.classes[usize::from(plan.classes[bracket(cuts, density)])].id.clone();
                (Some(plan.classes[class]), Reason::Adjusted { density, rule: rule.to_owned(), from })
            }
            (Some((class, None)), _) => {
                let less = reference.partition_point(|other| *other < density);
                let percentile = (less * 10_000 / reference.len().max(1)) as u32;
                (Some(plan.classes[class]), Reason::Density { density, percentile })
            }
            _ if zone.heads == 0.0 => (Some(plan.empty), Reason::NoProfessional),
            _ => (None, Reason::Unknown),
        };
        let value = (!density.is_nan()).then_some(density);
        push(territory, &table.zones[row], value, class, because, proposal);
    }
    finish(proposal);
    Ok(())
}
