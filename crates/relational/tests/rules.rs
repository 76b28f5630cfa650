//! Rules, held against rounds over all facts until nothing new comes.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use relational::{
    Atom, BODY_MAX, COLUMNS_MAX, Comparison, Definition, Field, Literal, Program, RelationId, Row,
    Rule, RuleError, Source, Store, Term, Type, Value,
};
use tape::Tape;

fn atom(predicate: usize, terms: &[usize]) -> Atom {
    Atom { predicate, terms: terms.iter().map(|variable| Term::Variable(*variable)).collect() }
}

fn pairs(tape: &mut Tape, rows: &BTreeSet<(i64, i64)>) -> (Store, RelationId) {
    let mut store = Store::create(tape, 0, 1 << 20).unwrap();
    let fields = vec![Field::new("from", Type::Int), Field::new("to", Type::Int)];
    let made = Definition { name: "edge".to_owned(), fields, ..Definition::default() };
    let id = store.create_relation(tape, &made).unwrap();
    for (from, to) in rows {
        store.insert(tape, id, &[Value::Int(*from), Value::Int(*to)]).unwrap();
    }
    (store, id)
}

/// `path(a, c) :- edge(a, c).  path(a, c) :- edge(a, b), path(b, c).`
fn path(edge: RelationId) -> Program {
    Program {
        predicates: vec![
            ("edge".to_owned(), Source::Relation(edge)),
            ("path".to_owned(), Source::Rules(2)),
        ],
        rules: vec![
            Rule { head: atom(1, &[0, 2]), body: vec![Literal::Holds(atom(0, &[0, 2]))] },
            Rule {
                head: atom(1, &[0, 2]),
                body: vec![Literal::Holds(atom(0, &[0, 1])), Literal::Holds(atom(1, &[1, 2]))],
            },
        ],
    }
}

#[test]
fn a_chain_has_a_path_for_each_pair() {
    let mut tape = Tape::new();
    let (mut store, edge) = pairs(&mut tape, &(0..300).map(|n| (n, n + 1)).collect());
    let derived = store.derive(&tape, &path(edge), 1_000_000).unwrap();
    assert_eq!(derived.count(1), 300 * 301 / 2);
    let error = store.derive(&tape, &path(edge), 1000).unwrap_err();
    assert_eq!(error, RuleError::TooMany { max: 1000 });
}

#[test]
fn a_program_that_depends_on_its_own_absence_shows_the_cycle() {
    let mut tape = Tape::new();
    let (mut store, edge) = pairs(&mut tape, &BTreeSet::from([(1, 2)]));
    let mut program = path(edge);
    program.predicates.push(("odd".to_owned(), Source::Rules(2)));
    program
        .rules
        .push(Rule { head: atom(2, &[0, 1]), body: vec![Literal::Holds(atom(1, &[0, 1]))] });
    program.rules.push(Rule {
        head: atom(1, &[0, 1]),
        body: vec![Literal::Holds(atom(0, &[0, 1])), Literal::Fails(atom(2, &[0, 1]))],
    });
    let error = store.derive(&tape, &program, 10).unwrap_err();
    assert_eq!(error.to_string(), "odd depends on its own absence: odd needs path needs odd");
    let unbound = Rule { head: atom(1, &[0, 7]), body: vec![Literal::Holds(atom(0, &[0, 1]))] };
    program.rules = vec![unbound];
    let error = store.derive(&tape, &program, 10).unwrap_err();
    assert_eq!(error, RuleError::Unbound { rule: 0, variable: 7 });
    let part = Literal::Holds(atom(0, &[0, 1]));
    for body in [vec![part; BODY_MAX + 1], vec![Literal::Holds(atom(0, &[0, usize::MAX]))]] {
        program.rules = vec![Rule { head: atom(1, &[0, 0]), body }];
        let error = store.derive(&tape, &program, 10).unwrap_err();
        assert_eq!(error, RuleError::TooLong { rule: 0 });
    }
    program.predicates.push(("wide".to_owned(), Source::Rules(COLUMNS_MAX + 1)));
    let error = store.derive(&tape, &program, 10).unwrap_err();
    assert!(matches!(error, RuleError::TooWide { .. }), "{error}");
}

