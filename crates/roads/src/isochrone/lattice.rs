//! The fixed lattice of cells: where the same place gives the same cell, whatever is drawn.
//!
//! Rows and columns are constant steps of latitude and longitude counted from 0°, whole millionths of a degree so that
//! polygons written with six decimals are exact. A metre is more degrees of longitude further north: the step of longitude
//! is that of the middle of a band of 16° of latitude, chosen by the origin of the surface. Bands are centred on 0°, ±16°,
//! ±32°, ±48°…: the whole of metropolitan France lies in one (40° to 56°, cells 12 % wider in Ajaccio and 6 % narrower in
//! Dunkerque than high), the Antilles and La Réunion in others, Guyane in the one of the equator.

use crate::point::{EARTH_RADIUS_M, Point};

/// Millionths of a degree in a degree.
const MICRO: f64 = 1e6;
/// Units of [`Point`] in a millionth of a degree.
pub(super) const UNITS: i32 = 10;
/// Added to columns and rows so that they are positive everywhere on Earth, even for cells of 10 m.
pub(super) const SHIFT: i32 = 1 << 23;
/// Degrees of latitude that share one step of longitude.
const BAND: f64 = 16.0;

/// Steps of a lattice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lattice {
    /// Width of a cell, millionths of a degree of longitude.
    pub width: i32,
    /// Height of a cell, millionths of a degree of latitude.
    pub height: i32,
    /// Columns in a unit of [`Point`].
    across: f64,
    /// Rows in a unit of [`Point`].
    up: f64,
}

/// A point in columns and rows, and its cell. The centre of a cell is at its own column and row, its borders half a unit
/// away; all are positive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// Columns.
    pub x: f64,
    /// Rows.
    pub y: f64,
    /// Nearest column.
    pub column: i32,
    /// Nearest row.
    pub row: i32,
}

impl Position {
    /// Cells to another point.
    pub(super) fn to(&self, other: &Self) -> f64 {
        let (across, up) = (other.x - self.x, other.y - self.y);
        (across * across + up * up).sqrt()
    }

    /// Whether another point is in the same cell.
    pub(super) fn same_cell(&self, other: &Self) -> bool {
        self.column == other.column && self.row == other.row
    }
}

impl Lattice {
    /// The lattice of cells of some side (metres) for surfaces around an origin.
    pub(super) fn new(origin: Point, cell_m: f64) -> Self {
        let degrees = cell_m / metres_per_degree();
        let band = ((origin.lat_degrees() / BAND).round() * BAND).clamp(-80.0, 80.0);
        let width = (degrees / band.to_radians().cos() * MICRO).round() as i32;
        let height = (degrees * MICRO).round() as i32;
        let step = |side: i32| 1.0 / f64::from(side * UNITS);
        Self { width, height, across: step(width), up: step(height) }
    }

    /// Where a point lies.
    pub(super) fn position(&self, point: Point) -> Position {
        /// The least number whose neighbours are a unit away: adding it rounds to the nearest whole number, which is then
        /// in the last bits. A cast would do the same; with its checks of bounds, four a point, it took a third of the
        /// time of laying roads.
        const ROUNDED: f64 = (1_u64 << 52) as f64;
        let shift = f64::from(SHIFT);
        let (x, y) = (f64::from(point.lon) * self.across + shift, f64::from(point.lat) * self.up + shift);
        let cell = |along: f64| (along + ROUNDED).to_bits() as i32;
        Position { x, y, column: cell(x), row: cell(y) }
    }

    /// Column and row of a point.
    pub(super) fn cell(&self, point: Point) -> (i32, i32) {
        let Position { column, row, .. } = self.position(point);
        (column, row)
    }

    /// Width and height of a cell, metres, at a latitude (degrees).
    pub(super) fn metres(&self, latitude: f64) -> (f64, f64) {
        let metres = |side: i32| f64::from(side) / MICRO * metres_per_degree();
        (metres(self.width) * latitude.to_radians().cos(), metres(self.height))
    }

