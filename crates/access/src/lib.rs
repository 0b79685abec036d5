//! Access to care: who can reach a doctor, and in how long. Pure computation over a territory and travel times.
//!
//! * [`method`] – APL methods as data.
//! * [`travel`] – minutes between communes, and the nearest place of each kind.
//! * [`od`] – origin–destination tables.
//! * [`supply`] – what practitioners offer, from counts.
//! * [`apl`](mod@apl) – the two-step floating catchment area.
//! * [`compute`](mod@compute) – everything at once, as columns with their provenance.
//! * [`ground`] – travel times, catchments, supply and demand in memory: what decisions are computed on.
//! * [`layers`] – zoning layers by commune and by day, as rules ask of places.
//! * [`people`] – whole people from figures that may hold fractions.
//! * [`compare`] – our APL against the published one.
//! * [`reach`] – what lies around a place by road: areas, people, resources, routes.
//! * [`atlas`] – every figure at every level.
//! * [`zoning_layer`] – zonings as an agency makes them: drafts, published layers, which one was in force on a day.

pub mod ages;
pub mod allotment;
pub mod apl;
pub mod atlas;
pub mod compare;
pub mod compute;
pub mod foresight;
mod french;
pub mod ground;
pub mod layers;
pub mod method;
pub mod od;
pub mod people;
pub mod reach;
mod shipped;
pub mod siting;
pub mod supply;
pub mod travel;
pub mod urgent;
pub mod whatif;
pub mod zoning;
pub mod zoning_layer;
