//! `pacte roads`: questions to the imported networks.

use anyhow::{Context as _, Result, bail};
use pacte_roads::graph::{FURTHEST, Time};
use pacte_roads::network::Network;
use pacte_roads::osm::{Bounds, ExtractReport};
use pacte_sources::table::{Cell, Table, TableColumn};

use crate::cli::{Roads, TextFormat};
use crate::data_dir::DataDir;
use crate::print::print;

mod calibrate;
mod import;
mod isochrone;
mod matrix;
mod points;
mod report;
mod reweigh;
mod spot;

pub(crate) use import::{build, command_for, import, profiles};

/// Tenths of a second in a minute.
const MINUTE: f64 = 600.0;

/// Runs what was typed.
pub(crate) fn run(data: &DataDir, command: &Roads) -> Result<()> {
    match command {
        Roads::Show { format } => show(data, *format),
        Roads::Time { from, to, profile, format } => time(data, [from, to], profile, *format),
        Roads::Isochrone { place, minutes, profile, format } => isochrone::run(data, place, minutes, profile, *format),
        Roads::Matrix(options) => matrix::run(data, options),
        Roads::Reweigh { profile, format } => reweigh::run(data, profile, *format),
        Roads::Calibrate { profile, format } => calibrate::run(data, profile, *format),
    }
}

/// What is imported.
fn show(data: &DataDir, format: TextFormat) -> Result<()> {
    let roads = data.roads().require()?;
    let closing = report::Closing::of(roads.report.clone());
    closing.print(format)?;
    let folder = roads.folder().display();
    if let Some(snapshot) = data.current()?
        && !roads.report.suits(snapshot.territory.meta.nature)
    {
        eprintln!("{}", unsuited(&snapshot.territory.meta.name, roads.report.is_fictional()));
    }
    eprintln!("Dans {folder}. {}", attribution(&roads.report.extract));
    Ok(())
}

/// Why the networks do not serve the figures of the territory of this name.
pub(crate) fn unsuited(name: &str, fictional: bool) -> String {
    if fictional {
        format!(
            "Les routes importées sont celles du territoire d’entraînement (fictives) : elles ne servent pas aux chiffres de « {name} ». Importez de vraies routes par « pacte import roads FICHIER.osm.pbf »."
        )
    } else {
        format!(
            "Les routes importées sont de vraies routes : elles ne servent pas aux chiffres de « {name} », qui est fictif. Importez un dossier officiel par « pacte import DOSSIER »."
        )
    }
}

/// Whose data they are, and of when.
fn attribution(extract: &ExtractReport) -> String {
    let sources: Vec<&str> = extract.files.iter().filter_map(|file| file.source.as_deref()).collect();
    if sources.iter().any(|source| source.contains("fictif")) {
        return format!("Routes fictives : {}.", sources.join(", "));
    }
    let year = extract.timestamp().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let day = year.map(|time| format!(", données au {}", time.strftime("%Y-%m-%d"))).unwrap_or_default();
    format!("© les contributeurs d’OpenStreetMap (ODbL){day}.")
}

/// From a place to another.
fn time(data: &DataDir, ends: [&str; 2], profile: &str, format: TextFormat) -> Result<()> {
    let (network, _) = data.roads().require()?.network(profile)?;
    let territory = data.current()?.map(|snapshot| snapshot.territory);
    let [from, to] = ends.map(|text| {
        let spot = spot::find(text, territory.as_ref())?;
        let place = spot::join(&network, &spot)?;
        anyhow::Ok((spot, place))
    });
    let ((from, start), (to, end)) = (from?, to?);
    let journey = network.journey(&start, &end, FURTHEST).with_context(|| {
        format!(
            "aucun chemin de {} à {} pour le profil « {profile} » : les deux lieux sont sur des morceaux de réseau que rien ne relie",
            from.name, to.name
        )
    })?;
    let mut table = Table::new(
        "time",
        format!("{} → {}", from.name, to.name),
        vec![
            TableColumn::text("from", "Départ"),
            TableColumn::text("to", "Arrivée"),
            TableColumn::text("profile", "Profil"),
            TableColumn::decimal("minutes", "Durée", "minutes", 1),
            TableColumn::decimal("km", "Distance", "km", 2),
            TableColumn::decimal("kmh", "Allure", "km/h", 0),
            TableColumn::decimal("from_road_metres", "Du départ à la route", "m", 0),
            TableColumn::decimal("to_road_metres", "De la route à l’arrivée", "m", 0),
        ],
    );
    let hours = f64::from(journey.time) / MINUTE / 60.0;
    table.rows.push(vec![
        Cell::text(&from.name),
        Cell::text(&to.name),
        Cell::text(&network.about().label),
        Cell::number(minutes(journey.time)),
        Cell::number(journey.metres / 1000.0),
        Cell::number(journey.metres / 1000.0 / hours),
        Cell::number(start.snap.metres),
        Cell::number(end.snap.metres),
    ]);
    print(&table, format)?;
    eprintln!("{}", attribution(&network.about().extract));
    Ok(())
}

/// Minutes to the thousandth, which still tells every tenth of a second.
fn minutes(time: Time) -> f64 {
    (f64::from(time) / MINUTE * 1000.0).round() / 1000.0
}

/// Tenths of a second of a number of minutes.
fn limit(minutes: f64) -> Result<Time> {
    if !(minutes > 0.0 && minutes <= 1440.0) {
        bail!("{minutes} minutes : donnez un nombre au-dessus de 0, et de 1440 (un jour) au plus");
    }
    Ok((minutes * MINUTE).round() as Time)
}

/// The bounds of a network, in words.
fn bounds_in_words(bounds: &Bounds) -> String {
    format!(
        "latitude de {:.4} à {:.4}, longitude de {:.4} à {:.4}",
        bounds.min.lat_degrees(),
        bounds.max.lat_degrees(),
        bounds.min.lon_degrees(),
        bounds.max.lon_degrees()
    )
}

/// Limits of the roads of a network.
fn bounds(network: &Network) -> Option<Bounds> {
    network.about().extract.bounds
}