/// Every fact that follows from some, by trying all assignments of small numbers.
fn naive(program: &Program, edges: &[Row], strata: &[&[usize]]) -> Vec<BTreeSet<Row>> {
    let mut facts = vec![BTreeSet::new(); program.predicates.len()];
    facts[0] = edges.iter().cloned().collect();
    for stratum in strata {
        loop {
            let mut new = Vec::new();
            for rule in program.rules.iter().filter(|rule| stratum.contains(&rule.head.predicate)) {
                for code in 0..5i64.pow(3) {
                    let value = |term: &Term| match term {
                        Term::Value(value) => value.clone(),
                        Term::Variable(variable) => {
                            Value::Int(code / 5i64.pow(u32::try_from(*variable).unwrap()) % 5)
                        }
                    };
                    let row = |atom: &Atom| atom.terms.iter().map(value).collect::<Row>();
                    let holds = rule.body.iter().all(|literal| match literal {
                        Literal::Holds(atom) => facts[atom.predicate].contains(&row(atom)),
                        Literal::Fails(atom) => !facts[atom.predicate].contains(&row(atom)),
                        Literal::Compares(how, one, other) => {
                            let order = value(one).cmp(&value(other));
                            match how {
                                Comparison::Unequal => order.is_ne(),
                                Comparison::Less => order.is_lt(),
                                Comparison::Equal => order.is_eq(),
                                Comparison::AtMost => order.is_le(),
                                Comparison::Greater => order.is_gt(),
                                Comparison::AtLeast => order.is_ge(),
                            }
                        }
                    });
                    if holds && !facts[rule.head.predicate].contains(&row(&rule.head)) {
                        new.push((rule.head.predicate, row(&rule.head)));
                    }
                }
            }
            if new.is_empty() {
                break;
            }
            for (predicate, row) in new {
                facts[predicate].insert(row);
            }
        }
    }
    facts
}

fn terms(width: usize) -> impl Strategy<Value = Vec<Term>> {
    let term = prop_oneof![
        5 => (0usize..3).prop_map(Term::Variable),
        1 => (0i64..5).prop_map(|value| Term::Value(Value::Int(value))),
    ];
    prop::collection::vec(term, width)
}

/// Predicates 0 (edges) to 4; those from 3 on are in a stratum of their own.
const WIDTHS: [usize; 5] = [2, 2, 1, 2, 1];

fn atoms(from: std::ops::Range<usize>) -> impl Strategy<Value = Atom> {
    from.prop_flat_map(|predicate| {
        terms(WIDTHS[predicate]).prop_map(move |terms| Atom { predicate, terms })
    })
}

fn rules(upper: bool) -> impl Strategy<Value = Rule> {
    let (heads, bodies, absent) = if upper { (3..5, 0..5, 0..3) } else { (1..3, 0..3, 0..1) };
    let compared = (terms(2), any::<bool>()).prop_map(|(terms, less)| {
        let how = if less { Comparison::Less } else { Comparison::Unequal };
        Literal::Compares(how, terms[0].clone(), terms[1].clone())
    });
    let literal = prop_oneof![
        5 => atoms(bodies).prop_map(Literal::Holds),
        1 => atoms(absent).prop_map(Literal::Fails),
        1 => compared,
    ];
    (atoms(heads), prop::collection::vec(literal, 1..4))
        .prop_map(|(head, body)| Rule { head, body })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    #[test]
    fn what_follows_is_what_rounds_over_everything_find(
        edges in prop::collection::btree_set((0i64..5, 0i64..5), 0..8),
        lower in prop::collection::vec(rules(false), 0..5),
        upper in prop::collection::vec(rules(true), 0..4),
    ) {
        let mut tape = Tape::new();
        let (mut store, edge) = pairs(&mut tape, &edges);
        let mut predicates = vec![("p0".to_owned(), Source::Relation(edge))];
        predicates.extend((1..5).map(|at| (format!("p{at}"), Source::Rules(WIDTHS[at]))));
        let mut rules = [lower, upper].concat();
        rules.retain(|rule| {
            let alone = Program { predicates: predicates.clone(), rules: vec![rule.clone()] };
            !matches!(store.derive(&tape, &alone, 1000), Err(RuleError::Unbound { .. }))
        });
        let program = Program { predicates, rules };
        let derived = store.derive(&tape, &program, 1000).unwrap();
        let edges: Vec<Row> =
            edges.iter().map(|(from, to)| vec![Value::Int(*from), Value::Int(*to)]).collect();
        let expected = naive(&program, &edges, &[&[1, 2], &[3, 4]]);
        for (predicate, expected) in expected.iter().enumerate() {
            let rows: Vec<_> = derived.rows(predicate).collect();
            prop_assert_eq!(rows.len(), derived.count(predicate));
            prop_assert_eq!(&rows.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }
}
