//! A prepared road network: what every question is put to.

use std::fmt;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::build::{BuildReport, RoadGraph};
use crate::graph::{FURTHEST, Graph, NEVER, NodeId, Time};
use crate::hierarchy::{Climbs, Hierarchy, Progress};
use crate::isochrone::{IsochroneError, Settings, Surface, SurfaceBuilder, search_bound};
use crate::matrix::{Buckets, Matrix};
use crate::nearest::{Nearest, nearest};
use crate::osm::{ExtractReport, RoadClass};
use crate::point::Point;
use crate::pool::Pool;
use crate::profile::{Mode, SnapRule, SpeedProfile};
use crate::search::Bounded;
use crate::snap::{Cell, Joints, Place, Shapes, SnapIndex, direct, place};
use crate::store::{Checked, StoreError, section, write};

/// Nodes whose roads are laid by one thread at a time.
const LAID_TOGETHER: usize = 4096;

/// Where a network comes from and what it holds, for the method of every figure that uses it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Name of the profile: `car`.
    pub profile: String,
    /// French title of the profile.
    pub label: String,
    /// Where the profile's speeds come from.
    pub source: String,
    /// Means of travel.
    pub mode: Mode,
    /// First 16 hexadecimal digits of the checksum of the profile.
    pub fingerprint: String,
    /// How places join the network.
    pub snap: SnapRule,
    /// Files it was made of.
    pub extract: ExtractReport,
    /// What building gave.
    pub built: BuildReport,
}

/// A prepared network, in memory or in a mapped file.
pub struct Network {
    about: About,
    points: Block<Point>,
    origin: Block<u32>,
    graph: Graph,
    arc_edges: Block<u32>,
    edge_first: Block<u32>,
    edge_shape: Block<Point>,
    edge_length: Block<u32>,
    edge_class: Block<u8>,
    edge_times: Block<[u32; 2]>,
    edge_heads: Block<[u32; 2]>,
    snaps: SnapIndex,
    hierarchy: Hierarchy,
    /// Working memory of searches, as large as the network: lent to one question at a time and kept for the next.
    idle: Pool<Bounded>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("about", &self.about).field("nodes", &self.nodes()).finish_non_exhaustive()
    }
}

/// The way from a place to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// Tenths of a second, from the place itself to the place itself.
    pub time: Time,
    /// Metres along the roads.
    pub metres: f64,
    /// Points of the way, the places themselves at both ends.
    pub line: Vec<Point>,
}

