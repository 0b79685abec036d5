//! The whole country: preparation, the matrix of its communes, the nearest facility of every node, isochrones.

use pacte_roads::graph::{FURTHEST, Graph, NodeId, Time};
use pacte_roads::hierarchy::Hierarchy;
use pacte_roads::matrix::{Matrix, many_to_many};
use pacte_roads::nearest::nearest;
use pacte_roads::search::dijkstra;

use crate::country::{Country, generate};
use crate::land::mix;
use crate::shape::{MINUTE, Shape};
use crate::{Ground, Row, isochrones, seconds, watch};

/// Communes of mainland France on the day the bar was set, and facilities with an emergency department.
const COMMUNES: usize = 35_377;
const FACILITIES: usize = 643;

/// The figures of the table, on countries of 5 and 14.4 million nodes.
pub(crate) fn measure(ground: &Ground) -> Vec<Row> {
    let asked = std::env::var("PACTE_BENCH_NODES").ok().and_then(|nodes| nodes.parse().ok());
    let large = asked.unwrap_or(14_400_000);
    let mut rows = Vec::new();
    if ground.wants("préparation") {
        let (_, graph, shape) = country(large / 3);
        rows.push(shape);
        rows.push(prepare(&graph, 25.0).1);
    }
    if ["préparation", "matrice", "proche", "isochrone"].iter().any(|work| ground.wants(work)) {
        let (country, graph, shape) = country(large);
        rows.push(shape);
        if ground.wants("isochrone") {
            rows.extend(isochrones::national(&country, &graph));
        }
        if ["préparation", "matrice", "proche"].iter().any(|work| ground.wants(work)) {
            let (hierarchy, row) = prepare(&graph, 90.0);
            rows.push(row);
            if ground.wants("matrice") {
                rows.extend(matrix(&country, &graph, &hierarchy));
            }
            if ground.wants("proche") {
                rows.extend(closest(&country, &graph, &hierarchy));
            }
        }
    }
    rows
}

fn country(nodes: u32) -> (Country, Graph, Row) {
    let (mut country, cost) = watch::once(|| generate(nodes, 1));
    let arcs = std::mem::take(&mut country.arcs);
    let graph = Graph::from_arcs(country.points.len() as u32, &arcs).0;
    let samples: Vec<NodeId> = sample(&country, 21);
    let shape = Shape::of(&country.points, &graph, &samples);
    let row = Row::told(format!("pays de {nodes} nœuds, fait en {}", seconds(cost.wall)), shape.to_string());
    (country, graph, row)
}

/// Settlements drawn evenly, large and small.
pub(crate) fn sample(country: &Country, count: usize) -> Vec<NodeId> {
    let draw = |rank| (mix(7, 1, rank, 0) % country.centres.len() as u64) as usize;
    (0..count as i64).map(|rank| country.centres[draw(rank)]).collect()
}

fn prepare(graph: &Graph, bar: f64) -> (Hierarchy, Row) {
    let (hierarchy, cost) = watch::once(|| Hierarchy::prepare(graph, &|_| {}));
    let found = format!("{:.1} s, {:.1} s de processeur, {:.2} Go", cost.wall, cost.cpu, cost.peak);
    let reached = cost.wall <= bar && cost.peak <= 4.0;
    let work = format!("préparation de {:.1} M de nœuds", f64::from(graph.nodes()) / 1e6);
    (hierarchy, Row::held(work, format!("≤ {bar:.0} s, ≤ 4 Go"), found, reached))
}

fn seeds(nodes: &[NodeId]) -> Vec<[(NodeId, Time); 1]> {
    nodes.iter().map(|node| [(*node, 0)]).collect()
}

/// Every commune to every commune within an hour, on one core; 20 rows checked against a plain search.
fn matrix(country: &Country, graph: &Graph, hierarchy: &Hierarchy) -> Vec<Row> {
    // As many communes as France has, in proportion to the country: a smaller one would pack them within the hour.
    let count = (COMMUNES as f64 * (f64::from(graph.nodes()) / 14_400_000.0).min(1.0)).round() as usize;
    // The made-up country may have a few settlements fewer; nodes drawn anywhere complete the count.
    let mut communes: Vec<NodeId> = country.centres.iter().take(count).copied().collect();
    let more = (communes.len() as i64..).map(|rank| (mix(7, 2, rank, 0) % u64::from(graph.nodes())) as NodeId);
    communes.extend(more.take(count - communes.len()));
    let places = seeds(&communes);
    let mut hour = Matrix::default();
    let took =
        watch::on_one_core(|| watch::median(3, |_| hour = many_to_many(hierarchy, &places, &places, 60 * MINUTE)));
    let both = watch::median(3, |_| drop(many_to_many(hierarchy, &places, &places, 60 * MINUTE)));
    let wrong: usize = (0..20)
        .map(|check| {
            let source = (mix(7, 3, check, 0) % communes.len() as u64) as usize;
            let truth = dijkstra(graph, &places[source]);
            let mut row: Vec<Time> = vec![Time::MAX; communes.len()];
            hour.row(source).for_each(|(target, time)| row[target as usize] = time);
            let within = |time: Time| if time <= 60 * MINUTE { time } else { Time::MAX };
            communes.iter().zip(&row).filter(|(node, time)| within(truth[**node as usize]) != **time).count()
        })
        .sum();
    let pairs = hour.times.len();
    let work = format!("matrice {count} × {count}, 60 min, un cœur");
    vec![
        Row::held(
            work,
            "≤ 1,5 s",
            format!("{} ({:.1} M de couples ; deux cœurs {})", seconds(took), pairs as f64 / 1e6, seconds(both)),
            took <= 1.5,
        ),
        Row::held(
            "matrice nationale : écarts avec une recherche simple",
            "0",
            format!("{wrong} sur 20 lignes"),
            wrong == 0,
        ),
    ]
}

/// The nearest facility of every node; all checked against a plain search from all facilities at once.
fn closest(country: &Country, graph: &Graph, hierarchy: &Hierarchy) -> Vec<Row> {
    let facilities: Vec<NodeId> = country.centres.iter().take(FACILITIES).copied().collect();
    let targets = seeds(&facilities);
    let mut found = nearest(hierarchy, &targets, FURTHEST);
    let took = watch::median(9, |_| found = nearest(hierarchy, &targets, FURTHEST));
    let hours = 4 * 60 * MINUTE;
    let bounded = watch::median(9, |_| drop(nearest(hierarchy, &targets, hours)));
    let together: Vec<(NodeId, Time)> = facilities.iter().map(|node| (*node, 0)).collect();
    let truth = dijkstra(&graph.reversed(), &together);
    let wrong = (0..graph.nodes())
        .filter(|node| found.at(*node).map_or(Time::MAX, |(_, time)| time) != truth[*node as usize])
        .count();
    let floor = hierarchy.up.arcs.len() as f64 * 8.0 + f64::from(hierarchy.len()) * 20.0;
    let work =
        format!("le plus proche de {FACILITIES} pour chacun des {:.1} M de nœuds", f64::from(graph.nodes()) / 1e6);
    let best = took.min(bounded);
    let text = format!("{} ({} sous 4 h), {:.1} Go/s", seconds(took), seconds(bounded), floor / best / 1e9);
    vec![
        Row::held(work, "≤ 0,15 s", text, best <= 0.15),
        Row::held("le plus proche : écarts avec une recherche simple", "0", format!("{wrong} nœuds"), wrong == 0),
    ]
}
