//! The zoning workbench: pages in both languages, a draft from its creation to its publication, files, and what is refused.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use pacte_access::atlas::Atlas;
use pacte_access::compute::{ComputeOptions, of_ground};
use pacte_access::ground::Ground;
use pacte_portal::workbench::Workbench;
use pacte_portal::{AppState, Options, Portal};
use pacte_territory::Nature;
use tower::ServiceExt as _;

use crate::html::{check, check_french, tags, text};
use crate::{Visitor, world};

const HOME: &str = "/decider/zonage";

/// The application over the invented territory, with a workbench in a folder of its own.
fn open(folder: &std::path::Path, hash: &str) -> AppState {
    let territory = Arc::new(world::territory(Nature::Real));
    let ground = Arc::new(Ground::new(Arc::clone(&territory), &ComputeOptions::default()).expect("a ground"));
    let atlas = Arc::new(Atlas::new(Arc::clone(&territory), of_ground(&ground).columns));
    let workbench = Workbench::open(ground, hash.into(), folder).expect("a workbench");
    let options = Options {
        hash: "0123456789abcdef".into(),
        theme: None,
        roads: Vec::new(),
        workbench: Some(workbench),
        aids: None,
    };
    Portal::open(territory, atlas, options).expect("a portal")
}

async fn post(state: &AppState, address: &str, form: &str) -> (StatusCode, String, String) {
    let request = Request::builder().method(Method::POST).uri(address).header(header::HOST, "pacte.example");
    let request = request.body(Body::from(form.to_owned())).expect("a request");
    let response = pacte_portal::app(state.clone()).oneshot(request).await.expect("an answer");
    let location = response.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 23).await.expect("a body");
    (status, location, String::from_utf8(bytes.to_vec()).expect("text"))
}

/// A new draft; its address.
async fn create(state: &AppState) -> String {
    let form = "methode=medecins-2021&indicateur=calcule&titre=Projet+d%27essai";
    let (status, location, body) = post(state, &format!("{HOME}/projets"), form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", text(&body));
    location.split('?').next().unwrap().to_owned()
}

/// Code of a zone that the page of a draft leads to.
fn some_zone(page: &str) -> String {
    let row = page.split("id=\"unites-table\"").nth(1).and_then(|table| table.split("<tbody>").nth(1)).expect("rows");
    row.split("zone=").nth(1).and_then(|rest| rest.split(['#', '&', '"']).next()).expect("a zone").to_owned()
}

#[tokio::test]
async fn every_page_answers_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path(), "a1b2c3");
    let draft = create(&state).await;
    let other = create(&state).await;
    let visitor = Visitor::of(state);
    let zone = some_zone(visitor.get(&draft).await.text());
    let [a, b] = [&draft, &other].map(|path| path.rsplit('/').next().unwrap());
    for address in [
        HOME.to_owned(),
        format!("{HOME}/proposition?methode=medecins-2021&indicateur=calcule"),
        format!("{HOME}/proposition?methode=medecins-2011&indicateur=calcule&tri=habitants"),
        draft.clone(),
        format!("{draft}?zone={zone}&tri=indicateur&ordre=decroissant"),
        format!("{HOME}/comparer?a={a}&b={b}"),
        format!("{HOME}/au/2026-01-01?commune=01028"),
    ] {
        for lang in ["fr", "en"] {
            let address = format!("{address}{}lang={lang}", if address.contains('?') { '&' } else { '?' });
            let answer = visitor.get(&address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}: {}", text(answer.text()));
            check(&address, answer.text());
            if lang == "fr" {
                check_french(&address, answer.text());
            }
        }
    }
}

