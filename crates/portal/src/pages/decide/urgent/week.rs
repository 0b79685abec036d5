//! The week hour by hour: squares, and their table.

use super::view::Teller;
use crate::charts::{Heat, Naming, Width, heat};
use crate::format;
use crate::i18n::Lang;
use crate::scale::{Palette, RangeWords, Scale};
use crate::view::{CellView, ChartView, Head, LegendView, RowView, TableView};

/// Most classes of the drawing.
const CLASSES: usize = 6;

/// Names of the days, Monday first: short, then in full.
fn days(lang: Lang) -> [[String; 2]; 7] {
    [
        [lang.tr("urgent-mon"), lang.tr("urgent-monday")],
        [lang.tr("urgent-tue"), lang.tr("urgent-tuesday")],
        [lang.tr("urgent-wed"), lang.tr("urgent-wednesday")],
        [lang.tr("urgent-thu"), lang.tr("urgent-thursday")],
        [lang.tr("urgent-fri"), lang.tr("urgent-friday")],
        [lang.tr("urgent-sat"), lang.tr("urgent-saturday")],
        [lang.tr("urgent-sun"), lang.tr("urgent-sunday")],
    ]
}

/// The drawing with its legend and its sentence.
#[derive(Debug)]
pub(super) struct WeekView {
    pub sentence: String,
    pub chart: ChartView,
    pub legend: LegendView,
}

pub(super) fn week(teller: &Teller<'_>) -> WeekView {
    let lang = teller.visit.lang;
    let week = &teller.answer.week;
    let values: Vec<f64> = week.people.iter().map(|people| *people as f64).collect();
    let mut distinct = values.clone();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    // Few values each have their class; many share some.
    let scale = if distinct.len() <= CLASSES {
        Scale::fixed(Palette::Minutes, &distinct[1..])
    } else {
        Scale::quantiles(Palette::Minutes, &distinct, CLASSES)
    };
    let number = |value: f64| format::number(lang, value, 0).unwrap_or_default();
    let hour = |hour: usize| lang.tr_with("urgent-hour", [("hour", hour.to_string())]);
    let names = days(lang);
    let short: Vec<String> = names.iter().map(|[short, _]| short.clone()).collect();
    let find = |best: fn(f64, f64) -> bool| {
        (0..values.len()).reduce(|a, b| if best(values[b], values[a]) { b } else { a }).unwrap_or(0)
    };
    let (least, most) = (find(|a, b| a < b), find(|a, b| a > b));
    let said = |at: usize| {
        let (day, at_hour) = (names[at / 24][1].to_lowercase(), hour(at % 24));
        lang.tr_with("urgent-week-moment", [("day", day), ("hour", at_hour), ("people", number(values[at]))])
    };
    let sentence = if distinct.len() == 1 {
        lang.tr_with("urgent-week-same", [("people", number(values[0]))])
    } else {
        lang.tr_with("urgent-week-sentence", [("least", said(least)), ("most", said(most))])
    };
    let monday = format::date(lang, week.monday);
    let caption = lang.tr_with("urgent-week-caption", [("limit", teller.limit()), ("monday", monday)]);
    let chart = Heat {
        days: &short,
        hours: 24,
        color: &|day, hour| scale.color(values[day * 24 + hour]).unwrap_or("#e4e6e4"),
        write: &hour,
    };
    let naming = Naming { id: "urgences-semaine".into(), title: caption.clone(), description: sentence.clone() };
    let rows = (0..24).map(|at_hour| {
        let mut cells = vec![CellView::text(hour(at_hour))];
        cells.extend((0..7).map(|day| CellView::number(Some(number(values[day * 24 + at_hour])))));
        RowView { cells, current: false }
    });
    let mut heads = vec![Head::text(lang.tr("urgent-head-hour"))];
    heads.extend(names.iter().map(|[_, full]| Head::number(full.clone(), "")));
    let words = RangeWords {
        below: lang.tr_with("class-below", [("high", "{b}")]),
        between: lang.tr_with("class-between", [("low", "{a}"), ("high", "{b}")]),
        above: lang.tr_with("class-above", [("low", "{a}")]),
    };
    let mut items = scale.legend(&words, number);
    if distinct.len() <= CLASSES {
        for (item, value) in items.iter_mut().zip(&distinct) {
            item.label = number(*value);
        }
    }
    WeekView {
        legend: LegendView {
            measure: "semaine".into(),
            title: lang.tr_with("urgent-week-legend", [("limit", teller.limit())]),
            unit: lang.tr("urgent-unit-people"),
            items,
            shown: true,
        },
        chart: ChartView {
            note: lang.tr("urgent-week-note"),
            svg: heat(Width::Fluid, &naming, &chart),
            table: TableView {
                id: "urgences-heures".into(),
                heads,
                rows: rows.collect(),
                downloads: teller.downloads("heures", &caption, false),
                caption: caption.clone(),
                ..TableView::default()
            },
            caption,
        },
        sentence,
    }
}
