//! Distances on the ground.

/// Mean Earth radius, km (IUGG).
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// Great-circle distance in km between two points given as (longitude, latitude) in degrees.
///
/// Haversine form, good to 0.5 % anywhere, which is far below the error of any travel-time model.
pub fn great_circle_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lon_a, lat_a) = (a.0.to_radians(), a.1.to_radians());
    let (lon_b, lat_b) = (b.0.to_radians(), b.1.to_radians());
    let h = ((lat_b - lat_a) / 2.0).sin().powi(2) + lat_a.cos() * lat_b.cos() * ((lon_b - lon_a) / 2.0).sin().powi(2);
    2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
}

/// Point on the unit sphere, for index structures that work in straight lines.
pub fn unit_sphere(lon: f64, lat: f64) -> [f64; 3] {
    let (lon, lat) = (lon.to_radians(), lat.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// Squared chord on the unit sphere that spans `km` on the ground.
pub fn chord_squared(km: f64) -> f64 {
    let half = (km / EARTH_RADIUS_KM / 2.0).min(std::f64::consts::FRAC_PI_2);
    (2.0 * half.sin()).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paris_to_marseille_is_about_660_km() {
        let km = great_circle_km((2.3522, 48.8566), (5.3698, 43.2965));
        assert!((km - 660.5).abs() < 1.5, "{km}");
    }

    #[test]
    fn chord_and_great_circle_agree() {
        let (a, b) = ((2.0, 47.0), (2.5, 47.2));
        let (p, q) = (unit_sphere(a.0, a.1), unit_sphere(b.0, b.1));
        let chord: f64 = p.iter().zip(q).map(|(x, y)| (x - y).powi(2)).sum();
        assert!((chord - chord_squared(great_circle_km(a, b))).abs() < 1e-12);
    }
}
