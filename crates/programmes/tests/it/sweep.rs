//! What places gain and lose between two days.

use std::sync::Arc;

use jiff::civil::{Date, date};
use pacte_programmes::Catalogue;
use pacte_programmes::sweep::Side;
use pacte_rules::{Facts, History, Truth, World, Zone};

/// Murat is in every zone until 2018, Aurillac in none.
struct Until2018;

impl World for Until2018 {
    fn in_zone(&self, place: &str, _: &Zone, day: Date) -> Truth {
        Truth::from(place == "Murat" && day < date(2018, 1, 1))
    }
}

#[test]
fn each_side_has_its_own_dates_of_signature() {
    let catalogue = Catalogue::load_shipped().expect("definitions");
    let dictionary = &catalogue.dictionary;
    let mut facts = Facts::new(dictionary);
    for (name, value) in [
        ("profession.metier", "medecin"),
        ("profession.etape", "interne"),
        ("profession.specialite", "medecine_generale"),
        ("installation.date", "absent"),
        ("projet.une_seule_region", "vrai"),
        ("engagement.tarifs_opposables", "vrai"),
        ("engagement.individuels", "pdsa"),
    ] {
        facts.set_text(dictionary, name, value).expect(name);
    }
    facts.history = History::complete(Vec::new());
    let places: Vec<Arc<str>> = vec!["Murat".into(), "Aurillac".into()];
    let at = dictionary.id("projet.lieux").expect("a fact");
    let side = |year| Side { world: &Until2018, day: date(year, 3, 1) };
    let turns = catalogue.sweep(&facts, at, &places, side(2016), side(2019));
    let ptmg: Vec<_> = turns.iter().filter(|turn| &*turn.programme == "ptmg").collect();
    assert_eq!(ptmg.len(), 1, "{turns:?}");
    assert_eq!((ptmg[0].place, ptmg[0].before, ptmg[0].after), (0, Truth::Yes, Truth::No));
    // Nothing turns between a day and itself, nor for somebody the programme is not for.
    assert!(catalogue.sweep(&facts, at, &places, side(2016), side(2016)).is_empty());
    facts.set_text(dictionary, "profession.metier", "pharmacien").expect("a profession");
    let turns = catalogue.sweep(&facts, at, &places, side(2016), side(2019));
    assert!(turns.iter().all(|turn| &*turn.programme != "ptmg"));
    let ptmg = catalogue.programme("ptmg").expect("a programme");
    assert_eq!(ptmg.evaluate(&facts, &Until2018, date(2016, 3, 1)).truth, Truth::No);
}
