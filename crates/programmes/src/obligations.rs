//! `obligations.yaml`: what one owes in return, how often, measured by what, proved by what, and what follows when it is not done.

use std::sync::Arc;

use pacte_rules::amount::Computations;
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;
use pacte_rules::{Certifier, Period, Rule};
use serde::Serialize;

use crate::read::Desk;
use crate::text::Text;

/// What follows when an obligation is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// `alerte`: the agent is told.
    Warning,
    /// `paiement_nul`: nothing is due for the period.
    NoPayment,
    /// `suspension`: payments wait.
    Suspension,
    /// `rupture`: the commitment may be ended.
    Termination,
    /// `reversement`: sums are asked back.
    Recovery,
}

const CONSEQUENCES: [(&str, Consequence); 5] = [
    ("alerte", Consequence::Warning),
    ("paiement_nul", Consequence::NoPayment),
    ("suspension", Consequence::Suspension),
    ("rupture", Consequence::Termination),
    ("reversement", Consequence::Recovery),
];
const PROOFS: [(&str, Certifier); 4] = [
    ("declaration", Certifier::Declared),
    ("registre", Certifier::Register),
    ("agent", Certifier::Agent),
    ("calcul", Certifier::Computed),
];

/// An obligation.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Stable name.
    pub id: Arc<str>,
    /// What it is, in a few French words.
    pub label: String,
    /// What one must do, in French; may cite parameters.
    pub text: Text,
    /// Provision it comes from; may be empty.
    pub reference: String,
    /// Applies when this is met; always when `None`.
    pub applies: Option<Rule>,
    /// Met when this is; `None` when an agent judges.
    pub met: Option<Rule>,
    /// How often it is looked at; `None` for once.
    pub every: Option<Period>,
    /// Time left to prove it, after the period or the beginning.
    pub within: Option<Period>,
    /// How long it lasts; `None` for as long as the commitment.
    pub during: Option<Period>,
    /// Computation of [`Programme::amounts`](crate::Programme) that gives how long it lasts, in months.
    pub months: Option<Arc<str>>,
    /// Who proves it, the preferred first.
    pub proof: Vec<Certifier>,
    /// Late or short by so much is forgiven.
    pub tolerance: Option<Period>,
    /// What follows when it is not met.
    pub missed: Consequence,
}

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "obligations",
    keys: &[may("obligations", Shape::List(&Shape::Block(&OBLIGATION)), "Ce que l’on doit.")],
};

const PROOF: Shape = Shape::OneOf(|| PROOFS.map(|(word, _)| word).to_vec());

/// Keys of an obligation.
const OBLIGATION: Block = Block {
    name: "obligation",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("libelle", Shape::Text, "En quelques mots."),
        must("texte", Shape::Text, "Ce qu’il faut faire ; {parametre} y est remplacé par sa valeur."),
        may("ref", Shape::Text, "Texte de droit."),
        may("si", Shape::Rule, "Quand elle s’applique."),
        may("remplie", Shape::Rule, "Quand elle est remplie ; un agent en juge sinon."),
        may("periode", Shape::Period, "Tous les combien on la regarde."),
        may("delai", Shape::Period, "Temps pour la prouver."),
        may("duree", Shape::Period, "Combien elle dure."),
        may("duree_mois", Shape::Text, "Calcul qui donne sa durée en mois."),
        may("preuve", Shape::Either(&[PROOF, Shape::List(&PROOF)]), "Qui la prouve, le préféré d’abord."),
        may("tolerance", Shape::Period, "Retard pardonné."),
        must(
            "si_manque",
            Shape::OneOf(|| CONSEQUENCES.map(|(word, _)| word).to_vec()),
            "Ce qui suit quand elle n’est pas remplie.",
        ),
    ],
};

pub(crate) fn read(desk: &mut Desk<'_>, root: &Node, amounts: &Computations) -> Option<Vec<Obligation>> {
    let root = desk.block(root, "obligations", &FILE)?;
    let (mut seen, mut obligations) = (Vec::new(), Vec::new());
    let computed: Vec<Arc<str>> = amounts.all().iter().map(|known| Arc::clone(&known.name)).collect();
    for node in desk.list(root, "obligations", "obligations") {
        let Some(node) = desk.block(node, "obligations", &OBLIGATION) else { continue };
        let id: Arc<str> = desk.id(node, "obligations.id", &mut seen).into();
        let field = format!("obligations.{id}");
        for key in ["texte", "si_manque"] {
            desk.reader.needed(node, &field, key);
        }
        let mut proof = Vec::new();
        if let Some(list) = node.get("preuve") {
            for (at, word) in desk.reader.words(list, &field) {
                if let Some((_, certifier)) = PROOFS.iter().find(|(known, _)| *known == word) {
                    proof.push(*certifier);
                } else {
                    let known = PROOFS.iter().map(|(known, _)| *known);
                    desk.fault(at, &field, pacte_rules::fault::unknown("n’est pas une preuve", &word, known));
                }
            }
        }
        obligations.push(Obligation {
            id,
            label: desk.need(node, &field, "libelle"),
            text: desk.cited(node, &field, "texte"),
            reference: desk.maybe(node, &field, "ref").unwrap_or_default(),
            applies: desk.rule(node, "si"),
            met: desk.rule(node, "remplie"),
            every: desk.period(node, &field, "periode"),
            within: desk.period(node, &field, "delai"),
            during: desk.period(node, &field, "duree"),
            months: desk.names(node, &field, "duree_mois", "n’est pas un calcul", &computed).pop().map(|found| found.1),
            proof,
            tolerance: desk.period(node, &field, "tolerance"),
            missed: desk.word(node, &field, "si_manque", &CONSEQUENCES).unwrap_or(Consequence::Warning),
        });
    }
    Some(obligations)
}
