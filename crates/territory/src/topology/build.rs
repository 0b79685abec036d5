//! From polygons to shared arcs.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::simplify::min_zooms;
use super::{Faces, Topology, UNITS, Vertex, signed_area, snap};
use crate::level::Level;

/// A contour that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ContourError {
    /// The last vertex of a ring is not its first.
    #[error("l’anneau {ring} ne se ferme pas : il commence en {start:?} et finit en {end:?}")]
    Open {
        /// Rank of the ring in its polygon, from 0.
        ring: usize,
        /// First vertex, degrees.
        start: [f64; 2],
        /// Last vertex, degrees.
        end: [f64; 2],
    },
    /// Fewer than three distinct vertices.
    #[error("l’anneau {ring} a {vertices} sommets : il en faut au moins quatre, le dernier répétant le premier")]
    Short {
        /// Rank of the ring in its polygon, from 0.
        ring: usize,
        /// Vertices it has.
        vertices: usize,
    },
    /// A coordinate is not a longitude or latitude in degrees.
    #[error("l’anneau {ring} a un sommet en {vertex:?}, qui n’est pas une longitude et une latitude en degrés")]
    Outside {
        /// Rank of the ring in its polygon, from 0.
        ring: usize,
        /// The vertex.
        vertex: [f64; 2],
    },
}

/// Collects the polygons of the communes, then cuts them into shared arcs.
#[derive(Debug)]
pub struct TopologyBuilder {
    /// Rings of each commune, open (without the repeated last vertex), oriented.
    rings: Vec<Vec<Vec<Vertex>>>,
}

impl TopologyBuilder {
    /// For this many communes, none of which has a contour yet.
    pub fn new(communes: usize) -> Self {
        Self { rings: vec![Vec::new(); communes] }
    }

    /// Adds a polygon (exterior ring first, then holes; degrees; closed rings) to a commune.
    ///
    /// # Errors
    /// When a ring does not close, is too short or leaves the globe; nothing of the polygon is then kept.
    pub fn add(&mut self, commune: u32, polygon: &[Vec<[f64; 2]>]) -> Result<(), ContourError> {
        let mut oriented = Vec::with_capacity(polygon.len());
        for (rank, ring) in polygon.iter().enumerate() {
            if ring.len() < 4 {
                return Err(ContourError::Short { ring: rank, vertices: ring.len() });
            }
            let (start, end) = (ring[0], ring[ring.len() - 1]);
            if start != end {
                return Err(ContourError::Open { ring: rank, start, end });
            }
            if let Some(vertex) = ring.iter().find(|v| !(v[0].abs() <= 180.0 && v[1].abs() <= 85.0)) {
                return Err(ContourError::Outside { ring: rank, vertex: *vertex });
            }
            let mut vertices: Vec<Vertex> =
                ring.iter().map(|v| [(v[0] * UNITS).round() as i32, (v[1] * UNITS).round() as i32]).collect();
            vertices.dedup();
            if vertices.len() < 4 {
                // Smaller than a metre once rounded: nothing to draw, nothing wrong either.
                continue;
            }
            let exterior = rank == 0;
            if (signed_area(&vertices) > 0) != exterior {
                vertices.reverse();
            }
            vertices.pop();
            oriented.push(vertices);
        }
        self.rings[commune as usize].extend(oriented);
        Ok(())
    }

    /// Whether a commune has a contour.
    pub fn has(&self, commune: u32) -> bool {
        !self.rings[commune as usize].is_empty()
    }

