//! What follows from rules after a change, from what followed before: held against deriving anew.

#![expect(clippy::unwrap_used, reason = "a test")]

use proptest::prelude::*;
use relational::{
    Aggregate, Atom, Comparison, Definition, Derived, Direction, Field, Literal, Program,
    RelationId, Row, Rule, Source, Store, Term, Type, Value,
};
use tape::{Tape, TapeSnapshot};

const FACTS_MAX: usize = 100_000;

fn atom(predicate: usize, terms: &[usize]) -> Atom {
    Atom { predicate, terms: terms.iter().map(|variable| Term::Variable(*variable)).collect() }
}

fn rule(head: Atom, body: &[Literal]) -> Rule {
    Rule { head, body: body.to_vec() }
}

/// ```text
/// path(a, b) :- edge(a, b).           path(a, c) :- path(a, b), edge(b, c).
/// alone(n) :- node(n), not path(n, n). up(a, b) :- path(a, b), node(b), a < b.
/// reach(a, count(b)) :- up(a, b).
/// ```
fn program(edge: RelationId, node: RelationId) -> Program {
    let (holds, rules) = (Literal::Holds, |width| Source::Rules(width));
    let mut reach = atom(5, &[0, 1]);
    reach.terms[1] = Term::Total(Aggregate::Count, 1);
    let less = Literal::Compares(Comparison::Less, Term::Variable(0), Term::Variable(1));
    Program {
        predicates: vec![
            ("edge".into(), Source::Relation(edge)),
            ("node".into(), Source::Relation(node)),
            ("path".into(), rules(2)),
            ("alone".into(), rules(1)),
            ("up".into(), rules(2)),
            ("reach".into(), rules(2)),
        ],
        rules: vec![
            rule(atom(2, &[0, 1]), &[holds(atom(0, &[0, 1]))]),
            rule(atom(2, &[0, 2]), &[holds(atom(2, &[0, 1])), holds(atom(0, &[1, 2]))]),
            rule(atom(3, &[0]), &[holds(atom(1, &[0])), Literal::Fails(atom(2, &[0, 0]))]),
            rule(atom(4, &[0, 1]), &[holds(atom(2, &[0, 1])), holds(atom(1, &[1])), less]),
            rule(reach, &[holds(atom(4, &[0, 1]))]),
        ],
        ..Program::default()
    }
}

/// A store with the two relations, and one for each predicate that follows.
struct Side {
    tape: Tape,
    store: Store,
    given: [RelationId; 2],
    kept: Vec<(usize, RelationId)>,
    program: Program,
}

impl Side {
    fn new() -> Self {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 0, 1 << 20).unwrap();
        let mut make = |name: &str, width| {
            let fields = (0..width).map(|n| Field::new(format!("c{n}"), Type::Int)).collect();
            let definition = Definition { name: name.to_owned(), fields, ..Definition::default() };
            store.create_relation(&mut tape, &definition).unwrap()
        };
        let given = [make("edge", 2), make("node", 1)];
        let kept = [("path", 2), ("alone", 1), ("up", 2), ("reach", 2)];
        let kept = (2..).zip(kept.map(|(name, width)| make(name, width))).collect();
        Self { tape, store, given, kept, program: program(given[0], given[1]) }
    }

    fn change(&mut self, step: &Step) {
        match step {
            Step::Add(edges, nodes) => {
                for (a, b) in edges {
                    let row = [Value::Int(*a), Value::Int(*b)];
                    self.store.upsert(&mut self.tape, self.given[0], &row).unwrap();
                }
                for n in nodes {
                    self.store.upsert(&mut self.tape, self.given[1], &[Value::Int(*n)]).unwrap();
                }
            }
            Step::Remove(a, b) => {
                let row = [Value::Int(*a), Value::Int(*b)];
                self.store.delete(&mut self.tape, self.given[0], &row).unwrap();
                self.store.delete(&mut self.tape, self.given[1], &row[..1]).unwrap();
            }
            Step::Back(_) => {}
        }
    }

    fn keep(&mut self, derived: &Derived) {
        for (predicate, id) in self.kept.clone() {
            self.store.keep_derived(&mut self.tape, id, derived, predicate).unwrap();
        }
    }

    fn rows(&mut self, id: RelationId) -> Vec<Row> {
        let rows = self.store.scan(&self.tape, id, Direction::Up).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add(Vec<(i64, i64)>, Vec<i64>),
    Remove(i64, i64),
    /// To a state that was there before.
    Back(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    let add =
        (prop::collection::vec((0i64..12, 0i64..12), 0..4), prop::collection::vec(0i64..12, 0..3));
    prop_oneof![
        6 => add.prop_map(|(edges, nodes)| Step::Add(edges, nodes)),
        2 => (0i64..12, 0i64..12).prop_map(|(a, b)| Step::Remove(a, b)),
        1 => any::<prop::sample::Index>().prop_map(Step::Back),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_follows_after_a_change_is_what_follows_anew(
        steps in prop::collection::vec(step(), 1..24),
    ) {
        let (mut quick, mut plain) = (Side::new(), Side::new());
        let mut before: Option<(Derived, TapeSnapshot)> = None;
        let mut states: Vec<(TapeSnapshot, TapeSnapshot)> = Vec::new();
        for step in &steps {
            match step {
                Step::Back(index) if !states.is_empty() => {
                    let (one, other) = index.get(&states);
                    quick.tape.restore(one);
                    plain.tape.restore(other);
                }
                Step::Add(..) | Step::Remove(..) | Step::Back(_) => {
                    quick.change(step);
                    plain.change(step);
                }
            }
            let again = before.take().and_then(|(derived, data)| {
                let (data, kept) = ((&data, &quick.tape), &quick.kept);
                quick.store.derive_again(derived, data, kept).unwrap()
            });
            let derived = again.unwrap_or_else(|| {
                quick.store.derive(&quick.tape, &quick.program, FACTS_MAX).unwrap()
            });
            quick.keep(&derived);
            before = Some((derived, quick.tape.snapshot()));
            let anew = plain.store.derive(&plain.tape, &plain.program, FACTS_MAX).unwrap();
            plain.keep(&anew);
            for (_, id) in plain.kept.clone() {
                prop_assert_eq!(quick.rows(id), plain.rows(id));
            }
            // Not only the rows, but each byte of their pages.
            prop_assert_eq!(quick.tape.content_hash(), plain.tape.content_hash());
            quick.store.verify(&quick.tape).unwrap();
            states.push((quick.tape.snapshot(), plain.tape.snapshot()));
        }
    }
}

/// A long path grows at its end.
#[test]
fn rows_that_come_one_by_one_are_derived_from() {
    let mut side = Side::new();
    let mut before: Option<(Derived, TapeSnapshot)> = None;
    for n in 0..40 {
        side.change(&Step::Add(vec![(n, n + 1)], vec![]));
        let again = before.take().map(|(derived, data)| {
            let kept = side.kept.clone();
            side.store.derive_again(derived, (&data, &side.tape), &kept).unwrap().expect("it can")
        });
        let program = side.program.clone();
        let derived =
            again.unwrap_or_else(|| side.store.derive(&side.tape, &program, FACTS_MAX).unwrap());
        side.keep(&derived);
        before = Some((derived, side.tape.snapshot()));
    }
    let path = side.kept[0].1;
    assert_eq!(side.rows(path).len(), 40 * 41 / 2);
}
