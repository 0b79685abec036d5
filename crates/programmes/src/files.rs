//! The texts of definitions: those the binary carries, or those of a directory.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use pacte_rules::fault::At;
use pacte_rules::{Fault, Faults};

/// Path under `pacts/` and text of every definition the binary carries.
const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));
/// A definition larger than this is not one.
const LARGEST: u64 = 1 << 20;

/// Texts by path: `facts.yaml`, `vocabulary.yaml`, `programmes/ptmg/programme.yaml`, `pactes/pts1.yaml`…
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(pub BTreeMap<String, String>);

impl Files {
    /// The definitions the binary carries.
    pub fn shipped() -> Self {
        Self(SHIPPED.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// The definitions of a directory laid out as `pacts/`; what lies beside `facts.yaml`, `vocabulary.yaml`,
    /// `programmes/` and `pactes/` is not read, nor are hidden files.
    ///
    /// # Errors
    /// When a file cannot be read, is not UTF-8 text or exceeds 1 MiB.
    pub fn read(directory: &Path) -> Result<Self, Faults> {
        let (mut files, mut faults) = (Self::default(), Vec::new());
        for name in ["facts.yaml", "vocabulary.yaml"] {
            files.add(&directory.join(name), name, &mut faults);
        }
        files.walk(&directory.join("programmes"), "programmes", 0, &mut faults);
        // A directory without pacts is one of programmes alone.
        if directory.join("pactes").exists() {
            files.walk(&directory.join("pactes"), "pactes", 2, &mut faults);
        }
        if faults.is_empty() { Ok(files) } else { Err(Faults(faults)) }
    }

    /// A text by its path.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Hash of all paths and texts: 64 hexadecimal digits (BLAKE3).
    pub fn hash(&self) -> String {
        hash(&self.0)
    }

    fn walk(&mut self, folder: &Path, name: &str, depth: u32, faults: &mut Vec<Fault>) {
        let entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => return faults.push(unreadable(name, &error.to_string())),
        };
        for entry in entries {
            let own = entry.file_name().to_string_lossy().into_owned();
            if own.starts_with('.') {
                continue;
            }
            let (path, name) = (entry.path(), format!("{name}/{own}"));
            match path.is_dir() {
                true if depth >= 2 => faults.push(unreadable(&name, "un dossier n’est pas attendu ici")),
                true => self.walk(&path, &name, depth + 1, faults),
                false => self.add(&path, &name, faults),
            }
        }
    }

    fn add(&mut self, path: &Path, name: &str, faults: &mut Vec<Fault>) {
        let text = fs::metadata(path).and_then(|about| {
            if about.len() > LARGEST {
                return Err(io::Error::other("le fichier dépasse 1 Mio"));
            }
            fs::read_to_string(path)
        });
        match text {
            Ok(text) => drop(self.0.insert(name.to_owned(), text)),
            Err(error) => faults.push(unreadable(name, &error.to_string())),
        }
    }
}

/// Hash of texts and their names, lengths told apart.
pub(crate) fn hash(texts: &BTreeMap<String, String>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, text) in texts {
        for part in [name, text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher.finalize().to_hex().to_string()
}

fn unreadable(file: &str, why: &str) -> Fault {
    Fault::new(file, At::default(), "fichier", format!("illisible : {why}"))
}
