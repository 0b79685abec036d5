//! Roads from the command line: a real extract imported, asked, weighed again; wrong files, places and sizes refused.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::support::{copy_folder, fail, json, killed_after, listing, pacte, real_files, succeed, training};

/// Two places of Monaco: the harbour and the train station.
const PORT: &str = "43.7370,7.4250";
const STATION: &str = "43.7385,7.4192";

fn monaco(test: &str) -> Option<PathBuf> {
    Some(real_files(test)?.join("osm/monaco-2020.osm.pbf"))
}

/// A data directory with the roads of Monaco and nothing else, made once: read it, never change it.
fn roads(test: &str) -> Option<&'static Path> {
    static DIR: OnceLock<TempDir> = OnceLock::new();
    let file = monaco(test)?;
    let dir = DIR.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        succeed(dir.path(), &["import", "roads", &file.to_string_lossy()]);
        dir
    });
    Some(dir.path())
}

fn minutes(data: &Path, from: &str, to: &str, profile: &str) -> f64 {
    let rows = json(&succeed(data, &["roads", "time", from, to, "--profile", profile, "--format", "json"]));
    rows[0]["minutes"].as_f64().unwrap_or_else(|| panic!("no minutes: {rows}"))
}

/// Corners of a small invented town on a grid of residential streets 100 m apart, `size` by `size`, one-way street on the
/// first row, in OpenStreetMap XML.
fn grid(size: usize, lat: f64, lon: f64) -> String {
    let mut text = String::from("<osm version=\"0.6\">\n");
    let step = 0.0009;
    for row in 0..size {
        for column in 0..size {
            let (y, x) = (lat + row as f64 * step, lon + column as f64 * step);
            let id = 1 + row * size + column;
            writeln!(text, "<node id=\"{id}\" lat=\"{y:.7}\" lon=\"{x:.7}\"/>").unwrap();
        }
    }
    let mut way = 0;
    let mut street = |nodes: Vec<usize>, extra: &str| {
        way += 1;
        write!(text, "<way id=\"{way}\">").unwrap();
        for node in nodes {
            write!(text, "<nd ref=\"{node}\"/>").unwrap();
        }
        writeln!(text, "<tag k=\"highway\" v=\"residential\"/>{extra}</way>").unwrap();
    };
    for line in 0..size {
        let extra = if line == 0 { "<tag k=\"oneway\" v=\"yes\"/>" } else { "" };
        street((0..size).map(|column| 1 + line * size + column).collect(), extra);
        street((0..size).map(|row| 1 + row * size + line).collect(), "");
    }
    text.push_str("</osm>\n");
    text
}

#[test]
fn an_import_tells_what_it_read_and_gives_the_same_bytes_again() {
    let Some(file) = monaco("an_import_tells_what_it_read_and_gives_the_same_bytes_again") else { return };
    let file = file.to_string_lossy();
    let data = tempfile::tempdir().unwrap();
    let report = json(&succeed(data.path(), &["import", "roads", &file, "--format", "json"]));
    let kept = report["extract"]["kept_ways"].as_f64().unwrap();
    assert!(kept > 1000.0 && kept <= report["extract"]["road_ways"].as_f64().unwrap(), "{report}");
    let profiles: Vec<&str> =
        report["profiles"].as_array().unwrap().iter().map(|profile| profile["id"].as_str().unwrap()).collect();
    assert_eq!(profiles, ["ambulance", "car", "walk"]);
    for profile in report["profiles"].as_array().unwrap() {
        assert!(profile["built"]["nodes"].as_u64().unwrap() > 500, "{profile}");
        assert!(profile["built"]["by_class"].as_object().unwrap().contains_key("residential"), "{profile}");
    }
    assert!(report["spent"][0].as_f64().unwrap() > 0.0);
    let before = listing(data.path());
    assert!(before.iter().any(|(path, _)| path.ends_with("car.routes")), "{before:?}");
    assert!(before.iter().all(|(path, _)| !path.to_string_lossy().contains(".partiel-")), "{before:?}");
    succeed(data.path(), &["import", "roads", &file]);
    assert_eq!(listing(data.path()), before, "the same extract gives the same files");
    let shown = json(&succeed(data.path(), &["roads", "show", "--format", "json"]));
    assert_eq!(shown["profiles"], report["profiles"]);
    let table = succeed(data.path(), &["roads", "show"]);
    assert!(
        table.contains("monaco-2020.osm.pbf") && table.contains("nœuds") && table.contains("residential"),
        "{table}"
    );
    // Another import takes the place of the former.
    succeed(data.path(), &["import", "roads", &file, "--profile", "walk"]);
    let walk = listing(data.path());
    assert!(walk.iter().all(|(path, _)| !path.ends_with("car.routes")), "{walk:?}");
    let error = fail(data.path(), &["roads", "time", PORT, STATION], 1);
    assert!(error.contains("« car »") && error.contains("walk") && error.contains("reweigh"), "{error}");
}

