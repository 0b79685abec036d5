//! Hours of the week: `lun-ven 08:00-20:00; sam 09:00-13:00`, or `24/7`.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// Minutes of a day.
pub const MINUTES_A_DAY: u16 = 24 * 60;
/// Minutes of a week.
pub const MINUTES_A_WEEK: u16 = 7 * MINUTES_A_DAY;

/// Days as files write them, Monday first.
const DAYS: [&str; 7] = ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"];
/// The same in full.
const FULL: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
/// What stands for every hour of the week.
const ALWAYS: &str = "24/7";

/// Opening hours of an ordinary week. Public holidays are not told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WeekHours {
    /// For each day from Monday, spans of minutes since midnight, start included and end excluded, ascending and apart.
    days: [Vec<(u16, u16)>; 7],
}

/// Minutes since Monday 00:00 of a civil moment, from 0 to 10,079.
pub fn minute_of_week(at: DateTime) -> u16 {
    let day = at.date().weekday().to_monday_zero_offset() as u16;
    day * MINUTES_A_DAY + at.time().hour() as u16 * 60 + at.time().minute() as u16
}

/// Why a text gives no hours of the week; says what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Nothing is written.
    #[error("les heures manquent : écrivez 24/7, ou par exemple « lun-ven 08:00-20:00; sam 09:00-13:00 »")]
    Blank,
    /// A part has no day, or no hours.
    #[error("« {0} » ne se lit pas : écrivez des jours puis des heures, par exemple « lun-ven 08:00-20:00 »")]
    Part(String),
    /// A day is unknown.
    #[error("« {0} » n’est pas un jour : écrivez lun, mar, mer, jeu, ven, sam ou dim, ou une suite comme lun-ven")]
    Day(String),
    /// A time is malformed or beyond 24:00.
    #[error("« {0} » n’est pas une heure : écrivez de 00:00 à 24:00, par exemple 08:30")]
    Time(String),
    /// A span ends before it starts.
    #[error(
        "« {0} » finit avant de commencer : une garde de nuit se coupe à minuit, par exemple « {day} 20:00-24:00; {next} 00:00-08:00 »",
        day = DAYS[*.1],
        next = DAYS[(*.1 + 1) % 7]
    )]
    EndBeforeStart(String, usize),
    /// Two spans of a day overlap.
    #[error("le {day}, {first} et {second} se chevauchent : ne donnez chaque heure qu’une fois", day = DAYS[*.day])]
    Overlap {
        /// Day from Monday, 0 to 6.
        day: usize,
        /// The earlier span.
        first: String,
        /// The later one.
        second: String,
    },
}

impl WeekHours {
    /// Every hour of the week.
    pub fn always() -> Self {
        Self { days: std::array::from_fn(|_| vec![(0, MINUTES_A_DAY)]) }
    }

    /// Whether no hour of the week is left out.
    pub fn is_always(&self) -> bool {
        self.minutes() == u32::from(MINUTES_A_WEEK)
    }

    /// Minutes of service a week, at most 10,080.
    pub fn minutes(&self) -> u32 {
        self.days.iter().flatten().map(|(start, end)| u32::from(end - start)).sum()
    }

    /// Whether a minute of the week (see [`minute_of_week`]) is among them.
    pub fn contains(&self, minute: u16) -> bool {
        let (day, minute) = (minute / MINUTES_A_DAY, minute % MINUTES_A_DAY);
        self.days.get(usize::from(day)).is_some_and(|spans| spans.iter().any(|(a, b)| (*a..*b).contains(&minute)))
    }
}

impl FromStr for WeekHours {
    type Err = HoursError;

    /// Parts are set apart by `;` or `,`; each names days, then one or more spans of hours. `24/7` stands alone.
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(HoursError::Blank);
        }
        if matches!(text.to_lowercase().as_str(), ALWAYS | "24h/24" | "24h/24 7j/7") {
            return Ok(Self::always());
        }
        let mut hours = Self::default();
        for part in text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
            let (names, spans) =
                part.split_once(char::is_whitespace).ok_or_else(|| HoursError::Part(part.to_owned()))?;
            let days = days(names)?;
            for span in spans.split_whitespace() {
                let (start, end) = span.split_once('-').ok_or_else(|| HoursError::Part(part.to_owned()))?;
                let (start, end) = (time(start)?, time(end)?);
                if end <= start {
                    return Err(HoursError::EndBeforeStart(span.to_owned(), days[0]));
                }
                for day in &days {
                    hours.days[*day].push((start, end));
                }
            }
        }
        for (day, spans) in hours.days.iter_mut().enumerate() {
            spans.sort_unstable();
            if let Some(pair) = spans.windows(2).find(|pair| pair[1].0 < pair[0].1) {
                return Err(HoursError::Overlap { day, first: written(pair[0]), second: written(pair[1]) });
            }
            // Spans that touch are one.
            let mut joined: Vec<(u16, u16)> = Vec::with_capacity(spans.len());
            for span in &*spans {
                match joined.last_mut() {
                    Some(last) if last.1 == span.0 => last.1 = span.1,
                    _ => joined.push(*span),
                }
            }
            *spans = joined;
        }
        if hours.minutes() == 0 {
            return Err(HoursError::Blank);
        }
        Ok(hours)
    }
}

