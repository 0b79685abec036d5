//! What the areas of isochrones promise: valid, nested, never shrinking, the same whatever the search.

use std::f64::consts::PI;

use pacte_roads::graph::{NEVER, Time};
use pacte_roads::isochrone::{
    Area, IsochroneError, MARGIN, Settings, Surface, SurfaceBuilder, search_bound, to_geojson,
};
use pacte_roads::point::Point;
use proptest::prelude::*;

/// Steps of the lattice at 46° for cells of 200 m, units of 1e-7 degree.
const STEP: (i32, i32) = (26_880, 17_990);
/// No walk beside the roads: cells have exactly the times they are given.
const ROADS_ONLY: Settings = Settings { off_road_m: 0.0, ..Settings::DRIVE };

fn origin() -> Point {
    Point::from_degrees(2.0, 46.0)
}

/// Centre of the cell so many columns and rows from the one of the origin.
fn centre(column: i32, row: i32) -> Point {
    let nearest = |value: i32, step: i32| (value + step / 2).div_euclid(step) * step;
    Point { lon: nearest(origin().lon, STEP.0) + column * STEP.0, lat: nearest(origin().lat, STEP.1) + row * STEP.1 }
}

/// Times of a square of cells, row by row, `None` for the unreached.
type Cells = Vec<Vec<Option<Time>>>;

fn surface(cells: &Cells, bound: Time, settings: Settings) -> Surface {
    let mut builder = SurfaceBuilder::new(origin(), bound, settings).expect("settings within bounds");
    for (row, times) in cells.iter().enumerate() {
        for (column, time) in times.iter().enumerate() {
            if let Some(time) = time {
                builder.add_point(centre(column as i32, row as i32), *time);
            }
        }
    }
    builder.finish().expect("a small surface")
}

/// Positive when c lies left of the line from a to b.
fn turn(a: Point, b: Point, c: Point) -> i128 {
    let from = |end: i32, start: i32| i128::from(end) - i128::from(start);
    from(b.lon, a.lon) * from(c.lat, a.lat) - from(b.lat, a.lat) * from(c.lon, a.lon)
}

fn between(a: Point, b: Point, c: Point) -> bool {
    (a.lon.min(b.lon)..=a.lon.max(b.lon)).contains(&c.lon) && (a.lat.min(b.lat)..=a.lat.max(b.lat)).contains(&c.lat)
}

/// Whether two sides have a point in common.
fn meet(one: &[Point], other: &[Point]) -> bool {
    let ((a, b), (c, d)) = ((one[0], one[1]), (other[0], other[1]));
    let (abc, abd, cda, cdb) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
    (abc == 0 && between(a, b, c))
        || (abd == 0 && between(a, b, d))
        || (cda == 0 && between(c, d, a))
        || (cdb == 0 && between(c, d, b))
        || (abc.signum() * abd.signum() < 0 && cda.signum() * cdb.signum() < 0)
}

/// Whether two sides cross each other, each one's ends strictly on both sides of the other.
fn cross(one: &[Point], other: &[Point]) -> bool {
    let ((a, b), (c, d)) = ((one[0], one[1]), (other[0], other[1]));
    turn(a, b, c).signum() * turn(a, b, d).signum() < 0 && turn(c, d, a).signum() * turn(c, d, b).signum() < 0
}

/// Twice the surface of a ring, positive when anticlockwise.
fn twice(ring: &[Point]) -> i128 {
    ring.windows(2)
        .map(|side| {
            i128::from(side[0].lon) * i128::from(side[1].lat) - i128::from(side[1].lon) * i128::from(side[0].lat)
        })
        .sum()
}

fn inside(ring: &[Point], point: Point) -> bool {
    let mut inside = false;
    for side in ring.windows(2) {
        let (low, high) = if side[0].lat < side[1].lat { (side[0], side[1]) } else { (side[1], side[0]) };
        inside ^= (low.lat..high.lat).contains(&point.lat) && turn(low, high, point) > 0;
    }
    inside
}

