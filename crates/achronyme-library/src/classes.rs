//! Which of many values are equal.

use std::collections::BTreeMap;

use crate::{Store, View, compare};

/// How deep and how long a value is looked into before it is compared with each other one.
const DEPTH_MAX: usize = 60;
const BYTES_MAX: usize = 1 << 24;

/// Values in classes of equal ones, which are numbered as they are first seen. Equal is what
/// [`compare::equal`] says, except that all NaN are one. Finding a class takes time in the length
/// of the value, where it has nothing but numbers, strings, truth values, nulls, and vectors,
/// tensors and records of them; for others also in the number of such classes.
#[derive(Debug)]
pub(crate) struct Classes<V> {
    known: BTreeMap<Vec<u8>, usize>,
    others: Vec<(V, usize)>,
    count: usize,
}

impl<V: Clone> Classes<V> {
    pub(crate) const fn new() -> Self {
        Self { known: BTreeMap::new(), others: Vec::new(), count: 0 }
    }

    /// The class of a value, if an equal one was seen.
    pub(crate) fn find<S: Store<Value = V>>(&self, store: &S, value: &V) -> Option<usize> {
        match key(store, value) {
            Some(key) => self.known.get(&key).copied(),
            None => self.find_other(store, value),
        }
    }

    /// The class of a value, which is the number of those before if none is equal.
    pub(crate) fn class<S: Store<Value = V>>(&mut self, store: &S, value: &V) -> usize {
        let next = self.count;
        let class = match key(store, value) {
            Some(key) => *self.known.entry(key).or_insert(next),
            None => self.find_other(store, value).unwrap_or_else(|| {
                self.others.push((value.clone(), next));
                next
            }),
        };
        self.count += usize::from(class == next);
        class
    }

    fn find_other<S: Store<Value = V>>(&self, store: &S, value: &V) -> Option<usize> {
        let known = self.others.iter().find(|known| compare::equal(store, &known.0, value));
        known.map(|known| known.1)
    }
}

/// Bytes that are the same for equal values. `None` for what has no such bytes.
fn key<S: Store>(store: &S, value: &S::Value) -> Option<Vec<u8>> {
    let mut key = Vec::new();
    write(store, value, DEPTH_MAX, &mut key)?;
    Some(key)
}

fn write<S: Store>(store: &S, value: &S::Value, depth: usize, key: &mut Vec<u8>) -> Option<()> {
    let deeper = depth.checked_sub(1)?;
    if key.len() > BYTES_MAX {
        return None;
    }
    match store.view(value) {
        View::Null => key.push(b'0'),
        View::Boolean(truth) => write_truth(truth, key),
        View::Number(number) => write_number(number, key),
        View::Complex(number) => write_complex(number, key),
        View::String => write_text(store.text(value), key),
        View::Vector => {
            let elements = store.elements(value);
            write_length(elements.len(), key);
            for element in elements {
                write(store, element, deeper, key)?;
            }
        }
        View::Tensor => {
            let is_mask = store.is_mask(value);
            let view = store.tensor(value)?;
            write_box(view.shape, view.data, key, &|number, key| {
                if is_mask { write_truth(*number != 0.0, key) } else { write_number(*number, key) }
            })?;
        }
        View::ComplexTensor => {
            let view = store.complex_tensor(value)?;
            write_box(view.shape, view.data, key, &|number, key| write_complex(*number, key))?;
        }
        View::Record => {
            let mut fields = store.fields(value);
            fields.sort_by_key(|field| field.name);
            key.push(b'{');
            key.extend(fields.len().to_le_bytes());
            for field in fields {
                write_text(field.name, key);
                write(store, &field.value, deeper, key)?;
            }
        }
        _ => return None,
    }
    Some(())
}

fn write_truth(truth: bool, key: &mut Vec<u8>) {
    key.push(if truth { b't' } else { b'f' });
}

fn write_number(number: f64, key: &mut Vec<u8>) {
    let number = if number.is_nan() { f64::NAN } else { number + 0.0 };
    key.push(b'n');
    key.extend(number.to_bits().to_le_bytes());
}

fn write_complex(number: crate::Complex, key: &mut Vec<u8>) {
    key.push(b'c');
    write_number(number.re, key);
    write_number(number.im, key);
}

fn write_text(text: &str, key: &mut Vec<u8>) {
    key.push(b's');
    key.extend(text.len().to_le_bytes());
    key.extend(text.as_bytes());
}

fn write_length(length: usize, key: &mut Vec<u8>) {
    key.push(b'[');
    key.extend(length.to_le_bytes());
}

/// A box as vectors of vectors, as deep as it has axes.
fn write_box<T>(
    shape: &[usize],
    data: &[T],
    key: &mut Vec<u8>,
    write: &impl Fn(&T, &mut Vec<u8>),
) -> Option<()> {
    let Some((length, rest)) = shape.split_first() else {
        write(data.first()?, key);
        return Some(());
    };
    if *length > BYTES_MAX || key.len() > BYTES_MAX {
        return None;
    }
    write_length(*length, key);
    let row = data.len() / (*length).max(1);
    for i in 0..*length {
        write_box(rest, data.get(i * row..(i + 1) * row).unwrap_or(&[]), key, write)?;
    }
    Some(())
}
