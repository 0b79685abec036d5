//! The map with its controls, its legend and its table: the same block on the first page and on the map page.

use std::collections::BTreeMap;

use pacte_access::atlas::{Evolving, Indicator};
use pacte_territory::{Level, Nature};
use serde::Serialize;

use crate::error::Fault;
use crate::extent::Bounds;
use crate::format;
use crate::i18n::Lang;
use crate::labels;
use crate::measures::Measure;
use crate::request::{Query, Visit, encode, shorten};
use crate::scale::{LegendItem, RangeWords, Scale};
use crate::state::Portal;
use crate::subject::Subject;
use crate::svg_map::{self, Choropleth, MapNaming};
use crate::view::LegendView;

/// Levels the live map shows by zooming.
const LIVE: [Level; 2] = [Level::Departement, Level::Commune];
/// Levels a map can be asked for.
const LEVELS: [Level; 6] =
    [Level::Departement, Level::Commune, Level::Epci, Level::BassinDeVie, Level::Arrondissement, Level::Region];
/// Most shapes a server-drawn map holds.
const MOST_SHAPES: usize = 3_000;
/// Most parts a territory's own map shows.
const MOST_PARTS: usize = 1_000;

/// An entry of a list to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Value sent.
    pub value: String,
    /// Text.
    pub label: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// The map and what surrounds it.
#[derive(Clone, Debug)]
pub struct MapBlock {
    /// Where the form leads.
    pub action: String,
    /// Measures to choose from.
    pub measures: Vec<Choice>,
    /// Levels to choose from.
    pub levels: Vec<Choice>,
    /// Départements to choose from; empty when there is none.
    pub departements: Vec<Choice>,
    /// What changes, when the measure is a change; empty otherwise.
    pub changing: Vec<Choice>,
    /// First vintages to choose from.
    pub from: Vec<Choice>,
    /// Last vintages to choose from.
    pub to: Vec<Choice>,
    /// Name of the measure shown.
    pub label: String,
    /// Unit of the measure shown.
    pub unit: String,
    /// Source line of the measure shown.
    pub source: String,
    /// Legends, one a measure; the one shown is marked.
    pub legends: Vec<LegendView>,
    /// The map drawn by the server; `None` when there is no contour.
    pub svg: Option<std::sync::Arc<str>>,
    /// Why the drawn map is not at the level asked for; empty when it is.
    pub note: String,
    /// What the live map reads: JSON, safe inside a `<script>`. Empty when the level has no live map.
    pub config: String,
    /// Level of the table and of the drawn map.
    pub level: Level,
    /// Département the map is limited to.
    pub departement: Option<u32>,
    /// Measure shown.
    pub measure: Measure,
}

/// What a map is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Measure.
    pub measure: Measure,
    /// Level, `None` for “départements, then communes when zooming”.
    pub level: Option<Level>,
    /// Département the map is limited to.
    pub departement: Option<u32>,
}

impl Request {
    /// Reads `mesure=`, `niveau=`, `departement=` and the parameters of a change.
    ///
    /// # Errors
    /// 400 that names the parameter, what was read and what is known.
    pub fn read(portal: &Portal, query: &Query) -> Result<Self, Fault> {
        let level = match query.get("niveau") {
            None | Some("auto") => None,
            Some(slug) => {
                let known = levels(portal);
                Some(known.iter().copied().find(|level| level.slug() == slug).ok_or_else(|| {
                    let known = known.iter().map(|level| level.slug()).collect::<Vec<_>>().join(", ");
                    Fault::bad("fault-map-level", [("value", shorten(slug)), ("known", known)])
                })?)
            }
        };
        Ok(Self { measure: Measure::read(&portal.atlas, query)?, level, departement: read_departement(portal, query)? })
    }

    /// Level of the table and of the drawn map.
    pub fn shown(&self, portal: &Portal) -> Level {
        let first = levels(portal).first().copied().unwrap_or(Level::Commune);
        self.level.unwrap_or(if self.departement.is_some() { Level::Commune } else { first })
    }
}

/// Reads `departement=`.
///
/// # Errors
/// 400 when no département has this code.
pub fn read_departement(portal: &Portal, query: &Query) -> Result<Option<u32>, Fault> {
    let Some(code) = query.get("departement") else { return Ok(None) };
    let found = portal.atlas.territory().find(Level::Departement, &code.to_ascii_uppercase());
    found.map(Some).ok_or_else(|| Fault::bad("fault-departement", [("value", shorten(code))]))
}

fn levels(portal: &Portal) -> Vec<Level> {
    LEVELS.into_iter().filter(|level| portal.atlas.territory().count(*level) > 0).collect()
}

