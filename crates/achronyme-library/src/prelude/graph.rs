//! Functions of networks that call functions.

use super::row::rows;

rows! {
    "Networks";
    /// The shortest path from one node to another, with a function that says of each node how far
    /// the end is from there at least. The better it knows, the fewer nodes are looked at; where it
    /// says too much, the path may be longer than the shortest.
    ///
    /// Edges have a `weight` that is not negative; without it, 1. The record has `path`, `distance`,
    /// `found`, and `expanded`, the number of nodes whose edges were followed.
    ///
    /// `astar(network([A -> B: {weight: 2}, B -> C: {weight: 3}]), "A", "C", id => 0).distance` → `5`
    astar("network, start, end, estimate") "graph";
}
