//! Every programme, every pact and the links between them: all of them are read, or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use pacte_rules::fault::At;
use pacte_rules::rule::Names;
use pacte_rules::yaml::Source;
use pacte_rules::{Context, Dictionary, Fault, Faults};

use crate::files::Files;
use crate::pacts::{self, Pact, Pledge};
use crate::programme::{self, Programme};
use crate::read::Desk;
use crate::vocabulary::{PHASES, Vocabulary};

/// The programmes, in the order of their names.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Facts that all programmes share.
    pub dictionary: Arc<Dictionary>,
    /// Layers, roles, programmes cited.
    pub vocabulary: Vocabulary,
    /// Hash of all definitions, shared ones and pacts included: 64 hexadecimal digits (BLAKE3).
    pub hash: String,
    programmes: Vec<Programme>,
    pacts: Vec<Pact>,
}

impl Catalogue {
    /// The definitions the binary carries.
    ///
    /// # Errors
    /// None in a binary whose tests pass; those of [`Catalogue::from_files`] else.
    pub fn load_shipped() -> Result<Self, Faults> {
        Self::from_files(&Files::shipped())
    }

    /// The definitions of a directory laid out as `pacts/`.
    ///
    /// # Errors
    /// As [`Catalogue::from_files`], and when a file cannot be read.
    pub fn load(directory: &Path) -> Result<Self, Faults> {
        Self::from_files(&Files::read(directory)?)
    }

    /// The definitions of these texts.
    ///
    /// # Errors
    /// Every fault of every file, each with its line and the nearest name that would have done; nothing is kept then.
    pub fn from_files(files: &Files) -> Result<Self, Faults> {
        let shared = |name: &str| {
            files.get(name).ok_or_else(|| Fault::new(name, At::default(), "fichier", "il manque ce fichier"))
        };
        let dictionary = Arc::new(Dictionary::from_yaml("facts.yaml", shared("facts.yaml")?)?);
        let vocabulary = Vocabulary::from_yaml("vocabulary.yaml", shared("vocabulary.yaml")?)?;
        let (mut folders, mut faults) = (BTreeMap::<String, BTreeMap<String, String>>::new(), Vec::new());
        for (path, text) in &files.0 {
            let Some(rest) = path.strip_prefix("programmes/") else { continue };
            match rest.split_once('/') {
                Some((id, file)) => {
                    folders.entry(id.to_owned()).or_default().insert(file.to_owned(), text.clone());
                }
                None => faults.push(Fault::new(
                    path,
                    At::default(),
                    "fichier",
                    "ce fichier n’est d’aucun programme ; rangez-le dans un dossier",
                )),
            }
        }
        let cited = vocabulary.cited.iter().map(|cited| cited.name.to_string());
        let layers = vocabulary
            .layers
            .iter()
            .map(|(name, layer)| (name.clone(), layer.classes.iter().map(|(class, _)| class.to_string()).collect()));
        let names = Arc::new(Names {
            layers: Some(layers.collect()),
            programmes: Some(folders.keys().cloned().chain(cited).collect()),
            states: Some(PHASES.iter().map(|(name, _)| (*name).to_owned()).collect()),
        });
        let mut programmes = Vec::new();
        for (id, texts) in folders {
            match programme::read(&id, texts, &dictionary, &names, &vocabulary) {
                Ok(programme) => programmes.push(programme),
                Err(more) => faults.extend(more.0),
            }
        }
        let pacts = read_pacts(files, &dictionary, &names, &vocabulary, &mut faults);
        if faults.is_empty() {
            faults = links(&programmes);
            faults.extend(pacts::links(&pacts));
        }
        let hash = files.hash();
        if faults.is_empty() {
            Ok(Self { dictionary, vocabulary, hash, programmes, pacts })
        } else {
            Err(Faults(faults))
        }
    }

    /// Every programme, in the order of their names.
    pub fn programmes(&self) -> &[Programme] {
        &self.programmes
    }

    /// A programme by its name.
    pub fn programme(&self, id: &str) -> Option<&Programme> {
        self.programmes.iter().find(|programme| **programme.id() == *id)
    }

    /// Every pact, the earliest first.
    pub fn pacts(&self) -> &[Pact] {
        &self.pacts
    }

    /// A pact by its name.
    pub fn pact(&self, id: &str) -> Option<&Pact> {
        self.pacts.iter().find(|pact| *pact.id == *id)
    }

