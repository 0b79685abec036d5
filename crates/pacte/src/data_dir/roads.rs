//! The road networks of a data directory: `roads/<hash>/` holds the ways as they were read (`voies`), one prepared network
//! per profile (`car.routes`) with the text of the profile (`car.yaml`), and what the import gave (`rapport.json`). A folder
//! is written under another name, renamed once whole, and never changes; `roads/current` names the one in use and moves
//! last. The same extracts and profiles always give the same folder, to the byte.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use pacte_roads::build::BuildReport;
use pacte_roads::network::Network;
use pacte_roads::osm::{ExtractReport, Ways};
use pacte_roads::profile::SpeedProfile;
use pacte_territory::Nature;
use pacte_territory::sealed::{Seal, write_atomically};
use serde::{Deserialize, Serialize};

/// Kind and version of files of ways.
const WAYS_SEAL: Seal = Seal { magic: b"PACTEVOI", format: 1 };
const WAYS: &str = "voies";
const REPORT: &str = "rapport.json";
/// Prefix of folders being written; their lock is beside them, so that nobody sweeps what is still being written.
const PARTIAL: &str = ".partiel-";
const LOCK: &str = "verrou";
/// How the extract of the training territory begins to say where it comes from.
const FICTIONAL: &str = "territoire d’entraînement";

/// What an import of roads gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RoadReport {
    /// Files read.
    pub(crate) extract: ExtractReport,
    /// Checksum of the ways.
    pub(crate) ways: String,
    /// Networks, in the order of their profiles' names.
    pub(crate) profiles: Vec<ProfileReport>,
}

impl RoadReport {
    /// Whether the roads are those of the training territory.
    pub(crate) fn is_fictional(&self) -> bool {
        let told = self.extract.files.iter().filter_map(|file| file.source.as_deref());
        told.into_iter().any(|source| source.starts_with(FICTIONAL))
    }

    /// Real roads under real communes, fictional ones under fictional communes: both lie on the same map.
    pub(crate) fn suits(&self, nature: Nature) -> bool {
        self.is_fictional() == (nature == Nature::Training)
    }

    fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.ways.as_bytes());
        for profile in &self.profiles {
            hasher.update(format!("\0{}\0{}\0{}", profile.id, profile.network, profile.text).as_bytes());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }
}

/// What one profile made of the ways.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ProfileReport {
    /// Its name: `car`.
    pub(crate) id: String,
    /// Its French title.
    pub(crate) label: String,
    /// Checksum of what it says.
    pub(crate) fingerprint: String,
    /// Checksum of its text.
    pub(crate) text: String,
    /// Checksum of its network.
    pub(crate) network: String,
    /// Size of its file.
    pub(crate) bytes: u64,
    /// What building gave.
    pub(crate) built: BuildReport,
}

impl ProfileReport {
    /// Of a network that is not written.
    pub(crate) fn of(network: &Network, text: &str) -> Self {
        let about = network.about();
        Self {
            id: about.profile.clone(),
            label: about.label.clone(),
            fingerprint: about.fingerprint.clone(),
            text: blake3::hash(text.as_bytes()).to_hex()[..16].to_owned(),
            network: String::new(),
            bytes: 0,
            built: about.built.clone(),
        }
    }
}

/// `roads/` of a data directory.
#[derive(Debug)]
pub(crate) struct RoadStore {
    root: PathBuf,
}

/// The networks in use.
#[derive(Debug)]
pub(crate) struct Roads {
    folder: PathBuf,
    /// What was imported.
    pub(crate) report: RoadReport,
}

impl RoadStore {
    /// The store under a data directory; nothing is created before something is written.
    pub(crate) fn new(data: &Path) -> Self {
        Self { root: data.join("roads") }
    }

    fn pointer(&self) -> PathBuf {
        self.root.join("current")
    }

    /// Whether roads were imported.
    pub(crate) fn is_there(&self) -> bool {
        self.pointer().exists()
    }

