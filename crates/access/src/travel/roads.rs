//! Travel times by real roads, completed by the model where no road leads to a commune.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pacte_roads::graph::{FURTHEST, Time};
use pacte_roads::network::Network;
use pacte_roads::snap::Place;
use pacte_territory::{CommuneId, Nature, Territory};
use rayon::prelude::*;

use super::stops::{Coverage, Stops};
use super::{Model, Nearest, TravelMethod, TravelTimes, look};
use crate::french::{comma, lower_first};
use crate::od::OdMatrix;

/// Tenths of a second in a minute.
pub(crate) const MINUTE: f64 = 600.0;
/// Widths of a search around a commune, tenths of a second: 30 minutes, an hour, two, then the whole network.
const WIDTHS: [Time; 4] = [18_000, 36_000, 72_000, FURTHEST];
/// First limit of the sweep for the nearest: 7 hours. Up to 16,383 targets then fit in words of 32 bits, half the memory
/// to move; who reaches nothing is swept again without a limit.
const FIRST_SWEEP: Time = 252_000;

/// Up to this many origins, a search from each is cheaper than a table of many to many.
const FEW_ORIGINS: usize = 8;

/// Travel times by road. Between two communes joined to the network the time is the road's, even when it means that no
/// road leads there; where an end is not joined (no known point, outside the extracts) it is the model's.
#[derive(Debug)]
pub struct RoadTimes {
    stops: Stops,
    model: Model,
    coverage: Coverage,
    method: TravelMethod,
}

impl RoadTimes {
    /// Joins the communes of a territory to a network; `model` answers for those that cannot be.
    pub fn new(territory: &Territory, network: Arc<Network>, model: Model) -> Self {
        let (coverage, places) = Coverage::of(territory, &network);
        let method = method(territory, &network, &coverage, &model);
        Self { stops: Stops::new(network, places), model, coverage, method }
    }

    /// Which communes are joined.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Where a commune joins the network, `None` when it does not.
    pub fn place(&self, commune: CommuneId) -> Option<&Place> {
        self.stops.place(commune)
    }

    /// The model alone.
    pub fn into_model(self) -> Model {
        self.model
    }

    fn is_joined(&self, commune: CommuneId) -> bool {
        self.stops.rank[commune as usize].is_some()
    }

    /// A row of times by road from or to `commune`, completed by itself and by the model's times for what is not joined.
    fn completed(
        &self,
        commune: CommuneId,
        by_road: impl Iterator<Item = (CommuneId, Time)>,
        max_minutes: f64,
    ) -> Vec<(CommuneId, f32)> {
        let joined = self.is_joined(commune);
        let others = by_road.filter(|(other, _)| *other != commune);
        let mut row: Vec<(CommuneId, f32)> =
            others.map(|(other, time)| (other, (f64::from(time) / MINUTE) as f32)).chain([(commune, 0.0)]).collect();
        if !joined || self.stops.communes.len() < self.stops.rank.len() {
            self.model.search(commune, &mut |other, minutes| {
                let by_model = other != commune && !(joined && self.is_joined(other));
                if by_model && minutes <= max_minutes {
                    row.push((other, minutes as f32));
                }
                max_minutes
            });
        }
        row.sort_unstable_by_key(|(other, _)| *other);
        row
    }

    /// Where those of these communes that are joined join, and their ranks in the list.
    fn joined_places(&self, communes: &[CommuneId]) -> (Vec<usize>, Vec<Place>) {
        let places = communes.iter().enumerate().filter_map(|(at, commune)| Some((at, self.place(*commune)?.clone())));
        places.unzip()
    }

    /// Nearest of one kind by road for each joined commune, in the order of `stops.communes`; ties go to the smaller id.
    fn nearest_by_road(&self, counts: &[f64]) -> Vec<Option<Nearest>> {
        let stops = &self.stops;
        let stands = |rank: u32| counts[stops.communes[rank as usize] as usize] > 0.0;
        let ranks: Vec<u32> = (0..stops.communes.len() as u32).filter(|rank| stands(*rank)).collect();
        let targets: Vec<Place> = ranks.iter().map(|rank| stops.places[*rank as usize].clone()).collect();
        let mut found: Vec<Option<(Time, CommuneId)>> = vec![None; stops.communes.len()];
        for limit in [FIRST_SWEEP, FURTHEST] {
            if targets.is_empty() || found.iter().all(Option::is_some) {
                break;
            }
            let sweep = stops.network.nearest(&targets, limit);
            found.par_iter_mut().zip(&stops.places).for_each(|(best, place)| {
                let reached = place.departures.iter().filter_map(|(node, start)| {
                    let (target, time) = sweep.at(*node)?;
                    Some((start + time, stops.communes[ranks[target as usize] as usize]))
                });
                // A sweep without a limit may add up to more than the longest way.
                *best = reached.filter(|(time, _)| *time <= FURTHEST).min();
            });
        }
        found
            .into_par_iter()
            .zip(&stops.places)
            .zip(&stops.communes)
            .map(|((best, place), commune)| {
                let along = stops.on_edge(place.snap.edge).filter(|rank| stands(*rank)).filter_map(|rank| {
                    let time = stops.network.time(place, &stops.places[rank as usize], FURTHEST)?;
                    Some((time, stops.communes[rank as usize]))
                });
                let own = (counts[*commune as usize] > 0.0).then_some((0, *commune));
                let (time, commune) = best.into_iter().chain(along).chain(own).min()?;
                Some(Nearest { commune, minutes: f64::from(time) / MINUTE })
            })
            .collect()
    }
}

