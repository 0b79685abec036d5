//! Contours as arcs shared by the communes on both sides, so that simplification never opens a border, and any level is
//! drawn from the same arcs.
//!
//! Coordinates are integers, 10⁻⁵ degree (about a metre). Each vertex carries the smallest zoom at which it matters
//! (Visvalingam's effective area, in pixels of a 512-pixel tile): drawing at a zoom is a filter, not a computation.
//! Borders of départements or EPCI are the arcs that have two different areas on their sides.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::grouping::{Grouping, NO_AREA};
use crate::level::Level;

mod build;
mod simplify;
mod snap;

pub use build::{ContourError, TopologyBuilder};

/// Integer units of a degree.
pub const UNITS: f64 = 1e5;
/// Zoom at which every vertex is kept.
pub const MAX_ZOOM: u8 = 14;

/// A vertex in integer units, (longitude, latitude).
pub type Vertex = [i32; 2];

/// A polygon in degrees: exterior ring counter-clockwise, holes clockwise, each closed (last vertex = first).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygon {
    /// Outer ring.
    pub exterior: Vec<[f64; 2]>,
    /// Inner rings.
    pub holes: Vec<Vec<[f64; 2]>>,
}

/// Rings of the areas of one level, as references to arcs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Faces {
    level_slug: String,
    /// First ring of each area, plus the end.
    ring_offsets: Vec<u32>,
    /// First arc reference of each ring, plus the end.
    arc_offsets: Vec<u32>,
    /// Arc index, or its bitwise complement when run backwards.
    arcs: Vec<i32>,
    /// West, south, east, north of each area in integer units; an empty area has west > east.
    bounds: Vec<[i32; 4]>,
}

/// Contours of every level over one set of arcs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    arc_offsets: Vec<u32>,
    vertices: Vec<Vertex>,
    /// Smallest zoom at which each vertex is drawn; 0 for the ends of arcs.
    min_zoom: Vec<u8>,
    faces: Vec<Faces>,
}

impl Topology {
    /// Number of areas that have contours at a level.
    pub fn count(&self, level: Level) -> u32 {
        self.faces(level).map_or(0, |faces| faces.bounds.len() as u32)
    }

    /// Number of arcs and of vertices.
    pub fn size(&self) -> (usize, usize) {
        (self.arc_offsets.len().saturating_sub(1), self.vertices.len())
    }

    /// West, south, east, north of an area in degrees; `None` when it has no contour.
    pub fn bounds(&self, level: Level, area: u32) -> Option<[f64; 4]> {
        let bounds = self.faces(level)?.bounds.get(area as usize)?;
        (bounds[0] <= bounds[2]).then(|| bounds.map(|unit| f64::from(unit) / UNITS))
    }

    /// Polygons of an area as drawn at a zoom (0 to [`MAX_ZOOM`]); rings that shrink below a triangle are dropped.
    pub fn polygons(&self, level: Level, area: u32, zoom: u8) -> Vec<Polygon> {
        let rings = self.rings(level, area, zoom);
        nest(rings)
    }

    /// Rings of an area at a zoom in integer units, closed, exteriors counter-clockwise and holes clockwise.
    pub fn rings(&self, level: Level, area: u32, zoom: u8) -> Vec<Vec<Vertex>> {
        let Some(faces) = self.faces(level) else { return Vec::new() };
        let Some(range) = faces.ring_offsets.get(area as usize..area as usize + 2) else { return Vec::new() };
        (range[0]..range[1])
            .map(|ring| {
                let arcs = &faces.arcs
                    [faces.arc_offsets[ring as usize] as usize..faces.arc_offsets[ring as usize + 1] as usize];
                self.ring(arcs, zoom)
            })
            .filter(|ring| ring.len() >= 4)
            .collect()
    }

    /// Rings of an area as seen through a window (west, south, east, north in integer units), each with its rank among the
    /// rings of the area: an arc that lies wholly beyond one side of the window is run straight from end to end, which
    /// changes nothing inside it. Closed, in their stored direction; rings wholly beyond one side are left out.
    ///
    /// This is what makes deep tiles cheap: a région has tens of thousands of vertices, a tile sees a few.
    pub fn rings_in(&self, level: Level, area: u32, zoom: u8, window: [i32; 4]) -> Vec<(u32, Vec<Vertex>)> {
        let Some(faces) = self.faces(level) else { return Vec::new() };
        let Some(range) = faces.ring_offsets.get(area as usize..area as usize + 2) else { return Vec::new() };
        let beyond = |vertex: Vertex| {
            u8::from(vertex[0] < window[0])
                | u8::from(vertex[1] < window[1]) << 1
                | u8::from(vertex[0] > window[2]) << 2
                | u8::from(vertex[1] > window[3]) << 3
        };
        (range[0]..range[1])
            .filter_map(|ring| {
                let span = faces.arc_offsets[ring as usize] as usize..faces.arc_offsets[ring as usize + 1] as usize;
                let mut vertices: Vec<Vertex> = Vec::new();
                let mut sides = 0b1111;
                for &arc in &faces.arcs[span] {
                    let id = arc_index(arc) as usize;
                    let run = self.arc_offsets[id] as usize..self.arc_offsets[id + 1] as usize;
                    let mut arc_sides = 0b1111;
                    for vertex in &self.vertices[run.clone()] {
                        arc_sides &= beyond(*vertex);
                        if arc_sides == 0 {
                            break;
                        }
                    }
                    sides &= arc_sides;
                    let (first, last) = (run.start, run.end - 1);
                    let kept = run
                        .filter(|i| if arc_sides == 0 { self.min_zoom[*i] <= zoom } else { *i == first || *i == last });
                    let mut push = |i: usize| {
                        if vertices.last() != Some(&self.vertices[i]) {
                            vertices.push(self.vertices[i]);
                        }
                    };
                    if arc >= 0 { kept.for_each(&mut push) } else { kept.rev().for_each(&mut push) }
                }
                (sides == 0 && vertices.len() >= 4).then_some((ring - range[0], vertices))
            })
            .collect()
    }

