//! From a raster of labels to polygons that share their borders.
//!
//! The borders between labels are cut into arcs that run from junction to junction, each arc is smoothed once, and every
//! polygon is assembled from arcs: two neighbours therefore have the very same vertices along their common border, without gap
//! or overlap, whatever the smoothing.

use std::collections::{BTreeMap, HashMap, HashSet};

/// A raster of labels; row 0 is the southernmost.
#[derive(Clone)]
pub(super) struct Raster {
    /// Number of columns.
    pub(super) columns: usize,
    /// Number of rows.
    pub(super) rows: usize,
    /// Label of each cell, row by row; [`OUTSIDE`] where there is none.
    pub(super) labels: Vec<i32>,
}

/// Label of what belongs to nothing.
pub(super) const OUTSIDE: i32 = -1;

/// A vertex, in units of 1e-5 degree (longitude, latitude).
pub(super) type Vertex = (i32, i32);

/// A border between two labels, from junction to junction (or closed).
#[derive(Clone, Debug)]
pub(super) struct Arc {
    /// Label on the left of the direction of travel.
    pub(super) left: i32,
    /// Label on the right.
    pub(super) right: i32,
    /// Vertices; the last equals the first when the arc is closed.
    pub(super) points: Vec<Vertex>,
}

/// A polygon: an exterior ring (counter-clockwise) and its holes (clockwise), all closed.
pub(super) type Polygon = Vec<Vec<Vertex>>;

impl Raster {
    fn at(&self, column: isize, row: isize) -> i32 {
        if column < 0 || row < 0 || column >= self.columns as isize || row >= self.rows as isize {
            OUTSIDE
        } else {
            self.labels[row as usize * self.columns + column as usize]
        }
    }

    /// Makes every label connected by sides (keeping the part that holds its anchor, or parts of at least `least` cells when it
    /// has none) and removes the places where a label meets itself by a corner only.
    pub(super) fn clean(&mut self, anchors: &BTreeMap<i32, usize>, least: usize) {
        for _ in 0..12 {
            let changed = self.open_corners() | self.absorb_fragments(anchors, least);
            if !changed {
                return;
            }
        }
        self.open_corners();
    }

    fn open_corners(&mut self) -> bool {
        let mut changed = false;
        for row in 0..self.rows - 1 {
            for column in 0..self.columns - 1 {
                let here = row * self.columns + column;
                let (a, b, c, d) = (
                    self.labels[here],
                    self.labels[here + 1],
                    self.labels[here + self.columns],
                    self.labels[here + self.columns + 1],
                );
                if a == d && b != a && c != a {
                    self.labels[here + 1] = a;
                    changed = true;
                } else if b == c && a != b && d != b {
                    self.labels[here] = b;
                    changed = true;
                }
            }
        }
        changed
    }

    fn absorb_fragments(&mut self, anchors: &BTreeMap<i32, usize>, least: usize) -> bool {
        let mut part = vec![u32::MAX; self.labels.len()];
        let mut cells_of: Vec<Vec<usize>> = Vec::new();
        for start in 0..self.labels.len() {
            if part[start] != u32::MAX {
                continue;
            }
            let number = cells_of.len() as u32;
            let mut cells = vec![start];
            part[start] = number;
            let mut next = 0;
            while next < cells.len() {
                for side in self.sides(cells[next]).into_iter().flatten() {
                    if part[side] == u32::MAX && self.labels[side] == self.labels[start] {
                        part[side] = number;
                        cells.push(side);
                    }
                }
                next += 1;
            }
            cells_of.push(cells);
        }
        let mut changed = false;
        for (number, cells) in cells_of.iter().enumerate() {
            let label = self.labels[cells[0]];
            let kept = match anchors.get(&label) {
                Some(anchor) => part[*anchor] as usize == number,
                None => cells.len() >= least,
            };
            if kept {
                continue;
            }
            let mut around: BTreeMap<i32, usize> = BTreeMap::new();
            for cell in cells {
                for side in self.sides(*cell).into_iter().flatten() {
                    if part[side] as usize != number {
                        *around.entry(self.labels[side]).or_default() += 1;
                    }
                }
            }
            if let Some((label, _)) = around.into_iter().max_by_key(|(_, sides)| *sides) {
                for cell in cells {
                    self.labels[*cell] = label;
                }
                changed = true;
            }
        }
        changed
    }

    fn sides(&self, cell: usize) -> [Option<usize>; 4] {
        let (column, row) = (cell % self.columns, cell / self.columns);
        [
            (column > 0).then(|| cell - 1),
            (column + 1 < self.columns).then(|| cell + 1),
            (row > 0).then(|| cell - self.columns),
            (row + 1 < self.rows).then(|| cell + self.columns),
        ]
    }

