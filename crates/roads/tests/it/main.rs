//! Integration tests of the roads crate, one binary.

mod build;
mod exact;
mod graphs;
mod isochrone;
mod network;
mod osm;
mod profile;
mod snap;
mod support;
