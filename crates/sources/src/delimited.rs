//! Tables as delimited text: header checked by name, fields typed, every error with its line and column.

use std::sync::Arc;

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder, StringRecord};
use pacte_territory::CommuneCode;

use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::progress::Task;

/// Texts that official files use for *no value*: blanks, secrecy, not available.
const BLANKS: [&str; 8] = ["", "NA", "N/A", "ND", "nd", "s", "nan", "NaN"];

/// Position of a column in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Col(usize);

/// A delimited text under reading.
pub struct Delimited<'t> {
    reader: Reader<&'t [u8]>,
    headers: Arc<[String]>,
    record: StringRecord,
    file: &'t InputFile,
    task: &'t Task<'t>,
    rows: u64,
    /// Whether the text ends with a line end: when it does not, a short last row means a cut file.
    ended: bool,
    text: &'t [u8],
    line: u64,
}

impl std::fmt::Debug for Delimited<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delimited").field("file", &self.file.name).field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// The delimiter a header line uses: the one of `;`, `,` and tab that it has most.
pub fn delimiter_of(header: &str) -> u8 {
    // On a tie (a single column) the comma wins, being last.
    [b';', b'\t', b',']
        .into_iter()
        .max_by_key(|delimiter| header.bytes().filter(|b| b == delimiter).count())
        .unwrap_or(b',')
}

/// Column names of a header line, trimmed and without quotes.
pub fn split_header(line: &str) -> Vec<String> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter_of(line))
        .flexible(true)
        .from_reader(line.as_bytes());
    let mut record = ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => record.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

impl<'t> Delimited<'t> {
    /// Reads the header of a text (see [`InputFile::text`]); the delimiter is found in it.
    ///
    /// # Errors
    /// When there is no header.
    pub fn open(file: &'t InputFile, text: &'t str, task: &'t Task<'t>) -> Result<Self, SourceError> {
        let line = text.lines().next().unwrap_or_default();
        let headers: Arc<[String]> = split_header(line).into();
        if headers.is_empty() {
            return Err(SourceError::truncated(&file.name, "il n’a pas même d’en-tête"));
        }
        let reader = ReaderBuilder::new().delimiter(delimiter_of(line)).from_reader(text.as_bytes());
        Ok(Self {
            reader,
            headers,
            record: StringRecord::new(),
            file,
            task,
            rows: 0,
            ended: text.ends_with('\n'),
            text: text.as_bytes(),
            line: 1,
        })
    }

    /// Names of the columns, in order.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The column with this name.
    ///
    /// # Errors
    /// When there is none: the message lists those that are there.
    pub fn column(&self, name: &str) -> Result<Col, SourceError> {
        self.optional(name).ok_or_else(|| SourceError::missing_column(&self.file.name, name, &self.headers))
    }

    /// Columns by name, in the order asked.
    ///
    /// # Errors
    /// At the first that is absent.
    pub fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[Col; N], SourceError> {
        let mut columns = [Col(0); N];
        for (column, name) in columns.iter_mut().zip(names) {
            *column = self.column(name)?;
        }
        Ok(columns)
    }

    /// The column with this name, when it is there.
    pub fn optional(&self, name: &str) -> Option<Col> {
        self.headers.iter().position(|header| header == name).map(Col)
    }

    /// The next row; rows whose every field is blank are skipped. `None` at the end.
    ///
    /// # Errors
    /// When a row has not as many fields as the header, the file is cut, or has more rows than the limit.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, SourceError> {
        loop {
            let more = self.reader.read_record(&mut self.record);
            match more {
                Ok(false) => return Ok(None),
                Ok(true) => {}
                Err(error) => return Err(self.structure(&error)),
            }
            self.line = self.line_of(self.record.position());
            self.rows += 1;
            if self.rows > self.file.limits.rows {
                return Err(self.file.too_large("rows", self.rows, self.file.limits.rows).line(self.line));
            }
            self.task.at(self.reader.position().byte());
            if self.record.iter().any(|field| !field.trim().is_empty()) {
                break;
            }
        }
        Ok(Some(Row { record: &self.record, line: self.line, headers: &self.headers, file: self.file }))
    }

    /// Line of a record. The reader places a record right after the previous carriage return, before the line feed and
    /// any blank line: these are counted too.
    fn line_of(&self, position: Option<&csv::Position>) -> u64 {
        let Some(position) = position else { return 0 };
        let rest = self.text.get(position.byte() as usize..).unwrap_or_default();
        let skipped = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
        position.line() + skipped as u64
    }

    fn structure(&self, error: &csv::Error) -> SourceError {
        if let ErrorKind::UnequalLengths { pos, expected_len, len } = error.kind() {
            let line = self.line_of(pos.as_ref());
            let last = self.reader.position().byte() >= self.text.len() as u64;
            if last && !self.ended {
                return SourceError::truncated(
                    &self.file.name,
                    format!("la dernière ligne s’arrête après {len} champs sur {expected_len}"),
                )
                .line(line);
            }
            return SourceError::new(
                Fault::BadStructure,
                &self.file.name,
                format!("la ligne a {len} champs, l’en-tête en annonce {expected_len}"),
                "Corrigez la ligne (délimiteur ou guillemet en trop), ou téléchargez de nouveau le fichier.",
            )
            .line(line);
        }
        SourceError::new(
            Fault::BadStructure,
            &self.file.name,
            format!("lecture impossible ({error})"),
            "Téléchargez de nouveau le fichier.",
        )
    }
}

/// A row under reading.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    record: &'r StringRecord,
    line: u64,
    headers: &'r [String],
    file: &'r InputFile,
}

