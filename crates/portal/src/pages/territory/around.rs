//! The territory beside its neighbours.

use pacte_access::atlas::Indicator;
use pacte_territory::Level;

use crate::subject::{KEY_INDICATORS, PLAIN_FORMATS, Subject};
use crate::view::{Head, RowView, TableView};

/// Indicators shown for a level: shares have no meaning within one commune.
pub(super) fn key_indicators<'a>(subject: &Subject<'a>, level: Level) -> Vec<&'a Indicator> {
    KEY_INDICATORS
        .into_iter()
        .filter(|id| level != Level::Commune || !id.starts_with("share_"))
        .filter_map(|id| subject.atlas.indicator(id))
        .collect()
}

pub(super) fn neighbours(subject: &Subject<'_>) -> Option<TableView> {
    if matches!(subject.level, Level::Country) {
        return None;
    }
    let lang = subject.lang;
    let neighbours = subject.atlas.neighbours(subject.level, subject.area);
    if neighbours.is_empty() {
        return None;
    }
    let indicators = key_indicators(subject, subject.level);
    let mut heads = vec![Head::text(lang.level(subject.level))];
    heads.extend(indicators.iter().map(|indicator| subject.head(indicator)));
    let mut rows: Vec<RowView> = neighbours
        .into_iter()
        .map(|area| {
            let other = subject.other(subject.level, area);
            let cells = [other.name_cell()].into_iter().chain(indicators.iter().map(|i| other.cell(i)));
            RowView { cells: cells.collect(), current: false }
        })
        .collect();
    let own = [crate::view::CellView::text(subject.name.clone())];
    let own = own.into_iter().chain(indicators.iter().map(|indicator| subject.cell(indicator))).collect();
    rows.insert(0, RowView { cells: own, current: true });
    let caption = lang.tr_with("neighbours-caption", [("name", subject.name.as_str())]);
    Some(TableView {
        id: "neighbours-table".into(),
        heads,
        rows,
        downloads: subject.downloads("voisins", &format!("territoire={}", subject.key()), &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    })
}
