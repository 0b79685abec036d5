//! Bad input: one clear message each, naming file, line, column, value and what to do; the other files are read all the same.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};

use pacte_sources::{Fault, ImportError, Limits, Options, Silent, SourceError, Status};

use crate::support::Folder;

/// The only error of an import that must fail.
fn only_error(folder: &Folder) -> SourceError {
    let error = folder.import().expect_err("the broken file is refused");
    let ImportError::Files { report } = &error else { panic!("{error}") };
    let errors: Vec<&SourceError> = report.errors().collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    let message = error.to_string();
    assert!(message.contains(&errors[0].file), "{message}");
    assert!(!errors[0].advice.is_empty() && message.contains(&errors[0].advice), "{message}");
    assert!(
        report.files.iter().filter(|file| file.status == Status::Imported).count() > 10,
        "the other files are read all the same"
    );
    errors[0].clone()
}

/// Fields of a CSV line, for delimiters that no field holds.
fn with_field(line: &str, delimiter: char, rank: usize, value: &str) -> String {
    let mut fields: Vec<&str> = line.split(delimiter).collect();
    fields[rank] = value;
    fields.join(&delimiter.to_string())
}

fn edit_line(text: &str, number: usize, change: impl Fn(&str) -> String) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .enumerate()
        .map(|(rank, line)| {
            if rank + 1 != number {
                return line.to_owned();
            }
            let end = if line.ends_with('\r') { "\r" } else { "" };
            change(line.trim_end_matches('\r')) + end
        })
        .collect();
    lines.join("\n")
}

#[test]
fn a_file_of_the_wrong_vintage() {
    // The populations of the oldest year under the name of the most recent one.
    let folder = Folder::training();
    let old = fs::read(folder.find("populations_legales_2013.csv")).unwrap();
    folder.edit_bytes("populations_legales_2023.csv", |_| old.clone());
    let error = only_error(&folder);
    assert_eq!(error.fault, Fault::WrongVintage);
    assert!(error.file.ends_with("populations_legales_2023.csv") && error.line.is_some() && error.value.is_some());
    assert!(error.problem.contains("1er janvier 2025") && error.problem.contains("disparu"), "{error}");
}

#[test]
fn ruined_files_never_pass_for_unknown_ones() {
    type Ruin = fn(Vec<u8>) -> Vec<u8>;
    let ruins: [(&str, Ruin); 4] = [
        ("empty", |_| Vec::new()),
        ("NULs", |bytes| vec![0; bytes.len()]),
        ("UTF-16", |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        }),
        ("header only", |bytes| bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap().to_vec()),
    ];
    for (what, ruin) in ruins {
        let folder = Folder::training();
        folder.edit_bytes("populations_legales_2022.csv", ruin);
        let error = only_error(&folder);
        assert!(error.file.ends_with("populations_legales_2022.csv"), "{what}: {error}");
    }
}

#[test]
fn a_missing_column() {
    let folder = Folder::training();
    folder.edit("populations_legales_2021.csv", |text| edit_line(&text, 1, |line| line.replace("PTOT", "TOTAL")));
    let error = only_error(&folder);
    assert_eq!((error.fault, error.column.as_deref()), (Fault::MissingColumn, Some("PTOT")));
    assert!(error.problem.contains("PMUN"), "what is there is told: {error}");

    // A file that keeps nothing of its format but the name is refused by its name.
    let folder = Folder::training();
    folder.edit("populations_legales_2021.csv", |text| edit_line(&text, 1, |_| "a;b;c".to_owned()));
    let error = only_error(&folder);
    assert!(error.file.ends_with("populations_legales_2021.csv") && error.problem.contains("nom annonce"), "{error}");

    // Recognition asks for few columns: one more that the reader needs is an error.
    let folder = Folder::training();
    folder.edit("table_appartenance_2024.csv", |text| edit_line(&text, 1, |line| line.replace("REG", "REGION")));
    let error = only_error(&folder);
    assert_eq!((error.fault, error.column.as_deref()), (Fault::MissingColumn, Some("REG")));
    assert!(error.problem.contains("REGION") && error.problem.contains("CODGEO"), "what is there is told: {error}");
}

