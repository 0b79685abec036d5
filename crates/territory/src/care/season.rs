//! Periods of the year a seasonal resource serves: `05-01..09-30`, or over the new year `12-15..03-31`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days from one to another of every year, both included; the second may come before the first, over the new year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Season {
    /// Month and day it begins.
    from: (i8, i8),
    /// Month and day it ends.
    to: (i8, i8),
}

/// Why a text is not a season.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("« {text} » n’est pas une période de l’année : écrivez mois-jour..mois-jour, par exemple 05-01..09-30")]
pub struct SeasonError {
    /// The text as it was read.
    pub text: String,
}

impl Season {
    /// Whether a day is within it.
    pub fn contains(&self, day: Date) -> bool {
        let day = (day.month(), day.day());
        if self.from <= self.to { (self.from..=self.to).contains(&day) } else { day >= self.from || day <= self.to }
    }

    /// Reads the seasons of a field, set apart by `;` or `,`; none when it is blank.
    ///
    /// # Errors
    /// At the first that is malformed.
    pub fn list(text: &str) -> Result<Vec<Self>, SeasonError> {
        text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()).map(str::parse).collect()
    }
}

impl FromStr for Season {
    type Err = SeasonError;

    fn from_str(text: &str) -> Result<Self, SeasonError> {
        let error = || SeasonError { text: text.to_owned() };
        let (from, to) = text.trim().split_once("..").ok_or_else(error)?;
        let day = |text: &str| -> Option<(i8, i8)> {
            let (month, day) = text.trim().split_once('-')?;
            let (month, day) = (month.parse().ok()?, day.parse().ok()?);
            // A leap year: 29 February is a day.
            Date::new(2024, month, day).ok().map(|_| (month, day))
        };
        Ok(Self { from: day(from).ok_or_else(error)?, to: day(to).ok_or_else(error)? })
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}-{:02}..{:02}-{:02}", from.0, from.1, to.0, to.1)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn seasons_include_their_ends_and_pass_the_new_year() {
        let summer: Season = "05-01..09-30".parse().unwrap();
        assert!(summer.contains(date(2024, 5, 1)) && summer.contains(date(2025, 9, 30)));
        assert!(!summer.contains(date(2024, 4, 30)) && !summer.contains(date(2024, 10, 1)));
        let winter: Season = "12-15..03-31".parse().unwrap();
        assert!(winter.contains(date(2024, 1, 1)) && winter.contains(date(2024, 12, 15)));
        assert!(!winter.contains(date(2024, 12, 14)) && !winter.contains(date(2024, 4, 1)));
        assert_eq!(Season::list(" 05-01..09-30 ; 12-15..03-31").unwrap(), [summer, winter]);
        assert_eq!(winter.to_string(), "12-15..03-31");
        assert!("02-29..03-01".parse::<Season>().is_ok());
        for text in ["05-01", "13-01..01-01", "02-30..03-01", "mai..juin", "05-01-09-30", "-5-01..06-01"] {
            assert!(text.parse::<Season>().is_err(), "{text}");
        }
    }
}
