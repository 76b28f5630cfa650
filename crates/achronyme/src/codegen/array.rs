//! Array literals.

use achronyme_vm::Op;
use source::Span;

use super::{Codegen, Use};
use crate::hir::{ArrayItem, Expression};

/// So many elements are gathered in registers.
const AT_ONCE: usize = 64;

impl Codegen<'_> {
    pub(super) fn array(&mut self, items: &[ArrayItem], span: Span, target: u8) {
        let is_plain = items.iter().all(|item| matches!(item, ArrayItem::Value(_)));
        if is_plain && items.len() <= AT_ONCE {
            let values = items.iter().map(|item| {
                let (ArrayItem::Value(value) | ArrayItem::Spread(value)) = item;
                value
            });
            let (first, count) = self.gather(values, span.end, target);
            self.at(span);
            self.emit(Op::NewVector, target, first, count);
            return;
        }
        let vector = self.scratch(target);
        self.at(span);
        self.emit(Op::NewVector, vector, vector, 0);
        for item in items {
            match item {
                ArrayItem::Value(value) => self.push(vector, value, span),
                ArrayItem::Spread(value) => {
                    let mark = self.mark();
                    let from = self.operand(value, value.span.end);
                    self.at(value.span);
                    self.emit(Op::VectorSpread, vector, from, 0);
                    self.release(mark);
                }
            }
        }
        self.at(span);
        self.emit(Op::VectorFinish, vector, 0, 0);
        self.move_to(target, vector);
    }

    /// Values in registers one after the other, the first in `target` if it serves: which is the
    /// first, and how many there are.
    pub(super) fn gather<'e>(
        &mut self,
        values: impl Iterator<Item = &'e Expression>,
        until: u32,
        target: u8,
    ) -> (u8, u8) {
        let is_last = self.function.registers.is_last(target);
        let is_taken = self.is_free(target) && is_last;
        let next = self.function.registers.take_row(0);
        let first = if is_taken { target } else { next };
        let mut count = 0;
        for value in values {
            if is_taken && count == 0 {
                let kept = self.use_until(value, until, Use::Keep);
                self.into(value, target, kept);
            } else {
                self.argument(value, until, Use::Keep);
            }
            count += 1;
        }
        (first, count)
    }

    fn push(&mut self, vector: u8, value: &Expression, span: Span) {
        let mark = self.mark();
        let from = self.take();
        self.into(value, from, Use::Keep);
        self.at(span);
        self.emit(Op::VectorPush, vector, from, 0);
        self.release(mark);
    }
}
