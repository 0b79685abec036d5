//! Properties of contours over random maps.

use pacte_territory::{Grouping, Level};
use proptest::prelude::*;

use crate::fixture::{grid, provenance};

/// Twice the area of a closed ring, whatever its direction.
fn double_area(ring: &[[i32; 2]]) -> i64 {
    ring.windows(2)
        .map(|p| i64::from(p[0][0]) * i64::from(p[1][1]) - i64::from(p[1][0]) * i64::from(p[0][1]))
        .sum::<i64>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Simplified or not, communes tile the same ground: no gap opens and nothing overlaps, because both sides of a
    /// border lose the same vertices; and an area is the sum of its communes at every zoom.
    #[test]
    fn areas_are_the_sum_of_their_communes_at_every_zoom(
        width in 2_usize..6,
        height in 2_usize..6,
        seed in 0_u64..1000,
        zoom in 4_u8..=14,
        groups in proptest::collection::vec(0_u8..3, 36),
    ) {
        let jitter = |x: usize, y: usize| {
            let h = seed.wrapping_mul(31).wrapping_add((x * 7919 + y * 104_729) as u64) % 1000;
            (0.02 * (h as f64 / 1000.0 - 0.5), 0.02 * ((h * 7 % 1000) as f64 / 1000.0 - 0.5))
        };
        let mut topology = grid(width, height, &jitter);
        let codes: Vec<String> = (0..width * height).map(|i| groups[i].to_string()).collect();
        let grouping = Grouping::from_codes(
            Level::Epci, provenance("2024"), codes.iter().map(|c| Some(c.as_str())), str::to_owned,
        );
        topology.dissolve(&grouping);
        for (area, _) in (0_u32..).zip(&grouping.areas) {
            let own: i64 = topology.rings(Level::Epci, area, zoom).iter().map(|r| double_area(r)).sum();
            let members: i64 = grouping
                .members(area)
                .iter()
                .flat_map(|commune| topology.rings(Level::Commune, *commune, zoom))
                .map(|r| double_area(&r))
                .sum();
            prop_assert_eq!(own, members);
            // Drawn without having been made a level, the same ground.
            let around = topology.around(Level::Commune, grouping.members(area), zoom);
            prop_assert_eq!(around.iter().map(|r| double_area(r)).sum::<i64>(), own);
            prop_assert_eq!(around.len(), topology.rings(Level::Epci, area, zoom).len());
            for ring in topology.rings(Level::Epci, area, zoom) {
                prop_assert_eq!(ring.first(), ring.last());
            }
        }
    }

    /// A coarser zoom never draws a vertex that a finer one does not.
    #[test]
    fn coarser_drawings_are_subsets(seed in 0_u64..1000, zoom in 1_u8..14) {
        let jitter = |x: usize, y: usize| (0.01 * ((seed as usize + x * 3 + y) % 5) as f64, 0.005 * (x % 3) as f64);
        let topology = grid(3, 3, &jitter);
        for commune in 0..9 {
            let fine: Vec<_> = topology.rings(Level::Commune, commune, zoom + 1).concat();
            for vertex in topology.rings(Level::Commune, commune, zoom).concat() {
                prop_assert!(fine.contains(&vertex));
            }
        }
    }
}
