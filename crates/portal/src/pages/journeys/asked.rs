//! What was asked: the place, the durations and the means of travel, each refused beside its own field.

use pacte_roads::point::Point;
use pacte_territory::{CommuneId, Level, Territory};

use crate::error::{Fault, Message};
use crate::request::{Query, shorten};
use crate::search::{Match, normalise};
use crate::state::Portal;

/// Durations shown when none is asked for, minutes.
pub(super) const MINUTES: [u32; 4] = [10, 15, 20, 30];
/// Most durations at once.
pub(super) const MOST_DURATIONS: usize = 6;
/// Shortest and longest duration, minutes.
pub(super) const SHORTEST: u32 = 1;
/// See [`SHORTEST`].
pub(super) const LONGEST: u32 = 90;
/// Longest text of a place, characters.
pub(super) const LONGEST_PLACE: usize = 200;
/// Most communes to choose from.
const MOST_CHOICES: usize = 24;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Place,
    Minutes,
    Profile,
}

/// Why a field cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub field: Field,
    pub message: Message,
}

impl Refusal {
    pub(super) fn new<const N: usize>(
        field: Field,
        key: &'static str,
        parameters: [(&'static str, String); N],
    ) -> Self {
        Self { field, message: Message::new(key, parameters) }
    }

    /// The refusal as the answer to a script or a download.
    pub(super) fn into_fault(self) -> Fault {
        let Self { message, .. } = self;
        Fault { status: axum::http::StatusCode::BAD_REQUEST, message, suggestions: Vec::new(), search: String::new() }
    }
}

/// Where somebody starts from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Origin {
    pub point: Point,
    /// The commune whose centre it is; `None` for a point of the map.
    pub commune: Option<CommuneId>,
    /// Whether an address was given, of which only the commune is known.
    pub approximate: bool,
}

/// What a text names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Named {
    /// Nothing was typed.
    Nothing,
    /// One place.
    One(Origin),
    /// Several communes, the likeliest first; `exact` when each bears that very name or postal code.
    Several { communes: Vec<CommuneId>, exact: bool },
}

/// What was asked, field by field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// The place as typed.
    pub text: String,
    pub named: Named,
    /// The durations as typed.
    pub minutes_text: String,
    /// Ascending, at least one.
    pub minutes: Vec<u32>,
    /// Index of the network among those of the portal.
    pub profile: usize,
    /// What is wrong.
    pub refusals: Vec<Refusal>,
}

impl Asked {
    /// Reads `lieu=` (or `lat=` and `lon=`), `minutes=` and `profil=`; nothing is refused outright, so that a page can keep
    /// what was typed.
    pub(super) fn read(portal: &Portal, query: &Query) -> Self {
        let territory = portal.atlas.territory();
        let mut refusals = Vec::new();
        let profile = match query.get("profil") {
            None => 0,
            Some(id) => {
                portal.roads.iter().position(|roads| roads.network().about().profile == id).unwrap_or_else(|| {
                    let known = portal.roads.iter().map(|roads| roads.network().about().profile.as_str());
                    let known = known.collect::<Vec<_>>().join(", ");
                    refusals.push(Refusal::new(
                        Field::Profile,
                        "fault-journeys-profile",
                        [("value", shorten(id)), ("known", known)],
                    ));
                    0
                })
            }
        };
        let written = MINUTES.map(|minutes| minutes.to_string()).join(", ");
        let minutes_text = query.get("minutes").map_or(written, str::to_owned);
        let minutes = read_minutes(&minutes_text).unwrap_or_else(|refusal| {
            refusals.push(refusal);
            MINUTES.to_vec()
        });
        let text = match (query.get("lieu"), query.get("lat"), query.get("lon")) {
            (Some(text), _, _) => text.to_owned(),
            (None, Some(lat), Some(lon)) => format!("{lat}, {lon}"),
            (None, Some(one), None) | (None, None, Some(one)) => format!("{one},"),
            (None, None, None) => String::new(),
        };
        let named = read_place(portal, territory, &text).unwrap_or_else(|refusal| {
            refusals.push(refusal);
            Named::Nothing
        });
        Self { text, named, minutes_text, minutes, profile, refusals }
    }

