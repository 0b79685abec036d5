//! What surrounds every answer: headers, compression, caching, tiles and styles.

use axum::http::{Method, StatusCode, header};

use crate::html::{check, tags, text};
use crate::{Visitor, world};

#[tokio::test]
async fn a_panic_is_a_page_that_says_nothing_of_its_cause() {
    let panicking = axum::Router::new().route("/panique", axum::routing::get(|| async { panics() }));
    let visitor = Visitor::through(pacte_portal::serve::surround(panicking, world::portal()));
    let answer = visitor.get("/panique").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text(answer.text()).contains("Une erreur s’est produite de notre côté"));
    assert!(!answer.text().contains("secret"));
    check("/panique", answer.text());
}

fn panics() {
    panic!("a secret cause");
}

#[tokio::test]
async fn every_answer_is_protected() {
    let visitor = Visitor::new();
    for address in ["/", "/rien", "/recherche.json?q=a", "/donnees/sources.csv", "/tuiles/3/4/2.mvt", "/etat.json"] {
        let answer = visitor.get(address).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{address}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert!(!answer.header("referrer-policy").is_empty(), "{address}");
    }
}

#[tokio::test]
async fn pages_are_compressed_when_asked() {
    let visitor = Visitor::new().with(header::ACCEPT_ENCODING, "gzip");
    let page = visitor.get("/territoires/country/FR").await;
    assert_eq!(page.header("content-encoding"), "gzip");
    assert!(page.bytes.starts_with(&[0x1f, 0x8b]));
    let workbook = visitor.get("/donnees/sources.xlsx").await;
    assert_eq!(workbook.header("content-encoding"), "", "a workbook is already compressed");
}

#[tokio::test]
async fn styles_and_scripts_of_a_page_exist_and_are_kept() {
    let visitor = Visitor::new();
    let page = visitor.get("/carte").await;
    let assets: Vec<String> = tags(page.text())
        .iter()
        .filter_map(|tag| tag.get("src").or(tag.get("href")))
        .filter(|address| address.starts_with("/static/"))
        .map(str::to_owned)
        .collect();
    assert!(assets.len() >= 4, "{assets:?}");
    for address in assets {
        let asset = visitor.get(&address).await;
        assert_eq!(asset.status, StatusCode::OK, "{address}");
        assert!(asset.header("cache-control").contains("immutable"), "{address}");
    }
}

#[tokio::test]
async fn tiles_are_compressed_and_kept_for_their_version() {
    let visitor = Visitor::new();
    let plain = visitor.get("/tuiles/7/64/45.mvt?v=0123456789abcdef").await;
    assert_eq!((plain.status, plain.header("content-encoding")), (StatusCode::OK, ""));
    assert_eq!(plain.header("content-type"), "application/vnd.mapbox-vector-tile");
    assert!(plain.header("cache-control").contains("immutable"));
    let zipped = visitor.with(header::ACCEPT_ENCODING, "gzip").get("/tuiles/7/64/45.mvt").await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert!(zipped.bytes.len() < plain.bytes.len());
    assert!(!zipped.header("cache-control").contains("immutable"), "no version, no promise");
    let nothing = visitor.get("/tuiles/5/0/0.mvt").await;
    assert_eq!(nothing.status, StatusCode::NO_CONTENT);
    let change = visitor.get("/tuiles/7/64/45.mvt?de_quoi=mg&de=2017&a=2024").await;
    assert_ne!(change.bytes, plain.bytes);
}

#[tokio::test]
async fn heads_have_no_body_and_small_addresses_answer() {
    let visitor = Visitor::new();
    let head = visitor.ask(Method::HEAD, "/methodes").await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    assert!(visitor.get("/robots.txt").await.text().contains("Disallow"));
    assert!(visitor.get("/favicon.ico").await.header("location").contains("logo"));
    let state: serde_json::Value = serde_json::from_slice(&visitor.get("/etat.json").await.bytes).expect("JSON");
    assert_eq!((&state["status"], &state["figures"]), (&"ok".into(), &"0123456789abcdef".into()));
}
