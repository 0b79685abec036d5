//! One journey in a real browser: the map, the search, a territory, a comparison; every page passes axe at desktop and
//! phone width, in both languages; the same pages serve without JavaScript. Screenshots are kept as artefacts.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::support::{Portal, json as parse, succeed, training};

/// A driver of Chromium, stopped when dropped.
pub(crate) struct Driver {
    process: Child,
    address: String,
    profile: tempfile::TempDir,
}

impl Driver {
    pub(crate) fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (make test installs it)");
        let mut lines = BufReader::new(process.stdout.take().expect("a piped output")).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ").nth(1)?.trim_end_matches('.').trim().parse::<u16>().ok()
            })
            .expect("chromedriver tells its port");
        // Keep reading, or the driver blocks once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().expect("a temporary directory");
        Self { process, address: format!("http://127.0.0.1:{port}"), profile }
    }

    pub(crate) async fn browse(&self, session: &str, script: bool) -> Client {
        let profile = self.profile.path().join(session);
        let mut options = json!({
            "args": [
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-first-run", "--lang=fr-FR", "--accept-lang=fr", "--hide-scrollbars", "--force-prefers-reduced-motion",
                format!("--user-data-dir={}", profile.display()),
            ],
        });
        if !script {
            options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
        }
        let capabilities = json!({"goog:chromeOptions": options}).as_object().cloned().expect("an object");
        ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&self.address)
            .await
            .expect("Chromium starts")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Already stopped is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn artefact(name: &str) -> PathBuf {
    let folder = std::env::var_os("PACTE_ARTEFACTS").map_or_else(std::env::temp_dir, PathBuf::from);
    std::fs::create_dir_all(&folder).expect("a folder for artefacts");
    folder.join(name)
}

pub(crate) async fn screenshot(client: &Client, name: &str) -> Vec<u8> {
    let png = client.screenshot().await.expect("a screenshot");
    std::fs::write(artefact(name), &png).expect("an artefact");
    png
}

/// Distinct colours of a picture: a blank canvas has a handful.
pub(crate) fn colours(png: &[u8]) -> usize {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a picture that fits in memory")];
    let info = reader.next_frame(&mut pixels).expect("a frame");
    let width = info.color_type.samples();
    pixels[..info.buffer_size()].chunks_exact(width).map(<[u8]>::to_vec).collect::<HashSet<_>>().len()
}

