//! Small maps written by hand, real extracts when they are there, and searches slow enough to be right.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt::Write as _;
use std::path::PathBuf;

use pacte_roads::build::RoadGraph;
use pacte_roads::graph::{NEVER, NodeId, Time};
use pacte_roads::osm::{self, Extract, ExtractError};
use pacte_roads::point::Point;
use pacte_roads::profile::{SnapRule, SpeedProfile};
use pacte_roads::snap::{self, Place, SnapIndex};

/// A file of the real extracts, if they are there.
pub(crate) fn real(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PACTE_REAL_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join("osm").join(name);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("REAL DATA ABSENT: {} (set PACTE_REAL_DATA): this test checked nothing", path.display());
    None
}

/// A map drawn by hand. Coordinates are in metres from 0° N 0° E, near enough.
#[derive(Clone, Default)]
pub(crate) struct Map {
    nodes: BTreeMap<i64, String>,
    ways: BTreeMap<i64, String>,
    relations: BTreeMap<i64, String>,
}

/// Metres in a degree.
pub(crate) const DEGREE: f64 = 111_195.08;

fn tags(text: &str) -> String {
    let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
    pairs.fold(String::new(), |mut text, (key, value)| {
        let _ = write!(text, "<tag k=\"{key}\" v=\"{value}\"/>");
        text
    })
}

impl Map {
    pub(crate) fn node(mut self, id: i64, x: f64, y: f64, told: &str) -> Self {
        let (lon, lat) = (x / DEGREE, y / DEGREE);
        self.nodes.insert(id, format!("<node id=\"{id}\" lat=\"{lat:.7}\" lon=\"{lon:.7}\">{}</node>\n", tags(told)));
        self
    }

    /// Nodes `10 x + y`, one every 100 metres.
    pub(crate) fn grid(mut self, columns: i64, rows: i64) -> Self {
        for (x, y) in (0..columns).flat_map(|x| (0..rows).map(move |y| (x, y))) {
            self = self.node(10 * x + y, 100.0 * x as f64, 100.0 * y as f64, "");
        }
        self
    }

    pub(crate) fn way(mut self, id: i64, nodes: &[i64], told: &str) -> Self {
        let refs = nodes.iter().fold(String::new(), |mut text, node| {
            let _ = write!(text, "<nd ref=\"{node}\"/>");
            text
        });
        self.ways.insert(id, format!("<way id=\"{id}\">{refs}{}</way>\n", tags(told)));
        self
    }

    /// `via` is `n5` for a node, `w7` for a way.
    pub(crate) fn turn(mut self, id: i64, kind: &str, from: i64, via: &str, to: i64) -> Self {
        let mut text = format!("<relation id=\"{id}\"><member type=\"way\" ref=\"{from}\" role=\"from\"/>");
        for via in via.split(' ') {
            let kind = if via.starts_with('n') { "node" } else { "way" };
            let _ = write!(text, "<member type=\"{kind}\" ref=\"{}\" role=\"via\"/>", &via[1..]);
        }
        let _ = write!(text, "<member type=\"way\" ref=\"{to}\" role=\"to\"/>");
        let _ = writeln!(text, "{}</relation>", tags(&format!("type=restriction restriction={kind}")));
        self.relations.insert(id, text);
        self
    }

    pub(crate) fn without(mut self, nodes: &[i64], ways: &[i64]) -> Self {
        self.nodes.retain(|id, _| !nodes.contains(id));
        self.ways.retain(|id, _| !ways.contains(id));
        self
    }

    pub(crate) fn xml(&self) -> String {
        let parts = self.nodes.values().chain(self.ways.values()).chain(self.relations.values());
        format!("<?xml version=\"1.0\"?>\n<osm version=\"0.6\">\n{}</osm>\n", parts.cloned().collect::<String>())
    }

    pub(crate) fn read(&self) -> Extract {
        read_texts(&[&self.xml()]).expect("the map is a good extract")
    }

    pub(crate) fn build(&self, profile: &SpeedProfile) -> Routed {
        Routed::of(self.read(), profile)
    }
}

pub(crate) fn read_texts(texts: &[&str]) -> Result<Extract, ExtractError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths: Vec<PathBuf> = (0..texts.len()).map(|rank| folder.path().join(format!("{rank}.osm"))).collect();
    for (path, text) in paths.iter().zip(texts) {
        std::fs::write(path, text).expect("the folder can be written");
    }
    osm::read(&paths, &|_| {})
}

