//! One message per bad input: which file, which line, which column, which value, what is wrong, and what to do.
//!
//! Policy: a reader stops at the first fault that makes its file untrustworthy (missing column, wrong vintage, commune
//! given twice, truncated or badly encoded file) and returns a [`SourceError`]; a row that is merely foreign to the
//! territory is set aside and counted in the [`FileReport`](crate::report::FileReport). Messages are in French, because
//! those who import files read them.

use std::fmt;
use std::ops::Deref;

/// What family of fault an error is, for tests and for grouping in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The system refused to read the file.
    Io,
    /// The file is not UTF-8 text.
    Encoding,
    /// The file ends before its content does.
    Truncated,
    /// The file or its rows exceed the limits.
    TooLarge,
    /// A required column, sheet or field is not there.
    MissingColumn,
    /// A value is not of the expected type or range.
    BadValue,
    /// The structure is not the expected one (number of fields, JSON shape).
    BadStructure,
    /// A commune or key that must be unique comes twice.
    Doubled,
    /// The content belongs to another year than the name says.
    WrongVintage,
    /// The codes are not those of the territory.
    UnknownCode,
    /// Two files bring the same figures.
    Conflict,
}

/// Content of a [`SourceError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorDetail {
    /// Family of fault.
    pub fault: Fault,
    /// Path of the file, relative to the imported folder.
    pub file: String,
    /// Sheet, for workbooks.
    pub sheet: Option<String>,
    /// Line (text) or row (sheet), from 1.
    pub line: Option<u64>,
    /// Column by its name, or by its letter in a sheet.
    pub column: Option<String>,
    /// The value as read.
    pub value: Option<String>,
    /// What is wrong, a French clause without final stop.
    pub problem: String,
    /// What to do, a French sentence.
    pub advice: String,
}

/// Why a file was refused; one sentence that names file, line, column, value, problem and remedy.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceError(Box<ErrorDetail>);

impl std::error::Error for SourceError {}

impl Deref for SourceError {
    type Target = ErrorDetail;

    fn deref(&self) -> &ErrorDetail {
        &self.0
    }
}

/// Longest excerpt of a value that a message repeats, in characters.
const EXCERPT: usize = 60;

impl SourceError {
    /// An error about a whole file; add the place with [`Self::line`], [`Self::column`], [`Self::value`].
    pub fn new(fault: Fault, file: impl Into<String>, problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self(Box::new(ErrorDetail {
            fault,
            file: file.into(),
            sheet: None,
            line: None,
            column: None,
            value: None,
            problem: problem.into(),
            advice: advice.into(),
        }))
    }

    /// Names the sheet.
    #[must_use]
    pub fn sheet(mut self, sheet: impl Into<String>) -> Self {
        self.0.sheet = Some(sheet.into());
        self
    }

    /// Names the line, from 1.
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    /// Names the column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.0.column = Some(column.into());
        self
    }

    /// Repeats the faulty value, shortened when long.
    #[must_use]
    pub fn value(mut self, value: impl AsRef<str>) -> Self {
        let value = value.as_ref();
        let mut excerpt: String = value.chars().take(EXCERPT).collect();
        if excerpt.len() < value.len() {
            excerpt.push('…');
        }
        self.0.value = Some(excerpt);
        self
    }

    /// Says more of what to do: a French sentence, after what is said already.
    #[must_use]
    pub fn advising(mut self, more: &str) -> Self {
        self.0.advice = format!("{} {more}", self.0.advice);
        self
    }

    /// The system refused to read the file.
    pub fn io(file: impl Into<String>, error: &std::io::Error) -> Self {
        Self::new(
            Fault::Io,
            file,
            format!("lecture impossible ({error})"),
            "Vérifiez que le fichier existe et que vous avez le droit de le lire.",
        )
    }

    /// A required column is absent; `found` are the headers that are there.
    pub fn missing_column<S: AsRef<str>>(file: impl Into<String>, column: &str, found: &[S]) -> Self {
        let found: Vec<&str> = found.iter().map(AsRef::as_ref).take(30).collect();
        Self::new(
            Fault::MissingColumn,
            file,
            format!("la colonne n’est pas dans l’en-tête ; colonnes trouvées : {}", found.join(", ")),
            "Téléchargez de nouveau le fichier chez son producteur, sans en changer l’en-tête.",
        )
        .column(column)
    }

    /// The file ends before its content.
    pub fn truncated(file: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::new(
            Fault::Truncated,
            file,
            format!("le fichier est tronqué : {}", problem.into()),
            "Téléchargez-le de nouveau en entier.",
        )
    }

    /// A key that must be unique comes twice; `first` is the line of the first occurrence.
    pub fn doubled(file: impl Into<String>, key: &str, first: u64, line: u64) -> Self {
        Self::new(
            Fault::Doubled,
            file,
            format!("déjà présent à la ligne {first} : ce fichier ne doit donner chaque commune qu’une fois"),
            "Supprimez l’une des deux lignes, ou téléchargez de nouveau le fichier d’origine.",
        )
        .line(line)
        .value(key)
    }

    /// The content is not of the year the name announces.
    pub fn wrong_vintage(file: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::new(
            Fault::WrongVintage,
            file,
            format!("mauvais millésime : {}", problem.into()),
            "Donnez au fichier le nom de son vrai millésime, ou téléchargez le bon.",
        )
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", feuille «\u{a0}{sheet}\u{a0}»")?;
        }
        if let Some(line) = self.line {
            write!(f, ", ligne {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", colonne «\u{a0}{column}\u{a0}»")?;
        }
        if let Some(value) = &self.value {
            write!(f, ", valeur «\u{a0}{value}\u{a0}»")?;
        }
        write!(f, "\u{a0}: {}. {}", self.problem, self.advice)
    }
}

impl fmt::Debug for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Test failures and logs read like the message itself.
        write!(f, "{:?} {self}", self.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_everything_it_knows() {
        let error = SourceError::new(Fault::BadValue, "a/b.csv", "ce n’est pas un nombre", "Corrigez la valeur.")
            .line(12)
            .column("PMUN")
            .value("douze");
        assert_eq!(
            error.to_string(),
            "a/b.csv, ligne 12, colonne «\u{a0}PMUN\u{a0}», valeur «\u{a0}douze\u{a0}»\u{a0}: ce n’est pas un nombre. \
             Corrigez la valeur."
        );
    }

    #[test]
    fn a_long_value_is_shortened_on_a_character() {
        let error = SourceError::truncated("f", "x").value("é".repeat(200));
        assert_eq!(error.value.as_deref().map(|v| v.chars().count()), Some(61));
    }
}
