//! What was asked: resources, date, hour, limit, level, département, and the resource to try.

use jiff::civil::{Date, Time};
use pacte_access::urgent::{Moment, New, Set};
use pacte_territory::{CareKind, Level};

use super::desk::Key;
use super::map::MOST_SHAPES;
use super::tables::today;
use crate::error::Message;
use crate::i18n::Lang;
use crate::map_block::Choice;
use crate::request::{Query, shorten};
use crate::search::Match;
use crate::state::Portal;

/// Limit when none is asked for, minutes.
const LIMIT: u16 = 30;
/// Smallest and largest limit, minutes.
const LIMITS: std::ops::RangeInclusive<u16> = 5..=90;

/// What was asked, field by field.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub set: Set,
    pub day: Date,
    /// `None` for every resource declared that day, as the DREES counts.
    pub time: Option<Time>,
    pub limit: u16,
    pub level: Level,
    /// The département the table and the map are limited to.
    pub departement: Option<u32>,
    /// What is wrong with the first form.
    pub faults: Vec<Message>,
    /// The resource to try.
    pub trial: Option<New>,
    pub trial_kind: CareKind,
    /// The commune of the trial as typed.
    pub commune_text: String,
    pub trial_fault: Option<Message>,
    /// Whether a date was given.
    dated: bool,
}

impl Asked {
    /// Reads the parameters; nothing is refused outright, so that a page can keep what was typed.
    pub(super) fn read(portal: &Portal, query: &Query) -> Self {
        let mut faults = Vec::new();
        let mut fault = |key: &'static str, value: &str, known: String| {
            faults.push(Message::new(key, [("value", shorten(value)), ("known", known)]));
        };
        let set = query.get("ressources").map_or(Set::ALL, |text| {
            text.parse().unwrap_or_else(|_| {
                fault("fault-urgent-set", text, Set::LADDER.map(Set::slug).join(", "));
                Set::ALL
            })
        });
        let dated = query.get("date").is_some();
        let day = query.get("date").map_or_else(today, |text| {
            text.parse().unwrap_or_else(|_| {
                fault("fault-urgent-date", text, String::new());
                today()
            })
        });
        let time = query.get("heure").and_then(|text| {
            let read = text.parse().ok();
            if read.is_none() {
                fault("fault-urgent-time", text, String::new());
            }
            read
        });
        let limit = query.get("limite").map_or(LIMIT, |text| {
            text.parse().ok().filter(|limit| LIMITS.contains(limit)).unwrap_or_else(|| {
                fault("fault-urgent-limit", text, format!("{} – {}", LIMITS.start(), LIMITS.end()));
                LIMIT
            })
        });
        let levels = portal.atlas.territory().levels();
        // Few communes can all be drawn; those of a country cannot.
        let few = portal.atlas.territory().len() <= MOST_SHAPES || !levels.contains(&Level::Departement);
        let usual = if few { Level::Commune } else { Level::Departement };
        let level = query.get("niveau").map_or(usual, |text| {
            text.parse().ok().filter(|level| levels.contains(level)).unwrap_or_else(|| {
                fault(
                    "fault-urgent-level",
                    text,
                    levels.iter().map(|level| level.slug()).collect::<Vec<_>>().join(", "),
                );
                usual
            })
        });
        let departement = query.get("departement").and_then(|code| {
            let found = portal.atlas.territory().find(Level::Departement, &code.to_uppercase());
            if found.is_none() {
                fault("fault-departement", code, String::new());
            }
            found
        });
        let trial_kind = query.get("type").and_then(|text| text.parse().ok()).unwrap_or(CareKind::Mcs);
        let commune_text = query.get("commune").unwrap_or_default().to_owned();
        let (trial, trial_fault) = match read_commune(portal, &commune_text) {
            Ok(found) => (found.map(|commune| New { kind: trial_kind, commune }), None),
            Err(message) => (None, Some(message)),
        };
        Self { set, day, time, limit, level, departement, faults, trial, trial_kind, commune_text, trial_fault, dated }
    }

    /// When resources are looked at.
    pub(super) fn moment(&self) -> Moment {
        self.time.map_or(Moment::Day(self.day), |time| Moment::At(self.day.to_datetime(time)))
    }

    pub(super) fn key(&self) -> Key {
        (self.set, self.moment(), self.limit)
    }

    /// Parameters that are not the usual ones, in their order: the first form's, which other links carry along.
    pub(super) fn carried(&self, portal: &Portal) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if self.set != Set::ALL {
            add("ressources", self.set.slug());
        }
        if self.dated || self.time.is_some() {
            add("date", self.day.to_string());
        }
        if let Some(time) = self.time {
            add("heure", format!("{:02}:{:02}", time.hour(), time.minute()));
        }
        if self.limit != LIMIT {
            add("limite", self.limit.to_string());
        }
        add("niveau", self.level.slug().to_owned());
        if let Some(home) = self.departement {
            add("departement", portal.atlas.territory().area(Level::Departement, home).code);
        }
        pairs
    }

    /// An address with these parameters, some of them replaced.
    pub(super) fn address(&self, portal: &Portal, path: &str, changes: &[(&str, &str)]) -> String {
        let pairs: Vec<String> = self
            .carried(portal)
            .into_iter()
            .map(|(name, value)| format!("{name}={}", crate::request::encode(&value)))
            .collect();
        let query = Query::parse(&pairs.join("&")).unwrap_or_default();
        query.with(changes).address(path)
    }

    pub(super) fn sets(&self, lang: Lang) -> Vec<Choice> {
        let mut sets = Set::LADDER.to_vec();
        if !sets.contains(&self.set) {
            sets.push(self.set);
        }
        let choice = |set: Set| Choice { value: set.slug(), label: set_label(lang, set), selected: set == self.set };
        sets.into_iter().map(choice).collect()
    }

    pub(super) fn levels(&self, portal: &Portal, lang: Lang) -> Vec<Choice> {
        let choice = |level: Level| Choice {
            value: level.slug().to_owned(),
            label: lang.level(level),
            selected: level == self.level,
        };
        portal.atlas.territory().levels().into_iter().map(choice).collect()
    }

    pub(super) fn departements(&self, portal: &Portal) -> Vec<Choice> {
        let territory = portal.atlas.territory();
        (0..territory.grouping(Level::Departement).map_or(0, |grouping| grouping.len() as u32))
            .map(|index| {
                let area = territory.area(Level::Departement, index);
                Choice {
                    label: format!("{} – {}", area.code, area.name),
                    value: area.code,
                    selected: self.departement == Some(index),
                }
            })
            .collect()
    }

    pub(super) fn kinds(&self, lang: Lang) -> Vec<Choice> {
        [CareKind::Mcs, CareKind::Smur, CareKind::Su, CareKind::HeliSmur]
            .into_iter()
            .map(|kind| Choice {
                value: kind.slug().to_owned(),
                label: kind_label(lang, kind),
                selected: kind == self.trial_kind,
            })
            .collect()
    }
}

