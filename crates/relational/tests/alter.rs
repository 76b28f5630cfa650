//! Fields that change while rows written under older ones are still there.

use proptest::prelude::*;
use relational::{
    Alteration, Definition, DefinitionError, Direction, Field, IndexKind, Store, StoreError, Type,
    Value,
};
use rust_decimal::Decimal;
use tape::Tape;

#[derive(Clone, Debug)]
enum Step {
    Insert(i64),
    Touch(prop::sample::Index),
    Add(Option<i64>),
    Drop(prop::sample::Index),
    Rename(prop::sample::Index),
    Widen(prop::sample::Index, bool),
    Default(prop::sample::Index, i64),
    Keep,
    GoBack,
}

fn steps() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        5 => (0i64..50).prop_map(Step::Insert),
        4 => index().prop_map(Step::Touch),
        3 => prop::option::of(-5i64..5).prop_map(Step::Add),
        2 => index().prop_map(Step::Drop),
        1 => index().prop_map(Step::Rename),
        2 => (index(), any::<bool>()).prop_map(|(at, option)| Step::Widen(at, option)),
        1 => (index(), -5i64..5).prop_map(|(at, default)| Step::Default(at, default)),
        1 => Just(Step::Keep),
        1 => Just(Step::GoBack),
    ]
}

/// The fields and the rows, which are rewritten at once.
#[derive(Clone, Debug)]
struct Naive {
    fields: Vec<Field>,
    rows: Vec<Vec<Value>>,
}

fn wider(ty: &Type, to_option: bool) -> Option<Type> {
    match (ty, to_option) {
        (Type::Option(_), true) => None,
        (ty, true) => Some(Type::Option(Box::new(ty.clone()))),
        (Type::Int, false) => Some(Type::Decimal),
        (_, false) => None,
    }
}

fn sample(field: &Field, number: i64) -> Value {
    let (is_option, is_decimal) = if let Type::Option(inner) = &field.ty {
        (true, **inner == Type::Decimal)
    } else {
        (false, field.ty == Type::Decimal)
    };
    if is_option && number % 2 == 0 {
        Value::None
    } else if is_decimal {
        Value::Decimal(Decimal::new(number, 1))
    } else {
        Value::Int(number)
    }
}

