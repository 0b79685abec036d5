//! JSON Schemas of definition files, for editors: made of the tables that readers check keys by.
//!
//! A schema tells what may be written, not what holds together: names that exist, types that agree and cases that pass
//! are told by [`check`](crate::check).

use std::collections::BTreeMap;

use pacte_rules::schema::{Block, COMPUTATIONS, FACTS, PARAMETERS, RULE, Shape, TERM};
use serde_json::{Map, Value, json};

use crate::{
    cases, form, identity, incompatibilities, indicators, lifecycle, obligations, pacts, payments, vocabulary,
};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `facts.yaml`.
    Facts,
    /// `vocabulary.yaml`.
    Vocabulary,
    /// `programme.yaml`.
    Programme,
    /// `parameters.yaml`.
    Parameters,
    /// `eligibility.yaml`.
    Eligibility,
    /// `amounts.yaml`.
    Amounts,
    /// `form.yaml`.
    Form,
    /// `lifecycle.yaml`.
    Lifecycle,
    /// `obligations.yaml`.
    Obligations,
    /// `payments.yaml`.
    Payments,
    /// `indicators.yaml`.
    Indicators,
    /// `incompatibilities.yaml`.
    Incompatibilities,
    /// `tests/*.yaml`.
    Tests,
    /// `pactes/*.yaml`.
    Pact,
}

/// Every kind and the name of its schema, which is that of its file.
pub const KINDS: [(&str, Kind); 14] = [
    ("facts", Kind::Facts),
    ("vocabulary", Kind::Vocabulary),
    ("programme", Kind::Programme),
    ("parameters", Kind::Parameters),
    ("eligibility", Kind::Eligibility),
    ("amounts", Kind::Amounts),
    ("form", Kind::Form),
    ("lifecycle", Kind::Lifecycle),
    ("obligations", Kind::Obligations),
    ("payments", Kind::Payments),
    ("indicators", Kind::Indicators),
    ("incompatibilities", Kind::Incompatibilities),
    ("tests", Kind::Tests),
    ("pact", Kind::Pact),
];

impl Kind {
    /// The kind of a file by its path under `pacts/`; `None` when it is not a definition.
    pub fn of(path: &str) -> Option<Self> {
        let kind = |name: &str| KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let stem = path.strip_suffix(".yaml")?;
        if stem.strip_prefix("pactes/").is_some_and(|name| !name.contains('/')) {
            return Some(Self::Pact);
        }
        match stem.strip_prefix("programmes/") {
            None => kind(stem).filter(|kind| matches!(kind, Self::Facts | Self::Vocabulary)),
            Some(rest) => match rest.split_once('/')?.1 {
                "facts" | "vocabulary" | "pact" | "tests" => None,
                file if file.starts_with("tests/") => Some(Self::Tests),
                file => kind(file),
            },
        }
    }

    /// Its name: `eligibility`.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// What the whole file holds.
    pub(crate) const fn shape(self) -> Shape {
        match self {
            Self::Facts => Shape::Block(&FACTS),
            Self::Vocabulary => Shape::Block(&vocabulary::FILE),
            Self::Programme => Shape::Block(&identity::FILE),
            Self::Parameters => Shape::Block(&PARAMETERS),
            Self::Eligibility => Shape::Rule,
            Self::Amounts => Shape::Block(&COMPUTATIONS),
            Self::Form => Shape::Block(&form::FILE),
            Self::Lifecycle => Shape::Block(&lifecycle::FILE),
            Self::Obligations => Shape::Block(&obligations::FILE),
            Self::Payments => Shape::Block(&payments::FILE),
            Self::Indicators => Shape::Block(&indicators::FILE),
            Self::Incompatibilities => Shape::Block(&incompatibilities::FILE),
            Self::Tests => Shape::Block(&cases::FILE),
            Self::Pact => Shape::Block(&pacts::FILE),
        }
    }
}

