//! The commune of each of millions of points.

use pacte_roads::osm::Bounds;
use pacte_roads::point::Point;
use pacte_territory::{CommuneId, Level, Territory};
use rayon::prelude::*;

/// Units of a contour's vertices in units of a point.
const SCALE: i64 = 100;
/// Side of a cell of the grid, units of points (0.02 degree, about 2 km).
const SIDE: i64 = 200_000;
/// Points per piece of parallel work.
const PIECE: usize = 1 << 14;
/// Deepest zoom of contours: every vertex.
const WHOLE: u8 = 14;

/// A contour ready for many points: sides cut into bands of latitude, so that a point looks at few.
struct Outline {
    commune: CommuneId,
    /// West, south, east, north.
    bounds: [i64; 4],
    height: i64,
    first: Vec<u32>,
    /// Sides by band; `[x, y]` of the southern end, then of the northern one.
    sides: Vec<[i32; 4]>,
}

impl Outline {
    fn new(territory: &Territory, commune: CommuneId) -> Option<Self> {
        let mut sides: Vec<[i32; 4]> = Vec::new();
        for ring in territory.topology.rings(Level::Commune, commune, WHOLE) {
            sides.extend(ring.windows(2).filter(|pair| pair[0][1] != pair[1][1]).map(|pair| {
                let (a, b) = if pair[0][1] < pair[1][1] { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
                [a[0], a[1], b[0], b[1]]
            }));
        }
        let start = *sides.first()?;
        let bounds = sides.iter().fold([start[0], start[1], start[0], start[1]], |bounds, side| {
            [
                bounds[0].min(side[0]).min(side[2]),
                bounds[1].min(side[1]),
                bounds[2].max(side[0]).max(side[2]),
                bounds[3].max(side[3]),
            ]
        });
        // As many bands as sides would leave a handful in each; half as many halves the copies.
        let bands = (sides.len() as i32 / 2).clamp(1, 512);
        let height = (bounds[3] - bounds[1]) / bands + 1;
        let band = |y: i32| ((y - bounds[1]) / height) as usize;
        let mut first = vec![0_u32; bands as usize + 1];
        for side in &sides {
            for at in band(side[1])..=band(side[3]) {
                first[at + 1] += 1;
            }
        }
        for at in 0..bands as usize {
            first[at + 1] += first[at];
        }
        let mut next = first.clone();
        let mut sorted = vec![[0; 4]; first[bands as usize] as usize];
        for side in &sides {
            for slot in &mut next[band(side[1])..=band(side[3])] {
                sorted[*slot as usize] = *side;
                *slot += 1;
            }
        }
        let bounds = bounds.map(|unit| i64::from(unit) * SCALE);
        Some(Self { commune, bounds, height: i64::from(height) * SCALE, first, sides: sorted })
    }

    /// Whether the contour contains a point: even–odd rule, exact in whole numbers. Of two communes that share a side, a
    /// point on it belongs to one.
    fn contains(&self, point: Point) -> bool {
        let (x, y) = (i64::from(point.lon), i64::from(point.lat));
        if x < self.bounds[0] || x > self.bounds[2] || y < self.bounds[1] || y >= self.bounds[3] {
            return false;
        }
        let band = ((y - self.bounds[1]) / self.height) as usize;
        let sides = &self.sides[self.first[band] as usize..self.first[band + 1] as usize];
        sides.iter().fold(false, |inside, side| {
            let [ax, ay, bx, by] = side.map(|unit| i64::from(unit) * SCALE);
            if y < ay || y >= by {
                return inside;
            }
            // East of the point when the point lies left of the side, which goes north. Longitudes span 3.6e9 units and
            // latitudes 1.8e9: the products fit in 64 bits.
            inside ^ ((bx - ax) * (y - ay) > (x - ax) * (by - ay))
        })
    }
}

/// The commune whose contour contains each point, `None` outside all of them. A territory without contours has none.
pub fn communes_of(territory: &Territory, points: &[Point]) -> Vec<Option<CommuneId>> {
    let Some(around) = Bounds::around(points) else { return Vec::new() };
    // An extract is often a small part of the country.
    let meets = |commune: &CommuneId| {
        territory.topology.bounds(Level::Commune, *commune).is_some_and(|[west, south, east, north]| {
            around.min.lon_degrees() <= east
                && around.max.lon_degrees() >= west
                && around.min.lat_degrees() <= north
                && around.max.lat_degrees() >= south
        })
    };
    let outlines: Vec<Outline> = (0..territory.topology.count(Level::Commune))
        .into_par_iter()
        .filter(meets)
        .filter_map(|commune| Outline::new(territory, commune))
        .collect();
    let Some((first, others)) = outlines.split_first() else { return vec![None; points.len()] };
    let all = others.iter().fold(first.bounds, |all, outline| {
        let [west, south, east, north] = outline.bounds;
        [all[0].min(west), all[1].min(south), all[2].max(east), all[3].max(north)]
    });
    let grid = Grid::new(all, &outlines);
    points
        .par_chunks(PIECE)
        .flat_map_iter(|points| {
            // Nodes come in an order that stays in one place: the last commune is tried first.
            let mut last: Option<&Outline> = None;
            points
                .iter()
                .map(|point| {
                    if let Some(outline) = last.filter(|outline| outline.contains(*point)) {
                        return Some(outline.commune);
                    }
                    last = grid
                        .cell(*point)
                        .iter()
                        .map(|at| &outlines[*at as usize])
                        .find(|outline| outline.contains(*point));
                    last.map(|outline| outline.commune)
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Outlines whose bounds touch each cell.
struct Grid {
    west: i64,
    south: i64,
    width: i64,
    height: i64,
    first: Vec<u32>,
    outlines: Vec<u32>,
}

impl Grid {
    fn new([west, south, east, north]: [i64; 4], outlines: &[Outline]) -> Self {
        let (width, height) = ((east - west) / SIDE + 1, (north - south) / SIDE + 1);
        let cells = |outline: &Outline| {
            let [left, bottom, right, top] = outline.bounds;
            let columns = (left - west) / SIDE..=(right - west) / SIDE;
            ((bottom - south) / SIDE..=(top - south) / SIDE)
                .flat_map(move |row| columns.clone().map(move |column| (row * width + column) as usize))
        };
        let mut first = vec![0_u32; (width * height) as usize + 1];
        for outline in outlines {
            for cell in cells(outline) {
                first[cell + 1] += 1;
            }
        }
        for cell in 0..(width * height) as usize {
            first[cell + 1] += first[cell];
        }
        let mut next = first.clone();
        let mut sorted = vec![0_u32; first.last().copied().unwrap_or(0) as usize];
        for (at, outline) in (0_u32..).zip(outlines) {
            for cell in cells(outline) {
                sorted[next[cell] as usize] = at;
                next[cell] += 1;
            }
        }
        Self { west, south, width, height, first, outlines: sorted }
    }

    fn cell(&self, point: Point) -> &[u32] {
        let column = (i64::from(point.lon) - self.west).div_euclid(SIDE);
        let row = (i64::from(point.lat) - self.south).div_euclid(SIDE);
        if column < 0 || row < 0 || column >= self.width || row >= self.height {
            return &[];
        }
        let cell = (row * self.width + column) as usize;
        &self.outlines[self.first[cell] as usize..self.first[cell + 1] as usize]
    }
}
