//! What an import did, file by file: rows read, matched, left out and why.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::SourceError;
use crate::input::InputFile;

/// How many examples a reason keeps.
const EXAMPLES: usize = 3;

/// Rows set aside for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Why, in French: `code inconnu au 1er janvier 2024`.
    pub reason: String,
    /// How many rows.
    pub count: u64,
    /// At most three of them: `98818 (ligne 34901)`.
    pub examples: Vec<String>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Its content is in the territory.
    Imported,
    /// Read and found sound, but not used, and why.
    Checked(String),
    /// Known format that this import does not use, and when it will be.
    Later(String),
    /// No reader knows it, and why.
    Unrecognised(String),
    /// Refused.
    Failed(SourceError),
}

/// What was read of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// Path inside the imported folder.
    pub path: String,
    /// Title of the source it was recognised as; empty when it was not.
    pub source: String,
    /// Vintage, as people write it.
    pub vintage: String,
    /// Rows (features, records) read, header excluded.
    pub rows_read: u64,
    /// Rows that found their place in the territory.
    pub matched: u64,
    /// The others, by reason.
    pub left_out: Vec<LeftOut>,
    /// Things worth knowing, one French sentence each (communes without a value, corrections made).
    pub notes: Vec<String>,
    /// BLAKE3 of the content, hexadecimal; empty when the file was not read.
    pub hash: String,
    /// What became of it.
    pub status: Status,
    reasons: BTreeMap<String, usize>,
}

impl FileReport {
    /// An empty report for a file that is being read.
    pub fn new(file: &InputFile) -> Self {
        Self {
            path: file.name.clone(),
            source: file.source.to_owned(),
            vintage: file.vintage_text(),
            rows_read: 0,
            matched: 0,
            left_out: Vec::new(),
            notes: Vec::new(),
            hash: file.hash(),
            status: Status::Imported,
            reasons: BTreeMap::new(),
        }
    }

    /// A report for a file no reader reads.
    pub fn unread(path: impl Into<String>, status: Status) -> Self {
        Self {
            path: path.into(),
            source: String::new(),
            vintage: String::new(),
            rows_read: 0,
            matched: 0,
            left_out: Vec::new(),
            notes: Vec::new(),
            hash: String::new(),
            status,
            reasons: BTreeMap::new(),
        }
    }

    /// Counts a row set aside; `example` is kept for the first three of a reason.
    pub fn leave_out(&mut self, reason: &str, example: impl FnOnce() -> String) {
        let index = *self.reasons.entry(reason.to_owned()).or_insert_with(|| {
            self.left_out.push(LeftOut { reason: reason.to_owned(), count: 0, examples: Vec::new() });
            self.left_out.len() - 1
        });
        let left_out = &mut self.left_out[index];
        left_out.count += 1;
        if left_out.examples.len() < EXAMPLES {
            left_out.examples.push(example());
        }
    }

    /// Adds the rows another report set aside for a reason.
    fn join(&mut self, other: &LeftOut) {
        match self.left_out.iter_mut().find(|left| left.reason == other.reason) {
            Some(left) => {
                left.count += other.count;
                let room = EXAMPLES.saturating_sub(left.examples.len());
                left.examples.extend(other.examples.iter().take(room).cloned());
            }
            None => self.left_out.push(other.clone()),
        }
    }

    /// Adds a remark.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Total of rows set aside.
    pub fn left_out_total(&self) -> u64 {
        self.left_out.iter().map(|reason| reason.count).sum()
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// One report per file of the folder, in the order of paths.
    pub files: Vec<FileReport>,
    /// Remarks about the whole (differences between sources, missing kinds of file), one French sentence each.
    pub notes: Vec<String>,
    /// Road extracts found in the folder, in the order of paths: sound at first sight, left to the road import.
    pub roads: Vec<PathBuf>,
}

impl ImportReport {
    /// Files refused, with their errors.
    pub fn errors(&self) -> impl Iterator<Item = &SourceError> {
        self.files.iter().filter_map(|file| match &file.status {
            Status::Failed(error) => Some(error),
            _ => None,
        })
    }

    /// The files as a closing table shows them: files of one folder, one source and one fate are one line when there are more
    /// than four (contours come in a hundred files); rows add up, reasons and remarks are joined.
    pub fn condensed(&self) -> Vec<FileReport> {
        let folder = |file: &FileReport| file.path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let mut condensed = Vec::new();
        let mut rest = self.files.as_slice();
        while let Some(first) = rest.first() {
            let alike = |file: &&FileReport| {
                folder(file).is_some()
                    && folder(file) == folder(first)
                    && !file.source.is_empty()
                    && (&file.source, &file.vintage, &file.status) == (&first.source, &first.vintage, &first.status)
            };
            let (run, after) = rest.split_at(rest.iter().take_while(alike).count().max(1));
            rest = after;
            if run.len() <= 4 {
                condensed.extend_from_slice(run);
                continue;
            }
            let mut joined = FileReport::unread(
                format!("{}/ ({} fichiers)", folder(first).unwrap_or_default(), run.len()),
                first.status.clone(),
            );
            joined.source.clone_from(&first.source);
            joined.vintage.clone_from(&first.vintage);
            for file in run {
                joined.rows_read += file.rows_read;
                joined.matched += file.matched;
                joined.notes.extend(file.notes.iter().map(|note| format!("{} : {note}", file.path)));
                for left in &file.left_out {
                    joined.join(left);
                }
            }
            condensed.push(joined);
        }
        condensed
    }

    /// Totals over the files that were read: rows read, matched, left out.
    pub fn totals(&self) -> (u64, u64, u64) {
        self.files.iter().fold((0, 0, 0), |(read, matched, left), file| {
            (read + file.rows_read, matched + file.matched, left + file.left_out_total())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(path: &str, source: &str, left_out: u64) -> FileReport {
        let mut report = FileReport::unread(path, Status::Imported);
        source.clone_into(&mut report.source);
        (report.rows_read, report.matched) = (10, 10 - left_out);
        for row in 0..left_out {
            report.leave_out("inconnu", || row.to_string());
        }
        report
    }

    #[test]
    fn examples_are_bounded() {
        let report = report("a.csv", "A", 5);
        assert_eq!((report.left_out[0].count, report.left_out[0].examples.len()), (5, 3));
    }

    #[test]
    fn many_files_of_one_folder_and_source_are_one_line() {
        let mut files: Vec<FileReport> =
            (0..6).map(|i| report(&format!("c/dep{i}.geojson"), "Contours", i % 2)).collect();
        files.push(report("c/other.csv", "Autre", 0));
        files.push(report("d/one.csv", "Contours", 0));
        let whole = ImportReport { files, ..ImportReport::default() };
        let condensed = whole.condensed();
        let paths: Vec<&str> = condensed.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["c/ (6 fichiers)", "c/other.csv", "d/one.csv"]);
        assert_eq!((condensed[0].rows_read, condensed[0].matched, condensed[0].left_out[0].count), (60, 57, 3));
        let totals = ImportReport { files: condensed, ..ImportReport::default() }.totals();
        assert_eq!(totals, whole.totals());
    }
}
