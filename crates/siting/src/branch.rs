//! Proof by branching: open a site or do without it, and bound each side by its prices.
//!
//! Depth first, the side with the site open first. Each node starts from the prices of its parent, takes a few steps, and
//! leaves out or opens for good what the bound decides; most nodes end there. What the deadline leaves unexplored keeps
//! its bound, so an interrupted search still says how far from the optimum the answer can be.

use std::time::Instant;

use crate::core::Core;
use crate::dual::{From, Search, carried};
use crate::{greedy, swaps};

/// Steps taken at a node.
const STEPS: u32 = 80;

/// The best set known, in candidates of the instance, and what it adds to the core the search began with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Best {
    /// What the set reaches.
    pub(crate) value: u64,
    /// The set.
    pub(crate) sites: Vec<u32>,
}

/// A node: what is left to decide, what is open, and what that reaches.
struct Node {
    core: Core,
    opened: Vec<u32>,
    offset: u64,
    lambda: Vec<f64>,
    bound: u64,
}

/// Explores until the proof or the deadline; improves `best` and returns a bound on every set (of the core, `offset`
/// added) that beats it: `best.value` when it is proven.
pub(crate) fn explore(
    core: Core,
    lambda: Vec<f64>,
    offset: u64,
    opened: Vec<u32>,
    best: &mut Best,
    deadline: Instant,
    stop: &dyn Fn() -> bool,
) -> u64 {
    let mut stack = vec![Node { core, opened, offset, lambda, bound: u64::MAX }];
    let mut left = 0;
    while let Some(node) = stack.pop() {
        if node.bound <= best.value {
            continue;
        }
        if Instant::now() >= deadline || stop() {
            left = left.max(node.bound);
            continue;
        }
        visit(node, best, &mut stack, deadline, stop);
    }
    left.max(best.value)
}

fn visit(node: Node, best: &mut Best, stack: &mut Vec<Node>, deadline: Instant, stop: &dyn Fn() -> bool) {
    let Node { mut core, mut opened, mut offset, mut lambda, mut bound } = node;
    loop {
        let start = greedy::greedy(&core);
        let sites = swaps::improve(&core, &start.sites, deadline, stop);
        note(&core, &sites, offset, &opened, best);
        bound = bound.min(offset + start.bound);
        if bound <= best.value || core.sites == 0 || core.len() == 0 {
            return;
        }
        // Whatever was open before is part of the best set known by now.
        let goal = best.value.saturating_sub(offset);
        let mut search = Search::new(&core, goal, From::Prices(lambda));
        search.run(STEPS, deadline, stop);
        if let Some(sites) = search.sites.take() {
            note(&core, &sites, offset, &opened, best);
        }
        bound = bound.min(offset + search.best.bound());
        if bound <= best.value {
            return;
        }
        let Some((kept, forced)) = search.decided() else { return };
        let branching = (forced.is_empty() && kept.len() * 10 > core.len() * 9)
            .then(|| pick(&kept, &search.chosen, &search.best.worth))
            .flatten();
        let prices = search.best.lambda.clone();
        if let Some(site) = branching {
            let rest: Vec<u32> = kept.into_iter().filter(|other| *other != site).collect();
            for open in [false, true] {
                let now: &[u32] = if open { &[site] } else { &[] };
                if open && core.budget.is_some_and(|budget| core.costs[site as usize] > budget) {
                    continue;
                }
                let child = core.shrunk(&rest, now);
                let mut names = opened.clone();
                names.extend(now.iter().map(|site| core.names[*site as usize]));
                let lambda = carried(&child, &prices);
                let offset = offset + core.value(now);
                stack.push(Node { core: child, opened: names, offset, lambda, bound });
            }
            return;
        }
        let child = core.shrunk(&kept, &forced);
        opened.extend(forced.iter().map(|site| core.names[*site as usize]));
        offset += core.value(&forced);
        lambda = carried(&child, &prices);
        core = child;
        if core.len() == 0 {
            note(&core, &[], offset, &opened, best);
            return;
        }
    }
}

/// Keeps a set if it is the best.
fn note(core: &Core, sites: &[u32], offset: u64, opened: &[u32], best: &mut Best) {
    let value = offset + core.value(sites);
    if value > best.value {
        let mut names = opened.to_vec();
        names.extend(sites.iter().map(|site| core.names[*site as usize]));
        *best = Best { value, sites: names };
    }
}

/// The site prices hesitate most about: chosen half of the time; of equals, the one worth most.
fn pick(kept: &[u32], chosen: &[f64], worth: &[f64]) -> Option<u32> {
    kept.iter().copied().min_by(|a, b| {
        let doubt = |site: u32| ((chosen[site as usize] - 0.5).abs() * 20.0).round();
        doubt(*a).total_cmp(&doubt(*b)).then(worth[*b as usize].total_cmp(&worth[*a as usize])).then(a.cmp(b))
    })
}
