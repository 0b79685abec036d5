//! `pacte siting`: where the next resources help most.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use pacte_access::siting::{Desk, Equity, Objective, Request, Siting as Answer, UrgentCare};
use pacte_access::urgent::{Set, SharedCover};
use pacte_portal::pages::decide::siting::files;
use pacte_territory::Level;

use crate::cli::{EquityChoice, ShownSites, Siting, TextFormat};
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::step;

/// Runs the command.
pub(crate) fn run(data: &DataDir, options: &Siting) -> Result<()> {
    let request = request(options)?;
    let (ground, hash) = data.ground(options.travel)?;
    let desk = Desk::new(Arc::new(SharedCover::new(ground)));
    let answer = step("Choix des sites", || Ok(desk.answer(&request, None)?))?;
    let table = match options.show {
        ShownSites::Sites => files::sites(&answer, &hash),
        ShownSites::Communes => files::communes(&answer, &hash),
        ShownSites::Curve => files::curve(&answer, &hash),
    };
    print(&table, options.format)?;
    if options.format == TextFormat::Table {
        println!();
        for line in told(&answer, &hash) {
            println!("{line}");
        }
    } else {
        // Programs read the table alone; what it rests on is said beside.
        eprintln!("Sources : {}.", answer.sources.join(" ; "));
        for line in told(&answer, &hash) {
            eprintln!("{line}");
        }
    }
    Ok(())
}

/// What the options ask.
fn request(options: &Siting) -> Result<Request> {
    let (objective, minutes) = objective(&options.objective)?;
    let scope = options
        .within
        .as_deref()
        .map(|text| {
            let (level, code) = text
                .split_once(':')
                .with_context(|| format!("« {text} » : écrivez NIVEAU:CODE, par exemple departement:48"))?;
            anyhow::Ok((level.parse::<Level>()?, code.to_ascii_uppercase()))
        })
        .transpose()?;
    let cents =
        |euros: u64| euros.checked_mul(100).with_context(|| format!("« {euros} » euros : plus que ce qui se compte"));
    if !(0.0..=100.0).contains(&options.threshold) {
        bail!("« {} » : un seuil d’APL est un nombre de 0 à 100", options.threshold);
    }
    let (existing, urgent) = existing(options);
    let upper = |codes: &[String]| codes.iter().map(|code| code.trim().to_ascii_uppercase()).collect();
    Ok(Request {
        objective,
        minutes,
        existing,
        urgent,
        sites: options.sites.or_else(|| options.budget_euros.is_none().then_some(10)),
        budget_cents: options.budget_euros.map(cents).transpose()?,
        cost_cents: options.cost.map(cents).transpose()?,
        costs: options.costs.as_deref().map(costs).transpose()?.unwrap_or_default(),
        capacity: options.capacity,
        scope,
        equity: match options.equity {
            EquityChoice::None => Equity::Everybody,
            EquityChoice::Elderly => Equity::Elderly,
            EquityChoice::Poverty => Equity::Poverty,
            EquityChoice::Deprivation => Equity::Deprivation,
        },
        equity_percent: options.equity_percent,
        forced: upper(&options.force),
        forbidden: upper(&options.forbid),
        least_people: options.least_people,
        threshold_hundredths: (options.threshold * 100.0).round() as u32,
        exact: !options.fast,
        seconds: options.time_limit,
    })
}

/// Resources of the equipment base, and urgent care at a moment.
fn existing(options: &Siting) -> (Vec<String>, Option<UrgentCare>) {
    let moment = options.when;
    if options.existing.is_empty() {
        return (Vec::new(), (!options.no_existing).then_some(UrgentCare { set: Set::SU, moment }));
    }
    let sets = options.existing.iter().filter_map(|text| text.parse::<Set>().ok()).reduce(|all, set| all | set);
    let others = options.existing.iter().filter(|text| text.parse::<Set>().is_err()).cloned().collect();
    (others, sets.map(|set| UrgentCare { set, moment }))
}

/// `cover30`, `under-dense`, `mean45`…
fn objective(text: &str) -> Result<(Objective, u32)> {
    let names = [
        ("cover", Objective::Cover),
        ("under-dense", Objective::UnderDense),
        ("under_dense", Objective::UnderDense),
        ("mean", Objective::MeanTime),
    ];
    let found = names.iter().find_map(|(name, objective)| Some((text.strip_prefix(name)?, *objective)));
    let (minutes, objective) = found.with_context(|| {
        format!("« {text} » n’est pas un objectif : cover30, under-dense ou mean, minutes au choix")
    })?;
    let minutes = match minutes.trim_start_matches([':', '-']) {
        "" => objective.usual_minutes(),
        digits => {
            digits.parse().with_context(|| format!("« {text} » : « {digits} » n’est pas un nombre de minutes"))?
        }
    };
    Ok((objective, minutes))
}

/// Costs by commune from a file of two columns, `code` and `euros`.
fn costs(path: &Path) -> Result<Vec<(String, u64)>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    let headers = reader.headers().with_context(|| path.display().to_string())?.clone();
    let column = |name: &str| {
        headers.iter().position(|header| header.trim() == name).with_context(|| {
            format!("{} : colonne « {name} » absente ; les colonnes attendues sont code,euros", path.display())
        })
    };
    let (code, euros) = (column("code")?, column("euros")?);
    let mut costs = Vec::new();
    for (line, record) in (2..).zip(reader.records()) {
        let record = record.with_context(|| path.display().to_string())?;
        let text = record.get(euros).unwrap_or_default().trim();
        let cents = text.parse::<u64>().ok().and_then(|euros| euros.checked_mul(100)).with_context(|| {
            format!("{}, ligne {line} : « {text} » n’est pas un nombre entier d’euros", path.display())
        })?;
        costs.push((record.get(code).unwrap_or_default().trim().to_ascii_uppercase(), cents));
    }
    Ok(costs)
}

/// What the table rests on, and how sure it is.
fn told(answer: &Answer, hash: &str) -> Vec<String> {
    let mut lines = files::summary(answer);
    lines.extend(answer.notes.iter().cloned());
    lines.push(format!("Temps de trajet : {}. {}", answer.travel.label, answer.travel.quality));
    lines.push(format!(
        "Territoire {}, méthodes {}, demande {} ; recherche de {:.2} s.",
        &hash[..hash.len().min(8)],
        &answer.fingerprint[..8],
        &answer.method_hash[..8],
        answer.seconds
    ));
    lines
}