fn check_valid(area: &Area) {
    let rings: Vec<&[Point]> = area.rings().collect();
    let sides: Vec<(usize, usize, &[Point])> = rings
        .iter()
        .enumerate()
        .flat_map(|(ring, points)| points.windows(2).enumerate().map(move |(rank, side)| (ring, rank, side)))
        .collect();
    for ring in &rings {
        assert!(ring.len() >= 4, "at least three corners: {ring:?}");
        assert_eq!(ring.first(), ring.last(), "closed");
        assert!(ring.windows(2).all(|side| side[0] != side[1]), "two equal points in a row: {ring:?}");
        assert!(ring.iter().all(|point| point.lon % 10 == 0 && point.lat % 10 == 0), "six decimals: {ring:?}");
    }
    for (place, (ring, rank, side)) in sides.iter().enumerate() {
        for (other_ring, other_rank, other) in &sides[place + 1..] {
            let last = rings[*ring].len() - 2;
            let neighbours = ring == other_ring && (rank + 1 == *other_rank || (*rank == 0 && *other_rank == last));
            if neighbours {
                // Neighbours share one point: neither lies on the other.
                let (a, b) = if rank + 1 == *other_rank { (side, other) } else { (other, side) };
                assert!(turn(a[0], a[1], b[1]) != 0, "no corner is on the way or turns back: {a:?} {b:?}");
            } else {
                assert!(!meet(side, other), "sides meet: {side:?} {other:?}");
            }
        }
    }
    for polygon in &area.polygons {
        assert!(twice(&polygon.exterior) > 0, "exteriors turn anticlockwise");
        for (rank, hole) in polygon.holes.iter().enumerate() {
            assert!(twice(hole) < 0, "holes turn clockwise");
            assert!(inside(&polygon.exterior, hole[0]), "a hole lies inside its exterior");
            let others = polygon.holes.iter().enumerate().filter(|(other, _)| *other != rank);
            assert!(others.into_iter().all(|(_, other)| !inside(other, hole[0])), "no hole lies in another");
        }
        // The interior is one piece: whatever other exterior surrounds it, one of its holes does too.
        for other in area.polygons.iter().filter(|other| *other != polygon) {
            let corner = polygon.exterior[0];
            assert!(!inside(&other.exterior, corner) || other.holes.iter().any(|hole| inside(hole, corner)));
        }
    }
}

/// That one area lies in another, as sets: no corner of the smaller outside, no corner of a side of the larger inside the
/// smaller where the larger has a hole, no sides crossing.
fn check_nested(small: &Area, large: &Area) {
    for ring in small.rings() {
        for side in ring.windows(2) {
            assert!(large.contains(side[0]), "{:?} leaves the area when time grows", side[0]);
            // Exact: coordinates are multiples of ten.
            let middle = Point { lon: side[0].lon.midpoint(side[1].lon), lat: side[0].lat.midpoint(side[1].lat) };
            assert!(large.contains(middle), "the middle of {side:?} leaves the area when time grows");
            for other in large.rings() {
                for other_side in other.windows(2) {
                    assert!(!cross(side, other_side), "contours cross: {side:?} {other_side:?}");
                }
            }
        }
    }
    // Without crossings, an area could only stick out by surrounding a hole of the larger one.
    for hole in large.polygons.iter().flat_map(|polygon| &polygon.holes) {
        let touches = |point: &Point| {
            small
                .rings()
                .any(|ring| ring.windows(2).any(|s| turn(s[0], s[1], *point) == 0 && between(s[0], s[1], *point)))
        };
        assert!(hole.iter().all(|corner| !small.contains(*corner) || touches(corner)), "a hole opens when time grows");
    }
    assert!(small.km2 <= large.km2, "{} km² in {}, {} in {}", small.km2, small.limit, large.km2, large.limit);
}

/// Square kilometres from the polygons alone, on a sphere.
fn polygons_km2(area: &Area) -> f64 {
    area.rings().map(|ring| twice(ring) as f64 / 2.0).sum::<f64>()
        * (1e-7_f64.to_radians() * 6371.0088).powi(2)
        * origin().lat_degrees().to_radians().cos()
}

