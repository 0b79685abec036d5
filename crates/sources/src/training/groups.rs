//! Groupings of communes: contiguous zones grown around their centres over the graph of common borders.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Who borders whom: for each commune, its neighbours and the cost (minutes, or any positive unit) of going there.
pub(super) type Borders = Vec<Vec<(usize, f64)>>;

/// Zones of least cost to each of `centres`, restricted to the communes `open` says true for; the result is the rank of the
/// centre in `centres`, None where no centre can be reached. Every zone is connected. With `evenness` > 0, centres of heavy
/// zones start with a handicap so that the weights of zones draw nearer.
pub(super) fn grow(
    borders: &Borders,
    centres: &[usize],
    weight: &[f64],
    evenness: f64,
    open: impl Fn(usize) -> bool,
) -> Vec<Option<usize>> {
    let mut handicap = vec![0.0; centres.len()];
    let mut best = flood(borders, centres, &handicap, &open);
    if evenness <= 0.0 {
        return best;
    }
    let spread = |zones: &[Option<usize>]| {
        let mut sums = vec![0.0; centres.len()];
        for (commune, zone) in zones.iter().enumerate() {
            if let Some(zone) = zone {
                sums[*zone] += weight[commune];
            }
        }
        let mean = sums.iter().sum::<f64>() / sums.len() as f64;
        let gap = sums.iter().map(|sum| (sum / mean - 1.0).powi(2)).sum::<f64>();
        (sums, mean, gap)
    };
    let (mut sums, mut mean, mut least) = spread(&best);
    for _ in 0..40 {
        for (zone, sum) in sums.iter().enumerate() {
            handicap[zone] += evenness * (sum / mean - 1.0).clamp(-1.0, 1.0);
        }
        let lowest = handicap.iter().copied().fold(f64::INFINITY, f64::min);
        for value in &mut handicap {
            *value -= lowest;
        }
        let zones = flood(borders, centres, &handicap, &open);
        let (new_sums, new_mean, gap) = spread(&zones);
        // A centre swallowed by another zone is no balance.
        let stands = centres.iter().enumerate().all(|(rank, centre)| zones[*centre] == Some(rank));
        (sums, mean) = (new_sums, new_mean);
        if stands && gap < least {
            least = gap;
            best = zones;
        }
    }
    best
}

fn flood(borders: &Borders, centres: &[usize], handicap: &[f64], open: &impl Fn(usize) -> bool) -> Vec<Option<usize>> {
    let mut zone = vec![None; borders.len()];
    let mut cost = vec![f64::INFINITY; borders.len()];
    let mut heap = BinaryHeap::new();
    let micro = |value: f64| (value * 1e6) as u64;
    for (rank, centre) in centres.iter().enumerate() {
        if handicap[rank] < cost[*centre] {
            cost[*centre] = handicap[rank];
            zone[*centre] = Some(rank);
            heap.push(Reverse((micro(handicap[rank]), *centre)));
        }
    }
    while let Some(Reverse((key, commune))) = heap.pop() {
        if key > micro(cost[commune]) {
            continue;
        }
        for (next, step) in &borders[commune] {
            let through = cost[commune] + step;
            if open(*next) && through < cost[*next] {
                cost[*next] = through;
                zone[*next] = zone[commune];
                heap.push(Reverse((micro(through), *next)));
            }
        }
    }
    zone
}

/// True when the communes of each zone form one piece.
#[cfg(test)]
pub(super) fn connected(borders: &Borders, members: &[usize]) -> bool {
    let inside: std::collections::HashSet<usize> = members.iter().copied().collect();
    let mut reached = std::collections::HashSet::from([members[0]]);
    let mut queue = vec![members[0]];
    while let Some(commune) = queue.pop() {
        for (next, _) in &borders[commune] {
            if inside.contains(next) && reached.insert(*next) {
                queue.push(*next);
            }
        }
    }
    reached.len() == inside.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chain of n communes a minute apart.
    fn chain(n: usize) -> Borders {
        (0..n)
            .map(|i| {
                [i.checked_sub(1), Some(i + 1).filter(|j| *j < n)].into_iter().flatten().map(|j| (j, 1.0)).collect()
            })
            .collect()
    }

    #[test]
    fn zones_go_to_the_nearest_centre_and_can_be_evened() {
        let borders = chain(20);
        let weight = vec![1.0; 20];
        let plain = grow(&borders, &[0, 5], &weight, 0.0, |_| true);
        assert_eq!(plain.iter().filter(|z| **z == Some(0)).count(), 3);
        let even = grow(&borders, &[0, 5], &weight, 1.0, |_| true);
        let first = even.iter().filter(|z| **z == Some(0)).count();
        assert!((4..=5).contains(&first), "a centre keeps its own commune: {first}");
        assert!(connected(&borders, &(0..first).collect::<Vec<_>>()));
    }
}
