//! Blocks, conditions, and `try`.

use achronyme_library::Kind;
use achronyme_vm::{Constant, Op};
use source::Span;

use super::function::{FunctionKind, Storage};
use super::{Codegen, To, Use};
use crate::hir::{Block, Expression, ExpressionKind, Name, Statement, StatementKind};
use crate::resolve::Meaning;

impl Codegen<'_> {
    /// Statements in a scope of their own.
    pub(super) fn block_to(&mut self, block: &Block, to: To) {
        let scope = self.function.open_scope();
        self.open_types(block);
        self.late_cells(block);
        let Some((last, before)) = block.statements.split_last() else {
            self.at(block.span);
            self.constant_to(Constant::Null, to);
            self.close_types();
            return;
        };
        for statement in before {
            self.statement(statement, To::Nothing);
        }
        let to = self.without_sharing(last, to, usize::from(self.function.registers_before(scope)));
        self.statement(last, to);
        self.close_types();
        self.function.close_scope(scope);
    }

    /// A variable that ends with its block need not share its value with whoever gets it.
    fn without_sharing(&mut self, last: &Statement, to: To, first: usize) -> To {
        if let To::Register(target, Use::Keep) = to
            && let StatementKind::Expression(Expression { kind: ExpressionKind::Name(_), span }) =
                &last.kind
            && let Meaning::Binding(id) = self.resolution.meaning(*span)
            && let Some(Storage::Register { register, is_owned: true, .. }) = self.storage(id)
            && usize::from(register) >= first
        {
            return To::Register(target, Use::Look);
        }
        to
    }

    /// Cells for the variables of a block that functions use before they are declared.
    fn late_cells(&mut self, block: &Block) {
        let late = self.resolution.late(block).to_vec();
        if late.is_empty() {
            return;
        }
        let absent = self.take();
        let pattern = self.unit.absent_pattern();
        self.emit(Op::NewVector, absent, absent, 0);
        self.emit(Op::DestructureVec, absent, absent, 0);
        self.word(pattern);
        let mut over = Vec::new();
        self.function.code.distance(&mut over);
        self.function.code.bind(over);
        for id in late {
            let cell = self.take();
            self.emit(Op::NewCell, cell, absent, 0);
            let name = self.resolution.binding(id).name.to_string();
            self.function.name_register(&name, cell, true);
            self.function.places.insert(id, Storage::Cell(cell));
        }
    }

    pub(super) fn if_to(
        &mut self,
        branches: &[(Expression, Block)],
        otherwise: Option<&Block>,
        exhaustive: bool,
        span: Span,
        to: To,
    ) {
        let mut ends = Vec::new();
        let mut checked = None;
        for (index, (condition, block)) in branches.iter().enumerate() {
            let mut next = Vec::new();
            self.condition(condition, false, &mut next);
            let checked = *checked.get_or_insert(self.function.has_checked_self);
            self.block_to(block, to);
            self.function.has_checked_self = checked;
            let is_last = index + 1 == branches.len() && otherwise.is_none();
            if !is_last || exhaustive || to != To::Nothing {
                self.function.code.jump(&mut ends);
            }
            self.function.code.bind(next);
        }
        self.at(span);
        match otherwise {
            Some(block) => self.block_to(block, to),
            None if exhaustive => self.raise("No condition was met in piecewise expression"),
            None => self.constant_to(Constant::Number(0.0), to),
        }
        self.function.has_checked_self = checked.unwrap_or_default();
        self.function.code.bind(ends);
    }

    pub(super) fn try_to(&mut self, body: &Block, name: &Name, handler: &Block, to: To) {
        let checked = self.function.has_checked_self;
        let mut ends = Vec::new();
        self.function.open_try();
        self.block_to(body, to);
        let end = self.function.code.here();
        self.function.code.jump(&mut ends);
        let scope = self.function.open_scope();
        let register = self.take();
        if self.function.close_try(end, register) {
            self.function.code.revive();
        }
        self.function.has_checked_self = checked;
        if let Some(id) = self.resolution.declared(name.span) {
            self.declare_in(id, register, true);
        }
        self.block_to(handler, to);
        self.function.has_checked_self = checked;
        self.function.close_scope(scope);
        self.function.code.bind(ends);
    }

    /// Ends the function with the value in a register, which has left its variable or is shared.
    pub(super) fn leave(&mut self, register: u8) {
        self.leave_with(register, None);
    }

    /// Likewise, with a value of a kind that is known.
    pub(super) fn leave_with(&mut self, register: u8, kind: Option<Kind>) {
        if let Some(check) = self.function.result
            && !self.is_proven(check, kind)
        {
            let span = self.function.code.place();
            self.warn_refuted(check, kind, span, "the result");
            self.function.outside_tries(|code| code.emit_wide(Op::CheckType, register, check));
        }
        let is_main = self.function.kind == FunctionKind::Main;
        let op = if is_main { Op::End } else { Op::Return };
        self.emit(op, register, 0, 0);
        self.function.code.end();
    }

    /// Ends the function with null.
    pub(super) fn leave_null(&mut self) {
        if !self.function.code.is_live() {
            return;
        }
        if self.function.kind == FunctionKind::Main || self.function.result.is_some() {
            let mark = self.mark();
            let register = self.take();
            self.emit(Op::LoadNull, register, 0, 0);
            self.leave(register);
            self.release(mark);
            return;
        }
        self.emit(Op::ReturnNull, 0, 0, 0);
        self.function.code.end();
    }
}
