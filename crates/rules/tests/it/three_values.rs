//! Properties of three-valued evaluation, over random trees and random facts.

use jiff::ToSpan as _;
use pacte_rules::{Answer, Engagement, Facts, Gap, History, Rule, Truth, Type, Value, question};
use proptest::prelude::*;

use crate::random::{TODAY, cases, context, tree};
use crate::support::Named;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() }
}

/// Every way to answer the missing facts among telling answers, and some ways to complete the history; `None` when there
/// are too many.
fn completions(rule: &Rule, facts: &Facts, except: &Gap) -> Option<Vec<Facts>> {
    let mut all = vec![facts.clone()];
    let used = rule.facts();
    for fact in used.into_iter().filter(|fact| facts.get(*fact).is_none() && Gap::Fact(*fact) != *except) {
        let mut answers = question::telling_answers(&[rule], fact, facts, &Named::new(), TODAY);
        if rule.dictionary().fact(fact).kind == Type::Place {
            answers
                .extend(["zip", "zac", "zip+zac", "~zip", "ailleurs"].map(|at| Answer::Value(Value::Place(at.into()))));
        }
        if answers.is_empty() || all.len() * answers.len() > 4_000 {
            return None;
        }
        all = all
            .iter()
            .flat_map(|facts| {
                answers.iter().map(|answer| {
                    let mut facts = facts.clone();
                    facts.put(fact, Some(answer.clone()));
                    facts
                })
            })
            .collect();
    }
    if lacks_history(rule, facts) && *except != Gap::History {
        let one = |programme: &str, ago: i64| Engagement {
            programme: programme.into(),
            state: "actif".into(),
            from: TODAY.saturating_sub(ago.days()),
            to: None,
        };
        let more = [
            vec![],
            vec![one("a", 1)],
            vec![one("b", 1)],
            vec![one("a", 400)],
            vec![one("a", 1), one("b", 1)],
            vec![one("b", 1); 3],
        ];
        if all.len() * more.len() > 8_000 {
            return None;
        }
        let known = &facts.history.engagements;
        all = all
            .iter()
            .flat_map(|facts| {
                more.iter().map(|more| {
                    let mut facts = facts.clone();
                    facts.history = History::complete([known.clone(), more.clone()].concat());
                    facts
                })
            })
            .collect();
    }
    Some(all)
}

