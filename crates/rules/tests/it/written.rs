//! What is written reads as what was meant: dictionary, periods, printed rules.

use pacte_rules::amount::Computations;
use pacte_rules::{Certifier, Dictionary, Facts, Parameters, Period, Rule, Truth, Type};

use crate::support::{Named, day, facts, ptmg, ptmg_context};

#[test]
fn a_fact_keeps_what_its_definition_says() {
    let context = ptmg_context();
    let fact = context.dictionary.fact(context.dictionary.id("exercice.demi_journees").unwrap());
    assert_eq!((fact.kind, fact.list, fact.changeable), (Type::Integer, false, true));
    assert_eq!(fact.certified_by, [Certifier::Declared]);
    assert_eq!(fact.valid_for, Some(Period { months: 3, days: 0 }));
    let speciality = context.dictionary.fact(context.dictionary.id("profession.specialite").unwrap());
    assert_eq!(
        (speciality.question.fr.as_str(), speciality.question.en.as_str()),
        ("Quelle est votre spécialité ?", "What is your speciality?")
    );
    assert_eq!(speciality.choices.len(), 3);
}

#[test]
fn answers_are_checked_and_kept_out_when_refused() {
    let context = ptmg_context();
    let dictionary: &Dictionary = &context.dictionary;
    let mut known = Facts::new(dictionary);
    for (name, text, problem) in [
        ("exercice.demi_journees", "15", "15 est trop grand ; au plus 14"),
        ("exercice.demi_journees", "huit", "« huit » est refusé ; attendu : un nombre entier, comme 165"),
        ("convention.secteur", "4", "« 4 » n’est pas un choix ; attendu : 1, 2, 3"),
        ("installation.date", "1949-12-31", "31 décembre 1949 est trop petit ; au moins 1er janvier 1950"),
        (
            "installation.dat",
            "2015-01-01",
            "« installation.dat » n’est pas un fait du dictionnaire ; vouliez-vous dire « installation.date » ?",
        ),
        ("projet.lieu", " ; ", "la liste est vide ; indiquez au moins une valeur, ou que cela n’existe pas"),
    ] {
        let said = known.set_text(dictionary, name, text).unwrap_err();
        assert!(said.starts_with(problem), "{said}");
    }
    assert_eq!(known, Facts::new(dictionary));
}

#[test]
fn periods_follow_the_calendar() {
    let period = |text: &str| Period::parse(text).unwrap();
    assert_eq!(period("P1M").after(day("2020-01-31")), day("2020-02-29"));
    assert_eq!(period("P2Y").compare(period("P24M"), day("2020-02-29")), std::cmp::Ordering::Equal);
    assert!(period("P30D").compare(period("P1M"), day("2021-02-01")).is_gt());
    assert!(period("P30D").compare(period("P1M"), day("2021-03-01")).is_lt());
    assert_eq!(Period::between(day("2013-09-01"), day("2015-09-11")), Period { months: 24, days: 10 });
    for text in ["P1Y", "P25M", "P10D", "P14M3D"] {
        assert_eq!(period(text).to_string(), text);
    }
    for text in ["", "1Y", "PT1H", "-P1M", "P1.5Y", "P99999999999Y"] {
        assert!(Period::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_ptmg_printed_is_the_ptmg() {
    let rule = ptmg();
    let text = rule.to_yaml();
    let again = Rule::from_yaml("relu.yaml", &text, rule.context()).unwrap();
    assert_eq!(again.to_yaml(), text);
    assert_eq!(again.leaves(), rule.leaves());
    assert!(text.contains("  - id: mg\n    ref: \"CSP L.1435-4-2\"\n    texte:\n      oui: "), "{text}");
}

#[test]
fn exceptions_read_as_the_law_writes_them() {
    let context = ptmg_context();
    let text = "fait: convention.secteur\nparmi: [\"1\", \"2\"]\nsauf:\n  - id: retraite\n    fait: exercice.demi_journees\n    inferieur_a: 3\n";
    let rule = Rule::from_yaml("x.yaml", text, &context).unwrap();
    for (sector, half_days, expected) in [("1", "9", Truth::Yes), ("1", "2", Truth::No), ("3", "9", Truth::No)] {
        let known =
            facts(&context.dictionary, &[("convention.secteur", sector), ("exercice.demi_journees", half_days)]);
        assert_eq!(rule.verdict(&known, &Named::new(), day("2020-01-01")), expected);
    }
    let known = facts(&context.dictionary, &[("convention.secteur", "1")]);
    assert_eq!(rule.verdict(&known, &Named::new(), day("2020-01-01")), Truth::Unknown);
    assert_eq!(Rule::from_yaml("y.yaml", &rule.to_yaml(), &context).unwrap().to_yaml(), rule.to_yaml());
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let page = include_str!("../../../../docs/methods/regles.md");
    let blocks: Vec<&str> = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [facts, parameters, rule, amounts] = blocks[..] else { panic!("{} blocks", blocks.len()) };
    assert_eq!(Dictionary::from_yaml("faits", facts).unwrap().facts().len(), 3);
    assert_eq!(Parameters::from_yaml("parametres", parameters).unwrap().all().len(), 1);
    assert_eq!(Rule::from_yaml("regle", rule, &ptmg_context()).unwrap().leaves().len(), 5);
    assert_eq!(Computations::from_yaml("calculs", amounts, &ptmg_context()).unwrap().all().len(), 2);
}

#[test]
fn what_was_certified_holds_for_its_time() {
    let context = ptmg_context();
    let fact = context.dictionary.fact(context.dictionary.id("exercice.demi_journees").unwrap());
    assert!(fact.still_valid(day("2015-01-31"), day("2015-04-30")));
    assert!(!fact.still_valid(day("2015-01-31"), day("2015-05-01")));
}
