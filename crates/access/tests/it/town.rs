//! A small invented territory with real streets: square communes with crooked borders, a grid of streets with holes,
//! one-way streets, forbidden turns, a piece of road nobody can reach.

use std::fmt::Write as _;
use std::sync::Arc;

use pacte_roads::build::RoadGraph;
use pacte_roads::network::Network;
use pacte_roads::osm;
use pacte_roads::profile::SpeedProfile;
use pacte_territory::{Territory, TerritoryParts, Topology, TopologyBuilder};
use proptest::prelude::*;

use crate::land::{Land, column};

/// Side of a commune, degrees.
const STEP: f64 = 0.03;
/// Streets across a commune.
const STREETS: usize = 3;

/// A town to be.
#[derive(Clone, Debug)]
pub(crate) struct Town {
    /// Communes on a side.
    pub(crate) side: usize,
    /// Random numbers below 100 to draw from, in turn.
    pub(crate) luck: Vec<u32>,
    /// Whether every street is two-way and there.
    pub(crate) whole: bool,
}

impl Town {
    fn luck(&self, rank: usize) -> u32 {
        self.luck[rank * 7 % self.luck.len()]
    }

    pub(crate) fn corner(&self, x: usize, y: usize) -> [f64; 2] {
        let crooked = |rank: usize| (f64::from(self.luck(rank)) - 50.0) / 50.0 * 0.006;
        let rank = 1_000 + 2 * (y * (self.side + 1) + x);
        [2.0 + STEP * x as f64 + crooked(rank), 46.0 + STEP * y as f64 + crooked(rank + 1)]
    }

