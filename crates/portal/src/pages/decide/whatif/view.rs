//! What a page says of a scenario: its changes, the figures before and after, the tables.

use pacte_access::whatif::{AreaShift, Change, CommuneShift, Outcome};
use pacte_sources::export::Format;
use pacte_territory::{Level, Territory};

use super::asked::{Asked, PATH};
use super::says;
use crate::format;
use crate::i18n::Lang;
use crate::labels::{self, typeset};
use crate::state::Portal;
use crate::subject::territory_url;
use crate::view::{CellView, Download, FigureCard, Head, RowView, TableView};

/// Rows shown of the long tables; files have them all.
const ROWS: usize = 20;

/// A change on the list.
#[derive(Clone, Debug)]
pub(crate) struct ChangeLine {
    /// What it does.
    pub text: String,
    /// As it is written in links.
    pub code: String,
    /// Address of the page without it.
    pub remove: String,
    /// What that link says to those who hear it alone.
    pub remove_label: String,
}

/// Everything said of a scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct WhatIfView {
    pub changes: Vec<ChangeLine>,
    pub undo: Option<String>,
    pub clear: String,
    pub summary: String,
    pub cards: Vec<FigureCard>,
    pub tables: Vec<TableView>,
    pub notes: Vec<String>,
    pub source: String,
    pub files: Vec<Download>,
    pub fits: bool,
    pub saved: bool,
}

/// A scenario, its outcome and the page they are said on.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) portal: &'a Portal,
    pub(super) lang: Lang,
    pub(super) asked: &'a Asked,
    pub(super) outcome: &'a Outcome,
}

