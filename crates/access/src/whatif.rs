//! What if: the access of everybody after some changes, beside the access of today.
//!
//! A [`Scenario`] is a list of [`Change`]s, each written as a short text that fits in a link (`gp:5@23096`). A
//! [`Simulator`] keeps the catchments of a [`Ground`](crate::ground::Ground) in memory in both directions; it answers a
//! scenario with an [`Outcome`]: the communes whose APL changes, the people under the threshold, the thirty-minute cover
//! and the zones, before and after. Only the rows a change touches are computed again, in the order of the full
//! computation, so that the result is the full one to the last bit.

mod base;
mod care;
mod change;
mod error;
mod outcome;
mod places;
mod scenario;
mod simulator;
mod staff;
mod zones;

pub use change::{Change, Kind, Parameter};
pub use error::{ChangeError, ChangeFault, Named};
pub use outcome::{
    AreaShift, Beyond, CommuneShift, CoverShift, Outcome, THRESHOLD, Tally, UnitShift, ZoneClass, ZoneShift,
};
pub use scenario::{Base, Carried, OtherVintages, Scenario};
pub use simulator::{MOST_CHANGES, Simulator};
