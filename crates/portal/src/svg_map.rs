//! Maps drawn on the server as SVG: what a page shows without JavaScript, on paper, and beside a territory's name.
//!
//! Every shape is a link to its territory with its figure as title. Areas far from the rest (overseas départements) stand
//! in boxes under the main map, as French atlases have them. Colours are presentation attributes, so a strict content security policy lets them
//! through; strokes and the rest come from `web/styles/drawings.css`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pacte_territory::topology::{MAX_ZOOM, UNITS, Vertex};
use pacte_territory::{Level, Territory};

use crate::extent::{Bounds, Extent, union};
use crate::outlines::Outlines;

mod projection;
mod reach;
mod sites;
mod stops;

pub use reach::{ReachArea, ReachMap, reach, view};
pub use sites::{ServedCommune, SitesMap, sites};
pub use stops::Stop;

use projection::Projection;

/// Width of the drawing, in its own pixels.
const WIDTH: f64 = 640.0;
/// Most it may be high.
const MAX_HEIGHT: f64 = 700.0;
/// Height of a box of a remote area, label included.
const INSET_HEIGHT: f64 = 96.0;
/// Boxes in a row.
const INSETS_PER_ROW: usize = 6;
/// Shapes are written in tenths of a pixel: whole numbers are shorter.
const TENTHS: f64 = 10.0;
/// Below this many pixels a located area also gets a mark.
const MARK_BELOW: f64 = 12.0;
/// Below this many pixels an area of a whole map cannot be seen or touched.
const TOO_SMALL: f64 = 22.0;
/// A whole country keeps one zoom of detail fewer: it is half the weight, and white borders hide the difference.
const WHOLE_COARSER: f64 = 1.0;
/// A locator is shown at less than half its size: two zooms of detail fewer.
const LOCATOR_COARSER: f64 = 2.0;

/// Most areas of a map that are links, each with its title: more could be neither touched nor reached from a keyboard, and their
/// addresses weigh more than the map. Beyond, areas of the same colour are drawn as one.
pub const MOST_LINKS: usize = 6_000;

/// How a drawing is named for those who do not see it.
#[derive(Clone, Copy, Debug)]
pub struct MapNaming<'a> {
    /// Identifier, unique in the page; made of letters, digits and hyphens.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
}

/// What a map of coloured areas shows.
pub struct Choropleth<'a> {
    /// Where the contours are.
    pub territory: &'a Territory,
    /// What is far from what.
    pub extent: &'a Extent,
    /// Level of the areas.
    pub level: Level,
    /// Areas to draw; all of the level when `None`. A list that is not the whole level is drawn at its own scale.
    pub areas: Option<&'a [u32]>,
    /// Colour of an area (`#rrggbb`); `None` when its figure is missing: hatched.
    pub color: &'a dyn Fn(u32) -> Option<&'static str>,
    /// What is said of an area: `Nord : 3,2 consultations par an et par habitant`.
    pub title: &'a dyn Fn(u32) -> String,
    /// Level whose borders are drawn stronger, above the level of the areas.
    pub outline: Option<Level>,
    /// Area to mark among the others.
    pub marked: Option<u32>,
}

impl std::fmt::Debug for Choropleth<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Choropleth").field("level", &self.level).field("areas", &self.areas).finish_non_exhaustive()
    }
}

