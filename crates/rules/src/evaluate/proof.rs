//! The proof of a verdict: every node with its outcome, its provision, what it read and what it lacks.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use super::{Gap, Scene, Trace};
use crate::dictionary::FactId;
use crate::facts::{Answer, Facts};
use crate::parameters::ParameterId;
use crate::rule::{Kind, Rule};
use crate::truth::Truth;
use crate::value::Value;
use crate::world::World;

/// A verdict and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Yes, no or unknown.
    pub truth: Truth,
    /// The whole tree.
    pub proof: Proof,
    /// What is missing and can still change the verdict, each once; empty when it is yes or no.
    pub missing: Vec<Gap>,
}

/// What a leaf read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Used {
    /// A fact and its answer; `None` while missing.
    Fact(FactId, Option<Answer>),
    /// A parameter and the value in force.
    Parameter(ParameterId, Value),
}

/// A node of the proof; its children are all there, decided or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Rank of the node in the rule.
    pub node: u32,
    /// Its name.
    pub id: Option<Arc<str>>,
    /// Its legal provision.
    pub reference: Option<Arc<str>>,
    /// Its outcome.
    pub truth: Truth,
    /// The text of the definition for this outcome, or what the node tests.
    pub text: Arc<str>,
    /// What a leaf read.
    pub used: Vec<Used>,
    /// What a leaf lacks.
    pub gaps: Vec<Gap>,
    /// Proofs of the children, in the order of the text.
    pub children: Vec<Proof>,
}

impl Proof {
    /// This node and all below it, parents first.
    pub fn walk(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.children.iter().rev());
            Some(next)
        })
    }

    /// The node of this name, at or below this one.
    pub fn named(&self, id: &str) -> Option<&Self> {
        self.walk().find(|proof| proof.id.as_deref() == Some(id))
    }
}

impl Rule {
    /// The verdict with its proof, and what is missing to decide.
    ///
    /// Missing facts are those whose answer can still decide: some answers to the others leave the verdict unknown
    /// without them ([`Rule::decisive`]).
    pub fn evaluate(&self, facts: &Facts, world: &dyn World, day: Date) -> Verdict {
        let scene = Scene::new(self, facts, world, day);
        let proof = scene.prove(self.root());
        let truth = proof.truth;
        let missing = if truth.is_known() { Vec::new() } else { crate::missing::decisive(&scene, &proof) };
        Verdict { truth, proof, missing }
    }
}

impl Rule {
    /// The leaves that make the verdict what it is, in the order of the text: those that say no under what says no, and
    /// so on through exceptions and *none*, where a yes is what refuses.
    pub fn deciding<'p>(&self, proof: &'p Proof) -> Vec<&'p Proof> {
        let (mut found, mut waiting) = (Vec::new(), vec![proof]);
        while let Some(proof) = waiting.pop() {
            let kind = self.node(proof.node).kind;
            if let Kind::Leaf(_) = kind {
                found.push(proof);
            }
            let against = |rank: usize| kind == Kind::None || kind == Kind::Except && rank > 0;
            let same = |(rank, child): &(usize, &Proof)| {
                proof.truth == if against(*rank) { !child.truth } else { child.truth }
            };
            let children: Vec<&Proof> =
                proof.children.iter().enumerate().filter(same).map(|(_, child)| child).collect();
            waiting.extend(children.into_iter().rev());
        }
        found
    }

    /// The verdict with its proof, and all that open leaves lack: quicker than [`Rule::evaluate`] when much is missing,
    /// but some of it may not matter any more.
    pub fn prove(&self, facts: &Facts, world: &dyn World, day: Date) -> Verdict {
        let proof = Scene::new(self, facts, world, day).prove(self.root());
        let missing = crate::missing::open_gaps(&proof);
        Verdict { truth: proof.truth, proof, missing }
    }
}

impl Scene<'_> {
    /// Proof of a node: every child is evaluated.
    pub(crate) fn prove(&self, rank: u32) -> Proof {
        let node = self.rule.node(rank);
        let children: Vec<Proof> = self.rule.children(rank).iter().map(|child| self.prove(*child)).collect();
        let greatest = |proofs: &[Proof]| proofs.iter().map(|proof| proof.truth).max().unwrap_or(Truth::No);
        let (mut used, mut gaps) = (Vec::new(), Vec::new());
        let truth = match node.kind {
            Kind::Leaf(leaf) => {
                let mut trace = Trace::default();
                let truth = self.leaf(leaf, Some(&mut trace));
                used.extend(trace.facts.into_iter().map(|fact| Used::Fact(fact, self.facts.get(fact).cloned())));
                used.extend(trace.parameters.into_iter().map(|(id, value)| Used::Parameter(id, value)));
                // What an undecided leaf lacks; a decided one lacks nothing.
                if !truth.is_known() {
                    gaps = trace.gaps;
                }
                truth
            }
            Kind::All => children.iter().map(|proof| proof.truth).min().unwrap_or(Truth::Yes),
            Kind::Any => greatest(&children),
            Kind::None => !greatest(&children),
            Kind::AtLeast(count) => {
                let number = |truth| children.iter().filter(|proof| proof.truth == truth).count();
                let (yes, unknown) = (number(Truth::Yes), number(Truth::Unknown));
                match count as usize {
                    count if yes >= count => Truth::Yes,
                    count if yes + unknown < count => Truth::No,
                    _ => Truth::Unknown,
                }
            }
            Kind::Except => children[0].truth.min(!greatest(&children[1..])),
        };
        let told = match truth {
            Truth::Yes => &node.texts.yes,
            Truth::No => &node.texts.no,
            Truth::Unknown => &node.texts.unknown,
        };
        Proof {
            node: rank,
            id: node.id.clone(),
            reference: node.reference.clone(),
            truth,
            text: Arc::clone(told.as_ref().unwrap_or(&node.description)),
            used,
            gaps,
            children,
        }
    }
}