/// Days a text names: `lun`, `lun-ven`, `sam+dim`, `tous`.
fn days(text: &str) -> Result<Vec<usize>, HoursError> {
    let one = |name: &str| {
        let lower = name.to_lowercase();
        // Whole names are taken for what they are: lundi, samedis.
        let name_of_day = lower.trim_end_matches('s');
        let found = DAYS.iter().zip(FULL).position(|(day, full)| *day == name_of_day || full == name_of_day);
        found.ok_or_else(|| HoursError::Day(name.to_owned()))
    };
    if text.eq_ignore_ascii_case("tous") {
        return Ok((0..7).collect());
    }
    let mut found = Vec::new();
    for part in text.split('+') {
        match part.split_once('-') {
            None => found.push(one(part)?),
            Some((first, last)) => {
                let (first, last) = (one(first)?, one(last)?);
                // From Saturday to Monday is three days.
                found.extend((0..=(last + 7 - first) % 7).map(|step| (first + step) % 7));
            }
        }
    }
    Ok(found)
}

/// Minutes since midnight of `08:30`, `8h30` or `8h`.
fn time(text: &str) -> Result<u16, HoursError> {
    let bad = || HoursError::Time(text.to_owned());
    let (hours, minutes) = text.split_once([':', 'h', 'H']).ok_or_else(bad)?;
    let number = |digits: &str| -> Option<u16> {
        let fits = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| digits.parse().ok()).flatten()
    };
    let hours = number(hours).ok_or_else(bad)?;
    let minutes = if minutes.is_empty() { 0 } else { number(minutes).ok_or_else(bad)? };
    let total = hours * 60 + minutes;
    if minutes > 59 || total > MINUTES_A_DAY { Err(bad()) } else { Ok(total) }
}

fn written((start, end): (u16, u16)) -> String {
    format!("{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
}

impl fmt::Display for WeekHours {
    /// What [`FromStr`] reads back as the same hours; days of equal hours stand together.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_always() {
            return f.write_str(ALWAYS);
        }
        let mut out = String::new();
        let mut day = 0;
        while day < 7 {
            let run = self.days[day..].iter().take_while(|spans| **spans == self.days[day]).count();
            if !self.days[day].is_empty() {
                let last = day + run - 1;
                let spans: Vec<String> = self.days[day].iter().map(|span| written(*span)).collect();
                if !out.is_empty() {
                    out.push_str("; ");
                }
                out.push_str(DAYS[day]);
                if last > day {
                    let _ = write!(out, "-{}", DAYS[last]);
                }
                let _ = write!(out, " {}", spans.join(" "));
            }
            day += run;
        }
        f.write_str(&out)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<WeekHours, HoursError> {
        text.parse()
    }

    #[test]
    fn ordinary_hours() {
        let hours = read("lun-ven 08:00-20:00; sam 9h-13h").unwrap();
        assert_eq!(hours.to_string(), "lun-ven 08:00-20:00; sam 09:00-13:00");
        assert_eq!(hours.minutes(), 5 * 720 + 240);
        assert!(hours.contains(minute_of_week(date(2024, 6, 3).at(8, 0, 0, 0))));
        assert!(!hours.contains(minute_of_week(date(2024, 6, 2).at(8, 0, 0, 0))));
        assert_eq!(read("Lundis-vendredi 8h-9h30").unwrap().to_string(), "lun-ven 08:00-09:30");
        assert_eq!(read("24/7").unwrap(), WeekHours::always());
        assert_eq!(read("tous 00:00-12:00 12:00-24:00").unwrap().to_string(), "24/7");
        assert_eq!(read("sam-lun 10:00-12:00").unwrap().to_string(), "lun 10:00-12:00; sam-dim 10:00-12:00");
        assert_eq!(read("mar+jeu 10:00-12:00 14:30-18:00").unwrap().minutes(), 2 * (120 + 210));
    }

    #[test]
    fn faults_say_what_to_write() {
        for (text, words) in [
            ("", "24/7"),
            ("lun", "des jours puis des heures"),
            ("lundy? 8:00-9:00", "n’est pas un jour"),
            ("fer 08:00-09:00", "n’est pas un jour"),
            ("lun 08:00", "des jours puis des heures"),
            ("lun 8-9", "n’est pas une heure"),
            ("lun 08:00-24:30", "24:30"),
            ("lun 08:75-10:00", "08:75"),
            ("ven 20:00-08:00", "ven 20:00-24:00; sam 00:00-08:00"),
            ("dim 20:00-08:00", "lun 00:00-08:00"),
            ("lun 08:00-12:00; lun-mar 11:00-14:00", "08:00-12:00 et 11:00-14:00 se chevauchent"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn hours_read_back(spans in proptest::collection::vec((0..7_usize, 0..1440_u16, 1..600_u16), 1..12)) {
            let text: Vec<String> = spans
                .iter()
                .map(|(day, start, length)| {
                    format!("{} {}", DAYS[*day], written((*start, (start + length).min(MINUTES_A_DAY))))
                })
                .collect();
            // Overlapping draws are refused, as they must be; the others read back.
            if let Ok(hours) = read(&text.join(";")) {
                prop_assert_eq!(read(&hours.to_string()).unwrap(), hours.clone());
                let counted = (0..MINUTES_A_WEEK).filter(|minute| hours.contains(*minute)).count();
                prop_assert_eq!(counted as u32, hours.minutes());
            }
        }
    }
}
