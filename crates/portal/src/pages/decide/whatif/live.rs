//! What the live map reads: its configuration in the page (`WhatIfConfig` of `web/src/whatif.ts`) and the answers to what is
//! done on it.

use std::collections::BTreeMap;
use std::time::Instant;

use pacte_access::whatif::{Change, Kind, Scenario};
use serde::Serialize;

use super::asked::{PATH, Shown};
use super::colours::Colours;
use super::desk::Desk;
use super::drawing::{view, zone_colours};
use super::view::Teller;
use crate::extent::Bounds;
use crate::map_block::{attribution, map_texts, tiles_url};
use crate::measures::Measure;
use crate::scale::Scale;
use crate::state::Portal;

/// Communes whose colours a page carries at most.
const MOST_IN_PAGE: usize = 3_000;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    bounds: Bounds,
    communes_from: u8,
    max_zoom: u8,
    extras: Vec<&'static str>,
    attribution: String,
    texts: BTreeMap<&'static str, String>,
    tiles: String,
    /// Where scenarios are answered.
    answers: String,
    /// Where the classes of every commune today are.
    ground: String,
    shown: &'static str,
    measures: BTreeMap<&'static str, LiveMeasure>,
    /// What the page shows already.
    first: Answer<'a>,
    lang: &'static str,
}

#[derive(Debug, Serialize)]
struct LiveMeasure {
    label: String,
    unit: String,
    /// Property of the tiles that holds today's value; empty when today's classes come from `ground`.
    property: &'static str,
    breaks: Vec<f64>,
    colors: Vec<&'static str>,
    decimals: u8,
}

/// A resource put down, on the map.
#[derive(Debug, Serialize)]
struct Marker {
    /// Rank of its change.
    change: usize,
    kind: &'static str,
    count: u32,
    /// What it is, for those who do not see it.
    label: String,
    /// `open`, `close` or `move`.
    what: &'static str,
    lon: f64,
    lat: f64,
    /// The change with `{place}` where the commune it is dragged to goes.
    moved: String,
}

/// Everything a change on the map renews.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer<'a> {
    query: String,
    changes: Vec<String>,
    /// Number of changes held by the saved scenario of `query`, and its name.
    saved: Option<(String, usize)>,
    title: String,
    summary: String,
    /// Milliseconds spent on the simulation and its colours.
    ms: f64,
    bounds: Option<Bounds>,
    /// Whether the colours are too many to stand in the page: the map asks for them once it is there.
    deferred: bool,
    colours: Colours,
    markers: Vec<Marker>,
    parts: BTreeMap<&'static str, &'a str>,
}

/// The answer that goes with a page.
pub(super) fn first(teller: &Teller<'_>, title: String, since: Instant) -> Answer<'static> {
    let mut first = answer(teller, title, BTreeMap::new(), since);
    if teller.outcome.communes.len() > MOST_IN_PAGE {
        first.colours = Colours::default();
        first.deferred = true;
    }
    first
}

/// The answer to a change made on the map.
pub(super) fn answer<'a>(
    teller: &Teller<'_>,
    title: String,
    parts: BTreeMap<&'static str, &'a str>,
    since: Instant,
) -> Answer<'a> {
    let asked = teller.asked;
    let colours = Colours::of(teller.outcome);
    let saved = asked.saved.as_ref().filter(|_| asked.other.is_none()).and_then(|kept| {
        let count = kept.document.changes.len();
        (asked.scenario.changes.get(..count)? == kept.document.changes.as_slice()).then(|| (kept.id.clone(), count))
    });
    Answer {
        query: asked.query(),
        changes: asked.scenario.changes.iter().map(ToString::to_string).collect(),
        saved,
        title,
        summary: teller.summary(),
        bounds: view(teller.portal, teller.outcome),
        deferred: false,
        colours,
        markers: markers(teller),
        parts,
        ms: (since.elapsed().as_secs_f64() * 1e5).round() / 100.0,
    }
}

