//! Search: the page of results, and the suggestions of the search field.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use pacte_territory::Level;
use serde::Serialize;

use super::{answer, capital, frame};
use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::labels;
use crate::request::Visit;
use crate::search::Hit;
use crate::state::{AppState, Portal};
use crate::subject::Subject;

/// Answers on the page.
const RESULTS: usize = 60;
/// Suggestions under the field.
const SUGGESTIONS: usize = 8;
/// Longest text searched, characters; longer ones are a mistake.
const LONGEST: usize = 100;

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Level slug.
    pub level: &'static str,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Level, code and where it lies.
    pub context: String,
    /// Its page.
    pub url: String,
}

/// Answers of one level.
#[derive(Clone, Debug)]
struct Group {
    title: String,
    answers: Vec<Answer>,
}

/// A territory to start from.
#[derive(Clone, Debug)]
struct Start {
    label: String,
    href: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/search.html")]
struct SearchPage {
    frame: Frame,
    title: String,
    query: String,
    summary: String,
    groups: Vec<Group>,
    starts: Vec<Start>,
}

#[derive(Debug, Serialize)]
struct Suggestions {
    query: String,
    results: Vec<Answer>,
}

fn text_of(visit: &Visit) -> Result<&str, Fault> {
    let text = visit.query.get("q").unwrap_or_default();
    if text.chars().count() > LONGEST {
        return Err(Fault::bad("fault-search-too-long", [("limit", LONGEST.to_string())]));
    }
    Ok(text)
}

/// `GET /recherche?q=`: results by level; without a question, where to start.
///
/// # Errors
/// 400 when the text is too long.
pub async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let lang = visit.lang;
    let text = text_of(&visit)?.to_owned();
    let hits = if text.is_empty() { Vec::new() } else { portal.search.search(&text, RESULTS) };
    let title = if text.is_empty() {
        lang.tr("search-title")
    } else {
        lang.tr_with("search-title-for", [("q", text.as_str())])
    };
    let summary = match (text.is_empty(), hits.len()) {
        (true, _) => String::new(),
        (false, 0) => lang.tr_with("search-none", [("q", text.as_str())]),
        (false, RESULTS) => lang.tr_count("search-first", RESULTS as u64),
        (false, n) => lang.tr_count("search-count", n as u64),
    };
    // Groups in the order of their best answer.
    let mut groups: Vec<(Level, Group)> = Vec::new();
    for hit in &hits {
        let answer = describe(&portal, lang, hit);
        match groups.iter_mut().find(|(level, _)| *level == hit.level) {
            Some((_, group)) => group.answers.push(answer),
            None => groups.push((hit.level, Group { title: capital(&lang.levels(hit.level)), answers: vec![answer] })),
        }
    }
    let mut frame = frame(&portal, &visit, Section::Territories, title.clone(), lang.tr("search-description"));
    frame.query.clone_from(&text);
    frame.indexed = text.is_empty();
    let page = SearchPage {
        frame,
        title,
        query: text,
        summary,
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        starts: if hits.is_empty() { starts(&portal, lang) } else { Vec::new() },
    };
    answer(&visit, &page)
}

/// `GET /recherche.json?q=`: `{query, results: [{level, code, name, context, url}]}`, at most eight.
///
/// # Errors
/// 400 when the text is too long.
pub async fn suggest(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let text = text_of(&visit)?;
    let hits = if text.is_empty() { Vec::new() } else { portal.search.search(text, SUGGESTIONS) };
    let results = hits.iter().map(|hit| describe(&portal, visit.lang, hit)).collect();
    let mut response = Json(Suggestions { query: text.to_owned(), results }).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    headers.append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    Ok(response)
}

fn describe(portal: &Portal, lang: Lang, hit: &Hit) -> Answer {
    let subject = Subject::new(&portal.atlas, lang, hit.level, hit.area);
    let mut context = labels::level_and_code(lang, hit.level, &subject.code);
    if let Some(home) = subject.ancestors().into_iter().rev().find(|home| home.level != Level::Country) {
        context = format!("{context} · {}", home.name);
    }
    Answer { level: hit.level.slug(), url: subject.url(), code: subject.code, name: subject.name, context }
}

/// The country and its regions.
fn starts(portal: &Portal, lang: Lang) -> Vec<Start> {
    let country = Subject::new(&portal.atlas, lang, Level::Country, 0);
    let level =
        if portal.atlas.territory().grouping(Level::Region).is_some() { Level::Region } else { Level::Departement };
    std::iter::once(country.clone())
        .chain((0..portal.atlas.territory().count(level)).map(|area| country.other(level, area)))
        .map(|subject| Start { href: subject.url(), label: subject.name })
        .collect()
}
