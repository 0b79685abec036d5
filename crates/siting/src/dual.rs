//! The Lagrangian bound, and what it decides for good.
//!
//! Each point may be served once. That constraint is given a price `λ(i)` in the score of the point; sites then separate:
//!
//! `L(λ) = Σ w(i) λ(i) + max over sets within limits of Σ over the set of ρ(j)`, with
//! `ρ(j) = Σ w(i) max(0, s(i, j) − λ(i))`.
//!
//! Every `L(λ)` is an upper bound of the optimum (Geoffrion, 1974); prices are improved by subgradient steps (Held, Wolfe
//! and Crowder, 1974), and every few steps the set the prices choose is repaired into an answer. A site whose opening
//! would bring the bound under the best answer known can be left out for good, one whose closing would can be opened
//! for good: what is left is often small enough to be proven.

use std::time::Instant;

use rayon::prelude::*;

use crate::core::Core;
use crate::greedy::greedy;
use crate::swaps;

/// Relative slack that makes up for rounding in sums of floating-point numbers.
const SLACK: f64 = 1e-11;
/// Steps without progress before they are made shorter; those of large problems are made shorter later, since no reduction
/// follows until the bound is near.
const PATIENCE: [u32; 2] = [8, 20];
/// Sites from which a problem is large.
pub(crate) const LARGE: usize = 8_000;
/// Most a new slope counts in the average of slopes.
const SHARE: f64 = 0.1;
/// How often a site was chosen lately to be offered, 0 to 1.
const LATELY: f64 = 0.02;
/// Length of steps, relative to the gap, under which nothing more is to be expected.
const LEAST_STEP: f64 = 1e-4;

/// Prices and what they say.
#[derive(Clone, Debug)]
pub(crate) struct Prices {
    /// Price of each point, in scores.
    pub(crate) lambda: Vec<f64>,
    /// `ρ` of each site under these prices.
    pub(crate) worth: Vec<f64>,
    /// The bound, as floating point.
    pub(crate) value: f64,
    /// Value of one more site, and of one more unit of cost: the multipliers of the limits.
    pub(crate) toll: (f64, f64),
}

impl Prices {
    /// The bound as a whole number: no set reaches more.
    pub(crate) fn bound(&self) -> u64 {
        floor(self.value)
    }
}

/// The largest whole number a bound allows, rounding forgiven.
pub(crate) fn floor(value: f64) -> u64 {
    (value * (1.0 + SLACK) + 1e-6).floor().max(0.0) as u64
}

/// How a set of sites under limits is bounded: the multipliers, the sum, and the sites chosen.
fn choose(core: &Core, worth: &[f64], order: &mut Vec<u32>) -> (f64, (f64, f64), usize) {
    let number = choose_number(core, worth, order);
    let Some(budget) = core.budget else { return number };
    let mut dear: Vec<u32> = (0..worth.len() as u32).filter(|site| worth[*site as usize] > 0.0).collect();
    let ratio = |site: u32| worth[site as usize] / (core.costs[site as usize] as f64).max(f64::MIN_POSITIVE);
    dear.sort_unstable_by(|a, b| ratio(*b).total_cmp(&ratio(*a)).then(a.cmp(b)));
    let (mut left, mut total, mut toll, mut taken) = (budget, 0.0, 0.0, dear.len());
    for (i, site) in dear.iter().enumerate() {
        let cost = core.costs[*site as usize];
        if cost > left {
            toll = ratio(*site);
            total += toll * left as f64;
            taken = i;
            break;
        }
        left -= cost;
        total += worth[*site as usize];
    }
    if total >= number.0 {
        return number;
    }
    *order = dear;
    (total, (0.0, toll), taken)
}

fn choose_number(core: &Core, worth: &[f64], order: &mut Vec<u32>) -> (f64, (f64, f64), usize) {
    order.clear();
    order.extend(0..worth.len() as u32);
    let k = core.sites.min(order.len());
    let by_worth = |a: &u32, b: &u32| worth[*b as usize].total_cmp(&worth[*a as usize]).then(a.cmp(b));
    let mut toll = 0.0;
    if k < order.len() {
        order.select_nth_unstable_by(k, by_worth);
        toll = worth[order[k] as usize];
    }
    // Summed in the order of ranks: the same sum whatever the selection did.
    order[..k].sort_unstable();
    let total = order[..k].iter().map(|site| worth[*site as usize]).sum();
    (total, (toll, 0.0), k)
}

