//! Strongly connected components, by Tarjan's algorithm without recursion.

use crate::graph::Graph;

/// Component of each node and sizes of the components, in descending order of size, then by their first node.
pub(super) fn strong(graph: &Graph) -> (Vec<u32>, Vec<u32>) {
    const NEW: u32 = u32::MAX;
    let nodes = graph.nodes() as usize;
    let (mut index, mut low, mut label) = (vec![NEW; nodes], vec![0_u32; nodes], vec![NEW; nodes]);
    let (mut stack, mut path): (Vec<u32>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
    let (mut time, mut count) = (0, 0);
    for root in 0..nodes as u32 {
        if index[root as usize] != NEW {
            continue;
        }
        path.push((root, graph.first[root as usize]));
        index[root as usize] = time;
        low[root as usize] = time;
        time += 1;
        stack.push(root);
        while let Some((node, arc)) = path.last_mut() {
            let at = *node as usize;
            if *arc < graph.first[at + 1] {
                let head = graph.heads[*arc as usize] as usize;
                *arc += 1;
                if index[head] == NEW {
                    index[head] = time;
                    low[head] = time;
                    time += 1;
                    stack.push(head as u32);
                    path.push((head as u32, graph.first[head]));
                } else if label[head] == NEW {
                    low[at] = low[at].min(index[head]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[*parent as usize] = low[*parent as usize].min(low[at]);
            }
            if low[at] == index[at] {
                while let Some(member) = stack.pop() {
                    label[member as usize] = count;
                    if member as usize == at {
                        break;
                    }
                }
                count += 1;
            }
        }
    }
    let mut sizes = vec![0_u32; count as usize];
    let mut first = vec![NEW; count as usize];
    for (node, label) in label.iter().enumerate() {
        sizes[*label as usize] += 1;
        first[*label as usize] = first[*label as usize].min(node as u32);
    }
    let mut order: Vec<u32> = (0..count).collect();
    order.sort_by_key(|label| (std::cmp::Reverse(sizes[*label as usize]), first[*label as usize]));
    let mut rank = vec![0; count as usize];
    for (place, label) in order.iter().enumerate() {
        rank[*label as usize] = place as u32;
    }
    for label in &mut label {
        *label = rank[*label as usize];
    }
    (label, order.iter().map(|label| sizes[*label as usize]).collect())
}
