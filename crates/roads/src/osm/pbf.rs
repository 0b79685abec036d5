//! `.osm.pbf`: a table of contents first, then only the blobs each pass needs, decoded in parallel.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use osmpbf::{BlobError, BlobReader, BlobType, ByteOffset, ErrorKind, PrimitiveBlock, RelMemberType};
use rayon::prelude::*;

use super::raw::{Finder, RawNodes, RawWays};
use super::restriction::{self, Member, MemberKind};
use super::tags::{NodeFacts, WayKind, way_tags};
use super::{Bounds, ExtractError, FileReport, OnProgress, Progress, Step, io_error};
use crate::point::Point;

/// Largest blob the format allows, bytes.
const LARGEST_BLOB: i32 = 32 << 20;
/// Blobs decoded between two moments when what they gave is put away: bounds the memory of what waits.
const BATCH: usize = 256;
/// Features of the format that this reader honours.
const FEATURES: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// Where the blobs of data are.
#[derive(Debug)]
pub(super) struct Index {
    /// Offset of each blob and its number in the file, from 1.
    blobs: Vec<(u64, usize)>,
    /// Size of the file.
    bytes: u64,
    /// Nodes come before ways, ways before relations.
    sorted: bool,
}

type Reader = BlobReader<BufReader<File>>;

/// Reads the header and finds the blobs.
pub(super) fn index(path: &Path, report: &mut FileReport) -> Result<Index, ExtractError> {
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let mut reader =
        BlobReader::new_seekable(BufReader::with_capacity(256, file)).map_err(|error| fault(path, 1, 0, error))?;
    let mut index = Index { blobs: Vec::new(), bytes: report.bytes, sorted: false };
    let mut offset = 0;
    let mut number = 0;
    let mut headers = Vec::new();
    while offset < report.bytes {
        number += 1;
        let truncated = || ExtractError::Truncated { file: path.to_path_buf(), blob: number, offset };
        if report.bytes - offset < 4 {
            return Err(truncated());
        }
        let (header, _) = match reader.next_header_skip_blob() {
            Some(Ok(found)) => found,
            None => return Err(truncated()),
            // A header that reaches past the end of the file fails to parse because it is cut.
            Some(Err(_)) if report.bytes - offset < 64 => return Err(truncated()),
            Some(Err(error)) => return Err(fault(path, number, offset, error)),
        };
        let size = header.get_blob_size();
        if !(0..=LARGEST_BLOB).contains(&size) {
            let problem = format!("taille de {size} octets, hors des bornes du format");
            return Err(ExtractError::Blob { file: path.to_path_buf(), blob: number, offset, problem });
        }
        match header.blob_type() {
            BlobType::OsmHeader => headers.push((offset, number)),
            BlobType::OsmData => index.blobs.push((offset, number)),
            BlobType::Unknown(_) => {}
        }
        let end = reader.seek_raw(SeekFrom::Current(0)).map_err(|error| fault(path, number, offset, error))?;
        if end > report.bytes {
            return Err(truncated());
        }
        offset = end;
    }
    for (offset, number) in headers {
        let blob = reader.blob_from_offset(ByteOffset(offset)).map_err(|error| fault(path, number, offset, error))?;
        let header = blob.to_headerblock().map_err(|error| fault(path, number, offset, error))?;
        if let Some(feature) = header.required_features().iter().find(|name| !FEATURES.contains(&name.as_str())) {
            return Err(ExtractError::Feature { file: path.to_path_buf(), feature: feature.clone() });
        }
        index.sorted = header.optional_features().iter().any(|name| name == "Sort.Type_then_ID");
        report.timestamp = header.osmosis_replication_timestamp().or(report.timestamp);
        report.source = header.source().map(str::to_owned).or_else(|| report.source.take());
        report.bounds = header.bbox().map(|bbox| Bounds {
            min: Point::from_degrees(bbox.left, bbox.bottom),
            max: Point::from_degrees(bbox.right, bbox.top),
        });
    }
    Ok(index)
}

