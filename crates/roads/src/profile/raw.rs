//! The shape of profile files, and the checks that turn them into profiles.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::{
    AccessRule, BarrierRule, ClassSpeed, FerryRule, LimitShare, Mode, Penalties, ProfileError, Slowing, SnapRule,
    SpeedProfile,
};
use crate::osm::{Access, AccessKey, Barrier, RoadClass, Service, Surface};

type Number = Spanned<f64>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    id: String,
    label: String,
    source: String,
    mode: Mode,
    speeds: BTreeMap<String, Spanned<RawSpeed>>,
    #[serde(default)]
    limits: Option<RawLimits>,
    urban_junctions: Number,
    oneway: bool,
    restrictions: bool,
    access: RawAccess,
    #[serde(default)]
    surfaces: BTreeMap<String, Spanned<RawSlowing>>,
    #[serde(default)]
    tracks: BTreeMap<String, Spanned<RawSlowing>>,
    #[serde(default)]
    services: BTreeMap<String, Spanned<RawSlowing>>,
    barriers: RawBarriers,
    ferry: RawFerry,
    penalties: RawPenalties,
    snap: RawSnap,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpeed {
    open: Number,
    urban: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    open: Number,
    urban: Number,
    #[serde(default)]
    boost: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccess {
    keys: Vec<Spanned<String>>,
    refused: Vec<Spanned<String>>,
    #[serde(default)]
    discouraged: Vec<Spanned<String>>,
    #[serde(default)]
    discouraged_factor: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSlowing {
    #[serde(default)]
    factor: Option<Number>,
    #[serde(default)]
    cap: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBarriers {
    blocks: Vec<Spanned<String>>,
    #[serde(default)]
    seconds: BTreeMap<String, Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFerry {
    kmh: Number,
    wait: Number,
    explicit: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPenalties {
    signals: Number,
    stop: Number,
    give_way: Number,
    joining: Number,
    junction: Number,
    roundabout: Number,
    mini_roundabout: Number,
    crossing: Number,
    bend: Number,
    bend_degrees: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSnap {
    max_metres: Number,
    kmh: Number,
}

/// Speeds anybody may write, km/h.
const SPEEDS: RangeInclusive<f64> = 1.0..=200.0;
const SHARES: RangeInclusive<f64> = 0.05..=1.0;
const SECONDS: RangeInclusive<f64> = 0.0..=300.0;

struct Checker<'a> {
    file: &'a str,
}

impl Checker<'_> {
    fn fault(&self, at: Location, field: &str, problem: impl Into<String>) -> ProfileError {
        ProfileError {
            file: self.file.to_owned(),
            line: at.line(),
            column: at.column(),
            field: field.to_owned(),
            problem: problem.into(),
        }
    }

    fn within(
        &self,
        field: &str,
        number: &Number,
        range: &RangeInclusive<f64>,
        what: &str,
    ) -> Result<f64, ProfileError> {
        if range.contains(&number.value) {
            return Ok(number.value);
        }
        let problem = format!(
            "{} est refusé ; attendu : {what} entre {} et {}",
            number.value.to_string().replace('.', ","),
            range.start().to_string().replace('.', ","),
            range.end().to_string().replace('.', ",")
        );
        Err(self.fault(number.referenced, field, problem))
    }

    fn speed(&self, field: &str, number: &Number) -> Result<f64, ProfileError> {
        self.within(field, number, &SPEEDS, "une vitesse en km/h")
    }

    fn seconds(&self, field: &str, number: &Number) -> Result<f64, ProfileError> {
        self.within(field, number, &SECONDS, "des secondes")
    }

    fn name<T: Copy>(
        &self,
        field: &str,
        (name, at): (&str, Location),
        all: &[T],
        text: impl Fn(T) -> &'static str,
    ) -> Result<T, ProfileError> {
        if let Some(found) = all.iter().find(|value| text(**value) == name) {
            return Ok(*found);
        }
        let near = nearest(name, all.iter().map(|value| text(*value)));
        Err(self.fault(at, field, format!("« {name} » est inconnu ; vouliez-vous dire « {near} » ?")))
    }

    fn slowings<T: Copy>(
        &self,
        field: &str,
        raw: &BTreeMap<String, Spanned<RawSlowing>>,
        all: &[T],
        text: impl Fn(T) -> &'static str,
    ) -> Result<Vec<Slowing>, ProfileError> {
        let mut slowings = vec![Slowing::NONE; all.len()];
        let names: Vec<&'static str> = all.iter().map(|value| text(*value)).collect();
        let ranks: Vec<usize> = (0..all.len()).collect();
        for (name, raw) in raw {
            let rank = self.name(field, (name, raw.referenced), &ranks, |rank| names[rank])?;
            let raw = &raw.value;
            if let Some(factor) = &raw.factor {
                slowings[rank].factor = self.within(field, factor, &SHARES, "une part")?;
            }
            if let Some(cap) = &raw.cap {
                slowings[rank].cap = self.speed(field, cap)?;
            }
        }
        Ok(slowings)
    }

    fn accesses(&self, field: &str, names: &[Spanned<String>]) -> Result<u32, ProfileError> {
        names.iter().try_fold(0, |mask, name| {
            Ok(mask | 1 << self.name(field, (&name.value, name.referenced), Access::ALL, Access::name)? as u32)
        })
    }
}

/// Number of letters to add, drop or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let best = (corner + usize::from(from != *to)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[b.len()]
}

fn nearest<'a>(name: &str, among: impl Iterator<Item = &'a str>) -> &'a str {
    among.min_by_key(|other| distance(name, other)).unwrap_or("")
}

/// The reader's words for a field that is unknown or missing, in ours; other errors as they are.
fn reworded(problem: &str) -> (String, String) {
    let problem = problem.rsplit_once(" at line ").map_or(problem, |(told, _)| told);
    let bare = |name: &str| name.trim_matches(|c: char| c == '`' || c.is_whitespace()).to_owned();
    if let Some((unknown, known)) =
        problem.strip_prefix("unknown field ").and_then(|told| told.split_once(", expected "))
    {
        let known: Vec<String> =
            known.trim_start_matches("one of ").split([',', ' ']).map(bare).filter(|name| !name.is_empty()).collect();
        let unknown = bare(unknown);
        let near = nearest(&unknown, known.iter().map(String::as_str));
        let problem = format!("ce champ est inconnu ; vouliez-vous dire « {near} » ?");
        return (unknown, problem);
    }
    match problem.strip_prefix("missing field ") {
        Some(missing) => (bare(missing), "ce champ manque ; ajoutez-le".to_owned()),
        None => ("YAML".to_owned(), problem.to_owned()),
    }
}

fn parse(file: &str, text: &str) -> Result<RawProfile, ProfileError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location();
        let (field, problem) = reworded(&error.without_snippet().to_string());
        ProfileError {
            file: file.to_owned(),
            line: place.map_or(0, |at| at.line()),
            column: place.map_or(0, |at| at.column()),
            field,
            problem,
        }
    })
}

