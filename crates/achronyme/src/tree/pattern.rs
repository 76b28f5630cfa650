//! What patterns take, and what they call it.

use std::rc::Rc;

use achronyme_library::{Kind, array};

use super::engine::Engine;
use super::exit::Exit;
use super::scope::{Env, Variable};
use super::step::Step;
use super::value::Value;
use crate::hir::{Expression, FieldPattern, Name, Pattern, PatternKind};

/// What a pattern of `let` has given names to.
pub(super) struct Names {
    pub(super) mutable: bool,
    pub(super) variables: Vec<Rc<Variable>>,
}

impl Names {
    fn add(&mut self, name: &Rc<str>, value: Value, env: &Env) {
        let variable = Variable::new(name, Some(value), self.mutable, None);
        env.announce(&variable);
        self.variables.push(variable);
    }
}

impl Engine {
    /// Whether a pattern of `match` takes a value; then its names are declared.
    pub(super) fn matches(
        &self,
        pattern: &Pattern,
        value: &Value,
        env: &mut Env,
    ) -> Result<bool, Exit> {
        Ok(match &pattern.kind {
            PatternKind::Wildcard => true,
            PatternKind::Name(name) => {
                env.bind(&name.text, value.clone());
                true
            }
            PatternKind::Kind(kind) => is_of(*kind, value),
            PatternKind::Literal(literal) => {
                let literal = self.literal(literal, pattern.span)?;
                self.equal(&literal, value)
            }
            PatternKind::Record(fields) => {
                if !matches!(value, Value::Record(_) | Value::Error(_)) {
                    return Ok(false);
                }
                for field in fields {
                    let Some(found) = field_of(value, &field.key.text) else { return Ok(false) };
                    if !self.matches(&field.pattern, &found, env)? {
                        return Ok(false);
                    }
                    if field.binds_key {
                        env.bind(&field.key.text, found);
                    }
                }
                true
            }
            PatternKind::Vector { before, rest, after } => {
                let Some(length) = array::length(&*self.heap.borrow(), value) else {
                    return Ok(false);
                };
                let count = before.len() + after.len();
                if length < count || (rest.is_none() && length != count) {
                    return Ok(false);
                }
                let places = (0..before.len()).chain(length - after.len()..length);
                for ((part, _), place) in before.iter().chain(after).zip(places) {
                    let item = self.item(value, place, part)?.unwrap_or_default();
                    if !self.matches(part, &item, env)? {
                        return Ok(false);
                    }
                }
                if let Some(rest) = rest {
                    let middle = self.rest(value, before.len(), length - after.len(), pattern)?;
                    env.bind(&rest.text, middle);
                }
                true
            }
        })
    }

    /// Whether a pattern of `let` takes a value, and what its names are then. In the defaults they
    /// are not declared yet: only functions find them.
    pub(super) fn destructure<'a>(
        &'a self,
        pattern: &'a Pattern,
        value: &'a Value,
        env: &'a Env,
        found: &'a mut Names,
    ) -> Step<'a, bool> {
        Step::new(async move {
            match &pattern.kind {
                PatternKind::Name(name) => {
                    found.add(&name.text, value.clone(), env);
                    Ok(true)
                }
                PatternKind::Record(fields) => {
                    if !matches!(value, Value::Record(_) | Value::Error(_)) {
                        return Ok(false);
                    }
                    // Whether all is there is known before any default is computed.
                    let is_missing = |field: &FieldPattern| {
                        field.default.is_none() && field_of(value, &field.key.text).is_none()
                    };
                    if fields.iter().any(is_missing) {
                        return Ok(false);
                    }
                    for field in fields {
                        if !self.destructure_field(field, value, env, found).await? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }
                PatternKind::Vector { before, rest, after } => {
                    let parts = (&**before, rest.as_ref(), &**after);
                    self.destructure_vector(pattern, parts, value, env, found).await
                }
                PatternKind::Wildcard | PatternKind::Kind(_) | PatternKind::Literal(_) => {
                    self.matches(pattern, value, &mut env.clone())
                }
            }
        })
    }

    async fn destructure_field(
        &self,
        field: &FieldPattern,
        value: &Value,
        env: &Env,
        found: &mut Names,
    ) -> Result<bool, Exit> {
        let part = field_of(value, &field.key.text);
        let Some(part) = self.or_default(part, field.default.as_ref(), env).await? else {
            return Ok(false);
        };
        if field.binds_key {
            found.add(&field.key.text, part.clone(), env);
        }
        self.destructure(&field.pattern, &part, env, found).await
    }

    async fn destructure_vector(
        &self,
        pattern: &Pattern,
        (before, rest, after): (&[Element], Option<&Name>, &[Element]),
        value: &Value,
        env: &Env,
        found: &mut Names,
    ) -> Result<bool, Exit> {
        let Some(length) = array::length(&*self.heap.borrow(), value) else {
            return Ok(false);
        };
        // Where there are too few, those at the end are missing.
        let end = length.max(before.len() + after.len());
        let places = (0..before.len()).chain(end - after.len()..end);
        let parts = || before.iter().chain(after).zip(places.clone());
        // As with fields.
        if parts().any(|((_, default), place)| default.is_none() && place >= length) {
            return Ok(false);
        }
        for ((part, default), place) in parts() {
            let item = self.item(value, place, part)?;
            let Some(item) = self.or_default(item, default.as_ref(), env).await? else {
                return Ok(false);
            };
            if !self.destructure(part, &item, env, found).await? {
                return Ok(false);
            }
        }
        if let Some(rest) = rest {
            let middle = self.rest(value, before.len(), end - after.len(), pattern)?;
            found.add(&rest.text, middle, env);
        }
        Ok(true)
    }

    /// What was found; the default where that is nothing or null.
    async fn or_default(
        &self,
        found: Option<Value>,
        default: Option<&Expression>,
        env: &Env,
    ) -> Result<Option<Value>, Exit> {
        match (found, default) {
            (None | Some(Value::Null), Some(default)) => self.value(default, env).await.map(Some),
            (found, _) => Ok(found),
        }
    }

    fn item(&self, value: &Value, place: usize, part: &Pattern) -> Result<Option<Value>, Exit> {
        let item = array::item(&mut *self.heap.borrow_mut(), value, place);
        self.at(part.span, item)
    }

    /// The elements from one place to another as a vector.
    fn rest(
        &self,
        value: &Value,
        start: usize,
        end: usize,
        pattern: &Pattern,
    ) -> Result<Value, Exit> {
        let mut items = Vec::new();
        for place in start..end {
            items.extend(self.item(value, place, pattern)?);
        }
        let made = self.heap.borrow().vector(items);
        self.at(pattern.span, made)
    }
}

type Element = (Pattern, Option<Expression>);

/// Whether a value is of a kind as patterns mean it.
fn is_of(kind: Kind, value: &Value) -> bool {
    value.kind() == kind || (kind == Kind::Tensor && value.kind() == Kind::ComplexTensor)
}

/// A field of a record, or a part of an error that is there.
fn field_of(value: &Value, name: &str) -> Option<Value> {
    match value {
        Value::Record(record) => record.get(name),
        Value::Error(error) => {
            let place = ["message", "kind", "source"].iter().position(|part| *part == name)?;
            let part = error.parts[place].clone();
            (!matches!(part, Value::Null)).then_some(part)
        }
        _ => None,
    }
}
