//! Rivers worth a name and a line on the map, from the drainage of the relief.

use super::relief::{CELL_KM, Relief, centre, neighbours};
use super::rng::mix;
use super::settlements::WANDER_KM;

/// Area from which a stream is drawn, km².
const STREAM_KM2: f64 = 34.0;

/// A river: its cells from source to mouth.
pub(super) struct River {
    /// Name without article; empty for a stream without a name.
    pub(super) name: String,
    /// Relief cells from source to mouth (the mouth is in the river it joins, or at the region's limit).
    pub(super) cells: Vec<u32>,
    /// Area drained at the mouth, km².
    pub(super) drained: f64,
}

/// Rivers of the region (`inside` says which relief cells are in it), the greatest first, and the river of each cell.
pub(super) fn find(relief: &Relief, inside: impl Fn(usize) -> bool) -> (Vec<River>, Vec<Option<usize>>) {
    let kept =
        |cell: usize| relief.drained[cell] >= STREAM_KM2 && (inside(cell) || neighbours(cell).any(|(_, n)| inside(n)));
    let mut river_of: Vec<Option<usize>> = vec![None; relief.height.len()];
    let mut rivers: Vec<River> = Vec::new();
    for &cell in &relief.order {
        let cell = cell as usize;
        if !kept(cell) {
            continue;
        }
        let below = relief.receiver[cell] as usize;
        let main = below != cell
            && !neighbours(below).any(|(_, other)| {
                other != cell
                    && relief.receiver[other] as usize == below
                    && (relief.drained[other], other) > (relief.drained[cell], cell)
            });
        let river = match river_of[below] {
            Some(river) if main => river,
            _ => {
                let cells = if river_of[below].is_some() { vec![below as u32] } else { Vec::new() };
                rivers.push(River { name: String::new(), cells, drained: relief.drained[cell] });
                rivers.len() - 1
            }
        };
        river_of[cell] = Some(river);
        rivers[river].cells.push(cell as u32);
    }
    let mut rank: Vec<usize> = (0..rivers.len()).collect();
    rank.sort_by(|a, b| rivers[*b].drained.total_cmp(&rivers[*a].drained).then(a.cmp(b)));
    let mut place = vec![0; rivers.len()];
    for (new, old) in rank.iter().enumerate() {
        place[*old] = new;
    }
    for river in river_of.iter_mut().flatten() {
        *river = place[*river];
    }
    let mut sorted: Vec<Option<River>> = rivers.into_iter().map(Some).collect();
    let mut rivers: Vec<River> = rank.iter().filter_map(|old| sorted[*old].take()).collect();
    for river in &mut rivers {
        river.cells.reverse();
    }
    (rivers, river_of)
}

/// Width class of a stretch of river by the area drained, 1 (brook) to 6.
pub(super) fn order(drained: f64) -> u32 {
    (1 + [80.0, 200.0, 600.0, 1800.0, 4500.0].iter().filter(|limit| drained >= **limit).count()) as u32
}

/// A line through relief cells, off the grid and rounded (Chaikin), km. `salt` tells rivers from roads that follow them;
/// the first and last points are those of their cells, so that lines which meet in a cell meet on the map.
pub(super) fn line(cells: &[u32], salt: u64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = cells.iter().map(|cell| spot(*cell as usize, salt)).collect();
    for _ in 0..2 {
        let mut rounded = vec![points[0]];
        for pair in points.windows(2) {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            rounded.push((0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by));
            rounded.push((0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by));
        }
        rounded.push(points[points.len() - 1]);
        points = rounded;
    }
    super::partition::simplify(&points, 0.035)
}

/// Where lines of kind `salt` pass in a relief cell, km.
pub(super) fn spot(cell: usize, salt: u64) -> (f64, f64) {
    let (x, y) = centre(cell);
    let hash = mix(cell as u64 ^ salt);
    let unit = |bits: u64| (bits & 0xffff) as f64 / 32768.0 - 1.0;
    let reach = WANDER_KM.min(CELL_KM / 2.0);
    (x + reach * unit(hash), y + reach * unit(hash >> 16))
}
