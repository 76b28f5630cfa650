//! `for`: over numbers, over what holds elements, and over what gives them one by one.

#![expect(clippy::wildcard_enum_match_arm, reason = "few kinds of value can be iterated over")]

use achronyme_library::{Fault, Kind, Store, View, array};

use crate::exec::{Failure, Flow};
use crate::frame::Return;
use crate::layout::LAST;
use crate::value::{Tag, Value};
use crate::vm::Vm;

impl Vm {
    pub(crate) fn for_prepare(&mut self, a: u8, inclusive: bool) -> Result<Flow, Failure> {
        let (start, end) = (self.register(a), self.register(a + 1));
        let (first, last) = array::range_ends(&self.heap, &start, &end, inclusive)?;
        self.set_register(a, Value::number(first));
        self.set_register(a + 1, Value::number(last));
        Ok(if first <= last { Flow::Next } else { Flow::Jump(self.operand(1).cast_signed()) })
    }

    pub(crate) fn for_loop(&mut self, a: u8) -> Result<Flow, Failure> {
        let (Some(at), Some(last)) =
            (self.register(a).as_number(), self.register(a + 1).as_number())
        else {
            return Err(Fault::new("the code counts with what is no number").into());
        };
        let next = at + 1.0;
        if next > last {
            return Ok(Flow::Next);
        }
        self.set_register(a, Value::number(next));
        Ok(Flow::Jump(self.operand(1).cast_signed()))
    }

    pub(crate) fn iter_prepare(&mut self, a: u8) -> Result<Flow, Failure> {
        let over = self.register(a);
        match self.heap.kind(&over) {
            Kind::Vector
            | Kind::Tensor
            | Kind::ComplexTensor
            | Kind::Generator
            | Kind::Receiver => {}
            Kind::Record => {
                let next = self.heap.field(&over, "next");
                if next.is_none_or(|next| self.heap.kind(&next) != Kind::Function) {
                    return Err(
                        Fault::new("Record must have a 'next' method to be iterable").into()
                    );
                }
            }
            kind => {
                let message = format!(
                    "Cannot iterate over {}: expected Vector, Tensor, Generator, or iterator \
                     (object with next method)",
                    kind.name()
                );
                return Err(Fault::new(message).into());
            }
        }
        self.heap.share(over);
        self.set_register(a + 1, Value::number(0.0));
        Ok(Flow::Next)
    }

    pub(crate) fn iter_next(&mut self, a: u8) -> Result<Flow, Failure> {
        let over = self.register(a);
        let exit = Flow::Jump(self.operand(1).cast_signed());
        match self.heap.view(&over) {
            View::Generator { done: true } => Ok(exit),
            View::Generator { done: false } => {
                let link = self.state.base + usize::from(a) + 3;
                self.resume(over, link, Return::Iterate)
            }
            View::Receiver => {
                // The future stands there while the task waits, and the instruction begins again.
                let mut future = self.register(a + 1);
                if self.heap.kind(&future) != Kind::Future {
                    future = self.receive(over)?;
                    self.set_register(a + 1, future);
                }
                let flow = self.wait(a + 2, future)?;
                if !matches!(flow, Flow::Next) {
                    return Ok(flow);
                }
                self.set_register(a + 1, Value::number(0.0));
                Ok(if self.heap.has_flag(future, LAST) { exit } else { Flow::Jump(2) })
            }
            View::Record => {
                let Some(next) = self.heap.field(&over, "next") else {
                    return Err(
                        Fault::new("Record must have a 'next' method to be iterable").into()
                    );
                };
                self.set_register(a + 4, next);
                let flow = self.call(next, a + 3, 0, Some(over), false)?;
                // A function of the library has already answered.
                Ok(flow)
            }
            _ => {
                let Some(at) = self.register(a + 1).as_number() else {
                    return Err(Fault::new("the code counts with what is no number").into());
                };
                if at < 0.0 {
                    return Ok(exit);
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it counts from 0 in steps of 1"
                )]
                let index = at as usize;
                let Some(element) = array::item(&mut self.heap, &over, index)? else {
                    return Ok(exit);
                };
                self.heap.share(element);
                self.set_register(a + 2, element);
                self.set_register(a + 1, Value::number(at + 1.0));
                Ok(Flow::Jump(2))
            }
        }
    }

    pub(crate) fn iter_take(&mut self, a: u8) -> Result<Flow, Failure> {
        let turn = self.register(a + 3);
        let shape = "next() must return a record with value and done";
        if !turn.is(Tag::Record) {
            return Err(Fault::new(shape).into());
        }
        let (Some(value), Some(done)) =
            (self.heap.field(&turn, "value"), self.heap.field(&turn, "done"))
        else {
            return Err(Fault::new(shape).into());
        };
        match done.as_boolean() {
            Some(true) => Ok(Flow::Jump(self.operand(1).cast_signed())),
            Some(false) => {
                self.heap.share(value);
                self.set_register(a + 2, value);
                Ok(Flow::Next)
            }
            None => Err(Fault::new("next() must return {done: Boolean}").into()),
        }
    }
}
