//! Roads: least-cost ways over the relief between places, main ones first, and the times they give.
//!
//! A way already built is cheaper to follow than new ground, so the lesser roads join the greater ones as real networks do.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::relief::{CELL_KM, COLUMNS, NEIGHBOURS, Relief, neighbours};
use super::settlements::Settlements;

/// Class of a road, from the least to the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Local road between neighbouring villages.
    Local,
    /// Département road between towns.
    Departmental,
    /// Main road between large towns.
    National,
    /// Dual carriageway.
    Express,
}

impl Class {
    /// Name used in `routes.geojson`.
    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Local => "locale",
            Self::Departmental => "departementale",
            Self::National => "nationale",
            Self::Express => "voie_express",
        }
    }

    /// Free speed on straight and level ground, km/h.
    const fn speed(self) -> f64 {
        match self {
            Self::Local => 67.0,
            Self::Departmental => 82.0,
            Self::National => 87.0,
            Self::Express => 112.0,
        }
    }

    const ALL: [Self; 4] = [Self::Local, Self::Departmental, Self::National, Self::Express];
}

/// A stretch of road between two nodes of the network.
pub(super) struct Stretch {
    /// Ends, as nodes of [`Roads`].
    pub(super) ends: (usize, usize),
    /// Class.
    pub(super) class: Class,
    /// Relief cells along it, both ends included.
    pub(super) cells: Vec<u32>,
    /// Length, km.
    pub(super) km: f64,
    /// Time, minutes.
    pub(super) minutes: f64,
}

impl Stretch {
    /// Road number, shared by the stretches of a neighbourhood: enough to label a map.
    pub(super) fn number(&self) -> String {
        let key = (self.ends.0.min(self.ends.1) * 7919) % 880;
        match self.class {
            Class::Express => "A 990".to_owned(),
            Class::National => format!("N {}", 900 + key % 40),
            Class::Departmental => format!("D {}", 1 + key % 99),
            Class::Local => format!("D {}", 100 + key),
        }
    }
}

/// The road network.
pub(super) struct Roads {
    /// Stretches between nodes.
    pub(super) stretches: Vec<Stretch>,
    /// For each node, its stretches: (other node, stretch).
    links: Vec<Vec<(usize, usize)>>,
}

/// Builds the network; nodes 0..sites.len() are the sites.
pub(super) fn build(relief: &Relief, settlements: &Settlements) -> Roads {
    let sites = &settlements.sites;
    let ground = Ground::new(relief);
    let mut works = Works { ground: &ground, built: vec![[0; 8]; relief.height.len()], reached: Vec::new(), stamp: 0 };
    let rank_below = |limit: usize| -> Vec<usize> {
        let mut towns: Vec<usize> =
            (0..settlements.inside).filter(|s| sites[*s].rank.is_some_and(|r| r < limit)).collect();
        towns.sort_by_key(|s| sites[*s].rank);
        towns
    };
    let express = rank_below(4);
    for other in &express[1..] {
        works.link(sites[express[0]].cell, sites[*other].cell, Class::Express);
    }
    for (a, b) in gabriel(settlements, &rank_below(14), 90.0) {
        works.link(sites[a].cell, sites[b].cell, Class::National);
    }
    for (a, b) in gabriel(settlements, &rank_below(60), 45.0) {
        works.link(sites[a].cell, sites[b].cell, Class::Departmental);
    }
    let everyone: Vec<usize> = (0..settlements.inside).collect();
    for (a, b) in gabriel(settlements, &everyone, 14.0) {
        works.link(sites[a].cell, sites[b].cell, Class::Local);
    }
    contract(&works.built, &ground, settlements)
}

/// What the ground costs to cross.
struct Ground {
    height: Vec<f64>,
    river: Vec<f64>,
    urban: Vec<f64>,
}

impl Ground {
    fn new(relief: &Relief) -> Self {
        let river = relief.drained.iter().map(|area| (area / 150.0).min(5.0)).collect();
        Self { height: relief.height.clone(), river, urban: Vec::new() }
    }

    fn slope(&self, from: usize, to: usize, length: f64) -> f64 {
        (self.height[to] - self.height[from]).abs() / (1000.0 * CELL_KM * length)
    }
}

/// The road works: cells, and in each direction the class already built (0 none, else class rank + 1).
struct Works<'a> {
    ground: &'a Ground,
    built: Vec<[u8; 8]>,
    reached: Vec<(u32, f32, u8)>,
    stamp: u32,
}

