//! Sharing seats, posts or contracts between parties by their need, within floors and caps.
//!
//! Everything is computed on integers: a need is an exact decimal, a share an exact fraction, so that the result never hangs
//! on a rounding. Three rules of apportionment (Balinski and Young, *Fair Representation*, 1982):
//!
//! * largest remainders (Hare, Hamilton): each has the whole part of its exact share, the rest goes to the largest
//!   fractions. Keeps the quota: nobody is a seat or more away from its exact share.
//! * Sainte-Laguë (Webster): each seat goes to the largest `need / (2 k + 1)`, `k` seats already held. Adding a seat never
//!   takes one away from anybody.
//! * D’Hondt (Jefferson): each seat goes to the largest `need / (k + 1)`; favours the large.
//!
//! Floors and caps are part of the rule, not a correction after it: exact shares are those of a common rate `µ` with
//! `share = clamp(µ × need, floor, cap)`, quotients are given from the floor up and never past the cap.

use std::collections::BTreeSet;

mod divisor;
mod input;
mod number;
mod remainders;
mod table;

pub use input::{TEMPLATE, read_parties, read_rise};
pub use number::{Decimal, Fraction};
pub use table::AllotmentTable;

/// Most seats shared out at once.
pub const MOST_SEATS: u64 = 1_000_000_000;
/// Most parties.
pub const MOST_PARTIES: usize = 5_000;

/// A rule of apportionment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Largest remainders (Hare).
    LargestRemainder,
    /// Sainte-Laguë (Webster).
    #[default]
    SainteLague,
    /// D’Hondt (Jefferson).
    DHondt,
}

impl Rule {
    /// Every rule, in the order of menus.
    pub const ALL: [Self; 3] = [Self::SainteLague, Self::LargestRemainder, Self::DHondt];

    /// Name in addresses and on the command line.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::LargestRemainder => "plus-forts-restes",
            Self::SainteLague => "sainte-lague",
            Self::DHondt => "d-hondt",
        }
    }

    /// The rule of a name.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.slug() == slug)
    }

    /// French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::LargestRemainder => "plus forts restes (Hare)",
            Self::SainteLague => "Sainte-Laguë (Webster)",
            Self::DHondt => "D’Hondt (Jefferson)",
        }
    }
}

/// One that asks for seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Name, unique.
    pub name: String,
    /// Need: any exact measure, the same for all.
    pub need: Decimal,
    /// Fewest seats.
    pub floor: u64,
    /// Most seats; `None` for no limit.
    pub cap: Option<u64>,
    /// Seats of the time before, for the limit on rises.
    pub previous: Option<u64>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Seats to share out.
    pub seats: u64,
    /// Between whom.
    pub parties: Vec<Party>,
    /// By which rule.
    pub rule: Rule,
    /// Largest rise over the time before, in ten-thousandths (1,000 for 10 %); `None` for no limit.
    pub max_rise: Option<u32>,
}

/// Why a party has what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its need alone would give less than its floor.
    Floor,
    /// Its need alone would give more than its cap.
    Cap,
    /// Its need alone would rise more than allowed.
    Rise,
    /// The whole part of its share.
    Whole,
    /// The whole part of its share and one for its remainder, which came at this rank.
    Remainder(u32),
    /// Its seats won by quotient: the last that won, and the next that did not.
    Quotient {
        /// Quotient of its last seat; `None` without any.
        last: Option<Fraction>,
        /// Quotient it would have needed to win for one more.
        next: Fraction,
    },
}

/// What a party gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// Rank of the party in the demand.
    pub party: usize,
    /// Seats.
    pub seats: u64,
    /// Exact share at the common rate, within floor and cap.
    pub share: Fraction,
    /// Fraction of the share left after its whole part.
    pub remainder: Fraction,
    /// Cap that held, with the limit on rises.
    pub cap: Option<u64>,
    /// Why.
    pub reason: Reason,
}

/// Parties that stood equal for the last seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tie {
    /// Those that got one.
    pub won: Vec<usize>,
    /// Those that did not, for a smaller need or a later name.
    pub lost: Vec<usize>,
}

/// Seats shared out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allotment {
    /// One award a party, in the order of the demand.
    pub awards: Vec<Award>,
    /// Equalities settled by the declared rule: larger need first, then name in alphabetical order.
    pub tie: Option<Tie>,
    /// Rule.
    pub rule: Rule,
    /// Seats.
    pub seats: u64,
}

/// Why a demand has no answer, and what would give it one. In French.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// Nobody to share between.
    #[error("aucune partie : donnez au moins une ligne avec un nom et un besoin")]
    Empty,
    /// Too many parties or seats.
    #[error("{what} : {found} dépasse la limite de {most}")]
    TooMany {
        /// `parties` or `places`.
        what: &'static str,
        /// What was asked.
        found: u128,
        /// The limit.
        most: u128,
    },
    /// Two parties bear the same name.
    #[error("« {0} » figure deux fois : chaque partie doit avoir son nom")]
    Doubled(String),
    /// Needs with too many digits to stay exact.
    #[error(
        "les besoins comptent trop de chiffres pour rester exacts : réduisez le nombre de décimales ou changez d’unité"
    )]
    Digits,
    /// A floor over its cap.
    #[error("« {name} » : le plancher {floor} dépasse le plafond {cap}{why} ; abaissez l’un ou relevez l’autre")]
    Contradiction {
        /// Party.
        name: String,
        /// Its floor.
        floor: u64,
        /// Its cap.
        cap: u64,
        /// What the cap comes from, when not from itself.
        why: String,
    },
    /// Floors ask for more than there is.
    #[error("les planchers demandent {floors} places et il n’y en a que {seats} : il en faudrait au moins {floors}, ou des planchers plus bas de {} en tout", floors - u128::from(*seats))]
    FloorsExceed {
        /// Sum of floors.
        floors: u128,
        /// Seats.
        seats: u64,
    },
    /// Caps allow less than there is.
    #[error("les plafonds n’admettent que {caps} places et il y en a {seats} : il en faudrait au plus {caps}, ou des plafonds plus hauts de {} en tout", u128::from(*seats) - caps)]
    CapsShort {
        /// Most that can be given.
        caps: u128,
        /// Seats.
        seats: u64,
    },
    /// Nobody who may get more has any need.
    #[error(
        "seules des parties sans besoin pourraient recevoir le reste : {most} places au plus trouvent preneur sur {seats} ; donnez un besoin à d’autres parties ou relevez des plafonds"
    )]
    NoNeed {
        /// Most that can be given.
        most: u128,
        /// Seats.
        seats: u64,
    },
}

