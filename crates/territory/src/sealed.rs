//! Files that are written once, whole or not at all, and checked before they are believed.
//!
//! Layout: 8 bytes that name the kind, format version (u32, little-endian), length of the payload (u64), BLAKE3 of the
//! payload (32 bytes), then the payload in postcard encoding.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

const HEADER: usize = 8 + 4 + 8 + 32;
/// Prefix of files being written; one left by a killed process is no content and may be deleted.
const PARTIAL: &str = ".partiel-";

/// A kind of file and the version of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Eight bytes at the head of every file of the kind.
    pub magic: &'static [u8; 8],
    /// Raised at each change of the content's type: an older file is refused, never misread.
    pub format: u32,
}

impl Seal {
    /// Bytes of a file that holds `value`, and the first 16 hexadecimal digits of the content hash. The same value
    /// always gives the same bytes.
    ///
    /// # Panics
    /// When the value has no postcard encoding (a map with an unknown length), which no type of ours is.
    pub fn encode<T: Serialize>(self, value: &T) -> (Vec<u8>, String) {
        // Encoded where it will stay: the roads of a country are a gigabyte, which need not be held twice.
        let mut bytes = postcard::to_extend(value, vec![0; HEADER]).expect("sealed types have an encoding");
        let (header, payload) = bytes.split_at_mut(HEADER);
        let hash = blake3::hash(payload);
        header[..8].copy_from_slice(self.magic);
        header[8..12].copy_from_slice(&self.format.to_le_bytes());
        header[12..20].copy_from_slice(&(payload.len() as u64).to_le_bytes());
        header[20..].copy_from_slice(hash.as_bytes());
        (bytes, hash.to_hex()[..16].to_owned())
    }

    /// The value a file holds, and its hash, after checking kind, version, length and hash.
    ///
    /// # Errors
    /// What is wrong with the bytes, in French, without the file's name.
    pub fn decode<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<(T, String), String> {
        let header = bytes.get(..HEADER).ok_or("le fichier est plus court que son en-tête")?;
        if &header[..8] != self.magic {
            return Err("ce n’est pas un fichier de ce type".to_owned());
        }
        let format = u32::from_le_bytes(header[8..12].try_into().expect("four bytes"));
        if format != self.format {
            return Err(format!(
                "le format {format} vient d’une autre version de Pacte (celle-ci lit le format {})",
                self.format
            ));
        }
        let length = u64::from_le_bytes(header[12..20].try_into().expect("eight bytes"));
        let payload = &bytes[HEADER..];
        if payload.len() as u64 != length {
            return Err(format!(
                "{} octets de contenu quand l’en-tête en annonce {length} : le fichier est tronqué",
                payload.len()
            ));
        }
        let hash = blake3::hash(payload);
        if hash.as_bytes() != &header[20..52] {
            return Err("le contenu ne répond pas à sa somme de contrôle : le fichier a été altéré".to_owned());
        }
        let value = postcard::from_bytes(payload).map_err(|error| format!("contenu indéchiffrable ({error})"))?;
        Ok((value, hash.to_hex()[..16].to_owned()))
    }
}

/// Writes a file that appears whole or not at all: written beside its final name, flushed, then renamed.
///
/// # Errors
/// When the file system refuses; the partial file is then removed.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = dir.join(format!("{PARTIAL}{name}.{}", std::process::id()));
    fs::create_dir_all(dir)?;
    let result = (|| {
        let mut file = fs::File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    })();
    if result.is_err() {
        // The partial file may not even exist; the first error is the one to tell.
        let _ = fs::remove_file(&partial);
    }
    result
}

/// Removes what a killed process left half-written in a directory at least `age` ago; an absent directory has nothing to
/// remove. What is younger may be being written by another process.
///
/// # Errors
/// When the directory cannot be listed or a file cannot be removed.
pub fn sweep(dir: &Path, age: Duration) -> io::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(PARTIAL) {
            continue;
        }
        // One that disappears in between was being written; a clock set back makes none old.
        let Ok(written) = entry.metadata().and_then(|metadata| metadata.modified()) else { continue };
        if age.is_zero() || written.elapsed().is_ok_and(|elapsed| elapsed >= age) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
