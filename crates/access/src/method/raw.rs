//! The shape of method files, and the checks that turn them into methods.

use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::{
    Activity, ActivityRule, AgeLimit, AgeWeight, AplMethod, Band, Boundary, Decay, Estimation, MethodError, Status,
    Weighting,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMethod {
    id: String,
    label: String,
    profession: String,
    vintage: Spanned<i16>,
    unit: String,
    source: String,
    status: Status,
    decay: RawDecay,
    activity: RawActivity,
    #[serde(default)]
    age_limits: Vec<RawAgeLimit>,
    #[serde(default)]
    age_weights: Vec<RawAgeWeight>,
    aggregation: Weighting,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDecay {
    boundary: Boundary,
    bands: Vec<RawBand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBand {
    upto: Spanned<f64>,
    weight: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawActivity {
    ignored_upto: Spanned<f64>,
    floor: Spanned<f64>,
    cap: Spanned<f64>,
    newly_installed: Spanned<f64>,
    per_head: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAgeLimit {
    upto: Spanned<u32>,
    supply_share: Spanned<f64>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAgeWeight {
    from: Spanned<u32>,
    #[serde(default)]
    to: Option<Spanned<u32>>,
    weight: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEstimation {
    id: String,
    label: String,
    source: String,
    status: Status,
    activity: ActivityRule,
    iterations: Spanned<u32>,
    travel_uncertainty: Spanned<f64>,
}

/// Reads YAML into `T`; an error of syntax or shape keeps its place.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, MethodError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location();
        MethodError {
            file: file.to_owned(),
            line: place.map_or(0, |at| at.line()),
            column: place.map_or(0, |at| at.column()),
            field: "YAML".to_owned(),
            problem: error.without_snippet().to_string(),
        }
    })
}

/// An error at a value's place.
pub(crate) fn fault(file: &str, at: Location, field: &str, problem: impl Into<String>) -> MethodError {
    MethodError {
        file: file.to_owned(),
        line: at.line(),
        column: at.column(),
        field: field.to_owned(),
        problem: problem.into(),
    }
}

/// Checks that a number lies in a range; `expected` says which, in French.
pub(crate) fn within(
    file: &str,
    field: &str,
    number: &Spanned<f64>,
    range: impl std::ops::RangeBounds<f64>,
    expected: &str,
) -> Result<f64, MethodError> {
    if range.contains(&number.value) {
        Ok(number.value)
    } else {
        Err(fault(file, number.referenced, field, format!("{} est refusé ; attendu : {expected}", number.value)))
    }
}

pub(super) fn method(file: &str, text: &str) -> Result<AplMethod, MethodError> {
    let raw: RawMethod = read(file, text)?;
    if !(1990..=2100).contains(&raw.vintage.value) {
        return Err(fault(
            file,
            raw.vintage.referenced,
            "vintage",
            format!("{} n’est pas un millésime ; attendu : une année entre 1990 et 2100", raw.vintage.value),
        ));
    }
    Ok(AplMethod {
        decay: decay(file, &raw.decay)?,
        activity: activity(file, &raw.activity)?,
        age_limits: raw.age_limits.into_iter().map(|limit| age_limit(file, limit)).collect::<Result<_, _>>()?,
        age_weights: age_weights(file, &raw.age_weights)?,
        id: raw.id,
        label: raw.label,
        profession: raw.profession,
        vintage: raw.vintage.value,
        unit: raw.unit,
        source: raw.source,
        status: raw.status,
        aggregation: raw.aggregation,
    })
}

fn decay(file: &str, raw: &RawDecay) -> Result<Decay, MethodError> {
    const FIELD: &str = "decay.bands";
    if raw.bands.is_empty() {
        return Err(MethodError {
            file: file.to_owned(),
            line: 0,
            column: 0,
            field: FIELD.to_owned(),
            problem: "aucune bande ; indiquez au moins une borne en minutes et son poids".to_owned(),
        });
    }
    let mut bands: Vec<Band> = Vec::new();
    for band in &raw.bands {
        let upto = within(file, FIELD, &band.upto, 0.1..=600.0, "une borne entre 0,1 et 600 minutes")?;
        let weight = within(file, FIELD, &band.weight, 0.0..=1.0, "un poids entre 0 et 1")?;
        if let Some(last) = bands.last() {
            if upto <= last.upto {
                let problem =
                    format!("la borne {upto} suit {} ; les bornes sont à écrire en minutes croissantes", last.upto);
                return Err(fault(file, band.upto.referenced, FIELD, problem));
            }
            if weight > last.weight {
                let problem = format!(
                    "le poids {weight} suit {} ; un poids ne peut que décroître quand le temps augmente",
                    last.weight
                );
                return Err(fault(file, band.weight.referenced, FIELD, problem));
            }
        }
        bands.push(Band { upto, weight });
    }
    Ok(Decay { boundary: raw.boundary, bands })
}

fn activity(file: &str, raw: &RawActivity) -> Result<Activity, MethodError> {
    let acts = "un nombre d’actes par an entre 0 et 100 000";
    let ignored_upto = within(file, "activity.ignored_upto", &raw.ignored_upto, 0.0..=1e5, acts)?;
    let above = |bound: f64| format!("un nombre d’actes par an entre {bound} et 100 000");
    let floor = within(file, "activity.floor", &raw.floor, ignored_upto..=1e5, &above(ignored_upto))?;
    let cap = within(file, "activity.cap", &raw.cap, floor..=1e5, &above(floor))?;
    let newly_installed = within(file, "activity.newly_installed", &raw.newly_installed, 0.0..=1e5, acts)?;
    let per_head = within(file, "activity.per_head", &raw.per_head, 1.0..=1e5, acts)?;
    Ok(Activity { ignored_upto, floor, cap, newly_installed, per_head })
}

fn age_limit(file: &str, raw: RawAgeLimit) -> Result<AgeLimit, MethodError> {
    const FIELD: &str = "age_limits";
    if !(40..=90).contains(&raw.upto.value) {
        let problem = format!("{} ans est refusé ; attendu : une limite entre 40 et 90 ans", raw.upto.value);
        return Err(fault(file, raw.upto.referenced, FIELD, problem));
    }
    let supply_share = within(file, FIELD, &raw.supply_share, 0.0..=1.0, "une part entre 0 et 1")?;
    Ok(AgeLimit { upto: raw.upto.value, supply_share, source: raw.source })
}

fn age_weights(file: &str, raw: &[RawAgeWeight]) -> Result<Vec<AgeWeight>, MethodError> {
    const FIELD: &str = "age_weights";
    let mut next = Some(0);
    let mut weights = Vec::new();
    for band in raw {
        let from = band.from.value;
        if Some(from) != next {
            let problem = match next {
                Some(age) => format!(
                    "la tranche commence à {from} ans au lieu de {age} ; les tranches doivent se suivre sans trou ni recouvrement"
                ),
                None => "une tranche suit celle qui n’a pas de fin (« to ») ; elle doit être la dernière".to_owned(),
            };
            return Err(fault(file, band.from.referenced, FIELD, problem));
        }
        if let Some(to) = band.to.as_ref().filter(|to| !(from..=130).contains(&to.value)) {
            let problem = format!("la tranche finit à {} ans, avant son début ou après 130 ans", to.value);
            return Err(fault(file, to.referenced, FIELD, problem));
        }
        let to = band.to.as_ref().map(|to| to.value);
        next = to.map(|to| to + 1);
        let weight = within(file, FIELD, &band.weight, 0.0..=20.0, "un poids entre 0 et 20")?;
        weights.push(AgeWeight { from, to, weight });
    }
    Ok(weights)
}

pub(super) fn estimation(file: &str, text: &str) -> Result<Estimation, MethodError> {
    let raw: RawEstimation = read(file, text)?;
    if raw.iterations.value > 50 {
        let problem = "au plus 50 tours de correction ; au-delà le bruit l’emporte";
        return Err(fault(file, raw.iterations.referenced, "iterations", problem));
    }
    let minutes = "des minutes entre 0 et 30";
    Ok(Estimation {
        travel_uncertainty: within(file, "travel_uncertainty", &raw.travel_uncertainty, 0.0..=30.0, minutes)?,
        id: raw.id,
        label: raw.label,
        source: raw.source,
        status: raw.status,
        activity: raw.activity,
        iterations: raw.iterations.value,
    })
}
