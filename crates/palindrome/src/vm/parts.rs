//! The parts of a value, each with the expression that gives it.

use machine::{EvaluateError, Parts};
use relational::{Relation, Row, Type, Value};

use super::Vm;
use super::expression::Datum;
use super::path::Consists;
use super::written;

impl Vm {
    /// The parts of a value: fields of a record or row, elements of a list, rows of a relation by their
    /// keys.
    pub(super) fn parts_of(
        &self,
        expression: &str,
        range: (usize, usize),
    ) -> Result<Parts, EvaluateError> {
        let base = expression.trim();
        let fields = |names: Vec<String>| {
            let part = |index: usize| (names[index].clone(), format!("{base}.{}", names[index]));
            Parts::of(self, (names.len(), false), range, part)
        };
        let elements = |count: usize| {
            let part = |index: usize| (format!("[{index}]"), format!("{base}[{index}]"));
            Parts::of(self, (count, true), range, part)
        };
        let found = match self.follow(expression) {
            Some(found) => Datum::Tape(found?),
            // What only the tape machine knows has no parts.
            None => match self.datum(expression) {
                Ok(found) => found,
                Err(error) => {
                    let known = machine::Inspect::evaluate(&self.tape, expression);
                    return known.map(|_| Parts::default()).map_err(|_| error);
                }
            },
        };
        Ok(match found {
            Datum::Tape(found) => match self.consists_of(&found) {
                Ok(Consists::Fields(names)) => fields(names),
                Ok(Consists::Elements(count)) => elements(usize::try_from(count).unwrap_or(0)),
                Err(_) => Parts::default(),
            },
            Datum::Stored(Value::List(values), _) => elements(values.len()),
            Datum::Stored(Value::Record(_), of) => {
                let of = if let Type::Option(inner) = of { *inner } else { of };
                let Type::Record(of) = of else { return Ok(Parts::default()) };
                fields(of.into_iter().map(|(name, _)| name.to_string()).collect())
            }
            Datum::Row(relation, _) => {
                let order = self.field_order(&relation);
                let name = |at: usize| relation.fields()[at].name.to_string();
                fields(order.into_iter().map(name).collect())
            }
            Datum::Rows(relation, None) => self.rows_of(base, &relation, range),
            Datum::Rows(_, Some(_)) | Datum::Stored(..) | Datum::Absent(_) => Parts::default(),
        })
    }

    /// The rows of a relation, each by its key.
    fn rows_of(&self, base: &str, relation: &Relation, (from, count): (usize, usize)) -> Parts {
        let total = usize::try_from(self.count(relation)).unwrap_or(usize::MAX);
        if count == 0 || relation.key().is_empty() {
            let total = if relation.key().is_empty() { 0 } else { total };
            return Parts { total, are_elements: true, list: Vec::new() };
        }
        let rows = self.all_rows(relation).into_iter().flatten();
        let keys: Vec<String> =
            rows.skip(from).take(count).map(|row| key(relation, &row)).collect();
        let part = |index: usize| {
            let key = &keys[index];
            (format!("[{key}]"), format!("{base}[{key}]"))
        };
        let parts = Parts::of(self, (keys.len(), true), (0, keys.len()), part);
        Parts { total, ..parts }
    }
}

/// The key of a row as it is written.
fn key(relation: &Relation, row: &Row) -> String {
    let mut text = String::new();
    for (index, at) in relation.key().iter().enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        if let (Some(value), Some(field)) = (row.get(*at), relation.fields().get(*at)) {
            written::write(value, &field.ty, &mut text);
        }
    }
    if relation.key().len() > 1 { format!("[{text}]") } else { text }
}
