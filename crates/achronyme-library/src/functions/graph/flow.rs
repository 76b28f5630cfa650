//! Trees, flows, cuts and pairs.

use achronyme_numeric::graph::{
    kruskal as light_forest, matching as best_pairs, max_flow as greatest_flow,
    min_cut as narrowest_cut, prim as light_tree,
};

use super::net::{Missing, Net, record};
use crate::functions::Call;
use crate::{Fault, Store, View};

pub(super) fn kruskal<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (net, weights) = spanned(store, call)?;
    let forest = light_forest(&net.graph, &weights);
    tree(store, &net, &weights, &forest)
}

pub(super) fn prim<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (net, weights) = spanned(store, call)?;
    let edges = light_tree(&net.graph, &weights, net.node(store, call, 1)?);
    tree(store, &net, &weights, &edges)
}

/// A network that can be spanned, with the weights of its edges.
fn spanned<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<(Net<S::Value>, Vec<f64>), Fault> {
    let net = Net::read(store, call, 0)?;
    if net.graph.edges().iter().any(|edge| edge.directed) {
        return Err(call.value_error("all edges must be undirected: A <> B"));
    }
    let weights = net.positive_weights(store, call, &["weight"], Missing::Refused)?;
    Ok((net, weights))
}

fn tree<S: Store>(
    store: &mut S,
    net: &Net<S::Value>,
    weights: &[f64],
    edges: &[usize],
) -> Result<S::Value, Fault> {
    let weight = edges.iter().map(|edge| weights[*edge]).sum::<f64>() + 0.0;
    let edges: Vec<S::Value> = edges.iter().map(|edge| net.edges[*edge].clone()).collect();
    let edges = store.new_vector(&edges)?;
    let weight = store.number(weight);
    record(store, [("edges", edges), ("total_weight", weight)])
}

/// The capacities of the edges: `capacity`, or the property that the option names, or `weight`.
fn capacities<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    net: &Net<S::Value>,
) -> Result<Vec<f64>, Fault> {
    let name = match call.option("capacity") {
        None => "capacity".to_owned(),
        Some(value) if store.view(value) == View::String => store.text(value).to_owned(),
        Some(_) => return Err(call.option_wanted(store, "capacity", "a string")),
    };
    net.positive_weights(store, call, &[&name, "weight"], Missing::Default(f64::INFINITY))
}

pub(super) fn max_flow<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let (source, sink) = (net.node(store, call, 1)?, net.node(store, call, 2)?);
    let capacities = capacities(store, call, &net)?;
    let found = greatest_flow(&net.graph, &capacities, source, sink);
    let found = found.map_err(|error| call.fault(error))?;
    let mut flows = Vec::with_capacity(net.edges.len());
    for (edge, flow) in net.graph.edges().iter().zip(found.flow) {
        let (from, to) = if flow < 0.0 { (edge.to, edge.from) } else { (edge.from, edge.to) };
        let from = store.new_string(&net.ids[from])?;
        let to = store.new_string(&net.ids[to])?;
        let flow = store.number(flow.abs());
        flows.push(record(store, [("from", from), ("to", to), ("flow", flow)])?);
    }
    let value = store.number(found.value);
    let flows = store.new_vector(&flows)?;
    record(store, [("value", value), ("flow", flows)])
}

pub(super) fn min_cut<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let (source, sink) = (net.node(store, call, 1)?, net.node(store, call, 2)?);
    let capacities = capacities(store, call, &net)?;
    let cut = narrowest_cut(&net.graph, &capacities, source, sink);
    let cut = cut.map_err(|error| call.fault(error))?;
    let (near, far): (Vec<usize>, Vec<usize>) =
        (0..net.ids.len()).partition(|node| cut.source_side[*node]);
    let edges: Vec<S::Value> = cut.edges.iter().map(|edge| net.edges[*edge].clone()).collect();
    let value = store.number(cut.value);
    let near = net.names(store, &near)?;
    let far = net.names(store, &far)?;
    let edges = store.new_vector(&edges)?;
    let fields = [("value", value), ("source_side", near), ("sink_side", far), ("edges", edges)];
    record(store, fields)
}

pub(super) fn matching<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let weights = match call.option("weight") {
        None => vec![1.0; net.edges.len()],
        Some(value) if store.view(value) == View::String => {
            net.weights(store, call, &[store.text(value)], Missing::Default(1.0))?
        }
        Some(_) => return Err(call.option_wanted(store, "weight", "a string")),
    };
    let found = best_pairs(&net.graph, &weights).map_err(|error| call.fault(error))?;
    let pairs: Result<Vec<S::Value>, Fault> =
        found.pairs.iter().map(|(a, b, _)| net.names(store, &[*a, *b])).collect();
    let pairs = pairs?;
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    let size = store.number(pairs.len() as f64);
    let pairs = store.new_vector(&pairs)?;
    let weight = store.number(found.weight);
    record(store, [("pairs", pairs), ("size", size), ("weight", weight)])
}
