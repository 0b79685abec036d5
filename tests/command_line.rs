//! The conventions of the command line, and figures that agree with each other.

use crate::support::{fail, json, pacte, succeed, training};

#[test]
fn wrong_usage_exits_with_two_and_failures_with_one() {
    let empty = tempfile::tempdir().unwrap();
    fail(empty.path(), &["impot"], 2);
    fail(empty.path(), &["access", "table", "--level", "canton"], 2);
    let error = fail(empty.path(), &["access", "show", "59350"], 1);
    assert!(error.contains("pacte demo") && error.contains("pacte import"), "{error}");
    let error = fail(empty.path(), &["import", "/nulle/part"], 1);
    assert!(error.contains("/nulle/part"), "{error}");
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "a failure writes nothing");
    let error = fail(training(), &["access", "show", "59350"], 1);
    assert!(error.contains("59350"), "{error}");
}

#[test]
fn the_three_formats_say_the_same() {
    let csv = succeed(training(), &["access", "table", "--level", "departement", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let objects = json(&succeed(training(), &["access", "table", "--level", "departement", "--format", "json"]));
    let objects = objects.as_array().unwrap();
    assert_eq!((rows.len(), objects.len()), (3, 3));
    for (row, object) in rows.iter().zip(objects) {
        for (header, cell) in headers.iter().zip(row) {
            match &object[header] {
                serde_json::Value::Null => assert_eq!(cell, "", "{header}"),
                serde_json::Value::String(text) => assert_eq!(cell, text, "{header}"),
                number => {
                    // Both are written in full; JSON numbers may be read back one bit away.
                    let (csv, json) = (cell.parse::<f64>().unwrap(), number.as_f64().unwrap());
                    assert!((csv - json).abs() <= 1e-14 * csv.abs(), "{header}: {csv} ≠ {json}");
                }
            }
        }
    }
    let table = succeed(training(), &["access", "table", "--level", "departement"]);
    for row in &rows {
        assert!(table.contains(&row[1]), "{} is missing from the table", &row[1]);
    }
}

#[test]
fn the_country_is_the_sum_of_its_departements() {
    let of = |level: &str| json(&succeed(training(), &["access", "table", "--level", level, "--format", "json"]));
    let (country, departements) = (of("country"), of("departement"));
    for figure in ["communes", "population_2023", "gps", "pharmacies", "emergency_departments", "msp"] {
        let sum: f64 = departements.as_array().unwrap().iter().filter_map(|row| row[figure].as_f64()).sum();
        let total = country[0][figure].as_f64().unwrap_or_else(|| panic!("{figure} is not given"));
        assert!((sum - total).abs() < 1e-6 * total.max(1.0), "{figure}: {sum} ≠ {total}");
        assert!(total > 0.0, "{figure}");
    }
    let share = country[0]["share_below_2_5"].as_f64().unwrap();
    assert!((1.0..60.0).contains(&share), "some live in deserts, most do not: {share}");
}

#[test]
fn show_and_table_agree_for_one_commune() {
    let rows = json(&succeed(training(), &["access", "table", "--level", "commune", "--format", "json"]));
    let row = &rows.as_array().unwrap()[0];
    let code = row["code"].as_str().unwrap();
    let shown = json(&succeed(training(), &["access", "show", code, "--format", "json"]));
    let figure = shown
        .as_array()
        .unwrap()
        .iter()
        .find(|figure| figure["id"] == "apl_mg")
        .unwrap_or_else(|| panic!("no APL in {shown}"));
    assert_eq!(figure["value"], row["apl_mg"]);
    assert!(figure["source"].as_str().is_some_and(|source| !source.is_empty()), "no figure without its source");
}

#[test]
fn compare_official_gives_a_row_a_vintage_level_and_weighting() {
    let rows = json(&succeed(training(), &["access", "compare-official", "--format", "json"]));
    let rows = rows.as_array().unwrap();
    for level in ["commune", "bassin_de_vie", "departement"] {
        let row = rows.iter().find(|row| row["level"] == level).unwrap_or_else(|| panic!("no row for {level}"));
        assert!(row["vintage"].is_i64() && row["n"].as_u64().unwrap() > 0);
        assert!(row["weighting"].is_string() && row["bias"].is_f64());
        let r = row["r_weighted"].as_f64().unwrap();
        assert!((-1.0..=1.0).contains(&r), "{r}");
    }
    let communes = rows.iter().find(|row| row["level"] == "commune").unwrap();
    assert!(communes["r_weighted"].as_f64().unwrap() > 0.6, "the model follows the published figures: {communes}");
}

#[test]
fn exports_hold_every_row_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_string_lossy().into_owned();
    let formats = ["csv", "xlsx", "geojson", "parquet", "json"];
    let mut args = vec!["export", "--level", "commune", "--to", &to];
    for format in formats {
        args.extend(["--format", format]);
    }
    succeed(training(), &args);
    let csv = std::fs::read_to_string(folder.path().join("indicateurs-commune.csv")).unwrap();
    let rows = csv::Reader::from_reader(csv.as_bytes()).records().count();
    let geojson = json(&std::fs::read_to_string(folder.path().join("indicateurs-commune.geojson")).unwrap());
    assert_eq!(geojson["features"].as_array().unwrap().len(), rows);
    assert!(rows >= 500, "{rows} communes");
    for format in formats {
        assert!(folder.path().join(format!("indicateurs-commune.{format}")).metadata().unwrap().len() > 1000);
    }
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!(
            "'{}' --data '{}' access table --level commune | head -1",
            crate::support::PACTE,
            training().display()
        ))
        .output()
        .unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("erreur"), "{output:?}");
    assert!(pacte(training(), &["--version"]).status.success());
}