impl TravelTimes for RoadTimes {
    fn describe(&self) -> TravelMethod {
        self.method.clone()
    }

    fn communes(&self) -> u32 {
        self.stops.rank.len() as u32
    }

    fn minutes(&self, origin: CommuneId, destination: CommuneId) -> Option<f64> {
        if origin == destination {
            return Some(0.0);
        }
        match (self.place(origin), self.place(destination)) {
            (Some(from), Some(to)) => self.stops.network.time(from, to, FURTHEST).map(|time| f64::from(time) / MINUTE),
            _ => self.model.minutes(origin, destination),
        }
    }

    fn search(&self, origin: CommuneId, visit: &mut dyn FnMut(CommuneId, f64) -> f64) {
        let Some(from) = self.place(origin) else { return self.model.search(origin, visit) };
        let mut reach = visit(origin, 0.0);
        let mut seen = 0;
        for width in WIDTHS {
            let row = self.stops.around(from, width);
            for (commune, time) in row.iter().skip(seen).filter(|(commune, _)| *commune != origin) {
                let minutes = f64::from(*time) / MINUTE;
                if minutes > reach {
                    break;
                }
                reach = visit(*commune, minutes);
            }
            seen = row.len();
            if reach < f64::from(width) / MINUTE {
                break;
            }
        }
        if self.stops.communes.len() < self.stops.rank.len() {
            self.model.search(origin, &mut |commune, minutes| {
                if !self.is_joined(commune) {
                    reach = visit(commune, minutes);
                }
                reach
            });
        }
    }

    fn matrix(&self, max_minutes: f64) -> OdMatrix {
        let stops = &self.stops;
        let mut rows: Vec<Vec<(u32, f32)>> = vec![Vec::new(); stops.rank.len()];
        if max_minutes >= 0.0 {
            let limit = (max_minutes * MINUTE).min(f64::from(FURTHEST)) as Time;
            let roads = stops.network.matrix(&stops.places, &stops.places, limit);
            for (rank, origin) in stops.communes.iter().enumerate() {
                let others = roads.row(rank).filter(|(target, _)| *target as usize != rank);
                rows[*origin as usize] = others
                    .map(|(target, time)| (stops.communes[target as usize], (f64::from(time) / MINUTE) as f32))
                    .chain([(*origin, 0.0)])
                    .collect();
            }
        }
        let unjoined = self.coverage.missing();
        for origin in &unjoined {
            rows[*origin as usize].push((*origin, 0.0));
        }
        self.model
            .add_pairs(&unjoined, max_minutes, &mut rows, |origin, other| other > origin || self.is_joined(other));
        OdMatrix::from_rows(rows)
    }

    fn outward(&self, origins: &[CommuneId], max_minutes: f64) -> Vec<Vec<(CommuneId, f32)>> {
        let stops = &self.stops;
        let limit = road_limit(max_minutes);
        if origins.len() <= FEW_ORIGINS {
            let around = |origin: &CommuneId| {
                let by_road = self.place(*origin).map(|from| stops.around(from, limit)).unwrap_or_default();
                self.completed(*origin, by_road.into_iter(), max_minutes)
            };
            return origins.par_iter().map(around).collect();
        }
        let (at, places) = self.joined_places(origins);
        let roads = stops.network.matrix(&places, &stops.places, limit);
        let mut by_road = vec![None; origins.len()];
        for (row, at) in at.into_iter().enumerate() {
            by_road[at] = Some(row);
        }
        let row = |(origin, row): (&CommuneId, &Option<usize>)| {
            let pairs = row.iter().flat_map(|row| roads.row(*row));
            let pairs = pairs.map(|(target, time)| (stops.communes[target as usize], time));
            self.completed(*origin, pairs, max_minutes)
        };
        origins.par_iter().zip(&by_road).map(row).collect()
    }

