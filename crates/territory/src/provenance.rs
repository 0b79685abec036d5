//! Where a figure comes from. No value leaves this program without one of these.

use serde::{Deserialize, Serialize};

/// Source, vintage and geography of a column or grouping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Producer and title, as one would cite it: `INSEE, populations légales`.
    pub source: String,
    /// Name of the file it was read from, without folders; empty for computed columns.
    pub file: String,
    /// What the figures describe: `2022`, `2024-01-01`.
    pub vintage: String,
    /// Year of the code officiel géographique the file was written in, before conversion to the territory's own.
    pub geography: i16,
    /// For computed or converted figures: how, in one French sentence. Empty for a figure copied as it stands.
    pub method: String,
}

impl Provenance {
    /// One line that can stand under a figure: `INSEE, populations légales, 2022`.
    pub fn citation(&self) -> String {
        // A computed figure's source already ends with the dates of what it was computed from.
        if self.vintage.is_empty() || self.source.ends_with(&self.vintage) {
            self.source.clone()
        } else {
            format!("{}, {}", self.source, self.vintage)
        }
    }
}