impl Works<'_> {
    /// Builds the cheapest way between two cells (A*).
    fn link(&mut self, from: usize, to: usize, class: Class) {
        const CHEAPEST: f64 = 0.52;
        self.reached.resize(self.built.len(), (0, 0.0, 0));
        self.stamp += 1;
        let stamp = self.stamp;
        let goal = ((to % COLUMNS) as f64, (to / COLUMNS) as f64);
        let ahead = |cell: usize| CHEAPEST * ((cell % COLUMNS) as f64 - goal.0).hypot((cell / COLUMNS) as f64 - goal.1);
        let mut heap = BinaryHeap::new();
        let milli = |cost: f64| (cost * 1000.0) as u64;
        self.reached[from] = (stamp, 0.0, 8);
        heap.push(Reverse((milli(ahead(from)), from as u32)));
        while let Some(Reverse((key, cell))) = heap.pop() {
            let cell = cell as usize;
            if cell == to {
                break;
            }
            let cost = f64::from(self.reached[cell].1);
            if key > milli(cost + ahead(cell)) {
                continue;
            }
            for (direction, next) in neighbours(cell) {
                let length = NEIGHBOURS[direction].2;
                let step = match self.built[cell][direction] {
                    0 => {
                        let slope = self.ground.slope(cell, next, length);
                        length * (1.0 + (slope / 0.05).powi(2).min(30.0)) + 0.5 * self.ground.river[next]
                    }
                    1 => 0.78 * length,
                    _ => CHEAPEST * length * if class == Class::Express { 1.3 } else { 1.0 },
                };
                let through = (cost + step) as f32;
                let (seen, before, _) = self.reached[next];
                if seen != stamp || through < before {
                    self.reached[next] = (stamp, through, direction as u8);
                    heap.push(Reverse((milli(f64::from(through) + ahead(next)), next as u32)));
                }
            }
        }
        let mut cell = to;
        while cell != from && self.reached[cell].0 == stamp {
            let direction = self.reached[cell].2 as usize;
            let (dc, dr, _) = NEIGHBOURS[direction];
            let before = (cell as isize - dr * COLUMNS as isize - dc) as usize;
            let rank = class as u8 + 1;
            self.built[before][direction] = self.built[before][direction].max(rank);
            self.built[cell][7 - direction] = self.built[cell][7 - direction].max(rank);
            cell = before;
        }
    }
}

/// Radius of the disc that must be empty between two linked places, as a share of the Gabriel graph's: less than 1, more roads.
const NARROWED: f64 = 0.86;

/// Pairs of places with no third one in the disc between them (a widened Gabriel graph), at most `reach` km apart, nearest
/// first.
fn gabriel(settlements: &Settlements, places: &[usize], reach: f64) -> Vec<(usize, usize)> {
    let sites = &settlements.sites;
    let mut pairs = Vec::new();
    for (rank, &a) in places.iter().enumerate() {
        for &b in &places[rank + 1..] {
            let apart = sites[a].distance(&sites[b]);
            if apart > reach {
                continue;
            }
            let (mx, my) = (f64::midpoint(sites[a].x, sites[b].x), f64::midpoint(sites[a].y, sites[b].y));
            let between =
                |c: &usize| *c != a && *c != b && (sites[*c].x - mx).hypot(sites[*c].y - my) < NARROWED * apart / 2.0;
            if !places.iter().any(between) {
                pairs.push((a, b, apart));
            }
        }
    }
    pairs.sort_by(|p, q| p.2.total_cmp(&q.2));
    pairs.into_iter().map(|(a, b, _)| (a, b)).collect()
}

