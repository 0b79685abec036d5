//! `lifecycle.yaml`: the states of a request and of the commitment it becomes, who moves it, on what condition, in what time.

use std::sync::Arc;

use pacte_rules::fault::unknown;
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;
use pacte_rules::{Period, Rule};

use crate::read::Desk;
use crate::vocabulary::{PHASES, Phase};

/// States and transitions.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// Documents that transitions make, each with its template `documents/<id>.typ`.
    pub documents: Vec<Document>,
    /// States; the first is where a request begins.
    pub states: Vec<State>,
    /// Transitions, in the order of the file.
    pub transitions: Vec<Transition>,
}

/// A document that is made: contract, decision, notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Stable name.
    pub id: Arc<str>,
    /// French title.
    pub title: String,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Stable name.
    pub id: Arc<str>,
    /// French label.
    pub label: String,
    /// What it means to other programmes.
    pub phase: Phase,
    /// Whether nothing follows.
    pub last: bool,
}

/// What allows a transition.
#[derive(Clone, Debug)]
pub enum Guard {
    /// The eligibility of the programme is a yes.
    Eligibility,
    /// A rule of its own.
    Rule(Box<Rule>),
}

/// What happens when the time of a clock is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// `alerte`: who must act is told.
    Warn,
    /// `automatique`: the transition is taken.
    Take,
}

const DEADLINES: [(&str, Deadline); 2] = [("alerte", Deadline::Warn), ("automatique", Deadline::Take)];

/// A move from states to another.
#[derive(Clone, Debug)]
pub struct Transition {
    /// Stable name.
    pub id: Arc<str>,
    /// What one does, in French: « Signer le contrat ».
    pub label: String,
    /// States it leaves.
    pub from: Vec<Arc<str>>,
    /// State it enters.
    pub to: Arc<str>,
    /// Role of the vocabulary that takes it.
    pub role: Arc<str>,
    /// Its condition; `None` for none.
    pub guard: Option<Guard>,
    /// Time to take it, from the day its state was entered.
    pub within: Option<Period>,
    /// What happens then.
    pub deadline: Deadline,
    /// Document it makes.
    pub document: Option<Arc<str>>,
    /// Provision it comes from; may be empty.
    pub reference: String,
}

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "cycle",
    keys: &[
        may("documents", Shape::List(&Shape::Block(&DOCUMENT)), "Documents que les transitions produisent."),
        must("etats", Shape::List(&Shape::Block(&STATE)), "États ; le premier est celui où commence une demande."),
        may("transitions", Shape::List(&Shape::Block(&TRANSITION)), "Passages d’un état à un autre."),
    ],
};

/// Keys of a document.
const DOCUMENT: Block = Block {
    name: "document",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("titre", Shape::Text, "Titre."),
    ],
};

/// Keys of a state.
const STATE: Block = Block {
    name: "etat",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("libelle", Shape::Text, "Ce que c’est."),
        must(
            "phase",
            Shape::OneOf(|| PHASES.map(|(word, _)| word).to_vec()),
            "Ce qu’il est pour les autres programmes.",
        ),
        may("final", Shape::Flag, "Rien n’en sort."),
    ],
};

/// Keys of a transition.
const TRANSITION: Block = Block {
    name: "transition",
    keys: &[
        must("id", Shape::Text, "Nom stable, en minuscules, unique dans la liste."),
        must("libelle", Shape::Text, "Ce que l’on fait."),
        must("de", Shape::Words, "États de départ."),
        must("vers", Shape::Text, "État d’arrivée."),
        must("role", Shape::Text, "Rôle qui la prend."),
        may("garde", Shape::Either(&[Shape::OneOf(|| vec!["eligibilite"]), Shape::Rule]), "eligibilite, ou une règle."),
        may("delai", Shape::Period, "Temps pour la prendre, depuis l’entrée dans l’état."),
        may(
            "au_terme",
            Shape::OneOf(|| DEADLINES.map(|(word, _)| word).to_vec()),
            "Ce qui suit quand ce temps est passé.",
        ),
        may("document", Shape::Text, "Document produit."),
        may("ref", Shape::Text, "Texte de droit."),
    ],
};