impl Network {
    /// Prepares a graph for questions: the long step, seconds per million of nodes.
    pub fn prepare(
        roads: RoadGraph,
        profile: &SpeedProfile,
        extract: ExtractReport,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Self {
        let hierarchy = Hierarchy::prepare(&roads.graph, progress);
        Self::with(roads, profile, extract, hierarchy)
    }

    /// The same roads at other speeds: the order of the hierarchy is kept. When the new profile opens or closes roads, the
    /// graph is another one, and all is prepared anew.
    pub fn reweighed(
        &self,
        roads: RoadGraph,
        profile: &SpeedProfile,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> (Self, Reuse) {
        let same = roads.graph.first[..] == self.graph.first[..] && roads.graph.heads[..] == self.graph.heads[..];
        let (hierarchy, reuse) = if same {
            (self.hierarchy.with_times_of(&roads.graph, progress), Reuse::Order)
        } else {
            (Hierarchy::prepare(&roads.graph, progress), Reuse::Nothing)
        };
        (Self::with(roads, profile, self.about.extract.clone(), hierarchy), reuse)
    }

    fn with(roads: RoadGraph, profile: &SpeedProfile, extract: ExtractReport, hierarchy: Hierarchy) -> Self {
        let ferry = RoadClass::Ferry as u8;
        let joinable = roads.joinable();
        let joined: Vec<bool> = (0..roads.edges.len() as u32)
            .into_par_iter()
            .map(|edge| {
                let component = roads.component_of(edge);
                roads.edges.class[edge as usize] != ferry && component.is_some_and(|own| joinable[own as usize])
            })
            .collect();
        let snaps = SnapIndex::of(roads.edges.shapes(), |edge| joined[edge as usize]);
        let edges = roads.edges;
        Self {
            about: About {
                profile: profile.id.clone(),
                label: profile.label.clone(),
                source: profile.source.clone(),
                mode: profile.mode,
                fingerprint: profile.fingerprint().to_hex()[..16].to_owned(),
                snap: profile.snap,
                extract,
                built: roads.report,
            },
            points: roads.points.into(),
            origin: roads.origin.into(),
            graph: roads.graph,
            arc_edges: roads.arc_edges.into(),
            edge_first: edges.first.into(),
            edge_shape: edges.shape.into(),
            edge_length: edges.length_dm.into(),
            edge_class: edges.class.into(),
            edge_times: edges.times.into(),
            edge_heads: edges.heads.into(),
            snaps,
            hierarchy,
            idle: Pool::default(),
        }
    }

    /// Writes the network as one file; returns the first 16 hexadecimal digits of its checksum.
    ///
    /// # Errors
    /// When the file system refuses; nothing is then left behind.
    pub fn save(&self, path: &Path) -> Result<String, StoreError> {
        let about = postcard::to_stdvec(&self.about).expect("plain data has an encoding");
        let hierarchy = &self.hierarchy;
        let sections = [
            section("about", &about),
            section("points", &self.points),
            section("origin", &self.origin),
            section("arc.first", &self.graph.first),
            section("arc.heads", &self.graph.heads),
            section("arc.times", &self.graph.times),
            section("arc.edges", &self.arc_edges),
            section("edge.first", &self.edge_first),
            section("edge.shape", &self.edge_shape),
            section("edge.length", &self.edge_length),
            section("edge.class", &self.edge_class),
            section("edge.times", &self.edge_times),
            section("edge.heads", &self.edge_heads),
            section("snap.cells", &self.snaps.cells),
            section("snap.first", &self.snaps.first),
            section("snap.edges", &self.snaps.edges),
            section("place", &hierarchy.places),
            section("place.node", &hierarchy.nodes),
            section("place.levels", &hierarchy.levels),
            section("up.first", &hierarchy.up.first),
            section("up.arcs", &hierarchy.up.arcs),
            section("up.via", &hierarchy.up.via),
            section("down.first", &hierarchy.down.first),
            section("down.arcs", &hierarchy.down.arcs),
            section("down.via", &hierarchy.down.via),
        ];
        write(path, &sections)
    }

    /// Opens a file where it lies, after checking all of it. Returns its checksum too.
    ///
    /// # Errors
    /// When it is no such file, of another version, cut short or damaged: the error says what to do.
    pub fn open(path: &Path) -> Result<(Self, String), StoreError> {
        let file = Checked::open(path)?;
        let about = postcard::from_bytes(file.bytes("about")?).map_err(|_| file.lacks("about"))?;
        let network = Self {
            about,
            points: file.block("points")?,
            origin: file.block("origin")?,
            graph: Graph {
                first: file.block("arc.first")?,
                heads: file.block("arc.heads")?,
                times: file.block("arc.times")?,
            },
            arc_edges: file.block("arc.edges")?,
            edge_first: file.block("edge.first")?,
            edge_shape: file.block("edge.shape")?,
            edge_length: file.block("edge.length")?,
            edge_class: file.block("edge.class")?,
            edge_times: file.block("edge.times")?,
            edge_heads: file.block("edge.heads")?,
            snaps: SnapIndex {
                cells: file.block::<Cell>("snap.cells")?,
                first: file.block("snap.first")?,
                edges: file.block("snap.edges")?,
            },
            hierarchy: Hierarchy::from_parts(
                file.block("place")?,
                file.block("place.node")?,
                file.block("place.levels")?,
                Climbs { first: file.block("up.first")?, arcs: file.block("up.arcs")?, via: file.block("up.via")? },
                Climbs {
                    first: file.block("down.first")?,
                    arcs: file.block("down.arcs")?,
                    via: file.block("down.via")?,
                },
            ),
            idle: Pool::default(),
        };
        Ok((network, file.hash))
    }

    /// Where it comes from.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Number of nodes.
    pub fn nodes(&self) -> u32 {
        self.graph.nodes()
    }

    /// Where a node is.
    pub fn point(&self, node: NodeId) -> Point {
        self.points[node as usize]
    }

    /// Arcs and times.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The prepared graph.
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    fn joints(&self) -> Joints<'_> {
        Joints {
            graph: &self.graph,
            arc_edges: &self.arc_edges,
            origin: &self.origin,
            times: &self.edge_times,
            heads: &self.edge_heads,
            length_dm: &self.edge_length,
        }
    }

    fn shapes(&self) -> Shapes<'_> {
        Shapes { first: &self.edge_first, shape: &self.edge_shape, length_dm: &self.edge_length }
    }

