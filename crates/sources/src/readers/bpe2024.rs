//! Base permanente des équipements, extract of 2024 by commune: `code,medecin_generaliste,infirmier,pharmacie,
//! structure_sante`. Communes without any equipment are absent: for them the counts are zero, not unknown. `structure_sante`
//! adds emergency departments, health centres and maisons de santé. Paris, Lyon and Marseille are given whole.
//!
//! Recognised by its header; the year is in the name, the geography is found by the codes (COG 2025 for 2024: counts of
//! communes merged since are shared by population). A bad count or a doubled commune stops the file; unknown codes are set
//! aside.

use pacte_territory::Aggregation;

use super::bpe::{TITLE, vintage_in_name};
use super::geography::{Coverage, likely_geography};
use crate::base::{Base, Fold, Gather};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::SourceError;
use crate::input::InputFile;
use crate::output::{ColumnHead, Output};
use crate::progress::Task;
use crate::report::FileReport;

/// Base permanente des équipements 2024, extract.
pub const FORMAT: Format = Format { id: "bpe2024", title: TITLE, stage: Stage::Values, recognise, read };

const COLUMNS: [&str; 5] = ["code", "medecin_generaliste", "infirmier", "pharmacie", "structure_sante"];
/// Concept, label and unit of each column after the code.
const CONCEPTS: [(&str, &str, &str); 4] = [
    ("supply.gp", "Médecins généralistes", "professionnels"),
    ("supply.nurse", "Infirmiers", "professionnels"),
    ("supply.pharmacy", "Pharmacies", "équipements"),
    ("supply.care_structure", "Urgences, centres et maisons de santé", "équipements"),
];

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    probe.has_columns(&COLUMNS).then(|| Vintage { year: probe.year_in_name(), geography: None })
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let vintage = vintage_in_name(file)?;
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [code, gp, nurse, pharmacy, structure] = table.columns(COLUMNS)?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        let values = [row.count(gp)?, row.count(nurse)?, row.count(pharmacy)?, row.count(structure)?];
        rows.push(((row.code(code)?, row.line()), values));
    }
    let codes: Vec<_> = rows.iter().map(|(place, _)| *place).collect();
    let geography = match file.geography {
        Some(year) => year,
        None => likely_geography(file, base, &codes, vintage + 1, Coverage::Partial)?,
    };
    let mut gather = Gather::new(file, base, geography, &[Fold::Sum; 4]);
    for ((code, line), values) in rows {
        gather.add(code, line, &values)?;
    }
    let absent = base.len() - gather.covered();
    let (values, mut report) = gather.finish()?;
    report.notes.retain(|note| !note.contains("ne sont pas dans le fichier"));
    report.note(format!("{absent} communes absentes du fichier : aucun équipement (0)"));
    let method = format!("Commune absente du fichier : aucun équipement. {}", base.conversion(geography));
    let columns = CONCEPTS
        .iter()
        .zip(values)
        .map(|(&(concept, label, unit), mut values)| {
            values.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = 0.0);
            let head = ColumnHead { concept, vintage, label, unit, aggregation: Aggregation::Sum };
            head.column(file, geography, method.trim_end(), values)
        })
        .collect();
    Ok((Output { columns, ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::error::Fault;
    use crate::progress::Silent;

    fn import(text: &str) -> Result<(Output, FileReport), SourceError> {
        let mut file = InputFile::in_memory("sante/bpe_2024.csv", text.as_bytes());
        file.vintage = recognise(&Probe::new(&file)?).expect("recognised").year;
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn absent_is_zero_and_a_merger_undone_is_shared_by_population() {
        let text = "code,medecin_generaliste,infirmier,pharmacie,structure_sante\n01003,8,4,1,0\n75056,100,50,20,9\n";
        let (mut output, report) = import(text).unwrap();
        let base = base();
        let at = |c| base.commune(code(c)).unwrap();
        let gp = output.columns.remove(0);
        assert_eq!(gp.key(), "supply.gp@2024");
        assert_eq!(gp.get(at("01003")), Some(6.0));
        assert_eq!(gp.get(at("01004")), Some(2.0));
        assert_eq!(gp.get(at("01005")), Some(0.0));
        assert_eq!((gp.total(), gp.provenance.geography), (108.0, 2025));
        assert_eq!((report.rows_read, report.matched), (2, 2));
    }

    #[test]
    fn a_missing_column_and_a_text_count_are_refused() {
        let mut file = InputFile::in_memory("bpe_2024.csv", *b"code,medecin_generaliste,infirmier\n01001,1,2\n");
        assert!(recognise(&Probe::new(&file).unwrap()).is_none());
        file.vintage = Some(2024);
        let error = read(&file, &base(), &Task::start(&Silent, "", 0)).unwrap_err();
        assert_eq!((error.fault, error.column.as_deref()), (Fault::MissingColumn, Some("pharmacie")));
        let error =
            import("code,medecin_generaliste,infirmier,pharmacie,structure_sante\n01003,x,4,1,0\n").unwrap_err();
        assert_eq!((error.line, error.value.as_deref()), (Some(2), Some("x")));
    }
}
