//! The areas reached from a place, drawn over communes: the same map as the live one, for those without JavaScript and
//! on paper.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pacte_roads::isochrone::Area;
use pacte_roads::point::Point;
use pacte_territory::{Level, Territory};

use super::stops::{Stop, stops};
use super::{Drawing, MapNaming, TENTHS, WIDTH, document, escape, extent_of, overlap, steps};
use crate::extent::{Bounds, Extent};

/// Part of the view left around the areas, on each side.
const MARGIN: f64 = 0.04;
/// Smallest view, degrees of latitude: a few hundred metres reached on foot still show where they are.
const SMALLEST: f64 = 0.02;
/// Communes drawn at most: beyond, the départements stand alone.
const MOST_COMMUNES: usize = 3_000;
/// Names of communes written at most.
const MOST_NAMES: usize = 14;
/// Size of names, pixels of the drawing.
const NAME_SIZE: f64 = 13.0;
/// Points of a line nearer than this to the one before are left out, tenths of a pixel.
const STEP: i32 = 7;

/// An area with its colour.
#[derive(Clone, Copy, Debug)]
pub struct ReachArea<'a> {
    /// The area.
    pub area: &'a Area,
    /// `#rrggbb`.
    pub color: &'static str,
}

/// What such a map shows.
pub struct ReachMap<'a> {
    /// Where the contours are.
    pub territory: &'a Territory,
    /// Outlines for small scales.
    pub extent: &'a Extent,
    /// Areas; each holds those of fewer minutes.
    pub areas: &'a [ReachArea<'a>],
    /// Ways.
    pub ways: &'a [&'a [Point]],
    /// Their ends.
    pub stops: &'a [Stop],
    /// The place itself; `None` when none is chosen yet.
    pub place: Option<Point>,
    /// What the drawing shows, see [`view`].
    pub bounds: Bounds,
    /// Inhabitants of a commune, to choose which names to write; `NaN` when unknown.
    pub people: &'a dyn Fn(u32) -> f64,
    /// Address of what is reached from a commune, and what is said of that link.
    pub link: &'a dyn Fn(u32) -> (String, String),
}

impl std::fmt::Debug for ReachMap<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReachMap").field("place", &self.place).field("areas", &self.areas.len()).finish_non_exhaustive()
    }
}

/// The box a map of areas opens on: the areas and the place, with a margin.
pub fn view<'a>(areas: impl IntoIterator<Item = &'a Area>, place: Point) -> Bounds {
    let (lon, lat) = (place.lon_degrees(), place.lat_degrees());
    let mut bounds = [lon, lat, lon, lat];
    for (low, high) in areas.into_iter().filter_map(|area| area.bounds) {
        bounds = crate::extent::union(
            bounds,
            [low.lon_degrees(), low.lat_degrees(), high.lon_degrees(), high.lat_degrees()],
        );
    }
    let pad = |low: f64, high: f64| ((high - low) * MARGIN).max((SMALLEST - (high - low)) / 2.0);
    let (x, y) = (pad(bounds[0], bounds[2]), pad(bounds[1], bounds[3]));
    [bounds[0] - x, bounds[1] - y, bounds[2] + x, bounds[3] + y]
}