fn lacks_history(rule: &Rule, facts: &Facts) -> bool {
    !facts.history.complete && rule.leaves().iter().any(pacte_rules::rule::Leaf::reads_history)
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn what_is_known_of_a_part_is_true_of_the_whole(tree in tree(), (whole, part) in cases()) {
        let rule = tree.rule(&context(), false);
        let (all, some) = (rule.verdict(&whole, &Named::new(), TODAY), rule.verdict(&part, &Named::new(), TODAY));
        prop_assert!(all.is_known());
        prop_assert!(some == Truth::Unknown || some == all, "{some:?} became {all:?}");
    }

    #[test]
    fn one_more_answer_never_makes_a_verdict_unknown_again(tree in tree(), (whole, part) in cases()) {
        let rule = tree.rule(&context(), false);
        let mut facts = part;
        let mut before = rule.verdict(&facts, &Named::new(), TODAY);
        for fact in rule.facts() {
            facts.put(fact, whole.get(fact).cloned());
            let after = rule.verdict(&facts, &Named::new(), TODAY);
            prop_assert!(before == Truth::Unknown || after == before);
            before = after;
        }
    }

    #[test]
    fn the_order_of_children_does_not_matter(tree in tree(), (_, part) in cases()) {
        let context = context();
        let (one, other) = (tree.rule(&context, false), tree.rule(&context, true));
        prop_assert_eq!(one.verdict(&part, &Named::new(), TODAY), other.verdict(&part, &Named::new(), TODAY));
    }

    #[test]
    fn the_proof_says_what_the_fast_way_says(tree in tree(), (_, part) in cases()) {
        let rule = tree.rule(&context(), false);
        let verdict = rule.evaluate(&part, &Named::new(), TODAY);
        prop_assert_eq!(verdict.truth, rule.verdict(&part, &Named::new(), TODAY));
        prop_assert!(verdict.missing.is_empty() == verdict.truth.is_known());
        let quick = rule.prove(&part, &Named::new(), TODAY);
        prop_assert!(verdict.missing.iter().all(|gap| quick.missing.contains(gap)));
        prop_assert_eq!(quick.proof, verdict.proof);
    }

    #[test]
    fn a_leaf_turned_round_twice_is_itself(tree in tree(), (whole, _) in cases()) {
        let rule = tree.rule(&context(), false);
        for leaf in 0..rule.leaves().len() as u32 {
            let outcome = rule.leaf_outcome(leaf, &whole, &Named::new(), TODAY);
            prop_assert!(outcome.is_known());
            if rule.leaves().len() == 1 {
                let turned = rule.verdict_with_leaf_negated(leaf, &whole, &Named::new(), TODAY);
                prop_assert_eq!(turned, !rule.verdict(&whole, &Named::new(), TODAY));
            }
        }
    }

    #[test]
    fn printed_and_read_again_a_rule_is_the_same(tree in tree(), (_, part) in cases()) {
        let context = context();
        let rule = tree.rule(&context, false);
        let text = rule.to_yaml();
        let source = pacte_rules::yaml::Source::new("relu.yaml", text.clone());
        let again = Rule::draft(&source, &source.read().unwrap(), &context).unwrap();
        prop_assert_eq!(again.to_yaml(), text);
        prop_assert_eq!(again.leaves(), rule.leaves());
        prop_assert_eq!(again.verdict(&part, &Named::new(), TODAY), rule.verdict(&part, &Named::new(), TODAY));
    }
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn what_is_said_missing_is_exactly_what_can_still_decide(tree in tree(), (_, part) in cases()) {
        let rule = tree.rule(&context(), false);
        let verdict = rule.evaluate(&part, &Named::new(), TODAY);
        if verdict.truth.is_known() {
            return Ok(());
        }
        let mut found: Vec<(bool, bool)> = Vec::new();
        let history = lacks_history(&rule, &part);
        let facts = rule.facts().into_iter().filter(|fact| part.get(*fact).is_none()).map(Gap::Fact);
        for gap in facts.chain(history.then_some(Gap::History)) {
            let Some(all) = completions(&rule, &part, &gap) else { continue };
            let decides = all.iter().any(|facts| rule.verdict(facts, &Named::new(), TODAY) == Truth::Unknown);
            found.push((verdict.missing.contains(&gap), decides));
        }
        for (said, decides) in &found {
            prop_assert!(*said || !decides, "a decisive fact is left out\n{}", rule.to_yaml());
            // Zones are held to be independent where the places of this world are not; and when nothing decides,
            // everything is asked.
            // Histories are not all tried here.
            let sure = !history && rule.zones().len() <= 1 && found.iter().any(|(_, decides)| *decides);
            prop_assert!(!said || *decides || !sure, "an idle fact is asked\n{}", rule.to_yaml());
        }
    }

    #[test]
    fn the_next_question_can_change_the_verdict_and_questions_end(tree in tree(), (whole, part) in cases()) {
        let rule = tree.rule(&context(), false);
        let mut facts = part;
        for _ in 0..=rule.facts().len() + 1 {
            let Some(next) = question::next(&[&rule], &facts, &Named::new(), TODAY) else { break };
            prop_assert!(rule.decisive(&next.about, &facts, &Named::new(), TODAY));
            prop_assert_eq!(&Some(next.clone()), &question::next(&[&rule], &facts, &Named::new(), TODAY));
            match next.about {
                Gap::Fact(fact) => {
                    prop_assert!(facts.get(fact).is_none());
                    let answer: Option<Answer> = whole.get(fact).cloned();
                    facts.put(fact, answer);
                }
                _ => facts.history = whole.history.clone(),
            }
        }
        let verdict = rule.verdict(&facts, &Named::new(), TODAY);
        prop_assert_eq!(verdict, rule.verdict(&whole, &Named::new(), TODAY));
    }
}
