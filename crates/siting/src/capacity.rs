//! Places that can serve only so many: capacitated maximal cover (Current and Storbeck, 1988).
//!
//! A point may be shared between places within reach; what a set serves is a largest flow from points to places. That
//! is submodular too, so greedy and its bound hold; what a place adds is found by augmenting paths, those it relieves
//! included. The Lagrangian gives each place the best of its points up to its capacity.

use std::time::Instant;

use rayon::prelude::*;

use crate::answer::{Answer, Brought, Chosen, Method, curve};
use crate::dual;
use crate::instance::{Instance, Limit};
use crate::solve::Effort;

mod flow;
#[cfg(feature = "exact")]
mod mixed;

use flow::Flow;

/// Steps of the Lagrangian.
const STEPS: u32 = 400;

/// Solves with capacities: greedy, exchanges, Lagrangian bound, and HiGHS in builds that have it.
pub(crate) fn solve(instance: &Instance, limit: Limit, effort: &Effort, start: Instant) -> Answer {
    let deadline = start + effort.limit;
    let over = || Instant::now() >= deadline || effort.stopped();
    let all = || 0..instance.candidates() as u32;
    let forced: Vec<u32> = all().filter(|site| instance.forced[*site as usize]).collect();
    let free: Vec<u32> =
        all().filter(|site| !instance.forced[*site as usize] && !instance.forbidden[*site as usize]).collect();
    let sites = limit.sites.map_or(free.len(), |sites| sites as usize - forced.len()).min(free.len());
    let spent: u64 = forced.iter().map(|site| instance.costs[*site as usize]).sum();
    let budget = limit.budget.map(|budget| budget - spent);

    let base = Flow::of(instance, &forced);
    let first = base.total;
    let (mut set, mut bound) = greedy(&base, &free, sites, budget);
    let by_greedy = set.clone();
    let greedy_value = flow_value(instance, &forced, &set);
    let mut value = greedy_value;
    exchange(instance, &forced, &free, budget, &mut set, &mut value, &over);
    let lagrangian = first + lagrangian(&base, &free, sites, budget, value - first, &over);
    bound = bound.min(lagrangian).max(value);
    let method = if bound <= value { Method::Lagrangian } else { Method::Heuristic };
    #[cfg(feature = "exact")]
    let method = {
        let problem = mixed::Problem { instance, free: &free, sites, budget, base: &base };
        let open = bound > value && effort.exact && !over();
        match open.then(|| problem.solve(&set, deadline)).flatten() {
            Some((found, proven)) => {
                let reached = flow_value(instance, &forced, &found);
                if reached > value {
                    (set, value) = (found, reached);
                }
                bound = bound.min(first + proven).max(value);
                if bound <= value { Method::MixedInteger } else { method }
            }
            None => method,
        }
    };
    let sites = ordered(instance, &forced, &set);
    let greedy_sites = ordered(instance, &forced, &by_greedy);
    let last = sites.len() as u32;
    let ceiling =
        instance.weights.iter().zip(&instance.base).filter(|(_, base)| **base == 0).map(|(w, _)| *w).sum::<u64>();
    let alone: Vec<u64> = {
        let mut alone: Vec<u64> = free.iter().map(|site| base.gain(*site)).collect();
        alone.sort_unstable_by(|a, b| b.cmp(a));
        alone
    };
    let curve = curve(limit, &greedy_sites, &sites, |number| {
        if number >= last {
            return bound;
        }
        let more = (number as usize).saturating_sub(forced.len());
        (first + alone.iter().take(more).sum::<u64>()).min(ceiling).min(bound)
    });
    Answer {
        before: instance.before(),
        gain: value,
        bound,
        proven: bound <= value,
        method,
        curve,
        greedy: greedy_value,
        sites,
        seconds: start.elapsed().as_secs_f64(),
    }
}

fn flow_value(instance: &Instance, forced: &[u32], set: &[u32]) -> u64 {
    Flow::of(instance, &[forced, set].concat()).total
}

