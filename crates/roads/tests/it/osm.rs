//! Reading extracts.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Instant;

use pacte_roads::osm::{self, ExtractError, Format, NodeFacts, RoadClass};
use pacte_roads::point::Point;

use crate::support::{Map, Numbers, read_real, read_texts, real};

const EXTRACTS: [(&str, usize); 7] = [
    ("monaco-2020.osm.pbf", 1_500),
    ("lorient-2019.osm.gz", 300),
    ("andorra-2025-07.osm.pbf", 4_500),
    ("heidelberg-2025.osm.pbf", 5_000),
    ("liechtenstein-2025-07.osm.pbf", 5_000),
    ("malta-2017.osm.pbf", 15_000),
    ("porto-2020.osm.pbf", 10_000),
];

#[test]
fn every_real_extract_is_read() {
    for (name, least) in EXTRACTS {
        let Some(path) = real(name) else { continue };
        let start = Instant::now();
        let extract = osm::read(std::slice::from_ref(&path), &|_| {}).expect(name);
        let seconds = start.elapsed().as_secs_f64();
        let bytes = std::fs::metadata(&path).expect("the file is there").len();
        let (ways, report) = (&extract.ways, &extract.report);
        eprintln!(
            "{name}: {:.2} s, {:.1} MB/s, {} ways, {} nodes\n  {report:?}",
            seconds,
            bytes as f64 / 1e6 / seconds,
            ways.len(),
            ways.points.len()
        );
        assert!(ways.len() >= least, "{name}: {}", ways.len());
        assert!(report.kept_share() > 0.9 && report.kept_share() <= 1.0, "{name}: {}", report.kept_share());
        assert_eq!(report.by_class.values().sum::<u64>(), report.kept_ways);
        assert_eq!(report.files[0].bytes, bytes);
        assert!(ways.node_ids.is_sorted_by(|a, b| a < b) && ways.way_ids.is_sorted());
        assert!(ways.facts.is_sorted_by(|a, b| a.0 < b.0) && !ways.facts.is_empty());
        assert!(ways.refs.iter().all(|node| (*node as usize) < ways.points.len()));
        assert!((0..ways.len()).all(|way| ways.nodes_of(way).len() > 1));
        assert!(ways.points.iter().all(|point| point.lat_degrees().abs() < 60.0 && *point != Point::default()));
        if report.files[0].format == Format::Pbf {
            assert!(report.files[0].bounds.is_some());
        }
    }
}

#[test]
fn a_map_is_read_with_what_its_tags_say() {
    let extract = Map::default()
        .grid(3, 2)
        .node(90, 50.0, 0.0, "highway=traffic_signals")
        .node(91, 150.0, 0.0, "barrier=bollard motor_vehicle=yes")
        .node(92, 400.0, 0.0, "")
        .way(5, &[0, 90, 10, 91, 20], "highway=primary maxspeed=30mph oneway=-1 surface=asphalt")
        .way(6, &[0, 1], "highway=construction")
        .way(7, &[1, 11], "building=yes")
        .way(8, &[20, 92], "route=ferry duration=00:25 motor_vehicle=yes")
        .way(9, &[20, 20], "highway=service")
        .turn(1, "no_left_turn", 5, "n20", 8)
        .turn(2, "no_left_turn", 5, "n20", 99)
        .read();
    let (ways, report) = (&extract.ways, &extract.report);
    assert_eq!(ways.way_ids, [5, 8]);
    assert_eq!((report.road_ways, report.kept_ways, report.ignored_ways), (4, 2, 2));
    assert_eq!(report.by_class, BTreeMap::from([("ferry".to_owned(), 1), ("primary".to_owned(), 1)]));
    let primary = ways.tags_of(0);
    assert_eq!((primary.class, primary.maxspeed), (RoadClass::Primary, [48, 48]));
    assert_eq!(ways.tags_of(1).duration, 1500);
    assert_eq!(ways.facts.len(), 2);
    assert!(ways.facts[0].1.has(NodeFacts::SIGNALS));
    assert_eq!(report.restrictions, 1);
    assert_eq!(report.ignored_restrictions["hors de l’extrait"], 1);
}

