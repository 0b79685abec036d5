//! `pacte check` and `pacte programme`: definitions checked, tested, explained, compared, swept over every commune.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::civil::Date;
use pacte_access::layers::Layers;
use pacte_documents::{DocumentError, Source, verify};
use pacte_portal::aids::{Aids, read_layers, today};
use pacte_portal::workbench::Workbench;
use pacte_programmes::sweep::Side;
use pacte_programmes::vocabulary::PHASES;
use pacte_programmes::{Catalogue, Finding, Programme, Report, Standing};
use pacte_rules::counterfactual::{Change, Reach};
use pacte_rules::evaluate::{Gap, Proof};
use pacte_rules::fault::unknown;
use pacte_rules::{Answer, Engagement, Facts, Fault, History, Nowhere, Truth, Value, World};
use pacte_sources::table::{Cell, Table, TableColumn};
use pacte_territory::Level;
use serde_json::json;

use crate::cli::{Check, Explain, Person, Programme as Options, ProgrammeCommand, Sweep, TextFormat};
use crate::data_dir::DataDir;
use crate::print::print;

/// The fact that says where the person practises or wants to.
const PLACE: &str = "projet.lieux";

/// Writes a line, which a reader that left does not turn into a crash.
macro_rules! say {
    ($($text:tt)*) => { writeln!(std::io::stdout(), $($text)*)? };
}

/// `pacte check`.
pub(crate) fn check(options: &Check) -> Result<()> {
    let mut report = match &options.folder {
        Some(folder) if !folder.is_dir() => bail!("{} n’est pas un dossier", folder.display()),
        Some(folder) => Report::of_dir(folder),
        None => Catalogue::load_shipped().map_err(|faults| anyhow!("{faults}"))?.check(),
    };
    if report.errors.is_empty() {
        let catalogue = catalogue(options.folder.as_deref())?;
        report.errors.extend(documents(&catalogue, options.folder.as_deref())?);
    }
    if let (Some(folder), true) = (&options.folder, report.errors.is_empty()) {
        let catalogue = catalogue(Some(folder))?;
        if let Err(why) = read_layers(folder, &catalogue.vocabulary) {
            report.errors.push(Fault::new("layers", pacte_rules::fault::At::default(), "couches", why));
        }
    }
    match options.format {
        TextFormat::Json => say!("{}", serde_json::to_string_pretty(&report)?),
        TextFormat::Csv => bail!("le rapport s’écrit en table ou en JSON"),
        TextFormat::Table => {
            for fault in &report.errors {
                say!("erreur : {fault}");
            }
            for fault in &report.warnings {
                say!("avertissement : {fault}");
            }
            for programme in &report.programmes {
                say!(
                    "{:22} {:3} feuilles, {:3} cas, {:3} % des mutations vues, {} paramètres à vérifier",
                    programme.id,
                    programme.leaves,
                    programme.cases,
                    programme.mutation_score,
                    programme.unverified.len()
                );
            }
            say!(
                "{} programmes, {} feuilles, {} % des mutations vues ; {} erreurs, {} avertissements",
                report.programmes.len(),
                report.leaves,
                report.mutation_score,
                report.errors.len(),
                report.warnings.len()
            );
        }
    }
    if report.errors.is_empty() { Ok(()) } else { bail!("{} erreurs dans les définitions", report.errors.len()) }
}

/// What all templates share, when the folder has none of its own.
const BASE: &str = include_str!("../../../../pacts/documents/base.typ");