/// Our words for an error of the crate.
fn fault(path: &Path, blob: usize, offset: u64, error: osmpbf::Error) -> ExtractError {
    let file = path.to_path_buf();
    let problem = match error.into_kind() {
        ErrorKind::Io(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            return ExtractError::Truncated { file, blob, offset };
        }
        ErrorKind::Io(source) => return ExtractError::Io { file, source },
        ErrorKind::Blob(BlobError::Empty) => return ExtractError::Compression { file, blob, offset },
        ErrorKind::Blob(BlobError::InvalidHeaderSize) => "taille d’en-tête illisible".to_owned(),
        ErrorKind::Blob(BlobError::HeaderTooBig { size }) => {
            format!("en-tête de {size} octets, hors des bornes du format")
        }
        ErrorKind::Blob(BlobError::MessageTooBig { size }) => {
            format!("contenu de {size} octets, hors des bornes du format")
        }
        ErrorKind::Protobuf { err, location } => format!("message refusé ({location} : {err})"),
        kind => format!("{kind:?}"),
    };
    ExtractError::Blob { file, blob, offset, problem }
}

impl Index {
    /// Decodes blobs in parallel, batch by batch, and hands out what `work` makes of each, in the order of the file.
    fn decode<T: Send>(
        &self,
        path: &Path,
        blobs: &[(u64, usize)],
        progress: (OnProgress<'_>, Step, u64, u64),
        work: impl Fn(&PrimitiveBlock) -> T + Sync,
        mut put_away: impl FnMut(T),
    ) -> Result<(), ExtractError> {
        let (on_progress, step, before, total) = progress;
        let done = AtomicU64::new(before);
        for batch in blobs.chunks(BATCH) {
            let results: Vec<Result<T, ExtractError>> = batch
                .par_iter()
                .map_init(
                    || None,
                    |reader, (offset, number)| {
                        let result = one(reader, path, *offset, *number).and_then(|block| {
                            // The crate trusts what it decodes: a member type out of its list makes it panic.
                            catch_unwind(AssertUnwindSafe(|| work(&block))).map_err(|_| ExtractError::Blob {
                                file: path.to_path_buf(),
                                blob: *number,
                                offset: *offset,
                                problem: "contenu incohérent".to_owned(),
                            })
                        });
                        let share = self.bytes * (number + 1).min(self.blobs.len()) as u64 / self.blobs.len() as u64;
                        let now = done.fetch_max(before + share, Ordering::Relaxed).max(before + share);
                        on_progress(Progress { step, done: now, total });
                        result
                    },
                )
                .collect();
            for result in results {
                put_away(result?);
            }
        }
        Ok(())
    }

    /// Rank of the first blob that does not start with nodes, when the file says it is sorted.
    fn first_ways(&self, path: &Path) -> Result<usize, ExtractError> {
        if !self.sorted {
            return Ok(0);
        }
        let mut reader = None;
        let (mut low, mut high) = (0, self.blobs.len());
        while low < high {
            let middle = low.midpoint(high);
            let (offset, number) = self.blobs[middle];
            let block = one(&mut reader, path, offset, number)?;
            let only_nodes =
                block.groups().all(|group| group.ways().next().is_none() && group.relations().len_is_zero());
            if only_nodes {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// First pass: ways and restrictions. Also says how many blobs, from the first, may hold nodes.
    pub(super) fn ways(
        &self,
        path: &Path,
        progress: OnProgress<'_>,
        before: u64,
        total: u64,
    ) -> Result<(RawWays, Vec<(u64, usize)>), ExtractError> {
        let first = self.first_ways(path)?;
        let mut ways = RawWays::default();
        let mut with_nodes = self.blobs[..first].to_vec();
        let mut at = first;
        self.decode(path, &self.blobs[first..], (progress, Step::Ways, before, total), ways_of, |(piece, nodes)| {
            ways.append(piece);
            if nodes {
                with_nodes.push(self.blobs[at]);
            }
            at += 1;
        })?;
        Ok((ways, with_nodes))
    }

    /// Second pass: the places of the wanted nodes.
    pub(super) fn nodes(
        &self,
        path: &Path,
        blobs: &[(u64, usize)],
        wanted: &[i64],
        progress: (OnProgress<'_>, u64, u64),
        put_away: impl FnMut(RawNodes),
    ) -> Result<(), ExtractError> {
        let (on_progress, before, total) = progress;
        self.decode(path, blobs, (on_progress, Step::Nodes, before, total), |block| nodes_of(block, wanted), put_away)
    }
}

/// Whether an iterator is at its end.
trait LenIsZero {
    fn len_is_zero(self) -> bool;
}

impl<I: ExactSizeIterator> LenIsZero for I {
    fn len_is_zero(self) -> bool {
        self.len() == 0
    }
}

fn one(reader: &mut Option<Reader>, path: &Path, offset: u64, number: usize) -> Result<PrimitiveBlock, ExtractError> {
    let reader = if let Some(reader) = reader {
        reader
    } else {
        let mut file = File::open(path).map_err(|source| io_error(path, source))?;
        file.seek(SeekFrom::Start(0)).map_err(|source| io_error(path, source))?;
        reader
            .insert(BlobReader::new_seekable(BufReader::new(file)).map_err(|error| fault(path, number, offset, error))?)
    };
    let blob = reader.blob_from_offset(ByteOffset(offset)).map_err(|error| fault(path, number, offset, error))?;
    blob.to_primitiveblock().map_err(|error| fault(path, number, offset, error))
}

/// Which strings of a block are among `keys`.
fn marks(block: &PrimitiveBlock, keys: &[&[u8]]) -> Vec<bool> {
    block.raw_stringtable().iter().map(|text| keys.contains(&text.as_slice())).collect()
}

/// Ways and restrictions of a block, and whether it also holds nodes.
fn ways_of(block: &PrimitiveBlock) -> (RawWays, bool) {
    let mut ways = RawWays::default();
    let mut nodes = false;
    let road_keys = marks(block, &[b"highway", b"route"]);
    let is_road = |key: u32| road_keys.get(key as usize).copied().unwrap_or(false);
    for group in block.groups() {
        nodes |= group.nodes().next().is_some() || group.dense_nodes().next().is_some();
        for way in group.ways() {
            ways.way_count += 1;
            // Most ways are buildings and fields: their text is never looked at.
            if !way.raw_tags().any(|(key, _)| is_road(key)) {
                continue;
            }
            match way_tags(way.tags()) {
                WayKind::Kept(tags) => ways.push(way.id(), tags, way.refs()),
                WayKind::Ignored => ways.ignored.push(way.id()),
                WayKind::NotRoad => {}
            }
        }
        for relation in group.relations() {
            ways.relation_count += 1;
            if !relation.tags().any(|(key, value)| key == "type" && value.starts_with("restriction")) {
                continue;
            }
            let members = relation.members().map(|member| Member {
                role: member.role().unwrap_or(""),
                id: member.member_id,
                kind: match member.member_type {
                    RelMemberType::Node => MemberKind::Node,
                    RelMemberType::Way => MemberKind::Way,
                    RelMemberType::Relation => MemberKind::Relation,
                },
            });
            ways.relation(restriction::read(relation.id(), relation.tags(), members));
        }
    }
    (ways, nodes)
}

/// Wanted nodes of a block.
fn nodes_of(block: &PrimitiveBlock, wanted: &[i64]) -> RawNodes {
    let mut nodes = RawNodes::default();
    let mut finder = Finder::new(wanted);
    let fact_keys = marks(block, &[b"highway", b"barrier", b"crossing"]);
    let is_fact = |key: usize| fact_keys.get(key).copied().unwrap_or(false);
    for group in block.groups() {
        for node in group.dense_nodes() {
            nodes.count += 1;
            let Some(rank) = finder.find(node.id()) else { continue };
            nodes.places.push((rank, Point { lon: node.decimicro_lon(), lat: node.decimicro_lat() }));
            if node.raw_tags().any(|(key, _)| is_fact(key as usize)) {
                nodes.facts.extend(NodeFacts::read(node.tags()).map(|facts| (rank, facts)));
            }
        }
        for node in group.nodes() {
            nodes.count += 1;
            let Some(rank) = finder.find(node.id()) else { continue };
            nodes.places.push((rank, Point { lon: node.decimicro_lon(), lat: node.decimicro_lat() }));
            if node.raw_tags().any(|(key, _)| is_fact(key as usize)) {
                nodes.facts.extend(NodeFacts::read(node.tags()).map(|facts| (rank, facts)));
            }
        }
    }
    nodes
}
