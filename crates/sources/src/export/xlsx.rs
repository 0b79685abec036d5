//! XLSX: a sheet « Données » (labels as a frozen header, typed cells, numbers in full behind their display format) and a
//! sheet « Sources » (identifier, label, unit, source, vintage, geography, file and method of each column).
//!
//! Text is stored as text, so nothing in it can be run as a formula. The creation date is fixed: the same table gives the
//! same bytes. A sheet holds 1,048,575 rows under its header and a cell 32,767 characters; beyond, the table is refused.

use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Workbook, Worksheet, XlsxError};

use super::{ExportError, Format, stored, stored_kinds};
use crate::table::{Cell, CellKind, Table};

const MAX_ROWS: usize = 1_048_575;
const MAX_TEXT: usize = 32_767;
/// Widest column, in characters.
const MAX_WIDTH: usize = 60;

/// Name of the sheet of figures.
pub const DATA_SHEET: &str = "Données";
/// Name of the sheet of sources.
pub const SOURCES_SHEET: &str = "Sources";

/// Writes a checked table.
pub(super) fn write(table: &Table, to: &mut impl Write) -> Result<(), ExportError> {
    let too_large =
        |problem: String| ExportError::TooLarge { table: table.name.clone(), format: Format::Xlsx, problem };
    if table.rows.len() > MAX_ROWS {
        return Err(too_large(format!("{} lignes, au plus {MAX_ROWS}", table.rows.len())));
    }
    for (row, cells) in (1..).zip(&table.rows) {
        let long =
            cells.iter().position(|cell| cell.as_text().is_some_and(|text| text.encode_utf16().count() > MAX_TEXT));
        if let Some(column) = long {
            let id = &table.columns[column].id;
            return Err(too_large(format!("ligne {row}, colonne « {id} » : texte de plus de {MAX_TEXT} caractères")));
        }
    }
    let bytes = workbook(table).map_err(|error| ExportError::Writer {
        table: table.name.clone(),
        format: Format::Xlsx,
        problem: error.to_string(),
    })?;
    to.write_all(&bytes)?;
    Ok(())
}

fn workbook(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new()
        .set_title(&table.title)
        .set_comment(&table.description)
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    let heading = CellFormat::new().set_bold().set_text_wrap();
    data_sheet(table, &heading, workbook.add_worksheet())?;
    sources_sheet(table, &heading, workbook.add_worksheet())?;
    workbook.save_to_buffer()
}

fn data_sheet(table: &Table, heading: &CellFormat, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(DATA_SHEET)?;
    sheet.set_freeze_panes(1, 0)?;
    let kinds = stored_kinds(table);
    for (i, (column, kind)) in table.columns.iter().zip(&kinds).enumerate() {
        let at = i as u16;
        sheet.write_string_with_format(0, at, column.heading(), heading)?;
        let mut width = column.heading().chars().count().min(24);
        for row in table.rows.iter().take(200) {
            width = width.max(match &row[i] {
                Cell::Text(text) => text.chars().count(),
                Cell::Number(value) => value.abs().max(1.0).log10() as usize + 5,
                Cell::Missing => 0,
            });
        }
        sheet.set_column_width(at, width.clamp(8, MAX_WIDTH) as f64)?;
        let format = match kind {
            CellKind::Text => CellFormat::new(),
            CellKind::Integer => CellFormat::new().set_num_format("#,##0"),
            CellKind::Year | CellKind::Decimal(0) => CellFormat::new().set_num_format("0"),
            CellKind::Decimal(n) => CellFormat::new().set_num_format(format!("0.{}", "0".repeat(usize::from(*n)))),
            CellKind::Date => CellFormat::new().set_num_format("yyyy-mm-dd"),
        };
        for (row, cells) in (1..).zip(&table.rows) {
            match &cells[i] {
                // Days before 1900 have no serial number in a workbook: they stay text.
                Cell::Text(text) => match (kind, ExcelDateTime::parse_from_str(text)) {
                    (CellKind::Date, Ok(day)) => sheet.write_datetime_with_format(row, at, &day, &format)?,
                    _ => sheet.write_string(row, at, text)?,
                },
                Cell::Number(value) if value.is_finite() => {
                    sheet.write_number_with_format(row, at, stored(*value, *kind), &format)?
                }
                Cell::Number(_) | Cell::Missing => continue,
            };
        }
    }
    if !table.rows.is_empty() {
        sheet.autofilter(0, 0, table.rows.len() as u32, table.columns.len() as u16 - 1)?;
    }
    Ok(())
}

