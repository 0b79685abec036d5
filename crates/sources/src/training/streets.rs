//! Streets inside towns and villages: a bent grid around each place, as large as its people need, tied to the roads that
//! pass through.

use std::collections::BTreeMap;

use super::draft::{Draft, Kind, Line, Mask, Nearby, Spot, apart};
use super::highways::Highways;
use super::noise::fractal;
use super::own;
use super::parishes::raster_cell;
use super::relief::cell_at;
use super::rng::{Rng, mix};
use super::weave::Splice;
use super::world::World;

/// A street corner nearer than this to a road, km, is moved onto it.
const ON_ROAD_KM: f64 = 0.042;

/// A town or village and the ground its streets take.
pub(super) struct Town {
    /// Where its chef-lieu stands, km.
    pub(super) centre: Spot,
    /// Municipal population of 2021.
    pub(super) people: f64,
    /// Mean radius of its streets, km.
    pub(super) radius: f64,
    /// Side of a block, km.
    block: f64,
}

/// The towns, in the order of the sites.
pub(super) fn towns(world: &World) -> Vec<Town> {
    let of = |site: usize| {
        let people = f64::from(world.sites[site].inhabitants(2021));
        let corners = 0.28 * people.powf(0.75);
        let block = if people > 2000.0 { 0.085 } else { 0.095 };
        let radius = (corners * block * block / std::f64::consts::PI).sqrt();
        Town { centre: own::place(world, site), people, radius, block }
    };
    (0..world.sites.len()).map(of).collect()
}

/// A corner of the grid: its point, and whether it stands on a road.
#[derive(Clone, Copy)]
struct Corner {
    node: u32,
    on_road: bool,
}

/// What a piece of street is; runs of equal ones make a line.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    kind: Kind,
    oneway: bool,
    limit: Option<u16>,
}

/// Draws the streets; gives the points to put in the roads they meet.
pub(super) fn draw(world: &World, towns: &[Town], highways: &Highways, taken: &Mask, draft: &mut Draft) -> Vec<Splice> {
    let mut rng = Rng::new(world.seed, "rues");
    let mut roads = RoadFinder::new(draft);
    for (site, town) in towns.iter().enumerate() {
        let off_road = highways.node_of.get(&site).is_none_or(|node| apart(draft.at(*node), town.centre) > ON_ROAD_KM);
        let angle = rng.range(0.0, std::f64::consts::FRAC_PI_2);
        let mut grid = Grid { corners: BTreeMap::new(), town, site, angle, off_road, noise: rng.next_u64() };
        grid.place(world, taken, &mut roads, draft);
        grid.streets(world, taken, &mut rng, draft);
    }
    roads.splices
}

/// The roads drawn before the streets, to stand corners on them.
struct RoadFinder {
    nearby: Nearby,
    /// Line and rank of each segment.
    segments: Vec<(u32, u32)>,
    splices: Vec<Splice>,
}

impl RoadFinder {
    fn new(draft: &Draft) -> Self {
        let mut finder = Self { nearby: Nearby::new(), segments: Vec::new(), splices: Vec::new() };
        for (number, line) in draft.lines.iter().enumerate().filter(|(_, line)| line.kind.is_level()) {
            for (rank, pair) in line.nodes.windows(2).enumerate() {
                let (a, b) = (draft.at(pair[0]), draft.at(pair[1]));
                // Long segments are found from several bins.
                let marks = (apart(a, b) / 0.4).ceil().max(1.0) as usize;
                for mark in 0..=marks {
                    let at = super::draft::between(a, b, mark as f64 / marks as f64);
                    finder.nearby.insert(finder.segments.len() as u32, at);
                }
                finder.segments.push((number as u32, rank as u32));
            }
        }
        finder
    }

