//! The map: minutes by commune, share of people beyond by larger area.

use pacte_access::urgent::{Beyond, LIMIT};
use pacte_territory::Level;

use super::view::Teller;
use crate::format;
use crate::scale::{LegendItem, Palette, RangeWords, Scale};
use crate::svg_map::{self, Choropleth, MapNaming};
use crate::tables;
use crate::view::LegendView;

/// Most shapes drawn on the server; beyond, départements stand for communes.
pub(super) const MOST_SHAPES: usize = 3_000;
/// Bounds between classes of minutes.
const MINUTES: [f64; 6] = [10.0, 20.0, 30.0, 45.0, 60.0, 90.0];
/// Bounds between classes of shares, percent.
const SHARES: [f64; 6] = [0.5, 2.0, 5.0, 10.0, 20.0, 40.0];

/// A drawn map.
#[derive(Debug)]
pub(super) struct Drawn {
    pub svg: String,
    pub legend: LegendView,
    pub note: String,
}

/// Draws the map of an answer; `None` for a territory without contours.
pub(super) fn draw(teller: &Teller<'_>) -> Option<Drawn> {
    let Teller { portal, asked, answer, .. } = *teller;
    let lang = teller.visit.lang;
    let territory = portal.atlas.territory();
    let within = asked.departement.map(|home| (Level::Departement, home));
    let mut level = if asked.level == Level::Country { Level::Departement } else { asked.level };
    let mut areas = tables::areas(&portal.atlas, level, within);
    let mut note = String::new();
    if areas.len() > MOST_SHAPES {
        level = Level::Departement;
        areas = tables::areas(&portal.atlas, level, within);
        note = lang.tr("urgent-map-note");
    }
    let limit = f32::from(asked.limit);
    let counts: Vec<Beyond> = answer.cover.beyond_by(level, &answer.best.minutes, limit);
    let by_commune = level == Level::Commune;
    let value = |area: u32| -> Option<f64> {
        if by_commune {
            let minutes = answer.best.minutes[area as usize];
            // Reached by nothing within what is followed: the last class.
            let far = answer.cover.is_beyond(area, minutes, limit).then_some(LIMIT);
            if minutes.is_nan() { far } else { Some(f64::from(minutes)) }
        } else {
            counts[area as usize].share()
        }
    };
    let scale = if by_commune {
        let limit = f64::from(asked.limit);
        let mut breaks = MINUTES;
        if !breaks.contains(&limit) {
            // The limit is a bound of the classes, in place of the nearest.
            let near =
                (0..breaks.len()).min_by(|a, b| (breaks[*a] - limit).abs().total_cmp(&(breaks[*b] - limit).abs()));
            breaks[near.unwrap_or(2)] = limit;
        }
        Scale::fixed(Palette::Minutes, &breaks)
    } else {
        Scale::fixed(Palette::Minutes, &SHARES)
    };
    let limit_text = teller.limit();
    let title = if by_commune {
        lang.tr("urgent-map-minutes")
    } else {
        lang.tr_with("urgent-map-share", [("limit", limit_text.as_str())])
    };
    let said = |area: u32| {
        let name = territory.area(level, area).name;
        let text = if by_commune {
            teller.minutes_text(area, answer.best.minutes[area as usize])
        } else {
            counts[area as usize].share().and_then(|share| format::percent(lang, share, 1))
        };
        lang.tr_with("urgent-area-title", [("name", name), ("value", text.unwrap_or_else(|| lang.tr("missing")))])
    };
    let outline = match level {
        Level::Departement => Some(Level::Region),
        Level::Region | Level::FormerRegion | Level::Country => None,
        _ => Some(Level::Departement),
    };
    let map = Choropleth {
        territory,
        extent: &portal.extent,
        level,
        areas: within.is_some().then_some(areas.as_slice()),
        color: &|area| value(area).and_then(|value| scale.color(value)),
        title: &said,
        outline: if within.is_some() { None } else { outline },
        marked: asked.trial.filter(|_| by_commune).map(|trial| trial.commune),
    };
    let svg = svg_map::choropleth(&map, MapNaming { id: "urgences-carte", title: &title })?;
    let words = RangeWords {
        below: lang.tr_with("class-below", [("high", "{b}")]),
        between: lang.tr_with("class-between", [("low", "{a}"), ("high", "{b}")]),
        above: lang.tr_with("class-above", [("low", "{a}")]),
    };
    let write = |value: f64| format::number(lang, value, u8::from(value.fract() != 0.0)).unwrap_or_default();
    let mut items = scale.legend(&words, write);
    items.push(LegendItem { color: None, label: lang.tr("missing") });
    let unit = if by_commune { lang.tr("urgent-unit-minutes") } else { lang.tr("urgent-unit-share") };
    Some(Drawn { svg, legend: LegendView { measure: "urgences".into(), title, unit, items, shown: true }, note })
}
