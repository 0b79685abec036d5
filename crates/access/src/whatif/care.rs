//! Urgent care before and after: every declared resource, whatever its hours, as the DREES counts.

use std::sync::Arc;

use pacte_territory::{CareKind, CommuneId};

use super::Kind;
use super::outcome::{Beyond, CommuneShift, CoverShift};
use crate::urgent::{Best, Cover, Moment, New, Set};

/// Minutes within which urgent care must be reached (engagement of the pacts of 2012 and 2015).
const LIMIT: f32 = 30.0;

/// The cover of today.
#[derive(Debug)]
pub(super) struct Care {
    cover: Arc<Cover>,
    /// Best times of today, by set of the ladder.
    today: Vec<(Set, Best)>,
}

impl Care {
    /// Counts what stands today.
    pub(super) fn new(cover: Arc<Cover>) -> Self {
        let today = Set::LADDER.into_iter().map(|set| (set, cover.best(set, Moment::Any))).collect();
        Self { cover, today }
    }

    fn family(kind: Kind) -> Option<Set> {
        match kind {
            Kind::Emergency => Some(Set::SU),
            Kind::Smur => Some(Set::SMUR),
            Kind::Mcs => Some(Set::MCS),
            Kind::Gp | Kind::Msp | Kind::Centre => None,
        }
    }

    fn new_kind(kind: Kind) -> Option<CareKind> {
        match kind {
            Kind::Emergency => Some(CareKind::Su),
            Kind::Smur => Some(CareKind::Smur),
            Kind::Mcs => Some(CareKind::Mcs),
            Kind::Gp | Kind::Msp | Kind::Centre => None,
        }
    }

    /// How many resources of a kind a commune has.
    pub(super) fn standing(&self, kind: Kind, at: CommuneId) -> u32 {
        let Some(family) = Self::family(kind) else { return 0 };
        self.cover.resources().iter().filter(|one| one.commune == at && family.contains(one.kind)).count() as u32
    }

    /// Minutes of today by every resource on the ground, `NaN` where none reaches.
    pub(super) fn minutes(&self) -> Vec<f64> {
        let ground = self.today.iter().find(|(set, _)| *set == Set::SU_SMUR_MCS);
        let minutes = ground.map(|(_, best)| best.minutes.as_slice()).unwrap_or_default();
        minutes.iter().map(|minutes| f64::from(*minutes)).collect()
    }

    /// Where resources come from, one citation each.
    pub(super) fn sources(&self) -> &[String] {
        self.cover.sources()
    }

    /// Before and after some openings (above zero) and closures: sets of resources that hold one more family than the set
    /// before them, today or after.
    pub(super) fn after(&self, structures: &[(Kind, CommuneId, i64)]) -> Vec<CoverShift> {
        let mut new = Vec::new();
        let mut closed: Vec<String> = Vec::new();
        for (kind, at, change) in structures {
            let (Some(care), Some(family)) = (Self::new_kind(*kind), Self::family(*kind)) else { continue };
            if *change > 0 {
                new.extend(std::iter::repeat_n(New { kind: care, commune: *at }, *change as usize));
            } else {
                let here = self.cover.resources().iter().rev();
                let here = here.filter(|one| one.commune == *at && family.contains(one.kind));
                closed.extend(here.take(change.unsigned_abs() as usize).map(|one| one.id.clone()));
            }
        }
        let after = if new.is_empty() && closed.is_empty() { None } else { Some(self.changed(&new, &closed)) };
        let cover = after.as_ref().unwrap_or(&self.cover);
        let held = |set: Set| {
            let kinds = self.cover.resources().iter().chain(cover.resources()).map(|one| one.kind);
            kinds.into_iter().any(|kind| set.contains(kind))
        };
        let mut shifts = Vec::new();
        let mut before_it: Option<Set> = None;
        for (set, best) in &self.today {
            let more = before_it.map_or(*set, |smaller| set.minus(smaller));
            before_it = Some(*set);
            if held(more) {
                let now = after.as_ref().map(|after| self.best(after, *set, best, closed.is_empty()));
                shifts.push(self.shift(*set, best, now.as_ref().unwrap_or(best)));
            }
        }
        shifts
    }

    fn changed(&self, new: &[New], closed: &[String]) -> Cover {
        // An identifier of ours cannot be unknown; were it so, nothing would be closed.
        let left = if closed.is_empty() { None } else { self.cover.without(closed).ok() };
        left.as_ref().unwrap_or(&self.cover).with(new)
    }

    /// Best times after the change. Opening only lowers times: the rows of what opens are enough.
    fn best(&self, after: &Cover, set: Set, today: &Best, only_opens: bool) -> Best {
        if !only_opens {
            return after.best(set, Moment::Any);
        }
        let mut best = today.clone();
        let from = self.cover.resources().len();
        for (rank, (resource, row)) in after.resources().iter().zip(after.rows()).enumerate().skip(from) {
            if set.contains(resource.kind) {
                best.lower(row, rank as u32);
            }
        }
        best
    }

    fn shift(&self, set: Set, before: &Best, after: &Best) -> CoverShift {
        let beyond = |best: &Best| {
            let beyond = self.cover.beyond(&best.minutes, LIMIT);
            Beyond { people: beyond.people, communes: beyond.communes }
        };
        let known = |minutes: f32| (!minutes.is_nan()).then(|| f64::from(minutes));
        let changed = (0_u32..)
            .zip(before.minutes.iter().zip(&after.minutes))
            .filter(|(_, (before, after))| before.to_bits() != after.to_bits() && !(before.is_nan() && after.is_nan()));
        CoverShift {
            set: set.slug(),
            label: set.label(),
            limit: f64::from(LIMIT),
            before: beyond(before),
            after: beyond(after),
            communes: changed
                .map(|(commune, (before, after))| CommuneShift {
                    commune,
                    people: self.cover.people()[commune as usize],
                    before: known(*before),
                    after: known(*after),
                })
                .collect(),
        }
    }
}
