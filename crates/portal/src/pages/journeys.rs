//! Around a place: what is reached by road within some minutes, who lives there, what care is there, and the way to the
//! nearest of each kind. A form and a drawing without JavaScript; with it, any click on the map.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use pacte_territory::{CommuneId, Level};

use super::{answer_with, frame, render};
use crate::error::{Fault, Suggestion};
use crate::extent::Bounds;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::labels;
use crate::map_block::Choice;
use crate::request::{Visit, shorten};
use crate::state::{AppState, Portal};
use crate::svg_map::{self, MapNaming, ReachArea, ReachMap};

mod answer;
mod asked;
mod files;
mod live;
mod view;

pub use answer::Answers;
pub(crate) use files::{PlaceFile, PlaceTable};
pub(crate) use view::JourneysView;

use asked::{Asked, Field, LONGEST, Origin, Refusal, SHORTEST};
pub(crate) use asked::{Named, read_place};
use view::{Teller, roads_source};

/// Places offered to begin with.
const STARTS: usize = 12;

#[derive(Debug, Template)]
#[template(path = "pages/journeys.html")]
struct JourneysPage {
    frame: Frame,
    place: String,
    place_fault: Option<String>,
    choices_title: String,
    choices: Vec<Suggestion>,
    minutes: String,
    minutes_hint: String,
    minutes_fault: Option<String>,
    profiles: Vec<Choice>,
    profile_fault: Option<String>,
    view: Option<JourneysView>,
    starts: Vec<Suggestion>,
    svg: String,
    source: String,
    attribution: String,
    config: String,
}

#[derive(Debug, Template)]
#[template(path = "fragments/journeys_legend.html")]
struct LegendPart<'a> {
    view: &'a JourneysView,
}

#[derive(Debug, Template)]
#[template(path = "fragments/journeys_results.html")]
struct ResultsPart<'a> {
    frame: &'a Frame,
    view: &'a JourneysView,
}

/// Address of the page for a commune; `None` when the roads do not lead there.
pub(crate) fn from_commune(portal: &Portal, commune: CommuneId) -> Option<String> {
    portal.roads.first()?.commune_place(commune)?;
    let code = portal.atlas.territory().area(Level::Commune, commune).code;
    Some(format!("/trajets?lieu={code}"))
}

