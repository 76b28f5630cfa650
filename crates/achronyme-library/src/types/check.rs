//! Whether a value has a type.

use std::collections::{BTreeMap, BTreeSet};

use super::{Element, FieldType, Type};
use crate::builtin::{Arity, builtin};
use crate::{Kind, Store, View};

/// Whether `value` has the type `ty`, whose aliases are numbers of `aliases`.
///
/// Ends for records that contain themselves, and for aliases that lead to themselves: what is
/// asked again while it is being found out is taken to hold.
pub fn check<S: Store>(store: &S, aliases: &[Type], ty: &Type, value: &S::Value) -> bool {
    if let Some(answer) = at_once(store, ty, value) {
        return answer;
    }
    Check { store, aliases, known: BTreeMap::new(), assumed: Vec::new() }.run(ty, value)
}

/// The answer where it needs no look inside.
fn at_once<S: Store>(store: &S, ty: &Type, value: &S::Value) -> Option<bool> {
    let view = store.view(value);
    match ty {
        Type::Any => Some(true),
        Type::Kind(kind) => Some(view.kind() == *kind),
        Type::Tensor { element, shape } => {
            Some(tensor_matches(store, *element, shape.as_deref(), value))
        }
        Type::Function { parameters, .. } => Some(match view {
            View::Function { parameters: most } => {
                parameters.is_empty() || usize::from(most) == parameters.len()
            }
            View::Builtin(index) => {
                parameters.is_empty() || takes(builtin_arity(index), parameters.len())
            }
            _ => false,
        }),
        Type::Record(_) if view.kind() != Kind::Record && view.kind() != Kind::Error => Some(false),
        Type::Union(members) => members.iter().try_fold(false, |holds, member| {
            if holds { Some(true) } else { at_once(store, member, value) }
        }),
        Type::Record(_) | Type::Alias(_) => None,
    }
}

fn builtin_arity(index: u16) -> Option<Arity> {
    builtin(index).map(|builtin| builtin.arity)
}

fn takes(arity: Option<Arity>, count: usize) -> bool {
    arity.is_some_and(|arity| {
        count >= usize::from(arity.min) && arity.max.is_none_or(|max| count <= usize::from(max))
    })
}

fn tensor_matches<S: Store>(
    store: &S,
    element: Element,
    axes: Option<&[Option<u32>]>,
    value: &S::Value,
) -> bool {
    let (shape, complex) = match (store.tensor(value), store.complex_tensor(value)) {
        (Some(view), _) => (view.shape, false),
        (None, Some(view)) => (view.shape, true),
        (None, None) => return false,
    };
    let element_fits = match element {
        Element::Number => !complex,
        Element::Complex => complex,
        Element::Any => true,
    };
    element_fits
        && axes.is_none_or(|axes| {
            axes.len() == shape.len()
                && axes.iter().zip(shape).all(|(axis, length)| {
                    axis.is_none_or(|axis| usize::try_from(axis).is_ok_and(|axis| axis == *length))
                })
        })
}

/// A type, by where it lies, and a value, by its identity.
type Key = (usize, u64);

/// A check that looks inside.
struct Check<'a, S: Store> {
    store: &'a S,
    aliases: &'a [Type],
    /// What was found out, or is taken to hold while it is found out.
    known: BTreeMap<Key, bool>,
    /// What was added to `known` as true, in order. A `true` may rest on an assumption made before
    /// it, and goes when that fails; a `false` never does, as assumptions only help.
    assumed: Vec<Key>,
}

/// A question under way: all, or one, of its parts must hold.
struct Question<'a, V> {
    all: bool,
    parts: Vec<(&'a Type, V)>,
    key: Option<Key>,
    /// How much was assumed when it was asked.
    assumed: usize,
}