    /// The borders, smoothed and placed by `place` (lattice coordinates, in cells, to a vertex). `tolerance` is the greatest
    /// departure allowed to the simplification, in cells.
    pub(super) fn arcs(&self, tolerance: f64, place: impl Fn(f64, f64) -> Vertex) -> Vec<Arc> {
        let raw = self.trace();
        let simplified: Vec<Vec<(f64, f64)>> = raw.iter().map(|arc| simplify(&smooth(&arc.2), tolerance)).collect();
        let crossing = crossings(&simplified);
        raw.iter()
            .zip(simplified)
            .enumerate()
            .map(|(number, ((left, right, path), line))| {
                // The smoothed path stays inside its own cells: it cannot meet another.
                let line = if crossing.contains(&number) { smooth(path) } else { line };
                let mut points: Vec<Vertex> = line.into_iter().map(|(x, y)| place(x, y)).collect();
                points.dedup();
                Arc { left: *left, right: *right, points }
            })
            .collect()
    }

    /// Lattice paths between junctions: left label, right label, lattice vertices.
    fn trace(&self) -> Vec<Path> {
        const STEPS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
        // Labels left and right of the lattice edge that leaves (x, y) in direction d; a border when they differ.
        let sides = |x: i32, y: i32, d: usize| -> (i32, i32) {
            let (x, y) = (x as isize, y as isize);
            match d {
                0 => (self.at(x, y), self.at(x, y - 1)),
                1 => (self.at(x - 1, y), self.at(x, y)),
                2 => (self.at(x - 1, y - 1), self.at(x - 1, y)),
                _ => (self.at(x, y - 1), self.at(x - 1, y - 1)),
            }
        };
        let border = |x: i32, y: i32, d: usize| {
            let (left, right) = sides(x, y, d);
            left != right
        };
        let width = self.columns as i32 + 1;
        let mut walked = vec![0u8; (self.columns + 1) * (self.rows + 1)];
        let mut arcs = Vec::new();
        // Junctions first, then what is left: closed loops.
        for loops in [false, true] {
            for y in 0..=self.rows as i32 {
                for x in 0..=self.columns as i32 {
                    let degree = (0..4).filter(|d| border(x, y, *d)).count();
                    if degree == 0 || (degree == 2 && !loops) {
                        continue;
                    }
                    for d in 0..4 {
                        if !border(x, y, d) || walked[(y * width + x) as usize] & (1 << d) != 0 {
                            continue;
                        }
                        let (left, right) = sides(x, y, d);
                        let mut path = vec![(x, y)];
                        let (mut px, mut py, mut direction) = (x, y, d);
                        loop {
                            walked[(py * width + px) as usize] |= 1 << direction;
                            px += STEPS[direction].0;
                            py += STEPS[direction].1;
                            let back = (direction + 2) % 4;
                            walked[(py * width + px) as usize] |= 1 << back;
                            path.push((px, py));
                            let exits = (0..4).filter(|e| border(px, py, *e)).count();
                            if exits != 2 || (px, py) == (x, y) {
                                break;
                            }
                            direction = (0..4).find(|e| *e != back && border(px, py, *e)).unwrap_or(back);
                        }
                        arcs.push((left, right, path));
                    }
                }
            }
        }
        arcs
    }
}

/// Lattice path to the line through the middles of its edges; ends (junctions) are kept.
fn smooth(path: &[(i32, i32)]) -> Vec<(f64, f64)> {
    let point = |(x, y): (i32, i32)| (f64::from(x), f64::from(y));
    let middles = path.windows(2).map(|pair| {
        let ((ax, ay), (bx, by)) = (point(pair[0]), point(pair[1]));
        (f64::midpoint(ax, bx), f64::midpoint(ay, by))
    });
    if path.first() == path.last() {
        let mut line: Vec<(f64, f64)> = middles.collect();
        line.push(line[0]);
        line
    } else {
        let mut line = vec![point(path[0])];
        line.extend(middles);
        line.push(point(path[path.len() - 1]));
        line
    }
}

