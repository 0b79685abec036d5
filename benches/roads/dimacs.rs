//! Reader of the graphs of the 9th DIMACS challenge (`.gr.gz`, `.co.gz`).

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use pacte_roads::graph::Arc;
use pacte_roads::point::Point;

/// Seconds of a unit of the travel-time graphs. Their times are distances (tenths of a metre, checked on the coordinates)
/// divided by 1.0, 0.8, 0.6 or 0.4 according to the road's category, and by nothing else: the best roads are given
/// 100 km/h here, so that the commonest (93 % of the arcs) get 40 km/h and a unit lasts 3.6 ms.
const SECONDS_PER_UNIT: f64 = 0.0036;

/// Reads a graph: points in 1e-7 degree, arcs in tenths of a second, at least one. Nodes keep the order of the file,
/// numbered from 0. `None` when a file is not there.
///
/// # Panics
/// When a line cannot be read: the files are fixed.
pub(crate) fn read(arcs: &Path, coordinates: &Path) -> Option<(Vec<Point>, Vec<Arc>)> {
    let mut points = Vec::new();
    each_line(coordinates, 'v', |[node, lon, lat]| {
        assert_eq!(node as usize, points.len() + 1, "nodes in order");
        points.push(Point { lon: lon as i32 * 10, lat: lat as i32 * 10 });
    })?;
    let mut list = Vec::new();
    each_line(arcs, 'a', |[tail, head, units]| {
        let time = (units as f64 * SECONDS_PER_UNIT * 10.0).round().max(1.0) as u32;
        list.push(Arc { tail: tail as u32 - 1, head: head as u32 - 1, time });
    })?;
    Some((points, list))
}

fn each_line(path: &Path, kind: char, mut see: impl FnMut([i64; 3])) -> Option<()> {
    let file = File::open(path).ok()?;
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line.expect("a readable file");
        let Some(fields) = line.strip_prefix(kind) else { continue };
        let mut numbers = fields.split_ascii_whitespace().map(|word| word.parse().expect("a number"));
        see(std::array::from_fn(|_| numbers.next().expect("three numbers a line")));
    }
    Some(())
}
