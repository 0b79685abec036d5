//! Two territories side by side.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pacte_territory::Level;

use super::territory::distribution_chart;
use super::{answer, frame};
use crate::error::{Fault, Suggestion};
use crate::format;
use crate::frame::{Frame, Section};
use crate::labels;
use crate::request::{Visit, shorten};
use crate::state::{AppState, Portal};
use crate::subject::{KEY_INDICATORS, PLAIN_FORMATS, Subject, find, read_level, suggestion};
use crate::view::{CellView, ChartView, Head, RowView, TableView};

/// One of the two fields: what was typed, what was found, what else it may have meant.
#[derive(Clone, Debug, Default)]
struct Field {
    text: String,
    name: String,
    level: String,
    href: String,
    others: Vec<Suggestion>,
    not_found: bool,
}

#[derive(Debug, Template)]
#[template(path = "pages/compare.html")]
struct ComparePage {
    frame: Frame,
    title: String,
    a: Field,
    b: Field,
    key: Option<TableView>,
    everything: Option<TableView>,
    charts: Vec<ChartView>,
    swap: String,
}

/// `GET /comparer?a={level}:{code}&b={level}:{code}`; a field may also hold a name, and the best answer is taken.
///
/// # Errors
/// 404 when a `level:code` designates nothing.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let (a, first) = read(&portal, &visit, "a")?;
    let (b, second) = read(&portal, &visit, "b")?;
    let both = a.as_ref().zip(b.as_ref());
    let title = both.map_or_else(
        || lang.tr("compare-title"),
        |(a, b)| lang.tr_with("compare-title-both", [("a", a.name.as_str()), ("b", b.name.as_str())]),
    );
    let frame = frame(&portal, &visit, Section::Compare, title.clone(), lang.tr("compare-description"));
    let page = ComparePage {
        title,
        key: both.map(|(a, b)| table(a, b, &KEY_INDICATORS, "compare-key", &lang.tr("compare-key-title"))),
        everything: both.map(|(a, b)| {
            let ids: Vec<&str> = portal.atlas.indicators().iter().map(|indicator| indicator.id.as_str()).collect();
            table(a, b, &ids, "compare-everything", &lang.tr("compare-everything-title"))
        }),
        charts: both
            .map(|(a, b)| {
                [(a, "distribution-a"), (b, "distribution-b")]
                    .into_iter()
                    .filter_map(|(subject, id)| distribution_chart(subject, id))
                    .collect()
            })
            .unwrap_or_default(),
        swap: both
            .map(|(a, b)| visit.query.with(&[("a", &b.key()), ("b", &a.key())]).address("/comparer"))
            .unwrap_or_default(),
        a: first,
        b: second,
        frame,
    };
    answer(&visit, &page)
}

/// Reads one field.
fn read<'a>(portal: &'a Portal, visit: &Visit, name: &str) -> Result<(Option<Subject<'a>>, Field), Fault> {
    let Some(text) = visit.query.get(name) else { return Ok((None, Field::default())) };
    let lang = visit.lang;
    let mut others = Vec::new();
    let found = match text.split_once(':') {
        Some((slug, code)) if slug.parse::<Level>().is_ok() => {
            let level = read_level(portal, slug)?;
            Some((level, find(portal, lang, level, &code.trim().to_ascii_uppercase())?))
        }
        _ => {
            let mut hits = portal.search.search(text, 5).into_iter();
            let best = hits.next().map(|hit| (hit.level, hit.area));
            others = hits.map(|hit| suggestion(&portal.atlas, lang, hit.level, hit.area)).collect();
            best
        }
    };
    let Some((level, area)) = found else {
        return Ok((None, Field { text: shorten(text), not_found: true, ..Field::default() }));
    };
    let subject = Subject::new(&portal.atlas, lang, level, area);
    for other in &mut others {
        // Another answer keeps the other field as it is.
        let key = other.href.strip_prefix("/territoires/").unwrap_or_default().replacen('/', ":", 1);
        other.href = visit.query.with(&[(name, &key)]).address("/comparer");
    }
    let field = Field {
        text: subject.name.clone(),
        name: subject.name.clone(),
        level: labels::level_and_code(lang, level, &subject.code),
        href: subject.url(),
        others,
        not_found: false,
    };
    Ok((Some(subject), field))
}

fn table(a: &Subject<'_>, b: &Subject<'_>, ids: &[&str], id: &str, what: &str) -> TableView {
    let lang = a.lang;
    let heading = |subject: &Subject<'_>| Head::number(subject.full_name(), "");
    let communes = a.level == Level::Commune && b.level == Level::Commune;
    let rows = ids
        .iter()
        .filter(|id| !communes || !id.starts_with("share_be"))
        .filter_map(|id| a.atlas.indicator(id))
        .map(|indicator| {
            let [x, y] = [a, b].map(|subject| subject.value(&indicator.id));
            let decimals = if indicator.unit == "minutes" { 0 } else { indicator.decimals };
            let difference = x.zip(y).and_then(|(x, y)| format::signed(lang, y - x, decimals));
            let write = |value| CellView::number(labels::value_short(lang, indicator, value));
            let difference = difference.map(|text| match indicator.unit.as_str() {
                "minutes" => format::with_unit(lang, &text, "min"),
                "%" => format::with_unit(lang, &text, &lang.tr("unit-points")),
                _ => text,
            });
            let name =
                CellView::text(labels::indicator(lang, indicator)).with_note(labels::unit_apart(lang, indicator));
            RowView { cells: vec![name, write(x), write(y), CellView::number(difference)], current: false }
        })
        .collect();
    let caption =
        lang.tr_with("compare-caption", [("a", a.full_name()), ("b", b.full_name()), ("what", what.to_lowercase())]);
    TableView {
        id: id.to_owned(),
        heads: vec![
            Head::text(lang.tr("head-indicator")),
            heading(a),
            heading(b),
            Head::number(lang.tr("head-difference-ab"), ""),
        ],
        rows,
        downloads: a.downloads("comparaison", &format!("a={}&b={}", a.key(), b.key()), &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    }
}