    /// The place and what to show of it, for scripts and downloads.
    ///
    /// # Errors
    /// 400 that says what is wrong, 404 when there is no network.
    pub(super) fn settled(portal: &Portal, query: &Query) -> Result<(Self, Origin), Fault> {
        if portal.roads.is_empty() {
            return Err(Fault::missing("fault-journeys-roads", []));
        }
        let mut asked = Self::read(portal, query);
        if !asked.refusals.is_empty() {
            return Err(asked.refusals.swap_remove(0).into_fault());
        }
        match &asked.named {
            Named::One(origin) => {
                let origin = origin.clone();
                Ok((asked, origin))
            }
            Named::Nothing => Err(Fault::bad("fault-journeys-place", [])),
            Named::Several { communes, .. } => {
                let territory = portal.atlas.territory();
                let names = communes.iter().map(|commune| named_with_code(territory, *commune));
                let names = names.collect::<Vec<_>>().join(", ");
                Err(Fault::bad("fault-journeys-several", [("text", shorten(&asked.text)), ("names", names)]))
            }
        }
    }

    /// What the field of the place shows, and reads back: `Vannes (56260)`, `47.65590, -2.76030`.
    pub(super) fn written(territory: &Territory, origin: &Origin) -> String {
        origin.commune.map_or_else(
            || format!("{:.5}, {:.5}", origin.point.lat_degrees(), origin.point.lon_degrees()),
            |commune| named_with_code(territory, commune),
        )
    }
}

/// `Vannes (56260)`.
pub(super) fn named_with_code(territory: &Territory, commune: CommuneId) -> String {
    let area = territory.area(Level::Commune, commune);
    format!("{} ({})", area.name, area.code)
}

fn read_minutes(text: &str) -> Result<Vec<u32>, Refusal> {
    let refuse = |value: &str| {
        Refusal::new(
            Field::Minutes,
            "fault-journeys-minutes",
            [
                ("value", shorten(value)),
                ("count", MOST_DURATIONS.to_string()),
                ("least", SHORTEST.to_string()),
                ("most", LONGEST.to_string()),
            ],
        )
    };
    let parts = text.split(|c: char| c.is_whitespace() || ",;".contains(c)).filter(|part| !part.is_empty());
    let mut minutes = Vec::new();
    for part in parts {
        let value = part.parse().ok().filter(|value| (SHORTEST..=LONGEST).contains(value));
        minutes.push(value.ok_or_else(|| refuse(part))?);
    }
    minutes.sort_unstable();
    minutes.dedup();
    if (1..=MOST_DURATIONS).contains(&minutes.len()) { Ok(minutes) } else { Err(refuse(text)) }
}

pub(crate) fn read_place(portal: &Portal, territory: &Territory, text: &str) -> Result<Named, Refusal> {
    let refuse = |key| Refusal::new(Field::Place, key, [("text", shorten(text))]);
    if text.is_empty() {
        return Ok(Named::Nothing);
    }
    if text.chars().count() > LONGEST_PLACE {
        return Err(Refusal::new(Field::Place, "fault-journeys-too-long", [("limit", LONGEST_PLACE.to_string())]));
    }
    if let Some(numbers) = numbers(text) {
        let [lat, lon] = numbers[..] else { return Err(refuse("fault-journeys-coordinates")) };
        if !(-90.0..=90.0).contains(&lat) {
            return Err(Refusal::new(Field::Place, "fault-journeys-latitude", [("lat", lat.to_string())]));
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(Refusal::new(Field::Place, "fault-journeys-longitude", [("lon", lon.to_string())]));
        }
        return Ok(Named::One(Origin { point: Point::from_degrees(lon, lat), commune: None, approximate: false }));
    }
    let (communes, exact, approximate) = named(portal, territory, text);
    match communes[..] {
        [] => Err(refuse("fault-journeys-unknown")),
        [commune] if exact => match territory.point(commune) {
            Some((lon, lat)) => {
                Ok(Named::One(Origin { point: Point::from_degrees(lon, lat), commune: Some(commune), approximate }))
            }
            None => Err(Refusal::new(
                Field::Place,
                "fault-journeys-unlocated",
                [("name", named_with_code(territory, commune))],
            )),
        },
        _ => Ok(Named::Several { communes, exact }),
    }
}