    /// Arcs of a level's rings, each once, as vertices at a zoom: the borders, without drawing any twice.
    pub fn borders(&self, level: Level, zoom: u8) -> Vec<Vec<Vertex>> {
        let Some(faces) = self.faces(level) else { return Vec::new() };
        let mut ids: Vec<u32> = faces.arcs.iter().map(|arc| arc_index(*arc)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(|id| self.ring(&[id as i32], zoom)).collect()
    }

    /// Whether the contour of an area contains a point in degrees (even–odd rule on the full contour).
    pub fn contains(&self, level: Level, area: u32, lon: f64, lat: f64) -> bool {
        let (x, y) = (lon * UNITS, lat * UNITS);
        let mut inside = false;
        for ring in self.rings(level, area, MAX_ZOOM) {
            for pair in ring.windows(2) {
                let ([ax, ay], [bx, by]) = (pair[0].map(f64::from), pair[1].map(f64::from));
                if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
                    inside = !inside;
                }
            }
        }
        inside
    }

    /// Rings around areas of a level taken together, at a zoom: as [`Self::rings`], without the borders between them.
    pub fn around(&self, level: Level, areas: &[u32], zoom: u8) -> Vec<Vec<Vertex>> {
        let Some(faces) = self.faces(level) else { return Vec::new() };
        let mut arcs: Vec<i32> = Vec::new();
        for area in areas.iter().map(|area| *area as usize) {
            let Some(rings) = faces.ring_offsets.get(area..area + 2) else { continue };
            let span = faces.arc_offsets[rings[0] as usize] as usize..faces.arc_offsets[rings[1] as usize] as usize;
            arcs.extend_from_slice(&faces.arcs[span]);
        }
        // An arc run once each way lies between two of the areas.
        let run: FxHashSet<i32> = arcs.iter().copied().collect();
        arcs.retain(|arc| !run.contains(&!*arc));
        let rings = self.stitch(&arcs).into_iter().map(|arcs| self.ring(&arcs, zoom));
        rings.filter(|ring| ring.len() >= 4).collect()
    }

    /// Draws a level from the communes' arcs: an arc stays when its two sides lie in different areas.
    pub fn dissolve(&mut self, grouping: &Grouping) {
        let Some(communes) = self.faces(Level::Commune) else { return };
        let areas = grouping.len();
        // An arc run once each way inside one area is interior to it.
        let mut uses: FxHashSet<(u32, i32)> = FxHashSet::default();
        let mut by_area: Vec<Vec<i32>> = vec![Vec::new(); areas];
        for (commune, &area) in grouping.of_commune.iter().enumerate() {
            if area == NO_AREA || commune + 1 >= communes.ring_offsets.len() {
                continue;
            }
            let rings = communes.ring_offsets[commune] as usize..communes.ring_offsets[commune + 1] as usize;
            let span = communes.arc_offsets[rings.start] as usize..communes.arc_offsets[rings.end] as usize;
            for &arc in &communes.arcs[span] {
                uses.insert((area, arc));
                by_area[area as usize].push(arc);
            }
        }
        let mut faces = Faces::empty(grouping.level);
        for (area, arcs) in by_area.into_iter().enumerate() {
            let outline: Vec<i32> = arcs.into_iter().filter(|arc| !uses.contains(&(area as u32, !*arc))).collect();
            for ring in self.stitch(&outline) {
                faces.push_ring(&ring);
            }
            faces.end_area();
        }
        self.measure(&mut faces);
        self.faces.retain(|existing| existing.level_slug != faces.level_slug);
        self.faces.push(faces);
    }

