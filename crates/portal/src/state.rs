//! What the handlers share: the atlas and everything prepared from it when the server starts.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pacte_access::atlas::Atlas;
use pacte_access::reach::Surroundings;
use pacte_territory::{Level, Territory};

use crate::aids::Aids;
use crate::assets::{Theme, ThemeError};
use crate::downloads::Downloads;
use crate::extent::Extent;
use crate::frame::Site;
use crate::i18n::Lang;
use crate::kept::Kept;
use crate::measures::Measure;
use crate::pages::journeys::Answers;
use crate::search::SearchIndex;
use crate::tiles::{TileMeasure, Tiles};
use crate::workbench::Workbench;

/// Memory given to tiles, bytes.
const TILE_CACHE: usize = 32 << 20;
/// Memory given to pages, bytes: those of the larger territories, which gather the figures of many communes.
const PAGES: usize = 32 << 20;
/// Server-drawn maps kept.
const DRAWN_MAPS: usize = 96;

/// What a server is made from.
#[derive(Debug, Default)]
pub struct Options {
    /// Hash of the figures shown: the snapshot's and the computation's. Versions addresses and answers.
    pub hash: String,
    /// Operator's theme, when there is one.
    pub theme: Option<PathBuf>,
    /// The territory and its road networks, one a means of travel, the usual one first; empty without imported roads.
    pub roads: Vec<Arc<Surroundings>>,
    /// What decisions are computed on and kept in; `None` for a portal that only shows.
    pub workbench: Option<Workbench>,
    /// Definitions of programmes; those of the program when `None`.
    pub aids: Option<Aids>,
}

/// Everything the handlers read; nothing changes once made, but for bounded caches.
#[derive(Debug)]
pub struct Portal {
    /// Every figure.
    pub atlas: Arc<Atlas>,
    /// What every page says of the site.
    pub site: Arc<Site>,
    /// Search over names and codes.
    pub search: SearchIndex,
    /// Vector tiles.
    pub tiles: Tiles,
    /// Part of the world a map opens on.
    pub extent: Arc<Extent>,
    /// Measures of the map.
    pub measures: Vec<Measure>,
    /// Maps drawn by the server.
    pub drawn_maps: DrawnMaps,
    /// Maps of the parts of a territory, drawn by the server.
    pub part_maps: DrawnMaps,
    /// Pages of large territories.
    pub pages: Kept,
    /// The territory and its road networks, one a means of travel, the usual one first.
    pub roads: Vec<Arc<Surroundings>>,
    /// What decisions are computed on and kept in.
    pub workbench: Option<Workbench>,
    /// Programmes and the zonings they ask of places.
    pub aids: Aids,
    /// The territory, that of the atlas.
    pub territory: Arc<Territory>,
    /// What was lately reached from where.
    pub answers: Answers,
    /// Files made for downloads.
    pub downloads: Downloads,
    /// Operator's theme.
    pub theme: Theme,
}

/// Shared by every handler.
pub type AppState = Arc<Portal>;

impl Portal {
    /// Prepares everything the pages need: indexes, tiles, menus. `territory` is the atlas's own.
    ///
    /// # Errors
    /// When the theme directory cannot be used.
    pub fn open(territory: Arc<Territory>, atlas: Arc<Atlas>, options: Options) -> Result<AppState, ThemeError> {
        let theme = options.theme.as_deref().map_or_else(|| Ok(Theme::none()), Theme::open)?;
        let measures = Measure::available(&atlas);
        let drawn = measures.iter().filter(|measure| !matches!(measure, Measure::Change(_)));
        let extent = Arc::new(Extent::of(&territory));
        let tile_measures = drawn.map(|measure| tile_measure(&atlas, *measure)).collect();
        let population =
            atlas.values("population", Level::Commune).map(|values| values.values.clone()).unwrap_or_default();
        let site = Site {
            theme_tokens: theme.has("tokens.css"),
            theme_extra: theme.has("extra.css"),
            theme_logo: theme.has("logo.svg"),
            ..Site::of(&territory, options.hash)
        };
        let aids = options.aids.unwrap_or_else(Aids::shipped);
        Ok(Arc::new(Self {
            search: SearchIndex::new(&territory),
            tiles: Tiles::new(Arc::clone(&territory), Arc::clone(&extent), tile_measures, &population, TILE_CACHE),
            extent,
            measures,
            site: Arc::new(site),
            drawn_maps: DrawnMaps::default(),
            part_maps: DrawnMaps::default(),
            pages: Kept::new(PAGES),
            roads: options.roads,
            workbench: options.workbench,
            aids,
            territory,
            answers: Answers::default(),
            downloads: Downloads::default(),
            theme,
            atlas,
        }))
    }
}

impl Portal {
    /// Makes what the first visitor of some pages would wait for: the zonings that aids ask of places.
    pub fn warm(&self) {
        if let Err(error) = self.aids.layers(&self.territory, self.workbench.as_ref()) {
            tracing::warn!("zonages : {error}");
        }
    }
}

/// Values of a measure as tiles carry them.
pub fn tile_measure(atlas: &Atlas, measure: Measure) -> TileMeasure {
    let values =
        |level| measure.values(atlas, level).map(|values| Arc::from(values.values.as_slice())).unwrap_or_default();
    TileMeasure {
        slug: measure.slug().to_owned(),
        regions: values(Level::Region),
        departements: values(Level::Departement),
        communes: values(Level::Commune),
    }
}

/// Language, measure, level of the shapes, and the larger area they lie in.
type MapKey = (Lang, Measure, Level, Option<(Level, u32)>);

/// Maps drawn by the server, the last ones kept.
#[derive(Debug, Default)]
pub struct DrawnMaps(Mutex<HashMap<MapKey, Option<Arc<str>>>>);

impl DrawnMaps {
    /// A map, drawn when it is not kept. Drawn outside the lock: two first visitors may both draw it.
    pub fn get_or_make(&self, key: MapKey, make: impl FnOnce() -> Option<String>) -> Option<Arc<str>> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(map) = kept().get(&key) {
            return map.clone();
        }
        let map: Option<Arc<str>> = make().map(Into::into);
        let mut kept = kept();
        if kept.len() >= DRAWN_MAPS {
            kept.clear();
        }
        kept.insert(key, map.clone());
        map
    }
}
