//! JSON: a list of objects keyed by column identifier, in the order of the columns; `null` for missing.

use std::io::Write;

use super::{ExportError, stored, stored_kinds};
use crate::table::{Cell, CellKind, Table};

/// Writes a checked table, one object a line.
pub(super) fn write(table: &Table, to: &mut impl Write) -> Result<(), ExportError> {
    let kinds = stored_kinds(table);
    let keys = keys(table)?;
    to.write_all(b"[")?;
    for (i, row) in table.rows.iter().enumerate() {
        to.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        object(&keys, &kinds, row, to)?;
    }
    to.write_all(b"\n]\n")?;
    Ok(())
}

/// Column identifiers as JSON strings.
pub(super) fn keys(table: &Table) -> Result<Vec<String>, ExportError> {
    table.columns.iter().map(|column| Ok(serde_json::to_string(&column.id).map_err(std::io::Error::from)?)).collect()
}

/// One row as an object.
pub(super) fn object(
    keys: &[String],
    kinds: &[CellKind],
    row: &[Cell],
    to: &mut impl Write,
) -> Result<(), ExportError> {
    to.write_all(b"{")?;
    for (i, ((key, kind), cell)) in keys.iter().zip(kinds).zip(row).enumerate() {
        write!(to, "{}{key}:", if i == 0 { "" } else { "," })?;
        match cell {
            Cell::Text(text) => serde_json::to_writer(&mut *to, text).map_err(std::io::Error::from)?,
            Cell::Number(value) if value.is_finite() => match kind {
                CellKind::Integer | CellKind::Year => write!(to, "{}", stored(*value, *kind) as i64)?,
                _ => serde_json::to_writer(&mut *to, value).map_err(std::io::Error::from)?,
            },
            Cell::Number(_) | Cell::Missing => to.write_all(b"null")?,
        }
    }
    to.write_all(b"}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::export::{Format, samples, write};
    use crate::table::Table;

    #[test]
    fn a_list_of_objects_with_nulls() {
        let bytes = write(&samples::odd(), Format::Json).unwrap();
        let rows: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(
            rows[0],
            json!({"code": "01001", "nom": "L’Abergement, « le \"vieux\" »", "population": 832, "apl": 1.89,
                   "date_effet": "2024-01-01"})
        );
        assert_eq!(rows[1]["population"], Value::Null);
        assert_eq!(rows[1]["nom"], "=HYPERLINK(\"x\")", "JSON needs no protection from spreadsheets");
        assert_eq!(rows[2]["apl"], Value::Null);
        assert_eq!(rows[3]["population"], json!(9_007_199_254_740_991_i64));
        assert!(bytes.starts_with(b"[\n{\"code\":\"01001\",\"nom\":"), "columns keep their order");
    }

    #[test]
    fn a_fraction_turns_an_integer_column_into_decimals() {
        let mut table = samples::odd();
        table.rows[3][2] = 60_573.000_000_000_01.into();
        let rows: Vec<Value> = serde_json::from_slice(&write(&table, Format::Json).unwrap()).unwrap();
        assert_eq!(rows[3]["population"], json!(60_573), "the rounding of a sum is no fraction");
        table.rows[0][2] = 0.25.into();
        let rows: Vec<Value> = serde_json::from_slice(&write(&table, Format::Json).unwrap()).unwrap();
        assert_eq!(rows[0]["population"], json!(0.25));
        assert_eq!(rows[2]["population"], json!(0.0));
    }

    #[test]
    fn no_row_is_an_empty_list() {
        let table = Table { rows: Vec::new(), geometry: None, ..samples::odd() };
        let rows: Vec<Value> = serde_json::from_slice(&write(&table, Format::Json).unwrap()).unwrap();
        assert_eq!(rows, Vec::<Value>::new());
    }
}
