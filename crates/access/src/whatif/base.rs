//! Catchments in both directions, with what they give before any change.

use std::borrow::Cow;

use pacte_territory::CommuneId;
use rayon::prelude::*;

use crate::ground::{Catchment, Ground};
use crate::method::AplMethod;

use super::staff::{Kept, Staff};

/// Above this share of communes whose supply changes, every row is computed again.
const MOST_TOUCHED: usize = 8;
/// Rows computed by one thread at least.
const ROWS: usize = 512;

/// A method over the ground: its catchments and its APL of today.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Catchments of another method; `None` for the ground's own.
    own: Option<Catchment>,
    /// The method.
    pub(super) method: AplMethod,
    /// Share of supply due to practitioners within the method's first age limit; 1 without any.
    pub(super) young: f64,
    /// Weighted people who can reach each commune.
    reached: Vec<f64>,
    /// Origins that reach each destination with a weight above zero: rows of the transposed matrix.
    offsets: Vec<u32>,
    origins: Vec<CommuneId>,
    /// APL of today and its ratios.
    pub(super) apl: Vec<f64>,
    ratio: Vec<f64>,
}

/// APL after changes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct After {
    /// APL of every commune.
    pub(super) apl: Vec<f64>,
    /// APL of the variant with an age limit, when asked for.
    pub(super) young: Option<Vec<f64>>,
    /// Supply, acts a year.
    pub(super) supply: Vec<f64>,
    /// Communes whose row was computed again, in order.
    pub(super) touched: Vec<CommuneId>,
    /// Supply that nobody can reach.
    pub(super) unreached: f64,
}

impl Sheet {
    /// Prepares a method over a ground that has a catchment; `own` when it is another method than the ground's.
    pub(super) fn new(ground: &Ground, method: AplMethod, own: Option<Catchment>) -> Option<Self> {
        let catchment = own.as_ref().or(ground.catchment())?;
        let od = &catchment.od;
        let n = od.origins();
        let mut reached = vec![0.0; n];
        let mut offsets = vec![0_u32; n + 1];
        for (origin, people) in catchment.demand.iter().enumerate() {
            for pair in od.offsets[origin]..od.offsets[origin + 1] {
                let target = od.targets[pair] as usize;
                if *people > 0.0 {
                    reached[target] += catchment.weights[pair] * people;
                }
                if catchment.weights[pair] > 0.0 {
                    offsets[target + 1] += 1;
                }
            }
        }
        for i in 0..n {
            offsets[i + 1] += offsets[i];
        }
        let mut next = offsets.clone();
        let mut origins = vec![0; offsets[n] as usize];
        for origin in 0..n {
            for pair in od.offsets[origin]..od.offsets[origin + 1] {
                if catchment.weights[pair] > 0.0 {
                    let place = &mut next[od.targets[pair] as usize];
                    origins[*place as usize] = origin as CommuneId;
                    *place += 1;
                }
            }
        }
        let ratio: Vec<f64> =
            catchment.supply.iter().zip(&reached).map(|(supply, people)| ratio(*supply, *people)).collect();
        let apl = (0..n).into_par_iter().with_min_len(ROWS).map(|origin| row(catchment, &ratio, origin)).collect();
        let young = method.age_limits.first().map_or(1.0, |limit| limit.supply_share);
        Some(Self { own, method, young, reached, offsets, origins, apl, ratio })
    }

    /// The catchments.
    pub(super) fn catchment<'a>(&'a self, ground: &'a Ground) -> &'a Catchment {
        self.own.as_ref().or(ground.catchment()).expect("a sheet is made of a catchment")
    }

    /// The APL of the age limit today: the national share, as the pages show it.
    pub(super) fn young_today(&self) -> Vec<f64> {
        self.apl.iter().map(|apl| apl * self.young).collect()
    }

    /// APL after changes. With `kept`, the practitioners of today keep that share of their activity. `young` asks for the
    /// variant with an age limit too.
    ///
    /// Only rows that reach a commune whose supply changed are computed again, each in the order of
    /// [`Catchment::apl`]: the others hold the same numbers, so the whole is the same to the last bit.
    pub(super) fn after(&self, ground: &Ground, staff: &Staff, kept: Option<&Kept>, young: bool) -> After {
        let catchment = self.catchment(ground);
        let n = self.apl.len();
        let wanted: Cow<'_, [CommuneId]> = match kept {
            Some(_) => (0..n as CommuneId).collect::<Vec<_>>().into(),
            None => staff.communes().collect::<Vec<_>>().into(),
        };
        let mut supply = catchment.supply.clone();
        let mut ratios = self.ratio.clone();
        let mut ratios_young: Vec<f64> =
            if young { self.ratio.iter().map(|ratio| ratio * self.young).collect() } else { Vec::new() };
        let mut changed = Vec::new();
        for at in wanted.iter().copied() {
            let i = at as usize;
            let (all, among) = staff.supply(catchment, kept, self.young, at);
            if all.to_bits() == catchment.supply[i].to_bits() && among == catchment.supply[i] * self.young {
                continue;
            }
            changed.push(at);
            supply[i] = all;
            ratios[i] = ratio(all, self.reached[i]);
            if young {
                ratios_young[i] = ratio(among, self.reached[i]);
            }
        }
        let touched = self.reaching(&changed);
        let rows: Vec<(f64, f64)> = touched
            .par_iter()
            .with_min_len(ROWS)
            .map(|origin| {
                let origin = *origin as usize;
                let among = if young { row(catchment, &ratios_young, origin) } else { 0.0 };
                (row(catchment, &ratios, origin), among)
            })
            .collect();
        let mut apl = self.apl.clone();
        let mut among = young.then(|| self.young_today());
        for (origin, (all, few)) in touched.iter().zip(rows) {
            apl[*origin as usize] = all;
            if let Some(among) = &mut among {
                among[*origin as usize] = few;
            }
        }
        let unreached = changed
            .iter()
            .map(|at| *at as usize)
            .filter(|at| self.reached[*at] <= 0.0 && supply[*at] > catchment.supply[*at])
            .map(|at| supply[at] - catchment.supply[at])
            .sum();
        After { apl, young: among, supply, touched, unreached }
    }

    /// Communes that reach one of these, in order.
    fn reaching(&self, changed: &[CommuneId]) -> Vec<CommuneId> {
        let n = self.apl.len();
        if changed.len() > n / MOST_TOUCHED {
            return (0..n as CommuneId).collect();
        }
        let mut origins: Vec<CommuneId> = changed
            .iter()
            .flat_map(|at| {
                let at = *at as usize;
                &self.origins[self.offsets[at] as usize..self.offsets[at + 1] as usize]
            })
            .copied()
            .collect();
        origins.sort_unstable();
        origins.dedup();
        origins
    }
}

fn ratio(supply: f64, people: f64) -> f64 {
    if people > 0.0 { supply / people } else { 0.0 }
}

/// The sum of a row, in the order of [`crate::apl::apl`].
fn row(catchment: &Catchment, ratio: &[f64], origin: usize) -> f64 {
    let od = &catchment.od;
    let pairs = od.offsets[origin]..od.offsets[origin + 1];
    let targets = &od.targets[pairs.clone()];
    let weights = &catchment.weights[pairs];
    let sum: f64 = targets.iter().zip(weights).map(|(target, weight)| weight * ratio[*target as usize]).sum();
    sum + 0.0 * catchment.known_demand[origin]
}
