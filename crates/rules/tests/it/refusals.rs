//! Definitions that are refused, each with its line, what is wrong and the nearest name that would do.

use std::sync::Arc;

use pacte_rules::amount::Computations;
use pacte_rules::{Context, Dictionary, Faults, Names, Parameters, Rule};
use proptest::prelude::*;

use crate::support::ptmg_context;

fn refused(text: &str, line: u64, problem: &str) {
    refused_in(&ptmg_context(), text, line, problem);
}

fn refused_in(context: &Context, text: &str, line: u64, problem: &str) {
    let faults = Rule::from_yaml("regle.yaml", text, context).expect_err(text).0;
    assert!(
        faults.iter().any(|fault| fault.line == line && fault.problem.contains(problem) && fault.file == "regle.yaml"),
        "{text}\n{faults:#?}"
    );
}

#[test]
fn unknown_names_come_with_the_nearest() {
    refused("fait: installation.dat\nabsent_certifie: vrai", 1, "vouliez-vous dire « installation.date » ?");
    refused("tous:\n  - fait: mois.actes\n    au_moins: $acte_min", 3, "vouliez-vous dire « actes_min » ?");
    refused("tuos:\n  - { fait: mois.actes, au_moins: 3 }", 1, "vouliez-vous dire « tous » ?");
    refused("fait: mois.actes\nau_mois: 3", 2, "vouliez-vous dire « au_moins » ?");
    refused("fait: convention.secteur\nest: \"4\"", 2, "« 4 » n’est pas un choix");
    refused("fait: profession.specialite\nest: medecine_generalle", 2, "vouliez-vous dire « medecine_generale » ?");
}

#[test]
fn names_of_zones_and_programmes_are_checked_when_given() {
    let mut context = ptmg_context();
    context.names = Arc::new(Names {
        layers: Some([("medecins".to_owned(), vec!["zip".to_owned(), "zac".to_owned()])].into()),
        programmes: Some(vec!["ptmg".to_owned(), "cesp".to_owned()]),
        states: Some(vec!["actif".to_owned(), "termine".to_owned()]),
    });
    refused_in(&context, "lieu: projet.lieu\ncouche: medecin\ndans_zone: [zip]", 2, "vouliez-vous dire « medecins » ?");
    refused_in(&context, "lieu: projet.lieu\ncouche: medecins\ndans_zone:\n  - zpi", 4, "vouliez-vous dire « zip » ?");
    refused_in(&context, "nombre: { programmes: [ptgm] }\nest: 0", 1, "vouliez-vous dire « ptmg » ?");
    refused_in(&context, "nombre: { programmes: [ptmg], etats: [active] }\nest: 0", 1, "vouliez-vous dire « actif » ?");
}

#[test]
fn types_must_agree() {
    refused("fait: convention.secteur\nau_moins: 1", 2, "n’a pas de sens pour un fait de type choix");
    refused("fait: mois.actes\nau_moins: 165 €", 2, "attendu : un nombre entier");
    refused("fait: mois.honoraires\nau_moins: $actes_min", 2, "« $actes_min » est de type entier ; attendu : montant");
    refused(
        "fait: mois.actes\nau_moins: { fait: mois.honoraires }",
        2,
        "« mois.honoraires » est de type montant ; attendu : entier",
    );
    refused("fait: installation.date\navant: 2015-13-01", 2, "attendu : une date");
    refused("depuis: mois.actes\nmoins_de: P1Y", 1, "« mois.actes » est de type entier ; attendu : date");
    refused("depuis: installation.date\nmoins_de: 12", 2, "n’est pas une période");
    refused("fait: projet.lieu\nest: 59350", 2, "dans_zone");
    refused("lieu: mois.actes\ncouche: medecins\ndans_zone: zip", 1, "attendu : un lieu");
    refused("fait: engagement.individuel\nest: pdsa", 2, "liste de choix");
    refused("fait: mois.actes\nau_moins: 3\nau_plus: 5", 1, "une seule comparaison par condition");
    refused("fait: mois.actes", 1, "il manque ce qui est demandé");
    refused("fait: installation.date\nrenseigne: faux", 2, "sous « aucun »");
    refused("nombre: { programmes: [] }\nest: 0", 1, "la liste est vide");
}

