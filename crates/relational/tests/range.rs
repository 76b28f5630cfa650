//! Walks over parts of a relation, and guesses of how large they are.

use std::ops::{Bound, RangeBounds};

use proptest::prelude::*;
use relational::{Definition, Direction, Field, IndexKind, Store, StoreError, Type, Value};
use tape::Tape;

fn bounds() -> impl Strategy<Value = Bound<Value>> {
    prop_oneof![
        Just(Bound::Unbounded),
        values().prop_map(Bound::Included),
        values().prop_map(Bound::Excluded),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    "[ab\u{0}\u{ff}]{0,3}".prop_map(Value::String)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_range_is_the_rows_with_the_first_fields_given_and_the_next_between_bounds(
        rows in prop::collection::btree_set((0i64..4, values(), any::<i8>()), 0..60),
        first in 0i64..4,
        between in (bounds(), bounds()),
    ) {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 0, 1000).unwrap();
        let fields = vec![
            Field::new("a", Type::Int),
            Field::new("b", Type::String),
            Field::new("c", Type::Int),
        ];
        let pair = Definition { name: "Pair".to_owned(), fields, ..Definition::default() };
        let id = store.create_relation(&mut tape, &pair).unwrap();
        let rows: Vec<Vec<Value>> = rows
            .into_iter()
            .map(|(a, b, c)| vec![a.into(), b, i64::from(c).into()])
            .collect();
        for row in &rows {
            store.insert(&mut tape, id, row).unwrap();
        }
        let expected: Vec<_> = rows
            .iter()
            .filter(|row| row[0] == first.into() && between.contains(&row[1]))
            .cloned()
            .collect();
        let limits = (between.0.as_ref(), between.1.as_ref());
        let prefix = [Value::Int(first)];
        let up = store.range(&tape, id, &prefix, limits, Direction::Up).unwrap();
        prop_assert_eq!(up.collect::<Result<Vec<_>, _>>().unwrap(), expected.clone());
        let down = store.range(&tape, id, &prefix, limits, Direction::Down).unwrap();
        let mut down = down.collect::<Result<Vec<_>, _>>().unwrap();
        down.reverse();
        prop_assert_eq!(down, expected);
        let whole = store.range(&tape, id, &rows_prefix(&rows), all(), Direction::Up).unwrap();
        prop_assert_eq!(whole.count(), rows.len().min(1));
    }
}

fn rows_prefix(rows: &[Vec<Value>]) -> Vec<Value> {
    rows.first().map_or_else(|| vec![Value::Int(9)], Clone::clone)
}

fn all<'v>() -> (Bound<&'v Value>, Bound<&'v Value>) {
    (Bound::Unbounded, Bound::Unbounded)
}

#[test]
fn the_share_between_two_bounds_is_about_right() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 100_000).unwrap();
    let fields = vec![Field::new("id", Type::Int), Field::new("n", Type::Int)];
    let key = vec!["id".to_owned()];
    let made = Definition { name: "N".to_owned(), fields, key, ..Definition::default() };
    let id = store.create_relation(&mut tape, &made).unwrap();
    for n in 0..20_000 {
        store.insert(&mut tape, id, &[Value::Int(n), Value::Int(n * 7919 % 20_000)]).unwrap();
    }
    store.create_index(&mut tape, id, ("n", IndexKind::BTree, false), &["n"]).unwrap();
    store.verify(&tape).unwrap();
    for (low, high) in [(0, 20_000), (5000, 15_000), (10, 20), (19_000, 30_000), (40_000, 50_000)] {
        let between = (Bound::Included(Value::Int(low)), Bound::Excluded(Value::Int(high)));
        let share = store.estimate_between(&tape, id, "n", &between).unwrap();
        let exact = store.find_between(&tape, id, "n", between).unwrap().len() as f64 / 20_000.0;
        assert!((share - exact).abs() < 0.05, "{low}..{high}: {share} for {exact}");
    }
}

#[test]
fn a_key_that_is_too_long_is_refused() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 1000).unwrap();
    let fields = vec![Field::new("text", Type::String)];
    let made = Definition { name: "T".to_owned(), fields, ..Definition::default() };
    let id = store.create_relation(&mut tape, &made).unwrap();
    let text = "x".repeat(relational::RELATION_KEY_MAX);
    let before = tape.content_hash();
    let error = store.insert(&mut tape, id, &[text.as_str().into()]).unwrap_err();
    assert_eq!(error, StoreError::KeyTooLong { len: 482 });
    assert_eq!(tape.content_hash(), before);
    store.insert(&mut tape, id, &[text[2..].into()]).unwrap();
}

#[test]
fn a_store_that_is_full_says_so() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 8).unwrap();
    let fields = vec![Field::new("id", Type::Int), Field::new("text", Type::String)];
    let key = vec!["id".to_owned()];
    let made = Definition { name: "T".to_owned(), fields, key, ..Definition::default() };
    let id = store.create_relation(&mut tape, &made).unwrap();
    let text = "x".repeat(3000);
    let done: Result<(), _> = (0..20)
        .try_for_each(|n| store.insert(&mut tape, id, &[Value::Int(n), text.as_str().into()]));
    assert_eq!(done, Err(StoreError::Full { limit: 8 }));
    assert!(Store::open(&tape, 4096).is_err());
}
