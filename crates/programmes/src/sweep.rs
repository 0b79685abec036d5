//! What changes everywhere when zonings do: every place, every programme, one standard person, two days or two worlds.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_rules::{Answer, FactId, Facts, Truth, Value, World};
use serde::Serialize;

use crate::catalogue::Catalogue;

/// One side of a comparison.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its zonings.
    pub world: &'a dyn World,
    /// Its day.
    pub day: Date,
}

/// A programme that a place gains or loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// Rank of the place among those given.
    pub place: u32,
    /// Name of the programme.
    pub programme: Arc<str>,
    /// Before.
    pub before: Truth,
    /// After.
    pub after: Truth,
}

impl Catalogue {
    /// Every programme at every place whose answer is not the same on both sides, places in their order.
    ///
    /// `facts` say who the person is, dates of request and signature being those of each side when they do not say; the place takes the fact `at` (a list or not) in turn. Programmes that are not for the
    /// person are left out.
    pub fn sweep(
        &self,
        facts: &Facts,
        at: FactId,
        places: &[Arc<str>],
        before: Side<'_>,
        after: Side<'_>,
    ) -> Vec<Turn> {
        let programmes: Vec<_> =
            self.programmes().iter().filter(|programme| programme.audience(facts) != Truth::No).collect();
        let list = self.dictionary.fact(at).list;
        // Each side has its own dates of request and signature, but for those that were answered.
        let mut trials = [before, after].map(|side| {
            let mut facts = facts.clone();
            facts.examine(&self.dictionary, side.day);
            (facts, side)
        });
        let mut turns = Vec::new();
        for (rank, place) in (0..).zip(places) {
            let value = Value::Place(Arc::clone(place));
            let value = if list { Value::List(vec![value]) } else { value };
            for (trial, _) in &mut trials {
                trial.put(at, Some(Answer::Value(value.clone())));
            }
            for programme in &programmes {
                let [before, after] =
                    [&trials[0], &trials[1]].map(|(trial, side)| programme.truth(trial, side.world, side.day));
                if before != after {
                    turns.push(Turn { place: rank, programme: Arc::clone(programme.id()), before, after });
                }
            }
        }
        turns
    }
}

impl std::fmt::Debug for Side<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Side").field("day", &self.day).finish_non_exhaustive()
    }
}
