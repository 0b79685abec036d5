//! `pacte urgent`: who is beyond 30 minutes of urgent care, and the register that says from where help comes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use pacte_access::urgent::{Cover, Moment, New, Reference, Set};
use pacte_portal::pages::decide::urgent::tables;
use pacte_sources::readers::care_register;
use pacte_sources::table::{Table, TableColumn};
use pacte_sources::{InputFile, Limits, SourceError};
use pacte_territory::{CareKind, CareRegister, CareResource, SourceFile, Territory};

use crate::cli::{Asked, TextFormat, Urgent, UrgentCommand};
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::step;

/// Times a computation is measured.
const ROUNDS: usize = 11;

/// Runs the command.
pub(crate) fn run(data: &DataDir, options: &Urgent) -> Result<()> {
    match &options.command {
        UrgentCommand::Cover { asked, level, published } => {
            let (cover, moment) = open(data, asked)?;
            let sets: Vec<Set> = Set::LADDER.into_iter().filter(|set| asked.set.includes(*set)).collect();
            let sets = if sets.contains(&asked.set) { sets } else { vec![asked.set] };
            print(&tables::cover(&cover, &sets, moment, f32::from(asked.limit), *level), asked.format)?;
            if *published {
                print(&tables::published(&cover, moment, Reference::shipped()), asked.format)?;
            }
            tell(&cover);
            Ok(())
        }
        UrgentCommand::Gaps { asked, most } => {
            let (cover, moment) = open(data, asked)?;
            let mut table = tables::gaps(&cover, asked.set, moment, f32::from(asked.limit));
            table.rows.truncate(*most);
            print(&table, asked.format)
        }
        UrgentCommand::Adds { asked, of } => {
            let (cover, moment) = open(data, asked)?;
            print(&tables::adds(&cover, *of, asked.set, moment, f32::from(asked.limit)), asked.format)
        }
        UrgentCommand::Hours { asked } => {
            let (cover, moment) = open(data, asked)?;
            let day = moment.day().unwrap_or_else(tables::today);
            print(&tables::hours(&cover, asked.set, day, f32::from(asked.limit)), asked.format)
        }
        UrgentCommand::With { asked, add, remove, bench } => with(data, asked, add, remove, *bench),
        UrgentCommand::Register { format } => {
            let territory = data.require()?.territory;
            let declared = pacte_access::urgent::of_territory(&territory);
            if *format == TextFormat::Csv {
                print!("{}", care_register::to_csv(&declared.resources, &territory.communes));
                return Ok(());
            }
            print(&tables::register(&territory, &declared.resources), *format)?;
            declared.notes.iter().for_each(|note| eprintln!("{note}"));
            Ok(())
        }
        UrgentCommand::Published { format } => print(&tables::published_alone(Reference::shipped()), *format),
        UrgentCommand::Template => {
            print!("{}", care_register::template());
            Ok(())
        }
        UrgentCommand::Check { files, format } => {
            let territory = data.require()?.territory;
            let register = read(&territory, &inputs(files)?)?;
            print(&summary(&register.resources), *format)
        }
        UrgentCommand::Import { files, format } => import(data, files, *format),
    }
}

fn open(data: &DataDir, asked: &Asked) -> Result<(Cover, Moment)> {
    let (ground, _) = data.ground(asked.travel)?;
    let cover = step("Temps depuis chaque ressource", || anyhow::Ok(Cover::of_ground(Arc::clone(&ground))))?;
    let day = asked.on.unwrap_or_else(tables::today);
    Ok((cover, asked.at.map_or(Moment::Day(day), |time| Moment::At(day.to_datetime(time)))))
}

/// What stands under figures: sources, travel times, what is missing.
fn tell(cover: &Cover) {
    let travel = cover.ground().travel();
    eprintln!(
        "Ressources : {}.",
        if cover.sources().is_empty() { "aucune".to_owned() } else { cover.sources().join(" ; ") }
    );
    eprintln!("Temps de trajet : {}. {} {}", travel.label, travel.quality, travel.source);
    eprintln!("Empreinte du calcul : {}.", cover.fingerprint());
    cover.notes().iter().for_each(|note| eprintln!("{note}"));
}

/// A resource as it is typed: `mcs@23096`.
fn parse_new(territory: &Territory, text: &str) -> Result<New> {
    let (kind, code) = text
        .split_once('@')
        .with_context(|| format!("« {text} » : écrivez le type et la commune, par exemple mcs@23096"))?;
    let kind: CareKind = kind.parse()?;
    let commune = code.parse().ok().and_then(|code| territory.commune_or_parent(code));
    let commune =
        commune.with_context(|| format!("« {text} » : aucune commune de ce territoire n’a le code {code}"))?;
    Ok(New { kind, commune })
}

