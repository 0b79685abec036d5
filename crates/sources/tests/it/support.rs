//! Where the data are, and a training folder to break.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use pacte_sources::{ImportReport, Options, Silent};
use pacte_territory::{Territory, TerritoryParts};
use tempfile::TempDir;

/// Folder of real data, `None` (said loudly) when it is absent.
pub(crate) fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("PACTE_REAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        // Cargo runs tests in the crate; the variable is relative to the workspace.
        |path| Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path),
    );
    if folder.join("communes").is_dir() {
        return Some(folder);
    }
    eprintln!("REAL DATA ABSENT: {} (set PACTE_REAL_DATA): this test checked nothing", folder.display());
    None
}

/// The territory of the real data, imported once.
pub(crate) fn real() -> Option<&'static (Territory, ImportReport)> {
    static REAL: OnceLock<Option<(Territory, ImportReport)>> = OnceLock::new();
    REAL.get_or_init(|| {
        let folder = real_data()?;
        let (parts, report) = pacte_sources::import(&folder, &Options::default(), &Silent)
            .unwrap_or_else(|error| panic!("the real data do not import: {error}"));
        Some((Territory::assemble(parts).expect("the parts make a territory"), report))
    })
    .as_ref()
}

/// The training territory as official files, generated once.
fn training_files() -> &'static Path {
    static FILES: OnceLock<TempDir> = OnceLock::new();
    FILES
        .get_or_init(|| {
            let folder = TempDir::new().unwrap();
            pacte_sources::training::write_official_files(pacte_sources::training::DEFAULT_SEED, folder.path())
                .unwrap();
            folder
        })
        .path()
}

/// A copy of the training territory's files that a test may break.
pub(crate) struct Folder {
    dir: TempDir,
}

impl Folder {
    pub(crate) fn training() -> Self {
        let dir = TempDir::new().unwrap();
        copy(training_files(), dir.path());
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The only file whose path ends so.
    pub(crate) fn find(&self, ending: &str) -> PathBuf {
        let mut found = Vec::new();
        list(self.path(), &mut found);
        found.retain(|path| path.to_string_lossy().ends_with(ending));
        assert_eq!(found.len(), 1, "{ending}: {found:?}");
        found.remove(0)
    }

    /// Rewrites a file as text.
    pub(crate) fn edit(&self, ending: &str, change: impl Fn(String) -> String) {
        let path = self.find(ending);
        let text = fs::read_to_string(&path).unwrap();
        let changed = change(text.clone());
        assert_ne!(text, changed, "the change of {ending} changed nothing");
        fs::write(path, changed).unwrap();
    }

    /// Rewrites a file as bytes.
    pub(crate) fn edit_bytes(&self, ending: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) {
        let path = self.find(ending);
        fs::write(&path, change(fs::read(&path).unwrap())).unwrap();
    }

    pub(crate) fn import(&self) -> Result<(TerritoryParts, ImportReport), pacte_sources::ImportError> {
        pacte_sources::import(self.path(), &Options::default(), &Silent)
    }
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, found) } else { found.push(path) }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
