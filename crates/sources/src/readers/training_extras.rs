//! The training territory's own files, under `entrainement/`: roads, rivers, relief, places, and the marker that says the
//! territory is fictional.
//!
//! Layouts: `routes.geojson` (lines; `class`, `speed_kmh`, `name`), `rivieres.geojson` (lines; `name`, `order`),
//! `relief.geojson` (disjoint bands; `altitude_min`, `altitude_max`), `lieux.csv` (`kind,name,commune,lat,lon,capacity`),
//! `LISEZMOI.txt`. All are recognised by content inside a folder `entrainement`.
//!
//! Malformed files stop; hospitals of `lieux.csv` are set aside, the hospital file gives them already.

use pacte_territory::{Place, PlaceKind, Polyline};
use serde::Deserialize;

use crate::base::{Base, Resolution};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::geojson::Collection;
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::{FileReport, Status};

const TITLE: &str = "Territoire d’entraînement";

/// First words of the marker file.
const MARKER: &str = "TERRITOIRE D'ENTRAÎNEMENT";

/// The marker.
pub const README: Format = Format {
    id: "training_marker",
    title: TITLE,
    stage: Stage::Values,
    recognise: |probe| is_marker(probe).then(Vintage::default),
    read: |file, _, _| {
        let text = file.text()?;
        // « Région du Valmont : aucune de ces communes n'existe… »
        let name = text.lines().find_map(|line| line.strip_prefix("Région ")?.split_once(" :").map(|(name, _)| name));
        let output = Output { territory_name: name.map(str::to_owned), ..Output::default() };
        let mut report = FileReport::new(file);
        report.rows_read = 1;
        report.matched = 1;
        Ok((output, report))
    },
};

/// Whether a file is the marker of the fictional territory.
pub(crate) fn is_marker(probe: &Probe<'_>) -> bool {
    probe.head().starts_with(MARKER)
}

/// Roads.
pub const ROADS: Format = Format {
    id: "training_roads",
    title: TITLE,
    stage: Stage::Values,
    recognise: |probe| recognise(probe, &["\"speed_kmh\"", "LineString"]),
    read: |file, _, task| {
        lines(file, task, "route", |properties| match properties.class.as_deref() {
            Some("voie_express") => 1,
            Some("nationale") => 2,
            Some("departementale") => 3,
            _ => 4,
        })
    },
};

/// Rivers.
pub const RIVERS: Format = Format {
    id: "training_rivers",
    title: TITLE,
    stage: Stage::Values,
    recognise: |probe| recognise(probe, &["\"order\"", "LineString"]),
    read: |file, _, task| lines(file, task, "riviere", |properties| properties.order.unwrap_or(1)),
};

/// Relief.
pub const RELIEF: Format = Format {
    id: "training_relief",
    title: TITLE,
    stage: Stage::Values,
    recognise: |probe| recognise(probe, &["\"altitude_min\""]),
    read: relief,
};

/// Heights on a grid: for other tools, not read here.
pub const HEIGHTS: Format = Format {
    id: "training_heights",
    title: TITLE,
    stage: Stage::Values,
    recognise: |probe| {
        (probe.is_json() && probe.head().contains("\"pas_km\"") && probe.head().contains("\"altitudes\""))
            .then(Vintage::default)
    },
    read: |file, _, _| {
        let mut report = FileReport::new(file);
        report.status = Status::Checked("non utilisé : le relief est dessiné par tranches d’altitude".to_owned());
        Ok((Output::default(), report))
    },
};

/// Places.
pub const PLACES: Format = Format {
    id: "training_places",
    title: TITLE,
    stage: Stage::Values,
    recognise: |probe: &Probe<'_>| {
        probe.has_columns(&["kind", "name", "commune", "lat", "lon", "capacity"]).then(Vintage::default)
    },
    read: places,
};

fn recognise(probe: &Probe<'_>, needles: &[&str]) -> Option<Vintage> {
    let found = probe.name().contains("entrainement/")
        && probe.is_json()
        && probe.head().contains("FeatureCollection")
        && needles.iter().all(|needle| probe.contains(needle));
    found.then(Vintage::default)
}

#[derive(Deserialize)]
struct Properties {
    class: Option<String>,
    order: Option<i32>,
    name: Option<String>,
    altitude_min: Option<f64>,
}

fn collection(file: &InputFile) -> Result<Collection<Properties>, SourceError> {
    let text = file.text()?;
    file.json(&text)
}

fn lines(
    file: &InputFile,
    task: &Task,
    kind: &str,
    rank: fn(&Properties) -> i32,
) -> Result<(Output, FileReport), SourceError> {
    let collection = collection(file)?;
    let mut report = FileReport::new(file);
    let mut output = Output::default();
    task.at(file.size);
    for (place, feature) in (1_u64..).zip(collection.features) {
        report.rows_read += 1;
        let rank = rank(&feature.properties);
        let name = feature.properties.name.unwrap_or_default();
        let Some(parts) = feature.geometry.and_then(crate::geojson::Geometry::lines) else {
            report.leave_out("objet qui n’est pas une ligne", || format!("n° {place}"));
            continue;
        };
        report.matched += 1;
        output.lines.extend(parts.into_iter().map(|points| Polyline {
            kind: kind.to_owned(),
            rank,
            name: name.clone(),
            points,
            closed: false,
        }));
    }
    Ok((output, report))
}