    /// Removes what killed imports left, unless they are still at work: drafts, and whole folders that no pointer names.
    pub(crate) fn sweep(&self) -> Result<()> {
        if !self.root.exists() {
            return Ok(());
        }
        let remove = |path: &Path| {
            let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            removed.with_context(|| path.display().to_string())
        };
        let mut at_work = false;
        let mut folders = Vec::new();
        for entry in fs::read_dir(&self.root).with_context(|| self.root.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(owner) = name.strip_prefix(PARTIAL) else {
                folders.extend((path.is_dir() && is_hash(&name)).then_some(name));
                continue;
            };
            let owner = owner.strip_suffix(&format!(".{LOCK}")).unwrap_or(owner);
            if is_at_work(&self.root.join(format!("{PARTIAL}{owner}.{LOCK}"))) {
                at_work = true;
            } else {
                remove(&path)?;
            }
        }
        // Killed between the renaming of its folder and the move of the pointer, or before the former folder went.
        let used = match fs::read_to_string(self.pointer()) {
            Ok(name) => name.trim().to_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| self.pointer().display().to_string()),
        };
        for name in folders.iter().filter(|name| !at_work && **name != used) {
            remove(&self.root.join(name))?;
        }
        Ok(())
    }

    /// The networks in use, `None` when no road was imported.
    pub(crate) fn current(&self) -> Result<Option<Roads>> {
        let name = match fs::read_to_string(self.pointer()) {
            Ok(name) => name,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| self.pointer().display().to_string()),
        };
        let folder = self.root.join(name.trim());
        let path = folder.join(REPORT);
        let again = || format!("{} : illisible ; refaites-le par « pacte import roads FICHIER »", path.display());
        let text = fs::read(&path).with_context(again)?;
        let report = serde_json::from_slice(&text).with_context(again)?;
        Ok(Some(Roads { folder, report }))
    }

    /// The networks in use, or what to do to have some.
    pub(crate) fn require(&self) -> Result<Roads> {
        self.current()?.context(
            "aucune route n’est importée : lancez « pacte import roads FICHIER.osm.pbf » (extraits OpenStreetMap, par exemple de download.geofabrik.de)",
        )
    }

    /// A folder to fill.
    pub(crate) fn draft(&self) -> Result<Draft> {
        fs::create_dir_all(&self.root).with_context(|| self.root.display().to_string())?;
        let folder = self.root.join(format!("{PARTIAL}{}", std::process::id()));
        let path = folder.with_extension(LOCK);
        let lock = File::create(&path).with_context(|| path.display().to_string())?;
        lock.lock().with_context(|| path.display().to_string())?;
        let draft = Draft { root: self.root.clone(), folder, _lock: lock, ways: String::new(), profiles: Vec::new() };
        fs::create_dir(&draft.folder).with_context(|| draft.folder.display().to_string())?;
        Ok(draft)
    }
}

