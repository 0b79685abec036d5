//! Measured travel times between points, to calibrate models on (`…_metric_osrm_couples.csv`; INSEE METRIC, OSRM).
//!
//! Layout: `X1,Y1,X2,Y2,osrm_min,osrm_km,metric_hc_min,crow_km`: two points in Lambert-93 metres, OSRM minutes and road
//! km, METRIC off-peak minutes, km as the crow flies. Recognised by `X1`, `Y1`, `X2`, `Y2`, `metric_hc_min`.
//!
//! METRIC 9999 means that the computation failed: the time is then unknown. A point outside Lambert-93's extent, a negative time, or
//! a crow-fly distance that its two points contradict stop the file.

use pacte_territory::TravelCouple;
use pacte_territory::geodesy::great_circle_km;

use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::lambert;
use crate::output::Output;
use crate::progress::Task;
use crate::report::FileReport;

/// Travel times.
pub const FORMAT: Format = Format {
    id: "couples",
    title: "INSEE, distancier METRIC, et OSRM : couples de points",
    stage: Stage::Values,
    recognise: |probe: &Probe<'_>| {
        probe
            .has_columns(&["X1", "Y1", "X2", "Y2", "metric_hc_min"])
            .then(|| Vintage { year: Some(probe.year_in_name().unwrap_or(2021)), geography: None })
    },
    read,
};

/// METRIC's mark of failure.
const FAILED: f64 = 9999.0;

fn read(file: &InputFile, _base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [x1, y1, x2, y2, metric] = table.columns(["X1", "Y1", "X2", "Y2", "metric_hc_min"])?;
    let [osrm, road, crow] = ["osrm_min", "osrm_km", "crow_km"].map(|name| table.optional(name));
    let mut report = FileReport::new(file);
    let mut couples = Vec::new();
    let mut failed = 0;
    while let Some(row) = table.next_row()? {
        report.rows_read += 1;
        let point = |x, y| -> Result<[f64; 2], SourceError> {
            let (east, north) = (row.number(x)?, row.number(y)?);
            if !lambert::plausible(east, north) {
                let column = if (0.0..=1_400_000.0).contains(&east) { y } else { x };
                return Err(row.error(
                    column,
                    Fault::BadValue,
                    "ce n’est pas une coordonnée Lambert-93 en mètres",
                    "Vérifiez la projection du fichier (EPSG:2154).",
                ));
            }
            Ok(lambert::to_degrees(east, north))
        };
        let (origin, destination) = (point(x1, y1)?, point(x2, y2)?);
        let measure = |column: Option<_>| -> Result<f64, SourceError> {
            let Some(column) = column else { return Ok(f64::NAN) };
            match row.optional_number(column)? {
                Some(value) if value < 0.0 => {
                    Err(row.error(column, Fault::BadValue, "une mesure ne peut être négative", "Corrigez la valeur."))
                }
                value => Ok(value.unwrap_or(f64::NAN)),
            }
        };
        let mut metric_minutes = measure(Some(metric))?;
        if metric_minutes >= FAILED {
            metric_minutes = f64::NAN;
            failed += 1;
        }
        if let Some(crow) = crow {
            let (given, found) = (measure(Some(crow))?, great_circle_km(origin.into(), destination.into()));
            // Lambert-93 stretches distances by less than 0.3 % over France, the sphere by less than 0.5 %.
            if (given - found).abs() > 0.1 + found * 0.01 {
                return Err(row.error(
                    crow,
                    Fault::BadValue,
                    &format!("les deux points sont à {found:.2} km à vol d’oiseau"),
                    "Vérifiez la projection (EPSG:2154) et l’ordre des colonnes.",
                ));
            }
        }
        couples.push(TravelCouple {
            origin,
            destination,
            metric_minutes,
            osrm_minutes: measure(osrm)?,
            road_km: measure(road)?,
        });
        report.matched += 1;
    }
    if failed > 0 {
        report.note(format!("{failed} couples sans temps METRIC (calcul en échec)"));
    }
    Ok((Output { couples, ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::base;
    use crate::progress::Silent;

    fn read_text(rows: &str) -> Result<(Output, FileReport), SourceError> {
        let text = format!("X1,Y1,X2,Y2,osrm_min,osrm_km,metric_hc_min,crow_km\n{rows}");
        let file = InputFile::in_memory("c.csv", text.into_bytes());
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn points_are_brought_to_degrees_and_failures_to_unknown() {
        let (output, report) = read_text(
            "652469,6862035,652469,6872035,12.5,13.1,9999,10\n652469,6862035,652469,6872035,12.5,13.1,15,10\n",
        )
        .unwrap();
        let couple = output.couples[0];
        assert!((couple.origin[0] - 2.3522).abs() < 0.001 && (couple.origin[1] - 48.8566).abs() < 0.001, "{couple:?}");
        assert!(couple.metric_minutes.is_nan() && output.couples[1].metric_minutes == 15.0);
        assert_eq!((report.matched, report.notes.len()), (2, 1));
    }

    #[test]
    fn degrees_and_contradictions_are_refused() {
        let error = read_text("2.35,48.85,2.35,48.95,12,13,15,10\n").unwrap_err();
        assert_eq!((error.line, error.column.as_deref()), (Some(2), Some("Y1")));
        let error = read_text("652469,6862035,652469,6872035,12,13,15,20\n").unwrap_err();
        assert_eq!(error.column.as_deref(), Some("crow_km"));
    }
}
