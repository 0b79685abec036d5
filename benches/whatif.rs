//! Simulations over all of France: from one change to the new colours of the map, on the server and in a browser.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::process::PACTE;
use crate::{Ground, Measure};

/// Changes measured in the browser; the median is kept.
const DROPS: usize = 9;

/// Server side, then seen by the browser.
pub(crate) fn measure(ground: &Ground) -> Vec<Measure> {
    let mut measures = Vec::new();
    let what_if = ["access", "what-if"];
    for (what, bar, command, args) in [
        ("simuler, serveur : 5 médecins de plus à Guéret", 50.0, what_if, vec!["--add", "gp:5@23096"]),
        ("simuler, serveur : un MCS de plus à Guéret", 50.0, what_if, vec!["--add", "mcs@23096"]),
        ("simuler, serveur : départ des plus de 65 ans, partout", 50.0, what_if, vec!["--retire", "65"]),
        ("urgences : ce qu’amène un MCS de plus à Guéret", 50.0, ["urgent", "with"], vec!["--add", "mcs@23096"]),
    ] {
        let median = server(ground, command, &args);
        measures.push(Measure {
            what: what.to_owned(),
            bar: format!("≤ {bar:.0} ms"),
            found: format!("médiane {median:.2} ms"),
            reached: median <= bar,
        });
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    match runtime.block_on(browser(ground)) {
        Ok([drawn, rest]) => measures.push(Measure {
            what: "simuler, navigateur : d’une ressource posée aux nouvelles couleurs".into(),
            bar: "≤ 150 ms".into(),
            found: format!("médiane {drawn:.0} ms (carte au repos {rest:.0} ms)"),
            reached: drawn <= 150.0,
        }),
        Err(reason) => eprintln!("simuler, navigateur : non mesuré ({reason})"),
    }
    measures
}

/// Median milliseconds of one scenario, everything being in memory.
fn server(ground: &Ground, command: [&str; 2], args: &[&str]) -> f64 {
    let output = Command::new(PACTE)
        .arg("--data")
        .arg(&ground.data)
        .args(command)
        .args(["--bench", "--format", "json"])
        .args(args)
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    result["median_ms"].as_f64().expect("a median")
}

/// A process stopped when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Already stopped is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program and reads its output up to what `find` recognises.
fn start(mut command: Command, find: impl Fn(&str) -> Option<String>) -> Result<(Running, String), String> {
    let name = format!("{command:?}");
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut running = Running(child.map_err(|error| format!("{name} : {error}"))?);
    let mut lines = BufReader::new(running.0.stdout.take().expect("a piped output")).lines();
    let found = lines.by_ref().map_while(Result::ok).find_map(|line| find(&line)).ok_or(name)?;
    // Keep reading, or the program blocks once the pipe is full.
    std::thread::spawn(move || lines.for_each(drop));
    Ok((running, found))
}

/// Median milliseconds from a drop to the colours given to the map, and to the map at rest.
async fn browser(ground: &Ground) -> Result<[f64; 2], String> {
    let mut serve = Command::new(PACTE);
    serve.arg("--data").arg(&ground.data).args(["serve", "--listen", "127.0.0.1:0"]);
    let (_portal, address) = start(serve, |line| Some(line.split("http://").nth(1)?.split('/').next()?.to_owned()))?;
    let mut driver = Command::new("chromedriver");
    driver.arg("--port=0");
    let (_driver, port) = start(driver, |line| {
        Some(line.split("successfully on port ").nth(1)?.trim_end_matches('.').trim().to_owned())
    })?;
    let profile = tempfile::tempdir().map_err(|error| error.to_string())?;
    let args = [
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--use-angle=swiftshader".to_owned(),
        "--enable-unsafe-swiftshader".to_owned(),
        "--no-first-run".to_owned(),
        "--force-prefers-reduced-motion".to_owned(),
        format!("--user-data-dir={}", profile.path().display()),
    ];
    let options = json!({"goog:chromeOptions": {"args": args}}).as_object().cloned().expect("an object");
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(options)
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .map_err(|error| error.to_string())?;
    let times = drops(&client, &address).await.map_err(|error| error.to_string());
    // The measures are taken whether it closes well or not.
    let _ = client.close().await;
    times
}

async fn drops(client: &Client, address: &str) -> Result<[f64; 2], fantoccini::error::CmdError> {
    client.set_window_size(1280, 900).await?;
    // Around Guéret, communes in view.
    client.goto(&format!("http://{address}/decider/simuler?c=gp:5@23096")).await?;
    let idle = Locator::Css("[data-map-state=idle]");
    client.wait().at_most(Duration::from_secs(120)).for_element(idle).await?;
    let mut drawn = Vec::new();
    let mut rest = Vec::new();
    for round in 0..=DROPS {
        client
            .execute(
                "const map = document.querySelector('#carte'), canvas = document.querySelector('.map-canvas');
                 const box = canvas.getBoundingClientRect(), data = new DataTransfer();
                 data.setData('text/plain', 'gp');
                 delete map.dataset.changeMs;
                 canvas.dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data,
                   clientX: box.left + box.width * (0.4 + 0.02 * arguments[0]), clientY: box.top + box.height / 2}));",
                vec![json!(round)],
            )
            .await?;
        let done = Locator::Css("[data-change-ms]");
        client.wait().at_most(Duration::from_secs(60)).for_element(done).await?;
        let read = "const d = document.querySelector('#carte').dataset; return [Number(d.drawnMs), Number(d.changeMs)]";
        let found = client.execute(read, Vec::new()).await?;
        // The first drop warms what the others find warm.
        if round > 0 {
            drawn.extend(found[0].as_f64());
            rest.extend(found[1].as_f64());
        }
    }
    Ok([drawn, rest].map(|mut times| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or(f64::INFINITY)
    }))
}
