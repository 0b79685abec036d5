//! A figure as a formula over columns.

use pacte_territory::{Column, CommuneId};

/// Name of a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// Its concept.
    pub concept: String,
    /// Its vintage.
    pub vintage: i16,
}

impl ColumnRef {
    /// The name of an existing column.
    pub fn of(column: &Column) -> Self {
        Self { concept: column.concept.clone(), vintage: column.vintage }
    }
}

/// Which way is better for the people who live there; decides the colours and the wording of ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// More is better: consultations, doctors.
    HigherIsBetter,
    /// Less is better: minutes, shares of people far from care.
    LowerIsBetter,
    /// Neither: population.
    Neutral,
}

/// How an indicator is computed over the communes of an area.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// Number of communes.
    Members,
    /// Sum of the known values.
    Total(ColumnRef),
    /// Mean weighted by another column, over communes where both are known.
    Mean {
        /// What is averaged.
        of: ColumnRef,
        /// Its weight.
        weight: ColumnRef,
    },
    /// `scale × Σ of / Σ per`, over communes where both are known.
    Ratio {
        /// Numerator.
        of: ColumnRef,
        /// Denominator.
        per: ColumnRef,
        /// Factor: 100 000 for *per 100,000 inhabitants*.
        scale: f64,
    },
    /// Share, in percent, of `weight` that lives where `of` is strictly below the threshold.
    ShareBelow {
        /// What is compared.
        of: ColumnRef,
        /// Who is counted.
        weight: ColumnRef,
        /// Threshold, in the unit of `of`.
        threshold: f64,
    },
    /// Share, in percent, of `weight` that lives where `of` is strictly above the threshold, or where no value exists
    /// because nothing can be reached (`NaN` in a column of minutes means *out of reach*).
    ShareAbove {
        /// What is compared.
        of: ColumnRef,
        /// Who is counted.
        weight: ColumnRef,
        /// Threshold, in the unit of `of`.
        threshold: f64,
    },
    /// Change of a total, in percent, over communes known at both dates.
    Growth {
        /// Before.
        from: ColumnRef,
        /// After.
        to: ColumnRef,
    },
    /// Difference of two weighted means.
    Difference {
        /// Before, and its weight.
        from: (ColumnRef, ColumnRef),
        /// After, and its weight.
        to: (ColumnRef, ColumnRef),
    },
}

impl Formula {
    /// Value over some communes; `None` when nothing is known or a divisor is zero.
    pub fn evaluate<'a>(
        &self,
        members: &[CommuneId],
        column: &impl Fn(&ColumnRef) -> Option<&'a Column>,
    ) -> Option<f64> {
        match self {
            Self::Members => Some(members.len() as f64),
            Self::Total(of) => {
                let of = column(of)?;
                members.iter().filter_map(|id| of.get(*id)).fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
            }
            Self::Mean { of, weight } => weighted_mean(column(of)?, column(weight)?, members),
            Self::Ratio { of, per, scale } => {
                let (of, per) = sums(column(of)?, column(per)?, members);
                (per > 0.0).then(|| scale * of / per)
            }
            Self::ShareBelow { of, weight, threshold } => {
                let (of, weight) = (column(of)?, column(weight)?);
                share(members, weight, |id| of.get(id).map(|value| value < *threshold))
            }
            Self::ShareAbove { of, weight, threshold } => {
                let (of, weight) = (column(of)?, column(weight)?);
                share(members, weight, |id| Some(of.get(id).is_none_or(|value| value > *threshold)))
            }
            Self::Growth { from, to } => {
                let (from, to) = sums(column(from)?, column(to)?, members);
                (from > 0.0).then(|| 100.0 * (to / from - 1.0))
            }
            Self::Difference { from, to } => {
                let before = weighted_mean(column(&from.0)?, column(&from.1)?, members)?;
                Some(weighted_mean(column(&to.0)?, column(&to.1)?, members)? - before)
            }
        }
    }

    /// Columns the formula reads.
    pub fn columns(&self) -> Vec<&ColumnRef> {
        match self {
            Self::Members => Vec::new(),
            Self::Total(of) => vec![of],
            Self::Mean { of, weight } | Self::ShareBelow { of, weight, .. } | Self::ShareAbove { of, weight, .. } => {
                vec![of, weight]
            }
            Self::Ratio { of, per, .. } => vec![of, per],
            Self::Growth { from, to } => vec![from, to],
            Self::Difference { from, to } => vec![&from.0, &from.1, &to.0, &to.1],
        }
    }
}

