//! What holds of every shipped programme, whatever is known of a person.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::ToSpan as _;
use jiff::civil::Date;
use pacte_programmes::cases::Places;
use pacte_programmes::{Catalogue, Programme};
use pacte_rules::yaml::{Node, Source};
use pacte_rules::{
    Answer, Engagement, FactId, Facts, Gap, History, Nowhere, Rule, Truth, Type, Value, World, Zone, question,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

/// The places of the cases of a programme, and others named by the classes they are in.
struct Here<'a>(&'a Places);

impl World for Here<'_> {
    fn in_zone(&self, place: &str, zone: &Zone, day: Date) -> Truth {
        match self.0.in_zone(place, zone, day) {
            Truth::Unknown => zone.classes.iter().any(|class| place.split('+').any(|own| own == &**class)).into(),
            known => known,
        }
    }
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::load_shipped().unwrap());

/// For each fact, answers on either side of every boundary that some programme draws.
static ANSWERS: LazyLock<Vec<Vec<Answer>>> = LazyLock::new(|| {
    let rules: Vec<&Rule> = CATALOGUE.programmes().iter().map(|programme| &programme.eligibility).collect();
    let dictionary = &CATALOGUE.dictionary;
    let none = Facts::new(dictionary);
    let classes: Vec<Arc<str>> = CATALOGUE
        .vocabulary
        .layers
        .values()
        .flat_map(|layer| layer.classes.iter().map(|(class, _)| Arc::clone(class)))
        .collect();
    let places: Vec<Arc<str>> = classes.iter().cloned().chain(["nulle part".into(), "zip+zac+zrr".into()]).collect();
    dictionary
        .facts()
        .iter()
        .enumerate()
        .map(|(rank, fact)| {
            let mut answers: Vec<Answer> = if fact.kind == Type::Place {
                let place = |name: &Arc<str>| Value::Place(Arc::clone(name));
                let given = |name| if fact.list { Value::List(vec![place(name)]) } else { place(name) };
                places.iter().map(|name| Answer::Value(given(name))).collect()
            } else {
                let days = ["2013-09-01", "2016-05-01", "2022-06-01"].map(|day| day.parse::<Date>().unwrap());
                days.iter()
                    .flat_map(|day| question::telling_answers(&rules, FactId(rank as u32), &none, &Nowhere, *day))
                    .collect()
            };
            answers.push(Answer::Absent);
            answers
        })
        .collect()
});

fn commitments() -> impl Strategy<Value = Vec<Engagement>> {
    let programmes = ["ptmg", "ptma", "cde", "cesp", "ptmr", "pias", "caim"];
    let one = (
        prop::sample::select(programmes.to_vec()),
        prop::sample::select(vec!["actif", "termine", "rompu"]),
        0_i64..4_000,
        prop::option::of(0_i64..1_500),
    );
    let one = one.prop_map(|(programme, state, ago, long)| {
        let from = "2022-06-01".parse::<Date>().unwrap().saturating_sub(ago.days());
        let to = long.map(|days| from.saturating_add(days.days()));
        Engagement { programme: programme.into(), state: state.into(), from, to }
    });
    prop::collection::vec(one, 0..3)
}

/// What is told of a person: a programme, a day, facts of which all are known, and the same of which some are.
#[derive(Clone, Debug)]
struct Person {
    programme: &'static Programme,
    day: Date,
    whole: Facts,
    part: Facts,
}

impl Person {
    fn world(&self) -> Here<'_> {
        Here(&self.programme.places)
    }
}

/// A shipped case in which some answers were changed and all others added: answers drawn at large nearly always say no.
fn people() -> impl Strategy<Value = Person> {
    let answers: Vec<_> = (0..ANSWERS.len()).map(|_| (any::<prop::sample::Index>(), 0_u8..12, 0_u8..5)).collect();
    let pick = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (pick, answers, prop::option::weighted(0.2, commitments()), any::<bool>()).prop_map(
        |((programme, case), answers, commitments, complete)| {
            let programme = programme.get(CATALOGUE.programmes());
            let case = case.get(&programme.cases);
            let dictionary = &CATALOGUE.dictionary;
            let (mut whole, mut part) = (Facts::new(dictionary), Facts::new(dictionary));
            for (rank, (answer, changed, known)) in answers.into_iter().enumerate() {
                let fact = FactId(rank as u32);
                let own = case.facts.get(fact).filter(|_| changed > 0);
                let answer = own.unwrap_or_else(|| answer.get(&ANSWERS[rank])).clone();
                part.put(fact, (known > 0).then(|| answer.clone()));
                whole.put(fact, Some(answer));
            }
            let commitments = commitments.unwrap_or_else(|| case.facts.history.engagements.clone());
            part.history = History { engagements: commitments.clone(), complete };
            whole.history = History::complete(commitments);
            Person { programme, day: case.day, whole, part }
        },
    )
}

#[test]
fn the_people_drawn_get_every_answer() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let people = people();
    let mut seen = [0, 0, 0];
    for _ in 0..500 {
        let person = people.new_tree(&mut runner).unwrap().current();
        seen[person.programme.truth(&person.whole, &person.world(), person.day) as usize] += 1;
        let part = person.programme.truth(&person.part, &person.world(), person.day);
        seen[1] += usize::from(part == Truth::Unknown);
    }
    assert!(seen.iter().all(|count| *count > 30), "{seen:?}");
}

