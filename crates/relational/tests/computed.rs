//! Indexes by computed values: what they find is what a walk over all rows finds, whatever was done to
//! the rows, and a row for which one has no value is refused.

use proptest::prelude::*;
use relational::{
    Alteration, Arithmetic, Comparison, ComputedIndex, Definition, Direction, Expr, Field,
    Function, IndexKind, Part, Query, RelationId, Row, RowError, Store, StoreError, Type, Value,
};
use tape::Tape;

/// `Thing(a: Int, id: Int key, text: String?)`, by `12 / a`, `text.lower() ?? "-"`, and `a + a`, `text`.
fn definition() -> Definition {
    let fields = vec![
        Field::new("a", Type::Int),
        Field::new("id", Type::Int),
        Field::new("text", Type::Option(Box::new(Type::String))),
    ];
    let (name, key) = ("Thing".to_owned(), vec!["id".to_owned()]);
    let computed = KINDS.iter().flat_map(|kind| {
        let index = |name: &str, parts| ComputedIndex {
            name: format!("{name} {kind:?}"),
            kind: *kind,
            parts,
        };
        let both = vec![twice(), Part { expr: Expr::Field(2), ty: definition_type() }];
        [index("share", vec![share()]), index("lower", vec![lower()]), index("both", both)]
    });
    let words =
        ComputedIndex { name: "words".into(), kind: IndexKind::FullText, parts: vec![lower()] };
    let computed = computed.chain([words]).collect();
    Definition { name, fields, key, computed, ..Definition::default() }
}

const KINDS: [IndexKind; 3] = [IndexKind::BTree, IndexKind::Hash, IndexKind::Bitmap];

fn definition_type() -> Type {
    Type::Option(Box::new(Type::String))
}

fn arithmetic(how: Arithmetic, one: Expr, two: Expr) -> Expr {
    Expr::Arithmetic(how, Box::new(one), Box::new(two))
}

fn share() -> Part {
    let expr = arithmetic(Arithmetic::Divide, Expr::Value(12.into()), Expr::Field(0));
    Part { expr, ty: Type::Int }
}

fn twice() -> Part {
    Part { expr: arithmetic(Arithmetic::Add, Expr::Field(0), Expr::Field(0)), ty: Type::Int }
}

fn lower() -> Part {
    let text = Expr::Else(Box::new(Expr::Field(2)), Box::new(Expr::Value("-".into())));
    Part { expr: Expr::call(Function::Lower, vec![text]), ty: Type::String }
}

fn rows(store: &mut Store, tape: &Tape, id: RelationId) -> Vec<Row> {
    let found = store.scan(tape, id, Direction::Up).expect("rows");
    found.collect::<Result<_, _>>().expect("rows")
}

/// The rows for which a part is something, by a plan that is told of it, and how it found them.
fn asked(
    store: &mut Store,
    tape: &Tape,
    id: RelationId,
    conditions: &[(&Part, Comparison, Value)],
) -> (Vec<Row>, String) {
    let mut query = Query::Relation(id);
    for (part, how, value) in conditions {
        let condition = part.expr.clone().compare(*how, Expr::Value(value.clone()));
        query = Query::Filter(Box::new(query), Expr::Hint(Box::new(condition)));
    }
    let (_, explained) = store.explain(tape, &query).expect("a plan");
    (store.query(tape, &query).expect("rows"), explained.to_string())
}

fn holds(part: &Part, how: Comparison, value: &Value, row: &Row) -> bool {
    let lowered = |text: &Value| {
        let Value::String(text) = text else { return "-".into() };
        Value::String(text.to_lowercase())
    };
    let found = match (&row[0], part) {
        (Value::Int(a), part) if *part == share() => Value::Int(12 / a),
        (Value::Int(a), part) if *part == twice() => Value::Int(a + a),
        _ => lowered(&row[2]),
    };
    match how {
        Comparison::Equal => found == *value,
        Comparison::Unequal => found != *value,
        Comparison::Less => found < *value,
        Comparison::AtMost => found <= *value,
        Comparison::Greater => found > *value,
        Comparison::AtLeast => found >= *value,
    }
}

