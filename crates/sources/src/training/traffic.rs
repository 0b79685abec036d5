//! What regulates traffic on the drawn network — signals, signs, barriers — and the proof that a car can still go from anywhere
//! to anywhere.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Kind, Line, Nearby, apart, between};
use super::osm_file::Tags;
use super::rng::Rng;
use super::weave::{self, Splice};

/// Longest street drawn to tie an isolated part of the network to the rest, km.
const TIE_KM: f64 = 2.0;

/// What stands on points of the network.
#[derive(Default)]
pub(super) struct Furniture {
    /// Tags of each point that has some.
    pub(super) tags: BTreeMap<u32, Tags>,
    /// Junctions with signals, in order.
    pub(super) signals: Vec<u32>,
    /// Points that stop cars on ways open to them.
    bollards: BTreeSet<u32>,
}

fn tags(pairs: &[(&'static str, &'static str)]) -> Tags {
    pairs.iter().map(|(key, value)| (*key, Cow::Borrowed(*value))).collect()
}

/// How many pieces of road meet at each point, and how many of them are greater roads.
#[derive(Clone, Copy, Default)]
struct Meeting {
    cars: u8,
    main: u8,
    ring: bool,
}

fn meetings(draft: &Draft) -> Vec<Meeting> {
    let mut meetings = vec![Meeting::default(); draft.points.len()];
    for line in draft.lines.iter().filter(|line| line.kind.is_for_cars() && line.kind.is_level()) {
        for node in line.nodes.windows(2).flatten() {
            let meeting = &mut meetings[*node as usize];
            meeting.cars += 1;
            meeting.main += u8::from(line.kind >= Kind::Tertiary);
            meeting.ring |= line.roundabout;
        }
    }
    meetings
}

/// Puts up signals where avenues meet in towns (`in_town` gives the people of the town around a point), signs where lesser
/// roads end on greater ones, barriers on drives, tracks and a few streets.
pub(super) fn furnish(seed: u64, draft: &mut Draft, in_town: impl Fn(u32, &Draft) -> Option<f64>) -> Furniture {
    let mut rng = Rng::new(seed, "circulation");
    let mut furniture = Furniture::default();
    let meetings = meetings(draft);
    for (node, meeting) in meetings.iter().enumerate() {
        let share = match (meeting.cars, meeting.main) {
            (4.., 3..) => 0.6,
            (4.., 2) => 0.10,
            _ => continue,
        };
        let node = node as u32;
        if !meeting.ring && in_town(node, draft).is_some_and(|people| people > 6000.0) && rng.chance(share) {
            furniture.tags.insert(node, tags(&[("highway", "traffic_signals")]));
            furniture.signals.push(node);
        }
    }
    let mut splices = Vec::new();
    for number in 0..draft.lines.len() {
        signs(draft, number as u32, &meetings, &mut rng, &mut furniture, &mut splices);
        barriers(draft, number as u32, &meetings, &mut rng, &mut furniture, &mut splices);
    }
    weave::put(draft, splices);
    furniture
}

