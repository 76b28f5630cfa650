//! Signals: values that run effects when they change.
//!
//! An effect is a function. While it runs, the signals whose `value` it reads remember it; when one
//! of them is set to something else, it forgets its effects and they run again, one after the other,
//! before `set` returns.

use std::sync::Arc;

use achronyme_library::{Fault, compare};

use crate::exec::{Failure, Flow, WORDS};
use crate::frame::{Link, Return};
use crate::heap::STACK_LIMIT;
use crate::layout::ObjectKind;
use crate::value::{Tag, Value};
use crate::vm::{Body, Vm};

/// Fields of a signal: its value, and a vector of effects or null.
const VALUE: usize = 0;
const FOLLOWERS: usize = 1;

impl Vm {
    pub(super) fn new_signal(&mut self, value: Value) -> Result<Value, Fault> {
        self.heap.share(value);
        self.heap.new_object(ObjectKind::Signal, &[value, Value::NULL])
    }

    pub(crate) fn signal_value(&mut self, signal: Value) -> Value {
        let value = self.heap.object_field(signal, VALUE);
        self.heap.share(value);
        value
    }

    /// Lets the effect that runs follow a signal that it reads.
    pub(crate) fn follow(&mut self, signal: Value) -> Result<(), Fault> {
        let Some(&effect) = self.state.effects.last() else { return Ok(()) };
        let followers = self.heap.object_field(signal, FOLLOWERS);
        if followers != Value::NULL && self.heap.vector_elements(followers).contains(&effect) {
            return Ok(());
        }
        let followers = self.appended(followers, effect)?;
        self.heap.set_object_field(signal, FOLLOWERS, followers);
        Ok(())
    }

    /// `signal.set(value)`, called with the window at `R[a]`.
    pub(super) fn set_signal(
        &mut self,
        signal: Value,
        value: Value,
        a: u8,
    ) -> Result<Flow, Failure> {
        let old = self.heap.object_field(signal, VALUE);
        let followers = self.heap.object_field(signal, FOLLOWERS);
        let changed = !compare::equal(&self.heap, &old, &value);
        self.heap.share(value);
        self.heap.set_object_field(signal, VALUE, value);
        if !changed || followers == Value::NULL {
            self.set_register(a, Value::NULL);
            return Ok(Flow::Next);
        }
        let mut left = self.heap.vector_elements(followers).to_vec();
        left.reverse();
        let left = self.heap.vector_of(&left)?;
        self.heap.set_object_field(signal, FOLLOWERS, Value::NULL);
        let to = self.state.base + usize::from(a);
        self.run_effects(left, to)
    }

    /// `effect(function)`; the word `to` gets the result.
    pub(super) fn run_effect(&mut self, function: Value, to: usize) -> Result<Flow, Failure> {
        if !function.is(Tag::Closure) {
            return Err(Fault::type_error("effect: needs a function").into());
        }
        let number = self.heap.closure_prototype(function) as usize;
        if self.prototypes[number].kind != Body::Plain {
            let message = "effect: needs a function that is neither async nor a generator";
            return Err(Fault::type_error(message).into());
        }
        let left = self.heap.vector_of(&[function])?;
        self.run_effects(left, to)
    }

    /// Runs the effects in a vector, the last first, in a frame two words above `to`.
    fn run_effects(&mut self, left: Value, to: usize) -> Result<Flow, Failure> {
        let back = self.state.pc + WORDS[self.op() as usize];
        let distance = to + 4 - self.state.base;
        let link = Link::new(back, self.prototype_number(), distance, Return::Effect);
        self.next_effect(left, to, link)
    }

    fn next_effect(&mut self, left: Value, to: usize, link: Link) -> Result<Flow, Failure> {
        let mut left = left;
        let Some(effect) = self.heap.vector_pop(&mut left)? else {
            self.heap.set_stack(to, Value::NULL);
            self.state.pc = link.pc();
            return Ok(Flow::Moved);
        };
        let number = self.heap.closure_prototype(effect) as usize;
        let proto = self.prototypes[number];
        self.check_arity(number, proto, 0)?;
        let base = to + 4;
        if base + usize::from(proto.registers) > STACK_LIMIT {
            return Err(Fault::new("Stack overflow").into());
        }
        self.heap.set_stack(to + 1, left);
        self.heap.set_stack(base - 2, link.word());
        self.heap.set_stack(base - 1, effect);
        Arc::make_mut(&mut self.state.effects).push(effect);
        self.begin(base, proto, 0, None);
        Ok(Flow::Moved)
    }

    /// The effect that runs has returned.
    pub(crate) fn end_effect(&mut self, link: Link) -> Result<Flow, Failure> {
        Arc::make_mut(&mut self.state.effects).pop();
        let to = self.state.base - 4;
        let left = self.heap.get(to + 1);
        self.state.base -= link.distance();
        self.next_effect(left, to, link)
    }
}
