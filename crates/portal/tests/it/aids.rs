//! Pages about aids: what is asked and in which order, what is answered and why, what is refused and kept.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::sync::Arc;

use axum::http::StatusCode;
use pacte_access::atlas::Atlas;
use pacte_access::compute::{ComputeOptions, of_ground};
use pacte_access::ground::Ground;
use pacte_portal::workbench::Workbench;
use pacte_portal::{AppState, Options, Portal};
use pacte_territory::Nature;

use crate::html::{check, check_french, text};
use crate::{Visitor, world};

const SIMULATOR: &str = "/aides/simulateur";
/// A GP who ends his training, on a day when every layer is known.
const INTERN: &str = "f.profession.metier=medecin&f.profession.etape=interne&le=2026-03-02";

fn open(folder: &std::path::Path) -> AppState {
    let territory = Arc::new(world::territory(Nature::Real));
    let ground = Arc::new(Ground::new(Arc::clone(&territory), &ComputeOptions::default()).expect("a ground"));
    let atlas = Arc::new(Atlas::new(Arc::clone(&territory), of_ground(&ground).columns));
    let workbench = Workbench::open(ground, "a1b2".into(), folder).expect("a workbench");
    let options = Options { hash: "0123456789abcdef".into(), workbench: Some(workbench), ..Options::default() };
    Portal::open(territory, atlas, options).expect("a portal")
}

/// A code of a commune whose class of doctors' zoning is this rank.
fn commune(state: &AppState, rank: f64) -> String {
    let territory = state.atlas.territory();
    let column = territory.column("zoning.gp", 2025).unwrap();
    let found = column.values.iter().position(|value| (value - rank).abs() < 0.1).expect("a commune of each class");
    territory.area(pacte_territory::Level::Commune, found as u32).code
}

/// What the page says of a programme: its card.
fn card(page: &str, id: &str) -> String {
    let start =
        page.find(&format!("<article class=\"aids-card\" id=\"{id}\"")).unwrap_or_else(|| panic!("no card {id}"));
    page[start..].split("</article>").next().unwrap().to_owned()
}

#[tokio::test]
async fn every_page_answers_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    let zip = commune(&state, 0.0);
    let catalogue = state.aids.catalogue();
    let mut addresses = vec![
        "/aides".to_owned(),
        SIMULATOR.to_owned(),
        format!("{SIMULATOR}?{INTERN}&lieu={zip}"),
        format!("/aides/lieux/{zip}"),
    ];
    addresses.extend(catalogue.programmes().iter().map(|programme| format!("/aides/programmes/{}", programme.id())));
    addresses.extend(catalogue.pacts().iter().map(|pact| format!("/aides/pactes/{}", pact.id)));
    for address in addresses {
        let answer = Visitor::of(Arc::clone(&state)).get(&address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", text(answer.text()));
        check(&address, answer.text());
        check_french(&address, answer.text());
        let english = Visitor::of(Arc::clone(&state))
            .get(&format!("{address}{}lang=en", if address.contains('?') { '&' } else { '?' }))
            .await;
        assert_eq!(english.status, StatusCode::OK, "{address}");
        check(&address, english.text());
    }
}

#[tokio::test]
async fn questions_come_one_at_a_time_until_none_matters() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    let start = format!("{SIMULATOR}?{INTERN}&lieu={}", commune(&state, 0.0));
    // Passing over each question in turn comes to an end, and never asks one twice.
    let (mut address, mut seen) = (start, Vec::new());
    loop {
        let page = Visitor::of(Arc::clone(&state)).get(&address).await;
        assert_eq!(page.status, StatusCode::OK);
        let Some(pass) = page.text().split("class=\"aids-actions\"").nth(1) else {
            assert!(text(page.text()).contains("Il ne reste que des questions passées"), "{}", text(page.text()));
            break;
        };
        address = pass.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        let passed = address.rsplit("passe=").next().unwrap().to_owned();
        assert!(!seen.contains(&passed), "{passed} is asked again");
        assert!(seen.len() < 60, "{seen:?}");
        seen.push(passed);
    }
    assert!(seen.len() >= 4, "{seen:?}");
    assert_eq!(seen.last().map(String::as_str), Some("parcours"), "contracts are asked last");
}

#[tokio::test]
async fn a_place_out_of_zone_says_where_one_would_be_in() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    let facts = "f.profession.metier=medecin&f.profession.etape=installe&f.profession.specialite=medecine_generale&parcours=complet";
    let (inside, outside) = (commune(&state, 0.0), commune(&state, 2.0));
    let page = Visitor::of(Arc::clone(&state))
        .get(&format!("{SIMULATOR}?{facts}&le=2026-03-02&lieu={outside}&lieu={inside}"))
        .await;
    let last = state.aids.catalogue().programme("coscom").unwrap().identity.to;
    assert!(page.text().contains("id=\"comparaison\""), "two places are compared");
    // COSCOM asks for a ZIP: refused outside, and the page tells where it would be a yes.
    let day = last.map_or_else(|| "2026-03-02".to_owned(), |to| to.to_string());
    let page = Visitor::of(Arc::clone(&state)).get(&format!("{SIMULATOR}?{facts}&le={day}&lieu={outside}")).await;
    let said = text(&card(page.text(), "coscom"));
    assert!(said.starts_with("non"), "{said}");
    let page = Visitor::of(Arc::clone(&state)).get(&format!("{SIMULATOR}?{facts}&le={day}&lieu={inside}")).await;
    let said = text(&card(page.text(), "coscom"));
    assert!(!said.starts_with("non"), "{said}");
}

