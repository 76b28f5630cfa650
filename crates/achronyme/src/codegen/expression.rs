//! Expressions: to where their value is needed.

use achronyme_vm::{Constant, Op};
use source::Span;

use super::function::{Captured, FunctionKind, Storage};
use super::{Codegen, To, Use};
use crate::fold;
use crate::hir::{Expression, ExpressionKind, Part, PrefixOp};
use crate::resolve::Meaning;

impl Codegen<'_> {
    /// Compiles an expression.
    pub(super) fn expression(&mut self, found: &Expression, to: To) {
        if let Some(constant) = self.folded(found) {
            self.at(found.span);
            self.constant_to(constant, to);
            return;
        }
        let span = found.span;
        match &found.kind {
            ExpressionKind::Name(name) => self.name_to(name, span, to),
            ExpressionKind::Chain { first, suffixes } => self.chain_to(first, suffixes, span, to),
            ExpressionKind::If { branches, otherwise, exhaustive } => {
                self.if_to(branches, otherwise.as_ref(), *exhaustive, span, to);
            }
            ExpressionKind::Match { scrutinee, arms } => self.match_to(scrutinee, arms, span, to),
            ExpressionKind::Do(block) => self.block_to(block, to),
            ExpressionKind::Try { body, name, handler } => self.try_to(body, name, handler, to),
            ExpressionKind::While { condition, body } => self.while_to(condition, body, span, to),
            ExpressionKind::For { name, over, body } => self.for_to(name, over, body, span, to),
            ExpressionKind::Assign(assignment) => self.assign_to(assignment, span, to),
            ExpressionKind::And(operands) => self.choice_to(operands, Op::JumpIfFalse, span, to),
            ExpressionKind::Or(operands) => self.choice_to(operands, Op::JumpIfTrue, span, to),
            ExpressionKind::Lambda(_) if to == To::Nothing => {}
            _ => self.value_to(found, to),
        }
    }

    /// Compiles an expression into a register.
    pub(super) fn into(&mut self, found: &Expression, target: u8, kept: Use) {
        self.expression(found, To::Register(target, kept));
    }

    /// Compiles an expression of which nobody needs the value.
    pub(super) fn discard(&mut self, found: &Expression) {
        self.expression(found, To::Nothing);
    }

    /// Whatever is always computed into a register.
    fn value_to(&mut self, found: &Expression, to: To) {
        let mark = self.mark();
        match to {
            To::Register(target, _) => self.value(found, target),
            To::Nothing => {
                let target = self.take();
                self.value(found, target);
            }
            To::Return => {
                let target = self.take();
                self.value(found, target);
                let kind = self.function.result.and_then(|_| self.kind_of(found));
                self.leave_with(target, kind);
            }
        }
        self.release(mark);
    }

    fn value(&mut self, found: &Expression, target: u8) {
        let span = found.span;
        match &found.kind {
            ExpressionKind::SelfValue => {
                let register = self.self_register(span);
                self.move_to(target, register);
            }
            ExpressionKind::Rec => self.rec_into(span, target),
            ExpressionKind::Interpolated(parts) => self.interpolated(parts, span, target),
            ExpressionKind::Array(items) => self.array(items, span, target),
            ExpressionKind::Record(items) => self.record(items, span, target),
            ExpressionKind::Edge { from, to, directed, properties } => {
                self.edge((from, to, *directed), properties.as_deref(), span, target);
            }
            ExpressionKind::Range { start, end, inclusive } => {
                let first = self.function.registers.take_row(2);
                self.into(start, first, Use::Look);
                self.into(end, first + 1, Use::Look);
                self.at(span);
                self.emit(Op::NewRange, target, first, u8::from(*inclusive));
            }
            ExpressionKind::Binary { first, rest } => self.binary(first, rest, target),
            ExpressionKind::Prefix { operators, operand } => {
                self.prefix(operators, operand, span, target);
            }
            ExpressionKind::Lambda(lambda) => self.lambda(lambda, target, None, None),
            ExpressionKind::Async(block) => self.run_block(block, true, span, target),
            ExpressionKind::Generate(block) => self.run_block(block, false, span, target),
            _ => {}
        }
    }

    /// Compiles an expression to be looked at, and says in which register it is until the text at
    /// `until` was evaluated: that of a variable, if nothing changes it before.
    pub(super) fn operand(&mut self, found: &Expression, until: u32) -> u8 {
        self.operand_near(found, until, None)
    }

    /// Likewise; if it needs a register, it can take the one given.
    pub(super) fn operand_near(&mut self, found: &Expression, until: u32, near: Option<u8>) -> u8 {
        match &found.kind {
            ExpressionKind::Name(_) => {
                if let Meaning::Binding(id) = self.resolution.meaning(found.span)
                    && let Some(Storage::Register { register, .. }) = self.storage(id)
                    && !self.resolution.is_assigned(id, found.span.end, until)
                {
                    return register;
                }
            }
            ExpressionKind::SelfValue => return self.self_register(found.span),
            _ => {}
        }
        let target = near.unwrap_or_else(|| self.take());
        let kept = self.use_until(found, until, Use::Look);
        self.into(found, target, kept);
        target
    }

    /// How to read a value that is used only after the text at `until` was evaluated.
    pub(super) fn use_until(&mut self, found: &Expression, until: u32, otherwise: Use) -> Use {
        let from = found.span.end;
        let in_register = match &found.kind {
            ExpressionKind::Name(_) => match self.resolution.meaning(found.span) {
                Meaning::Binding(id) => match self.storage(id) {
                    Some(Storage::Register { .. }) => Some(id),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let is_changed = match in_register {
            Some(id) => self.resolution.is_assigned(id, from, until),
            None => self.resolution.has_effects(from, until),
        };
        if is_changed { Use::Keep } else { otherwise }
    }

    /// Likewise, for a place further on in the same text.
    pub(super) fn argument(&mut self, found: &Expression, until: u32, otherwise: Use) {
        let register = self.take();
        let kept = self.use_until(found, until, otherwise);
        self.into(found, register, kept);
    }

    pub(super) fn constant_to(&mut self, constant: Constant, to: To) {
        match to {
            To::Nothing => {}
            To::Register(target, _) => self.load(target, constant),
            To::Return if constant == Constant::Null && self.function.result.is_none() => {
                self.leave_null();
            }
            To::Return => {
                let mark = self.mark();
                let target = self.take();
                let kind = super::kind::of_constant(&constant);
                self.load(target, constant);
                self.leave_with(target, Some(kind));
                self.release(mark);
            }
        }
    }

    /// A value that is in a register already, where it stays.
    pub(super) fn register_to(&mut self, register: u8, to: To) {
        match to {
            To::Nothing => {}
            To::Register(target, Use::Keep) => self.emit(Op::Copy, target, register, 0),
            To::Register(target, Use::Look | Use::Pass) => self.move_to(target, register),
            To::Return => {
                self.emit(Op::Share, register, 0, 0);
                self.leave(register);
            }
        }
    }

    /// The value of an expression, if it is known.
    pub(super) fn folded(&self, found: &Expression) -> Option<Constant> {
        match &found.kind {
            ExpressionKind::Literal(literal) => Some(super::constant::literal(literal)),
            ExpressionKind::Name(_) => {
                super::name::constant_of(&self.resolution.meaning(found.span))
            }
            ExpressionKind::Prefix { operators, operand } => {
                let mut value = self.folded(operand)?;
                for (op, _) in operators.iter().rev() {
                    let PrefixOp::Unary(op) = op else { return None };
                    value = fold::unary(*op, &value)?;
                }
                Some(value)
            }
            ExpressionKind::Binary { first, rest } if self.unit.options.optimise => {
                let mut value = self.folded(first)?;
                for (op, _, operand) in rest {
                    value = fold::binary(*op, &value, &self.folded(operand)?)?;
                }
                Some(value)
            }
            _ => None,
        }
    }

    fn prefix(
        &mut self,
        operators: &[(PrefixOp, Span)],
        operand: &Expression,
        span: Span,
        target: u8,
    ) {
        let work = if self.is_free(target) { Some(target) } else { None };
        let mut from = self.operand_near(operand, operand.span.end, work);
        for (index, (op, at)) in operators.iter().enumerate().rev() {
            let to = if index == 0 { target } else { self.scratch(target) };
            self.at(at.to(span));
            match op {
                PrefixOp::Unary(achronyme_library::UnaryOp::Negate) => {
                    self.emit(Op::Neg, to, from, 0);
                }
                PrefixOp::Unary(achronyme_library::UnaryOp::Not) => self.emit(Op::Not, to, from, 0),
                PrefixOp::Await => self.emit(Op::Await, to, from, 0),
            }
            from = to;
        }
    }

    fn rec_into(&mut self, span: Span, target: u8) {
        self.at(span);
        match self.function.kind {
            FunctionKind::Lambda => self.emit(Op::LoadRec, target, 0, 0),
            FunctionKind::Block => match self.capture(Captured::Rec) {
                Some(upvalue) => self.emit(Op::PeekUpvalue, target, upvalue, 0),
                None => self.raise("'rec' can only be used inside functions"),
            },
            FunctionKind::Main | FunctionKind::Module => {
                self.raise("'rec' can only be used inside functions");
            }
        }
    }

    /// Most parts of a text that are joined at once.
    fn interpolated(&mut self, parts: &[Part], span: Span, target: u8) {
        const AT_ONCE: usize = 60;
        let mark = self.mark();
        let mut done = None;
        for some in parts.chunks(AT_ONCE) {
            let first = self.function.registers.take_row(usize::from(done.is_some()));
            if let Some(done) = done {
                self.move_to(first, done);
            }
            for part in some {
                let register = self.take();
                match part {
                    Part::Text(text) => self.load(register, Constant::String(text.to_string())),
                    Part::Value(value) => {
                        let kept = self.use_until(value, span.end, Use::Look);
                        self.into(value, register, kept);
                    }
                }
            }
            let count = some.len() + usize::from(done.is_some());
            self.at(span);
            let is_last = parts.len() <= AT_ONCE;
            let to = if is_last { target } else { first };
            let count = u8::try_from(count).unwrap_or(u8::MAX);
            self.emit(Op::Interpolate, to, first, count);
            self.release(mark);
            if !is_last {
                done = Some(self.take());
            }
        }
        if let Some(done) = done {
            self.move_to(target, done);
        } else if parts.is_empty() {
            self.load(target, Constant::String(String::new()));
        }
        self.release(mark);
    }
}
