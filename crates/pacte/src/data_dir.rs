//! What is kept, and how it changes: every file is written whole or not at all, and the pointer to the territory in use
//! moves last. A command that fails or is killed leaves the directory as it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use pacte_access::atlas::Atlas;
use pacte_access::compute::{AccessResults, ComputeOptions, compute};
use pacte_territory::sealed::{Seal, sweep, write_atomically};
use pacte_territory::snapshot::{self, Snapshot};
use pacte_territory::{Territory, TerritoryParts};

use crate::settings::{self, Settings};

/// Kind and version of files of computed access.
const ACCESS_SEAL: Seal = Seal { magic: b"PACTEACC", format: 1 };

/// A data directory, which may not exist yet.
#[derive(Debug)]
pub(crate) struct DataDir {
    root: PathBuf,
}

/// A territory with its access computed.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The territory, which the atlas holds too.
    pub(crate) territory: Arc<Territory>,
    /// Every figure at every level.
    pub(crate) atlas: Arc<Atlas>,
    /// The computation, with the methods and travel times it used.
    pub(crate) access: AccessResults,
    /// Version of territory and computation together, for addresses and caches.
    pub(crate) version: String,
}

impl DataDir {
    /// Opens a directory and removes what a killed process left half-written.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        if root.exists() && !root.is_dir() {
            bail!("{} n’est pas un dossier : choisissez-en un autre avec --data", root.display());
        }
        let dir = Self { root: root.to_owned() };
        for part in [dir.territories(), dir.accesses()] {
            sweep(&part).with_context(|| part.display().to_string())?;
        }
        Ok(dir)
    }

    /// The directory itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Its settings.
    pub(crate) fn settings(&self) -> Result<Settings> {
        Settings::read(&self.root)
    }

    fn territories(&self) -> PathBuf {
        self.root.join("territory")
    }

    fn accesses(&self) -> PathBuf {
        self.root.join("access")
    }

    fn pointer(&self) -> PathBuf {
        self.territories().join("current")
    }

    /// Snapshot in use, `None` when nothing was imported yet.
    pub(crate) fn current(&self) -> Result<Option<Snapshot>> {
        let name = match fs::read_to_string(self.pointer()) {
            Ok(name) => name,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| self.pointer().display().to_string()),
        };
        Ok(Some(snapshot::read(&self.territories().join(name.trim()))?))
    }

    /// Makes these parts the territory in use; returns the snapshot's hash.
    pub(crate) fn replace_territory(&self, parts: &TerritoryParts) -> Result<String> {
        let (path, hash) = snapshot::write(&self.territories(), parts)?;
        let settings = self.root.join("pacte.toml");
        if !settings.exists() {
            write_atomically(&settings, settings::DEFAULT.as_bytes())
                .with_context(|| settings.display().to_string())?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        write_atomically(&self.pointer(), name.as_bytes()).with_context(|| self.pointer().display().to_string())?;
        Ok(hash)
    }

    /// The snapshot in use, or what to do to have one.
    pub(crate) fn require(&self) -> Result<Snapshot> {
        self.current()?.with_context(|| {
            format!(
                "{} ne contient pas encore de territoire : lancez « pacte demo » (territoire d’entraînement) ou « pacte import DOSSIER » (fichiers officiels)",
                self.root.display()
            )
        })
    }

    /// Access over a territory: read when it was computed with these options, else computed and kept.
    fn access(&self, territory: &Territory, hash: &str, options: &ComputeOptions) -> Result<AccessResults> {
        let path = self.accesses().join(format!("{hash}-{}.acces", options.fingerprint(territory)));
        if let Ok(bytes) = fs::read(&path) {
            match ACCESS_SEAL.decode(&bytes) {
                Ok((results, _)) => return Ok(results),
                // It can always be computed again: say so and go on.
                Err(problem) => eprintln!("{} : {problem} ; l’accès est recalculé.", path.display()),
            }
        }
        let results = compute(territory, options)?;
        let (bytes, _) = ACCESS_SEAL.encode(&results);
        write_atomically(&path, &bytes).with_context(|| path.display().to_string())?;
        Ok(results)
    }

    /// The territory in use with its access, ready to answer.
    pub(crate) fn atlas(&self) -> Result<Opened> {
        self.atlas_with(&ComputeOptions::default())
    }

    /// The same, computed with other methods.
    pub(crate) fn atlas_with(&self, options: &ComputeOptions) -> Result<Opened> {
        let Snapshot { territory, hash, .. } = self.require()?;
        let access = self.access(&territory, &hash, options)?;
        let fingerprint = options.fingerprint(&territory);
        let territory = Arc::new(territory);
        Ok(Opened {
            atlas: Arc::new(Atlas::new(Arc::clone(&territory), access.columns.clone())),
            territory,
            access,
            version: format!("{}{}", &hash[..8], &fingerprint[..8]),
        })
    }
}
