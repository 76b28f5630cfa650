//! Networks made, looked at and changed.

use std::collections::BTreeSet;

use super::net::{Net, id, ids_of, new_network};
use crate::functions::Call;
use crate::{Fault, Store, View};

pub(super) fn network<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let edges = call.at(0)?;
    if store.view(edges) != View::Vector {
        return Err(call.wanted(store, 0, "a vector of edges"));
    }
    let nodes = call.get(1);
    if nodes.is_some_and(|nodes| store.view(nodes) != View::Record) {
        return Err(call.wanted(store, 1, "a record of properties by node"));
    }
    let net = Net::new(store, call, nodes, edges)?;
    new_network(store, &net.ids, &net.properties, &net.edges)
}

/// A field of a network that is one.
fn part<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    name: &str,
    kind: View,
) -> Result<S::Value, Fault> {
    let value = store.field(call.at(0)?, name).filter(|value| store.view(value) == kind);
    value.ok_or_else(|| call.wanted(store, 0, "a record of nodes and edges"))
}

pub(super) fn nodes<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    part(store, call, "nodes", View::Record)
}

pub(super) fn edges<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    part(store, call, "edges", View::Vector)
}

pub(super) fn edge<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    new_edge(store, call, true)
}

pub(super) fn undirected<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    new_edge(store, call, false)
}

fn new_edge<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    directed: bool,
) -> Result<S::Value, Fault> {
    let (from, to) = (id(store, call, 0)?, id(store, call, 1)?);
    let properties = properties(store, call, 2)?.unwrap_or_else(|| store.null());
    store.new_edge(&from, &to, directed, properties)
}

/// The record of properties at this place, if there is one.
fn properties<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<Option<S::Value>, Fault> {
    match call.get(place) {
        Some(value) if store.view(value) != View::Record => {
            Err(call.wanted(store, place, "a record"))
        }
        value => Ok(value.cloned()),
    }
}

pub(super) fn subgraph<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let ids = ids_of(store, call, "ids", call.at(1)?)?;
    let kept: Result<BTreeSet<usize>, Fault> = ids.iter().map(|id| net.known(id)).collect();
    let kept = kept?;
    only(store, &net, |node| kept.contains(&node))
}

pub(super) fn remove_node<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let gone = net.node(store, call, 1)?;
    only(store, &net, |node| node != gone)
}

/// The network of some nodes, and the edges between them.
fn only<S: Store>(
    store: &mut S,
    net: &Net<S::Value>,
    is_kept: impl Fn(usize) -> bool,
) -> Result<S::Value, Fault> {
    let nodes: Vec<usize> = (0..net.ids.len()).filter(|node| is_kept(*node)).collect();
    let ids: Vec<String> = nodes.iter().map(|node| net.ids[*node].clone()).collect();
    let properties: Vec<S::Value> =
        nodes.iter().map(|node| net.properties[*node].clone()).collect();
    let edges = net.graph.edges().iter().zip(&net.edges);
    let edges = edges.filter(|(edge, _)| is_kept(edge.from) && is_kept(edge.to));
    let edges: Vec<S::Value> = edges.map(|(_, edge)| edge.clone()).collect();
    new_network(store, &ids, &properties, &edges)
}

pub(super) fn add_node<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let mut net = Net::read(store, call, 0)?;
    let id = id(store, call, 1)?;
    let properties = match properties(store, call, 2)? {
        Some(properties) => properties,
        None => store.new_record(&[])?,
    };
    match net.find(&id) {
        Some(node) => net.properties[node] = properties,
        None => {
            net.ids.push(id);
            net.properties.push(properties);
        }
    }
    new_network(store, &net.ids, &net.properties, &net.edges)
}

pub(super) fn add_edge<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let edge = call.at(1)?.clone();
    if store.view(&edge) != View::Edge {
        return Err(call.wanted(store, 1, "an edge"));
    }
    let mut edges = net.edges;
    edges.push(edge);
    let known = new_network(store, &net.ids, &net.properties, &edges)?;
    let (nodes, edges) = (store.field(&known, "nodes"), store.field(&known, "edges"));
    let Some(edges) = edges else { return Ok(known) };
    let net = Net::new(store, call, nodes.as_ref(), &edges)?;
    new_network(store, &net.ids, &net.properties, &net.edges)
}

pub(super) fn remove_edge<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let (a, b) = (net.node(store, call, 1)?, net.node(store, call, 2)?);
    let edges = net.graph.edges().iter().zip(&net.edges);
    let kept = edges.filter(|(edge, _)| {
        let back = !edge.directed && (edge.from, edge.to) == (b, a);
        (edge.from, edge.to) != (a, b) && !back
    });
    let kept: Vec<S::Value> = kept.map(|(_, edge)| edge.clone()).collect();
    if kept.len() == net.edges.len() {
        let (a, b) = (&net.ids[a], &net.ids[b]);
        return Err(call.value_error(format!("there is no edge from '{a}' to '{b}'")));
    }
    new_network(store, &net.ids, &net.properties, &kept)
}
