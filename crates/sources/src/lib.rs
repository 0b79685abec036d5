//! Official files in, open data out: every format Pacte reads, and the import that makes a territory of a folder.
//!
//! One reader per official format; what it cannot use it says, with file, line, column and value. Nothing here writes to
//! the data directory, computes access to care, or knows HTTP.
//!
//! * [`mod@import`] – a folder of official files becomes the parts of a territory.
//! * [`error`], [`report`], [`progress`] – what is told to those who import.
//! * [`input`], [`delimited`], [`workbook`] – reading of text and workbooks, within limits, with placed errors.
//! * [`catalogue`] – recognition of files by content.
//! * [`base`] – the communes of the geography chosen, conversion of codes, rows to one value per commune.
//! * [`output`] – what a reader brings.
//! * [`readers`] – one module per format.
//! * [`table`], [`export`] – tables with their sources, written as CSV, XLSX, GeoJSON, Parquet, JSON.
//! * [`training`] – the fictional training territory, in the official formats.

pub mod base;
pub mod catalogue;
pub mod delimited;
pub mod error;
pub mod export;
mod geojson;
pub mod import;
pub mod input;
pub mod lambert;
pub mod output;
pub mod progress;
pub mod readers;
pub mod report;
pub mod table;
pub mod training;
pub mod workbook;

pub use base::{Base, Fold, Gather, Resolution};
pub use error::{Fault, SourceError};
pub use import::{ImportError, Options, Plan, import, plan};
pub use input::{InputFile, Limits};
pub use output::Output;
pub use progress::{Progress, Silent};
pub use report::{FileReport, ImportReport, LeftOut, Status};
