//! Sheet `Paramètres` of the DREES workbook: how activity becomes supply, how access decays with time, what each age consumes.
//! It becomes one method file per vintage of age weights (`apl/mg-2022`, `apl/mg-2023`), in the form of
//! `pacts/methods/apl/*.yaml`.
//!
//! Three tables are found by their headers: « Nombre de consultations, visites… », « Temps de trajet entre communes »,
//! « Tranche d'âge ». Every bound, weight and age of the result is read in them; a table that is absent, bands that do not
//! follow one another or ages that leave a gap stop the file. Two figures a method needs are not in the sheet: the mean
//! activity per head ([`PER_HEAD`]), and the share of supply of doctors of 65 or less, computed from the two published APL.

use std::fmt::Write as _;

use pacte_territory::MethodFile;

use crate::error::{Fault, SourceError};
use crate::workbook::Sheet;

/// Consultations a year stated for each doctor when individual activity is unknown. Not in the workbook: the value of
/// `pacts/methods/apl/mg-2022.yaml`.
pub const PER_HEAD: f64 = 4200.0;

const ADVICE: &str = "Téléchargez de nouveau le classeur de la DREES, sans changer la feuille Paramètres.";

/// The parameters of the sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// At or below this yearly activity a doctor does not count.
    pub ignored_upto: f64,
    /// Lowest activity of a doctor who counts.
    pub floor: f64,
    /// Highest activity.
    pub cap: f64,
    /// Activity given to a doctor newly installed.
    pub newly_installed: f64,
    /// Upper bound in minutes and weight of each band; nothing beyond the last.
    pub bands: Vec<(f64, f64)>,
    /// First and last age of each band; the last has no end.
    pub ages: Vec<(u8, Option<u8>)>,
    /// Weights of the age bands, by vintage.
    pub weights: Vec<(i16, Vec<f64>)>,
}

/// Ratio of the published APL of doctors of 65 or less to that of all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share65 {
    /// Vintage of the two APL.
    pub vintage: i16,
    /// Mean APL of doctors of 65 or less, weighted by standardised population.
    pub limited: f64,
    /// Mean APL of all doctors.
    pub all: f64,
}

/// Reads the sheet.
///
/// # Errors
/// When a table is absent or does not hold what it should: sheet, row, column and value are named.
pub fn read(sheet: &Sheet<'_>) -> Result<Parameters, SourceError> {
    let activity = table(sheet, "Nombre de consultations")?;
    let refuse = |row, column, problem: &str| sheet.error(row, column, Fault::BadStructure, problem, ADVICE);
    let expect = |row: u32, count: usize, start: &str| -> Result<Vec<f64>, SourceError> {
        let text = sheet.text(row, 0);
        let found = numbers(&text);
        if found.len() == count && text.to_lowercase().starts_with(start) {
            Ok(found)
        } else {
            Err(refuse(row, 0, &format!("une tranche « {start}… » est attendue ici")))
        }
    };
    let ignored_upto = expect(activity + 1, 1, "moins de")?[0];
    let floor = expect(activity + 2, 2, "entre")?[1];
    let cap = expect(activity + 3, 2, "entre")?[1];
    let last = expect(activity + 4, 1, "plus de")?[0];
    for (row, value) in [(activity + 1, 0.0), (activity + 2, floor), (activity + 4, cap)] {
        if sheet.number(row, 1)? != value {
            return Err(refuse(row, 1, &format!("l’activité retenue devrait être {value}, borne de la tranche")));
        }
    }
    if last != cap || !(ignored_upto < floor && floor < cap) {
        return Err(refuse(activity + 4, 0, "les tranches d’activité ne se suivent pas"));
    }
    let exceptions = activity + 5;
    let newly_installed = sheet
        .text(exceptions, 0)
        .split_once("offre de ")
        .and_then(|(_, rest)| numbers(rest).first().copied())
        .ok_or_else(|| refuse(exceptions, 0, "l’offre imputée aux médecins nouvellement installés est attendue ici"))?;

    let (ages, weights) = age_weights(sheet)?;
    Ok(Parameters { ignored_upto, floor, cap, newly_installed, bands: bands(sheet)?, ages, weights })
}

