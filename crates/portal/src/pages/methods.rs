//! How figures are made: formula, bands, travel times with the quality of their fit, limits.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{answer, frame, last_crumb};
use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::labels;
use crate::request::Visit;
use crate::state::AppState;

/// How one indicator is made.
#[derive(Clone, Debug)]
struct Made {
    label: String,
    method: String,
    source: String,
}

/// A method file that came with the data.
#[derive(Clone, Debug)]
struct MethodText {
    name: String,
    yaml: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/methods.html")]
struct MethodsPage {
    frame: Frame,
    title: String,
    made: Vec<Made>,
    files: Vec<MethodText>,
}

/// `GET /methodes`.
///
/// # Errors
/// None of the visitor's.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let title = lang.tr("methods-title");
    let mut frame = frame(&portal, &visit, Section::Methods, title.clone(), lang.tr("methods-description"));
    frame.crumbs = vec![last_crumb(title.clone())];
    let mut made: Vec<Made> = Vec::new();
    for indicator in portal.atlas.indicators().iter().filter(|indicator| !indicator.method.is_empty()) {
        // Indicators made the same way are told together, under the first of them.
        if !made.iter().any(|known| known.method == indicator.method) {
            made.push(Made {
                label: labels::indicator(lang, indicator),
                method: indicator.method.clone(),
                source: indicator.citation.clone(),
            });
        }
    }
    let files = portal.atlas.territory().methods.iter();
    let files = files.map(|file| MethodText { name: file.name.clone(), yaml: file.yaml.clone() }).collect();
    answer(&visit, &MethodsPage { frame, title, made, files })
}