/// Draws the map.
pub fn reach(map: &ReachMap<'_>, naming: MapNaming<'_>) -> String {
    let bounds = map.bounds;
    let drawing = Drawing::new(bounds, 0.0);
    let topology = &map.territory.topology;
    let communes: Vec<u32> = (0..map.territory.len() as u32)
        .filter(|commune| topology.bounds(Level::Commune, *commune).is_some_and(|b| overlap(b, bounds)))
        .collect();
    let mut body = String::from("<g transform=\"scale(.1)\">");
    let near = |departement: u32| {
        let near = topology.bounds(Level::Departement, departement).is_some_and(|b| overlap(b, bounds));
        near.then(|| drawing.path(map.territory, Some(&map.extent.outlines), Level::Departement, departement))
    };
    let departements: Vec<String> = (0..topology.count(Level::Departement)).filter_map(near).collect();
    for path in &departements {
        let _ = write!(body, "<path class=\"ground\" d=\"{path}\"/>");
    }
    // The longest first: each area covers the middle of the one before, and colours stay those of the legend.
    let mut areas: Vec<&ReachArea<'_>> = map.areas.iter().collect();
    areas.sort_by_key(|one| std::cmp::Reverse(one.area.limit));
    for one in areas {
        let _ =
            write!(body, "<path class=\"reached\" fill=\"{}\" d=\"{}\"/>", one.color, area_path(&drawing, one.area));
    }
    let drawn = if communes.len() > MOST_COMMUNES { &[][..] } else { &communes };
    for commune in drawn {
        let path = drawing.path(map.territory, None, Level::Commune, *commune);
        if path.is_empty() {
            continue;
        }
        let (href, title) = (map.link)(*commune);
        // Hundreds of communes would stand between the keyboard and what follows: the form is the keyboard's way.
        let _ = write!(
            body,
            "<a href=\"{}\" tabindex=\"-1\"><title>{}</title><path class=\"from-here\" d=\"{path}\"/></a>",
            escape(&href),
            escape(&title)
        );
    }
    for path in &departements {
        let _ = write!(body, "<path class=\"outline\" d=\"{path}\"/>");
    }
    let lines: BTreeSet<String> = map.ways.iter().map(|line| line_path(&drawing, line)).collect();
    for class in ["way-halo", "way"] {
        for line in &lines {
            let _ = write!(body, "<path class=\"{class}\" d=\"{line}\"/>");
        }
    }
    body.push_str("</g>");
    names(&mut body, map, &drawing, &communes);
    if let Some([x, y]) = map.place.map(|place| drawing.pixels(place)) {
        let _ = write!(body, "<circle class=\"here\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"7\"/>");
    }
    stops(&mut body, &drawing, map.stops, true);
    document(naming, "svg-map reach-map", drawing.height.ceil(), &body, true)
}

/// Names of the largest communes, as many as do not run into one another.
fn names(out: &mut String, map: &ReachMap<'_>, drawing: &Drawing, communes: &[u32]) {
    let mut order: Vec<(u32, f64)> = communes.iter().map(|commune| (*commune, (map.people)(*commune))).collect();
    order.retain(|(_, people)| people.is_finite());
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut taken: Vec<[f64; 4]> =
        map.stops.iter().map(|stop| around(drawing.pixels(stop.point), 24.0, 22.0)).collect();
    taken.extend(map.place.map(|place| around(drawing.pixels(place), 18.0, 18.0)));
    let mut written = 0;
    for (commune, _) in order {
        let Some((lon, lat)) = map.territory.point(commune) else { continue };
        let [x, y] = drawing.pixels(Point::from_degrees(lon, lat));
        let name = &map.territory.communes.name[commune as usize];
        // A letter is about six tenths as wide as it is high.
        let half = name.chars().count() as f64 * NAME_SIZE * 0.3;
        let y = y - 8.0;
        let place = [x - half - 3.0, y - NAME_SIZE, x + half + 3.0, y + 4.0];
        let inside = place[0] > 0.0 && place[2] < WIDTH && place[1] > 0.0 && place[3] < drawing.height;
        if !inside || taken.iter().any(|other| overlap(*other, place)) {
            continue;
        }
        let _ = write!(
            out,
            "<text class=\"place-name\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" font-size=\"{NAME_SIZE}\" aria-hidden=\"true\">{}</text>",
            escape(name)
        );
        taken.push(place);
        written += 1;
        if written == MOST_NAMES {
            break;
        }
    }
}

fn around([x, y]: [f64; 2], width: f64, height: f64) -> [f64; 4] {
    [x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0]
}

fn area_path(drawing: &Drawing, area: &Area) -> String {
    let mut path = String::new();
    for ring in area.rings() {
        let points = thinned(drawing, ring);
        // A hole or a piece of less than a pixel is not seen.
        if points.len() >= 3 && extent_of(&points) >= 10 {
            steps(&mut path, &points);
            path.push('z');
        }
    }
    path
}

fn line_path(drawing: &Drawing, line: &[Point]) -> String {
    let mut path = String::new();
    let mut points = thinned(drawing, line);
    if points.len() == 1 {
        points.push(points[0]);
    }
    if !points.is_empty() {
        steps(&mut path, &points);
    }
    path
}

/// Points in tenths of a pixel, those that hardly move left out; the last one is kept.
fn thinned(drawing: &Drawing, line: &[Point]) -> Vec<[i32; 2]> {
    let mut points: Vec<[i32; 2]> = Vec::with_capacity(line.len() / 2);
    for (i, point) in line.iter().enumerate() {
        let at = drawing.pixels(*point).map(|pixel| (pixel * TENTHS).round() as i32);
        let near = points.last().is_some_and(|last: &[i32; 2]| (0..2).all(|axis| (last[axis] - at[axis]).abs() < STEP));
        if !near || (i + 1 == line.len() && points.last() != Some(&at)) {
            points.push(at);
        }
    }
    points
}
