//! What a visitor is told when a request cannot be answered.
//!
//! Policy: a handler returns a [`Fault`], which carries a status and a message key, never a page. One middleware
//! ([`mod@crate::serve`]) turns every fault, and every bare error status of the framework (405, 408, 500 after a panic), into a
//! page in the visitor's language, or into JSON under an address in `.json`. A fault of the visitor says what is wrong,
//! what was read and what to do; a fault of ours says nothing of its cause, which goes to the log.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::i18n::Lang;

/// A text to say, by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    key: &'static str,
    parameters: Vec<(&'static str, String)>,
}

impl Message {
    /// A message with its parameters.
    pub fn new(key: &'static str, parameters: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { key, parameters: parameters.into_iter().collect() }
    }

    /// The message in a language.
    pub fn say(&self, lang: Lang) -> String {
        lang.tr_with(self.key, self.parameters.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

/// Somewhere a lost visitor may want to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Text of the link.
    pub label: String,
    /// Precision after it: level and code.
    pub note: String,
    /// Address.
    pub href: String,
}

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Status of the answer.
    pub status: StatusCode,
    /// What is wrong and what to do.
    pub message: Message,
    /// Where to go instead.
    pub suggestions: Vec<Suggestion>,
    /// Text to put in the search field of the page.
    pub search: String,
}

impl Fault {
    /// A fault with a message.
    pub fn new(
        status: StatusCode,
        key: &'static str,
        parameters: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        Self { status, message: Message::new(key, parameters), suggestions: Vec::new(), search: String::new() }
    }

    /// 400: the request is malformed.
    pub fn bad(key: &'static str, parameters: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, key, parameters)
    }

    /// 404: what is asked for does not exist.
    pub fn missing(key: &'static str, parameters: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self::new(StatusCode::NOT_FOUND, key, parameters)
    }

    /// 500: our fault. The cause is logged here and told to nobody.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "request not answered");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "fault-internal", [])
    }

    /// The same fault with somewhere to go.
    #[must_use]
    pub fn suggesting(mut self, suggestions: Vec<Suggestion>, search: impl Into<String>) -> Self {
        self.suggestions = suggestions;
        self.search = search.into();
        self
    }

    /// The fault a bare status of the framework stands for; `None` when it is no error.
    pub fn of_status(status: StatusCode) -> Option<Self> {
        let key = match status {
            StatusCode::NOT_FOUND => "fault-no-page",
            StatusCode::METHOD_NOT_ALLOWED => "fault-method",
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => "fault-busy",
            status if status.is_server_error() => "fault-internal",
            status if status.is_client_error() => "fault-bad-request",
            _ => return None,
        };
        Some(Self::new(status, key, []))
    }
}

impl IntoResponse for Fault {
    /// A bare status that carries the fault for the middleware to render.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
