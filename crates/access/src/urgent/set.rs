//! Which resources count.

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

use pacte_territory::CareKind;
use serde::{Deserialize, Serialize};

/// A set of families of resources: emergency departments, SMUR with their antennas, MCS, helicopters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Set(u8);

/// Why a text is not a set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "« {text} » ne désigne pas des ressources : écrivez tout, ou su, smur, mcs, heli réunis par des tirets (su-smur)"
)]
pub struct UnknownSet {
    /// The text as it was read.
    pub text: String,
}

impl Set {
    /// Emergency departments alone.
    pub const SU: Self = Self(1);
    /// SMUR and their antennas alone.
    pub const SMUR: Self = Self(2);
    /// Doctors correspondent of the SAMU alone.
    pub const MCS: Self = Self(4);
    /// Helicopters alone.
    pub const HELI: Self = Self(8);
    /// Emergency departments and SMUR.
    pub const SU_SMUR: Self = Self(3);
    /// The same and MCS.
    pub const SU_SMUR_MCS: Self = Self(7);
    /// Everything.
    pub const ALL: Self = Self(15);
    /// The sets in which results are published, each adding a family to the one before.
    pub const LADDER: [Self; 4] = [Self::SU, Self::SU_SMUR, Self::SU_SMUR_MCS, Self::ALL];
    /// Families and their names, in order.
    const FAMILIES: [(Self, &'static str); 4] =
        [(Self::SU, "su"), (Self::SMUR, "smur"), (Self::MCS, "mcs"), (Self::HELI, "heli")];

    /// The family of a kind.
    pub const fn of(kind: CareKind) -> Self {
        match kind {
            CareKind::Su => Self::SU,
            CareKind::Smur | CareKind::SmurAntenna => Self::SMUR,
            CareKind::Mcs => Self::MCS,
            CareKind::HeliSmur | CareKind::StateHelicopter => Self::HELI,
        }
    }

    /// Whether resources of a kind count.
    pub const fn contains(self, kind: CareKind) -> bool {
        self.0 & Self::of(kind).0 != 0
    }

    /// Whether every family of another set is in this one.
    pub const fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This set without the families of another.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Name in addresses and files: `su`, `su-smur`, `su-smur-mcs`, `tout`.
    pub fn slug(self) -> String {
        if self == Self::ALL {
            return "tout".to_owned();
        }
        let names: Vec<&str> =
            Self::FAMILIES.into_iter().filter(|(family, _)| self.includes(*family)).map(|(_, name)| name).collect();
        names.join("-")
    }

    /// French name: `SU, SMUR et antennes`.
    pub fn label(self) -> String {
        const NAMES: [(Set, &str); 4] = [
            (Set::SU, "services d’urgences"),
            (Set::SMUR, "SMUR et antennes"),
            (Set::MCS, "MCS"),
            (Set::HELI, "hélicoptères"),
        ];
        let names: Vec<&str> =
            NAMES.into_iter().filter(|(family, _)| self.includes(*family)).map(|(_, name)| name).collect();
        names.join(", ")
    }
}

impl BitOr for Set {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.slug())
    }
}

impl FromStr for Set {
    type Err = UnknownSet;

    fn from_str(text: &str) -> Result<Self, UnknownSet> {
        let error = || UnknownSet { text: text.to_owned() };
        if text == "tout" {
            return Ok(Self::ALL);
        }
        let family = |name: &str| Self::FAMILIES.into_iter().find(|(_, known)| *known == name.trim());
        let parts = text.split(['-', '+', ',']).map(|name| family(name).map(|(set, _)| set).ok_or_else(error));
        parts.reduce(|all, next| Ok(all? | next?)).unwrap_or_else(|| Err(error()))
    }
}

impl TryFrom<String> for Set {
    type Error = UnknownSet;

    fn try_from(text: String) -> Result<Self, UnknownSet> {
        text.parse()
    }
}

impl From<Set> for String {
    fn from(set: Set) -> Self {
        set.slug()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_read_back_and_add_up() {
        for bits in 1..16 {
            let set = Set(bits);
            assert_eq!(set.slug().parse(), Ok(set));
        }
        assert!(Set::LADDER.windows(2).all(|pair| pair[1].includes(pair[0]) && pair[0] != pair[1]));
        assert!(Set::SU_SMUR.contains(CareKind::SmurAntenna) && !Set::SU_SMUR.contains(CareKind::Mcs));
        assert_eq!(Set::ALL.minus(Set::MCS).slug(), "su-smur-heli");
        for text in ["", "samu", "su-", "su smur"] {
            assert!(text.parse::<Set>().is_err(), "{text}");
        }
    }
}
