//! What reading and writing rows costs: `cargo bench -p relational`. Each figure is the best of
//! several runs, and what was computed is checked before it is printed.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first error")]

use std::time::Instant;

use relational::{
    Atom, Definition, Direction, Expr, Field, IndexKind, Literal, Program, Query, RelationId, Rule,
    Source, Store, Term, Total, Type, Value, ViewDefinition,
};
use tape::Tape;

const ROWS: i64 = 200_000;

/// The best of `runs` times in nanoseconds for each of [`ROWS`] operations.
fn best(runs: u32, what: &str, mut work: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / 200_000.0);
    }
    println!("{what:34}{best:9.1} ns");
}

fn relation(tape: &mut Tape) -> (Store, RelationId) {
    let mut store = Store::create(tape, 0, 1 << 20).unwrap();
    let fields = vec![
        Field::new("id", Type::Int),
        Field::new("name", Type::String),
        Field::new("age", Type::Int),
    ];
    let key = vec!["id".to_owned()];
    let person = Definition { name: "Person".to_owned(), fields, key, ..Definition::default() };
    let id = store.create_relation(tape, &person).unwrap();
    (store, id)
}

fn row(id: i64) -> [Value; 3] {
    [Value::Int(id), "somebody with a name".into(), Value::Int(id % 100)]
}

/// A walk through all numbers in no visible order.
fn shuffled() -> impl Iterator<Item = i64> {
    (0..ROWS).map(|n| n * 7919 % ROWS)
}

/// All paths along a chain of 1000 edges.
fn paths() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 1 << 20).unwrap();
    let fields = vec![Field::new("from", Type::Int), Field::new("to", Type::Int)];
    let edge = Definition { name: "edge".to_owned(), fields, ..Definition::default() };
    let edge = store.create_relation(&mut tape, &edge).unwrap();
    for n in 0..1000 {
        store.insert(&mut tape, edge, &[Value::Int(n), Value::Int(n + 1)]).unwrap();
    }
    let holds = |predicate, variables: [usize; 2]| Atom {
        predicate,
        terms: variables.map(Term::Variable).to_vec(),
    };
    let rule = |body: Vec<Atom>| Rule {
        head: holds(1, [0, 2]),
        body: body.into_iter().map(Literal::Holds).collect(),
    };
    let program = Program {
        predicates: vec![
            ("edge".to_owned(), Source::Relation(edge)),
            ("path".to_owned(), Source::Rules(2)),
        ],
        rules: vec![rule(vec![holds(0, [0, 2])]), rule(vec![holds(0, [0, 1]), holds(1, [1, 2])])],
        ..Program::default()
    };
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        let derived = store.derive(&tape, &program, 1 << 20).unwrap();
        assert_eq!(derived.count(1), 500_500);
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    println!("{:34}{best:9.1} ms", "500,500 paths by rules");
}

/// What keeping a view of sums by age up to date adds to inserting, and what a difference costs.
fn views() {
    let mut tape = Tape::new();
    let (mut store, person) = relation(&mut tape);
    let (age, sum) = (Expr::Field(2), Total::Sum(Expr::Field(0), Value::Int(0)));
    let input = Box::new(Query::Relation(person));
    let query = Query::Group(input, vec![age], vec![Total::Count, sum]);
    let fields = ["age", "count", "sum"].map(|name| Field::new(name, Type::Int)).to_vec();
    let view = ViewDefinition { name: "Ages".to_owned(), fields, query };
    let view = store.create_view(&mut tape, &view).unwrap();
    let empty = tape.snapshot();
    best(3, "insert, in order, with a view", || {
        tape.restore(&empty);
        (0..ROWS).for_each(|id| store.insert(&mut tape, person, &row(id)).unwrap());
    });
    assert_eq!(store.count(&tape, view).unwrap(), 100);
    let full = tape.snapshot();
    store.delete(&mut tape, person, &[Value::Int(77_777)]).unwrap();
    best(3, "difference of two states, a row", || {
        assert_eq!(store.diff(&full, &tape, person).unwrap().len(), 1);
    });
}

fn main() {
    let mut tape = Tape::new();
    let (mut store, person) = relation(&mut tape);
    let empty = tape.snapshot();
    best(5, "insert, in order", || {
        tape.restore(&empty);
        (0..ROWS).for_each(|id| store.insert(&mut tape, person, &row(id)).unwrap());
    });
    best(5, "insert, in no order", || {
        tape.restore(&empty);
        shuffled().for_each(|id| store.insert(&mut tape, person, &row(id)).unwrap());
    });
    assert_eq!(store.count(&tape, person).unwrap(), ROWS.cast_unsigned());
    best(5, "get, in no order", || {
        for id in shuffled() {
            let found = store.get(&tape, person, &[Value::Int(id)]).unwrap().unwrap();
            assert_eq!(found[0], Value::Int(id));
        }
    });
    best(5, "update, in no order", || {
        for id in shuffled() {
            let mut new = row(id);
            new[2] = Value::Int(id % 77);
            store.update(&mut tape, person, &[Value::Int(id)], &new).unwrap();
        }
    });
    best(5, "scan, a row", || {
        let rows = store.scan(&tape, person, Direction::Up).unwrap();
        assert_eq!(rows.count(), 200_000);
    });
    let full = tape.snapshot();
    for (name, kind) in
        [("btree", IndexKind::BTree), ("hash", IndexKind::Hash), ("bitmap", IndexKind::Bitmap)]
    {
        best(3, &format!("index of {name}, a row"), || {
            tape.restore(&full);
            store.create_index(&mut tape, person, (name, kind, false), &["age"]).unwrap();
        });
        let found = store.find(&tape, person, name, &[Value::Int(7)]).unwrap();
        assert!(found.len() > 2000);
    }
    paths();
    views();
    tape.restore(&full);
    best(3, "delete, in no order", || {
        tape.restore(&full);
        shuffled()
            .for_each(|id| assert!(store.delete(&mut tape, person, &[Value::Int(id)]).unwrap()));
    });
}