/// Templates of documents that do not compile.
fn documents(catalogue: &Catalogue, folder: Option<&Path>) -> Result<Vec<Fault>> {
    let own = folder.map(|folder| folder.join("documents/base.typ")).filter(|path| path.is_file());
    let base = match &own {
        Some(path) => fs::read_to_string(path).with_context(|| path.display().to_string())?,
        None => BASE.to_owned(),
    };
    let sources = [Source { name: "base.typ", text: &base }];
    let named: Vec<(String, &str)> = catalogue
        .programmes()
        .iter()
        .flat_map(|programme| {
            let path = |name: &str| programme.path(&format!("documents/{name}.typ"));
            programme.templates.iter().map(move |(name, text)| (path(name), text.as_str()))
        })
        .collect();
    let texts: Vec<&str> = named.iter().map(|(_, text)| *text).collect();
    let wrong = verify(&texts, &sources).into_iter().zip(&named).filter_map(|(error, (path, _))| Some((error?, path)));
    let faults = wrong.map(|(error, path)| {
        let line = match &error {
            DocumentError::Template { line, .. } | DocumentError::Source { called: Some(line), .. } => *line as u64,
            _ => 0,
        };
        Fault { file: path.clone(), line, column: 1, field: "documents".to_owned(), problem: error.to_string() }
    });
    Ok(faults.collect())
}

/// `pacte programme`.
pub(crate) fn run(data: &DataDir, options: &Options) -> Result<()> {
    let folder = options.pacts.as_deref();
    match &options.command {
        ProgrammeCommand::List { format } => list(&catalogue(folder)?, *format),
        ProgrammeCommand::Test { id } => test(&catalogue(folder)?, id.as_deref()),
        ProgrammeCommand::Explain(asked) => explain(data, folder, asked),
        ProgrammeCommand::Diff { old, new, format } => diff(old, new, *format),
        ProgrammeCommand::Sweep(asked) => sweep(data, folder, asked),
    }
}

fn catalogue(folder: Option<&Path>) -> Result<Catalogue> {
    match folder {
        Some(folder) => Catalogue::load(folder),
        None => Catalogue::load_shipped(),
    }
    .map_err(|faults| anyhow!("{faults}"))
}

fn programme<'a>(catalogue: &'a Catalogue, id: &str) -> Result<&'a Programme> {
    catalogue.programme(id).ok_or_else(|| {
        let known: Vec<&str> = catalogue.programmes().iter().map(|known| &**known.id()).collect();
        anyhow!("« {id} » n’est pas un programme ; programmes : {}", known.join(", "))
    })
}

fn list(catalogue: &Catalogue, format: TextFormat) -> Result<()> {
    let columns = [
        ("programme", "Programme"),
        ("titre", "Titre"),
        ("du", "Ouvert le"),
        ("au", "Fermé après le"),
        ("professions", "Professions"),
        ("engagements", "Engagements servis"),
        ("empreinte", "Empreinte"),
    ];
    let mut table =
        Table::new("programmes", "Programmes", columns.map(|(id, label)| TableColumn::text(id, label)).to_vec());
    table.rows = catalogue
        .programmes()
        .iter()
        .map(|programme| {
            let identity = &programme.identity;
            let serves =
                catalogue.pledges_served(programme.id()).map(|(pact, pledge)| format!("{} {}", pact.id, pledge.number));
            vec![
                Cell::text(&**programme.id()),
                Cell::text(&identity.title),
                Cell::text(identity.from.to_string()),
                identity.to.map_or(Cell::Missing, |to| Cell::text(to.to_string())),
                Cell::text(identity.professions.join(" ")),
                Cell::text(serves.collect::<Vec<_>>().join(", ")),
                Cell::text(&programme.hash[..12]),
            ]
        })
        .collect();
    print(&table, format)
}

fn test(catalogue: &Catalogue, id: Option<&str>) -> Result<()> {
    let chosen: Vec<&Programme> = match id {
        Some(id) => vec![programme(catalogue, id)?],
        None => catalogue.programmes().iter().collect(),
    };
    let (mut played, mut failed) = (0, 0);
    for programme in chosen {
        for case in &programme.cases {
            played += 1;
            let failures = programme.failures(case);
            failed += usize::from(!failures.is_empty());
            for failure in failures {
                say!("{} : {} : {failure}", programme.id(), case.name);
            }
        }
        say!("{:22} {} cas", programme.id(), programme.cases.len());
    }
    say!("{played} cas joués, {failed} échecs");
    if failed == 0 { Ok(()) } else { bail!("{failed} cas ne donnent pas ce qu’ils attendent") }
}

