//! Adjustments by the ARS: each with its reason, within the margin of the method, under its quotas.
//!
//! A review never changes the proposal: final classes, quotas and margins are computed again from both, so that a draft saved
//! with its adjustments gives the same result wherever it is opened.

use std::collections::{BTreeMap, HashMap};

use pacte_territory::Territory;
use serde::{Deserialize, Serialize};

use super::classes::Classes;
use super::method::{SpecialKind, ZoningMethod};
use super::proposal::{Fault, FaultKind, Proposal, QuotaUse, Severity, Unit};
use super::zoner::{self, faults as found};
use crate::french::comma;

mod margins;

/// Prefix of the code of a priority neighbourhood in [`Adjustment::unit`].
pub const QPV: &str = "qpv:";

/// A unit that the ARS gives another class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Code of the unit, or `qpv:` and the code of a priority neighbourhood.
    pub unit: String,
    /// Identifier of the class it is given.
    pub to: String,
    /// Why, in a sentence: it is printed in the arrêté.
    pub reason: String,
}

/// Opinions already obtained, which widen the margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    /// Opinion of the regional commission: the exceptional change in size of classes is open.
    pub commission: bool,
}

/// An adjustment that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Rank of the unit in [`Proposal::units`].
    pub unit: usize,
    /// Code of the unit.
    pub code: String,
    /// Name of the unit.
    pub name: String,
    /// Code of its region.
    pub region: String,
    /// Inhabitants.
    pub people: u64,
    /// Class before.
    pub from: Option<u8>,
    /// Class after.
    pub to: u8,
    /// Why.
    pub reason: String,
}

/// A special area that was added to a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// Code of the area.
    pub code: String,
    /// Name of the area.
    pub name: String,
    /// Codes of the units it touches.
    pub units: Vec<String>,
    /// Class given.
    pub class: u8,
    /// Why.
    pub reason: String,
}

/// Margin outside the pool, in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarginUse {
    /// Code of the region.
    pub region: String,
    /// Inhabitants outside the pool that may be given a more favoured class.
    pub allowed: u64,
    /// Inhabitants who were.
    pub used: u64,
}

/// Number of zones of a class in one region, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeUse {
    /// Code of the region.
    pub region: String,
    /// Class.
    pub class: u8,
    /// Zones proposed.
    pub before: u64,
    /// Zones after adjustments.
    pub after: u64,
    /// Zones by which it may always change.
    pub usual: u64,
    /// Zones by which it may change after the opinion of the commission.
    pub exceptional: u64,
}

/// A proposal after adjustments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Final class of each unit, in the order of [`Proposal::units`].
    pub classes: Vec<Option<u8>>,
    /// Quotas and their use after adjustments.
    pub quotas: Vec<QuotaUse>,
    /// Margins outside the pool, regions in the order of their codes; empty when the method has none.
    pub margins: Vec<MarginUse>,
    /// Sizes of classes by region; empty when the method does not limit them.
    pub sizes: Vec<SizeUse>,
    /// Adjustments applied, in the order they were given: faulty ones are applied too whenever that has a meaning, so that
    /// their effect can be seen.
    pub moves: Vec<Move>,
    /// Special areas added, in the order they were given.
    pub added: Vec<Added>,
    /// Every fault, those of the proposal first.
    pub faults: Vec<Fault>,
}

impl Review {
    /// Whether nothing prevents publication.
    pub fn publishable(&self) -> bool {
        self.faults.iter().all(|fault| fault.severity == Severity::Notice)
    }

    /// Final class of every commune.
    pub fn classes_of(&self, territory: &Territory, proposal: &Proposal) -> Classes {
        Classes::of_units(territory, proposal, &self.classes)
    }

    /// Inhabitants of each class, in the order of [`Proposal::classes`], then those of units without class.
    pub fn people_by_class(&self, proposal: &Proposal) -> Vec<u64> {
        let mut people = vec![0; proposal.classes.len() + 1];
        for (unit, class) in proposal.units.iter().zip(&self.classes) {
            people[class.map_or(proposal.classes.len(), usize::from)] += unit.people;
        }
        people
    }
}

/// Applies adjustments without any opinion obtained; see [`review_with`].
pub fn review(method: &ZoningMethod, proposal: &Proposal, adjustments: &[Adjustment]) -> Review {
    review_with(method, proposal, adjustments, Approvals::default())
}

