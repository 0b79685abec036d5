//! Cases that test a rule, and leaves that none of them tests.

use pacte_rules::mutation::Case;
use pacte_rules::{History, Rule, Truth};

use crate::support::{Named, day, facts, ptmg};

fn case(rule: &Rule, name: &str, changed: &[(&str, &str)], expected: Truth) -> Case {
    let mut known = facts(
        rule.dictionary(),
        &[
            ("profession.specialite", "medecine_generale"),
            ("installation.date", "absent"),
            ("demande.date", "2015-09-01"),
            ("signature.date", "2015-10-01"),
            ("projet.lieu", "zone_ptmg"),
            ("convention.secteur", "1"),
            ("engagement.individuel", "pdsa"),
        ],
    );
    known.history = History::complete(Vec::new());
    for (fact, text) in changed {
        known.set_text(rule.dictionary(), fact, text).unwrap();
    }
    Case { name: name.to_owned(), facts: known, day: day("2015-09-01"), expected }
}

#[test]
fn cases_tell_which_leaves_they_test() {
    let rule = ptmg();
    let mut cases = vec![case(&rule, "jamais installé", &[], Truth::Yes)];
    let cover = rule.cover(&cases, &Named::new());
    assert!(cover.failed.is_empty());
    let unnoticed: Vec<_> = cover.unnoticed().filter_map(|leaf| leaf.id.as_deref()).collect();
    assert_eq!(unnoticed, ["moins_1_an"]);
    assert_eq!((cover.noticed(), cover.score()), (7, 87));
    cases.push(case(&rule, "installé depuis deux ans", &[("installation.date", "2013-09-01")], Truth::No));
    let cover = rule.cover(&cases, &Named::new());
    assert_eq!((cover.unnoticed().count(), cover.score()), (0, 100));
}

#[test]
fn a_case_that_fails_is_told_and_notices_nothing() {
    let rule = ptmg();
    let cover =
        rule.cover(&[case(&rule, "pédiatre", &[("profession.specialite", "pediatrie")], Truth::Yes)], &Named::new());
    assert_eq!(cover.failed, [(0, Truth::No)]);
    assert_eq!(cover.noticed(), 0);
}
