//! Base permanente des équipements as the INSEE workbook: sheet `COM` (and `ARM`, arrondissements), a title « BPE 2020 »,
//! « Géographie au 01/01/2021 », then labels, then `CODGEO, LIBGEO, REG, DEP, NB_Dxxx…`. The layout of 2020; any year in
//! it is read.
//!
//! Recognised by the sheets `COM` and `ARM`. Year and geography are those of the title; a file whose name says another year
//! is refused. Sheet `ARM` repeats what `COM` counts in Paris, Lyon and Marseille: it is compared and set aside.

use super::bpe::{Counts, TITLE, equipment_of};
use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::Output;
use crate::progress::Task;
use crate::report::FileReport;
use crate::workbook::{Sheet, Workbook};

/// Base permanente des équipements, XLSX.
pub const FORMAT: Format = Format { id: "bpe2020", title: TITLE, stage: Stage::Values, recognise, read };

const COMMUNES: &str = "COM";
const ARRONDISSEMENTS: &str = "ARM";
/// Rows of title above the header.
const TITLE_ROWS: u32 = 6;

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    let sheets = probe.sheets();
    let known = sheets.iter().any(|sheet| sheet == COMMUNES) && sheets.iter().any(|sheet| sheet == ARRONDISSEMENTS);
    // A damaged workbook shows no sheet: its name lets the reader say so.
    let damaged = sheets.is_empty() && probe.is_workbook() && probe.name().contains("bpe");
    (known || damaged).then(|| Vintage { year: probe.year_in_name(), geography: None })
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let mut book = Workbook::open(file)?;
    let sheet = book.sheet(COMMUNES)?;
    let title: String = (0..TITLE_ROWS.min(sheet.rows())).map(|row| sheet.text(row, 0) + " ").collect();
    let vintage = year_after(&title, "BPE ").or(file.vintage).ok_or_else(|| {
        let advice = "Téléchargez de nouveau le classeur à l’INSEE, sans en changer le titre.";
        file.error(Fault::WrongVintage, "le titre « BPE AAAA » manque en haut de la feuille", advice).sheet(COMMUNES)
    })?;
    if let Some(named) = file.vintage.filter(|named| *named != vintage) {
        let problem = format!("le nom du fichier annonce {named}, le titre de la feuille BPE {vintage}");
        return Err(SourceError::wrong_vintage(&file.name, problem).sheet(COMMUNES).line(1).value(sheet.text(0, 0)));
    }
    let geography = year_after(&title, "Géographie au 01/01/");
    let mut counts = Counts::default();
    append(&sheet, &mut counts)?;
    task.at(file.size / 2);
    if book.sheets().iter().any(|sheet| sheet == ARRONDISSEMENTS) {
        append(&book.sheet(ARRONDISSEMENTS)?, &mut counts)?;
    }
    counts.columns(file, base, vintage, geography)
}

/// The four digits that follow a text.
fn year_after(text: &str, mark: &str) -> Option<i16> {
    let at = text.find(mark)? + mark.len();
    text.get(at..at + 4)?.parse().ok()
}

/// Adds the rows of a sheet; both sheets must have the same equipment in the same order.
fn append(sheet: &Sheet<'_>, counts: &mut Counts) -> Result<(), SourceError> {
    let (header, [code, _]) = sheet.header(["CODGEO", "LIBGEO"])?;
    let columns: Vec<(u32, String)> =
        (0..sheet.columns()).filter_map(|at| Some((at, equipment_of(&sheet.text(header, at))?.to_owned()))).collect();
    if columns.is_empty() {
        return Err(sheet.error(
            header,
            code,
            Fault::MissingColumn,
            "aucune colonne NB_Dxxx dans l’en-tête",
            "Téléchargez de nouveau le classeur à l’INSEE, sans en changer l’en-tête.",
        ));
    }
    let equipment: Vec<String> = columns.iter().map(|(_, code)| code.clone()).collect();
    if counts.equipment.is_empty() {
        counts.equipment = equipment;
    } else if counts.equipment != equipment {
        return Err(sheet.error(
            header,
            code,
            Fault::BadStructure,
            "les colonnes NB_Dxxx de cette feuille ne sont pas celles de la feuille COM",
            "Téléchargez de nouveau le classeur à l’INSEE.",
        ));
    }
    for row in header + 1..sheet.rows() {
        if sheet.text(row, code).is_empty() {
            continue;
        }
        let values = columns.iter().map(|(at, _)| sheet.number(row, *at)).collect::<Result<Vec<_>, _>>()?;
        counts.rows.push((sheet.code(row, code)?, u64::from(row) + 1, values));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    fn workbook(title: &str) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        for (name, rows) in
            [("COM", [("01001", 1.0, 4.0), ("75056", 3.0, 7.0)]), ("ARM", [("75101", 1.0, 3.0), ("75102", 2.0, 3.0)])]
        {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            sheet.write(0, 0, title).unwrap();
            sheet.write(2, 0, "Mise en ligne le 06/07/2021       Géographie au 01/01/2021").unwrap();
            for (i, (label, id)) in (0..).zip([
                ("CODGEO", "CODGEO"),
                ("Libellé commune ou ARM", "LIBGEO"),
                ("Urgences", "NB_D106"),
                ("Pharmacie", "NB_D307"),
            ]) {
                sheet.write(4, i, label).unwrap();
                sheet.write(5, i, id).unwrap();
            }
            for (row, (code, emergency, pharmacy)) in (6..).zip(rows) {
                sheet.write(row, 0, code).unwrap();
                sheet.write(row, 2, emergency).unwrap();
                sheet.write(row, 3, pharmacy).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }

    fn import(name: &str, bytes: Vec<u8>) -> Result<(Output, FileReport), SourceError> {
        let mut file = InputFile::in_memory(name, bytes);
        let vintage = recognise(&Probe::new(&file)?).expect("recognised");
        file.vintage = vintage.year;
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn both_sheets_are_read_and_arrondissements_only_compared() {
        let (output, report) = import("bpe_2020.xlsx", workbook("BPE 2020 - Base permanente des équipements")).unwrap();
        let base = base();
        let at = |c| base.commune(code(c)).unwrap();
        assert_eq!(output.columns[0].key(), "supply.emergency@2020");
        assert_eq!(output.columns[1].key(), "supply.pharmacy@2020");
        assert_eq!(output.columns[0].get(at("75056")), Some(3.0));
        assert_eq!(output.columns[0].provenance.geography, 2021);
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (4, 2, 2));
        assert!(report.notes.iter().any(|note| note.contains("D307") && !note.contains("D106")), "7 is not 3 + 3");
    }

    #[test]
    fn a_name_of_another_year_and_a_cut_file_are_refused() {
        let error = import("bpe_2019.xlsx", workbook("BPE 2020 - Base")).unwrap_err();
        assert_eq!(error.fault, Fault::WrongVintage);
        assert!(error.to_string().contains("2019") && error.to_string().contains("BPE 2020"), "{error}");
        let mut bytes = workbook("BPE 2020");
        bytes.truncate(bytes.len() / 2);
        assert_eq!(import("bpe_2020.xlsx", bytes).unwrap_err().fault, Fault::Truncated);
    }
}
