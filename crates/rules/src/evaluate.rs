//! Evaluation of a rule as of a date: the verdict alone, or with its proof.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::dictionary::FactId;
use crate::facts::{Answer, Facts};
use crate::parameters::ParameterId;
use crate::rule::{Kind, Leaf, Operand, Rule, Selection, Test};
use crate::truth::Truth;
use crate::value::{Period, Value};
use crate::world::World;

mod proof;

pub use proof::{Proof, Used, Verdict};

/// What is missing to decide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// A fact that was not answered.
    Fact(FactId),
    /// The person's history across programmes.
    History,
    /// The zoning of a place in a layer.
    Zoning {
        /// The place.
        place: Arc<str>,
        /// The layer.
        layer: Arc<str>,
    },
    /// The value of a parameter on a day for which none is declared.
    Parameter {
        /// Name of the parameter.
        name: Arc<str>,
        /// The day.
        day: Date,
    },
}

/// One rule in front of one case.
pub(crate) struct Scene<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) facts: &'a Facts,
    pub(crate) world: &'a dyn World,
    pub(crate) day: Date,
    /// The date of examination as a value that operands may lend.
    today: Value,
    /// Leaf whose outcome is turned round, for mutations.
    pub(crate) negated: Option<u32>,
}

/// What an operand gives.
enum Read<'a> {
    Known(&'a Value),
    Absent,
    Missing,
}

/// Where gaps and facts used are noted, when they are.
#[derive(Default)]
struct Trace {
    facts: Vec<FactId>,
    gaps: Vec<Gap>,
    parameters: Vec<(ParameterId, Value)>,
}

impl Rule {
    /// The verdict alone: the fast way.
    pub fn verdict(&self, facts: &Facts, world: &dyn World, day: Date) -> Truth {
        Scene::new(self, facts, world, day).truth(self.root)
    }

    /// The outcome of one leaf alone.
    ///
    /// # Panics
    /// When the rule has no such leaf.
    pub fn leaf_outcome(&self, leaf: u32, facts: &Facts, world: &dyn World, day: Date) -> Truth {
        Scene::new(self, facts, world, day).leaf(leaf, None)
    }
}

impl<'a> Scene<'a> {
    pub(crate) const fn new(rule: &'a Rule, facts: &'a Facts, world: &'a dyn World, day: Date) -> Self {
        Self { rule, facts, world, day, today: Value::Date(day), negated: None }
    }

    /// The outcome of a node, no further than needed.
    pub(crate) fn truth(&self, rank: u32) -> Truth {
        let node = self.rule.node(rank);
        let children = self.rule.children(rank);
        match node.kind {
            Kind::Leaf(leaf) => self.leaf(leaf, None),
            Kind::All => self.least(children),
            Kind::Any => self.greatest(children),
            Kind::None => !self.greatest(children),
            Kind::AtLeast(count) => {
                let (mut yes, mut unknown) = (0, 0);
                for child in children {
                    match self.truth(*child) {
                        Truth::Yes => yes += 1,
                        Truth::Unknown => unknown += 1,
                        Truth::No => {}
                    }
                    if yes >= count {
                        return Truth::Yes;
                    }
                }
                if yes + unknown < count { Truth::No } else { Truth::Unknown }
            }
            Kind::Except => match self.truth(children[0]) {
                Truth::No => Truth::No,
                rule => rule.min(!self.greatest(&children[1..])),
            },
        }
    }

    fn least(&self, children: &[u32]) -> Truth {
        let mut least = Truth::Yes;
        for child in children {
            least = least.min(self.truth(*child));
            if least == Truth::No {
                break;
            }
        }
        least
    }

    fn greatest(&self, children: &[u32]) -> Truth {
        let mut greatest = Truth::No;
        for child in children {
            greatest = greatest.max(self.truth(*child));
            if greatest == Truth::Yes {
                break;
            }
        }
        greatest
    }