#[test]
fn a_doubled_commune() {
    let folder = Folder::training();
    folder.edit("populations_legales_2021.csv", |text| {
        let second = text.split('\n').nth(1).unwrap().to_owned();
        edit_line(&text, 5, |_| second.trim_end_matches('\r').to_owned())
    });
    let error = only_error(&folder);
    assert_eq!((error.fault, error.line), (Fault::Doubled, Some(5)));
    assert!(error.problem.contains("ligne 2") && error.value.is_some(), "{error}");
}

#[test]
fn an_unknown_code_is_set_aside_and_most_unknown_codes_stop_the_file() {
    let folder = Folder::training();
    folder.edit("bpe_2024_sante_communes.csv", |text| text + "98818,1,1,1,1\n");
    let (_, report) = folder.import().unwrap();
    let file = report.files.iter().find(|file| file.path.ends_with("bpe_2024_sante_communes.csv")).unwrap();
    assert_eq!(file.left_out_total(), 1);
    assert!(file.left_out[0].reason.contains("inconnu") && file.left_out[0].examples[0].contains("98818"), "{file:?}");

    let folder = Folder::training();
    folder.edit("bpe_2024_sante_communes.csv", |text| text.replace("\nX", "\nY"));
    let error = only_error(&folder);
    assert_eq!((error.fault, error.line), (Fault::UnknownCode, Some(2)));
}

#[test]
fn a_bad_value() {
    let folder = Folder::training();
    folder.edit("populations_legales_2021.csv", |text| edit_line(&text, 4, |line| with_field(line, ';', 8, "mille")));
    let error = only_error(&folder);
    assert_eq!(
        (error.fault, error.line, error.column.as_deref(), error.value.as_deref()),
        (Fault::BadValue, Some(4), Some("PMUN"), Some("mille"))
    );
}

#[test]
fn truncated_files() {
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    // In the middle of a row, so that the row is short.
    let folder = Folder::training();
    folder.edit("insee_cog_communes_2024.csv", |text| {
        let cut = text.len() / 2;
        let line = text[..cut].rfind('\n').unwrap();
        text[..line + 12].to_owned()
    });
    let error = folder.import().expect_err("no commune is left");
    let first = error.report().unwrap().errors().next().unwrap();
    assert_eq!(first.fault, Fault::Truncated);
    assert!(first.line.is_some());

    // At the end of a row: nothing shows but the communes that are missing.
    for ending in ["populations_legales_2021.csv", "table_appartenance_2024.csv"] {
        let folder = Folder::training();
        folder.edit(ending, |text| {
            let end = text[..text.len() / 2].rfind('\n').unwrap();
            text[..=end].to_owned()
        });
        let error = only_error(&folder);
        assert_eq!(error.fault, Fault::Truncated, "{ending}: {error}");
        assert!(error.problem.contains("département X") && error.value.is_some(), "{error}");
    }

    for ending in ["dgcl_epcicom_2024.xlsx", "depX1.geojson", "part_75plus_communes.json"] {
        let folder = Folder::training();
        folder.edit_bytes(ending, half);
        let error = only_error(&folder);
        assert_eq!(error.fault, Fault::Truncated, "{ending}: {error}");
    }
    let folder = Folder::training();
    folder.edit_bytes("qpv_2024_polygones.json.gz", half);
    assert_eq!(only_error(&folder).fault, Fault::Truncated);
}

#[test]
fn a_wrong_encoding() {
    let folder = Folder::training();
    folder.edit_bytes("populations_legales_2021.csv", |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        // Latin-1: what a spreadsheet saves in France.
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
    });
    let (_, report) = match folder.import() {
        Ok(done) => done,
        Err(error) => {
            let ImportError::Files { report } = error else { panic!("{error}") };
            let error = report.errors().next().unwrap().clone();
            assert_eq!(error.fault, Fault::Encoding);
            assert!(error.line.is_some() && error.to_string().contains("Windows-1252"), "{error}");
            return;
        }
    };
    panic!("a Latin-1 file was imported: {report:?}");
}

