//! Changing what lies somewhere: assignments, and methods that change a vector where it lies.

use std::rc::Rc;

use achronyme_library::index::{self, Argument};
use achronyme_library::{Change, array, change, constant};
use source::Span;

use super::engine::Engine;
use super::exit::{Exit, Outcome};
use super::scope::{Env, Found, Variable};
use super::value::{Record, Value, Vector};
use crate::hir::{Assignment, ExpressionKind, Name, Suffix};

/// Where a way begins.
pub(super) enum Root<'a> {
    /// At a variable.
    Name(&'a str),
    /// At a value that lies nowhere else.
    Value(Value),
}

/// A step of a way.
pub(super) enum Access {
    Index(Vec<Argument<Value>>),
    Field(Name),
}

/// The steps of a way, with where each is written.
pub(super) type Way = Vec<(Access, Span)>;

/// What is done at the end of a way.
enum Goal<'a> {
    Put(&'a Value),
    Change { method: Change, arguments: &'a [Value], span: Span, result: &'a mut Value },
}

/// What changes, whatever lies on the way from there.
enum Holder {
    Variable(Rc<Variable>),
    /// A field of a record, by its place.
    Field(Rc<Record>, usize),
    Nothing(Value),
}

/// What changes, and what of a way comes after that.
struct Place<'w> {
    holder: Holder,
    rest: &'w [(Access, Span)],
}

impl Engine {
    pub(super) async fn assign(&self, assignment: &Assignment, env: &Env) -> Outcome {
        let place = &assignment.place;
        let root = match &place.root.kind {
            // What the library has is a value like any other, if it is not to be changed itself.
            ExpressionKind::Name(name)
                if place.path.is_empty()
                    || self.assigned(name, env).is_some()
                    || (self.function(name).is_none() && constant(name).is_none()) =>
            {
                Root::Name(name)
            }
            _ => Root::Value(self.value(&place.root, env).await?),
        };
        let mut way = Way::with_capacity(place.path.len());
        for (suffix, span) in &place.path {
            way.push(match suffix {
                Suffix::Field(name) => (Access::Field(name.clone()), *span),
                Suffix::Index(items) => (Access::Index(self.indices(items, env).await?), *span),
                Suffix::Call(_) => continue,
            });
        }
        let value = match assignment.op {
            None => self.value(&assignment.value, env).await?,
            Some((op, span)) => {
                let mut old = self.begin(&root, &way, env, place.root.span)?;
                for (access, span) in &way {
                    old = self.read(&old, access, *span)?;
                }
                let right = self.value(&assignment.value, env).await?;
                self.operate(op, &old, &right, span)?
            }
        };
        if let (Root::Value(first), Some(((Access::Index(_), span), before))) =
            (&root, way.split_last())
        {
            let is_held = before.iter().any(|(access, _)| matches!(access, Access::Field(_)));
            if !is_held {
                let mut passed = first.clone();
                for (access, span) in before {
                    passed = self.read(&passed, access, *span)?;
                }
                return self
                    .error(*span, "Cannot assign to an element of a value that is in no variable");
            }
        }
        self.update(root, &way, Goal::Put(&value), env, place.root.span)?;
        Ok(value)
    }