pub(crate) fn read_real(names: &[&str]) -> Option<Extract> {
    let paths: Option<Vec<PathBuf>> = names.iter().map(|name| real(name)).collect();
    Some(osm::read(&paths?, &|_| {}).expect("real extracts are good"))
}

/// 36 km/h everywhere (a metre takes a tenth of a second), and no time lost anywhere.
pub(crate) fn plain(edit: impl Fn(String) -> String) -> SpeedProfile {
    let (_, _, text) = pacte_roads::profile::SHIPPED[0];
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = match line.split_once("{ open:") {
            Some((name, _)) => format!("{name}{{ open: 36, urban: 36 }}"),
            None => line.to_owned(),
        };
        let lost =
            ["signals", "stop", "give_way", "joining", "junction", "roundabout", "mini_roundabout", "crossing", "bend"];
        let zero = lost.iter().find(|name| line.trim_start().starts_with(&format!("{name}:")));
        lines.push(zero.map_or(line.clone(), |name| format!("  {name}: 0")));
    }
    let text = edit(
        lines
            .join("\n")
            .replace("limits: { open: 36, urban: 36 }\n", "")
            .replace("discouraged_factor: 0.5", "discouraged_factor: 1"),
    );
    SpeedProfile::read("plain.yaml", &text).expect("a good profile")
}

/// A graph and how its nodes were called.
pub(crate) struct Routed {
    pub(crate) extract: Extract,
    pub(crate) graph: RoadGraph,
}

impl Routed {
    pub(crate) fn of(extract: Extract, profile: &SpeedProfile) -> Self {
        let graph = RoadGraph::build(&extract.ways, profile).expect("the profile travels something");
        Self { extract, graph }
    }

    /// Node of the graph, copies aside.
    pub(crate) fn node(&self, id: i64) -> NodeId {
        let rank = self.extract.ways.node_ids.binary_search(&id).expect("the node is read");
        let point = self.extract.ways.points[rank];
        let node = self.graph.points.iter().position(|other| *other == point);
        node.unwrap_or_else(|| panic!("{id} is no node of the graph")) as NodeId
    }

    pub(crate) fn is_node(&self, id: i64) -> bool {
        let rank = self.extract.ways.node_ids.binary_search(&id).expect("the node is read");
        self.graph.points.contains(&self.extract.ways.points[rank])
    }

    /// Time from a node of the map to another, tenths of a second, whether they are nodes of the graph or not.
    pub(crate) fn time(&self, from: i64, to: i64) -> Option<Time> {
        let (from, to) = (self.place(from), self.place(to));
        let times = search(&self.graph, &from.departures);
        let round = to.arrivals.iter().map(|(node, time)| times[*node as usize].saturating_add(*time)).min();
        let direct = if from.snap.edge == u32::MAX { None } else { snap::direct(self.graph.joints(), &from, &to) };
        round.into_iter().chain(direct).min().filter(|time| *time != NEVER)
    }

    fn place(&self, id: i64) -> Place {
        let rank = self.extract.ways.node_ids.binary_search(&id).expect("the node is read");
        let (point, shapes) = (self.extract.ways.points[rank], self.graph.edges.shapes());
        let index = SnapIndex::of(shapes, |_| true);
        let snap = index.nearest(shapes, point, 1.0, |_| true).unwrap_or_else(|| panic!("{id} is on no edge"));
        let rule = SnapRule { max_metres: 1.0, kmh: 200.0 };
        let mut place = snap::place(self.graph.joints(), rule, point, snap);
        if self.is_node(id) {
            let node = self.node(id);
            place.snap.edge = u32::MAX;
            place.departures = vec![(node, 0)];
            place.arrivals = self.graph.copies(node).map(|copy| (copy, 0)).collect();
        }
        place
    }
}

/// Times from some nodes to all.
pub(crate) fn search(graph: &RoadGraph, from: &[(NodeId, Time)]) -> Vec<Time> {
    let mut times = vec![NEVER; graph.nodes() as usize];
    let mut queue = BinaryHeap::new();
    for (node, time) in from {
        queue.push(Reverse((*time, *node)));
    }
    while let Some(Reverse((time, node))) = queue.pop() {
        if times[node as usize] != NEVER {
            continue;
        }
        times[node as usize] = time;
        queue.extend(graph.graph.outgoing(node).map(|(head, more)| Reverse((time + more, head))));
    }
    times
}

/// A generator of numbers, the same every time.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

pub(crate) fn point(x: f64, y: f64) -> Point {
    Point::from_degrees(x / DEGREE, y / DEGREE)
}
