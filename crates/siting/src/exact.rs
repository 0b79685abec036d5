//! Proof by mixed-integer programming (HiGHS), on what the Lagrangian bound left.
//!
//! Cover model with graded scores unfolded (Cornuéjols, Nemhauser and Wolsey, 1980; García, Labbé and Marín, 2011): a point
//! that may have scores 5, 3 and 1 is three points, covered by the sites that give at least that much. Points covered by
//! the same sites are one; a point one site alone covers is that site's own worth; a larger set is reached from a
//! smaller one, so that rows stay short. The solver always starts from a known set.

use std::collections::HashMap;
use std::time::Instant;

use highs::{HighsModelStatus, RowProblem, Sense};

use crate::core::Core;
use crate::greedy::greedy;
use crate::swaps;

/// Largest model given to the solver, entries.
const MOST_ENTRIES: usize = 4_000_000;
/// Least time worth starting the solver with, seconds.
const LEAST: f64 = 0.02;

/// A set of sites, by a sum of marks: two sets of the same sum are the same, but for one chance in 2^128.
type Key = u128;

/// Columns and rows of a model.
pub(crate) struct Model {
    /// Objective of each site.
    sites: Vec<f64>,
    /// Objective of each covered set.
    sets: Vec<f64>,
    /// Of each covered set: the smaller set it extends, and the sites it adds.
    rows: Vec<(Option<Part>, Vec<u32>)>,
}

/// A covered set, or a single site.
#[derive(Clone, Copy)]
enum Part {
    Site(u32),
    Set(u32),
}

impl Model {
    pub(crate) fn of(core: &Core) -> Self {
        let mut model = Self { sites: vec![0.0; core.len()], sets: Vec::new(), rows: Vec::new() };
        let mut known: HashMap<Key, Part> = (0..core.len() as u32).map(|site| (mark(site), Part::Site(site))).collect();
        for point in 0..core.weights.len() as u32 {
            let mut row: Vec<(u32, u32)> = core.by_point.row(point).collect();
            row.sort_unstable_by_key(|(site, score)| (std::cmp::Reverse(*score), *site));
            let weight = core.weights[point as usize] as f64;
            let (mut key, mut before, mut start) = (0, None, 0);
            while start < row.len() {
                let score = row[start].1;
                let end = start + row[start..].iter().take_while(|(_, other)| *other == score).count();
                key = row[start..end].iter().fold(key, |key: Key, (site, _)| key.wrapping_add(mark(*site)));
                let next = row.get(end).map_or(0, |(_, score)| *score);
                let part = *known.entry(key).or_insert_with(|| {
                    let added = row[start..end].iter().map(|(site, _)| *site).collect();
                    model.rows.push((before, added));
                    model.sets.push(0.0);
                    Part::Set(model.sets.len() as u32 - 1)
                });
                let worth = weight * f64::from(score - next);
                match part {
                    Part::Site(site) => model.sites[site as usize] += worth,
                    Part::Set(set) => model.sets[set as usize] += worth,
                }
                before = Some(part);
                start = end;
            }
        }
        model
    }

    fn entries(&self) -> usize {
        self.rows.iter().map(|(_, added)| added.len() + 2).sum::<usize>() + self.sites.len()
    }

    /// Largest coefficient, which the objective is brought down by.
    fn scale(&self) -> f64 {
        let largest = self.sites.iter().chain(&self.sets).fold(1.0_f64, |most, worth| most.max(*worth));
        (largest / 1e4).max(1e-9)
    }
}

