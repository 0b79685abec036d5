//! Everything that can be downloaded, and what each column means.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pacte_territory::{Aggregation, Level};

use super::{answer, capital, frame};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::labels;
use crate::request::Visit;
use crate::state::AppState;
use crate::subject::{AREA_FORMATS, PLAIN_FORMATS, Subject, downloads};
use crate::view::{CellView, Download, Head, RowView, TableView};

/// A table that can be downloaded.
#[derive(Clone, Debug)]
struct Offer {
    title: String,
    text: String,
    downloads: Vec<Download>,
}

/// An entry of the list of départements.
#[derive(Clone, Debug)]
struct Departement {
    code: String,
    name: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/data.html")]
struct DataPage {
    frame: Frame,
    title: String,
    levels: Vec<Offer>,
    others: Vec<Offer>,
    departements: Vec<Departement>,
    dictionary: TableView,
}

/// `GET /donnees`.
///
/// # Errors
/// None of the visitor's.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let atlas = &*portal.atlas;
    let title = lang.tr("data-title");
    let frame = frame(&portal, &visit, Section::Data, title.clone(), lang.tr("data-description"));
    let levels = atlas
        .territory()
        .levels()
        .into_iter()
        .map(|level| {
            let title = if level == Level::Country {
                Subject::new(atlas, lang, level, 0).name
            } else {
                capital(&lang.levels(level))
            };
            let count = format::count(lang, atlas.territory().count(level));
            Offer {
                text: lang.tr_with("data-level-text", [("n", count)]),
                downloads: downloads(lang, "territoires", &format!("niveau={level}"), &title, &AREA_FORMATS),
                title,
            }
        })
        .collect();
    let others = [
        ("sources", lang.tr("sources-title"), lang.tr("data-sources-text")),
        ("dictionnaire", lang.tr("data-dictionary-title"), lang.tr("data-dictionary-text")),
    ]
    .into_iter()
    .map(|(table, title, text)| Offer { downloads: downloads(lang, table, "", &title, &PLAIN_FORMATS), title, text })
    .collect();
    let departements = atlas
        .territory()
        .grouping(Level::Departement)
        .map(|grouping| {
            let areas = grouping.areas.iter();
            areas.map(|area| Departement { code: area.code.clone(), name: area.name.clone() }).collect()
        })
        .unwrap_or_default();
    let page = DataPage {
        title,
        levels,
        others,
        departements,
        dictionary: dictionary(&Subject::new(atlas, lang, Level::Country, 0)),
        frame,
    };
    answer(&visit, &page)
}

fn dictionary(country: &Subject<'_>) -> TableView {
    let (lang, atlas) = (country.lang, country.atlas);
    let row = |id: &str, label: String, unit: String, source: String, method: String| RowView {
        cells: vec![
            CellView::text(id),
            CellView::text(label),
            CellView::text(unit),
            CellView::text(source),
            CellView::text(method),
        ],
        current: false,
    };
    let mut rows: Vec<RowView> = atlas
        .indicators()
        .iter()
        .map(|indicator| {
            let (label, unit) = (labels::indicator(lang, indicator), labels::unit_of(lang, indicator));
            row(&indicator.id, label, unit, labels::typeset(&indicator.citation), labels::typeset(&indicator.method))
        })
        .collect();
    let categories = atlas.territory().columns.iter().filter(|column| column.aggregation == Aggregation::Category);
    rows.extend(categories.map(|column| {
        let (source, method) =
            (labels::typeset(&column.provenance.citation()), labels::typeset(&column.provenance.method));
        row(&column.concept.replace('.', "_"), column.label.clone(), String::new(), source, method)
    }));
    let caption = lang.tr("data-dictionary-text");
    TableView {
        id: "dictionnaire".into(),
        heads: vec![
            Head::text(lang.tr("head-id")),
            Head::text(lang.tr("head-indicator")),
            Head::text(lang.tr("head-unit")),
            Head::text(lang.tr("head-source-vintage")),
            Head::text(lang.tr("head-method")),
        ],
        rows,
        downloads: country.downloads("dictionnaire", "", &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    }
}
