//! Two drafts side by side.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pacte_access::zoning_layer::compare;

use super::{HOME, Subject, away, bench, crumbs, fresh, kept, open, words};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::map_block::Choice;
use crate::pages::decide::readable;
use crate::pages::{answer_with, frame, render};
use crate::request::Visit;
use crate::state::{AppState, Portal};
use crate::view::{CellView, Head, Pager, RowView, TableView};

/// Differences on a page of the table.
const PAGE: usize = 50;

#[derive(Debug, Template)]
#[template(path = "pages/decide/zoning/compare.html")]
struct ComparePage {
    frame: Frame,
    title: String,
    first: Vec<Choice>,
    second: Vec<Choice>,
    classes: Option<TableView>,
    differences: Option<TableView>,
    people: String,
    same: bool,
    missing: bool,
}

/// `GET /decider/zonage/comparer?a=&b=`.
///
/// # Errors
/// 404 for an unknown draft.
pub(super) async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let asked = visit.clone();
    let body = away(&portal, move |portal| page(portal, &asked)).await?;
    Ok(fresh(answer_with(&visit, body), axum::http::StatusCode::OK))
}

fn page(portal: &Portal, visit: &Visit) -> Result<axum::body::Bytes, Fault> {
    let (lang, bench) = (visit.lang, bench(portal)?);
    let all = readable(bench.zoning.drafts.all().map_err(kept)?);
    let choices = |name: &str| -> Vec<Choice> {
        let chosen = visit.query.get(name);
        all.iter()
            .map(|draft| Choice {
                value: draft.id.clone(),
                label: draft.document.title.clone(),
                selected: chosen == Some(draft.id.as_str()),
            })
            .collect()
    };
    let asked = visit.query.get("a").zip(visit.query.get("b"));
    let both = asked.map(|(a, b)| Ok::<_, Fault>((open(bench, a, None)?, open(bench, b, None)?))).transpose()?;
    let title = lang.tr("zoning-compare-title");
    let mut frame = frame(portal, visit, Section::Decide, title.clone(), lang.tr("zoning-description"));
    frame.crumbs = crumbs(lang, &title);
    frame.indexed = false;
    let found = both.as_ref().map(|(a, b)| compare(&bench.ground, &a.work, &b.work));
    let people: u64 = found.iter().flatten().map(|difference| difference.people).sum();
    let page = ComparePage {
        title,
        first: choices("a"),
        second: choices("b"),
        classes: both.as_ref().map(|(a, b)| classes(lang, a, b)),
        differences: match (&found, &both) {
            (Some(found), Some((a, b))) if !found.is_empty() => Some(differences(lang, visit, a, b, found)?),
            _ => None,
        },
        people: words::people(lang, people),
        same: found.as_ref().is_some_and(Vec::is_empty),
        missing: both.is_none(),
        frame,
    };
    render(&page)
}

/// People of each class in both drafts.
fn classes(lang: Lang, a: &Subject, b: &Subject) -> TableView {
    let mut labels: Vec<String> = Vec::new();
    for subject in [a, b] {
        for class in &subject.work.proposal.classes {
            if !labels.contains(&class.short) {
                labels.push(class.short.clone());
            }
        }
    }
    let people = |subject: &Subject, label: &str| -> u64 {
        let counts = subject.work.people_by_class();
        let classes = subject.work.proposal.classes.iter().zip(counts);
        classes.filter(|(class, _)| class.short == label).map(|(_, count)| count).sum()
    };
    let total = |subject: &Subject| subject.work.people_by_class().iter().sum::<u64>();
    let cell = |subject: &Subject, count: u64| {
        CellView::number(Some(words::people(lang, count)))
            .with_note(words::share(lang, count, total(subject)).unwrap_or_default())
    };
    let rows = labels
        .iter()
        .map(|label| {
            let (x, y) = (people(a, label), people(b, label));
            RowView {
                cells: vec![
                    CellView::text(label.clone()),
                    cell(a, x),
                    cell(b, y),
                    CellView::number(format::signed(lang, y as f64 - x as f64, 0)),
                ],
                current: false,
            }
        })
        .collect();
    TableView {
        id: "classes-table".into(),
        caption: lang.tr("zoning-compare-classes"),
        heads: vec![
            Head::text(lang.tr("zoning-head-class")),
            Head::number(a.draft.title.clone(), ""),
            Head::number(b.draft.title.clone(), ""),
            Head::number(lang.tr("zoning-head-change"), ""),
        ],
        rows,
        ..TableView::default()
    }
}

fn differences(
    lang: Lang,
    visit: &Visit,
    a: &Subject,
    b: &Subject,
    found: &[pacte_access::zoning_layer::Difference],
) -> Result<TableView, Fault> {
    let page = visit.query.page(found.len().div_ceil(PAGE))?;
    let class = |class: Option<&String>| class.cloned().unwrap_or_else(|| lang.tr("zoning-no-class"));
    let rows = found
        .iter()
        .skip((page - 1) * PAGE)
        .take(PAGE)
        .map(|difference| RowView {
            cells: vec![
                CellView::text(difference.name.clone()).with_note(difference.code.clone()),
                CellView::number(Some(words::people(lang, difference.people))),
                CellView::text(class(difference.first.as_ref())),
                CellView::text(class(difference.second.as_ref())),
            ],
            current: false,
        })
        .collect();
    let address = |page: usize| visit.query.with(&[("page", &page.to_string())]).address(&format!("{HOME}/comparer"));
    let pager =
        Pager::new(lang.tr("pager-label"), page, PAGE, found.len(), address, |page| format::count(lang, page as u64));
    Ok(TableView {
        id: "ecarts-table".into(),
        caption: lang.tr_count("zoning-compare-differences", found.len() as u64),
        heads: vec![
            Head::text(lang.tr("zoning-head-unit")),
            Head::number(lang.tr("zoning-head-people"), ""),
            Head::text(a.draft.title.clone()),
            Head::text(b.draft.title.clone()),
        ],
        rows,
        pager,
        ..TableView::default()
    })
}
