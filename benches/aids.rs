//! Programmes as data: definitions read and checked, one person in front of all of them, the whole country between two days, and
//! the simulator's pages. No peer computes these; the bars are those of the design.

use std::sync::Arc;
use std::time::Instant;

use jiff::civil::{Date, date};
use pacte_access::layers::{Evidence, LayerDefinition, Layers};
use pacte_programmes::Catalogue;
use pacte_programmes::sweep::Side;
use pacte_rules::{Answer, Facts, History, Value};
use pacte_territory::{Level, Territory};

use crate::portal::{Server, load};
use crate::{Ground, Measure};

/// Runs timed; the median is told.
const ROUNDS: usize = 21;
/// Pages a second: a page is computed whole, with its counterfactuals.
const RATE: u32 = 20;
const SECONDS: u32 = 15;

fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn under(what: &str, bar: f64, unit: &str, found: f64) -> Measure {
    Measure {
        what: format!("aides : {what}"),
        bar: format!("≤ {bar} {unit}"),
        found: format!("{found:.2} {unit}"),
        reached: found <= bar,
    }
}

/// A person of whom only these facts are known.
fn person(catalogue: &Catalogue, facts: &[(&str, &str)], place: &str, day: Date) -> Facts {
    let dictionary = &catalogue.dictionary;
    let mut known = Facts::on(dictionary, day);
    for (name, value) in facts {
        known.set_text(dictionary, name, value).expect("a fact");
    }
    let at = dictionary.id("projet.lieux").expect("a fact");
    known.put(at, Some(Answer::Value(Value::List(vec![Value::Place(place.into())]))));
    known
}

/// Every measure of aids.
pub(crate) fn measure(ground: &Ground) -> Vec<Measure> {
    let read = median(|| {
        let catalogue = Catalogue::load_shipped().expect("definitions");
        assert!(catalogue.check().errors.is_empty());
    });
    let mut measures = vec![under("définitions lues et vérifiées", 1.0, "s", read / 1e3)];

    let catalogue = Catalogue::load_shipped().expect("definitions");
    let territory = Arc::new(ground.territory());
    let layers = Layers::new(Arc::clone(&territory), LayerDefinition::shipped(), &Evidence::default());
    let day = date(2026, 3, 2);
    let world = layers.on(day);
    let doctor = [
        ("profession.metier", "medecin"),
        ("profession.etape", "installe"),
        ("profession.specialite", "medecine_generale"),
        ("installation.date", "2025-06-01"),
        ("convention.secteur", "1"),
    ];
    for (what, facts) in [("rien su", &[][..]), ("cinq réponses", &doctor[..])] {
        let person = person(&catalogue, facts, "23096", day);
        let took = median(|| {
            std::hint::black_box(catalogue.evaluate(&person, &world, day));
        });
        measures.push(under(&format!("une personne, tous les programmes, preuves, {what}"), 1.0, "ms", took));
    }

    let places: Vec<Arc<str>> = codes(&territory);
    let mut standard = Facts::new(&catalogue.dictionary);
    for (name, value) in doctor {
        standard.set_text(&catalogue.dictionary, name, value).expect("a fact");
    }
    standard.history = History::complete(Vec::new());
    let at = catalogue.dictionary.id("projet.lieux").expect("a fact");
    let before = date(2024, 6, 1);
    let (old, new) = (layers.on(before), layers.on(day));
    let mut turns = 0;
    let took = median(|| {
        let sides = [Side { world: &old, day: before }, Side { world: &new, day }];
        turns = catalogue.sweep(&standard, at, &places, sides[0], sides[1]).len();
    });
    let what = format!(
        "{} communes × {} programmes × 2 jours, {turns} changements",
        places.len(),
        catalogue.programmes().len()
    );
    measures.push(under(&what, 2.0, "s", took / 1e3));

    let server = Server::open(ground);
    let pages: Vec<String> = places
        .iter()
        .step_by(places.len() / 300)
        .enumerate()
        .map(|(i, code)| {
            let stage = ["interne", "remplacant", "installe", "salarie"][i % 4];
            let more =
                ["", "&f.profession.specialite=medecine_generale", "&parcours=complet&f.convention.secteur=1"][i % 3];
            format!("/aides/simulateur?f.profession.metier=medecin&f.profession.etape={stage}&lieu={code}{more}")
        })
        .collect();
    // The layers are read while the server starts; the first page would otherwise wait for them.
    load(server.1, &pages[..1], 1, 3);
    let latencies = load(server.1, &pages, RATE, SECONDS);
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    measures.push(Measure {
        what: format!("aides : page du simulateur, {RATE} requêtes/s pendant {SECONDS} s"),
        bar: "p95 ≤ 30 ms".into(),
        found: format!("p50 {:.1}, p95 {:.1}, p99 {:.1} ms", at(0.5), at(0.95), at(0.99)),
        reached: at(0.95) <= 30.0,
    });
    measures
}

fn codes(territory: &Territory) -> Vec<Arc<str>> {
    (0..territory.len() as u32).map(|commune| territory.area(Level::Commune, commune).code.into()).collect()
}
