//! A rule as YAML: one key a line, children under their group; reads back as the same rule.

use std::fmt::Write as _;

use super::{Comparison, Kind, Leaf, Node, Operand, Rule, Selection, Test, leaf};

pub(super) fn rule(rule: &Rule) -> String {
    let mut printer = Printer { rule, text: String::new() };
    printer.node(rule.root, 0, false);
    printer.text
}

struct Printer<'a> {
    rule: &'a Rule,
    text: String,
}

impl Printer<'_> {
    /// Lines of a node; `started` when its first line has its dash already.
    fn node(&mut self, rank: u32, indent: usize, started: bool) {
        let node = self.rule.node(rank);
        let mut line = Lines { text: &mut self.text, indent, started };
        marks(&mut line, node);
        if node.kind == Kind::Except {
            let children = self.rule.children(rank).to_vec();
            let started = line.started;
            let first = self.rule.node(children[0]);
            let bare = first.id.is_none() && first.reference.is_none() && first.texts == super::Texts::default();
            // The rule itself stands beside its exceptions unless it has names and texts of its own.
            if bare && first.kind != Kind::Except {
                self.body(children[0], indent, started);
            } else {
                line.entry("regle", "");
                self.node(children[0], indent + 2, false);
            }
            Lines { text: &mut self.text, indent, started: false }.entry("sauf", "");
            self.items(&children[1..], indent + 2);
        } else {
            let started = line.started;
            self.body(rank, indent, started);
        }
    }

    fn body(&mut self, rank: u32, indent: usize, started: bool) {
        let node = self.rule.node(rank);
        let mut line = Lines { text: &mut self.text, indent, started };
        let word = match node.kind {
            Kind::Leaf(leaf) => {
                self.leaf(&self.rule.leaves[leaf as usize], indent, started);
                return;
            }
            Kind::All => "tous",
            Kind::Any => "au_moins_un",
            Kind::None => "aucun",
            Kind::Except => "regle",
            Kind::AtLeast(count) => {
                line.entry("au_moins", "");
                let mut inner = Lines { text: &mut self.text, indent: indent + 2, started: false };
                inner.entry("n", &count.to_string());
                inner.entry("parmi", "");
                self.items(self.rule.children(rank), indent + 4);
                return;
            }
        };
        line.entry(word, "");
        self.items(self.rule.children(rank), indent + 2);
    }

    fn items(&mut self, children: &[u32], indent: usize) {
        for child in children {
            let _ = write!(self.text, "{:indent$}- ", "");
            self.node(*child, indent + 2, true);
        }
    }

    fn leaf(&mut self, leaf: &Leaf, indent: usize, started: bool) {
        let name = |fact: crate::FactId| self.rule.dictionary().fact(fact).name.to_string();
        let operand = |operand: &Operand| match operand {
            Operand::Literal(value) => quoted(&value.plain()),
            Operand::Parameter(id) => format!("${}", self.rule.context.parameters.parameter(*id).name),
            Operand::Fact(fact) => format!("{{ fait: {} }}", name(*fact)),
            Operand::Examination => "date_examen".to_owned(),
        };
        let word = |comparison: Comparison| leaf::word(comparison, false);
        let mut entries: Vec<(&str, String)> = Vec::new();
        match &leaf.test {
            Test::Compare(fact, comparison, with) => {
                entries.extend([("fait", name(*fact)), (word(*comparison), operand(with))]);
            }
            Test::Among(fact, values) | Test::Contains(fact, values) => {
                let word = if matches!(leaf.test, Test::Among(..)) { "parmi" } else { "contient" };
                let values = list(values.iter().map(super::Value::plain));
                entries.extend([("fait", name(*fact)), (word, values)]);
            }
            Test::Given { fact, absent } => {
                let word = if *absent { "absent_certifie" } else { "renseigne" };
                entries.extend([("fait", name(*fact)), (word, "vrai".to_owned())]);
            }
            Test::Elapsed(since, comparison, period) => {
                entries.extend([("depuis", operand(since)), (leaf::word(*comparison, true), operand(period))]);
            }
            Test::InZone(fact, zone) => {
                let classes = list(zone.classes.iter().map(ToString::to_string));
                entries.extend([("lieu", name(*fact)), ("couche", quoted(&zone.layer)), ("dans_zone", classes)]);
                if let Some(metres) = zone.within_metres {
                    let km = rust_decimal::Decimal::new(metres.into(), 3).normalize();
                    entries.push(("a_moins_de_km", km.to_string()));
                }
            }
            Test::Total(selection, comparison, limit) => {
                entries.extend([("somme_durees", selected(selection)), (word(*comparison), operand(limit))]);
            }
            Test::Count(selection, comparison, limit) => {
                entries.extend([("nombre", selected(selection)), (word(*comparison), operand(limit))]);
            }
        }
        if let Some(moment) = &leaf.moment {
            entries.push(("a", operand(moment)));
        }
        let mut line = Lines { text: &mut self.text, indent, started };
        for (key, value) in entries {
            line.entry(key, &value);
        }
    }
}

fn marks(line: &mut Lines<'_>, node: &Node) {
    if let Some(id) = &node.id {
        line.entry("id", &quoted(id));
    }
    if let Some(reference) = &node.reference {
        line.entry("ref", &quoted(reference));
    }
    let texts = [("oui", &node.texts.yes), ("non", &node.texts.no), ("inconnu", &node.texts.unknown)];
    if texts.iter().any(|(_, text)| text.is_some()) {
        line.entry("texte", "");
        line.indent += 2;
        for (key, text) in texts {
            if let Some(text) = text {
                line.entry(key, &quoted(text));
            }
        }
        line.indent -= 2;
    }
}

/// Lines at one indentation.
struct Lines<'a> {
    text: &'a mut String,
    indent: usize,
    started: bool,
}

impl Lines<'_> {
    fn entry(&mut self, key: &str, value: &str) {
        let indent = if std::mem::take(&mut self.started) { 0 } else { self.indent };
        let space = if value.is_empty() { "" } else { " " };
        let _ = writeln!(self.text, "{:indent$}{key}:{space}{value}", "");
    }
}

fn selected(selection: &Selection) -> String {
    let mut text = format!("{{ programmes: {}", list(selection.programmes.iter().map(ToString::to_string)));
    if !selection.states.is_empty() {
        let _ = write!(text, ", etats: {}", list(selection.states.iter().map(ToString::to_string)));
    }
    if let Some(over) = selection.over {
        let _ = write!(text, ", sur: {over}");
    }
    text + " }"
}

fn list(words: impl Iterator<Item = String>) -> String {
    format!("[{}]", words.map(|word| quoted(&word)).collect::<Vec<_>>().join(", "))
}

/// A scalar, between quotes unless it is plainly a word or a number.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        && !text.eq_ignore_ascii_case("null");
    if plain {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}
