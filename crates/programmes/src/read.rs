//! Reading of definition files: every helper notes what is wrong with its place and goes on, so that one reading tells all.

use std::sync::Arc;

use jiff::civil::Date;
use pacte_rules::fault::{At, Faults, unknown};
use pacte_rules::schema::Block;
use pacte_rules::yaml::{Node, Reader, Source};
use pacte_rules::{Context, FactId, Period, Rule, Type, Value};

use crate::text::Text;
use crate::vocabulary::Vocabulary;

/// A file being read, and the names it may cite.
pub(crate) struct Desk<'a> {
    pub(crate) reader: Reader<'a>,
    pub(crate) context: &'a Context,
    pub(crate) vocabulary: &'a Vocabulary,
}

impl<'a> Desk<'a> {
    pub(crate) const fn new(source: &'a Source, context: &'a Context, vocabulary: &'a Vocabulary) -> Self {
        Self { reader: Reader::new(source), context, vocabulary }
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T, Faults> {
        self.reader.finish(Some(value))
    }

    pub(crate) fn fault(&mut self, at: At, field: &str, problem: impl Into<String>) {
        self.reader.fault(at, field, problem);
    }

    /// A mapping whose keys are all known.
    pub(crate) fn block<'n>(&mut self, node: &'n Node, field: &str, block: &Block) -> Option<&'n Node> {
        self.reader.block(node, field, block)
    }

    /// A text that must be there; empty, and noted, when it is not.
    pub(crate) fn need(&mut self, node: &Node, field: &str, key: &str) -> String {
        let found = self.reader.needed(node, field, key);
        found.and_then(|node| self.reader.text(node, field)).unwrap_or_default()
    }

    /// The address under a key, whole, so that a page may link to it; empty when it is not said.
    pub(crate) fn link(&mut self, node: &Node, field: &str, key: &str) -> String {
        let link = self.maybe(node, field, key).unwrap_or_default();
        if !link.is_empty() && (!link.starts_with("https://") || link.contains(char::is_whitespace)) {
            let at = node.get(key).map_or(node.at, |found| found.at);
            self.fault(at, field, format!("« {link} » n’est pas une adresse ; attendu : https://…, ou rien"));
        }
        link
    }

    /// A text that may be there.
    pub(crate) fn maybe(&mut self, node: &Node, field: &str, key: &str) -> Option<String> {
        node.get(key).and_then(|node| self.reader.text(node, field))
    }

    /// A name in lower case that no other of its list has.
    pub(crate) fn id(&mut self, node: &Node, field: &str, seen: &mut Vec<String>) -> String {
        let id = self.need(node, field, "id");
        let at = node.get("id").map_or(node.at, |node| node.at);
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !id.is_empty() && !id.bytes().all(plain) {
            self.fault(at, field, format!("« {id} » est refusé ; un nom est en minuscules sans accent, avec _"));
        }
        if !id.is_empty() && seen.contains(&id) {
            self.fault(at, field, format!("« {id} » est déjà pris dans cette liste"));
        }
        seen.push(id.clone());
        id
    }

    /// The elements of a list that may be missing.
    pub(crate) fn list<'n>(&mut self, node: &'n Node, field: &str, key: &str) -> &'n [Node] {
        let Some(node) = node.get(key) else { return &[] };
        let list = node.list();
        if list.is_none() {
            self.fault(node.at, field, format!("attendu : une liste sous « {key} », un élément par tiret"));
        }
        list.unwrap_or_default()
    }

    /// A value of a type.
    pub(crate) fn value(&mut self, node: &Node, field: &str, kind: Type) -> Option<Value> {
        let text = self.reader.text(node, field)?;
        match kind.read(&text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.fault(node.at, field, problem);
                None
            }
        }
    }

    pub(crate) fn date(&mut self, node: &Node, field: &str, key: &str) -> Option<Date> {
        match self.value(node.get(key)?, field, Type::Date)? {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }

    pub(crate) fn period(&mut self, node: &Node, field: &str, key: &str) -> Option<Period> {
        match self.value(node.get(key)?, field, Type::Period)? {
            Value::Period(period) => Some(period),
            _ => None,
        }
    }

    pub(crate) fn integer(&mut self, node: &Node, field: &str, key: &str) -> Option<i64> {
        match self.value(node.get(key)?, field, Type::Integer)? {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn flag(&mut self, node: &Node, field: &str, key: &str) -> bool {
        node.get(key).and_then(|node| self.reader.truth(node, field)).unwrap_or_default()
    }

    /// One of a table of words.
    pub(crate) fn word<T: Copy>(&mut self, node: &Node, field: &str, key: &str, table: &[(&str, T)]) -> Option<T> {
        let node = node.get(key)?;
        let word = self.reader.text(node, field)?;
        let found = table.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
        if found.is_none() {
            let problem = unknown("n’est pas un mot connu ici", &word, table.iter().map(|(known, _)| *known));
            self.fault(node.at, field, problem);
        }
        found
    }

    /// Names, each of a list of known ones.
    pub(crate) fn names(
        &mut self,
        node: &Node,
        field: &str,
        key: &str,
        what: &str,
        known: &[Arc<str>],
    ) -> Vec<(At, Arc<str>)> {
        let Some(node) = node.get(key) else { return Vec::new() };
        let words = self.reader.words(node, field);
        let mut found = Vec::new();
        for (at, word) in words {
            match known.iter().find(|name| ***name == *word) {
                Some(name) => found.push((at, Arc::clone(name))),
                None => self.fault(at, field, unknown(what, &word, known.iter().map(|name| &**name))),
            }
        }
        found
    }

    /// One known name, which must be there.
    pub(crate) fn name(&mut self, node: &Node, field: &str, key: &str, what: &str, known: &[Arc<str>]) -> Arc<str> {
        if node.get(key).is_none() {
            self.fault(node.at, field, format!("il manque « {key} »"));
        }
        self.names(node, field, key, what, known).into_iter().next().map_or_else(|| "".into(), |(_, name)| name)
    }

    /// A role of the vocabulary, which must be there.
    pub(crate) fn role(&mut self, node: &Node, field: &str, key: &str) -> Arc<str> {
        let known = self.vocabulary.role_names();
        self.name(node, field, key, "n’est pas un rôle du vocabulaire", &known)
    }

    /// Programmes, defined or cited, with their places.
    pub(crate) fn programmes(&mut self, node: &Node, field: &str, key: &str) -> Vec<(At, Arc<str>)> {
        let known: Vec<Arc<str>> =
            self.context.names.programmes.iter().flatten().map(|name| name.as_str().into()).collect();
        self.names(node, field, key, "n’est pas un programme", &known)
    }

    pub(crate) fn fact(&mut self, node: &Node, field: &str) -> Option<FactId> {
        let name = self.reader.text(node, field)?;
        let found = self.context.dictionary.id(&name);
        if found.is_none() {
            let names = self.context.dictionary.facts().iter().map(|fact| &*fact.name);
            let problem = unknown("n’est pas un fait du dictionnaire", &name, names);
            self.fault(node.at, field, problem);
        }
        found
    }

    /// A rule that may be there.
    pub(crate) fn rule(&mut self, node: &Node, key: &str) -> Option<Rule> {
        match Rule::read(self.reader.source, node.get(key)?, self.context) {
            Ok(rule) => Some(rule),
            Err(faults) => {
                self.reader.faults.extend(faults.0);
                None
            }
        }
    }

    /// A text that may cite parameters, `{actes_min}`; empty when it is not there.
    pub(crate) fn cited(&mut self, node: &Node, field: &str, key: &str) -> Text {
        let Some(node) = node.get(key) else { return Text::default() };
        let Some(text) = self.reader.text(node, field) else { return Text::default() };
        match Text::parse(&text, &self.context.parameters) {
            Ok(text) => text,
            Err(problem) => {
                self.fault(node.at, field, problem);
                Text::default()
            }
        }
    }
}
