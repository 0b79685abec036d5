//! The rule tree: groups and leaves, one node per legal provision, compiled to an arena when it is read.
//!
//! A rule is read with its dictionary and parameters in hand, so that nothing mistyped is ever evaluated. Nodes are
//! stored children first; a leaf knows the ranks of the facts it reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::dictionary::{Dictionary, FactId};
use crate::fault::{At, Faults};
use crate::parameters::{ParameterId, Parameters};
use crate::value::{Period, Value};
use crate::yaml::{Node as Yaml, Reader, Source};

mod check;
mod describe;
mod leaf;
mod print;
mod read;
pub(crate) mod schema;

/// Names that rules may cite beside facts and parameters; `None` when they are not to be checked.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Zoning layers and their classes.
    pub layers: Option<BTreeMap<String, Vec<String>>>,
    /// Programmes that a history may hold.
    pub programmes: Option<Vec<String>>,
    /// States of a commitment of a history.
    pub states: Option<Vec<String>>,
}

/// What a rule is read against.
#[derive(Clone, Debug)]
pub struct Context {
    /// Facts.
    pub dictionary: Arc<Dictionary>,
    /// Dated parameters.
    pub parameters: Arc<Parameters>,
    /// Other names.
    pub names: Arc<Names>,
}

impl Context {
    /// A context whose layers, programmes and states are not checked.
    pub fn new(dictionary: Dictionary, parameters: Parameters) -> Self {
        Self { dictionary: Arc::new(dictionary), parameters: Arc::new(parameters), names: Arc::default() }
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Comparison {
    /// `est`.
    Equal,
    /// `inferieur_a`, `avant`, `moins_de`.
    Less,
    /// `au_plus`, `jusqu_au`.
    AtMost,
    /// `superieur_a`, `apres`, `plus_de`.
    More,
    /// `au_moins`, `a_partir_du`.
    AtLeast,
}

impl Comparison {
    /// Whether an order satisfies it.
    pub const fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

/// What a leaf compares to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// A value written in the rule.
    Literal(Value),
    /// A parameter, as of the date of the leaf.
    Parameter(ParameterId),
    /// Another fact.
    Fact(FactId),
    /// The date of examination, `date_examen`.
    Examination,
}

/// Where a place must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Zone {
    /// Zoning layer.
    pub layer: Arc<str>,
    /// Classes of the layer, any of which will do.
    pub classes: Vec<Arc<str>>,
    /// How far from such a zone the place may be, in metres; `None` when it must be inside.
    pub within_metres: Option<u32>,
}

/// Which commitments of the person's history are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selection {
    /// Programmes.
    pub programmes: Vec<Arc<str>>,
    /// States; empty for any.
    pub states: Vec<Arc<str>>,
    /// Only those in force at some time of this period before the date of the leaf.
    pub over: Option<Period>,
}

/// What a leaf tests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// A fact against an operand.
    Compare(FactId, Comparison, Operand),
    /// A fact is one of these values; for a list, every value is.
    Among(FactId, Vec<Value>),
    /// A list holds one of these values at least.
    Contains(FactId, Vec<Value>),
    /// A value is known, or else certified not to exist.
    Given {
        /// The fact.
        fact: FactId,
        /// Whether it must be certified absent.
        absent: bool,
    },
    /// The time from a date to the date of the leaf, against a period.
    Elapsed(Operand, Comparison, Operand),
    /// A place (every place of a list) is in a zone.
    InZone(FactId, Zone),
    /// Durations of commitments put end to end, against a period.
    Total(Selection, Comparison, Operand),
    /// Number of commitments, against an integer.
    Count(Selection, Comparison, Operand),
}

/// A leaf: its test, and the date it is evaluated as of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// What is tested.
    pub test: Test,
    /// As of when; the date of examination when not said.
    pub moment: Option<Operand>,
    /// Rank of its node.
    pub node: u32,
}

impl Leaf {
    /// Facts it reads, in the order of the text; a fact read twice is there twice.
    pub fn facts(&self) -> impl Iterator<Item = FactId> + '_ {
        let operand = |operand: &Operand| match operand {
            Operand::Fact(fact) => Some(*fact),
            _ => None,
        };
        let (first, second) = match &self.test {
            Test::Compare(fact, _, with) => (Some(*fact), operand(with)),
            Test::Among(fact, _) | Test::Contains(fact, _) | Test::Given { fact, .. } | Test::InZone(fact, _) => {
                (Some(*fact), None)
            }
            Test::Elapsed(since, _, period) => (operand(since), operand(period)),
            Test::Total(_, _, with) | Test::Count(_, _, with) => (None, operand(with)),
        };
        [first, second, self.moment.as_ref().and_then(operand)].into_iter().flatten()
    }

    /// Whether it reads the person's history.
    pub const fn reads_history(&self) -> bool {
        matches!(self.test, Test::Total(..) | Test::Count(..))
    }
}

/// How a node combines its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Every child.
    All,
    /// One child at least.
    Any,
    /// No child.
    None,
    /// So many children at least.
    AtLeast(u32),
    /// The first child, unless one of the others.
    Except,
    /// A leaf, by its rank.
    Leaf(u32),
}

