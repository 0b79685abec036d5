//! What pages fetch besides themselves: tiles, styles, scripts, the theme; and what robots and operators ask.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::error::Fault;
use crate::measures::Measure;
use crate::request::Visit;
use crate::state::{AppState, tile_measure};
use crate::tiles::{TileError, TileId, gunzip};
use crate::{assets, tiles};

/// `GET /tuiles/{z}/{x}/{y}.mvt?v=<hash>`, with `de_quoi=`, `de=`, `a=` when the measure is a change.
///
/// # Errors
/// 400 for an address outside the world, or an unknown change.
pub async fn tile(
    State(portal): State<AppState>,
    visit: Visit,
    Path((z, x, y)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let id = TileId::parse(&z, &x, &y).map_err(|error| match error {
        TileError::NotANumber { part, value } => {
            Fault::bad("fault-tile-number", [("part", part.to_owned()), ("value", value)])
        }
        TileError::Zoom(zoom) => {
            Fault::bad("fault-tile-zoom", [("value", zoom.to_string()), ("last", tiles::MAX_TILE_ZOOM.to_string())])
        }
        TileError::Outside { part, value, zoom, last } => Fault::bad(
            "fault-tile-outside",
            [
                ("part", part.to_owned()),
                ("value", value.to_string()),
                ("zoom", zoom.to_string()),
                ("last", last.to_string()),
            ],
        ),
    })?;
    let default = Measure::default_change(&portal.atlas).filter(|_| visit.query.get("de_quoi").is_some());
    let bytes = if let Some(default) = default {
        let (of, from, to) = Measure::read_change(&portal.atlas, &visit.query, default)?;
        let measure = tile_measure(&portal.atlas, Measure::Change((of, from, to)));
        portal.tiles.tile(id, &format!("{}-{from}-{to}", of.slug()), Some(&measure))
    } else {
        portal.tiles.tile(id, "", None)
    };
    let mut response = if bytes.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accepted.contains("gzip") {
            let mut response = Response::new(Body::from(Bytes::copy_from_slice(&bytes)));
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        } else {
            Response::new(Body::from(gunzip(&bytes)))
        }
    };
    let current = visit.query.get("v") == Some(portal.site.hash.as_str());
    let caching = if current { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.mapbox-vector-tile"));
    Ok(response)
}

/// `GET /static/{path}`: styles and scripts.
///
/// # Errors
/// 404 for an unknown file or an old hash.
pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Fault> {
    assets::serve(&path, &headers).ok_or_else(|| Fault::missing("fault-no-page", []))
}

/// `GET /theme/{name}`: the operator's files.
///
/// # Errors
/// 404 when the theme has no such file.
pub async fn theme(State(portal): State<AppState>, Path(name): Path<String>) -> Result<Response, Fault> {
    portal.theme.serve(&name).ok_or_else(|| Fault::missing("fault-no-page", []))
}

/// `GET /favicon.ico`: the logo.
pub async fn favicon(State(portal): State<AppState>) -> Redirect {
    Redirect::temporary(&if portal.site.theme_logo { "/theme/logo.svg".to_owned() } else { assets::url("logo.svg") })
}

/// `GET /robots.txt`: pages may be indexed; searches, comparisons and files by the thousand are of no use to an index.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /recherche?\nDisallow: /comparer?\nDisallow: /donnees/\nDisallow: /tuiles/\n"
}

/// `GET /etat.json`: that the server answers, and with which figures.
pub async fn health(State(portal): State<AppState>) -> Response {
    let body = serde_json::json!({
        "status": "ok",
        "version": portal.site.version,
        "figures": portal.site.hash,
        "territory": portal.site.territory,
    });
    ([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response()
}