/// A figure one can ask for: what it is, how to compute and how to read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    /// Stable id, also its name in addresses, tables and exports.
    pub id: String,
    /// French label.
    pub label: String,
    /// French unit.
    pub unit: String,
    /// Decimals to show.
    pub decimals: u8,
    /// Which way is better.
    pub direction: Direction,
    /// How it is computed.
    pub formula: Formula,
    /// Sources and dates, as they stand under a figure.
    pub citation: String,
    /// How it was made, in one French sentence; empty when it is a plain total of a source.
    pub method: String,
}

fn pairs<'a>(a: &'a Column, b: &'a Column, members: &'a [CommuneId]) -> impl Iterator<Item = (f64, f64)> + 'a {
    members.iter().filter_map(|id| Some((a.get(*id)?, b.get(*id)?)))
}

fn sums(a: &Column, b: &Column, members: &[CommuneId]) -> (f64, f64) {
    pairs(a, b, members).fold((0.0, 0.0), |(x, y), (p, q)| (x + p, y + q))
}

fn weighted_mean(of: &Column, weight: &Column, members: &[CommuneId]) -> Option<f64> {
    let (sum, total) = pairs(of, weight, members).fold((0.0, 0.0), |(sum, total), (x, w)| (sum + x * w, total + w));
    (total > 0.0).then(|| sum / total)
}

fn share(members: &[CommuneId], weight: &Column, counted: impl Fn(CommuneId) -> Option<bool>) -> Option<f64> {
    let mut inside = 0.0;
    let mut total = 0.0;
    for id in members {
        if let (Some(weight), Some(counted)) = (weight.get(*id), counted(*id)) {
            total += weight;
            inside += if counted { weight } else { 0.0 };
        }
    }
    (total > 0.0).then(|| 100.0 * inside / total)
}

#[cfg(test)]
mod tests {
    use pacte_territory::{Aggregation, Provenance};

    use super::*;

    fn column(concept: &str, values: &[f64]) -> Column {
        Column {
            concept: concept.into(),
            vintage: 2024,
            label: String::new(),
            unit: String::new(),
            aggregation: Aggregation::Sum,
            provenance: Provenance {
                source: String::new(),
                file: String::new(),
                vintage: String::new(),
                geography: 2024,
                method: String::new(),
            },
            categories: Vec::new(),
            values: values.to_vec(),
        }
    }

    fn key(concept: &str) -> ColumnRef {
        ColumnRef { concept: concept.into(), vintage: 2024 }
    }

    #[test]
    fn missing_values_are_left_out_of_both_sides() {
        let columns = [column("gp", &[2.0, 3.0, f64::NAN, 4.0]), column("pop", &[1000.0, 2000.0, 9000.0, f64::NAN])];
        let find = |key: &ColumnRef| columns.iter().find(|column| column.concept == key.concept);
        let members = [0, 1, 2, 3];
        let ratio = Formula::Ratio { of: key("gp"), per: key("pop"), scale: 1e5 };
        assert_eq!(ratio.evaluate(&members, &find), Some(1e5 * 5.0 / 3000.0));
        assert_eq!(Formula::Total(key("gp")).evaluate(&members, &find), Some(9.0));
        assert_eq!(Formula::Total(key("gp")).evaluate(&[2], &find), None, "unknown is not zero");
        let mean = Formula::Mean { of: key("gp"), weight: key("pop") };
        assert_eq!(mean.evaluate(&members, &find), Some(8000.0 / 3000.0));
        let below = Formula::ShareBelow { of: key("gp"), weight: key("pop"), threshold: 3.0 };
        assert_eq!(below.evaluate(&members, &find), Some(100.0 / 3.0));
        let above = Formula::ShareAbove { of: key("gp"), weight: key("pop"), threshold: 2.5 };
        assert_eq!(above.evaluate(&members, &find), Some(100.0 * 11.0 / 12.0), "no value means out of reach");
        assert_eq!(Formula::Total(key("absent")).evaluate(&members, &find), None);
    }
}
