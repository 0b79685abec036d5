//! Choosing sites: the form, the answer in both languages, files, and what is refused.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use axum::http::StatusCode;
use pacte_access::atlas::Atlas;
use pacte_access::compute::{ComputeOptions, of_ground};
use pacte_access::ground::Ground;
use pacte_portal::workbench::Workbench;
use pacte_portal::{Options, Portal};
use pacte_territory::Nature;

use crate::html::{check, check_french, text};
use crate::{Visitor, world};

fn visitor() -> Visitor {
    let territory = Arc::new(world::territory(Nature::Real));
    let ground = Arc::new(Ground::new(Arc::clone(&territory), &ComputeOptions::default()).unwrap());
    let atlas = Arc::new(Atlas::new(Arc::clone(&territory), of_ground(&ground).columns));
    let folder = tempfile::tempdir().unwrap();
    let workbench = Workbench::open(ground, "0123456789abcdef".into(), folder.path()).unwrap();
    let options = Options { hash: "0123456789abcdef".into(), workbench: Some(workbench), ..Options::default() };
    Visitor::of(Portal::open(territory, atlas, options).unwrap())
}

#[tokio::test]
async fn answers_are_shown_in_both_languages() {
    let visitor = visitor();
    for address in [
        "/decider/sites",
        "/decider/sites?objectif=couverture&k=3&minutes=10&existant=aucune",
        "/decider/sites?objectif=couverture&k=2&minutes=12&dans=departement:01&existant=aucune",
        "/decider/sites?objectif=temps-moyen&k=2&minutes=40&existant=aucune&interdits=01028",
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
    let whole = visitor.get("/decider/sites?objectif=couverture&k=99&minutes=90&existant=aucune").await;
    assert!(text(whole.text()).contains("99 sites demandés"), "{}", text(whole.text()));
    let shown = visitor.get("/decider/sites?objectif=couverture&k=3&minutes=10&existant=aucune").await;
    let shown = text(shown.text());
    assert!(shown.contains("Optimum prouvé"), "{shown}");
    assert!(shown.contains("pacte siting --objective cover10 --sites 3 --no-existing"), "{shown}");
}

#[tokio::test]
async fn files_hold_the_sites_of_the_page() {
    let visitor = visitor();
    let file = visitor.get("/decider/sites/sites.csv?objectif=couverture&k=3&minutes=10&existant=aucune").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.text().lines().count(), 4, "{}", file.text());
    let lost = visitor.get("/decider/sites/autre.csv?objectif=couverture&k=3").await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn refusals_stand_beside_their_fields() {
    let visitor = visitor();
    for (query, said) in [
        ("k=400", "100 communes possibles"),
        ("k=dix", "n’est pas un nombre entier"),
        ("k=2&interdits=Nulle-Part", "Aucune commune"),
        ("k=2&imposes=01028&interdits=01028", "à la fois imposée et interdite"),
        ("k=2&minutes=500", "de 1 à 90"),
        ("budget=1000", "sans coût"),
        ("k=2&dans=departement:99", "Aucun territoire"),
        ("k=2&existant=licorne", "n’est pas une ressource de ce territoire"),
    ] {
        let address = format!("/decider/sites?lang=fr&objectif=couverture&{query}");
        let answer = visitor.get(&address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
        check(&address, answer.text());
        assert!(text(answer.text()).contains(said), "« {said} » is missing from {address}: {}", text(answer.text()));
    }
}
