//! Vector tiles of the territory, made on demand from its contours: the map needs no other tile server.
//!
//! A tile holds the layers `regions`, `departements`, `communes` (from [`Tiles::communes_from`]), `relief`, `lines`
//! (property `kind`: `river` or `road`, `rank` 1–4) and `places` (names of communes, the most peopled first). Territory features carry `code`, `name` and one number
//! per measure, absent when it is not known; their id is their index in the level plus one.
//!
//! Tiles are cached gzipped, within a fixed budget of memory, and are the same for the same snapshot, so their address
//! carries its hash and browsers may keep them for ever.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use pacte_territory::topology::{MAX_ZOOM, UNITS};
use pacte_territory::{Level, Territory};
use rustc_hash::FxHashMap;

use crate::extent::Extent;

mod cache;
mod draw;
mod geometry;
mod mvt;

use cache::Cache;
use draw::{Canvas, Plan, View};
use geometry::{BUFFER, Mercator, Placer, latitude, longitude};
use mvt::{EXTENT, Layer, Shape, Value};

/// Greatest zoom of a tile.
pub const MAX_TILE_ZOOM: u8 = MAX_ZOOM;
/// Zooms whose tiles are made when the server starts: the largest ones, which every visitor crosses.
pub const WARMED_ZOOM: u8 = 7;
/// Zoom from which a large territory shows its communes.
const COMMUNES_FROM: u8 = 7;
/// A territory of at most this many communes shows them at every zoom.
const SMALL_TERRITORY: usize = 2500;
/// Zoom from which tiles carry every vertex.
const FULL_DETAIL_FROM: u8 = 11;
/// Names given by a tile at most.
const PLACES_PER_TILE: usize = 14;
/// Levels drawn, with the name of their layer.
const LEVELS: [(Level, &str); 3] =
    [(Level::Region, "regions"), (Level::Departement, "departements"), (Level::Commune, "communes")];

/// Address of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileId {
    zoom: u8,
    x: u32,
    y: u32,
}

/// Why an address names no tile; the text is for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// A part is not a whole number.
    #[error(
        "« {value} » n’est pas un nombre entier : une tuile s’écrit /tuiles/{{z}}/{{x}}/{{y}}.mvt ({part} est fautif)"
    )]
    NotANumber {
        /// `z`, `x` or `y`.
        part: &'static str,
        /// What was written.
        value: String,
    },
    /// The zoom is beyond the last one.
    #[error("zoom {0} : les tuiles vont du zoom 0 au zoom {MAX_TILE_ZOOM}")]
    Zoom(u32),
    /// The tile lies outside the world at its zoom.
    #[error("{part} = {value} : au zoom {zoom}, {part} va de 0 à {last}")]
    Outside {
        /// `x` or `y`.
        part: &'static str,
        /// What was asked.
        value: u32,
        /// Zoom asked.
        zoom: u8,
        /// Last one at this zoom.
        last: u32,
    },
}

impl TileId {
    /// Checks an address.
    ///
    /// # Errors
    /// When the zoom is above [`MAX_TILE_ZOOM`], or `x` or `y` outside the world at that zoom.
    pub fn new(zoom: u32, x: u32, y: u32) -> Result<Self, TileError> {
        let checked = u8::try_from(zoom).ok().filter(|z| *z <= MAX_TILE_ZOOM).ok_or(TileError::Zoom(zoom))?;
        let last = (1_u32 << checked) - 1;
        for (part, value) in [("x", x), ("y", y)] {
            if value > last {
                return Err(TileError::Outside { part, value, zoom: checked, last });
            }
        }
        Ok(Self { zoom: checked, x, y })
    }

    /// Reads the three parts of an address; `y` may end in `.mvt`.
    ///
    /// # Errors
    /// When a part is not a whole number, or as [`Self::new`].
    pub fn parse(z: &str, x: &str, y: &str) -> Result<Self, TileError> {
        let number = |part: &'static str, text: &str| {
            let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
            let value = if digits { text.parse().ok() } else { None };
            // A hostile address can be long: the message repeats its beginning only.
            value.ok_or_else(|| TileError::NotANumber { part, value: text.chars().take(20).collect() })
        };
        Self::new(number("z", z)?, number("x", x)?, number("y", y.strip_suffix(".mvt").unwrap_or(y))?)
    }

    /// West, south, east, north in degrees, drawn margin included.
    fn bounds(self) -> [f64; 4] {
        let side = 1.0 / f64::from(1_u32 << self.zoom);
        let margin = side * f64::from(BUFFER) / f64::from(EXTENT);
        let (x, y) = (f64::from(self.x) * side, f64::from(self.y) * side);
        [longitude(x - margin), latitude(y + side + margin), longitude(x + side + margin), latitude(y - margin)]
    }
}

