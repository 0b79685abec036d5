//! The order of places along a Hilbert curve: what is near on the ground is mostly near in memory.

use crate::point::Point;

/// Rank of a point along the Hilbert curve of order 32 over the whole range of coordinates.
pub fn rank(point: Point) -> u64 {
    // Signed to unsigned keeps the order.
    let mut x = (point.lon as u32) ^ 0x8000_0000;
    let mut y = (point.lat as u32) ^ 0x8000_0000;
    let mut rank = 0_u64;
    for bit in (0..32).rev() {
        let (right, up) = ((x >> bit) & 1, (y >> bit) & 1);
        rank = rank << 2 | u64::from((3 * right) ^ up);
        // Turn the quadrant so that its curve starts and ends as that of the whole.
        if up == 0 {
            if right == 1 {
                x = !x;
                y = !y;
            }
            std::mem::swap(&mut x, &mut y);
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Around the origin the curve of a 16 × 16 square visits neighbours one after the other.
    #[test]
    fn successive_ranks_are_neighbours() {
        let mut points: Vec<Point> = (0..16).flat_map(|lon| (0..16).map(move |lat| Point { lon, lat })).collect();
        points.sort_by_key(|point| rank(*point));
        for pair in points.windows(2) {
            let step = (pair[0].lon - pair[1].lon).abs() + (pair[0].lat - pair[1].lat).abs();
            assert_eq!(step, 1, "{pair:?}");
        }
        let mut ranks: Vec<u64> = points.iter().map(|point| rank(*point)).collect();
        ranks.dedup();
        assert_eq!(ranks.len(), 256);
    }
}
