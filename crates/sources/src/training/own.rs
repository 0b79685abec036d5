//! The generator's own files: roads, rivers, relief and places, for maps and for the road network's tests.

use super::care::Care;
use super::doctors::Practice;
use super::folder::{COMMA, Folder, area_feature, degrees, line_feature, quoted};
use super::frame::to_e5;
use super::network;
use super::osm_file;
use super::parishes::{self, bands};
use super::partition::{OUTSIDE, Vertex, assemble};
use super::relief::{CELL_KM, COLUMNS, ROWS};
use super::rivers::{self, line, order};
use super::world::World;
use super::{TrainingError, row};

/// Tells the places where roads pass in a cell from those of rivers.
pub(super) const ROADS: u64 = 0x5eed_0001;
/// The same for rivers.
pub(super) const RIVERS: u64 = 0x5eed_0002;
/// Lower limits of the elevation bands, metres.
const LEVELS: [f64; 11] = [0.0, 120.0, 180.0, 260.0, 380.0, 550.0, 800.0, 1100.0, 1450.0, 1800.0, 2200.0];

/// Writes the `entrainement` folder.
pub(super) fn write(world: &World, practice: &Practice, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    roads(world, folder)?;
    folder.bytes("entrainement/routes.osm.pbf", &osm_file::encode(&network::build(world)))?;
    streams(world, folder)?;
    relief(world, folder)?;
    places(world, care, folder)?;
    readme(world, practice, folder)
}

fn to_vertices(points: Vec<(f64, f64)>) -> Vec<Vertex> {
    let mut vertices: Vec<Vertex> = points.into_iter().map(|(x, y)| to_e5(x, y)).collect();
    vertices.dedup();
    vertices
}

fn roads(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    let features: Vec<String> = world
        .roads
        .stretches
        .iter()
        .map(|stretch| {
            let speed = (60.0 * stretch.km / stretch.minutes).round().to_string();
            let minutes = format!("{:.2}", stretch.minutes);
            let properties = [
                ("class", quoted(stretch.class.slug())),
                ("speed_kmh", speed),
                ("minutes", minutes),
                ("name", quoted(&stretch.number())),
            ];
            line_feature(&to_vertices(line(&stretch.cells, ROADS)), &properties)
        })
        .collect();
    folder.features("entrainement/routes.geojson", &features)
}

fn streams(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    let mut features = Vec::new();
    for river in &world.rivers {
        // Cut where the width changes, so that a map can draw it growing.
        let cells = &river.cells;
        let width = |rank: usize| order(world.relief.drained[cells[rank] as usize].min(river.drained));
        let mut start = 0;
        for rank in 1..cells.len() {
            if rank + 1 == cells.len() || width(rank) != width(start) {
                if rank > start {
                    let properties = [("name", quoted(&river.name)), ("order", width(start).to_string())];
                    features.push(line_feature(&to_vertices(line(&cells[start..=rank], RIVERS)), &properties));
                }
                start = rank;
            }
        }
    }
    folder.features("entrainement/rivieres.geojson", &features)
}

fn relief(world: &World, folder: &mut Folder) -> Result<(), TrainingError> {
    let raster = bands(&world.relief, &world.raster, &LEVELS);
    let arcs = raster.arcs(0.45, parishes::place);
    let polygons = assemble(&arcs, |label| usize::try_from(label).ok());
    let features: Vec<String> = polygons
        .iter()
        .map(|(band, polygons)| {
            let upper = LEVELS.get(band + 1).map_or_else(|| "null".to_owned(), ToString::to_string);
            area_feature(polygons, &[("altitude_min", LEVELS[*band].to_string()), ("altitude_max", upper)])
        })
        .collect();
    folder.features("entrainement/relief.geojson", &features)?;
    // Heights every kilometre, for shading.
    let step = 2;
    let (columns, rows) = (COLUMNS / step, ROWS / step);
    let corner = |x: f64, y: f64| {
        let (lon, lat) = to_e5(x, y);
        format!("[{},{}]", degrees(lon), degrees(lat))
    };
    let heights: Vec<String> = (0..rows)
        .map(|row| {
            let values = (0..columns).map(|column| {
                let (x, y) =
                    ((column as f64 + 0.5) * CELL_KM * step as f64, (row as f64 + 0.5) * CELL_KM * step as f64);
                let inside = world.raster.labels[parishes::raster_cell(x, y)] != OUTSIDE;
                if inside { format!("{:.0}", world.relief.height_at(x, y)) } else { "null".to_owned() }
            });
            format!("[{}]", values.collect::<Vec<_>>().join(","))
        })
        .collect();
    let side = CELL_KM * step as f64;
    let text = format!(
        "{{\"unite\":\"m\",\"pas_km\":{side},\"colonnes\":{columns},\"lignes\":{rows},\"sud_ouest\":{},\"nord_est\":{},\"altitudes\":[\n{}\n]}}\n",
        corner(0.0, 0.0),
        corner(columns as f64 * side, rows as f64 * side),
        heights.join(",\n")
    );
    folder.bytes("entrainement/relief_grille.json", text.as_bytes())
}

