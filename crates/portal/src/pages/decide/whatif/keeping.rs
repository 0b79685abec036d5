//! Saved scenarios: saving, the list, two side by side.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use pacte_access::urgent::Set;
use pacte_access::whatif::{CoverShift, Outcome, Scenario, ZoneClass, ZoneShift};
use pacte_store::Kept;

use super::asked::{Asked, PATH, saved};
use super::desk::{self, Desk};
use super::says;
use crate::error::{Fault, Suggestion};
use crate::format;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::map_block::Choice;
use crate::pages::decide::readable;
use crate::pages::{answer_with, frame, last_crumb, render};
use crate::posted::Posted;
use crate::request::Visit;
use crate::state::{AppState, Portal};
use crate::view::{CellView, Crumb, Head, RowView, TableView};

/// Saved scenarios listed on the page.
const LISTED: usize = 20;
/// Longest name of a scenario.
const NAME: usize = 120;

#[derive(Debug, Template)]
#[template(path = "pages/decide/whatif_compare.html")]
struct ComparePage {
    frame: Frame,
    first: Vec<Choice>,
    second: Vec<Choice>,
    table: Option<TableView>,
    notes: Vec<String>,
    links: Vec<Suggestion>,
}

/// `POST /decider/simuler/enregistrer`: keeps the scenario of the link under a name.
///
/// # Errors
/// 400 for a form of another site, changes that cannot be made, no change or no name.
pub(super) async fn save(State(portal): State<AppState>, posted: Posted) -> Result<Response, Fault> {
    let id = desk::run(&portal, move |_, desk| {
        let lang = posted.visit.lang;
        let asked = Asked::read(desk, &posted.fields)?;
        if let Some(error) = asked.refusals.first() {
            return Err(Fault::bad("fault-whatif-refused", [("text", says::refusal(lang, error))]));
        }
        let name: String = posted.fields.get("nom").unwrap_or_default().chars().take(NAME).collect();
        if asked.scenario.changes.is_empty() {
            return Err(Fault::bad("fault-whatif-empty", []));
        }
        if name.is_empty() {
            return Err(Fault::bad("fault-whatif-name", []));
        }
        let kept = desk.scenarios.put(Scenario { name, ..asked.scenario }).map_err(|error| Fault::internal(&error))?;
        Ok(kept.id)
    })
    .await?;
    let mut response = Redirect::to(&format!("{PATH}?s={id}")).into_response();
    *response.status_mut() = StatusCode::SEE_OTHER;
    Ok(response)
}

/// Links to the last saved scenarios.
pub(super) fn list(portal: &Portal, desk: &Desk, lang: Lang) -> Vec<Suggestion> {
    let unreadable = |error| {
        tracing::error!(%error, "saved scenarios cannot be read");
        Vec::new()
    };
    let all = desk.scenarios.all().map_or_else(unreadable, readable);
    let link = |kept: &Kept<Scenario>| {
        let day = kept.saved_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        Suggestion {
            label: says::scenario(lang, portal.atlas.territory(), &kept.document),
            note: lang.tr_with(
                "whatif-saved-note",
                [
                    ("date", format::date(lang, day)),
                    ("changes", lang.tr_count("whatif-changes-count", kept.document.changes.len() as u64)),
                ],
            ),
            href: format!("{PATH}?s={}", kept.id),
        }
    };
    all.iter().take(LISTED).map(link).collect()
}

/// `GET /decider/simuler/comparer?a=&b=`: two saved scenarios side by side, or one beside today.
///
/// # Errors
/// 404 for an unknown scenario.
pub(super) async fn compare(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let asked = visit.clone();
    let body = desk::run(&portal, move |portal, desk| render(&compare_page(portal, desk, &asked)?)).await?;
    Ok(answer_with(&visit, body))
}

fn compare_page(portal: &Portal, desk: &Desk, visit: &Visit) -> Result<ComparePage, Fault> {
    let lang = visit.lang;
    let territory = portal.atlas.territory();
    let all = readable(desk.scenarios.all().map_err(|error| Fault::internal(&error))?);
    let chosen = |name: &str| visit.query.get(name).map(|id| saved(desk, id)).transpose();
    let (first, second) = (chosen("a")?, chosen("b")?);
    let choices = |of: &Option<Kept<Scenario>>| {
        let choice = |kept: &Kept<Scenario>| Choice {
            value: kept.id.clone(),
            label: says::scenario(lang, territory, &kept.document),
            selected: of.as_ref().is_some_and(|chosen| chosen.id == kept.id),
        };
        all.iter().map(choice).collect::<Vec<_>>()
    };
    let mut notes = Vec::new();
    let mut links = Vec::new();
    let mut outcomes = Vec::new();
    for kept in [&first, &second].into_iter().flatten() {
        let mut scenario = kept.document.clone();
        if let Err(other) = scenario.check(desk.simulator().base()) {
            notes.push(other_data(lang, &other));
            scenario = scenario.carry_over(territory, desk.simulator().base()).scenario;
        }
        match desk.outcome(&scenario) {
            Ok(outcome) => {
                let label = says::scenario(lang, territory, &kept.document);
                links.push(Suggestion {
                    label: label.clone(),
                    note: String::new(),
                    href: format!("{PATH}?s={}", kept.id),
                });
                outcomes.push((label, outcome));
            }
            Err(error) => notes.push(says::refusal(lang, &error)),
        }
    }
    let table = match outcomes.as_slice() {
        [(a, first), (b, second)] => Some(side_by_side(lang, (a, first), (b, second))),
        _ => None,
    };
    let mut frame =
        frame(portal, visit, Section::Decide, lang.tr("whatif-compare-title"), lang.tr("decide-whatif-text"));
    frame.indexed = false;
    frame.crumbs = vec![
        Crumb { label: lang.tr("decide-title"), href: Some("/decider".into()) },
        Crumb { label: lang.tr("whatif-title"), href: Some(PATH.into()) },
        last_crumb(lang.tr("whatif-compare-title")),
    ];
    Ok(ComparePage { frame, first: choices(&first), second: choices(&second), table, notes, links })
}

