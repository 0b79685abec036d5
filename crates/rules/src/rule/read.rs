//! From YAML to the arena: groups, names and texts; leaves are read beside.

use std::sync::Arc;

use super::{Context, Kind, Leaf, Node, Rule, Texts, describe, leaf, schema};
use crate::fault::At;
use crate::yaml::{Node as Yaml, Reader};

/// Words that say what a node is, besides those of leaves.
pub(super) const GROUPS: [&str; 5] = ["tous", "au_moins_un", "aucun", "au_moins", "regle"];
const COMMON: [&str; 4] = ["id", "ref", "texte", "sauf"];
/// Groups within groups: enough for any text, little enough for any stack.
const DEEPEST: u32 = 24;

struct Builder<'c> {
    rule: Rule,
    context: &'c Context,
    depth: u32,
}

/// Names and texts of a node.
#[derive(Default)]
struct Marks {
    id: Option<Arc<str>>,
    reference: Option<Arc<str>>,
    texts: Texts,
}

pub(super) fn rule(reader: &mut Reader<'_>, yaml: &Yaml, context: &Context) -> Option<Rule> {
    let rule = Rule { context: context.clone(), nodes: Vec::new(), links: Vec::new(), leaves: Vec::new(), root: 0 };
    let mut builder = Builder { rule, context, depth: 0 };
    let root = builder.node(reader, yaml)?;
    builder.rule.root = root;
    builder.unique_names(reader);
    Some(builder.rule)
}