    /// The outcome of a leaf; what it used is noted in the trace.
    fn leaf(&self, rank: u32, trace: Option<&mut Trace>) -> Truth {
        let leaf = &self.rule.leaves[rank as usize];
        let truth = match trace {
            None => self.test(leaf, &mut None),
            Some(trace) => self.test(leaf, &mut Some(trace)),
        };
        if self.negated == Some(rank) { !truth } else { truth }
    }

    fn test(&self, leaf: &Leaf, trace: &mut Option<&mut Trace>) -> Truth {
        // A fact certified not to exist meets no condition about it, whatever else is missing.
        let (day, unsure) = match &leaf.moment {
            None => (self.day, false),
            Some(operand) => match self.operand(operand, self.day, trace) {
                Read::Known(Value::Date(day)) => (*day, false),
                Read::Known(_) | Read::Missing => (self.day, true),
                Read::Absent => return Truth::No,
            },
        };
        let truth = match &leaf.test {
            Test::Compare(fact, comparison, with) => match (self.fact(*fact, trace), self.operand(with, day, trace)) {
                (Read::Absent, _) | (_, Read::Absent) => return Truth::No,
                (Read::Known(value), Read::Known(with)) => {
                    value.order(with, day).map_or(Truth::No, |order| comparison.holds(order).into())
                }
                _ => Truth::Unknown,
            },
            Test::Among(fact, values) => match self.fact(*fact, trace) {
                Read::Absent => return Truth::No,
                Read::Known(value) => value.each().iter().all(|one| among(one, values, day)).into(),
                Read::Missing => Truth::Unknown,
            },
            Test::Contains(fact, values) => match self.fact(*fact, trace) {
                Read::Absent => return Truth::No,
                Read::Known(value) => value.each().iter().any(|one| among(one, values, day)).into(),
                Read::Missing => Truth::Unknown,
            },
            Test::Given { fact, absent } => match self.fact(*fact, trace) {
                Read::Absent => (*absent).into(),
                Read::Known(_) => (!*absent).into(),
                Read::Missing => Truth::Unknown,
            },
            Test::Elapsed(since, comparison, period) => {
                match (self.operand(since, day, trace), self.operand(period, day, trace)) {
                    (Read::Absent, _) | (_, Read::Absent) => return Truth::No,
                    (Read::Known(Value::Date(since)), Read::Known(Value::Period(period))) => {
                        comparison.holds(day.cmp(&period.after(*since))).into()
                    }
                    _ => Truth::Unknown,
                }
            }
            Test::InZone(fact, zone) => match self.fact(*fact, trace) {
                Read::Absent => return Truth::No,
                // On a day that is not known, nothing is known of the zoning.
                Read::Known(_) if unsure => Truth::Unknown,
                Read::Known(places) => {
                    let mut least = Truth::Yes;
                    for place in places.each() {
                        let Value::Place(place) = place else { continue };
                        let truth = self.world.in_zone(place, zone, day);
                        if let (Truth::Unknown, Some(trace)) = (truth, trace.as_deref_mut()) {
                            trace.gaps.push(Gap::Zoning { place: Arc::clone(place), layer: Arc::clone(&zone.layer) });
                        }
                        least = least.min(truth);
                    }
                    least
                }
                Read::Missing => Truth::Unknown,
            },
            Test::Total(selection, comparison, limit) => match self.operand(limit, day, trace) {
                Read::Absent => return Truth::No,
                Read::Known(Value::Period(limit)) if !unsure => {
                    let order = self.total(selection, day).compare(*limit, day);
                    self.history(*comparison, order, trace)
                }
                _ => self.unknown_history(trace),
            },
            Test::Count(selection, comparison, limit) => match self.operand(limit, day, trace) {
                Read::Absent => return Truth::No,
                Read::Known(limit) if !unsure => {
                    let count = Value::Integer(self.chosen(selection, day).count() as i64);
                    match count.order(limit, day) {
                        Some(order) => self.history(*comparison, order, trace),
                        None => Truth::No,
                    }
                }
                _ => self.unknown_history(trace),
            },
        };
        if !unsure {
            return truth;
        }
        // On a day that is not known, whether a parameter has a value is not known either.
        if let Some(trace) = trace.as_deref_mut() {
            trace.gaps.retain(|gap| !matches!(gap, Gap::Parameter { .. }));
        }
        Truth::Unknown
    }

