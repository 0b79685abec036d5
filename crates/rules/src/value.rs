//! Values of facts: their types, how they are read from text, compared and printed.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::money::{Money, comma_to_point};

/// Type of a fact, a parameter or an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Type {
    /// True or false.
    Boolean,
    /// One of the choices of the fact.
    Choice,
    /// Whole number.
    Integer,
    /// Exact decimal.
    Decimal,
    /// Euros, to the cent.
    Money,
    /// Civil date.
    Date,
    /// ISO period in years, months, weeks and days.
    Period,
    /// Somewhere, as the caller's [`World`](crate::World) knows it.
    Place,
    /// A profession: a choice.
    Profession,
    /// Free text.
    Text,
}

/// Types and their names in definitions.
pub(crate) const TYPES: [(&str, Type); 10] = [
    ("booleen", Type::Boolean),
    ("choix", Type::Choice),
    ("entier", Type::Integer),
    ("decimal", Type::Decimal),
    ("montant", Type::Money),
    ("date", Type::Date),
    ("periode", Type::Period),
    ("lieu", Type::Place),
    ("profession", Type::Profession),
    ("texte", Type::Text),
];

/// Names of the types.
pub(crate) fn type_names() -> Vec<&'static str> {
    TYPES.map(|(name, _)| name).to_vec()
}

impl Type {
    /// The type of this name in definitions.
    pub fn parse(name: &str) -> Option<Self> {
        TYPES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// Its name in definitions: `montant`.
    pub fn name(self) -> &'static str {
        TYPES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether values are named choices.
    pub const fn is_choice(self) -> bool {
        matches!(self, Self::Choice | Self::Profession)
    }

    /// Whether values have an order: numbers, amounts, dates, periods.
    pub const fn is_ordered(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Money | Self::Date | Self::Period)
    }

    /// Whether values of both types can be compared.
    pub fn compares_with(self, other: Self) -> bool {
        let number = |kind| matches!(kind, Self::Integer | Self::Decimal);
        self == other || (number(self) && number(other)) || (self.is_choice() && other.is_choice())
    }

    /// Reads a value of this type.
    ///
    /// # Errors
    /// A French sentence that says what is expected.
    pub fn read(self, text: &str) -> Result<Value, String> {
        let compact = || -> String { text.chars().filter(|c| !c.is_whitespace()).map(comma_to_point).collect() };
        let refused = |expected: &str| format!("« {text} » est refusé ; attendu : {expected}");
        match self {
            Self::Boolean => truth(text).map(Value::Boolean).ok_or_else(|| refused("vrai ou faux")),
            Self::Choice | Self::Profession => Ok(Value::Choice(text.into())),
            Self::Integer => compact().parse().map(Value::Integer).map_err(|_| refused("un nombre entier, comme 165")),
            Self::Decimal => Decimal::from_str_exact(&compact())
                .map(|number| Value::Decimal(number.normalize()))
                .map_err(|_| refused("un nombre décimal, comme 2,5")),
            Self::Money => Money::parse(text).map(Value::Money),
            Self::Date => {
                text.parse().map(Value::Date).map_err(|_| refused("une date, année-mois-jour, comme 2017-11-13"))
            }
            Self::Period => Period::parse(text).map(Value::Period),
            Self::Place => Ok(Value::Place(text.into())),
            Self::Text => Ok(Value::Text(text.into())),
        }
    }
}

pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "vrai" | "oui" | "true" => Some(true),
        "faux" | "non" | "false" => Some(false),
        _ => None,
    }
}

/// A period of the calendar: whole months and days, never negative.
///
/// Two periods compare from a date: a month is longer or shorter than 30 days according to where it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Period {
    /// Whole months; a year is twelve.
    pub months: i32,
    /// Days beyond the months; a week is seven.
    pub days: i32,
}

impl Period {
    /// Reads `P1Y`, `P24M`, `P1M15D`, `P2W`.
    ///
    /// # Errors
    /// A French sentence that says what is expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refused = || format!("« {text} » n’est pas une période ; attendu : P1Y, P24M, P2W ou P1M15D");
        let span: Span = text.parse().map_err(|_| refused())?;
        let sums = (|| {
            let months = i32::from(span.get_years()).checked_mul(12)?.checked_add(span.get_months())?;
            let days = span.get_weeks().checked_mul(7)?.checked_add(span.get_days())?;
            Some(Self { months, days })
        })();
        let whole_days = span.get_hours() == 0
            && span.get_minutes() == 0
            && span.get_seconds() == 0
            && span.get_milliseconds() == 0
            && span.get_microseconds() == 0
            && span.get_nanoseconds() == 0;
        sums.filter(|period| whole_days && period.months >= 0 && period.days >= 0).ok_or_else(refused)
    }

    /// The date this long after another; a day that the month does not have becomes its last. The end of the calendar
    /// (year 9999) stands for what lies beyond.
    pub fn after(self, date: Date) -> Date {
        date.saturating_add(self.span())
    }

    /// The date this long before another.
    pub fn before(self, date: Date) -> Date {
        date.saturating_sub(self.span())
    }

    /// The whole months and the days left between two dates; nothing when `to` is not after `from`.
    pub fn between(from: Date, to: Date) -> Self {
        if to <= from {
            return Self::default();
        }
        let span = from.until((jiff::Unit::Month, to)).unwrap_or_default();
        Self { months: span.get_months(), days: span.get_days() }
    }

    /// Both, one after the other.
    ///
    /// Holds at the largest period there is.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { months: self.months.saturating_add(other.months), days: self.days.saturating_add(other.days) }
    }

    /// Compares two periods that begin on the same date.
    pub fn compare(self, other: Self, from: Date) -> Ordering {
        self.after(from).cmp(&other.after(from))
    }

    fn span(self) -> Span {
        // The calendar has 9,999 years: a longer period ends beyond it all the same.
        self.months.min(119_988).months().days(self.days.min(3_652_058))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.days) {
            (0, days) => write!(f, "P{days}D"),
            (months, 0) if months % 12 == 0 => write!(f, "P{}Y", months / 12),
            (months, 0) => write!(f, "P{months}M"),
            (months, days) => write!(f, "P{months}M{days}D"),
        }
    }
}

