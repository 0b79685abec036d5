//! Tiles are read back by a small decoder of their own, so the encoder is not checked by itself.

use std::collections::BTreeMap;

use pacte_territory::{
    Aggregation, Column, Communes, Crosswalk, Grouping, Nature, Polyline, Provenance, TerritoryMeta, TerritoryParts,
    TopologyBuilder,
};

use super::*;

/// Side of the grid of square communes.
const SIDE: usize = 6;

fn provenance() -> Provenance {
    Provenance {
        source: "test".into(),
        file: String::new(),
        vintage: "2024".into(),
        geography: 2024,
        method: String::new(),
    }
}

/// A grid of square communes of 0.1° from 2° E 46° N, in two départements; commune 7 has a hole where commune 8 has an
/// enclave, and commune 0 has no contour.
pub(crate) fn territory() -> Territory {
    let n = SIDE * SIDE;
    let mut builder = TopologyBuilder::new(n);
    let square = |x: f64, y: f64, side: f64| vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]];
    for id in 1..n {
        let (x, y) = (2.0 + 0.1 * (id % SIDE) as f64, 46.0 + 0.1 * (id / SIDE) as f64);
        let mut polygon = vec![square(x, y, 0.1)];
        if id == 7 {
            polygon.push(square(x + 0.03, y + 0.03, 0.02));
            builder.add(8, &[square(x + 0.03, y + 0.03, 0.02)]).unwrap();
        }
        builder.add(id as u32, &polygon).unwrap();
    }
    let mut topology = builder.build();
    let departement = |id: usize| if id % SIDE < SIDE / 2 { "01" } else { "02" };
    let grouping = |level, of: &dyn Fn(usize) -> &'static str| {
        let codes: Vec<Option<&str>> = (0..n).map(|id| Some(of(id))).collect();
        Grouping::from_codes(level, provenance(), codes.into_iter(), |code| format!("Nom de {code}"))
    };
    let groupings = vec![grouping(Level::Departement, &departement), grouping(Level::Region, &|_| "84")];
    for grouping in &groupings {
        topology.dissolve(grouping);
    }
    Territory::assemble(TerritoryParts {
        meta: TerritoryMeta {
            name: "Grille".into(),
            nature: Nature::Training,
            geography: jiff::civil::date(2024, 1, 1),
            files: Vec::new(),
        },
        communes: Communes {
            code: (0..n).map(|id| format!("0{}{id:03}", 1).parse().unwrap()).collect(),
            name: (0..n).map(|id| format!("Commune {id}")).collect(),
            lon: (0..n).map(|id| 2.05 + 0.1 * (id % SIDE) as f64).collect(),
            lat: (0..n).map(|id| 46.05 + 0.1 * (id / SIDE) as f64).collect(),
            postal_codes: vec![Vec::new(); n],
        },
        municipal_arrondissements: Vec::new(),
        groupings,
        columns: vec![Column {
            concept: "population.municipal".into(),
            vintage: 2023,
            label: String::new(),
            unit: String::new(),
            aggregation: Aggregation::Sum,
            provenance: provenance(),
            categories: Vec::new(),
            values: vec![100.0; n],
        }],
        area_columns: Vec::new(),
        adjacency: Vec::new(),
        topology,
        crosswalk: Crosswalk::default(),
        places: Vec::new(),
        lines: vec![
            Polyline {
                kind: "route".into(),
                rank: 1,
                name: "N 1".into(),
                points: vec![[2.0, 46.3], [2.6, 46.3]],
                closed: false,
            },
            Polyline {
                kind: "relief".into(),
                rank: 500,
                name: String::new(),
                points: vec![[2.1, 46.1], [2.4, 46.1], [2.4, 46.4], [2.1, 46.1]],
                closed: true,
            },
        ],
        quarters: Vec::new(),
        methods: Vec::new(),
        couples: Vec::new(),
        care: pacte_territory::CareRegister::default(),
    })
    .unwrap()
}

