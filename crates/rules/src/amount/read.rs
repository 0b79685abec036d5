//! Computations from YAML, each operation typed as it is read.

use std::collections::HashMap;
use std::sync::Arc;

use super::schema::{self, TERMS};
use super::{Computation, Computations, Condition, Operation, Term};
use crate::dictionary::literal;
use crate::fault::{At, unknown};
use crate::money::{Mode, Rounding};
use crate::rule::{Comparison, Context, Rule};
use crate::value::{Type, Value};
use crate::yaml::{Node, Reader};

const COMPARISONS: [(&str, Comparison); 5] = [
    ("est", Comparison::Equal),
    ("inferieur_a", Comparison::Less),
    ("au_plus", Comparison::AtMost),
    ("superieur_a", Comparison::More),
    ("au_moins", Comparison::AtLeast),
];

pub(super) fn computations(reader: &mut Reader<'_>, node: &Node, context: &Context) -> Option<Computations> {
    let Some(entries) = node.map() else {
        reader.fault(node.at, "calculs", "attendu : un bloc par calcul, sous son nom");
        return None;
    };
    let mut computations = Computations { context: context.clone(), all: Vec::new(), by_name: HashMap::new() };
    for (name, definition) in entries {
        let field = format!("calculs.{}", name.value);
        let Some(definition) = reader.block(definition, &field, &schema::COMPUTATION) else { continue };
        let label = reader.needed(definition, &field, "libelle").and_then(|node| reader.text(node, &field));
        let reference = definition.get("ref").and_then(|node| reader.text(node, &field)).unwrap_or_default();
        let Some(value) = reader.needed(definition, &field, "valeur") else { continue };
        let mut terms = Terms { reader, computations: &computations, field: &field };
        if let Some(term) = terms.term(value) {
            let name: Arc<str> = name.value.as_str().into();
            computations.by_name.insert(Arc::clone(&name), computations.all.len() as u32);
            computations.all.push(Computation { name, label: label.unwrap_or_default(), reference, term });
        }
    }
    Some(computations)
}

struct Terms<'r, 's, 'c> {
    reader: &'r mut Reader<'s>,
    computations: &'c Computations,
    field: &'c str,
}

