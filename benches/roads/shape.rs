//! What a road graph looks like in figures: degrees, lengths, whether all is joined, and how far an hour goes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;

use pacte_roads::graph::{Graph, NEVER, NodeId, Time};
use pacte_roads::point::Point;

/// Tenths of a second in a minute.
pub(crate) const MINUTE: Time = 600;

/// Figures of a graph.
pub(crate) struct Shape {
    nodes: u32,
    arcs: usize,
    /// Share of nodes that leave by 1, 2, 3, 4, 5 or more arcs.
    degrees: [f64; 5],
    /// Share of arcs without the opposite one.
    one_way: f64,
    metres: f64,
    kmh: f64,
    /// Share of nodes that the first sample reaches and that reach it.
    joined: f64,
    /// Nodes reached in an hour: least, median, most of the samples.
    hour: [usize; 3],
}

impl Shape {
    /// Measures a graph; `samples` start the one-hour searches.
    pub(crate) fn of(points: &[Point], graph: &Graph, samples: &[NodeId]) -> Self {
        let (mut degrees, mut one_way, mut metres, mut seconds) = ([0.0; 5], 0.0, 0.0, 0.0);
        for node in 0..graph.nodes() {
            degrees[graph.row(node).len().clamp(1, 5) - 1] += 1.0;
            for (head, time) in graph.outgoing(node) {
                metres += points[node as usize].metres_to(points[head as usize]);
                seconds += f64::from(time) / 10.0;
                one_way += f64::from(u8::from(graph.outgoing(head).all(|(back, _)| back != node)));
            }
        }
        let (nodes, arcs) = (graph.nodes(), graph.arcs());
        let reversed = graph.reversed();
        let mut there = Search::new(nodes);
        let mut back = Search::new(nodes);
        there.run(graph, samples[0], NEVER);
        back.run(&reversed, samples[0], NEVER);
        let joined =
            (0..nodes as usize).filter(|node| there.times[*node] != NEVER && back.times[*node] != NEVER).count();
        let mut hour: Vec<usize> = samples.iter().map(|source| there.run(graph, *source, 60 * MINUTE)).collect();
        hour.sort_unstable();
        Self {
            nodes,
            arcs,
            degrees: degrees.map(|count| count / f64::from(nodes)),
            one_way: one_way / arcs as f64,
            metres: metres / arcs as f64,
            kmh: metres / seconds * 3.6,
            joined: joined as f64 / f64::from(nodes),
            hour: [hour[0], hour[hour.len() / 2], hour[hour.len() - 1]],
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, two, three, four, more] = self.degrees.map(|share| share * 100.0);
        write!(
            f,
            "{} nœuds, {:.2} arcs par nœud ; degrés 1 à 4 et plus : {one:.1} {two:.1} {three:.1} {four:.1} {more:.1} % ; \
             sens unique {:.1} % ; arc moyen {:.0} m à {:.0} km/h ; d’un seul tenant {:.2} % ; en 60 min {} à {} nœuds, médiane {}",
            self.nodes,
            self.arcs as f64 / f64::from(self.nodes),
            self.one_way * 100.0,
            self.metres,
            self.kmh,
            self.joined * 100.0,
            self.hour[0],
            self.hour[2],
            self.hour[1],
        )
    }
}

/// A plain search with a binary heap, the yardstick of the others. Reused from source to source.
pub(crate) struct Search {
    /// Time of each node in the last search, [`NEVER`] when it was not reached.
    pub(crate) times: Vec<Time>,
    touched: Vec<NodeId>,
    heap: BinaryHeap<Reverse<(Time, NodeId)>>,
}

impl Search {
    pub(crate) fn new(nodes: u32) -> Self {
        Self { times: vec![NEVER; nodes as usize], touched: Vec::new(), heap: BinaryHeap::new() }
    }

    /// Times from a source, up to a limit (included). Returns how many nodes are within it.
    pub(crate) fn run(&mut self, graph: &Graph, source: NodeId, limit: Time) -> usize {
        for node in self.touched.drain(..) {
            self.times[node as usize] = NEVER;
        }
        self.times[source as usize] = 0;
        self.touched.push(source);
        self.heap.push(Reverse((0, source)));
        while let Some(Reverse((time, node))) = self.heap.pop() {
            if time > self.times[node as usize] {
                continue;
            }
            for (head, step) in graph.outgoing(node) {
                let (known, time) = (&mut self.times[head as usize], time + step);
                if time <= limit && time < *known {
                    if *known == NEVER {
                        self.touched.push(head);
                    }
                    *known = time;
                    self.heap.push(Reverse((time, head)));
                }
            }
        }
        self.touched.len()
    }
}