/// Douglas–Peucker; a closed line is opened at its vertex farthest from the first.
pub(super) fn simplify(line: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let last = line.len() - 1;
    let mut keep = vec![false; line.len()];
    keep[0] = true;
    keep[last] = true;
    let mut stack = vec![(0, last)];
    if line[0] == line[last] {
        let far = |i: &usize| (line[*i].0 - line[0].0).hypot(line[*i].1 - line[0].1);
        let middle = (0..last).max_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(0);
        // A third point keeps the ring from collapsing.
        let third = usize::midpoint(middle, last);
        for split in [middle, third] {
            keep[split] = true;
        }
        stack = vec![(0, middle), (middle, third), (third, last)];
    }
    while let Some((from, to)) = stack.pop() {
        let ((ax, ay), (bx, by)) = (line[from], line[to]);
        let length = (bx - ax).hypot(by - ay);
        let away = |i: usize| {
            let (px, py) = line[i];
            if length == 0.0 {
                (px - ax).hypot(py - ay)
            } else {
                ((bx - ax) * (py - ay) - (by - ay) * (px - ax)).abs() / length
            }
        };
        if let Some(far) = (from + 1..to).max_by(|a, b| away(*a).total_cmp(&away(*b)))
            && away(far) > tolerance
        {
            keep[far] = true;
            stack.push((from, far));
            stack.push((far, to));
        }
    }
    line.iter().zip(keep).filter_map(|(point, kept)| kept.then_some(*point)).collect()
}

/// Lines that properly cross another or themselves.
fn crossings(lines: &[Vec<(f64, f64)>]) -> HashSet<usize> {
    const BIN: f64 = 8.0;
    let mut bins: HashMap<(i32, i32), Vec<(usize, usize)>> = HashMap::new();
    for (number, line) in lines.iter().enumerate() {
        for (index, pair) in line.windows(2).enumerate() {
            let bin = |v: f64| (v / BIN).floor() as i32;
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            for row in bin(ay.min(by))..=bin(ay.max(by)) {
                for column in bin(ax.min(bx))..=bin(ax.max(bx)) {
                    bins.entry((column, row)).or_default().push((number, index));
                }
            }
        }
    }
    let mut found = HashSet::new();
    for segments in bins.values() {
        for (rank, (line, index)) in segments.iter().enumerate() {
            let first = (lines[*line][*index], lines[*line][*index + 1]);
            for (other, at) in &segments[rank + 1..] {
                let second = (lines[*other][*at], lines[*other][*at + 1]);
                if cross(first, second) {
                    found.insert(*line);
                    found.insert(*other);
                }
            }
        }
    }
    found
}

/// True when two segments meet elsewhere than at a common end.
fn cross((a, b): Segment, (c, d): Segment) -> bool {
    let side = |p: (f64, f64), q: (f64, f64), r: (f64, f64)| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    let shared = usize::from(a == c || a == d) + usize::from(b == c || b == d);
    if shared == 1 {
        let (tip, one, two) = match () {
            () if a == c => (a, b, d),
            () if a == d => (a, b, c),
            () if b == c => (b, a, d),
            () => (b, a, c),
        };
        let along = (one.0 - tip.0) * (two.0 - tip.0) + (one.1 - tip.1) * (two.1 - tip.1);
        return side(tip, one, two) == 0.0 && along > 0.0;
    }
    let (s1, s2, s3, s4) = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b));
    s1 * s2 <= 0.0 && s3 * s4 <= 0.0 && (s1 != 0.0 || s2 != 0.0)
}

/// Left label, right label, lattice vertices from junction to junction.
type Path = (i32, i32, Vec<(i32, i32)>);

type Segment = ((f64, f64), (f64, f64));

/// Polygons of each group of labels (`group` maps a label to its group, None for what is left out): borders inside a group vanish.
pub(super) fn assemble(arcs: &[Arc], group: impl Fn(i32) -> Option<usize>) -> BTreeMap<usize, Vec<Polygon>> {
    // For each group, the arcs that have it on the left, by starting vertex.
    let mut starting: BTreeMap<usize, BTreeMap<Vertex, Vec<Vec<Vertex>>>> = BTreeMap::new();
    for arc in arcs {
        let (left, right) = (group(arc.left), group(arc.right));
        if left == right || arc.points.len() < 2 {
            continue;
        }
        if let Some(left) = left {
            starting.entry(left).or_default().entry(arc.points[0]).or_default().push(arc.points.clone());
        }
        if let Some(right) = right {
            let reversed: Vec<Vertex> = arc.points.iter().rev().copied().collect();
            starting.entry(right).or_default().entry(reversed[0]).or_default().push(reversed);
        }
    }
    starting.into_iter().map(|(group, paths)| (group, nest(rings(paths)))).collect()
}