/// Draws a map of coloured areas; `None` when none of them has a contour.
pub fn choropleth(map: &Choropleth<'_>, naming: MapNaming<'_>) -> Option<String> {
    let all: Vec<u32>;
    let areas = if let Some(areas) = map.areas {
        areas
    } else {
        all = (0..map.territory.topology.count(map.level)).collect();
        &all
    };
    let boxed: Vec<(u32, Bounds)> =
        areas.iter().filter_map(|area| Some((*area, map.territory.topology.bounds(map.level, *area)?))).collect();
    let whole = map.areas.is_none();
    let (main, remote): (Vec<_>, Vec<_>) = boxed.into_iter().partition(|(_, b)| !whole || in_main(map.extent, *b));
    let (main, remote) = if main.is_empty() { (remote, main) } else { (main, remote) };
    let bounds = main.iter().map(|(_, b)| *b).reduce(union)?;

    let drawing = Drawing::new(bounds, if whole { WHOLE_COARSER } else { 0.0 });
    let detail = whole.then_some(&map.extent.outlines);
    let mut shapes = String::new();
    if main.len() > MOST_LINKS {
        masses(&mut shapes, map, naming, &main, &drawing);
    } else {
        for (area, _) in &main {
            let path = drawing.path(map.territory, detail, map.level, *area);
            shape(&mut shapes, map, naming, *area, &path);
        }
    }
    let mut body = format!("<g transform=\"scale(.1)\">{shapes}");
    if let Some(level) = map.outline {
        // Within a list of areas, only the outlines that surround it.
        for area in 0..map.territory.topology.count(level) {
            let near = map
                .territory
                .topology
                .bounds(level, area)
                .is_some_and(|b| overlap(b, bounds) && whole && in_main(map.extent, b));
            if near {
                let path = drawing.path(map.territory, detail, level, area);
                let _ = write!(body, "<path class=\"outline\" d=\"{path}\"/>");
            }
        }
    }
    if let Some(path) = map.marked.map(|area| drawing.path(map.territory, detail, map.level, area)) {
        let _ = write!(body, "<path class=\"outline marked\" d=\"{path}\"/>");
    }
    body.push_str("</g>");
    let mut insets: Vec<Inset> = Vec::new();
    for (area, bounds) in &remote {
        let label = box_of(map.territory, map.level, *area);
        match insets.iter_mut().find(|inset| inset.label == label) {
            Some(inset) => {
                inset.areas.push(*area);
                inset.bounds = union(inset.bounds, *bounds);
            }
            None => insets.push(Inset { label, areas: vec![*area], bounds: *bounds }),
        }
    }
    if whole {
        insets.extend(crowd(map, &main, &drawing));
    }
    let mut height = drawing.height;
    if !insets.is_empty() {
        let columns = insets.len().min(INSETS_PER_ROW);
        let (gap, width) = (8.0, ((WIDTH + 8.0) / columns as f64 - 8.0).min(140.0));
        height += 10.0;
        for (i, inset) in insets.iter().enumerate() {
            let left = (i % columns) as f64 * (width + gap);
            let top = height + (i / columns) as f64 * (INSET_HEIGHT + gap);
            inset.draw(&mut body, map, naming, [left, top, width]);
        }
        height += insets.len().div_ceil(columns) as f64 * (INSET_HEIGHT + gap) - gap;
    }
    Some(document(naming, "svg-map", height.ceil(), &body, true))
}

/// Draws where an area lies: the région around it, or the whole territory for a département and above. `None` when it has no contour.
pub fn locator(
    territory: &Territory,
    extent: &Extent,
    level: Level,
    area: u32,
    naming: MapNaming<'_>,
) -> Option<String> {
    let topology = &territory.topology;
    let contour = if level == Level::Country { None } else { topology.bounds(level, area) };
    let here = if level == Level::Country { extent.main } else { contour? };
    let departements = territory.grouping(Level::Departement).map_or(0, |grouping| grouping.len() as u32);
    let wide = matches!(level, Level::Departement | Level::Region | Level::FormerRegion | Level::Country);
    let far = !in_main(extent, here);
    let context: Vec<u32> = if wide && !far {
        extent.main_areas.clone()
    } else {
        let region = territory.members(level, area).first().and_then(|id| territory.area_of(Level::Region, *id));
        let touched = |departement: u32| {
            let first = territory.members(Level::Departement, departement).first().copied();
            let same = first.and_then(|id| territory.area_of(Level::Region, id)) == region && region.is_some();
            let bounds = topology.bounds(Level::Departement, departement);
            same && (!far || bounds.is_some_and(|b| overlap(b, here)))
        };
        (0..departements).filter(|departement| touched(*departement)).collect()
    };
    let context = if extent.level == Level::Departement { context } else { Vec::new() };
    let bounds =
        context.iter().filter_map(|departement| topology.bounds(Level::Departement, *departement)).fold(here, union);
    let drawing = Drawing::new(bounds, LOCATOR_COARSER);
    let mut body = String::from("<g transform=\"scale(.1)\">");
    for departement in &context {
        let path = drawing.path(territory, Some(&extent.outlines), Level::Departement, *departement);
        let class = if level == Level::Country { "here" } else { "land" };
        let _ = write!(body, "<path class=\"{class}\" d=\"{path}\"/>");
    }
    if level != Level::Country {
        let path = drawing.path(territory, Some(&extent.outlines), level, area);
        let _ = write!(body, "<path class=\"here\" d=\"{path}\"/>");
    }
    body.push_str("</g>");
    let (a, b) = (drawing.projection.place(here[0], here[1]), drawing.projection.place(here[2], here[3]));
    if level != Level::Country && (b[0] - a[0]).abs().max((b[1] - a[1]).abs()) < MARK_BELOW * WIDTH / 288.0 {
        let (x, y) = (f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1]));
        let _ = write!(body, "<circle class=\"here-ring\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"26\"/>");
    }
    Some(document(naming, "svg-map locator-map", drawing.height.ceil(), &body, false))
}