/// Why the figures of a scenario made on other data differ.
pub(super) fn other_data(lang: Lang, other: &pacte_access::whatif::OtherVintages) -> String {
    let same = other.made_on.territory == other.here.territory;
    if same {
        return lang.tr("whatif-other-method");
    }
    lang.tr_with(
        "whatif-other-data",
        [
            ("name", other.made_on.name.clone()),
            ("date", other.made_on.geography.clone()),
            ("here", other.here.name.clone()),
            ("now", other.here.geography.clone()),
        ],
    )
}

/// Urgent care of two scenarios by set of resources. A scenario lists the sets that hold a family of their own: one it does
/// not list is the same as the largest of those it lists within it.
fn covers<'a>(first: &'a Outcome, second: &'a Outcome) -> Vec<(Set, &'a CoverShift, &'a CoverShift)> {
    let read = |shift: &CoverShift| shift.set.parse::<Set>().ok();
    let within = |outcome: &'a Outcome, set: Set| {
        outcome.cover.iter().rfind(|shift| read(shift).is_some_and(|smaller| set.includes(smaller)))
    };
    let listed = |set: Set| [first, second].iter().any(|one| one.cover.iter().any(|shift| read(shift) == Some(set)));
    let both = |set: Set| Some((set, within(first, set)?, within(second, set)?));
    Set::LADDER.into_iter().filter(|set| listed(*set)).filter_map(both).collect()
}

fn side_by_side(lang: Lang, (a, first): (&str, &Outcome), (b, second): (&str, &Outcome)) -> TableView {
    let mut rows = Vec::new();
    let mut row = |label: String, before: f64, one: f64, two: f64, decimals: u8| {
        let number = |value: f64| CellView::number(format::number(lang, value, decimals));
        let change =
            |value: f64| number(value).with_note(format::signed(lang, value - before, decimals).unwrap_or_default());
        let apart = CellView::number(format::signed(lang, two - one, decimals));
        rows.push(RowView {
            cells: vec![CellView::text(label), number(before), change(one), change(two), apart],
            current: false,
        });
    };
    let apl = |outcome: &Outcome| outcome.country.after.apl.unwrap_or(f64::NAN);
    row(
        lang.tr("whatif-card-under"),
        first.country.before.under as f64,
        first.country.after.under as f64,
        second.country.after.under as f64,
        0,
    );
    row(lang.tr("whatif-card-mean"), first.country.before.apl.unwrap_or(f64::NAN), apl(first), apl(second), 4);
    row(
        lang.tr("whatif-row-supply"),
        first.country.before.supply,
        first.country.after.supply,
        second.country.after.supply,
        0,
    );
    row(
        lang.tr("whatif-row-heads"),
        first.country.before.heads,
        first.country.after.heads,
        second.country.after.heads,
        0,
    );
    row(lang.tr("whatif-row-communes"), 0.0, first.communes.len() as f64, second.communes.len() as f64, 0);
    row(lang.tr("whatif-row-people"), 0.0, first.concerned() as f64, second.concerned() as f64, 0);
    row(lang.tr("whatif-row-above"), 0.0, first.crossing().0 as f64, second.crossing().0 as f64, 0);
    row(lang.tr("whatif-row-under"), 0.0, first.crossing().1 as f64, second.crossing().1 as f64, 0);
    for (set, one, two) in covers(first, second) {
        let limit = format::minutes(lang, one.limit).unwrap_or_default();
        let label =
            lang.tr_with("whatif-row-beyond", [("limit", limit), ("set", crate::labels::typeset(&set.label()))]);
        row(label, one.before.people as f64, one.after.people as f64, two.after.people as f64, 0);
    }
    if let (Some(one), Some(two)) = (&first.zones, &second.zones) {
        let same = one.method == two.method;
        // Classes of two methods are not the same classes, whatever their names.
        let name = |class: &ZoneClass, of: &ZoneShift| {
            let name = if same { class.label.clone() } else { format!("{} ({})", class.label, of.label) };
            lang.tr_with("whatif-row-class", [("class", crate::labels::typeset(&name))])
        };
        for class in &one.classes {
            let label = name(class, one);
            let other = two.classes.iter().find(|other| same && other.id == class.id);
            row(label, class.before as f64, class.after as f64, other.map_or(f64::NAN, |other| other.after as f64), 0);
        }
        for class in two.classes.iter().filter(|_| !same) {
            row(name(class, two), class.before as f64, f64::NAN, class.after as f64, 0);
        }
    }
    TableView {
        id: "simuler-comparer".into(),
        caption: lang.tr("whatif-compare-caption"),
        note: lang.tr("whatif-compare-note"),
        heads: vec![
            Head::text(lang.tr("whatif-head-figure")),
            Head::number(lang.tr("whatif-head-today"), ""),
            Head::number(a, ""),
            Head::number(b, ""),
            Head::number(lang.tr("head-difference-ab"), ""),
        ],
        rows,
        source: String::new(),
        downloads: Vec::new(),
        pager: None,
    }
}
