//! A projection in words, cards, drawings and tables, in the visitor’s language.

use pacte_access::foresight::{Assumptions, Fall, Interval, Key, YearRow, training_level};
use pacte_access::method::Status;
use pacte_territory::Level;

use super::asked::{Asked, Place, measure_codes};
use super::desk::Answer;
use super::{AssumptionField, Results, files};
use crate::charts::{Naming, Ribbon, RibbonPoint, Width, ribbon};
use crate::format;
use crate::i18n::Lang;
use crate::labels::{area_name, typeset};
use crate::map_block::Choice;
use crate::request::Visit;
use crate::state::Portal;
use crate::subject::territory_url;
use crate::view::{CellView, ChartView, FigureCard, Head, Pager, RowView, TableView};

/// Areas a page of the ranking.
const PAGE: usize = 25;
/// What is written when there is nothing.
const NONE: &str = "–";

/// A number with as few decimals as it needs, at most four, as fields hold it.
pub(super) fn plain(lang: Lang, value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if lang.is_french() { text.replace('.', ",") } else { text.to_owned() }
}

/// The same to be read, not typed again: thousands are grouped.
fn read(lang: Lang, value: f64) -> String {
    if value.abs() < 1000.0 { plain(lang, value) } else { format::number(lang, value, 0).unwrap_or_default() }
}

/// Levels areas can be ranked at.
pub(super) fn levels(portal: &Portal, lang: Lang, chosen: Level) -> Vec<Choice> {
    let known = portal.atlas.territory().levels();
    known
        .into_iter()
        .filter(|level| *level != Level::Country)
        .map(|level| Choice { value: level.slug().to_owned(), label: lang.level(level), selected: level == chosen })
        .collect()
}

/// Where added places may go.
pub(super) fn places_in(portal: &Portal, lang: Lang, asked: &Asked) -> Vec<Choice> {
    let measured = !measure_codes(portal).is_empty();
    Place::ALL
        .into_iter()
        .filter(|place| match place {
            Place::Measure => measured,
            Place::Own => asked.region.is_some(),
            Place::All => true,
        })
        .map(|place| Choice {
            value: place.slug().to_owned(),
            label: match place {
                Place::Measure => lang.tr("foresight-places-measure"),
                Place::Own => lang.tr("foresight-places-own"),
                Place::All => lang.tr("foresight-places-all"),
            },
            selected: place == asked.place,
        })
        .collect()
}

/// Whose retention the field changes, and what it is otherwise.
pub(super) fn retention_hint(portal: &Portal, lang: Lang, asked: &Asked) -> String {
    let assumptions = Assumptions::shipped();
    if let Some(code) = &asked.region {
        let territory = portal.atlas.territory();
        let level = training_level(territory, &assumptions);
        let name = territory.find(level, code).map(|area| territory.area(level, area).name).unwrap_or_default();
        let usual = format::percent(lang, 100.0 * assumptions.retention(code), 0).unwrap_or_default();
        lang.tr_with("foresight-retention-of", [("region", name), ("usual", usual)])
    } else {
        let usual = format::percent(lang, 100.0 * assumptions.get(Key::Retention).value, 0).unwrap_or_default();
        lang.tr_with("foresight-retention-all", [("usual", usual)])
    }
}

fn key_label(lang: Lang, key: Key) -> String {
    match key {
        Key::RetirementShift => lang.tr("foresight-key-retirement-shift"),
        Key::Leave => lang.tr("foresight-key-leave"),
        Key::EntryAge => lang.tr("foresight-key-entry-age"),
        Key::Lag => lang.tr("foresight-key-lag"),
        Key::GpShare => lang.tr("foresight-key-gp-share"),
        Key::PracticeShare => lang.tr("foresight-key-practice-share"),
        Key::OtherEntries => lang.tr("foresight-key-other-entries"),
        Key::FuturePlaces => lang.tr("foresight-key-future-places"),
        Key::Retention => lang.tr("foresight-key-retention"),
        Key::AttractionHeads => lang.tr("foresight-key-attraction-heads"),
        Key::HoursTrend => lang.tr("foresight-key-hours-trend"),
        Key::PopulationGrowth => lang.tr("foresight-key-population-growth"),
        Key::NeedGrowth => lang.tr("foresight-key-need-growth"),
        Key::ReferencePopulation => lang.tr("foresight-key-reference-population"),
    }
}

