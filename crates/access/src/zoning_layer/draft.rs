//! A zoning that is being drafted: everything needed to compute it again, and everything a person decided.

use jiff::civil::Date;
use pacte_territory::{Level, Territory};
use serde::{Deserialize, Serialize};

use super::work::Work;
use crate::ground::Ground;
use crate::zoning::review::QPV;
use crate::zoning::{Adjustment, Approvals, Unit, Vintage, ZoningMethod};

/// What a zoning covers: the whole territory, or the units attached to one region of the method's quotas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// [`Level::Country`], or the level of the regions of the quotas.
    pub level: Level,
    /// Code of the region; that of the country for the whole.
    pub code: String,
    /// Name, for people.
    pub name: String,
}

impl Scope {
    /// The whole territory.
    pub fn whole(territory: &Territory) -> Self {
        let country = territory.area(Level::Country, 0);
        Self { level: Level::Country, code: country.code, name: country.name }
    }

    /// The region of this level and code; `None` when the territory has none.
    pub fn region(territory: &Territory, level: Level, code: &str) -> Option<Self> {
        let found = territory.find(level, code)?;
        let area = territory.area(level, found);
        Some(Self { level, code: area.code, name: area.name })
    }

    /// Whether it is the whole territory.
    pub fn is_whole(&self) -> bool {
        self.level == Level::Country
    }

    /// Whether a unit belongs to it: by the region that holds most of its people.
    pub fn holds(&self, unit: &Unit) -> bool {
        self.is_whole() || unit.region == self.code
    }

    /// The same place, whatever its name became.
    pub fn same_place(&self, other: &Self) -> bool {
        (self.level, &self.code) == (other.level, &other.code)
    }
}

/// The method of a draft, with its whole text: what was computed can be computed again after the file has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodUsed {
    /// Identifier: `medecins-2021`.
    pub id: String,
    /// French title.
    pub label: String,
    /// Profession: `gp`, `nurse`, `physio`.
    pub profession: String,
    /// The text it applies, as one cites it.
    pub legal_basis: String,
    /// Hash of the text of the file.
    pub hash: String,
    /// Text of the file.
    pub text: String,
}

impl From<&ZoningMethod> for MethodUsed {
    fn from(method: &ZoningMethod) -> Self {
        Self {
            id: method.id.clone(),
            label: method.label.clone(),
            profession: method.profession.clone(),
            legal_basis: method.legal_basis.clone(),
            hash: method.hash(),
            text: method.text().to_owned(),
        }
    }
}

/// A table of zones a method asks for (nurses, physiotherapists).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableUsed {
    /// Name of the file, for its errors.
    pub name: String,
    /// Its text, CSV.
    pub text: String,
}

/// On which figures of the indicator a draft is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// The last published ones: what the legal texts mean.
    #[default]
    Published,
    /// Those this program computes on the present supply.
    Computed,
}

/// The data a draft was made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// Hash of the territory's snapshot.
    pub territory: String,
    /// Hash of the methods of access and of the roads ([`Ground::fingerprint`]).
    pub fingerprint: String,
    /// Date of the code officiel géographique.
    pub geography: Date,
    /// Name of the territory.
    pub name: String,
    /// Inputs of the proposal and where they come from.
    pub vintages: Vec<Vintage>,
}

impl Base {
    /// Today's data.
    pub fn of(ground: &Ground, territory_hash: &str, vintages: &[Vintage]) -> Self {
        let meta = &ground.territory().meta;
        Self {
            territory: territory_hash.to_owned(),
            fingerprint: ground.fingerprint().to_owned(),
            geography: meta.geography,
            name: meta.name.clone(),
            vintages: vintages.to_vec(),
        }
    }

    /// Whether these are the data of this territory and these methods: figures are then the same to the last bit.
    pub fn is(&self, ground: &Ground, territory_hash: &str) -> bool {
        self.territory == territory_hash && self.fingerprint == ground.fingerprint()
    }
}

/// A zoning that is being drafted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Title, for people.
    pub title: String,
    /// What it covers.
    pub scope: Scope,
    /// The method.
    pub method: MethodUsed,
    /// The table of zones, for the methods that ask for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableUsed>,
    /// On which figures of the indicator.
    #[serde(default)]
    pub measured: Measured,
    /// The data it was made on.
    pub base: Base,
    /// Units moved and priority neighbourhoods added, each with its reason, in the order they were decided.
    pub adjustments: Vec<Adjustment>,
    /// Opinions received that widen the margin.
    pub approvals: Approvals,
    /// Who works on it, free text.
    pub author: String,
    /// Considérants of the arrêté beyond those of the data, a paragraph a line, free text.
    pub text: String,
    /// What this revision changes, free text.
    pub note: String,
}

/// Why a decision on a unit is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoveFault {
    /// No such unit.
    #[error(
        "« {0} » n’est ni une zone ni un quartier prioritaire (qpv:CODE) de ce projet : prenez-le dans la liste des zones"
    )]
    Unit(String),
    /// No such class.
    #[error("« {found} » n’est pas une classe de cette méthode : {known}")]
    Class {
        /// What was asked for.
        found: String,
        /// Classes of the method.
        known: String,
    },
    /// No reason.
    #[error("écrivez le motif : il est imprimé dans l’arrêté")]
    Reason,
}

impl Draft {
    /// The same draft where a unit (or a priority neighbourhood) takes a class for a reason; a unit given back the class of
    /// the method is no longer decided on. `work` is that of this draft. The note says what changed.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn moved(self, work: &Work, unit: &str, to: &str, reason: &str) -> Result<Self, Vec<MoveFault>> {
        let proposal = &work.proposal;
        let rank = proposal.find(unit);
        let quarter = unit.strip_prefix(QPV).filter(|code| proposal.specials.iter().any(|one| one.code == *code));
        let class = proposal.class(to);
        let mut faults = Vec::new();
        if rank.is_none() && quarter.is_none() {
            faults.push(MoveFault::Unit(unit.chars().take(60).collect()));
        }
        if class.is_none() {
            let known: Vec<&str> = proposal.classes.iter().map(|class| class.id.as_str()).collect();
            faults.push(MoveFault::Class { found: to.chars().take(60).collect(), known: known.join(", ") });
        }
        if reason.trim().is_empty() {
            faults.push(MoveFault::Reason);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        if rank.is_some_and(|rank| proposal.units[rank].class == class) {
            return Ok(Self { note: format!("{unit} : classe de la méthode"), ..self.without_move(unit) });
        }
        let note = format!("{unit} → {to}");
        let decided = Adjustment { unit: unit.to_owned(), to: to.to_owned(), reason: reason.trim().to_owned() };
        Ok(Self { note, ..self.with_move(decided) })
    }

    /// The same draft with a unit moved to another class, or a priority neighbourhood added; an earlier decision on the same unit
    /// gives way.
    #[must_use]
    pub fn with_move(mut self, adjustment: Adjustment) -> Self {
        self.adjustments.retain(|known| known.unit != adjustment.unit);
        self.adjustments.push(adjustment);
        self
    }

    /// The same draft without what was decided on a unit.
    #[must_use]
    pub fn without_move(mut self, unit: &str) -> Self {
        self.adjustments.retain(|known| known.unit != unit);
        self
    }

    /// The adjustment of a unit.
    pub fn adjustment(&self, unit: &str) -> Option<&Adjustment> {
        self.adjustments.iter().find(|known| known.unit == unit)
    }
}
