//! What a visitor asked: language, address, parameters. Everything that comes from outside is checked here once.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};

use crate::error::Fault;
use crate::i18n::Lang;

/// Longest query string accepted, bytes. The longest the pages make is under 200.
pub const MAX_QUERY: usize = 8192;
/// Name of the cookie that keeps the language chosen.
pub const LANG_COOKIE: &str = "lang";

/// One visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Language to answer in.
    pub lang: Lang,
    /// Whether the language was asked for in the address, and is to be remembered.
    pub remember: bool,
    /// Path.
    pub path: String,
    /// Parameters, `lang` left out.
    pub query: Query,
}

impl Visit {
    /// Reads what was asked; the language falls back on the cookie, then on `Accept-Language`, then on French.
    ///
    /// # Errors
    /// When the query string is too long or malformed.
    pub fn read(uri: &Uri, headers: &HeaderMap) -> Result<Self, Fault> {
        let mut query = Query::parse(uri.query().unwrap_or_default())?;
        let asked = query.take("lang");
        let chosen = asked.as_deref().and_then(Lang::from_code);
        Ok(Self {
            lang: chosen.unwrap_or_else(|| lang_of(headers)),
            remember: chosen.is_some(),
            path: own_path(uri),
            query,
        })
    }

    /// Path and query, without the language.
    pub fn here(&self) -> String {
        self.query.address(&self.path)
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        Self::read(&parts.uri, &parts.headers)
    }
}

/// Path of a request as our own links may repeat it: `//elsewhere.org` would lead a browser to another site.
pub fn own_path(uri: &Uri) -> String {
    format!("/{}", uri.path().trim_start_matches(['/', '\\']))
}

/// Language of a request without parameter: the cookie, then `Accept-Language`.
pub fn lang_of(headers: &HeaderMap) -> Lang {
    let cookie = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(LANG_COOKIE)?.strip_prefix('=').and_then(Lang::from_code));
    cookie.unwrap_or_else(|| {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        accepted.map(Lang::from_accept_language).unwrap_or_default()
    })
}

/// Parameters of an address, decoded, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Decodes a query string.
    ///
    /// # Errors
    /// When it is longer than [`MAX_QUERY`], or a percent escape or the text it gives is malformed.
    pub fn parse(raw: &str) -> Result<Self, Fault> {
        if raw.len() > MAX_QUERY {
            return Err(Fault::bad(
                "fault-query-too-long",
                [("length", raw.len().to_string()), ("limit", MAX_QUERY.to_string())],
            ));
        }
        Self::parse_form(raw)
    }

    /// Decodes the body of a form, as long as it may be.
    ///
    /// # Errors
    /// When a percent escape or the text it gives is malformed.
    pub fn parse_form(raw: &str) -> Result<Self, Fault> {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        pairs.collect::<Result<_, Fault>>().map(Self)
    }

    /// Every value of a parameter, in their order, without surrounding blanks; blank ones left out.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first value of a parameter that is not blank, without surrounding blanks.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.trim()).find(|value| !value.is_empty())
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let value = self.get(name).map(str::to_owned);
        self.0.retain(|(n, _)| n != name);
        value
    }

    /// The page asked for (`page=`), from 1.
    ///
    /// # Errors
    /// When it is not a number from 1 to `last`.
    pub fn page(&self, last: usize) -> Result<usize, Fault> {
        let Some(text) = self.get("page") else { return Ok(1) };
        let page = text.parse().ok().filter(|page| (1..=last.max(1)).contains(page));
        page.ok_or_else(|| Fault::bad("fault-page", [("value", shorten(text)), ("last", last.max(1).to_string())]))
    }

    /// The same parameters with some replaced; an empty value takes a parameter away.
    #[must_use]
    pub fn with(&self, changes: &[(&str, &str)]) -> Self {
        let mut pairs: Vec<(String, String)> =
            self.0.iter().filter(|(name, _)| !changes.iter().any(|(n, _)| n == name)).cloned().collect();
        for (name, value) in changes.iter().filter(|(_, value)| !value.is_empty()) {
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        Self(pairs)
    }

    /// The same parameters and one more, whether others have its name or not.
    #[must_use]
    pub fn and(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        pairs.push((name.to_owned(), value.to_owned()));
        Self(pairs)
    }

    /// The parameters whose names pass.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| keep(name)).cloned().collect())
    }

    /// Names and values that are not blank, in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.trim()));
        pairs.filter(|(_, value)| !value.is_empty())
    }

    /// Names of the parameters, each as often as it comes.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// An address with these parameters.
    pub fn address(&self, path: &str) -> String {
        let pairs: Vec<String> = self
            .0
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

/// A text from outside as a message may repeat it: its first 40 characters.
pub fn shorten(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    if text.chars().count() > 40 {
        short.push('…');
    }
    short
}

/// Percent-encodes a text for a query or a path segment.
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn decode(text: &str) -> Result<String, Fault> {
    let malformed = || Fault::bad("fault-query-malformed", [("value", shorten(text))]);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|d| char::from(d).to_digit(16)).ok_or_else(malformed);
                (digit()? * 16 + digit()?) as u8
            }
            byte => byte,
        });
    }
    let decoded = String::from_utf8(bytes).map_err(|_| malformed())?;
    if decoded.contains('\0') { Err(malformed()) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_decode_and_write_back() {
        let query = Query::parse("q=L%27Ha%C3%BF+les&vide=&q=autre").unwrap();
        assert_eq!(query.get("q"), Some("L'Haÿ les"));
        assert_eq!(query.get("vide"), None);
        assert_eq!(Query::parse(&query.address("")[1..]).unwrap().get("q"), query.get("q"));
        assert_eq!(query.with(&[("q", "a&b=c"), ("page", "2")]).address("/r"), "/r?q=a%26b%3Dc&page=2");
        assert_eq!(query.with(&[("q", "")]).address("/r"), "/r");
    }

    #[test]
    fn malformed_and_oversized_queries_are_refused() {
        for raw in ["q=%", "q=%2", "q=%zz", "q=%C3", "%ff=1", "q=%00"] {
            assert!(Query::parse(raw).is_err(), "{raw}");
        }
        assert!(Query::parse(&"a".repeat(MAX_QUERY)).is_ok());
        assert!(Query::parse(&"a".repeat(MAX_QUERY + 1)).is_err());
    }

    #[test]
    fn pages_are_numbers_within_the_table() {
        for (raw, last, page) in [("", 3, Some(1)), ("page=3", 3, Some(3)), ("page=4", 3, None), ("page=0", 3, None)] {
            assert_eq!(Query::parse(raw).unwrap().page(last).ok(), page, "{raw}");
        }
        assert!(Query::parse("page=-1").unwrap().page(3).is_err());
        assert_eq!(Query::parse("page=1").unwrap().page(0), Ok(1), "an empty table has one page");
    }

    #[test]
    fn the_language_comes_from_the_address_then_the_cookie_then_the_browser() {
        let visit = |uri: &str, cookie: &str, accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
            Visit::read(&uri.parse().unwrap(), &headers).unwrap()
        };
        assert_eq!(visit("/a?lang=en&q=x", "lang=fr", "fr").lang, Lang::En);
        assert_eq!(visit("/a?lang=en&q=x", "lang=fr", "fr").here(), "/a?q=x");
        assert_eq!(visit("/a", "x=1; lang=en", "fr").lang, Lang::En);
        assert_eq!(visit("/a?lang=tlh", "", "en").lang, Lang::En);
        assert!(!visit("/a", "lang=en", "").remember);
    }
}
