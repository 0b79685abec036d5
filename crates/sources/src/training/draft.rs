//! The road network while it is drawn: points in the plane of kilometres, lines through them, and the geometry they need.

use super::frame::{HEIGHT_KM, WIDTH_KM};
use super::noise::fractal;
use super::partition::simplify;

/// A place in the plane, km.
pub(super) type Spot = (f64, f64);

/// What a line is, from the least to the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Steps,
    Footway,
    Path,
    Pedestrian,
    Ferry,
    Track,
    /// Drive of a farm or a house.
    Private,
    LivingStreet,
    Residential,
    Unclassified,
    Tertiary,
    Secondary,
    Primary,
    Trunk,
    MotorwayLink,
    Motorway,
}

impl Kind {
    /// Value of the tag that makes it a way: `highway`, or `route` for a ferry.
    pub(super) const fn tag(self) -> (&'static str, &'static str) {
        let value = match self {
            Self::Steps => "steps",
            Self::Footway => "footway",
            Self::Path => "path",
            Self::Pedestrian => "pedestrian",
            Self::Ferry => return ("route", "ferry"),
            Self::Track => "track",
            Self::Private => "service",
            Self::LivingStreet => "living_street",
            Self::Residential => "residential",
            Self::Unclassified => "unclassified",
            Self::Tertiary => "tertiary",
            Self::Secondary => "secondary",
            Self::Primary => "primary",
            Self::Trunk => "trunk",
            Self::MotorwayLink => "motorway_link",
            Self::Motorway => "motorway",
        };
        ("highway", value)
    }

    /// Whether any car may follow it.
    pub(super) fn is_for_cars(self) -> bool {
        self >= Self::LivingStreet
    }

    /// Whether it meets what it crosses: neither a motorway nor a ferry.
    pub(super) fn is_level(self) -> bool {
        self != Self::Ferry && self < Self::MotorwayLink
    }

    /// Whether it goes from place to place: limits change where it enters a town.
    pub(super) fn is_main(self) -> bool {
        (Self::Unclassified..=Self::Trunk).contains(&self)
    }
}

/// A line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Points, as ranks in [`Draft::points`].
    pub(super) nodes: Vec<u32>,
    pub(super) kind: Kind,
    /// Followed from its first point to its last only.
    pub(super) oneway: bool,
    /// A ring that gives way: always one-way, anticlockwise.
    pub(super) roundabout: bool,
    /// Road number; empty when it has none.
    pub(super) number: String,
    /// Speed limit outside towns, km/h, where a sign gives it.
    pub(super) limit: Option<u16>,
    /// One tag more: surface, tracktype, access…
    pub(super) extra: Option<(&'static str, &'static str)>,
}

impl Line {
    /// A plain line.
    pub(super) fn new(kind: Kind, nodes: Vec<u32>) -> Self {
        Self { nodes, kind, oneway: false, roundabout: false, number: String::new(), limit: None, extra: None }
    }
}

/// The network being drawn.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) points: Vec<Spot>,
    pub(super) lines: Vec<Line>,
}

impl Draft {
    /// A new point.
    pub(super) fn point(&mut self, at: Spot) -> u32 {
        self.points.push(at);
        self.points.len() as u32 - 1
    }

    /// Place of a point.
    pub(super) fn at(&self, node: u32) -> Spot {
        self.points[node as usize]
    }

    /// New points between two that exist: the line through them all (`inner` excludes both ends).
    pub(super) fn through(&mut self, from: u32, inner: &[Spot], to: u32) -> Vec<u32> {
        let mut nodes = vec![from];
        nodes.extend(inner.iter().map(|at| self.point(*at)));
        nodes.push(to);
        nodes
    }

    /// Places of a line's points.
    pub(super) fn spots(&self, line: &Line) -> Vec<Spot> {
        line.nodes.iter().map(|node| self.at(*node)).collect()
    }
}

/// Kilometres between two places.
pub(super) fn apart(a: Spot, b: Spot) -> f64 {
    (b.0 - a.0).hypot(b.1 - a.1)
}

