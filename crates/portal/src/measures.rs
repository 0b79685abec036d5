//! What the map can show: five measures, their values at each level, their classes and colours.

use std::sync::Arc;

use pacte_access::atlas::{Atlas, Evolution, Evolving, Indicator, Values};
use pacte_territory::Level;

use crate::error::Fault;
use crate::request::{Query, shorten};
use crate::scale::{Palette, Scale};

/// Bounds of the classes of APL, the same as in distributions, consultations per person and year.
const APL: [f64; 6] = [1.0, 2.0, 2.5, 3.0, 4.0, 5.0];
/// Bounds of the classes of minutes.
const MINUTES: [f64; 6] = [10.0, 15.0, 20.0, 30.0, 45.0, 60.0];
/// Bounds of the classes of GPs per 100,000 people.
const PER_100K: [f64; 6] = [25.0, 50.0, 75.0, 100.0, 125.0, 150.0];
/// Bounds of the classes of population of a commune.
const COMMUNE_PEOPLE: [f64; 6] = [200.0, 500.0, 1_000.0, 2_000.0, 10_000.0, 50_000.0];

/// A measure of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Computed APL to GPs.
    Apl,
    /// Minutes to the nearest emergency department.
    Minutes,
    /// GPs per 100,000 people.
    PerHead,
    /// Population.
    Population,
    /// Change between two vintages.
    Change(Evolution),
}

impl Measure {
    /// Name in addresses.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Apl => "apl_mg",
            Self::Minutes => "minutes_urgences",
            Self::PerHead => "mg_pour_100k",
            Self::Population => "population",
            Self::Change(_) => "evolution",
        }
    }

    /// Measures this atlas can show, in the order of the menu; the change is the default one.
    pub fn available(atlas: &Atlas) -> Vec<Self> {
        let mut measures: Vec<Self> = [Self::Apl, Self::Minutes, Self::PerHead, Self::Population]
            .into_iter()
            .filter(|measure| atlas.indicator(measure.slug()).is_some())
            .collect();
        measures.extend(Self::default_change(atlas).map(Self::Change));
        measures
    }

    /// The change shown when none is asked for: population over all its vintages, else whatever has two vintages.
    pub fn default_change(atlas: &Atlas) -> Option<Evolution> {
        Evolving::ALL.into_iter().find_map(|of| {
            let vintages = atlas.evolution_vintages(of);
            let (first, last) = (*vintages.first()?, *vintages.last()?);
            (first != last).then_some((of, first, last))
        })
    }

    /// Reads the measure asked for: `mesure=`, and for a change `de_quoi=`, `de=`, `a=`.
    ///
    /// # Errors
    /// When the measure, the vintages or what changes are not among those of this atlas.
    pub fn read(atlas: &Atlas, query: &Query) -> Result<Self, Fault> {
        let available = Self::available(atlas);
        let list = || available.iter().map(|m| m.slug()).collect::<Vec<_>>().join(", ");
        let Some(slug) = query.get("mesure") else {
            return available.first().copied().ok_or_else(|| Fault::missing("fault-no-measure", []));
        };
        let measure = available.iter().copied().find(|measure| measure.slug() == slug);
        match measure {
            None => Err(Fault::bad("fault-measure", [("value", shorten(slug)), ("known", list())])),
            Some(Self::Change(default)) => Self::read_change(atlas, query, default).map(Self::Change),
            Some(measure) => Ok(measure),
        }
    }

    /// Reads a change: `de_quoi=`, `de=`, `a=`, each falling back on the default one.
    ///
    /// # Errors
    /// When one of them is not among those of this atlas, or both vintages are the same.
    pub fn read_change(atlas: &Atlas, query: &Query, default: Evolution) -> Result<Evolution, Fault> {
        let of = match query.get("de_quoi") {
            None => default.0,
            Some(text) => Evolving::from_slug(text).ok_or_else(|| {
                let known = Evolving::ALL.map(Evolving::slug).join(", ");
                Fault::bad("fault-change", [("value", shorten(text)), ("known", known)])
            })?,
        };
        let vintages = atlas.evolution_vintages(of);
        let known = vintages.iter().map(i16::to_string).collect::<Vec<_>>().join(", ");
        let read = |name: &str, fallback: Option<i16>| -> Result<i16, Fault> {
            let year = match query.get(name) {
                None => fallback,
                Some(text) => text.parse().ok().filter(|year| vintages.contains(year)),
            };
            year.ok_or_else(|| {
                let value = query.get(name).map(shorten).unwrap_or_default();
                Fault::bad("fault-vintage", [("value", value), ("of", of.slug().to_owned()), ("known", known.clone())])
            })
        };
        let (from, to) = (read("de", vintages.first().copied())?, read("a", vintages.last().copied())?);
        if from == to {
            return Err(Fault::bad("fault-same-vintage", [("value", from.to_string()), ("known", known)]));
        }
        Ok((of, from, to))
    }

    /// The indicator behind the measure.
    pub fn indicator(self, atlas: &Atlas) -> Option<Indicator> {
        match self {
            Self::Change(evolution) => Some(atlas.evolution(evolution, Level::Country)?.0),
            _ => atlas.indicator(self.slug()).cloned(),
        }
    }

    /// Values at a level.
    pub fn values(self, atlas: &Atlas, level: Level) -> Option<Arc<Values>> {
        match self {
            Self::Change(evolution) => Some(atlas.evolution(evolution, level)?.1),
            _ => atlas.values(self.slug(), level),
        }
    }

    /// Classes and colours at a level.
    pub fn scale(self, atlas: &Atlas, level: Level) -> Scale {
        let values = || self.values(atlas, level).map(|values| values.values.clone()).unwrap_or_default();
        match self {
            Self::Apl => Scale::fixed(Palette::Access, &APL),
            Self::Minutes => Scale::fixed(Palette::Minutes, &MINUTES),
            Self::PerHead => Scale::fixed(Palette::Access, &PER_100K),
            Self::Population if level == Level::Commune => Scale::fixed(Palette::Quantity, &COMMUNE_PEOPLE),
            Self::Population => Scale::quantiles(Palette::Quantity, &values(), 7),
            Self::Change(_) => Scale::around_zero(&values()),
        }
    }

    /// Classes of minutes, with their colours.
    pub fn minutes_scale() -> Scale {
        Scale::fixed(Palette::Minutes, &MINUTES)
    }

    /// Classes of APL shown in distributions, with their colours.
    pub fn apl_scale() -> Scale {
        Scale::fixed(Palette::Access, &APL)
    }
}
