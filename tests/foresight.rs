//! `pacte foresight` and `pacte allotment`, on the training territory and on real files.

use crate::support::{fail, json, real, succeed, training};

#[test]
fn a_projection_of_the_country_adds_up_and_follows_its_assumptions() {
    let years = |args: &[&str]| {
        let mut all = vec!["foresight", "--to", "2040", "--format", "json"];
        all.extend(args);
        json(&succeed(training(), &all)).as_array().unwrap().clone()
    };
    let country = years(&[]);
    let (first, last) = (&country[0], &country[country.len() - 1]);
    assert_eq!(last["year"], 2040);
    assert!(first["heads"].as_f64().unwrap() > 50.0 && last["heads_low"].as_f64() < last["heads_high"].as_f64());
    for pair in country.windows(2) {
        let at = |row: &serde_json::Value, id: &str| row[id].as_f64().unwrap();
        let next = at(&pair[0], "heads") + at(&pair[1], "entries") - at(&pair[1], "exits");
        assert!((at(&pair[1], "heads") - next).abs() < 1e-6);
    }
    let heads = |rows: &[serde_json::Value]| rows[rows.len() - 1]["heads"].as_f64().unwrap();
    assert!(heads(&years(&["--assume", "gp_share=0.2"])) < heads(&country));
    assert!(heads(&years(&["--places", "20"])) > heads(&country));
    let error = fail(training(), &["foresight", "--assume", "fidelite=1"], 1);
    assert!(error.contains("retention"), "{error}");
    let error = fail(training(), &["foresight", "--in", "region:ZZ"], 1);
    assert!(error.contains("ZZ") && error.contains("access table"), "{error}");
    let assumptions = json(&succeed(training(), &["foresight", "--assumptions", "--format", "json"]));
    assert!(assumptions.as_array().unwrap().iter().all(|row| !row["source"].as_str().unwrap().is_empty()));
}

#[test]
fn shares_come_out_with_their_reasons() {
    let rows = json(&succeed(training(), &["allotment", "--table", "numerus-clausus-2006", "--format", "json"]));
    let total: f64 = rows.as_array().unwrap().iter().map(|row| row["seats"].as_f64().unwrap()).sum();
    assert_eq!(total, 7100.0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("besoins.csv");
    std::fs::write(&file, succeed(training(), &["allotment", "--template"])).unwrap();
    let path = file.to_string_lossy().into_owned();
    let args = ["allotment", "--seats", "400", "--file", &path, "--rule", "plus-forts-restes", "--format", "json"];
    let rows = json(&succeed(training(), &args));
    assert!(rows.as_array().unwrap().iter().all(|row| !row["reason"].as_str().unwrap().is_empty()));
    let error = fail(training(), &["allotment", "--seats", "10", "--file", &path], 1);
    assert!(error.contains("au moins 200"), "{error}");
    std::fs::write(&file, "partie;besoin\nA;x\n").unwrap();
    let error = fail(training(), &["allotment", "--seats", "10", "--file", &path], 1);
    assert!(error.contains(":2 : besoin"), "{error}");
    fail(training(), &["allotment", "--seats", "10", "--rule", "tirage"], 2);
}

/// The figures of the seeds on real files: Tours keeps 80 %, and the places of 2015 go to ten regions.
#[test]
fn real_regions_train_keep_and_receive() {
    let Some(data) = real("real_regions_train_keep_and_receive") else { return };
    let regions = json(&succeed(data, &["foresight", "--regions", "--format", "json"]));
    let centre = regions.as_array().unwrap().iter().find(|row| row["code"] == "24").unwrap();
    assert_eq!(centre["retention"].as_f64().unwrap().round(), 80.0);
    assert!((centre["places_share"].as_f64().unwrap() - 100.0 * 196.0 / 7100.0).abs() < 1e-9);
    let heads = |args: &[&str]| {
        let mut all = vec!["foresight", "--to", "2040", "--format", "json"];
        all.extend(args);
        let rows = json(&succeed(data, &all));
        rows.as_array().unwrap().last().unwrap()["heads"].as_f64().unwrap()
    };
    let gain = |place: &[&str]| {
        let with: Vec<&str> = place.iter().copied().chain(["--places", "131"]).collect();
        heads(&with) - heads(place)
    };
    let country = gain(&[]);
    // 131 places × 0.42 × 0.78 a year for fourteen years, less a few departures.
    assert!((500.0..131.0 * 0.42 * 0.78 * 14.0).contains(&country), "{country}");
    assert!(gain(&["--in", "ancienne_region:24"]) > 0.0);
    assert!(heads(&["--in", "region:24", "--assume", "retention=0.9"]) > heads(&["--in", "region:24"]));
}
