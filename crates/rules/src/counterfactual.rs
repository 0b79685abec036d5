//! What would make it a yes: the smallest sets of changes, among what the person can change, that do.

use std::cmp::Ordering;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::dictionary::{Dictionary, FactId};
use crate::evaluate::Scene;
use crate::facts::{Answer, Facts};
use crate::probe::{self, Imagined, as_date, as_period, days_near};
use crate::rule::{Comparison, Operand, Rule, Test, Zone};
use crate::truth::Truth;
use crate::value::{Type, Value};
use crate::world::World;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A fact takes another value.
    Fact {
        /// The fact.
        fact: FactId,
        /// Its value so far; `None` when missing.
        from: Option<Answer>,
        /// The value that would do.
        to: Answer,
    },
    /// The examination takes place on this day, the first that would do.
    From(Date),
}

/// A set of changes that makes the verdict a yes, no part of which would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counterfactual {
    /// The changes, facts before the date.
    pub changes: Vec<Change>,
    /// Leaves whose outcome these changes turn, by rank.
    pub leaves: Vec<u32>,
}

/// How far to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Changes in one set, at most.
    pub changes: usize,
    /// Sets returned, at most.
    pub sets: usize,
    /// Cases tried in all, at most; sets not reached by then are not given.
    pub tries: u32,
}

impl Default for Reach {
    fn default() -> Self {
        Self { changes: 3, sets: 8, tries: 20_000 }
    }
}

impl Counterfactual {
    /// The facts and the day once the changes are made.
    pub fn apply(&self, dictionary: &Dictionary, facts: &Facts, day: Date) -> (Facts, Date) {
        let mut facts = facts.clone();
        let mut day = day;
        for change in &self.changes {
            match change {
                Change::Fact { fact, to, .. } => facts.put(*fact, Some(to.clone())),
                Change::From(later) => {
                    day = *later;
                    facts = postponed(dictionary, &facts, day);
                }
            }
        }
        (facts, day)
    }
}

/// The facts when the examination takes place on a later day: dates that follow it are not before it.
fn postponed(dictionary: &Dictionary, facts: &Facts, day: Date) -> Facts {
    let mut facts = facts.clone();
    for (rank, fact) in dictionary.facts().iter().enumerate().filter(|(_, fact)| fact.follows_examination) {
        let id = FactId(rank as u32);
        if let Some(Answer::Value(Value::Date(date))) = facts.get(id)
            && *date < day
        {
            debug_assert_eq!(fact.kind, Type::Date);
            facts.put(id, Some(Answer::Value(Value::Date(day))));
        }
    }
    facts
}

impl Rule {
    /// The smallest sets of changes that make the verdict a yes; none when it is one already.
    ///
    /// Facts that the dictionary says can be changed take values on either side of every boundary, the nearest to the
    /// present first; places are those of [`World::elsewhere`]; the day is the first boundary that does.
    pub fn counterfactuals(&self, facts: &Facts, world: &dyn World, day: Date, reach: Reach) -> Vec<Counterfactual> {
        if self.verdict(facts, world, day) == Truth::Yes {
            return Vec::new();
        }
        let imagined = Imagined::new(world, &[]);
        let mut levers: Vec<Lever> = self
            .facts()
            .into_iter()
            .filter(|fact| self.dictionary().fact(*fact).changeable)
            .map(|fact| Lever::Fact(fact, self.other_answers(fact, facts, &imagined, world, day)))
            .collect();
        // The day comes last: which day would do depends on the other changes.
        levers.push(Lever::Day);
        let mut finder =
            Finder { rule: self, world, day, tries: reach.tries, leaves: self.leaf_outcomes(facts, world, day) };
        let mut found: Vec<(Vec<usize>, Counterfactual)> = Vec::new();
        for size in 1..=reach.changes.min(levers.len()) {
            for set in sets(levers.len(), size) {
                let covered = found.iter().any(|(smaller, _)| smaller.iter().all(|lever| set.contains(lever)));
                if covered || found.len() >= reach.sets {
                    continue;
                }
                let chosen: Vec<&Lever> = set.iter().map(|lever| &levers[*lever]).collect();
                if let Some(changes) = finder.first(&chosen, facts.clone(), Vec::new()) {
                    let leaves = finder.turned(&changes, facts);
                    found.push((set, Counterfactual { changes, leaves }));
                }
            }
        }
        found.into_iter().map(|(_, counterfactual)| counterfactual).collect()
    }

