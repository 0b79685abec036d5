//! The fictional country street by street, as an OpenStreetMap extract.
//!
//! Its stages draw one after the other on one [`Draft`]: `highways` (roads between places), `motorway`, `streets`, `lanes`; then
//! lines that cross are woven together (`weave`), traffic is regulated (`traffic`), and what was drawn is cut into ways
//! where a bridge, a town or a forbidden turn begins.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Kind, Line, Mask, Spot, between};
use super::frame::to_degrees;
use super::osm_file::{Extract, Member, Node, Relation, Tags, Way};
use super::own::RIVERS;
use super::parishes::raster_cell;
use super::rivers::{self, River, order};
use super::rng::{Rng, mix};
use super::streets::Town;
use super::traffic::Furniture;
use super::weave::{crossings, segments, weave};
use super::world::World;
use super::{highways, lanes, motorway, streets, traffic};

/// Width class from which a river keeps streets and lanes to its banks, and roads need a bridge over it.
const RIVERS_FROM: u32 = 3;
/// Share of the signals where a turn is forbidden.
const FORBIDDEN: f64 = 0.3;

/// The road network of the whole region.
pub(super) fn build(world: &World) -> Extract {
    let mut draft = Draft::default();
    let towns = streets::towns(world);
    let mut taken = Mask::new();
    for river in &world.rivers {
        if let Some(course) = course(world, river) {
            taken.mark(&course, 0);
        }
    }
    let relieved = motorway::route(world);
    let numbers: Vec<usize> = relieved.iter().map(|(number, _)| *number).collect();
    let highways = highways::draw(world, &numbers, &mut draft);
    motorway::draw(world, &towns, &relieved, &highways, &mut draft, &mut taken);
    let splices = streets::draw(world, &towns, &highways, &taken, &mut draft);
    lanes::draw(world, &towns, &taken, &mut draft);
    weave(&mut draft, splices);
    traffic::tie(&mut draft);
    weave(&mut draft, Vec::new());
    let town_at = |at: Spot| {
        let site = usize::try_from(world.raster.labels[raster_cell(at.0, at.1)]).ok()?;
        let town: &Town = &towns[site];
        (super::draft::apart(at, town.centre) < town.radius.max(0.15)).then_some(town)
    };
    let people = |node: u32, draft: &Draft| town_at(draft.at(node)).map(|town| town.people);
    let mut furniture = traffic::furnish(world.seed, &mut draft, people);
    let home = draft.lines[highways.line_of[0]].nodes[0];
    traffic::open_up(&mut draft, &mut furniture, home);
    extract(world, &draft, &furniture, |at| town_at(at).is_some())
}

/// Where a river is wide enough to need bridges: from the first such place to its mouth.
fn course(world: &World, river: &River) -> Option<Vec<Spot>> {
    let wide = |cell: &u32| order(world.relief.drained[*cell as usize].min(river.drained)) >= RIVERS_FROM;
    let start = river.cells.iter().position(wide).filter(|start| start + 1 < river.cells.len())?;
    Some(rivers::line(&river.cells[start..], RIVERS))
}

/// Cuts the lines into ways and numbers everything.
fn extract(world: &World, draft: &Draft, furniture: &Furniture, in_town: impl Fn(Spot) -> bool) -> Extract {
    let mut rng = Rng::new(world.seed, "interdictions");
    let vias: BTreeSet<u32> = furniture.signals.iter().copied().filter(|_| rng.chance(FORBIDDEN)).collect();
    let bridges = bridges(world, draft);
    let mut extract = Extract {
        source: format!("territoire d’entraînement fictif, graine {}", world.seed),
        nodes: Vec::new(),
        ways: Vec::new(),
        relations: Vec::new(),
    };
    let mut identifier: Vec<u32> = vec![0; draft.points.len()];
    // For each junction with a forbidden turn: its ways, with the place they come from.
    let mut arms: BTreeMap<u32, Vec<Arm>> = BTreeMap::new();
    for (number, line) in draft.lines.iter().enumerate().filter(|(_, line)| line.nodes.len() > 1) {
        let pieces: Vec<(bool, bool)> = (0..line.nodes.len() - 1)
            .map(|rank| {
                let middle = between(draft.at(line.nodes[rank]), draft.at(line.nodes[rank + 1]), 0.5);
                let bridge = !line.roundabout && bridges.contains(&(number as u32, rank as u32));
                (bridge, !line.roundabout && line.kind.is_main() && in_town(middle))
            })
            .collect();
        let mut start = 0;
        for rank in 0..pieces.len() {
            let cut = rank + 1 == pieces.len() || pieces[rank + 1] != pieces[start];
            let via = !line.roundabout && vias.contains(&line.nodes[rank + 1]);
            if !cut && !via {
                continue;
            }
            let part = &line.nodes[start..=rank + 1];
            let way = extract.ways.len() as u32 + 1;
            for (via, towards) in [(part[0], part[1]), (part[part.len() - 1], part[part.len() - 2])] {
                if vias.contains(&via) && line.kind.is_for_cars() {
                    let (at, to) = (draft.at(via), draft.at(towards));
                    let heading = (to.1 - at.1).atan2(to.0 - at.0);
                    arms.entry(via).or_default().push(Arm { way, heading, oneway: line.oneway });
                }
            }
            let nodes = part
                .iter()
                .map(|node| {
                    let known = &mut identifier[*node as usize];
                    if *known == 0 {
                        let (lon, lat) = to_degrees(draft.at(*node).0, draft.at(*node).1);
                        let tags = furniture.tags.get(node).cloned().unwrap_or_default();
                        let e7 = |degrees: f64| (degrees * 1e7).round() as i32;
                        extract.nodes.push(Node { lon: e7(lon), lat: e7(lat), tags });
                        *known = extract.nodes.len() as u32;
                    }
                    *known
                })
                .collect();
            let (bridge, urban) = pieces[start];
            extract.ways.push(Way { nodes, tags: way_tags(line, number, bridge, urban) });
            start = rank + 1;
        }
    }
    for (via, arms) in arms {
        extract.relations.extend(restriction(identifier[via as usize], &arms, &mut rng));
    }
    extract
}

