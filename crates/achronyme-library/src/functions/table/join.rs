//! Two tables side by side.

use std::collections::BTreeMap;

use super::columns::{Table, cell, of_cells, taken, texts};
use super::key::{Key, row_keys};
use crate::functions::Call;
use crate::{Fault, Store};

/// Rows of the one and the other table that stand side by side.
type Pairs = Vec<(Option<usize>, Option<usize>)>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Inner,
    Left,
    Right,
    Outer,
}

const HOWS: [(&str, How); 4] =
    [("inner", How::Inner), ("left", How::Left), ("right", How::Right), ("outer", How::Outer)];

/// `join_tables`
pub(super) fn join<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let left = Table::read(store, call, 0)?;
    let right = Table::read(store, call, 1)?;
    let on = texts(store, call, 2)?;
    let how = HOWS[call.choice(store, "how", &HOWS.map(|it| it.0))?].1;
    let by = |table: &Table<S::Value>| {
        let places = on.iter().map(|name| table.place(call, name));
        places.collect::<Result<Vec<usize>, Fault>>()
    };
    let (by_left, by_right) = (by(&left)?, by(&right)?);
    let keys = |table: &Table<S::Value>, by: &[usize]| {
        let columns: Vec<&S::Value> = by.iter().map(|place| &table.columns[*place]).collect();
        row_keys(store, &columns, table.count)
    };
    let pairs = match how {
        How::Right => {
            let pairs = pairs(&keys(&right, &by_right), &keys(&left, &by_left), true, false);
            pairs.into_iter().map(|(b, a)| (a, b)).collect()
        }
        How::Inner | How::Left | How::Outer => {
            let (keeps_left, keeps_right) = (how != How::Inner, how == How::Outer);
            pairs(&keys(&left, &by_left), &keys(&right, &by_right), keeps_left, keeps_right)
        }
    };
    store.room(pairs.len().saturating_mul(16 * (left.names.len() + right.names.len())))?;
    let on_left: Vec<Option<usize>> = pairs.iter().map(|pair| pair.0).collect();
    let on_right: Vec<Option<usize>> = pairs.iter().map(|pair| pair.1).collect();
    let mut joined = Table { names: Vec::new(), columns: Vec::new(), count: pairs.len() };
    for (place, (name, column)) in left.names.iter().zip(&left.columns).enumerate() {
        let key = by_left.iter().position(|it| *it == place).map(|at| &right.columns[by_right[at]]);
        joined.names.push(name.clone());
        joined.columns.push(match key {
            Some(other) if on_left.contains(&None) => either(store, &pairs, column, other)?,
            _ => taken(store, column, &on_left)?,
        });
    }
    for (place, (name, column)) in right.names.iter().zip(&right.columns).enumerate() {
        if by_right.contains(&place) {
            continue;
        }
        let mut name = name.clone();
        while joined.names.contains(&name) {
            name.push_str("_right");
        }
        joined.names.push(name);
        joined.columns.push(taken(store, column, &on_right)?);
    }
    joined.value(store)
}

/// Rows with equal keys, in the order of the first table and then the second; and rows without a
/// partner where they are kept, those of the second table at the end. O(n log n + result).
fn pairs(a: &[Vec<Key>], b: &[Vec<Key>], keeps_a: bool, keeps_b: bool) -> Pairs {
    let mut places: BTreeMap<&[Key], Vec<usize>> = BTreeMap::new();
    for (row, key) in b.iter().enumerate() {
        places.entry(key).or_default().push(row);
    }
    let mut pairs = Vec::new();
    let mut has_partner = vec![false; b.len()];
    for (row, key) in a.iter().enumerate() {
        match places.get(key.as_slice()) {
            Some(partners) => {
                for partner in partners {
                    has_partner[*partner] = true;
                    pairs.push((Some(row), Some(*partner)));
                }
            }
            None if keeps_a => pairs.push((Some(row), None)),
            None => {}
        }
    }
    if keeps_b {
        pairs.extend((0..b.len()).filter(|row| !has_partner[*row]).map(|row| (None, Some(row))));
    }
    pairs
}

/// The cells of the first column, and of the second where the first has none.
fn either<S: Store>(
    store: &mut S,
    pairs: &Pairs,
    a: &S::Value,
    b: &S::Value,
) -> Result<S::Value, Fault> {
    let mut cells = Vec::with_capacity(pairs.len());
    for pair in pairs {
        cells.push(match pair {
            (Some(row), _) => cell(store, a, *row)?,
            (None, Some(row)) => cell(store, b, *row)?,
            (None, None) => store.null(),
        });
    }
    of_cells(store, &cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(texts: &[&str]) -> Vec<Vec<Key>> {
        texts.iter().map(|text| vec![Key::Text((*text).to_owned())]).collect()
    }

    #[test]
    fn rows_with_equal_keys_stand_side_by_side() {
        let (a, b) = (keys(&["x", "y", "x"]), keys(&["z", "x", "x"]));
        let both = [(0, 1), (0, 2), (2, 1), (2, 2)].map(|(a, b)| (Some(a), Some(b))).to_vec();
        assert_eq!(pairs(&a, &b, false, false), both);
        let mut outer = both;
        outer.insert(2, (Some(1), None));
        outer.push((None, Some(0)));
        assert_eq!(pairs(&a, &b, true, true), outer);
    }
}
