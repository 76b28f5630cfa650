//! What follows from rules as rows of relations, and values that are computed elsewhere.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use relational::{
    Atom, Computed, Definition, Direction, Field, Literal, Program, RelationId, Row, Rule, Source,
    Store, Term, Type, Value,
};
use tape::Tape;

fn atom(predicate: usize, terms: &[usize]) -> Atom {
    Atom { predicate, terms: terms.iter().map(|variable| Term::Variable(*variable)).collect() }
}

fn relation(store: &mut Store, tape: &mut Tape, name: &str, types: &[Type]) -> RelationId {
    let fields = types.iter().enumerate().map(|(n, ty)| Field::new(format!("c{n}"), ty.clone()));
    let definition =
        Definition { name: name.to_owned(), fields: fields.collect(), ..Definition::default() };
    store.create_relation(tape, &definition).unwrap()
}

fn rows(store: &mut Store, tape: &Tape, id: RelationId) -> Vec<Row> {
    store.scan(tape, id, Direction::Up).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Columns of a fixed length, and with the last also others.
const TYPES: [Type; 4] = [Type::Int, Type::Bool, Type::Duration, Type::String];

fn row() -> impl Strategy<Value = (i64, bool, i64, String)> {
    (-9i64..99, any::<bool>(), any::<i64>(), "[a-c]{0,3}")
}

fn values((a, b, c, d): (i64, bool, i64, String), width: usize) -> Row {
    let mut all = vec![Value::Int(a), Value::Bool(b), Value::Duration(c), Value::String(d)];
    all.truncate(width);
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_what_follows_before_and_after_a_change(
        width in 1usize..=4,
        first in prop::collection::vec(row(), 0..300),
        second in prop::collection::vec(row(), 0..40),
        gone in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 0, 1 << 20).unwrap();
        let from = relation(&mut store, &mut tape, "from", &TYPES[..width]);
        let kept = relation(&mut store, &mut tape, "kept", &TYPES[..width]);
        let all: Vec<usize> = (0..width).collect();
        let rule = Rule { head: atom(1, &all), body: vec![Literal::Holds(atom(0, &all))] };
        let program = Program {
            predicates: vec![
                ("from".into(), Source::Relation(from)),
                ("kept".into(), Source::Rules(width)),
            ],
            rules: vec![rule],
            ..Program::default()
        };
        let mut expected: BTreeSet<Row> = BTreeSet::new();
        for (round, rows_of) in [first, second].into_iter().enumerate() {
            let before = expected.clone();
            if round == 1 {
                for index in &gone {
                    if let Some(row) = before.iter().nth(index.index(before.len().max(1))) {
                        store.delete(&mut tape, from, row).unwrap();
                        expected.remove(row);
                    }
                }
            }
            for row in rows_of {
                let row = values(row, width);
                store.upsert(&mut tape, from, &row).unwrap();
                expected.insert(row);
            }
            let derived = store.derive(&tape, &program, 10_000).unwrap();
            let changed = store.keep_derived(&mut tape, kept, &derived, 1).unwrap();
            prop_assert_eq!(changed, before.symmetric_difference(&expected).count() as u64);
            prop_assert!(rows(&mut store, &tape, kept).iter().eq(&expected));
            store.verify(&tape).unwrap();
        }
    }
}

/// `doubled(n, d) :- number(n), d is computed for n.  other(n) :- number(n), not doubled(n, 4).`
#[test]
fn nothing_is_derived_of_what_waits_for_values() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 1 << 20).unwrap();
    let number = relation(&mut store, &mut tape, "number", &[Type::Int]);
    let twice = relation(&mut store, &mut tape, "twice", &[Type::Int, Type::Int]);
    for n in [1, 2] {
        store.insert(&mut tape, number, &[Value::Int(n)]).unwrap();
    }
    let four = Atom { predicate: 4, terms: vec![Term::Variable(0), Term::Value(Value::Int(4))] };
    let program = Program {
        predicates: vec![
            ("number".into(), Source::Relation(number)),
            ("twice".into(), Source::Relation(twice)),
            ("known".into(), Source::Rules(1)),
            ("wanted".into(), Source::Rules(1)),
            ("doubled".into(), Source::Rules(2)),
            ("other".into(), Source::Rules(1)),
        ],
        rules: vec![
            Rule {
                head: atom(4, &[0, 1]),
                body: vec![Literal::Holds(atom(0, &[0])), Literal::Holds(atom(1, &[0, 1]))],
            },
            Rule {
                head: atom(5, &[0]),
                body: vec![Literal::Holds(atom(0, &[0])), Literal::Fails(four)],
            },
            Rule { head: atom(2, &[0]), body: vec![Literal::Holds(atom(1, &[0, 1]))] },
            Rule {
                head: atom(3, &[0]),
                body: vec![Literal::Holds(atom(0, &[0])), Literal::Fails(atom(2, &[0]))],
            },
        ],
        computed: vec![Computed { values: 1, known: 2, wanted: 3 }],
        ..Program::default()
    };
    let derived = store.derive(&tape, &program, 100).unwrap();
    assert!(derived.wants());
    assert_eq!([3, 4, 5].map(|predicate| derived.count(predicate)), [2, 0, 0]);
    for n in [1, 2] {
        store.insert(&mut tape, twice, &[Value::Int(n), Value::Int(2 * n)]).unwrap();
    }
    let derived = store.derive(&tape, &program, 100).unwrap();
    assert!(!derived.wants());
    assert!(derived.rows(5).eq([vec![Value::Int(1)]]));
}