/// The value of a fact.
///
/// Serialised as a truth value, a whole number or else the text of a definition, which [`Type::read`] reads back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// Identifier of a choice or of a profession.
    Choice(Arc<str>),
    /// Whole number.
    Integer(i64),
    /// Exact decimal.
    Decimal(Decimal),
    /// Euros.
    Money(Money),
    /// Civil date.
    Date(Date),
    /// Period of the calendar.
    Period(Period),
    /// Somewhere: an identifier that the caller's [`World`](crate::World) understands (code of a commune, address).
    Place(Arc<str>),
    /// Free text.
    Text(Arc<str>),
    /// Several values of one type; never empty.
    List(Vec<Value>),
}

impl Value {
    /// Its type; that of the elements for a list, `None` for an empty one.
    pub fn kind(&self) -> Option<Type> {
        Some(match self {
            Self::Boolean(_) => Type::Boolean,
            Self::Choice(_) => Type::Choice,
            Self::Integer(_) => Type::Integer,
            Self::Decimal(_) => Type::Decimal,
            Self::Money(_) => Type::Money,
            Self::Date(_) => Type::Date,
            Self::Period(_) => Type::Period,
            Self::Place(_) => Type::Place,
            Self::Text(_) => Type::Text,
            Self::List(values) => return values.first().and_then(Self::kind),
        })
    }

    /// The values of a list, or the value alone.
    pub fn each(&self) -> &[Self] {
        match self {
            Self::List(values) => values,
            other => std::slice::from_ref(other),
        }
    }

    /// Orders two values of comparable types; `from` is where periods begin. `None` when the types do not compare.
    pub fn order(&self, other: &Self, from: Date) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Money(a), Self::Money(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Period(a), Self::Period(b)) => a.compare(*b, from),
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
            (Self::Integer(a), Self::Decimal(b)) => Decimal::from(*a).cmp(b),
            (Self::Decimal(a), Self::Integer(b)) => a.cmp(&Decimal::from(*b)),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Choice(a), Self::Choice(b)) | (Self::Text(a), Self::Text(b)) | (Self::Place(a), Self::Place(b)) => {
                a.cmp(b)
            }
            _ => return None,
        })
    }

    /// As written in a definition.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Boolean(true) => "vrai".to_owned(),
            Self::Boolean(false) => "faux".to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Money(amount) => amount.plain(),
            Self::Date(date) => date.to_string(),
            Self::Period(period) => period.to_string(),
            Self::Choice(text) | Self::Place(text) | Self::Text(text) => text.to_string(),
            Self::List(values) => values.iter().map(Self::plain).collect::<Vec<_>>().join(", "),
        }
    }
}

impl fmt::Display for Value {
    /// As printed in French, identifiers of choices as they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(true) => f.write_str("oui"),
            Self::Boolean(false) => f.write_str("non"),
            Self::Integer(number) => f.write_str(&signed(&number.to_string())),
            Self::Decimal(number) => f.write_str(&signed(&number.normalize().to_string())),
            Self::Money(amount) => amount.fmt(f),
            Self::Date(date) => f.write_str(&french_date(*date)),
            Self::Period(period) => f.write_str(&french_period(*period)),
            Self::Choice(text) | Self::Place(text) | Self::Text(text) => f.write_str(text),
            Self::List(values) => {
                let texts: Vec<String> = values.iter().map(Self::to_string).collect();
                f.write_str(&texts.join(", "))
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(truth) => serializer.serialize_bool(*truth),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::List(values) => serializer.collect_seq(values),
            other => serializer.serialize_str(&other.plain()),
        }
    }
}

/// Digits by threes, with narrow no-break spaces.
pub(crate) fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

fn signed(number: &str) -> String {
    let (sign, bare) = number.strip_prefix('-').map_or(("", number), |rest| ("−", rest));
    match bare.split_once('.') {
        Some((whole, decimals)) => format!("{sign}{},{decimals}", grouped(whole)),
        None => format!("{sign}{}", grouped(bare)),
    }
}

/// « 1er mars 2016 ».
pub(crate) fn french_date(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{day} {} {}", MONTHS[date.month() as usize - 1], date.year())
}

/// « 2 ans », « 24 jours », « 1 an, 3 mois et 2 jours ».
fn french_period(period: Period) -> String {
    let plural = |n: i32, one: &str, many: &str| format!("{n} {}", if n > 1 { many } else { one });
    let mut parts = Vec::new();
    if period.months >= 12 {
        parts.push(plural(period.months / 12, "an", "ans"));
    }
    if period.months % 12 > 0 {
        parts.push(format!("{} mois", period.months % 12));
    }
    if period.days > 0 || parts.is_empty() {
        parts.push(plural(period.days, "jour", "jours"));
    }
    let last = parts.pop().unwrap_or_default();
    if parts.is_empty() { last } else { format!("{} et {last}", parts.join(", ")) }
}
