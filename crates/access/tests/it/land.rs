//! Small invented territories.

use std::f64::consts::PI;

use jiff::civil::date;
use pacte_territory::{
    Aggregation, Column, CommuneCode, Communes, Crosswalk, Grouping, Level, Nature, Provenance, Territory,
    TerritoryMeta, TerritoryParts, Topology, geodesy::great_circle_km,
};
use proptest::prelude::*;

/// A territory to be: one entry per commune.
#[derive(Clone, Debug)]
pub(crate) struct Land {
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) people: Vec<f64>,
    pub(crate) km2: Vec<f64>,
    pub(crate) gps: Vec<f64>,
    /// Communes after this rank are an island: nothing joins them to the others.
    pub(crate) island: usize,
}

pub(crate) fn provenance() -> Provenance {
    Provenance {
        source: "essai".into(),
        file: "essai.csv".into(),
        vintage: "2022".into(),
        geography: 2024,
        method: String::new(),
    }
}

pub(crate) fn column(concept: &str, vintage: i16, values: Vec<f64>) -> Column {
    Column {
        concept: concept.into(),
        vintage,
        label: concept.into(),
        unit: String::new(),
        aggregation: Aggregation::Sum,
        provenance: provenance(),
        categories: Vec::new(),
        values,
    }
}

impl Land {
    pub(crate) fn len(&self) -> usize {
        self.points.len()
    }

    /// Parts with population, area and supply; each commune borders its five nearest on the same side of the water.
    pub(crate) fn parts(&self) -> TerritoryParts {
        let n = self.len();
        let mut adjacency = Vec::new();
        for a in 0..n {
            let mut near: Vec<(f64, usize)> = (0..n)
                .filter(|b| *b != a && (*b >= self.island) == (a >= self.island))
                .map(|b| (great_circle_km(self.points[a], self.points[b]), b))
                .collect();
            near.sort_by(|x, y| x.0.total_cmp(&y.0));
            adjacency.extend(near.iter().take(5).map(|(km, b)| (a.min(*b) as u32, a.max(*b) as u32, *km)));
        }
        let code: Vec<CommuneCode> =
            (0..n).map(|i| format!("X{}{:03}", i / 1000, i % 1000).parse().expect("a code")).collect();
        TerritoryParts {
            meta: TerritoryMeta {
                name: "Essai".into(),
                nature: Nature::Training,
                geography: date(2024, 1, 1),
                files: Vec::new(),
            },
            communes: Communes {
                name: code.iter().map(ToString::to_string).collect(),
                code,
                lon: self.points.iter().map(|point| point.0).collect(),
                lat: self.points.iter().map(|point| point.1).collect(),
                postal_codes: vec![Vec::new(); n],
            },
            municipal_arrondissements: Vec::new(),
            groupings: vec![Grouping::from_codes(
                Level::Departement,
                provenance(),
                (0..n).map(|i| Some(if i % 2 == 0 { "01" } else { "02" })),
                str::to_owned,
            )],
            columns: vec![
                column("population.municipal", 2022, self.people.clone()),
                column("population.standardised", 2022, self.people.iter().map(|people| people * 0.98).collect()),
                column("area.km2", 2024, self.km2.clone()),
                column("supply.gp", 2024, self.gps.clone()),
            ],
            area_columns: Vec::new(),
            adjacency,
            topology: Topology::default(),
            crosswalk: Crosswalk::default(),
            places: Vec::new(),
            lines: Vec::new(),
            quarters: Vec::new(),
            methods: Vec::new(),
            couples: Vec::new(),
            care: pacte_territory::CareRegister::default(),
        }
    }

    pub(crate) fn territory(&self) -> Territory {
        Territory::assemble(self.parts()).expect("a territory")
    }
}

/// Twelve to sixty communes over some forty km, some with many people, some with doctors, perhaps an island.
pub(crate) fn lands() -> impl Strategy<Value = Land> {
    let commune = (0.0..1.0_f64, 0.0..1.0_f64, 0.0..5.0_f64, 1.0..60.0_f64, 0_u32..8);
    (prop::collection::vec(commune, 12..60), prop::bool::ANY).prop_map(|(communes, island)| {
        let n = communes.len();
        Land {
            points: communes.iter().map(|c| (2.0 + 0.6 * c.0, 46.0 + 0.4 * c.1)).collect(),
            people: communes.iter().map(|c| 10.0_f64.powf(c.2).floor()).collect(),
            km2: communes.iter().map(|c| c.3).collect(),
            gps: communes.iter().map(|c| f64::from(c.4.saturating_sub(4))).collect(),
            island: if island { n - 3 } else { n },
        }
    })
}

/// A disc of communes on a spiral, denser at the centre, large enough for trips of all lengths.
pub(crate) fn disc(n: usize) -> Land {
    let golden = PI * (3.0 - 5.0_f64.sqrt());
    let polar = |i: usize| ((i as f64 / n as f64).sqrt(), i as f64 * golden);
    let people = |i: usize| 40_000.0 * (-6.0 * polar(i).0).exp() + (i * 37 % 500) as f64;
    Land {
        points: (0..n)
            .map(|i| {
                let (r, angle) = polar(i);
                (2.0 + 0.9 * r * angle.cos(), 46.0 + 0.6 * r * angle.sin())
            })
            .collect(),
        people: (0..n).map(people).collect(),
        km2: (0..n).map(|i| 8.0 + (i * 13 % 17) as f64).collect(),
        // One for a thousand people or so, in one commune of three.
        gps: (0..n).map(|i| if i % 3 == 0 { (people(i) / 350.0).round() } else { 0.0 }).collect(),
        island: n,
    }
}
