//! From what a program means to the code of the register machine.
//!
//! Registers are a stack: variables of open scopes below, temporaries above. A place that a value is
//! computed into is written last of all if it has a variable; otherwise it serves as a temporary
//! on the way.

mod array;
mod assign;
mod call;
mod chain;
mod code;
mod condition;
mod constant;
mod control;
mod expression;
mod function;
mod kind;
mod lambda;
mod loops;
mod method;
mod module;
mod name;
mod operator;
mod pattern;
mod persist;
mod place;
mod record;
mod registers;
mod statement;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use achronyme_library::Kind;
use achronyme_vm::Op;
use source::{Diagnostic, SourceMap, Span};

use crate::codes;
use crate::modules;
use crate::resolve::{BindingId, Resolution};
use crate::unit::Unit;
use function::Function;
use types::TypeScopes;

pub(crate) use module::Exports;
pub(crate) use types::KnownType;

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It is only looked at, and before anything can change it.
    Look,
    /// It is given to a function, which shares it if it keeps it.
    Pass,
    /// It is kept in a second place.
    Keep,
}

/// Where the value of an expression goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    /// Nowhere: nobody needs it.
    Nothing,
    /// Into a register.
    Register(u8, Use),
    /// It is the result of the function, which ends.
    Return,
}

/// Compiles one text.
pub(crate) struct Codegen<'a> {
    unit: &'a mut Unit,
    sources: &'a mut SourceMap,
    /// The files of the program, and which of them this is.
    modules: &'a modules::Program,
    file: usize,
    resolution: Rc<Resolution>,
    /// The function that is being compiled.
    function: Function,
    /// Those around it, outermost first.
    around: Vec<Function>,
    globals: BTreeMap<BindingId, u16>,
    types: TypeScopes,
    /// What is known of variables whose kind never changes.
    kinds: BTreeMap<BindingId, Kind>,
    exports: Exports,
    /// Names that were imported and are those of types, and of nothing else.
    types_only: BTreeSet<BindingId>,
    /// Names that were assigned to without a declaration.
    undeclared: BTreeSet<Rc<str>>,
    /// The text, as spans and as the program count them.
    source: u32,
    /// The global with the names that it has restored, if it has any.
    restored: Option<u16>,
    /// Whether it is a part of a dialogue, or the main text.
    is_input: bool,
    /// Whether it is the prelude, whose outermost variables are globals that are made on demand.
    is_prelude: bool,
}

impl Codegen<'_> {
    fn at(&mut self, span: Span) {
        self.function.code.at(span);
    }

    fn emit(&mut self, op: Op, a: u8, b: u8, c: u8) {
        self.function.code.emit(op, a, b, c);
    }

    fn word(&mut self, word: u32) {
        self.function.code.emit_word(word);
    }

    fn take(&mut self) -> u8 {
        self.function.registers.take()
    }

    fn mark(&self) -> u16 {
        self.function.registers.mark()
    }

    fn release(&mut self, mark: u16) {
        self.function.registers.release(mark);
    }

    /// Whether a register can be written before the whole value is computed.
    fn is_free(&self, register: u8) -> bool {
        !self.function.registers.is_kept(register)
    }

    /// A register to work in towards `target`: itself, if that does no harm.
    fn scratch(&mut self, target: u8) -> u8 {
        if self.is_free(target) { target } else { self.take() }
    }

    /// The beginning of a window whose result goes to `target`: itself, if it can be.
    fn window(&mut self, target: u8) -> u8 {
        if self.is_free(target) && self.function.registers.is_last(target) {
            target
        } else {
            self.take()
        }
    }

    fn move_to(&mut self, target: u8, from: u8) {
        self.function.transfer(target, from);
    }

    fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.unit.diagnostics.push(Diagnostic::error(code, span, message));
    }

    fn warn(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.unit.diagnostics.push(Diagnostic::warning(code, span, message));
    }

    /// Said once of each function: there may be thousands too many.
    fn too_many(&mut self, span: Span, what: &str) {
        if std::mem::replace(&mut self.function.is_too_large, true) {
            return;
        }
        self.error(codes::TOO_LARGE, span, format!("there are too many {what}"));
    }
}
