//! What `pacte check` says of definitions: errors, warnings, and what the tests are worth.

use std::path::Path;

use pacte_rules::amount::AmountError;
use pacte_rules::fault::At;
use pacte_rules::mutation::Case as Mutation;
use pacte_rules::{Dictionary, Fault, Gap, Status, Truth, Value};
use serde::Serialize;

use crate::cases::{Case, Expected};
use crate::catalogue::Catalogue;
use crate::evaluate::Standing;
use crate::files::Files;
use crate::identity::Sourcing;
use crate::programme::Programme;

/// What one programme is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub id: String,
    /// Its acronym.
    pub short: String,
    /// Hash of its content.
    pub hash: String,
    /// How far it was checked against its texts.
    pub sourcing: Sourcing,
    /// Parameters of which some value is still to be checked.
    pub unverified: Vec<String>,
    /// Cases.
    pub cases: usize,
    /// Leaves of its eligibility.
    pub leaves: usize,
    /// Whole percent of leaves that some case notices when they are turned round, rounded down.
    pub mutation_score: u32,
}

/// Errors, warnings, and what the tests are worth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Each programme; empty when the definitions do not read.
    pub programmes: Vec<Summary>,
    /// What is wrong: definitions with errors are not to be served.
    pub errors: Vec<Fault>,
    /// What is weak.
    pub warnings: Vec<Fault>,
    /// Leaves of all rules of eligibility.
    pub leaves: usize,
    /// Whole percent of them that some case notices, rounded down; 0 when the definitions do not read.
    pub mutation_score: u32,
}

impl Report {
    /// The report of a directory laid out as `pacts/`, whether it reads or not.
    pub fn of_dir(directory: &Path) -> Self {
        Self::of_result(Files::read(directory).and_then(|files| Catalogue::from_files(&files)))
    }

    /// The report of texts, whether they read or not.
    pub fn of_files(files: &Files) -> Self {
        Self::of_result(Catalogue::from_files(files))
    }

    fn of_result(catalogue: Result<Catalogue, pacte_rules::Faults>) -> Self {
        match catalogue {
            Ok(catalogue) => catalogue.check(),
            Err(faults) => Self { errors: faults.0, ..Self::default() },
        }
    }

    /// Whether nothing is wrong.
    pub const fn is_sound(&self) -> bool {
        self.errors.is_empty()
    }
}

impl Catalogue {
    /// Runs every case, turns every leaf round, and looks for what is weak.
    pub fn check(&self) -> Report {
        let mut report = Report::default();
        let mut noticed = 0;
        for programme in self.programmes() {
            noticed += cover(programme, &mut report);
            for case in &programme.cases {
                for problem in programme.failures(case) {
                    report.errors.push(Fault::new(&case.file, case.at, format!("cas « {} »", case.name), problem));
                }
            }
            weaknesses(programme, &mut report.warnings);
            for beside in &programme.incompatibilities.barred {
                for other in &beside.programmes {
                    let silent = self.programme(other).filter(|other| !other.incompatibilities.bars(programme.id()));
                    if silent.is_some() && other != programme.id() {
                        let problem = format!("« {other} » ne dit pas cette incompatibilité de son côté");
                        let file = programme.path("incompatibilities.yaml");
                        report.warnings.push(Fault::new(&file, beside.at, "incompatibles", problem));
                    }
                }
            }
        }
        self.weak_names(&mut report.warnings);
        report.mutation_score = (noticed * 100).checked_div(report.leaves).unwrap_or(100) as u32;
        report
    }
}