    /// The engagements of pacts that a programme serves, those of the earliest pact first; the programme may be one that
    /// is only cited.
    pub fn pledges_served<'a>(&'a self, programme: &'a str) -> impl Iterator<Item = (&'a Pact, &'a Pledge)> {
        self.pacts.iter().flat_map(move |pact| {
            let served = |pledge: &&Pledge| pledge.programmes.iter().any(|name| **name == *programme);
            pact.pledges().filter(served).map(move |pledge| (pact, pledge))
        })
    }

    /// The programmes that replace one, and those that replace them, down to those nothing replaces.
    pub fn successors(&self, id: &str) -> Vec<&Programme> {
        let (mut last, mut seen, mut waiting) = (Vec::new(), BTreeSet::new(), vec![id.to_owned()]);
        while let Some(id) = waiting.pop() {
            let Some(programme) = self.programme(&id) else { continue };
            for (_, next) in programme.identity.replaced_by.iter().rev() {
                if seen.insert(Arc::clone(next)) {
                    waiting.push(next.to_string());
                    last.extend(self.programme(next).filter(|next| next.identity.replaced_by.is_empty()));
                }
            }
        }
        last
    }
}

/// Reads the files of `pactes/`; what is wrong is added to the faults.
fn read_pacts(
    files: &Files,
    dictionary: &Arc<Dictionary>,
    names: &Arc<Names>,
    vocabulary: &Vocabulary,
    faults: &mut Vec<Fault>,
) -> Vec<Pact> {
    let context = Context { dictionary: Arc::clone(dictionary), parameters: Arc::default(), names: Arc::clone(names) };
    let mut found: Vec<(&str, &str, &str)> = Vec::new();
    for (path, text) in &files.0 {
        let Some(file) = path.strip_prefix("pactes/") else { continue };
        match pacts::name(file) {
            Ok(name) => found.push((path, name, text)),
            Err(problem) => faults.push(Fault::new(path, At::default(), "fichier", problem)),
        }
    }
    let others: Vec<Arc<str>> = found.iter().map(|(_, name, _)| (*name).into()).collect();
    let mut all = Vec::new();
    for (path, name, text) in found {
        let source = Source::new(path, text);
        let pact = source.read().and_then(|root| {
            let mut desk = Desk::new(&source, &context, vocabulary);
            let pact = pacts::read(&mut desk, &root, name, &others);
            desk.finish(pact)
        });
        match pact {
            Ok(pact) => all.extend(pact),
            Err(more) => faults.extend(more.0),
        }
    }
    all.sort_by_key(|pact| pact.from);
    all
}

/// What is wrong between programmes: a link told on one side only, a cycle, a successor that opens too late to know.
fn links(programmes: &[Programme]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let find = |id: &str| programmes.iter().find(|programme| **programme.id() == *id);
    for programme in programmes {
        let (id, file) = (programme.id(), programme.path("programme.yaml"));
        let identity = &programme.identity;
        for (field, links) in [("remplace", &identity.replaces), ("remplace_par", &identity.replaced_by)] {
            for (at, other) in links {
                // A programme that is only cited has no folder to tell the link back.
                let Some(found) = find(other) else { continue };
                let (back, word) = if field == "remplace" {
                    (&found.identity.replaced_by, "remplace_par")
                } else {
                    (&found.identity.replaces, "remplace")
                };
                if !back.iter().any(|(_, name)| name == id) {
                    let problem = format!(
                        "« {other} » ne le dit pas de son côté ; ajoutez « {word}: [{id}] » à son programme.yaml"
                    );
                    faults.push(Fault::new(&file, *at, field, problem));
                }
            }
        }
        if let Some((at, _)) = identity.replaced_by.first() {
            let mut seen = BTreeSet::new();
            let mut waiting: Vec<Arc<str>> = identity.replaced_by.iter().map(|(_, name)| Arc::clone(name)).collect();
            while let Some(next) = waiting.pop() {
                if next == *id {
                    let problem = format!("« {id} » finit par se remplacer lui-même ; ôtez l’un de ces liens");
                    faults.push(Fault::new(&file, *at, "remplace_par", problem));
                    break;
                }
                if seen.insert(Arc::clone(&next)) {
                    waiting.extend(
                        find(&next)
                            .iter()
                            .flat_map(|found| found.identity.replaced_by.iter().map(|(_, name)| Arc::clone(name))),
                    );
                }
            }
            if identity.to.is_none() {
                let problem = "un programme remplacé a un dernier jour ; ajoutez « au » à « valable »";
                faults.push(Fault::new(&file, *at, "remplace_par", problem));
            }
        }
    }
    faults
}