/// A measure carried by territory features, at each level drawn.
#[derive(Clone, Debug)]
pub struct TileMeasure {
    /// Property name: the measure's slug.
    pub slug: String,
    /// Values of the regions, by index; `NaN` when not known. Empty when the level has no figure.
    pub regions: Arc<[f64]>,
    /// Values of the départements, by index.
    pub departements: Arc<[f64]>,
    /// Values of the communes, by index.
    pub communes: Arc<[f64]>,
}

impl TileMeasure {
    fn value(&self, level: Level, area: usize) -> f64 {
        let values = match level {
            Level::Region => &self.regions,
            Level::Departement => &self.departements,
            _ => &self.communes,
        };
        values.get(area).copied().unwrap_or(f64::NAN)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    tile: TileId,
    variant: Arc<str>,
}

/// A line or contour to draw, as tiles name it.
#[derive(Debug)]
struct Drawn {
    line: usize,
    kind: &'static str,
    rank: i32,
    bounds: [f64; 4],
}

/// Makes and keeps the tiles of one territory.
#[derive(Debug)]
pub struct Tiles {
    territory: Arc<Territory>,
    extent: Arc<Extent>,
    measures: Vec<TileMeasure>,
    /// Boxes of the areas of each of [`LEVELS`], integer units; west > east for those without contour.
    boxes: [Vec<[i32; 4]>; 3],
    /// How to draw the areas of several rings, by level and index.
    plans: [FxHashMap<u32, Plan>; 3],
    /// Communes with a point, most peopled first: id, position in worlds, population (0 when not known).
    places: Vec<(u32, [f64; 2], f64)>,
    lines: Vec<Drawn>,
    mercator: Mercator,
    communes_from: u8,
    cache: Cache<Key>,
}

impl Tiles {
    /// Prepares the tiles of a territory. `population` (one value per commune) orders the names; `cache_bytes` bounds
    /// the memory of the cache.
    pub fn new(
        territory: Arc<Territory>,
        extent: Arc<Extent>,
        measures: Vec<TileMeasure>,
        population: &[f64],
        cache_bytes: usize,
    ) -> Self {
        let mercator = Mercator::new();
        let boxes = LEVELS.map(|(level, _)| {
            (0..territory.topology.count(level))
                .map(|area| {
                    let none = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
                    territory.topology.bounds(level, area).map_or(none, |b| b.map(|degrees| (degrees * UNITS) as i32))
                })
                .collect()
        });
        let plans = LEVELS.map(|(level, _)| {
            (0..territory.topology.count(level))
                .filter_map(|area| Some((area, Plan::of(&territory, level, area)?)))
                .collect()
        });
        let mut places: Vec<(u32, [f64; 2], f64)> = (0..territory.len() as u32)
            .filter_map(|id| {
                let (lon, lat) = territory.point(id)?;
                let people = population.get(id as usize).copied().filter(|p| p.is_finite()).unwrap_or(0.0);
                Some((id, [lon / 360.0 + 0.5, mercator.y(lat)], people))
            })
            .collect();
        places.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        let lines = territory
            .lines
            .iter()
            .enumerate()
            .map(|(line, polyline)| {
                let (kind, rank) = if polyline.kind.starts_with("rivi") {
                    ("river", polyline.rank.clamp(1, 4))
                } else if polyline.kind.starts_with("route") {
                    // Class 1 is the main network; tiles say how wide to draw.
                    ("road", (5 - polyline.rank).clamp(1, 4))
                } else {
                    ("relief", polyline.rank)
                };
                let nothing = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
                let bounds = polyline
                    .points
                    .iter()
                    .fold(nothing, |b, p| [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]);
                Drawn { line, kind, rank, bounds }
            })
            .collect();
        let communes_from = if territory.len() <= SMALL_TERRITORY { 0 } else { COMMUNES_FROM };
        Self {
            territory,
            extent,
            measures,
            boxes,
            plans,
            places,
            lines,
            mercator,
            communes_from,
            cache: Cache::new(cache_bytes),
        }
    }

