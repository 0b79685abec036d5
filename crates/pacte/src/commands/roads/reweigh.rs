//! `pacte roads reweigh`: other speeds on the ways that were kept.

use std::time::Instant;

use anyhow::{Context as _, Result};
use pacte_roads::build::RoadGraph;
use pacte_roads::network::{Network, Reuse};

use super::import::{coverage, prepared, profiles};
use super::report::{Closing, peak_memory};
use crate::cli::TextFormat;
use crate::data_dir::DataDir;
use crate::progress::step;

/// Weighs the ways again; profiles that are not named stay as they are.
pub(super) fn run(data: &DataDir, asked: &[String], format: TextFormat) -> Result<()> {
    let start = Instant::now();
    let roads = data.roads().require()?;
    let profiles = profiles(asked)?;
    let ways = step("Lecture des voies gardées", || roads.ways())?;
    let territory = data.current()?.map(|snapshot| snapshot.territory);
    let names: Vec<&str> = profiles.iter().map(|(profile, _)| profile.id.as_str()).collect();
    let extract = roads.report.extract.clone();
    let mut draft = data.roads().draft()?;
    draft.keep(&roads, &names)?;
    let mut joined = Vec::new();
    let mut told = Vec::new();
    for (profile, text) in &profiles {
        let graph =
            step(&format!("Profil « {} » : graphe", profile.label), || Ok(RoadGraph::build(&ways, profile)?))?;
        let known = roads.report.profiles.iter().any(|kept| kept.id == profile.id);
        let (network, reuse) = if known {
            let (former, _) = roads.network(&profile.id)?;
            prepared(profile, |tell| former.reweighed(graph, profile, tell))?
        } else {
            let network = prepared(profile, |tell| Network::prepare(graph, profile, extract.clone(), tell))?;
            (network, Reuse::Nothing)
        };
        told.push(match (known, reuse) {
            (_, Reuse::Order) => format!("{} : ordre des nœuds gardé, temps recalculés", profile.id),
            (true, Reuse::Nothing) => {
                format!("{} : des routes s’ouvrent ou se ferment, tout est préparé de nouveau", profile.id)
            }
            (false, Reuse::Nothing) => format!("{} : nouveau profil, préparé en entier", profile.id),
        });
        joined.extend(territory.as_ref().map(|territory| coverage(&profile.id, territory, &network)));
        draft.network(&network, profile, text)?;
    }
    let (name, report) = draft.finish(extract).context("les routes en usage n’ont pas changé")?;
    let spent = Some((start.elapsed().as_secs_f64(), peak_memory()));
    let closing = Closing { joined, spent, name: Some(name), ..Closing::of(report) };
    closing.print(format)?;
    for line in told {
        eprintln!("{line}.");
    }
    Ok(())
}