fn places(world: &World, care: &Care, folder: &mut Folder) -> Result<(), TrainingError> {
    let rows: Vec<Vec<String>> = care
        .places
        .iter()
        .map(|place| {
            let (lon, lat) = to_e5(place.at.0, place.at.1);
            let capacity = if place.capacity == 0 { String::new() } else { place.capacity.to_string() };
            row![place.kind, place.name, commune_2024(world, place.site), degrees(lat), degrees(lon), capacity]
        })
        .collect();
    folder.csv("entrainement/lieux.csv", COMMA, &["kind", "name", "commune", "lat", "lon", "capacity"], &rows)
}

/// Code, in the geography of 2024, of the commune an old one belongs to.
pub(super) fn commune_2024(world: &World, old: usize) -> &str {
    let merger = world.mergers.iter().find(|merger| merger.year <= 2024 && merger.members.contains(&old));
    &world.old[merger.map_or(old, |merger| merger.members[0])].code
}

fn readme(world: &World, practice: &Practice, folder: &mut Folder) -> Result<(), TrainingError> {
    let text = format!(
        "TERRITOIRE D'ENTRAÎNEMENT — DONNÉES FICTIVES\n\
         \n\
         Région {region} : aucune de ces communes n'existe, aucun de ces chiffres n'est réel.\n\
         Tout est engendré à partir de la graine {seed} ; la même graine redonne les mêmes fichiers à l'octet près.\n\
         Les fichiers suivent les formats officiels (Insee, Drees, DGCL…) pour être lus comme de vraies données.\n\
         Les paramètres de l'APL (feuille Paramètres) sont ceux de la Drees ; les APL « publiées » sont calculées sur les temps\n\
         de route et les médecins fictifs. {share:.0} % de la population de 2020 y a moins de 2,5 consultations par an.\n\
         \n\
         Fichiers propres au territoire d'entraînement (dossier entrainement/, WGS 84) :\n\
         - routes.geojson : lignes ; class (voie_express, nationale, departementale, locale), speed_kmh (vitesse moyenne), minutes, name ;\n\
         - routes.osm.pbf : le même pays, rue par rue, au format d'OpenStreetMap ; « pacte import roads » le lit comme un vrai ;\n\
         - rivieres.geojson : lignes de la source vers l'embouchure ; name (vide si sans nom), order (largeur, 1 à 6) ;\n\
         - relief.geojson : tranches d'altitude disjointes ; altitude_min, altitude_max en mètres ;\n\
         - relief_grille.json : altitudes en mètres tous les kilomètres, ligne par ligne du sud au nord, null hors de la région ;\n\
         - lieux.csv : kind (hopital, urgences, smur, maternite, msp, centre_de_sante, pharmacie, ehpad, ecole, college, lycee), name,\n\
           commune (code au 1er janvier 2024), lat, lon, capacity (lits, places ou élèves).\n",
        region = world.region.full(),
        seed = world.seed,
        share = 100.0 * practice.desert,
    );
    folder.bytes("entrainement/LISEZMOI.txt", text.as_bytes())
}

/// Where the chef-lieu of an old commune stands: on its roads, and on its own ground.
pub(super) fn position(world: &World, old: usize) -> Vertex {
    let (x, y) = place(world, old);
    to_e5(x, y)
}

/// The same in the plane, km.
pub(super) fn place(world: &World, old: usize) -> (f64, f64) {
    let site = &world.sites[old];
    let (x, y) = rivers::spot(site.cell, ROADS);
    let own = world.raster.labels[parishes::raster_cell(x, y)] == old as i32;
    if own { (x, y) } else { (site.x + parishes::STEP_KM / 2.0, site.y + parishes::STEP_KM / 2.0) }
}