fn row() -> impl Strategy<Value = Row> {
    let text = prop_oneof![
        Just(Value::None),
        "[aAbB]{0,3}( [aAbB]{1,2})?".prop_map(|text| Value::from(text.as_str())),
        Just(Value::String("Long".repeat(200))),
        Just(Value::String("LONG".repeat(200) + "er")),
    ];
    (-4i64..5, 0i64..24, text).prop_map(|(a, id, text)| vec![Value::Int(a), Value::Int(id), text])
}

proptest! {
    #[test]
    fn an_index_by_a_computed_value_finds_what_a_walk_finds(
        steps in prop::collection::vec((0u8..6, row(), row()), 1..60),
        asked_for in prop::collection::vec((-13i64..14, "[ab]{0,3}"), 1..6),
    ) {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 1 << 20, 1 << 16).expect("a store");
        let id = store.create_relation(&mut tape, &definition()).expect("a relation");
        let mut kept = Vec::new();
        for (step, row, other) in steps {
            let before = tape.content_hash();
            let is_fit = row[0] != Value::Int(0);
            let key = std::slice::from_ref(&row[1]);
            let done = match step {
                0 | 1 => store.upsert(&mut tape, id, &row).map(|_| ()),
                2 => store.insert(&mut tape, id, &row),
                3 => store.update(&mut tape, id, std::slice::from_ref(&other[1]), &row),
                4 => store.set_field(&mut tape, id, key, 0, &row[0]).map(|_| ()),
                _ => store.delete(&mut tape, id, key).map(|_| ()),
            };
            match done {
                Ok(()) => prop_assert!(is_fit || step >= 4),
                Err(StoreError::Row(error)) => {
                    let is_index = matches!(*error, RowError::NoIndexValue { .. });
                    prop_assert!(!is_fit || !is_index, "{}", error);
                    prop_assert_eq!(tape.content_hash(), before);
                }
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            }
            store.verify(&tape).expect("a sound store");
            if kept.len() < 4 {
                kept.push(tape.snapshot());
            }
        }
        kept.push(tape.snapshot());
        for then in &kept {
            let mut tape = Tape::new();
            tape.restore(then);
            let all = rows(&mut store, &tape, id);
            for (number, text) in &asked_for {
                let text = Value::from(text.as_str());
                for how in [Comparison::Equal, Comparison::Less, Comparison::AtLeast] {
                    for (part, value) in
                        [(share(), Value::Int(*number)), (twice(), Value::Int(*number)), (lower(), text.clone())]
                    {
                        let (found, plan) = asked(&mut store, &tape, id, &[(&part, how, value.clone())]);
                        let fits = |row: &&Row| holds(&part, how, &value, row);
                        // A hint leaves out none that fits.
                        let found: Vec<&Row> = found.iter().filter(fits).collect();
                        prop_assert_eq!(found, all.iter().filter(fits).collect::<Vec<_>>(), "{}", plan);
                    }
                }
                for kind in KINDS {
                    let name = format!("lower {kind:?}");
                    let mut found = store.find(&tape, id, &name, std::slice::from_ref(&text)).expect("rows");
                    found.sort_by(|one, other| one[1].cmp(&other[1]));
                    let fits = |row: &&Row| holds(&lower(), Comparison::Equal, &text, row);
                    prop_assert_eq!(found, all.iter().filter(fits).cloned().collect::<Vec<_>>());
                }
            }
        }
    }
}

fn filled(count: i64) -> (Tape, Store, RelationId) {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 1 << 20, 1 << 16).expect("a store");
    let id = store.create_relation(&mut tape, &definition()).expect("a relation");
    for number in 1..=count {
        let text = Value::String(format!("Text {number}"));
        store.insert(&mut tape, id, &[number.into(), number.into(), text]).expect("a row");
    }
    (tape, store, id)
}

