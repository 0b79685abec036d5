//! Borders drawn twice become one, and nothing else changes.

use proptest::prelude::*;

use super::*;

/// Edges that one ring alone runs.
fn alone(communes: &[Vec<Vec<Vertex>>]) -> usize {
    unmatched(communes).len()
}

fn area(communes: &[Vec<Vec<Vertex>>]) -> i64 {
    communes.iter().flatten().map(|ring| double_area(ring)).sum()
}

/// Whether no two edges of a ring meet but at the vertex between them.
fn is_simple(ring: &[Vertex]) -> bool {
    let edges: Vec<[Vertex; 2]> = (0..ring.len()).map(|i| [ring[i], ring[(i + 1) % ring.len()]]).collect();
    let n = edges.len();
    (0..n).all(|i| {
        (0..i).all(|j| {
            if j + 1 == i {
                !overlap(edges[j][0], edges[j][1], edges[i][1])
            } else if i + 1 == n && j == 0 {
                !overlap(edges[i][0], edges[i][1], edges[j][1])
            } else {
                !meet(edges[i], edges[j])
            }
        })
    })
}

/// Whether the vertices of a ring are all in another, in the same cyclic order.
fn keeps_all(before: &[Vertex], after: &[Vertex]) -> bool {
    let mut rest = after.iter();
    before[0] == after[0] && before.iter().all(|vertex| rest.any(|other| other == vertex))
}

/// Two columns of communes on both sides of a winding line of 41 vertices from (0, 0) to (0, 40,000), about 45° North.
/// West meets at the vertices of `west`, east at those of `east`; each column keeps the vertices its rule keeps.
fn two_sides(
    west: &[usize],
    east: &[usize],
    keep_west: &dyn Fn(usize) -> bool,
    keep_east: &dyn Fn(usize) -> bool,
) -> Vec<Vec<Vec<Vertex>>> {
    let north = 4_500_000;
    let line = |k: usize| -> Vertex {
        let bulge = if k.is_multiple_of(40) { 0.0 } else { 60.0 * (k as f64 * 1.3).sin() };
        [bulge as i32, north + k as i32 * 1000]
    };
    let column = |cuts: &[usize], keep: &dyn Fn(usize) -> bool, x: i32| -> Vec<Vec<Vec<Vertex>>> {
        let ends: Vec<usize> = [0].iter().chain(cuts).chain(&[40]).copied().collect();
        ends.windows(2)
            .map(|span| {
                let mut ring: Vec<Vertex> =
                    (span[0]..=span[1]).filter(|k| *k == span[0] || *k == span[1] || keep(*k)).map(line).collect();
                ring.extend([[x, line(span[1])[1]], [x, line(span[0])[1]]]);
                if double_area(&ring) < 0 {
                    ring.reverse();
                }
                vec![ring]
            })
            .collect()
    };
    let mut communes = column(west, keep_west, -30_000);
    communes.extend(column(east, keep_east, 30_000));
    communes
}

#[test]
fn a_border_simplified_differently_on_both_sides_becomes_one() {
    let before = two_sides(&[13, 27], &[9, 21, 33], &|k| k % 2 == 0, &|k| k % 3 == 0);
    let mut after = before.clone();
    weld(&mut after);
    let frame = 3 + 4 + 4;
    assert!(alone(&before) > frame + 20, "{}", alone(&before));
    assert_eq!(alone(&after), frame, "only the outer frame has one side");
    assert_eq!(area(&after), 2 * 60_000 * 40_000, "no gap, no overlap");
    for (old, new) in before.iter().flatten().zip(after.iter().flatten()) {
        assert!(keeps_all(old, new) && is_simple(new));
        let length = 40_000;
        assert!((double_area(old) - double_area(new)).abs() <= 2 * TOLERANCE_M as i64 * length);
    }
}

#[test]
fn a_border_farther_apart_than_the_tolerance_stays() {
    let mut before = two_sides(&[20], &[20], &|_| true, &|_| true);
    // One vertex of one side 300 units out: the rest of the border is shared already, this stays a lake.
    for vertex in before[0][0].iter_mut().filter(|v| v[1] == 4_510_000) {
        vertex[0] -= 300;
    }
    let mut after = before.clone();
    weld(&mut after);
    assert_eq!(before, after);
}

#[test]
fn a_lens_between_two_shared_stretches_closes() {
    let mut communes = two_sides(&[20], &[20], &|_| true, &|_| true);
    for vertex in communes[0][0].iter_mut().filter(|v| v[1] == 4_510_000) {
        *vertex = [vertex[0] - 40, vertex[1] + 300];
    }
    assert_eq!(alone(&communes), 8 + 4);
    weld(&mut communes);
    assert_eq!(alone(&communes), 8);
    assert_eq!(area(&communes), 2 * 60_000 * 40_000);
}

