//! A proposal or a draft: what the method gives, what was moved, what stands in the way.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use pacte_access::zoning::ZoningMethod;
use pacte_access::zoning_layer::{Draft, Measured, Scope};

use super::units::{self, Filter};
use super::words::{self, ClassView, FaultView};
use super::{Subject, away, bench, compute, crumbs, fresh, here, method, open, region_level};
use crate::error::Fault;
use crate::frame::{Frame, Section};
use crate::labels::typeset;
use crate::map_block::Choice;
use crate::pages::{answer_with, frame, render};
use crate::request::{Visit, shorten};
use crate::state::{AppState, Portal};
use crate::svg_map::MOST_LINKS;
use crate::view::{Download, FigureCard, TableView};

mod parts;

pub(super) use parts::legend;
use parts::{
    data, details, downloads, drawing, figures, hidden, history, moves, notices, others, quarter_classes, quarters,
    subtitle, unit_form,
};

/// What was typed in a form that was refused, or nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// What is wrong, a message each; empty when nothing was refused.
    pub refusals: Vec<String>,
    /// Which form: `move`, `details`, `publish`; empty for none.
    pub form: String,
    /// Fields as typed.
    pub fields: crate::request::Query,
}

impl Typed {
    fn of(&self, form: &str, field: &str) -> Option<String> {
        (self.form == form).then(|| self.fields.get(field).unwrap_or_default().to_owned())
    }
}

/// A message at the top of the page.
#[derive(Clone, Debug)]
struct Notice {
    kind: &'static str,
    title: String,
    text: String,
}

/// The form of one unit.
#[derive(Clone, Debug)]
struct UnitForm {
    code: String,
    name: String,
    facts: Vec<(String, String)>,
    faults: Vec<FaultView>,
    choices: Vec<Choice>,
    reason: String,
    moved: bool,
    territory: String,
}

/// A decision that was taken.
#[derive(Clone, Debug)]
struct MoveView {
    unit: String,
    name: String,
    href: String,
    from: String,
    to: String,
    reason: String,
    faults: Vec<FaultView>,
}

#[expect(clippy::struct_excessive_bools, reason = "what the template shows or not, each by itself")]
#[derive(Debug, Template)]
#[template(path = "pages/decide/zoning/draft.html")]
struct DraftPage {
    frame: Frame,
    title: String,
    subtitle: String,
    action: String,
    saved: bool,
    open: bool,
    revision: u32,
    stale: bool,
    notices: Vec<Notice>,
    figures: Vec<FigureCard>,
    classes: Vec<ClassView>,
    missing: bool,
    svg: String,
    map_note: String,
    map_hint: String,
    faults: Vec<FaultView>,
    quotas: Option<TableView>,
    effects: Vec<TableView>,
    unit: Option<UnitForm>,
    moves: Vec<MoveView>,
    quarters: Vec<Choice>,
    quarter_classes: Vec<Choice>,
    quarter_reason: String,
    filter: Filter,
    class_choices: Vec<Choice>,
    region_choices: Vec<Choice>,
    hidden: Vec<(String, String)>,
    units: TableView,
    history: Option<TableView>,
    others: Vec<Choice>,
    details: Details,
    publication: PublicationForm,
    downloads: Vec<Download>,
    method_notes: Vec<String>,
    method_basis: String,
    method_file: String,
    data: Vec<(String, String)>,
}

/// Title, author and texts of a draft.
#[derive(Clone, Debug, Default)]
struct Details {
    title: String,
    author: String,
    text: String,
    note: String,
    commission: bool,
    asks_commission: bool,
}

/// What publishing asks.
#[derive(Clone, Debug, Default)]
struct PublicationForm {
    effective: String,
    authority: String,
    signature: String,
}

/// `GET /decider/zonage/proposition?methode=&region=&indicateur=`: what a method proposes, before any decision.
///
/// # Errors
/// 400 that says which parameter cannot be used and what would make it possible.
pub(super) async fn proposal(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let asked = visit.clone();
    let body = away(&portal, move |portal| {
        let subject = proposed(portal, &asked.query)?;
        page(portal, &asked, &subject, &Typed::default())
    })
    .await?;
    Ok(answer_with(&visit, body))
}

/// The draft that an address alone describes.
pub(super) fn proposed(portal: &Portal, query: &crate::request::Query) -> Result<Subject, Fault> {
    let bench = bench(portal)?;
    let method = method(query.get("methode").unwrap_or("medecins-2021"))?;
    let draft = begin(portal, &method, query)?;
    let work =
        compute(bench, &draft)?.map_err(|error| Fault::bad("fault-zoning-work", [("why", error.to_string())]))?;
    Ok(Subject { kept: None, draft, work })
}

/// A new draft from the fields of an address or a form: `methode`, `region`, `indicateur`, `table`.
pub(super) fn begin(portal: &Portal, method: &ZoningMethod, fields: &crate::request::Query) -> Result<Draft, Fault> {
    let bench = bench(portal)?;
    let territory = portal.atlas.territory();
    let level = region_level(portal, method);
    let scope = match fields.get("region") {
        None => Scope::whole(territory),
        Some(code) => Scope::region(territory, level, code).ok_or_else(|| {
            let known = territory.grouping(level).map(|grouping| {
                let named = grouping.areas.iter().map(|area| format!("{} ({})", area.code, area.name));
                named.collect::<Vec<_>>().join(", ")
            });
            let known = known.unwrap_or_default();
            Fault::bad("fault-zoning-region", [("value", shorten(code)), ("known", known)])
        })?,
    };
    let measured = match fields.get("indicateur") {
        None => Measured::preferred(territory, method),
        Some("publie") => Measured::Published,
        Some("calcule") => Measured::Computed,
        Some(other) => return Err(Fault::bad("fault-zoning-measured", [("value", shorten(other))])),
    };
    let table = fields.get("table").map(|text| pacte_access::zoning_layer::TableUsed {
        name: fields.get("table_nom").unwrap_or("table.csv").to_owned(),
        text: text.to_owned(),
    });
    let title = fields.get("titre").map_or_else(|| format!("{} – {}", method.label, scope.name), str::to_owned);
    let mut draft = Draft::begin(&bench.ground, &bench.territory_hash, &title, method, table, measured, scope)
        .map_err(|error| Fault::bad("fault-zoning-work", [("why", error.to_string())]))?;
    fields.get("auteur").unwrap_or_default().clone_into(&mut draft.author);
    Ok(draft)
}

