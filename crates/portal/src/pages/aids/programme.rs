//! `/aides/programmes/{id}`: the public page of a programme, made from its definition, with the map of where it applies on a day.

use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use pacte_access::layers::Layers;
use pacte_programmes::audience::{PROFESSION, STAGE};
use pacte_programmes::lifecycle::Guard;
use pacte_programmes::{Catalogue, Programme};
use pacte_rules::rule::Kind;
use pacte_rules::{Answer, FactId, Facts, Status, Truth, Value};
use pacte_territory::Level;

use super::super::{frame, last_crumb, render};
use super::asked::bad_day;
use super::cards::{doubts, every_so_often, provision, standing};
use super::{apart, crumb_home, layers};
use crate::aids::today;
use crate::error::{Fault, Suggestion};
use crate::format;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::labels::typeset;
use crate::request::{Visit, encode, shorten};
use crate::state::{AppState, Portal};
use crate::svg_map::{self, Choropleth, MapNaming};
use crate::view::{CellView, Head, RowView, TableView};

/// Where it applies; where it does not.
const INSIDE: &str = "#0b4552";
const OUTSIDE: &str = "#f3eed8";

/// A line of text with its provision.
#[derive(Clone, Debug)]
struct Item {
    label: String,
    text: String,
    reference: String,
    href: String,
    note: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/aids/programme.html")]
struct ProgrammePage {
    frame: Frame,
    title: String,
    short: String,
    summary: String,
    standing: String,
    successors: Vec<(String, String)>,
    predecessors: Vec<(String, String)>,
    /// Engagements of pacts that it serves.
    serves: Vec<(String, String)>,
    professions: String,
    stages: String,
    operator: String,
    contact: String,
    contact_link: String,
    validity: String,
    conditions: Vec<Item>,
    payments: Vec<Item>,
    computations: Vec<Item>,
    parameters: TableView,
    duties: Vec<Item>,
    steps: TableView,
    beside: Vec<Item>,
    figures: TableView,
    basis: Vec<Item>,
    doubts: Vec<String>,
    svg: String,
    day: String,
    day_problem: String,
    counts: String,
    everywhere: bool,
    sources: String,
    hash: String,
    simulate: String,
}

/// `GET /aides/programmes/{id}?le=`.
///
/// # Errors
/// 404 for an unknown programme.
pub(super) async fn show(
    State(portal): State<AppState>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    apart(portal, visit, move |portal, visit| page(portal, visit, &id)).await
}

/// Professions a programme is for, in words.
pub(super) fn professions(catalogue: &Catalogue, programme: &Programme) -> String {
    words(catalogue, PROFESSION, &programme.identity.professions)
}

/// Name of a programme that is cited but not defined.
fn cited(catalogue: &Catalogue, id: &str) -> String {
    let known = catalogue.vocabulary.cited.iter().find(|cited| *cited.name == *id);
    known.map_or_else(|| id.to_owned(), |cited| cited.label.clone())
}

fn words(catalogue: &Catalogue, fact: &str, ids: &[Arc<str>]) -> String {
    let Some(fact) = catalogue.dictionary.id(fact).map(|fact| catalogue.dictionary.fact(fact)) else {
        return String::new();
    };
    if ids.len() == fact.choices.len() {
        return String::new();
    }
    let each = ids.iter().map(|id| {
        fact.choices.iter().find(|(known, _)| known == id).map_or_else(|| id.to_string(), |(_, label)| label.fr.clone())
    });
    each.collect::<Vec<_>>().join(", ")
}

fn page(portal: &AppState, visit: &Visit, id: &str) -> Result<Bytes, Fault> {
    let lang = visit.lang;
    let catalogue = portal.aids.catalogue();
    let Some(programme) = catalogue.programme(id) else {
        let near = catalogue.programmes().iter().map(|known| Suggestion {
            label: known.identity.title.clone(),
            note: String::new(),
            href: format!("/aides/programmes/{}", known.id()),
        });
        let fault = Fault::missing("fault-programme", [("value", shorten(id))]);
        return Err(fault.suggesting(near.take(8).collect(), ""));
    };
    let asked = visit.query.get("le");
    let last = programme.identity.to.unwrap_or(Date::MAX);
    // A closed programme is shown as on its last day.
    let usual = today().min(last).max(programme.identity.from);
    let (day, day_problem) = match asked.map(str::parse::<Date>) {
        Some(Ok(day)) if (1990..=2100).contains(&day.year()) => (day, String::new()),
        Some(_) => (usual, bad_day(lang, asked.unwrap_or_default(), usual)),
        None => (usual, String::new()),
    };
    let layers = layers(portal)?;
    let applies = portal.aids.maps.get_or_make((programme.hash.clone(), day, lang, layers.generation()), |_| {
        Ok::<_, Infallible>(applies(portal, &layers, programme, lang, day))
    });
    let Ok(applies) = applies;
    let identity = &programme.identity;
    let parameters = programme.parameters();
    let role = |id: &str| {
        let known = catalogue.vocabulary.roles.iter().find(|(name, _)| **name == *id);
        known.map_or_else(|| id.to_owned(), |(_, label)| label.clone())
    };
    let item = |label: &str, text: String, reference: &str| Item {
        label: typeset(label),
        text: typeset(&text),
        href: provision(programme, reference),
        reference: reference.to_owned(),
        note: String::new(),
    };
    let named = |ids: &mut dyn Iterator<Item = &Arc<str>>| -> Vec<(String, String)> {
        ids.map(|id| {
            let known = catalogue.programme(id);
            let title = known.map_or_else(|| cited(&catalogue, id), |known| known.identity.title.clone());
            (title, known.map(|_| format!("/aides/programmes/{id}")).unwrap_or_default())
        })
        .collect()
    };
    let every = |period: Option<pacte_rules::Period>| {
        period.map_or_else(|| lang.tr("aids-once"), |period| every_so_often(lang, period))
    };
    let validity = match identity.to {
        Some(to) => {
            lang.tr_with("aids-from-to", [("from", format::date(lang, identity.from)), ("to", format::date(lang, to))])
        }
        None => lang.tr_with("aids-since", [("from", format::date(lang, identity.from))]),
    };
    let frame = frame(portal, visit, Section::Aids, identity.title.clone(), identity.summary.on(parameters, day));
    let page = ProgrammePage {
        frame: Frame { crumbs: vec![crumb_home(lang), last_crumb(identity.title.clone())], ..frame },
        title: typeset(&identity.title),
        short: identity.short.clone(),
        summary: typeset(&identity.summary.on(parameters, day)),
        standing: standing(lang, programme.standing(today())),
        successors: named(&mut identity.replaced_by.iter().map(|(_, id)| id)),
        predecessors: named(&mut identity.replaces.iter().map(|(_, id)| id)),
        serves: catalogue
            .pledges_served(programme.id())
            .map(|(pact, pledge)| {
                let name = format!("{}, engagement {} : {}", pact.title, pledge.number, pledge.title);
                (typeset(&name), format!("/aides/pactes/{}#engagement-{}", pact.id, pledge.number))
            })
            .collect(),
        professions: professions(&catalogue, programme),
        stages: words(&catalogue, STAGE, &identity.stages),
        operator: typeset(&role(&identity.operator.role)),
        contact: typeset(&identity.operator.contact),
        contact_link: identity.operator.link.clone(),
        validity,
        conditions: conditions(programme),
        payments: programme
            .payments
            .payments
            .iter()
            .map(|payment| Item {
                note: every(payment.every),
                ..item(
                    &payment.label,
                    lang.tr_with("aids-payer", [("payer", role(&payment.payer))]),
                    &payment.reference,
                )
            })
            .collect(),
        computations: programme
            .amounts
            .all()
            .iter()
            .map(|computation| item(&computation.label, String::new(), &computation.reference))
            .collect(),
        parameters: parameter_table(programme, lang),
        duties: programme
            .obligations
            .iter()
            .map(|duty| Item {
                note: every(duty.every),
                ..item(&duty.label, duty.text.on(parameters, day), &duty.reference)
            })
            .collect(),
        steps: step_table(programme, lang, &role),
        beside: [
            (&programme.incompatibilities.barred, "aids-barred"),
            (&programme.incompatibilities.allowed, "aids-allowed"),
        ]
        .into_iter()
        .flat_map(|(list, key)| list.iter().map(move |beside| (beside, key)))
        .map(|(beside, key)| item(&lang.tr(key), beside.text.on(parameters, day), &beside.reference))
        .collect(),
        figures: figure_table(programme, lang),
        basis: identity
            .basis
            .iter()
            .map(|basis| Item {
                label: typeset(&basis.reference),
                text: typeset(&basis.title),
                reference: String::new(),
                href: basis.link.clone(),
                note: String::new(),
            })
            .collect(),
        doubts: doubts(programme, day),
        svg: applies.svg.clone(),
        counts: applies.told.clone(),
        everywhere: applies.everywhere,
        sources: applies.sources.clone(),
        day: day.to_string(),
        day_problem,
        hash: programme.hash[..12].to_owned(),
        simulate: simulate(programme),
    };
    render(&page)
}

/// The simulator with the first profession and stage of the programme.
fn simulate(programme: &Programme) -> String {
    let mut parameters: Vec<String> = Vec::new();
    for (fact, ids) in [(PROFESSION, &programme.identity.professions), (STAGE, &programme.identity.stages)] {
        if let [only] = &ids[..] {
            parameters.push(format!("f.{fact}={}", encode(only)));
        }
    }
    let query = parameters.join("&");
    if query.is_empty() { super::SIMULATOR.to_owned() } else { format!("{}?{query}", super::SIMULATOR) }
}

/// The conditions of the first level, as they are when met.
fn conditions(programme: &Programme) -> Vec<Item> {
    let rule = &programme.eligibility;
    let root = rule.node(rule.root());
    let own: Vec<u32> = if matches!(root.kind, Kind::All) && root.id.is_none() {
        rule.children(rule.root()).to_vec()
    } else {
        vec![rule.root()]
    };
    own.into_iter()
        .map(|rank| {
            let node = rule.node(rank);
            let reference = node.reference.as_deref().unwrap_or_default();
            let told = node.texts.yes.as_ref().unwrap_or(&node.description);
            Item {
                label: String::new(),
                text: typeset(told),
                href: provision(programme, reference),
                reference: reference.to_owned(),
                note: typeset(&node.description),
            }
        })
        .collect()
}

fn parameter_table(programme: &Programme, lang: Lang) -> TableView {
    let mut rows = Vec::new();
    for parameter in programme.parameters().all() {
        for dated in &parameter.values {
            let days = match (dated.from, dated.to) {
                (Some(from), Some(to)) => {
                    lang.tr_with("aids-from-to", [("from", format::date(lang, from)), ("to", format::date(lang, to))])
                }
                (Some(from), None) => lang.tr_with("aids-since", [("from", format::date(lang, from))]),
                (None, Some(to)) => lang.tr_with("aids-until", [("to", format::date(lang, to))]),
                (None, None) => lang.tr("aids-always"),
            };
            let unverified = dated.status == Status::Unverified;
            let note = if unverified {
                lang.tr_with("aids-unverified", [("note", dated.note.as_str())])
            } else {
                dated.note.clone()
            };
            rows.push(RowView {
                cells: vec![
                    CellView::text(typeset(&parameter.label)),
                    CellView::text(dated.value.to_string()),
                    CellView::text(days),
                    CellView::text(typeset(&dated.source)).with_note(typeset(&note)),
                ],
                current: false,
            });
        }
    }
    TableView {
        id: "parametres".to_owned(),
        caption: lang.tr("aids-parameters"),
        heads: ["aids-parameter", "aids-value", "aids-days", "aids-source"]
            .map(|key| Head::text(lang.tr(key)))
            .to_vec(),
        rows,
        ..TableView::default()
    }
}

fn step_table(programme: &Programme, lang: Lang, role: &dyn Fn(&str) -> String) -> TableView {
    let lifecycle = &programme.lifecycle;
    let state = |id: &str| lifecycle.state(id).map_or_else(|| id.to_owned(), |state| state.label.clone());
    let rows = lifecycle.transitions.iter().map(|step| {
        let from: Vec<String> = step.from.iter().map(|id| state(id)).collect();
        let mut notes: Vec<String> = Vec::new();
        if matches!(step.guard, Some(Guard::Eligibility)) {
            notes.push(lang.tr("aids-step-guard"));
        }
        if let Some(within) = step.within {
            notes.push(lang.tr_with("aids-step-within", [("period", Value::Period(within).to_string())]));
        }
        let document = step.document.as_ref().and_then(|id| lifecycle.documents.iter().find(|known| known.id == *id));
        notes.extend(document.map(|document| document.title.clone()));
        RowView {
            cells: vec![
                CellView::text(typeset(&step.label)).with_note(typeset(&notes.join(" ; "))),
                CellView::text(typeset(&role(&step.role))),
                CellView::text(typeset(&from.join(", "))),
                CellView::text(typeset(&state(&step.to))),
            ],
            current: false,
        }
    });
    TableView {
        id: "etapes".to_owned(),
        caption: lang.tr("aids-steps"),
        heads: ["aids-step", "aids-step-who", "aids-step-from", "aids-step-to"]
            .map(|key| Head::text(lang.tr(key)))
            .to_vec(),
        rows: rows.collect(),
        ..TableView::default()
    }
}

/// Targets and published values; those that disagree stand side by side.
fn figure_table(programme: &Programme, lang: Lang) -> TableView {
    let mut rows = Vec::new();
    for indicator in &programme.indicators {
        for (points, key) in [(&indicator.targets, "aids-target"), (&indicator.published, "aids-published")] {
            rows.extend(points.iter().map(|point| RowView {
                cells: vec![
                    CellView::text(typeset(&indicator.label)),
                    CellView::text(lang.tr(key)),
                    CellView::text(format::date(lang, point.day)),
                    CellView::text(point.value.to_string()),
                    CellView::text(typeset(&point.source)),
                ],
                current: false,
            }));
        }
    }
    TableView {
        id: "chiffres".to_owned(),
        caption: lang.tr("aids-figures"),
        heads: ["aids-figure", "aids-kind", "aids-date", "aids-value", "aids-source"]
            .map(|key| Head::text(lang.tr(key)))
            .to_vec(),
        rows,
        ..TableView::default()
    }
}

/// Where a programme applies on a day: a drawing and what it counts.
#[derive(Debug)]
pub struct Applies {
    svg: String,
    told: String,
    sources: String,
    everywhere: bool,
}

fn applies(portal: &Portal, layers: &Layers, programme: &Programme, lang: Lang, day: Date) -> Applies {
    let Some(outcomes) = outcomes(layers, programme, day, 0..layers.territory().len() as u32) else {
        return Applies {
            svg: String::new(),
            told: lang.tr("aids-everywhere"),
            sources: String::new(),
            everywhere: true,
        };
    };
    let territory = portal.atlas.territory();
    let people = territory.latest("population.municipal");
    let mut counts = [(0_u64, 0.0); 3];
    for (commune, truth) in (0_u32..).zip(&outcomes) {
        let slot = &mut counts[match truth {
            Truth::Yes => 0,
            Truth::Unknown => 1,
            Truth::No => 2,
        }];
        slot.0 += 1;
        slot.1 += people.and_then(|people| people.get(commune)).unwrap_or(0.0);
    }
    let number = |count: f64| format::number(lang, count, 0).unwrap_or_default();
    let told = lang.tr_with(
        "aids-map-counts",
        [
            ("yes", number(counts[0].0 as f64)),
            ("yespeople", number(counts[0].1)),
            ("open", number(counts[1].0 as f64)),
            ("no", number(counts[2].0 as f64)),
        ],
    );
    let outline = [Level::Region, Level::Departement].into_iter().find(|level| territory.topology.count(*level) > 1);
    let name = |commune: u32| territory.area(Level::Commune, commune);
    let map = Choropleth {
        territory,
        extent: &portal.extent,
        level: Level::Commune,
        areas: None,
        color: &|commune| match outcomes[commune as usize] {
            Truth::Yes => Some(INSIDE),
            Truth::No => Some(OUTSIDE),
            Truth::Unknown => None,
        },
        title: &|commune| {
            let key = match outcomes[commune as usize] {
                Truth::Yes => "aids-map-yes",
                Truth::No => "aids-map-no",
                Truth::Unknown => "aids-map-open",
            };
            typeset(&format!("{} : {}", name(commune).name, lang.tr(key)))
        },
        outline,
        marked: None,
    };
    let title =
        lang.tr_with("aids-map-title", [("title", programme.identity.title.clone()), ("day", format::date(lang, day))]);
    let svg = svg_map::choropleth(&map, MapNaming { id: "aide-carte", title: &title }).unwrap_or_default();
    Applies { svg, told, sources: sources(layers, programme), everywhere: false }
}

/// Where the zonings a programme asks for are read.
fn sources(layers: &Layers, programme: &Programme) -> String {
    let labels = programme.identity.layers.iter().filter_map(|layer| layers.definition(layer));
    typeset(&labels.map(|layer| layer.label.clone()).collect::<Vec<_>>().join(" ; "))
}

/// What the map of a programme says of one commune; yes when it asks for no zone.
pub(super) fn at(layers: &Layers, programme: &Programme, commune: u32, day: Date) -> Truth {
    outcomes(layers, programme, day, commune..commune + 1).map_or(Truth::Yes, |one| one[0])
}

/// Commune by commune: no where the place alone refuses, yes where a zone of the programme holds it, unknown where its zoning is; `None`
/// when no zone is asked.
fn outcomes(layers: &Layers, programme: &Programme, day: Date, communes: Range<u32>) -> Option<Vec<Truth>> {
    let zones = programme.eligibility.zones();
    if zones.is_empty() {
        return None;
    }
    let dictionary = &programme.context.dictionary;
    let within: Vec<Arc<[Truth]>> = zones.iter().filter_map(|(_, zone)| layers.everywhere(zone, day)).collect();
    let territory = layers.territory();
    let world = layers.on(day);
    let mut facts = Facts::on(dictionary, day);
    let places: Vec<FactId> = zones.iter().map(|(fact, _)| *fact).collect();
    let truths = communes.map(|commune| {
        let place: Arc<str> = territory.area(Level::Commune, commune).code.into();
        for fact in &places {
            let value = Value::Place(Arc::clone(&place));
            let value = if dictionary.fact(*fact).list { Value::List(vec![value]) } else { value };
            facts.put(*fact, Some(Answer::Value(value)));
        }
        let held = within.iter().map(|known| known[commune as usize]).max().unwrap_or(Truth::Unknown);
        match programme.eligibility.verdict(&facts, &world, day) {
            Truth::No => Truth::No,
            // In no zone for certain, and yet not refused: who one is may do.
            _ if held == Truth::No => Truth::Yes,
            _ => held,
        }
    });
    Some(truths.collect())
}