/// Times around a few values, so that saddles, plateaus and neighbouring limits are common.
fn cells(side: usize) -> impl Strategy<Value = Cells> {
    let time = prop_oneof![
        3 => Just(None),
        2 => (0_u32..6).prop_map(|minutes| Some(minutes * 600)),
        4 => (0_u32..4_000).prop_map(Some),
        1 => (595_u32..605).prop_map(Some),
    ];
    prop::collection::vec(prop::collection::vec(time, side), side)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn areas_are_valid_and_cut_the_cells_as_their_times_say(
        cells in cells(9),
        limit in prop_oneof![(0_u32..7).prop_map(|minutes| minutes * 600), 0_u32..5_000],
    ) {
        let surface = surface(&cells, 4_000, ROADS_ONLY);
        let area = &surface.areas(&[limit])[0];
        check_valid(area);
        let mut reached = 0;
        for (row, times) in (-1..).zip(std::iter::once(&Vec::new()).chain(&cells)) {
            for column in -1..10 {
                let time = usize::try_from(column).ok().and_then(|column| times.get(column).copied().flatten());
                let point = centre(column, row);
                prop_assert_eq!(surface.time_at(point), time);
                prop_assert_eq!(area.contains(point), time.is_some_and(|time| time <= limit), "{:?}", time);
                reached += usize::from(time.is_some_and(|time| time <= limit));
            }
        }
        prop_assert_eq!(area.polygons.is_empty(), reached == 0);
        let direct = polygons_km2(area);
        prop_assert!((area.km2 - direct).abs() <= 0.004 * direct, "{} km², {direct} from the polygons", area.km2);
    }

    #[test]
    fn areas_are_nested_when_time_grows(cells in cells(8), first in 0_u32..3_600, more in 0_u32..1_500) {
        let areas = surface(&cells, 4_000, ROADS_ONLY).areas(&[first, first + more, first + more + 700]);
        check_nested(&areas[0], &areas[1]);
        check_nested(&areas[1], &areas[2]);
    }

    #[test]
    fn areas_are_nested_between_searches_that_stopped_anywhere(
        cells in cells(8),
        first in 0_u32..3_000,
        more in MARGIN..1_500,
        beyond in (0_u32..1_000, 0_u32..1_000),
    ) {
        let short = surface(&cells, first + beyond.0, Settings::DRIVE).areas(&[first]);
        let long = surface(&cells, first + more + beyond.1, Settings::DRIVE).areas(&[first + more]);
        check_nested(&short[0], &long[0]);
    }

    #[test]
    fn an_area_does_not_depend_on_how_far_the_search_went(cells in cells(8), limit in 0_u32..3_000, beyond in 0_u32..2_000) {
        let near = surface(&cells, search_bound(limit), Settings::DRIVE).areas(&[limit]);
        let far = surface(&cells, search_bound(limit) + beyond, Settings::DRIVE).areas(&[limit]);
        prop_assert_eq!(near, far);
    }

    #[test]
    fn the_ground_beside_roads_takes_the_best_walk_within_reach(cells in cells(6), off_road in 0.0_f64..900.0, pace in 1.0_f64..10.0) {
        let settings = Settings { off_road_m: off_road, walk_kmh: pace, ..Settings::DRIVE };
        let surface = surface(&cells, 9_000, settings);
        // Metres between neighbouring centres, at the latitude of the origin.
        let metres = |step: i32| f64::from(step) * 1e-7_f64.to_radians() * 6_371_008.8;
        let (across, up) = (metres(STEP.0) * origin().lat_degrees().to_radians().cos(), metres(STEP.1));
        for row in -6..12 {
            for column in -6..12 {
                let mut best: Option<Time> = None;
                for (there, times) in (0..).zip(&cells) {
                    for (here, time) in (0..).zip(times) {
                        let metres = (across * f64::from(here - column)).hypot(up * f64::from(there - row));
                        if let Some(time) = time && metres <= off_road {
                            let walked = time + (metres / pace * 36.0).round() as Time;
                            best = Some(best.map_or(walked, |best| best.min(walked)));
                        }
                    }
                }
                prop_assert_eq!(surface.time_at(centre(column, row)), best.filter(|time| *time <= 9_000));
            }
        }
    }

    #[test]
    fn a_road_reaches_each_cell_it_crosses_when_it_enters_it(
        points in prop::collection::vec((-60_000_i32..60_000, -60_000_i32..60_000), 1..6),
        from in 0_u32..3_000,
        to in 0_u32..3_000,
    ) {
        let path: Vec<Point> = points.iter().map(|(x, y)| Point { lon: centre(0, 0).lon + x, lat: centre(0, 0).lat + y }).collect();
        let lay = |path: &[Point], from, to| {
            let mut builder = SurfaceBuilder::new(origin(), 3_000, ROADS_ONLY).unwrap();
            builder.add_path(path, from, to);
            builder.finish().unwrap()
        };
        let surface = lay(&path, from, to);
        let backwards: Vec<Point> = path.iter().rev().copied().collect();
        prop_assert_eq!(&surface, &lay(&backwards, to, from));
        // Against many points along the path, in metres of the middle of the band (48°).
        let squash = f64::from(STEP.1) / f64::from(STEP.0);
        let length = |a: Point, b: Point| (f64::from(b.lon - a.lon) * squash).hypot(f64::from(b.lat - a.lat));
        let whole: f64 = path.windows(2).map(|side| length(side[0], side[1])).sum();
        let mut run = 0.0;
        let mut passed = Vec::new();
        for side in path.windows(2) {
            for step in 0..=2_000 {
                let share = f64::from(step) / 2_000.0;
                let along = |a: i32, b: i32| a + (f64::from(b - a) * share).round() as i32;
                let point = Point { lon: along(side[0].lon, side[1].lon), lat: along(side[0].lat, side[1].lat) };
                let part = (run + share * length(side[0], side[1])) / whole.max(1e-9);
                let time = f64::from(from) + (f64::from(to) - f64::from(from)) * part;
                let reached = surface.time_at(point);
                prop_assert!(reached.is_some_and(|reached| f64::from(reached) <= time + 1.6), "{point:?}: {reached:?}, {time}");
                passed.push((point, time));
            }
            run += length(side[0], side[1]);
        }
        // No cell is reached without being crossed at its time, and each is entered from a neighbour.
        for (point, time) in surface.cells() {
            let cell = (point.lon / STEP.0, point.lat / STEP.1);
            prop_assert!(
                passed.iter().any(|(here, then)| {
                    (f64::from(time) - then).abs() <= 2.2
                        && (here.lon - point.lon).abs() <= STEP.0 / 2 + 200
                        && (here.lat - point.lat).abs() <= STEP.1 / 2 + 200
                }) || whole == 0.0,
                "the path is not in {cell:?} at {time}"
            );
            let neighbours = [(1, 0), (-1, 0), (0, 1), (0, -1)];
            let entered = |(x, y): &(i32, i32)| {
                surface.time_at(Point { lon: point.lon + x * STEP.0, lat: point.lat + y * STEP.1 }).is_some_and(|t| t <= time)
            };
            prop_assert!(time == from.min(to) || neighbours.iter().any(entered), "{cell:?} comes from nowhere");
        }
    }

    #[test]
    fn a_road_run_both_ways_is_the_paths_of_both(
        points in prop::collection::vec((-90_000_i32..90_000, -90_000_i32..90_000), 1..7),
        ends in [prop_oneof![4 => 0_u32..3_500, 1 => Just(NEVER)], prop_oneof![4 => 0_u32..3_500, 1 => Just(NEVER)]],
        along in [prop_oneof![4 => 0_u32..2_500, 1 => Just(NEVER)], prop_oneof![4 => 0_u32..2_500, 1 => Just(NEVER)]],
        tied in any::<bool>(),
    ) {
        let middle = centre(0, 0);
        let path: Vec<Point> =
            points.iter().map(|(x, y)| Point { lon: middle.lon + x, lat: middle.lat + y }).collect();
        // As a search leaves it: the last end is often reached along this very road.
        let ends = if tied { [ends[0], ends[1].min(ends[0].saturating_add(along[0]))] } else { ends };
        let mut road = SurfaceBuilder::new(origin(), 3_000, Settings::DRIVE).unwrap();
        road.add_road(&path, ends, along);
        let mut paths = SurfaceBuilder::new(origin(), 3_000, Settings::DRIVE).unwrap();
        if ends[0] < NEVER && along[0] < NEVER {
            paths.add_path(&path, ends[0], ends[0] + along[0]);
        }
        if ends[1] < NEVER && along[1] < NEVER {
            paths.add_path(&path, ends[1] + along[1], ends[1]);
        }
        prop_assert_eq!(road.finish().unwrap(), paths.finish().unwrap());
    }

    #[test]
    fn parts_laid_apart_make_the_same_surface(cells in cells(8), cut in 0_usize..8) {
        let whole = surface(&cells, 4_000, Settings::DRIVE);
        let part = |rows: std::ops::Range<usize>| {
            let mut builder = SurfaceBuilder::new(origin(), 4_000, Settings::DRIVE).unwrap();
            for row in rows {
                for (column, time) in cells[row].iter().enumerate().filter_map(|(column, time)| Some((column, (*time)?))) {
                    builder.add_point(centre(column as i32, row as i32), time);
                }
            }
            builder
        };
        let mut merged = part(cut..8);
        merged.merge(part(0..cut));
        prop_assert_eq!(merged.finish().unwrap(), whole);
    }
}

