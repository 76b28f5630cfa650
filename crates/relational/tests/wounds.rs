//! Whatever bytes are on the pages of a store, no operation panics or runs for ever.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use proptest::prelude::*;
use relational::{
    Definition, Direction, Expr, Field, IndexKind, JoinKind, Lenses, PAGE_SIZE, Query, RelationId,
    Row, Store, Strategy as Merging, Total, Type, Value, ViewDefinition,
};
use tape::Tape;

/// What comes back is what went in, with a field more.
#[derive(Debug)]
struct More;

impl Lenses for More {
    fn forward(&self, _: u64, row: &[Value]) -> Result<Row, String> {
        Ok([row, &[Value::Bool(true)]].concat())
    }

    fn backward(&self, _: u64, row: &[Value]) -> Result<Row, String> {
        row.split_last().map(|(_, rest)| rest.to_vec()).ok_or_else(|| "no field".to_owned())
    }
}

fn fields(names: &[&str]) -> Vec<Field> {
    names.iter().map(|name| Field::new(*name, Type::Int)).collect()
}

/// Two relations, one of which was moved, with indexes, and views of joins and groups.
fn store() -> (Tape, Store, Vec<RelationId>) {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 200).unwrap();
    store.set_lenses(Arc::new(More));
    let mut ids = Vec::new();
    for name in ["A", "B"] {
        let (fields, key) = (fields(&["id", "n"]), vec!["id".to_owned()]);
        let made = Definition { name: name.to_owned(), fields, key, ..Definition::default() };
        ids.push(store.create_relation(&mut tape, &made).unwrap());
    }
    store.create_index(&mut tape, ids[0], ("n", IndexKind::Hash, false), &["n"]).unwrap();
    store.create_index(&mut tape, ids[0], ("m", IndexKind::Bitmap, false), &["n"]).unwrap();
    for number in 0..40i64 {
        store.insert(&mut tape, ids[0], &[number.into(), (number % 7).into()]).unwrap();
        store.insert(&mut tape, ids[1], &[(number % 9).into(), number.into()]).ok();
    }
    let mut more = fields(&["id", "n"]);
    more.push(Field::new("more", Type::Bool));
    store.migrate(&mut tape, ids[1], &more, 1).unwrap();
    let sides = ids.iter().map(|id| Box::new(Query::Relation(*id))).collect::<Vec<_>>();
    let joined = Query::Join(JoinKind::Left, sides[0].clone(), sides[1].clone(), vec![(1, 0)]);
    let least = [Total::Count, Total::Min(Expr::Field(0)), Total::Avg(Expr::Field(0))];
    let grouped = Query::Group(Box::new(joined), vec![Expr::Field(1)], least.to_vec());
    let projected = Query::Project(sides[0].clone(), vec![Expr::Field(1)]);
    for (name, query) in [("G", grouped), ("P", projected)] {
        let mut fields = fields(&["n", "count", "least"]);
        fields.push(Field::new("mean", Type::Option(Box::new(Type::Float))));
        fields.truncate(if name == "G" { 4 } else { 1 });
        let view = ViewDefinition { name: name.to_owned(), fields, query };
        ids.push(store.create_view(&mut tape, &view).unwrap());
    }
    (tape, store, ids)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn bytes_written_into_a_store_with_views_never_make_it_panic(
        wounds in prop::collection::vec((any::<prop::sample::Index>(), 0i64..4096, any::<u8>()), 1..8),
    ) {
        let (mut tape, _, ids) = store();
        let before = tape.snapshot();
        let used = Store::open(&tape, 0).unwrap().space_use(&tape).unwrap().used;
        for (page, offset, byte) in wounds {
            // Often where heads, slots and counts are.
            let offset = if offset % 3 == 0 { offset % 48 } else { offset };
            let at = page.index(used as usize) * PAGE_SIZE;
            let at = i64::try_from(at).unwrap() + offset;
            prop_assert_eq!(tape.poke(at, &[byte]), tape::Stored::Ok);
        }
        let wounded = tape.snapshot();
        let Ok(mut store) = Store::open(&tape, 0) else { return Ok(()) };
        store.set_lenses(Arc::new(More));
        store.verify(&tape).ok();
        for id in &ids {
            if let Ok(rows) = store.scan(&tape, *id, Direction::Down) {
                rows.take_while(Result::is_ok).for_each(drop);
            }
            store.query(&tape, &Query::Relation(*id)).ok();
            store.diff(&before, &tape, *id).ok();
            store.get_before(&tape, *id, 0, &[Value::Int(3)]).ok();
        }
        for number in 0..20i64 {
            store.upsert(&mut tape, ids[0], &[number.into(), (number % 3).into()]).ok();
            store.delete(&mut tape, ids[1], &[number.into()]).ok();
            store.upsert_before(&mut tape, ids[1], 0, &[number.into(), 5i64.into()]).ok();
        }
        store.merge(&mut tape, (&before, &wounded), Merging::Combine, &mut |_| None).ok();
        store.clear(&mut tape, ids[0]).ok();
    }
}
