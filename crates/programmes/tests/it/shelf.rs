//! Definitions that change under who serves them.

use std::fs;
use std::sync::Arc;

use pacte_programmes::{Files, Refresh, Shelf};

use crate::folders::write;
use crate::support::only;

#[test]
fn a_version_with_a_fault_never_takes_the_place_of_one_without() {
    let directory = tempfile::tempdir().unwrap();
    write(&only(&["mcs"]), directory.path());
    // Links to programmes that are not there are no business of this test.
    fs::remove_dir_all(directory.path().join("pactes")).unwrap();
    let shelf = Shelf::open(directory.path()).unwrap();
    let first = shelf.catalogue();
    assert_eq!(shelf.refresh(), Refresh::Same);
    let path = directory.path().join("programmes/mcs/programme.yaml");
    let good = fs::read_to_string(&path).unwrap();

    fs::write(&path, good.replace("sigle", "sigl")).unwrap();
    assert_eq!(shelf.refresh(), Refresh::Refused);
    assert!(Arc::ptr_eq(&first, &shelf.catalogue()));
    let told = shelf.refused().unwrap();
    assert!(told.0.iter().any(|fault| (fault.file.as_str(), fault.line) == ("programmes/mcs/programme.yaml", 3)));
    // Looked at again, it is not checked again, and the error stays.
    assert_eq!(shelf.refresh(), Refresh::Same);
    assert_eq!(shelf.refused(), Some(told));

    fs::write(&path, good.replace("titre: Médecin", "titre: Le médecin")).unwrap();
    assert_eq!(shelf.refresh(), Refresh::Changed);
    assert!(shelf.refused().is_none());
    let second = shelf.catalogue();
    assert_ne!(first.hash, second.hash);
    assert!(second.programme("mcs").unwrap().identity.title.starts_with("Le médecin"));
    // Who held the first still holds it.
    assert!(first.programme("mcs").unwrap().identity.title.starts_with("Médecin"));
}

#[test]
fn a_case_that_fails_is_refused_like_a_fault_and_what_was_good_is_good_again() {
    let directory = tempfile::tempdir().unwrap();
    write(&Files::shipped(), directory.path());
    let shelf = Shelf::open(directory.path()).unwrap();
    let path = directory.path().join("programmes/cesp/tests/montants.yaml");
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, good.replace("46 857,24", "46 857,25")).unwrap();
    assert_eq!(shelf.refresh(), Refresh::Refused);
    assert!(shelf.refused().unwrap().to_string().contains("programmes/cesp/tests/montants.yaml:"));
    fs::write(&path, [0xff_u8]).unwrap();
    assert_eq!(shelf.refresh(), Refresh::Refused);
    assert!(shelf.refused().unwrap().to_string().contains("illisible"));
    fs::write(&path, good).unwrap();
    assert_eq!(shelf.refresh(), Refresh::Changed);
    assert!(shelf.refused().is_none());
    fs::write(&path, "").unwrap();
    assert!(Shelf::open(directory.path()).is_err());
    assert_eq!(Shelf::shipped().unwrap().refresh(), Refresh::Same);
}
