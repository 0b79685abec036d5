//! Roads on the raster: from what a search reached to the least time of every cell.

use super::lattice::{Lattice, Position};
use super::surface::{FAR, Raster, Surface, Walk};
use super::{IsochroneError, Settings, trace};
use crate::graph::{NEVER, Time};
use crate::point::Point;

/// Most cells of a raster (256 MiB): all of France at 200 m takes 25 million.
const MOST_CELLS: usize = 1 << 26;
/// Cells on each side of the first raster; it doubles where it is left.
const FIRST_SIDE: i32 = 256;

/// Lays reached roads on a raster, in any order: each cell keeps its least time, rounded to a tenth of a second.
#[derive(Clone, Debug)]
pub struct SurfaceBuilder {
    settings: Settings,
    lattice: Lattice,
    /// Latitude of the origin, degrees.
    latitude: f64,
    bound: Time,
    raster: Raster,
    /// First point that would have made the raster too large, and the size it asked for.
    refused: Option<(Point, usize, usize)>,
    /// Corners of the road being laid, each with the cells from the one before.
    corners: Vec<(Position, f64)>,
}

impl SurfaceBuilder {
    /// A surface around an origin, from a search that went to `bound` (tenths of a second; see
    /// [`search_bound`](super::search_bound)). What is added past the bound is left out.
    ///
    /// # Errors
    /// When a setting is out of bounds.
    pub fn new(origin: Point, bound: Time, settings: Settings) -> Result<Self, IsochroneError> {
        let settings = settings.check()?;
        let lattice = Lattice::new(origin, settings.cell_m);
        let (column, row) = lattice.cell(origin);
        let side = FIRST_SIDE as usize;
        let raster = Raster::new(column - FIRST_SIDE / 2, row - FIRST_SIDE / 2, side, side);
        let (latitude, bound) = (origin.lat_degrees(), bound.min(FAR - 1));
        Ok(Self { settings, lattice, latitude, bound, raster, refused: None, corners: Vec::new() })
    }

    /// Adds a place reached at some time.
    pub fn add_point(&mut self, point: Point, time: Time) {
        if time <= self.bound {
            let (column, row) = self.lattice.cell(point);
            self.put(column, row, time);
        }
    }

    /// Adds a stretch of road whose first point is passed at `from` and its last at `to`, time running evenly along it.
    ///
    /// A stretch run from its last point to its first is given as it stands, with `from` after `to`. A stretch whose far
    /// end is past the bound is given whole: it counts up to the bound. Every cell it crosses counts, from the moment it
    /// is entered: the cells of a road are neighbours by their sides, so an area never breaks along a road.
    pub fn add_path(&mut self, path: &[Point], from: Time, to: Time) {
        self.lay(path, &[(from, to)], self.bound);
    }

    /// Adds a road whose first and last points are reached at the times `ends`, and which takes the times `along` from
    /// first to last and from last to first ([`NEVER`] for an end not reached or a way not allowed).
    ///
    /// The same as adding the path of each way, in 60 % of the time: each is followed only to where the other has come
    /// before it.
    pub fn add_road(&mut self, path: &[Point], ends: [Time; 2], along: [Time; 2]) {
        let [forward, backward] = [0, 1].map(|way| {
            // No sum of two times within bounds overflows.
            (ends[way] <= self.bound && along[way] < NEVER).then(|| (ends[way], ends[way].saturating_add(along[way])))
        });
        match (forward, backward) {
            (Some((first, to_last)), Some((last, to_first))) => {
                // At the share s, times are first + s·along[0] and to_first − s·along[1].
                let sum = u64::from(along[0]) + u64::from(along[1]);
                if last >= to_last {
                    self.lay(path, &[(first, to_last)], self.bound);
                } else if first >= to_first {
                    self.lay(path, &[(to_first, last)], self.bound);
                } else {
                    // Not nought: both ways would take no time, and one of the cases above would hold.
                    let share = u64::from(to_first - first) * u64::from(along[0]) / sum;
                    // One for rounding down, one for times rounded to nearest.
                    let until = first.saturating_add(share as Time).saturating_add(2).min(self.bound);
                    self.lay(path, &[(first, to_last), (to_first, last)], until);
                }
            }
            (Some((first, to_last)), None) => self.lay(path, &[(first, to_last)], self.bound),
            (None, Some((last, to_first))) => self.lay(path, &[(to_first, last)], self.bound),
            (None, None) => {}
        }
    }

