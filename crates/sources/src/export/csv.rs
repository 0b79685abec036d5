//! CSV (RFC 4180): UTF-8 without byte-order mark, comma, CRLF, identifiers as header, decimal point, empty for missing.
//!
//! A spreadsheet runs a text cell that starts with `=`, `+`, `-` or `@` as a formula. Such a text is written with an
//! apostrophe before it, which spreadsheets hide; [`unescape`] takes it off again. Numbers, negative or not, are left
//! alone. A text that already starts with apostrophes followed by one of these gets one more, so that nothing is lost.

use std::io::Write;

use super::{ExportError, plain_number, stored, stored_kinds};
use crate::table::{Cell, Table};

/// Writes a checked table.
pub(super) fn write(table: &Table, to: &mut impl Write) -> Result<(), ExportError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
    writer.write_record(table.columns.iter().map(|column| escape(&column.id).into_owned())).map_err(io)?;
    let kinds = stored_kinds(table);
    for row in &table.rows {
        for (cell, kind) in row.iter().zip(&kinds) {
            match cell {
                Cell::Text(text) => writer.write_field(escape(text).as_bytes()),
                Cell::Number(value) if value.is_finite() => writer.write_field(plain_number(stored(*value, *kind))),
                Cell::Number(_) | Cell::Missing => writer.write_field(""),
            }
            .map_err(io)?;
        }
        writer.write_record(None::<&[u8]>).map_err(io)?;
    }
    writer.flush()?;
    Ok(())
}

fn io(error: csv::Error) -> ExportError {
    ExportError::Io(error.into())
}

/// Text made harmless for spreadsheets: an apostrophe before what would be run as a formula.
pub fn escape(text: &str) -> std::borrow::Cow<'_, str> {
    if runs_as_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// Takes off the apostrophe [`escape`] put before a text.
pub fn unescape(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if runs_as_formula(rest) => rest,
        _ => text,
    }
}

/// Whether the first character after any apostrophes starts a formula (tab and line breaks are skipped by some
/// spreadsheets, so they count too).
fn runs_as_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::samples;

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(bytes)
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn odd_names_read_back() {
        let table = samples::odd();
        let mut bytes = Vec::new();
        write(&table, &mut bytes).unwrap();
        let rows = read(&bytes);
        assert_eq!(rows[0], ["code", "nom", "population", "apl", "date_effet"]);
        assert_eq!(rows[1], ["01001", "L’Abergement, « le \"vieux\" »", "832", "1.89", "2024-01-01"]);
        assert_eq!(rows[2], ["2A004", "'=HYPERLINK(\"x\")", "", "-0.5", ""]);
        assert_eq!(rows[3][1], "deux\r\nlignes;et,virgules");
        assert_eq!(rows[5], ["''=00", "'@home", "-12", "0.0000001", ""]);
        for (row, cells) in rows[1..].iter().zip(&table.rows) {
            assert_eq!(Some(unescape(&row[0])), cells[0].as_text());
            assert_eq!(Some(unescape(&row[1])), cells[1].as_text());
        }
    }

    #[test]
    fn escaping_is_reversible_and_leaves_ordinary_names_alone() {
        for text in ["", "Paris", "'s-Hertogenbosch", "l’-x", "=1", "'=1", "''@", "-", "+33", "\tx", "'", "’-"] {
            assert_eq!(unescape(&escape(text)), text);
        }
        assert_eq!(escape("'s-Hertogenbosch"), "'s-Hertogenbosch");
    }
}