/// Bands of altitude as closed lines, the largest first: drawn in this order, each surface covers what surrounds it.
fn relief(file: &InputFile, _base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let collection = collection(file)?;
    let mut report = FileReport::new(file);
    let mut bands: Vec<(f64, Polyline)> = Vec::new();
    task.at(file.size);
    for (place, feature) in (1_u64..).zip(collection.features) {
        report.rows_read += 1;
        let altitude = feature.properties.altitude_min.unwrap_or(0.0);
        let Some(polygons) = feature.geometry.and_then(crate::geojson::Geometry::polygons) else {
            report.leave_out("objet qui n’est pas un polygone", || format!("n° {place}"));
            continue;
        };
        report.matched += 1;
        for points in polygons.into_iter().filter_map(|rings| rings.into_iter().next()) {
            let area: f64 = points.windows(2).map(|p| p[0][0] * p[1][1] - p[1][0] * p[0][1]).sum();
            let line = Polyline {
                kind: "relief".to_owned(),
                rank: altitude.round() as i32,
                name: String::new(),
                points,
                closed: true,
            };
            bands.push((area.abs(), line));
        }
    }
    bands.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lines = bands.into_iter().map(|(_, line)| line).collect();
    Ok((Output { lines, ..Output::default() }, report))
}

fn places(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [kind, name, commune, lat, lon] = table.columns(["kind", "name", "commune", "lat", "lon"])?;
    let capacity = table.optional("capacity");
    let mut report = FileReport::new(file);
    let mut output = Output::default();
    while let Some(row) = table.next_row()? {
        report.rows_read += 1;
        let detail = row.filled(kind)?;
        let place_kind = match detail {
            "hopital" => {
                report.leave_out("hôpital : le fichier des hôpitaux le donne déjà", || row.text(name).to_owned());
                continue;
            }
            "ehpad" => PlaceKind::Ehpad,
            "ecole" | "college" | "lycee" => PlaceKind::School,
            _ => PlaceKind::Other,
        };
        let code = row.code(commune)?;
        let Resolution::Commune(commune) = base.resolve(code, base.year) else {
            report.leave_out("commune inconnue", || code.to_string());
            continue;
        };
        let (lat_deg, lon_deg) = (row.number(lat)?, row.number(lon)?);
        if lat_deg.abs() > 90.0 || lon_deg.abs() > 180.0 {
            return Err(row.error(lat, Fault::BadValue, "ce n’est pas un point en degrés", "Corrigez la ligne."));
        }
        let capacity = capacity.and_then(|column| row.optional_number(column).transpose()).transpose()?;
        output.places.push(Place {
            kind: place_kind,
            id: format!("{code}-{}", output.places.len() + 1),
            name: row.text(name).to_owned(),
            detail: capacity.map_or_else(|| detail.to_owned(), |places| format!("{detail}, {places} places")),
            lon: lon_deg,
            lat: lat_deg,
            commune: Some(commune),
        });
        report.matched += 1;
    }
    Ok((output, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::base;
    use crate::progress::Silent;

    fn read_named(name: &str, text: &str) -> (&'static str, Output, FileReport) {
        let file = InputFile::in_memory(name, text.as_bytes());
        let formats: [&'static Format; 6] = [&README, &ROADS, &RIVERS, &RELIEF, &HEIGHTS, &PLACES];
        let (format, _) = crate::catalogue::recognise(&Probe::new(&file).unwrap(), &formats)
            .expect("a file of the training territory");
        let (output, report) = (format.read)(&file, &base(), &Task::start(&Silent, "", 0)).unwrap();
        (format.id, output, report)
    }

    #[test]
    fn each_file_is_told_from_the_others() {
        let line = r#""geometry":{"type":"LineString","coordinates":[[1,45],[1.1,45]]}"#;
        let (id, output, _) = read_named(
            "entrainement/routes.geojson",
            &format!(
                r#"{{"type":"FeatureCollection", "features": [{{{line},"properties":{{"class":"nationale","speed_kmh":80,"name":"N 9"}}}}]}}"#
            ),
        );
        assert_eq!((id, output.lines[0].rank, output.lines[0].kind.as_str()), ("training_roads", 2, "route"));
        let (id, output, _) = read_named(
            "entrainement/rivieres.geojson",
            &format!(
                r#"{{"type":"FeatureCollection", "features": [{{{line},"properties":{{"name":"Orbelle","order":3}}}}]}}"#
            ),
        );
        assert_eq!((id, output.lines[0].rank), ("training_rivers", 3));
        let square = |side: f64, altitude: u32| {
            format!(
                r#"{{"geometry":{{"type":"Polygon","coordinates":[[[0,0],[{side},0],[{side},{side}],[0,{side}],[0,0]]]}},"properties":{{"altitude_min":{altitude},"altitude_max":null}}}}"#
            )
        };
        let (id, output, _) = read_named(
            "entrainement/relief.geojson",
            &format!(r#"{{"type":"FeatureCollection", "features": [{},{}]}}"#, square(1.0, 800), square(2.0, 120)),
        );
        assert_eq!(id, "training_relief");
        assert_eq!(output.lines.iter().map(|l| l.rank).collect::<Vec<_>>(), [120, 800], "largest first");
        let (_, output, report) = read_named(
            "entrainement/lieux.csv",
            "kind,name,commune,lat,lon,capacity\nehpad,Les Tilleuls,01001,46.1,4.9,80\nhopital,H,01001,46,4.9,\n",
        );
        assert_eq!((output.places[0].kind, report.left_out_total()), (PlaceKind::Ehpad, 1));
        assert_eq!(output.places[0].detail, "ehpad, 80 places");
        let (_, output, _) = read_named(
            "entrainement/LISEZMOI.txt",
            "TERRITOIRE D'ENTRAÎNEMENT — DONNÉES FICTIVES\n\nRégion du Valmont : rien.\n",
        );
        assert_eq!(output.territory_name.as_deref(), Some("du Valmont"));
    }
}