    /// Adds all that another builder was given: parts of a search may be laid in parallel.
    ///
    /// # Panics
    /// When the other was not made for the same origin, bound and settings.
    pub fn merge(&mut self, other: Self) {
        assert!(
            self.settings == other.settings && self.latitude == other.latitude && self.bound == other.bound,
            "surfaces of different searches cannot be merged"
        );
        self.refused = self.refused.or(other.refused);
        let Some((west, south, width, height)) = other.raster.extent() else { return };
        let (east, north) = (west + width as i32 - 1, south + height as i32 - 1);
        for (column, row) in [(west, south), (east, north)] {
            if self.raster.place(column, row).is_none() {
                self.grow(column, row);
            }
        }
        for row in south..=north {
            // Nothing is added to a raster that was refused more room: it gives an error in the end.
            if let (Some(to), Some(from), Some(_)) =
                (self.raster.place(west, row), other.raster.place(west, row), self.raster.place(east, row))
            {
                let others = &other.raster.times[from..from + width];
                for (least, time) in self.raster.times[to..to + width].iter_mut().zip(others) {
                    *least = (*least).min(*time);
                }
            }
        }
    }

    /// Walks from the roads to the ground beside them and closes the raster.
    ///
    /// # Errors
    /// When a point lay so far from the others that the raster would pass 2^26 cells.
    pub fn finish(self) -> Result<Surface, IsochroneError> {
        if let Some((point, width, height)) = self.refused {
            let (cell_m, most) = (self.settings.cell_m, MOST_CELLS);
            return Err(IsochroneError::TooLarge { point, width, height, cell_m, most });
        }
        let walk = Walk::new(&self.lattice, self.latitude, self.settings);
        let raster = match self.raster.extent() {
            Some((west, south, width, height)) => {
                // One more than the walk, so that contours close inside the raster.
                let (across, up) = (walk.columns() + 1, walk.rows() + 1);
                let (west, south) = (west - across as i32, south - up as i32);
                let roads = self.raster.reframed(west, south, width + 2 * across, height + 2 * up);
                walk.spread(&roads, self.bound)
            }
            None => Raster::new(self.raster.west, self.raster.south, 0, 0),
        };
        Ok(Surface { lattice: self.lattice, raster })
    }

    /// Lays a path run once or several times, each with the times of its first and last points, until some time.
    fn lay(&mut self, path: &[Point], runs: &[(Time, Time)], until: Time) {
        if runs.iter().all(|(from, to)| from.min(to) > &until) {
            return;
        }
        let (Some(first), Some(last)) = (path.first(), path.last()) else { return };
        let (first, last) = (self.lattice.position(*first), self.lattice.position(*last));
        let mut corners = std::mem::take(&mut self.corners);
        corners.clear();
        let (mut before, mut length, mut leaves) = (first, 0.0, false);
        for point in path {
            let here = self.lattice.position(*point);
            let side = before.to(&here);
            length += side;
            leaves |= !here.same_cell(&first);
            corners.push((here, side));
            before = here;
        }
        for (from, to) in runs {
            let (start, least) = if from <= to { (first, *from) } else { (last, *to) };
            if least > until {
                continue;
            }
            self.put(start.column, start.row, least);
            // Most streets of a town lie in one cell: nothing more to do.
            if leaves {
                let pace = f64::from(from.abs_diff(*to)) / length;
                let sides = corners.windows(2);
                if from <= to {
                    self.follow(sides.map(|side| (&side[0].0, &side[1].0, side[1].1)), least, pace, until);
                } else {
                    self.follow(sides.rev().map(|side| (&side[1].0, &side[0].0, side[1].1)), least, pace, until);
                }
            }
        }
        self.corners = corners;
    }

