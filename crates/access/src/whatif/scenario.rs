//! A list of changes with the data it was made on.

use std::fmt::Write as _;

use pacte_territory::{CommuneCode, Territory};
use serde::{Deserialize, Serialize};

use super::Change;
use super::error::ChangeError;
use crate::ground::Ground;

/// The data a scenario was made on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// Hash of the territory's snapshot, hexadecimal.
    pub territory: String,
    /// Hash of methods and roads ([`Ground::fingerprint`]), hexadecimal.
    pub fingerprint: String,
    /// Name of the territory.
    pub name: String,
    /// Date of its geography, ISO.
    pub geography: String,
    /// What supply and demand come from, French.
    pub vintages: Vec<String>,
}

impl Base {
    /// The data a ground stands on; `hash` is that of its snapshot.
    pub fn of(ground: &Ground, hash: &str) -> Self {
        let territory = ground.territory();
        let mut vintages = Vec::new();
        if let Some(catchment) = ground.catchment() {
            vintages.push(catchment.heads.citation.clone());
            vintages.push(catchment.people.citation());
        }
        vintages.extend(ground.population().map(|column| column.provenance.citation()));
        vintages.dedup();
        Self {
            territory: hash.to_owned(),
            fingerprint: ground.fingerprint().to_owned(),
            name: territory.meta.name.clone(),
            geography: territory.meta.geography.to_string(),
            vintages,
        }
    }
}

/// Changes to make, together, and what they were made on. The same content gives the same JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Name given by its author; may be empty.
    pub name: String,
    /// Data it was made on.
    pub base: Base,
    /// Changes, in the order they were made.
    pub changes: Vec<Change>,
}

/// A scenario was made on other data than those at hand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say())]
pub struct OtherVintages {
    /// Data of the scenario.
    pub made_on: Box<Base>,
    /// Data at hand.
    pub here: Box<Base>,
}

impl OtherVintages {
    fn say(&self) -> String {
        let (theirs, ours) = (&self.made_on, &self.here);
        if theirs.territory == ours.territory {
            return "ce scénario a été fait avec d’autres méthodes ou d’autres routes : ses chiffres ne seront pas les mêmes. \
                    Pour le reporter sur les données présentes : --carry-over (ou le lien « Reporter » de la page)"
                .to_owned();
        }
        let mut text = format!(
            "ce scénario a été fait sur « {} » (géographie au {}), les données présentes sont « {} » (géographie au {}) : ses chiffres ne seront pas les mêmes.",
            theirs.name, theirs.geography, ours.name, ours.geography
        );
        let gone: Vec<&str> =
            theirs.vintages.iter().filter(|one| !ours.vintages.contains(one)).map(String::as_str).collect();
        if !gone.is_empty() {
            let _ = write!(text, " Il s’appuyait sur : {}.", gone.join(" ; "));
        }
        text.push_str(
            " Pour le reporter sur les données présentes : --carry-over (ou le lien « Reporter » de la page)",
        );
        text
    }
}

/// A scenario carried over to other data.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// The scenario on the data at hand.
    pub scenario: Scenario,
    /// Communes that have another code now: (before, now).
    pub renamed: Vec<(CommuneCode, CommuneCode)>,
    /// Changes left out, because a commune they name is in this territory under no code, or split.
    pub lost: Vec<(Change, CommuneCode)>,
}

impl Scenario {
    /// Reads changes written one a line (`#` begins a comment), as [`Scenario::to_text`] writes them.
    ///
    /// # Errors
    /// Every line that cannot be read, with its number from 1.
    pub fn read(territory: &Territory, base: Base, text: &str) -> Result<Self, Vec<(usize, ChangeError)>> {
        let mut scenario = Self { name: String::new(), base, changes: Vec::new() };
        let mut wrong = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let (text, comment) = text.split_once('#').unwrap_or((text, ""));
            if scenario.name.is_empty() && text.trim().is_empty() {
                comment.trim().clone_into(&mut scenario.name);
            }
            if text.trim().is_empty() {
                continue;
            }
            match Change::read(territory, text) {
                Ok(change) => scenario.changes.push(change),
                Err(error) => wrong.push((line, error)),
            }
        }
        if wrong.is_empty() { Ok(scenario) } else { Err(wrong) }
    }

    /// The changes one a line, under the name.
    pub fn to_text(&self) -> String {
        let mut text = if self.name.is_empty() { String::new() } else { format!("# {}\n", self.name) };
        for change in &self.changes {
            let _ = writeln!(text, "{change}");
        }
        text
    }

    /// Checks that the scenario was made on these data.
    ///
    /// # Errors
    /// When it was made on others; the message says which and how to carry it over.
    pub fn check(&self, here: &Base) -> Result<(), OtherVintages> {
        let same = self.base.territory == here.territory && self.base.fingerprint == here.fingerprint;
        if same {
            Ok(())
        } else {
            Err(OtherVintages { made_on: Box::new(self.base.clone()), here: Box::new(here.clone()) })
        }
    }

    /// The same changes on other data: communes that merged or changed code are followed.
    pub fn carry_over(&self, territory: &Territory, here: &Base) -> Carried {
        let mut carried = Carried {
            scenario: Self { name: self.name.clone(), base: here.clone(), changes: Vec::new() },
            renamed: Vec::new(),
            lost: Vec::new(),
        };
        let heir = |code: CommuneCode| {
            if territory.commune(code).is_some() {
                return Some(code);
            }
            match territory.successors(code).as_slice() {
                [only] => Some(territory.parts().communes.code[*only as usize]),
                _ => None,
            }
        };
        for change in &self.changes {
            let Some(moved) = change.with_places(&heir) else {
                let lost = change.places().find(|code| heir(*code).is_none());
                carried.lost.extend(lost.map(|code| (change.clone(), code)));
                continue;
            };
            for (before, now) in change.places().zip(moved.places()) {
                if before != now && !carried.renamed.contains(&(before, now)) {
                    carried.renamed.push((before, now));
                }
            }
            carried.scenario.changes.push(moved);
        }
        carried
    }
}
