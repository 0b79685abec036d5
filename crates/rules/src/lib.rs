//! Rules of law as data: typed facts, dated parameters, a three-valued tree, amounts to the cent, and their proofs.
//!
//! A definition is YAML that a jurist can read; nothing in it is a program. This crate reads it, checks it, evaluates it
//! as of a date, and explains. It knows no programme, no territory and no database: places are asked of a [`World`].
//! Unknown is not no: a fact that is missing leaves the verdict unknown, with the question to ask.
//!
//! Reading and checking
//! * [`yaml`] – YAML with the place and the exact text of every value; [`fault`] – what is wrong, where, and the nearest name.
//! * [`dictionary`] – facts: type, labels, bounds, choices, who certifies them, how long they stay valid.
//! * [`parameters`] – dated values with their source; [`value`] – types and values; [`money`] – cents and roundings.
//! * [`schema`] – the keys of every file, for readers and for editors.
//! * [`mod@rule`] – the tree, typed and compiled as it is read; branches that nothing reaches are refused.
//!
//! Evaluating
//! * [`facts`] – what is known of a case, and the person's history; [`world`] – what is asked of territories.
//! * [`evaluate`] – verdict, proof, what is missing; [`truth`] – yes, no, unknown.
//! * [`question`] – the next best question; [`counterfactual`] – what would make it a yes.
//! * [`amount`] – named computations, every step kept.
//! * [`mutation`] – whether cases tell a rule from the rule with one leaf turned round.

#![deny(clippy::float_arithmetic, clippy::float_cmp, clippy::lossy_float_literal)]

pub mod amount;
pub mod counterfactual;
pub mod dictionary;
pub mod evaluate;
pub mod facts;
pub mod fault;
mod missing;
pub mod money;
pub mod mutation;
pub mod parameters;
mod probe;
pub mod question;
pub mod rule;
pub mod schema;
pub mod truth;
pub mod value;
pub mod world;
pub mod yaml;

pub use counterfactual::{Change, Counterfactual};
pub use dictionary::{Certifier, Dictionary, Fact, FactId, Label};
pub use evaluate::{Gap, Proof, Used, Verdict};
pub use facts::{Answer, Engagement, Facts, History};
pub use fault::{Fault, Faults};
pub use money::{Money, Rounding};
pub use parameters::{Parameter, ParameterId, Parameters, Status};
pub use rule::{Context, Names, Rule, Zone};
pub use truth::Truth;
pub use value::{Period, Type, Value};
pub use world::{Nowhere, World};
