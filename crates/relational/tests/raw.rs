//! Rows that are written as bytes leave the same pages as rows that are written as values.

use proptest::prelude::*;
use relational::{
    Definition, Field, IndexKind, Raw, RawKey, RawRow, Relation, Row, RowWriter, Store, StoreError,
    Type, Value,
};
use tape::Tape;

#[derive(Clone, Debug)]
enum Step {
    Insert(Row),
    Upsert(Row),
    /// With the key of another row, perhaps.
    Update(i64, Row),
    Delete(i64),
    /// A field of the row with a key becomes what it is in another row.
    Set(i64, usize, Row),
    /// The weight comes: rows of before are in an older version from here on.
    Widen,
}

/// An id, a name, a mark, whether it is on, an age that may be missing, and a weight.
fn row() -> impl Strategy<Value = Row> {
    let mark = prop_oneof![Just(f64::NAN), Just(-0.0), Just(0.0), -2.0..2.0];
    let age = prop_oneof![Just(Value::None), (0i64..4).prop_map(Value::Int)];
    let name = prop_oneof!["[a-c]{0,2}", "[a-z\u{0}é]{0,40}", "x{2000,5000}"];
    (0i64..40, name, mark, any::<bool>(), age, -3i64..3).prop_map(
        |(id, name, mark, on, age, weight)| {
            let weight = Value::Decimal(weight.into());
            vec![id.into(), name.as_str().into(), mark.into(), Value::Bool(on), age, weight]
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => row().prop_map(Step::Insert),
        3 => row().prop_map(Step::Upsert),
        4 => (0i64..40, any::<bool>(), row()).prop_map(|(key, is_same, mut row)| {
            if is_same {
                row[0] = key.into();
            }
            Step::Update(key, row)
        }),
        1 => (0i64..40).prop_map(Step::Delete),
        4 => (0i64..40, 0usize..6, row()).prop_map(|(key, field, row)| Step::Set(key, field, row)),
        1 => Just(Step::Widen),
    ]
}

fn definition(has_weight: bool) -> Definition {
    let mut fields = vec![
        Field::new("id", Type::Int),
        Field::new("name", Type::String),
        Field::new("mark", Type::Float),
        Field::new("on", Type::Bool),
        Field::new("age", Type::Option(Box::new(Type::Int))),
    ];
    if has_weight {
        fields.push(Field::new("weight", Type::Decimal).or(Value::Decimal(7.into())));
    }
    let (name, key) = ("R".to_owned(), vec!["id".to_owned()]);
    Definition { name, fields, key, ..Definition::default() }
}

fn raw_of(value: &Value) -> Option<Raw<'_>> {
    if let Value::Int(value) = value {
        return Some(Raw::Word(*value));
    }
    if let Value::Bool(value) = value {
        return Some(Raw::Word(i64::from(*value)));
    }
    if let Value::Float(value) = value {
        return Some(Raw::Word(value.to_bits().cast_signed()));
    }
    if let Value::String(text) = value { Some(Raw::Bytes(text.as_bytes())) } else { None }
}

fn written(relation: &Relation, row: &Row) -> Result<RawRow, StoreError> {
    let mut writer = RowWriter::new(relation);
    for (field, value) in relation.fields().iter().zip(row) {
        match raw_of(value) {
            Some(Raw::Word(word)) if Raw::is_for(&field.ty) => assert!(writer.word(word)),
            Some(Raw::Bytes(text)) if Raw::is_for(&field.ty) => assert!(writer.bytes(text)),
            _ => writer.value(value)?,
        }
    }
    writer.finish()
}

