//! Real extracts: the time of reading them beside osrm-extract, isochrones beside Valhalla's, and journeys beside OSRM's at
//! the same speeds.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use pacte_roads::build::RoadGraph;
use pacte_roads::graph::{FURTHEST, Graph, NEVER, NodeId, Time};
use pacte_roads::hierarchy::Hierarchy;
use pacte_roads::matrix::many_to_many;
use pacte_roads::osm;
use pacte_roads::profile::SpeedProfile;
use pacte_roads::search::dijkstra;

use crate::exchange::{self, Figures};
use crate::land::mix;
use crate::{Ground, Row, isochrones, seconds, watch};

/// Read and timed.
const READ: [&str; 5] = [
    "porto-2020.osm.pbf",
    "malta-2017.osm.pbf",
    "heidelberg-2025.osm.pbf",
    "liechtenstein-2025-07.osm.pbf",
    "andorra-2025-07.osm.pbf",
];
/// Compared journey by journey.
const COMPARED: [&str; 2] = ["porto-2020.osm.pbf", "heidelberg-2025.osm.pbf"];
const SOURCES: usize = 100;
const PAIRS_A_SOURCE: usize = 20;
/// Side of the matrix asked of both.
const TABLE: usize = 1000;

/// The same speeds as flat.lua gives OSRM.
fn flat() -> SpeedProfile {
    SpeedProfile::read("benches/roads/flat.yaml", include_str!("flat.yaml")).expect("a profile of ours")
}

/// Extracts against their peers.
pub(crate) fn measure(ground: &Ground) -> Vec<Row> {
    let mut rows = Vec::new();
    if ground.wants("import") {
        rows.extend(import(ground));
    }
    if ground.wants("trajets") {
        rows.extend(
            COMPARED.iter().filter_map(|name| Extracted::of(ground, name)).flat_map(|one| journeys(ground, &one)),
        );
    }
    if ground.wants("isochrone")
        && let Some(porto) = Extracted::of(ground, COMPARED[0])
    {
        rows.extend(isochrones::beside_valhalla(ground, &porto));
    }
    rows
}

/// An extract at flat speeds.
pub(crate) struct Extracted {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) network: RoadGraph,
}

impl Extracted {
    fn of(ground: &Ground, name: &'static str) -> Option<Self> {
        let path = present(ground, &[name]).pop()?;
        let extract = osm::read(std::slice::from_ref(&path), &|_| {}).expect("an extract");
        let network = RoadGraph::build(&extract.ways, &flat()).expect("a graph");
        Some(Self { name, path, network })
    }

    /// Junctions and ends of the largest component without turn restrictions, barriers nor one-way roads.
    ///
    /// A router that puts a place on a road, not on a junction, takes any of those that meet there: from a one-way road it
    /// cannot take the others, which made detours of minutes in one journey of a hundred. Where all go both ways, it
    /// matters not.
    pub(crate) fn junctions(&self) -> Vec<NodeId> {
        let network = &self.network;
        let reversed = network.graph.reversed();
        let bases = |graph: &Graph, node| -> Vec<NodeId> {
            let mut heads: Vec<NodeId> = graph.outgoing(node).map(|(head, _)| network.origin[head as usize]).collect();
            heads.sort_unstable();
            heads
        };
        // A place with two nodes has a barrier between them, or turns forbidden; they come next to each other.
        let place = |node: Option<NodeId>| node.and_then(|node| network.points.get(node as usize));
        let alone = |node: NodeId| {
            let here = place(Some(node));
            here != place(node.checked_sub(1)) && here != place(node.checked_add(1))
        };
        let plain = |node: &NodeId| {
            network.components[*node as usize] == 0
                && network.origin[*node as usize] == *node
                && alone(*node)
                && bases(&network.graph, *node) == bases(&reversed, *node)
        };
        (0..network.graph.nodes()).filter(plain).collect()
    }
}

fn present(ground: &Ground, names: &[&str]) -> Vec<PathBuf> {
    let (here, gone): (Vec<PathBuf>, Vec<PathBuf>) =
        names.iter().map(|name| ground.extracts.join(name)).partition(|path| path.is_file());
    for path in gone {
        eprintln!("DONNÉES RÉELLES ABSENTES ({}).", path.display());
    }
    here
}

