//! The register of urgent care: who answers a vital emergency, from where, on which dates, at which hours.
//!
//! No open file lists SMUR, correspondent doctors (MCS) or helicopter bases: agencies and SAMU hold them, and fill the
//! documented CSV of `docs/methods/urgences.md`. This module holds what such a file says once it is checked; reading it is
//! the business of `pacte-sources`, measuring the cover that of `pacte-access`.
//!
//! Kinds are those of the DREES diagnosis of access to urgent care: emergency departments (SU), SMUR and their antennas,
//! doctors correspondent of the SAMU (arrêté of 12 February 2007), HéliSMUR and State helicopters.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::provenance::Provenance;
use crate::territory::CommuneId;

mod hours;
mod season;

pub use hours::{HoursError, MINUTES_A_DAY, MINUTES_A_WEEK, WeekHours, minute_of_week};
pub use season::{Season, SeasonError};

/// What answers an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CareKind {
    /// Emergency department (service d’urgences): the patient is driven there.
    Su,
    /// Mobile emergency and resuscitation unit (SMUR): the team is driven to the patient.
    Smur,
    /// Antenna of a SMUR: a second place a team starts from.
    SmurAntenna,
    /// Doctor correspondent of the SAMU (MCS): starts at once, ahead of the SMUR.
    Mcs,
    /// Medical helicopter of a hospital (HéliSMUR).
    HeliSmur,
    /// Helicopter of the State (sécurité civile, gendarmerie) that carries a medical team.
    StateHelicopter,
}

impl CareKind {
    /// Every kind, in the order resources are added up.
    pub const ALL: [Self; 6] =
        [Self::Su, Self::Smur, Self::SmurAntenna, Self::Mcs, Self::HeliSmur, Self::StateHelicopter];

    /// Name in files and addresses.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Su => "su",
            Self::Smur => "smur",
            Self::SmurAntenna => "antenne_smur",
            Self::Mcs => "mcs",
            Self::HeliSmur => "helismur",
            Self::StateHelicopter => "helicoptere_etat",
        }
    }

    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Su => "Service d’urgences",
            Self::Smur => "SMUR",
            Self::SmurAntenna => "Antenne de SMUR",
            Self::Mcs => "Médecin correspondant du Samu",
            Self::HeliSmur => "HéliSMUR",
            Self::StateHelicopter => "Hélicoptère de l’État",
        }
    }

    /// Whether it flies.
    pub const fn flies(self) -> bool {
        matches!(self, Self::HeliSmur | Self::StateHelicopter)
    }
}

impl fmt::Display for CareKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// Why a text is not a kind of resource.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "« {text} » n’est pas un type de ressource : écrivez su, smur, antenne_smur, mcs, helismur ou helicoptere_etat"
)]
pub struct UnknownKind {
    /// The text as it was read.
    pub text: String,
}

impl FromStr for CareKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let lower = text.trim().to_lowercase();
        let found = Self::ALL.into_iter().find(|kind| kind.slug() == lower);
        found.ok_or_else(|| UnknownKind { text: text.to_owned() })
    }
}

/// How a helicopter flies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Flight {
    /// Cruising speed over the ground, km/h.
    pub kmh: u16,
    /// Minutes from the call to the take-off.
    pub startup_minutes: u16,
    /// Farthest it goes from its base, km as the crow flies; `None` when nothing but time limits it.
    pub range_km: Option<u16>,
    /// Whether it flies by night.
    pub night: bool,
}

/// A declared resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CareResource {
    /// Identifier, unique in the register.
    pub id: String,
    /// What it is.
    pub kind: CareKind,
    /// Name for people.
    pub name: String,
    /// Commune it starts from (or, for an emergency department, stands in).
    pub commune: CommuneId,
    /// Longitude and latitude, degrees WGS84, when the register gives them; helicopters are measured from there.
    pub point: Option<[f64; 2]>,
    /// First day it serves; `None` when it always did.
    pub from: Option<Date>,
    /// Last day it serves, included; `None` when no end is known.
    pub to: Option<Date>,
    /// Hours of the week it answers.
    pub hours: WeekHours,
    /// Periods of the year it serves; empty when it serves all the year.
    pub seasons: Vec<Season>,
    /// How it flies; helicopters only, all of them.
    pub flight: Option<Flight>,
    /// Free note.
    pub note: String,
    /// Who says so.
    pub source: String,
}

impl CareResource {
    /// Whether it is declared on a day, whatever its hours and seasons: what the published indicator counts.
    pub fn is_declared(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether it answers at a local moment, by its dates, seasons and hours. Daylight is not looked at here.
    pub fn is_open(&self, at: DateTime) -> bool {
        let day = at.date();
        self.is_declared(day)
            && (self.seasons.is_empty() || self.seasons.iter().any(|season| season.contains(day)))
            && self.hours.contains(minute_of_week(at))
    }
}

/// The declared resources of a territory and where they come from; empty when no register was imported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CareRegister {
    /// Resources, in the order of their files.
    pub resources: Vec<CareResource>,
    /// The files they come from.
    pub sources: Vec<Provenance>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn kinds_read_back() {
        for kind in CareKind::ALL {
            assert_eq!(kind.slug().parse(), Ok(kind));
        }
        let error = "samu".parse::<CareKind>().unwrap_err();
        assert!(error.to_string().contains("antenne_smur"), "{error}");
    }

    #[test]
    fn dates_seasons_and_hours_all_count() {
        let resource = CareResource {
            id: "m1".into(),
            kind: CareKind::Mcs,
            name: "Cabinet".into(),
            commune: 0,
            point: None,
            from: Some(date(2024, 1, 1)),
            to: Some(date(2024, 12, 31)),
            hours: "lun-ven 08:00-20:00".parse().unwrap(),
            seasons: vec!["05-01..09-30".parse().unwrap()],
            flight: None,
            note: String::new(),
            source: String::new(),
        };
        let at = |y, m, d, h| date(y, m, d).at(h, 0, 0, 0);
        assert!(resource.is_open(at(2024, 6, 3, 8)), "a Monday of June, on the hour it opens");
        assert!(!resource.is_open(at(2024, 6, 3, 20)), "hours end where they say");
        assert!(!resource.is_open(at(2024, 6, 2, 10)), "a Sunday");
        assert!(!resource.is_open(at(2024, 2, 5, 10)), "out of season");
        assert!(!resource.is_open(at(2025, 6, 2, 10)), "after its last day");
        assert!(resource.is_declared(date(2024, 12, 31)) && !resource.is_declared(date(2025, 1, 1)));
    }
}
