//! The file that holds a territory: written once, never changed, named by the hash of its content.
//!
//! Layout: 8 bytes of magic, format version (u32, little-endian), length of the payload (u64), BLAKE3 of the payload
//! (32 bytes), then the payload: [`TerritoryParts`] in postcard encoding. Reading checks all four before decoding.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::territory::{Territory, TerritoryError, TerritoryParts};

const MAGIC: &[u8; 8] = b"PACTETER";
/// Raised at each change of [`TerritoryParts`]: an older file is refused with what to do, never misread.
const FORMAT: u32 = 1;
const HEADER: usize = 8 + 4 + 8 + 32;
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
    #[error("{path}: {source}")]
    Io {
        /// File concerned.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not one of our files, cut short, or altered.
    #[error("{path}: {problem}; import the source files again (pacte import FOLDER, or pacte demo)")]
    Damaged {
        /// File concerned.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The content does not make a territory.
    #[error("{path}: {source}")]
    Territory {
        /// File concerned.
        path: String,
        /// What is wrong with it.
        source: TerritoryError,
    },
}

/// Encodes parts as a snapshot file's bytes, with the first 16 hexadecimal digits of the content hash.
///
/// The same parts always give the same bytes.
///
/// # Panics
/// Never in practice: every part has a postcard encoding.
pub fn encode(parts: &TerritoryParts) -> (Vec<u8>, String) {
    let payload = postcard::to_stdvec(parts).expect("every part of a territory has an encoding");
    let hash = blake3::hash(&payload);
    let mut bytes = Vec::with_capacity(HEADER + payload.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(hash.as_bytes());
    bytes.extend_from_slice(&payload);
    (bytes, hash.to_hex()[..16].to_owned())
}

/// Writes a snapshot into `dir` and returns its path and hash. A file of the same content is left as it is.
///
/// The file appears whole or not at all: it is written beside its final name, flushed, then renamed.
///
/// # Errors
/// When the file system refuses.
pub fn write(dir: &Path, parts: &TerritoryParts) -> Result<(PathBuf, String), SnapshotError> {
    let (bytes, hash) = encode(parts);
    let path = dir.join(format!("{hash}.{EXTENSION}"));
    if path.exists() {
        return Ok((path, hash));
    }
    let partial = dir.join(format!(".{hash}.{EXTENSION}.{}", std::process::id()));
    let result = (|| {
        fs::create_dir_all(dir)?;
        let mut file = fs::File::create(&partial)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&partial, &path)
    })();
    result.map_err(|source| {
        // The partial file may not even exist; the first error is the one to tell.
        let _ = fs::remove_file(&partial);
        SnapshotError::Io { path: path.display().to_string(), source }
    })?;
    Ok((path, hash))
}

/// Reads a snapshot, checking magic, version, length and hash.
///
/// # Errors
/// When the file is missing, of another format version, cut short or altered.
pub fn read(path: &Path) -> Result<Snapshot, SnapshotError> {
    let name = || path.display().to_string();
    let bytes = fs::read(path).map_err(|source| SnapshotError::Io { path: name(), source })?;
    let (parts, hash) = decode(&bytes).map_err(|problem| SnapshotError::Damaged { path: name(), problem })?;
    let territory = Territory::assemble(parts).map_err(|source| SnapshotError::Territory { path: name(), source })?;
    Ok(Snapshot { territory, hash, path: path.to_owned() })
}

fn decode(bytes: &[u8]) -> Result<(TerritoryParts, String), String> {
    let header = bytes.get(..HEADER).ok_or("the file is shorter than its header")?;
    if &header[..8] != MAGIC {
        return Err("this is not a territory snapshot".to_owned());
    }
    let format = u32::from_le_bytes(header[8..12].try_into().expect("four bytes"));
    if format != FORMAT {
        return Err(format!(
            "format {format} was written by another version of Pacte (this one reads format {FORMAT})"
        ));
    }
    let length = u64::from_le_bytes(header[12..20].try_into().expect("eight bytes"));
    let payload = &bytes[HEADER..];
    if payload.len() as u64 != length {
        return Err(format!(
            "{} bytes of content where the header announces {length}: the file is truncated",
            payload.len()
        ));
    }
    let hash = blake3::hash(payload);
    if hash.as_bytes() != &header[20..52] {
        return Err("the content does not match its checksum: the file was altered".to_owned());
    }
    let parts = postcard::from_bytes(payload).map_err(|error| format!("undecodable content ({error})"))?;
    Ok((parts, hash.to_hex()[..16].to_owned()))
}
