//! Places: variables, and elements and fields on a way from one.
//!
//! Vectors and tensors are values. To change one that lies in another, each on the way is made this
//! place's own, from the outside in: it is read, and stored where it was, which copies whatever
//! shared the outer one. Then the innermost changes, and all are stored from the inside out. A
//! record on the way is a reference, and ends that: its field changes.

use achronyme_vm::Op;
use source::Span;

use super::chain::StepKind;
use super::function::Storage;
use super::{Codegen, Use};
use crate::hir::{Expression, ExpressionKind, IndexItem, Name, Suffix};
use crate::resolve::Meaning;

/// A part of a way, as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    Field(&'a Name),
    Index(&'a [IndexItem]),
}

impl<'a> Part<'a> {
    pub(super) fn of(step: StepKind<'a>) -> Option<Self> {
        match step {
            StepKind::Field(name) => Some(Self::Field(name)),
            StepKind::Index(items) => Some(Self::Index(items)),
            StepKind::Call(_) | StepKind::Method(..) => None,
        }
    }

    pub(super) fn of_suffix(suffix: &'a Suffix) -> Option<Self> {
        match suffix {
            Suffix::Field(name) => Some(Self::Field(name)),
            Suffix::Index(items) => Some(Self::Index(items)),
            Suffix::Call(_) => None,
        }
    }
}

/// Where a way begins, as it is written or as it is already.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start<'a> {
    Expression(&'a Expression),
    Register(u8),
}

/// Where a way begins.
#[derive(Clone, Debug)]
pub(super) enum Root {
    /// A variable, and whether it can be assigned to.
    Variable { storage: Storage, mutable: bool, name: String },
    /// Any other value, in a register.
    Value(u8),
    /// Nothing has this name.
    Undefined(String),
}

/// A part of a way whose indices are evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// The name's number.
    Field(u32),
    /// The register with the index.
    Index(u8),
    /// A register for the object, as many for indices, and one for a new value.
    Many { first: u8, count: u8, mask: u32 },
}

/// A way to a place.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) root: Root,
    pub(super) steps: Vec<Step>,
    /// Once it was read: the record with the last field on the way.
    record: u8,
    /// The values from that field, or from the variable on.
    values: Vec<u8>,
}

impl Way {
    /// Forgets what was read: the place may have changed.
    pub(super) fn forget(&mut self) {
        self.values.clear();
    }

    /// The value before the last of those that were read, which is forgotten. If the last was a
    /// field, that is the record.
    pub(super) fn before_last(&mut self) -> u8 {
        self.values.pop();
        self.values.last().copied().unwrap_or(self.record)
    }
}