/// Whether the middle of a box lies in the main part of the territory.
fn in_main(extent: &Extent, b: Bounds) -> bool {
    let (lon, lat) = (f64::midpoint(b[0], b[2]), f64::midpoint(b[1], b[3]));
    (extent.main[0]..=extent.main[2]).contains(&lon) && (extent.main[1]..=extent.main[3]).contains(&lat)
}

fn overlap(a: Bounds, b: Bounds) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

fn shape(out: &mut String, map: &Choropleth<'_>, naming: MapNaming<'_>, area: u32, path: &str) {
    if path.is_empty() {
        return;
    }
    let code = match map.territory.grouping(map.level) {
        Some(grouping) => &grouping.areas[area as usize].code,
        None => map.territory.communes.code[area as usize].as_str(),
    };
    let fill = fill(map, naming, area);
    let _ = write!(
        out,
        "<a href=\"/territoires/{}/{}\"><title>{}</title><path class=\"shape\" fill=\"{fill}\" d=\"{path}\"/></a>",
        map.level.slug(),
        escape(code),
        escape(&(map.title)(area)),
    );
}

fn fill(map: &Choropleth<'_>, naming: MapNaming<'_>, area: u32) -> String {
    (map.color)(area).map_or_else(|| format!("url(#{}-absent)", naming.id), str::to_owned)
}

/// Areas by colour, without the borders between those of the same one.
fn masses(out: &mut String, map: &Choropleth<'_>, naming: MapNaming<'_>, areas: &[(u32, Bounds)], drawing: &Drawing) {
    let mut by_fill: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (area, _) in areas {
        by_fill.entry(fill(map, naming, *area)).or_default().push(*area);
    }
    for (fill, areas) in by_fill {
        let path = drawing.outline(map.territory.topology.around(map.level, &areas, drawing.zoom));
        let _ = write!(out, "<path class=\"shape\" fill=\"{fill}\" d=\"{path}\"/>");
    }
}

/// A box under the map: a remote area, or a magnifying glass on areas too small to be seen.
struct Inset {
    label: String,
    areas: Vec<u32>,
    bounds: Bounds,
}

impl Inset {
    /// Draws the box; left, top and width of its frame are given.
    fn draw(&self, out: &mut String, map: &Choropleth<'_>, naming: MapNaming<'_>, [left, top, width]: [f64; 3]) {
        let (room, label) = (width - 12.0, 18.0);
        let drawing = Drawing::within(self.bounds, room, INSET_HEIGHT - label - 10.0, 0.0);
        let (x, y) = (
            left + 6.0 + (room - drawing.width) / 2.0,
            top + 6.0 + (INSET_HEIGHT - label - 10.0 - drawing.height) / 2.0,
        );
        let _ = write!(
            out,
            "<rect class=\"inset\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{INSET_HEIGHT}\" rx=\"4\"/>\
             <g transform=\"translate({x:.1} {y:.1}) scale(.1)\">"
        );
        for area in &self.areas {
            let path = drawing.path(map.territory, Some(&map.extent.outlines), map.level, *area);
            shape(out, map, naming, *area, &path);
        }
        let _ = write!(
            out,
            "</g><text class=\"inset-label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"13\" aria-hidden=\"true\">{}</text>",
            left + width / 2.0,
            top + INSET_HEIGHT - 7.0,
            escape(&self.label),
        );
    }
}

/// Name of the box a remote area is drawn in: that of its département, as those of an island make one map of it; its own when it
/// is as large or lies in none.
fn box_of(territory: &Territory, level: Level, area: u32) -> String {
    let small = !matches!(level, Level::Departement | Level::Region | Level::FormerRegion | Level::Country);
    let home = || territory.area_of(Level::Departement, *territory.members(level, area).first()?);
    match small.then(home).flatten() {
        Some(home) => territory.area(Level::Departement, home).name,
        None => territory.area(level, area).name,
    }
}

