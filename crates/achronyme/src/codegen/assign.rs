//! Assignments.

use achronyme_library::{BinaryOp, Kind};
use achronyme_vm::Op;
use source::{Diagnostic, Span};

use super::function::{Outside, Storage};
use super::kind::combined;
use super::operator::Operand;
use super::place::{Part, Start, Step};
use super::{Codegen, To, Use};
use crate::codes;
use crate::hir::{ArrayItem, Assignment, Expression, ExpressionKind, IndexItem, Suffix};
use crate::resolve::{BindingId, Meaning};

impl Codegen<'_> {
    pub(super) fn assign_to(&mut self, assignment: &Assignment, span: Span, to: To) {
        let mark = self.mark();
        match (&assignment.place.root.kind, &*assignment.place.path) {
            (ExpressionKind::Name(name), []) => {
                self.assign_name(name, assignment, span, to);
            }
            (_, []) => self.raise("Cannot assign to immutable value"),
            _ if self.append_to_field(assignment, span, to) => {}
            _ => self.assign_part(assignment, span, to),
        }
        // Also behind a mistake nothing is returned here any more.
        if to == To::Return {
            self.function.code.end();
        }
        self.release(mark);
    }

    fn assign_name(&mut self, name: &str, assignment: &Assignment, span: Span, to: To) {
        let root = assignment.place.root.span;
        let (storage, mutable, id) = match self.resolution.meaning(root) {
            Meaning::Binding(id) => {
                (self.storage(id), self.resolution.binding(id).mutable, Some(id))
            }
            Meaning::Outer { global, mutable } => (Some(Storage::Global(global)), mutable, None),
            _ => (None, false, None),
        };
        self.at(span);
        let Some(storage) = storage else {
            self.warn_undeclared(name, root);
            if assignment.op.is_none() {
                let register = self.take();
                self.into(&assignment.value, register, Use::Look);
                self.at(span);
            }
            self.raise_for_mistake(&format!("Undefined variable '{name}'"));
            return;
        };
        if !mutable {
            let message = format!("`{name}` cannot be assigned to");
            let warning = Diagnostic::warning(codes::IMMUTABLE, root, message);
            self.unit.diagnostics.push(warning.with_hint("a variable is declared with `mut`"));
            let register = self.take();
            self.new_value(storage, assignment, span, register);
            self.at(span);
            self.raise_for_mistake(&format!("Cannot assign to immutable variable '{name}'"));
            return;
        }
        let check = match (id, storage) {
            (Some(id), _) => self.types.assigned(id),
            (None, Storage::Global(global)) => self.unit.assigned_check(global),
            (None, _) => None,
        };
        let check = check.filter(|check| {
            let kind = self.assigned_kind(id, assignment);
            self.warn_refuted(*check, kind, span, "what is assigned");
            !self.is_proven(*check, kind)
        });
        match storage {
            _ if check.is_none() && self.append_to(storage, id, assignment, to) => {}
            Storage::Register { register, .. } if check.is_none() => {
                self.assign_register(register, id, assignment, span);
                self.register_to(register, to);
            }
            _ => {
                let register = self.take();
                self.new_value(storage, assignment, span, register);
                self.at(span);
                if assignment.op.is_none()
                    && id.is_some_and(|id| self.resolution.binding(id).is_late)
                {
                    // Reading it fails as long as it is not declared.
                    let mark = self.mark();
                    let old = self.take();
                    self.read(storage, old, Use::Look);
                    self.release(mark);
                }
                if let Some(check) = check {
                    self.function.code.emit_wide(Op::CheckType, register, check);
                }
                self.write(storage, register);
                self.register_to(register, to);
            }
        }
    }

    /// The kind that a variable will have, if it is known.
    fn assigned_kind(&mut self, id: Option<BindingId>, assignment: &Assignment) -> Option<Kind> {
        let value = self.kind_of(&assignment.value);
        match assignment.op {
            None => value,
            Some((op, _)) => combined(op, self.kinds.get(&id?).copied(), value),
        }
    }

    /// `v = [...v, x]`: the variable's vector gets one more element in its place. `false` if the
    /// assignment is another one.
    fn append_to(
        &mut self,
        storage: Storage,
        id: Option<BindingId>,
        assignment: &Assignment,
        to: To,
    ) -> bool {
        let (Some(id), Some((spread, value))) = (id, appended(assignment)) else { return false };
        let inside = value.span;
        let is_same = matches!(spread.kind, ExpressionKind::Name(_))
            && self.resolution.meaning(spread.span) == Meaning::Binding(id);
        let is_changed = match storage {
            Storage::Register { .. } => self.resolution.is_assigned(id, inside.start, inside.end),
            _ => self.resolution.has_effects(inside.start, inside.end),
        };
        if !is_same || is_changed {
            return false;
        }
        if !self.is_sure(value) {
            let register = self.looked_at(storage);
            self.check_spread(register, spread.span);
        }
        let element = self.kept_operand(value);
        self.at(assignment.value.span);
        let register = self.looked_at(storage);
        self.emit(Op::VectorAppend, register, element, 0);
        self.write(storage, register);
        self.register_to(register, to);
        true
    }

    /// The register with a variable's value, for looking at it.
    fn looked_at(&mut self, storage: Storage) -> u8 {
        match storage {
            Storage::Register { register, .. } => register,
            _ => {
                let register = self.take();
                self.read(storage, register, Use::Look);
                register
            }
        }
    }

    /// Whether evaluating this never fails.
    fn is_sure(&mut self, found: &Expression) -> bool {
        match &found.kind {
            ExpressionKind::Literal(_) | ExpressionKind::Lambda(_) => true,
            ExpressionKind::Name(_) => match self.resolution.meaning(found.span) {
                Meaning::Binding(id) => !self.resolution.binding(id).is_late,
                Meaning::Constant(..) | Meaning::Builtin(_) | Meaning::Prelude(_) => true,
                Meaning::Outer { .. } | Meaning::Undefined => false,
            },
            _ => false,
        }
    }

    /// Fails if what is in a register cannot be spread, before anything else is evaluated.
    fn check_spread(&mut self, register: u8, span: Span) {
        let mark = self.mark();
        let mut good = Vec::new();
        self.at(span);
        self.function.code.jump_on(Op::JumpIfVector, register, 0, &mut good);
        let vector = self.take();
        self.emit(Op::NewVector, vector, vector, 0);
        self.emit(Op::VectorSpread, vector, register, 0);
        self.function.code.bind(good);
        self.release(mark);
    }

    /// `r.v = [...r.v, x]`, likewise.
    fn append_to_field(&mut self, assignment: &Assignment, span: Span, to: To) -> bool {
        let Some((spread, value)) = appended(assignment) else { return false };
        let place = &assignment.place;
        let (ExpressionKind::Chain { first, suffixes }, [(Suffix::Field(field), _)]) =
            (&spread.kind, &*place.path)
        else {
            return false;
        };
        let is_same = match (&place.root.kind, &first.kind) {
            (ExpressionKind::SelfValue, ExpressionKind::SelfValue) => true,
            (ExpressionKind::Name(_), ExpressionKind::Name(_)) => {
                let meaning = self.resolution.meaning(first.span);
                matches!(meaning, Meaning::Binding(_))
                    && self.resolution.meaning(place.root.span) == meaning
            }
            _ => false,
        };
        let is_same_field = matches!(
            &**suffixes,
            [(Suffix::Field(other), _)] if other.text == field.text
        );
        if !is_same
            || !is_same_field
            || self.resolution.has_effects(value.span.start, value.span.end)
        {
            return false;
        }
        let mut way = self.way(Start::Expression(&place.root), &[Part::Field(field)], span);
        if !self.is_sure(value) {
            let held = self.hold(&mut way, None);
            self.check_spread(held, spread.span);
            way.forget();
        }
        let element = self.kept_operand(value);
        self.at(span);
        let held = self.hold(&mut way, None);
        if self.claim(&way) {
            self.emit(Op::VectorAppend, held, element, 0);
            self.put_back(&way);
            self.register_to(held, to);
        }
        true
    }

    /// A variable in a register changes there.
    fn assign_register(
        &mut self,
        register: u8,
        id: Option<BindingId>,
        assignment: &Assignment,
        span: Span,
    ) {
        let value = &assignment.value;
        match assignment.op {
            None => self.into(value, register, Use::Keep),
            Some((op, _)) => {
                let is_assigned = id.is_some_and(|id| {
                    self.resolution.is_assigned(id, value.span.start, value.span.end)
                });
                let left = if is_assigned {
                    let before = self.take();
                    self.emit(Op::Copy, before, register, 0);
                    before
                } else {
                    register
                };
                self.combine(op, register, left, value, span);
            }
        }
    }

    /// `R[target] = R[left] op value`.
    fn combine(&mut self, op: BinaryOp, target: u8, left: u8, value: &Expression, span: Span) {
        let right = match self.folded(value) {
            Some(constant) => Operand::Constant(constant),
            None => Operand::Register(self.operand(value, value.span.end)),
        };
        self.at(span);
        self.operate(op, target, Operand::Register(left), right);
    }

    /// What a variable becomes, in a register of its own.
    fn new_value(&mut self, storage: Storage, assignment: &Assignment, span: Span, register: u8) {
        let value = &assignment.value;
        let Some((op, _)) = assignment.op else {
            return self.into(value, register, Use::Keep);
        };
        let is_changed = self.resolution.has_effects(value.span.start, value.span.end);
        let kept = if is_changed { Use::Keep } else { Use::Look };
        self.read(storage, register, kept);
        self.combine(op, register, register, value, span);
    }

    /// Where outside of the function a variable is that can change, as for reading an element.
    fn mutable_before(&mut self, root: &Expression, at: &Expression) -> Option<Outside> {
        let outside = self.outside_before(root, at)?;
        let Meaning::Binding(id) = self.resolution.meaning(root.span) else { return None };
        let is_kept = matches!(self.storage(id), Some(Storage::Upcell(_) | Storage::Global(_)));
        (is_kept && self.resolution.binding(id).mutable).then_some(outside)
    }

    /// An element or a field.
    fn assign_part(&mut self, assignment: &Assignment, span: Span, to: To) {
        let place = &assignment.place;
        let parts: Vec<_> =
            place.path.iter().filter_map(|(suffix, _)| Part::of_suffix(suffix)).collect();
        if let ([Part::Index([IndexItem::At(at)])], None) = (&*parts, assignment.op)
            && let Some(outside) = self.mutable_before(&place.root, at)
        {
            let at = self.operand(at, span.end);
            let value = self.kept_operand(&assignment.value);
            self.at(span);
            match outside {
                Outside::Upvalue(upvalue) => self.emit(Op::SetUpIndex, value, upvalue, at),
                Outside::Global(global) => self.emit(Op::SetGlobalIndex, value, global, at),
            }
            self.register_to(value, to);
            return;
        }
        let mut way = self.way(Start::Expression(&place.root), &parts, span);
        self.at(span);
        let inside = assignment.value.span;
        let is_changed = self.resolution.has_effects(inside.start, inside.end);
        let value = match assignment.op {
            None => self.kept_operand(&assignment.value),
            Some((op, _)) => {
                let old = self.hold(&mut way, None);
                if is_changed {
                    way.forget();
                    self.emit(Op::Share, old, 0, 0);
                }
                let register = self.take();
                self.combine(op, register, old, &assignment.value, span);
                register
            }
        };
        self.at(span);
        let is_held = assignment.op.is_some() && !is_changed;
        let Some(last) = way.steps.pop() else { return };
        let object = if is_held { way.before_last() } else { self.hold(&mut way, None) };
        if matches!(last, Step::Field(_)) {
            self.set_step(last, object, value);
        } else if self.claim(&way) {
            self.set_step(last, object, value);
            self.put_back(&way);
        }
        self.register_to(value, to);
    }
}

/// What `[...v, x]` on the right side of an assignment without operator has.
fn appended(assignment: &Assignment) -> Option<(&Expression, &Expression)> {
    match (&assignment.op, &assignment.value.kind) {
        (None, ExpressionKind::Array(items)) => match &**items {
            [ArrayItem::Spread(spread), ArrayItem::Value(value)] => Some((spread, value)),
            _ => None,
        },
        _ => None,
    }
}
