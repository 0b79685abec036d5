//! `/aides/simulateur.pdf`: what the page says, to keep on paper, with the address that says it again.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use pacte_documents::{DocumentOptions, render};
use serde_json::{Value, json};

use super::super::attachment;
use super::asked::Asked;
use super::cards::{AmountView, Card, Reason, Shade};
use super::{SIMULATOR, layers, simulator};
use crate::aids::today;
use crate::error::Fault;
use crate::format;
use crate::request::Visit;
use crate::state::{AppState, Portal};

const TEMPLATE: &str = include_str!("../../../../../pacts/documents/simulation.typ");

/// `GET /aides/simulateur.pdf`: the same parameters as the page.
///
/// # Errors
/// 500 when the document cannot be made, which is our fault.
pub(super) async fn show(State(portal): State<AppState>, headers: HeaderMap, visit: Visit) -> Result<Response, Fault> {
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let shared = Arc::clone(&portal);
    let made = portal.aids.turns.run(move || pdf(&shared, &visit, &host)).await??;
    Ok(attachment(made, "application/pdf", "pacte-simulation.pdf"))
}

fn pdf(portal: &Portal, visit: &Visit, host: &str) -> Result<Vec<u8>, Fault> {
    let lang = visit.lang;
    let catalogue = portal.aids.catalogue();
    let layers = layers(portal)?;
    let asked = Asked::read(portal, &catalogue, lang, &visit.query);
    let spot = asked.shown(&visit.query);
    let told = if asked.is_started(&catalogue) {
        simulator::told(portal, &catalogue, &layers, lang, &asked, spot)
    } else {
        simulator::Told { cards: Vec::new(), closed: Vec::new(), others: 0 }
    };
    let day = asked.day.to_string();
    let path = visit.query.only(|name| name != "lang").with(&[("le", &day)]).address(SIMULATOR);
    let address = if host.is_empty() { path } else { format!("{host}{path}") };
    let said: Vec<Value> = simulator::answers(portal, &catalogue, lang, &asked)
        .into_iter()
        .map(|(label, value)| json!({ "label": label, "value": value }))
        .collect();
    let zones: Vec<String> = spot
        .map(|spot| simulator::zones(&catalogue, &layers, lang, &asked, spot))
        .unwrap_or_default()
        .iter()
        .map(simulator::ZoneView::line)
        .collect();
    let data = json!({
        "title": lang.tr("aids-pdf-title"),
        "place": spot.map(|spot| format!("{} ({})", spot.name, spot.code)).unwrap_or_default(),
        "day": format::date(lang, asked.day),
        "made": lang.tr_with("aids-pdf-made", [("day", format::date(lang, today()))]),
        "said": said,
        "zones": zones,
        "cards": told.cards.iter().map(card).collect::<Vec<_>>(),
        "words": {
            "you": lang.tr("aids-pdf-you"),
            "zones": lang.tr("aids-zones"),
            "why": lang.tr("aids-why"),
            "missing": lang.tr("aids-missing"),
            "amounts": lang.tr("aids-amounts"),
            "duties": lang.tr("aids-duties"),
            "beside": lang.tr("aids-beside"),
            "ways": lang.tr("aids-ways"),
            "contact": lang.tr("aids-contact"),
            "doubts": lang.tr("aids-doubts"),
            "again": lang.tr("aids-pdf-again"),
            "warning": lang.tr("aids-warning"),
        },
        "address": address,
    });
    let day = asked.day;
    let options = DocumentOptions {
        title: lang.tr("aids-pdf-title"),
        lang: lang.code().to_owned(),
        date: (day.year(), day.month(), day.day()),
    };
    render(TEMPLATE, &data, &[], &options).map_err(|error| Fault::internal(&error))
}

fn card(card: &Card) -> Value {
    // What one would owe for an aid that is refused is no use on paper.
    let bound = card.shade != Shade::No;
    json!({
        "title": card.title,
        "word": card.word,
        "shade": card.shade.class(),
        "reasons": card.reasons.iter().map(reason).collect::<Vec<_>>(),
        "missing": card.missing,
        "amounts": card.amounts.iter().map(amount).collect::<Vec<_>>(),
        "duties": card.duties.iter().filter(|_| bound).map(|duty| json!({ "text": duty.text, "ref": duty.reference })).collect::<Vec<_>>(),
        "beside": card.clashes.iter().filter(|_| bound).map(|(text, ..)| text).collect::<Vec<_>>(),
        "ways": card.ways,
        "contact": card.contact,
        "doubts": card.doubts,
    })
}

fn reason(reason: &Reason) -> Value {
    json!({ "word": reason.word, "shade": reason.shade.class(), "text": reason.text, "ref": reason.reference })
}

fn amount(amount: &AmountView) -> Value {
    let value = if amount.value.is_empty() { amount.problem.as_str() } else { amount.value.as_str() };
    json!({ "label": amount.label, "every": amount.every, "value": value, "ref": amount.reference })
}