impl Builder<'_> {
    fn node(&mut self, reader: &mut Reader<'_>, yaml: &Yaml) -> Option<u32> {
        let Some(entries) = yaml.map() else {
            reader.fault(
                yaml.at,
                "règle",
                "attendu : une condition, comme « { fait: …, est: … } », ou un groupe (tous, au_moins_un…)",
            );
            return None;
        };
        self.depth += 1;
        if self.depth > DEEPEST {
            reader.fault(yaml.at, "règle", "trop de groupes imbriqués ; découpez la règle");
            return None;
        }
        let marks = Self::marks(reader, yaml);
        let subject = entries.iter().map(|(key, _)| key.value.as_str()).find(|key| leaf::SUBJECTS.contains(key));
        let group = entries.iter().map(|(key, _)| key.value.as_str()).find(|key| GROUPS.contains(key));
        let plain = yaml.get("sauf").is_none();
        // With exceptions, names and texts belong to the whole; the inner rule has its own when written under `regle`.
        let (own, outer) = if plain { (marks, Marks::default()) } else { (Marks::default(), marks) };
        let inner = match (subject, group) {
            (Some(subject), _) => self.leaf(reader, yaml, subject, own),
            (None, Some(group)) => {
                schema::node(group).and_then(|block| reader.block(yaml, group, block));
                self.group(reader, yaml, group, own, plain)
            }
            (None, None) => {
                let known: Vec<&str> = GROUPS.iter().chain(&leaf::SUBJECTS).chain(&COMMON).copied().collect();
                reader.fields(yaml, "règle", &known);
                let expected = [&GROUPS[..4], &leaf::SUBJECTS[..]].concat().join(", ");
                reader.fault(yaml.at, "règle", format!("rien n’est demandé ici ; attendu l’un de : {expected}"));
                None
            }
        };
        let whole = match yaml.get("sauf") {
            None => inner,
            Some(exceptions) => {
                let list = exceptions.list().unwrap_or(std::slice::from_ref(exceptions));
                if list.is_empty() {
                    reader.fault(exceptions.at, "sauf", "la liste est vide ; ôtez « sauf » ou donnez une exception");
                }
                let children: Vec<Option<u32>> = list.iter().map(|child| self.node(reader, child)).collect();
                let children: Option<Vec<u32>> = std::iter::once(inner).chain(children).collect();
                children.map(|children| self.push(Kind::Except, &children, outer, yaml.at))
            }
        };
        self.depth -= 1;
        whole
    }

    fn group(&mut self, reader: &mut Reader<'_>, yaml: &Yaml, word: &str, marks: Marks, plain: bool) -> Option<u32> {
        let value = yaml.get(word)?;
        if word == "regle" {
            if plain {
                reader.fault(value.at, word, "« regle » ne sert qu’avec « sauf » ; écrivez la condition elle-même");
            }
            return self.node(reader, value);
        }
        let (count, list) = if word == "au_moins" {
            let value = reader.block(value, word, &schema::SO_MANY)?;
            let (n, among) = (reader.needed(value, word, "n")?, reader.needed(value, word, "parmi")?);
            let text = reader.text(n, word)?;
            let count = text.parse::<u32>().ok().filter(|count| *count > 0);
            if count.is_none() {
                reader.fault(
                    n.at,
                    word,
                    format!("« {text} » est refusé ; attendu : un nombre de conditions, au moins 1"),
                );
            }
            (count?, among)
        } else {
            (0, value)
        };
        let Some(nodes) = list.list().filter(|nodes| !nodes.is_empty()) else {
            reader.fault(list.at, word, "attendu : une liste de conditions, une par tiret");
            return None;
        };
        if count as usize > nodes.len() {
            reader.fault(value.at, word, format!("{count} conditions sont demandées sur {} seulement", nodes.len()));
        }
        let children: Vec<Option<u32>> = nodes.iter().map(|child| self.node(reader, child)).collect();
        let children: Vec<u32> = children.into_iter().collect::<Option<_>>()?;
        let kind = match word {
            "tous" => Kind::All,
            "au_moins_un" => Kind::Any,
            "aucun" => Kind::None,
            _ => Kind::AtLeast(count),
        };
        Some(self.push(kind, &children, marks, yaml.at))
    }

    fn leaf(&mut self, reader: &mut Reader<'_>, yaml: &Yaml, subject: &str, marks: Marks) -> Option<u32> {
        let (test, moment) = leaf::read(reader, yaml, subject, self.context)?;
        let (rank, node) = (self.rule.leaves.len() as u32, self.rule.nodes.len() as u32);
        self.rule.leaves.push(Leaf { test, moment, node });
        Some(self.push(Kind::Leaf(rank), &[], marks, yaml.at))
    }

    fn push(&mut self, kind: Kind, children: &[u32], marks: Marks, at: At) -> u32 {
        let first = self.rule.links.len() as u32;
        self.rule.links.extend_from_slice(children);
        let description = match kind {
            Kind::Leaf(leaf) => describe::leaf(&self.rule.leaves[leaf as usize], self.context),
            other => describe::group(other, children.len()),
        };
        self.rule.nodes.push(Node {
            kind,
            children: first..self.rule.links.len() as u32,
            id: marks.id,
            reference: marks.reference,
            texts: marks.texts,
            description: description.into(),
            at,
        });
        self.rule.nodes.len() as u32 - 1
    }

    fn marks(reader: &mut Reader<'_>, yaml: &Yaml) -> Marks {
        let mut text = |node: Option<&Yaml>, field: &str| -> Option<Arc<str>> {
            node.and_then(|node| reader.text(node, field)).map(Into::into)
        };
        let (id, reference) = (text(yaml.get("id"), "id"), text(yaml.get("ref"), "ref"));
        let texts = yaml.get("texte").and_then(|node| reader.block(node, "texte", &schema::TEXTS));
        let mut text = |key: &str| {
            let node = texts?.get(key)?;
            reader.text(node, "texte").map(Into::into)
        };
        let texts = Texts { yes: text("oui"), no: text("non"), unknown: text("inconnu") };
        Marks { id, reference, texts }
    }

    fn unique_names(&self, reader: &mut Reader<'_>) {
        let mut seen: Vec<(&str, At)> = Vec::new();
        for node in &self.rule.nodes {
            let Some(id) = node.id.as_deref() else { continue };
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == id) {
                let (at, first) = if node.at < *first { (*first, node.at) } else { (node.at, *first) };
                reader.fault(at, "id", format!("« {id} » est déjà le nom de la condition de la ligne {}", first.line));
            }
            seen.push((id, node.at));
        }
    }
}
