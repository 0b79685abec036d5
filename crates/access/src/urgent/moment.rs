//! When the cover is looked at: dates, hours, and the daylight by which most helicopters fly.

use std::f64::consts::TAU;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use pacte_territory::{CareResource, CommuneCode};
use serde::{Deserialize, Serialize};

/// Minutes before sunrise and after sunset that still are aeronautical day between the parallels of 30° and 60°; half as
/// much nearer the equator (French air rules, arrêté of 11 December 2014, SERA definitions of day and night).
const TWILIGHT: (f64, f64) = (30.0, 15.0);
/// Zenith angle of the centre of the sun at sunrise and sunset, degrees: its half-diameter and refraction included.
const HORIZON: f64 = 90.833;

/// Days of the week in French, Monday first.
pub const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// When resources are looked at. Moments are local to each resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Moment {
    /// Every resource of the register, whatever its dates and hours.
    Any,
    /// Resources declared on a day, whatever their hours and seasons: as the DREES counts.
    Day(Date),
    /// Resources that answer at a day and hour.
    At(DateTime),
}

impl Moment {
    /// Whether a resource of a commune answers then.
    pub fn holds(self, resource: &CareResource, code: CommuneCode, point: (f64, f64)) -> bool {
        match self {
            Self::Any => true,
            Self::Day(day) => resource.is_declared(day),
            Self::At(at) => {
                let flies = resource.flight.is_none_or(|flight| flight.night || is_daylight(code, point, at));
                resource.is_open(at) && flies
            }
        }
    }

    /// French words for it: `mardi 2026-11-24 à 03:00`.
    pub fn label(self) -> String {
        match self {
            Self::Any => "toutes les ressources du registre, sans dates ni heures".to_owned(),
            Self::Day(day) => format!("ressources déclarées le {day}, sans les heures"),
            Self::At(at) => {
                let day = DAYS[at.date().weekday().to_monday_zero_offset() as usize];
                format!("{day} {} à {:02}:{:02}", at.date(), at.hour(), at.minute())
            }
        }
    }

    /// The day, when there is one.
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Any => None,
            Self::Day(day) => Some(day),
            Self::At(at) => Some(at.date()),
        }
    }

    /// The hour, when there is one.
    pub fn time(self) -> Option<Time> {
        match self {
            Self::At(at) => Some(at.time()),
            Self::Any | Self::Day(_) => None,
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("toutes"),
            Self::Day(day) => write!(f, "{day}"),
            Self::At(at) => write!(f, "{}T{:02}:{:02}", at.date(), at.hour(), at.minute()),
        }
    }
}

/// Why a text is not a moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "« {text} » n’est pas un moment : écrivez toutes, une date (2026-11-22), ou une date et une heure (2026-11-22T14:30)"
)]
pub struct MomentError {
    /// The text as it was read.
    pub text: String,
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let error = || MomentError { text: text.to_owned() };
        if text == "toutes" {
            return Ok(Self::Any);
        }
        match text.split_once(['T', ' ']) {
            None => text.parse().map(Self::Day).map_err(|_| error()),
            Some((day, time)) => {
                let day: Date = day.parse().map_err(|_| error())?;
                Ok(Self::At(day.to_datetime(time.parse().map_err(|_| error())?)))
            }
        }
    }
}

/// Hours between the local clock of a commune and universal time on a day, by its département; summer time follows
/// directive 2000/84/EC, to the day.
pub fn offset_hours(code: CommuneCode, day: Date) -> i32 {
    match code.departement() {
        "971" | "972" | "977" | "978" => -4,
        "973" | "975" => -3,
        "974" => 4,
        "976" => 3,
        _ => {
            let last_sunday = |month| {
                let end = Date::constant(day.year(), month, 31);
                end.day() - end.weekday().to_sunday_zero_offset()
            };
            let (month, date) = (day.month(), day.day());
            let summer = (month > 3 && month < 10)
                || (month == 3 && date >= last_sunday(3))
                || (month == 10 && date < last_sunday(10));
            if summer { 2 } else { 1 }
        }
    }
}

/// Whether it is aeronautical day at a place, at a local moment. `point` is longitude and latitude, degrees.
pub fn is_daylight(code: CommuneCode, point: (f64, f64), at: DateTime) -> bool {
    let minute = f64::from(at.hour()) * 60.0 + f64::from(at.minute());
    let offset = 60.0 * f64::from(offset_hours(code, at.date()));
    let twilight = if point.1.abs() >= 30.0 { TWILIGHT.0 } else { TWILIGHT.1 };
    match sun(point, at.date()) {
        Sun::Rises(rise, set) => (rise + offset - twilight..=set + offset + twilight).contains(&minute),
        Sun::AlwaysUp => true,
        Sun::AlwaysDown => false,
    }
}

