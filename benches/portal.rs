//! The portal over all of France under 200 requests a second, sent on schedule whatever the answers take: a latency counts
//! from the moment the request was due.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pacte_territory::{Level, Territory, snapshot};

use crate::process::{PACTE, peak_mib, resident_mib};
use crate::{Ground, Measure};

const RATE: u32 = 200;
const SECONDS: u32 = 10;
const CLIENTS: u32 = 16;

/// A portal on the imported data, stopped when dropped.
pub(crate) struct Server(Child, pub(crate) SocketAddr);

impl Server {
    pub(crate) fn open(ground: &Ground) -> Self {
        let mut child = Command::new(PACTE)
            .arg("--data")
            .arg(&ground.data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a piped output")).read_line(&mut line).expect("a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
        Self(child, address.parse().expect("an address"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already stopped is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Latencies in ms of `paths` asked for in turn, so many a second, sorted.
pub(crate) fn load(address: SocketAddr, paths: &[String], rate: u32, seconds: u32) -> Vec<f64> {
    let start = Instant::now() + Duration::from_millis(50);
    let mut latencies: Vec<f64> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn(move || {
                    let mut own = Vec::new();
                    for k in (client..rate * seconds).step_by(CLIENTS as usize) {
                        let due = start + Duration::from_secs(1) * k / rate;
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        get(address, &paths[k as usize % paths.len()]);
                        own.push(due.elapsed().as_secs_f64() * 1e3);
                    }
                    own
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a client")).collect()
    });
    latencies.sort_by(f64::total_cmp);
    latencies
}

fn get(address: SocketAddr, path: &str) {
    let mut stream = TcpStream::connect(address).expect("the portal accepts");
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept-Encoding: gzip\r\n\r\n").expect("a request");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    assert!(
        bytes.starts_with(b"HTTP/1.0 200") || bytes.starts_with(b"HTTP/1.1 20"),
        "{path}: {}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(60)])
    );
}

/// Territory pages of every level, spread over the country, the heaviest included.
fn pages(territory: &Territory) -> Vec<String> {
    let mut paths = Vec::new();
    for level in territory.levels() {
        let count = territory.count(level);
        let wanted = if level == Level::Commune { 1500 } else { 60 };
        let step = (count / wanted).max(1);
        for area in (0..count).step_by(step as usize) {
            paths.push(format!("/territoires/{level}/{}", territory.area(level, area).code));
        }
    }
    shuffle(&mut paths);
    paths
}

/// Tiles around communes drawn over the whole country, from zoom 5 to 12, most of them asked for once: a cold mix.
fn tiles(territory: &Territory) -> Vec<String> {
    let mut paths = Vec::new();
    for zoom in 5_u32..=12 {
        let side = f64::from(1_u32 << zoom);
        for step in 0..250 {
            let Some((lon, lat)) = territory.point((step * 7919 + zoom * 31) % territory.len() as u32) else {
                continue;
            };
            let x = ((lon / 360.0 + 0.5) * side) as u32;
            let y = ((0.5 - lat.to_radians().tan().asinh() / std::f64::consts::TAU) * side) as u32;
            paths.push(format!("/tuiles/{zoom}/{x}/{y}.mvt"));
        }
    }
    shuffle(&mut paths);
    paths
}

/// A fixed shuffle, so that two runs ask the same.
fn shuffle(paths: &mut [String]) {
    let mut state = 88_172_645_463_325_252_u64;
    for i in (1..paths.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        paths.swap(i, (state % (i as u64 + 1)) as usize);
    }
}

/// Pages, tiles, memory.
pub(crate) fn measure(ground: &Ground) -> Vec<Measure> {
    let folder = ground.data.join("territory");
    let name = std::fs::read_to_string(folder.join("current")).expect("an imported territory");
    let territory = snapshot::read(&folder.join(name.trim())).expect("a readable snapshot").territory;
    let server = Server::open(ground);
    let mut measures = Vec::new();
    for (what, paths) in
        [("portail : page de territoire", pages(&territory)), ("portail : tuile de carte", tiles(&territory))]
    {
        let latencies = load(server.1, &paths, RATE, SECONDS);
        let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
        measures.push(Measure {
            what: format!("{what}, {RATE} requêtes/s pendant {SECONDS} s"),
            bar: "p95 ≤ 20 ms".into(),
            found: format!("p50 {:.1}, p95 {:.1}, p99 {:.1} ms", at(0.5), at(0.95), at(0.99)),
            reached: at(0.95) <= 20.0,
        });
    }
    // Then the heaviest downloads, all at once.
    let heavy = ["geojson", "xlsx", "csv", "parquet", "geojson", "json"];
    std::thread::scope(|scope| {
        for format in heavy {
            let address = server.1;
            scope.spawn(move || get(address, &format!("/donnees/territoires.{format}?niveau=commune")));
        }
    });
    let (now, peak) = (resident_mib(server.0.id()).unwrap_or(0.0), peak_mib(server.0.id()).unwrap_or(0.0));
    measures.push(Measure {
        what: "portail : mémoire, toute la France, charge et 6 téléchargements nationaux".into(),
        bar: "≤ 600 Mio".into(),
        found: format!("{now:.0} Mio (pic {peak:.0})"),
        reached: peak <= 600.0,
    });
    measures
}
