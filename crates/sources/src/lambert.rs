//! Lambert-93, the projected coordinates of metropolitan France, to degrees.

/// Exponent, constant and false origin of Lambert-93 on GRS80 (IGN, NTG 71, « Projection cartographique conique conforme
/// de Lambert », 1995; RGF93).
const N: f64 = 0.725_607_765_0;
const C: f64 = 11_754_255.426;
const X_S: f64 = 700_000.0;
const Y_S: f64 = 12_655_612.050;
/// First eccentricity of GRS80.
const E: f64 = 0.081_819_191_12;
/// Central meridian, degrees.
const LON_0: f64 = 3.0;

/// Longitude and latitude in degrees (RGF93, WGS84 to a metre) of a point in Lambert-93 metres. Good to a centimetre.
pub fn to_degrees(x: f64, y: f64) -> [f64; 2] {
    let (dx, dy) = (x - X_S, Y_S - y);
    let isometric = -(dx.hypot(dy) / C).ln() / N;
    let mut lat = 2.0 * isometric.exp().atan() - std::f64::consts::FRAC_PI_2;
    // Each turn gains two decimal places and a half.
    for _ in 0..8 {
        let s = E * lat.sin();
        lat = 2.0 * (((1.0 + s) / (1.0 - s)).powf(E / 2.0) * isometric.exp()).atan() - std::f64::consts::FRAC_PI_2;
    }
    [LON_0 + (dx.atan2(dy) / N).to_degrees(), lat.to_degrees()]
}

/// Whether a point may be in Lambert-93 metres: the extent of metropolitan France with a margin.
pub fn plausible(x: f64, y: f64) -> bool {
    (0.0..=1_400_000.0).contains(&x) && (5_900_000.0..=7_300_000.0).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: [((f64, f64), [f64; 2]); 4] = [
        ((652_469.02, 6_862_035.26), [2.352_199_963, 48.856_600_005]),
        ((416_984.705_654, 6_450_252.207_387), [-0.598_842_083, 45.093_484_064]),
        ((1_228_264.0, 6_106_750.0), [9.355_746_507, 41.870_093_524]),
        ((145_000.0, 6_860_000.0), [-4.538_624_032, 48.601_581_502]),
    ];

    #[test]
    fn agrees_with_proj() {
        // pyproj 3.7.2, EPSG:2154 to EPSG:4326.
        for ((x, y), expected) in POINTS {
            let found = to_degrees(x, y);
            for (a, b) in found.iter().zip(expected) {
                assert!((a - b).abs() < 1e-7, "{x} {y}: {found:?}, expected {expected:?}");
            }
        }
    }
}
