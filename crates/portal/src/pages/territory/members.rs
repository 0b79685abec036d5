//! What the territory is made of: a table of its parts that can be ordered, page by page.

use std::sync::Arc;

use pacte_access::atlas::{Indicator, Values};
use pacte_territory::Level;

use super::around::key_indicators;
use crate::error::Fault;
use crate::format;
use crate::map_block::{PartsMap, parts_map};
use crate::pages::capital;
use crate::request::{Query, Visit, shorten};
use crate::state::Portal;
use crate::subject::{AREA_FORMATS, Subject};
use crate::tables;
use crate::view::{CellView, Head, Pager, RowView, Sort, TableView};

/// Rows of a page of the table.
const PAGE: usize = 50;

/// A level the parts can be shown at.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Name: `Communes (648)`.
    pub label: String,
    /// Address.
    pub href: String,
    /// Whether it is the one shown.
    pub current: bool,
}

/// The parts of a territory.
#[derive(Clone, Debug)]
pub struct Members {
    /// Levels to choose from.
    pub tabs: Vec<Tab>,
    /// Where they lie, and how they fare.
    pub map: Option<PartsMap>,
    /// The parts.
    pub table: TableView,
}

/// Levels a territory can be taken apart into, the one shown first first.
fn parts(subject: &Subject<'_>) -> Vec<Level> {
    let levels: &[Level] = match subject.level {
        Level::Commune => &[],
        Level::Country => &[Level::Region, Level::Departement, Level::Epci, Level::BassinDeVie, Level::Commune],
        Level::Region | Level::FormerRegion => &[Level::Departement, Level::Epci, Level::BassinDeVie, Level::Commune],
        Level::Departement => &[Level::Commune, Level::Epci, Level::BassinDeVie, Level::Arrondissement],
        _ => &[Level::Commune],
    };
    levels.iter().copied().filter(|level| subject.atlas.territory().count(*level) > 0).collect()
}

pub(super) fn members(portal: &Portal, subject: &Subject<'_>, visit: &Visit) -> Result<Option<Members>, Fault> {
    let lang = subject.lang;
    let parts = parts(subject);
    let Some(first) = parts.first().copied() else { return Ok(None) };
    let shown = match visit.query.get("parties") {
        None => first,
        Some(slug) => parts.iter().copied().find(|level| level.slug() == slug).ok_or_else(|| {
            let known = parts.iter().map(|level| level.slug()).collect::<Vec<_>>().join(", ");
            Fault::bad("fault-parts", [("value", shorten(slug)), ("known", known)])
        })?,
    };
    let within = (subject.level != Level::Country).then_some((subject.level, subject.area));
    let areas = tables::areas(subject.atlas, shown, within);
    let tabs = parts
        .iter()
        .map(|level| Tab {
            label: capital(&lang.levels(*level)),
            href: format!("{}#composition", Query::default().with(&[("parties", level.slug())]).address(&visit.path)),
            current: *level == shown,
        })
        .collect();
    let caption = lang.tr_with(
        "members-caption",
        [
            ("levels", capital(&lang.levels(shown))),
            ("name", subject.name.clone()),
            ("n", format::count(lang, areas.len() as u64)),
        ],
    );
    let filter = within.map(|_| format!("&dans={}", subject.key())).unwrap_or_default();
    let download = format!("niveau={shown}{filter}");
    let downloads = subject.downloads("territoires", &download, &caption, &AREA_FORMATS);
    let indicators = key_indicators(subject, shown);
    let map = parts_map(portal, subject, shown, &areas);
    let table = sorted_table(
        subject,
        visit,
        shown,
        areas,
        &indicators,
        None,
        TableView { id: "composition-table".into(), caption, downloads, ..TableView::default() },
        "composition",
    )?;
    Ok(Some(Members { tabs, map, table }))
}

