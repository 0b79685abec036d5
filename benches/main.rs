//! The figures the project holds itself to, each beside its bar, and beside its peer in the same run where it has one.
//!
//! `make bench` (or `scripts/bench`) builds in release, installs the peers and runs this over the real files.
//! An argument keeps only the measures whose name contains it: `scripts/bench apl`.

mod aids;
mod apl;
mod imports;
mod portal;
mod process;
mod siting;
mod whatif;
mod zoning;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pacte_territory::{Territory, snapshot};

/// One line of the result.
pub(crate) struct Measure {
    /// What was measured.
    pub(crate) what: String,
    /// The bar, in words.
    pub(crate) bar: String,
    /// What was found, in words.
    pub(crate) found: String,
    /// Whether the bar is reached.
    pub(crate) reached: bool,
}

/// Where the benchmarks work.
pub(crate) struct Ground {
    /// The real files.
    pub(crate) files: PathBuf,
    /// A data directory where they are imported.
    pub(crate) data: PathBuf,
    /// Scratch space.
    pub(crate) scratch: PathBuf,
}

impl Ground {
    /// The imported territory.
    pub(crate) fn territory(&self) -> Territory {
        let folder = self.data.join("territory");
        let name = std::fs::read_to_string(folder.join("current")).expect("an imported territory");
        snapshot::read(&folder.join(name.trim())).expect("a readable snapshot").territory
    }
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let files = std::env::var_os("PACTE_REAL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    if !files.is_dir() {
        eprintln!("DONNÉES RÉELLES ABSENTES ({}) : rien n’est mesuré.", files.display());
        return ExitCode::FAILURE;
    }
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let ground = Ground { files, data: scratch.path().join("pacte"), scratch: scratch.path().to_owned() };

    let keep = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    let mut measures = Vec::new();
    // The import comes first and always: the others stand on it.
    measures.extend(imports::measure(&ground));
    if keep("chargement") {
        measures.extend(imports::loading(&ground));
    }
    if keep("apl") {
        measures.extend(apl::measure(&ground));
    }
    if keep("sites") {
        measures.extend(siting::measure(&ground));
    }
    if keep("zonage") {
        measures.extend(zoning::measure(&ground));
    }
    if keep("simuler") {
        measures.extend(whatif::measure(&ground));
    }
    if keep("aides") {
        measures.extend(aids::measure(&ground));
    }
    if keep("portail") {
        measures.extend(portal::measure(&ground));
    }

    println!("\n{:<58} {:<34} {:<44} ", "mesure", "barre", "trouvé");
    for measure in &measures {
        let mark = if measure.reached { "oui" } else { "NON" };
        println!("{:<58} {:<34} {:<44} {mark}", measure.what, measure.bar, measure.found);
    }
    ExitCode::SUCCESS
}