/// Fails with every violation axe finds on the page as it stands.
pub(crate) async fn axe(client: &Client, what: &str) {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/node_modules/axe-core/axe.min.js");
    let script = std::fs::read_to_string(&script).expect("axe-core is installed with the front end");
    client.execute(&script, Vec::new()).await.expect("axe loads");
    let result = client
        .execute_async(
            "const done = arguments[arguments.length - 1];
             axe.run(document, {resultTypes: ['violations']}).then(
               r => done(r.violations.map(v => v.id + ': ' + v.help + ' → ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join(' | '))),
               e => done([String(e)]));",
            Vec::new(),
        )
        .await
        .expect("axe runs");
    assert_eq!(result, json!([]), "{what}");
}

pub(crate) async fn idle_map(client: &Client) {
    client
        .wait()
        .at_most(Duration::from_secs(60))
        .for_element(Locator::Css("[data-map-state=idle]"))
        .await
        .expect("the map comes to rest");
}

/// No page scrolls sideways.
pub(crate) async fn fits(client: &Client, what: &str) {
    let overflow = client
        .execute("return document.documentElement.scrollWidth - document.documentElement.clientWidth", Vec::new())
        .await
        .expect("a measure");
    assert!(overflow.as_i64().is_some_and(|pixels| pixels <= 0), "{what} overflows by {overflow} px");
}

pub(crate) fn largest_communes() -> (Value, Value) {
    let rows = parse(&succeed(training(), &["access", "table", "--level", "commune", "--format", "json"]));
    let mut rows = rows.as_array().expect("rows").clone();
    rows.sort_by(|a, b| b["population"].as_f64().unwrap_or(0.0).total_cmp(&a["population"].as_f64().unwrap_or(0.0)));
    (rows[0].clone(), rows[1].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_finds_a_territory_and_compares_it() {
    let portal = Portal::training();
    let home = format!("http://{}", portal.address);
    let driver = Driver::start();
    let client = driver.browse("visitor", true).await;
    let (first, second) = largest_communes();
    let (name, code) = (first["name"].as_str().expect("a name"), first["code"].as_str().expect("a code"));

    client.set_window_size(1280, 900).await.expect("a window");
    client.goto(&home).await.expect("the home page");
    idle_map(&client).await;
    let png = screenshot(&client, "accueil-1280.png").await;
    assert!(colours(&png) > 60, "the map is blank: {} colours", colours(&png));

    // Type the first letters, take the first suggestion, land on the territory.
    let field = client.find(Locator::Css("input[type=search]")).await.expect("a search field");
    let letters: String = name.chars().take(6).collect();
    field.send_keys(&letters).await.expect("typing");
    let option = client
        .wait()
        .at_most(Duration::from_secs(10))
        .for_element(Locator::Css("[role=option]"))
        .await
        .expect("a suggestion appears");
    option.click().await.expect("a click");
    client
        .wait()
        .at_most(Duration::from_secs(10))
        .for_url(&format!("{home}/territoires/commune/{code}").parse().expect("an address"))
        .await
        .expect("the suggestion leads to the territory");
    let title = client.find(Locator::Css("h1")).await.expect("a title").text().await.expect("text");
    assert!(title.contains(name), "{title}");

    let departement = "/territoires/departement/X1";
    let compare = format!("/comparer?a=commune:{code}&b=commune:{}", second["code"].as_str().expect("a code"));
    let commune = format!("/territoires/commune/{code}");
    let around = format!("/trajets?lieu={code}");
    let pages = [
        ("accueil", "/"),
        ("carte", "/carte?mesure=minutes_urgences&niveau=commune&departement=X1"),
        ("commune", commune.as_str()),
        ("departement", departement),
        ("pays", "/territoires/country/ENTRAINEMENT"),
        ("trajets", "/trajets"),
        ("trajets-commune", around.as_str()),
        ("trajets-refus", "/trajets?lieu=48.85,2.35&minutes=10,vingt"),
        ("comparer", compare.as_str()),
        ("recherche", "/recherche?q=saint"),
        ("donnees", "/donnees"),
        ("methodes", "/methodes"),
        ("sources", "/sources"),
        ("accessibilite", "/accessibilite"),
        ("absente", "/territoires/commune/99999"),
    ];
    for (width, height) in [(1280, 900), (320, 800)] {
        client.set_window_size(width, height).await.expect("a window");
        for (page, path) in pages {
            client.goto(&format!("{home}{path}")).await.expect("a page");
            let what = format!("{page} at {width} px");
            if client.find(Locator::Css("[data-map-state]")).await.is_ok() {
                idle_map(&client).await;
            }
            axe(&client, &what).await;
            fits(&client, &what).await;
            screenshot(&client, &format!("{page}-{width}.png")).await;
        }
    }
    client.set_window_size(1280, 900).await.expect("a window");
    client.goto(&format!("{home}{commune}?lang=en")).await.expect("the English page");
    let language = client.execute("return document.documentElement.lang", Vec::new()).await.expect("a language");
    assert_eq!(language, json!("en"));
    axe(&client, "the English page").await;
    screenshot(&client, "commune-en-1280.png").await;
    client.close().await.expect("the browser closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_but_panning_works_without_script() {
    let portal = Portal::training();
    let home = format!("http://{}", portal.address);
    let driver = Driver::start();
    let client = driver.browse("plain", false).await;
    client.set_window_size(1280, 900).await.expect("a window");
    let (first, _) = largest_communes();
    let name = first["name"].as_str().expect("a name");

    // The map is a drawing whose départements are links.
    client.goto(&home).await.expect("the home page");
    screenshot(&client, "accueil-sans-script.png").await;
    let shape = client.find(Locator::Css("svg a[href*='X2']")).await.expect("a département to click");
    let target = shape.attr("href").await.expect("an attribute").expect("an address");
    client.goto(&format!("{home}{target}")).await.expect("the département");
    assert!(client.find(Locator::Css("svg a[href*='commune']")).await.is_ok(), "its communes are drawn and lead on");

    // The search is a form.
    client.goto(&home).await.expect("the home page");
    let field = client.find(Locator::Css("input[type=search]")).await.expect("a search field");
    field.send_keys(&format!("{name}\u{e007}")).await.expect("typing and Enter");
    let found = client
        .wait()
        .at_most(Duration::from_secs(10))
        .for_element(Locator::LinkText(name))
        .await
        .expect("the commune is among the results");
    found.click().await.expect("a click");
    let title = client
        .wait()
        .at_most(Duration::from_secs(10))
        .for_element(Locator::Css("h1"))
        .await
        .expect("a title")
        .text()
        .await
        .expect("text");
    assert!(title.contains(name), "{title}");
    assert!(client.find(Locator::Css("table")).await.is_ok(), "every chart has its table");
    screenshot(&client, "commune-sans-script.png").await;
    client.close().await.expect("the browser closes");
}

/// Clicks in the middle of the live map, as a mouse does.
async fn click_map(client: &Client) {
    let canvas = client.find(Locator::Css(".maplibregl-canvas")).await.expect("a live map");
    canvas.click().await.expect("a click");
}

async fn text_of(client: &Client, css: &str) -> String {
    client.find(Locator::Css(css)).await.unwrap_or_else(|_| panic!("{css} is there")).text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_the_map_shows_what_is_reached_from_there() {
    let portal = Portal::training();
    let home = format!("http://{}", portal.address);
    let driver = Driver::start();
    let client = driver.browse("journeys", true).await;
    let (first, _) = largest_communes();
    let (name, code) = (first["name"].as_str().expect("a name"), first["code"].as_str().expect("a code"));

    client.set_window_size(1280, 900).await.expect("a window");
    client.goto(&format!("{home}/trajets?lieu={code}")).await.expect("the page");
    idle_map(&client).await;
    let before = text_of(&client, "#resultats-titre").await;
    assert!(before.contains(name), "{before}");
    let png = screenshot(&client, "trajets-carte.png").await;
    assert!(colours(&png) > 60, "the map is blank: {} colours", colours(&png));

    // The middle of the map lies within the areas: their box is what it opened on.
    click_map(&client).await;
    client
        .wait()
        .at_most(Duration::from_secs(20))
        .for_element(Locator::XPath("//h2[@id='resultats-titre'][starts-with(., 'Point')]"))
        .await
        .expect("the tables are those of the point");
    idle_map(&client).await;
    let address = client.current_url().await.expect("an address");
    assert!(address.query().is_some_and(|query| query.starts_with("lieu=")), "{address}");
    let field =
        client.execute("return document.querySelector('#trajets-lieu').value", Vec::new()).await.expect("a value");
    assert!(field.as_str().is_some_and(|value| value.contains(", ")), "{field}");
    axe(&client, "after a click on the map").await;
    let live = text_of(&client, "#trajets-surfaces").await;
    screenshot(&client, "trajets-clic.png").await;

    // The address it left leads to the same tables.
    client.goto(address.as_str()).await.expect("the same page");
    assert_eq!(text_of(&client, "#trajets-surfaces").await, live);
    client.close().await.expect("the browser closes");

    // Without script the form does the same, and communes of the drawing lead on.
    let client = driver.browse("journeys-plain", false).await;
    client.goto(&format!("{home}/trajets")).await.expect("the page");
    let field = client.find(Locator::Css("#trajets-lieu")).await.expect("a field");
    field.send_keys(&format!("{code}\u{e007}")).await.expect("typing and Enter");
    client
        .wait()
        .at_most(Duration::from_secs(10))
        .for_element(Locator::Css("svg .reached"))
        .await
        .expect("areas are drawn");
    assert!(text_of(&client, "#resultats-titre").await.contains(name));
    assert!(client.find(Locator::Css("svg a[href*='/trajets?lieu=']")).await.is_ok(), "communes lead on");
    screenshot(&client, "trajets-sans-script.png").await;
    client.close().await.expect("the browser closes");
}
