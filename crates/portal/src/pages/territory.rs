//! The page of a territory: what it is, its key figures, who lives with which access, where it stands, what is near,
//! what changes, and every other figure with its source.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pacte_access::atlas::{BEYOND_MINUTES, ResourceKind};
use pacte_territory::Level;

use super::journeys::from_commune;
use super::{answer, answer_with, frame, last_crumb, render};
use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::labels;
use crate::request::Visit;
use crate::state::{AppState, Portal};
use crate::subject::{PLAIN_FORMATS, Subject, find, read_level};
use crate::svg_map::{self, MapNaming};
use crate::view::{ChartView, Crumb, Download, FigureCard, TableView};

mod around;
mod context;
mod distribution;
mod members;
mod nearest;
mod published;
mod ranks;
mod trend;

pub use distribution::distribution_chart;
pub(crate) use members::sorted_table;
pub use members::{Members, Tab};
pub use ranks::RankSection;

/// An area this one lies in.
#[derive(Clone, Debug)]
pub struct Home {
    /// Name of the level.
    pub level: String,
    /// Name of the area.
    pub name: String,
    /// Its page.
    pub href: String,
}

/// One line of the identity card: name and value.
#[derive(Clone, Debug)]
pub struct Trait {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
    /// Source; may be empty.
    pub source: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/territory.html")]
struct TerritoryPage {
    frame: Frame,
    eyebrow: String,
    name: String,
    lede: Vec<String>,
    homes: Vec<Home>,
    traits: Vec<Trait>,
    locator: Option<String>,
    figures: Vec<FigureCard>,
    distribution: Option<ChartView>,
    distribution_intro: String,
    ranks: Option<RankSection>,
    nearest: Option<TableView>,
    nearest_intro: String,
    nearest_method: String,
    journeys: Option<String>,
    /// What the commune offers to professionals.
    offer: Option<String>,
    published: Option<TableView>,
    trend: Vec<ChartView>,
    changes: Option<TableView>,
    neighbours: Option<TableView>,
    members: Option<Members>,
    categories: Vec<TableView>,
    everything: TableView,
    downloads: Vec<Download>,
    compare_key: String,
}

/// `GET /territoires/{level}/{code}`.
///
/// # Errors
/// 404 with suggestions when the level or the code is unknown; 400 when the order or the page of the table of members is.
pub async fn show(
    State(portal): State<AppState>,
    visit: Visit,
    Path((level, code)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let level = read_level(&portal, &level)?;
    let upper = code.to_ascii_uppercase();
    let area = find(&portal, visit.lang, level, &upper).map_err(|mut fault| {
        fault.search = if fault.search.is_empty() { String::new() } else { code.clone() };
        fault
    })?;
    let subject = Subject::new(&portal.atlas, visit.lang, level, area);
    if subject.code != code {
        // Municipal arrondissements and codes in lower case have their page elsewhere.
        let target = visit.query.address(&subject.url());
        return Ok((StatusCode::PERMANENT_REDIRECT, [(axum::http::header::LOCATION, target)]).into_response());
    }
    if level == Level::Commune {
        return answer(&visit, &page(&portal, &visit, &subject)?);
    }
    let key = format!("{}:{}", visit.lang.code(), visit.here());
    if let Some(body) = portal.pages.get(&key) {
        return Ok(answer_with(&visit, body));
    }
    let body = render(&page(&portal, &visit, &subject)?)?;
    portal.pages.put(key, body.clone());
    Ok(answer_with(&visit, body))
}

/// `GET /territoires`: the country's page.
pub async fn index(State(portal): State<AppState>) -> Response {
    let code = portal.atlas.territory().area(Level::Country, 0).code;
    axum::response::Redirect::to(&crate::subject::territory_url(Level::Country, &code)).into_response()
}

fn page(portal: &Portal, visit: &Visit, subject: &Subject<'_>) -> Result<TerritoryPage, Fault> {
    let lang = visit.lang;
    let members = members::members(portal, subject, visit)?;
    let title = if subject.level == Level::Country {
        subject.name.clone()
    } else {
        format!("{} ({})", subject.name, subject.code)
    };
    let lede = lede(subject);
    let mut frame = frame(portal, visit, Section::Territories, title, lede.join(" "));
    frame.crumbs = subject
        .ancestors()
        .into_iter()
        .map(|home| Crumb { href: Some(home.url()), label: home.name })
        .chain([last_crumb(subject.name.clone())])
        .collect();
    let naming_title = lang.tr_with("locator-title", [("name", subject.name.as_str())]);
    let naming = MapNaming { id: "locator", title: &naming_title };
    let territory_query = format!("territoire={}", subject.key());
    Ok(TerritoryPage {
        eyebrow: labels::level_and_code(lang, subject.level, &subject.code),
        name: subject.name.clone(),
        lede,
        homes: homes(subject),
        traits: context::traits(subject),
        locator: svg_map::locator(portal.atlas.territory(), &portal.extent, subject.level, subject.area, naming),
        figures: figures(subject),
        distribution: distribution::distribution(subject),
        distribution_intro: distribution::introduction(subject),
        ranks: ranks::ranks(subject),
        nearest: nearest::nearest(subject),
        nearest_intro: nearest_intro(subject),
        nearest_method: nearest_method(subject),
        offer: (subject.level == Level::Commune).then(|| format!("/aides/lieux/{}", subject.code)),
        journeys: (subject.level == Level::Commune).then(|| from_commune(portal, subject.area)).flatten(),
        published: published::published(subject),
        trend: trend::charts(subject),
        changes: trend::changes(subject),
        neighbours: around::neighbours(subject),
        members,
        categories: context::categories(subject),
        everything: context::everything(subject),
        downloads: subject.downloads("territoire", &territory_query, &subject.name, &PLAIN_FORMATS),
        compare_key: subject.key(),
        frame,
    })
}

/// The territory in two or three sentences.
fn lede(subject: &Subject<'_>) -> Vec<String> {
    let lang = subject.lang;
    let mut sentences = Vec::new();
    if let Some(people) = subject.value("population") {
        let people = crate::format::count(lang, people.round() as u64);
        let key = format!("lede-population-{}", subject.level);
        sentences.extend(lang.find(&key, &[("name", subject.name.as_str()), ("people", people.as_str())]));
    }
    let short = |id: &str, subject: &Subject<'_>| {
        let indicator = subject.atlas.indicator(id)?;
        labels::value(lang, indicator, subject.value(id))
    };
    if let Some(apl) = short("apl_mg", subject) {
        let country = short("apl_mg", &subject.country()).filter(|_| subject.level != Level::Country);
        sentences.push(match country {
            Some(country) => lang.tr_with("lede-apl-compared", [("apl", apl), ("country", country)]),
            None => lang.tr_with("lede-apl", [("apl", apl)]),
        });
    }
    if subject.level == Level::Commune {
        let nearest = subject.atlas.nearest(subject.area);
        if let Some(emergency) = nearest.iter().find(|nearest| nearest.kind == ResourceKind::Emergency) {
            sentences.push(match (emergency.commune, emergency.minutes) {
                (Some(there), _) if there == subject.area => lang.tr("lede-emergency-here"),
                (Some(there), Some(minutes)) => {
                    let there = subject.other(Level::Commune, there).name;
                    let minutes = crate::format::minutes(lang, minutes).unwrap_or_default();
                    lang.tr_with("lede-emergency-at", [("minutes", minutes), ("place", there)])
                }
                _ => lang.tr("lede-emergency-none"),
            });
        }
    } else if let Some(share) = subject.written("share_beyond_30") {
        let minutes = crate::format::minutes(lang, BEYOND_MINUTES).unwrap_or_default();
        sentences.push(lang.tr_with("lede-beyond", [("share", share), ("minutes", minutes)]));
    }
    sentences
}

fn homes(subject: &Subject<'_>) -> Vec<Home> {
    let territory = subject.atlas.territory();
    territory
        .levels()
        .into_iter()
        .filter(|level| *level > subject.level && *level != Level::Country)
        .filter(|level| !(subject.level == Level::Region && *level == Level::FormerRegion))
        .filter_map(|level| {
            let home = subject.other(level, subject.atlas.parent(subject.level, subject.area, level)?);
            Some(Home { level: subject.lang.level(level), href: home.url(), name: home.name })
        })
        .collect()
}

fn figures(subject: &Subject<'_>) -> Vec<FigureCard> {
    let lang = subject.lang;
    let cards = [
        ("apl_mg", Some("share_below_2_5")),
        ("minutes_urgences", Some("share_beyond_30")),
        ("mg_pour_100k", Some("gps")),
        ("population", Some("density")),
    ];
    cards
        .into_iter()
        .filter_map(|(id, beside)| {
            let mut context = Vec::new();
            // In one commune all live with the same access: a share would be nought or a hundred.
            let beside = beside.filter(|beside| subject.level != Level::Commune || !beside.starts_with("share_"));
            if let Some(indicator) = beside.and_then(|beside| subject.atlas.indicator(beside))
                && let Some(value) = (if indicator.id == "density" {
                    subject.written(&indicator.id)
                } else {
                    subject.written_short(&indicator.id)
                })
            {
                let label = labels::short(lang, indicator);
                context.push(lang.tr_with("figure-beside", [("label", label), ("value", value)]));
            }
            if subject.level != Level::Country
                && !matches!(id, "population")
                && let Some(country) = subject.country().written_short(id)
            {
                context.push(lang.tr_with("figure-country", [("value", country)]));
            }
            subject.card(id, context)
        })
        .collect()
}

/// Which travel times the minutes rest on.
fn nearest_method(subject: &Subject<'_>) -> String {
    let indicator = subject.atlas.indicators().iter().find(|indicator| indicator.id.starts_with("minutes_"));
    let method = indicator.map(|indicator| labels::typeset(&indicator.method)).filter(|method| !method.is_empty());
    method.map(|method| subject.lang.tr_with("travel-source", [("source", method)])).unwrap_or_default()
}

fn nearest_intro(subject: &Subject<'_>) -> String {
    if subject.level == Level::Commune {
        subject.lang.tr("nearest-intro-commune")
    } else {
        subject.lang.tr("nearest-intro-area")
    }
}
