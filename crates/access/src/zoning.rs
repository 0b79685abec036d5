//! Zoning: from a measure to classes of zones, by a method that is data.
//!
//! A [`ZoningMethod`] (a YAML file under `pacts/methods/zoning/`, or anyone's own) says what is classified, by which
//! indicator, into which classes, under which quotas, and how far the ARS may depart from the result. A [`Zoner`] prepares
//! it once for a territory and then turns any indicator into a [`Proposal`] in a few milliseconds, so that a live simulation
//! can ask again at every change. [`review`](fn@review) applies the ARS's adjustments and tells every fault with what would make it
//! possible; [`effects`](fn@effects) counts people and professionals before and after.
//!
//! * [`method`] – methods as data, their checks, those shipped.
//! * [`proposal`] – what is proposed, unit by unit, and why.
//! * [`zoner`] – the computation by thresholds and quotas.
//! * [`fill`] – which units make up a quota.
//! * [`tables`] – zones with the activity of professionals, as CSV: nurses and physiotherapists of 2011.
//! * [`nurses`], [`physiotherapists`] – the two reference algorithms of the conventions of 2011.
//! * [`review`](mod@review) – adjustments, margins, quotas, faults.
//! * [`classes`], [`effects`](mod@effects) – the class of every commune, and what changes between two zonings.

pub mod classes;
pub mod effects;
pub mod fill;
pub mod method;
pub mod nurses;
pub mod physiotherapists;
pub mod proposal;
pub mod review;
pub mod tables;
pub mod zoner;

pub use classes::Classes;
pub use effects::{ClassEffect, Effects, Moved, PlaceEffect, effects};
pub use method::{Class, Indicator, Plan, Quota, Share, ZoningMethod};
pub use proposal::{Fault, FaultKind, Proposal, QuotaUse, Reason, Severity, SpecialArea, Unit, Vintage};
pub use review::{Adjustment, Approvals, Move, Review, review, review_with};
pub use tables::{TableError, ZoneTable};
pub use zoner::{Inputs, Zoner, ZoningError, published};
