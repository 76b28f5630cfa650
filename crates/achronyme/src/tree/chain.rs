//! Values with calls, indices and fields after them.

use achronyme_library::index::{self, Argument};
use achronyme_library::{EngineMethod, Kind, Method, field, method};
use source::Span;

use super::call::NO_FUNCTION;
use super::engine::Engine;
use super::exit::{Call, Exit, Outcome};
use super::place::{Access, Root, Way};
use super::scope::{Env, Found};
use super::step::Step;
use super::value::Value;
use crate::hir::{Expression, ExpressionKind, IndexItem, Name, Suffix};
use crate::resolve::CHANGING;

impl Engine {
    pub(super) async fn chain(
        &self,
        first: &Expression,
        suffixes: &[(Suffix, Span)],
        env: &Env,
        tail: bool,
    ) -> Outcome {
        let mut at = 0;
        // Where the value comes from, for methods that change it there.
        let mut root = None;
        let mut way = Way::new();
        let mut value = match (&first.kind, suffixes) {
            (ExpressionKind::Name(name), [(Suffix::Call(arguments), span), rest @ ..]) => {
                at = 1;
                let is_last = tail && rest.is_empty();
                let span = Span { start: first.span.start, ..*span };
                self.named_call((name, first.span), (arguments, span), env, is_last).await?
            }
            (ExpressionKind::Name(name), _) => {
                root = Some(&**name);
                match changed(suffixes, true) {
                    Some(_) => Value::Null,
                    None => self.value(first, env).await?,
                }
            }
            _ => self.value(first, env).await?,
        };
        let mut start = if root.is_some() { Value::Null } else { value.clone() };
        while let Some((suffix, span)) = suffixes.get(at) {
            let left = &suffixes[at..];
            if way.is_empty()
                && let Some(count) = changed(left, root.is_some())
            {
                at += count + 2;
                let is_last = tail && at == suffixes.len();
                value =
                    self.changing((first, root, start), &left[..count + 2], env, is_last).await?;
                root = None;
                start = value.clone();
                continue;
            }
            at += 1;
            // What goes wrong is told of the chain up to here.
            let span = &Span { start: first.span.start, ..*span };
            match (suffix, suffixes.get(at)) {
                (Suffix::Field(name), Some((Suffix::Call(arguments), call))) => {
                    at += 1;
                    let span = &Span { end: call.end, ..*span };
                    let arguments = self.arguments(arguments, env).await?;
                    let is_last = tail && at == suffixes.len();
                    let begin = std::mem::take(&mut start);
                    let from = (root.map_or_else(|| Root::Value(begin), Root::Name), &way);
                    value =
                        self.method(value, (name, arguments), from, env, *span, is_last).await?;
                    root = None;
                    start = value.clone();
                    way.clear();
                }
                (Suffix::Field(name), _) => {
                    value = self.field(&value, name, *span)?;
                    way.push((Access::Field(name.clone()), *span));
                }
                (Suffix::Index(items), _) => {
                    let arguments = Step::new(self.indices(items, env)).await?;
                    value = self.index(&value, &arguments, *span)?;
                    way.push((Access::Index(arguments), *span));
                }
                (Suffix::Call(arguments), _) => {
                    let arguments = self.arguments(arguments, env).await?;
                    let call = Call { callee: value, arguments, receiver: None, span: *span };
                    value = self.finish_call(call, tail && at == suffixes.len()).await?;
                    root = None;
                    start = value.clone();
                    way.clear();
                }
            }
        }
        Ok(value)
    }

    /// A call of a method that may change what lies at the end of a way: the way is gone after the
    /// arguments are evaluated.
    async fn changing(
        &self,
        (first, root, start): (&Expression, Option<&str>, Value),
        suffixes: &[(Suffix, Span)],
        env: &Env,
        is_last: bool,
    ) -> Outcome {
        let [before @ .., (Suffix::Field(name), _), (Suffix::Call(arguments), call)] = suffixes
        else {
            return Ok(start);
        };
        let mut way = Way::new();
        for (suffix, span) in before {
            let span = Span { start: first.span.start, ..*span };
            match suffix {
                Suffix::Field(name) => way.push((Access::Field(name.clone()), span)),
                Suffix::Index(items) => {
                    let arguments = Step::new(self.indices(items, env)).await?;
                    way.push((Access::Index(arguments), span));
                }
                Suffix::Call(_) => {}
            }
        }
        let span = Span { start: first.span.start, ..*call };
        if let Some(name) = root
            && self.lookup(name, env, first.span)?.is_none()
            && matches!(env.later(name, false), Found::Nowhere)
        {
            return self.error(span, format!("Undefined variable or constant: {name}"));
        }
        let arguments = self.arguments(arguments, env).await?;
        let mut value = match root {
            Some(name) => self.name(name, env, first.span)?,
            None => start.clone(),
        };
        for (access, span) in &way {
            value = self.read(&value, access, *span)?;
        }
        let from = (root.map_or_else(|| Root::Value(start), Root::Name), &way);
        self.method(value, (name, arguments), from, env, span, is_last).await
    }

    /// `name(arguments)`
    pub(super) fn named_call<'a>(
        &'a self,
        (name, at): (&'a str, Span),
        (arguments, span): (&'a [Expression], Span),
        env: &'a Env,
        is_last: bool,
    ) -> Step<'a> {
        Step::new(async move {
            let callee = self.callee(name, arguments.is_empty(), env, at)?;
            if arguments.is_empty() && !is_function(&callee) {
                return Ok(callee);
            }
            let is_told = arguments.len() == 1 && self.is_told_variables(name, env);
            let mut arguments = self.arguments(arguments, env).await?;
            if let Some(only) = arguments.pop_if(|_| is_told) {
                return self.call_with_variables(name, (callee, only), env, span).await;
            }
            let call = Call { callee, arguments, receiver: None, span };
            self.finish_call(call, is_last).await
        })
    }