fn tiles() -> Tiles {
    let territory = Arc::new(territory());
    let extent = Arc::new(Extent::of(&territory));
    let mut communes: Vec<f64> = (0..territory.len()).map(|id| id as f64 + 0.5).collect();
    communes[9] = f64::NAN;
    let measure = TileMeasure {
        slug: "apl_mg".into(),
        regions: vec![3.5].into(),
        departements: vec![3.25, -4.0].into(),
        communes: communes.into(),
    };
    let population: Vec<f64> = (0..territory.len()).map(|id| id as f64).collect();
    Tiles::new(territory, extent, vec![measure], &population, 8 << 20)
}

/// The tile of a zoom over a point.
fn over(zoom: u32, lon: f64, lat: f64) -> TileId {
    let count = f64::from(1 << zoom);
    let y = 0.5 - lat.to_radians().tan().asinh() / std::f64::consts::TAU;
    TileId::new(zoom, ((lon / 360.0 + 0.5) * count) as u32, (y * count) as u32).unwrap()
}

#[derive(Debug, Default)]
struct Read {
    id: u64,
    shape: u64,
    properties: BTreeMap<String, String>,
    /// Rings or lines, in tile units.
    parts: Vec<Vec<[i32; 2]>>,
}

/// Reads protobuf fields: number, wire type, value or length, bytes.
fn fields(mut bytes: &[u8]) -> Vec<(u64, u64, &[u8])> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = bytes[0];
            *bytes = &bytes[1..];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let (value, body): (u64, &[u8]) = match key & 7 {
            0 => (varint(&mut bytes), &[]),
            5 => {
                let (body, rest) = bytes.split_at(4);
                bytes = rest;
                (0, body)
            }
            2 => {
                let length = varint(&mut bytes) as usize;
                let (body, rest) = bytes.split_at(length);
                bytes = rest;
                (0, body)
            }
            wire => panic!("wire type {wire}"),
        };
        found.push((key >> 3, value, body));
    }
    found
}

fn varints(mut bytes: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.iter().position(|b| *b < 0x80).unwrap() + 1;
        numbers.push(bytes[..end].iter().rev().fold(0, |n, b| n << 7 | u64::from(b & 0x7f)));
        bytes = &bytes[end..];
    }
    numbers
}

fn unzigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

fn value(bytes: &[u8]) -> String {
    let (field, number, body) = fields(bytes)[0];
    match field {
        1 => String::from_utf8(body.to_vec()).unwrap(),
        2 => f32::from_le_bytes(body.try_into().unwrap()).to_string(),
        5 => number.to_string(),
        6 => unzigzag(number).to_string(),
        _ => panic!("value of kind {field}"),
    }
}

fn read(gzipped: &[u8]) -> BTreeMap<String, Vec<Read>> {
    let mut layers = BTreeMap::new();
    for (_, _, layer) in fields(&gunzip(gzipped)) {
        let all = fields(layer);
        let texts = |field: u64| all.iter().filter(move |f| f.0 == field).map(|f| f.2);
        let name = String::from_utf8(texts(1).next().unwrap().to_vec()).unwrap();
        let keys: Vec<String> = texts(3).map(|k| String::from_utf8(k.to_vec()).unwrap()).collect();
        let values: Vec<String> = texts(4).map(value).collect();
        assert!(all.iter().any(|f| f.0 == 15 && f.1 == 2), "version 2");
        assert!(all.iter().any(|f| f.0 == 5 && f.1 == 4096), "extent");
        let features = texts(2).map(|body| feature(body, &keys, &values)).collect();
        layers.insert(name, features);
    }
    layers
}

