//! What is answered: sites in order, why each, how much fewer or more sites would give, and how far from the best.

use serde::{Deserialize, Serialize};

use crate::instance::{Instance, Limit};

/// How the answer was found, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Greedy and exchanges; the bound is the greedy or Lagrangian one.
    Heuristic,
    /// The Lagrangian bound alone proves it.
    Lagrangian,
    /// Branching on the Lagrangian.
    Branching,
    /// Mixed-integer programming (HiGHS).
    MixedInteger,
}

/// A point that gained from a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// Rank of the point.
    pub point: u32,
    /// Weight that gained: that of the point, or the part served under a capacity.
    pub weight: u64,
    /// Score it had before the site.
    pub from: u32,
    /// Score with it.
    pub to: u32,
}

/// A site of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Rank of the candidate.
    pub site: u32,
    /// Whether it was imposed.
    pub forced: bool,
    /// Its cost.
    pub cost: u64,
    /// What it adds to the sites before it.
    pub gain: u64,
    /// What it would add alone.
    pub alone: u64,
    /// What would be lost if it were taken away from all of them.
    pub loss: u64,
    /// Points that gain when it comes after the sites before it.
    pub brought: Vec<Brought>,
}

/// What so many sites give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Number of sites, imposed ones included.
    pub sites: u32,
    /// Total cost of the set.
    pub cost: u64,
    /// Best gain known for that number.
    pub gain: u64,
    /// No set of that number reaches more.
    pub bound: u64,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Sites: imposed ones in the order of their ranks, then the others, each the one that adds most.
    pub sites: Vec<Chosen>,
    /// What is reached before any is opened.
    pub before: u64,
    /// What they add together.
    pub gain: u64,
    /// No set within the limits adds more.
    pub bound: u64,
    /// Whether `gain` is proven to be the most there is.
    pub proven: bool,
    /// How it was found.
    pub method: Method,
    /// What fewer sites give.
    pub curve: Vec<CurvePoint>,
    /// What greedy alone adds.
    pub greedy: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
}

impl Answer {
    /// How far under the optimum the gain may be at most, as a share of the optimum's bound: 0 when proven.
    pub fn gap(&self) -> f64 {
        if self.proven || self.bound == 0 { 0.0 } else { (self.bound - self.gain) as f64 / self.bound as f64 }
    }

    /// Total cost of the sites.
    pub fn cost(&self) -> u64 {
        self.sites.iter().map(|site| site.cost).sum()
    }
}

/// Puts a set in order: imposed sites first, then each time the one that adds most, ties to the smaller rank.
pub(crate) fn ordered(instance: &Instance, set: &[u32]) -> Vec<Chosen> {
    let mut best = instance.base.clone();
    let mut rest: Vec<u32> = set.to_vec();
    rest.sort_unstable();
    let (mut forced, mut free): (Vec<u32>, Vec<u32>) =
        rest.into_iter().partition(|site| instance.forced[*site as usize]);
    forced.reverse();
    let gain = |site: u32, best: &[u32]| -> u64 {
        let more = |(point, score): (u32, u32)| {
            instance.weights[point as usize] * u64::from(score.saturating_sub(best[point as usize]))
        };
        instance.by_site.row(site).map(more).sum()
    };
    // Scores of the two best sites of each point, for what would be lost.
    let mut two = vec![(0_u32, u32::MAX, 0_u32); instance.points()];
    for site in set {
        for (point, score) in instance.by_site.row(*site) {
            let (first, owner, second) = &mut two[point as usize];
            if score > *first {
                (*second, *first, *owner) = (*first, score, *site);
            } else {
                *second = score.max(*second);
            }
        }
    }
    let mut chosen = Vec::with_capacity(set.len());
    // Gains only shrink: a stale one that is beaten by a fresh one needs no look.
    let mut stale: Vec<u64> = free.iter().map(|site| gain(*site, &best)).collect();
    while !forced.is_empty() || !free.is_empty() {
        let site = if let Some(site) = forced.pop() {
            site
        } else {
            let mut found = (0, 0_u64);
            for i in 0..free.len() {
                if i == 0 || stale[i] > found.1 {
                    stale[i] = gain(free[i], &best);
                    if i == 0 || stale[i] > found.1 {
                        found = (i, stale[i]);
                    }
                }
            }
            stale.remove(found.0);
            free.remove(found.0)
        };
        let mut brought = Vec::new();
        let (mut added, mut loss) = (0, 0);
        for (point, score) in instance.by_site.row(site) {
            let weight = instance.weights[point as usize];
            let from = best[point as usize];
            if score > from && weight > 0 {
                added += weight * u64::from(score - from);
                brought.push(Brought { point, weight, from, to: score });
                best[point as usize] = score;
            }
            let (first, owner, second) = two[point as usize];
            let base = instance.base[point as usize];
            if owner == site && first > base {
                loss += weight * u64::from(first - second.max(base));
            }
        }
        chosen.push(Chosen {
            site,
            forced: instance.forced[site as usize],
            cost: instance.costs[site as usize],
            gain: added,
            alone: gain(site, &instance.base),
            loss,
            brought,
        });
    }
    chosen
}

/// The curve from the gains of greedy (imposed sites included), the order of the answer, and bounds by number of sites.
pub(crate) fn curve(limit: Limit, greedy: &[Chosen], sites: &[Chosen], bound: impl Fn(u32) -> u64) -> Vec<CurvePoint> {
    let mut points: Vec<CurvePoint> = Vec::new();
    let (mut first, mut second, mut costs) = (0_u64, 0_u64, (0_u64, 0_u64));
    for i in 0..greedy.len().max(sites.len()) {
        if let Some(site) = greedy.get(i) {
            first += site.gain;
            costs.0 += site.cost;
        }
        if let Some(site) = sites.get(i) {
            second += site.gain;
            costs.1 += site.cost;
        }
        let better = second >= first || i >= greedy.len();
        let (gain, cost) = if better { (second, costs.1) } else { (first, costs.0) };
        let number = i as u32 + 1;
        let bound = if limit.sites.is_some() { bound(number) } else { u64::MAX };
        points.push(CurvePoint { sites: number, cost, gain, bound: bound.max(gain) });
    }
    // What more sites cannot reach, fewer cannot either.
    let mut least = u64::MAX;
    for point in points.iter_mut().rev() {
        least = least.min(point.bound);
        point.bound = least;
    }
    points
}
