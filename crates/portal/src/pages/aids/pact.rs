//! `/aides/pactes/{id}`: a pact as its definition names it, engagement by engagement, with the aids that serve each.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use pacte_programmes::pacts::{Pact, Pledge, Reading, Shade};
use pacte_rules::Status;

use super::super::{answer_with, frame, last_crumb, render};
use super::crumb_home;
use crate::error::{Fault, Suggestion};
use crate::format;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::labels::typeset;
use crate::request::{Visit, shorten};
use crate::state::AppState;
use crate::view::{CellView, Head, RowView, TableView};

/// An engagement.
#[derive(Clone, Debug)]
struct PledgeView {
    number: u32,
    title: String,
    text: String,
    heading: String,
    aids: Vec<(String, String)>,
    figures: TableView,
    doubt: String,
}

/// Engagements of one axis.
#[derive(Clone, Debug)]
struct AxisView {
    title: String,
    pledges: Vec<PledgeView>,
}

#[derive(Debug, Template)]
#[template(path = "pages/aids/pact.html")]
struct PactPage {
    frame: Frame,
    title: String,
    summary: String,
    days: String,
    axes: Vec<AxisView>,
    sources: Vec<(String, String)>,
    doubt: String,
}

/// `GET /aides/pactes/{id}`.
///
/// # Errors
/// 404 for an unknown pact.
pub(super) async fn show(
    State(portal): State<AppState>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let lang = visit.lang;
    let catalogue = portal.aids.catalogue();
    let Some(pact) = catalogue.pacts().iter().find(|pact| *pact.id == *id) else {
        let known = catalogue.pacts().iter().map(|pact| Suggestion {
            label: pact.title.clone(),
            note: String::new(),
            href: format!("/aides/pactes/{}", pact.id),
        });
        return Err(Fault::missing("fault-pact", [("value", shorten(&id))]).suggesting(known.collect(), ""));
    };
    let named = |id: &std::sync::Arc<str>| {
        let known = catalogue.programme(id);
        let title = known.map_or_else(|| id.to_string(), |known| known.identity.title.clone());
        (title, known.map(|_| format!("/aides/programmes/{id}")).unwrap_or_default())
    };
    let axes = pact.axes.iter().map(|axis| AxisView {
        title: typeset(&axis.title),
        pledges: axis
            .pledges
            .iter()
            .map(|pledge| PledgeView {
                number: pledge.number,
                title: typeset(&pledge.title),
                text: typeset(&pledge.text),
                heading: lang.tr_with("aids-pledge", [("n", pledge.number.to_string())]),
                aids: pledge.programmes.iter().map(named).collect(),
                figures: figures(lang, pact, pledge),
                doubt: if pledge.status == Status::Unverified { typeset(&pledge.note) } else { String::new() },
            })
            .collect(),
    });
    let days = match pact.to {
        Some(to) => {
            lang.tr_with("aids-from-to", [("from", format::date(lang, pact.from)), ("to", format::date(lang, to))])
        }
        None => lang.tr_with("aids-since", [("from", format::date(lang, pact.from))]),
    };
    let frame = frame(&portal, &visit, Section::Aids, pact.title.clone(), pact.summary.clone());
    let page = PactPage {
        frame: Frame { crumbs: vec![crumb_home(lang), last_crumb(pact.title.clone())], ..frame },
        title: typeset(&pact.title),
        summary: typeset(&pact.summary),
        days,
        axes: axes.collect(),
        sources: pact.sources.iter().map(|source| (typeset(&source.title), source.link.clone())).collect(),
        doubt: if pact.status == Status::Unverified { typeset(&pact.note) } else { String::new() },
    };
    Ok(answer_with(&visit, render(&page)?))
}

/// How exact a published figure is, before it.
fn shade(shade: Shade) -> &'static str {
    match shade {
        Shade::Exact => "aids-exact",
        Shade::About => "aids-about",
        Shade::MoreThan => "aids-more-than",
        Shade::AtMost => "aids-at-most",
    }
}

/// Targets and published values of an engagement; those that disagree stand side by side.
fn figures(lang: Lang, pact: &Pact, pledge: &Pledge) -> TableView {
    let source = |reading: &Reading| {
        let known = pact.sources.iter().find(|source| source.id == reading.source);
        known.map_or_else(|| reading.source.to_string(), |source| typeset(&source.title))
    };
    let mut rows = Vec::new();
    for indicator in &pledge.indicators {
        for (readings, key) in [(&indicator.targets, "aids-target"), (&indicator.values, "aids-published")] {
            rows.extend(readings.iter().map(|reading| RowView {
                cells: vec![
                    CellView::text(typeset(&indicator.label)),
                    CellView::text(lang.tr(key)),
                    CellView::text(format::date(lang, reading.day)),
                    CellView::text(typeset(
                        format!("{} {} {}", lang.tr(shade(reading.shade)), reading.value, indicator.unit).trim(),
                    )),
                    CellView::text(source(reading)).with_note(typeset(&reading.note)),
                ],
                current: false,
            }));
        }
    }
    TableView {
        id: format!("chiffres-{}", pledge.number),
        caption: lang.tr_with("aids-pact-values", [("n", pledge.number.to_string())]),
        heads: ["aids-figure", "aids-kind", "aids-date", "aids-value", "aids-source"]
            .map(|key| Head::text(lang.tr(key)))
            .to_vec(),
        rows,
        ..TableView::default()
    }
}
