//! Exact shares within limits, and their rounding by largest remainders.

use super::{Demand, Fraction, Limits, Outcome, Reason, Tie, precedes};

/// Where a party stands at the common rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Free,
    Floor,
    Cap,
}

/// Exact shares: `clamp(rest × need / needs, floor, cap)`.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    sides: Vec<Side>,
    /// Seats left to those whose need decides.
    rest: u128,
    /// Sum of their needs.
    needs: u128,
}

impl Shares {
    /// The share of a party.
    pub(super) fn of(&self, limits: &Limits, party: usize) -> Fraction {
        match self.sides[party] {
            Side::Floor => Fraction::new(u128::from(limits.floor), 1),
            Side::Cap => Fraction::new(u128::from(limits.cap.unwrap_or(0)), 1),
            Side::Free if self.needs == 0 => Fraction::new(0, 1),
            Side::Free => Fraction::new(self.rest * limits.need, self.needs),
        }
    }
}

/// Finds the common rate. Each round sets aside those it would put under their floor or over their cap, whichever weighs
/// more: the rate then moves the other way for all the others, so none of those set aside would come back.
pub(super) fn shares(limits: &[Limits], seats: u64) -> Shares {
    let mut shares = Shares { sides: vec![Side::Free; limits.len()], rest: u128::from(seats), needs: 0 };
    loop {
        shares.needs =
            limits.iter().zip(&shares.sides).filter(|(_, s)| **s == Side::Free).map(|(one, _)| one.need).sum();
        let Shares { rest, needs, .. } = shares;
        if needs == 0 {
            // Whoever is left needs nothing: the check made sure their floors take what is left.
            for (one, side) in limits.iter().zip(&mut shares.sides).filter(|(_, side)| **side == Side::Free) {
                *side = Side::Floor;
                shares.rest -= u128::from(one.floor);
            }
            return shares;
        }
        // Seats lacking to floors and in excess of caps, times `needs` to stay whole.
        let (mut lacking, mut excess) = (0_u128, 0_u128);
        for (one, _) in limits.iter().zip(&shares.sides).filter(|(_, side)| **side == Side::Free) {
            let own = rest * one.need;
            lacking += (u128::from(one.floor) * needs).saturating_sub(own);
            excess += one.cap.map_or(0, |cap| own.saturating_sub(u128::from(cap) * needs));
        }
        if lacking == 0 && excess == 0 {
            return shares;
        }
        let mut taken = 0;
        for (one, side) in limits.iter().zip(&mut shares.sides).filter(|(_, side)| **side == Side::Free) {
            let own = rest * one.need;
            if lacking >= excess && u128::from(one.floor) * needs > own {
                *side = Side::Floor;
                taken += u128::from(one.floor);
            } else if let Some(cap) = one.cap.filter(|cap| excess >= lacking && own > u128::from(*cap) * needs) {
                *side = Side::Cap;
                taken += u128::from(cap);
            }
        }
        shares.rest -= taken;
    }
}

/// Whole parts, then one seat more to each of the largest remainders.
pub(super) fn round(limits: &[Limits], shares: &Shares, demand: &Demand) -> Outcome {
    let exact: Vec<Fraction> = limits.iter().enumerate().map(|(party, one)| shares.of(one, party)).collect();
    let mut seats: Vec<u64> = exact.iter().map(|share| share.whole() as u64).collect();
    let mut left = demand.seats - seats.iter().sum::<u64>();
    let mut reasons: Vec<Reason> = shares
        .sides
        .iter()
        .zip(limits)
        .map(|(side, one)| match side {
            Side::Floor => Reason::Floor,
            Side::Cap if one.by_rise => Reason::Rise,
            Side::Cap => Reason::Cap,
            Side::Free => Reason::Whole,
        })
        .collect();
    let mut order: Vec<usize> = (0..limits.len()).filter(|party| exact[*party].fraction().over > 0).collect();
    let remainder = |party: usize| exact[party].fraction();
    order.sort_by(|a, b| remainder(*b).cmp(&remainder(*a)).then_with(|| precedes(limits, &demand.parties, *a, *b)));
    let mut tie = None;
    if left > 0
        && let Some((last, next)) = order.get(left as usize - 1).zip(order.get(left as usize))
        && remainder(*last) == remainder(*next)
    {
        let equal = |party: &usize| remainder(*party) == remainder(*last);
        let (won, lost) = order.split_at(left as usize);
        tie = Some(Tie {
            won: won.iter().copied().filter(equal).collect(),
            lost: lost.iter().copied().filter(equal).collect(),
        });
    }
    for (rank, party) in (1..).zip(&order) {
        if left == 0 {
            break;
        }
        seats[*party] += 1;
        reasons[*party] = Reason::Remainder(rank);
        left -= 1;
    }
    Outcome { seats, reasons, tie }
}
