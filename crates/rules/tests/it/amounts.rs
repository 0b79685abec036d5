//! Amounts to the cent: the test vectors of the PTMG and of the CDE.

use pacte_rules::amount::{AmountError, Computations};
use pacte_rules::money::{ArithmeticError, Mode};
use pacte_rules::{Facts, Gap, Money, Nowhere, Rounding, Value};

use crate::support::{day, facts, ptmg_amounts, ptmg_context};

fn amount(computations: &Computations, name: &str, facts: &Facts, on: &str) -> Option<String> {
    computations
        .evaluate(name, facts, &Nowhere, day(on))
        .unwrap()
        .value
        .map(|value| value.to_string().replace(['\u{202f}', '\u{a0}'], " "))
}

#[test]
fn ptmg_by_number_of_acts() {
    let context = ptmg_context();
    let computations = ptmg_amounts();
    for (half_days, acts, expected) in [
        ("9", 164, "0 €"),
        ("9", 165, "3 105 €"),
        ("9", 200, "2 300 €"),
        ("9", 299, "23 €"),
        ("9", 300, "0 €"),
        ("9", 320, "0 €"),
        ("8", 82, "0 €"),
        ("8", 83, "1 541 €"),
        ("8", 120, "690 €"),
    ] {
        let (acts, fees) = (acts.to_string(), (acts * 23).to_string());
        let known = [("exercice.demi_journees", half_days), ("mois.actes", &acts), ("mois.honoraires", &fees)];
        let known = facts(&context.dictionary, &known);
        assert_eq!(amount(&computations, "complement", &known, "2015-09-01").as_deref(), Some(expected), "{acts} acts");
    }
}

#[test]
fn ptmg_sickness_and_maternity() {
    let context = ptmg_context();
    let computations = ptmg_amounts();
    for (half_days, maternity, sickness) in [("9", "3 105 €", "1 552,50 €"), ("8", "1 552,50 €", "776,25 €")] {
        let known = facts(&context.dictionary, &[("exercice.demi_journees", half_days)]);
        assert_eq!(amount(&computations, "maternite", &known, "2015-09-01").as_deref(), Some(maternity));
        assert_eq!(amount(&computations, "maladie", &known, "2015-09-01").as_deref(), Some(sickness));
    }
}

#[test]
fn the_first_month_is_paid_by_thirtieths_and_the_tariff_follows_its_date() {
    let context = ptmg_context();
    let computations = ptmg_amounts();
    let known =
        [("exercice.demi_journees", "9"), ("mois.premier_jour", "2015-09-11"), ("mois.dernier_jour", "2015-09-30")];
    let mut known = facts(&context.dictionary, &known);
    assert_eq!(amount(&computations, "premier_mois", &known, "2015-09-30").as_deref(), Some("4 600 €"));
    known.set_text(&context.dictionary, "mois.premier_jour", "2015-09-24").unwrap();
    assert_eq!(amount(&computations, "premier_mois", &known, "2015-09-30").as_deref(), Some("1 610 €"));
    assert_eq!(amount(&computations, "plafond", &known, "2017-06-01").as_deref(), Some("7 500 €"));
}

#[test]
fn steps_tell_how_an_amount_was_reached_and_what_is_missing() {
    let context = ptmg_context();
    let computations = ptmg_amounts();
    let known = facts(&context.dictionary, &[("exercice.demi_journees", "8"), ("mois.actes", "83")]);
    let outcome = computations.evaluate("complement", &known, &Nowhere, day("2015-09-01")).unwrap();
    assert_eq!(outcome.value, None);
    let fees = context.dictionary.id("mois.honoraires").unwrap();
    assert_eq!(outcome.missing, [Gap::Fact(fees)]);
    let choice = &outcome.step.steps[0];
    let floor = &choice.steps[1];
    assert_eq!(
        (&*floor.label, floor.value.as_ref().unwrap().to_string().as_str()),
        ("Plancher de consultations", "82,5")
    );
    let half = &floor.steps[0];
    assert_eq!(&*half.condition.as_ref().unwrap().text, "Demi-journées par semaine : au plus 8");
}

