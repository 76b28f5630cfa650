//! A field of a row that a debugger sets. The store changes the row, with its indexes and the views made of
//! it; what follows from rules is found anew when it is read next.

use std::sync::Arc;

use machine::{EditError, EvaluateError};
use relational::{Journal, PagesMut as _, Relation, Row, Store, StoreError, Type, Value};

use super::Vm;
use super::expression::{Datum, Evaluation, error, expression, fit};
use crate::form::{Expression, ExpressionKind};
use crate::state::STATE_START;

/// Which row is changed, and to what.
struct Change {
    relation: Arc<Relation>,
    key: Vec<Value>,
    row: Row,
}

impl Vm {
    /// Sets a field of a row, as in `Person[1].age`; none if the target is no such field.
    pub(super) fn set_field(&mut self, target: &str, text: &str) -> Option<Result<(), EditError>> {
        let change = self.change(target, text).transpose()?;
        let changed = change
            .map_err(|wrong| EditError(wrong.message))
            .and_then(|change| self.carry_out(&change));
        Some(changed)
    }

    fn change(&self, target: &str, text: &str) -> Result<Option<Change>, EvaluateError> {
        let mut evaluation = Evaluation::new(self, None);
        let Expression { kind: ExpressionKind::Field { base, name, .. }, .. } = expression(target)?
        else {
            return Ok(None);
        };
        // A name with dots may be a variable.
        if self.follow(target).is_some() {
            return Ok(None);
        }
        let (relation, mut row) = match evaluation.value(&base)? {
            Datum::Row(relation, row) => (relation, row),
            Datum::Absent(_) => return Err(error(0, "there is no such row here")),
            Datum::Stored(..) => {
                let message =
                    "a field of a row is set as a whole: name the field, and all of its value";
                return Err(error(0, message));
            }
            Datum::Tape(_) | Datum::Rows(..) => return Ok(None),
        };
        let fields = relation.fields();
        let place = fields.iter().position(|field| field.name == *name.text);
        let Some(place) = place else { return Ok(None) };
        let names = &self.program.names.relations;
        if names.iter().any(|known| known.name == relation.name() && known.is_derived) {
            let message = "its rows follow from others: set those";
            return Err(error(0, message));
        }
        if relation.key().contains(&place) {
            let message = "the key tells which row it is, so it cannot be set";
            return Err(error(0, message));
        }
        let key = relation.key().iter().filter_map(|at| row.get(*at).cloned()).collect();
        let value = evaluation.value_for(&expression(text)?, &fields[place].ty)?;
        row[place] = value;
        Ok(Some(Change { relation, key, row }))
    }

    fn carry_out(&mut self, change: &Change) -> Result<(), EditError> {
        let known = self.program.names.known;
        let wrong = |message: String| EditError(message);
        self.tape.change_tape(|tape| {
            let mut store =
                Store::open(tape, STATE_START).map_err(|found| wrong(found.to_string()))?;
            let mut journal = Journal::new(tape);
            let id = change.relation.id();
            let mut done = store.update(&mut journal, id, &change.key, &change.row);
            if let (Ok(()), Some(at)) = (&done, known) {
                // Rules are applied again before anything is read that follows from them.
                done = journal.write(at, &0_i64.to_le_bytes()).map_err(StoreError::from);
            }
            done.or_else(|found| {
                journal.undo().map_err(|fault| wrong(fault.to_string()))?;
                Err(wrong(found.to_string()))
            })
        })
    }
}

impl Evaluation<'_> {
    /// The value that is written for a field of a type.
    fn value_for(&mut self, of: &Expression, ty: &Type) -> Result<Value, EvaluateError> {
        match (&of.kind, ty) {
            (ExpressionKind::None, Type::Option(_)) => Ok(Value::None),
            (_, Type::Option(inner)) => self.value_for(of, inner),
            (ExpressionKind::List(parts), Type::List(element)) => {
                let parts = parts.iter().map(|part| self.value_for(part, element));
                Ok(Value::List(parts.collect::<Result<_, _>>()?))
            }
            (ExpressionKind::Record(parts), Type::Record(fields)) => {
                let unknown = parts
                    .iter()
                    .find(|(name, ..)| fields.iter().all(|(field, _)| **field != *name.text));
                if let Some((name, ..)) = unknown {
                    return Err(error(
                        of.span.start,
                        &format!("there is no field `{}`", name.text),
                    ));
                }
                let values = fields.iter().map(|(field, ty)| {
                    let given = parts.iter().find(|(name, ..)| *name.text == **field);
                    match (given, ty) {
                        (Some((_, value, _)), ty) => self.value_for(value, ty),
                        (None, Type::Option(_)) => Ok(Value::None),
                        (None, _) => {
                            Err(error(of.span.start, &format!("the field `{field}` is missing")))
                        }
                    }
                });
                Ok(Value::Record(values.collect::<Result<_, _>>()?))
            }
            _ => {
                let found = self.value(of)?;
                match self.scalar(found, of.span.start)? {
                    Some(value) => Ok(fit(value, ty)),
                    None => Err(error(of.span.start, "there is no value here yet")),
                }
            }
        }
    }
}
