//! The countryside between the roads: hamlets and the lanes that lead to them, tracks in the fields, drives of farms, paths,
//! and a ferry where no bridge is near.

use super::draft::{Draft, Kind, Line, Mask, Nearby, Spot, apart, bend, between};
use super::own::RIVERS;
use super::parishes::raster_cell;
use super::partition::OUTSIDE;
use super::relief::cell_at;
use super::rivers;
use super::rng::Rng;
use super::streets::Town;
use super::weave::{crossings, segments};
use super::world::World;

/// Hamlets per km² of commune.
const HAMLETS: f64 = 0.32;
/// Longest lane from a hamlet to a road, km.
const REACH_KM: f64 = 2.4;

/// A tag of a way.
type Tag = (&'static str, &'static str);

/// Draws all of it.
pub(super) fn draw(world: &World, towns: &[Town], taken: &Mask, draft: &mut Draft) {
    let mut rng = Rng::new(world.seed, "chemins");
    let mut land = Land { noise: rng.next_u64(), nearby: Nearby::new(), world, taken };
    for line in draft.lines.iter().filter(|line| line.kind.is_for_cars() && line.kind.is_level() && !line.roundabout) {
        line.nodes.iter().for_each(|node| land.nearby.insert(*node, draft.at(*node)));
    }
    ferry(&mut land, draft);
    for (site, town) in towns.iter().enumerate() {
        let area = world.old[site].area;
        for _ in 0..rng.round(HAMLETS * area).min(16) {
            if let Some(at) = land.ground(site, town, area, &mut rng) {
                land.settle(at, &mut rng, draft);
            }
        }
    }
}

struct Land<'w> {
    noise: u64,
    /// Points of what cars may follow.
    nearby: Nearby,
    world: &'w World,
    taken: &'w Mask,
}

impl Land<'_> {
    /// A place for a hamlet on a commune's own ground, outside its town.
    fn ground(&self, site: usize, town: &Town, area: f64, rng: &mut Rng) -> Option<Spot> {
        let reach = 0.9 * area.sqrt();
        (0..10).find_map(|_| {
            let at = (town.centre.0 + rng.range(-reach, reach), town.centre.1 + rng.range(-reach, reach));
            let good = self.world.raster.labels[raster_cell(at.0, at.1)] == site as i32
                && apart(at, town.centre) > town.radius + 0.25
                && self.world.relief.slope(cell_at(at.0, at.1)) < 0.32
                && !self.taken.holds(at);
            good.then_some(at)
        })
    }

    /// A hamlet or a farm, with its way in, and sometimes another way out.
    fn settle(&mut self, at: Spot, rng: &mut Rng, draft: &mut Draft) {
        let Some((gate, away)) = self.nearby.nearest(&draft.points, at, REACH_KM, |_| true) else { return };
        if away < 0.12 {
            return;
        }
        let chance = rng.unit();
        if chance < 0.15 {
            let from = draft.at(gate);
            let end = between(from, at, (rng.range(0.08, 0.3) / away).min(1.0));
            let end = draft.point(end);
            self.way(gate, end, Kind::Private, ("access", "private"), draft);
            return;
        }
        let (kind, extra) = match chance {
            c if c < 0.52 => (Kind::Unclassified, ("surface", "asphalt")),
            c if c < 0.60 => (Kind::Unclassified, ("surface", "gravel")),
            c if c < 0.70 => (Kind::Track, ("tracktype", "grade1")),
            c if c < 0.80 => (Kind::Track, ("tracktype", "grade3")),
            c if c < 0.88 => (Kind::Track, ("motor_vehicle", "no")),
            _ => (Kind::Path, ("foot", "designated")),
        };
        let here = draft.point(at);
        if !self.way(gate, here, kind, extra, draft) {
            return;
        }
        if kind == Kind::Unclassified {
            // The houses stand along a stub or two.
            for _ in 0..rng.below(3) {
                let (sin, cos) = rng.range(0.0, std::f64::consts::TAU).sin_cos();
                let length = rng.range(0.05, 0.12);
                let end = (at.0 + length * cos, at.1 + length * sin);
                if !self.taken.meets(at, end) {
                    let end = draft.point(end);
                    draft.lines.push(Line::new(Kind::Residential, vec![here, end]));
                }
            }
        }
        if rng.chance(if kind == Kind::Path { 0.9 } else { 0.5 }) {
            let entry = draft.at(gate);
            let onward = |node: u32| {
                let to = draft.points[node as usize];
                let (p, q) = ((entry.0 - at.0, entry.1 - at.1), (to.0 - at.0, to.1 - at.1));
                node != here && p.0 * q.0 + p.1 * q.1 < -0.3 * p.0.hypot(p.1) * q.0.hypot(q.1)
            };
            if let Some((exit, _)) = self.nearby.nearest(&draft.points, at, REACH_KM, onward) {
                self.way(here, exit, kind, extra, draft);
            }
        }
    }

    /// A winding course between two places, unless ground that is taken lies between them.
    fn course(&self, from: Spot, to: Spot) -> Option<Vec<Spot>> {
        let reach = |at: Spot| (0.03 + 0.3 * self.world.relief.slope(cell_at(at.0, at.1))).min(0.08);
        let spots = bend(self.noise, &[from, to], reach, 0.009);
        let clear = spots.windows(2).all(|pair| !self.taken.meets(pair[0], pair[1]));
        clear.then_some(spots)
    }

    /// Draws a way between two points along a course.
    fn lay(&mut self, (from, to): (u32, u32), course: &[Spot], kind: Kind, extra: Tag, draft: &mut Draft) {
        let nodes = draft.through(from, &course[1..course.len() - 1], to);
        if kind.is_for_cars() {
            nodes.iter().filter(|node| **node != from).for_each(|node| self.nearby.insert(*node, draft.at(*node)));
        }
        let mut line = Line::new(kind, nodes);
        line.extra = Some(extra);
        draft.lines.push(line);
    }

    /// Draws a way between two points where it can pass; says whether it does.
    fn way(&mut self, from: u32, to: u32, kind: Kind, extra: Tag, draft: &mut Draft) -> bool {
        let course = self.course(draft.at(from), draft.at(to));
        if let Some(course) = &course {
            self.lay((from, to), course, kind, extra, draft);
        }
        course.is_some()
    }
}

