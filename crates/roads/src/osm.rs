//! OpenStreetMap extracts become [`Ways`]: every way somebody may travel, with what any profile needs to know of it and
//! nothing else, so that it is read once and weighed as often as speeds change.
//!
//! Extracts given together are stitched by OpenStreetMap identity: the same node is the same place, the same way is kept
//! once, in its longer form when a border clipped it. The result does not depend on the order of the files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::point::Point;

mod merge;
mod pbf;
mod raw;
mod restriction;
mod tags;
mod values;
mod xml;

pub use restriction::{Restriction, Via};
pub use tags::{
    Access, AccessKey, Accesses, Barrier, NO_LIMIT, NodeFacts, Oneway, RoadClass, Service, Surface, WayTags,
};

/// Why an extract is refused. Nothing is kept of extracts one of which is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The file cannot be opened or read.
    #[error("{} : lecture impossible ({source}) ; vérifiez le chemin et les droits", file.display())]
    Io {
        /// File.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No extract at all.
    #[error("aucun extrait OpenStreetMap indiqué ; donnez au moins un fichier .osm.pbf, .osm ou .osm.gz")]
    NoFile,
    /// The file is empty.
    #[error("{} : le fichier est vide ; téléchargez-le de nouveau", file.display())]
    Empty {
        /// File.
        file: PathBuf,
    },
    /// The file is something else.
    #[error("{} : {found} au lieu d’un extrait OpenStreetMap (.osm.pbf, .osm ou .osm.gz) ; {advice}", file.display())]
    NotOsm {
        /// File.
        file: PathBuf,
        /// What it seems to be, in French.
        found: &'static str,
        /// What to do, in French.
        advice: &'static str,
    },
    /// The file stops before its end.
    #[error(
        "{} : le fichier est tronqué (bloc {blob}, octet {offset}) ; le téléchargement s’est sans doute interrompu, reprenez-le",
        file.display()
    )]
    Truncated {
        /// File.
        file: PathBuf,
        /// Blob, from 1.
        blob: usize,
        /// Where it starts, bytes.
        offset: u64,
    },
    /// A blob cannot be read.
    #[error("{} : bloc {blob} illisible (octet {offset}) : {problem} ; téléchargez de nouveau le fichier", file.display())]
    Blob {
        /// File.
        file: PathBuf,
        /// Blob, from 1.
        blob: usize,
        /// Where it starts, bytes.
        offset: u64,
        /// What is wrong.
        problem: String,
    },
    /// A blob is compressed with something other than zlib.
    #[error(
        "{} : le bloc {blob} (octet {offset}) n’est ni brut ni compressé par zlib ; réécrivez l’extrait avec « osmium cat -f pbf,pbf_compression=zlib »",
        file.display()
    )]
    Compression {
        /// File.
        file: PathBuf,
        /// Blob, from 1.
        blob: usize,
        /// Where it starts, bytes.
        offset: u64,
    },
    /// The file needs something of its reader that we do not do.
    #[error(
        "{} : l’extrait exige « {feature} », qui n’est pas géré ; donnez un extrait courant (sans historique) d’OpenStreetMap",
        file.display()
    )]
    Feature {
        /// File.
        file: PathBuf,
        /// Name of the feature.
        feature: String,
    },
    /// The XML is wrong.
    #[error("{}:{line} : XML refusé : {problem}", file.display())]
    Xml {
        /// File.
        file: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong and what to do.
        problem: String,
    },
    /// No road in what was given.
    #[error(
        "{files} : aucune route (« highway=* ») dans ce qui a été donné ; l’extrait a peut-être été filtré, donnez-en un complet"
    )]
    NoRoad {
        /// The files.
        files: String,
    },
    /// More than 32-bit ranks can count.
    #[error("trop de routes pour un seul réseau ({count} points) ; importez moins d’extraits à la fois")]
    TooLarge {
        /// Points of ways.
        count: usize,
    },
}

/// How far reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Step.
    pub step: Step,
    /// Bytes of extracts done in this step.
    pub done: u64,
    /// Bytes of extracts in this step.
    pub total: u64,
}

/// Steps of reading, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Checksums and table of contents.
    Opening,
    /// Ways and restrictions.
    Ways,
    /// Places of the nodes used.
    Nodes,
}

/// Called now and then while extracts are read, from any thread.
pub type OnProgress<'a> = &'a (dyn Fn(Progress) + Sync);

/// Format of an extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `.osm.pbf`.
    Pbf,
    /// `.osm`.
    Xml,
    /// `.osm.gz`.
    XmlGz,
}

/// Limits of a piece of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// South-west corner.
    pub min: Point,
    /// North-east corner.
    pub max: Point,
}

