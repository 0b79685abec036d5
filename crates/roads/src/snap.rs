//! Where places join the network: the nearest edge, how far along it, and the nodes reached from there.

use bytemuck::{Pod, Zeroable};
use rayon::prelude::*;

use crate::block::Block;
use crate::build::{Edges, RoadGraph};
use crate::graph::{Graph, NEVER, NodeId, Time};
use crate::point::{EARTH_RADIUS_M, Point};
use crate::profile::SnapRule;

/// Side of a cell, 1e-7 degree (about 278 m of latitude).
const SIDE: i32 = 25_000;
/// Metres in 1e-7 degree of latitude.
const METRES: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0 * 1e-7;

/// A cell of the grid: its edges are a range of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(C)]
pub struct Cell {
    /// Rank from the south.
    pub row: i32,
    /// Rank from the west.
    pub column: i32,
}

impl Cell {
    fn of(point: Point) -> Self {
        Self { row: point.lat.div_euclid(SIDE), column: point.lon.div_euclid(SIDE) }
    }
}

/// Edges by cell of a grid of about 250 m.
#[derive(Clone, Debug, Default)]
pub struct SnapIndex {
    /// Cells that some edge crosses, ascending.
    pub cells: Block<Cell>,
    /// `cells + 1` offsets into `edges`.
    pub first: Block<u32>,
    /// Edges that may cross each cell, ascending.
    pub edges: Block<u32>,
}

/// The nearest point of the network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snap {
    /// Edge.
    pub edge: u32,
    /// Distance from the start of its geometry, decimetres.
    pub along_dm: u32,
    /// The point itself.
    pub point: Point,
    /// Metres from the place.
    pub metres: f64,
}

/// A place joined to the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Where the place is.
    pub point: Point,
    /// Where it joins.
    pub snap: Snap,
    /// Tenths of a second between the place and the road.
    pub off_road: Time,
    /// Nodes reached from the place, and when, the way to the road included.
    pub departures: Vec<(NodeId, Time)>,
    /// Nodes from which the place is reached without another, and how long that takes, the way from the road included.
    pub arrivals: Vec<(NodeId, Time)>,
}

/// What places need of a network: the parts of a [`RoadGraph`] by which edges join nodes.
#[derive(Clone, Copy, Debug)]
pub struct Joints<'a> {
    /// Arcs.
    pub graph: &'a Graph,
    /// See [`RoadGraph::arc_edges`].
    pub arc_edges: &'a [u32],
    /// See [`RoadGraph::origin`].
    pub origin: &'a [NodeId],
    /// See [`Edges::times`].
    pub times: &'a [[Time; 2]],
    /// See [`Edges::heads`].
    pub heads: &'a [[NodeId; 2]],
    /// See [`Edges::length_dm`].
    pub length_dm: &'a [u32],
}

impl RoadGraph {
    /// What places need of it.
    pub fn joints(&self) -> Joints<'_> {
        Joints {
            graph: &self.graph,
            arc_edges: &self.arc_edges,
            origin: &self.origin,
            times: &self.edges.times,
            heads: &self.edges.heads,
            length_dm: &self.edges.length_dm,
        }
    }
}

/// Geometry of edges, wherever it is kept.
#[derive(Clone, Copy, Debug)]
pub struct Shapes<'a> {
    /// See [`Edges::first`].
    pub first: &'a [u32],
    /// See [`Edges::shape`].
    pub shape: &'a [Point],
    /// See [`Edges::length_dm`].
    pub length_dm: &'a [u32],
}

impl Shapes<'_> {
    fn of(&self, edge: u32) -> &[Point] {
        &self.shape[self.first[edge as usize] as usize..self.first[edge as usize + 1] as usize]
    }
}

impl Edges {
    /// Their geometry.
    pub fn shapes(&self) -> Shapes<'_> {
        Shapes { first: &self.first, shape: &self.shape, length_dm: &self.length_dm }
    }
}

/// Metres to the east and to the north of a point, on the plane that touches the Earth there.
struct Plane {
    centre: Point,
    east: f64,
}

impl Plane {
    fn at(centre: Point) -> Self {
        Self { centre, east: METRES * centre.lat_degrees().to_radians().cos() }
    }