impl<'a, S: Store> Check<'a, S> {
    fn run(mut self, ty: &'a Type, value: &S::Value) -> bool {
        let mut questions =
            vec![Question { all: true, parts: vec![(ty, value.clone())], key: None, assumed: 0 }];
        let mut answer = None;
        while let Some(question) = questions.last_mut() {
            let decided = match answer.take() {
                Some(part) if part != question.all => Some(part),
                _ => None,
            };
            let next = if decided.is_some() { None } else { question.parts.pop() };
            if let Some((ty, value)) = next {
                match self.ask(ty, &value) {
                    Ok(known) => answer = Some(known),
                    Err(question) => questions.push(question),
                }
                continue;
            }
            let result = decided.unwrap_or(question.all);
            if let Some(question) = questions.pop() {
                self.settle(&question, result);
            }
            answer = Some(result);
        }
        answer.unwrap_or(true)
    }

    /// Remembers the answer to a question.
    fn settle(&mut self, question: &Question<'a, S::Value>, result: bool) {
        let Some(key) = question.key else { return };
        if !result {
            for key in self.assumed.drain(question.assumed..) {
                self.known.remove(&key);
            }
            self.known.insert(key, false);
        }
    }

    /// The answer, or the question to answer first.
    fn ask(&mut self, ty: &'a Type, value: &S::Value) -> Result<bool, Question<'a, S::Value>> {
        if let Some(answer) = at_once(self.store, ty, value) {
            return Ok(answer);
        }
        if !matches!(self.store.view(value), View::Record | View::Error) {
            return Ok(self.without_parts(ty, value));
        }
        let key = (std::ptr::from_ref(ty).addr(), self.store.identity(value));
        if let Some(answer) = self.known.get(&key) {
            return Ok(*answer);
        }
        let assumed = self.assumed.len();
        self.known.insert(key, true);
        self.assumed.push(key);
        let key = Some(key);
        match ty {
            Type::Alias(number) => {
                let Some(target) = self.resolved(*number) else { return Ok(false) };
                Err(Question { all: true, parts: vec![(target, value.clone())], key, assumed })
            }
            Type::Union(members) => {
                let parts = members.iter().rev().map(|member| (member, value.clone())).collect();
                Err(Question { all: false, parts, key, assumed })
            }
            Type::Record(fields) => match self.fields(fields, value) {
                Some(parts) => Err(Question { all: true, parts, key, assumed }),
                None => {
                    let question = Question { all: true, parts: Vec::new(), key, assumed };
                    self.settle(&question, false);
                    Ok(false)
                }
            },
            _ => Ok(false),
        }
    }

    /// Whether a value without fields has one of the types that `ty` leads to.
    fn without_parts(&self, ty: &'a Type, value: &S::Value) -> bool {
        let mut waiting = vec![ty];
        let mut aliases = BTreeSet::new();
        while let Some(ty) = waiting.pop() {
            match ty {
                Type::Union(members) => waiting.extend(members),
                Type::Alias(number) => {
                    if aliases.insert(*number) {
                        waiting.extend(self.aliases.get(usize::from(*number)));
                    }
                }
                _ => {
                    if at_once(self.store, ty, value) == Some(true) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// What an alias stands for; `None` if only for itself.
    fn resolved(&self, number: u16) -> Option<&'a Type> {
        let mut number = number;
        for _ in 0..=self.aliases.len() {
            match self.aliases.get(usize::from(number))? {
                Type::Alias(next) => number = *next,
                ty => return Some(ty),
            }
        }
        None
    }

    /// What the fields must be; `None` if one is missing.
    fn fields(
        &self,
        fields: &'a [FieldType],
        value: &S::Value,
    ) -> Option<Vec<(&'a Type, S::Value)>> {
        let mut parts = Vec::with_capacity(fields.len());
        for field in fields {
            match field_of(self.store, value, &field.name) {
                Some(inner) => parts.push((&field.annotation, inner)),
                None if field.optional => {}
                None => return None,
            }
        }
        Some(parts)
    }
}

/// A field of a record, or a part of an error that is not null.
fn field_of<S: Store>(store: &S, value: &S::Value, name: &str) -> Option<S::Value> {
    let Some([message, kind, source]) = store.error(value) else { return store.field(value, name) };
    let part = match name {
        "message" => message,
        "kind" => kind,
        "source" => source,
        _ => return None,
    };
    (store.view(&part) != View::Null).then_some(part)
}
