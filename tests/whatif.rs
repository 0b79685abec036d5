//! `pacte access what-if` and its page in a real browser: what is typed, dropped and dragged changes the figures; what cannot
//! be done is explained; the national answer is fast and the same whatever the way.

use std::time::Duration;

use fantoccini::Locator;
use serde_json::{Value, json};

use crate::browser::{Driver, axe, colours, fits, idle_map, largest_communes, screenshot};
use crate::support::{Portal, copy_folder, fail, json as parse, real, succeed, training};

fn what_if(data: &std::path::Path, args: &[&str]) -> Value {
    let mut all = vec!["access", "what-if", "--format", "json"];
    all.extend(args);
    parse(&succeed(data, &all))
}

#[test]
fn doctors_added_moved_and_closed_change_the_figures() {
    let (first, second) = largest_communes();
    let (a, b) = (first["code"].as_str().unwrap(), second["code"].as_str().unwrap());
    let added = what_if(training(), &["--add", &format!("gp:5@{a}")]);
    assert_eq!(added["scenario"]["changes"], json!([format!("gp:5@{a}")]));
    let heads = |result: &Value, when: &str| result["country"][when]["heads"].as_f64().unwrap();
    assert_eq!(heads(&added, "after") - heads(&added, "before"), 5.0);
    let changed = added["communes"].as_array().unwrap();
    assert!(!changed.is_empty() && changed.iter().all(|c| c["after"].as_f64() > c["before"].as_f64()));
    assert_eq!(added["method"].as_str().unwrap().len(), 32);
    // Added then closed: the figures of today.
    let undone = what_if(training(), &["--add", &format!("gp:5@{a}"), "--remove", &format!("gp:5@{a}")]);
    assert_eq!(undone["communes"], json!([]));
    let moved = what_if(training(), &["--move", &format!("gp:1@{a}>{b}")]);
    assert_eq!(heads(&moved, "after"), heads(&moved, "before"));
    assert!(!moved["communes"].as_array().unwrap().is_empty());
    let retired = what_if(training(), &["--retire", "65"]);
    let supply = |when: &str| retired["country"][when]["supply"].as_f64().unwrap();
    assert!(supply("after") < supply("before"));
    let csv = succeed(training(), &["access", "what-if", "--add", &format!("gp:5@{a}"), "--format", "csv"]);
    assert!(csv.lines().count() > added["communes"].as_array().unwrap().len());
    let table = succeed(training(), &["access", "what-if", "--add", &format!("gp:5@{a}"), "--level", "departement"]);
    assert!(table.contains("Habitants de communes sous 2,5") && table.contains("Méthode APL"), "{table}");
}

#[test]
fn scenarios_are_saved_and_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    copy_folder(training(), dir.path());
    let (first, _) = largest_communes();
    let code = first["code"].as_str().unwrap();
    let saved =
        crate::support::pacte(dir.path(), &["access", "what-if", "--add", &format!("gp:3@{code}"), "--save", "Essai"]);
    assert!(saved.status.success());
    let said = String::from_utf8_lossy(&saved.stderr).into_owned();
    let id = said.split("--scenario ").nth(1).unwrap().trim_end_matches(|c: char| !c.is_ascii_hexdigit());
    let list = parse(&succeed(dir.path(), &["access", "what-if", "--list", "--format", "json"]));
    assert_eq!(list[0]["id"].as_str(), Some(id));
    let again = what_if(dir.path(), &["--scenario", id, "--retire", "65"]);
    assert_eq!(again["scenario"]["changes"], json!([format!("gp:3@{code}"), "retire:65"]));
    let file = dir.path().join("scenario.txt");
    std::fs::write(&file, format!("# Depuis un fichier\ngp:3@{code}\n")).unwrap();
    let read = what_if(dir.path(), &["--scenario", &file.to_string_lossy()]);
    assert_eq!(read["scenario"]["name"], "Depuis un fichier");
    // Made on other data: told, then carried over when asked.
    let kept = dir.path().join("decisions/scenarios").join(format!("{id}.json"));
    let text = std::fs::read_to_string(&kept).unwrap();
    let hash = parse(&text)["document"]["base"]["territory"].as_str().unwrap().to_owned();
    std::fs::write(&file, text.replace(&hash, "ffffffffffffffff")).unwrap();
    let path = file.to_string_lossy().into_owned();
    let said = fail(dir.path(), &["access", "what-if", "--scenario", &path], 1);
    assert!(said.contains("--carry-over"), "{said}");
    let carried = what_if(dir.path(), &["--scenario", &path, "--carry-over"]);
    assert_eq!(carried["scenario"]["base"]["territory"].as_str(), Some(hash.as_str()));
}

