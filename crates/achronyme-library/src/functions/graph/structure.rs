//! How nodes hang together: neighbours, parts, cycles and orders.

use std::collections::BTreeSet;

use achronyme_numeric::ErrorKind;
use achronyme_numeric::graph::{
    Edge, has_cycle as contains_cycle, strong_components, topological_order, weak_components,
};

use super::net::{Net, id};
use crate::functions::Call;
use crate::{Fault, Store};

pub(super) fn neighbors<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let node = net.find(&id(store, call, 1)?);
    let arcs = node.map_or(&[][..], |node| net.graph.arcs(node));
    let near: BTreeSet<usize> = arcs.iter().map(|arc| arc.to).collect();
    let near: Vec<usize> = near.into_iter().collect();
    net.sorted_names(store, &near)
}

/// How many edges are counted so for a node; 0 if there is no such node.
fn count<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    is_counted: impl Fn(&Edge, usize) -> bool,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let node = net.find(&id(store, call, 1)?);
    let count = node
        .map_or(0, |node| net.graph.edges().iter().filter(|edge| is_counted(edge, node)).count());
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    Ok(store.number(count as f64))
}

pub(super) fn degree<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    count(store, call, |edge, node| edge.from == node || edge.to == node)
}

pub(super) fn in_degree<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    count(store, call, |edge, node| edge.to == node || (!edge.directed && edge.from == node))
}

pub(super) fn out_degree<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    count(store, call, |edge, node| edge.from == node || (!edge.directed && edge.to == node))
}

/// A vector of vectors of sorted names.
fn parts<S: Store>(
    store: &mut S,
    net: &Net<S::Value>,
    parts: &[Vec<usize>],
) -> Result<S::Value, Fault> {
    let parts: Result<Vec<S::Value>, Fault> =
        parts.iter().map(|part| net.sorted_names(store, part)).collect();
    store.new_vector(&parts?)
}

pub(super) fn connected_components<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    parts(store, &net, &weak_components(&net.graph))
}

pub(super) fn strongly_connected_components<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    parts(store, &net, &strong_components(&net.graph))
}

pub(super) fn is_connected<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    Ok(store.boolean(weak_components(&net.graph).len() <= 1))
}

pub(super) fn has_cycle<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    Ok(store.boolean(contains_cycle(&net.graph)))
}

pub(super) fn topological_sort<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let refused = |what: &str| Fault {
        kind: ErrorKind::Value.name(),
        message: format!("topological_sort() requires a directed acyclic graph (DAG), but {what}"),
    };
    if net.graph.edges().iter().any(|edge| !edge.directed) {
        return Err(refused("an edge goes both ways"));
    }
    let order =
        topological_order(&net.graph).ok_or_else(|| refused("the graph contains cycles"))?;
    net.names(store, &order)
}
