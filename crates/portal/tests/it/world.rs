//! An invented territory, built in code: a plain and a mountain of twelve by eight communes in four départements and
//! two regions, and an island far away. Every figure follows from a commune's place, so tests can say what is right.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use jiff::civil::date;
use pacte_access::atlas::Atlas;
use pacte_access::reach::Surroundings;
use pacte_portal::{AppState, Options, Portal};
use pacte_roads::build::RoadGraph;
use pacte_roads::network::Network;
use pacte_roads::osm;
use pacte_roads::profile::SpeedProfile;
use pacte_territory::{
    Aggregation, Column, CommuneCode, Communes, Crosswalk, Grouping, Level, MethodFile, Move, MunicipalArrondissement,
    Nature, Provenance, QuarterZone, SourceFile, Territory, TerritoryMeta, TerritoryParts, TopologyBuilder,
};

const COLUMNS: usize = 12;
const ROWS: usize = 8;
const ISLAND: usize = 4;
/// Number of communes.
pub(crate) const COMMUNES: usize = COLUMNS * ROWS + ISLAND;
/// A commune no population is known for.
pub(crate) const UNKNOWN: u32 = 99;
/// The largest city.
pub(crate) const CITY: &str = "01028";

/// The application over the invented territory.
pub(crate) fn portal() -> AppState {
    let territory = Arc::new(territory(Nature::Real));
    open(territory, Vec::new())
}

/// The application over the same territory with roads, by car and on foot: a square grid that joins the centres of the
/// communes of the plain and the mountain, and leaves the island alone.
pub(crate) fn with_roads() -> AppState {
    static OPENED: OnceLock<AppState> = OnceLock::new();
    let opened = OPENED.get_or_init(|| {
        let territory = Arc::new(territory(Nature::Real));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("routes.osm");
        std::fs::write(&file, grid()).unwrap();
        let extract = osm::read(&[file], &|_| {}).unwrap();
        let roads = ["car", "walk"].map(|profile| {
            let profile = SpeedProfile::shipped(profile).unwrap();
            let graph = RoadGraph::build(&extract.ways, &profile).unwrap();
            let network = Network::prepare(graph, &profile, extract.report.clone(), &|_| {});
            Arc::new(Surroundings::new(Arc::clone(&territory), Arc::new(network)))
        });
        open(territory, roads.into())
    });
    Arc::clone(opened)
}

/// Roads in the format of OpenStreetMap: a node at the centre of each commune, a road along each row and each column.
fn grid() -> String {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<osm version=\"0.6\">\n");
    for i in 0..COLUMNS * ROWS {
        let (lon, lat) = (2.05 + 0.12 * (i % COLUMNS) as f64, 46.05 - 0.09 * (i / COLUMNS) as f64);
        let _ = writeln!(text, "<node id=\"{}\" lat=\"{lat:.7}\" lon=\"{lon:.7}\"/>", i + 1);
    }
    let rows = (0..ROWS).map(|y| (0..COLUMNS).map(|x| y * COLUMNS + x).collect::<Vec<_>>());
    let columns = (0..COLUMNS).map(|x| (0..ROWS).map(|y| y * COLUMNS + x).collect::<Vec<_>>());
    for (way, nodes) in rows.chain(columns).enumerate() {
        let _ = writeln!(text, "<way id=\"{}\"><tag k=\"highway\" v=\"primary\"/>", way + 1);
        for node in nodes {
            let _ = writeln!(text, "<nd ref=\"{}\"/>", node + 1);
        }
        text.push_str("</way>\n");
    }
    text.push_str("</osm>\n");
    text
}

/// The application over the same territory, said to be fictional.
pub(crate) fn training() -> AppState {
    open(Arc::new(territory(Nature::Training)), Vec::new())
}

fn open(territory: Arc<Territory>, roads: Vec<Arc<Surroundings>>) -> AppState {
    let computed = computed(&territory);
    let atlas = Arc::new(Atlas::new(Arc::clone(&territory), computed));
    Portal::open(
        territory,
        atlas,
        Options { hash: "0123456789abcdef".into(), theme: None, roads, workbench: None, aids: None },
    )
    .unwrap()
}

