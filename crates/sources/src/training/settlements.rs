//! Where people settle and how many: sites in valleys and at confluences, towns by rank and size, ten years of growth.

use super::frame::{HEIGHT_KM, WIDTH_KM};
use super::noise::{fractal, smoothstep};
use super::relief::{self, CELL_KM, Relief, cell_at, centre};
use super::rng::Rng;

/// Old communes (before the mergers of the last ten years) aimed at inside the region.
const AIM: usize = 536;
/// Tolerance on [`AIM`].
const SLACK: usize = 5;
/// Inhabitants of the city, 2021.
const CITY: f64 = 181_500.0;
/// Inhabitants of the town of rank 2; rank k ≥ 2 has `SECOND · (2/k)^1.06`.
const SECOND: f64 = 58_000.0;
/// Places whose size follows rank: beyond, villages have their own distribution.
const TOWNS: usize = 74;
/// First year of the population series.
pub(super) const FIRST_YEAR: i32 = 2013;
/// Last year of the population series.
pub(super) const LAST_YEAR: i32 = 2023;

/// A settlement: the chef-lieu of an old commune, or of a neighbour outside the region.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Position, km.
    pub(super) x: f64,
    /// Position, km.
    pub(super) y: f64,
    /// Relief cell it stands in (no two sites share one).
    pub(super) cell: usize,
    /// Height, metres.
    pub(super) height: f64,
    /// Position towards the mountains ([`Relief::along`]).
    pub(super) along: f64,
    /// Rank among towns, 0 for the city; None for villages.
    pub(super) rank: Option<usize>,
    /// Municipal population of each year from [`FIRST_YEAR`] to [`LAST_YEAR`].
    pub(super) population: Vec<u32>,
}

impl Site {
    /// Municipal population of a year of the series (clamped to it).
    pub(super) fn inhabitants(&self, year: i32) -> u32 {
        self.population[(year.clamp(FIRST_YEAR, LAST_YEAR) - FIRST_YEAR) as usize]
    }

    /// Distance to another site, km.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// The sites of the region, then those around it (`inside` of them are in the region).
pub(super) struct Settlements {
    /// Every site, those of the region first.
    pub(super) sites: Vec<Site>,
    /// How many of them are in the region.
    pub(super) inside: usize,
}

/// Settles the land.
pub(super) fn settle(seed: u64, relief: &Relief) -> Settlements {
    let outline = Outline::new(seed, relief);
    let appeal: Vec<f64> = (0..relief.height.len()).map(|cell| appeal(relief, cell)).collect();
    // Bisection on the spacing until the region holds the communes aimed at.
    let (mut low, mut high) = (2.0, 8.0);
    let mut best: (usize, Vec<usize>) = (usize::MAX, Vec::new());
    for _ in 0..24 {
        let middle = f64::midpoint(low, high);
        let cells = scatter(seed, relief, &appeal, middle);
        let inside = cells.iter().filter(|cell| outline.holds(centre(**cell))).count();
        if inside.abs_diff(AIM) < best.0 {
            best = (inside.abs_diff(AIM), cells);
        }
        if best.0 <= SLACK {
            break;
        }
        if inside > AIM {
            low = middle;
        } else {
            high = middle;
        }
    }
    let (mut sites, mut around) = (Vec::new(), Vec::new());
    for cell in best.1 {
        let (x, y) = centre(cell);
        let height = relief.height[cell];
        let site = Site { x, y, cell, height, along: relief.along(x, y), rank: None, population: Vec::new() };
        if outline.holds((x, y)) { sites.push(site) } else { around.push(site) }
    }
    let inside = sites.len();
    rank_towns(relief, &appeal, &mut sites);
    people(seed, &mut sites);
    sites.append(&mut around);
    Settlements { sites, inside }
}

/// The region's rough outline: a disc stretched along the range, made irregular by noise. The true limits are those of communes.
struct Outline {
    seed: u64,
    uphill: (f64, f64),
}

impl Outline {
    fn new(seed: u64, relief: &Relief) -> Self {
        Self { seed: Rng::new(seed, "contour").next_u64(), uphill: relief.uphill }
    }

