//! The portal over an invented territory, through its router: every page, every file, every refusal.

mod aids;
mod downloads;
mod faults;
mod foresight;
mod html;
mod journeys;
mod pages;
mod siting;
mod surround;
mod urgent;
mod whatif;
mod world;
mod zoning;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt as _;

/// An answer read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("pages are UTF-8")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are ASCII"))
    }
}

/// A visitor of the application.
#[derive(Clone)]
pub(crate) struct Visitor {
    app: Router,
    headers: Vec<(header::HeaderName, String)>,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        Self { app: pacte_portal::app(world::portal()), headers: Vec::new() }
    }

    pub(crate) fn through(app: Router) -> Self {
        Self { app, headers: Vec::new() }
    }

    pub(crate) fn of(state: pacte_portal::AppState) -> Self {
        Self { app: pacte_portal::app(state), headers: Vec::new() }
    }

    pub(crate) fn with(&self, name: header::HeaderName, value: &str) -> Self {
        let mut visitor = self.clone();
        visitor.headers.push((name, value.to_owned()));
        visitor
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.ask(Method::GET, address).await
    }

    pub(crate) async fn ask(&self, method: Method, address: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::empty()).expect("a valid request");
        let response = self.app.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("the body is read").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}