fn with(data: &DataDir, asked: &Asked, add: &[String], remove: &[String], bench: bool) -> Result<()> {
    let (cover, moment) = open(data, asked)?;
    let territory = cover.ground().territory();
    let new: Vec<New> = add.iter().map(|text| parse_new(territory, text)).collect::<Result<_>>()?;
    let limit = f32::from(asked.limit);
    let now = cover.minutes(asked.set, moment);
    let changed = cover.without(remove)?.with(&new);
    // What is added counts, whatever the set asked for; the rest of its family does not.
    let first = (changed.resources().len() - new.len()) as u32;
    let mut active = changed.active(asked.set, moment);
    active.retain(|resource| *resource < first);
    active.extend(changed.active(Set::ALL, moment).into_iter().filter(|resource| *resource >= first));
    let after = changed.best_of(&active).minutes;
    let median_ms = bench.then(|| {
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                let gain = cover.gain(&now, &new, moment, limit);
                let seconds = start.elapsed().as_secs_f64();
                std::hint::black_box(gain);
                seconds * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    });
    let table = tables::changes(&cover, &now, &after, limit);
    if asked.format == TextFormat::Json {
        let (before, beyond) = (cover.beyond(&now, limit), cover.beyond(&after, limit));
        let communes = pacte_sources::export::write(&table, pacte_sources::export::Format::Json)?;
        let mut answer = serde_json::json!({
            "set": asked.set.slug(),
            "added": add,
            "removed": remove,
            "moment": moment.to_string(),
            "limit_minutes": asked.limit,
            "people_beyond_before": before.people,
            "people_beyond_after": beyond.people,
            "people_brought": before.people as i64 - beyond.people as i64,
            "fingerprint": cover.fingerprint(),
            "communes": serde_json::from_slice::<serde_json::Value>(&communes)?,
        });
        if let Some(ms) = median_ms {
            answer["median_ms"] = ms.into();
        }
        println!("{answer:#}");
        return Ok(());
    }
    print(&table, asked.format)?;
    let (before, beyond) = (cover.beyond(&now, limit), cover.beyond(&after, limit));
    eprintln!("Au-delà de {} minutes : {} habitants avant, {} après.", asked.limit, before.people, beyond.people);
    if let Some(ms) = median_ms {
        eprintln!("Communes et habitants ramenés : {ms:.1} ms (médiane de {ROUNDS}).");
    }
    Ok(())
}

fn inputs(files: &[PathBuf]) -> Result<Vec<InputFile>> {
    let read = |path: &PathBuf| InputFile::on_disk(path, &path.to_string_lossy(), Limits::default());
    Ok(files.iter().map(read).collect::<Result<_, SourceError>>()?)
}

/// Reads registers, or fails with every fault.
fn read(territory: &Territory, files: &[InputFile]) -> Result<CareRegister> {
    care_register::check(files, territory).or_else(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let head = if lines.len() == 1 { "une faute".to_owned() } else { format!("{} fautes", lines.len()) };
        bail!("{head} ; rien n’est écrit\n  {}", lines.join("\n  "))
    })
}

/// How many resources of each kind, and how many of them are part-time.
fn summary(resources: &[CareResource]) -> Table {
    let mut table = Table::new(
        "registre",
        "Ressources lues",
        vec![
            TableColumn::text("type", "Type"),
            TableColumn::text("label", "Libellé"),
            TableColumn::integer("resources", "Ressources", ""),
            TableColumn::integer("always", "À toute heure, toute l’année", ""),
        ],
    );
    for kind in CareKind::ALL {
        let of: Vec<&CareResource> = resources.iter().filter(|resource| resource.kind == kind).collect();
        if !of.is_empty() {
            let always = of.iter().filter(|one| one.hours.is_always() && one.seasons.is_empty()).count();
            table.rows.push(vec![kind.slug().into(), kind.label().into(), of.len().into(), always.into()]);
        }
    }
    table
}

fn import(data: &DataDir, files: &[PathBuf], format: TextFormat) -> Result<()> {
    let territory = data.require()?.territory;
    let inputs = inputs(files)?;
    let register = read(&territory, &inputs)?;
    print(&summary(&register.resources), format)?;
    let mut parts = territory.parts().clone();
    parts.meta.files.retain(|file| file.source != care_register::FORMAT.title);
    for (input, source) in inputs.iter().zip(&register.sources) {
        // The rows of one file are those that bear no other's identifiers: files are read one after the other.
        let alone = read(&territory, std::slice::from_ref(input))?.resources.len() as u64;
        parts.meta.files.push(SourceFile {
            path: source.file.clone(),
            source: care_register::FORMAT.title.to_owned(),
            vintage: source.vintage.clone(),
            hash: input.hash(),
            rows: alone,
            matched: alone,
        });
    }
    parts.care = register;
    let hash = data.replace_territory(&parts)?;
    eprintln!(
        "Registre de {} ressources ; instantané {hash} dans {}.",
        parts.care.resources.len(),
        data.root().display()
    );
    Ok(())
}
