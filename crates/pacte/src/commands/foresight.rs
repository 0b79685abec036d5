//! `pacte foresight`: practitioners to come, by territory.

use std::fs;

use anyhow::{Context as _, Result, anyhow, bail};
use pacte_access::ages::{Register, TEMPLATE};
use pacte_access::foresight::{Assumptions, Levers, Projection, Start, project, training_level, training_region};
use pacte_access::ground::Ground;
use pacte_portal::pages::decide::foresight::tables;
use pacte_sources::table::french_number;
use pacte_territory::{Level, Territory};

use crate::cli::{Foresight, TextFormat};
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::step;

/// Lines of a register that are named one by one when refused.
const REFUSALS_SHOWN: usize = 20;

/// Runs the command.
pub(crate) fn run(data: &DataDir, options: &Foresight) -> Result<()> {
    if options.template_ages {
        print!("{TEMPLATE}");
        return Ok(());
    }
    let mut assumptions = match &options.assumptions_file {
        None => Assumptions::shipped(),
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            Assumptions::from_yaml(&path.display().to_string(), &text)?
        }
    };
    if options.assumptions {
        for change in &options.assume {
            assume(&mut assumptions, change, None)?;
        }
        return print(&tables::assumptions(&assumptions), options.format);
    }
    let (ground, _) = step("Ouverture du territoire", || data.ground(options.travel))?;
    let territory = ground.territory();
    let (level, area) = match &options.within {
        None => (Level::Country, 0),
        Some(text) => find(territory, text)?,
    };
    let region = training_region(territory, &assumptions, level, area)
        .map(|region| territory.area(training_level(territory, &assumptions), region).code);
    for change in &options.assume {
        assume(&mut assumptions, change, region.as_deref())?;
    }
    let register = options.ages.as_ref().map(|path| register(&ground, path)).transpose()?;
    let start = step("Âges par commune", || {
        Start::new(std::sync::Arc::clone(&ground), register.as_ref()).map_err(|problem| anyhow!(problem))
    })?;
    let measure = &assumptions.measure;
    let levers = Levers {
        places: options.places,
        from: options.places_from.unwrap_or(measure.from),
        regions: if options.places_in.is_empty() {
            own_codes(territory, measure.codes())
        } else {
            options.places_in.clone()
        },
    };
    let projection = step("Projection", || project(&start, assumptions, levers, options.to).map_err(|p| anyhow!(p)))?;
    if options.regions {
        print(&tables::regions(&projection), options.format)?;
    } else if let Some(falls) = options.falls {
        if !territory.levels().contains(&falls) {
            bail!("ce territoire ne décrit pas le niveau « {falls} »");
        }
        let found = projection.falls(falls, options.threshold, Some((level, area)));
        print(&tables::falls(&projection, territory, falls, options.threshold, &found), options.format)?;
        eprintln!(
            "{} déjà sous le seuil en {} ({:.0} habitants) ; {} restent au-dessus dans tous les scénarios.",
            found.already.0,
            projection.base(),
            found.already.1,
            found.above
        );
    } else {
        let series = projection.series(level, area);
        print(&tables::years(&projection, territory, level, area, &series), options.format)?;
    }
    tell(&projection, &start, options.format);
    Ok(())
}

/// Method, sources and what could not be done as asked, on standard error.
fn tell(projection: &Projection, start: &Start, format: TextFormat) {
    for note in projection.notes() {
        eprintln!("{note}");
    }
    if format == TextFormat::Table {
        eprintln!("Méthode : {}.", projection.method());
        if let Some(fit) = start.shares.fit {
            eprintln!(
                "APL de 65 ans et moins de {} : corrélation {} avec la part nationale seule, {} avec les parts communales ({} pour le rapport des deux APL).",
                fit.vintage,
                french_number(fit.national, 3),
                french_number(fit.local, 3),
                french_number(fit.ratio, 3)
            );
        }
        eprintln!("Empreinte : {}.", projection.fingerprint());
    }
}

/// Applies `clé=valeur`; `retention` alone means that of the region looked at.
fn assume(assumptions: &mut Assumptions, change: &str, region: Option<&str>) -> Result<()> {
    let (name, value) = change
        .split_once('=')
        .with_context(|| format!("« {change} » est refusé ; attendu : clé=valeur, comme retention=0.8"))?;
    let name = name.trim();
    let name = match region {
        Some(region) if name == "retention" => format!("retention.{region}"),
        _ => name.to_owned(),
    };
    assumptions.set(&name, value).map_err(|problem| anyhow!(problem))
}

/// Codes of the measure, or none where they designate nothing: every region then gets the places.
fn own_codes(territory: &Territory, codes: Vec<String>) -> Vec<String> {
    let known = |code: &String| territory.find(Level::FormerRegion, code).is_some();
    if codes.iter().any(known) { codes } else { Vec::new() }
}

/// The area `level:code` designates.
fn find(territory: &Territory, text: &str) -> Result<(Level, u32)> {
    let (level, code) = text
        .split_once(':')
        .with_context(|| format!("« {text} » est refusé ; attendu : NIVEAU:CODE, comme region:24 ou departement:59"))?;
    let level: Level = level.trim().parse()?;
    let area = territory.find(level, &code.trim().to_ascii_uppercase()).with_context(|| {
        format!(
            "aucun territoire de niveau « {level} » ne porte le code « {code} » dans « {} » (pacte access table --level {level} donne les codes)",
            territory.meta.name
        )
    })?;
    Ok((level, area))
}

fn register(ground: &Ground, path: &std::path::Path) -> Result<Register> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let year = ground.catchment().and_then(|catchment| catchment.heads.vintages.iter().max().copied());
    let year = year.unwrap_or(ground.method().vintage);
    let (register, refusals) = Register::read(ground.territory(), &name, &text, &ground.method().profession, year)
        .map_err(|problem| anyhow!(problem))?;
    for refusal in refusals.iter().take(REFUSALS_SHOWN) {
        eprintln!("{name}:{} laissée de côté : {}", refusal.line, refusal.problem);
    }
    if refusals.len() > REFUSALS_SHOWN {
        eprintln!("{name} : {} autres lignes laissées de côté", refusals.len() - REFUSALS_SHOWN);
    }
    Ok(register)
}
