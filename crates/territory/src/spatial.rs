//! Nearest communes of a point, and the commune a point lies in.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, PointDistance, RTree};

use crate::geodesy::{chord_squared, unit_sphere};
use crate::level::Level;
use crate::topology::Topology;

type Located = GeomWithData<[f64; 3], u32>;
type Boxed = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// Index over the communes' points and contours.
#[derive(Debug, Default)]
pub struct SpatialIndex {
    points: RTree<Located>,
    boxes: RTree<Boxed>,
}

impl SpatialIndex {
    /// Indexes commune points (degrees; `NaN` is left out) and the boxes of their contours.
    pub fn new(lon: &[f64], lat: &[f64], topology: &Topology) -> Self {
        let points = (0_u32..)
            .zip(lon.iter().zip(lat))
            .filter(|(_, (lon, lat))| lon.is_finite() && lat.is_finite())
            .map(|(id, (&lon, &lat))| Located::new(unit_sphere(lon, lat), id))
            .collect();
        let boxes = (0..topology.count(Level::Commune))
            .filter_map(|id| {
                let [west, south, east, north] = topology.bounds(Level::Commune, id)?;
                Some(Boxed::new(Rectangle::from_corners([west, south], [east, north]), id))
            })
            .collect();
        Self { points: RTree::bulk_load(points), boxes: RTree::bulk_load(boxes) }
    }

    /// The `count` communes whose points are nearest, with great-circle km, nearest first.
    pub fn nearest(&self, lon: f64, lat: f64, count: usize) -> Vec<(u32, f64)> {
        let point = unit_sphere(lon, lat);
        self.points
            .nearest_neighbor_iter(point)
            .take(count)
            .map(|found| (found.data, chord_to_km(found.distance_2(&point))))
            .collect()
    }

    /// Every commune whose point lies within `km` of the point, in no order.
    pub fn within(&self, lon: f64, lat: f64, km: f64) -> impl Iterator<Item = u32> + '_ {
        self.points.locate_within_distance(unit_sphere(lon, lat), chord_squared(km)).map(|found| found.data)
    }

    /// The commune whose contour contains the point.
    pub fn containing(&self, lon: f64, lat: f64, topology: &Topology) -> Option<u32> {
        self.boxes
            .locate_in_envelope_intersecting(AABB::from_point([lon, lat]))
            .map(|found| found.data)
            .filter(|id| topology.contains(Level::Commune, *id, lon, lat))
            .min()
    }
}

fn chord_to_km(chord_squared: f64) -> f64 {
    2.0 * (chord_squared.sqrt() / 2.0).min(1.0).asin() * crate::geodesy::EARTH_RADIUS_KM
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesy::great_circle_km;

    #[test]
    fn finds_the_same_as_a_plain_scan() {
        let lon: Vec<f64> = (0..200).map(|i| f64::from(i * 37 % 101) / 20.0).collect();
        let lat: Vec<f64> = (0..200).map(|i| 44.0 + f64::from(i * 53 % 97) / 20.0).collect();
        let index = SpatialIndex::new(&lon, &lat, &Topology::default());
        let (x, y) = (2.31, 46.2);
        let mut expected: Vec<(f64, u32)> =
            (0..200).map(|i| (great_circle_km((x, y), (lon[i as usize], lat[i as usize])), i)).collect();
        expected.sort_by(|a, b| a.0.total_cmp(&b.0));
        let found = index.nearest(x, y, 10);
        for ((_, km), (expected_km, _)) in found.iter().zip(&expected) {
            assert!((km - expected_km).abs() < 1e-6);
        }
        let near = expected.iter().filter(|(km, _)| *km <= 60.0).count();
        assert_eq!(index.within(x, y, 60.0).count(), near);
    }
}
