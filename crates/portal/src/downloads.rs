//! Tables as files: `/donnees/{table}.{csv|xlsx|geojson|parquet|json}`.
//!
//! Files are made by at most two threads at a time, away from those that answer pages, and the last ones are kept within
//! a fixed budget of memory. The same snapshot gives the same bytes, so its hash is the entity tag.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pacte_sources::export::{self, Format};
use pacte_sources::table::Table;
use pacte_territory::Level;

use crate::error::Fault;
use crate::i18n::Lang;
use crate::kept::Kept;
use crate::measures::Measure;
use crate::pages::journeys::{PlaceFile, PlaceTable};
use crate::recent::Turns;
use crate::request::{Query, Visit, shorten};
use crate::state::{AppState, Portal};
use crate::subject::{KEY_INDICATORS, find, read_level};
use crate::tables;

/// Memory given to files made, bytes.
const BUDGET: usize = 16 << 20;
/// Files made at the same time: one of all the communes takes up to 300 MB while it is made.
const AT_ONCE: usize = 1;
/// Every table, by the name it has in addresses.
const TABLES: [&str; 13] = [
    "territoires",
    "territoire",
    "repartition",
    "voisins",
    "tendance",
    "proches",
    "comparaison",
    "evolution",
    "sources",
    "dictionnaire",
    "trajets",
    "trajets-communes",
    "trajets-proches",
];

/// Files made and kept.
#[derive(Debug)]
pub struct Downloads {
    kept: Kept,
    turns: Turns,
}

impl Default for Downloads {
    fn default() -> Self {
        Self { kept: Kept::new(BUDGET), turns: Turns::new(AT_ONCE) }
    }
}

/// What is asked for, checked.
#[derive(Clone, Debug)]
enum Asked {
    Territories { level: Level, within: Option<(Level, u32)> },
    Territory(Level, u32),
    Distribution(Level, u32),
    Neighbours(Level, u32),
    Trend(Level, u32),
    Nearest(Level, u32),
    Comparison((Level, u32), (Level, u32)),
    Change { level: Level, within: Option<(Level, u32)>, evolution: pacte_access::atlas::Evolution },
    Sources,
    Dictionary,
    Place(Box<PlaceFile>),
}

impl Asked {
    /// Whether its rows are areas.
    fn has_contours(&self) -> bool {
        match self {
            Self::Territories { .. } | Self::Change { .. } => true,
            Self::Place(file) => file.table == PlaceTable::Areas,
            _ => false,
        }
    }
}

/// `GET /donnees/{file}`.
///
/// # Errors
/// 404 for an unknown table, format or territory; 400 for a missing or unknown parameter, or a format the table cannot take.
pub async fn download(
    State(portal): State<AppState>,
    visit: Visit,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (name, extension) = file.rsplit_once('.').unwrap_or((&file, ""));
    if !TABLES.contains(&name) {
        return Err(Fault::missing("fault-table", [("value", shorten(name)), ("known", TABLES.join(", "))]));
    }
    let format: Format = extension.parse().map_err(|_| {
        let known = Format::ALL.map(Format::extension).join(", ");
        Fault::missing("fault-format", [("value", shorten(extension)), ("known", known)])
    })?;
    let asked = read(&portal, visit.lang, name, &visit.query)?;
    if format == Format::Geojson && !asked.has_contours() {
        return Err(Fault::bad("fault-no-contours", [("value", name.to_owned())]));
    }
    let tag = format!("\"{}-{}\"", portal.site.hash, portal.site.version);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let key = format!("{asked:?}.{format}");
    let bytes = match portal.downloads.kept.get(&key) {
        Some(bytes) => bytes,
        None => make(&portal, asked.clone(), format, key).await?,
    };
    let disposition = format!("attachment; filename=\"pacte-{}.{format}\"", file_name(&portal, &asked));
    let mut response = Response::new(Body::from(bytes));
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    for (name, value) in [(header::ETAG, tag), (header::CONTENT_DISPOSITION, disposition)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            out.insert(name, value);
        }
    }
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=0, must-revalidate"));
    Ok(response)
}

async fn make(portal: &AppState, asked: Asked, format: Format, key: String) -> Result<Bytes, Fault> {
    let shared = Arc::clone(portal);
    let made = portal.downloads.turns.run(move || {
        // Another visitor may have asked for the same while this one waited.
        if let Some(bytes) = shared.downloads.kept.get(&key) {
            return Ok(bytes);
        }
        let table = table(&shared, &asked, format == Format::Geojson)?;
        let mut bytes = export::write(&table, format).map_err(|error| Fault::internal(&error))?;
        drop(table);
        // A vector grown by doubling may hold twice what it shows, for as long as the slowest client reads.
        bytes.shrink_to_fit();
        let bytes = Bytes::from(bytes);
        shared.downloads.kept.put(key, bytes.clone());
        Ok(bytes)
    });
    made.await?
}

