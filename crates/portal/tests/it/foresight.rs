//! Effectifs à venir and Répartir des postes, through the router.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use pacte_access::atlas::Atlas;
use pacte_access::compute::ComputeOptions;
use pacte_access::ground::Ground;
use pacte_portal::workbench::Workbench;
use pacte_portal::{AppState, Options, Portal};
use pacte_territory::Nature;
use tower::ServiceExt as _;

use crate::html::{check, check_french, tags, text};
use crate::{Visitor, world};

/// The invented territory with what decisions are computed on.
fn bench() -> AppState {
    static OPENED: OnceLock<AppState> = OnceLock::new();
    let opened = OPENED.get_or_init(|| {
        let territory = Arc::new(world::territory(Nature::Real));
        let ground = Arc::new(Ground::new(Arc::clone(&territory), &ComputeOptions::default()).expect("a ground"));
        let atlas = Arc::new(Atlas::new(Arc::clone(&territory), Vec::new()));
        let folder = tempfile::tempdir().expect("a folder");
        let workbench = Workbench::open(ground, "0123".into(), folder.path()).expect("a workbench");
        let options = Options { hash: "0123456789abcdef".into(), workbench: Some(workbench), ..Options::default() };
        Portal::open(territory, atlas, options).expect("a portal")
    });
    Arc::clone(opened)
}

const PAGES: [&str; 8] = [
    "/decider/effectifs",
    "/decider/effectifs?territoire=region:11&fidelite=90&horizon=2035&niveau=commune",
    "/decider/effectifs?territoire=Grandville&places=40&places_ou=toutes&leave=0,02",
    "/decider/repartition",
    "/decider/repartition?table=numerus-clausus-2006",
    "/decider/repartition?table=zones-fragiles-2011&regle=plus-forts-restes",
    "/decider/repartition?table=dix-regions-2015&regle=d-hondt&places=149",
    "/decider/repartition?places=3&parties=partie%3Bbesoin%0AA%3B1%0AB%3B1",
];