#[test]
fn a_dry_run_reads_everything_and_writes_nothing() {
    let Some(file) = monaco("a_dry_run_reads_everything_and_writes_nothing") else { return };
    let data = tempfile::tempdir().unwrap();
    let root = data.path().join("pacte");
    let text = succeed(&root, &["import", "roads", "--dry-run", &file.to_string_lossy(), "--profile", "car"]);
    assert!(text.contains("arcs"), "{text}");
    assert!(!root.exists(), "a dry run does not even make the directory");
}

#[test]
fn wrong_files_leave_nothing_behind() {
    let Some(file) = monaco("wrong_files_leave_nothing_behind") else { return };
    let whole = fs::read(&file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    };
    let mut spoilt = whole.clone();
    let middle = spoilt.len() / 2;
    spoilt[middle..middle + 64].fill(0xAA);
    let cases = [
        (write("tronque.osm.pbf", &whole[..whole.len() / 2]), "tronqué"),
        (write("abime.osm.pbf", &spoilt), "abime.osm.pbf"),
        (write("page.osm.pbf", b"<!DOCTYPE html><title>404</title>"), "page web"),
        (write("vide.osm.pbf", b""), "vide"),
        (write("rien.osm", b"<osm version=\"0.6\"><node id=\"1\" lat=\"43\" lon=\"7\"/></osm>"), "aucune route"),
        (write("xml.osm", b"<osm version=\"0.6\"><node id=\"1\" lat=\"43\" lon=\"7\""), "xml.osm"),
        (folder.path().join("absent.osm.pbf").to_string_lossy().into_owned(), "absent.osm.pbf"),
    ];
    let empty = tempfile::tempdir().unwrap();
    let root = empty.path().join("pacte");
    let Some(kept) = roads("wrong_files_leave_nothing_behind") else { return };
    let used = tempfile::tempdir().unwrap();
    copy_folder(kept, used.path());
    let before = listing(used.path());
    for (path, says) in &cases {
        for data in [root.as_path(), used.path()] {
            let good = file.to_string_lossy();
            // A file without roads is no fault beside one that has some: a border extract of the sea.
            let files: &[&str] = if path.ends_with("rien.osm") { &[path] } else { &[&good, path] };
            let error = fail(data, &[&["import", "roads"], files].concat(), 1);
            assert!(error.contains(says), "{path}: « {says} » is missing from {error}");
        }
        assert!(!root.exists(), "{path} left a trace");
        assert_eq!(listing(used.path()), before, "{path} left a trace");
    }
}

