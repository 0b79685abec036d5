//! The graph of neighbouring communes: which ones a trip crosses, how long the detour is, how dense the way.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use pacte_territory::geodesy::{EARTH_RADIUS_KM, unit_sphere};
use pacte_territory::{CommuneId, Territory};

use super::parameters::ModelParameters;
use super::points::habitat_points;

/// Communes as nodes, shared borders (and fixed links over water) as edges.
#[derive(Clone, Debug)]
pub struct Network {
    /// Point on the unit sphere; `None` for a commune nobody located.
    points: Vec<Option<[f64; 3]>>,
    offsets: Vec<u32>,
    edges: Vec<(CommuneId, f32)>,
    /// Decimal logarithm of 1 + inhabitants per km² / 100.
    log_density: Vec<f64>,
}

/// What a trip from one commune to another goes through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// Straight km between the two points.
    pub crow_km: f64,
    /// Km along the shortest chain of neighbouring communes.
    pub path_km: f64,
    /// Mean along the chain of log10(1 + inhabitants per km² / 100).
    pub log_density: f64,
}

/// Working memory of a search, kept per thread: clearing arrays of the size of the country would cost more than searching.
#[derive(Default)]
struct Scratch {
    round: u32,
    /// Round in which the node was last reached, then its km and the integral along its path.
    nodes: Vec<Node>,
    heap: BinaryHeap<Reverse<(u64, CommuneId)>>,
}

#[derive(Clone, Copy, Default)]
struct Node {
    round: u32,
    settled: bool,
    km: f64,
    log_density_km: f64,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Inhabitants per km² assumed where population or area are missing: the median commune.
const UNKNOWN_DENSITY: f64 = 40.0;

impl Network {
    /// Builds the graph from the territory's adjacency, populations and areas.
    ///
    /// Without `area.km2` or `population.municipal` every commune is given the density of the median one.
    pub fn new(territory: &Territory, parameters: &ModelParameters) -> Self {
        let points: Vec<Option<[f64; 3]>> = habitat_points(territory)
            .into_iter()
            .map(|(lon, lat)| lon.is_finite().then(|| unit_sphere(lon, lat)))
            .collect();
        let links = parameters.links.iter().filter_map(|link| {
            Some((territory.commune(link.from.parse().ok()?)?, territory.commune(link.to.parse().ok()?)?))
        });
        let mut pairs: Vec<(CommuneId, CommuneId, f32)> = territory
            .adjacency
            .iter()
            .map(|&(a, b, _)| (a, b))
            .chain(links)
            .filter_map(|(a, b)| Some((a, b, distance(points[a as usize]?, points[b as usize]?) as f32)))
            .flat_map(|(a, b, km)| [(a, b, km), (b, a, km)])
            .collect();
        pairs.sort_unstable_by_key(|&(a, b, _)| (a, b));
        pairs.dedup_by_key(|&mut (a, b, _)| (a, b));
        let mut offsets = vec![0_u32; points.len() + 1];
        for &(a, _, _) in &pairs {
            offsets[a as usize + 1] += 1;
        }
        for i in 1..offsets.len() {
            offsets[i] += offsets[i - 1];
        }
        Self {
            offsets,
            edges: pairs.into_iter().map(|(_, b, km)| (b, km)).collect(),
            log_density: densities(territory).iter().map(|density| (1.0 + density / 100.0).log10()).collect(),
            points,
        }
    }

    /// Number of communes.
    pub fn len(&self) -> u32 {
        self.points.len() as u32
    }

    /// Whether there is no commune.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Straight km between two communes' points.
    pub fn crow_km(&self, a: CommuneId, b: CommuneId) -> Option<f64> {
        Some(distance(self.points[a as usize]?, self.points[b as usize]?))
    }

    /// Visits communes by increasing km along chains of neighbours, `origin` excluded, until the path is longer than the
    /// km the last call returned; `reach` is the km before the first call.
    pub fn explore(&self, origin: CommuneId, reach: f64, visit: &mut dyn FnMut(CommuneId, Way) -> f64) {
        let Some(start) = self.points[origin as usize] else { return };
        // Taken, not borrowed: a visitor may start a search of its own.
        let mut scratch = SCRATCH.take();
        if scratch.nodes.len() < self.points.len() || scratch.round == u32::MAX {
            scratch.nodes = vec![Node::default(); self.points.len()];
            scratch.round = 0;
        }
        scratch.round += 1;
        scratch.heap.clear();
        let round = scratch.round;
        scratch.nodes[origin as usize] = Node { round, ..Node::default() };
        scratch.heap.push(Reverse((0, origin)));
        let mut reach = reach;
        while let Some(Reverse((bits, node))) = scratch.heap.pop() {
            // Bits of positive floats sort as the floats do.
            let km = f64::from_bits(bits);
            if km > reach {
                break;
            }
            let here = scratch.nodes[node as usize];
            if here.settled {
                continue;
            }
            scratch.nodes[node as usize].settled = true;
            if node != origin {
                let end = self.points[node as usize].unwrap_or(start);
                let log_density = if km > 0.0 { here.log_density_km / km } else { self.log_density[node as usize] };
                reach = visit(node, Way { crow_km: distance(start, end), path_km: km, log_density });
            }
            for &(next, step) in self.edges_of(node) {
                let step = f64::from(step);
                let to = &mut scratch.nodes[next as usize];
                let fresh = to.round != round;
                if fresh || (!to.settled && km + step < to.km) {
                    let half = step / 2.0;
                    *to = Node {
                        round,
                        settled: false,
                        km: km + step,
                        log_density_km: here.log_density_km
                            + half * (self.log_density[node as usize] + self.log_density[next as usize]),
                    };
                    scratch.heap.push(Reverse(((km + step).to_bits(), next)));
                }
            }
        }
        SCRATCH.set(scratch);
    }

    /// The way from one commune to another, `None` when no chain of neighbours joins them. A commune to itself is a way
    /// of 0 km through its own density.
    pub fn way(&self, origin: CommuneId, destination: CommuneId) -> Option<Way> {
        if origin == destination {
            return Some(Way { crow_km: 0.0, path_km: 0.0, log_density: self.log_density[origin as usize] });
        }
        let mut found = None;
        self.explore(origin, f64::INFINITY, &mut |node, way| {
            if node == destination {
                found = Some(way);
                return -1.0;
            }
            f64::INFINITY
        });
        found
    }

    fn edges_of(&self, node: CommuneId) -> &[(CommuneId, f32)] {
        &self.edges[self.offsets[node as usize] as usize..self.offsets[node as usize + 1] as usize]
    }
}

/// Km between two points of the unit sphere; the series is good to a centimetre at 500 km.
fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    let chord2: f64 = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum();
    EARTH_RADIUS_KM * chord2.sqrt() * (1.0 + chord2 / 24.0)
}

/// Inhabitants per km² of each commune.
fn densities(territory: &Territory) -> Vec<f64> {
    let (people, area) = (territory.latest("population.municipal"), territory.latest("area.km2"));
    (0..territory.len() as u32)
        .map(|commune| {
            let people = people.and_then(|column| column.get(commune));
            let area = area.and_then(|column| column.get(commune)).filter(|km2| *km2 > 0.0);
            people.zip(area).map_or(UNKNOWN_DENSITY, |(people, km2)| people / km2)
        })
        .collect()
}
