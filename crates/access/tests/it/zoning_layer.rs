//! Drafts and layers over invented territories: what is published, what stands in the way, what an older day answers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use pacte_access::compute::ComputeOptions;
use pacte_access::ground::Ground;
use pacte_access::zoning::{Adjustment, FaultKind, ZoningMethod};
use pacte_access::zoning_layer::layer::LayerHead;
use pacte_access::zoning_layer::{
    Before, Draft, Layer, Measured, Obstacle, Publication, Scope, Work, WorkError, as_of, compare, compose, publish,
};
use pacte_territory::Level;
use proptest::prelude::*;

use crate::zoning::{Basin, basin, territory};

const TODAY: &str = "0123456789abcdef";

fn ground(basins: &[Basin]) -> Ground {
    Ground::new(Arc::new(territory(basins)), &ComputeOptions::default()).unwrap()
}

/// Two regions: in the first, two poor basins and two rich ones.
fn basins() -> Vec<Basin> {
    vec![
        basin("24", 1_000, 1.2),
        basin("24", 1_500, 2.1),
        basin("24", 4_000, 3.3),
        basin("24", 3_500, 4.8),
        basin("53", 5_000, 2.0),
        basin("53", 5_000, 5.0),
    ]
}

fn method() -> ZoningMethod {
    ZoningMethod::shipped("medecins-2021").unwrap()
}

fn draft(ground: &Ground, region: Option<&str>) -> Draft {
    let scope = match region {
        None => Scope::whole(ground.territory()),
        Some(code) => Scope::region(ground.territory(), Level::Region, code).unwrap(),
    };
    Draft::begin(ground, TODAY, "Essai", &method(), None, Measured::Published, scope).unwrap()
}

fn publication(effective: Date) -> Publication {
    Publication {
        effective,
        published: Timestamp::from_second(1_760_000_000).unwrap(),
        authority: "Agence régionale de santé".into(),
        signature: String::new(),
    }
}

fn try_publish(ground: &Ground, draft: &Draft, heads: &[LayerHead], on: Date) -> Result<Layer, Vec<Obstacle>> {
    let work = draft.work(ground, None).unwrap();
    publish(ground, TODAY, draft, ("projet", 1), &work, heads, &publication(on))
}

#[test]
fn a_layer_says_everything_and_the_next_one_supersedes_it() {
    let ground = ground(&basins());
    let first = try_publish(&ground, &draft(&ground, Some("24")), &[], date(2026, 1, 1)).unwrap();
    assert_eq!(first.zones.len(), 4);
    assert_eq!(first.people_by_class().iter().sum::<u64>(), 10_000);
    assert!(first.zones.iter().all(|zone| !zone.communes.is_empty() && !zone.because.is_empty()));
    assert_eq!(first.supersedes, None);
    assert_eq!(first.method.text, method().text(), "the method is kept whole");
    let written = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<Layer>(&written).unwrap(), first, "a layer reads back as it was");

    let heads = [LayerHead::of("premier", &first)];
    let early = try_publish(&ground, &draft(&ground, Some("24")), &heads, date(2026, 1, 1)).unwrap_err();
    assert_eq!(early.len(), 1);
    assert_eq!(early[0].place, "effective");
    assert!(early[0].remedy.contains("2026-01-02"), "{}", early[0]);
    let other = try_publish(&ground, &draft(&ground, Some("53")), &heads, date(2025, 1, 1));
    assert_eq!(other.unwrap().supersedes, None, "another region is another zoning");
    let second = try_publish(&ground, &draft(&ground, Some("24")), &heads, date(2027, 1, 1)).unwrap();
    assert_eq!(second.supersedes.as_deref(), Some("premier"));

    let heads = [LayerHead::of("premier", &first), LayerHead::of("second", &second)];
    let on = |day| as_of(&heads, day).iter().map(|head| head.id.as_str()).collect::<Vec<_>>();
    assert_eq!(
        (on(date(2025, 6, 1)), on(date(2026, 6, 1)), on(date(2028, 1, 1))),
        (vec![], vec!["premier"], vec!["second"])
    );
}

#[test]
fn every_obstacle_is_told_with_what_would_make_it_possible() {
    let ground = ground(&basins());
    let mut wrong = draft(&ground, Some("24"));
    wrong.base.territory = "hier".into();
    wrong.adjustments.push(Adjustment { unit: "B999".into(), to: "zip".into(), reason: "parce que".into() });
    let work = wrong.work(&ground, None).unwrap();
    let without = Publication { authority: " ".into(), ..publication(date(2026, 1, 1)) };
    let obstacles = publish(&ground, TODAY, &wrong, ("projet", 1), &work, &[], &without).unwrap_err();
    let places: Vec<&str> = obstacles.iter().map(|obstacle| obstacle.place.as_str()).collect();
    assert!(places.starts_with(&["base", "authority"]) && places.contains(&"B999"), "{places:?}");
    assert!(obstacles.iter().all(|obstacle| !obstacle.remedy.is_empty()), "{obstacles:?}");
}

