//! Cells as keys: which are equal, and which comes first.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::columns::len;
use crate::text::{self, Style};
use crate::{Store, View};

/// What is in a cell, for comparison. Equal cells have equal keys; all NaN are one, and so are the
/// two zeros.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The bits of a number, in such a way that they have its order.
    Number(u64),
    Truth(bool),
    Text(String),
    /// Anything else, by its text.
    Other(String),
    Missing,
}

impl Key {
    fn number(number: f64) -> Self {
        if number.is_nan() {
            return Self::Missing;
        }
        let bits = (number + 0.0).to_bits();
        // Of negative numbers, those with greater bits are less.
        Self::Number(if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
    }

    fn of<S: Store>(store: &S, value: &S::Value) -> Self {
        match store.view(value) {
            View::Null => Self::Missing,
            View::Number(number) => Self::number(number),
            View::Boolean(truth) => Self::Truth(truth),
            View::String => Self::Text(store.text(value).to_owned()),
            _ => Self::Other(text::show(store, value, Style::Echo).unwrap_or_default()),
        }
    }

    /// What is in the cell, in words; `None` if it is missing.
    pub(super) const fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Missing => None,
            Self::Number(_) => Some("numbers"),
            Self::Truth(_) => Some("truth values"),
            Self::Text(_) => Some("strings"),
            Self::Other(_) => Some("other values"),
        }
    }

    /// Which of two comes first; what is missing comes last in both directions.
    pub(super) fn order(&self, other: &Self, descending: bool) -> Ordering {
        match (self, other) {
            (Self::Missing, _) | (_, Self::Missing) => self.cmp(other),
            _ if descending => other.cmp(self),
            _ => self.cmp(other),
        }
    }
}

/// The keys of a column.
pub(super) fn keys<S: Store>(store: &S, column: &S::Value) -> Vec<Key> {
    if let Some(tensor) = store.tensor(column) {
        let is_mask = store.is_mask(column);
        let key = |x: &f64| if is_mask { Key::Truth(*x != 0.0) } else { Key::number(*x) };
        return tensor.data.iter().map(key).collect();
    }
    if let Some(tensor) = store.complex_tensor(column) {
        return tensor.data.iter().map(|z| Key::Other(format!("{} {}", z.re, z.im))).collect();
    }
    store.elements(column).iter().map(|value| Key::of(store, value)).collect()
}

/// The keys of rows, by some columns.
pub(super) fn row_keys<S: Store>(store: &S, by: &[&S::Value], count: usize) -> Vec<Vec<Key>> {
    let columns: Vec<Vec<Key>> = by.iter().map(|column| keys(store, column)).collect();
    debug_assert!(by.iter().all(|column| len(store, column) == count), "the table is sound");
    (0..count).map(|row| columns.iter().map(|keys| keys[row].clone()).collect()).collect()
}

/// The places of rows with equal keys, in the order in which they come up. O(n log n).
pub(super) fn groups<S: Store>(store: &S, by: &[&S::Value], count: usize) -> Vec<Vec<usize>> {
    let mut known: BTreeMap<Vec<Key>, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (row, key) in row_keys(store, by, count).into_iter().enumerate() {
        let next = groups.len();
        let group = *known.entry(key).or_insert(next);
        if group == next {
            groups.push(Vec::new());
        }
        groups[group].push(row);
    }
    groups
}