#[test]
fn halves_of_a_map_make_the_whole() {
    let whole = Map::default()
        .grid(7, 3)
        .node(99, 250.0, 50.0, "highway=stop")
        .way(1, &[0, 10, 20, 30, 40, 50, 60], "highway=primary")
        .way(2, &[1, 11, 21, 99, 31, 41, 51, 61], "highway=residential oneway=yes")
        .way(3, &[0, 1, 2], "highway=residential")
        .way(4, &[60, 61, 62], "highway=residential")
        .turn(7, "no_left_turn", 1, "n60", 4);
    let expected = whole.read().ways;
    // Halves with whole ways: each lacks the other's own.
    let (west, east) = (whole.clone().without(&[62], &[4]), whole.clone().without(&[2], &[3]));
    for texts in [[west.xml(), east.xml()], [east.xml(), west.xml()]] {
        let extract = read_texts(&[&texts[0], &texts[1]]).expect("good halves");
        assert_eq!(extract.ways, expected);
        assert_eq!(extract.report.shared_ways, 2);
        assert_eq!((extract.report.missing_nodes, extract.report.clipped_ways), (0, 0));
    }
    // A half whose ways were clipped at the border: the longer form wins, and nothing is missing.
    let clipped =
        whole.clone().without(&[40, 50, 60, 41, 51, 61, 62], &[4]).way(1, &[0, 10, 20, 30], "highway=primary");
    for texts in [[clipped.xml(), east.xml()], [east.xml(), clipped.xml()]] {
        let extract = read_texts(&[&texts[0], &texts[1]]).expect("good halves");
        assert_eq!(extract.ways, expected);
    }
    // The same file twice is once.
    assert_eq!(read_texts(&[&whole.xml(), &whole.xml()]).expect("good").ways, expected);
}

#[test]
fn a_way_that_misses_nodes_is_cut_there() {
    let map = Map::default()
        .grid(7, 1)
        .way(1, &[0, 10, 20, 30, 40, 50, 60], "highway=primary")
        .way(2, &[50, 60], "highway=primary")
        .without(&[0, 30, 60], &[]);
    let extract = map.read();
    assert_eq!(extract.ways.way_ids, [1, 1]);
    assert_eq!(extract.ways.nodes_of(0).len(), 2);
    assert_eq!(extract.ways.node_ids, [10, 20, 40, 50]);
    assert_eq!((extract.report.missing_nodes, extract.report.clipped_ways, extract.report.kept_ways), (3, 2, 1));
}

fn refusal(name: &str, bytes: &[u8]) -> ExtractError {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::File::create(&path).and_then(|mut file| file.write_all(bytes)).expect("the folder can be written");
    osm::read(&[path], &|_| {}).expect_err(name)
}

#[test]
fn what_is_no_extract_is_refused_and_told() {
    let told = |name, bytes: &[u8]| refusal(name, bytes).to_string();
    assert!(told("vide.osm.pbf", b"").contains("le fichier est vide"));
    assert!(told("page.osm.pbf", b"  <!DOCTYPE html><html>").contains("une page web"));
    assert!(told("a.osm.pbf", b"PK\x03\x04....").contains("une archive ZIP"));
    assert!(told("a.osm", b"{\"elements\": []}").contains("un document JSON"));
    assert!(told("a.osm", b"\x01\x02\x03").contains("format inconnu"));
    assert!(told("a.osm.bz2", b"BZh91AY").contains("bzip2"));
    assert!(
        told("a.osm", b"<?xml version='1.0'?><gpx></gpx>").contains(":1 : XML refusé : l’élément racine est « gpx »")
    );
    let cut = told("a.osm", b"<osm version='0.6'>\n<node id='1' lat='1' lon='2'/>\n");
    assert!(cut.contains("tronqué") && cut.contains(":3 :"), "{cut}");
    let wrong = told("a.osm", b"<osm>\n<node id='1' lat='91' lon='2'/>\n</osm>");
    assert!(wrong.contains(":2 :") && wrong.contains("« lat » vaut « 91 »"), "{wrong}");
    let wrong = told("a.osm", b"<osm>\n\n<way id='x'/>\n</osm>");
    assert!(wrong.contains(":3 :") && wrong.contains("« id » vaut « x »"), "{wrong}");
    assert!(told("a.osm", b"<osm>\n<way id='1'></node>\n</osm>").contains(":2 : XML refusé"));
    assert!(told("a.osm", b"<osm></osm>").contains("aucune route"));
    assert!(osm::read(&[], &|_| {}).expect_err("nothing").to_string().contains("aucun extrait"));
    assert!(
        osm::read(&["nulle/part.osm".into()], &|_| {}).expect_err("nowhere").to_string().contains("nulle/part.osm")
    );
}

