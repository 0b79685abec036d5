//! A published zoning, and which one was in force on a day.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use pacte_access::zoning::Class;
use pacte_access::zoning_layer::{Layer, as_of};
use pacte_territory::Level;

use super::words::{self, ClassView};
use super::{HOME, away, bench, crumbs, draft, fresh, here, kept, map, see};
use crate::error::Fault;
use crate::format;
use crate::frame::{Frame, Section};
use crate::i18n::Lang;
use crate::labels::typeset;
use crate::map_block::Choice;
use crate::pages::{answer_with, frame, render};
use crate::request::{Visit, encode, shorten};
use crate::state::{AppState, Portal};
use crate::view::{CellView, Download, Head, Pager, RowView, TableView};

/// Zones on a page of the table.
const PAGE: usize = 50;
/// Communes suggested for a name.
const SUGGESTED: usize = 6;

#[derive(Debug, Template)]
#[template(path = "pages/decide/zoning/layer.html")]
struct LayerPage {
    frame: Frame,
    title: String,
    subtitle: String,
    state: String,
    good: bool,
    previous: Option<(String, String)>,
    next: Option<(String, String)>,
    classes: Vec<ClassView>,
    missing: bool,
    svg: String,
    map_note: String,
    quotas: Option<TableView>,
    effects: Vec<TableView>,
    quarters: Option<TableView>,
    moved: Option<TableView>,
    class_choices: Vec<Choice>,
    text: String,
    zones: TableView,
    downloads: Vec<Download>,
    notes: Vec<String>,
    facts: Vec<(String, String)>,
    method_text: String,
    effective: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/decide/zoning/day.html")]
struct DayPage {
    frame: Frame,
    title: String,
    date: String,
    commune: String,
    fault: Option<String>,
    answers: Vec<(String, String, String, String)>,
    asked: bool,
    layers: Option<TableView>,
}

/// `GET /decider/zonage/zones/{id}`: a layer, as it was published.
///
/// # Errors
/// 404 for an unknown layer.
pub(super) async fn show(
    State(portal): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let asked = visit.clone();
    let body = away(&portal, move |portal| page(portal, &asked, &id)).await?;
    Ok(answer_with(&visit, body))
}

fn page(portal: &Portal, visit: &Visit, id: &str) -> Result<axum::body::Bytes, Fault> {
    let (lang, bench) = (visit.lang, bench(portal)?);
    let unknown = || Fault::missing("fault-zoning-layer", [("value", shorten(id))]);
    let layer = bench.zoning.layer(id).map_err(kept)?.ok_or_else(unknown)?.document;
    let heads = bench.zoning.heads().map_err(kept)?;
    let today = jiff::Zoned::now().date();
    let in_force = as_of(&heads, today).iter().any(|head| head.id == id);
    let next = heads.iter().find(|head| head.supersedes.as_deref() == Some(id));
    let date = |date: Date| format::date(lang, date);
    let state = match next {
        Some(next) if next.effective <= today => {
            lang.tr_with("zoning-layer-replaced", [("date", date(next.effective))])
        }
        _ if in_force => lang.tr_with("zoning-layer-in-force", [("date", date(layer.effective))]),
        _ => lang.tr_with("zoning-layer-to-come", [("date", date(layer.effective))]),
    };
    let named = |id: &str| {
        let head = heads.iter().find(|head| head.id == id)?;
        Some((format!("{} ({})", head.title, date(head.effective)), format!("{HOME}/zones/{id}")))
    };
    let mut frame = frame(portal, visit, Section::Decide, layer.title.clone(), lang.tr("zoning-description"));
    frame.crumbs = crumbs(lang, &layer.title);
    let (people, zones) = (layer.people_by_class(), layer.zones_by_class());
    let total: u64 = people.iter().sum();
    let svg = drawing(portal, lang, &layer);
    let path = format!("{HOME}/zones/{id}");
    let class = visit.query.get("classe").unwrap_or_default();
    let source = words::source(portal, lang, &layer.base.vintages);
    let sourced = |table: TableView| TableView { source: source.clone(), ..table };
    let effects =
        layer.effects.as_ref().map(|effects| words::effects(lang, effects, &layer.before).map(sourced).into());
    let page = LayerPage {
        title: layer.title.clone(),
        subtitle: lang.tr_with(
            "zoning-layer-subtitle",
            [
                ("scope", layer.scope.name.clone()),
                ("authority", layer.authority.clone()),
                ("published", date(layer.published.to_zoned(jiff::tz::TimeZone::system()).date())),
            ],
        ),
        state,
        good: in_force,
        previous: layer.supersedes.as_deref().and_then(named),
        next: next.and_then(|next| named(&next.id)),
        classes: draft::legend(lang, &layer.classes, &people, &zones, total),
        missing: zones.last().is_some_and(|count| *count > 0),
        map_note: if svg.is_some() { String::new() } else { lang.tr("zoning-no-map-layer") },
        svg: svg.unwrap_or_default(),
        quotas: words::quotas(lang, &layer.quotas).map(sourced),
        effects: effects.unwrap_or_default(),
        quarters: quarters(lang, &layer),
        moved: moved(lang, &layer),
        class_choices: choices(lang, &layer, class),
        text: layer.text.clone(),
        zones: sourced(zones_table(lang, visit, &path, &layer, class)?),
        downloads: words::downloads(lang, &path, "", &layer.title),
        notes: layer.notes.iter().map(|note| typeset(note)).collect(),
        facts: facts(lang, &layer, id),
        method_text: layer.method.text.clone(),
        effective: layer.effective.to_string(),
        frame,
    };
    render(&page)
}

fn drawing(portal: &Portal, lang: Lang, layer: &Layer) -> Option<String> {
    let territory = portal.atlas.territory();
    if layer.base.geography != territory.meta.geography || layer.base.name != territory.meta.name {
        return None;
    }
    let zones: Vec<(u32, Option<&Class>, String)> = layer
        .zones
        .iter()
        .filter_map(|zone| {
            let area = territory.find(layer.level, &zone.code)?;
            let class = zone.class.as_ref().and_then(|id| layer.class(id));
            let said = lang.tr_with(
                "zoning-map-unit",
                [
                    ("name", zone.name.clone()),
                    ("class", class.map_or_else(|| lang.tr("zoning-no-class"), |class| class.short.clone())),
                    ("value", zone.value.and_then(|value| format::number(lang, value, 2)).unwrap_or_default()),
                    ("people", words::people(lang, zone.people)),
                ],
            );
            Some((area, class, said))
        })
        .collect();
    let link = format!("/territoires/{}/", layer.level.slug());
    map::draw(&map::Shown {
        territory,
        extent: &portal.extent,
        level: layer.level,
        paints: &map::Paints::of(&layer.classes),
        whole: layer.scope.is_whole(),
        zones: &zones,
        title: &lang.tr_with("zoning-map-title", [("scope", layer.scope.name.as_str())]),
        link: (&link, ""),
    })
}

fn choices(lang: Lang, layer: &Layer, chosen: &str) -> Vec<Choice> {
    let all = Choice { value: String::new(), label: lang.tr("zoning-filter-all"), selected: chosen.is_empty() };
    let each = layer.classes.iter().map(|class| Choice {
        value: class.id.clone(),
        label: class.label.clone(),
        selected: class.id == chosen,
    });
    std::iter::once(all).chain(each).collect()
}

fn zones_table(lang: Lang, visit: &Visit, path: &str, layer: &Layer, class: &str) -> Result<TableView, Fault> {
    let short = |id: Option<&String>| {
        id.and_then(|id| layer.class(id)).map_or_else(|| lang.tr("zoning-no-class"), |class| class.short.clone())
    };
    let kept: Vec<_> =
        layer.zones.iter().filter(|zone| class.is_empty() || zone.class.as_deref() == Some(class)).collect();
    let page = visit.query.page(kept.len().div_ceil(PAGE))?;
    let rows = kept
        .iter()
        .skip((page - 1) * PAGE)
        .take(PAGE)
        .map(|zone| {
            let names: Vec<&str> = zone.communes.iter().map(|commune| commune.name.as_str()).collect();
            RowView {
                cells: vec![
                    CellView::text(zone.name.clone()).with_note(zone.code.clone()),
                    CellView::text(short(zone.class.as_ref())),
                    CellView::number(Some(words::people(lang, zone.people))),
                    CellView::number(zone.value.and_then(|value| format::number(lang, value, 2))),
                    CellView::text(names.join(", ")),
                ],
                current: false,
            }
        })
        .collect();
    let address = |page: usize| format!("{}#zones", here(visit, path, &[("page", &page.to_string()), ("fait", "")]));
    let pager =
        Pager::new(lang.tr("pager-label"), page, PAGE, kept.len(), address, |page| format::count(lang, page as u64));
    Ok(TableView {
        id: "zones-table".into(),
        caption: lang.tr_count("zoning-units-caption", kept.len() as u64),
        heads: vec![
            Head::text(lang.tr("zoning-head-unit")),
            Head::text(lang.tr("zoning-head-class")),
            Head::number(lang.tr("zoning-head-people"), ""),
            Head::number(lang.tr("zoning-head-value"), ""),
            Head::text(lang.tr("zoning-head-communes")),
        ],
        rows,
        pager,
        ..TableView::default()
    })
}

fn quarters(lang: Lang, layer: &Layer) -> Option<TableView> {
    if layer.quarters.is_empty() {
        return None;
    }
    let rows = layer
        .quarters
        .iter()
        .map(|quarter| RowView {
            cells: vec![
                CellView::text(quarter.name.clone()).with_note(quarter.code.clone()),
                CellView::text(layer.class(&quarter.class).map_or(quarter.class.clone(), |class| class.short.clone())),
                CellView::text(quarter.communes.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")),
                CellView::text(quarter.reason.clone()),
            ],
            current: false,
        })
        .collect();
    let heads = vec![
        Head::text(lang.tr("zoning-quarter")),
        Head::text(lang.tr("zoning-head-class")),
        Head::text(lang.tr("zoning-head-communes")),
        Head::text(lang.tr("zoning-reason")),
    ];
    let caption = lang.tr("zoning-quarters-caption");
    Some(TableView { id: "quartiers-table".into(), caption, heads, rows, ..TableView::default() })
}

fn moved(lang: Lang, layer: &Layer) -> Option<TableView> {
    let short = |id: Option<&String>| {
        id.and_then(|id| layer.class(id)).map_or_else(|| lang.tr("zoning-no-class"), |class| class.short.clone())
    };
    let rows: Vec<RowView> = layer
        .zones
        .iter()
        .filter(|zone| !zone.reason.is_empty())
        .map(|zone| RowView {
            cells: vec![
                CellView::text(zone.name.clone()).with_note(zone.code.clone()),
                CellView::text(short(zone.proposed.as_ref())),
                CellView::text(short(zone.class.as_ref())),
                CellView::text(zone.reason.clone()),
            ],
            current: false,
        })
        .collect();
    let heads = vec![
        Head::text(lang.tr("zoning-head-unit")),
        Head::text(lang.tr("zoning-head-proposed")),
        Head::text(lang.tr("zoning-head-class")),
        Head::text(lang.tr("zoning-reason")),
    ];
    let caption = lang.tr("zoning-moves-caption");
    (!rows.is_empty()).then(|| TableView { id: "deplacees-table".into(), caption, heads, rows, ..TableView::default() })
}

fn facts(lang: Lang, layer: &Layer, id: &str) -> Vec<(String, String)> {
    let mut facts = vec![
        (lang.tr("zoning-data-layer"), id.to_owned()),
        (lang.tr("zoning-data-draft"), format!("{} · {}", layer.draft.0, layer.draft.1)),
        (lang.tr("zoning-data-basis"), typeset(&layer.method.legal_basis)),
        (lang.tr("zoning-data-method"), format!("{} ({})", layer.method.id, layer.method.hash)),
        (
            lang.tr("zoning-data-territory"),
            format!("{}, {} ({})", layer.base.name, layer.base.geography, layer.base.territory),
        ),
    ];
    facts.extend(
        layer
            .base
            .vintages
            .iter()
            .map(|vintage| (vintage.what.clone(), typeset(&format!("{} – {}", vintage.name, vintage.citation)))),
    );
    facts
}

/// `GET /decider/zonage/au?date=&commune=`: leads to the page of the day.
///
/// # Errors
/// None.
pub(super) async fn as_of_form(visit: Visit) -> Response {
    let today = jiff::Zoned::now().date().to_string();
    let day = visit.query.get("date").unwrap_or(&today).to_owned();
    let rest = visit.query.with(&[("date", "")]);
    see(&rest.address(&format!("{HOME}/au/{}", encode(&day))))
}

/// `GET /decider/zonage/au/{date}?commune=`: the layers in force on a day, and the class of a commune.
///
/// # Errors
/// None of the visitor's: what cannot be used is said beside its field.
pub(super) async fn as_of_day(
    State(portal): State<AppState>,
    visit: Visit,
    Path(date): Path<String>,
) -> Result<Response, Fault> {
    let asked = visit.clone();
    let (body, status) = away(&portal, move |portal| day_page(portal, &asked, &date)).await?;
    Ok(fresh(answer_with(&visit, body), status))
}

fn day_page(portal: &Portal, visit: &Visit, typed: &str) -> Result<(axum::body::Bytes, StatusCode), Fault> {
    let (lang, bench) = (visit.lang, bench(portal)?);
    let heads = bench.zoning.heads().map_err(kept)?;
    let day: Result<Date, _> = typed.parse();
    let commune = visit.query.get("commune").unwrap_or_default();
    let mut fault = None;
    let mut answers = Vec::new();
    let mut in_force = Vec::new();
    let mut shown = shorten(typed);
    match day {
        Err(_) => fault = Some(lang.tr_with("zoning-not-a-date", [("value", shorten(typed))])),
        Ok(day) => {
            shown = format::date(lang, day);
            in_force = as_of(&heads, day);
            if !commune.is_empty() {
                match commune_of(portal, lang, commune) {
                    Err(wrong) => fault = Some(wrong),
                    Ok((code, name)) => {
                        let mut professions: Vec<&str> = heads.iter().map(|head| head.profession.as_str()).collect();
                        professions.sort_unstable();
                        professions.dedup();
                        for profession in professions {
                            let found = bench.zoning.of_commune(&code, profession, day).map_err(kept)?;
                            let Some((head, layer)) = found else { continue };
                            let Some(zone) = layer.zone_of(&code) else { continue };
                            let class = zone.class.as_ref().and_then(|id| layer.class(id));
                            answers.push((
                                format!("{name} ({code})"),
                                class.map_or_else(|| lang.tr("zoning-no-class"), |class| class.label.clone()),
                                head.title.clone(),
                                format!("{HOME}/zones/{}", head.id),
                            ));
                        }
                    }
                }
            }
        }
    }
    let title = lang.tr_with("zoning-day-title", [("date", shown)]);
    let mut frame = frame(portal, visit, Section::Decide, title.clone(), lang.tr("zoning-description"));
    frame.crumbs = crumbs(lang, &title);
    let status = if fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let page = DayPage {
        title,
        date: typed.to_owned(),
        commune: commune.to_owned(),
        asked: !commune.is_empty() && fault.is_none(),
        fault,
        answers,
        layers: (!in_force.is_empty()).then(|| {
            words::layers(
                lang,
                &in_force,
                &as_of(&heads, jiff::Zoned::now().date()),
                "jour-table",
                lang.tr("zoning-day-caption"),
            )
        }),
        frame,
    };
    Ok((render(&page)?, status))
}

/// A commune by code, or by name when one alone bears it; what is wrong otherwise: a class is law, and is not guessed.
fn commune_of(portal: &Portal, lang: Lang, typed: &str) -> Result<(String, String), String> {
    let territory = portal.atlas.territory();
    let named = |commune| {
        let area = territory.area(Level::Commune, commune);
        (area.code, area.name)
    };
    if let Some(found) = territory.find(Level::Commune, &typed.to_ascii_uppercase()) {
        return Ok(named(found));
    }
    let several = |communes: &[u32]| {
        let words = communes.iter().take(SUGGESTED).map(|commune| {
            let (code, name) = named(*commune);
            format!("{name} ({code})")
        });
        words.collect::<Vec<_>>().join(", ")
    };
    match territory.communes_named(typed) {
        [commune] => Ok(named(*commune)),
        [] => {
            let hits = portal.search.search(typed, 2 * SUGGESTED);
            let near: Vec<u32> =
                hits.into_iter().filter(|hit| hit.level == Level::Commune).map(|hit| hit.area).collect();
            let value = ("value", shorten(typed));
            Err(if near.is_empty() {
                lang.tr_with("zoning-no-commune", [value])
            } else {
                lang.tr_with("zoning-near-commune", [value, ("known", several(&near))])
            })
        }
        communes => {
            Err(lang.tr_with("zoning-several-communes", [("value", shorten(typed)), ("known", several(communes))]))
        }
    }
}