/// Reading and building on one core, as osrm-extract does both (its processor time, whatever its threads).
fn import(ground: &Ground) -> Vec<Row> {
    let paths = present(ground, &READ);
    let folder = ground.folder("extract");
    let borrowed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let theirs = exchange::peer("extract", &folder, &borrowed);
    let profile = flat();
    let (mut bytes, mut reading, mut total) = (0.0, 0.0, 0.0);
    for path in &paths {
        bytes += std::fs::metadata(path).map_or(0.0, |file| file.len() as f64 / 1e6);
        let (read, both) = watch::on_one_core(|| {
            let mut read = Vec::new();
            let both = watch::median(3, |_| {
                let (extract, cost) =
                    watch::once(|| osm::read(std::slice::from_ref(path), &|_| {}).expect("an extract"));
                read.push(cost.wall);
                drop(RoadGraph::build(&extract.ways, &profile).expect("a graph"));
            });
            read.sort_by(f64::total_cmp);
            (read[1], both)
        });
        reading += read;
        total += both;
    }
    let per_core: Option<f64> =
        theirs.as_ref().map(|figures| figures.all("extract").filter_map(|figure| figure["cpu"].as_f64()).sum());
    let found = format!("{:.1} Mo/s (lecture seule {:.1} Mo/s)", bytes / total, bytes / reading);
    let work = format!("import de {} extraits ({bytes:.1} Mo), par cœur", paths.len());
    let row = Row::held(work, "≥ 2 × osrm-extract", found, per_core.is_some_and(|theirs| theirs / total >= 2.0));
    vec![match per_core {
        Some(theirs) => Row { peer: format!("OSRM {:.2} Mo/s", bytes / theirs), ..row.beside("", theirs, total) },
        None => row,
    }]
}

/// 2,000 journeys between junctions of the main network, ours by plain search, beside OSRM's with the same flat speeds.
fn journeys(ground: &Ground, extracted: &Extracted) -> Vec<Row> {
    let (network, name, main) = (&extracted.network, extracted.name, extracted.junctions());
    let draw = |purpose, rank: usize| main[(mix(11, purpose, rank as i64, 0) % main.len() as u64) as usize];
    // Without the extract's suffix: OSRM cuts its names at the first it meets, be it a folder's.
    let folder = ground.folder(name.split('.').next().unwrap_or(name));
    let mut file = BufWriter::new(File::create(folder.join("pairs.csv")).expect("a file"));
    writeln!(file, "lon1,lat1,lon2,lat2,seconds,straight").expect("a written file");
    for source in 0..SOURCES {
        let from = draw(1, source);
        let a = network.points[from as usize];
        // Leaving a junction, no turn is forbidden yet; reaching any copy of it is enough.
        let times = dijkstra(&network.graph, &[(from, 0)]);
        let straight = without_u_turns(network, from);
        for target in 0..PAIRS_A_SOURCE {
            let to = draw(2, source * PAIRS_A_SOURCE + target);
            let b = network.points[to as usize];
            let told = |times: &[Time]| match network.copies(to).map(|copy| times[copy as usize]).min() {
                None | Some(NEVER) => String::new(),
                Some(time) => format!("{:.1}", f64::from(time) / 10.0),
            };
            let ends =
                [a.lon_degrees(), a.lat_degrees(), b.lon_degrees(), b.lat_degrees()].map(|end| format!("{end:.7}"));
            writeln!(file, "{},{},{}", ends.join(","), told(&times), told(&straight)).expect("a written file");
        }
    }
    file.flush().expect("a written file");
    let (sources, targets): (Vec<NodeId>, Vec<NodeId>) = (0..TABLE).map(|rank| (draw(3, rank), draw(4, rank))).unzip();
    let mut file = BufWriter::new(File::create(folder.join("table.csv")).expect("a file"));
    writeln!(file, "lon,lat").expect("a written file");
    for node in sources.iter().chain(&targets) {
        let point = network.points[*node as usize];
        writeln!(file, "{:.7},{:.7}", point.lon_degrees(), point.lat_degrees()).expect("a written file");
    }
    file.flush().expect("a written file");
    let Some(figures) = exchange::peer("compare", &folder, &[&extracted.path]) else { return Vec::new() };
    let mut rows = told(name, &figures);
    rows.extend(table(extracted, &figures, &sources, &targets));
    rows
}

