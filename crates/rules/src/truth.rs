//! Kleene's three values: unknown is neither yes nor no.

use serde::{Deserialize, Serialize};

/// Yes, no, or not known yet; ordered so that "all" is the least and "one at least" the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// No.
    No,
    /// Some fact is missing.
    Unknown,
    /// Yes.
    Yes,
}

impl Truth {
    /// Whether it is yes or no.
    pub const fn is_known(self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::Yes } else { Self::No }
    }
}