/// A stop or a give-way sign a few metres before the end of a lesser road on a greater one.
fn signs(
    draft: &mut Draft,
    number: u32,
    meetings: &[Meeting],
    rng: &mut Rng,
    furniture: &mut Furniture,
    splices: &mut Vec<Splice>,
) {
    const BEFORE_KM: f64 = 0.009;
    let line = &draft.lines[number as usize];
    if !(Kind::Residential..=Kind::Tertiary).contains(&line.kind) || line.oneway || line.nodes.len() < 2 {
        return;
    }
    let last = line.nodes.len() - 1;
    for (end, segment, direction) in [(0, 0, "backward"), (last, last - 1, "forward")] {
        let node = line.nodes[end];
        let inner = line.nodes[if end == 0 { 1 } else { last - 1 }];
        let meeting = meetings[node as usize];
        let greater = meeting.main >= 2 && !meeting.ring && line.kind < Kind::Tertiary
            || meeting.main >= 3 && !meeting.ring && line.kind == Kind::Tertiary;
        let length = apart(draft.points[node as usize], draft.points[inner as usize]);
        if !greater || furniture.tags.contains_key(&node) || length < 4.0 * BEFORE_KM || !rng.chance(0.12) {
            continue;
        }
        let share = BEFORE_KM / length;
        let sign = if rng.chance(0.4) { "stop" } else { "give_way" };
        let at = between(draft.points[node as usize], draft.points[inner as usize], share);
        draft.points.push(at);
        let node = draft.points.len() as u32 - 1;
        furniture.tags.insert(node, tags(&[("highway", sign), ("direction", direction)]));
        let t = if end == 0 { share } else { 1.0 - share };
        splices.push(Splice { line: number, segment: segment as u32, t, node });
        if last == 1 {
            // One sign is enough for a single piece of street.
            return;
        }
    }
}

impl From<Barrier> for Tags {
    fn from(barrier: Barrier) -> Self {
        match barrier {
            Barrier::Gate => tags(&[("barrier", "gate"), ("access", "private")]),
            Barrier::Lift => tags(&[("barrier", "lift_gate"), ("access", "private"), ("foot", "yes")]),
            Barrier::Bollard => tags(&[("barrier", "bollard"), ("motor_vehicle", "no"), ("foot", "yes")]),
        }
    }
}

/// What bars a way.
#[derive(Clone, Copy)]
enum Barrier {
    Gate,
    Lift,
    Bollard,
}

/// Gates on drives and tracks, bollards on pedestrian streets and, here and there, in the middle of an ordinary one.
fn barriers(
    draft: &mut Draft,
    number: u32,
    meetings: &[Meeting],
    rng: &mut Rng,
    furniture: &mut Furniture,
    splices: &mut Vec<Splice>,
) {
    let line = &draft.lines[number as usize];
    let open = |node: u32| meetings.get(node as usize).is_some_and(|meeting| meeting.cars >= 3);
    let ends = [line.nodes[0], line.nodes[line.nodes.len() - 1]];
    let (barrier, share) = match line.kind {
        Kind::Private if rng.chance(0.3) => (Barrier::Lift, 0.5),
        Kind::Private => (Barrier::Gate, 0.35),
        Kind::Track => (Barrier::Gate, 0.08),
        Kind::Pedestrian => (Barrier::Bollard, 0.5),
        Kind::Residential if !line.oneway && line.nodes.len() == 2 && open(ends[0]) && open(ends[1]) => {
            (Barrier::Bollard, 0.04)
        }
        _ => return,
    };
    let (a, b) = (draft.at(line.nodes[0]), draft.at(line.nodes[1]));
    // A sign may stand in that piece already: it keeps its place, nearer to the end.
    if apart(a, b) < 0.03 || !rng.chance(share) {
        return;
    }
    let for_cars = line.kind.is_for_cars();
    let node = draft.point(between(a, b, 0.4));
    furniture.tags.insert(node, barrier.into());
    if for_cars {
        furniture.bollards.insert(node);
    }
    splices.push(Splice { line: number, segment: 0, t: 0.4, node });
}