fn key_unit(lang: Lang, key: Key) -> String {
    match key {
        Key::RetirementShift | Key::EntryAge | Key::Lag => lang.tr("foresight-unit-years"),
        Key::Leave | Key::HoursTrend | Key::PopulationGrowth | Key::NeedGrowth => lang.tr("foresight-unit-a-year"),
        Key::GpShare | Key::PracticeShare | Key::Retention | Key::AttractionHeads => lang.tr("foresight-unit-share"),
        Key::OtherEntries => lang.tr("foresight-unit-doctors"),
        Key::FuturePlaces => lang.tr("foresight-unit-places"),
        Key::ReferencePopulation => lang.tr("foresight-unit-people"),
    }
}

fn checked(lang: Lang, status: Status) -> String {
    match status {
        Status::Sourced => lang.tr("foresight-checked"),
        Status::Unverified => lang.tr("foresight-unchecked"),
    }
}

/// Every assumption as a field.
pub(super) fn fields(lang: Lang, asked: &Asked, refused: &dyn Fn(&str) -> Option<String>) -> Vec<AssumptionField> {
    let shipped = Assumptions::shipped();
    Key::ALL
        .into_iter()
        .map(|key| {
            let assumed = shipped.get(key);
            let range = if assumed.low == assumed.high {
                NONE.to_owned()
            } else {
                lang.tr_with("foresight-range", [("low", read(lang, assumed.low)), ("high", read(lang, assumed.high))])
            };
            AssumptionField {
                name: key.slug(),
                label: key_label(lang, key),
                unit: key_unit(lang, key),
                value: asked.typed(key.slug(), String::new()),
                usual: read(lang, assumed.value),
                range,
                source: typeset(&assumed.source),
                checked: checked(lang, assumed.status),
                fault: refused(key.slug()),
            }
        })
        .collect()
}

/// Tells an answer.
pub(super) struct Teller<'a> {
    pub portal: &'a Portal,
    pub visit: &'a Visit,
    pub lang: Lang,
    pub asked: &'a Asked,
    pub answer: &'a Answer,
}

