//! Networks: records of nodes by name and of edges, read and made.

use std::collections::BTreeMap;

use achronyme_numeric::ErrorKind;
use achronyme_numeric::graph::{Edge, Graph};

use crate::functions::Call;
use crate::text::{self, Style};
use crate::{Fault, Store, View};

/// A network whose nodes and edges have numbers: nodes in the order of the record, then as edges
/// meet them.
pub(crate) struct Net<V> {
    /// The name of each node.
    pub(crate) ids: Vec<String>,
    /// The properties of each node.
    pub(crate) properties: Vec<V>,
    /// The edges as they are.
    pub(crate) edges: Vec<V>,
    /// What joins what.
    pub(crate) graph: Graph,
    numbers: BTreeMap<String, usize>,
}

/// What the weight of an edge without the property is.
#[derive(Clone, Copy)]
pub(super) enum Missing {
    /// This number.
    Default(f64),
    /// An error.
    Refused,
}

impl<V: Clone> Net<V> {
    /// The network at this place.
    pub(crate) fn read<S: Store<Value = V>>(
        store: &mut S,
        call: &Call<V>,
        place: usize,
    ) -> Result<Self, Fault> {
        let wanted = "a record of nodes (a record) and edges (a vector)";
        let wrong = |store: &S| call.wanted(store, place, wanted);
        let value = call.at(place)?.clone();
        let (Some(nodes), Some(edges)) =
            (store.field(&value, "nodes"), store.field(&value, "edges"))
        else {
            return Err(wrong(store));
        };
        if (store.view(&nodes), store.view(&edges)) != (View::Record, View::Vector) {
            return Err(wrong(store));
        }
        Self::new(store, call, Some(&nodes), &edges)
    }

    /// The network of these nodes, if there are any, and edges.
    pub(super) fn new<S: Store<Value = V>>(
        store: &mut S,
        call: &Call<V>,
        nodes: Option<&V>,
        edges: &V,
    ) -> Result<Self, Fault> {
        let empty = store.new_record(&[])?;
        let mut net = Self {
            ids: Vec::new(),
            properties: Vec::new(),
            edges: store.elements(edges).to_vec(),
            graph: Graph::new(0, Vec::new()),
            numbers: BTreeMap::new(),
        };
        for field in nodes.iter().flat_map(|nodes| store.fields(nodes)) {
            if store.view(&field.value) != View::Record {
                let found = store.kind(&field.value).name();
                let message =
                    format!("node '{}' must have a record of properties, got {found}", field.name);
                return Err(call.type_error(message));
            }
            net.number_or_add(field.name, &field.value);
        }
        let mut joined = Vec::with_capacity(net.edges.len());
        for edge in net.edges.clone() {
            let Some(view) = store.edge(&edge) else {
                let found = store.kind(&edge).name();
                return Err(call.type_error(format!("edges must be edges, got {found}")));
            };
            let from = net.number_or_add(view.from, &empty);
            let to = net.number_or_add(view.to, &empty);
            joined.push(Edge { from, to, directed: view.directed });
        }
        net.graph = Graph::new(net.ids.len(), joined);
        Ok(net)
    }

    /// The number of a node, which is new if it was not there.
    fn number_or_add(&mut self, id: &str, properties: &V) -> usize {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = self.ids.len();
        self.numbers.insert(id.to_owned(), number);
        self.ids.push(id.to_owned());
        self.properties.push(properties.clone());
        number
    }

    /// The number of a node, if there is one with this name.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    /// The number of the node that is named at this place.
    pub(super) fn node<S: Store<Value = V>>(
        &self,
        store: &S,
        call: &Call<V>,
        place: usize,
    ) -> Result<usize, Fault> {
        let known = self.known(&id(store, call, place)?);
        known.map_err(|fault| call.value_error(fault.message))
    }

    /// The number of a node.
    pub(super) fn known(&self, id: &str) -> Result<usize, Fault> {
        self.find(id).ok_or_else(|| Fault {
            kind: ErrorKind::Value.name(),
            message: format!("Node '{id}' not found in network"),
        })
    }

    /// The weights of the edges, by the first of these properties that an edge has.
    pub(super) fn weights<S: Store<Value = V>>(
        &self,
        store: &S,
        call: &Call<V>,
        names: &[&str],
        missing: Missing,
    ) -> Result<Vec<f64>, Fault> {
        let weights = self.edges.iter().map(|edge| match (property(store, edge, names), missing) {
            (Some(View::Number(weight)), _) => Ok(weight),
            (None | Some(View::Null), Missing::Default(weight)) => Ok(weight),
            (found, _) => {
                let names = names.join("' or '");
                let edge = text::show(store, edge, Style::Plain)?;
                let message = format!("edge {edge} has no numeric '{names}'");
                let is_missing = matches!(found, None | Some(View::Null));
                let error = if is_missing { Call::value_error } else { Call::type_error };
                Err(error(call, message))
            }
        });
        weights.collect()
    }