/// Builds the block.
pub fn map_block(portal: &Portal, visit: &Visit, request: Request, action: &str) -> Option<MapBlock> {
    let lang = visit.lang;
    let atlas = &*portal.atlas;
    let indicator = request.measure.indicator(atlas)?;
    let level = request.shown(portal);
    let (svg, note) = drawn(portal, lang, request, level, &indicator);
    let live = request.level.is_none_or(|level| LIVE.contains(&level));
    let choice = |value: String, label: String, selected: bool| Choice { value, label, selected };
    let (changing, from, to) = match request.measure {
        Measure::Change((of, from, to)) => {
            let years = |chosen: i16| {
                let all = atlas.evolution_vintages(of).into_iter();
                all.map(|year| choice(year.to_string(), year.to_string(), year == chosen)).collect::<Vec<_>>()
            };
            let things = Evolving::ALL.into_iter().filter(|of| atlas.evolution_vintages(*of).len() > 1);
            let things = things.map(|o| choice(o.slug().to_owned(), changing_label(lang, o), o == of)).collect();
            (things, years(from), years(to))
        }
        _ => (Vec::new(), Vec::new(), Vec::new()),
    };
    let departements = atlas
        .territory()
        .grouping(Level::Departement)
        .map(|grouping| {
            let areas = grouping.areas.iter().zip(0..);
            areas
                .map(|(area, i)| {
                    choice(area.code.clone(), format!("{} – {}", area.code, area.name), request.departement == Some(i))
                })
                .collect()
        })
        .unwrap_or_default();
    let mut level_choices = vec![choice("auto".into(), lang.tr("map-level-auto"), request.level.is_none())];
    level_choices.extend(
        levels(portal)
            .into_iter()
            .map(|l| choice(l.slug().to_owned(), crate::pages::capital(&lang.levels(l)), request.level == Some(l))),
    );
    Some(MapBlock {
        action: action.to_owned(),
        measures: portal
            .measures
            .iter()
            .map(|measure| {
                choice(
                    measure.slug().to_owned(),
                    measure_label(lang, portal, *measure),
                    measure.slug() == request.measure.slug(),
                )
            })
            .collect(),
        levels: level_choices,
        departements,
        changing,
        from,
        to,
        label: labels::indicator(lang, &indicator),
        unit: labels::unit_of(lang, &indicator),
        source: labels::source_line(atlas, lang, &indicator.citation),
        legends: legends(portal, lang, request, level),
        svg,
        note,
        config: if live { config(portal, lang, request) } else { String::new() },
        level,
        departement: request.departement,
        measure: request.measure,
    })
}

/// Name of a measure in the menu: a change is named without its vintages, which have their own lists.
fn measure_label(lang: Lang, portal: &Portal, measure: Measure) -> String {
    match measure {
        Measure::Change(_) => lang.tr("measure-change"),
        _ => measure.indicator(&portal.atlas).map(|i| labels::indicator(lang, &i)).unwrap_or_default(),
    }
}

fn changing_label(lang: Lang, of: Evolving) -> String {
    match of {
        Evolving::Population => lang.tr("change-population"),
        Evolving::Gp => lang.tr("change-gp"),
        Evolving::AplGp => lang.tr("change-apl"),
    }
}

/// What is said of an area on a map: `Nord : 3,92 consultations par hab. et par an`.
fn title(lang: Lang, name: &str, indicator: &Indicator, value: Option<f64>) -> String {
    let value = labels::value_with_unit(lang, indicator, value).unwrap_or_else(|| lang.tr("missing"));
    lang.tr_with("map-area-title", [("name", name), ("value", value.as_str())])
}

fn drawn(
    portal: &Portal,
    lang: Lang,
    request: Request,
    level: Level,
    indicator: &Indicator,
) -> (Option<std::sync::Arc<str>>, String) {
    let territory = portal.atlas.territory();
    let areas =
        request.departement.map(|home| crate::tables::areas(&portal.atlas, level, Some((Level::Departement, home))));
    let count = areas.as_ref().map_or(territory.count(level) as usize, Vec::len);
    let (level, note) =
        if count > MOST_SHAPES { (Level::Departement, lang.tr("map-note-communes")) } else { (level, String::new()) };
    let key = (lang, request.measure, level, request.departement.map(|home| (Level::Departement, home)));
    let svg = portal.drawn_maps.get_or_make(key, || {
        let values = request.measure.values(&portal.atlas, level)?;
        let scale = request.measure.scale(&portal.atlas, level);
        let shown = labels::indicator(lang, indicator);
        let caption = match request.departement {
            Some(home) => {
                let home = Subject::new(&portal.atlas, lang, Level::Departement, home);
                lang.tr_with("map-title-in", [("measure", shown), ("levels", lang.levels(level)), ("place", home.name)])
            }
            None => lang.tr_with("map-title", [("measure", shown), ("levels", lang.levels(level))]),
        };
        let map = Choropleth {
            territory,
            extent: &portal.extent,
            level,
            areas: areas.as_deref(),
            color: &|area| values.get(area).and_then(|value| scale.color(value)),
            title: &|area| title(lang, &territory.area(level, area).name, indicator, values.get(area)),
            outline: outline(level),
            marked: None,
        };
        svg_map::choropleth(&map, MapNaming { id: "carte-dessin", title: &caption })
    });
    (svg, note)
}

