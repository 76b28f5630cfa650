//! Calls. Arguments are put where the called function's frame begins; its result comes in R0.

use palindrome_vm::Instruction;

use super::Codegen;
use super::code::{Jump, Label};
use super::frame::FRAME;
use crate::hir::{Callee, Expression};

impl Codegen<'_> {
    pub(super) fn call(&mut self, callee: &Callee, arguments: &[Expression], of: &Expression) {
        let (id, types, is_inverse) = match callee {
            Callee::Function(id, types) => (*id, types, false),
            Callee::Inverse(id, types) => (*id, types, true),
            Callee::Builtin(id) => return self.builtin(*id, arguments, of),
            Callee::Value(function) => return self.call_value(function, arguments, of),
        };
        if !is_inverse && self.answers_value((id, types), arguments, of.span) {
            return;
        }
        let target = self.copy(id, types, is_inverse, of.span);
        let height = self.frame.height;
        for argument in arguments {
            self.value(argument);
            self.save(0);
        }
        self.at(of.span);
        self.frame.drop_to(height, self.code.here());
        self.enter(target, super::layout::as_word(arguments.len()));
    }

    /// Calls code whose arguments, so many words, lie above what is in use.
    pub(super) fn enter(&mut self, target: Label, words: i64) {
        if self.frame.top.is_some() {
            return self.enter_above(target, words);
        }
        let value = self.frame.height * 8;
        self.code.push(Instruction::IAddImm { dst: FRAME, src: FRAME, value });
        self.code.jump(Jump::Call, target);
        self.code.push(Instruction::ISubImm { dst: FRAME, src: FRAME, value });
    }

    fn call_value(&mut self, function: &Expression, arguments: &[Expression], of: &Expression) {
        let height = self.frame.height;
        self.value(function);
        let own = self.save(0);
        let inner = self.frame.height;
        for argument in arguments {
            self.value(argument);
            self.save(0);
        }
        self.at(of.span);
        self.restore(own, 0);
        self.frame.drop_to(inner, self.code.here());
        self.call_closure(arguments.len());
        self.frame.drop_to(height, self.code.here());
    }

    /// Calls the function value in R0, whose arguments lie above what is in use.
    pub(super) fn call_closure(&mut self, arguments: usize) {
        let count = super::layout::as_word(arguments);
        self.code.store(0, FRAME, (self.frame.height + count) * 8);
        self.frame.height_max = self.frame.height_max.max(self.frame.height + count + 1);
        let target = self.dispatcher(arguments);
        self.enter(target, count + 1);
    }
}
