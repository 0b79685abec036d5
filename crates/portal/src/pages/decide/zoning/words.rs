//! What the pages of a zoning say: classes, reasons, quotas, faults, in the language of the visitor. What the method and the
//! engine say they say in French, the language of the texts.

use pacte_access::zoning::{Class, Effects, Fault as ZoningFault, QuotaUse, Reason, Severity, Vintage};
use pacte_access::zoning_layer::LayerHead;

use super::{HOME, tables};
use crate::format;
use crate::i18n::Lang;
use crate::labels::{source_line, typeset};
use crate::state::Portal;
use crate::view::{CellView, Head, RowView, TableView};

/// A fault as the page shows it.
#[derive(Clone, Debug)]
pub(super) struct FaultView {
    /// `error`, `warn` or `info`.
    pub kind: &'static str,
    /// What it prevents.
    pub severity: String,
    /// Name of the unit or region; empty for the whole.
    pub place: String,
    /// Where its form is; empty when it has none.
    pub href: String,
    /// What is wrong, in French.
    pub problem: String,
    /// What would make it possible, in French.
    pub remedy: String,
}

/// A class of the legend.
#[derive(Clone, Debug)]
pub(super) struct ClassView {
    /// Paint of its swatch.
    pub fill: &'static str,
    /// Its title.
    pub label: String,
    /// How many people and zones.
    pub count: String,
    /// What it opens, in French; may be empty.
    pub aids: String,
}

/// Source line of the figures of a zoning: those of its data, without the divisions of the territory, which are no figures.
pub(super) fn source(portal: &Portal, lang: Lang, vintages: &[Vintage]) -> String {
    let figures = vintages.iter().filter(|vintage| vintage.what != "découpage");
    let citations: Vec<&str> = figures.map(|vintage| vintage.citation.as_str()).collect();
    source_line(&portal.atlas, lang, &citations.join(" ; "))
}

/// A number of people.
pub(super) fn people(lang: Lang, count: u64) -> String {
    format::count(lang, count)
}

/// A part of a whole, in percent; `None` of nothing.
pub(super) fn share(lang: Lang, part: u64, whole: u64) -> Option<String> {
    (whole > 0).then(|| format::percent(lang, 100.0 * part as f64 / whole as f64, 1))?
}

/// Short title of a class by rank, or that there is none.
pub(super) fn class(lang: Lang, classes: &[Class], class: Option<u8>) -> String {
    match class.and_then(|class| classes.get(usize::from(class))) {
        Some(class) => class.short.clone(),
        None => lang.tr("zoning-no-class"),
    }
}

/// Why a unit has its class.
pub(super) fn because(lang: Lang, reason: &Reason) -> String {
    let number = |value: f64| format::number(lang, value, 2).unwrap_or_default();
    let rank = |rank: u32| [("rank", format::ordinal_feminine(lang, rank))];
    match reason {
        Reason::Mandatory { below } => lang.tr_with("zoning-because-mandatory", [("below", number(*below))]),
        Reason::Quota { rank: r, .. } => lang.tr_with("zoning-because-quota", rank(*r)),
        Reason::Fitted { rank: r, .. } => lang.tr_with("zoning-because-fitted", rank(*r)),
        Reason::Pool { below } => lang.tr_with("zoning-because-pool", [("below", number(*below))]),
        Reason::PassedOver { rank: r, .. } => lang.tr_with("zoning-because-passed", rank(*r)),
        Reason::QuotaFull { rank: r, .. } => lang.tr_with("zoning-because-full", rank(*r)),
        Reason::Above => lang.tr("zoning-because-above"),
        Reason::Unknown => lang.tr("zoning-because-unknown"),
        // Scores and densities are told by the engine, in the words of the conventions.
        other => typeset(&other.sentence()),
    }
}

/// A fault, with the place it is about.
pub(super) fn fault(lang: Lang, fault: &ZoningFault, place: String, href: String) -> FaultView {
    let (kind, severity) = match fault.severity {
        Severity::Blocking => ("error", lang.tr("zoning-fault-blocking")),
        Severity::Opinion => ("warn", lang.tr("zoning-fault-opinion")),
        Severity::Notice => ("info", lang.tr("zoning-fault-notice")),
    };
    FaultView { kind, severity, place, href, problem: typeset(&fault.problem), remedy: typeset(&fault.remedy) }
}

/// Quotas and what is used of them.
pub(super) fn quotas(lang: Lang, quotas: &[QuotaUse]) -> Option<TableView> {
    if quotas.is_empty() {
        return None;
    }
    let heads = vec![
        Head::text(lang.tr("zoning-head-region")),
        Head::text(lang.tr("zoning-head-quota")),
        Head::number(lang.tr("zoning-head-share"), "%"),
        Head::number(lang.tr("zoning-head-allowed"), lang.tr("zoning-unit-people")),
        Head::number(lang.tr("zoning-head-used"), lang.tr("zoning-unit-people")),
        Head::number(lang.tr("zoning-head-left"), lang.tr("zoning-unit-people")),
    ];
    let rows = quotas
        .iter()
        .map(|quota| {
            let left = if quota.over() > 0 {
                CellView::number(Some(format!("{}{}", format::MINUS, people(lang, quota.over()))))
                    .with_note(lang.tr("zoning-quota-over"))
            } else {
                CellView::number(Some(people(lang, quota.unused())))
            };
            let mut used = CellView::number(Some(people(lang, quota.used)));
            if let Some(share) = share(lang, quota.used, quota.people) {
                used = used.with_note(lang.tr_with("zoning-quota-of-people", [("share", share)]));
            }
            let mut part = CellView::number(format::number(lang, quota.share.percent(), 2));
            if !quota.sourced {
                part = part.with_note(lang.tr("zoning-unverified"));
            }
            RowView {
                cells: vec![
                    CellView::text(quota.name.clone()),
                    CellView::text(typeset(&quota.label)),
                    part,
                    CellView::number(Some(people(lang, quota.allowed))),
                    used,
                    left,
                ],
                current: quota.over() > 0,
            }
        })
        .collect();
    let (caption, note) = (lang.tr("zoning-quotas-caption"), lang.tr("zoning-quotas-note"));
    Some(TableView { id: "quotas-table".into(), caption, note, heads, rows, ..TableView::default() })
}

