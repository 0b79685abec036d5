//! Snapshots: what is written is read back; what was altered is refused.

use std::fs;

use pacte_territory::snapshot::{self, SnapshotError};
use pacte_territory::{Level, Territory, TerritoryError};

use crate::fixture::parts;

#[test]
fn a_snapshot_reads_back_whole_and_is_named_by_its_content() {
    let dir = tempfile::tempdir().unwrap();
    let parts = parts(6, 4);
    let (path, hash) = snapshot::write(dir.path(), &parts).unwrap();
    assert_eq!(path.file_name().unwrap().to_string_lossy(), format!("{hash}.territoire"));
    let read = snapshot::read(&path).unwrap();
    assert_eq!(read.hash, hash);
    assert_eq!(read.territory.communes, parts.communes);
    assert_eq!(read.territory.topology, parts.topology);
    assert_eq!(read.territory.count(Level::Departement), 2);
    let population = read.territory.column("population.municipal", 2023).unwrap();
    assert_eq!(population.get(0), None, "unknown stays unknown");
    assert_eq!(population.get(3), Some(300.0));
    // Same content, same name, no second file.
    let (again, _) = snapshot::write(dir.path(), &parts).unwrap();
    assert_eq!(again, path);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no partial file is left");
}

#[test]
fn a_damaged_snapshot_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = snapshot::write(dir.path(), &parts(3, 2)).unwrap();
    let bytes = fs::read(&path).unwrap();
    let flipped: Vec<u8> =
        bytes.iter().enumerate().map(|(i, byte)| if i == bytes.len() - 5 { byte ^ 1 } else { *byte }).collect();
    let mut older = bytes.clone();
    older[8] = 0;
    let cases: [(&[u8], &str); 5] = [
        (&bytes[..bytes.len() - 10], "tronqué"),
        (&bytes[..20], "plus court que son en-tête"),
        (&flipped, "somme de contrôle"),
        (&older, "autre version"),
        (b"PK\x03\x04 this is a spreadsheet and certainly not a territory file", "pas un fichier de ce type"),
    ];
    for (content, expected) in cases {
        let damaged = dir.path().join("damaged.territoire");
        fs::write(&damaged, content).unwrap();
        let error = snapshot::read(&damaged).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, SnapshotError::Damaged { .. }) && text.contains(expected), "{text}");
        assert!(text.contains("damaged.territoire") && text.contains("pacte import"), "{text}");
    }
    assert!(matches!(snapshot::read(&dir.path().join("absent")), Err(SnapshotError::Io { .. })));
}

#[test]
fn parts_that_make_no_territory_are_refused() {
    let mut doubled = parts(2, 1);
    doubled.communes.code[1] = doubled.communes.code[0];
    assert!(matches!(Territory::assemble(doubled), Err(TerritoryError::Doubled(_))));
    let mut short = parts(2, 1);
    short.columns[0].values.pop();
    assert!(matches!(Territory::assemble(short), Err(TerritoryError::Length { found: 1, expected: 2, .. })));
    let mut twice = parts(2, 1);
    twice.columns.push(twice.columns[0].clone());
    assert!(matches!(Territory::assemble(twice), Err(TerritoryError::DoubledColumn(_))));
}
