//! Recognition of files: which source a file is, by its content first, by its name only where content cannot tell.

use std::cell::{Cell, OnceCell};
use std::fmt;

use crate::base::Base;
use crate::delimited::split_header;
use crate::error::SourceError;
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::FileReport;
use crate::workbook::Workbook;

/// Bytes read to recognise a file.
const HEAD: usize = 8 << 10;
/// Bytes searched when the first ones do not tell.
const SEARCHED: usize = 4 << 20;

/// A reader's work: from a file to what it brings, with its report.
pub type Read = fn(&InputFile, &Base, &Task) -> Result<(Output, FileReport), SourceError>;

/// When a format is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Communes of a year: one file makes the base, the others are checked.
    Communes,
    /// Movements between years: needed by the base.
    Movements,
    /// Legal populations: needed by the base as weights, then read as columns.
    Populations,
    /// Everything else, in any order.
    Values,
}

/// A format one reader reads.
#[derive(Clone, Copy)]
pub struct Format {
    /// Stable name: that of the reader's module.
    pub id: &'static str,
    /// Producer and title, as one would cite them.
    pub title: &'static str,
    /// When it is read.
    pub stage: Stage,
    /// Tells whether a file is of this format, and of which vintage.
    pub recognise: fn(&Probe<'_>) -> Option<Vintage>,
    /// Reads it.
    pub read: Read,
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Format").field(&self.id).finish()
    }
}

/// Years of a file, as far as recognition can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vintage {
    /// Year of the figures.
    pub year: Option<i16>,
    /// Year of the code officiel géographique of its codes.
    pub geography: Option<i16>,
}

impl Vintage {
    /// Figures and codes of the same year.
    pub fn of(year: i16) -> Self {
        Self { year: Some(year), geography: Some(year) }
    }

    /// Figures of `year` in the codes of `geography`.
    pub fn in_geography(year: i16, geography: i16) -> Self {
        Self { year: Some(year), geography: Some(geography) }
    }
}

/// What recognition sees of a file: its name and its first bytes.
#[derive(Debug)]
pub struct Probe<'f> {
    file: &'f InputFile,
    head: String,
    headers: Vec<String>,
    sheets: OnceCell<Vec<String>>,
    whole: OnceCell<Vec<u8>>,
    is_zip: bool,
    /// Whether a header that lacks one column still counts: see [`recognise`].
    lenient: Cell<bool>,
}

impl<'f> Probe<'f> {
    /// Reads the first bytes of a file. Compressed files (`.gz`) are seen through.
    ///
    /// # Errors
    /// When the system refuses to read.
    pub fn new(file: &'f InputFile) -> Result<Self, SourceError> {
        let bytes = file.head(HEAD)?;
        let is_zip = bytes.starts_with(b"PK");
        let bytes = if bytes.starts_with(&[0x1F, 0x8B]) {
            use std::io::Read as _;
            let mut plain = Vec::new();
            // The head of a compressed file always ends in the middle of a stream: what came before is enough.
            let _ = flate2::read::GzDecoder::new(bytes.as_slice()).take(HEAD as u64).read_to_end(&mut plain);
            plain
        } else {
            bytes
        };
        let head = if is_zip { String::new() } else { String::from_utf8_lossy(&bytes).into_owned() };
        let head = head.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(head);
        let headers = head.lines().next().map(split_header).unwrap_or_default();
        Ok(Self {
            file,
            head,
            headers,
            sheets: OnceCell::new(),
            whole: OnceCell::new(),
            is_zip,
            lenient: Cell::new(false),
        })
    }

    /// The file.
    pub fn file(&self) -> &InputFile {
        self.file
    }

    /// Path inside the folder, lower case.
    pub fn name(&self) -> String {
        self.file.name.to_lowercase()
    }

    /// Beginning of the content as text; empty for workbooks.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Whether the first megabytes of the (uncompressed) content hold this text: for formats whose first bytes are
    /// geometry.
    pub fn contains(&self, text: &str) -> bool {
        let whole = self.whole.get_or_init(|| self.file.head(SEARCHED).unwrap_or_default());
        whole.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// Whether the first line is a header that holds all these columns (all but one on the second, lenient look).
    pub fn has_columns(&self, names: &[&str]) -> bool {
        let missing = names.iter().filter(|name| !self.headers.iter().any(|header| header == *name)).count();
        missing == 0 || (self.lenient.get() && missing == 1 && names.len() >= 3)
    }

    /// Column names of the first line.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Names of the sheets; empty when the file is no workbook or does not open (its name then decides, so that the
    /// reader can say what is wrong with it).
    pub fn sheets(&self) -> &[String] {
        self.sheets.get_or_init(|| {
            if !self.is_zip {
                return Vec::new();
            }
            Workbook::open(self.file).map(|book| book.sheets()).unwrap_or_default()
        })
    }

    /// Whether the name says the file is a workbook.
    pub fn is_workbook(&self) -> bool {
        self.is_zip
            || std::path::Path::new(&self.file.name).extension().is_some_and(|end| end.eq_ignore_ascii_case("xlsx"))
    }

    /// Whether the content begins as a JSON object or list.
    pub fn is_json(&self) -> bool {
        self.head.trim_start().starts_with(['{', '['])
    }

    /// The first year (1968–2099) in the file's own name.
    pub fn year_in_name(&self) -> Option<i16> {
        let name = self.file.short_name().as_bytes();
        (0..name.len().saturating_sub(3)).find_map(|at| {
            let digits = &name[at..at + 4];
            let alone = (at == 0 || !name[at - 1].is_ascii_digit())
                && !name.get(at + 4).is_some_and(u8::is_ascii_digit)
                && digits.iter().all(u8::is_ascii_digit);
            let year = std::str::from_utf8(digits).ok()?.parse().ok()?;
            (alone && (1968..2100).contains(&year)).then_some(year)
        })
    }
}

/// The format of a file, the first of the list that recognises it.
///
/// A file that no format recognises but that lacks a single identifying column of one is taken to be of that format: its
/// reader then names the missing column, which helps more than « unknown file ».
pub fn recognise(probe: &Probe<'_>, formats: &[&'static Format]) -> Option<(&'static Format, Vintage)> {
    let first = || formats.iter().find_map(|format| (format.recognise)(probe).map(|vintage| (*format, vintage)));
    first().or_else(|| {
        probe.lenient.set(true);
        let found = first();
        probe.lenient.set(false);
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_read_in_names() {
        let year = |name: &str| {
            let file = InputFile::in_memory(name, [b'x']);
            Probe::new(&file).unwrap().year_in_name()
        };
        assert_eq!(year("communes/insee_populations_legales_2021.csv"), Some(2021));
        assert_eq!(year("2024/communes.csv"), None, "folders do not date a file");
        assert_eq!(year("id_20240101_x.csv"), None);
        assert_eq!(year("apl_2016_2018.csv"), Some(2016));
    }

    #[test]
    fn headers_are_seen_through_byte_order_marks_and_delimiters() {
        let file = InputFile::in_memory("x.csv", *b"\xEF\xBB\xBFCODGEO;\"LIBGEO\";REG\n1;2;3\n");
        let probe = Probe::new(&file).unwrap();
        assert!(probe.has_columns(&["CODGEO", "LIBGEO"]));
        assert!(!probe.has_columns(&["COM"]));
    }
}
