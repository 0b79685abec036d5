//! Files of communes and their groupings, as INSEE, the DGCL and their carriers write them.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::Workbook;

use super::folder::{COMMA, COMMA_CRLF, Folder, SEMICOLON_CRLF, degrees};
use super::names::Name;
use super::partition::Vertex;
use super::rng::mix;
use super::settlements::{FIRST_YEAR, LAST_YEAR};
use super::world::{Commune, DEPARTEMENTS, Group, OldCommune, REGION, World, with_of};
use super::{TrainingError, row};

/// Geography of the contours, coordinates and tables of membership.
pub(super) const COG: i32 = 2024;

/// Writes every file of the `communes` folder.
pub(super) fn write(world: &World, positions: &[Vertex], folder: &mut Folder) -> Result<(), TrainingError> {
    for year in [2024, 2025] {
        cog(world, year, folder)?;
    }
    movements(world, folder)?;
    divisions(world, folder)?;
    for year in FIRST_YEAR..=LAST_YEAR {
        populations(world, year, folder)?;
    }
    let communes = world.geography(COG);
    let zones = UrbanZones::new(world, &communes);
    membership(world, &communes, &zones, folder)?;
    epci_workbook(world, &communes, folder)?;
    coordinates(world, &communes, positions, folder)?;
    postal(world, folder)?;
    adjacency(world, &communes, positions, folder)
}

/// Name for the files: article, capitals, rich.
fn named(name: &Name) -> [String; 4] {
    [name.tncc.to_string(), name.capitals(), name.bare.clone(), name.full()]
}

fn cog(world: &World, year: i32, folder: &mut Folder) -> Result<(), TrainingError> {
    let mut rows = Vec::new();
    for commune in world.geography(year) {
        let old = &world.old[commune.chef];
        let departement = DEPARTEMENTS[old.departement];
        let [tncc, ncc, nccenr, libelle] = named(&commune.name);
        rows.push(row![
            "COM",
            old.code,
            REGION,
            departement,
            format!("{departement}D"),
            world.arrondissements[old.arrondissement].code,
            tncc,
            ncc,
            nccenr,
            libelle,
            world.cantons[old.canton].code,
            ""
        ]);
    }
    for merger in world.mergers.iter().filter(|merger| merger.year <= year) {
        let chef = &world.old[merger.members[0]].code;
        for member in &merger.members {
            let [tncc, ncc, nccenr, libelle] = named(&world.old[*member].name);
            rows.push(row!["COMD", world.old[*member].code, "", "", "", "", tncc, ncc, nccenr, libelle, "", chef]);
        }
    }
    rows.sort_by(|a, b| (&a[1], &a[0]).cmp(&(&b[1], &b[0])));
    let header =
        ["TYPECOM", "COM", "REG", "DEP", "CTCD", "ARR", "TNCC", "NCC", "NCCENR", "LIBELLE", "CAN", "COMPARENT"];
    folder.csv(&format!("communes/insee_cog_communes_{year}.csv"), COMMA_CRLF, &header, &rows)
}

fn movements(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    let mut rows = Vec::new();
    for merger in &world.mergers {
        let date = format!("{}-01-01", merger.year);
        let chef = &world.old[merger.members[0]].code;
        for member in &merger.members {
            let old = &world.old[*member];
            let before = named(&old.name);
            for (kind, code, after) in [("COM", chef, named(&merger.name)), ("COMD", &old.code, named(&old.name))] {
                let mut line = row!["32", date, "COM", old.code];
                line.extend(before.clone());
                line.extend(row![kind, code]);
                line.extend(after);
                rows.push(line);
            }
        }
    }
    rows.sort_by(|a, b| b[1].cmp(&a[1]).then_with(|| a[3].cmp(&b[3])));
    let header = [
        "MOD",
        "DATE_EFF",
        "TYPECOM_AV",
        "COM_AV",
        "TNCC_AV",
        "NCC_AV",
        "NCCENR_AV",
        "LIBELLE_AV",
        "TYPECOM_AP",
        "COM_AP",
        "TNCC_AP",
        "NCC_AP",
        "NCCENR_AP",
        "LIBELLE_AP",
    ];
    folder.csv("communes/insee_cog_mouvements_communes_2026.csv", COMMA_CRLF, &header, &rows)
}

