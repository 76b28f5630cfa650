//! Going over all nodes that can be reached.

use std::collections::VecDeque;

use super::Graph;

/// The nodes that can be reached from one, the nearest first.
#[must_use]
pub fn breadth_first(graph: &Graph, start: usize) -> Vec<usize> {
    let mut seen = vec![false; graph.nodes()];
    seen[start] = true;
    let mut order = Vec::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(node) = waiting.pop_front() {
        order.push(node);
        for arc in graph.arcs(node) {
            if !std::mem::replace(&mut seen[arc.to], true) {
                waiting.push_back(arc.to);
            }
        }
    }
    order
}

/// The nodes that can be reached from one, always going on from the one that was met last.
#[must_use]
pub fn depth_first(graph: &Graph, start: usize) -> Vec<usize> {
    let mut seen = vec![false; graph.nodes()];
    seen[start] = true;
    let mut order = vec![start];
    let mut path = vec![graph.arcs(start).iter()];
    while let Some(arcs) = path.last_mut() {
        let Some(arc) = arcs.next() else {
            path.pop();
            continue;
        };
        if !std::mem::replace(&mut seen[arc.to], true) {
            order.push(arc.to);
            path.push(graph.arcs(arc.to).iter());
        }
    }
    order
}
