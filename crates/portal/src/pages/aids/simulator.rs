//! `/aides/simulateur`: one person, one or several places, one day; what applies, how much, in return for what, and why.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use pacte_access::layers::{Layers, Membership};
use pacte_programmes::audience::{PROFESSION, STAGE};
use pacte_programmes::{Catalogue, Finding, Programme, Standing};
use pacte_rules::evaluate::Gap;
use pacte_rules::{Answer, Facts, Rule, Truth, question};

use super::super::{frame, last_crumb, render};
use super::asked::{Asked, MOST_PLACES, PLACE, PlaceField, Spot, say};
use super::cards::{Card, Shade, Viewer, label};
use super::question::{QuestionView, question as ask};
use super::{HOME, SIMULATOR, apart, crumb_home, layers};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::request::{Query, Visit};
use crate::state::{AppState, Portal};
use crate::view::{CellView, Head, RowView, TableView};

/// A chosen answer that can be changed.
#[derive(Clone, Debug)]
pub(super) struct Given {
    label: String,
    value: String,
    problem: String,
    /// The same page without it.
    without: String,
}

/// A line of contracts had before.
#[derive(Clone, Debug)]
pub(super) struct ContractRow {
    rank: usize,
    programmes: Vec<(String, String, bool)>,
    states: Vec<(String, String, bool)>,
    from: String,
    to: String,
}

/// A place of the form.
#[derive(Clone, Debug)]
pub(super) struct PlaceInput {
    rank: usize,
    text: String,
    problem: String,
    choices: Vec<(String, String)>,
}

impl PlaceInput {
    /// Its number for people.
    fn number(&self) -> String {
        (self.rank + 1).to_string()
    }
}

/// A class of the zoning a place is in.
#[derive(Clone, Debug)]
pub(super) struct ZoneView {
    pub text: String,
    pub source: String,
}

impl ZoneView {
    /// What is said of the place, with its source.
    pub(super) fn line(&self) -> String {
        if self.source.is_empty() { self.text.clone() } else { format!("{} – {}", self.text, self.source) }
    }
}

#[derive(Debug, Template)]
#[template(path = "pages/aids/simulator.html")]
struct SimulatorPage {
    frame: Frame,
    first: Vec<QuestionView>,
    birth: Option<QuestionView>,
    places: Vec<PlaceInput>,
    day: String,
    day_problem: String,
    /// Parameters that the first form keeps.
    kept: Vec<(String, String)>,
    started: bool,
    next: Option<QuestionView>,
    history: bool,
    contracts: Vec<ContractRow>,
    history_problem: String,
    /// Parameters that the next question keeps.
    carried: Vec<(String, String)>,
    pass: String,
    passed: usize,
    unpass: String,
    given: Vec<Given>,
    strangers: String,
    headline: String,
    place_name: String,
    zones: Vec<ZoneView>,
    comparison: Option<TableView>,
    cards: Vec<Card>,
    closed: Vec<Card>,
    others: usize,
    done: String,
    trouble: bool,
    /// Parameters that the forms of cards keep.
    kept_for_cards: Vec<(String, String)>,
    pdf: String,
    link: String,
    here: String,
}

/// `GET /aides/simulateur`.
///
/// # Errors
/// 500 when a published zoning is damaged or the page cannot be rendered.
pub(super) async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    apart(portal, visit, page).await
}

/// Everything that is said to somebody, at one place.
pub(super) struct Told {
    pub cards: Vec<Card>,
    pub closed: Vec<Card>,
    /// Programmes for other professions or stages.
    pub others: usize,
}

/// Programmes in front of a person at one place.
pub(super) fn told(
    portal: &Portal,
    catalogue: &Catalogue,
    layers: &Layers,
    lang: Lang,
    asked: &Asked,
    spot: Option<&Spot>,
) -> Told {
    let facts = asked.facts_at(catalogue, spot);
    let world = layers.on(asked.day);
    let viewer = Viewer { portal, catalogue, lang, asked, spot, facts: &facts, world: &world };
    let mut told = Told { cards: Vec::new(), closed: Vec::new(), others: 0 };
    for programme in catalogue.programmes() {
        if programme.audience(&facts) == Truth::No {
            told.others += 1;
            continue;
        }
        let finding = Finding {
            successors: successors(catalogue, programme, asked),
            ..programme.evaluate(&facts, &world, asked.day)
        };
        let card = viewer.card(programme, &finding);
        if finding.standing == Standing::Open { told.cards.push(card) } else { told.closed.push(card) }
    }
    // The nearest to an answer first.
    told.cards.sort_by_key(|card| (card.shade, card.missing.len()));
    told
}

