//! Parts of a graph that hang together.

use super::Graph;

/// Nodes in sets that are joined, two at a time.
#[derive(Debug)]
pub(super) struct Union {
    parent: Vec<usize>,
}

impl Union {
    /// Each node alone.
    pub(super) fn new(nodes: usize) -> Self {
        Self { parent: (0..nodes).collect() }
    }

    /// The node that stands for the set of this one.
    pub(super) fn find(&mut self, mut node: usize) -> usize {
        while self.parent[node] != node {
            self.parent[node] = self.parent[self.parent[node]];
            node = self.parent[node];
        }
        node
    }

    /// Joins two sets; whether they were two.
    pub(super) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        // The least number stands for the set.
        self.parent[a.max(b)] = a.min(b);
        a != b
    }
}

/// The parts that hang together when all edges go both ways. Parts are in the order of their first
/// nodes, and nodes in theirs.
#[must_use]
pub fn weak_components(graph: &Graph) -> Vec<Vec<usize>> {
    let mut joined = Union::new(graph.nodes());
    for edge in graph.edges() {
        joined.join(edge.from, edge.to);
    }
    let mut part_of = vec![usize::MAX; graph.nodes()];
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for node in 0..graph.nodes() {
        let root = joined.find(node);
        if root == node {
            part_of[node] = parts.len();
            parts.push(Vec::new());
        }
        parts[part_of[root]].push(node);
    }
    parts
}

/// The parts in which a path leads from each node to each other, in the order of their first
/// nodes, and nodes in theirs (R. Tarjan: Depth-first search and linear graph algorithms, 1972).
#[must_use]
pub fn strong_components(graph: &Graph) -> Vec<Vec<usize>> {
    let nodes = graph.nodes();
    let mut search = Search {
        number: vec![usize::MAX; nodes],
        low: vec![0; nodes],
        is_open: vec![false; nodes],
        open: Vec::new(),
        count: 0,
        parts: Vec::new(),
    };
    for start in 0..nodes {
        if search.number[start] == usize::MAX {
            search.from(graph, start);
        }
    }
    for part in &mut search.parts {
        part.sort_unstable();
    }
    search.parts.sort_unstable();
    search.parts
}

/// The state of the search for strong components.
struct Search {
    /// When each node was met.
    number: Vec<usize>,
    /// The first open node that each is known to lead to.
    low: Vec<usize>,
    /// Nodes whose part is not known so far.
    open: Vec<usize>,
    is_open: Vec<bool>,
    count: usize,
    parts: Vec<Vec<usize>>,
}

impl Search {
    fn from(&mut self, graph: &Graph, start: usize) {
        let mut path = vec![(start, graph.arcs(start).iter())];
        self.meet(start);
        while let Some((node, arcs)) = path.last_mut() {
            let node = *node;
            if let Some(arc) = arcs.next() {
                if self.number[arc.to] == usize::MAX {
                    self.meet(arc.to);
                    path.push((arc.to, graph.arcs(arc.to).iter()));
                } else if self.is_open[arc.to] {
                    self.low[node] = self.low[node].min(self.number[arc.to]);
                }
                continue;
            }
            path.pop();
            if let Some((before, _)) = path.last() {
                self.low[*before] = self.low[*before].min(self.low[node]);
            }
            if self.low[node] == self.number[node] {
                self.close(node);
            }
        }
    }

    fn meet(&mut self, node: usize) {
        self.number[node] = self.count;
        self.low[node] = self.count;
        self.count += 1;
        self.open.push(node);
        self.is_open[node] = true;
    }

    /// Takes off the part that was met from this node on.
    fn close(&mut self, node: usize) {
        let mut part = Vec::new();
        while let Some(member) = self.open.pop() {
            self.is_open[member] = false;
            part.push(member);
            if member == node {
                break;
            }
        }
        self.parts.push(part);
    }
}
