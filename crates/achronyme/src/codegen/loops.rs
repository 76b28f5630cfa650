//! Loops.

use achronyme_library::Kind;
use achronyme_vm::{Constant, Op};
use source::Span;

use super::function::{Loop, Storage};
use super::{Codegen, To, Use};
use crate::hir::{Block, Expression, ExpressionKind, Name};
use crate::resolve::BindingId;

impl Codegen<'_> {
    pub(super) fn while_to(&mut self, condition: &Expression, body: &Block, span: Span, to: To) {
        self.loop_to(span, to, true, |this| {
            let head = this.function.code.target();
            let mut exit = Vec::new();
            this.outside(|this| this.condition(condition, false, &mut exit));
            let again = this.function.code.target();
            this.turn(body);
            // After a turn, a comparison leads back at once.
            if !this.function.code.is_live() || !this.loop_if(condition, again) {
                this.at(span);
                this.function.code.jump_back(head);
            }
            this.function.code.bind(exit);
        });
    }

    pub(super) fn for_to(
        &mut self,
        name: &Name,
        over: &Expression,
        body: &Block,
        span: Span,
        to: To,
    ) {
        self.loop_to(span, to, false, |this| match &over.kind {
            ExpressionKind::Range { start, end, inclusive } => {
                let window = this.function.registers.take_row(2);
                let kept = this.use_until(start, end.span.end, Use::Look);
                this.outside(|this| {
                    this.into(start, window, kept);
                    this.into(end, window + 1, Use::Look);
                });
                this.at(over.span);
                this.emit(Op::ForPrepare, window, u8::from(*inclusive), 0);
                let mut exit = Vec::new();
                this.function.code.distance(&mut exit);
                let head = this.function.code.target();
                this.name_turn(name, window, true);
                this.turn(body);
                this.at(span);
                this.function.code.jump_back_on(Op::ForLoop, (window, 0), head);
                this.function.code.bind(exit);
            }
            _ => this.iterate(name, over, body, span),
        });
    }

    /// What stands before the body of a loop is no part of it: what leaves a loop there leaves the
    /// one around it.
    fn outside(&mut self, write: impl FnOnce(&mut Self)) {
        let innermost = self.function.loops.pop();
        write(self);
        self.function.loops.extend(innermost);
    }

    fn iterate(&mut self, name: &Name, over: &Expression, body: &Block, span: Span) {
        let window = self.function.registers.take_row(3);
        self.function.registers.reach(window, 5);
        let kept = self.use_until(over, body.span.end, Use::Look);
        self.outside(|this| this.into(over, window, kept));
        self.at(over.span);
        self.emit(Op::IterPrepare, window, 0, 0);
        let head = self.function.code.target();
        let mut exit = Vec::new();
        self.function.code.jump_on(Op::IterNext, window, 0, &mut exit);
        self.function.code.jump_on(Op::IterTake, window, 0, &mut exit);
        self.name_turn(name, window + 2, false);
        self.turn(body);
        self.at(span);
        self.function.code.jump_back(head);
        self.function.code.bind(exit);
    }

    fn name_turn(&mut self, name: &Name, register: u8, is_number: bool) {
        if let Some(id) = self.resolution.declared(name.span) {
            self.function.name_register(&name.text, register, false);
            let storage = Storage::Register { register, is_owned: true, is_settled: true };
            self.function.places.insert(id, storage);
            self.know(id, is_number.then_some(Kind::Number));
        }
    }

    /// A turn of the innermost loop.
    fn turn(&mut self, body: &Block) {
        let to = match self.function.loops.last().and_then(|one| one.result) {
            Some(result) => To::Register(result, Use::Keep),
            None => To::Nothing,
        };
        self.block_to(body, to);
        if let Some(innermost) = self.function.loops.last_mut() {
            let continues = std::mem::take(&mut innermost.continues);
            self.function.code.bind(continues);
        }
    }

    /// A loop around what `write` writes.
    fn loop_to(&mut self, span: Span, to: To, is_zero: bool, write: impl FnOnce(&mut Self)) {
        let mark = self.mark();
        let result = match to {
            To::Nothing => None,
            To::Register(target, _) => Some(self.scratch(target)),
            To::Return => Some(self.take()),
        };
        if let Some(result) = result {
            self.at(span);
            self.load(result, empty(is_zero));
            self.function.registers.keep(result);
        }
        let fetched = if self.function.loops.is_empty() { self.fetch(span) } else { Vec::new() };
        let checked = self.function.has_checked_self;
        let scope = self.function.open_scope();
        let (breaks, continues) = (Vec::new(), Vec::new());
        self.function.loops.push(Loop { result, is_zero, breaks, continues });
        write(self);
        if let Some(done) = self.function.loops.pop() {
            self.function.code.bind(done.breaks);
        }
        self.function.close_scope(scope);
        self.function.places.extend(fetched);
        self.function.has_checked_self = checked;
        if let Some(result) = result {
            self.function.registers.unkeep(result);
            match to {
                To::Register(target, _) => self.move_to(target, result),
                To::Return => self.leave(result),
                To::Nothing => {}
            }
        }
        self.release(mark);
    }

    /// Puts the variables of outer functions that a loop uses, and that never change, into registers
    /// as long as it runs. Where they were before.
    fn fetch(&mut self, span: Span) -> Vec<(BindingId, Storage)> {
        /// So many at most.
        const MAX: usize = 8;
        let mut fetched = Vec::new();
        for id in self.resolution.used(span.start, span.end) {
            let is_outer = self.around.iter().any(|function| function.places.contains_key(&id));
            if fetched.len() == MAX || !is_outer {
                continue;
            }
            let Some(storage @ Storage::Upvalue(_)) = self.storage(id) else { continue };
            let register = self.take();
            self.at(span);
            self.read(storage, register, Use::Look);
            let here = Storage::Register { register, is_owned: false, is_settled: false };
            self.function.places.insert(id, here);
            fetched.push((id, storage));
        }
        fetched
    }

    pub(super) fn break_(&mut self, value: Option<&Expression>, span: Span) {
        let (result, is_zero) = match self.function.loops.last() {
            Some(innermost) => (innermost.result, innermost.is_zero),
            None => return self.raise("'break' can only be used inside a loop (while or for)"),
        };
        match (value, result) {
            (Some(value), Some(result)) => self.into(value, result, Use::Keep),
            (Some(value), None) => self.discard(value),
            (None, Some(result)) => self.load(result, empty(is_zero)),
            (None, None) => {}
        }
        self.at(span);
        if let Some(innermost) = self.function.loops.last_mut() {
            self.function.code.jump(&mut innermost.breaks);
        }
    }

    pub(super) fn continue_(&mut self) {
        match self.function.loops.last_mut() {
            Some(innermost) => self.function.code.jump(&mut innermost.continues),
            None => self.raise("'continue' can only be used inside a loop (while or for)"),
        }
    }
}

/// The value of a loop without a turn, or left by a bare `break`.
fn empty(is_zero: bool) -> Constant {
    if is_zero { Constant::Number(0.0) } else { Constant::Null }
}