/// `ρ` of every site.
pub(crate) fn worth(core: &Core, lambda: &[f64]) -> Vec<f64> {
    if core.cover {
        let left: Vec<f64> =
            core.weights.iter().zip(lambda).map(|(weight, price)| *weight as f64 * (1.0 - price)).collect();
        (0..core.len() as u32)
            .into_par_iter()
            .with_min_len(64)
            .map(|site| {
                // Four sums at a time: one alone waits for itself.
                let (fours, rest) = core.by_site.others[core.by_site.range(site)].as_chunks::<4>();
                let mut sums = [0.0_f64; 4];
                for four in fours {
                    for (sum, point) in sums.iter_mut().zip(four) {
                        *sum += left[*point as usize];
                    }
                }
                let rest: f64 = rest.iter().map(|point| left[*point as usize]).sum();
                (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
            })
            .collect()
    } else {
        (0..core.len() as u32)
            .into_par_iter()
            .with_min_len(64)
            .map(|site| {
                let over = |(point, score): (u32, u32)| {
                    core.weights[point as usize] as f64 * (f64::from(score) - lambda[point as usize]).max(0.0)
                };
                core.by_site.row(site).map(over).sum()
            })
            .collect()
    }
}

/// Where the search for prices starts.
pub(crate) enum From<'a> {
    /// From the prices a set suggests.
    Set(&'a [u32]),
    /// From these.
    Prices(Vec<f64>),
}

/// Prices of a core as those of the core shrunk out of it.
pub(crate) fn carried(child: &Core, lambda: &[f64]) -> Vec<f64> {
    child.points.iter().map(|(point, base)| (lambda[*point as usize] - f64::from(*base)).max(0.0)).collect()
}

/// The search for prices.
pub(crate) struct Search<'a> {
    core: &'a Core,
    lambda: Vec<f64>,
    ceiling: Vec<f64>,
    /// Best prices met.
    pub(crate) best: Prices,
    /// The set it started from; empty when it started from prices.
    start: Vec<u32>,
    /// Best set met, when it reaches more than was asked to beat.
    pub(crate) sites: Option<Vec<u32>>,
    /// What it reaches, or what is to be beaten.
    pub(crate) value: u64,
    /// How often each site was chosen lately, 0 to 1.
    pub(crate) chosen: Vec<f64>,
    theta: f64,
    since: u32,
    direction: Vec<f64>,
}

impl<'a> Search<'a> {
    /// Starts from a value to beat, and from prices or from a set they are made of.
    pub(crate) fn new(core: &'a Core, value: u64, from: From<'_>) -> Self {
        let points = core.weights.len();
        let mut ceiling = vec![0_u32; points];
        for (point, score) in core.by_site.others.iter().zip(&core.by_site.scores) {
            ceiling[*point as usize] = ceiling[*point as usize].max(*score);
        }
        let ceiling: Vec<f64> = ceiling.into_iter().map(f64::from).collect();
        let (known, lambda) = match from {
            From::Set(sites) => (sites.to_vec(), start(core, sites, &ceiling)),
            From::Prices(lambda) => (Vec::new(), lambda),
        };
        let worth = worth(core, &lambda);
        let mut search = Self {
            core,
            best: Prices { lambda: Vec::new(), worth: Vec::new(), value: f64::INFINITY, toll: (0.0, 0.0) },
            lambda,
            ceiling,
            start: known,
            sites: None,
            value,
            chosen: vec![0.0; core.len()],
            theta: 0.5,
            since: 0,
            direction: vec![0.0; points],
        };
        let mut order = Vec::new();
        search.weigh(worth, &mut order);
        search
    }

    /// Bounds with the present prices; returns the bound and how many of `order` are chosen.
    fn weigh(&mut self, worth: Vec<f64>, order: &mut Vec<u32>) -> (f64, usize) {
        let (total, toll, taken) = choose(self.core, &worth, order);
        let fixed: f64 = self.core.weights.iter().zip(&self.lambda).map(|(w, price)| *w as f64 * price).sum();
        let value = fixed + total;
        if value < self.best.value {
            self.best = Prices { lambda: self.lambda.clone(), worth, value, toll };
        }
        (value, taken)
    }

