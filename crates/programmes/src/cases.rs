//! `tests/*.yaml`: cases written as a jurist would, with the verdict and the amounts that the law gives.
//!
//! ```yaml
//! lieux:
//!   Murat: { medecins: [fragile] }
//!   Yolet: { medecins: { zip: 8 } }   # kilometres to the nearest zone of the class
//! base: { le: 2015-09-01, faits: { profession.specialite: medecine_generale }, parcours: [] }
//! cas:
//!   - { nom: zone fragile, faits: { projet.lieux: Murat }, attendu: oui, montants: { complement: 3 105 € } }
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use pacte_rules::amount::Computations;
use pacte_rules::fault::{At, unknown};
use pacte_rules::schema::{Block, Shape, may, must};
use pacte_rules::yaml::Node;
use pacte_rules::{Answer, Engagement, FactId, Facts, History, Truth, Type, Value, World, Zone};

use crate::read::Desk;
use crate::vocabulary::PHASES;

const VERDICTS: [(&str, Truth); 3] = [("oui", Truth::Yes), ("non", Truth::No), ("inconnu", Truth::Unknown)];

/// What a computation should give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This value.
    Value(Value),
    /// `inconnu`: something is missing.
    Unknown,
    /// `sans objet`: a fact it needs does not exist.
    Pointless,
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, in French.
    pub name: String,
    /// File it stands in, under `pacts/`.
    pub file: Arc<str>,
    /// Where.
    pub at: At,
    /// Day of examination.
    pub day: Date,
    /// What is known.
    pub facts: Facts,
    /// The verdict; `None` when only amounts are told.
    pub verdict: Option<Truth>,
    /// Facts that should be missing to decide, no other; `None` when not told.
    pub missing: Option<Vec<FactId>>,
    /// What computations should give.
    pub amounts: Vec<(Arc<str>, Expected)>,
}

/// The places of the tests of a programme, each with its classes: a small world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    by_name: BTreeMap<Arc<str>, BTreeMap<String, Zoning>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Zoning {
    Unknown,
    /// Classes and metres to the nearest zone of each.
    Classes(Vec<(Arc<str>, u32)>),
}

impl World for Places {
    fn in_zone(&self, place: &str, zone: &Zone, _: Date) -> Truth {
        let Some(layers) = self.by_name.get(place) else { return Truth::Unknown };
        match layers.get(&*zone.layer) {
            None => Truth::No,
            Some(Zoning::Unknown) => Truth::Unknown,
            Some(Zoning::Classes(classes)) => classes
                .iter()
                .any(|(class, metres)| *metres <= zone.within_metres.unwrap_or(0) && zone.classes.contains(class))
                .into(),
        }
    }
}

/// What a case takes from `base` when it does not say otherwise.
#[derive(Clone)]
struct Base {
    day: Option<Date>,
    facts: Facts,
}

/// Keys of the file.
pub(crate) const FILE: Block = Block {
    name: "tests",
    keys: &[
        may(
            "lieux",
            Shape::Map(&Shape::Map(&Shape::Either(&[Shape::Words, Shape::Map(&Shape::Value)]))),
            "Lieux : par couche, les classes où ils sont, ou les kilomètres à la plus proche, ou « inconnu ».",
        ),
        may("base", Shape::Block(&BASE), "Ce dont partent tous les cas."),
        must("cas", Shape::List(&Shape::Block(&CASE)), "Les cas."),
    ],
};

/// Keys of what cases start from.
const BASE: Block = Block {
    name: "base",
    keys: &[
        may("le", Shape::Date, "Jour de l’examen."),
        may("faits", Shape::Map(&Shape::Words), "Faits ; « absent », « manquant »."),
        may(
            "parcours",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Block(&COMMITMENT))]),
            "Tout le parcours, ou « inconnu ».",
        ),
        may("parcours_complet", Shape::Flag, "faux quand il peut y avoir autre chose."),
    ],
};

/// Keys of a case.
const CASE: Block = Block {
    name: "cas",
    keys: &[
        must("nom", Shape::Text, "Ce que le cas éprouve."),
        may("le", Shape::Date, "Jour de l’examen."),
        may("faits", Shape::Map(&Shape::Words), "Faits ; « absent », « manquant »."),
        may(
            "parcours",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Block(&COMMITMENT))]),
            "Tout le parcours, ou « inconnu ».",
        ),
        may("parcours_complet", Shape::Flag, "faux quand il peut y avoir autre chose."),
        may("attendu", Shape::OneOf(|| VERDICTS.map(|(word, _)| word).to_vec()), "La réponse du programme."),
        may("manque", Shape::List(&Shape::Text), "Tous les faits qui manquent pour décider."),
        may("montants", Shape::Map(&Shape::Value), "Calculs et leurs résultats ; « inconnu », « sans objet »."),
    ],
};