/// A blob of the PBF format, uncompressed.
fn blob(kind: &str, field: u8, data: &[u8]) -> Vec<u8> {
    fn varint(mut value: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 128 {
            bytes.push((value & 127 | 128) as u8);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }
    let blob = [vec![field << 3 | 2], varint(data.len()), data.to_vec()].concat();
    let header = [vec![10], varint(kind.len()), kind.as_bytes().to_vec(), vec![24], varint(blob.len())].concat();
    [(header.len() as u32).to_be_bytes().to_vec(), header, blob].concat()
}

#[test]
fn a_pbf_that_asks_too_much_is_refused() {
    let history = blob("OSMHeader", 1, b"\x22\x15HistoricalInformation");
    assert!(
        matches!(refusal("a.osm.pbf", &history), ExtractError::Feature { feature, .. } if feature == "HistoricalInformation")
    );
    let good = blob("OSMHeader", 1, b"\x22\x0eOsmSchema-V0.6");
    let lzma = [good.clone(), blob("OSMData", 4, b"....")].concat();
    assert!(
        matches!(refusal("a.osm.pbf", &lzma), ExtractError::Compression { blob: 2, offset, .. } if offset == good.len() as u64)
    );
    // A relation whose member is of a kind that does not exist, in a block that is otherwise right.
    let strings = b"\x0a\x24\x0a\x00\x0a\x04type\x0a\x0brestriction\x0a\x04from\x0a\x01x\x0a\x04no_x";
    let relation = b"\x12\x15\x22\x13\x08\x01\x12\x02\x01\x02\x1a\x02\x02\x05\x42\x01\x03\x4a\x01\x02\x52\x01\x09";
    let block = &[&strings[..], relation].concat();
    let odd = [good.clone(), blob("OSMData", 1, block)].concat();
    let error = refusal("a.osm.pbf", &odd);
    assert!(
        matches!(&error, ExtractError::Blob { blob: 2, problem, .. } if problem == "contenu incohérent"),
        "{error}"
    );
    for cut in 1..good.len() {
        let error = refusal("a.osm.pbf", &good[..cut]);
        assert!(!matches!(error, ExtractError::NoRoad { .. }), "{cut}: {error}");
    }
    assert!(matches!(refusal("a.osm.pbf", &good), ExtractError::NoRoad { .. }));
}

#[test]
fn a_damaged_extract_never_panics() {
    let Some(path) = real("monaco-2020.osm.pbf") else { return };
    let whole = std::fs::read(path).expect("the file is there");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("monaco.osm.pbf");
    let mut numbers = Numbers(7);
    let mut refused = 0;
    for trial in 0..60 {
        let mut bytes = whole.clone();
        if trial % 2 == 0 {
            let size = if trial < 20 { 1 + numbers.below(400) } else { 1 + numbers.below(whole.len() as u64 - 1) };
            bytes.truncate(size as usize);
        } else {
            for _ in 0..=numbers.below(4) {
                let at = if trial < 30 { numbers.below(400) } else { numbers.below(whole.len() as u64) };
                bytes[at as usize] ^= 1 << numbers.below(8);
            }
        }
        std::fs::write(&path, &bytes).expect("the folder can be written");
        match osm::read(std::slice::from_ref(&path), &|_| {}) {
            Ok(extract) => assert!(!extract.ways.is_empty()),
            Err(error) => {
                refused += 1;
                assert!(error.to_string().contains("monaco.osm.pbf"), "{error}");
            }
        }
        // A file cut anywhere but between two blobs is never taken for a whole one.
        if trial % 2 == 0 {
            assert!(refused > 0);
        }
    }
    assert!(refused >= 40, "{refused}");
}

#[test]
fn order_of_real_extracts_plays_no_part() {
    let names = ["liechtenstein-2025-07.osm.pbf", "monaco-2020.osm.pbf", "andorra-2025-07.osm.pbf"];
    let Some(one) = read_real(&names) else { return };
    let other = read_real(&[names[2], names[0], names[1]]).expect("they are there");
    assert_eq!(one, other);
    let alone: usize = names.iter().filter_map(|name| read_real(&[name])).map(|extract| extract.ways.len()).sum();
    assert_eq!(one.ways.len(), alone);
}
