//! What lies around a place by road: the areas within some minutes, who lives there, what care is there, and the way to
//! the nearest of each kind.
//!
//! # How people are counted
//! A commune's inhabitants are spread over its *road points*: the nodes of the network inside its contour that can be
//! reached from some commune (a fragment of road joined to nothing would keep its share for ever). Streets are a better
//! guess of where people live than bare area. A commune without any road point counts as a whole, when its own point
//! is reached. Resources are known by commune only: they count when the commune's point is reached.

use std::fmt::Write as _;
use std::sync::Arc;

use pacte_roads::graph::{FURTHEST, NEVER, NodeId, Time};
use pacte_roads::isochrone::{Area, IsochroneError, Settings, to_geojson};
use pacte_roads::nearest::one_to_all;
use pacte_roads::network::Network;
use pacte_roads::osm::Bounds;
use pacte_roads::point::Point;
use pacte_roads::profile::Mode;
use pacte_roads::snap::Place;
use pacte_territory::{CommuneId, Territory};

use crate::atlas::ResourceKind;
use crate::travel::{Coverage, MINUTE, Stops, road_source};

mod inside;

pub use inside::communes_of;

/// How the population of an area is estimated, in French: stated wherever the figure shows.
pub const POPULATION_METHOD: &str = "population estimée : part des voies de chaque commune atteintes";
/// How resources are counted, in French.
pub const RESOURCES_METHOD: &str = "ressources comptées par commune, quand son point d’habitat est atteint";
/// Longest time that areas are drawn for, minutes.
pub const LONGEST_MINUTES: u32 = 120;
/// Most limits in one question.
pub const MOST_LIMITS: usize = 12;
/// Widths of the search for the nearest, tenths of a second.
const WIDTHS: [Time; 4] = [18_000, 36_000, 72_000, FURTHEST];
/// No commune.
const NOWHERE: CommuneId = CommuneId::MAX;

/// Why a question about a place has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReachError {
    /// A point the roads do not cover.
    #[error(
        "le point {}, {} (latitude, longitude) est hors des routes importées, qui vont de {} à {} de latitude et de {} à {} de \
         longitude : choisissez un point dans ces limites, ou importez les routes qui le couvrent",
        degrees(.point.lat), degrees(.point.lon),
        degrees(.bounds.min.lat), degrees(.bounds.max.lat), degrees(.bounds.min.lon), degrees(.bounds.max.lon)
    )]
    Outside {
        /// The point.
        point: Point,
        /// Limits of the roads.
        bounds: Bounds,
    },
    /// A point without any road nearby.
    #[error(
        "aucune route à moins de {metres} m du point {}, {} (latitude, longitude) : choisissez un point plus proche d’une route",
        degrees(.point.lat), degrees(.point.lon)
    )]
    TooFar {
        /// The point.
        point: Point,
        /// Farthest a road may be.
        metres: f64,
    },
    /// Limits that make no sense.
    #[error("minutes « {given} » : donnez de une à {MOST_LIMITS} durées entières, de 1 à {LONGEST_MINUTES} minutes")]
    Minutes {
        /// What was asked for.
        given: String,
    },
    /// Areas cannot be drawn.
    #[error(transparent)]
    Isochrone(#[from] IsochroneError),
}

/// Degrees with a comma, five decimals (a metre).
fn degrees(units: i32) -> String {
    format!("{:.5}", f64::from(units) * 1e-7).replace('.', ",")
}

/// Part of a commune within reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommuneShare {
    /// The commune.
    pub commune: CommuneId,
    /// Share of its road points reached, from 0 (not among the shares given) to 1.
    pub share: f64,
    /// Inhabitants that makes; `None` when nobody gives the commune's population.
    pub people: Option<f64>,
}

/// How many of a kind of resource are within reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResourceCount {
    /// The kind.
    pub kind: ResourceKind,
    /// How many; `None` when the territory knows nothing of this kind.
    pub count: Option<f64>,
}

/// What lies within one limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The limit, minutes.
    pub minutes: u32,
    /// Its polygons and km².
    pub area: Area,
    /// Inhabitants ([`POPULATION_METHOD`]); `None` when the territory has no population.
    pub people: Option<f64>,
    /// Communes reached in part or whole, in the order of their codes.
    pub communes: Vec<CommuneShare>,
    /// Resources of each kind, in the order of [`ResourceKind::ALL`] ([`RESOURCES_METHOD`]).
    pub resources: Vec<ResourceCount>,
}

