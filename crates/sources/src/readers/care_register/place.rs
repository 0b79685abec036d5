//! Where a resource stands: in its commune, not at sea.

use pacte_territory::spatial::SpatialIndex;
use pacte_territory::{CommuneId, Communes, Level, Topology};

use super::Draft;
use crate::error::{Fault, SourceError};

/// A point this far from a contour may still be on it: contours are simplified, helipads stand on quays. Km.
const SHORE_KM: f64 = 1.0;
/// Without contours, the nearest commune point may be this far. Km.
const POINT_KM: f64 = 10.0;
/// Km of a degree of latitude.
const DEGREE_KM: f64 = 111.2;

/// Points and contours of the communes.
pub(super) struct Shapes<'a> {
    pub(super) communes: &'a Communes,
    pub(super) index: &'a SpatialIndex,
    pub(super) topology: &'a Topology,
}

impl Shapes<'_> {
    /// Gives a draft its commune when it has a point alone, and checks that its point lies where it says.
    pub(super) fn settle(&self, draft: &mut Draft) -> Option<SourceError> {
        let [lon, lat] = draft.resource.point?;
        let around = self.around(lon, lat);
        if draft.names_commune {
            let commune = draft.resource.commune;
            if around.contains(&commune) || self.has_no_contour(commune) {
                return None;
            }
            let said = self.written(commune);
            return Some(match around.first() {
                None => self.outside(draft, lon, lat),
                Some(found) => error(
                    draft,
                    &format!("ce point est dans {}, la ligne dit {said}", self.written(*found)),
                    "Corrigez les coordonnées, ou laissez-les vides, ou changez la commune.",
                ),
            });
        }
        match around.first() {
            Some(commune) => {
                draft.resource.commune = *commune;
                None
            }
            None => Some(self.outside(draft, lon, lat)),
        }
    }

    /// The commune a point lies in, then those within [`SHORE_KM`]; none at sea.
    fn around(&self, lon: f64, lat: f64) -> Vec<CommuneId> {
        if self.topology.count(Level::Commune) == 0 {
            let near = self.index.nearest(lon, lat, 3);
            return near.into_iter().filter(|(_, km)| *km <= POINT_KM).map(|(id, _)| id).collect();
        }
        let north = SHORE_KM / DEGREE_KM;
        let east = north / lat.to_radians().cos().max(0.01);
        let mut found: Vec<CommuneId> = Vec::new();
        for (step, turn) in
            std::iter::once((0.0, 0.0)).chain((0..16).map(|i| (0.5 + 0.5 * f64::from(i % 2), f64::from(i))))
        {
            let (sin, cos) = (turn * std::f64::consts::PI / 8.0).sin_cos();
            if let Some(id) = self.index.containing(lon + step * east * cos, lat + step * north * sin, self.topology)
                && !found.contains(&id)
            {
                found.push(id);
            }
        }
        found
    }

    fn has_no_contour(&self, commune: CommuneId) -> bool {
        self.topology.count(Level::Commune) > 0 && self.topology.bounds(Level::Commune, commune).is_none()
    }

    fn written(&self, id: CommuneId) -> String {
        format!("{} ({})", self.communes.name[id as usize], self.communes.code[id as usize])
    }

    fn outside(&self, draft: &Draft, lon: f64, lat: f64) -> SourceError {
        let near = self
            .index
            .nearest(lon, lat, 1)
            .first()
            .map(|(id, km)| format!(" (la commune la plus proche est {}, à {km:.0} km)", self.written(*id)));
        let swapped = lat.abs() <= 180.0 && lon.abs() <= 90.0 && !self.around(lat, lon).is_empty();
        let advice = if swapped {
            "Latitude et longitude sont échangées : écrivez l’une à la place de l’autre."
        } else {
            "Corrigez les coordonnées, ou laissez-les vides et donnez le code de la commune."
        };
        error(draft, &format!("ce point est en mer ou hors du territoire{}", near.unwrap_or_default()), advice)
    }
}

fn error(draft: &Draft, problem: &str, advice: &str) -> SourceError {
    let point = draft.resource.point.unwrap_or_default();
    SourceError::new(Fault::BadValue, &draft.file, problem, advice)
        .line(draft.line)
        .column("lat")
        .value(format!("{} ; {}", point[1], point[0]))
}
