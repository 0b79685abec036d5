//! What is kept, and how it changes: every file is written whole or not at all, and the pointer to the territory in use
//! moves last. A command that fails or is killed leaves the directory as it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use pacte_access::atlas::Atlas;
use pacte_access::compute::{AccessResults, ComputeOptions, Roads, compute};
use pacte_access::ground::Ground;
use pacte_access::method::ActivityRule;
use pacte_roads::network::Network;
use pacte_territory::sealed::{Seal, sweep, write_atomically};
use pacte_territory::snapshot::{self, Snapshot};
use pacte_territory::{Territory, TerritoryParts};

use crate::cli::Travel;
use crate::commands::roads::unsuited;
use crate::settings::{self, Settings};

mod roads;

pub(crate) use roads::{ProfileReport, RoadReport, RoadStore};

/// Kind and version of files of computed access.
const ACCESS_SEAL: Seal = Seal { magic: b"PACTEACC", format: 1 };

/// Profile by which figures are computed.
const PROFILE: &str = "car";

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
    /// With which methods and roads it was made.
    pub(crate) options: ComputeOptions,
    /// Hash of the territory's snapshot.
    pub(crate) hash: String,
    /// Version of territory and computation together, for addresses and caches.
    pub(crate) version: String,
}

impl Opened {
    /// The car network, when one was imported that suits the territory.
    pub(crate) fn roads(&self) -> Option<&Arc<Network>> {
        self.options.roads.as_ref().map(|roads| &roads.network)
    }
}

impl DataDir {
    /// Opens a directory and removes what a killed process left half-written.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        if root.exists() && !root.is_dir() {
            bail!("{} n’est pas un dossier : choisissez-en un autre avec --data", root.display());
        }
        let dir = Self { root: root.to_owned() };
        for part in [dir.territories(), dir.accesses()] {
            sweep(&part, Duration::ZERO).with_context(|| part.display().to_string())?;
        }
        dir.roads().sweep()?;
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

    /// Its road networks.
    pub(crate) fn roads(&self) -> RoadStore {
        RoadStore::new(&self.root)
    }

    /// Roads by which to compute over a territory. Asked for, their absence is an error; else the model does without
    /// them, and whatever keeps existing ones from being used is said.
    fn roads_for(&self, territory: &Territory, travel: Option<Travel>) -> Result<Option<Roads>> {
        if travel == Some(Travel::Model) {
            return Ok(None);
        }
        let open = || {
            let roads = self.roads().require()?;
            let report = &roads.report;
            if !report.suits(territory.meta.nature) {
                bail!(unsuited(&territory.meta.name, report.is_fictional()));
            }
            let (network, hash) = roads.network(PROFILE)?;
            anyhow::Ok(Roads { network: Arc::new(network), hash })
        };
        if travel.is_none() && !self.roads().is_there() {
            return Ok(None);
        }
        match open() {
            Ok(roads) => Ok(Some(roads)),
            Err(error) if travel == Some(Travel::Roads) => Err(error),
            // A portal that stays shut helps nobody: the model answers, and the page says that it does.
            Err(error) => {
                let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
                eprintln!("ATTENTION : les temps de trajet sont ceux du modèle. {}", causes.join(" : "));
                Ok(None)
            }
        }
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
    fn access(&self, territory: &Arc<Territory>, hash: &str, options: &ComputeOptions) -> Result<AccessResults> {
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
        self.atlas_by(None)
    }

    /// The same, with the travel times asked for.
    pub(crate) fn atlas_by(&self, travel: Option<Travel>) -> Result<Opened> {
        self.atlas_with(ActivityRule::PreviousVintage, travel)
    }

    /// The same, with another rule for the activity of practitioners.
    pub(crate) fn atlas_with(&self, rule: ActivityRule, travel: Option<Travel>) -> Result<Opened> {
        let Snapshot { territory, hash, .. } = self.require()?;
        let roads = self.roads_for(&territory, travel)?;
        let options = ComputeOptions { roads, ..ComputeOptions::with_activity(rule) };
        let territory = Arc::new(territory);
        let access = self.access(&territory, &hash, &options)?;
        let fingerprint = options.fingerprint(&territory);
        Ok(Opened {
            atlas: Arc::new(Atlas::new(Arc::clone(&territory), access.columns.clone())),
            territory,
            access,
            version: format!("{}{}", &hash[..8], &fingerprint[..8]),
            options,
            hash,
        })
    }

    /// The territory in use ready for simulations, with its hash.
    pub(crate) fn ground(&self, travel: Option<Travel>) -> Result<(Arc<Ground>, String)> {
        let Snapshot { territory, hash, .. } = self.require()?;
        let roads = self.roads_for(&territory, travel)?;
        let options = ComputeOptions { roads, ..ComputeOptions::default() };
        Ok((Arc::new(Ground::new(Arc::new(territory), &options)?), hash))
    }

    /// Where scenarios, drafts and published layers are kept.
    pub(crate) fn decisions(&self) -> PathBuf {
        self.root.join("decisions")
    }
}
