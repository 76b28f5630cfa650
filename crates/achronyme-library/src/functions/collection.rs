//! Collections as sets, and what is native of the functions that put collections in order and in
//! groups.

use std::cmp::Ordering;

use achronyme_numeric::ErrorKind;

use super::array::items;
use crate::builtin::row::rows;
use crate::classes::Classes;
use crate::text::{self, Style};
use crate::{Fault, Store, View, builtin, change};

rows! {
    /// The elements that one of two vectors has, or both, each once, as they are first seen. Elements
    /// are compared as by `==`, but all NaN are one; of a tensor they are its rows.
    ///
    /// `union([1, 2, 1], [2, 3])` → `[1, 2, 3]`
    780 union("a, b") "collections" library union;
    /// The elements that two vectors have in common, each once, in the order of the first.
    ///
    /// `intersection([1, 2, 3, 2], [2, 3, 9])` → `[2, 3]`
    781 intersection("a, b") "collections" library intersection;
    /// The elements of a vector that another does not have, each once.
    ///
    /// `difference([1, 2, 3, 1], [2])` → `[1, 3]`
    782 difference("a, b") "collections" library difference;
    /// The elements that only one of two vectors has, each once: first those of the first.
    ///
    /// `symmetric_difference([1, 2], [2, 3])` → `[1, 3]`
    783 symmetric_difference("a, b") "collections" library symmetric_difference;
    /// Whether the second vector has every element of the first.
    ///
    /// `is_subset([2, 2], [1, 2])` → `true`
    784 is_subset("a, b") "collections" library is_subset;
    /// The places of keys in their order.
    785 _key_order("function, keys, descending") "" library key_order;
    /// The place of the least key, or of the largest.
    786 _key_extreme("function, keys, largest") "" library key_extreme;
    /// Items in groups of equal keys.
    787 _grouped("keys, items, output") "" library grouped;
    /// Pairs of numbers from `start` on and items.
    788 _numbered("items, start") "" library numbered;
    /// With how many values a function is called where it may have more than one.
    789 _parameters("function, limit") "" library parameters;
}

fn fault(kind: ErrorKind, name: &str, message: impl std::fmt::Display) -> Fault {
    Fault { kind: kind.name(), message: format!("{name}: {message}") }
}

/// The items of both arguments.
fn both<S: Store>(
    store: &mut S,
    name: &str,
    arguments: &[S::Value],
) -> Result<[Vec<S::Value>; 2], Fault> {
    Ok([items(store, name, &arguments[0])?, items(store, name, &arguments[1])?])
}

fn classes<S: Store>(store: &S, items: &[S::Value]) -> Classes<S::Value> {
    let mut classes = Classes::new();
    for item in items {
        classes.class(store, item);
    }
    classes
}

/// The items of a list that others have, or have not, each once.
fn chosen<S: Store>(
    store: &S,
    from: &[S::Value],
    others: &[S::Value],
    is_in: bool,
) -> Vec<S::Value> {
    let others = classes(store, others);
    let mut seen = Classes::new();
    let mut kept = Vec::new();
    for item in from {
        if others.find(store, item).is_some() == is_in && seen.class(store, item) == kept.len() {
            kept.push(item.clone());
        }
    }
    kept
}

fn union<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [mut all, more] = both(store, "union", arguments)?;
    all.extend(more);
    let union = chosen(store, &all, &[], false);
    store.new_vector(&union)
}

fn intersection<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [a, b] = both(store, "intersection", arguments)?;
    let common = chosen(store, &a, &b, true);
    store.new_vector(&common)
}

fn difference<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [a, b] = both(store, "difference", arguments)?;
    let left = chosen(store, &a, &b, false);
    store.new_vector(&left)
}

fn symmetric_difference<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
) -> Result<S::Value, Fault> {
    let [a, b] = both(store, "symmetric_difference", arguments)?;
    let mut only = chosen(store, &a, &b, false);
    only.extend(chosen(store, &b, &a, false));
    store.new_vector(&only)
}

fn is_subset<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [a, b] = both(store, "is_subset", arguments)?;
    let b = classes(store, &b);
    let is_subset = a.iter().all(|item| b.find(store, item).is_some());
    Ok(store.boolean(is_subset))
}