/// Facts and history of the command line; dates of examination are the day, when there is one.
fn facts(catalogue: &Catalogue, person: &Person, at: Option<&str>, day: Option<Date>) -> Result<Facts> {
    let dictionary = &catalogue.dictionary;
    let mut facts = day.map_or_else(|| Facts::new(dictionary), |day| Facts::on(dictionary, day));
    if let (Some(at), Some(fact)) = (at, dictionary.id(PLACE)) {
        let value = Value::Place(at.into());
        let value = if dictionary.fact(fact).list { Value::List(vec![value]) } else { value };
        facts.put(fact, Some(Answer::Value(value)));
    }
    for text in &person.facts {
        let (name, value) = text.split_once('=').with_context(|| format!("« {text} » : attendu FAIT=VALEUR"))?;
        facts.set_text(dictionary, name.trim(), value.trim()).map_err(|why| anyhow!("{name} : {why}"))?;
    }
    let mut engagements = Vec::new();
    for text in &person.contracts {
        let parts: Vec<&str> = text.split(':').collect();
        let read = |text: &str| text.parse::<Date>().with_context(|| format!("« {text} » : attendu année-mois-jour"));
        let ([programme, state, from] | [programme, state, from, _]) = &parts[..] else {
            bail!("« {text} » : attendu PROGRAMME:ÉTAT:DU[:AU]");
        };
        let (from, to) = (read(from)?, parts.get(3).map(|to| read(to)).transpose()?);
        let known = catalogue.programmes().iter().map(|known| &**known.id());
        let known: Vec<&str> = known.chain(catalogue.vocabulary.cited.iter().map(|cited| &*cited.name)).collect();
        if !known.contains(programme) {
            bail!("{}", unknown("n’est pas un programme", programme, known.into_iter()));
        }
        if !PHASES.iter().any(|(name, _)| name == state) {
            bail!("{}", unknown("n’est pas un état de contrat", state, PHASES.iter().map(|(name, _)| *name)));
        }
        if to.is_some_and(|to| to < from) {
            bail!("« {text} » : le dernier jour précède le premier");
        }
        engagements.push(Engagement { programme: (*programme).into(), state: (*state).into(), from, to });
    }
    facts.history = History { engagements, complete: person.no_other_contract };
    Ok(facts)
}

/// The zonings of the territory in use, published ones included.
fn layers(data: &DataDir, folder: Option<&Path>) -> Result<Arc<Layers>> {
    let aids = match folder {
        Some(folder) => Aids::open(folder).map_err(|faults| anyhow!(faults))?,
        None => Aids::shipped(),
    };
    let (ground, hash) = data.ground(None)?;
    let territory = Arc::clone(ground.territory());
    let bench = Workbench::open(ground, hash, &data.decisions())?;
    Ok(aids.layers(&territory, Some(&bench))?)
}