/// What the sun does on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sun {
    /// It rises and sets, minutes of universal time from midnight of the day.
    Rises(f64, f64),
    AlwaysUp,
    AlwaysDown,
}

/// Sunrise and sunset, to about a minute: low-accuracy equations of the NOAA solar calculator (Spencer's series for the
/// equation of time and the declination).
fn sun((lon, lat): (f64, f64), day: Date) -> Sun {
    let g = TAU / 365.25 * (f64::from(day.day_of_year()) - 1.0 + (12.0 - lon / 15.0 - 12.0) / 24.0);
    let time = 229.18
        * (0.000_075 + 0.001_868 * g.cos()
            - 0.032_077 * g.sin()
            - 0.014_615 * (2.0 * g).cos()
            - 0.040_849 * (2.0 * g).sin());
    let declination = 0.006_918 - 0.399_912 * g.cos() + 0.070_257 * g.sin() - 0.006_758 * (2.0 * g).cos()
        + 0.000_907 * (2.0 * g).sin()
        - 0.002_697 * (3.0 * g).cos()
        + 0.001_48 * (3.0 * g).sin();
    let lat = lat.to_radians();
    let cosine = HORIZON.to_radians().cos() / (lat.cos() * declination.cos()) - lat.tan() * declination.tan();
    if cosine <= -1.0 {
        return Sun::AlwaysUp;
    }
    if cosine >= 1.0 {
        return Sun::AlwaysDown;
    }
    let half = cosine.acos().to_degrees();
    let noon = 720.0 - 4.0 * lon - time;
    Sun::Rises(noon - 4.0 * half, noon + 4.0 * half)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn code(text: &str) -> CommuneCode {
        text.parse().unwrap()
    }

    #[test]
    fn the_sun_rises_when_almanacs_say() {
        // Paris, Observatoire: ephemerides of the IMCCE, universal time.
        for (day, rise, set) in [
            (date(2024, 6, 21), 3 * 60 + 47, 19 * 60 + 58),
            (date(2024, 12, 21), 7 * 60 + 41, 15 * 60 + 56),
            (date(2024, 3, 20), 5 * 60 + 54, 18 * 60 + 2),
        ] {
            let Sun::Rises(a, b) = sun((2.3365, 48.8363), day) else { panic!("no sunrise in Paris") };
            assert!((a - f64::from(rise)).abs() < 4.0 && (b - f64::from(set)).abs() < 4.0, "{day}: {a} {b}");
        }
        assert_eq!(sun((0.0, 80.0), date(2024, 6, 21)), Sun::AlwaysUp);
        assert_eq!(sun((0.0, 80.0), date(2024, 12, 21)), Sun::AlwaysDown);
    }

    #[test]
    fn days_are_local() {
        let paris = (code("75056"), (2.35, 48.85));
        let at = |y, m, d, h, min| date(y, m, d).at(h, min, 0, 0);
        assert!(!is_daylight(paris.0, paris.1, at(2024, 12, 21, 8, 0)), "before civil dawn");
        assert!(is_daylight(paris.0, paris.1, at(2024, 12, 21, 8, 30)));
        assert!(
            is_daylight(paris.0, paris.1, at(2024, 6, 21, 22, 15))
                && !is_daylight(paris.0, paris.1, at(2024, 6, 21, 22, 45))
        );
        let reunion = (code("97411"), (55.45, -20.88));
        assert!(is_daylight(reunion.0, reunion.1, at(2024, 6, 21, 12, 0)));
        assert!(!is_daylight(reunion.0, reunion.1, at(2024, 6, 21, 20, 0)));
        for (day, hours) in
            [(date(2026, 3, 28), 1), (date(2026, 3, 29), 2), (date(2026, 10, 24), 2), (date(2026, 10, 25), 1)]
        {
            assert_eq!(offset_hours(paris.0, day), hours, "{day}");
        }
    }

    #[test]
    fn moments_read_back() {
        for text in ["toutes", "2026-11-22", "2026-11-22T14:30"] {
            assert_eq!(text.parse::<Moment>().unwrap().to_string(), text);
        }
        for text in ["", "demain", "2026-02-30", "2026-11-22T25:00"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