#[test]
fn an_open_plane_crossed_at_constant_speed_gives_discs() {
    // A street every 100 m, at 50 km/h as the crow flies: 36 × 1000 / 50 000 tenths of a second per metre.
    let pace = 0.72;
    let mut builder = SurfaceBuilder::new(origin(), search_bound(18_000), Settings::DRIVE).unwrap();
    for row in -280..=280 {
        for column in -280..=280 {
            let point = Point { lon: origin().lon + column * 12_946, lat: origin().lat + row * 8_993 };
            builder.add_point(point, (origin().metres_to(point) * pace).round() as Time);
        }
    }
    for area in builder.finish().unwrap().areas(&[6_000, 9_000, 12_000, 18_000]) {
        let radius = f64::from(area.limit) / pace / 1_000.0;
        let disc = PI * radius * radius;
        assert_eq!(area.polygons.len(), 1);
        assert!(area.polygons[0].holes.is_empty());
        assert!((area.km2 / disc - 1.0).abs() < 0.03, "{} km² against {disc}", area.km2);
        for degrees in 0..360 {
            let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
            let at = |km: f64| Point {
                lon: origin().lon + (km * sin * 129_460.0) as i32,
                lat: origin().lat + (km * cos * 89_932.0) as i32,
            };
            assert!(area.contains(at(radius - 0.1)) && !area.contains(at(radius + 0.35)), "{degrees}°");
        }
    }
}

