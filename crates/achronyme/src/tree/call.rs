//! Calls of functions, whatever runs them.

use std::rc::Rc;

use achronyme_library::{Engine as Runner, Type, ask, builtin, call, finish, prelude_count};
use source::Span;

use super::engine::Engine;
use super::exit::{Call, Exit, Outcome};
use super::function::Function;
use super::scope::{Env, Frame};
use super::step::Step;
use super::types::{Check, Told};
use super::value::Value;
use crate::hir::{Block, Expression, Parameter};

/// A type of a result that is still to be checked.
struct Promise {
    check: Rc<Check>,
    span: Span,
}

/// A call that is being made; there are only so many inside of each other.
pub(super) struct Level<'a>(&'a Engine);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.depth.set(self.0.depth.get().saturating_sub(1));
    }
}

/// What is wrong with a call of something else than a function.
pub(super) const NO_FUNCTION: &str = "CallExpression requires a function, got non-function value";

impl Engine {
    /// Values for a call.
    pub(super) async fn arguments(
        &self,
        arguments: &[Expression],
        env: &Env,
    ) -> Result<Vec<Value>, Exit> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.value(argument, env).await?);
        }
        Ok(values)
    }

    /// A call, and whatever is called in its place.
    pub(super) fn call(&self, call: Call) -> Step<'_> {
        Step::new(async move {
            let span = call.span;
            let outcome = self.apply(call).await;
            match outcome {
                // What is thrown in the library was thrown where that was called.
                Err(Exit::Throw(mut thrown)) if self.is_library(thrown.span) => {
                    thrown.span = span;
                    Err(Exit::Throw(thrown))
                }
                outcome => outcome,
            }
        })
    }

    async fn apply(&self, mut call: Call) -> Outcome {
        let _level = self.enter(call.span)?;
        let mut promises: Vec<Promise> = Vec::new();
        let value = loop {
            self.step()?;
            let Some(function) = call.function() else {
                break self.apply_builtin(call).await?;
            };
            let span = call.span;
            let lambda = Rc::clone(&function.lambda);
            if lambda.is_async {
                // What is wrong with an argument is what the future comes to.
                self.check_count(&function, call.arguments.len(), span)?;
                break self.start_call(call)?;
            }
            let env = self.bind(&function, call).await?;
            self.promise(&function, &env, &mut promises)?;
            if lambda.is_generator {
                break self.generator(&lambda.body, &env, span)?;
            }
            match self.block(&lambda.body, &env, true).await {
                Ok(value) | Err(Exit::Return(value)) => break value,
                Err(Exit::Tail(next)) => call = *next,
                Err(exit) => return Err(exit),
            }
        };
        for promise in promises.iter().rev() {
            if !self.fits(&promise.check, &value) {
                let (expected, got) = (&promise.check.shown, self.type_name(&value));
                let message =
                    format!("Type error: function return type expected {expected}, got {got}");
                return self.error(promise.span, message);
            }
        }
        Ok(value)
    }

    /// Counts a call that is made inside of others.
    pub(super) fn enter(&self, span: Span) -> Result<Level<'_>, Exit> {
        let depth = self.depth.get();
        if depth >= self.depth_max {
            return self.error(span, "Stack overflow");
        }
        self.depth.set(depth + 1);
        Ok(Level(self))
    }

    /// What a function's result is to be, which is asked of the result of the call that takes its
    /// place, too. Of equal promises the last one does.
    fn promise(
        &self,
        function: &Function,
        env: &Env,
        promises: &mut Vec<Promise>,
    ) -> Result<(), Exit> {
        let span = function.lambda.span;
        let check = match (&function.lambda.result, &function.signature) {
            (Some(result), _) => self.at(result.span, self.check(result, env, Told::Written))?,
            (None, Some(signature)) => Rc::clone(&signature.result),
            (None, None) => return Ok(()),
        };
        promises.retain(|promise| !Rc::ptr_eq(&promise.check, &check));
        promises.push(Promise { check, span });
        Ok(())
    }

    /// Whether a function takes so many values.
    pub(super) fn check_count(
        &self,
        function: &Function,
        given: usize,
        span: Span,
    ) -> Result<(), Exit> {
        let parameters = &function.lambda.parameters;
        let count = parameters.len();
        let is_needed = |one: &&Parameter| !one.optional && one.default.is_none();
        if given <= count && !parameters[given..].iter().any(|one| is_needed(&one)) {
            return Ok(());
        }
        let least = parameters.iter().filter(is_needed).count();
        if self.is_library(function.lambda.span)
            && let Some(name) = &function.lambda.name
            && let Some(fault) = prelude_count(name, least, count, given)
        {
            return self.at(span, Err(fault));
        }
        if given > count {
            let message = format!("Lambda expects at most {count} arguments, got {given}");
            return self.error(span, message);
        }
        match parameters[given..].iter().find(is_needed) {
            None => Ok(()),
            Some(missing) => {
                let name = &missing.name.text;
                let message = format!(
                    "Lambda expects {count} arguments, got {given} \
                     (parameter '{name}' has no default)"
                );
                self.error(span, message)
            }
        }
    }

    /// The environment of a function's body, with its parameters.
    async fn bind(&self, function: &Rc<Function>, call: Call) -> Result<Env, Exit> {
        let parameters = &function.lambda.parameters;
        self.check_count(function, call.arguments.len(), call.span)?;
        let Some(made) = &function.env else { return Err(Exit::Stopped) };
        let frame = Frame {
            module: made.frame.module,
            receiver: call.receiver.or_else(|| made.frame.receiver.clone()),
            function: Some(Rc::clone(function)),
            yielded: None,
        };
        let mut env = made.called(frame);
        let mut values = Vec::with_capacity(parameters.len());
        let mut arguments = call.arguments.into_iter();
        for parameter in parameters {
            let value = match (arguments.next(), &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(default, &env, false).await?,
                (None, None) => Value::Null,
            };
            env.bind(&parameter.name.text, value.clone());
            values.push(value);
        }
        for (index, (parameter, value)) in parameters.iter().zip(&values).enumerate() {
            self.check_parameter(function, (index, parameter), value, &env, call.span)?;
        }
        Ok(env)
    }

    fn check_parameter(
        &self,
        function: &Function,
        (index, parameter): (usize, &Parameter),
        value: &Value,
        env: &Env,
        span: Span,
    ) -> Result<(), Exit> {
        let signature = function.signature.as_ref();
        let check = match &parameter.annotation {
            Some(annotation) => self.at(span, self.check(annotation, env, Told::Written))?,
            None => match signature.and_then(|signature| signature.parameters.get(index)) {
                Some(check) => Rc::clone(check),
                None => return Ok(()),
            },
        };
        let is_null = parameter.optional && matches!(value, Value::Null);
        if is_null || self.fits(&check, value) {
            return Ok(());
        }
        let is_union = matches!(check.ty, Type::Function { .. });
        let shown = match (parameter.optional, is_union) {
            (false, _) => check.shown.clone(),
            (true, false) => format!("{} | null", check.shown),
            (true, true) => format!("({}) | null", check.shown),
        };
        let (number, name, got) = (index + 1, &parameter.name.text, self.type_name(value));
        let message = format!(
            "Type error: argument {number} (parameter '{name}') expected {shown}, got {got}"
        );
        self.error(span, message)
    }

    /// A body that is no function's: `return` ends it.
    pub(super) async fn body(&self, block: &Block, env: &Env) -> Outcome {
        match self.block(block, &env.closed(), false).await {
            Err(Exit::Return(value)) => Ok(value),
            outcome => outcome,
        }
    }

    /// The body of an async function, and what is called in its place.
    pub(super) async fn async_body(&self, function: &Function, env: &Env) -> Outcome {
        let mut promises = Vec::new();
        self.promise(function, env, &mut promises)?;
        let value = match self.block(&function.lambda.body, env, true).await {
            Ok(value) | Err(Exit::Return(value)) => value,
            Err(Exit::Tail(next)) => self.call(*next).await?,
            Err(exit) => return Err(exit),
        };
        match promises.iter().find(|promise| !self.fits(&promise.check, &value)) {
            Some(Promise { check, span }) => {
                let (expected, got) = (&check.shown, self.type_name(&value));
                let message =
                    format!("Type error: function return type expected {expected}, got {got}");
                self.error(*span, message)
            }
            None => Ok(value),
        }
    }

    /// The result of a task that calls a function: of an async one, what it does.
    pub(super) async fn call_in_task(&self, call: Call) -> Outcome {
        match call.function().filter(|function| function.lambda.is_async) {
            Some(function) => {
                let env = self.bind(&function, call).await?;
                self.async_body(&function, &env).await
            }
            None => self.call(call).await,
        }
    }

    async fn apply_builtin(&self, made: Call) -> Outcome {
        let Call { callee: Value::Builtin(index), arguments, span, .. } = made else {
            return self.error(made.span, NO_FUNCTION);
        };
        match builtin(index).map(|builtin| builtin.engine) {
            Some(Runner::World) => {
                let question = ask(index, &mut *self.heap.borrow_mut(), &arguments);
                let answer = self.ask(self.at(span, question)?);
                let value = finish(index, &mut *self.heap.borrow_mut(), &arguments, &answer);
                self.at(span, value)
            }
            Some(Runner::Task) => Step::new(self.task_function(index, arguments, span)).await,
            Some(Runner::Library) | None => {
                let value = call(index, &mut *self.heap.borrow_mut(), &arguments);
                self.at(span, value)
            }
        }
    }
}
