//! Forms that change something: read once, refused when they come from another site.
//!
//! There is no account and no session to steal, but a page elsewhere must not make a visitor's browser save drafts here.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};

use crate::error::Fault;
use crate::request::{Query, Visit};

/// Longest form accepted, bytes: a draft that moves every zone of the country with its reasons fits.
const MAX_FORM: usize = 4 << 20;

/// A form that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Language, path, and parameters of the address.
    pub visit: Visit,
    /// What was filled in.
    pub fields: Query,
}

impl<S: Sync> FromRequest<S> for Posted {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let visit = Visit::read(request.uri(), request.headers())?;
        if !is_own(request.headers()) {
            return Err(Fault::bad("fault-other-site", []));
        }
        let body = axum::body::to_bytes(request.into_body(), MAX_FORM)
            .await
            .map_err(|_| Fault::bad("fault-form-too-long", [("limit", (MAX_FORM >> 20).to_string())]))?;
        let text = std::str::from_utf8(&body).map_err(|_| Fault::bad("fault-form", []))?;
        Ok(Self { visit, fields: Query::parse_form(text)? })
    }
}

/// Whether a form comes from our own pages. Browsers say where from; a program that says nothing is let through, as it
/// acts for whoever runs it.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, own)| own == host),
        (origin, _) => origin.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            is_own(&headers)
        };
        assert!(with(&[]));
        assert!(with(&[("sec-fetch-site", "same-origin"), ("origin", "http://autre")]));
        assert!(!with(&[("sec-fetch-site", "cross-site")]));
        assert!(with(&[("origin", "http://pacte.example:8080"), ("host", "pacte.example:8080")]));
        assert!(!with(&[("origin", "https://ailleurs.example"), ("host", "pacte.example")]));
        assert!(!with(&[("origin", "null"), ("host", "pacte.example")]));
    }

    #[tokio::test]
    async fn a_form_is_read_with_its_address() {
        let request = Request::post("/decider/x?lang=en").body(Body::from("a=1&raison=%C3%A9t%C3%A9+2026")).unwrap();
        let posted = Posted::from_request(request, &()).await.unwrap();
        assert_eq!((posted.fields.get("a"), posted.fields.get("raison")), (Some("1"), Some("été 2026")));
        assert_eq!(posted.visit.path, "/decider/x");
    }
}
