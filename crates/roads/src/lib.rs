//! Real roads: OpenStreetMap extracts become a routable network, prepared once, that answers in milliseconds for a person
//! and in seconds for a country.
//!
//! Extracts are read ([`osm`]), a speed profile ([`profile`]) turns them into a graph of travel times ([`build`],
//! [`graph`]), the graph is prepared ([`hierarchy`]) and kept in one checked file ([`store`]). A [`network`] answers:
//! one trip, many to many, nearest of many for every node, all within some minutes, and the areas that makes.
//!
//! Times are whole tenths of a second everywhere; distances whole decimetres; coordinates 1e-7 degree.

pub mod block;
pub mod build;
pub mod graph;
pub mod hierarchy;
pub mod hilbert;
pub mod isochrone;
pub mod matrix;
pub mod nearest;
pub mod network;
pub mod osm;
pub mod point;
mod pool;
pub mod profile;
pub mod search;
pub mod snap;
pub mod store;
