//! The whole chain: greedy, exchanges, Lagrangian bound, reduction, proof; within a time limit, and interruptible.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::answer::{Answer, Chosen, Method, curve, ordered};
use crate::branch::{self, Best};
use crate::core::Core;
use crate::dual::{self, From, Prices, Search, carried};
use crate::greedy::{self, greedy};
use crate::instance::{Instance, Limit, SitingError};
use crate::{capacity, swaps};

/// Steps of the first search for prices, and of the ones after each reduction.
const FIRST: u32 = 1_250;
/// See [`FIRST`].
const STEPS: u32 = 200;
/// Parts the first search is made in, where no proof is looked for or the problem is large.
const LEGS: u32 = 5;
/// Shakes of a set after each part but the first: a third of a second for a country, after which 200 sites reach 0.7 % more
/// than by exchanges alone.
const SHAKES: u32 = 800;

/// How hard to look.
#[derive(Clone, Debug)]
pub struct Effort {
    /// Whether to look for a proof once heuristics are done.
    pub exact: bool,
    /// Wall-clock limit.
    pub limit: Duration,
    /// Set to true from elsewhere, ends the search with what is known.
    pub stop: Option<Arc<AtomicBool>>,
}

impl Default for Effort {
    /// A proof if ten seconds are enough.
    fn default() -> Self {
        Self { exact: true, limit: Duration::from_secs(10), stop: None }
    }
}

impl Effort {
    /// Heuristics and their bound only, within so many seconds.
    pub fn fast(seconds: f64) -> Self {
        Self { exact: false, limit: Duration::from_secs_f64(seconds), stop: None }
    }

    /// A proof if so many seconds are enough.
    pub fn exact(seconds: f64) -> Self {
        Self { exact: true, limit: Duration::from_secs_f64(seconds), stop: None }
    }