    /// First zoom whose tiles hold the communes: 7, or 0 for a territory small enough to be shown whole.
    pub fn communes_from(&self) -> u8 {
        self.communes_from
    }

    /// Layers there are besides the territories: among `relief`, `lines`, `places`.
    pub fn extras(&self) -> Vec<&'static str> {
        let mut extras = Vec::new();
        if self.lines.iter().any(|line| line.kind == "relief") {
            extras.push("relief");
        }
        if self.lines.iter().any(|line| line.kind != "relief") {
            extras.push("lines");
        }
        if !self.places.is_empty() {
            extras.push("places");
        }
        extras
    }

    /// A tile, gzipped; empty when nothing lies there.
    ///
    /// `extra` is a measure of this request only (a change between two chosen vintages); `variant` names its parameters and
    /// must differ whenever its values do. It is empty for the plain tiles.
    pub fn tile(&self, tile: TileId, variant: &str, extra: Option<&TileMeasure>) -> Arc<[u8]> {
        let key = Key { tile, variant: variant.into() };
        if let Some(bytes) = self.cache.get(&key) {
            return bytes;
        }
        let bytes: Arc<[u8]> = gzip(&self.encode(tile, extra)).into();
        self.cache.put(key, Arc::clone(&bytes));
        bytes
    }

    /// Memory held by the cache, bytes.
    pub fn cached_bytes(&self) -> usize {
        self.cache.size()
    }

    /// Makes the tiles of the first zooms over a box (west, south, east, north, degrees), so that the first visitor does
    /// not wait for them. Takes a second or so for a country: run it beside, not before, serving.
    pub fn warm(&self, bounds: [f64; 4], up_to: u8) {
        for zoom in 0..=up_to.min(MAX_TILE_ZOOM) {
            let count = f64::from(1_u32 << zoom);
            let place = |share: f64| ((share * count) as u32).min((1 << zoom) - 1);
            let (x0, x1) = (place(bounds[0] / 360.0 + 0.5), place(bounds[2] / 360.0 + 0.5));
            let (y0, y1) = (place(self.mercator.y(bounds[3])), place(self.mercator.y(bounds[1])));
            for (x, y) in (x0..=x1).flat_map(|x| (y0..=y1).map(move |y| (x, y))) {
                self.tile(TileId { zoom, x, y }, "", None);
            }
        }
    }

    /// The tile's bytes before compression.
    fn encode(&self, tile: TileId, extra: Option<&TileMeasure>) -> Vec<u8> {
        let mut out = Vec::new();
        let placer = Placer::new(&self.mercator, tile.zoom, tile.x, tile.y);
        let mut canvas = Canvas::default();
        for (rank, (level, _)) in LEVELS.into_iter().enumerate() {
            if level != Level::Commune || tile.zoom >= self.communes_from {
                self.areas(rank, tile, &placer, extra, &mut canvas).write(&mut out);
            }
        }
        self.draw_lines(tile, &placer, &mut canvas, true).write(&mut out);
        self.draw_lines(tile, &placer, &mut canvas, false).write(&mut out);
        self.draw_places(tile, &mut canvas).write(&mut out);
        out
    }

