//! Tables in open formats, each of which carries its sources as far as it can.
//!
//! | format | figures | sources |
//! |---|---|---|
//! | CSV | identifiers as header, decimal point, full precision | none: ask for another format to have them |
//! | XLSX | typed cells, labels as a frozen header | second sheet « Sources » |
//! | GeoJSON | RFC 7946, coordinates to 10⁻⁵ degree | member `sources` |
//! | Parquet | optional UTF-8, INT64, DOUBLE or DATE columns, snappy | metadata of the file |
//! | JSON | list of objects, `null` for missing | none |
//!
//! The same table always gives the same bytes. Every writer refuses a table that [`Table::check`] refuses.

use std::fmt;
use std::io::Write;
use std::str::FromStr;

use crate::table::{CellKind, Table, TableError};

pub mod csv;
pub mod geojson;
pub mod json;
pub mod pairs;
pub mod parquet;
pub mod xlsx;

/// A file format of downloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// Excel workbook.
    Xlsx,
    /// GeoJSON feature collection.
    Geojson,
    /// Apache Parquet.
    Parquet,
    /// List of JSON objects.
    Json,
}

impl Format {
    /// Every format, in the order of menus.
    pub const ALL: [Self; 5] = [Self::Csv, Self::Xlsx, Self::Geojson, Self::Parquet, Self::Json];

    /// Extension of files and name in addresses.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Geojson => "geojson",
            Self::Parquet => "parquet",
            Self::Json => "json",
        }
    }

    /// Media type for HTTP and mail.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Geojson => "application/geo+json",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Json => "application/json",
        }
    }

    /// Name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Xlsx => "XLSX",
            Self::Geojson => "GeoJSON",
            Self::Parquet => "Parquet",
            Self::Json => "JSON",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.extension())
    }
}

/// A text that names no format.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("« {0} » n’est pas un format : utilisez csv, xlsx, geojson, parquet ou json")]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.extension() == text).ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The table contradicts itself.
    #[error(transparent)]
    Table(#[from] TableError),
    /// GeoJSON was asked of a table that has no contours.
    #[error(
        "la table « {0} » ne décrit pas des surfaces : demandez-la en csv, xlsx, parquet ou json plutôt qu’en geojson"
    )]
    NoGeometry(String),
    /// The format cannot hold the table.
    #[error(
        "la table « {table} » ne tient pas dans un fichier {format} : {problem} ; demandez-la en csv ou en parquet"
    )]
    TooLarge {
        /// Table concerned.
        table: String,
        /// Format asked.
        format: Format,
        /// What does not fit.
        problem: String,
    },
    /// The library that writes the format refused.
    #[error("écriture de la table « {table} » en {format} : {problem}")]
    Writer {
        /// Table concerned.
        table: String,
        /// Format asked.
        format: Format,
        /// What it said.
        problem: String,
    },
    /// The destination refused the bytes.
    #[error("écriture de la table : {0}")]
    Io(#[from] std::io::Error),
}

/// The table as the bytes of a file.
///
/// # Errors
/// When the table contradicts itself, has no contours (GeoJSON), or is too large for the format (XLSX).
pub fn write(table: &Table, format: Format) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    write_to(table, format, &mut bytes)?;
    Ok(bytes)
}

/// Writes the table to a destination.
///
/// # Errors
/// Those of [`write()`], and what the destination refuses.
pub fn write_to<W: Write + Send>(table: &Table, format: Format, to: &mut W) -> Result<(), ExportError> {
    table.check()?;
    match format {
        Format::Csv => csv::write(table, to),
        Format::Xlsx => xlsx::write(table, to),
        Format::Geojson => geojson::write(table, to),
        Format::Parquet => parquet::write(table, to),
        Format::Json => json::write(table, to),
    }
}

/// What a column is written as: a column of whole numbers that holds a fraction is written as decimal.
fn stored_kinds(table: &Table) -> Vec<CellKind> {
    table
        .columns
        .iter()
        .enumerate()
        .map(|(i, column)| match column.kind {
            CellKind::Integer if !table.is_whole(i) => CellKind::Decimal(1),
            kind => kind,
        })
        .collect()
}

/// The number a column of this kind stores: whole numbers lose what the rounding of sums left.
fn stored(value: f64, kind: CellKind) -> f64 {
    if kind == CellKind::Integer { value.round() } else { value }
}

/// A number in the shortest decimal form that reads back the same, without exponent; never `-0`.
fn plain_number(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { value.to_string() }
}

#[cfg(test)]
pub(crate) mod samples {
    use pacte_territory::{Polygon, Provenance};

    use crate::table::{Cell, CellKind, Table, TableColumn};

