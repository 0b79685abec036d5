//! One file per prepared network: named sections behind a checked header, laid out so that it is used where it lies.
//!
//! Layout, little-endian: 8 bytes that name the kind, format version (u32), number of sections (u32), length of the file
//! (u64), BLAKE3 of all that follows the header (32 bytes), 8 zeros; then one entry per section (16 bytes of name, offset
//! and length as u64); then the sections, each at a multiple of 64. A file is written beside its name and renamed: it is
//! there whole or not at all, and never changes, which is what mapping it into memory asks for.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use bytemuck::Pod;

use crate::block::{Block, Mapping};

const MAGIC: &[u8; 8] = b"PACTEROU";
/// Raised whenever the content of a section changes.
const FORMAT: u32 = 1;
const HEADER: usize = 64;
const ENTRY: usize = 32;
const ALIGN: usize = 64;

#[cfg(target_endian = "big")]
compile_error!("files of road networks are little-endian and used where they lie");

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
#[error("{} : {problem}", path.display())]
pub struct StoreError {
    /// File.
    pub path: PathBuf,
    /// What is wrong and what to do.
    #[source]
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Another kind of file.
    #[error(
        "ce n’est pas un réseau routier préparé par Pacte ; importez l’extrait OpenStreetMap par « pacte import roads FICHIER »"
    )]
    Kind,
    /// Another version of the format.
    #[error(
        "ce réseau est au format {found}, cette version de Pacte lit le format {FORMAT} ; refaites-le par « pacte import roads FICHIER »"
    )]
    Format {
        /// Version found.
        found: u32,
    },
    /// The file stops too early or goes on too long.
    #[error(
        "{found} octets au lieu de {announced} : le fichier est tronqué ; refaites-le par « pacte import roads FICHIER »"
    )]
    Length {
        /// Bytes found.
        found: u64,
        /// Bytes announced.
        announced: u64,
    },
    /// The content is not what was written.
    #[error(
        "la somme de contrôle ne correspond pas : le fichier est abîmé ; refaites-le par « pacte import roads FICHIER »"
    )]
    Damaged,
    /// A section is missing or holds no whole number of values.
    #[error("la partie « {0} » manque ou est illisible ; refaites le réseau par « pacte import roads FICHIER »")]
    Section(String),
}

/// A section to write.
pub(crate) struct Section<'a> {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'a [u8],
}

/// A section made of plain values.
pub(crate) fn section<'a, T: Pod>(name: &'static str, values: &'a [T]) -> Section<'a> {
    Section { name, bytes: bytemuck::cast_slice(values) }
}

/// Writes sections as one file that appears whole or not at all; returns the first 16 hexadecimal digits of its checksum.
pub(crate) fn write(path: &Path, sections: &[Section<'_>]) -> Result<String, StoreError> {
    let fail = |error: io::Error| StoreError { path: path.to_owned(), problem: error.into() };
    let dir = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = dir.join(format!(".partiel-{name}.{}", std::process::id()));
    let result = write_to(&partial, sections).and_then(|hash| fs::rename(&partial, path).map(|()| hash));
    if result.is_err() {
        // It may not even exist; the first error is the one to tell.
        let _ = fs::remove_file(&partial);
    }
    result.map_err(fail)
}

fn write_to(path: &Path, sections: &[Section<'_>]) -> io::Result<String> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    let mut table = Vec::with_capacity(sections.len() * ENTRY);
    let mut offset = (HEADER + sections.len() * ENTRY).next_multiple_of(ALIGN);
    let data_start = offset;
    for section in sections {
        let mut name = [0_u8; 16];
        name[..section.name.len()].copy_from_slice(section.name.as_bytes());
        table.extend_from_slice(&name);
        table.extend_from_slice(&(offset as u64).to_le_bytes());
        table.extend_from_slice(&(section.bytes.len() as u64).to_le_bytes());
        offset = (offset + section.bytes.len()).next_multiple_of(ALIGN);
    }
    table.resize(data_start - HEADER, 0);
    let mut hasher = blake3::Hasher::new();
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    file.write_all(&[0; HEADER])?;
    let mut put = |bytes: &[u8]| {
        hasher.update_rayon(bytes);
        file.write_all(bytes)
    };
    put(&table)?;
    for section in sections {
        put(section.bytes)?;
        put(&[0; ALIGN][..section.bytes.len().next_multiple_of(ALIGN) - section.bytes.len()])?;
    }
    let hash = hasher.finalize();
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&FORMAT.to_le_bytes());
    header.extend_from_slice(&(sections.len() as u32).to_le_bytes());
    header.extend_from_slice(&(offset as u64).to_le_bytes());
    header.extend_from_slice(hash.as_bytes());
    header.resize(HEADER, 0);
    let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header)?;
    file.sync_all()?;
    Ok(hash.to_hex()[..16].to_owned())
}

