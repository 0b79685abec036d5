//! `payments.yaml`: what is paid, by which computation, when, under what cap; what suspends it; what is asked back.

use std::sync::Arc;

use pacte_rules::amount::Computations;
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;
use pacte_rules::{Period, Rule, Type};

use crate::obligations::Obligation;
use crate::read::Desk;
use crate::text::Text;

/// Everything that is paid, withheld and recovered.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    /// Payments, in the order of the file.
    pub payments: Vec<Payment>,
    /// What suspends them.
    pub suspensions: Vec<Suspension>,
    /// What is asked back.
    pub recoveries: Vec<Recovery>,
}

/// A payment.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Stable name.
    pub id: Arc<str>,
    /// What it is, in French.
    pub label: String,
    /// Provision it comes from; may be empty.
    pub reference: String,
    /// Computation of the amount of one period.
    pub amount: Arc<str>,
    /// Role of the vocabulary that pays.
    pub payer: Arc<str>,
    /// Due when this is met; always when `None`.
    pub condition: Option<Rule>,
    /// How often; `None` for once.
    pub every: Option<Period>,
    /// How long it lasts; `None` for as long as the commitment.
    pub during: Option<Period>,
    /// Obligation whose proof opens each payment.
    pub after: Option<Arc<str>>,
    /// Time left to pay, from that proof or the end of the period.
    pub within: Option<Period>,
    /// Computation of the most that is paid for one period.
    pub cap: Option<Arc<str>>,
    /// Parts of a payment made once, in whole percent that add up to 100, each so long after the beginning; empty for
    /// the whole at once.
    pub parts: Vec<(i64, Period)>,
}

/// What suspends payments.
#[derive(Clone, Debug)]
pub struct Suspension {
    /// Stable name.
    pub id: Arc<str>,
    /// What it is, in French; may cite parameters.
    pub text: Text,
    /// Provision it comes from; may be empty.
    pub reference: String,
    /// Plays when this is met; an agent judges when `None`.
    pub condition: Option<Rule>,
    /// How long at most.
    pub at_most: Option<Period>,
    /// Whether what one owes is put off by as much.
    pub postpones: bool,
}

/// What is asked back.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// Stable name.
    pub id: Arc<str>,
    /// What it is, in French; may cite parameters.
    pub text: Text,
    /// Provision it comes from; may be empty.
    pub reference: String,
    /// Plays when this is met; an agent judges when `None`.
    pub condition: Option<Rule>,
    /// Computation of the amount; an agent computes when `None`.
    pub amount: Option<Arc<str>>,
    /// Time to contest, from the notice.
    pub contest: Option<Period>,
}

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "paiements_du_programme",
    keys: &[
        may("paiements", Shape::List(&Shape::Block(&PAYMENT)), "Ce qui est payé."),
        may("suspensions", Shape::List(&Shape::Block(&SUSPENSION)), "Ce qui suspend."),
        may("recuperations", Shape::List(&Shape::Block(&RECOVERY)), "Ce qui est repris."),
    ],
};

/// Keys of a payment.
const PAYMENT: Block = Block {
    name: "paiement",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("libelle", Shape::Text, "Ce que c’est."),
        may("ref", Shape::Text, "Texte de droit."),
        must("calcul", Shape::Text, "Calcul en euros de amounts.yaml."),
        must("payeur", Shape::Text, "Rôle qui paie."),
        may("si", Shape::Rule, "Quand il est dû."),
        may("periode", Shape::Period, "Tous les combien ; une fois sinon."),
        may("duree", Shape::Period, "Pendant combien de temps."),
        may("apres", Shape::Text, "Obligation dont la preuve l’ouvre."),
        may("delai", Shape::Period, "Temps pour payer."),
        may("plafond", Shape::Text, "Calcul en euros qui le plafonne."),
        may("echeances", Shape::List(&Shape::Block(&PART)), "Parts d’un paiement fait une fois."),
    ],
};

/// Keys of a part.
const PART: Block = Block {
    name: "echeance",
    keys: &[must("part", Shape::Integer, "Pour cent."), may("apres", Shape::Period, "Tant de temps après.")],
};

/// Keys of a suspension.
const SUSPENSION: Block = Block {
    name: "suspension",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("texte", Shape::Text, "Ce que c’est."),
        may("ref", Shape::Text, "Texte de droit."),
        may("si", Shape::Rule, "Quand elle joue."),
        may("au_plus", Shape::Period, "Combien de temps au plus."),
        may("reporte", Shape::Flag, "Ce que l’on doit est remis d’autant."),
    ],
};