    /// A point of the nearest road, when one is near: an end of a segment, or a new point in it.
    fn stand(&mut self, draft: &mut Draft, at: Spot) -> Option<u32> {
        let mut best: Option<(f64, u32, f64)> = None;
        for segment in self.nearby.around(at, 0.25) {
            let (line, rank) = self.segments[segment as usize];
            let nodes = &draft.lines[line as usize].nodes;
            let (a, b) = (draft.at(nodes[rank as usize]), draft.at(nodes[rank as usize + 1]));
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let t = (((at.0 - a.0) * dx + (at.1 - a.1) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            let away = apart(at, (a.0 + t * dx, a.1 + t * dy));
            if away < ON_ROAD_KM && best.is_none_or(|(before, ..)| away < before) {
                best = Some((away, segment, t));
            }
        }
        let (_, segment, t) = best?;
        let (line, rank) = self.segments[segment as usize];
        let nodes = &draft.lines[line as usize].nodes;
        let ends = (nodes[rank as usize], nodes[rank as usize + 1]);
        let (a, b) = (draft.at(ends.0), draft.at(ends.1));
        let length = apart(a, b);
        if t * length < 0.012 {
            return Some(ends.0);
        }
        if (1.0 - t) * length < 0.012 {
            return Some(ends.1);
        }
        let at = super::draft::between(a, b, t);
        let close = |splice: &&Splice| {
            splice.line == line && splice.segment == rank && apart(draft.at(splice.node), at) < 0.015
        };
        if let Some(splice) = self.splices.iter().rev().take(400).find(close) {
            return Some(splice.node);
        }
        let node = draft.point(at);
        self.splices.push(Splice { line, segment: rank, t, node });
        Some(node)
    }
}

/// The bent grid of one town.
struct Grid<'t> {
    corners: BTreeMap<(i32, i32), Corner>,
    town: &'t Town,
    site: usize,
    /// Direction of its rows, radians from east.
    angle: f64,
    /// Whether its chef-lieu stands away from the roads.
    off_road: bool,
    noise: u64,
}

impl Grid<'_> {
    /// Puts the corners where there is ground for them.
    fn place(&mut self, world: &World, taken: &Mask, roads: &mut RoadFinder, draft: &mut Draft) {
        let Town { centre, radius, block, .. } = *self.town;
        let span = (1.5 * radius / block).ceil() as i32;
        let (sin, cos) = self.angle.sin_cos();
        for row in -span..=span {
            for column in -span..=span {
                let (u, v) = (f64::from(column) * block, f64::from(row) * block);
                let wander =
                    |salt: u64| 0.55 * block * fractal(self.noise ^ salt, u / (4.0 * block), v / (4.0 * block), 3);
                let (u, v) = (u + wander(1), v + wander(2));
                let at = (centre.0 + cos * u - sin * v, centre.1 + sin * u + cos * v);
                let edge = 1.0 + 0.45 * fractal(self.noise ^ 3, u / radius, v / radius, 2);
                if (row, column) == (0, 0) && self.off_road {
                    // A chef-lieu away from the road stands on its own corner.
                    let node = draft.point(centre);
                    self.corners.insert((row, column), Corner { node, on_road: false });
                    continue;
                }
                let cell = cell_at(at.0, at.1);
                if u.hypot(v) > radius * edge
                    || world.raster.labels[raster_cell(at.0, at.1)] != self.site as i32
                    || world.relief.slope(cell) > 0.42
                    || taken.holds(at)
                {
                    continue;
                }
                let corner = match roads.stand(draft, at) {
                    Some(node) => Corner { node, on_road: true },
                    None => Corner { node: draft.point(at), on_road: false },
                };
                self.corners.insert((row, column), corner);
            }
        }
    }