/// Numbers of a text made of nothing else, `None` when it is words or a single whole number (a postal code). Decimal commas
/// are read as well as decimal points.
fn numbers(text: &str) -> Option<Vec<f64>> {
    let plain = text.replace('−', "-");
    let plain = plain.trim_matches(|c: char| c.is_whitespace() || "()[]".contains(c));
    let is_number = |c: char| c.is_ascii_digit() || "+-.,;°".contains(c) || c.is_whitespace();
    if !plain.chars().all(is_number) || plain.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let plain = plain.replace('°', "");
    let parts = |separator: &dyn Fn(char) -> bool| -> Vec<String> {
        let parts = plain.split(separator).map(|part| part.trim_matches(|c: char| c.is_whitespace() || c == ','));
        parts.filter(|part| !part.is_empty()).map(|part| part.replace(',', ".")).collect()
    };
    let by_semicolon = parts(&|c| c == ';');
    let by_blank = parts(&char::is_whitespace);
    let by_comma = parts(&|c| c == ',' || c == ';' || c.is_whitespace());
    let read = |parts: &[String]| parts.iter().map(|part| part.parse::<f64>().ok()).collect::<Option<Vec<f64>>>();
    let pair = [&by_semicolon, &by_blank, &by_comma].into_iter().find(|parts| parts.len() == 2);
    Some(pair.and_then(|parts| read(parts)).unwrap_or_else(|| match &by_comma[..] {
        // 47,65,-2,76: four whole numbers are two with decimal commas.
        [a, b, c, d] => read(&[format!("{a}.{b}"), format!("{c}.{d}")]).unwrap_or_default(),
        _ => Vec::new(),
    }))
}

/// Communes a text may name, whether they are surely meant, and whether only a part of the text was used.
fn named(portal: &Portal, territory: &Territory, text: &str) -> (Vec<CommuneId>, bool, bool) {
    // `Vannes (56260)`, as the field writes it.
    if let Some(code) = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')).map(|(_, code)| code.trim())
        && let Some(commune) = code.parse().ok().and_then(|code| territory.commune(code))
    {
        return (vec![commune], true, false);
    }
    let (communes, exact) = search(portal, text);
    if exact {
        return (communes, exact, false);
    }
    // An address: its postal code, and the commune after it.
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    let is_code = |word: &str| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
    if words.len() > 1
        && let Some(at) = words.iter().rposition(|word| is_code(word))
    {
        let (within, _) = search(portal, words[at]);
        let after = normalise(&words[at + 1..].join(" "));
        let same = |commune: &&CommuneId| normalise(&territory.communes.name[**commune as usize]) == after;
        let of_name: Vec<CommuneId> = within.iter().filter(same).copied().collect();
        if !of_name.is_empty() {
            return (of_name, true, at > 0);
        }
        if !within.is_empty() {
            return (within, true, at > 0);
        }
    }
    if let Some((_, last)) = text.rsplit_once(',') {
        let (communes, exact) = search(portal, last);
        if exact {
            return (communes, exact, true);
        }
    }
    (communes, false, false)
}

/// Communes that answer a text: those of that code, name or postal code when there are some, else the likeliest.
fn search(portal: &Portal, text: &str) -> (Vec<CommuneId>, bool) {
    let hits = portal.search.search(text, 200);
    let communes = hits.iter().filter(|hit| hit.level == Level::Commune);
    let sure = |matched| matches!(matched, Match::Code | Match::Name | Match::PostalCode);
    let mut exact: Vec<_> = communes.clone().filter(|hit| sure(hit.matched)).collect();
    // A code or a name says more than a postal code.
    if let Some(best) = exact.iter().map(|hit| hit.matched).min() {
        exact.retain(|hit| hit.matched == best);
        return (exact.iter().map(|hit| hit.area).take(MOST_CHOICES).collect(), true);
    }
    (communes.map(|hit| hit.area).take(MOST_CHOICES / 2).collect(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_read_as_people_write_them() {
        for text in [
            "47.65,-2.76",
            "47.65, -2.76",
            "47.65 -2.76",
            "47,65 -2,76",
            "47,65 ; -2,76",
            "47,65, -2,76",
            "(47.65, −2.76)",
            "47.65° -2.76°",
            "47,65,-2,76",
        ] {
            assert_eq!(numbers(text), Some(vec![47.65, -2.76]), "{text}");
        }
        for text in ["56000", "Vannes", "2A004", "12 rue du Port, 56000 Vannes", "Vannes (56260)"] {
            assert_eq!(numbers(text), None, "{text}");
        }
        for text in ["47.65,", "47.65", "1 2 3", "1.2.3, 4", "-"] {
            assert_eq!(numbers(text).map(|numbers| numbers.len() == 2), Some(false), "{text}");
        }
    }

    #[test]
    fn durations_are_ordered_and_bounded() {
        assert_eq!(read_minutes("30, 10 20;10"), Ok(vec![10, 20, 30]));
        assert_eq!(read_minutes("90"), Ok(vec![90]));
        for text in ["0", "91", "dix", "10,-5", "1,2,3,4,5,6,7", "10.5", "99999999999"] {
            let refusal = read_minutes(text).unwrap_err();
            assert_eq!(refusal.field, Field::Minutes, "{text}");
        }
    }
}
