//! Patterns: a value in the frame is held against one, and its parts are named.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;

use super::Codegen;
use super::code::{Jump, Label};
use super::frame::{FRAME, Slot};
use super::layout::{as_word, is_boxed, places};
use crate::hir::{Arm, BinaryOp, Expression, Literal, LocalId, Pattern, PatternKind};
use crate::types::Type;

impl Codegen<'_> {
    pub(super) fn match_(&mut self, subject: &Expression, arms: &[Arm]) {
        let height = self.frame.height;
        self.value(subject);
        let value = self.save(0);
        let inner = self.frame.height;
        let end = self.code.label();
        for arm in arms {
            let next = self.code.label();
            self.at(arm.pattern.span);
            self.takes(&arm.pattern, value, next);
            if let Some(guard) = &arm.guard {
                self.branch(guard, false, next);
            }
            self.value(&arm.body);
            self.code.jump(Jump::Always, end);
            self.code.place(next);
            self.frame.drop_to(inner, self.code.here());
        }
        self.at(subject.span);
        let wrong = self.fault("no arm takes this value");
        self.code.jump(Jump::Always, wrong);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// Names the parts of the value in R0. A pattern that does not take it is a fault.
    pub(super) fn bind(&mut self, pattern: &Pattern) {
        if let PatternKind::Bind(local) = pattern.kind {
            self.name(local);
            return;
        }
        let value = self.save(0);
        let wrong = self.fault("the value is not as the pattern says");
        self.takes(pattern, value, wrong);
    }

    /// Names the value in R0.
    fn name(&mut self, local: LocalId) {
        let slot = self.frame.variable(local, self.code.here() + 1);
        self.code.store(0, FRAME, slot.offset());
        self.box_variable(local, slot);
    }

    /// Holds the value in a slot against a pattern: goes on at `next` if it is none of those.
    pub(super) fn takes(&mut self, pattern: &Pattern, value: Slot, next: Label) {
        stacker::maybe_grow(128 << 10, 2 << 20, || self.takes_inner(pattern, value, next));
    }

    fn takes_inner(&mut self, pattern: &Pattern, value: Slot, next: Label) {
        match &pattern.kind {
            PatternKind::Wildcard => {}
            PatternKind::Bind(local) => {
                self.restore(value, 0);
                self.name(*local);
            }
            PatternKind::Literal(literal) => self.takes_literal(literal, &pattern.of, value, next),
            PatternKind::Variant(id, index, parts) => {
                self.restore(value, 0);
                self.code.load_half(1, 0, 12);
                self.code.push(Instruction::CmpImm { src: 1, value: as_word(*index) });
                self.code.jump(Jump::NotEqual, next);
                let types = self.variant_parts((*id, *index), &pattern.of);
                for (part, place) in parts.iter().zip(places(&types).0) {
                    self.takes_part(part, value, place, next);
                }
            }
            PatternKind::Record(fields) => {
                for (name, part) in fields {
                    let place = self.field_place(&pattern.of, name);
                    self.takes_part(part, value, place, next);
                }
            }
            PatternKind::List(parts) => {
                self.restore(value, 0);
                self.code.load_half(1, 0, 8);
                self.code.push(Instruction::CmpImm { src: 1, value: as_word(parts.len()) });
                self.code.jump(Jump::NotEqual, next);
                for (place, part) in (0..).zip(parts) {
                    self.takes_part(part, value, place, next);
                }
            }
            PatternKind::ListAround(before, rest, after) => {
                self.takes_around((before, *rest, after), value, next);
            }
            PatternKind::None => {
                self.restore(value, 0);
                self.code.jump(Jump::IfNotZero(0), next);
            }
            PatternKind::Present(inner) => {
                self.restore(value, 0);
                self.code.jump(Jump::IfZero(0), next);
                let of = match self.of(&pattern.of) {
                    Type::Optional(of) => (*of).clone(),
                    other => other,
                };
                if is_boxed(&of) {
                    self.takes_part(inner, value, 0, next);
                } else {
                    self.takes(inner, value, next);
                }
            }
            PatternKind::OneOf(all) => {
                let found = self.code.label();
                let Some((last, others)) = all.split_last() else { return };
                for one in others {
                    let other = self.code.label();
                    self.takes(one, value, other);
                    self.code.jump(Jump::Always, found);
                    self.code.place(other);
                }
                self.takes(last, value, next);
                self.code.place(found);
            }
        }
    }

    /// A word of the object in a slot.
    fn takes_part(&mut self, pattern: &Pattern, value: Slot, place: i64, next: Label) {
        if matches!(pattern.kind, PatternKind::Wildcard) {
            return;
        }
        self.restore(value, 0);
        self.code.load(0, 0, HEAD + place * 8);
        self.takes_here(pattern, next);
    }

    /// The value in R0.
    fn takes_here(&mut self, pattern: &Pattern, next: Label) {
        if let PatternKind::Bind(local) = pattern.kind {
            self.name(local);
            return;
        }
        let part = self.save(0);
        self.takes(pattern, part, next);
    }

    fn takes_literal(&mut self, literal: &Literal, of: &Type, value: Slot, next: Label) {
        let of = self.of(of);
        self.restore(value, 0);
        match (literal, &of) {
            (Literal::Int(number) | Literal::Duration(number), _) => {
                self.code.push(Instruction::CmpImm { src: 0, value: *number });
                self.code.jump(Jump::NotEqual, next);
            }
            (Literal::Bool(wanted), _) => {
                self.code.jump(if *wanted { Jump::IfZero(0) } else { Jump::IfNotZero(0) }, next);
            }
            (Literal::Float(_), _) => {
                self.literal(literal, 1);
                self.code.push(Instruction::FCmp { src1: 0, src2: 1 });
                self.code.jump(Jump::NotEqual, next);
            }
            (Literal::String(_) | Literal::Bytes(_) | Literal::Decimal(..), of) => {
                self.literal(literal, 1);
                self.compare_values(BinaryOp::Equal, of);
                self.code.jump(Jump::IfZero(0), next);
            }
        }
    }

    /// A list that begins with some elements and ends with others.
    fn takes_around(
        &mut self,
        (before, rest, after): (&[Pattern], Option<LocalId>, &[Pattern]),
        value: Slot,
        next: Label,
    ) {
        let least = as_word(before.len() + after.len());
        self.restore(value, 0);
        self.code.load_half(1, 0, 8);
        self.code.push(Instruction::CmpImm { src: 1, value: least });
        self.code.jump(Jump::Less, next);
        for (place, part) in (0..).zip(before) {
            self.takes_part(part, value, place, next);
        }
        for (back, part) in (1..).zip(after.iter().rev()) {
            self.restore(value, 0);
            self.code.load_half(1, 0, 8);
            self.code.push(Instruction::ISubImm { dst: 1, src: 1, value: back });
            self.element_at(0, 1);
            self.takes_here(part, next);
        }
        if let Some(rest) = rest {
            self.restore(value, 1);
            self.code.set(2, as_word(before.len()));
            self.code.load_half(3, 1, 8);
            self.code.push(Instruction::ISubImm { dst: 3, src: 3, value: as_word(after.len()) });
            self.call_runtime("list_slice");
            self.name(rest);
        }
    }
}
