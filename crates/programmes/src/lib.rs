//! Programmes of a pact as folders of text: what each is, who may have it, how much, for what in return.
//!
//! A programme is a folder under `pacts/programmes/`; a jurist reads and corrects it, this crate reads it whole or not at
//! all, checks it, evaluates it. It holds definitions only: no person, no request, no territory; places are asked of a
//! [`World`](pacte_rules::World). `docs/methods/programmes.md` tells how a folder is written.
//!
//! A folder, file by file
//! * [`identity`] – `programme.yaml`: names, legal basis, validity, successors, who it is for, who runs it.
//! * `parameters.yaml`, `eligibility.yaml`, `amounts.yaml` are read by [`pacte_rules`].
//! * [`form`] – pages of questions; [`lifecycle`] – states, transitions, clocks, documents.
//! * [`obligations`] – what one owes; [`payments`] – what one is paid, suspended, asked back.
//! * [`indicators`] – what is counted and aimed at; [`incompatibilities`] – what one cannot have beside.
//! * [`cases`] – tests written as a jurist would; [`vocabulary`] – names that all programmes share.
//! * [`text`] – French texts that cite parameters, so that no figure is written twice.
//!
//! All of them
//! * [`files`] – the definitions of the binary or of a directory; [`catalogue`] – every programme, and the links between them.
//! * [`sweep`] – what changes everywhere when zonings do; [`audience`] – whether a programme is for such a person.
//! * [`pacts`] – pacts, their engagements, the programmes that serve them, what was aimed at and published.
//! * [`shelf`] – definitions of a directory, read again when they change.
//! * [`schema`](mod@schema) – JSON Schemas of the files, for editors.
//! * [`diff`](mod@diff) – what changed between two versions of a programme.
//! * [`check`] – errors, warnings and what the tests are worth; [`evaluate`] – what a person can get somewhere, some day.

#![deny(clippy::float_arithmetic, clippy::float_cmp, clippy::lossy_float_literal)]

pub mod audience;
pub mod cases;
pub mod catalogue;
pub mod check;
pub mod diff;
pub mod evaluate;
pub mod files;
pub mod form;
pub mod identity;
pub mod incompatibilities;
pub mod indicators;
pub mod lifecycle;
pub mod obligations;
pub mod pacts;
pub mod payments;
pub mod programme;
mod read;
pub mod schema;
pub mod shelf;
pub mod sweep;
pub mod text;
pub mod vocabulary;

pub use catalogue::Catalogue;
pub use check::Report;
pub use diff::diff;
pub use evaluate::{Finding, Standing};
pub use files::Files;
pub use pacts::{Pact, Pledge};
pub use programme::Programme;
pub use schema::schema;
pub use shelf::{Refresh, Shelf};
