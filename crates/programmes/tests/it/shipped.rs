//! The definitions the binary carries.

use pacte_programmes::{Catalogue, Files, Report};

#[test]
fn they_read_and_every_leaf_is_tested() {
    let report = Report::of_files(&Files::shipped());
    let told: Vec<String> = report.errors.iter().map(ToString::to_string).collect();
    assert!(report.is_sound(), "{}", told.join("\n"));
    let weak: Vec<String> = report
        .warnings
        .iter()
        .filter(|warning| {
            // Contracts to write; engagements that are not kept by an aid that one asks for.
            let known = ["modèles encore à écrire", "aucun programme ne sert cet engagement"];
            !known.iter().any(|known| warning.problem.starts_with(known))
        })
        .map(ToString::to_string)
        .collect();
    assert!(weak.is_empty(), "{}", weak.join("\n"));
    assert_eq!(report.mutation_score, 100);
    for programme in &report.programmes {
        assert_eq!(programme.mutation_score, 100, "{}", programme.id);
        assert!(programme.leaves > 2, "{}", programme.id);
    }
    assert_eq!(Catalogue::load_shipped().unwrap().programmes().len(), report.programmes.len());
}
