//! A place as it is typed: the code or the name of a commune, or coordinates.

use anyhow::{Context as _, Result, bail, ensure};
use pacte_access::travel::habitat_points;
use pacte_portal::search::SearchIndex;
use pacte_roads::network::Network;
use pacte_roads::osm::Bounds;
use pacte_roads::point::Point;
use pacte_roads::snap::Place;
use pacte_territory::{CommuneId, Level, Territory};

use super::{bounds, bounds_in_words};

/// Communes named in an error.
const NAMED: usize = 6;

/// A place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    /// What to call it.
    pub(super) name: String,
    /// Where it is.
    pub(super) point: Point,
    /// The commune it stands for.
    pub(super) commune: Option<CommuneId>,
}

/// Understands a place.
pub(super) fn find(text: &str, territory: Option<&Territory>) -> Result<Spot> {
    let text = text.trim();
    if let Some(point) = coordinates(text)? {
        return Ok(Spot { name: text.to_owned(), point, commune: None });
    }
    let territory = territory.with_context(|| {
        format!("« {text} » : sans territoire, un lieu s’écrit « latitude,longitude », par exemple 48.8566,2.3522")
    })?;
    let commune = commune(text, territory)?;
    let named = territory.area(Level::Commune, commune);
    let name = format!("{} ({})", named.name, named.code);
    let (lon, lat) = habitat_points(territory)[commune as usize];
    ensure!(
        lon.is_finite(),
        "on ne sait pas où se trouve {name} : donnez plutôt des coordonnées « latitude,longitude »"
    );
    Ok(Spot { name, point: Point::from_degrees(lon, lat), commune: Some(commune) })
}

/// Coordinates, when the text is two numbers.
fn coordinates(text: &str) -> Result<Option<Point>> {
    let Some((lat, lon)) = text.split_once([',', ';']) else { return Ok(None) };
    let looks = |part: &str| part.trim().starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    if !looks(lat) && !looks(lon) {
        return Ok(None);
    }
    let number = |part: &str, what: &str, most: f64| {
        let value = part.trim().parse().ok().filter(|value: &f64| value.is_finite()).with_context(|| {
            format!("« {text} » : la {what} « {} » n’est pas un nombre (48.8566,2.3522, point décimal)", part.trim())
        })?;
        ensure!(value.abs() <= most, "« {text} » : la {what} {value} n’est pas entre -{most} et {most} degrés");
        Ok(value)
    };
    let (lat, lon) = (number(lat, "latitude", 90.0)?, number(lon, "longitude", 180.0)?);
    Ok(Some(Point::from_degrees(lon, lat)))
}

/// The commune with a code or a name.
fn commune(text: &str, territory: &Territory) -> Result<CommuneId> {
    if let Ok(code) = text.to_ascii_uppercase().parse()
        && let Some(commune) = territory.commune_or_parent(code)
    {
        return Ok(commune);
    }
    let wanted = plain(text);
    let names = (0..).zip(&territory.communes.name);
    let same: Vec<CommuneId> = names.filter(|(_, name)| plain(name) == wanted).map(|(id, _)| id).collect();
    let list = |communes: &[CommuneId]| {
        let shown = communes.iter().take(NAMED).map(|id| {
            let area = territory.area(Level::Commune, *id);
            format!("{} {}", area.code, area.name)
        });
        let more = communes.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!("et {more} autres"));
        shown.chain(more).collect::<Vec<_>>().join(", ")
    };
    match same[..] {
        [commune] => Ok(commune),
        [] => {
            let hits = SearchIndex::new(territory).search(text, 30);
            let mut near: Vec<CommuneId> =
                hits.iter().filter(|hit| hit.level == Level::Commune).map(|hit| hit.area).take(NAMED).collect();
            near.dedup();
            let name = &territory.meta.name;
            if near.is_empty() {
                bail!(
                    "« {text} » n’est ni un code ni un nom de commune de « {name} » ; un lieu peut aussi s’écrire « latitude,longitude »"
                );
            }
            bail!("« {text} » n’est ni un code ni un nom de commune de « {name} » : pensiez-vous à {} ?", list(&near));
        }
        _ => bail!("plusieurs communes s’appellent « {text} » : donnez le code ({})", list(&same)),
    }
}

/// A name without accents, case or punctuation.
fn plain(name: &str) -> String {
    let plain = deunicode::deunicode(name).to_lowercase();
    plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Joins a place to a network, or says why that cannot be.
pub(super) fn join(network: &Network, spot: &Spot) -> Result<Place> {
    if let Some(place) = network.place(spot.point) {
        return Ok(place);
    }
    let name = &spot.name;
    if let Some(bounds) = bounds(network).filter(|bounds| !holds(bounds, spot.point)) {
        let words = bounds_in_words(&bounds);
        let swapped = Point { lon: spot.point.lat, lat: spot.point.lon };
        if spot.commune.is_none() && holds(&bounds, swapped) {
            bail!("{name} est hors des routes importées ({words}) : la latitude se donne avant la longitude");
        }
        bail!("{name} est hors des routes importées ({words}) : importez aussi l’extrait qui le contient");
    }
    bail!(
        "{name} est à plus de {:.0} m de toute route du profil « {} » : donnez un point plus proche d’une route",
        network.about().snap.max_metres,
        network.about().profile
    )
}

fn holds(bounds: &Bounds, point: Point) -> bool {
    (bounds.min.lon..=bounds.max.lon).contains(&point.lon) && (bounds.min.lat..=bounds.max.lat).contains(&point.lat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_told_from_names() {
        let point = |text: &str| coordinates(text).unwrap();
        assert_eq!(point("48.5, -2.25"), Some(Point { lon: -22_500_000, lat: 485_000_000 }));
        assert_eq!(point("-21.1;55.5"), Some(Point { lon: 555_000_000, lat: -211_000_000 }));
        assert_eq!(point("Lille"), None);
        assert_eq!(point("Saint-Denis, Réunion"), None);
        for (text, says) in
            [("48.5,x", "longitude « x »"), ("95,2", "latitude 95"), ("4,200", "longitude 200"), ("nan,2", "« nan »")]
        {
            let error = coordinates(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn names_are_compared_without_accents_or_dashes() {
        assert_eq!(plain("L’Haÿ-les-Roses"), plain("l'hay les roses"));
        assert_ne!(plain("Saint-Denis"), plain("Saint-Denis-en-Val"));
    }
}