fn feature(body: &[u8], keys: &[String], values: &[String]) -> Read {
    let mut read = Read::default();
    for (field, number, body) in fields(body) {
        match field {
            1 => read.id = number,
            2 => {
                for pair in varints(body).chunks(2) {
                    read.properties.insert(keys[pair[0] as usize].clone(), values[pair[1] as usize].clone());
                }
            }
            3 => read.shape = number,
            4 => {
                let numbers = varints(body);
                let (mut i, mut at) = (0, [0_i32; 2]);
                while i < numbers.len() {
                    let (command, count) = (numbers[i] & 7, numbers[i] >> 3);
                    i += 1;
                    for _ in 0..if command == 7 { 0 } else { count } {
                        at = [at[0] + unzigzag(numbers[i]) as i32, at[1] + unzigzag(numbers[i + 1]) as i32];
                        i += 2;
                        if command == 1 {
                            read.parts.push(Vec::new());
                        }
                        read.parts.last_mut().unwrap().push(at);
                    }
                }
            }
            _ => panic!("field {field} of a feature"),
        }
    }
    read
}

/// Area of a ring in tile units, positive for exteriors as the specification has it (surveyor's formula).
fn area(ring: &[[i32; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let doubled: f64 =
        ring.iter().zip(next).map(|(a, b)| f64::from(a[0]) * f64::from(b[1]) - f64::from(b[0]) * f64::from(a[1])).sum();
    doubled / 2.0
}

#[test]
fn a_tile_holds_every_layer_with_names_and_figures() {
    let layers = read(&tiles().tile(over(8, 2.3, 46.3), "", None));
    assert_eq!(
        layers.keys().map(String::as_str).collect::<Vec<_>>(),
        ["communes", "departements", "lines", "places", "regions", "relief"]
    );
    let commune = layers["communes"].iter().find(|f| f.properties["code"] == "01010").unwrap();
    assert_eq!((commune.id, commune.shape), (11, 3));
    assert_eq!(commune.properties["name"], "Commune 10");
    assert_eq!(commune.properties["apl_mg"], "10.5");
    let missing = layers["communes"].iter().find(|f| f.properties["code"] == "01009").unwrap();
    assert!(!missing.properties.contains_key("apl_mg"), "what is not known is absent, not zero");
    assert!(layers["communes"].iter().all(|f| f.properties["code"] != "01000"), "no contour, no feature");
    let departements: Vec<&str> = layers["departements"].iter().map(|f| f.properties["apl_mg"].as_str()).collect();
    assert_eq!(departements, ["3.25", "-4"]);
    assert_eq!(layers["lines"][0].properties["kind"], "road");
    assert_eq!(layers["lines"][0].properties["rank"], "4", "the main roads are the widest");
    assert_eq!(layers["relief"][0].properties["rank"], "500");
}

#[test]
fn rings_follow_the_specification_and_stay_in_the_tile() {
    let tiles = tiles();
    for zoom in [7, 9, 11, 14] {
        let layers = read(&tiles.tile(over(zoom, 2.14, 46.14), "", None));
        for features in ["communes", "departements", "regions"].iter().filter_map(|layer| layers.get(*layer)) {
            for feature in features {
                assert!(area(&feature.parts[0]) > 0.0, "the first ring is an exterior");
                for vertex in feature.parts.iter().flatten() {
                    assert!(vertex.iter().all(|v| (-64..=4096 + 64).contains(v)), "zoom {zoom} {vertex:?}");
                }
            }
        }
    }
}

#[test]
fn areas_are_kept_through_clipping() {
    // At zoom 9 the grid spans several tiles: together they hold the same surface as the grid at zoom 5.
    let tiles = tiles();
    let surface = |zoom: u32| -> f64 {
        let mut sum = 0.0;
        let (first, last) = (over(zoom, 2.0, 46.6), over(zoom, 2.6, 46.0));
        for x in first.x..=last.x {
            for y in first.y..=last.y {
                let layers = read(&tiles.tile(TileId { zoom: zoom as u8, x, y }, "", None));
                for feature in layers.get("regions").into_iter().flatten() {
                    // Without the margin, which neighbouring tiles both draw.
                    for ring in &feature.parts {
                        let clipped: Vec<[i32; 2]> = ring.iter().map(|v| v.map(|c| c.clamp(0, 4096))).collect();
                        sum += area(&clipped);
                    }
                }
            }
        }
        sum / 4_f64.powi(zoom as i32)
    };
    let (coarse, fine) = (surface(7), surface(10));
    assert!((coarse / fine - 1.0).abs() < 0.01, "{coarse} {fine}");
}

#[test]
fn an_enclave_is_a_hole_after_its_exterior() {
    let layers = read(&tiles().tile(over(9, 2.14, 46.14), "", None));
    let around = layers["communes"].iter().find(|f| f.properties["code"] == "01007").unwrap();
    assert_eq!(around.parts.len(), 2);
    assert!(area(&around.parts[0]) > 0.0 && area(&around.parts[1]) < 0.0);
    let owner = layers["communes"].iter().find(|f| f.properties["code"] == "01008").unwrap();
    assert_eq!(owner.parts.len(), 2, "its square and its enclave");
    assert!(owner.parts.iter().all(|ring| area(ring) > 0.0));
}

#[test]
fn a_measure_of_one_request_is_in_its_tiles_only() {
    let tiles = tiles();
    let id = over(8, 2.3, 46.3);
    let change = TileMeasure {
        slug: "evolution".into(),
        regions: Arc::default(),
        departements: vec![1.5, f64::NAN].into(),
        communes: Arc::default(),
    };
    let changed = read(&tiles.tile(id, "population-2017-2023", Some(&change)));
    assert_eq!(changed["departements"][0].properties["evolution"], "1.5");
    assert!(!changed["departements"][1].properties.contains_key("evolution"));
    let plain = read(&tiles.tile(id, "", None));
    assert!(!plain["departements"][0].properties.contains_key("evolution"));
}

#[test]
fn each_name_is_given_by_one_tile_and_the_most_peopled_come_first() {
    let tiles = tiles();
    let mut names = Vec::new();
    let (first, last) = (over(10, 2.0, 46.6), over(10, 2.6, 46.0));
    for x in first.x..=last.x {
        for y in first.y..=last.y {
            let layers = read(&tiles.tile(TileId { zoom: 10, x, y }, "", None));
            names.extend(layers.get("places").into_iter().flatten().map(|f| f.properties["name"].clone()));
        }
    }
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    let whole = read(&tiles.tile(over(5, 2.3, 46.3), "", None));
    assert_eq!(whole["places"].len(), PLACES_PER_TILE);
    assert_eq!(whole["places"][0].properties["name"], "Commune 35");
}

#[test]
fn what_lies_elsewhere_is_empty_and_the_second_answer_is_the_first() {
    let tiles = tiles();
    assert!(tiles.tile(over(9, 120.0, -30.0), "", None).is_empty());
    let id = over(8, 2.3, 46.3);
    let (first, second) = (tiles.tile(id, "", None), tiles.tile(id, "", None));
    assert!(Arc::ptr_eq(&first, &second), "it comes from the cache");
    tiles.warm([2.0, 46.0, 2.6, 46.6], 6);
    assert!(tiles.cached_bytes() > first.len());
}

#[test]
fn bad_addresses_say_why() {
    let why = |z: &str, x: &str, y: &str| TileId::parse(z, x, y).unwrap_err().to_string();
    assert!(why("15", "0", "0").contains("du zoom 0 au zoom 14"));
    assert!(why("3", "8", "0").contains("x va de 0 à 7"));
    assert!(why("3", "0", "9.mvt").contains("y va de 0 à 7"));
    for bad in ["", "a", "-1", "1.5", "99999999999999999999", "１"] {
        assert!(why("3", bad, "0").contains("n’est pas un nombre entier"), "{bad}");
    }
    assert!(why("3", &"9".repeat(5000), "0").len() < 200, "the address is not repeated whole");
    assert_eq!(TileId::parse("3", "7", "7.mvt"), TileId::new(3, 7, 7));
}
