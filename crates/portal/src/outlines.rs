//! Outlines of départements and régions that stay light at small scales.
//!
//! In the territory's topology an arc ends wherever three communes meet, and ends of arcs are always drawn: a
//! département keeps hundreds of vertices however small it is shown. Official contours come besides a file per
//! département, each simplified on its own, so that along a common border the two sides differ by some metres and end an
//! arc at every vertex. Here every outline is weighed as a whole, by itself: at the zooms these outlines serve (whole
//! countries, where no commune shows) two neighbours may part by less than a pixel, under the line drawn between them.

use pacte_territory::topology::{MAX_ZOOM, Vertex};
use pacte_territory::{Level, Topology, TopologyBuilder};
use rayon::prelude::*;

/// Outlines by level.
#[derive(Debug, Default)]
pub struct Outlines {
    levels: Vec<(Level, Vec<Topology>)>,
}

impl Outlines {
    /// Weighs the outlines of régions and départements anew (about a tenth of a second for a country).
    pub fn new(topology: &Topology) -> Self {
        let levels = [Level::Region, Level::Departement]
            .into_iter()
            .filter(|level| topology.count(*level) > 0)
            .map(|level| {
                (level, (0..topology.count(level)).into_par_iter().map(|area| alone(topology, level, area)).collect())
            })
            .collect();
        Self { levels }
    }

    /// Rings of an area at a zoom (integer units, closed; each exterior before its holes), when this level has outlines of
    /// its own.
    pub fn rings(&self, level: Level, area: u32, zoom: u8) -> Option<Vec<Vec<Vertex>>> {
        let (_, outlines) = self.levels.iter().find(|(known, _)| *known == level)?;
        Some(outlines.get(area as usize)?.rings(Level::Commune, 0, zoom))
    }
}

/// The outline of one area as a topology of its own, where it is the only commune.
fn alone(topology: &Topology, level: Level, area: u32) -> Topology {
    let mut builder = TopologyBuilder::new(1);
    for polygon in topology.polygons(level, area, MAX_ZOOM) {
        let rings: Vec<_> = std::iter::once(polygon.exterior).chain(polygon.holes).collect();
        // These rings come from checked contours; one that degenerated is not worth more than its absence.
        if let Err(error) = builder.add(0, &rings) {
            tracing::debug!(level = level.slug(), area, %error, "contour laissé de côté");
        }
    }
    builder.build()
}
