//! The APL we compute beside the one the State publishes.

use pacte_access::atlas::Indicator;
use pacte_territory::Level;

use crate::format;
use crate::labels;
use crate::subject::{PLAIN_FORMATS, Subject};
use crate::view::{CellView, Head, RowView, TableView};

/// Pairs: variant computed, prefix of the published ones.
const VARIANTS: [(&str, &str); 4] = [
    ("apl_mg", "apl_published_"),
    ("apl_mg_65", "apl_published_65_"),
    ("share_below_2_5", "share_below_2_5_published_"),
    ("share_below_2_5_65", "share_below_2_5_published_65_"),
];

pub(super) fn published(subject: &Subject<'_>) -> Option<TableView> {
    let (lang, atlas) = (subject.lang, subject.atlas);
    let country = subject.country();
    let mut rows = Vec::new();
    let mut sources: Vec<String> = Vec::new();
    for (computed, prefix) in VARIANTS {
        let Some(computed) = atlas.indicator(computed) else { continue };
        // The most recent vintage: the first in the order of the catalogue.
        let Some(published) = atlas.indicators().iter().find(|indicator| is_vintage_of(indicator, prefix)) else {
            continue;
        };
        let (ours, theirs) = (subject.value(&computed.id), subject.value(&published.id));
        if ours.is_none() && theirs.is_none() {
            continue;
        }
        let write = |indicator: &Indicator, value| CellView::number(labels::value(lang, indicator, value));
        let decimals = computed.decimals;
        let difference = ours.zip(theirs).and_then(|(ours, theirs)| format::signed(lang, ours - theirs, decimals));
        let mut cells = vec![
            CellView::text(labels::indicator(lang, computed)),
            write(computed, ours),
            write(published, theirs),
            CellView::number(difference),
        ];
        if subject.level != Level::Country {
            cells.push(write(computed, country.value(&computed.id)));
            cells.push(write(published, country.value(&published.id)));
        }
        rows.push(RowView { cells, current: false });
        for citation in [&computed.citation, &published.citation].map(|citation| labels::typeset(citation)) {
            if !sources.contains(&citation) {
                sources.push(citation);
            }
        }
    }
    if rows.is_empty() {
        return None;
    }
    let unit = labels::unit(lang, "consultations par hab. et par an");
    let mut heads = vec![
        Head::text(lang.tr("head-indicator")),
        Head::number(lang.tr("head-computed"), ""),
        Head::number(lang.tr("head-published"), ""),
        Head::number(lang.tr("head-difference"), ""),
    ];
    if subject.level != Level::Country {
        heads.push(Head::number(lang.tr_with("head-computed-in", [("place", country.name.as_str())]), ""));
        heads.push(Head::number(lang.tr_with("head-published-in", [("place", country.name.as_str())]), ""));
    }
    let caption = lang.tr_with("published-caption", [("name", subject.name.as_str())]);
    Some(TableView {
        id: "published-table".into(),
        note: unit,
        source: labels::source_line(atlas, lang, &sources.join(" ; ")),
        heads,
        rows,
        downloads: subject.downloads("territoire", &format!("territoire={}", subject.key()), &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    })
}

fn is_vintage_of(indicator: &Indicator, prefix: &str) -> bool {
    indicator.id.strip_prefix(prefix).is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
}
