//! Values with calls, indices and fields after them.

use achronyme_vm::Op;
use source::Span;

use super::function::{Outside, Storage};
use super::method::{changed_field, changes};
use super::place::Start;
use super::{Codegen, To, Use};
use crate::hir::{Expression, ExpressionKind, IndexItem, Name, Suffix};
use crate::resolve::Meaning;

/// A step of a chain: a field and a call after it are one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) kind: StepKind<'a>,
    /// From the chain's beginning to the step's end.
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum StepKind<'a> {
    Call(&'a [Expression]),
    Method(&'a Name, &'a [Expression]),
    Index(&'a [IndexItem]),
    Field(&'a Name),
}

/// A chain that is being compiled.
struct Work {
    target: u8,
    /// The first of two registers at the top that the steps work in.
    base: u8,
    /// What the value is used for.
    kept: Use,
    /// Whether it is the function's result.
    is_returned: bool,
    /// Whether anybody needs it.
    is_used: bool,
    /// Where the whole chain ends.
    end: u32,
}

impl Codegen<'_> {
    pub(super) fn chain_to(
        &mut self,
        first: &Expression,
        suffixes: &[(Suffix, Span)],
        span: Span,
        to: To,
    ) {
        let mark = self.mark();
        let steps = steps(first.span, suffixes);
        if let Some(constant) = self.constant_call(first, &steps) {
            return self.constant_to(constant, to);
        }
        let (target, kept) = match to {
            To::Register(target, kept) => (target, kept),
            To::Nothing => (self.take(), Use::Look),
            To::Return => (self.take(), Use::Keep),
        };
        let base = self.window(target);
        let is_returned = to == To::Return;
        let is_used = to != To::Nothing;
        let work = Work { target, base, kept, is_returned, is_used, end: span.end };
        let done = match self.changed_place(first, &steps) {
            Some(count) => {
                let (before, after) = steps.split_at(count);
                let is_used = is_used || !after.is_empty();
                self.change(Start::Expression(first), before, base, is_used);
                self.release(u16::from(base) + 1);
                self.go_on(&work, after)
            }
            None => self.begin(&work, first, &steps),
        };
        if !done {
            self.move_to(target, base);
        }
        if is_returned {
            self.leave(target);
        }
        self.release(mark);
    }

    /// Whether the value went to the target already.
    fn begin(&mut self, work: &Work, first: &Expression, steps: &[Step<'_>]) -> bool {
        match steps.first().map(|step| step.kind) {
            Some(StepKind::Call(arguments)) => {
                let is_last = steps.len() == 1;
                if let Some(library) = self.library_call(first, arguments) {
                    let to = if is_last { work.target } else { work.base };
                    self.call_library(library, arguments, steps[0].span, work.base, to);
                    if is_last {
                        return true;
                    }
                    return self.go_on(work, &steps[1..]);
                }
                let is_tail = is_last && work.is_returned;
                self.call_first(first, arguments, steps[0].span, work.base, is_tail);
                self.go_on(work, &steps[1..])
            }
            Some(StepKind::Method(name, _)) => {
                let object = self.object_register(work.base);
                let looks = changes(&name.text) || self.unit.is_plain_method(&name.text);
                let kept = if looks { Use::Look } else { Use::Pass };
                let kept = self.use_until(first, work.end, kept);
                self.into(first, object, kept);
                self.steps(work, steps, object)
            }
            Some(StepKind::Index([IndexItem::At(at)]))
                if let Some(outside) = self.outside_before(first, at) =>
            {
                let rest = &steps[1..];
                let is_last = rest.is_empty();
                let register = if is_last { work.target } else { self.next_slot(work, rest) };
                let at = self.operand(at, at.span.end);
                self.at(steps[0].span);
                match outside {
                    Outside::Upvalue(upvalue) => {
                        self.emit(Op::PeekUpIndex, register, upvalue, at);
                    }
                    Outside::Global(global) => {
                        self.emit(Op::PeekGlobalIndex, register, global, at);
                    }
                }
                let is_kept = match is_last {
                    true => work.kept != Use::Look,
                    false => self.resolution.has_effects(steps[0].span.end, work.end),
                };
                if is_kept {
                    self.emit(Op::Share, register, 0, 0);
                }
                if is_last {
                    return true;
                }
                self.release(self.slot_end(work, rest));
                self.steps(work, rest, register)
            }
            Some(StepKind::Index(_) | StepKind::Field(_)) => {
                let object = self.operand_near(first, work.end, Some(work.base));
                self.steps(work, steps, object)
            }
            None => {
                self.into(first, work.base, work.kept);
                false
            }
        }
    }

    /// Where outside of the function the variable of this name is, if it has a value by now and the
    /// index does nothing else, so that it does not matter which of them is evaluated first.
    pub(super) fn outside_before(&mut self, name: &Expression, at: &Expression) -> Option<Outside> {
        if !matches!(name.kind, ExpressionKind::Name(_))
            || self.resolution.has_effects(at.span.start, at.span.end)
        {
            return None;
        }
        let Meaning::Binding(id) = self.resolution.meaning(name.span) else { return None };
        match self.storage(id)? {
            Storage::Upvalue(upvalue) => Some(Outside::Upvalue(upvalue)),
            _ if self.resolution.binding(id).is_late => None,
            Storage::Upcell(upvalue) => Some(Outside::Upvalue(upvalue)),
            Storage::Global(global) => u8::try_from(global).ok().map(Outside::Global),
            Storage::Register { .. } | Storage::Cell(_) | Storage::Rec | Storage::Builtin(_) => {
                None
            }
        }
    }

    /// Goes on after a call, whose result is in the first register.
    fn go_on(&mut self, work: &Work, steps: &[Step<'_>]) -> bool {
        if steps.is_empty() {
            return false;
        }
        let slot = self.slot(work, steps, work.base);
        self.move_to(slot, work.base);
        self.steps(work, steps, slot)
    }

    /// The register that the next step wants its object in.
    fn slot(&mut self, work: &Work, next: &[Step<'_>], otherwise: u8) -> u8 {
        match next.first().map(|step| step.kind) {
            Some(StepKind::Call(_) | StepKind::Method(..)) => self.object_register(work.base),
            Some(StepKind::Index(_) | StepKind::Field(_)) | None => otherwise,
        }
    }

    /// The register after the first, and nothing above it.
    pub(super) fn object_register(&mut self, base: u8) -> u8 {
        self.release(u16::from(base) + 1);
        self.take()
    }

    /// The steps, on what is in `object`.
    fn steps(&mut self, work: &Work, steps: &[Step<'_>], mut object: u8) -> bool {
        let mut index = 0;
        while let Some(step) = steps.get(index) {
            if let Some(count) = changed_field(&steps[index..]) {
                let (before, rest) = steps[index..].split_at(count);
                let is_used = work.is_used || !rest.is_empty();
                self.change(Start::Register(object), before, work.base, is_used);
                object = self.slot(work, rest, work.base);
                self.move_to(object, work.base);
                index += count;
                continue;
            }
            index += 1;
            let rest = &steps[index..];
            let is_last = rest.is_empty();
            let kept = match work.kept {
                kept if is_last => kept,
                _ if self.resolution.has_effects(step.span.end, work.end) => Use::Keep,
                _ => Use::Look,
            };
            let is_tail = is_last && work.is_returned;
            match step.kind {
                StepKind::Call(arguments) => {
                    self.call_value(arguments, step.span, work.base, is_tail);
                    object = self.slot(work, rest, work.base);
                    self.move_to(object, work.base);
                }
                StepKind::Method(name, arguments) => {
                    self.call_method(name, arguments, step.span, work.base, is_tail);
                    object = self.slot(work, rest, work.base);
                    self.move_to(object, work.base);
                }
                StepKind::Index(items) => {
                    let above = self.above(work, object);
                    let slot = if is_last { work.target } else { self.next_slot(work, rest) };
                    self.index(items, object, slot, kept, step.span);
                    self.release(above.max(self.slot_end(work, rest)));
                    object = slot;
                }
                StepKind::Field(name) => {
                    let slot = if is_last { work.target } else { self.next_slot(work, rest) };
                    self.field(name, object, slot, kept, step.span);
                    object = slot;
                }
            }
        }
        !steps.is_empty()
            && matches!(steps[steps.len() - 1].kind, StepKind::Index(_) | StepKind::Field(_))
    }

    fn above(&self, work: &Work, object: u8) -> u16 {
        u16::from(object.max(work.base)) + 1
    }

    /// Like [`Self::slot`], but keeps what is above.
    fn next_slot(&mut self, work: &Work, next: &[Step<'_>]) -> u8 {
        match next.first().map(|step| step.kind) {
            Some(StepKind::Call(_) | StepKind::Method(..)) => {
                let slot = work.base + 1;
                if self.mark() <= u16::from(slot) {
                    self.take();
                }
                slot
            }
            Some(StepKind::Index(_) | StepKind::Field(_)) | None => work.base,
        }
    }

    fn slot_end(&self, work: &Work, next: &[Step<'_>]) -> u16 {
        let is_call = matches!(
            next.first().map(|step| step.kind),
            Some(StepKind::Call(_) | StepKind::Method(..))
        );
        u16::from(work.base) + 1 + u16::from(is_call)
    }

    /// `R[target] = R[object].name`.
    pub(super) fn field(&mut self, name: &Name, object: u8, target: u8, kept: Use, span: Span) {
        let op = if kept == Use::Look { Op::PeekField } else { Op::GetField };
        let name = self.unit.name(&name.text);
        self.at(span);
        self.emit(op, target, object, 0);
        self.word(name);
        self.word(0);
    }

    /// `R[target] = R[object][…]`.
    pub(super) fn index(
        &mut self,
        items: &[IndexItem],
        object: u8,
        target: u8,
        kept: Use,
        span: Span,
    ) {
        if let [IndexItem::At(at)] = items {
            let at = self.operand(at, at.span.end);
            self.at(span);
            let op = if kept == Use::Look { Op::PeekIndex } else { Op::GetIndex };
            self.emit(op, target, object, at);
            return;
        }
        let window = self.take();
        self.move_to(window, object);
        let (count, mask) = self.index_window(items, span.end);
        self.at(span);
        self.emit(Op::GetIndexMany, target, window, count);
        self.word(mask);
    }

    /// The values in an index, one register each, and the bits that say what they are.
    pub(super) fn index_window(&mut self, items: &[IndexItem], until: u32) -> (u8, u32) {
        let (mut count, mut mask) = (0, 0);
        for (item, shift) in items.iter().zip((0..32).step_by(2)) {
            let (how, values) = match item {
                IndexItem::At(at) => (0, [Some(at), None]),
                IndexItem::Slice(Some(from), Some(to)) => (1, [Some(from), Some(to)]),
                IndexItem::Slice(from, None) => (2, [from.as_ref(), None]),
                IndexItem::Slice(None, Some(to)) => (3, [Some(to), None]),
            };
            mask |= how << shift;
            for value in values.into_iter().flatten() {
                self.argument(value, until, Use::Look);
                count += 1;
            }
            if matches!(item, IndexItem::Slice(None, None)) {
                let register = self.take();
                self.function.code.emit_small(register, 0);
                count += 1;
            }
        }
        if items.len() > 16 {
            self.too_many(Span::default(), "indices");
        }
        (count, mask)
    }
}

/// The steps of a chain.
pub(super) fn steps(first: Span, suffixes: &[(Suffix, Span)]) -> Vec<Step<'_>> {
    let mut steps = Vec::with_capacity(suffixes.len());
    let mut index = 0;
    while let Some((suffix, at)) = suffixes.get(index) {
        index += 1;
        let (kind, end) = match (suffix, suffixes.get(index)) {
            (Suffix::Field(name), Some((Suffix::Call(arguments), call))) => {
                index += 1;
                (StepKind::Method(name, arguments), call.end)
            }
            (Suffix::Field(name), _) => (StepKind::Field(name), at.end),
            (Suffix::Call(arguments), _) => (StepKind::Call(arguments), at.end),
            (Suffix::Index(items), _) => (StepKind::Index(items), at.end),
        };
        steps.push(Step { kind, span: Span { end, ..first } });
    }
    steps
}

/// Whether the value is a variable.
pub(super) fn is_name(found: &Expression) -> bool {
    matches!(found.kind, ExpressionKind::Name(_))
}
