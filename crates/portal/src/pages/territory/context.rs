//! What else is known: identity, zoning and density, priority neighbourhoods, and every figure with its source.

use pacte_territory::{Aggregation, Column, Level};

use super::Trait;
use crate::format;
use crate::labels;
use crate::subject::{PLAIN_FORMATS, Subject};
use crate::view::{CellView, Head, RowView, TableView};

/// Lines of the identity card.
pub(super) fn traits(subject: &Subject<'_>) -> Vec<Trait> {
    let (lang, territory) = (subject.lang, subject.atlas.territory());
    let mut traits = Vec::new();
    let mut add = |label: String, value: String, source: String| traits.push(Trait { label, value, source });
    if subject.level == Level::Commune {
        let postal = &territory.communes.postal_codes[subject.area as usize];
        if !postal.is_empty() {
            // The first ones: a large city has dozens.
            let more = if postal.len() > 6 { " …" } else { "" };
            add(lang.tr("trait-postal"), format!("{}{more}", postal[..postal.len().min(6)].join(", ")), String::new());
        }
        for column in categories_of(subject) {
            if let Some(category) = column.category(subject.area) {
                add(column.label.clone(), category.to_owned(), column.provenance.citation());
            }
        }
        let quarters: Vec<&str> = territory
            .quarters
            .iter()
            .filter(|quarter| quarter.communes.contains(&subject.area))
            .map(|quarter| quarter.name.as_str())
            .collect();
        if !quarters.is_empty() {
            add(lang.tr("trait-quarters"), quarters.join(", "), String::new());
        }
    } else {
        let communes = territory.members(subject.level, subject.area).len() as u64;
        add(lang.tr("trait-communes"), format::count(lang, communes), String::new());
    }
    if let Some(area) = subject.atlas.latest("area.km2") {
        let members = territory.members(subject.level, subject.area);
        let km2: f64 = members.iter().filter_map(|id| area.get(*id)).sum();
        if km2 > 0.0 {
            let decimals = u8::from(km2 < 100.0);
            let value = format::number(lang, km2, decimals).unwrap_or_default();
            add(lang.tr("trait-area"), format::with_unit(lang, &value, "km²"), String::new());
        }
    }
    traits
}

fn categories_of<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a Column> + use<'a> {
    subject.atlas.territory().columns.iter().filter(|column| column.aggregation == Aggregation::Category)
}

/// For an area: how many communes and people in each category (zoning, density).
pub(super) fn categories(subject: &Subject<'_>) -> Vec<TableView> {
    if subject.level == Level::Commune {
        return Vec::new();
    }
    let lang = subject.lang;
    let members = subject.atlas.territory().members(subject.level, subject.area);
    let people = subject.atlas.latest("population.municipal");
    categories_of(subject)
        .filter_map(|column| {
            let mut counts = vec![(0_u64, 0.0); column.categories.len()];
            for commune in members.iter() {
                if let Some(count) = column.get(*commune).and_then(|category| counts.get_mut(category as usize)) {
                    count.0 += 1;
                    count.1 += people.and_then(|people| people.get(*commune)).unwrap_or(0.0);
                }
            }
            let total: f64 = counts.iter().map(|count| count.1).sum();
            if counts.iter().all(|count| count.0 == 0) {
                return None;
            }
            let rows = column
                .categories
                .iter()
                .zip(&counts)
                .filter(|(_, count)| count.0 > 0)
                .map(|(category, (communes, people))| RowView {
                    cells: vec![
                        CellView::text(category.clone()),
                        CellView::number(Some(format::count(lang, *communes))),
                        CellView::number(format::number(lang, *people, 0)),
                        CellView::number(if total > 0.0 {
                            format::percent(lang, 100.0 * people / total, 1)
                        } else {
                            None
                        }),
                    ],
                    current: false,
                })
                .collect();
            Some(TableView {
                id: format!("category-{}", column.concept.replace('.', "-")),
                caption: format!("{} – {}", column.label, subject.name),
                heads: vec![
                    Head::text(lang.tr("head-category")),
                    Head::number(lang.tr("trait-communes"), ""),
                    Head::number(lang.tr("head-inhabitants"), ""),
                    Head::number(lang.tr("head-share"), ""),
                ],
                rows,
                source: labels::source_line(subject.atlas, lang, &column.provenance.citation()),
                ..TableView::default()
            })
        })
        .collect()
}

/// Every indicator, beside the area it lies in and the country, with its source.
pub(super) fn everything(subject: &Subject<'_>) -> TableView {
    let (lang, atlas) = (subject.lang, subject.atlas);
    let mut columns = vec![subject.clone()];
    if let Some(level) = subject.home_level()
        && let Some(home) = atlas.parent(subject.level, subject.area, level)
    {
        columns.push(subject.other(level, home));
    }
    if subject.level != Level::Country {
        columns.push(subject.country());
    }
    let mut heads = vec![Head::text(lang.tr("head-indicator"))];
    heads.extend(columns.iter().map(|column| Head::number(column.name.clone(), "")));
    heads.push(Head::text(lang.tr("head-source")));
    let rows = atlas
        .indicators()
        .iter()
        .filter(|indicator| subject.level != Level::Commune || (indicator.id != "communes" && !is_share(&indicator.id)))
        .map(|indicator| {
            let label = labels::indicator(lang, indicator);
            let mut cells = vec![CellView::text(label).with_note(labels::unit_apart(lang, indicator))];
            cells.extend(
                columns
                    .iter()
                    .map(|column| CellView::number(labels::value_short(lang, indicator, column.value(&indicator.id)))),
            );
            cells.push(CellView::text(labels::typeset(&indicator.citation)));
            RowView { cells, current: false }
        })
        .collect();
    let caption = lang.tr_with("everything-caption", [("name", subject.name.as_str())]);
    TableView {
        id: "everything-table".into(),
        heads,
        rows,
        downloads: subject.downloads("territoire", &format!("territoire={}", subject.key()), &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    }
}

/// Shares of people of one commune are nought or a hundred: no news.
fn is_share(id: &str) -> bool {
    id.starts_with("share_below") || id.starts_with("share_beyond")
}
