//! Where the territory stands among those of its level: in the country, and in the area it lies in.

use std::sync::Arc;

use pacte_access::atlas::{Indicator, Rank, Values};
use pacte_territory::Level;

use crate::charts::{Mark, Naming, Strip, Width, strip};
use crate::format;
use crate::i18n::Lang;
use crate::labels;
use crate::subject::{AREA_FORMATS, Subject};
use crate::view::{CellView, ChartView, Head, RowView, TableView};

/// Indicators whose rank is shown.
const RANKED: [&str; 4] = ["apl_mg", "minutes_urgences", "mg_pour_100k", "population"];
/// Indicators drawn as strips.
const DRAWN: [&str; 3] = ["apl_mg", "minutes_urgences", "mg_pour_100k"];

/// Ranks in a table, and drawings of where the territory stands.
#[derive(Clone, Debug)]
pub struct RankSection {
    /// The ranks.
    pub table: TableView,
    /// One drawing an indicator, with the sentence that says the same.
    pub charts: Vec<ChartView>,
}

/// What is known of an indicator among peers.
struct Standing<'a> {
    indicator: &'a Indicator,
    values: Arc<Values>,
    national: Rank,
    within: Option<Rank>,
    median: f64,
}

pub(super) fn ranks(subject: &Subject<'_>) -> Option<RankSection> {
    if subject.level == Level::Country || subject.atlas.territory().count(subject.level) < 2 {
        return None;
    }
    let (atlas, level, area) = (subject.atlas, subject.level, subject.area);
    let home = subject.home_level().and_then(|within| Some((within, atlas.peers(level, area, within)?)));
    let peers = home.as_ref().map(|(_, (_, peers))| peers.as_slice());
    let standings: Vec<Standing<'_>> = RANKED
        .into_iter()
        .filter_map(|id| {
            let indicator = atlas.indicator(id)?;
            let values = atlas.values(id, level)?;
            let median = *values.ascending.get(values.ascending.len() / 2)?;
            Some(Standing {
                national: atlas.rank(id, level, area, None)?,
                within: peers.and_then(|peers| atlas.rank(id, level, area, Some(peers))),
                median: values.values[median as usize],
                indicator,
                values,
            })
        })
        .collect();
    if standings.is_empty() {
        return None;
    }
    let home = home.map(|(within, (home, _))| subject.other(within, home));
    let charts = standings.iter().filter(|s| DRAWN.contains(&s.indicator.id.as_str())).map(|s| chart(subject, s));
    Some(RankSection { charts: charts.collect(), table: table(subject, &standings, home.as_ref()) })
}

fn table(subject: &Subject<'_>, standings: &[Standing<'_>], home: Option<&Subject<'_>>) -> TableView {
    let lang = subject.lang;
    let levels = lang.levels(subject.level);
    let caption = lang.tr_with("ranks-caption", [("name", subject.name.as_str()), ("levels", &levels)]);
    let mut heads = vec![
        Head::text(lang.tr("head-indicator")),
        Head::number(subject.name.clone(), ""),
        Head::number(lang.tr_with("head-median", [("levels", levels.as_str())]), ""),
        Head::number(lang.tr_with("head-rank-in", [("place", subject.country().name.as_str())]), ""),
    ];
    if let Some(home) = home {
        heads.push(Head::number(lang.tr_with("head-rank-in", [("place", home.full_name())]), ""));
    }
    let rank = |rank: Option<Rank>| {
        CellView::number(rank.map(|Rank { rank, of }| {
            lang.tr_with("rank-of", [("rank", format::ordinal(lang, rank)), ("of", format::count(lang, of))])
        }))
    };
    let rows = standings
        .iter()
        .map(|standing| {
            let written = |value| labels::value_short(lang, standing.indicator, value);
            let name = CellView::text(labels::indicator(lang, standing.indicator))
                .with_note(labels::unit_apart(lang, standing.indicator));
            let mut cells = vec![
                name,
                CellView::number(written(subject.value(&standing.indicator.id))),
                CellView::number(written(Some(standing.median))),
                rank(Some(standing.national)),
            ];
            if home.is_some() {
                cells.push(rank(standing.within));
            }
            RowView { cells, current: false }
        })
        .collect();
    TableView {
        id: "ranks-table".into(),
        note: lang.tr("ranks-note"),
        heads,
        rows,
        downloads: subject.downloads("territoires", &format!("niveau={}", subject.level), &levels, &AREA_FORMATS),
        caption,
        ..TableView::default()
    }
}

/// A share in whole percents that says neither *all* nor *none* when it is not so.
fn share_of(lang: Lang, part: usize, whole: usize) -> String {
    let percent = 100.0 * part as f64 / whole as f64;
    let decimals = u8::from(part > 0 && part < whole && !(1.0..=99.0).contains(&percent));
    let shown = if decimals == 1 { percent.clamp(0.1, 99.9) } else { percent };
    format::percent(lang, shown, decimals).unwrap_or_default()
}

fn chart(subject: &Subject<'_>, standing: &Standing<'_>) -> ChartView {
    let lang = subject.lang;
    let Standing { indicator, values, national, median, .. } = standing;
    let ascending: Vec<f64> = values.ascending.iter().map(|area| values.values[*area as usize]).collect();
    let own = subject.value(&indicator.id).unwrap_or(f64::NAN);
    let below = ascending.partition_point(|value| *value < own);
    let others = ascending.len().saturating_sub(1).max(1);
    let share = share_of(lang, below, others);
    let label = labels::indicator(lang, indicator);
    let levels = lang.levels(subject.level);
    let written = |value: f64| labels::value_with_unit(lang, indicator, Some(value)).unwrap_or_default();
    let sentence = lang.tr_with(
        "rank-sentence",
        [
            ("rank", format::ordinal(lang, national.rank)),
            ("of", format::count(lang, national.of)),
            ("levels", levels.clone()),
            ("share", share),
        ],
    );
    let plain = |value: f64| labels::value_short(lang, indicator, Some(value)).unwrap_or_default();
    let median_text = lang.tr_with("median", [("value", plain(*median))]);
    let drawing = Strip {
        ascending: &ascending,
        own: Mark { value: own, text: plain(own) },
        median: Mark { value: *median, text: median_text },
        write: &plain,
    };
    let naming = Naming {
        id: format!("rank-{}", indicator.id.replace('_', "-")),
        title: format!("{label} – {}", subject.name),
        description: format!("{} {sentence}", lang.tr_with("rank-value", [("value", written(own))])),
    };
    ChartView {
        svg: strip(Width::Fluid, &naming, &drawing),
        caption: label,
        note: sentence,
        table: TableView::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_all_is_not_all() {
        let share = |part| share_of(Lang::En, part, 34_911);
        assert_eq!([0, 1, 17_000, 34_800, 34_910, 34_911].map(share), ["0%", "0.1%", "49%", "99.7%", "99.9%", "100%"]);
    }
}
