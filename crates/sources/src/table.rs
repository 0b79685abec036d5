//! A table of figures on its way out: what the command line prints, a page shows and a download carries.
//!
//! A table knows for each of its columns what it measures, in what unit, and where it comes from, so that no export
//! loses its sources. Writing it in a file format is the business of [`crate::export`].

use pacte_territory::{Polygon, Provenance};

mod text;

pub use text::to_text;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Words and codes: `59350` is a text.
    Text,
    /// Whole numbers. What the rounding of sums left (60,573.000 000 000 01) is taken off; a column where one value is
    /// truly fractional (doctors shared out between communes that split) is written as decimal rather than rounded.
    Integer,
    /// A year: a whole number whose thousands are never set apart.
    Year,
    /// Decimal numbers, shown to people with this many decimals; files carry them in full.
    Decimal(u8),
    /// A day, held in a text cell as `AAAA-MM-JJ`.
    Date,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text, or a day as `AAAA-MM-JJ`.
    Text(String),
    /// A number; not finite counts as missing.
    Number(f64),
    /// Not known, which is neither zero nor empty text.
    Missing,
}

impl Cell {
    /// A text cell.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number cell, [`Cell::Missing`] when the value is `NaN` or infinite.
    pub fn number(value: f64) -> Self {
        if value.is_finite() { Self::Number(value) } else { Self::Missing }
    }

    /// The number, `None` for text and missing cells.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(value) if value.is_finite() => Some(*value),
            _ => None,
        }
    }

    /// The text, `None` for numbers and missing cells.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether there is no value.
    pub fn is_missing(&self) -> bool {
        self.as_text().is_none() && self.as_number().is_none()
    }
}

impl From<Option<f64>> for Cell {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::Missing, Self::number)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::number(value)
    }
}

impl From<u32> for Cell {
    fn from(value: u32) -> Self {
        Self::Number(f64::from(value))
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Self::Number(value as f64)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What a column is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Stable identifier for machines: `code`, `apl_gp_2022`. Unique in its table.
    pub id: String,
    /// French label for people.
    pub label: String,
    /// Unit in French, empty for codes and names.
    pub unit: String,
    /// What the cells hold.
    pub kind: CellKind,
    /// Where the figures come from; `None` for codes, names and ranks that need no source.
    pub provenance: Option<Provenance>,
}

impl TableColumn {
    /// A text column without unit or source.
    pub fn text(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), unit: String::new(), kind: CellKind::Text, provenance: None }
    }

    /// A column of whole numbers.
    pub fn integer(id: impl Into<String>, label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), unit: unit.into(), kind: CellKind::Integer, provenance: None }
    }

    /// A column of decimal numbers shown with `decimals` decimals.
    pub fn decimal(id: impl Into<String>, label: impl Into<String>, unit: impl Into<String>, decimals: u8) -> Self {
        let kind = CellKind::Decimal(decimals);
        Self { id: id.into(), label: label.into(), unit: unit.into(), kind, provenance: None }
    }

    /// The same column with its source.
    #[must_use]
    pub fn from_source(mut self, provenance: Provenance) -> Self {
        self.provenance = Some(provenance);
        self
    }

    /// Label with the unit in brackets: `Population municipale (habitants)`.
    pub fn heading(&self) -> String {
        if self.unit.is_empty() { self.label.clone() } else { format!("{} ({})", self.label, self.unit) }
    }

    /// Citation of the source, empty when there is none.
    pub fn citation(&self) -> String {
        self.provenance.as_ref().map(Provenance::citation).unwrap_or_default()
    }
}

/// Rows of figures with what each column means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Name for files, without extension: `communes`, `acces-departement`.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// What is in it, in a sentence or two. May be empty.
    pub description: String,
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// Contour of each row, degrees WGS84; an empty list for a row without contour. `None` when rows are not areas.
    pub geometry: Option<Vec<Vec<Polygon>>>,
}

/// Why a table cannot be written: a fault of the program that made it, not of its reader.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TableError {
    /// There is no column.
    #[error("la table « {0} » n’a aucune colonne")]
    NoColumn(String),
    /// Two columns bear the same identifier.
    #[error("la table « {table} » a deux colonnes « {column} »")]
    DoubledColumn {
        /// Table concerned.
        table: String,
        /// Identifier given twice.
        column: String,
    },
    /// A row is too short or too long.
    #[error("table « {table} », ligne {row} : {found} cellules pour {expected} colonnes")]
    Length {
        /// Table concerned.
        table: String,
        /// Row, from 1.
        row: usize,
        /// Its number of cells.
        found: usize,
        /// The number of columns.
        expected: usize,
    },
    /// A cell does not hold what its column announces.
    #[error("table « {table} », ligne {row}, colonne « {column} » : {value} n’est pas {expected}")]
    Kind {
        /// Table concerned.
        table: String,
        /// Row, from 1.
        row: usize,
        /// Identifier of the column.
        column: String,
        /// What the cell holds.
        value: String,
        /// What the column announces.
        expected: &'static str,
    },
    /// There are not as many contours as rows.
    #[error("table « {table} » : {found} contours pour {expected} lignes")]
    Geometry {
        /// Table concerned.
        table: String,
        /// Number of contours.
        found: usize,
        /// Number of rows.
        expected: usize,
    },
}

impl Table {
    /// A table without rows.
    pub fn new(name: impl Into<String>, title: impl Into<String>, columns: Vec<TableColumn>) -> Self {
        Self { name: name.into(), title: title.into(), columns, ..Self::default() }
    }

