//! APL of five professions by département (DREES): a JSON object keyed by code of département, each with
//! `population_totale, apl_medecins, apl_infirmiers, apl_sagesfemmes, apl_kine, apl_dentistes`.
//!
//! Recognised by these names. The year is in the name of the file; without one it is 2023, the only edition published in
//! this form. A département given twice, a field missing or a value that is not a number stops the file.

use pacte_territory::Level;
use serde::Deserialize;

use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::error::SourceError;
use crate::input::InputFile;
use crate::output::{AreaValues, Output};
use crate::progress::Task;
use crate::report::FileReport;

/// APL by département, five professions.
pub const FORMAT: Format = Format {
    id: "apl_departements",
    title: "DREES, accessibilité potentielle localisée (APL) par département",
    stage: Stage::Values,
    recognise,
    read,
};

const VINTAGE: i16 = 2023;

/// `deserialize_with` makes an absent field an error where `null` is an unknown value.
#[derive(Deserialize)]
struct Departement {
    #[serde(rename = "apl_medecins", deserialize_with = "Option::deserialize")]
    doctors: Option<f64>,
    #[serde(rename = "apl_infirmiers", deserialize_with = "Option::deserialize")]
    nurses: Option<f64>,
    #[serde(rename = "apl_sagesfemmes", deserialize_with = "Option::deserialize")]
    midwives: Option<f64>,
    #[serde(rename = "apl_kine", deserialize_with = "Option::deserialize")]
    physios: Option<f64>,
    #[serde(rename = "apl_dentistes", deserialize_with = "Option::deserialize")]
    dentists: Option<f64>,
}

type Figure = fn(&Departement) -> Option<f64>;

/// Concept, label, unit, and where it is.
const FIGURES: [(&str, &str, &str, Figure); 5] = [
    ("apl.gp", "APL aux médecins généralistes", "consultations par habitant standardisé et par an", |d| d.doctors),
    ("apl.nurse", "APL aux infirmiers", "ETP pour 100 000 habitants standardisés", |d| d.nurses),
    ("apl.midwife", "APL aux sages-femmes", "ETP pour 100 000 femmes standardisées", |d| d.midwives),
    ("apl.physio", "APL aux masseurs-kinésithérapeutes", "ETP pour 100 000 habitants standardisés", |d| d.physios),
    ("apl.dentist", "APL aux chirurgiens-dentistes", "ETP pour 100 000 habitants standardisés", |d| d.dentists),
];

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    let named = |name: &str| probe.head().contains(name);
    (probe.is_json() && named("\"apl_medecins\"") && named("\"apl_infirmiers\"")).then(|| {
        let year = probe.year_in_name().unwrap_or(VINTAGE);
        Vintage::of(year)
    })
}

fn read(file: &InputFile, _base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let entries: Vec<(String, Departement)> = file.json_entries(&text)?;
    task.at(file.size);
    let vintage = file.vintage.unwrap_or(VINTAGE);
    let mut report = FileReport::new(file);
    report.rows_read = entries.len() as u64;
    report.matched = report.rows_read;
    let area_values = FIGURES
        .iter()
        .map(|(concept, label, unit, figure)| AreaValues {
            level: Level::Departement,
            concept: (*concept).to_owned(),
            vintage,
            label: (*label).to_owned(),
            unit: (*unit).to_owned(),
            provenance: file.provenance(Some(vintage), vintage, ""),
            values: entries.iter().filter_map(|(code, values)| Some((code.clone(), figure(values)?))).collect(),
        })
        .collect();
    Ok((Output { area_values, ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::base;
    use crate::error::Fault;
    use crate::progress::Silent;

    const AIN: &str = r#""01": {"population_totale": 663202, "apl_dentistes": 47.5, "apl_sagesfemmes": 23.7,
        "apl_medecins": 2.64, "apl_infirmiers": 117.2, "apl_kine": null}"#;

    fn import(text: &str) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("apl_departements.json", text.as_bytes());
        assert_eq!(recognise(&Probe::new(&file)?), Some(Vintage::of(2023)));
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn five_professions_by_departement() {
        let (output, report) = import(&format!("{{{AIN}}}")).unwrap();
        let values = |concept: &str| &output.area_values.iter().find(|area| area.concept == concept).unwrap().values;
        assert_eq!(values("apl.gp"), &[("01".to_owned(), 2.64)]);
        assert_eq!(values("apl.physio"), &[]);
        assert_eq!((report.rows_read, output.area_values[0].vintage), (1, 2023));
    }

    #[test]
    fn doubles_cuts_and_texts_are_refused() {
        let error = import(&format!("{{{AIN}, {AIN}}}")).unwrap_err();
        assert_eq!((error.fault, error.value.as_deref()), (Fault::Doubled, Some("01")));
        assert_eq!(import(&format!("{{{AIN}")).unwrap_err().fault, Fault::Truncated);
        assert_eq!(import(&format!("{{{AIN}}}").replace("2.64", "\"x\"")).unwrap_err().fault, Fault::BadStructure);
        let error = import(&format!("{{{AIN}}}").replace("\"apl_kine\"", "\"kine\"")).unwrap_err();
        assert!(error.problem.contains("apl_kine"), "{error}");
    }
}
