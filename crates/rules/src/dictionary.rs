//! The dictionary of facts: what may be known of a person, a place or a project, and who may say it.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::fault::{At, Faults, nearest, unknown};
use crate::schema::{Block, Shape, may, must};
use crate::value::{Period, TYPES, Type, Value};
use crate::yaml::{Node, Reader, Source};

/// Rank of a fact in its dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FactId(pub u32);

/// A text in French, and in English when it was translated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Label {
    /// French.
    pub fr: String,
    /// English; empty when not translated.
    pub en: String,
}

/// Who may certify a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certifier {
    /// The person, on their word.
    Declared,
    /// A national register (RPPS, FINESS…).
    Register,
    /// The agent who instructs.
    Agent,
    /// Pacte itself, from other facts.
    Computed,
}

const CERTIFIERS: [(&str, Certifier); 4] = [
    ("declaration", Certifier::Declared),
    ("registre", Certifier::Register),
    ("agent", Certifier::Agent),
    ("calcul", Certifier::Computed),
];

/// One entry of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Dotted name: `installation.date`.
    pub name: Arc<str>,
    /// Type of the value, or of each value of a list.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Whether several values may be given.
    pub list: bool,
    /// What it is.
    pub label: Label,
    /// How to ask for it; the label stands in when empty.
    pub question: Label,
    /// What helps to answer; may be empty.
    pub hint: Label,
    /// Who may certify it, the preferred first.
    pub certified_by: Vec<Certifier>,
    /// How long it stays true once certified; `None` for ever.
    pub valid_for: Option<Period>,
    /// Lowest value.
    pub lowest: Option<Value>,
    /// Highest value.
    pub highest: Option<Value>,
    /// Choices, in order: identifier and label. Empty for other types.
    pub choices: Vec<(Arc<str>, Label)>,
    /// Whether the person can change it: counterfactuals speak of nothing else.
    pub changeable: bool,
    /// Whether it is a date that moves with the day of examination (of the request, of signature).
    pub follows_examination: bool,
}

impl Fact {
    /// Checks a value against type, bounds and choices.
    ///
    /// # Errors
    /// A French sentence that says what is expected.
    pub fn accept(&self, value: &Value) -> Result<(), String> {
        if let Value::List(values) = value {
            if !self.list {
                return Err(format!("« {} » n’attend qu’une valeur", self.label.fr));
            }
            if values.is_empty() {
                return Err("la liste est vide ; indiquez au moins une valeur, ou que cela n’existe pas".to_owned());
            }
            if values.iter().any(|value| matches!(value, Value::List(_))) {
                return Err("une liste ne contient pas de listes".to_owned());
            }
            return values.iter().try_for_each(|value| self.accept(value));
        }
        let kind = value.kind().filter(|kind| *kind == self.kind || (kind.is_choice() && self.kind.is_choice()));
        if kind.is_none() {
            return Err(format!("« {value} » est refusé ; attendu : {}", self.kind.name()));
        }
        if let Value::Choice(id) = value
            && !self.choices.iter().any(|(known, _)| known == id)
        {
            return Err(unknown("n’est pas un choix", id, self.choices.iter().map(|(known, _)| &**known)));
        }
        let order = |bound: &Value| value.order(bound, Date::constant(2000, 1, 1));
        match (&self.lowest, &self.highest) {
            (Some(lowest), _) if order(lowest).is_some_and(std::cmp::Ordering::is_lt) => {
                Err(format!("{value} est trop petit ; au moins {lowest}"))
            }
            (_, Some(highest)) if order(highest).is_some_and(std::cmp::Ordering::is_gt) => {
                Err(format!("{value} est trop grand ; au plus {highest}"))
            }
            _ => Ok(()),
        }
    }

    /// Whether what was certified on a day still holds on another.
    pub fn still_valid(&self, certified: Date, day: Date) -> bool {
        self.valid_for.is_none_or(|period| day <= period.after(certified))
    }

    /// Reads a value as typed; for a list, values separated by commas or semicolons.
    ///
    /// # Errors
    /// A French sentence that says what is expected.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        let value = if self.list {
            let parts = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
            Value::List(parts.map(|part| self.kind.read(part)).collect::<Result<_, _>>()?)
        } else {
            self.kind.read(text.trim())?
        };
        self.accept(&value)?;
        Ok(value)
    }

    /// The value as one reads it in French, choices by their labels.
    pub fn show(&self, value: &Value) -> String {
        let one = |value: &Value| match value {
            Value::Choice(id) => self
                .choices
                .iter()
                .find(|(known, _)| known == id)
                .map_or_else(|| id.to_string(), |(_, label)| label.fr.clone()),
            other => other.to_string(),
        };
        value.each().iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// Every fact that rules may ask, each with a dense rank.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    facts: Vec<Fact>,
    by_name: HashMap<Arc<str>, FactId>,
}

