//! The contour of a limit on a surface, as polygons (marching squares).
//!
//! The reasons the results are valid and nested are given in [`isochrone`](super).
//!
//! The `contour` crate was measured on the same rasters: 3.0 ms against 0.7 (392 × 406 cells, 474 rings), 4.3 against 0.7
//! (286 × 314 cells, 764 rings): it looks for each hole in each polygon and joins pieces through hash maps. More than
//! time, what is promised above cannot be had from it: it interpolates in floating point without bounds, so that a crossing
//! depends on the figure that stands for the unreached, and rounding its corners afterwards may merge them.

use super::MARGIN;
use super::area::{Area, Polygon};
use super::lattice::{Lattice, SHIFT, UNITS};
use super::surface::{FAR, Raster, Surface};
use crate::graph::Time;
use crate::point::Point;

/// Sides of the square between four centres, as the contour enters or leaves them.
#[derive(Clone, Copy)]
enum Side {
    South,
    East,
    North,
    West,
}

/// Pieces of contour in a square, by its inside corners (south-west 1, south-east 2, north-east 4, north-west 8): from one
/// side to another, the inside on the left. Exteriors then turn anticlockwise, holes clockwise.
const PIECES: [&[(Side, Side)]; 16] = {
    use Side::{East, North, South, West};
    [
        &[],
        &[(South, West)],
        &[(East, South)],
        &[(East, West)],
        &[(North, East)],
        &[(South, West), (North, East)],
        &[(North, South)],
        &[(North, West)],
        &[(West, North)],
        &[(South, North)],
        &[(East, South), (West, North)],
        &[(East, North)],
        &[(West, East)],
        &[(South, East)],
        &[(West, South)],
        &[],
    ]
};

/// Centre of a cell.
pub(super) fn centre(lattice: &Lattice, column: i32, row: i32) -> Point {
    // Beyond the Earth, where wrong coordinates may lead, all that counts is to stay a point.
    let units = |rank: i32, side: i32| (rank - SHIFT).saturating_mul(side * UNITS);
    Point { lon: units(column, lattice.width), lat: units(row, lattice.height) }
}

/// A closed contour.
struct Ring {
    /// Corners, the first one again at the end.
    points: Vec<Point>,
    /// Whether it turns clockwise, around what is outside.
    hole: bool,
    /// Its westernmost crossing of a row: place of the cell west of it.
    west: usize,
}

/// The area within a limit.
pub(super) fn area(surface: &Surface, limit: Time) -> Area {
    let (rings, rows) = Contour::new(surface, limit).rings();
    let mut km2 = 0.0;
    for (row, twice) in rows.iter().enumerate() {
        if *twice != 0 {
            km2 += *twice as f64 / 2.0 * surface.lattice.square_km(surface.raster.south + row as i32);
        }
    }
    Area::new(limit, rings, km2)
}

/// Work on one limit. A crossing is named after the cell south or west of it: twice its place for a crossing towards the
/// east, one more towards the north.
struct Contour<'a> {
    lattice: &'a Lattice,
    raster: &'a Raster,
    limit: Time,
    /// Crossing that follows each crossing along the contour.
    next: Vec<u32>,
    /// One more than the rank of the ring each crossing belongs to, 0 before it is known.
    ring: Vec<u32>,
    /// Crossings, in the order found: from south to north, then from west to east.
    starts: Vec<u32>,
}

impl<'a> Contour<'a> {
    fn new(surface: &'a Surface, limit: Time) -> Self {
        let raster = &surface.raster;
        // What nothing reaches stays outside, even of a limit without end.
        let limit = limit.min(FAR - 1);
        let crossings = 2 * raster.times.len();
        let (mut next, ring, mut starts) = (vec![0_u32; crossings], vec![0_u32; crossings], Vec::new());
        let width = raster.width;
        for row in 1..raster.height {
            let south = &raster.times[(row - 1) * width..row * width];
            let north = &raster.times[row * width..(row + 1) * width];
            let mut before = 0;
            for (column, (south, north)) in south.iter().zip(north).enumerate() {
                let east = usize::from(*south <= limit) << 1 | usize::from(*north <= limit) << 2;
                // South-east 2 becomes south-west 1, north-east 4 becomes north-west 8.
                let code = (before >> 1 & 1) | (before << 1 & 8) | east;
                before = east;
                if code == 0 || code == 15 {
                    continue;
                }
                // The column east of the square is never the first: the border of a raster is not reached.
                let place = (row - 1) * width + column - 1;
                let crossing = |side: Side| match side {
                    Side::South => 2 * place,
                    Side::East => 2 * place + 3,
                    Side::North => 2 * (place + width),
                    Side::West => 2 * place + 1,
                };
                for (from, to) in PIECES[code] {
                    next[crossing(*from)] = crossing(*to) as u32;
                    starts.push(crossing(*from) as u32);
                }
            }
        }
        Self { lattice: &surface.lattice, raster, limit, next, ring, starts }
    }

    /// Column and row of a crossing, millionths of a degree east and north of the first centre of the raster.
    fn position(&self, crossing: usize) -> (i64, i64) {
        let place = crossing / 2;
        let (column, row) = ((place % self.raster.width) as i64, (place / self.raster.width) as i64);
        let (x, y) = (column * i64::from(self.lattice.width), row * i64::from(self.lattice.height));
        let here = self.raster.times[place];
        if crossing.is_multiple_of(2) {
            (x + i64::from(self.share(here, self.raster.times[place + 1], self.lattice.width)), y)
        } else {
            (x, y + i64::from(self.share(here, self.raster.times[place + self.raster.width], self.lattice.height)))
        }
    }

