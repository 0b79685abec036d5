//! The roads of one block of the made-up country (16 km by 16 km): where its nodes lie and which of them are joined.

use pacte_roads::graph::Arc;
use pacte_roads::point::Point;

use crate::land::{Centre, LATTICE_KM, Land, cells, hilbert, mix, unit};

/// Side of a block, km, and the number of fine cells on it (31 m each, the finest a street net gets).
pub(crate) const BLOCK_KM: f64 = 16.0;
pub(crate) const FINE: usize = 512;
const FINE_KM: f64 = BLOCK_KM / FINE as f64;
/// Side of the cells a block starts from: 1 km.
const COARSE: usize = 32;
const NOBODY: u32 = u32::MAX;

/// How many edges nodes want, of a thousand: the degrees of New York (41,050 / 38,048 / 126,262 / 57,341 of 264,346) moved a
/// little, because some nodes do not get what they want and others get more to stay joined.
const WANTED: [(u8, u32); 4] = [(1, 150), (2, 140), (3, 600), (4, 1000)];
/// Of the edges of dense quarters that are not needed to stay joined, the share made one-way: about a tenth of all there.
const ONE_WAY: f64 = 0.5;

/// Kind of road, from a street or lane to a main road.
pub(crate) type Class = u8;

/// A pause on a motorway: two nodes, one for each carriageway.
pub(crate) struct Stop {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) interchange: bool,
}

/// One block, its nodes numbered from 0 in Hilbert order.
pub(crate) struct Block {
    pub(crate) points: Vec<Point>,
    pub(crate) arcs: Vec<Arc>,
    /// Nodes along the west, east, south and north borders, per fine cell.
    pub(crate) borders: [Vec<u32>; 4],
    /// Main roads that leave by the east (0) and north (1) borders: border, fine cell along it, class.
    pub(crate) leaving: Vec<(usize, usize, Class)>,
    /// Motorway stop × 2 + carriageway, and its node.
    pub(crate) stops: Vec<(u32, u32)>,
    /// Rank of each centre of the block, a draw to order them by, and its node.
    pub(crate) centres: Vec<(usize, u64, u32)>,
}

/// A cell of the plan and the node in it.
struct Leaf {
    key: u64,
    fine: (u16, u16),
    size: u16,
    /// Motorway stop × 2 + carriageway.
    stop: Option<u32>,
    x: f64,
    y: f64,
    density: f64,
    basin: (i32, i32),
    wanted: u8,
    degree: u8,
    road: Option<Class>,
}

struct Edge {
    a: u32,
    b: u32,
    class: Class,
    one_way: bool,
}

/// Builds a block whose south-west corner is `corner` (blocks), with the motorway stops that lie in it.
pub(crate) fn build(land: &Land, corner: (u32, u32), stops: &[(u32, &Stop)]) -> Block {
    let mut site = Site::new(land, corner, stops);
    let leaving = site.main_roads();
    site.streets();
    site.finish(stops, leaving)
}

struct Site<'a> {
    land: &'a Land,
    west: f64,
    south: f64,
    leaves: Vec<Leaf>,
    /// Leaf of each fine cell, row by row from the south-west.
    table: Vec<u32>,
    edges: Vec<Edge>,
    joined: Joined,
}