fn bands(sheet: &Sheet<'_>) -> Result<Vec<(f64, f64)>, SourceError> {
    let header = table(sheet, "Temps de trajet")?;
    let refuse = |row, column, problem: &str| sheet.error(row, column, Fault::BadStructure, problem, ADVICE);
    let mut bands: Vec<(f64, f64)> = Vec::new();
    for row in header + 1..sheet.rows() {
        let text = sheet.text(row, 0).to_lowercase();
        let weight = sheet.number(row, 1)?;
        let reached = bands.last().map_or(0.0, |(upto, _)| *upto);
        match numbers(&text).as_slice() {
            [upto] if text.starts_with("moins de") && bands.is_empty() => bands.push((*upto, weight)),
            [from, upto] if text.starts_with("entre") && *from == reached && upto > from => bands.push((*upto, weight)),
            [from] if text.starts_with("plus de") && *from == reached && weight == 0.0 => return Ok(bands),
            _ => {
                return Err(refuse(
                    row,
                    0,
                    "les tranches de temps doivent se suivre et finir à une accessibilité nulle",
                ));
            }
        }
    }
    Err(refuse(header, 0, "la dernière tranche de temps (« Plus de … minutes ») manque"))
}

type Ages = (Vec<(u8, Option<u8>)>, Vec<(i16, Vec<f64>)>);

fn age_weights(sheet: &Sheet<'_>) -> Result<Ages, SourceError> {
    let header = table(sheet, "Tranche d'âge")?;
    let refuse = |row, column, problem: &str| sheet.error(row, column, Fault::BadStructure, problem, ADVICE);
    let mut weights: Vec<(i16, Vec<f64>)> = Vec::new();
    for column in 1..sheet.columns() {
        let heading = sheet.text(header, column);
        if heading.is_empty() {
            break;
        }
        let year = super::year_in(&heading).ok_or_else(|| refuse(header, column, "l’année des poids est attendue"))?;
        weights.push((year, Vec::new()));
    }
    if weights.is_empty() {
        return Err(refuse(header, 0, "aucune colonne de poids à droite des tranches d’âge"));
    }
    let mut ages: Vec<(u8, Option<u8>)> = Vec::new();
    for row in header + 1..sheet.rows() {
        let text = sheet.text(row, 0).to_lowercase();
        let next = ages.last().map_or(Some(0), |(_, to)| to.map(|to| to + 1));
        let bounds: Vec<u8> =
            numbers(&text).iter().filter(|age| (0.0..=120.0).contains(*age)).map(|age| *age as u8).collect();
        let band = match bounds.as_slice() {
            [below] if text.starts_with("moins de") && *below > 0 => (0, Some(below - 1)),
            [from, to] if text.starts_with("de ") && from < to => (*from, Some(*to)),
            // « Plus de 90 ans » follows « de 85 à 89 ans »: ninety is in it.
            [from] if text.starts_with("plus de") || text.contains("et plus") => (*from, None),
            _ => return Err(refuse(row, 0, "une tranche d’âge est attendue ici")),
        };
        if Some(band.0) != next {
            return Err(refuse(row, 0, "les tranches d’âge doivent se suivre sans trou ni recouvrement"));
        }
        ages.push(band);
        for (column, (_, weights)) in (1..).zip(&mut weights) {
            let weight = sheet.number(row, column)?;
            if weight <= 0.0 {
                return Err(refuse(row, column, "un poids est positif"));
            }
            weights.push(weight);
        }
        if band.1.is_none() {
            return Ok((ages, weights));
        }
    }
    Err(refuse(header, 0, "la dernière tranche d’âge (« Plus de … ans ») manque"))
}

/// Row of the header that begins so, whatever its apostrophes.
fn table(sheet: &Sheet<'_>, start: &str) -> Result<u32, SourceError> {
    let same = |text: String| text.replace('’', "'").to_lowercase().starts_with(&start.to_lowercase());
    (0..sheet.rows())
        .find(|row| same(sheet.text(*row, 0)) && !sheet.text(*row, 1).is_empty())
        .ok_or_else(|| SourceError::missing_column::<&str>(sheet.file(), start, &[]).sheet(sheet.name()))
}

