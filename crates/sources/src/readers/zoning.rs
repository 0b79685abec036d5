//! Medical zoning and ZRR status by commune: `code,zonage,zrr`.
//!
//! Weak provenance, said in every column: the file was rebuilt from postal codes and names, not published by the ARS. It is
//! fit for tests and comparison, not for deciding an aid.
//!
//! Recognised by its header; the year is in the name, 2025 by default. Classes: `1_ZIP`, `2_ZAC`, `3_HZ`, `4_ZAR`; anything
//! that begins with `N/A` and blanks are unknown; another class stops the file. Cities given by arrondissement take the class
//! where most of their inhabitants live; communes merged after the territory's year give theirs to all their parts.

use pacte_territory::{Aggregation, Column};

use super::geography::{Coverage, likely_geography};
use crate::base::{Base, Fold, Gather};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{ColumnHead, Output};
use crate::progress::Task;
use crate::report::FileReport;

/// Medical zoning by commune.
pub const FORMAT: Format = Format {
    id: "zoning",
    title: "Zonage médical des ARS, reconstitué par commune (provenance faible)",
    stage: Stage::Values,
    recognise,
    read,
};

const VINTAGE: i16 = 2025;
const WEAK: &str =
    "Reconstitué d’après les codes postaux et les noms de communes : à ne pas opposer au zonage de l’ARS.";

/// Beginning of the text in the file, and label of the class.
const CLASSES: [(&str, &str); 4] = [
    ("1_ZIP", "Zone d’intervention prioritaire (ZIP)"),
    ("2_ZAC", "Zone d’action complémentaire (ZAC)"),
    ("3_HZ", "Hors zonage (HZ)"),
    ("4_ZAR", "Zone d’accompagnement régional (ZAR)"),
];
const ZRR: [(&str, &str); 3] =
    [("C - ", "Classée en ZRR"), ("NC - ", "Non classée en ZRR"), ("P - ", "Partiellement classée en ZRR")];

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    probe
        .has_columns(&["code", "zonage", "zrr"])
        .then(|| Vintage { year: Some(probe.year_in_name().unwrap_or(VINTAGE)), geography: None })
}

/// Index of a class, `None` when the text says it is not known.
fn class_of(text: &str, classes: &[(&str, &str)]) -> Result<Option<usize>, ()> {
    if text.is_empty() || text.starts_with("N/A") {
        return Ok(None);
    }
    classes.iter().position(|(start, _)| text.starts_with(start)).map(Some).ok_or(())
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let vintage = file.vintage.unwrap_or(VINTAGE);
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [code, zoning, zrr] = table.columns(["code", "zonage", "zrr"])?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        // One share per class: the mean over the parts of a commune is the share of its inhabitants in each.
        let mut shares = [f64::NAN; CLASSES.len() + ZRR.len()];
        let mut fill = |column, classes: &[(&str, &str)], from: usize| {
            let class = class_of(row.text(column), classes).map_err(|()| {
                let known: Vec<&str> = classes.iter().map(|(start, _)| *start).collect();
                let advice = format!("Classes attendues : {}, ou rien.", known.join(", "));
                row.error(column, Fault::BadValue, "ce n’est pas une classe de zonage", &advice)
            })?;
            if let Some(class) = class {
                shares[from..from + classes.len()].fill(0.0);
                shares[from + class] = 1.0;
            }
            Ok::<_, SourceError>(())
        };
        fill(zoning, &CLASSES, 0)?;
        fill(zrr, &ZRR, CLASSES.len())?;
        rows.push(((row.code(code)?, row.line()), shares));
    }
    let codes: Vec<_> = rows.iter().map(|(place, _)| *place).collect();
    let geography = likely_geography(file, base, &codes, vintage, Coverage::Complete)?;
    let mut gather = Gather::new(file, base, geography, &[Fold::Mean; CLASSES.len() + ZRR.len()]);
    for ((code, line), shares) in rows {
        gather.add(code, line, &shares)?;
    }
    let (values, mut report) = gather.finish()?;
    let (zoning, zrr) = values.split_at(CLASSES.len());
    let columns = [
        ("zoning.gp", "Zonage des médecins généralistes", &CLASSES[..], zoning),
        ("zoning.zrr", "Zone de revitalisation rurale", &ZRR[..], zrr),
    ]
    .into_iter()
    .map(|(concept, label, classes, shares)| {
        let head = ColumnHead { concept, vintage, label, unit: "", aggregation: Aggregation::Category };
        let method = format!("{WEAK} {}", base.conversion(geography));
        Column {
            categories: classes.iter().map(|(_, label)| (*label).to_owned()).collect(),
            ..head.column(file, geography, method.trim_end(), heaviest(shares))
        }
    })
    .collect::<Vec<_>>();
    for column in &columns {
        report.note(format!("{} : {} communes classées", column.label, column.known()));
    }
    report.note("provenance faible : à ne pas opposer au zonage publié par l’ARS");
    Ok((Output { columns, ..Output::default() }, report))
}

/// Class of largest share of each commune, `NaN` where no share is known.
fn heaviest(shares: &[Vec<f64>]) -> Vec<f64> {
    let n = shares.first().map_or(0, Vec::len);
    (0..n)
        .map(|commune| {
            let known = shares.iter().enumerate().filter(|(_, class)| !class[commune].is_nan());
            // On equal shares the first class wins: the zoning's most protective one.
            let best = known.reduce(|best, next| if next.1[commune] > best.1[commune] { next } else { best });
            best.map_or(f64::NAN, |(class, _)| class as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    fn import(rows: &str) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("zonage.csv", format!("code,zonage,zrr\n{rows}").into_bytes());
        assert_eq!(recognise(&Probe::new(&file)?).and_then(|vintage| vintage.year), Some(2025));
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn classes_follow_the_people() {
        let (output, report) = import(
            "01001,2_ZAC,C - Classée en ZRR\n01003,1_ZIP,NC - Commune non classée\n\
             75101,3_HZ,\n75102,4_ZAR,\n01005,N/A - résultat non disponible,P - Commune partiellement classée en ZRR\n",
        )
        .unwrap();
        let base = base();
        let at = |c| base.commune(code(c)).unwrap();
        let (zoning, zrr) = (&output.columns[0], &output.columns[1]);
        assert_eq!(zoning.category(at("01001")), Some("Zone d’action complémentaire (ZAC)"));
        assert_eq!(zoning.category(at("75056")), Some("Zone d’accompagnement régional (ZAR)"), "60 people against 40");
        assert_eq!(zoning.category(at("01005")), None);
        assert_eq!(zrr.category(at("01005")), Some("Partiellement classée en ZRR"));
        assert_eq!(zrr.category(at("75056")), None);
        assert!(zoning.provenance.method.contains("à ne pas opposer"));
        assert_eq!((report.rows_read, report.matched), (5, 5));
        assert_eq!(zoning.provenance.geography, 2025);
        assert_eq!(zoning.category(at("01004")), Some("Zone d’intervention prioritaire (ZIP)"), "merged in 2025");
    }

    #[test]
    fn an_unknown_class_is_refused() {
        let error = import("01001,5_ZZZ,\n").unwrap_err();
        assert_eq!(
            (error.line, error.column.as_deref(), error.value.as_deref()),
            (Some(2), Some("zonage"), Some("5_ZZZ"))
        );
        assert!(error.advice.contains("4_ZAR"));
    }
}
