//! What is reached from a place, computed away from the threads that answer pages, the last ones kept: the page, its live
//! map and its files ask for the same.

use std::sync::Arc;

use pacte_access::atlas::ResourceKind;
use pacte_access::reach::{Around, NearestByRoad, ReachError};
use pacte_roads::point::Point;
use pacte_territory::{CommuneId, Level, Territory};

use super::asked::{Asked, Field, Origin, Refusal, named_with_code};
use super::view;
use crate::error::Fault;
use crate::i18n::Lang;
use crate::recent::{Recent, Turns};
use crate::state::{AppState, Portal};

/// Answers kept. One of 30 minutes in a dense country weighs about a megabyte.
const KEPT: usize = 24;
/// Answers computed at the same time: each is spread over all cores.
const AT_ONCE: usize = 2;

/// Profile, place and durations.
type Key = (usize, Point, Vec<u32>);

/// What is reached from a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// Areas, people, resources.
    pub around: Around,
    /// The way to the nearest of each kind the territory knows; `None` where no road leads to any.
    pub nearest: Vec<(ResourceKind, Option<NearestByRoad>)>,
    /// Commune the place lies in.
    pub inside: Option<CommuneId>,
}

/// Answers made and kept.
#[derive(Debug)]
pub struct Answers {
    kept: Recent<Key, Answer>,
    turns: Turns,
}

impl Default for Answers {
    fn default() -> Self {
        Self { kept: Recent::new(KEPT), turns: Turns::new(AT_ONCE) }
    }
}

/// What is reached from a place: the inner error is the visitor's, told beside the field, the outer one is ours.
pub(super) async fn answer(
    portal: &AppState,
    lang: Lang,
    asked: &Asked,
    origin: &Origin,
) -> Result<Result<Arc<Answer>, Refusal>, Fault> {
    let key = (asked.profile, origin.point, asked.minutes.clone());
    if let Some(answer) = portal.answers.kept.get(&key) {
        return Ok(Ok(answer));
    }
    let shared = Arc::clone(portal);
    let made = portal.answers.turns.run(move || shared.answers.kept.get_or_make(key, |key| compute(&shared, key)));
    match made.await? {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) => refusal(portal, lang, origin, &error).map(Err).ok_or_else(|| Fault::internal(&error)),
    }
}

/// The same on this very thread, for files, which are made away from the others anyway.
///
/// # Errors
/// 400 when the place cannot be joined to the network.
pub(super) fn compute_or_kept(
    portal: &Portal,
    lang: Lang,
    asked: &Asked,
    origin: &Origin,
) -> Result<Arc<Answer>, Fault> {
    let key = (asked.profile, origin.point, asked.minutes.clone());
    portal.answers.kept.get_or_make(key, |key| compute(portal, key)).map_err(|error| {
        refusal(portal, lang, origin, &error).map_or_else(|| Fault::internal(&error), Refusal::into_fault)
    })
}

fn compute(portal: &Portal, (profile, point, minutes): &Key) -> Result<Answer, ReachError> {
    let roads = &portal.roads[*profile];
    let territory = portal.atlas.territory();
    let around = roads.around(*point, minutes)?;
    let known = |kind: &ResourceKind| territory.latest(&format!("supply.{}", kind.concept())).is_some();
    let kinds: Vec<ResourceKind> = ResourceKind::ALL.into_iter().filter(known).collect();
    let mut ways = roads.nearest(*point, &kinds)?.into_iter().peekable();
    let nearest = kinds.into_iter().map(|kind| (kind, ways.next_if(|way| way.kind == kind))).collect();
    Ok(Answer { around, nearest, inside: commune_at(territory, *point) })
}

/// The commune a point lies in.
fn commune_at(territory: &Territory, point: Point) -> Option<CommuneId> {
    let (lon, lat) = (point.lon_degrees(), point.lat_degrees());
    let topology = &territory.topology;
    (0..topology.count(Level::Commune)).find(|commune| {
        topology
            .bounds(Level::Commune, *commune)
            .is_some_and(|[west, south, east, north]| (west..=east).contains(&lon) && (south..=north).contains(&lat))
            && topology.contains(Level::Commune, *commune, lon, lat)
    })
}

/// What is wrong with the place, in the language of the visitor; `None` when it is not the visitor's fault.
fn refusal(portal: &Portal, lang: Lang, origin: &Origin, error: &ReachError) -> Option<Refusal> {
    let [lat, lon] = view::degrees(lang, origin.point);
    match error {
        ReachError::Outside { bounds, .. } => {
            let ([south, west], [north, east]) = (view::degrees(lang, bounds.min), view::degrees(lang, bounds.max));
            Some(Refusal::new(
                Field::Place,
                "fault-journeys-outside",
                [("lat", lat), ("lon", lon), ("south", south), ("north", north), ("west", west), ("east", east)],
            ))
        }
        ReachError::TooFar { metres, .. } => {
            let territory = portal.atlas.territory();
            let place = origin
                .commune
                .map_or_else(|| format!("{lat}\u{202f}; {lon}"), |commune| named_with_code(territory, commune));
            let metres = view::distance(lang, *metres);
            Some(Refusal::new(Field::Place, "fault-journeys-far", [("metres", metres), ("place", place)]))
        }
        ReachError::Minutes { .. } | ReachError::Isochrone(_) => None,
    }
}
