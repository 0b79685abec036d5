//! Figures on standard output: aligned for people, CSV or JSON for programs.

use std::io::Write as _;

use anyhow::Result;
use pacte_sources::export::{self, Format};
use pacte_sources::table::Table;

use crate::cli::TextFormat;

/// Prints a table in the form asked for.
pub(crate) fn print(table: &Table, format: TextFormat) -> Result<()> {
    let bytes = match format {
        TextFormat::Table => pacte_sources::table::to_text(table).into_bytes(),
        TextFormat::Csv => export::write(table, Format::Csv)?,
        TextFormat::Json => {
            let mut bytes = export::write(table, Format::Json)?;
            bytes.push(b'\n');
            bytes
        }
    };
    let mut out = std::io::stdout().lock();
    out.write_all(&bytes)?;
    Ok(out.flush()?)
}
