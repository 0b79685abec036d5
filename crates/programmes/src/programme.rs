//! One programme: the whole of its folder, read at once or refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use pacte_rules::amount::Computations;
use pacte_rules::fault::{At, unknown};
use pacte_rules::rule::Names;
use pacte_rules::yaml::Source;
use pacte_rules::{Context, Dictionary, Fault, Faults, Parameters, Rule};

use crate::cases::{self, Case, Places};
use crate::form::{self, Form};
use crate::identity::{self, Identity};
use crate::incompatibilities::{self, Incompatibilities};
use crate::indicators::{self, Indicator};
use crate::lifecycle::{self, Lifecycle};
use crate::obligations::{self, Obligation};
use crate::payments::{self, Payments};
use crate::read::Desk;
use crate::vocabulary::Vocabulary;

/// Files of a folder, `documents/*.typ` and `tests/*.yaml` aside.
pub const FILES: [&str; 10] = [
    "programme.yaml",
    "parameters.yaml",
    "eligibility.yaml",
    "amounts.yaml",
    "form.yaml",
    "lifecycle.yaml",
    "obligations.yaml",
    "payments.yaml",
    "indicators.yaml",
    "incompatibilities.yaml",
];
/// Those a programme cannot do without.
const NEEDED: [&str; 3] = ["programme.yaml", "eligibility.yaml", "lifecycle.yaml"];

/// A programme, as its folder defines it.
#[derive(Clone, Debug)]
pub struct Programme {
    /// Who it is.
    pub identity: Identity,
    /// Hash of the files of the folder, names and texts: 64 hexadecimal digits (BLAKE3).
    pub hash: String,
    /// Dictionary, parameters and names it was read against.
    pub context: Context,
    /// Who may have it.
    pub eligibility: Rule,
    /// Named computations.
    pub amounts: Computations,
    /// Questions of a request.
    pub form: Form,
    /// States and transitions.
    pub lifecycle: Lifecycle,
    /// What one owes.
    pub obligations: Vec<Obligation>,
    /// What one is paid.
    pub payments: Payments,
    /// What is counted.
    pub indicators: Vec<Indicator>,
    /// What one cannot have beside.
    pub incompatibilities: Incompatibilities,
    /// Typst templates by the name of their document.
    pub templates: BTreeMap<String, String>,
    /// Cases.
    pub cases: Vec<Case>,
    /// Places of the cases.
    pub places: Places,
    /// Texts of the folder by the name of the file in it.
    pub(crate) texts: BTreeMap<String, String>,
}

impl Programme {
    /// Stable name, that of the folder.
    pub fn id(&self) -> &Arc<str> {
        &self.identity.id
    }

    /// Dated parameters.
    pub fn parameters(&self) -> &Parameters {
        &self.context.parameters
    }

    /// The text of one of its files, by its name in the folder.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(String::as_str)
    }

    /// The path of one of its files under `pacts/`.
    pub fn path(&self, file: &str) -> String {
        path(&self.identity.id, file)
    }
}

fn path(id: &str, file: &str) -> String {
    format!("programmes/{id}/{file}")
}

