//! Chosen sites and the communes they serve: coloured communes under numbered marks.

use std::fmt::Write as _;

use pacte_territory::{Level, Territory};

use super::stops::{Stop, stops};
use super::{Drawing, MapNaming, document, escape, overlap};
use crate::extent::{Bounds, Extent};

/// Communes beyond which contours lose a zoom of detail.
const MANY: usize = 3_000;
/// Marks drawn with their number; beyond, a dot each.
const NUMBERED: usize = 60;

/// A commune with its colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedCommune {
    /// The commune.
    pub commune: u32,
    /// `#rrggbb`.
    pub color: &'static str,
    /// What is said of it.
    pub title: String,
}

/// What such a map shows.
#[derive(Debug)]
pub struct SitesMap<'a> {
    /// Where the contours are.
    pub territory: &'a Territory,
    /// Outlines for small scales.
    pub extent: &'a Extent,
    /// Coloured communes.
    pub communes: &'a [ServedCommune],
    /// Sites, numbered.
    pub stops: &'a [Stop],
    /// What the drawing shows.
    pub bounds: Bounds,
}

/// Draws the map.
pub fn sites(map: &SitesMap<'_>, naming: MapNaming<'_>) -> String {
    let bounds = map.bounds;
    let drawing = Drawing::new(bounds, if map.communes.len() > MANY { 1.0 } else { 0.0 });
    let topology = &map.territory.topology;
    let mut body = String::from("<g transform=\"scale(.1)\">");
    let near = |departement: u32| {
        let near = topology.bounds(Level::Departement, departement).is_some_and(|b| overlap(b, bounds));
        near.then(|| drawing.path(map.territory, Some(&map.extent.outlines), Level::Departement, departement))
    };
    let departements: Vec<String> = (0..topology.count(Level::Departement)).filter_map(near).collect();
    for path in &departements {
        let _ = write!(body, "<path class=\"ground\" d=\"{path}\"/>");
    }
    for served in map.communes {
        let seen = topology.bounds(Level::Commune, served.commune).is_some_and(|b| overlap(b, bounds));
        let path = if seen { drawing.path(map.territory, None, Level::Commune, served.commune) } else { String::new() };
        if path.is_empty() {
            continue;
        }
        // Hundreds of communes would stand between the keyboard and what follows: the table is the keyboard's way.
        let _ = write!(
            body,
            "<a href=\"/territoires/commune/{}\" tabindex=\"-1\"><title>{}</title><path class=\"shape\" fill=\"{}\" d=\"{path}\"/></a>",
            map.territory.communes.code[served.commune as usize],
            escape(&served.title),
            served.color
        );
    }
    for path in &departements {
        let _ = write!(body, "<path class=\"outline\" d=\"{path}\"/>");
    }
    body.push_str("</g>");
    stops(&mut body, &drawing, map.stops, map.stops.len() <= NUMBERED);
    document(naming, "svg-map sites-map", drawing.height.ceil(), &body, true)
}
