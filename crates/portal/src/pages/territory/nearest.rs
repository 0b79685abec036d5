//! What care is near: for a commune, where and how far; for a larger area, how far on average and for how many too far.

use pacte_territory::Level;

use crate::format;
use crate::labels;
use crate::subject::{PLAIN_FORMATS, Subject};
use crate::tables;
use crate::view::{CellView, Head, RowView, TableView};

pub(super) fn nearest(subject: &Subject<'_>) -> Option<TableView> {
    let table = if subject.level == Level::Commune { of_commune(subject) } else { of_area(subject) };
    (!table.rows.is_empty()).then_some(table)
}

fn of_commune(subject: &Subject<'_>) -> TableView {
    let lang = subject.lang;
    let caption = lang.tr_with("nearest-caption", [("name", subject.name.as_str())]);
    let rows = subject
        .atlas
        .nearest(subject.area)
        .into_iter()
        .map(|nearest| {
            let place = match nearest.commune {
                Some(there) if there == subject.area => CellView::text(lang.tr("nearest-here")),
                Some(there) => subject.other(Level::Commune, there).name_cell(),
                None => CellView::default(),
            };
            RowView {
                cells: vec![
                    CellView::text(labels::resource(lang, nearest.kind)),
                    place,
                    CellView::number(nearest.minutes.and_then(|minutes| format::minutes(lang, minutes))),
                    CellView::number(nearest.count.and_then(|count| format::number(lang, count, 0))),
                    CellView::text(labels::typeset(&nearest.citation)),
                ],
                current: false,
            }
        })
        .collect();
    TableView {
        id: "nearest-table".into(),
        heads: vec![
            Head::text(lang.tr("head-resource")),
            Head::text(lang.tr("head-nearest-in")),
            Head::number(lang.tr("head-travel-time"), ""),
            Head::number(lang.tr("head-count-there"), ""),
            Head::text(lang.tr("head-source")),
        ],
        rows,
        downloads: subject.downloads("proches", &format!("territoire={}", subject.key()), &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    }
}

fn of_area(subject: &Subject<'_>) -> TableView {
    let lang = subject.lang;
    let rows = tables::reaches(subject.atlas, subject.level, subject.area)
        .into_iter()
        .map(|reach| RowView {
            cells: vec![
                CellView::text(labels::resource(lang, reach.kind)),
                CellView::number(reach.minutes.and_then(|mean| format::minutes(lang, mean))),
                CellView::number(reach.share_beyond.and_then(|beyond| format::percent(lang, beyond, 1))),
                CellView::number(reach.count.and_then(|count| format::number(lang, count, 0))),
                CellView::text(labels::typeset(&reach.citation)),
            ],
            current: false,
        })
        .collect();
    let caption = lang.tr_with("nearest-caption-area", [("name", subject.name.as_str())]);
    TableView {
        id: "nearest-table".into(),
        heads: vec![
            Head::text(lang.tr("head-resource")),
            Head::number(lang.tr("head-mean-time"), ""),
            Head::number(lang.tr("head-beyond"), ""),
            Head::number(lang.tr("head-count-area"), ""),
            Head::text(lang.tr("head-source")),
        ],
        rows,
        downloads: subject.downloads("proches", &format!("territoire={}", subject.key()), &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    }
}
