//! How many people live with which access to GPs.

use pacte_access::atlas::{ClassShare, UNDER_DENSE};
use pacte_territory::Level;

use crate::charts::{Bar, Divider, Naming, Width, bars};
use crate::format;
use crate::i18n::Lang;
use crate::measures::Measure;
use crate::subject::{PLAIN_FORMATS, Subject};
use crate::view::{CellView, ChartView, Head, RowView, TableView};

/// The distribution to show: the area's own, or for a commune (where all have the same access) that of its département.
fn shown<'a>(subject: &Subject<'a>) -> Option<Subject<'a>> {
    if subject.level != Level::Commune {
        return Some(subject.clone());
    }
    let level = subject.home_level()?;
    Some(subject.other(level, subject.atlas.parent(subject.level, subject.area, level)?))
}

pub(super) fn distribution(subject: &Subject<'_>) -> Option<ChartView> {
    distribution_chart(&shown(subject)?, "distribution")
}

/// A sentence before the chart.
pub(super) fn introduction(subject: &Subject<'_>) -> String {
    let lang = subject.lang;
    if subject.level != Level::Commune {
        return subject
            .written("share_below_2_5")
            .map_or_else(String::new, |share| lang.tr_with("distribution-intro", [("share", share)]));
    }
    let own = subject
        .atlas
        .distribution(Level::Commune, subject.area)
        .and_then(|classes| classes.into_iter().find(|class| class.share > 0.0));
    match (own, shown(subject)) {
        (Some(class), Some(home)) => {
            lang.tr_with("distribution-intro-commune", [("class", class_name(lang, &class)), ("home", home.name)])
        }
        _ => String::new(),
    }
}

/// The distribution of an area as a chart with its table; `None` when it has no APL.
pub fn distribution_chart(subject: &Subject<'_>, id: &str) -> Option<ChartView> {
    let lang = subject.lang;
    let classes = subject.atlas.distribution(subject.level, subject.area)?;
    let scale = Measure::apl_scale();
    let share = |class: &ClassShare| format::percent(lang, class.share, 1).unwrap_or_default();
    let drawn: Vec<Bar> = classes
        .iter()
        .zip(&scale.colors)
        .map(|(class, color)| Bar {
            label: class_name(lang, class),
            value: class.share,
            text: share(class),
            color: Some(color),
        })
        .collect();
    let threshold = format::number(lang, UNDER_DENSE, 1).unwrap_or_default();
    let divider = classes
        .iter()
        .position(|class| class.upper == Some(UNDER_DENSE))
        .map(|i| Divider { after: i + 1, label: lang.tr_with("threshold", [("value", threshold.as_str())]) });
    let under: f64 =
        classes.iter().filter(|class| class.upper.is_some_and(|u| u <= UNDER_DENSE)).map(|c| c.share).sum();
    let caption = lang.tr_with("distribution-caption", [("name", subject.name.as_str())]);
    let description = lang.tr_with(
        "distribution-description",
        [
            ("under", format::percent(lang, under, 1).unwrap_or_default()),
            ("over", format::percent(lang, 100.0 - under, 1).unwrap_or_default()),
        ],
    );
    let naming = Naming { id: id.to_owned(), title: caption.clone(), description };
    let table = TableView {
        id: format!("{id}-table"),
        caption: caption.clone(),
        heads: vec![
            Head::text(lang.tr("head-apl-class")),
            Head::number(lang.tr("head-inhabitants"), ""),
            Head::number(lang.tr("head-share"), ""),
        ],
        rows: classes
            .iter()
            .map(|class| RowView {
                cells: vec![
                    CellView::text(class_name(lang, class)),
                    CellView::number(format::number(lang, class.persons, 0)),
                    CellView::number(Some(share(class))),
                ],
                current: false,
            })
            .collect(),
        downloads: subject.downloads("repartition", &format!("territoire={}", subject.key()), &caption, &PLAIN_FORMATS),
        ..TableView::default()
    };
    let source = subject.atlas.indicator("apl_mg").map(|indicator| subject.source(indicator)).unwrap_or_default();
    Some(ChartView {
        caption,
        note: lang.tr("distribution-note"),
        svg: bars(Width::Fluid, &naming, &drawn, divider.as_ref()),
        table: TableView { source, ..table },
    })
}

/// A class in words: `moins de 1`, `de 2 à 2,5`, `5 et plus`.
fn class_name(lang: Lang, class: &ClassShare) -> String {
    let write = |value: f64| format::number(lang, value, u8::from(value.fract() != 0.0)).unwrap_or_default();
    match class.upper {
        Some(upper) if class.lower == 0.0 => lang.tr_with("class-below", [("high", write(upper))]),
        Some(upper) => lang.tr_with("class-between", [("low", write(class.lower)), ("high", write(upper))]),
        None => lang.tr_with("class-above", [("low", write(class.lower))]),
    }
}