/// Times of all nodes from one, never going back along the edge one came by except at a dead end, as OSRM: a search over
/// arcs. Ours may turn back at any junction, which goes round a forbidden turn.
fn without_u_turns(network: &RoadGraph, from: NodeId) -> Vec<Time> {
    let graph = &network.graph;
    let mut times = vec![NEVER; graph.nodes() as usize];
    let mut arcs = vec![NEVER; graph.arcs()];
    let mut heap: BinaryHeap<Reverse<(Time, usize)>> = BinaryHeap::new();
    times[from as usize] = 0;
    for arc in graph.row(from) {
        arcs[arc] = graph.times[arc];
        heap.push(Reverse((arcs[arc], arc)));
    }
    while let Some(Reverse((time, arc))) = heap.pop() {
        if time > arcs[arc] {
            continue;
        }
        let node = graph.heads[arc];
        times[node as usize] = times[node as usize].min(time);
        let back = |next: usize| network.arc_edges[next] == network.arc_edges[arc] ^ 1;
        let dead_end = graph.row(node).all(back);
        for next in graph.row(node).filter(|next| dead_end || !back(*next)) {
            if time + graph.times[next] < arcs[next] {
                arcs[next] = time + graph.times[next];
                heap.push(Reverse((arcs[next], next)));
            }
        }
    }
    times
}

/// Preparation and a matrix without cut-off, beside OSRM, which contracts a graph of edges and answers over HTTP in JSON:
/// its seconds for the first row alone, which are all journey and snapping, are taken off.
fn table(extracted: &Extracted, figures: &Figures, sources: &[NodeId], targets: &[NodeId]) -> Vec<Row> {
    let network = &extracted.network;
    let (hierarchy, cost) = watch::once(|| Hierarchy::prepare(&network.graph, &|_| {}));
    let from: Vec<[(NodeId, Time); 1]> = sources.iter().map(|node| [(*node, 0)]).collect();
    let to: Vec<Vec<(NodeId, Time)>> =
        targets.iter().map(|node| network.copies(*node).map(|copy| (copy, 0)).collect()).collect();
    let took = watch::on_one_core(|| watch::median(5, |_| drop(many_to_many(&hierarchy, &from, &to, FURTHEST))));
    let number = |work, key| figures.number(work, key).unwrap_or(f64::NAN);
    let theirs = number("table", "cpu") - number("table", "one_row_cpu");
    let work = format!("{} : matrice {TABLE} × {TABLE}, un cœur", extracted.name);
    vec![
        Row::told(format!("{} : préparation, processeur", extracted.name), seconds(cost.cpu)).beside(
            "OSRM",
            number("contract", "cpu"),
            cost.cpu,
        ),
        Row::held(work, "≥ 100 × OSRM", seconds(took), theirs / took >= 100.0).beside("OSRM", theirs, took),
    ]
}

fn told(name: &str, figures: &Figures) -> Vec<Row> {
    let Some(figure) = figures.all("compare").next() else { return Vec::new() };
    let at = |key: &str, quantile: &str| figure[key][quantile].as_f64().unwrap_or(f64::NAN);
    let count = |key: &str| figure[key].as_u64().unwrap_or(0);
    let worst = figure["worst"].as_array().map_or(&[][..], Vec::as_slice);
    for pair in worst {
        eprintln!("{name}, parmi les pires (écart, nous sans demi-tour, nous, OSRM, départ, arrivée) : {pair}");
    }
    let found = format!(
        "écart OSRM − nous : médiane {:+.1} s, 1 à 99 % {:+.1} à {:+.1} s, extrêmes {:+.1} et {:+.1} s",
        at("seconds", "0.5"),
        at("seconds", "0.01"),
        at("seconds", "0.99"),
        at("seconds", "0.0"),
        at("seconds", "1.0"),
    );
    let pairs = format!(
        "{} comparés, {} hors du même point, {} chez nous seuls, {} chez OSRM seul",
        count("compared"),
        count("apart"),
        count("only_ours"),
        count("only_osrm")
    );
    let shares = |key: &str| {
        format!(
            "médiane {:.3} %, 99 % {:.3} %, pire {:.2} %",
            at(key, "0.5") * 100.0,
            at(key, "0.99") * 100.0,
            at(key, "1.0") * 100.0
        )
    };
    let straight = at("straight_share", "0.99");
    vec![
        Row::told(format!("trajets {name} : OSRM aux mêmes vitesses"), found),
        Row::told(format!("trajets {name} : couples"), pairs),
        Row::told(format!("trajets {name} : écart relatif"), shares("share")),
        Row::held(
            format!("trajets {name} : écart relatif, sans demi-tour"),
            "99 % sous 1 %",
            shares("straight_share"),
            straight <= 0.01,
        ),
    ]
}