    fn topology(&self) -> Topology {
        let mut builder = TopologyBuilder::new(self.communes());
        for y in 0..self.side {
            for x in 0..self.side {
                let ring = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)].map(|(x, y)| self.corner(x, y));
                builder.add((y * self.side + x) as u32, &[ring.to_vec()]).expect("a square");
            }
        }
        builder.build()
    }

    /// Square communes, then one without known point and one far from any road.
    pub(crate) fn communes(&self) -> usize {
        self.side * self.side + 2
    }

    pub(crate) fn unlocated(&self) -> u32 {
        (self.side * self.side) as u32
    }

    pub(crate) fn far(&self) -> u32 {
        self.unlocated() + 1
    }

    pub(crate) fn parts(&self) -> TerritoryParts {
        let n = self.communes();
        let centre = |i: usize| {
            let off = |rank: usize| (f64::from(self.luck(rank)) - 50.0) / 50.0 * 0.008;
            let (x, y) = ((i % self.side) as f64, (i / self.side) as f64);
            (2.0 + STEP * (x + 0.5) + off(2 * i), 46.0 + STEP * (y + 0.5) + off(2 * i + 1))
        };
        let mut points: Vec<(f64, f64)> = (0..n - 2).map(centre).collect();
        if self.luck(900) > 30 {
            // Two on one street: no junction between them.
            points[1] = (points[0].0 + 0.001, points[0].1 + 0.0002);
        }
        points.extend([(1.96, 46.02), (1.9, 46.0)]);
        let some = |i: usize, above: u32| f64::from(u8::from(self.luck(500 + i) > above));
        let land = Land {
            points,
            people: (0..n).map(|i| f64::from(self.luck(300 + i) * 13 + 1)).collect(),
            km2: vec![7.0; n],
            gps: (0..n).map(|i| some(i, 70) * 2.0).collect(),
            island: n,
        };
        let mut parts = land.parts();
        parts.communes.lon[self.unlocated() as usize] = f64::NAN;
        parts.columns.push(column("supply.emergency", 2020, (0..n).map(|i| some(i + n, 93)).collect()));
        parts.columns.push(column("supply.msp", 2020, vec![0.0; n]));
        let rare = |i: usize| f64::from(u8::from(i == self.far() as usize || i == 3));
        parts.columns.push(column("supply.maternity", 2020, (0..n).map(rare).collect()));
        parts.topology = self.topology();
        parts
    }

    pub(crate) fn territory(&self) -> Territory {
        Territory::assemble(self.parts()).expect("a territory")
    }

    /// The streets as an OpenStreetMap file.
    fn osm(&self) -> String {
        let side = self.side * STREETS;
        let mut text =
            String::from("<?xml version=\"1.0\"?>\n<osm version=\"0.6\" timestamp=\"2026-01-02T03:04:05Z\">\n");
        let id = |x: usize, y: usize| y * side + x + 1;
        let place = |x: usize| STEP / STREETS as f64 * (x as f64 + 0.5);
        // Off the vertices' grid: a junction on a border is in either commune.
        let off = (0.000_003_7, 0.000_005_3);
        let mut nodes: Vec<(usize, f64, f64)> = Vec::new();
        for y in 0..side {
            nodes.extend((0..side).map(|x| (id(x, y), 2.0 + place(x) + off.0, 46.0 + place(y) + off.1)));
        }
        // A street on its own.
        nodes.extend([(90_001, 2.011, 46.011), (90_002, 2.012, 46.011)]);
        for (id, lon, lat) in &nodes {
            let _ = writeln!(text, "<node id=\"{id}\" lon=\"{lon:.7}\" lat=\"{lat:.7}\"/>");
        }
        let mut ways = vec![(90_001, 90_002)];
        for y in 0..side {
            for x in 0..side {
                if x + 1 < side {
                    ways.push((id(x, y), id(x + 1, y)));
                }
                if y + 1 < side {
                    ways.push((id(x, y), id(x, y + 1)));
                }
            }
        }
        let mut kept = Vec::new();
        for (rank, (from, to)) in ways.iter().enumerate() {
            let luck = self.luck(rank + 3 * rank / 11);
            if !self.whole && luck < 20 && rank > 0 {
                continue;
            }
            let way = rank + 1;
            let one_way = if !self.whole && luck > 85 { "<tag k=\"oneway\" v=\"yes\"/>" } else { "" };
            let class = ["residential", "tertiary", "primary"][rank % 3];
            let _ = writeln!(
                text,
                "<way id=\"{way}\"><nd ref=\"{from}\"/><nd ref=\"{to}\"/><tag k=\"highway\" v=\"{class}\"/>{one_way}</way>"
            );
            kept.push((way, *from, *to));
        }
        let mut relation = 0;
        for pair in kept.windows(2).filter(|_| !self.whole) {
            let ((a, _, via), (b, from, _)) = (pair[0], pair[1]);
            if via == from && self.luck(a) < 60 {
                relation += 1;
                let _ = writeln!(
                    text,
                    "<relation id=\"{relation}\"><member type=\"way\" ref=\"{a}\" role=\"from\"/><member type=\"node\" \
                     ref=\"{via}\" role=\"via\"/><member type=\"way\" ref=\"{b}\" role=\"to\"/><tag k=\"type\" v=\"restriction\"/>\
                     <tag k=\"restriction\" v=\"no_straight_on\"/></relation>"
                );
            }
        }
        text.push_str("</osm>\n");
        text
    }

    pub(crate) fn network(&self) -> Arc<Network> {
        network(&self.osm())
    }
}

/// A prepared car network from the text of an OpenStreetMap file.
pub(crate) fn network(text: &str) -> Arc<Network> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rues.osm");
    std::fs::write(&path, text).expect("written");
    let extract = osm::read(&[path], &|_| {}).expect("an extract");
    let profile = SpeedProfile::shipped("car").expect("shipped");
    let roads = RoadGraph::build(&extract.ways, &profile).expect("a graph");
    Arc::new(Network::prepare(roads, &profile, extract.report, &|_| {}))
}

pub(crate) fn towns() -> impl Strategy<Value = Town> {
    (2_usize..6, prop::collection::vec(0..100_u32, 400), prop::bool::weighted(0.1))
        .prop_map(|(side, luck, whole)| Town { side, luck, whole })
}

/// Always the same town.
pub(crate) fn one_town(side: usize) -> Town {
    Town { side, luck: (0..397_u32).map(|rank| rank * rank * 31 % 397 % 100).collect(), whole: false }
}