#[test]
fn cde_by_half_days() {
    let context = ptmg_context();
    let computations =
        Computations::from_yaml("cde.yaml", include_str!("fixtures/cde-calculs.yaml"), &context).unwrap();
    for (half_days, fees, expected, sick) in [
        ("7", "4000", "2 600 €", "55 €"),
        ("7", "3299,99", "0 €", "55 €"),
        ("10", "4250", "4 250 €", "70 €"),
        ("5", "4700", "0 €", "39 €"),
        ("4", "9000", "0 €", "0 €"),
    ] {
        let known = facts(&context.dictionary, &[("exercice.demi_journees", half_days), ("mois.honoraires", fees)]);
        assert_eq!(amount(&computations, "complement", &known, "2022-01-01").as_deref(), Some(expected));
        assert_eq!(amount(&computations, "maladie_jour", &known, "2022-01-01").as_deref(), Some(sick));
    }
}

#[test]
fn overflow_absence_and_uneven_division_are_errors() {
    let context = ptmg_context();
    let text = "calculs:\n  fois: { libelle: x, valeur: { fois: [{ fait: mois.honoraires }, 1000000] } }\n  tiers: { libelle: y, valeur: { divise: { de: { fait: mois.honoraires }, par: 3, arrondi: exact } } }\n";
    let computations = Computations::from_yaml("x.yaml", text, &context).unwrap();
    let known = facts(&context.dictionary, &[("mois.honoraires", "90000000000000000")]);
    let error = computations.evaluate("fois", &known, &Nowhere, day("2015-09-01")).unwrap_err();
    assert_eq!(error, AmountError::Arithmetic { line: 2, cause: ArithmeticError::Overflow });
    let known = facts(&context.dictionary, &[("mois.honoraires", "100")]);
    let error = computations.evaluate("tiers", &known, &Nowhere, day("2015-09-01")).unwrap_err();
    assert_eq!(error, AmountError::Arithmetic { line: 3, cause: ArithmeticError::Inexact });
    let known = facts(&context.dictionary, &[("mois.honoraires", "absent")]);
    assert!(matches!(computations.evaluate("fois", &known, &Nowhere, day("2015-09-01")), Err(AmountError::Absent(_))));
    assert!(matches!(computations.evaluate("rien", &known, &Nowhere, day("2015-09-01")), Err(AmountError::Unknown(_))));
}

#[test]
fn roundings_are_what_they_say() {
    let cents = |cents| Money::from_cents(cents);
    let third = |rounding: &str| cents(200).scaled(1, 3, Rounding::parse(rounding).unwrap()).map(Money::cents);
    assert_eq!(third("centime_inferieur"), Ok(66));
    assert_eq!(third("centime_superieur"), Ok(67));
    assert_eq!(third("centime_proche"), Ok(67));
    assert_eq!(third("euro_inferieur"), Ok(0));
    assert_eq!(third("euro_proche"), Ok(100));
    assert_eq!(third("exact"), Err(ArithmeticError::Inexact));
    let half =
        |amount, rounding: &str| cents(amount).scaled(1, 2, Rounding::parse(rounding).unwrap()).map(Money::cents);
    assert_eq!((half(5, "centime_pair"), half(7, "centime_pair")), (Ok(2), Ok(4)));
    assert_eq!((half(5, "centime_proche"), half(-5, "centime_proche")), (Ok(3), Ok(-3)));
    assert_eq!((half(-5, "centime_inferieur"), half(-5, "centime_superieur")), (Ok(-3), Ok(-2)));
    assert_eq!(cents(1).scaled(1, 0, Rounding::EXACT), Err(ArithmeticError::DivisionByZero));
    for name in Rounding::names() {
        let rounding = Rounding::parse(&name).unwrap();
        assert_eq!(Rounding::parse(&rounding.to_string()), Some(rounding), "{name}");
        assert!(rounding.mode == Mode::Exact || rounding.digits < 4);
    }
}

#[test]
fn amounts_are_read_and_printed_exactly() {
    for (text, cents) in [("6 900 €", 690_000), ("1552.5", 155_250), ("-0,01", -1), ("1\u{202f}552,50\u{a0}€", 155_250)]
    {
        assert_eq!(Money::parse(text).unwrap().cents(), cents);
    }
    for text in ["", "12,345", "1e3", "€", "douze", "99999999999999999999"] {
        assert!(Money::parse(text).is_err(), "{text}");
    }
    assert_eq!(Value::Money(Money::from_cents(-155_205)).to_string(), "−1\u{202f}552,05\u{a0}€");
}
