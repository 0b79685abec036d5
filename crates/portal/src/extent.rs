//! Where the territory lies: the part a map opens on, and the remote areas (overseas départements) it offers beside.

use pacte_territory::geodesy::great_circle_km;
use pacte_territory::{Level, Territory};

use crate::outlines::Outlines;

/// West, south, east, north in degrees (WGS84).
pub type Bounds = [f64; 4];

/// Areas whose centres are within this distance belong together: Corsica to Provence, not Guadeloupe to Brittany.
const NEAR_KM: f64 = 600.0;

/// A part of the territory far from the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    /// Index of the area in its level.
    pub area: u32,
    /// Code of the area (`974`).
    pub code: String,
    /// Name of the area (`La Réunion`).
    pub name: String,
    /// Its box.
    pub bounds: Bounds,
}

/// The main part of a territory and its remote areas; made once for a territory, then shared.
#[derive(Debug)]
pub struct Extent {
    /// Level whose areas were told apart: départements where there are some, else communes.
    pub level: Level,
    /// Box of the main part.
    pub main: Bounds,
    /// Areas that belong to the main part, by index.
    pub main_areas: Vec<u32>,
    /// The others, in the order of their codes.
    pub remote: Vec<Remote>,
    /// Outlines for small scales.
    pub outlines: Outlines,
}

impl Extent {
    /// Tells the main part of the territory from its remote areas: the main part is the largest set of areas linked by
    /// steps of less than 600 km. Without any contour the box is that of the communes' points.
    pub fn of(territory: &Territory) -> Self {
        let level = if territory.topology.count(Level::Departement) > 0 { Level::Departement } else { Level::Commune };
        let boxes: Vec<(u32, Bounds)> = (0..territory.topology.count(level))
            .filter_map(|area| Some((area, territory.topology.bounds(level, area)?)))
            .collect();
        if boxes.is_empty() {
            let main = (0..territory.len() as u32)
                .filter_map(|id| territory.point(id))
                .map(|(lon, lat)| [lon, lat, lon, lat])
                .reduce(union)
                .unwrap_or([-10.0, 35.0, 20.0, 60.0]);
            return Self { level, main, main_areas: Vec::new(), remote: Vec::new(), outlines: Outlines::default() };
        }
        let (main_areas, others) = if level == Level::Departement {
            split(&boxes)
        } else {
            // Few hundred thousand pairs of communes are not worth comparing: without départements all is one part.
            (boxes.iter().map(|(area, _)| *area).collect(), Vec::new())
        };
        let bounds_of = |area: u32| territory.topology.bounds(level, area);
        let main = main_areas.iter().filter_map(|area| bounds_of(*area)).reduce(union).unwrap_or(boxes[0].1);
        let remote = others
            .into_iter()
            .filter_map(|area| {
                let named = territory.area(level, area);
                Some(Remote { area, code: named.code, name: named.name, bounds: bounds_of(area)? })
            })
            .collect();
        Self { level, main, main_areas, remote, outlines: Outlines::new(&territory.topology) }
    }
}

/// Smallest box around two.
pub fn union(a: Bounds, b: Bounds) -> Bounds {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// The largest linked set of boxes, and the rest, both in the order given.
fn split(boxes: &[(u32, Bounds)]) -> (Vec<u32>, Vec<u32>) {
    let centre = |b: &Bounds| (f64::midpoint(b[0], b[2]), f64::midpoint(b[1], b[3]));
    let mut group = vec![usize::MAX; boxes.len()];
    let mut best = (0, 0);
    for first in 0..boxes.len() {
        if group[first] != usize::MAX {
            continue;
        }
        group[first] = first;
        let mut size = 0;
        let mut queue = vec![first];
        while let Some(here) = queue.pop() {
            size += 1;
            for other in 0..boxes.len() {
                if group[other] == usize::MAX
                    && great_circle_km(centre(&boxes[here].1), centre(&boxes[other].1)) < NEAR_KM
                {
                    group[other] = first;
                    queue.push(other);
                }
            }
        }
        if size > best.0 {
            best = (size, first);
        }
    }
    let (main, others): (Vec<_>, Vec<_>) = boxes.iter().zip(group).partition(|(_, group)| *group == best.1);
    (main.iter().map(|((area, _), _)| *area).collect(), others.iter().map(|((area, _), _)| *area).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corsica_stays_and_overseas_goes_beside() {
        let around = |lon: f64, lat: f64| [lon - 0.5, lat - 0.3, lon + 0.5, lat + 0.3];
        let boxes = [
            (0, around(3.0, 50.5)),
            (1, around(2.3, 48.8)),
            (2, around(6.5, 43.5)),
            (3, around(9.1, 42.2)),
            (4, around(-61.5, 16.2)),
            (5, around(-61.0, 14.6)),
            (6, around(55.5, -21.1)),
            (7, around(4.8, 45.7)),
        ];
        assert_eq!(split(&boxes), (vec![0, 1, 2, 3, 7], vec![4, 5, 6]));
    }
}
