//! GeoJSON (RFC 7946): one feature a row, WGS84, five decimals (about a metre), exteriors counter-clockwise and holes
//! clockwise. A row without contour has a null geometry. Title, description and sources are foreign members of the
//! collection, which readers that do not know them skip.

use std::io::Write;

use pacte_territory::Polygon;

use super::{ExportError, json, stored_kinds};
use crate::table::Table;

/// Writes a checked table, one feature a line.
pub(super) fn write(table: &Table, to: &mut impl Write) -> Result<(), ExportError> {
    let Some(contours) = &table.geometry else { return Err(ExportError::NoGeometry(table.name.clone())) };
    let kinds = stored_kinds(table);
    let keys = json::keys(table)?;
    let text = |text: &str| serde_json::to_string(text).map_err(std::io::Error::from);
    write!(to, "{{\"type\":\"FeatureCollection\",\"title\":{}", text(&table.title)?)?;
    if !table.description.is_empty() {
        write!(to, ",\"description\":{}", text(&table.description)?)?;
    }
    write!(to, ",\"sources\":{{")?;
    let sourced = table.columns.iter().zip(&keys).filter(|(column, _)| column.provenance.is_some());
    for (i, (column, key)) in sourced.enumerate() {
        write!(to, "{}{key}:{}", if i == 0 { "" } else { "," }, text(&column.citation())?)?;
    }
    to.write_all(b"},\"features\":[")?;
    for (i, (row, polygons)) in table.rows.iter().zip(contours).enumerate() {
        to.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        to.write_all(b"{\"type\":\"Feature\",\"properties\":")?;
        json::object(&keys, &kinds, row, to)?;
        to.write_all(b",\"geometry\":")?;
        geometry(polygons, to)?;
        to.write_all(b"}")?;
    }
    to.write_all(b"\n]}\n")?;
    Ok(())
}

fn geometry(polygons: &[Polygon], to: &mut impl Write) -> std::io::Result<()> {
    match polygons {
        [] => to.write_all(b"null"),
        [one] => {
            to.write_all(b"{\"type\":\"Polygon\",\"coordinates\":")?;
            polygon(one, to)?;
            to.write_all(b"}")
        }
        several => {
            to.write_all(b"{\"type\":\"MultiPolygon\",\"coordinates\":[")?;
            for (i, one) in several.iter().enumerate() {
                if i > 0 {
                    to.write_all(b",")?;
                }
                polygon(one, to)?;
            }
            to.write_all(b"]}")
        }
    }
}

fn polygon(polygon: &Polygon, to: &mut impl Write) -> std::io::Result<()> {
    to.write_all(b"[")?;
    ring(&polygon.exterior, true, to)?;
    for hole in &polygon.holes {
        to.write_all(b",")?;
        ring(hole, false, to)?;
    }
    to.write_all(b"]")
}

fn ring(vertices: &[[f64; 2]], counter_clockwise: bool, to: &mut impl Write) -> std::io::Result<()> {
    to.write_all(b"[")?;
    let turned = (twice_area(vertices) > 0.0) != counter_clockwise;
    let mut first = true;
    let mut point = |[x, y]: &[f64; 2]| {
        let comma = if std::mem::take(&mut first) { "" } else { "," };
        write!(to, "{comma}[{},{}]", five_decimals(*x), five_decimals(*y))
    };
    if turned { vertices.iter().rev().try_for_each(&mut point) } else { vertices.iter().try_for_each(&mut point) }?;
    to.write_all(b"]")
}

/// Rounded to 10⁻⁵ and written without trailing zeros.
fn five_decimals(degrees: f64) -> String {
    super::plain_number((degrees * 1e5).round() / 1e5)
}

fn twice_area(ring: &[[f64; 2]]) -> f64 {
    ring.windows(2).map(|pair| pair[0][0] * pair[1][1] - pair[1][0] * pair[0][1]).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::export::{ExportError, Format, samples, write};
    use crate::table::Table;

    #[test]
    fn rings_turn_the_right_way_and_coordinates_are_rounded() {
        let value: Value = serde_json::from_slice(&write(&samples::odd(), Format::Geojson).unwrap()).unwrap();
        assert_eq!(value["type"], "FeatureCollection");
        assert_eq!(
            value["sources"],
            json!({"population": "INSEE, populations légales, 2022", "apl": "INSEE, populations légales, 2022"})
        );
        let features = value["features"].as_array().unwrap();
        assert_eq!(features.len(), 5);
        assert_eq!(features[0]["properties"]["population"], json!(832));
        assert_eq!(
            features[0]["geometry"]["coordinates"],
            json!([[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], [[0.2, 0.2], [0.4, 0.4], [0.4, 0.2], [0.2, 0.2]]])
        );
        assert_eq!(features[1]["geometry"]["type"], "MultiPolygon");
        assert_eq!(features[1]["geometry"]["coordinates"][1][0][1], json!([5.12346, 0]));
        assert_eq!(features[2]["geometry"], Value::Null);
    }

    #[test]
    fn a_table_without_contours_is_refused_with_what_to_ask_instead() {
        let table = Table { geometry: None, ..samples::odd() };
        let error = write(&table, Format::Geojson).unwrap_err();
        assert!(matches!(error, ExportError::NoGeometry(_)) && error.to_string().contains("csv"));
    }
}
