//! The file that holds a territory: written once, never changed, named by the hash of its content.
//!
//! Its layout is that of [`crate::sealed`]; the content is [`TerritoryParts`]. The national territory is read and
//! indexed in about 0.2 s (benchmark `chargement`), so it is decoded rather than mapped: plain vectors, no `unsafe`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sealed::{Seal, write_atomically};
use crate::territory::{Territory, TerritoryError, TerritoryParts};

/// Kind and version of snapshot files.
const SEAL: Seal = Seal { magic: b"PACTETER", format: 2 };
/// Extension of snapshot files.
pub const EXTENSION: &str = "territoire";

/// A territory read from its file.
#[derive(Debug)]
pub struct Snapshot {
    /// The territory.
    pub territory: Territory,
    /// First 16 hexadecimal digits of the content hash: the file's stem, and the version in addresses.
    pub hash: String,
    /// The file.
    pub path: PathBuf,
}

/// Why a snapshot cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file system refused.
    #[error("{path} : {source}")]
    Io {
        /// File concerned.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not one of our files, cut short, or altered.
    #[error("{path} : {problem}. Importez de nouveau les fichiers sources (pacte import DOSSIER, ou pacte demo).")]
    Damaged {
        /// File concerned.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The content does not make a territory.
    #[error("{path} : {source}")]
    Territory {
        /// File concerned.
        path: String,
        /// What is wrong with it.
        source: TerritoryError,
    },
}

/// Writes a snapshot into `dir` and returns its path and hash. A file of the same content is left as it is.
///
/// # Errors
/// When the file system refuses.
pub fn write(dir: &Path, parts: &TerritoryParts) -> Result<(PathBuf, String), SnapshotError> {
    let (bytes, hash) = SEAL.encode(parts);
    let path = dir.join(format!("{hash}.{EXTENSION}"));
    if !path.exists() {
        write_atomically(&path, &bytes)
            .map_err(|source| SnapshotError::Io { path: path.display().to_string(), source })?;
    }
    Ok((path, hash))
}

/// Reads a snapshot, checking kind, version, length and hash.
///
/// # Errors
/// When the file is missing, of another format version, cut short or altered.
pub fn read(path: &Path) -> Result<Snapshot, SnapshotError> {
    let name = || path.display().to_string();
    let bytes = fs::read(path).map_err(|source| SnapshotError::Io { path: name(), source })?;
    let (parts, hash) = SEAL.decode(&bytes).map_err(|problem| SnapshotError::Damaged { path: name(), problem })?;
    drop(bytes);
    let territory = Territory::assemble(parts).map_err(|source| SnapshotError::Territory { path: name(), source })?;
    Ok(Snapshot { territory, hash, path: path.to_owned() })
}