/// French texts of a node, by outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Texts {
    /// When met.
    pub yes: Option<Arc<str>>,
    /// When not met.
    pub no: Option<Arc<str>>,
    /// When it cannot be told yet.
    pub unknown: Option<Arc<str>>,
}

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// Group or leaf.
    pub kind: Kind,
    /// Ranks of its children in [`Rule::children`].
    pub(crate) children: std::ops::Range<u32>,
    /// Stable name, unique in the rule.
    pub id: Option<Arc<str>>,
    /// Legal provision: `CSP R.1435-9-2`.
    pub reference: Option<Arc<str>>,
    /// French texts.
    pub texts: Texts,
    /// What it tests, in French, made from the labels of the facts.
    pub description: Arc<str>,
    /// Where it stands in its file.
    pub at: At,
}

/// A rule: yes, no or unknown of the facts of a person, as of a date.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) context: Context,
    pub(crate) nodes: Vec<Node>,
    pub(crate) links: Vec<u32>,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) root: u32,
}

impl Rule {
    /// Reads a file that holds one rule.
    ///
    /// # Errors
    /// Every fault of the file, with its line: unknown or mistyped facts and parameters, comparisons that make no sense,
    /// branches that nothing can reach.
    pub fn from_yaml(file: &str, text: &str, context: &Context) -> Result<Self, Faults> {
        let source = Source::new(file, text);
        let root = source.read()?;
        Self::read(&source, &root, context)
    }

    /// Reads a rule that stands in a larger file.
    ///
    /// # Errors
    /// As [`Rule::from_yaml`].
    pub fn read(source: &Source, node: &Yaml, context: &Context) -> Result<Self, Faults> {
        let mut reader = Reader::new(source);
        let rule = read::rule(&mut reader, node, context);
        if let Some(rule) = rule.as_ref().filter(|_| reader.faults.is_empty()) {
            check::unreachable(&mut reader, rule);
        }
        reader.finish(rule)
    }

    /// Reads a rule that is still being written: typed and named right, but with branches that nothing may reach.
    ///
    /// # Errors
    /// As [`Rule::from_yaml`], unreachable branches left out.
    pub fn draft(source: &Source, node: &Yaml, context: &Context) -> Result<Self, Faults> {
        let mut reader = Reader::new(source);
        let rule = read::rule(&mut reader, node, context);
        reader.finish(rule)
    }

    /// The rule as a definition that reads back as itself.
    pub fn to_yaml(&self) -> String {
        print::rule(self)
    }

    /// What it was read against.
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// The dictionary it was read against.
    pub fn dictionary(&self) -> &Dictionary {
        &self.context.dictionary
    }

    /// The rank of the root.
    pub const fn root(&self) -> u32 {
        self.root
    }

    /// A node by its rank.
    ///
    /// # Panics
    /// When there is no such node.
    pub fn node(&self, rank: u32) -> &Node {
        &self.nodes[rank as usize]
    }

    /// Ranks of the children of a node, in the order of the text.
    pub fn children(&self, rank: u32) -> &[u32] {
        let range = &self.nodes[rank as usize].children;
        &self.links[range.start as usize..range.end as usize]
    }

    /// The leaves, in the order of the text.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// The leaf whose node has this name.
    pub fn leaf_named(&self, id: &str) -> Option<u32> {
        let leaf = self.leaves.iter().position(|leaf| self.nodes[leaf.node as usize].id.as_deref() == Some(id))?;
        Some(leaf as u32)
    }

    /// Facts read by the leaves, each once, by rank.
    pub fn facts(&self) -> Vec<FactId> {
        let mut facts: Vec<FactId> = self.leaves.iter().flat_map(Leaf::facts).collect();
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    /// Parameters read by the leaves, each once, by rank.
    pub fn parameters(&self) -> Vec<ParameterId> {
        let operand = |operand: &Operand| match operand {
            Operand::Parameter(parameter) => Some(*parameter),
            _ => None,
        };
        let mut parameters: Vec<ParameterId> = self
            .leaves
            .iter()
            .flat_map(|leaf| {
                let (first, second) = match &leaf.test {
                    Test::Compare(_, _, with) | Test::Total(_, _, with) | Test::Count(_, _, with) => (Some(with), None),
                    Test::Elapsed(since, _, period) => (Some(since), Some(period)),
                    _ => (None, None),
                };
                [first, second, leaf.moment.as_ref()].into_iter().flatten().filter_map(operand)
            })
            .collect();
        parameters.sort_unstable();
        parameters.dedup();
        parameters
    }

    /// Zones that the leaves ask of places, each once.
    pub fn zones(&self) -> Vec<(FactId, &Zone)> {
        let mut zones: Vec<(FactId, &Zone)> = Vec::new();
        for leaf in &self.leaves {
            if let Test::InZone(fact, zone) = &leaf.test
                && !zones.contains(&(*fact, zone))
            {
                zones.push((*fact, zone));
            }
        }
        zones
    }
}