fn divisions(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    let rows: Vec<Vec<String>> = world
        .departements
        .iter()
        .map(|departement| {
            let name = feminine(&departement.name);
            let seat = &world.old[departement.centre].code;
            row![
                departement.code,
                REGION,
                seat,
                name.tncc.to_string(),
                name.capitals(),
                departement.name,
                departement.name
            ]
        })
        .collect();
    let header = ["DEP", "REG", "CHEFLIEU", "TNCC", "NCC", "NCCENR", "LIBELLE"];
    folder.csv("communes/insee_departements_2026.csv", COMMA_CRLF, &header, &rows)?;
    let seat = &world.old[world.departements[0].centre].code;
    let region = &world.region;
    let rows = [row![REGION, seat, region.tncc.to_string(), region.capitals(), region.bare, region.bare]];
    folder.csv("communes/insee_regions_2026.csv", COMMA_CRLF, &header[1..], &rows)
}

/// The name of a département called after a river: « La » or « L' ».
fn feminine(bare: &str) -> Name {
    let Name { tncc, bare } = Name::plain(bare.to_owned());
    Name { tncc: if tncc == 1 { 5 } else { 3 }, bare }
}

/// Population counted apart (students, boarders…) of a commune, from its municipal population.
pub(super) fn counted_apart(world: &World, commune: &Commune, year: i32) -> u32 {
    commune
        .members
        .iter()
        .map(|s| {
            let people = world.sites[*s].inhabitants(year);
            let share = 0.010 + 0.016 * (mix(*s as u64 ^ world.seed) & 0xff) as f64 / 255.0;
            (f64::from(people) * share).round() as u32
        })
        .sum()
}

fn populations(world: &World, year: i32, folder: &mut Folder) -> Result<(), TrainingError> {
    // Legal populations of year n are published at n + 2 for the geography of that year.
    let rows: Vec<Vec<String>> = world
        .geography(year + 2)
        .iter()
        .map(|commune| {
            let old = &world.old[commune.chef];
            let (municipal, apart) = (world.inhabitants(commune, year), counted_apart(world, commune, year));
            row![
                REGION,
                world.region.bare,
                world.departement(commune),
                last(&world.arrondissements[old.arrondissement].code, 1),
                last(&world.cantons[old.canton].code, 2),
                last(&old.code, 3),
                old.code,
                commune.name.full(),
                municipal.to_string(),
                apart.to_string(),
                (municipal + apart).to_string()
            ]
        })
        .collect();
    let header = ["REG", "Région", "DEP", "CODARR", "CODCAN", "CODCOM", "COM", "Commune", "PMUN", "PCAP", "PTOT"];
    folder.csv(&format!("communes/insee_populations_legales_{year}.csv"), SEMICOLON_CRLF, &header, &rows)
}

fn last(text: &str, n: usize) -> &str {
    &text[text.len() - n..]
}