#[test]
fn a_killed_import_leaves_the_former_roads() {
    let Some(kept) = roads("a_killed_import_leaves_the_former_roads") else { return };
    let data = tempfile::tempdir().unwrap();
    copy_folder(kept, data.path());
    let before = listing(data.path());
    let file = real_files("a_killed_import_leaves_the_former_roads").unwrap().join("osm/andorra-2025-07.osm.pbf");
    let mut killed = 0;
    for delay in [5, 60, 250, 600, 1200] {
        if !killed_after(delay, data.path(), &["import", "roads", &file.to_string_lossy()]) {
            break;
        }
        killed += 1;
        // What a kill may leave half-written is swept by the next command, whatever it is.
        assert!(pacte(data.path(), &["roads", "show"]).status.success());
        if listing(data.path()) != before {
            // The kill came between the last step of the import, which is one renaming, and its end: all is new.
            let whole = tempfile::tempdir().unwrap();
            copy_folder(kept, whole.path());
            succeed(whole.path(), &["import", "roads", &file.to_string_lossy()]);
            let content = |root: &Path| -> Vec<_> {
                let relative = |path: &Path| path.strip_prefix(root).unwrap().to_owned();
                listing(root).into_iter().map(|(path, hash)| (relative(&path), hash)).collect()
            };
            assert_eq!(content(data.path()), content(whole.path()), "killed after {delay} ms");
            break;
        }
    }
    assert!(killed > 0, "the import was always faster than the kill");
}

#[test]
fn what_another_import_is_writing_is_not_swept() {
    let data = tempfile::tempdir().unwrap();
    let root = data.path().join("roads");
    for owner in ["1", "2"] {
        fs::create_dir_all(root.join(format!(".partiel-{owner}"))).unwrap();
        fs::write(root.join(format!(".partiel-{owner}/voies")), "à moitié").unwrap();
    }
    fs::write(root.join(".partiel-1.verrou"), "").unwrap();
    let lock = fs::File::create(root.join(".partiel-2.verrou")).unwrap();
    lock.lock().unwrap();
    fail(data.path(), &["roads", "show"], 1);
    let left: Vec<PathBuf> = listing(&root).into_iter().map(|(path, _)| path).collect();
    assert_eq!(left, [root.join(".partiel-2/voies"), root.join(".partiel-2.verrou")]);
}

