//! Excel workbooks: sheets by name, header row found by its content, every error with its cell.

use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};
use pacte_territory::CommuneCode;

use crate::error::{Fault, SourceError};
use crate::input::InputFile;

/// Rows searched for a header.
const HEADER_ROWS: u32 = 40;

/// A workbook under reading.
pub struct Workbook<'f> {
    file: &'f InputFile,
    book: Xlsx<Cursor<Vec<u8>>>,
}

impl std::fmt::Debug for Workbook<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbook").field("file", &self.file.name).finish_non_exhaustive()
    }
}

impl<'f> Workbook<'f> {
    /// Opens a workbook.
    ///
    /// # Errors
    /// When the file is cut, is no XLSX workbook, or would be larger than the limit once decompressed.
    pub fn open(file: &'f InputFile) -> Result<Self, SourceError> {
        let bytes = file.bytes()?;
        let unpacked = unpacked_size(&bytes).ok_or_else(|| {
            SourceError::truncated(
                &file.name,
                "la table des matières du classeur XLSX (archive ZIP) est absente ou coupée",
            )
        })?;
        if unpacked > file.limits.bytes {
            return Err(file.too_large("bytes", unpacked, file.limits.bytes));
        }
        let book = Xlsx::new(Cursor::new(bytes)).map_err(|error| {
            SourceError::truncated(&file.name, format!("le classeur XLSX ne s’ouvre pas ({error})"))
        })?;
        Ok(Self { file, book })
    }

    /// Names of the sheets.
    pub fn sheets(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    /// A sheet by name.
    ///
    /// # Errors
    /// When there is none (the message lists those that are there), or it does not read.
    pub fn sheet(&mut self, name: &str) -> Result<Sheet<'f>, SourceError> {
        let names = self.sheets();
        if !names.iter().any(|sheet| sheet == name) {
            return Err(SourceError::new(
                Fault::MissingColumn,
                &self.file.name,
                format!("cette feuille n’est pas dans le classeur ; feuilles trouvées : {}", names.join(", ")),
                "Téléchargez de nouveau le classeur chez son producteur.",
            )
            .sheet(name));
        }
        let cells = self.book.worksheet_range(name).map_err(|error| {
            SourceError::truncated(&self.file.name, format!("la feuille ne se lit pas ({error})")).sheet(name)
        })?;
        let rows = cells.end().map_or(0, |end| u64::from(end.0) + 1);
        if rows > self.file.limits.rows {
            return Err(self.file.too_large("rows", rows, self.file.limits.rows).sheet(name));
        }
        Ok(Sheet { file: self.file, name: name.to_owned(), cells })
    }
}

/// Sum of the sizes the ZIP central directory announces; `None` when there is no whole directory.
///
/// Layout: PKWARE APPNOTE 6.3, §4.3.12 (central directory) and §4.3.16 (end record).
fn unpacked_size(bytes: &[u8]) -> Option<u64> {
    let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let from = bytes.len().saturating_sub(22 + 65_535);
    let end = (from..=bytes.len().checked_sub(22)?).rev().find(|at| bytes[*at..].starts_with(b"PK\x05\x06"))?;
    let mut at = u32_at(end + 16)? as usize;
    let mut total = 0;
    for _ in 0..u16_at(end + 10)? {
        if !bytes.get(at..)?.starts_with(b"PK\x01\x02") {
            return None;
        }
        total += u64::from(u32_at(at + 24)?);
        at += 46 + usize::from(u16_at(at + 28)?) + usize::from(u16_at(at + 30)?) + usize::from(u16_at(at + 32)?);
    }
    Some(total)
}

/// Letters of a column, from 0: A, B, … Z, AA.
pub fn column_letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (column % 26) as u8);
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    letters.reverse();
    letters.into_iter().map(char::from).collect()
}

/// A sheet; rows and columns are counted from 0 in calls, from 1 and A in messages.
#[derive(Clone, Debug)]
pub struct Sheet<'f> {
    file: &'f InputFile,
    name: String,
    cells: Range<Data>,
}

