//! Calls as they are found on the stack. Changes nothing.

use achronyme_library::Store;
use machine::{CodePosition, Frame};

use crate::disasm::function_name;
use crate::frame::{Link, Return};
use crate::program::Local;
use crate::value::{Tag, Value};
use crate::vm::Vm;

/// A call that has not ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Activation {
    /// The word that is its register 0.
    pub(crate) base: usize,
    /// The function that runs.
    pub(crate) function: usize,
    /// A word of the instruction that it is at.
    word: usize,
}

impl Vm {
    /// The calls, innermost first.
    pub(crate) fn activations(&self) -> impl Iterator<Item = Activation> + '_ {
        let function = self.prototype();
        let pc = self.state.pc;
        let word = pc.saturating_sub(self.prototypes[function].code) as usize;
        let first = Activation { base: self.state.base, function, word };
        std::iter::successors(Some(first), |inner| self.caller(inner))
    }

    fn caller(&self, inner: &Activation) -> Option<Activation> {
        let link = Link::of(self.heap.get(inner.base - 2));
        let pc = match link.kind() {
            Return::Plain | Return::Effect | Return::Task => link.pc().checked_sub(1)?,
            Return::Next | Return::Iterate => link.pc(),
            Return::Main => return None,
        };
        // The lowest frame of a task that has waited has nobody below.
        if link.distance() == 0 {
            return None;
        }
        let function = link.prototype();
        let word = pc.checked_sub(self.prototypes.get(function)?.code)? as usize;
        Some(Activation { base: inner.base - link.distance(), function, word })
    }

    /// The innermost call of the user's; if there is none, the innermost.
    pub(crate) fn user_activation(&self) -> Activation {
        let own = self.activations().find(|call| !self.is_of_library(call.function));
        own.unwrap_or(Activation { base: self.state.base, function: self.prototype(), word: 0 })
    }

    /// The outermost code, if it is on the stack below another call.
    pub(crate) fn outermost_activation(&self) -> Option<Activation> {
        let last = self.activations().last()?;
        (last.function == self.program.main as usize).then_some(last)
    }

    pub(crate) fn position_of(&self, call: &Activation) -> CodePosition {
        let start = if call.base == self.state.base {
            call.word
        } else {
            self.instruction_start(call.function, call.word)
        };
        self.position_in(call.function, start)
    }

    pub(crate) fn frame_list(&self, limit: usize) -> Vec<Frame> {
        let own = self.activations().filter(|call| !self.is_of_library(call.function));
        let frame = |call: Activation| {
            let position = self.position_of(&call);
            let name = function_name(&self.program, call.function);
            Frame { name, position, place: self.part_of(position) }
        };
        own.take(limit).map(frame).collect()
    }

    /// The variables in registers that can be seen in a call, later ones last.
    pub(crate) fn locals_of(&self, call: Activation) -> impl Iterator<Item = &Local> {
        let locals = &self.program.prototypes[call.function].locals;
        locals
            .iter()
            .filter(move |local| (local.start as usize..local.end as usize).contains(&call.word))
    }

    /// The word with the value of a variable: the register, or what its cell holds. `None` where
    /// the variable has no value yet.
    pub(crate) fn word_of_local(&self, call: Activation, local: &Local) -> Option<usize> {
        let at = call.base + usize::from(local.register);
        if local.cell { self.inside_cell(self.heap.peek(at)) } else { Some(at) }
    }

    /// The word with the value of an upvalue.
    pub(crate) fn word_of_upvalue(&self, call: Activation, index: usize) -> Option<usize> {
        let closure = self.heap.peek(call.base - 1);
        if !closure.is(Tag::Closure) {
            return None;
        }
        let (_, is_cell) = self.program.prototypes[call.function].upvalues.get(index)?;
        let at = closure.at() + 1 + index;
        if *is_cell { self.inside_cell(self.heap.peek(at)) } else { Some(at) }
    }

    /// `self` of a call, if it has one.
    pub(crate) fn word_of_self(&self, call: Activation) -> Option<usize> {
        let register = self.program.prototypes[call.function].self_register?;
        let at = call.base + usize::from(register);
        self.heap.peek(at).is(Tag::Record).then_some(at)
    }

    /// The word of the global with a name that has a value, the latest of them.
    pub(crate) fn word_of_global(&self, name: &str) -> Option<usize> {
        let index = self.program.globals.iter().rposition(|global| global == name)?;
        Some(self.state.globals + 1 + index)
    }

    /// Whether a global is a function of the library.
    pub(crate) fn is_library_global(&self, index: usize) -> bool {
        let value = self.global(index);
        value.is(Tag::Closure) && self.is_of_library(self.heap.closure_prototype(value) as usize)
    }

    fn inside_cell(&self, cell: Value) -> Option<usize> {
        cell.is(Tag::Cell).then(|| cell.at() + 1)
    }

    /// How many elements a vector or string has, how many numbers a tensor.
    pub(crate) fn length_of(&self, value: Value) -> Option<usize> {
        let heap = &self.heap;
        if value.is(Tag::Vector) {
            return Some(heap.vector_length(value));
        }
        if value.is(Tag::String) {
            return Some(heap.characters(&value));
        }
        let shape = heap.tensor(&value).map(|tensor| tensor.shape);
        let shape = shape.or_else(|| heap.complex_tensor(&value).map(|tensor| tensor.shape))?;
        Some(shape.first().copied().unwrap_or(1))
    }
}
