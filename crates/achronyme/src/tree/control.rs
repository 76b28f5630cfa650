//! Conditions, loops, `try`, `match`.

use std::rc::Rc;

use achronyme_library::{array, compare};
use source::Span;

use super::engine::Engine;
use super::exit::{Call, Exit, Outcome};
use super::scope::Env;
use super::task::Receiver;
use super::value::Value;
use crate::hir::{Arm, Block, Expression, Name};

/// What a loop walks through.
enum Walk {
    /// Elements or rows, and how many came already.
    Items(Value, usize),
    /// What a generator yields.
    Generator(Value),
    /// What a record's `next` gives.
    Record(Value),
    /// What comes through a channel, until it is closed.
    Receiver(Rc<Receiver>),
}

impl Engine {
    pub(super) async fn if_(
        &self,
        branches: &[(Expression, Block)],
        (otherwise, exhaustive): (Option<&Block>, bool),
        env: &Env,
        tail: bool,
        span: Span,
    ) -> Outcome {
        for (condition, then) in branches {
            let value = self.value(condition, env).await?;
            if self.condition(&value, condition.span)? {
                return self.block(then, env, tail).await;
            }
        }
        match otherwise {
            Some(block) => self.block(block, env, tail).await,
            None if exhaustive => self.error(span, "No condition was met in piecewise expression"),
            None => Ok(Value::Number(0.0)),
        }
    }

    pub(super) async fn while_(&self, condition: &Expression, body: &Block, env: &Env) -> Outcome {
        let mut last = Value::Number(0.0);
        loop {
            let value = self.value(condition, env).await?;
            if !self.condition(&value, condition.span)? {
                return Ok(last);
            }
            // What the last turn came to may be a vector that this one changes.
            if !body.continues {
                last = Value::Null;
            }
            match self.block(body, env, false).await {
                Ok(value) => last = value,
                Err(Exit::Continue) => {}
                Err(Exit::Break(value)) => return Ok(value.unwrap_or(Value::Number(0.0))),
                Err(exit) => return Err(exit),
            }
        }
    }

    pub(super) async fn for_(
        &self,
        name: &Name,
        over: &Expression,
        body: &Block,
        env: &Env,
    ) -> Outcome {
        let value = self.value(over, env).await?;
        let mut walk = self.walk(value, over.span)?;
        let mut last = Value::Null;
        while let Some(value) = self.next(&mut walk, over.span).await? {
            self.step()?;
            if !body.continues {
                last = Value::Null;
            }
            let mut turn = env.inner(None);
            turn.bind(&name.text, value);
            match self.block(body, &turn, false).await {
                Ok(value) => last = value,
                Err(Exit::Continue) => {}
                Err(Exit::Break(value)) => return Ok(value.unwrap_or_default()),
                Err(exit) => return Err(exit),
            }
        }
        Ok(last)
    }

    fn walk(&self, value: Value, span: Span) -> Result<Walk, Exit> {
        match &value {
            Value::Vector(_) | Value::Tensor(_) | Value::ComplexTensor(_) => {
                Ok(Walk::Items(value, 0))
            }
            Value::Generator(_) => Ok(Walk::Generator(value)),
            Value::Receiver(receiver) => Ok(Walk::Receiver(Rc::clone(receiver))),
            Value::Record(record) => match record.get("next") {
                Some(Value::Function(_) | Value::Builtin(_)) => Ok(Walk::Record(value)),
                _ => self.error(span, "Record must have a 'next' method to be iterable"),
            },
            _ => {
                let message = format!(
                    "Cannot iterate over {}: expected Vector, Tensor, Generator, or iterator \
                     (object with next method)",
                    value.kind().name()
                );
                self.error(span, message)
            }
        }
    }

    /// What comes next, if anything does.
    async fn next(&self, walk: &mut Walk, span: Span) -> Result<Option<Value>, Exit> {
        match walk {
            Walk::Items(value, index) => {
                let item = array::item(&mut *self.heap.borrow_mut(), value, *index);
                *index += 1;
                self.at(span, item)
            }
            Walk::Generator(value) => {
                let Value::Generator(generator) = &*value else { return Ok(None) };
                let (value, is_done) = self.resume(generator, span).await?;
                Ok((!is_done).then_some(value))
            }
            Walk::Record(value) => self.next_of_record(value, span).await,
            Walk::Receiver(receiver) => {
                let future = self.receive(receiver, span)?;
                let value = self.wait_for(&future, span).await?;
                let is_last = matches!(&future, Value::Future(future) if future.is_last());
                Ok((!is_last).then_some(value))
            }
        }
    }

    async fn next_of_record(&self, value: &Value, span: Span) -> Result<Option<Value>, Exit> {
        let Value::Record(record) = value else { return Ok(None) };
        let callee = record.get("next").unwrap_or_default();
        let receiver = Some(value.clone());
        let given = self.call(Call { callee, arguments: Vec::new(), receiver, span }).await?;
        let Value::Record(given) = given else {
            return self.error(span, "next() must return a record with value and done");
        };
        match (given.get("value"), given.get("done")) {
            (Some(_), Some(Value::Boolean(true))) => Ok(None),
            (Some(value), Some(Value::Boolean(false))) => Ok(Some(value)),
            (Some(_), Some(_)) => self.error(span, "next() must return {done: Boolean}"),
            _ => self.error(span, "next() must return a record with value and done"),
        }
    }

    pub(super) async fn try_(
        &self,
        body: &Block,
        name: &Name,
        handler: &Block,
        env: &Env,
        tail: bool,
    ) -> Outcome {
        match self.block(body, &env.closed(), false).await {
            Err(Exit::Throw(thrown)) => {
                let mut inner = env.inner(None);
                inner.bind(&name.text, thrown.error);
                self.block(handler, &inner, tail).await
            }
            outcome => outcome,
        }
    }

    pub(super) async fn match_(
        &self,
        scrutinee: &Expression,
        arms: &[Arm],
        env: &Env,
        tail: bool,
        span: Span,
    ) -> Outcome {
        let value = self.value(scrutinee, env).await?;
        for arm in arms {
            let mut inner = env.inner(None);
            if !self.matches(&arm.pattern, &value, &mut inner)? {
                continue;
            }
            if let Some(guard) = &arm.guard {
                let holds = self.value(guard, &inner).await?;
                if !self.condition(&holds, guard.span)? {
                    continue;
                }
            }
            drop(value);
            self.step()?;
            return self.eval(&arm.value, &inner, tail).await;
        }
        self.error(span, "Match expression: no pattern matched the value")
    }

    /// Whether two values are equal.
    pub(super) fn equal(&self, a: &Value, b: &Value) -> bool {
        compare::equal(&*self.heap.borrow(), a, b)
    }
}