    /// A method that changes the vector or tensor that a way leads to.
    pub(super) fn change(
        &self,
        (method, arguments): (Change, &[Value]),
        (root, way): (Root<'_>, &Way),
        env: &Env,
        span: Span,
    ) -> Outcome {
        let mut result = Value::Null;
        let goal = Goal::Change { method, arguments, span, result: &mut result };
        self.update(root, way, goal, env, span)?;
        Ok(result)
    }

    /// What is at the beginning of a way.
    fn begin(&self, root: &Root<'_>, way: &Way, env: &Env, span: Span) -> Outcome {
        match root {
            Root::Value(value) => Ok(value.clone()),
            Root::Name(name) => {
                let value = self.assigned(name, env).and_then(|variable| variable.get());
                match value.or_else(|| self.restored(name, env)) {
                    Some(value) => Ok(value),
                    None => self.undefined(name, way, env, span),
                }
            }
        }
    }

    /// There is nothing to assign to, or nothing in which something could be assigned to.
    fn undefined<T>(&self, name: &str, way: &Way, env: &Env, span: Span) -> Result<T, Exit> {
        let message = if way.is_empty() && self.declared_later(name, env).is_none() {
            format!("Undefined variable '{name}'")
        } else {
            format!("Undefined variable or constant: {name}")
        };
        self.error(span, message)
    }

    /// Whether the variable that a name means, whose declaration has not been reached, can be
    /// assigned to.
    fn declared_later(&self, name: &str, env: &Env) -> Option<bool> {
        if self.function(name).is_some() || constant(name).is_some() {
            return None;
        }
        match env.later(name, false) {
            Found::TooEarly { mutable } => Some(mutable),
            Found::As(_) | Found::Nowhere => None,
        }
    }

    /// The variable that an assignment to a name means.
    fn assigned(&self, name: &str, env: &Env) -> Option<Rc<Variable>> {
        env.earlier_variable(name).or_else(|| {
            let is_known = self.function(name).is_some() || constant(name).is_some();
            if is_known { None } else { env.later_variable(name) }
        })
    }

    pub(super) fn read(&self, value: &Value, access: &Access, span: Span) -> Outcome {
        match access {
            Access::Index(arguments) => self.index(value, arguments, span),
            Access::Field(name) => self.field(value, name, span),
        }
    }

    fn update(
        &self,
        root: Root<'_>,
        way: &Way,
        mut goal: Goal<'_>,
        env: &Env,
        span: Span,
    ) -> Result<(), Exit> {
        let Place { holder, rest } = self.place(root, way, env, span)?;
        match holder {
            Holder::Nothing(mut value) => self.reach(&mut value, rest, &mut goal),
            Holder::Field(record, place) => {
                let (name, is_mutable) = &record.fields[place];
                if !is_mutable {
                    let message =
                        format!("Cannot assign to immutable value: field '{name}' is not mut");
                    return self.error(span, message);
                }
                let mut value = std::mem::take(&mut record.values.borrow_mut()[place]);
                let result = self.reach(&mut value, rest, &mut goal);
                record.values.borrow_mut()[place] = value;
                result
            }
            Holder::Variable(variable) => self.update_variable(&variable, rest, &mut goal, span),
        }
    }

    fn update_variable(
        &self,
        variable: &Variable,
        rest: &[(Access, Span)],
        goal: &mut Goal<'_>,
        span: Span,
    ) -> Result<(), Exit> {
        // A type is held against what is assigned, not against what becomes of that in its place.
        let is_whole = rest.is_empty() && matches!(goal, Goal::Put(_));
        let check = variable.check.as_ref().filter(|_| is_whole);
        let old = check.and_then(|_| variable.get());
        let mut value = variable.value.take().unwrap_or_default();
        let result = self.reach(&mut value, rest, goal);
        match check {
            Some(check) if result.is_ok() && !self.fits(check, &value) => {
                let (got, expected) = (self.type_name(&value), &check.shown);
                variable.value.replace(old);
                let name = &variable.name;
                let message = format!(
                    "Type error: cannot assign {got} to variable '{name}' of type {expected}"
                );
                self.error(span, message)
            }
            _ => {
                let empty = variable.value.replace(Some(value));
                drop(empty);
                result
            }
        }
    }

    /// What has to change: a variable, or the last record's field on the way; and what of the way
    /// comes after that.
    fn place<'w>(
        &self,
        root: Root<'_>,
        way: &'w Way,
        env: &Env,
        span: Span,
    ) -> Result<Place<'w>, Exit> {
        let mut rest = &way[..];
        let is_direct = !way.iter().any(|(access, _)| matches!(access, Access::Field(_)));
        let mut value = if is_direct { Value::Null } else { self.begin(&root, way, env, span)? };
        let (mut field, mut lost) = (None, None);
        if !is_direct {
            for (index, (access, span)) in way.iter().enumerate() {
                if let (Access::Field(name), Value::Record(record)) = (access, &value) {
                    let Some(place) = record.position(&name.text) else {
                        let message = format!("Field '{}' not found in record", name.text);
                        return self.error(*span, message);
                    };
                    field = Some((Rc::clone(record), place));
                    lost = None;
                    rest = &way[index + 1..];
                } else if let Access::Field(name) = access {
                    lost = Some((name, *span));
                }
                if index + 1 < way.len() {
                    value = self.read(&value, access, *span)?;
                }
            }
        }
        drop(value);
        if let Some((name, span)) = lost {
            return self.no_record(name, span);
        }
        if let Some((record, place)) = field {
            return Ok(Place { holder: Holder::Field(record, place), rest });
        }
        let name = match root {
            Root::Value(value) => return Ok(Place { holder: Holder::Nothing(value), rest }),
            Root::Name(name) => name,
        };
        match self.assigned(name, env) {
            Some(variable) if !variable.mutable => {
                let mut value = variable.get().unwrap_or_default();
                for (access, span) in way.iter().take(way.len().saturating_sub(1)) {
                    value = self.read(&value, access, *span)?;
                }
                self.error(span, format!("Cannot assign to immutable variable '{name}'"))
            }
            Some(variable) if variable.value.borrow().is_some() => {
                Ok(Place { holder: Holder::Variable(variable), rest })
            }
            _ if way.is_empty() && self.declared_later(name, env) == Some(false) => {
                self.error(span, format!("Cannot assign to immutable variable '{name}'"))
            }
            _ => self.undefined(name, way, env, span),
        }
    }

    fn no_record<T>(&self, field: &Name, span: Span) -> Result<T, Exit> {
        self.error(span, format!("Cannot access field '{}' on non-record value", field.text))
    }

    /// Goes on from a value to the end of the way, and back to take along what changed.
    fn reach(
        &self,
        value: &mut Value,
        way: &[(Access, Span)],
        goal: &mut Goal<'_>,
    ) -> Result<(), Exit> {
        let Some(((access, span), rest)) = way.split_first() else {
            return self.achieve(value, goal);
        };
        let arguments = match access {
            Access::Index(arguments) => arguments,
            Access::Field(name) => return self.no_record(name, *span),
        };
        if let (Value::Vector(vector), [Argument::At(Value::Number(number))]) =
            (&mut *value, &arguments[..])
            && let Some(place) = element(vector, *number)
        {
            let owned = self.heap.borrow().own(vector);
            return self.reach(&mut self.at(*span, owned)?[place], rest, goal);
        }
        let part = if let (Goal::Put(part), []) = (&*goal, rest) {
            (*part).clone()
        } else {
            let mut part = self.index(value, arguments, *span)?;
            self.reach(&mut part, rest, goal)?;
            part
        };
        let changed = index::set(&mut *self.heap.borrow_mut(), value, arguments, &part);
        *value = self.at(*span, changed)?;
        Ok(())
    }

    fn achieve(&self, value: &mut Value, goal: &mut Goal<'_>) -> Result<(), Exit> {
        let (method, arguments, span, result) = match goal {
            Goal::Put(new) => {
                *value = new.clone();
                return Ok(());
            }
            Goal::Change { method, arguments, span, result } => {
                (*method, *arguments, *span, result)
            }
        };
        if let (Value::Vector(vector), Change::Push, [new]) = (&mut *value, method, arguments) {
            let owned = self.heap.borrow().own(vector);
            self.at(span, owned)?.push(new.clone());
            **result = value.clone();
            return Ok(());
        }
        if array::length(&*self.heap.borrow(), value).is_none() {
            // It was an array when its method was asked for; an argument has changed that.
            let name = method.name();
            return self.error(span, format!("Cannot access field '{name}' on non-record value"));
        }
        let changed = change::apply(&mut *self.heap.borrow_mut(), method, value, arguments);
        (*value, **result) = self.at(span, changed)?;
        Ok(())
    }
}

/// The element that a number stands for, if there is one.
fn element(vector: &Vector, number: f64) -> Option<usize> {
    let length = vector.elements.len();
    #[expect(clippy::cast_precision_loss, reason = "no vector is that long")]
    let from_start = if number < 0.0 { number + length as f64 } else { number };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked after")]
    let place = from_start as usize;
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "whole numbers are exact")]
    let is_whole = place as f64 == from_start;
    (is_whole && place < length).then_some(place)
}
