//! Files: that they read back, with the figures of the atlas.

use axum::http::{StatusCode, header};
use calamine::Reader as _;

use crate::Visitor;

/// Rows of a CSV file, header first.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|r| r.expect("sound CSV").iter().map(str::to_owned).collect()).collect()
}

fn cell<'a>(rows: &'a [Vec<String>], key: &str, column: &str) -> &'a str {
    let at = rows[0].iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"));
    &rows.iter().find(|row| row[0] == key).unwrap_or_else(|| panic!("no row {key}"))[at]
}

#[tokio::test]
async fn every_level_has_its_table() {
    let visitor = Visitor::new();
    for (level, count) in [("commune", 100), ("departement", 5), ("region", 3), ("epci", 17), ("country", 1)] {
        let answer = visitor.get(&format!("/donnees/territoires.csv?niveau={level}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{level}");
        let rows = rows(&answer.bytes);
        assert_eq!(rows.len() - 1, count, "{level}");
        assert_eq!(&rows[0][..2], ["code", "name"]);
        assert!(rows[0].iter().any(|column| column == "apl_mg"));
    }
    let communes = rows(&visitor.get("/donnees/territoires.csv").await.bytes);
    assert_eq!(cell(&communes, "01028", "population"), "250000");
    assert_eq!(cell(&communes, "01028", "departement_name"), "Ain-Haut");
    assert_eq!(cell(&communes, "01028", "zoning_gp"), "Zone d’intervention prioritaire (ZIP)");
    assert_eq!(cell(&communes, "97204", "population"), "", "unknown is empty");
}

#[tokio::test]
async fn tables_are_limited_to_a_larger_area() {
    let visitor = Visitor::new();
    let of_departement = rows(&visitor.get("/donnees/territoires.csv?departement=2A").await.bytes);
    assert_eq!(of_departement.len() - 1, 24);
    assert!(of_departement[1..].iter().all(|row| row[0].starts_with("2A")));
    let of_region = rows(&visitor.get("/donnees/territoires.csv?niveau=departement&dans=region:11").await.bytes);
    assert_eq!(of_region[1..].iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["01", "02"]);
}

#[tokio::test]
async fn tables_of_one_territory_read_back() {
    let visitor = Visitor::new();
    let one = rows(&visitor.get("/donnees/territoire.csv?territoire=commune:01028").await.bytes);
    assert_eq!(cell(&one, "apl_mg", "value"), "5.6");
    assert!(cell(&one, "apl_mg", "source").contains("calcul de Pacte"));
    let classes = rows(&visitor.get("/donnees/repartition.csv?territoire=region:11").await.bytes);
    let persons: f64 = classes[1..].iter().map(|row| row[2].parse::<f64>().expect("a number")).sum();
    let region = rows(&visitor.get("/donnees/territoires.csv?niveau=region").await.bytes);
    assert_eq!(persons.to_string(), cell(&region, "11", "population"));
    let shares: f64 = classes[1..].iter().map(|row| row[3].parse::<f64>().expect("a number")).sum();
    assert!((shares - 100.0).abs() < 1e-9);
    let trend = rows(&visitor.get("/donnees/tendance.csv?territoire=commune:01028").await.bytes);
    assert!(trend.iter().any(|row| row[0] == "population" && row[3] == "2021" && row[4] == "245000"));
    let near = rows(&visitor.get("/donnees/proches.csv?territoire=commune:01028").await.bytes);
    assert_eq!(cell(&near, "emergency", "commune"), "01028");
    let reach = rows(&visitor.get("/donnees/proches.csv?territoire=country:FR").await.bytes);
    assert!(cell(&reach, "emergency", "share_beyond_30").parse::<f64>().is_ok_and(|share| share > 0.0));
    let around = rows(&visitor.get("/donnees/voisins.csv?territoire=departement:01").await.bytes);
    let mut codes: Vec<&str> = around[1..].iter().map(|row| row[0].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["01", "02", "2A"]);
    let both = rows(&visitor.get("/donnees/comparaison.csv?a=commune:01028&b=departement:01").await.bytes);
    assert_eq!(cell(&both, "communes", "difference"), "23");
    let change =
        rows(&visitor.get("/donnees/evolution.csv?niveau=country&de_quoi=population&de=2021&a=2023").await.bytes);
    let percent: f64 = change[1][2].parse().expect("a number");
    assert!((percent - 100.0 * (1.0 / 0.98 - 1.0)).abs() < 0.01, "{percent}");
    let sources = rows(&visitor.get("/donnees/sources.csv").await.bytes);
    assert_eq!(sources.len(), 3);
    let dictionary = rows(&visitor.get("/donnees/dictionnaire.csv").await.bytes);
    assert!(cell(&dictionary, "apl_mg", "method").contains("temps de trajet"));
    // Every column of the tables is in the dictionary, but for the names that go with codes.
    let communes = rows(&visitor.get("/donnees/territoires.csv").await.bytes);
    for column in communes[0].iter().filter(|column| !column.ends_with("_name")) {
        cell(&dictionary, column, "label");
    }
}

#[tokio::test]
async fn every_format_opens() {
    let visitor = Visitor::new();
    let geojson = visitor.get("/donnees/territoires.geojson?niveau=departement").await;
    let features: serde_json::Value = serde_json::from_slice(&geojson.bytes).expect("JSON");
    assert_eq!(geojson.header("content-type"), "application/geo+json");
    assert_eq!(features["features"].as_array().map(Vec::len), Some(5));
    assert!(features["features"][0]["geometry"]["coordinates"].is_array());
    let parquet = visitor.get("/donnees/territoires.parquet?niveau=departement").await;
    assert!(parquet.bytes.starts_with(b"PAR1") && parquet.bytes.ends_with(b"PAR1"));
    let xlsx = visitor.get("/donnees/territoires.xlsx?niveau=departement").await;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(xlsx.bytes.clone())).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    assert_eq!(sheet.height(), 6, "a header and five départements");
    let json = visitor.get("/donnees/territoires.json?niveau=departement").await;
    let list: serde_json::Value = serde_json::from_slice(&json.bytes).expect("JSON");
    assert_eq!(list[0]["code"], "01");
}

#[tokio::test]
async fn files_have_names_tags_and_are_not_sent_twice() {
    let visitor = Visitor::new();
    let first = visitor.get("/donnees/territoires.csv?niveau=commune&departement=01").await;
    assert_eq!(
        first.header("content-disposition"),
        "attachment; filename=\"pacte-territoires-commune-departement-01.csv\""
    );
    let tag = first.header("etag").to_owned();
    assert!(tag.contains("0123456789abcdef"));
    let again = visitor.with(header::IF_NONE_MATCH, &tag).get("/donnees/territoires.csv?niveau=commune").await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.bytes.is_empty());
    let twice = visitor.get("/donnees/territoires.csv?niveau=commune&departement=01").await;
    assert_eq!(first.bytes, twice.bytes);
}