/// Urban units and areas of attraction, drawn simply: INSEE's own method needs built-up continuity and commuting.
struct UrbanZones {
    unit: Vec<String>,
    area: Vec<String>,
    labels: BTreeMap<(&'static str, String), String>,
}

impl UrbanZones {
    fn new(world: &World, communes: &[Commune]) -> Self {
        let mut zones = Self { unit: Vec::new(), area: Vec::new(), labels: BTreeMap::new() };
        let mut towns: Vec<usize> = (0..world.sites.len())
            .filter(|s| world.sites[*s].inhabitants(2021) > 2000 && world.sites[*s].rank.is_some())
            .collect();
        towns.sort_by_key(|s| world.sites[*s].rank);
        for commune in communes {
            let departement = world.departement(commune);
            let site = &world.sites[commune.chef];
            let dense = f64::from(world.inhabitants(commune, 2021)) / world.area(commune) > 190.0;
            let home = towns.iter().position(|town| {
                let reach = if world.sites[*town].rank == Some(0) { 11.0 } else { 5.0 };
                *town == commune.chef || (dense && world.sites[*town].distance(site) < reach)
            });
            let unit = home.map_or_else(
                || format!("{departement}000"),
                |rank| format!("{}3{:02}", DEPARTEMENTS[world.old[towns[rank]].departement], rank + 1),
            );
            let label = home.map_or_else(
                || format!("Communes hors unité urbaine du département {departement}"),
                |rank| world.old[towns[rank]].name.full(),
            );
            zones.labels.insert(("UU2020", unit.clone()), label);
            zones.unit.push(unit);
            let pole = towns.iter().take(14).position(|town| {
                let people = f64::from(world.sites[*town].inhabitants(2021));
                world.sites[*town].distance(site) < 4.0 + 22.0 * (people / 180_000.0).powf(0.42)
            });
            let area = pole.map_or_else(|| "000".to_owned(), |rank| format!("9{rank:02}"));
            let label = pole.map_or_else(
                || "Commune hors attraction des villes".to_owned(),
                |rank| world.old[towns[rank]].name.full(),
            );
            zones.labels.insert(("AAV2020", area.clone()), label);
            zones.area.push(area);
        }
        zones
    }
}

fn membership(
    world: &World,
    communes: &[Commune],
    zones: &UrbanZones,
    folder: &mut Folder,
) -> Result<(), TrainingError> {
    let columns = [
        "CODGEO", "LIBGEO", "DEP", "CTCD", "REG", "EPCI", "EPT", "ARR", "CANOV", "ZE2020", "UU2020", "AAV2020",
        "BV2022",
    ];
    let code = |groups: &[Group], rank: usize| groups[rank].code.clone();
    let mut rows: Vec<Vec<String>> = communes
        .iter()
        .enumerate()
        .map(|(rank, commune)| {
            let old = &world.old[commune.chef];
            let departement = world.departement(commune);
            row![
                old.code,
                commune.name.full(),
                departement,
                format!("{departement}D"),
                REGION,
                code(&world.epcis, old.epci),
                "ZZZZZZZZZ",
                code(&world.arrondissements, old.arrondissement),
                code(&world.cantons, old.canton),
                code(&world.employment_zones, old.employment_zone),
                zones.unit[rank],
                zones.area[rank],
                code(&world.bassins, old.bassin)
            ]
        })
        .collect();
    let mut labels = zones.labels.clone();
    for (level, groups) in [
        ("ARR", &world.arrondissements),
        ("BV2022", &world.bassins),
        ("CANOV", &world.cantons),
        ("DEP", &world.departements),
        ("EPCI", &world.epcis),
        ("ZE2020", &world.employment_zones),
    ] {
        for group in groups {
            labels.insert((level, group.code.clone()), group.name.clone());
        }
    }
    for departement in &world.departements {
        labels.insert(
            ("CTCD", format!("{}D", departement.code)),
            format!("Conseil départemental {}", with_of(&feminine(&departement.name))),
        );
    }
    labels.insert(("REG", REGION.to_owned()), world.region.bare.clone());
    let count = |level: &str, code: &str| {
        let column = columns.iter().position(|name| *name == level).unwrap_or(0);
        rows.iter().filter(|line| line[column] == code).count()
    };
    let libelles: Vec<Vec<String>> =
        labels.iter().map(|((level, code), label)| row![*level, code, label, count(level, code).to_string()]).collect();
    // The carrier's file ends with an empty line of commas: so does this one.
    rows.push(vec![String::new(); columns.len()]);
    folder.csv("communes/insee_table_appartenance_2024.csv", COMMA, &columns, &rows)?;
    folder.csv("communes/insee_supracom_2024_libelles.csv", COMMA, &["NIVGEO", "CODGEO", "LIBGEO", "NB_COM"], &libelles)
}

fn epci_workbook(world: &World, communes: &[Commune], folder: &mut Folder) -> Result<(), TrainingError> {
    const PATH: &str = "communes/dgcl_epcicom_2024.xlsx";
    let failed = |source| TrainingError::Workbook { path: PATH.into(), source };
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Epcicom2024").map_err(failed)?;
    let header = [
        "dept",
        "siren",
        "raison_sociale",
        "nature_juridique",
        "mode_financ",
        "nb_membres",
        "total_pop_tot",
        "total_pop_mun",
        "dep_com",
        "insee",
        "siren_membre",
        "nom_membre",
        "ptot_2024",
        "pmun_2024",
    ];
    for (column, title) in header.iter().enumerate() {
        sheet.write(0, column as u16, *title).map_err(failed)?;
    }
    let mut line = 0;
    for (rank, epci) in world.epcis.iter().enumerate() {
        let mut members: Vec<&Commune> =
            communes.iter().filter(|commune| world.old[commune.chef].epci == rank).collect();
        members.sort_by_key(|commune| std::cmp::Reverse(world.inhabitants(commune, 2021)));
        let (short, nature) =
            [("Communauté de communes", "CC"), ("Communauté d'agglomération", "CA"), ("Métropole", "METRO")]
                .into_iter()
                .find(|(long, _)| epci.name.starts_with(long))
                .map_or_else(
                    || (epci.name.clone(), "CC"),
                    |(long, nature)| {
                        (
                            if nature == "METRO" { epci.name.clone() } else { epci.name.replacen(long, nature, 1) },
                            nature,
                        )
                    },
                );
        let municipal: u32 = members.iter().map(|commune| world.inhabitants(commune, 2021)).sum();
        let apart: u32 = members.iter().map(|commune| counted_apart(world, commune, 2021)).sum();
        for commune in &members {
            line += 1;
            let people = world.inhabitants(commune, 2021);
            let departement = world.departement(commune);
            let texts = [
                (0, departement),
                (2, short.as_str()),
                (3, nature),
                (4, if nature == "CC" && rank % 4 == 1 { "FA" } else { "FPU" }),
                (8, departement),
                (9, world.code(commune)),
            ];
            for (column, text) in texts {
                sheet.write(line, column, text).map_err(failed)?;
            }
            sheet.write(line, 11, commune.name.full()).map_err(failed)?;
            let siren: u32 = epci.code.parse().unwrap_or(0);
            let numbers = [
                (1, siren),
                (5, members.len() as u32),
                (6, municipal + apart),
                (7, municipal),
                (10, 999_500_000 + 13 * commune.chef as u32),
                (12, people + counted_apart(world, commune, 2021)),
                (13, people),
            ];
            for (column, number) in numbers {
                sheet.write(line, column, number).map_err(failed)?;
            }
        }
    }
    folder.workbook(PATH, workbook)
}

/// Main postal code of an old commune: one per canton, in the unused range 99 of French postal codes.
pub(super) fn postal_code(world: &World, old: &OldCommune) -> String {
    let canton = &world.cantons[old.canton].code;
    format!("99{}{}", old.departement + 1, last(canton, 2))
}

/// Other postal code of the city.
fn second_postal_code(world: &World, commune: &Commune) -> Option<String> {
    (world.sites[commune.chef].rank == Some(0)).then(|| "99100".to_owned())
}

fn coordinates(
    world: &World,
    communes: &[Commune],
    positions: &[Vertex],
    folder: &mut Folder,
) -> Result<(), TrainingError> {
    let header = [
        "insee_com",
        "insee_reg",
        "insee_dep",
        "commune",
        "commune_article",
        "code_postal",
        "commune_type",
        "insee_parente",
        "lat",
        "lng",
        "superficie_km2",
        "population_2021",
        "population_2015",
        "menages_2021",
        "naissances_2022",
        "deces_2022",
        "pop_15_64_totale_2021",
        "pop_15_64_chomage_2021",
        "pop_15_64_active_2021",
    ];
    let mut rows = Vec::new();
    let mut push = |commune: &Commune, kind: &str, parent: &str, postal: &str| {
        let old = &world.old[commune.chef];
        let people = world.inhabitants(commune, 2021);
        let share = |share: f64| (f64::from(people) * share).round().to_string();
        let (lon, lat) = positions[commune.chef];
        rows.push(row![
            old.code,
            if parent.is_empty() { REGION } else { "" },
            if parent.is_empty() { world.departement(commune) } else { "" },
            commune.name.bare,
            commune.name.full(),
            postal,
            kind,
            parent,
            degrees(lat),
            degrees(lon),
            format!("{:.2}", world.area(commune)),
            people.to_string(),
            world.inhabitants(commune, 2015).to_string(),
            share(0.46),
            share(0.0095),
            share(0.0108),
            share(0.605),
            share(0.046),
            share(0.452)
        ]);
    };
    for commune in communes {
        push(commune, "COM", "", &postal_code(world, &world.old[commune.chef]));
        if let Some(other) = second_postal_code(world, commune) {
            push(commune, "COM", "", &other);
        }
        for member in commune.members.iter().filter(|_| commune.members.len() > 1) {
            let part = Commune { chef: *member, members: vec![*member], name: world.old[*member].name.clone() };
            push(&part, "COMD", world.code(commune), &postal_code(world, &world.old[*member]));
        }
    }
    folder.csv("communes/communes_cog2024_latlon_pop2021.csv", COMMA, &header, &rows)
}

fn postal(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    let rows: Vec<Vec<String>> = world
        .geography(2025)
        .iter()
        .map(|commune| {
            let main = postal_code(world, &world.old[commune.chef]);
            let mut others: BTreeSet<String> =
                commune.members.iter().map(|s| postal_code(world, &world.old[*s])).collect();
            others.extend(second_postal_code(world, commune));
            others.remove(&main);
            row![world.code(commune), main, others.into_iter().collect::<Vec<_>>().join("|")]
        })
        .collect();
    folder.csv("communes/gazetteer_insee_codepostal.csv", COMMA_CRLF, &["insee", "cp", "cps_alt"], &rows)
}

/// Commune of a geography that each old commune belongs to.
pub(super) fn commune_of(world: &World, communes: &[Commune]) -> Vec<usize> {
    let mut of = vec![0; world.old.len()];
    for (number, commune) in communes.iter().enumerate() {
        for member in &commune.members {
            of[*member] = number;
        }
    }
    of
}

fn adjacency(
    world: &World,
    communes: &[Commune],
    positions: &[Vertex],
    folder: &mut Folder,
) -> Result<(), TrainingError> {
    let of = commune_of(world, communes);
    let mut shared: BTreeMap<(usize, usize), BTreeSet<Vertex>> = BTreeMap::new();
    for arc in &world.arcs {
        if let (Ok(left), Ok(right)) = (usize::try_from(arc.left), usize::try_from(arc.right)) {
            let (a, b) = (of[left].min(of[right]), of[left].max(of[right]));
            if a != b {
                shared.entry((a, b)).or_default().extend(arc.points.iter().copied());
            }
        }
    }
    let rows: Vec<Vec<String>> = shared
        .iter()
        .map(|((a, b), vertices)| {
            let (p, q) = (positions[communes[*a].chef], positions[communes[*b].chef]);
            row![
                world.code(&communes[*a]),
                world.code(&communes[*b]),
                vertices.len().to_string(),
                format!("{:.3}", great_circle_km(p, q))
            ]
        })
        .collect();
    folder.csv("communes/communes_2024_adjacence.csv", COMMA, &["a", "b", "n_shared", "km"], &rows)
}

/// Great-circle distance between two vertices, km (mean radius 6371.0088 km).
pub(super) fn great_circle_km(a: Vertex, b: Vertex) -> f64 {
    let radians = |e5: i32| (f64::from(e5) * 1e-5).to_radians();
    let (lat_a, lat_b) = (radians(a.1), radians(b.1));
    let half = ((lat_b - lat_a) / 2.0).sin().powi(2)
        + lat_a.cos() * lat_b.cos() * ((radians(b.0) - radians(a.0)) / 2.0).sin().powi(2);
    2.0 * 6371.0088 * half.sqrt().min(1.0).asin()
}