impl Bounds {
    /// The smallest bounds around points; `None` without any.
    pub fn around(points: &[Point]) -> Option<Self> {
        let first = *points.first()?;
        Some(points.iter().fold(Self { min: first, max: first }, |bounds, point| Self {
            min: Point { lon: bounds.min.lon.min(point.lon), lat: bounds.min.lat.min(point.lat) },
            max: Point { lon: bounds.max.lon.max(point.lon), lat: bounds.max.lat.max(point.lat) },
        }))
    }
}

/// What one file was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    /// Name, without its folder.
    pub name: String,
    /// Format.
    pub format: Format,
    /// Size, bytes.
    pub bytes: u64,
    /// Checksum, hexadecimal.
    pub blake3: String,
    /// When its data were current: seconds since 1970, when the file says so.
    pub timestamp: Option<i64>,
    /// Where its header says the data come from, when it does.
    pub source: Option<String>,
    /// Limits it declares.
    pub bounds: Option<Bounds>,
    /// Nodes in it.
    pub nodes: u64,
    /// Ways in it.
    pub ways: u64,
    /// Relations in it.
    pub relations: u64,
}

/// What was read and kept of all files together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExtractReport {
    /// Files, from the oldest data to the newest; a file given twice is there once.
    pub files: Vec<FileReport>,
    /// `highway=*` and ferry ways, each once.
    pub road_ways: u64,
    /// Among them, ways nobody can travel: under construction, planned, platforms…
    pub ignored_ways: u64,
    /// Ways kept.
    pub kept_ways: u64,
    /// Ways kept, by class.
    pub by_class: BTreeMap<String, u64>,
    /// Ways found in several files.
    pub shared_ways: u64,
    /// Nodes of ways that are in no file.
    pub missing_nodes: u64,
    /// Ways shortened or cut because of them.
    pub clipped_ways: u64,
    /// Turn restrictions kept.
    pub restrictions: u64,
    /// Turn restrictions left aside, by reason.
    pub ignored_restrictions: BTreeMap<String, u64>,
    /// Limits of the ways kept.
    pub bounds: Option<Bounds>,
}

impl ExtractReport {
    /// Share of the road ways that is kept, from 0 to 1.
    pub fn kept_share(&self) -> f64 {
        if self.road_ways == 0 { 0.0 } else { self.kept_ways as f64 / self.road_ways as f64 }
    }

    /// Newest date of data, seconds since 1970.
    pub fn timestamp(&self) -> Option<i64> {
        self.files.iter().filter_map(|file| file.timestamp).max()
    }
}

/// Every way somebody may travel, whatever the means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ways {
    /// OpenStreetMap identity of each node, ascending.
    pub node_ids: Vec<i64>,
    /// Place of each node.
    pub points: Vec<Point>,
    /// Nodes of which something is known, ascending.
    pub facts: Vec<(u32, NodeFacts)>,
    /// OpenStreetMap identity of each way, ascending; a way that misses nodes in its middle comes in several pieces.
    pub way_ids: Vec<i64>,
    /// Which of `tags` each way has.
    pub way_tags: Vec<u32>,
    /// `ways + 1` offsets into `refs`.
    pub way_first: Vec<u32>,
    /// Nodes of the ways, by rank; two at least for each way.
    pub refs: Vec<u32>,
    /// Distinct sets of tags, ascending.
    pub tags: Vec<WayTags>,
    /// Turn restrictions, by identity.
    pub restrictions: Vec<Restriction>,
}

impl Ways {
    /// Number of ways.
    pub fn len(&self) -> usize {
        self.way_ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.way_ids.is_empty()
    }

    /// Nodes of a way.
    pub fn nodes_of(&self, way: usize) -> &[u32] {
        &self.refs[self.way_first[way] as usize..self.way_first[way + 1] as usize]
    }

    /// Tags of a way.
    pub fn tags_of(&self, way: usize) -> &WayTags {
        &self.tags[self.way_tags[way] as usize]
    }
}

/// Extracts, read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extract {
    /// The ways.
    pub ways: Ways,
    /// What was read and kept.
    pub report: ExtractReport,
}

