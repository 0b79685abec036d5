//! Computations carried out, step by step.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{AmountError, Computations, Condition, Operation, Outcome, Step, Term};
use crate::evaluate::Gap;
use crate::facts::{Answer, Facts};
use crate::money::{ArithmeticError, Computed, Money, Rounding};
use crate::truth::Truth;
use crate::value::{Period, Type, Value};
use crate::world::World;

struct Run<'a> {
    computations: &'a Computations,
    facts: &'a Facts,
    world: &'a dyn World,
    day: Date,
    missing: Vec<Gap>,
}

impl Computations {
    /// Computes one of them as of a day.
    ///
    /// # Errors
    /// When there is none of this name, a fact it needs is certified not to exist, a division does not fall right where
    /// it should, or an amount overflows.
    pub fn evaluate(&self, name: &str, facts: &Facts, world: &dyn World, day: Date) -> Result<Outcome, AmountError> {
        let computation = self.named(name).ok_or_else(|| AmountError::Unknown(name.to_owned()))?;
        let mut run = Run { computations: self, facts, world, day, missing: Vec::new() };
        let inner = run.step(&computation.term)?;
        let value = inner.value.clone();
        let step = Step {
            label: computation.label.as_str().into(),
            value: value.clone(),
            rounding: None,
            condition: None,
            steps: vec![inner],
        };
        Ok(Outcome { value, step, missing: run.missing })
    }
}

