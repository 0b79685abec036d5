//! JSON Schemas: those kept are those of the readers, and say what readers say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pacte_programmes::schema::{KINDS, Kind, schema, text};
use pacte_programmes::{Catalogue, Files};
use pacte_rules::yaml::{Node, Source};
use serde_json::{Map, Value, json};

/// A definition as JSON: what YAML takes for a number or a truth value is one, the rest is text.
fn to_json(source: &Source, node: &Node) -> Value {
    if let Some(entries) = node.map() {
        return entries
            .iter()
            .map(|(key, value)| (key.value.clone(), to_json(source, value)))
            .collect::<Map<_, _>>()
            .into();
    }
    if let Some(list) = node.list() {
        return list.iter().map(|node| to_json(source, node)).collect();
    }
    let text = source.scalar(node).unwrap_or_default();
    serde_json::from_str::<i64>(&text).map_or_else(|_| json!(text), |number| json!(number))
}

fn definitions() -> Vec<(String, Kind, Value)> {
    let mut all = Vec::new();
    for (path, text) in &Files::shipped().0 {
        let Some(kind) = Kind::of(path) else { continue };
        let source = Source::new(path.as_str(), text.as_str());
        all.push((path.clone(), kind, to_json(&source, &source.read().unwrap())));
    }
    all
}

/// Why a value is not of a schema, and where; the keywords that the schemas use, no other.
fn refusal(root: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    let object = schema.as_object().unwrap();
    for (word, with) in object {
        let problem = match word.as_str() {
            "$ref" => {
                let name = with.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                refusal(root, &root["$defs"][name], value, at)
            }
            "anyOf" => {
                let all: Vec<Option<String>> =
                    with.as_array().unwrap().iter().map(|one| refusal(root, one, value, at)).collect();
                // Of several refusals, the deepest tells most.
                let deepest = || all.iter().flatten().max_by_key(|told| told.split(' ').next().map(str::len)).cloned();
                if all.iter().any(Option::is_none) { None } else { deepest() }
            }
            "type" => {
                let kinds = with.as_array().map_or_else(|| vec![with.clone()], Clone::clone);
                let found = match value {
                    Value::String(_) => "string",
                    Value::Number(_) => "number",
                    Value::Bool(_) => "boolean",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                    Value::Null => "null",
                };
                let right = kinds.iter().any(|kind| *kind == found || (*kind == "integer" && value.is_i64()));
                (!right).then(|| format!("{at} is {found}"))
            }
            "enum" => (!with.as_array().unwrap().contains(value)).then(|| format!("{at} is not one of {with}")),
            "pattern" => {
                value.as_str().filter(|text| !matches(with.as_str().unwrap(), text)).map(|text| format!("{at} {text}"))
            }
            "minItems" => value.as_array().filter(|list| list.is_empty()).map(|_| format!("{at} is empty")),
            "items" => value.as_array().and_then(|list| {
                list.iter().enumerate().find_map(|(rank, one)| refusal(root, with, one, &format!("{at}/{rank}")))
            }),
            "required" => value.as_object().and_then(|entries| {
                let lacking = with.as_array().unwrap().iter().find(|key| !entries.contains_key(key.as_str().unwrap()));
                lacking.map(|key| format!("{at} lacks {key}"))
            }),
            "properties" => value.as_object().and_then(|entries| {
                let known = entries.iter().filter_map(|(key, value)| Some((key, with.get(key)?, value)));
                known.into_iter().find_map(|(key, schema, value)| refusal(root, schema, value, &format!("{at}/{key}")))
            }),
            "additionalProperties" => value.as_object().and_then(|entries| {
                let known = object.get("properties").and_then(Value::as_object);
                entries.iter().filter(|(key, _)| !known.is_some_and(|known| known.contains_key(*key))).find_map(
                    |(key, value)| match with {
                        Value::Bool(_) => Some(format!("{at} has {key}")),
                        schema => refusal(root, schema, value, &format!("{at}/{key}")),
                    },
                )
            }),
            "$schema" | "$defs" | "title" | "description" => None,
            other => panic!("{other} is not a word that this test knows"),
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}

/// The three patterns that schemas use.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match pattern {
        r"^\d{4}-\d{2}-\d{2}$" => {
            let parts: Vec<&str> = text.split('-').collect();
            parts.iter().map(|part| part.len()).eq([4, 2, 2]) && parts.iter().all(|part| digits(part))
        }
        r"^P(\d+[YMWD])+$" => {
            let rest = text.strip_prefix('P').unwrap_or_default();
            !rest.is_empty() && rest.split_inclusive(['Y', 'M', 'W', 'D']).all(|part| digits(&part[..part.len() - 1]))
        }
        _ => digits(&text.trim_start_matches('-').replace([' ', '\u{a0}', '\u{202f}'], "")),
    }
}

#[test]
fn those_kept_are_those_of_the_readers() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pacts/schemas");
    for (name, kind) in KINDS {
        let kept = fs::read_to_string(directory.join(format!("{name}.json"))).unwrap_or_default();
        assert!(
            kept == text(kind),
            "pacts/schemas/{name}.json is stale: cargo run -p pacte-programmes --example schemas -- pacts/schemas"
        );
    }
    let count = fs::read_dir(directory).unwrap().count();
    assert_eq!(count, KINDS.len(), "a schema of pacts/schemas is of no kind of file");
}