fn successors(catalogue: &Catalogue, programme: &Programme, asked: &Asked) -> Vec<Arc<str>> {
    match programme.standing(asked.day) {
        Standing::Closed(_) => catalogue.successors(programme.id()).iter().map(|next| Arc::clone(next.id())).collect(),
        _ => Vec::new(),
    }
}

fn page(portal: &AppState, visit: &Visit) -> Result<Bytes, Fault> {
    let lang = visit.lang;
    let catalogue = portal.aids.catalogue();
    let asked = Asked::read(portal, &catalogue, lang, &visit.query);
    let layers = layers(portal)?;
    let started = asked.is_started(&catalogue);
    let shown = asked.shown(&visit.query);
    let spot = shown;
    let told = if started {
        told(portal, &catalogue, &layers, lang, &asked, spot)
    } else {
        Told { cards: Vec::new(), closed: Vec::new(), others: 0 }
    };
    let next = if started { next_question(&catalogue, &layers, &asked, spot) } else { None };
    let query = &visit.query;
    let first: Vec<QuestionView> = [PROFESSION, STAGE]
        .iter()
        .filter_map(|name| Some(ask(&catalogue, lang, catalogue.dictionary.id(name)?, &asked)))
        .collect();
    let birth = catalogue.dictionary.id("identite.annee_naissance").map(|fact| ask(&catalogue, lang, fact, &asked));
    let in_first = |name: &str| {
        matches!(name, "lieu" | "le" | "ici" | "lang")
            || first.iter().chain(&birth).any(|question| question.name == name)
    };
    let history =
        matches!(next, Some(Gap::History)) || !asked.contracts.is_empty() || !asked.history_problem.is_empty();
    let next_view = match &next {
        Some(Gap::Fact(fact)) => Some(ask(&catalogue, lang, *fact, &asked)),
        _ => None,
    };
    let passing = next_view.as_ref().map_or("parcours", |view| view.fact.as_str()).to_owned();
    let carried = |name: &str| {
        name != "lang"
            && next_view.as_ref().is_none_or(|view| view.name != name)
            && !(history && next_view.is_none() && (name == "parcours" || is_contract(name)))
    };
    // What is kept or sent must answer the same tomorrow.
    let dated = query.only(|name| name != "lang").with(&[("le", &asked.day.to_string())]);
    let done = if !asked.passed.is_empty() {
        lang.tr("aids-done-passed")
    } else if asked.spots.is_empty() {
        lang.tr("aids-done-place")
    } else {
        lang.tr("aids-done")
    };
    let counts = |shade| told.cards.iter().filter(|card| card.shade == shade).count().to_string();
    let frame = frame(portal, visit, Section::Aids, lang.tr("aids-simulator-title"), lang.tr("aids-simulator-lede"));
    let page = SimulatorPage {
        frame: Frame {
            crumbs: vec![crumb_home(lang), last_crumb(lang.tr("aids-simulator-title"))],
            indexed: query.pairs().next().is_none(),
            ..frame
        },
        kept: owned(&query.only(|name| !in_first(name))),
        done,
        trouble: portal.aids.trouble().is_some(),
        kept_for_cards: owned(&query.only(|name| name != "lang")),
        carried: owned(&query.only(carried)),
        pass: query.only(|name| name != "lang").and("passe", &passing).address(SIMULATOR),
        passed: asked.passed.len(),
        unpass: query.only(|name| !matches!(name, "passe" | "lang")).address(SIMULATOR),
        given: given(portal, &catalogue, lang, &asked, query, &in_first),
        strangers: asked.strangers.join(", "),
        headline: lang.tr_with(
            "aids-headline",
            [("yes", counts(Shade::Yes)), ("check", counts(Shade::Check)), ("no", counts(Shade::No))],
        ),
        place_name: spot.map(|spot| format!("{} ({})", spot.name, spot.code)).unwrap_or_default(),
        zones: spot.map(|spot| zones(&catalogue, &layers, lang, &asked, spot)).unwrap_or_default(),
        comparison: (started && asked.spots.len() > 1).then(|| comparison(&catalogue, &layers, lang, &asked, query)),
        contracts: contract_rows(&catalogue, &asked),
        history_problem: asked.history_problem.clone(),
        history,
        next: next_view,
        places: places(&asked.fields),
        day: asked.day_text.clone(),
        day_problem: asked.day_problem.clone(),
        first,
        birth,
        started,
        cards: told.cards,
        closed: told.closed,
        others: told.others,
        pdf: dated.address("/aides/simulateur.pdf"),
        link: dated.address(SIMULATOR),
        here: SIMULATOR.to_owned(),
    };
    render(&page)
}

