//! The land under the made-up road network: where people live, where it is steep, where water bars the way.
//!
//! Everything is a pure function of the seed and of a place in *plan* coordinates (kilometres); [`Land::point`] bends the
//! plan smoothly into a place on Earth, so that what is straight in the plan winds on the ground.

use pacte_roads::point::Point;

/// Sides of the nested lattices of centres, km: communes, small towns, towns, cities. A commune of 16 km² is the French mean.
pub(crate) const LATTICE_KM: [f64; 4] = [4.0, 12.0, 36.0, 108.0];
/// Density of nodes in the middle of a centre of each rank, per km², and how far it is felt, km. With [`OPEN`] they sum to
/// about the 26 per km² of France.
const CENTRES: [(f64, f64); 4] = [(130.0, 0.6), (250.0, 1.4), (320.0, 3.2), (450.0, 8.0)];
/// Mean density of nodes in the open country, per km², before relief.
const OPEN: f64 = 19.0;
const KM_PER_DEGREE: f64 = 111.195;

/// A place that draws streets around it.
#[derive(Clone, Copy)]
pub(crate) struct Centre {
    pub(crate) x: f64,
    pub(crate) y: f64,
    density: f64,
    pub(crate) reach: f64,
}

impl Centre {
    /// What it adds at a place: density × (1 − (d / reach)²)², whose integral is π reach² density / 3.
    pub(crate) fn density_at(&self, x: f64, y: f64) -> f64 {
        let away = ((x - self.x).powi(2) + (y - self.y).powi(2)) / (self.reach * self.reach);
        if away >= 1.0 { 0.0 } else { self.density * (1.0 - away).powi(2) }
    }

    /// Whether it is felt in a box.
    pub(crate) fn touches(&self, x: f64, y: f64, side: f64) -> bool {
        let (dx, dy) = (self.x - self.x.clamp(x, x + side), self.y - self.y.clamp(y, y + side));
        dx * dx + dy * dy < self.reach * self.reach
    }
}

/// A square country of `side_km`, whose densities are multiplied by `scale`.
pub(crate) struct Land {
    pub(crate) seed: u64,
    pub(crate) side_km: f64,
    pub(crate) scale: f64,
    phases: [f64; 8],
}

impl Land {
    pub(crate) fn new(nodes: u32, seed: u64, side_km: f64) -> Self {
        let phases = std::array::from_fn(|rank| 6.3 * unit(mix(seed, 1, rank as i64, 0)));
        let mut land = Self { seed, side_km, scale: 1.0, phases };
        let steps = (side_km / 2.0).ceil() as i32;
        let samples = f64::from(steps * steps);
        let open: f64 = (0..steps)
            .flat_map(|i| (0..steps).map(move |j| (f64::from(i) * 2.0 + 1.0, f64::from(j) * 2.0 + 1.0)))
            .map(|(x, y)| land.open_density(x, y))
            .sum();
        // Sizes of centres are drawn uniformly in 0.4..1.46 (see `centre`): 0.93 on average.
        let settled: f64 = std::iter::zip(CENTRES, LATTICE_KM)
            .map(|((density, reach), side)| 0.93 * density * std::f64::consts::PI * reach * reach / 3.0 / (side * side))
            .sum();
        land.scale = f64::from(nodes) / (side_km * side_km * (open / samples + settled));
        land
    }

    /// A number drawn for a purpose and a pair of integers, in 0..1.
    pub(crate) fn draw(&self, purpose: u64, i: i64, j: i64) -> f64 {
        unit(mix(self.seed, purpose, i, j))
    }

    /// How steep it is, 0 (plain) to 1.
    pub(crate) fn relief(&self, x: f64, y: f64) -> f64 {
        let phases = &self.phases;
        let wave =
            (x / 47.0 + phases[0]).sin() * (y / 53.0 + phases[1]).sin() + 0.5 * ((x + y) / 31.0 + phases[2]).sin();
        ((wave - 0.2) * 1.6).clamp(0.0, 1.0)
    }

    /// Nodes per km² outside settlements, before scaling.
    pub(crate) fn open_density(&self, x: f64, y: f64) -> f64 {
        let [.., d, e] = self.phases;
        let fields = 1.0 + 0.5 * (x / 7.0 + d).sin() * (y / 9.0 + e).sin();
        OPEN * fields * (1.0 - 0.75 * self.relief(x, y))
    }

    /// Which land between waters and ridges a place belongs to: a road between two different ones needs a bridge or a pass.
    pub(crate) fn basin(&self, x: f64, y: f64) -> (i32, i32) {
        let [_, _, _, d, e, ..] = self.phases;
        let river = (x + 6.0 * (y / 17.0 + d).sin() + 1.5 * (y / 4.0 + e).sin()) / 38.0;
        let ridge = (y + 8.0 * (x / 23.0 + e).sin() + 2.0 * (x / 6.0).sin()) / 55.0;
        (river.floor() as i32, ridge.floor() as i32)
    }

