//! Money in whole cents, and declared rounding: nothing overflows silently, nothing passes through a float.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::value::grouped;

/// An amount in euros, held in whole cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

/// Why an amount could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// Beyond what 64 bits of cents (or a decimal of 28 digits) hold.
    #[error("le résultat dépasse ce qui peut être calculé ; vérifiez les montants saisis")]
    Overflow,
    /// Divided by nothing.
    #[error("division par zéro ; vérifiez le diviseur")]
    DivisionByZero,
    /// The division does not fall right and its rounding is `exact`.
    #[error("la division ne tombe pas juste ; déclarez un arrondi")]
    Inexact,
}

/// Result of an operation on amounts.
pub type Computed<T> = Result<T, ArithmeticError>;

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many cents.
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    /// In cents.
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// Sum.
    ///
    /// # Errors
    /// On overflow.
    pub fn plus(self, other: Self) -> Computed<Self> {
        self.0.checked_add(other.0).map(Self).ok_or(ArithmeticError::Overflow)
    }

    /// Difference.
    ///
    /// # Errors
    /// On overflow.
    pub fn minus(self, other: Self) -> Computed<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or(ArithmeticError::Overflow)
    }

    /// Whole multiple.
    ///
    /// # Errors
    /// On overflow.
    pub fn times(self, count: i64) -> Computed<Self> {
        self.0.checked_mul(count).map(Self).ok_or(ArithmeticError::Overflow)
    }

    /// `self × num / den`, rounded as declared.
    ///
    /// # Errors
    /// On overflow, when `den` is 0, or when the rounding is exact and the result is not.
    pub fn scaled(self, num: i128, den: i128, rounding: Rounding) -> Computed<Self> {
        let num = i128::from(self.0).checked_mul(num).ok_or(ArithmeticError::Overflow)?;
        // Cents are hundredths: a rounding to the euro works on hundreds of cents.
        let step = match rounding.digits {
            0 => 100,
            _ => 1,
        };
        let den = den.checked_mul(step).ok_or(ArithmeticError::Overflow)?;
        let whole = match rounding.mode {
            Mode::Exact => divide(num, den / step, Mode::Exact)?,
            mode => divide(num, den, mode)?.checked_mul(step).ok_or(ArithmeticError::Overflow)?,
        };
        i64::try_from(whole).map(Self).map_err(|_| ArithmeticError::Overflow)
    }

    /// Reads « 6 900 », « 6900.00 », « 1 552,50 € »; at most two decimals.
    ///
    /// # Errors
    /// A French sentence that says what is expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refused = || format!("« {text} » n’est pas un montant ; attendu : 6900, 1552,50 ou « 6 900 € »");
        let bare: String =
            text.trim().trim_end_matches('€').chars().filter(|c| !c.is_whitespace()).map(comma_to_point).collect();
        let (negative, bare) = bare.strip_prefix('-').map_or((false, bare.as_str()), |rest| (true, rest));
        let (whole, decimals) = bare.split_once('.').unwrap_or((bare, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 2 {
            return Err(refused());
        }
        let cents: i64 = format!("{whole}{decimals:0<2}").parse().map_err(|_| refused())?;
        Ok(Self(if negative { -cents } else { cents }))
    }

    /// As written in a definition: `1552.50 €`.
    pub(crate) fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        format!("{sign}{}.{:02} €", cents / 100, cents % 100)
    }
}

pub(crate) const fn comma_to_point(c: char) -> char {
    if c == ',' { '.' } else { c }
}

impl fmt::Display for Money {
    /// As printed in French: « 1 552,50 € », « 3 105 € ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "−" } else { "" };
        let whole = grouped(&(cents / 100).to_string());
        match cents % 100 {
            0 => write!(f, "{sign}{whole}\u{a0}€"),
            rest => write!(f, "{sign}{whole},{rest:02}\u{a0}€"),
        }
    }
}

/// Which way a division that does not fall right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Mode {
    /// Not at all: the division must fall right.
    Exact,
    /// Towards less.
    Down,
    /// Towards more.
    Up,
    /// To the nearest, halves away from zero.
    Nearest,
    /// To the nearest, halves to the even digit.
    Even,
}

