//! The flat projection of a drawing: conic for a country, plain for a place.

use crate::extent::Bounds;

/// Lambert's conformal conic projection where the extent is wide, an equirectangular one where it is small or near the
/// equator (there the two do not differ to the eye), followed by a scale and a shift into pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Projection {
    kind: Kind,
    lon0: f64,
    lat0: f64,
    scale: f64,
    shift: [f64; 2],
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Plain { cos: f64 },
    Conic { n: f64, f: f64, rho0: f64 },
}

impl Projection {
    /// The projection that fits a box into `width` × `height` pixels, with the size it takes there.
    pub(super) fn fit(bounds: Bounds, width: f64, height: f64) -> (Self, [f64; 2]) {
        let [west, south, east, north] = bounds;
        let (lon0, lat0) = (f64::midpoint(west, east), f64::midpoint(south, north));
        let mut projection = Self { kind: Kind::of(south, north), lon0, lat0, scale: 1.0, shift: [0.0; 2] };
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        // A conic bends parallels: the extremes are along the edges of the box, not at its corners.
        for i in 0..=32 {
            let share = f64::from(i) / 32.0;
            let (lon, lat) = (west + share * (east - west), south + share * (north - south));
            for at in [
                projection.place(lon, south),
                projection.place(lon, north),
                projection.place(west, lat),
                projection.place(east, lat),
            ] {
                for axis in 0..2 {
                    low[axis] = low[axis].min(at[axis]);
                    high[axis] = high[axis].max(at[axis]);
                }
            }
        }
        let size = [(high[0] - low[0]).max(1e-9), (high[1] - low[1]).max(1e-9)];
        // A pixel on each side keeps strokes whole.
        let scale = ((width - 2.0) / size[0]).min((height - 2.0) / size[1]);
        projection.scale = scale;
        projection.shift = [1.0 - low[0] * scale, 1.0 - low[1] * scale];
        (projection, [size[0] * scale + 2.0, size[1] * scale + 2.0])
    }

    /// Moves the drawing, pixels.
    pub(super) fn shift(&mut self, dx: f64, dy: f64) {
        self.shift[0] += dx;
        self.shift[1] += dy;
    }

    /// Pixels of a position in degrees; the second one grows southwards.
    pub(super) fn place(&self, lon: f64, lat: f64) -> [f64; 2] {
        let [x, y] = match self.kind {
            Kind::Plain { cos } => [(lon - self.lon0).to_radians() * cos, (lat - self.lat0).to_radians()],
            Kind::Conic { n, f, rho0 } => {
                let rho = f / tangent(lat).powf(n);
                let theta = n * (lon - self.lon0).to_radians();
                [rho * theta.sin(), rho0 - rho * theta.cos()]
            }
        };
        [x * self.scale + self.shift[0], self.shift[1] - y * self.scale]
    }

    /// Pixels of a degree of longitude at the equator: what web-map zooms are counted in.
    pub(super) fn pixels_per_degree(&self) -> f64 {
        self.scale.to_radians() / self.lat0.to_radians().cos().max(0.1)
    }
}

impl Kind {
    fn of(south: f64, north: f64) -> Self {
        let middle = f64::midpoint(south, north);
        if north - south < 2.0 || middle.abs() < 15.0 {
            return Self::Plain { cos: middle.to_radians().cos() };
        }
        // Standard parallels a sixth of the way in, Kavraiskiy's usual choice.
        let sixth = (north - south) / 6.0;
        let (a, b) = (south + sixth, north - sixth);
        let n = (a.to_radians().cos() / b.to_radians().cos()).ln() / (tangent(b) / tangent(a)).ln();
        let f = a.to_radians().cos() * tangent(a).powf(n) / n;
        Self::Conic { n, f, rho0: f / tangent(middle).powf(n) }
    }
}

/// tan(π/4 + φ/2) of a latitude in degrees.
fn tangent(latitude: f64) -> f64 {
    (std::f64::consts::FRAC_PI_4 + latitude.to_radians() / 2.0).tan()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRANCE: Bounds = [-5.14, 41.33, 9.56, 51.09];

    #[test]
    fn a_box_fits_its_frame_and_touches_two_sides() {
        for bounds in [FRANCE, [55.2, -21.4, 55.9, -20.8], [-54.6, 2.1, -51.6, 5.8], [2.0, 42.0, 2.001, 42.001]] {
            let (projection, [width, height]) = Projection::fit(bounds, 640.0, 700.0);
            assert!(width <= 640.0 + 1e-9 && height <= 700.0 + 1e-9, "{width} × {height}");
            assert!(width > 639.9 || height > 699.9);
            for (lon, lat) in [(bounds[0], bounds[1]), (bounds[2], bounds[3]), (bounds[0], bounds[3])] {
                let [x, y] = projection.place(lon, lat);
                assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{x} {y}");
            }
            let (south, north) = (projection.place(bounds[0], bounds[1]), projection.place(bounds[0], bounds[3]));
            assert!(north[1] < south[1], "north is up");
        }
    }

    #[test]
    fn the_conic_keeps_angles() {
        let (projection, _) = Projection::fit(FRANCE, 640.0, 700.0);
        for (lon, lat) in [(-4.0, 48.0), (2.0, 46.5), (8.0, 42.5)] {
            let step = 1e-4;
            let [x, y] = projection.place(lon, lat);
            let east = projection.place(lon + step / f64::to_radians(lat).cos(), lat);
            let north = projection.place(lon, lat + step);
            let (e, n) = ([east[0] - x, east[1] - y], [north[0] - x, north[1] - y]);
            let cosine = (e[0] * n[0] + e[1] * n[1]) / (e[0].hypot(e[1]) * n[0].hypot(n[1]));
            assert!(cosine.abs() < 1e-4, "{cosine}");
            assert!((e[0].hypot(e[1]) / n[0].hypot(n[1]) - 1.0).abs() < 1e-3);
        }
    }
}
