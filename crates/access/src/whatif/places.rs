//! The commune a person means: by code, by name, or by a point.

use pacte_territory::geodesy::great_circle_km;
use pacte_territory::names::plain;
use pacte_territory::{CommuneId, Level, Territory};

use super::error::{ChangeFault, Named};

/// Suggestions given at most.
const SUGGESTIONS: usize = 4;

/// The commune named by `text`: a code, a name that only one commune bears, or `latitude,longitude` inside one.
pub(super) fn find(territory: &Territory, text: &str) -> Result<CommuneId, ChangeFault> {
    if let Some((lat, lon)) = point(text) {
        return at(territory, lat, lon);
    }
    if let Ok(code) = text.to_ascii_uppercase().parse() {
        if let Some(id) = territory.commune_or_parent(code) {
            return Ok(id);
        }
        let now: Vec<Named> = territory.successors(code).into_iter().map(|id| named(territory, id)).collect();
        if !now.is_empty() {
            return Err(ChangeFault::FormerCommune { code: code.to_string(), now });
        }
    }
    let mut same = territory.communes_named(text).to_vec();
    match same.as_slice() {
        [only] => Ok(*only),
        [] => {
            Err(ChangeFault::UnknownCommune { found: text.chars().take(60).collect(), nearest: like(territory, text) })
        }
        _ => {
            let people = territory.latest("population.municipal");
            let people = |id: CommuneId| people.and_then(|column| column.get(id)).unwrap_or(0.0);
            same.sort_by(|a, b| people(*b).total_cmp(&people(*a)).then(a.cmp(b)));
            same.truncate(2 * SUGGESTIONS);
            let communes = same.into_iter().map(|id| named(territory, id)).collect();
            Err(ChangeFault::SeveralCommunes { found: text.chars().take(60).collect(), communes })
        }
    }
}

/// Name and code of a commune, with its département where its name alone would not tell.
pub(super) fn named(territory: &Territory, id: CommuneId) -> Named {
    let area = territory.area(Level::Commune, id);
    Named { code: area.code, name: area.name }
}

/// Two numbers in the order of maps: latitude then longitude.
fn point(text: &str) -> Option<(f64, f64)> {
    let (lat, lon) = text.split_once(',')?;
    let read = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    Some((read(lat)?, read(lon)?))
}

/// The commune a point lies in. Where contours are known the point must lie within one; else the nearest commune point
/// within thirty kilometres is taken.
fn at(territory: &Territory, lat: f64, lon: f64) -> Result<CommuneId, ChangeFault> {
    let contours = territory.topology.count(Level::Commune) > 0;
    if let Some(id) = territory.spatial().containing(lon, lat, &territory.topology) {
        return Ok(id);
    }
    let near = territory.spatial().nearest(lon, lat, 1).first().map(|(id, _)| *id);
    let Some((id, (x, y))) = near.and_then(|id| Some((id, territory.point(id)?))) else {
        return Err(ChangeFault::Impossible {
            reason: "aucune commune n’a de position dans ce territoire".to_owned()
        });
    };
    let km = great_circle_km((lon, lat), (x, y));
    if !contours && km < 30.0 {
        return Ok(id);
    }
    Err(ChangeFault::Outside { lat, lon, near: named(territory, id), km })
}

/// Communes whose names or codes look most like a text.
fn like(territory: &Territory, text: &str) -> Vec<Named> {
    let wanted = plain(text);
    if wanted.is_empty() {
        return Vec::new();
    }
    let communes = &territory.parts().communes;
    let people = territory.latest("population.municipal");
    let mut near: Vec<(usize, bool, i64, CommuneId)> = (0..territory.len() as CommuneId)
        .filter_map(|id| {
            let name = plain(&communes.name[id as usize]);
            let code = communes.code[id as usize].as_str().to_lowercase();
            let starts = name.starts_with(&wanted) && wanted.len() >= 3;
            let most = (wanted.chars().count() / 3).clamp(1, 4);
            let apart = distance(&wanted, &name, most).min(distance(&wanted, &code, 1));
            let apart = if starts { apart.min(1) } else { apart };
            let here = people.and_then(|column| column.get(id)).unwrap_or(0.0);
            (apart <= most).then_some((apart, !starts, -(here as i64), id))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().take(SUGGESTIONS).map(|(.., id)| named(territory, id)).collect()
}

/// Letters to change, add or take away to go from one text to the other; above `most`, any larger number.
fn distance(a: &str, b: &str, most: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_apart_are_counted_and_points_read() {
        assert_eq!(distance("gueret", "gueret", 2), 0);
        assert_eq!(distance("guere", "gueret", 2), 1);
        assert_eq!(distance("gueret", "geuret", 2), 2);
        assert!(distance("paris", "villeurbanne", 2) > 2);
        assert_eq!(point("46.17, 1.87"), Some((46.17, 1.87)));
        assert_eq!(point("23096"), None);
    }
}