/// A party with its need on the common scale and its limits.
#[derive(Clone, Debug)]
struct Limits {
    need: u128,
    floor: u64,
    cap: Option<u64>,
    /// Whether the cap is that of the limit on rises.
    by_rise: bool,
}

impl Limits {
    fn most(&self, seats: u64) -> u64 {
        self.cap.unwrap_or(seats).min(seats)
    }
}

/// Shares out the seats.
///
/// # Errors
/// When no answer exists, with what would give one.
pub fn allot(demand: &Demand) -> Result<Allotment, Impossible> {
    let limits = check(demand)?;
    let shares = remainders::shares(&limits, demand.seats);
    let outcome = match demand.rule {
        Rule::LargestRemainder => remainders::round(&limits, &shares, demand),
        Rule::SainteLague | Rule::DHondt => divisor::share_out(&limits, demand),
    };
    let awards = outcome
        .seats
        .iter()
        .zip(outcome.reasons)
        .enumerate()
        .map(|(party, (seats, reason))| Award {
            party,
            seats: *seats,
            share: shares.of(&limits[party], party),
            remainder: shares.of(&limits[party], party).fraction(),
            cap: limits[party].cap,
            reason,
        })
        .collect();
    Ok(Allotment { awards, tie: outcome.tie, rule: demand.rule, seats: demand.seats })
}

/// Seats with why, before they are dressed.
struct Outcome {
    seats: Vec<u64>,
    reasons: Vec<Reason>,
    tie: Option<Tie>,
}

/// Whether a party comes before another when both are equal: larger need, then name.
fn precedes(limits: &[Limits], parties: &[Party], a: usize, b: usize) -> std::cmp::Ordering {
    limits[b].need.cmp(&limits[a].need).then_with(|| parties[a].name.cmp(&parties[b].name))
}

fn check(demand: &Demand) -> Result<Vec<Limits>, Impossible> {
    let Demand { seats, parties, max_rise, .. } = demand;
    if parties.is_empty() {
        return Err(Impossible::Empty);
    }
    if parties.len() > MOST_PARTIES {
        let (found, most) = (parties.len() as u128, MOST_PARTIES as u128);
        return Err(Impossible::TooMany { what: "parties", found, most });
    }
    if *seats > MOST_SEATS {
        return Err(Impossible::TooMany { what: "places", found: u128::from(*seats), most: u128::from(MOST_SEATS) });
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = parties.iter().find(|party| !names.insert(party.name.as_str())) {
        return Err(Impossible::Doubled(twice.name.clone()));
    }
    let scale = parties.iter().map(|party| party.need.scale).max().unwrap_or(0);
    let limits: Vec<Limits> = parties
        .iter()
        .map(|party| {
            let need = party.need.at_scale(scale).ok_or(Impossible::Digits)?;
            let risen = max_rise.zip(party.previous).map(|(rise, previous)| {
                let most = u128::from(previous) * (10_000 + u128::from(rise)) / 10_000;
                u64::try_from(most).unwrap_or(u64::MAX)
            });
            let by_rise = risen.is_some_and(|risen| party.cap.is_none_or(|cap| risen < cap));
            let cap = match (party.cap, risen) {
                (Some(cap), Some(risen)) => Some(cap.min(risen)),
                (cap, risen) => cap.or(risen),
            };
            if let Some(cap) = cap.filter(|cap| *cap < party.floor) {
                let why = if by_rise { " que donne la hausse permise" } else { "" };
                let (name, floor, why) = (party.name.clone(), party.floor, why.to_owned());
                return Err(Impossible::Contradiction { name, floor, cap, why });
            }
            Ok(Limits { need, floor: party.floor, cap, by_rise })
        })
        .collect::<Result<_, _>>()?;
    let floors: u128 = limits.iter().map(|one| u128::from(one.floor)).sum();
    if floors > u128::from(*seats) {
        return Err(Impossible::FloorsExceed { floors, seats: *seats });
    }
    if limits.iter().all(|one| one.cap.is_some()) {
        let caps: u128 = limits.iter().map(|one| u128::from(one.cap.unwrap_or(*seats))).sum();
        if caps < u128::from(*seats) {
            return Err(Impossible::CapsShort { caps, seats: *seats });
        }
    }
    let most: u128 = limits.iter().map(|one| u128::from(if one.need > 0 { one.most(*seats) } else { one.floor })).sum();
    if most < u128::from(*seats) {
        return Err(Impossible::NoNeed { most, seats: *seats });
    }
    Ok(limits)
}

#[cfg(test)]
mod tests;
