//! Imports that fail leave no trace; imports that succeed replace the territory as a whole.

use std::fs;

use crate::support::{copy_folder, fail, killed_after, listing, pacte, succeed, training, training_files};

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let root = data.path().join("pacte");
    let files = training_files().to_string_lossy().into_owned();
    let dry = succeed(&root, &["import", "--dry-run", &files, "--format", "csv"]);
    assert!(!root.exists(), "a dry run does not even make the directory");
    let real = succeed(&root, &["import", &files, "--format", "csv"]);
    assert_eq!(dry, real);
    assert!(real.lines().count() > 15, "a row a file: {real}");
}

#[test]
fn the_same_files_give_the_same_snapshot() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let files = training_files().to_string_lossy().into_owned();
    succeed(a.path(), &["import", &files]);
    succeed(b.path(), &["import", &files]);
    let name = |dir: &tempfile::TempDir| fs::read_to_string(dir.path().join("territory/current")).unwrap();
    assert_eq!(name(&a), name(&b));
}

/// One way to spoil a file, and what the error must say.
struct Spoiling {
    file: &'static str,
    spoil: fn(Vec<u8>) -> Vec<u8>,
    says: &'static [&'static str],
}

fn replace_once(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains(from), "the fixture has no « {from} »");
    text.replacen(from, to, 1).into_bytes()
}

const SPOILINGS: &[Spoiling] = &[
    Spoiling {
        file: "insee_populations_legales_2022.csv",
        spoil: |bytes| replace_once(&bytes, "PMUN", "POPULATION"),
        says: &["insee_populations_legales_2022.csv", "PMUN"],
    },
    Spoiling {
        file: "insee_cog_communes_2024.csv",
        spoil: |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            let row = text.lines().find(|line| line.starts_with("COM,")).unwrap().to_owned();
            format!("{text}{row}\n").into_bytes()
        },
        says: &["insee_cog_communes_2024.csv", "ligne"],
    },
    Spoiling {
        file: "insee_populations_legales_2021.csv",
        spoil: |bytes| {
            // What a spreadsheet on Windows would save: é as one byte.
            String::from_utf8(bytes).unwrap().chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
        },
        says: &["insee_populations_legales_2021.csv", "UTF-8"],
    },
    Spoiling {
        file: "apl_medecins_generalistes_2022_DREES.xlsx",
        spoil: |bytes| bytes[..bytes.len() / 2].to_vec(),
        says: &["apl_medecins_generalistes_2022_DREES.xlsx"],
    },
    Spoiling { file: "depX1.geojson", spoil: |bytes| bytes[..bytes.len() / 2].to_vec(), says: &["depX1.geojson"] },
];

#[test]
fn a_spoilt_file_is_refused_by_name_and_the_directory_is_as_before() {
    let data = tempfile::tempdir().unwrap();
    copy_folder(training(), data.path());
    let before = listing(data.path());
    for spoiling in SPOILINGS {
        let files = tempfile::tempdir().unwrap();
        copy_folder(training_files(), files.path());
        let (path, _) = listing(files.path())
            .into_iter()
            .find(|(path, _)| path.ends_with(spoiling.file))
            .unwrap_or_else(|| panic!("no {}", spoiling.file));
        fs::write(&path, (spoiling.spoil)(fs::read(&path).unwrap())).unwrap();
        let error = fail(data.path(), &["import", &files.path().to_string_lossy()], 1);
        for expected in spoiling.says {
            assert!(error.contains(expected), "{}: « {expected} » is missing from {error}", spoiling.file);
        }
        assert_eq!(listing(data.path()), before, "{} left a trace", spoiling.file);
    }
}

#[test]
fn a_killed_import_leaves_no_trace() {
    let data = tempfile::tempdir().unwrap();
    copy_folder(training(), data.path());
    let before = listing(data.path());
    let files = tempfile::tempdir().unwrap();
    copy_folder(training_files(), files.path());
    // A different territory, so that a finished import would show.
    let population = files.path().join("insee_populations_legales_2023.csv");
    let found =
        listing(files.path()).into_iter().find(|(path, _)| path.ends_with("insee_populations_legales_2023.csv"));
    let population = found.map_or(population, |(path, _)| path);
    let text = fs::read_to_string(&population).unwrap();
    fs::write(&population, text.replacen(";1", ";2", 40)).unwrap();
    let mut killed = 0;
    for delay in [1, 5, 20, 40, 80, 120, 200] {
        if !killed_after(delay, data.path(), &["import", &files.path().to_string_lossy()]) {
            break;
        }
        killed += 1;
        // What a kill may leave half-written is swept by the next command, whatever it is.
        assert!(pacte(data.path(), &["access", "table", "--level", "country"]).status.success());
        let after: Vec<_> = listing(data.path());
        assert_eq!(after, before, "killed after {delay} ms");
    }
    assert!(killed > 0, "the import was always faster than the kill");
}
