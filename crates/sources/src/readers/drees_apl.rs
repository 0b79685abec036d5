//! Official workbook of the DREES on the APL to general practitioners: a sheet `Paramètres`, and one sheet `APL AAAA` a
//! vintage.
//!
//! A sheet of figures has titles (« Millésime : 2022 »), a header (`Code commune INSEE | Commune | APL aux médecins
//! généralistes | … de moins de 65 ans | Population standardisée 2020 … | Population totale 2020`), a row of units, then a row
//! a commune, arrondissements of Paris, Lyon and Marseille instead of their communes. Columns are found by their headings.
//! Means are weighted by the standardised population, as the workbook asks, when arrondissements or merged communes are put
//! together; the geography is found by the codes. The sheet `Paramètres` becomes method files ([`parameters`]).
//!
//! Recognised by its sheets, whose names carry the year; a title or a file name that says another year stops the file, and
//! so do a missing column, a bad number and a doubled commune. Unknown codes are set aside.

use pacte_territory::{Aggregation, CommuneCode};

use super::geography::{Coverage, likely_geography};
use crate::base::{Base, Fold, Gather};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{ColumnHead, Output, weighted_by};
use crate::progress::Task;
use crate::report::FileReport;
use crate::workbook::{Sheet, Workbook};

pub mod parameters;

/// DREES workbook of the APL.
pub const FORMAT: Format = Format {
    id: "drees_apl",
    title: "DREES, accessibilité potentielle localisée (APL) aux médecins généralistes",
    stage: Stage::Values,
    recognise,
    read,
};

const PARAMETERS: &str = "Paramètres";
const STANDARDISED: &str = "population.standardised";
/// Years between the figures and the codes they are published in: the edition of 2022 uses the COG of 2023.
const GEOGRAPHY_LAG: i16 = 1;
/// Rows of title above the header.
const TITLE_ROWS: u32 = 12;

/// Year of a sheet of figures: `APL 2022`.
fn year_of(sheet: &str) -> Option<i16> {
    sheet.trim().strip_prefix("APL ")?.trim().parse().ok().filter(|year| (2000..2100).contains(year))
}

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    let latest = probe.sheets().iter().filter_map(|sheet| year_of(sheet)).max();
    let damaged = probe.sheets().is_empty() && probe.is_workbook() && probe.name().contains("apl");
    (latest.is_some() || damaged).then_some(Vintage { year: latest, geography: None })
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let mut book = Workbook::open(file)?;
    let mut years: Vec<(i16, String)> =
        book.sheets().into_iter().filter_map(|sheet| Some((year_of(&sheet)?, sheet))).collect();
    years.sort_unstable();
    if let Some(named) = crate::catalogue::Probe::new(file)?.year_in_name()
        && !years.iter().any(|(year, _)| *year == named)
    {
        let found: Vec<String> = years.iter().map(|(_, sheet)| format!("« {sheet} »")).collect();
        let problem = format!("le nom du fichier annonce {named}, ses feuilles sont {}", found.join(", "));
        return Err(SourceError::wrong_vintage(&file.name, problem));
    }
    let mut output = Output::default();
    let described = book.sheets().iter().any(|sheet| sheet == PARAMETERS);
    let parameters = if described { Some(parameters::read(&book.sheet(PARAMETERS)?)?) } else { None };
    task.at(file.size / 8);
    let mut report: Option<FileReport> = None;
    for (year, name) in &years {
        let sheet = book.sheet(name)?;
        task.at(file.size / 2);
        let read = read_year(file, base, &sheet, *year, &mut output)?;
        match &mut report {
            None => report = Some(read),
            Some(report) => {
                report.rows_read += read.rows_read;
                report.matched += read.matched;
                report.left_out.extend(read.left_out);
                report.notes.extend(read.notes);
            }
        }
    }
    let mut report = report.unwrap_or_else(|| FileReport::new(file));
    report.vintage = years.iter().map(|(year, _)| year.to_string()).collect::<Vec<_>>().join(", ");
    if let Some(parameters) = parameters {
        output.methods = parameters::methods(&parameters, share_65(&output), file.short_name());
    }
    if output.methods.is_empty() {
        report.note("feuille Paramètres absente : aucune méthode n’en est tirée");
    } else {
        let names: Vec<&str> = output.methods.iter().map(|method| method.name.as_str()).collect();
        report.note(format!("méthodes tirées de la feuille Paramètres : {}", names.join(", ")));
    }
    Ok((output, report))
}