fn explain(data: &DataDir, folder: Option<&Path>, asked: &Explain) -> Result<()> {
    let catalogue = catalogue(folder)?;
    let programme = programme(&catalogue, &asked.id)?;
    let day = asked.on.unwrap_or_else(today);
    let facts = facts(&catalogue, &asked.person, asked.at.as_deref(), Some(day))?;
    let known = asked.at.as_ref().map(|_| layers(data, folder)).transpose()?;
    if let (Some(layers), Some(at)) = (&known, &asked.at)
        && layers.territory().find(Level::Commune, at).is_none()
    {
        bail!("« {at} » n’est pas le code d’une commune du territoire importé");
    }
    let on_day = known.as_ref().map(|layers| layers.on(day));
    let world: &dyn World = on_day.as_ref().map_or(&Nowhere, |world| world);
    let finding = programme.evaluate(&facts, world, day);
    let ways = programme.eligibility.counterfactuals(&facts, world, day, Reach::default());
    if asked.format == TextFormat::Csv {
        bail!("l’explication s’écrit en texte ou en JSON");
    }
    if asked.format == TextFormat::Json {
        let ways: Vec<String> = ways.iter().map(|way| told(&catalogue, &way.changes)).collect();
        say!("{}", serde_json::to_string_pretty(&json!({ "day": day, "finding": finding, "counterfactuals": ways }))?);
        return Ok(());
    }
    say!("{}", text(&catalogue, programme, &finding, day));
    for way in ways {
        say!("Oui, {}.", told(&catalogue, &way.changes));
    }
    Ok(())
}

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::Yes => "oui",
        Truth::No => "non",
        Truth::Unknown => "à vérifier",
    }
}

fn text(catalogue: &Catalogue, programme: &Programme, finding: &Finding, day: Date) -> String {
    let mut out = format!("{} au {day} : {}\n", programme.identity.title, word(finding.truth));
    match finding.standing {
        Standing::Open => {}
        Standing::Opens(from) => {
            let _ = writeln!(out, "S’ouvre le {from}.");
        }
        Standing::Closed(to) => {
            let next = catalogue.successors(programme.id());
            let next: Vec<&str> = next.iter().map(|next| &**next.id()).collect();
            let _ = writeln!(
                out,
                "Ouvert jusqu’au {to}{}.",
                if next.is_empty() { String::new() } else { format!(" ; remplacé par {}", next.join(", ")) }
            );
        }
    }
    if finding.audience == Truth::No {
        out.push_str("non : Ce programme n’est pas pour cette profession ou cette étape.\n");
    }
    proof(&finding.verdict.proof, 0, &mut out);
    for gap in &finding.verdict.missing {
        let _ = writeln!(out, "Manque : {}", gap_name(catalogue, gap));
    }
    for amount in &finding.amounts {
        let value = amount.outcome.as_ref().and_then(|outcome| outcome.value.as_ref());
        let lacks = amount.outcome.iter().flat_map(|outcome| &outcome.missing).map(|gap| gap_name(catalogue, gap));
        let told = match (value, &amount.problem) {
            (Some(value), _) => value.to_string(),
            (None, Some(problem)) => problem.clone(),
            (None, None) => format!("manque {}", lacks.collect::<Vec<_>>().join(", ")),
        };
        let _ = writeln!(out, "{} : {told}", amount.label);
    }
    for duty in &finding.duties {
        let _ = writeln!(out, "Doit : {} ({})", duty.text, duty.reference);
    }
    out.trim_end().to_owned()
}

fn proof(node: &Proof, depth: usize, out: &mut String) {
    let reference = node.reference.as_ref().map_or_else(String::new, |reference| format!(" [{reference}]"));
    let _ = writeln!(out, "{}{} : {}{reference}", "  ".repeat(depth), word(node.truth), node.text);
    for child in &node.children {
        proof(child, depth + 1, out);
    }
}

fn gap_name(catalogue: &Catalogue, gap: &Gap) -> String {
    match gap {
        Gap::Fact(fact) => {
            let fact = catalogue.dictionary.fact(*fact);
            format!("{} (--fact {}=…)", fact.label.fr, fact.name)
        }
        Gap::History => "les contrats déjà signés (--contract …, --no-other-contract)".to_owned(),
        Gap::Zoning { place, layer } => format!("le zonage « {layer} » de {place} à cette date"),
        Gap::Parameter { name, day } => format!("la valeur de « {name} » au {day}"),
    }
}