/// The JSON Schema (draft 2020-12) of a kind of file.
pub fn schema(kind: Kind) -> Value {
    let mut written = Written::default();
    let whole = written.shape(kind.shape());
    let mut root = Map::new();
    root.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.insert("title".into(), json!(format!("Pacte, {}.yaml", kind.name())));
    if let Value::Object(whole) = whole {
        root.extend(whole);
    }
    root.insert("$defs".into(), Value::Object(written.definitions.into_iter().collect()));
    sorted(Value::Object(root))
}

/// The same with its keys in order, whatever order maps keep: the text is the same in every build.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries: BTreeMap<String, Value> = entries.into_iter().collect();
            entries.into_iter().map(|(key, value)| (key, sorted(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// The text of a schema as it is kept under `pacts/schemas/`.
pub fn text(kind: Kind) -> String {
    format!("{:#}\n", schema(kind))
}

/// Blocks already written, by name.
#[derive(Default)]
struct Written {
    definitions: BTreeMap<String, Value>,
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

impl Written {
    fn shape(&mut self, shape: Shape) -> Value {
        match shape {
            Shape::Text | Shape::Value => json!({ "type": ["string", "number", "boolean"] }),
            Shape::Label => json!({ "anyOf": [self.shape(Shape::Text), self.block(&pacte_rules::dictionary::LABEL)] }),
            Shape::Words => {
                let word = self.shape(Shape::Text);
                json!({ "anyOf": [word, { "type": "array", "minItems": 1, "items": word }] })
            }
            Shape::Flag => json!({ "enum": ["vrai", "faux", "oui", "non", true, false] }),
            Shape::Date => json!({ "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$" }),
            Shape::Period => json!({ "type": "string", "pattern": "^P(\\d+[YMWD])+$" }),
            Shape::Integer => {
                json!({ "anyOf": [{ "type": "integer" }, { "type": "string", "pattern": "^-?\\d[\\d \u{a0}\u{202f}]*$" }] })
            }
            Shape::OneOf(words) => json!({ "enum": words() }),
            Shape::Block(block) => self.block(block),
            Shape::List(one) => json!({ "type": "array", "items": self.shape(*one) }),
            Shape::Map(one) => json!({ "type": "object", "additionalProperties": self.shape(*one) }),
            Shape::Either(several) => {
                json!({ "anyOf": several.iter().map(|one| self.shape(*one)).collect::<Vec<_>>() })
            }
            Shape::Rule => self.family("regle_ou_condition", RULE, None),
            Shape::Term => {
                let scalar = self.shape(Shape::Value);
                self.family("terme", TERM, Some(scalar))
            }
        }
    }

    /// One of several blocks, told apart by a word; and something else, when there is.
    fn family(&mut self, name: &str, blocks: &'static [(&str, Block)], other: Option<Value>) -> Value {
        if !self.definitions.contains_key(name) {
            self.definitions.insert(name.to_owned(), Value::Null);
            let blocks = blocks.iter().map(|(_, block)| self.block(block));
            let all: Vec<Value> = other.into_iter().chain(blocks).collect();
            self.definitions.insert(name.to_owned(), json!({ "anyOf": all }));
        }
        reference(name)
    }

    fn block(&mut self, block: &'static Block) -> Value {
        if !self.definitions.contains_key(block.name) {
            self.definitions.insert(block.name.to_owned(), Value::Null);
            let mut properties = Map::new();
            for key in block.keys {
                let mut value = self.shape(key.shape);
                if let Value::Object(value) = &mut value {
                    value.insert("description".into(), json!(key.about));
                }
                properties.insert(key.name.to_owned(), value);
            }
            let needed: Vec<&str> = block.keys.iter().filter(|key| key.needed).map(|key| key.name).collect();
            let mut written = json!({ "type": "object", "properties": properties, "additionalProperties": false });
            if let (Value::Object(written), false) = (&mut written, needed.is_empty()) {
                written.insert("required".into(), json!(needed));
            }
            self.definitions.insert(block.name.to_owned(), written);
        }
        reference(block.name)
    }
}
