//! From longitude and latitude to tile units: projection, clipping, and dropping what cannot be seen.

use super::mvt::EXTENT;

/// Units drawn beyond each side of a tile, so that borders running along a side are whole (8 pixels of 512).
pub(super) const BUFFER: i32 = 64;
/// Integer units of a degree, as in the territory's topology.
const UNITS: f64 = pacte_territory::topology::UNITS;

/// Web-Mercator ordinate by latitude, tabulated: `tan` and `asinh` for each vertex of each tile would cost more than all
/// the rest. Linear between entries 0.005° apart: off by less than 3·10⁻¹⁰ of the world, 0.02 tile unit at zoom 14.
#[derive(Debug)]
pub(super) struct Mercator {
    table: Vec<f64>,
}

const STEPS_PER_DEGREE: i32 = 200;
/// Beyond this latitude there is no web map.
const MAX_LATITUDE: i32 = 86;

impl Mercator {
    pub(super) fn new() -> Self {
        let table = (-MAX_LATITUDE * STEPS_PER_DEGREE..=MAX_LATITUDE * STEPS_PER_DEGREE + 1)
            .map(|i| exact(f64::from(i) / f64::from(STEPS_PER_DEGREE)))
            .collect();
        Self { table }
    }

    /// Ordinate in worlds (0 at the north edge, 1 at the south) of a latitude in degrees.
    pub(super) fn y(&self, latitude: f64) -> f64 {
        let limit = f64::from(MAX_LATITUDE);
        let at = (latitude.clamp(-limit, limit) + limit) * f64::from(STEPS_PER_DEGREE);
        let i = at as usize;
        let share = at - i as f64;
        self.table[i] * (1.0 - share) + self.table[i + 1] * share
    }
}

/// Ordinate in worlds of a latitude in degrees.
fn exact(latitude: f64) -> f64 {
    0.5 - latitude.to_radians().tan().asinh() / std::f64::consts::TAU
}

/// Longitude of an abscissa in worlds.
pub(super) fn longitude(x: f64) -> f64 {
    (x - 0.5) * 360.0
}

/// Latitude of an ordinate in worlds.
pub(super) fn latitude(y: f64) -> f64 {
    ((0.5 - y) * std::f64::consts::TAU).sinh().atan().to_degrees()
}

/// Places vertices in one tile.
#[derive(Debug)]
pub(super) struct Placer<'a> {
    mercator: &'a Mercator,
    scale: f64,
    x0: f64,
    y0: f64,
}

impl<'a> Placer<'a> {
    pub(super) fn new(mercator: &'a Mercator, zoom: u8, x: u32, y: u32) -> Self {
        let side = f64::from(EXTENT);
        Self { mercator, scale: f64::from(1_u32 << zoom) * side, x0: f64::from(x) * side, y0: f64::from(y) * side }
    }

    /// Tile units of a position in degrees.
    pub(super) fn place(&self, lon: f64, lat: f64) -> [i32; 2] {
        let x = (lon / 360.0 + 0.5) * self.scale - self.x0;
        let y = self.mercator.y(lat) * self.scale - self.y0;
        // Clamped far outside the tile: clipping only needs to know that it is outside.
        [x.round().clamp(-1e8, 1e8) as i32, y.round().clamp(-1e8, 1e8) as i32]
    }

    /// Tile units of a topology vertex.
    pub(super) fn place_units(&self, vertex: [i32; 2]) -> [i32; 2] {
        self.place(f64::from(vertex[0]) / UNITS, f64::from(vertex[1]) / UNITS)
    }
}

const LOW: i32 = -BUFFER;
const HIGH: i32 = EXTENT + BUFFER;

/// Clips an open ring to the buffered tile (Sutherland–Hodgman). `ring` holds the result, `spare` is working space.
pub(super) fn clip_ring(ring: &mut Vec<[i32; 2]>, spare: &mut Vec<[i32; 2]>) {
    let (mut min, mut max) = ([i32::MAX; 2], [i32::MIN; 2]);
    for vertex in ring.iter() {
        for axis in 0..2 {
            min[axis] = min[axis].min(vertex[axis]);
            max[axis] = max[axis].max(vertex[axis]);
        }
    }
    for axis in 0..2 {
        if min[axis] > HIGH || max[axis] < LOW {
            ring.clear();
            return;
        }
    }
    for axis in 0..2 {
        if min[axis] < LOW {
            clip_side(ring, spare, axis, LOW, 1);
            std::mem::swap(ring, spare);
        }
        if max[axis] > HIGH {
            clip_side(ring, spare, axis, HIGH, -1);
            std::mem::swap(ring, spare);
        }
    }
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
}

fn clip_side(ring: &[[i32; 2]], out: &mut Vec<[i32; 2]>, axis: usize, bound: i32, sign: i32) {
    out.clear();
    let Some(&(mut from)) = ring.last() else { return };
    let inside = |v: [i32; 2]| (v[axis] - bound) * sign >= 0;
    for &to in ring {
        if inside(from) != inside(to) {
            out.push(crossing(from, to, axis, bound));
        }
        if inside(to) {
            out.push(to);
        }
        from = to;
    }
}