    /// Whether a small road may cross from basin to basin here: a bridge in one stretch of 3 km out of two (400 m wide for
    /// draws), every 800 m in town; ridges only where they are not steep.
    pub(crate) fn crossing(&self, from: (i32, i32), to: (i32, i32), x: f64, y: f64, density: f64) -> bool {
        let bridge = |along: f64| {
            let stretch = if density > 80.0 { 0.8 } else { 3.0 };
            let (rank, offset) = ((along / stretch).floor(), (along / stretch).fract() * stretch);
            offset < 0.4 && (density > 80.0 || self.draw(2, rank as i64, i64::from(from.0.min(to.0))) < 0.5)
        };
        (from.0 == to.0 || bridge(y)) && (from.1 == to.1 || self.relief(x, y) < 0.3 || bridge(x))
    }

    /// The centre of a lattice cell: a commune's lies near the middle of its cell, a higher one is one of the nine below.
    pub(crate) fn centre_place(&self, rank: usize, i: i64, j: i64) -> (f64, f64) {
        let (i, j) = self.commune_of(rank, i, j);
        let side = LATTICE_KM[0];
        let shift = |purpose| 0.6 * (self.draw(purpose, i, j) - 0.5) + 0.5;
        ((i as f64 + shift(3)) * side, (j as f64 + shift(4)) * side)
    }

    fn commune_of(&self, rank: usize, mut i: i64, mut j: i64) -> (i64, i64) {
        for level in (1..=rank).rev() {
            let pick = mix(self.seed, 5 + level as u64, i, j) % 9;
            (i, j) = (3 * i + (pick / 3) as i64, 3 * j + (pick % 3) as i64);
        }
        (i, j)
    }

    /// Highest rank a commune's centre holds.
    pub(crate) fn rank_of(&self, i: i64, j: i64) -> usize {
        let held = |rank: &usize| {
            let side = 3_i64.pow(*rank as u32);
            self.commune_of(*rank, i.div_euclid(side), j.div_euclid(side)) == (i, j)
        };
        (1..LATTICE_KM.len()).rev().find(held).unwrap_or(0)
    }

    /// Centres felt in a box.
    pub(crate) fn centres(&self, x: f64, y: f64, side: f64) -> Vec<Centre> {
        let mut centres = Vec::new();
        for (rank, (density, reach)) in CENTRES.into_iter().enumerate() {
            for (i, j) in cells(rank, x, y, side, reach) {
                let (cx, cy) = self.centre_place(rank, i, j);
                let size = 0.4 + 1.06 * self.draw(20 + rank as u64, i, j);
                // A larger place is both denser and wider; the mean of their product is kept.
                let centre = Centre { x: cx, y: cy, density: density * size, reach };
                if centre.touches(x, y, side) {
                    centres.push(centre);
                }
            }
        }
        centres
    }

    /// Where a place of the plan lies on Earth: around 46.5° N, 2.5° E, bent by two waves a direction.
    pub(crate) fn point(&self, x: f64, y: f64) -> Point {
        let wave = |along: f64, phase: usize| (along + self.phases[phase]).sin();
        let east = x - self.side_km / 2.0 + 0.8 * wave(y / 5.1, 0) + 0.04 * wave(y / 0.37, 1);
        let north = y - self.side_km / 2.0 + 0.8 * wave(x / 4.7, 2) + 0.04 * wave(x / 0.41, 3);
        let lat = 46.5 + north / KM_PER_DEGREE;
        Point::from_degrees(2.5 + east / (KM_PER_DEGREE * lat.to_radians().cos()), lat)
    }
}

/// Lattice cells of a rank within `margin` of a box, row by row.
pub(crate) fn cells(rank: usize, x: f64, y: f64, side: f64, margin: f64) -> impl Iterator<Item = (i64, i64)> {
    let step = LATTICE_KM[rank];
    let span = move |low: f64| {
        // A centre may lie anywhere in its cell, so the cells that hold the margin are enough.
        ((low - margin) / step).floor() as i64..=((low + side + margin) / step).floor() as i64
    };
    span(x).flat_map(move |i| span(y).map(move |j| (i, j)))
}

/// A well-mixed number of a seed, a purpose and two integers (the finaliser of SplitMix64, applied twice).
pub(crate) fn mix(seed: u64, purpose: u64, i: i64, j: i64) -> u64 {
    let scramble = |mut word: u64| {
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    };
    let first = scramble(seed.wrapping_add(purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15)) ^ (i as u64).rotate_left(32));
    scramble(first ^ (j as u64).wrapping_mul(0xd1b5_4a32_d192_ed03))
}

/// A word as a number in 0..1.
pub(crate) fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

/// Rank of a cell of a square of side 2^`bits` along Hilbert's curve.
pub(crate) fn hilbert(bits: u32, mut x: u32, mut y: u32) -> u64 {
    let mut rank = 0;
    for bit in (0..bits).rev() {
        let (right, up) = ((x >> bit) & 1, (y >> bit) & 1);
        rank = rank << 2 | u64::from((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    rank
}