/// Whether keys can be put in an order, and the first of them that has none with the first one.
fn check_keys<S: Store>(store: &S, name: &str, keys: &[S::Value]) -> Result<(), Fault> {
    let kind = |key: &S::Value| match store.view(key) {
        View::Tensor => View::Vector.kind(),
        view => view.kind(),
    };
    let Some(first) = keys.first() else { return Ok(()) };
    let orderless = |key: &&S::Value| {
        !matches!(
            store.view(key),
            View::Number(_) | View::Boolean(_) | View::String | View::Vector | View::Tensor
        )
    };
    if let Some(key) = keys.iter().find(orderless) {
        let found = store.kind(key).name();
        let message = format!("keys must be numbers, strings, or vectors of them, got {found}");
        return Err(fault(ErrorKind::Type, name, message));
    }
    if let Some(other) = keys.iter().find(|key| kind(key) != kind(first)) {
        let (a, b) = (store.kind(first).name(), store.kind(other).name());
        let message = format!("keys {a} and {b} have no order between them");
        return Err(fault(ErrorKind::Type, name, message));
    }
    Ok(())
}

/// A key as what is compared.
enum Key {
    Number(f64),
    Text(String),
    /// Compared part by part; a shorter one comes first.
    Parts(Vec<Self>),
}

/// How deep keys may lie in vectors.
const DEPTH_MAX: usize = 20;

impl Key {
    fn new<S: Store>(
        store: &mut S,
        name: &str,
        value: &S::Value,
        depth: usize,
    ) -> Result<Self, Fault> {
        match store.view(value) {
            View::Number(number) => Ok(Self::Number(number)),
            View::Boolean(truth) => Ok(Self::Number(f64::from(u8::from(truth)))),
            View::String => Ok(Self::Text(store.text(value).to_owned())),
            View::Vector | View::Tensor if depth > 0 => {
                let parts = items(store, name, value)?;
                let parts = parts.iter().map(|part| Self::new(store, name, part, depth - 1));
                parts.collect::<Result<_, _>>().map(Self::Parts)
            }
            view => {
                let found = view.kind().name();
                let message = format!("parts of keys must be numbers or strings, got {found}");
                Err(fault(ErrorKind::Type, name, message))
            }
        }
    }

    /// The order of two keys; `last` is that of NaN and what is none.
    fn order(&self, other: &Self, descending: bool) -> Ordering {
        let turned = |order: Ordering| if descending { order.reverse() } else { order };
        match (self, other) {
            (Self::Number(x), Self::Number(y)) => match x.partial_cmp(y) {
                Some(order) => turned(order),
                // NaN is last in either direction.
                None => change::numbers(*x, *y),
            },
            (Self::Text(x), Self::Text(y)) => turned(x.cmp(y)),
            (Self::Parts(x), Self::Parts(y)) => {
                let mut orders = x.iter().zip(y).map(|(x, y)| x.order(y, descending));
                let first = orders.find(|order| order.is_ne());
                first.unwrap_or_else(|| turned(x.len().cmp(&y.len())))
            }
            (x, y) => turned(x.rank().cmp(&y.rank())),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Parts(_) => 2,
        }
    }

    /// Whether it is NaN, or has one.
    fn is_nan(&self) -> bool {
        match self {
            Self::Number(number) => number.is_nan(),
            Self::Text(_) => false,
            Self::Parts(parts) => parts.iter().any(Self::is_nan),
        }
    }
}

/// The name of the function, and its keys.
fn keys<S: Store>(
    store: &mut S,
    name: &S::Value,
    keys: &S::Value,
) -> Result<(String, Vec<Key>), Fault> {
    let name = store.text(name).to_owned();
    let values = items(store, &name, keys)?;
    check_keys(store, &name, &values)?;
    let keys: Result<Vec<Key>, Fault> =
        values.iter().map(|key| Key::new(store, &name, key, DEPTH_MAX)).collect();
    Ok((name, keys?))
}

