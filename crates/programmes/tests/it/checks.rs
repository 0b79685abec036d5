//! What `check` says of definitions that read but are wrong or weak.

use pacte_programmes::{Files, Report};

use crate::support::changed;

fn report(path: &str, from: &str, to: &str) -> Report {
    Report::of_files(&changed(path, from, to))
}

#[test]
fn a_case_that_fails_is_an_error_at_its_line() {
    let report = report(
        "programmes/ptmg/tests/eligibilite.yaml",
        "pédiatre, faits: { profession.specialite: autre }, attendu: non",
        "pédiatre, faits: { profession.specialite: autre }, attendu: oui",
    );
    assert_eq!(report.errors.len(), 1);
    let error = &report.errors[0];
    assert_eq!((error.line, error.file.as_str()), (20, "programmes/ptmg/tests/eligibilite.yaml"));
    assert_eq!(error.problem, "attendu oui, obtenu non (conditions en cause : generaliste)");
    // The cases of a yes still notice the leaf.
    assert_eq!(report.mutation_score, 100);
}

#[test]
fn an_amount_a_cent_off_is_an_error() {
    let report =
        report("programmes/cesp/tests/montants.yaml", "indemnite: \"46 857,24 €\"", "indemnite: \"46 857,25 €\"");
    let told: Vec<&str> = report.errors.iter().map(|error| error.problem.as_str()).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("857,25") && told[0].contains("857,24"), "{told:?}");
}

#[test]
fn facts_missing_otherwise_than_told_are_an_error() {
    let report =
        report("programmes/cde/tests/eligibilite.yaml", "manque: [projet.lieux]", "manque: [installation.date]");
    let told: Vec<&str> = report.errors.iter().map(|error| error.problem.as_str()).collect();
    assert_eq!(told, ["il devait manquer installation.date, il manque projet.lieux"]);
}

#[test]
fn a_leaf_that_no_case_notices_is_a_warning_and_lowers_the_score() {
    // A leaf of a conjunction turned round shows only where all the others are met: a lone refusal tells nothing of them,
    // and nothing of its own when the others are unknown.
    let mut files = Files::shipped();
    files.0.insert(
        "programmes/coscom/tests/cas.yaml".into(),
        "cas:\n  - nom: sage-femme\n    le: 2019-05-01\n    faits: { profession.metier: sage_femme }\n    attendu: non\n"
            .into(),
    );
    let report = Report::of_files(&files);
    let coscom = report.programmes.iter().find(|programme| programme.id == "coscom").unwrap();
    assert_eq!(coscom.mutation_score, 16);
    let weak = report.warnings.iter().filter(|warning| warning.problem.starts_with("aucun cas ne change")).count();
    assert_eq!(weak, 5);
    assert!(report.warnings.iter().any(|warning| warning.field == "annuite" && warning.problem.contains("aucun cas")));
}

#[test]
fn an_incompatibility_told_on_one_side_is_a_warning() {
    let report = report("programmes/cesp/incompatibilities.yaml", "programmes: [ptmr]", "programmes: [ptmr, mcs]");
    assert!(report.is_sound());
    let found = report.warnings.iter().find(|warning| warning.field == "incompatibles").unwrap();
    assert_eq!(found.problem, "« mcs » ne dit pas cette incompatibilité de son côté");
    assert!(found.line > 0);
}

#[test]
fn what_nothing_uses_is_a_warning() {
    let report = report("programmes/mcs/obligations.yaml", "{formation_jours} jours", "quelques jours");
    let unused = report.warnings.iter().find(|warning| warning.field == "formation_jours").unwrap();
    assert_eq!((unused.problem.as_str(), unused.line, unused.column), ("rien ne cite ce paramètre", 7, 3));
    let report = self::report("programmes/mcs/form.yaml", "          - projet.lieux\n", "");
    assert!(report.warnings.iter().any(|warning| {
        warning.field == "projet.lieux"
            && warning.problem == "l’éligibilité en dépend et le formulaire ne le demande pas"
    }));
}

#[test]
fn the_report_is_the_json_that_is_promised() {
    let report = report("programmes/mcs/programme.yaml", "sigle", "sigl");
    let json = serde_json::to_value(&report).unwrap();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["programmes", "errors", "warnings", "leaves", "mutation_score"];
    assert!(keys.len() == expected.len() && expected.iter().all(|key| keys.contains(key)), "{keys:?}");
    let (missing, slip) = (&json["errors"][0], &json["errors"][1]);
    assert_eq!((&missing["line"], &missing["problem"]), (&1.into(), &"il manque « sigle »".into()));
    assert_eq!((&slip["file"], &slip["line"]), (&"programmes/mcs/programme.yaml".into(), &3.into()));
    assert_eq!(slip["field"], "programme");
    assert_eq!(slip["problem"], "« sigl » n’est pas un mot connu ici");
    assert_eq!(slip["remedy"], "vouliez-vous dire « sigle » ?");
    let keys: Vec<&str> = slip.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(keys.len() == 5, "{keys:?}");
    assert!(missing.as_object().unwrap().get("remedy").is_none());
    assert_eq!(json["programmes"].as_array().unwrap().len(), 0);
}
