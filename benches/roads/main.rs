//! The figures the road network is held to, each beside its bar and beside its peers in the same run.
//!
//! `make bench` (or `scripts/bench`) builds in release, installs the peers and runs this after the other benchmarks.
//! An argument keeps only the works whose name contains it: `scripts/bench matrice`; `osrm` adds OSRM
//! on the New York graph, whose preparation takes many minutes. `PACTE_BENCH_NODES` makes the large
//! country smaller (14,400,000 nodes otherwise), for a look on a small machine: its bars are then not those of the table.

mod country;
mod dimacs;
mod exchange;
mod extracts;
mod isochrones;
mod land;
mod national;
mod newyork;
mod shape;
mod streets;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// One line of the result.
pub(crate) struct Row {
    /// What was measured.
    pub(crate) work: String,
    /// The bar, in words; empty for what is only told.
    pub(crate) bar: String,
    /// What was found, in words.
    pub(crate) found: String,
    /// What the peer took, in words.
    pub(crate) peer: String,
    /// How many times slower the peer is.
    pub(crate) ratio: Option<f64>,
    /// Whether the bar is reached; `None` without a bar.
    pub(crate) reached: Option<bool>,
}

impl Row {
    /// A line that only tells.
    pub(crate) fn told(work: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            work: work.into(),
            bar: String::new(),
            found: found.into(),
            peer: String::new(),
            ratio: None,
            reached: None,
        }
    }

    /// A line held to a bar.
    pub(crate) fn held(
        work: impl Into<String>,
        bar: impl Into<String>,
        found: impl Into<String>,
        reached: bool,
    ) -> Self {
        Self { bar: bar.into(), reached: Some(reached), ..Self::told(work, found) }
    }

    /// The same, with a peer's seconds beside ours.
    pub(crate) fn beside(mut self, peer: &str, theirs: f64, ours: f64) -> Self {
        self.peer = format!("{peer} {}", seconds(theirs));
        self.ratio = Some(theirs / ours);
        self
    }
}

/// Seconds as people read them.
pub(crate) fn seconds(value: f64) -> String {
    match value {
        v if v < 1e-3 => format!("{:.0} µs", v * 1e6),
        v if v < 1.0 => format!("{:.2} ms", v * 1e3),
        v => format!("{v:.2} s"),
    }
}

/// Where the benchmarks work.
pub(crate) struct Ground {
    /// The real extracts.
    pub(crate) extracts: PathBuf,
    /// Scratch space.
    pub(crate) scratch: PathBuf,
    words: Vec<String>,
}

impl Ground {
    /// Whether a work is asked for.
    pub(crate) fn wants(&self, work: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| work.contains(word.as_str()))
    }

    /// Whether a work is asked for by its whole name: what is too long for every run.
    pub(crate) fn names(&self, work: &str) -> bool {
        self.words.iter().any(|word| word == work)
    }

    /// An empty folder for a work.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.scratch.join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }
}

fn main() -> ExitCode {
    let words = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let files = std::env::var_os("PACTE_REAL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let extracts = files.join("osm");
    if !extracts.is_dir() {
        eprintln!("DONNÉES RÉELLES ABSENTES ({}) : rien n’est mesuré.", extracts.display());
        return ExitCode::FAILURE;
    }
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let ground = Ground { extracts, scratch: scratch.path().to_owned(), words };

    // The real graphs first, while memory is empty; the country last.
    let works: [fn(&Ground) -> Vec<Row>; 3] = [newyork::measure, extracts::measure, national::measure];
    let mut rows = Vec::new();
    for work in works {
        for row in work(&ground) {
            eprintln!("{} : {} {}", row.work, row.found, row.peer);
            rows.push(row);
        }
    }
    println!("\n{:<64} {:<24} {:<44} {:<24} {:>9}", "mesure", "barre", "trouvé", "pair", "rapport");
    for row in &rows {
        let ratio = row.ratio.map_or(String::new(), |ratio| format!("{ratio:.1} ×"));
        let mark = row.reached.map_or("", |reached| if reached { "oui" } else { "NON" });
        println!("{:<64} {:<24} {:<44} {:<24} {ratio:>9} {mark}", row.work, row.bar, row.found, row.peer);
    }
    ExitCode::SUCCESS
}
