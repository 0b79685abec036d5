//! Answers worth trying: for each fact, values on either side of every boundary that rules draw.
//!
//! The outcome of a leaf is constant between boundaries, so these answers stand for all others.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::dictionary::{Fact, FactId};
use crate::facts::{Answer, Engagement, Facts, History};
use crate::money::Money;
use crate::rule::{Leaf, Operand, Rule, Selection, Test, Zone};
use crate::truth::Truth;
use crate::value::{Period, Type, Value};
use crate::world::World;

/// A world with imaginary places beside the real ones: an imaginary place is named by the zones it is in.
pub(crate) struct Imagined<'a> {
    world: &'a dyn World,
    zones: Vec<&'a Zone>,
}

const IMAGINED: char = '\u{0}';
/// How many zones of one place are combined freely.
const COMBINED: usize = 3;

impl<'a> Imagined<'a> {
    pub(crate) fn new(world: &'a dyn World, rules: &[&'a Rule]) -> Self {
        let mut zones: Vec<&Zone> = Vec::new();
        for (_, zone) in rules.iter().flat_map(|rule| rule.zones()) {
            if !zones.contains(&zone) {
                zones.push(zone);
            }
        }
        Self { world, zones }
    }

    /// Imaginary places that cover what the zones asked of a fact can answer.
    fn places(&self, rules: &[&Rule], fact: FactId) -> Vec<Value> {
        let asked: Vec<usize> = self
            .zones
            .iter()
            .enumerate()
            .filter(|(_, zone)| rules.iter().any(|rule| rule.zones().contains(&(fact, zone))))
            .map(|(rank, _)| rank)
            .collect();
        let sets: Vec<Vec<usize>> = if asked.len() <= COMBINED {
            (0..1_u32 << asked.len())
                .map(|mask| (0..asked.len()).filter(|bit| mask >> bit & 1 == 1).map(|bit| asked[bit]).collect())
                .collect()
        } else {
            let without = |one: &usize| asked.iter().copied().filter(|other| other != one).collect();
            let alone = asked.iter().map(|one| vec![*one]);
            [asked.clone(), Vec::new()].into_iter().chain(alone).chain(asked.iter().map(without)).collect()
        };
        // Whoever is in some classes of a layer is in any list that holds them all.
        let within = |one: usize, other: usize| {
            let (one, other) = (self.zones[one], self.zones[other]);
            one.layer == other.layer
                && one.within_metres.unwrap_or(0) <= other.within_metres.unwrap_or(0)
                && one.classes.iter().all(|class| other.classes.contains(class))
        };
        let coherent = |set: &&Vec<usize>| {
            set.iter().all(|one| asked.iter().all(|other| set.contains(other) || !within(*one, *other)))
        };
        let name = |set: &Vec<usize>| {
            let ranks: Vec<String> = set.iter().map(usize::to_string).collect();
            Value::Place(format!("{IMAGINED}{}", ranks.join(" ")).into())
        };
        sets.iter().filter(coherent).map(name).collect()
    }
}

impl World for Imagined<'_> {
    fn in_zone(&self, place: &str, zone: &Zone, day: Date) -> Truth {
        match place.strip_prefix(IMAGINED) {
            None => self.world.in_zone(place, zone, day),
            Some(set) => set
                .split(' ')
                .filter_map(|rank| self.zones.get(rank.parse::<usize>().ok()?))
                .any(|known| *known == zone)
                .into(),
        }
    }
}

/// Answers to a fact on either side of every boundary that the rules draw for it, facts that are known being kept.
pub(crate) fn answers(rules: &[&Rule], world: &Imagined<'_>, fact: FactId, facts: &Facts, day: Date) -> Vec<Answer> {
    let Some(rule) = rules.first() else { return Vec::new() };
    let entry = rule.dictionary().fact(fact);
    let mut values = match entry.kind {
        Type::Place => world.places(rules, fact),
        _ => own_values(rules, fact, entry, facts, day),
    };
    let mut may_be_absent = false;
    for leaf in rules.iter().flat_map(|rule| rule.leaves()) {
        may_be_absent |= matches!(&leaf.test, Test::Given { fact: given, .. } if *given == fact);
    }
    let mut kept: Vec<Answer> = Vec::with_capacity(values.len() + 1);
    for value in values.drain(..) {
        let value = if entry.list { Value::List(vec![value]) } else { value };
        let answer = Answer::Value(value);
        if !kept.contains(&answer)
            && let Answer::Value(value) = &answer
            && entry.accept(value).is_ok()
        {
            kept.push(answer);
        }
    }
    if may_be_absent {
        kept.push(Answer::Absent);
    }
    kept
}

