//! A small invented territory: communes on a jittered grid, in two départements.

use jiff::civil::date;
use pacte_territory::{
    Aggregation, Column, Communes, Crosswalk, Grouping, Level, Nature, Provenance, TerritoryMeta, TerritoryParts,
    Topology, TopologyBuilder,
};

/// Where invented figures come from.
pub(crate) fn provenance(vintage: &str) -> Provenance {
    Provenance {
        source: "essai".into(),
        file: "essai.csv".into(),
        vintage: vintage.into(),
        geography: 2024,
        method: String::new(),
    }
}

/// Corner (x, y) of the grid, moved by the pseudo-random `jitter` so that borders are no straight lines.
fn corner(x: usize, y: usize, jitter: &dyn Fn(usize, usize) -> (f64, f64)) -> [f64; 2] {
    let (dx, dy) = jitter(x, y);
    [1.0 + x as f64 * 0.1 + dx, 45.0 + y as f64 * 0.1 + dy]
}

/// Vertices of the side from one corner to another, the same whichever way it is walked.
fn side(a: [f64; 2], b: [f64; 2]) -> Vec<[f64; 2]> {
    const STEPS: u32 = 8;
    let (from, to, reversed) = if a <= b { (a, b, false) } else { (b, a, true) };
    let mut points: Vec<[f64; 2]> = (0..=STEPS)
        .map(|k| {
            let t = f64::from(k) / f64::from(STEPS);
            let bulge = if k == 0 || k == STEPS { 0.0 } else { 0.004 * (f64::from(k) * 2.4 + from[0] * 40.0).sin() };
            [from[0] + (to[0] - from[0]) * t + bulge, from[1] + (to[1] - from[1]) * t - bulge]
        })
        .collect();
    if reversed {
        points.reverse();
    }
    points
}

/// Contours of a `width` × `height` grid of communes.
pub(crate) fn grid(width: usize, height: usize, jitter: &dyn Fn(usize, usize) -> (f64, f64)) -> Topology {
    let mut builder = TopologyBuilder::new(width * height);
    for y in 0..height {
        for x in 0..width {
            let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)].map(|(x, y)| corner(x, y, jitter));
            let mut ring: Vec<[f64; 2]> = vec![corners[0]];
            for pair in corners.windows(2) {
                ring.extend(side(pair[0], pair[1]).into_iter().skip(1));
            }
            builder.add((y * width + x) as u32, &[ring]).unwrap();
        }
    }
    builder.build()
}

/// A whole territory of `width` × `height` communes, west half in one département, east half in the other.
pub(crate) fn parts(width: usize, height: usize) -> TerritoryParts {
    let n = width * height;
    let mut topology = grid(width, height, &|_, _| (0.0, 0.0));
    let departements: Vec<&str> = (0..n).map(|i| if i % width < width / 2 { "X1" } else { "X2" }).collect();
    let departement = Grouping::from_codes(
        Level::Departement,
        provenance("2024"),
        departements.iter().map(|code| Some(*code)),
        |code| format!("Département {code}"),
    );
    topology.dissolve(&departement);
    TerritoryParts {
        meta: TerritoryMeta {
            name: "Essai".into(),
            nature: Nature::Training,
            geography: date(2024, 1, 1),
            files: Vec::new(),
        },
        communes: Communes {
            code: (0..n).map(|i| format!("X1{i:03}").parse().unwrap()).collect(),
            name: (0..n).map(|i| format!("Commune {i}")).collect(),
            lon: (0..n).map(|i| 1.05 + (i % width) as f64 * 0.1).collect(),
            lat: (0..n).map(|i| 45.05 + (i / width) as f64 * 0.1).collect(),
            postal_codes: vec![vec!["99100".into()]; n],
        },
        municipal_arrondissements: Vec::new(),
        groupings: vec![departement],
        columns: vec![Column {
            concept: "population.municipal".into(),
            vintage: 2023,
            label: "Population".into(),
            unit: "habitants".into(),
            aggregation: Aggregation::Sum,
            provenance: provenance("2023"),
            categories: Vec::new(),
            values: (0..n).map(|i| if i == 0 { f64::NAN } else { 100.0 * i as f64 }).collect(),
        }],
        area_columns: Vec::new(),
        adjacency: (0..n as u32 - 1).map(|i| (i, i + 1, 8.0)).collect(),
        topology,
        crosswalk: Crosswalk::default(),
        places: Vec::new(),
        lines: Vec::new(),
        quarters: Vec::new(),
        methods: Vec::new(),
        couples: Vec::new(),
        care: pacte_territory::CareRegister::default(),
    }
}