#[test]
fn a_plan_looks_values_up_that_an_index_goes_by() {
    let (tape, mut store, id) = filled(200);
    let equal = |part: &Part, value: Value| vec![(part.clone(), Comparison::Equal, value)];
    let ask = |store: &mut Store, conditions: Vec<(Part, Comparison, Value)>| {
        let conditions: Vec<_> =
            conditions.iter().map(|(part, how, value)| (part, *how, value.clone())).collect();
        asked(store, &tape, id, &conditions)
    };
    let (found, plan) = ask(&mut store, equal(&lower(), "text 7".into()));
    assert_eq!((found.len(), plan.contains("index \"lower")), (1, true), "{plan}");
    let (found, plan) = ask(&mut store, vec![(twice(), Comparison::AtLeast, 396.into())]);
    assert_eq!((found.len(), plan.contains("index \"both BTree\"")), (3, true), "{plan}");
    let text = Part { expr: Expr::Field(2), ty: definition_type() };
    let both = [equal(&twice(), 8.into()), equal(&text, "Text 4".into())].concat();
    let (found, plan) = ask(&mut store, both);
    assert_eq!((found.len(), plan.contains("index \"both")), (1, true), "{plan}");
    // Nothing goes by this.
    let other = Part { expr: Expr::call(Function::Upper, vec![Expr::Field(2)]), ty: Type::String };
    let (found, plan) = ask(&mut store, equal(&other, "TEXT 7".into()));
    assert_eq!((found.len(), plan.contains("scan")), (200, true), "{plan}");
}

#[test]
fn an_index_goes_with_its_definition_and_moves_with_the_fields() {
    let (mut tape, mut store, id) = filled(50);
    let mut changed = definition();
    changed.computed.retain(|index| index.name == "lower Hash");
    store.adapt_relation(&mut tape, &changed).expect("without indexes");
    // What no index goes by may be anything now.
    store.insert(&mut tape, id, &[0.into(), 99.into(), Value::None]).expect("a row");
    let refused = store.adapt_relation(&mut tape, &definition()).expect_err("a row without value");
    assert!(refused.to_string().contains("has no value for {a: 0, id: 99"), "{refused}");
    store.delete(&mut tape, id, &[99.into()]).expect("a row that goes");
    store.adapt_relation(&mut tape, &definition()).expect("all indexes again");
    store.verify(&tape).expect("a sound store");
    let more = Alteration::Insert(0, Field::new("new", Type::Bool).or(true));
    store.alter(&mut tape, id, &more).expect("one more field");
    store.verify(&tape).expect("a sound store");
    let found = store.find(&tape, id, "lower BTree", &["text 3".into()]).expect("rows");
    assert_eq!(found.len(), 1);
    let refused = store.alter(&mut tape, id, &Alteration::Drop("a".into()));
    assert!(refused.is_err_and(|error| error.to_string().contains("index")));
    store.alter(&mut tape, id, &Alteration::Drop("new".into())).expect("one field fewer");
    store.verify(&tape).expect("a sound store");
}

#[test]
fn what_cannot_be_an_index_is_refused() {
    let (mut tape, mut store, id) = filled(3);
    let before = tape.content_hash();
    let mut refused = |kind, parts: &[Part]| {
        let done = store.create_computed_index(&mut tape, id, ("new", kind), parts);
        assert_eq!(tape.content_hash(), before);
        done.expect_err("an error").to_string()
    };
    assert!(refused(IndexKind::BTree, &[]).contains("by nothing"));
    assert!(refused(IndexKind::FullText, &[share()]).contains("words"));
    let far = Part { expr: Expr::Field(3), ty: Type::Int };
    assert!(refused(IndexKind::Hash, &[far]).contains("not in the row"));
    let wrong = Part { expr: Expr::Field(2), ty: Type::Int };
    assert!(refused(IndexKind::Hash, &[wrong]).contains("has no value"));
}