    /// As [`Net::weights`], none of them negative.
    pub(super) fn positive_weights<S: Store<Value = V>>(
        &self,
        store: &S,
        call: &Call<V>,
        names: &[&str],
        missing: Missing,
    ) -> Result<Vec<f64>, Fault> {
        let weights = self.weights(store, call, names, missing)?;
        for (edge, weight) in self.edges.iter().zip(&weights) {
            if weight.is_nan() || *weight < 0.0 {
                let edge = text::show(store, edge, Style::Plain)?;
                return Err(call.value_error(format!("the weight of edge {edge} is negative")));
            }
        }
        Ok(weights)
    }

    /// Whether an edge has the property.
    pub(super) fn is_weighted<S: Store<Value = V>>(&self, store: &S, name: &str) -> bool {
        let weight = |edge| property(store, edge, &[name]);
        self.edges.iter().any(|edge| !matches!(weight(edge), None | Some(View::Null)))
    }

    /// A vector of the names of nodes.
    pub(crate) fn names<S: Store<Value = V>>(
        &self,
        store: &mut S,
        nodes: &[usize],
    ) -> Result<V, Fault> {
        let names: Result<Vec<V>, Fault> =
            nodes.iter().map(|node| store.new_string(&self.ids[*node])).collect();
        store.new_vector(&names?)
    }

    /// The names of nodes, sorted.
    pub(super) fn sorted_names<S: Store<Value = V>>(
        &self,
        store: &mut S,
        nodes: &[usize],
    ) -> Result<V, Fault> {
        let mut nodes = nodes.to_vec();
        nodes.sort_by_key(|node| &self.ids[*node]);
        self.names(store, &nodes)
    }
}

/// The property of an edge that has the first of these names.
fn property<S: Store>(store: &S, edge: &S::Value, names: &[&str]) -> Option<View> {
    let properties = store.edge(edge)?.properties;
    names.iter().find_map(|name| store.field(&properties, name)).map(|value| store.view(&value))
}

/// The name of a node that an argument is: a string, or a number as one writes it.
pub(super) fn id<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<String, Fault> {
    let value = call.at(place)?;
    id_of(store, value)?.ok_or_else(|| call.wanted(store, place, "the name of a node"))
}

/// The name of a node that a value is.
pub(super) fn id_of<S: Store>(store: &S, value: &S::Value) -> Result<Option<String>, Fault> {
    match store.view(value) {
        View::String | View::Number(_) => text::show(store, value, Style::Plain).map(Some),
        _ => Ok(None),
    }
}

/// The names of nodes in a vector. Numbers may lie in a tensor.
pub(super) fn ids_of<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    name: &str,
    value: &S::Value,
) -> Result<Vec<String>, Fault> {
    let wrong = || call.type_error(format!("{name} must be a vector of names of nodes"));
    if let Some(tensor) = store.tensor(value) {
        let names = tensor.data.iter().map(|number| {
            let mut text = String::new();
            text::write_number(&mut text, *number);
            text
        });
        return Ok(names.collect());
    }
    if store.view(value) != View::Vector {
        return Err(wrong());
    }
    store.elements(value).iter().map(|id| id_of(store, id)?.ok_or_else(wrong)).collect()
}

/// A network of nodes with their properties, and edges.
pub(crate) fn new_network<S: Store>(
    store: &mut S,
    ids: &[String],
    properties: &[S::Value],
    edges: &[S::Value],
) -> Result<S::Value, Fault> {
    let fields: Vec<(&str, S::Value, bool)> = ids
        .iter()
        .zip(properties)
        .map(|(id, properties)| (id.as_str(), properties.clone(), false))
        .collect();
    let nodes = store.new_record(&fields)?;
    let edges = store.new_vector(edges)?;
    record(store, [("nodes", nodes), ("edges", edges)])
}

/// A record of these fields.
pub(crate) fn record<S: Store, const COUNT: usize>(
    store: &mut S,
    fields: [(&str, S::Value); COUNT],
) -> Result<S::Value, Fault> {
    store.new_record(&fields.map(|(name, value)| (name, value, false)))
}