/// Lazy greedy on flows, with its bound on the total.
fn greedy(base: &Flow<'_>, free: &[u32], sites: usize, budget: Option<u64>) -> (Vec<u32>, u64) {
    let instance = base.instance;
    let cost = |site: u32| instance.costs[site as usize];
    let run = |by_ratio: bool| {
        let mut flow = base.clone();
        let mut gains: Vec<(u32, u64)> = free.par_iter().map(|site| (*site, base.gain(*site))).collect();
        let mut bound = flow.total + top(instance, &gains, sites, budget);
        let (mut set, mut spent) = (Vec::new(), 0_u64);
        while set.len() < sites {
            let mut found: Option<(usize, u64)> = None;
            let better = |gain: u64, c: u64, than: (u64, u64)| {
                if by_ratio {
                    u128::from(gain) * u128::from(than.1) > u128::from(than.0) * u128::from(c)
                } else {
                    gain > than.0
                }
            };
            for i in 0..gains.len() {
                let (site, stale) = gains[i];
                let affordable = budget.is_none_or(|budget| spent + cost(site) <= budget);
                let beats =
                    |gain: u64| found.is_none_or(|(at, best)| better(gain, cost(site), (best, cost(gains[at].0))));
                if set.contains(&site) || !affordable || stale == 0 || !beats(stale) {
                    continue;
                }
                let fresh = flow.gain(site);
                let beats = beats(fresh);
                gains[i].1 = fresh;
                if fresh > 0 && beats {
                    found = Some((i, fresh));
                }
            }
            let Some((at, _)) = found else { break };
            let site = gains[at].0;
            flow.open(site);
            spent += cost(site);
            set.push(site);
            gains[at].1 = 0;
            bound = bound.min(flow.total + top(instance, &gains, sites, budget));
        }
        (set, flow.total, bound)
    };
    let (set, value, bound) = run(false);
    if budget.is_none() {
        return (set, bound);
    }
    let (other, second, tighter) = run(true);
    (if second > value { other } else { set }, bound.min(tighter))
}

/// An upper bound on what some sites of these gains add together.
fn top(instance: &Instance, gains: &[(u32, u64)], sites: usize, budget: Option<u64>) -> u64 {
    let mut order: Vec<(u64, u64)> = gains
        .iter()
        .map(|(site, gain)| (*gain, instance.costs[*site as usize]))
        .filter(|(gain, _)| *gain > 0)
        .collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    let by_number = order.iter().take(sites).map(|(gain, _)| gain).sum();
    let Some(mut left) = budget else { return by_number };
    order.sort_unstable_by(|a, b| (u128::from(b.0) * u128::from(a.1)).cmp(&(u128::from(a.0) * u128::from(b.1))));
    let mut total = 0_u64;
    for (gain, cost) in order {
        if cost > left {
            total += (u128::from(gain) * u128::from(left)).div_ceil(u128::from(cost)) as u64;
            break;
        }
        left -= cost;
        total += gain;
    }
    total.min(by_number)
}

/// Closes one site and opens another as long as that serves more.
fn exchange(
    instance: &Instance,
    forced: &[u32],
    free: &[u32],
    budget: Option<u64>,
    set: &mut [u32],
    value: &mut u64,
    over: &dyn Fn() -> bool,
) {
    let cost = |sites: &[u32]| sites.iter().map(|site| instance.costs[*site as usize]).sum::<u64>();
    loop {
        let mut better = false;
        for at in 0..set.len() {
            if over() {
                return;
            }
            let mut rest = set.to_vec();
            rest.remove(at);
            let flow = Flow::of(instance, &[forced, &rest].concat());
            let spent = cost(&rest);
            let found = free
                .par_iter()
                .filter(|site| !set.contains(site))
                .filter(|site| budget.is_none_or(|budget| spent + instance.costs[**site as usize] <= budget))
                .map(|site| (flow.gain(*site), std::cmp::Reverse(*site)))
                .max();
            if let Some((gain, std::cmp::Reverse(site))) = found
                && flow.total + gain > *value
            {
                *value = flow.total + gain;
                set[at] = site;
                better = true;
            }
        }
        if !better {
            return;
        }
    }
}

