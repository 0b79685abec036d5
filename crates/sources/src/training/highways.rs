//! Roads between places: the stretches of the least-cost network with their bends, roundabouts at some of their junctions.

use std::collections::BTreeMap;

use super::draft::{Draft, Kind, Line, Spot, apart, bend, between, mileage};
use super::own::ROADS;
use super::relief::cell_at;
use super::rivers;
use super::rng::Rng;
use super::roads::{Class, Stretch};
use super::world::World;

/// Radius of a roundabout, km.
const RING_KM: f64 = 0.02;

/// The roads between places, once drawn.
pub(super) struct Highways {
    /// Line of each stretch of [`super::roads::Roads`] (same indices).
    pub(super) line_of: Vec<usize>,
    /// Point of each node of the network that is a point still (roundabouts replace some).
    pub(super) node_of: BTreeMap<usize, u32>,
}

/// Draws the stretches. Those of `relieved` (by index) have a motorway beside them.
pub(super) fn draw(world: &World, relieved: &[usize], draft: &mut Draft) -> Highways {
    let mut rng = Rng::new(world.seed, "routes");
    let noise = rng.next_u64();
    let stretches = &world.roads.stretches;
    let mut highways = Highways { line_of: Vec::with_capacity(stretches.len()), node_of: BTreeMap::new() };
    for (number, stretch) in stretches.iter().enumerate() {
        let spots = course(world, noise, stretch);
        let mut end = |node: usize, at: Spot| *highways.node_of.entry(node).or_insert_with(|| draft.point(at));
        let (from, to) = (end(stretch.ends.0, spots[0]), end(stretch.ends.1, spots[spots.len() - 1]));
        let nodes = draft.through(from, &spots[1..spots.len() - 1], to);
        let mut line = Line::new(kind(stretch.class, relieved.contains(&number), &mut rng), nodes);
        line.number = stretch.number().replace('A', "N");
        line.limit = match line.kind {
            Kind::Trunk => Some(110),
            Kind::Primary | Kind::Secondary if rng.chance(0.7) => Some(80),
            Kind::Tertiary if rng.chance(0.35) => Some(*rng.pick(&[80, 80, 70])),
            Kind::Unclassified if rng.chance(0.1) => Some(50),
            _ => None,
        };
        highways.line_of.push(draft.lines.len());
        draft.lines.push(line);
    }
    roundabouts(world, &mut highways, &mut rng, draft);
    highways
}

fn kind(class: Class, relieved: bool, rng: &mut Rng) -> Kind {
    match class {
        Class::Express if relieved => Kind::Primary,
        Class::Express => Kind::Trunk,
        Class::National => Kind::Primary,
        Class::Departmental => Kind::Secondary,
        Class::Local if rng.chance(0.55) => Kind::Tertiary,
        Class::Local => Kind::Unclassified,
    }
}

/// Where a stretch passes: the steeper the ground and the lesser the road, the more it bends.
fn course(world: &World, noise: u64, stretch: &Stretch) -> Vec<Spot> {
    let supple = match stretch.class {
        Class::Local => 1.0,
        Class::Departmental => 0.75,
        Class::National => 0.5,
        Class::Express => 0.3,
    };
    let reach = |at: Spot| supple * (0.012 + 0.5 * world.relief.slope(cell_at(at.0, at.1))).min(0.085);
    bend(noise, &rivers::line(&stretch.cells, ROADS), reach, 0.007)
}

/// Turns some junctions of main roads, away from the places themselves, into roundabouts.
fn roundabouts(world: &World, highways: &mut Highways, rng: &mut Rng, draft: &mut Draft) {
    let mut arms: BTreeMap<usize, Vec<(usize, bool)>> = BTreeMap::new();
    for (stretch, line) in world.roads.stretches.iter().zip(&highways.line_of) {
        arms.entry(stretch.ends.0).or_default().push((*line, true));
        arms.entry(stretch.ends.1).or_default().push((*line, false));
    }
    for (node, arms) in arms.range(world.sites.len()..) {
        let greatest = arms.iter().map(|(line, _)| draft.lines[*line].kind).max().unwrap_or(Kind::Track);
        let long = arms.iter().all(|(line, _)| {
            let marks = mileage(&draft.spots(&draft.lines[*line]));
            marks[marks.len() - 1] > 8.0 * RING_KM
        });
        if arms.len() < 3 || !long || !rng.chance(if greatest >= Kind::Secondary { 0.45 } else { 0.12 }) {
            continue;
        }
        let Some(centre) = highways.node_of.remove(node).map(|point| draft.at(point)) else { continue };
        let mut ring: Vec<(f64, u32)> = arms.iter().map(|arm| cut(draft, *arm, centre)).collect();
        // Filled to a round shape, then followed anticlockwise: angles grow from east to north.
        ring.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut nodes = Vec::new();
        for (rank, &(angle, node)) in ring.iter().enumerate() {
            let next = ring.get(rank + 1).map_or(ring[0].0 + std::f64::consts::TAU, |after| after.0);
            nodes.push(node);
            let fillers = ((next - angle) / 0.8) as usize;
            for filler in 1..=fillers {
                let angle = angle + (next - angle) * filler as f64 / (fillers + 1) as f64;
                nodes.push(draft.point((centre.0 + RING_KM * angle.cos(), centre.1 + RING_KM * angle.sin())));
            }
        }
        nodes.push(nodes[0]);
        let mut line = Line::new(greatest, nodes);
        (line.oneway, line.roundabout) = (true, true);
        draft.lines.push(line);
    }
}

/// Cuts an arm where it leaves the roundabout's disc; gives the point made there and its angle.
fn cut(draft: &mut Draft, (line, starts): (usize, bool), centre: Spot) -> (f64, u32) {
    let mut nodes = std::mem::take(&mut draft.lines[line].nodes);
    if !starts {
        nodes.reverse();
    }
    let out = nodes.iter().position(|node| apart(draft.at(*node), centre) > RING_KM).unwrap_or(nodes.len() - 1);
    let (inner, outer) = (draft.at(nodes[out - 1]), draft.at(nodes[out]));
    // Halving: the distance to the centre passes the radius between the two.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..30 {
        let middle = f64::midpoint(low, high);
        if apart(between(inner, outer, middle), centre) > RING_KM { high = middle } else { low = middle }
    }
    let at = between(inner, outer, high);
    let node = draft.point(at);
    nodes.splice(..out, [node]);
    if !starts {
        nodes.reverse();
    }
    draft.lines[line].nodes = nodes;
    ((at.1 - centre.1).atan2(at.0 - centre.0), node)
}