impl Dictionary {
    /// Reads a file whose `faits:` are the dictionary.
    ///
    /// # Errors
    /// Every fault of the file, with its line.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, Faults> {
        let source = Source::new(file, text);
        let root = source.read()?;
        let mut reader = Reader::new(&source);
        let facts = reader.block(&root, "faits", &crate::schema::FACTS).and_then(|root| root.get("faits"));
        let Some(facts) = facts else {
            reader.fault(root.at, "faits", "il manque le bloc « faits » où déclarer les faits");
            return reader.finish(None);
        };
        let mut dictionary = Self::default();
        dictionary.extend(&source, facts)?;
        reader.finish(Some(dictionary))
    }

    /// Adds the facts of a mapping from names to definitions; ranks already given do not change.
    ///
    /// # Errors
    /// Every fault, with its line; a fact that is already there is one. Nothing is added then.
    pub fn extend(&mut self, source: &Source, node: &Node) -> Result<(), Faults> {
        let mut reader = Reader::new(source);
        let Some(entries) = node.map() else {
            reader.fault(node.at, "faits", "attendu : un bloc par fait, sous son nom");
            return reader.finish(None);
        };
        let mut added = Vec::new();
        for (name, definition) in entries {
            if self.by_name.contains_key(name.value.as_str()) {
                reader.fault(name.referenced.into(), "faits", format!("« {} » est déjà déclaré", name.value));
            }
            added.extend(read_fact(&mut reader, name.referenced.into(), &name.value, definition));
        }
        for fact in reader.finish(Some(added))? {
            self.by_name.insert(Arc::clone(&fact.name), FactId(self.facts.len() as u32));
            self.facts.push(fact);
        }
        Ok(())
    }

    /// The rank of a fact.
    pub fn id(&self, name: &str) -> Option<FactId> {
        self.by_name.get(name).copied()
    }

    /// A fact by its rank.
    ///
    /// # Panics
    /// When the rank is of another dictionary.
    pub fn fact(&self, id: FactId) -> &Fact {
        &self.facts[id.0 as usize]
    }

    /// Facts in the order of their ranks.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The known name nearest to this one, when it is near.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.facts.iter().map(|fact| &*fact.name))
    }

    /// The rank of a fact named in a file.
    pub(crate) fn find(&self, reader: &mut Reader<'_>, at: At, field: &str, name: &str) -> Option<FactId> {
        let found = self.id(name);
        if found.is_none() {
            let problem = unknown("n’est pas un fait du dictionnaire", name, self.facts.iter().map(|f| &*f.name));
            reader.fault(at, field, problem);
        }
        found
    }
}

const CERTIFIER: Shape = Shape::OneOf(|| CERTIFIERS.map(|(word, _)| word).to_vec());

/// Keys of a fact.
pub(crate) const FACT: Block = Block {
    name: "fait_du_dictionnaire",
    keys: &[
        must("type", Shape::OneOf(crate::value::type_names), "Type de la valeur."),
        must("libelle", Shape::Label, "Ce que c’est."),
        may("question", Shape::Label, "Comment le demander."),
        may("aide", Shape::Label, "Ce qui aide à répondre."),
        may(
            "certifie_par",
            Shape::Either(&[CERTIFIER, Shape::List(&CERTIFIER)]),
            "Qui peut le certifier, le préféré d’abord.",
        ),
        may("valable", Shape::Period, "Combien de temps il reste vrai une fois certifié."),
        may("minimum", Shape::Value, "Borne comprise."),
        may("maximum", Shape::Value, "Borne comprise."),
        may("choix", Shape::Map(&Shape::Label), "« identifiant: libellé », pour les choix et les professions."),
        may("liste", Shape::Flag, "Plusieurs valeurs."),
        may("modifiable", Shape::Flag, "La personne peut le changer."),
        may("suit_examen", Shape::Flag, "Date qui suit le jour de l’examen."),
    ],
};

/// Keys of a label in two languages.
pub const LABEL: Block =
    Block { name: "libelle", keys: &[must("fr", Shape::Text, "En français."), may("en", Shape::Text, "En anglais.")] };