    fn metres(&self, point: Point) -> [f64; 2] {
        [
            (f64::from(point.lon) - f64::from(self.centre.lon)) * self.east,
            (f64::from(point.lat) - f64::from(self.centre.lat)) * METRES,
        ]
    }
}

/// The nearest point of an edge to the centre of a plane: metres, segment, and share of the segment.
fn nearest_on(plane: &Plane, shape: &[Point]) -> (f64, usize, f64) {
    let mut best = (f64::INFINITY, 0, 0.0);
    let mut from = plane.metres(shape[0]);
    for (segment, end) in shape[1..].iter().enumerate() {
        let to = plane.metres(*end);
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let square = dx * dx + dy * dy;
        let share = if square > 0.0 { (-(from[0] * dx + from[1] * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
        let metres = (from[0] + share * dx).hypot(from[1] + share * dy);
        if metres < best.0 {
            best = (metres, segment, share);
        }
        from = to;
    }
    best
}

fn snap(shapes: Shapes<'_>, edge: u32, (metres, segment, share): (f64, usize, f64)) -> Snap {
    let shape = shapes.of(edge);
    let length = |points: &[Point]| points.windows(2).map(|pair| pair[0].metres_to(pair[1])).sum::<f64>();
    let (a, b) = (shape[segment], shape[segment + 1]);
    let along = length(&shape[..=segment]) + share * a.metres_to(b);
    let between = |a: i32, b: i32| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as i32;
    let total = shapes.length_dm[edge as usize];
    Snap {
        edge,
        along_dm: ((along * 10.0).round() as u32).min(total),
        point: Point { lon: between(a.lon, b.lon), lat: between(a.lat, b.lat) },
        metres,
    }
}

impl SnapIndex {
    /// Indexes the edges that `accept` takes; the others are never found. Ferries are best left out.
    pub fn of(shapes: Shapes<'_>, accept: impl Fn(u32) -> bool) -> Self {
        let mut pairs: Vec<(Cell, u32)> = Vec::new();
        let edges = shapes.first.len().saturating_sub(1) as u32;
        for edge in (0..edges).filter(|edge| accept(*edge)) {
            let start = pairs.len();
            for segment in shapes.of(edge).windows(2) {
                cover(segment[0], segment[1], &mut |cell| {
                    if pairs[start..].last() != Some(&(cell, edge)) {
                        pairs.push((cell, edge));
                    }
                });
            }
        }
        pairs.par_sort_unstable();
        pairs.dedup();
        let (mut cells, mut first) = (Vec::new(), Vec::new());
        for (rank, (cell, _)) in pairs.iter().enumerate() {
            if cells.last() != Some(cell) {
                cells.push(*cell);
                first.push(rank as u32);
            }
        }
        first.push(pairs.len() as u32);
        let edges: Vec<u32> = pairs.into_iter().map(|(_, edge)| edge).collect();
        Self { cells: cells.into(), first: first.into(), edges: edges.into() }
    }

    /// The nearest point of an accepted edge within some metres; among edges equally near, the first.
    pub fn nearest(
        &self,
        shapes: Shapes<'_>,
        point: Point,
        max_metres: f64,
        accept: impl Fn(u32) -> bool,
    ) -> Option<Snap> {
        let plane = Plane::at(point);
        let centre = Cell::of(point);
        let mut best: Option<((f64, usize, f64), u32)> = None;
        for ring in 0.. {
            for row in centre.row - ring..=centre.row + ring {
                let whole = (row - centre.row).abs() == ring;
                let columns = (centre.column - ring, centre.column + ring);
                for (from, to) in
                    if whole { [columns, (1, 0)] } else { [(columns.0, columns.0), (columns.1, columns.1)] }
                {
                    self.row(row, from, to, |edge| {
                        let found = nearest_on(&plane, shapes.of(edge));
                        let nearer = best.is_none_or(|(best, other)| (found.0, edge) < (best.0, other));
                        if nearer && found.0 <= max_metres && accept(edge) {
                            best = Some((found, edge));
                        }
                    });
                }
            }
            // Nothing unseen is nearer than the border of the square seen.
            let edge_of = |cell: i32, at: i32| {
                let low = f64::from(at) - f64::from(cell - ring) * f64::from(SIDE);
                let high = f64::from(cell + ring + 1) * f64::from(SIDE) - f64::from(at);
                low.min(high)
            };
            let seen = (edge_of(centre.row, point.lat) * METRES).min(edge_of(centre.column, point.lon) * plane.east);
            if seen >= best.map_or(max_metres, |((metres, ..), _)| metres.min(max_metres)) {
                break;
            }
        }
        best.map(|(found, edge)| snap(shapes, edge, found))
    }

    /// Edges of the cells of a row, from a column to another.
    fn row(&self, row: i32, from: i32, to: i32, mut visit: impl FnMut(u32)) {
        if from > to {
            return;
        }
        let start = self.cells.partition_point(|cell| *cell < Cell { row, column: from });
        let cells = self.cells[start..].iter().take_while(|cell| cell.row == row && cell.column <= to);
        for rank in start..start + cells.count() {
            for edge in &self.edges[self.first[rank] as usize..self.first[rank + 1] as usize] {
                visit(*edge);
            }
        }
    }
}

/// Cells a segment crosses, and perhaps some beside it.
fn cover(a: Point, b: Point, visit: &mut impl FnMut(Cell)) {
    let (from, to) = (Cell::of(a), Cell::of(b));
    let (rows, columns) = (from.row.abs_diff(to.row), from.column.abs_diff(to.column));
    if rows.min(columns) > 1 || rows + columns > 8 {
        let middle = Point { lon: a.lon.midpoint(b.lon), lat: a.lat.midpoint(b.lat) };
        cover(a, middle, visit);
        cover(middle, b, visit);
        return;
    }
    for row in from.row.min(to.row)..=from.row.max(to.row) {
        for column in from.column.min(to.column)..=from.column.max(to.column) {
            visit(Cell { row, column });
        }
    }
}

/// Joins a snapped place to the nodes at the ends of its edge.
pub fn place(joints: Joints<'_>, rule: SnapRule, point: Point, snap: Snap) -> Place {
    let off_road = ((snap.metres * 36.0 / rule.kmh).round() as Time).min(NEVER / 4);
    let edge = snap.edge as usize;
    let (mut departures, mut arrivals) = (Vec::new(), Vec::new());
    for side in 0..2_usize {
        if joints.times[edge][side] == NEVER {
            continue;
        }
        let done = travelled(joints, snap, side);
        let head = joints.heads[edge][side];
        let tail = joints.origin[joints.heads[edge][1 - side] as usize];
        let darc = snap.edge << 1 | side as u32;
        // One who starts here remembers no turn: the arc of the plain node says where the edge leads and what its
        // junction costs. That arc may be missing only if no arc at all follows this edge from there.
        let mut copy = tail;
        while joints.origin.get(copy as usize) == Some(&tail) {
            let arc = joints.graph.row(copy).find(|arc| joints.arc_edges[*arc] == darc);
            if let Some(arc) = arc {
                arrivals.push((copy, done + off_road));
                if copy == tail {
                    departures.push((head, joints.graph.times[arc].saturating_sub(done) + off_road));
                }
            }
            copy += 1;
        }
    }
    Place { point, snap, off_road, departures, arrivals }
}

/// Time from the start of an edge, in the direction of `side`, to a snap on it.
fn travelled(joints: Joints<'_>, snap: Snap, side: usize) -> Time {
    let edge = snap.edge as usize;
    let length = joints.length_dm[edge].max(1);
    let along = snap.along_dm.min(length);
    let done = if side == 0 { along } else { length - along };
    let time = joints.times[edge][side];
    ((u64::from(time) * u64::from(done) + u64::from(length) / 2) / u64::from(length)) as Time
}

/// Time from a place to another on the same edge without leaving it, off-road parts included; `None` when they are on two
/// edges or the edge may not be travelled that way.
pub fn direct(joints: Joints<'_>, from: &Place, to: &Place) -> Option<Time> {
    if from.snap.edge != to.snap.edge {
        return None;
    }
    let side = usize::from(to.snap.along_dm < from.snap.along_dm);
    let sides = if to.snap.along_dm == from.snap.along_dm { 0..2 } else { side..side + 1 };
    let open = |side: &usize| joints.times[from.snap.edge as usize][*side] != NEVER;
    let side = sides.into_iter().find(open)?;
    let between = travelled(joints, to.snap, side).saturating_sub(travelled(joints, from.snap, side));
    Some(from.off_road + between + to.off_road)
}
