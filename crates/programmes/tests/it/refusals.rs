//! Definitions with a fault are refused as a whole, with file, line, what is wrong and the nearest name.

use pacte_programmes::Catalogue;

use crate::support::{changed, only};

/// The faults of the shipped definitions with one change, one by line.
fn refused(path: &str, from: &str, to: &str) -> String {
    Catalogue::from_files(&changed(path, from, to)).unwrap_err().to_string()
}

#[test]
fn each_fault_names_its_file_its_line_and_what_would_do() {
    for (path, from, to, expected) in [
        (
            "programmes/ptmg/programme.yaml",
            "sigle: PTMG",
            "sigl: PTMG",
            "programmes/ptmg/programme.yaml:3:1 : programme : « sigl » n’est pas un mot connu ici ; vouliez-vous dire « sigle » ?",
        ),
        (
            "programmes/ptmg/programme.yaml",
            "id: ptmg",
            "id: ptgm",
            "programmes/ptmg/programme.yaml:1:5 : programme.id : « ptgm » n’est pas le nom du dossier ; attendu : ptmg",
        ),
        (
            "programmes/ptmg/programme.yaml",
            "role: ars",
            "role: arss",
            "programmes/ptmg/programme.yaml:15:9 : operateur : « arss » n’est pas un rôle du vocabulaire ; vouliez-vous dire « ars » ?",
        ),
        (
            "programmes/ptmg/programme.yaml",
            "{duree_max}",
            "{duree_maxi}",
            "programmes/ptmg/programme.yaml:4:9 : resume : « duree_maxi » n’est pas un paramètre ; vouliez-vous dire « duree_max » ?",
        ),
        (
            "programmes/ptmg/programme.yaml",
            "professions: [medecin]",
            "professions: [medecins]",
            "programmes/ptmg/programme.yaml:12:15 : professions : « medecins » n’est pas un choix de « profession.metier » ; vouliez-vous dire « medecin » ?",
        ),
        (
            "programmes/ptmg/eligibility.yaml",
            "fait: profession.specialite",
            "fait: profession.specialites",
            "programmes/ptmg/eligibility.yaml:4:11 : fait : « profession.specialites » n’est pas un fait du dictionnaire ; vouliez-vous dire « profession.specialite » ?",
        ),
        (
            "programmes/ptmg/eligibility.yaml",
            "dans_zone: [fragile,",
            "dans_zone: [fragiles,",
            "programmes/ptmg/eligibility.yaml:27:",
        ),
        (
            "programmes/ptmg/eligibility.yaml",
            "programmes: [ptmg, ptma,",
            "programmes: [ptmg, ptam,",
            "« ptam » n’est pas un programme",
        ),
        (
            "programmes/ptmg/lifecycle.yaml",
            "vers: zone_verifiee",
            "vers: zone_verifie",
            "« zone_verifie » n’est pas un état ; vouliez-vous dire « zone_verifiee » ?",
        ),
        (
            "programmes/ptmg/lifecycle.yaml",
            "phase: termine, final: vrai",
            "phase: termine",
            "on ne sort pas de « termine » ; ajoutez une transition ou « final: vrai »",
        ),
        (
            "programmes/ptmg/lifecycle.yaml",
            "vers: abandonne, ",
            "vers: refuse, ",
            "rien ne mène à « abandonne » ; ajoutez une transition ou ôtez l’état",
        ),
        (
            "programmes/ptmg/lifecycle.yaml",
            "document: refus }",
            "document: refuss }",
            "« refuss » n’est pas un document ; vouliez-vous dire « refus » ?",
        ),
        (
            "programmes/ptmg/lifecycle.yaml",
            "de: [renouvele], vers: termine",
            "de: [renouvele, refuse], vers: termine",
            "« refuse » est un état final : rien n’en sort",
        ),
        (
            "programmes/ptmg/lifecycle.yaml",
            "garde: eligibilite",
            "garde: eligibilité",
            "« eligibilité » n’est ni une règle ni un mot connu ici ; vouliez-vous dire « eligibilite » ?",
        ),
        (
            "programmes/ptmg/lifecycle.yaml",
            "role: ars, delai: P1M, document",
            "role: ars, au_terme: alerte, document",
            "« au_terme » ne sert qu’avec « delai »",
        ),
        (
            "programmes/ptmg/form.yaml",
            "projet.une_seule_region",
            "projet.lieux",
            "« projet.lieux » est demandé deux fois ; gardez une seule question",
        ),
        (
            "programmes/ptmg/obligations.yaml",
            "si_manque: paiement_nul",
            "si_manque: paiement_null",
            "« paiement_null » n’est pas un mot connu ici ; vouliez-vous dire « paiement_nul » ?",
        ),
        (
            "programmes/ptmg/payments.yaml",
            "calcul: complement",
            "calcul: plancher_actes",
            "« plancher_actes » n’est pas un calcul en euros de amounts.yaml ; attendu : plafond, complement",
        ),
        (
            "programmes/ptmg/payments.yaml",
            "apres: declaration",
            "apres: declarations",
            "« declarations » n’est pas une obligation ; vouliez-vous dire « declaration » ?",
        ),
        (
            "programmes/caim/payments.yaml",
            "{ part: 50 }",
            "{ part: 40 }",
            "les parts, en pour cent, font 90 ; attendu : 100",
        ),
        (
            "programmes/ptmg/indicators.yaml",
            "entrees: [actif_mensuel]",
            "entrees: [actif_mensuel]\n    verse: complement",
            "attendu : une mesure et une seule, entrees, presents, duree ou verse",
        ),
        (
            "programmes/ptmg/incompatibilities.yaml",
            "programmes: [ptma, ptmr, pias]",
            "programmes: [ptma, ptmr, piass]",
            "« piass » n’est pas un programme ; vouliez-vous dire « pias » ?",
        ),
        (
            "programmes/ptmg/tests/eligibilite.yaml",
            "projet.lieux: Aubervilliers",
            "projet.lieux: Aubervillier",
            "« Aubervillier » n’est pas un lieu de « lieux » ; vouliez-vous dire « Aubervilliers » ?",
        ),
        (
            "programmes/ptmg/tests/montants.yaml",
            "montants: { complement: 0 €, plancher_actes: 165",
            "montants: { complements: 0 €, plancher_actes: 165",
            "« complements » n’est pas un calcul ; vouliez-vous dire « complement » ?",
        ),
        (
            "programmes/ptmg/parameters.yaml",
            "du: 2017-05-01",
            "du: 2017-04-30",
            "cette valeur chevauche celle de la ligne",
        ),
        (
            "vocabulary.yaml",
            "  candidat: la personne qui demande\n",
            "",
            "« candidat » n’est pas un rôle du vocabulaire",
        ),
    ] {
        let said = refused(path, from, to);
        let told = said.lines().find(|fault| fault.contains(expected));
        let told = told.unwrap_or_else(|| panic!("{path}: {from} → {to}\n{said}"));
        let line = told.split(':').nth(1).map(str::parse::<u32>);
        assert!(line.unwrap().unwrap() > 0, "{told}");
    }
}