#[test]
fn a_ring_road_leaves_a_hole_and_an_island_stands_in_it() {
    let circle: Vec<Point> = (0..=90)
        .map(|step| {
            let (sin, cos) = f64::from(step * 4).to_radians().sin_cos();
            Point { lon: origin().lon + (cos * 647_300.0) as i32, lat: origin().lat + (sin * 449_660.0) as i32 }
        })
        .collect();
    let mut builder = SurfaceBuilder::new(origin(), search_bound(6_000), Settings::DRIVE).unwrap();
    builder.add_path(&circle, 0, 300);
    builder.add_point(origin(), 5_500);
    let surface = builder.finish().unwrap();
    let areas = surface.areas(&[6_000, 5_000, 150]);
    check_valid(&areas[0]);
    // 5 km of radius; 500 m on either side, walked within 450 s, from cells whose road is up to half a cell away.
    let strip = |width: f64| 2.0 * PI * 5.0 * width;
    assert_eq!(areas[1].polygons.len(), 1);
    assert_eq!(areas[1].polygons[0].holes.len(), 1);
    assert!((strip(1.0)..strip(1.3)).contains(&areas[1].km2), "{} km²", areas[1].km2);
    assert!(!areas[1].contains(origin()));
    assert_eq!(areas[0].polygons.len(), 2, "the ring, and the middle reached some other way");
    assert!(areas[0].contains(origin()));
    // In half the time it takes to run the circle: an arc, no hole.
    assert_eq!(areas[2].polygons.len(), 1);
    assert!(areas[2].polygons[0].holes.is_empty());
    assert_eq!(surface.time_at(origin()), Some(5_500));
    assert_eq!(surface.time_at(Point::from_degrees(3.0, 46.0)), None);
}

#[test]
fn saddles_stay_apart_and_nothing_gives_nothing() {
    let diagonal = vec![vec![Some(0), None], vec![None, Some(0)]];
    let area = &surface(&diagonal, 600, ROADS_ONLY).areas(&[0])[0];
    assert_eq!(area.polygons.len(), 2);
    check_valid(area);
    let empty = surface(&vec![vec![None]], 600, Settings::DRIVE);
    assert_eq!(empty.time_at(origin()), None);
    assert_eq!(empty.cells().count(), 0);
    let area = &empty.areas(&[600])[0];
    assert!(area.polygons.is_empty() && area.km2 == 0.0 && area.bounds.is_none() && !area.contains(origin()));
    // Even a limit without end leaves out what nothing reaches.
    assert_eq!(surface(&diagonal, 600, ROADS_ONLY).areas(&[Time::MAX])[0].polygons.len(), 2);
}

