//! Exact numbers.

use std::cmp::Ordering;
use std::fmt;

/// Most digits of a need on the common scale.
const DIGITS: u32 = 18;

/// A decimal number that is not negative, kept as written: `units / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// Number without its decimal point.
    pub units: u128,
    /// Digits after the point.
    pub scale: u32,
}

impl Decimal {
    /// Reads `1234`, `12.5`, `12,5`, `1 234,5` (any blank between thousands).
    ///
    /// # Errors
    /// In French, when the text is not such a number or has more than eighteen digits.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}' && *c != '\u{202f}').collect();
        let refused = || {
            format!("« {} » n’est pas un nombre ; attendu : un nombre positif ou nul, comme 1234 ou 12,5", text.trim())
        };
        let (whole, part) = plain.split_once(['.', ',']).unwrap_or((&plain, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) {
            return Err(refused());
        }
        let part = part.trim_end_matches('0');
        let all = format!("{whole}{part}");
        let all = all.trim_start_matches('0');
        if all.len() > DIGITS as usize || part.len() > DIGITS as usize {
            return Err(format!("« {} » compte plus de {DIGITS} chiffres", text.trim()));
        }
        let units = if all.is_empty() { 0 } else { all.parse().map_err(|_| refused())? };
        Ok(Self { units, scale: part.len() as u32 })
    }

    /// The number times `10^scale`; `None` when that has too many digits.
    pub(super) fn at_scale(self, scale: u32) -> Option<u128> {
        let factor = 10_u128.checked_pow(scale.checked_sub(self.scale)?)?;
        self.units.checked_mul(factor).filter(|units| *units < 10_u128.pow(DIGITS))
    }
}

impl From<u64> for Decimal {
    fn from(units: u64) -> Self {
        Self { units: u128::from(units), scale: 0 }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let factor = 10_u128.pow(self.scale);
        let (whole, part) = (self.units / factor, self.units % factor);
        if self.scale == 0 {
            write!(f, "{whole}")
        } else {
            write!(f, "{whole}.{part:0width$}", width = self.scale as usize)
        }
    }
}

/// An exact fraction that is not negative.
#[derive(Clone, Copy, Debug)]
pub struct Fraction {
    /// Numerator, below 10³⁰.
    pub over: u128,
    /// Denominator, never 0.
    pub under: u128,
}

impl Fraction {
    /// `over / under`.
    ///
    /// # Panics
    /// When `under` is 0.
    pub fn new(over: u128, under: u128) -> Self {
        assert!(under > 0, "a fraction has a denominator");
        Self { over, under }
    }

    /// Whole part.
    pub fn whole(self) -> u128 {
        self.over / self.under
    }

    /// What is left of the whole part.
    #[must_use]
    pub fn fraction(self) -> Self {
        Self { over: self.over % self.under, under: self.under }
    }

    /// As a float, to show.
    pub fn value(self) -> f64 {
        self.whole() as f64 + (self.over % self.under) as f64 / self.under as f64
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fraction {}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    /// Exact, by continued fractions: no product that could overflow.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (*self, *other);
        loop {
            let whole = a.whole().cmp(&b.whole());
            if whole != Ordering::Equal {
                return whole;
            }
            let (x, y) = (a.over % a.under, b.over % b.under);
            match (x, y) {
                (0, 0) => return Ordering::Equal,
                (0, _) => return Ordering::Less,
                (_, 0) => return Ordering::Greater,
                // x/u < y/v exactly when v/y < u/x.
                _ => (a, b) = (Self { over: b.under, under: y }, Self { over: a.under, under: x }),
            }
        }
    }
}
