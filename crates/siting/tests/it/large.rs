//! Instances too large for brute force: bounds that hold against each other, answers that do not depend on threads.

use pacte_siting::{Effort, Instance, Limit, Method, solve};

/// A square of points and sites within a radius, all in one deterministic scatter.
fn scatter(points: u32, sites: u32, radius: f64, graded: bool) -> Instance {
    let spread = |i: u32, salt: u64| {
        let mixed = (u64::from(i) + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(salt.wrapping_mul(0xbf58_476d_1ce4_e5b9));
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    };
    let place = |i: u32| (spread(i, 1), spread(i, 2));
    let weights = (0..points).map(|i| (50.0 / (0.002 + spread(i, 3))) as u64).collect();
    let rows = (0..sites)
        .map(|site| {
            let (x, y) = place(site * (points / sites));
            let near = |point: u32| {
                let (a, b) = place(point);
                let distance = (a - x).hypot(b - y);
                let score = if graded { ((radius - distance) * 1000.0).round() as u32 } else { 1 };
                (distance <= radius).then_some((point, score))
            };
            (0..points).filter_map(near).collect()
        })
        .collect();
    Instance::new(weights, rows).unwrap()
}

#[test]
fn a_region_is_proven_and_never_under_greedy() {
    let instance = scatter(900, 300, 0.07, false);
    let answer = solve(&instance, Limit::sites(15), &Effort::exact(60.0)).unwrap();
    assert!(answer.proven, "{answer:?}");
    assert!(answer.gain > answer.greedy, "an instance where greedy is not the best: {} {}", answer.gain, answer.greedy);
    let fast = solve(&instance, Limit::sites(15), &Effort::fast(60.0)).unwrap();
    assert!(fast.gain <= answer.gain && fast.bound >= answer.gain, "the quick answer's bound holds");
    assert!(fast.gap() < 0.02, "{}", fast.gap());
    // More sites never give less, and the curve says so before they are asked for.
    assert!(answer.curve.windows(2).all(|pair| pair[0].gain <= pair[1].gain));
    assert_eq!(answer.curve.last().unwrap().gain, answer.gain);
}

#[test]
fn means_are_bounded_within_a_percent() {
    let instance = scatter(700, 350, 0.4, true);
    let answer = solve(&instance, Limit::sites(20), &Effort::fast(60.0)).unwrap();
    assert!(answer.gap() < 0.01, "{} at {} of {}", answer.gap(), answer.gain, answer.bound);
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let instance = scatter(600, 200, 0.08, false);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let answer = pool.install(|| solve(&instance, Limit::sites(12), &Effort::fast(600.0)).unwrap());
        (answer.sites, answer.bound, answer.curve)
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn no_time_still_gives_greedy_and_an_honest_bound() {
    let instance = scatter(600, 200, 0.08, false);
    let answer = solve(&instance, Limit::sites(12), &Effort::exact(0.0)).unwrap();
    assert!(answer.gain >= answer.greedy && answer.bound >= answer.gain);
    let best = solve(&instance, Limit::sites(12), &Effort::exact(60.0)).unwrap();
    assert!(best.proven && answer.bound >= best.gain && answer.gain <= best.gain);
    assert!(answer.proven || answer.method == Method::Heuristic);
    let stop = Effort { stop: Some(std::sync::Arc::new(true.into())), ..Effort::exact(60.0) };
    let stopped = solve(&instance, Limit::sites(12), &stop).unwrap();
    assert!(stopped.gain >= stopped.greedy && stopped.bound >= best.gain);
}
