//! Pacts as definitions: engagements, programmes that serve them, figures side by side.

use pacte_programmes::pacts::Shade;
use pacte_programmes::{Catalogue, Files, Report};
use pacte_rules::{Status, Value};

use crate::support::{changed, day};

fn refused(path: &str, from: &str, to: &str) -> String {
    Catalogue::from_files(&changed(path, from, to)).unwrap_err().to_string()
}

#[test]
fn the_pacts_of_2012_and_2015_hold_their_engagements() {
    let catalogue = Catalogue::load_shipped().unwrap();
    let names: Vec<&str> = catalogue.pacts().iter().map(|pact| &*pact.id).collect();
    assert_eq!(names, ["pts1", "pts2", "plan-2017", "pacte-2025"]);
    for (id, axes, pledges, part) in [
        ("pts1", 3, 12, "priorité"),
        ("pts2", 2, 10, "axe"),
        ("plan-2017", 4, 4, "priorité"),
        ("pacte-2025", 4, 5, "axe"),
    ] {
        let pact = catalogue.pact(id).unwrap();
        assert_eq!((pact.axes.len(), pact.pledges().count(), pact.part.as_str()), (axes, pledges, part), "{id}");
        assert_eq!(pact.pledge(pledges as u32).unwrap().number, pledges as u32);
    }
    assert_eq!(
        catalogue.pact("pts1").unwrap().axes.iter().map(|axis| axis.pledges.len()).collect::<Vec<_>>(),
        [4, 4, 4]
    );
    assert_eq!(catalogue.pact("pts2").unwrap().from, day("2015-11-26"));
    assert_eq!(&*catalogue.pact("pts2").unwrap().continues[0], "pts1");
    // Pacts read in the press only say so.
    for id in ["plan-2017", "pacte-2025"] {
        assert_eq!(catalogue.pact(id).unwrap().status, Status::Unverified);
    }
}

#[test]
fn an_engagement_names_the_programmes_that_serve_it_and_a_programme_its_engagements() {
    let catalogue = Catalogue::load_shipped().unwrap();
    let served = |programme: &'static str| -> Vec<(String, u32)> {
        catalogue.pledges_served(programme).map(|(pact, pledge)| (pact.id.to_string(), pledge.number)).collect()
    };
    assert_eq!(served("mcs"), [("pts1".to_owned(), 9), ("pts2".to_owned(), 4)]);
    assert_eq!(served("cesp"), [("pts1".to_owned(), 2), ("pts2".to_owned(), 2)]);
    assert_eq!(served("cde"), []);
    let pledge = catalogue.pact("pts2").unwrap().pledge(5).unwrap();
    assert_eq!(pledge.pilots.iter().map(|role| &**role).collect::<Vec<_>>(), ["ministere"]);
    // An engagement that names no pilot has those of its pact.
    let pledge = catalogue.pact("pts2").unwrap().pledge(4).unwrap();
    assert_eq!(pledge.pilots.iter().map(|role| &**role).collect::<Vec<_>>(), ["ministere", "ars"]);
}

#[test]
fn figures_that_disagree_stand_side_by_side_each_with_its_source() {
    let catalogue = Catalogue::load_shipped().unwrap();
    let pact = catalogue.pact("pts2").unwrap();
    let pledge = pact.pledge(2).unwrap();
    let indicator = pledge.indicators.iter().find(|indicator| &*indicator.id == "cesp_cumules").unwrap();
    let at = |date: &str| -> Vec<(i64, &str)> {
        let on = indicator.values.iter().filter(|reading| reading.day == day(date));
        on.map(|reading| match reading.value {
            Value::Integer(value) => (value, &*reading.source),
            ref other => panic!("{other}"),
        })
        .collect()
    };
    assert_eq!(at("2015-12-31"), [(1325, "fiche_lmss"), (1325, "gazette"), (1324, "brochure_2017")]);
    assert!(indicator.values.iter().any(|reading| reading.shade == Shade::MoreThan));
    assert!(pact.source("gazette").is_some() && pact.source("nulle").is_none());
    let money = &pact.pledge(9).unwrap().indicators[0].targets[0];
    assert_eq!(money.value, Value::Money(pacte_rules::Money::from_cents(4_000_000_000)));
    assert!(!money.note.is_empty());
}

