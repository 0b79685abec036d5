//! What a person can get, somewhere, some day.

use pacte_programmes::{Catalogue, Finding, Standing};
use pacte_rules::{Engagement, History, Money, Truth, Value};

use crate::support::{Named, day, facts};

fn find<'a>(findings: &'a [Finding], id: &str) -> &'a Finding {
    findings.iter().find(|finding| *finding.programme == *id).unwrap()
}

#[test]
fn a_closed_programme_says_no_and_names_what_to_ask_for() {
    let catalogue = Catalogue::load_shipped().unwrap();
    let known = facts(&catalogue, &[]);
    let findings = catalogue.evaluate(&known, &Named, day("2022-06-01"));
    for id in ["ptmg", "ptma", "ptmr"] {
        let closed = find(&findings, id);
        assert_eq!((closed.standing, closed.truth), (Standing::Closed(day("2021-03-31")), Truth::No), "{id}");
        assert_eq!(closed.successors.iter().map(|next| &**next).collect::<Vec<_>>(), ["cde"]);
        assert!(closed.amounts.is_empty());
    }
    let open = find(&findings, "cde");
    assert_eq!((open.standing, open.truth), (Standing::Open, Truth::Unknown));
    assert!(open.successors.is_empty() && !open.verdict.missing.is_empty());
    let early = catalogue.evaluate(&known, &Named, day("2013-08-15"));
    assert_eq!(find(&early, "ptmg").standing, Standing::Opens(day("2013-08-16")));
}

#[test]
fn amounts_and_duties_come_with_the_answer() {
    let catalogue = Catalogue::load_shipped().unwrap();
    let mut known = facts(
        &catalogue,
        &[
            ("profession.metier", "medecin"),
            ("exercice.statut", "titulaire"),
            ("installation.date", "2022-01-10"),
            ("signature.date", "2022-06-01"),
            ("exercice.demi_journees", "7"),
            ("projet.lieux", "zip"),
            ("convention.secteur", "1"),
            ("exercice.coordonne", "vrai"),
            ("mois.honoraires", "4000"),
        ],
    );
    known.history = History::complete(Vec::new());
    let findings = catalogue.evaluate(&known, &Named, day("2022-06-01"));
    let cde = find(&findings, "cde");
    assert_eq!(cde.truth, Truth::Yes);
    let complement = cde.amounts.iter().find(|amount| &*amount.payment == "complement").unwrap();
    assert_eq!(complement.outcome.as_ref().unwrap().value, Some(Value::Money(Money::from_cents(260_000))));
    assert_eq!(complement.due, Truth::Yes);
    assert!(cde.amounts.iter().all(|amount| &*amount.payment != "remplacement"), "what is not due is not told");
    let duties: Vec<&str> = cde.duties.iter().map(|duty| &*duty.obligation).collect();
    assert_eq!(duties, ["activite", "tarifs", "coordination", "arret"]);
    assert!(cde.duties[0].text.contains("2\u{202f}350"), "{}", cde.duties[0].text);
}

#[test]
fn what_cannot_be_had_beside_is_told_with_whether_it_is_had() {
    let catalogue = Catalogue::load_shipped().unwrap();
    let mut known = facts(&catalogue, &[]);
    let clash = |known: &pacte_rules::Facts, day: &str| {
        let findings = catalogue.evaluate(known, &Named, self::day(day));
        let found = find(&findings, "ptma");
        found.incompatibilities.iter().find(|clash| clash.programmes.iter().any(|id| &**id == "ptmg")).unwrap().stands
    };
    assert_eq!(clash(&known, "2016-01-01"), Truth::Unknown);
    let engagement = Engagement {
        programme: "ptmg".into(),
        state: "actif".into(),
        from: day("2015-01-01"),
        to: Some(day("2016-12-31")),
    };
    known.history = History::complete(vec![engagement]);
    assert_eq!(clash(&known, "2014-12-31"), Truth::No);
    assert_eq!(clash(&known, "2016-12-31"), Truth::Yes);
    assert_eq!(clash(&known, "2017-01-01"), Truth::No);
}

#[test]
fn texts_follow_the_figures_of_the_day() {
    let catalogue = Catalogue::load_shipped().unwrap();
    let ptmg = catalogue.programme("ptmg").unwrap();
    let before = ptmg.identity.summary.on(ptmg.parameters(), day("2015-01-01"));
    assert!(before.contains("pendant 2 ans au plus") && before.contains("300 consultations"), "{before}");
    let after = ptmg.identity.summary.on(ptmg.parameters(), day("2022-01-01"));
    assert!(after.contains("(non fixé à cette date) consultations"), "{after}");
}
