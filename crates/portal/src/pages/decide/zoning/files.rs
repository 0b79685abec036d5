//! Files of drafts, proposals, layers and methods.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pacte_access::zoning::ZoningMethod;
use pacte_access::zoning_layer::{Layer, Publication, compose};
use pacte_sources::export::{self, Format};

use super::draft::proposed;
use super::{Subject, away, bench, decree, kept, open, words};
use crate::error::Fault;
use crate::pages::attachment;
use crate::request::{Visit, shorten};
use crate::state::{AppState, Portal};

/// Every file, for messages.
const KNOWN: &str = "zones.csv, zones.xlsx, zones.geojson, zones.parquet, communes.csv, communes.xlsx, quotas.csv, quotas.xlsx, zonage.json, arrete.pdf";

/// A file made: its bytes and media type.
struct Made {
    bytes: Vec<u8>,
    media: &'static str,
    name: String,
}

fn send(made: Made) -> Response {
    let mut response = attachment(made.bytes, made.media, &made.name);
    // A draft changes under the same address.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// `GET /decider/zonage/projets/{id}/{file}?version=`; `proposition` in place of a name takes the parameters of a proposal.
///
/// # Errors
/// 404 for an unknown draft or file.
pub(super) async fn draft(
    State(portal): State<AppState>,
    visit: Visit,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let made = away(&portal, move |portal| {
        let bench = bench(portal)?;
        let subject = if id == "proposition" {
            proposed(portal, &visit.query)?
        } else {
            open(bench, &id, visit.query.get("version"))?
        };
        make(portal, &preview(portal, &subject)?, &file, true)
    })
    .await?;
    Ok(send(made))
}

/// `GET /decider/zonage/zones/{id}/{file}`.
///
/// # Errors
/// 404 for an unknown layer or file.
pub(super) async fn layer(
    State(portal): State<AppState>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let made = away(&portal, move |portal| {
        let unknown = || Fault::missing("fault-zoning-layer", [("value", shorten(&id))]);
        let layer = bench(portal)?.zoning.layer(&id).map_err(kept)?.ok_or_else(unknown)?.document;
        make(portal, &layer, &file, false)
    })
    .await?;
    Ok(send(made))
}

/// `GET /decider/zonage/methodes/{name}.{yaml|csv}`: the text of a shipped method, or the template of its table of zones.
///
/// # Errors
/// 404 for an unknown method.
pub(super) async fn method(Path(file): Path<String>) -> Result<Response, Fault> {
    let (name, extension) = file.rsplit_once('.').unwrap_or((&file, ""));
    let unknown =
        || Fault::missing("fault-zoning-file", [("value", shorten(&file)), ("known", "*.yaml, *.csv".to_owned())]);
    let method = ZoningMethod::shipped(name).ok_or_else(unknown)?;
    let (text, media) = match extension {
        "yaml" => (method.text().to_owned(), "text/yaml; charset=utf-8"),
        "csv" if method.needs_table() => (pacte_access::zoning::tables::template(&method), Format::Csv.media_type()),
        _ => return Err(unknown()),
    };
    Ok(send(Made { bytes: text.into_bytes(), media, name: file }))
}

/// What a draft would become today.
fn preview(portal: &Portal, subject: &Subject) -> Result<Layer, Fault> {
    let bench = bench(portal)?;
    // The day of the revision, or of today for a proposal: the same revision gives the same file.
    let saved = match &subject.kept {
        Some((id, revision, _)) => bench.zoning.drafts.at(id, *revision).map_err(kept)?.map(|known| known.saved_at),
        None => None,
    };
    let published = saved
        .unwrap_or_else(|| jiff::Zoned::now().start_of_day().map_or_else(|_| Timestamp::now(), |day| day.timestamp()));
    let publication = Publication {
        effective: published.to_zoned(TimeZone::UTC).date(),
        published,
        authority: String::new(),
        signature: String::new(),
    };
    let name = subject.kept.as_ref().map_or(("proposition", 0), |(id, revision, _)| (id.as_str(), *revision));
    Ok(compose(bench.ground.territory(), &subject.draft, name, &subject.work, None, &publication))
}

fn make(portal: &Portal, layer: &Layer, file: &str, project: bool) -> Result<Made, Fault> {
    let unknown = || Fault::missing("fault-zoning-file", [("value", shorten(file)), ("known", KNOWN.to_owned())]);
    let name = format!("pacte-{}-{}-{file}", layer.method.id, layer.scope.code.to_ascii_lowercase());
    if file == "arrete.pdf" {
        let bytes = decree::pdf(portal.atlas.territory(), &portal.extent, layer, project)
            .map_err(|error| Fault::internal(&error))?;
        return Ok(Made { bytes, media: "application/pdf", name });
    }
    if file == "zonage.json" {
        let bytes = serde_json::to_vec_pretty(layer).map_err(|error| Fault::internal(&error))?;
        return Ok(Made { bytes, media: Format::Json.media_type(), name });
    }
    let (stem, extension) = file.rsplit_once('.').ok_or_else(unknown)?;
    let format: Format = extension.parse().map_err(|_| unknown())?;
    if format == Format::Geojson && stem != "zones" {
        return Err(unknown());
    }
    let table = words::table_of(layer, stem, format == Format::Geojson).ok_or_else(unknown)?;
    let bytes = export::write(&table, format).map_err(|error| Fault::internal(&error))?;
    Ok(Made { bytes, media: format.media_type(), name })
}
