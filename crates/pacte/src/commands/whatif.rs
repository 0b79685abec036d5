//! `pacte access what-if`: access after some changes, beside access today.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use pacte_access::whatif::{Base, Change, Outcome, Scenario, Simulator};
use pacte_portal::pages::decide::whatif as shown;
use pacte_sources::table::{Cell, Table, TableColumn};
use pacte_store::{Kept, Shelf};
use pacte_territory::{Level, Territory};
use serde_json::{Value, json};

use crate::cli::{TextFormat, WhatIf};
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::step;

/// Least repetitions of a measure.
const ROUNDS: usize = 25;

/// Runs the command.
pub(crate) fn run(data: &DataDir, options: &WhatIf) -> Result<()> {
    let shelf: Shelf<Scenario> = Shelf::open(&shown::shelf(&data.decisions()))?;
    if options.list {
        return list(&shelf, options.format);
    }
    if !matches!(options.level, Level::Commune | Level::Departement | Level::Region) {
        bail!("--level {} n’est pas un niveau de ce tableau : commune, departement ou region", options.level);
    }
    let (ground, hash) = step("Ouverture du territoire", || data.ground(options.travel))?;
    let simulator = step("Aires desservies", || Ok(Simulator::new(ground, &hash)))?;
    let scenario = scenario(&simulator, &shelf, options)?;
    let outcome = simulator.simulate(&scenario)?;
    let median = options.bench.then(|| bench(&simulator, &scenario)).transpose()?;
    if let Some(name) = &options.save {
        let name = name.trim();
        if name.is_empty() {
            bail!("--save demande un nom");
        }
        let kept = shelf.put(Scenario { name: name.to_owned(), ..scenario })?;
        eprintln!("Scénario enregistré : {} (pacte access what-if --scenario {})", kept.id, kept.id);
    }
    let territory = simulator.ground().territory();
    match options.format {
        TextFormat::Json => {
            println!("{}", serde_json::to_string_pretty(&document(territory, &outcome, median))?);
        }
        TextFormat::Csv => print(&shown::table(territory, &outcome, options.level, None), TextFormat::Csv)?,
        TextFormat::Table => {
            print(&shown::summary(&outcome), TextFormat::Table)?;
            let more = [shown::cover(territory, &outcome), shown::zone_classes(&outcome), shown::zones(&outcome)];
            for table in more.into_iter().flatten().filter(|table| !table.rows.is_empty()) {
                println!();
                print(&table, TextFormat::Table)?;
            }
            println!();
            let top = (options.top > 0).then_some(options.top);
            print(&shown::table(territory, &outcome, options.level, top), TextFormat::Table)?;
            println!();
            for note in &outcome.notes {
                println!("{note}");
            }
            println!(
                "Données : {}. Méthode {} ({}).",
                outcome.vintages.join(" ; "),
                outcome.method_label,
                outcome.method
            );
            if let Some(median) = median {
                println!("Durée médiane, tout étant en mémoire : {median:.2} ms");
            }
        }
    }
    Ok(())
}

/// The scenario asked for: the one taken up, then the changes typed, openings first.
fn scenario(simulator: &Simulator, shelf: &Shelf<Scenario>, options: &WhatIf) -> Result<Scenario> {
    let territory = simulator.ground().territory();
    let here = simulator.base();
    let mut scenario = match &options.scenario {
        Some(name) => taken_up(simulator, shelf, name, options.carry_over)?,
        None => Scenario { base: here.clone(), ..Scenario::default() },
    };
    let typed = |text: &String| text.clone();
    let closed = |text: &String| if text.starts_with(['-', '−']) { text.clone() } else { format!("-{text}") };
    let texts = (options.method.iter().map(|name| format!("method:{name}")))
        .chain(options.decay.iter().map(|bands| format!("decay:{bands}")))
        .chain(options.set.iter().map(typed))
        .chain(options.add.iter().map(typed))
        .chain(options.moves.iter().map(typed))
        .chain(options.remove.iter().map(closed))
        .chain(options.retire.iter().map(|age| format!("retire:{age}")))
        .chain(options.depart.iter().map(|rate| format!("depart:{rate}")));
    for text in texts {
        scenario.changes.push(Change::read(territory, &text)?);
    }
    if scenario.changes.is_empty() {
        bail!(
            "rien à simuler : donnez un changement (--add gp:5@CODE, --remove gp:1@CODE, --retire 65…) ou un scénario (--scenario FICHIER|ID ; --list montre ceux qui sont enregistrés)"
        );
    }
    Ok(scenario)
}

