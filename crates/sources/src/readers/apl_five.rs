//! Published APL of five professions by commune (DREES, edition of 2016 and 2018), gathered in one file with figures of
//! mobile coverage that are not read: `code,…,apl_mg2018,apl_mg2018_65,pop2016,apl_mg2016,apl_mg2016_65,pop2014,apl_inf2016,
//! apl_sf2016,apl_mk2016,…`.
//!
//! `pop2016` and `pop2014` are the populations standardised for general medicine that go with the APL of 2018 and 2016: they
//! weight the means, those of nurses, midwives and physiotherapists included. Paris, Lyon and Marseille are absent.
//!
//! Recognised by its header, which carries the years. A text where a number is expected or a doubled commune stops the file;
//! unknown codes are set aside; blanks are unknown values.

use pacte_territory::Aggregation;

use super::geography::{Coverage, likely_geography};
use crate::base::{Base, Fold, Gather};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::SourceError;
use crate::input::InputFile;
use crate::output::{ColumnHead, Output, weighted_by};
use crate::progress::Task;
use crate::report::FileReport;

/// APL 2016 and 2018, five professions.
pub const FORMAT: Format = Format {
    id: "apl_five",
    title: "DREES, accessibilité potentielle localisée (APL)",
    stage: Stage::Values,
    recognise,
    read,
};

/// Year of the codes, checked against them.
const GEOGRAPHY: i16 = 2019;
const STANDARDISED: &str = "population.standardised";
const GP_UNIT: &str = "consultations par habitant standardisé et par an";
const FTE_UNIT: &str = "ETP pour 100 000 habitants standardisés";

/// One vintage: year, column of the weights, columns of figures with concept, label and unit.
struct Edition {
    vintage: i16,
    weight: &'static str,
    figures: &'static [(&'static str, &'static str, &'static str, &'static str)],
}