#[tokio::test]
async fn a_draft_goes_from_the_method_to_a_published_layer() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path(), "a1b2c3");
    let draft = create(&state).await;
    let visitor = Visitor::of(Arc::clone(&state));
    let page = visitor.get(&draft).await;
    assert!(text(page.text()).contains("Projet d'essai"));
    let zone = some_zone(page.text());

    // A decision without reason is refused; what was typed stays.
    let form = format!("action=move&version=1&unite={zone}&classe=zac&motif=+");
    let (status, _, body) = post(&state, &draft, &form).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&body).contains("Écrivez le motif"));
    let chosen = tags(&body).into_iter().any(|tag| tag.get("value") == Some("zac") && tag.get("selected").is_some());
    assert!(chosen, "the class that was chosen is still chosen");

    // Nobody undoes what somebody else saved meanwhile, and a date must be one.
    let details = "action=details&version=1&titre=Autre+titre&note=titre";
    let (status, location, _) = post(&state, &draft, details).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{location}");
    let (status, _, body) = post(&state, &draft, "action=details&version=1&titre=Troisi%C3%A8me").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(text(&body).contains("la dernière est la 2") && body.contains("value=\"Troisième\""));
    let (status, _, body) = post(&state, &draft, "action=details&titre=Sans+version").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&body).contains("rechargez la page") && body.contains("value=\"Sans version\""));
    let (status, _, body) = post(&state, &draft, "action=publish&version=2&effet=2206-01-01&autorite=ARS").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&body).contains("Vérifiez l’année"), "{}", text(&body));
    let (status, _, body) = post(&state, &draft, "action=publish&version=2&effet=demain&autorite=ARS").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&body).contains("n’est pas une date d’effet") && body.contains("value=\"ARS\""));

    // Published, the layer answers for its dates and stays when the next one comes.
    let publish = |effet: &str| format!("action=publish&version=2&effet={effet}&autorite=ARS+d%27essai");
    let (status, first, body) = post(&state, &draft, &publish("2024-01-01")).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "not published: {}", text(&body));
    let first = first.split('?').next().unwrap().to_owned();
    let (status, _, body) = post(&state, &draft, &publish("2023-01-01")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&body).contains("2024-01-02"), "the first possible day is said: {}", text(&body));
    let (_, second, _) = post(&state, &draft, &publish("2026-01-01")).await;
    let second = second.split('?').next().unwrap().to_owned();
    for lang in ["fr", "en"] {
        for address in [&first, &second] {
            let address = format!("{address}?lang={lang}");
            let answer = visitor.get(&address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
            check(&address, answer.text());
        }
    }
    assert!(text(visitor.get(&first).await.text()).contains("Remplacé"));
    let day = |date: &str| format!("{HOME}/au/{date}?commune=01028");
    assert!(visitor.get(&day("2025-05-05")).await.text().contains(&first));
    assert!(visitor.get(&day("2026-05-05")).await.text().contains(&second));
    assert!(text(visitor.get(&day("2020-05-05")).await.text()).contains("Aucun zonage"));
    assert_eq!(visitor.get(&format!("{HOME}/au/hier")).await.status, StatusCode::BAD_REQUEST);

    // Its files: the same rows everywhere, and a PDF.
    let csv = visitor.get(&format!("{first}/zones.csv")).await;
    let rows = csv.text().lines().count() - 1;
    let geojson = visitor.get(&format!("{first}/zones.geojson")).await;
    let features: serde_json::Value = serde_json::from_slice(&geojson.bytes).expect("JSON");
    assert_eq!(features["features"].as_array().map(Vec::len), Some(rows));
    let whole: serde_json::Value =
        serde_json::from_slice(&visitor.get(&format!("{first}/zonage.json")).await.bytes).expect("JSON");
    assert_eq!(whole["zones"].as_array().map(Vec::len), Some(rows));
    let pdf = visitor.get(&format!("{first}/arrete.pdf")).await;
    assert!(pdf.bytes.starts_with(b"%PDF-") && pdf.header("content-type") == "application/pdf");
    assert_eq!(visitor.get(&format!("{first}/arrete.pdf")).await.bytes, pdf.bytes, "the same layer, the same bytes");
    assert_ne!(visitor.get(&format!("{draft}/arrete.pdf")).await.bytes, pdf.bytes, "a draft says PROJET");
    assert_eq!(visitor.get(&format!("{first}/zones.exe")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_draft_of_other_data_is_explained_and_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let draft = create(&open(folder.path(), "hier00")).await;
    let state = open(folder.path(), "auj000");
    let visitor = Visitor::of(Arc::clone(&state));
    let page = visitor.get(&draft).await;
    assert!(text(page.text()).contains("a été fait sur d’autres données"));
    let (status, _, body) = post(&state, &draft, "action=publish&version=1&effet=2026-01-01&autorite=ARS").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&body).contains("Reprenez-le"));
    let (status, ..) = post(&state, &draft, "action=carry&version=1").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(!text(visitor.get(&draft).await.text()).contains("a été fait sur d’autres données"));
    assert!(text(visitor.get(&format!("{draft}?version=1")).await.text()).contains("version ancienne"));
}

#[tokio::test]
async fn what_cannot_be_used_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path(), "a1b2c3");
    let visitor = Visitor::of(Arc::clone(&state));
    for (address, status, said) in [
        ("proposition?methode=medecins-1999", StatusCode::BAD_REQUEST, "medecins-2017"),
        ("proposition?methode=medecins-2021&region=ZZ", StatusCode::BAD_REQUEST, "Régions"),
        ("proposition?methode=infirmiers-2011", StatusCode::BAD_REQUEST, "tableau"),
        ("projets/abcdefabcdef", StatusCode::NOT_FOUND, "Aucun projet"),
        ("projets/..%2F..%2Fetc", StatusCode::NOT_FOUND, "nom d’un document"),
        ("zones/0123456789abcdef0123456789abcdef", StatusCode::NOT_FOUND, "Aucun zonage publié"),
    ] {
        let answer = visitor.get(&format!("{HOME}/{address}")).await;
        assert_eq!(answer.status, status, "{address}");
        assert!(text(answer.text()).contains(said), "{address}: {}", text(answer.text()));
    }
    // A method of one's own that is wrong comes back as it was typed.
    let (status, _, body) =
        post(&state, &format!("{HOME}/projets"), "methode_propre=id%3A+a%0Alabel%3A+b&titre=Mien").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("id: a") && body.contains("value=\"Mien\""), "{}", text(&body));
    let request = Request::builder().method(Method::POST).uri(format!("{HOME}/projets"));
    let request = request.header("sec-fetch-site", "cross-site").body(Body::from("methode=medecins-2021")).unwrap();
    let answer = pacte_portal::app(state).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "forms of other sites are refused");
}
