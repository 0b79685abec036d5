//! The page of errors.

use askama::Template;
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{answer, frame};
use crate::error::{Fault, Suggestion};
use crate::frame::{Frame, Section};
use crate::request::Visit;
use crate::state::Portal;

#[derive(Debug, Template)]
#[template(path = "pages/fault.html")]
struct FaultPage {
    frame: Frame,
    status: u16,
    title: String,
    message: String,
    suggestions: Vec<Suggestion>,
}

/// Renders a fault: JSON under an address in `.json`, else a page.
pub fn render(portal: &Portal, visit: &Visit, fault: &Fault) -> Response {
    let lang = visit.lang;
    let message = fault.message.say(lang);
    let mut response = if std::path::Path::new(&visit.path).extension().is_some_and(|extension| extension == "json") {
        let suggestions: Vec<_> =
            fault.suggestions.iter().map(|s| json!({"label": s.label, "note": s.note, "url": s.href})).collect();
        let body = json!({"error": {"status": fault.status.as_u16(), "message": message, "suggestions": suggestions}});
        Json(body).into_response()
    } else {
        let title = match fault.status.as_u16() {
            400 => lang.tr("fault-title-bad"),
            404 => lang.tr("fault-title-missing"),
            405 => lang.tr("fault-title-method"),
            _ => lang.tr("fault-title-internal"),
        };
        let mut frame = frame(portal, visit, Section::None, title.clone(), message.clone());
        frame.indexed = false;
        frame.query.clone_from(&fault.search);
        let page = FaultPage {
            frame,
            status: fault.status.as_u16(),
            title,
            message: message.clone(),
            suggestions: fault.suggestions.clone(),
        };
        answer(visit, &page).unwrap_or_else(|_| message.into_response())
    };
    *response.status_mut() = fault.status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
