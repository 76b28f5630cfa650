//! The greatest flow through a graph, and the narrowest place that limits it.

use std::collections::VecDeque;

use super::Graph;
use crate::Error;

/// The greatest flow from one node to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// How much flows.
    pub value: f64,
    /// How much flows over each edge from its `from` to its `to`; negative the other way.
    pub flow: Vec<f64>,
}

/// Edges without which nothing flows any more, of all such the ones with the least capacity.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// Their capacity.
    pub value: f64,
    /// Whether each node lies on the side of the source.
    pub source_side: Vec<bool>,
    /// The edges that lead from that side to the other.
    pub edges: Vec<usize>,
}

/// Finds the greatest flow in layers of shortest ways (E. A. Dinic: Algorithm for solution of a
/// problem of maximum flow in networks with power estimation, 1970): O(nodes² · edges), whatever
/// the capacities are. Capacities belong to the edges; edges that go both ways have theirs in each
/// way.
///
/// # Errors
/// A capacity is negative or NaN; source and sink are the same; there is a way without limit.
pub fn max_flow(
    graph: &Graph,
    capacities: &[f64],
    source: usize,
    sink: usize,
) -> Result<Flow, Error> {
    let net = Network::filled(graph, capacities, source, sink)?;
    let mut flow = vec![0.0; graph.edges().len()];
    for (index, pipe) in net.pipes.iter().enumerate().step_by(2) {
        // What has flowed can flow back.
        let flowed = net.pipes[index + 1].room;
        flow[pipe.edge] += if pipe.forward { flowed } else { -flowed };
    }
    let flow: Vec<f64> = flow.into_iter().map(|flow| flow + 0.0).collect();
    Ok(Flow { value: net.value, flow })
}

/// Finds the cut that limits the greatest flow, the one nearest to the source.
///
/// # Errors
/// As [`max_flow`].
pub fn min_cut(
    graph: &Graph,
    capacities: &[f64],
    source: usize,
    sink: usize,
) -> Result<Cut, Error> {
    let mut net = Network::filled(graph, capacities, source, sink)?;
    net.measure(source);
    let source_side: Vec<bool> = net.layer.iter().map(|layer| *layer != usize::MAX).collect();
    let crosses = |from: usize, to: usize| source_side[from] && !source_side[to];
    let edges = graph.edges().iter().enumerate().filter(|(_, edge)| {
        crosses(edge.from, edge.to) || (!edge.directed && crosses(edge.to, edge.from))
    });
    let edges: Vec<usize> = edges.map(|(index, _)| index).collect();
    let value = edges.iter().map(|index| capacities[*index]).sum::<f64>() + 0.0;
    Ok(Cut { value, source_side, edges })
}

/// One way of an edge, or what has flowed and can flow back. The two stand side by side.
#[derive(Clone, Copy, Debug)]
struct Pipe {
    edge: usize,
    forward: bool,
    to: usize,
    /// How much more can flow.
    room: f64,
}

/// Pipes, and what has flowed through them.
struct Network {
    pipes: Vec<Pipe>,
    /// The pipes out of each node.
    out: Vec<Vec<usize>>,
    /// How many pipes each node is from the source; `usize::MAX` if there is no way.
    layer: Vec<usize>,
    value: f64,
}

impl Network {
    /// With the greatest flow.
    fn filled(
        graph: &Graph,
        capacities: &[f64],
        source: usize,
        sink: usize,
    ) -> Result<Self, Error> {
        if capacities.iter().any(|capacity| capacity.is_nan() || *capacity < 0.0) {
            return Err(Error::value("a capacity is negative or NaN"));
        }
        if source == sink {
            return Err(Error::value("source and sink are the same node"));
        }
        let nodes = graph.nodes();
        let mut net = Self {
            pipes: Vec::new(),
            out: vec![Vec::new(); nodes],
            layer: vec![usize::MAX; nodes],
            value: 0.0,
        };
        for (index, edge) in graph.edges().iter().enumerate() {
            net.add(index, true, (edge.from, edge.to), capacities[index]);
            if !edge.directed {
                net.add(index, false, (edge.to, edge.from), capacities[index]);
            }
        }
        net.refuse_unlimited(source, sink)?;
        loop {
            net.measure(source);
            if net.layer[sink] == usize::MAX {
                return Ok(net);
            }
            net.fill_layers(source, sink);
        }
    }

    fn add(&mut self, edge: usize, forward: bool, (from, to): (usize, usize), room: f64) {
        self.out[from].push(self.pipes.len());
        self.pipes.push(Pipe { edge, forward, to, room });
        self.out[to].push(self.pipes.len());
        self.pipes.push(Pipe { edge, forward: !forward, to: from, room: 0.0 });
    }

    fn refuse_unlimited(&mut self, source: usize, sink: usize) -> Result<(), Error> {
        self.search(source, |pipe| pipe.room == f64::INFINITY);
        if self.layer[sink] == usize::MAX {
            return Ok(());
        }
        Err(Error::value("the flow is unbounded: a way has no capacity"))
    }

    /// Finds the layer of each node.
    fn measure(&mut self, source: usize) {
        self.search(source, |pipe| pipe.room > 0.0);
    }

    fn search(&mut self, source: usize, is_open: impl Fn(&Pipe) -> bool) {
        self.layer.fill(usize::MAX);
        self.layer[source] = 0;
        let mut waiting = VecDeque::from([source]);
        while let Some(node) = waiting.pop_front() {
            for index in &self.out[node] {
                let pipe = self.pipes[*index];
                if is_open(&pipe) && self.layer[pipe.to] == usize::MAX {
                    self.layer[pipe.to] = self.layer[node] + 1;
                    waiting.push_back(pipe.to);
                }
            }
        }
    }

    /// Lets flow what can flow from layer to layer.
    fn fill_layers(&mut self, source: usize, sink: usize) {
        let mut next = vec![0_usize; self.out.len()];
        let mut path: Vec<usize> = Vec::new();
        loop {
            let node = path.last().map_or(source, |index| self.pipes[*index].to);
            if node == sink {
                self.flow_along(&mut path);
                continue;
            }
            let Some(index) = self.out[node].get(next[node]).copied() else {
                // Nothing goes on from here: not by the way that led here either.
                let Some(last) = path.pop() else { return };
                let before = self.pipes[last ^ 1].to;
                next[before] += 1;
                continue;
            };
            let pipe = self.pipes[index];
            if pipe.room > 0.0 && self.layer[pipe.to] == self.layer[node] + 1 {
                path.push(index);
            } else {
                next[node] += 1;
            }
        }
    }

    /// Lets flow as much as can flow along a path, and goes back to before where it is full.
    fn flow_along(&mut self, path: &mut Vec<usize>) {
        let room = |index: &usize| self.pipes[*index].room;
        let flow = path.iter().map(room).fold(f64::INFINITY, f64::min);
        self.value += flow;
        for index in path.iter() {
            self.pipes[*index].room -= flow;
            self.pipes[*index ^ 1].room += flow;
        }
        let full = path.iter().position(|index| self.pipes[*index].room <= 0.0);
        path.truncate(full.unwrap_or(0));
    }
}
