//! Coordinates of chefs-lieux, area and postal codes (`communes_cogAAAA_latlon_popAAAA.csv`, rcarlier/datas.fun).
//!
//! Layout: `insee_com,…,code_postal,commune_type,…,lat,lng,superficie_km2,…`, one row per commune **and postal code**.
//! Recognised by `insee_com`, `lat`, `lng`, `superficie_km2`.
//!
//! Rows of one commune that differ by the postal code only are one commune; when they disagree on place or area the later
//! one is set aside. Communes déléguées are set aside. A commune without coordinates keeps none here: the import takes
//! the middle of its contour. Paris, Lyon and Marseille stand at the middle of their arrondissements, weighted by
//! population. A latitude or longitude off the globe stops the file.

use pacte_territory::{Aggregation, CommuneCode};
use rustc_hash::FxHashMap;

use crate::base::{Base, Fold, Gather, Resolution};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{ColumnHead, Output, Position};
use crate::progress::Task;
use crate::report::FileReport;

/// Coordinates of communes.
pub const FORMAT: Format = Format {
    id: "coordinates",
    title: "IGN et INSEE, coordonnées et superficies des communes (datas.fun)",
    stage: Stage::Values,
    recognise,
    read,
};

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    probe
        .has_columns(&["insee_com", "lat", "lng", "superficie_km2"])
        .then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
}

struct Known {
    line: u64,
    lat: Option<f64>,
    lon: Option<f64>,
    area: Option<f64>,
    postal: Vec<String>,
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [code, postal, kind, lat, lon, area] =
        table.columns(["insee_com", "code_postal", "commune_type", "lat", "lng", "superficie_km2"])?;
    let geography = file.geography.unwrap_or(base.year);
    let mut gather = Gather::new(file, base, geography, &[Fold::Sum, Fold::Mean, Fold::Mean]);
    let mut known: FxHashMap<CommuneCode, Known> = FxHashMap::default();
    let mut order = Vec::new();
    let (mut repeated, mut extra_rows) = (0_u64, 0);
    while let Some(row) = table.next_row()? {
        let id = row.code(code)?;
        let line = row.line();
        if row.text(kind) == "COMD" || row.text(kind) == "COMA" {
            extra_rows += 1;
            gather.report.leave_out("commune déléguée ou associée", || format!("{id} (ligne {line})"));
            continue;
        }
        let place = [row.optional_number(lat)?, row.optional_number(lon)?, row.optional_number(area)?];
        for (value, limit, column) in [(place[0], 90.0, lat), (place[1], 180.0, lon)] {
            if value.is_some_and(|value| value.abs() > limit) {
                return Err(row.error(
                    column,
                    Fault::BadValue,
                    "ce n’est pas un angle en degrés (WGS84)",
                    "Corrigez la valeur : des coordonnées projetées (Lambert-93) ne conviennent pas ici.",
                ));
            }
        }
        if let Some(first) = known.get_mut(&id) {
            extra_rows += 1;
            if [first.lat, first.lon, first.area] == place {
                repeated += 1;
                let code = row.text(postal);
                if !code.is_empty() && !first.postal.iter().any(|other| other == code) {
                    first.postal.push(code.to_owned());
                }
            } else {
                let first = first.line;
                gather.report.leave_out("commune déjà donnée ailleurs, à un autre endroit", || {
                    format!("{id} (lignes {first} et {line})")
                });
            }
            continue;
        }
        let codes = Some(row.text(postal)).filter(|code| !code.is_empty()).map(str::to_owned);
        let entry = Known { line, lat: place[0], lon: place[1], area: place[2], postal: codes.into_iter().collect() };
        known.insert(id, entry);
        order.push(id);
    }
    let mut output = Output::default();
    for id in order {
        let entry = &known[&id];
        let value = |value: Option<f64>| value.unwrap_or(f64::NAN);
        gather.add(id, entry.line, &[value(entry.area), value(entry.lon), value(entry.lat)])?;
        if let Resolution::Commune(commune) | Resolution::Parent(commune) = base.resolve(id, geography) {
            output.postal_codes.push((commune, entry.postal.clone()));
        }
    }
    let (values, mut report) = gather.finish()?;
    report.rows_read += extra_rows;
    report.matched += repeated;
    if repeated > 0 {
        report.note(format!("{repeated} lignes répètent une commune pour un autre code postal : réunies"));
    }
    for (commune, (lon, lat)) in (0..).zip(values[1].iter().zip(&values[2])) {
        if lon.is_finite() && lat.is_finite() {
            output.positions.push(Position { commune, lon: *lon, lat: *lat });
        }
    }
    let method = base.conversion(geography);
    let values = values.into_iter().next().unwrap_or_default();
    output.columns.push(
        ColumnHead {
            concept: "area.km2",
            vintage: file.vintage.unwrap_or(geography),
            label: "Superficie",
            unit: "km²",
            aggregation: Aggregation::Sum,
        }
        .column(file, geography, method, values),
    );
    Ok((output, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    fn read_text(body: &str) -> Result<(Output, FileReport), SourceError> {
        let text = format!("insee_com,code_postal,commune_type,lat,lng,superficie_km2\n{body}");
        let mut file = InputFile::in_memory("communes_cog2024_latlon_pop2021.csv", text.into_bytes());
        let vintage = recognise(&Probe::new(&file).unwrap()).unwrap();
        assert_eq!(vintage.geography, Some(2024));
        (file.vintage, file.geography) = (vintage.year, vintage.geography);
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn postal_doubles_are_joined_and_cities_stand_amid_their_parts() {
        let (output, report) = read_text(
            "01001,01400,COM,46.1,4.9,10\n01001,01410,COM,46.1,4.9,10\n01001,01420,COM,46.2,4.9,10\n01006,01400,COMD,46,4,1\n\
             01003,01300,COM,,,7.5\n75101,75001,ARM,48.0,2.0,1\n75102,75002,ARM,49.0,3.0,2\n",
        )
        .unwrap();
        let base = base();
        let id = |c| base.commune(code(c)).unwrap();
        let at = |c| output.positions.iter().find(|p| p.commune == id(c)).map(|p| (p.lon, p.lat));
        assert_eq!(at("01001"), Some((4.9, 46.1)));
        assert_eq!(at("01003"), None);
        let (lon, lat) = at("75056").unwrap();
        // Arrondissements of 40 and 60 inhabitants.
        assert!((lon - 2.6).abs() < 1e-12 && (lat - 48.6).abs() < 1e-12);
        assert_eq!(output.columns[0].get(id("75056")), Some(3.0));
        let codes = &output.postal_codes.iter().find(|(commune, _)| *commune == id("01001")).unwrap().1;
        assert_eq!(codes, &["01400", "01410"]);
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (7, 5, 2));
    }

    #[test]
    fn projected_coordinates_are_refused() {
        let error = read_text("01001,01400,COM,6429308,370960,10\n").unwrap_err();
        assert_eq!((error.line, error.column.as_deref()), (Some(2), Some("lat")));
    }
}
