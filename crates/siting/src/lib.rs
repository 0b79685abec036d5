//! Where to put k more places so that they help most: maximal cover and p-median over sparse catchments.
//!
//! One problem covers both. A place `j` that is open gives a point `i` of weight `w` a *score* `s(i, j)`; a point keeps
//! the best of the open places, and the sum of `w × best score` is to be as large as possible:
//!
//! * **maximal cover** (Church and ReVelle, 1974): the score is 1 within reach, 0 beyond;
//! * **p-median** (Hakimi, 1964): the score is what is saved of a worst time, `cap − time`.
//!
//! Places that exist already, or that are imposed, raise what a point has to begin with. This crate knows neither
//! communes nor roads: points and candidates are ranks, weights and scores whole numbers, so that nothing depends on
//! the order in which threads finish.
//!
//! * [`instance`] – points, candidates, pairs, limits; what is refused and why.
//! * [`mod@solve`] – the whole chain, from the greedy start to the proof, within a time limit.
//! * [`answer`] – sites in order, why each, the gain curve, the bound and the gap.
//! * [`greedy`] – lazy greedy with its bound; [`swaps`] – exchanges; [`dual`] – Lagrangian bound and reduction.
//! * [`branch`] – proof by branching on the Lagrangian; `exact` (feature of that name) – proof by HiGHS.
//! * [`capacity`] – places that can serve only so many.

pub mod answer;
pub mod branch;
pub mod capacity;
mod core;
pub mod dual;
#[cfg(feature = "exact")]
mod exact;
pub mod greedy;
pub mod instance;
pub mod solve;
pub mod swaps;

pub use answer::{Answer, Chosen, CurvePoint, Method};
pub use instance::{Instance, Limit, SitingError};
pub use solve::{Effort, solve};
