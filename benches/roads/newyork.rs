//! The New York graph of the DIMACS challenge (264,346 nodes): the same questions to us, pandana, SciPy and OSRM.

use pacte_roads::graph::{FURTHEST, Graph, NodeId, Time};
use pacte_roads::hierarchy::Hierarchy;
use pacte_roads::matrix::{Matrix, many_to_many};
use pacte_roads::nearest::nearest;
use pacte_roads::search::Bounded;

use crate::exchange::{self, Figures, Questions};
use crate::land::mix;
use crate::shape::{MINUTE, Shape};
use crate::{Ground, Row, dimacs, seconds, watch};

const NEVER: Time = Time::MAX;

/// New York against its peers.
pub(crate) fn measure(ground: &Ground) -> Vec<Row> {
    if !ground.wants("new york") && !ground.names("osrm") {
        return Vec::new();
    }
    let file = |name: &str| ground.extracts.join(name);
    let Some((points, arcs)) = dimacs::read(&file("USA-road-t.NY.gr.gz"), &file("USA-road-d.NY.co.gz")) else {
        eprintln!("DONNÉES RÉELLES ABSENTES (USA-road-*.NY) : New York n’est pas mesuré.");
        return Vec::new();
    };
    let graph = Graph::from_arcs(points.len() as u32, &arcs).0;
    let draw = |purpose, count: usize| -> Vec<NodeId> {
        (0..count as i64).map(|rank| (mix(3, purpose, rank, 0) % u64::from(graph.nodes())) as NodeId).collect()
    };
    let (sources, targets, starts, facilities) = (draw(1, 1000), draw(2, 1000), draw(3, 21), draw(4, 643));
    let mut rows = vec![Row::told("new york : forme", Shape::of(&points, &graph, &starts).to_string())];

    let folder = ground.folder("newyork");
    let questions = Questions { sources: &sources, targets: &targets, starts: &starts, facilities: &facilities };
    exchange::hand_over(&folder, &points, &graph, &questions);
    let pandana = exchange::peer("pandana", &folder, &[]);
    let scipy = exchange::peer("scipy", &folder, &[]);
    // Its preparation takes many minutes: on demand only (Porto has it always, see `extracts`).
    let osrm = ground.names("osrm").then(|| exchange::peer("osrm", &folder, &[])).flatten();

    let (hierarchy, cost) = watch::once(|| Hierarchy::prepare(&graph, &|_| {}));
    let told =
        Row::told("new york : préparation", format!("{} ({} de processeur)", seconds(cost.wall), seconds(cost.cpu)));
    rows.push(with_peer(told, "pandana", pandana.as_ref(), "prepare", cost.wall));
    if let Some(figures) = &osrm {
        let total = figures.number("extract", "cpu").unwrap_or(0.0) + figures.number("contract", "cpu").unwrap_or(0.0);
        rows.push(Row::told("new york : préparation, processeur", seconds(cost.cpu)).beside("OSRM", total, cost.cpu));
    }

    rows.extend(against_the_crate(&graph, &hierarchy, cost, &sources, &targets));

    let seeds = |nodes: &[NodeId]| -> Vec<[(NodeId, Time); 1]> { nodes.iter().map(|node| [(*node, 0)]).collect() };
    let (from, to, of) = (seeds(&sources), seeds(&targets), seeds(&facilities));
    let mut whole = Matrix::default();
    let took = watch::median(5, |_| whole = many_to_many(&hierarchy, &from, &to, FURTHEST));
    let work = "new york : matrice 1 000 × 1 000";
    let theirs = pandana.as_ref().and_then(|figures| figures.number("matrix", "wall"));
    let held = Row::held(work, "≥ 300 × pandana", seconds(took), theirs.is_some_and(|theirs| theirs / took >= 300.0));
    rows.push(with_peer(held, "pandana", pandana.as_ref(), "matrix", took));
    if osrm.is_some() {
        rows.push(with_peer(Row::told(work, seconds(took)), "OSRM", osrm.as_ref(), "table", took));
    }
    for (peer, ran) in [("pandana", pandana.is_some()), ("osrm", osrm.is_some())] {
        if ran {
            let theirs = exchange::read(&folder, &format!("{peer}.matrix.u32"));
            rows.push(agreement(&format!("{work} : écarts avec {peer}"), &whole, &theirs, targets.len()));
        }
    }

    // SciPy answers 50 of the sources; both are told by source.
    let mut hour = Matrix::default();
    let took = watch::median(5, |_| hour = many_to_many(&hierarchy, &from, &to, 60 * MINUTE)) / sources.len() as f64;
    let told = Row::told("new york : matrice 60 min, par source", seconds(took));
    rows.push(match &scipy {
        Some(figures) => {
            let count = figures.number("matrix60", "sources").unwrap_or(1.0);
            told.beside("SciPy", figures.number("matrix60", "wall").unwrap_or(f64::NAN) / count, took)
        }
        None => told,
    });
    if scipy.is_some() {
        let theirs = exchange::read(&folder, "scipy.matrix60.u32");
        rows.push(agreement("new york : matrice 60 min : écarts avec SciPy", &hour, &theirs, targets.len()));
    }

    let mut close = nearest(&hierarchy, &of, FURTHEST);
    let took = watch::median(9, |_| close = nearest(&hierarchy, &of, FURTHEST));
    for (peer, figures) in [("SciPy", &scipy), ("pandana", &pandana)] {
        let told = Row::told("new york : le plus proche de 643 pour chaque nœud", seconds(took));
        rows.push(with_peer(told, peer, figures.as_ref(), "nearest", took));
    }
    if scipy.is_some() {
        let theirs = exchange::read(&folder, "scipy.nearest.u32");
        let ours = (0..graph.nodes()).map(|node| close.at(node).map_or(NEVER, |(_, time)| time));
        let apart = ours.zip(&theirs).filter(|(ours, theirs)| ours != *theirs).count();
        rows.push(Row::held(
            "new york : le plus proche : écarts avec SciPy",
            "0",
            format!("{apart} sur {}", theirs.len()),
            apart == 0,
        ));
    }

    let mut search = Bounded::default();
    for (minutes, peer, figures, work) in [(30, "pandana", &pandana, "search30"), (60, "SciPy", &scipy, "search60")] {
        let took = watch::median(starts.len(), |run| {
            search.search(&graph, &[(starts[run], 0)], minutes * MINUTE);
        });
        let told = Row::told(format!("new york : recherche bornée à {minutes} min"), seconds(took));
        rows.push(with_peer(told, peer, figures.as_ref(), work, took));
    }
    rows
}

