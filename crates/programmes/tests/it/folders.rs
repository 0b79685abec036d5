//! Definitions of a directory, and what their hash tells apart.

use std::fs;
use std::path::Path;

use pacte_programmes::{Catalogue, Files, Report, diff};

use crate::support::changed;

pub(crate) fn write(files: &Files, directory: &Path) {
    for (path, text) in &files.0 {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn a_directory_reads_as_what_the_binary_carries() {
    let directory = tempfile::tempdir().unwrap();
    write(&Files::shipped(), directory.path());
    fs::write(directory.path().join("programmes/ptmg/.swp"), [0xff_u8]).unwrap();
    let read = Catalogue::load(directory.path()).unwrap();
    let shipped = Catalogue::load_shipped().unwrap();
    let hashes = |catalogue: &Catalogue| -> Vec<String> {
        catalogue.programmes().iter().map(|programme| programme.hash.clone()).collect()
    };
    assert_eq!(hashes(&read), hashes(&shipped));
    // One letter of one file makes another programme, and no other.
    let text = directory.path().join("programmes/mcs/form.yaml");
    fs::write(&text, fs::read_to_string(&text).unwrap().replace("titre: Vous", "titre: Toi")).unwrap();
    let read = Catalogue::load(directory.path()).unwrap();
    let other: Vec<&str> = read
        .programmes()
        .iter()
        .filter(|programme| shipped.programme(programme.id()).unwrap().hash != programme.hash)
        .map(|programme| &**programme.id())
        .collect();
    assert_eq!(other, ["mcs"]);
}

#[test]
fn a_directory_that_cannot_be_read_says_which_file() {
    let directory = tempfile::tempdir().unwrap();
    write(&Files::shipped(), directory.path());
    fs::write(directory.path().join("programmes/ptmg/form.yaml"), [0xff_u8, 0xfe]).unwrap();
    let report = Report::of_dir(directory.path());
    assert_eq!(report.errors.len(), 1);
    assert_eq!(report.errors[0].file, "programmes/ptmg/form.yaml");
    assert!(report.errors[0].problem.starts_with("illisible"));
    fs::write(directory.path().join("programmes/ptmg/form.yaml"), "x".repeat(1 << 21)).unwrap();
    assert!(Report::of_dir(directory.path()).errors[0].problem.contains("1 Mio"));
    let empty = tempfile::tempdir().unwrap();
    let told: Vec<String> = Report::of_dir(empty.path()).errors.into_iter().map(|fault| fault.file).collect();
    assert_eq!(told, ["facts.yaml", "vocabulary.yaml", "programmes"]);
}

#[test]
fn a_difference_is_told_value_by_value() {
    let shipped = Catalogue::load_shipped().unwrap();
    let old = shipped.programme("ptmg").unwrap();
    assert_eq!(diff(old, old), []);
    let mut files = changed("programmes/ptmg/parameters.yaml", "valeur: 165", "valeur: 150");
    let rule = files.0.get_mut("programmes/ptmg/eligibility.yaml").unwrap();
    *rule = rule.replace("dans_zone: [fragile, vigilance, zus, zip, zac]", "dans_zone: [fragile, zip]");
    let lifecycle = files.0.get_mut("programmes/ptmg/lifecycle.yaml").unwrap();
    *lifecycle = format!(
        "# a note\n{}",
        lifecycle.replace(", delai: P6M, au_terme: automatique, ref: Contrat", ", ref: Contrat")
    );
    let form = files.0.get_mut("programmes/ptmg/form.yaml").unwrap();
    *form = form.replace("titre: Vous", "titre:   \"Vous\"");
    let changed = Catalogue::from_files(&files).unwrap();
    let changes = diff(old, changed.programme("ptmg").unwrap());
    let told: Vec<(String, Option<&str>, Option<&str>)> = changes
        .iter()
        .map(|change| (format!("{} {}", change.file, change.path), change.before.as_deref(), change.after.as_deref()))
        .collect();
    let expected = [
        ("eligibility.yaml tous.zone.dans_zone", Some("fragile, vigilance, zus, zip, zac"), Some("fragile, zip")),
        ("lifecycle.yaml transitions.passer_au_trimestre.au_terme", Some("automatique"), None),
        ("lifecycle.yaml transitions.passer_au_trimestre.delai", Some("P6M"), None),
        ("lifecycle.yaml transitions.renouveler.au_terme", Some("automatique"), None),
        ("lifecycle.yaml transitions.renouveler.delai", Some("P6M"), None),
        ("parameters.yaml parametres.actes_min.valeurs.2013-08-14.valeur", Some("165"), Some("150")),
    ];
    let told: Vec<(&str, Option<&str>, Option<&str>)> =
        told.iter().map(|(path, a, b)| (path.as_str(), *a, *b)).collect();
    assert_eq!(told, expected);
    assert!(changes.iter().all(|change| change.line > 0));
}
