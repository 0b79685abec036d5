//! Urgent care within 30 minutes: who is beyond, by which resources, on which day and at which hour.
//!
//! `t(commune) = min over the active resources r of the minutes between r and the commune`: patients are driven to an
//! emergency department, teams of SMUR and correspondent doctors (MCS) are driven to the patient, helicopters fly. This is
//! the indicator of the DREES and DGOS diagnosis of access to urgent care (31 December 2015 and 2019), which takes the
//! least time over all the declared resources, counts part-time ones fully and leaves out the delay of activation; here
//! it can also be read by resource set, by date and by hour.
//!
//! * [`set`] – which resources count: SU, + SMUR, + MCS, + helicopters.
//! * [`moment`] – when: every declared resource, those of a day, those open at an hour; daylight.
//! * [`resources`] – the register of the territory, and the emergency departments of the BPE.
//! * [`cover`] – minutes from each resource, kept sparse; best times, additions, closures. [`shared`] – one for all.
//! * [`count`] – people and communes beyond a limit, by commune and by area.
//! * [`adds`] – what each resource brings.
//! * [`gaps`] – where those beyond live together.
//! * [`week`] – people beyond for each hour of a week.
//! * [`references`] – the published figures, beside which ours stand.

pub mod adds;
pub mod count;
pub mod cover;
pub mod gaps;
pub mod moment;
pub mod references;
pub mod resources;
pub mod set;
pub mod shared;
pub mod week;

pub use adds::Addition;
pub use count::Beyond;
pub use cover::{Best, Cover, Gain, LIMIT, New, Reached, Row, UnknownResource};
pub use gaps::Gap;
pub use moment::Moment;
pub use references::Reference;
pub use resources::{Declared, of_territory};
pub use set::Set;
pub use shared::SharedCover;
pub use week::Week;
