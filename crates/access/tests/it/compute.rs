//! The whole computation over an invented territory.

use std::sync::Arc;

use pacte_access::compute::{ComputeError, ComputeOptions, compute};
use pacte_territory::{AreaColumn, Column, Level, MethodFile, Territory};

use crate::land::{column, disc, provenance};

fn find<'a>(columns: &'a [Column], concept: &str) -> &'a Column {
    columns.iter().find(|column| column.concept == concept).unwrap_or_else(|| panic!("no column {concept}"))
}

/// Mean of a column weighted by another, over communes where both are known.
fn mean(values: &Column, weights: &Column) -> f64 {
    let (sum, total) = values
        .values
        .iter()
        .zip(&weights.values)
        .filter(|(value, _)| !value.is_nan())
        .fold((0.0, 0.0), |sums, (value, weight)| (sums.0 + value * weight, sums.1 + weight));
    sum / total
}

#[test]
fn every_column_comes_with_its_method_and_the_means_agree() {
    let land = disc(300);
    let mut parts = land.parts();
    // Published for 2018 and 2022, twice as high in the west; the départements of 2023 say the same.
    let west = |i: usize| if land.points[i].0 < 2.0 { 5.0 } else { 2.5 };
    let published: Vec<f64> = (0..300).map(|i| if i == 7 { f64::NAN } else { west(i) }).collect();
    parts.columns.push(column("apl.gp", 2018, published.clone()));
    parts.columns.push(column("apl.gp", 2022, published));
    parts.columns.push(column("supply.emergency", 2020, (0..300).map(|i| f64::from(u8::from(i == 4))).collect()));
    parts.area_columns.push(AreaColumn {
        level: Level::Departement,
        concept: "apl.gp".into(),
        vintage: 2023,
        label: String::new(),
        unit: String::new(),
        provenance: provenance(),
        values: vec![3.0, 4.0],
    });
    let territory = Arc::new(Territory::assemble(parts).unwrap());
    let results = compute(&territory, &ComputeOptions::default()).unwrap();
    let apl = find(&results.columns, "access.apl.gp");
    let demand = find(&results.columns, "access.demand.gp");
    let national = mean(territory.column("apl.gp", 2022).unwrap(), demand);
    assert!((mean(apl, demand) / national - 1.0).abs() < 1e-3, "the level is the published one: {}", mean(apl, demand));
    let limited = find(&results.columns, "access.apl.gp_65");
    assert!((mean(limited, demand) / mean(apl, demand) - 0.882).abs() < 1e-12);
    for said in ["2018 par commune et en 2023 par département", "validation croisée", "2024"] {
        assert!(apl.provenance.method.contains(said), "{}", apl.provenance.method);
    }
    assert_eq!((apl.vintage, apl.values.len()), (2022, 300));
    // People of the west were said to be better served, with the same doctors per head: theirs work more.
    let supply = find(&results.columns, "access.supply.gp");
    let per_head = |western: bool| {
        let chosen = (0..300).filter(|i| (land.points[*i].0 < 2.0) == western);
        let (acts, heads) = chosen.fold((0.0, 0.0), |sums, i| (sums.0 + supply.values[i], sums.1 + land.gps[i]));
        acts / heads
    };
    assert!(per_head(true) > 1.2 * per_head(false), "{} {}", per_head(true), per_head(false));

    let minutes = find(&results.columns, "access.minutes.emergency");
    assert_eq!((minutes.values[4], minutes.vintage), (0.0, 2020));
    assert!(minutes.values.iter().enumerate().all(|(i, minutes)| i == 4 || *minutes >= 1.0));
    assert_eq!(find(&results.columns, "access.nearest.emergency").values[200], 4.0);
    assert!(results.notes.iter().any(|note| note.contains("Maternité")), "{:?}", results.notes);
    assert_eq!(results, compute(&territory, &ComputeOptions::default()).unwrap(), "twice the same");
}

#[test]
fn a_commune_without_known_population_has_no_apl() {
    let land = disc(60);
    let mut parts = land.parts();
    parts.columns[1].values[9] = f64::NAN;
    let results = compute(&Arc::new(Territory::assemble(parts).unwrap()), &ComputeOptions::default()).unwrap();
    let apl = find(&results.columns, "access.apl.gp");
    assert!(apl.values[9].is_nan() && apl.known() == 59);
}

#[test]
fn what_is_missing_is_said() {
    let mut parts = disc(40).parts();
    parts.columns.retain(|column| column.concept != "supply.gp");
    let results = compute(&Arc::new(Territory::assemble(parts).unwrap()), &ComputeOptions::default()).unwrap();
    assert!(results.columns.is_empty());
    assert!(results.notes[0].contains("supply.gp"), "{:?}", results.notes);
}

#[test]
fn methods_that_came_with_the_data_take_precedence_and_change_the_fingerprint() {
    let mut parts = disc(40).parts();
    let plain = Arc::new(Territory::assemble(parts.clone()).unwrap());
    let options = ComputeOptions::default();
    let text = pacte_access::method::AplMethod::shipped_text("mg-2022").unwrap();
    parts.methods.push(MethodFile { name: "apl/mg-2022".into(), yaml: text.replace("upto: 20,", "upto: 40,") });
    let own = Arc::new(Territory::assemble(parts.clone()).unwrap());
    assert_ne!(options.fingerprint(&plain), options.fingerprint(&own));
    assert_eq!(options.fingerprint(&plain).len(), 32);
    let (plain, own) = (compute(&plain, &options).unwrap(), compute(&own, &options).unwrap());
    assert_ne!(find(&plain.columns, "access.apl.gp").values, find(&own.columns, "access.apl.gp").values);

    parts.methods[0].yaml = "id: [".into();
    let error = compute(&Arc::new(Territory::assemble(parts).unwrap()), &options).unwrap_err();
    assert!(matches!(&error, ComputeError::Method(error) if error.file == "apl/mg-2022.yaml"), "{error}");
    let unknown = ComputeOptions { method: "mg-1999".into(), ..options };
    let error = compute(&Arc::new(disc(40).territory()), &unknown).unwrap_err();
    assert!(error.to_string().contains("mg-2022"), "{error}");
}