    /// What is known of a history is a lower bound while the history is not complete.
    fn history(
        &self,
        comparison: crate::rule::Comparison,
        order: std::cmp::Ordering,
        trace: &mut Option<&mut Trace>,
    ) -> Truth {
        use crate::rule::Comparison::{AtLeast, AtMost, Equal, Less, More};
        let truth = if self.facts.history.complete {
            comparison.holds(order).into()
        } else {
            match comparison {
                AtLeast | More if comparison.holds(order) => Truth::Yes,
                AtMost | Less if !comparison.holds(order) => Truth::No,
                Equal if order.is_gt() => Truth::No,
                _ => Truth::Unknown,
            }
        };
        if let (Truth::Unknown, Some(trace)) = (truth, trace.as_deref_mut()) {
            trace.gaps.push(Gap::History);
        }
        truth
    }

    fn unknown_history(&self, trace: &mut Option<&mut Trace>) -> Truth {
        if let (false, Some(trace)) = (self.facts.history.complete, trace.as_deref_mut()) {
            trace.gaps.push(Gap::History);
        }
        Truth::Unknown
    }

    fn chosen(&self, selection: &'a Selection, day: Date) -> impl Iterator<Item = &'a crate::facts::Engagement> {
        let opens = selection.over.map(|over| over.before(day));
        self.facts.history.engagements.iter().filter(move |engagement| {
            selection.programmes.contains(&engagement.programme)
                && (selection.states.is_empty() || selection.states.contains(&engagement.state))
                && opens.is_none_or(|opens| engagement.from <= day && engagement.to.is_none_or(|to| to > opens))
        })
    }

    /// Time served in the commitments before a day: months with months, days with days.
    fn total(&self, selection: &'a Selection, day: Date) -> Period {
        self.chosen(selection, day).fold(Period::default(), |sum, engagement| {
            let end = engagement.to.map_or(day, |to| to.tomorrow().unwrap_or(to).min(day));
            sum.plus(Period::between(engagement.from, end))
        })
    }

    fn fact(&self, fact: FactId, trace: &mut Option<&mut Trace>) -> Read<'a> {
        if let Some(trace) = trace.as_deref_mut() {
            trace.facts.push(fact);
            if self.facts.get(fact).is_none() {
                trace.gaps.push(Gap::Fact(fact));
            }
        }
        match self.facts.get(fact) {
            Some(Answer::Value(value)) => Read::Known(value),
            Some(Answer::Absent) => Read::Absent,
            None => Read::Missing,
        }
    }

    fn operand<'b>(&'b self, operand: &'b Operand, day: Date, trace: &mut Option<&mut Trace>) -> Read<'b> {
        match operand {
            Operand::Literal(value) => Read::Known(value),
            Operand::Examination => Read::Known(&self.today),
            Operand::Fact(fact) => self.fact(*fact, trace),
            Operand::Parameter(id) => {
                let parameter = self.rule.context.parameters.parameter(*id);
                let found = parameter.at(day);
                if let Some(trace) = trace.as_deref_mut() {
                    match found {
                        Some(dated) => trace.parameters.push((*id, dated.value.clone())),
                        None => trace.gaps.push(Gap::Parameter { name: Arc::clone(&parameter.name), day }),
                    }
                }
                found.map_or(Read::Missing, |dated| Read::Known(&dated.value))
            }
        }
    }
}

fn among(value: &Value, values: &[Value], day: Date) -> bool {
    values.iter().any(|known| value.order(known, day).is_some_and(std::cmp::Ordering::is_eq))
}