/// `GET /trajets?lieu=&minutes=&profil=`. What cannot be used is said beside its field, and what was typed is kept.
///
/// # Errors
/// 500 when an area cannot be computed, which is our fault.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let mut asked = Asked::read(&portal, &visit.query);
    let mut found = None;
    if let (Named::One(origin), true) = (&asked.named, asked.refusals.is_empty() && !portal.roads.is_empty()) {
        match answer::answer(&portal, lang, &asked, origin).await? {
            Ok(answer) => found = Some((origin.clone(), answer)),
            Err(refusal) => asked.refusals.push(refusal),
        }
    }
    // Drawing a dense country takes tens of milliseconds: away from the threads that answer.
    let shared = Arc::clone(&portal);
    let drawing = visit.clone();
    let page = tokio::task::spawn_blocking(move || page(&shared, &drawing, &asked, found.as_ref()));
    let (page, refused) = page.await.map_err(|error| Fault::internal(&error))?;
    let mut response = answer_with(&visit, render(&page)?);
    if refused {
        *response.status_mut() = axum::http::StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// `GET /trajets.json?lieu=&minutes=&profil=`, or with `lat=` and `lon=`: areas, ways, and the parts of the page to renew.
///
/// # Errors
/// 400 that says what is wrong with the place or the durations; 404 when there is no network.
pub async fn live(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let (asked, origin) = Asked::settled(&portal, &visit.query)?;
    let answer = answer::answer(&portal, lang, &asked, &origin).await?.map_err(Refusal::into_fault)?;
    let teller = Teller { portal: &portal, lang, asked: &asked, origin: &origin, answer: &answer };
    let view = teller.view();
    let frame = frame(&portal, &visit, Section::Journeys, view.heading.clone(), String::new());
    let text = |part: askama::Result<String>| part.map_err(|error| Fault::internal(&error));
    let parts = BTreeMap::from([
        ("legend", text(LegendPart { view: &view }.render())?),
        ("results", text(ResultsPart { frame: &frame, view: &view }.render())?),
    ]);
    let answer = live::LiveAnswer::new(&teller, frame.document_title(), view.summary.clone(), parts)?;
    let mut response = Json(answer).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    headers.append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    Ok(response)
}

type Found = (Origin, Arc<answer::Answer>);

/// The page, and whether something asked for was refused.
fn page(portal: &Portal, visit: &Visit, asked: &Asked, found: Option<&Found>) -> (JourneysPage, bool) {
    let lang = visit.lang;
    let teller = found.map(|(origin, answer)| Teller { portal, lang, asked, origin, answer });
    let view = teller.map(|teller| teller.view());
    let title = view.as_ref().map_or_else(|| lang.tr("journeys-title"), |view| view.heading.clone());
    let mut frame = frame(portal, visit, Section::Journeys, title, lang.tr("journeys-description"));
    frame.has_map = !portal.roads.is_empty();
    // One page for every point of the country would fill search engines with nothing.
    frame.indexed = asked.text.is_empty() || found.is_some_and(|(origin, _)| origin.commune.is_some());
    let refused = |field| asked.refusals.iter().find(|refusal| refusal.field == field).map(|r| r.message.say(lang));
    let bounds = found.map_or_else(
        || network_bounds(portal, asked.profile),
        |(origin, answer)| svg_map::view(answer.around.bands.iter().map(|band| &band.area), origin.point),
    );
    let query = teller.map(|teller| teller.query());
    let (choices_title, choices) = choices(portal, visit, asked);
    let page = JourneysPage {
        place: found.map_or_else(|| asked.text.clone(), |(origin, _)| Asked::written(portal.atlas.territory(), origin)),
        place_fault: refused(Field::Place),
        choices_title,
        choices,
        minutes: if asked.refusals.iter().any(|refusal| refusal.field == Field::Minutes) {
            asked.minutes_text.clone()
        } else {
            asked.minutes.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
        },
        minutes_hint: lang
            .tr_with("journeys-minutes-hint", [("least", SHORTEST.to_string()), ("most", LONGEST.to_string())]),
        minutes_fault: refused(Field::Minutes),
        profiles: profiles(portal, lang, asked.profile),
        profile_fault: refused(Field::Profile),
        starts: if view.is_none() { starts(portal, asked.profile) } else { Vec::new() },
        svg: if portal.roads.is_empty() {
            String::new()
        } else {
            drawing(portal, lang, asked, teller.as_ref(), bounds)
        },
        source: portal
            .roads
            .get(asked.profile)
            .map(|roads| source(portal, lang, roads.network().about()))
            .unwrap_or_default(),
        attribution: view::roads_attribution(portal, lang),
        config: live::config(portal, lang, bounds, query.unwrap_or_default()),
        view,
        frame,
    };
    (page, !asked.refusals.is_empty())
}

/// Where the roads come from, of when they are, and at which speeds they are travelled.
fn source(portal: &Portal, lang: Lang, about: &pacte_roads::network::About) -> String {
    let source = roads_source(portal, lang, about);
    lang.tr_with("journeys-about", [("source", source), ("profile", profile_label(lang, about))])
}

fn profiles(portal: &Portal, lang: Lang, chosen: usize) -> Vec<Choice> {
    let choice = |(i, roads): (usize, &Arc<pacte_access::reach::Surroundings>)| {
        let about = roads.network().about();
        Choice { value: about.profile.clone(), label: profile_label(lang, about), selected: i == chosen }
    };
    portal.roads.iter().enumerate().map(choice).collect()
}

/// Name of a profile; those of files of one's own keep theirs.
pub(crate) fn profile_label(lang: Lang, about: &pacte_roads::network::About) -> String {
    let own = labels::typeset(&about.label);
    if lang.is_french() { own } else { lang.find(&format!("profile-{}", about.profile), &[]).unwrap_or(own) }
}

/// Communes to choose from, when the text may name several.
fn choices(portal: &Portal, visit: &Visit, asked: &Asked) -> (String, Vec<Suggestion>) {
    let Named::Several { communes, exact } = &asked.named else { return (String::new(), Vec::new()) };
    let text = [("text", shorten(&asked.text))];
    let title = if *exact {
        visit.lang.tr_with("journeys-choose", text)
    } else {
        visit.lang.tr_with("journeys-choose-near", text)
    };
    let territory = portal.atlas.territory();
    let choice = |commune: &CommuneId| {
        let area = territory.area(Level::Commune, *commune);
        let home = territory.area_of(Level::Departement, *commune);
        Suggestion {
            note: home.map(|home| territory.area(Level::Departement, home).name).unwrap_or_default(),
            href: visit.query.with(&[("lieu", &area.code), ("lat", ""), ("lon", "")]).address("/trajets"),
            label: format!("{} ({})", area.name, area.code),
        }
    };
    (title, communes.iter().map(choice).collect())
}

/// The largest communes on the network.
fn starts(portal: &Portal, profile: usize) -> Vec<Suggestion> {
    let Some(roads) = portal.roads.get(profile) else { return Vec::new() };
    let territory = portal.atlas.territory();
    let people = |commune: CommuneId| territory.latest("population.municipal")?.get(commune);
    let mut communes: Vec<(CommuneId, f64)> = (0..territory.len() as CommuneId)
        .filter(|commune| roads.commune_place(*commune).is_some())
        .map(|commune| (commune, people(commune).unwrap_or(0.0)))
        .collect();
    communes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let start = |(commune, _): &(CommuneId, f64)| {
        let area = territory.area(Level::Commune, *commune);
        Suggestion { label: area.name, note: String::new(), href: format!("/trajets?lieu={}", area.code) }
    };
    communes.iter().take(STARTS).map(start).collect()
}

/// What the map opens on before a place is chosen.
fn network_bounds(portal: &Portal, profile: usize) -> Bounds {
    let known = portal.roads.get(profile).and_then(|roads| roads.bounds());
    known.map_or(portal.extent.main, |bounds| {
        let (min, max) = (bounds.min, bounds.max);
        [min.lon_degrees(), min.lat_degrees(), max.lon_degrees(), max.lat_degrees()]
    })
}

fn drawing(portal: &Portal, lang: Lang, asked: &Asked, teller: Option<&Teller<'_>>, bounds: Bounds) -> String {
    let territory = portal.atlas.territory();
    let bands = teller.map_or(&[][..], |teller| &teller.answer.around.bands);
    let colors = view::colors(bands.len());
    let areas: Vec<ReachArea<'_>> =
        bands.iter().zip(colors).map(|(band, color)| ReachArea { area: &band.area, color }).collect();
    let ways: Vec<&[pacte_roads::point::Point]> = teller
        .iter()
        .flat_map(|teller| teller.answer.nearest.iter().filter_map(|(_, way)| Some(&way.as_ref()?.line[..])))
        .collect();
    let stops = teller.map(Teller::stops).unwrap_or_default();
    let population = territory.latest("population.municipal");
    let rest = portal.roads.get(asked.profile).filter(|_| portal.roads.len() > 1);
    let rest = rest.map(|roads| format!("&profil={}", roads.network().about().profile)).unwrap_or_default();
    let minutes = asked.minutes.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let title = match (teller, bands.last()) {
        (Some(teller), Some(band)) => lang.tr_with(
            "journeys-map-title",
            [("place", teller.place()), ("minutes", view::duration(lang, band.minutes))],
        ),
        _ => lang.tr("journeys-title"),
    };
    let map = ReachMap {
        territory,
        extent: &portal.extent,
        areas: &areas,
        ways: &ways,
        stops: &stops,
        place: teller.map(|teller| teller.origin.point),
        bounds,
        people: &|commune| population.and_then(|column| column.get(commune)).unwrap_or(f64::NAN),
        link: &|commune| {
            let area = territory.area(Level::Commune, commune);
            let href = format!("/trajets?lieu={}&minutes={minutes}{rest}", area.code);
            (href, lang.tr_with("journeys-from", [("name", area.name)]))
        },
    };
    svg_map::reach(&map, MapNaming { id: "trajets-dessin", title: &title })
}
