//! Who practises where after the changes: exact counts, then supply.
//!
//! Counts are whole numbers and follow the order of the changes; supply is a function of the final counts alone. Closing
//! what was opened, or moving back what was moved, therefore gives the supply of today to the last bit.

use std::collections::BTreeMap;

use pacte_territory::{CommuneId, Territory};

use super::change::WHOLE;
use super::error::ChangeFault;
use super::places::named;
use super::{Change, Kind};
use crate::ground::Catchment;

/// Counts of structures in place by commune.
pub(super) type Standing<'a> = &'a dyn Fn(Kind, CommuneId) -> u32;

/// Practitioners who came to a commune.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Arrival {
    count: u32,
    /// Commune they practise in today; `None` for new ones.
    home: Option<CommuneId>,
}

/// What changes in one commune.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Post {
    /// Practitioners of today who are gone.
    gone: u32,
    /// Those who came, the last on top.
    arrivals: Vec<Arrival>,
}

/// The practitioners and structures that a list of changes leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Staff {
    posts: BTreeMap<CommuneId, Post>,
    /// Structures opened less structures closed.
    structures: BTreeMap<(Kind, CommuneId), i64>,
}

/// Share of activity kept by the practitioners of today, by commune: in all, and among those young enough for the
/// variant of the APL with an age limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Kept {
    pub(super) all: Vec<f64>,
    pub(super) young: Vec<f64>,
}

impl Staff {
    /// Follows the changes in their order; `heads` counts the practitioners of today.
    ///
    /// # Errors
    /// The rank of the first change that cannot be made, and why.
    pub(super) fn of(
        territory: &Territory,
        heads: &[f64],
        standing: Standing<'_>,
        changes: &[Change],
    ) -> Result<Self, (usize, ChangeFault)> {
        let mut staff = Self::default();
        for (rank, change) in changes.iter().enumerate() {
            staff.make(territory, heads, standing, change).map_err(|fault| (rank, fault))?;
        }
        staff.posts.retain(|_, post| post.gone > 0 || !post.arrivals.is_empty());
        staff.structures.retain(|_, change| *change != 0);
        Ok(staff)
    }