#[tokio::test]
async fn the_map_of_a_programme_says_what_the_simulator_says() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    let territory = state.atlas.territory();
    let zip = territory.column("zoning.gp", 2025).unwrap().values.iter().filter(|value| **value == 0.0).count();
    let catalogue = state.aids.catalogue();
    // The days on which the file tells and the programme is open.
    let caim = catalogue.programme("caim").unwrap();
    let day = caim.identity.to.map_or_else(|| "2026-03-02".to_owned(), |to| to.to_string());
    let page = Visitor::of(Arc::clone(&state)).get(&format!("/aides/programmes/caim?le={day}")).await;
    let told = text(page.text());
    if day.as_str() >= "2025-01-01" {
        assert!(told.contains(&format!("{zip} communes,")), "{zip}: {told}");
    }
    // What a place offers agrees: only in a ZIP, elsewhere among what its zones leave out.
    for (rank, offered) in [(0.0, true), (1.0, false), (2.0, false)] {
        let address = format!("/aides/lieux/{}?le={day}", commune(&state, rank));
        let offer = Visitor::of(Arc::clone(&state)).get(&address).await;
        let (kept, left) = offer.text().split_once("Aides dont les zones laissent").unwrap_or((offer.text(), ""));
        let link = "/aides/programmes/caim";
        assert_eq!((kept.contains(link), left.contains(link)), (offered, !offered), "class {rank}");
    }
}

#[tokio::test]
async fn amounts_are_computed_with_their_steps() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    // The test vector of the contract: 200 consultations of 23 € out of 300.
    let facts = "f.profession.metier=medecin&f.profession.etape=interne&f.profession.specialite=medecine_generale\
                 &f.mois.actes=200&f.mois.honoraires=4600&f.exercice.demi_journees=9";
    let page = Visitor::of(Arc::clone(&state)).get(&format!("{SIMULATOR}?{facts}&le=2015-09-01")).await;
    let said = text(&card(page.text(), "ptmg"));
    assert!(said.contains("2\u{202f}300"), "{said}");
    assert!(said.contains("Le calcul") && said.contains("6\u{202f}900"), "{said}");
    // In 2026 the same contract is closed and names what replaces it.
    let page = Visitor::of(Arc::clone(&state)).get(&format!("{SIMULATOR}?{facts}&le=2026-03-02")).await;
    let said = text(&card(page.text(), "ptmg"));
    let said = said.replace('\u{a0}', " ");
    assert!(said.contains("Fermé depuis le 1er avril 2021") && said.contains("Contrat de début d’exercice"), "{said}");
}

#[tokio::test]
async fn impossible_answers_are_told_beside_their_field_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    for (query, field, said) in [
        ("f.identite.annee_naissance=2099", "value=\"2099\"", "2099 est une année à venir"),
        ("f.identite.annee_naissance=1990&f.installation.date=1985-01-01", "", "précède votre naissance (1990)"),
        ("lieu=Zzyzx", "value=\"Zzyzx\"", "Zzyzx"),
        ("le=demain", "value=\"demain\"", "n’est pas une date"),
        ("f.exercice.demi_journees=40", "", "au plus 14"),
        ("f.convention.secteur=7", "", "n’est pas un choix"),
        ("f.inconnu=1", "", "inconnu"),
        ("p0=ptmg&p0.etat=termine&p0.du=2016-01-01&p0.au=2015-01-01", "", "ne précède pas le premier"),
        ("p0=ptmg&p0.etat=termine", "", "son premier jour"),
        ("p0.etat=actif&p0.du=2025-01-01&parcours=complet", "", "une ligne incomplète n’est pas lue"),
        ("p25=cde&p25.etat=actif&p25.du=2025-01-01", "", "20 contrats au plus"),
        ("f.identite.annee_naissance=2005&f.installation.date=2007-01-01", "", "moins de vingt ans"),
        ("f.installation.date=2090-01-01", "", "plus de cinq ans"),
        ("le=1850-01-01", "value=\"1850-01-01\"", "hors des années 1990 à 2100"),
        ("f.convention.secteur=1&f.convention.secteur=2", "", "Une seule réponse"),
        ("lieu=0,0", "value=\"0,0\"", "aucune commune"),
    ] {
        let address = format!("{SIMULATOR}?f.profession.metier=medecin&f.profession.etape=installe&{query}");
        let page = Visitor::of(Arc::clone(&state)).get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert!(text(page.text()).contains(said), "{query}: {}", text(page.text()));
        assert!(page.text().contains(field), "{query}: what was typed is kept");
        check(query, page.text());
    }
    for (address, status) in [
        ("/aides/programmes/ptgm", StatusCode::NOT_FOUND),
        ("/aides/lieux/99999", StatusCode::NOT_FOUND),
        ("/aides/pactes/pts3", StatusCode::NOT_FOUND),
    ] {
        let page = Visitor::of(Arc::clone(&state)).get(address).await;
        assert_eq!(page.status, status, "{address}");
    }
}

#[tokio::test]
async fn the_summary_is_a_pdf_that_gives_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    let page = Visitor::of(Arc::clone(&state))
        .get(&format!("/aides/simulateur.pdf?{INTERN}&lieu={}", commune(&state, 0.0)))
        .await
        .bytes;
    assert!(page.starts_with(b"%PDF-"), "{}", String::from_utf8_lossy(&page[..page.len().min(200)]));
    assert!(page.len() > 20_000);
}
