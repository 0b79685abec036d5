//! A zoning of the whole country: units, marks, quotas and the proposal, from the territory in memory.

use std::time::Instant;

use pacte_access::zoning::{Inputs, Plan, Zoner, ZoningMethod, published};
use pacte_territory::Level;

use crate::{Ground, Measure};

/// Proposals timed; the median is told.
const ROUNDS: usize = 21;

/// Every shipped method that needs no table of zones, on its own units and on communes.
pub(crate) fn measure(ground: &Ground) -> Vec<Measure> {
    let territory = ground.territory();
    let mut measures = Vec::new();
    for name in ZoningMethod::shipped_names() {
        let method = ZoningMethod::shipped(name).expect("a shipped method");
        if !matches!(method.plan, Plan::Thresholds { .. }) {
            continue;
        }
        let mut communes = method.clone();
        communes.units = vec![Level::Commune];
        let own = (method.units != communes.units).then_some(method);
        for method in own.into_iter().chain([communes]) {
            let propose = || {
                let inputs = Inputs::of(&territory, &method).expect("inhabitants");
                let zoner = Zoner::new(&territory, &method, &inputs).expect("units");
                zoner.propose_on(published(&territory, &method).expect("an indicator")).expect("a proposal")
            };
            let mut times: Vec<f64> = (0..ROUNDS)
                .map(|_| {
                    let start = Instant::now();
                    std::hint::black_box(propose());
                    start.elapsed().as_secs_f64() * 1e3
                })
                .collect();
            times.sort_by(f64::total_cmp);
            let (median, units) = (times[ROUNDS / 2], propose().units.len());
            measures.push(Measure {
                what: format!("zonage : {name}, {units} zones"),
                bar: "≤ 200 ms".into(),
                found: format!("médiane {median:.1} ms"),
                reached: median <= 200.0,
            });
        }
    }
    measures
}