pub(crate) fn read(desk: &mut Desk<'_>, root: &Node) -> Option<Lifecycle> {
    let root = desk.block(root, "cycle", &FILE)?;
    let mut seen = Vec::new();
    let mut documents = Vec::new();
    for node in desk.list(root, "documents", "documents") {
        let Some(node) = desk.block(node, "documents", &DOCUMENT) else { continue };
        let id = desk.id(node, "documents.id", &mut seen).into();
        documents.push(Document { id, title: desk.need(node, "documents", "titre") });
    }
    let mut seen = Vec::new();
    let (mut states, mut places) = (Vec::new(), Vec::new());
    for node in desk.list(root, "etats", "etats") {
        let Some(node) = desk.block(node, "etats", &STATE) else { continue };
        let id = desk.id(node, "etats.id", &mut seen);
        desk.reader.needed(node, "etats", "phase");
        places.push(node.at);
        states.push(State {
            id: id.into(),
            label: desk.need(node, "etats", "libelle"),
            phase: desk.word(node, "etats.phase", "phase", &PHASES).unwrap_or(Phase::Request),
            last: desk.flag(node, "etats", "final"),
        });
    }
    if states.is_empty() {
        desk.fault(root.at, "etats", "il manque les états ; le premier est celui où commence une demande");
        return None;
    }
    let known: Vec<Arc<str>> = states.iter().map(|state| Arc::clone(&state.id)).collect();
    let papers: Vec<Arc<str>> = documents.iter().map(|document| Arc::clone(&document.id)).collect();
    let mut seen = Vec::new();
    let mut transitions = Vec::new();
    for node in desk.list(root, "transitions", "transitions") {
        let Some(node) = desk.block(node, "transitions", &TRANSITION) else { continue };
        let id: Arc<str> = desk.id(node, "transitions.id", &mut seen).into();
        let field = format!("transitions.{id}");
        desk.reader.needed(node, &field, "de");
        let from = desk.names(node, &field, "de", "n’est pas un état", &known);
        for (at, name) in &from {
            if states.iter().any(|state| state.id == *name && state.last) {
                desk.fault(*at, &field, format!("« {name} » est un état final : rien n’en sort"));
            }
        }
        let guard = match node.get("garde") {
            Some(guard) if guard.map().is_none() => {
                let word = desk.reader.text(guard, &field).unwrap_or_default();
                if word != "eligibilite" {
                    let known = ["eligibilite"];
                    desk.fault(guard.at, &field, unknown("n’est ni une règle ni un mot connu ici", &word, known));
                }
                Some(Guard::Eligibility)
            }
            _ => desk.rule(node, "garde").map(|rule| Guard::Rule(Box::new(rule))),
        };
        let within = desk.period(node, &field, "delai");
        let deadline = desk.word(node, &field, "au_terme", &DEADLINES);
        if let (None, Some(node)) = (within, node.get("au_terme")) {
            desk.fault(node.at, &field, "« au_terme » ne sert qu’avec « delai »");
        }
        transitions.push(Transition {
            id: Arc::clone(&id),
            label: desk.need(node, &field, "libelle"),
            from: from.into_iter().map(|(_, name)| name).collect(),
            to: desk.name(node, &field, "vers", "n’est pas un état", &known),
            role: desk.role(node, &field, "role"),
            guard,
            within,
            deadline: deadline.unwrap_or(Deadline::Warn),
            document: desk.names(node, &field, "document", "n’est pas un document", &papers).pop().map(|found| found.1),
            reference: desk.maybe(node, &field, "ref").unwrap_or_default(),
        });
    }
    let lifecycle = Lifecycle { documents, states, transitions };
    if desk.reader.faults.is_empty() {
        for (state, at) in lifecycle.states.iter().zip(places) {
            if !lifecycle.reached().contains(&state.id) {
                desk.fault(
                    at,
                    "etats",
                    format!("rien ne mène à « {} » ; ajoutez une transition ou ôtez l’état", state.id),
                );
            }
            if !state.last && lifecycle.leaving(&state.id).next().is_none() {
                let problem = format!("on ne sort pas de « {} » ; ajoutez une transition ou « final: vrai »", state.id);
                desk.fault(at, "etats", problem);
            }
        }
    }
    Some(lifecycle)
}

impl Lifecycle {
    /// Transitions that leave a state.
    pub fn leaving<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions.iter().filter(move |transition| transition.from.iter().any(|from| **from == *state))
    }

    /// A state by its name.
    pub fn state(&self, id: &str) -> Option<&State> {
        self.states.iter().find(|state| *state.id == *id)
    }

    /// States that a request can come to, the first included.
    fn reached(&self) -> Vec<Arc<str>> {
        let mut reached: Vec<Arc<str>> = self.states.iter().take(1).map(|state| Arc::clone(&state.id)).collect();
        let mut next = 0;
        while let Some(state) = reached.get(next).cloned() {
            for transition in self.leaving(&state) {
                if !reached.contains(&transition.to) {
                    reached.push(Arc::clone(&transition.to));
                }
            }
            next += 1;
        }
        reached
    }
}
