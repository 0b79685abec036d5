//! Communes of each EPCI à fiscalité propre (DGCL, `dgcl_epcicom_AAAA.xlsx`).
//!
//! Layout: one sheet, headings `dept, siren, raison_sociale, …, insee, siren_membre, nom_membre, ptot_AAAA, pmun_AAAA`,
//! one row per member commune. Recognised by the sheet `EpcicomAAAA`, or by the name when the workbook does not open.
//!
//! The table d'appartenance is compared with it; differences are told. A commune in two EPCI stops the file; so does a
//! code that does not exist in the year of the sheet.

use pacte_territory::Level;
use rustc_hash::FxHashMap;

use super::membership::Members;
use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{Membership, Output};
use crate::progress::Task;
use crate::report::FileReport;
use crate::workbook::Workbook;

/// DGCL workbook.
pub const FORMAT: Format = Format {
    id: "epci",
    title: "DGCL, composition communale des EPCI à fiscalité propre",
    stage: Stage::Values,
    recognise,
    read,
};

/// Year of a sheet called `Epcicom2024`.
fn sheet_year(sheet: &str) -> Option<i16> {
    sheet.to_lowercase().strip_prefix("epcicom")?.parse().ok()
}

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    if let Some(year) = probe.sheets().iter().find_map(|sheet| sheet_year(sheet)) {
        return Some(Vintage::of(year));
    }
    // A workbook that does not open shows no sheet: its reader will say why.
    (probe.is_workbook() && probe.sheets().is_empty() && probe.name().contains("epcicom"))
        .then(|| probe.year_in_name().map_or_else(Vintage::default, Vintage::of))
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let mut book = Workbook::open(file)?;
    let name = book.sheets().into_iter().find(|sheet| sheet_year(sheet).is_some());
    let sheet = book.sheet(name.as_deref().unwrap_or("Epcicom"))?;
    let (header, [siren, title, insee]) = sheet.header(["siren", "raison_sociale", "insee"])?;
    let mut members = Members::new(file, base, 1);
    let mut names: FxHashMap<String, String> = FxHashMap::default();
    for row in header + 1..sheet.rows() {
        let code = sheet.text(row, siren);
        if code.is_empty() && sheet.text(row, insee).is_empty() {
            continue;
        }
        if code.len() != 9 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(sheet.error(
                row,
                siren,
                Fault::BadValue,
                "un numéro SIREN de neuf chiffres est attendu",
                "Téléchargez de nouveau le classeur chez la DGCL.",
            ));
        }
        members
            .add(sheet.code(row, insee)?, u64::from(row) + 1, &[&code])
            .map_err(|error| error.sheet(sheet.name()))?;
        names.entry(code).or_insert_with(|| sheet.text(row, title));
        task.at(file.size * u64::from(row) / u64::from(sheet.rows()));
    }
    let (mut codes, report) = members.finish()?;
    let mut names: Vec<_> = names.into_iter().map(|(code, name)| (Level::Epci, code, name)).collect();
    names.sort_unstable();
    let geography = file.geography.unwrap_or(base.year);
    let provenance = file.provenance(None, geography, base.conversion(geography));
    let memberships = vec![Membership { level: Level::Epci, provenance, codes: codes.swap_remove(0), rank: 0 }];
    Ok((Output { memberships, names, ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    fn workbook(rows: &[(f64, &str, &str)]) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet().set_name("Epcicom2024").unwrap();
        for (column, title) in (0..).zip(["dept", "siren", "raison_sociale", "insee", "nom_membre"]) {
            sheet.write(0, column, title).unwrap();
        }
        for (row, (siren, name, insee)) in (1..).zip(rows) {
            sheet.write(row, 1, *siren).unwrap();
            sheet.write(row, 2, *name).unwrap();
            sheet.write(row, 3, *insee).unwrap();
        }
        book.save_to_buffer().unwrap()
    }

    fn read_rows(rows: &[(f64, &str, &str)]) -> Result<(Output, FileReport), SourceError> {
        let mut file = InputFile::in_memory("dgcl.xlsx", workbook(rows));
        let vintage = recognise(&Probe::new(&file).unwrap()).unwrap();
        assert_eq!(vintage, Vintage::of(2024));
        file.geography = vintage.geography;
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn members_and_names_are_read() {
        let (output, _) =
            read_rows(&[(200_000_001.0, "CC du Val", "01001"), (200_000_001.0, "CC du Val", "01003")]).unwrap();
        let id = base().commune(code("01003")).unwrap() as usize;
        assert_eq!(output.memberships[0].codes[id].as_deref(), Some("200000001"));
        assert_eq!(output.names, [(Level::Epci, "200000001".to_owned(), "CC du Val".to_owned())]);
    }

    #[test]
    fn a_commune_in_two_epci_and_a_bad_siren_are_placed() {
        let error = read_rows(&[(200_000_001.0, "A", "01001"), (200_000_002.0, "B", "01001")]).unwrap_err();
        assert_eq!((error.fault, error.line, error.sheet.as_deref()), (Fault::Doubled, Some(3), Some("Epcicom2024")));
        let error = read_rows(&[(12.0, "A", "01001")]).unwrap_err();
        assert_eq!((error.line, error.column.as_deref(), error.value.as_deref()), (Some(2), Some("B"), Some("12")));
    }
}
