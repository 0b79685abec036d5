//! Every page to decide and every page about aids, as it is seen: none has a violation for axe or scrolls sideways, on a desk or on a narrow phone, in
//! French or in English.

use std::path::Path;

use fantoccini::Client;
use serde_json::{Value, json};

use crate::browser::{Driver, axe, fits, idle_map, largest_communes, screenshot};
use crate::support::{Portal, copy_folder, succeed, training};

/// Addresses to visit: a name for the artefact, and the path. Two drafts that differ and a layer are made on the way.
fn pages(data: &Path) -> Vec<(&'static str, String)> {
    let draft = |title: &str| {
        let args = ["zoning", "draft", "new", "--method", "medecins-2021", "--title", title];
        succeed(data, &args).trim().to_owned()
    };
    let (first, second) = (draft("Projet"), draft("Projet avec un déplacement"));
    let zones = succeed(data, &["zoning", "draft", "show", &second, "--format", "json"]);
    let zones = crate::support::json(&zones);
    let moved = zones.as_array().unwrap().iter().find(|zone| zone["class"] == "zac").expect("a ZAC");
    let moved = moved["code"].as_str().unwrap();
    succeed(data, &["zoning", "draft", "move", &second, moved, "zip", "--reason", "deux départs annoncés"]);
    let layer = succeed(data, &["zoning", "publish", &first, "--effective", "2026-01-01", "--authority", "ARS"]);
    let layer = layer.trim();
    let (largest, _) = largest_communes();
    let commune = largest["code"].as_str().unwrap();
    let departement = "departement:X1";
    let zonage = "/decider/zonage";
    vec![
        ("decider", "/decider".to_owned()),
        ("simuler", "/decider/simuler".to_owned()),
        ("simuler-apl", format!("/decider/simuler?c=gp:5@{commune}&c=retire:65&mesure=apl")),
        ("simuler-comparer", "/decider/simuler/comparer".to_owned()),
        ("urgences", "/decider/urgences".to_owned()),
        ("urgences-essai", format!("/decider/urgences?type=mcs&commune={commune}&heure=23:00&niveau=commune")),
        ("sites", "/decider/sites".to_owned()),
        ("sites-reponse", format!("/decider/sites?objectif=couverture&k=3&minutes=20&dans={departement}")),
        ("zonage", zonage.to_owned()),
        ("zonage-proposition", format!("{zonage}/proposition?methode=medecins-2021")),
        ("zonage-projet", format!("{zonage}/projets/{second}")),
        ("zonage-zone", format!("{zonage}/projets/{second}?zone={moved}")),
        ("zonage-comparer", format!("{zonage}/comparer?a={first}&b={second}")),
        ("zonage-couche", format!("{zonage}/zones/{layer}")),
        ("zonage-jour", format!("{zonage}/au/2026-07-01?commune={commune}")),
        ("effectifs", "/decider/effectifs".to_owned()),
        ("effectifs-leviers", "/decider/effectifs?fidelite=80&places=131&horizon=2035".to_owned()),
        ("aides", "/aides".to_owned()),
        ("aides-simulateur", "/aides/simulateur".to_owned()),
        (
            "aides-reponse",
            format!("/aides/simulateur?f.profession.metier=medecin&f.profession.etape=interne&lieu={commune}"),
        ),
        (
            "aides-contrats",
            format!(
                "/aides/simulateur?f.profession.metier=medecin&f.profession.etape=installe&lieu={commune}&f.installation.date=1980-01-01&f.identite.annee_naissance=1990&p0=ptmg&p0.etat=termine&p0.du=2015-01-01"
            ),
        ),
        ("aides-programme", "/aides/programmes/cde".to_owned()),
        ("aides-ferme", "/aides/programmes/ptmg".to_owned()),
        ("aides-lieu", format!("/aides/lieux/{commune}")),
        ("aides-pacte", "/aides/pactes/pts2".to_owned()),
        ("repartition", "/decider/repartition".to_owned()),
        ("repartition-table", "/decider/repartition?table=numerus-clausus-2006&places=8000".to_owned()),
    ]
}

async fn measure(client: &Client, script: &str) -> Value {
    client.execute(script, Vec::new()).await.expect("a measure")
}

/// Looks at a page as it stands.
async fn look(client: &Client, what: &str, width: u32) {
    // A window that refuses to be narrow, or a page that is only an error, would pass everything.
    assert_eq!(measure(client, "return document.documentElement.clientWidth").await, json!(width), "{what}");
    let answered = "return performance.getEntriesByType('navigation')[0].responseStatus";
    assert_eq!(measure(client, answered).await, json!(200), "{what}");
    if measure(client, "return document.querySelector('[data-map-state]') !== null").await == json!(true) {
        idle_map(client).await;
    }
    axe(client, what).await;
    fits(client, what).await;
    // Nor may a region that scrolls hide the words that say what it holds.
    let cut = "return [...document.querySelectorAll('.caption-text')].filter(text => text.offsetWidth > \
               text.closest('.table-region').clientWidth).map(text => text.textContent)";
    assert_eq!(measure(client, cut).await, json!([]), "captions cut: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_to_decide_or_about_aids_is_accessible_and_narrow_enough() {
    let dir = tempfile::tempdir().unwrap();
    copy_folder(training(), dir.path());
    let pages = pages(dir.path());
    let portal = Portal::open(dir.path());
    let home = format!("http://{}", portal.address);
    let driver = Driver::start();
    let client = driver.browse("decide", true).await;
    for (width, height, lang) in [(1280, 900, "fr"), (320, 800, "fr"), (320, 800, "en")] {
        client.set_window_size(width, height).await.unwrap();
        for (name, path) in &pages {
            let and = if path.contains('?') { '&' } else { '?' };
            client.goto(&format!("{home}{path}{and}lang={lang}")).await.unwrap();
            look(&client, &format!("{name} at {width} px, {lang}"), width).await;
            screenshot(&client, &format!("decider-{name}-{lang}-{width}.png")).await;
        }
    }
    client.close().await.unwrap();
}
