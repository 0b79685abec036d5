//! `pacte zoning`, from a method to a published layer, over the training territory and over France.

use std::path::Path;

use crate::support::{copy_folder, fail, json, real, succeed, training};

/// A data directory of our own with the training territory: drafts are written into it.
fn own() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy_folder(training(), dir.path());
    dir
}

fn draft(data: &Path) -> String {
    succeed(data, &["zoning", "draft", "new", "--method", "medecins-2021", "--title", "Essai"]).trim().to_owned()
}

#[test]
fn a_draft_becomes_a_layer_that_answers_for_its_dates() {
    let dir = own();
    let data = dir.path();
    let id = draft(data);
    let zones = json(&succeed(data, &["zoning", "draft", "show", &id, "--format", "json"]));
    let zones = zones.as_array().unwrap();
    assert!(zones.len() > 5);
    let zone = zones[0]["code"].as_str().unwrap();
    let error = fail(data, &["zoning", "draft", "move", &id, zone, "zip", "--reason", ""], 1);
    assert!(error.contains("motif"), "{error}");
    let error = fail(data, &["zoning", "draft", "move", &id, "ZZZ", "zip", "--reason", "x"], 1);
    assert!(error.contains("ZZZ"), "{error}");

    let first = succeed(data, &["zoning", "publish", &id, "--effective", "2024-01-01", "--authority", "ARS"]);
    let error = fail(data, &["zoning", "publish", &id, "--effective", "2023-06-01", "--authority", "ARS"], 1);
    assert!(error.contains("2024-01-02"), "the first possible day is said: {error}");
    let second = succeed(data, &["zoning", "publish", &id, "--effective", "2026-01-01", "--authority", "ARS"]);
    let layers = json(&succeed(data, &["zoning", "list", "--format", "json"]));
    assert_eq!(layers.as_array().map(Vec::len), Some(2));
    assert_eq!(layers[0]["supersedes"], first.trim());

    let communes = json(&succeed(data, &["zoning", "draft", "show", &id, "--show", "communes", "--format", "json"]));
    let commune = communes[0]["commune"].as_str().unwrap();
    let on = |day: &str| json(&succeed(data, &["zoning", "as-of", day, "--commune", commune, "--format", "json"]));
    assert_eq!(on("2025-07-01")[0]["layer"], first.trim());
    assert_eq!(on("2026-07-01")[0]["layer"], second.trim());
    assert_eq!(on("2025-07-01")[0]["class"], communes[0]["class"]);
    assert!(fail(data, &["zoning", "as-of", "2020-01-01", "--commune", commune], 1).contains("2020-01-01"));
    fail(data, &["zoning", "as-of", "hier"], 2);

    let pdf = data.join("arrete.pdf");
    succeed(data, &["zoning", "arrete", first.trim(), "--to", &pdf.to_string_lossy()]);
    let bytes = std::fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    succeed(data, &["zoning", "arrete", first.trim(), "--to", &pdf.to_string_lossy()]);
    assert_eq!(std::fs::read(&pdf).unwrap(), bytes, "the same layer gives the same bytes");
}

#[test]
fn two_drafts_differ_where_one_moved() {
    let dir = own();
    let (a, b) = (draft(dir.path()), draft(dir.path()));
    let zones = json(&succeed(dir.path(), &["zoning", "draft", "show", &b, "--format", "json"]));
    let zone = zones.as_array().unwrap().iter().find(|zone| zone["class"] == "zac").expect("a ZAC");
    let code = zone["code"].as_str().unwrap();
    succeed(dir.path(), &["zoning", "draft", "move", &b, code, "zip", "--reason", "deux départs annoncés"]);
    let differences = json(&succeed(dir.path(), &["zoning", "compare", &a, &b, "--format", "json"]));
    assert_eq!(differences.as_array().map(Vec::len), Some(1));
    assert_eq!((&differences[0]["code"], &differences[0]["second"]), (&zone["code"], &"ZIP".into()));
    succeed(dir.path(), &["zoning", "draft", "unmove", &b, code]);
    let differences = succeed(dir.path(), &["zoning", "compare", &a, &b, "--format", "json"]);
    assert_eq!(json(&differences).as_array().map(Vec::len), Some(0));
}

#[test]
fn methods_are_checked_with_their_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let wrong = dir.path().join("mienne.yaml");
    std::fs::write(&wrong, "id: mienne\nlabel: Mienne\n").unwrap();
    let error = fail(dir.path(), &["zoning", "check", &wrong.to_string_lossy()], 1);
    assert!(error.contains("mienne.yaml"), "{error}");
    let methods = json(&succeed(dir.path(), &["zoning", "methods", "--format", "json"]));
    assert_eq!(methods.as_array().map(Vec::len), Some(5));
    assert!(fail(training(), &["zoning", "propose", "--method", "inconnue"], 1).contains("medecins-2021"));
    let error = fail(training(), &["zoning", "propose", "--method", "infirmiers-2011"], 1);
    assert!(error.contains("tableau") && error.contains("--template"), "{error}");
    let error = fail(dir.path(), &["zoning", "methods", "--template", "medecins-2021"], 1);
    assert!(error.contains("ne demande pas de tableau"), "{error}");
    let text = succeed(dir.path(), &["zoning", "methods", "--text", "medecins-2021"]);
    let copy = dir.path().join("copie.yaml");
    std::fs::write(&copy, text).unwrap();
    succeed(dir.path(), &["zoning", "check", &copy.to_string_lossy()]);
}