impl Catalogue {
    /// Names that are cited though defined, engagements that nothing serves, sources that nothing cites.
    fn weak_names(&self, warnings: &mut Vec<Fault>) {
        for cited in &self.vocabulary.cited {
            if self.programme(&cited.name).is_some() {
                let problem = format!("« {} » a son dossier ; ôtez-le de « cites »", cited.name);
                warnings.push(Fault::new("vocabulary.yaml", cited.at, "cites", problem));
            }
        }
        for pact in self.pacts() {
            for pledge in pact.pledges().filter(|pledge| pledge.programmes.is_empty()) {
                let problem = "aucun programme ne sert cet engagement ; ajoutez « programmes » quand il y en a un";
                let field = format!("engagement {}", pledge.number);
                warnings.push(Fault::new(&pact.path(), pledge.at, field, problem));
            }
            for origin in pact.idle_sources() {
                let problem = format!("rien ne cite la source « {} » ; ôtez-la ou citez-la", origin.id);
                warnings.push(Fault::new(&pact.path(), origin.at, "sources", problem));
            }
        }
    }
}

/// Leaves of the eligibility, those that no case notices; returns how many some case does.
fn cover(programme: &Programme, report: &mut Report) -> usize {
    let cases: Vec<Mutation> = programme
        .cases
        .iter()
        .filter(|case| programme.standing(case.day) == Standing::Open)
        .filter_map(|case| {
            let expected = case.verdict?;
            Some(Mutation { name: case.name.clone(), facts: case.facts.clone(), day: case.day, expected })
        })
        .collect();
    let cover = programme.eligibility.cover(&cases, &programme.places);
    for leaf in cover.unnoticed() {
        let name = leaf.id.as_deref().unwrap_or("règle");
        let problem = format!("aucun cas ne change quand cette condition est inversée ({})", leaf.description);
        report.warnings.push(Fault::new(&programme.path("eligibility.yaml"), leaf.at, name, problem));
    }
    let values =
        |parameter: &&pacte_rules::Parameter| parameter.values.iter().any(|dated| dated.status == Status::Unverified);
    report.leaves += cover.leaves.len();
    report.programmes.push(Summary {
        id: programme.id().to_string(),
        short: programme.identity.short.clone(),
        hash: programme.hash.clone(),
        sourcing: programme.identity.sourcing,
        unverified: programme.parameters().all().iter().filter(values).map(|known| known.name.to_string()).collect(),
        cases: programme.cases.len(),
        leaves: cover.leaves.len(),
        mutation_score: cover.score(),
    });
    cover.noticed()
}

/// What is not wrong but should not stay.
fn weaknesses(programme: &Programme, warnings: &mut Vec<Fault>) {
    let mut warn = |file: &str, field: &str, problem: String| {
        let at = programme.texts.get(file).map_or_else(At::default, |text| declared(text, field));
        warnings.push(Fault::new(&programme.path(file), at, field, problem));
    };
    for computation in programme.amounts.all() {
        let tested = programme.cases.iter().any(|case| case.amounts.iter().any(|(name, _)| *name == computation.name));
        if !tested {
            warn("amounts.yaml", &computation.name, "aucun cas ne vérifie ce calcul".to_owned());
        }
    }
    for parameter in programme.parameters().all() {
        let (dollar, brace) = (format!("${}", parameter.name), format!("{{{}}}", parameter.name));
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let cited = programme.texts.values().any(|text| {
            text.contains(&brace)
                || text.match_indices(&dollar).any(|(at, _)| !text[at + dollar.len()..].starts_with(word))
        });
        if !cited {
            warn("parameters.yaml", &parameter.name, "rien ne cite ce paramètre".to_owned());
        }
    }
    if !programme.form.pages.is_empty() {
        for fact in programme.eligibility.facts() {
            if !programme.form.fields().any(|field| field.fact == fact) {
                let name = &programme.context.dictionary.fact(fact).name;
                warn("form.yaml", name, "l’éligibilité en dépend et le formulaire ne le demande pas".to_owned());
            }
        }
    }
    let lifecycle = &programme.lifecycle;
    let unwritten: Vec<&str> = lifecycle
        .documents
        .iter()
        .map(|document| &*document.id)
        .filter(|id| !programme.templates.contains_key(*id))
        .collect();
    if !unwritten.is_empty() {
        warn("documents/", "documents", format!("modèles encore à écrire : {}", unwritten.join(", ")));
    }
    for document in &lifecycle.documents {
        if !lifecycle.transitions.iter().any(|transition| transition.document.as_ref() == Some(&document.id)) {
            warn("lifecycle.yaml", &document.id, "aucune transition ne produit ce document".to_owned());
        }
    }
}