fn own_values(rules: &[&Rule], fact: FactId, entry: &Fact, facts: &Facts, day: Date) -> Vec<Value> {
    match entry.kind {
        Type::Boolean => return vec![Value::Boolean(true), Value::Boolean(false)],
        Type::Choice | Type::Profession => {
            return entry.choices.iter().map(|(id, _)| Value::Choice(Arc::clone(id))).collect();
        }
        _ => {}
    }
    let mut values = vec![usual(entry, day)];
    for rule in rules {
        for leaf in rule.leaves().iter().filter(|leaf| leaf.facts().any(|read| read == fact)) {
            boundaries(rule, leaf, fact, facts, day, &mut values);
        }
    }
    values.extend(entry.lowest.iter().chain(&entry.highest).cloned());
    values
}

/// Values around the boundaries that a leaf draws for a fact.
fn boundaries(rule: &Rule, leaf: &Leaf, fact: FactId, facts: &Facts, day: Date, values: &mut Vec<Value>) {
    let read = |operand: &Operand| operand_values(rule, operand, facts, day);
    match &leaf.test {
        Test::Compare(subject, _, with) => {
            if *subject == fact {
                values_around(&read(with), values);
            }
            if *with == Operand::Fact(fact) {
                values_around(&read(&Operand::Fact(*subject)), values);
            }
        }
        Test::Among(_, known) | Test::Contains(_, known) => values_around(known, values),
        Test::Elapsed(since, _, period) => {
            let moments = read(leaf.moment.as_ref().unwrap_or(&Operand::Examination));
            let (starts, periods) = (read(since), read(period));
            for length in periods.iter().filter_map(as_period) {
                if *since == Operand::Fact(fact) {
                    moments.iter().filter_map(as_date).for_each(|moment| near(length.before(moment), values));
                }
                if leaf.moment == Some(Operand::Fact(fact)) {
                    starts.iter().filter_map(as_date).for_each(|start| near(length.after(start), values));
                }
            }
            if *period == Operand::Fact(fact) {
                for start in starts.iter().filter_map(as_date) {
                    for moment in moments.iter().filter_map(as_date) {
                        around(&Value::Period(Period::between(start, moment)), values);
                    }
                }
            }
        }
        Test::Total(_, _, limit) | Test::Count(_, _, limit) => values_around(&read(limit), values),
        Test::Given { .. } | Test::InZone(..) => {}
    }
    if leaf.moment == Some(Operand::Fact(fact)) {
        values.push(Value::Date(day));
        for parameter in rule.parameters() {
            for dated in &rule.context().parameters.parameter(parameter).values {
                values.extend(dated.from.map(Value::Date));
            }
        }
    }
}

/// What an operand may be worth: its value, every value of a parameter, a usual value for a missing fact.
pub(crate) fn operand_values(rule: &Rule, operand: &Operand, facts: &Facts, day: Date) -> Vec<Value> {
    match operand {
        Operand::Literal(value) => vec![value.clone()],
        Operand::Examination => vec![Value::Date(day)],
        Operand::Parameter(id) => {
            rule.context().parameters.parameter(*id).values.iter().map(|dated| dated.value.clone()).collect()
        }
        Operand::Fact(fact) => match facts.get(*fact) {
            Some(Answer::Value(value)) => vec![value.clone()],
            Some(Answer::Absent) => Vec::new(),
            None => vec![usual(rule.dictionary().fact(*fact), day)],
        },
    }
}

/// A value that a fact may have when nothing else suggests one.
fn usual(fact: &Fact, day: Date) -> Value {
    let value = match fact.kind {
        Type::Boolean => Value::Boolean(true),
        Type::Choice | Type::Profession => {
            Value::Choice(fact.choices.first().map_or_else(|| "".into(), |(id, _)| Arc::clone(id)))
        }
        Type::Integer => Value::Integer(0),
        Type::Decimal => Value::Decimal(Decimal::ZERO),
        Type::Money => Value::Money(Money::ZERO),
        Type::Date => Value::Date(day),
        Type::Period => Value::Period(Period { months: 12, days: 0 }),
        Type::Place => Value::Place("".into()),
        Type::Text => Value::Text("…".into()),
    };
    match fact.accept(&value) {
        Ok(()) => value,
        Err(_) => fact.lowest.clone().or_else(|| fact.highest.clone()).unwrap_or(value),
    }
}

