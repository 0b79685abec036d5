//! Population estimates by département, sex and five age classes (INSEE): a workbook with one sheet a year (`1975`…`2021`):
//! title, « Année 2021 », a row `Départements | Ensemble | Hommes | Femmes`, a row of age classes repeated for each, then one
//! row a département, mixed with totals.
//!
//! Recognised by sheets named by years. Every year becomes area values at the level of départements, both sexes together:
//! `population.age.0_19` … `population.age.75_plus`, and `population.age.total`. A sheet whose title says another year, a
//! class we cannot read, a blank or non-numeric figure, or a doubled département stops the file; rows of totals (« France
//! métropolitaine », « DOM »…) are set aside.

use std::collections::BTreeMap;

use pacte_territory::Level;

use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{AreaValues, Output};
use crate::progress::Task;
use crate::report::FileReport;
use crate::workbook::{Sheet, Workbook};

/// Population by département and age class.
pub const FORMAT: Format = Format {
    id: "population_age",
    title: "INSEE, estimations de population par département, sexe et âge",
    stage: Stage::Values,
    recognise,
    read,
};

/// Rows of title above the header.
const TITLE_ROWS: u32 = 4;

fn year_of(sheet: &str) -> Option<i16> {
    (sheet.len() == 4).then(|| sheet.parse().ok()).flatten().filter(|year| (1900..2200).contains(year))
}

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    let latest = probe.sheets().iter().filter_map(|sheet| year_of(sheet)).max();
    let name = probe.name();
    let damaged = probe.sheets().is_empty() && probe.is_workbook() && name.contains("estim") && name.contains("pop");
    (latest.is_some() || damaged).then_some(Vintage { year: latest, geography: latest })
}

fn read(file: &InputFile, _base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let mut book = Workbook::open(file)?;
    let mut years: Vec<(i16, String)> =
        book.sheets().into_iter().filter_map(|sheet| Some((year_of(&sheet)?, sheet))).collect();
    years.sort_unstable();
    let mut report = FileReport::new(file);
    let mut output = Output::default();
    let count = years.len() as u64;
    for (done, (year, name)) in (1..).zip(&years) {
        let sheet = book.sheet(name)?;
        read_year(file, &sheet, *year, &mut output, &mut report)?;
        task.at(file.size * done / count);
    }
    if let (Some((first, _)), Some((last, _))) = (years.first(), years.last()) {
        report.vintage = format!("{first}–{last}");
    }
    report.hash = file.hash();
    Ok((output, report))
}

fn read_year(
    file: &InputFile,
    sheet: &Sheet<'_>,
    year: i16,
    output: &mut Output,
    report: &mut FileReport,
) -> Result<(), SourceError> {
    for row in 0..TITLE_ROWS.min(sheet.rows()) {
        let announced = sheet.text(row, 0).strip_prefix("Année ").and_then(|text| text.trim().parse::<i16>().ok());
        if let Some(other) = announced.filter(|other| *other != year) {
            let problem = format!("la feuille s’appelle {year}, son titre annonce {other}");
            return Err(SourceError::wrong_vintage(&file.name, problem).sheet(sheet.name()).line(u64::from(row) + 1));
        }
    }
    let (header, [code, first, end]) = sheet.header(["Départements", "Ensemble", "Hommes"])?;
    let mut classes: Vec<(u32, String, String)> = Vec::new();
    for column in first..end {
        let label = sheet.text(header + 1, column);
        let slug = slug_of(&label).ok_or_else(|| {
            let advice = "Classes attendues : « 0 à 19 ans », « 75 ans et plus », « Total ».";
            sheet.error(header + 1, column, Fault::BadStructure, "ce n’est pas une classe d’âge", advice)
        })?;
        classes.push((column, slug, label));
    }
    let mut values: Vec<Vec<(String, f64)>> = vec![Vec::new(); classes.len()];
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let mut provisional = false;
    for row in header + 2..sheet.rows() {
        let text = sheet.text(row, code);
        if !is_departement(&text) {
            provisional |= text.contains("provisoire");
            if !text.is_empty() && sheet.optional_number(row, first).is_ok_and(|value| value.is_some()) {
                report.rows_read += 1;
                report.leave_out("ligne de total", || format!("{text} ({}, ligne {})", sheet.name(), row + 1));
            }
            continue;
        }
        report.rows_read += 1;
        if let Some(before) = rows.insert(text.clone(), u64::from(row) + 1) {
            return Err(SourceError::doubled(&file.name, &text, before, u64::from(row) + 1).sheet(sheet.name()));
        }
        for (values, (column, ..)) in values.iter_mut().zip(&classes) {
            values.push((text.clone(), sheet.number(row, *column)?));
        }
        report.matched += 1;
    }
    if rows.is_empty() {
        let problem = "la feuille ne contient aucun département";
        return Err(SourceError::truncated(&file.name, problem).sheet(sheet.name()));
    }
    let method = if provisional { "Résultats provisoires." } else { "" };
    for ((_, slug, label), values) in classes.into_iter().zip(values) {
        let label =
            if slug == "total" { "Population, tous âges".to_owned() } else { format!("Population de {label}") };
        output.area_values.push(AreaValues {
            level: Level::Departement,
            concept: format!("population.age.{slug}"),
            vintage: year,
            label,
            unit: "habitants".to_owned(),
            provenance: file.provenance(Some(year), year, method),
            values,
        });
    }
    Ok(())
}

