//! Health, APL, zoning, neighbourhoods and ages on the real files: the figures a correct import reproduces.
//!
//! They come from the table at the end of the data folder's SOURCES.md, except where a comment says how they were counted.

use std::collections::{BTreeMap, BTreeSet};

use pacte_sources::{FileReport, ImportReport};
use pacte_territory::{Aggregation, Column, Level, PlaceKind, Territory};

use crate::support::real;

fn column<'t>(territory: &'t Territory, concept: &str, vintage: i16) -> &'t Column {
    territory.column(concept, vintage).unwrap_or_else(|| panic!("no column {concept}@{vintage}"))
}

fn report<'r>(report: &'r ImportReport, end: &str) -> &'r FileReport {
    report.files.iter().find(|file| file.path.ends_with(end)).unwrap_or_else(|| panic!("no file {end}"))
}

/// Mean weighted as the column says, and total of the weights.
fn mean(territory: &Territory, column: &Column) -> f64 {
    let Aggregation::WeightedMean { concept, vintage } = &column.aggregation else {
        panic!("{} has no weight", column.key())
    };
    let weights = self::column(territory, concept, *vintage);
    let known = column.values.iter().zip(&weights.values).filter(|(value, weight)| !(*value * *weight).is_nan());
    let (sum, people) =
        known.fold((0.0, 0.0), |(sum, people), (value, weight)| (sum + value * weight, people + weight));
    sum / people
}

fn close(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} instead of {expected} (± {within})");
}

#[test]
fn counts_of_equipment_are_those_of_the_producers() {
    let Some((territory, reports)) = real() else { return };
    for (concept, vintage, total, communes) in [
        ("supply.nurse", 2024, 103_023.0, None),
        ("supply.pharmacy", 2024, 20_725.0, None),
        ("supply.gp", 2024, 60_573.0, None),
        ("supply.emergency", 2020, 698.0, Some(558)),
        ("supply.msp", 2020, 1_514.0, None),
        ("supply.health_centre", 2020, 2_210.0, None),
        ("supply.maternity", 2020, 489.0, None),
        ("supply.pharmacy", 2020, 21_580.0, None),
        // The 734 rows of 2017 hold 33 of Paris, Lyon and Marseille twice: whole, and by arrondissement.
        ("supply.emergency", 2017, 701.0, Some(556)),
        ("supply.maternity", 2017, 516.0, None),
    ] {
        let column = column(territory, concept, vintage);
        close(column.total(), total, 1e-6);
        let present = column.values.iter().filter(|value| **value > 0.0).count();
        assert!(communes.is_none_or(|communes| communes == present), "{concept}@{vintage}: {present} communes");
    }
    // 8,905 communes of COG 2025; 45 of them are several communes in 2024 and share their doctors by population.
    let gp = column(territory, "supply.gp", 2024);
    let present = gp.values.iter().filter(|value| **value > 0.0).count();
    assert!((8_905..8_950).contains(&present), "{present}");
    assert_eq!(gp.known(), territory.len(), "absent from the extract is zero, not unknown");

    assert_eq!(column(territory, "supply.emergency", 2017).provenance.geography, 2017, "35,416 communes: COG 2017");
    assert_eq!(column(territory, "supply.emergency", 2020).provenance.geography, 2021);
    assert_eq!(gp.provenance.geography, 2025);
    for name in ["bpe_sante_communes_2017_INSEE.csv", "bpe_sante_communes_2020_INSEE.xlsx"] {
        let report = report(reports, name);
        assert_eq!(report.left_out.len(), 1);
        assert_eq!(report.left_out[0].count, 45, "arrondissements repeat their commune");
        assert!(report.notes.iter().all(|note| !note.contains("diffère")), "and say the same: {:?}", report.notes);
        assert_eq!(report.matched + 45, report.rows_read);
    }
}

#[test]
fn the_published_apl_is_reproduced() {
    let Some((territory, reports)) = real() else { return };
    let apl = column(territory, "apl.gp", 2022);
    close(mean(territory, apl), 3.789, 5e-4);
    close(mean(territory, column(territory, "apl.gp_65", 2022)), 3.342, 5e-4);
    let people = column(territory, "population.apl", 2022);
    let below: f64 =
        apl.values.iter().zip(&people.values).filter(|(apl, _)| **apl < 2.5).map(|(_, people)| people).sum();
    // On the rows of the file 14.877 %: the mergers of 2023 move 0.001 point.
    close(below / people.total(), 0.1488, 1e-4);
    close(people.total(), 67_162_154.0, 0.5);
    assert_eq!(apl.provenance.geography, 2023);
    // France without Mayotte (17 communes) and the six villages that died for France.
    assert_eq!(territory.len() - apl.known(), 17 + 6);
    let workbook = report(reports, "apl_medecins_generalistes_2022_DREES.xlsx");
    assert_eq!((workbook.rows_read, workbook.matched), (34_964, 34_964));

    // Earlier editions, without Paris, Lyon and Marseille. DREES published 3.93 for 2018 with them.
    close(mean(territory, column(territory, "apl.gp", 2018)), 3.880, 5e-4);
    close(mean(territory, column(territory, "apl.gp", 2016)), 4.051, 5e-4);
    close(mean(territory, column(territory, "apl.nurse", 2016)), 131.74, 5e-3);
    let paris = territory.find(Level::Commune, "75056").unwrap();
    assert_eq!(column(territory, "apl.gp", 2018).get(paris), None);
    // Twenty arrondissements weighted by standardised population, computed by hand from the workbook.
    close(apl.get(paris).unwrap(), 4.683_648, 1e-6);
}

