//! What is left to decide once what exists and what is imposed is taken into account.

use rayon::prelude::*;

use crate::instance::{Instance, Limit, Rows};

/// A problem without existing, imposed or forbidden sites: points keep the best score of the sites opened.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    /// Weight of each point.
    pub(crate) weights: Vec<u64>,
    /// Points each site serves.
    pub(crate) by_site: Rows,
    /// Sites that serve each point.
    pub(crate) by_point: Rows,
    /// Cost of each site.
    pub(crate) costs: Vec<u64>,
    /// Candidate of the instance each site is.
    pub(crate) names: Vec<u32>,
    /// Point of the problem this one was made from (the instance, or the core shrunk) each point is, and what was taken
    /// off its scores.
    pub(crate) points: Vec<(u32, u32)>,
    /// How many more sites may be opened.
    pub(crate) sites: usize,
    /// What they may cost; `None` without budget.
    pub(crate) budget: Option<u64>,
    /// Whether every score is 1.
    pub(crate) cover: bool,
}

impl Core {
    /// The core of an instance whose imposed sites are open.
    pub(crate) fn of(instance: &Instance, limit: Limit) -> Self {
        let mut base = instance.base.clone();
        let forced = || (0..instance.candidates() as u32).filter(|site| instance.forced[*site as usize]);
        for site in forced() {
            for (point, score) in instance.by_site.row(site) {
                base[point as usize] = base[point as usize].max(score);
            }
        }
        let budget =
            limit.budget.map(|budget| budget - forced().map(|site| instance.costs[site as usize]).sum::<u64>());
        let left = limit.sites.map(|sites| sites as usize - forced().count());
        let mut rank = vec![u32::MAX; instance.points()];
        let (mut weights, mut points) = (Vec::new(), Vec::new());
        let mut rows = Rows { offsets: vec![0], others: Vec::new(), scores: Vec::new() };
        let mut names = Vec::new();
        let mut costs = Vec::new();
        for site in 0..instance.candidates() as u32 {
            let cost = instance.costs[site as usize];
            let open = instance.forbidden[site as usize] || instance.forced[site as usize];
            if open || budget.is_some_and(|budget| cost > budget) {
                continue;
            }
            let start = rows.others.len();
            for (point, score) in instance.by_site.row(site) {
                let weight = instance.weights[point as usize];
                let more = score.saturating_sub(base[point as usize]);
                if more == 0 || weight == 0 {
                    continue;
                }
                let rank = &mut rank[point as usize];
                if *rank == u32::MAX {
                    *rank = weights.len() as u32;
                    weights.push(weight);
                    points.push((point, base[point as usize]));
                }
                rows.others.push(*rank);
                rows.scores.push(more);
            }
            if rows.others.len() > start {
                rows.offsets.push(rows.others.len());
                names.push(site);
                costs.push(cost);
            }
        }
        let cover = rows.scores.iter().all(|score| *score == 1);
        let by_point = rows.transposed(weights.len());
        Self {
            weights,
            by_point,
            costs,
            sites: left.unwrap_or(names.len()).min(names.len()),
            names,
            points,
            by_site: rows,
            budget,
            cover,
        }
    }

    /// Number of sites to choose from.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// What a site would add to points that have these scores.
    pub(crate) fn gain(&self, site: u32, best: &[u32]) -> u64 {
        let more = |(point, score): (u32, u32)| {
            self.weights[point as usize] * u64::from(score.saturating_sub(best[point as usize]))
        };
        self.by_site.row(site).map(more).sum()
    }

    /// What every site would add.
    pub(crate) fn gains(&self, best: &[u32]) -> Vec<u64> {
        (0..self.len() as u32).into_par_iter().map(|site| self.gain(site, best)).collect()
    }

    /// What a set gives.
    pub(crate) fn value(&self, sites: &[u32]) -> u64 {
        let best = self.best(sites);
        self.weights.iter().zip(&best).map(|(weight, best)| weight * u64::from(*best)).sum()
    }

    /// Best score of each point among a set.
    pub(crate) fn best(&self, sites: &[u32]) -> Vec<u32> {
        let mut best = vec![0; self.weights.len()];
        for site in sites {
            for (point, score) in self.by_site.row(*site) {
                best[point as usize] = best[point as usize].max(score);
            }
        }
        best
    }

    /// Total cost of a set.
    pub(crate) fn cost(&self, sites: &[u32]) -> u64 {
        sites.iter().map(|site| self.costs[*site as usize]).sum()
    }

    /// Whether a set is within the limits.
    pub(crate) fn allows(&self, sites: &[u32]) -> bool {
        sites.len() <= self.sites && self.budget.is_none_or(|budget| self.cost(sites) <= budget)
    }

    /// The same problem with `kept` alone to choose from, once `opened` are open: what they give is taken off.
    pub(crate) fn shrunk(&self, kept: &[u32], opened: &[u32]) -> Self {
        let base = self.best(opened);
        let mut rank = vec![u32::MAX; self.weights.len()];
        let (mut weights, mut points) = (Vec::new(), Vec::new());
        let mut rows = Rows { offsets: vec![0], others: Vec::new(), scores: Vec::new() };
        let (mut names, mut costs) = (Vec::new(), Vec::new());
        for site in kept {
            let start = rows.others.len();
            for (point, score) in self.by_site.row(*site) {
                let more = score.saturating_sub(base[point as usize]);
                if more > 0 {
                    let rank = &mut rank[point as usize];
                    if *rank == u32::MAX {
                        *rank = weights.len() as u32;
                        weights.push(self.weights[point as usize]);
                        points.push((point, base[point as usize]));
                    }
                    rows.others.push(*rank);
                    rows.scores.push(more);
                }
            }
            if rows.others.len() > start {
                rows.offsets.push(rows.others.len());
                names.push(self.names[*site as usize]);
                costs.push(self.costs[*site as usize]);
            }
        }
        let by_point = rows.transposed(weights.len());
        Self {
            weights,
            by_point,
            costs,
            sites: (self.sites - opened.len()).min(names.len()),
            names,
            points,
            by_site: rows,
            budget: self.budget.map(|budget| budget - self.cost(opened)),
            cover: self.cover,
        }
    }

    /// An upper bound on what some sites of these gains may add together, within limits: the best of them, the last in
    /// part when a budget binds (Dantzig's bound).
    pub(crate) fn top(&self, gains: &[u64], sites: usize, budget: Option<u64>) -> u64 {
        let mut order: Vec<u32> = (0..gains.len() as u32).filter(|site| gains[*site as usize] > 0).collect();
        let mut by_number = u64::MAX;
        if sites < order.len() {
            if sites == 0 {
                return 0;
            }
            order.select_nth_unstable_by_key(sites - 1, |site| std::cmp::Reverse(gains[*site as usize]));
            by_number = order[..sites].iter().map(|site| gains[*site as usize]).sum();
        }
        let Some(budget) = budget else {
            return if by_number == u64::MAX { gains.iter().sum() } else { by_number };
        };
        order.sort_unstable_by(|a, b| {
            let [(a, ca), (b, cb)] = [*a, *b].map(|site| (gains[site as usize], self.costs[site as usize]));
            (u128::from(b) * u128::from(ca)).cmp(&(u128::from(a) * u128::from(cb)))
        });
        let (mut left, mut total) = (budget, 0_u64);
        for site in order {
            let (gain, cost) = (gains[site as usize], self.costs[site as usize]);
            if cost > left {
                total += (u128::from(gain) * u128::from(left)).div_ceil(u128::from(cost)) as u64;
                break;
            }
            left -= cost;
            total += gain;
        }
        total.min(by_number)
    }
}
