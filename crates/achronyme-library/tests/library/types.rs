//! Whether values have types.

use crate::heap::{Heap, Value};
use achronyme_library::types::{check, name, of};
use achronyme_library::{Element, FieldType, Kind, Type};

fn record(fields: &[(&str, bool, Type)]) -> Type {
    let fields = fields.iter().map(|(name, optional, annotation)| FieldType {
        name: (*name).to_owned(),
        optional: *optional,
        mutable: false,
        annotation: annotation.clone(),
    });
    Type::Record(fields.collect())
}

const NUMBER: Type = Type::Kind(Kind::Number);
const NULL: Type = Type::Kind(Kind::Null);

#[test]
fn records_are_checked_by_their_fields() {
    let heap = &mut Heap::default();
    let ty = record(&[("a", false, NUMBER), ("b", true, Type::Kind(Kind::String))]);
    let one = Value::Number(1.0);
    let good = heap.record(&[("z", Value::Null), ("a", one)]);
    let wrong = heap.record(&[("a", one), ("b", one)]);
    let missing = heap.record(&[]);
    assert!(check(heap, &[], &ty, &good));
    assert!(!check(heap, &[], &ty, &wrong));
    assert!(!check(heap, &[], &ty, &missing));
    assert!(!check(heap, &[], &ty, &one));
}

#[test]
fn tensors_are_checked_by_element_and_shape() {
    let heap = &mut Heap::default();
    let m = heap.tensor(&[2, 3], &[0.0; 6]);
    let v = heap.numbers(&[1.0]);
    let ty = |element, shape| Type::Tensor { element, shape };
    let any_three = || Some(vec![None, Some(3)]);
    assert!(check(heap, &[], &ty(Element::Number, None), &m));
    assert!(check(heap, &[], &ty(Element::Any, any_three()), &m));
    assert!(!check(heap, &[], &ty(Element::Complex, None), &m));
    assert!(!check(heap, &[], &ty(Element::Number, Some(vec![None])), &m));
    assert!(!check(heap, &[], &ty(Element::Number, None), &v));
}

#[test]
fn functions_are_checked_by_how_many_values_they_take() {
    let heap = &mut Heap::default();
    let function =
        |count| Type::Function { parameters: vec![Type::Any; count], result: Box::new(Type::Any) };
    let two = heap.function(2);
    let max = Value::Builtin(achronyme_library::find("max").unwrap());
    let sin = Value::Builtin(achronyme_library::find("sin").unwrap());
    assert!(check(heap, &[], &function(2), &two));
    assert!(check(heap, &[], &function(0), &two));
    assert!(!check(heap, &[], &function(1), &two));
    assert!(check(heap, &[], &function(1), &sin));
    assert!(!check(heap, &[], &function(2), &sin));
    assert!(check(heap, &[], &function(5), &max));
}

/// `type L = {v: Number, next: L | null}`
fn list() -> Vec<Type> {
    let next = Type::Union(vec![Type::Alias(0), NULL]);
    vec![record(&[("v", false, NUMBER), ("next", false, next)])]
}

#[test]
fn recursive_aliases_are_followed_as_deep_as_the_value_is() {
    let heap = &mut Heap::default();
    let aliases = list();
    let mut good = Value::Null;
    for _ in 0..200_000 {
        good = heap.record(&[("v", Value::Number(1.0)), ("next", good)]);
    }
    assert!(check(heap, &aliases, &Type::Alias(0), &good));
    let mut bad = heap.record(&[("v", Value::Null), ("next", Value::Null)]);
    for _ in 0..200_000 {
        bad = heap.record(&[("v", Value::Number(1.0)), ("next", bad)]);
    }
    assert!(!check(heap, &aliases, &Type::Alias(0), &bad));
}

#[test]
fn records_that_contain_themselves_are_checked_once() {
    let heap = &mut Heap::default();
    let aliases = list();
    let ring = heap.record(&[("v", Value::Number(1.0)), ("next", Value::Null)]);
    heap.set_field(ring, "next", ring);
    assert!(check(heap, &aliases, &Type::Alias(0), &ring));
    heap.set_field(ring, "v", Value::Null);
    assert!(!check(heap, &aliases, &Type::Alias(0), &ring));
}

#[test]
fn an_assumption_that_fails_takes_back_what_rested_on_it() {
    // A = {next: B, v: Number} | null, B = {next: A}: the inner check of `b` leans on `a`, which
    // then fails at `v`; asked alone, `b` must fail as well.
    let heap = &mut Heap::default();
    let a_type = record(&[("v", false, NUMBER), ("next", false, Type::Alias(1))]);
    let b_type = record(&[("next", false, Type::Alias(0))]);
    let aliases = vec![a_type, b_type];
    let a = heap.record(&[("v", Value::Null), ("next", Value::Null)]);
    let b = heap.record(&[("next", a)]);
    heap.set_field(a, "next", b);
    let either = Type::Union(vec![Type::Alias(0), record(&[("next", false, Type::Alias(1))])]);
    assert!(!check(heap, &aliases, &either, &a));
    assert!(!check(heap, &aliases, &Type::Alias(1), &b));
}

#[test]
fn aliases_that_only_lead_to_themselves_hold_nothing() {
    let heap = &mut Heap::default();
    let aliases = vec![Type::Alias(1), Type::Union(vec![Type::Alias(0), NULL])];
    let record = heap.record(&[]);
    assert!(check(heap, &aliases, &Type::Alias(0), &Value::Null));
    assert!(!check(heap, &aliases, &Type::Alias(0), &Value::Number(1.0)));
    let lone = vec![Type::Alias(0)];
    assert!(!check(heap, &lone, &Type::Alias(0), &record));
}

#[test]
fn types_are_written_as_users_write_them() {
    let heap = &mut Heap::default();
    let function = Type::Function { parameters: vec![NUMBER], result: Box::new(NUMBER) };
    let tensor = Type::Tensor { element: Element::Number, shape: Some(vec![Some(2), None]) };
    let all = record(&[
        ("f", false, function),
        ("t", true, tensor),
        ("u", false, Type::Union(vec![NUMBER, NULL])),
        ("l", false, Type::Alias(0)),
    ]);
    assert_eq!(
        name(&["L"], &all),
        "{f: (Number) => Number, t?: Tensor<Number, [2, _]>, u: Number | null, l: L}"
    );
    let n = heap.string("x");
    let value = heap.record(&[("n", n)]);
    let matrix = heap.tensor(&[1, 2], &[1.0, 2.0]);
    assert_eq!(of(heap, &value), "{n: String}");
    assert_eq!(of(heap, &matrix), "Tensor<Number, [1, 2]>");
}
