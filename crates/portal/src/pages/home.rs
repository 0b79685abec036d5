//! The first page: the map, the search, three figures of the country, and where to start.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use pacte_territory::Level;

use super::{answer, frame};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::map_block::{MapBlock, Request, map_block};
use crate::request::Visit;
use crate::state::AppState;
use crate::subject::Subject;
use crate::view::FigureCard;

/// A door to a part of the site.
#[derive(Clone, Debug)]
struct Door {
    title: String,
    text: String,
    href: String,
}

/// A link to a territory.
#[derive(Clone, Debug)]
struct Link {
    label: String,
    href: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/home.html")]
struct HomePage {
    frame: Frame,
    figures: Vec<FigureCard>,
    map: Option<MapBlock>,
    doors: Vec<Door>,
    regions: Vec<Link>,
    country: Link,
}

/// `GET /`.
///
/// # Errors
/// 400 when the parameters of the map are unknown.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let request = Request::read(&portal, &visit.query)?;
    let country = Subject::new(&portal.atlas, lang, Level::Country, 0);
    let mut frame = frame(&portal, &visit, Section::None, lang.tr("site-name"), lang.tr("home-description"));
    frame.has_map = true;
    let door = |title: String, text: String, href: &str| Door { title, text, href: href.to_owned() };
    let regions = portal.atlas.territory().grouping(Level::Region).map_or(0, |grouping| grouping.len() as u32);
    let page = HomePage {
        figures: figures(&country),
        map: map_block(&portal, &visit, request, "/carte"),
        doors: vec![
            door(lang.tr("door-commune"), lang.tr("door-commune-text"), "/recherche"),
            door(lang.tr("door-journeys"), lang.tr("door-journeys-text"), "/trajets"),
            door(lang.tr("aids-simulate"), lang.tr("aids-simulate-text"), "/aides/simulateur"),
            door(lang.tr("decide-title"), lang.tr("decide-description"), "/decider"),
            door(lang.tr("door-compare"), lang.tr("door-compare-text"), "/comparer"),
            door(lang.tr("door-data"), lang.tr("door-data-text"), "/donnees"),
            door(lang.tr("door-methods"), lang.tr("door-methods-text"), "/methodes"),
        ],
        regions: (0..regions)
            .map(|area| country.other(Level::Region, area))
            .map(|region| Link { href: region.url(), label: region.name })
            .collect(),
        country: Link { href: country.url(), label: country.name.clone() },
        frame,
    };
    answer(&visit, &page)
}

/// Three figures of the country, each with what it means.
fn figures(country: &Subject<'_>) -> Vec<FigureCard> {
    let lang = country.lang;
    let people = country.value("population");
    let persons = |share: &str| {
        let persons = country.value(share)? * people? / 100.0;
        // A round number reads better than a false precision.
        let rounded = (persons / 1e4).round() * 1e4;
        let text = if rounded >= 1e6 {
            let millions = format::number(lang, rounded / 1e6, 1)?;
            lang.tr_with("persons-millions", [("n", millions)])
        } else {
            lang.tr_with("persons", [("n", format::number(lang, persons, 0)?)])
        };
        Some(vec![text])
    };
    let mut cards = Vec::new();
    cards.extend(country.card("apl_mg", vec![lang.tr("home-apl-context")]));
    cards.extend(country.card("share_below_2_5", persons("share_below_2_5").unwrap_or_default()));
    cards.extend(country.card("share_beyond_30", persons("share_beyond_30").unwrap_or_default()));
    cards
}
