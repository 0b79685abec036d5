//! What changed between two versions of a programme, value by value, so that it can be read before it is put in force.

use std::collections::BTreeMap;

use pacte_rules::yaml::{Node, Source};
use serde::Serialize;

use crate::programme::Programme;

/// Keys that name an element of a list, the first that it has.
const NAMES: [&str; 6] = ["id", "nom", "ref", "du", "fait", "programme"];

/// One value that is not the same in two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// File in the folder: `parameters.yaml`.
    pub file: String,
    /// Where in it, elements of lists by their names: `parametres.actes_min.valeurs.2013-08-14.valeur`; empty for a
    /// file that is not YAML.
    pub path: String,
    /// Line in the new version, or in the old one for what is no longer there.
    pub line: u32,
    /// The value before; `None` when there was none.
    pub before: Option<String>,
    /// The value after; `None` when there is none.
    pub after: Option<String>,
}

/// What changed from a version to another, file by file, in the order of the paths; nothing when only the order of
/// keys, comments or layout did.
pub fn diff(old: &Programme, new: &Programme) -> Vec<Change> {
    let mut files: Vec<&String> = old.texts.keys().chain(new.texts.keys()).collect();
    files.sort_unstable();
    files.dedup();
    let mut changes = Vec::new();
    for file in files {
        let (before, after) = (values(file, old.texts.get(file)), values(file, new.texts.get(file)));
        let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            let (was, is) = (before.get(path), after.get(path));
            if was.map(|(_, value)| value) != is.map(|(_, value)| value) {
                changes.push(Change {
                    file: file.clone(),
                    path: path.clone(),
                    line: is.or(was).map_or(0, |(line, _)| *line),
                    before: was.map(|(_, value)| value.clone()),
                    after: is.map(|(_, value)| value.clone()),
                });
            }
        }
    }
    changes
}

/// Every scalar of a file by its path, with its line; the whole text of a file that is not YAML.
fn values(file: &str, text: Option<&String>) -> BTreeMap<String, (u32, String)> {
    let mut found = BTreeMap::new();
    let Some(text) = text else { return found };
    let source = Source::new(file, text.as_str());
    match source.read().ok().filter(|_| file.strip_suffix(".yaml").is_some()) {
        Some(root) => flatten(&source, &root, String::new(), &mut found),
        None => drop(found.insert(String::new(), (1, text.clone()))),
    }
    found
}

fn flatten(source: &Source, node: &Node, path: String, found: &mut BTreeMap<String, (u32, String)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    if let Some(entries) = node.map() {
        for (key, value) in entries {
            flatten(source, value, below(&key.value), found);
        }
    } else if let Some(list) = node.list() {
        // Words alone are one value: their order is part of it.
        let words: Option<Vec<String>> = list.iter().map(|node| source.scalar(node).map(Into::into)).collect();
        if let Some(words) = words {
            found.insert(path, (node.at.line, words.join(", ")));
            return;
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for element in list {
            let name = NAMES.iter().find_map(|key| source.scalar(element.get(key)?));
            let name = name.map_or_else(|| "·".to_owned(), Into::into);
            let rank = seen.entry(name.clone()).or_default();
            *rank += 1;
            let name = if *rank > 1 || name == "·" { format!("{name}{rank}") } else { name };
            flatten(source, element, below(&name), found);
        }
    } else {
        found.insert(path, (node.at.line, source.scalar(node).unwrap_or_default().into_owned()));
    }
}
