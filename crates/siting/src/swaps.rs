//! Exchanges: close one site, open another, as long as that reaches more.
//!
//! The gain of every exchange is had from one pass over the pairs (Resende and Werneck, 2007): what the new site adds,
//! less what is lost without the old one, plus what the new one makes up for of that loss.

use std::time::Instant;

use rayon::prelude::*;

use crate::core::Core;

/// Nobody.
const NONE: u32 = u32::MAX;

/// A set with, for each point, its two best sites.
struct State<'a> {
    core: &'a Core,
    open: Vec<bool>,
    sites: Vec<u32>,
    /// Best site of each point and its score.
    best: Vec<(u32, u32)>,
    /// Best score without that site.
    second: Vec<u32>,
    /// What would be lost without each open site; 0 for others.
    loss: Vec<u64>,
    spent: u64,
}

/// What one exchange brings: gain over the present set, site to open, site to close.
type Exchange = (u64, u32, u32);

/// Improves a set by exchanges until none helps, or until the deadline; sites are added when limits leave room. Returns
/// the set, never worse than it was.
pub(crate) fn improve(core: &Core, sites: &[u32], deadline: Instant, stop: &dyn Fn() -> bool) -> Vec<u32> {
    let mut state = State::new(core, sites);
    while Instant::now() < deadline && !stop() {
        let moves = state.moves();
        if moves.is_empty() {
            break;
        }
        // Several exchanges of one pass, the best first, each checked again on what the ones before left.
        let mut done = 0;
        for (_, opened, _) in moves.into_iter().take(16) {
            let again = state.exchange(opened);
            if let Some((gain, opened, closed)) = again.filter(|(gain, ..)| *gain > 0) {
                debug_assert!(gain > 0, "only better sets are taken");
                state.apply(opened, closed);
                done += 1;
            }
        }
        if done == 0 {
            break;
        }
    }
    let mut sites = state.sites;
    sites.sort_unstable();
    sites
}

impl<'a> State<'a> {
    fn new(core: &'a Core, sites: &[u32]) -> Self {
        let points = core.weights.len();
        let mut state = Self {
            core,
            open: vec![false; core.len()],
            sites: sites.to_vec(),
            best: vec![(NONE, 0); points],
            second: vec![0; points],
            loss: vec![0; core.len()],
            spent: core.cost(sites),
        };
        for site in sites {
            state.open[*site as usize] = true;
        }
        for point in 0..points as u32 {
            state.look(point);
        }
        state
    }

    /// Finds the two best sites of a point again; `loss` follows.
    fn look(&mut self, point: u32) {
        let weight = self.core.weights[point as usize];
        let (site, score) = self.best[point as usize];
        if site != NONE {
            self.loss[site as usize] -= weight * u64::from(score - self.second[point as usize]);
        }
        let (mut best, mut second) = ((NONE, 0), 0);
        for (site, score) in self.core.by_point.row(point) {
            if self.open[site as usize] {
                if score > best.1 {
                    second = best.1;
                    best = (site, score);
                } else {
                    second = second.max(score);
                }
            }
        }
        self.best[point as usize] = best;
        self.second[point as usize] = second;
        if best.0 != NONE {
            self.loss[best.0 as usize] += weight * u64::from(best.1 - second);
        }
    }

    /// The best exchange that opens a site; `NONE` closed when there is room for it without closing any.
    fn exchange(&self, opened: u32) -> Option<Exchange> {
        self.exchange_with(opened, &self.cheapest_to_close())
    }

    /// Open sites by what would be lost without them.
    fn cheapest_to_close(&self) -> Vec<u32> {
        let mut order = self.sites.clone();
        order.sort_unstable_by_key(|site| (self.loss[*site as usize], *site));
        order
    }

    fn exchange_with(&self, opened: u32, order: &[u32]) -> Option<Exchange> {
        let core = self.core;
        if self.open[opened as usize] {
            return None;
        }
        // What the new site makes up for, by site closed: few of them are near.
        let mut made_up: Vec<(u32, u64)> = Vec::new();
        let mut gain = 0_u64;
        for (point, score) in core.by_site.row(opened) {
            let weight = core.weights[point as usize];
            let (site, best) = self.best[point as usize];
            gain += weight * u64::from(score.saturating_sub(best));
            let kept = score.min(best).saturating_sub(self.second[point as usize]);
            if kept > 0 {
                let kept = weight * u64::from(kept);
                match made_up.iter_mut().find(|(other, _)| *other == site) {
                    Some((_, total)) => *total += kept,
                    None => made_up.push((site, kept)),
                }
            }
        }
        let cost = core.costs[opened as usize];
        let affords = |closed: u64| core.budget.is_none_or(|budget| self.spent + cost - closed <= budget);
        if self.sites.len() < core.sites && affords(0) {
            return (gain > 0).then_some((gain, opened, NONE));
        }
        // Best among the near ones, and the cheapest of the others.
        let mut found: Option<(u64, u32)> = None;
        let mut offer = |lost: u64, site: u32| {
            if affords(core.costs[site as usize]) && found.is_none_or(|found| (lost, site) < found) {
                found = Some((lost, site));
            }
        };
        for (site, kept) in &made_up {
            offer(self.loss[*site as usize] - kept, *site);
        }
        for site in order {
            if affords(core.costs[*site as usize]) && !made_up.iter().any(|(near, _)| near == site) {
                offer(self.loss[*site as usize], *site);
                break;
            }
        }
        let (lost, closed) = found?;
        gain.checked_sub(lost).filter(|gain| *gain > 0).map(|gain| (gain, opened, closed))
    }

    /// Every site whose opening helps, with its best exchange, the best first.
    fn moves(&self) -> Vec<Exchange> {
        let order = self.cheapest_to_close();
        let mut moves: Vec<Exchange> =
            (0..self.core.len() as u32).into_par_iter().filter_map(|site| self.exchange_with(site, &order)).collect();
        moves.sort_unstable_by_key(|(gain, opened, _)| (std::cmp::Reverse(*gain), *opened));
        moves
    }

    fn apply(&mut self, opened: u32, closed: u32) {
        let core = self.core;
        self.open[opened as usize] = true;
        self.sites.push(opened);
        self.spent += core.costs[opened as usize];
        if closed != NONE {
            self.open[closed as usize] = false;
            self.sites.retain(|site| *site != closed);
            self.spent -= core.costs[closed as usize];
            for at in core.by_site.range(closed) {
                self.look(core.by_site.others[at]);
            }
        }
        for at in core.by_site.range(opened) {
            self.look(core.by_site.others[at]);
        }
    }
}
