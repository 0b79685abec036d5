//! Where the next resources help most, over the communes of a ground.
//!
//! * [`request`] – what is asked: objective, limits, territory, equity, imposed and forbidden communes. A request is data:
//!   it is kept, shared, and answered again.
//! * [`desk`] – turns a request into points, candidates and pairs for `pacte-siting`, and its answer back into communes.
//! * [`answer`] – sites with the communes and people they bring, the gain curve, the proof or the gap, and the sources.

pub mod answer;
pub mod desk;
pub mod request;
mod terms;

pub use answer::{BroughtCommune, CurveStep, Proof, Site, Siting, Totals};
pub use desk::Desk;
/// The solver itself, which knows ranks and no communes.
pub use pacte_siting as solver;
pub use pacte_siting::Method as SolveMethod;
pub use request::{Equity, LONGEST, Objective, Refused, Request, UrgentCare};