impl Sheet<'_> {
    /// Name of the sheet.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Path of its workbook inside the imported folder.
    pub fn file(&self) -> &str {
        &self.file.name
    }

    /// Number of rows, counted from the top of the sheet.
    pub fn rows(&self) -> u32 {
        self.cells.end().map_or(0, |end| end.0 + 1)
    }

    /// Number of columns, counted from the left of the sheet.
    pub fn columns(&self) -> u32 {
        self.cells.end().map_or(0, |end| end.1 + 1)
    }

    /// A cell.
    pub fn cell(&self, row: u32, column: u32) -> &Data {
        self.cells.get_value((row, column)).unwrap_or(&Data::Empty)
    }

    /// A cell as text: numbers without decimals when they have none, blank when empty. Inner white space is made single.
    pub fn text(&self, row: u32, column: u32) -> String {
        match self.cell(row, column) {
            Data::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Data::Float(number) => number.to_string(),
            Data::Int(number) => number.to_string(),
            Data::Bool(truth) => truth.to_string(),
            Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
            Data::DateTime(date) => date.as_f64().to_string(),
            Data::Empty | Data::Error(_) => String::new(),
        }
    }

    /// A number, `None` when the cell is empty or holds a mark of secrecy (`s`, `nd`, `N/A`, `-`).
    ///
    /// # Errors
    /// When it holds anything else.
    pub fn optional_number(&self, row: u32, column: u32) -> Result<Option<f64>, SourceError> {
        match self.cell(row, column) {
            Data::Float(number) if number.is_finite() => Ok(Some(*number)),
            Data::Int(number) => Ok(Some(*number as f64)),
            Data::Empty => Ok(None),
            Data::String(text) => match text.trim() {
                "" | "s" | "nd" | "ND" | "NA" | "N/A" | "-" | "." => Ok(None),
                text => match text.replace(',', ".").parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Some(number)),
                    _ => {
                        Err(self.error(row, column, Fault::BadValue, "ce n’est pas un nombre", "Corrigez la cellule."))
                    }
                },
            },
            _ => Err(self.error(row, column, Fault::BadValue, "ce n’est pas un nombre", "Corrigez la cellule.")),
        }
    }

    /// A number that must be there.
    ///
    /// # Errors
    /// When the cell is empty or not a number.
    pub fn number(&self, row: u32, column: u32) -> Result<f64, SourceError> {
        self.optional_number(row, column)?.ok_or_else(|| {
            self.error(row, column, Fault::BadValue, "la valeur manque, un nombre est attendu", "Complétez la cellule.")
        })
    }

    /// A commune code.
    ///
    /// # Errors
    /// When the cell holds none; a number of four digits has lost its leading zero.
    pub fn code(&self, row: u32, column: u32) -> Result<CommuneCode, SourceError> {
        self.text(row, column).parse().map_err(|_| {
            self.error(
                row,
                column,
                Fault::BadValue,
                "ce n’est pas un code de commune",
                "Un code a cinq caractères, zéro initial compris (01001) : repartez du classeur d’origine.",
            )
        })
    }

    /// Row and columns of the first row (among the first forty) that holds all these headings, compared without case,
    /// white space made single. The columns are in the order of `headings`.
    ///
    /// # Errors
    /// When there is none; the message names the first heading that no row holds.
    pub fn header<const N: usize>(&self, headings: [&str; N]) -> Result<(u32, [u32; N]), SourceError> {
        let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
        let mut best: Option<(usize, u32, &str)> = None;
        for row in 0..self.rows().min(HEADER_ROWS) {
            let titles: Vec<String> = (0..self.columns()).map(|column| self.text(row, column)).collect();
            let mut found = [0; N];
            let mut missing = None;
            let mut count = 0;
            for (place, heading) in found.iter_mut().zip(headings) {
                match titles.iter().position(|title| same(title, heading)) {
                    Some(column) => {
                        *place = column as u32;
                        count += 1;
                    }
                    None => missing = missing.or(Some(heading)),
                }
            }
            match missing {
                None => return Ok((row, found)),
                Some(heading) if best.is_none_or(|(most, ..)| count > most) => best = Some((count, row, heading)),
                Some(_) => {}
            }
        }
        let (_, row, heading) = best.unwrap_or((0, 0, headings[0]));
        let found: Vec<String> =
            (0..self.columns()).map(|column| self.text(row, column)).filter(|title| !title.is_empty()).collect();
        Err(SourceError::missing_column(&self.file.name, heading, &found).sheet(&self.name))
    }

    /// An error about a cell.
    pub fn error(&self, row: u32, column: u32, fault: Fault, problem: &str, advice: &str) -> SourceError {
        SourceError::new(fault, &self.file.name, problem, advice)
            .sheet(&self.name)
            .line(u64::from(row) + 1)
            .column(column_letters(column))
            .value(self.text(row, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workbook() -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("Données").unwrap();
        sheet.write(0, 0, "Titre du tableau").unwrap();
        sheet.write(2, 1, "Code  commune\nINSEE").unwrap();
        sheet.write(2, 2, "Valeur").unwrap();
        sheet.write(3, 1, "01001").unwrap();
        sheet.write(3, 2, 4.5).unwrap();
        sheet.write(4, 1, 1002).unwrap();
        sheet.write(4, 2, "quatre").unwrap();
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn header_is_found_by_content_and_cells_are_typed() {
        let file = InputFile::in_memory("b.xlsx", workbook());
        let mut book = Workbook::open(&file).unwrap();
        let sheet = book.sheet("Données").unwrap();
        let (row, [code, value]) = sheet.header(["code commune insee", "Valeur"]).unwrap();
        assert_eq!((row, code, value), (2, 1, 2));
        assert_eq!(sheet.code(3, code).unwrap().as_str(), "01001");
        assert_eq!(sheet.number(3, value).unwrap(), 4.5);
        let error = sheet.number(4, value).unwrap_err();
        assert_eq!((error.line, error.column.as_deref(), error.value.as_deref()), (Some(5), Some("C"), Some("quatre")));
        assert!(sheet.code(4, code).is_err(), "a lost leading zero is told, not guessed");
        assert_eq!(sheet.header(["Valeur", "Absente"]).unwrap_err().column.as_deref(), Some("Absente"));
        assert_eq!(book.sheet("Autre").unwrap_err().fault, Fault::MissingColumn);
    }

    #[test]
    fn a_cut_workbook_is_told_as_such() {
        let bytes = workbook();
        for length in [10, bytes.len() / 2, bytes.len() - 1] {
            let file = InputFile::in_memory("b.xlsx", &bytes[..length]);
            assert_eq!(Workbook::open(&file).unwrap_err().fault, Fault::Truncated, "{length} bytes");
        }
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
