//! What the live map reads: its configuration in the page (`JourneysConfig` of `web/src/config.ts`) and the answers to its
//! clicks (`Answer` of `web/src/journeys.ts`).

use std::collections::BTreeMap;

use pacte_roads::isochrone::to_geojson;
use pacte_roads::point::Point;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::asked::Asked;
use super::view::{Teller, colors, roads_attribution};
use crate::error::Fault;
use crate::extent::Bounds;
use crate::i18n::Lang;
use crate::labels;
use crate::map_block::{attribution, map_texts, tiles_url};
use crate::state::Portal;
use crate::svg_map::view;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LiveConfig {
    bounds: Bounds,
    communes_from: u8,
    max_zoom: u8,
    extras: Vec<&'static str>,
    attribution: String,
    texts: BTreeMap<&'static str, String>,
    tiles: String,
    answers: &'static str,
    asked: String,
}

/// The configuration of the page, safe inside a `<script>`; `asked` is what it shows, if anything.
pub(super) fn config(portal: &Portal, lang: Lang, bounds: Bounds, asked: String) -> String {
    let mut texts = map_texts(lang);
    texts.insert("working", lang.tr("journeys-working"));
    texts.insert("failed", lang.tr("journeys-failed"));
    let config = LiveConfig {
        bounds,
        communes_from: portal.tiles.communes_from(),
        max_zoom: 12,
        extras: portal.tiles.extras(),
        attribution: format!("{} · {}", attribution(portal, lang), roads_attribution(portal, lang)),
        texts,
        tiles: portal.measures.first().map(|measure| tiles_url(portal, *measure)).unwrap_or_default(),
        answers: "/trajets.json",
        asked,
    };
    // `</script>` inside a name must not end the block.
    serde_json::to_string(&config).unwrap_or_default().replace('<', "\\u003c")
}

/// Everything a click changes.
#[derive(Debug, Serialize)]
pub(super) struct LiveAnswer {
    query: String,
    place: String,
    title: String,
    summary: String,
    bounds: Bounds,
    areas: Box<RawValue>,
    ways: Value,
    stops: Value,
    origin: Value,
    parts: BTreeMap<&'static str, String>,
}

impl LiveAnswer {
    /// An answer with the parts of the page already rendered.
    ///
    /// # Errors
    /// When an area cannot be written, which is our fault.
    pub(super) fn new(
        teller: &Teller<'_>,
        title: String,
        summary: String,
        parts: BTreeMap<&'static str, String>,
    ) -> Result<Self, Fault> {
        let bands = &teller.answer.around.bands;
        let colors = colors(bands.len());
        let areas: Vec<_> = bands.iter().map(|band| band.area.clone()).collect();
        let mut properties = bands.iter().zip(colors);
        let areas = to_geojson(&areas, |_| {
            properties
                .next()
                .map(|(band, color)| json!({"minutes": band.minutes, "color": color}).to_string())
                .unwrap_or_default()
        });
        let lang = teller.lang;
        let ways = teller.answer.nearest.iter().filter_map(|(kind, way)| Some((kind, way.as_ref()?)));
        let ways = ways.map(|(kind, way)| {
            let line: Vec<_> = way.line.iter().map(|point| position(*point)).collect();
            feature(
                &json!({"type": "LineString", "coordinates": line}),
                &json!({"label": labels::resource(lang, *kind)}),
            )
        });
        let stops = teller.stops();
        let stops = stops.iter().map(|stop| {
            let radius = 10 + 3 * (stop.label.chars().count() - 1);
            feature(&point(stop.point), &json!({"label": stop.label, "radius": radius}))
        });
        Ok(Self {
            query: teller.query(),
            place: Asked::written(teller.portal.atlas.territory(), teller.origin),
            title,
            summary,
            bounds: view(bands.iter().map(|band| &band.area), teller.origin.point),
            areas: RawValue::from_string(areas).map_err(|error| Fault::internal(&error))?,
            ways: collection(ways),
            stops: collection(stops),
            origin: collection([feature(&point(teller.origin.point), &json!({}))]),
            parts,
        })
    }
}

fn collection(features: impl IntoIterator<Item = Value>) -> Value {
    json!({"type": "FeatureCollection", "features": features.into_iter().collect::<Vec<_>>()})
}

fn feature(geometry: &Value, properties: &Value) -> Value {
    json!({"type": "Feature", "geometry": geometry, "properties": properties})
}

fn point(point: Point) -> Value {
    json!({"type": "Point", "coordinates": position(point)})
}

/// Longitude and latitude to a hundred-thousandth of a degree, about a metre.
fn position(point: Point) -> [f64; 2] {
    [point.lon, point.lat].map(|units| f64::from((units + if units < 0 { -50 } else { 50 }) / 100) / 1e5)
}