fn crossing(a: [i32; 2], b: [i32; 2], axis: usize, bound: i32) -> [i32; 2] {
    let other = 1 - axis;
    // Always from the smaller end: the border shared by two areas is cut at the same place whichever way it is run.
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let share = f64::from(bound - a[axis]) / f64::from(b[axis] - a[axis]);
    let mut at = [bound; 2];
    at[other] = (f64::from(a[other]) + share * f64::from(b[other] - a[other])).round() as i32;
    at
}

/// Parts of a line inside the buffered tile, each given to `emit`.
pub(super) fn clip_line(line: &[[i32; 2]], mut emit: impl FnMut(&[[i32; 2]])) {
    let mut part: Vec<[i32; 2]> = Vec::new();
    for pair in line.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1]) else {
            if part.len() > 1 {
                emit(&part);
            }
            part.clear();
            continue;
        };
        if part.last() != Some(&from) {
            if part.len() > 1 {
                emit(&part);
            }
            part.clear();
            part.push(from);
        }
        if to != from {
            part.push(to);
        }
    }
    if part.len() > 1 {
        emit(&part);
    }
}

/// Liang–Barsky.
fn clip_segment(a: [i32; 2], b: [i32; 2]) -> Option<([i32; 2], [i32; 2])> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for axis in 0..2 {
        let delta = f64::from(b[axis]) - f64::from(a[axis]);
        let (to_low, to_high) = (f64::from(LOW - a[axis]), f64::from(HIGH - a[axis]));
        if delta == 0.0 {
            if to_low > 0.0 || to_high < 0.0 {
                return None;
            }
            continue;
        }
        let (first, second) = if delta > 0.0 { (to_low, to_high) } else { (to_high, to_low) };
        enter = enter.max(first / delta);
        leave = leave.min(second / delta);
    }
    if enter > leave {
        return None;
    }
    let at = |share: f64| -> [i32; 2] {
        [0, 1].map(|axis| (f64::from(a[axis]) + share * (f64::from(b[axis]) - f64::from(a[axis]))).round() as i32)
    };
    Some((at(enter), at(leave)))
}

/// Twice the area of an open ring in tile units, positive clockwise on screen.
pub(super) fn doubled_area(ring: &[[i32; 2]]) -> i64 {
    let Some(&(mut from)) = ring.last() else { return 0 };
    let mut sum = 0;
    for &to in ring {
        sum += i64::from(from[0]) * i64::from(to[1]) - i64::from(to[0]) * i64::from(from[1]);
        from = to;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_the_projection() {
        let mercator = Mercator::new();
        for i in -8500..8500 {
            let latitude = f64::from(i) / 100.0 + 0.0023;
            // A tile unit at zoom 14 is 1.5e-8 of the world.
            let slack = if latitude.abs() < 70.0 { 2e-9 } else { 2e-7 };
            assert!((mercator.y(latitude) - exact(latitude)).abs() < slack, "{latitude}");
        }
        for latitude_in in [-60.0, 0.0, 46.5] {
            assert!((latitude(exact(latitude_in)) - latitude_in).abs() < 1e-9);
        }
        assert_eq!(longitude(0.5), 0.0);
    }

    #[test]
    fn a_ring_around_the_tile_becomes_the_tile() {
        let mut ring = vec![[-9000, -9000], [-9000, 9000], [9000, 9000], [9000, -9000]];
        clip_ring(&mut ring, &mut Vec::new());
        assert_eq!(ring.len(), 4);
        let side = i64::from(HIGH - LOW);
        assert_eq!(doubled_area(&ring).abs(), 2 * side * side);
    }

    #[test]
    fn rings_inside_are_untouched_and_rings_outside_vanish() {
        let inside = vec![[10, 10], [20, 10], [20, 20]];
        let mut ring = inside.clone();
        clip_ring(&mut ring, &mut Vec::new());
        assert_eq!(ring, inside);
        let mut outside = vec![[5000, 10], [6000, 10], [6000, 20]];
        clip_ring(&mut outside, &mut Vec::new());
        assert!(outside.is_empty());
    }

    #[test]
    fn a_shared_border_is_cut_at_one_place() {
        let (a, b) = ([4000, 17], [4321, 2000]);
        assert_eq!(crossing(a, b, 0, HIGH), crossing(b, a, 0, HIGH));
    }

    #[test]
    fn lines_are_cut_into_their_visible_parts() {
        let mut parts = Vec::new();
        clip_line(&[[-500, 100], [100, 100], [100, 9000], [200, 9000], [200, 100]], |part| parts.push(part.to_vec()));
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], [[LOW, 100], [100, 100], [100, HIGH]]);
        assert_eq!(parts[1], [[200, HIGH], [200, 100]]);
    }
}
