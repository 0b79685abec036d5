//! Choose sites: a GET form whose address is the link to share; the answer as figures, map, curve and tables.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use pacte_access::siting::{Equity, Objective, Request, Siting};
use pacte_access::urgent::Set;
use pacte_sources::export::{self, Format};
use pacte_territory::Level;

use crate::error::{Fault, Suggestion};
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::map_block::Choice;
use crate::pages::{answer_with, attachment, frame, last_crumb, render};
use crate::request::{Visit, shorten};
use crate::state::{AppState, Portal};
use crate::view::Crumb;

mod asked;
mod bench;
pub mod files;
mod view;

pub use bench::Bench;

use asked::{Asked, Field};
use files::SitingTable;
use view::{AnswerView, view};

/// A text field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Input {
    id: String,
    name: &'static str,
    label: String,
    hint: String,
    value: String,
    numeric: bool,
    fault: Option<String>,
}

/// A list of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
struct List {
    id: String,
    name: &'static str,
    label: String,
    choices: Vec<Choice>,
    fault: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "pages/decide/siting.html")]
struct SitingPage {
    frame: Frame,
    ready: bool,
    lists: Vec<List>,
    main: Vec<Input>,
    more: Vec<Input>,
    more_lists: Vec<List>,
    more_open: bool,
    fast: bool,
    refused: Vec<String>,
    starts: Vec<Suggestion>,
    view: Option<AnswerView>,
}

/// Addresses of this tool.
pub fn routes() -> Router<AppState> {
    Router::new().route("/decider/sites", get(show)).route("/decider/sites/{file}", get(download))
}