impl<'a> Site<'a> {
    fn new(land: &'a Land, corner: (u32, u32), stops: &[(u32, &Stop)]) -> Self {
        let (west, south) = (f64::from(corner.0) * BLOCK_KM, f64::from(corner.1) * BLOCK_KM);
        let mut leaves = Vec::new();
        let centres = land.centres(west, south, BLOCK_KM);
        for i in (0..FINE).step_by(COARSE) {
            for j in (0..FINE).step_by(COARSE) {
                let (x, y) = (west + i as f64 * FINE_KM, south + j as f64 * FINE_KM);
                let open = land.open_density(x + 0.5, y + 0.5);
                divide(land, (west, south), (i, j), COARSE, open, &centres, &mut leaves);
            }
        }
        for (rank, stop) in stops {
            let fine = |at: f64, low: f64| (((at - low) / FINE_KM) as usize).min(FINE - 1) as u16;
            let fine = (fine(stop.x, west), fine(stop.y, south));
            for side in 0..2 {
                leaves.push(Leaf {
                    key: hilbert(FINE.trailing_zeros(), fine.0.into(), fine.1.into()),
                    fine,
                    size: 0,
                    stop: Some(rank * 2 + side),
                    // Carriageways lie 20 m apart.
                    x: stop.x + 0.02 * f64::from(side),
                    y: stop.y,
                    density: 0.0,
                    basin: (0, 0),
                    wanted: 0,
                    degree: 0,
                    road: None,
                });
            }
        }
        leaves.sort_by_key(|leaf| (leaf.key, leaf.stop));
        let mut table = vec![NOBODY; FINE * FINE];
        for (rank, leaf) in leaves.iter().enumerate() {
            let (i, j, size) = (usize::from(leaf.fine.0), usize::from(leaf.fine.1), usize::from(leaf.size));
            for row in j..j + size {
                table[row * FINE + i..row * FINE + i + size].fill(rank as u32);
            }
        }
        let joined = Joined::new(leaves.len());
        Self { land, west, south, leaves, table, edges: Vec::new(), joined }
    }

    fn leaf_at(&self, x: f64, y: f64) -> Option<u32> {
        let (i, j) = (((x - self.west) / FINE_KM).floor(), ((y - self.south) / FINE_KM).floor());
        let inside = |rank: f64| (0.0..FINE as f64).contains(&rank);
        (inside(i) && inside(j)).then(|| self.table[j as usize * FINE + i as usize])
    }

    /// Traces the roads between neighbouring centres, higher ones first, through the cells they cross: nodes move onto the
    /// road, and successive ones are joined. Returns where they leave by the east and north.
    fn main_roads(&mut self) -> Vec<(usize, usize, Class)> {
        let mut leaving = Vec::new();
        let mut traced: Vec<(u32, u32, Class)> = Vec::new();
        for rank in (0..3).rev() {
            for (i, j) in cells(rank, self.west, self.south, BLOCK_KM, LATTICE_KM[rank]) {
                let draw = self.land.draw(30 + rank as u64, i, j);
                // East, north, and often one diagonal; a commune is sometimes without one of them.
                let diagonal = if draw < 0.25 { Some((1, 1)) } else { (draw < 0.45).then_some((1, -1)) };
                let east = (rank > 0 || draw < 0.92).then_some((1, 0));
                for (di, dj) in [east, Some((0, 1)), diagonal].into_iter().flatten() {
                    let from = self.land.centre_place(rank, i, j);
                    let to = self.land.centre_place(rank, i + di, j + dj);
                    self.trace(from, to, rank as Class + 1, &mut traced, &mut leaving);
                }
            }
        }
        traced.sort_unstable_by_key(|(a, b, class)| (*a, *b, std::cmp::Reverse(*class)));
        traced.dedup_by_key(|(a, b, _)| (*a, *b));
        for (a, b, class) in traced {
            self.join(a, b, class);
        }
        leaving.sort_unstable();
        leaving
    }