    /// Enters the cells of a path after its first one: sides with their lengths, pace in tenths of a second per cell.
    fn follow<'a>(
        &mut self,
        sides: impl Iterator<Item = (&'a Position, &'a Position, f64)>,
        from: Time,
        pace: f64,
        until: Time,
    ) {
        // Half a tenth: times are rounded to nearest. What is left is also what is past `until`.
        let mut time = f64::from(from) + 0.5;
        let last = f64::from(until) + 1.0;
        for (from, to, side) in sides {
            let lasting = side * pace;
            let (columns, rows) = (to.column - from.column, to.row - from.row);
            if columns.abs() + rows.abs() <= 1 {
                // Nine lines in ten stay in their cell or cross one border, and no processor guesses which. Giving a cell
                // a later time once more is harmless, and takes half the time of asking.
                let vertical = columns == 0;
                let along = |position: &Position| if vertical { position.y } else { position.x };
                let cell = if vertical { from.row } else { from.column };
                let share = share_at_border(along(from), along(to), cell, columns + rows);
                let share = if columns + rows == 0 { 1.0 } else { share.clamp(0.0, 1.0) };
                let entered = time + share * lasting;
                if entered < last {
                    self.put(to.column, to.row, entered as Time);
                }
            } else {
                self.cross(from, to, time, lasting, last);
            }
            time += lasting;
            if time >= last {
                return;
            }
        }
    }

    /// Enters in turn the cells that a straight line crosses after its first one (Amanatides and Woo, 1987), `start` at
    /// its beginning, `lasting` more at its end; those entered before `last`.
    fn cross(&mut self, from: &Position, to: &Position, start: f64, lasting: f64, last: f64) {
        // First cell, way, borders to cross, share of the line at the first border and from one border to the next.
        let along = |from: f64, to: f64, first: i32, cells: i32| {
            let share = share_at_border(from, to, first, cells);
            (first, cells.signum(), cells.unsigned_abs(), share, (to - from).recip().abs())
        };
        let (mut column, east, mut columns, mut next_column, column_share) =
            along(from.x, to.x, from.column, to.column - from.column);
        let (mut row, north, mut rows, mut next_row, row_share) = along(from.y, to.y, from.row, to.row - from.row);
        while columns + rows > 0 {
            // Counting borders, not only comparing shares, makes the line end in its cell whatever the rounding.
            let share = if rows == 0 || (columns > 0 && next_column < next_row) {
                (column, columns) = (column + east, columns - 1);
                let share = next_column;
                next_column += column_share;
                share
            } else {
                (row, rows) = (row + north, rows - 1);
                let share = next_row;
                next_row += row_share;
                share
            };
            let time = start + share.clamp(0.0, 1.0) * lasting;
            if time >= last {
                return;
            }
            self.put(column, row, time as Time);
        }
    }

    /// Gives a cell a time within the bound.
    fn put(&mut self, column: i32, row: i32, time: Time) {
        if let Some(place) = self.raster.place(column, row) {
            let least = &mut self.raster.times[place];
            *least = time.min(*least);
        } else {
            self.grow(column, row);
            if let Some(place) = self.raster.place(column, row) {
                self.raster.times[place] = time;
            }
        }
    }

    /// Makes room for a cell, doubling the sides it lies beyond.
    #[cold]
    fn grow(&mut self, column: i32, row: i32) {
        let grown = |least: i32, length: usize, wanted: i32| {
            let (length, end) = (length as i32, least + length as i32);
            if wanted < least {
                let least = wanted.min(least - length);
                (least, (end - least) as usize)
            } else if wanted >= end {
                (least, ((wanted + 1).max(end + length) - least) as usize)
            } else {
                (least, length as usize)
            }
        };
        let raster = &self.raster;
        let (west, width) = grown(raster.west, raster.width, column);
        let (south, height) = grown(raster.south, raster.height, row);
        if width * height <= MOST_CELLS {
            self.raster = raster.reframed(west, south, width, height);
        } else if self.refused.is_none() {
            self.refused = Some((trace::centre(&self.lattice, column, row), width, height));
        }
    }
}

/// Share of a line at the first border it crosses, in one direction, from a cell towards others.
fn share_at_border(from: f64, to: f64, cell: i32, cells: i32) -> f64 {
    // Centres are whole, borders halfway.
    let border = f64::from(cell) + if cells > 0 { 0.5 } else { -0.5 };
    (border - from) / (to - from)
}
