//! What changes over the years.

use pacte_access::atlas::{Evolving, Series};

use crate::charts::{Line, Lines, Naming, Point, Width, lines};
use crate::format;
use crate::labels;
use crate::subject::{PLAIN_FORMATS, Subject};
use crate::view::{CellView, ChartView, Head, RowView, TableView};

/// Charts, one a thing measured: series of the same thing by different methods share a chart, each its own line.
pub(super) fn charts(subject: &Subject<'_>) -> Vec<ChartView> {
    let series = subject.atlas.trend(subject.level, subject.area);
    let (published, others): (Vec<Series>, Vec<Series>) =
        series.into_iter().partition(|series| series.id.starts_with("apl_published"));
    let mut groups: Vec<(String, Vec<Series>)> = others
        .into_iter()
        .map(|series| (labels::series(subject.lang, &series.id, &series.label), vec![series]))
        .collect();
    if !published.is_empty() {
        groups.push((subject.lang.tr("trend-published"), published));
    }
    // A single date is not a trend, nor is nothing at every date.
    groups.retain(|(_, group)| {
        let points = || group.iter().flat_map(|series| &series.points);
        points().count() > 1 && points().any(|(_, value)| *value != 0.0)
    });
    groups.into_iter().enumerate().map(|(i, (caption, group))| chart(subject, i, &caption, &group)).collect()
}

fn chart(subject: &Subject<'_>, rank: usize, caption: &str, group: &[Series]) -> ChartView {
    let lang = subject.lang;
    let write = |series: &Series, value: f64| format::number(lang, value, series.decimals).unwrap_or_default();
    let several = group.len() > 1;
    let drawn = Lines {
        series: group
            .iter()
            .map(|series| Line {
                label: if several { short_series(subject, series) } else { String::new() },
                points: series
                    .points
                    .iter()
                    .map(|(year, value)| Point { year: *year, value: *value, text: write(series, *value) })
                    .collect(),
            })
            .collect(),
        // Counts are compared by their size; a population that moves by a percent would look flat.
        from_zero: group.iter().all(|series| series.id != "population" && !series.id.starts_with("apl")),
    };
    let description = group
        .iter()
        .flat_map(|series| series.points.iter().map(move |(year, value)| (series, year, value)))
        .map(|(series, year, value)| {
            lang.tr_with("trend-point", [("year", year.to_string()), ("value", write(series, *value))])
        })
        .collect::<Vec<_>>()
        .join(", ");
    let naming = Naming { id: format!("trend-{rank}"), title: format!("{caption} – {}", subject.name), description };
    let unit = group.first().map(|series| labels::unit(lang, &series.unit)).unwrap_or_default();
    let note = if drawn.from_zero { unit.clone() } else { lang.tr_with("trend-note", [("unit", unit.as_str())]) };
    let mut heads = vec![Head::text(lang.tr("head-year")), Head::number(caption.to_owned(), unit)];
    if several {
        heads.push(Head::text(lang.tr("head-series")));
    }
    let rows = group
        .iter()
        .flat_map(|series| series.points.iter().map(move |point| (series, point)))
        .map(|(series, (year, value))| {
            let mut cells = vec![CellView::text(year.to_string()), CellView::number(Some(write(series, *value)))];
            if several {
                cells.push(CellView::text(labels::series(lang, &series.id, &series.label)));
            }
            RowView { cells, current: false }
        })
        .collect();
    let citation = group.last().map(|series| labels::typeset(&series.citation)).unwrap_or_default();
    ChartView {
        caption: caption.to_owned(),
        note,
        svg: lines(Width::Fluid, &naming, &drawn),
        table: TableView {
            id: format!("trend-{rank}-table"),
            caption: caption.to_owned(),
            heads,
            rows,
            source: labels::source_line(subject.atlas, lang, &citation),
            downloads: subject.downloads(
                "tendance",
                &format!("territoire={}", subject.key()),
                &format!("{caption} – {}", subject.name),
                &PLAIN_FORMATS,
            ),
            ..TableView::default()
        },
    }
}

fn short_series(subject: &Subject<'_>, series: &Series) -> String {
    match series.id.as_str() {
        "apl_published_former" => subject.lang.tr("series-former"),
        "apl_published" => subject.lang.tr("series-current"),
        _ => labels::series(subject.lang, &series.id, &series.label),
    }
}

/// Changes between the first and the last vintage of each series, beside the country's.
pub(super) fn changes(subject: &Subject<'_>) -> Option<TableView> {
    let (lang, atlas) = (subject.lang, subject.atlas);
    let country = subject.country();
    let rows: Vec<RowView> = Evolving::ALL
        .into_iter()
        .filter_map(|of| {
            let vintages = atlas.evolution_vintages(of);
            let (from, to) = (*vintages.first()?, *vintages.last()?);
            let (indicator, values) = atlas.evolution((of, from, to), subject.level)?;
            let (_, all) = atlas.evolution((of, from, to), country.level)?;
            let write = |value: Option<f64>| CellView::number(labels::value_short(lang, &indicator, value));
            let name =
                CellView::text(labels::indicator(lang, &indicator)).with_note(labels::unit_apart(lang, &indicator));
            let mut cells = vec![name, write(values.get(subject.area))];
            if subject.level != country.level {
                cells.push(write(all.get(0)));
            }
            cells.push(CellView::text(labels::typeset(&indicator.citation)));
            Some(RowView { cells, current: false })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let mut heads = vec![Head::text(lang.tr("head-change")), Head::number(subject.name.clone(), "")];
    if subject.level != country.level {
        heads.push(Head::number(country.name.clone(), ""));
    }
    heads.push(Head::text(lang.tr("head-source")));
    let caption = lang.tr_with("changes-caption", [("name", subject.name.as_str())]);
    Some(TableView {
        id: "changes-table".into(),
        heads,
        rows,
        downloads: subject.downloads("tendance", &format!("territoire={}", subject.key()), &caption, &PLAIN_FORMATS),
        caption,
        ..TableView::default()
    })
}