    fn shape(&self, edge: u32) -> &[Point] {
        &self.edge_shape[self.edge_first[edge as usize] as usize..self.edge_first[edge as usize + 1] as usize]
    }

    /// Joins a place to the nearest road of the main component or of an island large enough (see
    /// [`ISLAND`](crate::build::ISLAND)); `None` when it is farther than the profile allows.
    pub fn place(&self, point: Point) -> Option<Place> {
        let rule = self.about.snap;
        let snap = self.snaps.nearest(self.shapes(), point, rule.max_metres, |_| true)?;
        Some(place(self.joints(), rule, point, snap))
    }

    /// Joins many places at once.
    pub fn places(&self, points: &[Point]) -> Vec<Option<Place>> {
        points.par_iter().map(|point| self.place(*point)).collect()
    }

    /// Least time from a place to another, at most `limit` tenths of a second.
    pub fn time(&self, from: &Place, to: &Place, limit: Time) -> Option<Time> {
        let limit = limit.min(FURTHEST);
        let along = direct(self.joints(), from, to).filter(|time| *time <= limit);
        let around = self.hierarchy.time(&from.departures, &to.arrivals, along.unwrap_or(limit));
        around.or(along)
    }

    /// The same, with the way; among ways as long, always the same one.
    pub fn journey(&self, from: &Place, to: &Place, limit: Time) -> Option<Journey> {
        let limit = limit.min(FURTHEST);
        let along = direct(self.joints(), from, to).filter(|time| *time <= limit);
        let mut line = vec![from.point];
        if let Some(trip) = self.hierarchy.trip(&from.departures, &to.arrivals, along.unwrap_or(limit)) {
            let (first, last) = (trip.nodes[0], trip.nodes[trip.nodes.len() - 1]);
            let mut metres = self.leave(from, first, &mut line);
            for pair in trip.nodes.windows(2) {
                let darc = self.arc_edges[self.fastest_arc(pair[0], pair[1])];
                metres += f64::from(self.edge_length[(darc >> 1) as usize]) / 10.0;
                let shape = self.shape(darc >> 1);
                if darc & 1 == 0 { line.extend(&shape[1..]) } else { line.extend(shape.iter().rev().skip(1)) }
            }
            let mut back = vec![to.point];
            metres += self.leave(to, last, &mut back);
            line.extend(back.iter().rev());
            line.dedup();
            return Some(Journey { time: trip.time, metres, line });
        }
        let time = along?;
        let metres = f64::from(from.snap.along_dm.abs_diff(to.snap.along_dm)) / 10.0;
        self.stretch(from.snap.edge, from.snap.along_dm, to.snap.along_dm, &mut line);
        line.push(to.point);
        line.dedup();
        Some(Journey { time, metres, line })
    }

    /// Arc by which a way goes from a node to the next.
    fn fastest_arc(&self, tail: NodeId, head: NodeId) -> usize {
        let row = self.graph.row(tail);
        let arcs = row.filter(|arc| self.graph.heads[*arc] == head);
        arcs.min_by_key(|arc| (self.graph.times[*arc], *arc)).expect("ways follow arcs")
    }

    /// Pushes the points from a place to the end of its edge where a node stands; returns the metres.
    fn leave(&self, place: &Place, node: NodeId, line: &mut Vec<Point>) -> f64 {
        let length = self.edge_length[place.snap.edge as usize];
        let shape = self.shape(place.snap.edge);
        let at = self.point(node);
        // A loop has the same node at both ends: the nearer end is as good as any for drawing.
        let near_start = place.snap.along_dm * 2 <= length;
        let to_start = shape[0] == at && (near_start || shape[shape.len() - 1] != at);
        let end = if to_start { 0 } else { length };
        self.stretch(place.snap.edge, place.snap.along_dm, end, line);
        f64::from(place.snap.along_dm.abs_diff(end)) / 10.0
    }