/// Whether a folder is named as imports name theirs.
fn is_hash(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether the process that made a lock still holds it.
fn is_at_work(lock: &Path) -> bool {
    File::open(lock).is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

impl Roads {
    /// Opens the network of a profile, after checking all of its file.
    pub(crate) fn network(&self, profile: &str) -> Result<(Network, String)> {
        let found = self.report.profiles.iter().find(|kept| kept.id == profile).with_context(|| {
            let known: Vec<&str> = self.report.profiles.iter().map(|kept| kept.id.as_str()).collect();
            format!(
                "aucun réseau n’est préparé pour le profil « {profile} » : choisissez parmi {}, ou ajoutez-le par « pacte roads reweigh --profile {profile} »",
                known.join(", ")
            )
        })?;
        let path = self.folder.join(network_file(&found.id));
        let (network, hash) = Network::open(&path)?;
        ensure!(
            hash == found.network,
            "{} : ce n’est pas le réseau que l’import a écrit ; refaites-le par « pacte import roads FICHIER »",
            path.display()
        );
        Ok((network, hash))
    }

    /// The ways, as the extracts gave them.
    pub(crate) fn ways(&self) -> Result<Ways> {
        let path = self.folder.join(WAYS);
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        match WAYS_SEAL.decode(&bytes) {
            Ok((ways, _)) => Ok(ways),
            Err(problem) => {
                bail!("{} : {problem} ; refaites-le par « pacte import roads FICHIER »", path.display())
            }
        }
    }

    /// Folder of the files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

fn network_file(profile: &str) -> String {
    format!("{profile}.routes")
}

fn text_file(profile: &str) -> String {
    format!("{profile}.yaml")
}

/// A folder being filled: nothing of it is left unless it is finished.
#[derive(Debug)]
pub(crate) struct Draft {
    root: PathBuf,
    folder: PathBuf,
    _lock: File,
    ways: String,
    profiles: Vec<ProfileReport>,
}

impl Draft {
    /// Writes the ways.
    pub(crate) fn ways(&mut self, ways: &Ways) -> Result<()> {
        let (bytes, hash) = WAYS_SEAL.encode(ways);
        let path = self.folder.join(WAYS);
        write_atomically(&path, &bytes).with_context(|| path.display().to_string())?;
        self.ways = hash;
        Ok(())
    }

    /// Writes a prepared network and the text of its profile.
    pub(crate) fn network(&mut self, network: &Network, profile: &SpeedProfile, text: &str) -> Result<&ProfileReport> {
        let path = self.folder.join(network_file(&profile.id));
        let hash = network.save(&path)?;
        let bytes = fs::metadata(&path).with_context(|| path.display().to_string())?.len();
        let path = self.folder.join(text_file(&profile.id));
        write_atomically(&path, text.as_bytes()).with_context(|| path.display().to_string())?;
        self.profiles.push(ProfileReport { network: hash, bytes, ..ProfileReport::of(network, text) });
        Ok(&self.profiles[self.profiles.len() - 1])
    }

    /// Keeps the ways of networks in use, and their profiles but those named.
    pub(crate) fn keep(&mut self, roads: &Roads, but: &[&str]) -> Result<()> {
        let keep = |name: &str| {
            let (from, to) = (roads.folder.join(name), self.folder.join(name));
            // Files never change: a second name is as good as a copy, where the file system has second names.
            fs::hard_link(&from, &to)
                .or_else(|_| fs::copy(&from, &to).map(drop))
                .with_context(|| from.display().to_string())
        };
        keep(WAYS)?;
        for profile in roads.report.profiles.iter().filter(|profile| !but.contains(&profile.id.as_str())) {
            keep(&network_file(&profile.id))?;
            keep(&text_file(&profile.id))?;
            self.profiles.push(profile.clone());
        }
        self.ways.clone_from(&roads.report.ways);
        Ok(())
    }

    /// Puts the folder under its name, moves the pointer, and removes the folders it replaces. Returns the name.
    pub(crate) fn finish(mut self, extract: ExtractReport) -> Result<(String, RoadReport)> {
        self.profiles.sort_by(|a, b| a.id.cmp(&b.id));
        let report = RoadReport { extract, ways: self.ways.clone(), profiles: std::mem::take(&mut self.profiles) };
        let text = serde_json::to_string_pretty(&report)?;
        write_atomically(&self.folder.join(REPORT), text.as_bytes())
            .with_context(|| self.folder.display().to_string())?;
        let name = report.hash();
        let target = self.root.join(&name);
        // A folder of this name holds the same files, unless they were damaged since: the new ones are known to be right.
        if target.exists() {
            let old = self.root.join(format!("{PARTIAL}ancien-{}", std::process::id()));
            fs::rename(&target, &old).with_context(|| target.display().to_string())?;
            fs::rename(&self.folder, &target).with_context(|| target.display().to_string())?;
            fs::remove_dir_all(&old).with_context(|| old.display().to_string())?;
        } else {
            fs::rename(&self.folder, &target).with_context(|| target.display().to_string())?;
        }
        let pointer = self.root.join("current");
        write_atomically(&pointer, name.as_bytes()).with_context(|| pointer.display().to_string())?;
        // A network of a country takes gigabytes and can be made again from its extracts: only the one in use is kept.
        // A portal that shows the former one keeps it mapped until it stops.
        for entry in fs::read_dir(&self.root).with_context(|| self.root.display().to_string())? {
            let path = entry?.path();
            let is_former = path.file_name().is_some_and(|name| is_hash(&name.to_string_lossy()));
            if path.is_dir() && path != target && is_former {
                fs::remove_dir_all(&path).with_context(|| path.display().to_string())?;
            }
        }
        Ok((name, report))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Once finished the folder has another name. What cannot be removed now is swept by the next command.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_file(self.folder.with_extension(LOCK));
        // Only a store that nothing was ever put in is empty.
        let _ = fs::remove_dir(&self.root);
    }
}