/// Joins directed paths end to end into closed rings. Where several leave a vertex, the sharpest left turn is taken, so that
/// rings that touch at a vertex stay apart.
fn rings(mut starting: BTreeMap<Vertex, Vec<Vec<Vertex>>>) -> Vec<Vec<Vertex>> {
    let mut rings = Vec::new();
    while let Some((first, mut paths)) = starting.pop_first() {
        let Some(mut ring) = paths.pop() else { continue };
        if !paths.is_empty() {
            starting.insert(first, paths);
        }
        while ring[ring.len() - 1] != first {
            let (before, end) = (ring[ring.len() - 2], ring[ring.len() - 1]);
            let Some(choices) = starting.get_mut(&end) else { break };
            let turn = |path: &[Vertex]| {
                let heading = |a: Vertex, b: Vertex| f64::from(b.1 - a.1).atan2(f64::from(b.0 - a.0));
                let angle = heading(path[0], path[1]) - heading(before, end);
                (angle + 3.0 * std::f64::consts::PI).rem_euclid(std::f64::consts::TAU)
            };
            let best = (0..choices.len()).max_by(|a, b| turn(&choices[*a]).total_cmp(&turn(&choices[*b]))).unwrap_or(0);
            let path = choices.swap_remove(best);
            if choices.is_empty() {
                starting.remove(&end);
            }
            ring.extend_from_slice(&path[1..]);
        }
        rings.push(ring);
    }
    rings
}

/// Twice the signed area of a closed ring, in square units (positive counter-clockwise).
pub(super) fn doubled_area(ring: &[Vertex]) -> i64 {
    ring.windows(2).map(|p| i64::from(p[0].0) * i64::from(p[1].1) - i64::from(p[1].0) * i64::from(p[0].1)).sum()
}

/// True when a point is strictly inside a closed ring (even–odd rule).
pub(super) fn holds(ring: &[Vertex], (x, y): Vertex) -> bool {
    let (x, y) = (f64::from(x), f64::from(y));
    let mut inside = false;
    for pair in ring.windows(2) {
        let ((ax, ay), (bx, by)) =
            ((f64::from(pair[0].0), f64::from(pair[0].1)), (f64::from(pair[1].0), f64::from(pair[1].1)));
        if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
            inside = !inside;
        }
    }
    inside
}

/// Gives each hole to the smallest exterior ring that holds it.
fn nest(rings: Vec<Vec<Vertex>>) -> Vec<Polygon> {
    let (outer, holes): (Vec<_>, Vec<_>) =
        rings.into_iter().filter(|r| doubled_area(r) != 0).partition(|r| doubled_area(r) > 0);
    let mut polygons: Vec<Polygon> = outer.into_iter().map(|ring| vec![ring]).collect();
    polygons.sort_by_key(|polygon| doubled_area(&polygon[0]));
    for hole in holes {
        let home =
            polygons.iter().position(|polygon| hole.iter().all(|v| holds(&polygon[0], *v) || polygon[0].contains(v)));
        if let Some(home) = home {
            polygons[home].push(hole);
        }
    }
    polygons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raster(rows: &[&str]) -> Raster {
        let labels = rows
            .iter()
            .rev()
            .flat_map(|row| row.bytes().map(|b| if b == b'.' { OUTSIDE } else { i32::from(b - b'a') }))
            .collect();
        Raster { columns: rows[0].len(), rows: rows.len(), labels }
    }

    #[test]
    fn neighbours_share_vertices_and_areas_add_up() {
        let r = raster(&["aaaabbbb", "aaccabbb", "aacccbbb", "aaaccbbb", "aaaabbbb"]);
        let arcs = r.arcs(0.3, |x, y| ((x * 100.0) as i32, (y * 100.0) as i32));
        let polygons = assemble(&arcs, |l| usize::try_from(l).ok());
        assert_eq!(polygons.len(), 3);
        let area = |p: &Vec<Polygon>| p.iter().flatten().map(|ring| doubled_area(ring)).sum::<i64>();
        let whole = assemble(&arcs, |l| (l >= 0).then_some(0));
        assert_eq!(polygons.values().map(area).sum::<i64>(), area(&whole[&0]), "no gap, no overlap");
        for ring in polygons.values().flatten().flatten() {
            assert_eq!(ring.first(), ring.last(), "closed");
        }
    }

    #[test]
    fn an_island_is_a_hole_of_what_surrounds_it() {
        let r = raster(&["aaaaaa", "aabbba", "aabbba", "aabbba", "aaaaaa"]);
        let arcs = r.arcs(0.3, |x, y| ((x * 100.0) as i32, (y * 100.0) as i32));
        let polygons = assemble(&arcs, |l| usize::try_from(l).ok());
        assert_eq!(polygons[&0].len(), 1);
        assert_eq!(polygons[&0][0].len(), 2, "one exterior, one hole");
        assert_eq!(polygons[&1][0].len(), 1);
    }

    #[test]
    fn fragments_and_corners_are_cleaned() {
        let mut r = raster(&["aabba", "abbba", "bbbaa"]);
        r.clean(&BTreeMap::from([(0, 0), (1, 1)]), 1);
        for start in 0..r.labels.len() {
            assert!(r.labels[start] == 0 || r.labels[start] == 1);
        }
        assert!(!r.open_corners());
    }
}
