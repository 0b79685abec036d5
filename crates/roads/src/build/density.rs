//! How dense streets are around a place: what tells town from country when tags do not.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::osm::Ways;
use crate::point::Point;

/// Height of a cell, 1e-7 degree of latitude (about 222 m).
const HEIGHT: i32 = 20_000;
/// Width of a cell, 1e-7 degree of longitude (about 232 m at 46° of latitude).
const WIDTH: i32 = 30_000;

/// Junctions of streets per km² in the nine cells around each cell.
pub(super) struct Density {
    cells: FxHashMap<(i32, i32), f32>,
}

fn cell(point: Point) -> (i32, i32) {
    (point.lon.div_euclid(WIDTH), point.lat.div_euclid(HEIGHT))
}

impl Density {
    /// Counts the places where three street segments or more meet.
    pub(super) fn of(ways: &Ways) -> Self {
        let mut degree = vec![0_u8; ways.points.len()];
        for way in (0..ways.len()).filter(|way| ways.tags_of(*way).class.makes_town()) {
            let nodes = ways.nodes_of(way);
            for (place, node) in nodes.iter().enumerate() {
                let more = if place == 0 || place + 1 == nodes.len() { 1 } else { 2 };
                degree[*node as usize] = degree[*node as usize].saturating_add(more);
            }
        }
        let mut junctions: Vec<(i32, i32)> = (degree.par_iter().zip(&ways.points))
            .filter(|(degree, _)| **degree >= 3)
            .map(|(_, point)| cell(*point))
            .collect();
        junctions.par_sort_unstable();
        let mut counts: FxHashMap<(i32, i32), f32> = FxHashMap::default();
        for run in junctions.chunk_by(|a, b| a == b) {
            let (lon, lat) = run[0];
            // Whole numbers below 2²⁴: the order of additions plays no part.
            for (east, north) in (-1..=1).flat_map(|east| (-1..=1).map(move |north| (east, north))) {
                *counts.entry((lon + east, lat + north)).or_default() += run.len() as f32;
            }
        }
        for ((_, lat), count) in &mut counts {
            let middle = Point { lon: 0, lat: lat * HEIGHT };
            let side = |lon, lat| middle.metres_to(Point { lon, lat }) / 1000.0;
            let km2 = side(WIDTH, middle.lat) * side(0, middle.lat.saturating_add(HEIGHT)) * 9.0;
            *count = (f64::from(*count) / km2) as f32;
        }
        Self { cells: counts }
    }

    /// Density around the points of a line, asked one after the other.
    pub(super) fn along(&self) -> Along<'_> {
        Along { density: self, cell: (i32::MAX, i32::MAX), value: 0.0 }
    }
}

/// Remembers the last cell: the next point of a line is mostly in the same.
pub(super) struct Along<'a> {
    density: &'a Density,
    cell: (i32, i32),
    value: f64,
}

impl Along<'_> {
    /// Junctions per km² around a point.
    pub(super) fn at(&mut self, point: Point) -> f64 {
        let cell = cell(point);
        if cell != self.cell {
            self.cell = cell;
            self.value = self.density.cells.get(&cell).copied().map_or(0.0, f64::from);
        }
        self.value
    }
}
