//! `pacte import roads`: extracts in, prepared networks out.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use pacte_access::travel::Coverage;
use pacte_roads::build::RoadGraph;
use pacte_roads::network::Network;
use pacte_roads::osm::{self, Step};
use pacte_roads::profile::{SHIPPED, SpeedProfile};
use pacte_territory::Territory;

use super::attribution;
use super::report::{Closing, OnRoads, peak_memory};
use crate::cli::ImportRoads;
use crate::data_dir::{DataDir, ProfileReport, RoadReport};
use crate::progress::{measured_step, step};

/// Reads extracts, prepares a network per profile, prints what it gave, and unless it is a dry run makes them the roads in
/// use.
pub(crate) fn import(data: &DataDir, options: &ImportRoads) -> Result<()> {
    let profiles = profiles(&options.profile)?;
    let closing = build(data, &options.files, &profiles, options.dry_run).context("rien n’a été écrit")?;
    closing.print(options.format)?;
    let attribution = attribution(&closing.report.extract);
    match &closing.name {
        Some(name) => eprintln!("Routes {name} dans {}. {attribution}", data.root().display()),
        None => eprintln!("Essai à blanc : rien n’a été écrit. {attribution}"),
    }
    Ok(())
}

/// Profiles named on the command line (shipped ones, or files), with their texts; the shipped ones when none is.
pub(crate) fn profiles(asked: &[String]) -> Result<Vec<(SpeedProfile, String)>> {
    let mut found: Vec<(SpeedProfile, String)> = Vec::new();
    let shipped = |name: &str| SHIPPED.iter().find(|(id, ..)| *id == name);
    let mut add = |file: &str, text: &str| {
        let profile = SpeedProfile::read(file, text)?;
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        ensure!(
            !profile.id.is_empty() && profile.id.len() <= 40 && profile.id.chars().all(is_plain),
            "{file} : le nom « {} » doit tenir en 40 minuscules sans accent, chiffres, « - » ou « _ » au plus : il nomme un fichier",
            profile.id
        );
        if let Some((_, other)) = found.iter().find(|(other, _)| other.id == profile.id) {
            ensure!(
                other == text,
                "{file} : deux profils s’appellent « {} », changez le champ id de l’un d’eux",
                profile.id
            );
            return Ok(());
        }
        found.push((profile, text.to_owned()));
        Ok(())
    };
    if asked.is_empty() {
        for (_, file, text) in SHIPPED {
            add(file, text)?;
        }
    }
    for name in asked {
        if let Some((_, file, text)) = shipped(name) {
            add(file, text)?;
            continue;
        }
        let text = match std::fs::read_to_string(name) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let known: Vec<&str> = SHIPPED.iter().map(|(id, ..)| *id).collect();
                bail!("profil « {name} » : ni un profil du programme ({}) ni un fichier", known.join(", "));
            }
            Err(error) => return Err(error).with_context(|| name.clone()),
        };
        add(name, &text)?;
    }
    Ok(found)
}

/// Reads extracts and prepares a network per profile.
pub(crate) fn build(
    data: &DataDir,
    files: &[PathBuf],
    profiles: &[(SpeedProfile, String)],
    dry_run: bool,
) -> Result<Closing> {
    let start = Instant::now();
    let extract = measured_step("Lecture des extraits", |tell| {
        let progress = |progress: osm::Progress| {
            let part = match progress.step {
                Step::Opening => "ouverture",
                Step::Ways => "voies",
                Step::Nodes => "points",
            };
            tell(part, progress.done, progress.total);
        };
        Ok(osm::read(files, &progress)?)
    })?;
    let territory = data.current()?.map(|snapshot| snapshot.territory);
    let mut draft = if dry_run { None } else { Some(data.roads().draft()?) };
    if let Some(draft) = &mut draft {
        step("Voies gardées pour d’autres vitesses", || draft.ways(&extract.ways))?;
    }
    let mut joined = Vec::new();
    let mut reports = Vec::new();
    for (profile, text) in profiles {
        let graph = step(&format!("Profil « {} » : graphe", profile.label), || {
            Ok(RoadGraph::build(&extract.ways, profile)?)
        })?;
        let network = prepared(profile, |tell| Network::prepare(graph, profile, extract.report.clone(), tell))?;
        joined.extend(territory.as_ref().map(|territory| coverage(&profile.id, territory, &network)));
        reports.push(match &mut draft {
            Some(draft) => draft.network(&network, profile, text)?.clone(),
            None => ProfileReport::of(&network, text),
        });
    }
    let (name, report) = match draft {
        Some(draft) => {
            let (name, report) = draft.finish(extract.report)?;
            (Some(name), report)
        }
        None => (None, RoadReport { extract: extract.report, ways: String::new(), profiles: reports }),
    };
    let spent = (start.elapsed().as_secs_f64(), peak_memory());
    Ok(Closing { joined, spent: Some(spent), name, ..Closing::of(report) })
}

/// Prepares a network behind a bar.
pub(super) fn prepared<T>(
    profile: &SpeedProfile,
    prepare: impl FnOnce(&(dyn Fn(pacte_roads::hierarchy::Progress) + Sync)) -> T,
) -> Result<T> {
    measured_step(&format!("Profil « {} » : préparation", profile.label), |tell| {
        Ok(prepare(&|progress| tell("nœuds", u64::from(progress.done), u64::from(progress.of))))
    })
}

/// Which communes a network joins.
pub(super) fn coverage(profile: &str, territory: &Territory, network: &Network) -> OnRoads {
    let (coverage, _) = Coverage::of(territory, network);
    let named = |communes: &[u32]| {
        let name = |id: &u32| {
            let communes = &territory.communes;
            format!("{} {}", communes.code[*id as usize], communes.name[*id as usize])
        };
        communes.iter().map(name).collect()
    };
    OnRoads {
        profile: profile.to_owned(),
        communes: territory.len(),
        joined: coverage.joined,
        farthest_metres: coverage.longest_snap_metres,
        unlocated: named(&coverage.unlocated),
        too_far: named(&coverage.too_far),
    }
}

/// The command that imports these files.
pub(crate) fn command_for(files: &[PathBuf]) -> String {
    let quoted = |path: &Path| {
        let text = path.display().to_string();
        let plain = text.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
        if plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
    };
    let files: Vec<String> = files.iter().map(|path| quoted(path)).collect();
    format!("pacte import roads {}", files.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted() {
        let files = ["a/b.osm.pbf", "l'été 2025.osm"].map(PathBuf::from);
        assert_eq!(command_for(&files), r"pacte import roads a/b.osm.pbf 'l'\''été 2025.osm'");
    }

    #[test]
    fn profiles_are_names_or_files() {
        let names = |asked: &[&str]| {
            let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
            profiles(&asked).map(|found| found.into_iter().map(|(profile, _)| profile.id).collect::<Vec<_>>())
        };
        assert_eq!(names(&[]).unwrap(), ["car", "ambulance", "walk"]);
        assert_eq!(names(&["walk", "walk"]).unwrap(), ["walk"]);
        assert!(names(&["velo"]).unwrap_err().to_string().contains("car, ambulance, walk"));
    }
}
