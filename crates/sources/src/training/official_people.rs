//! Files about people and ground: contours, age, density grid, poverty, priority neighbourhoods, couples of travel times.

use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;

use super::ages;
use super::doctors::Practice;
use super::folder::{COMMA_CRLF, Folder, area_feature, quoted};
use super::frame::{lambert93, to_e5};
use super::official_communes::{COG, commune_of, great_circle_km};
use super::partition::{Vertex, assemble};
use super::rng::Rng;
use super::world::{Commune, DEPARTEMENTS, REGION, World};
use super::{TrainingError, row};

/// Writes the `contours`, `population`, `qpv` and `travel_times` folders.
pub(super) fn write(
    world: &World,
    practice: &Practice,
    positions: &[Vertex],
    folder: &mut Folder,
) -> Result<(), TrainingError> {
    contours(world, folder)?;
    people(world, folder)?;
    neighbourhoods(world, folder)?;
    couples(world, practice, positions, folder)
}

fn contours(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    let communes = world.geography(COG);
    let of = commune_of(world, &communes);
    let old = |label: i32| usize::try_from(label).ok();
    let polygons = assemble(&world.arcs, |label| old(label).map(|s| of[s]));
    for departement in DEPARTEMENTS {
        let features: Vec<String> = communes
            .iter()
            .enumerate()
            .filter(|(_, commune)| world.departement(commune) == departement)
            .map(|(number, commune)| {
                let code = quoted(&format!("com{}", world.code(commune)));
                area_feature(
                    &polygons[&number],
                    &[("code_territoire", code), ("libelle_territoire", quoted(&commune.name.full()))],
                )
            })
            .collect();
        folder.features(&format!("contours/communes/dep{departement}.geojson"), &features)?;
    }
    let polygons = assemble(&world.arcs, |label| old(label).map(|s| world.old[s].departement));
    let features: Vec<String> = polygons
        .iter()
        .map(|(number, polygons)| {
            let group = &world.departements[*number];
            area_feature(polygons, &[("code", quoted(&group.code)), ("nom", quoted(&group.name))])
        })
        .collect();
    folder.features("contours/departements-avec-outre-mer.geojson", &features)?;
    let polygons = assemble(&world.arcs, |label| old(label).map(|_| 0));
    let feature = area_feature(&polygons[&0], &[("code", quoted(REGION)), ("nom", quoted(&world.region.bare))]);
    folder.features("contours/regions-avec-outre-mer.geojson", &[feature])
}

/// Level of the density grid (1 dense city centre … 7 very scattered) of a commune.
fn grid_level(world: &World, commune: &Commune) -> u32 {
    let people = world.inhabitants(commune, 2021);
    let density = f64::from(people) / world.area(commune);
    let rank = world.sites[commune.chef].rank;
    let city = world.sites.iter().find(|site| site.rank == Some(0));
    let by_city = city.is_some_and(|city| city.distance(&world.sites[commune.chef]) < 9.0);
    match rank {
        Some(0) => 1,
        _ if by_city && density > 900.0 => 1,
        Some(rank) if rank < 8 && people > 12_000 => 2,
        Some(_) if people > 3000 => 3,
        _ if density > 190.0 => 4,
        _ if people > 850 && density > 48.0 => 5,
        _ if density > 17.0 => 6,
        _ => 7,
    }
}

fn people(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    let shares = ages::shares(world);
    let mut rng = Rng::new(world.seed, "revenus");
    let (mut old, mut grid, mut poverty, mut deprivation) = (Map::new(), Map::new(), Map::new(), Map::new());
    for commune in world.geography(COG) {
        let (code, name) = (world.code(&commune).to_owned(), commune.name.full());
        let total = f64::from(world.inhabitants(&commune, 2021));
        let elders: f64 = commune
            .members
            .iter()
            .map(|s| f64::from(world.sites[*s].inhabitants(2021)) * ages::share_75(&shares[*s]))
            .sum();
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        old.insert(
            code.clone(),
            json!({"nom_commune": name, "part_personnes_agees_75_plus": tenth(100.0 * elders / total)}),
        );
        let level = grid_level(world, &commune);
        grid.insert(code.clone(), json!(level));
        let town = if level <= 3 { 5.0 } else { 0.0 };
        let aged = 40.0 * (elders / total - 0.1);
        let rate = (11.5 + town + aged + 2.6 * rng.normal()).clamp(3.0, 38.0);
        poverty.insert(code.clone(), json!({"tx_pauvrete": tenth(rate)}));
        let index = ((rate - 12.5) * 0.55 + 1.3 * rng.normal()) * 100.0;
        // Statistical secrecy hides the index of the smallest communes.
        if total >= 100.0 {
            deprivation.insert(code, json!({"Commune": name, "EDI": index.round() / 100.0}));
        }
    }
    for (path, map, pretty) in [
        ("population/part_75plus_communes.json", old, true),
        ("population/insee_grille_densite7_communes.json", grid, false),
        ("population/tx_pauvrete_communes.json", poverty, true),
        ("population/fedi_2021_communes.json", deprivation, true),
    ] {
        let value = Value::Object(map);
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.map_err(|error| TrainingError::Table { path: path.into(), reason: error.to_string() })?;
        folder.bytes(path, format!("{text}\n").as_bytes())?;
    }
    Ok(())
}

