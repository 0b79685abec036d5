//! The register of urgent care of the training territory: SMUR of the hospitals, an antenna, doctors correspondent of the
//! SAMU where help is farthest, two helicopters; in the format of [`care_register`](crate::readers::care_register).
//!
//! Emergency departments are left to the BPE, as an agency that knows only its own teams would.

use super::care::Care;
use super::folder::{COMMA, Folder, degrees};
use super::frame::to_e5;
use super::own::{commune_2024, place};
use super::world::{World, with_of};
use super::{TrainingError, row};
use crate::readers::care_register::COLUMNS;

/// Path in the folder.
const PATH: &str = "urgences/ressources_soins_urgents.csv";

/// First day, last day, hours, seasons and note of each MCS: full time, in the week, nights and weekends, two seasonal ones,
/// one that was not renewed, one that has just begun.
const DOCTORS: [[&str; 5]; 7] = [
    ["2013-07-01", "", "24/7", "", ""],
    ["2014-09-01", "", "lun-ven 08:00-20:00; sam 08:00-13:00", "", ""],
    ["2016-01-01", "", "lun-ven 00:00-08:00 20:00-24:00; sam-dim 00:00-24:00", "", "nuits et fins de semaine"],
    ["2015-12-15", "", "tous 08:00-20:00", "12-15..04-15", "station de sports d’hiver"],
    ["2017-06-15", "", "tous 08:00-22:00", "06-15..09-15", "saison d’été"],
    ["2012-11-01", "2023-10-31", "24/7", "", "contrat non renouvelé"],
    ["2025-03-01", "", "lun-ven 08:00-19:00", "", "formation achevée en 2025"],
];

/// Times of what always answers.
const ALWAYS: [&str; 5] = ["", "", "24/7", "", ""];

/// Writes the register.
pub(super) fn write(world: &World, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    let mut rows = Vec::new();
    let mut add =
        |kind: &str, name: String, site: usize, at: Option<(f64, f64)>, times: [&str; 5], flight: [&str; 4]| {
            let code = commune_2024(world, site);
            let short = kind.split('_').next().unwrap_or(kind).to_uppercase();
            let number = rows.len() + 1;
            let [lat, lon] = at.map_or_else(Default::default, |(x, y)| {
                let (lon, lat) = to_e5(x, y);
                [degrees(lat), degrees(lon)]
            });
            let [from, to, hours, season, note] = times;
            let [speed, startup, range, night] = flight;
            rows.push(row![
                format!("{short}-{}-{number:03}", &code[..2]),
                kind,
                name,
                code,
                lat,
                lon,
                from,
                to,
                hours,
                season,
                speed,
                startup,
                range,
                night,
                note,
                format!("SAMU {} (fictif)", &code[..2]),
            ]);
        };
    // Where help already comes from, km.
    let mut served: Vec<(f64, f64)> = Vec::new();
    for hospital in care.places.iter().filter(|place| matches!(place.kind, "smur" | "urgences")) {
        served.push(hospital.at);
        if hospital.kind == "smur" {
            add("smur", hospital.name.clone(), hospital.site, Some(hospital.at), ALWAYS, [""; 4]);
        }
    }
    // The farther from help and the more people, the sooner; small places find no volunteer.
    let farthest = |served: &[(f64, f64)], least: u32, most: u32| {
        let merit = |site: usize| {
            let (x, y) = place(world, site);
            let near = served.iter().map(|(a, b)| (x - a).hypot(y - b)).fold(f64::INFINITY, f64::min);
            near * near * f64::from(world.sites[site].inhabitants(2021)).sqrt()
        };
        let sites = (0..world.sites.len()).filter(|site| (least..most).contains(&world.sites[*site].inhabitants(2021)));
        sites.max_by(|a, b| merit(*a).total_cmp(&merit(*b))).unwrap_or(0)
    };
    let antenna = farthest(&served, 3_000, 15_000);
    served.push(place(world, antenna));
    add(
        "antenne_smur",
        format!("Antenne de SMUR {}", with_of(&world.old[antenna].name)),
        antenna,
        None,
        ALWAYS,
        [""; 4],
    );
    for times in DOCTORS {
        let site = farthest(&served, 700, 6_000);
        served.push(place(world, site));
        add("mcs", format!("MCS {}", with_of(&world.old[site].name)), site, None, times, [""; 4]);
    }
    let bases: Vec<_> = care.places.iter().filter(|place| place.kind == "smur").collect();
    if let (Some(first), Some(last)) = (bases.first(), bases.last()) {
        let day = ["", "", "tous 08:00-20:00", "", "vole de jour"];
        let name = format!("Héli-SMUR {}", with_of(&world.old[first.site].name));
        add("helismur", name, first.site, Some(first.at), day, ["230", "8", "45", "non"]);
        let name = format!("Sécurité civile, base {}", with_of(&world.old[last.site].name));
        add("helicoptere_etat", name, last.site, Some(last.at), ALWAYS, ["220", "15", "40", "oui"]);
    }
    folder.csv(PATH, COMMA, &COLUMNS, &rows)
}
