//! Urgent care within 30 minutes: who is beyond, on which day and at which hour, by which resources; what each resource
//! brings; where one more would help. A GET form whose parameters are the link to share.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use pacte_sources::export::{self, Format};
use pacte_sources::readers::care_register;
use pacte_territory::Level;

use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::map_block::Choice;
use crate::pages::{answer_with, attachment, frame, last_crumb, render};
use crate::request::{Visit, shorten};
use crate::state::{AppState, Portal};
use crate::view::Crumb;

mod asked;
mod desk;
mod map;
mod records;
pub mod tables;
mod trial;
mod view;

pub(super) use asked::set_label;
mod week;

pub use desk::Desk;

use asked::Asked;
use desk::Answer;
use view::Teller;

/// Address of the page.
const HERE: &str = "/decider/urgences";
/// Files of the page, by the name they have in addresses.
const FILES: [&str; 7] = ["niveau", "communes", "poches", "apports", "heures", "registre", "publies"];

/// Addresses of this tool.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(HERE, get(show))
        .route("/decider/urgences/fichiers/{file}", get(download))
        .route("/decider/urgences/registre.csv", get(register))
        .route("/decider/urgences/modele.csv", get(model))
}

#[derive(Debug, Template)]
#[template(path = "pages/decide/urgent.html")]
struct UrgentPage {
    frame: Frame,
    /// Choices of the form.
    sets: Vec<Choice>,
    date: String,
    time: String,
    limit: String,
    levels: Vec<Choice>,
    departements: Vec<Choice>,
    faults: Vec<String>,
    notes: Vec<String>,
    view: Option<view::Page>,
    /// Parameters the second form carries along.
    carried: Vec<(String, String)>,
    kinds: Vec<Choice>,
    commune: String,
    trial_fault: Option<String>,
}

/// `GET /decider/urgences?ressources=&date=&heure=&limite=&niveau=&departement=&type=&commune=`. What cannot be used is
/// said, and what was typed is kept.
///
/// # Errors
/// 404 without a data directory; 500 when the cover cannot be computed, which is our fault.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let asked = Asked::read(&portal, &visit.query);
    let answer = desk::answer(&portal, &asked).await?;
    let shared = Arc::clone(&portal);
    let drawing = visit.clone();
    let page = tokio::task::spawn_blocking(move || page(&shared, &drawing, &asked, answer.as_deref()));
    let (page, refused) = page.await.map_err(|error| Fault::internal(&error))?;
    let mut response = answer_with(&visit, render(&page)?);
    if refused {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

fn page(portal: &Portal, visit: &Visit, asked: &Asked, answer: Option<&Answer>) -> (UrgentPage, bool) {
    let lang = visit.lang;
    let mut frame = frame(portal, visit, Section::Decide, lang.tr("urgent-title"), lang.tr("urgent-description"));
    frame.crumbs = vec![
        Crumb { label: lang.tr("decide-title"), href: Some("/decider".to_owned()) },
        last_crumb(lang.tr("urgent-title")),
    ];
    // One page for every hour of every day would fill search engines with nothing.
    frame.indexed = visit.query == crate::request::Query::default();
    let view = answer.map(|answer| Teller { portal, visit, asked, answer }.page());
    let refused = !asked.faults.is_empty() || asked.trial_fault.is_some();
    let page = UrgentPage {
        frame,
        sets: asked.sets(lang),
        date: asked.day.to_string(),
        time: asked.time.map(|time| format!("{:02}:{:02}", time.hour(), time.minute())).unwrap_or_default(),
        limit: asked.limit.to_string(),
        levels: asked.levels(portal, lang),
        departements: asked.departements(portal),
        faults: asked.faults.iter().map(|fault| fault.say(lang)).collect(),
        notes: answer.map(|answer| view::notes(lang, answer)).unwrap_or_default(),
        view,
        carried: asked.carried(portal),
        kinds: asked.kinds(lang),
        commune: asked.commune_text.clone(),
        trial_fault: asked.trial_fault.as_ref().map(|fault| fault.say(lang)),
    };
    (page, refused)
}

/// `GET /decider/urgences/fichiers/{table}.{format}` with the parameters of the page.
///
/// # Errors
/// 404 for an unknown table or format; 400 for a parameter that cannot be used.
pub async fn download(
    State(portal): State<AppState>,
    visit: Visit,
    Path(file): Path<String>,
) -> Result<Response, Fault> {
    let (name, extension) = file.rsplit_once('.').unwrap_or((&file, ""));
    if !FILES.contains(&name) {
        return Err(Fault::missing("fault-table", [("value", shorten(name)), ("known", FILES.join(", "))]));
    }
    let format: Format = extension.parse().map_err(|_| {
        let known = Format::ALL.map(Format::extension).join(", ");
        Fault::missing("fault-format", [("value", shorten(extension)), ("known", known)])
    })?;
    let areas = matches!(name, "niveau" | "communes");
    if format == Format::Geojson && !areas {
        return Err(Fault::bad("fault-no-contours", [("value", name.to_owned())]));
    }
    let asked = Asked::read(&portal, &visit.query);
    if let Some(message) = asked.faults.first() {
        let (message, suggestions) = (message.clone(), Vec::new());
        return Err(Fault { status: StatusCode::BAD_REQUEST, message, suggestions, search: String::new() });
    }
    let name = name.to_owned();
    let made = desk::blocking(&portal, move |portal, cover| {
        let mut table = view::file(portal, &asked, cover, &name);
        if format == Format::Geojson {
            let level = if name == "communes" { Level::Commune } else { asked.level };
            let areas: Vec<u32> = (0..portal.atlas.territory().count(level)).collect();
            table = crate::tables::with_contours(&portal.atlas, level, &areas, table);
        }
        export::write(&table, format).map(|bytes| (table.name, bytes)).map_err(|error| Fault::internal(&error))
    });
    let (name, bytes) = made.await??;
    Ok(attachment(bytes, format.media_type(), &format!("pacte-{name}.{format}")))
}

/// `GET /decider/urgences/registre.csv`: the resources in the very format the import reads.
///
/// # Errors
/// None of the visitor's.
pub async fn register(State(portal): State<AppState>) -> Result<Response, Fault> {
    let territory = portal.atlas.territory();
    let resources = pacte_access::urgent::of_territory(territory).resources;
    let text = care_register::to_csv(&resources, &territory.communes);
    Ok(attachment(text.into_bytes(), Format::Csv.media_type(), "ressources_soins_urgents.csv"))
}

/// `GET /decider/urgences/modele.csv`: the commented template.
///
/// # Errors
/// None of the visitor's.
pub async fn model() -> Result<Response, Fault> {
    let text = care_register::template();
    Ok(attachment(text.into_bytes(), Format::Csv.media_type(), "modele_ressources_soins_urgents.csv"))
}
