//! Isochrones: a bounded search, what it reached laid on a raster, and its contours.

use std::fs::File;
use std::io::Write as _;

use pacte_roads::graph::{Graph, NodeId, Time};
use pacte_roads::isochrone::{Area, Settings, SurfaceBuilder, search_bound};
use pacte_roads::point::Point;
use pacte_roads::search::Bounded;

use crate::country::Country;
use crate::extracts::Extracted;
use crate::land::mix;
use crate::shape::MINUTE;
use crate::{Ground, Row, exchange, national, seconds, watch};

/// Areas of 30 minutes around settlements of the whole country: the search alone, then all of it.
pub(crate) fn national(country: &Country, graph: &Graph) -> Vec<Row> {
    let starts = national::sample(country, 101);
    let mut search = Bounded::default();
    search.search(graph, &[(starts[0], 0)], MINUTE);
    let mut settled = Vec::new();
    let alone =
        watch::median(starts.len(), |run| settled.push(search.search(graph, &[(starts[run], 0)], 30 * MINUTE).len()));
    settled.sort_unstable();
    let lay = |builder: &mut SurfaceBuilder, tail: NodeId, arc: usize, [from, to]: [Time; 2]| {
        builder.add_path(&[country.points[tail as usize], country.points[graph.heads[arc] as usize]], from, to);
    };
    let mut square_km = Vec::new();
    let whole = watch::median(starts.len(), |run| {
        let origin = country.points[starts[run] as usize];
        let areas = areas(&mut search, graph, starts[run], origin, 30, lay);
        square_km.push(areas.iter().map(|area| area.km2).sum::<f64>());
    });
    square_km.sort_by(f64::total_cmp);
    let found = format!("{} (médiane de {}, {} nœuds)", seconds(alone), starts.len(), settled[settled.len() / 2]);
    let drawn = format!("{} ({:.0} km²)", seconds(whole), square_km[square_km.len() / 2]);
    vec![
        Row::held("isochrone de 30 min, recherche", "≤ 1,5 ms", found, alone <= 1.5e-3),
        Row::held("isochrone de 30 min, avec le polygone", "≤ 15 ms", drawn, whole <= 15e-3),
    ]
}

/// The same on a real extract, beside Valhalla, which reads its own speeds: reach is alike, not equal.
pub(crate) fn beside_valhalla(ground: &Ground, extracted: &Extracted) -> Vec<Row> {
    let (network, folder) = (&extracted.network, ground.folder("valhalla"));
    let main = extracted.junctions();
    let starts: Vec<NodeId> = (0..21).map(|rank| main[(mix(13, 1, rank, 0) % main.len() as u64) as usize]).collect();
    let mut file = File::create(folder.join("places.csv")).expect("a file");
    writeln!(file, "lon,lat").expect("a written file");
    for start in &starts {
        let point = network.points[*start as usize];
        writeln!(file, "{:.7},{:.7}", point.lon_degrees(), point.lat_degrees()).expect("a written file");
    }
    drop(file);
    let theirs = exchange::peer("valhalla", &folder, &[&extracted.path]);
    let lay = |builder: &mut SurfaceBuilder, _: NodeId, arc: usize, [from, to]: [Time; 2]| {
        let edge = network.arc_edges[arc];
        // Bit 0: travelled against the geometry, which is given as it stands.
        let (first, last) = if edge & 1 == 1 { (to, from) } else { (from, to) };
        builder.add_path(network.edges.shape_of(edge >> 1), first, last);
    };
    let mut search = Bounded::default();
    [30, 60]
        .into_iter()
        .map(|minutes| {
            let took = watch::median(starts.len(), |run| {
                let origin = network.points[starts[run] as usize];
                drop(areas(&mut search, &network.graph, starts[run], origin, minutes, lay));
            });
            let row = Row::told(format!("isochrone de {minutes} min, {}", extracted.name), seconds(took));
            match theirs.as_ref().and_then(|figures| figures.number(&format!("isochrone{minutes}"), "wall")) {
                Some(theirs) => row.beside("Valhalla", theirs, took),
                None => row,
            }
        })
        .collect()
}

/// Search, raster and contours. `lay` puts a stretch of road, an arc between its times of departure and arrival.
fn areas(
    search: &mut Bounded,
    graph: &Graph,
    start: NodeId,
    origin: Point,
    minutes: Time,
    lay: impl Fn(&mut SurfaceBuilder, NodeId, usize, [Time; 2]),
) -> Vec<Area> {
    let bound = search_bound(minutes * MINUTE);
    let mut builder = SurfaceBuilder::new(origin, bound, Settings::DRIVE).expect("settings of the crate");
    builder.add_point(origin, 0);
    for (node, time) in search.search(graph, &[(start, 0)], bound) {
        for arc in graph.row(*node) {
            lay(&mut builder, *node, arc, [*time, time + graph.times[arc]]);
        }
    }
    builder.finish().expect("a surface of a size that fits").areas(&[minutes * MINUTE])
}
