//! The land: a heightmap carved by its own rivers, on a half-kilometre grid.
//!
//! A mountain range is uplifted on one side and worn down by the stream-power law ∂h/∂t = U − K·Aᵐ·S (m = ½), solved
//! implicitly from the outlets upwards (Braun and Willett 2013), with drainage found by priority flood (Barnes 2014), so that
//! every cell flows to the canvas's edge and valleys, confluences and crests stand where water would have put them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::frame::{HEIGHT_KM, WIDTH_KM};
use super::noise::{fractal, smoothstep};
use super::rng::Rng;

/// Side of a relief cell, km.
pub(super) const CELL_KM: f64 = 0.5;
/// Cells of the grid, west to east.
pub(super) const COLUMNS: usize = (WIDTH_KM / CELL_KM) as usize;
/// Cells of the grid, south to north.
pub(super) const ROWS: usize = (HEIGHT_KM / CELL_KM) as usize;
/// The eight neighbours of a cell: column step, row step, length in cells. Direction `d` is opposite to `7 - d`.
pub(super) const NEIGHBOURS: [(isize, isize, f64); 8] = [
    (-1, -1, std::f64::consts::SQRT_2),
    (0, -1, 1.0),
    (1, -1, std::f64::consts::SQRT_2),
    (-1, 0, 1.0),
    (1, 0, 1.0),
    (-1, 1, std::f64::consts::SQRT_2),
    (0, 1, 1.0),
    (1, 1, std::f64::consts::SQRT_2),
];

/// Years of wear, in steps of the implicit scheme.
const EROSION_STEPS: usize = 14;

/// Heights and drainage of the canvas; cell `row * COLUMNS + column`.
pub(super) struct Relief {
    /// Height above the sea, metres.
    pub(super) height: Vec<f64>,
    /// The cell each cell drains into; an outlet drains into itself.
    pub(super) receiver: Vec<u32>,
    /// Area drained through each cell, km².
    pub(super) drained: Vec<f64>,
    /// Cells from the outlets upwards (a receiver always precedes its donors).
    pub(super) order: Vec<u32>,
    /// Unit vector towards the mountains.
    pub(super) uphill: (f64, f64),
}

impl Relief {
    /// The land of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed, "relief");
        let bearing = (-42.0 + rng.range(-16.0, 16.0)).to_radians();
        let uphill = (bearing.cos(), bearing.sin());
        let noise_seed = rng.next_u64();
        let cells = COLUMNS * ROWS;
        let mut uplift = vec![0.0; cells];
        let mut base = vec![0.0; cells];
        let mut height = vec![0.0; cells];
        for cell in 0..cells {
            let (x, y) = centre(cell);
            let s = along(uphill, x, y) + 0.30 * fractal(noise_seed, x / 34.0, y / 34.0, 3);
            let range = smoothstep(-0.14, 0.72, s) * (1.0 - 0.75 * smoothstep(0.85, 1.25, s));
            let hills =
                smoothstep(-0.05, 0.6, fractal(noise_seed ^ 1, x / 27.0, y / 27.0, 3)) * smoothstep(-1.1, 0.0, s);
            uplift[cell] = 0.05 + 0.26 * hills + 0.95 * range.powf(1.6);
            base[cell] = 62.0 + 26.0 * smoothstep(-1.2, 0.2, s) + 460.0 * smoothstep(0.25, 1.2, s);
            let rough = 1.0 + fractal(noise_seed ^ 2, x / 13.0, y / 13.0, 5);
            height[cell] = base[cell] + 150.0 * rough + 60.0 * uplift[cell];
        }
        let hardness: Vec<f64> = (0..cells)
            .map(|cell| {
                let (x, y) = centre(cell);
                (0.8 * fractal(noise_seed ^ 3, x / 11.0, y / 11.0, 3)).exp()
            })
            .collect();
        // What a cell's level is taken to be when water chooses its way: a few metres of chance keep plain rivers from running
        // straight for lack of slope.
        let chance: Vec<f64> = (0..cells).map(|_| rng.range(0.0, 16.0)).collect();
        let mut relief =
            Self { height, receiver: vec![0; cells], drained: vec![0.0; cells], order: Vec::new(), uphill };
        for step in 0..EROSION_STEPS {
            relief.drain(&base, &chance);
            if step + 1 < EROSION_STEPS {
                relief.wear(&uplift, &hardness);
            }
        }
        relief
    }

    /// Finds `receiver`, `order` and `drained` by flooding from the canvas's edges.
    fn drain(&mut self, base: &[f64], chance: &[f64]) {
        let cells = self.height.len();
        let mut seen = vec![false; cells];
        let mut heap: BinaryHeap<Reverse<(i64, u32)>> = BinaryHeap::with_capacity(cells / 4);
        // Millimetres as integers: a total order, equal heights resolved by cell number.
        let key = |metres: f64| (metres * 1000.0) as i64;
        for cell in 0..cells {
            let (column, row) = (cell % COLUMNS, cell / COLUMNS);
            if column == 0 || row == 0 || column == COLUMNS - 1 || row == ROWS - 1 {
                self.height[cell] = base[cell];
                self.receiver[cell] = cell as u32;
                seen[cell] = true;
                heap.push(Reverse((key(base[cell]), cell as u32)));
            }
        }
        self.order.clear();
        while let Some(Reverse((level, cell))) = heap.pop() {
            self.order.push(cell);
            for (_, next) in neighbours(cell as usize) {
                if !seen[next] {
                    seen[next] = true;
                    self.receiver[next] = cell;
                    heap.push(Reverse((key(self.height[next] + chance[next]).max(level + 1), next as u32)));
                }
            }
        }
        self.drained.fill(CELL_KM * CELL_KM);
        for &cell in self.order.iter().rev() {
            let below = self.receiver[cell as usize];
            if below != cell {
                self.drained[below as usize] += self.drained[cell as usize];
            }
        }
    }

    /// One implicit step of the stream-power law, outlets first.
    fn wear(&mut self, uplift: &[f64], hardness: &[f64]) {
        const UPLIFT_M: f64 = 290.0;
        const ERODIBILITY: f64 = 1.15;
        for &cell in &self.order {
            let (cell, below) = (cell as usize, self.receiver[cell as usize] as usize);
            if cell == below {
                continue;
            }
            let pull = ERODIBILITY * self.drained[cell].sqrt() / hardness[cell];
            let lifted = self.height[cell] + UPLIFT_M * uplift[cell];
            // Slopes do not exceed 36 %: beyond, the ground slides.
            let worn = (lifted + pull * self.height[below]) / (1.0 + pull);
            self.height[cell] = worn.min(self.height[below] + 360.0 * CELL_KM).max(self.height[below] + 0.02);
        }
    }

    /// Height at a point (km), metres, bilinear between cell centres.
    pub(super) fn height_at(&self, x: f64, y: f64) -> f64 {
        let u = (x / CELL_KM - 0.5).clamp(0.0, (COLUMNS - 1) as f64 - 1e-9);
        let v = (y / CELL_KM - 0.5).clamp(0.0, (ROWS - 1) as f64 - 1e-9);
        let (column, row) = (u as usize, v as usize);
        let (fu, fv) = (u - column as f64, v - row as f64);
        let at = |dc: usize, dr: usize| self.height[(row + dr) * COLUMNS + column + dc];
        (at(0, 0) * (1.0 - fu) + at(1, 0) * fu) * (1.0 - fv) + (at(0, 1) * (1.0 - fu) + at(1, 1) * fu) * fv
    }

    /// Steepness of a cell: greatest slope to a neighbour, metres per metre.
    pub(super) fn slope(&self, cell: usize) -> f64 {
        neighbours(cell)
            .map(|(direction, next)| {
                (self.height[next] - self.height[cell]).abs() / (1000.0 * CELL_KM * NEIGHBOURS[direction].2)
            })
            .fold(0.0, f64::max)
    }

    /// Position towards the mountains: about -1 in the far plain, +1 behind the crest.
    pub(super) fn along(&self, x: f64, y: f64) -> f64 {
        along(self.uphill, x, y)
    }
}

