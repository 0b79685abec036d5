//! Places on the ground, as OpenStreetMap stores them.

use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Serialize};

/// Mean Earth radius, metres (IUGG).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point in units of 1e-7 degree (WGS 84), about a centimetre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable, Serialize, Deserialize)]
#[repr(C)]
pub struct Point {
    /// Longitude.
    pub lon: i32,
    /// Latitude.
    pub lat: i32,
}

impl Point {
    /// From degrees.
    pub fn from_degrees(lon: f64, lat: f64) -> Self {
        Self { lon: (lon * 1e7).round() as i32, lat: (lat * 1e7).round() as i32 }
    }

    /// Longitude in degrees.
    pub fn lon_degrees(self) -> f64 {
        f64::from(self.lon) * 1e-7
    }

    /// Latitude in degrees.
    pub fn lat_degrees(self) -> f64 {
        f64::from(self.lat) * 1e-7
    }

    /// Metres to another point: equirectangular at the mean latitude, good to 0.1 % under 100 km, which road segments
    /// never exceed.
    pub fn metres_to(self, other: Self) -> f64 {
        let mean = (self.lat_degrees() + other.lat_degrees()).to_radians() / 2.0;
        let east = (f64::from(other.lon) - f64::from(self.lon)) * 1e-7 * mean.cos();
        let north = (f64::from(other.lat) - f64::from(self.lat)) * 1e-7;
        east.hypot(north).to_radians() * EARTH_RADIUS_M
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_111_km() {
        let metres = Point::from_degrees(2.0, 46.0).metres_to(Point::from_degrees(2.0, 47.0));
        assert!((metres - 111_195.0).abs() < 1.0, "{metres}");
        let metres = Point::from_degrees(2.0, 60.0).metres_to(Point::from_degrees(3.0, 60.0));
        assert!((metres - 55_597.5).abs() < 1.0, "{metres}");
    }
}