/// A table of areas ordered by `tri=` (an indicator or `nom`) and `ordre=` (`croissant`, `decroissant`), page `page=`.
/// `first` is an indicator of this request only (a change between two vintages), shown before the others.
///
/// # Errors
/// 400 when the order or the page is unknown.
#[expect(clippy::too_many_arguments, reason = "two call sites; a struct would only rename them")]
pub(crate) fn sorted_table(
    subject: &Subject<'_>,
    visit: &Visit,
    level: Level,
    mut areas: Vec<u32>,
    indicators: &[&Indicator],
    first: Option<&(Indicator, Arc<Values>)>,
    table: TableView,
    anchor: &str,
) -> Result<TableView, Fault> {
    let (lang, atlas) = (subject.lang, subject.atlas);
    let indicators: Vec<&Indicator> =
        first.iter().map(|(indicator, _)| indicator).chain(indicators.iter().copied()).collect();
    let values_of = |indicator: &Indicator| match first {
        Some((own, values)) if own.id == indicator.id => Some(Arc::clone(values)),
        _ => atlas.values(&indicator.id, level),
    };
    let by = match visit.query.get("tri") {
        None | Some("nom") => None,
        Some(id) => Some(*indicators.iter().find(|indicator| indicator.id == id).ok_or_else(|| {
            let known = std::iter::once("nom").chain(indicators.iter().map(|i| i.id.as_str())).collect::<Vec<_>>();
            Fault::bad("fault-sort", [("value", shorten(id)), ("known", known.join(", "))])
        })?),
    };
    let descending = match visit.query.get("ordre") {
        // Largest first is what one asks of a figure, alphabetical of a name.
        None => by.is_some(),
        Some("croissant") => false,
        Some("decroissant") => true,
        Some(other) => return Err(Fault::bad("fault-order", [("value", shorten(other))])),
    };
    if let Some(values) = by.and_then(values_of) {
        // What is not known comes last in both orders.
        areas.sort_by(|a, b| match (values.get(*a), values.get(*b)) {
            (Some(x), Some(y)) => if descending { y.total_cmp(&x) } else { x.total_cmp(&y) }.then(a.cmp(b)),
            (x, y) => x.is_none().cmp(&y.is_none()).then(a.cmp(b)),
        });
    } else {
        let territory = atlas.territory();
        areas.sort_by_cached_key(|area| sort_key(&territory.area(level, *area).name));
        if descending {
            areas.reverse();
        }
    }
    let total = areas.len();
    let page = visit.query.page(total.div_ceil(PAGE))?;
    let address = |changes: &[(&str, &str)]| format!("{}#{anchor}", visit.query.with(changes).address(&visit.path));
    let sort = |id: &str, current: bool, first_descending: bool| {
        let next = if current { !descending } else { first_descending };
        let order = if next { "decroissant" } else { "croissant" };
        Sort {
            href: address(&[("tri", id), ("ordre", order), ("page", "")]),
            state: match (current, descending) {
                (false, _) => "none",
                (true, true) => "descending",
                (true, false) => "ascending",
            },
        }
    };
    let mut heads = vec![Head { sort: Some(sort("nom", by.is_none(), false)), ..Head::text(lang.level(level)) }];
    if level == Level::Commune {
        heads.push(Head::text(lang.tr("head-code")));
    }
    heads.extend(indicators.iter().map(|indicator| Head {
        sort: Some(sort(&indicator.id, by.is_some_and(|by| by.id == indicator.id), true)),
        ..subject.head(indicator)
    }));
    let columns: Vec<_> = indicators.iter().map(|indicator| (indicator.id.as_str(), values_of(indicator))).collect();
    let value = |indicator: &Indicator, area: u32| {
        columns.iter().find(|(id, _)| *id == indicator.id).and_then(|(_, values)| values.as_ref()?.get(area))
    };
    let rows = areas
        .iter()
        .skip((page - 1) * PAGE)
        .take(PAGE)
        .map(|area| {
            let part = subject.other(level, *area);
            let code = (level == Level::Commune).then(|| CellView::text(part.code.clone()));
            let cells: Vec<CellView> = std::iter::once(part.name_cell())
                .chain(code)
                .chain(indicators.iter().map(|i| part.cell_of(i, value(i, *area))))
                .collect();
            RowView { cells, current: false }
        })
        .collect();
    let pager = Pager::new(
        lang.tr("pager-label"),
        page,
        PAGE,
        total,
        |page| address(&[("page", &page.to_string())]),
        |page| format::count(lang, page as u64),
    );
    Ok(TableView { heads, rows, pager, ..table })
}

/// Alphabetical key: without accents, case and punctuation.
fn sort_key(name: &str) -> String {
    deunicode::deunicode(name).to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect()
}