/// Segments (line, rank) that pass over a motorway or a river.
fn bridges(world: &World, draft: &Draft) -> BTreeSet<(u32, u32)> {
    let mut all = Vec::new();
    for (number, line) in draft.lines.iter().enumerate().filter(|(_, line)| line.kind != Kind::Ferry) {
        all.extend(segments(number as u32, &draft.spots(line)));
    }
    let river = u32::MAX;
    for of in &world.rivers {
        if let Some(course) = course(world, of) {
            all.extend(segments(river, &course));
        }
    }
    let below = |rank: usize| {
        let line = all[rank].line;
        line == river || !draft.lines[line as usize].kind.is_level()
    };
    let is_river = |rank: usize| all[rank].line == river;
    // A motorway passes under roads and over rivers.
    crossings(&all, |first, second| below(first) != below(second) || is_river(first) != is_river(second))
        .into_iter()
        .map(|crossing| {
            let (first, second) = (crossing.first, crossing.second);
            let over = if is_river(first) || (below(first) && !is_river(second)) { second } else { first };
            (all[over].line, all[over].rank)
        })
        .collect()
}

fn way_tags(line: &Line, number: usize, bridge: bool, urban: bool) -> Tags {
    let mut tags: Tags = Vec::new();
    let mut add = |key: &'static str, value: &'static str| tags.push((key, Cow::Borrowed(value)));
    let (key, value) = line.kind.tag();
    add(key, value);
    match line.kind {
        Kind::Ferry => {
            add("motor_vehicle", "yes");
            add("foot", "yes");
        }
        Kind::Motorway => add("lanes", "2"),
        _ => {}
    }
    if line.roundabout {
        add("junction", "roundabout");
    } else if line.oneway {
        add("oneway", "yes");
    }
    if bridge {
        add("bridge", "yes");
        add("layer", "1");
    }
    if urban {
        add("source:maxspeed", "FR:urban");
    }
    if let Some((key, value)) = line.extra {
        add(key, value);
    }
    // In towns most signs say 50, some say 30, and some were never surveyed.
    let draw = mix(number as u64) % 100;
    let limit = match (urban, draw) {
        (true, 0..70) => Some(50),
        (true, 70..82) => Some(30),
        (true, _) => None,
        (false, _) => line.limit,
    };
    if let Some(limit) = limit {
        tags.push(("maxspeed", Cow::Owned(limit.to_string())));
    }
    if !line.number.is_empty() {
        tags.push(("ref", Cow::Owned(line.number.clone())));
    }
    tags
}

/// A way that leaves a junction.
struct Arm {
    way: u32,
    /// Angle from east, anticlockwise, radians.
    heading: f64,
    oneway: bool,
}

/// A forbidden turn at a junction of two-way streets: most are left turns.
fn restriction(via: u32, arms: &[Arm], rng: &mut Rng) -> Option<Relation> {
    use std::f64::consts::{PI, TAU};
    let (from, straight, left, right) = arms.iter().find_map(|from| {
        // 0 straight on, positive to the left.
        let turn = |to: &Arm| (to.heading - from.heading - PI + 3.0 * PI).rem_euclid(TAU) - PI;
        let find = |low: f64, high: f64| {
            arms.iter().find(|to| to.way != from.way && (low..high).contains(&turn(to).to_degrees()))
        };
        let (straight, left, right) = (find(-35.0, 35.0)?, find(40.0, 140.0)?, find(-140.0, -40.0)?);
        let two_way = [from, straight, left, right].iter().all(|arm| !arm.oneway);
        (two_way && arms.len() == 4).then_some((from, straight, left, right))
    })?;
    let draw = rng.below(100);
    let (key, value, to) = match draw {
        0..64 => ("restriction", "no_left_turn", left),
        64..74 => ("restriction", "no_right_turn", right),
        74..84 => ("restriction", "only_straight_on", straight),
        84..92 => ("restriction", "no_u_turn", from),
        // Cars may turn all the same.
        _ => ("restriction:hgv", "no_left_turn", left),
    };
    let mut tags: Tags = vec![("type", Cow::Borrowed("restriction")), (key, Cow::Borrowed(value))];
    if draw.is_multiple_of(9) {
        tags.push(("except", Cow::Borrowed("bicycle;bus")));
    }
    let members = vec![(Member::Way(from.way), "from"), (Member::Node(via), "via"), (Member::Way(to.way), "to")];
    Some(Relation { members, tags })
}
