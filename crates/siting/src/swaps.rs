//! Exchanges: close one site, open another, as long as that reaches more.
//!
//! The gain of every exchange is had from one pass over the pairs (Resende and Werneck, 2007): what the new site adds,
//! less what is lost without the old one, plus what the new one makes up for of that loss.

use std::time::Instant;

use rayon::prelude::*;

use crate::core::Core;

/// Nobody.
const NONE: u32 = u32::MAX;
/// Most sites closed by a shake.
const FURTHEST: usize = 8;

/// A set with, for each point, its two best sites.
#[derive(Clone)]
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
    /// What the set reaches.
    value: u64,
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

/// Improves a set by shaking it: a site and the open ones that share most people with it are closed, the best ones around
/// are opened in their place and exchanged; what is worse is undone. Only sites around are looked at, so that thousands of
/// shakes cost as much as a few passes over all exchanges. The same set whatever the machine, unless the deadline comes
/// first; never worse than it was.
///
/// Iterated local search (Lourenço, Martin and Stützle, 2003).
pub(crate) fn shake(
    core: &Core,
    sites: &[u32],
    rounds: u32,
    deadline: Instant,
    stop: &(dyn Fn() -> bool + Sync),
) -> Vec<u32> {
    let mut state = State::new(core, &improve(core, sites, deadline, stop));
    let mut random = Random(rounds.into());
    for _ in 0..rounds {
        if state.sites.len() < 2 || Instant::now() >= deadline || stop() {
            break;
        }
        let before = state.clone();
        let centre = state.sites[random.below(state.sites.len())];
        let mut closed = state.beside(centre);
        closed.truncate(2 + random.below(FURTHEST - 1));
        let around = state.around(&closed);
        for site in &closed {
            state.close(*site);
        }
        state.fill(&around, &closed);
        state.exchange_among(&around);
        if state.value < before.value {
            state = before;
        }
    }
    improve(core, &state.sites, deadline, stop)
}

/// Numbers that look drawn and are the same everywhere (SplitMix64, Steele and others, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((word ^ (word >> 31)) % most as u64) as usize
    }
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
            value: 0,
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
            self.value -= weight * u64::from(score);
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
            self.value += weight * u64::from(best.1);
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
        if closed != NONE {
            self.close(closed);
        }
        self.open(opened);
    }

    fn open(&mut self, site: u32) {
        let core = self.core;
        self.open[site as usize] = true;
        self.sites.push(site);
        self.spent += core.costs[site as usize];
        for at in core.by_site.range(site) {
            self.look(core.by_site.others[at]);
        }
    }

    fn close(&mut self, site: u32) {
        let core = self.core;
        self.open[site as usize] = false;
        self.sites.retain(|other| *other != site);
        self.spent -= core.costs[site as usize];
        for at in core.by_site.range(site) {
            self.look(core.by_site.others[at]);
        }
    }

    /// Open sites by the weight they share with one of them, itself first; those that share nothing are left out.
    fn beside(&self, centre: u32) -> Vec<u32> {
        let mut shared: Vec<(u64, u32)> = Vec::new();
        for (point, _) in self.core.by_site.row(centre) {
            let weight = self.core.weights[point as usize];
            for (site, _) in self.core.by_point.row(point).filter(|(site, _)| self.open[*site as usize]) {
                match shared.iter_mut().find(|(_, other)| *other == site) {
                    Some((total, _)) => *total += weight,
                    None => shared.push((weight, site)),
                }
            }
        }
        shared.sort_unstable_by_key(|(weight, site)| (*site != centre, std::cmp::Reverse(*weight), *site));
        shared.into_iter().map(|(_, site)| site).collect()
    }

    /// Sites that share a point with some of these, ascending.
    fn around(&self, sites: &[u32]) -> Vec<u32> {
        let points = sites.iter().flat_map(|site| self.core.by_site.row(*site)).map(|(point, _)| point);
        let mut points: Vec<u32> = points.collect();
        points.sort_unstable();
        points.dedup();
        let near = points.into_iter().flat_map(|point| self.core.by_point.row(point)).map(|(site, _)| site);
        let mut near: Vec<u32> = near.collect();
        near.sort_unstable();
        near.dedup();
        near
    }

    /// Opens the best of some sites one after the other, as far as limits go; of equal ones, rather those not just closed.
    fn fill(&mut self, among: &[u32], closed: &[u32]) {
        let core = self.core;
        while self.sites.len() < core.sites {
            let affords = |site: u32| core.budget.is_none_or(|budget| self.spent + core.costs[site as usize] <= budget);
            let gain = |site: u32| -> u64 {
                let more = |(point, score): (u32, u32)| {
                    core.weights[point as usize] * u64::from(score.saturating_sub(self.best[point as usize].1))
                };
                core.by_site.row(site).map(more).sum()
            };
            let free = among.iter().copied().filter(|site| !self.open[*site as usize] && affords(*site));
            let best = free.map(|site| (gain(site), !closed.contains(&site), std::cmp::Reverse(site))).max();
            match best {
                Some((gain, _, std::cmp::Reverse(site))) if gain > 0 => self.open(site),
                _ => return,
            }
        }
    }

    /// Takes the best exchange that opens one of these sites, as long as there is one.
    fn exchange_among(&mut self, among: &[u32]) {
        loop {
            let order = self.cheapest_to_close();
            let best = among.iter().filter_map(|site| self.exchange_with(*site, &order));
            // The first of equal ones.
            let Some((_, opened, closed)) = best.max_by_key(|(gain, opened, _)| (*gain, std::cmp::Reverse(*opened)))
            else {
                return;
            };
            self.apply(opened, closed);
        }
    }
}
