//! The declaration of accessibility: what was checked and how, what is known to fall short, whom to write to.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{answer, frame};
use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::request::Visit;
use crate::state::AppState;

#[derive(Debug, Template)]
#[template(path = "pages/accessibility.html")]
struct AccessibilityPage {
    frame: Frame,
    title: String,
}

/// `GET /accessibilite`.
///
/// # Errors
/// None of the visitor's.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let title = visit.lang.tr("accessibility-title");
    let description = visit.lang.tr("accessibility-description");
    let frame = frame(&portal, &visit, Section::None, title.clone(), description);
    answer(&visit, &AccessibilityPage { frame, title })
}