    fn trace(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        class: Class,
        traced: &mut Vec<(u32, u32, Class)>,
        leaving: &mut Vec<(usize, usize, Class)>,
    ) {
        let Some((start, end)) = clip(from, to, (self.west, self.south), BLOCK_KM) else { return };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let place = |t: f64| (from.0 + t * dx, from.1 + t * dy);
        // A tenth of a metre past each border, so that a step never stands still.
        let step = 1e-4 / dx.hypot(dy);
        let mut t = start + step;
        let mut last: Option<u32> = None;
        while t < end {
            let (x, y) = place(t);
            let Some(here) = self.leaf_at(x, y) else { break };
            let leaf = &mut self.leaves[here as usize];
            let low = (self.west + f64::from(leaf.fine.0) * FINE_KM, self.south + f64::from(leaf.fine.1) * FINE_KM);
            let (_, out) = clip(from, to, low, f64::from(leaf.size) * FINE_KM).unwrap_or((t, t));
            if leaf.road.is_none() {
                (leaf.x, leaf.y) = place(f64::midpoint(t, out.max(t).min(end)));
                leaf.road = Some(class);
            }
            if let Some(before) = last.filter(|before| *before != here) {
                // Lanes stop at waters and ridges like streets do; roads between towns have their bridges and passes.
                let (left, entered) = (&self.leaves[before as usize], &self.leaves[here as usize]);
                if class > 1 || self.land.crossing(left.basin, entered.basin, x, y, left.density) {
                    traced.push((before.min(here), before.max(here), class));
                }
            }
            last = Some(here);
            t = out.max(t) + step;
        }
        // A segment that runs from north to south, or east to west, enters by a border that others leave by.
        for (t, cut) in [(start, start > 0.0), (end, end < 1.0)] {
            let (x, y) = place(t);
            let along = |at: f64, low: f64| (((at - low) / FINE_KM) as usize).min(FINE - 1);
            if cut && (x - self.west - BLOCK_KM).abs() < 1e-6 {
                leaving.push((0, along(y, self.south), class));
            } else if cut && (y - self.south - BLOCK_KM).abs() < 1e-6 {
                leaving.push((1, along(x, self.west), class));
            }
        }
    }

    /// Joins neighbouring cells by streets and lanes until each node has about as many as it wants, then joins what was
    /// left apart: first without crossing water or ridge, then anyhow.
    fn streets(&mut self) {
        let pairs = self.neighbours();
        let barred: Vec<bool> = pairs
            .iter()
            .map(|(a, b)| {
                let (a, b) = (&self.leaves[*a as usize], &self.leaves[*b as usize]);
                let (x, y) = (f64::midpoint(a.x, b.x), f64::midpoint(a.y, b.y));
                a.basin != b.basin && !self.land.crossing(a.basin, b.basin, x, y, a.density.max(b.density))
            })
            .collect();
        for round in 0..2 {
            for (rank, (a, b)) in pairs.iter().enumerate() {
                let drawn = mix(self.land.seed, 40, i64::from(*a), i64::from(*b)) & 1;
                let hungry = |leaf: u32| self.leaves[leaf as usize].degree < self.leaves[leaf as usize].wanted;
                if drawn == round && !barred[rank] && hungry(*a) && hungry(*b) {
                    self.join(*a, *b, 0);
                }
            }
        }
        for anyhow in [false, true] {
            for (rank, (a, b)) in pairs.iter().enumerate() {
                if (anyhow || !barred[rank]) && !self.joined.are(*a, *b) {
                    self.join(*a, *b, 0);
                }
            }
        }
    }

    /// Pairs of cells that share a side and no main road, in Hilbert order of the first.
    fn neighbours(&self) -> Vec<(u32, u32)> {
        let mut taken: Vec<(u32, u32)> = self.edges.iter().map(|edge| (edge.a, edge.b)).collect();
        taken.sort_unstable();
        let mut pairs = Vec::with_capacity(self.leaves.len() * 3);
        for (rank, leaf) in self.leaves.iter().enumerate() {
            let (i, j, size) = (usize::from(leaf.fine.0), usize::from(leaf.fine.1), usize::from(leaf.size));
            let mut last = NOBODY;
            let mut see = |other: u32| {
                if other != last {
                    let pair = (other.min(rank as u32), other.max(rank as u32));
                    if taken.binary_search(&pair).is_err() {
                        pairs.push(pair);
                    }
                    last = other;
                }
            };
            if size > 0 && i + size < FINE {
                (j..j + size).for_each(|row| see(self.table[row * FINE + i + size]));
            }
            if size > 0 && j + size < FINE {
                (i..i + size).for_each(|column| see(self.table[(j + size) * FINE + column]));
            }
        }
        pairs
    }