const EDITIONS: [Edition; 2] = [
    Edition {
        vintage: 2018,
        weight: "pop2016",
        figures: &[
            ("apl_mg2018", "apl.gp", "APL aux médecins généralistes", GP_UNIT),
            ("apl_mg2018_65", "apl.gp_65", "APL aux médecins généralistes de 65 ans et moins", GP_UNIT),
        ],
    },
    Edition {
        vintage: 2016,
        weight: "pop2014",
        figures: &[
            ("apl_mg2016", "apl.gp", "APL aux médecins généralistes", GP_UNIT),
            ("apl_mg2016_65", "apl.gp_65", "APL aux médecins généralistes de 65 ans et moins", GP_UNIT),
            ("apl_inf2016", "apl.nurse", "APL aux infirmiers", FTE_UNIT),
            ("apl_sf2016", "apl.midwife", "APL aux sages-femmes", "ETP pour 100 000 femmes standardisées"),
            ("apl_mk2016", "apl.physio", "APL aux masseurs-kinésithérapeutes", FTE_UNIT),
        ],
    },
];

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    probe.has_columns(&["code", "apl_mg2018", "apl_mg2016"]).then_some(Vintage { year: Some(2018), geography: None })
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut codes = Vec::new();
    // Weights and figures of each edition, in the order of `codes`.
    let mut rows: [Vec<(f64, Vec<f64>)>; 2] = Default::default();
    let mut table = Delimited::open(file, &text, task)?;
    let code = table.column("code")?;
    let mut columns = Vec::new();
    for edition in &EDITIONS {
        let figures = edition.figures.iter().map(|(name, ..)| table.column(name)).collect::<Result<Vec<_>, _>>()?;
        columns.push((table.column(edition.weight)?, figures));
    }
    while let Some(row) = table.next_row()? {
        codes.push((row.code(code)?, row.line()));
        for (rows, (weight, figures)) in rows.iter_mut().zip(&columns) {
            let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
            let mut values =
                figures.iter().map(|column| row.optional_number(*column).map(known)).collect::<Result<Vec<_>, _>>()?;
            let weight = row.optional_number(*weight)?;
            values.push(known(weight));
            rows.push((weight.unwrap_or(0.0), values));
        }
    }
    let geography = likely_geography(file, base, &codes, GEOGRAPHY, Coverage::Complete)?;
    let mut output = Output::default();
    let mut report = None;
    for (edition, rows) in EDITIONS.iter().zip(rows) {
        let mut folds = vec![Fold::Mean; edition.figures.len()];
        folds.push(Fold::Sum);
        let mut gather = Gather::new(file, base, geography, &folds);
        for ((code, line), (weight, values)) in codes.iter().zip(rows) {
            gather.add_weighted(*code, *line, weight, &values)?;
        }
        let (mut values, gathered) = gather.finish()?;
        let population = values.pop().unwrap_or_default();
        let vintage = edition.vintage;
        let head = ColumnHead {
            concept: STANDARDISED,
            vintage,
            label: "Population standardisée par la consommation de soins de médecine générale",
            unit: "habitants standardisés",
            aggregation: Aggregation::Sum,
        };
        let year = &edition.weight["pop".len()..];
        let method = format!("Population de {year}. {}", base.conversion(geography));
        output.columns.push(head.column(file, geography, method.trim_end(), population));
        for ((_, concept, label, unit), values) in edition.figures.iter().zip(values) {
            let aggregation = weighted_by(STANDARDISED, vintage);
            let head = ColumnHead { concept, vintage, label, unit, aggregation };
            output.columns.push(head.column(file, geography, base.conversion(geography), values));
        }
        report.get_or_insert(gathered);
    }
    let mut report = report.unwrap_or_else(|| FileReport::new(file));
    "2016, 2018".clone_into(&mut report.vintage);
    Ok((output, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::error::Fault;
    use crate::progress::Silent;

    const HEADER: &str = "code,lib_com,apl_mg2018,apl_mg2018_65,pop2016,apl_mg2016,apl_mg2016_65,pop2014,apl_inf2016,apl_sf2016,apl_mk2016\n";

    fn import(rows: &str) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("apl_2016_2018.csv", (HEADER.to_owned() + rows).into_bytes());
        assert!(recognise(&Probe::new(&file)?).is_some());
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn two_vintages_with_their_own_weights() {
        let (output, report) =
            import("01001,A,3,2,100,4,3,300,80,10,60\n01002,B,1,1,300,2,1,100,40,20,20\n01003,C,5,5,10,,,,,,\n")
                .unwrap();
        let base = base();
        let at = |c| base.commune(code(c)).unwrap();
        let column = |key: &str| output.columns.iter().find(|column| column.key() == key).unwrap();
        // 01002 joined 01001 in 2019: the codes are of 2018.
        assert_eq!(column("apl.gp@2018").provenance.geography, 2018);
        assert_eq!(column("apl.gp@2018").get(at("01001")), Some(1.5));
        assert_eq!(column("apl.gp@2016").get(at("01001")), Some(3.5));
        assert_eq!(column("apl.nurse@2016").get(at("01001")), Some(70.0));
        assert_eq!(column("population.standardised@2018").get(at("01001")), Some(400.0));
        assert_eq!(column("apl.gp@2016").get(at("01003")), None);
        assert_eq!(column("apl.gp_65@2018").get(at("01003")), Some(5.0));
        assert_eq!(column("apl.physio@2016").aggregation, weighted_by(STANDARDISED, 2016));
        assert_eq!((report.rows_read, report.matched), (3, 3));
    }

    #[test]
    fn a_text_where_a_number_stands_is_placed() {
        let error = import("01001,A,3,2,cent,4,3,300,80,10,60\n").unwrap_err();
        assert_eq!((error.fault, error.line, error.column.as_deref()), (Fault::BadValue, Some(2), Some("pop2016")));
    }
}
