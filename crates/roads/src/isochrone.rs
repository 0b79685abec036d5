//! Isochrones: the areas reached within some minutes, from the road points a search reached.
//!
//! What is reached is laid on a raster ([`SurfaceBuilder`]): the least time of every cell, roads first, then the ground
//! beside them at walking pace up to a bounded distance. The raster ([`Surface`]) is cut at each limit into polygons with
//! holes ([`Area`]), which [`to_geojson`] writes. Nothing here knows how the search was done.
//!
//! # What is promised
//! 1. *The same place always falls in the same cell*, whatever the search: cells belong to a fixed lattice
//!    (`isochrone/lattice.rs`).
//! 2. *Polygons are valid*: rings are closed, have at least three distinct corners and a surface, and neither touch nor
//!    cross themselves or one another; holes lie inside their exterior.
//! 3. *Areas never shrink when minutes grow*: as sets of points, not only in km²; km² grow with them to the last bit.
//! 4. The same holds between two searches from one place that stopped at different times, provided each went at least to
//!    the limits asked of it and the limits compared are equal or [`MARGIN`] (one minute) apart. When searches go to
//!    [`search_bound`] of their longest limit, one limit gives the very same area, bit for bit, whatever the others.
//! 5. The centre of a cell is inside the area of a limit exactly when [`Surface::time_at`] gives it that limit or less.
//!
//! # Why it holds
//! Times are whole, and the contour of a limit is drawn at T = limit + ½: no value ever lies on it. Take two neighbouring
//! cell centres, one inside (time v ≤ limit) and one outside (time w > limit, or not reached). The contour crosses the
//! stretch between them once, at the share a / (a + b) from the inside, with a = min(T − v, c), b = min(w − T, c), and
//! b = c where nothing is reached; c is [`MARGIN`]. This is linear interpolation between the times clamped to [T − c,
//! T + c]: beyond a minute a difference tells of a jump (a river, a hill without road), not of a slope.
//!
//! * *One stretch.* When T grows, a does not decrease and b does not increase, so the share does not decrease: the
//!   crossing moves outwards, until the outside centre is inside too and the whole stretch is. Rounding the crossing to
//!   1e-6 degree and keeping it at least 1e-6 degree away from both centres are non-decreasing functions: they change
//!   nothing to this.
//! * *One square* between four centres. Its share of the area is, for each group of inside corners joined by sides of the
//!   square, the convex hull of these corners and of the crossings on the sides that leave them. (Two opposite inside
//!   corners are two groups: they are never joined across the square.) When T grows, a group stays within one group, and
//!   everything its hull is drawn from lies on sides, hence within that group's new share; that share being convex, it
//!   holds the former hull. Areas are unions of such shares: they are nested.
//! * *Validity.* A crossing lies strictly between two neighbouring centres, at most one on each stretch, and joins exactly
//!   one piece of contour in each of the two squares that share the stretch. So rings are closed and share no corner.
//!   Two pieces in one square cut off opposite corners and cannot meet. A ring goes round at least one centre without
//!   touching it: it has a surface. Dropping corners that are exactly aligned with their neighbours changes no set.
//! * *Two searches.* A time within the bound of a search is exact, on roads as beside them. Let limits T' ≥ T + c and a
//!   search that stopped anywhere past T'. A centre outside at T' has a time w > T' ≥ T + c, known or not: b = c at T in
//!   either search, and b ≤ c at T'. A centre inside at T' has a known time. So nothing above depends on where the
//!   searches stopped. With a bound of T + c or more, all that counts for T is known: the area is the same.
//! * *Square kilometres.* The surface of each row of the lattice is a whole number (shoelace on whole coordinates), never
//!   smaller for a larger area; rows are weighted by a constant of their latitude and added from south to north, and both
//!   operations keep the order in floating point.
//!
//! The `contour` crate was measured first: see `isochrone/trace.rs` for why it is not used.

mod area;
mod builder;
mod lattice;
mod surface;
mod trace;

use crate::graph::Time;
use crate::point::Point;

pub use area::{Area, Polygon, to_geojson};
pub use builder::SurfaceBuilder;
pub use surface::Surface;

/// Time around a limit beyond which neighbouring cells no longer count for where its contour passes, tenths of a second.
pub const MARGIN: Time = 600;

/// How far a search should go for areas up to a limit (tenths of a second): the areas then depend on nothing else.
pub fn search_bound(longest_limit: Time) -> Time {
    longest_limit.saturating_add(MARGIN)
}

/// How a surface is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Side of the cells, metres, from 10 to 5,000. Cells are that high, and that wide in the middle of their band of
    /// latitude (see `isochrone/lattice.rs`).
    pub cell_m: f64,
    /// How far from a road the ground is taken to be reached on foot, metres, 0 to 5,000 and at most 64 cells. Distances
    /// run from cell centre to cell centre, in a straight line.
    pub off_road_m: f64,
    /// Walking pace beside the roads, km/h, from 1 to 10.
    pub walk_kmh: f64,
}

impl Settings {
    /// Vehicles: cells of 200 m; 500 m beside the roads, at 4 km/h.
    pub const DRIVE: Self = Self { cell_m: 200.0, off_road_m: 500.0, walk_kmh: 4.0 };
    /// Pedestrians: cells of 50 m; 150 m beside the paths, at 4 km/h.
    pub const WALK: Self = Self { cell_m: 50.0, off_road_m: 150.0, walk_kmh: 4.0 };

    /// Refuses what cannot be drawn.
    fn check(self) -> Result<Self, IsochroneError> {
        let refuse = |field, value, unit, least, most| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(IsochroneError::Setting { field, value, unit, least, most })
            }
        };
        refuse("taille des mailles", self.cell_m, "m", 10.0, 5_000.0)?;
        refuse("distance hors des routes", self.off_road_m, "m", 0.0, (64.0 * self.cell_m).min(5_000.0))?;
        refuse("vitesse à pied", self.walk_kmh, "km/h", 1.0, 10.0)?;
        Ok(self)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::DRIVE
    }
}

/// Why no surface can be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum IsochroneError {
    /// A setting out of bounds.
    #[error("isochrone : {field} = {value} {unit} : donnez une valeur de {least} à {most} {unit}")]
    Setting {
        /// What is wrong.
        field: &'static str,
        /// Its value.
        value: f64,
        /// Unit of the value and its bounds.
        unit: &'static str,
        /// Least value accepted.
        least: f64,
        /// Greatest value accepted.
        most: f64,
    },
    /// A point that would make the raster larger than memory should hold.
    #[error(
        "isochrone : le point {}, {} (latitude, longitude) porterait la carte à {width} × {height} mailles de {cell_m} m, \
         au-delà de {most} mailles : vérifiez les coordonnées du réseau, ou demandez des mailles plus grandes ou une durée \
         plus courte",
        .point.lat_degrees(),
        .point.lon_degrees()
    )]
    TooLarge {
        /// First point out of bounds.
        point: Point,
        /// Cells from west to east.
        width: usize,
        /// Cells from south to north.
        height: usize,
        /// Side of the cells, metres.
        cell_m: f64,
        /// Most cells accepted.
        most: usize,
    },
}
