//! The keys that definition files may have, in tables that readers check by and editors are told of.
//!
//! A reader asks of a node nothing but the keys of its [`Block`]; the same block, walked, makes the JSON Schema of the
//! file. A key that is only in one of the two cannot be.

use crate::amount::schema as amounts;
use crate::rule::schema as rules;

/// What a key holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A word or a text on a line; numbers are texts too.
    Text,
    /// `{ fr, en }`, or French alone.
    Label,
    /// One word or a list of words.
    Words,
    /// `vrai` or `faux`.
    Flag,
    /// A day, `2015-09-01`.
    Date,
    /// An ISO period, `P1Y`, `P24M`.
    Period,
    /// A whole number.
    Integer,
    /// A value of any type: number, amount, date, word.
    Value,
    /// One word of a table.
    OneOf(fn() -> Vec<&'static str>),
    /// A block.
    Block(&'static Block),
    /// A list of such.
    List(&'static Shape),
    /// A mapping from names to such.
    Map(&'static Shape),
    /// One or the other.
    Either(&'static [Shape]),
    /// A rule: a group of conditions or a leaf.
    Rule,
    /// A term of a computation.
    Term,
}

/// A key of a block.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// Whether the block is refused without it.
    pub needed: bool,
    /// What it holds.
    pub shape: Shape,
    /// What it says, in French, for editors.
    pub about: &'static str,
}

/// A key that may be there.
pub const fn may(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, needed: false, shape, about }
}

/// A key that must be there.
pub const fn must(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, needed: true, shape, about }
}

/// The keys of a mapping; there are no others.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Name of the block in schemas, unique.
    pub name: &'static str,
    /// Its keys, in the order in which one writes them.
    pub keys: &'static [Key],
}

impl Block {
    /// The names of its keys.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }

    /// A key by its name.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// What a node of a rule may be: the groups, then the leaves, each with the word that tells it.
pub const RULE: &[(&str, Block)] = rules::NODES;

/// What a term of a computation may be, a scalar aside: each operation with the word that tells it.
pub const TERM: &[(&str, Block)] = amounts::TERMS;

/// The file of facts.
pub const FACTS: Block = Block {
    name: "faits",
    keys: &[must("faits", Shape::Map(&Shape::Block(&crate::dictionary::FACT)), "Un bloc par fait, sous son nom.")],
};

/// The file of dated parameters.
pub const PARAMETERS: Block = Block {
    name: "parametres",
    keys: &[must(
        "parametres",
        Shape::Map(&Shape::Block(&crate::parameters::PARAMETER)),
        "Un bloc par paramètre, sous son nom.",
    )],
};

/// The file of computations.
pub const COMPUTATIONS: Block = Block {
    name: "calculs",
    keys: &[must("calculs", Shape::Map(&Shape::Block(&amounts::COMPUTATION)), "Un bloc par calcul, sous son nom.")],
};
