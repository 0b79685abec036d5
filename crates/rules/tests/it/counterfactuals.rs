//! What would make it a yes: true once applied, minimal, and exact to the day.

use jiff::ToSpan;
use pacte_rules::counterfactual::Reach;
use pacte_rules::{Answer, Change, Counterfactual, FactId, History, Rule, Truth, Value};
use proptest::prelude::*;

use crate::random::{TODAY, cases, context, tree};
use crate::support::{Named, day, facts, ptmg};

#[test]
fn move_to_the_zone_or_change_sector() {
    let rule = ptmg();
    let known = [
        ("profession.specialite", "medecine_generale"),
        ("installation.date", "absent"),
        ("demande.date", "2015-09-01"),
        ("signature.date", "2015-09-01"),
        ("projet.lieu", "ailleurs"),
        ("convention.secteur", "1"),
        ("engagement.individuel", "pdsa"),
    ];
    let mut known = facts(rule.dictionary(), &known);
    known.history = History::complete(Vec::new());
    let world = Named { elsewhere: vec!["autre", "zone_ptmg", "zus"], ends: None };
    let place = rule.dictionary().id("projet.lieu").unwrap();
    let move_there = Change::Fact {
        fact: place,
        from: known.get(place).cloned(),
        to: Answer::Value(Value::List(vec![Value::Place("zone_ptmg".into())])),
    };
    let found = rule.counterfactuals(&known, &world, day("2015-09-01"), Reach::default());
    assert_eq!(
        found,
        [Counterfactual { changes: vec![move_there.clone()], leaves: vec![rule.leaf_named("zone").unwrap()] }]
    );
    known.set_text(rule.dictionary(), "convention.secteur", "2").unwrap();
    let found = rule.counterfactuals(&known, &world, day("2015-09-01"), Reach::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].changes.len(), 2);
    assert!(found[0].changes.contains(&move_there));
    assert_eq!(rule.counterfactuals(&known, &Named::new(), day("2015-09-01"), Reach::default()), []);
}

#[test]
fn a_rule_that_opens_later_says_its_first_day() {
    let context = context();
    let source = "tous: [{ depuis: d1, au_moins: P3M, a: d2 }, { fait: n1, au_moins: $seuil }]";
    let rule = Rule::from_yaml("x.yaml", source, &context).unwrap();
    // Installed on 30 November: three months later is 28 February, the month having no 30.
    let known = facts(&context.dictionary, &[("d1", "2020-11-30"), ("d2", "2020-12-01"), ("n1", "7")]);
    let found = rule.counterfactuals(&known, &Named::new(), day("2020-12-01"), Reach::default());
    assert_eq!(found[0].changes, [Change::From(day("2021-02-28"))]);
    // From 2021 on the threshold is 6: with 4, waiting is not enough; more is needed too.
    let known = facts(&context.dictionary, &[("d1", "2020-11-30"), ("d2", "2020-12-01"), ("n1", "4")]);
    let found = rule.counterfactuals(&known, &Named::new(), day("2020-12-01"), Reach::default());
    let n1 = context.dictionary.id("n1").unwrap();
    let more = Change::Fact { fact: n1, from: known.get(n1).cloned(), to: Answer::Value(Value::Integer(6)) };
    assert_eq!(found[0].changes, [more, Change::From(day("2021-02-28"))]);
}

#[test]
fn the_end_of_a_zoning_is_a_day_to_wait_for() {
    let context = context();
    let rule =
        Rule::from_yaml("x.yaml", "aucun: [{ lieu: p1, couche: medecins, dans_zone: [zac] }]", &context).unwrap();
    let known = facts(&context.dictionary, &[("p1", "zac")]);
    let world = Named { elsewhere: Vec::new(), ends: Some(day("2022-03-01")) };
    let found = rule.counterfactuals(&known, &world, TODAY, Reach::default());
    assert_eq!(found[0].changes, [Change::From(day("2022-03-01"))]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn applied_they_give_a_yes_and_no_part_of_them_does(tree in tree(), (whole, part) in cases(), all in any::<bool>()) {
        let rule = tree.rule(&context(), false);
        let facts = if all { whole } else { part };
        let world = Named { elsewhere: vec!["zip", "zac"], ends: Some(day("2021-02-01")) };
        let before = rule.verdict(&facts, &world, TODAY);
        let found = rule.counterfactuals(&facts, &world, TODAY, Reach::default());
        prop_assert!(before != Truth::Yes || found.is_empty());
        for counterfactual in &found {
            let (changed, day) = counterfactual.apply(rule.dictionary(), &facts, TODAY);
            prop_assert_eq!(rule.verdict(&changed, &world, day), Truth::Yes);
            let changes = &counterfactual.changes;
            for part in 0..(1_u32 << changes.len()) - 1 {
                let kept = (0..changes.len()).filter(|bit| part >> bit & 1 == 1).map(|bit| changes[bit].clone()).collect();
                let smaller = Counterfactual { changes: kept, leaves: Vec::new() };
                let (changed, day) = smaller.apply(rule.dictionary(), &facts, TODAY);
                prop_assert!(rule.verdict(&changed, &world, day) != Truth::Yes);
            }
        }
    }

    #[test]
    fn the_first_day_is_the_one_found_by_trying_every_day(tree in tree(), (whole, _) in cases()) {
        let context = context();
        let rule = tree.rule(&context, false);
        let world = Named { elsewhere: Vec::new(), ends: Some(day("2021-02-01")) };
        if rule.verdict(&whole, &world, TODAY) == Truth::Yes {
            return Ok(());
        }
        let found = rule.counterfactuals(&whole, &world, TODAY, Reach { changes: 1, sets: 20, ..Reach::default() });
        let said = found.iter().find_map(|found| match found.changes[..] {
            [Change::From(day)] => Some(day),
            _ => None,
        });
        let d2: FactId = context.dictionary.id("d2").unwrap();
        let tried = (1_i64..1_500).map(|days| TODAY.saturating_add(days.days())).find(|day| {
            let mut later = whole.clone();
            if let Some(Answer::Value(Value::Date(date))) = whole.get(d2) {
                later.put(d2, Some(Answer::Value(Value::Date((*date).max(*day)))));
            }
            rule.verdict(&later, &world, *day) == Truth::Yes
        });
        prop_assert_eq!(said, tried, "{}", rule.to_yaml());
    }
}