/// Keys of a recovery.
const RECOVERY: Block = Block {
    name: "recuperation",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("texte", Shape::Text, "Ce que c’est."),
        may("ref", Shape::Text, "Texte de droit."),
        may("si", Shape::Rule, "Quand elle joue."),
        may("calcul", Shape::Text, "Calcul en euros de ce qui est repris."),
        may("contestation", Shape::Period, "Temps pour contester."),
    ],
};

pub(crate) fn read(
    desk: &mut Desk<'_>,
    root: &Node,
    amounts: &Computations,
    obligations: &[Obligation],
) -> Option<Payments> {
    let root = desk.block(root, "paiements", &FILE)?;
    let sums: Vec<Arc<str>> = amounts
        .all()
        .iter()
        .filter(|computation| computation.kind() == Type::Money)
        .map(|computation| Arc::clone(&computation.name))
        .collect();
    let owed: Vec<Arc<str>> = obligations.iter().map(|obligation| Arc::clone(&obligation.id)).collect();
    let what = "n’est pas un calcul en euros de amounts.yaml";
    let (mut seen, mut all) = (Vec::new(), Payments::default());
    for node in desk.list(root, "paiements", "paiements") {
        let Some(node) = desk.block(node, "paiements", &PAYMENT) else { continue };
        let id: Arc<str> = desk.id(node, "paiements.id", &mut seen).into();
        let field = format!("paiements.{id}");
        let every = desk.period(node, &field, "periode");
        let parts = read_parts(desk, node, &field);
        if !parts.is_empty() && every.is_some() {
            desk.fault(node.at, &field, "« echeances » partage un paiement fait une fois ; ôtez « periode »");
        }
        all.payments.push(Payment {
            label: desk.need(node, &field, "libelle"),
            reference: desk.maybe(node, &field, "ref").unwrap_or_default(),
            amount: desk.name(node, &field, "calcul", what, &sums),
            payer: desk.role(node, &field, "payeur"),
            condition: desk.rule(node, "si"),
            every,
            during: desk.period(node, &field, "duree"),
            after: desk.names(node, &field, "apres", "n’est pas une obligation", &owed).pop().map(|found| found.1),
            within: desk.period(node, &field, "delai"),
            cap: desk.names(node, &field, "plafond", what, &sums).pop().map(|found| found.1),
            parts,
            id,
        });
    }
    let mut seen = Vec::new();
    for node in desk.list(root, "suspensions", "suspensions") {
        let Some(node) = desk.block(node, "suspensions", &SUSPENSION) else { continue };
        desk.reader.needed(node, "suspensions", "texte");
        all.suspensions.push(Suspension {
            id: desk.id(node, "suspensions.id", &mut seen).into(),
            text: desk.cited(node, "suspensions", "texte"),
            reference: desk.maybe(node, "suspensions", "ref").unwrap_or_default(),
            condition: desk.rule(node, "si"),
            at_most: desk.period(node, "suspensions", "au_plus"),
            postpones: desk.flag(node, "suspensions", "reporte"),
        });
    }
    let mut seen = Vec::new();
    for node in desk.list(root, "recuperations", "recuperations") {
        let Some(node) = desk.block(node, "recuperations", &RECOVERY) else { continue };
        desk.reader.needed(node, "recuperations", "texte");
        all.recoveries.push(Recovery {
            id: desk.id(node, "recuperations.id", &mut seen).into(),
            text: desk.cited(node, "recuperations", "texte"),
            reference: desk.maybe(node, "recuperations", "ref").unwrap_or_default(),
            condition: desk.rule(node, "si"),
            amount: desk.names(node, "recuperations", "calcul", what, &sums).pop().map(|found| found.1),
            contest: desk.period(node, "recuperations", "contestation"),
        });
    }
    Some(all)
}

fn read_parts(desk: &mut Desk<'_>, node: &Node, field: &str) -> Vec<(i64, Period)> {
    let mut parts = Vec::new();
    for part in desk.list(node, field, "echeances") {
        let Some(part) = desk.block(part, field, &PART) else { continue };
        desk.reader.needed(part, field, "part");
        let share = desk.integer(part, field, "part").unwrap_or_default();
        parts.push((share, desk.period(part, field, "apres").unwrap_or_default()));
    }
    let sum = parts.iter().fold(0_i64, |sum, (share, _)| sum.saturating_add(*share));
    if !parts.is_empty() && (sum != 100 || parts.iter().any(|(share, _)| *share <= 0)) {
        desk.fault(node.at, field, format!("les parts, en pour cent, font {sum} ; attendu : 100"));
    }
    parts
}
