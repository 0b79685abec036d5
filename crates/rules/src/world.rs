//! What rules ask of territories, which they know nothing of.

use std::sync::Arc;

use jiff::civil::Date;

use crate::rule::Zone;
use crate::truth::Truth;

/// Places, zones and distances, as the caller knows them.
pub trait World {
    /// Whether a place is in a zone (or near enough to one) on a day; unknown when its zoning is.
    fn in_zone(&self, place: &str, zone: &Zone, day: Date) -> Truth;

    /// Days from which the answer of [`World::in_zone`] may differ from that of the day before.
    fn changes(&self, place: &str, zone: &Zone) -> Vec<Date> {
        let _ = (place, zone);
        Vec::new()
    }

    /// Other places worth proposing to someone whose place (if any) does not do, the nearest first.
    fn elsewhere(&self, place: Option<&str>, zones: &[&Zone]) -> Vec<Arc<str>> {
        let _ = (place, zones);
        Vec::new()
    }
}

/// A world in which nothing is known of any place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

impl World for Nowhere {
    fn in_zone(&self, _: &str, _: &Zone, _: Date) -> Truth {
        Truth::Unknown
    }
}