/// A declared rounding: `centime_proche`, `euro_inferieur`, `dixieme_pair`, `exact`…
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Rounding {
    /// Decimals kept: 0 for units and euros, 2 for cents.
    pub digits: u32,
    /// Which way.
    pub mode: Mode,
}

const UNITS: [(&str, u32); 6] =
    [("centime", 2), ("euro", 0), ("unite", 0), ("dixieme", 1), ("centieme", 2), ("millieme", 3)];
const MODES: [(&str, Mode); 4] =
    [("inferieur", Mode::Down), ("superieur", Mode::Up), ("proche", Mode::Nearest), ("pair", Mode::Even)];

impl Rounding {
    /// No rounding: the result must fall right.
    pub const EXACT: Self = Self { digits: 2, mode: Mode::Exact };

    /// Reads a name such as `centime_proche`; `None` when it is not one.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "exact" {
            return Some(Self::EXACT);
        }
        let (unit, mode) = name.split_once('_')?;
        let (_, digits) = UNITS.iter().find(|(known, _)| *known == unit)?;
        let (_, mode) = MODES.iter().find(|(known, _)| *known == mode)?;
        Some(Self { digits: *digits, mode: *mode })
    }

    /// Every name that [`Rounding::parse`] reads.
    pub fn names() -> Vec<String> {
        let named = UNITS.iter().flat_map(|(unit, _)| MODES.iter().map(move |(mode, _)| format!("{unit}_{mode}")));
        std::iter::once("exact".to_owned()).chain(named).collect()
    }

    /// `num / den` to so many decimals.
    ///
    /// # Errors
    /// On overflow, division by zero, or an exact rounding that is not.
    pub fn ratio(self, num: Decimal, den: Decimal) -> Computed<Decimal> {
        if den.is_zero() {
            return Err(ArithmeticError::DivisionByZero);
        }
        if self.mode == Mode::Exact {
            let quotient = num.checked_div(den).ok_or(ArithmeticError::Overflow)?;
            let back = quotient.checked_mul(den).ok_or(ArithmeticError::Overflow)?;
            return if back == num { Ok(quotient.normalize()) } else { Err(ArithmeticError::Inexact) };
        }
        let (top, bottom) = (num.mantissa(), den.mantissa());
        // num/den = top × 10^(den scale) / (bottom × 10^(num scale)), and 10^digits of it are wanted.
        let top = times_ten(top, den.scale() + self.digits)?;
        let bottom = times_ten(bottom, num.scale())?;
        let whole = divide(top, bottom, self.mode)?;
        Decimal::try_from_i128_with_scale(whole, self.digits)
            .map(|quotient| quotient.normalize())
            .map_err(|_| ArithmeticError::Overflow)
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = MODES.iter().find(|(_, mode)| *mode == self.mode);
        let unit = UNITS.iter().find(|(_, digits)| *digits == self.digits);
        match (mode, unit) {
            (Some((mode, _)), Some((unit, _))) => write!(f, "{unit}_{mode}"),
            _ => f.write_str("exact"),
        }
    }
}

fn times_ten(number: i128, power: u32) -> Computed<i128> {
    10_i128.checked_pow(power).and_then(|ten| number.checked_mul(ten)).ok_or(ArithmeticError::Overflow)
}

/// Whole quotient of two integers, rounded.
fn divide(num: i128, den: i128, mode: Mode) -> Computed<i128> {
    if den == 0 {
        return Err(ArithmeticError::DivisionByZero);
    }
    let (num, den) = if den < 0 {
        (num.checked_neg().ok_or(ArithmeticError::Overflow)?, den.checked_neg().ok_or(ArithmeticError::Overflow)?)
    } else {
        (num, den)
    };
    let (floor, rest) = (num.div_euclid(den), num.rem_euclid(den));
    if rest == 0 {
        return Ok(floor);
    }
    // rest < den, so den - rest cannot overflow where 2 × rest could.
    let above = match mode {
        Mode::Exact => return Err(ArithmeticError::Inexact),
        Mode::Down => false,
        Mode::Up => true,
        Mode::Nearest => rest > den - rest || (rest == den - rest && num >= 0),
        Mode::Even => rest > den - rest || (rest == den - rest && floor % 2 != 0),
    };
    floor.checked_add(i128::from(above)).ok_or(ArithmeticError::Overflow)
}
