//! Every file the figures come from.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{answer, frame};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::request::Visit;
use crate::state::AppState;
use crate::subject::{PLAIN_FORMATS, downloads};
use crate::view::{CellView, Head, RowView, TableView};

#[derive(Debug, Template)]
#[template(path = "pages/sources.html")]
struct SourcesPage {
    frame: Frame,
    title: String,
    intro: String,
    table: TableView,
}

/// `GET /sources`.
///
/// # Errors
/// None of the visitor's.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let title = lang.tr("sources-title");
    let frame = frame(&portal, &visit, Section::Data, title.clone(), lang.tr("sources-description"));
    let files = &portal.atlas.territory().meta.files;
    let rows = files
        .iter()
        .map(|file| RowView {
            cells: vec![
                CellView::text(file.path.clone()),
                CellView::text(file.source.clone()),
                CellView::text(file.vintage.clone()),
                CellView::number(Some(format::count(lang, file.rows))),
                CellView::number(Some(format::count(lang, file.matched))),
                CellView::text(file.hash.get(..16).unwrap_or(&file.hash).to_owned()),
            ],
            current: false,
        })
        .collect();
    let caption = lang.tr("sources-caption");
    let table = TableView {
        id: "fichiers".into(),
        heads: vec![
            Head::text(lang.tr("head-file")),
            Head::text(lang.tr("head-source")),
            Head::text(lang.tr("head-vintage")),
            Head::number(lang.tr("head-rows"), ""),
            Head::number(lang.tr("head-matched"), ""),
            Head::text(lang.tr("head-hash")),
        ],
        rows,
        downloads: downloads(lang, "sources", "", &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    };
    let intro = if frame.is_training() {
        lang.tr("sources-intro-training")
    } else {
        let date = format::date(lang, portal.site.geography);
        lang.tr_with("sources-intro", [("n", format::count(lang, files.len() as u64)), ("date", date)])
    };
    answer(&visit, &SourcesPage { frame, title, intro, table })
}
