//! Every page: that it answers, in both languages, with the right figures, and that its links lead somewhere.

use std::collections::{BTreeSet, VecDeque};

use axum::http::{StatusCode, header};

use crate::html::{check, check_french, tags, text};
use crate::{Visitor, world};

const PAGES: [&str; 21] = [
    "/",
    "/?mesure=population",
    "/carte",
    "/carte?mesure=minutes_urgences&niveau=commune&departement=01",
    "/carte?mesure=evolution&de_quoi=mg&de=2017&a=2024",
    "/carte?niveau=epci&mesure=population&tri=population&ordre=croissant",
    "/territoires/commune/01028",
    "/territoires/commune/97204",
    "/territoires/epci/200000101",
    "/territoires/departement/2A",
    "/territoires/region/11",
    "/territoires/country/FR",
    "/territoires/country/FR?parties=commune&tri=apl_mg&ordre=croissant&page=2",
    "/trajets",
    "/comparer",
    "/comparer?a=commune:01028&b=region:32",
    "/recherche",
    "/donnees",
    "/methodes",
    "/sources",
    "/accessibilite",
];

#[tokio::test]
async fn every_page_answers_in_both_languages() {
    let visitor = Visitor::new();
    for address in PAGES {
        for lang in ["fr", "en"] {
            let address = format!("{address}{}lang={lang}", if address.contains('?') { '&' } else { '?' });
            let answer = visitor.get(&address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(answer.header("content-language"), lang);
            assert!(answer.text().contains(&format!("<html lang=\"{lang}\">")), "{address}");
            check(&address, answer.text());
            if lang == "fr" {
                check_french(&address, answer.text());
            }
        }
    }
}

#[tokio::test]
async fn a_commune_shows_its_figures_with_their_sources() {
    let page = Visitor::new().get("/territoires/commune/01028").await;
    let text = text(page.text());
    for expected in [
        "Grandville compte 250\u{202f}000\u{a0}habitants.",
        "L’accessibilité potentielle localisée (APL) y est de 5,60\u{a0}consultations",
        "Un service d’urgences se trouve dans la commune.",
        "Source\u{a0}: INSEE, 2023",
        "1er sur 99",
        "Ain-Haut",
        "Les Tilleuls",
        "ZIP",
        "−0,28",
    ] {
        assert!(text.contains(expected), "« {expected} » is missing");
    }
}

#[tokio::test]
async fn an_area_adds_up_its_communes() {
    let page = Visitor::new().get("/territoires/departement/01").await;
    let total: f64 = (0..world::COMMUNES).filter(|i| i % 12 < 6 && i / 12 < 4 && *i < 96).map(world::people).sum();
    let written = pacte_portal::format::count(pacte_portal::i18n::Lang::Fr, total as u64);
    assert!(text(page.text()).contains(&format!("Le département compte {written}\u{a0}habitants.")));
    assert!(text(page.text()).contains("24 communes") || text(page.text()).contains("(24)"));
}

#[tokio::test]
async fn unknown_is_not_zero() {
    let page = Visitor::new().get("/territoires/commune/97204").await;
    let text = text(page.text());
    assert!(text.contains("Île-Perdue"));
    assert!(text.contains("non disponible"));
    assert!(!text.contains("compte 0"), "nobody said that nobody lives there");
    assert!(text.contains("Aucun service d’urgences n’est accessible par la route."));
}

#[tokio::test]
async fn fictional_figures_are_said_to_be() {
    let page = Visitor::of(world::training()).get("/territoires/country/ENTRAINEMENT").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(text(page.text()).contains("territoire d’entraînement"));
    assert!(text(page.text()).contains("fictifs"));
    assert!(!text(page.text()).contains("données réelles"));
    assert!(text(page.text()).contains("Chiffre fictif, sur le modèle de\u{a0}: INSEE"));
    assert!(!text(page.text()).contains("Source\u{a0}: INSEE"), "no fictional figure is signed by the INSEE");
}

#[tokio::test]
async fn the_language_is_remembered_and_negotiated() {
    let visitor = Visitor::new();
    let english = visitor.get("/methodes?lang=en").await;
    let cookie = english.header("set-cookie");
    assert!(cookie.starts_with("lang=en;") && cookie.contains("SameSite=Lax"), "{cookie}");
    let again = visitor.with(header::COOKIE, "lang=en").get("/methodes").await;
    assert_eq!(again.header("content-language"), "en");
    assert_eq!(again.header("set-cookie"), "");
    let browser = visitor.with(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.9").get("/methodes").await;
    assert_eq!(browser.header("content-language"), "en");
    assert!(browser.header("vary").contains("accept-language"));
    assert_eq!(visitor.get("/methodes").await.header("content-language"), "fr");
    // The switch leads to the same page.
    let page = visitor.get("/recherche?q=ville&lang=en").await;
    assert!(tags(page.text()).iter().any(|tag| tag.get("href") == Some("/recherche?q=ville&lang=fr")));
}

#[tokio::test]
async fn codes_that_have_another_home_lead_there() {
    let visitor = Visitor::new();
    for (from, to) in [
        ("/territoires/commune/01901", "/territoires/commune/01028"),
        ("/territoires/departement/2a", "/territoires/departement/2A"),
        ("/territoires/country/fr?parties=commune", "/territoires/country/FR?parties=commune"),
    ] {
        let answer = visitor.get(from).await;
        assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{from}");
        assert_eq!(answer.header("location"), to);
    }
    let index = visitor.get("/territoires").await;
    assert_eq!(index.header("location"), "/territoires/country/FR");
}

#[tokio::test]
async fn search_forgives_and_groups() {
    let visitor = Visitor::new();
    let page = visitor.get("/recherche?q=grandvile").await;
    assert!(text(page.text()).contains("Grandville") && page.text().contains("/territoires/commune/01028"));
    let nothing = visitor.get("/recherche?q=zzzzqqqq").await;
    assert_eq!(nothing.status, StatusCode::OK);
    assert!(text(nothing.text()).contains("Aucun territoire ne correspond"));
    let json = visitor.get("/recherche.json?q=grand").await;
    let answer: serde_json::Value = serde_json::from_slice(&json.bytes).expect("JSON");
    assert_eq!(answer["query"], "grand");
    assert_eq!(answer["results"][0]["url"], "/territoires/commune/01028");
    assert!(answer["results"][0]["context"].as_str().is_some_and(|c| c.contains("Ain-Haut")));
}

#[tokio::test]
async fn comparison_takes_names_and_says_what_else_they_may_mean() {
    let visitor = Visitor::new();
    let page = visitor.get("/comparer?a=Grandville&b=region:11").await;
    let shown = text(page.text());
    assert!(shown.contains("Grandville et Val-de-Plaine"), "{shown}");
    assert!(shown.contains("Écart (second − premier)"));
    let lost = visitor.get("/comparer?a=zzzzqqqq&b=region:11").await;
    assert_eq!(lost.status, StatusCode::OK);
    assert!(text(lost.text()).contains("Aucun territoire ne correspond à «\u{a0}zzzzqqqq\u{a0}»"));
}

#[tokio::test]
async fn tables_are_ordered_as_asked() {
    let visitor = Visitor::new();
    let first = |page: &str| {
        let row = page.split("id=\"composition-table\"").nth(1).and_then(|t| t.split("<tbody>").nth(1)).unwrap_or("");
        text(row.split("</th>").next().unwrap_or(""))
    };
    let by_people = visitor.get("/territoires/departement/01?tri=population").await;
    assert_eq!(first(by_people.text()), "Grandville", "largest first");
    let by_name = visitor.get("/territoires/departement/01?tri=nom&ordre=decroissant").await;
    assert!(first(by_name.text()).starts_with("Vaux"), "{}", first(by_name.text()));
    assert!(by_people.text().contains("aria-sort=\"descending\""));
}

#[tokio::test]
async fn the_map_speaks_to_the_live_one() {
    let page = Visitor::new().get("/carte?mesure=evolution&de_quoi=population&de=2021&a=2022").await;
    let block = page.text().split("id=\"carte-donnees\">").nth(1).and_then(|b| b.split("</script>").next());
    let config: serde_json::Value = serde_json::from_str(block.expect("the block is there")).expect("JSON");
    assert_eq!(config["measure"], "evolution");
    let tiles = config["measures"]["evolution"]["tiles"].as_str().expect("an address");
    assert!(tiles.contains("de_quoi=population&de=2021&a=2022") && tiles.contains("v=0123456789abcdef"), "{tiles}");
    assert_eq!(config["views"][1]["label"], "Île du Levant");
    let scale = &config["measures"]["apl_mg"]["scales"]["departement"];
    assert_eq!(scale["breaks"].as_array().map(Vec::len), scale["colors"].as_array().map(|c| c.len() - 1));
    // A level the live map does not have is drawn by the server alone.
    let fixed = Visitor::new().get("/carte?niveau=epci").await;
    assert!(!fixed.text().contains("carte-donnees") && fixed.text().contains("/territoires/epci/"));
}

/// Follows every link of every page, without JavaScript: none is broken, and fragments exist where they lead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_leads_somewhere() {
    let visitor = Visitor::new();
    let mut queue: VecDeque<String> = PAGES.iter().map(|page| (*page).to_owned()).collect();
    let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
    let mut fragments: Vec<(String, String)> = Vec::new();
    let mut ids: BTreeSet<(String, String)> = BTreeSet::new();
    let mut visited = 0;
    while let Some(address) = queue.pop_front() {
        // Orders and pages of tables multiply without end; a thousand and a half show every kind of link.
        if visited == 1500 {
            break;
        }
        visited += 1;
        let answer = visitor.get(&address).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{address} answers {}", answer.status);
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        check(&address, answer.text());
        for tag in tags(answer.text()) {
            if let Some(id) = tag.get("id") {
                ids.insert((address.clone(), id.to_owned()));
            }
            for link in ["href", "src", "action"].iter().filter_map(|name| tag.get(name)) {
                let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
                let target = if path.is_empty() { address.clone() } else { path.to_owned() };
                if target.starts_with("https://") {
                    continue;
                }
                assert!(target.starts_with('/'), "{link} in {address}");
                if !fragment.is_empty() {
                    fragments.push((target.clone(), fragment.to_owned()));
                }
                if seen.insert(target.clone()) {
                    queue.push_back(target);
                }
            }
        }
    }
    assert!(visited > 500, "{visited}");
    let pages: BTreeSet<&String> = ids.iter().map(|(page, _)| page).collect();
    for (page, fragment) in fragments.iter().filter(|(page, _)| pages.contains(page)) {
        assert!(ids.contains(&(page.clone(), fragment.clone())), "{page}#{fragment} leads nowhere");
    }
}