/// The well-kept crate one would take instead of writing a hierarchy: `fast_paths`, one thread, trips one by one. And what
/// new times cost when the order is kept.
fn against_the_crate(
    graph: &Graph,
    hierarchy: &Hierarchy,
    ours: watch::Cost,
    sources: &[NodeId],
    targets: &[NodeId],
) -> Vec<Row> {
    let mut input = fast_paths::InputGraph::new();
    for tail in 0..graph.nodes() {
        for (head, time) in graph.outgoing(tail) {
            input.add_edge(tail as usize, head as usize, time as usize);
        }
    }
    input.freeze();
    let (theirs, cost) = watch::once(|| fast_paths::prepare(&input));
    let mut calculator = fast_paths::create_calculator(&theirs);
    let pairs: Vec<(NodeId, NodeId)> = sources.iter().copied().zip(targets.iter().copied()).collect();
    let (answers, asked) = watch::once(|| {
        let mut time = |(from, to): &(NodeId, NodeId)| {
            calculator.calc_path(&theirs, *from as usize, *to as usize).map(|path| path.get_weight() as Time)
        };
        pairs.iter().map(&mut time).collect::<Vec<_>>()
    });
    let (own, own_asked) = watch::once(|| {
        let trip = |(from, to): &(NodeId, NodeId)| hierarchy.trip(&[(*from, 0)], &[(*to, 0)], FURTHEST);
        pairs.iter().map(|pair| trip(pair).map(|trip| trip.time)).collect::<Vec<_>>()
    });
    let apart = own.iter().zip(&answers).filter(|(own, theirs)| own != theirs).count();
    let (_, again) = watch::once(|| hierarchy.with_times_of(graph, &|_| {}));
    vec![
        Row::told("new york : préparation, processeur", seconds(ours.cpu)).beside("fast_paths", cost.cpu, ours.cpu),
        Row::told("new york : préparation, durée", seconds(ours.wall)).beside("fast_paths", cost.wall, ours.wall),
        Row::told("new york : 1 000 trajets un à un, chemin compris", seconds(own_asked.wall)).beside(
            "fast_paths",
            asked.wall,
            own_asked.wall,
        ),
        Row::held("new york : trajets : écarts avec fast_paths", "0", format!("{apart} sur {}", own.len()), apart == 0),
        Row::told("new york : autres temps, ordre gardé, processeur", seconds(again.cpu)).beside(
            "préparation",
            ours.cpu,
            again.cpu,
        ),
    ]
}

fn with_peer(row: Row, name: &str, figures: Option<&Figures>, work: &str, ours: f64) -> Row {
    match figures.and_then(|figures| figures.number(work, "wall")) {
        Some(theirs) => row.beside(name, theirs, ours),
        None => row,
    }
}

/// How many times of a peer's dense matrix (as many rows as it answered) differ from ours.
fn agreement(work: &str, ours: &Matrix, theirs: &[u32], columns: usize) -> Row {
    let mut dense = vec![NEVER; columns];
    let (mut apart, mut largest) = (0, 0);
    for (source, row) in theirs.chunks_exact(columns).enumerate() {
        dense.fill(NEVER);
        ours.row(source).for_each(|(target, time)| dense[target as usize] = time);
        for (ours, theirs) in dense.iter().zip(row).filter(|(ours, theirs)| ours != theirs) {
            apart += 1;
            largest = largest.max(ours.abs_diff(*theirs));
        }
    }
    let found = format!("{apart} sur {} (au plus {:.1} s)", theirs.len(), f64::from(largest) / 10.0);
    Row::held(work, "0", found, apart == 0)
}
