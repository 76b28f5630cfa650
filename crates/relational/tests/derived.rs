//! What holds no data of its own makes room for another definition of its name, and what does, does not.

use relational::{
    Definition, Direction, Expr, Field, Query, RelationId, Store, Type, Value, ViewDefinition,
};
use tape::Tape;

fn definition(name: &str, columns: &[&str]) -> Definition {
    let fields = columns.iter().map(|column| Field::new(*column, Type::Int)).collect();
    Definition { name: name.to_owned(), fields, ..Definition::default() }
}

fn view(of: RelationId) -> ViewDefinition {
    let fields = vec![Field::new("a", Type::Int)];
    let query = Query::Project(Box::new(Query::Relation(of)), vec![Expr::Field(0)]);
    ViewDefinition { name: "Seen".to_owned(), fields, query }
}

fn count(store: &mut Store, tape: &Tape, id: RelationId) -> usize {
    store.scan(tape, id, Direction::Up).expect("rows").count()
}

#[test]
fn rules_views_and_relations_take_each_others_places() {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 1 << 20, 1 << 16).expect("a store");
    let base = store.create_relation(&mut tape, &definition("Base", &["a"])).expect("a relation");
    store.insert(&mut tape, base, &[1.into()]).expect("a row");
    let rules = definition("Seen", &["a"]);
    let derived = store.derive_relation(&mut tape, &rules).expect("rules");
    assert!(store.relation(&tape, derived).expect("it is there").is_derived());
    store.insert(&mut tape, derived, &[7.into()]).expect("what follows");
    assert_eq!(store.derive_relation(&mut tape, &rules), Ok(derived));
    // Other columns.
    let other = store.derive_relation(&mut tape, &definition("Seen", &["a", "b"])).expect("rules");
    assert_eq!(count(&mut store, &tape, other), 0);
    store.insert(&mut tape, other, &[7.into(), 8.into()]).expect("what follows");
    // A view, with the one that is made of it.
    store.make_room(&mut tape, "Seen", "view").expect("room");
    let seen = store.create_view(&mut tape, &view(base)).expect("a view");
    let above = ViewDefinition { name: "Above".to_owned(), ..view(seen) };
    store.create_view(&mut tape, &above).expect("a view of it");
    assert_eq!(count(&mut store, &tape, seen), 1);
    // Rules again, then a relation, which begins without rows.
    let derived = store.derive_relation(&mut tape, &rules).expect("rules");
    store.insert(&mut tape, derived, &[7.into()]).expect("what follows");
    assert!(store.find_relation(&tape, "Above").is_err());
    let own = store.adapt_relation(&mut tape, &rules).expect("a relation");
    assert!(!store.relation(&tape, own).expect("it is there").is_derived());
    assert_eq!(count(&mut store, &tape, own), 0);
    store.derive_relation(&mut tape, &rules).expect("rules in place of no rows");
    let own = store.adapt_relation(&mut tape, &rules).expect("a relation");
    store.insert(&mut tape, own, &[Value::Int(9)]).expect("a row of its own");
    // Its rows are nobody else's.
    let before = tape.content_hash();
    let refused = store.derive_relation(&mut tape, &rules).expect_err("an error");
    assert!(refused.to_string().contains("--drop Seen"), "{refused}");
    let refused = store.make_room(&mut tape, "Seen", "view").expect_err("an error");
    assert!(refused.to_string().contains("put there by statements"), "{refused}");
    assert_eq!(tape.content_hash(), before);
    store.verify(&tape).expect("a sound store");
}