fn markers(teller: &Teller<'_>) -> Vec<Marker> {
    let territory = teller.portal.atlas.territory();
    let marker = |(rank, change): (usize, &Change)| {
        let (kind, count, at, what, moved) = match *change {
            Change::Add { kind, count, at } => (kind, count, at, "open", format!("{}:{count}@{{place}}", kind.slug())),
            Change::Remove { kind, count, at } => {
                // Dragging what closes makes it move there.
                (kind, count, at, "close", format!("{}:{count}@{at}>{{place}}", kind.slug()))
            }
            Change::Move { kind, count, from, to } => {
                (kind, count, to, "move", format!("{}:{count}@{from}>{{place}}", kind.slug()))
            }
            _ => return None,
        };
        let (lon, lat) = territory.point(territory.commune_or_parent(at)?)?;
        let label = super::says::change(teller.lang, territory, change);
        Some(Marker { change: rank, kind: kind.slug(), count, label, what, lon, lat, moved })
    };
    teller.asked.scenario.changes.iter().enumerate().filter_map(marker).collect()
}

/// The configuration of the page, safe inside a `<script>`.
pub(super) fn config(portal: &Portal, teller: &Teller<'_>, first: Answer<'_>) -> String {
    let lang = teller.lang;
    let measure = |shown: Shown, property: &'static str, unit: String, scale: Scale, decimals: u8| {
        let label = super::says::measure(lang, shown);
        (shown.slug(), LiveMeasure { label, unit, property, breaks: scale.breaks, colors: scale.colors, decimals })
    };
    let unit = lang.tr("whatif-apl-unit");
    let mut measures = BTreeMap::from([
        measure(Shown::Difference, "", unit.clone(), Colours::difference_scale(), 3),
        measure(Shown::Apl, Measure::Apl.slug(), unit, Measure::apl_scale(), 2),
    ]);
    if !teller.outcome.cover.is_empty() {
        let unit = lang.tr("whatif-minutes-unit");
        measures.extend([measure(Shown::Minutes, "", unit, Measure::minutes_scale(), 0)]);
    }
    if let Some(zones) = &teller.outcome.zones {
        let scale = Scale { breaks: Vec::new(), colors: zone_colours(zones.classes.len()) };
        measures.extend([measure(Shown::Zones, "", String::new(), scale, 0)]);
    }
    let mut texts = map_texts(lang);
    texts.extend([
        ("missing", lang.tr("missing")),
        ("working", lang.tr("whatif-working")),
        ("failed", lang.tr("whatif-failed")),
        ("armed", lang.tr("whatif-armed")),
        ("addHere", lang.tr("whatif-popup-add")),
        ("closeHere", lang.tr("whatif-popup-close")),
        ("drag", lang.tr("whatif-drag")),
        ("takeAway", lang.tr("whatif-take-away")),
    ]);
    for kind in Kind::ALL {
        texts.insert(kind.slug(), super::says::kind(lang, kind));
    }
    let config = Config {
        bounds: first.bounds.unwrap_or(portal.extent.main),
        communes_from: portal.tiles.communes_from(),
        max_zoom: 12,
        extras: portal.tiles.extras(),
        attribution: attribution(portal, lang),
        texts,
        tiles: portal.measures.first().map(|measure| tiles_url(portal, *measure)).unwrap_or_default(),
        answers: format!("{PATH}.json"),
        ground: format!("{PATH}/fond.json"),
        shown: teller.asked.shown.slug(),
        measures,
        first,
        lang: lang.code(),
    };
    // `</script>` inside a name must not end the block.
    serde_json::to_string(&config).unwrap_or_default().replace('<', "\\u003c")
}

/// Classes today of every commune for a measure that tiles do not carry: one digit a commune, `x` when not known.
pub(super) fn ground(desk: &Desk, scenario: &Scenario, shown: Shown) -> String {
    let digit = |class: Option<usize>| class.map_or('x', |class| char::from(b'0' + class as u8));
    match shown {
        Shown::Minutes => {
            let scale = Measure::minutes_scale();
            let minutes = desk.simulator().minutes().unwrap_or_default();
            minutes.into_iter().map(|value| digit(scale.class(value))).collect()
        }
        Shown::Zones => {
            let classes = desk.simulator().zones_of(scenario).ok().flatten().unwrap_or_default();
            classes.into_iter().map(|class| digit(Some(usize::from(class)))).collect()
        }
        Shown::Difference | Shown::Apl => String::new(),
    }
}
