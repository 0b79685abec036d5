//! The levels a figure can be read at, from the commune to the country.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A level of the territorial hierarchy. The order is that of menus: from the commune up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// The commune itself.
    Commune,
    /// Établissement public de coopération intercommunale à fiscalité propre.
    Epci,
    /// Territoire de vie-santé, when a table is given.
    Tvs,
    /// Bassin de vie 2022 (INSEE).
    BassinDeVie,
    /// Arrondissement (sub-prefecture).
    Arrondissement,
    /// Département.
    Departement,
    /// Region since 2016.
    Region,
    /// Region before 2016.
    FormerRegion,
    /// The whole territory.
    Country,
}

impl Level {
    /// Every level, from the commune up.
    pub const ALL: [Self; 9] = [
        Self::Commune,
        Self::Epci,
        Self::Tvs,
        Self::BassinDeVie,
        Self::Arrondissement,
        Self::Departement,
        Self::Region,
        Self::FormerRegion,
        Self::Country,
    ];

    /// The name used in addresses, files and on the command line.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::Epci => "epci",
            Self::Tvs => "tvs",
            Self::BassinDeVie => "bassin_de_vie",
            Self::Arrondissement => "arrondissement",
            Self::Departement => "departement",
            Self::Region => "region",
            Self::FormerRegion => "ancienne_region",
            Self::Country => "country",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

/// A text that names no level.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "« {0} » n’est pas un niveau : commune, epci, tvs, bassin_de_vie, arrondissement, departement, region, ancienne_region ou country"
)]
pub struct UnknownLevel(pub String);

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| level.slug() == text).ok_or_else(|| UnknownLevel(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_read_back() {
        for level in Level::ALL {
            assert_eq!(level.slug().parse::<Level>(), Ok(level));
        }
        assert_eq!("canton".parse::<Level>(), Err(UnknownLevel("canton".into())));
    }
}
