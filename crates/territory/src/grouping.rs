//! A dated partition of the communes into areas.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::level::Level;
use crate::provenance::Provenance;

/// Commune that belongs to no area of a grouping (an island outside any EPCI).
pub const NO_AREA: u32 = u32::MAX;

/// One area of a grouping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Official code: SIREN of an EPCI, `59` for a département.
    pub code: String,
    /// French name.
    pub name: String,
}

/// A partition of the communes at one level, valid for one geography year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouping {
    /// The level.
    pub level: Level,
    /// Where the partition comes from, and its date.
    pub provenance: Provenance,
    /// Areas in the order of their codes.
    pub areas: Vec<Area>,
    /// Index of the area of each commune, or [`NO_AREA`].
    pub of_commune: Vec<u32>,
    #[serde(skip)]
    members: Vec<u32>,
    #[serde(skip)]
    offsets: Vec<u32>,
    #[serde(skip)]
    by_code: HashMap<String, u32>,
}

impl Grouping {
    /// Builds a grouping from the area code of each commune; areas are sorted by code, `None` means outside any.
    ///
    /// `name_of` gives the name of a code.
    pub fn from_codes<'a>(
        level: Level,
        provenance: Provenance,
        codes: impl Iterator<Item = Option<&'a str>> + Clone,
        name_of: impl Fn(&str) -> String,
    ) -> Self {
        let mut distinct: Vec<&str> = codes.clone().flatten().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let index: HashMap<&str, u32> = distinct.iter().zip(0..).map(|(code, i)| (*code, i)).collect();
        let of_commune = codes.map(|code| code.map_or(NO_AREA, |code| index[code])).collect();
        let areas = distinct.iter().map(|code| Area { code: (*code).to_owned(), name: name_of(code) }).collect();
        let mut grouping = Self {
            level,
            provenance,
            areas,
            of_commune,
            members: Vec::new(),
            offsets: Vec::new(),
            by_code: HashMap::new(),
        };
        grouping.index();
        grouping
    }

    /// Rebuilds the lists of members and the index of codes, which are not stored.
    pub(crate) fn index(&mut self) {
        let mut offsets = vec![0_u32; self.areas.len() + 1];
        for &area in self.of_commune.iter().filter(|area| **area != NO_AREA) {
            offsets[area as usize + 1] += 1;
        }
        for i in 1..offsets.len() {
            offsets[i] += offsets[i - 1];
        }
        let mut next = offsets.clone();
        let mut members = vec![0; offsets.last().copied().unwrap_or(0) as usize];
        for (commune, &area) in (0_u32..).zip(&self.of_commune) {
            if area != NO_AREA {
                members[next[area as usize] as usize] = commune;
                next[area as usize] += 1;
            }
        }
        self.offsets = offsets;
        self.members = members;
        self.by_code = self.areas.iter().zip(0..).map(|(area, i)| (area.code.clone(), i)).collect();
    }

    /// Communes of an area, in the order of their ids.
    pub fn members(&self, area: u32) -> &[u32] {
        &self.members[self.offsets[area as usize] as usize..self.offsets[area as usize + 1] as usize]
    }

    /// Index of the area with this code.
    pub fn find(&self, code: &str) -> Option<u32> {
        self.by_code.get(code).copied()
    }

    /// Area a commune belongs to, `None` outside any.
    pub fn area_of(&self, commune: u32) -> Option<u32> {
        self.of_commune.get(commune as usize).copied().filter(|area| *area != NO_AREA)
    }

    /// Number of areas.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether there is no area at all.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }
}
