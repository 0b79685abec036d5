//! JSON objects keyed by commune code: density grid, share of people over 75, poverty rate, deprivation index.
//!
//! Layouts, each recognised by the shape of its first entry:
//! * density grid, 7 levels (INSEE): `{"01001": 6, …}`;
//! * share of people aged 75 or more, % (INSEE): `{"01001": {"nom_commune": …, "part_personnes_agees_75_plus": 8.8}, …}`;
//! * poverty rate, % (INSEE, Filosofi): `{"01001": {"tx_pauvrete": 8.0}, …}`;
//! * European deprivation index, French version (F-EDI, INSERM): `{"01010": {"Commune": …, "EDI": 0.5}, …}`.
//!
//! The codes' year is not written: it is the one whose communes the codes resemble most. A key given twice, a key that
//! is no commune code, a value out of range stop the file. `null` means not known (statistical secrecy).
//! Arrondissements of Paris, Lyon and Marseille are averaged by population.

use pacte_territory::{Aggregation, CommuneCode};
use serde::Deserialize;

use crate::base::{Base, Fold, Gather};
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{ColumnHead, Output, weighted_by};
use crate::progress::Task;
use crate::report::FileReport;

/// Density grid, 7 levels.
pub const DENSITY: Format = Format {
    id: "density",
    title: "INSEE, grille communale de densité à 7 niveaux",
    stage: Stage::Values,
    recognise: |probe| {
        first_value(probe)
            .filter(|value| value.starts_with(['1', '2', '3', '4', '5', '6', '7']))
            .map(|_| Vintage { year: Some(probe.year_in_name().unwrap_or(2024)), geography: None })
    },
    read: read_density,
};

/// Share of people aged 75 or more.
pub const AGE: Format = Format {
    id: "age",
    title: "INSEE, recensement, part des 75 ans et plus",
    stage: Stage::Values,
    recognise: |probe| has_field(probe, "part_personnes_agees_75_plus", 2022),
    read: |file, base, task| {
        read(
            file,
            base,
            task,
            &Measure {
                concept: "age.share_75_plus",
                label: "Part des 75 ans et plus",
                unit: "%",
                field: "part_personnes_agees_75_plus",
                range: 0.0..=100.0,
            },
        )
    },
};

/// Poverty rate.
pub const POVERTY: Format = Format {
    id: "poverty",
    title: "INSEE, Filosofi, taux de pauvreté",
    stage: Stage::Values,
    recognise: |probe| has_field(probe, "tx_pauvrete", 2021),
    read: |file, base, task| {
        read(
            file,
            base,
            task,
            &Measure {
                concept: "poverty.rate",
                label: "Taux de pauvreté",
                unit: "%",
                field: "tx_pauvrete",
                range: 0.0..=100.0,
            },
        )
    },
};

/// Deprivation index.
pub const DEPRIVATION: Format = Format {
    id: "deprivation",
    title: "INSERM, indice de défavorisation F-EDI",
    stage: Stage::Values,
    recognise: |probe| has_field(probe, "EDI", 2021),
    read: |file, base, task| {
        read(
            file,
            base,
            task,
            &Measure {
                concept: "deprivation.fedi",
                label: "Indice de défavorisation (F-EDI)",
                unit: "indice",
                field: "EDI",
                range: -100.0..=100.0,
            },
        )
    },
};

struct Measure {
    concept: &'static str,
    label: &'static str,
    unit: &'static str,
    field: &'static str,
    range: std::ops::RangeInclusive<f64>,
}

/// Names of the seven levels of the density grid (INSEE, 2022).
pub const DENSITY_LEVELS: [&str; 7] = [
    "Grands centres urbains",
    "Centres urbains intermédiaires",
    "Ceintures urbaines",
    "Petites villes",
    "Bourgs ruraux",
    "Rural à habitat dispersé",
    "Rural à habitat très dispersé",
];