/// What lies around a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Around {
    /// The place asked about.
    pub point: Point,
    /// Where it joins the road.
    pub road: Point,
    /// Metres between the two.
    pub snap_metres: f64,
    /// One band per limit, from the shortest to the longest. Each holds all of the one before.
    pub bands: Vec<Band>,
    /// Whose the roads are, in French.
    pub source: String,
    /// The profile's French title.
    pub profile: String,
}

impl Around {
    /// The areas as GeoJSON (RFC 7946), one feature a limit, the longest first so that shorter ones are drawn over it.
    /// Properties: `minutes`, `km2`, `population`, `population_methode`, `communes`, one per kind of resource (BPE name of
    /// [`ResourceKind::concept`]), `profil`, `source`.
    pub fn geojson(&self) -> String {
        let areas: Vec<Area> = self.bands.iter().rev().map(|band| band.area.clone()).collect();
        let mut bands = self.bands.iter().rev();
        to_geojson(&areas, |area| {
            let Some(band) = bands.next() else { return "{}".to_owned() };
            let mut text = format!("{{\"minutes\":{},\"km2\":{:.3}", band.minutes, area.km2);
            // Writing to a string does not fail.
            let _ = match band.people {
                Some(people) => write!(text, ",\"population\":{people:.0}"),
                None => write!(text, ",\"population\":null"),
            };
            let _ = write!(
                text,
                ",\"population_methode\":{},\"communes\":{}",
                quoted(POPULATION_METHOD),
                band.communes.len()
            );
            for resource in &band.resources {
                let _ = match resource.count {
                    Some(count) => write!(text, ",\"{}\":{count:.0}", resource.kind.concept()),
                    None => write!(text, ",\"{}\":null", resource.kind.concept()),
                };
            }
            let _ = write!(text, ",\"profil\":{},\"source\":{}}}", quoted(&self.profile), quoted(&self.source));
            text
        })
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            control if control < ' ' => {
                // Writing to a string does not fail.
                let _ = write!(quoted, "\\u{:04x}", control as u32);
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The way to the nearest resource of a kind.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestByRoad {
    /// The kind.
    pub kind: ResourceKind,
    /// Commune it stands in.
    pub commune: CommuneId,
    /// How many stand there.
    pub count: f64,
    /// Tenths of a second.
    pub time: Time,
    /// Metres along the roads.
    pub metres: f64,
    /// Points of the way, from the place asked about to the commune's point.
    pub line: Vec<Point>,
}

impl NearestByRoad {
    /// Minutes.
    pub fn minutes(&self) -> f64 {
        f64::from(self.time) / MINUTE
    }
}

/// A territory and a road network put together, once for every question.
#[derive(Debug)]
pub struct Surroundings {
    territory: Arc<Territory>,
    network: Arc<Network>,
    coverage: Coverage,
    stops: Stops,
    /// Commune of each node that counts as a road point, [`NOWHERE`] for the others.
    commune_of: Vec<CommuneId>,
    /// Road points of each commune.
    road_points: Vec<u32>,
    source: String,
}

impl Surroundings {
    /// Joins communes to the network and finds the commune of every node: seconds for a country.
    pub fn new(territory: Arc<Territory>, network: Arc<Network>) -> Self {
        let (coverage, places) = Coverage::of(&territory, &network);
        let stops = Stops::new(Arc::clone(&network), places);
        let points: Vec<Point> = (0..network.nodes()).map(|node| network.point(node)).collect();
        let mut commune_of = communes_of(&territory, &points);
        // Copies of a junction with forbidden turns come next to each other: the first stands for all.
        for node in (1..points.len()).rev() {
            if points[node] == points[node - 1] {
                commune_of[node] = None;
            }
        }
        let reachable = reachable(&network, &stops);
        let mut road_points = vec![0_u32; territory.len()];
        let commune_of: Vec<CommuneId> = (0..points.len())
            .map(|node| {
                let mut copies = node..points.len();
                let same = copies.clone().take_while(|copy| points[*copy] == points[node]).count();
                copies.end = copies.start + same;
                let reached = copies.into_iter().any(|copy| reachable[copy] != NEVER);
                let commune = commune_of[node].filter(|_| reached).unwrap_or(NOWHERE);
                if commune != NOWHERE {
                    road_points[commune as usize] += 1;
                }
                commune
            })
            .collect();
        let source = road_source(&territory, &network);
        Self { territory, network, coverage, stops, commune_of, road_points, source }
    }

    /// The territory.
    pub fn territory(&self) -> &Arc<Territory> {
        &self.territory
    }

    /// The network.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// Which communes are joined.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Whose the roads are and of when, in French: must stand wherever they show.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Limits of the roads, `None` when the files held none.
    pub fn bounds(&self) -> Option<Bounds> {
        self.network.about().extract.bounds
    }

    /// Where a commune joins the network; `None` when it does not.
    pub fn commune_place(&self, commune: CommuneId) -> Option<&Place> {
        self.stops.place(commune)
    }

    /// Road points of a commune: what its population is spread over.
    pub fn road_points(&self, commune: CommuneId) -> u32 {
        self.road_points.get(commune as usize).copied().unwrap_or(0)
    }

    /// Communes with a resource of a kind that the network does not join: never found by [`Self::nearest`] nor counted.
    pub fn out_of_reach(&self, kind: ResourceKind) -> Vec<CommuneId> {
        let missing = self.coverage.missing();
        let column = self.territory.latest(&format!("supply.{}", kind.concept()));
        let stands =
            |commune: &CommuneId| column.and_then(|column| column.get(*commune)).is_some_and(|count| count > 0.0);
        missing.into_iter().filter(stands).collect()
    }

    /// Joins a place to the network.
    ///
    /// # Errors
    /// When the place is outside the roads or too far from any.
    pub fn place(&self, point: Point) -> Result<Place, ReachError> {
        self.network.place(point).ok_or_else(|| {
            let metres = self.network.about().snap.max_metres;
            match self.bounds() {
                Some(bounds) if !within(bounds, point) => ReachError::Outside { point, bounds },
                _ => ReachError::TooFar { point, metres },
            }
        })
    }

    /// Areas within some minutes of a place, with their people and resources. Minutes may come in any order; bands come
    /// sorted, each minute once.
    ///
    /// # Errors
    /// When the place cannot be joined, or minutes make no sense.
    pub fn around(&self, point: Point, minutes: &[u32]) -> Result<Around, ReachError> {
        let mut limits = minutes.to_vec();
        limits.sort_unstable();
        limits.dedup();
        let sensible = limits.iter().all(|minutes| (1..=LONGEST_MINUTES).contains(minutes));
        let longest = match limits.last() {
            Some(longest) if sensible && limits.len() <= MOST_LIMITS => *longest,
            _ => {
                let given: Vec<String> = minutes.iter().map(ToString::to_string).collect();
                return Err(ReachError::Minutes { given: given.join(",") });
            }
        };
        let place = self.place(point)?;
        let settings = if self.network.about().mode == Mode::Foot { Settings::WALK } else { Settings::DRIVE };
        let times: Vec<Time> = limits.iter().map(|minutes| minutes * MINUTE as Time).collect();
        let reach = self.network.reach(&place, longest * MINUTE as Time, settings)?;
        let areas = reach.surface.areas(&times);
        let shares = self.shares(&reach.nodes, &times);
        let row = self.stops.around(&place, longest * MINUTE as Time);
        let bands = limits.iter().zip(&times).zip(areas).zip(shares);
        let bands = bands.map(|(((minutes, limit), area), points)| self.band(*minutes, *limit, area, &points, &row));
        Ok(Around {
            point,
            road: place.snap.point,
            snap_metres: place.snap.metres,
            bands: bands.collect(),
            source: self.source.clone(),
            profile: self.network.about().label.clone(),
        })
    }

    /// Road points of each commune reached within each limit (ascending).
    fn shares(&self, nodes: &[(NodeId, Time)], limits: &[Time]) -> Vec<Vec<u32>> {
        let mut first = vec![0_u32; self.road_points.len()];
        let mut counts = Vec::with_capacity(limits.len());
        let mut nodes = nodes.iter().peekable();
        // A junction counts once, when the first of its copies is reached: they come one after the other.
        let mut met = rustc_hash::FxHashSet::default();
        for limit in limits {
            while let Some((node, _)) = nodes.next_if(|(_, time)| time <= limit) {
                let mut head = *node;
                while head > 0 && self.network.point(head - 1) == self.network.point(*node) {
                    head -= 1;
                }
                let next = self.network.nodes().min(*node + 1);
                let copied = head != *node
                    || (next < self.network.nodes() && self.network.point(next) == self.network.point(*node));
                let commune = self.commune_of[head as usize];
                if commune != NOWHERE && (!copied || met.insert(head)) {
                    first[commune as usize] += 1;
                }
            }
            counts.push(first.clone());
        }
        counts
    }

    fn band(&self, minutes: u32, limit: Time, area: Area, points: &[u32], row: &[(CommuneId, Time)]) -> Band {
        let territory = &self.territory;
        let population = territory.latest("population.municipal");
        let mut reached = vec![false; territory.len()];
        for (commune, _) in row.iter().take_while(|(_, time)| *time <= limit) {
            reached[*commune as usize] = true;
        }
        let communes: Vec<CommuneShare> = (0..territory.len() as CommuneId)
            .filter_map(|commune| {
                let id = commune as usize;
                let share = match self.road_points[id] {
                    0 => f64::from(u8::from(reached[id])),
                    all => f64::from(points[id]) / f64::from(all),
                };
                let people = population.and_then(|column| column.get(commune)).map(|people| people * share);
                (share > 0.0).then_some(CommuneShare { commune, share, people })
            })
            .collect();
        let resources = ResourceKind::ALL
            .into_iter()
            .map(|kind| {
                let column = territory.latest(&format!("supply.{}", kind.concept()));
                let count = column.map(|column| {
                    let there = (0_u32..).zip(&reached).filter(|(_, reached)| **reached);
                    there.filter_map(|(commune, _)| column.get(commune)).sum()
                });
                ResourceCount { kind, count }
            })
            .collect();
        Band {
            minutes,
            area,
            people: population.map(|_| communes.iter().filter_map(|share| share.people).sum()),
            communes,
            resources,
        }
    }

    /// The nearest resource of each kind and the way there, in the order asked; a kind that the
    /// territory does not know or that no road leads to is left out. Resources stand at their commune's point.
    ///
    /// # Errors
    /// When the place cannot be joined.
    pub fn nearest(&self, point: Point, kinds: &[ResourceKind]) -> Result<Vec<NearestByRoad>, ReachError> {
        let place = self.place(point)?;
        let columns: Vec<_> =
            kinds.iter().map(|kind| self.territory.latest(&format!("supply.{}", kind.concept()))).collect();
        let stands = |kind: usize, commune: CommuneId| {
            columns[kind].and_then(|column| column.get(commune)).filter(|count| *count > 0.0)
        };
        // A kind that stands nowhere on the network would send the search to its end.
        let sought: Vec<usize> = (0..kinds.len())
            .filter(|kind| self.stops.communes.iter().any(|commune| stands(*kind, *commune).is_some()))
            .collect();
        let mut found: Vec<Option<(CommuneId, f64)>> = vec![None; kinds.len()];
        for width in WIDTHS {
            if sought.iter().all(|kind| found[*kind].is_some()) {
                break;
            }
            let row = self.stops.around(&place, width);
            for kind in &sought {
                if found[*kind].is_none() {
                    found[*kind] = row.iter().find_map(|(commune, _)| Some((*commune, stands(*kind, *commune)?)));
                }
            }
        }
        let ways = kinds.iter().zip(found).filter_map(|(kind, found)| {
            let (commune, count) = found?;
            let way = self.network.journey(&place, self.stops.place(commune)?, FURTHEST)?;
            Some(NearestByRoad { kind: *kind, commune, count, time: way.time, metres: way.metres, line: way.line })
        });
        Ok(ways.collect())
    }
}

fn within(bounds: Bounds, point: Point) -> bool {
    (bounds.min.lon..=bounds.max.lon).contains(&point.lon) && (bounds.min.lat..=bounds.max.lat).contains(&point.lat)
}

/// Time to every node from whichever commune is nearest: [`NEVER`] for the nodes that nobody can reach from any commune.
/// Where no commune is joined, from somewhere on the network.
fn reachable(network: &Network, stops: &Stops) -> Vec<Time> {
    let mut seeds: Vec<(NodeId, Time)> =
        stops.places.iter().flat_map(|place| place.departures.iter().copied()).collect();
    seeds.sort_unstable();
    seeds.dedup_by_key(|(node, _)| *node);
    if seeds.is_empty() {
        let step = (network.nodes() / 64).max(1) as usize;
        let mut tried = (0..network.nodes()).step_by(step).filter_map(|node| network.place(network.point(node)));
        seeds = tried.next().map(|place| place.departures).unwrap_or_default();
    }
    one_to_all(network.hierarchy(), &seeds)
}