/// Lagrangian bound on what is added to `base`.
fn lagrangian(
    base: &Flow<'_>,
    free: &[u32],
    sites: usize,
    budget: Option<u64>,
    goal: u64,
    over: &dyn Fn() -> bool,
) -> u64 {
    let instance = base.instance;
    // Forced places may be relieved by new ones: what they serve counts with what waits, and they stay open.
    let forced: Vec<u32> = (0..instance.candidates() as u32).filter(|site| instance.forced[*site as usize]).collect();
    let open = |point: usize| if instance.base[point] > 0 { 0 } else { instance.weights[point] };
    let weights: Vec<u64> = (0..instance.points()).map(open).collect();
    let mut price = vec![0.5_f64; weights.len()];
    let (mut best, mut theta, mut since) = (f64::INFINITY, 1.0_f64, 0);
    let goal = (base.total + goal) as f64;
    for _ in 0..STEPS {
        if over() || theta < 1e-3 {
            break;
        }
        let worth = |site: &u32| -> (f64, Vec<(u32, u64)>) {
            let mut row: Vec<(f64, u32)> = instance
                .by_site
                .row(*site)
                .map(|(point, _)| (1.0 - price[point as usize], point))
                .filter(|(worth, point)| *worth > 0.0 && weights[*point as usize] > 0)
                .collect();
            row.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let mut room = instance.capacities.as_ref().map_or(u64::MAX, |capacities| capacities[*site as usize]);
            let (mut total, mut taken) = (0.0, Vec::new());
            for (worth, point) in row {
                let amount = weights[point as usize].min(room);
                if amount == 0 {
                    break;
                }
                room -= amount;
                total += worth * amount as f64;
                taken.push((point, amount));
            }
            (total, taken)
        };
        let found: Vec<(f64, Vec<(u32, u64)>)> = free.par_iter().map(worth).collect();
        let imposed: Vec<(f64, Vec<(u32, u64)>)> = forced.par_iter().map(worth).collect();
        let mut order: Vec<usize> = (0..free.len()).collect();
        order.sort_unstable_by(|a, b| found[*b].0.total_cmp(&found[*a].0).then(a.cmp(b)));
        let mut total: f64 = order.iter().take(sites).map(|at| found[*at].0).sum();
        let mut chosen: Vec<usize> = order.iter().take(sites).copied().collect();
        if let Some(budget) = budget {
            let ratio = |at: usize| found[at].0 / (instance.costs[free[at] as usize] as f64).max(f64::MIN_POSITIVE);
            order.sort_unstable_by(|a, b| ratio(*b).total_cmp(&ratio(*a)).then(a.cmp(b)));
            let (mut left, mut sum, mut taken) = (budget, 0.0, Vec::new());
            for at in order {
                let cost = instance.costs[free[at] as usize];
                if cost > left {
                    sum += ratio(at) * left as f64;
                    break;
                }
                left -= cost;
                sum += found[at].0;
                taken.push(at);
            }
            if sum < total {
                (total, chosen) = (sum, taken);
            }
        }
        let fixed: f64 = weights.iter().zip(&price).map(|(weight, price)| *weight as f64 * price).sum();
        let value = fixed + total + imposed.iter().map(|(worth, _)| worth).sum::<f64>();
        if value < best * (1.0 - 1e-7) {
            since = 0;
        } else {
            since += 1;
        }
        best = best.min(value);
        if since >= 12 {
            (theta, since) = (theta * 0.6, 0);
        }
        if dual::floor(best) as f64 <= goal {
            break;
        }
        let mut taken = vec![0_u64; weights.len()];
        for (_, row) in chosen.iter().map(|at| &found[*at]).chain(&imposed) {
            for (point, amount) in row {
                taken[*point as usize] += amount;
            }
        }
        let slope = |point: usize| weights[point] as f64 - taken[point] as f64;
        let norm: f64 =
            (0..weights.len()).filter(|p| weights[*p] > 0).map(|p| slope(p) * slope(p) / weights[p] as f64).sum();
        if norm <= 0.0 {
            break;
        }
        let length = theta * (value - goal).max(value * 1e-9) / norm;
        for point in 0..weights.len() {
            if weights[point] > 0 {
                price[point] = (price[point] - length * slope(point) / weights[point] as f64).clamp(0.0, 1.0);
            }
        }
    }
    dual::floor(best).saturating_sub(base.total)
}

/// Sites in order, with the points whose share served grew.
fn ordered(instance: &Instance, forced: &[u32], set: &[u32]) -> Vec<Chosen> {
    let all = [forced, set].concat();
    let whole = Flow::of(instance, &all).total;
    let mut flow = Flow::new(instance);
    let mut rest: Vec<u32> = set.to_vec();
    rest.sort_unstable();
    let mut chosen = Vec::new();
    for i in 0..all.len() {
        let site = if i < forced.len() {
            forced[i]
        } else {
            let gains = rest.iter().map(|site| (flow.gain(*site), std::cmp::Reverse(*site)));
            let Some((_, std::cmp::Reverse(site))) = gains.max() else { break };
            rest.retain(|other| *other != site);
            site
        };
        let before = flow.waiting.clone();
        let gain = flow.open(site);
        let brought = (0_u32..)
            .zip(before.iter().zip(&flow.waiting))
            .filter(|(_, (before, after))| before > after)
            .map(|(point, (before, after))| Brought { point, weight: before - after, from: 0, to: 1 })
            .collect();
        let others: Vec<u32> = all.iter().copied().filter(|other| *other != site).collect();
        chosen.push(Chosen {
            site,
            forced: instance.forced[site as usize],
            cost: instance.costs[site as usize],
            gain,
            alone: Flow::new(instance).open(site),
            loss: whole - Flow::of(instance, &others).total,
            brought,
        });
    }
    chosen
}

/// Weight served by a set of candidates opened together: the definition, for tests and checks.
pub fn served(instance: &Instance, sites: &[u32]) -> u64 {
    Flow::of(instance, sites).total
}
