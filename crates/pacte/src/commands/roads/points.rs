//! Lists of places to put into a matrix.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use pacte_access::travel::habitat_points;
use pacte_roads::point::Point;
use pacte_territory::{CommuneId, Level, Territory};

/// Places with a name each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Points {
    /// Names, distinct: commune codes, or the identifiers of a file.
    pub(super) ids: Vec<String>,
    /// Where they are; `None` for a commune that nobody located.
    pub(super) points: Vec<Option<Point>>,
}

/// Understands a list: `communes`, `NIVEAU:CODE`, or a CSV file.
pub(super) fn read(text: &str, territory: Option<&Territory>) -> Result<Points> {
    let needs = || {
        territory.with_context(|| {
            format!("« {text} » demande un territoire : lancez « pacte import DOSSIER », ou donnez un fichier CSV à colonnes id, lat, lon")
        })
    };
    if text == "communes" {
        let territory = needs()?;
        return Ok(communes(territory, 0..territory.len() as u32));
    }
    if let Some((level, code)) = text.split_once(':')
        && let Ok(level) = level.parse::<Level>()
    {
        let territory = needs()?;
        let area = territory.find(level, &code.to_ascii_uppercase()).with_context(|| {
            format!("« {text} » : aucun territoire de ce niveau n’a ce code dans « {} »", territory.meta.name)
        })?;
        return Ok(communes(territory, territory.members(level, area).iter().copied()));
    }
    file(Path::new(text))
}

fn communes(territory: &Territory, ids: impl Iterator<Item = CommuneId>) -> Points {
    let points = habitat_points(territory);
    let mut found = Points::default();
    for id in ids {
        let (lon, lat) = points[id as usize];
        found.ids.push(territory.communes.code[id as usize].to_string());
        found.points.push(lon.is_finite().then(|| Point::from_degrees(lon, lat)));
    }
    found
}

/// Reads a CSV file (comma or semicolon) whose header names `id`, `lat` and `lon`; other columns are left alone.
fn file(path: &Path) -> Result<Points> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| {
        format!("{shown} : ni « communes », ni NIVEAU:CODE (departement:56…), ni un fichier CSV lisible")
    })?;
    let text = std::str::from_utf8(&bytes)
        .with_context(|| format!("{shown} : le fichier n’est pas en UTF-8, enregistrez-le sous cette forme"))?;
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let headers = reader.headers().with_context(|| shown.to_string())?.clone();
    let column = |name: &str| {
        headers.iter().position(|header| header.trim().eq_ignore_ascii_case(name)).with_context(|| {
            let found: Vec<&str> = headers.iter().collect();
            format!("{shown}:1 : il manque la colonne « {name} » (colonnes lues : {})", found.join(", "))
        })
    };
    let (id, lat, lon) = (column("id")?, column("lat")?, column("lon")?);
    let mut found = Points::default();
    let mut first_line = std::collections::HashMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                bail!("{shown}:{line} : ligne illisible, elle n’a pas {} champs comme l’en-tête", headers.len());
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: usize| record.get(column).unwrap_or_default().trim();
        let name = cell(id);
        ensure!(!name.is_empty(), "{shown}:{line} : la colonne « id » est vide");
        if let Some(before) = first_line.insert(name.to_owned(), line) {
            bail!("{shown}:{line} : l’identifiant « {name} » est déjà celui de la ligne {before}");
        }
        let degrees = |at: usize, column: &str, most: f64| {
            let text = cell(at);
            let value = text.parse::<f64>().ok().filter(|value| value.abs() <= most);
            value.with_context(|| {
                format!("{shown}:{line} : colonne « {column} », « {text} » n’est pas un nombre de degrés de -{most} à {most} (point décimal)")
            })
        };
        found.points.push(Some(Point::from_degrees(degrees(lon, "lon", 180.0)?, degrees(lat, "lat", 90.0)?)));
        found.ids.push(name.to_owned());
    }
    ensure!(!found.ids.is_empty(), "{shown} : aucune ligne sous l’en-tête");
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Points> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lieux.csv");
        std::fs::write(&path, text).unwrap();
        file(&path)
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let expected = Points {
            ids: vec!["a".to_owned(), "b".to_owned()],
            points: vec![Some(Point::from_degrees(7.4, 43.7)), Some(Point::from_degrees(-1.0, 43.8))],
        };
        assert_eq!(read_text("id,lat,lon\na,43.7,7.4\nb,43.8,-1\n").unwrap(), expected);
        assert_eq!(read_text("\u{feff}nom;LON;Lat;id\nA;7.4;43.7;a\nB;-1;43.8;b\n").unwrap(), expected);
    }

    #[test]
    fn a_bad_row_is_named_by_line_and_column() {
        for (text, says) in [
            ("id,lat\na,1\n", ":1 : il manque la colonne « lon »"),
            ("id,lat,lon\na,43.7,7.4\nb,quarante,7\n", ":3 : colonne « lat », « quarante »"),
            ("id,lat,lon\na,43.7,\n", ":2 : colonne « lon », «  »"),
            ("id,lat,lon\na,91,7\n", ":2 : colonne « lat », « 91 »"),
            ("id,lat,lon\na,NaN,7\n", ":2 : colonne « lat », « NaN »"),
            ("id,lat,lon\na,43,7\na,44,7\n", ":3 : l’identifiant « a » est déjà celui de la ligne 2"),
            ("id,lat,lon\n,43,7\n", ":2 : la colonne « id » est vide"),
            ("id,lat,lon\na,43\n", ":2 : ligne illisible"),
            ("id,lat,lon\n", "aucune ligne"),
        ] {
            let error = read_text(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }
}
