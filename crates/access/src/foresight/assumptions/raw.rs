//! The shape of files of assumptions, and the checks that turn them into [`Assumptions`].

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Assumed, Assumptions, Disagreement, Faculty, Key, Measure, MeasureRegion, Places, Retention};
use crate::ages::{AgeBand, FIRST_AGE, LAST_AGE, Pyramid};
use crate::method::raw::{fault, read, within};
use crate::method::{MethodError, Status};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    label: String,
    profession: String,
    status: Status,
    pyramid: RawPyramid,
    retirement: RawRetirement,
    places: Vec<RawPlaces>,
    #[serde(default)]
    disagreements: Vec<RawDisagreement>,
    training: RawTraining,
    #[serde(default)]
    retention_by_region: Vec<RawRetention>,
    measure: RawMeasure,
    parameters: RawParameters,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPyramid {
    source: String,
    status: Status,
    heads: Vec<RawBand>,
    activity: Vec<RawBand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBand {
    from: Spanned<u32>,
    to: Spanned<u32>,
    value: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRetirement {
    source: String,
    status: Status,
    bands: Vec<RawBand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlaces {
    year: Spanned<i16>,
    value: Spanned<f64>,
    source: String,
    status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDisagreement {
    topic: String,
    kept: f64,
    other: f64,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTraining {
    source: String,
    #[serde(rename = "status")]
    _status: Status,
    faculties: Vec<RawFaculty>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFaculty {
    name: String,
    places: Spanned<u32>,
    regions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRetention {
    region: String,
    value: Spanned<f64>,
    source: String,
    status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeasure {
    label: String,
    places: Spanned<f64>,
    from: i16,
    source: String,
    regions: Vec<RawMeasureRegion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeasureRegion {
    label: String,
    codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAssumed {
    value: Spanned<f64>,
    low: Spanned<f64>,
    high: Spanned<f64>,
    source: String,
    status: Status,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameters {
    retirement_shift: RawAssumed,
    leave: RawAssumed,
    entry_age: RawAssumed,
    lag: RawAssumed,
    gp_share: RawAssumed,
    practice_share: RawAssumed,
    other_entries: RawAssumed,
    future_places: RawAssumed,
    retention: RawAssumed,
    attraction_heads: RawAssumed,
    hours_trend: RawAssumed,
    population_growth: RawAssumed,
    need_growth: RawAssumed,
    reference_population: RawAssumed,
}

impl RawParameters {
    fn into_pairs(self) -> [(Key, RawAssumed); 14] {
        [
            (Key::RetirementShift, self.retirement_shift),
            (Key::Leave, self.leave),
            (Key::EntryAge, self.entry_age),
            (Key::Lag, self.lag),
            (Key::GpShare, self.gp_share),
            (Key::PracticeShare, self.practice_share),
            (Key::OtherEntries, self.other_entries),
            (Key::FuturePlaces, self.future_places),
            (Key::Retention, self.retention),
            (Key::AttractionHeads, self.attraction_heads),
            (Key::HoursTrend, self.hours_trend),
            (Key::PopulationGrowth, self.population_growth),
            (Key::NeedGrowth, self.need_growth),
            (Key::ReferencePopulation, self.reference_population),
        ]
    }
}

pub(super) fn assumptions(file: &str, text: &str) -> Result<Assumptions, MethodError> {
    let raw: Raw = read(file, text)?;
    let heads = bands(file, "pyramid.heads", &raw.pyramid.heads, 1e6)?;
    if heads.iter().all(|band| band.value == 0.0) {
        let at = raw.pyramid.heads[0].value.referenced;
        return Err(fault(file, at, "pyramid.heads", "aucun effectif ; donnez au moins une tranche non vide"));
    }
    let activity = bands(file, "pyramid.activity", &raw.pyramid.activity, 10.0)?;
    let retirement = bands(file, "retirement.bands", &raw.retirement.bands, 1.0)?;
    let mut parameters = BTreeMap::new();
    for (key, raw) in raw.parameters.into_pairs() {
        parameters.insert(key, assumed(file, key, raw)?);
    }
    let share =
        |raw: &RawRetention| within(file, "retention_by_region", &raw.value, 0.0..=1.0, "une part entre 0 et 1");
    let retention = raw
        .retention_by_region
        .into_iter()
        .map(|raw| Ok(Retention { value: share(&raw)?, region: raw.region, source: raw.source, status: raw.status }));
    Ok(Assumptions {
        pyramid: Pyramid::new(&heads, &activity, raw.pyramid.source),
        pyramid_status: raw.pyramid.status,
        retirement,
        retirement_source: raw.retirement.source,
        retirement_status: raw.retirement.status,
        places: places(file, raw.places)?,
        faculties: faculties(file, raw.training.faculties)?,
        faculties_source: raw.training.source,
        retention_by_region: retention.collect::<Result<_, MethodError>>()?,
        disagreements: raw
            .disagreements
            .into_iter()
            .map(|one| Disagreement { topic: one.topic, kept: one.kept, other: one.other, source: one.source })
            .collect(),
        measure: Measure {
            places: within(file, "measure.places", &raw.measure.places, 0.0..=1e5, "des places entre 0 et 100 000")?,
            label: raw.measure.label,
            from: raw.measure.from,
            source: raw.measure.source,
            regions: raw
                .measure
                .regions
                .into_iter()
                .map(|region| MeasureRegion { label: region.label, codes: region.codes })
                .collect(),
        },
        parameters,
        changed: BTreeMap::new(),
        text_hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
        id: raw.id,
        label: raw.label,
        profession: raw.profession,
        status: raw.status,
    })
}

/// Bands that follow one another from the first age to the last.
fn bands(file: &str, field: &str, raw: &[RawBand], most: f64) -> Result<Vec<AgeBand>, MethodError> {
    let mut next = FIRST_AGE;
    let mut bands = Vec::new();
    for band in raw {
        let (from, to) = (band.from.value, band.to.value);
        if from != next || to < from || to > LAST_AGE {
            let problem = format!(
                "la tranche va de {from} à {to} ans ; attendu : des tranches qui se suivent de {FIRST_AGE} à {LAST_AGE} ans, celle-ci à partir de {next}"
            );
            return Err(fault(file, band.from.referenced, field, problem));
        }
        let value = within(file, field, &band.value, 0.0..=most, &format!("une valeur entre 0 et {most}"))?;
        bands.push(AgeBand { from, to, value });
        next = to + 1;
    }
    if next != LAST_AGE + 1 {
        let problem = format!("les tranches s’arrêtent avant {LAST_AGE} ans ; ajoutez celles qui manquent");
        return Err(MethodError { file: file.to_owned(), line: 0, column: 0, field: field.to_owned(), problem });
    }
    Ok(bands)
}

fn assumed(file: &str, key: Key, raw: RawAssumed) -> Result<Assumed, MethodError> {
    let field = format!("parameters.{}", key.slug());
    let (low, high) = key.range();
    let check = |number: &Spanned<f64>| {
        let value = within(file, &field, number, low..=high, &format!("un nombre entre {low} et {high}"))?;
        if key.is_whole() && value.fract() != 0.0 {
            return Err(fault(
                file,
                number.referenced,
                &field,
                format!("{value} est refusé ; attendu : un nombre entier"),
            ));
        }
        Ok(value)
    };
    let (value, low, high) = (check(&raw.value)?, check(&raw.low)?, check(&raw.high)?);
    if !(low.min(high)..=low.max(high)).contains(&value) {
        let problem = format!("la valeur centrale {value} n’est pas entre les bornes {low} et {high} des scénarios");
        return Err(fault(file, raw.value.referenced, &field, problem));
    }
    Ok(Assumed { value, low, high, source: raw.source, status: raw.status })
}

fn places(file: &str, raw: Vec<RawPlaces>) -> Result<Vec<Places>, MethodError> {
    let mut all: Vec<Places> = Vec::new();
    for one in raw {
        if let Some(last) = all.last().filter(|last| last.year >= one.year.value) {
            let problem = format!("{} suit {} ; les années sont à écrire croissantes", one.year.value, last.year);
            return Err(fault(file, one.year.referenced, "places", problem));
        }
        let value = within(file, "places", &one.value, 0.0..=1e5, "des places entre 0 et 100 000")?;
        all.push(Places { year: one.year.value, value, source: one.source, status: one.status });
    }
    if all.is_empty() {
        let problem = "aucune année ; donnez au moins les places d’une année".to_owned();
        return Err(MethodError { file: file.to_owned(), line: 0, column: 0, field: "places".to_owned(), problem });
    }
    Ok(all)
}

fn faculties(file: &str, raw: Vec<RawFaculty>) -> Result<Vec<Faculty>, MethodError> {
    raw.into_iter()
        .map(|one| {
            if one.places.value == 0 {
                return Err(fault(
                    file,
                    one.places.referenced,
                    "training.faculties",
                    "une faculté sans place ; ôtez-la",
                ));
            }
            Ok(Faculty { name: one.name, places: one.places.value, regions: one.regions })
        })
        .collect()
}