fn sources_sheet(table: &Table, heading: &CellFormat, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(SOURCES_SHEET)?;
    sheet.write_string_with_format(0, 0, &table.title, &CellFormat::new().set_bold())?;
    sheet.write_string(1, 0, &table.description)?;
    let titles = ["Colonne", "Libellé", "Unité", "Source", "Millésime", "Géographie", "Fichier", "Méthode"];
    for (at, (title, width)) in (0..).zip(titles.into_iter().zip([22, 40, 24, 40, 12, 12, 40, 60])) {
        sheet.write_string_with_format(3, at, title, heading)?;
        sheet.set_column_width(at, f64::from(width))?;
    }
    sheet.set_freeze_panes(4, 0)?;
    for (row, column) in (4..).zip(&table.columns) {
        sheet.write_string(row, 0, &column.id)?;
        sheet.write_string(row, 1, &column.label)?;
        sheet.write_string(row, 2, &column.unit)?;
        if let Some(provenance) = &column.provenance {
            sheet.write_string(row, 3, &provenance.source)?;
            sheet.write_string(row, 4, &provenance.vintage)?;
            if provenance.geography != 0 {
                sheet.write_number(row, 5, f64::from(provenance.geography))?;
            }
            sheet.write_string(row, 6, &provenance.file)?;
            sheet.write_string(row, 7, &provenance.method)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::export::{samples, write};

    fn read(table: &Table) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(write(table, Format::Xlsx).unwrap())).unwrap()
    }

    #[test]
    fn cells_are_typed_and_odd_names_read_back() {
        let table = samples::odd();
        let mut book = read(&table);
        let sheet = book.worksheet_range(DATA_SHEET).unwrap();
        assert_eq!(sheet.get_value((0, 2)), Some(&Data::String("Population municipale (habitants)".into())));
        for (i, row) in (1..).zip(&table.rows) {
            for (j, cell) in (0..4).zip(row) {
                let found = sheet.get_value((i, j)).cloned().unwrap_or(Data::Empty);
                match (cell, found) {
                    (Cell::Text(text), Data::String(found)) => assert_eq!(*text, found),
                    (Cell::Text(text), Data::Empty) => assert_eq!(text, ""),
                    (Cell::Number(value), Data::Float(found)) => assert_eq!(*value, found),
                    (Cell::Number(value), Data::Empty) => assert!(value.is_nan()),
                    (Cell::Missing, Data::Empty) => {}
                    (cell, found) => panic!("{cell:?} became {found:?} in row {i}, column {j}"),
                }
            }
        }
        assert!(matches!(sheet.get_value((1, 4)), Some(Data::DateTime(_))), "{:?}", sheet.get_value((1, 4)));
    }

    #[test]
    fn the_second_sheet_names_every_source() {
        let mut book = read(&samples::odd());
        assert_eq!(book.sheet_names(), [DATA_SHEET, SOURCES_SHEET]);
        let sheet = book.worksheet_range(SOURCES_SHEET).unwrap();
        let line: Vec<String> =
            (0..8).map(|j| sheet.get_value((6, j)).map(ToString::to_string).unwrap_or_default()).collect();
        assert_eq!(
            line,
            [
                "population",
                "Population municipale",
                "habitants",
                "INSEE, populations légales",
                "2022",
                "2024",
                "insee_populations_legales_2022.csv",
                "ramenée à la géographie 2024"
            ]
        );
    }

    #[test]
    fn a_text_too_long_for_a_cell_is_refused() {
        let mut table = samples::odd();
        table.rows[0][1] = Cell::Text("é".repeat(MAX_TEXT + 1));
        let error = write(&table, Format::Xlsx).unwrap_err().to_string();
        assert!(error.contains("ligne 1, colonne « nom »") && error.contains("parquet"), "{error}");
    }
}