/// `GET /decider/zonage/projets/{id}?version=`.
///
/// # Errors
/// 404 for an unknown draft.
pub(super) async fn show(
    State(portal): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let asked = visit.clone();
    let body = away(&portal, move |portal| {
        let subject = open(bench(portal)?, &id, asked.query.get("version"))?;
        page(portal, &asked, &subject, &Typed::default())
    })
    .await?;
    Ok(fresh(answer_with(&visit, body), StatusCode::OK))
}

/// The page of a proposal or a draft, with what was typed when a form was refused.
pub(super) fn page(
    portal: &Portal,
    visit: &Visit,
    subject: &Subject,
    typed: &Typed,
) -> Result<axum::body::Bytes, Fault> {
    let (lang, bench) = (visit.lang, bench(portal)?);
    let (draft, work) = (&subject.draft, &*subject.work);
    let filter = Filter::read(visit, work)?;
    let path = subject.path();
    let stale = subject.kept.is_some() && !draft.base.is(&bench.ground, &bench.territory_hash);
    let mut frame = frame(portal, visit, Section::Decide, draft.title.clone(), lang.tr("zoning-description"));
    frame.crumbs = crumbs(lang, &draft.title);
    frame.indexed = false;
    let total: u64 = work.proposal.units.iter().map(|unit| unit.people).sum();
    let (by_class, by_units) = (work.people_by_class(), work.units_by_class());
    let svg = drawing(portal, visit, subject);
    let source = words::source(portal, lang, &work.proposal.vintages);
    let sourced = |table: TableView| TableView { source: source.clone(), ..table };
    let mut methods_notes: Vec<String> = work.proposal.notes.iter().map(|note| typeset(note)).collect();
    methods_notes.dedup();
    let zone_address = |code: &str| format!("{}#zone", here(visit, &path, &[("zone", code)]));
    let faults = work
        .review
        .faults
        .iter()
        .map(|fault| {
            let unit = work.proposal.find(&fault.place);
            let region = work.proposal.quotas.iter().find(|quota| quota.region == fault.place);
            let name = match (unit, region) {
                (Some(unit), _) => work.proposal.units[unit].name.clone(),
                (None, Some(region)) => region.name.clone(),
                (None, None) => fault.place.clone(),
            };
            let href = unit.map(|_| zone_address(&fault.place)).unwrap_or_default();
            words::fault(lang, fault, name, href)
        })
        .collect();
    let page = DraftPage {
        title: draft.title.clone(),
        subtitle: subtitle(lang, subject),
        action: path.clone(),
        saved: subject.kept.is_some(),
        open: subject.is_open(),
        revision: subject.kept.as_ref().map_or(0, |(_, revision, _)| *revision),
        stale,
        notices: notices(lang, visit, subject, stale, typed),
        figures: figures(portal, lang, work, &by_class, &source),
        classes: legend(lang, &work.proposal.classes, &by_class, &by_units, total),
        missing: by_units.last().is_some_and(|count| *count > 0),
        map_note: if svg.is_some() { String::new() } else { lang.tr("zoning-no-map") },
        map_hint: lang.tr(if work.proposal.units.len() > MOST_LINKS { "zoning-map-many" } else { "zoning-map-hint" }),
        svg: svg.unwrap_or_default(),
        faults,
        quotas: words::quotas(lang, &work.review.quotas).map(sourced),
        effects: match (&work.effects, &work.before) {
            (Some(effects), Some(before)) => words::effects(lang, effects, &before.label).map(sourced).into(),
            _ => Vec::new(),
        },
        unit: unit_form(lang, visit, subject, typed)?,
        moves: moves(lang, subject, &zone_address),
        quarters: quarters(work, typed),
        quarter_classes: quarter_classes(work, typed),
        quarter_reason: typed.of("quarter", "motif").unwrap_or_default(),
        class_choices: units::class_choices(lang, work, &filter.class),
        region_choices: units::region_choices(lang, work, &filter.region),
        hidden: hidden(visit, subject),
        units: sourced(units::table(lang, visit, &path, work, &filter)?),
        filter,
        history: history(lang, bench, subject)?,
        others: others(bench, subject)?,
        details: details(draft, work, typed),
        publication: PublicationForm {
            effective: typed.of("publish", "effet").unwrap_or_default(),
            authority: typed.of("publish", "autorite").unwrap_or_default(),
            signature: typed.of("publish", "signature").unwrap_or_default(),
        },
        downloads: downloads(lang, visit, subject),
        method_notes: methods_notes,
        method_basis: typeset(&draft.method.legal_basis),
        method_file: ZoningMethod::shipped_text(&draft.method.id)
            .filter(|text| *text == draft.method.text)
            .map(|_| format!("{}/methodes/{}.yaml", super::HOME, draft.method.id))
            .unwrap_or_default(),
        data: data(lang, subject),
        frame,
    };
    render(&page)
}