/// A table filled in from its template, zone by zone: codes and names of the training territory, figures by column.
fn filled(method: &str, figure: impl Fn(usize, &str) -> String) -> String {
    let template = succeed(training(), &["zoning", "methods", "--template", method]);
    let columns: Vec<&str> = template.lines().next().unwrap().split(';').collect();
    let zones = ["zoning", "propose", "--method", "medecins-2021", "--format", "json"];
    let zones = json(&succeed(training(), &zones));
    let mut lines = vec![columns.join(";")];
    for (at, zone) in zones.as_array().unwrap().iter().enumerate() {
        let cell = |column: &&str| match *column {
            "zone" => zone["code"].as_str().unwrap().to_owned(),
            "nom" => zone["name"].as_str().unwrap().to_owned(),
            "region" => "X".to_owned(),
            "departement" => String::new(),
            "population" => zone["population"].to_string(),
            other => figure(at, other),
        };
        lines.push(columns.iter().map(cell).collect::<Vec<_>>().join(";"));
    }
    if template.contains(";age_") {
        // National fees per head of each age band.
        let cell = |column: &&str| match *column {
            "zone" => "HONORAIRES".to_owned(),
            "region" | "population" => "0".to_owned(),
            "nom" | "departement" => String::new(),
            other if other.starts_with("age_") => "100".to_owned(),
            _ => String::new(),
        };
        lines.push(columns.iter().map(cell).collect::<Vec<_>>().join(";"));
    }
    lines.join("\n")
}

#[test]
fn nurses_and_physiotherapists_are_zoned_from_a_table() {
    let dir = own();
    let nurses = filled("infirmiers-2011", |at, column| match column {
        "infirmiers" => (5 + 9 * (at % 7)).to_string(),
        "honoraires" => ((5 + 9 * (at % 7)) * (30_000 + 4_000 * (at % 5))).to_string(),
        "indemnites_km" => (1_000 * (at % 11)).to_string(),
        "population_75_plus" => (500 + 90 * (at % 13)).to_string(),
        "population_standardisee" => "9000".to_owned(),
        _ => "0".to_owned(),
    });
    let physiotherapists = filled("kinesitherapeutes-2011", |at, column| match column {
        "kines" => (2 + at % 9).to_string(),
        "journees" => ((2 + at % 9) * 180).to_string(),
        "demi_journees" => ((2 + at % 9) * 30).to_string(),
        "km" => (4_000 * (at % 5)).to_string(),
        "kines_ages" => (at % 2).to_string(),
        "actes" => "30000".to_owned(),
        "patients" => (900 + 40 * (at % 6)).to_string(),
        _ => (300 + 10 * (at % 8)).to_string(),
    });
    for (method, table) in [("infirmiers-2011", nurses), ("kinesitherapeutes-2011", physiotherapists)] {
        let file = dir.path().join(format!("{method}.csv"));
        std::fs::write(&file, &table).unwrap();
        let path = file.to_string_lossy().into_owned();
        let of = ["--method", method, "--table", &path];
        let zones = json(&succeed(dir.path(), &[&["zoning", "propose", "--format", "json"], &of[..]].concat()));
        let classes: std::collections::BTreeSet<&str> =
            zones.as_array().unwrap().iter().filter_map(|zone| zone["class"].as_str()).collect();
        assert!(classes.len() >= 2, "{method}: {classes:?}");
        // The whole way: a draft that carries its table, a layer, its class of a zone.
        let draft = succeed(dir.path(), &[&["zoning", "draft", "new", "--title", method], &of[..]].concat());
        std::fs::remove_file(&file).unwrap();
        let args = ["zoning", "publish", draft.trim(), "--effective", "2026-01-01", "--authority", "ARS"];
        let layer = succeed(dir.path(), &args);
        assert!(succeed(dir.path(), &["zoning", "as-of", "2026-02-01"]).contains(layer.trim()), "{layer}");
        // A cell that is no number is told with its line.
        std::fs::write(&file, table.replacen(";300;", ";beaucoup;", 1).replacen(";9000;", ";beaucoup;", 1)).unwrap();
        let error = fail(dir.path(), &[&["zoning", "propose"], &of[..]].concat(), 1);
        assert!(error.contains(&format!("{method}.csv")) && error.contains("beaucoup"), "{error}");
    }
}

#[test]
fn the_quotas_of_france_hold() {
    let Some(data) = real("the_quotas_of_france_hold") else { return };
    let quotas = json(&succeed(data, &["zoning", "propose", "--show", "quotas", "--format", "json"]));
    let quotas = quotas.as_array().unwrap();
    assert!(quotas.len() >= 30, "two quotas a region: {}", quotas.len());
    for quota in quotas {
        let number = |field: &str| quota[field].as_u64().unwrap();
        assert!(number("used") <= number("allowed"), "{quota}");
    }
}