#[tokio::test]
async fn pages_answer_in_both_languages() {
    let visitor = Visitor::of(bench());
    for address in PAGES {
        for lang in ["fr", "en"] {
            let address = format!("{address}{}lang={lang}", if address.contains('?') { '&' } else { '?' });
            let answer = visitor.get(&address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
            check(&address, answer.text());
            if lang == "fr" {
                check_french(&address, answer.text());
            }
        }
    }
}

#[tokio::test]
async fn a_projection_shows_its_figures_and_keeps_what_was_typed() {
    let visitor = Visitor::of(bench());
    let usual = visitor.get("/decider/effectifs?territoire=region:11").await;
    let shown = text(usual.text());
    for expected in ["Val-de-Plaine", "2040", "Intervalle", "Équivalents temps plein", "à vérifier"] {
        assert!(shown.contains(expected), "« {expected} » is missing");
    }
    assert!(usual.text().contains("<polygon"), "the interval is drawn");
    let changed = visitor.get("/decider/effectifs?territoire=region:11&fidelite=95").await;
    assert!(text(changed.text()).contains("Par rapport aux hypothèses d’usage"));
    let value = tags(changed.text()).into_iter().find(|tag| tag.get("name") == Some("fidelite"));
    assert_eq!(value.and_then(|tag| tag.get("value").map(str::to_owned)).as_deref(), Some("95"));
    for (address, said) in [
        ("/decider/effectifs?horizon=1999", "1999"),
        ("/decider/effectifs?retention=7", "de 0 à 1"),
        ("/decider/effectifs?territoire=region:77", "77"),
        ("/decider/effectifs?lag=1,5", "entier"),
    ] {
        let refused = visitor.get(address).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{address}");
        assert!(refused.text().contains("aria-invalid") && text(refused.text()).contains(said), "{address}");
        check(address, refused.text());
    }
    // A portal that only shows says why there is nothing.
    let bare = Visitor::new().get("/decider/effectifs").await;
    assert!(text(bare.text()).contains("pacte serve"));
}

#[tokio::test]
async fn files_say_the_same_as_the_page() {
    let visitor = Visitor::of(bench());
    let csv = visitor.get("/decider/effectifs/annees.csv?territoire=region:11").await;
    assert_eq!(csv.status, StatusCode::OK);
    let mut reader = csv::Reader::from_reader(csv.bytes.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!((rows.len(), &rows[0][0], &rows[16][0]), (17, "2024", "2040"));
    for file in ["annees.xlsx", "seuil.csv", "regions.parquet", "hypotheses.csv"] {
        let answer = visitor.get(&format!("/decider/effectifs/{file}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert!(answer.header("content-disposition").contains("attachment"));
    }
    assert_eq!(visitor.get("/decider/effectifs/autre.csv").await.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.get("/decider/effectifs/annees.pdf").await.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.get("/decider/effectifs/annees.csv?horizon=9").await.status, StatusCode::BAD_REQUEST);
    let csv = visitor.get("/decider/repartition/resultat.csv?table=numerus-clausus-2006").await;
    let total: u64 = csv::Reader::from_reader(csv.bytes.as_slice())
        .records()
        .map(|row| row.expect("a row")[8].parse::<u64>().expect("seats"))
        .sum();
    assert_eq!(total, 7100);
    assert!(visitor.get("/decider/repartition/modele.csv").await.text().starts_with("partie;besoin"));
}

#[tokio::test]
async fn allotments_explain_themselves_and_refuse_the_impossible() {
    let visitor = Visitor::of(bench());
    let page = visitor.get("/decider/repartition?places=3&parties=partie%3Bbesoin%0AA%3B1%0AB%3B1").await;
    assert!(text(page.text()).contains("Égalité"), "a tie is told");
    let table = visitor.get("/decider/repartition?table=zones-fragiles-2011").await;
    assert!(text(table.text()).contains("4\u{202f}559\u{202f}385"), "the sum of the column stays visible");
    for (parties, said) in [
        ("partie%3Bbesoin%3Bplancher%0AA%3B1%3B9", "au moins 9"),
        ("partie%3Bbesoin%0AA%3Bx", "n’est pas un nombre"),
        ("besoin%0A1", "partie"),
    ] {
        let address = format!("/decider/repartition?places=3&parties={parties}");
        let refused = visitor.get(&address).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{address}");
        assert!(text(refused.text()).contains(said), "{said} : {}", text(refused.text()));
        check(&address, refused.text());
    }
}

#[tokio::test]
async fn short_forms_lead_to_an_address_and_long_ones_are_answered() {
    let app = pacte_portal::app(bench());
    let post = |body: String| {
        let request = Request::post("/decider/repartition").body(Body::from(body)).expect("a request");
        app.clone().oneshot(request)
    };
    let short =
        post("table=&places=3&regle=sainte-lague&parties=partie%3Bbesoin%0AA%3B1".into()).await.expect("an answer");
    assert_eq!(short.status(), StatusCode::SEE_OTHER);
    let to = short.headers()[header::LOCATION].to_str().expect("ASCII").to_owned();
    assert!(to.starts_with("/decider/repartition?") && to.contains("parties="), "{to}");
    assert_eq!(Visitor::of(bench()).get(&to).await.status, StatusCode::OK);
    let lines = (0..400).map(|i| format!("partie+{i}%3B{}%0A", i + 1)).collect::<Vec<_>>().concat();
    let long = post(format!("places=1000&parties=partie%3Bbesoin%0A{lines}")).await.expect("an answer");
    assert_eq!(long.status(), StatusCode::OK);
    let bytes = axum::body::to_bytes(long.into_body(), 16 << 20).await.expect("a body");
    let page = std::str::from_utf8(&bytes).expect("UTF-8");
    assert!(page.contains("formaction=\"/decider/repartition/resultat.xlsx\""));
    check("POST /decider/repartition", page);
}