fn told(catalogue: &Catalogue, changes: &[Change]) -> String {
    let each = changes.iter().map(|change| match change {
        Change::From(day) => format!("à partir du {day}"),
        Change::Fact { fact, to, .. } => {
            let fact = catalogue.dictionary.fact(*fact);
            match to {
                Answer::Value(value) => format!("si « {} » était {value}", fact.label.fr),
                Answer::Absent => format!("sans « {} »", fact.label.fr),
            }
        }
    });
    each.collect::<Vec<_>>().join(" et ")
}

fn diff(old: &Path, new: &Path, format: TextFormat) -> Result<()> {
    let (old, new) = (catalogue(Some(old))?, catalogue(Some(new))?);
    let columns = [
        ("programme", "Programme"),
        ("fichier", "Fichier"),
        ("ligne", "Ligne"),
        ("valeur", "Valeur"),
        ("avant", "Avant"),
        ("apres", "Après"),
    ];
    let mut table =
        Table::new("differences", "Ce qui change", columns.map(|(id, label)| TableColumn::text(id, label)).to_vec());
    let whole = |id: &str, before: Option<&str>, after: Option<&str>| {
        let cell = |text: Option<&str>| text.map_or(Cell::Missing, Cell::text);
        vec![Cell::text(id), Cell::Missing, Cell::Missing, Cell::text("tout le programme"), cell(before), cell(after)]
    };
    for before in old.programmes() {
        let id = before.id();
        let Some(after) = new.programme(id) else {
            table.rows.push(whole(id, Some(&before.identity.title), None));
            continue;
        };
        table.rows.extend(pacte_programmes::diff(before, after).into_iter().map(|change| {
            let cell = |text: Option<String>| text.map_or(Cell::Missing, Cell::text);
            vec![
                Cell::text(&**id),
                Cell::text(change.file),
                Cell::text(change.line.to_string()),
                Cell::text(change.path),
                cell(change.before),
                cell(change.after),
            ]
        }));
    }
    for after in new.programmes().iter().filter(|after| old.programme(after.id()).is_none()) {
        table.rows.push(whole(after.id(), None, Some(&after.identity.title)));
    }
    print(&table, format)
}

fn sweep(data: &DataDir, folder: Option<&Path>, asked: &Sweep) -> Result<()> {
    let catalogue = catalogue(folder)?;
    let facts = facts(&catalogue, &asked.person, None, None)?;
    let layers = layers(data, folder)?;
    let territory = layers.territory();
    let at = catalogue
        .dictionary
        .id(PLACE)
        .context("les définitions n’ont pas de fait « projet.lieux » : le balayage ne sait pas quel lieu changer")?;
    let places: Vec<Arc<str>> =
        (0..territory.len() as u32).map(|commune| territory.area(Level::Commune, commune).code.into()).collect();
    let (before, after) = (layers.on(asked.from), layers.on(asked.to));
    let began = Instant::now();
    let turns = catalogue.sweep(
        &facts,
        at,
        &places,
        Side { world: &before, day: asked.from },
        Side { world: &after, day: asked.to },
    );
    let took = began.elapsed();
    if asked.bench {
        let found = json!({
            "communes": places.len(),
            "programmes": catalogue.programmes().len(),
            "changes": turns.len(),
            "ms": took.as_secs_f64() * 1e3,
        });
        say!("{found}");
        return Ok(());
    }
    let columns =
        [("code", "Code"), ("commune", "Commune"), ("programme", "Programme"), ("avant", "Avant"), ("apres", "Après")];
    let mut table = Table::new(
        "gains-et-pertes",
        format!("Ce qui change entre le {} et le {}", asked.from, asked.to),
        columns.map(|(id, label)| TableColumn::text(id, label)).to_vec(),
    );
    table.rows = turns
        .into_iter()
        .map(|turn| {
            vec![
                Cell::text(&*places[turn.place as usize]),
                Cell::text(territory.area(Level::Commune, turn.place).name),
                Cell::text(&*turn.programme),
                Cell::text(word(turn.before)),
                Cell::text(word(turn.after)),
            ]
        })
        .collect();
    print(&table, asked.format)
}
