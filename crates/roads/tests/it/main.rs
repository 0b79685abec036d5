//! Integration tests of the roads crate, one binary.

mod exact;
mod graphs;
mod isochrone;
