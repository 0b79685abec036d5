//! A projection read for one area, year by year.

use pacte_territory::{CommuneId, Level};

use super::{Projection, Run, Z};

/// A figure with its bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Low scenario, less the spread within it.
    pub low: f64,
    /// Central scenario.
    pub central: f64,
    /// High scenario, more the spread within it.
    pub high: f64,
}

impl Interval {
    /// From the mean and standard deviation of each scenario; never negative, always around the central value.
    fn of(means: [f64; 3], spreads: [f64; 3]) -> Self {
        let central = means[1];
        Self {
            low: (means[0] - Z * spreads[0]).min(central).max(0.0),
            central,
            high: (means[2] + Z * spreads[2]).max(central),
        }
    }

    fn scaled(self, low: f64, central: f64, high: f64) -> Self {
        Self { low: self.low * low, central: self.central * central, high: self.high * high }
    }
}

/// One year of an area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YearRow {
    /// Year; figures are those of its end.
    pub year: i16,
    /// Practitioners.
    pub heads: Interval,
    /// Full-time equivalents: one is a mean practitioner of the base year.
    pub fte: Interval,
    /// Practitioners for 100,000 inhabitants; `None` without known population.
    pub density: Option<Interval>,
    /// APL; `None` without known population.
    pub apl: Option<Interval>,
    /// Arrivals in the course of the year; 0 for the base.
    pub entries: f64,
    /// Departures in the course of the year; 0 for the base.
    pub exits: f64,
    /// Inhabitants, central scenario.
    pub people: f64,
}

/// An area, year by year.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Years, the base first.
    pub rows: Vec<YearRow>,
    /// Share of practitioners over 65 at the base.
    pub over_65: f64,
}

/// Sums over the communes of an area from which every year follows.
#[derive(Clone, Debug, Default)]
struct Sums {
    /// Practitioners of 65 or under, and over.
    under: f64,
    over: f64,
    /// Σ H(1−h)², Σ Hh(1−h), Σ Hh²: what the variance of survivors needs.
    squares: [f64; 3],
    /// Supply of both, acts a year.
    supply: [f64; 2],
    /// Pull by training region.
    pull: Vec<f64>,
    people: f64,
}

/// The same sums weighted by what each commune's supply gives to the area's APL.
#[derive(Clone, Debug, Default)]
struct AplSums {
    /// Σ ω M(1−s), Σ ω M s.
    supply: [f64; 2],
    /// Σ ω a by region.
    pull: Vec<f64>,
    /// Σ ω² m² H(1−h), Σ ω² m² H h, then the three of `squares`, weighted so.
    spread: [f64; 5],
    /// Σ ω² a by region.
    pull_squared: Vec<f64>,
    known: bool,
}

impl Projection {
    /// The projection of an area.
    ///
    /// # Panics
    /// When the area is not one of the level.
    pub fn series(&self, level: Level, area: u32) -> Series {
        let members = self.ground.territory().members(level, area);
        let sums = self.sums(&members);
        let apl = self.apl_sums(&members);
        let rows = (0..=self.steps).map(|step| self.row(&sums, &apl, step)).collect();
        let heads = sums.under + sums.over;
        Series { rows, over_65: if heads > 0.0 { sums.over / heads } else { 0.0 } }
    }

    /// Practitioners of an area at the horizon.
    ///
    /// # Panics
    /// When the area is not one of the level.
    pub fn heads_at_horizon(&self, level: Level, area: u32) -> Interval {
        let sums = self.sums(&self.ground.territory().members(level, area));
        self.row(&sums, &AplSums::default(), self.steps).heads
    }

    fn sums(&self, members: &[CommuneId]) -> Sums {
        let catchment = self.catchment();
        let mut sums = Sums { pull: vec![0.0; self.regions.len()], ..Sums::default() };
        for commune in members {
            let id = *commune as usize;
            let (heads, old) = (catchment.heads.counts[id], self.old_heads[id]);
            sums.under += heads * (1.0 - old);
            sums.over += heads * old;
            sums.squares[0] += heads * (1.0 - old).powi(2);
            sums.squares[1] += heads * old * (1.0 - old);
            sums.squares[2] += heads * old * old;
            sums.supply[0] += catchment.supply[id] * (1.0 - self.old_supply[id]);
            sums.supply[1] += catchment.supply[id] * self.old_supply[id];
            if let Some(region) = self.region_of[id] {
                sums.pull[region as usize] += self.pull[id];
            }
            sums.people += self.ground.people(*commune);
        }
        sums
    }