/// Reads a folder: texts by the name of the file in it.
pub(crate) fn read(
    id: &str,
    texts: BTreeMap<String, String>,
    dictionary: &Arc<Dictionary>,
    names: &Arc<Names>,
    vocabulary: &Vocabulary,
) -> Result<Programme, Faults> {
    let mut faults = misplaced(id, &texts);
    let source = |file: &str, empty: &str| -> Source {
        Source::new(path(id, file), texts.get(file).map_or(empty, String::as_str))
    };
    let parameters = Parameters::from_yaml(
        &path(id, "parameters.yaml"),
        texts.get("parameters.yaml").map_or("parametres: {}", String::as_str),
    );
    // Parameters that do not read would make every file that cites them wrong: theirs are the faults to tell.
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(more) => {
            faults.extend(more.0);
            return Err(Faults(faults));
        }
    };
    let context =
        Context { dictionary: Arc::clone(dictionary), parameters: Arc::new(parameters), names: Arc::clone(names) };
    let amounts = Computations::from_yaml(
        &path(id, "amounts.yaml"),
        texts.get("amounts.yaml").map_or("calculs: {}", String::as_str),
        &context,
    );
    let amounts = match amounts {
        Ok(amounts) => amounts,
        Err(more) => {
            faults.extend(more.0);
            return Err(Faults(faults));
        }
    };
    let mut folder = Folder { context: &context, vocabulary, faults };
    let identity = folder.file(&source("programme.yaml", "{}"), |desk, root| identity::read(desk, root, id));
    let eligibility = folder.file(&source("eligibility.yaml", "{}"), |desk, root| {
        match Rule::read(desk.reader.source, root, &context) {
            Ok(rule) => Some(rule),
            Err(more) => {
                desk.reader.faults.extend(more.0);
                None
            }
        }
    });
    let form = folder.file(&source("form.yaml", "pages: []"), form::read);
    let lifecycle = folder.file(&source("lifecycle.yaml", "{}"), lifecycle::read);
    let obligations = folder
        .file(&source("obligations.yaml", "obligations: []"), |desk, root| obligations::read(desk, root, &amounts));
    let payments = folder.file(&source("payments.yaml", "paiements: []"), |desk, root| {
        payments::read(desk, root, &amounts, obligations.as_deref().unwrap_or_default())
    });
    let indicators = lifecycle.as_ref().zip(payments.as_ref()).and_then(|(lifecycle, payments)| {
        folder.file(&source("indicators.yaml", "indicateurs: []"), |desk, root| {
            indicators::read(desk, root, lifecycle, payments)
        })
    });
    let incompatibilities =
        folder.file(&source("incompatibilities.yaml", "incompatibles: []"), incompatibilities::read);
    let (mut cases, mut places) = (Vec::new(), Places::default());
    for file in texts.keys().filter(|file| within(file, "tests/", ".yaml").is_some()) {
        folder.file(&source(file, "{}"), |desk, root| cases::read(desk, root, &amounts, &mut places, &mut cases));
    }
    let templates = texts
        .iter()
        .filter_map(|(file, text)| Some((within(file, "documents/", ".typ")?.to_owned(), text.clone())))
        .collect();
    let hash = crate::files::hash(&texts);
    let faults = folder.faults;
    let whole = (|| {
        Some(Programme {
            identity: identity?,
            hash,
            eligibility: eligibility?,
            amounts,
            form: form?,
            lifecycle: lifecycle?,
            obligations: obligations?,
            payments: payments?,
            indicators: indicators?,
            incompatibilities: incompatibilities?,
            templates,
            cases,
            places,
            context,
            texts,
        })
    })();
    match whole {
        Some(programme) if faults.is_empty() => Ok(programme),
        _ => Err(Faults(faults)),
    }
}

/// A folder being read.
struct Folder<'a> {
    context: &'a Context,
    vocabulary: &'a Vocabulary,
    faults: Vec<Fault>,
}

impl Folder<'_> {
    fn file<T>(
        &mut self,
        source: &Source,
        read: impl FnOnce(&mut Desk<'_>, &pacte_rules::yaml::Node) -> Option<T>,
    ) -> Option<T> {
        let found = source.read().and_then(|root| {
            let mut desk = Desk::new(source, self.context, self.vocabulary);
            let found = read(&mut desk, &root);
            desk.finish(found)
        });
        match found {
            Ok(found) => found,
            Err(more) => {
                self.faults.extend(more.0);
                None
            }
        }
    }
}

/// The name of a file of a folder, without its ending.
fn within<'a>(file: &'a str, folder: &str, ending: &str) -> Option<&'a str> {
    file.strip_prefix(folder)?.strip_suffix(ending)
}

/// Files that are missing, and files that are not of a programme.
fn misplaced(id: &str, texts: &BTreeMap<String, String>) -> Vec<Fault> {
    let missing = NEEDED
        .iter()
        .filter(|file| !texts.contains_key(**file))
        .map(|file| Fault::new(&path(id, file), At::default(), "fichier", "il manque ce fichier"));
    let strange = texts.keys().filter(|file| {
        let kept = within(file, "tests/", ".yaml").or(within(file, "documents/", ".typ")).is_some();
        !kept && !FILES.contains(&file.as_str())
    });
    let strange = strange.map(|file| {
        let problem = unknown("n’est pas un fichier de programme", file, FILES);
        Fault::new(&path(id, file), At::default(), "fichier", problem)
    });
    missing.chain(strange).collect()
}
