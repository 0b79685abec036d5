//! Random trees and random facts over a small dictionary.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use pacte_rules::yaml::Source;
use pacte_rules::{
    Answer, Context, Dictionary, Engagement, FactId, Facts, History, Money, Parameters, Period, Rule, Value,
};
use proptest::prelude::*;

pub(crate) const TODAY: Date = date(2020, 6, 15);

pub(crate) fn context() -> Context {
    let dictionary = Dictionary::from_yaml(
        "faits.yaml",
        "faits:
  b1: { type: booleen, libelle: B1, modifiable: vrai }
  b2: { type: booleen, libelle: B2 }
  c1: { type: choix, libelle: C1, modifiable: vrai, choix: { x: X, y: Y, z: Z } }
  n1: { type: entier, libelle: N1, minimum: 0, maximum: 9, modifiable: vrai }
  n2: { type: entier, libelle: N2, minimum: 0, maximum: 9 }
  m1: { type: montant, libelle: M1, modifiable: vrai }
  d1: { type: date, libelle: D1 }
  d2: { type: date, libelle: D2, suit_examen: vrai }
  p1: { type: lieu, libelle: P1, modifiable: vrai }
",
    )
    .unwrap();
    let parameters = Parameters::from_yaml(
        "parametres.yaml",
        "parametres:
  seuil:
    type: entier
    libelle: Seuil
    valeurs:
      - { valeur: 3, au: 2020-12-31, source: s }
      - { valeur: 6, du: 2021-01-01, source: s }
",
    )
    .unwrap();
    Context::new(dictionary, parameters)
}

/// A tree whose children can be written in either order.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Leaf(String),
    Group(&'static str, Vec<Tree>),
    Some(usize, Vec<Tree>),
    Except(Box<Tree>, Vec<Tree>),
}

impl Tree {
    pub(crate) fn yaml(&self, reversed: bool) -> String {
        let list = |trees: &[Self]| {
            let mut texts: Vec<String> = trees.iter().map(|tree| tree.yaml(reversed)).collect();
            if reversed {
                texts.reverse();
            }
            texts.join(", ")
        };
        match self {
            Self::Leaf(text) => format!("{{ {text} }}"),
            Self::Group(word, trees) => format!("{{ {word}: [{}] }}", list(trees)),
            Self::Some(count, trees) => format!("{{ au_moins: {{ n: {count}, parmi: [{}] }} }}", list(trees)),
            Self::Except(rule, trees) => format!("{{ regle: {}, sauf: [{}] }}", rule.yaml(reversed), list(trees)),
        }
    }

    pub(crate) fn rule(&self, context: &Context, reversed: bool) -> Rule {
        let source = Source::new("hasard.yaml", self.yaml(reversed));
        Rule::draft(&source, &source.read().unwrap(), context)
            .unwrap_or_else(|faults| panic!("{}\n{faults}", source.text))
    }
}

fn leaf() -> impl Strategy<Value = String> {
    let order = prop::sample::select(vec!["est", "inferieur_a", "au_plus", "superieur_a", "au_moins"]);
    let elapsed = prop::sample::select(vec!["moins_de", "au_plus", "plus_de", "au_moins"]);
    let number = prop::sample::select(vec!["n1", "n2"]);
    prop_oneof![
        prop::sample::select(vec!["b1", "b2"]).prop_map(|fact| format!("fait: {fact}, est: vrai")),
        prop::sample::select(vec!["[x]", "[x, y]", "[z]"]).prop_map(|set| format!("fait: c1, parmi: {set}")),
        (number.clone(), order.clone(), 1..9).prop_map(|(fact, word, n)| format!("fait: {fact}, {word}: {n}")),
        order.clone().prop_map(|word| format!("fait: n1, {word}: {{ fait: n2 }}")),
        (number, order.clone()).prop_map(|(fact, word)| format!("fait: {fact}, {word}: $seuil")),
        order.clone().prop_map(|word| format!("fait: m1, {word}: \"100,50 €\"")),
        (
            elapsed,
            prop::sample::select(vec!["P1Y", "P1M", "P45D"]),
            prop::sample::select(vec!["", ", a: d2", ", a: 2020-07-31"])
        )
            .prop_map(|(word, period, at)| format!("depuis: d1, {word}: {period}{at}")),
        prop::sample::select(vec!["d1", "d2"]).prop_map(|fact| format!("fait: {fact}, absent_certifie: vrai")),
        Just("fait: d1, avant: { fait: d2 }".to_owned()),
        prop::sample::select(vec!["[zip]", "[zac]", "[zip, zac], a_moins_de_km: 10"])
            .prop_map(|zone| format!("lieu: p1, couche: medecins, dans_zone: {zone}")),
        (order, 0..3).prop_map(|(word, n)| format!("nombre: {{ programmes: [a, b], sur: P1Y }}, {word}: {n}")),
        prop::sample::select(vec!["inferieur_a", "au_moins"])
            .prop_map(|word| format!("somme_durees: {{ programmes: [a] }}, {word}: P6M")),
    ]
}

pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    let some = |trees: Vec<Tree>, n: prop::sample::Index| {
        let count = 1 + n.index(trees.len());
        Tree::Some(count, trees)
    };
    leaf().prop_map(Tree::Leaf).prop_recursive(4, 16, 4, move |inner| {
        let group = prop::sample::select(vec!["tous", "au_moins_un", "aucun"]);
        let list = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            4 => (group, list.clone()).prop_map(|(word, trees)| Tree::Group(word, trees)),
            1 => (list.clone(), any::<prop::sample::Index>()).prop_map(move |(trees, n)| some(trees, n)),
            1 => (inner, list).prop_map(|(rule, trees)| Tree::Except(Box::new(rule), trees)),
        ]
    })
}

fn around_today() -> impl Strategy<Value = Value> {
    (-500_i64..60).prop_map(|days| Value::Date(TODAY.saturating_add(days.days())))
}

fn answer(name: &str) -> BoxedStrategy<Answer> {
    let value = match name.as_bytes()[0] {
        b'b' => any::<bool>().prop_map(Value::Boolean).boxed(),
        b'c' => prop::sample::select(vec!["x", "y", "z"]).prop_map(|id| Value::Choice(id.into())).boxed(),
        b'n' => (0_i64..=9).prop_map(Value::Integer).boxed(),
        b'm' => (9_900_i64..10_100).prop_map(|cents| Value::Money(Money::from_cents(cents))).boxed(),
        b'd' => around_today().boxed(),
        _ => {
            prop::sample::select(vec!["zip", "zac", "~zip", "ailleurs"]).prop_map(|id| Value::Place(id.into())).boxed()
        }
    };
    prop_oneof![9 => value.prop_map(Answer::Value), 1 => Just(Answer::Absent)].boxed()
}

fn engagements() -> impl Strategy<Value = Vec<Engagement>> {
    let one = (prop::sample::select(vec!["a", "b", "c"]), 1_i64..700, prop::option::of(0_i64..300)).prop_map(
        |(programme, ago, long)| {
            let from = TODAY.saturating_sub(ago.days());
            Engagement {
                programme: programme.into(),
                state: "actif".into(),
                from,
                to: long.map(|days| from.saturating_add(days.days())),
            }
        },
    );
    prop::collection::vec(one, 0..3)
}

/// Facts of which all are known, and the same of which some are.
pub(crate) fn cases() -> impl Strategy<Value = (Facts, Facts)> {
    let context = context();
    let names: Vec<String> = context.dictionary.facts().iter().map(|fact| fact.name.to_string()).collect();
    let answers: Vec<_> = names.iter().map(|name| (answer(name), any::<bool>())).collect();
    (answers, engagements(), 0_usize..3, any::<bool>()).prop_map(move |(answers, engagements, forgotten, complete)| {
        let (mut whole, mut part) = (Facts::new(&context.dictionary), Facts::new(&context.dictionary));
        for (rank, (answer, known)) in answers.into_iter().enumerate() {
            let fact = FactId(rank as u32);
            part.put(fact, known.then(|| answer.clone()));
            whole.put(fact, Some(answer));
        }
        let known = engagements.len().saturating_sub(forgotten);
        part.history = History { engagements: engagements[..known].to_vec(), complete: complete && forgotten == 0 };
        whole.history = History::complete(engagements);
        (whole, part)
    })
}

#[test]
fn the_dictionary_of_the_properties_is_read() {
    assert_eq!(context().dictionary.facts().len(), 9);
    assert_eq!(Period::parse("P45D").unwrap().after(date(2020, 1, 1)), date(2020, 2, 15));
}
