//! Walks over a network, and shortest paths in it.

use achronyme_numeric::graph::{
    Paths, bellman_ford as negative_paths, breadth_first, depth_first, dijkstra as shortest_paths,
    fewest_edges, floyd_warshall as all_paths,
};

use super::net::{Missing, Net, record};
use crate::functions::Call;
use crate::numbers::real_vector;
use crate::{Fault, Store, View};

pub(super) fn bfs<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let order = breadth_first(&net.graph, net.node(store, call, 1)?);
    net.names(store, &order)
}

pub(super) fn dfs<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let order = depth_first(&net.graph, net.node(store, call, 1)?);
    net.names(store, &order)
}

pub(super) fn bfs_path<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let (start, end) = (net.node(store, call, 1)?, net.node(store, call, 2)?);
    let path = fewest_edges(&net.graph, start).to(end);
    let found = store.boolean(path.is_some());
    let path = net.names(store, &path.unwrap_or_default())?;
    record(store, [("path", path), ("found", found)])
}

pub(super) fn dijkstra<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let (start, end) = (net.node(store, call, 1)?, net.node(store, call, 2)?);
    let weights = net.positive_weights(store, call, &["weight"], Missing::Refused)?;
    let paths = shortest_paths(&net.graph, &weights, start).map_err(|error| call.fault(error))?;
    one_path(store, &net, &paths, end)
}

pub(super) fn bellman_ford<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let start = net.node(store, call, 1)?;
    let weights = net.weights(store, call, &["weight"], Missing::Default(1.0))?;
    let paths = negative_paths(&net.graph, &weights, start).map_err(|error| call.fault(error))?;
    paths_of(store, call, &net, &paths)
}

pub(super) fn shortest_path<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let start = net.node(store, call, 1)?;
    let name = match call.option("weight") {
        None => "weight".to_owned(),
        Some(value) if store.view(value) == View::String => store.text(value).to_owned(),
        Some(_) => return Err(call.option_wanted(store, "weight", "a string")),
    };
    let method = call.choice(store, "method", &["auto", "bfs", "dijkstra", "bellman_ford"])?;
    let by_edges = method == 1 || (method == 0 && !net.is_weighted(store, &name));
    let paths = if by_edges {
        Ok(fewest_edges(&net.graph, start))
    } else {
        let weights = net.weights(store, call, &[&name], Missing::Default(1.0))?;
        let is_negative = weights.iter().any(|weight| *weight < 0.0);
        if method == 3 || (method == 0 && is_negative) {
            negative_paths(&net.graph, &weights, start)
        } else {
            shortest_paths(&net.graph, &weights, start)
        }
    };
    let paths = paths.map_err(|error| call.fault(error))?;
    paths_of(store, call, &net, &paths)
}

/// The path to the node at the third place; without one, all paths.
fn paths_of<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    net: &Net<S::Value>,
    paths: &Paths,
) -> Result<S::Value, Fault> {
    if call.get(2).is_some() {
        let end = net.node(store, call, 2)?;
        return one_path(store, net, paths, end);
    }
    let (mut distance, mut previous) = (Vec::new(), Vec::new());
    for (node, id) in net.ids.iter().enumerate().filter(|(node, _)| paths.is_reached(*node)) {
        distance.push((id.as_str(), store.number(paths.distance[node]), false));
        let before = match paths.previous[node] {
            Some(before) => store.new_string(&net.ids[before])?,
            None => store.null(),
        };
        previous.push((id.as_str(), before, false));
    }
    let distance = store.new_record(&distance)?;
    let previous = store.new_record(&previous)?;
    record(store, [("distance", distance), ("previous", previous)])
}

fn one_path<S: Store>(
    store: &mut S,
    net: &Net<S::Value>,
    paths: &Paths,
    end: usize,
) -> Result<S::Value, Fault> {
    let path = net.names(store, &paths.to(end).unwrap_or_default())?;
    let distance = store.number(paths.distance[end] + 0.0);
    let found = store.boolean(paths.is_reached(end));
    record(store, [("path", path), ("distance", distance), ("found", found)])
}

pub(super) fn floyd_warshall<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let size = net.ids.len();
    store.room(size.saturating_mul(size).saturating_mul(size_of::<f64>()))?;
    let weights = net.weights(store, call, &["weight"], Missing::Default(1.0))?;
    let distance = all_paths(&net.graph, &weights).map_err(|error| call.fault(error))?;
    let all: Vec<usize> = (0..size).collect();
    let nodes = net.names(store, &all)?;
    let distance = store.new_tensor(&[size, size], &distance)?;
    record(store, [("nodes", nodes), ("distance", distance)])
}

/// For `astar`: the names of the nodes, the numbers of the first and the last, and for each node
/// where its edges lead and what they weigh.
pub(super) fn ways<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let (start, end) = (net.node(store, call, 1)?, net.node(store, call, 2)?);
    let weights = net.positive_weights(store, call, &["weight"], Missing::Default(1.0))?;
    let (mut targets, mut costs) = (Vec::new(), Vec::new());
    for node in 0..net.ids.len() {
        let arcs = net.graph.arcs(node);
        #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
        let to: Vec<f64> = arcs.iter().map(|arc| arc.to as f64).collect();
        let cost: Vec<f64> = arcs.iter().map(|arc| weights[arc.edge]).collect();
        targets.push(real_vector(store, &to)?);
        costs.push(real_vector(store, &cost)?);
    }
    let all: Vec<usize> = (0..net.ids.len()).collect();
    let ids = net.names(store, &all)?;
    let targets = store.new_vector(&targets)?;
    let costs = store.new_vector(&costs)?;
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    let [start, end] = [start, end].map(|node| store.number(node as f64));
    let fields =
        [("ids", ids), ("start", start), ("end", end), ("targets", targets), ("costs", costs)];
    record(store, fields)
}