/// A pseudo-random number for a site (splitmix64, twice).
fn mark(site: u32) -> Key {
    let mix = |seed: u64| {
        let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (u128::from(mix(2 * u64::from(site) + 1)) << 64) | u128::from(mix(2 * u64::from(site) + 2))
}

/// The best set of a core and a bound on every set, `None` when the model is too large or there is no time.
///
/// `goal` is what is reached otherwise: a solver that stops early gives a bound no lower.
pub(crate) fn prove(core: &Core, goal: u64, deadline: Instant) -> Option<(u64, Vec<u32>, u64)> {
    let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64();
    if left < LEAST {
        return None;
    }
    let model = Model::of(core);
    if model.entries() > MOST_ENTRIES {
        return None;
    }
    let scale = model.scale();
    let mut problem = RowProblem::new();
    let sites: Vec<_> = model.sites.iter().map(|worth| problem.add_integer_column(worth / scale, 0.0..=1.0)).collect();
    let sets: Vec<_> = model.sets.iter().map(|worth| problem.add_column(worth / scale, 0.0..=1.0)).collect();
    for (set, (before, added)) in sets.iter().zip(&model.rows) {
        let mut factors = Vec::with_capacity(added.len() + 2);
        factors.push((*set, 1.0));
        factors.extend(before.map(|part| match part {
            Part::Site(site) => (sites[site as usize], -1.0),
            Part::Set(set) => (sets[set as usize], -1.0),
        }));
        factors.extend(added.iter().map(|site| (sites[*site as usize], -1.0)));
        problem.add_row(..=0.0, factors);
    }
    problem.add_row(..=core.sites as f64, sites.iter().map(|site| (*site, 1.0)));
    if let Some(budget) = core.budget {
        // In shares of the budget, which may be many cents.
        let unit = (budget as f64).max(1.0);
        let costs = sites.iter().zip(&core.costs).map(|(site, cost)| (*site, *cost as f64 / unit));
        problem.add_row(..=budget as f64 / unit, costs);
    }
    let start = {
        let set = greedy(core).sites;
        swaps::improve(core, &set, deadline, &|| false)
    };
    let mut solver = problem.try_optimise(Sense::Maximise).ok()?;
    solver.make_quiet();
    solver.try_set_option("mip_rel_gap", 0.0).ok()?;
    solver.try_set_option("mip_abs_gap", 0.49 / scale).ok()?;
    let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64();
    solver.try_set_option("time_limit", left.max(LEAST)).ok()?;
    let columns = columns(core, &model, &start);
    solver.try_set_solution(Some(&columns), None, None, None).ok()?;
    let solved = solver.try_solve().ok()?;
    let dual = solved.double_info_value(c"mip_dual_bound").unwrap_or(f64::INFINITY);
    let solution = solved.get_solution();
    let found: Vec<u32> = (0..core.len() as u32)
        .filter(|site| solution.columns().get(*site as usize).is_some_and(|x| *x > 0.5))
        .collect();
    let (mut sites, mut value) = (start.clone(), core.value(&start));
    if core.allows(&found) && core.value(&found) > value {
        value = core.value(&found);
        sites = found;
    }
    let ceiling = core.top(&core.gains(&vec![0; core.weights.len()]), core.sites, core.budget);
    // The solver's own tolerances are relative, about one in a thousand million.
    let tolerance = 0.5 + value as f64 * 1e-9;
    let bound =
        if dual.is_finite() { ((dual * scale + tolerance).floor().max(0.0) as u64).min(ceiling) } else { ceiling };
    let proven = solved.status() == HighsModelStatus::Optimal && bound <= value.max(goal) + tolerance as u64;
    Some((value, sites, if proven { value } else { bound.max(value) }))
}

/// Values of all columns for a set of sites.
fn columns(core: &Core, model: &Model, sites: &[u32]) -> Vec<f64> {
    let mut values = vec![0.0; model.sites.len() + model.sets.len()];
    for site in sites {
        values[*site as usize] = 1.0;
    }
    for (set, (before, added)) in model.rows.iter().enumerate() {
        let of = |part: Part| match part {
            Part::Site(site) => values[site as usize],
            Part::Set(set) => values[model.sites.len() + set as usize],
        };
        let covered =
            before.is_some_and(|part| of(part) > 0.5) || added.iter().any(|site| values[*site as usize] > 0.5);
        values[model.sites.len() + set] = f64::from(u8::from(covered));
    }
    debug_assert!(values.len() >= core.len(), "a column a site");
    values
}
