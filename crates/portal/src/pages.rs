//! The pages: each module reads what was asked, gathers figures from the atlas, and fills its template.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::request::{LANG_COOKIE, Visit};
use crate::state::Portal;
use crate::view::Crumb;

pub mod accessibility;
pub mod aids;
pub mod compare;
pub mod data;
pub mod decide;
pub mod fault;
pub mod home;
pub mod journeys;
pub mod map;
pub mod methods;
pub mod search;
pub mod sources;
pub mod territory;

/// What surrounds a page, from what was asked; the page module completes it.
pub fn frame(portal: &Portal, visit: &Visit, section: Section, title: String, description: String) -> Frame {
    Frame {
        lang: visit.lang,
        site: portal.site.clone(),
        title,
        description,
        section,
        here: visit.here(),
        crumbs: Vec::new(),
        query: String::new(),
        has_map: false,
        indexed: true,
    }
}

/// A page as an answer: its language, the cookie when the language was chosen, and how long it may be kept.
///
/// # Errors
/// When the template cannot be rendered, which is our fault.
pub fn answer(visit: &Visit, template: &impl Template) -> Result<Response, Fault> {
    Ok(answer_with(visit, render(template)?))
}

/// The text of a page.
///
/// # Errors
/// When the template cannot be rendered, which is our fault.
pub fn render(template: &impl Template) -> Result<Bytes, Fault> {
    template.render().map(Bytes::from).map_err(|error| Fault::internal(&error))
}

/// A rendered page as an answer.
pub fn answer_with(visit: &Visit, body: Bytes) -> Response {
    let mut response = axum::response::Html(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(visit.lang.code()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=60"));
    headers.append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    if visit.remember {
        let cookie = format!("{LANG_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", visit.lang.code());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.insert(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// A last step of a breadcrumb.
pub fn last_crumb(label: impl Into<String>) -> Crumb {
    Crumb { label: label.into(), href: None }
}

/// A file to save under a name, made for this visitor.
pub(crate) fn attachment(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' }).collect();
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=60"));
    response
}

/// The text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
