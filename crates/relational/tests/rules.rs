//! Rules, held against rounds over all facts until nothing new comes.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use relational::{
    Aggregate, Atom, BODY_MAX, COLUMNS_MAX, Comparison, Definition, Field, Literal, Missing,
    Program, Proof, Reason, RelationId, Row, Rule, RuleError, Source, Store, Term, Type, Value,
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
        ..Program::default()
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
                        Term::Variable(variable) | Term::Total(_, variable) => {
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
                        Literal::Where(_) | Literal::Is(..) => panic!("there are none"),
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
            let alone = Program { predicates: predicates.clone(), rules: vec![rule.clone()], ..Program::default() };
            !matches!(store.derive(&tape, &alone, 1000), Err(RuleError::Unbound { .. }))
        });
        let program = Program { predicates, rules, ..Program::default() };
        let mut derived = store.derive(&tape, &program, 1000).unwrap();
        let edges: Vec<Row> =
            edges.iter().map(|(from, to)| vec![Value::Int(*from), Value::Int(*to)]).collect();
        let expected = naive(&program, &edges, &[&[1, 2], &[3, 4]]);
        for (predicate, expected) in expected.iter().enumerate() {
            let rows: Vec<_> = derived.rows(predicate).collect();
            prop_assert_eq!(rows.len(), derived.count(predicate));
            prop_assert_eq!(&rows.into_iter().collect::<BTreeSet<_>>(), expected);
        }
        for predicate in 1..5 {
            for code in 0..5i64.pow(2) {
                let row: Row = [code % 5, code / 5][..WIDTHS[predicate]].iter().map(|n| Value::Int(*n)).collect();
                let proof = derived.why(predicate, &row).unwrap();
                let missing = derived.whynot(predicate, &row).unwrap();
                prop_assert_eq!(proof.is_some(), expected[predicate].contains(&row));
                prop_assert_eq!(missing.is_none(), proof.is_some());
                if let Some(proof) = proof {
                    prop_assert_eq!((proof.steps[0].predicate, &proof.steps[0].row), (predicate, &row));
                    check_proof(&program, &expected, &proof);
                }
                for (_, one) in missing.unwrap_or_default() {
                    check_missing(&expected, &one);
                }
            }
        }
    }
}

/// Whether each step follows from those below it, or was shown before.
fn check_proof(program: &Program, facts: &[BTreeSet<Row>], proof: &Proof) {
    for (at, step) in proof.steps.iter().enumerate() {
        let same = |other: &&relational::Step| {
            (other.predicate, &other.row) == (step.predicate, &step.row)
        };
        let is_fact = facts[step.predicate].contains(&step.row);
        assert_eq!(is_fact, step.reason != Reason::Absent, "{proof}");
        match &step.reason {
            Reason::Given => assert_eq!(step.predicate, 0),
            Reason::Absent => {}
            Reason::Shown => assert!(proof.steps[..at].iter().any(|other| same(&other)), "{proof}"),
            Reason::Total(..) => panic!("there are no totals"),
            Reason::Rule(rule) => {
                let body = &program.rules[*rule].body;
                let atoms = body.iter().filter(|part| !matches!(part, Literal::Compares(..)));
                let below =
                    proof.steps[at + 1..].iter().take_while(|other| other.depth > step.depth);
                let below = below.filter(|other| other.depth == step.depth + 1);
                assert_eq!(atoms.count(), below.count(), "{proof}");
                // Nothing rests on itself.
                let deeper =
                    proof.steps[at + 1..].iter().take_while(|other| other.depth > step.depth);
                assert!(!deeper.into_iter().any(|other| same(&other)), "{proof}");
            }
        }
    }
}

/// Whether what is missing is so.
fn check_missing(facts: &[BTreeSet<Row>], missing: &Missing) {
    match missing {
        Missing::Fact(Atom { predicate, terms }) => {
            let fits = |row: &&Row| {
                let columns = terms.iter().zip(row.iter());
                columns.clone().all(|(term, value)| match term {
                    Term::Value(other) => other == value,
                    Term::Variable(_) | Term::Total(..) => {
                        columns.clone().all(|(other, same)| other != term || same == value)
                    }
                })
            };
            assert_eq!(facts[*predicate].iter().find(fits), None);
        }
        Missing::Present(predicate, row) => assert!(facts[*predicate].contains(row)),
        Missing::Compares(one, how, other) => {
            let is_unequal = *how == Comparison::Unequal;
            assert!(if is_unequal { one == other } else { one >= other });
        }
        Missing::Condition(_) | Missing::Totals(..) => panic!("there are none"),
    }
}