/// Where a name is declared in a text: the line that it begins as a key, else the first line.
fn declared(text: &str, name: &str) -> At {
    let line =
        text.lines().position(|line| line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
    let indent = |line: usize| text.lines().nth(line).map_or(0, |line| line.len() - line.trim_start().len());
    line.map_or(At { line: 1, column: 1 }, |line| At { line: line as u32 + 1, column: indent(line) as u32 + 1 })
}

impl Programme {
    /// What a case does not give as expected, in French; nothing when it passes.
    pub fn failures(&self, case: &Case) -> Vec<String> {
        let mut failures = Vec::new();
        let verdict = self.eligibility.evaluate(&case.facts, &self.places, case.day);
        let truth = self.truth(&case.facts, &self.places, case.day);
        if let Some(expected) = case.verdict.filter(|expected| *expected != truth) {
            let against: Vec<&str> = self
                .eligibility
                .deciding(&verdict.proof)
                .into_iter()
                .map(|proof| proof.id.as_deref().unwrap_or(&proof.text))
                .collect();
            let closed =
                if self.standing(case.day) == Standing::Open { "" } else { ", le programme n’étant pas ouvert" };
            failures.push(format!(
                "attendu {}, obtenu {}{closed} (conditions en cause : {})",
                french(expected),
                french(truth),
                against.join(", ")
            ));
        }
        if let Some(expected) = &case.missing {
            let mut missing: Vec<_> = verdict
                .missing
                .iter()
                .filter_map(|gap| match gap {
                    Gap::Fact(fact) => Some(*fact),
                    _ => None,
                })
                .collect();
            missing.sort_unstable();
            if missing != *expected {
                let names = |facts: &[pacte_rules::FactId]| names(&self.context.dictionary, facts);
                failures.push(format!("il devait manquer {}, il manque {}", names(expected), names(&missing)));
            }
        }
        for (name, expected) in &case.amounts {
            let found = self.amounts.evaluate(name, &case.facts, &self.places, case.day);
            let found = match found {
                Ok(outcome) => outcome.value.map_or(Expected::Unknown, Expected::Value),
                Err(AmountError::Absent(_)) => Expected::Pointless,
                Err(error) => {
                    failures.push(format!("{name} : {error}"));
                    continue;
                }
            };
            if !same(&found, expected, case) {
                failures.push(format!("{name} : attendu {}, obtenu {}", tell(expected), tell(&found)));
            }
        }
        failures
    }
}

/// Whether two results are the same, 2 and 2.0 being so.
fn same(found: &Expected, expected: &Expected, case: &Case) -> bool {
    match (found, expected) {
        (Expected::Value(found), Expected::Value(expected)) => {
            found.order(expected, case.day).is_some_and(std::cmp::Ordering::is_eq)
        }
        (found, expected) => found == expected,
    }
}

fn tell(expected: &Expected) -> String {
    match expected {
        Expected::Value(Value::Money(amount)) => amount.to_string(),
        Expected::Value(value) => value.to_string(),
        Expected::Unknown => "inconnu".to_owned(),
        Expected::Pointless => "sans objet".to_owned(),
    }
}

const fn french(truth: Truth) -> &'static str {
    match truth {
        Truth::Yes => "oui",
        Truth::No => "non",
        Truth::Unknown => "inconnu",
    }
}

fn names(dictionary: &Dictionary, facts: &[pacte_rules::FactId]) -> String {
    let names: Vec<&str> = facts.iter().map(|fact| &*dictionary.fact(*fact).name).collect();
    if names.is_empty() { "aucun fait".to_owned() } else { names.join(", ") }
}