impl Terms<'_, '_, '_> {
    fn fault<T>(&mut self, at: At, problem: impl Into<String>) -> Option<T> {
        self.reader.fault(at, self.field, problem);
        None
    }

    fn term(&mut self, node: &Node) -> Option<Term> {
        let Some(entries) = node.map() else { return self.scalar(node) };
        let words: Vec<&str> = entries.iter().map(|(key, _)| key.value.as_str()).collect();
        let Some((word, block)) = TERMS.iter().find(|(word, _)| words.contains(word)) else {
            let names = words.first().copied().unwrap_or_default();
            return self.fault(node.at, unknown("n’est pas une opération", names, TERMS.iter().map(|(word, _)| *word)));
        };
        self.reader.block(node, self.field, block)?;
        let label = node.get("libelle").and_then(|node| self.reader.text(node, self.field)).map(Into::into);
        let value = node.get(word)?;
        let (operation, kind) = match *word {
            "fait" => self.fact(value)?,
            "calcul" => self.named(value)?,
            "plus" | "min" | "max" => {
                let terms = self.list(value)?;
                let kind = self.same(&terms, value.at)?;
                let operation = match *word {
                    "plus" => Operation::Plus(terms),
                    "min" => Operation::Least(terms),
                    _ => Operation::Greatest(terms),
                };
                (operation, kind)
            }
            "moins" => {
                let terms = self.pair(value)?;
                let kind = self.same(&terms[..], value.at)?;
                (Operation::Minus(Box::new(terms)), kind)
            }
            "fois" => self.times(value)?,
            "divise" => self.divided(value)?,
            "moitie" => self.half(value)?,
            "prorata" => self.per_day(value)?,
            "jours" | "mois_entiers" => {
                let value = self.reader.block(value, self.field, &schema::SPAN)?;
                let dates = [self.needed(value, "du")?, self.needed(value, "au")?];
                if let Some(other) = dates.iter().find(|term| term.kind != Type::Date) {
                    let (at, found) = (other.at, other.kind.name());
                    return self.fault(at, format!("attendu : une date, et non un {found}"));
                }
                let dates = Box::new(dates);
                (if *word == "jours" { Operation::Days(dates) } else { Operation::Months(dates) }, Type::Integer)
            }
            "bareme" => self.table(value)?,
            _ => self.choice(node)?,
        };
        Some(Term { operation, kind, label, at: node.at })
    }

    /// `$parametre`, an amount in euros (« 2 350 € »), a whole number or a decimal.
    fn scalar(&mut self, node: &Node) -> Option<Term> {
        let text = self.reader.text(node, self.field)?;
        if let Some(name) = text.strip_prefix('$') {
            let parameters = Arc::clone(&self.computations.context.parameters);
            let id = parameters.find(self.reader, node.at, self.field, name)?;
            let kind = parameters.parameter(id).kind;
            return Some(Term { operation: Operation::Parameter(id), kind, label: None, at: node.at });
        }
        let kind = match () {
            () if text.ends_with('€') => Type::Money,
            () if Type::Integer.read(&text).is_ok() => Type::Integer,
            () if Type::Decimal.read(&text).is_ok() => Type::Decimal,
            () if Type::Date.read(&text).is_ok() => Type::Date,
            () => {
                let problem =
                    format!("« {text} » est refusé ; attendu : un nombre, « 2 350 € », $parametre, ou une opération");
                return self.fault(node.at, problem);
            }
        };
        let value = literal(self.reader, node, self.field, kind)?;
        Some(Term { operation: Operation::Literal(value), kind, label: None, at: node.at })
    }

    fn fact(&mut self, node: &Node) -> Option<(Operation, Type)> {
        let name = self.reader.text(node, self.field)?;
        let dictionary = Arc::clone(&self.computations.context.dictionary);
        let id = dictionary.find(self.reader, node.at, self.field, &name)?;
        let fact = dictionary.fact(id);
        let computable = matches!(fact.kind, Type::Integer | Type::Decimal | Type::Money | Type::Date) && !fact.list;
        if !computable {
            return self.fault(
                node.at,
                format!(
                    "« {name} » est de type {} ; on ne calcule qu’avec des nombres, des montants et des dates",
                    fact.kind.name()
                ),
            );
        }
        Some((Operation::Fact(id), fact.kind))
    }

    fn named(&mut self, node: &Node) -> Option<(Operation, Type)> {
        let name = self.reader.text(node, self.field)?;
        let Some(rank) = self.computations.by_name.get(name.as_str()).copied() else {
            let names: Vec<&str> = self.computations.all.iter().map(|known| &*known.name).collect();
            let problem = unknown("n’est pas un calcul déclaré avant celui-ci", &name, names.iter().copied());
            return self.fault(node.at, problem);
        };
        Some((Operation::Named(rank), self.computations.all[rank as usize].term.kind))
    }

    fn list(&mut self, node: &Node) -> Option<Vec<Term>> {
        let Some(nodes) = node.list().filter(|nodes| nodes.len() > 1) else {
            return self.fault(node.at, "attendu : une liste d’au moins deux valeurs");
        };
        let terms: Vec<Option<Term>> = nodes.iter().map(|node| self.term(node)).collect();
        terms.into_iter().collect()
    }

    fn pair(&mut self, node: &Node) -> Option<[Term; 2]> {
        let terms = self.list(node)?;
        let count = terms.len();
        match <[Term; 2]>::try_from(terms) {
            Ok(pair) => Some(pair),
            Err(_) => self.fault(node.at, format!("attendu : deux valeurs, et non {count}")),
        }
    }

    /// The type that all share; whole numbers become decimals beside decimals.
    fn same<'t>(&mut self, terms: impl IntoIterator<Item = &'t Term>, at: At) -> Option<Type> {
        let mut kind = None;
        for term in terms {
            kind = match (kind, term.kind) {
                (_, Type::Date) => {
                    return self
                        .fault(term.at, "on ne calcule pas sur des dates ; utilisez « jours » ou « mois_entiers »");
                }
                (None, found) => Some(found),
                (Some(a), b) if a == b => Some(a),
                (Some(Type::Integer | Type::Decimal), Type::Integer | Type::Decimal) => Some(Type::Decimal),
                (Some(a), b) => {
                    return self.fault(term.at, format!("un {} ne se mêle pas à un {}", b.name(), a.name()));
                }
            };
        }
        if kind.is_none() {
            self.reader.fault(at, self.field, "la liste est vide");
        }
        kind
    }

    fn needed(&mut self, node: &Node, key: &str) -> Option<Term> {
        let node = self.reader.needed(node, self.field, key)?;
        self.term(node)
    }

    fn rounding(&mut self, node: &Node) -> Option<Rounding> {
        let node = self.reader.needed(node, self.field, "arrondi")?;
        let name = self.reader.text(node, self.field)?;
        let rounding = Rounding::parse(&name);
        if rounding.is_none() {
            let names = Rounding::names();
            let problem = unknown("n’est pas un arrondi", &name, names.iter().map(String::as_str));
            return self.fault(node.at, problem);
        }
        rounding
    }

    /// A rounding that suits a type: amounts round to the cent or the euro.
    fn suited(&mut self, rounding: Rounding, kind: Type, at: At) -> Option<Rounding> {
        if kind == Type::Money && rounding.mode != Mode::Exact && ![0, 2].contains(&rounding.digits) {
            return self.fault(at, "un montant s’arrondit au centime ou à l’euro");
        }
        Some(rounding)
    }

    fn times(&mut self, node: &Node) -> Option<(Operation, Type)> {
        let (terms, rounding) = if node.map().is_some() {
            let node = self.reader.block(node, self.field, &schema::ROUNDED)?;
            ([self.needed(node, "de")?, self.needed(node, "par")?], Some(self.rounding(node)?))
        } else {
            (self.pair(node)?, None)
        };
        let kind = match (terms[0].kind, terms[1].kind) {
            (Type::Money, Type::Money) => return self.fault(node.at, "on ne multiplie pas un montant par un montant"),
            (Type::Date, _) | (_, Type::Date) => return self.fault(node.at, "on ne multiplie pas une date"),
            (Type::Money, other) | (other, Type::Money) => {
                if other == Type::Decimal && rounding.is_none() {
                    return self.fault(
                        node.at,
                        "un montant par un décimal peut ne pas tomber juste ; écrivez « fois: { de, par, arrondi } »",
                    );
                }
                Type::Money
            }
            (Type::Integer, Type::Integer) => Type::Integer,
            _ => Type::Decimal,
        };
        let rounding = self.suited(rounding.unwrap_or(Rounding::EXACT), kind, node.at)?;
        Some((Operation::Times(Box::new(terms), rounding), kind))
    }

    fn divided(&mut self, node: &Node) -> Option<(Operation, Type)> {
        let node = self.reader.block(node, self.field, &schema::ROUNDED)?;
        let terms = [self.needed(node, "de")?, self.needed(node, "par")?];
        let rounding = self.rounding(node)?;
        self.quotient(terms, rounding, node.at)
    }

    fn half(&mut self, node: &Node) -> Option<(Operation, Type)> {
        let whole = node.map().is_some_and(|entries| entries.iter().any(|(key, _)| key.value == "de"));
        let (of, rounding) = if whole {
            let node = self.reader.block(node, self.field, &schema::HALF)?;
            (self.needed(node, "de")?, self.rounding(node)?)
        } else {
            (self.term(node)?, Rounding::EXACT)
        };
        let two =
            Term { operation: Operation::Literal(Value::Integer(2)), kind: Type::Integer, label: None, at: node.at };
        self.quotient([of, two], rounding, node.at)
    }

    fn quotient(&mut self, terms: [Term; 2], rounding: Rounding, at: At) -> Option<(Operation, Type)> {
        let kind = match (terms[0].kind, terms[1].kind) {
            (Type::Date, _) | (_, Type::Date) => return self.fault(at, "on ne divise pas une date"),
            (Type::Money, Type::Money) => Type::Decimal,
            (_, Type::Money) => return self.fault(at, "on ne divise pas un nombre par un montant"),
            (Type::Money, _) => Type::Money,
            _ => Type::Decimal,
        };
        let rounding = self.suited(rounding, kind, at)?;
        Some((Operation::Divide(Box::new(terms), rounding), kind))
    }

    fn per_day(&mut self, node: &Node) -> Option<(Operation, Type)> {
        let node = self.reader.block(node, self.field, &schema::PRORATA)?;
        let (of, days) = (self.needed(node, "de")?, self.needed(node, "jours")?);
        let base_node = self.reader.needed(node, self.field, "base")?;
        let Value::Integer(base) = literal(self.reader, base_node, self.field, Type::Integer)? else { return None };
        if base < 1 {
            return self.fault(base_node.at, "la base est un nombre de jours, au moins 1");
        }
        if of.kind != Type::Money || days.kind != Type::Integer {
            return self.fault(node.at, "un prorata est un montant (« de ») par un nombre entier de jours (« jours »)");
        }
        let rounding = self.rounding(node)?;
        let rounding = self.suited(rounding, Type::Money, node.at)?;
        let (of, days) = (Box::new(of), Box::new(days));
        Some((Operation::PerDay { of, days, base, rounding }, Type::Money))
    }

    fn table(&mut self, node: &Node) -> Option<(Operation, Type)> {
        let node = self.reader.block(node, self.field, &schema::TABLE)?;
        let by = self.needed(node, "selon")?;
        let otherwise = self.needed(node, "sinon")?;
        let list = self.reader.needed(node, self.field, "tranches")?;
        let Some(nodes) = list.list().filter(|nodes| !nodes.is_empty()) else {
            return self.fault(list.at, "attendu : une liste de tranches, « - { des: 5, vaut: 2 350 € } »");
        };
        let mut rows: Vec<(Term, Term)> = Vec::new();
        for row in nodes {
            let row = self.reader.block(row, self.field, &schema::ROW)?;
            let (from, value) = (self.needed(row, "des")?, self.needed(row, "vaut")?);
            if !from.kind.compares_with(by.kind) {
                let problem = format!("un seuil de type {} pour un {}", from.kind.name(), by.kind.name());
                return self.fault(from.at, problem);
            }
            if let (Some((Term { operation: Operation::Literal(before), .. }, _)), Operation::Literal(now)) =
                (rows.last(), &from.operation)
                && !before.order(now, jiff::civil::Date::constant(2000, 1, 1)).is_some_and(std::cmp::Ordering::is_lt)
            {
                let problem = format!("les seuils vont croissant ; {now} ne dépasse pas {before}");
                return self.fault(from.at, problem);
            }
            rows.push((from, value));
        }
        let kind = self.same(rows.iter().map(|(_, value)| value).chain([&otherwise]), node.at)?;
        let (by, otherwise) = (Box::new(by), Box::new(otherwise));
        Some((Operation::Table { by, rows, otherwise }, kind))
    }

    fn choice(&mut self, node: &Node) -> Option<(Operation, Type)> {
        let (then, otherwise) = (self.needed(node, "alors")?, self.needed(node, "sinon")?);
        let condition = node.get("si")?;
        let condition = if condition.get("valeur").is_some() {
            self.compared(condition)?
        } else {
            match Rule::read(self.reader.source, condition, &self.computations.context) {
                Ok(rule) => Condition::Rule(rule),
                Err(faults) => {
                    self.reader.faults.extend(faults.0);
                    return None;
                }
            }
        };
        let kind = self.same([&then, &otherwise], node.at)?;
        let (condition, then, otherwise) = (Box::new(condition), Box::new(then), Box::new(otherwise));
        Some((Operation::If { condition, then, otherwise }, kind))
    }

    /// `{ valeur: …, au_moins: … }`: two computed values.
    fn compared(&mut self, node: &Node) -> Option<Condition> {
        let words = COMPARISONS.map(|(word, _)| word);
        self.reader.block(node, self.field, &schema::COMPARED)?;
        let mut used = COMPARISONS.iter().filter(|(word, _)| node.get(word).is_some());
        let (Some((word, comparison)), None) = (used.next(), used.next()) else {
            return self.fault(node.at, format!("attendu : une comparaison et une seule, parmi {}", words.join(", ")));
        };
        let (left, right) = (self.needed(node, "valeur")?, self.needed(node, word)?);
        if !left.kind.compares_with(right.kind) {
            let problem = format!("un {} ne se compare pas à un {}", left.kind.name(), right.kind.name());
            return self.fault(right.at, problem);
        }
        Some(Condition::Compare(left, *comparison, right))
    }
}