#[test]
fn a_ten_million_row_csv() {
    let folder = Folder::training();
    let mut file = BufWriter::new(File::create(folder.find("bpe_2024_sante_communes.csv")).unwrap());
    writeln!(file, "code,medecin_generaliste,infirmier,pharmacie,structure_sante").unwrap();
    // A million and more distinct codes, so that no doubled commune stops the reading sooner.
    let letters = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for row in 0..10_000_000_usize {
        let (first, second) = (letters[row / 36_000 % 36], letters[row / 1000 % 36]);
        writeln!(file, "{}{}{:03},1,1,1,1", char::from(first), char::from(second), row % 1000).unwrap();
    }
    file.flush().unwrap();
    let error = only_error(&folder);
    assert_eq!((error.fault, error.line), (Fault::TooLarge, Some(1_000_002)));

    let limits = Limits { bytes: 64 << 20, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let error = pacte_sources::import(folder.path(), &options, &Silent).expect_err("too many bytes");
    let errors: Vec<_> = error.report().unwrap().errors().collect();
    assert_eq!((errors.len(), errors[0].fault), (1, Fault::TooLarge));
    assert!(errors[0].problem.contains("octets"), "{}", errors[0]);
}

#[test]
fn contours_that_do_not_close() {
    let folder = Folder::training();
    folder.edit("depX1.geojson", |text| {
        // The first ring loses its last vertex.
        let end = text.find("]]]").unwrap();
        let last = text[..end].rfind(",[").unwrap();
        text[..last].to_owned() + &text[end + 1..]
    });
    let (parts, report) = folder.import().expect("one bad contour is set aside");
    let file = report.files.iter().find(|file| file.path.ends_with("depX1.geojson")).unwrap();
    assert_eq!(file.left_out_total(), 1, "{file:?}");
    assert!(file.left_out[0].examples[0].contains("ne se ferme pas"), "{file:?}");
    assert!(report.notes.iter().any(|note| note.contains("1 communes sans contour")), "{:?}", report.notes);
    assert!(parts.communes.len() > 400);
}

#[test]
fn the_same_figures_twice() {
    let folder = Folder::training();
    let path = folder.find("bpe_2024_sante_communes.csv");
    fs::copy(&path, path.with_file_name("copie_bpe_2024_sante_communes.csv")).unwrap();
    let error = folder.import().expect_err("two files bring the same columns");
    let errors: Vec<_> = error.report().unwrap().errors().cloned().collect();
    assert!(errors.iter().all(|error| error.fault == Fault::Conflict), "{errors:?}");
    assert!(errors[0].problem.contains("copie_bpe") || errors[0].file.contains("copie_bpe"), "{errors:?}");
}

#[test]
fn a_folder_without_communes_and_a_geography_that_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("notes.txt"), "rien").unwrap();
    let error = pacte_sources::import(dir.path(), &Options::default(), &Silent).unwrap_err();
    assert!(matches!(error, ImportError::NoCommunes { files: 1, .. }), "{error}");
    let missing = pacte_sources::import(&dir.path().join("absent"), &Options::default(), &Silent).unwrap_err();
    assert!(matches!(missing, ImportError::Folder { .. }), "{missing}");

    let options = Options { geography: Some(1999), ..Options::default() };
    let error = pacte_sources::import(Folder::training().path(), &options, &Silent).unwrap_err();
    assert!(
        matches!(error, ImportError::Geography { asked: 1999, .. }) && error.to_string().contains("2024"),
        "{error}"
    );
}

#[test]
fn a_register_with_a_point_at_sea() {
    let folder = Folder::training();
    folder.edit("ressources_soins_urgents.csv", |text| {
        edit_line(&text, 2, |line| with_field(&with_field(line, ',', 4, "43.0"), ',', 5, "-9.0"))
    });
    let error = only_error(&folder);
    assert_eq!((error.line, error.column.as_deref()), (Some(2), Some("lat")), "{error}");
    assert!(error.problem.contains("en mer ou hors du territoire"), "{error}");

    let folder = Folder::training();
    folder.edit("ressources_soins_urgents.csv", |text| edit_line(&text, 3, |line| with_field(line, ',', 1, "samu")));
    let error = only_error(&folder);
    assert_eq!((error.line, error.column.as_deref()), (Some(3), Some("type")), "{error}");
}
