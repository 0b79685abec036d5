//! The eligibility of the PTMG, with its proof, its questions and what would make it a yes.

use pacte_rules::rule::Rule;
use pacte_rules::{Engagement, Gap, History, Truth, question};

use crate::support::{Named, day, facts, ptmg};

const READY: [(&str, &str); 6] = [
    ("profession.specialite", "medecine_generale"),
    ("installation.date", "2015-03-02"),
    ("demande.date", "2015-09-01"),
    ("signature.date", "2015-10-01"),
    ("projet.lieu", "zone_ptmg"),
    ("convention.secteur", "1"),
];

fn ready(rule: &Rule) -> pacte_rules::Facts {
    let mut facts = facts(rule.dictionary(), &READY);
    facts.set_text(rule.dictionary(), "engagement.individuel", "pdsa").unwrap();
    facts.history = History::complete(Vec::new());
    facts
}

fn served(programme: &str, state: &str, from: &str, to: Option<&str>) -> Engagement {
    Engagement { programme: programme.into(), state: state.into(), from: day(from), to: to.map(day) }
}

#[test]
fn a_young_practitioner_in_a_fragile_zone_is_eligible() {
    let rule = ptmg();
    let verdict = rule.evaluate(&ready(&rule), &Named::new(), day("2015-09-01"));
    assert_eq!(verdict.truth, Truth::Yes);
    assert!(verdict.missing.is_empty());
    assert_eq!(verdict.proof.walk().count(), 10);
    let mg = verdict.proof.named("mg").unwrap();
    assert_eq!(&*mg.text, "Vous êtes spécialiste en médecine générale.");
    assert_eq!(mg.reference.as_deref(), Some("CSP L.1435-4-2"));
    let debut = verdict.proof.named("moins_1_an").unwrap();
    assert_eq!(
        &*debut.text,
        "Date de première installation libérale : depuis moins de 1 an, à la date « Date de la demande »"
    );
}

#[test]
fn a_year_of_practice_to_the_day_is_too_much() {
    let rule = ptmg();
    let mut facts = ready(&rule);
    for (installed, expected) in [("2014-09-02", Truth::Yes), ("2014-09-01", Truth::No), ("absent", Truth::Yes)] {
        facts.set_text(rule.dictionary(), "installation.date", installed).unwrap();
        assert_eq!(rule.verdict(&facts, &Named::new(), day("2015-09-01")), expected, "{installed}");
    }
}

#[test]
fn one_site_outside_the_zone_is_a_no_and_an_unknown_one_is_unknown() {
    let rule = ptmg();
    let mut facts = ready(&rule);
    for (places, expected) in [
        ("zone_ptmg, zus", Truth::Yes),
        ("zone_ptmg, ailleurs", Truth::No),
        ("zone_ptmg, ?", Truth::Unknown),
        ("ailleurs, ?", Truth::No),
    ] {
        facts.set_text(rule.dictionary(), "projet.lieu", places).unwrap();
        let verdict = rule.evaluate(&facts, &Named::new(), day("2015-09-01"));
        assert_eq!(verdict.truth, expected, "{places}");
        if expected == Truth::Unknown {
            assert_eq!(verdict.missing, [Gap::Zoning { place: "?".into(), layer: "medecins".into() }]);
        }
    }
}

#[test]
fn twenty_four_months_in_all_whatever_the_number_of_contracts() {
    let rule = ptmg();
    let mut facts = ready(&rule);
    let first = served("ptmg", "termine", "2013-09-01", Some("2014-08-31"));
    for (last, expected) in [("2015-08-30", Truth::Yes), ("2015-08-31", Truth::No)] {
        let second = served("ptmg", "termine", "2014-09-01", Some(last));
        facts.history = History::complete(vec![first.clone(), second]);
        assert_eq!(rule.verdict(&facts, &Named::new(), day("2015-09-01")), expected, "{last}");
    }
    // A history with gaps may only be longer than what is known of it.
    facts.history.complete = false;
    assert_eq!(rule.verdict(&facts, &Named::new(), day("2015-09-01")), Truth::No);
    facts.history.engagements.truncate(1);
    let verdict = rule.evaluate(&facts, &Named::new(), day("2015-09-01"));
    assert_eq!((verdict.truth, verdict.missing), (Truth::Unknown, vec![Gap::History]));
}

#[test]
fn another_contract_in_force_excludes() {
    let rule = ptmg();
    let mut facts = ready(&rule);
    facts.history = History::complete(vec![served("ptma", "termine", "2015-01-01", None)]);
    assert_eq!(rule.verdict(&facts, &Named::new(), day("2015-09-01")), Truth::Yes);
    facts.history = History::complete(vec![served("ptma", "actif", "2015-01-01", None)]);
    assert_eq!(rule.verdict(&facts, &Named::new(), day("2015-09-01")), Truth::No);
}

#[test]
fn questions_stop_as_soon_as_nothing_can_change() {
    let rule = ptmg();
    let mut known = facts(rule.dictionary(), &[]);
    let day = day("2015-09-01");
    let mut asked = 0;
    while let Some(question) = question::next(&[&rule], &known, &Named::new(), day) {
        asked += 1;
        match question.about {
            Gap::Fact(fact) => {
                let name = rule.dictionary().fact(fact).name.clone();
                let (_, answer) = READY.iter().find(|(known, _)| **known == *name).unwrap_or(&("", "pdsa"));
                known.set_text(rule.dictionary(), &name, answer).unwrap();
            }
            _ => known.history = History::complete(Vec::new()),
        }
    }
    assert_eq!(asked, 8);
    assert_eq!(rule.verdict(&known, &Named::new(), day), Truth::Yes);
    let other = facts(rule.dictionary(), &[("profession.specialite", "pediatrie")]);
    assert_eq!(question::next(&[&rule], &other, &Named::new(), day), None);
}

#[test]
fn the_date_of_the_request_is_not_asked_of_someone_never_installed() {
    let rule = ptmg();
    let known = facts(rule.dictionary(), &[("installation.date", "absent")]);
    let missing = rule.evaluate(&known, &Named::new(), day("2015-09-01")).missing;
    let request = rule.dictionary().id("demande.date").unwrap();
    assert!(!missing.contains(&Gap::Fact(request)));
    let before = rule.evaluate(&facts(rule.dictionary(), &[]), &Named::new(), day("2015-09-01")).missing;
    assert!(before.contains(&Gap::Fact(request)));
}

#[test]
fn a_parameter_out_of_its_dates_leaves_the_verdict_unknown() {
    let rule = ptmg();
    let verdict = rule.evaluate(&ready(&rule), &Named::new(), day("2013-01-01"));
    assert_eq!(verdict.truth, Truth::Unknown);
    assert_eq!(verdict.missing, [Gap::Parameter { name: "duree_max".into(), day: day("2013-01-01") }]);
}
