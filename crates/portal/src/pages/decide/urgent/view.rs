//! What the page says of an answer: figures, tables, texts in its language.

use pacte_access::urgent::{Beyond, Cover, Reference};
use pacte_sources::table::Table;
use pacte_territory::Level;

use super::asked::{Asked, set_label};
use super::desk::Answer;
use super::map::{Drawn, draw};
use super::trial::{Trial, tell};
use super::week::{WeekView, week};
use super::{HERE, tables};
use crate::format;
use crate::i18n::Lang;
use crate::labels;
use crate::request::Visit;
use crate::state::Portal;
use crate::subject::territory_url;
use crate::view::{CellView, Download, FigureCard, Head, Pager, RowView, TableView};

/// Rows of a page of the table by area.
const ROWS: usize = 25;
/// Gaps, additions and resources shown; files hold them all.
pub(super) const SHOWN: usize = 15;

/// Minutes by which trips are supposed longer to tell how much a count rests on them: the mean error of the model of
/// travel times over trips of any length.
const MARGIN: u16 = 5;

/// Everything under the form.
#[derive(Debug)]
pub(super) struct Page {
    pub when: String,
    pub cards: Vec<FigureCard>,
    pub ladder: TableView,
    pub map: Option<Drawn>,
    pub areas: TableView,
    pub trial: Option<Trial>,
    pub adds: Option<TableView>,
    pub adds_none: String,
    pub gaps: Option<TableView>,
    pub week: WeekView,
    pub register: TableView,
    pub published: TableView,
    pub published_departements: Option<TableView>,
    pub source: String,
    pub method: String,
}

/// An answer and the page it is said on.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub portal: &'a Portal,
    pub visit: &'a Visit,
    pub asked: &'a Asked,
    pub answer: &'a Answer,
}

/// What is missing from the data, in the language of the page.
pub(super) fn notes(lang: Lang, answer: &Answer) -> Vec<String> {
    let territory = answer.cover.ground().territory();
    let mut notes = Vec::new();
    if territory.care.resources.is_empty() {
        notes.push(lang.tr("urgent-no-register"));
    }
    if answer.cover.resources().is_empty() {
        notes.push(lang.tr("urgent-no-resource"));
    }
    notes
}

/// One of the tables as a file.
pub(super) fn file(portal: &Portal, asked: &Asked, cover: &Cover, name: &str) -> Table {
    let (set, moment, limit) = (asked.set, asked.moment(), f32::from(asked.limit));
    match name {
        "niveau" => {
            let sets: Vec<_> = pacte_access::urgent::Set::LADDER.into_iter().filter(|one| set.includes(*one)).collect();
            let sets = if sets.contains(&set) { sets } else { vec![set] };
            tables::cover(cover, &sets, moment, limit, asked.level)
        }
        "communes" => tables::communes(cover, set, moment, limit),
        "poches" => tables::gaps(cover, set, moment, limit),
        "apports" => tables::adds(cover, pacte_access::urgent::Set::MCS, set, moment, limit),
        "heures" => tables::hours(cover, set, asked.day, limit),
        "registre" => tables::register(portal.atlas.territory(), cover.resources()),
        _ => tables::published(cover, moment, Reference::shipped()),
    }
}