/// The place at share `t` of the way from `a` to `b`.
pub(super) fn between(a: Spot, b: Spot, t: f64) -> Spot {
    (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1))
}

/// Kilometres from the line's start to each of its points.
pub(super) fn mileage(line: &[Spot]) -> Vec<f64> {
    let mut total = 0.0;
    let mut marks = vec![0.0];
    for pair in line.windows(2) {
        total += apart(pair[0], pair[1]);
        marks.push(total);
    }
    marks
}

/// Points every `step` km along a line (a little less, so that they are evenly spaced), both ends included.
pub(super) fn stations(line: &[Spot], step: f64) -> Vec<Spot> {
    let marks = mileage(line);
    let length = marks[marks.len() - 1];
    let count = (length / step).ceil().max(1.0) as usize;
    let mut piece = 0;
    (0..=count)
        .map(|rank| {
            let mark = length * rank as f64 / count as f64;
            while piece + 2 < marks.len() && marks[piece + 1] < mark {
                piece += 1;
            }
            let span = marks[piece + 1] - marks[piece];
            let t = if span > 0.0 { ((mark - marks[piece]) / span).clamp(0.0, 1.0) } else { 0.0 };
            between(line[piece], line[piece + 1], t)
        })
        .collect()
}

/// Gives a line the bends that ground and history give roads: moved by noise of `reach(place)` km, less near the ends,
/// which stay; points kept where the line leaves its chord by more than `tolerance` km.
pub(super) fn bend(seed: u64, line: &[Spot], reach: impl Fn(Spot) -> f64, tolerance: f64) -> Vec<Spot> {
    const STEP: f64 = 0.06;
    /// Length of a bend and back, km.
    const WAVE: f64 = 0.42;
    let mut points = stations(line, STEP);
    let last = points.len() - 1;
    for (rank, point) in points.iter_mut().enumerate() {
        let from_end = rank.min(last - rank) as f64 * STEP;
        let amplitude = reach(*point) * (from_end / 0.3).min(1.0);
        let (u, v) = (point.0 / WAVE, point.1 / WAVE);
        *point = (
            point.0 + amplitude * fractal(seed, u, v, 2) * 1.6,
            point.1 + amplitude * fractal(seed ^ 0x51de, u, v, 2) * 1.6,
        );
    }
    simplify(&points, tolerance)
}

/// A raster of the canvas, 50 m cells, that marks ground where streets and lanes do not go.
pub(super) struct Mask {
    cells: Vec<bool>,
}

impl Mask {
    const SIDE: f64 = 0.05;
    const COLUMNS: usize = (WIDTH_KM / Self::SIDE) as usize;
    const ROWS: usize = (HEIGHT_KM / Self::SIDE) as usize;

    pub(super) fn new() -> Self {
        Self { cells: vec![false; Self::COLUMNS * Self::ROWS] }
    }

    fn cell((x, y): Spot) -> (usize, usize) {
        let of = |v: f64, count: usize| ((v / Self::SIDE).max(0.0) as usize).min(count - 1);
        (of(x, Self::COLUMNS), of(y, Self::ROWS))
    }

    /// Marks the cells a line passes through, and those up to `around` cells from them.
    pub(super) fn mark(&mut self, line: &[Spot], around: usize) {
        for at in stations(line, Self::SIDE / 2.0) {
            let (column, row) = Self::cell(at);
            for r in row.saturating_sub(around)..=(row + around).min(Self::ROWS - 1) {
                for c in column.saturating_sub(around)..=(column + around).min(Self::COLUMNS - 1) {
                    self.cells[r * Self::COLUMNS + c] = true;
                }
            }
        }
    }

    pub(super) fn holds(&self, at: Spot) -> bool {
        let (column, row) = Self::cell(at);
        self.cells[row * Self::COLUMNS + column]
    }

    /// Whether a straight line meets marked ground.
    pub(super) fn meets(&self, from: Spot, to: Spot) -> bool {
        stations(&[from, to], Self::SIDE / 2.0).iter().any(|at| self.holds(*at))
    }
}

