//! The portal over a real socket: what it refuses, how, and what it gives to take away.

use crate::support::{Portal, json};

#[test]
fn unknown_territories_get_a_useful_404() {
    let portal = Portal::training();
    let answer = portal.get("/territoires/commune/59350");
    assert_eq!(answer.status, 404);
    let page = answer.text();
    assert!(page.contains("59350") && page.contains("/recherche"), "{page}");
    assert_eq!(portal.get("/territoires/canton/1").status, 404);
    assert_eq!(portal.get("/nulle-part").status, 404);
}

#[test]
fn malformed_and_oversized_queries_get_a_400_that_says_why() {
    let portal = Portal::training();
    let long = "a".repeat(9000);
    for (path, says) in [
        (format!("/recherche?q={long}"), "8192"),
        ("/carte?mesure=bonheur".to_owned(), "bonheur"),
        ("/carte?niveau=canton".to_owned(), "canton"),
        ("/tuiles/99/0/0.mvt".to_owned(), "99"),
        ("/tuiles/3/9/0.mvt".to_owned(), "9"),
        ("/territoires/departement/X1?tri=bonheur".to_owned(), "bonheur"),
    ] {
        let answer = portal.get(&path);
        let page = answer.text();
        assert_eq!(answer.status, 400, "{}: {page}", &path[..path.len().min(60)]);
        assert!(page.contains(says), "« {says} » is missing for {}: {page}", &path[..path.len().min(60)]);
    }
    assert_eq!(portal.request("POST", "/").status, 405);
}

#[test]
fn pages_are_safe_and_cacheable() {
    let portal = Portal::training();
    let home = portal.get("/");
    assert_eq!(home.status, 200);
    let policy = home.header("content-security-policy").expect("a policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe-eval"), "{policy}");
    assert_eq!(home.header("x-content-type-options"), Some("nosniff"));
    assert!(!home.text().contains("https://") || !home.text().contains("<script src=\"https://"), "no outside script");
}

#[test]
fn downloads_open_in_every_format() {
    let portal = Portal::training();
    let page = portal.get("/donnees").text();
    let link = |extension: &str| {
        page.split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .find(|href| href.split('?').next().is_some_and(|path| path.ends_with(extension)))
            .unwrap_or_else(|| panic!("no {extension} on /donnees"))
            .replace("&amp;", "&")
            .replace("&#38;", "&")
    };
    let csv = portal.get(&link(".csv"));
    assert_eq!(csv.status, 200);
    assert!(csv::Reader::from_reader(csv.body.as_slice()).records().all(|row| row.is_ok()));
    assert!(portal.get(&link(".xlsx")).body.starts_with(b"PK"));
    assert!(portal.get(&link(".parquet")).body.starts_with(b"PAR1"));
    assert_eq!(json(&portal.get(&link(".geojson")).text())["type"], "FeatureCollection");
}

#[test]
fn search_forgives_accents_and_typing_errors() {
    let portal = Portal::training();
    let rows = crate::support::json(&crate::support::succeed(
        crate::support::training(),
        &["access", "table", "--level", "commune", "--format", "json"],
    ));
    let largest = rows
        .as_array()
        .unwrap()
        .iter()
        .max_by(|a, b| a["population"].as_f64().unwrap().total_cmp(&b["population"].as_f64().unwrap()))
        .unwrap()
        .clone();
    let (name, code) = (largest["name"].as_str().unwrap(), largest["code"].as_str().unwrap());
    let mut letters: Vec<char> = name.chars().collect();
    letters.swap(2, 3);
    let misspelt: String = letters.iter().collect::<String>().to_lowercase();
    for query in [name.to_owned(), name.to_uppercase(), misspelt, code.to_owned()] {
        let encoded = query.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
        let found = json(&portal.get(&format!("/recherche.json?q={encoded}")).text());
        assert!(found.to_string().contains(code), "« {query} » does not find {name}: {found}");
    }
}