    fn holds(&self, (x, y): (f64, f64)) -> bool {
        let (dx, dy) = (x - WIDTH_KM / 2.0, y - HEIGHT_KM / 2.0);
        let up = dx * self.uphill.0 + dy * self.uphill.1;
        let across = dy * self.uphill.0 - dx * self.uphill.1;
        let reach = ((up - 3.0) / 58.0).hypot(across / 60.0);
        reach + 0.30 * fractal(self.seed, x / 36.0, y / 36.0, 3) < 1.0 && up < 58.0
    }
}

/// How good a cell is to live in: flat, low, by a river (better, at a confluence).
fn appeal(relief: &Relief, cell: usize) -> f64 {
    let drained = relief.drained[cell];
    let flat = 1.0 / (1.0 + (relief.slope(cell) / 0.05).powi(2));
    let water = 0.35 * smoothstep(3.0, 40.0, drained) + 0.45 * smoothstep(60.0, 900.0, drained);
    let tributaries = relief::neighbours(cell)
        .filter(|(_, n)| relief.receiver[*n] as usize == cell && relief.drained[*n] > 25.0)
        .count();
    let confluence = if tributaries >= 2 { 0.5 } else { 0.0 };
    flat + water + confluence - relief.height[cell] / 1600.0
}

/// Sites at least a spacing apart (wider in the mountains), each drawn to the best cell nearby.
fn scatter(seed: u64, relief: &Relief, appeal: &[f64], spacing: f64) -> Vec<usize> {
    const BIN_KM: f64 = 6.0;
    let mut rng = Rng::new(seed, "sites");
    let bins_across = (WIDTH_KM / BIN_KM).ceil() as usize;
    let bins_up = (HEIGHT_KM / BIN_KM).ceil() as usize;
    let mut bins: Vec<Vec<usize>> = vec![Vec::new(); bins_across * bins_up];
    let mut sites = Vec::new();
    for _ in 0..11_000 {
        let (x, y) = (rng.range(1.5, WIDTH_KM - 1.5), rng.range(1.5, HEIGHT_KM - 1.5));
        let mut cell = cell_at(x, y);
        for _ in 0..2 {
            let better = relief::neighbours(cell).map(|(_, n)| n).max_by(|a, b| appeal[*a].total_cmp(&appeal[*b]));
            cell = better.filter(|n| appeal[*n] > appeal[cell]).unwrap_or(cell);
        }
        let (x, y) = centre(cell);
        let height = relief.height[cell];
        let needed =
            spacing * (0.84 + 0.5 * smoothstep(350.0, 1100.0, height) + 0.6 * smoothstep(1100.0, 2000.0, height));
        let needed = needed.min(BIN_KM * 1.6);
        let (column, row) = ((x / BIN_KM) as usize, (y / BIN_KM) as usize);
        let free = (row.saturating_sub(2)..=(row + 2).min(bins_up - 1)).all(|r| {
            (column.saturating_sub(2)..=(column + 2).min(bins_across - 1)).all(|c| {
                bins[r * bins_across + c].iter().all(|other| {
                    let (ox, oy) = centre(*other);
                    (ox - x).hypot(oy - y) >= needed
                })
            })
        });
        if free {
            bins[row * bins_across + column].push(cell);
            sites.push(cell);
        }
    }
    sites
}

/// Chooses the towns, the city first: good ground, a large river, and room from the towns already chosen.
fn rank_towns(relief: &Relief, appeal: &[f64], sites: &mut [Site]) {
    let merit: Vec<f64> = sites
        .iter()
        .map(|site| {
            let river =
                relief::neighbours(site.cell).map(|(_, n)| relief.drained[n]).fold(relief.drained[site.cell], f64::max);
            let edge = (site.x - WIDTH_KM / 2.0).hypot(site.y - HEIGHT_KM / 2.0) / 62.0;
            appeal[site.cell] + 0.55 * (river / 20.0).max(1.0).ln() / 4.0
                - 1.1 * edge.powi(4)
                - 0.5 * smoothstep(0.0, 0.7, site.along)
        })
        .collect();
    let city = (0..sites.len())
        .max_by(|a, b| {
            let central = |s: usize| {
                let off = (sites[s].x - WIDTH_KM / 2.0).hypot(sites[s].y - HEIGHT_KM / 2.0);
                merit[s] - (off / 26.0).powi(2) - (sites[s].along + 0.2).abs()
            };
            central(*a).total_cmp(&central(*b))
        })
        .unwrap_or(0);
    sites[city].rank = Some(0);
    let mut chosen = vec![(city, CITY)];
    for rank in 1..TOWNS.min(sites.len()) {
        let size = SECOND * (2.0 / (rank + 1) as f64).powf(1.06);
        let next = (0..sites.len()).filter(|s| sites[*s].rank.is_none()).max_by(|a, b| {
            let value = |s: usize| {
                let crowding: f64 = chosen
                    .iter()
                    .map(|(town, people)| {
                        let reach = 3.2 + 30.0 * (people / CITY).powf(0.22) * (size / SECOND).powf(0.30);
                        1.7 * (-(sites[s].distance(&sites[*town]) / reach).powi(2)).exp()
                    })
                    .sum();
                merit[s] - crowding
            };
            value(*a).total_cmp(&value(*b))
        });
        if let Some(next) = next {
            sites[next].rank = Some(rank);
            chosen.push((next, size));
        }
    }
}

/// Gives every site its inhabitants, year by year.
fn people(seed: u64, sites: &mut [Site]) {
    let mut rng = Rng::new(seed, "population");
    let towns: Vec<(usize, f64)> = {
        let mut ranked: Vec<(usize, usize)> = (0..sites.len()).filter_map(|s| Some((sites[s].rank?, s))).collect();
        ranked.sort_unstable();
        let size = |rank: usize| if rank == 0 { CITY } else { SECOND * (2.0 / (rank + 1) as f64).powf(1.06) };
        ranked
            .into_iter()
            .map(|(rank, s)| (s, size(rank) * if rank == 0 { 1.0 } else { rng.lognormal(0.05) }))
            .collect()
    };
    for site in 0..sites.len() {
        // Suburbs: what the towns around spill over.
        let spill: f64 = towns
            .iter()
            .filter(|(town, _)| *town != site)
            .map(|(town, people)| {
                let reach = 1.1 + 4.6 * (people / CITY).sqrt();
                0.195 * people.powf(0.92) * (-sites[site].distance(&sites[*town]) / reach).exp()
            })
            .sum();
        let altitude = smoothstep(250.0, 1300.0, sites[site].height);
        let village = (340.0 * (1.0 - altitude) + 140.0 * altitude) * rng.lognormal(0.68);
        let town = towns.iter().find(|(town, _)| *town == site).map(|(_, people)| *people);
        let now = town.unwrap_or(village.max(46.0) + spill * rng.lognormal(0.35));
        // Yearly growth: suburbs grow, mountains and remote plains empty, the city holds.
        let suburb = spill / (spill + village);
        let mut growth = match sites[site].rank {
            Some(0) => 0.004,
            Some(rank) if rank < 7 => rng.range(-0.006, 0.002),
            _ => 0.015 * suburb - 0.006 * (1.0 - suburb) - 0.006 * altitude,
        };
        growth += 0.003 * rng.normal();
        let spread = 0.012 / (1.0 + now / 400.0);
        sites[site].population = (FIRST_YEAR..=LAST_YEAR)
            .map(|year| {
                (now * (growth * f64::from(year - 2021) + spread * rng.normal()).exp()).round().max(31.0) as u32
            })
            .collect();
    }
}

/// Kilometres between the centre of a cell and a point drawn in it: used to take drawn lines off the grid.
pub(super) const WANDER_KM: f64 = CELL_KM * 0.36;
