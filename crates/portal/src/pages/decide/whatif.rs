//! What if: changes written in the link, and access before and after. A form and drawings without JavaScript; with it, a
//! live map on which resources are put down, moved and taken away.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use askama::Template;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use pacte_access::method::AplMethod;
use pacte_access::whatif::{Change, Kind, Outcome, Scenario};
use pacte_access::zoning::ZoningMethod;

use super::super::{answer_with, frame, last_crumb, render};
use crate::error::{Fault, Suggestion};
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::labels;
use crate::map_block::Choice;
use crate::request::Visit;
use crate::state::{AppState, Portal};
use crate::view::{Crumb, LegendView};

mod asked;
mod colours;
mod desk;
mod drawing;
mod files;
mod keeping;
mod live;
mod says;
mod tables;
mod view;

pub use colours::Colours;
pub use desk::Desk;
pub use tables::{cover, summary, table, zone_classes, zones};

use asked::{Asked, Form, PATH, Shown};
use view::{Teller, WhatIfView};

/// Folder of the saved scenarios, in that of decisions.
pub fn shelf(decisions: &Path) -> PathBuf {
    decisions.join("scenarios")
}

/// Addresses of this tool.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(PATH, get(show))
        .route("/decider/simuler.json", get(answer))
        .route("/decider/simuler/fond.json", get(ground))
        .route("/decider/simuler/comparer", get(keeping::compare))
        .route("/decider/simuler/enregistrer", post(keeping::save))
        .route("/decider/simuler/{file}", get(files::file))
}

/// Ages and shares at which departures are offered.
const AGES: [u32; 4] = [60, 63, 65, 67];

#[derive(Debug, Template)]
#[template(path = "pages/decide/whatif.html")]
struct WhatIfPage {
    frame: Frame,
    ready: bool,
    form: Form,
    fault: String,
    refusals: Vec<String>,
    other: String,
    carried: Vec<String>,
    hidden: Vec<(&'static str, String)>,
    actions: Vec<Choice>,
    kinds: Vec<Choice>,
    ages: Vec<Choice>,
    methods: Vec<Choice>,
    zonings: Vec<Choice>,
    shown: Vec<Choice>,
    legends: Vec<LegendView>,
    svg: Option<String>,
    map_note: String,
    name: String,
    view: WhatIfView,
    saved: Vec<Suggestion>,
    config: String,
}

#[derive(Debug, Template)]
#[template(path = "fragments/whatif_changes.html")]
struct ChangesPart<'a> {
    frame: &'a Frame,
    view: &'a WhatIfView,
    hidden: &'a [(&'static str, String)],
    name: &'a str,
}

#[derive(Debug, Template)]
#[template(path = "fragments/whatif_results.html")]
struct ResultsPart<'a> {
    frame: &'a Frame,
    view: &'a WhatIfView,
}

/// `GET /decider/simuler?c=…`: the forms, the map and the figures. A form sent leads to the link of its change.
///
/// # Errors
/// 404 without a workbench or for an unknown scenario, 400 for parameters that cannot be read.
async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    if portal.workbench.is_none() {
        return Ok(answer_with(&visit, render(&absent(&portal, &visit))?));
    }
    let reading = visit.clone();
    let (body, next, refused) = desk::run(&portal, move |portal, desk| {
        let started = Instant::now();
        let asked = Asked::read(desk, &reading.query)?;
        if asked.composed && asked.fits_a_link() {
            return Ok((Bytes::new(), Some(asked.address_with(&asked.scenario.changes)), false));
        }
        let refused = !asked.refusals.is_empty() || asked.fault.is_some();
        Ok((render(&page(portal, desk, &reading, &asked, started))?, None, refused))
    })
    .await?;
    if let Some(next) = next {
        return Ok(Redirect::to(&next).into_response());
    }
    let mut response = answer_with(&visit, body);
    // A scenario saved a moment ago must be on the list.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// `GET /decider/simuler.json?c=…`: the colours that change, the resources to place, and the parts of the page to renew.
