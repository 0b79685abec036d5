//! How fast rules are: 25 programmes of 15 leaves, for one person with proofs, then over every commune without.
//!
//! `cargo run --release -p pacte-rules --example speed`

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use pacte_rules::counterfactual::Reach;
use pacte_rules::{
    Answer, Context, Dictionary, FactId, Facts, History, Parameters, Rule, Truth, Value, World, Zone, question,
};

const PROGRAMMES: usize = 25;
const COMMUNES: usize = 34_935;
const DAY: Date = date(2020, 6, 15);

/// Communes by number, three in ten of which are in a zone.
struct Numbers;

impl World for Numbers {
    fn in_zone(&self, place: &str, zone: &Zone, _: Date) -> Truth {
        let number = place.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        (number % 10 < 3 * zone.classes.len() as u32).into()
    }
}

fn context() -> Result<Context, pacte_rules::Faults> {
    let mut facts = String::from("faits:\n  lieu: { type: lieu, libelle: Lieu, modifiable: vrai }\n");
    facts += "  metier: { type: profession, libelle: Métier, choix: { medecin: médecin, infirmier: infirmier, autre: autre } }\n";
    facts += "  installe: { type: date, libelle: Installation }\n  demande: { type: date, libelle: Demande, suit_examen: vrai }\n";
    for rank in 0..5 {
        let _ = writeln!(facts, "  oui{rank}: {{ type: booleen, libelle: Oui {rank}, modifiable: vrai }}");
        let _ = writeln!(facts, "  entier{rank}: {{ type: entier, libelle: Entier {rank}, modifiable: vrai }}");
        let _ = writeln!(facts, "  montant{rank}: {{ type: montant, libelle: Montant {rank} }}");
    }
    let parameters = "parametres:
  seuil:
    type: entier
    libelle: Seuil
    valeurs: [{ valeur: 4, au: 2015-12-31, source: s }, { valeur: 5, du: 2016-01-01, source: s }]";
    Ok(Context::new(Dictionary::from_yaml("faits", &facts)?, Parameters::from_yaml("parametres", parameters)?))
}

fn programme(rank: usize, context: &Context) -> Result<Rule, pacte_rules::Faults> {
    let (one, other) = (rank % 5, (rank + 1) % 5);
    let text = format!(
        "tous:
  - {{ id: metier, ref: L. 1, fait: metier, parmi: [medecin, infirmier] }}
  - au_moins_un:
      - {{ fait: installe, absent_certifie: vrai }}
      - {{ depuis: installe, moins_de: P{}M, a: demande }}
  - {{ fait: oui{one}, est: vrai }}
  - {{ fait: entier{one}, au_moins: $seuil }}
  - au_moins: {{ n: 2, parmi: [{{ fait: oui0, est: vrai }}, {{ fait: oui1, est: vrai }}, {{ fait: entier2, au_moins: {rank} }}] }}
  - {{ fait: montant{one}, au_plus: 2 000 € }}
  - au_moins_un: [{{ fait: montant4, au_moins: 100 € }}, {{ fait: entier{other}, superieur_a: 3 }}]
  - {{ nombre: {{ programmes: [a, b], sur: P5Y }}, est: 0 }}
  - {{ somme_durees: {{ programmes: [c] }}, inferieur_a: P24M }}
  - aucun: [{{ fait: entier3, au_moins: 1000 }}]
  - {{ lieu: lieu, couche: medecins, dans_zone: [zip, zac], a: demande }}
",
        12 + rank
    );
    Rule::from_yaml("programme", &text, context)
}

fn person(context: &Context) -> Result<Facts, String> {
    let mut facts = Facts::new(&context.dictionary);
    for (name, text) in
        [("metier", "medecin"), ("installe", "2020-01-10"), ("demande", "2020-06-01"), ("lieu", "59350")]
    {
        facts.set_text(&context.dictionary, name, text)?;
    }
    for rank in 0..5 {
        facts.set_text(&context.dictionary, &format!("oui{rank}"), "vrai")?;
        facts.set_text(&context.dictionary, &format!("entier{rank}"), "30")?;
        facts.set_text(&context.dictionary, &format!("montant{rank}"), "1 000 €")?;
    }
    facts.history = History::complete(Vec::new());
    Ok(facts)
}

/// Median of so many runs.
fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[runs / 2]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let context = context()?;
    let start = Instant::now();
    let rules: Vec<Rule> = (0..PROGRAMMES).map(|rank| programme(rank, &context)).collect::<Result<_, _>>()?;
    println!("{PROGRAMMES} programmes read and checked: {:?}", start.elapsed());
    let leaves: usize = rules.iter().map(|rule| rule.leaves().len()).sum();
    let whole = person(&context)?;
    let with_proofs = |facts: &Facts| {
        for rule in &rules {
            black_box(rule.evaluate(facts, &Numbers, DAY));
        }
    };
    println!("one person, all programmes, with proofs, {leaves} leaves: {:?}", median(501, || with_proofs(&whole)));
    let mut half = whole.clone();
    for fact in (0..context.dictionary.facts().len()).step_by(2) {
        half.put(FactId(fact as u32), None);
    }
    println!("the same, half of the facts missing, with what is missing: {:?}", median(501, || with_proofs(&half)));
    let none = Facts::new(&context.dictionary);
    println!("the same, nothing known: {:?}", median(501, || with_proofs(&none)));
    println!(
        "the same, nothing known, with all that open leaves lack: {:?}",
        median(501, || {
            for rule in &rules {
                black_box(rule.prove(&none, &Numbers, DAY));
            }
        })
    );
    let every: Vec<&Rule> = rules.iter().collect();
    println!(
        "next question over all programmes, nothing known: {:?}",
        median(21, || {
            black_box(question::next(&every, &none, &Numbers, DAY));
        })
    );
    let mut refused = whole.clone();
    refused.set_text(&context.dictionary, "entier0", "1")?;
    refused.set_text(&context.dictionary, "oui1", "faux")?;
    println!(
        "counterfactuals of one programme: {:?}",
        median(101, || {
            black_box(rules[0].counterfactuals(&refused, &Numbers, DAY, Reach::default()));
        })
    );

    let lieu = context.dictionary.id("lieu").ok_or("lieu")?;
    let codes: Vec<Answer> =
        (0..COMMUNES).map(|rank| Answer::Value(Value::Place(format!("{rank:05}").into()))).collect();
    let mut facts = whole.clone();
    let start = Instant::now();
    let mut yes = 0_u32;
    for code in codes {
        facts.put(lieu, Some(code));
        yes += rules.iter().map(|rule| u32::from(rule.verdict(&facts, &Numbers, DAY) == Truth::Yes)).sum::<u32>();
    }
    let taken = start.elapsed();
    let rate = (COMMUNES * leaves) as u128 * 1_000_000 / taken.as_micros().max(1);
    println!(
        "{COMMUNES} communes × {PROGRAMMES} programmes: {taken:?}, {yes} yes; up to {} million leaves a second",
        rate / 1_000_000
    );
    Ok(())
}