    /// Where the contour crosses a stretch of some length between two centres, one inside and one outside.
    fn share(&self, from: Time, to: Time, length: i32) -> u32 {
        let length = length as u32;
        // Twice the times, for the half added to the limit.
        let within = |time: Time| (2 * (self.limit - time) + 1).min(2 * MARGIN);
        let beyond = |time: Time| (2 * (time - self.limit) - 1).min(2 * MARGIN);
        let from_inside = |inside: Time, outside: Time| {
            let (within, beyond) = (within(inside), beyond(outside));
            let whole = within + beyond;
            ((2 * length * within + whole) / (2 * whole)).clamp(1, length - 1)
        };
        if from <= self.limit { from_inside(from, to) } else { length - from_inside(to, from) }
    }

    /// Follows every ring; gathers holes with their exteriors. Returns polygons from south to north, and twice the surface
    /// of each row of squares in square millionths of a degree.
    fn rings(mut self) -> (Vec<Polygon>, Vec<i64>) {
        let mut twice = vec![0_i64; self.raster.height];
        let mut rings = Vec::new();
        for start in std::mem::take(&mut self.starts) {
            if self.ring[start as usize] == 0 {
                let ring = self.follow(start as usize, rings.len() as u32 + 1, &mut twice);
                rings.push(ring);
            }
        }
        (self.gather(rings), twice)
    }

    fn follow(&mut self, start: usize, rank: u32, rows: &mut [i64]) -> Ring {
        let width = self.raster.width;
        let first = self.position(start);
        let (mut crossing, mut here) = (start, first);
        let mut corners = vec![first];
        let (mut turn, mut west) = (0_i64, (usize::MAX, 0));
        loop {
            self.ring[crossing] = rank;
            let place = crossing / 2;
            if crossing.is_multiple_of(2) {
                west = west.min((place % width, place));
            }
            let next = self.next[crossing] as usize;
            let there = if next == start { first } else { self.position(next) };
            // Row of squares of this piece: that of a crossing towards the north, else the southern one of the two.
            let row = match (crossing % 2, next % 2) {
                (1, _) => place / width,
                (_, 1) => next / 2 / width,
                _ => (place / width).min(next / 2 / width),
            };
            // ∮ x dy: what bounds a row to the south and to the north does not count.
            rows[row] += (here.0 + there.0) * (there.1 - here.1);
            turn += here.0 * there.1 - there.0 * here.1;
            if next == start {
                break;
            }
            push_corner(&mut corners, there);
            (crossing, here) = (next, there);
        }
        Ring { points: self.close(corners), hole: turn < 0, west: west.1 }
    }

    /// Drops the first and last corners when they are aligned with their neighbours, closes the ring and puts it on Earth.
    fn close(&self, mut corners: Vec<(i64, i64)>) -> Vec<Point> {
        let first = corners[0];
        push_corner(&mut corners, first);
        let last = corners.len() - 1;
        if aligned(corners[last - 1], corners[last], corners[1]) {
            corners[0] = corners[last - 1];
            corners.pop();
        }
        let origin = centre(self.lattice, self.raster.west, self.raster.south);
        let place = |origin: i32, micro: i64| origin.saturating_add((micro as i32).saturating_mul(UNITS));
        corners.iter().map(|(x, y)| Point { lon: place(origin.lon, *x), lat: place(origin.lat, *y) }).collect()
    }

    /// Gives each hole to its exterior. West of the westernmost crossing of a hole lies the inside; going on westwards
    /// through it leads to another ring around the same piece of area: its exterior, or a hole that lies further west
    /// and was dealt with before.
    fn gather(&self, rings: Vec<Ring>) -> Vec<Polygon> {
        let width = self.raster.width;
        let mut owner: Vec<usize> = (0..rings.len()).collect();
        let mut holes: Vec<usize> = (0..rings.len()).filter(|ring| rings[*ring].hole).collect();
        holes.sort_by_key(|ring| (rings[*ring].west % width, *ring));
        for hole in &holes {
            let mut place = rings[*hole].west;
            while self.raster.times[place] <= self.limit {
                place -= 1;
            }
            owner[*hole] = owner[self.ring[2 * place] as usize - 1];
        }
        let mut polygons: Vec<Option<Polygon>> = Vec::with_capacity(rings.len());
        let mut pending = Vec::new();
        for (rank, ring) in rings.into_iter().enumerate() {
            if ring.hole {
                pending.push((owner[rank], ring.points));
                polygons.push(None);
            } else {
                polygons.push(Some(Polygon { exterior: ring.points, holes: Vec::new() }));
            }
        }
        for (owner, points) in pending {
            if let Some(polygon) = &mut polygons[owner] {
                polygon.holes.push(points);
            }
        }
        polygons.into_iter().flatten().collect()
    }
}

/// Adds a corner; the one before goes when it is on the way.
fn push_corner(corners: &mut Vec<(i64, i64)>, corner: (i64, i64)) {
    if let [.., before, last] = corners[..]
        && aligned(before, last, corner)
    {
        corners.pop();
    }
    corners.push(corner);
}

/// Whether three points that follow each other along a ring are on one line.
fn aligned(a: (i64, i64), b: (i64, i64), c: (i64, i64)) -> bool {
    (b.0 - a.0) * (c.1 - b.1) == (b.1 - a.1) * (c.0 - b.0)
}
