//! Contours of communes (GeoJSON, WGS84), one file per département.
//!
//! Two property schemas: `code_territoire` (`com01079`) and `libelle_territoire`; or `code_commune` and
//! `libelle_commune`. Recognised by a `FeatureCollection` whose properties hold one of the two codes.
//!
//! A cut file or malformed JSON stops the file. A feature is set aside, with its reason, when its contour cannot be used
//! (a ring does not close, is too short, or is not in degrees), when its code is not a commune of the territory, or when the
//! commune already has a contour in the file.
//!
//! Outlines of départements and régions (properties `code` and `nom`) are recognised but not used: those of this territory
//! are dissolved from the communes.

use pacte_territory::{CommuneCode, CommuneId, ContourError, TopologyBuilder};
use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::base::{Base, Resolution};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::error::{Fault, SourceError};
use crate::geojson::Collection;
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::{FileReport, Status};

/// Contours of communes.
pub const FORMAT: Format = Format {
    id: "contours",
    title: "IGN, contours des communes (france-geojson)",
    stage: Stage::Values,
    recognise: |probe| {
        let found =
            is_collection(probe) && (probe.contains("\"code_territoire\"") || probe.contains("\"code_commune\""));
        found.then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
    },
    read,
};

/// Outlines of départements or régions.
pub const OUTLINES: Format = Format {
    id: "outlines",
    title: "Contours de départements ou de régions",
    stage: Stage::Values,
    recognise: |probe| {
        (is_collection(probe) && probe.contains("\"nom\"") && probe.contains("\"code\"")).then(Vintage::default)
    },
    read: |file, _, _| {
        let mut report = FileReport::new(file);
        report.status = Status::Checked(
            "non utilisé : les contours des départements et des régions sont tirés de ceux des communes".to_owned(),
        );
        Ok((Output::default(), report))
    },
};

fn is_collection(probe: &Probe<'_>) -> bool {
    probe.is_json() && probe.head().contains("FeatureCollection")
}

#[derive(Deserialize)]
struct Properties {
    #[serde(alias = "code_territoire", alias = "code_commune")]
    code: Option<String>,
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let collection: Collection<Properties> = file.json(&text)?;
    drop(text);
    let mut report = FileReport::new(file);
    let mut contours = Vec::new();
    let mut seen: FxHashSet<CommuneId> = FxHashSet::default();
    for (rank, feature) in (1_u64..).zip(collection.features) {
        report.rows_read += 1;
        task.at(file.size);
        let text = feature.properties.code.unwrap_or_default();
        let Ok(code) = text.strip_prefix("com").unwrap_or(&text).parse::<CommuneCode>() else {
            return Err(file
                .error(
                    Fault::BadValue,
                    format!("l’objet n° {rank} n’a pas de code de commune"),
                    "Donnez à chaque objet une propriété code_territoire (com01079) ou code_commune (01079).",
                )
                .column("code_commune")
                .value(text));
        };
        let id = match base.resolve(code, base.year) {
            Resolution::Commune(id) if base.communes.code[id as usize] == code => id,
            Resolution::Unknown => {
                let reason = format!("code inconnu au 1er janvier {}", base.year);
                report.leave_out(&reason, || code.to_string());
                continue;
            }
            _ => {
                report.leave_out("commune d’une autre année, déléguée, ou arrondissement", || code.to_string());
                continue;
            }
        };
        if !seen.insert(id) {
            report.leave_out("commune dont le contour est déjà donné", || code.to_string());
            continue;
        }
        let Some(polygons) = feature.geometry.and_then(crate::geojson::Geometry::polygons) else {
            report.leave_out("géométrie qui n’est pas un polygone", || code.to_string());
            continue;
        };
        let mut trial = TopologyBuilder::new(1);
        if let Some(error) = polygons.iter().find_map(|polygon| trial.add(0, polygon).err()) {
            report.leave_out("contour inutilisable", || format!("{code} : {}", in_french(&error)));
            continue;
        }
        contours.extend(polygons.into_iter().map(|polygon| (id, polygon)));
        report.matched += 1;
    }
    if report.rows_read > 0 && report.matched == 0 {
        let reasons: Vec<String> = report
            .left_out
            .iter()
            .map(|left| format!("{} ({}, par exemple {})", left.reason, left.count, left.examples.join(", ")))
            .collect();
        return Err(file.error(
            Fault::UnknownCode,
            format!("aucun contour n’est utilisable : {}", reasons.join(" ; ")),
            "Vérifiez que le fichier décrit bien ce territoire, en degrés (WGS84).",
        ));
    }
    Ok((Output { contours, ..Output::default() }, report))
}