pub(super) fn profile(file: &str, text: &str) -> Result<SpeedProfile, ProfileError> {
    let raw = parse(file, text)?;
    let check = Checker { file };
    let mut speeds = vec![None; RoadClass::ALL.len()];
    let travelled: Vec<RoadClass> =
        RoadClass::ALL.iter().copied().filter(|class| !matches!(class, RoadClass::Ferry | RoadClass::Other)).collect();
    for (name, raw) in &raw.speeds {
        let class = check.name("speeds", (name, raw.referenced), &travelled, RoadClass::name)?;
        let raw = &raw.value;
        let field = |kind: &str| format!("speeds.{}.{kind}", class.name());
        speeds[class as usize] = Some(ClassSpeed {
            open: check.speed(&field("open"), &raw.open)?,
            urban: check.speed(&field("urban"), &raw.urban)?,
        });
    }
    if raw.speeds.is_empty() {
        return Err(ProfileError {
            file: file.to_owned(),
            line: 0,
            column: 0,
            field: "speeds".to_owned(),
            problem: "aucune classe de route ; indiquez au moins une vitesse".to_owned(),
        });
    }
    let share = |field: &str, number: &Number| check.within(field, number, &SHARES, "une part");
    let limits = match &raw.limits {
        None => None,
        Some(limits) => Some(LimitShare {
            open: share("limits.open", &limits.open)?,
            urban: share("limits.urban", &limits.urban)?,
            boost: match &limits.boost {
                Some(boost) => check.within("limits.boost", boost, &(1.0..=2.0), "un facteur")?,
                None => 1.0,
            },
        }),
    };
    let keys = raw
        .access
        .keys
        .iter()
        .map(|key| check.name("access.keys", (&key.value, key.referenced), AccessKey::ALL, AccessKey::name));
    let access = AccessRule {
        keys: keys.collect::<Result<_, _>>()?,
        refused: check.accesses("access.refused", &raw.access.refused)?,
        discouraged: check.accesses("access.discouraged", &raw.access.discouraged)?,
        discouraged_factor: match &raw.access.discouraged_factor {
            Some(factor) => share("access.discouraged_factor", factor)?,
            None => 1.0,
        },
    };
    let mut barriers = vec![BarrierRule::Seconds(0.0); Barrier::ALL.len()];
    for (name, seconds) in &raw.barriers.seconds {
        let barrier = check.name("barriers.seconds", (name, seconds.referenced), Barrier::ALL, Barrier::name)?;
        barriers[barrier as usize] = BarrierRule::Seconds(check.seconds("barriers.seconds", seconds)?);
    }
    for name in &raw.barriers.blocks {
        let barrier = check.name("barriers.blocks", (&name.value, name.referenced), Barrier::ALL, Barrier::name)?;
        barriers[barrier as usize] = BarrierRule::Blocks;
    }
    let grades = ["none", "grade1", "grade2", "grade3", "grade4", "grade5"];
    let penalties = Penalties {
        signals: check.seconds("penalties.signals", &raw.penalties.signals)?,
        stop: check.seconds("penalties.stop", &raw.penalties.stop)?,
        give_way: check.seconds("penalties.give_way", &raw.penalties.give_way)?,
        joining: check.seconds("penalties.joining", &raw.penalties.joining)?,
        junction: check.seconds("penalties.junction", &raw.penalties.junction)?,
        roundabout: check.seconds("penalties.roundabout", &raw.penalties.roundabout)?,
        mini_roundabout: check.seconds("penalties.mini_roundabout", &raw.penalties.mini_roundabout)?,
        crossing: check.seconds("penalties.crossing", &raw.penalties.crossing)?,
        bend: check.seconds("penalties.bend", &raw.penalties.bend)?,
        bend_degrees: check.within(
            "penalties.bend_degrees",
            &raw.penalties.bend_degrees,
            &(10.0..=180.0),
            "des degrés",
        )?,
    };
    Ok(SpeedProfile {
        limits,
        urban_junctions: check.within(
            "urban_junctions",
            &raw.urban_junctions,
            &(0.0..=10_000.0),
            "un nombre de carrefours par km²",
        )?,
        surfaces: check.slowings("surfaces", &raw.surfaces, Surface::ALL, Surface::name)?,
        tracks: check.slowings("tracks", &raw.tracks, &grades, |name| name)?,
        services: check.slowings("services", &raw.services, Service::ALL, Service::name)?,
        ferry: FerryRule {
            kmh: check.speed("ferry.kmh", &raw.ferry.kmh)?,
            wait: check.within("ferry.wait", &raw.ferry.wait, &(0.0..=14_400.0), "des secondes")?,
            explicit: raw.ferry.explicit,
        },
        snap: SnapRule {
            max_metres: check.within("snap.max_metres", &raw.snap.max_metres, &(1.0..=50_000.0), "des mètres")?,
            kmh: check.speed("snap.kmh", &raw.snap.kmh)?,
        },
        id: raw.id,
        label: raw.label,
        source: raw.source,
        mode: raw.mode,
        speeds,
        oneway: raw.oneway,
        restrictions: raw.restrictions,
        access,
        barriers,
        penalties,
    })
}
