//! `pacte urgent`: figures that agree with each other, the register checked and imported, bad input told.

use crate::support::{copy_folder, fail, json, listing, real, succeed, training};

/// Rows a command prints as JSON.
fn rows(args: &[&str]) -> Vec<serde_json::Value> {
    let args: Vec<&str> = ["urgent"].iter().chain(args).chain(&["--format", "json"]).copied().collect();
    json(&succeed(training(), &args)).as_array().unwrap().clone()
}

#[test]
fn levels_gaps_hours_and_additions_agree() {
    let on = ["--on", "2026-11-23"];
    let with = |args: &[&'static str]| rows(&[args, &on].concat());
    let country = &with(&["cover"])[0];
    let departements = with(&["cover", "--level", "departement"]);
    for set in ["su", "su_smur", "su_smur_mcs", "tout"] {
        let figure = format!("beyond_{set}");
        let sum: u64 = departements.iter().map(|row| row[&figure].as_u64().unwrap()).sum();
        assert_eq!(Some(sum), country[&figure].as_u64(), "{set}");
    }
    let beyond = |set: &str| country[format!("beyond_{set}")].as_u64().unwrap();
    assert!(beyond("su") > beyond("su_smur") && beyond("su_smur") > beyond("su_smur_mcs"), "each family helps");
    assert!(beyond("su_smur_mcs") > beyond("tout") && beyond("tout") > 0, "helicopters help, and not everybody");
    let adds = with(&["adds", "--set", "su-smur-mcs"]);
    let brought: u64 = adds.iter().map(|row| row["in_order"].as_u64().unwrap()).sum();
    assert_eq!(brought, beyond("su_smur") - beyond("su_smur_mcs"));
    let gaps = with(&["gaps", "--set", "su-smur-mcs", "--most", "1000"]);
    assert_eq!(gaps.iter().map(|row| row["population"].as_u64().unwrap()).sum::<u64>(), beyond("su_smur_mcs"));
    let hours = with(&["hours", "--set", "su-smur-mcs"]);
    assert_eq!(hours.len(), 168);
    let monday = &rows(&["cover", "--set", "su-smur-mcs", "--on", "2026-11-23", "--at", "10:00"])[0];
    assert_eq!(hours[10]["beyond"], monday["beyond_su_smur_mcs"]);
    assert!(hours.iter().any(|row| row["beyond"] != hours[0]["beyond"]), "hours matter");
}

#[test]
fn one_more_doctor_brings_whom_it_says() {
    let on = ["--on", "2026-11-23", "--set", "su-smur-mcs"];
    let worst = &rows(&[&["gaps", "--most", "1"][..], &on].concat())[0];
    let add = format!("mcs@{}", worst["commune"].as_str().unwrap());
    let args = [&["urgent", "with", "--add", &add, "--bench", "--format", "json"][..], &on].concat();
    let answer = json(&succeed(training(), &args));
    let communes = answer["communes"].as_array().unwrap();
    let people: u64 = communes.iter().map(|row| row["population"].as_u64().unwrap()).sum();
    assert_eq!(answer["people_brought"].as_u64(), Some(people));
    assert!(people > 0 && communes.iter().all(|row| row["change"] == "ramenée"));
    assert!(answer["median_ms"].is_f64());
    // Over departments alone, one doctor brings whom that doctor brings, not those of the doctors there already.
    let alone = ["urgent", "with", "--add", &add, "--set", "su", "--format", "json", "--on", "2026-11-23"];
    let alone = json(&succeed(training(), &alone));
    assert_eq!(alone["set"], "su");
    let doctors = rows(&["adds", "--set", "su-smur-mcs", "--on", "2026-11-23"]);
    let family: u64 = doctors.iter().map(|row| row["in_order"].as_u64().unwrap()).sum();
    let communes = alone["communes"].as_array().unwrap();
    assert!(communes.len() < 200 && alone["people_brought"].as_u64().unwrap() < people + family, "{alone}");
    let adds = rows(&[&["adds"][..], &on].concat());
    let last = adds.iter().max_by_key(|row| row["last"].as_u64()).unwrap();
    let id = last["id"].as_str().unwrap();
    let args = [&["urgent", "with", "--remove", id, "--format", "json"][..], &on].concat();
    let answer = json(&succeed(training(), &args));
    assert_eq!(answer["people_brought"].as_i64(), last["last"].as_i64().map(|people| -people));
}

#[test]
fn a_register_is_checked_then_imported_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    copy_folder(training(), dir.path());
    let data = dir.path();
    let template = succeed(data, &["urgent", "template"]);
    assert!(template.starts_with("id,type,nom,commune") && template.contains("# horaires"));
    let register = succeed(data, &["urgent", "register", "--format", "csv"]);
    let good = data.join("bon.csv");
    std::fs::write(&good, &register).unwrap();
    let path = |path: &std::path::Path| path.to_string_lossy().into_owned();
    succeed(data, &["urgent", "check", &path(&good)]);

    let bad = data.join("mauvais.csv");
    let broken = register.replacen(",smur,", ",samu,", 1).replacen(",24/7,", ",lun 20:00-08:00,", 2);
    std::fs::write(&bad, broken).unwrap();
    let before = listing(&data.join("territory"));
    for command in ["check", "import"] {
        let error = fail(data, &["urgent", command, &path(&bad)], 1);
        for words in ["mauvais.csv, ligne 2", "antenne_smur", "mar 00:00-08:00", "rien n’est écrit"] {
            assert!(error.contains(words), "« {words} » is missing: {error}");
        }
    }
    assert_eq!(listing(&data.join("territory")), before);

    // One MCS alone, and departments from the BPE again.
    let header = register.lines().next().unwrap();
    let mcs = register.lines().find(|line| line.contains(",mcs,") && line.contains(",24/7,")).unwrap();
    let one = data.join("un.csv");
    std::fs::write(&one, format!("{header}\n# un seul\n{mcs}\n")).unwrap();
    let in_use = std::fs::read_to_string(data.join("territory/current")).unwrap();
    succeed(data, &["urgent", "import", &path(&one)]);
    let shown = json(&succeed(data, &["urgent", "register", "--format", "json"]));
    let kinds: Vec<&str> = shown.as_array().unwrap().iter().map(|row| row["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "mcs").count(), 1);
    assert!(kinds.contains(&"su") && !kinds.contains(&"smur"));
    assert_ne!(std::fs::read_to_string(data.join("territory/current")).unwrap(), in_use, "a new snapshot is in use");
}

#[test]
fn bad_questions_are_answered() {
    for (args, words) in [
        (&["urgent", "with", "--add", "mcs@99999"][..], "99999"),
        (&["urgent", "with", "--add", "mcs"], "mcs@23096"),
        (&["urgent", "with", "--add", "samu@X1001"], "antenne_smur"),
        (&["urgent", "with", "--remove", "nulle-part"], "nulle-part"),
        (&["urgent", "check", "/nulle/part.csv"], "/nulle/part.csv"),
    ] {
        let error = fail(training(), args, 1);
        assert!(error.contains(words), "{args:?}: {error}");
    }
    for args in [
        &["urgent", "cover", "--set", "samu"][..],
        &["urgent", "cover", "--limit", "0"],
        &["urgent", "cover", "--on", "hier"],
        &["urgent", "with"],
        &["urgent"],
    ] {
        fail(training(), args, 2);
    }
}

#[test]
fn real_departments_stand_beside_the_published_figures() {
    let Some(data) = real("real_departments_stand_beside_the_published_figures") else { return };
    let rows = json(&succeed(data, &["urgent", "cover", "--set", "su", "--format", "json"]));
    let (people, share) = (rows[0]["beyond_su"].as_u64().unwrap(), rows[0]["share_beyond_su"].as_f64().unwrap());
    // Between the studies: 1.5 % (all resources, 2019) and 10 % (departments alone, 2021).
    assert!((500_000..7_000_000).contains(&people) && (0.7..10.5).contains(&share), "{people} {share}");
    let published = json(&succeed(data, &["urgent", "published", "--format", "json"]));
    let of = |id: &str| published.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap()["people"].clone();
    assert_eq!((of("dgos-2019"), of("hoscare-2017")), (992_836.into(), 3_040_000.into()));
    // What the pages show of emergency departments is the same count.
    let table = json(&succeed(data, &["access", "table", "--level", "country", "--format", "json"]));
    let page = table[0]["share_beyond_30"].as_f64().unwrap();
    assert!((page - share).abs() < 0.01, "{page} {share}");
}