fn key_order<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [name, given, descending] = arguments else {
        return Err(Fault::new("_key_order() takes three arguments"));
    };
    let (name, keys) = keys(store, name, given)?;
    let View::Boolean(descending) = store.view(descending) else {
        let found = store.kind(descending).name();
        let message = format!("descending must be true or false, got {found}");
        return Err(fault(ErrorKind::Type, &name, message));
    };
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| keys[*a].order(&keys[*b], descending));
    places(store, &order)
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn places<S: Store>(store: &mut S, places: &[usize]) -> Result<S::Value, Fault> {
    let places: Vec<S::Value> = places.iter().map(|at| store.number(*at as f64)).collect();
    store.new_vector(&places)
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn key_extreme<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [name, given, largest] = arguments else {
        return Err(Fault::new("_key_extreme() takes three arguments"));
    };
    let (name, keys) = keys(store, name, given)?;
    let wanted =
        if store.view(largest) == View::Boolean(true) { Ordering::Greater } else { Ordering::Less };
    let mut best: Option<usize> = None;
    for (place, key) in keys.iter().enumerate().filter(|(_, key)| !key.is_nan()) {
        if best.is_none_or(|best| key.order(&keys[best], false) == wanted) {
            best = Some(place);
        }
    }
    match best {
        Some(place) => Ok(store.number(place as f64)),
        None if keys.is_empty() => Err(fault(ErrorKind::Value, &name, "empty input")),
        None => Err(fault(ErrorKind::Value, &name, "all keys are NaN")),
    }
}

fn grouped<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [keys, values, output] = arguments else {
        return Err(Fault::new("_grouped() takes three arguments"));
    };
    let name = "group_by";
    let by_name = match store.view(output) {
        View::String if store.text(output) == "vector" => false,
        View::String if store.text(output) == "record" => true,
        _ => {
            let found = text::show(store, output, Style::Echo)?;
            let message = format!("output must be one of vector, record, got {found}");
            return Err(fault(ErrorKind::Value, name, message));
        }
    };
    let keys = items(store, name, keys)?;
    let values = items(store, name, values)?;
    let mut classes = Classes::new();
    let mut groups: Vec<(S::Value, Vec<S::Value>)> = Vec::new();
    for (key, value) in keys.into_iter().zip(values) {
        let key = if by_name {
            let shown = text::show(store, &key, Style::Plain)?;
            store.new_string(&shown)?
        } else {
            key
        };
        let class = classes.class(store, &key);
        match groups.get_mut(class) {
            Some(group) => group.1.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    let mut made = Vec::with_capacity(groups.len());
    for (key, values) in groups {
        made.push((key, store.new_vector(&values)?));
    }
    if by_name {
        let names: Vec<String> = made.iter().map(|group| store.text(&group.0).to_owned()).collect();
        let fields = names.iter().zip(made);
        let fields: Vec<_> = fields.map(|(name, group)| (&**name, group.1, false)).collect();
        return store.new_record(&fields);
    }
    let records: Result<Vec<S::Value>, Fault> = made
        .into_iter()
        .map(|(key, items)| store.new_record(&[("key", key, false), ("items", items, false)]))
        .collect();
    store.new_vector(&records?)
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn numbered<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let name = "enumerate";
    let start = match store.view(&arguments[1]) {
        View::Number(start) if crate::numbers::is_integer(start) => start,
        View::Number(start) => {
            let message = format!("start must be an integer, got {start}");
            return Err(fault(ErrorKind::Value, name, message));
        }
        view => {
            let message = format!("start must be a number, got {}", view.kind().name());
            return Err(fault(ErrorKind::Type, name, message));
        }
    };
    let items = items(store, name, &arguments[0])?;
    let mut pairs = Vec::with_capacity(items.len());
    for (i, item) in items.into_iter().enumerate() {
        let number = store.number(start + i as f64);
        pairs.push(store.new_vector(&[number, item])?);
    }
    store.new_vector(&pairs)
}

fn parameters<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let limit = match store.view(&arguments[1]) {
        View::Number(limit) => limit,
        _ => 1.0,
    };
    let count = match store.view(&arguments[0]) {
        View::Function { parameters } => f64::from(parameters),
        View::Builtin(index) => {
            builtin(index).map_or(1.0, |builtin| f64::from(builtin.arity.min).max(1.0))
        }
        _ => 1.0,
    };
    Ok(store.number(count.min(limit)))
}
