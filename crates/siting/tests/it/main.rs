//! Siting against brute force, its own bounds, and what it must refuse.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod brute;
mod capacities;
mod large;
mod refusals;