    /// The problem.
    pub(crate) fn core(&self) -> &'a Core {
        self.core
    }

    /// Whether the best set is proven.
    pub(crate) fn closed(&self) -> bool {
        self.best.bound() <= self.value
    }

    /// Takes steps until the proof, the number of steps, the deadline, or until steps bring nothing more.
    ///
    /// The volume algorithm (Barahona and Anbil, 2000): steps leave from the best prices, along an average of the slopes met
    /// around them; a subgradient alone would go back and forth between sites that are worth almost the same.
    pub(crate) fn run(&mut self, steps: u32, deadline: Instant, stop: &dyn Fn() -> bool) {
        let core = self.core;
        let points = core.weights.len();
        let mut order = Vec::new();
        let mut slope = vec![0.0_f64; points];
        let patience = PATIENCE[usize::from(core.len() > LARGE)];
        let (mut next, mut wait) = (24, 12);
        for step in 0..steps {
            if self.closed() || self.theta < LEAST_STEP || Instant::now() >= deadline || stop() {
                break;
            }
            let before = self.best.value;
            let worth = worth(core, &self.lambda);
            let (value, taken) = self.weigh(worth, &mut order);
            let chosen = &order[..taken.min(core.sites)];
            self.chosen.iter_mut().for_each(|share| *share *= 0.9);
            slope.fill(1.0);
            for site in chosen {
                self.chosen[*site as usize] += 0.1;
                for (point, score) in core.by_site.row(*site) {
                    if f64::from(score) > self.lambda[point as usize] {
                        slope[point as usize] -= 1.0;
                    }
                }
            }
            if step + 1 == next {
                // Those that bring nothing are made less and less often.
                wait = if self.offer(deadline, stop) { 12 } else { wait * 2 };
                next += wait;
            }
            // Along the average or against it: whether the step could have been longer.
            let weight = |point: usize| core.weights[point] as f64;
            let (mut along, mut own, mut average) = (0.0, 0.0, 0.0);
            for (point, (slope, direction)) in slope.iter().zip(&self.direction).enumerate() {
                along += weight(point) * slope * direction;
                own += weight(point) * slope * slope;
                average += weight(point) * direction * direction;
            }
            if value < before {
                self.since = 0;
                if along > 0.0 {
                    self.theta = (self.theta * 1.1).min(2.0);
                }
            } else {
                self.since += 1;
                if self.since >= patience {
                    self.theta *= 0.66;
                    self.since = 0;
                }
            }
            // The share of the new slope that makes the average shortest, within limits.
            let apart = own + average - 2.0 * along;
            let share = if average <= 0.0 {
                1.0
            } else if apart > 0.0 {
                ((average - along) / apart).clamp(0.1 * SHARE, SHARE)
            } else {
                SHARE
            };
            let mut norm = 0.0;
            for (point, (slope, direction)) in slope.iter().zip(&mut self.direction).enumerate() {
                *direction += share * (slope - *direction);
                let (price, ceiling) = (self.best.lambda[point], self.ceiling[point]);
                // What a limit would stop does not count in the length of the step.
                if !((*direction > 0.0 && price <= 0.0) || (*direction < 0.0 && price >= ceiling)) {
                    norm += weight(point) * *direction * *direction;
                }
            }
            if norm <= 0.0 {
                break;
            }
            let length = self.theta * (self.best.value - self.value as f64).max(self.best.value * 1e-9) / norm;
            for (point, direction) in self.direction.iter().enumerate() {
                self.lambda[point] = (self.best.lambda[point] - length * direction).clamp(0.0, self.ceiling[point]);
            }
        }
    }

    /// Offers a set made of the sites chosen lately: few of them, among which greedy and exchanges are quick. Returns whether
    /// it is the best met.
    fn offer(&mut self, deadline: Instant, stop: &dyn Fn() -> bool) -> bool {
        let before = self.value;
        let kept: Vec<u32> = (0..self.core.len() as u32).filter(|site| self.chosen[*site as usize] > LATELY).collect();
        let few = self.core.shrunk(&kept, &[]);
        for start in std::iter::once(greedy(&few).sites).chain(self.often(&few, &kept)) {
            let improved = swaps::improve(&few, &start, deadline, stop);
            let value = few.value(&improved);
            if value > self.value {
                self.value = value;
                self.sites = Some(improved.iter().map(|site| kept[*site as usize]).collect());
            }
        }
        self.value > before
    }

    /// Shakes the best set met (or the one it started from) and the one chosen most often lately, among the sites chosen lately and
    /// its own.
    pub(crate) fn shake(&mut self, rounds: u32, deadline: Instant, stop: &(dyn Fn() -> bool + Sync)) {
        let set = self.sites.as_deref().unwrap_or(&self.start);
        let lately = |site: &u32| self.chosen[*site as usize] > LATELY || set.contains(site);
        let kept: Vec<u32> = (0..self.core.len() as u32).filter(lately).collect();
        let few = self.core.shrunk(&kept, &[]);
        let known: Vec<u32> = set.iter().filter_map(|site| Some(kept.binary_search(site).ok()? as u32)).collect();
        let starts = [Some(known), self.often(&few, &kept)];
        let shaken: Vec<Vec<u32>> =
            starts.into_par_iter().flatten().map(|start| swaps::shake(&few, &start, rounds, deadline, stop)).collect();
        for shaken in shaken {
            let value = few.value(&shaken);
            if value > self.value {
                self.value = value;
                self.sites = Some(shaken.iter().map(|site| kept[*site as usize]).collect());
            }
        }
    }

    /// The set of the sites chosen most often lately among a few (`kept` of the problem), when limits allow it.
    fn often(&self, few: &Core, kept: &[u32]) -> Option<Vec<u32>> {
        // Every site serves somebody, so that ranks among the few are ranks in `kept`.
        let share = |site: &u32| self.chosen[kept[*site as usize] as usize];
        let mut often: Vec<u32> = (0..few.len() as u32).collect();
        often.sort_unstable_by(|a, b| share(b).total_cmp(&share(a)).then(a.cmp(b)));
        often.truncate(few.sites);
        few.allows(&often).then_some(often)
    }

    /// What the best prices decide: sites that may still be opened, and sites that every better set opens; `None` when limits
    /// do not let these all be opened, which proves the best set.
    pub(crate) fn decided(&self) -> Option<(Vec<u32>, Vec<u32>)> {
        let Prices { worth, value, toll, .. } = &self.best;
        // A set must reach at least one more than the best known to be of interest.
        let aim = self.value as f64 + 1.0;
        let value = value * (1.0 + SLACK) + 1e-6;
        let (mut kept, mut opened) = (Vec::new(), Vec::new());
        for site in 0..self.core.len() as u32 {
            let reduced = worth[site as usize] - toll.0 - toll.1 * self.core.costs[site as usize] as f64;
            if reduced < 0.0 && value + reduced < aim {
                continue;
            }
            if reduced > 0.0 && value - reduced < aim {
                opened.push(site);
            } else {
                kept.push(site);
            }
        }
        self.core.allows(&opened).then_some((kept, opened))
    }
}

/// First prices: what a point has from a known set costs as much as it would fall without its best site.
fn start(core: &Core, sites: &[u32], ceiling: &[f64]) -> Vec<f64> {
    let mut best = vec![(0_u32, 0_u32); core.weights.len()];
    let mut times = vec![0_u32; core.weights.len()];
    for site in sites {
        for (point, score) in core.by_site.row(*site) {
            let (first, second) = &mut best[point as usize];
            times[point as usize] += 1;
            if score > *first {
                (*first, *second) = (score, *first);
            } else {
                *second = score.max(*second);
            }
        }
    }
    if core.cover {
        // A point nobody serves is free; one served twice costs all of its worth.
        return times.iter().map(|times| [0.0, 0.5, 0.9][(*times as usize).min(2)]).collect();
    }
    best.iter()
        .zip(ceiling)
        .map(|((first, second), ceiling)| f64::midpoint(f64::from(*first), f64::from(*second)).min(*ceiling))
        .collect()
}