#[test]
fn shapes_that_say_nothing_are_refused() {
    refused("tous: []", 1, "attendu : une liste de conditions");
    refused("id: x", 1, "rien n’est demandé ici");
    refused("- a", 1, "attendu : une condition");
    refused(
        "au_moins: { n: 3, parmi: [{ fait: mois.actes, au_moins: 3 }] }",
        1,
        "3 conditions sont demandées sur 1 seulement",
    );
    let twice =
        "tous:\n  - { id: a, fait: mois.actes, au_moins: 3 }\n  - { id: a, fait: mois.honoraires, au_moins: 3 }";
    refused(twice, 3, "« a » est déjà le nom de la condition de la ligne 2");
    refused("fait: a\nfait: b", 2, "duplicate");
    let deep = format!("{}{{ fait: mois.actes, au_moins: 3 }}{}", "{ tous: [".repeat(28), "] }".repeat(28));
    refused(&deep, 1, "trop de groupes imbriqués");
}

#[test]
fn branches_that_nothing_reaches_are_refused() {
    refused("fait: exercice.demi_journees\nau_plus: 14", 1, "toute réponse remplit cette condition");
    refused("fait: exercice.demi_journees\nsuperieur_a: 14", 1, "aucune réponse ne remplit cette condition");
    refused("fait: convention.secteur\nparmi: [\"1\", \"2\", \"3\"]", 1, "toute réponse remplit");
    let both = "tous:\n  - { fait: convention.secteur, est: \"1\" }\n  - { fait: convention.secteur, est: \"2\" }";
    refused(both, 3, "contredit celle de la ligne 2");
    let either = "au_moins_un:\n  - { fait: mois.actes, au_moins: 10 }\n  - { fait: mois.actes, inferieur_a: 12 }";
    refused(either, 3, "toute réponse remplit cette condition ou celle de la ligne 2");
    let idle = "tous:\n  - { fait: mois.actes, au_moins: 10 }\n  - { fait: mois.actes, au_moins: $actes_min }";
    refused(idle, 3, "vont de pair");
    let dates =
        "tous:\n  - { depuis: installation.date, moins_de: P1Y }\n  - { depuis: installation.date, au_moins: P13M }";
    refused(dates, 3, "contredit celle de la ligne 2");
    let exception = "fait: convention.secteur\nest: \"1\"\nsauf:\n  - { fait: convention.secteur, est: \"2\" }";
    refused(exception, 4, "cette exception ne joue jamais");
}

#[test]
fn parameters_say_when_and_whence() {
    let refused = |values: &str, line: u64, problem: &str| {
        let text = format!("parametres:\n  seuil:\n    type: entier\n    libelle: Seuil\n    valeurs:\n{values}");
        let faults = Parameters::from_yaml("p.yaml", &text).expect_err(&text).0;
        assert!(faults.iter().any(|fault| fault.line == line && fault.problem.contains(problem)), "{faults:#?}");
    };
    refused(
        "      - { valeur: 1, du: 2015-01-01, source: s }\n      - { valeur: 2, du: 2016-01-01, source: s }",
        7,
        "chevauche celle de la ligne 6",
    );
    refused("      - { valeur: un, du: 2015-01-01, source: s }", 6, "attendu : un nombre entier");
    refused("      - { valeur: 1, du: 2015-01-01 }", 6, "il manque « source »");
    refused("      - { valeur: 1, du: 2015-01-01, au: 2014-01-01, source: s }", 6, "précède");
    refused("      - { valeur: 1, source: s, statut: verified }", 6, "vouliez-vous dire « unverified » ?");
}

#[test]
fn dictionaries_are_checked_line_by_line() {
    let refused = |text: &str, line: u64, problem: &str| {
        let faults = Dictionary::from_yaml("f.yaml", text).expect_err(text).0;
        assert!(faults.iter().any(|fault| fault.line == line && fault.problem.contains(problem)), "{faults:#?}");
    };
    refused("faits:\n  a: { type: entie, libelle: A }", 2, "vouliez-vous dire « entier » ?");
    refused("faits:\n  a: { type: choix, libelle: A }", 2, "il manque « choix »");
    refused("faits:\n  a:\n    type: entier\n    libelle: A\n    minimum: 5\n    maximum: 2", 3, "dépasse le maximum");
    refused("faits:\n  a: { type: booleen, libelle: A, minimum: 5 }", 2, "n’a pas de bornes");
    refused("faits:\n  Âge: { type: entier, libelle: A }", 2, "en minuscules sans accent");
    refused("faits:\n  a: { type: entier, libelle: A, certifie_par: registe }", 2, "vouliez-vous dire « registre » ?");
    refused("fait:\n  a: { type: entier, libelle: A }", 1, "vouliez-vous dire « faits » ?");
    let two = "faits:\n  a: { type: entie, libelle: A }\n  b: { typ: entier, libelle: B }";
    assert!(Dictionary::from_yaml("f.yaml", two).unwrap_err().0.len() >= 2, "every fault is told at once");
}

