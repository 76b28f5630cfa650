//! Equality of any two values.

use crate::heap::{Heap, Value};
use achronyme_library::compare::equal;
use achronyme_library::{Store as _, truth};
use proptest::prelude::*;

#[test]
fn arrays_are_equal_by_their_numbers_whatever_holds_them() {
    let heap = &mut Heap::default();
    let rows = [heap.numbers(&[1.0, 2.0]), heap.tensor(&[2], &[3.0, 4.0])];
    let nested = heap.vector(&rows);
    let matrix = heap.tensor(&[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    let flat = heap.numbers(&[1.0, 2.0, 3.0, 4.0]);
    assert!(equal(heap, &nested, &matrix));
    assert!(equal(heap, &matrix, &nested));
    assert!(!equal(heap, &flat, &matrix));
    let complex = [heap.complex(1.0, 0.0), heap.complex(2.0, 0.0)];
    let complex = heap.vector(&complex);
    assert!(!equal(heap, &complex, &rows[0]));
}

#[test]
fn records_are_equal_by_their_fields_in_any_order() {
    let heap = &mut Heap::default();
    let a = heap.record(&[("a", Value::Number(1.0)), ("b", Value::Null)]);
    let b = heap.record(&[("b", Value::Null), ("a", Value::Number(1.0))]);
    let c = heap.record(&[("a", Value::Number(1.0))]);
    assert!(equal(heap, &a, &b));
    assert!(!equal(heap, &a, &c));
}

#[test]
fn functions_are_equal_to_themselves_only() {
    let heap = &mut Heap::default();
    let (f, g) = (heap.function(1), heap.function(1));
    assert!(equal(heap, &f, &f));
    assert!(!equal(heap, &f, &g));
    assert!(equal(heap, &Value::Builtin(1), &Value::Builtin(1)));
    assert!(!equal(heap, &Value::Null, &Value::Boolean(false)));
}

#[test]
fn comparing_what_contains_itself_ends() {
    let heap = &mut Heap::default();
    let mut ring = |number: f64, length: usize| {
        let mut next = Value::Null;
        let mut first = Value::Null;
        for i in 0..length {
            next = heap.record(&[("n", Value::Number(number)), ("next", next)]);
            if i == 0 {
                first = next;
            }
        }
        heap.set_field(first, "next", next);
        next
    };
    let (two, three, other) = (ring(1.0, 2), ring(1.0, 3), ring(2.0, 3));
    assert!(equal(heap, &two, &three));
    assert!(!equal(heap, &two, &other));
}

#[test]
fn comparing_what_is_shared_many_times_over_ends() {
    let heap = &mut Heap::default();
    let (mut a, mut b) = (heap.numbers(&[1.0]), heap.numbers(&[1.0]));
    for _ in 0..100 {
        a = heap.vector(&[a, a]);
        b = heap.vector(&[b, b]);
    }
    assert!(equal(heap, &a, &b));
}

#[test]
fn what_is_false_is_told_from_what_is_true() {
    let heap = &mut Heap::default();
    let empty = heap.string("");
    let blank = heap.string(" ");
    let vector = heap.vector(&[]);
    let falsy = [Value::Null, Value::Boolean(false), Value::Number(0.0), Value::Number(-0.0)];
    for value in falsy.into_iter().chain([Value::Number(f64::NAN), empty]) {
        assert!(!truth::truthy(heap, &value), "{value:?}");
    }
    for value in [Value::Boolean(true), Value::Number(0.1), blank, vector] {
        assert!(truth::truthy(heap, &value), "{value:?}");
    }
}

/// A value described by a number, of any kind and a little deep.
fn build(heap: &mut Heap, seeds: &[u8], depth: usize) -> Value {
    let (seed, rest) = seeds.split_first().map_or((0, &[][..]), |(seed, rest)| (*seed, rest));
    let half = rest.len() / 2;
    match seed % if depth == 0 { 5 } else { 9 } {
        0 => Value::Null,
        1 => Value::Boolean(seed > 100),
        2 => Value::Number(f64::from(seed / 64)),
        3 => heap.string(if seed > 100 { "a" } else { "b" }),
        4 => heap.complex(1.0, f64::from(seed / 128)),
        5 => heap.numbers(&[1.0, f64::from(seed / 128)]),
        6 => heap.tensor(&[2], &[1.0, f64::from(seed / 128)]),
        7 => {
            let parts =
                [build(heap, &rest[..half], depth - 1), build(heap, &rest[half..], depth - 1)];
            heap.vector(&parts)
        }
        _ => {
            let a = build(heap, &rest[..half], depth - 1);
            let b = build(heap, &rest[half..], depth - 1);
            if seed > 100 {
                heap.record(&[("a", a), ("b", b)])
            } else {
                heap.record(&[("b", b), ("a", a)])
            }
        }
    }
}

proptest! {
    #[test]
    fn equality_is_an_equivalence(
        x in prop::collection::vec(any::<u8>(), 0..8),
        y in prop::collection::vec(any::<u8>(), 0..8),
        z in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let heap = &mut Heap::default();
        let [x, y, z] = [x, y, z].map(|seeds| build(heap, &seeds, 3));
        prop_assert!(equal(heap, &x, &x));
        prop_assert_eq!(equal(heap, &x, &y), equal(heap, &y, &x));
        if equal(heap, &x, &y) && equal(heap, &y, &z) {
            prop_assert!(equal(heap, &x, &z));
        }
        if equal(heap, &x, &y) {
            prop_assert_eq!(heap.echo(x), heap.echo(y));
        }
    }
}

#[test]
fn a_nan_differs_from_itself() {
    let heap = &mut Heap::default();
    let vector = heap.numbers(&[f64::NAN]);
    assert!(!equal(heap, &vector, &vector));
    assert_eq!(heap.kind(&vector).name(), "Vector");
}
