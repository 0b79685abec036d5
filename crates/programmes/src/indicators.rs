//! `indicators.yaml`: what a programme counts over its own requests and payments, and what it aims at.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_rules::Type;
use pacte_rules::Value;
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;

use crate::lifecycle::Lifecycle;
use crate::payments::Payments;
use crate::read::Desk;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Requests that entered one of these states in the period.
    Entries(Vec<Arc<str>>),
    /// Requests that are in one of these states at its end.
    Standing(Vec<Arc<str>>),
    /// Median days from a state to another, of requests that entered the second in the period.
    Delay(Arc<str>, Arc<str>),
    /// Sum of a payment over the period.
    Paid(Arc<str>),
}

/// A target or a published value, with its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// As of this day.
    pub day: Date,
    /// Value, in the unit of the indicator.
    pub value: Value,
    /// Where it was read.
    pub source: String,
}

/// An indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Stable name.
    pub id: Arc<str>,
    /// French label.
    pub label: String,
    /// What is measured.
    pub measure: Measure,
    /// Targets.
    pub targets: Vec<Point>,
    /// Values published elsewhere; those that disagree stand side by side.
    pub published: Vec<Point>,
}

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "indicateurs",
    keys: &[may("indicateurs", Shape::List(&Shape::Block(&INDICATOR)), "Ce que le programme compte.")],
};

/// Keys of an indicator.
const INDICATOR: Block = Block {
    name: "indicateur",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("libelle", Shape::Text, "Ce qu’il mesure."),
        may("entrees", Shape::Words, "Demandes entrées dans un de ces états."),
        may("presents", Shape::Words, "Demandes dans un de ces états."),
        may("duree", Shape::Block(&SPAN), "Médiane des jours d’un état à un autre."),
        may("verse", Shape::Text, "Somme d’un paiement."),
        may("cibles", Shape::List(&Shape::Block(&POINT)), "Ce que l’on vise."),
        may("publies", Shape::List(&Shape::Block(&POINT)), "Ce qui a été publié ; plusieurs valeurs peuvent différer."),
    ],
};

/// Keys of a span between states.
const SPAN: Block = Block {
    name: "d_un_etat_a_un_autre",
    keys: &[must("de", Shape::Text, "État de départ."), must("a", Shape::Text, "État d’arrivée.")],
};

/// Keys of a target or of a published value.
const POINT: Block = Block {
    name: "valeur_publiee",
    keys: &[
        must("au", Shape::Date, "À cette date."),
        must("valeur", Shape::Value, "La valeur."),
        must("source", Shape::Text, "Où elle a été lue."),
    ],
};

pub(crate) fn read(
    desk: &mut Desk<'_>,
    root: &Node,
    lifecycle: &Lifecycle,
    payments: &Payments,
) -> Option<Vec<Indicator>> {
    let root = desk.block(root, "indicateurs", &FILE)?;
    let states: Vec<Arc<str>> = lifecycle.states.iter().map(|state| Arc::clone(&state.id)).collect();
    let paid: Vec<Arc<str>> = payments.payments.iter().map(|payment| Arc::clone(&payment.id)).collect();
    let (mut seen, mut indicators) = (Vec::new(), Vec::new());
    for node in desk.list(root, "indicateurs", "indicateurs") {
        let Some(node) = desk.block(node, "indicateurs", &INDICATOR) else { continue };
        let id: Arc<str> = desk.id(node, "indicateurs.id", &mut seen).into();
        let field = format!("indicateurs.{id}");
        let used = ["entrees", "presents", "duree", "verse"].into_iter().filter(|key| node.get(key).is_some()).count();
        if used != 1 {
            desk.fault(node.at, &field, "attendu : une mesure et une seule, entrees, presents, duree ou verse");
            continue;
        }
        let mut named = |key: &str| -> Vec<Arc<str>> {
            desk.names(node, &field, key, "n’est pas un état", &states).into_iter().map(|(_, name)| name).collect()
        };
        let (entries, standing) = (named("entrees"), named("presents"));
        let measure = if let Some(span) = node.get("duree") {
            let Some(span) = desk.block(span, &field, &SPAN) else { continue };
            let mut end = |key| desk.name(span, &field, key, "n’est pas un état", &states);
            Measure::Delay(end("de"), end("a"))
        } else if node.get("verse").is_some() {
            Measure::Paid(desk.name(node, &field, "verse", "n’est pas un paiement", &paid))
        } else if node.get("presents").is_some() {
            Measure::Standing(standing)
        } else {
            Measure::Entries(entries)
        };
        let kind = if matches!(measure, Measure::Paid(_)) { Type::Money } else { Type::Integer };
        indicators.push(Indicator {
            label: desk.need(node, &field, "libelle"),
            targets: points(desk, node, &field, "cibles", kind),
            published: points(desk, node, &field, "publies", kind),
            measure,
            id,
        });
    }
    Some(indicators)
}

fn points(desk: &mut Desk<'_>, node: &Node, field: &str, key: &str, kind: Type) -> Vec<Point> {
    let mut points = Vec::new();
    for point in desk.list(node, field, key) {
        let Some(point) = desk.block(point, field, &POINT) else { continue };
        for key in ["au", "valeur"] {
            desk.reader.needed(point, field, key);
        }
        let value = point.get("valeur").and_then(|value| desk.value(value, field, kind));
        let (day, source) = (desk.date(point, field, "au"), desk.need(point, field, "source"));
        points.extend(day.zip(value).map(|(day, value)| Point { day, value, source }));
    }
    points
}