    fn join(&mut self, a: u32, b: u32, class: Class) {
        self.leaves[a as usize].degree += 1;
        self.leaves[b as usize].degree += 1;
        let needed = self.joined.join(a, b);
        let dense = self.leaves[a as usize].density.min(self.leaves[b as usize].density) > 90.0;
        let drawn = mix(self.land.seed, 41, i64::from(a), i64::from(b));
        // What keeps the block in one piece stays open both ways, so that every node reaches every other.
        let one_way = !needed && dense && class < 3 && unit(drawn) < ONE_WAY;
        self.edges.push(if drawn & 1 == 0 {
            Edge { a, b, class, one_way }
        } else {
            Edge { a: b, b: a, class, one_way }
        });
    }

    fn finish(self, stops: &[(u32, &Stop)], leaving: Vec<(usize, usize, Class)>) -> Block {
        let points: Vec<Point> = self.leaves.iter().map(|leaf| self.land.point(leaf.x, leaf.y)).collect();
        let mut arcs = Vec::with_capacity(self.edges.len() * 2);
        for edge in &self.edges {
            let (a, b) = (&self.leaves[edge.a as usize], &self.leaves[edge.b as usize]);
            let metres = points[edge.a as usize].metres_to(points[edge.b as usize]);
            let winding = unit(mix(self.land.seed, 42, i64::from(edge.a), i64::from(edge.b)));
            let relief = if edge.class < 3 { self.land.relief(a.x, a.y) } else { 0.0 };
            let time = time(metres, edge.class, f64::midpoint(a.density, b.density), winding, relief);
            arcs.push(Arc { tail: edge.a, head: edge.b, time });
            if !edge.one_way {
                arcs.push(Arc { tail: edge.b, head: edge.a, time });
            }
        }
        let mut found = Vec::new();
        for (node, leaf) in self.leaves.iter().enumerate() {
            let Some(stop) = leaf.stop else { continue };
            found.push((stop, node as u32));
            let open = stops.iter().any(|(rank, place)| *rank == stop / 2 && place.interchange);
            if open {
                let street = self.table[usize::from(leaf.fine.1) * FINE + usize::from(leaf.fine.0)];
                // A ramp: 400 m at 50 km/h and the time to join.
                let time = 350;
                arcs.push(Arc { tail: node as u32, head: street, time });
                arcs.push(Arc { tail: street, head: node as u32, time });
            }
        }
        let mut centres = Vec::new();
        for (i, j) in cells(0, self.west, self.south, BLOCK_KM, 0.0) {
            let (x, y) = self.land.centre_place(0, i, j);
            if let Some(node) = self.leaf_at(x, y) {
                centres.push((self.land.rank_of(i, j), mix(self.land.seed, 43, i, j), node));
            }
        }
        let column = |i: usize| (0..FINE).map(|j| self.table[j * FINE + i]).collect();
        let row = |j: usize| self.table[j * FINE..(j + 1) * FINE].to_vec();
        let borders = [column(0), column(FINE - 1), row(0), row(FINE - 1)];
        Block { points, arcs, borders, leaving, stops: found, centres }
    }
}

/// Splits a cell in four until it holds about one node.
fn divide(
    land: &Land,
    low: (f64, f64),
    (i, j): (usize, usize),
    size: usize,
    open: f64,
    felt: &[Centre],
    leaves: &mut Vec<Leaf>,
) {
    let side = size as f64 * FINE_KM;
    let (x, y) = (low.0 + i as f64 * FINE_KM, low.1 + j as f64 * FINE_KM);
    let felt: Vec<Centre> = felt.iter().filter(|centre| centre.touches(x, y, side)).copied().collect();
    let middle = (x + side / 2.0, y + side / 2.0);
    let density = land.scale * (open + felt.iter().map(|centre| centre.density_at(middle.0, middle.1)).sum::<f64>());
    let nodes = density * side * side;
    let here = |purpose| land.draw(purpose, (x / FINE_KM).round() as i64, (y / FINE_KM).round() as i64);
    // A settlement smaller than the cell would be missed by its middle.
    let blurred = felt.iter().any(|centre| centre.reach < 2.0 * side);
    // Between one and four nodes a draw keeps the mean; the four cells of a draw are not split again.
    let split = size > 1 && (blurred || nodes >= 4.0);
    let last = size > 1 && !split && here(50) < (nodes - 1.0) / 3.0;
    if split || last {
        let half = size / 2;
        for (di, dj) in [(0, 0), (half, 0), (0, half), (half, half)] {
            if split {
                divide(land, low, (i + di, j + dj), half, open, &felt, leaves);
            } else {
                leaves.push(leaf(land, low, (i + di, j + dj), half, density));
            }
        }
    } else {
        leaves.push(leaf(land, low, (i, j), size, density));
    }
}

