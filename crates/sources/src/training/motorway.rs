//! The motorway: from one large town to another past the rest, two one-way carriageways, a few exits.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::draft::{Draft, Kind, Line, Mask, Spot, apart, between, mileage, stations};
use super::highways::Highways;
use super::own::ROADS;
use super::parishes::raster_cell;
use super::partition::OUTSIDE;
use super::relief::cell_at;
use super::rivers::spot;
use super::roads::Class;
use super::streets::Town;
use super::weave::{Crossing, crossings, segments};
use super::world::World;

/// Number shown on its signs: that of the maps.
const NUMBER: &str = "A 990";
/// Half the distance between the carriageways' axes, km.
const HALF_KM: f64 = 0.011;
/// Spacing of the points of the carriageways, km.
const STEP_KM: f64 = 0.2;
/// Least distance between exits, and from an exit to the motorway's ends, km.
const EXITS_KM: (f64, f64) = (8.0, 2.0);

/// Stretches of expressway it relieves, end to end: the longest way by expressway between two of the four largest towns.
pub(super) fn route(world: &World) -> Vec<(usize, bool)> {
    let towns: Vec<usize> =
        (0..4).filter_map(|rank| (0..world.sites.len()).find(|s| world.sites[*s].rank == Some(rank))).collect();
    let mut links: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (number, stretch) in world.roads.stretches.iter().enumerate().filter(|(_, s)| s.class == Class::Express) {
        links.entry(stretch.ends.0).or_default().push((stretch.ends.1, number));
        links.entry(stretch.ends.1).or_default().push((stretch.ends.0, number));
    }
    let mut longest = (0, Vec::new());
    for (rank, from) in towns.iter().enumerate() {
        let mut best: BTreeMap<usize, (u64, usize, usize)> = BTreeMap::from([(*from, (0, 0, *from))]);
        let mut heap = BinaryHeap::from([Reverse((0, *from))]);
        while let Some(Reverse((metres, node))) = heap.pop() {
            if metres > best[&node].0 {
                continue;
            }
            for (next, number) in links.get(&node).into_iter().flatten() {
                let through = metres + (1000.0 * world.roads.stretches[*number].km) as u64;
                if best.get(next).is_none_or(|(before, ..)| through < *before) {
                    best.insert(*next, (through, *number, node));
                    heap.push(Reverse((through, *next)));
                }
            }
        }
        for to in &towns[rank + 1..] {
            let Some(&(metres, ..)) = best.get(to) else { continue };
            if metres > longest.0 {
                let (mut way, mut node) = (Vec::new(), *to);
                while node != *from {
                    let (_, number, before) = best[&node];
                    way.push((number, world.roads.stretches[number].ends.0 == before));
                    node = before;
                }
                way.reverse();
                longest = (metres, way);
            }
        }
    }
    longest.1
}

/// Draws the motorway along `route`, past the towns, and marks the ground it takes.
pub(super) fn draw(
    world: &World,
    towns: &[Town],
    route: &[(usize, bool)],
    highways: &Highways,
    draft: &mut Draft,
    taken: &mut Mask,
) {
    let mut cells: Vec<u32> = Vec::new();
    for (number, forward) in route {
        let mut of = world.roads.stretches[*number].cells.clone();
        if !forward {
            of.reverse();
        }
        cells.extend(of);
    }
    cells.dedup();
    let road: Vec<Spot> = cells.iter().map(|cell| spot(*cell as usize, ROADS)).collect();
    if road.len() < 60 {
        return;
    }
    let axis = stations(&unlooped(aligned(world, towns, &road)), STEP_KM);
    if axis.len() < 60 {
        return;
    }
    taken.mark(&axis, 2);
    let normals = normals(&axis);
    let mut side = |shift: f64| -> Vec<u32> {
        axis.iter().zip(&normals).map(|(at, n)| draft.point((at.0 + shift * n.0, at.1 + shift * n.1))).collect()
    };
    // Traffic keeps to the right: the carriageway that goes along the axis is on its right.
    let (along, back) = (side(-HALF_KM), side(HALF_KM));
    let main: Vec<usize> = route.iter().map(|(number, _)| highways.line_of[*number]).collect();
    exits(draft, highways, &axis, &normals, (&along, &back));
    // Both carriageways end on the old road.
    let join = |at: Spot| {
        let ends = main.iter().flat_map(|line| draft.lines[*line].nodes.iter().copied());
        ends.min_by(|a, b| apart(draft.at(*a), at).total_cmp(&apart(draft.at(*b), at)))
    };
    let (start, end) = (join(axis[0]), join(axis[axis.len() - 1]));
    let whole = |carriageway: &[u32]| [start.as_slice(), carriageway, end.as_slice()].concat();
    let mut lines = [whole(&along), whole(&back)];
    lines[1].reverse();
    let city = towns.iter().max_by(|a, b| a.people.total_cmp(&b.people)).map_or((0.0, 0.0), |town| town.centre);
    for nodes in lines {
        // Slower near the city.
        let limit = |pair: &[u32]| if apart(draft.points[pair[0] as usize], city) < 9.0 { 110 } else { 130 };
        let pieces: Vec<(u16, Vec<u32>)> = nodes
            .windows(2)
            .collect::<Vec<_>>()
            .chunk_by(|a, b| limit(a) == limit(b))
            .map(|run| {
                (limit(run[0]), [&[run[0][0]], run.iter().map(|p| p[1]).collect::<Vec<_>>().as_slice()].concat())
            })
            .collect();
        for (limit, nodes) in pieces {
            let mut line = Line::new(Kind::Motorway, nodes);
            NUMBER.clone_into(&mut line.number);
            (line.oneway, line.limit) = (true, Some(limit));
            draft.lines.push(line);
        }
    }
}