/// Two or three characters, digits but for Corsica: `01`, `2A`, `974`.
fn is_departement(text: &str) -> bool {
    matches!(text, "2A" | "2B") || ((2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()))
}

/// `0 à 19 ans` → `0_19`, `75 ans et plus` → `75_plus`, `Total` → `total`.
fn slug_of(label: &str) -> Option<String> {
    let words: Vec<&str> = label.split_whitespace().collect();
    let age = |text: &str| text.parse::<u8>().ok();
    match words.as_slice() {
        ["Total"] => Some("total".to_owned()),
        [from, "à", to, "ans"] => Some(format!("{}_{}", age(from)?, age(to)?)),
        [from, "ans", "et", "plus"] => Some(format!("{}_plus", age(from)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::base;
    use crate::progress::Silent;

    fn workbook(announced: &str, second: &str) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().set_name("À savoir").unwrap();
        for year in ["2021", "2020"] {
            let sheet = book.add_worksheet().set_name(year).unwrap();
            sheet.write(1, 0, if year == "2021" { announced } else { "Année 2020" }).unwrap();
            for (column, title) in [(0, "Départements"), (2, "Ensemble"), (5, "Hommes"), (8, "Femmes")] {
                sheet.write(3, column, title).unwrap();
            }
            for (column, class) in (2..).zip(["0 à 19 ans", "75 ans et plus", "Total"].repeat(3)) {
                sheet.write(4, column, class).unwrap();
            }
            for (row, code) in (5..).zip(["01", second, "France métropolitaine "]) {
                sheet.write(row, 0, code).unwrap();
                for column in 2..11 {
                    sheet.write(row, column, row * 100 + u32::from(column)).unwrap();
                }
            }
            sheet.write(9, 0, "Source : Insee (résultats provisoires arrêtés en mars 2021).").unwrap();
        }
        book.save_to_buffer().unwrap()
    }

    fn import(bytes: Vec<u8>) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("age.xlsx", bytes);
        assert_eq!(recognise(&Probe::new(&file)?), Some(Vintage::of(2021)));
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn each_year_and_class_becomes_values_by_departement() {
        let (output, report) = import(workbook("Année 2021", "2A")).unwrap();
        let keys: Vec<String> = output.area_values.iter().map(|v| format!("{}@{}", v.concept, v.vintage)).collect();
        assert_eq!(keys[..3], ["population.age.0_19@2020", "population.age.75_plus@2020", "population.age.total@2020"]);
        assert_eq!(keys.len(), 6);
        assert_eq!(output.area_values[1].values, [("01".to_owned(), 503.0), ("2A".to_owned(), 603.0)]);
        assert_eq!(output.area_values[1].label, "Population de 75 ans et plus");
        assert_eq!(output.area_values[1].provenance.method, "Résultats provisoires.");
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (6, 4, 2));
        assert_eq!(report.vintage, "2020–2021");
    }

    #[test]
    fn a_sheet_of_another_year_and_a_doubled_departement_are_refused() {
        let error = import(workbook("Année 2019", "2A")).unwrap_err();
        assert_eq!((error.fault, error.sheet.as_deref(), error.line), (Fault::WrongVintage, Some("2021"), Some(2)));
        let error = import(workbook("Année 2021", "01")).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::Doubled, Some(7)));
    }
}