#[test]
fn the_parameters_sheet_is_the_committed_method() {
    let Some((territory, _)) = real() else { return };
    for year in [2022, 2023] {
        let name = format!("apl/mg-{year}");
        let method = territory.methods.iter().find(|method| method.name == name).unwrap();
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../pacts/methods/{name}.yaml"));
        let committed = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let read = |text: &str| -> serde_json::Value { serde_saphyr::from_str(text).unwrap() };
        let (found, expected) = (read(&method.yaml), read(&committed));
        for field in ["profession", "vintage", "decay", "age_weights", "aggregation"] {
            assert_eq!(numbers(&found[field]), numbers(&expected[field]), "{name}: {field}");
        }
        for field in ["ignored_upto", "floor", "cap", "newly_installed"] {
            assert_eq!(numbers(&found["activity"][field]), numbers(&expected["activity"][field]), "{name}: {field}");
        }
        assert_eq!(found["age_weights"].as_array().map(Vec::len), Some(19));
        assert_eq!(fields(&found), fields(&expected), "{name}: a method is read with no field absent or unknown");
    }
}

/// Paths of the fields, list indexes left out.
fn fields(value: &serde_json::Value) -> BTreeSet<String> {
    use serde_json::Value;
    match value {
        Value::Array(list) => list.iter().flat_map(fields).collect(),
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| {
                fields(value).into_iter().map(move |rest| format!("{key}.{rest}")).chain([key.clone()])
            })
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// The value with every number as a float, so that `10` and `10.0` are equal.
fn numbers(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(list) => list.iter().map(numbers).collect(),
        Value::Object(fields) => Value::Object(fields.iter().map(|(k, v)| (k.clone(), numbers(v))).collect()),
        other => other.clone(),
    }
}

#[test]
fn zoning_covers_the_published_shares_of_population() {
    let Some((territory, _)) = real() else { return };
    let zoning = column(territory, "zoning.gp", 2025);
    let people = column(territory, "population.municipal", 2022);
    let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
    for commune in 0..territory.len() as u32 {
        if let (Some(class), Some(people)) = (zoning.category(commune), people.get(commune)) {
            *shares.entry(class).or_default() += people;
        }
    }
    let share = |mark: &str| 100.0 * shares.iter().find(|(class, _)| class.contains(mark)).unwrap().1 / people.total();
    // Paris, Lyon and Marseille take one class each here, the file gives one per arrondissement: half a point.
    for (mark, expected) in [("ZIP", 28.2), ("ZAC", 39.8), ("HZ", 23.3), ("ZAR", 7.3)] {
        close(share(mark), expected, 0.5);
    }
    assert!(zoning.provenance.method.contains("à ne pas opposer"), "the weak provenance is said");
}

#[test]
fn hospitals_stand_in_communes_and_neighbourhoods_are_counted() {
    let Some((territory, reports)) = real() else { return };
    let hospitals: Vec<_> = territory.places.iter().filter(|place| place.kind == PlaceKind::Hospital).collect();
    assert_eq!(hospitals.len(), 5_368);
    let placed = hospitals.iter().filter(|place| place.commune.is_some()).count();
    // Saint-Pierre-et-Miquelon is in the file, not in the territory.
    assert!(hospitals.len() - placed <= 20, "{} sites without a commune", hospitals.len() - placed);
    close(column(territory, "supply.hospital_site", 2020).total(), placed as f64, 0.0);
    let fleyriat = hospitals.iter().find(|place| place.id == "010000024").unwrap();
    assert_eq!(fleyriat.commune, territory.find(Level::Commune, "01451"), "its address is in Viriat");

    let quarters = report(reports, "qpv_2024_polygones.json.gz");
    assert_eq!((quarters.rows_read, quarters.matched), (1_584, territory.quarters.len() as u64));
    // Saint-Martin and French Polynesia, counted in the file by their codes (97801, 987xx).
    assert_eq!(quarters.left_out_total(), 91);
}

#[test]
fn ages_and_departements_are_area_columns() {
    let Some((territory, _)) = real() else { return };
    let area = |concept: &str, vintage: i16| {
        territory
            .area_columns
            .iter()
            .find(|column| column.concept == concept && column.vintage == vintage)
            .unwrap_or_else(|| panic!("no area column {concept}@{vintage}"))
    };
    let total = |concept: &str, vintage| area(concept, vintage).values.iter().filter(|v| !v.is_nan()).sum::<f64>();
    // « France métropolitaine et DOM » of the sheet 2021, row 109.
    assert_eq!(total("population.age.total", 2021), 67_407_241.0);
    let classes = ["0_19", "20_39", "40_59", "60_74", "75_plus"];
    assert_eq!(classes.map(|class| total(&format!("population.age.{class}"), 2021)).iter().sum::<f64>(), 67_407_241.0);
    assert_eq!(total("population.age.75_plus", 1975), 2_656_422.0, "métropole only, row 102 of the sheet 1975");
    let mayotte = territory.find(Level::Departement, "976").unwrap() as usize;
    assert!(area("population.age.total", 2013).values[mayotte].is_nan());
    assert!(!area("population.age.total", 2014).values[mayotte].is_nan());

    let ain = territory.find(Level::Departement, "01").unwrap() as usize;
    assert_eq!(area("apl.gp", 2023).values[ain], 2.64);
    assert_eq!(area("apl.dentist", 2023).values.iter().filter(|value| !value.is_nan()).count(), 96);
}
