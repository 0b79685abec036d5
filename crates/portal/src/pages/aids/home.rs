//! `/aides`: every programme, open or closed, and the ways into the simulator.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pacte_programmes::Standing;

use super::super::{answer_with, frame, render};
use super::cards::standing;
use crate::aids::today;
use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::labels::typeset;
use crate::request::Visit;
use crate::state::AppState;

/// A programme of the list.
#[derive(Clone, Debug)]
struct Entry {
    title: String,
    href: String,
    summary: String,
    audience: String,
    standing: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/aids/home.html")]
struct HomePage {
    frame: Frame,
    open: Vec<Entry>,
    closed: Vec<Entry>,
    /// Pacts: title, address, summary.
    pacts: Vec<(String, String, String)>,
    trouble: String,
}

/// `GET /aides`.
///
/// # Errors
/// 500 when the page cannot be rendered.
pub(super) async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let (lang, day) = (visit.lang, today());
    let catalogue = portal.aids.catalogue();
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for programme in catalogue.programmes() {
        let identity = &programme.identity;
        let entry = Entry {
            title: identity.title.clone(),
            href: format!("/aides/programmes/{}", identity.id),
            summary: typeset(&identity.summary.on(programme.parameters(), day)),
            audience: super::programme::professions(&catalogue, programme),
            standing: standing(lang, programme.standing(day)),
        };
        if programme.standing(day) == Standing::Open { open.push(entry) } else { closed.push(entry) }
    }
    for list in [&mut open, &mut closed] {
        list.sort_by(|a, b| a.title.cmp(&b.title));
    }
    let frame = frame(&portal, &visit, Section::Aids, lang.tr("aids-title"), lang.tr("aids-lede"));
    let pacts = catalogue
        .pacts()
        .iter()
        .map(|pact| (typeset(&pact.title), format!("/aides/pactes/{}", pact.id), typeset(&pact.summary)));
    let pacts = pacts.collect();
    let body = render(&HomePage { frame, open, closed, pacts, trouble: portal.aids.trouble().unwrap_or_default() })?;
    Ok(answer_with(&visit, body))
}
