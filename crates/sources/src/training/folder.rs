//! Writing the generator's files: one folder, plain text, CSV in the producers' dialects, JSON, workbooks dated once and for all.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use super::TrainingError;
use super::partition::{Polygon, Vertex};

/// The folder being written and what it holds so far.
pub(super) struct Folder {
    root: PathBuf,
    /// Paths written, relative to the root, in order.
    pub(super) written: Vec<PathBuf>,
    /// Bytes written.
    pub(super) bytes: u64,
}

/// How a producer writes its CSV.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    /// Field separator.
    pub(super) delimiter: u8,
    /// Lines end with CR LF.
    pub(super) crlf: bool,
    /// The file opens with a byte-order mark.
    pub(super) mark: bool,
}

/// INSEE's COG files: commas, CR LF.
pub(super) const COMMA_CRLF: Dialect = Dialect { delimiter: b',', crlf: true, mark: false };
/// Commas, LF.
pub(super) const COMMA: Dialect = Dialect { delimiter: b',', crlf: false, mark: false };
/// INSEE's populations légales: semicolons, CR LF.
pub(super) const SEMICOLON_CRLF: Dialect = Dialect { delimiter: b';', crlf: true, mark: false };
/// INSEE's BPE of 2017: semicolons, CR LF, byte-order mark.
pub(super) const SEMICOLON_MARK: Dialect = Dialect { delimiter: b';', crlf: true, mark: true };

impl Folder {
    /// A folder at `root`, created when missing.
    pub(super) fn new(root: &Path) -> Result<Self, TrainingError> {
        fs::create_dir_all(root).map_err(|source| TrainingError::Write { path: root.to_owned(), source })?;
        Ok(Self { root: root.to_owned(), written: Vec::new(), bytes: 0 })
    }

    /// Writes raw bytes at a relative path.
    pub(super) fn bytes(&mut self, path: &str, content: &[u8]) -> Result<(), TrainingError> {
        let full = self.root.join(path);
        let failed = |source| TrainingError::Write { path: full.clone(), source };
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&full, content).map_err(failed)?;
        self.written.push(PathBuf::from(path));
        self.bytes += content.len() as u64;
        Ok(())
    }

    /// Writes a CSV file: header, then rows of as many fields.
    pub(super) fn csv(
        &mut self,
        path: &str,
        dialect: Dialect,
        header: &[&str],
        rows: &[Vec<String>],
    ) -> Result<(), TrainingError> {
        let mut builder = csv::WriterBuilder::new();
        builder.delimiter(dialect.delimiter);
        if dialect.crlf {
            builder.terminator(csv::Terminator::CRLF);
        }
        let start = if dialect.mark { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
        let mut writer = builder.from_writer(start);
        let failed = |error: csv::Error| TrainingError::Table { path: PathBuf::from(path), reason: error.to_string() };
        writer.write_record(header).map_err(failed)?;
        for row in rows {
            writer.write_record(row).map_err(failed)?;
        }
        let content = writer
            .into_inner()
            .map_err(|error| TrainingError::Table { path: PathBuf::from(path), reason: error.to_string() })?;
        self.bytes(path, &content)
    }

    /// Writes a workbook, dated 1 January 2025 so that equal seeds give equal bytes.
    pub(super) fn workbook(&mut self, path: &str, mut workbook: Workbook) -> Result<(), TrainingError> {
        let failed = |source| TrainingError::Workbook { path: PathBuf::from(path), source };
        let date = ExcelDateTime::from_ymd(2025, 1, 1).map_err(failed)?;
        workbook
            .set_properties(&DocProperties::new().set_author("Territoire d'entraînement").set_creation_datetime(&date));
        let content = workbook.save_to_buffer().map_err(failed)?;
        self.bytes(path, &content)
    }

    /// Writes a GeoJSON collection, a feature per line.
    pub(super) fn features(&mut self, path: &str, features: &[String]) -> Result<(), TrainingError> {
        let content = format!("{{\"type\":\"FeatureCollection\", \"features\": [\n{}\n]}}\n", features.join(",\n"));
        self.bytes(path, content.as_bytes())
    }
}

/// A feature made of polygons, with its properties (name, JSON value).
pub(super) fn area_feature(polygons: &[Polygon], properties: &[(&str, String)]) -> String {
    let polygon =
        |polygon: &Polygon| format!("[{}]", polygon.iter().map(|ring| coordinates(ring)).collect::<Vec<_>>().join(","));
    let geometry = if let [single] = polygons {
        format!("{{\"type\":\"Polygon\",\"coordinates\":{}}}", polygon(single))
    } else {
        let parts: Vec<String> = polygons.iter().map(polygon).collect();
        format!("{{\"type\":\"MultiPolygon\",\"coordinates\":[{}]}}", parts.join(","))
    };
    feature(&geometry, properties)
}

/// A feature made of one line.
pub(super) fn line_feature(line: &[Vertex], properties: &[(&str, String)]) -> String {
    feature(&format!("{{\"type\":\"LineString\",\"coordinates\":{}}}", coordinates(line)), properties)
}

fn feature(geometry: &str, properties: &[(&str, String)]) -> String {
    let properties: Vec<String> = properties.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{\"type\":\"Feature\",\"geometry\":{geometry},\"properties\":{{{}}}}}", properties.join(","))
}

fn coordinates(line: &[Vertex]) -> String {
    let mut text = String::with_capacity(line.len() * 18);
    text.push('[');
    for (rank, (lon, lat)) in line.iter().enumerate() {
        let comma = if rank == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}[{},{}]", degrees(*lon), degrees(*lat));
    }
    text.push(']');
    text
}

/// Units of 1e-5 degree as decimal degrees, without trailing zeros.
pub(super) fn degrees(e5: i32) -> String {
    let text = format!("{:.5}", f64::from(e5) * 1e-5);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