    /// Draws the streets between neighbouring corners: enough to reach each, and most of the others in the centre.
    fn streets(&self, world: &World, taken: &Mask, rng: &mut Rng, draft: &mut Draft) {
        // Two corners moved to one place are one.
        let mut edges: Vec<((i32, i32), bool)> = Vec::new();
        for (&(row, column), corner) in &self.corners {
            for (across, next) in [(true, (row, column + 1)), (false, (row + 1, column))] {
                if let Some(other) = self.corners.get(&next)
                    && corner.node != other.node
                    && !(corner.on_road && other.on_road)
                    && !taken.meets(draft.at(corner.node), draft.at(other.node))
                {
                    edges.push(((row, column), across));
                }
            }
        }
        let mut order: Vec<usize> = (0..edges.len()).collect();
        rng.shuffle(&mut order);
        let mut needed = vec![false; edges.len()];
        let mut root: BTreeMap<u32, u32> = self.corners.values().map(|corner| (corner.node, corner.node)).collect();
        for edge in order {
            let (a, b) = self.ends(edges[edge]);
            let (a, b) = (find(&mut root, a.node), find(&mut root, b.node));
            if a != b {
                root.insert(a, b);
                needed[edge] = true;
            }
        }
        let mut looks: BTreeMap<(bool, i32, i32), Look> = BTreeMap::new();
        for (&(corner, across), needed) in edges.iter().zip(needed) {
            if let Some(look) = self.look(world, corner, across, needed, rng, draft) {
                // By row or column, then along it.
                let key = if across { (true, corner.0, corner.1) } else { (false, corner.1, corner.0) };
                looks.insert(key, look);
            }
        }
        let pieces: Vec<((bool, i32, i32), Look)> = looks.into_iter().collect();
        for run in pieces.chunk_by(|(a, first), (b, second)| (a.0, a.1, a.2 + 1) == *b && first == second) {
            let corner_at = |(across, fixed, along): (bool, i32, i32)| {
                self.corners[&if across { (fixed, along) } else { (along, fixed) }].node
            };
            let (first, look) = run[0];
            let last = run[run.len() - 1].0;
            let mut nodes: Vec<u32> = run.iter().map(|(key, _)| corner_at(*key)).collect();
            nodes.push(corner_at((last.0, last.1, last.2 + 1)));
            if look.oneway && first.1.rem_euclid(2) == 0 {
                nodes.reverse();
            }
            let mut line = Line::new(look.kind, nodes);
            (line.oneway, line.limit) = (look.oneway, look.limit);
            draft.lines.push(line);
        }
    }

    fn ends(&self, ((row, column), across): ((i32, i32), bool)) -> (Corner, Corner) {
        let next = if across { (row, column + 1) } else { (row + 1, column) };
        (self.corners[&(row, column)], self.corners[&next])
    }

    /// What runs between two corners; None for nothing.
    fn look(
        &self,
        world: &World,
        corner: (i32, i32),
        across: bool,
        needed: bool,
        rng: &mut Rng,
        draft: &Draft,
    ) -> Option<Look> {
        let Town { centre, people, radius, .. } = *self.town;
        let (a, b) = self.ends((corner, across));
        let (a, b) = (draft.at(a.node), draft.at(b.node));
        let out = apart(super::draft::between(a, b, 0.5), centre) / radius;
        let line = if across { corner.0 } else { corner.1 };
        let avenue = people > 7000.0 && line.rem_euclid(6) == 2;
        let keep = if people > 3000.0 { 0.92 - 0.45 * out.min(1.0) } else { 0.45 };
        let chance = rng.unit();
        let plain = |kind: Kind, limit: Option<u16>| Some(Look { kind, oneway: false, limit });
        if avenue {
            return plain(Kind::Tertiary, Some(50));
        }
        if !needed {
            if chance > keep {
                let climb = (world.relief.height_at(a.0, a.1) - world.relief.height_at(b.0, b.1)).abs();
                let afoot = if climb > 7.0 { Kind::Steps } else { Kind::Footway };
                return if rng.chance(0.16) { plain(afoot, None) } else { None };
            }
            if people > 6000.0 && out < 0.22 && rng.chance(0.4) {
                return plain(Kind::Pedestrian, None);
            }
        }
        // Every street of a row or column goes one way or none does.
        let of_line = mix(self.noise ^ (line as u64) << 1 ^ u64::from(across));
        if people > 3500.0 && out < 0.75 && of_line % 100 < 34 {
            return Some(Look { kind: Kind::Residential, oneway: true, limit: (of_line % 7 < 3).then_some(30) });
        }
        if of_line % 100 > 88 && out < 0.6 {
            return plain(Kind::LivingStreet, None);
        }
        plain(Kind::Residential, (of_line % 11 < 3).then_some(30))
    }
}

/// Root of a point among those that streets already join.
fn find(root: &mut BTreeMap<u32, u32>, node: u32) -> u32 {
    let mut top = node;
    while root[&top] != top {
        top = root[&top];
    }
    // Shorter next time.
    root.insert(node, top);
    top
}
