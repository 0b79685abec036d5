//! Dated parameters: the figures that the law fixes, each with its period, its source and whether it was checked.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::dictionary::literal;
use crate::fault::{At, Faults, unknown};
use crate::schema::{Block, Shape, may, must};
use crate::value::{TYPES, Type, Value};
use crate::yaml::{Node, Reader, Source};

/// Rank of a parameter in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ParameterId(pub u32);

/// Whether a value was checked against its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It stands in the cited source.
    Sourced,
    /// It is to be checked.
    Unverified,
}

/// How it is written.
pub const STATUSES: [(&str, Status); 2] = [("sourced", Status::Sourced), ("unverified", Status::Unverified)];

/// Keys of a parameter.
pub(crate) const PARAMETER: Block = Block {
    name: "parametre",
    keys: &[
        must("type", Shape::OneOf(crate::value::type_names), "Type de ses valeurs."),
        must("libelle", Shape::Text, "Ce que c’est."),
        must("valeurs", Shape::List(&Shape::Block(&DATED)), "Valeurs datées, qui ne se chevauchent pas."),
    ],
};

/// Keys of a dated value.
const DATED: Block = Block {
    name: "valeur_datee",
    keys: &[
        must("valeur", Shape::Value, "La valeur."),
        may("du", Shape::Date, "Premier jour en vigueur ; depuis toujours s’il n’est pas dit."),
        may("au", Shape::Date, "Dernier jour en vigueur ; encore en vigueur s’il n’est pas dit."),
        must("source", Shape::Text, "Où elle a été lue."),
        may(
            "statut",
            Shape::OneOf(|| STATUSES.map(|(word, _)| word).to_vec()),
            "sourced, ou unverified tant qu’elle est à vérifier.",
        ),
        may("note", Shape::Text, "Ce qu’il faut en savoir."),
    ],
};

/// A value and the days it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dated {
    /// The value.
    pub value: Value,
    /// First day in force; `None` since ever.
    pub from: Option<Date>,
    /// Last day in force; `None` until further notice.
    pub to: Option<Date>,
    /// Where it was read.
    pub source: String,
    /// Whether it was checked there.
    pub status: Status,
    /// What there is to know about it; may be empty.
    pub note: String,
}

impl Dated {
    /// Whether it is in force on a day.
    pub fn in_force(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// One parameter and its successive values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Name, without the `$`.
    pub name: Arc<str>,
    /// Type of its values.
    #[serde(rename = "type")]
    pub kind: Type,
    /// What it is, in French.
    pub label: String,
    /// Values, the earliest first; they never overlap, and may leave gaps.
    pub values: Vec<Dated>,
}

impl Parameter {
    /// The value in force on a day; `None` in a gap.
    pub fn at(&self, day: Date) -> Option<&Dated> {
        self.values.iter().find(|dated| dated.in_force(day))
    }
}

/// The parameters of a programme.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    parameters: Vec<Parameter>,
    by_name: HashMap<Arc<str>, ParameterId>,
}

impl Parameters {
    /// Reads a file whose `parametres:` are the parameters.
    ///
    /// # Errors
    /// Every fault of the file, with its line.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, Faults> {
        let source = Source::new(file, text);
        let root = source.read()?;
        let mut reader = Reader::new(&source);
        let node =
            reader.block(&root, "parametres", &crate::schema::PARAMETERS).and_then(|root| root.get("parametres"));
        let Some(node) = node else {
            reader.fault(root.at, "parametres", "il manque le bloc « parametres » où déclarer les paramètres");
            return reader.finish(None);
        };
        let parameters = Self::read(&source, node)?;
        reader.finish(Some(parameters))
    }

    /// Reads a mapping from names to definitions.
    ///
    /// # Errors
    /// Every fault, with its line: an unknown type, a value that is not of it, values that overlap.
    pub fn read(source: &Source, node: &Node) -> Result<Self, Faults> {
        let mut reader = Reader::new(source);
        let Some(entries) = node.map() else {
            reader.fault(node.at, "parametres", "attendu : un bloc par paramètre, sous son nom");
            return reader.finish(None);
        };
        let mut parameters = Self::default();
        for (name, definition) in entries {
            if let Some(parameter) = read_parameter(&mut reader, &name.value, definition) {
                parameters.by_name.insert(Arc::clone(&parameter.name), ParameterId(parameters.parameters.len() as u32));
                parameters.parameters.push(parameter);
            }
        }
        reader.finish(Some(parameters))
    }

    /// The rank of a parameter, named without `$`.
    pub fn id(&self, name: &str) -> Option<ParameterId> {
        self.by_name.get(name).copied()
    }

    /// A parameter by its rank.
    ///
    /// # Panics
    /// When the rank is of other parameters.
    pub fn parameter(&self, id: ParameterId) -> &Parameter {
        &self.parameters[id.0 as usize]
    }

    /// Every parameter.
    pub fn all(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The rank of a parameter named in a file, `$` left out.
    pub(crate) fn find(&self, reader: &mut Reader<'_>, at: At, field: &str, name: &str) -> Option<ParameterId> {
        let found = self.id(name);
        if found.is_none() {
            let problem = unknown("n’est pas un paramètre", name, self.parameters.iter().map(|known| &*known.name));
            reader.fault(at, field, problem);
        }
        found
    }
}