impl<'r> Row<'r> {
    /// Line in the file, from 1 (the header is line 1).
    pub fn line(&self) -> u64 {
        self.line
    }

    /// A field, trimmed.
    pub fn text(&self, column: Col) -> &'r str {
        self.record.get(column.0).unwrap_or_default().trim()
    }

    /// A field that must not be blank.
    ///
    /// # Errors
    /// When it is.
    pub fn filled(&self, column: Col) -> Result<&'r str, SourceError> {
        let text = self.text(column);
        if text.is_empty() {
            return Err(self.error(
                column,
                Fault::BadValue,
                "la valeur manque",
                "Complétez la ligne, ou supprimez-la.",
            ));
        }
        Ok(text)
    }

    /// A number; decimal point or comma.
    ///
    /// # Errors
    /// When the field is blank or not a finite number.
    pub fn number(&self, column: Col) -> Result<f64, SourceError> {
        self.optional_number(column)?.ok_or_else(|| {
            self.error(column, Fault::BadValue, "la valeur manque, un nombre est attendu", "Complétez la ligne.")
        })
    }

    /// A number, `None` when the field is blank or marked as secret or not available.
    ///
    /// # Errors
    /// When the field is not a finite number.
    pub fn optional_number(&self, column: Col) -> Result<Option<f64>, SourceError> {
        let text = self.text(column);
        if BLANKS.contains(&text) {
            return Ok(None);
        }
        let value = if text.contains(',') { text.replace(',', ".").parse() } else { text.parse::<f64>() };
        match value {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(self.error(column, Fault::BadValue, "ce n’est pas un nombre", "Corrigez la valeur.")),
        }
    }

    /// A count: a number that is not negative.
    ///
    /// # Errors
    /// When the field is blank, not a number, or negative.
    pub fn count(&self, column: Col) -> Result<f64, SourceError> {
        let value = self.number(column)?;
        if value < 0.0 {
            return Err(self.error(column, Fault::BadValue, "un effectif ne peut être négatif", "Corrigez la valeur."));
        }
        Ok(value)
    }

    /// A commune code. A code of four characters has lost its leading zero in a spreadsheet: the message says so.
    ///
    /// # Errors
    /// When it is not one.
    pub fn code(&self, column: Col) -> Result<CommuneCode, SourceError> {
        let text = self.text(column);
        text.parse().map_err(|_| {
            let advice = if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
                "Le zéro initial a sans doute été perdu dans un tableur : repartez du fichier d’origine."
            } else {
                "Un code de commune a cinq caractères (59350, 2A004) : corrigez la valeur."
            };
            self.error(column, Fault::BadValue, "ce n’est pas un code de commune", advice)
        })
    }

    /// An error about a field of this row.
    pub fn error(&self, column: Col, fault: Fault, problem: &str, advice: &str) -> SourceError {
        SourceError::new(fault, &self.file.name, problem, advice)
            .line(self.line())
            .column(self.headers.get(column.0).map_or("", String::as_str))
            .value(self.text(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn read(text: &str) -> Result<Vec<(u64, String, Option<f64>)>, SourceError> {
        let file = InputFile::in_memory("t.csv", text.as_bytes());
        let task = Task::start(&Silent, "t.csv", 0);
        let mut table = Delimited::open(&file, text, &task)?;
        let [code, value] = table.columns(["COM", "N"])?;
        let mut rows = Vec::new();
        while let Some(row) = table.next_row()? {
            rows.push((row.line(), row.code(code)?.to_string(), row.optional_number(value)?));
        }
        Ok(rows)
    }

    #[test]
    fn both_delimiters_blanks_and_blank_rows() {
        let rows = read("COM;N\r\n01001;1,5\r\n;\r\n2A004;s\r\n").unwrap();
        assert_eq!(rows, [(2, "01001".into(), Some(1.5)), (4, "2A004".into(), None)]);
        assert_eq!(read("X,N,COM\na,3,01001").unwrap(), [(2, "01001".into(), Some(3.0))]);
    }

    #[test]
    fn each_fault_is_placed() {
        let error = read("COM,M\n01001,1\n").unwrap_err();
        assert_eq!((error.fault, error.column.as_deref()), (Fault::MissingColumn, Some("N")));
        assert!(error.problem.contains("COM, M"), "{error}");
        let error = read("COM,N\n01001,1\n1004,1\n").unwrap_err();
        assert_eq!((error.line, error.value.as_deref()), (Some(3), Some("1004")));
        assert!(error.advice.contains("zéro initial"));
        let error = read("COM,N\n01001,un\n").unwrap_err();
        assert_eq!((error.fault, error.line, error.column.as_deref()), (Fault::BadValue, Some(2), Some("N")));
        assert_eq!(read("COM,N\n01001,inf\n").unwrap_err().fault, Fault::BadValue);
        assert_eq!(read("COM,N\n01001,1\n01002").unwrap_err().fault, Fault::Truncated);
        let error = read("COM,N\n01001,1,2\n01002,1\n").unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::BadStructure, Some(2)));
    }

    #[test]
    fn too_many_rows_stop_the_reading() {
        let text = "COM,N\n".to_owned() + &"01001,1\n".repeat(11);
        let mut file = InputFile::in_memory("t.csv", text.as_bytes());
        file.limits.rows = 10;
        let task = Task::start(&Silent, "t.csv", 0);
        let mut table = Delimited::open(&file, &text, &task).unwrap();
        let error = loop {
            match table.next_row() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the limit did not stop the reading"),
                Err(error) => break error,
            }
        };
        assert_eq!((error.fault, error.line), (Fault::TooLarge, Some(12)));
    }
}
