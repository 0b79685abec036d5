//! `pacte roads isochrone`: what lies within some minutes of a place.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use pacte_access::atlas::ResourceKind;
use pacte_access::reach::{Around, LONGEST_MINUTES, MOST_LIMITS, POPULATION_METHOD, RESOURCES_METHOD, Surroundings};
use pacte_roads::graph::Time;
use pacte_roads::isochrone::{Area, Settings, to_geojson};
use pacte_roads::network::Network;
use pacte_roads::profile::Mode;
use pacte_sources::table::{Cell, Table, TableColumn};

use super::{MINUTE, attribution, spot, unsuited};
use crate::cli::{AreaFormat, TextFormat};
use crate::data_dir::DataDir;
use crate::print::print;
use crate::progress::step;

/// Draws areas, with who lives and which care stands inside when a territory tells.
pub(super) fn run(data: &DataDir, text: &str, minutes: &str, profile: &str, format: AreaFormat) -> Result<()> {
    let minutes = limits(minutes)?;
    let roads = data.roads().require()?;
    let (network, _) = roads.network(profile)?;
    let territory = data.current()?.map(|snapshot| snapshot.territory);
    let spot = spot::find(text, territory.as_ref())?;
    let place = spot::join(&network, &spot)?;
    let source = attribution(&network.about().extract);
    let suits = |nature| roads.report.suits(nature);
    let (table, geojson) = match territory {
        Some(territory) if suits(territory.meta.nature) => {
            let (territory, network) = (Arc::new(territory), Arc::new(network));
            let all = step("Communes de chaque route", || Ok(Surroundings::new(territory, network)))?;
            let around = all.around(spot.point, &minutes)?;
            (with_people(&spot.name, &around), around.geojson())
        }
        other => {
            if let Some(territory) = other {
                eprintln!("{}", unsuited(&territory.meta.name, roads.report.is_fictional()));
            }
            let areas = areas(&network, &place, &minutes)?;
            let geojson = to_geojson(&areas, |area| {
                let label = &network.about().label;
                serde_json::json!({"minutes": whole_minutes(area), "km2": area.km2, "profil": label, "source": source})
                    .to_string()
            });
            (bare(&spot.name, &areas), geojson)
        }
    };
    let format = match format {
        AreaFormat::Geojson => {
            let mut out = std::io::stdout().lock();
            out.write_all(geojson.as_bytes())?;
            out.flush()?;
            None
        }
        AreaFormat::Table => Some(TextFormat::Table),
        AreaFormat::Csv => Some(TextFormat::Csv),
        AreaFormat::Json => Some(TextFormat::Json),
    };
    if let Some(format) = format {
        print(&table, format)?;
    }
    if !table.description.is_empty() {
        eprintln!("{}", table.description);
    }
    eprintln!("{source}");
    Ok(())
}

/// Minutes separated by commas, ascending, each once.
fn limits(text: &str) -> Result<Vec<u32>> {
    let mut limits = Vec::new();
    for part in text.split(',') {
        let minutes: u32 =
            part.trim().parse().ok().filter(|minutes| (1..=LONGEST_MINUTES).contains(minutes)).with_context(|| {
                format!(
                    "minutes « {text} » : « {} » n’est pas un nombre entier de 1 à {LONGEST_MINUTES} (10,15,20,30)",
                    part.trim()
                )
            })?;
        limits.push(minutes);
    }
    limits.sort_unstable();
    limits.dedup();
    ensure!(limits.len() <= MOST_LIMITS, "minutes « {text} » : {MOST_LIMITS} durées au plus");
    Ok(limits)
}

fn areas(network: &Network, place: &pacte_roads::snap::Place, minutes: &[u32]) -> Result<Vec<Area>> {
    let settings = if network.about().mode == Mode::Foot { Settings::WALK } else { Settings::DRIVE };
    let times: Vec<Time> = minutes.iter().map(|minutes| minutes * MINUTE as Time).collect();
    let longest = times.last().copied().unwrap_or_default();
    Ok(network.reach(place, longest, settings)?.surface.areas(&times))
}

fn whole_minutes(area: &Area) -> u32 {
    area.limit / MINUTE as Time
}

fn table(name: &str) -> Table {
    let columns =
        vec![TableColumn::integer("minutes", "Durée", "minutes"), TableColumn::decimal("km2", "Surface", "km²", 1)];
    Table::new("isochrone", format!("Autour de {name}"), columns)
}

fn bare(name: &str, areas: &[Area]) -> Table {
    let mut table = table(name);
    table.rows = areas.iter().map(|area| vec![Cell::from(whole_minutes(area)), Cell::number(area.km2)]).collect();
    table
}

fn with_people(name: &str, around: &Around) -> Table {
    let mut table = table(name);
    table.description = format!("La {POPULATION_METHOD} ; {RESOURCES_METHOD}.");
    table.columns.push(TableColumn::integer("population", "Population estimée", "habitants"));
    table.columns.push(TableColumn::integer("communes", "Communes touchées", ""));
    for kind in ResourceKind::ALL {
        table.columns.push(TableColumn::integer(kind.concept(), heading(kind), ""));
    }
    for band in &around.bands {
        let mut row = vec![
            Cell::from(band.minutes),
            Cell::number(band.area.km2),
            Cell::from(band.people.map(f64::round)),
            Cell::from(band.communes.len()),
        ];
        row.extend(band.resources.iter().map(|resource| Cell::from(resource.count)));
        table.rows.push(row);
    }
    table
}

/// Resources of a kind, in the plural.
const fn heading(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Emergency => "Services d’urgences",
        ResourceKind::Gp => "Médecins généralistes",
        ResourceKind::Pharmacy => "Pharmacies",
        ResourceKind::Maternity => "Maternités",
        ResourceKind::Msp => "Maisons de santé",
        ResourceKind::HealthCentre => "Centres de santé",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_sorted_and_checked() {
        assert_eq!(limits("30, 10,10,20").unwrap(), [10, 20, 30]);
        for (text, says) in [
            ("0", "« 0 »"),
            ("10,", "«  »"),
            ("dix", "« dix »"),
            ("121", "« 121 »"),
            ("1.5", "« 1.5 »"),
            ("-5", "« -5 »"),
        ] {
            let error = limits(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
        assert!(limits("1,2,3,4,5,6,7,8,9,10,11,12,13").is_err());
    }
}
