//! Named computations: amounts as trees of a few typed operations, every step kept.
//!
//! ```yaml
//! plafond:
//!   libelle: Plafond du mois
//!   valeur: { si: { fait: exercice.demi_journees, au_plus: 8 }, alors: { moitie: $plafond }, sinon: $plafond }
//! ```
//! Types are checked when the computation is read; a division declares its rounding; what overflows is an error.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use crate::dictionary::FactId;
use crate::evaluate::{Gap, Proof};
use crate::fault::{At, Faults};
use crate::money::{ArithmeticError, Rounding};
use crate::parameters::ParameterId;
use crate::rule::{Comparison, Context, Rule};
use crate::value::{Type, Value};
use crate::yaml::{Node, Reader, Source};

mod read;
mod run;
pub(crate) mod schema;

/// One operation, its type and its place.
#[derive(Clone, Debug)]
pub struct Term {
    pub(crate) operation: Operation,
    pub(crate) kind: Type,
    pub(crate) label: Option<Arc<str>>,
    pub(crate) at: At,
}

/// What a term does.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Literal(Value),
    Parameter(ParameterId),
    Fact(FactId),
    /// Another computation, declared before.
    Named(u32),
    Plus(Vec<Term>),
    Minus(Box<[Term; 2]>),
    Times(Box<[Term; 2]>, Rounding),
    Divide(Box<[Term; 2]>, Rounding),
    Least(Vec<Term>),
    Greatest(Vec<Term>),
    /// `of × days / base`.
    PerDay {
        of: Box<Term>,
        days: Box<Term>,
        base: i64,
        rounding: Rounding,
    },
    /// Days from one date to another, both included.
    Days(Box<[Term; 2]>),
    /// Whole months from a date to another.
    Months(Box<[Term; 2]>),
    /// The value of the last threshold reached.
    Table {
        by: Box<Term>,
        rows: Vec<(Term, Term)>,
        otherwise: Box<Term>,
    },
    If {
        condition: Box<Condition>,
        then: Box<Term>,
        otherwise: Box<Term>,
    },
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Rule(Rule),
    Compare(Term, Comparison, Term),
}

/// A named computation.
#[derive(Clone, Debug)]
pub struct Computation {
    /// Its name.
    pub name: Arc<str>,
    /// What it computes, in French.
    pub label: String,
    /// Provision it comes from; may be empty.
    pub reference: String,
    pub(crate) term: Term,
}

impl Computation {
    /// Type of its result.
    pub const fn kind(&self) -> Type {
        self.term.kind
    }
}

/// The computations of a programme; each may cite those before it.
#[derive(Clone, Debug)]
pub struct Computations {
    pub(crate) context: Context,
    pub(crate) all: Vec<Computation>,
    pub(crate) by_name: HashMap<Arc<str>, u32>,
}

/// A step of a computation, with the steps it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is, in French: the label of the definition, of the fact, of the parameter, or the operation.
    pub label: Arc<str>,
    /// The result; `None` when something is missing.
    pub value: Option<Value>,
    /// Rounding applied, when one was declared.
    pub rounding: Option<String>,
    /// Why a branch was taken, when it is a rule.
    pub condition: Option<Proof>,
    /// Steps it rests on, in the order of the text; of a choice, the condition and the branch taken.
    pub steps: Vec<Step>,
}

/// The result of a computation and how it was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The result; `None` when something is missing.
    pub value: Option<Value>,
    /// The steps.
    pub step: Step,
    /// What is missing, each once; empty when there is a result.
    pub missing: Vec<Gap>,
}

/// Why a computation has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// There is no such computation.
    #[error("« {0} » n’est pas un calcul de ce fichier")]
    Unknown(String),
    /// A fact is certified not to exist: there is nothing to compute with.
    #[error("« {0} » n’existe pas pour cette personne : le calcul est sans objet")]
    Absent(String),
    /// Arithmetic failed at a line of the definition.
    #[error("ligne {line} : {cause}")]
    Arithmetic {
        /// Line of the operation.
        line: u32,
        /// What happened.
        cause: ArithmeticError,
    },
}

impl Computations {
    /// Reads a file whose `calculs:` are the computations.
    ///
    /// # Errors
    /// Every fault of the file, with its line.
    pub fn from_yaml(file: &str, text: &str, context: &Context) -> Result<Self, Faults> {
        let source = Source::new(file, text);
        let root = source.read()?;
        let mut reader = Reader::new(&source);
        let node = reader.block(&root, "calculs", &crate::schema::COMPUTATIONS).and_then(|root| root.get("calculs"));
        let Some(node) = node else {
            reader.fault(root.at, "calculs", "il manque le bloc « calculs » où déclarer les calculs");
            return reader.finish(None);
        };
        let computations = Self::read(&source, node, context)?;
        reader.finish(Some(computations))
    }

    /// Reads a mapping from names to computations.
    ///
    /// # Errors
    /// Every fault, with its line: unknown names, operations on types that do not mix, a division without rounding.
    pub fn read(source: &Source, node: &Node, context: &Context) -> Result<Self, Faults> {
        let mut reader = Reader::new(source);
        let computations = read::computations(&mut reader, node, context);
        reader.finish(computations)
    }

    /// Every computation, in the order of the file.
    pub fn all(&self) -> &[Computation] {
        &self.all
    }

    /// A computation by its name.
    pub fn named(&self, name: &str) -> Option<&Computation> {
        Some(&self.all[*self.by_name.get(name)? as usize])
    }
}
