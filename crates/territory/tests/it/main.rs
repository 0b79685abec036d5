//! The territory crate seen from outside: snapshots on a disk, contours of random maps.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod contours;
mod fixture;
mod real_borders;
mod snapshots;