/// Unit vectors to the left of a line, at each point.
fn normals(line: &[Spot]) -> Vec<Spot> {
    let last = line.len() - 1;
    (0..=last)
        .map(|rank| {
            let (a, b) = (line[rank.saturating_sub(1)], line[(rank + 1).min(last)]);
            let length = apart(a, b).max(1e-9);
            (-(b.1 - a.1) / length, (b.0 - a.0) / length)
        })
        .collect()
}

/// Mean over neighbouring points, `around` on each side; the ends stay.
fn smoothed(line: &[Spot], around: usize) -> Vec<Spot> {
    let last = line.len() - 1;
    (0..=last)
        .map(|rank| {
            let reach = around.min(rank).min(last - rank);
            let window = &line[rank - reach..=rank + reach];
            let count = window.len() as f64;
            (window.iter().map(|p| p.0).sum::<f64>() / count, window.iter().map(|p| p.1).sum::<f64>() / count)
        })
        .collect()
}

/// The axis: the road smoothed, moved sideways at each station by what costs least in all (towns, slopes, rivers, detours).
fn aligned(world: &World, towns: &[Town], road: &[Spot]) -> Vec<Spot> {
    const SHIFTS: i32 = 26;
    const SHIFT_KM: f64 = 0.16;
    let mut line = stations(road, 0.4);
    for _ in 0..3 {
        line = smoothed(&line, 6);
    }
    let near = |at: Spot| towns.iter().filter(move |town| apart(town.centre, at) < 9.0);
    // It begins and ends outside the towns it links.
    let outside = |at: &Spot| {
        let ends = [road[0], road[road.len() - 1]];
        near(*at).all(|town| {
            !ends.iter().any(|end| apart(*end, town.centre) < 0.6) || apart(town.centre, *at) > town.radius + 0.7
        })
    };
    let Some(first) = line.iter().position(outside) else { return line };
    let last = line.iter().rposition(outside).unwrap_or(first);
    let line = &line[first..=last];
    let normals = normals(line);
    let shifted = |rank: usize, shift: i32| {
        let reach = SHIFT_KM * f64::from(shift);
        (line[rank].0 + reach * normals[rank].0, line[rank].1 + reach * normals[rank].1)
    };
    let cost = |rank: usize, shift: i32| {
        let at = shifted(rank, shift);
        let cell = cell_at(at.0, at.1);
        let in_towns: f64 = near(at)
            .map(|town| {
                let needed = town.radius + 0.3;
                let away = apart(town.centre, at);
                if away < needed { 12.0 + 40.0 * (1.0 - away / needed) } else { 0.0 }
            })
            .sum();
        let outside = if world.raster.labels[raster_cell(at.0, at.1)] == OUTSIDE { 8.0 } else { 0.0 };
        let beside_road = if shift.abs() <= 1 { 2.5 } else { 0.0 };
        0.05 * f64::from(shift.abs())
            + in_towns
            + outside
            + beside_road
            + 18.0 * world.relief.slope(cell)
            + (world.relief.drained[cell] / 150.0).min(1.5)
    };
    let width = (2 * SHIFTS + 1) as usize;
    let mut best: Vec<(f64, usize)> = (0..width).map(|k| (cost(0, k as i32 - SHIFTS), 0)).collect();
    let mut from: Vec<Vec<usize>> = Vec::new();
    for rank in 1..line.len() {
        let row: Vec<(f64, usize)> = (0..width)
            .map(|k| {
                let before = (k.saturating_sub(2)..=(k + 2).min(width - 1))
                    .map(|j| (best[j].0 + 1.2 * (k as f64 - j as f64).powi(2), j))
                    .min_by(|a, b| a.0.total_cmp(&b.0))
                    .unwrap_or((f64::INFINITY, k));
                (before.0 + cost(rank, k as i32 - SHIFTS), before.1)
            })
            .collect();
        from.push(row.iter().map(|cell| cell.1).collect());
        best = row;
    }
    let mut k = (0..width).min_by(|a, b| best[*a].0.total_cmp(&best[*b].0)).unwrap_or(SHIFTS as usize);
    let mut chosen = vec![k];
    for row in from.iter().rev() {
        k = row[k];
        chosen.push(k);
    }
    chosen.reverse();
    let moved: Vec<Spot> = chosen.iter().enumerate().map(|(rank, k)| shifted(rank, *k as i32 - SHIFTS)).collect();
    smoothed(&smoothed(&moved, 2), 2)
}

