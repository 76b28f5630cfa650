//! Networks: graphs whose nodes have names, and what can be found out about them.

mod change;
mod flow;
mod matrix;
pub(crate) mod net;
mod search;
mod structure;

use self::change::{
    add_edge, add_node, edge, edges, network, nodes, remove_edge, remove_node, subgraph, undirected,
};
use self::flow::{kruskal, matching, max_flow, min_cut, prim};
use self::matrix::{adjacency_matrix, from_matrix};
use self::search::{
    bellman_ford, bfs, bfs_path, dfs, dijkstra, floyd_warshall, shortest_path, ways,
};
use self::structure::{
    connected_components, degree, has_cycle, in_degree, is_connected, neighbors, out_degree,
    strongly_connected_components, topological_sort,
};
use crate::builtin::row::rows;

rows! {
    /// The network of some edges: a record of `nodes`, which has a record of properties for each
    /// node, and of `edges`. The second argument gives nodes properties, and may name more nodes;
    /// these come first.
    ///
    /// `network([A -> B], {A: {duration: 2}})` → `{ edges: [A -> B], nodes: { A: { duration: 2 }, B: {  } } }`
    540 network("edges, properties = null") "graph" call network;
    /// The nodes of a network, with their properties.
    ///
    /// `keys(nodes(network([A -> B])))` → `["A", "B"]`
    541 nodes("network") "graph" call nodes;
    /// The edges of a network.
    ///
    /// `edges(network([A -> B]))` → `[A -> B]`
    542 edges("network") "graph" call edges;
    /// The nodes that an edge leads to from a node, sorted.
    ///
    /// `neighbors(network([A -> C, A <> B, D -> A]), "A")` → `["B", "C"]`
    543 neighbors("network, node") "graph" call neighbors;
    /// How many edges begin or end at a node; a loop counts once.
    ///
    /// `degree(network([A -> B, C -> A]), "A")` → `2`
    544 degree("network, node") "graph" call degree;
    /// The nodes that can be reached from one, those with the fewest edges between first.
    ///
    /// `bfs(network([A -> B, A -> C, B -> D]), "A")` → `["A", "B", "C", "D"]`
    545 bfs("network, start") "graph" call bfs;
    /// The nodes that can be reached from one, each before the ones that it leads to.
    ///
    /// `dfs(network([A -> B, A -> C, B -> D]), "A")` → `["A", "B", "D", "C"]`
    546 dfs("network, start") "graph" call dfs;
    /// The path with the fewest edges from one node to another, and whether there is one.
    ///
    /// `bfs_path(network([A -> B, B -> C]), "A", "C")` → `{ found: true, path: ["A", "B", "C"] }`
    547 bfs_path("network, start, end") "graph" call bfs_path;
    /// The shortest path from one node to another. Every edge needs a `weight`, which is not
    /// negative. Where no path leads, the distance is infinite.
    ///
    /// `dijkstra(network([A -> B: {weight: 2}, B -> C: {weight: 3}]), "A", "C").distance` → `5`
    548 dijkstra("network, start, end") "graph" call dijkstra;
    /// The undirected edges of least `weight` that join all that is joined: a tree for each part of
    /// the network.
    ///
    /// `kruskal(network([A <> B: {weight: 1}, B <> C: {weight: 2}, A <> C: {weight: 3}])).total_weight` → `3`
    549 kruskal("network") "graph" call kruskal;
    /// The undirected edges of least `weight` that join all that is joined with a node, in the order
    /// in which they are found from there.
    ///
    /// `prim(network([A <> B: {weight: 1}, C <> D: {weight: 2}]), "A").total_weight` → `1`
    550 prim("network, start") "graph" call prim;
    /// The parts of a network that hang together when edges count both ways: names in order, in the
    /// order of the first nodes.
    ///
    /// `connected_components(network([A -> B, C -> D]))` → `[["A", "B"], ["C", "D"]]`
    551 connected_components("network") "graph" call connected_components;
    /// Whether all nodes hang together when edges count both ways.
    ///
    /// `is_connected(network([B -> A, B -> C]))` → `true`
    552 is_connected("network") "graph" call is_connected;
    /// Whether a way leads back to where it began without taking an edge twice.
    ///
    /// `has_cycle(network([A -> B, B -> C, C -> A]))` → `true`
    /// `has_cycle(network([A <> B, B <> C]))` → `false`
    553 has_cycle("network") "graph" call has_cycle;
    /// The nodes in an order in which each edge leads from an earlier one to a later one; of those
    /// that may come next, the one that is first in the network. That there is a cycle, or an edge
    /// that goes both ways, is an error.
    ///
    /// `topological_sort(network([B -> C, A -> B]))` → `["A", "B", "C"]`
    554 topological_sort("network") "graph" call topological_sort;
    /// The shortest path from one node to another: a record of `path`, `distance` and `found`;
    /// without another node, the `distance` of all nodes that are reached, and the `previous` node
    /// on the way to each.
    ///
    /// The property named `weight` says how long an edge is; without it, 1. The `method` `"bfs"` counts
    /// edges, `"dijkstra"` needs weights that are not negative, `"bellman_ford"` takes all; `"auto"`
    /// takes the first that will do.
    ///
    /// `shortest_path(network([A -> B, B -> C, A -> C]), "A", "C").path` → `["A", "C"]`
    /// `shortest_path(network([A -> B: {time: 3}]), "A", {weight: "time"}).distance` → `{ A: 0, B: 3 }`
    555 shortest_path("network, start, end = null, {weight = weight, method = auto}") "graph"
        call shortest_path;
    /// The same as `shortest_path` where weights may be negative. A cycle that becomes ever shorter
    /// is an error.
    ///
    /// `bellman_ford(network([A -> B: {weight: 4}, B -> C: {weight: -3}]), "A", "C").distance` → `1`
    556 bellman_ford("network, start, end = null") "graph" call bellman_ford;
    /// The shortest distances between all nodes: a record of the names of the `nodes`, and of a matrix
    /// `distance` in which rows are where a path begins.
    ///
    /// `floyd_warshall(network([A -> B: {weight: 2}])).distance[0, 1]` → `2`
    557 floyd_warshall("network") "graph" call floyd_warshall;
    /// How many edges lead to a node; undirected ones do.
    ///
    /// `in_degree(network([A -> B, B -> C, B <> D]), "B")` → `2`
    558 in_degree("network, node") "graph" call in_degree;
    /// How many edges lead from a node; undirected ones do.
    ///
    /// `out_degree(network([A -> B, A -> C]), "A")` → `2`
    559 out_degree("network, node") "graph" call out_degree;
    /// The parts of a network in which a path leads from each node to each other: names in order, in
    /// the order of the first nodes.
    ///
    /// `strongly_connected_components(network([A -> B, B -> A, B -> C]))` → `[["A", "B"], ["C"]]`
    560 strongly_connected_components("network") "graph" call strongly_connected_components;
    /// The same as `strongly_connected_components`.
    ///
    /// `scc(network([A -> B]))` → `[["A"], ["B"]]`
    561 scc("network") "graph" call strongly_connected_components;
    /// The greatest flow from one node to another: its `value`, and for each edge how much flows
    /// `from` where `to`. The property named `capacity` says how much an edge can take, or else
    /// `weight`; without both, any amount.
    ///
    /// `max_flow(network([S -> A: {capacity: 3}, A -> T: {capacity: 2}]), "S", "T").value` → `2`
    562 max_flow("network, source, sink, {capacity = capacity}") "graph" call max_flow;
    /// The edges with the least capacity without which nothing flows from one node to another: a
    /// record of their `value` and `edges`, and of the nodes on the `source_side` and `sink_side`.
    ///
    /// `min_cut(network([S -> A: {capacity: 3}, A -> T: {capacity: 2}]), "S", "T").sink_side` → `["T"]`
    563 min_cut("network, source, sink, {capacity = capacity}") "graph" call min_cut;
    /// The weights of a network as a `matrix`, rows being where edges begin, and the names of its
    /// `nodes`. Where there is no edge, the entry is 0; parallel edges add up. With `nodes`, only these,
    /// in this order.
    ///
    /// `adjacency_matrix(network([A -> B: {weight: 2}])).matrix[0]` → `[0, 2]`
    564 adjacency_matrix("network, {weight = weight, nodes = null}") "graph" call adjacency_matrix;
    /// The network whose edges are the entries of a square matrix that are not 0, as `weight`. Nodes
    /// are called `nodes`, or "0", "1" and so on. Where edges are not `directed`, the entries on and
    /// above the diagonal count.
    ///
    /// `edges(from_matrix([[0, 2], [0, 0]]))` → `[0 -> 1: { weight: 2 }]`
    565 from_matrix("matrix, {nodes = null, directed = true}") "graph" call from_matrix;
    /// The network of some nodes, and the edges between them.
    ///
    /// `edges(subgraph(network([A -> B, B -> C]), ["A", "B"]))` → `[A -> B]`
    566 subgraph("network, nodes") "graph" call subgraph;
    /// A network with one more node; one that is there gets these properties instead of its own.
    ///
    /// `keys(add_node(network([A -> B]), "C").nodes)` → `["A", "B", "C"]`
    567 add_node("network, node, properties = null") "graph" call add_node;
    /// A network without a node and its edges.
    ///
    /// `edges(remove_node(network([A -> B, B -> C]), "A"))` → `[B -> C]`
    568 remove_node("network, node") "graph" call remove_node;
    /// A network with one more edge, and its ends.
    ///
    /// `edges(add_edge(network([A -> B]), B -> C))` → `[A -> B, B -> C]`
    569 add_edge("network, edge") "graph" call add_edge;
    /// A network without the edges from one node to another.
    ///
    /// `edges(remove_edge(network([A -> B, B -> C]), "A", "B"))` → `[B -> C]`
    570 remove_edge("network, from, to") "graph" call remove_edge;
    /// As many pairs of nodes that an edge joins as can be, no node in two; with the property named
    /// `weight`, the pairs with the greatest sum. Which way edges go does not matter.
    ///
    /// `matching(network([A <> B, B <> C, C <> D])).pairs` → `[["A", "B"], ["C", "D"]]`
    571 matching("network, {weight = null}") "graph" call matching;
    /// An edge from one node to another, like `A -> B`.
    ///
    /// `edge("A", "B", {weight: 2})` → `A -> B: { weight: 2 }`
    572 edge("from, to, properties = null") "graph" call edge;
    /// An edge both ways, like `A <> B`.
    ///
    /// `undirected("A", "B")` → `A <> B`
    573 undirected("from, to, properties = null") "graph" call undirected;
    /// For `astar`: the nodes and ways of a network by number.
    574 _astar("network, start, end") "" call ways;
}