/// People and professionals of each class before and after.
pub(super) fn effects(lang: Lang, effects: &Effects, before: &str) -> [TableView; 2] {
    let professionals = |value: f64| format::number(lang, value, 0);
    let heads = vec![
        Head::text(lang.tr("zoning-head-class")),
        Head::number(lang.tr("zoning-head-people-before"), ""),
        Head::number(lang.tr("zoning-head-people-after"), ""),
        Head::number(lang.tr("zoning-head-change"), ""),
        Head::number(lang.tr("zoning-head-professionals-before"), ""),
        Head::number(lang.tr("zoning-head-professionals-after"), ""),
    ];
    let rows = effects
        .by_class
        .iter()
        .filter(|row| row.communes_before + row.communes_after > 0)
        .map(|row| RowView {
            cells: vec![
                CellView::text(class(lang, &effects.classes, row.class)),
                CellView::number(Some(people(lang, row.people_before))),
                CellView::number(Some(people(lang, row.people_after))),
                CellView::number(format::signed(lang, row.people_after as f64 - row.people_before as f64, 0)),
                CellView::number(professionals(row.professionals_before)),
                CellView::number(professionals(row.professionals_after)),
            ],
            current: false,
        })
        .collect();
    let by_class = TableView {
        id: "effets-table".into(),
        caption: lang.tr("zoning-effects-caption"),
        note: lang.tr_with("zoning-effects-note", [("before", typeset(before))]),
        heads,
        rows,
        ..TableView::default()
    };
    let heads = vec![
        Head::text(lang.tr("zoning-head-from")),
        Head::text(lang.tr("zoning-head-to")),
        Head::number(lang.tr("zoning-head-communes"), ""),
        Head::number(lang.tr("zoning-head-people"), ""),
        Head::number(lang.tr("zoning-head-professionals"), ""),
    ];
    let rows = effects
        .moves
        .iter()
        .filter(|moved| moved.from != moved.to)
        .map(|moved| RowView {
            cells: vec![
                CellView::text(class(lang, &effects.classes, moved.from)),
                CellView::text(class(lang, &effects.classes, moved.to)),
                CellView::number(Some(people(lang, moved.communes))),
                CellView::number(Some(people(lang, moved.people))),
                CellView::number(professionals(moved.professionals)),
            ],
            current: false,
        })
        .collect();
    let moves = TableView {
        id: "passages-table".into(),
        caption: lang.tr("zoning-passages-caption"),
        note: lang.tr_with("zoning-passages-note", [("people", people(lang, effects.people_moved))]),
        heads,
        rows,
        ..TableView::default()
    };
    [by_class, moves]
}

/// Layers as a table; what is in force today is said.
pub(super) fn layers(
    lang: Lang,
    heads: &[&LayerHead],
    in_force: &[&LayerHead],
    id: &str,
    caption: String,
) -> TableView {
    let rows = heads
        .iter()
        .map(|head| {
            let state = if in_force.iter().any(|other| other.id == head.id) {
                lang.tr("zoning-in-force")
            } else if head.effective > jiff::Zoned::now().date() {
                lang.tr("zoning-to-come")
            } else {
                lang.tr("zoning-replaced")
            };
            RowView {
                cells: vec![
                    CellView::link(head.title.clone(), format!("{HOME}/zones/{}", head.id)),
                    CellView::text(head.scope.name.clone()),
                    CellView::text(head.method.clone()),
                    CellView::text(format::date(lang, head.effective)),
                    CellView::text(state),
                ],
                current: false,
            }
        })
        .collect();
    let heads = vec![
        Head::text(lang.tr("zoning-head-title")),
        Head::text(lang.tr("zoning-head-scope")),
        Head::text(lang.tr("zoning-head-method")),
        Head::text(lang.tr("zoning-head-effective")),
        Head::text(lang.tr("zoning-head-state")),
    ];
    TableView { id: id.into(), caption, heads, rows, ..TableView::default() }
}

/// Files of a draft or a layer: name in the address, format said.
pub(super) fn downloads(lang: Lang, path: &str, suffix: &str, title: &str) -> Vec<crate::view::Download> {
    const FILES: [(&str, &str); 8] = [
        ("zones.csv", "CSV"),
        ("zones.xlsx", "XLSX"),
        ("zones.geojson", "GeoJSON"),
        ("communes.csv", "CSV (communes)"),
        ("communes.xlsx", "XLSX (communes)"),
        ("quotas.csv", "CSV (quotas)"),
        ("zonage.json", "JSON"),
        ("arrete.pdf", "PDF"),
    ];
    FILES
        .into_iter()
        .map(|(file, label)| crate::view::Download {
            label,
            title: lang.tr_with("zoning-download", [("title", title), ("format", label)]),
            href: format!("{path}/{file}{suffix}"),
        })
        .collect()
}

/// Name of a table for its file.
pub(super) fn table_of(
    layer: &pacte_access::zoning_layer::Layer,
    stem: &str,
    contours: bool,
) -> Option<pacte_sources::table::Table> {
    Some(match stem {
        "zones" => tables::zones(layer, "zones", contours),
        "communes" => tables::communes(layer, "communes"),
        "quotas" => tables::quotas(layer, "quotas"),
        _ => return None,
    })
}