    /// Joins directed arcs end to start into closed rings; what does not close is left out.
    fn stitch(&self, arcs: &[i32]) -> Vec<Vec<i32>> {
        let mut starting: FxHashMap<Vertex, Vec<i32>> = FxHashMap::default();
        for &arc in arcs.iter().rev() {
            starting.entry(self.start(arc)).or_default().push(arc);
        }
        let mut rings = Vec::new();
        for &first in arcs {
            let Some(here) = starting.get_mut(&self.start(first)) else { continue };
            let Some(position) = here.iter().position(|arc| *arc == first) else { continue };
            here.remove(position);
            let mut ring = vec![first];
            let origin = self.start(first);
            let mut end = self.start(!first);
            while end != origin {
                let Some(next) = starting.get_mut(&end).and_then(Vec::pop) else { break };
                ring.push(next);
                end = self.start(!next);
            }
            if end == origin {
                rings.push(ring);
            }
        }
        rings
    }

    fn start(&self, arc: i32) -> Vertex {
        let id = arc_index(arc) as usize;
        let (first, end) = (self.arc_offsets[id] as usize, self.arc_offsets[id + 1] as usize);
        if arc >= 0 { self.vertices[first] } else { self.vertices[end - 1] }
    }

    fn ring(&self, arcs: &[i32], zoom: u8) -> Vec<Vertex> {
        let mut ring: Vec<Vertex> = Vec::new();
        for &arc in arcs {
            let id = arc_index(arc) as usize;
            let range = self.arc_offsets[id] as usize..self.arc_offsets[id + 1] as usize;
            let kept = range.filter(|i| self.min_zoom[*i] <= zoom);
            let mut push = |i: usize| {
                if ring.last() != Some(&self.vertices[i]) {
                    ring.push(self.vertices[i]);
                }
            };
            if arc >= 0 { kept.for_each(&mut push) } else { kept.rev().for_each(&mut push) }
        }
        ring
    }

    fn faces(&self, level: Level) -> Option<&Faces> {
        self.faces.iter().find(|faces| faces.level_slug == level.slug())
    }

    fn measure(&self, faces: &mut Faces) {
        faces.bounds = faces
            .ring_offsets
            .windows(2)
            .map(|rings| {
                let span = faces.arc_offsets[rings[0] as usize] as usize..faces.arc_offsets[rings[1] as usize] as usize;
                let mut bounds = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
                for &arc in &faces.arcs[span] {
                    let id = arc_index(arc) as usize;
                    for [x, y] in &self.vertices[self.arc_offsets[id] as usize..self.arc_offsets[id + 1] as usize] {
                        bounds = [bounds[0].min(*x), bounds[1].min(*y), bounds[2].max(*x), bounds[3].max(*y)];
                    }
                }
                bounds
            })
            .collect();
    }
}

impl Faces {
    fn empty(level: Level) -> Self {
        Self { level_slug: level.slug().to_owned(), ring_offsets: vec![0], arc_offsets: vec![0], ..Self::default() }
    }

    fn push_ring(&mut self, arcs: &[i32]) {
        self.arcs.extend_from_slice(arcs);
        self.arc_offsets.push(self.arcs.len() as u32);
    }

    fn end_area(&mut self) {
        self.ring_offsets.push(self.arc_offsets.len() as u32 - 1);
    }
}

const fn arc_index(arc: i32) -> u32 {
    (if arc >= 0 { arc } else { !arc }) as u32
}

/// Twice the signed area of a closed ring, positive counter-clockwise.
fn signed_area(ring: &[Vertex]) -> i64 {
    ring.windows(2)
        .map(|pair| i64::from(pair[0][0]) * i64::from(pair[1][1]) - i64::from(pair[1][0]) * i64::from(pair[0][1]))
        .sum()
}

/// Gives each hole to the smallest exterior that contains it.
fn nest(rings: Vec<Vec<Vertex>>) -> Vec<Polygon> {
    let degrees = |ring: &[Vertex]| -> Vec<[f64; 2]> {
        ring.iter().map(|v| [f64::from(v[0]) / UNITS, f64::from(v[1]) / UNITS]).collect()
    };
    let (exteriors, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| signed_area(ring) > 0);
    let mut polygons: Vec<Polygon> =
        exteriors.iter().map(|ring| Polygon { exterior: degrees(ring), holes: Vec::new() }).collect();
    for hole in holes.iter().filter(|hole| signed_area(hole) < 0) {
        let owner = exteriors
            .iter()
            .enumerate()
            .filter(|(_, exterior)| encloses(exterior, hole))
            .min_by_key(|(_, exterior)| signed_area(exterior));
        if let Some((i, _)) = owner {
            polygons[i].holes.push(degrees(hole));
        }
    }
    polygons
}

/// Whether a ring encloses another: decided on the first vertex that is not on its boundary.
fn encloses(exterior: &[Vertex], inner: &[Vertex]) -> bool {
    inner
        .iter()
        .find(|vertex| !exterior.contains(vertex))
        .is_some_and(|vertex| even_odd(exterior, vertex.map(f64::from)))
}

fn even_odd(ring: &[Vertex], [x, y]: [f64; 2]) -> bool {
    ring.windows(2).fold(false, |inside, pair| {
        let ([ax, ay], [bx, by]) = (pair[0].map(f64::from), pair[1].map(f64::from));
        inside ^ ((ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax)
    })
}