    /// A table with every kind of cell and names that break careless writers.
    pub(crate) fn odd() -> Table {
        let source = Provenance {
            source: "INSEE, populations légales".into(),
            file: "insee_populations_legales_2022.csv".into(),
            vintage: "2022".into(),
            geography: 2024,
            method: "ramenée à la géographie 2024".into(),
        };
        let day = TableColumn { kind: CellKind::Date, ..TableColumn::text("date_effet", "Date d’effet") };
        let mut table = Table::new(
            "essai",
            "Table d’essai",
            vec![
                TableColumn::text("code", "Code"),
                TableColumn::text("nom", "Nom"),
                TableColumn::integer("population", "Population municipale", "habitants").from_source(source.clone()),
                TableColumn::decimal("apl", "APL", "consultations par habitant", 2).from_source(source),
                day,
            ],
        );
        let row = |code: &str, name: &str, population: Cell, apl: Cell, day: Cell| {
            vec![code.into(), name.into(), population, apl, day]
        };
        table.rows = vec![
            row("01001", "L’Abergement, « le \"vieux\" »", 832.0.into(), 1.89.into(), "2024-01-01".into()),
            row("2A004", "=HYPERLINK(\"x\")", Cell::Missing, (-0.5).into(), Cell::Missing),
            row("97101", "deux\r\nlignes;et,virgules", 0.0.into(), f64::NAN.into(), "1943-12-31".into()),
            row("00000", "", 9_007_199_254_740_991.0.into(), 0.1.into(), Cell::Missing),
            row("'=00", "@home", (-12.0).into(), 1e-7.into(), Cell::Missing),
        ];
        let square = |x: f64| Polygon {
            // Clockwise on purpose: the writer must turn it.
            exterior: vec![[x, 0.0], [x, 1.0], [x + 1.0, 1.0], [x + 1.0, 0.0], [x, 0.0]],
            holes: vec![vec![[x + 0.2, 0.2], [x + 0.4, 0.2], [x + 0.4, 0.4], [x + 0.2, 0.2]]],
        };
        table.geometry =
            Some(vec![vec![square(0.0)], vec![square(2.0), square(4.123_456_789)], Vec::new(), Vec::new(), Vec::new()]);
        table
    }
}

#[cfg(test)]
mod tests {
    use ::parquet::record::Field;
    use proptest::prelude::*;

    use super::*;
    use crate::table::TableColumn;

    #[test]
    fn formats_read_back_and_unknown_ones_say_what_exists() {
        for format in Format::ALL {
            assert_eq!(format.extension().parse::<Format>(), Ok(format));
        }
        assert!("ods".parse::<Format>().unwrap_err().to_string().contains("parquet"));
    }

    #[test]
    fn the_same_table_gives_the_same_bytes() {
        let table = samples::odd();
        for format in Format::ALL {
            let first = write(&table, format).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(if format == Format::Xlsx { 1100 } else { 0 }));
            assert_eq!(first, write(&table, format).unwrap(), "{format}");
        }
    }

    #[test]
    fn a_broken_table_is_refused_by_every_format() {
        let mut table = samples::odd();
        table.rows[1].pop();
        for format in Format::ALL {
            assert!(matches!(write(&table, format), Err(ExportError::Table(_))), "{format}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

        #[test]
        fn odd_names_and_numbers_survive_every_format(
            // Everything a name can hold but control characters, plus what breaks careless writers.
            names in prop::collection::vec("([=+@',;\"\n\t-]{0,3})\\PC{0,12}[\"'\n ,;]{0,2}", 1..6),
            numbers in prop::collection::vec(prop::option::of(-1e15_f64..1e15), 6),
        ) {
            let columns = vec![TableColumn::text("nom", "Nom"), TableColumn::decimal("valeur", "Valeur", "", 2)];
            let mut table = Table::new("t", "T", columns);
            table.rows =
                names.iter().zip(&numbers).map(|(name, number)| vec![name.as_str().into(), (*number).into()]).collect();

            let bytes = write(&table, Format::Csv).unwrap();
            let mut reader = ::csv::Reader::from_reader(bytes.as_slice());
            let found: Vec<(String, Option<f64>)> = reader
                .records()
                .map(Result::unwrap)
                .map(|row| (csv::unescape(&row[0]).to_owned(), row[1].parse().ok()))
                .collect();
            let wanted: Vec<(String, Option<f64>)> = names.iter().cloned().zip(numbers.iter().copied()).collect();
            prop_assert_eq!(&found, &wanted);
            let unsafe_start = |row: &::csv::StringRecord| row[0].starts_with(['=', '+', '-', '@']);
            prop_assert!(!::csv::Reader::from_reader(bytes.as_slice()).records().map(Result::unwrap).any(|r| unsafe_start(&r)));

            let rows: Vec<serde_json::Value> = serde_json::from_slice(&write(&table, Format::Json).unwrap()).unwrap();
            prop_assert_eq!(rows.len(), wanted.len());
            for (row, (name, number)) in rows.iter().zip(&wanted) {
                prop_assert_eq!(row["nom"].as_str(), Some(name.as_str()));
                // serde_json reads a float to the last bit or the one beside it.
                let near = |found: f64| number.is_some_and(|number| (found - number).abs() <= number.abs() * 1e-15);
                prop_assert!(row["valeur"].as_f64().map_or(number.is_none(), near), "{}", row["valeur"]);
            }

            let bytes = write(&table, Format::Xlsx).unwrap();
            let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes)).unwrap();
            let sheet = calamine::Reader::worksheet_range(&mut book, xlsx::DATA_SHEET).unwrap();
            for (i, (name, number)) in (1..).zip(&wanted) {
                let text = sheet.get_value((i, 0)).and_then(calamine::DataType::get_string).unwrap_or_default();
                prop_assert_eq!(text, name);
                prop_assert_eq!(sheet.get_value((i, 1)).and_then(calamine::DataType::get_float), *number);
            }

            let mut file = tempfile::tempfile().unwrap();
            write_to(&table, Format::Parquet, &mut file).unwrap();
            let reader = ::parquet::file::reader::SerializedFileReader::new(file).unwrap();
            for (row, (name, number)) in reader.into_iter().map(Result::unwrap).zip(&wanted) {
                let fields: Vec<_> = row.into_columns().into_iter().map(|(_, field)| field).collect();
                prop_assert_eq!(&fields[0], &Field::Str(name.clone()));
                prop_assert_eq!(&fields[1], &number.map_or(Field::Null, Field::Double));
            }
        }
    }
}