    /// Pushes the points of an edge from a distance along it to another, both in decimetres.
    fn stretch(&self, edge: u32, from: u32, to: u32, line: &mut Vec<Point>) {
        let shape = self.shape(edge);
        let total: f64 = shape.windows(2).map(|pair| pair[0].metres_to(pair[1])).sum();
        let scale = total / (f64::from(self.edge_length[edge as usize]) / 10.0).max(0.1);
        let (from, to) = (f64::from(from) / 10.0 * scale, f64::from(to) / 10.0 * scale);
        let (low, high) = (from.min(to), from.max(to));
        let mut passed = Vec::new();
        let mut along = 0.0;
        for pair in shape.windows(2) {
            let length = pair[0].metres_to(pair[1]);
            let at = |metres: f64| {
                let share = if length > 0.0 { ((metres - along) / length).clamp(0.0, 1.0) } else { 0.0 };
                let between = |a: i32, b: i32| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as i32;
                Point { lon: between(pair[0].lon, pair[1].lon), lat: between(pair[0].lat, pair[1].lat) }
            };
            if along <= high && along + length >= low {
                passed.extend([at(low.max(along)), at(high.min(along + length))]);
            }
            along += length;
        }
        if from > to {
            passed.reverse();
        }
        line.extend(passed);
    }

    /// Times between every source and every target within a limit.
    pub fn matrix(&self, sources: &[Place], targets: &[Place], limit: Time) -> Matrix {
        self.targets(targets, limit).matrix(sources)
    }

    /// Lets targets leave their times, for any number of sources to read.
    pub fn targets<'a>(&'a self, targets: &'a [Place], limit: Time) -> Targets<'a> {
        let arrivals: Vec<&[(NodeId, Time)]> = targets.iter().map(|target| &target.arrivals[..]).collect();
        let mut by_edge: Vec<(u32, u32)> = (0..).zip(targets).map(|(rank, target)| (target.snap.edge, rank)).collect();
        by_edge.sort_unstable();
        Targets {
            network: self,
            places: targets,
            limit: limit.min(FURTHEST),
            buckets: Buckets::new(&self.hierarchy, &arrivals, limit),
            by_edge,
        }
    }

    /// The nearest of some targets for every node, within a limit.
    pub fn nearest(&self, targets: &[Place], limit: Time) -> Nearest<'_> {
        let arrivals: Vec<&[(NodeId, Time)]> = targets.iter().map(|target| &target.arrivals[..]).collect();
        nearest(&self.hierarchy, &arrivals, limit)
    }

    /// Everything within some time of a place.
    ///
    /// # Errors
    /// When the settings make no sense or the area would not fit in memory.
    pub fn reach(&self, from: &Place, longest: Time, settings: Settings) -> Result<Reach, IsochroneError> {
        let bound = search_bound(longest);
        let mut search = self.idle.lend(Bounded::default);
        search.search(&self.graph, &from.departures, bound);
        let surface = self.surface(from, &search, bound, settings)?;
        Ok(Reach { nodes: search.reached().to_vec(), surface })
    }

    fn surface(
        &self,
        from: &Place,
        search: &Bounded,
        bound: Time,
        settings: Settings,
    ) -> Result<Surface, IsochroneError> {
        let mut builder = SurfaceBuilder::new(from.point, bound, settings)?;
        builder.add_point(from.snap.point, from.off_road);
        let edge = from.snap.edge as usize;
        let length = self.edge_length[edge];
        for (side, end) in [(0, length), (1, 0)] {
            let whole = self.edge_times[edge][side];
            if whole != NEVER {
                let rest = f64::from(from.snap.along_dm.abs_diff(end)) / f64::from(length.max(1));
                let mut line = vec![from.snap.point];
                self.stretch(from.snap.edge, from.snap.along_dm, end, &mut line);
                builder.add_path(&line, from.off_road, from.off_road + (f64::from(whole) * rest).round() as Time);
            }
        }
        // Laying roads is three quarters of the work, and builders merge in any order into the same surface.
        let parts: Vec<Result<SurfaceBuilder, IsochroneError>> = search
            .reached()
            .par_chunks(LAID_TOGETHER)
            .map(|nodes| {
                let mut part = SurfaceBuilder::new(from.point, bound, settings)?;
                for (node, time) in nodes {
                    self.lay(*node, *time, search, &mut part);
                }
                Ok(part)
            })
            .collect();
        for part in parts {
            builder.merge(part?);
        }
        builder.finish()
    }

    /// Lays the roads that leave a node reached at some time.
    fn lay(&self, node: NodeId, time: Time, search: &Bounded, builder: &mut SurfaceBuilder) {
        for arc in self.graph.row(node) {
            let darc = self.arc_edges[arc];
            let (edge, side) = ((darc >> 1) as usize, (darc & 1) as usize);
            if self.edge_class[edge] == RoadClass::Ferry as u8 {
                continue;
            }
            let along = self.edge_times[edge];
            // A road reached from both ends is laid once, from the end that comes first in the order of nodes. Not
            // where copies of nodes make the arc there and the arc back lead to different ones.
            let head = self.graph.heads[arc];
            let both = along[1 - side] != NEVER && self.is_alone(node) && self.is_alone(head);
            let far = if both { search.time(head) } else { NEVER };
            if far != NEVER && head < node {
                continue;
            }
            let mut ends = [time, far];
            if side == 1 {
                ends.reverse();
            }
            builder.add_road(self.shape(darc >> 1), ends, along);
        }
    }

    /// Whether a node neither is a copy nor has any.
    fn is_alone(&self, node: NodeId) -> bool {
        self.origin[node as usize] == node && self.origin.get(node as usize + 1) != Some(&node)
    }
}