/// Mean APL of doctors of 65 or less and of all, in the latest vintage that gives both.
fn share_65(output: &Output) -> Option<parameters::Share65> {
    let limited = output.columns.iter().filter(|column| column.concept == "apl.gp_65").max_by_key(|c| c.vintage)?;
    let vintage = limited.vintage;
    let find = |concept: &str| output.columns.iter().find(|c| c.concept == concept && c.vintage == vintage);
    let (all, weights) = (find("apl.gp")?, find(STANDARDISED)?);
    let (mut sums, mut people) = ([0.0; 2], 0.0);
    for (weight, (all, limited)) in weights.values.iter().zip(all.values.iter().zip(&limited.values)) {
        if !(weight * all * limited).is_nan() {
            people += weight;
            sums = [sums[0] + weight * all, sums[1] + weight * limited];
        }
    }
    (people > 0.0).then(|| parameters::Share65 { vintage, limited: sums[1] / people, all: sums[0] / people })
}

/// What a column of figures is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Apl { age_limit: Option<u8> },
    Standardised,
    Plain,
}

/// Reads a heading; `None` for what is not a figure.
fn figure_of(heading: &str) -> Option<Figure> {
    let heading = heading.to_lowercase();
    if heading.starts_with("apl ") {
        let age_limit = heading.split_whitespace().find_map(|word| word.parse::<u8>().ok());
        return Some(Figure::Apl { age_limit });
    }
    if heading.starts_with("population standardisée") {
        return Some(Figure::Standardised);
    }
    heading.starts_with("population totale").then_some(Figure::Plain)
}

/// The first year in a heading.
fn year_in(text: &str) -> Option<i16> {
    text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 4)?.parse().ok()
}

