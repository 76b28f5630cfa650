//! Graphs: nodes that are numbered, and edges between them that go one way or both.

mod component;
mod cycle;
mod flow;
mod matching;
mod path;
mod queue;
mod spanning;
mod traversal;

pub use component::{strong_components, weak_components};
pub use cycle::{has_cycle, topological_order};
pub use flow::{Cut, Flow, max_flow, min_cut};
pub use matching::{Matching, matching};
pub use path::{Paths, bellman_ford, dijkstra, fewest_edges, floyd_warshall};
pub use spanning::{kruskal, prim};
pub use traversal::{breadth_first, depth_first};

/// A graph. Everything that depends on an order goes by the numbers of nodes and edges.
#[derive(Clone, Debug)]
pub struct Graph {
    edges: Vec<Edge>,
    /// The ways out of each node, node by node, in the order of the edges.
    arcs: Vec<Arc>,
    /// Where in `arcs` those of each node begin; one more for the end.
    first: Vec<usize>,
}

/// An edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The node at which it begins.
    pub from: usize,
    /// The node at which it ends.
    pub to: usize,
    /// Whether it goes one way only.
    pub directed: bool,
}

/// A way out of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc {
    /// The number of the edge.
    pub edge: usize,
    /// Where it leads.
    pub to: usize,
}

impl Graph {
    /// A graph with nodes 0 to before `nodes`, between which the edges lie.
    #[must_use]
    pub fn new(nodes: usize, edges: Vec<Edge>) -> Self {
        let mut first = vec![0; nodes + 1];
        let ways = |edge: &Edge| {
            let back = !edge.directed && edge.from != edge.to;
            std::iter::once((edge.from, edge.to)).chain(back.then_some((edge.to, edge.from)))
        };
        for (from, _) in edges.iter().flat_map(ways) {
            first[from + 1] += 1;
        }
        for node in 0..nodes {
            first[node + 1] += first[node];
        }
        let mut next = first.clone();
        let mut arcs = vec![Arc { edge: 0, to: 0 }; first[nodes]];
        for (index, edge) in edges.iter().enumerate() {
            for (from, to) in ways(edge) {
                arcs[next[from]] = Arc { edge: index, to };
                next[from] += 1;
            }
        }
        Self { edges, arcs, first }
    }

    /// How many nodes there are.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.first.len() - 1
    }

    /// The edges.
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The ways out of a node in the order of the edges. A loop is one way.
    #[must_use]
    pub fn arcs(&self, node: usize) -> &[Arc] {
        &self.arcs[self.first[node]..self.first[node + 1]]
    }

    /// The same graph with all edges going both ways.
    #[must_use]
    pub fn undirected(&self) -> Self {
        let edges = self.edges.iter().map(|edge| Edge { directed: false, ..*edge });
        Self::new(self.nodes(), edges.collect())
    }
}
