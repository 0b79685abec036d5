//! The shortest line through the vertices of two lines with common ends, keeping the order of each.

use super::{UNITS, Vertex};

/// Metres on a plane that touches the Earth near a vertex.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    east: f64,
    north: f64,
}

impl Plane {
    /// Good to 0.1 % within a few tens of kilometres of the vertex.
    pub(super) fn at(vertex: Vertex) -> Self {
        let north = crate::geodesy::EARTH_RADIUS_KM * 1000.0 * std::f64::consts::PI / 180.0 / UNITS;
        Self { east: north * (f64::from(vertex[1]) / UNITS).to_radians().cos(), north }
    }

    fn vector(self, from: Vertex, to: Vertex) -> [f64; 2] {
        [f64::from(to[0] - from[0]) * self.east, f64::from(to[1] - from[1]) * self.north]
    }

    /// Metres between two vertices.
    pub(super) fn distance(self, a: Vertex, b: Vertex) -> f64 {
        let [x, y] = self.vector(a, b);
        x.hypot(y)
    }

    /// Metres from a vertex to the edge a–b.
    pub(super) fn to_edge(self, vertex: Vertex, a: Vertex, b: Vertex) -> f64 {
        let (along, out) = (self.vector(a, b), self.vector(a, vertex));
        let length = along[0] * along[0] + along[1] * along[1];
        let t = if length > 0.0 { ((out[0] * along[0] + out[1] * along[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
        (out[0] - t * along[0]).hypot(out[1] - t * along[1])
    }
}

/// Length of the best line that ends at a vertex of each side, and whether the vertex before it was of the second side.
#[derive(Clone, Copy, Debug)]
struct Step {
    length: f64,
    after_second: bool,
}

const NEVER: Step = Step { length: f64::INFINITY, after_second: false };

/// Reachable states after `i` vertices of the first line: for each count `j` of the second from `low`, the best line that
/// ends on the first line and on the second.
struct Row {
    low: usize,
    steps: Vec<[Step; 2]>,
}

impl Row {
    fn at(&self, j: usize) -> [Step; 2] {
        j.checked_sub(self.low).and_then(|k| self.steps.get(k)).copied().unwrap_or([NEVER; 2])
    }
}

/// Merges two lines that have the same ends, each vertex within `tolerance` metres of the edge it is inserted in.
/// Gives the length in metres and the vertices, ends included; `None` when the lines stray apart.
///
/// Time is proportional to the pairs of vertices that could follow each other, not to the product of the lengths.
pub(super) fn merge(first: &[Vertex], second: &[Vertex], tolerance: f64) -> Option<(f64, Vec<Vertex>)> {
    let (m, n) = (first.len() - 1, second.len() - 1);
    let plane = Plane::at(first[0]);
    let mut rows: Vec<Row> = Vec::new();
    for i in 0..m {
        let low = rows.last().map_or(0, |row| row.low);
        let mut row = Row { low, steps: Vec::new() };
        for j in low..n {
            let mut cell = [NEVER; 2];
            if i == 0 && j == 0 {
                cell[0].length = 0.0;
            }
            if i > 0 && plane.to_edge(first[i], second[j], second[j + 1]) <= tolerance {
                let before = rows[i - 1].at(j);
                cell[0] = best(
                    before[0].length + plane.distance(first[i - 1], first[i]),
                    before[1].length + plane.distance(second[j], first[i]),
                );
            }
            if j > 0 && plane.to_edge(second[j], first[i], first[i + 1]) <= tolerance {
                let before = row.at(j - 1);
                cell[1] = best(
                    before[0].length + plane.distance(first[i], second[j]),
                    before[1].length + plane.distance(second[j - 1], second[j]),
                );
            }
            let reached = cell.iter().any(|step| step.length.is_finite());
            if reached || !row.steps.is_empty() {
                row.steps.push(cell);
            } else {
                row.low = j + 1;
            }
            let more_above = rows.last().is_some_and(|above| j + 1 < above.low + above.steps.len());
            if !reached && !more_above {
                break;
            }
        }
        if row.steps.is_empty() {
            return None;
        }
        rows.push(row);
    }
    let last = rows[m - 1].at(n - 1);
    let end = best(
        last[0].length + plane.distance(first[m - 1], first[m]),
        last[1].length + plane.distance(second[n - 1], first[m]),
    );
    if !end.length.is_finite() {
        return None;
    }
    let mut line = vec![first[m]];
    let (mut i, mut j, mut on_second) = (m - 1, n - 1, end.after_second);
    while (i, j) != (0, 0) {
        let step = rows[i].at(j)[usize::from(on_second)];
        if on_second {
            line.push(second[j]);
            j -= 1;
        } else {
            line.push(first[i]);
            i -= 1;
        }
        on_second = step.after_second;
    }
    line.push(first[0]);
    line.reverse();
    Some((end.length, line))
}

fn best(after_first: f64, after_second: f64) -> Step {
    if after_second < after_first {
        Step { length: after_second, after_second: true }
    } else {
        Step { length: after_first, after_second: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_choices_among_the_same_vertices_give_them_all_back_in_order() {
        let line: Vec<Vertex> =
            (0..30).map(|k| [k * 300, 4_500_000 + (f64::from(k) * 0.9).sin() as i32 * 70]).collect();
        let keep = |step: usize| -> Vec<Vertex> {
            (0..30).filter(|k| *k == 0 || *k == 29 || k % step == 1).map(|k| line[k]).collect()
        };
        let (first, second) = (keep(2), keep(3));
        // A vertex common to both would be an anchor: the second keeps those the first has not.
        let second: Vec<Vertex> = (0..second.len())
            .filter(|i| *i == 0 || *i == second.len() - 1 || !first.contains(&second[*i]))
            .map(|i| second[i])
            .collect();
        let (length, merged) = merge(&first, &second, 150.0).unwrap();
        let expected: Vec<Vertex> =
            line.iter().filter(|vertex| first.contains(vertex) || second.contains(vertex)).copied().collect();
        assert_eq!(merged, expected);
        let plane = Plane::at(line[0]);
        let walked: f64 = merged.windows(2).map(|pair| plane.distance(pair[0], pair[1])).sum();
        assert!((length - walked).abs() < 1e-6);
    }

    #[test]
    fn lines_that_stray_apart_do_not_merge() {
        let (a, b) = ([0, 4_500_000], [10_000, 4_500_000]);
        let bay = [a, [5000, 4_500_400], b];
        assert!(merge(&bay, &[a, b], 150.0).is_none());
        assert!(merge(&bay, &[a, b], 500.0).is_some());
        assert_eq!(merge(&[a, b], &[a, b], 1.0).map(|(_, line)| line), Some(vec![a, b]));
    }

    #[test]
    fn a_degree_north_is_111_km() {
        let plane = Plane::at([200_000, 4_600_000]);
        assert!((plane.distance([200_000, 4_600_000], [200_000, 4_700_000]) - 111_195.0).abs() < 1.0);
        assert!(
            (plane.to_edge([200_050, 4_600_100], [200_000, 4_600_000], [200_100, 4_600_000]) - 111.195).abs() < 0.01
        );
    }
}
