//! The steps by calls of the store, on a tape without a machine.

use relational::{
    Comparison, Definition, Expr, Field, JoinKind, Query, RelationId, Row, Store, Total, Type,
    Value,
};
use tape::Tape;

use super::{Run, Size};
use crate::Failure;
use crate::measure::clock;

pub(super) fn run(size: Size) -> Result<Run, Failure> {
    let mut tape = Tape::new();
    let mut store = Store::create(&mut tape, 0, 1 << 20).map_err(Failure::from_display)?;
    let person = person(&mut store, &mut tape).map_err(Failure::from_display)?;
    let mut run = Run { times: Vec::new(), results: Vec::new() };
    let mut step = |work: &mut dyn FnMut() -> Result<Vec<i64>, relational::QueryError>| {
        let (time, result) = clock(work);
        run.times.push(time);
        run.results.push(result.map_err(Failure::from_display)?);
        Ok::<(), Failure>(())
    };
    step(&mut || {
        for id in 0..size.rows {
            let row = [Value::Int(id), "somebody with a name".into(), Value::Int(Size::age(id))];
            store.insert(&mut tape, person, &row)?;
        }
        Ok(vec![store.count(&tape, person)?.cast_signed()])
    })?;
    step(&mut || {
        let mut sum = 0;
        for id in size.shuffled() {
            sum += age(store.get(&tape, person, &[Value::Int(id)])?);
        }
        Ok(vec![sum])
    })?;
    step(&mut || {
        for id in size.shuffled() {
            let key = [Value::Int(id)];
            if let Some(Value::Int(age)) = store.get_field(&tape, person, &key, 2)? {
                store.set_field(&mut tape, person, &key, 2, &Value::Int(age + 1))?;
            }
        }
        Ok(Vec::new())
    })?;
    let mut sum = 0;
    for id in 0..size.rows {
        let row = store.get(&tape, person, &[Value::Int(id)]).map_err(Failure::from_display)?;
        sum += age(row);
    }
    let half = |query: Query| {
        let is_more = Expr::Field(2).compare(Comparison::Greater, Expr::Value(Value::Int(50)));
        Query::Filter(Box::new(query), is_more)
    };
    let total = |of: usize| Total::Sum(Expr::Field(of), Value::Int(0));
    step(&mut || {
        let all = Box::new(half(Query::Relation(person)));
        let query = Query::Group(all, Vec::new(), vec![Total::Count, total(2)]);
        Ok(numbers(store.query(&tape, &query)?))
    })?;
    step(&mut || {
        let all = Box::new(Query::Relation(person));
        let query = Query::Group(all, vec![Expr::Field(2)], vec![Total::Count, total(0)]);
        Ok(numbers(store.query(&tape, &query)?))
    })?;
    step(&mut || {
        let all = Box::new(half(Query::Relation(person)));
        let other = Box::new(Query::Relation(person));
        let join = Query::Join(JoinKind::Inner, all, other, vec![(0, 0)]);
        let query = Query::Group(Box::new(join), Vec::new(), vec![Total::Count]);
        Ok(numbers(store.query(&tape, &query)?))
    })?;
    if let Some(updated) = run.results.get_mut(2) {
        *updated = vec![sum];
    }
    Ok(run)
}

fn person(store: &mut Store, tape: &mut Tape) -> Result<RelationId, relational::StoreError> {
    let fields = [("id", Type::Int), ("name", Type::String), ("age", Type::Int)];
    let fields = fields.map(|(name, of)| Field::new(name, of)).to_vec();
    let (name, key) = ("Person".to_owned(), vec!["id".to_owned()]);
    store.create_relation(tape, &Definition { name, fields, key, ..Definition::default() })
}

fn age(row: Option<Row>) -> i64 {
    match row.as_deref() {
        Some([_, _, Value::Int(age)]) => *age,
        _ => i64::MIN,
    }
}

fn numbers(rows: Vec<Row>) -> Vec<i64> {
    let values = rows.into_iter().flatten();
    values.filter_map(|value| if let Value::Int(it) = value { Some(it) } else { None }).collect()
}