/// Areas too small to be seen or touched on the map, when several lie together: Paris and the départements around it.
fn crowd(map: &Choropleth<'_>, main: &[(u32, Bounds)], drawing: &Drawing) -> Option<Inset> {
    // Small communes are everywhere: a glass over them all would be the map again.
    if map.level == Level::Commune {
        return None;
    }
    let small: Vec<(u32, Bounds)> = main
        .iter()
        .filter(|(_, b)| {
            let (a, c) = (drawing.projection.place(b[0], b[1]), drawing.projection.place(b[2], b[3]));
            (c[0] - a[0]).abs().max((c[1] - a[1]).abs()) < TOO_SMALL
        })
        .copied()
        .collect();
    if small.len() < 2 {
        return None;
    }
    let region = |area: u32| {
        let first = map.territory.members(map.level, area).first().copied()?;
        map.territory.area_of(Level::Region, first)
    };
    let common = region(small[0].0)?;
    // Several distant crowds would need several glasses; a country that has them is served by the live map.
    small.iter().all(|(area, _)| region(*area) == Some(common)).then(|| Inset {
        label: map.territory.area(Level::Region, common).name,
        bounds: small.iter().map(|(_, b)| *b).reduce(union).unwrap_or(small[0].1),
        areas: small.iter().map(|(area, _)| *area).collect(),
    })
}

fn document(naming: MapNaming<'_>, class: &str, height: f64, body: &str, links: bool) -> String {
    let MapNaming { id, title } = naming;
    // A drawing with links is a group of them; one without is a picture.
    let role = if links { "group" } else { "img" };
    let pattern = if links {
        format!(
            "<defs><pattern id=\"{id}-absent\" width=\"60\" height=\"60\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
             <rect class=\"missing-ground\" width=\"60\" height=\"60\" fill=\"#e4e6e4\"/>\
             <path class=\"missing-hatch\" d=\"M0 0V60\" stroke=\"#9aa5a1\" stroke-width=\"14\"/></pattern></defs>"
        )
    } else {
        String::new()
    };
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"{role}\" aria-labelledby=\"{id}-title\">\
         <title id=\"{id}-title\">{}</title>{pattern}{body}</svg>",
        escape(title)
    )
}

/// A projection fitted to a box, and what is needed to draw in it.
struct Drawing {
    projection: Projection,
    zoom: u8,
    width: f64,
    height: f64,
}

impl Drawing {
    fn new(bounds: Bounds, coarser: f64) -> Self {
        let mut drawing = Self::within(bounds, WIDTH, MAX_HEIGHT, coarser);
        // The page gives the whole width: a tall territory is centred in it.
        drawing.projection.shift((WIDTH - drawing.width) / 2.0, 0.0);
        drawing
    }

    /// Fitted to a frame, with the detail of that many zooms less than its pixels could show.
    fn within(bounds: Bounds, width: f64, height: f64, coarser: f64) -> Self {
        let (projection, [width, height]) = Projection::fit(bounds, width, height);
        // Pixels a degree of longitude spans here, against 512 pixels for the whole turn at zoom 0.
        let zoom = (projection.pixels_per_degree() * 360.0 / 512.0).log2().ceil() - coarser;
        Self { projection, zoom: zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8, width, height }
    }

    /// Where a point falls, pixels.
    fn pixels(&self, point: pacte_roads::point::Point) -> [f64; 2] {
        self.projection.place(point.lon_degrees(), point.lat_degrees())
    }

    /// Path of an area in tenths of a pixel; rings that come down to nothing are left out.
    fn path(&self, territory: &Territory, outlines: Option<&Outlines>, level: Level, area: u32) -> String {
        self.outline(
            outlines
                .and_then(|outlines| outlines.rings(level, area, self.zoom))
                .unwrap_or_else(|| territory.topology.rings(level, area, self.zoom)),
        )
    }

    /// The same of rings.
    fn outline(&self, rings: Vec<Vec<Vertex>>) -> String {
        let mut out = String::new();
        let alone = rings.len() == 1;
        for ring in rings {
            let mut points: Vec<[i32; 2]> = ring
                .iter()
                .map(|v| {
                    let [x, y] = self.projection.place(f64::from(v[0]) / UNITS, f64::from(v[1]) / UNITS);
                    [(x * TENTHS).round() as i32, (y * TENTHS).round() as i32]
                })
                .collect();
            points.dedup();
            points.pop();
            if points.len() < 3 || (!alone && extent_of(&points) < 15) {
                continue;
            }
            steps(&mut out, &points);
            out.push('z');
        }
        out
    }
}

/// Steps of a path from its first point.
fn steps(path: &mut String, points: &[[i32; 2]]) {
    let mut from = points[0];
    let _ = write!(path, "M{} {}l", from[0], from[1]);
    for (i, to) in points.iter().enumerate().skip(1) {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        // A minus sign separates as well as a space does.
        let before = if i == 1 || dx < 0 { "" } else { " " };
        let between = if dy < 0 { "" } else { " " };
        let _ = write!(path, "{before}{dx}{between}{dy}");
        from = *to;
    }
}