    fn inward(&self, destinations: &[CommuneId], max_minutes: f64) -> Vec<Vec<(CommuneId, f32)>> {
        let stops = &self.stops;
        let (at, places) = self.joined_places(destinations);
        let mut by_road: Vec<Vec<(CommuneId, Time)>> = vec![Vec::new(); destinations.len()];
        if !places.is_empty() {
            let roads = stops.network.matrix(&stops.places, &places, road_limit(max_minutes));
            for (rank, origin) in stops.communes.iter().enumerate() {
                for (target, time) in roads.row(rank) {
                    by_road[at[target as usize]].push((*origin, time));
                }
            }
        }
        let row = |(destination, pairs): (&CommuneId, Vec<(CommuneId, Time)>)| {
            self.completed(*destination, pairs.into_iter(), max_minutes)
        };
        destinations.par_iter().zip(by_road).map(row).collect()
    }

    fn nearest(&self, kinds: &[&[f64]]) -> Vec<Vec<Option<Nearest>>> {
        let stops = &self.stops;
        let by_road: Vec<Vec<Option<Nearest>>> = kinds.iter().map(|counts| self.nearest_by_road(counts)).collect();
        let some = |joined: bool, counts: &[f64]| {
            (0_u32..).zip(counts).any(|(commune, count)| *count > 0.0 && (joined || !self.is_joined(commune)))
        };
        let anywhere: Vec<bool> = kinds.iter().map(|counts| some(true, counts)).collect();
        let unjoined: Vec<bool> = kinds.iter().map(|counts| some(false, counts)).collect();
        let by_commune: Vec<Vec<Option<Nearest>>> = (0..self.communes())
            .into_par_iter()
            .map(|origin| match stops.rank[origin as usize] {
                None => {
                    let mut found = vec![None; kinds.len()];
                    look(kinds, &anywhere, &mut found, &mut |visit| self.model.search(origin, visit));
                    found
                }
                Some(rank) => {
                    let mut found: Vec<Option<Nearest>> = by_road.iter().map(|found| found[rank as usize]).collect();
                    if unjoined.contains(&true) {
                        // What is not joined may be nearer by the model's reckoning: only that is looked at.
                        look(kinds, &unjoined, &mut found, &mut |visit| {
                            let mut reach = f64::INFINITY;
                            self.model.search(origin, &mut |commune, minutes| {
                                if commune == origin || !self.is_joined(commune) {
                                    reach = visit(commune, minutes);
                                }
                                reach
                            });
                        });
                    }
                    found
                }
            })
            .collect();
        (0..kinds.len()).map(|kind| by_commune.iter().map(|found| found[kind]).collect()).collect()
    }
}

/// Minutes as a limit of searches by road.
fn road_limit(minutes: f64) -> Time {
    (minutes.max(0.0) * MINUTE).min(f64::from(FURTHEST)) as Time
}

/// Whose the roads are and of when, in French: what must stand wherever they show.
///
/// © OpenStreetMap contributors, ODbL; the roads of the training territory are invented and say so.
pub fn road_source(territory: &Territory, network: &Network) -> String {
    let extract = &network.about().extract;
    if territory.meta.nature == Nature::Training {
        return "Routes fictives du territoire d’entraînement".to_owned();
    }
    let date = extract.timestamp().and_then(|seconds| Timestamp::from_second(seconds).ok()).map_or_else(
        || "date inconnue".to_owned(),
        |at| format!("données du {}", at.to_zoned(TimeZone::UTC).strftime("%d/%m/%Y")),
    );
    format!("© les contributeurs d’OpenStreetMap (ODbL), {date}")
}

fn method(territory: &Territory, network: &Network, coverage: &Coverage, model: &Model) -> TravelMethod {
    let about = network.about();
    let missing = coverage.missing();
    let mut quality = format!(
        "{} communes sur {} jointes aux routes, à {} m au plus.",
        comma(f64::from(coverage.joined), 0),
        comma(territory.len() as f64, 0),
        comma(coverage.longest_snap_metres, 0)
    );
    if !missing.is_empty() {
        let first: Vec<&str> =
            missing.iter().take(3).map(|commune| territory.communes.name[*commune as usize].as_str()).collect();
        let more = if missing.len() > first.len() { "…" } else { "" };
        let estimate = model.describe();
        let others = if missing.len() == 1 {
            "l’autre".to_owned()
        } else {
            format!("les {} autres", comma(missing.len() as f64, 0))
        };
        quality = format!(
            "{quality} Trajets depuis ou vers {others} ({}{more}) : {}. {}",
            first.join(", "),
            lower_first(&estimate.label),
            estimate.quality
        );
    }
    TravelMethod {
        id: format!("routes-{}-{}", about.profile, about.fingerprint),
        label: format!("Temps par la route ({})", lower_first(&about.label)),
        source: road_source(territory, network),
        quality,
    }
}