/// A map of the parts of a territory, with its legend.
#[derive(Clone, Debug)]
pub struct PartsMap {
    /// The drawing; each part leads to its page.
    pub svg: std::sync::Arc<str>,
    /// Its classes.
    pub legend: LegendView,
    /// The same territory on the live map; empty where the live map cannot open on it.
    pub live: String,
}

/// Draws the parts of a territory by their APL. `None` when they are too many to be told apart, have no contour, or
/// there is no APL to show.
pub fn parts_map(portal: &Portal, subject: &Subject<'_>, level: Level, areas: &[u32]) -> Option<PartsMap> {
    let (lang, measure) = (subject.lang, *portal.measures.first()?);
    if areas.len() > MOST_PARTS {
        return None;
    }
    let territory = portal.atlas.territory();
    let svg = portal.part_maps.get_or_make((lang, measure, level, Some((subject.level, subject.area))), || {
        let values = measure.values(&portal.atlas, level)?;
        let indicator = measure.indicator(&portal.atlas)?;
        let scale = measure.scale(&portal.atlas, level);
        let caption = lang.tr_with(
            "map-title-in",
            [
                ("measure", labels::indicator(lang, &indicator)),
                ("levels", lang.levels(level)),
                ("place", subject.name.clone()),
            ],
        );
        let map = Choropleth {
            territory,
            extent: &portal.extent,
            level,
            areas: (subject.level != Level::Country).then_some(areas),
            color: &|area| values.get(area).and_then(|value| scale.color(value)),
            title: &|area| title(lang, &territory.area(level, area).name, &indicator, values.get(area)),
            outline: None,
            marked: None,
        };
        svg_map::choropleth(&map, MapNaming { id: "composition-dessin", title: &caption })
    })?;
    let live = if subject.level == Level::Departement {
        format!("/carte?mesure={}&niveau=commune&departement={}", measure.slug(), subject.code)
    } else {
        String::new()
    };
    Some(PartsMap { svg, legend: legend(portal, lang, measure, level, true)?, live })
}

/// Level whose borders help to find one's way among areas of a level.
const fn outline(level: Level) -> Option<Level> {
    match level {
        Level::Departement => Some(Level::Region),
        Level::Region | Level::FormerRegion | Level::Country => None,
        _ => Some(Level::Departement),
    }
}

/// One legend a measure, for the level shown; the live map shows and hides them.
fn legends(portal: &Portal, lang: Lang, request: Request, level: Level) -> Vec<LegendView> {
    let shown = |measure: Measure| if measure.slug() == request.measure.slug() { request.measure } else { measure };
    let measures = portal.measures.iter().map(|measure| shown(*measure));
    measures.filter_map(|measure| legend(portal, lang, measure, level, measure == request.measure)).collect()
}

fn legend(portal: &Portal, lang: Lang, measure: Measure, level: Level, shown: bool) -> Option<LegendView> {
    let indicator = measure.indicator(&portal.atlas)?;
    let scale = measure.scale(&portal.atlas, level);
    Some(LegendView {
        measure: measure.slug().to_owned(),
        title: labels::indicator(lang, &indicator),
        unit: labels::unit_of(lang, &indicator),
        items: legend_items(lang, &scale, &indicator),
        shown,
    })
}

fn legend_items(lang: Lang, scale: &Scale, indicator: &Indicator) -> Vec<LegendItem> {
    let words = RangeWords {
        below: lang.tr_with("class-below", [("high", "{b}")]),
        between: lang.tr_with("class-between", [("low", "{a}"), ("high", "{b}")]),
        above: lang.tr_with("class-above", [("low", "{a}")]),
    };
    let decimals_of = |value: f64| match value {
        value if value.fract() == 0.0 => 0,
        value if (value * 10.0).fract().abs() < 1e-9 => 1,
        _ => indicator.decimals.max(1),
    };
    let signed = indicator.id.starts_with("evolution_");
    let write = |value: f64| {
        let decimals = decimals_of(value);
        let text = if signed { format::signed(lang, value, decimals) } else { format::number(lang, value, decimals) };
        text.unwrap_or_default()
    };
    let mut items = scale.legend(&words, write);
    items.push(LegendItem { color: None, label: lang.tr("missing") });
    items
}