#[test]
fn a_comma_in_a_text_between_braces_is_told_for_what_it_is() {
    let said = refused("programmes/caim/payments.yaml", "texte: \"L’aide", "texte: \"L’aide\", puis, tout: \"");
    assert!(said.contains("se met entre guillemets"), "{said}");
}

#[test]
fn links_are_told_on_both_sides_and_lead_nowhere_twice() {
    let said = refused("programmes/cde/programme.yaml", "remplace: [ptmg, ", "remplace: [");
    assert!(said.ends_with(
        "remplace_par : « cde » ne le dit pas de son côté ; ajoutez « remplace: [ptmg] » à son programme.yaml"
    ));
    let mut files =
        changed("programmes/ptmg/programme.yaml", "remplace_par: [cde]", "remplace_par: [cde]\nremplace: [cde]");
    let cde = files.0.get_mut("programmes/cde/programme.yaml").unwrap();
    *cde =
        cde.replace("valable: { du: 2021-04-01 }", "valable: { du: 2021-04-01, au: 2030-01-01 }\nremplace_par: [ptmg]");
    let faults = Catalogue::from_files(&files).unwrap_err();
    assert!(faults.to_string().contains("« cde » finit par se remplacer lui-même"), "{faults}");
    let said = refused("programmes/ptmg/programme.yaml", ", au: 2021-03-31", "");
    assert!(said.ends_with("un programme remplacé a un dernier jour ; ajoutez « au » à « valable »"), "{said}");
}

#[test]
fn every_fault_of_every_folder_is_told_at_once() {
    let mut files = changed("programmes/ptmg/programme.yaml", "sigle: PTMG", "sigl: PTMG");
    let other = files.0.get_mut("programmes/cesp/lifecycle.yaml").unwrap();
    *other = other.replace("role: ufr", "role: uf");
    let faults = Catalogue::from_files(&files).unwrap_err();
    assert_eq!(faults.0.iter().filter(|fault| fault.file.ends_with("cesp/lifecycle.yaml")).count(), 2);
    assert_eq!(faults.0.iter().filter(|fault| fault.file.ends_with("ptmg/programme.yaml")).count(), 2);
}

#[test]
fn files_that_are_missing_or_strange_are_named() {
    let mut files = only(&["cesp", "ptmr", "cde", "caim", "ptmg", "ptma"]);
    files.0.remove("programmes/caim/lifecycle.yaml");
    files.0.insert("programmes/caim/payment.yaml".into(), String::new());
    files.0.insert("programmes/notes.yaml".into(), String::new());
    let faults = Catalogue::from_files(&files).unwrap_err().to_string();
    for expected in [
        "programmes/caim/lifecycle.yaml:0:0 : fichier : il manque ce fichier",
        "« payment.yaml » n’est pas un fichier de programme ; vouliez-vous dire « payments.yaml » ?",
        "programmes/notes.yaml:0:0 : fichier : ce fichier n’est d’aucun programme",
    ] {
        assert!(faults.contains(expected), "{faults}");
    }
}
