//! Road networks in an imported folder: recognised by their names and first bytes, listed, and left to the road import — they
//! bring no column to the territory.

use std::path::Path;

use crate::error::{Fault, SourceError};
use crate::input::{InputFile, Limits};
use crate::report::{FileReport, Status};

/// Title of an extract in the closing report.
const TITLE: &str = "OpenStreetMap, routes";
/// Bytes that tell an extract from something else.
const HEAD: usize = 64;

/// What a file of roads is.
pub(super) struct Found {
    /// Its line in the closing report.
    pub(super) report: FileReport,
    /// Whether the road import reads it.
    pub(super) extract: bool,
}

/// Looks at a file by its name (`path` inside the folder); `None` when it holds no roads.
pub(super) fn look(path: &Path, name: &str) -> Option<Found> {
    let lower = name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let is_other =
        |why: &str| Found { report: FileReport::unread(name, Status::Later(why.to_owned())), extract: false };
    if ends(&[".gr", ".gr.gz", ".co", ".co.gz"]) {
        return Some(is_other("graphe routier DIMACS : il sert aux bancs d’essai, aucun import ne le lit"));
    }
    if ends(&[".osm.bz2"]) {
        return Some(is_other(
            "routes OpenStreetMap en bzip2, que « pacte import roads » ne lit pas : décompressez-les (bunzip2)",
        ));
    }
    let begins: fn(&[u8]) -> bool = if ends(&[".osm.pbf"]) {
        |head| head.windows(9).any(|window| window == b"OSMHeader")
    } else if ends(&[".osm.gz"]) {
        |head| head.starts_with(&[0x1F, 0x8B])
    } else if ends(&[".osm"]) {
        |head| {
            head.trim_ascii_start().strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start().starts_with(b"<")
        }
    } else {
        return None;
    };
    let head = InputFile::on_disk(path, name, Limits::default()).and_then(|file| file.head(HEAD));
    let status = match head {
        Err(error) => Status::Failed(error),
        Ok(head) if head.is_empty() => Status::Failed(SourceError::truncated(name, "il est vide")),
        Ok(head) if !begins(&head) => Status::Failed(SourceError::new(
            Fault::BadStructure,
            name,
            "son début n’est pas celui d’un extrait OpenStreetMap que son nom annonce",
            "Téléchargez-le de nouveau, ou retirez-le du dossier.",
        )),
        Ok(_) => Status::Later("routes OpenStreetMap : importées par « pacte import roads »".to_owned()),
    };
    let extract = matches!(status, Status::Later(_));
    let mut report = FileReport::unread(name, status);
    TITLE.clone_into(&mut report.source);
    Some(Found { report, extract })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roads_are_told_by_name_and_first_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let seen = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            look(&path, name).map(|found| (found.extract, matches!(found.report.status, Status::Failed(_))))
        };
        let extract = Some((true, false));
        assert_eq!(seen("a.osm.pbf", b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c"), extract);
        assert_eq!(seen("a.OSM.gz", b"\x1f\x8b\x08\0"), extract);
        assert_eq!(seen("a.osm", b"\xEF\xBB\xBF<?xml version='1.0'?><osm version='0.6'>"), extract);
        assert_eq!(seen("b.osm", b"  <osm version='0.6'/>"), extract);
        let spoilt = Some((false, true));
        assert_eq!(seen("c.osm.pbf", b""), spoilt);
        assert_eq!(seen("d.osm.pbf", b"<!DOCTYPE html><title>404</title>"), spoilt);
        assert_eq!(seen("e.osm.gz", b"<osm/>"), spoilt);
        assert_eq!(seen("f.osm", b"PK\x03\x04"), spoilt);
        let other = Some((false, false));
        assert_eq!(seen("ny.gr.gz", b"\x1f\x8b\x08\0"), other);
        assert_eq!(seen("g.osm.bz2", b"BZh9"), other);
        assert_eq!(seen("communes.csv", b"TYPECOM,COM\n"), None);
    }
}