    /// Index of a column by identifier.
    pub fn column(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.id == id)
    }

    /// A cell by row and column identifier.
    pub fn cell(&self, row: usize, id: &str) -> Option<&Cell> {
        self.rows.get(row)?.get(self.column(id)?)
    }

    /// Checks that rows, kinds and contours agree with the columns.
    ///
    /// # Errors
    /// The first disagreement met.
    pub fn check(&self) -> Result<(), TableError> {
        let table = || self.name.clone();
        if self.columns.is_empty() {
            return Err(TableError::NoColumn(table()));
        }
        for (i, column) in self.columns.iter().enumerate() {
            if self.columns[..i].iter().any(|other| other.id == column.id) {
                return Err(TableError::DoubledColumn { table: table(), column: column.id.clone() });
            }
        }
        for (row, cells) in (1..).zip(&self.rows) {
            if cells.len() != self.columns.len() {
                let (found, expected) = (cells.len(), self.columns.len());
                return Err(TableError::Length { table: table(), row, found, expected });
            }
            for (column, cell) in self.columns.iter().zip(cells) {
                if let Some((value, expected)) = mismatch(column.kind, cell) {
                    let column = column.id.clone();
                    return Err(TableError::Kind { table: table(), row, column, value, expected });
                }
            }
        }
        match &self.geometry {
            Some(contours) if contours.len() != self.rows.len() => {
                Err(TableError::Geometry { table: table(), found: contours.len(), expected: self.rows.len() })
            }
            _ => Ok(()),
        }
    }

    /// Whether every number of a column is whole, but for the rounding of sums, and fits a 64-bit integer exactly.
    pub fn is_whole(&self, column: usize) -> bool {
        self.rows.iter().filter_map(|row| row[column].as_number()).all(whole)
    }

    /// The distinct sources of the columns, in their order, as citations.
    pub fn citations(&self) -> Vec<String> {
        let mut citations: Vec<String> = Vec::new();
        for citation in self.columns.iter().map(TableColumn::citation).filter(|citation| !citation.is_empty()) {
            if !citations.contains(&citation) {
                citations.push(citation);
            }
        }
        citations
    }
}

/// Whether a number is whole, but for the rounding of sums (a millionth), and exactly representable (below 2⁵³).
pub(crate) fn whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6 && value.abs() <= 9_007_199_254_740_992.0
}

fn mismatch(kind: CellKind, cell: &Cell) -> Option<(String, &'static str)> {
    match (kind, cell) {
        (_, Cell::Missing)
        | (CellKind::Text, Cell::Text(_))
        | (CellKind::Integer | CellKind::Year | CellKind::Decimal(_), Cell::Number(_)) => None,
        (CellKind::Date, Cell::Text(text)) if text.parse::<jiff::civil::Date>().is_ok() => None,
        (CellKind::Date, Cell::Text(text)) => Some((format!("« {text} »"), "une date AAAA-MM-JJ")),
        (CellKind::Date, Cell::Number(value)) => Some((value.to_string(), "une date AAAA-MM-JJ")),
        (CellKind::Text, Cell::Number(value)) => Some((value.to_string(), "un texte")),
        (CellKind::Integer | CellKind::Year | CellKind::Decimal(_), Cell::Text(text)) => {
            Some((format!("« {text} »"), "un nombre"))
        }
    }
}

/// A number as French readers expect it: decimal comma, thousands apart by a narrow no-break space (U+202F).
///
/// The value is rounded to `decimals`; `NaN` and infinities give `n.d.`.
pub fn french_number(value: f64, decimals: u8) -> String {
    if !value.is_finite() {
        return MISSING.to_owned();
    }
    let plain = format!("{:.*}", usize::from(decimals), value.abs());
    let (integer, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::with_capacity(plain.len() + 4);
    if value < 0.0 && plain.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
        text.push('−');
    }
    for (i, digit) in integer.chars().enumerate() {
        if i > 0 && (integer.len() - i).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(',');
        text.push_str(fraction);
    }
    text
}

/// How a missing value is shown to people.
pub const MISSING: &str = "n.d.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_french() {
        assert_eq!(french_number(67_760_573.0, 0), "67\u{202f}760\u{202f}573");
        assert_eq!(french_number(3.7894, 2), "3,79");
        assert_eq!(french_number(-1234.5, 1), "−1\u{202f}234,5");
        assert_eq!(french_number(-0.001, 1), "0,0", "no minus before nothing");
        assert_eq!(french_number(100.0, 0), "100");
        assert_eq!(french_number(f64::NAN, 1), "n.d.");
        assert!(whole(60_573.000_000_000_01) && !whole(0.25) && !whole(1e300));
    }

    #[test]
    fn check_names_row_and_column() {
        let columns = vec![TableColumn::text("code", "Code"), TableColumn::integer("n", "Nombre", "")];
        let mut table = Table::new("t", "T", columns);
        table.rows = vec![vec!["a".into(), 1_u32.into()], vec!["b".into(), "x".into()]];
        let error = table.check().unwrap_err().to_string();
        assert_eq!(error, "table « t », ligne 2, colonne « n » : « x » n’est pas un nombre");
        table.rows[1] = vec!["b".into()];
        assert!(matches!(table.check(), Err(TableError::Length { row: 2, found: 1, expected: 2, .. })));
        table.rows.pop();
        assert_eq!(table.check(), Ok(()));
        table.geometry = Some(Vec::new());
        assert!(matches!(table.check(), Err(TableError::Geometry { .. })));
        table.columns[1].kind = CellKind::Date;
        table.geometry = None;
        table.rows = vec![vec!["a".into(), "2024-02-30".into()]];
        assert!(matches!(table.check(), Err(TableError::Kind { .. })));
    }
}
