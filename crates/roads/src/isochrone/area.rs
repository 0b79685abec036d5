//! Areas as polygons on Earth, and as GeoJSON.

use std::fmt::Write;

use crate::graph::Time;
use crate::point::Point;

/// A piece of area: one outline and what is not reached inside it. Rings are closed (the first point comes again at the
/// end), their points whole millionths of a degree, the exterior anticlockwise, holes clockwise. Lines between points are
/// straight in longitude and latitude.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Polygon {
    /// Outline.
    pub exterior: Vec<Point>,
    /// Holes.
    pub holes: Vec<Vec<Point>>,
}

/// What is reached within a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The limit, tenths of a second.
    pub limit: Time,
    /// Its pieces, which do not touch each other; a piece may lie in a hole of another.
    pub polygons: Vec<Polygon>,
    /// Its surface without the holes, square kilometres on the ellipsoid (WGS 84).
    pub km2: f64,
    /// South-west and north-east corners of all pieces; `None` when nothing is reached.
    pub bounds: Option<(Point, Point)>,
}

impl Area {
    pub(super) fn new(limit: Time, polygons: Vec<Polygon>, km2: f64) -> Self {
        let bounds = polygons.iter().flat_map(|polygon| &polygon.exterior).fold(None, |bounds, point| {
            let (low, high) = bounds.unwrap_or((*point, *point));
            Some((
                Point { lon: low.lon.min(point.lon), lat: low.lat.min(point.lat) },
                Point { lon: high.lon.max(point.lon), lat: high.lat.max(point.lat) },
            ))
        });
        Self { limit, polygons, km2, bounds }
    }

    /// Whether a point is inside, the outline and the edges of holes included. Exact; looks at every side of the area.
    pub fn contains(&self, point: Point) -> bool {
        let Some((low, high)) = self.bounds else { return false };
        if !(low.lon..=high.lon).contains(&point.lon) || !(low.lat..=high.lat).contains(&point.lat) {
            return false;
        }
        let mut inside = false;
        for ring in self.rings() {
            for side in ring.windows(2) {
                let (low, high) = if side[0].lat <= side[1].lat { (side[0], side[1]) } else { (side[1], side[0]) };
                if point.lat < low.lat || point.lat > high.lat {
                    continue;
                }
                // Positive when the point lies west of a side that goes north.
                let from = |end: i32, start: i32| i128::from(end) - i128::from(start);
                let turn = from(high.lon, low.lon) * from(point.lat, low.lat)
                    - from(high.lat, low.lat) * from(point.lon, low.lon);
                if turn == 0 && (low.lon.min(high.lon)..=low.lon.max(high.lon)).contains(&point.lon) {
                    return true;
                }
                inside ^= turn > 0 && point.lat < high.lat;
            }
        }
        inside
    }

    /// Every ring, exteriors and holes.
    pub fn rings(&self) -> impl Iterator<Item = &[Point]> {
        self.polygons
            .iter()
            .flat_map(|polygon| std::iter::once(&polygon.exterior).chain(&polygon.holes).map(Vec::as_slice))
    }
}

/// Areas as a GeoJSON collection (RFC 7946): one feature of type `MultiPolygon` each, in the order given, exteriors
/// anticlockwise, six decimals. `properties` gives each its properties, as the text of a JSON object (`{}` for none).
pub fn to_geojson(areas: &[Area], mut properties: impl FnMut(&Area) -> String) -> String {
    let points: usize = areas.iter().flat_map(Area::rings).map(<[Point]>::len).sum();
    let mut text = String::with_capacity(200 + 400 * areas.len() + 24 * points);
    text.push_str(r#"{"type":"FeatureCollection","features":["#);
    for (rank, area) in areas.iter().enumerate() {
        text.push_str(if rank == 0 { "" } else { "," });
        text.push_str("\n{\"type\":\"Feature\",");
        if let Some((low, high)) = area.bounds {
            text.push_str(r#""bbox":["#);
            push_position(&mut text, low);
            text.push(',');
            push_position(&mut text, high);
            text.push_str("],");
        }
        // Writing to a string does not fail.
        let _ = write!(text, r#""properties":{},"geometry":{{"type":"MultiPolygon","coordinates":["#, properties(area));
        for (rank, polygon) in area.polygons.iter().enumerate() {
            text.push_str(if rank == 0 { "[" } else { ",[" });
            push_ring(&mut text, &polygon.exterior);
            for hole in &polygon.holes {
                text.push(',');
                push_ring(&mut text, hole);
            }
            text.push(']');
        }
        text.push_str("]}}");
    }
    text.push_str("\n]}\n");
    text
}

fn push_ring(text: &mut String, ring: &[Point]) {
    for (rank, point) in ring.iter().enumerate() {
        text.push_str(if rank == 0 { "[[" } else { ",[" });
        push_position(text, *point);
        text.push(']');
    }
    text.push(']');
}

fn push_position(text: &mut String, point: Point) {
    push_degrees(text, point.lon);
    text.push(',');
    push_degrees(text, point.lat);
}

/// Degrees with six decimals, from whole numbers: several times faster than writing floats (an area of 20,000 points
/// counts 40,000 of them).
fn push_degrees(text: &mut String, units: i32) {
    if units < 0 {
        text.push('-');
    }
    let micro = (units.unsigned_abs() + 5) / 10;
    let mut digits = [b'0'; 10];
    let (mut rest, mut place) = (micro, digits.len());
    for rank in 0.. {
        if rank == 6 {
            place -= 1;
            digits[place] = b'.';
        }
        if rank > 6 && rest == 0 {
            break;
        }
        place -= 1;
        digits[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    text.extend(digits[place..].iter().map(|digit| char::from(*digit)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_written_with_six_decimals() {
        for (units, expected) in [
            (0, "0.000000"),
            (-10, "-0.000001"),
            (23_522_190, "2.352219"),
            (485_000_000, "48.500000"),
            (1_800_000_000, "180.000000"),
            (-1_799_999_990, "-179.999999"),
        ] {
            let mut text = String::new();
            push_degrees(&mut text, units);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_square_with_a_hole_contains_its_edges_and_not_its_hole() {
        let ring = |low: i32, high: i32| {
            [(low, low), (high, low), (high, high), (low, high), (low, low)]
                .map(|(lon, lat)| Point { lon, lat })
                .to_vec()
        };
        let mut hole = ring(40, 60);
        hole.reverse();
        let area = Area::new(600, vec![Polygon { exterior: ring(0, 100), holes: vec![hole] }], 1.0);
        assert_eq!(area.bounds, Some((Point { lon: 0, lat: 0 }, Point { lon: 100, lat: 100 })));
        for (lon, lat, inside) in [
            (20, 20, true),
            (20, 40, true),
            (20, 50, true),
            (50, 50, false),
            (40, 50, true),
            (0, 0, true),
            (100, 100, true),
            (100, 40, true),
            (-1, 50, false),
            (101, 50, false),
            (50, 101, false),
        ] {
            assert_eq!(area.contains(Point { lon, lat }), inside, "{lon}, {lat}");
        }
    }
}
