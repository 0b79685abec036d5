//! Parquet: one optional column per column of the table (UTF-8 text, INT64, DOUBLE, DATE), snappy, one row group per
//! 100,000 rows. The file's metadata carry the title, the description, and the sources of each column as JSON under
//! `pacte.sources`.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::{ExportError, Format, stored, stored_kinds};
use crate::table::{Cell, CellKind, Table};

const ROWS_PER_GROUP: usize = 100_000;

/// Writes a checked table.
pub(super) fn write<W: Write + Send>(table: &Table, to: &mut W) -> Result<(), ExportError> {
    inner(table, to).map_err(|error| ExportError::Writer {
        table: table.name.clone(),
        format: Format::Parquet,
        problem: error.to_string(),
    })
}

fn inner<W: Write + Send>(table: &Table, to: &mut W) -> Result<(), ParquetError> {
    let kinds = stored_kinds(table);
    let fields = table
        .columns
        .iter()
        .zip(&kinds)
        .map(|(column, kind)| {
            let (physical, logical) = match kind {
                CellKind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
                CellKind::Integer | CellKind::Year => (PhysicalType::INT64, None),
                CellKind::Decimal(_) => (PhysicalType::DOUBLE, None),
                CellKind::Date => (PhysicalType::INT32, Some(LogicalType::Date)),
            };
            Type::primitive_type_builder(&column.id, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .build()
                .map(Arc::new)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields).build()?);
    let metadata = vec![
        KeyValue::new("pacte.title".to_owned(), table.title.clone()),
        KeyValue::new("pacte.description".to_owned(), table.description.clone()),
        KeyValue::new("pacte.sources".to_owned(), sources(table)),
    ];
    let properties = WriterProperties::builder()
        .set_created_by("pacte".to_owned())
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(metadata))
        .build();
    let mut writer = SerializedFileWriter::new(to, schema, Arc::new(properties))?;
    for rows in table.rows.chunks(ROWS_PER_GROUP) {
        let mut group = writer.next_row_group()?;
        for (i, kind) in kinds.iter().enumerate() {
            write_column(&mut group, rows, i, *kind)?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    rows: &[Vec<Cell>],
    column: usize,
    kind: CellKind,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("a column of the schema has no writer".to_owned());
    let mut writer = group.next_column()?.ok_or_else(missing)?;
    let cells = || rows.iter().map(|row| &row[column]);
    let levels: Vec<i16> = cells().map(|cell| i16::from(!cell.is_missing())).collect();
    let numbers = || cells().filter_map(Cell::as_number);
    let texts = || cells().filter_map(Cell::as_text);
    match kind {
        CellKind::Text => {
            let values: Vec<ByteArray> = texts().map(ByteArray::from).collect();
            writer.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
        }
        CellKind::Integer | CellKind::Year => {
            let values: Vec<i64> = numbers().map(|value| stored(value, kind) as i64).collect();
            writer.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
        }
        CellKind::Decimal(_) => {
            let values: Vec<f64> = numbers().collect();
            writer.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
        }
        CellKind::Date => {
            let values = texts().map(days_since_1970).collect::<Result<Vec<i32>, _>>()?;
            writer.typed::<Int32Type>().write_batch(&values, Some(&levels), None)?;
        }
    }
    writer.close()
}

fn days_since_1970(text: &str) -> Result<i32, ParquetError> {
    let day: jiff::civil::Date = text.parse().map_err(|error: jiff::Error| ParquetError::General(error.to_string()))?;
    let span = jiff::civil::date(1970, 1, 1).until(day).map_err(|error| ParquetError::General(error.to_string()))?;
    Ok(span.get_days())
}

/// Sources of the columns as a JSON object keyed by identifier.
fn sources(table: &Table) -> String {
    let columns: serde_json::Map<String, serde_json::Value> = table
        .columns
        .iter()
        .map(|column| {
            let provenance = column.provenance.as_ref().and_then(|provenance| serde_json::to_value(provenance).ok());
            let about = serde_json::json!({"label": column.label, "unit": column.unit, "provenance": provenance});
            (column.id.clone(), about)
        })
        .collect();
    serde_json::Value::Object(columns).to_string()
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, Row};

    use super::*;
    use crate::export::{samples, write_to};

    fn read(table: &Table) -> (SerializedFileReader<std::fs::File>, Vec<Row>) {
        let mut file = tempfile::tempfile().unwrap();
        write_to(table, Format::Parquet, &mut file).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        (reader, rows)
    }

    #[test]
    fn rows_read_back_with_types_and_nulls() {
        let table = samples::odd();
        let (reader, rows) = read(&table);
        assert_eq!(rows.len(), table.rows.len());
        for (row, cells) in rows.iter().zip(&table.rows) {
            for ((_, field), (cell, column)) in row.get_column_iter().zip(cells.iter().zip(&table.columns)) {
                match (field, cell) {
                    (Field::Null, cell) => assert!(cell.is_missing()),
                    (Field::Str(found), Cell::Text(text)) => assert_eq!(found, text),
                    (Field::Long(found), Cell::Number(value)) => assert_eq!(*found as f64, *value),
                    (Field::Double(found), Cell::Number(value)) => assert_eq!(found, value),
                    (Field::Date(days), Cell::Text(text)) => assert_eq!(*days, days_since_1970(text).unwrap()),
                    (field, cell) => panic!("{}: {cell:?} became {field:?}", column.id),
                }
            }
        }
        assert_eq!(days_since_1970("1969-12-31").unwrap(), -1);
        let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let sources = metadata.iter().find(|entry| entry.key == "pacte.sources").unwrap().value.as_ref().unwrap();
        let sources: serde_json::Value = serde_json::from_str(sources).unwrap();
        assert_eq!(sources["apl"]["provenance"]["vintage"], "2022");
    }

    #[test]
    fn several_row_groups_and_no_row_at_all() {
        let mut table = Table { geometry: None, ..samples::odd() };
        let row = table.rows[0].clone();
        table.rows = vec![row; ROWS_PER_GROUP + 1];
        let (reader, _) = read(&table);
        assert_eq!(reader.metadata().num_row_groups(), 2);
        table.rows.clear();
        assert_eq!(read(&table).1.len(), 0);
    }
}
