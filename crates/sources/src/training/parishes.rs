//! The ground of each commune: who can walk to which steeple first.
//!
//! Old communes are the zones of least walking cost to each settlement, on a quarter-kilometre raster where slopes and rivers
//! are hard to cross: their limits follow crests and streams as those of real parishes do.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::frame::{HEIGHT_KM, WIDTH_KM, to_e5};
use super::noise::fractal;
use super::partition::{OUTSIDE, Raster, Vertex};
use super::relief::{NEIGHBOURS, Relief, cell_at};
use super::rng::Rng;
use super::settlements::Settlements;

/// Side of a raster cell, km.
pub(super) const STEP_KM: f64 = 0.25;
const COLUMNS: usize = (WIDTH_KM / STEP_KM) as usize;
const ROWS: usize = (HEIGHT_KM / STEP_KM) as usize;

/// Raster of old communes: label = index of the site, [`OUTSIDE`] beyond the region.
pub(super) fn divide(seed: u64, relief: &Relief, settlements: &Settlements) -> Raster {
    let noise = Rng::new(seed, "paroisses").next_u64();
    let cells = COLUMNS * ROWS;
    let mut height = vec![0.0f64; cells];
    let mut toil = vec![0.0f64; cells];
    for cell in 0..cells {
        let (x, y) = centre(cell);
        height[cell] = relief.height_at(x, y);
        let drained = relief.drained[cell_at(x, y)];
        let river = if drained > 500.0 { 5.0 } else { (drained / 120.0).min(3.0) };
        toil[cell] = (1.0 + river) * (1.25 * fractal(noise, x / 1.9, y / 1.9, 4)).exp();
    }
    let anchors: BTreeMap<i32, usize> = settlements
        .sites
        .iter()
        .enumerate()
        .map(|(number, site)| (number as i32, raster_cell(site.x, site.y)))
        .collect();
    // Populous communes reach further; less so when they would swallow a neighbour's steeple.
    let mut label = Vec::new();
    for favour in [1.6, 0.8, 0.0] {
        let starts: Vec<(usize, f64)> = settlements
            .sites
            .iter()
            .map(|site| {
                let people = site.population.first().map_or(300.0, |people| f64::from(*people));
                (raster_cell(site.x, site.y), HEAD_START - (favour * (people / 500.0).max(1.0).ln()).min(HEAD_START))
            })
            .collect();
        label = flood(&height, &toil, &starts);
        if anchors.iter().all(|(number, cell)| label[*cell] == *number) {
            break;
        }
    }
    for label in &mut label {
        if *label >= settlements.inside as i32 {
            *label = OUTSIDE;
        }
    }
    let mut anchors = anchors;
    anchors.retain(|number, _| *number < settlements.inside as i32);
    let mut raster = Raster { columns: COLUMNS, rows: ROWS, labels: label };
    // The outside is kept whole by an anchor at the canvas's corner.
    anchors.insert(OUTSIDE, 0);
    raster.clean(&anchors, 1);
    raster
}

/// Greatest head start of a populous commune, in cells of easy ground.
const HEAD_START: f64 = 5.0;

/// Label of the start that each cell is cheapest to reach from; starts are (cell, initial cost).
fn flood(height: &[f64], toil: &[f64], starts: &[(usize, f64)]) -> Vec<i32> {
    let cells = height.len();
    let mut label = vec![OUTSIDE; cells];
    let mut cost = vec![f64::INFINITY; cells];
    let mut heap = BinaryHeap::with_capacity(cells / 2);
    for (number, (cell, initial)) in starts.iter().enumerate() {
        label[*cell] = number as i32;
        cost[*cell] = *initial;
        heap.push(Reverse((micro(*initial), *cell as u32)));
    }
    while let Some(Reverse((key, cell))) = heap.pop() {
        let cell = cell as usize;
        if key > micro(cost[cell]) {
            continue;
        }
        let (column, row) = ((cell % COLUMNS) as isize, (cell / COLUMNS) as isize);
        for (dc, dr, length) in NEIGHBOURS {
            let (c, r) = (column + dc, row + dr);
            if c < 0 || r < 0 || c >= COLUMNS as isize || r >= ROWS as isize {
                continue;
            }
            let next = r as usize * COLUMNS + c as usize;
            let climb = (height[next] - height[cell]).abs() / (1000.0 * STEP_KM * length);
            let through = cost[cell] + length * (1.0 + 7.0 * climb) * f64::midpoint(toil[cell], toil[next]);
            if through < cost[next] {
                cost[next] = through;
                label[next] = label[cell];
                heap.push(Reverse((micro(through), next as u32)));
            }
        }
    }
    label
}

/// Raster of elevation bands inside the region: label = rank of the highest of `levels` (ascending, metres) not above the ground.
pub(super) fn bands(relief: &Relief, region: &Raster, levels: &[f64]) -> Raster {
    let labels = region
        .labels
        .iter()
        .enumerate()
        .map(|(cell, label)| {
            let (x, y) = centre(cell);
            let height = relief.height_at(x, y);
            if *label == OUTSIDE {
                OUTSIDE
            } else {
                levels.iter().rposition(|level| *level <= height).map_or(0, |rank| rank as i32)
            }
        })
        .collect();
    let mut raster = Raster { columns: COLUMNS, rows: ROWS, labels };
    raster.clean(&BTreeMap::from([(OUTSIDE, 0)]), 12);
    raster
}

/// Raster cell that holds a point (km).
pub(super) fn raster_cell(x: f64, y: f64) -> usize {
    ((y / STEP_KM) as usize).min(ROWS - 1) * COLUMNS + ((x / STEP_KM) as usize).min(COLUMNS - 1)
}

/// Vertex of a lattice point of the raster, moved a little by noise: limits run along no grid.
pub(super) fn place(x: f64, y: f64) -> Vertex {
    const WARP: u64 = 0x5eed_0003;
    let (x, y) = (x * STEP_KM, y * STEP_KM);
    let warp = |salt: u64| 0.15 * fractal(WARP ^ salt, x / 1.3, y / 1.3, 3);
    to_e5(x + warp(0), y + warp(16))
}

fn centre(cell: usize) -> (f64, f64) {
    (((cell % COLUMNS) as f64 + 0.5) * STEP_KM, ((cell / COLUMNS) as f64 + 0.5) * STEP_KM)
}

fn micro(cost: f64) -> u64 {
    (cost * 1e6) as u64
}
