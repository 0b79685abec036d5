//! Where the fictional region lies: a plane of kilometres, its longitudes and latitudes, and its Lambert-93 metres.

/// Width of the canvas, km (east–west).
pub(super) const WIDTH_KM: f64 = 144.0;
/// Height of the canvas, km (south–north).
pub(super) const HEIGHT_KM: f64 = 136.0;
/// Longitude and latitude of the canvas's centre, degrees.
const CENTRE: (f64, f64) = (2.1, 45.1);
/// Kilometres per degree of latitude, mean at 45° N (GRS80).
pub(super) const KM_PER_DEGREE: f64 = 111.13;

/// Longitude and latitude of a point of the plane (`x` km east, `y` km north of the south-west corner), in units of
/// 1e-5 degree: the resolution of every coordinate the generator writes, so that shared vertices are equal bit for bit.
pub(super) fn to_e5(x: f64, y: f64) -> (i32, i32) {
    let (lon, lat) = to_degrees(x, y);
    ((lon * 1e5).round() as i32, (lat * 1e5).round() as i32)
}

/// Longitude and latitude, degrees, of a point of the plane (km).
pub(super) fn to_degrees(x: f64, y: f64) -> (f64, f64) {
    let lat = CENTRE.1 + (y - HEIGHT_KM / 2.0) / KM_PER_DEGREE;
    let lon = CENTRE.0 + (x - WIDTH_KM / 2.0) / (KM_PER_DEGREE * CENTRE.1.to_radians().cos());
    (lon, lat)
}

/// Lambert-93 (EPSG:2154) easting and northing, metres, of a longitude and latitude in degrees.
///
/// Lambert conformal conic with two standard parallels (44° and 49° N) on GRS80, origin 46°30′ N 3° E, false origin
/// (700 000, 6 600 000): IGN, NTG_71 (2009) and Snyder 1987, eq. 15-1 to 15-9.
pub(super) fn lambert93(lon: f64, lat: f64) -> (f64, f64) {
    let eccentricity = (GRS80_FLATTENING * (2.0 - GRS80_FLATTENING)).sqrt();
    let isometric = |phi: f64| {
        let s = eccentricity * phi.sin();
        (std::f64::consts::FRAC_PI_4 - phi / 2.0).tan() / ((1.0 - s) / (1.0 + s)).powf(eccentricity / 2.0)
    };
    let radius = |phi: f64| phi.cos() / (1.0 - (eccentricity * phi.sin()).powi(2)).sqrt();
    let (south, north) = (44f64.to_radians(), 49f64.to_radians());
    let cone = (radius(south).ln() - radius(north).ln()) / (isometric(south).ln() - isometric(north).ln());
    let scale = radius(south) / (cone * isometric(south).powf(cone));
    let distance = |phi: f64| GRS80_SEMI_MAJOR_M * scale * isometric(phi).powf(cone);
    let angle = cone * (lon - 3.0).to_radians();
    let rho = distance(lat.to_radians());
    (700_000.0 + rho * angle.sin(), 6_600_000.0 + distance(46.5f64.to_radians()) - rho * angle.cos())
}

const GRS80_SEMI_MAJOR_M: f64 = 6_378_137.0;
const GRS80_FLATTENING: f64 = 1.0 / 298.257_222_101;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambert93_matches_the_reference_point() {
        // The projection's origin is exact by definition; Paris (2.3522 E, 48.8566 N) by PROJ 9: 652 469.02, 6 862 035.26.
        let (x, y) = lambert93(3.0, 46.5);
        assert!((x - 700_000.0).abs() < 1e-6 && (y - 6_600_000.0).abs() < 1e-6);
        let (x, y) = lambert93(2.3522, 48.8566);
        assert!((x - 652_469.02).abs() < 0.05 && (y - 6_862_035.26).abs() < 0.05, "{x} {y}");
    }
}
