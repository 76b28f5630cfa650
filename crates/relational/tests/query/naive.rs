//! The naive twin: queries over lists of rows, one row at a time, by nested loops.

use relational::{
    Arithmetic, Comparison, Direction, Expr, JoinKind, Query, RelationId, Row, Total, Value,
};
use rust_decimal::Decimal;

pub(crate) type Tables = Vec<(RelationId, usize, Vec<Row>)>;

pub(crate) fn rows(tables: &Tables, query: &Query) -> Vec<Row> {
    match query {
        Query::Relation(id) => tables.iter().find(|(at, ..)| at == id).unwrap().2.clone(),
        Query::Rows(_, rows) => rows.clone(),
        Query::Filter(input, condition) => {
            let keep = |row: &Row| value(condition, row) == Value::Bool(true);
            rows(tables, input).into_iter().filter(keep).collect()
        }
        Query::Project(input, exprs) => rows(tables, input)
            .iter()
            .map(|row| exprs.iter().map(|expr| value(expr, row)).collect())
            .collect(),
        Query::Join(kind, left, right, on) => {
            let right_rows = rows(tables, right);
            let mut joined = Vec::new();
            for one in rows(tables, left) {
                let fits = |other: &&Row| on.iter().all(|(a, b)| one[*a] == other[*b]);
                let mut found: Vec<_> = right_rows.iter().filter(fits).cloned().collect();
                if found.is_empty() && *kind == JoinKind::Left {
                    found.push(vec![Value::None; width(tables, right)]);
                }
                joined.extend(found.into_iter().map(|other| [one.clone(), other].concat()));
            }
            joined
        }
        Query::Group(input, by, totals) => group(&rows(tables, input), by, totals),
        Query::Order(input, by) => {
            let mut sorted = rows(tables, input);
            sorted.sort_by(|one, other| {
                by.iter().fold(std::cmp::Ordering::Equal, |order, (expr, direction)| {
                    let next = value(expr, one).cmp(&value(expr, other));
                    order.then(if *direction == Direction::Down { next.reverse() } else { next })
                })
            });
            sorted
        }
        Query::Limit(input, skip, count) => {
            let (skip, count) = (usize::try_from(*skip).unwrap(), usize::try_from(*count).unwrap());
            rows(tables, input).into_iter().skip(skip).take(count).collect()
        }
        Query::Distinct(input) => {
            let mut distinct = rows(tables, input);
            distinct.sort();
            distinct.dedup();
            distinct
        }
        Query::Union(one, other) => [rows(tables, one), rows(tables, other)].concat(),
    }
}

pub(crate) fn width(tables: &Tables, query: &Query) -> usize {
    match query {
        Query::Relation(id) => tables.iter().find(|(at, ..)| at == id).unwrap().1,
        Query::Rows(width, _) => *width,
        Query::Project(_, exprs) => exprs.len(),
        Query::Join(_, left, right, _) => width(tables, left) + width(tables, right),
        Query::Group(_, by, totals) => by.len() + totals.len(),
        Query::Filter(input, _)
        | Query::Order(input, _)
        | Query::Limit(input, ..)
        | Query::Distinct(input)
        | Query::Union(input, _) => width(tables, input),
    }
}

fn group(rows: &[Row], by: &[Expr], totals: &[Total]) -> Vec<Row> {
    let key = |row: &Row| by.iter().map(|expr| value(expr, row)).collect::<Row>();
    let mut keys: Vec<_> = rows.iter().map(key).collect();
    keys.sort();
    keys.dedup();
    if by.is_empty() {
        keys = vec![Vec::new()];
    }
    let finish = |mut row: Row| {
        let group: Vec<_> = rows.iter().filter(|other| key(other) == row).collect();
        let values = |of: &Expr| group.iter().map(|row| value(of, row)).collect::<Vec<_>>();
        let found: Vec<_> = totals
            .iter()
            .map(|total| match total {
                Total::Count => Value::Int(i64::try_from(group.len()).unwrap()),
                Total::Sum(of, zero) => values(of).iter().fold(zero.clone(), |a, b| add(&a, b)),
                Total::Min(of) => values(of).into_iter().min().unwrap_or(Value::None),
                Total::Max(of) => values(of).into_iter().max().unwrap_or(Value::None),
                Total::Avg(of) => {
                    let mut count = 0.0;
                    let mut sum = 0.0;
                    for value in values(of) {
                        let Value::Int(value) = value else { panic!("{value}") };
                        count += 1.0;
                        sum += f64::from(i32::try_from(value).unwrap());
                    }
                    if count == 0.0 { Value::None } else { Value::Float(sum / count) }
                }
                Total::Collect(of) => {
                    let mut values = values(of);
                    values.sort();
                    Value::List(values)
                }
            })
            .collect();
        row.extend(found);
        row
    };
    keys.into_iter().map(finish).collect()
}

fn add(one: &Value, other: &Value) -> Value {
    match (one, other) {
        (Value::Int(one), Value::Int(other)) => Value::Int(one + other),
        (Value::Decimal(one), Value::Decimal(other)) => Value::Decimal(*one + *other),
        (one, other) => panic!("{one} + {other}"),
    }
}

pub(crate) fn value(expr: &Expr, row: &Row) -> Value {
    let is_true = |part: &Expr| value(part, row) == Value::Bool(true);
    match expr {
        Expr::Parameter(_) | Expr::If(_) | Expr::Call(..) | Expr::Hint(_) => {
            unreachable!("no sample has these")
        }
        Expr::Field(column) => row[*column].clone(),
        Expr::Value(value) => value.clone(),
        Expr::Compare(how, one, two) => {
            let (one, two) = (value(one, row), value(two, row));
            Value::Bool(match how {
                Comparison::Equal => one == two,
                Comparison::Unequal => one != two,
                Comparison::Less => one < two,
                Comparison::AtMost => one <= two,
                Comparison::Greater => one > two,
                Comparison::AtLeast => one >= two,
            })
        }
        Expr::And(one, two) => Value::Bool(is_true(one) && is_true(two)),
        Expr::Or(one, two) => Value::Bool(is_true(one) || is_true(two)),
        Expr::Not(one) => Value::Bool(!is_true(one)),
        Expr::Arithmetic(how, one, two) => match (how, value(one, row), value(two, row)) {
            (Arithmetic::Add, one, two) => add(&one, &two),
            (Arithmetic::Multiply, Value::Int(one), Value::Int(two)) => Value::Int(one * two),
            (Arithmetic::Multiply, Value::Decimal(one), Value::Decimal(two)) => {
                Value::Decimal(Decimal::checked_mul(one, two).unwrap())
            }
            (how, one, two) => panic!("{how:?} {one} {two}"),
        },
        Expr::Words(one, two) => {
            let (Value::String(text), Value::String(words)) = (value(one, row), value(two, row))
            else {
                return Value::Bool(false);
            };
            let has = |word: &str| text.split(' ').any(|other| other == word);
            Value::Bool(words.split(' ').filter(|word| !word.is_empty()).all(has))
        }
        Expr::IsNone(one) => Value::Bool(value(one, row).is_none()),
        Expr::Else(one, two) => {
            let first = value(one, row);
            if first.is_none() { value(two, row) } else { first }
        }
    }
}
