//! Rules of quotients: Sainte-Laguë and D’Hondt.

use std::cmp::Ordering;

use super::{Demand, Fraction, Limits, Outcome, Reason, Rule, Tie, precedes};

/// What the need of a party that holds `seats` is divided by to compete for one more.
fn divisor(rule: Rule, seats: u64) -> u128 {
    let seats = u128::from(seats);
    if rule == Rule::DHondt { seats + 1 } else { 2 * seats + 1 }
}

fn quotient(rule: Rule, need: u128, seats: u64) -> Fraction {
    Fraction::new(need, divisor(rule, seats))
}

/// Seats whose quotient is at least `level / grain`.
fn count(rule: Rule, need: u128, level: u128, grain: u128) -> u128 {
    let ratio = need * grain / level;
    // need / (2 k + 1) ≥ level for k from 0 to (ratio − 1) / 2.
    if rule == Rule::DHondt { ratio } else { ratio.div_ceil(2) }
}

/// Gives seats by quotient, from floors up to caps.
///
/// The common level of quotients is found by bisection, with fewer seats given than there are; the few left are given one by
/// one, so that equal quotients are seen and settled by the declared rule.
pub(super) fn share_out(limits: &[Limits], demand: &Demand) -> Outcome {
    let Demand { seats, rule, parties, .. } = demand;
    // Fine enough that a step of the level moves few seats whatever the needs; products stay below 10³⁴.
    let grain = u128::from((*seats).max(1)) << 20;
    let at = |level: u128| -> Vec<u64> {
        let seat = |one: &Limits| {
            let own = u64::try_from(count(*rule, one.need, level, grain)).unwrap_or(u64::MAX);
            own.min(one.most(*seats)).max(one.floor)
        };
        limits.iter().map(seat).collect()
    };
    let total = |held: &[u64]| held.iter().map(|seats| u128::from(*seats)).sum::<u128>();
    let wanted = u128::from(*seats);
    // `low` gives at least the seats there are (or is the lowest level), `high` gives fewer.
    let largest = limits.iter().map(|one| one.need).max().unwrap_or(0);
    let (mut low, mut high) = (1_u128, 2 * largest * grain + 2);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if total(&at(middle)) > wanted { low = middle } else { high = middle }
    }
    let mut held = at(high);
    let mut left = wanted - total(&held);
    let mut tie = None;
    while left > 0 {
        let open = |party: &usize| limits[*party].need > 0 && held[*party] < limits[*party].most(*seats);
        let next = |party: usize| quotient(*rule, limits[party].need, held[party]);
        let better = |a: &usize, b: &usize| -> Ordering {
            next(*a).cmp(&next(*b)).then_with(|| precedes(limits, parties, *b, *a))
        };
        let Some(first) = (0..limits.len()).filter(open).max_by(better) else { break };
        let level = next(first);
        let equal: Vec<usize> = (0..limits.len()).filter(open).filter(|party| next(*party) == level).collect();
        if equal.len() as u128 > left {
            let mut equal = equal;
            equal.sort_by(|a, b| precedes(limits, parties, *a, *b));
            let (won, lost) = equal.split_at(left as usize);
            tie = Some(Tie { won: won.to_vec(), lost: lost.to_vec() });
            for party in won {
                held[*party] += 1;
            }
            break;
        }
        held[first] += 1;
        left -= 1;
    }
    let reasons = reasons(limits, *rule, *seats, &held);
    Outcome { seats: held, reasons, tie }
}

fn reasons(limits: &[Limits], rule: Rule, seats: u64, held: &[u64]) -> Vec<Reason> {
    let last = |party: usize| held[party].checked_sub(1).map(|before| quotient(rule, limits[party].need, before));
    // The lowest quotient that won, and the highest that did not, of those free to win or lose.
    let lowest = (0..limits.len()).filter(|party| held[*party] > limits[*party].floor).filter_map(last).min();
    let highest = (0..limits.len())
        .filter(|party| held[*party] < limits[*party].most(seats))
        .map(|party| quotient(rule, limits[party].need, held[party]))
        .max();
    limits
        .iter()
        .enumerate()
        .map(|(party, one)| {
            let next = quotient(rule, one.need, held[party]);
            let own = last(party);
            let under = |own: &Fraction| lowest.is_some_and(|lowest| *own < lowest) && highest.is_none_or(|h| *own < h);
            if held[party] == one.floor && one.floor > 0 && own.as_ref().is_some_and(under) {
                Reason::Floor
            } else if one.cap == Some(held[party]) && highest.is_some_and(|highest| next > highest) {
                if one.by_rise { Reason::Rise } else { Reason::Cap }
            } else {
                Reason::Quotient { last: own, next }
            }
        })
        .collect()
}
