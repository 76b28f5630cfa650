//! Cycles, and orders where there are none.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::component::Union;
use super::{Edge, Graph};

/// Whether there is a way that leads back without taking an edge twice. An edge that goes both ways
/// is none by itself, unless it is a loop; two parallel ones are.
#[must_use]
pub fn has_cycle(graph: &Graph) -> bool {
    let mut joined = Union::new(graph.nodes());
    let mut both_ways = graph.edges().iter().filter(|edge| !edge.directed);
    if both_ways.any(|edge| !joined.join(edge.from, edge.to)) {
        return true;
    }
    // What is joined both ways without a cycle is a tree: each way into it can go on by each way
    // out of it, and so it counts as one node.
    let one_way = graph.edges().iter().filter(|edge| edge.directed);
    let trees = one_way.map(|edge| Edge {
        from: joined.find(edge.from),
        to: joined.find(edge.to),
        directed: true,
    });
    let trees = Graph::new(graph.nodes(), trees.collect());
    topological_order(&trees).is_none()
}

/// The nodes in an order in which every edge leads from an earlier one to a later one; of those
/// that may come next, always the first (A. B. Kahn: Topological sorting of large networks, 1962).
/// `None` if there is a cycle; edges that go both ways are cycles.
#[must_use]
pub fn topological_order(graph: &Graph) -> Option<Vec<usize>> {
    let mut before = vec![0_usize; graph.nodes()];
    for node in 0..graph.nodes() {
        for arc in graph.arcs(node) {
            before[arc.to] += 1;
        }
    }
    let free = (0..graph.nodes()).filter(|node| before[*node] == 0);
    let mut ready: BinaryHeap<Reverse<usize>> = free.map(Reverse).collect();
    let mut order = Vec::with_capacity(graph.nodes());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for arc in graph.arcs(node) {
            before[arc.to] -= 1;
            if before[arc.to] == 0 {
                ready.push(Reverse(arc.to));
            }
        }
    }
    (order.len() == graph.nodes()).then_some(order)
}