#[test]
fn profiles_that_are_wrong_are_refused_with_their_line() {
    let Some(file) = monaco("profiles_that_are_wrong_are_refused_with_their_line") else { return };
    let shipped = include_str!("../pacts/methods/speeds/car.yaml");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mien.yaml");
    let (line, was) = shipped
        .lines()
        .enumerate()
        .find(|(_, line)| line.trim_start().starts_with("motorway:"))
        .map(|(at, line)| (at + 1, line))
        .unwrap();
    let digits: String = was.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    fs::write(&path, shipped.replacen(was, &was.replacen(&digits, "-130", 1), 1)).unwrap();
    let data = tempfile::tempdir().unwrap();
    let (file, profile) = (file.to_string_lossy().into_owned(), path.to_string_lossy().into_owned());
    let error = fail(data.path(), &["import", "roads", &file, "--profile", &profile], 1);
    assert!(error.contains(&format!("mien.yaml:{line}:")) && error.contains("motorway"), "{error}");
    let error = fail(data.path(), &["import", "roads", &file, "--profile", "velo"], 1);
    assert!(error.contains("« velo »") && error.contains("ambulance"), "{error}");
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn times_follow_the_profile_and_places_outside_are_refused() {
    let Some(data) = roads("times_follow_the_profile_and_places_outside_are_refused") else { return };
    let car = minutes(data, PORT, STATION, "car");
    let ambulance = minutes(data, PORT, STATION, "ambulance");
    let walk = minutes(data, PORT, STATION, "walk");
    assert!(car > 1.0 && car < 15.0, "{car}");
    assert!(ambulance < car && walk > car, "{ambulance} {car} {walk}");
    let rows = json(&succeed(data, &["roads", "time", PORT, STATION, "--format", "json"]));
    let km = rows[0]["km"].as_f64().unwrap();
    assert!((0.4..6.0).contains(&km), "more than as the crow flies, less than a tour: {km}");
    for (place, says) in [
        ("43.5,7.4", "43.7"),
        ("7.4250,43.7370", "la latitude se donne avant la longitude"),
        ("95,7.4", "latitude"),
        ("43.7,huit", "« huit »"),
        ("43.70,7.60", "importez aussi"),
        ("Monaco", "latitude,longitude"),
    ] {
        let error = fail(data, &["roads", "time", place, STATION], 1);
        assert!(error.contains(says), "{place}: « {says} » is missing from {error}");
    }
    fail(data, &["roads", "time", "-21.1,55.5", STATION], 1);
    let none = tempfile::tempdir().unwrap();
    let error = fail(none.path(), &["roads", "time", PORT, STATION], 1);
    assert!(error.contains("pacte import roads"), "{error}");
}

#[test]
fn isochrones_grow_and_are_geojson() {
    let Some(data) = roads("isochrones_grow_and_are_geojson") else { return };
    let text = succeed(data, &["roads", "isochrone", PORT, "6,2,4", "--format", "geojson"]);
    let areas = json(&text);
    let features = areas["features"].as_array().unwrap();
    let km2: Vec<(u64, f64)> = features
        .iter()
        .map(|area| (area["properties"]["minutes"].as_u64().unwrap(), area["properties"]["km2"].as_f64().unwrap()))
        .collect();
    assert_eq!(km2.iter().map(|(minutes, _)| *minutes).collect::<Vec<_>>(), [2, 4, 6]);
    assert!(km2[0].1 > 0.0 && km2.windows(2).all(|pair| pair[0].1 < pair[1].1), "{km2:?}");
    assert!(features.iter().all(|area| area["geometry"]["type"] == "MultiPolygon"));
    let rows = json(&succeed(data, &["roads", "isochrone", PORT, "2,4,6", "--format", "json"]));
    for (row, (minutes, surface)) in rows.as_array().unwrap().iter().zip(&km2) {
        assert_eq!(row["minutes"].as_u64(), Some(*minutes));
        assert!((row["km2"].as_f64().unwrap() - surface).abs() < 1e-3, "{row}");
    }
    for minutes in ["0", "10,", "dix", "500"] {
        let error = fail(data, &["roads", "isochrone", PORT, minutes], 1);
        assert!(error.contains(minutes), "{error}");
    }
}

#[test]
fn a_matrix_is_made_of_times() {
    let Some(data) = roads("a_matrix_is_made_of_times") else { return };
    let folder = tempfile::tempdir().unwrap();
    let places =
        [("port", 43.7370, 7.4250), ("gare", 43.7385, 7.4192), ("jardin", 43.7314, 7.4147), ("plage", 43.7480, 7.4365)];
    let mut text = String::from("id;lon;lat\n");
    for (id, lat, lon) in places {
        writeln!(text, "{id};{lon};{lat}").unwrap();
    }
    text.push_str("ailleurs;2.35;48.85\n");
    let list = folder.path().join("lieux.csv").to_string_lossy().into_owned();
    fs::write(&list, text).unwrap();
    let out = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (csv, parquet) = (out("m.csv"), out("m.parquet"));
    let run = |max: &str, format: &str, to: &str| {
        let args =
            ["roads", "matrix", "--from", &list, "--to", &list, "--max", max, "--format", format, "--output", to];
        let output = pacte(data, &args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = run("60", "csv", &csv);
    assert!(told.contains("ailleurs"), "what is not on the roads is said: {told}");
    let rows: Vec<(String, String, f64)> =
        csv::Reader::from_path(&csv).unwrap().deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), places.len() * places.len());
    for (from, to, time) in &rows {
        let at = |id: &str| {
            let (_, lat, lon) = places.iter().find(|place| place.0 == id).unwrap();
            format!("{lat},{lon}")
        };
        let single = minutes(data, &at(from), &at(to), "car");
        assert!((single - time).abs() < 1e-9, "{from} → {to}: {time} in the matrix, {single} alone");
    }
    run("60", "parquet", &parquet);
    assert_eq!(&fs::read(&parquet).unwrap()[..4], b"PAR1");
    let longest = rows.iter().map(|row| row.2).fold(0.0, f64::max);
    let within = rows.iter().filter(|row| row.2 <= longest / 2.0).count();
    run(&format!("{}", longest / 2.0), "csv", &csv);
    assert_eq!(csv::Reader::from_path(&csv).unwrap().records().count(), within, "the limit is a limit");
}

#[test]
fn a_matrix_is_refused_before_it_starts_or_left_whole() {
    let Some(data) = roads("a_matrix_is_refused_before_it_starts_or_left_whole") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    fs::write(path("bon.csv"), "id,lat,lon\na,43.737,7.425\n").unwrap();
    fs::write(path("mauvais.csv"), "id,lat,lon\na,43.737,7.425\nb,43.7x,7.425\n").unwrap();
    fs::write(path("loin.csv"), "id,lat,lon\na,48.85,2.35\n").unwrap();
    fs::write(path("m.csv"), "celui d’avant").unwrap();
    let before = listing(folder.path());
    let refused = |from: &str, more: &[&str], says: &[&str]| {
        let (from, to, out) = (text(path(from)), text(path("bon.csv")), text(path("m.csv")));
        let mut args = vec!["roads", "matrix", "--from", &from, "--to", &to, "--format", "csv", "--output", &out];
        args.extend(more);
        let error = fail(data, &args, 1);
        for say in says {
            assert!(error.contains(say), "« {say} » is missing from {error}");
        }
        assert_eq!(listing(folder.path()), before, "{from} left a trace");
    };
    refused("mauvais.csv", &[], &["mauvais.csv:3", "« lat »", "43.7x"]);
    refused("loin.csv", &[], &["--from", "43.7"]);
    refused("absent.csv", &[], &["absent.csv"]);
    refused("bon.csv", &["--max", "0"], &["--max"]);
    refused("bon.csv", &["--max", "-5"], &["--max"]);
    refused("bon.csv", &["--memory", "0"], &["ko", "--max"]);
    let error = fail(data, &["roads", "matrix", "--from", "communes", "--to", "communes"], 1);
    assert!(error.contains("pacte import DOSSIER"), "{error}");
}

#[test]
fn other_speeds_need_no_extract_and_keep_the_order() {
    let folder = tempfile::tempdir().unwrap();
    let town = folder.path().join("bourg.osm");
    fs::write(&town, grid(12, 45.0, 2.0)).unwrap();
    let data = tempfile::tempdir().unwrap();
    succeed(data.path(), &["import", "roads", &town.to_string_lossy(), "--profile", "car", "--profile", "walk"]);
    fs::remove_file(&town).unwrap();
    let (from, to) = ("45.0009,2.0", "45.009,2.009");
    let (car, walk) = (minutes(data.path(), from, to, "car"), minutes(data.path(), from, to, "walk"));
    // Every speed of streets halved: the way is streets only, junctions cost what they did.
    let shipped = include_str!("../pacts/methods/speeds/car.yaml");
    let line = shipped.lines().find(|line| line.trim_start().starts_with("residential:")).unwrap();
    let mut slower = String::new();
    let mut number = String::new();
    for c in line.chars().chain([' ']) {
        if c.is_ascii_digit() || (c == '.' && !number.is_empty()) {
            number.push(c);
        } else {
            if let Ok(value) = number.parse::<f64>() {
                write!(slower, "{}", value / 2.0).unwrap();
            }
            number.clear();
            slower.push(c);
        }
    }
    let path = folder.path().join("lent.yaml");
    fs::write(&path, shipped.replacen(line, slower.trim_end(), 1)).unwrap();
    let output = pacte(data.path(), &["roads", "reweigh", "--profile", &path.to_string_lossy()]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && told.contains("ordre des nœuds gardé"), "{told}");
    let slow = minutes(data.path(), from, to, "car");
    assert!(slow > car * 1.4 && slow < car * 2.05, "{car} then {slow}");
    assert!((minutes(data.path(), from, to, "walk") - walk).abs() < 1e-9, "the other profile stays");
    // Back to the shipped speeds: as if nothing had been.
    succeed(data.path(), &["roads", "reweigh", "--profile", "car"]);
    assert!((minutes(data.path(), from, to, "car") - car).abs() < 1e-9);
    let one_way = minutes(data.path(), "45.0,2.009", "45.0,2.0", "car");
    assert!(one_way > minutes(data.path(), "45.0,2.0", "45.0,2.009", "car"), "the first street is one-way");
}

#[test]
fn a_damaged_network_is_refused_and_does_not_stop_the_rest() {
    let Some(kept) = roads("a_damaged_network_is_refused_and_does_not_stop_the_rest") else { return };
    let data = tempfile::tempdir().unwrap();
    copy_folder(training(), data.path());
    // The training territory comes with its own roads: those of Monaco stand in for any file that gets damaged.
    let _ = fs::remove_dir_all(data.path().join("roads"));
    copy_folder(&kept.join("roads"), &data.path().join("roads"));
    let file = listing(data.path()).into_iter().find(|(path, _)| path.ends_with("car.routes")).unwrap().0;
    let whole = fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    let at = flipped.len() - 100;
    flipped[at] ^= 1;
    let mut older = whole.clone();
    older[8] = 0;
    for (bytes, says) in [
        (&flipped[..], "somme de contrôle"),
        (&whole[..whole.len() / 2], "tronqué"),
        (&older, "format"),
        (b"autre chose", "réseau"),
    ] {
        fs::write(&file, bytes).unwrap();
        let error = fail(data.path(), &["roads", "time", PORT, STATION], 1);
        assert!(error.contains(says) && error.contains("pacte import roads"), "{error}");
    }
    let output = pacte(data.path(), &["access", "table", "--level", "country", "--format", "csv"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "the figures do without roads: {told}");
    assert!(told.contains("ATTENTION") && told.contains("modèle"), "{told}");
    let error = fail(data.path(), &["access", "--travel", "roads"], 1);
    assert!(!error.is_empty());
    // Importing again repairs.
    if let Some(extract) = monaco("") {
        succeed(data.path(), &["import", "roads", &extract.to_string_lossy()]);
        assert!(minutes(data.path(), PORT, STATION, "car") > 0.0);
    }
}

#[test]
fn calibration_says_which_roads_it_needs() {
    let Some(data) = crate::support::real("calibration_says_which_roads_it_needs") else { return };
    let Some(kept) = roads("calibration_says_which_roads_it_needs") else { return };
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&data.join("territory"), &copy.path().join("territory"));
    copy_folder(&kept.join("roads"), &copy.path().join("roads"));
    let error = fail(copy.path(), &["roads", "calibrate"], 1);
    assert!(error.contains("1200") && error.contains("Gironde") && error.contains("aquitaine"), "{error}");
    // A grid of streets around the ends of some couples: what the roads cover is compared, the rest is said.
    let streets = copy.path().join("bordeaux.osm");
    fs::write(&streets, grid(140, 44.79, -0.66)).unwrap();
    succeed(copy.path(), &["import", "roads", &streets.to_string_lossy(), "--profile", "car"]);
    let output = pacte(copy.path(), &["roads", "calibrate", "--format", "json"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    let rows = json(&String::from_utf8(output.stdout).unwrap());
    let rows = rows.as_array().unwrap();
    let all = rows.last().unwrap();
    assert_eq!(all["band"], "toutes");
    let couples: f64 = rows[..rows.len() - 1].iter().map(|row| row["couples"].as_f64().unwrap()).sum();
    assert_eq!(couples, all["couples"].as_f64().unwrap(), "every couple is in one band");
    let (bias, rmse) = (all["bias"].as_f64().unwrap(), all["rmse"].as_f64().unwrap());
    assert!(rmse >= bias.abs() && all["q05"].as_f64() <= all["q95"].as_f64(), "{all}");
    let gap = all["found"].as_f64().unwrap() - all["measured"].as_f64().unwrap();
    assert!((gap - bias).abs() < 1e-9, "{all}");
}

#[test]
fn the_demo_routes_for_real() {
    let shown = json(&succeed(training(), &["roads", "show", "--format", "json"]));
    let source = shown["extract"]["files"][0]["source"].as_str().unwrap_or_else(|| panic!("{shown}"));
    assert!(source.contains("fictif"), "{source}");
    let rows = json(&succeed(training(), &["access", "--format", "json"]));
    let minutes = rows.as_array().unwrap().iter().find(|row| row["concept"] == "access.minutes.emergency").unwrap();
    let method = minutes["method"].as_str().unwrap();
    assert!(method.to_lowercase().contains("par la route"), "{method}");
    let by_model = json(&succeed(training(), &["access", "--travel", "model", "--format", "json"]));
    let other = by_model.as_array().unwrap().iter().find(|row| row["concept"] == "access.minutes.emergency").unwrap();
    assert_ne!(minutes["method"], other["method"]);
    // Names, codes and coordinates are the same places.
    let communes = json(&succeed(training(), &["access", "table", "--level", "commune", "--format", "json"]));
    let communes = communes.as_array().unwrap();
    let code = |at: usize| communes[at]["code"].as_str().unwrap();
    let name = |at: usize| communes[at]["name"].as_str().unwrap();
    let single = |at: usize| communes.iter().filter(|row| row["name"] == communes[at]["name"]).count() == 1;
    let (a, b) = (0..communes.len()).filter(|at| single(*at)).take(2).fold((0, 0), |(_, b), at| (b, at));
    let by_code = self::minutes(training(), code(a), code(b), "car");
    assert!((by_code - self::minutes(training(), &name(a).to_uppercase(), name(b), "car")).abs() < 1e-9);
    assert!(by_code > 0.0);
    let error = fail(training(), &["roads", "time", "Xyzzyville", code(a)], 1);
    assert!(error.contains("Xyzzyville"), "{error}");
    // A matrix of a département, and the population within reach.
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("m.csv").to_string_lossy().into_owned();
    let departements = json(&succeed(training(), &["access", "table", "--level", "departement", "--format", "json"]));
    let list = format!("departement:{}", departements[0]["code"].as_str().unwrap());
    succeed(
        training(),
        &["roads", "matrix", "--from", &list, "--to", "communes", "--max", "30", "--format", "csv", "--output", &out],
    );
    let rows: Vec<(String, String, f64)> =
        csv::Reader::from_path(&out).unwrap().deserialize().map(Result::unwrap).collect();
    assert!(rows.len() > 100 && rows.iter().all(|row| row.2 <= 30.0), "{}", rows.len());
    let (from, to, time) = rows.iter().find(|row| row.0 != row.1).unwrap();
    assert!((self::minutes(training(), from, to, "car") - time).abs() < 1e-9);
    let bands = json(&succeed(training(), &["roads", "isochrone", code(a), "10,20,30", "--format", "json"]));
    let people: Vec<f64> = bands.as_array().unwrap().iter().map(|row| row["population"].as_f64().unwrap()).collect();
    assert!(people[0] > 0.0 && people.windows(2).all(|pair| pair[0] <= pair[1]), "{people:?}");
    let rows = json(&succeed(training(), &["access", "compare-travel", "--format", "json"]));
    let apl = rows.as_array().unwrap().iter().find(|row| row["level"] == "departement").unwrap();
    assert!(apl["n"].as_f64().unwrap() >= 3.0 && apl["rmse"].as_f64().unwrap() > 0.0, "{apl}");
    let rows = json(&succeed(training(), &["access", "compare-travel", "--level", "departement", "--format", "json"]));
    assert_eq!(rows.as_array().unwrap().len(), 3);
}

#[test]
fn fictional_roads_do_not_serve_real_communes() {
    let Some(real) = crate::support::real("fictional_roads_do_not_serve_real_communes") else { return };
    let data = tempfile::tempdir().unwrap();
    copy_folder(&real.join("territory"), &data.path().join("territory"));
    copy_folder(&training().join("roads"), &data.path().join("roads"));
    let output = pacte(data.path(), &["access", "--format", "json"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && told.contains("ATTENTION") && told.contains("fictives"), "{told}");
    let rows = json(&String::from_utf8(output.stdout).unwrap());
    assert!(!rows.to_string().to_lowercase().contains("par la route ("), "{rows}");
    let error = fail(data.path(), &["access", "--travel", "roads"], 1);
    assert!(error.contains("fictives"), "{error}");
}
