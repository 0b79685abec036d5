//! Zoning workbench: methods, drafts that are worked on, layers that are published. Everything is a form or a link; the address
//! of a proposal is the proposal.
//!
//! * [`shelves`] – where drafts and layers are kept.
//! * `home` – methods, drafts, layers; a new draft.
//! * `draft` – a proposal or a draft: map, quotas, units, moves, faults, publication.
//! * `layer` – a published zoning, and which one was in force on a day.
//! * `compare` – two drafts side by side.
//! * `files`, [`tables`], [`decree`] – what can be downloaded.
//! * `map` – one colour and one pattern a class.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use pacte_access::zoning::ZoningMethod;
use pacte_access::zoning_layer::{Draft, Work, WorkError, in_force};
use pacte_store::{Revision, StoreError};
use pacte_territory::Level;

use crate::error::Fault;
use crate::i18n::Lang;
use crate::request::{Query, Visit, shorten};
use crate::state::{AppState, Portal};
use crate::view::Crumb;
use crate::workbench::Workbench;

mod compare;
pub mod decree;
mod draft;
mod files;
mod forms;
mod home;
mod layer;
mod map;
pub mod shelves;
pub mod tables;
mod units;
mod words;

pub use shelves::ZoningShelves;

/// Address of the tool.
const HOME: &str = "/decider/zonage";
/// Addresses of this tool.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(HOME, get(home::show))
        .route("/decider/zonage/proposition", get(draft::proposal))
        .route("/decider/zonage/methodes/{file}", get(files::method))
        .route("/decider/zonage/projets", axum::routing::post(forms::create))
        .route("/decider/zonage/projets/{id}", get(draft::show).post(forms::change))
        .route("/decider/zonage/projets/{id}/{file}", get(files::draft))
        .route("/decider/zonage/comparer", get(compare::show))
        .route("/decider/zonage/zones/{id}", get(layer::show))
        .route("/decider/zonage/zones/{id}/{file}", get(files::layer))
        .route("/decider/zonage/au", get(layer::as_of_form))
        .route("/decider/zonage/au/{date}", get(layer::as_of_day))
}

/// The workbench, or a page that says there is none.
fn bench(portal: &Portal) -> Result<&Workbench, Fault> {
    portal.workbench.as_ref().ok_or_else(|| Fault::missing("decide-absent", []))
}

/// What the shelves refuse.
fn kept(error: StoreError) -> Fault {
    match error {
        StoreError::Name(name) => Fault::missing("fault-zoning-name", [("value", shorten(&name))]),
        other => Fault::internal(&other),
    }
}

/// Runs what takes long away from the threads that answer, two at a time.
async fn away<T: Send + 'static>(
    portal: &AppState,
    work: impl FnOnce(&Portal) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let shared = Arc::clone(portal);
    bench(portal)?.zoning.turns.run(move || work(&shared)).await?
}

/// A draft with its name: one that is kept, or a proposal that is only an address.
#[derive(Clone, Debug)]
struct Subject {
    /// Name and revision shown, and the last revision; `None` for a proposal.
    kept: Option<(String, u32, u32)>,
    /// The draft.
    draft: Draft,
    /// Computed on today's data.
    work: Arc<Work>,
}

impl Subject {
    /// Address of its page without parameters.
    fn path(&self) -> String {
        match &self.kept {
            Some((id, ..)) => format!("{HOME}/projets/{id}"),
            None => format!("{HOME}/proposition"),
        }
    }

    /// Whether it is the last revision of a draft, which can be changed.
    fn is_open(&self) -> bool {
        self.kept.as_ref().is_some_and(|(_, revision, last)| revision == last)
    }
}

/// Computes a draft on today's data, or finds it among those computed lately.
fn compute(bench: &Workbench, draft: &Draft) -> Result<Result<Arc<Work>, WorkError>, Fault> {
    let today = jiff::Zoned::now().date();
    let profession = &draft.method.profession;
    let heads = bench.zoning.heads().map_err(kept)?;
    let before = in_force(&heads, &draft.scope, profession, today).map(|head| head.id.clone());
    let key = (draft.clone(), before);
    if let Some(work) = bench.zoning.works.get(&key) {
        return Ok(Ok(work));
    }
    let zoning = bench.zoning.before(bench.ground.territory(), &draft.scope, profession, today).map_err(kept)?;
    Ok(bench.zoning.works.get_or_make(key, |_| draft.work(&bench.ground, zoning)))
}

/// A revision of a draft (the last one when `version` is `None`), as it was saved.
fn find(bench: &Workbench, id: &str, version: Option<&str>) -> Result<(Revision<Draft>, u32), Fault> {
    let unknown = || Fault::missing("fault-zoning-draft", [("value", shorten(id))]);
    let last = bench.zoning.drafts.count(id).map_err(kept)?;
    let wanted = match version {
        None => last,
        Some(text) => text.parse().ok().filter(|wanted| (1..=last).contains(wanted)).ok_or_else(|| {
            Fault::bad("fault-zoning-version", [("value", shorten(text)), ("last", last.to_string())])
        })?,
    };
    if wanted == 0 {
        return Err(unknown());
    }
    let revision = bench.zoning.drafts.at(id, wanted).map_err(kept)?.ok_or_else(unknown)?;
    Ok((revision, last))
}

/// A draft that is kept, computed; a method that no longer applies is a fault of the page.
fn open(bench: &Workbench, id: &str, version: Option<&str>) -> Result<Subject, Fault> {
    let (revision, last) = find(bench, id, version)?;
    let work = compute(bench, &revision.document)?
        .map_err(|error| Fault::bad("fault-zoning-work", [("why", error.to_string())]))?;
    Ok(Subject { kept: Some((id.to_owned(), revision.revision, last)), draft: revision.document, work })
}

/// The method a parameter names.
fn method(name: &str) -> Result<ZoningMethod, Fault> {
    ZoningMethod::shipped(name).ok_or_else(|| {
        let known = ZoningMethod::shipped_names().collect::<Vec<_>>().join(", ");
        Fault::bad("fault-zoning-method", [("value", shorten(name)), ("known", known)])
    })
}

/// Level of the regions a method gives quotas to, on this territory.
fn region_level(portal: &Portal, method: &ZoningMethod) -> Level {
    let territory = portal.atlas.territory();
    method.quota_levels.iter().copied().find(|level| territory.count(*level) > 0).unwrap_or(Level::Country)
}

/// The way down to a page of the tool.
fn crumbs(lang: Lang, last: &str) -> Vec<Crumb> {
    vec![
        Crumb { label: lang.tr("decide-title"), href: Some("/decider".to_owned()) },
        Crumb { label: lang.tr("decide-zoning"), href: Some(HOME.to_owned()) },
        super::super::last_crumb(last),
    ]
}

/// An answer that must be asked again: drafts change.
fn fresh(mut response: Response, status: StatusCode) -> Response {
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// Leads to a page after something was saved.
fn see(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address.to_owned())]).into_response()
}

/// The same page with other parameters.
fn here(visit: &Visit, path: &str, changes: &[(&str, &str)]) -> String {
    visit.query.with(changes).address(path)
}

/// Parameters of a proposal alone: what makes its address.
fn proposal_query(query: &Query) -> Query {
    ["methode", "region", "indicateur"]
        .iter()
        .fold(Query::default(), |kept, name| kept.with(&[(name, query.get(name).unwrap_or_default())]))
}
