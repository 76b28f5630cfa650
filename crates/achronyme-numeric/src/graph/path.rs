//! Shortest paths.

use std::collections::VecDeque;

use super::Graph;
use super::queue::Queue;
use crate::Error;

/// A way is shorter only if it is so by more than rounding, so that the ways round a cycle of
/// length 0 do not count as ever shorter.
const ROUNDING: f64 = 1e-14;

/// The shortest paths from one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Paths {
    /// How far each node is; ∞ where no path leads.
    pub distance: Vec<f64>,
    /// The node before each on its path.
    pub previous: Vec<Option<usize>>,
}

impl Paths {
    fn new(nodes: usize, start: usize) -> Self {
        let mut paths = Self { distance: vec![f64::INFINITY; nodes], previous: vec![None; nodes] };
        paths.distance[start] = 0.0;
        paths
    }

    /// The nodes on the path to one, from the start on; `None` if no path leads there.
    #[must_use]
    pub fn to(&self, end: usize) -> Option<Vec<usize>> {
        self.is_reached(end).then(|| {
            let mut path: Vec<usize> =
                std::iter::successors(Some(end), |node| self.previous[*node]).collect();
            path.reverse();
            path
        })
    }

    /// Whether a path leads to a node.
    #[must_use]
    pub fn is_reached(&self, node: usize) -> bool {
        self.distance[node] < f64::INFINITY
    }
}

/// The paths with the fewest edges.
#[must_use]
pub fn fewest_edges(graph: &Graph, start: usize) -> Paths {
    let mut paths = Paths::new(graph.nodes(), start);
    let mut waiting = VecDeque::from([start]);
    while let Some(node) = waiting.pop_front() {
        for arc in graph.arcs(node) {
            if !paths.is_reached(arc.to) {
                paths.distance[arc.to] = paths.distance[node] + 1.0;
                paths.previous[arc.to] = Some(node);
                waiting.push_back(arc.to);
            }
        }
    }
    paths
}

/// The shortest paths where no weight is negative (E. W. Dijkstra: A note on two problems in
/// connexion with graphs, 1959), with a binary heap. Weights belong to the edges.
///
/// # Errors
/// A weight is negative or NaN.
pub fn dijkstra(graph: &Graph, weights: &[f64], start: usize) -> Result<Paths, Error> {
    if weights.iter().any(|weight| weight.is_nan() || *weight < 0.0) {
        return Err(Error::value("a weight is negative or NaN"));
    }
    let mut paths = Paths::new(graph.nodes(), start);
    let mut done = vec![false; graph.nodes()];
    let mut queue = Queue::default();
    queue.push(0.0, start);
    while let Some((distance, node)) = queue.pop() {
        if std::mem::replace(&mut done[node], true) {
            continue;
        }
        for arc in graph.arcs(node) {
            let further = distance + weights[arc.edge];
            if further < paths.distance[arc.to] {
                paths.distance[arc.to] = further;
                paths.previous[arc.to] = Some(node);
                queue.push(further, arc.to);
            }
        }
    }
    Ok(paths)
}

/// The shortest paths where weights may be negative (R. Bellman: On a routing problem, 1958).
///
/// # Errors
/// A weight is NaN or −∞; a cycle that can be reached becomes ever shorter. An edge that goes both ways
/// and has a negative weight is such a cycle.
pub fn bellman_ford(graph: &Graph, weights: &[f64], start: usize) -> Result<Paths, Error> {
    check(weights)?;
    let mut paths = Paths::new(graph.nodes(), start);
    let mut changed = vec![start];
    // A path without a cycle has fewer edges than there are nodes.
    for _ in 0..graph.nodes() {
        let mut next = Vec::new();
        let mut is_next = vec![false; if changed.is_empty() { 0 } else { graph.nodes() }];
        for node in changed {
            for arc in graph.arcs(node) {
                let weight = weights[arc.edge];
                let (old, new) = (paths.distance[arc.to], paths.distance[node] + weight);
                if is_shorter(new, old, weight) {
                    paths.distance[arc.to] = new;
                    paths.previous[arc.to] = Some(node);
                    if !std::mem::replace(&mut is_next[arc.to], true) {
                        next.push(arc.to);
                    }
                }
            }
        }
        if next.is_empty() {
            return Ok(paths);
        }
        changed = next;
    }
    Err(Error::value("the graph has a negative cycle"))
}

fn check(weights: &[f64]) -> Result<(), Error> {
    if weights.iter().any(|weight| weight.is_nan() || *weight == f64::NEG_INFINITY) {
        return Err(Error::value("a weight is NaN or -Infinity"));
    }
    Ok(())
}

fn is_shorter(new: f64, old: f64, weight: f64) -> bool {
    new < old && (old == f64::INFINITY || old - new > ROUNDING * (new.abs() + weight.abs()))
}

/// The shortest distances between all nodes: row `i`, column `j` from `i` to `j`, ∞ where no path
/// leads (R. W. Floyd: Algorithm 97, 1962). Takes memory for nodes² and time for nodes³.
///
/// # Errors
/// A weight is NaN or −∞; a cycle becomes ever shorter.
pub fn floyd_warshall(graph: &Graph, weights: &[f64]) -> Result<Vec<f64>, Error> {
    check(weights)?;
    let nodes = graph.nodes();
    let mut distance = vec![f64::INFINITY; nodes * nodes];
    for node in 0..nodes {
        distance[node * nodes + node] = 0.0;
        for arc in graph.arcs(node) {
            let entry = &mut distance[node * nodes + arc.to];
            *entry = entry.min(weights[arc.edge]);
        }
    }
    for middle in 0..nodes {
        let after = distance[middle * nodes..(middle + 1) * nodes].to_vec();
        for row in distance.chunks_exact_mut(nodes) {
            let before = row[middle];
            if before == f64::INFINITY {
                continue;
            }
            for (entry, after) in row.iter_mut().zip(&after) {
                let way = before + after;
                if is_shorter(way, *entry, before) {
                    *entry = way;
                }
            }
        }
        if (0..nodes).any(|node| distance[node * nodes + node] < 0.0) {
            return Err(Error::value("the graph has a negative cycle"));
        }
    }
    Ok(distance)
}
