//! The server: routes with what surrounds them all (faults as pages, headers, compression, limits, a log without
//! personal data), and its start and stop.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::timeout::TimeoutLayer;

use crate::error::Fault;
use crate::pages;
use crate::request::{MAX_QUERY, Query, Visit, lang_of, own_path};
use crate::routes::routes;
use crate::state::AppState;
use crate::tiles;

/// Longest a request may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Largest body read where nothing else is said; forms say theirs ([`crate::posted`]).
const MAX_BODY: usize = 16 << 10;

/// Effort spent on compressing pages: level 4 of 9 gives Lille in 19.9 kB where the default (6) gives 19.5 and level 1 25.4,
/// from 91 kB.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(4);

/// What browsers are told on every answer. Scripts and styles come from us alone; the map's worker is one of them, and
/// MapLibre makes images from bytes (`blob:`, `data:`).
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("permissions-policy"), "geolocation=(), camera=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The whole application, for the server and for tests.
pub fn app(state: AppState) -> Router {
    surround(routes(), state)
}

/// Routes with what surrounds them all.
pub fn surround(routes: Router<AppState>, state: AppState) -> Router {
    let compressed = DefaultPredicate::new()
        .and(NotForContentType::new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
        .and(NotForContentType::new("application/vnd.apache.parquet"));
    routes
        .layer(middleware::from_fn(refuse_oversized))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(middleware::from_fn_with_state(state.clone(), render_faults))
        .layer(CompressionLayer::new().quality(COMPRESSION).compress_when(compressed))
        .layer(middleware::from_fn(secure))
        .layer(middleware::from_fn(observe))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(state)
}

/// Serves until `shutdown` completes, then lets requests under way finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // The heaviest tiles, beside the first visitors and not before them.
    let warmed = Arc::clone(&state);
    std::thread::spawn(move || warmed.tiles.warm(warmed.extent.main, tiles::WARMED_ZOOM));
    axum::serve(listener, app(state)).with_graceful_shutdown(shutdown).await
}

/// Refuses long addresses before anything reads them.
async fn refuse_oversized(request: Request, next: Next) -> Response {
    let length = request.uri().query().map_or(0, str::len);
    if length > MAX_QUERY {
        let parameters = [("length", length.to_string()), ("limit", MAX_QUERY.to_string())];
        return Fault::bad("fault-query-too-long", parameters).into_response();
    }
    next.run(request).await
}

#[expect(clippy::needless_pass_by_value, reason = "the layer gives the panic's payload by value")]
fn after_panic(payload: Box<dyn Any + Send>) -> Response {
    let cause = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("panic without message");
    Fault::internal(&cause).into_response()
}

/// Turns faults, and bare error statuses of the framework, into pages.
async fn render_faults(State(portal): State<AppState>, request: Request, next: Next) -> Response {
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let response = next.run(request).await;
    let fault = response.extensions().get::<Fault>().cloned().or_else(|| {
        // What the framework refuses by itself (a malformed escape in a path) it says in plain text, and in English.
        let plain =
            response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
        let bare = response.status().is_server_error() || (plain && response.status().is_client_error());
        if bare { Fault::of_status(response.status()) } else { None }
    });
    let Some(fault) = fault else { return response };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut rendered = pages::fault::render(&portal, &visit(&uri, &headers), &fault);
    if let Some(allow) = allow {
        rendered.headers_mut().insert(header::ALLOW, allow);
    }
    rendered
}

/// The visit as far as it can be read.
fn visit(uri: &Uri, headers: &HeaderMap) -> Visit {
    Visit::read(uri, headers).unwrap_or_else(|_| Visit {
        lang: lang_of(headers),
        remember: false,
        path: own_path(uri),
        query: Query::default(),
    })
}

async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in &SECURITY_HEADERS {
        response.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
    }
    response
}

/// Logs which address was asked, never with its parameters: a search may hold a person's name.
async fn observe(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("(unknown)", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    tracing::info!(%method, route, status = response.status().as_u16(), milliseconds, "request");
    response
}
