//! Priority neighbourhoods of city policy (quartiers prioritaires, ANCT), outlines in WGS84: `{"meta": …, "qpvs": [{"code",
//! "label", "insee": […], "g": multipolygon}]}`, gzip-compressed or not.
//!
//! Recognised by `"qpvs"` or the source in `meta`; the year is that of the decree in the source's name (« QPV 2024 »). A code
//! given twice or a cut file stops the file; a neighbourhood with an outline that does not close, or that lies in no commune
//! of the territory (French Polynesia), is set aside.

use pacte_territory::{Aggregation, CommuneCode, CommuneId, QuarterZone};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::base::{Base, Resolution};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{ColumnHead, Output};
use crate::progress::Task;
use crate::report::FileReport;

/// Priority neighbourhoods.
pub const FORMAT: Format = Format {
    id: "qpv",
    title: "ANCT, quartiers prioritaires de la politique de la ville",
    stage: Stage::Values,
    recognise,
    read,
};

const VINTAGE: i16 = 2024;

#[derive(Deserialize)]
struct Document {
    qpvs: Vec<Quarter>,
}

#[derive(Deserialize)]
struct Quarter {
    code: String,
    label: String,
    insee: Vec<String>,
    /// Polygons, each a list of rings.
    g: Vec<Vec<Vec<[f64; 2]>>>,
}

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    let head = probe.head();
    (probe.is_json() && head.contains("\"qpvs\"")).then(|| {
        let year = head.find("QPV ").and_then(|at| head.get(at + 4..at + 8)).and_then(|year| year.parse().ok());
        Vintage::of(year.or_else(|| probe.year_in_name()).unwrap_or(VINTAGE))
    })
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let packed = file.bytes()?.starts_with(&[0x1F, 0x8B]);
    let text = if packed { file.decode(file.gunzip()?)? } else { file.text()? };
    task.at(file.size / 2);
    let document: Document = file.json(&text)?;
    let vintage = file.vintage.unwrap_or(VINTAGE);
    let geography = file.geography.unwrap_or(vintage);
    let mut report = FileReport::new(file);
    let mut counts = vec![0.0; base.len()];
    let mut quarters = Vec::new();
    let mut seen: FxHashMap<String, u64> = FxHashMap::default();
    for (rank, quarter) in (1..).zip(document.qpvs) {
        report.rows_read += 1;
        if let Some(first) = seen.insert(quarter.code.clone(), rank) {
            let problem = format!("ce quartier est donné deux fois (objets {first} et {rank} de la liste)");
            let advice = "Supprimez l’un des deux, ou téléchargez de nouveau le fichier.";
            return Err(file.error(Fault::Doubled, problem, advice).value(&quarter.code));
        }
        if quarter.g.iter().flatten().any(|ring| ring.len() < 4 || ring.first() != ring.last()) {
            report.leave_out("contour qui ne se ferme pas", || quarter.code.clone());
            continue;
        }
        let mut communes: Vec<CommuneId> = Vec::new();
        for code in &quarter.insee {
            let code: CommuneCode = code.parse().map_err(|_| {
                let problem = format!("le quartier {} cite une commune dont le code est mal formé", quarter.code);
                let advice = "Un code de commune a cinq caractères (59350, 2A004) : corrigez la valeur.";
                file.error(Fault::BadValue, problem, advice).column("insee").value(code)
            })?;
            match base.resolve(code, geography) {
                Resolution::Commune(id) | Resolution::Parent(id) => communes.push(id),
                Resolution::Shares(shares) => communes.extend(shares.iter().map(|(id, _)| id)),
                Resolution::Unknown => {}
            }
        }
        communes.sort_unstable();
        communes.dedup();
        if communes.is_empty() {
            report.leave_out("hors du territoire", || format!("{} ({})", quarter.code, quarter.insee.join(", ")));
            continue;
        }
        for commune in &communes {
            counts[*commune as usize] += 1.0;
        }
        report.matched += 1;
        quarters.push(QuarterZone {
            code: quarter.code,
            name: quarter.label,
            communes,
            rings: quarter.g.into_iter().flatten().collect(),
        });
    }
    report.hash = file.hash();
    let head = ColumnHead {
        concept: "qpv.count",
        vintage,
        label: "Quartiers prioritaires de la politique de la ville",
        unit: "quartiers",
        aggregation: Aggregation::Sum,
    };
    let method = "Quartiers qui touchent la commune ; un quartier à cheval sur deux communes compte dans chacune.";
    let columns = vec![head.column(file, geography, method, counts)];
    Ok((Output { columns, quarters, ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    const SQUARE: &str = "[[[[5.0,46.0],[5.1,46.0],[5.1,46.1],[5.0,46.0]]]]";

    fn document(quarters: &[(&str, &str, &str)]) -> String {
        let list: Vec<String> = quarters
            .iter()
            .map(|(code, insee, g)| format!(r#"{{"code":"{code}","label":"Cité {code}","insee":[{insee}],"g":{g}}}"#))
            .collect();
        format!(r#"{{"meta":{{"source":"ANCT (QPV 2024) contours"}},"qpvs":[{}]}}"#, list.join(","))
    }

    fn import(bytes: Vec<u8>) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("qpv.json.gz", bytes);
        assert_eq!(recognise(&Probe::new(&file)?), Some(Vintage::of(2024)));
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn quarters_are_counted_in_each_commune_they_touch() {
        let open = "[[[[5.0,46.0],[5.1,46.0],[5.1,46.1],[5.2,46.2]]]]";
        let text = document(&[
            ("QN1", r#""01001","01003""#, SQUARE),
            ("QN2", r#""75101","75056""#, SQUARE),
            ("QN3", r#""98738""#, SQUARE),
            ("QN4", r#""01001""#, open),
        ]);
        let (output, report) = import(packed(&text)).unwrap();
        let base = base();
        let at = |c| base.commune(code(c)).unwrap();
        assert_eq!(output.quarters.len(), 2);
        assert_eq!(output.quarters[1].communes, [at("75056")]);
        assert_eq!(output.columns[0].get(at("01001")), Some(1.0));
        assert_eq!(output.columns[0].get(at("01004")), Some(0.0));
        assert_eq!((report.rows_read, report.matched), (4, 2));
        let reasons: Vec<&str> = report.left_out.iter().map(|left| left.reason.as_str()).collect();
        assert_eq!(reasons, ["hors du territoire", "contour qui ne se ferme pas"]);
    }

    #[test]
    fn doubles_and_cuts_are_refused() {
        let text = document(&[("QN1", r#""01001""#, SQUARE), ("QN1", r#""01003""#, SQUARE)]);
        assert_eq!(import(text.clone().into_bytes()).unwrap_err().fault, Fault::Doubled);
        assert_eq!(import(text.as_bytes()[..text.len() - 10].to_vec()).unwrap_err().fault, Fault::Truncated);
        let bytes = packed(&text);
        assert_eq!(import(bytes[..bytes.len() - 6].to_vec()).unwrap_err().fault, Fault::Truncated);
    }
}