impl Teller<'_> {
    fn territory(&self) -> &Territory {
        self.portal.atlas.territory()
    }

    pub(super) fn view(&self) -> WhatIfView {
        let Self { lang, asked, .. } = *self;
        let changes = &asked.scenario.changes;
        let without = |rank: usize| {
            let mut rest: Vec<Change> = changes.clone();
            rest.remove(rank);
            asked.address_with(&rest)
        };
        let lines = changes.iter().enumerate().map(|(rank, change)| {
            let text = says::change(lang, self.territory(), change);
            ChangeLine {
                remove: without(rank),
                remove_label: lang.tr_with("whatif-remove", [("change", text.as_str())]),
                code: change.to_string(),
                text,
            }
        });
        let nothing = changes.is_empty();
        WhatIfView {
            changes: lines.collect(),
            undo: (!nothing).then(|| without(changes.len() - 1)),
            clear: asked.address_with(&[]),
            summary: self.summary(),
            cards: self.cards(),
            tables: if nothing { Vec::new() } else { self.tables() },
            notes: self.outcome.notes.iter().map(|note| typeset(note)).collect(),
            source: self.source(),
            files: if nothing { Vec::new() } else { self.files("scenario", &[Format::Json], &lang.tr("whatif-file")) },
            fits: asked.fits_a_link(),
            saved: asked.is_saved(),
        }
    }

    /// One sentence, also read aloud when the map changes.
    pub(super) fn summary(&self) -> String {
        let Self { lang, outcome, .. } = *self;
        if self.asked.scenario.changes.is_empty() {
            return lang.tr("whatif-nothing");
        }
        let (above, under) = outcome.crossing();
        lang.tr_with(
            "whatif-summary",
            [
                ("communes", format::count(lang, outcome.communes.len() as u64)),
                ("people", format::count(lang, outcome.concerned())),
                ("above", format::count(lang, above)),
                ("under", format::count(lang, under)),
            ],
        )
    }

    fn cards(&self) -> Vec<FigureCard> {
        let Self { lang, outcome, .. } = *self;
        let (before, after) = (&outcome.country.before, &outcome.country.after);
        let context = |before: String, change: Option<String>| {
            let change = change.filter(|change| change.contains(|c: char| c.is_ascii_digit() && c != '0'));
            let change = change.unwrap_or_else(|| lang.tr("whatif-unchanged"));
            vec![lang.tr_with("whatif-before", [("before", before), ("change", change)])]
        };
        let people = |before: u64, after: u64| {
            context(format::count(lang, before), format::signed(lang, after as f64 - before as f64, 0))
        };
        let apl = |value: Option<f64>| value.and_then(|value| format::number(lang, value, 3));
        let mut cards = vec![
            FigureCard {
                label: lang.tr("whatif-card-under"),
                value: Some(format::count(lang, after.under)),
                unit: lang.tr("whatif-people"),
                context: people(before.under, after.under),
                source: String::new(),
            },
            FigureCard {
                label: lang.tr("whatif-card-mean"),
                value: apl(after.apl),
                unit: lang.tr("whatif-apl-unit"),
                context: context(
                    apl(before.apl).unwrap_or_default(),
                    before.apl.zip(after.apl).and_then(|(before, after)| format::signed(lang, after - before, 4)),
                ),
                source: String::new(),
            },
        ];
        if let Some(cover) = outcome.urgent() {
            cards.push(FigureCard {
                label: lang
                    .tr_with("whatif-card-beyond", [("limit", format::minutes(lang, cover.limit).unwrap_or_default())]),
                value: Some(format::count(lang, cover.after.people)),
                unit: lang.tr("whatif-people"),
                context: people(cover.before.people, cover.after.people),
                source: typeset(&cover.label),
            });
        }
        if let Some(zones) = &outcome.zones
            && let Some(first) = zones.classes.first()
        {
            let mut lines = people(first.before, first.after);
            lines.push(lang.tr_count("whatif-zones-changed", zones.units.len() as u64));
            cards.push(FigureCard {
                label: lang.tr_with("whatif-card-zones", [("class", typeset(&first.label))]),
                value: Some(format::count(lang, first.after)),
                unit: lang.tr("whatif-people"),
                context: lines,
                source: typeset(&zones.label),
            });
        }
        cards
    }

    fn tables(&self) -> Vec<TableView> {
        let mut tables = vec![self.communes()];
        tables.push(self.areas("departements", &self.outcome.departements));
        if self.outcome.regions.len() > 1 {
            tables.push(self.areas("regions", &self.outcome.regions));
        }
        tables.extend(self.cover());
        tables.extend(self.zones());
        tables.retain(|table| !table.rows.is_empty());
        tables
    }

    fn note(&self, shown: usize, of: usize) -> String {
        let lang = self.lang;
        if of <= shown {
            return String::new();
        }
        lang.tr_with(
            "whatif-first",
            [("shown", format::count(lang, shown as u64)), ("of", format::count(lang, of as u64))],
        )
    }

    fn communes(&self) -> TableView {
        let Self { lang, outcome, .. } = *self;
        let row = |shift: &CommuneShift| {
            let area = self.territory().area(Level::Commune, shift.commune);
            RowView {
                cells: vec![
                    CellView::link(area.name, territory_url(Level::Commune, &area.code)),
                    CellView::number(Some(format::count(lang, shift.people))),
                    self.apl(shift.before),
                    self.apl(shift.after),
                    self.difference(shift.before, shift.after),
                ],
                current: false,
            }
        };
        let shown = outcome.most_changed_communes(ROWS);
        let caption = lang.tr("whatif-communes-caption");
        TableView {
            id: "simuler-communes".into(),
            note: self.note(shown.len(), outcome.communes.len()),
            heads: self.heads(lang.level(Level::Commune)),
            rows: shown.iter().map(row).collect(),
            source: String::new(),
            downloads: self.files("communes", &[Format::Csv, Format::Xlsx, Format::Geojson, Format::Parquet], &caption),
            caption,
            pager: None,
        }
    }

    fn heads(&self, first: String) -> Vec<Head> {
        let lang = self.lang;
        let unit = lang.tr("whatif-apl-unit");
        vec![
            Head::text(first),
            Head::number(lang.tr("whatif-head-people"), ""),
            Head::number(lang.tr("whatif-head-apl-before"), unit.as_str()),
            Head::number(lang.tr("whatif-head-apl-after"), unit.as_str()),
            Head::number(lang.tr("whatif-head-change"), unit),
        ]
    }

    fn apl(&self, value: Option<f64>) -> CellView {
        CellView::number(value.and_then(|value| format::number(self.lang, value, 2)))
    }

    fn difference(&self, before: Option<f64>, after: Option<f64>) -> CellView {
        let change = before.zip(after).map(|(before, after)| after - before);
        CellView::number(change.and_then(|change| format::signed(self.lang, change, 3)))
    }

    fn areas(&self, name: &str, areas: &[AreaShift]) -> TableView {
        let Self { lang, outcome, .. } = *self;
        let changed = outcome.most_changed(areas);
        let level = areas.first().map_or(Level::Departement, |area| area.level);
        let row = |area: &&AreaShift| RowView {
            cells: vec![
                CellView::link(area.name.clone(), territory_url(level, &area.code)),
                CellView::number(Some(format::count(lang, area.before.people))),
                self.apl(area.before.apl),
                self.apl(area.after.apl),
                self.difference(area.before.apl, area.after.apl),
                CellView::number(Some(format::count(lang, area.before.under))),
                CellView::number(Some(format::count(lang, area.after.under))),
                CellView::number(format::signed(lang, area.after.under as f64 - area.before.under as f64, 0)),
            ],
            current: false,
        };
        let mut heads = self.heads(lang.level(level));
        heads.extend([
            Head::number(lang.tr("whatif-head-under-before"), ""),
            Head::number(lang.tr("whatif-head-under-after"), ""),
            Head::number(lang.tr("whatif-head-change"), ""),
        ]);
        let caption = lang.tr_with("whatif-areas-caption", [("levels", lang.levels(level))]);
        TableView {
            id: format!("simuler-{name}"),
            note: self.note(ROWS, changed.len()),
            heads,
            rows: changed.iter().take(ROWS).map(row).collect(),
            source: String::new(),
            downloads: self.files(name, &[Format::Csv, Format::Xlsx], &caption),
            caption,
            pager: None,
        }
    }

    fn cover(&self) -> Option<TableView> {
        let Self { lang, outcome, .. } = *self;
        let limit = outcome.cover.first()?.limit;
        let rows = outcome.cover.iter().map(|shift| RowView {
            cells: vec![
                CellView::text(typeset(&shift.label)),
                CellView::number(Some(format::count(lang, shift.before.people))),
                CellView::number(Some(format::count(lang, shift.after.people))),
                CellView::number(format::signed(lang, shift.after.people as f64 - shift.before.people as f64, 0)),
                CellView::number(Some(format::count(lang, u64::from(shift.before.communes)))),
                CellView::number(Some(format::count(lang, u64::from(shift.after.communes)))),
            ],
            current: false,
        });
        let limit = format::minutes(lang, limit).unwrap_or_default();
        let caption = lang.tr_with("whatif-cover-caption", [("limit", limit)]);
        Some(TableView {
            id: "simuler-urgences".into(),
            note: lang.tr("whatif-cover-note"),
            heads: vec![
                Head::text(lang.tr("whatif-head-set")),
                Head::number(lang.tr("whatif-head-people-before"), ""),
                Head::number(lang.tr("whatif-head-people-after"), ""),
                Head::number(lang.tr("whatif-head-change"), ""),
                Head::number(lang.tr("whatif-head-communes-before"), ""),
                Head::number(lang.tr("whatif-head-communes-after"), ""),
            ],
            rows: rows.collect(),
            source: String::new(),
            downloads: self.files("urgences", &[Format::Csv, Format::Xlsx], &caption),
            caption,
            pager: None,
        })
    }

    fn zones(&self) -> Option<TableView> {
        let Self { lang, outcome, .. } = *self;
        let zones = outcome.zones.as_ref()?;
        let label = |class: u8| typeset(&zones.classes[usize::from(class)].label);
        let rows = zones.units.iter().take(ROWS).map(|unit| RowView {
            cells: vec![
                CellView::link(unit.name.clone(), territory_url(zones.level, &unit.code)),
                CellView::number(Some(format::count(lang, unit.people))),
                CellView::text(label(unit.before)),
                CellView::text(label(unit.after)),
                self.apl(unit.value_before),
                self.apl(unit.value_after),
            ],
            current: false,
        });
        let caption = lang.tr_with("whatif-zones-caption", [("method", typeset(&zones.label))]);
        Some(TableView {
            id: "simuler-zones".into(),
            note: self.note(ROWS, zones.units.len()),
            heads: vec![
                Head::text(lang.level(zones.level)),
                Head::number(lang.tr("whatif-head-people"), ""),
                Head::text(lang.tr("whatif-head-class-before")),
                Head::text(lang.tr("whatif-head-class-after")),
                Head::number(lang.tr("whatif-head-value-before"), ""),
                Head::number(lang.tr("whatif-head-value-after"), ""),
            ],
            rows: rows.collect(),
            source: String::new(),
            downloads: self.files("zones", &[Format::Csv, Format::Xlsx], &caption),
            caption,
            pager: None,
        })
    }

    fn source(&self) -> String {
        let Self { lang, outcome, .. } = *self;
        let text = lang.tr_with(
            "whatif-source",
            [
                ("vintages", typeset(&outcome.vintages.join(" ; "))),
                ("method", typeset(&outcome.method_label)),
                ("hash", outcome.method.chars().take(12).collect()),
            ],
        );
        labels::source_line(&self.portal.atlas, lang, &text)
    }

    /// Links to files of this scenario.
    fn files(&self, name: &str, formats: &[Format], title: &str) -> Vec<Download> {
        let query = self.asked.query();
        let file = |format: &Format| Download {
            label: format.label(),
            title: self.lang.tr_with("download-title", [("title", title), ("format", format.label())]),
            href: format!("{PATH}/{name}.{}?{query}", format.extension()),
        };
        formats.iter().map(file).collect()
    }
}