/// Keys of a commitment.
const COMMITMENT: Block = Block {
    name: "engagement_du_parcours",
    keys: &[
        must("programme", Shape::Text, "Programme."),
        must("etat", Shape::Text, "État d’engagement."),
        must("du", Shape::Date, "Premier jour."),
        may("au", Shape::Date, "Dernier jour."),
    ],
};

pub(crate) fn read(
    desk: &mut Desk<'_>,
    root: &Node,
    amounts: &Computations,
    places: &mut Places,
    cases: &mut Vec<Case>,
) -> Option<()> {
    let root = desk.block(root, "tests", &FILE)?;
    read_places(desk, root, places);
    let mut base = Base { day: None, facts: Facts::new(&desk.context.dictionary) };
    if let Some(node) = root.get("base")
        && let Some(node) = desk.block(node, "base", &BASE)
    {
        base.day = desk.date(node, "base.le", "le");
        read_facts(desk, node, "base.faits", places, &mut base.facts);
    }
    let list = desk.list(root, "cas", "cas");
    if list.is_empty() {
        desk.fault(root.at, "cas", "il manque au moins un cas, « - { nom, faits, attendu } »");
    }
    for node in list {
        let Some(node) = desk.block(node, "cas", &CASE) else { continue };
        let name = desk.need(node, "cas", "nom");
        let field = format!("cas « {name} »");
        let mut case = base.clone();
        let day = desk.date(node, &field, "le").or(base.day);
        if day.is_none() {
            desk.fault(node.at, &field, "il manque « le », le jour de l’examen");
        }
        read_facts(desk, node, &field, places, &mut case.facts);
        let verdict = desk.word(node, &field, "attendu", &VERDICTS);
        let missing = node.get("manque").map(|_| {
            let nodes = desk.list(node, &field, "manque");
            let mut facts: Vec<FactId> = nodes.iter().filter_map(|node| desk.fact(node, &field)).collect();
            facts.sort_unstable();
            facts
        });
        let expected = read_amounts(desk, node, &field, amounts);
        if verdict.is_none() && missing.is_none() && expected.is_empty() {
            desk.fault(
                node.at,
                &field,
                "rien n’est attendu de ce cas ; donnez « attendu », « manque » ou « montants »",
            );
        }
        cases.push(Case {
            name,
            file: desk.reader.source.file.as_str().into(),
            at: node.at,
            day: day.unwrap_or_default(),
            facts: case.facts,
            verdict,
            missing,
            amounts: expected,
        });
    }
    Some(())
}

fn read_places(desk: &mut Desk<'_>, root: &Node, places: &mut Places) {
    let Some(node) = root.get("lieux") else { return };
    let Some(entries) = node.map() else {
        return desk.fault(node.at, "lieux", "attendu : un lieu par ligne, « Murat: { medecins: [fragile] } »");
    };
    for (name, node) in entries {
        let field = format!("lieux.{}", name.value);
        let mut layers = BTreeMap::new();
        for (layer, node) in node.map().unwrap_or_default() {
            let Some(known) = desk.vocabulary.layers.get(&layer.value) else {
                let names = desk.vocabulary.layers.keys().map(String::as_str);
                desk.fault(layer.referenced.into(), &field, unknown("n’est pas une couche", &layer.value, names));
                continue;
            };
            let classes: Vec<Arc<str>> = known.classes.iter().map(|(class, _)| Arc::clone(class)).collect();
            let zoning = if let Some(distances) = node.map() {
                let mut near = Vec::new();
                for (class, km) in distances {
                    let Some(known) = classes.iter().find(|known| ***known == *class.value) else {
                        let names = classes.iter().map(|class| &**class);
                        let problem = unknown("n’est pas une classe", &class.value, names);
                        desk.fault(class.referenced.into(), &field, problem);
                        continue;
                    };
                    if let Some(Value::Integer(km)) = desk.value(km, &field, Type::Integer) {
                        near.push((Arc::clone(known), u32::try_from(km).unwrap_or(u32::MAX).saturating_mul(1000)));
                    }
                }
                Zoning::Classes(near)
            } else if desk.reader.source.scalar(node).as_deref() == Some("inconnu") {
                Zoning::Unknown
            } else {
                let mut inside = Vec::new();
                for (at, word) in desk.reader.words(node, &field) {
                    if let Some(class) = classes.iter().find(|known| ***known == *word) {
                        inside.push((Arc::clone(class), 0));
                    } else {
                        let names = classes.iter().map(|class| &**class);
                        desk.fault(at, &field, unknown("n’est pas une classe", &word, names));
                    }
                }
                Zoning::Classes(inside)
            };
            layers.insert(layer.value.clone(), zoning);
        }
        let known = places.by_name.entry(name.value.as_str().into()).or_insert_with(|| layers.clone());
        if *known != layers {
            desk.fault(name.referenced.into(), &field, "ce lieu est déjà décrit autrement ; donnez-lui un autre nom");
        }
    }
}