#[test]
fn geojson_follows_its_standard() {
    let mut cells = vec![vec![Some(0); 7]; 7];
    cells[3][3] = None;
    let areas = surface(&cells, 600, ROADS_ONLY).areas(&[600, 0]);
    let text = to_geojson(&areas, |area| format!("{{\"minutes\":{}}}", area.limit / 600));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["type"], "FeatureCollection");
    let features = json["features"].as_array().unwrap();
    assert_eq!(features.len(), 2);
    assert_eq!(features[0]["properties"]["minutes"], 1);
    for (feature, area) in features.iter().zip(&areas) {
        assert_eq!(feature["type"], "Feature");
        assert_eq!(feature["geometry"]["type"], "MultiPolygon");
        let polygons = feature["geometry"]["coordinates"].as_array().unwrap();
        assert_eq!(polygons.len(), 1);
        let rings = polygons[0].as_array().unwrap();
        assert_eq!(rings.len(), 2, "an exterior and a hole");
        for (rank, (ring, points)) in rings.iter().zip(area.rings()).enumerate() {
            let ring: Vec<(f64, f64)> = ring
                .as_array()
                .unwrap()
                .iter()
                .map(|position| (position[0].as_f64().unwrap(), position[1].as_f64().unwrap()))
                .collect();
            assert_eq!(ring.first(), ring.last());
            let turn: f64 = ring.windows(2).map(|side| side[0].0 * side[1].1 - side[1].0 * side[0].1).sum();
            assert_eq!(turn > 0.0, rank == 0, "right-hand rule");
            let read: Vec<Point> = ring.iter().map(|(lon, lat)| Point::from_degrees(*lon, *lat)).collect();
            assert_eq!(read, points, "six decimals say it all");
        }
        let bbox: Vec<f64> = feature["bbox"].as_array().unwrap().iter().map(|side| side.as_f64().unwrap()).collect();
        let (low, high) = area.bounds.unwrap();
        assert_eq!(
            bbox,
            [low.lon_degrees(), low.lat_degrees(), high.lon_degrees(), high.lat_degrees()]
                .map(|degrees| (degrees * 1e6).round() / 1e6)
        );
    }
    let none = to_geojson(&surface(&vec![], 600, ROADS_ONLY).areas(&[600]), |_| "{}".to_owned());
    let json: serde_json::Value = serde_json::from_str(&none).unwrap();
    assert_eq!(json["features"][0]["geometry"]["coordinates"].as_array().unwrap().len(), 0);
}

#[test]
fn absurd_settings_and_coordinates_are_refused_with_what_to_do() {
    for (settings, expected) in [
        (Settings { cell_m: 0.0, ..Settings::DRIVE }, "taille des mailles = 0 m : donnez une valeur de 10 à 5000 m"),
        (Settings { cell_m: f64::NAN, ..Settings::DRIVE }, "taille des mailles = NaN m"),
        (Settings { off_road_m: -1.0, ..Settings::DRIVE }, "distance hors des routes = -1 m"),
        (Settings { off_road_m: 1_000.0, cell_m: 10.0, ..Settings::DRIVE }, "donnez une valeur de 0 à 640 m"),
        (Settings { walk_kmh: 50.0, ..Settings::DRIVE }, "vitesse à pied = 50 km/h : donnez une valeur de 1 à 10 km/h"),
    ] {
        let error = SurfaceBuilder::new(origin(), 600, settings).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let mut builder = SurfaceBuilder::new(origin(), 600, Settings::DRIVE).unwrap();
    builder.add_point(origin(), 0);
    builder.add_path(&[origin(), Point { lon: i32::MAX, lat: i32::MIN }], 0, 600);
    let error = builder.finish().unwrap_err();
    assert!(matches!(error, IsochroneError::TooLarge { .. }), "{error}");
    assert!(error.to_string().contains("vérifiez les coordonnées du réseau"), "{error}");
}