/// Text of the value of the first entry, when the content is an object whose first key is a commune code.
fn first_value<'p>(probe: &'p Probe<'_>) -> Option<&'p str> {
    let rest = probe.head().trim_start().strip_prefix('{')?.trim_start().strip_prefix('"')?;
    let (key, rest) = rest.split_once('"')?;
    key.parse::<CommuneCode>().ok()?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

fn has_field(probe: &Probe<'_>, field: &str, year: i16) -> Option<Vintage> {
    let value = first_value(probe)?;
    let entry = value.strip_prefix('{')?.split('}').next()?;
    entry
        .contains(&format!("\"{field}\""))
        .then(|| Vintage { year: Some(probe.year_in_name().unwrap_or(year)), geography: None })
}

/// Values by code, in order, with the rank of each entry.
fn codes<T>(file: &InputFile, entries: Vec<(String, T)>) -> Result<Vec<(CommuneCode, T)>, SourceError> {
    entries
        .into_iter()
        .map(|(key, value)| match key.parse() {
            Ok(code) => Ok((code, value)),
            Err(_) => Err(file
                .error(
                    Fault::BadValue,
                    "cette clé n’est pas un code de commune",
                    "Corrigez la clé, ou téléchargez de nouveau le fichier.",
                )
                .value(key)),
        })
        .collect()
}

fn read_density(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let entries = codes(file, file.json_entries::<u8>(&file.text()?)?)?;
    task.at(file.size);
    let geography = base.guess_geography(entries.iter().map(|(code, _)| code));
    let mut gather = Gather::new(file, base, geography, &[Fold::Heaviest]);
    for (rank, (code, level)) in (1..).zip(entries) {
        if !(1..=7).contains(&level) {
            return Err(out_of_range(file, code, f64::from(level), "entre 1 et 7"));
        }
        gather.add(code, rank, &[f64::from(level - 1)])?;
    }
    let (values, report) = gather.finish()?;
    let mut column = ColumnHead {
        concept: "density.grid7",
        vintage: file.vintage.unwrap_or(base.year),
        label: "Densité",
        unit: "",
        aggregation: Aggregation::Category,
    }
    .column(file, geography, base.conversion(geography), values.into_iter().next().unwrap_or_default());
    column.categories = DENSITY_LEVELS.map(str::to_owned).to_vec();
    Ok((Output { columns: vec![column], ..Output::default() }, report))
}

fn out_of_range(file: &InputFile, code: CommuneCode, value: f64, range: &str) -> SourceError {
    file.error(
        Fault::BadValue,
        format!("la valeur {value} de cette commune n’est pas {range}"),
        "Téléchargez de nouveau le fichier.",
    )
    .value(code.as_str())
}

/// The one number of an entry, whatever else it holds.
#[derive(Deserialize)]
struct Entry {
    #[serde(alias = "part_personnes_agees_75_plus", alias = "tx_pauvrete", alias = "EDI")]
    value: Option<f64>,
}

fn read(file: &InputFile, base: &Base, task: &Task, measure: &Measure) -> Result<(Output, FileReport), SourceError> {
    let entries = codes(file, file.json_entries::<Entry>(&file.text()?)?)?;
    task.at(file.size);
    let geography = base.guess_geography(entries.iter().map(|(code, _)| code));
    let mut gather = Gather::new(file, base, geography, &[Fold::Mean]);
    let mut secret = 0;
    for (rank, (code, entry)) in (1..).zip(entries) {
        if let Some(value) = entry.value
            && !measure.range.contains(&value)
        {
            let range = format!("entre {} et {}", measure.range.start(), measure.range.end());
            return Err(out_of_range(file, code, value, &range).column(measure.field));
        }
        secret += u32::from(entry.value.is_none());
        gather.add(code, rank, &[entry.value.unwrap_or(f64::NAN)])?;
    }
    if secret > 0 {
        gather.report.note(format!("{secret} communes sans valeur (secret statistique)"));
    }
    let (values, report) = gather.finish()?;
    let vintage = file.vintage.unwrap_or(base.year);
    let column = ColumnHead {
        concept: measure.concept,
        vintage,
        label: measure.label,
        unit: measure.unit,
        aggregation: weighted_by("population.municipal", vintage),
    }
    .column(file, geography, base.conversion(geography), values.into_iter().next().unwrap_or_default());
    Ok((Output { columns: vec![column], ..Output::default() }, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::{base, code};
    use crate::catalogue::recognise;
    use crate::progress::Silent;

    fn read_text(text: &str) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("x.json", text.as_bytes());
        let formats: [&'static Format; 4] = [&DENSITY, &AGE, &POVERTY, &DEPRIVATION];
        let (format, vintage) = recognise(&Probe::new(&file).unwrap(), &formats).expect("one of the four");
        let mut file = file;
        file.vintage = vintage.year;
        (format.read)(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn the_four_shapes_are_told_apart() {
        for (text, concept, expected) in [
            (r#"{"01001":6,"01003":1}"#, "density.grid7", 5.0),
            (r#"{"01001": {"nom_commune": "Un", "part_personnes_agees_75_plus": 8.8}}"#, "age.share_75_plus", 8.8),
            ("{\n \"01001\": {\n \"tx_pauvrete\": 8.0 } }", "poverty.rate", 8.0),
            (
                r#"{"01001": {"Commune": "Un", "EDI": -0.5}, "01003": {"Commune": "T", "EDI": null}}"#,
                "deprivation.fedi",
                -0.5,
            ),
        ] {
            let (output, _) = read_text(text).unwrap();
            let column = &output.columns[0];
            assert_eq!(column.concept, concept);
            assert_eq!(column.get(base().commune(code("01001")).unwrap()), Some(expected), "{concept}");
        }
    }

    #[test]
    fn arrondissements_are_averaged_by_population() {
        let (output, _) = read_text(r#"{"75101": {"tx_pauvrete": 10.0}, "75102": {"tx_pauvrete": 20.0}}"#).unwrap();
        assert_eq!(output.columns[0].get(base().commune(code("75056")).unwrap()), Some(16.0));
    }

    #[test]
    fn faults_name_the_commune() {
        let error = read_text(r#"{"01001":6,"01003":8}"#).unwrap_err();
        assert_eq!((error.fault, error.value.as_deref()), (Fault::BadValue, Some("01003")));
        assert_eq!(read_text(r#"{"01001":6,"01001":5}"#).unwrap_err().fault, Fault::Doubled);
        assert_eq!(read_text(r#"{"01001":6,"01003":"#).unwrap_err().fault, Fault::Truncated);
        assert_eq!(
            read_text(r#"{"01001": {"tx_pauvrete": 180.0}}"#).unwrap_err().column.as_deref(),
            Some("tx_pauvrete")
        );
    }
}