#[test]
fn what_cannot_be_done_is_explained() {
    let (first, _) = largest_communes();
    let code = first["code"].as_str().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let wrong = dir.path().join("faux.txt");
    std::fs::write(&wrong, "# Faux\ngp:2@99999\n").unwrap();
    let wrong = wrong.to_string_lossy().into_owned();
    for (args, words) in [
        (vec!["--add", "gp:5@99999"], "aucune commune « 99999 »"),
        (vec!["--add", "gp:5@0,-60"], "en mer ou hors du territoire ; la plus proche est"),
        (vec!["--remove", &format!("gp:1000@{code}")], "impossible d’en retirer 1000"),
        (vec!["--add", &format!("dentiste:5@{code}")], "n’est pas une ressource connue"),
        (vec!["--retire", "20"], "de 50 à 80"),
        (vec!["--method", "mg-1999"], "choisissez parmi"),
        (vec!["--scenario", "inconnu"], "ni un fichier ni un scénario enregistré"),
        (vec!["--scenario", &wrong], "faux.txt:2"),
        (vec![], "rien à simuler"),
        (vec!["--add", &format!("gp:1@{code}"), "--level", "epci"], "commune, departement ou region"),
    ] {
        let mut all = vec!["access", "what-if"];
        all.extend(args.iter().copied());
        let said = fail(training(), &all, 1);
        assert!(said.contains(words), "{args:?}: {said}");
    }
}

#[test]
fn the_whole_of_france_follows() {
    let Some(data) = real("the_whole_of_france_follows") else { return };
    let result = what_if(data, &["--add", "gp:5@23096", "--bench"]);
    // Guéret: some hundred communes, no other region than those around.
    let communes = result["communes"].as_array().unwrap();
    assert!((40..400).contains(&communes.len()), "{}", communes.len());
    assert!(communes.iter().any(|commune| commune["name"] == "Guéret"));
    assert!(result["median_ms"].is_f64());
    let supply = |when: &str| result["country"][when]["supply"].as_f64().unwrap();
    assert!((15_000.0..30_000.0).contains(&(supply("after") - supply("before"))));
    let retired = what_if(data, &["--retire", "65"]);
    let lost = 1.0 - retired["country"]["after"]["supply"].as_f64().unwrap() / supply("before");
    assert!((0.08..0.16).contains(&lost), "{lost}");
}

