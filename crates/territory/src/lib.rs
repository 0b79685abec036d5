//! The ground everything else stands on: the communes of a country, how they are grouped, what is known of them, and
//! where they lie.
//!
//! This crate holds data and answers questions of geography. It reads no official file (that is `pacte-sources`),
//! computes no access to care (`pacte-access`), and knows neither SQL nor HTTP.
//!
//! * [`code`] – official commune codes, checked once.
//! * [`level`] – the levels a figure can be read at, from the commune to the country.
//! * [`provenance`] – where a column comes from: source, vintage, geography year, method.
//! * [`column`](mod@column) – one value per commune, with its provenance and the way it adds up.
//! * [`care`](mod@care) – the register of urgent care: SMUR, correspondent doctors, helicopters.
//! * [`grouping`] – a dated partition of the communes (EPCI, bassins de vie, départements…).
//! * [`crosswalk`] – what a commune code of one year becomes in another.
//! * [`names`] – communes by name, as people write it.
//! * [`topology`] – contours as shared arcs, simplified per zoom, dissolved per level.
//! * [`spatial`] – nearest communes, and the commune at a point.
//! * [`territory`] – the whole, immutable, with its indexes.
//! * [`sealed`] – files written whole or not at all, checked before they are believed.
//! * [`snapshot`] – the file that holds it, named by its content hash.

pub mod care;
pub mod code;
pub mod column;
pub mod crosswalk;
pub mod geodesy;
pub mod grouping;
pub mod level;
pub mod names;
pub mod place;
pub mod provenance;
pub mod sealed;
pub mod snapshot;
pub mod spatial;
pub mod territory;
pub mod topology;

pub use care::{CareKind, CareRegister, CareResource, Flight, WeekHours};
pub use code::{CodeError, CommuneCode};
pub use column::{Aggregation, Column};
pub use crosswalk::{Crosswalk, Move};
pub use grouping::{Area, Grouping};
pub use level::Level;
pub use place::{Place, PlaceKind, Polyline, QuarterZone};
pub use provenance::Provenance;
pub use snapshot::{Snapshot, SnapshotError};
pub use territory::{
    AreaColumn, CommuneId, Communes, MethodFile, MunicipalArrondissement, Nature, SourceFile, Territory,
    TerritoryError, TerritoryMeta, TerritoryParts, TravelCouple,
};
pub use topology::{ContourError, Polygon, Topology, TopologyBuilder};