#[test]
fn every_shipped_file_is_of_its_schema() {
    let mut seen = Vec::new();
    for (path, kind, value) in definitions() {
        let root = schema(kind);
        assert_eq!(refusal(&root, &root, &value, ""), None, "{path}");
        seen.push(kind);
    }
    assert!(KINDS.iter().all(|(_, kind)| seen.contains(kind)));
}

#[test]
fn what_a_reader_would_refuse_a_schema_refuses() {
    for (kind, text) in [
        (Kind::Eligibility, "{ fait: a, est: 1, estt: 2 }"),
        (Kind::Eligibility, "{ tous: [{ lieu: a, dans_zone: b }] }"),
        (Kind::Eligibility, "{ tous: [{ depuis: a, moins_de: P1Y, sauf: [{ fait: b, jadis: 1 }] }] }"),
        (Kind::Amounts, "{ calculs: { a: { libelle: x, valeur: { divise: { de: 1, par: 2 } } } } }"),
        (Kind::Amounts, "{ calculs: { a: { libelle: x } } }"),
        (Kind::Parameters, "{ parametres: { a: { type: euro, libelle: x, valeurs: [{ valeur: 1, source: y }] } } }"),
        (
            Kind::Parameters,
            "{ parametres: { a: { type: entier, libelle: x, valeurs: [{ valeur: 1, du: hier, source: y }] } } }",
        ),
        (Kind::Lifecycle, "{ etats: [{ id: a, libelle: x, phase: ouvert }] }"),
        (Kind::Obligations, "{ obligations: [{ id: a, libelle: x, texte: y, periode: 3 mois, si_manque: alerte }] }"),
        (Kind::Pact, "{ id: a }"),
        (Kind::Tests, "{ cas: [{ nom: x, attendu: peut-être }] }"),
    ] {
        let source = Source::new("essai.yaml", text);
        let value = to_json(&source, &source.read().unwrap());
        let root = schema(kind);
        assert!(refusal(&root, &root, &value, "").is_some(), "{text}");
    }
}

/// Every (block, key) of a value that schemas know, with the path to one mapping that has it.
fn keys(
    root: &Value,
    schema: &Value,
    value: &Value,
    path: &[String],
    found: &mut BTreeMap<(String, String), Vec<String>>,
) {
    let below = |name: String| [path, &[name]].concat();
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let name = name.strip_prefix("#/$defs/").unwrap();
        let block = &root["$defs"][name];
        if let (Some(properties), Some(entries)) = (block.get("properties"), value.as_object()) {
            if refusal(root, block, value, "").is_some() {
                return;
            }
            for (key, value) in entries {
                found.entry((name.to_owned(), key.clone())).or_insert_with(|| path.to_vec());
                keys(root, &properties[key], value, &below(key.clone()), found);
            }
        } else {
            keys(root, block, value, path, found);
        }
    }
    for one in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        keys(root, one, value, path, found);
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        for (rank, one) in list.iter().enumerate() {
            keys(root, items, one, &below(rank.to_string()), found);
        }
    }
    if let (Some(each), Some(entries)) =
        (schema.get("additionalProperties").filter(|each| each.is_object()), value.as_object())
    {
        for (key, value) in entries {
            keys(root, each, value, &below(key.clone()), found);
        }
    }
}

#[test]
fn what_a_schema_needs_the_reader_needs_and_nothing_else() {
    let mut seen: BTreeMap<(String, String), (String, Vec<String>)> = BTreeMap::new();
    let all = definitions();
    for (path, kind, value) in &all {
        let (root, mut found) = (schema(*kind), BTreeMap::new());
        keys(&root, &root, value, &[], &mut found);
        for (name, place) in found {
            seen.entry(name).or_insert_with(|| (path.clone(), place));
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
    let mut wrong = Vec::new();
    for ((block, key), (path, place)) in seen {
        let (_, kind, value) = all.iter().find(|(known, ..)| *known == path).unwrap();
        let root = schema(*kind);
        let needed =
            root["$defs"][&block].get("required").is_some_and(|list| list.as_array().unwrap().contains(&json!(key)));
        let mut value = value.clone();
        let mapping = place.iter().fold(&mut value, |value, step| match value {
            Value::Array(list) => &mut list[step.parse::<usize>().unwrap()],
            other => &mut other[step.as_str()],
        });
        mapping.as_object_mut().unwrap().remove(&key);
        let mut files = Files::shipped();
        // JSON is YAML too.
        files.0.insert(path.clone(), value.to_string());
        let told = Catalogue::from_files(&files).err().map(|faults| faults.to_string()).unwrap_or_default();
        if needed && told.is_empty() {
            wrong.push(format!("{path}: {block}.{key} is needed by the schema and not by the reader"));
        }
        // The day of a case may be that of its base, and only choices have choices: the reader tells what lacks where.
        let elsewhere = [("base", "le"), ("fait_du_dictionnaire", "choix")].contains(&(block.as_str(), key.as_str()));
        if !needed && !elsewhere && told.contains(&format!("il manque « {key} »")) {
            wrong.push(format!("{path}: {block}.{key} is needed by the reader and not by the schema"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