impl Run<'_> {
    fn step(&mut self, term: &Term) -> Result<Step, AmountError> {
        let line = term.at.line;
        let mut step = Step {
            label: term.label.clone().unwrap_or_else(|| name(&term.operation).into()),
            value: None,
            rounding: None,
            condition: None,
            steps: Vec::new(),
        };
        match &term.operation {
            Operation::Literal(value) => {
                step.value = Some(value.clone());
                if term.label.is_none() {
                    step.label = value.to_string().into();
                }
            }
            Operation::Parameter(id) => {
                let parameter = self.computations.context.parameters.parameter(*id);
                step.label = term.label.clone().unwrap_or_else(|| parameter.label.as_str().into());
                step.value = parameter.at(self.day).map(|dated| dated.value.clone());
                if step.value.is_none() {
                    self.lacks(Gap::Parameter { name: Arc::clone(&parameter.name), day: self.day });
                }
            }
            Operation::Fact(id) => {
                let fact = self.computations.context.dictionary.fact(*id);
                step.label = term.label.clone().unwrap_or_else(|| fact.label.fr.as_str().into());
                match self.facts.get(*id) {
                    Some(Answer::Value(value)) => step.value = Some(value.clone()),
                    Some(Answer::Absent) => return Err(AmountError::Absent(fact.label.fr.clone())),
                    None => self.lacks(Gap::Fact(*id)),
                }
            }
            Operation::Named(rank) => {
                let computation = &self.computations.all[*rank as usize];
                step.label = term.label.clone().unwrap_or_else(|| computation.label.as_str().into());
                self.gather(&mut step, line, [&computation.term], |values| Ok(values[0].clone()))?;
            }
            Operation::Plus(terms) => self.gather(&mut step, line, terms, |values| {
                values[1..].iter().try_fold(values[0].clone(), |sum, value| plus(&sum, value))
            })?,
            Operation::Minus(terms) => {
                self.gather(&mut step, line, terms.iter(), |values| minus(&values[0], &values[1]))?;
            }
            Operation::Times(terms, rounding) => {
                let kind = term.kind;
                self.gather(&mut step, line, terms.iter(), |values| times(&values[0], &values[1], kind, *rounding))?;
                step.rounding = (*rounding != Rounding::EXACT).then(|| rounding.to_string());
            }
            Operation::Divide(terms, rounding) => {
                self.gather(&mut step, line, terms.iter(), |values| divided(&values[0], &values[1], *rounding))?;
                step.rounding = Some(rounding.to_string());
            }
            Operation::Least(terms) => {
                let day = self.day;
                self.gather(&mut step, line, terms, |values| Ok(extreme(values, day, Ordering::Less)))?;
            }
            Operation::Greatest(terms) => {
                let day = self.day;
                self.gather(&mut step, line, terms, |values| Ok(extreme(values, day, Ordering::Greater)))?;
            }
            Operation::PerDay { of, days, base, rounding } => {
                self.gather(&mut step, line, [&**of, &**days], |values| match values {
                    [Value::Money(of), Value::Integer(days)] => {
                        of.scaled((*days).into(), (*base).into(), *rounding).map(Value::Money)
                    }
                    _ => Err(ArithmeticError::Overflow),
                })?;
                step.rounding = Some(rounding.to_string());
            }
            Operation::Days(dates) => self.gather(&mut step, line, dates.iter(), |values| match values {
                [Value::Date(from), Value::Date(to)] => {
                    let days = from.until(*to).map_err(|_| ArithmeticError::Overflow)?.get_days();
                    Ok(Value::Integer((i64::from(days) + 1).max(0)))
                }
                _ => Err(ArithmeticError::Overflow),
            })?,
            Operation::Months(dates) => self.gather(&mut step, line, dates.iter(), |values| match values {
                [Value::Date(from), Value::Date(to)] => {
                    Ok(Value::Integer(Period::between(*from, to.tomorrow().unwrap_or(*to)).months.into()))
                }
                _ => Err(ArithmeticError::Overflow),
            })?,
            Operation::Table { by, rows, otherwise } => self.table(&mut step, by, rows, otherwise)?,
            Operation::If { condition, then, otherwise } => self.choice(&mut step, condition, then, otherwise)?,
        }
        // A whole number beside decimals is one of them.
        if let (Type::Decimal, Some(Value::Integer(number))) = (term.kind, &step.value) {
            step.value = Some(Value::Decimal(Decimal::from(*number)));
        }
        Ok(step)
    }

    fn lacks(&mut self, gap: Gap) {
        if !self.missing.contains(&gap) {
            self.missing.push(gap);
        }
    }

    /// Computes terms and then, when none is missing, what is made of them.
    fn gather<'t>(
        &mut self,
        step: &mut Step,
        line: u32,
        terms: impl IntoIterator<Item = &'t Term>,
        make: impl Fn(&[Value]) -> Computed<Value>,
    ) -> Result<(), AmountError> {
        for term in terms {
            step.steps.push(self.step(term)?);
        }
        let values: Option<Vec<Value>> = step.steps.iter().map(|step| step.value.clone()).collect();
        if let Some(values) = values {
            step.value = Some(make(&values).map_err(|cause| AmountError::Arithmetic { line, cause })?);
        }
        Ok(())
    }

    fn table(
        &mut self,
        step: &mut Step,
        by: &Term,
        rows: &[(Term, Term)],
        otherwise: &Term,
    ) -> Result<(), AmountError> {
        let key = self.step(by)?;
        let known = key.value.clone();
        step.steps.push(key);
        let Some(key) = known else { return Ok(()) };
        let mut taken = otherwise;
        for (from, value) in rows {
            let threshold = self.step(from)?;
            let Some(from) = threshold.value else { return Ok(()) };
            if !key.order(&from, self.day).is_some_and(Ordering::is_ge) {
                break;
            }
            taken = value;
        }
        let result = self.step(taken)?;
        step.value.clone_from(&result.value);
        step.steps.push(result);
        Ok(())
    }

    fn choice(
        &mut self,
        step: &mut Step,
        condition: &Condition,
        then: &Term,
        otherwise: &Term,
    ) -> Result<(), AmountError> {
        let truth = match condition {
            Condition::Rule(rule) => {
                let verdict = rule.evaluate(self.facts, self.world, self.day);
                for gap in verdict.missing {
                    self.lacks(gap);
                }
                step.condition = Some(verdict.proof);
                verdict.truth
            }
            Condition::Compare(left, comparison, right) => {
                let (left, right) = (self.step(left)?, self.step(right)?);
                let truth = match (&left.value, &right.value) {
                    (Some(left), Some(right)) => {
                        left.order(right, self.day).is_some_and(|order| comparison.holds(order)).into()
                    }
                    _ => Truth::Unknown,
                };
                step.steps.extend([left, right]);
                truth
            }
        };
        let taken = match truth {
            Truth::Yes => then,
            Truth::No => otherwise,
            Truth::Unknown => return Ok(()),
        };
        let result = self.step(taken)?;
        step.value.clone_from(&result.value);
        step.steps.push(result);
        Ok(())
    }
}

