//! What if: the page, the answers to the live map, the files, saving and comparing, and what is refused.

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
use serde_json::Value;
use tower::ServiceExt as _;

use crate::html::{check, check_french, tags, text};
use crate::{Answer, Visitor, world};

const PAGE: &str = "/decider/simuler";

/// The application over the invented territory, with a workbench in a folder of its own.
fn open() -> (AppState, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let territory = Arc::new(world::territory(Nature::Real));
    let ground = Arc::new(Ground::new(Arc::clone(&territory), &ComputeOptions::default()).expect("a ground"));
    let atlas = Arc::new(Atlas::new(Arc::clone(&territory), of_ground(&ground).columns));
    let workbench = Workbench::open(ground, "a1b2c3".into(), folder.path()).expect("a workbench");
    let options = Options {
        hash: "0123456789abcdef".into(),
        theme: None,
        roads: Vec::new(),
        workbench: Some(workbench),
        aids: None,
    };
    (Portal::open(territory, atlas, options).expect("a portal"), folder)
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    serde_json::from_slice(&answer.bytes).expect("JSON")
}

async fn post(state: &AppState, address: &str, form: &str) -> (StatusCode, String, String) {
    let request = Request::builder().method(Method::POST).uri(address).header(header::HOST, "pacte.example");
    let request = request.body(Body::from(form.to_owned())).expect("a request");
    let response = pacte_portal::app(state.clone()).oneshot(request).await.expect("an answer");
    let location = response.headers().get(header::LOCATION).map_or("", |value| value.to_str().unwrap()).to_owned();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 22).await.expect("a body");
    (status, location, String::from_utf8(bytes.to_vec()).expect("text"))
}

#[tokio::test]
async fn the_page_answers_in_both_languages() {
    let (state, _folder) = open();
    let visitor = Visitor::of(state);
    for query in [
        "",
        "c=gp:5@01028",
        "c=gp:5@01028&c=-gp:1@01028&mesure=apl",
        "c=gp:2@01028%3E01029&mesure=zones",
        "c=retire:65:remplacement:40%25&c=depart:8%25/an:5ans",
        "c=su@04091&mesure=minutes",
        "c=msp:4@01001&c=centre:2@01002&c=smur@01003&c=mcs@01004",
        "c=method:mg-2010&c=activity.cap=7000",
    ] {
        for lang in ["fr", "en"] {
            let address = format!("{PAGE}?{query}&lang={lang}");
            let answer = visitor.get(&address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}: {}", text(answer.text()));
            check(&address, answer.text());
            if lang == "fr" {
                check_french(&address, answer.text());
            }
        }
    }
    let compare = visitor.get("/decider/simuler/comparer").await;
    check("comparer", compare.text());
    assert!(text(compare.text()).contains("Aucun scénario n’est enregistré"));
}