fn widened(value: &Value, ty: &Type) -> Value {
    match (value, ty) {
        (Value::Int(number), Type::Decimal) => Value::Decimal(Decimal::from(*number)),
        (value, _) => value.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_read_as_if_they_had_been_rewritten(steps in prop::collection::vec(steps(), 1..60)) {
        let mut tape = Tape::new();
        let mut store = Store::create(&mut tape, 0, 1 << 16).unwrap();
        let fields = vec![Field::new("id", Type::Int), Field::new("a", Type::Int)];
        let key = vec!["id".to_owned()];
        let made = Definition { name: "R".to_owned(), fields, key, ..Definition::default() };
        let id = store.create_relation(&mut tape, &made).unwrap();
        let mut naive = Naive { fields: made.fields, rows: Vec::new() };
        let mut kept = (tape.snapshot(), naive.clone());
        for (number, step) in steps.into_iter().enumerate() {
            let pick = |index: prop::sample::Index, naive: &Naive| {
                (naive.fields.len() > 1).then(|| 1 + index.index(naive.fields.len() - 1))
            };
            match step {
                Step::Insert(key) => {
                    let mut row: Vec<_> =
                        naive.fields.iter().map(|field| sample(field, key)).collect();
                    row[0] = Value::Int(key);
                    let is_new = naive.rows.iter().all(|other| other[0] != row[0]);
                    prop_assert_eq!(store.insert(&mut tape, id, &row).is_ok(), is_new);
                    if is_new {
                        naive.rows.push(row);
                        naive.rows.sort();
                    }
                }
                Step::Touch(index) => {
                    if !naive.rows.is_empty() {
                        let row = &naive.rows[index.index(naive.rows.len())];
                        store.update(&mut tape, id, &row[..1], row).unwrap();
                    }
                }
                Step::Add(default) => {
                    let mut field = Field::new(format!("f{number}"), Type::Int);
                    match default {
                        Some(default) => field = field.or(default),
                        None => field.ty = Type::Option(Box::new(Type::Int)),
                    }
                    store.alter(&mut tape, id, &Alteration::Add(field.clone())).unwrap();
                    naive.rows.iter_mut().for_each(|row| row.push(field.absent().unwrap()));
                    naive.fields.push(field);
                }
                Step::Drop(index) => {
                    if let Some(at) = pick(index, &naive) {
                        let field = naive.fields.remove(at);
                        store.alter(&mut tape, id, &Alteration::Drop(field.name)).unwrap();
                        naive.rows.iter_mut().for_each(|row| drop(row.remove(at)));
                    }
                }
                Step::Rename(index) => {
                    if let Some(at) = pick(index, &naive) {
                        let field = &mut naive.fields[at];
                        let new = format!("r{number}");
                        let rename = Alteration::Rename(field.name.clone(), new.clone());
                        store.alter(&mut tape, id, &rename).unwrap();
                        field.name = new;
                    }
                }
                Step::Widen(index, to_option) => {
                    if let Some(at) = pick(index, &naive)
                        && let Some(ty) = wider(&naive.fields[at].ty, to_option)
                    {
                        let name = naive.fields[at].name.clone();
                        store.alter(&mut tape, id, &Alteration::Widen(name, ty.clone())).unwrap();
                        naive.fields[at].default = None;
                        naive.rows.iter_mut().for_each(|row| row[at] = widened(&row[at], &ty));
                        naive.fields[at].ty = ty;
                    }
                }
                Step::Default(index, number) => {
                    if let Some(at) = pick(index, &naive) {
                        let field = &mut naive.fields[at];
                        let default = Some(sample(field, number));
                        let change = Alteration::Default(field.name.clone(), default.clone());
                        store.alter(&mut tape, id, &change).unwrap();
                        field.default = default;
                    }
                }
                Step::Keep => kept = (tape.snapshot(), naive.clone()),
                Step::GoBack => {
                    tape.restore(&kept.0);
                    naive = kept.1.clone();
                }
            }
            store.verify(&tape).unwrap();
            let rows = store.scan(&tape, id, Direction::Up).unwrap();
            prop_assert_eq!(&rows.collect::<Result<Vec<_>, _>>().unwrap(), &naive.rows);
            let reopened = Store::open(&tape, 0).unwrap().find_relation(&tape, "R").unwrap();
            prop_assert_eq!(reopened.fields(), naive.fields.as_slice());
        }
    }
}

#[test]
fn what_is_needed_cannot_be_dropped_and_dropping_gives_all_pages_back() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 4096, 1 << 16).unwrap();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let team = Definition {
        name: "Team".to_owned(),
        fields: vec![Field::new("name", Type::String)],
        ..Definition::default()
    };
    let player = Definition {
        name: "Player".to_owned(),
        fields: vec![
            Field::new("id", Type::Int),
            Field::new("team", Type::String),
            Field::new("text", Type::String),
        ],
        key: names(&["id"]),
        references: vec![(names(&["team"]), "Team".to_owned())],
        ..Definition::default()
    };
    let before = store.space_use(&tape).unwrap();
    let team = store.create_relation(&mut tape, &team).unwrap();
    let player = store.create_relation(&mut tape, &player).unwrap();
    store.insert(&mut tape, team, &["red".into()]).unwrap();
    for (name, kind) in [("words", IndexKind::FullText), ("hash", IndexKind::Hash)] {
        store.create_index(&mut tape, player, (name, kind, false), &["text"]).unwrap();
    }
    for (id, number) in (0..3000).zip(0..) {
        let text = format!("player {id} of {}", "long ".repeat(number % 40));
        let row = [Value::Int(id), "red".into(), text.as_str().into()];
        store.insert(&mut tape, player, &row).unwrap();
    }
    store.verify(&tape).unwrap();
    let found = store.find(&tape, player, "words", &["PLAYER 77".into()]).unwrap();
    assert_eq!(found.len(), 1);
    let in_use = |done: Result<(), StoreError>| {
        let Err(StoreError::Definition(error)) = done else { panic!("{done:?}") };
        assert!(matches!(*error, DefinitionError::InUse { .. }), "{error}");
    };
    in_use(store.drop_relation(&mut tape, team));
    in_use(store.alter(&mut tape, player, &Alteration::Drop("team".to_owned())));
    let error = store.delete(&mut tape, team, &["red".into()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "{name: \"red\"} of \"Team\" cannot go: {id: 0, team: \"red\", text: \"player 0 of \"} of \"Player\" refers to it"
    );
    store.drop_relation(&mut tape, player).unwrap();
    store.drop_relation(&mut tape, team).unwrap();
    store.verify(&tape).unwrap();
    let after = store.space_use(&tape).unwrap();
    assert_eq!(after.used - after.free, before.used - before.free);
}

#[test]
fn a_clash_names_both_rows() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 100).unwrap();
    let person = Definition {
        name: "Person".to_owned(),
        fields: vec![Field::new("id", Type::Int), Field::new("name", Type::String)],
        key: vec!["id".to_owned()],
        ..Definition::default()
    };
    let person = store.create_relation(&mut tape, &person).unwrap();
    store.insert(&mut tape, person, &[Value::Int(1), "Ada".into()]).unwrap();
    let error = store.insert(&mut tape, person, &[Value::Int(1), "Bob".into()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"Person\" has a row with the same id: {id: 1, name: \"Ada\"} stands, {id: 1, name: \"Bob\"} is new"
    );
    let error = store.insert(&mut tape, person, &[true.into(), "Bob".into()]).unwrap_err();
    assert_eq!(error.to_string(), "\"Person.id\" cannot be true");
}
