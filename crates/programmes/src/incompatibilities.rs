//! `incompatibilities.yaml`: programmes that one cannot have beside this one, and those that one expressly can.

use std::sync::Arc;

use pacte_rules::fault::At;
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;

use crate::read::Desk;
use crate::text::Text;
use crate::vocabulary::{PHASES, Phase};

/// Programmes and what is said of having them beside this one.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The programmes.
    pub programmes: Vec<Arc<str>>,
    /// While they are in one of these phases; any when empty.
    pub during: Vec<Phase>,
    /// What is said, in French; may cite parameters.
    pub text: Text,
    /// Provision it comes from; may be empty.
    pub reference: String,
    /// Where it stands in its file.
    pub at: At,
}

/// The file.
#[derive(Clone, Debug, Default)]
pub struct Incompatibilities {
    /// What one cannot have beside.
    pub barred: Vec<Beside>,
    /// What one can: said because one may doubt it.
    pub allowed: Vec<Beside>,
}

impl Incompatibilities {
    /// Whether a programme cannot be had beside this one.
    pub fn bars(&self, programme: &str) -> bool {
        self.barred.iter().any(|beside| beside.programmes.iter().any(|name| **name == *programme))
    }
}

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "incompatibilites",
    keys: &[
        may("incompatibles", Shape::List(&Shape::Block(&BESIDE)), "Ce que l’on ne peut avoir à côté."),
        may("cumulables", Shape::List(&Shape::Block(&BESIDE)), "Ce que l’on peut avoir à côté."),
    ],
};

const PHASE: Shape = Shape::OneOf(|| PHASES.map(|(word, _)| word).to_vec());

/// Keys of an entry.
const BESIDE: Block = Block {
    name: "a_cote",
    keys: &[
        must("programmes", Shape::Words, "Les programmes."),
        may(
            "etats",
            Shape::Either(&[PHASE, Shape::List(&PHASE)]),
            "Dans ces états d’engagement ; tous si rien n’est dit.",
        ),
        must("texte", Shape::Text, "Ce qu’on en dit."),
        may("ref", Shape::Text, "Texte de droit."),
    ],
};

pub(crate) fn read(desk: &mut Desk<'_>, root: &Node) -> Option<Incompatibilities> {
    let root = desk.block(root, "incompatibilites", &FILE)?;
    Some(Incompatibilities {
        barred: read_list(desk, root, "incompatibles"),
        allowed: read_list(desk, root, "cumulables"),
    })
}

fn read_list(desk: &mut Desk<'_>, root: &Node, key: &str) -> Vec<Beside> {
    let mut all = Vec::new();
    let phases: Vec<Arc<str>> = PHASES.iter().map(|(name, _)| (*name).into()).collect();
    for node in desk.list(root, key, key) {
        let Some(node) = desk.block(node, key, &BESIDE) else { continue };
        for needed in ["programmes", "texte"] {
            desk.reader.needed(node, key, needed);
        }
        let during = desk.names(node, key, "etats", "n’est pas un état d’engagement", &phases);
        let phase = |name: &str| PHASES.iter().find(|(known, _)| *known == name).map(|(_, phase)| *phase);
        all.push(Beside {
            programmes: desk.programmes(node, key, "programmes").into_iter().map(|(_, name)| name).collect(),
            during: during.iter().filter_map(|(_, name)| phase(name)).collect(),
            text: desk.cited(node, key, "texte"),
            reference: desk.maybe(node, key, "ref").unwrap_or_default(),
            at: node.at,
        });
    }
    all
}