/// Applies adjustments to a proposal of this method and tells every fault with what would make it possible.
pub fn review_with(
    method: &ZoningMethod,
    proposal: &Proposal,
    adjustments: &[Adjustment],
    approvals: Approvals,
) -> Review {
    let mut work = Work {
        method,
        proposal,
        classes: proposal.units.iter().map(|unit| unit.class).collect(),
        outside: BTreeMap::new(),
        moves: Vec::new(),
        added: Vec::new(),
        // Units without class are told again at the end, as adjustments may have given them one.
        faults: proposal.faults.iter().filter(|fault| fault.kind != FaultKind::Unclassified).cloned().collect(),
    };
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (rank, adjustment) in (1..).zip(adjustments) {
        if let Some(first) = seen.insert(&adjustment.unit, rank) {
            work.fault(
                FaultKind::Twice,
                &adjustment.unit,
                format!("Les ajustements {first} et {rank} portent sur la même zone {}.", adjustment.unit),
                "Gardez l’un des deux ; ici le dernier l’emporte.".to_owned(),
            );
        }
        work.adjust(adjustment);
    }
    let quotas = work.quotas();
    let margins = work.margins();
    let sizes = work.sizes(approvals);
    let unknown: Vec<&Unit> =
        proposal.units.iter().zip(&work.classes).filter(|(_, class)| class.is_none()).map(|(unit, _)| unit).collect();
    if !unknown.is_empty() {
        work.faults.push(found::unclassified(&unknown));
    }
    Review { classes: work.classes, quotas, margins, sizes, moves: work.moves, added: work.added, faults: work.faults }
}

/// A review being made.
struct Work<'a> {
    method: &'a ZoningMethod,
    proposal: &'a Proposal,
    classes: Vec<Option<u8>>,
    /// Units outside the pool given a more favoured class, by region.
    outside: BTreeMap<String, Vec<usize>>,
    moves: Vec<Move>,
    added: Vec<Added>,
    faults: Vec<Fault>,
}

