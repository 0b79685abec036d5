//! The map page: the map with all its parameters, and the table of what it shows.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pacte_access::atlas::Indicator;
use pacte_territory::Level;

use super::territory::sorted_table;
use super::{answer, frame};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::map_block::{MapBlock, Request, map_block};
use crate::measures::Measure;
use crate::request::Visit;
use crate::state::{AppState, Portal};
use crate::subject::{AREA_FORMATS, Subject};
use crate::tables;
use crate::view::TableView;

#[derive(Debug, Template)]
#[template(path = "pages/map.html")]
struct MapPage {
    frame: Frame,
    title: String,
    map: MapBlock,
    table: TableView,
}

/// `GET /carte`.
///
/// # Errors
/// 400 when a parameter is unknown; 404 when this territory has no measure to show.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let request = Request::read(&portal, &visit.query)?;
    let map = map_block(&portal, &visit, request, "/carte").ok_or_else(|| Fault::missing("fault-no-measure", []))?;
    let table = table(&portal, &visit, &map)?;
    let lang = visit.lang;
    let title = lang.tr("map-page-title");
    let mut frame = frame(&portal, &visit, Section::Map, title.clone(), lang.tr("map-description"));
    frame.has_map = !map.config.is_empty();
    answer(&visit, &MapPage { frame, title, map, table })
}

fn table(portal: &Portal, visit: &Visit, map: &MapBlock) -> Result<TableView, Fault> {
    let lang = visit.lang;
    let within = map.departement.map(|home| (Level::Departement, home));
    let areas = tables::areas(&portal.atlas, map.level, within);
    let place = within.map_or_else(
        || Subject::new(&portal.atlas, lang, Level::Country, 0),
        |(level, home)| Subject::new(&portal.atlas, lang, level, home),
    );
    let caption = lang.tr_with(
        "members-caption",
        [
            ("levels", super::capital(&lang.levels(map.level))),
            ("name", place.name.clone()),
            ("n", format::count(lang, areas.len() as u64)),
        ],
    );
    let departement = within.map(|_| format!("&departement={}", place.code)).unwrap_or_default();
    let (name, query) = match map.measure {
        Measure::Change((of, from, to)) => {
            ("evolution", format!("niveau={}{departement}&de_quoi={}&de={from}&a={to}", map.level, of.slug()))
        }
        _ => ("territoires", format!("niveau={}{departement}", map.level)),
    };
    let downloads = place.downloads(name, &query, &caption, &AREA_FORMATS);
    let atlas = &*portal.atlas;
    // The measure first, then what gives it its meaning.
    let mut indicators: Vec<&Indicator> = Vec::new();
    for id in [map.measure.slug(), "population", "apl_mg", "minutes_urgences", "mg_pour_100k"] {
        if let Some(indicator) = atlas.indicator(id)
            && !indicators.iter().any(|known| known.id == id)
        {
            indicators.push(indicator);
        }
    }
    let extra = match map.measure {
        Measure::Change(evolution) => atlas.evolution(evolution, map.level),
        _ => None,
    };
    let table = TableView { id: "carte-table".into(), caption, downloads, ..TableView::default() };
    sorted_table(&place, visit, map.level, areas, &indicators, extra.as_ref(), table, "table")
}