/// Facts and history of a case, over those of the base.
fn read_facts(desk: &mut Desk<'_>, node: &Node, field: &str, places: &Places, facts: &mut Facts) {
    let dictionary = &desk.context.dictionary;
    for (name, value) in node.get("faits").and_then(Node::map).unwrap_or_default() {
        let Some(id) = dictionary.id(&name.value) else {
            let names = dictionary.facts().iter().map(|fact| &*fact.name);
            let problem = unknown("n’est pas un fait du dictionnaire", &name.value, names);
            desk.fault(name.referenced.into(), field, problem);
            continue;
        };
        let texts: Vec<String> = desk.reader.words(value, field).into_iter().map(|(_, text)| text).collect();
        let text = texts.join(", ");
        if text == "manquant" {
            facts.put(id, None);
            continue;
        }
        if let Err(problem) = facts.set_text(dictionary, &name.value, &text) {
            desk.fault(value.at, field, problem);
        }
        if let Some(Answer::Value(given)) = facts.get(id) {
            for place in given.each() {
                if let Value::Place(place) = place
                    && !places.by_name.contains_key(place)
                {
                    let names = places.by_name.keys().map(|name| &**name);
                    desk.fault(value.at, field, unknown("n’est pas un lieu de « lieux »", place, names));
                }
            }
        }
    }
    let Some(list) = node.get("parcours") else { return };
    if desk.reader.source.scalar(list).as_deref() == Some("inconnu") {
        facts.history = History::default();
        return;
    }
    let programmes: Vec<Arc<str>> =
        desk.context.names.programmes.iter().flatten().map(|name| name.as_str().into()).collect();
    let phases: Vec<Arc<str>> = PHASES.iter().map(|(name, _)| (*name).into()).collect();
    let mut engagements = Vec::new();
    for one in desk.list(node, field, "parcours") {
        let Some(one) = desk.block(one, field, &COMMITMENT) else { continue };
        let programme = desk.name(one, field, "programme", "n’est pas un programme", &programmes);
        let state = desk.name(one, field, "etat", "n’est pas un état d’engagement", &phases);
        desk.reader.needed(one, field, "du");
        let from = desk.date(one, field, "du").unwrap_or_default();
        engagements.push(Engagement { programme, state, from, to: desk.date(one, field, "au") });
    }
    let complete = node.get("parcours_complet").is_none() || desk.flag(node, field, "parcours_complet");
    facts.history = History { engagements, complete };
}

fn read_amounts(desk: &mut Desk<'_>, node: &Node, field: &str, amounts: &Computations) -> Vec<(Arc<str>, Expected)> {
    let mut all = Vec::new();
    for (name, value) in node.get("montants").and_then(Node::map).unwrap_or_default() {
        let Some(computation) = amounts.named(&name.value) else {
            let names = amounts.all().iter().map(|known| &*known.name);
            desk.fault(name.referenced.into(), field, unknown("n’est pas un calcul", &name.value, names));
            continue;
        };
        let expected = match desk.reader.source.scalar(value).as_deref() {
            Some("inconnu") => Some(Expected::Unknown),
            Some("sans objet") => Some(Expected::Pointless),
            _ => desk.value(value, field, computation.kind()).map(Expected::Value),
        };
        all.extend(expected.map(|expected| (Arc::clone(&computation.name), expected)));
    }
    all
}