    /// Square kilometres in a millionth of a degree of longitude × a millionth of a degree of latitude, in the strip
    /// between the centres of a row and of the next one.
    ///
    /// On the ellipsoid (WGS 84), where a small rectangle is M·dφ high and N·cos φ·dλ wide, M and N the radii of curvature
    /// of the meridian and of the prime vertical. Taking them at the middle of a strip of 200 m errs by less than 1e-9.
    pub(super) fn square_km(&self, row: i32) -> f64 {
        /// Semi-major axis, kilometres, and first eccentricity squared.
        const AXIS: f64 = 6_378.137;
        const SQUARED_ECCENTRICITY: f64 = 0.006_694_379_990_14;
        let latitude = ((f64::from(row - SHIFT) + 0.5) * f64::from(self.height) / MICRO).to_radians();
        let flattening = 1.0 - SQUARED_ECCENTRICITY * latitude.sin().powi(2);
        let side = AXIS * (1.0_f64 / MICRO).to_radians() / flattening;
        // Within a cell of the poles the cosine may round below nought.
        side * side * (1.0 - SQUARED_ECCENTRICITY) * latitude.cos().max(0.0)
    }
}

/// Metres in a degree of a great circle.
fn metres_per_degree() -> f64 {
    EARTH_RADIUS_M.to_radians()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metropolitan_france_shares_one_lattice_of_cells_near_their_nominal_side() {
        let dunkerque = Lattice::new(Point::from_degrees(2.37, 51.03), 200.0);
        let bonifacio = Lattice::new(Point::from_degrees(9.16, 41.39), 200.0);
        assert_eq!(dunkerque, bonifacio);
        for latitude in [41.3_f64, 46.5, 51.1] {
            let (width, height) = dunkerque.metres(latitude);
            assert!((175.0..=226.0).contains(&width), "{width} m wide at {latitude}°");
            assert!((height - 200.0).abs() < 0.06, "{height}");
        }
        for (name, lon, lat) in [("Cayenne", -52.3, 4.9), ("Pointe-à-Pitre", -61.5, 16.2), ("Saint-Denis", 55.4, -20.9)]
        {
            let (width, _) = Lattice::new(Point::from_degrees(lon, lat), 200.0).metres(lat);
            assert!((190.0..=206.0).contains(&width), "{name}: {width} m");
        }
    }

    #[test]
    fn cells_are_centred_on_multiples_of_the_step() {
        let lattice = Lattice::new(Point::from_degrees(2.0, 47.0), 200.0);
        let centre =
            |column: i32, row: i32| Point { lon: column * lattice.width * UNITS, lat: row * lattice.height * UNITS };
        for (column, row) in [(0, 0), (700, 26_000), (-700, -3), (-66_000, 49_000)] {
            let middle = centre(column, row);
            let half = (lattice.width * UNITS / 2 - 1, lattice.height * UNITS / 2 - 1);
            for (east, north) in [(0, 0), half, (-half.0, -half.1), (half.0, -half.1)] {
                let point = Point { lon: middle.lon + east, lat: middle.lat + north };
                assert_eq!(lattice.cell(point), (column + SHIFT, row + SHIFT), "{point:?}");
            }
        }
    }

    #[test]
    fn the_strips_add_up_to_the_surface_of_the_earth() {
        let lattice = Lattice::new(Point::default(), 2_000.0);
        let rows = (90e6 / f64::from(lattice.height)).floor() as i32;
        let strip = f64::from(lattice.height) * 360e6;
        let sum: f64 = (-rows..rows).map(|row| lattice.square_km(row + SHIFT) * strip).sum();
        // WGS 84: 510,065,621.7 km².
        assert!((sum / 510_065_621.7 - 1.0).abs() < 1e-6, "{sum}");
    }
}
