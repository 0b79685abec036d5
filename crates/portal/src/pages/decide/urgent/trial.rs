//! What one more resource would bring.

use pacte_access::urgent::New;
use pacte_territory::Level;

use super::asked::{kind_label, set_label};
use super::view::Teller;
use crate::format;
use crate::subject::territory_url;
use crate::view::{CellView, Head, RowView, TableView};

/// Communes shown of those brought within the limit.
const SHOWN: usize = 30;

/// What is said of a trial.
#[derive(Debug)]
pub(super) struct Trial {
    pub summary: String,
    pub detail: String,
    pub table: Option<TableView>,
}

/// Tells what a new resource brings over those asked for.
pub(super) fn tell(teller: &Teller<'_>, new: New) -> Trial {
    let Teller { portal, asked, answer, .. } = *teller;
    let lang = teller.visit.lang;
    let territory = portal.atlas.territory();
    let limit = f32::from(asked.limit);
    let gain = answer.cover.gain(&answer.best.minutes, &[new], asked.moment(), limit);
    let place = territory.communes.name[new.commune as usize].clone();
    let number = |count: u64| format::count(lang, count);
    let before = answer.ladder.last().map_or(0, |(_, count)| count.people);
    let summary = lang.tr_with(
        "urgent-trial-summary",
        [
            ("kind", kind_label(lang, new.kind)),
            ("place", place.clone()),
            ("people", number(gain.people)),
            ("communes", number(gain.communes.len() as u64)),
            ("limit", teller.limit()),
        ],
    );
    let detail = lang.tr_with(
        "urgent-trial-detail",
        [("before", number(before)), ("after", number(before - gain.people)), ("set", set_label(lang, asked.set))],
    );
    let rows = gain.communes.iter().take(SHOWN).map(|reached| {
        let area = territory.area(Level::Commune, reached.commune);
        RowView {
            cells: vec![
                CellView::link(area.name, territory_url(Level::Commune, &area.code)),
                CellView::number(Some(number(reached.people))),
                CellView::number(teller.minutes_text(reached.commune, reached.before)),
                CellView::number(teller.minutes_text(reached.commune, reached.after)),
            ],
            current: false,
        }
    });
    let table = (!gain.communes.is_empty()).then(|| TableView {
        id: "urgences-essai".into(),
        caption: lang.tr_with("urgent-trial-caption", [("place", place), ("limit", teller.limit())]),
        note: if gain.communes.len() > SHOWN {
            lang.tr_with("urgent-first", [("shown", number(SHOWN as u64)), ("all", number(gain.communes.len() as u64))])
        } else {
            String::new()
        },
        heads: vec![
            Head::text(lang.level(Level::Commune)),
            Head::number(lang.tr("head-inhabitants"), ""),
            Head::number(lang.tr("urgent-head-before"), ""),
            Head::number(lang.tr("urgent-head-after"), ""),
        ],
        rows: rows.collect(),
        ..TableView::default()
    });
    Trial { summary, detail, table }
}