/// Larger side of the box of some points.
fn extent_of(points: &[[i32; 2]]) -> i32 {
    (0..2)
        .map(|axis| {
            let side = points.iter().map(|p| p[axis]);
            side.clone().max().unwrap_or(0) - side.min().unwrap_or(0)
        })
        .max()
        .unwrap_or(0)
}

/// Escapes text for an element or a quoted attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::tests::territory;

    const NAMING: MapNaming<'static> = MapNaming { id: "essai", title: "Essai <1>" };

    fn departements(territory: &Territory, extent: &Extent, areas: Option<&[u32]>) -> Option<String> {
        let map = Choropleth {
            territory,
            extent,
            level: Level::Departement,
            areas,
            color: &|area| (area == 0).then_some("#123456"),
            title: &|area| format!("Aire « {area} » & \"figure\""),
            outline: Some(Level::Region),
            marked: Some(1),
        };
        choropleth(&map, NAMING)
    }

    #[test]
    fn every_shape_is_a_link_with_its_figure_and_missing_ones_are_hatched() {
        let territory = territory();
        let extent = Extent::of(&territory);
        let svg = departements(&territory, &extent, None).unwrap();
        assert_eq!(svg.matches("<a href=").count(), 2);
        assert!(
            svg.contains("<a href=\"/territoires/departement/01\"><title>Aire « 0 » &amp; &quot;figure&quot;</title>")
        );
        assert!(svg.contains("fill=\"#123456\"") && svg.contains("fill=\"url(#essai-absent)\""));
        assert!(svg.contains("<title id=\"essai-title\">Essai &lt;1&gt;</title>"), "texts are escaped");
        assert!(!svg.contains("style="), "the content security policy forbids inline styles");
    }

    #[test]
    fn paths_stay_in_the_drawing_and_close() {
        let territory = territory();
        let extent = Extent::of(&territory);
        let svg = departements(&territory, &extent, None).unwrap();
        for path in svg.split(" d=\"M").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            if path.starts_with("0 0V") {
                continue; // the hatching
            }
            let numbers: Vec<f64> = path
                .replace(['z', 'l', 'M'], " ")
                .replace('-', " -")
                .split_whitespace()
                .map(|number| number.parse().unwrap())
                .collect();
            assert!(path.ends_with('z') && numbers.len().is_multiple_of(2), "{path}");
            let (mut x, mut y) = (0.0, 0.0);
            for step in numbers.chunks(2) {
                (x, y) = (x + step[0], y + step[1]);
                assert!((0.0..=WIDTH * TENTHS).contains(&x) && (0.0..=MAX_HEIGHT * TENTHS).contains(&y), "{path}");
            }
        }
    }

    #[test]
    fn areas_too_many_to_be_links_are_one_shape_a_colour() {
        let territory = territory();
        let map = Choropleth {
            territory: &territory,
            extent: &Extent::of(&territory),
            level: Level::Departement,
            areas: None,
            color: &|_| Some("#123456"),
            title: &|_| String::new(),
            outline: None,
            marked: None,
        };
        let boxed: Vec<(u32, Bounds)> =
            (0..2).map(|area| (area, territory.topology.bounds(Level::Departement, area).unwrap())).collect();
        let drawing = Drawing::new(union(boxed[0].1, boxed[1].1), 0.0);
        let mut out = String::new();
        masses(&mut out, &map, NAMING, &boxed, &drawing);
        assert_eq!((out.matches("<path").count(), out.matches("<a ").count()), (1, 0));
        let each: usize =
            (0..2).map(|area| drawing.path(&territory, None, Level::Departement, area).matches('z').count()).sum();
        assert!(out.matches('z').count() < each, "the two départements touch: their border is not drawn");
    }

    #[test]
    fn a_list_of_areas_is_drawn_alone() {
        let territory = territory();
        let extent = Extent::of(&territory);
        let svg = departements(&territory, &extent, Some(&[1])).unwrap();
        assert_eq!(svg.matches("<a href=").count(), 1);
        assert!(departements(&territory, &extent, Some(&[])).is_none());
    }

    #[test]
    fn a_locator_is_a_picture_of_where_the_area_is() {
        let territory = territory();
        let extent = Extent::of(&territory);
        for level in [Level::Commune, Level::Departement, Level::Region, Level::Country] {
            let area = u32::from(level == Level::Commune) * 7;
            let svg = locator(&territory, &extent, level, area, NAMING).unwrap();
            assert!(svg.contains("role=\"img\"") && svg.contains("class=\"here\""), "{level}");
            assert!(!svg.contains("<a "), "{level}");
        }
        assert!(locator(&territory, &extent, Level::Commune, 0, NAMING).is_none(), "commune 0 has no contour");
    }
}