fn values_around(boundaries: &[Value], values: &mut Vec<Value>) {
    for value in boundaries {
        around(value, values);
    }
}

/// A value and its neighbours.
fn around(value: &Value, values: &mut Vec<Value>) {
    match value {
        Value::Integer(n) => values.extend([n.saturating_sub(1), *n, n.saturating_add(1)].map(Value::Integer)),
        Value::Decimal(n) => {
            // Whole neighbours too: an integer fact may be compared with a decimal.
            let whole = n.floor();
            values.extend(hundredth_around(*n).map(Value::Decimal));
            let whole: Option<i64> = whole.try_into().ok();
            values.extend(whole.into_iter().flat_map(|n| [n, n.saturating_add(1)]).map(Value::Integer));
        }
        Value::Money(amount) => {
            let cents = amount.cents();
            let near = [cents.saturating_sub(1), cents, cents.saturating_add(1)];
            values.extend(near.map(|cents| Value::Money(Money::from_cents(cents))));
        }
        Value::Date(date) => near(*date, values),
        Value::Period(period) => {
            values.push(value.clone());
            values.push(Value::Period(period.plus(Period { months: 0, days: 1 })));
            if period.days > 0 {
                values.push(Value::Period(Period { days: period.days - 1, ..*period }));
            } else if period.months > 0 {
                values.push(Value::Period(Period { months: period.months - 1, days: 0 }));
            }
        }
        other => values.push(other.clone()),
    }
    // The neighbours of an integer are tried as decimals by facts of that type: those not accepted are dropped.
    if let Value::Integer(n) = value {
        let n = Decimal::from(*n);
        values.extend(hundredth_around(n).map(Value::Decimal));
    }
}

fn hundredth_around(n: Decimal) -> [Decimal; 3] {
    let step = Decimal::new(1, 2);
    [n.saturating_sub(step), n, n.saturating_add(step)]
}

/// A date and its neighbours, as far as ends of months move a period.
fn near(date: Date, values: &mut Vec<Value>) {
    values.extend(days_near(date).into_iter().map(Value::Date));
}

pub(crate) fn days_near(date: Date) -> [Date; 5] {
    [-4_i64, -1, 0, 1, 4].map(|days| date.saturating_add(days.days()))
}

pub(crate) const fn as_date(value: &Value) -> Option<Date> {
    if let Value::Date(date) = value { Some(*date) } else { None }
}

pub(crate) const fn as_period(value: &Value) -> Option<Period> {
    if let Value::Period(period) = value { Some(*period) } else { None }
}

/// Complete histories that continue what is known, on either side of the limits that the rules set.
pub(crate) fn histories(rules: &[&Rule], facts: &Facts, day: Date) -> Vec<History> {
    let known = &facts.history.engagements;
    let mut histories = vec![History::complete(known.clone())];
    let mut all: Vec<Engagement> = known.clone();
    for (rule, leaf) in rules.iter().flat_map(|rule| rule.leaves().iter().map(move |leaf| (rule, leaf))) {
        let mut added: Vec<Vec<Engagement>> = Vec::new();
        match &leaf.test {
            Test::Count(selection, _, limit) => {
                for limit in operand_values(rule, limit, facts, day) {
                    let Value::Integer(limit) = limit else { continue };
                    for count in [limit - 1, limit, limit + 1].into_iter().filter(|count| (1..=50).contains(count)) {
                        added.push(vec![engagement(selection, day.saturating_sub(1.days())); count as usize]);
                    }
                }
            }
            Test::Total(selection, _, limit) => {
                for limit in operand_values(rule, limit, facts, day).iter().filter_map(as_period) {
                    added.extend(days_near(limit.before(day)).map(|from| vec![engagement(selection, from)]));
                }
            }
            _ => {}
        }
        for more in added {
            if let Some(last) = more.last() {
                all.push(last.clone());
            }
            histories.push(History::complete([known.clone(), more].concat()));
        }
    }
    histories.push(History::complete(all));
    histories.dedup();
    histories
}

fn engagement(selection: &Selection, from: Date) -> Engagement {
    let first = |names: &[Arc<str>], otherwise: &str| names.first().cloned().unwrap_or_else(|| otherwise.into());
    Engagement { programme: first(&selection.programmes, ""), state: first(&selection.states, "actif"), from, to: None }
}