/// Without the loops that moving sideways makes inside tight bends.
fn unlooped(line: Vec<Spot>) -> Vec<Spot> {
    let pieces: Vec<_> = segments(0, &line).collect();
    let mut kept = Vec::with_capacity(line.len());
    let loops = crossings(&pieces, |_, _| true);
    let mut rank = 0;
    while rank < line.len() {
        kept.push(line[rank]);
        let farthest = loops.iter().filter(|crossing| crossing.first == rank).max_by_key(|crossing| crossing.second);
        rank = match farthest {
            Some(Crossing { first, second, t, .. }) => {
                kept.push(between(line[*first], line[*first + 1], *t));
                second + 1
            }
            None => rank + 1,
        };
    }
    kept
}

/// Opens exits where the greater roads cross: four ramps from the carriageways to the road, on each side of the bridge.
fn exits(draft: &mut Draft, highways: &Highways, axis: &[Spot], normals: &[Spot], (along, back): (&[u32], &[u32])) {
    /// From the bridge to where the ramps meet the road, km.
    const LANDING: f64 = 0.075;
    let main = u32::MAX;
    let mut all: Vec<_> = segments(main, axis).collect();
    for number in &highways.line_of {
        let line = &draft.lines[*number];
        if line.kind >= Kind::Tertiary {
            all.extend(segments(*number as u32, &draft.spots(line)));
        }
    }
    let mut found: Vec<(Kind, usize, usize, f64, u32, f64)> = Vec::new();
    for crossing in crossings(&all, |first, second| all[first].line == main && all[second].line != main) {
        let (ours, theirs) = (&all[crossing.first], &all[crossing.second]);
        let line = &draft.lines[theirs.line as usize];
        let marks = mileage(&draft.spots(line));
        let rank = theirs.rank as usize;
        let mark = marks[rank] + crossing.u * (marks[rank + 1] - marks[rank]);
        let (p, q) = ((ours.b.0 - ours.a.0, ours.b.1 - ours.a.1), (theirs.b.0 - theirs.a.0, theirs.b.1 - theirs.a.1));
        let sine = (p.0 * q.1 - p.1 * q.0).abs() / (p.0.hypot(p.1) * q.0.hypot(q.1));
        let room = mark > 2.0 * LANDING && marks[marks.len() - 1] - mark > 2.0 * LANDING;
        let from_ends = (ours.rank as usize).min(axis.len() - 1 - ours.rank as usize) as f64 * STEP_KM;
        if sine > 0.6 && room && from_ends > EXITS_KM.1 {
            found.push((line.kind, ours.rank as usize, rank, crossing.t, theirs.line, mark));
        }
    }
    // The greatest roads first, then along the axis.
    found.sort_by_key(|exit| (Reverse(exit.0), exit.1));
    let mut open: Vec<(usize, u32)> = Vec::new();
    for (_, station, _, t, number, mark) in found {
        let spaced =
            |(other, line): &(usize, u32)| *line != number && station.abs_diff(*other) as f64 * STEP_KM >= EXITS_KM.0;
        if !open.iter().all(spaced) {
            continue;
        }
        let crossing = between(axis[station], axis[station + 1], t);
        let landings = [mark - LANDING, mark + LANDING].map(|mark| insert(draft, number as usize, mark));
        let left = |node: u32| {
            let at = draft.at(node);
            (at.0 - crossing.0) * normals[station].0 + (at.1 - crossing.1) * normals[station].1
        };
        let (mut right, mut other) = (landings[0], landings[1]);
        if left(right) > left(other) {
            std::mem::swap(&mut right, &mut other);
        }
        if left(right) > -2.0 * HALF_KM || left(other) < 2.0 * HALF_KM {
            continue;
        }
        open.push((station, number));
        let (before, after) = (station - 2, station + 3);
        let beside =
            |rank: usize, shift: f64| (axis[rank].0 + shift * normals[rank].0, axis[rank].1 + shift * normals[rank].1);
        for (from, by, to) in [
            (along[before], beside(before + 1, -0.035), right),
            (right, beside(after - 1, -0.035), along[after]),
            (back[after], beside(after - 1, 0.035), other),
            (other, beside(before + 1, 0.035), back[before]),
        ] {
            let nodes = draft.through(from, &[by], to);
            let mut ramp = Line::new(Kind::MotorwayLink, nodes);
            (ramp.oneway, ramp.limit) = (true, Some(70));
            draft.lines.push(ramp);
        }
    }
}

/// Puts a point in a line, `mark` km from its start.
fn insert(draft: &mut Draft, line: usize, mark: f64) -> u32 {
    let spots = draft.spots(&draft.lines[line]);
    let marks = mileage(&spots);
    let rank = marks.windows(2).position(|pair| pair[1] > mark).unwrap_or(spots.len() - 2);
    let t = (mark - marks[rank]) / (marks[rank + 1] - marks[rank]);
    let node = draft.point(between(spots[rank], spots[rank + 1], t));
    draft.lines[line].nodes.insert(rank + 1, node);
    node
}
