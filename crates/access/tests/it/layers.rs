//! Zoning layers as rules ask of them: dates, precedence, what nothing tells, distances, places proposed.

use std::sync::Arc;

use jiff::civil::date;
use pacte_access::layers::{Evidence, LayerDefinition, Layers};
use pacte_access::urgent::Set;
use pacte_rules::rule::Zone;
use pacte_rules::{Truth, World};
use pacte_territory::{Level, Territory};

use crate::zoning::{Basin, basin, parts};

fn zone(classes: &[&str], metres: Option<u32>) -> Zone {
    Zone {
        layer: "medecins".into(),
        classes: classes.iter().map(|class| (*class).into()).collect(),
        within_metres: metres,
    }
}

/// Ten communes; the first two in ZIP, the third in ZAC, the fourth not told, the others outside.
fn territory() -> Arc<Territory> {
    let basins: Vec<Basin> = (0..10).map(|i| basin(if i == 9 { "03" } else { "32" }, 100, 3.0)).collect();
    let mut parts = parts(&basins);
    let mut column = parts.columns[0].clone();
    column.concept = String::from("zoning.gp");
    column.vintage = 2025;
    column.aggregation = pacte_territory::Aggregation::Category;
    column.categories = vec![
        "Zone d’intervention prioritaire (ZIP)".to_owned(),
        "Zone d’action complémentaire (ZAC)".to_owned(),
        "Hors zonage (HZ)".to_owned(),
    ];
    column.values = [0.0, 0.0, 1.0, f64::NAN, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0].to_vec();
    parts.columns.push(column);
    Arc::new(Territory::assemble(parts).expect("a territory"))
}

fn layers(evidence: &Evidence<'_>) -> Layers {
    Layers::new(territory(), LayerDefinition::shipped(), evidence)
}

fn code(layers: &Layers, rank: u32) -> String {
    layers.territory().area(Level::Commune, rank).code
}

#[test]
fn a_class_holds_on_its_days_and_what_nothing_tells_is_unknown() {
    let layers = layers(&Evidence::default());
    let ask = |rank: u32, class: &str, day| layers.on(day).in_zone(&code(&layers, rank), &zone(&[class], None), day);
    let today = date(2026, 3, 2);
    assert_eq!([0, 2, 3, 4].map(|rank| ask(rank, "zip", today)), [Truth::Yes, Truth::No, Truth::Unknown, Truth::No]);
    assert_eq!(ask(2, "zac", today), Truth::Yes);
    // ZIP exist since 2017; the file tells of 2025 on.
    assert_eq!(ask(0, "zip", date(2017, 11, 12)), Truth::No);
    assert_eq!(ask(0, "zip", date(2020, 1, 1)), Truth::Unknown);
    assert_eq!(ask(0, "zip", date(2025, 1, 1)), Truth::Yes);
    // Fragile zones ended; while they were, only regions that the quota covers whole are known.
    assert_eq!(ask(0, "fragile", today), Truth::No);
    assert_eq!(ask(0, "fragile", date(2015, 1, 1)), Truth::Unknown);
    // Guyane, whole.
    assert_eq!(ask(9, "fragile", date(2015, 1, 1)), Truth::Yes);
    // One of several classes.
    let either = layers.on(today).in_zone(&code(&layers, 2), &zone(&["zip", "zac"], None), today);
    assert_eq!(either, Truth::Yes);
    assert_eq!(layers.on(today).in_zone("99999", &zone(&["zip"], None), today), Truth::Unknown);
    assert!(layers.on(today).changes("x", &zone(&["zip"], None)).contains(&date(2017, 11, 13)));
}

#[test]
fn near_enough_counts_and_other_places_are_the_nearest() {
    let layers = layers(&Evidence::default());
    let today = date(2026, 3, 2);
    let world = layers.on(today);
    let everywhere = layers.everywhere(&zone(&["zip"], Some(1_000_000)), today).expect("a layer");
    assert!(everywhere.iter().all(|truth| *truth == Truth::Yes), "a thousand kilometres hold them all");
    let zip = zone(&["zip"], None);
    let near = world.elsewhere(Some(&code(&layers, 6)), &[&zip]);
    for place in &near {
        assert_eq!(world.in_zone(place, &zip, today), Truth::Yes);
    }
    assert!(world.elsewhere(None, &[&zip]).is_empty());
}

#[test]
fn minutes_to_urgent_care_make_a_layer() {
    let mut minutes = vec![10.0_f32; 10];
    minutes[1] = 31.0;
    minutes[2] = f32::NAN;
    let layers = layers(&Evidence { minutes: vec![(Set::SU_SMUR, minutes)], ..Evidence::default() });
    let day = date(2026, 3, 2);
    let far = Zone { layer: "urgences".into(), classes: vec!["plus_30_minutes".into()], within_metres: None };
    let of = |rank: u32| layers.on(day).in_zone(&code(&layers, rank), &far, day);
    assert_eq!([0, 1, 2].map(of), [Truth::No, Truth::Yes, Truth::Unknown]);
    let told = layers.memberships("urgences", &code(&layers, 1), day);
    assert!(
        told.iter()
            .any(|one| one.class == "plus_30_minutes" && one.truth == Truth::Yes && one.source.contains("Pacte"))
    );
}