/// A ferry over the greatest river, where a bridge is farthest and roads are near on both banks.
fn ferry(land: &mut Land, draft: &mut Draft) {
    /// From the middle of the river to a slipway, km.
    const BANK: f64 = 0.11;
    let Some(river) = land.world.rivers.first() else { return };
    let course = rivers::line(&river.cells, RIVERS);
    let main = u32::MAX;
    let mut all: Vec<_> = segments(main, &course).collect();
    for (number, line) in draft.lines.iter().enumerate().filter(|(_, line)| line.kind.is_for_cars()) {
        all.extend(segments(number as u32, &draft.spots(line)));
    }
    let bridges: Vec<Spot> = crossings(&all, |first, second| (all[first].line == main) != (all[second].line == main))
        .iter()
        .map(|crossing| between(all[crossing.first].a, all[crossing.first].b, crossing.t))
        .collect();
    let mut places: Vec<(f64, usize)> = (1..course.len())
        .filter(|rank| {
            let at = course[*rank];
            land.world.raster.labels[raster_cell(at.0, at.1)] != OUTSIDE
        })
        .map(|rank| {
            let middle = between(course[rank - 1], course[rank], 0.5);
            (bridges.iter().map(|bridge| apart(*bridge, middle)).fold(f64::INFINITY, f64::min), rank)
        })
        .collect();
    places.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, rank) in places.into_iter().take(60) {
        let (a, b) = (course[rank - 1], course[rank]);
        let length = apart(a, b).max(1e-9);
        let normal = (-(b.1 - a.1) / length, (b.0 - a.0) / length);
        let middle = between(a, b, 0.5);
        let bank = |side: f64| (middle.0 + side * BANK * normal.0, middle.1 + side * BANK * normal.1);
        let landing = |side: f64, draft: &Draft| {
            let same_side = |node: u32| {
                let at = draft.points[node as usize];
                side * ((at.0 - middle.0) * normal.0 + (at.1 - middle.1) * normal.1) > BANK
            };
            let (road, _) = land.nearby.nearest(&draft.points, bank(side), REACH_KM, same_side)?;
            Some((road, bank(side)))
        };
        let (Some(left), Some(right)) = (landing(1.0, draft), landing(-1.0, draft)) else { continue };
        if land.taken.holds(left.1) || land.taken.holds(right.1) {
            continue;
        }
        let (Some(to_left), Some(to_right)) =
            (land.course(draft.at(left.0), left.1), land.course(draft.at(right.0), right.1))
        else {
            continue;
        };
        let slips = vec![draft.point(left.1), draft.point(right.1)];
        let asphalt = ("surface", "asphalt");
        land.lay((left.0, slips[0]), &to_left, Kind::Unclassified, asphalt, draft);
        land.lay((right.0, slips[1]), &to_right, Kind::Unclassified, asphalt, draft);
        let mut line = Line::new(Kind::Ferry, slips);
        line.extra = Some(("duration", "00:04"));
        draft.lines.push(line);
        return;
    }
}
