//! The entry of the workbench: methods, drafts, layers, a new draft.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use pacte_access::method::Status;
use pacte_access::zoning::ZoningMethod;
use pacte_access::zoning_layer::as_of;
use pacte_territory::Level;

use super::{HOME, away, bench, crumbs, fresh, kept, region_level, words};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::labels::typeset;
use crate::map_block::Choice;
use crate::pages::decide::readable;
use crate::pages::{answer_with, frame, render};
use crate::request::{Query, Visit};
use crate::state::{AppState, Portal};
use crate::view::{CellView, Head, RowView, TableView};

/// A method of the list.
#[derive(Clone, Debug)]
struct MethodView {
    label: String,
    basis: String,
    classes: String,
    unverified: bool,
    table: bool,
    proposal: String,
    file: String,
    template: String,
}

/// Regions a method may be limited to.
#[derive(Clone, Debug)]
struct Regions {
    label: String,
    choices: Vec<Choice>,
}

/// The form of a new draft, as typed.
#[derive(Clone, Debug, Default)]
struct NewDraft {
    title: String,
    author: String,
    table: String,
    own: String,
    computed: bool,
}

#[derive(Debug, Template)]
#[template(path = "pages/decide/zoning/home.html")]
struct HomePage {
    frame: Frame,
    refusal: Option<String>,
    methods: Vec<MethodView>,
    choices: Vec<Choice>,
    regions: Vec<Regions>,
    new: NewDraft,
    drafts: Option<TableView>,
    compared: Vec<Choice>,
    layers: Option<TableView>,
    today: String,
}

/// `GET /decider/zonage`.
///
/// # Errors
/// 404 for a portal that only shows.
pub(super) async fn show(State(portal): State<AppState>, visit: Visit) -> Result<Response, Fault> {
    let asked = visit.clone();
    let body = away(&portal, move |portal| page(portal, &asked, &asked.query, None)).await?;
    Ok(fresh(answer_with(&visit, body), StatusCode::OK))
}

/// The page, with what was typed and why it was refused.
pub(super) fn page(
    portal: &Portal,
    visit: &Visit,
    fields: &Query,
    refusal: Option<String>,
) -> Result<axum::body::Bytes, Fault> {
    let (lang, bench) = (visit.lang, bench(portal)?);
    let mut frame = frame(portal, visit, Section::Decide, lang.tr("decide-zoning"), lang.tr("zoning-description"));
    frame.crumbs = crumbs(lang, &lang.tr("decide-zoning"));
    frame.crumbs.remove(1);
    let known: Vec<ZoningMethod> = ZoningMethod::shipped_names().filter_map(ZoningMethod::shipped).collect();
    let chosen = fields.get("methode").unwrap_or("medecins-2021");
    let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let heads = bench.zoning.heads().map_err(kept)?;
    let today = jiff::Zoned::now().date();
    let now = as_of(&heads, today);
    let all: Vec<_> = heads.iter().collect();
    let drafts = readable(bench.zoning.drafts.all().map_err(kept)?);
    let rows: Vec<RowView> = drafts
        .iter()
        .map(|draft| {
            let saved = draft.saved_at.to_zoned(jiff::tz::TimeZone::system());
            RowView {
                cells: vec![
                    CellView::link(draft.document.title.clone(), format!("{HOME}/projets/{}", draft.id)),
                    CellView::text(draft.document.scope.name.clone()),
                    CellView::text(draft.document.method.label.clone()),
                    CellView::number(Some(draft.document.adjustments.len().to_string())),
                    CellView::text(format::date(lang, saved.date()))
                        .with_note(lang.tr_with("zoning-revision-n", [("n", draft.revision.to_string())])),
                ],
                current: false,
            }
        })
        .collect();
    let drafts_table = (!rows.is_empty()).then(|| TableView {
        id: "projets-table".into(),
        caption: lang.tr("zoning-drafts-caption"),
        heads: vec![
            Head::text(lang.tr("zoning-head-title")),
            Head::text(lang.tr("zoning-head-scope")),
            Head::text(lang.tr("zoning-head-method")),
            Head::number(lang.tr("zoning-head-moves"), ""),
            Head::text(lang.tr("zoning-head-saved")),
        ],
        rows,
        ..TableView::default()
    });
    let page = HomePage {
        refusal,
        choices: known
            .iter()
            .map(|method| Choice {
                value: method.id.clone(),
                label: method.label.clone(),
                selected: method.id == chosen,
            })
            .collect(),
        regions: regions(portal, visit, &known, fields.get("region").unwrap_or_default()),
        methods: known
            .iter()
            .map(|method| MethodView {
                label: method.label.clone(),
                basis: typeset(&method.legal_basis),
                classes: method.classes.iter().map(|class| class.label.as_str()).collect::<Vec<_>>().join(" · "),
                unverified: method.status == Status::Unverified || !method.doubts.is_empty(),
                table: method.needs_table(),
                proposal: format!("{HOME}/proposition?methode={}", method.id),
                file: format!("{HOME}/methodes/{}.yaml", method.id),
                template: format!("{HOME}/methodes/{}.csv", method.id),
            })
            .collect(),
        new: NewDraft {
            title: text("titre"),
            author: text("auteur"),
            table: text("table"),
            own: text("methode_propre"),
            computed: fields.get("indicateur") == Some("calcule"),
        },
        drafts: drafts_table,
        compared: drafts
            .iter()
            .map(|draft| Choice { value: draft.id.clone(), label: draft.document.title.clone(), selected: false })
            .collect(),
        layers: (!all.is_empty())
            .then(|| words::layers(lang, &all, &now, "couches-table", lang.tr("zoning-layers-caption"))),
        today: today.to_string(),
        frame,
    };
    render(&page)
}

/// Regions by level, as the methods' quotas need them.
fn regions(portal: &Portal, visit: &Visit, methods: &[ZoningMethod], chosen: &str) -> Vec<Regions> {
    let territory = portal.atlas.territory();
    let mut levels: Vec<Level> = methods.iter().map(|method| region_level(portal, method)).collect();
    levels.sort_unstable();
    levels.dedup();
    levels
        .into_iter()
        .filter(|level| *level != Level::Country)
        .filter_map(|level| {
            let grouping = territory.grouping(level)?;
            let choice = |area: &pacte_territory::Area| Choice {
                value: area.code.clone(),
                label: format!("{} ({})", area.name, area.code),
                selected: area.code == chosen,
            };
            Some(Regions { label: visit.lang.level(level), choices: grouping.areas.iter().map(choice).collect() })
        })
        .collect()
}