/// What a step does, by bytes where that is possible.
fn by_bytes(store: &mut Store, tape: &mut Tape, step: &Step) -> Result<bool, StoreError> {
    let relation = store.find_relation(tape, "R")?;
    let id = relation.id();
    match step {
        Step::Insert(row) => {
            if store.insert_raw(tape, id, &mut written(&relation, row)?)? {
                return Ok(true);
            }
        }
        Step::Upsert(row) => {
            if let Some(was_there) = store.upsert_raw(tape, id, &mut written(&relation, row)?)? {
                return Ok(was_there);
            }
        }
        Step::Update(key, row) => {
            let mut raw = RawKey::default();
            raw.raw(&Type::Int, Raw::Word(*key));
            if store.update_raw(tape, id, &raw, &mut written(&relation, row)?)? {
                return Ok(true);
            }
        }
        Step::Set(key, field, row) => {
            let (key, field) = ([Value::Int(*key)], field % relation.fields().len());
            let before = store.get(tape, id, &key)?.map(|row| row[field].clone());
            assert_eq!(store.get_field(tape, id, &key, field)?, before);
            let was_there = store.set_field(tape, id, &key, field, &row[field])?;
            assert_eq!(was_there, before.is_some());
            return Ok(was_there);
        }
        Step::Delete(_) | Step::Widen => {}
    }
    by_values(store, tape, step)
}

fn by_values(store: &mut Store, tape: &mut Tape, step: &Step) -> Result<bool, StoreError> {
    let relation = store.find_relation(tape, "R")?;
    let (id, width) = (relation.id(), relation.fields().len());
    match step {
        Step::Insert(row) => store.insert(tape, id, &row[..width]).map(|()| true),
        Step::Upsert(row) => store.upsert(tape, id, &row[..width]),
        Step::Update(key, row) => {
            store.update(tape, id, &[Value::Int(*key)], &row[..width]).map(|()| true)
        }
        Step::Delete(key) => store.delete(tape, id, &[Value::Int(*key)]),
        Step::Set(key, field, new) => {
            let (key, field) = ([Value::Int(*key)], field % width);
            let Some(mut row) = store.get(tape, id, &key)? else { return Ok(false) };
            row[field] = new[field].clone();
            store.update(tape, id, &key, &row).map(|()| true)
        }
        Step::Widen => store.adapt_relation(tape, &definition(true)).map(|_| true),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn bytes_and_values_leave_the_same_pages(
        steps in prop::collection::vec(step(), 1..60),
        index in prop::option::of(prop_oneof![
            Just((IndexKind::BTree, "age", false)),
            Just((IndexKind::Hash, "name", true)),
            Just((IndexKind::Bitmap, "on", false)),
        ]),
    ) {
        let (mut one, mut other) = (Tape::new(), Tape::new());
        let mut stores = Vec::new();
        for tape in [&mut one, &mut other] {
            let mut store = Store::create(tape, 0, 1 << 16).expect("a store");
            let id = store.create_relation(tape, &definition(false)).expect("a relation");
            if let Some((kind, field, unique)) = index {
                store.create_index(tape, id, ("i", kind, unique), &[field]).expect("an index");
            }
            stores.push(store);
        }
        for step in &steps {
            let [first, second] = stores.as_mut_slice() else { unreachable!() };
            let before = one.snapshot();
            let done = by_bytes(first, &mut one, step);
            if done.is_err() {
                prop_assert_eq!(one.snapshot().content_hash(), before.content_hash());
            }
            prop_assert_eq!(done, by_values(second, &mut other, step));
            prop_assert_eq!(one.content_hash(), other.content_hash());
        }
        stores[0].verify(&one).expect("a sound store");
    }
}

#[test]
fn a_row_of_other_fields_is_refused() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 64).expect("a store");
    let id = store.create_relation(&mut tape, &definition(true)).expect("a relation");
    let relation = store.relation(&tape, id).expect("it");
    let mut writer = RowWriter::new(&relation);
    assert!(writer.raw(Raw::Bytes(b"no number")).is_err());
    let mut writer = RowWriter::new(&relation);
    writer.raw(Raw::Word(1)).expect("a number");
    assert!(writer.raw(Raw::Bytes(b"\xff")).is_err());
    let mut writer = RowWriter::new(&relation);
    writer.raw(Raw::Word(1)).expect("a number");
    assert!(writer.finish().is_err());
}