///
/// # Errors
/// 400 that says what is wrong with a change.
async fn answer(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let body = desk::run(&portal, move |portal, desk| {
        let started = Instant::now();
        let lang = visit.lang;
        let asked = Asked::read(desk, &visit.query)?;
        if let Some(error) = asked.fault.as_ref().or(asked.refusals.last()) {
            return Err(Fault::bad("fault-whatif-refused", [("text", says::refusal(lang, error))]));
        }
        if !asked.fits_a_link() {
            return Err(Fault::bad("fault-whatif-long", []));
        }
        let outcome = outcome(lang, &asked)?;
        let teller = Teller { portal, lang, asked: &asked, outcome };
        let view = teller.view();
        let frame = head(portal, &visit);
        let (hidden, name) = (hidden(&asked), name(&asked));
        let text = |part: askama::Result<String>| part.map_err(|error| Fault::internal(&error));
        let changes = text(ChangesPart { frame: &frame, view: &view, hidden: &hidden, name: &name }.render())?;
        let results = text(ResultsPart { frame: &frame, view: &view }.render())?;
        let parts = BTreeMap::from([("changes", changes.as_str()), ("results", results.as_str())]);
        let answer = live::answer(&teller, frame.document_title(), parts, started);
        serde_json::to_vec(&answer).map_err(|error| Fault::internal(&error))
    })
    .await?;
    Ok(json(body, "private, no-store"))
}

/// `GET /decider/simuler/fond.json?mesure=`: classes today of every commune, one digit each.
///
/// # Errors
/// 400 for an unknown measure.
async fn ground(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let body = desk::run(&portal, move |_, desk| {
        let asked = Asked::read(desk, &visit.query)?;
        let classes = live::ground(desk, &asked.scenario, asked.shown);
        serde_json::to_vec(&serde_json::json!({ "classes": classes })).map_err(|error| Fault::internal(&error))
    })
    .await?;
    Ok(json(body, "private, max-age=600"))
}

fn json(body: Vec<u8>, kept: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    response
}

/// The outcome of what is asked for; a territory without APL has none.
fn outcome(lang: Lang, asked: &Asked) -> Result<&Outcome, Fault> {
    let reason = || {
        let text = asked.refusals.first().map(|error| says::refusal(lang, error)).unwrap_or_default();
        Fault::bad("fault-whatif-refused", [("text", text)])
    };
    asked.outcome.as_deref().ok_or_else(reason)
}

fn head(portal: &Portal, visit: &Visit) -> Frame {
    let lang = visit.lang;
    let mut frame = frame(portal, visit, Section::Decide, lang.tr("whatif-title"), lang.tr("decide-whatif-text"));
    frame.has_map = true;
    frame.indexed = visit.query == crate::request::Query::default();
    frame.crumbs = vec![
        Crumb { label: lang.tr("decide-title"), href: Some("/decider".into()) },
        last_crumb(lang.tr("whatif-title")),
    ];
    frame
}

/// The page of a portal that only shows.
fn absent(portal: &Portal, visit: &Visit) -> WhatIfPage {
    WhatIfPage {
        frame: head(portal, visit),
        ready: false,
        form: Form::default(),
        fault: String::new(),
        refusals: Vec::new(),
        other: String::new(),
        carried: Vec::new(),
        hidden: Vec::new(),
        actions: Vec::new(),
        kinds: Vec::new(),
        ages: Vec::new(),
        methods: Vec::new(),
        zonings: Vec::new(),
        shown: Vec::new(),
        legends: Vec::new(),
        svg: None,
        map_note: String::new(),
        name: String::new(),
        view: WhatIfView::default(),
        saved: Vec::new(),
        config: String::new(),
    }
}

fn page(portal: &Portal, desk: &Desk, visit: &Visit, asked: &Asked, started: Instant) -> WhatIfPage {
    let lang = visit.lang;
    let mut page = absent(portal, visit);
    page.refusals = asked.refusals.iter().map(|error| says::refusal(lang, error)).collect();
    page.saved = keeping::list(portal, desk, lang);
    let Some(outcome) = asked.outcome.as_deref() else { return page };
    let teller = Teller { portal, lang, asked, outcome };
    let (svg, map_note) = drawing::draw(portal, desk, lang, outcome, asked.shown);
    let first = live::first(&teller, page.frame.document_title(), started);
    page.ready = true;
    page.form = asked.form.clone();
    page.fault = asked.fault.as_ref().map(|error| says::refusal(lang, error)).unwrap_or_default();
    if asked.composed && !asked.fits_a_link() {
        page.fault = lang.tr("whatif-too-long");
    }
    page.other = asked.other.as_ref().map(|other| keeping::other_data(lang, other)).unwrap_or_default();
    page.carried.clone_from(&asked.carried);
    page.hidden = hidden(asked);
    page.actions = choices(["ajouter", "fermer", "deplacer"], &asked.form.action, |action| match action {
        "ajouter" => lang.tr("whatif-action-add"),
        "fermer" => lang.tr("whatif-action-close"),
        _ => lang.tr("whatif-action-move"),
    });
    page.kinds = choices(Kind::ALL.map(Kind::slug), &asked.form.what, |slug| {
        Kind::ALL.into_iter().find(|kind| kind.slug() == slug).map(|kind| says::kind(lang, kind)).unwrap_or_default()
    });
    page.ages = ages(lang, &asked.scenario);
    page.methods = methods(lang, desk, &asked.scenario);
    page.zonings = zonings(outcome, &asked.scenario);
    page.legends = drawing::legends(lang, outcome, asked.shown);
    page.shown = choices(page.legends.iter().map(|legend| legend.measure.clone()), asked.shown.slug(), |slug| {
        Shown::ALL.into_iter().find(|one| one.slug() == slug).map(|one| says::measure(lang, one)).unwrap_or_default()
    });
    page.svg = svg;
    page.map_note = map_note;
    page.name = name(asked);
    page.config = live::config(portal, &teller, first);
    page.view = teller.view();
    page
}