    /// Welds the borders that two files drew differently, cuts rings where borders meet, shares the arcs, and weighs every
    /// vertex.
    pub fn build(mut self) -> Topology {
        snap::weld(&mut self.rings);
        let junctions = junctions(&self.rings);
        let mut known: FxHashMap<Vec<Vertex>, i32> = FxHashMap::default();
        let mut arcs: Vec<Vec<Vertex>> = Vec::new();
        let mut faces = Faces::empty(Level::Commune);
        for rings in &self.rings {
            for ring in rings {
                let references: Vec<i32> =
                    cut(ring, &junctions).into_iter().map(|arc| share(arc, &mut known, &mut arcs)).collect();
                faces.push_ring(&references);
            }
            faces.end_area();
        }
        drop(known);
        let zooms: Vec<Vec<u8>> = arcs.par_iter().map(|arc| min_zooms(arc)).collect();
        let mut topology = Topology { arc_offsets: vec![0], ..Topology::default() };
        for (arc, zooms) in arcs.iter().zip(zooms) {
            topology.vertices.extend_from_slice(arc);
            topology.min_zoom.extend(zooms);
            topology.arc_offsets.push(topology.vertices.len() as u32);
        }
        topology.measure(&mut faces);
        topology.faces.push(faces);
        topology
    }
}

/// Vertices where an arc must end: those whose two neighbours are not the same in every ring that passes there.
fn junctions(rings: &[Vec<Vec<Vertex>>]) -> FxHashSet<Vertex> {
    let total = rings.iter().flatten().map(Vec::len).sum::<usize>();
    let mut around: FxHashMap<Vertex, (Vertex, Vertex)> = FxHashMap::default();
    around.reserve(total);
    let mut junctions = FxHashSet::default();
    for ring in rings.iter().flatten() {
        let n = ring.len();
        for i in 0..n {
            let (before, after) = (ring[(i + n - 1) % n], ring[(i + 1) % n]);
            let pair = if before <= after { (before, after) } else { (after, before) };
            if *around.entry(ring[i]).or_insert(pair) != pair {
                junctions.insert(ring[i]);
            }
        }
    }
    junctions
}

/// Cuts an open ring at its junctions into arcs that include both ends. A ring without junction is one closed arc that
/// starts at its smallest vertex, so that the commune inside and the one around it find the same arc.
fn cut(ring: &[Vertex], junctions: &FxHashSet<Vertex>) -> Vec<Vec<Vertex>> {
    let n = ring.len();
    let first = (0..n).find(|i| junctions.contains(&ring[*i]));
    let start = first.unwrap_or_else(|| (0..n).min_by_key(|i| ring[*i]).unwrap_or(0));
    let mut arcs = Vec::new();
    let mut arc = vec![ring[start]];
    for k in 1..=n {
        let vertex = ring[(start + k) % n];
        arc.push(vertex);
        if k == n || junctions.contains(&vertex) {
            arcs.push(std::mem::replace(&mut arc, vec![vertex]));
        }
    }
    arcs
}

