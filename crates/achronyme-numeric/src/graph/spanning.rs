//! Trees of least weight.

use super::Graph;
use super::component::Union;
use super::queue::Queue;

/// The edges of a forest of least weight that joins all that is joined, the lightest first
/// (J. B. Kruskal: On the shortest spanning subtree of a graph, 1956).
#[must_use]
pub fn kruskal(graph: &Graph, weights: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..graph.edges().len()).collect();
    order.sort_by(|a, b| weights[*a].total_cmp(&weights[*b]));
    let mut joined = Union::new(graph.nodes());
    order.retain(|index| {
        let edge = graph.edges()[*index];
        joined.join(edge.from, edge.to)
    });
    order
}

/// The edges of a tree of least weight of all that is joined with a node, as it grows from there
/// (R. C. Prim: Shortest connection networks and some generalizations, 1957).
#[must_use]
pub fn prim(graph: &Graph, weights: &[f64], start: usize) -> Vec<usize> {
    let mut inside = vec![false; graph.nodes()];
    let mut tree = Vec::new();
    let mut queue = Queue::default();
    let mut next = Some(start);
    while let Some(node) = next {
        inside[node] = true;
        for arc in graph.arcs(node) {
            if !inside[arc.to] {
                queue.push(weights[arc.edge], arc.edge);
            }
        }
        next = None;
        while let Some((_, index)) = queue.pop() {
            let edge = graph.edges()[index];
            if inside[edge.from] && inside[edge.to] {
                continue;
            }
            tree.push(index);
            next = Some(if inside[edge.from] { edge.to } else { edge.from });
            break;
        }
    }
    tree
}
