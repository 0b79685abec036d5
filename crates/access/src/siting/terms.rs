//! What a request becomes for the solver, and what the solver's words become for people.

use pacte_siting::{Instance, SitingError};
use pacte_territory::{Column, CommuneId, Territory};

use super::desk::{Point, Read, TENTHS};
use super::request::{Equity, Objective, Refused, Request, euros};
use crate::od::OdMatrix;

/// Cost of each candidate; `None` when none is given.
pub(super) fn costs(
    request: &Request,
    candidates: &[CommuneId],
    apart: Vec<CommuneId>,
) -> Result<Option<Vec<u64>>, Refused> {
    let Some(usual) = request.cost_cents else {
        return if request.budget_cents.is_some() { Err(Refused::NoCost) } else { Ok(None) };
    };
    let mut costs = vec![usual; candidates.len()];
    for (commune, (_, cost)) in apart.iter().zip(&request.costs) {
        if let Ok(rank) = candidates.binary_search(commune) {
            costs[rank] = *cost;
        }
    }
    Ok(Some(costs))
}

/// People a weight stands for.
pub(super) fn part(weight: u64, point: &Point) -> u64 {
    if weight >= point.weight {
        return point.people;
    }
    ((u128::from(weight) * u128::from(point.people)) / u128::from(point.weight.max(1))) as u64
}

/// Unit of gains.
pub(super) fn unit(request: &Request) -> &'static str {
    let weighted = request.equity != Equity::Everybody && request.equity_percent > 0;
    match (request.objective == Objective::MeanTime, weighted) {
        (false, false) => "habitants",
        (false, true) => "habitants pondérés",
        (true, false) => "minutes × habitants",
        (true, true) => "minutes × habitants pondérés",
    }
}

/// Points, candidates and pairs.
pub(super) fn instance(read: &Read<'_>, table: &OdMatrix, before: &[f32]) -> Result<Instance, Refused> {
    let request = read.request;
    let mean = request.objective == Objective::MeanTime;
    let limit = request.minutes as f32;
    let score = |minutes: f32| {
        if mean { ((limit - minutes) * TENTHS).round().max(0.0) as u32 } else { u32::from(minutes <= limit) }
    };
    let mut sites: Vec<Vec<(u32, u32)>> = vec![Vec::new(); read.candidates.len()];
    for (rank, point) in (0_u32..).zip(&read.points) {
        for (to, minutes) in table.row(point.rank).filter(|(_, minutes)| *minutes <= limit) {
            if let Ok(site) = read.candidates.binary_search(&to) {
                sites[site].push((rank, score(minutes)));
            }
        }
    }
    let base: Vec<u32> =
        before.iter().map(|minutes| if *minutes <= limit { score(*minutes).max(1) } else { 0 }).collect();
    let weights = read.points.iter().map(|point| point.weight).collect();
    let mut instance = Instance::new(weights, sites)?.already(&base)?.forcing(&read.forced)?;
    if let Some(costs) = &read.costs {
        instance = instance.with_costs(costs.clone())?;
    }
    if let Some(capacity) = request.capacity {
        let most = (capacity as f64 * read.unit).round() as u64;
        instance = instance.with_capacities(vec![most; read.candidates.len()])?;
    }
    Ok(instance)
}

/// Factor of each commune relative to the country's, 1 where unknown, and how many are unknown.
pub(super) fn factors(territory: &Territory, equity: Equity, column: &Column, population: &Column) -> (Vec<f64>, u32) {
    let people = |commune: CommuneId| population.get(commune).unwrap_or(0.0);
    let known: Vec<(CommuneId, f64)> =
        (0..territory.len() as u32).filter_map(|commune| Some((commune, column.get(commune)?))).collect();
    let total: f64 = known.iter().map(|(commune, _)| people(*commune)).sum();
    let mut factors = vec![1.0; territory.len()];
    if total <= 0.0 {
        return (factors, territory.len() as u32);
    }
    if equity == Equity::Deprivation {
        // An index around zero has no proportions: its rank in the population has.
        let mut order = known.clone();
        order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let mut below = 0.0;
        for (commune, _) in order {
            factors[commune as usize] = 2.0 * (below + people(commune) / 2.0) / total;
            below += people(commune);
        }
    } else {
        let mean = known.iter().map(|(commune, value)| value * people(*commune)).sum::<f64>() / total;
        for (commune, value) in &known {
            factors[*commune as usize] = if mean > 0.0 { value / mean } else { 1.0 };
        }
    }
    (factors, (territory.len() - known.len()) as u32)
}

/// Why nobody can be brought.
pub(super) fn nobody(read: &Read<'_>, before: &[f32], scope: String) -> Refused {
    let limit = read.request.minutes as f32;
    let state = if read.points.is_empty() && read.request.objective == Objective::UnderDense {
        "vivent au-dessus du seuil de sous-densité".to_owned()
    } else if before.iter().all(|minutes| *minutes <= limit) {
        format!("sont déjà à {} minutes ou moins", read.request.minutes)
    } else {
        "concernés sont hors de portée de toute commune possible".to_owned()
    };
    Refused::Nobody { scope, state }
}

/// What the solver refuses, in communes and euros.
pub(super) fn in_words(error: SitingError, request: &Request, read: &Read<'_>) -> Refused {
    match error {
        SitingError::TooManySites { asked, candidates, .. } => {
            Refused::TooManySites { asked, candidates, forbidden: read.barred, small: read.small }
        }
        SitingError::BudgetTooSmall { budget, cheapest } => {
            Refused::BudgetTooSmall { budget: euros(budget), cheapest: euros(cheapest) }
        }
        SitingError::ForcedTooDear { cost, budget } => {
            Refused::ForcedTooDear { cost: euros(cost), budget: euros(budget) }
        }
        other => {
            debug_assert!(request.sites.is_some() || request.budget_cents.is_some() || other == SitingError::NoLimit);
            Refused::Solver(other)
        }
    }
}
