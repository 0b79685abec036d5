//! Décider: from measure to decision. Each tool is a module with its own addresses; this one lists them.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use pacte_store::Listed;

use super::{answer, frame};
use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::request::Visit;
use crate::state::AppState;

pub mod allotment;
pub mod foresight;
pub mod siting;
pub mod urgent;
pub mod whatif;
pub mod zoning;

/// Tools in their order: key of their texts, address.
const TOOLS: [(&str, &str); 6] = [
    ("whatif", "/decider/simuler"),
    ("urgent", "/decider/urgences"),
    ("siting", "/decider/sites"),
    ("zoning", "/decider/zonage"),
    ("foresight", "/decider/effectifs"),
    ("allotment", "/decider/repartition"),
];

/// A tool on the list.
#[derive(Clone, Debug)]
struct Tool {
    title: String,
    text: String,
    href: &'static str,
}

#[derive(Debug, Template)]
#[template(path = "pages/decide/index.html")]
struct DecidePage {
    frame: Frame,
    tools: Vec<Tool>,
    ready: bool,
}

/// The documents that read; the operator is told of the others.
fn readable<T>(listed: Listed<T>) -> Vec<T> {
    for fault in &listed.faults {
        tracing::error!(%fault, "a saved document cannot be read");
    }
    listed.documents
}

/// Addresses of the list and of every tool.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/decider", get(show))
        .merge(whatif::routes())
        .merge(urgent::routes())
        .merge(siting::routes())
        .merge(zoning::routes())
        .merge(foresight::routes())
        .merge(allotment::routes())
}

/// `GET /decider`.
///
/// # Errors
/// None of the visitor's.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let tool = |(key, href): (&str, &'static str)| Tool {
        title: lang.tr(&format!("decide-{key}")),
        text: lang.tr(&format!("decide-{key}-text")),
        href,
    };
    let frame = frame(&portal, &visit, Section::Decide, lang.tr("decide-title"), lang.tr("decide-description"));
    answer(
        &visit,
        &DecidePage { frame, tools: TOOLS.into_iter().map(tool).collect(), ready: portal.workbench.is_some() },
    )
}