/// A fault of a contour, for people.
fn in_french(error: &ContourError) -> String {
    match error {
        ContourError::Open { ring, start, end } => {
            format!("l’anneau {} ne se ferme pas : il part de {start:?} et finit en {end:?}", ring + 1)
        }
        ContourError::Short { ring, vertices } => {
            format!("l’anneau {} n’a que {vertices} sommets, il en faut quatre au moins", ring + 1)
        }
        ContourError::Outside { ring, vertex } => {
            format!("l’anneau {} passe en {vertex:?}, qui n’est pas une longitude et une latitude en degrés", ring + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::catalogue::recognise;
    use crate::progress::Silent;

    const SQUARE: &str = "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]";

    fn feature(properties: &str, kind: &str, coordinates: &str) -> String {
        format!(
            r#"{{"type":"Feature","geometry":{{"type":"{kind}","coordinates":{coordinates}}},"properties":{{{properties}}}}}"#
        )
    }

    fn read_text(text: &str) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("dep01.geojson", text.as_bytes());
        let (format, _) = recognise(&Probe::new(&file).unwrap(), &[&FORMAT, &OUTLINES]).expect("contours");
        assert_eq!(format.id, "contours");
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    fn collection(features: &[String]) -> String {
        format!(r#"{{"type":"FeatureCollection", "features": [{}]}}"#, features.join(",\n"))
    }

    #[test]
    fn both_schemas_and_faults_of_single_features() {
        let text = collection(&[
            feature(r#""code_territoire":"com01001","libelle_territoire":"Un""#, "Polygon", SQUARE),
            feature(r#""code_commune":"01003","libelle_commune":"T""#, "MultiPolygon", &format!("[{SQUARE},{SQUARE}]")),
            feature(r#""code_commune":"01004""#, "Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]"),
            feature(r#""code_commune":"98818""#, "Polygon", SQUARE),
            feature(r#""code_commune":"01003""#, "Polygon", SQUARE),
            feature(r#""code_commune":"01005""#, "Point", "[0,0]"),
        ]);
        let (output, report) = read_text(&text).unwrap();
        let id = |c| base().commune(code(c)).unwrap();
        let communes: Vec<u32> = output.contours.iter().map(|(id, _)| *id).collect();
        assert_eq!(communes, [id("01001"), id("01003"), id("01003")]);
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (6, 2, 4));
        let open = report.left_out.iter().find(|left| left.reason == "contour inutilisable").unwrap();
        assert!(open.examples[0].starts_with("01004 : l’anneau 1 ne se ferme pas"), "{open:?}");
    }

    #[test]
    fn a_cut_file_and_projected_contours_are_refused() {
        let text = collection(&[feature(r#""code_commune":"01003""#, "Polygon", SQUARE)]);
        let error = read_text(&text[..text.len() - 5]).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::Truncated, Some(1)));
        let lambert = "[[[600000,6500000],[600001,6500000],[600001,6500001],[600000,6500000]]]";
        let error = read_text(&collection(&[feature(r#""code_commune":"01003""#, "Polygon", lambert)])).unwrap_err();
        assert!(error.problem.contains("en degrés"), "{error}");
    }
}