fn taken_up(simulator: &Simulator, shelf: &Shelf<Scenario>, name: &str, carry_over: bool) -> Result<Scenario> {
    let territory = simulator.ground().territory();
    let here = simulator.base();
    let path = Path::new(name);
    let found = if path.is_file() {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        read(territory, here, path, &text)?
    } else {
        let kept = shelf.get(name).ok().flatten();
        let known = || match shelf.all() {
            Ok(all) if !all.documents.is_empty() => {
                let names: Vec<String> =
                    all.documents.iter().take(5).map(|kept| format!("{} ({})", kept.id, kept.document.name)).collect();
                format!(" Enregistrés : {}.", names.join(", "))
            }
            _ => " Aucun scénario n’est enregistré (--save NOM en enregistre un).".to_owned(),
        };
        kept.with_context(|| format!("« {name} » n’est ni un fichier ni un scénario enregistré.{}", known()))?.document
    };
    let Err(other) = found.check(here) else { return Ok(found) };
    if !carry_over {
        bail!(other);
    }
    let carried = found.carry_over(territory, here);
    for (before, now) in &carried.renamed {
        eprintln!("Commune {before} : à présent {now}.");
    }
    for (change, code) in &carried.lost {
        eprintln!("ATTENTION : « {change} » est laissé de côté, la commune {code} n’a pas d’équivalent unique ici.");
    }
    Ok(carried.scenario)
}

/// A scenario from a file: the JSON of one, kept or bare, or a change a line.
fn read(territory: &Territory, here: &Base, path: &Path, text: &str) -> Result<Scenario> {
    if text.trim_start().starts_with('{') {
        let kept: Result<Kept<Scenario>, _> = serde_json::from_str(text);
        return match kept {
            Ok(kept) => Ok(kept.document),
            Err(_) => serde_json::from_str(text).with_context(|| {
                format!(
                    "{} n’est pas un scénario : attendu le JSON d’un scénario enregistré, ou un changement par ligne",
                    path.display()
                )
            }),
        };
    }
    Scenario::read(territory, here.clone(), text).map_err(|wrong| {
        let lines: Vec<String> =
            wrong.iter().map(|(line, error)| format!("{}:{line} : {error}", path.display())).collect();
        anyhow::anyhow!(lines.join("\n"))
    })
}

fn list(shelf: &Shelf<Scenario>, format: TextFormat) -> Result<()> {
    let mut table = Table::new(
        "scenarios",
        "Scénarios enregistrés",
        vec![
            TableColumn::text("id", "Identifiant"),
            TableColumn::text("name", "Nom"),
            TableColumn::text("saved_at", "Enregistré le"),
            TableColumn::text("territory", "Territoire"),
            TableColumn::text("changes", "Changements"),
        ],
    );
    let all = shelf.all()?;
    all.faults.iter().for_each(|fault| eprintln!("{fault}"));
    for kept in all.documents {
        let changes: Vec<String> = kept.document.changes.iter().map(ToString::to_string).collect();
        table.rows.push(vec![
            Cell::text(kept.id),
            Cell::text(kept.document.name),
            Cell::text(kept.saved_at.to_string()),
            Cell::text(kept.document.base.name),
            Cell::text(changes.join(" ; ")),
        ]);
    }
    print(&table, format)
}

/// Median time, in ms, from a scenario to the classes of every commune that changes, everything being in memory.
///
/// Each round also changes the number of doctors added somewhere, so that no round finds its answer ready.
fn bench(simulator: &Simulator, scenario: &Scenario) -> Result<f64> {
    let mut times = Vec::new();
    for round in 0..=ROUNDS {
        let mut other = scenario.clone();
        for change in &mut other.changes {
            if let Change::Add { count, .. } = change {
                *count += round as u32 % 3;
            }
        }
        let start = Instant::now();
        let outcome = simulator.simulate(&other)?;
        let colours = shown::Colours::of(&outcome);
        let elapsed = start.elapsed().as_secs_f64() * 1e3;
        std::hint::black_box(&colours);
        // The first round warms what the others find warm.
        if round > 0 {
            times.push(elapsed);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// The whole result, communes named.
fn document(territory: &Territory, outcome: &Outcome, median: Option<f64>) -> Value {
    let mut document = json!(outcome);
    let communes: Vec<Value> = outcome
        .communes
        .iter()
        .map(|shift| {
            let area = territory.area(Level::Commune, shift.commune);
            json!({"code": area.code, "name": area.name, "people": shift.people, "before": shift.before, "after": shift.after})
        })
        .collect();
    let (above, under) = outcome.crossing();
    document["communes"] = Value::Array(communes);
    for level in ["regions", "departements"] {
        if let Some(areas) = document[level].as_array_mut() {
            areas.retain(|area| area["before"] != area["after"]);
        }
    }
    document["people_concerned"] = json!(outcome.concerned());
    document["people_passing_above"] = json!(above);
    document["people_passing_under"] = json!(under);
    if let Some(median) = median {
        document["median_ms"] = json!((median * 1000.0).round() / 1000.0);
    }
    document
}