/// A file whose header and checksum were found right.
pub(crate) struct Checked {
    path: PathBuf,
    mapping: Mapping,
    /// First 16 hexadecimal digits of the checksum.
    pub(crate) hash: String,
}

impl Checked {
    /// Maps a file and checks all of it: kind, version, length, checksum (over 2 GB/s on two cores).
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let fail = |problem: Problem| StoreError { path: path.to_owned(), problem };
        // An empty file cannot be mapped.
        if fs::metadata(path).map_err(|error| fail(error.into()))?.len() < HEADER as u64 {
            return Err(fail(Problem::Kind));
        }
        let mapping = Mapping::open(path).map_err(|error| fail(error.into()))?;
        let bytes = mapping.bytes();
        if &bytes[..8] != MAGIC {
            return Err(fail(Problem::Kind));
        }
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        if word(8) != FORMAT {
            return Err(fail(Problem::Format { found: word(8) }));
        }
        let announced = u64::from_le_bytes(bytes[16..24].try_into().expect("eight bytes"));
        if announced != bytes.len() as u64 {
            return Err(fail(Problem::Length { found: bytes.len() as u64, announced }));
        }
        let hash = blake3::Hasher::new().update_rayon(&bytes[HEADER..]).finalize();
        if hash.as_bytes() != &bytes[24..56] {
            return Err(fail(Problem::Damaged));
        }
        if HEADER + word(12) as usize * ENTRY > bytes.len() {
            return Err(fail(Problem::Section("table".to_owned())));
        }
        Ok(Self { path: path.to_owned(), hash: hash.to_hex()[..16].to_owned(), mapping })
    }

    fn range(&self, name: &str) -> Option<std::ops::Range<usize>> {
        let bytes = self.mapping.bytes();
        let count = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as usize;
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes")) as usize;
        (0..count).map(|entry| HEADER + entry * ENTRY).find_map(|at| {
            let end = bytes[at..at + 16].iter().position(|byte| *byte == 0).unwrap_or(16);
            (&bytes[at..at + end] == name.as_bytes())
                .then(|| number(at + 16)..number(at + 16).saturating_add(number(at + 24)))
        })
    }

    /// A section as values.
    pub(crate) fn block<T: Pod>(&self, name: &'static str) -> Result<Block<T>, StoreError> {
        self.range(name).and_then(|range| Block::map(&self.mapping, range)).ok_or_else(|| self.lacks(name))
    }

    /// A section as bytes.
    pub(crate) fn bytes(&self, name: &'static str) -> Result<&[u8], StoreError> {
        self.range(name).and_then(|range| self.mapping.bytes().get(range)).ok_or_else(|| self.lacks(name))
    }

    /// The error for a section that is missing or senseless.
    pub(crate) fn lacks(&self, name: &str) -> StoreError {
        StoreError { path: self.path.clone(), problem: Problem::Section(name.to_owned()) }
    }
}
