//! Networks as matrices.

use std::collections::BTreeSet;

use super::net::{Missing, Net, ids_of, new_network, record};
use crate::functions::Call;
use crate::numbers::Numbers;
use crate::{Fault, Store, View};

pub(super) fn adjacency_matrix<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let net = Net::read(store, call, 0)?;
    let name = match call.option("weight") {
        None => "weight".to_owned(),
        Some(value) if store.view(value) == View::String => store.text(value).to_owned(),
        Some(_) => return Err(call.option_wanted(store, "weight", "a string")),
    };
    let nodes: Vec<usize> = match call.option("nodes") {
        None => (0..net.ids.len()).collect(),
        Some(value) => {
            let ids = ids_of(store, call, "nodes", value)?;
            ids.iter().map(|id| net.known(id)).collect::<Result<_, _>>()?
        }
    };
    let size = nodes.len();
    store.room(size.saturating_mul(size).saturating_mul(size_of::<f64>()))?;
    let weights = net.weights(store, call, &[&name], Missing::Default(1.0))?;
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); net.ids.len()];
    for (column, node) in nodes.iter().enumerate() {
        columns[*node].push(column);
    }
    let mut matrix = vec![0.0; size * size];
    for (row, node) in nodes.iter().enumerate() {
        for arc in net.graph.arcs(*node) {
            for column in &columns[arc.to] {
                matrix[row * size + column] += weights[arc.edge];
            }
        }
    }
    let names = net.names(store, &nodes)?;
    let matrix = store.new_tensor(&[size, size], &matrix)?;
    record(store, [("nodes", names), ("matrix", matrix)])
}

pub(super) fn from_matrix<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let (size, data) = match call.numbers(store, 0)? {
        Numbers::Real(shape, data) => match *shape {
            [rows, columns] if rows == columns => (rows, data.into_owned()),
            [0] => (0, Vec::new()),
            _ => {
                return Err(call.shape_error(format!("the matrix must be square, is {shape:?}")));
            }
        },
        Numbers::Complex(..) => return Err(call.type_error("the matrix must be real")),
    };
    if data.iter().any(|weight| weight.is_nan()) {
        return Err(call.value_error("the matrix has NaN entries"));
    }
    let directed = call.flag(store, "directed", true)?;
    let ids = match call.option("nodes") {
        None => (0..size).map(|node| node.to_string()).collect(),
        Some(value) => ids_of(store, call, "nodes", value)?,
    };
    let different: BTreeSet<&String> = ids.iter().collect();
    if ids.len() != size || different.len() != size {
        let count = different.len();
        let message = format!("the matrix has {size} rows, but there are {count} names of nodes");
        return Err(call.value_error(message));
    }
    let mut edges = Vec::new();
    for row in 0..size {
        let first = if directed { 0 } else { row };
        for column in first..size {
            let weight = data[row * size + column];
            if weight != 0.0 {
                let weight = store.number(weight);
                let properties = record(store, [("weight", weight)])?;
                edges.push(store.new_edge(&ids[row], &ids[column], directed, properties)?);
            }
        }
    }
    let empty: Result<Vec<S::Value>, Fault> = ids.iter().map(|_| store.new_record(&[])).collect();
    new_network(store, &ids, &empty?, &edges)
}