    fn leaf_outcomes(&self, facts: &Facts, world: &dyn World, day: Date) -> Vec<Truth> {
        (0..self.leaves.len() as u32).map(|leaf| self.leaf_outcome(leaf, facts, world, day)).collect()
    }

    fn other_answers(
        &self,
        fact: FactId,
        facts: &Facts,
        imagined: &Imagined<'_>,
        world: &dyn World,
        day: Date,
    ) -> Vec<Answer> {
        let entry = self.dictionary().fact(fact);
        let present = facts.get(fact);
        let mut answers = if entry.kind == Type::Place {
            let place = match present {
                Some(Answer::Value(value)) => value.each().iter().find_map(|value| match value {
                    Value::Place(place) => Some(&**place),
                    _ => None,
                }),
                _ => None,
            };
            let zones: Vec<&Zone> =
                self.zones().into_iter().filter(|(asked, _)| *asked == fact).map(|(_, zone)| zone).collect();
            let places = world.elsewhere(place, &zones).into_iter().map(Value::Place);
            places.map(|place| Answer::Value(if entry.list { Value::List(vec![place]) } else { place })).collect()
        } else {
            probe::answers(&[self], imagined, fact, facts, day)
        };
        answers.retain(|answer| Some(answer) != present);
        if let Some(Answer::Value(present)) = present {
            answers.sort_by(|a, b| nearer(present, a, b, day));
        }
        answers
    }

    /// Days after `day` on which some leaf may change, in order.
    fn turning_days(&self, facts: &Facts, world: &dyn World, day: Date) -> Vec<Date> {
        // Dates that follow the examination may lag behind it today, and no longer tomorrow.
        let mut days: Vec<Date> = vec![day.saturating_add(1.day())];
        let operands = |operand: &Operand| probe::operand_values(self, operand, facts, day);
        for parameter in self.parameters() {
            for dated in &self.context.parameters.parameter(parameter).values {
                days.extend(dated.from.into_iter().chain(dated.to).flat_map(days_near));
            }
        }
        for leaf in &self.leaves {
            let mut dates: Vec<Date> = leaf
                .facts()
                .filter_map(|fact| match facts.get(fact) {
                    Some(Answer::Value(Value::Date(date))) => Some(*date),
                    _ => None,
                })
                .collect();
            if let Some(Operand::Literal(Value::Date(date))) = &leaf.moment {
                dates.push(*date);
            }
            match &leaf.test {
                Test::Compare(_, _, with) => dates.extend(operands(with).iter().filter_map(as_date)),
                Test::Among(_, values) | Test::Contains(_, values) => dates.extend(values.iter().filter_map(as_date)),
                Test::Elapsed(since, _, period) => {
                    dates.extend(operands(since).iter().filter_map(as_date));
                    let moved: Vec<Date> = operands(period)
                        .iter()
                        .filter_map(as_period)
                        .flat_map(|length| {
                            dates.iter().flat_map(move |date| [length.after(*date), length.before(*date)])
                        })
                        .collect();
                    dates.extend(moved);
                }
                Test::InZone(fact, zone) => {
                    if let Some(Answer::Value(places)) = facts.get(*fact) {
                        for place in places.each() {
                            let Value::Place(place) = place else { continue };
                            days.extend(world.changes(place, zone));
                        }
                    }
                }
                Test::Total(selection, comparison, limit) => {
                    for limit in operands(limit).iter().filter_map(as_period) {
                        dates.extend(self.served(leaf.node, *comparison, facts, world, day, limit.after(day)));
                    }
                    dates.extend(selection_days(selection, facts));
                }
                Test::Count(selection, ..) => {
                    let ends: Vec<Date> = selection_days(selection, facts).collect();
                    dates.extend(selection.over.iter().flat_map(|over| ends.iter().map(|end| over.after(*end))));
                    dates.extend(ends);
                }
                Test::Given { .. } => {}
            }
            days.extend(dates.into_iter().flat_map(|date| {
                // A week around: ends of months move a period by three days at most.
                (-4_i64..=4).map(move |shift| date.saturating_add(shift.days()))
            }));
        }
        days.retain(|candidate| *candidate > day);
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The day, up to some last one, on which the time served first reaches a limit, found by halving.
    fn served(
        &self,
        node: u32,
        comparison: Comparison,
        facts: &Facts,
        world: &dyn World,
        day: Date,
        last: Date,
    ) -> Option<Date> {
        let met = |day: Date| {
            let later = postponed(self.dictionary(), facts, day);
            let truth = Scene::new(self, &later, world, day).truth(node);
            // Time served only grows: "less than" is met at first, "at least" in the end.
            (truth == Truth::Yes) == matches!(comparison, Comparison::More | Comparison::AtLeast)
        };
        let span = i64::from(day.until(last).map_or(0, |span| span.get_days()));
        let (mut low, mut high) = (0, span);
        while low < high {
            let middle = i64::midpoint(low, high);
            if met(day.saturating_add(middle.days())) { high = middle } else { low = middle + 1 }
        }
        (span > 0).then(|| day.saturating_add(low.days()))
    }
}

fn selection_days<'a>(selection: &'a crate::rule::Selection, facts: &'a Facts) -> impl Iterator<Item = Date> + 'a {
    facts
        .history
        .engagements
        .iter()
        .filter(|engagement| selection.programmes.contains(&engagement.programme))
        .flat_map(|engagement| std::iter::once(engagement.from).chain(engagement.to))
}

/// Something that can be changed.
enum Lever {
    Fact(FactId, Vec<Answer>),
    Day,
}

struct Finder<'a> {
    rule: &'a Rule,
    world: &'a dyn World,
    day: Date,
    tries: u32,
    leaves: Vec<Truth>,
}

