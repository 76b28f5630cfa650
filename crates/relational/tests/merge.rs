//! Differences and merges of states, held against maps of rows.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use relational::{
    Conflict, Definition, Direction, Field, RelationId, Row, RowChange, Store, Strategy as Merging,
    Type, Value,
};
use tape::Tape;

type State = BTreeMap<i64, Row>;

/// `R(id key, number, list, truth)`.
fn relation(tape: &mut Tape) -> (Store, RelationId) {
    let mut store = Store::create(tape, 0, 1 << 16).unwrap();
    let fields = vec![
        Field::new("id", Type::Int),
        Field::new("number", Type::Int),
        Field::new("list", Type::List(Box::new(Type::Int))),
        Field::new("truth", Type::Bool),
    ];
    let key = vec!["id".to_owned()];
    let made = Definition { name: "R".to_owned(), fields, key, ..Definition::default() };
    let id = store.create_relation(tape, &made).unwrap();
    (store, id)
}

/// What to do with some ids: nothing for a row is to delete it.
fn changes() -> impl Strategy<Value = Vec<(i64, Option<Row>)>> {
    let list = prop::collection::btree_set(0i64..4, 0..3)
        .prop_map(|all| Value::List(all.into_iter().map(Value::Int).collect()));
    let rest = (0i64..4, list, any::<bool>())
        .prop_map(|(number, list, truth)| vec![Value::Int(number), list, Value::Bool(truth)]);
    let id = prop_oneof![3 => 0i64..8, 1 => 0i64..400];
    prop::collection::vec((id, prop::option::weighted(0.7, rest)), 0..25).prop_map(|all| {
        let row = |(id, rest): (i64, Option<Row>)| {
            (id, rest.map(|rest| [vec![Value::Int(id)], rest].concat()))
        };
        all.into_iter().map(row).collect()
    })
}

fn change(
    tape: &mut Tape,
    (store, id): &mut (Store, RelationId),
    state: &mut State,
    changes: &[(i64, Option<Row>)],
) {
    for (number, row) in changes {
        match row {
            Some(row) => {
                store.upsert(tape, *id, row).unwrap();
                state.insert(*number, row.clone());
            }
            None => {
                store.delete(tape, *id, &[Value::Int(*number)]).unwrap();
                state.remove(number);
            }
        }
    }
}

/// The field with the changes of both, or nothing.
fn combined(base: &Value, ours: &Value, theirs: &Value) -> Option<Value> {
    match (base, ours, theirs) {
        (Value::Int(base), Value::Int(ours), Value::Int(theirs)) => {
            Some(Value::Int(ours + theirs - base))
        }
        (_, ours, theirs) if ours == theirs => Some(ours.clone()),
        (Value::List(base), Value::List(ours), Value::List(theirs)) => {
            let all = ours.iter().chain(theirs.iter().filter(|value| !ours.contains(value)));
            let both = |value: &Value| ours.contains(value) && theirs.contains(value);
            let kept = all.filter(|value| !base.contains(value) || both(value));
            Some(Value::List(kept.cloned().collect()))
        }
        _ => None,
    }
}