fn read_fact(reader: &mut Reader<'_>, at: At, name: &str, node: &Node) -> Option<Fact> {
    let field = format!("faits.{name}");
    let plain = name.split('.').all(|part| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    });
    if !plain {
        reader.fault(at, &field, "un nom de fait est en minuscules sans accent, avec _ et des points");
    }
    let node = reader.block(node, &field, &FACT)?;
    let kind = reader.needed(node, &field, "type").and_then(|node| {
        let name = reader.text(node, &field)?;
        let kind = Type::parse(&name);
        if kind.is_none() {
            reader.fault(node.at, &field, unknown("n’est pas un type", &name, TYPES.iter().map(|(known, _)| *known)));
        }
        kind
    });
    let label = reader.needed(node, &field, "libelle").map(|node| read_label(reader, node, &field)).unwrap_or_default();
    let question = node.get("question").map(|node| read_label(reader, node, &field)).unwrap_or_default();
    let hint = node.get("aide").map(|node| read_label(reader, node, &field)).unwrap_or_default();
    let certified_by = node.get("certifie_par").map_or_else(
        || vec![Certifier::Declared],
        |node| {
            let words = reader.words(node, &field);
            words.into_iter().filter_map(|(at, word)| certifier(reader, at, &field, &word)).collect()
        },
    );
    let kind = kind?;
    let valid_for = node.get("valable").and_then(|node| match literal(reader, node, &field, Type::Period) {
        Some(Value::Period(period)) => Some(period),
        _ => None,
    });
    let mut bound = |key: &str| {
        let node = node.get(key)?;
        if !kind.is_ordered() {
            reader.fault(node.at, &field, format!("un fait de type « {} » n’a pas de bornes", kind.name()));
            return None;
        }
        literal(reader, node, &field, kind)
    };
    let (lowest, highest) = (bound("minimum"), bound("maximum"));
    if let (Some(low), Some(high)) = (&lowest, &highest)
        && low.order(high, Date::constant(2000, 1, 1)).is_some_and(std::cmp::Ordering::is_gt)
    {
        reader.fault(node.at, &field, format!("le minimum {low} dépasse le maximum {high}"));
    }
    let mut choices: Vec<(Arc<str>, Label)> = Vec::new();
    match (kind.is_choice(), node.get("choix")) {
        (true, None) => reader.fault(node.at, &field, "il manque « choix »"),
        (false, Some(node)) => reader.fault(node.at, &field, "seuls les types choix et profession ont des « choix »"),
        (_, Some(node)) => match node.map() {
            Some(entries) if !entries.is_empty() => {
                choices =
                    entries.iter().map(|(id, n)| (id.value.as_str().into(), read_label(reader, n, &field))).collect();
            }
            _ => reader.fault(node.at, &field, "attendu : un choix par ligne, « identifiant: libellé »"),
        },
        (false, None) => {}
    }
    let mut flag = |key: &str| node.get(key).and_then(|node| reader.truth(node, &field)).unwrap_or_default();
    let (list, changeable, follows_examination) = (flag("liste"), flag("modifiable"), flag("suit_examen"));
    if follows_examination && (kind != Type::Date || list) {
        reader.fault(node.at, &field, "seule une date peut suivre l’examen ; ôtez « suit_examen »");
    }
    let name = name.into();
    Some(Fact {
        name,
        kind,
        list,
        label,
        question,
        hint,
        certified_by,
        valid_for,
        lowest,
        highest,
        choices,
        changeable,
        follows_examination,
    })
}

fn certifier(reader: &mut Reader<'_>, at: At, field: &str, word: &str) -> Option<Certifier> {
    let found = CERTIFIERS.iter().find(|(known, _)| *known == word).map(|(_, certifier)| *certifier);
    if found.is_none() {
        let problem = unknown("ne peut pas certifier", word, CERTIFIERS.iter().map(|(known, _)| *known));
        reader.fault(at, field, problem);
    }
    found
}

fn read_label(reader: &mut Reader<'_>, node: &Node, field: &str) -> Label {
    if node.map().is_none() {
        return Label { fr: reader.text(node, field).unwrap_or_default(), en: String::new() };
    }
    let Some(node) = reader.block(node, field, &LABEL) else { return Label::default() };
    let fr = reader.needed(node, field, "fr").and_then(|node| reader.text(node, field)).unwrap_or_default();
    let en = node.get("en").and_then(|node| reader.text(node, field)).unwrap_or_default();
    Label { fr, en }
}

/// A literal of a known type.
pub(crate) fn literal(reader: &mut Reader<'_>, node: &Node, field: &str, kind: Type) -> Option<Value> {
    let text = reader.text(node, field)?;
    match kind.read(&text) {
        Ok(value) => Some(value),
        Err(problem) => {
            reader.fault(node.at, field, problem);
            None
        }
    }
}