/// Ties the parts of the network that no road joins to the rest: a street to the nearest point, else they go.
pub(super) fn tie(draft: &mut Draft) {
    let mut root: Vec<u32> = (0..draft.points.len() as u32).collect();
    let is_road = |line: &Line| line.kind.is_for_cars();
    for line in draft.lines.iter().filter(|line| is_road(line)) {
        for pair in line.nodes.windows(2) {
            let (a, b) = (top(&mut root, pair[0]), top(&mut root, pair[1]));
            root[a.max(b) as usize] = a.min(b);
        }
    }
    let mut parts: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for line in draft.lines.iter().filter(|line| is_road(line)) {
        parts.entry(top(&mut root, line.nodes[0])).or_default().extend(&line.nodes);
    }
    let Some((&main, _)) = parts.iter().max_by_key(|(part, nodes)| (nodes.len(), std::cmp::Reverse(**part))) else {
        return;
    };
    let mut nearby = Nearby::new();
    for line in draft.lines.iter().filter(|line| is_road(line) && line.kind.is_level()) {
        for node in line.nodes.iter().filter(|node| top(&mut root, **node) == main) {
            nearby.insert(*node, draft.at(*node));
        }
    }
    let mut lost = BTreeSet::new();
    for (part, nodes) in parts.iter().filter(|(part, _)| **part != main) {
        let ties = nodes.iter().filter_map(|node| {
            let (to, away) = nearby.nearest(&draft.points, draft.at(*node), TIE_KM, |_| true)?;
            Some((away, *node, to))
        });
        match ties.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))) {
            Some((_, from, to)) => draft.lines.push(Line::new(Kind::Residential, vec![from, to])),
            None => {
                lost.insert(*part);
            }
        }
    }
    draft.lines.retain(|line| !is_road(line) || !lost.contains(&top(&mut root, line.nodes[0])));
}

fn top(root: &mut [u32], node: u32) -> u32 {
    let mut node = node;
    while root[node as usize] != node {
        root[node as usize] = root[root[node as usize] as usize];
        node = root[node as usize];
    }
    node
}

/// Opens what keeps a car from going from any road to any other and back: one-way streets first become two-way, then bollards
/// go. `home` is a point of the network.
pub(super) fn open_up(draft: &mut Draft, furniture: &mut Furniture, home: u32) {
    loop {
        let sound = |nodes: &[bool], node: u32| nodes[node as usize];
        let ahead = reached(draft, &furniture.bollards, home, false);
        let behind = reached(draft, &furniture.bollards, home, true);
        let cut: Vec<bool> = (0..draft.points.len() as u32).map(|n| !(sound(&ahead, n) && sound(&behind, n))).collect();
        let mut changed = false;
        for line in draft.lines.iter_mut().filter(|line| line.kind.is_for_cars()) {
            let barred = |node: &u32| cut[*node as usize] && !furniture.bollards.contains(node);
            if line.oneway && !line.roundabout && line.kind < Kind::MotorwayLink && line.nodes.iter().any(barred) {
                line.oneway = false;
                changed = true;
            }
        }
        if !changed {
            let mut lifted = Vec::new();
            for pair in draft.lines.iter().filter(|l| l.kind.is_for_cars()).flat_map(|line| line.nodes.windows(2)) {
                for (post, other) in [(pair[0], pair[1]), (pair[1], pair[0])] {
                    let barred = cut[other as usize] && !furniture.bollards.contains(&other);
                    if barred && furniture.bollards.contains(&post) {
                        lifted.push(post);
                    }
                }
            }
            for post in lifted {
                furniture.bollards.remove(&post);
                furniture.tags.remove(&post);
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// Points a car reaches from `home`, or that reach it.
fn reached(draft: &Draft, bollards: &BTreeSet<u32>, home: u32, backwards: bool) -> Vec<bool> {
    let mut links: Vec<Vec<u32>> = vec![Vec::new(); draft.points.len()];
    for line in draft.lines.iter().filter(|line| line.kind.is_for_cars()) {
        for pair in line.nodes.windows(2) {
            if !line.oneway || !backwards {
                links[pair[0] as usize].push(pair[1]);
            }
            if !line.oneway || backwards {
                links[pair[1] as usize].push(pair[0]);
            }
        }
    }
    let mut seen = vec![false; draft.points.len()];
    seen[home as usize] = true;
    let mut stack = vec![home];
    while let Some(node) = stack.pop() {
        if bollards.contains(&node) {
            continue;
        }
        for next in &links[node as usize] {
            if !seen[*next as usize] {
                seen[*next as usize] = true;
                stack.push(*next);
            }
        }
    }
    seen
}