impl Work<'_> {
    fn fault(&mut self, kind: FaultKind, place: &str, problem: String, remedy: String) {
        self.faults.push(Fault { kind, severity: Severity::Blocking, place: place.to_owned(), problem, remedy });
    }

    fn label(&self, class: Option<u8>) -> &str {
        class.map_or("sans classe", |class| &self.proposal.classes[usize::from(class)].short)
    }

    fn adjust(&mut self, adjustment: &Adjustment) {
        let code = adjustment.unit.as_str();
        let Some(to) = self.proposal.class(&adjustment.to) else {
            let known: Vec<&str> = self.proposal.classes.iter().map(|class| class.id.as_str()).collect();
            let remedy = format!("Classes de la méthode : {}.", known.join(", "));
            self.fault(
                FaultKind::UnknownClass,
                code,
                format!("Zone {code} : « {} » n’est pas une classe.", adjustment.to),
                remedy,
            );
            return;
        };
        let explained = adjustment.reason.trim().chars().count() >= 3;
        if let Some(area) = code.strip_prefix(QPV) {
            self.add(area, to, &adjustment.reason);
        } else if let Some(unit) = self.proposal.find(code) {
            if self.proposal.units[unit].class == Some(to) {
                self.classes[unit] = Some(to);
                self.moves.retain(|moved| moved.unit != unit);
                return;
            }
            self.shift(unit, to, &adjustment.reason);
        } else {
            self.fault(
                FaultKind::UnknownUnit,
                code,
                format!("Aucune zone ne porte le code {code}."),
                format!(
                    "Les zones sont ici {} : vérifiez le code, ou reprenez l’ajustement sur le découpage actuel.",
                    zoner::level_name(self.proposal.level)
                ),
            );
            return;
        }
        if !explained {
            self.fault(
                FaultKind::NoReason,
                code,
                format!("Zone {code} : aucun motif."),
                "Écrivez en une phrase pourquoi la zone change de classe : le motif est repris dans l’arrêté."
                    .to_owned(),
            );
        }
    }

    fn add(&mut self, area: &str, class: u8, reason: &str) {
        let place = format!("{QPV}{area}");
        let allowed: Vec<u8> = self
            .method
            .special
            .iter()
            .filter(|special| special.kind == SpecialKind::Qpv)
            .flat_map(|special| special.classes.iter().copied())
            .collect();
        if !allowed.contains(&class) {
            let known: Vec<&str> = allowed.iter().map(|class| self.label(Some(*class))).collect();
            let remedy = if known.is_empty() {
                "Cette méthode n’ajoute pas de quartier prioritaire : classez la zone entière, ou changez de méthode."
                    .to_owned()
            } else {
                format!("Un quartier prioritaire peut être ajouté à : {}.", known.join(", "))
            };
            let problem = format!("Le quartier {area} ne peut pas être classé {}.", self.label(Some(class)));
            self.fault(FaultKind::SpecialRefused, &place, problem, remedy);
            return;
        }
        match self.proposal.specials.binary_search_by(|special| special.code.as_str().cmp(area)) {
            Ok(i) => {
                let special = &self.proposal.specials[i];
                self.added.retain(|added| added.code != area);
                self.added.push(Added {
                    code: special.code.clone(),
                    name: special.name.clone(),
                    units: special.units.clone(),
                    class,
                    reason: reason.trim().to_owned(),
                });
            }
            Err(_) => self.fault(
                FaultKind::UnknownUnit,
                &place,
                format!("Aucun quartier prioritaire ne porte le code {area}."),
                "Vérifiez le code dans la liste des quartiers du territoire.".to_owned(),
            ),
        }
    }

    /// Gives a unit a class and says whether it may have it.
    fn shift(&mut self, rank: usize, to: u8, reason: &str) {
        let unit = &self.proposal.units[rank];
        let (from, margin) = (unit.class, &self.method.margin);
        self.classes[rank] = Some(to);
        for list in self.outside.values_mut() {
            list.retain(|known| *known != rank);
        }
        self.moves.retain(|moved| moved.unit != rank);
        self.moves.push(Move {
            unit: rank,
            code: unit.code.clone(),
            name: unit.name.clone(),
            region: unit.region.clone(),
            people: unit.people,
            from,
            to,
            reason: reason.trim().to_owned(),
        });
        let named = format!("{} ({})", unit.name, unit.code);
        let passage = format!("{} → {}", self.label(from), self.label(Some(to)));
        if unit.because.is_mandatory() {
            let problem = format!("{named}, {passage} : {}.", unit.because.sentence());
            let remedy = format!(
                "Elle reste {}. Seule une autre version de la méthode, à un seuil plus bas, la libérerait.",
                self.label(from)
            );
            self.fault(FaultKind::MandatoryLeft, &unit.code, problem, remedy);
            return;
        }
        // A unit without proposal is the ARS's to classify.
        let Some(from) = from else { return };
        if margin.free || (margin.pool && unit.in_pool) {
            return;
        }
        let steps = from.abs_diff(to);
        match margin.steps {
            Some(most) if steps <= most => return,
            Some(most) => {
                let problem = format!("{named}, {passage} : {steps} classes d’écart, la marge est de {most}.");
                let remedy = format!("Classez-la au plus {}.", self.reachable(from, most));
                self.fault(FaultKind::OutsideMargin, &unit.code, problem, remedy);
                return;
            }
            None => {}
        }
        if margin.outside.is_some() && to < from && !unit.in_pool {
            self.outside.entry(unit.region.clone()).or_default().push(rank);
            return;
        }
        if margin.outside.is_some() && to > from {
            return;
        }
        let problem =
            format!("{named}, {passage} : la zone n’est pas dans le vivier et la méthode ne laisse aucune marge.");
        let remedy =
            "Il faudrait une part de population hors vivier (« margin.outside_percent »), que la méthode n’ouvre pas.";
        self.fault(FaultKind::OutsideMargin, &unit.code, problem, remedy.to_owned());
    }

    /// Classes within so many steps of a class, as a text.
    fn reachable(&self, from: u8, steps: u8) -> String {
        let last = self.proposal.classes.len() as u8 - 1;
        let range = from.saturating_sub(steps)..=from.saturating_add(steps).min(last);
        range.map(|class| self.label(Some(class)).to_owned()).collect::<Vec<_>>().join(", ")
    }

    /// Quotas counted again; those exceeded become faults.
    fn quotas(&mut self) -> Vec<QuotaUse> {
        let uses = zoner::used(self.proposal, self.method, &self.classes);
        let mut quotas = self.proposal.quotas.clone();
        for (quota, (used, _)) in quotas.iter_mut().zip(uses) {
            quota.used = used;
            // Mandatory units beyond the quota are the proposal's own fault (or none): only what is added counts here.
            let limit = quota.allowed.max(quota.mandatory);
            if used <= limit {
                continue;
            }
            let over = used - limit;
            let Some(classes) = self.method.quotas.iter().find(|known| known.id == quota.quota).map(|q| &q.classes)
            else {
                continue;
            };
            // The best served of the class leave first.
            let mut leaving: Vec<usize> = (0..self.classes.len())
                .filter(|i| {
                    let unit = &self.proposal.units[*i];
                    unit.region == quota.region
                        && !unit.because.is_mandatory()
                        && self.classes[*i].is_some_and(|class| classes.contains(&class))
                })
                .collect();
            leaving.sort_by(|a, b| {
                let value = |i: usize| self.proposal.units[i].value.unwrap_or(f64::NEG_INFINITY);
                value(*b).total_cmp(&value(*a)).then(a.cmp(b))
            });
            let mut freed = 0;
            let mut names = Vec::new();
            for i in leaving {
                if freed >= over {
                    break;
                }
                freed += self.proposal.units[i].people;
                names.push(format!(
                    "{} ({} habitants)",
                    self.proposal.units[i].name,
                    comma(self.proposal.units[i].people as f64, 0)
                ));
            }
            let shown = if names.len() > 4 {
                format!("{}, … ({} zones)", names[..4].join(", "), names.len())
            } else {
                names.join(", ")
            };
            self.faults.push(Fault {
                kind: FaultKind::QuotaExceeded,
                severity: Severity::Blocking,
                place: quota.region.clone(),
                problem: format!(
                    "{}, « {} » : {} habitants classés pour {} permis, {} de trop.",
                    if quota.name.is_empty() { &quota.region } else { &quota.name },
                    quota.label,
                    comma(used as f64, 0),
                    comma(limit as f64, 0),
                    comma(over as f64, 0)
                ),
                remedy: format!(
                    "Retirer les zones les mieux dotées de la classe : {shown} ; ou porter la part à {} %.",
                    found::percent_for(quota, used)
                ),
            });
        }
        quotas
    }
}
