//! Where the people of a commune are, as far as the data tell.
//!
//! The open file of commune coordinates gives points close to the middle of the contours, not chefs-lieux: 0.3 km from the
//! centroid on average, 14 km from the town in Arles. Hospitals and priority neighbourhoods stand where people live; each
//! draws the point of its commune as much as the point given.

use pacte_territory::{PlaceKind, Territory};

/// Longitude and latitude of the habitat of each commune, degrees; `NaN` when nothing is known.
///
/// The mean of the commune's own point and of every hospital site and priority neighbourhood it holds.
pub fn habitat_points(territory: &Territory) -> Vec<(f64, f64)> {
    let communes = &territory.communes;
    let mut sums: Vec<(f64, f64, f64)> = communes
        .lon
        .iter()
        .zip(&communes.lat)
        .map(|(&lon, &lat)| if lon.is_finite() && lat.is_finite() { (lon, lat, 1.0) } else { (0.0, 0.0, 0.0) })
        .collect();
    let mut add = |commune: u32, lon: f64, lat: f64| {
        if let Some(sum) = sums.get_mut(commune as usize) {
            *sum = (sum.0 + lon, sum.1 + lat, sum.2 + 1.0);
        }
    };
    for place in territory.places.iter().filter(|place| place.kind == PlaceKind::Hospital) {
        if let Some(commune) = place.commune {
            add(commune, place.lon, place.lat);
        }
    }
    for quarter in &territory.quarters {
        let (Some(&commune), Some(ring)) = (quarter.communes.first(), quarter.rings.first()) else { continue };
        let n = ring.len() as f64;
        let (lon, lat) = ring.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point[0] / n, sum.1 + point[1] / n));
        if n > 0.0 {
            add(commune, lon, lat);
        }
    }
    sums.into_iter().map(|(lon, lat, n)| if n > 0.0 { (lon / n, lat / n) } else { (f64::NAN, f64::NAN) }).collect()
}
