//! Access to care: who can reach a doctor, and in how long. Pure computation over a territory and travel times.
//!
//! * [`method`] – APL methods as data.
//! * [`travel`] – minutes between communes, and the nearest place of each kind.
//! * [`od`] – origin–destination tables.
//! * [`supply`] – what practitioners offer, from counts.
//! * [`apl`](mod@apl) – the two-step floating catchment area.
//! * [`compute`](mod@compute) – everything at once, as columns with their provenance.
//! * [`compare`] – our APL against the published one.
//! * [`reach`] – what lies around a place by road: areas, people, resources, routes.
//! * [`atlas`] – every figure at every level.

pub mod apl;
pub mod atlas;
pub mod compare;
pub mod compute;
mod french;
pub mod method;
pub mod od;
pub mod reach;
pub mod supply;
pub mod travel;