#[test]
fn three_borders_meet_where_each_side_lost_the_place() {
    let north = 4_500_000;
    let [south, east, west] = [[0, north - 5000], [5000, north + 4000], [-5000, north + 4000]];
    // The true meeting is (0, 0); each commune around it has cut its corner in its own way.
    let mut communes = vec![
        vec![vec![south, [9000, north - 5000], east, [40, north + 30]]],
        vec![vec![east, [0, north + 9000], west, [-30, north + 25], [35, north + 20]]],
        vec![vec![west, [-9000, north - 5000], south, [5, north - 60]]],
    ];
    weld(&mut communes);
    assert_eq!(alone(&communes), 6, "{communes:?}");
    assert!(communes.iter().flatten().all(|ring| is_simple(ring)));
}

#[test]
fn coasts_that_face_each_other_stay() {
    let square =
        |x: i32, y: i32| vec![vec![[x, y], [x + 1000, y], [x + 1000, y + 1000], [x + 500, y + 1010], [x, y + 1000]]];
    // A strait of 40 units, and two communes that touch at one corner only.
    let mut communes = vec![square(0, 4_500_000), square(1040, 4_500_000), square(2040, 4_501_000)];
    let before = communes.clone();
    weld(&mut communes);
    assert_eq!(before, communes);
    // Two islets that share a lens with themselves only: one commune on both sides is no border.
    let mut alone =
        vec![vec![vec![[0, 0], [500, 20], [1000, 0], [500, 900]], vec![[0, 0], [500, -900], [1000, 0], [500, -20]]]];
    let before = alone.clone();
    weld(&mut alone);
    assert_eq!(before, alone);
}

#[test]
fn a_weld_that_would_cross_the_commune_itself_is_given_up() {
    let north = 4_500_000;
    // The eastern commune is 50 units wide; the western one bulges 90 units across it.
    let mut communes = vec![
        vec![vec![[-5000, north], [0, north], [90, north + 1000], [0, north + 2000], [-5000, north + 2000]]],
        vec![vec![[0, north], [50, north], [50, north + 2000], [0, north + 2000]]],
    ];
    let before = communes.clone();
    weld(&mut communes);
    assert_eq!(before, communes);
}

/// A grid of communes whose sides have five inner vertices, pushed about by a hash of the seed; a vertex is kept by the
/// communes of either half when `keep` says so, corners always.
fn grid(width: i32, height: i32, seed: u64, keep: &dyn Fn(u64, bool) -> bool) -> Vec<Vec<Vec<Vertex>>> {
    const STEPS: i32 = 6;
    let hash = |x: i32, y: i32| {
        let mut h = seed ^ ((x as u64) << 32 | y as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        h = (h ^ (h >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        h ^ (h >> 32)
    };
    let point = |x: i32, y: i32| -> Vertex {
        let h = hash(x, y);
        let inner = |v: i32, size: i32| v > 0 && v < size * STEPS;
        let push = |on: bool, bits: u64| if on { (bits % 121) as i32 - 60 } else { 0 };
        [x * 500 + push(inner(x, width), h), 4_500_000 + y * 500 + push(inner(y, height), h >> 20)]
    };
    let mut communes = Vec::new();
    for row in 0..height {
        for column in 0..width {
            let (x, y) = (column * STEPS, row * STEPS);
            let walk = (0..STEPS)
                .map(|k| (x + k, y))
                .chain((0..STEPS).map(|k| (x + STEPS, y + k)))
                .chain((0..STEPS).map(|k| (x + STEPS - k, y + STEPS)))
                .chain((0..STEPS).map(|k| (x, y + STEPS - k)));
            let western = column < width / 2;
            let ring = walk
                .filter(|&(x, y)| (x % STEPS, y % STEPS) == (0, 0) || keep(hash(y, x), western))
                .map(|(x, y)| point(x, y))
                .collect();
            communes.push(vec![ring]);
        }
    }
    communes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn borders_already_shared_are_left_bit_identical(w in 1_i32..6, h in 1_i32..6, seed in any::<u64>()) {
        let before = grid(w, h, seed, &|hash, _| hash % 3 > 0);
        let mut after = before.clone();
        weld(&mut after);
        prop_assert_eq!(before, after);
    }

    /// Two halves thinned apart tile the same ground again, whatever was dropped on either side.
    #[test]
    fn halves_thinned_apart_close_again(w in 2_i32..6, h in 1_i32..6, seed in any::<u64>()) {
        let before = grid(w, h, seed, &|hash, western| if western { hash % 5 > 1 } else { hash % 7 > 2 });
        let mut after = before.clone();
        weld(&mut after);
        prop_assert_eq!(area(&after), 2 * i64::from(w * 3000) * i64::from(h * 3000));
        for (old, new) in before.iter().flatten().zip(after.iter().flatten()) {
            prop_assert!(keeps_all(old, new) && is_simple(new));
        }
        for edge in unmatched(&after) {
            let [x, y] = [0, 1].map(|axis| (edge.from[axis] == edge.to[axis]).then_some(edge.from[axis]));
            prop_assert!(x == Some(0) || x == Some(w * 3000) || y == Some(4_500_000) || y == Some(4_500_000 + h * 3000));
        }
        let mut again = after.clone();
        weld(&mut again);
        prop_assert_eq!(after, again);
    }
}
