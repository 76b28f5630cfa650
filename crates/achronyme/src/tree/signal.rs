//! Signals: values that run effects when they change.

use std::cell::RefCell;
use std::rc::Rc;

use achronyme_library::Fault;
use source::Span;

use super::engine::Engine;
use super::exit::{Call, Exit, Outcome};
use super::function::Function;
use super::grave::bury;
use super::heap::Cyclic;
use super::value::{Charge, Value};

/// A value that effects follow.
pub(super) struct Signal {
    value: RefCell<Value>,
    /// Functions to run at the next change.
    followers: RefCell<Vec<Rc<Function>>>,
    _charge: Charge,
}

/// An effect that runs. When it does no longer, the one around it does.
struct Running<'a>(&'a Engine);

impl Signal {
    pub(super) fn peek(&self) -> Value {
        self.value.borrow().clone()
    }

    /// Forgets what can lead back here.
    pub(super) fn clear(&self) {
        let old = (self.value.take(), self.followers.take());
        drop(old);
    }
}

impl Drop for Signal {
    fn drop(&mut self) {
        bury((self.value.take(), self.followers.take()));
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let ended = self.0.effects.borrow_mut().pop();
        drop(ended);
    }
}

impl Engine {
    /// `signal(value)`
    pub(super) fn signal(&self, value: Value, span: Span) -> Outcome {
        let charge = self.charge(size_of::<Signal>(), span)?;
        let signal = Rc::new(Signal {
            value: RefCell::new(value),
            followers: RefCell::default(),
            _charge: charge,
        });
        self.heap.borrow().watch(Cyclic::Signal(Rc::downgrade(&signal)));
        Ok(Value::Signal(signal))
    }

    /// `signal.value`: the effect that runs follows it from now on.
    pub(super) fn follow(&self, signal: &Signal) -> Value {
        if let Some(effect) = self.effects.borrow().last() {
            let mut followers = signal.followers.borrow_mut();
            if !followers.iter().any(|one| Rc::ptr_eq(one, effect)) {
                followers.push(Rc::clone(effect));
            }
        }
        signal.peek()
    }

    /// `signal.set(value)`: if it is another one, effects run one after the other.
    pub(super) async fn set_signal(&self, signal: &Signal, value: Value, span: Span) -> Outcome {
        let old = signal.value.replace(value.clone());
        if !self.equal(&old, &value) {
            for effect in signal.followers.take() {
                self.run_effect(effect, span).await?;
            }
        }
        Ok(Value::Null)
    }

    /// `effect(function)`
    pub(super) async fn effect(&self, function: &Value, span: Span) -> Outcome {
        let Value::Function(function) = function else {
            return self.at(span, Err(Fault::type_error("effect: needs a function")));
        };
        if function.lambda.is_async || function.lambda.is_generator {
            let message = "effect: needs a function that is neither async nor a generator";
            return self.at(span, Err(Fault::type_error(message)));
        }
        self.run_effect(Rc::clone(function), span).await?;
        Ok(Value::Null)
    }

    async fn run_effect(&self, effect: Rc<Function>, span: Span) -> Result<(), Exit> {
        self.effects.borrow_mut().push(Rc::clone(&effect));
        let _running = Running(self);
        let callee = Value::Function(effect);
        self.call(Call { callee, arguments: Vec::new(), receiver: None, span }).await?;
        Ok(())
    }
}
