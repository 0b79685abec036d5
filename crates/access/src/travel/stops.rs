//! Communes as stops of a road network: where each joins it, and the times to all of them from anywhere.

use std::sync::{Arc, Mutex, PoisonError};

use pacte_roads::graph::{NEVER, NodeId, Time};
use pacte_roads::nearest::one_to_all;
use pacte_roads::network::Network;
use pacte_roads::point::Point;
use pacte_roads::search::Bounded;
use pacte_roads::snap::Place;
use pacte_territory::{CommuneId, Territory};

use super::habitat_points;

/// Longest limit a search looks up to, tenths of a second (2 hours): beyond, one sweep over the whole network is cheaper,
/// and a search keeps a bucket for every tenth of a second.
const LONGEST_SEARCH: Time = 72_000;

/// Which communes of a territory a road network joins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Communes joined to the network.
    pub joined: u32,
    /// Communes whose point nobody gives, in the order of their codes.
    pub unlocated: Vec<CommuneId>,
    /// Communes farther from any road than the profile allows: outside the extracts, or islands without roads.
    pub too_far: Vec<CommuneId>,
    /// Farthest a joined commune's point lies from the road, metres; 0 when none is joined.
    pub longest_snap_metres: f64,
    /// The commune it is; `None` when none is joined.
    pub longest_snap: Option<CommuneId>,
}

impl Coverage {
    /// Joins the habitat points of a territory ([`habitat_points`]: those of the model, so that both sources of times talk
    /// of the same places) to a network. Places are in commune order, `None` where a commune is not joined.
    pub fn of(territory: &Territory, network: &Network) -> (Self, Vec<Option<Place>>) {
        let located: Vec<Option<Point>> = habitat_points(territory)
            .into_iter()
            .map(|(lon, lat)| lon.is_finite().then(|| Point::from_degrees(lon, lat)))
            .collect();
        let known: Vec<Point> = located.iter().flatten().copied().collect();
        let mut found = network.places(&known).into_iter();
        let mut coverage = Self::default();
        let mut places = Vec::with_capacity(located.len());
        for (commune, point) in (0_u32..).zip(&located) {
            let place = point.and_then(|_| found.next().flatten());
            match (point, &place) {
                (None, _) => coverage.unlocated.push(commune),
                (Some(_), None) => coverage.too_far.push(commune),
                (Some(_), Some(place)) => {
                    coverage.joined += 1;
                    if coverage.longest_snap.is_none() || place.snap.metres > coverage.longest_snap_metres {
                        coverage.longest_snap_metres = place.snap.metres;
                        coverage.longest_snap = Some(commune);
                    }
                }
            }
            places.push(place);
        }
        (coverage, places)
    }

    /// Communes not joined, in the order of their codes.
    pub fn missing(&self) -> Vec<CommuneId> {
        let mut all: Vec<CommuneId> = self.unlocated.iter().chain(&self.too_far).copied().collect();
        all.sort_unstable();
        all
    }
}

/// Communes joined to a network.
pub(crate) struct Stops {
    pub(crate) network: Arc<Network>,
    /// Communes joined, ascending.
    pub(crate) communes: Vec<CommuneId>,
    /// Where each of them joins.
    pub(crate) places: Vec<Place>,
    /// Rank in `communes` of each commune of the territory.
    pub(crate) rank: Vec<Option<u32>>,
    /// Edge of each stop and its rank, ascending: two places on one edge need no node between them.
    by_edge: Vec<(u32, u32)>,
    /// Working memory of searches, lent to one at a time and kept for the next.
    idle: Mutex<Vec<Bounded>>,
}

impl std::fmt::Debug for Stops {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stops").field("communes", &self.communes.len()).finish_non_exhaustive()
    }
}

impl Stops {
    pub(crate) fn new(network: Arc<Network>, places: Vec<Option<Place>>) -> Self {
        let mut rank = vec![None; places.len()];
        let (mut communes, mut joined) = (Vec::new(), Vec::new());
        for (commune, place) in (0_u32..).zip(places) {
            if let Some(place) = place {
                rank[commune as usize] = Some(communes.len() as u32);
                communes.push(commune);
                joined.push(place);
            }
        }
        let mut by_edge: Vec<(u32, u32)> = (0..).zip(&joined).map(|(rank, place)| (place.snap.edge, rank)).collect();
        by_edge.sort_unstable();
        Self { network, communes, places: joined, rank, by_edge, idle: Mutex::default() }
    }

    /// Where a commune joins the network.
    pub(crate) fn place(&self, commune: CommuneId) -> Option<&Place> {
        self.rank.get(commune as usize).copied().flatten().map(|rank| &self.places[rank as usize])
    }

    /// Ranks of the stops on an edge, ascending.
    pub(crate) fn on_edge(&self, edge: u32) -> impl Iterator<Item = u32> + '_ {
        let start = self.by_edge.partition_point(|(other, _)| *other < edge);
        self.by_edge[start..].iter().take_while(move |(other, _)| *other == edge).map(|(_, rank)| *rank)
    }

    /// Communes within `limit` of a place and the times to them, nearest first, ties by code.
    pub(crate) fn around(&self, from: &Place, limit: Time) -> Vec<(CommuneId, Time)> {
        let mut times = if limit > LONGEST_SEARCH {
            let times = one_to_all(self.network.hierarchy(), &from.departures);
            self.arrivals(|node| times[node as usize])
        } else {
            let mut search = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            search.search(self.network.graph(), &from.departures, limit);
            let times = self.arrivals(|node| search.time(node));
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(search);
            times
        };
        for rank in self.on_edge(from.snap.edge) {
            times[rank as usize] = self.network.time(from, &self.places[rank as usize], limit).unwrap_or(NEVER);
        }
        let mut row: Vec<(CommuneId, Time)> =
            self.communes.iter().copied().zip(times).filter(|(_, time)| *time <= limit).collect();
        row.sort_unstable_by_key(|(commune, time)| (*time, *commune));
        row
    }

    /// Least time to each stop, from the times to nodes.
    fn arrivals(&self, time: impl Fn(NodeId) -> Time) -> Vec<Time> {
        let least = |place: &Place| place.arrivals.iter().map(|(node, rest)| time(*node).saturating_add(*rest)).min();
        self.places.iter().map(|place| least(place).unwrap_or(NEVER)).collect()
    }
}
