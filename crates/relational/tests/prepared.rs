//! Queries that are read once and asked again, held against a look at every row: the same rows, in the
//! order of keys, whatever was there when they were read.

#![expect(clippy::unwrap_used, reason = "a test")]

use proptest::prelude::*;
use relational::{
    Comparison, Definition, Direction, Expr, Field, IndexKind, Query, Raw, RelationId, Row,
    Signature, Store, Type, Value,
};
use tape::Tape;

const HOW: [Comparison; 6] = [
    Comparison::Equal,
    Comparison::Unequal,
    Comparison::Less,
    Comparison::AtMost,
    Comparison::Greater,
    Comparison::AtLeast,
];

fn types() -> [Type; 3] {
    [Type::Int, Type::Option(Box::new(Type::Int)), Type::String]
}

/// A value of a column for a small number.
fn value(column: usize, number: u8) -> Value {
    let small = Value::Int(i64::from(number % 12));
    match column {
        1 if number.is_multiple_of(5) => Value::None,
        2 => ["", "a", "ab", "b"][usize::from(number % 4)].into(),
        _ => small,
    }
}

fn holds(how: Comparison, one: &Value, other: &Value) -> bool {
    match how {
        Comparison::Equal => one == other,
        Comparison::Unequal => one != other,
        Comparison::Less => one < other,
        Comparison::AtMost => one <= other,
        Comparison::Greater => one > other,
        Comparison::AtLeast => one >= other,
    }
}

fn relation(store: &mut Store, tape: &mut Tape, key: usize) -> RelationId {
    let fields = types().into_iter().enumerate();
    let fields = fields.map(|(at, ty)| Field::new(format!("f{at}"), ty)).collect();
    let key = (0..=key).map(|at| format!("f{at}")).collect();
    let definition = Definition { name: "R".into(), fields, key, ..Definition::default() };
    store.create_relation(tape, &definition).unwrap()
}

/// A value as it lies in a row.
fn raw_of(value: &Value) -> Option<Raw<'_>> {
    if let Value::Int(number) = value {
        return Some(Raw::Word(*number));
    }
    if let Value::String(text) = value { Some(Raw::Bytes(text.as_bytes())) } else { None }
}

/// Conditions on columns with parameters, and the query in bytes.
fn query(conditions: &[(usize, usize)], columns: Option<&[usize]>) -> Vec<u8> {
    let mut query = Query::Relation(RelationId::new(0));
    for (place, (column, how)) in conditions.iter().enumerate() {
        let expr = Expr::Field(*column).compare(HOW[*how], Expr::Parameter(place));
        query = Query::Filter(Box::new(query), expr);
    }
    if let Some(columns) = columns {
        let exprs = columns.iter().map(|column| Expr::Field(*column)).collect();
        query = Query::Project(Box::new(query), exprs);
    }
    let columns = columns.unwrap_or(&[0, 1, 2]);
    let signature = Signature {
        relations: vec!["R".into()],
        parameters: conditions.iter().map(|(column, _)| types()[*column].clone()).collect(),
        columns: columns.iter().map(|column| types()[*column].clone()).collect(),
    };
    signature.to_bytes(&query)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_query_that_was_prepared_early_gives_what_is_there_now(
        key in 0_usize..3,
        conditions in prop::collection::vec((0_usize..3, 0_usize..6), 0..4),
        columns in prop::option::of(prop::collection::vec(0_usize..3, 1..4)),
        indexes in prop::collection::vec((0_usize..3, 0_usize..3), 0..3),
        turns in prop::collection::vec(
            (prop::collection::vec(any::<[u8; 3]>(), 0..40), any::<[u8; 4]>()), 1..6),
    ) {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 0, 1 << 16).unwrap();
        let id = relation(&mut store, &mut tape, key);
        for (number, (column, kind)) in indexes.iter().enumerate() {
            let kind = [IndexKind::BTree, IndexKind::Hash, IndexKind::Bitmap][*kind];
            let index = (format!("i{number}"), format!("f{column}"));
            store.create_index(&mut tape, id, (&index.0, kind, false), &[&index.1]).unwrap();
        }
        let bytes = query(&conditions, columns.as_deref());
        let prepared = store.prepare(&tape, &bytes).unwrap();
        for (rows, given) in turns {
            for row in rows {
                let row: Row = row.iter().enumerate().map(|(at, it)| value(at, *it)).collect();
                store.upsert(&mut tape, id, &row).unwrap();
            }
            let given: Vec<Value> =
                conditions.iter().zip(given).map(|((at, _), it)| value(*at, it)).collect();
            prop_assert!(store.is_prepared(&tape, &prepared).unwrap());
            let found = store.query_prepared(&tape, &prepared, &given).unwrap();
            let all = store.scan(&tape, id, Direction::Up).unwrap().map(Result::unwrap);
            let fits = |row: &Row| conditions.iter().zip(&given).all(|((column, how), given)| {
                holds(HOW[*how], &row[*column], given)
            });
            let wanted = |row: Row| match &columns {
                Some(columns) => columns.iter().map(|column| row[*column].clone()).collect(),
                None => row,
            };
            let expected: Vec<Row> = all.filter(fits).map(wanted).collect();
            prop_assert_eq!(&found, &expected);
            let mut shown = Vec::new();
            let is_shown = store.visit_prepared(&tape, &prepared, &given, &mut |row| {
                let width = columns.as_ref().map_or(3, Vec::len);
                for column in 0..width {
                    if let Some(raw) = row.raw(column)? {
                        assert_eq!(Some(raw), raw_of(&row.value(column)?));
                    }
                }
                let values = (0..width).map(|column| row.value(column));
                shown.push(values.collect::<Result<Row, _>>()?);
                Ok(())
            });
            prop_assert_eq!(is_shown, Ok(true));
            prop_assert_eq!(&shown, &expected);
            // The whole planner comes to the same, in the same order.
            let query = prepared.bound(&given).unwrap();
            prop_assert_eq!(store.query(&tape, &query).unwrap(), expected);
        }
        let before = tape.snapshot();
        store.create_index(&mut tape, id, ("later", IndexKind::BTree, false), &["f2"]).unwrap();
        prop_assert!(!store.is_prepared(&tape, &prepared).unwrap());
        prop_assert!(store.is_prepared(&before, &prepared).unwrap());
    }
}

#[test]
fn values_of_another_type_or_none_at_all_are_told() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 1 << 16).unwrap();
    let id = relation(&mut store, &mut tape, 0);
    store.insert(&mut tape, id, &[Value::Int(1), Value::None, "a".into()]).unwrap();
    let prepared = store.prepare(&tape, &query(&[(0, 0)], None)).unwrap();
    assert!(store.query_prepared(&tape, &prepared, &[]).is_err());
    assert_eq!(store.query_prepared(&tape, &prepared, &["a".into()]), Ok(Vec::new()));
    assert!(store.prepare(&tape, b"no query").is_err());
}
