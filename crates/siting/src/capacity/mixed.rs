//! Capacitated cover by mixed-integer programming (HiGHS).

use std::time::Instant;

use highs::{HighsModelStatus, RowProblem, Sense};

use super::flow::Flow;
use crate::instance::Instance;

/// Largest model, pairs.
const MOST_PAIRS: usize = 400_000;

pub(super) struct Problem<'a> {
    pub(super) instance: &'a Instance,
    pub(super) free: &'a [u32],
    pub(super) sites: usize,
    pub(super) budget: Option<u64>,
    pub(super) base: &'a Flow<'a>,
}

impl Problem<'_> {
    /// A set and a bound on what any adds to the imposed sites.
    pub(super) fn solve(&self, start: &[u32], deadline: Instant) -> Option<(Vec<u32>, u64)> {
        let instance = self.instance;
        let imposed: Vec<u32> =
            (0..instance.candidates() as u32).filter(|site| instance.forced[*site as usize]).collect();
        let all: Vec<u32> = self.free.iter().chain(&imposed).copied().collect();
        let capacity = |site: u32| instance.capacities.as_ref().map_or(u64::MAX, |list| list[site as usize]);
        let weight = |point: u32| if instance.base[point as usize] > 0 { 0 } else { instance.weights[point as usize] };
        if all.iter().map(|site| instance.by_site.range(*site).len()).sum::<usize>() > MOST_PAIRS {
            return None;
        }
        let scale = (0..instance.points() as u32).map(weight).max()?.max(1) as f64 / 100.0;
        let mut problem = RowProblem::new();
        let opened: Vec<_> = all
            .iter()
            .map(|site| {
                let least = if instance.forced[*site as usize] { 1.0 } else { 0.0 };
                problem.add_integer_column(0.0, least..=1.0)
            })
            .collect();
        let mut takes: Vec<Vec<_>> = vec![Vec::new(); instance.points()];
        let mut holds: Vec<Vec<_>> = vec![Vec::new(); all.len()];
        let mut links = Vec::new();
        for (at, site) in all.iter().enumerate() {
            for (point, _) in instance.by_site.row(*site).filter(|(point, _)| weight(*point) > 0) {
                let most = weight(point).min(capacity(*site)) as f64 / scale;
                let part = problem.add_column(1.0, 0.0..=most);
                takes[point as usize].push((part, 1.0));
                holds[at].push((part, 1.0));
                links.push((part, at, most));
            }
        }
        for (point, takes) in (0_u32..).zip(&takes).filter(|(_, takes)| takes.len() > 1) {
            problem.add_row(..=weight(point) as f64 / scale, takes.iter().copied());
        }
        for (at, mut row) in holds.into_iter().enumerate() {
            let total: u64 = instance.by_site.row(all[at]).map(|(point, _)| weight(point)).sum();
            row.push((opened[at], -(capacity(all[at]).min(total) as f64) / scale));
            problem.add_row(..=0.0, row);
        }
        for (part, at, most) in links {
            problem.add_row(..=0.0, [(part, 1.0), (opened[at], -most)]);
        }
        let free = &opened[..self.free.len()];
        problem.add_row(..=self.sites as f64, free.iter().map(|site| (*site, 1.0)));
        if let Some(budget) = self.budget {
            let unit = (budget as f64).max(1.0);
            let cost =
                |(at, column): (usize, &highs::Col)| (*column, instance.costs[self.free[at] as usize] as f64 / unit);
            problem.add_row(..=budget as f64 / unit, free.iter().enumerate().map(cost));
        }
        let mut solver = problem.try_optimise(Sense::Maximise).ok()?;
        solver.make_quiet();
        solver.try_set_option("mip_rel_gap", 0.0).ok()?;
        solver.try_set_option("mip_abs_gap", 0.49 / scale).ok()?;
        let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64();
        solver.try_set_option("time_limit", left.max(0.02)).ok()?;
        let mut columns = vec![0.0; solver.num_cols()];
        for (at, site) in all.iter().enumerate() {
            columns[at] = f64::from(u8::from(instance.forced[*site as usize] || start.contains(site)));
        }
        // Flows are worked out by the solver from the sites; refused starts do no harm.
        let _ = solver.try_set_solution(Some(&columns), None, None, None);
        let solved = solver.try_solve().ok()?;
        let dual = solved.double_info_value(c"mip_dual_bound").ok().filter(|dual| dual.is_finite())?;
        let solution = solved.get_solution();
        let set: Vec<u32> = (self.free.iter().zip(solution.columns()))
            .filter(|(_, open)| **open > 0.5)
            .map(|(site, _)| *site)
            .collect();
        let reached = solved.objective_value() * scale;
        let tolerance = 0.5 + reached.abs() * 1e-9;
        let proven = solved.status() == HighsModelStatus::Optimal;
        let bound = if proven { reached + tolerance } else { dual * scale + tolerance };
        Some((set, (bound.floor().max(0.0) as u64).saturating_sub(self.base.total)))
    }
}