fn provenance(source: &str, vintage: &str) -> Provenance {
    Provenance {
        source: source.into(),
        file: format!("{source}.csv"),
        vintage: vintage.into(),
        geography: 2024,
        method: String::new(),
    }
}

fn departement(i: usize) -> &'static str {
    if i >= COLUMNS * ROWS {
        return "972";
    }
    match (i % COLUMNS < COLUMNS / 2, i / COLUMNS < ROWS / 2) {
        (true, true) => "01",
        (false, true) => "02",
        (true, false) => "2A",
        (false, false) => "04",
    }
}

fn code(i: usize) -> CommuneCode {
    let departement = departement(i);
    let serial =
        if departement.len() == 3 { format!("{:02}", i - COLUMNS * ROWS + 1) } else { format!("{:03}", i + 1) };
    format!("{departement}{serial}").parse().unwrap()
}

fn name(i: usize) -> String {
    const HEADS: [&str; 8] =
        ["Saint-Ferréol", "L’Épine", "Châteauvieux", "Mont-Noir", "Vaux", "Le Breuil", "Rives", "Aulnoy"];
    const TAILS: [&str; 6] = ["-sur-Orge", "-les-Bains", "-en-Plaine", "", "-le-Haut", "-la-Forêt"];
    match i {
        27 => "Grandville".into(),
        99 => "Île-Perdue".into(),
        _ => format!("{}{}", HEADS[i % 8], TAILS[(i / 8) % 6]),
    }
}

/// The territory.
pub(crate) fn territory(nature: Nature) -> Territory {
    let mut order: Vec<usize> = (0..COMMUNES).collect();
    order.sort_by_key(|i| code(*i));
    let place = |i: usize| {
        if i >= COLUMNS * ROWS {
            let j = i - COLUMNS * ROWS;
            (-61.0 + 0.1 * (j % 2) as f64, 14.5 + 0.1 * (j / 2) as f64)
        } else {
            (2.0 + 0.12 * (i % COLUMNS) as f64, 46.0 - 0.09 * (i / COLUMNS) as f64)
        }
    };
    let size = |i: usize| if i >= COLUMNS * ROWS { (0.1, 0.1) } else { (0.12, 0.09) };
    let mut topology = TopologyBuilder::new(COMMUNES);
    for (id, i) in order.iter().enumerate() {
        let ((x, y), (w, h)) = (place(*i), size(*i));
        let ring = vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]];
        topology.add(id as u32, &[ring]).unwrap();
    }
    let mut adjacency = Vec::new();
    for (a, i) in order.iter().enumerate() {
        for (b, j) in order.iter().enumerate().skip(a + 1) {
            let ((x, y), (u, v)) = (place(*i), place(*j));
            if (x - u).abs() + (y - v).abs() < 0.13 {
                adjacency.push((a as u32, b as u32, 9.0));
            }
        }
    }
    let mut topology = topology.build();
    let groupings = groupings(&order);
    for grouping in &groupings {
        topology.dissolve(grouping);
    }
    let step = |year: i16, from: &str, to: &str| Move {
        date: date(year, 1, 1),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    };
    let files = vec![
        SourceFile {
            path: "communes/cog_2024.csv".into(),
            source: "INSEE, code officiel géographique".into(),
            vintage: "2024-01-01".into(),
            hash: "ab".repeat(32),
            rows: 102,
            matched: 100,
        },
        SourceFile {
            path: "sante/bpe_2024.csv".into(),
            source: "INSEE, base permanente des équipements".into(),
            vintage: "2024".into(),
            hash: "cd".repeat(32),
            rows: 80,
            matched: 79,
        },
    ];
    let name_of = if nature == Nature::Real { "France" } else { "Pays d’Armance" };
    Territory::assemble(TerritoryParts {
        meta: TerritoryMeta { name: name_of.into(), nature, geography: date(2024, 1, 1), files },
        communes: Communes {
            code: order.iter().map(|i| code(*i)).collect(),
            name: order.iter().map(|i| name(*i)).collect(),
            lon: order.iter().map(|i| place(*i).0 + 0.05).collect(),
            lat: order.iter().map(|i| place(*i).1 + 0.05).collect(),
            postal_codes: order.iter().map(|i| vec![format!("{}000", &code(*i).as_str()[..2])]).collect(),
        },
        municipal_arrondissements: vec![MunicipalArrondissement {
            code: "01901".parse().unwrap(),
            name: "Grandville 1er".into(),
            parent: order.iter().position(|i| *i == 27).unwrap() as u32,
        }],
        groupings,
        columns: columns(&order),
        area_columns: Vec::new(),
        adjacency,
        topology,
        crosswalk: Crosswalk::new(vec![step(2015, CITY, CITY), step(2015, "01990", CITY)]),
        places: Vec::new(),
        lines: Vec::new(),
        quarters: vec![QuarterZone {
            code: "QN00101M".into(),
            name: "Les Tilleuls".into(),
            communes: vec![order.iter().position(|i| *i == 27).unwrap() as u32],
            rings: Vec::new(),
        }],
        methods: vec![MethodFile { name: "zonage/mg-2025".into(), yaml: "seuil: 2.5\n".into() }],
        couples: Vec::new(),
        care: pacte_territory::CareRegister::default(),
    })
    .unwrap()
}