const fn name(operation: &Operation) -> &'static str {
    match operation {
        Operation::Literal(_) => "Valeur",
        Operation::Parameter(_) => "Paramètre",
        Operation::Fact(_) => "Fait",
        Operation::Named(_) => "Calcul",
        Operation::Plus(_) => "Somme",
        Operation::Minus(_) => "Différence",
        Operation::Times(..) => "Produit",
        Operation::Divide(..) => "Quotient",
        Operation::Least(_) => "Le plus petit",
        Operation::Greatest(_) => "Le plus grand",
        Operation::PerDay { .. } => "Prorata par jour",
        Operation::Days(_) => "Nombre de jours",
        Operation::Months(_) => "Nombre de mois entiers",
        Operation::Table { .. } => "Barème",
        Operation::If { .. } => "Selon le cas",
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// An operation on two amounts, two whole numbers, or two numbers one of which is decimal.
fn combined(
    a: &Value,
    b: &Value,
    amounts: impl Fn(Money, Money) -> Computed<Money>,
    whole: impl Fn(i64, i64) -> Option<i64>,
    decimals: impl Fn(Decimal, Decimal) -> Option<Decimal>,
) -> Computed<Value> {
    match (a, b) {
        (Value::Money(a), Value::Money(b)) => amounts(*a, *b).map(Value::Money),
        (Value::Integer(a), Value::Integer(b)) => whole(*a, *b).map(Value::Integer).ok_or(ArithmeticError::Overflow),
        _ => decimal(a)
            .zip(decimal(b))
            .and_then(|(a, b)| decimals(a, b))
            .map(|number| Value::Decimal(number.normalize()))
            .ok_or(ArithmeticError::Overflow),
    }
}

fn plus(a: &Value, b: &Value) -> Computed<Value> {
    combined(a, b, Money::plus, i64::checked_add, exact_sum)
}

fn minus(a: &Value, b: &Value) -> Computed<Value> {
    combined(a, b, Money::minus, i64::checked_sub, |a, b| exact_sum(a, -b))
}

fn times(a: &Value, b: &Value, kind: Type, rounding: Rounding) -> Computed<Value> {
    let (amount, number) = match (a, b) {
        (Value::Money(amount), number) | (number, Value::Money(amount)) => (*amount, number),
        _ => {
            let product = combined(a, b, |_, _| Err(ArithmeticError::Overflow), i64::checked_mul, exact_product)?;
            return match (kind, rounding.mode, decimal(&product)) {
                (Type::Decimal, mode, Some(number)) if mode != crate::money::Mode::Exact => {
                    rounding.ratio(number, Decimal::ONE).map(Value::Decimal)
                }
                _ => Ok(product),
            };
        }
    };
    let number = decimal(number).ok_or(ArithmeticError::Overflow)?;
    let den = 10_i128.checked_pow(number.scale()).ok_or(ArithmeticError::Overflow)?;
    amount.scaled(number.mantissa(), den, rounding).map(Value::Money)
}

/// The sum, unless some of its digits would be lost.
fn exact_sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let scale = a.scale().max(b.scale());
    let lifted = |number: Decimal| number.mantissa().checked_mul(10_i128.checked_pow(scale - number.scale())?);
    Decimal::try_from_i128_with_scale(lifted(a)?.checked_add(lifted(b)?)?, scale).ok()
}

/// The product, unless some of its digits would be lost.
fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let mantissa = a.mantissa().checked_mul(b.mantissa())?;
    Decimal::try_from_i128_with_scale(mantissa, a.scale() + b.scale()).ok()
}

fn divided(a: &Value, b: &Value, rounding: Rounding) -> Computed<Value> {
    match (a, b) {
        (Value::Money(a), Value::Money(b)) => {
            rounding.ratio(Decimal::from(a.cents()), Decimal::from(b.cents())).map(Value::Decimal)
        }
        (Value::Money(amount), number) => {
            let number = decimal(number).ok_or(ArithmeticError::Overflow)?;
            let num = 10_i128.checked_pow(number.scale()).ok_or(ArithmeticError::Overflow)?;
            amount.scaled(num, number.mantissa(), rounding).map(Value::Money)
        }
        _ => {
            let (a, b) = decimal(a).zip(decimal(b)).ok_or(ArithmeticError::Overflow)?;
            rounding.ratio(a, b).map(Value::Decimal)
        }
    }
}

/// The first of the values that no other exceeds in this direction.
fn extreme(values: &[Value], day: Date, wanted: Ordering) -> Value {
    let mut best = &values[0];
    for value in &values[1..] {
        if value.order(best, day) == Some(wanted) {
            best = value;
        }
    }
    best.clone()
}