/// What `web/src/config.ts` calls `MapConfig`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MapConfig {
    bounds: Bounds,
    views: Vec<View>,
    communes_from: u8,
    max_zoom: u8,
    level: &'static str,
    measure: &'static str,
    measures: BTreeMap<&'static str, MeasureConfig>,
    extras: Vec<&'static str>,
    lang: &'static str,
    attribution: String,
    texts: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
struct View {
    slug: String,
    label: String,
    bounds: Bounds,
}

#[derive(Debug, Serialize)]
struct MeasureConfig {
    label: String,
    unit: String,
    decimals: u8,
    signed: bool,
    scales: BTreeMap<&'static str, Scale>,
    tiles: String,
}

fn config(portal: &Portal, lang: Lang, request: Request) -> String {
    let territory = portal.atlas.territory();
    let bounds = request
        .departement
        .and_then(|home| territory.topology.bounds(Level::Departement, home))
        .unwrap_or(portal.extent.main);
    let mut views = vec![View { slug: "principal".into(), label: main_name(lang, portal), bounds: portal.extent.main }];
    views.extend(portal.extent.remote.iter().map(|remote| View {
        slug: remote.code.clone(),
        label: remote.name.clone(),
        bounds: remote.bounds,
    }));
    let measures = portal.measures.iter().filter_map(|measure| {
        let measure = if measure.slug() == request.measure.slug() { request.measure } else { *measure };
        let indicator = measure.indicator(&portal.atlas)?;
        let scales = LIVE.into_iter().map(|level| (level.slug(), measure.scale(&portal.atlas, level))).collect();
        let config = MeasureConfig {
            label: labels::indicator(lang, &indicator),
            unit: labels::unit_of(lang, &indicator),
            decimals: indicator.decimals,
            signed: matches!(measure, Measure::Change(_)),
            scales,
            tiles: tiles_url(portal, measure),
        };
        Some((measure.slug(), config))
    });
    let config = MapConfig {
        bounds,
        views,
        communes_from: portal.tiles.communes_from(),
        max_zoom: 12,
        level: request.level.map_or(if request.departement.is_some() { "commune" } else { "auto" }, Level::slug),
        measure: request.measure.slug(),
        measures: measures.collect(),
        extras: portal.tiles.extras(),
        lang: lang.code(),
        attribution: attribution(portal, lang),
        texts: texts(lang),
    };
    // `</script>` inside a name must not end the block.
    serde_json::to_string(&config).unwrap_or_default().replace('<', "\\u003c")
}

/// Where the contours come from.
pub(crate) fn attribution(portal: &Portal, lang: Lang) -> String {
    let name = portal.site.territory.as_str();
    match portal.site.nature {
        Nature::Real => lang.tr_with("map-attribution", [("name", name)]),
        Nature::Training => lang.tr_with("map-attribution-training", [("name", name)]),
    }
}

fn main_name(lang: Lang, portal: &Portal) -> String {
    if portal.extent.remote.is_empty() { portal.site.territory.clone() } else { lang.tr("map-view-main") }
}

/// Address of the tiles of a measure: those of a change carry its parameters.
pub(crate) fn tiles_url(portal: &Portal, measure: Measure) -> String {
    let version = encode(&portal.site.hash);
    match measure {
        Measure::Change((of, from, to)) => {
            format!("/tuiles/{{z}}/{{x}}/{{y}}.mvt?v={version}&de_quoi={}&de={from}&a={to}", of.slug())
        }
        _ => format!("/tuiles/{{z}}/{{x}}/{{y}}.mvt?v={version}"),
    }
}

/// Words of every live map.
pub(crate) fn map_texts(lang: Lang) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("title", lang.tr("map-live-title")),
        ("zoomIn", lang.tr("map-zoom-in")),
        ("zoomOut", lang.tr("map-zoom-out")),
        ("attribution", lang.tr("map-attribution-toggle")),
        ("close", lang.tr("map-close")),
        ("gestureCtrl", lang.tr("map-gesture-ctrl")),
        ("gestureMac", lang.tr("map-gesture-mac")),
        ("gestureTouch", lang.tr("map-gesture-touch")),
    ])
}

fn texts(lang: Lang) -> BTreeMap<&'static str, String> {
    let mut texts = map_texts(lang);
    texts.extend([
        ("missing", lang.tr("missing")),
        ("open", lang.tr("map-open")),
        ("views", lang.tr("map-views")),
        ("commune", lang.level(Level::Commune)),
        ("departement", lang.level(Level::Departement)),
        ("region", lang.level(Level::Region)),
        ("below", lang.tr_with("class-below", [("high", "{b}")])),
        ("between", lang.tr_with("class-between", [("low", "{a}"), ("high", "{b}")])),
        ("above", lang.tr_with("class-above", [("low", "{a}")])),
    ]);
    texts
}