fn groupings(order: &[usize]) -> Vec<Grouping> {
    let departements: Vec<&str> = order.iter().map(|i| departement(*i)).collect();
    let by = |level, codes: &[String], name: &dyn Fn(&str) -> String| {
        Grouping::from_codes(level, provenance("INSEE", "2024"), codes.iter().map(|c| Some(c.as_str())), name)
    };
    let departement_codes: Vec<String> = departements.iter().map(|d| (*d).to_owned()).collect();
    let regions: Vec<String> = departements
        .iter()
        .map(|d| match *d {
            "01" | "02" => "11",
            "972" => "02",
            _ => "32",
        })
        .map(str::to_owned)
        .collect();
    let epci: Vec<String> = order
        .iter()
        .map(|i| {
            if *i >= COLUMNS * ROWS {
                "200009999".into()
            } else {
                format!("20000{:02}{:02}", i % COLUMNS / 3, i / COLUMNS / 2)
            }
        })
        .collect();
    let names = |code: &str| {
        match code {
            "01" => "Ain-Haut",
            "02" => "Orgemont",
            "2A" => "Corsemont",
            "04" => "Alpes-Basses",
            "972" => "Île du Levant",
            _ => "?",
        }
        .to_owned()
    };
    let region_names = |code: &str| match code {
        "11" => "Val-de-Plaine".to_owned(),
        "32" => "Hautes-Terres".to_owned(),
        _ => "Île du Levant".to_owned(),
    };
    vec![
        by(Level::Epci, &epci, &|code| format!("CC des Rives {}", &code[5..])),
        by(Level::BassinDeVie, &epci, &|code| format!("Bassin {}", &code[5..])),
        by(Level::Departement, &departement_codes, &names),
        by(Level::Region, &regions, &region_names),
    ]
}

/// Inhabitants of a commune in 2023: the city, then smaller away from it.
pub(crate) fn people(i: usize) -> f64 {
    if i == 27 { 250_000.0 } else { 300.0 + 97.0 * ((i * 37) % 61) as f64 }
}

fn column(concept: &str, vintage: i16, unit: &str, aggregation: Aggregation, values: Vec<f64>) -> Column {
    Column {
        concept: concept.into(),
        vintage,
        label: concept.into(),
        unit: unit.into(),
        aggregation,
        provenance: provenance(
            if concept.starts_with("supply") { "INSEE, BPE" } else { "INSEE" },
            &vintage.to_string(),
        ),
        categories: Vec::new(),
        values,
    }
}