/// Index of an arc, complemented when it is known in the other direction.
fn share(mut arc: Vec<Vertex>, known: &mut FxHashMap<Vec<Vertex>, i32>, arcs: &mut Vec<Vec<Vertex>>) -> i32 {
    let backwards = arc.iter().rev().lt(arc.iter());
    if backwards {
        arc.reverse();
    }
    let id = *known.entry(arc).or_insert_with_key(|arc| {
        arcs.push(arc.clone());
        arcs.len() as i32 - 1
    });
    if backwards { !id } else { id }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::Grouping;
    use crate::provenance::Provenance;

    fn square(x: f64, y: f64) -> Vec<Vec<[f64; 2]>> {
        vec![vec![[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0], [x, y]]]
    }

    fn provenance() -> Provenance {
        Provenance {
            source: "test".into(),
            file: String::new(),
            vintage: "2024".into(),
            geography: 2024,
            method: String::new(),
        }
    }

    /// Four squares in a block; the first two make area A, the others B.
    fn block() -> Topology {
        let mut builder = TopologyBuilder::new(4);
        for (commune, (x, y)) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].into_iter().enumerate() {
            builder.add(commune as u32, &square(x, y)).unwrap();
        }
        builder.build()
    }

    #[test]
    fn neighbours_share_their_border() {
        let topology = block();
        // Four inner borders and four outer corners: 8 arcs for 16 sides.
        assert_eq!(topology.size().0, 8);
        for commune in 0..4 {
            let polygons = topology.polygons(Level::Commune, commune, 14);
            assert_eq!(polygons.len(), 1);
            assert_eq!(polygons[0].exterior.first(), polygons[0].exterior.last());
        }
        assert!(topology.contains(Level::Commune, 3, 1.5, 1.5));
        assert!(!topology.contains(Level::Commune, 3, 0.5, 1.5));
    }

    #[test]
    fn dissolving_keeps_outer_borders_only() {
        let mut topology = block();
        let codes = ["A", "A", "B", "B"];
        let grouping =
            Grouping::from_codes(Level::Departement, provenance(), codes.iter().map(|c| Some(*c)), str::to_owned);
        topology.dissolve(&grouping);
        let a = topology.polygons(Level::Departement, 0, 14);
        assert_eq!(a.len(), 1);
        assert_eq!(topology.bounds(Level::Departement, 0), Some([0.0, 0.0, 2.0, 1.0]));
        assert!(topology.contains(Level::Departement, 0, 1.0, 0.5), "the inner border is gone");
        assert_eq!(
            topology.borders(Level::Departement, 14).len(),
            6,
            "four outer corners, and the line between in two halves"
        );
    }

    #[test]
    fn a_window_over_everything_changes_nothing_and_a_small_one_keeps_what_it_sees() {
        let topology = block();
        let all = topology.rings_in(Level::Commune, 0, 14, [-1_000_000, -1_000_000, 1_000_000, 1_000_000]);
        let plain: Vec<_> = topology.rings(Level::Commune, 0, 14);
        assert_eq!(all.into_iter().map(|(_, ring)| ring).collect::<Vec<_>>(), plain);
        assert!(topology.rings_in(Level::Commune, 0, 14, [150_000, 0, 200_000, 50_000]).is_empty(), "it lies east");
        let around = topology.rings_in(Level::Commune, 0, 14, [40_000, 40_000, 60_000, 60_000]);
        assert_eq!(around.len(), 1, "a window inside the commune still sees its ring");
        assert_eq!(signed_area(&around[0].1), 2 * 100_000 * 100_000);
    }

    #[test]
    fn an_enclave_is_a_hole_of_its_surroundings() {
        let mut builder = TopologyBuilder::new(2);
        let hole = vec![[1.0, 1.0], [1.0, 2.0], [2.0, 2.0], [2.0, 1.0], [1.0, 1.0]];
        let outer = vec![[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [0.0, 3.0], [0.0, 0.0]];
        builder.add(0, &[outer, hole]).unwrap();
        builder.add(1, &square(1.0, 1.0)).unwrap();
        let topology = builder.build();
        assert_eq!(topology.size().0, 2, "the enclave's border is one arc for both");
        let around = topology.polygons(Level::Commune, 0, 14);
        assert_eq!((around.len(), around[0].holes.len()), (1, 1));
        assert!(!topology.contains(Level::Commune, 0, 1.5, 1.5));
        assert!(topology.contains(Level::Commune, 1, 1.5, 1.5));
    }

    #[test]
    fn bad_rings_are_refused_with_their_reason() {
        let mut builder = TopologyBuilder::new(1);
        let open = vec![vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]];
        assert!(matches!(builder.add(0, &open), Err(ContourError::Open { ring: 0, .. })));
        assert!(matches!(builder.add(0, &[vec![[0.0, 0.0]; 3]]), Err(ContourError::Short { .. })));
        let lambert = vec![vec![[6e5, 6e6], [6e5, 7e6], [7e5, 7e6], [6e5, 6e6]]];
        assert!(matches!(builder.add(0, &lambert), Err(ContourError::Outside { .. })));
        assert!(!builder.has(0));
    }
}