/// Things by place, to find those near a point.
pub(super) struct Nearby {
    bins: Vec<Vec<u32>>,
}

impl Nearby {
    const SIDE: f64 = 0.5;
    const COLUMNS: usize = (WIDTH_KM / Self::SIDE) as usize + 1;
    const ROWS: usize = (HEIGHT_KM / Self::SIDE) as usize + 1;

    pub(super) fn new() -> Self {
        Self { bins: vec![Vec::new(); Self::COLUMNS * Self::ROWS] }
    }

    fn bin((x, y): Spot) -> (usize, usize) {
        let of = |v: f64, count: usize| ((v / Self::SIDE).max(0.0) as usize).min(count - 1);
        (of(x, Self::COLUMNS), of(y, Self::ROWS))
    }

    /// Puts a thing where it stands.
    pub(super) fn insert(&mut self, thing: u32, at: Spot) {
        let (column, row) = Self::bin(at);
        self.bins[row * Self::COLUMNS + column].push(thing);
    }

    /// Things at most about `reach` km away (those of every bin that the square of that reach touches), in a fixed order.
    pub(super) fn around(&self, at: Spot, reach: f64) -> impl Iterator<Item = u32> + '_ {
        let (left, bottom) = Self::bin((at.0 - reach, at.1 - reach));
        let (right, top) = Self::bin((at.0 + reach, at.1 + reach));
        (bottom..=top)
            .flat_map(move |r| (left..=right).flat_map(move |c| self.bins[r * Self::COLUMNS + c].iter().copied()))
    }

    /// The nearest point at most `reach` km away that `keep` accepts, with its distance.
    pub(super) fn nearest(
        &self,
        points: &[Spot],
        at: Spot,
        reach: f64,
        keep: impl Fn(u32) -> bool,
    ) -> Option<(u32, f64)> {
        // A small square first: most are found there, and a farther one could not be nearer.
        let look = |reach: f64| {
            self.around(at, reach)
                .map(|node| (node, apart(points[node as usize], at)))
                .filter(|(node, away)| *away <= reach && keep(*node))
                .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))
        };
        look((reach / 4.0).max(Self::SIDE).min(reach)).or_else(|| look(reach))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stations_are_even_and_keep_the_ends() {
        let line = [(0.0, 0.0), (1.0, 0.0), (1.0, 2.0)];
        let found = stations(&line, 0.5);
        assert_eq!((found.len(), found[0], found[6]), (7, line[0], line[2]));
        assert!(found.windows(2).all(|pair| (apart(pair[0], pair[1]) - 0.5).abs() < 1e-12));
    }

    #[test]
    fn bends_keep_the_ends_and_stay_near() {
        let line = [(10.0, 10.0), (13.0, 11.0)];
        let bent = bend(3, &line, |_| 0.05, 0.004);
        assert_eq!((bent[0], bent[bent.len() - 1]), (line[0], line[1]));
        let length = mileage(&bent)[bent.len() - 1];
        let straight = apart(line[0], line[1]);
        assert!(length > 1.005 * straight && length < 1.6 * straight, "{length} for {straight}");
    }

    #[test]
    fn the_nearest_is_the_nearest() {
        let mut rng = super::super::rng::Rng::new(5, "proches");
        let points: Vec<Spot> = (0..400).map(|_| (rng.range(20.0, 40.0), rng.range(20.0, 40.0))).collect();
        let mut nearby = Nearby::new();
        points.iter().enumerate().for_each(|(rank, at)| nearby.insert(rank as u32, *at));
        for _ in 0..200 {
            let at = (rng.range(18.0, 42.0), rng.range(18.0, 42.0));
            let plain = (0..400u32)
                .map(|node| (node, apart(points[node as usize], at)))
                .filter(|(node, away)| node % 3 != 0 && *away <= 2.0)
                .min_by(|a, b| a.1.total_cmp(&b.1));
            assert_eq!(nearby.nearest(&points, at, 2.0, |node| node % 3 != 0), plain);
        }
    }
}