fn read_year(
    file: &InputFile,
    base: &Base,
    sheet: &Sheet<'_>,
    year: i16,
    output: &mut Output,
) -> Result<FileReport, SourceError> {
    for row in 0..TITLE_ROWS.min(sheet.rows()) {
        let text = sheet.text(row, 0);
        let announced = text.strip_prefix("Millésime").and_then(year_in);
        if let Some(other) = announced.filter(|other| *other != year) {
            let problem = format!("la feuille s’appelle « {} », son titre annonce {other}", sheet.name());
            let error = SourceError::wrong_vintage(&file.name, problem);
            return Err(error.sheet(sheet.name()).line(u64::from(row) + 1).value(text));
        }
    }
    let (header, [code, _]) = sheet.header(["Code commune INSEE", "Commune"])?;
    let headings: Vec<(u32, String)> =
        (0..sheet.columns()).map(|column| (column, sheet.text(header, column))).collect();
    let figures: Vec<(u32, Figure)> =
        headings.iter().filter_map(|(column, heading)| Some((*column, figure_of(heading)?))).collect();
    let need = |wanted: &str, test: fn(Figure) -> bool| {
        figures.iter().find(|(_, figure)| test(*figure)).map(|(column, _)| *column).ok_or_else(|| {
            let found: Vec<&str> =
                headings.iter().map(|(_, heading)| heading.as_str()).filter(|h| !h.is_empty()).collect();
            SourceError::missing_column(&file.name, wanted, &found).sheet(sheet.name()).line(u64::from(header) + 1)
        })
    };
    need("APL aux médecins généralistes", |figure| figure == Figure::Apl { age_limit: None })?;
    let standardised = need("Population standardisée", |figure| figure == Figure::Standardised)?;
    need("Population totale", |figure| figure == Figure::Plain)?;

    let mut rows: Vec<((CommuneCode, u64), f64, Vec<f64>)> = Vec::new();
    for row in header + 1..sheet.rows() {
        if sheet.text(row, code).is_empty() {
            // The row of units, and blank rows at the end.
            if sheet.text(row, code + 1).is_empty() {
                continue;
            }
            let advice = "Complétez la cellule, ou téléchargez de nouveau le classeur.";
            return Err(sheet.error(row, code, Fault::BadValue, "le code de la commune manque", advice));
        }
        let mut values = Vec::with_capacity(figures.len());
        for (column, _) in &figures {
            let value = sheet.optional_number(row, *column)?.unwrap_or(f64::NAN);
            if value < 0.0 {
                return Err(sheet.error(
                    row,
                    *column,
                    Fault::BadValue,
                    "la valeur est négative",
                    "Corrigez la cellule.",
                ));
            }
            values.push(value);
        }
        let weight = sheet.optional_number(row, standardised)?.unwrap_or(0.0);
        rows.push(((sheet.code(row, code)?, u64::from(row) + 1), weight, values));
    }
    if rows.is_empty() {
        return Err(SourceError::truncated(&file.name, "la feuille ne contient aucune commune").sheet(sheet.name()));
    }
    let codes: Vec<_> = rows.iter().map(|(place, ..)| *place).collect();
    let geography = likely_geography(file, base, &codes, year + GEOGRAPHY_LAG, Coverage::Complete)?;
    let folds: Vec<Fold> = figures
        .iter()
        .map(|(_, figure)| if matches!(figure, Figure::Apl { .. }) { Fold::Mean } else { Fold::Sum })
        .collect();
    let mut gather = Gather::new(file, base, geography, &folds);
    for ((code, line), weight, values) in rows {
        gather.add_weighted(code, line, weight, &values)?;
    }
    let (values, report) = gather.finish()?;
    for ((column, figure), values) in figures.iter().zip(values) {
        let heading = &headings[*column as usize].1;
        let population_year = year_in(heading).map(|year| format!("Population de {year}. ")).unwrap_or_default();
        let (concept, label, unit, aggregation, note) = match figure {
            Figure::Apl { age_limit: None } => (
                "apl.gp".to_owned(),
                "APL aux médecins généralistes".to_owned(),
                "consultations par habitant standardisé et par an",
                weighted_by(STANDARDISED, year),
                String::new(),
            ),
            Figure::Apl { age_limit: Some(age) } => (
                format!("apl.gp_{age}"),
                format!("APL aux médecins généralistes de {age} ans et moins"),
                "consultations par habitant standardisé et par an",
                weighted_by(STANDARDISED, year),
                String::new(),
            ),
            Figure::Standardised => (
                STANDARDISED.to_owned(),
                "Population standardisée par la consommation de soins de médecine générale".to_owned(),
                "habitants standardisés",
                Aggregation::Sum,
                population_year,
            ),
            Figure::Plain => (
                "population.apl".to_owned(),
                "Population de référence de l’APL".to_owned(),
                "habitants",
                Aggregation::Sum,
                population_year,
            ),
        };
        let head = ColumnHead { concept: &concept, vintage: year, label: &label, unit, aggregation };
        let method = note + &base.conversion(geography);
        output.columns.push(head.column(file, geography, method.trim_end(), values));
    }
    Ok(report)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::progress::Silent;

    /// A workbook in the official layout: `title` names the vintage in sheet `APL 2022`.
    pub(crate) fn workbook(title: &str, rows: &[(&str, [f64; 4])]) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        parameters::tests::write(book.add_worksheet().set_name("Paramètres").unwrap(), &[]);
        let sheet = book.add_worksheet().set_name("APL 2022").unwrap();
        sheet.write(0, 0, "Indicateur d'accessibilité potentielle localisée (APL) 2022").unwrap();
        sheet.write(2, 0, title).unwrap();
        for (column, heading) in (0..).zip([
            "Code commune INSEE",
            "Commune",
            "APL aux médecins généralistes",
            "APL aux médecins généralistes de moins de 65 ans",
            "Population standardisée 2020 pour la médecine générale",
            "Population totale 2020",
        ]) {
            sheet.write(8, column, heading).unwrap();
        }
        sheet.write(9, 2, "En nombre de consultations/visites accessibles par habitant standardisé").unwrap();
        for (row, (code, values)) in (10..).zip(rows) {
            sheet.write(row, 0, *code).unwrap();
            sheet.write(row, 1, "Nom").unwrap();
            for (column, value) in (2..).zip(values) {
                sheet.write(row, column, *value).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }

    fn import(name: &str, bytes: Vec<u8>) -> Result<(Output, FileReport), SourceError> {
        let mut file = InputFile::in_memory(name, bytes);
        file.vintage = recognise(&Probe::new(&file)?).expect("recognised").year;
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    const ROWS: [(&str, [f64; 4]); 3] =
        [("75101", [4.0, 3.0, 300.0, 290.0]), ("75102", [2.0, 1.0, 100.0, 110.0]), ("01001", [1.5, 1.0, 50.0, 60.0])];

    #[test]
    fn arrondissements_are_folded_by_standardised_population() {
        let (output, report) = import("apl_2022.xlsx", workbook("Millésime : 2022", &ROWS)).unwrap();
        let base = base();
        let at = |c| base.commune(code(c)).unwrap();
        let column = |key: &str| output.columns.iter().find(|column| column.key() == key).unwrap();
        assert_eq!(column("apl.gp@2022").get(at("75056")), Some(3.5));
        assert_eq!(column("apl.gp_65@2022").get(at("75056")), Some(2.5));
        assert_eq!(column("population.standardised@2022").get(at("75056")), Some(400.0));
        assert_eq!(column("population.apl@2022").get(at("75056")), Some(400.0));
        assert_eq!(column("apl.gp@2022").get(at("01005")), None);
        assert_eq!(column("apl.gp@2022").aggregation, weighted_by(STANDARDISED, 2022));
        assert!(column("population.apl@2022").provenance.method.starts_with("Population de 2020."));
        assert_eq!((report.rows_read, report.matched, report.vintage.as_str()), (3, 3, "2022"));
        let names: Vec<&str> = output.methods.iter().map(|method| method.name.as_str()).collect();
        assert_eq!(names, ["apl/mg-2022", "apl/mg-2023"]);
    }

    #[test]
    fn contradicting_years_missing_columns_and_bad_cells_are_refused() {
        let error = import("apl_2022.xlsx", workbook("Millésime : 2021", &ROWS)).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::WrongVintage, Some(3)));
        let error = import("apl_2019.xlsx", workbook("Millésime : 2022", &ROWS)).unwrap_err();
        assert_eq!(error.fault, Fault::WrongVintage);
        assert!(error.to_string().contains("APL 2022"), "{error}");
        let error = import("apl.xlsx", workbook("Millésime : 2022", &[("01001", [-1.0, 1.0, 1.0, 1.0])])).unwrap_err();
        assert_eq!((error.line, error.column.as_deref(), error.value.as_deref()), (Some(11), Some("C"), Some("-1")));
        let double = [ROWS[0], ROWS[0]];
        let error = import("apl.xlsx", workbook("Millésime : 2022", &double)).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::Doubled, Some(12)));
    }

    #[test]
    fn headings_tell_what_they_are() {
        for (heading, figure) in [
            ("APL aux médecins généralistes", Some(Figure::Apl { age_limit: None })),
            ("APL aux médecins généralistes de 62 ans et moins", Some(Figure::Apl { age_limit: Some(62) })),
            ("Population standardisée 2020 pour la médecine générale", Some(Figure::Standardised)),
            ("Population totale 2020", Some(Figure::Plain)),
            ("Commune", None),
        ] {
            assert_eq!(figure_of(heading), figure, "{heading}");
        }
    }
}