fn name(asked: &Asked) -> String {
    asked.saved.as_ref().map(|kept| kept.document.name.clone()).unwrap_or_default()
}

fn choices<S: AsRef<str>>(
    values: impl IntoIterator<Item = S>,
    chosen: &str,
    label: impl Fn(&str) -> String,
) -> Vec<Choice> {
    let choice = |value: S| {
        let value = value.as_ref();
        Choice { value: value.to_owned(), label: label(value), selected: value == chosen }
    };
    values.into_iter().map(choice).collect()
}

/// Ages after which doctors may be made to retire; none first.
fn ages(lang: Lang, scenario: &Scenario) -> Vec<Choice> {
    let now = scenario.changes.iter().find_map(|change| match change {
        Change::Retire { age, .. } => Some(*age),
        _ => None,
    });
    let mut ages: Vec<Choice> =
        vec![Choice { value: String::new(), label: lang.tr("whatif-age-none"), selected: now.is_none() }];
    let mut known: Vec<u32> = AGES.into_iter().chain(now).collect();
    known.sort_unstable();
    known.dedup();
    ages.extend(known.into_iter().map(|age| Choice {
        value: age.to_string(),
        label: lang.tr_with("whatif-age", [("age", age.to_string())]),
        selected: now == Some(age),
    }));
    ages
}

/// Methods to choose from; the usual one first.
fn methods(lang: Lang, desk: &Desk, scenario: &Scenario) -> Vec<Choice> {
    let now = scenario.changes.iter().rev().find_map(|change| match change {
        Change::Method(name) => Some(name.as_str()),
        _ => None,
    });
    let usual = &desk.simulator().ground().method().id;
    let mut methods = vec![Choice {
        value: String::new(),
        label: lang.tr_with("whatif-method-usual", [("name", usual.as_str())]),
        selected: now.is_none(),
    }];
    let others = AplMethod::shipped_names().filter(|name| name != usual);
    methods.extend(others.map(|name| Choice {
        value: name.to_owned(),
        label: name.to_owned(),
        selected: now == Some(name),
    }));
    methods
}

/// Zoning methods that follow the APL; the one shown is chosen.
fn zonings(outcome: &Outcome, scenario: &Scenario) -> Vec<Choice> {
    let asked = scenario.changes.iter().rev().find_map(|change| match change {
        Change::Zoning(name) => Some(name.as_str()),
        _ => None,
    });
    let Some(shown) = asked.or(outcome.zones.as_ref().map(|zones| zones.method.as_str())) else { return Vec::new() };
    let methods = ZoningMethod::shipped_names().filter_map(ZoningMethod::shipped);
    let methods = methods.filter(|method| method.indicator.as_ref().is_some_and(|one| one.concept == "apl.gp"));
    let choice = |method: ZoningMethod| Choice {
        selected: method.id == shown,
        label: labels::typeset(&method.label),
        value: method.id,
    };
    methods.map(choice).collect()
}

/// The parameters of the link, as hidden fields of its forms.
fn hidden(asked: &Asked) -> Vec<(&'static str, String)> {
    let mut fields: Vec<(&'static str, String)> =
        asked.scenario.changes.iter().map(|change| ("c", change.to_string())).collect();
    if asked.is_saved()
        && let Some(kept) = &asked.saved
    {
        fields = vec![("s", kept.id.clone())];
    }
    if asked.shown != Shown::default() {
        fields.push(("mesure", asked.shown.slug().to_owned()));
    }
    fields
}