/// What new speeds could keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// The order of the nodes.
    Order,
    /// Nothing: the profile opens or closes roads.
    Nothing,
}

/// What lies within some time of a place.
#[derive(Debug)]
pub struct Reach {
    /// Nodes reached and their times, by increasing time. The search goes a little past the longest time asked for (see
    /// [`search_bound`]).
    pub nodes: Vec<(NodeId, Time)>,
    /// Times on the ground.
    pub surface: Surface,
}

/// Targets that left their times.
pub struct Targets<'a> {
    network: &'a Network,
    places: &'a [Place],
    limit: Time,
    buckets: Buckets<'a>,
    /// Edge of each target and its rank, ascending: two places on one edge need no node between them.
    by_edge: Vec<(u32, u32)>,
}

impl Targets<'_> {
    /// Times from every source to every target within the limit.
    pub fn matrix(&self, sources: &[Place]) -> Matrix {
        let departures: Vec<&[(NodeId, Time)]> = sources.iter().map(|source| &source.departures[..]).collect();
        let matrix = self.buckets.matrix(&departures);
        let along: Vec<Vec<(u32, Time)>> = sources.par_iter().map(|source| self.along(source)).collect();
        if along.iter().all(Vec::is_empty) { matrix } else { merged(&matrix, &along) }
    }

    /// Targets on the edge of a source, ascending, and the times to them along it.
    fn along(&self, source: &Place) -> Vec<(u32, Time)> {
        let start = self.by_edge.partition_point(|(edge, _)| *edge < source.snap.edge);
        let same = self.by_edge[start..].iter().take_while(|(edge, _)| *edge == source.snap.edge);
        same.filter_map(|(_, target)| {
            let time = direct(self.network.joints(), source, &self.places[*target as usize])?;
            (time <= self.limit).then_some((*target, time))
        })
        .collect()
    }
}

/// A matrix with some pairs added or shortened.
fn merged(matrix: &Matrix, along: &[Vec<(u32, Time)>]) -> Matrix {
    let mut result = Matrix { first: vec![0], ..Matrix::default() };
    for (source, along) in along.iter().enumerate() {
        let (mut around, mut along) = (matrix.row(source).peekable(), along.iter().copied().peekable());
        loop {
            let pair = match (around.peek().copied(), along.peek().copied()) {
                (Some(a), Some(b)) if a.0 == b.0 => {
                    around.next();
                    along.next();
                    a.min(b)
                }
                (Some(a), Some(b)) if a.0 < b.0 => {
                    around.next();
                    a
                }
                (_, Some(b)) => {
                    along.next();
                    b
                }
                (Some(a), None) => {
                    around.next();
                    a
                }
                (None, None) => break,
            };
            result.targets.push(pair.0);
            result.times.push(pair.1);
        }
        result.first.push(result.targets.len() as u64);
    }
    result
}
