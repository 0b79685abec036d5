//! The map drawn by the server: the communes that change, or the départements when they are too many; and the legends.

use pacte_access::whatif::{CommuneShift, Outcome, ZoneShift};
use pacte_territory::Level;
use rustc_hash::FxHashMap;

use super::asked::Shown;
use super::colours::Colours;
use super::desk::Desk;
use super::says;
use crate::extent::{Bounds, union};
use crate::format;
use crate::i18n::Lang;
use crate::labels::typeset;
use crate::measures::Measure;
use crate::scale::{LegendItem, Palette, RangeWords, Scale};
use crate::state::Portal;
use crate::svg_map::{self, Choropleth, MapNaming};
use crate::view::LegendView;

/// Communes drawn at most; beyond, départements are.
const MOST: usize = 2_500;
/// Part of the view left around what changes.
const MARGIN: f64 = 0.15;

/// Colours of the classes of a zoning, the most helped first; the last one is « hors zonage ».
pub(super) fn zone_colours(classes: usize) -> Vec<&'static str> {
    // The darkest colour would hide the names of places.
    let six = Palette::Minutes.backwards(6);
    let helped = classes.saturating_sub(1);
    let step = if helped > 3 { 1 } else { 2 };
    let mut colours: Vec<&'static str> = (0..helped).map(|i| six[(1 + i * step).min(5)]).collect();
    colours.push("#eef1ef");
    colours
}

/// The drawing, with a note when it does not show what was asked for.
pub(super) fn draw(
    portal: &Portal,
    desk: &Desk,
    lang: Lang,
    outcome: &Outcome,
    shown: Shown,
) -> (Option<String>, String) {
    let territory = portal.atlas.territory();
    let mut note = String::new();
    let focus: Vec<u32> = focus(outcome, shown);
    let areas = around(portal, &focus);
    let by_commune = !areas.is_empty();
    let shown = if by_commune || matches!(shown, Shown::Difference | Shown::Apl) {
        shown
    } else {
        note = lang.tr("whatif-map-departements");
        Shown::Difference
    };
    let (apl, difference, minutes) = (Measure::apl_scale(), Colours::difference_scale(), Measure::minutes_scale());
    let value = |after: Option<f64>, decimals: u8| after.and_then(|value| format::number(lang, value, decimals));
    let told = |name: String, before: Option<f64>, after: Option<f64>, decimals: u8| {
        let missing = || lang.tr("missing");
        lang.tr_with(
            "whatif-map-area",
            [
                ("name", name),
                ("before", value(before, decimals).unwrap_or_else(missing)),
                ("after", value(after, decimals).unwrap_or_else(missing)),
            ],
        )
    };
    let title = lang.tr_with("whatif-map-title", [("measure", says::measure(lang, shown))]);
    let naming = MapNaming { id: "simuler-dessin", title: &title };
    if !by_commune {
        let shifts = &outcome.departements;
        let of = |area: u32| &shifts[area as usize];
        let color = |area: u32| match (of(area).before.apl, of(area).after.apl, shown) {
            (_, Some(after), Shown::Apl) => apl.color(after),
            (Some(before), Some(after), _) => difference.color(after - before),
            _ => None,
        };
        let map = Choropleth {
            territory,
            extent: &portal.extent,
            level: Level::Departement,
            areas: None,
            color: &color,
            title: &|area| told(of(area).name.clone(), of(area).before.apl, of(area).after.apl, 2),
            outline: Some(Level::Region),
            marked: None,
        };
        return (svg_map::choropleth(&map, naming), note);
    }
    let name = |area: u32| territory.area(Level::Commune, area).name;
    let marked = outcome.scenario.changes.iter().filter_map(|change| change.places().last()).next_back();
    let marked = marked.and_then(|code| territory.commune_or_parent(code));
    let by_id = |shifts: &[CommuneShift]| -> FxHashMap<u32, CommuneShift> {
        shifts.iter().map(|shift| (shift.commune, *shift)).collect()
    };
    let cover = outcome.urgent();
    let changed = match shown {
        Shown::Minutes => by_id(cover.map(|shift| shift.communes.as_slice()).unwrap_or_default()),
        _ => by_id(&outcome.communes),
    };
    let today: Vec<f64> = match shown {
        Shown::Minutes => desk.simulator().minutes().unwrap_or_default(),
        _ => desk.simulator().apl().unwrap_or_default().to_vec(),
    };
    let zones = zone_after(desk, outcome);
    let colours = zone_colours(outcome.zones.as_ref().map_or(2, |zones| zones.classes.len()));
    let after = |area: u32| {
        let own = today.get(area as usize).copied().filter(|value| !value.is_nan());
        changed.get(&area).map_or((own, own), |shift| (shift.before, shift.after))
    };
    let color = |area: u32| match shown {
        Shown::Zones => zones.get(area as usize).map(|class| colours[usize::from(*class)]),
        Shown::Apl => after(area).1.and_then(|value| apl.color(value)),
        Shown::Minutes => after(area).1.and_then(|value| minutes.color(value)),
        Shown::Difference => match after(area) {
            (Some(before), Some(after)) => difference.color(after - before),
            _ => None,
        },
    };
    let spoken = |area: u32| {
        if let (Shown::Zones, Some(shift)) = (shown, &outcome.zones) {
            let class = zones.get(area as usize).map(|class| typeset(&shift.classes[usize::from(*class)].label));
            let class = class.unwrap_or_else(|| lang.tr("missing"));
            return lang.tr_with("map-area-title", [("name", name(area)), ("value", class)]);
        }
        let (before, after) = after(area);
        told(name(area), before, after, if shown == Shown::Minutes { 0 } else { 2 })
    };
    let map = Choropleth {
        territory,
        extent: &portal.extent,
        level: Level::Commune,
        areas: Some(&areas),
        color: &color,
        title: &spoken,
        outline: None,
        marked,
    };
    (svg_map::choropleth(&map, naming), note)
}

