//! Record literals and edges.

use std::collections::BTreeSet;

use achronyme_vm::{Constant, Op};
use source::Span;

use super::{Codegen, Use};
use crate::hir::{Expression, Name, RecordItem};

/// So many fields are gathered in registers.
const AT_ONCE: usize = 64;

impl Codegen<'_> {
    pub(super) fn record(&mut self, items: &[RecordItem], span: Span, target: u8) {
        let mark = self.mark();
        let at_once = leading(items);
        let record = if at_once == items.len() { target } else { self.scratch(target) };
        let fields = items.iter().take(at_once).filter_map(|item| match item {
            RecordItem::Field { key, mutable, value } => Some((key, *mutable, value)),
            RecordItem::Spread(_) => None,
        });
        let names = fields.clone().map(|(key, mutable, _)| (self.unit.name(&key.text), mutable));
        let shape = names.collect();
        let (first, count) = self.gather(fields.map(|(_, _, value)| value), span.end, record);
        let shape = self.unit.shape(shape);
        self.at(span);
        self.emit(Op::NewRecord, record, first, count);
        self.word(shape);
        self.release(mark.max(u16::from(record) + 1).min(self.mark()));
        for item in items.iter().skip(at_once) {
            let mark = self.mark();
            match item {
                RecordItem::Field { key, mutable, value } => {
                    let register = self.take();
                    self.into(value, register, Use::Keep);
                    self.at(span);
                    let name = self.unit.name(&key.text);
                    self.emit(Op::AddField, record, register, u8::from(*mutable));
                    self.word(name);
                }
                RecordItem::Spread(value) => {
                    let from = self.operand(value, value.span.end);
                    self.at(value.span);
                    self.emit(Op::RecordSpread, record, from, 0);
                }
            }
            self.release(mark);
        }
        self.move_to(target, record);
    }

    pub(super) fn edge(
        &mut self,
        (from, to, directed): (&Name, &Name, bool),
        properties: Option<&Expression>,
        span: Span,
        target: u8,
    ) {
        let first = self.function.registers.take_row(3);
        self.at(span);
        self.load(first, Constant::String(from.text.to_string()));
        self.load(first + 1, Constant::String(to.text.to_string()));
        match properties {
            Some(properties) => self.into(properties, first + 2, Use::Keep),
            None => self.load(first + 2, Constant::Null),
        }
        self.at(span);
        self.emit(Op::NewEdge, target, first, u8::from(directed));
    }
}

/// How many items at the beginning make a record at once: fields that occur only once.
fn leading(items: &[RecordItem]) -> usize {
    let mut seen = BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        let is_new = match item {
            RecordItem::Field { key, .. } => seen.insert(&*key.text),
            RecordItem::Spread(_) => false,
        };
        if !is_new || index == AT_ONCE {
            return index;
        }
    }
    items.len()
}
