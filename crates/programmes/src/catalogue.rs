//! Every programme and the links between them: all of them are read, or none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use pacte_rules::fault::At;
use pacte_rules::rule::Names;
use pacte_rules::{Dictionary, Fault, Faults};

use crate::files::Files;
use crate::programme::{self, Programme};
use crate::vocabulary::{PHASES, Vocabulary};

/// The programmes, in the order of their names.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Facts that all programmes share.
    pub dictionary: Arc<Dictionary>,
    /// Layers, roles, programmes cited.
    pub vocabulary: Vocabulary,
    programmes: Vec<Programme>,
}

impl Catalogue {
    /// The definitions the binary carries.
    ///
    /// # Errors
    /// None in a binary whose tests pass; those of [`Catalogue::from_files`] else.
    pub fn shipped() -> Result<Self, Faults> {
        Self::from_files(&Files::shipped())
    }

    /// The definitions of a directory laid out as `pacts/`.
    ///
    /// # Errors
    /// As [`Catalogue::from_files`], and when a file cannot be read.
    pub fn from_dir(directory: &Path) -> Result<Self, Faults> {
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
        let cited = vocabulary.cited.iter().map(|(name, _)| name.to_string());
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
        if faults.is_empty() {
            faults = links(&programmes);
        }
        if faults.is_empty() { Ok(Self { dictionary, vocabulary, programmes }) } else { Err(Faults(faults)) }
    }

    /// Every programme, in the order of their names.
    pub fn programmes(&self) -> &[Programme] {
        &self.programmes
    }

    /// A programme by its name.
    pub fn programme(&self, id: &str) -> Option<&Programme> {
        self.programmes.iter().find(|programme| **programme.id() == *id)
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
