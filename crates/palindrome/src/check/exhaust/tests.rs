//! Coverage against a twin that tries all values of small types.

use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::types::{UnionId, Variant};

/// `type Tree = Leaf | Node(Tree, Bool)` and `type Pair = Pair(Bool, Bool?)`.
fn unions() -> Vec<Union> {
    let tree = Type::Union(UnionId(0), Rc::from([]));
    let variant = |name: &str, fields: Vec<Type>| Variant { name: Rc::from(name), fields };
    let union =
        |name: &str, variants| Union { name: Rc::from(name), parameters: Vec::new(), variants };
    vec![
        union("Tree", vec![variant("Leaf", vec![]), variant("Node", vec![tree, Type::BOOL])]),
        union("Pair", vec![variant("Pair", vec![Type::BOOL, Type::optional(Type::BOOL)])]),
    ]
}

/// All shapes of values of a type with at most `depth` constructors inside of each other.
fn values(of: &Type, depth: usize, unions: &[Union]) -> Vec<Shape> {
    let Some(less) = depth.checked_sub(1) else { return Vec::new() };
    let mut found = Vec::new();
    for constructor in Constructor::all(of, unions).unwrap_or_default() {
        let mut rows = vec![Vec::new()];
        for field in constructor.fields(of, unions) {
            let inside = values(&field, less, unions);
            rows = rows
                .into_iter()
                .flat_map(|row: Vec<Shape>| {
                    inside.iter().map(move |one| row.iter().cloned().chain([one.clone()]).collect())
                })
                .collect();
        }
        found.extend(rows.into_iter().map(|row| Shape::Make(constructor.clone(), row)));
    }
    found
}

fn takes(pattern: &Shape, value: &Shape) -> bool {
    match (pattern, value) {
        (Shape::Any, _) => true,
        (Shape::OneOf(several), _) => several.iter().any(|one| takes(one, value)),
        (Shape::Make(a, inside), Shape::Make(b, parts)) => {
            a == b && inside.iter().zip(parts).all(|(one, part)| takes(one, part))
        }
        (Shape::Make(..), _) => false,
    }
}

/// A pattern of the type, made from numbers.
fn pattern(of: &Type, choices: &mut std::slice::Iter<'_, u8>, depth: usize) -> Shape {
    let choice = usize::from(choices.next().copied().unwrap_or_default());
    let all = Constructor::all(of, &unions()).unwrap_or_default();
    if depth == 0 || choice % 4 == 0 || all.is_empty() {
        return Shape::Any;
    }
    if choice % 11 == 10 {
        return Shape::OneOf(vec![
            pattern(of, choices, depth - 1),
            pattern(of, choices, depth - 1),
        ]);
    }
    let constructor = all[choice % all.len()].clone();
    let fields = constructor.fields(of, &unions());
    let inside = fields.iter().map(|field| pattern(field, choices, depth - 1)).collect();
    Shape::Make(constructor, inside)
}

fn types() -> Vec<Type> {
    let pair = Type::Union(UnionId(1), Rc::from([]));
    let record = [("a", Type::BOOL), ("b", pair.clone())];
    let record = record.into_iter().map(|(name, of)| (Rc::from(name), of)).collect();
    vec![
        Type::BOOL,
        Type::Union(UnionId(0), Rc::from([])),
        pair,
        Type::record(record),
        Type::list(Type::BOOL),
        Type::optional(Type::optional(Type::BOOL)),
    ]
}

proptest! {
    #[test]
    fn coverage_agrees_with_trying_all_values(
        which in 0..6_usize,
        rows in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..12), any::<bool>()), 0..6),
    ) {
        let of = &types()[which];
        let rows: Vec<(Shape, bool)> = rows
            .iter()
            .map(|(choices, takes_all)| (pattern(of, &mut choices.iter(), 3), *takes_all))
            .collect();
        let found = cover(&rows, of, &unions());
        prop_assert!(!found.gave_up);
        let all = values(of, 5, &unions());
        let is_taken = |value: &Shape, rows: &[(Shape, bool)]| {
            rows.iter().any(|(row, takes_all)| *takes_all && takes(row, value))
        };
        let left = all.iter().find(|value| !is_taken(value, &rows));
        prop_assert_eq!(found.missing.is_some(), left.is_some());
        if let Some(missing) = &found.missing {
            // Whatever the witness takes is missing, and it takes something.
            let named: Vec<_> = all.iter().filter(|value| takes(missing, value)).collect();
            prop_assert!(!named.is_empty());
            prop_assert!(named.iter().all(|value| !is_taken(value, &rows)));
        }
        for (index, (row, _)) in rows.iter().enumerate() {
            let gets_one = |value: &&Shape| takes(row, value) && !is_taken(value, &rows[..index]);
            prop_assert_eq!(found.unreachable.contains(&index), !all.iter().any(|one| gets_one(&one)));
        }
    }
}

#[test]
fn a_witness_is_written_as_a_pattern() {
    let leaf = (Shape::Make(Constructor::Variant(0), vec![]), true);
    let tree = Type::Union(UnionId(0), Rc::from([]));
    let found = cover(&[leaf], &tree, &unions()).missing.expect("a node is missing");
    assert_eq!(found.text(&tree, &unions()), "Node(_, _)");
    let empty = (Shape::Make(Constructor::Empty, vec![]), true);
    let list = Type::list(Type::INT);
    let found = cover(&[empty], &list, &[]).missing.expect("lists with elements are missing");
    assert_eq!(found.text(&list, &[]), "[_, ...]");
}

#[test]
fn patterns_that_take_too_long_are_given_up() {
    // Each row leaves out one column more: exponential for the search.
    let fields = (0..40).map(|index| (Rc::from(format!("f{index:02}")), Type::BOOL)).collect();
    let of = Type::record(fields);
    let Type::Record(fields) = &of else { return };
    let names: Vec<Rc<str>> = fields.keys().cloned().collect();
    let row = |index: usize| {
        let inside = (0..40).map(|at| match at {
            at if at == index => Shape::Make(Constructor::Bool(true), vec![]),
            at if at == (index + 7) % 40 => Shape::Make(Constructor::Bool(false), vec![]),
            _ => Shape::Any,
        });
        (Shape::Make(Constructor::Record(names.clone()), inside.collect()), true)
    };
    let rows: Vec<_> = (0..40).map(row).collect();
    let found = cover(&rows, &of, &[]);
    assert!(found.missing.is_some());
}