impl Teller<'_> {
    fn name(&self) -> String {
        area_name(&self.portal.atlas, self.lang, self.asked.level, self.asked.area)
    }

    fn whole(&self, value: f64) -> String {
        format::number(self.lang, value, u8::from(value < 100.0)).unwrap_or_else(|| NONE.to_owned())
    }

    /// Decimals of a change in the number of doctors, and of its bounds: tenths mean nothing beside thousands.
    fn decimals(&self) -> u8 {
        u8::from(self.ends().1.heads.central < 1000.0)
    }

    /// Where the figures come from, and that they are projected.
    fn source(&self) -> String {
        let sources = self.answer.projection.sources().join(" ; ");
        crate::labels::source_line(&self.portal.atlas, self.lang, &sources)
    }

    fn rows(&self) -> &[YearRow] {
        &self.answer.series.rows
    }

    fn ends(&self) -> (YearRow, YearRow) {
        let rows = self.rows();
        (rows[0], rows[rows.len() - 1])
    }

    pub(super) fn results(&self) -> Results {
        let lang = self.lang;
        let (first, last) = self.ends();
        let title = lang.tr_with(
            "foresight-result-title",
            [("place", self.name()), ("from", first.year.to_string()), ("to", last.year.to_string())],
        );
        let fit = self.answer.start.shares.fit.map(|fit| {
            let number = |value: f64| format::number(lang, value, 2).unwrap_or_else(|| NONE.to_owned());
            lang.tr_with(
                "foresight-fit",
                [
                    ("year", fit.vintage.to_string()),
                    ("national", number(fit.national)),
                    ("local", number(fit.local)),
                    ("ratio", number(fit.ratio)),
                ],
            )
        });
        let projection = &self.answer.projection;
        let notes = projection.notes().iter().chain(&self.answer.notes);
        let hypotheses = lang.tr("foresight-all-assumptions");
        Results {
            title,
            summary: self.summary(),
            cards: self.cards(),
            heads: self.heads_chart(),
            apl: self.apl_chart(),
            years: self.years(),
            falls: self.falls(),
            falls_text: self.falls_text(),
            levers: self.levers(),
            measure: self.measure(),
            disagreements: self.disagreements(),
            regions: self.regions(),
            notes: notes.map(|note| typeset(note)).collect(),
            method: typeset(&format!("{} ; empreinte {}", projection.method(), projection.fingerprint())),
            fit: fit.unwrap_or_default(),
            sources: typeset(&projection.sources().join(" ; ")),
            assumptions_files: files::links(lang, "hypotheses", &hypotheses, |file| self.asked.file(file)),
        }
    }

    fn summary(&self) -> Vec<String> {
        let lang = self.lang;
        let (first, last) = self.ends();
        let lowest = self.rows().iter().min_by(|a, b| a.heads.central.total_cmp(&b.heads.central));
        let lowest = lowest.copied().unwrap_or(first);
        let mut said = vec![lang.tr_with(
            "foresight-summary",
            [
                ("place", self.name()),
                ("from", first.year.to_string()),
                ("first", self.whole(first.heads.central)),
                ("to", last.year.to_string()),
                ("last", self.whole(last.heads.central)),
                ("low", self.whole(last.heads.low)),
                ("high", self.whole(last.heads.high)),
            ],
        )];
        if lowest.year > first.year && lowest.year < last.year {
            said.push(lang.tr_with(
                "foresight-summary-trough",
                [("year", lowest.year.to_string()), ("heads", self.whole(lowest.heads.central))],
            ));
        }
        if self.asked.is_changed() {
            let other = self.answer.reference_series.rows.last().map_or(f64::NAN, |row| row.heads.central);
            let change =
                format::signed(lang, last.heads.central - other, self.decimals()).unwrap_or_else(|| NONE.to_owned());
            said.push(lang.tr_with(
                "foresight-summary-change",
                [("to", last.year.to_string()), ("change", change), ("usual", self.whole(other))],
            ));
        }
        said
    }

    fn range(&self, interval: Interval, decimals: u8) -> String {
        let write = |value| format::number(self.lang, value, decimals).unwrap_or_else(|| NONE.to_owned());
        self.lang.tr_with("foresight-interval", [("low", write(interval.low)), ("high", write(interval.high))])
    }

    fn cards(&self) -> Vec<FigureCard> {
        let lang = self.lang;
        let (first, last) = self.ends();
        let years = [("from", first.year.to_string()), ("to", last.year.to_string())];
        let percent = |now: f64, then: f64| {
            let change = format::signed(lang, 100.0 * (now / then - 1.0), 0);
            change.map_or_else(|| NONE.to_owned(), |change| format::with_unit(lang, &change, "%"))
        };
        let since = |now: f64, then: f64| {
            lang.tr_with("foresight-since", [("change", percent(now, then)), ("year", first.year.to_string())])
        };
        let card = |label: String, unit: String, now: Option<Interval>, then: Option<f64>, decimals: u8| FigureCard {
            label,
            value: now.and_then(|now| format::number(lang, now.central, decimals)),
            unit,
            context: now
                .map(|now| {
                    let mut context = vec![self.range(now, decimals)];
                    context.extend(then.filter(|then| *then > 0.0).map(|then| since(now.central, then)));
                    context
                })
                .unwrap_or_default(),
            source: self.source(),
        };
        let decimals = u8::from(last.heads.central < 100.0);
        vec![
            FigureCard {
                label: lang.tr_with("foresight-card-base", years.clone()),
                value: Some(self.whole(first.heads.central)),
                unit: String::new(),
                context: vec![lang.tr_with(
                    "foresight-over-65",
                    [("share", format::percent(lang, 100.0 * self.answer.series.over_65, 0).unwrap_or_default())],
                )],
                source: self.source(),
            },
            card(
                lang.tr_with("foresight-card-heads", years.clone()),
                String::new(),
                Some(last.heads),
                Some(first.heads.central),
                decimals,
            ),
            card(
                lang.tr_with("foresight-card-density", years.clone()),
                lang.tr("foresight-unit-density"),
                last.density,
                first.density.map(|density| density.central),
                1,
            ),
            card(
                lang.tr_with("foresight-card-apl", years),
                String::new(),
                last.apl,
                first.apl.map(|apl| apl.central),
                2,
            ),
        ]
    }

    fn chart(
        &self,
        id: &str,
        [caption, note]: [String; 2],
        decimals: u8,
        of: impl Fn(&YearRow) -> Option<Interval>,
        threshold: Option<(f64, String)>,
    ) -> ChartView {
        let lang = self.lang;
        let write = |value: f64| format::number(lang, value, decimals).unwrap_or_else(|| NONE.to_owned());
        let points: Vec<RibbonPoint> = self
            .rows()
            .iter()
            .filter_map(|row| {
                let Interval { low, central, high } = of(row)?;
                Some(RibbonPoint { year: row.year, low, central, high, texts: [low, central, high].map(write) })
            })
            .collect();
        let changed = self.asked.is_changed();
        let other = if changed {
            self.answer.reference_series.rows.iter().filter_map(|row| Some(of(row)?.central)).collect()
        } else {
            Vec::new()
        };
        let line = if changed { lang.tr("foresight-line-changed") } else { lang.tr("foresight-line") };
        let names = [line, lang.tr("foresight-band"), lang.tr("foresight-line-usual")];
        let description = match (points.first(), points.last()) {
            (Some(first), Some(last)) => lang.tr_with(
                "foresight-chart-description",
                [
                    ("from", first.year.to_string()),
                    ("first", first.texts[1].clone()),
                    ("to", last.year.to_string()),
                    ("last", last.texts[1].clone()),
                    ("low", last.texts[0].clone()),
                    ("high", last.texts[2].clone()),
                ],
            ),
            _ => String::new(),
        };
        let naming = Naming { id: id.to_owned(), title: caption.clone(), description };
        let svg = ribbon(Width::Fluid, &naming, &Ribbon { points, other, names, threshold });
        ChartView { caption, note, svg, table: TableView::default() }
    }

    fn heads_chart(&self) -> ChartView {
        let caption = self.lang.tr_with("foresight-heads-caption", [("place", self.name())]);
        let decimals = u8::from(self.ends().1.heads.central < 100.0);
        let note = self.lang.tr("foresight-band-note");
        self.chart("effectifs-courbe", [caption, note], decimals, |row| Some(row.heads), None)
    }

    fn apl_chart(&self) -> Option<ChartView> {
        self.ends().0.apl?;
        let lang = self.lang;
        let caption = lang.tr_with("foresight-apl-caption", [("place", self.name())]);
        let threshold = self.asked.threshold;
        let name = lang.tr_with("foresight-threshold-line", [("threshold", plain(lang, threshold))]);
        let note = lang.tr("foresight-apl-note");
        Some(self.chart("apl-courbe", [caption, note], 2, |row| row.apl, Some((threshold, name))))
    }

    fn years(&self) -> TableView {
        let lang = self.lang;
        let number = |value: f64, decimals: u8| format::number(lang, value, decimals);
        let with_range = |interval: Option<Interval>, decimals: u8| {
            // The first year is known: it has no bounds.
            let range = |one: Interval| {
                let write = |value| number(value, decimals).unwrap_or_else(|| NONE.to_owned());
                let (low, high) = (write(one.low), write(one.high));
                if low == high {
                    String::new()
                } else {
                    lang.tr_with("foresight-between", [("low", low), ("high", high)])
                }
            };
            CellView::number(interval.and_then(|one| number(one.central, decimals)))
                .with_note(interval.map(range).unwrap_or_default())
        };
        let base = self.rows()[0].year;
        let small = self.decimals();
        let rows = self.rows().iter().map(|row| RowView {
            cells: vec![
                CellView { numeric: true, ..CellView::text(row.year.to_string()) },
                with_range(Some(row.heads), small),
                with_range(Some(row.fte), small),
                with_range(row.density, 1),
                with_range(row.apl, 2),
                CellView::number((row.year > base).then(|| number(row.entries, small)).flatten()),
                CellView::number((row.year > base).then(|| number(row.exits, small)).flatten()),
            ],
            current: false,
        });
        let caption = lang.tr_with("foresight-years-caption", [("place", self.name())]);
        TableView {
            id: "effectifs-annees".into(),
            note: lang.tr("foresight-years-note"),
            heads: vec![
                Head::number(lang.tr("foresight-head-year"), ""),
                Head::number(lang.tr("foresight-head-heads"), ""),
                Head::number(lang.tr("foresight-head-fte"), ""),
                Head::number(lang.tr("foresight-head-density"), lang.tr("foresight-unit-density")),
                Head::number(lang.tr("foresight-head-apl"), ""),
                Head::number(lang.tr("foresight-head-entries"), ""),
                Head::number(lang.tr("foresight-head-exits"), ""),
            ],
            rows: rows.collect(),
            source: self.source(),
            downloads: files::links(lang, "annees", &caption, |file| self.asked.file(file)),
            caption,
            ..TableView::default()
        }
    }

    fn falls_text(&self) -> String {
        let lang = self.lang;
        let falls = &self.answer.falls;
        let crossing = falls.rows.iter().filter(|fall| fall.year.is_some()).count();
        let (first, last) = self.ends();
        let threshold = plain(lang, self.asked.threshold);
        let people = falls.rows.iter().filter(|fall| fall.year.is_some()).map(|fall| fall.people).sum::<f64>();
        lang.tr_with(
            "foresight-falls-text",
            [
                ("threshold", threshold),
                ("from", first.year.to_string()),
                ("to", last.year.to_string()),
                ("already", format::count(lang, falls.already.0 as u64)),
                ("already_people", format::count(lang, falls.already.1.round() as u64)),
                ("falling", format::count(lang, crossing as u64)),
                ("people", format::count(lang, people.round() as u64)),
                ("maybe", format::count(lang, (falls.rows.len() - crossing) as u64)),
                ("above", format::count(lang, falls.above as u64)),
                ("level", lang.levels(self.asked.falls)),
            ],
        )
    }

    fn falls(&self) -> TableView {
        let lang = self.lang;
        let falls = &self.answer.falls;
        let level = self.asked.falls;
        let territory = self.portal.atlas.territory();
        let last_page = falls.rows.len().div_ceil(PAGE).max(1);
        let page = self.visit.query.page(last_page).unwrap_or(1);
        let year = |year: Option<i16>| CellView::number(Some(year.map_or(NONE.to_owned(), |year| year.to_string())));
        let row = |fall: &Fall| {
            let code = territory.area(level, fall.area).code;
            let name = area_name(&self.portal.atlas, lang, level, fall.area);
            RowView {
                cells: vec![
                    CellView::link(name, territory_url(level, &code)).with_note(code),
                    year(fall.year),
                    year(fall.year_low),
                    year(fall.year_high),
                    CellView::number(format::number(lang, fall.first, 2)),
                    CellView::number(format::number(lang, fall.last, 2)),
                    CellView::number(Some(format::count(lang, fall.people.round() as u64))),
                ],
                current: false,
            }
        };
        let (first, last) = self.ends();
        let caption = lang.tr_with(
            "foresight-falls-caption",
            [("level", lang.levels(level)), ("threshold", plain(lang, self.asked.threshold))],
        );
        TableView {
            id: "effectifs-seuil".into(),
            note: lang.tr("foresight-falls-note"),
            heads: vec![
                Head::text(lang.level(level)),
                Head::number(lang.tr("foresight-head-crossing"), ""),
                Head::number(lang.tr("foresight-head-crossing-low"), ""),
                Head::number(lang.tr("foresight-head-crossing-high"), ""),
                Head::number(lang.tr_with("foresight-head-apl-of", [("year", first.year.to_string())]), ""),
                Head::number(lang.tr_with("foresight-head-apl-of", [("year", last.year.to_string())]), ""),
                Head::number(lang.tr("foresight-head-people"), ""),
            ],
            rows: falls.rows.iter().skip((page - 1) * PAGE).take(PAGE).map(row).collect(),
            source: self.source(),
            downloads: files::links(lang, "seuil", &caption, |file| self.asked.file(file)),
            pager: Pager::new(
                lang.tr("foresight-pages"),
                page,
                PAGE,
                falls.rows.len(),
                |page| format!("{}#seuil-titre", self.asked.with(&[("page", &page.to_string())])),
                |page| format::count(lang, page as u64),
            ),
            caption,
        }
    }

    fn levers(&self) -> TableView {
        let lang = self.lang;
        let assumptions = self.answer.projection.assumptions();
        let now = match &self.asked.region {
            Some(code) => assumptions.retention(code),
            None => assumptions.get(Key::Retention).value,
        };
        let current = self.ends().1.heads;
        let row = |label: String, heads: Interval, current_row: bool, href: Option<String>| {
            let gain = format::signed(lang, heads.central - current.central, self.decimals());
            let mut name = CellView { href, ..CellView::text(label) };
            if current_row {
                name = name.with_note(lang.tr("foresight-as-shown"));
            }
            RowView {
                cells: vec![
                    name,
                    CellView::number(Some(self.whole(heads.central))).with_note(self.range(heads, self.decimals())),
                    CellView::number(gain),
                ],
                current: current_row,
            }
        };
        let percent = |value: f64| format::percent(lang, value, 0).unwrap_or_default();
        let mut rows: Vec<RowView> = self
            .answer
            .retentions
            .iter()
            .map(|(share, heads)| {
                let same = (share / 100.0 - now).abs() < 1e-9;
                let href = self.asked.with(&[("fidelite", &share.to_string()), ("page", "")]);
                row(percent(*share), *heads, same, (!same).then_some(href))
            })
            .collect();
        if !rows.iter().any(|row| row.current) {
            rows.push(row(percent(100.0 * now), current, true, None));
        }
        TableView {
            id: "effectifs-fidelite".into(),
            caption: lang
                .tr_with("foresight-levers-caption", [("place", self.name()), ("to", self.ends().1.year.to_string())]),
            note: retention_hint(self.portal, lang, self.asked),
            heads: vec![
                Head::text(lang.tr("foresight-key-retention")),
                Head::number(lang.tr("foresight-head-heads"), ""),
                Head::number(lang.tr("foresight-head-gain"), ""),
            ],
            rows,
            ..TableView::default()
        }
    }

    fn measure(&self) -> Option<TableView> {
        if self.answer.measures.is_empty() {
            return None;
        }
        let lang = self.lang;
        let measure = &self.answer.projection.assumptions().measure;
        // The country is its own whole: one column says it.
        let whole = self.asked.level == Level::Country;
        let rows = self.answer.measures.iter().map(|(places, source, here, country)| {
            let label = lang.tr_with(
                "foresight-measure-row",
                [("places", self.whole_places(*places)), ("from", measure.from.to_string())],
            );
            let mut cells = vec![CellView::text(label).with_note(typeset(source))];
            cells.extend((!whole).then(|| CellView::number(format::signed(lang, *here, 1))));
            cells.push(CellView::number(format::signed(lang, *country, 0)));
            RowView { cells, current: false }
        });
        let names: Vec<&str> = measure.regions.iter().map(|region| region.label.as_str()).collect();
        let mut heads = vec![Head::text(lang.tr("foresight-head-measure"))];
        heads.extend((!whole).then(|| Head::number(self.name(), "")));
        heads.push(Head::number(self.portal.atlas.territory().meta.name.clone(), ""));
        Some(TableView {
            id: "effectifs-mesure".into(),
            caption: lang.tr_with("foresight-measure-caption", [("to", self.ends().1.year.to_string())]),
            note: lang.tr_with("foresight-measure-note", [("regions", names.join(", "))]),
            heads,
            rows: rows.collect(),
            ..TableView::default()
        })
    }

    fn whole_places(&self, places: f64) -> String {
        format::number(self.lang, places, 0).unwrap_or_else(|| NONE.to_owned())
    }

    fn disagreements(&self) -> Option<TableView> {
        let lang = self.lang;
        let all = &self.answer.projection.assumptions().disagreements;
        if all.is_empty() || self.answer.measures.is_empty() {
            return None;
        }
        let rows = all.iter().map(|one| RowView {
            cells: vec![
                CellView::text(typeset(&one.topic)),
                CellView::number(Some(self.whole_places(one.kept))),
                CellView::number(Some(self.whole_places(one.other))),
                CellView::text(typeset(&one.source)),
            ],
            current: false,
        });
        Some(TableView {
            id: "effectifs-desaccords".into(),
            caption: lang.tr("foresight-disagreements-caption"),
            note: lang.tr("foresight-disagreements-note"),
            heads: vec![
                Head::text(lang.tr("foresight-head-topic")),
                Head::number(lang.tr("foresight-head-kept"), ""),
                Head::number(lang.tr("foresight-head-other"), ""),
                Head::text(lang.tr("foresight-head-source")),
            ],
            rows: rows.collect(),
            ..TableView::default()
        })
    }

    fn regions(&self) -> TableView {
        let lang = self.lang;
        let projection = &self.answer.projection;
        let percent = |share: f64, decimals| CellView::number(format::percent(lang, 100.0 * share, decimals));
        let rows = projection.regions().iter().map(|region| {
            let mean = region.arrivals.iter().sum::<f64>() / region.arrivals.len().max(1) as f64;
            RowView {
                cells: vec![
                    CellView::text(region.name.clone()).with_note(region.code.clone()),
                    percent(region.places_share, 1),
                    percent(projection.assumptions().retention(&region.code), 0),
                    percent(region.attraction, 1),
                    CellView::number(format::number(lang, mean, 1)),
                ],
                current: self.asked.region.as_ref() == Some(&region.code),
            }
        });
        let caption = lang.tr("foresight-regions-caption");
        TableView {
            id: "effectifs-regions".into(),
            note: lang.tr("foresight-regions-note"),
            heads: vec![
                Head::text(lang.tr("foresight-head-region")),
                Head::number(lang.tr("foresight-head-places-share"), ""),
                Head::number(lang.tr("foresight-key-retention"), ""),
                Head::number(lang.tr("foresight-head-attraction"), ""),
                Head::number(lang.tr("foresight-head-arrivals"), ""),
            ],
            rows: rows.collect(),
            source: self.source(),
            downloads: files::links(lang, "regions", &caption, |file| self.asked.file(file)),
            caption,
            ..TableView::default()
        }
    }
}
