//! YAML with the place of every value and the text of every scalar, so that amounts never pass through a float.
//!
//! A [`Node`] is any YAML value. It deserialises by itself through `serde_saphyr`, alone or as a field of a larger
//! structure; what it says is then asked of the [`Source`] it was read from.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::fault::{At, Fault, Faults, unknown};
use crate::schema::Block;

/// A file and its text.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name used in errors.
    pub file: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A file of this name with this text.
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { file: file.into(), text: text.into() }
    }

    /// Reads the whole text as one node.
    ///
    /// # Errors
    /// When the text is not YAML, or repeats a key.
    pub fn read(&self) -> Result<Node, Faults> {
        serde_saphyr::from_str(&self.text).map_err(|error| {
            let at = error.location().map_or_else(At::default, At::from);
            Fault::new(&self.file, at, "YAML", error.without_snippet().to_string()).into()
        })
    }

    /// The text of a scalar as it was written, quotes and escapes undone; `None` for anything else.
    pub fn scalar<'a>(&'a self, node: &'a Node) -> Option<Cow<'a, str>> {
        match &node.content {
            Content::Text(text) => Some(Cow::Borrowed(text)),
            Content::Plain => {
                let (from, length) = node.bytes?;
                self.text.get(from..from + length).map(|text| Cow::Borrowed(text.trim()))
            }
            Content::Null | Content::List(_) | Content::Map(_) => None,
        }
    }
}

/// A YAML value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it begins.
    pub at: At,
    bytes: Option<(usize, usize)>,
    content: Content,
}

/// What a node holds.
#[derive(Clone, Debug)]
enum Content {
    Null,
    Text(String),
    /// A scalar that YAML takes for a number or a truth value: its text is asked of the source.
    Plain,
    List(Vec<Node>),
    Map(Vec<(Spanned<String>, Node)>),
}

impl Node {
    /// The elements of a list; `None` for anything else.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.content {
            Content::List(nodes) => Some(nodes),
            _ => None,
        }
    }

    /// The entries of a mapping, in order; `None` for anything else.
    pub fn map(&self) -> Option<&[(Spanned<String>, Node)]> {
        match &self.content {
            Content::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map()?.iter().find(|(name, _)| name.value == key).map(|(_, node)| node)
    }

    /// Whether nothing was written.
    pub const fn is_null(&self) -> bool {
        matches!(self.content, Content::Null)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        let span = spanned.defined.span();
        let bytes = span.byte_offset().zip(span.byte_len()).map(|(from, length)| (from as usize, length as usize));
        Ok(Self { at: spanned.referenced.into(), bytes, content: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("une valeur YAML")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Content, E> {
        Ok(Content::Plain)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Content, E> {
        Ok(Content::Plain)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Content, E> {
        Ok(Content::Plain)
    }

    // The number is dropped unread: the text says it exactly.
    fn visit_f64<E>(self, _: f64) -> Result<Content, E> {
        Ok(Content::Plain)
    }

    fn visit_str<E>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = access.next_element()? {
            nodes.push(node);
        }
        Ok(Content::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Content::Map(entries))
    }
}

/// A source being read: its faults add up, so that one reading tells them all.
#[derive(Debug)]
pub struct Reader<'a> {
    /// The file.
    pub source: &'a Source,
    /// What is wrong in it so far.
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// Nothing read yet, nothing wrong yet.
    pub const fn new(source: &'a Source) -> Self {
        Self { source, faults: Vec::new() }
    }

    /// The result, unless something was wrong.
    ///
    /// # Errors
    /// Every fault, in the order of the file, when there are some or there is no result.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Faults> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => {
                self.faults.sort_by_key(|fault| (fault.line, fault.column));
                Err(Faults(self.faults))
            }
        }
    }

    /// Notes what is wrong at a place.
    pub fn fault(&mut self, at: At, field: &str, problem: impl Into<String>) {
        self.faults.push(Fault::new(&self.source.file, at, field, problem));
    }

    /// The entries of a mapping whose keys are all known.
    pub fn fields<'n>(&mut self, node: &'n Node, field: &str, known: &[&str]) -> Option<&'n Node> {
        let Some(entries) = node.map() else {
            self.fault(node.at, field, format!("attendu : un bloc avec {}", known.join(", ")));
            return None;
        };
        for (key, value) in entries {
            if !known.contains(&key.value.as_str()) {
                let mut problem = unknown("n’est pas un mot connu ici", &key.value, known.iter().copied());
                if value.is_null() {
                    problem.push_str(" ; entre accolades, un texte qui contient une virgule se met entre guillemets");
                }
                self.fault(key.referenced.into(), field, problem);
            }
        }
        Some(node)
    }

    /// The entries of a mapping whose keys are all those of a block.
    pub fn block<'n>(&mut self, node: &'n Node, field: &str, block: &Block) -> Option<&'n Node> {
        self.fields(node, field, &block.names())
    }

    /// The text of a scalar.
    pub fn text(&mut self, node: &Node, field: &str) -> Option<String> {
        let text = self.source.scalar(node).map(Cow::into_owned).filter(|text| !text.is_empty());
        if text.is_none() {
            self.fault(node.at, field, "attendu : un mot ou un texte sur une ligne");
        }
        text
    }

    /// A field that must be there.
    pub fn needed<'n>(&mut self, node: &'n Node, field: &str, key: &str) -> Option<&'n Node> {
        let found = node.get(key);
        if found.is_none() {
            self.fault(node.at, field, format!("il manque « {key} »"));
        }
        found
    }

    /// A list of words, or one word alone.
    pub fn words(&mut self, node: &Node, field: &str) -> Vec<(At, String)> {
        let nodes = node.list().unwrap_or(std::slice::from_ref(node));
        if nodes.is_empty() {
            self.fault(node.at, field, "la liste est vide ; indiquez au moins un mot");
        }
        nodes.iter().filter_map(|word| Some((word.at, self.text(word, field)?))).collect()
    }

    /// A truth value: `vrai`, `oui`, `true`, or their contraries.
    pub fn truth(&mut self, node: &Node, field: &str) -> Option<bool> {
        let text = self.text(node, field)?;
        let truth = crate::value::truth(&text);
        if truth.is_none() {
            self.fault(node.at, field, format!("« {text} » n’est ni vrai ni faux"));
        }
        truth
    }
}