/// The commune a code or a name designates; `None` when nothing was typed.
fn read_commune(portal: &Portal, text: &str) -> Result<Option<u32>, Message> {
    if text.is_empty() {
        return Ok(None);
    }
    let territory = portal.atlas.territory();
    if let Some(found) = territory.find(Level::Commune, &text.to_uppercase()) {
        return Ok(Some(found));
    }
    let hits: Vec<_> = portal.search.search(text, 12).into_iter().filter(|hit| hit.level == Level::Commune).collect();
    let exact: Vec<_> = hits.iter().filter(|hit| hit.matched <= Match::Name).collect();
    match (exact.as_slice(), hits.as_slice()) {
        ([only], _) => Ok(Some(only.area)),
        (_, []) => Err(Message::new("fault-urgent-commune", [("value", shorten(text))])),
        (_, several) => {
            let known: Vec<String> = several.iter().take(6).map(|hit| format!("{} ({})", hit.name, hit.code)).collect();
            Err(Message::new("fault-urgent-communes", [("value", shorten(text)), ("known", known.join(", "))]))
        }
    }
}

/// Name of a resource set.
pub(in crate::pages::decide) fn set_label(lang: Lang, set: Set) -> String {
    match set {
        Set::SU => lang.tr("urgent-set-su"),
        Set::SU_SMUR => lang.tr("urgent-set-su-smur"),
        Set::SU_SMUR_MCS => lang.tr("urgent-set-su-smur-mcs"),
        Set::ALL => lang.tr("urgent-set-all"),
        _ => set.slug(),
    }
}

/// Name of a kind of resource.
pub(super) fn kind_label(lang: Lang, kind: CareKind) -> String {
    match kind {
        CareKind::Su => lang.tr("urgent-kind-su"),
        CareKind::Smur => lang.tr("urgent-kind-smur"),
        CareKind::SmurAntenna => lang.tr("urgent-kind-antenna"),
        CareKind::Mcs => lang.tr("urgent-kind-mcs"),
        CareKind::HeliSmur => lang.tr("urgent-kind-helismur"),
        CareKind::StateHelicopter => lang.tr("urgent-kind-state"),
    }
}