/// Class of every commune after the scenario; empty without a zoning.
fn zone_after(desk: &Desk, outcome: &Outcome) -> Vec<u8> {
    let mut classes = desk.simulator().zones_of(&outcome.scenario).ok().flatten().unwrap_or_default();
    if let Some(shift) = &outcome.zones {
        for (commune, _, after) in &shift.communes {
            classes[*commune as usize] = *after;
        }
    }
    classes
}

/// Communes the map is about.
fn focus(outcome: &Outcome, shown: Shown) -> Vec<u32> {
    let mut focus: Vec<u32> = outcome.communes.iter().map(|shift| shift.commune).collect();
    let zones = |zones: &ZoneShift| zones.communes.iter().map(|(commune, ..)| *commune).collect::<Vec<_>>();
    match shown {
        Shown::Zones => focus.extend(outcome.zones.as_ref().map(zones).unwrap_or_default()),
        Shown::Minutes | Shown::Difference | Shown::Apl if focus.is_empty() || shown == Shown::Minutes => {
            let cover = outcome.urgent();
            focus.extend(cover.into_iter().flat_map(|shift| &shift.communes).map(|shift| shift.commune));
        }
        _ => {}
    }
    focus.sort_unstable();
    focus.dedup();
    focus
}

/// The box of what changes, with a margin; `None` when nothing does or it has no contour.
pub(super) fn bounds(portal: &Portal, communes: &[u32]) -> Option<Bounds> {
    let topology = &portal.atlas.territory().topology;
    let [west, south, east, north] =
        communes.iter().filter_map(|commune| topology.bounds(Level::Commune, *commune)).reduce(union)?;
    let (x, y) = ((east - west) * MARGIN, (north - south) * MARGIN);
    Some([west - x, south - y, east + x, north + y])
}

/// The box of the communes whose APL changes.
pub(super) fn view(portal: &Portal, outcome: &Outcome) -> Option<Bounds> {
    let focus = focus(outcome, Shown::Minutes);
    if focus.is_empty() || focus.len() > MOST { None } else { bounds(portal, &focus) }
}

/// Communes to draw: those that change and those among them; none when they are too many for a drawing.
fn around(portal: &Portal, focus: &[u32]) -> Vec<u32> {
    let Some(bounds) = bounds(portal, focus).filter(|_| focus.len() <= MOST) else { return Vec::new() };
    let territory = portal.atlas.territory();
    let inside = |commune: &u32| {
        territory.topology.bounds(Level::Commune, *commune).is_some_and(|b| {
            let (x, y) = (f64::midpoint(b[0], b[2]), f64::midpoint(b[1], b[3]));
            (bounds[0]..=bounds[2]).contains(&x) && (bounds[1]..=bounds[3]).contains(&y)
        })
    };
    let all: Vec<u32> = (0..territory.len() as u32).filter(inside).collect();
    if all.len() <= MOST { all } else { focus.to_vec() }
}

/// One legend a measure; the one shown is marked.
pub(super) fn legends(lang: Lang, outcome: &Outcome, shown: Shown) -> Vec<LegendView> {
    let words = RangeWords {
        below: lang.tr_with("class-below", [("high", "{b}")]),
        between: lang.tr_with("class-between", [("low", "{a}"), ("high", "{b}")]),
        above: lang.tr_with("class-above", [("low", "{a}")]),
    };
    let missing = || LegendItem { color: None, label: lang.tr("missing") };
    let legend = |one: Shown, unit: &str, items: Vec<LegendItem>| LegendView {
        measure: one.slug().to_owned(),
        title: says::measure(lang, one),
        unit: unit.to_owned(),
        items,
        shown: one == shown,
    };
    let of_scale = |scale: &Scale, write: &dyn Fn(f64) -> String| {
        let mut items = scale.legend(&words, write);
        items.push(missing());
        items
    };
    let short = |value: f64, signed: bool| {
        let decimals = if value.fract() == 0.0 {
            0
        } else if (value * 10.0).fract().abs() < 1e-9 {
            1
        } else {
            3
        };
        let text = if signed { format::signed(lang, value, decimals) } else { format::number(lang, value, decimals) };
        text.unwrap_or_default()
    };
    let apl_unit = lang.tr("whatif-apl-unit");
    let mut difference = of_scale(&Colours::difference_scale(), &|value| short(value, true));
    if let Some(middle) = difference.get_mut(3) {
        middle.label = lang.tr("whatif-class-same");
    }
    let mut legends = vec![
        legend(Shown::Difference, &apl_unit, difference),
        legend(Shown::Apl, &apl_unit, of_scale(&Measure::apl_scale(), &|value| short(value, false))),
    ];
    if !outcome.cover.is_empty() {
        let unit = lang.tr("whatif-minutes-unit");
        legends.push(legend(Shown::Minutes, &unit, of_scale(&Measure::minutes_scale(), &|value| short(value, false))));
    }
    if let Some(zones) = &outcome.zones {
        let colours = zone_colours(zones.classes.len());
        let items = zones.classes.iter().zip(colours);
        let items = items.map(|(class, color)| LegendItem { color: Some(color), label: typeset(&class.label) });
        legends.push(legend(Shown::Zones, &typeset(&zones.label), items.collect()));
    }
    if !legends.iter().any(|legend| legend.shown) {
        legends[0].shown = true;
    }
    legends
}