fn leaf(land: &Land, low: (f64, f64), (i, j): (usize, usize), size: usize, density: f64) -> Leaf {
    let (x, y) = (low.0 + i as f64 * FINE_KM, low.1 + j as f64 * FINE_KM);
    let drawn = |purpose| land.draw(purpose, (x / FINE_KM).round() as i64, (y / FINE_KM).round() as i64);
    let side = size as f64 * FINE_KM;
    let (x, y) = (x + side * (0.15 + 0.7 * drawn(51)), y + side * (0.15 + 0.7 * drawn(52)));
    let wish = (drawn(53) * 1000.0) as u32;
    Leaf {
        key: hilbert(FINE.trailing_zeros(), i as u32, j as u32),
        fine: (i as u16, j as u16),
        size: size as u16,
        stop: None,
        x,
        y,
        density,
        basin: land.basin(x, y),
        wanted: WANTED.iter().find(|(_, below)| wish < *below).map_or(3, |(degree, _)| *degree),
        degree: 0,
        road: None,
    }
}

/// Tenths of a second along an edge: by class and surroundings, longer than the crow flies, slower where it is steep.
pub(crate) fn time(metres: f64, class: Class, density: f64, winding: f64, relief: f64) -> u32 {
    let (kmh, longest) = match class {
        0 if density > 150.0 => (24.0, 0.15),
        0 if density > 50.0 => (30.0, 0.25),
        0 => (36.0, 0.4),
        1 if density > 60.0 => (32.0, 0.1),
        1 => (49.0, 0.25),
        2 if density > 60.0 => (35.0, 0.1),
        2 => (60.0, 0.15),
        3 if density > 150.0 => (38.0, 0.05),
        3 if density > 60.0 => (50.0, 0.05),
        3 => (69.0, 0.08),
        _ => (110.0, 0.02),
    };
    let seconds = metres * (1.0 + longest * winding) * (1.0 + 0.4 * relief) / (kmh / 3.6);
    (seconds * 10.0).round().max(1.0) as u32
}

/// The stretch of a segment inside a box, as shares of its length.
pub(crate) fn clip(from: (f64, f64), to: (f64, f64), low: (f64, f64), side: f64) -> Option<(f64, f64)> {
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (a, b, low) in [(from.0, to.0, low.0), (from.1, to.1, low.1)] {
        let along = b - a;
        if along.abs() < 1e-12 {
            if a < low || a > low + side {
                return None;
            }
            continue;
        }
        let (one, other) = ((low - a) / along, (low + side - a) / along);
        start = start.max(one.min(other));
        end = end.min(one.max(other));
    }
    (start < end).then_some((start, end))
}

/// Which nodes are joined: disjoint sets with path halving.
pub(crate) struct Joined(Vec<u32>);

impl Joined {
    pub(crate) fn new(nodes: usize) -> Self {
        Self((0..nodes as u32).collect())
    }

    fn root(&mut self, mut node: u32) -> u32 {
        while self.0[node as usize] != node {
            let above = self.0[self.0[node as usize] as usize];
            self.0[node as usize] = above;
            node = above;
        }
        node
    }

    pub(crate) fn are(&mut self, a: u32, b: u32) -> bool {
        self.root(a) == self.root(b)
    }

    /// Joins two; whether they were apart.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        // The lower root wins: nodes near in rank are near on the ground, so paths stay short and in cache.
        self.0[a.max(b) as usize] = a.min(b);
        a != b
    }
}