#[tokio::test]
async fn a_form_leads_to_the_link_of_its_change() {
    let (state, _folder) = open();
    let visitor = Visitor::of(state);
    for (form, link) in [
        ("action=ajouter&quoi=gp&nombre=5&ou=Grandville", "?c=gp:5%4001028"),
        ("c=gp:5%4001028&action=fermer&quoi=gp&nombre=2&ou=01028", "?c=gp:5%4001028&c=-gp:2%4001028"),
        ("action=deplacer&quoi=gp&nombre=1&ou=01028&vers=01029", "?c=gp:1%4001028%3E01029"),
        ("c=retire:60&action=retraite&age=65&reprise=40", "?c=retire:65:remplacement:40%25"),
        ("c=retire:65&action=retraite&age=&reprise=40", ""),
        ("action=depart&taux=7.5&ans=5&remplacement=60", "?c=depart:7,5%25%2Fan:5ans:remplacement:60%25"),
        ("action=ajouter&quoi=mcs&nombre=1&ou=46.05,2.05&mesure=apl", "?c=mcs%4001001&mesure=apl"),
    ] {
        let answer = visitor.get(&format!("{PAGE}?{form}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form}: {}", text(answer.text()));
        assert_eq!(answer.header("location"), format!("{PAGE}{link}"), "{form}");
        assert_eq!(visitor.get(answer.header("location")).await.status, StatusCode::OK, "{form}");
    }
}

#[tokio::test]
async fn the_page_says_what_the_engine_finds() {
    let (state, _folder) = open();
    let outcome = {
        let desk = &state.workbench.as_ref().unwrap().whatif;
        let simulator = desk.simulator();
        let change = pacte_access::whatif::Change::read(simulator.ground().territory(), "gp:40@01028").unwrap();
        let scenario = pacte_access::whatif::Scenario { changes: vec![change], ..Default::default() };
        desk.outcome(&scenario).unwrap()
    };
    assert!(!outcome.communes.is_empty());
    let visitor = Visitor::of(state);
    let page = visitor.get(&format!("{PAGE}?c=gp:40@01028")).await;
    let shown = text(page.text());
    assert!(shown.contains("Ouvrir à Grandville (01028)\u{a0}: 40\u{a0}médecins généralistes"), "{shown}");
    assert!(shown.contains(&format!("L’accès change dans {} communes", outcome.communes.len())), "{shown}");
    assert!(page.text().matches("class=\"shape\"").count() >= outcome.communes.len(), "communes are drawn");
    // Every link without one of the changes leads on, and forms keep the changes.
    let links = tags(page.text());
    assert!(links.iter().any(|tag| tag.name == "a" && tag.get("href") == Some(PAGE)), "undo leads to today");
    assert!(links.iter().any(|tag| tag.name == "input" && tag.get("value") == Some("gp:40@01028")));
    let csv = visitor.get("/decider/simuler/communes.csv?c=gp:40@01028").await;
    assert_eq!(csv.text().lines().filter(|line| !line.starts_with('#')).count(), outcome.communes.len() + 1);
    for file in
        ["communes.geojson", "communes.xlsx", "departements.csv", "regions.csv", "urgences.csv", "scenario.json"]
    {
        let answer = visitor.get(&format!("{PAGE}/{file}?c=gp:40@01028")).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert!(answer.header("content-disposition").contains("pacte-simulation-"), "{file}");
    }
    let scenario = json(&visitor.get(&format!("{PAGE}/scenario.json?c=gp:40@01028")).await);
    assert_eq!(scenario["changes"][0], "gp:40@01028");
    assert_eq!(scenario["base"]["territory"], "a1b2c3");
}

#[tokio::test]
async fn the_live_map_gets_the_changed_communes_only() {
    let (state, _folder) = open();
    let visitor = Visitor::of(state);
    let answer = json(&visitor.get(&format!("{PAGE}.json?c=gp:40@46.02,2.41")).await);
    let apl = &answer["colours"]["apl"];
    let steps: Vec<u64> = apl["ids"].as_array().unwrap().iter().map(|step| step.as_u64().unwrap()).collect();
    assert!(!steps.is_empty() && steps.len() < world::COMMUNES, "{}", steps.len());
    assert!(steps.iter().all(|step| *step > 0) && steps.iter().sum::<u64>() <= world::COMMUNES as u64);
    for list in ["after", "change"] {
        assert_eq!(apl[list].as_str().unwrap().len(), steps.len(), "one class a commune");
    }
    assert_eq!(apl["to"].as_array().unwrap().len(), steps.len());
    assert!(apl["change"].as_str().unwrap().bytes().all(|class| class >= b'3'), "more doctors never take access away");
    // The point became the commune it lies in; the page of the answer's address says the same.
    let change = answer["changes"][0].as_str().unwrap();
    assert!(change.starts_with("gp:40@0"), "{change}");
    let page = visitor.get(&format!("{PAGE}?{}", answer["query"].as_str().unwrap())).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["changes", "results"] {
        let part = text(&format!("<body>{}", answer["parts"][part].as_str().unwrap()));
        assert!(part.len() > 20 && text(page.text()).contains(&part), "{part}");
    }
    let marker = &answer["markers"][0];
    assert_eq!((marker["what"].as_str(), marker["moved"].as_str()), (Some("open"), Some("gp:40@{place}")));
    // Classes of today, one a commune.
    for measure in ["minutes", "zones"] {
        let ground = json(&visitor.get(&format!("{PAGE}/fond.json?mesure={measure}")).await);
        let classes = ground["classes"].as_str().unwrap();
        assert_eq!(classes.len(), world::COMMUNES, "{measure}");
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_said_and_the_rest_is_kept() {
    let (state, _folder) = open();
    let visitor = Visitor::of(state);
    for (query, words) in [
        ("c=gp:5@01028&action=ajouter&quoi=gp&nombre=2&ou=Granville", "Vouliez-vous dire\u{a0}: Grandville (01028)"),
        ("c=gp:5@01028&action=ajouter&quoi=gp&nombre=0&ou=01028", "un entier de 1 à"),
        ("c=gp:5@01028&action=fermer&quoi=gp&nombre=900&ou=01028", "impossible d’en retirer 900"),
        ("c=gp:5@01028&action=ajouter&quoi=mcs&nombre=1&ou=47.5,-20", "en mer ou hors du territoire"),
        ("c=gp:5@01028&c=su@zzz", "aucune commune «\u{a0}zzz\u{a0}»"),
        ("c=gp:5@01028&c=n%27importe+quoi", "n’est pas compris"),
    ] {
        let page = visitor.get(&format!("{PAGE}?{query}")).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{query}");
        check(query, page.text());
        let shown = text(page.text());
        assert!(shown.contains(words), "« {words} » is missing: {shown}");
        assert!(shown.contains("Ouvrir à Grandville (01028)\u{a0}: 5\u{a0}médecins généralistes"), "{query}");
        let live = visitor.get(&format!("{PAGE}.json?{query}")).await;
        assert_eq!(live.status, StatusCode::BAD_REQUEST, "{query}");
        let message: Value = serde_json::from_slice(&live.bytes).unwrap();
        assert!(message["error"]["message"].as_str().unwrap().contains(words), "{message}");
    }
    for (address, status) in [
        ("/decider/simuler?mesure=bonheur", StatusCode::BAD_REQUEST),
        ("/decider/simuler?action=danser", StatusCode::BAD_REQUEST),
        ("/decider/simuler?s=0123456789abcdef0123456789abcdef", StatusCode::NOT_FOUND),
        ("/decider/simuler?s=../../etc/passwd", StatusCode::NOT_FOUND),
        ("/decider/simuler/autre.csv", StatusCode::NOT_FOUND),
        ("/decider/simuler/communes.doc", StatusCode::NOT_FOUND),
        ("/decider/simuler/zones.geojson?c=gp:1@01028", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(visitor.get(address).await.status, status, "{address}");
    }
    let bare = Visitor::new();
    assert!(text(bare.get(PAGE).await.text()).contains("pacte serve"), "a portal without workbench says so");
    assert_eq!(bare.get(&format!("{PAGE}.json")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn scenarios_are_saved_listed_and_compared() {
    let (state, _folder) = open();
    let save = format!("{PAGE}/enregistrer");
    let (status, first, _) = post(&state, &save, "c=gp:5@01028&nom=Cinq+m%C3%A9decins").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, same, _) = post(&state, &save, "c=gp:5@01028&nom=Cinq+m%C3%A9decins").await;
    assert_eq!(first, same, "the same content has one name");
    let (_, second, _) = post(&state, &save, "c=retire:65&nom=D%C3%A9parts").await;
    for (form, words) in
        [("c=gp:5@01028&nom=", "nom"), ("nom=Vide", "sans changement"), ("c=gp:x@01028&nom=A", "entier")]
    {
        let (status, _, body) = post(&state, &save, form).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{form}");
        assert!(text(&body).contains(words), "{form}: {}", text(&body));
    }
    // A link that nobody wrote is refused before it costs anything.
    let thousands = "c=gp%4001028&".repeat(600);
    let (status, _, body) = post(&state, &save, &format!("{thousands}nom=A")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&body).contains("au plus 500 changements"), "{}", text(&body));
    let unknown: Vec<String> = (0..60).map(|n| format!("c=gp%40Nulle{n}")).collect();
    let (status, _, body) = post(&state, &save, &format!("{}&nom=A", unknown.join("&"))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text(&body).contains("Plus de 20 changements"), "{}", text(&body));
    // Two scenarios that do not list the same sets of urgent care, nor the same zoning method.
    let (status, smur, body) = post(&state, &save, "c=smur@01003&c=zonage:medecins-2017&nom=SMUR").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", text(&body));
    let (status, mcs, body) = post(&state, &save, "c=mcs@01004&c=zonage:medecins-2021&nom=MCS").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", text(&body));
    let visitor = Visitor::of(state);
    let [smur, mcs] = [smur, mcs].map(|link| link.split("s=").nth(1).unwrap().to_owned());
    let compare = visitor.get(&format!("{PAGE}/comparer?a={smur}&b={mcs}")).await;
    check("comparer", compare.text());
    let shown = text(compare.text());
    for words in ["SMUR et antennes, MCS", "zonage de 2017)", "zonage de 2021)", "n.\u{a0}d."] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let page = visitor.get(&first).await;
    let shown = text(page.text());
    assert!(
        shown.contains("Scénario enregistré") && shown.contains("Cinq médecins") && shown.contains("Départs"),
        "{shown}"
    );
    // A change added to a saved scenario keeps the short link.
    let (id, other) = (first.split("s=").nth(1).unwrap(), second.split("s=").nth(1).unwrap());
    let more = visitor.get(&format!("{PAGE}?s={id}&action=ajouter&quoi=gp&nombre=1&ou=01029")).await;
    assert_eq!(more.header("location"), format!("{PAGE}?s={id}&c=gp:1%4001029"));
    let compare = visitor.get(&format!("{PAGE}/comparer?a={id}&b={other}")).await;
    check("comparer", compare.text());
    check_french("comparer", compare.text());
    let shown = text(compare.text());
    for words in ["Cinq médecins", "Départs", "Aujourd’hui", "Dans une commune sous 2,5"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}