#[test]
fn computations_are_typed() {
    let refused = |value: &str, problem: &str| {
        let text = format!("calculs:\n  a:\n    libelle: A\n    valeur: {value}");
        let faults = Computations::from_yaml("c.yaml", &text, &ptmg_context()).expect_err(&text).0;
        assert!(faults.iter().any(|fault| fault.line == 4 && fault.problem.contains(problem)), "{text}\n{faults:#?}");
    };
    refused("{ plus: [1, 2 €] }", "un montant ne se mêle pas à un entier");
    refused("{ fois: [2 €, 2 €] }", "on ne multiplie pas un montant par un montant");
    refused("{ fois: [2 €, 0.5] }", "arrondi");
    refused("{ divise: { de: 2 €, par: 3 } }", "il manque « arrondi »");
    refused("{ divise: { de: 2 €, par: 3, arrondi: centime_proches } }", "vouliez-vous dire « centime_proche » ?");
    refused("{ divise: { de: 2 €, par: 3, arrondi: millieme_proche } }", "au centime ou à l’euro");
    refused("{ calcul: b }", "n’est pas un calcul déclaré avant celui-ci");
    refused("{ plsu: [1, 2] }", "vouliez-vous dire « plus » ?");
    refused("{ si: { fait: mois.acte, au_moins: 3 }, alors: 1, sinon: 2 }", "vouliez-vous dire « mois.actes » ?");
    refused("{ fait: convention.secteur }", "on ne calcule qu’avec");
    refused(
        "{ bareme: { selon: 3, tranches: [{ des: 5, vaut: 1 }, { des: 5, vaut: 2 }], sinon: 0 } }",
        "les seuils vont croissant",
    );
    refused("douze", "attendu : un nombre");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to a file, it is read or refused with a line of the file.
    #[test]
    fn a_damaged_file_is_refused_and_nothing_else(
        at in any::<prop::sample::Index>(),
        length in 0_usize..30,
        put in prop::sample::select(vec!["", " ", "\n", "- ", "tous: ", "{", "]", "\"", "$x", "fait: ", "~", "&a ", "*a", "vrai", "9999999999999999999999", "P1Y", "é"]),
    ) {
        let context = ptmg_context();
        let damage = |text: &str| {
            let characters: Vec<char> = text.chars().collect();
            let from = at.index(characters.len());
            let rest = characters.iter().skip(from + length);
            characters[..from].iter().copied().chain(put.chars()).chain(rest.copied()).collect::<String>()
        };
        let told = |text: &str, faults: Faults| {
            let lines = text.lines().count() as u64 + 1;
            !faults.0.is_empty() && faults.0.iter().all(|fault| fault.line <= lines && !fault.problem.is_empty())
        };
        let rule = damage(include_str!("fixtures/ptmg-eligibilite.yaml"));
        if let Err(faults) = Rule::from_yaml("regle.yaml", &rule, &context) {
            prop_assert!(told(&rule, faults));
        }
        let facts = damage(include_str!("fixtures/faits.yaml"));
        if let Err(faults) = Dictionary::from_yaml("faits.yaml", &facts) {
            prop_assert!(told(&facts, faults));
        }
        let parameters = damage(include_str!("fixtures/ptmg-parametres.yaml"));
        if let Err(faults) = Parameters::from_yaml("parametres.yaml", &parameters) {
            prop_assert!(told(&parameters, faults));
        }
        let amounts = damage(include_str!("fixtures/ptmg-calculs.yaml"));
        if let Err(faults) = Computations::from_yaml("calculs.yaml", &amounts, &context) {
            prop_assert!(told(&amounts, faults));
        }
    }
}
