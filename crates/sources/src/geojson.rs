//! The part of GeoJSON (RFC 7946) that official contours use: collections of polygons and lines, read without a copy of
//! the text's structure.

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::output::RawPolygon;

/// A collection, its properties read as `P`.
#[derive(Debug, Deserialize)]
pub(crate) struct Collection<P> {
    pub(crate) features: Vec<Feature<P>>,
}

/// A feature.
#[derive(Debug, Deserialize)]
pub(crate) struct Feature<P> {
    pub(crate) geometry: Option<Geometry>,
    pub(crate) properties: P,
}

/// A geometry: its type, and coordinates of whatever depth.
#[derive(Debug, Deserialize)]
pub(crate) struct Geometry {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    coordinates: Nested,
}

impl Geometry {
    /// The polygons of a Polygon or MultiPolygon; `None` for any other geometry, or coordinates of the wrong depth.
    pub(crate) fn polygons(self) -> Option<Vec<RawPolygon>> {
        match (self.kind.as_str(), self.coordinates) {
            ("Polygon", Nested::Lines(rings)) => Some(vec![rings]),
            ("MultiPolygon", Nested::Polygons(polygons)) => Some(polygons),
            _ => None,
        }
    }

    /// The lines of a LineString or MultiLineString; `None` for any other geometry.
    pub(crate) fn lines(self) -> Option<Vec<Vec<[f64; 2]>>> {
        match (self.kind.as_str(), self.coordinates) {
            ("LineString", Nested::Line(line)) => Some(vec![line]),
            ("MultiLineString", Nested::Lines(lines)) => Some(lines),
            _ => None,
        }
    }
}

/// Coordinates by depth. GeoJSON does not put the type before them, so the depth is found while reading.
#[derive(Debug, Default)]
enum Nested {
    #[default]
    Nothing,
    Number(f64),
    Position([f64; 2]),
    Line(Vec<[f64; 2]>),
    Lines(Vec<Vec<[f64; 2]>>),
    Polygons(Vec<RawPolygon>),
}

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Depth;

        impl<'de> Visitor<'de> for Depth {
            type Value = Nested;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("nested lists of coordinates")
            }

            fn visit_f64<E>(self, number: f64) -> Result<Nested, E> {
                Ok(Nested::Number(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Nested, E> {
                Ok(Nested::Number(number as f64))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Nested, E> {
                Ok(Nested::Number(number as f64))
            }

            fn visit_unit<E>(self) -> Result<Nested, E> {
                Ok(Nested::Nothing)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Nested, A::Error> {
                Ok(match list.next_element()? {
                    Some(Nested::Number(lon)) => {
                        let lat: f64 =
                            list.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(1, &self))?;
                        // An altitude may follow.
                        while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                        Nested::Position([lon, lat])
                    }
                    Some(Nested::Position(first)) => Nested::Line(rest(first, list, |Point(point)| point)?),
                    Some(Nested::Line(first)) => Nested::Lines(rest(first, list, |Points(line)| line)?),
                    Some(Nested::Lines(first)) => Nested::Polygons(rest(first, list, |Rings(rings)| rings)?),
                    Some(Nested::Nothing) | None => Nested::Nothing,
                    Some(Nested::Polygons(_)) => {
                        return Err(serde::de::Error::custom("coordinates are nested too deep"));
                    }
                })
            }
        }

        deserializer.deserialize_any(Depth)
    }
}

/// The elements after the first, all of its depth.
fn rest<'de, A: SeqAccess<'de>, W: Deserialize<'de>, T>(
    first: T,
    mut list: A,
    unwrap: impl Fn(W) -> T,
) -> Result<Vec<T>, A::Error> {
    let mut items = vec![first];
    while let Some(item) = list.next_element::<W>()? {
        items.push(unwrap(item));
    }
    Ok(items)
}

struct Point([f64; 2]);

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Nested::deserialize(deserializer)? {
            Nested::Position(position) => Ok(Self(position)),
            _ => Err(serde::de::Error::custom("a position [longitude, latitude] is expected")),
        }
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct PointList(Vec<Point>);

struct Points(Vec<[f64; 2]>);

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Point is a mere wrapper: collecting in place costs no allocation.
        PointList::deserialize(deserializer)
            .map(|PointList(points)| Self(points.into_iter().map(|point| point.0).collect()))
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct PointsList(Vec<Points>);

struct Rings(RawPolygon);

impl<'de> Deserialize<'de> for Rings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PointsList::deserialize(deserializer)
            .map(|PointsList(lines)| Self(lines.into_iter().map(|line| line.0).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Nothing {}

    fn geometry(text: &str) -> Result<Geometry, serde_json::Error> {
        let text =
            format!(r#"{{"type":"FeatureCollection","features":[{{"geometry":{text},"properties":{{"a":1}}}}]}}"#);
        serde_json::from_str::<Collection<Nothing>>(&text).map(|mut c| c.features.remove(0).geometry.unwrap())
    }

    #[test]
    fn depth_follows_the_text() {
        let polygon = geometry(r#"{"coordinates":[[[0,0],[1,0.5,120],[1,1],[0,0]]],"type":"Polygon"}"#).unwrap();
        assert_eq!(polygon.polygons().unwrap()[0][0][1], [1.0, 0.5]);
        let multi = r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[2,2],[3,2],[3,3],[2,2]],[[2,2],[3,2],[3,3],[2,2]]]]}"#;
        let polygons = geometry(multi).unwrap().polygons().unwrap();
        assert_eq!(polygons.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        let line = geometry(r#"{"type":"LineString","coordinates":[[0,0],[1,0]]}"#).unwrap();
        assert_eq!(line.lines().unwrap()[0].len(), 2);
        assert!(geometry(r#"{"type":"Point","coordinates":[0,0]}"#).unwrap().polygons().is_none());
        assert!(geometry(r#"{"type":"Polygon","coordinates":[[[0,0],["x",0]]]}"#).is_err());
        assert!(geometry(r#"{"type":"Polygon","coordinates":[[[0]]]}"#).is_err());
    }
}