#[test]
fn a_draft_of_other_data_is_carried_over_without_what_no_longer_applies() {
    let ground = ground(&basins());
    let mut old = draft(&ground, Some("24"));
    old.base.territory = "hier".into();
    let kept = Adjustment { unit: "B002".into(), to: "zip".into(), reason: "deux départs".into() };
    let lost = Adjustment { unit: "B777".into(), to: "zip".into(), reason: "bassin disparu".into() };
    old.adjustments = vec![kept.clone(), lost];
    let (carried, gone) = old.carried_over(&ground, TODAY).unwrap();
    assert_eq!(carried.adjustments, [kept]);
    assert_eq!(gone.iter().map(|(unit, _)| unit.as_str()).collect::<Vec<_>>(), ["B777"]);
    assert!(carried.base.is(&ground, TODAY) && !old.base.is(&ground, TODAY));
    assert!(carried.note.contains("B777"), "the history says what was lost: {}", carried.note);
    let faults = carried.work(&ground, None).unwrap().review.faults;
    assert!(faults.iter().all(|fault| fault.kind != FaultKind::UnknownUnit));
}

#[test]
fn a_scope_that_is_not_a_region_is_explained() {
    let ground = ground(&basins());
    let wrong = Scope { level: Level::Region, code: "99".into(), name: "Nulle part".into() };
    let error = Draft::begin(&ground, TODAY, "x", &method(), None, Measured::Published, wrong).unwrap_err();
    assert!(
        matches!(&error, WorkError::Scope { known, .. } if known.contains("24") && known.contains("53")),
        "{error}"
    );
}

#[test]
fn a_published_zoning_compared_with_itself_changes_nothing() {
    let ground = ground(&basins());
    let draft = draft(&ground, Some("24"));
    let layer = try_publish(&ground, &draft, &[], date(2026, 1, 1)).unwrap();
    let before = Before::of_layer(ground.territory(), &layer);
    let work = draft.work(&ground, Some(before)).unwrap();
    let effects = work.effects.unwrap();
    assert_eq!(effects.people_moved, 0);
    let people: u64 = effects.by_class.iter().map(|row| row.people_after).sum();
    assert_eq!(people, 10_000, "people outside the scope are not counted");
    let communes: u64 = effects.by_class.iter().map(|row| row.communes_after).sum();
    assert_eq!(communes, 4);
}

fn class_of(work: &Work, code: &str) -> Option<String> {
    work.class_id(work.proposal.find(code)?).map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Decisions can be taken in any order, taken back, and written down: the classes are those of the last word on each unit.
    #[test]
    fn the_last_word_on_each_unit_holds(words in prop::collection::vec((0..4_usize, 0..3_usize), 0..12)) {
        let ground = ground(&basins());
        let start = draft(&ground, Some("24"));
        let classes = ["zip", "zac", "hz"];
        let mut changed = start.clone();
        for (unit, class) in &words {
            let unit = format!("B{unit:03}");
            let decided = Adjustment { unit, to: classes[*class].into(), reason: "motif".into() };
            changed = changed.with_move(decided);
        }
        let written: Draft = serde_json::from_str(&serde_json::to_string(&changed).unwrap()).unwrap();
        prop_assert_eq!(&written, &changed);
        let (before, after) = (start.work(&ground, None).unwrap(), written.work(&ground, None).unwrap());
        for unit in 0..4 {
            let code = format!("B{unit:03}");
            let last = words.iter().rev().find(|(of, _)| *of == unit).map(|(_, class)| classes[*class].to_owned());
            prop_assert_eq!(class_of(&after, &code), last.or_else(|| class_of(&before, &code)));
        }
        let moved: Vec<String> = compare(&ground, &before, &after).into_iter().map(|difference| difference.code).collect();
        let layer = compose(ground.territory(), &written, ("p", 1), &after, None, &publication(date(2026, 1, 1)));
        let mut told: Vec<&str> =
            layer.zones.iter().filter(|zone| zone.class != zone.proposed).map(|zone| zone.code.as_str()).collect();
        let mut moved: Vec<&str> = moved.iter().map(String::as_str).collect();
        told.sort_unstable();
        moved.sort_unstable();
        prop_assert_eq!(told, moved);
        let undone = (0..4).fold(written, |draft, unit| draft.without_move(&format!("B{unit:03}")));
        prop_assert_eq!(undone.adjustments.len(), 0);
    }
}
