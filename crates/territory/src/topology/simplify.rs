//! Visvalingam–Whyatt, run once: the zoom at which each vertex of an arc begins to matter.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{MAX_ZOOM, UNITS, Vertex};

/// Area, in squared pixels of a 512-pixel tile, below which a vertex is not worth drawing.
const THRESHOLD_PIXELS: f64 = 0.6;

/// Smallest zoom at which each vertex of an arc is drawn. Ends are always drawn; a closed arc keeps two vertices more,
/// so that no commune surrounded by one neighbour, and no island, folds into a line before it is small.
pub(super) fn min_zooms(arc: &[Vertex]) -> Vec<u8> {
    let n = arc.len();
    let mut zooms = vec![0; n];
    if n <= 2 {
        return zooms;
    }
    let world: Vec<[f64; 2]> = arc.iter().map(|vertex| mercator(*vertex)).collect();
    let mut previous: Vec<usize> = (0..n).map(|i| i.saturating_sub(1)).collect();
    let mut next: Vec<usize> = (0..n).map(|i| (i + 1).min(n - 1)).collect();
    let mut area = vec![f64::INFINITY; n];
    let mut heap = BinaryHeap::with_capacity(n);
    for i in 1..n - 1 {
        area[i] = triangle(world[i - 1], world[i], world[i + 1]);
        heap.push(Reverse((area[i].to_bits(), i)));
    }
    let keep = if arc[0] == arc[n - 1] { 2 } else { 0 };
    let mut left = n - 2;
    let mut floor = 0.0_f64;
    while let Some(Reverse((bits, i))) = heap.pop() {
        if area[i].to_bits() != bits || area[i].is_infinite() {
            continue;
        }
        floor = floor.max(area[i]);
        zooms[i] = if left <= keep { 0 } else { zoom_of(floor) };
        left -= 1;
        area[i] = f64::INFINITY;
        let (before, after) = (previous[i], next[i]);
        next[before] = after;
        previous[after] = before;
        for j in [before, after] {
            if j > 0 && j < n - 1 && area[j].is_finite() {
                area[j] = triangle(world[previous[j]], world[j], world[next[j]]);
                heap.push(Reverse((area[j].to_bits(), j)));
            }
        }
    }
    zooms
}

/// First zoom at which an area given in squared worlds covers [`THRESHOLD_PIXELS`].
fn zoom_of(area: f64) -> u8 {
    let at_zero = area * 512.0 * 512.0;
    let zoom = (THRESHOLD_PIXELS / at_zero.max(1e-300)).log2() / 2.0;
    zoom.ceil().clamp(0.0, f64::from(MAX_ZOOM)) as u8
}

/// Web-Mercator position in worlds: both coordinates in 0..1.
fn mercator(vertex: Vertex) -> [f64; 2] {
    let (lon, lat) = (f64::from(vertex[0]) / UNITS, (f64::from(vertex[1]) / UNITS).to_radians());
    [lon / 360.0 + 0.5, 0.5 - lat.tan().asinh() / std::f64::consts::TAU]
}

fn triangle(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_keeps_its_ends_only() {
        let arc: Vec<Vertex> = (0..50).map(|i| [i * 100, 0]).collect();
        let zooms = min_zooms(&arc);
        assert_eq!((zooms[0], zooms[49]), (0, 0));
        assert!(zooms[1..49].iter().all(|zoom| *zoom == MAX_ZOOM));
    }

    #[test]
    fn a_large_corner_matters_before_a_small_one() {
        let zooms = min_zooms(&[[0, 0], [100_000, 100_000], [200_000, 0], [200_300, 250], [200_600, 0]]);
        assert!(zooms[1] < zooms[3], "{zooms:?}");
    }

    #[test]
    fn a_closed_arc_keeps_a_triangle_at_every_zoom() {
        let circle: Vec<Vertex> = (0..=36)
            .map(|i| {
                let angle = f64::from(i % 36) * std::f64::consts::TAU / 36.0;
                [(2000.0 * angle.cos()) as i32, (2000.0 * angle.sin()) as i32]
            })
            .collect();
        let always: Vec<u8> = min_zooms(&circle).into_iter().filter(|zoom| *zoom == 0).collect();
        assert_eq!(always.len(), 4);
    }
}