fn read_parameter(reader: &mut Reader<'_>, name: &str, node: &Node) -> Option<Parameter> {
    let field = format!("parametres.{name}");
    let node = reader.block(node, &field, &PARAMETER)?;
    let label = reader.needed(node, &field, "libelle").and_then(|node| reader.text(node, &field)).unwrap_or_default();
    let kind_node = reader.needed(node, &field, "type")?;
    let kind_name = reader.text(kind_node, &field)?;
    let Some(kind) = Type::parse(&kind_name) else {
        let problem = unknown("n’est pas un type", &kind_name, TYPES.iter().map(|(known, _)| *known));
        reader.fault(kind_node.at, &field, problem);
        return None;
    };
    let list = reader.needed(node, &field, "valeurs")?;
    let Some(nodes) = list.list().filter(|nodes| !nodes.is_empty()) else {
        reader.fault(list.at, &field, "attendu : une liste de valeurs datées, « - { valeur, du, source, statut } »");
        return None;
    };
    let mut values: Vec<(At, Dated)> =
        nodes.iter().filter_map(|node| Some((node.at, read_dated(reader, node, &field, kind)?))).collect();
    values.sort_by_key(|(_, dated)| dated.from);
    for pair in values.windows(2) {
        let ((first_at, first), (at, second)) = (&pair[0], &pair[1]);
        if first.to.is_none_or(|to| second.from.is_none_or(|from| from <= to)) {
            let problem =
                format!("cette valeur chevauche celle de la ligne {} ; fermez la première par « au »", first_at.line);
            reader.fault(*at, &field, problem);
        }
    }
    Some(Parameter { name: name.into(), kind, label, values: values.into_iter().map(|(_, dated)| dated).collect() })
}

fn read_dated(reader: &mut Reader<'_>, node: &Node, field: &str, kind: Type) -> Option<Dated> {
    let node = reader.block(node, field, &DATED)?;
    let value = reader.needed(node, field, "valeur").and_then(|node| literal(reader, node, field, kind));
    let mut day = |key: &str| match node.get(key).and_then(|node| literal(reader, node, field, Type::Date)) {
        Some(Value::Date(date)) => Some(date),
        _ => None,
    };
    let (from, to) = (day("du"), day("au"));
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        reader.fault(node.at, field, format!("« au » {to} précède « du » {from}"));
    }
    let source = reader.needed(node, field, "source").and_then(|node| reader.text(node, field)).unwrap_or_default();
    let status = match node.get("statut") {
        None => Status::Sourced,
        Some(node) => {
            let word = reader.text(node, field)?;
            let Some((_, status)) = STATUSES.iter().find(|(known, _)| *known == word) else {
                let known = STATUSES.iter().map(|(known, _)| *known);
                reader.fault(node.at, field, unknown("n’est pas un statut", &word, known));
                return None;
            };
            *status
        }
    };
    let note = node.get("note").and_then(|node| reader.text(node, field)).unwrap_or_default();
    Some(Dated { value: value?, from, to, source, status, note })
}