    /// What each commune's supply gives to the mean APL of the area: `ω[j] = Σ_i P*[i] w[i,j] / reached[j] / Σ_i P*[i]`.
    fn apl_sums(&self, members: &[CommuneId]) -> AplSums {
        let catchment = self.catchment();
        let basis = self.basis();
        let known = members.iter().map(|id| *id as usize).filter(|id| catchment.known_demand[*id] > 0.0);
        let (mut omega, mut people) = (vec![0.0; self.pull.len()], 0.0);
        for origin in known {
            let demand = catchment.demand[origin];
            people += demand;
            for pair in catchment.od.offsets[origin]..catchment.od.offsets[origin + 1] {
                let target = catchment.od.targets[pair] as usize;
                if basis.reached[target] > 0.0 {
                    omega[target] += demand * catchment.weights[pair] / basis.reached[target];
                }
            }
        }
        let regions = self.regions.len();
        let mut sums = AplSums {
            pull: vec![0.0; regions],
            pull_squared: vec![0.0; regions],
            known: people > 0.0,
            ..AplSums::default()
        };
        if people <= 0.0 {
            return sums;
        }
        for (id, omega) in omega.iter().enumerate().filter(|(_, omega)| **omega > 0.0) {
            let omega = omega / people;
            let (supply, heads) = (catchment.supply[id], catchment.heads.counts[id]);
            let (old_supply, old) = (self.old_supply[id], self.old_heads[id]);
            sums.supply[0] += omega * supply * (1.0 - old_supply);
            sums.supply[1] += omega * supply * old_supply;
            if heads > 0.0 {
                let square = (omega * supply / heads).powi(2) * heads;
                let terms = [1.0 - old, old, (1.0 - old).powi(2), old * (1.0 - old), old * old];
                for (sum, term) in sums.spread.iter_mut().zip(terms) {
                    *sum += square * term;
                }
            }
            if let Some(region) = self.region_of[id] {
                sums.pull[region as usize] += omega * self.pull[id];
                sums.pull_squared[region as usize] += omega * omega * self.pull[id];
            }
        }
        sums
    }

    fn row(&self, sums: &Sums, apl: &AplSums, step: usize) -> YearRow {
        let per_head = self.catchment().per_head;
        let runs = self.runs.each_ref();
        let heads = runs.map(|run| heads(run, sums, step));
        let spreads = runs.map(|run| {
            let (under, over) = (run.under.stock[step], run.over.stock[step]);
            let newcomers: f64 = newcomers(run, &sums.pull, step, |curve| &curve.stock);
            survivors_variance([sums.under, sums.over], sums.squares, under, over) + newcomers
        });
        let spreads = spreads.map(|variance: f64| variance.max(0.0).sqrt());
        let work = runs.map(|run| {
            let stay = sums.supply[0] * run.under.work[step] + sums.supply[1] * run.over.work[step];
            (stay / per_head + newcomers(run, &sums.pull, step, |curve| &curve.work)) * run.hours[step]
        });
        // What one departure more or less takes away is what a mean practitioner of the area does.
        let each = [0, 1, 2].map(|i| if heads[i] > 0.0 { work[i] / heads[i] } else { 0.0 });
        let heads_interval = Interval::of(heads, spreads);
        let density = (sums.people > 0.0).then(|| {
            let [low, central, high] = runs.map(|run| 1e5 / (sums.people * run.people[step]));
            heads_interval.scaled(low, central, high)
        });
        let central = &self.runs[1];
        let flows = |of: fn(&super::Curve) -> &Vec<f64>| {
            step.checked_sub(1).map_or(0.0, |before| {
                sums.under * of(&central.under)[before]
                    + sums.over * of(&central.over)[before]
                    + newcomers(central, &sums.pull, before, of)
            })
        };
        YearRow {
            year: self.base + step as i16,
            heads: heads_interval,
            fte: Interval::of(work, [0, 1, 2].map(|i| spreads[i] * each[i])),
            density,
            apl: apl.known.then(|| self.apl(apl, step)),
            entries: flows(|curve| &curve.entries),
            exits: flows(|curve| &curve.exits),
            people: sums.people * central.people[step],
        }
    }

    fn apl(&self, sums: &AplSums, step: usize) -> Interval {
        let per_head = self.catchment().per_head;
        let runs = self.runs.each_ref();
        let scale = runs.map(|run| run.hours[step] / run.need[step]);
        let mean = runs.map(|run| {
            sums.supply[0] * run.under.work[step]
                + sums.supply[1] * run.over.work[step]
                + per_head * newcomers(run, &sums.pull, step, |curve| &curve.work)
        });
        let spread = runs.map(|run| {
            let [a, b, rest @ ..] = sums.spread;
            let stay = survivors_variance([a, b], rest, run.under.stock[step], run.over.stock[step]);
            let come = per_head * per_head * newcomers(run, &sums.pull_squared, step, |curve| &curve.stock);
            (stay + come).max(0.0).sqrt()
        });
        Interval::of([0, 1, 2].map(|i| mean[i] * scale[i]), [0, 1, 2].map(|i| spread[i] * scale[i]))
    }
}

/// Survivors of both sides and newcomers.
fn heads(run: &Run, sums: &Sums, step: usize) -> f64 {
    sums.under * run.under.stock[step]
        + sums.over * run.over.stock[step]
        + newcomers(run, &sums.pull, step, |curve| &curve.stock)
}

fn newcomers(run: &Run, pull: &[f64], step: usize, of: impl Fn(&super::Curve) -> &Vec<f64>) -> f64 {
    run.newcomers.iter().zip(pull).map(|(curve, pull)| pull * of(curve)[step]).sum()
}

/// `Σ H p (1 − p)` with `p = (1 − h) U + h O` the probability that a practitioner of unknown age still practises.
fn survivors_variance(sides: [f64; 2], squares: [f64; 3], under: f64, over: f64) -> f64 {
    let mean = sides[0] * under + sides[1] * over;
    let square = squares[0] * under * under + 2.0 * squares[1] * under * over + squares[2] * over * over;
    mean - square
}