    /// Whether to end at once.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// Whether this build proves by mixed-integer programming (HiGHS).
pub const fn has_mixed_integer() -> bool {
    cfg!(feature = "exact")
}

/// Sites that help most within a limit. Never worse than greedy; the bound says how far the optimum can be.
///
/// # Errors
/// When the limit cannot be met or the lists contradict each other: see [`SitingError`].
pub fn solve(instance: &Instance, limit: Limit, effort: &Effort) -> Result<Answer, SitingError> {
    let start = Instant::now();
    instance.check(limit)?;
    if instance.capacities.is_some() {
        return Ok(capacity::solve(instance, limit, effort, start));
    }
    let deadline = start + effort.limit;
    let stop = || effort.stopped();
    let core = Core::of(instance, limit);
    let forced: Vec<u32> = (0..instance.candidates() as u32).filter(|site| instance.forced[*site as usize]).collect();
    let offset = instance.gain(&forced);

    let first = greedy(&core);
    let sites = swaps::improve(&core, &first.sites, deadline, &stop);
    let mut best = Best { value: offset + core.value(&sites), sites: named(&core, &sites, &forced) };
    let mut search = Search::new(&core, best.value - offset, From::Set(&sites));
    let proof = prove(&mut search, &first, offset, &forced, &mut best, effort, deadline);
    let (bound, method) = proof;

    let greedy_set = named(&core, &first.sites, &forced);
    let chosen = ordered(instance, &best.sites);
    let by_greedy: Vec<Chosen> = ordered(instance, &greedy_set);
    let prices = &search.best;
    let curve = curve(limit, &by_greedy, &chosen, |number| {
        let number = number as usize;
        if number >= chosen.len().max(by_greedy.len()) {
            bound
        } else {
            for_number(&core, prices, offset, number.saturating_sub(forced.len()))
        }
    });
    Ok(Answer {
        before: instance.before(),
        gain: best.value,
        bound,
        proven: bound <= best.value,
        method,
        curve,
        greedy: offset + first.value(),
        sites: chosen,
        seconds: start.elapsed().as_secs_f64(),
    })
}

/// Bound for another number of sites, from the same prices.
fn for_number(core: &Core, prices: &Prices, offset: u64, number: usize) -> u64 {
    let worth = &prices.worth;
    let mut order: Vec<f64> = worth.clone();
    order.sort_unstable_by(|a, b| b.total_cmp(a));
    let fixed: f64 = core.weights.iter().zip(&prices.lambda).map(|(weight, price)| *weight as f64 * price).sum();
    let total = fixed + order[..number.min(order.len())].iter().sum::<f64>();
    offset + dual::floor(total)
}

/// Candidates of the instance.
fn named(core: &Core, sites: &[u32], opened: &[u32]) -> Vec<u32> {
    opened.iter().copied().chain(sites.iter().map(|site| core.names[*site as usize])).collect()
}

/// Raises the set, lowers the bound, until they meet or time is up.
fn prove(
    search: &mut Search<'_>,
    first: &greedy::Greedy,
    offset: u64,
    forced: &[u32],
    best: &mut Best,
    effort: &Effort,
    deadline: Instant,
) -> (u64, Method) {
    let stop = || effort.stopped();
    let core = search.core();
    let mut bound = offset + first.bound;
    if bound <= best.value {
        return (best.value, Method::Lagrangian);
    }
    // A better set makes better steps towards prices, and better prices offer better sites.
    let legs = if !effort.exact || core.len() > dual::LARGE { LEGS } else { 1 };
    for leg in 0..legs {
        search.run(FIRST / legs, deadline, &stop);
        if leg > 0 && !search.closed() {
            search.shake(SHAKES, deadline, &stop);
        }
    }
    adopt(search, core, offset, forced, best);
    bound = bound.min(offset + search.best.bound());
    if bound <= best.value {
        return (best.value, Method::Lagrangian);
    }
    // What the bound decides is taken out, and the search goes on with what is left.
    let Some((kept, opened)) = search.decided() else { return (best.value, Method::Lagrangian) };
    let mut core = core.shrunk(&kept, &opened);
    let mut lambda = carried(&core, &search.best.lambda);
    let mut offset = offset + search.core().value(&opened);
    let mut names = named(search.core(), &opened, forced);
    let quick = if effort.exact { 6 } else { 20 };
    for _ in 0..quick {
        if core.len() == 0 || core.sites == 0 {
            return (best.value, Method::Lagrangian);
        }
        let mut search = Search::new(&core, best.value.saturating_sub(offset), From::Prices(lambda));
        search.run(STEPS, deadline, &stop);
        adopt(&mut search, &core, offset, &names, best);
        let now = offset + search.best.bound();
        let progress = bound.saturating_sub(now);
        bound = bound.min(now).max(best.value);
        if bound <= best.value {
            return (best.value, Method::Lagrangian);
        }
        if Instant::now() >= deadline || stop() {
            return (bound, Method::Heuristic);
        }
        let Some((kept, opened)) = search.decided() else { return (best.value, Method::Lagrangian) };
        let child = core.shrunk(&kept, &opened);
        lambda = carried(&child, &search.best.lambda);
        offset += core.value(&opened);
        names = named(&core, &opened, &names);
        let still = child.len() * 20 > core.len() * 19;
        core = child;
        if still && progress * 5000 < bound {
            break;
        }
    }
    if !effort.exact {
        return (bound, Method::Heuristic);
    }
    // Branching on prices proves most instances in less than the solver takes to presolve them; what it leaves open after
    // half of the time goes to the solver, where there is one.
    let now = Instant::now();
    let first = if cfg!(feature = "exact") { now + deadline.saturating_duration_since(now) / 2 } else { deadline };
    let left = branch::explore(core.clone(), lambda, offset, names.clone(), best, first, &stop);
    bound = bound.min(left).max(best.value);
    if bound <= best.value {
        return (bound, Method::Branching);
    }
    #[cfg(feature = "exact")]
    if !stop()
        && let Some((value, sites, proven)) = crate::exact::prove(&core, best.value.saturating_sub(offset), deadline)
    {
        if offset + value > best.value {
            *best = Best { value: offset + value, sites: named(&core, &sites, &names) };
        }
        bound = bound.min(offset + proven).max(best.value);
        if bound <= best.value {
            return (bound, Method::MixedInteger);
        }
    }
    (bound, Method::Heuristic)
}

/// Takes what the search found, when it is better.
fn adopt(search: &mut Search<'_>, core: &Core, offset: u64, opened: &[u32], best: &mut Best) {
    if let Some(sites) = search.sites.take() {
        let value = offset + core.value(&sites);
        if value > best.value {
            *best = Best { value, sites: named(core, &sites, opened) };
        }
    }
}
