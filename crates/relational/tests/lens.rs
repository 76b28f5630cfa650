//! Relations moved to other fields by functions: rows are converted when they are read, and what
//! cannot be carried back is not lost.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use proptest::prelude::*;
use relational::{
    Alteration, Definition, Direction, Field, IndexKind, Lenses, RelationId, Row, Store,
    StoreError, Type, Value,
};
use tape::Tape;

/// `1`: cents become whole units, and a note comes. `2`: units become a text.
#[derive(Debug)]
struct Money;

fn whole(value: &Value) -> i64 {
    if let Value::Int(number) = value { *number } else { 0 }
}

impl Lenses for Money {
    fn forward(&self, lens: u64, row: &[Value]) -> Result<Row, String> {
        match (lens, row) {
            (1, [_, cents]) if *cents == Value::Int(666) => Err("not this amount".to_owned()),
            (1, [id, cents]) => {
                Ok(vec![id.clone(), Value::Int(whole(cents).div_euclid(100)), "".into()])
            }
            (2, [id, units, note]) => {
                let text = Value::String(whole(units).to_string());
                Ok(vec![note.clone(), text, id.clone()])
            }
            _ => Err(format!("no lens {lens} for {row:?}")),
        }
    }

    fn backward(&self, lens: u64, row: &[Value]) -> Result<Row, String> {
        match (lens, row) {
            (1, [id, units, _]) => Ok(vec![id.clone(), Value::Int(whole(units) * 100)]),
            (2, [note, Value::String(text), id]) => {
                let units = text.parse().map_err(|_| format!("{text:?} is no number"))?;
                Ok(vec![id.clone(), Value::Int(units), note.clone()])
            }
            _ => Err(format!("no lens {lens} back for {row:?}")),
        }
    }
}

fn units() -> Vec<Field> {
    let fields = [("id", Type::Int), ("units", Type::Int), ("note", Type::String)];
    fields.map(|(name, ty)| Field::new(name, ty)).to_vec()
}

fn texts() -> Vec<Field> {
    let fields = [("note", Type::String), ("text", Type::String), ("id", Type::Int)];
    fields.map(|(name, ty)| Field::new(name, ty)).to_vec()
}

fn accounts() -> (Tape, Store, RelationId) {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 1 << 16).unwrap();
    store.set_lenses(Arc::new(Money));
    let fields = vec![Field::new("id", Type::Int), Field::new("cents", Type::Int)];
    let key = vec!["id".to_owned()];
    let made = Definition { name: "Account".to_owned(), fields, key, ..Definition::default() };
    let id = store.create_relation(&mut tape, &made).unwrap();
    store.create_index(&mut tape, id, ("id", IndexKind::Hash, false), &["id"]).unwrap();
    (tape, store, id)
}

fn cents(id: i64, cents: i64) -> Row {
    vec![Value::Int(id), Value::Int(cents)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_old_code_writes_old_code_reads_whatever_the_fields_are_by_then(
        steps in prop::collection::vec((0u8..8, 0i64..5, 0i64..500), 0..40),
    ) {
        let (mut tape, mut store, id) = accounts();
        let (mut expected, mut moves) = (std::collections::BTreeMap::new(), 0);
        for (what, number, amount) in steps {
            match what {
                0..4 => {
                    store.upsert_before(&mut tape, id, 0, &cents(number, amount)).unwrap();
                    expected.insert(number, amount);
                }
                4 => {
                    let there = store.delete(&mut tape, id, &[Value::Int(number)]).unwrap();
                    prop_assert_eq!(there, expected.remove(&number).is_some());
                }
                5 if moves < 2 => {
                    let fields = if moves == 0 { units() } else { texts() };
                    store.migrate(&mut tape, id, &fields, moves + 1).unwrap();
                    moves += 1;
                }
                6 => {
                    // What nothing changes is rewritten in the present fields.
                    if let Some(row) = store.get(&tape, id, &[Value::Int(number)]).unwrap() {
                        store.update(&mut tape, id, &[Value::Int(number)], &row).unwrap();
                    }
                }
                7 if moves > 0 => {
                    // Of other code, the note is its own.
                    if let Some(mut row) = store.get(&tape, id, &[Value::Int(number)]).unwrap() {
                        let place = if moves == 1 { 2 } else { 0 };
                        row[place] = "noted".into();
                        store.upsert(&mut tape, id, &row).unwrap();
                    }
                }
                _ => {}
            }
            for number in 0..5 {
                let key = [Value::Int(number)];
                let row = store.get_before(&tape, id, 0, &key).unwrap();
                prop_assert_eq!(row, expected.get(&number).map(|amount| cents(number, *amount)));
            }
            let rows = store.scan(&tape, id, Direction::Up).unwrap();
            for (row, amount) in rows.map(Result::unwrap).zip(expected.values()) {
                match moves {
                    0 => prop_assert_eq!(whole(&row[1]), *amount),
                    1 => prop_assert_eq!(whole(&row[1]), amount.div_euclid(100)),
                    _ => prop_assert_eq!(&row[1], &Value::String(amount.div_euclid(100).to_string())),
                }
            }
            store.verify(&tape).unwrap();
        }
    }
}

#[test]
fn old_code_changes_only_what_it_sees() {
    let (mut tape, mut store, id) = accounts();
    store.insert(&mut tape, id, &cents(1, 250)).unwrap();
    let before = store.migrate(&mut tape, id, &units(), 1).unwrap();
    store.upsert(&mut tape, id, &[Value::Int(1), Value::Int(2), "mine".into()]).unwrap();
    let key = [Value::Int(1)];
    assert_eq!(store.get_before(&tape, id, before, &key).unwrap(), Some(cents(1, 250)));
    store.upsert_before(&mut tape, id, before, &cents(1, 730)).unwrap();
    let expected = vec![Value::Int(1), Value::Int(7), "mine".into()];
    assert_eq!(store.get(&tape, id, &key).unwrap(), Some(expected));
    assert_eq!(store.get_before(&tape, id, before, &key).unwrap(), Some(cents(1, 730)));
}

#[test]
fn a_row_that_no_function_carries_is_named() {
    let (mut tape, mut store, id) = accounts();
    store.insert(&mut tape, id, &cents(1, 666)).unwrap();
    store.migrate(&mut tape, id, &units(), 1).unwrap();
    let error = store.get(&tape, id, &[Value::Int(1)]).unwrap_err();
    assert!(error.to_string().contains("not this amount"), "{error}");
    let mut bare = Store::open(&tape, 0).unwrap();
    let error = bare.get(&tape, id, &[Value::Int(1)]).unwrap_err();
    assert!(matches!(error, StoreError::Lens { .. }), "{error}");
}

#[test]
fn a_move_must_keep_the_key_and_what_indexes_are_on() {
    let (mut tape, mut store, id) = accounts();
    let before = tape.content_hash();
    let error = store.migrate(&mut tape, id, &[Field::new("cents", Type::Int)], 1).unwrap_err();
    assert!(error.to_string().contains("is needed by"), "{error}");
    assert_eq!(tape.content_hash(), before);
    // After a change of another kind there is no way back through functions.
    store.migrate(&mut tape, id, &units(), 1).unwrap();
    store.alter(&mut tape, id, &Alteration::Drop("note".to_owned())).unwrap();
    store.get_before(&tape, id, 0, &[Value::Int(1)]).unwrap();
    store.upsert_before(&mut tape, id, 0, &cents(1, 5)).unwrap_err();
}