/// Cells with roads to a network of nodes (sites, crossings, changes of class) and stretches.
fn contract(built: &[[u8; 8]], ground: &Ground, settlements: &Settlements) -> Roads {
    let mut urban = vec![0.0; built.len()];
    for site in &settlements.sites[..settlements.inside] {
        let people = f64::from(site.inhabitants(2021));
        let reach = (0.25 + 0.011 * people.sqrt()).min(5.0);
        let (column, row) = ((site.cell % COLUMNS) as isize, (site.cell / COLUMNS) as isize);
        let span = (reach / CELL_KM) as isize + 1;
        for r in row - span..=row + span {
            for c in column - span..=column + span {
                let cell = r * COLUMNS as isize + c;
                if let Some(value) = usize::try_from(cell).ok().and_then(|cell| urban.get_mut(cell)) {
                    let away = ((c - column) as f64).hypot((r - row) as f64) * CELL_KM;
                    *value = f64::max(*value, (1.0 - away / (reach + 0.3)).max(0.0));
                }
            }
        }
    }
    let ground = Ground { height: ground.height.clone(), river: Vec::new(), urban };
    let mut node_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, site) in settlements.sites[..settlements.inside].iter().enumerate() {
        node_of.insert(site.cell, number);
    }
    for (cell, ways) in built.iter().enumerate() {
        let classes: Vec<u8> = ways.iter().copied().filter(|way| *way > 0).collect();
        let through = classes.len() == 2 && classes[0] == classes[1];
        if !classes.is_empty() && !through {
            let next = node_of.len();
            node_of.entry(cell).or_insert(next);
        }
    }
    let mut roads = Roads { stretches: Vec::new(), links: vec![Vec::new(); node_of.len()] };
    let step = |cell: usize, direction: usize| {
        let (dc, dr, _) = NEIGHBOURS[direction];
        (cell as isize + dr * COLUMNS as isize + dc) as usize
    };
    for (&start, &node) in &node_of {
        for first in 0..8 {
            let rank = built[start][first];
            if rank == 0 {
                continue;
            }
            let class = Class::ALL[rank as usize - 1];
            let (mut cells, mut cell, mut direction) = (vec![start as u32], start, first);
            let (mut km, mut minutes) = (0.0, 0.0);
            loop {
                let next = step(cell, direction);
                let length = NEIGHBOURS[direction].2;
                // Roads bend more than the grid shows, most of all the small ones on slopes.
                let slope = ground.slope(cell, next, length);
                let bends = 1.0 + (1.2 * slope).min(0.35) * if class == Class::Express { 0.3 } else { 1.0 };
                let town = f64::midpoint(ground.urban[cell], ground.urban[next]);
                let speed = class.speed() / (1.0 + (3.5 * slope).min(0.8));
                let speed = speed * (1.0 - town) + town * speed.min(if class == Class::Express { 70.0 } else { 31.0 });
                km += length * CELL_KM * bends;
                minutes += 60.0 * length * CELL_KM * bends / speed;
                cells.push(next as u32);
                cell = next;
                if node_of.contains_key(&cell) {
                    break;
                }
                let back = 7 - direction;
                match (0..8).find(|d| *d != back && built[cell][*d] > 0) {
                    Some(onward) => direction = onward,
                    None => break,
                }
            }
            let end = node_of[&cell];
            // Each stretch is walked from both ends: kept once.
            if (node, first) <= (end, 7 - direction) {
                let number = roads.stretches.len();
                roads.links[node].push((end, number));
                roads.links[end].push((node, number));
                roads.stretches.push(Stretch { ends: (node, end), class, cells, km, minutes });
            }
        }
    }
    roads
}

impl Roads {
    /// Minutes and km by the quickest way from a node to every node within `limit` minutes (infinite beyond).
    pub(super) fn reach(&self, from: usize, limit: f64) -> Vec<(f64, f64)> {
        let mut best = vec![(f64::INFINITY, f64::INFINITY); self.links.len()];
        let mut heap = BinaryHeap::new();
        let micro = |minutes: f64| (minutes * 1e6) as u64;
        best[from] = (0.0, 0.0);
        heap.push(Reverse((0, from)));
        while let Some(Reverse((key, node))) = heap.pop() {
            let (minutes, km) = best[node];
            if key > micro(minutes) {
                continue;
            }
            for (next, stretch) in &self.links[node] {
                let stretch = &self.stretches[*stretch];
                let through = minutes + stretch.minutes;
                if through < best[*next].0 && through <= limit {
                    best[*next] = (through, km + stretch.km);
                    heap.push(Reverse((micro(through), *next)));
                }
            }
        }
        best
    }
}

/// Minutes between communes by road, at most `limit`: for each, the others in order and itself at 0.
pub(super) fn table(roads: &Roads, sites: usize, limit: f64) -> Vec<Vec<(usize, f64)>> {
    (0..sites)
        .map(|from| {
            let reached = roads.reach(from, limit);
            (0..sites).filter(|to| reached[*to].0.is_finite()).map(|to| (to, reached[to].0)).collect()
        })
        .collect()
}