/// The numbers of a text; groups of three digits parted by a space are one number (`3 600`).
fn numbers(text: &str) -> Vec<f64> {
    let mut found: Vec<String> = Vec::new();
    let mut open = false;
    for word in text.split_whitespace() {
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        let whole = digits.len() == word.len();
        if digits.is_empty() {
            open = false;
        } else if let Some(last) = found.last_mut().filter(|_| open && digits.len() == 3) {
            last.push_str(&digits);
            open = whole;
        } else {
            open = whole && digits.len() <= 3;
            found.push(digits);
        }
    }
    found.iter().filter_map(|digits| digits.parse().ok()).collect()
}

/// Method files, one per vintage of age weights. `share` gives the variant without doctors over 65; `file` is cited.
pub fn methods(parameters: &Parameters, share: Option<Share65>, file: &str) -> Vec<MethodFile> {
    parameters
        .weights
        .iter()
        .map(|(year, weights)| MethodFile {
            name: format!("apl/mg-{year}"),
            yaml: yaml(parameters, *year, weights, share, file),
        })
        .collect()
}

fn yaml(parameters: &Parameters, year: i16, weights: &[f64], share: Option<Share65>, file: &str) -> String {
    let Parameters { ignored_upto, floor, cap, newly_installed, bands, ages, .. } = parameters;
    let mut text = format!(
        "# Tiré de la feuille « Paramètres » du classeur {file} lors de l’import.\n\
         id: mg-{year}\n\
         label: APL aux médecins généralistes, méthode concertée, {year}\n\
         profession: gp\n\
         vintage: {year}\n\
         unit: consultations, visites et téléconsultations accessibles par habitant standardisé et par an\n\
         source: DREES, APL aux médecins généralistes, feuille Paramètres\n\
         status: sourced\n\
         decay:\n  boundary: below\n  bands:\n"
    );
    for (upto, weight) in bands {
        let _ = writeln!(text, "    - {{ upto: {upto}, weight: {weight} }}");
    }
    let _ = writeln!(
        text,
        "activity:\n  ignored_upto: {ignored_upto}\n  floor: {floor}\n  cap: {cap}\n  newly_installed: {newly_installed}\n  \
         # Hors classeur : activité moyenne énoncée par médecin quand l’activité individuelle est inconnue.\n  \
         per_head: {PER_HEAD}"
    );
    if let Some(Share65 { vintage, limited, all }) = share.filter(|share| share.all > 0.0 && share.limited <= share.all)
    {
        let figure = |value: f64| format!("{value:.3}").replace('.', ",");
        let _ = writeln!(
            text,
            "age_limits:\n  - {{ upto: 65, supply_share: {:.3}, source: \"DREES, APL {vintage} : {} / {}, moyennes pondérées \
             par la population standardisée\" }}",
            limited / all,
            figure(limited),
            figure(all)
        );
    }
    text.push_str("age_weights:\n");
    for ((from, to), weight) in ages.iter().zip(weights) {
        let end = to.map(|to| format!(" to: {to},")).unwrap_or_default();
        let _ = writeln!(text, "  - {{ from: {from},{end} weight: {weight} }}");
    }
    text.push_str("aggregation: standardised\n");
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use rust_xlsxwriter::Worksheet;

    use super::*;
    use crate::input::InputFile;
    use crate::workbook::Workbook;

    /// The official layout with few bands; each change is row, column, text.
    pub(crate) fn write(sheet: &mut Worksheet, changes: &[(u32, u16, &str)]) {
        let rows: [(u32, &[&str]); 16] = [
            (0, &["Paramètres de l'indicateur d'APL aux médecins généralistes"]),
            (5, &["Comptabilisation de l'activité"]),
            (
                6,
                &[
                    "Nombre de consultations, visites et téléconsultations effectuées dans l'année",
                    "Nombre comptabilisé",
                ],
            ),
            (7, &["Moins de 250", "0"]),
            (8, &["Entre 251 et 3 600", "3600"]),
            (9, &["Entre 3\u{a0}601 et 6\u{202f}000", "Nombre effectué dans l'année"]),
            (10, &["Plus de 6 000", "6000"]),
            (
                11,
                &[
                    "Exceptions : Pour les médecins libéraux n'ayant pas exercé l'année précédente, une offre de 5 400 consultations",
                ],
            ),
            (14, &["Temps de trajet entre communes", "Accessibilité"]),
            (15, &["Moins de  10 minutes", "1"]),
            (16, &["Entre 10 et 15 minutes", "0.5"]),
            (17, &["Plus de 15 minutes", "0"]),
            (21, &["Tranche d'âge", "Poids de la tranche d'âge en 2022", "Poids de la tranche d'âge en 2023"]),
            (22, &["Moins de 5 ans", "0.93", "1.12"]),
            (23, &["de 5 à 89 ans", "1", "0.9"]),
            (24, &["Plus de 90 ans", "2.39", "2.26"]),
        ];
        let cells = rows.iter().flat_map(|(row, texts)| (0..).zip(*texts).map(|(column, text)| (*row, column, *text)));
        for (row, column, text) in cells.chain(changes.iter().copied()) {
            match text.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).unwrap(),
                Err(_) => sheet.write(row, column, text).unwrap(),
            };
        }
    }

    fn parse(changes: &[(u32, u16, &str)]) -> Result<Parameters, SourceError> {
        let mut book = rust_xlsxwriter::Workbook::new();
        write(book.add_worksheet().set_name("Paramètres").unwrap(), changes);
        let file = InputFile::in_memory("apl.xlsx", book.save_to_buffer().unwrap());
        read(&Workbook::open(&file)?.sheet("Paramètres")?)
    }

    #[test]
    fn every_figure_comes_from_the_sheet() {
        let parameters = parse(&[]).unwrap();
        assert_eq!(
            parameters,
            Parameters {
                ignored_upto: 250.0,
                floor: 3600.0,
                cap: 6000.0,
                newly_installed: 5400.0,
                bands: vec![(10.0, 1.0), (15.0, 0.5)],
                ages: vec![(0, Some(4)), (5, Some(89)), (90, None)],
                weights: vec![(2022, vec![0.93, 1.0, 2.39]), (2023, vec![1.12, 0.9, 2.26])],
            }
        );
        let other = parse(&[(10, 0, "Plus de 7 000"), (9, 0, "Entre 3 601 et 7 000"), (10, 1, "7000")]).unwrap();
        assert_eq!(other.cap, 7000.0);
    }

    #[test]
    fn the_method_file_is_yaml_with_these_figures() {
        let share = Share65 { vintage: 2022, limited: 3.3423, all: 3.7890 };
        let methods = methods(&parse(&[]).unwrap(), Some(share), "apl.xlsx");
        assert_eq!(methods[1].name, "apl/mg-2023");
        let value: serde_json::Value = serde_saphyr::from_str(&methods[1].yaml).unwrap();
        assert_eq!(value["decay"]["bands"][1]["weight"], 0.5);
        assert_eq!(value["activity"]["newly_installed"], 5400);
        assert_eq!(value["age_weights"][0]["weight"], 1.12);
        assert_eq!(value["age_weights"][2]["from"], 90);
        assert_eq!(value["age_limits"][0]["supply_share"], 0.882);
        assert!(methods[0].yaml.contains("DREES, APL 2022 : 3,342 / 3,789"));
    }

    #[test]
    fn what_does_not_follow_is_refused_with_its_cell() {
        for (change, line, column) in [
            ((16, 0, "Entre 12 et 15 minutes"), 17, "A"),
            ((16, 1, "la moitié"), 17, "B"),
            ((23, 0, "de 6 à 89 ans"), 24, "A"),
            ((24, 2, "-1"), 25, "C"),
            ((8, 1, "3500"), 9, "B"),
            ((11, 0, "Exceptions : aucune"), 12, "A"),
        ] {
            let error = parse(&[change]).unwrap_err();
            assert_eq!((error.line, error.column.as_deref()), (Some(line), Some(column)), "{error}");
        }
        let error = parse(&[(14, 0, "Durées")]).unwrap_err();
        assert_eq!((error.fault, error.column.as_deref()), (Fault::MissingColumn, Some("Temps de trajet")));
    }

    #[test]
    fn grouped_digits_are_one_number() {
        assert_eq!(numbers("Entre 3 601 et 6 000"), [3601.0, 6000.0]);
        assert_eq!(numbers("Moins de 250"), [250.0]);
        assert_eq!(numbers("de 5 à 9 ans"), [5.0, 9.0]);
        assert_eq!(numbers("1 234 567 actes, soit 12"), [1_234_567.0, 12.0]);
    }
}
