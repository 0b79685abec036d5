//! Reads and checks a directory laid out as `pacts/`, and times it: `cargo run --release -p pacte-programmes --example check -- pacts`.

use std::path::PathBuf;
use std::time::Instant;

use jiff::civil::date;
use pacte_programmes::{Catalogue, Report};
use pacte_rules::{Facts, World};

/// Every place is in every zone.
struct Everywhere;

impl World for Everywhere {
    fn in_zone(&self, _: &str, _: &pacte_rules::Zone, _: jiff::civil::Date) -> pacte_rules::Truth {
        pacte_rules::Truth::Yes
    }
}

fn main() {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "pacts".to_owned()));
    let began = Instant::now();
    let report = Report::of_dir(&directory);
    let took = began.elapsed();
    for fault in &report.errors {
        println!("erreur : {fault}");
    }
    for fault in &report.warnings {
        println!("avertissement : {fault}");
    }
    for programme in &report.programmes {
        println!(
            "{:10} {:3} feuilles, {:3} cas, {:3} %, {} à vérifier",
            programme.id,
            programme.leaves,
            programme.cases,
            programme.mutation_score,
            programme.unverified.len()
        );
    }
    println!("{} feuilles, {} % ; lu et vérifié en {took:?}", report.leaves, report.mutation_score);
    if let Ok(catalogue) = Catalogue::load(&directory) {
        let facts = Facts::new(&catalogue.dictionary);
        let day = date(2022, 6, 1);
        let began = Instant::now();
        let findings = (0..100).map(|_| catalogue.evaluate(&facts, &Everywhere, day).len()).sum::<usize>();
        println!("une personne dont rien n’est su, {} programmes : {:?}", findings / 100, began.elapsed() / 100);
    }
}
