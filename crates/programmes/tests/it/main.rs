//! Programmes read, checked and evaluated.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod checks;
mod findings;
mod folders;
mod pacts;
mod properties;
mod refusals;
mod schemas;
mod shelf;
mod shipped;
mod support;
mod sweep;
