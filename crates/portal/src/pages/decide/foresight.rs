//! Workforce to come: doctors of any territory year by year, with the assumptions it rests on in the same form.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::super::{answer_with, frame, last_crumb, render};
use crate::error::{Fault, Suggestion};
use crate::frame::{Frame, Section};
use crate::map_block::Choice;
use crate::request::{Visit, shorten};
use crate::state::{AppState, Portal};
use crate::view::{ChartView, Crumb, FigureCard, TableView};

mod asked;
mod desk;
pub(super) mod files;
pub mod tables;
mod view;

pub use desk::Desk;

use asked::Asked;
use desk::Answer;

/// One assumption that can be changed.
#[derive(Clone, Debug)]
struct AssumptionField {
    name: &'static str,
    label: String,
    unit: String,
    value: String,
    usual: String,
    range: String,
    source: String,
    checked: String,
    fault: Option<String>,
}

/// What a projection shows.
#[derive(Debug)]
struct Results {
    title: String,
    summary: Vec<String>,
    cards: Vec<FigureCard>,
    heads: ChartView,
    apl: Option<ChartView>,
    years: TableView,
    falls: TableView,
    falls_text: String,
    levers: TableView,
    measure: Option<TableView>,
    disagreements: Option<TableView>,
    regions: TableView,
    notes: Vec<String>,
    method: String,
    fit: String,
    sources: String,
    assumptions_files: Vec<crate::view::Download>,
}

#[derive(Debug, Template)]
#[template(path = "pages/decide/foresight.html")]
struct ForesightPage {
    frame: Frame,
    ready: bool,
    territory: String,
    territory_fault: Option<String>,
    others: Vec<Suggestion>,
    horizon: String,
    horizon_fault: Option<String>,
    threshold: String,
    threshold_fault: Option<String>,
    levels: Vec<Choice>,
    retention: String,
    retention_hint: String,
    retention_fault: Option<String>,
    places: String,
    places_fault: Option<String>,
    from: String,
    from_fault: Option<String>,
    places_in: Vec<Choice>,
    fields: Vec<AssumptionField>,
    changed: bool,
    refused: Option<String>,
    results: Option<Results>,
}

/// Addresses of this tool.
pub fn routes() -> Router<AppState> {
    Router::new().route("/decider/effectifs", get(show)).route("/decider/effectifs/{file}", get(download))
}

/// `GET /decider/effectifs?territoire=&horizon=&seuil=&niveau=&fidelite=&places=&places_ou=&places_depuis=` and any
/// assumption by its key. What cannot be used is said beside its field, and what was typed is kept.
///
/// # Errors
/// 500 when the computation fails, which is our fault.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let Some(bench) = &portal.workbench else {
        let page = empty(&portal, &visit);
        return Ok(answer_with(&visit, render(&page)?));
    };
    let asked = Asked::read(&portal, &visit);
    let computed = if asked.refusals.is_empty() { Some(bench.foresight.answer(&portal, &asked).await?) } else { None };
    let refused = computed.is_none() || matches!(computed, Some(Err(_)));
    let shared = Arc::clone(&portal);
    let drawing = visit.clone();
    let page = tokio::task::spawn_blocking(move || page(&shared, &drawing, &asked, computed.as_ref()));
    let page = page.await.map_err(|error| Fault::internal(&error))?;
    let mut response = answer_with(&visit, render(&page)?);
    if refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// `GET /decider/effectifs/{annees|seuil|regions|hypotheses}.{csv|xlsx|parquet|json}`, with the parameters of the page.