impl Teller<'_> {
    pub(super) fn limit(&self) -> String {
        self.asked.limit.to_string()
    }

    /// Minutes of a commune in words; `None` when nobody located it.
    pub(super) fn minutes_text(&self, commune: u32, minutes: f32) -> Option<String> {
        let lang = self.visit.lang;
        if minutes.is_nan() {
            return self.answer.cover.is_located(commune).then(|| lang.tr("urgent-beyond-followed"));
        }
        // Rounding must not bring a commune over the limit back to it.
        let shown = if minutes > f32::from(self.asked.limit) { minutes.ceil() } else { minutes.floor() };
        format::minutes(lang, f64::from(shown))
    }

    /// Links to the files of a table.
    pub(super) fn downloads(&self, name: &str, title: &str, areas: bool) -> Vec<Download> {
        let formats: &[&str] = if areas { &["csv", "xlsx", "geojson", "parquet"] } else { &["csv", "xlsx", "parquet"] };
        let lang = self.visit.lang;
        formats
            .iter()
            .filter_map(|extension| extension.parse::<pacte_sources::export::Format>().ok())
            .map(|format| Download {
                label: format.label(),
                title: lang.tr_with("download-title", [("title", title), ("format", format.label())]),
                href: self.asked.address(self.portal, &format!("{HERE}/fichiers/{name}.{format}"), &[]),
            })
            .collect()
    }

    pub(super) fn page(&self) -> Page {
        let lang = self.visit.lang;
        let moment = self.asked.moment();
        let method = tables::method(&self.answer.cover, self.asked.set, moment, f32::from(self.asked.limit));
        Page {
            when: self.when(),
            cards: self.cards(),
            ladder: self.ladder(),
            map: draw(self),
            areas: self.areas(),
            trial: self.asked.trial.map(|new| tell(self, new)),
            adds: self.adds(),
            adds_none: lang.tr("urgent-adds-none"),
            gaps: self.gaps(),
            week: week(self),
            register: self.register(),
            published: self.published(),
            published_departements: self.published_departements(),
            source: self.source(),
            method: labels::typeset(&method),
        }
    }

    fn when(&self) -> String {
        let lang = self.visit.lang;
        let day = format::date(lang, self.asked.day);
        match self.asked.time {
            None => lang.tr_with("urgent-when-day", [("day", day)]),
            Some(time) => {
                let time = format!("{:02}:{:02}", time.hour(), time.minute());
                lang.tr_with("urgent-when-hour", [("day", day), ("time", time)])
            }
        }
    }

    /// Sources of every figure: population, resources, travel times.
    pub(super) fn source(&self) -> String {
        let cover = &self.answer.cover;
        let people = cover.ground().population().map(|column| column.provenance.citation());
        let mut sources: Vec<String> = people.into_iter().chain(cover.sources().iter().cloned()).collect();
        sources.push(cover.ground().travel().label.clone());
        labels::source_line(&self.portal.atlas, self.visit.lang, &sources.join(" ; "))
    }

    pub(super) fn people(&self, count: u64) -> String {
        format::count(self.visit.lang, count)
    }

    pub(super) fn share(&self, count: &Beyond) -> Option<String> {
        format::percent(self.visit.lang, count.share()?, 2)
    }

    fn cards(&self) -> Vec<FigureCard> {
        let lang = self.visit.lang;
        let Some((set, count)) = self.answer.ladder.last() else { return Vec::new() };
        let mut context = vec![set_label(lang, *set)];
        if let Some(share) = self.share(count) {
            context
                .push(lang.tr_with("urgent-card-share", [("share", share), ("people", self.people(count.of_people))]));
        }
        // How much rests on the travel times: the same count were every trip longer by the model's usual error.
        let slower = self.asked.limit.saturating_sub(MARGIN);
        let late = self.answer.cover.beyond(&self.answer.best.minutes, f32::from(slower));
        context.push(
            lang.tr_with("urgent-card-margin", [("people", self.people(late.people)), ("minutes", MARGIN.to_string())]),
        );
        if count.unknown > 0 {
            context.push(lang.tr_with("urgent-card-unknown", [("people", self.people(count.unknown))]));
        }
        let beyond = FigureCard {
            label: lang.tr_with("urgent-card-beyond", [("limit", self.limit())]),
            value: Some(self.people(count.people)),
            unit: lang.tr("urgent-unit-people"),
            context,
            source: self.source(),
        };
        let communes = FigureCard {
            label: lang.tr_with("urgent-card-communes", [("limit", self.limit())]),
            value: Some(format::count(lang, count.communes)),
            unit: String::new(),
            context: vec![lang.tr_with("urgent-card-of", [("communes", format::count(lang, count.of_communes))])],
            source: self.source(),
        };
        let active = self.answer.cover.active(self.asked.set, self.asked.moment()).len() as u64;
        let all = self.answer.cover.resources().iter().filter(|one| self.asked.set.contains(one.kind)).count() as u64;
        let resources = FigureCard {
            label: lang.tr("urgent-card-resources"),
            value: Some(format::count(lang, active)),
            unit: String::new(),
            context: vec![lang.tr_with("urgent-card-resources-of", [("all", format::count(lang, all))])],
            source: labels::source_line(&self.portal.atlas, lang, &self.answer.cover.sources().join(" ; ")),
        };
        vec![beyond, communes, resources]
    }

    fn ladder(&self) -> TableView {
        let lang = self.visit.lang;
        let mut before: Option<u64> = None;
        let row =
            |(set, count): &(_, Beyond)| {
                let brought = before.map(|people| people as f64 - count.people as f64);
                before = Some(count.people);
                RowView {
                    cells: vec![
                        CellView::text(set_label(lang, *set)),
                        CellView::number(Some(self.people(count.people))),
                        CellView::number(self.share(count)),
                        CellView::number(Some(format::count(lang, count.communes))),
                        CellView::number(Some(brought.map_or_else(
                            || "–".to_owned(),
                            |people| format::number(lang, people, 0).unwrap_or_default(),
                        ))),
                    ],
                    current: *set == self.asked.set,
                }
            };
        TableView {
            id: "urgences-jeux".into(),
            caption: lang.tr_with("urgent-ladder-caption", [("limit", self.limit())]),
            heads: vec![
                Head::text(lang.tr("urgent-head-set")),
                Head::number(lang.tr("urgent-head-beyond"), lang.tr("urgent-unit-people")),
                Head::number(lang.tr("head-share"), ""),
                Head::number(lang.tr("urgent-head-communes"), ""),
                Head::number(lang.tr("urgent-head-brought"), lang.tr("urgent-unit-people")),
            ],
            rows: self.answer.ladder.iter().map(row).collect(),
            source: self.source(),
            ..TableView::default()
        }
    }

    fn areas(&self) -> TableView {
        let lang = self.visit.lang;
        let territory = self.portal.atlas.territory();
        let level = self.asked.level;
        let limit = f32::from(self.asked.limit);
        let counts = self.answer.cover.beyond_by(level, &self.answer.best.minutes, limit);
        let means = self.answer.cover.mean_minutes_by(level, &self.answer.best.minutes);
        let within = self.asked.departement.map(|home| (Level::Departement, home));
        let mut areas = crate::tables::areas(&self.portal.atlas, level, within);
        areas.sort_by_key(|area| (std::cmp::Reverse(counts[*area as usize].people), *area));
        let last = areas.len().div_ceil(ROWS);
        let page = self.visit.query.page(last).unwrap_or(1);
        let by_commune = level == Level::Commune;
        let row = |area: &u32| {
            let count = &counts[*area as usize];
            let named = territory.area(level, *area);
            let time = if by_commune {
                self.minutes_text(*area, self.answer.best.minutes[*area as usize])
            } else {
                format::minutes(lang, means[*area as usize])
            };
            let mut cells = vec![
                CellView::link(named.name, territory_url(level, &named.code)),
                CellView::number(Some(self.people(count.people))),
                CellView::number(time),
                CellView::number(Some(self.people(count.of_people))),
            ];
            if by_commune {
                // All of a commune or nobody: its share says nothing.
                let by = self.answer.cover.resources().get(self.answer.best.by[*area as usize] as usize);
                cells.push(CellView { text: by.map(|one| one.name.clone()), ..CellView::default() });
            } else {
                cells.insert(2, CellView::number(self.share(count)));
                cells.push(CellView::number(Some(format::count(lang, count.communes))));
            }
            RowView { cells, current: false }
        };
        let caption = lang.tr_with("urgent-areas-caption", [("levels", lang.levels(level)), ("limit", self.limit())]);
        let shown = areas.iter().skip((page - 1) * ROWS).take(ROWS);
        let mut heads = vec![
            Head::text(lang.level(level)),
            Head::number(lang.tr("urgent-head-beyond"), lang.tr("urgent-unit-people")),
            Head::number(if by_commune { lang.tr("urgent-head-best") } else { lang.tr("urgent-head-mean") }, ""),
            Head::number(lang.tr("head-inhabitants"), ""),
        ];
        if by_commune {
            heads.push(Head::text(lang.tr("urgent-head-by")));
        } else {
            heads.insert(2, Head::number(lang.tr("head-share"), ""));
            heads.push(Head::number(lang.tr("urgent-head-communes"), ""));
        }
        TableView {
            id: "urgences-tableau".into(),
            note: lang.tr("urgent-areas-note"),
            heads,
            rows: shown.map(row).collect(),
            source: self.source(),
            downloads: if by_commune {
                self.downloads("communes", &caption, true)
            } else {
                self.downloads("niveau", &caption, true)
            },
            pager: Pager::new(
                lang.tr("urgent-pages"),
                page,
                ROWS,
                areas.len(),
                |page| {
                    format!(
                        "{}#urgences-tableau",
                        self.asked.address(self.portal, HERE, &[("page", &page.to_string())])
                    )
                },
                |page| format::count(lang, page as u64),
            ),
            caption,
        }
    }

    /// How many of a longer list are shown; empty when all are.
    fn first(&self, all: usize) -> String {
        if all <= SHOWN {
            return String::new();
        }
        let count = |n: usize| format::count(self.visit.lang, n as u64);
        self.visit.lang.tr_with("urgent-first", [("shown", count(SHOWN)), ("all", count(all))])
    }

    fn adds(&self) -> Option<TableView> {
        let lang = self.visit.lang;
        let territory = self.portal.atlas.territory();
        let adds = &self.answer.adds;
        let rows = adds.iter().take(SHOWN).map(|one| {
            let resource = &self.answer.cover.resources()[one.resource as usize];
            let commune = &territory.communes.name[resource.commune as usize];
            RowView {
                cells: vec![
                    CellView::text(resource.name.clone()).with_note(commune.clone()),
                    CellView::number(Some(self.people(one.in_order))),
                    CellView::number(Some(self.people(one.left))),
                    CellView::number(Some(self.people(one.alone))),
                    CellView::number(Some(self.people(one.last))),
                ],
                current: false,
            }
        });
        let caption = lang.tr("urgent-adds-caption");
        let unit = || lang.tr("urgent-unit-people");
        (!adds.is_empty()).then(|| TableView {
            id: "urgences-apports".into(),
            note: self.first(adds.len()),
            heads: vec![
                Head::text(lang.tr("urgent-kind-mcs")),
                Head::number(lang.tr("urgent-head-in-order"), unit()),
                Head::number(lang.tr("urgent-head-left"), unit()),
                Head::number(lang.tr("urgent-head-alone"), unit()),
                Head::number(lang.tr("urgent-head-last"), unit()),
            ],
            rows: rows.collect(),
            source: self.source(),
            downloads: self.downloads("apports", &caption, false),
            caption,
            ..TableView::default()
        })
    }

    fn gaps(&self) -> Option<TableView> {
        let lang = self.visit.lang;
        let territory = self.portal.atlas.territory();
        let gaps = &self.answer.gaps;
        let rows = gaps.iter().take(SHOWN).map(|gap| {
            let main = territory.area(Level::Commune, gap.communes[0]);
            let home = territory.area_of(Level::Departement, gap.communes[0]);
            let home = home.map(|home| territory.area(Level::Departement, home).name).unwrap_or_default();
            let others = match tables::first(territory, &gap.communes[1..]) {
                (names, 0) => names,
                (names, more) => format!("{names} {}", lang.tr_count("urgent-and-others", more as u64)),
            };
            RowView {
                cells: vec![
                    CellView::link(main.name, territory_url(Level::Commune, &main.code)).with_note(home),
                    CellView::number(Some(self.people(gap.people))),
                    CellView::number(Some(format::count(lang, gap.communes.len() as u64))),
                    CellView::number(self.minutes_text(gap.communes[0], gap.farthest)),
                    CellView::text(if others.is_empty() { "–".to_owned() } else { others }),
                ],
                current: false,
            }
        });
        let caption = lang.tr_with("urgent-gaps-caption", [("limit", self.limit())]);
        (!gaps.is_empty()).then(|| TableView {
            id: "urgences-poches".into(),
            note: self.first(gaps.len()),
            heads: vec![
                Head::text(lang.tr("urgent-head-gap")),
                Head::number(lang.tr("urgent-head-beyond"), lang.tr("urgent-unit-people")),
                Head::number(lang.tr("urgent-head-communes"), ""),
                Head::number(lang.tr("urgent-head-farthest"), ""),
                Head::text(lang.tr("urgent-head-others")),
            ],
            rows: rows.collect(),
            source: self.source(),
            downloads: self.downloads("poches", &caption, false),
            caption,
            ..TableView::default()
        })
    }
}