    /// Makes a call, or leaves it to whoever made the one that this is the last part of.
    async fn finish_call(&self, call: Call, is_last: bool) -> Outcome {
        if is_last {
            return Err(Exit::Tail(Box::new(call)));
        }
        self.call(call).await
    }

    /// What a name stands for that is called: a function of the library rather than a variable
    /// that is none. Without arguments, a constant is its own value.
    fn callee(&self, name: &str, is_bare: bool, env: &Env, span: Span) -> Outcome {
        let earlier = env.earlier_variable(name).and_then(|variable| variable.get());
        if let Some(function) = earlier.as_ref().filter(|value| is_function(value)) {
            return Ok(function.clone());
        }
        let known = self.known(name, span)?;
        if let Some(function) = known.as_ref().filter(|value| is_function(value)) {
            return Ok(function.clone());
        }
        if let (None, Some(constant)) = (&earlier, known) {
            return Ok(constant);
        }
        let later = || env.later_variable(name).and_then(|variable| variable.get());
        match earlier.or_else(later).or_else(|| self.restored(name, env)) {
            Some(value) if is_bare && !is_function(&value) => self.error(span, NO_FUNCTION),
            Some(value) => Ok(value),
            None => {
                let what = match env.later(name, false) {
                    Found::Nowhere => "Unknown function",
                    Found::TooEarly { .. } | Found::As(_) => "Undefined variable",
                };
                self.error(span, format!("{what} or constant: {name}"))
            }
        }
    }

    pub(super) async fn indices(
        &self,
        items: &[IndexItem],
        env: &Env,
    ) -> Result<Vec<Argument<Value>>, Exit> {
        let mut arguments = Vec::with_capacity(items.len());
        for item in items {
            arguments.push(match item {
                IndexItem::At(place) => Argument::At(self.value(place, env).await?),
                IndexItem::Slice(start, end) => {
                    let start = match start {
                        Some(start) => Some(self.value(start, env).await?),
                        None => None,
                    };
                    let end = match end {
                        Some(end) => Some(self.value(end, env).await?),
                        None => None,
                    };
                    Argument::Slice(start, end)
                }
            });
        }
        Ok(arguments)
    }

    pub(super) fn index(
        &self,
        value: &Value,
        arguments: &[Argument<Value>],
        span: Span,
    ) -> Outcome {
        let found = index::get(&mut *self.heap.borrow_mut(), value, arguments);
        self.at(span, found)
    }

    pub(super) fn field(&self, value: &Value, name: &Name, span: Span) -> Outcome {
        if let Value::Signal(signal) = value
            && method(value.kind(), &name.text) == Some(Method::Engine(EngineMethod::SignalValue))
        {
            return Ok(self.follow(signal));
        }
        let found = field::get(&mut *self.heap.borrow_mut(), value, &name.text);
        self.at(span, found)
    }

    /// `value.name(arguments)`
    async fn method(
        &self,
        value: Value,
        (name, arguments): (&Name, Vec<Value>),
        from: (Root<'_>, &Way),
        env: &Env,
        span: Span,
        is_last: bool,
    ) -> Outcome {
        let own = match &value {
            Value::Record(record) => record.get(&name.text),
            _ => None,
        };
        let found = if own.is_some() { None } else { method(value.kind(), &name.text) };
        let (callee, arguments, receiver) = match found {
            Some(Method::Change(change)) => {
                drop(value);
                return self.change((change, &arguments), from, env, span);
            }
            Some(Method::Engine(method)) => {
                return self.engine_method(&value, method, &arguments, span).await;
            }
            Some(Method::Builtin(index)) => {
                let arguments = std::iter::once(value).chain(arguments).collect();
                (Value::Builtin(index), arguments, None)
            }
            Some(Method::Prelude(function)) => {
                let Some(callee) = self.function(function) else {
                    return self.error(span, format!("Unknown function or constant: {function}"));
                };
                (callee, arguments.into_iter().chain(std::iter::once(value)).collect(), None)
            }
            None => {
                let callee = match own {
                    Some(callee) => callee,
                    None if has_fields(&value) => self.field(&value, name, name.span)?,
                    None => {
                        let name = &name.text;
                        let message = format!("Cannot access field '{name}' on non-record value");
                        return self.error(span, message);
                    }
                };
                if !is_function(&callee) {
                    return self.error(span, format!("Field '{}' is not a function", name.text));
                }
                (callee, arguments, Some(value))
            }
        };
        self.finish_call(Call { callee, arguments, receiver, span }, is_last).await
    }
}

/// How many suffixes lead to a call of a method that changes what it is called on, if that lies in
/// a variable or a field.
fn changed(suffixes: &[(Suffix, Span)], is_variable: bool) -> Option<usize> {
    let mut is_place = is_variable;
    for (index, pair) in suffixes.windows(2).enumerate() {
        match (&pair[0].0, &pair[1].0) {
            (Suffix::Field(name), Suffix::Call(_)) => {
                return (is_place && CHANGING.contains(&&*name.text)).then_some(index);
            }
            (Suffix::Field(_), _) => is_place = true,
            (Suffix::Index(_), _) => {}
            (Suffix::Call(_), _) => return None,
        }
    }
    None
}

fn has_fields(value: &Value) -> bool {
    matches!(value.kind(), Kind::Record | Kind::Edge | Kind::Error | Kind::Generator)
}

pub(super) fn is_function(value: &Value) -> bool {
    matches!(value, Value::Function(_) | Value::Builtin(_))
}