/// Every rule of a programme: eligibility, guards, conditions of payments and of obligations.
fn rules(programme: &Programme) -> Vec<&Rule> {
    let mut all = vec![&programme.eligibility];
    all.extend(programme.payments.payments.iter().filter_map(|payment| payment.condition.as_ref()));
    all.extend(programme.payments.suspensions.iter().filter_map(|suspension| suspension.condition.as_ref()));
    all.extend(programme.payments.recoveries.iter().filter_map(|recovery| recovery.condition.as_ref()));
    all.extend(programme.obligations.iter().flat_map(|owed| owed.applies.iter().chain(&owed.met)));
    all
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 600, max_shrink_iters: 500, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_missing_fact_never_gives_an_answer_that_some_value_would_deny(person in people()) {
        let Person { programme, day, whole, part } = &person;
        for rule in rules(programme) {
            let (some, all) =
                (rule.verdict(part, &person.world(), *day), rule.verdict(whole, &person.world(), *day));
            prop_assert!(some == Truth::Unknown || some == all, "{}: {some:?} became {all:?}", programme.id());
        }
    }

    #[test]
    fn one_more_answer_never_takes_an_answer_back(person in people()) {
        let Person { programme, day, whole, part } = &person;
        let mut facts = part.clone();
        let mut before = programme.truth(&facts, &person.world(), *day);
        for fact in programme.eligibility.facts() {
            facts.put(fact, whole.get(fact).cloned());
            let after = programme.truth(&facts, &person.world(), *day);
            prop_assert!(before == Truth::Unknown || after == before, "{}", programme.id());
            before = after;
        }
        facts.history = whole.history.clone();
        prop_assert!(before == Truth::Unknown || programme.truth(&facts, &person.world(), *day) == before);
    }

    #[test]
    fn an_answer_comes_with_its_proof_and_a_doubt_with_what_would_end_it(person in people()) {
        let Person { programme, day, part, .. } = &person;
        let rule = &programme.eligibility;
        let verdict = rule.evaluate(part, &person.world(), *day);
        prop_assert_eq!(verdict.truth, rule.verdict(part, &person.world(), *day));
        prop_assert_eq!(verdict.missing.is_empty(), verdict.truth.is_known());
        for gap in &verdict.missing {
            match gap {
                Gap::Fact(fact) => prop_assert!(part.get(*fact).is_none() && rule.facts().contains(fact)),
                Gap::History => prop_assert!(!part.history.complete),
                Gap::Zoning { .. } | Gap::Parameter { .. } => {}
            }
        }
        prop_assert!(!rule.deciding(&verdict.proof).is_empty());
    }

    #[test]
    fn the_order_in_which_a_rule_is_written_does_not_matter(person in people()) {
        let Person { programme, day, whole, part } = &person;
        let rank = CATALOGUE.programmes().iter().position(|known| known.id() == programme.id()).unwrap();
        for facts in [whole, part] {
            prop_assert_eq!(
                programme.eligibility.verdict(facts, &person.world(), *day),
                REVERSED[rank].verdict(facts, &person.world(), *day)
            );
        }
    }

    #[test]
    fn an_amount_given_early_is_the_amount_given_in_the_end(person in people()) {
        let Person { programme, day, whole, part } = &person;
        for computation in programme.amounts.all() {
            let given = |facts: &Facts| programme.amounts.evaluate(&computation.name, facts, &person.world(), *day);
            let Ok(early) = given(part) else { continue };
            prop_assert_eq!(early.value.is_none(), !early.missing.is_empty());
            if early.value.is_some() {
                let end = given(whole);
                prop_assert_eq!(Some(early.value), end.ok().map(|end| end.value), "{}", computation.name);
            }
        }
    }

    #[test]
    fn nothing_that_is_told_is_a_float(person in people()) {
        let told = CATALOGUE.evaluate(&person.part, &person.world(), person.day);
        let mut waiting = vec![serde_json::to_value(told).unwrap()];
        while let Some(value) = waiting.pop() {
            match value {
                serde_json::Value::Number(number) => prop_assert!(number.is_i64() || number.is_u64(), "{number}"),
                serde_json::Value::Array(list) => waiting.extend(list),
                serde_json::Value::Object(entries) => waiting.extend(entries.into_iter().map(|(_, value)| value)),
                _ => {}
            }
        }
    }
}

/// The rules of eligibility with every list written the other way round.
static REVERSED: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let turn = |programme: &Programme| {
        let source = Source::new("eligibility.yaml", programme.text("eligibility.yaml").unwrap());
        let text = reversed(&source, &source.read().unwrap());
        let source = Source::new("turned.yaml", text);
        Rule::read(&source, &source.read().unwrap(), &programme.context).unwrap()
    };
    CATALOGUE.programmes().iter().map(turn).collect()
});

fn reversed(source: &Source, node: &Node) -> String {
    if let Some(list) = node.list() {
        let turned: Vec<String> = list.iter().rev().map(|node| reversed(source, node)).collect();
        return format!("[{}]", turned.join(", "));
    }
    if let Some(entries) = node.map() {
        let pairs: Vec<String> =
            entries.iter().map(|(key, value)| format!("{:?}: {}", key.value, reversed(source, value))).collect();
        return format!("{{{}}}", pairs.join(", "));
    }
    serde_json::to_string(&source.scalar(node).unwrap_or_default()).unwrap()
}

#[test]
fn no_float_in_the_crate_and_no_file_too_long() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for (number, line) in text.lines().enumerate() {
                assert!(!line.contains("f32") && !line.contains("f64"), "{}:{} : {line}", path.display(), number + 1);
            }
            assert!(text.lines().count() <= 500, "{} is too long", path.display());
            seen += 1;
        }
    }
    assert!(seen > 15);
}
