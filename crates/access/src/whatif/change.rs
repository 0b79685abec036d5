//! One change, as a value and as the text that fits in a link.

use std::fmt;

use pacte_territory::{CommuneCode, Territory};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::error::{ChangeError, ChangeFault};
use super::places;

/// Most practitioners or structures one change adds, closes or moves.
const MOST: u32 = 1000;
/// Ten-thousandths that make a whole.
pub(super) const WHOLE: u32 = 10_000;

/// A resource that can be added, closed or moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// General practitioners.
    Gp,
    /// A maison de santé pluriprofessionnelle with so many general practitioners.
    Msp,
    /// A centre de santé with so many general practitioners.
    Centre,
    /// An emergency department (SU).
    Emergency,
    /// A mobile emergency unit (SMUR).
    Smur,
    /// A médecin correspondant du Samu (MCS).
    Mcs,
}

impl Kind {
    /// Every kind, in the order of menus.
    pub const ALL: [Self; 6] = [Self::Gp, Self::Msp, Self::Centre, Self::Emergency, Self::Smur, Self::Mcs];

    /// Name in changes.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Gp => "gp",
            Self::Msp => "msp",
            Self::Centre => "centre",
            Self::Emergency => "su",
            Self::Smur => "smur",
            Self::Mcs => "mcs",
        }
    }

    /// Whether its number is a number of general practitioners, who count in the APL.
    pub const fn has_doctors(self) -> bool {
        matches!(self, Self::Gp | Self::Msp | Self::Centre)
    }

    /// Whether it is a structure counted one by one besides its doctors.
    pub const fn is_structure(self) -> bool {
        !matches!(self, Self::Gp)
    }

    /// French name, singular or plural.
    pub const fn label(self, count: u64) -> &'static str {
        match (self, count > 1) {
            (Self::Gp, false) => "médecin généraliste",
            (Self::Gp, true) => "médecins généralistes",
            (Self::Msp, false) => "maison de santé (MSP)",
            (Self::Msp, true) => "maisons de santé (MSP)",
            (Self::Centre, false) => "centre de santé",
            (Self::Centre, true) => "centres de santé",
            (Self::Emergency, false) => "service d’urgences",
            (Self::Emergency, true) => "services d’urgences",
            (Self::Smur, _) => "SMUR",
            (Self::Mcs, false) => "médecin correspondant du Samu",
            (Self::Mcs, true) => "médecins correspondants du Samu",
        }
    }

    /// The kinds with their names, for messages.
    pub(super) fn known() -> String {
        Self::ALL.map(|kind| format!("{} ({})", kind.slug(), kind.label(1))).join(", ")
    }

    /// Reads a name, usual French ones included.
    fn read(text: &str) -> Option<Self> {
        let plain = text.trim().to_lowercase();
        Some(match plain.as_str() {
            "gp" | "mg" | "médecin" | "medecin" | "généraliste" | "generaliste" => Self::Gp,
            "msp" => Self::Msp,
            "centre" | "cds" => Self::Centre,
            "su" | "urgences" => Self::Emergency,
            "smur" => Self::Smur,
            "mcs" => Self::Mcs,
            _ => return None,
        })
    }
}

/// A parameter of the APL method that a scenario can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Highest activity counted, acts a year per practitioner.
    Cap,
    /// Acts a year per practitioner when no published mean gives the level.
    PerHead,
}

impl Parameter {
    /// Name in changes, that of the method file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cap => "activity.cap",
            Self::PerHead => "activity.per_head",
        }
    }
}

/// One change.
///
/// Its text form is what [`fmt::Display`] writes and [`Change::read`] reads back; it is also its JSON form.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Opens: so many practitioners, or one structure with so many; SU, SMUR and MCS by themselves.
    Add {
        /// What.
        kind: Kind,
        /// How many practitioners (or resources of emergency care).
        count: u32,
        /// Where.
        at: CommuneCode,
    },
    /// Closes.
    Remove {
        /// What.
        kind: Kind,
        /// How many practitioners (or resources of emergency care).
        count: u32,
        /// Where.
        at: CommuneCode,
    },
    /// Moves: practitioners keep their own activity.
    Move {
        /// What.
        kind: Kind,
        /// How many practitioners (or resources of emergency care).
        count: u32,
        /// Where from.
        from: CommuneCode,
        /// Where to.
        to: CommuneCode,
    },
    /// Every doctor older than this age stops.
    Retire {
        /// Oldest age kept, years.
        age: u32,
        /// Share of their activity taken over on the spot, ten-thousandths.
        replaced: u32,
    },
    /// A share of doctors leaves each year.
    Depart {
        /// Leaving each year, ten-thousandths.
        rate: u32,
        /// Years.
        years: u32,
        /// Share of those leaving who are replaced on the spot, ten-thousandths.
        replaced: u32,
    },
    /// Another method, by name.
    Method(String),
    /// Another method of zoning, by name.
    Zoning(String),
    /// Other weights of travel times: (minutes, weight), bounds increasing and weights decreasing.
    Decay(Vec<(f64, f64)>),
    /// Another value of a parameter.
    Set(Parameter, f64),
}

