//! What an agency makes of a zoning: a draft that is worked on, then a layer that is published and never changes.
//!
//! * [`draft`] – a draft: method, scope, adjustments with their reasons, and the data it was made on.
//! * [`work`] – a draft computed on today's data: proposal, review, people and professionals before and after; two drafts
//!   compared.
//! * [`layer`] – a published zoning: dated, whole, readable without the data it was made on; which one was in force on a day.
//! * [`publish`](mod@publish) – from the one to the other, and every obstacle.
//!
//! Nothing here reads or writes a file: drafts and layers are plain data that the caller keeps.

pub mod draft;
pub mod layer;
pub mod publish;
pub mod work;

pub use draft::{Base, Draft, Measured, MethodUsed, MoveFault, Scope, TableUsed};
pub use layer::{CommuneIn, Layer, LayerHead, LayerZone, MultiPolygon, QuarterIn, as_of, in_force};
pub use publish::{Obstacle, Publication, compose, publish};
pub use work::{Before, Difference, Work, WorkError, compare, propose};