fn read(portal: &Portal, lang: Lang, name: &str, query: &Query) -> Result<Asked, Fault> {
    let level = || match query.get("niveau") {
        None => Ok(Level::Commune),
        Some(slug) => read_level(portal, slug).map_err(as_bad),
    };
    if let Some(table) = PlaceTable::of_name(name) {
        return PlaceFile::read(portal, lang, table, query).map(|file| Asked::Place(Box::new(file)));
    }
    let one = |parameter: &'static str| area(portal, lang, query, parameter);
    Ok(match name {
        "territoires" => Asked::Territories { level: level()?, within: within(portal, lang, query)? },
        "evolution" => {
            let default =
                Measure::default_change(&portal.atlas).ok_or_else(|| Fault::missing("fault-no-measure", []))?;
            let evolution = Measure::read_change(&portal.atlas, query, default)?;
            Asked::Change { level: level()?, within: within(portal, lang, query)?, evolution }
        }
        "territoire" => one("territoire").map(|(level, area)| Asked::Territory(level, area))?,
        "repartition" => one("territoire").map(|(level, area)| Asked::Distribution(level, area))?,
        "voisins" => one("territoire").map(|(level, area)| Asked::Neighbours(level, area))?,
        "tendance" => one("territoire").map(|(level, area)| Asked::Trend(level, area))?,
        "proches" => one("territoire").map(|(level, area)| Asked::Nearest(level, area))?,
        "comparaison" => Asked::Comparison(one("a")?, one("b")?),
        "sources" => Asked::Sources,
        _ => Asked::Dictionary,
    })
}

/// A parameter that designates a territory (`commune:59350`).
fn area(portal: &Portal, lang: Lang, query: &Query, parameter: &'static str) -> Result<(Level, u32), Fault> {
    let malformed = |value: &str| {
        Fault::bad("fault-territory-parameter", [("name", parameter.to_owned()), ("value", shorten(value))])
    };
    let text = query.get(parameter).ok_or_else(|| malformed(""))?;
    let (slug, code) = text.split_once(':').ok_or_else(|| malformed(text))?;
    let level = read_level(portal, slug).map_err(as_bad)?;
    Ok((level, find(portal, lang, level, &code.to_ascii_uppercase())?))
}

/// The larger area a table is limited to: `departement=59`, or any by `dans=region:32`.
fn within(portal: &Portal, lang: Lang, query: &Query) -> Result<Option<(Level, u32)>, Fault> {
    if let Some(departement) = crate::map_block::read_departement(portal, query)? {
        return Ok(Some((Level::Departement, departement)));
    }
    if query.get("dans").is_none() { Ok(None) } else { area(portal, lang, query, "dans").map(Some) }
}

/// An unknown level in a parameter is a malformed request; in a path it is a page that does not exist.
fn as_bad(fault: Fault) -> Fault {
    Fault { status: StatusCode::BAD_REQUEST, ..fault }
}

fn table(portal: &Portal, asked: &Asked, contours: bool) -> Result<Table, Fault> {
    let atlas = &*portal.atlas;
    Ok(match asked {
        Asked::Territories { level, within } => {
            let table = tables::indicators_table(atlas, *level, *within);
            if contours {
                tables::with_contours(atlas, *level, &tables::areas(atlas, *level, *within), table)
            } else {
                table
            }
        }
        Asked::Change { level, within, evolution } => {
            let table = tables::evolution_table(atlas, *level, *within, *evolution)
                .ok_or_else(|| Fault::missing("fault-no-measure", []))?;
            if contours {
                tables::with_contours(atlas, *level, &tables::areas(atlas, *level, *within), table)
            } else {
                table
            }
        }
        Asked::Territory(level, area) => tables::territory_table(atlas, *level, *area),
        Asked::Distribution(level, area) => tables::distribution_table(atlas, *level, *area)
            .ok_or_else(|| Fault::missing("fault-no-distribution", []))?,
        Asked::Neighbours(level, area) => tables::neighbours_table(atlas, *level, *area, &KEY_INDICATORS),
        Asked::Trend(level, area) => tables::trend_table(atlas, *level, *area),
        Asked::Nearest(Level::Commune, area) => tables::nearest_table(atlas, *area),
        Asked::Nearest(level, area) => tables::reach_table(atlas, *level, *area),
        Asked::Comparison(a, b) => tables::comparison_table(atlas, *a, *b),
        Asked::Sources => tables::sources_table(atlas),
        Asked::Dictionary => tables::dictionary_table(atlas),
        Asked::Place(file) => file.make(portal, contours)?,
    })
}

/// Name of the file: letters, digits, hyphens and underscores.
fn file_name(portal: &Portal, asked: &Asked) -> String {
    let code = |level: &Level, area: &u32| format!("{level}-{}", portal.atlas.territory().area(*level, *area).code);
    let inside = |within: &Option<(Level, u32)>| within.map(|(l, a)| format!("-{}", code(&l, &a))).unwrap_or_default();
    let name = match asked {
        Asked::Territories { level, within } => format!("territoires-{level}{}", inside(within)),
        Asked::Change { level, within, evolution: (of, from, to) } => {
            format!("evolution-{}-{from}-{to}-{level}{}", of.slug(), inside(within))
        }
        Asked::Territory(level, area) => code(level, area),
        Asked::Distribution(level, area) => format!("repartition-{}", code(level, area)),
        Asked::Neighbours(level, area) => format!("voisins-{}", code(level, area)),
        Asked::Trend(level, area) => format!("tendance-{}", code(level, area)),
        Asked::Nearest(level, area) => format!("proches-{}", code(level, area)),
        Asked::Comparison(a, b) => format!("comparaison-{}-{}", code(&a.0, &a.1), code(&b.0, &b.1)),
        Asked::Sources => "sources".to_owned(),
        Asked::Dictionary => "dictionnaire".to_owned(),
        Asked::Place(file) => file.name(portal),
    };
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