impl Change {
    /// Reads a change; communes may be named by code, by name, or by a point (`46.17,1.87`) in them.
    ///
    /// # Errors
    /// What is wrong, what was read, and the nearest valid texts.
    pub fn read(territory: &Territory, text: &str) -> Result<Self, ChangeError> {
        Self::parse(text, &|place| {
            places::find(territory, place).map(|id| territory.parts().communes.code[id as usize])
        })
    }

    /// Whether it changes the method of the APL rather than the supply.
    pub const fn is_method(&self) -> bool {
        matches!(self, Self::Method(_) | Self::Decay(_) | Self::Set(..))
    }

    /// Communes it names.
    pub fn places(&self) -> impl Iterator<Item = CommuneCode> {
        let (first, second) = match self {
            Self::Add { at, .. } | Self::Remove { at, .. } => (Some(*at), None),
            Self::Move { from, to, .. } => (Some(*from), Some(*to)),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The same change with its communes replaced; `None` when one of them is lost.
    pub(super) fn with_places(&self, place: &impl Fn(CommuneCode) -> Option<CommuneCode>) -> Option<Self> {
        let mut change = self.clone();
        match &mut change {
            Self::Add { at, .. } | Self::Remove { at, .. } => *at = place(*at)?,
            Self::Move { from, to, .. } => {
                *from = place(*from)?;
                *to = place(*to)?;
            }
            _ => {}
        }
        Some(change)
    }

    fn parse(text: &str, find: &dyn Fn(&str) -> Result<CommuneCode, ChangeFault>) -> Result<Self, ChangeError> {
        let text = text.trim();
        Self::parts(text, find).map_err(|fault| ChangeError { change: text.chars().take(120).collect(), fault })
    }

    fn parts(text: &str, find: &dyn Fn(&str) -> Result<CommuneCode, ChangeFault>) -> Result<Self, ChangeFault> {
        if let Some((name, value)) = text.split_once('=').filter(|(name, _)| name.trim().starts_with("activity.")) {
            return parameter(name.trim(), value.trim());
        }
        let (head, rest) = text.split_once(':').unwrap_or((text, ""));
        match head.trim().to_lowercase().as_str() {
            "retire" | "retraite" => return retire(rest),
            "depart" | "départ" => return depart(rest),
            "method" | "méthode" | "methode" => {
                let name = rest.trim();
                return if name.is_empty() { Err(ChangeFault::Shape) } else { Ok(Self::Method(name.to_owned())) };
            }
            "zonage" => {
                let name = rest.trim();
                return if name.is_empty() { Err(ChangeFault::Shape) } else { Ok(Self::Zoning(name.to_owned())) };
            }
            "decay" => return decay(rest).map(Self::Decay),
            _ => {}
        }
        let (closes, body) = match text.strip_prefix(['-', '−']) {
            Some(body) => (true, body),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let Some((what, place)) = body.split_once('@') else {
            let word = body.split(':').next().unwrap_or_default();
            return Err(if Kind::read(word).is_some() { ChangeFault::NoPlace } else { ChangeFault::Shape });
        };
        let (kind, count) = what.split_once(':').unwrap_or((what, ""));
        let kind = Kind::read(kind).ok_or_else(|| ChangeFault::Kind { found: short(kind) })?;
        let count = if count.trim().is_empty() { 1 } else { number(count, MOST)? };
        if place.trim().is_empty() {
            return Err(ChangeFault::NoPlace);
        }
        match place.split_once(['>', '→']) {
            Some((from, to)) if !closes => {
                let (from, to) = (find(from.trim())?, find(to.trim())?);
                Ok(Self::Move { kind, count, from, to })
            }
            Some(_) => Err(ChangeFault::Shape),
            None => {
                let at = find(place.trim())?;
                Ok(if closes { Self::Remove { kind, count, at } } else { Self::Add { kind, count, at } })
            }
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = |kind: Kind, count: u32| {
            if count == 1 && !kind.has_doctors() { kind.slug().to_owned() } else { format!("{}:{count}", kind.slug()) }
        };
        match self {
            Self::Add { kind, count, at } => write!(f, "{}@{at}", what(*kind, *count)),
            Self::Remove { kind, count, at } => write!(f, "-{}@{at}", what(*kind, *count)),
            Self::Move { kind, count, from, to } => write!(f, "{}@{from}>{to}", what(*kind, *count)),
            Self::Retire { age, replaced } => {
                write!(f, "retire:{age}")?;
                if *replaced > 0 { write!(f, ":remplacement:{}", percent(*replaced)) } else { Ok(()) }
            }
            Self::Depart { rate, years, replaced } => {
                write!(f, "depart:{}/an:{years}ans", percent(*rate))?;
                if *replaced > 0 { write!(f, ":remplacement:{}", percent(*replaced)) } else { Ok(()) }
            }
            Self::Method(name) => write!(f, "method:{name}"),
            Self::Zoning(name) => write!(f, "zonage:{name}"),
            Self::Decay(bands) => {
                let bands: Vec<String> = bands.iter().map(|(upto, weight)| format!("{upto}={weight}")).collect();
                write!(f, "decay:{}", bands.join(","))
            }
            Self::Set(parameter, value) => write!(f, "{}={value}", parameter.name()),
        }
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let code = |place: &str| {
            place.parse().map_err(|_| ChangeFault::UnknownCommune { found: short(place), nearest: Vec::new() })
        };
        Self::parse(&text, &code).map_err(de::Error::custom)
    }
}

fn short(text: &str) -> String {
    text.trim().chars().take(40).collect()
}

fn number(text: &str, most: u32) -> Result<u32, ChangeFault> {
    let found = text.trim();
    let digits = !found.is_empty() && found.len() <= 9 && found.bytes().all(|b| b.is_ascii_digit());
    let value = if digits { found.parse().ok() } else { None };
    value.filter(|n| (1..=most).contains(n)).ok_or_else(|| ChangeFault::Count { found: short(text), most })
}

/// Ten-thousandths of a text such as `7,5%`.
fn share(text: &str) -> Result<u32, ChangeFault> {
    let refused = || ChangeFault::Percent { found: short(text) };
    let body = text.trim().strip_suffix('%').unwrap_or(text.trim()).trim().replace(',', ".");
    let (whole, part) = body.split_once('.').unwrap_or((&body, ""));
    let digits = |text: &str, most: usize| text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole, 3) || !digits(part, 2) {
        return Err(refused());
    }
    let hundredths: u32 = format!("{part:0<2}").parse().map_err(|_| refused())?;
    let whole: u32 = whole.parse().map_err(|_| refused())?;
    Some(whole * 100 + hundredths).filter(|share| *share <= WHOLE).ok_or_else(refused)
}

/// Ten-thousandths as `7,5%`.
fn percent(share: u32) -> String {
    let (whole, part) = (share / 100, share % 100);
    match part {
        0 => format!("{whole}%"),
        part if part % 10 == 0 => format!("{whole},{}%", part / 10),
        part => format!("{whole},{part:02}%"),
    }
}

/// What follows `:remplacement:`.
fn replaced(rest: &str) -> Result<(&str, u32), ChangeFault> {
    match rest.split_once(":remplacement") {
        Some((before, after)) => Ok((before, share(after.trim_start_matches([':', '=']))?)),
        None => Ok((rest, 0)),
    }
}

fn retire(rest: &str) -> Result<Change, ChangeFault> {
    let (age, replaced) = replaced(rest)?;
    let text = age.trim().trim_end_matches("ans").trim();
    let known = text.parse().ok().filter(|age| (50..=80).contains(age));
    let age = known.ok_or_else(|| ChangeFault::Age { found: short(age) })?;
    Ok(Change::Retire { age, replaced })
}

fn depart(rest: &str) -> Result<Change, ChangeFault> {
    let (body, replaced) = replaced(rest)?;
    let (rate, years) = body.split_once(':').unwrap_or((body, "1"));
    let rate = rate.trim();
    let rate = share(rate.strip_suffix("/an").unwrap_or(rate))?;
    let text = years.trim().trim_end_matches("ans").trim_end_matches("an").trim();
    let known = text.parse().ok().filter(|years| (1..=40).contains(years));
    let years = known.ok_or_else(|| ChangeFault::Years { found: short(years) })?;
    Ok(Change::Depart { rate, years, replaced })
}

fn decay(text: &str) -> Result<Vec<(f64, f64)>, ChangeFault> {
    let refused = |problem: &str| ChangeFault::Decay { found: short(text), problem: problem.to_owned() };
    let value = |text: &str| -> Option<f64> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        match text.split_once('/') {
            Some((a, b)) => Some(number(a)? / number(b).filter(|b| *b > 0.0)?),
            None => number(text),
        }
    };
    let mut bands: Vec<(f64, f64)> = Vec::new();
    for band in text.split([',', ';']).filter(|band| !band.trim().is_empty()) {
        let (upto, weight) = band.split_once('=').ok_or_else(|| refused("chaque bande s’écrit minutes=poids"))?;
        let read = value(upto).zip(value(weight)).ok_or_else(|| refused("un nombre est illisible (point décimal)"))?;
        bands.push(read);
    }
    let last = bands.last().map_or(0.0, |band| band.0);
    if bands.is_empty() || bands.len() > 8 {
        return Err(refused("il en faut une à huit"));
    }
    if bands[0].0 <= 0.0 || last > 90.0 || bands.windows(2).any(|pair| pair[1].0 <= pair[0].0) {
        return Err(refused("les minutes sont croissantes, de plus de 0 à 90"));
    }
    let decreasing = bands.windows(2).all(|pair| pair[1].1 <= pair[0].1);
    if !decreasing || bands.iter().any(|band| !(0.0..=1.0).contains(&band.1)) || bands[0].1 <= 0.0 {
        return Err(refused("les poids vont de 1 à 0 et ne remontent pas"));
    }
    Ok(bands)
}

fn parameter(name: &str, text: &str) -> Result<Change, ChangeFault> {
    let parameter = [Parameter::Cap, Parameter::PerHead]
        .into_iter()
        .find(|parameter| parameter.name() == name)
        .ok_or_else(|| ChangeFault::Parameter { found: short(name) })?;
    let (least, most) = (500.0, 20_000.0);
    let value = text.replace([' ', '\u{202f}', '\u{a0}'], "").replace(',', ".").parse().ok();
    let value = value.filter(|value: &f64| (least..=most).contains(value));
    let refused = || ChangeFault::Value { name: name.to_owned(), found: short(text), least, most };
    Ok(Change::Set(parameter, value.ok_or_else(refused)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Change, ChangeFault> {
        Change::parse(text, &|place| {
            place.parse().map_err(|_| ChangeFault::UnknownCommune { found: place.to_owned(), nearest: Vec::new() })
        })
        .map_err(|error| error.fault)
    }

    #[test]
    fn changes_write_and_read_back() {
        for (text, written) in [
            ("gp:5@23096", "gp:5@23096"),
            ("+mg@23096", "gp:1@23096"),
            ("-gp:2@23096", "-gp:2@23096"),
            ("− msp : 4 @ 23096", "-msp:4@23096"),
            ("mcs@2A004", "mcs@2A004"),
            ("su:2@23096", "su:2@23096"),
            ("gp:1@23096→23008", "gp:1@23096>23008"),
            ("retire:65", "retire:65"),
            ("retraite:65 ans:remplacement:40%", "retire:65:remplacement:40%"),
            ("depart:8%/an:5ans:remplacement:60%", "depart:8%/an:5ans:remplacement:60%"),
            ("depart:7,5%", "depart:7,5%/an:1ans"),
            ("method:mg-2010", "method:mg-2010"),
            ("zonage:medecins-2017", "zonage:medecins-2017"),
            ("decay:10=1;15=0.5", "decay:10=1,15=0.5"),
            ("activity.cap = 7 000", "activity.cap=7000"),
        ] {
            let change = read(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert_eq!(change.to_string(), written, "{text}");
            assert_eq!(read(written).as_ref(), Ok(&change));
            let json = serde_json::to_string(&change).unwrap();
            assert_eq!(serde_json::from_str::<Change>(&json).unwrap(), change);
        }
        let Ok(Change::Decay(bands)) = read("decay:10=1,15=2/3,20=1/3") else { panic!("not a decay") };
        assert_eq!(bands, [(10.0, 1.0), (15.0, 2.0 / 3.0), (20.0, 1.0 / 3.0)]);
        assert_eq!(read(&Change::Decay(bands.clone()).to_string()), Ok(Change::Decay(bands)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, words) in [
            ("", "changement non compris"),
            ("bonjour", "changement non compris"),
            ("gp:5", "il manque la commune"),
            ("gp:5@", "il manque la commune"),
            ("dentiste:5@23096", "« dentiste » n’est pas une ressource connue"),
            ("gp:0@23096", "« 0 » n’est pas un nombre accepté : un entier de 1 à 1000"),
            ("gp:cinq@23096", "« cinq »"),
            ("gp:-2@23096", "« -2 »"),
            ("gp:99999999999@23096", "un entier de 1 à 1000"),
            ("-gp:1@23096>23008", "changement non compris"),
            ("retire:12", "de 50 à 80"),
            ("retire:65:remplacement:140%", "« 140% » n’est pas une part"),
            ("depart:8%/an:0ans", "d’années de 1 à 40"),
            ("depart:beaucoup", "« beaucoup » n’est pas une part"),
            ("decay:10=1,5=0.5", "croissantes"),
            ("decay:10=0.5,15=0.7", "ne remontent pas"),
            ("decay:10", "minutes=poids"),
            ("activity.floor=3000", "n’est pas un paramètre qui se change"),
            ("activity.cap=12", "de 500 à 20000"),
        ] {
            let fault = read(text).expect_err(text).to_string();
            assert!(fault.contains(words), "{text}: {fault}");
        }
    }
}
