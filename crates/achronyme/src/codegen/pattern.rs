//! `match`, and what patterns ask for.

use achronyme_library::Kind;
use achronyme_vm::{Op, Pattern as Asked};
use source::{Diagnostic, Span};

use super::code::Jumps;
use super::function::Storage;
use super::{Codegen, To, Use};
use crate::codes;
use crate::hir::{Arm, Expression, ExpressionKind, FieldPattern, Name, Pattern, PatternKind};
use crate::resolve::Meaning;
use crate::warnings;

/// What a pattern stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// `let` and `mut`: what is missing has a default, what is left over does no harm.
    Let,
    /// `match`.
    Match,
}

/// An element's pattern, with the value to take where it is missing.
type Element = (Pattern, Option<Expression>);

impl Codegen<'_> {
    pub(super) fn match_to(&mut self, scrutinee: &Expression, arms: &[Arm], span: Span, to: To) {
        let outer = self.function.open_scope();
        if warnings::may_match_nothing(arms) && self.function.code.is_live() {
            let message = "a value that no arm takes is an error here";
            let warning = Diagnostic::warning(codes::PARTIAL_MATCH, span, message);
            let warning = warning.with_hint("add an arm for all others: `_ => …`");
            self.unit.diagnostics.push(warning);
        }
        let (register, is_owned) = self.scrutinee(scrutinee, arms, span);
        let checked = self.function.has_checked_self;
        let mut ends = Vec::new();
        for arm in arms {
            let scope = self.function.open_scope();
            let mut fail = Vec::new();
            self.at(arm.pattern.span);
            if let PatternKind::Name(name) = &arm.pattern.kind {
                self.name_again(name, register, is_owned);
            } else {
                self.pattern(&arm.pattern, register, Mode::Match, &mut fail);
            }
            if let Some(guard) = &arm.guard {
                self.condition(guard, false, &mut fail);
            }
            self.expression(&arm.value, to);
            self.function.has_checked_self = checked;
            self.function.close_scope(scope);
            self.function.code.jump(&mut ends);
            self.function.code.bind(fail);
        }
        self.at(span);
        self.raise("Match expression: no pattern matched the value");
        self.function.close_scope(outer);
        self.function.code.bind(ends);
    }

    /// The register with what is matched, and whether it is only that.
    fn scrutinee(&mut self, found: &Expression, arms: &[Arm], span: Span) -> (u8, bool) {
        if let ExpressionKind::Name(_) = &found.kind
            && let Meaning::Binding(id) = self.resolution.meaning(found.span)
            && let Some(Storage::Register { register, .. }) = self.storage(id)
            && !self.resolution.is_assigned(id, found.span.end, span.end)
        {
            return (register, false);
        }
        let is_named = arms.iter().any(|arm| matches!(arm.pattern.kind, PatternKind::Name(_)));
        let register = self.take();
        let kept = self.use_until(found, span.end, Use::Look);
        self.into(found, register, if is_named { Use::Keep } else { kept });
        (register, true)
    }

    /// A further name for what is in a register.
    fn name_again(&mut self, name: &Name, register: u8, is_owned: bool) {
        let Some(id) = self.resolution.declared(name.span) else { return };
        self.function.name_register(&name.text, register, false);
        let storage = Storage::Register { register, is_owned, is_settled: false };
        self.function.places.insert(id, storage);
    }

    /// Tests what is in a register and binds names; jumps if it does not fit.
    pub(super) fn pattern(
        &mut self,
        pattern: &Pattern,
        register: u8,
        mode: Mode,
        fail: &mut Jumps,
    ) {
        match &pattern.kind {
            PatternKind::Wildcard => {}
            PatternKind::Name(name) => self.bind_name(name, register),
            PatternKind::Kind(kind) => self.kind(*kind, register, fail),
            PatternKind::Literal(literal) => {
                let constant = super::constant::literal(literal);
                let number = self.constant(constant);
                self.function.code.emit_wide(Op::JumpUnlessConst, register, number);
                self.function.code.distance(fail);
            }
            PatternKind::Record(fields) => self.record_pattern(fields, register, mode, fail),
            PatternKind::Vector { before, rest, after } => {
                self.vector_pattern((before, rest.as_ref(), after), register, mode, fail);
            }
        }
    }

    fn bind_name(&mut self, name: &Name, register: u8) {
        if let Some(id) = self.resolution.declared(name.span) {
            // What patterns find is shared.
            let is_settled = !self.resolution.binding(id).mutable;
            self.declare_in(id, register, is_settled);
        }
    }

    fn kind(&mut self, kind: Kind, register: u8, fail: &mut Jumps) {
        if kind == Kind::Tensor {
            let (mut other, mut done) = (Vec::new(), Vec::new());
            self.function.code.jump_on(Op::JumpUnlessKind, register, kind as u8, &mut other);
            self.function.code.jump(&mut done);
            self.function.code.bind(other);
            let kind = Kind::ComplexTensor as u8;
            self.function.code.jump_on(Op::JumpUnlessKind, register, kind, fail);
            self.function.code.bind(done);
            return;
        }
        self.function.code.jump_on(Op::JumpUnlessKind, register, kind as u8, fail);
    }

    fn record_pattern(
        &mut self,
        fields: &[FieldPattern],
        register: u8,
        mode: Mode,
        fail: &mut Jumps,
    ) {
        let first = self.function.registers.take_row(fields.len());
        let asked = fields.iter().map(|field| {
            let may_miss = mode == Mode::Let && field.default.is_some();
            (self.unit.name(&field.key.text), may_miss)
        });
        let asked = Asked::Record { fields: asked.collect() };
        self.destructure(Op::DestructureRec, first, register, asked, fail);
        for (slot, field) in (first..).zip(fields) {
            if mode == Mode::Let
                && let Some(default) = &field.default
            {
                self.default_into(default, slot);
            }
            self.at(field.pattern.span);
            if field.binds_key {
                self.bind_both(&field.key, &field.pattern, slot, mode, fail);
            } else {
                self.pattern(&field.pattern, slot, mode, fail);
            }
        }
    }

    /// The test comes first: a variable may turn its register into a cell.
    fn bind_both(&mut self, key: &Name, pattern: &Pattern, slot: u8, mode: Mode, fail: &mut Jumps) {
        self.pattern(pattern, slot, mode, fail);
        self.bind_name(key, slot);
    }

    fn vector_pattern(
        &mut self,
        (before, rest, after): (&[Element], Option<&Name>, &[Element]),
        register: u8,
        mode: Mode,
        fail: &mut Jumps,
    ) {
        let fixed = before.len() + after.len();
        let first = self.function.registers.take_row(fixed + usize::from(rest.is_some()));
        let ends = before.iter().chain(after).rev();
        let missing = match mode {
            Mode::Let => ends.take_while(|(_, default)| default.is_some()).count(),
            Mode::Match => 0,
        };
        let asked = Asked::Vector {
            before: narrow(before.len()),
            rest: rest.is_some(),
            after: narrow(after.len()),
            missing: narrow(missing),
            open: mode == Mode::Let && rest.is_none(),
        };
        self.destructure(Op::DestructureVec, first, register, asked, fail);
        let mut slot = first;
        for (index, (pattern, default)) in before.iter().chain(after).enumerate() {
            if let Some(rest) = rest
                && index == before.len()
            {
                self.bind_name(rest, slot);
                slot = slot.saturating_add(1);
            }
            if mode == Mode::Let
                && let Some(default) = default
            {
                self.default_into(default, slot);
            }
            self.at(pattern.span);
            self.pattern(pattern, slot, mode, fail);
            slot = slot.saturating_add(1);
        }
        if let Some(rest) = rest
            && after.is_empty()
        {
            self.bind_name(rest, slot);
        }
    }

    fn destructure(&mut self, op: Op, first: u8, from: u8, asked: Asked, fail: &mut Jumps) {
        let pattern = self.unit.pattern(asked);
        self.emit(op, first, from, 0);
        self.word(pattern);
        self.function.code.distance(fail);
    }

    /// The default in place of what is missing or null.
    fn default_into(&mut self, default: &Expression, register: u8) {
        let (mut missing, mut over) = (Vec::new(), Vec::new());
        self.function.code.jump_on(Op::JumpIfNull, register, 0, &mut missing);
        self.function.code.jump_on(Op::JumpIfPresent, register, 0, &mut over);
        self.function.code.bind(missing);
        let checked = self.function.has_checked_self;
        self.into(default, register, Use::Keep);
        if self.folded(default).is_none() {
            self.emit(Op::Share, register, 0, 0);
        }
        self.function.has_checked_self = checked;
        self.function.code.bind(over);
    }
}

fn narrow(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}
