//! What cannot be answered says why, and where to go.

use axum::http::{Method, StatusCode, header};

use crate::html::{check, check_french, text};
use crate::{Visitor, world};

#[tokio::test]
async fn bad_requests_say_why() {
    let visitor = Visitor::new();
    let long = format!("/recherche?q={}", "a".repeat(9000));
    let name = format!("/recherche?q={}", "a".repeat(200));
    for (address, expected) in [
        (long.as_str(), "le maximum est de 8192"),
        (name.as_str(), "100\u{a0}caractères au plus"),
        ("/recherche?q=%E9", "illisible"),
        ("/recherche?q=%zz", "illisible"),
        ("/carte?mesure=bonheur", "«\u{a0}bonheur\u{a0}» n’est pas une mesure"),
        ("/carte?mesure=bonheur", "apl_mg, minutes_urgences, mg_pour_100k, population, evolution"),
        ("/carte?niveau=canton", "Niveaux connus"),
        ("/carte?departement=99", "«\u{a0}99\u{a0}» n’est le code d’aucun département"),
        ("/carte?mesure=evolution&de=1999", "Millésimes connus"),
        ("/carte?mesure=evolution&de=2021&a=2021", "deux millésimes différents"),
        ("/carte?mesure=evolution&de_quoi=chats", "n’est pas une évolution connue"),
        ("/carte?niveau=departement&page=7", "elles vont de 1 à 1"),
        ("/carte?niveau=departement&page=un", "n’est pas une page"),
        ("/carte?tri=couleur", "n’est pas une colonne"),
        ("/carte?tri=nom&ordre=hasard", "n’est pas un ordre"),
        ("/territoires/departement/01?parties=canton", "Niveaux possibles"),
        ("/donnees/territoires.csv?niveau=canton", "n’est pas un niveau"),
        ("/donnees/territoires.csv?departement=99", "d’aucun département"),
        ("/donnees/territoire.csv", "Le paramètre «\u{a0}territoire\u{a0}»"),
        ("/donnees/territoire.csv?territoire=01028", "comme commune:59350"),
        ("/donnees/territoire.geojson?territoire=commune:01028", "ne décrit pas des surfaces"),
        ("/tuiles/30/0/0.mvt", "les tuiles vont du zoom 0 au zoom 14"),
        ("/tuiles/2/9/0.mvt", "x vaut 9"),
        ("/tuiles/a/0/0.mvt", "n’est pas un nombre entier"),
    ] {
        let answer = visitor.get(address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
        let text = text(answer.text());
        assert!(text.contains(expected), "« {expected} » not said of {address}: {text}");
        check(address, answer.text());
        check_french(address, answer.text());
    }
}

#[tokio::test]
async fn what_does_not_exist_is_said_with_somewhere_to_go() {
    let visitor = Visitor::new();
    for (address, expected) in [
        ("/rien", "Aucune page ne correspond"),
        ("/territoires/canton/01", "n’est pas un niveau de ce territoire"),
        (
            "/territoires/commune/01999",
            "Aucune commune ne porte le code 01999 dans le code officiel géographique de 2024",
        ),
        ("/territoires/commune/GRANDVILLE", "n’est pas un code de commune"),
        ("/territoires/departement/99", "ne désigne aucun territoire de ce niveau (département)"),
        ("/donnees/inconnue.csv", "n’est pas une table"),
        ("/donnees/territoires.ods", "n’est pas un format"),
        ("/donnees/territoire.csv?territoire=commune:01999", "Aucune commune ne porte le code"),
        ("/static/app.0000000000.js", "Aucune page"),
        ("/theme/tokens.css", "Aucune page"),
    ] {
        let answer = visitor.get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(
            text(answer.text()).contains(expected),
            "« {expected} » not said of {address}: {}",
            text(answer.text())
        );
        check(address, answer.text());
        check_french(address, answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_name_in_place_of_a_code_is_searched() {
    let answer = Visitor::new().get("/territoires/commune/grandville").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text().contains(&format!("href=\"/territoires/commune/{}\"", world::CITY)));
}

#[tokio::test]
async fn a_merged_commune_leads_to_its_heir() {
    let answer = Visitor::new().get("/territoires/commune/01990").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(text(answer.text()).contains("son territoire est aujourd’hui dans Grandville (01028)"));
    assert!(answer.text().contains("href=\"/territoires/commune/01028\""));
    let english = Visitor::new().get("/territoires/commune/01990?lang=en").await;
    assert!(text(english.text()).contains("its territory is part of Grandville (01028)"));
}

#[tokio::test]
async fn json_addresses_fail_in_json() {
    let visitor = Visitor::new();
    let answer = visitor.get(&format!("/recherche.json?q={}", "a".repeat(200))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let error: serde_json::Value = serde_json::from_slice(&answer.bytes).expect("JSON");
    assert_eq!(error["error"]["status"], 400);
    assert!(error["error"]["message"].as_str().is_some_and(|m| m.contains("100\u{a0}caractères")));
    let english = visitor.with(header::ACCEPT_LANGUAGE, "en").get("/inconnu.json").await;
    let error: serde_json::Value = serde_json::from_slice(&english.bytes).expect("JSON");
    assert_eq!((english.status, &error["error"]["status"]), (StatusCode::NOT_FOUND, &404.into()));
    assert!(error["error"]["message"].as_str().is_some_and(|m| m.contains("No page")));
}

#[tokio::test]
async fn other_methods_are_refused() {
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = Visitor::new().ask(method, "/carte").await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(answer.header("allow").contains("GET"));
        assert!(text(answer.text()).contains("n’accepte pas d’autre méthode"));
    }
}

#[tokio::test]
async fn what_comes_from_outside_is_escaped() {
    let visitor = Visitor::new();
    for address in [
        "/recherche?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/carte?mesure=%3Cscript%3Ealert(1)%3C/script%3E",
        "/territoires/commune/%3Cscript%3Ealert(1)",
        "/comparer?a=%22%3E%3Cscript%3Ealert(1)&b=x",
    ] {
        let answer = visitor.get(address).await;
        assert!(!answer.text().contains("<script>alert"), "{address}");
    }
}