fn neighbourhoods(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    const NAMES: [&str; 12] = [
        "Les Aubépines",
        "La Croix-Haute",
        "Belle-Rive",
        "Les Grands Champs",
        "Montplaisant",
        "Le Clos Fleuri",
        "La Madeleine-Neuve",
        "Les Peupliers",
        "Beau Soleil",
        "Le Parc des Ormes",
        "La Tannerie",
        "Les Terrasses",
    ];
    let mut rng = Rng::new(world.seed, "quartiers");
    let mut towns: Vec<usize> =
        (0..world.sites.len()).filter(|s| world.sites[*s].rank.is_some_and(|rank| rank < 7)).collect();
    towns.sort_by_key(|s| world.sites[*s].rank);
    let mut homes = vec![towns[0]; 5];
    homes.extend(
        towns[1..]
            .iter()
            .flat_map(|town| if world.sites[*town].inhabitants(2021) > 25_000 { vec![*town; 2] } else { vec![*town] }),
    );
    homes.truncate(NAMES.len());
    let mut entries = Vec::new();
    let mut communes: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, home) in homes.into_iter().enumerate() {
        let site = &world.sites[home];
        let code = &world.old[home].code;
        *communes.entry(code).or_default() += 1;
        let spread = if site.rank == Some(0) { 2.1 } else { 0.9 };
        let angle = rng.range(0.0, std::f64::consts::TAU);
        let (cx, cy) =
            (site.x + spread * angle.cos() * rng.range(0.5, 1.0), site.y + spread * angle.sin() * rng.range(0.5, 1.0));
        let corners = 14;
        let mut ring: Vec<[f64; 2]> = (0..corners)
            .map(|corner| {
                let angle = std::f64::consts::TAU * f64::from(corner) / f64::from(corners);
                let reach = 0.28 * rng.range(0.6, 1.25);
                let (lon, lat) = to_e5(cx + reach * angle.cos(), cy + reach * 0.7 * angle.sin());
                let round = |e5: i32| (f64::from(e5) / 10.0).round() / 1e4;
                [round(lon), round(lat)]
            })
            .collect();
        ring.push(ring[0]);
        entries.push(
            json!({"code": format!("QN99{:02}9T", number + 1), "label": NAMES[number], "insee": [code], "g": [[ring]]}),
        );
    }
    let document = json!({
        "meta": {
            "source": "Territoire d'entraînement, fictif, dans le format des quartiers prioritaires 2024 (ANCT)",
            "row_count_qpv": entries.len(),
            "row_count_communes": communes.len(),
            "crs": "WGS84 (CRS84, lon/lat)",
        },
        "qpvs": entries,
    });
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let path = "qpv/qpv_2024_polygones.json.gz";
    let failed = |source| TrainingError::Write { path: path.into(), source };
    gzip.write_all(document.to_string().as_bytes()).map_err(failed)?;
    let content = gzip.finish().map_err(failed)?;
    folder.bytes(path, &content)
}

/// Couples of communes with the minutes of two distancers: the generator's roads stand for both, each in its own way.
fn couples(world: &World, practice: &Practice, positions: &[Vertex], folder: &mut Folder) -> Result<(), TrainingError> {
    const COUPLES: usize = 1200;
    let mut rng = Rng::new(world.seed, "couples");
    let n = world.sites.len();
    let reach: Vec<Vec<(f64, f64)>> = (0..n).map(|s| world.roads.reach(s, f64::INFINITY)).collect();
    let mut rows = Vec::new();
    while rows.len() < COUPLES {
        let from = rng.below(n);
        // Half of the couples are near ones: they matter most to access.
        let to =
            if rng.chance(0.5) { practice.near[from][rng.below(practice.near[from].len())].0 } else { rng.below(n) };
        let (minutes, km) = reach[from][to];
        if from == to || !minutes.is_finite() {
            continue;
        }
        let metres = |s: usize| lambert93(f64::from(positions[s].0) * 1e-5, f64::from(positions[s].1) * 1e-5);
        let ((xa, ya), (xb, yb)) = (metres(from), metres(to));
        let osrm = (minutes * 1.05 + 0.6) * rng.lognormal(0.04);
        let metric = if rng.chance(0.006) { 9999.0 } else { ((minutes + 0.4) * rng.lognormal(0.025)).round().max(1.0) };
        rows.push(row![
            xa.to_string(),
            ya.to_string(),
            xb.to_string(),
            yb.to_string(),
            format!("{osrm:.2}"),
            format!("{km:.2}"),
            format!("{metric:.1}"),
            great_circle_km(positions[from], positions[to]).to_string()
        ]);
    }
    let header = ["X1", "Y1", "X2", "Y2", "osrm_min", "osrm_km", "metric_hc_min", "crow_km"];
    folder.csv("travel_times/entrainement_metric_osrm_couples.csv", COMMA_CRLF, &header, &rows)
}