/// Drops a resource of the palette in the middle of the map, as a mouse does.
const DROP: &str = "
    const canvas = document.querySelector('.map-canvas'), box = canvas.getBoundingClientRect();
    const data = new DataTransfer();
    data.setData('text/plain', arguments[0]);
    delete document.querySelector('#carte').dataset.changeMs;
    canvas.dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data,
      clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}));";

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_dropped_on_the_map_changes_it_at_once() {
    let portal = Portal::training();
    let home = format!("http://{}", portal.address);
    let driver = Driver::start();
    let client = driver.browse("what-if", true).await;
    let (first, _) = largest_communes();
    let code = first["code"].as_str().unwrap();
    client.set_window_size(1280, 900).await.unwrap();
    client.goto(&format!("{home}/decider/simuler")).await.unwrap();
    idle_map(&client).await;
    client.execute(DROP, vec![json!("gp")]).await.unwrap();
    let marker = client.wait().at_most(Duration::from_secs(20)).for_element(Locator::Css(".put")).await;
    assert!(marker.unwrap().text().await.unwrap().contains("MG"));
    client.wait().at_most(Duration::from_secs(20)).for_element(Locator::Css("[data-change-ms]")).await.unwrap();
    idle_map(&client).await;
    let address = client.current_url().await.unwrap();
    assert!(address.query().is_some_and(|query| query.starts_with("c=gp")), "{address}");
    let png = screenshot(&client, "simuler-carte.png").await;
    assert!(colours(&png) > 30, "the map is blank: {} colours", colours(&png));
    let times = client
        .execute(
            "const d = document.querySelector('#carte').dataset; return [d.serverMs, d.colouredMs, d.changeMs]",
            Vec::new(),
        )
        .await
        .unwrap();
    eprintln!("serveur, couleurs données, carte au repos (ms) : {times}");
    // The same link without the live map says the same.
    let live = client.find(Locator::Css("[data-whatif-summary]")).await.unwrap().text().await.unwrap();
    client.goto(address.as_str()).await.unwrap();
    idle_map(&client).await;
    assert_eq!(client.find(Locator::Css("[data-whatif-summary]")).await.unwrap().text().await.unwrap(), live);
    // A slider, then undo, without a reload.
    client.execute("document.querySelectorAll('details.whatif-more').forEach(d => d.open = true); const a = document.querySelector('#simuler-age'); a.value = '65'; a.dispatchEvent(new Event('change', {bubbles: true}))", Vec::new()).await.unwrap();
    client
        .wait()
        .at_most(Duration::from_secs(20))
        .for_element(Locator::XPath("//code[starts-with(., 'retire:65')]"))
        .await
        .expect("the retirement is on the list");
    let undo = client.find(Locator::Css(".change-actions [data-whatif-link]")).await.unwrap();
    undo.click().await.unwrap();
    client
        .wait()
        .at_most(Duration::from_secs(20))
        .for_element(Locator::XPath("//ol[@class='change-list'][count(li)=1]"))
        .await
        .expect("one change is left");
    idle_map(&client).await;
    for (width, height) in [(1280, 900), (320, 800)] {
        client.set_window_size(width, height).await.unwrap();
        for (page, path) in [
            ("simuler", "/decider/simuler".to_owned()),
            ("simuler-change", format!("/decider/simuler?c=gp:5@{code}&c=retire:65&mesure=apl")),
            ("simuler-refus", "/decider/simuler?c=gp:5@99999".to_owned()),
            ("simuler-comparer", "/decider/simuler/comparer".to_owned()),
        ] {
            client.goto(&format!("{home}{path}")).await.unwrap();
            let what = format!("{page} at {width} px");
            if client.find(Locator::Css("[data-map-state]")).await.is_ok() {
                idle_map(&client).await;
            }
            axe(&client, &what).await;
            fits(&client, &what).await;
            screenshot(&client, &format!("{page}-{width}.png")).await;
        }
    }
    client.close().await.unwrap();

    // Without script the form adds the change to the link.
    let client = driver.browse("what-if-plain", false).await;
    client.goto(&format!("{home}/decider/simuler")).await.unwrap();
    let field = client.find(Locator::Css("#simuler-ou")).await.unwrap();
    field.send_keys(&format!("{code}\u{e007}")).await.unwrap();
    client
        .wait()
        .at_most(Duration::from_secs(10))
        .for_element(Locator::Css(".change-list li"))
        .await
        .expect("the change is on the list");
    assert!(client.find(Locator::Css("svg .shape")).await.is_ok(), "the difference is drawn");
    client.close().await.unwrap();
}