/// `GET /decider/sites`.
///
/// # Errors
/// 500 when the computation itself fails.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let mut asked = Asked::read(portal.atlas.territory(), &visit.query);
    let mut found = None;
    if let Some(bench) = portal.workbench.as_ref().filter(|_| asked.any && asked.refusals.is_empty()) {
        found = Some(bench.siting.answer(asked.request.clone()).await?);
    }
    if let Some(Err(refused)) = found.as_deref() {
        asked.refused(refused);
    }
    let refused = !asked.refusals.is_empty();
    let shared = Arc::clone(&portal);
    let asking = visit.clone();
    let page = tokio::task::spawn_blocking(move || {
        let answer = found.as_deref().and_then(|found| found.as_ref().ok());
        render(&page(&shared, &asking, &asked, answer))
    });
    let mut response = answer_with(&visit, page.await.map_err(|error| Fault::internal(&error))??);
    if refused {
        *response.status_mut() = axum::http::StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// `GET /decider/sites/{sites|communes|courbe}.{csv|xlsx|json|parquet}` with the parameters of the page.
///
/// # Errors
/// 404 for an unknown table or format; 400 when what is asked is refused.
pub async fn download(
    State(portal): State<AppState>,
    visit: Visit,
    Path(file): Path<String>,
) -> Result<Response, Fault> {
    let (name, extension) = file.rsplit_once('.').unwrap_or((&file, ""));
    let table = SitingTable::of_name(name).ok_or_else(|| {
        Fault::missing("fault-table", [("value", shorten(name)), ("known", "sites, communes, courbe".to_owned())])
    })?;
    let known = [Format::Csv, Format::Xlsx, Format::Json, Format::Parquet];
    let format = extension.parse().ok().filter(|format| known.contains(format)).ok_or_else(|| {
        let known = known.map(Format::extension).join(", ");
        Fault::missing("fault-format", [("value", shorten(extension)), ("known", known)])
    })?;
    let bench = portal.workbench.as_ref().ok_or_else(|| Fault::missing("fault-no-page", []))?;
    let mut asked = Asked::read(portal.atlas.territory(), &visit.query);
    let mut answer = None;
    if asked.refusals.is_empty() {
        let found = bench.siting.answer(asked.request.clone()).await?;
        match &*found {
            Err(refused) => asked.refused(refused),
            Ok(_) => answer = Some(found),
        }
    }
    let Some(found) = answer else {
        let texts: Vec<String> = asked.refusals.iter().map(|(_, message)| message.say(visit.lang)).collect();
        return Err(Fault::bad("siting-refused-other", [("text", texts.join(" "))]));
    };
    let hash = bench.territory_hash.clone();
    let bytes = tokio::task::spawn_blocking(move || {
        let Ok(siting) = &*found else { return Ok(Vec::new()) };
        export::write(&table.make(siting, &hash), format)
    });
    let bytes = bytes.await.map_err(|error| Fault::internal(&error))?.map_err(|error| Fault::internal(&error))?;
    Ok(attachment(bytes, format.media_type(), &format!("pacte-{name}.{}", format.extension())))
}

fn page(portal: &Portal, visit: &Visit, asked: &Asked, answer: Option<&Siting>) -> SitingPage {
    let lang = visit.lang;
    let view = answer.map(|answer| view(portal, visit, answer));
    let title = lang.tr("siting-title");
    let mut frame = frame(portal, visit, Section::Decide, title.clone(), lang.tr("siting-description"));
    frame.crumbs = vec![Crumb { label: lang.tr("decide-title"), href: Some("/decider".to_owned()) }, last_crumb(title)];
    // One page for every question would fill search engines with nothing.
    frame.indexed = !asked.any;
    let fault = |field| asked.refusals.iter().find(|(one, _)| *one == field).map(|(_, message)| message.say(lang));
    let input = |field: Field, value: String, numeric: bool| Input {
        id: format!("sites-{}", field.name()),
        name: field.name(),
        label: lang.tr(&format!("siting-field-{}", field.name())),
        hint: lang.find(&format!("siting-hint-{}", field.name()), &[]).unwrap_or_default(),
        value,
        numeric,
        fault: fault(field),
    };
    let list = |field: Field, choices: Vec<Choice>| List {
        id: format!("sites-{}", field.name()),
        name: field.name(),
        label: lang.tr(&format!("siting-field-{}", field.name())),
        choices,
        fault: fault(field),
    };
    let request = &asked.request;
    let more_fields = [
        Field::When,
        Field::Budget,
        Field::Cost,
        Field::Capacity,
        Field::EquityPercent,
        Field::Least,
        Field::Forced,
        Field::Forbidden,
        Field::Threshold,
    ];
    let more_open = more_fields.into_iter().any(|field| !asked.text(field).is_empty() || fault(field).is_some())
        || request.equity != Equity::Everybody
        || fault(Field::Equity).is_some();
    SitingPage {
        ready: portal.workbench.is_some(),
        lists: vec![
            list(Field::Objective, objectives(lang, request.objective)),
            list(Field::Scope, scopes(portal, lang, request.scope.as_ref())),
            list(Field::Existing, existing(portal, lang, request)),
        ],
        main: vec![
            input(
                Field::Sites,
                asked.text_or(Field::Sites, request.sites.map_or_else(String::new, |k| k.to_string())),
                true,
            ),
            input(Field::Minutes, asked.text_or(Field::Minutes, request.minutes), true),
        ],
        more: more_fields.into_iter().map(|field| input(field, asked.text(field), is_number(field))).collect(),
        more_lists: vec![list(Field::Equity, equities(lang, request.equity))],
        more_open,
        fast: !request.exact,
        refused: asked.refusals.iter().map(|(_, message)| message.say(lang)).collect(),
        starts: if asked.any { Vec::new() } else { starts(portal, lang) },
        view,
        frame,
    }
}

const fn is_number(field: Field) -> bool {
    !matches!(field, Field::Forced | Field::Forbidden | Field::Threshold | Field::When)
}

fn objectives(lang: Lang, chosen: Objective) -> Vec<Choice> {
    let choice = |one: Objective| Choice {
        value: one.slug().to_owned(),
        label: lang.tr(&format!("siting-objective-{}", one.slug())),
        selected: one == chosen,
    };
    Objective::ALL.map(choice).into()
}

fn equities(lang: Lang, chosen: Equity) -> Vec<Choice> {
    let choice = |one: Equity| Choice {
        value: one.slug().to_owned(),
        label: lang.tr(&format!("siting-equity-{}", one.slug())),
        selected: one == chosen,
    };
    Equity::ALL.map(choice).into()
}

/// The whole territory, its regions and départements, and whatever else was asked for.
fn scopes(portal: &Portal, lang: Lang, chosen: Option<&(Level, String)>) -> Vec<Choice> {
    let territory = portal.atlas.territory();
    let mut choices = vec![Choice {
        value: "pays".to_owned(),
        label: crate::labels::area_name(&portal.atlas, lang, Level::Country, 0),
        selected: chosen.is_none(),
    }];
    for level in [Level::Region, Level::Departement] {
        let Some(grouping) = territory.grouping(level) else { continue };
        choices.extend(grouping.areas.iter().map(|area| Choice {
            value: format!("{level}:{}", area.code),
            label: format!("{} ({})", area.name, crate::labels::level_and_code(lang, level, &area.code)),
            selected: chosen.is_some_and(|(other, code)| *other == level && *code == area.code),
        }));
    }
    if let Some((level, code)) = chosen.filter(|_| choices.iter().all(|choice| !choice.selected)) {
        let name = territory.find(*level, code).map(|area| territory.area(*level, area).name).unwrap_or_default();
        choices.push(Choice { value: format!("{level}:{code}"), label: format!("{name} ({code})"), selected: true });
    }
    choices
}

/// Sets of urgent care, resources this territory counts, and none.
fn existing(portal: &Portal, lang: Lang, request: &Request) -> Vec<Choice> {
    use pacte_access::atlas::ResourceKind;
    let mut sets = Set::LADDER.to_vec();
    let chosen = request.urgent.map(|urgent| urgent.set);
    sets.extend(chosen.filter(|set| !Set::LADDER.contains(set)));
    let mut choices: Vec<Choice> = sets
        .into_iter()
        .map(|set| Choice {
            value: set.slug(),
            label: super::urgent::set_label(lang, set),
            selected: chosen == Some(set),
        })
        .collect();
    choices.extend(
        ResourceKind::ALL
            .into_iter()
            // Emergency departments are the first set.
            .filter(|kind| *kind != ResourceKind::Emergency)
            .filter(|kind| portal.atlas.territory().latest(&format!("supply.{}", kind.concept())).is_some())
            .map(|kind| Choice {
                value: kind.concept().to_owned(),
                label: crate::labels::resource(lang, kind),
                selected: request.existing.iter().any(|one| one == kind.concept()),
            }),
    );
    choices.push(Choice {
        value: "aucune".to_owned(),
        label: lang.tr("siting-existing-none"),
        selected: request.existing.is_empty() && chosen.is_none(),
    });
    choices
}

/// Questions to begin with.
fn starts(portal: &Portal, lang: Lang) -> Vec<Suggestion> {
    let territory = portal.atlas.territory();
    let mut starts = vec![Suggestion {
        label: lang.tr_with("siting-start-country", [("name", territory.meta.name.clone())]),
        note: String::new(),
        href: "/decider/sites?objectif=couverture&k=10&minutes=30".to_owned(),
    }];
    // The département with most people beyond the minutes: where the question bites.
    let indicator = portal.atlas.values("share_beyond_30", Level::Departement);
    let worst = (0..territory.count(Level::Departement)).filter_map(|area| {
        let value = indicator.as_ref()?.get(area)?;
        Some((area, value))
    });
    if let Some((area, _)) = worst.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) {
        let area = territory.area(Level::Departement, area);
        starts.push(Suggestion {
            label: lang.tr_with("siting-start-departement", [("name", area.name.clone())]),
            note: String::new(),
            href: format!("/decider/sites?objectif=couverture&k=5&minutes=30&dans=departement:{}", area.code),
        });
        starts.push(Suggestion {
            label: lang.tr_with("siting-start-under-dense", [("name", area.name.clone())]),
            note: String::new(),
            href: format!("/decider/sites?objectif=sous-dense&k=5&minutes=15&dans=departement:{}", area.code),
        });
        starts.push(Suggestion {
            label: lang.tr_with("siting-start-mean", [("name", area.name)]),
            note: String::new(),
            href: format!("/decider/sites?objectif=temps-moyen&k=3&minutes=60&dans=departement:{}", area.code),
        });
    }
    starts
}
