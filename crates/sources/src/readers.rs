//! One reader per official format. Each module opens with the layout it reads, how it recognises it, and which faults
//! stop the file or set a row aside; each exposes its formats.

use crate::catalogue::Format;

pub mod adjacency;
pub mod apl_departements;
pub mod apl_five;
pub mod areas;
mod bpe;
pub mod bpe2017;
pub mod bpe2020;
pub mod bpe2024;
pub mod by_commune;
pub mod care_register;
pub mod cog;
pub mod contours;
pub mod coordinates;
pub mod couples;
pub mod drees_apl;
pub mod epci;
mod geography;
pub mod hospitals;
pub mod membership;
pub mod movements;
pub mod population;
pub mod population_age;
pub mod postal;
pub mod qpv;
pub mod training_extras;
pub mod zoning;

/// Every format, in the order recognition tries them.
pub const FORMATS: &[&Format] = &[
    &cog::FORMAT,
    &movements::FORMAT,
    &areas::DEPARTEMENTS,
    &areas::REGIONS,
    &areas::LABELS,
    &population::FORMAT,
    &membership::FORMAT,
    &membership::TVS,
    &epci::FORMAT,
    &coordinates::FORMAT,
    &postal::FORMAT,
    &adjacency::FORMAT,
    &bpe2017::FORMAT,
    &bpe2020::FORMAT,
    &bpe2024::FORMAT,
    &hospitals::FORMAT,
    &drees_apl::FORMAT,
    &apl_five::FORMAT,
    &apl_departements::FORMAT,
    &zoning::FORMAT,
    &qpv::FORMAT,
    &population_age::FORMAT,
    &by_commune::DENSITY,
    &by_commune::AGE,
    &by_commune::POVERTY,
    &by_commune::DEPRIVATION,
    &couples::FORMAT,
    &care_register::FORMAT,
    &training_extras::README,
    &training_extras::PLACES,
    &training_extras::HEIGHTS,
    &contours::FORMAT,
    &training_extras::ROADS,
    &training_extras::RIVERS,
    &training_extras::RELIEF,
    &contours::OUTLINES,
];
