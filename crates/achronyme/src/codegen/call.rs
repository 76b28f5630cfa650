//! Calls.

use achronyme_library::Kind;
use achronyme_vm::{Constant, Op};
use source::Span;

use super::chain::{Step, StepKind};
use super::function::{FunctionKind, Storage};
use super::{Codegen, Use};
use crate::hir::{Expression, ExpressionKind, Name};
use crate::prelude;
use crate::resolve::{Meaning, sees_variables};

/// A function of the library whose name a variable has.
#[derive(Clone, Copy)]
pub(super) enum Hidden {
    /// The function with this number.
    Builtin(u16),
    /// The function of the prelude in this global.
    Prelude(u16),
}

impl Codegen<'_> {
    /// `PI()` is the constant.
    pub(super) fn constant_call(&self, first: &Expression, steps: &[Step<'_>]) -> Option<Constant> {
        match (&first.kind, steps) {
            (ExpressionKind::Name(_), [Step { kind: StepKind::Call([]), .. }]) => {
                match self.resolution.meaning(first.span) {
                    meaning @ Meaning::Constant(..) => super::name::constant_of(&meaning),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Which function of the library is called here, if it is known.
    pub(super) fn library_call(
        &mut self,
        first: &Expression,
        arguments: &[Expression],
    ) -> Option<u16> {
        let ExpressionKind::Name(_) = &first.kind else { return None };
        let index = match self.resolution.meaning(first.span) {
            Meaning::Builtin(index) => index,
            Meaning::Binding(id) => match self.storage(id) {
                Some(Storage::Builtin(index)) => index,
                _ => return None,
            },
            _ => return None,
        };
        (arguments.len() < 200).then_some(index)
    }

    /// Calls a function of the library in the registers from `base`.
    pub(super) fn call_library(
        &mut self,
        index: u16,
        arguments: &[Expression],
        span: Span,
        base: u8,
        target: u8,
    ) {
        if let ([only], Some(op)) = (arguments, self.unit.instruction(index)) {
            let near = self.is_free(base).then_some(base);
            let from = self.operand_near(only, span.end, near);
            self.at(span);
            self.emit(op, target, from, 0);
            return;
        }
        let kept = if self.unit.is_task(index) { Use::Keep } else { Use::Look };
        if let Some((first, others)) = arguments.split_first() {
            let kept_first = self.use_until(first, span.end, kept);
            self.into(first, base, kept_first);
            for argument in others {
                self.argument(argument, span.end, kept);
            }
        }
        self.at(span);
        let count = u8::try_from(arguments.len()).unwrap_or(u8::MAX);
        self.emit(Op::CallBuiltin, base, count, 0);
        self.word(u32::from(index));
        self.move_to(target, base);
    }

    /// Calls what is written at the beginning of a chain.
    pub(super) fn call_first(
        &mut self,
        first: &Expression,
        arguments: &[Expression],
        span: Span,
        base: u8,
        is_tail: bool,
    ) {
        let callee = self.object_register(base);
        if self.calls_itself(first) {
            let count = self.arguments(arguments, span.end);
            self.at(span);
            let op = self.tail(Op::CallRec, is_tail);
            self.emit(op, base, count, 0);
            self.left(op, base);
            return;
        }
        let ExpressionKind::Name(name) = &first.kind else {
            self.into(first, callee, Use::Look);
            self.call_value(arguments, span, base, is_tail);
            return;
        };
        let meaning = self.resolution.meaning(first.span);
        let is_missing = match &meaning {
            Meaning::Undefined => true,
            Meaning::Binding(id) => self.storage(*id).is_none(),
            _ => false,
        };
        self.at(first.span);
        if meaning == Meaning::Undefined && self.restores() {
            self.restored_name(name, "Unknown function", callee);
            self.call_value(arguments, span, base, is_tail);
            return;
        }
        if is_missing {
            if meaning == Meaning::Undefined {
                self.warn_undefined(name, first.span);
            }
            self.raise_for_mistake(&format!("Unknown function or constant: {name}"));
            return;
        }
        if let (Some(constant), true, Meaning::Constant(..)) =
            (super::name::constant_of(&meaning), arguments.is_empty(), &meaning)
        {
            self.load(base, constant);
            return;
        }
        self.meaning_into(&meaning, name, first.span, callee, Use::Look);
        if let (Meaning::Prelude(function), [only]) = (&meaning, arguments)
            && sees_variables(function)
        {
            self.call_with_variables(function, first, only, span, base);
            return;
        }
        // Whoever asserts something is to be seen in the calls when it does not hold.
        let is_assertion = matches!(&meaning, Meaning::Prelude(name) if name.starts_with("assert"));
        let is_tail = is_tail && !is_assertion;
        match self.hidden(&meaning, name) {
            Some(hidden) => self.call_either(arguments, span, base, hidden),
            None => self.call_value(arguments, span, base, is_tail),
        }
    }

    /// Whether a value is the running function, which needs no closure to be called.
    pub(super) fn calls_itself(&mut self, first: &Expression) -> bool {
        match &first.kind {
            ExpressionKind::Rec => self.function.kind == FunctionKind::Lambda,
            ExpressionKind::Name(_) => match self.resolution.meaning(first.span) {
                Meaning::Binding(id) => self.storage(id) == Some(Storage::Rec),
                _ => false,
            },
            _ => false,
        }
    }

    /// The function of the library that a variable hides, unless the variable is a function, too.
    fn hidden(&mut self, meaning: &Meaning, name: &str) -> Option<Hidden> {
        let is_function = match meaning {
            Meaning::Binding(id) => self.resolution.binding(*id).is_function,
            Meaning::Outer { .. } => false,
            _ => true,
        };
        if is_function {
            return None;
        }
        if let Some(index) = self.unit.library.find(name) {
            return Some(Hidden::Builtin(index));
        }
        prelude::function(name).map(|name| Hidden::Prelude(self.unit.prelude_global(&name)))
    }

    /// Calls a variable, or the function of the library that it hides if it is no function.
    fn call_either(&mut self, arguments: &[Expression], span: Span, base: u8, hidden: Hidden) {
        let count = self.arguments(arguments, span.end);
        self.at(span);
        let (mut other, mut over) = (Vec::new(), Vec::new());
        let function = Kind::Function as u8;
        self.function.code.jump_on(Op::JumpUnlessKind, base + 1, function, &mut other);
        self.emit(Op::Call, base, count, 0);
        self.function.code.jump(&mut over);
        self.function.code.bind(other);
        match hidden {
            Hidden::Builtin(index) => {
                self.function.registers.reach(base, 3);
                self.emit(Op::CallBuiltin, base + 2, count, 0);
                self.word(u32::from(index));
                self.move_to(base, base + 2);
            }
            Hidden::Prelude(global) => {
                self.function.code.emit_wide(Op::PeekGlobal, base + 1, global);
                self.emit(Op::Call, base, count, 0);
            }
        }
        self.function.code.bind(over);
    }

    /// Calls what is in the second register.
    pub(super) fn call_value(
        &mut self,
        arguments: &[Expression],
        span: Span,
        base: u8,
        is_tail: bool,
    ) {
        let count = self.arguments(arguments, span.end);
        self.at(span);
        let op = self.tail(Op::Call, is_tail);
        self.emit(op, base, count, 0);
        self.left(op, base);
    }

    /// Calls a method of what is in the second register.
    pub(super) fn call_method(
        &mut self,
        name: &Name,
        arguments: &[Expression],
        span: Span,
        base: u8,
        is_tail: bool,
    ) {
        let count = self.arguments(arguments, span.end);
        self.at(span);
        let op = self.tail(Op::CallMethod, is_tail);
        self.emit_method(op, base, count, &name.text);
        self.left(op, base);
    }

    pub(super) fn emit_method(&mut self, op: Op, base: u8, count: u8, name: &str) {
        let name = self.unit.method(name);
        self.emit(op, base, count, 0);
        self.word(name);
        self.word(0);
    }

    /// Arguments in the registers that come next.
    pub(super) fn arguments(&mut self, arguments: &[Expression], until: u32) -> u8 {
        for argument in arguments {
            self.argument(argument, until, Use::Pass);
        }
        u8::try_from(arguments.len()).unwrap_or(u8::MAX)
    }

    /// The instruction that calls, or that lets the callee take this function's place.
    fn tail(&self, op: Op, is_tail: bool) -> Op {
        if !is_tail || !self.function.leaves_by_call() {
            return op;
        }
        match op {
            // The function checks its own result.
            Op::CallRec => Op::TailRec,
            _ if self.function.result.is_some() => op,
            Op::CallMethod => Op::TailMethod,
            _ => Op::TailCall,
        }
    }

    /// What is no function of the program cannot take this function's place: it gives a result.
    fn left(&mut self, op: Op, base: u8) {
        if matches!(op, Op::TailCall | Op::TailRec | Op::TailMethod) {
            self.emit(Op::Return, base, 0, 0);
            self.function.code.end();
        }
    }
}