    fn make(
        &mut self,
        territory: &Territory,
        heads: &[f64],
        standing: Standing<'_>,
        change: &Change,
    ) -> Result<(), ChangeFault> {
        let place = |code| {
            territory.commune_or_parent(code).ok_or_else(|| ChangeFault::UnknownCommune {
                found: String::from(pacte_territory::CommuneCode::as_str(&code)),
                nearest: Vec::new(),
            })
        };
        let structures = |kind: Kind, count: u32| if kind.has_doctors() { 1 } else { count };
        match *change {
            Change::Add { kind, count, at } => {
                let at = place(at)?;
                if kind.has_doctors() {
                    self.arrive(at, count, None);
                }
                if kind.is_structure() {
                    *self.structures.entry((kind, at)).or_default() += i64::from(structures(kind, count));
                }
            }
            Change::Remove { kind, count, at } => {
                let at = place(at)?;
                self.check(territory, heads, standing, kind, count, at)?;
                if kind.has_doctors() {
                    self.leave(at, count);
                }
                if kind.is_structure() {
                    *self.structures.entry((kind, at)).or_default() -= i64::from(structures(kind, count));
                }
            }
            Change::Move { kind, count, from, to } => {
                let (from, to) = (place(from)?, place(to)?);
                if from == to {
                    return Err(ChangeFault::SamePlace { place: named(territory, from) });
                }
                self.check(territory, heads, standing, kind, count, from)?;
                if kind.has_doctors() {
                    for Arrival { count, home } in self.leave(from, count) {
                        self.arrive(to, count, home);
                    }
                }
                if kind.is_structure() {
                    let moved = i64::from(structures(kind, count));
                    *self.structures.entry((kind, from)).or_default() -= moved;
                    *self.structures.entry((kind, to)).or_default() += moved;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Checks that as many can go.
    fn check(
        &self,
        territory: &Territory,
        heads: &[f64],
        standing: Standing<'_>,
        kind: Kind,
        count: u32,
        at: CommuneId,
    ) -> Result<(), ChangeFault> {
        let too_many = |kind, asked, there| ChangeFault::TooMany { kind, asked, there, place: named(territory, at) };
        if kind.is_structure() {
            let asked = if kind.has_doctors() { 1 } else { count };
            let change = self.structures.get(&(kind, at)).copied().unwrap_or_default();
            let there = (i64::from(standing(kind, at)) + change).max(0) as u32;
            if there < asked {
                return Err(too_many(kind, asked, there));
            }
        }
        if kind.has_doctors() {
            let post = self.posts.get(&at);
            let there = Self::left(heads, at, post.map_or(0, |post| post.gone))
                + post.map_or(0, |post| post.arrivals.iter().map(|arrival| arrival.count).sum());
            if there < count {
                return Err(too_many(Kind::Gp, count, there));
            }
        }
        Ok(())
    }

    /// Whole practitioners of today still there. A count between two vintages may not be whole: the last part of one stays.
    fn left(heads: &[f64], at: CommuneId, gone: u32) -> u32 {
        // A count may fall short of a whole by the rounding of shares.
        ((heads[at as usize] + 1e-9).floor() as u32).saturating_sub(gone)
    }

    fn arrive(&mut self, at: CommuneId, count: u32, home: Option<CommuneId>) {
        let post = self.posts.entry(at).or_default();
        if home == Some(at) {
            post.gone -= count;
            return;
        }
        match post.arrivals.last_mut() {
            Some(last) if last.home == home => last.count += count,
            _ => post.arrivals.push(Arrival { count, home }),
        }
    }

    /// Takes practitioners away, the last who came first, then those of today; says who they are.
    fn leave(&mut self, at: CommuneId, mut count: u32) -> Vec<Arrival> {
        let post = self.posts.entry(at).or_default();
        let mut gone = Vec::new();
        while count > 0 {
            let Some(last) = post.arrivals.last_mut() else {
                post.gone += count;
                gone.push(Arrival { count, home: Some(at) });
                break;
            };
            let taken = count.min(last.count);
            last.count -= taken;
            gone.push(Arrival { count: taken, home: last.home });
            count -= taken;
            if last.count == 0 {
                post.arrivals.pop();
            }
        }
        gone
    }

    /// Communes where practitioners come or go, in order.
    pub(super) fn communes(&self) -> impl Iterator<Item = CommuneId> {
        self.posts.keys().copied()
    }

    /// Structures opened (above zero) and closed (below).
    pub(super) fn structures(&self) -> impl Iterator<Item = (Kind, CommuneId, i64)> {
        self.structures.iter().map(|((kind, at), change)| (*kind, *at, *change))
    }

    /// Practitioners in a commune after the changes.
    pub(super) fn heads(&self, heads: &[f64], at: CommuneId) -> f64 {
        let today = heads[at as usize];
        self.posts.get(&at).map_or(today, |post| {
            today - f64::from(post.gone) + post.arrivals.iter().map(|arrival| f64::from(arrival.count)).sum::<f64>()
        })
    }

    /// Supply of a commune after the changes, acts a year: in all, and due to practitioners within the age limit, whose
    /// share among those of today is `young`.
    pub(super) fn supply(&self, catchment: &Catchment, kept: Option<&Kept>, young: f64, at: CommuneId) -> (f64, f64) {
        let keep = |at: CommuneId| kept.map_or((1.0, 1.0), |kept| (kept.all[at as usize], kept.young[at as usize]));
        let own = catchment.supply[at as usize];
        let Some(post) = self.posts.get(&at) else {
            let (all, among) = keep(at);
            return (times(own, all), times(own * young, among));
        };
        let heads = catchment.heads.counts[at as usize];
        let here = if post.gone == 0 { own } else { own * ((heads - f64::from(post.gone)).max(0.0) / heads) };
        let (all, among) = keep(at);
        let (mut sum, mut sum_young) = (times(here, all), times(here * young, among));
        // Whoever came first, those of one origin together: the order of the changes leaves no trace.
        let mut arrived: BTreeMap<Option<CommuneId>, u32> = BTreeMap::new();
        for arrival in &post.arrivals {
            *arrived.entry(arrival.home).or_default() += arrival.count;
        }
        for (home, count) in arrived {
            let count = f64::from(count);
            match home {
                None => {
                    sum += count * catchment.per_head;
                    sum_young += count * catchment.per_head;
                }
                Some(home) => {
                    let theirs = count * (catchment.supply[home as usize] / catchment.heads.counts[home as usize]);
                    let (all, among) = keep(home);
                    sum += times(theirs, all);
                    sum_young += times(theirs * young, among);
                }
            }
        }
        (sum, sum_young)
    }
}

/// A product that leaves a value as it is when nothing is taken from it.
fn times(value: f64, share: f64) -> f64 {
    if share == 1.0 { value } else { value * share }
}

/// Share of activity kept after departures, from ten-thousandths a year and the share replaced.
pub(super) fn after_years(rate: u32, years: u32, replaced: u32) -> f64 {
    let net = f64::from(rate) / f64::from(WHOLE) * (1.0 - f64::from(replaced) / f64::from(WHOLE));
    (1.0 - net).powi(years as i32)
}