fn along(uphill: (f64, f64), x: f64, y: f64) -> f64 {
    ((x - WIDTH_KM / 2.0) * uphill.0 + (y - HEIGHT_KM / 2.0) * uphill.1) / 60.0
}

/// Centre of a cell, km.
pub(super) fn centre(cell: usize) -> (f64, f64) {
    (((cell % COLUMNS) as f64 + 0.5) * CELL_KM, ((cell / COLUMNS) as f64 + 0.5) * CELL_KM)
}

/// The cell that holds a point (km); points outside are brought to the edge.
pub(super) fn cell_at(x: f64, y: f64) -> usize {
    let column = ((x / CELL_KM).max(0.0) as usize).min(COLUMNS - 1);
    let row = ((y / CELL_KM).max(0.0) as usize).min(ROWS - 1);
    row * COLUMNS + column
}

/// Neighbours of a cell inside the grid, with their direction.
pub(super) fn neighbours(cell: usize) -> impl Iterator<Item = (usize, usize)> {
    let (column, row) = ((cell % COLUMNS) as isize, (cell / COLUMNS) as isize);
    NEIGHBOURS.iter().enumerate().filter_map(move |(direction, &(dc, dr, _))| {
        let (c, r) = (column + dc, row + dr);
        let inside = c >= 0 && r >= 0 && c < COLUMNS as isize && r < ROWS as isize;
        inside.then(|| (direction, r as usize * COLUMNS + c as usize))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn water_reaches_the_edge_and_mountains_stand_on_one_side() {
        let relief = Relief::new(11);
        for &cell in &relief.order {
            let below = relief.receiver[cell as usize];
            assert!(below == cell || relief.drained[below as usize] > relief.drained[cell as usize]);
        }
        let drained_by_outlets: f64 = relief
            .order
            .iter()
            .filter(|c| relief.receiver[**c as usize] == **c)
            .map(|c| relief.drained[*c as usize])
            .sum();
        assert!((drained_by_outlets - WIDTH_KM * HEIGHT_KM).abs() < 1e-6);
        let mean = |range: std::ops::Range<f64>| {
            let heights: Vec<f64> = (0..relief.height.len())
                .filter(|cell| {
                    let (x, y) = centre(*cell);
                    range.contains(&relief.along(x, y))
                })
                .map(|cell| relief.height[cell])
                .collect();
            heights.iter().sum::<f64>() / heights.len() as f64
        };
        let (plain, mountain) = (mean(-0.8..-0.3), mean(0.4..0.7));
        assert!(plain < 350.0 && mountain > 700.0, "plain {plain} m, mountain {mountain} m");
    }
}