impl Finder<'_> {
    /// The first values of these levers that make a yes.
    fn first(&mut self, levers: &[&Lever], facts: Facts, changes: Vec<Change>) -> Option<Vec<Change>> {
        let Some((lever, rest)) = levers.split_first() else {
            self.tries = self.tries.checked_sub(1)?;
            return (self.rule.verdict(&facts, self.world, self.day) == Truth::Yes).then_some(changes);
        };
        match lever {
            Lever::Fact(fact, answers) => answers.iter().find_map(|answer| {
                let mut changed = facts.clone();
                changed.put(*fact, Some(answer.clone()));
                let from = facts.get(*fact).cloned();
                let more = Change::Fact { fact: *fact, from, to: answer.clone() };
                self.first(rest, changed, [changes.clone(), vec![more]].concat())
            }),
            Lever::Day => {
                let days = self.rule.turning_days(&facts, self.world, self.day);
                days.into_iter().find_map(|day| {
                    self.tries = self.tries.checked_sub(1)?;
                    let later = postponed(self.rule.dictionary(), &facts, day);
                    let yes = self.rule.verdict(&later, self.world, day) == Truth::Yes;
                    yes.then(|| [changes.clone(), vec![Change::From(day)]].concat())
                })
            }
        }
    }

    /// Leaves that changes turn.
    fn turned(&self, changes: &[Change], facts: &Facts) -> Vec<u32> {
        let made = Counterfactual { changes: changes.to_vec(), leaves: Vec::new() };
        let (facts, day) = made.apply(self.rule.dictionary(), facts, self.day);
        let after = self.rule.leaf_outcomes(&facts, self.world, day);
        (0..after.len()).filter(|leaf| after[*leaf] != self.leaves[*leaf]).map(|leaf| leaf as u32).collect()
    }
}

/// Which answer is nearer to the present value; those without a distance keep their order.
fn nearer(present: &Value, a: &Answer, b: &Answer, day: Date) -> Ordering {
    let distance = |answer: &Answer| -> Option<i128> {
        let Answer::Value(value) = answer else { return None };
        Some(match (present, value) {
            (Value::Integer(now), Value::Integer(then)) => i128::from(*now).abs_diff(i128::from(*then)) as i128,
            (Value::Money(now), Value::Money(then)) => i128::from(now.cents()).abs_diff(then.cents().into()) as i128,
            (Value::Decimal(now), Value::Decimal(then)) => {
                now.checked_sub(*then)?.abs().checked_mul(100.into())?.try_into().ok()?
            }
            (Value::Date(now), Value::Date(then)) => now.until(*then).ok()?.get_days().unsigned_abs().into(),
            (Value::Period(now), Value::Period(then)) => {
                now.after(day).until(then.after(day)).ok()?.get_days().unsigned_abs().into()
            }
            _ => return None,
        })
    };
    match (distance(a), distance(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Every set of `size` ranks below `count`, in lexicographic order.
fn sets(count: usize, size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..count {
        for rest in sets(count - first - 1, size - 1) {
            all.push(std::iter::once(first).chain(rest.into_iter().map(|rank| rank + first + 1)).collect());
        }
    }
    all
}
