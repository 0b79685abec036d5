//! One value per commune, with its provenance and the way it adds up over communes.

use serde::{Deserialize, Serialize};

use crate::provenance::Provenance;

/// How a column is carried from communes to larger areas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aggregation {
    /// Values add up (people, doctors, km²). A missing value makes no contribution and is counted as missing.
    Sum,
    /// Mean weighted by another column, named by concept and vintage.
    WeightedMean {
        /// Concept of the weight column.
        concept: String,
        /// Vintage of the weight column.
        vintage: i16,
    },
    /// Codes into [`Column::categories`]: counts of people by category have a meaning, means have none.
    Category,
    /// No meaning above the commune (an index of the nearest commune, for instance).
    None,
}

/// One value per commune, in the order of commune ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// What is measured, by a stable dotted name: `population.municipal`, `supply.gp`, `apl.gp`.
    pub concept: String,
    /// Year of the figure.
    pub vintage: i16,
    /// French label for people.
    pub label: String,
    /// Unit in French: `habitants`, `consultations par habitant et par an`. Empty for categories.
    pub unit: String,
    /// How it adds up.
    pub aggregation: Aggregation,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Labels of the categories when `aggregation` is [`Aggregation::Category`]; a value is an index into them.
    pub categories: Vec<String>,
    /// One value per commune; `NaN` stands for *not known*, which is never zero.
    pub values: Vec<f64>,
}

impl Column {
    /// The value of a commune, `None` when it is not known.
    pub fn get(&self, commune: u32) -> Option<f64> {
        self.values.get(commune as usize).copied().filter(|value| !value.is_nan())
    }

    /// The category of a commune, when the column is one of categories.
    pub fn category(&self, commune: u32) -> Option<&str> {
        self.get(commune).and_then(|value| self.categories.get(value as usize)).map(String::as_str)
    }

    /// Sum of the known values.
    pub fn total(&self) -> f64 {
        self.values.iter().filter(|value| !value.is_nan()).sum()
    }

    /// How many communes have a known value.
    pub fn known(&self) -> usize {
        self.values.iter().filter(|value| !value.is_nan()).count()
    }

    /// Name and vintage, as error messages and exports write it: `supply.gp@2024`.
    pub fn key(&self) -> String {
        format!("{}@{}", self.concept, self.vintage)
    }
}