///
/// # Errors
/// 404 for an unknown table or format, 400 for parameters that cannot be used.
pub async fn download(
    State(portal): State<AppState>,
    visit: Visit,
    Path(file): Path<String>,
) -> Result<Response, Fault> {
    let (name, format) = files::split(&file)?;
    let known = ["annees", "seuil", "regions", "hypotheses"];
    if !known.contains(&name.as_str()) {
        return Err(Fault::missing("fault-table", [("value", shorten(&name)), ("known", known.join(", "))]));
    }
    let bench = portal.workbench.as_ref().ok_or_else(|| Fault::missing("fault-no-page", []))?;
    let asked = Asked::read(&portal, &visit);
    if let Some((_, message)) = asked.refusals.first() {
        return Err(Fault { message: message.clone(), ..Fault::bad("fault-bad-request", []) });
    }
    let answer = bench.foresight.answer(&portal, &asked).await?;
    let answer = answer.map_err(|problem| Fault::bad("fault-foresight", [("problem", problem)]))?;
    let territory = portal.atlas.territory();
    let table = match name.as_str() {
        "annees" => tables::years(&answer.projection, territory, asked.level, asked.area, &answer.series),
        "seuil" => tables::falls(&answer.projection, territory, asked.falls, asked.threshold, &answer.falls),
        "regions" => tables::regions(&answer.projection),
        _ => tables::assumptions(answer.projection.assumptions()),
    };
    files::answer(table, format).await
}

fn blank(portal: &Portal, visit: &Visit) -> Frame {
    let lang = visit.lang;
    let title = lang.tr("foresight-title");
    let mut frame = frame(portal, visit, Section::Decide, title.clone(), lang.tr("foresight-description"));
    frame.crumbs = vec![Crumb { label: lang.tr("decide-title"), href: Some("/decider".to_owned()) }, last_crumb(title)];
    frame
}

fn empty(portal: &Portal, visit: &Visit) -> ForesightPage {
    ForesightPage {
        frame: blank(portal, visit),
        ready: false,
        territory: String::new(),
        territory_fault: None,
        others: Vec::new(),
        horizon: String::new(),
        horizon_fault: None,
        threshold: String::new(),
        threshold_fault: None,
        levels: Vec::new(),
        retention: String::new(),
        retention_hint: String::new(),
        retention_fault: None,
        places: String::new(),
        places_fault: None,
        from: String::new(),
        from_fault: None,
        places_in: Vec::new(),
        fields: Vec::new(),
        changed: false,
        refused: None,
        results: None,
    }
}

/// The page, once everything is computed.
fn page(
    portal: &Portal,
    visit: &Visit,
    asked: &Asked,
    computed: Option<&Result<Arc<Answer>, String>>,
) -> ForesightPage {
    let lang = visit.lang;
    let refused =
        |name: &str| asked.refusals.iter().find(|(field, _)| *field == name).map(|(_, message)| message.say(lang));
    let mut frame = blank(portal, visit);
    // One page for every set of assumptions would fill search engines with nothing.
    frame.indexed = !asked.is_changed();
    ForesightPage {
        ready: true,
        territory: asked.text.clone(),
        territory_fault: refused("territoire"),
        others: asked.others.clone(),
        horizon: asked.typed("horizon", asked.horizon.to_string()),
        horizon_fault: refused("horizon"),
        threshold: asked.typed("seuil", view::plain(lang, asked.threshold)),
        threshold_fault: refused("seuil"),
        levels: view::levels(portal, lang, asked.falls),
        retention: asked.typed("fidelite", String::new()),
        retention_hint: view::retention_hint(portal, lang, asked),
        retention_fault: refused("fidelite"),
        places: asked.typed("places", String::new()),
        places_fault: refused("places"),
        from: asked.typed("places_depuis", String::new()),
        from_fault: refused("places_depuis"),
        places_in: view::places_in(portal, lang, asked),
        fields: view::fields(lang, asked, &refused),
        changed: asked.is_changed(),
        refused: computed.and_then(|computed| computed.as_ref().err()).cloned(),
        results: computed
            .and_then(|computed| computed.as_ref().ok())
            .map(|answer| view::Teller { portal, visit, lang, asked, answer }.results()),
        frame,
    }
}
