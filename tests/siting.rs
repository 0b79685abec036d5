//! `pacte siting` as it is typed.

use crate::support::{fail, json, succeed, training};

fn sites(more: &[&str]) -> Vec<serde_json::Value> {
    let mut args = vec!["siting", "--format", "json"];
    args.extend(more);
    json(&succeed(training(), &args)).as_array().unwrap().clone()
}

#[test]
fn sites_are_chosen_and_explained() {
    let five = sites(&["--objective", "cover20", "--sites", "5"]);
    assert_eq!(five.len(), 5);
    let gains: Vec<f64> = five.iter().map(|site| site["gain"].as_f64().unwrap()).collect();
    assert!(gains.windows(2).all(|pair| pair[0] >= pair[1]) && gains[4] > 0.0, "{gains:?}");
    assert!(five.iter().all(|site| !site["main"].as_str().unwrap().is_empty()));
    // Forbidding the first, or imposing a poorer one, never gives more.
    let first = five[0]["code"].as_str().unwrap();
    let without = sites(&["--objective", "cover20", "--sites", "5", "--forbid", first]);
    assert!(without.iter().all(|site| site["code"] != *first));
    let total = |sites: &[serde_json::Value]| sites.iter().map(|site| site["gain"].as_f64().unwrap()).sum::<f64>();
    assert!(total(&without) <= total(&five));
    let imposed = sites(&["--objective", "cover20", "--sites", "5", "--force", "X1001"]);
    assert_eq!((&imposed[0]["code"], &imposed[0]["forced"]), (&"X1001".into(), &"oui".into()));
    assert!(total(&imposed) <= total(&five));
    // The quick answer is never more than the proven one.
    assert!(total(&sites(&["--objective", "cover20", "--sites", "5", "--fast"])) <= total(&five));
}

#[test]
fn budgets_and_costs_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("couts.csv");
    std::fs::write(&file, "code,euros\nX1001,100\n").unwrap();
    let path = file.to_string_lossy().into_owned();
    let chosen = sites(&["--budget-euros", "1000", "--cost", "400", "--costs", &path, "--force", "X1001"]);
    let cost: f64 = chosen.iter().map(|site| site["cost"].as_f64().unwrap()).sum();
    assert!((cost - 900.0).abs() < 1e-9, "{chosen:?}");
    std::fs::write(&file, "code,euros\nX1001,cher\n").unwrap();
    let error = fail(training(), &["siting", "--budget-euros", "1000", "--cost", "400", "--costs", &path], 1);
    assert!(error.contains("ligne 2") && error.contains("cher"), "{error}");
}

#[test]
fn what_is_impossible_is_explained() {
    for (args, said) in [
        (vec!["--sites", "3000"], "communes possibles"),
        (vec!["--objective", "licorne"], "n’est pas un objectif"),
        (vec!["--in", "departement:zz"], "aucun territoire"),
        (vec!["--force", "99999"], "n’existe pas"),
        (vec!["--force", "X1001", "--forbid", "X1001"], "imposée et interdite"),
        (vec!["--budget-euros", "10"], "sans coût"),
        (vec!["--budget-euros", "10", "--cost", "20"], "le moins cher coûte"),
        (vec!["--objective", "mean", "--capacity", "10"], "capacité"),
    ] {
        let mut all = vec!["siting"];
        all.extend(&args);
        let error = fail(training(), &all, 1);
        assert!(error.contains(said), "{args:?}: {error}");
    }
}
