//! What a node tests, in French, made from the labels of the facts: shown where the definition gives no text.

use super::{Comparison, Context, Kind, Leaf, Operand, Selection, Test};
use crate::value::{Type, Value};

pub(super) fn group(kind: Kind, children: usize) -> String {
    match kind {
        Kind::All => "Toutes les conditions suivantes".to_owned(),
        Kind::Any => "L’une au moins des conditions suivantes".to_owned(),
        Kind::None => "Aucune des situations suivantes".to_owned(),
        Kind::AtLeast(count) => format!("Au moins {count} des {children} conditions suivantes"),
        Kind::Except => "La première condition, sauf exception".to_owned(),
        Kind::Leaf(_) => String::new(),
    }
}

pub(super) fn leaf(leaf: &Leaf, context: &Context) -> String {
    let label = |fact| context.dictionary.fact(fact).label.fr.as_str();
    let operand = |operand: &Operand| match operand {
        Operand::Literal(value) => value.to_string(),
        Operand::Parameter(parameter) => {
            let parameter = context.parameters.parameter(*parameter);
            match &parameter.values[..] {
                // One value for ever: the reader need not look it up.
                [only] => format!("{} (« {} »)", only.value, parameter.label),
                _ => format!("« {} »", parameter.label),
            }
        }
        Operand::Fact(fact) => format!("« {} »", label(*fact)),
        Operand::Examination => "la date d’examen".to_owned(),
    };
    let shown = |fact, values: &[Value]| {
        let fact = context.dictionary.fact(fact);
        values.iter().map(|value| fact.show(value)).collect::<Vec<_>>().join(" ou ")
    };
    let text = match &leaf.test {
        Test::Compare(fact, comparison, with) => {
            let with = match with {
                Operand::Literal(value) => context.dictionary.fact(*fact).show(value),
                other => operand(other),
            };
            let comparing = match context.dictionary.fact(*fact).kind {
                Type::Date => dated(*comparison),
                _ => words(*comparison),
            };
            format!("{} : {comparing}{with}", label(*fact))
        }
        Test::Among(fact, values) => format!("{} : {}", label(*fact), shown(*fact, values)),
        Test::Contains(fact, values) => format!("{} : dont {}", label(*fact), shown(*fact, values)),
        Test::Given { fact, absent: false } => format!("{} : renseigné", label(*fact)),
        Test::Given { fact, absent: true } => format!("{} : n’existe pas", label(*fact)),
        Test::Elapsed(since, comparison, period) => {
            let since = match since {
                Operand::Fact(fact) => label(*fact).to_owned(),
                other => operand(other),
            };
            format!("{since} : depuis {}{}", elapsed(*comparison), operand(period))
        }
        Test::InZone(fact, zone) => {
            let near = zone.within_metres.map_or_else(String::new, |metres| {
                let km = rust_decimal::Decimal::new(metres.into(), 3).normalize();
                format!(", ou à {} au plus", format!("{km} km").replace('.', ","))
            });
            let classes: Vec<String> = zone.classes.iter().map(|class| class.to_uppercase()).collect();
            format!("{} : en zone {}{near}", label(*fact), classes.join(" ou "))
        }
        Test::Total(selection, comparison, limit) => {
            format!("Durée totale {} : {}{}", selected(selection), words(*comparison), operand(limit))
        }
        Test::Count(selection, comparison, limit) => {
            format!("Nombre {} : {}{}", selected(selection), words(*comparison), operand(limit))
        }
    };
    match &leaf.moment {
        None | Some(Operand::Examination) => text,
        Some(Operand::Literal(value)) => format!("{text}, au {value}"),
        Some(moment) => format!("{text}, à la date {}", operand(moment)),
    }
}

const fn words(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "",
        Comparison::Less => "moins de ",
        Comparison::AtMost => "au plus ",
        Comparison::More => "plus de ",
        Comparison::AtLeast => "au moins ",
    }
}

/// The same of days.
const fn dated(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "le ",
        Comparison::Less => "avant le ",
        Comparison::AtMost => "au plus tard le ",
        Comparison::More => "après le ",
        Comparison::AtLeast => "à partir du ",
    }
}

const fn elapsed(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "exactement ",
        other => words(other),
    }
}

fn selected(selection: &Selection) -> String {
    let programmes: Vec<String> = selection.programmes.iter().map(|name| name.to_uppercase()).collect();
    let states =
        if selection.states.is_empty() { String::new() } else { format!(" ({})", selection.states.join(", ")) };
    let over = selection.over.map_or_else(String::new, |over| format!(" sur {}", Value::Period(over)));
    format!("des engagements {}{states}{over}", programmes.join(", "))
}