/// Paths, and `out(a, count b, sum b, min b, max b, avg b, collect b) :- path(a, b).`
fn totals(edge: RelationId) -> Program {
    let mut program = path(edge);
    program.predicates.push(("out".to_owned(), Source::Rules(7)));
    let all = [
        Aggregate::Count,
        Aggregate::Sum,
        Aggregate::Min,
        Aggregate::Max,
        Aggregate::Avg,
        Aggregate::Collect,
    ];
    let mut terms = vec![Term::Variable(0)];
    terms.extend(all.map(|total| Term::Total(total, 1)));
    let body = vec![Literal::Holds(atom(1, &[0, 1]))];
    program.rules.push(Rule { head: Atom { predicate: 2, terms }, body });
    program
}

proptest! {
    #[test]
    fn totals_in_heads_are_over_all_ways_in_which_bodies_hold(
        edges in prop::collection::btree_set((0i64..5, 0i64..5), 0..9),
    ) {
        let mut tape = Tape::new();
        let (mut store, edge) = pairs(&mut tape, &edges);
        let mut derived = store.derive(&tape, &totals(edge), 1000).unwrap();
        let paths: BTreeSet<Row> = derived.rows(1).collect();
        let mut expected = Vec::new();
        for from in 0..5 {
            let ends = paths.iter().filter(|row| row[0] == Value::Int(from));
            let ends: Vec<_> = ends.map(|row| row[1].clone()).collect();
            let number = |value: &Value| if let Value::Int(number) = value { *number } else { 0 };
            let sum: i64 = ends.iter().map(number).sum();
            if let (Some(least), Some(most)) = (ends.first(), ends.last()) {
                let count = i64::try_from(ends.len()).unwrap();
                let mean = f64::from(i32::try_from(sum).unwrap()) / f64::from(i32::try_from(count).unwrap());
                expected.push(vec![from.into(), count.into(), sum.into(), least.clone(), most.clone(), mean.into(), Value::List(ends)]);
            }
        }
        let mut found: Vec<_> = derived.rows(2).collect();
        found.sort();
        prop_assert_eq!(&found, &expected);
        for row in &found {
            let proof = derived.why(2, row).unwrap().unwrap();
            let Value::Int(count) = row[1] else { panic!("{row:?}") };
            prop_assert_eq!(&proof.steps[0].reason, &Reason::Total(2, count.cast_unsigned()));
            let mut other = row.clone();
            other[1] = Value::Int(count + 1);
            let missing = derived.whynot(2, &other).unwrap().unwrap();
            prop_assert_eq!(&missing[1], &(1, Missing::Totals(2, row.clone())));
        }
    }
}

#[test]
fn a_total_over_itself_and_one_in_a_body_are_refused() {
    let mut tape = Tape::new();
    let (mut store, edge) = pairs(&mut tape, &BTreeSet::from([(1, 2)]));
    let mut program = totals(edge);
    program.rules[1].body.push(Literal::Holds(atom(2, &[0, 1, 2, 0, 0, 0, 0])));
    let error = store.derive(&tape, &program, 10).unwrap_err();
    assert!(matches!(error, RuleError::Cycle { .. }), "{error}");
    let mut program = totals(edge);
    let counted = Term::Total(Aggregate::Count, 0);
    program.rules[0].body.push(Literal::Compares(Comparison::Equal, counted.clone(), counted));
    let error = store.derive(&tape, &program, 10).unwrap_err();
    assert_eq!(error, RuleError::TotalInBody { rule: 0 });
}

#[test]
fn a_proof_is_shown_as_a_tree() {
    let mut tape = Tape::new();
    let (mut store, edge) = pairs(&mut tape, &BTreeSet::from([(1, 2), (2, 3)]));
    let mut derived = store.derive(&tape, &path(edge), 10).unwrap();
    let proof = derived.why(1, &[Value::Int(1), Value::Int(3)]).unwrap().unwrap();
    let expected = "path(1, 3)  by rule 2\n  edge(1, 2)  is given\n  path(2, 3)  by rule 1\n    edge(2, 3)  is given\n";
    assert_eq!(proof.to_string(), expected);
    let missing = derived.whynot(1, &[Value::Int(1), Value::Int(4)]).unwrap().unwrap();
    let fact = |predicate, from, to| {
        let terms = [from, to].map(|number| Term::Value(Value::Int(number))).to_vec();
        Missing::Fact(Atom { predicate, terms })
    };
    let firsts: Vec<_> = missing.iter().map(|(_, one)| one.clone()).collect();
    assert_eq!(firsts[..3], [fact(1, 1, 4), fact(0, 1, 4), fact(1, 2, 4)]);
}
