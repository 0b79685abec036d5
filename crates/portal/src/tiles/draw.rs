//! Drawing contours and lines into tile geometries: which rings in which order, clipped, without what cannot be seen.

use pacte_territory::topology::MAX_ZOOM;
use pacte_territory::{Level, Territory};

use super::geometry::{Placer, clip_line, clip_ring, doubled_area};
use super::mvt::Geometry;
use crate::outlines::Outlines;

/// Rings of a smaller doubled area (square tile units; 64 make a pixel) are not drawn unless they are the area's largest.
const LEAST_DOUBLED_AREA: i64 = 40;

/// What a tile sees.
pub(super) struct View<'a> {
    /// Zoom whose vertices are drawn.
    pub(super) detail: u8,
    /// The tile's box with its margin, integer units.
    pub(super) window: [i32; 4],
    /// Lighter outlines, at zooms that show no communes.
    pub(super) outlines: Option<&'a Outlines>,
    /// Where degrees fall in the tile.
    pub(super) placer: &'a Placer<'a>,
}

/// In which order the rings of an area of several rings are drawn: each exterior, then the holes in it.
#[derive(Debug)]
pub(super) struct Plan {
    order: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    ring: u32,
    /// Whether it is the largest ring of its area, drawn however small.
    largest: bool,
}

impl Plan {
    /// The plan of an area; `None` when it has one ring only.
    pub(super) fn of(territory: &Territory, level: Level, area: u32) -> Option<Self> {
        let everywhere = [i32::MIN, i32::MIN, i32::MAX, i32::MAX];
        let rings = territory.topology.rings_in(level, area, MAX_ZOOM, everywhere);
        if rings.len() <= 1 {
            return None;
        }
        let areas: Vec<i64> = rings.iter().map(|(_, ring)| units_area(ring)).collect();
        let largest = (0..rings.len()).max_by_key(|i| areas[*i]).unwrap_or(0);
        let mut order = Vec::with_capacity(rings.len());
        let mut step = |i: usize| order.push(Step { ring: rings[i].0, largest: i == largest });
        let holes: Vec<(usize, usize)> = (0..rings.len())
            .filter(|i| areas[*i] < 0)
            .filter_map(|hole| {
                let owner = (0..rings.len())
                    .filter(|i| areas[*i] > 0 && encloses(&rings[*i].1, &rings[hole].1))
                    .min_by_key(|i| areas[*i])?;
                Some((owner, hole))
            })
            .collect();
        for exterior in (0..rings.len()).filter(|i| areas[*i] > 0) {
            step(exterior);
            holes.iter().filter(|(owner, _)| *owner == exterior).for_each(|(_, hole)| step(*hole));
        }
        Some(Self { order })
    }
}

/// Whether a ring encloses another, decided on the first vertex that is not also its own.
fn encloses(exterior: &[[i32; 2]], inner: &[[i32; 2]]) -> bool {
    let Some([x, y]) = inner.iter().find(|v| !exterior.contains(v)).map(|v| v.map(f64::from)) else { return false };
    exterior.windows(2).fold(false, |inside, pair| {
        let ([ax, ay], [bx, by]) = (pair[0].map(f64::from), pair[1].map(f64::from));
        inside ^ ((ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax)
    })
}

/// Working space to draw features, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    /// What was drawn last.
    pub(super) geometry: Geometry,
    ring: Vec<[i32; 2]>,
    spare: Vec<[i32; 2]>,
}

impl Canvas {
    /// Draws the contour of an area, clipped to the tile.
    pub(super) fn polygons(
        &mut self,
        territory: &Territory,
        level: Level,
        area: u32,
        plan: Option<&Plan>,
        view: &View<'_>,
    ) {
        self.geometry.clear();
        if let Some(rings) = view.outlines.and_then(|outlines| outlines.rings(level, area, view.detail)) {
            // Recut outlines come polygon by polygon: an exterior, then its holes.
            for ring in &rings {
                self.ring_from(ring.iter().map(|v| view.placer.place_units(*v)), LEAST_DOUBLED_AREA);
            }
            return;
        }
        let rings = territory.topology.rings_in(level, area, view.detail, view.window);
        let mut draw = |ring: &[[i32; 2]], least: i64| {
            self.ring_from(ring.iter().map(|v| view.placer.place_units(*v)), least);
        };
        let Some(plan) = plan else {
            for (_, ring) in &rings {
                draw(ring, 1);
            }
            return;
        };
        for step in &plan.order {
            if let Ok(found) = rings.binary_search_by_key(&step.ring, |(rank, _)| *rank) {
                draw(&rings[found].1, if step.largest { 1 } else { LEAST_DOUBLED_AREA });
            }
        }
    }

    /// Adds a closed ring of the topology (exterior counter-clockwise on the ground, so turned round for the tile).
    fn ring_from(&mut self, vertices: impl Iterator<Item = [i32; 2]>, least: i64) {
        self.ring.clear();
        for vertex in vertices {
            if self.ring.last() != Some(&vertex) {
                self.ring.push(vertex);
            }
        }
        if self.ring.first() == self.ring.last() {
            self.ring.pop();
        }
        if doubled_area(&self.ring).abs() < least {
            return;
        }
        clip_ring(&mut self.ring, &mut self.spare);
        if doubled_area(&self.ring) != 0 {
            self.geometry.ring(&self.ring, true);
        }
    }

    /// Draws a line, clipped; vertices nearer than half a pixel to the last one kept are left out.
    pub(super) fn line(&mut self, points: &[[f64; 2]], closed: bool, placer: &Placer<'_>) {
        self.geometry.clear();
        self.ring.clear();
        let first = points.first().filter(|_| closed && points.first() != points.last());
        let count = points.len() + usize::from(first.is_some());
        for (i, point) in points.iter().chain(first).enumerate() {
            let vertex = placer.place(point[0], point[1]);
            let near = self.ring.last().is_some_and(|last| {
                (i64::from(last[0]) - i64::from(vertex[0])).abs() + (i64::from(last[1]) - i64::from(vertex[1])).abs()
                    < 4
            });
            if !near || i + 1 == count {
                self.ring.push(vertex);
            }
        }
        let geometry = &mut self.geometry;
        clip_line(&self.ring, |part| geometry.line(part));
    }
}

/// Twice the signed area of a closed ring in topology units, positive counter-clockwise.
fn units_area(ring: &[[i32; 2]]) -> i64 {
    ring.windows(2)
        .map(|pair| i64::from(pair[0][0]) * i64::from(pair[1][1]) - i64::from(pair[1][0]) * i64::from(pair[0][1]))
        .sum()
}