impl Codegen<'_> {
    /// Evaluates what a way is made of: the root unless it is a variable, and the indices.
    pub(super) fn way(&mut self, from: Start<'_>, parts: &[Part<'_>], span: Span) -> Way {
        let root = match from {
            Start::Expression(root) => self.root(root, span.end),
            Start::Register(register) => Root::Value(register),
        };
        let mut steps = Vec::with_capacity(parts.len());
        for part in parts {
            steps.push(match part {
                Part::Field(name) => Step::Field(self.unit.name(&name.text)),
                Part::Index([IndexItem::At(at)]) => Step::Index(self.operand(at, span.end)),
                Part::Index(items) => {
                    let first = self.take();
                    let (count, mask) = self.index_window(items, span.end);
                    self.take();
                    Step::Many { first, count, mask }
                }
            });
        }
        Way { root, steps, record: 0, values: Vec::new() }
    }

    fn root(&mut self, found: &Expression, until: u32) -> Root {
        if let ExpressionKind::Name(name) = &found.kind {
            let name = name.to_string();
            match self.resolution.meaning(found.span) {
                Meaning::Binding(id) => {
                    let mutable = self.resolution.binding(id).mutable;
                    return match self.storage(id) {
                        Some(storage) => Root::Variable { storage, mutable, name },
                        None => Root::Undefined(name),
                    };
                }
                Meaning::Outer { global, mutable }
                    if !(self.restores() && self.unit.is_awaited(&name)) =>
                {
                    return Root::Variable { storage: Storage::Global(global), mutable, name };
                }
                Meaning::Undefined if !self.restores() => return Root::Undefined(name),
                Meaning::Undefined
                | Meaning::Outer { .. }
                | Meaning::Constant(..)
                | Meaning::Builtin(_)
                | Meaning::Prelude(_) => {}
            }
        }
        Root::Value(self.operand(found, until))
    }

    /// Reads what is at the end of a way, to be looked at or changed and put back: the register it
    /// is in, which is the one given if it needs one.
    pub(super) fn hold(&mut self, way: &mut Way, near: Option<u8>) -> u8 {
        let field = way.steps.iter().rposition(|step| matches!(step, Step::Field(_)));
        let is_short = way.steps.is_empty();
        let mut current = match way.root.clone() {
            Root::Variable { storage: Storage::Register { register, .. }, .. } => register,
            Root::Variable { storage, .. } => {
                let register = near.filter(|_| is_short).unwrap_or_else(|| self.take());
                self.peek(storage, register);
                register
            }
            Root::Value(register) => register,
            Root::Undefined(name) => {
                self.raise_for_mistake(&format!("Undefined variable or constant: {name}"));
                near.unwrap_or_else(|| self.take())
            }
        };
        let count = way.steps.len();
        let mut passing = None;
        for (index, step) in way.steps.clone().into_iter().enumerate() {
            let is_before = field.is_some_and(|field| index < field);
            let register = if index + 1 == count && near.is_some() {
                near.unwrap_or_default()
            } else if is_before {
                // The objects before the last field are only passed.
                *passing.get_or_insert_with(|| self.take())
            } else {
                self.take()
            };
            if field == Some(index) {
                way.record = current;
            } else if !is_before {
                way.values.push(current);
            }
            self.peek_step(step, register, current);
            current = register;
        }
        way.values.push(current);
        current
    }

    fn peek(&mut self, storage: Storage, register: u8) {
        match storage {
            Storage::Register { register: from, .. } => self.move_to(register, from),
            Storage::Cell(cell) => self.emit(Op::PeekCell, register, cell, 0),
            Storage::Global(global) => {
                self.function.code.emit_wide(Op::PeekGlobal, register, global);
            }
            Storage::Upvalue(upvalue) => self.emit(Op::PeekUpvalue, register, upvalue, 0),
            Storage::Upcell(upvalue) => self.emit(Op::PeekUpcell, register, upvalue, 0),
            Storage::Rec => self.emit(Op::LoadRec, register, 0, 0),
            Storage::Builtin(index) => {
                self.load(register, achronyme_vm::Constant::Builtin(index));
            }
        }
    }

    fn peek_step(&mut self, step: Step, target: u8, object: u8) {
        match step {
            Step::Field(name) => {
                self.emit(Op::PeekField, target, object, 0);
                self.word(name);
                self.word(0);
            }
            Step::Index(at) => self.emit(Op::PeekIndex, target, object, at),
            Step::Many { first, count, mask } => {
                self.move_to(first, object);
                self.emit(Op::GetIndexMany, target, first, count);
                self.word(mask);
            }
        }
    }

    /// `R[object]` gets a new part.
    pub(super) fn set_step(&mut self, step: Step, object: u8, value: u8) {
        match step {
            Step::Field(name) => {
                self.emit(Op::SetField, object, value, 0);
                self.word(name);
                self.word(0);
            }
            Step::Index(at) => self.emit(Op::SetIndex, object, at, value),
            Step::Many { first, count, mask } => {
                self.move_to(first + count + 1, value);
                self.emit(Op::SetIndexMany, object, first + 1, count);
                self.word(mask);
            }
        }
    }

    /// Makes what was read this place's own, so that it can change. `false` if it cannot: then the
    /// fault is raised.
    pub(super) fn claim(&mut self, way: &Way) -> bool {
        let Some(rest) = self.claim_root(way) else { return false };
        for (step, pair) in rest.iter().zip(way.values.windows(2)) {
            if let [outer, inner] = pair {
                self.set_step(*step, *outer, *inner);
            }
        }
        true
    }

    /// The steps between the values that were read.
    fn claim_root<'w>(&mut self, way: &'w Way) -> Option<&'w [Step]> {
        let field = way.steps.iter().rposition(|step| matches!(step, Step::Field(_)));
        if let Some(field) = field {
            if let Some(first) = way.values.first() {
                self.set_step(way.steps[field], way.record, *first);
            }
            return way.steps.get(field + 1..);
        }
        match &way.root {
            Root::Variable { mutable: true, .. } => return Some(&way.steps),
            Root::Variable { name, .. } => {
                self.raise_for_mistake(&format!("Cannot assign to immutable variable '{name}'"));
            }
            Root::Value(_) => {
                self.raise("Cannot assign to an element of a value that is in no variable");
            }
            Root::Undefined(name) => {
                self.raise_for_mistake(&format!("Undefined variable '{name}'"));
            }
        }
        None
    }

    /// Stores what was read and has changed.
    pub(super) fn put_back(&mut self, way: &Way) {
        let field = way.steps.iter().rposition(|step| matches!(step, Step::Field(_)));
        let rest = way.steps.get(field.map_or(0, |field| field + 1)..).unwrap_or_default();
        for (step, pair) in rest.iter().zip(way.values.windows(2)).rev() {
            if let [outer, inner] = pair {
                self.set_step(*step, *outer, *inner);
            }
        }
        let Some(first) = way.values.first() else { return };
        match (field, &way.root) {
            (Some(field), _) => self.set_step(way.steps[field], way.record, *first),
            (None, Root::Variable { storage, .. }) => self.write(*storage, *first),
            (None, Root::Value(_) | Root::Undefined(_)) => {}
        }
    }

    /// The register with a value that is kept in a second place.
    pub(super) fn kept_operand(&mut self, found: &Expression) -> u8 {
        if let ExpressionKind::Name(_) = &found.kind
            && let Meaning::Binding(id) = self.resolution.meaning(found.span)
            && let Some(Storage::Register { register, is_settled, .. }) = self.storage(id)
        {
            if !is_settled {
                self.at(found.span);
                self.emit(Op::Share, register, 0, 0);
            }
            return register;
        }
        let register = self.take();
        self.into(found, register, Use::Keep);
        register
    }
}
