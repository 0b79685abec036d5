//! Templates of the programmes that ship: each document has one, and it makes a PDF of full data and of almost none.

#![expect(clippy::unwrap_used, reason = "a test that cannot read what ships has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use pacte_documents::{DocumentOptions, Source, render_with};
use serde_json::{Value, json};

fn pacts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pacts")
}

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(pacts().join("programmes")).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Documents of a programme, by a plain reading of the lines under `documents:`.
fn named(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join("lifecycle.yaml")).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with("documents:")).skip(1);
    let lines = lines.take_while(|line| line.starts_with(' '));
    lines
        .map(|line| {
            let rest = line.trim().strip_prefix("- { id: ").unwrap_or_else(|| panic!("{}: {line}", folder.display()));
            let (id, title) = rest.split_once(", titre: ").unwrap();
            (id.to_owned(), title.trim_end_matches([' ', '}']).trim_matches('"').to_owned())
        })
        .collect()
}

/// Templates of a programme, with their text.
fn written(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder.join("documents")) else { return BTreeMap::new() };
    let files = entries.map(|entry| entry.unwrap().path());
    files.map(|path| (name(&path).trim_end_matches(".typ").to_owned(), fs::read_to_string(path).unwrap())).collect()
}

/// What a template reads with a function: `fait(d, "exercice.statut")`.
fn read(template: &str, function: &str) -> BTreeSet<String> {
    let call = format!("{function}(d, \"");
    template.split(&call).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// Parameters of a programme, by a plain reading of the lines indented by two spaces.
fn parameters(folder: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join("parameters.yaml")).unwrap_or_default();
    let keys = text.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ") && line.contains(':'));
    keys.map(|line| line.trim().split(':').next().unwrap().to_owned()).collect()
}

fn programme(folder: &Path) -> Value {
    json!({ "id": name(folder), "titre": "Aide d’essai", "sigle": "AE", "hash": "b3f1c2d4e5a697887766554433221100",
        "base_legale": [{ "ref": "CSP L.1435-4-2", "titre": "Contrat" }, { "ref": "Arrêté du 14 août 2013", "titre": "Contrat type" }] })
}

/// All keys of docs/methods/documents.md, with texts that would be markup if they were read as such.
fn full(folder: &Path, template: &str) -> Value {
    let facts: BTreeMap<_, _> = read(template, "fait").into_iter().map(|fact| (fact, "*fait* #x [")).collect();
    let values: BTreeMap<_, _> =
        read(template, "parametre").into_iter().map(|parameter| (parameter, "38 000 €")).collect();
    let delays: BTreeMap<_, _> =
        read(template, "delai").into_iter().map(|transition| (transition, "deux mois")).collect();
    let who = json!({ "nom": "Caisse du Val & fils", "adresse": "1, rue #eval(1)\n18000 Bourges", "signataire": "A. _Martin_" });
    let roles =
        ["ars", "assurance_maladie", "universite", "ufr", "hopital", "chu", "association", "candidat", "gestionnaire"];
    let parties: BTreeMap<_, _> = roles.into_iter().map(|role| (role, who.clone())).collect();
    json!({
        "programme": programme(folder),
        "dossier": { "numero": "2026-00042", "date": "3 février 2026" },
        "personne": { "nom": "Jeanne Émile", "qualite": "docteure en médecine", "rpps": "10001234567", "adresse": "3, place du Marché\n15300 Murat", "courriel": "j@example.org" },
        "agence": who,
        "parties": parties,
        "lieux": [{ "nom": "Murat", "code": "15138" }, { "nom": "Yolet", "code": "15254" }],
        "date": "1er mars 2026",
        "faits": facts,
        "parametres": values,
        "delais": delays,
        "montants": [{ "libelle": "Complément", "valeur": "2 300 €", "periode": "par mois" }],
        "obligations": [{ "libelle": "Tarifs", "texte": "N’appliquer que les tarifs opposables.", "ref": "CSP L.1435-4-2" }],
        "motifs": [{ "texte": "la commune n’est pas en zone : $x$", "ref": "CSP R.1435-9-1" }, { "texte": "sans référence" }],
        "echeances": [{ "date": "1er avril 2026", "libelle": "Première moitié", "montant": "1 150 €" }],
        "delai": "un mois",
    })
}

#[test]
fn each_document_has_its_template_and_conversely() {
    let mut count = 0;
    for folder in folders() {
        let (named, written) = (named(&folder), written(&folder));
        let (named, written): (Vec<_>, Vec<_>) = (named.keys().collect(), written.keys().collect());
        assert_eq!(named, written, "{}", folder.display());
        count += written.len();
    }
    assert!(count > 100, "{count} documents");
}

#[test]
fn a_template_reads_parameters_and_facts_that_exist() {
    let facts = fs::read_to_string(pacts().join("facts.yaml")).unwrap();
    let facts: BTreeSet<_> =
        facts.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(':')).map(|(key, _)| key).collect();
    for folder in folders() {
        let (parameters, transitions) =
            (parameters(&folder), fs::read_to_string(folder.join("lifecycle.yaml")).unwrap());
        for (id, template) in written(&folder) {
            let whose = format!("{}/{id}", name(&folder));
            for parameter in read(&template, "parametre") {
                assert!(parameters.contains(&parameter), "{whose}: parameter {parameter}");
            }
            for fact in read(&template, "fait") {
                assert!(facts.contains(fact.as_str()), "{whose}: fact {fact}");
            }
            for transition in read(&template, "delai") {
                assert!(transitions.contains(&format!("id: {transition},")), "{whose}: transition {transition}");
            }
        }
    }
}

#[test]
fn a_template_writes_no_sum_and_no_breaking_space_before_a_sign() {
    for folder in folders() {
        for (id, template) in written(&folder) {
            for (at, line) in template.lines().enumerate() {
                let place = format!("{}/{id}, line {}: {line}", name(&folder), at + 1);
                assert!(!line.contains('€'), "a sum is a parameter: {place}");
                let breaking = [" ;", " ?", " »", "« ", " : ", " %"].into_iter().find(|sign| line.contains(sign));
                assert!(breaking.is_none() && !line.ends_with(" :"), "a space that may break: {place}");
            }
        }
    }
}

#[test]
fn each_template_makes_an_accessible_file_of_full_and_of_little_data() {
    let base = fs::read_to_string(pacts().join("documents/base.typ")).unwrap();
    let base = [Source { name: "base.typ", text: &base }];
    let strange = json!({ "programme": null, "personne": "x", "faits": [], "lieux": [null, {}], "motifs": [1], "date": "", "delai": 3 });
    let mut jobs = Vec::new();
    for folder in folders() {
        let titles = named(&folder);
        for (id, template) in written(&folder) {
            let title = titles.get(&id).cloned().unwrap_or_else(|| id.clone());
            let options = DocumentOptions { title, lang: "fr".to_owned(), date: (2026, 3, 1) };
            let datas =
                [full(&folder, &template), json!({ "programme": { "id": name(&folder) } }), json!({}), strange.clone()];
            jobs.push((format!("{}/{id}", name(&folder)), template, options, datas));
        }
    }
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some((whose, template, options, datas)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            for (at, data) in datas.iter().enumerate() {
                match render_with(template, &base, data, &[], options) {
                    Ok(pdf) => assert!(String::from_utf8_lossy(&pdf).contains("pdfuaid:part"), "{whose}"),
                    Err(problem) => wrong.lock().unwrap().push(format!("{whose}, data {at}: {problem}")),
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