fn owned(query: &Query) -> Vec<(String, String)> {
    query.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn is_contract(name: &str) -> bool {
    name.strip_prefix('p').and_then(|rest| rest.chars().next()).is_some_and(|c| c.is_ascii_digit())
}

/// The question to ask now: the one whose answers settle most of what is not, over every programme that may be had.
fn next_question(catalogue: &Catalogue, layers: &Layers, asked: &Asked, spot: Option<&Spot>) -> Option<Gap> {
    let facts = asked.facts_at(catalogue, spot);
    let world = layers.on(asked.day);
    let rules: Vec<&Rule> = catalogue
        .programmes()
        .iter()
        .filter(|programme| programme.standing(asked.day) == Standing::Open && programme.audience(&facts) != Truth::No)
        .map(|programme| &programme.eligibility)
        .collect();
    let may_ask = |gap: &Gap| match gap {
        Gap::Fact(fact) => {
            let fact = catalogue.dictionary.fact(*fact);
            !asked.has_passed(&fact.name) && &*fact.name != PLACE
        }
        Gap::History => !asked.has_passed("parcours"),
        _ => false,
    };
    // Contracts are a form of several fields: asked once nothing else is left.
    let simple = |gap: &Gap| may_ask(gap) && *gap != Gap::History;
    question::next_among(&rules, &facts, &world, asked.day, &simple)
        .or_else(|| question::next_among(&rules, &facts, &world, asked.day, &may_ask))
        .map(|question| question.about)
}

fn places(fields: &[PlaceField]) -> Vec<PlaceInput> {
    let mut inputs: Vec<PlaceInput> = fields
        .iter()
        .enumerate()
        .map(|(rank, field)| PlaceInput {
            rank,
            text: field.text.clone(),
            problem: field.problem.clone(),
            choices: field.choices.clone(),
        })
        .collect();
    // One more to fill in, as long as there is room.
    if inputs.len() < MOST_PLACES {
        inputs.push(PlaceInput {
            rank: inputs.len(),
            text: String::new(),
            problem: String::new(),
            choices: Vec::new(),
        });
    }
    inputs
}

fn given(
    portal: &Portal,
    catalogue: &Catalogue,
    lang: Lang,
    asked: &Asked,
    query: &Query,
    in_first: &dyn Fn(&str) -> bool,
) -> Vec<Given> {
    let mut given = Vec::new();
    for typed in &asked.typed {
        let fact = catalogue.dictionary.fact(typed.fact);
        let name = format!("{}{}", super::asked::FACT, fact.name);
        if in_first(&name) {
            continue;
        }
        let value = match asked.facts.get(typed.fact) {
            Some(answer) => say(portal, fact, answer, lang),
            None => typed.values.join(", "),
        };
        let without = query.only(|known| known != name && known != "lang").address(SIMULATOR);
        given.push(Given { label: label(lang, &fact.label), value, problem: typed.problem.clone(), without });
    }
    if !asked.contracts.is_empty() || asked.facts.history.complete || !asked.history_problem.is_empty() {
        let count = asked.facts.history.engagements.len().to_string();
        let without = query.only(|name| name != "parcours" && name != "lang" && !is_contract(name)).address(SIMULATOR);
        given.push(Given {
            label: lang.tr("aids-history"),
            value: lang.tr_with("aids-history-count", [("n", count)]),
            problem: asked.history_problem.clone(),
            without,
        });
    }
    given
}

fn contract_rows(catalogue: &Catalogue, asked: &Asked) -> Vec<ContractRow> {
    let blank = [String::new(), String::new(), String::new(), String::new()];
    let rows = asked.contracts.iter().chain([&blank, &blank]);
    rows.enumerate()
        .map(|(rank, [programme, state, from, to])| {
            let known = catalogue.programmes().iter().map(|known| (known.id(), known.identity.title.as_str()));
            let cited = catalogue.vocabulary.cited.iter().map(|cited| (&cited.name, cited.label.as_str()));
            ContractRow {
                rank,
                programmes: known
                    .chain(cited)
                    .map(|(id, title)| (id.to_string(), title.to_owned(), **id == **programme))
                    .collect(),
                states: [("actif", "en cours"), ("termine", "terminé"), ("rompu", "rompu"), ("suspendu", "suspendu")]
                    .map(|(id, label)| (id.to_owned(), label.to_owned(), id == state))
                    .to_vec(),
                from: from.clone(),
                to: to.clone(),
            }
        })
        .collect()
}

/// The classes a place is in that day, layer by layer, those that are not known told so.
pub(super) fn zones(catalogue: &Catalogue, layers: &Layers, lang: Lang, asked: &Asked, spot: &Spot) -> Vec<ZoneView> {
    let mut views = Vec::new();
    for (name, layer) in &catalogue.vocabulary.layers {
        let found = layers.memberships(name, &spot.place, asked.day);
        let label = |membership: &Membership| {
            let known = layer.classes.iter().find(|(class, _)| **class == *membership.class);
            known.map_or_else(|| membership.class.clone(), |(_, label)| label.clone())
        };
        let of = |truth: Truth| found.iter().filter(move |membership| membership.truth == truth);
        for membership in of(Truth::Yes) {
            let text = lang.tr_with("aids-zone-in", [("layer", layer.label.clone()), ("class", label(membership))]);
            views.push(ZoneView { text, source: membership.source.clone() });
        }
        let open: Vec<String> = of(Truth::Unknown).map(label).collect();
        if !open.is_empty() {
            let text = lang.tr_with("aids-zone-open", [("layer", layer.label.clone()), ("classes", open.join(", "))]);
            views.push(ZoneView { text, source: String::new() });
        } else if of(Truth::Yes).next().is_none() && !found.is_empty() {
            let text = lang.tr_with("aids-zone-out", [("layer", layer.label.clone())]);
            let source = found.iter().map(|membership| membership.source.clone()).next().unwrap_or_default();
            views.push(ZoneView { text, source });
        }
    }
    views
}

/// Programmes by place: a word each, and the amount when there is one.
fn comparison(catalogue: &Catalogue, layers: &Layers, lang: Lang, asked: &Asked, query: &Query) -> TableView {
    let world = layers.on(asked.day);
    let every: Vec<Facts> = asked.spots.iter().map(|spot| asked.facts_at(catalogue, Some(spot))).collect();
    let mut heads = vec![Head::text(lang.tr("aids-programme"))];
    heads.extend(asked.spots.iter().map(|spot| match spot.place.split_once('@') {
        Some((_, point)) => Head::text(format!("{} ({point})", spot.name)),
        None => Head::text(spot.name.clone()),
    }));
    let rows = catalogue
        .programmes()
        .iter()
        .filter(|programme| {
            programme.standing(asked.day) == Standing::Open && programme.audience(&asked.facts) != Truth::No
        })
        .map(|programme| {
            let title = &programme.identity.title;
            let mut cells = vec![CellView::link(title.clone(), format!("{HOME}/programmes/{}", programme.id()))];
            cells.extend(every.iter().enumerate().map(|(rank, facts)| {
                let shade = Shade::of(programme.truth(facts, &world, asked.day));
                let address = query
                    .only(|name| name != "ici" && name != "lang")
                    .and("ici", &(rank + 1).to_string())
                    .address(SIMULATOR);
                CellView::link(shade.word(lang), format!("{address}#{}", programme.id()))
            }));
            RowView { cells, current: false }
        })
        .collect();
    TableView {
        id: "comparaison".to_owned(),
        caption: lang.tr_with("aids-comparison", [("day", format::date(lang, asked.day))]),
        heads,
        rows,
        ..TableView::default()
    }
}

/// What was answered, for the printed summary: label and value, the first questions included.
pub(super) fn answers(portal: &Portal, catalogue: &Catalogue, lang: Lang, asked: &Asked) -> Vec<(String, String)> {
    let known = |typed: &super::asked::Typed| {
        let answer: &Answer = asked.facts.get(typed.fact)?;
        let fact = catalogue.dictionary.fact(typed.fact);
        Some((label(lang, &fact.label), say(portal, fact, answer, lang)))
    };
    asked.typed.iter().filter_map(known).collect()
}