/// Reads and stitches extracts (`.osm.pbf`, `.osm`, `.osm.gz`, told apart by what they hold, not by their name).
///
/// Blobs are decoded by all the threads of the current rayon pool. A first pass takes the ways and the restrictions, a
/// second one the places of the nodes they use: memory follows the roads, not the extract.
///
/// # Errors
/// When a file cannot be read, is not an extract, is damaged, or when no road is found in any: see [`ExtractError`].
pub fn read(paths: &[PathBuf], progress: OnProgress<'_>) -> Result<Extract, ExtractError> {
    if paths.is_empty() {
        return Err(ExtractError::NoFile);
    }
    let mut total = 0;
    let mut sizes = Vec::with_capacity(paths.len());
    for path in paths {
        let bytes = std::fs::metadata(path).map_err(|source| io_error(path, source))?.len();
        sizes.push(bytes);
        total += bytes;
    }
    let mut sources = Vec::with_capacity(paths.len());
    let mut done = 0;
    for (path, bytes) in paths.iter().zip(&sizes) {
        sources.push(open(path)?);
        done += bytes;
        progress(Progress { step: Step::Opening, done, total });
    }
    // The newest data win wherever files disagree; the checksum settles the rest, so that order plays no part.
    sources.sort_by(|a, b| {
        (a.report.timestamp, &a.report.blake3, &a.report.name).cmp(&(
            b.report.timestamp,
            &b.report.blake3,
            &b.report.name,
        ))
    });
    sources.dedup_by(|b, a| a.report.blake3 == b.report.blake3);
    merge::merge(sources, progress)
}

/// A file ready to be read.
struct Source {
    path: PathBuf,
    report: FileReport,
    kind: Kind,
}

enum Kind {
    Pbf(pbf::Index),
    Xml,
}

fn io_error(path: &Path, source: io::Error) -> ExtractError {
    ExtractError::Io { file: path.to_path_buf(), source }
}

fn open(path: &Path) -> Result<Source, ExtractError> {
    let mut file = File::open(path).map_err(|source| io_error(path, source))?;
    let mut head = Vec::with_capacity(1024);
    file.by_ref().take(1024).read_to_end(&mut head).map_err(|source| io_error(path, source))?;
    let format = recognise(path, &head)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&head);
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = head.len() as u64;
    loop {
        let read = file.read(&mut buffer).map_err(|source| io_error(path, source))?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hasher.update(&buffer[..read]);
    }
    let mut report = FileReport {
        name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        format,
        bytes,
        blake3: hasher.finalize().to_hex().to_string(),
        timestamp: None,
        source: None,
        bounds: None,
        nodes: 0,
        ways: 0,
        relations: 0,
    };
    let kind = match format {
        Format::Pbf => Kind::Pbf(pbf::index(path, &mut report)?),
        Format::Xml | Format::XmlGz => {
            xml::head(path, &mut report)?;
            Kind::Xml
        }
    };
    Ok(Source { path: path.to_path_buf(), report, kind })
}

/// Tells formats apart by their first bytes.
fn recognise(path: &Path, head: &[u8]) -> Result<Format, ExtractError> {
    const AGAIN: &str = "téléchargez de nouveau le fichier";
    const UNPACK: &str = "décompressez-le d’abord";
    if head.is_empty() {
        return Err(ExtractError::Empty { file: path.to_path_buf() });
    }
    let refuse = |found, advice| Err(ExtractError::NotOsm { file: path.to_path_buf(), found, advice });
    if head.starts_with(&[0x1f, 0x8b]) {
        let mut start = Vec::new();
        // What is inside decides; a damaged stream is reported when it is read.
        let _ = flate2::read::GzDecoder::new(head).take(512).read_to_end(&mut start);
        return match recognise(path, if start.is_empty() { b"<osm" } else { &start })? {
            Format::Xml => Ok(Format::XmlGz),
            Format::Pbf | Format::XmlGz => refuse("un fichier .gz qui contient autre chose que du XML", UNPACK),
        };
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let lower: Vec<u8> = text.iter().take(200).map(u8::to_ascii_lowercase).collect();
    if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") {
        return refuse(
            "une page web",
            "le serveur a sans doute répondu par une erreur : ouvrez le fichier pour la lire, puis téléchargez de nouveau",
        );
    }
    if text.starts_with(b"<?xml") || text.starts_with(b"<osm") {
        return Ok(Format::Xml);
    }
    match head {
        [b'P', b'K', 3 | 5, ..] => refuse("une archive ZIP", UNPACK),
        [b'B', b'Z', b'h', ..] => refuse("un fichier bzip2", UNPACK),
        [0xfd, b'7', b'z', ..] | [b'7', b'z', 0xbc, ..] => refuse("une archive 7z ou xz", UNPACK),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => refuse("un fichier zstd", UNPACK),
        [0xff, 0xe0, ..] => refuse("un fichier o5m", "convertissez-le en .osm.pbf"),
        [b'{' | b'[', ..] => refuse("un document JSON", "demandez le format XML ou PBF"),
        [0, 0, ..] if head.windows(9).take(64).any(|window| window == b"OSMHeader") => Ok(Format::Pbf),
        _ if text.first() == Some(&b'<') => refuse("un document XML d’un autre genre", AGAIN),
        _ => refuse("un fichier d’un format inconnu", AGAIN),
    }
}