fn columns(order: &[usize]) -> Vec<Column> {
    let sum = |concept: &str, vintage, of: &dyn Fn(usize) -> f64| {
        column(concept, vintage, "habitants", Aggregation::Sum, order.iter().map(|i| of(*i)).collect())
    };
    let mean = |concept: &str, vintage: i16, of: &dyn Fn(usize) -> f64| {
        let weight = Aggregation::WeightedMean { concept: "population.standardised".into(), vintage };
        column(concept, vintage, "consultations par hab. et par an", weight, order.iter().map(|i| of(*i)).collect())
    };
    let known = |i: usize, value: f64| if i as u32 == UNKNOWN { f64::NAN } else { value };
    let mut columns = vec![
        sum("population.municipal", 2021, &|i| known(i, (people(i) * 0.98).round())),
        sum("population.municipal", 2022, &|i| known(i, (people(i) * 0.99).round())),
        sum("population.municipal", 2023, &|i| known(i, people(i))),
        sum("area.km2", 2024, &|i| 40.0 + (i % 7) as f64),
        sum("supply.gp", 2017, &|i| (people(i) / 900.0).floor()),
        sum("supply.gp", 2024, &|i| (people(i) / 1000.0).floor()),
        sum("supply.emergency", 2020, &|i| f64::from(u8::from(i == 27 || i == 80))),
        sum("supply.pharmacy", 2024, &|i| (people(i) / 2500.0).floor()),
    ];
    for vintage in [2016, 2018, 2022] {
        columns.push(sum("population.standardised", vintage, &|i| known(i, people(i) * 1.01)));
        columns.push(mean("apl.gp", vintage, &|i| known(i, apl(i) * 1.05)));
    }
    let mut zoning =
        column("zoning.gp", 2025, "", Aggregation::Category, order.iter().map(|i| (i % 3) as f64).collect());
    zoning.label = "Zonage des médecins généralistes".into();
    zoning.categories = vec![
        "Zone d’intervention prioritaire (ZIP)".into(),
        "Zone d’action complémentaire (ZAC)".into(),
        "Hors zonage (HZ)".into(),
    ];
    columns.push(zoning);
    columns
}

/// APL of a commune: falls with distance from the city.
pub(crate) fn apl(i: usize) -> f64 {
    if i >= COLUMNS * ROWS {
        return 1.8;
    }
    let (dx, dy) = ((i % COLUMNS) as f64 - 3.0, (i / COLUMNS) as f64 - 2.0);
    (5.6 - 0.62 * (dx * dx + dy * dy).sqrt()).max(0.4)
}

fn computed(territory: &Territory) -> Vec<Column> {
    let order: Vec<usize> = {
        let mut order: Vec<usize> = (0..COMMUNES).collect();
        order.sort_by_key(|i| code(*i));
        order
    };
    let known = |i: usize, value: f64| if i as u32 == UNKNOWN { f64::NAN } else { value };
    let values = |of: &dyn Fn(usize) -> f64| order.iter().map(|i| of(*i)).collect::<Vec<f64>>();
    let id = |i: usize| order.iter().position(|j| *j == i).unwrap() as f64;
    let nearest = |i: usize| if i >= COLUMNS * ROWS { f64::NAN } else { id(if i / COLUMNS < 5 { 27 } else { 80 }) };
    let minutes = |i: usize| {
        if i >= COLUMNS * ROWS {
            return f64::NAN;
        }
        let target: usize = if i / COLUMNS < 5 { 27 } else { 80 };
        let (dx, dy) =
            ((i % COLUMNS) as f64 - (target % COLUMNS) as f64, (i / COLUMNS) as f64 - (target / COLUMNS) as f64);
        9.5 * (dx * dx + dy * dy).sqrt()
    };
    let own = |i: usize| if people(i) >= 1000.0 { id(i) } else { id(27) };
    let weighted = Aggregation::WeightedMean { concept: "population.municipal".into(), vintage: 2023 };
    let mut columns = vec![
        column("access.apl.gp", 2024, "", weighted.clone(), values(&|i| known(i, apl(i)))),
        column("access.apl.gp_65", 2024, "", weighted.clone(), values(&|i| known(i, apl(i) * 0.85))),
        column("access.demand.gp", 2024, "", Aggregation::Sum, values(&|i| known(i, people(i) * 1.01))),
        column("access.minutes.emergency", 2020, "minutes", weighted.clone(), values(&minutes)),
        column("access.nearest.emergency", 2020, "", Aggregation::None, values(&nearest)),
        column(
            "access.minutes.gp",
            2024,
            "minutes",
            weighted.clone(),
            values(&|i| if people(i) >= 1000.0 { 0.0 } else { 12.0 }),
        ),
        column("access.nearest.gp", 2024, "", Aggregation::None, values(&own)),
    ];
    for column in &mut columns {
        column.provenance.source = "calcul de Pacte".into();
        column.provenance.method = "APL, méthode de 2022 ; temps de trajet modélisés.".into();
    }
    debug_assert_eq!(territory.len(), COMMUNES);
    columns
}