#[test]
fn each_fault_of_a_pact_names_its_line_and_what_would_do() {
    let path = "pactes/pts2.yaml";
    for (from, to, expected) in [
        (
            "id: pts2",
            "id: pts",
            "pactes/pts2.yaml:1:5 : pacte.id : « pts » n’est pas le nom du fichier ; attendu : pts2",
        ),
        (
            "programmes: [cesp, ptmg, ptma]",
            "programmes: [cesp, ptgm, ptma]",
            "engagement 2 : « ptgm » n’est pas un programme ; vouliez-vous dire « ptmg » ?",
        ),
        ("programmes: [cesp, ptmg, ptma]", "programmes: [cesp, cesp]", "« cesp » est deux fois dans la liste"),
        ("numero: 3", "numero: 4", "« numero: 4 » rompt la suite des engagements ; attendu : 3"),
        ("pilotes: [ministere, ars]", "pilotes: [ministre, ars]", "vouliez-vous dire « ministere » ?"),
        ("continue: [pts1]", "continue: [pts3]", "« pts3 » n’est pas un pacte ; vouliez-vous dire « pts1 » ?"),
        ("continue: [pts1]", "continue: [pts2]", "« pts2 » n’est pas antérieur à « pts2 »"),
        (
            "source: fiche_lmss",
            "source: fiche_lms",
            "n’est pas une des « sources » ; vouliez-vous dire « fiche_lmss » ?",
        ),
        ("unite: \"%\"", "unité: \"%\"", "« unité » n’est pas un mot connu ici ; vouliez-vous dire « unite » ?"),
        (
            "valeur: 1325,",
            "valeur: mille,",
            "pactes/pts2.yaml:68:43 : engagement 2, cesp_cumules : « mille » est refusé ; attendu : un nombre entier",
        ),
        ("nuance: plus_de", "nuance: plus_que", "vouliez-vous dire « plus_de » ?"),
        ("statut: unverified, note: Le dossier", "statut: unverified }\n#", "ce qui est « unverified » dit pourquoi"),
    ] {
        let told = refused(path, from, to);
        assert!(told.contains(expected), "{from} → {to}\n{told}");
        assert!(told.starts_with("pactes/pts2.yaml:"), "{told}");
    }
    let mut files = Files::shipped();
    files.0.insert("pactes/PTS 3.yaml".into(), String::new());
    files.0.insert("pactes/pts3.yml".into(), String::new());
    let told = Catalogue::from_files(&files).unwrap_err().to_string();
    assert!(
        told.contains("un nom de pacte est en minuscules") && told.contains("n’est pas un fichier de pacte"),
        "{told}"
    );
}

#[test]
fn what_is_weak_in_a_pact_is_a_warning() {
    let told = |report: &Report, file: &str| -> Vec<(String, String)> {
        let of = report.warnings.iter().filter(|warning| warning.file == file);
        of.map(|warning| (warning.field.clone(), warning.parts().0.to_owned())).collect()
    };
    let shipped = Report::of_files(&Files::shipped());
    let unserved: Vec<String> = told(&shipped, "pactes/pts1.yaml").into_iter().map(|(field, _)| field).collect();
    assert_eq!(unserved, ["engagement 4", "engagement 10", "engagement 11"]);
    let report = Report::of_files(&changed("pactes/pts2.yaml", "source: parlement_2015", "source: gazette"));
    let idle = ("sources".to_owned(), "rien ne cite la source « parlement_2015 »".to_owned());
    assert!(told(&report, "pactes/pts2.yaml").contains(&idle));
    let report = Report::of_files(&changed("vocabulary.yaml", "  pias:", "  mcs: Correspondant\n  pias:"));
    assert_eq!(told(&report, "vocabulary.yaml"), [("cites".to_owned(), "« mcs » a son dossier".to_owned())]);
}

#[test]
fn a_directory_without_pacts_is_one_of_programmes_alone() {
    let mut files = Files::shipped();
    files.0.retain(|path, _| !path.starts_with("pactes/"));
    let directory = tempfile::tempdir().unwrap();
    crate::folders::write(&files, directory.path());
    let catalogue = Catalogue::load(directory.path()).unwrap();
    assert!(catalogue.pacts().is_empty() && !catalogue.programmes().is_empty());
}
