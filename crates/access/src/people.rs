//! Whole people from a column that may hold fractions.
//!
//! Legal populations are whole, but a commune that was split since the year of the file gets a share of its parent's. Quotas
//! count people one by one and their sum must be that of the country: fractions are rounded together, not one by one.

/// Whole people of each commune: fractions rounded down, and the people so lost given back one each to the largest fractions
/// (the first in the order of communes when equal). Their sum is that of the known values, rounded. Unknown values count 0.
pub fn whole(values: &[f64]) -> Vec<u64> {
    let known = |value: f64| if value.is_nan() { 0.0 } else { value.max(0.0) };
    let mut people: Vec<u64> = values.iter().map(|value| known(*value).floor() as u64).collect();
    let mut fractions: Vec<(f64, usize)> = values
        .iter()
        .enumerate()
        .map(|(i, value)| (known(*value).fract(), i))
        .filter(|(fraction, _)| *fraction > 0.0)
        .collect();
    let lost = fractions.iter().map(|(fraction, _)| fraction).sum::<f64>().round() as usize;
    fractions.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, i) in fractions.into_iter().take(lost) {
        people[i] += 1;
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_parts_is_the_whole() {
        assert_eq!(whole(&[10.0, 0.5, 0.5, 1.4, 2.6, f64::NAN]), [10, 1, 0, 1, 3, 0]);
        assert_eq!(whole(&[0.4, 0.4, 0.2]), [1, 0, 0]);
        assert_eq!(whole(&[]), [0_u64; 0]);
    }
}
