//! Tables of allotment shipped with the program: published ones, to reproduce and to start from.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Decimal, Party};
use crate::method::raw::{fault, read};
use crate::method::{MethodError, Status};
use crate::shipped::{Shipped, shipped};

/// A published table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllotmentTable {
    /// Stable name.
    pub id: String,
    /// French title.
    pub label: String,
    /// What is shared out: `places`, `habitants`.
    pub unit: String,
    /// Citation.
    pub source: String,
    /// Whether it was checked.
    pub status: Status,
    /// Total as printed.
    pub seats: u64,
    /// What disagrees or stays out, in French.
    pub notes: Vec<String>,
    /// Parties with their needs.
    pub parties: Vec<Party>,
}

const SHIPPED: Shipped = shipped!(
    "allotments": "numerus-clausus-2006", "zones-fragiles-2011", "zones-fragiles-2011-outre-mer", "dix-regions-2015",
);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    label: String,
    unit: String,
    source: String,
    status: Status,
    seats: u64,
    #[serde(default)]
    notes: Vec<String>,
    parties: Vec<RawParty>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParty {
    name: String,
    need: Spanned<String>,
    #[serde(default)]
    floor: u64,
    #[serde(default)]
    cap: Option<u64>,
    #[serde(default)]
    previous: Option<u64>,
}

impl AllotmentTable {
    /// Reads a table; `file` names it in errors.
    ///
    /// # Errors
    /// When the text is not YAML, a field is missing or unknown, or a need is not a number.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, MethodError> {
        let raw: Raw = read(file, text)?;
        let party = |raw: RawParty| {
            let need = Decimal::parse(&raw.need.value)
                .map_err(|problem| fault(file, raw.need.referenced, "parties.need", problem))?;
            Ok(Party { name: raw.name, need, floor: raw.floor, cap: raw.cap, previous: raw.previous })
        };
        Ok(Self {
            parties: raw.parties.into_iter().map(party).collect::<Result<_, MethodError>>()?,
            id: raw.id,
            label: raw.label,
            unit: raw.unit,
            source: raw.source,
            status: raw.status,
            seats: raw.seats,
            notes: raw.notes,
        })
    }

    /// Every shipped table.
    pub fn shipped() -> Vec<Self> {
        SHIPPED.names().filter_map(Self::find).collect()
    }

    /// A shipped table by its name.
    pub fn find(id: &str) -> Option<Self> {
        SHIPPED.read(id, Self::from_yaml)
    }

    /// The table as a text [`super::read_parties`] reads back.
    pub fn csv(&self) -> String {
        parties_csv(&self.parties)
    }
}

/// Parties as a text [`super::read_parties`] reads back.
fn parties_csv(parties: &[Party]) -> String {
    let mut text = String::from("partie;besoin;plancher;plafond;precedent\n");
    let seats = |seats: Option<u64>| seats.map(|seats| seats.to_string()).unwrap_or_default();
    for party in parties {
        let floor = if party.floor == 0 { String::new() } else { party.floor.to_string() };
        let (cap, previous) = (seats(party.cap), seats(party.previous));
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{};{};{floor};{cap};{previous}", party.name, party.need);
    }
    text
}
