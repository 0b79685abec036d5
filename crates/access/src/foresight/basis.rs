//! The APL of a projection without computing the APL again: it is linear in the supply, and the supply of any year is a sum
//! of a few fixed parts.

use super::Projection;
use crate::ground::Catchment;

/// Parts of the APL of each commune, at the hours and needs of the base.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Basis {
    /// Standardised inhabitants each commune's practitioners serve, weighted by the trip.
    pub(super) reached: Vec<f64>,
    /// APL due to practitioners of 65 or under.
    pub(super) under: Vec<f64>,
    /// APL due to those over 65.
    pub(super) over: Vec<f64>,
    /// For each commune, the training regions whose newcomers it can reach and the APL one unit of their work gives it.
    pub(super) newcomers: Vec<Vec<(u32, f64)>>,
}

impl Basis {
    pub(super) fn new(projection: &Projection) -> Self {
        let Catchment { od, weights, demand, supply, per_head, .. } = projection.catchment();
        let n = od.origins();
        let mut reached = vec![0.0; n];
        for (origin, people) in demand.iter().enumerate().filter(|(_, people)| **people > 0.0) {
            let pairs = od.offsets[origin]..od.offsets[origin + 1];
            for (target, weight) in od.targets[pairs.clone()].iter().zip(&weights[pairs]) {
                reached[*target as usize] += weight * people;
            }
        }
        let mut basis = Self { reached, under: vec![0.0; n], over: vec![0.0; n], newcomers: vec![Vec::new(); n] };
        for origin in 0..n {
            let mut newcomers: Vec<(u32, f64)> = Vec::new();
            let pairs = od.offsets[origin]..od.offsets[origin + 1];
            for (target, weight) in od.targets[pairs.clone()].iter().zip(&weights[pairs]) {
                let target = *target as usize;
                if basis.reached[target] <= 0.0 {
                    continue;
                }
                let weight = weight / basis.reached[target];
                let (old, supply) = (projection.old_supply[target], supply[target]);
                basis.under[origin] += weight * supply * (1.0 - old);
                basis.over[origin] += weight * supply * old;
                if let Some(region) = projection.region_of[target].filter(|_| projection.pull[target] > 0.0) {
                    let gain = weight * per_head * projection.pull[target];
                    match newcomers.iter_mut().find(|(known, _)| *known == region) {
                        Some((_, sum)) => *sum += gain,
                        None => newcomers.push((region, gain)),
                    }
                }
            }
            basis.newcomers[origin] = newcomers;
        }
        basis
    }
}
