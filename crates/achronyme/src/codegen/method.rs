//! Methods that change the vector they are called on, where it is.

use achronyme_vm::Op;

use super::chain::{Step, StepKind, is_name};
use super::place::{Part, Root, Start};
use super::{Codegen, Use};
use crate::hir::Expression;
use crate::resolve::CHANGING;

/// Whether a method changes its vector.
pub(super) fn changes(name: &str) -> bool {
    CHANGING.contains(&name)
}

/// How many steps lead to a call of a method that changes a vector that lies in a field.
pub(super) fn changed_field(steps: &[Step<'_>]) -> Option<usize> {
    let at = changed(steps)?;
    let is_field = |step: &Step<'_>| matches!(step.kind, StepKind::Field(_));
    steps[..at].iter().any(is_field).then_some(at)
}

/// Likewise, or that the steps begin with.
fn changed(steps: &[Step<'_>]) -> Option<usize> {
    let at = steps.iter().position(|step| Part::of(step.kind).is_none())?;
    match steps[at].kind {
        StepKind::Method(name, _) if changes(&name.text) => Some(at + 1),
        _ => None,
    }
}

impl Codegen<'_> {
    /// How many steps lead from the beginning of a chain to a call of a method that changes a
    /// vector that has a place.
    pub(super) fn changed_place(&self, first: &Expression, steps: &[Step<'_>]) -> Option<usize> {
        if is_name(first) { changed(steps) } else { changed_field(steps) }
    }

    /// Calls a method that may change a vector in its place; the result is in `base`.
    pub(super) fn change(&mut self, from: Start<'_>, steps: &[Step<'_>], base: u8, is_used: bool) {
        let Some((last, way)) = steps.split_last() else { return };
        let StepKind::Method(name, arguments) = last.kind else { return };
        let span = last.span;
        let parts: Vec<_> = way.iter().filter_map(|step| Part::of(step.kind)).collect();
        let mut way = self.way(from, &parts, span);
        if let Root::Undefined(name) = &way.root {
            let message = format!("Undefined variable or constant: {name}");
            return self.raise(&message);
        }
        let window = self.window(base);
        let object = self.take();
        for argument in arguments {
            self.argument(argument, span.end, Use::Keep);
        }
        let count = u8::try_from(arguments.len()).unwrap_or(u8::MAX);
        let result = if count == 0 { self.take() } else { object + 1 };
        self.at(span);
        let held = self.hold(&mut way, Some(object));
        let (mut vector, mut over) = (Vec::new(), Vec::new());
        self.function.code.jump_on(Op::JumpIfVector, held, 0, &mut vector);
        self.move_to(object, held);
        self.emit_method(Op::CallMethod, window, count, &name.text);
        self.move_to(base, window);
        self.function.code.jump(&mut over);
        self.function.code.bind(vector);
        if self.claim(&way) {
            self.apply(&name.text, held, result, count, is_used);
            self.put_back(&way);
            if matches!(&*name.text, "pop" | "remove") {
                self.move_to(base, result);
            } else if is_used {
                // The value is the vector, which stays in its place.
                self.emit(Op::Copy, base, held, 0);
            }
        }
        self.function.code.bind(over);
    }

    /// Changes the vector in `held` by a method with the arguments from `result` on.
    fn apply(&mut self, name: &str, held: u8, result: u8, count: u8, is_used: bool) {
        if name == "push" && !is_used && count == 1 {
            self.emit(Op::VectorPush, held, result, 0);
            return;
        }
        // The function that is called `sort` is one of the prelude.
        let name = if name == "sort" { "sorted" } else { name };
        if let Some(index) = self.unit.library.find(name) {
            self.emit(Op::VectorMethod, result, held, count);
            self.word(u32::from(index));
        }
    }
}