fn naive(
    id: RelationId,
    [base, ours, theirs]: [&State; 3],
    strategy: Merging,
) -> (State, Vec<Conflict>) {
    let (mut merged, mut conflicts) = (State::new(), Vec::new());
    for number in 0..400 {
        let [b, o, t] = [base, ours, theirs].map(|state| state.get(&number));
        let key = vec![Value::Int(number)];
        let row = match (o, t) {
            _ if b == t => o.cloned(),
            _ if o == t && (strategy != Merging::Combine || b.is_none() || o.is_none()) => {
                o.cloned()
            }
            _ if o == b => t.cloned(),
            (Some(o), Some(t)) => {
                let mut row = o.clone();
                for place in 1..4 {
                    let (our, their) = (&o[place], &t[place]);
                    let base = b.map(|row| &row[place]);
                    let value = match strategy {
                        _ if base == Some(their) => Some(our.clone()),
                        _ if our == their && (strategy != Merging::Combine || base.is_none()) => {
                            Some(our.clone())
                        }
                        _ if base == Some(our) => Some(their.clone()),
                        Merging::Latest => Some(their.clone()),
                        Merging::First => Some(our.clone()),
                        Merging::Combine => base.and_then(|base| combined(base, our, their)),
                        Merging::Ask => None,
                    };
                    if let Some(value) = value {
                        row[place] = value;
                    } else {
                        conflicts.push(Conflict {
                            relation: id,
                            key: key.clone(),
                            field: Some(place),
                            base: base.cloned(),
                            ours: Some(our.clone()),
                            theirs: Some(their.clone()),
                        });
                    }
                }
                Some(row)
            }
            (o, t) => match strategy {
                Merging::Latest => t.cloned(),
                Merging::First => o.cloned(),
                Merging::Combine | Merging::Ask => {
                    let [base, ours, theirs] =
                        [b, o, t].map(|row| row.map(|row| Value::Record(row.clone())));
                    conflicts.push(Conflict { relation: id, key, field: None, base, ours, theirs });
                    o.cloned()
                }
            },
        };
        if let Some(row) = row {
            merged.insert(number, row);
        }
    }
    (merged, conflicts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_merge_is_what_maps_of_rows_merged_field_by_field_are(
        first in changes(),
        ours in changes(),
        theirs in changes(),
        many in 0i64..400,
        which in 0usize..4,
    ) {
        let mut tape = Tape::new();
        let mut store = relation(&mut tape);
        let mut base = State::new();
        let rows: Vec<_> = (0..many)
            .map(|id| (id, Some(vec![Value::Int(id), 0i64.into(), Value::List(Vec::new()), false.into()])))
            .collect();
        change(&mut tape, &mut store, &mut base, &rows);
        change(&mut tape, &mut store, &mut base, &first);
        let start = tape.snapshot();
        let (mut our_state, mut their_state) = (base.clone(), base.clone());
        change(&mut tape, &mut store, &mut their_state, &theirs);
        let other = tape.snapshot();
        tape.restore(&start);
        change(&mut tape, &mut store, &mut our_state, &ours);
        let (mut store, id) = store;
        let found = store.diff(&start, &tape, id).unwrap();
        let mut expected = Vec::new();
        for number in 0..400 {
            let (before, after) = (base.get(&number).cloned(), our_state.get(&number).cloned());
            if before != after {
                expected.push(RowChange { key: vec![Value::Int(number)], before, after });
            }
        }
        prop_assert_eq!(found, expected);
        let strategy = [Merging::Latest, Merging::First, Merging::Combine, Merging::Ask][which];
        let conflicts = store.merge(&mut tape, (&start, &other), strategy, &mut |_| None).unwrap();
        let (merged, expected) = naive(id, [&base, &our_state, &their_state], strategy);
        prop_assert_eq!(conflicts, expected);
        let rows = store.scan(&tape, id, Direction::Up).unwrap();
        let rows: Vec<_> = rows.collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(rows, merged.into_values().collect::<Vec<_>>());
        store.verify(&tape).unwrap();
    }
}

#[test]
fn texts_get_the_changes_of_both_where_they_do_not_touch() {
    let merged = |ours: &str, theirs: &str| {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 0, 100).unwrap();
        let fields = vec![Field::new("id", Type::Int), Field::new("text", Type::String)];
        let key = vec!["id".to_owned()];
        let made = Definition { name: "T".to_owned(), fields, key, ..Definition::default() };
        let id = store.create_relation(&mut tape, &made).unwrap();
        let row = |text: &str| [Value::Int(1), text.into()];
        store.insert(&mut tape, id, &row("the quick brown fox")).unwrap();
        let base = tape.snapshot();
        store.upsert(&mut tape, id, &row(theirs)).unwrap();
        let other = tape.snapshot();
        tape.restore(&base);
        store.upsert(&mut tape, id, &row(ours)).unwrap();
        let conflicts =
            store.merge(&mut tape, (&base, &other), Merging::Combine, &mut |_| None).unwrap();
        let text = store.get(&tape, id, &[Value::Int(1)]).unwrap().unwrap()[1].clone();
        (text, conflicts.len())
    };
    assert_eq!(
        merged("the slow brown fox", "the quick brown dog"),
        ("the slow brown dog".into(), 0)
    );
    assert_eq!(merged("a quick brown fox", "a quick brown fox!"), ("a quick brown fox!".into(), 0));
    // Letters that two words share by chance do not count.
    assert_eq!(merged("the hue brown fox", "the trick brown fox"), ("the hue brown fox".into(), 1));
    assert_eq!(
        merged("the slow brown fox", "the idle brown fox"),
        ("the slow brown fox".into(), 1)
    );
}

#[test]
fn rows_that_refer_to_each_other_are_merged_together() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 100).unwrap();
    let id = || vec![Field::new("id", Type::Int)];
    let key = vec!["id".to_owned()];
    let mut fields = id();
    fields.push(Field::new("owner", Type::Int));
    let owner = Definition {
        name: "Owner".to_owned(),
        fields: id(),
        key: key.clone(),
        ..Definition::default()
    };
    let owner = store.create_relation(&mut tape, &owner).unwrap();
    let references = vec![(vec!["owner".to_owned()], "Owner".to_owned())];
    let pet =
        Definition { name: "Pet".to_owned(), fields, key, references, ..Definition::default() };
    let pet = store.create_relation(&mut tape, &pet).unwrap();
    store.insert(&mut tape, owner, &[Value::Int(1)]).unwrap();
    store.insert(&mut tape, pet, &[Value::Int(1), Value::Int(1)]).unwrap();
    let base = tape.snapshot();
    store.insert(&mut tape, owner, &[Value::Int(2)]).unwrap();
    store.update(&mut tape, pet, &[Value::Int(1)], &[Value::Int(1), Value::Int(2)]).unwrap();
    store.delete(&mut tape, owner, &[Value::Int(1)]).unwrap();
    let other = tape.snapshot();
    tape.restore(&base);
    assert_eq!(store.merge(&mut tape, (&base, &other), Merging::Ask, &mut |_| None).unwrap(), []);
    assert_eq!(store.diff_all(&tape, &other).unwrap(), []);
    store.verify(&tape).unwrap();
}