    fn areas(
        &self,
        rank: usize,
        tile: TileId,
        placer: &Placer<'_>,
        extra: Option<&TileMeasure>,
        canvas: &mut Canvas,
    ) -> Layer {
        let (level, name) = LEVELS[rank];
        let boxes = &self.boxes[rank];
        let mut layer = Layer::new(name);
        let (code_key, name_key) = (layer.key("code"), layer.key("name"));
        let measures: Vec<(&TileMeasure, u32)> =
            self.measures.iter().chain(extra).map(|measure| (measure, layer.key(&measure.slug))).collect();
        let [west, south, east, north] = tile.bounds().map(|degrees| degrees * UNITS);
        let [west, south, east, north] = [west.floor(), south.floor(), east.ceil(), north.ceil()].map(|v| v as i32);
        // The last zooms are stretched far beyond their size by the map: they carry every vertex.
        let detail = if tile.zoom >= FULL_DETAIL_FROM { MAX_ZOOM } else { tile.zoom };
        // Where communes show, their borders and those of their département must run together.
        let outlines = (tile.zoom < self.communes_from).then_some(&self.extent.outlines);
        let view = View { detail, window: [west, south, east, north], outlines, placer };
        let plans = &self.plans[rank];
        let grouping = self.territory.grouping(level);
        for (area, b) in boxes.iter().enumerate() {
            if b[0] > east || b[2] < west || b[1] > north || b[3] < south || b[0] > b[2] {
                continue;
            }
            let plan = plans.get(&(area as u32));
            canvas.polygons(&self.territory, level, area as u32, plan, &view);
            if canvas.geometry.is_empty() {
                continue;
            }
            if let (Some(grouping), true) = (grouping, level != Level::Commune) {
                layer.tag(code_key, Value::Text(&grouping.areas[area].code));
                layer.tag(name_key, Value::Text(&grouping.areas[area].name));
            } else {
                layer.tag(code_key, Value::Text(self.territory.communes.code[area].as_str()));
                layer.tag(name_key, Value::Text(&self.territory.communes.name[area]));
            }
            for (measure, key) in &measures {
                layer.tag(*key, Value::Number(measure.value(level, area)));
            }
            layer.feature(area as u64 + 1, Shape::Polygons, &canvas.geometry);
        }
        layer
    }

    fn draw_lines(&self, tile: TileId, placer: &Placer<'_>, canvas: &mut Canvas, relief: bool) -> Layer {
        let mut layer = Layer::new(if relief { "relief" } else { "lines" });
        let (kind_key, rank_key, name_key) = (layer.key("kind"), layer.key("rank"), layer.key("name"));
        let [west, south, east, north] = tile.bounds();
        for (id, drawn) in (1..).zip(&self.lines) {
            let b = drawn.bounds;
            let minor = !relief && ((drawn.rank == 1 && tile.zoom < 8) || (drawn.rank == 2 && tile.zoom < 6));
            if (drawn.kind == "relief") != relief || minor || b[0] > east || b[2] < west || b[1] > north || b[3] < south
            {
                continue;
            }
            let polyline = &self.territory.lines[drawn.line];
            canvas.line(&polyline.points, polyline.closed, placer);
            if canvas.geometry.is_empty() {
                continue;
            }
            layer.tag(kind_key, Value::Text(drawn.kind));
            layer.tag(rank_key, Value::Number(f64::from(drawn.rank)));
            if !polyline.name.is_empty() {
                layer.tag(name_key, Value::Text(&polyline.name));
            }
            layer.feature(id, Shape::Lines, &canvas.geometry);
        }
        layer
    }

    fn draw_places(&self, tile: TileId, canvas: &mut Canvas) -> Layer {
        let mut layer = Layer::new("places");
        let (name_key, code_key, people_key) = (layer.key("name"), layer.key("code"), layer.key("population"));
        let count = f64::from(1_u32 << tile.zoom);
        let mut left = PLACES_PER_TILE;
        for (id, at, people) in &self.places {
            let [x, y] = [at[0] * count - f64::from(tile.x), at[1] * count - f64::from(tile.y)];
            // Each name in one tile only: no margin here, or it would be drawn twice.
            if !(0.0..1.0).contains(&x) || !(0.0..1.0).contains(&y) {
                continue;
            }
            canvas.geometry.clear();
            canvas.geometry.point([(x * f64::from(EXTENT)) as i32, (y * f64::from(EXTENT)) as i32]);
            layer.tag(name_key, Value::Text(&self.territory.communes.name[*id as usize]));
            layer.tag(code_key, Value::Text(self.territory.communes.code[*id as usize].as_str()));
            layer.tag(people_key, Value::Number(*people));
            layer.feature(u64::from(*id) + 1, Shape::Points, &canvas.geometry);
            left -= 1;
            if left == 0 {
                break;
            }
        }
        layer
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(4));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}

/// A gzipped tile as it was, for clients that take no compression.
pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if !bytes.is_empty() {
        GzDecoder::new(bytes).read_to_end(&mut out).expect("these bytes come from our own encoder");
    }
    out
}

#[cfg(test)]
pub(crate) mod tests;
