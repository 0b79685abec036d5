//! Road times against measured ones (couples of the INSEE METRIC calculator that come with a territory).

use pacte_roads::graph::FURTHEST;
use pacte_roads::network::Network;
use pacte_roads::point::Point;
use pacte_territory::TravelCouple;

use super::MINUTE;

/// Bands of straight distance the comparison is told by, km: from, to.
pub const BANDS: [(f64, f64); 6] =
    [(0.0, 5.0), (5.0, 10.0), (10.0, 20.0), (20.0, 40.0), (40.0, 80.0), (80.0, f64::INFINITY)];

/// Measured minutes from which METRIC says that it failed.
const FAILED: f64 = 9000.0;

/// How close road times are to measured ones, over some couples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closeness {
    /// Couples.
    pub couples: u32,
    /// Mean measured time, minutes.
    pub measured: f64,
    /// Mean time by road, minutes.
    pub found: f64,
    /// Mean of found − measured, minutes.
    pub bias: f64,
    /// Root of the mean square difference, minutes.
    pub rmse: f64,
    /// Quantiles of found − measured at 5, 25, 50, 75 and 95 %, minutes (nearest rank).
    pub quantiles: [f64; 5],
    /// Median of found ÷ measured.
    pub ratio: f64,
}

/// Comparison over all couples and by band of distance.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Couples whose measure exists.
    pub known: u32,
    /// Couples left out: an end farther from any road than the profile allows.
    pub outside: u32,
    /// Couples left out: no way between their ends.
    pub apart: u32,
    /// All couples compared; `None` without any.
    pub all: Option<Closeness>,
    /// Each of [`BANDS`]; `None` without couples.
    pub bands: Vec<Option<Closeness>>,
}

/// Compares the times of a network to measured couples, in one pass, ends joined as any place is.
pub fn against_measures(network: &Network, couples: &[TravelCouple]) -> Measured {
    let known: Vec<&TravelCouple> = couples
        .iter()
        .filter(|couple| {
            couple.metric_minutes.is_finite() && couple.metric_minutes > 0.0 && couple.metric_minutes < FAILED
        })
        .collect();
    let ends = |pick: fn(&TravelCouple) -> [f64; 2]| -> Vec<Point> {
        known.iter().map(|couple| pick(couple)).map(|[lon, lat]| Point::from_degrees(lon, lat)).collect()
    };
    let origins = network.places(&ends(|couple| couple.origin));
    let destinations = network.places(&ends(|couple| couple.destination));
    let mut measured = Measured { known: known.len() as u32, outside: 0, apart: 0, all: None, bands: Vec::new() };
    let mut rows: Vec<[f64; 3]> = Vec::new();
    for ((couple, from), to) in known.iter().zip(&origins).zip(&destinations) {
        let (Some(from), Some(to)) = (from, to) else {
            measured.outside += 1;
            continue;
        };
        let Some(time) = network.time(from, to, FURTHEST) else {
            measured.apart += 1;
            continue;
        };
        let [a, b] = [couple.origin, couple.destination];
        let km = pacte_territory::geodesy::great_circle_km((a[0], a[1]), (b[0], b[1]));
        rows.push([km, couple.metric_minutes, f64::from(time) / MINUTE]);
    }
    measured.all = closeness(&rows);
    measured.bands = BANDS
        .iter()
        .map(|(low, high)| {
            let band: Vec<[f64; 3]> = rows.iter().filter(|row| row[0] >= *low && row[0] < *high).copied().collect();
            closeness(&band)
        })
        .collect();
    measured
}

fn closeness(rows: &[[f64; 3]]) -> Option<Closeness> {
    if rows.is_empty() {
        return None;
    }
    let n = rows.len() as f64;
    let mean = |value: fn(&[f64; 3]) -> f64| rows.iter().map(value).sum::<f64>() / n;
    let sorted = |value: fn(&[f64; 3]) -> f64| {
        let mut values: Vec<f64> = rows.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let rank = |values: &[f64], share: f64| values[((share * n).ceil() as usize).clamp(1, values.len()) - 1];
    let gaps = sorted(|row| row[2] - row[1]);
    Some(Closeness {
        couples: rows.len() as u32,
        measured: mean(|row| row[1]),
        found: mean(|row| row[2]),
        bias: mean(|row| row[2] - row[1]),
        rmse: mean(|row| (row[2] - row[1]).powi(2)).sqrt(),
        quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| rank(&gaps, share)),
        ratio: rank(&sorted(|row| row[2] / row[1]), 0.5),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closeness_of_known_rows() {
        // Gaps -1, 0, 1, 2 : mean 0.5, mean square 1.5.
        let rows = [[1.0, 10.0, 9.0], [2.0, 10.0, 10.0], [3.0, 10.0, 11.0], [4.0, 10.0, 12.0]];
        let found = closeness(&rows).unwrap();
        assert_eq!(found.couples, 4);
        assert!((found.bias - 0.5).abs() < 1e-12 && (found.rmse - 1.5_f64.sqrt()).abs() < 1e-12);
        assert_eq!(found.quantiles, [-1.0, -1.0, 0.0, 1.0, 2.0]);
        assert!((found.ratio - 1.0).abs() < 1e-12 && (found.measured - 10.0).abs() < 1e-12);
        assert_eq!(closeness(&[]), None);
    }

    #[test]
    fn bands_cover_every_distance_once() {
        assert!(BANDS[0].0 == 0.0 && BANDS[BANDS.len() - 1].1 == f64::INFINITY);
        assert!(BANDS.windows(2).all(|pair| pair[0].1 == pair[1].0));
    }
}
