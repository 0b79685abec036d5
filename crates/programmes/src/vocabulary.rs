//! Names that all programmes share: zoning layers and their classes, roles, programmes cited but not defined.

use std::collections::BTreeMap;
use std::sync::Arc;

use pacte_rules::Faults;
use pacte_rules::fault::At;
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::{Node, Reader, Source};

/// States of a commitment in a person's history, which every state of a lifecycle belongs to.
pub const PHASES: [(&str, Phase); 6] = [
    ("demande", Phase::Request),
    ("refuse", Phase::Refused),
    ("actif", Phase::Active),
    ("suspendu", Phase::Suspended),
    ("termine", Phase::Ended),
    ("rompu", Phase::Broken),
];

/// What a state of a lifecycle means to other programmes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// `demande`: asked for, not decided.
    Request,
    /// `refuse`: refused or given up before any commitment.
    Refused,
    /// `actif`: the commitment runs.
    Active,
    /// `suspendu`: it runs no more for a time.
    Suspended,
    /// `termine`: it came to its end.
    Ended,
    /// `rompu`: it was ended before.
    Broken,
}

impl Phase {
    /// Its name in definitions and histories: `actif`.
    pub fn name(self) -> &'static str {
        PHASES.iter().find(|(_, phase)| *phase == self).map_or("", |(name, _)| name)
    }
}

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "vocabulaire",
    keys: &[
        must("couches", Shape::Map(&Shape::Block(&LAYER)), "Couches de zonage, par leur nom."),
        must("roles", Shape::Map(&Shape::Text), "Rôles : « nom: libellé »."),
        may("cites", Shape::Map(&Shape::Text), "Programmes cités qu’aucun dossier ne définit."),
    ],
};

/// Keys of a layer.
const LAYER: Block = Block {
    name: "couche",
    keys: &[
        must("libelle", Shape::Text, "Ce que c’est."),
        must("classes", Shape::Map(&Shape::Text), "Classes : « nom: libellé »."),
    ],
};

/// A zoning layer that rules may ask of places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What it is, in French.
    pub label: String,
    /// Classes: name and French label.
    pub classes: Vec<(Arc<str>, String)>,
}

/// A programme that no folder defines, and that others may cite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// Stable name.
    pub name: Arc<str>,
    /// French label.
    pub label: String,
    /// Where it stands in its file.
    pub at: At,
}

/// The file `vocabulary.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Zoning layers, by name.
    pub layers: BTreeMap<String, Layer>,
    /// Roles: who does what in a lifecycle, name and French label.
    pub roles: Vec<(Arc<str>, String)>,
    /// Programmes that histories, rules and pacts may cite though no folder defines them.
    pub cited: Vec<Cited>,
}

impl Vocabulary {
    /// Reads `vocabulary.yaml`.
    ///
    /// # Errors
    /// Every fault of the file, with its line.
    pub fn from_yaml(file: &str, text: &str) -> Result<Self, Faults> {
        let source = Source::new(file, text);
        let root = source.read()?;
        let mut reader = Reader::new(&source);
        let mut vocabulary = Self::default();
        let Some(root) = reader.block(&root, "vocabulaire", &FILE) else {
            return reader.finish(None);
        };
        if let Some(layers) = reader.needed(root, "couches", "couches") {
            match layers.map() {
                None => reader.fault(layers.at, "couches", "attendu : un bloc par couche, sous son nom"),
                Some(entries) => {
                    for (name, node) in entries {
                        let field = format!("couches.{}", name.value);
                        let Some(node) = reader.block(node, &field, &LAYER) else { continue };
                        let label = reader.needed(node, &field, "libelle");
                        let label = label.and_then(|node| reader.text(node, &field)).unwrap_or_default();
                        reader.needed(node, &field, "classes");
                        let classes = labels(&mut reader, node, "classes");
                        vocabulary.layers.insert(name.value.clone(), Layer { label, classes });
                    }
                }
            }
        }
        reader.needed(root, "roles", "roles");
        vocabulary.roles = labels(&mut reader, root, "roles");
        let places: Vec<At> = root
            .get("cites")
            .and_then(Node::map)
            .unwrap_or_default()
            .iter()
            .map(|(name, _)| name.referenced.into())
            .collect();
        let cited = labels(&mut reader, root, "cites").into_iter().zip(places);
        vocabulary.cited = cited.map(|((name, label), at)| Cited { name, label, at }).collect();
        reader.finish(Some(vocabulary))
    }

    pub(crate) fn role_names(&self) -> Vec<Arc<str>> {
        self.roles.iter().map(|(name, _)| Arc::clone(name)).collect()
    }

    /// The French label of a role; its name when it has none.
    pub fn role<'a>(&'a self, name: &'a str) -> &'a str {
        self.roles.iter().find(|(known, _)| **known == *name).map_or(name, |(_, label)| label)
    }
}

/// `name: label`, one by line, under a key.
fn labels(reader: &mut Reader<'_>, node: &Node, key: &str) -> Vec<(Arc<str>, String)> {
    let Some(node) = node.get(key) else { return Vec::new() };
    let Some(entries) = node.map() else {
        reader.fault(node.at, key, "attendu : une ligne par nom, « nom: libellé »");
        return Vec::new();
    };
    entries
        .iter()
        .map(|(name, node)| (name.value.as_str().into(), reader.text(node, key).unwrap_or_default()))
        .collect()
}
