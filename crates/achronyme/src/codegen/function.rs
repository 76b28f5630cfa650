//! A function that is being compiled.

use std::collections::BTreeMap;

use achronyme_vm::{Constant, Handler, Local, Op, Prototype};

use super::code::{Code, Jumps};
use super::registers::Registers;
use crate::resolve::BindingId;

/// Where a function keeps a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    /// In a register.
    Register {
        register: u8,
        /// Nothing else has the value, or knows that it is shared.
        is_owned: bool,
        /// Never a vector or tensor, or known to be shared: storing it in a second place needs no
        /// more.
        is_settled: bool,
    },
    /// In a cell that is in a register.
    Cell(u8),
    Global(u16),
    /// In an upvalue.
    Upvalue(u8),
    /// In a cell that is in an upvalue.
    Upcell(u8),
    /// It is the running function.
    Rec,
    /// It is a function of the library.
    Builtin(u16),
}

/// A variable outside of the function, of which an instruction takes an element.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outside {
    /// In an upvalue, or in a cell that is in one.
    Upvalue(u8),
    /// One of the first globals.
    Global(u8),
}

/// What a function has from the one around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Captured {
    SelfValue,
    Rec,
}

/// What a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FunctionKind {
    /// The outermost code of the program.
    Main,
    /// The outermost code of a module.
    Module,
    /// What is written as a function.
    Lambda,
    /// A block that runs on its own: `generate {…}` and `async do {…}`.
    Block,
}

/// A loop around the code that is being compiled.
#[derive(Debug)]
pub(super) struct Loop {
    /// Where its value goes.
    pub(super) result: Option<u8>,
    /// What a bare `break` gives.
    pub(super) is_zero: bool,
    pub(super) breaks: Jumps,
    pub(super) continues: Jumps,
}

/// A `try` around the code that is being compiled.
#[derive(Debug, Default)]
pub(super) struct Try {
    /// Code that belongs to it.
    ranges: Vec<(u32, u32)>,
    /// Where the code begins that is being written.
    start: u32,
}

/// A function that is being compiled.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) prototype: Prototype,
    pub(super) code: Code,
    pub(super) registers: Registers,
    pub(super) places: BTreeMap<BindingId, Storage>,
    pub(super) captured: BTreeMap<Captured, u8>,
    pub(super) loops: Vec<Loop>,
    pub(super) tries: Vec<Try>,
    pub(super) kind: FunctionKind,
    /// What its result is checked for.
    pub(super) result: Option<u16>,
    /// That there is a `self` was checked before.
    pub(super) has_checked_self: bool,
    /// Whether it was said that it has too much of something.
    pub(super) is_too_large: bool,
    constants: BTreeMap<ConstantKey, u16>,
    open: Vec<Local>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ConstantKey {
    Null,
    Boolean(bool),
    Number(u64),
    Complex(u64, u64),
    String(String),
    Builtin(u16),
}

/// What a scope began with.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScopeMark {
    registers: u16,
    locals: usize,
}

impl Function {
    pub(super) fn new(name: &str, kind: FunctionKind, source: u32) -> Self {
        Self {
            prototype: Prototype { name: name.to_owned(), ..Prototype::default() },
            code: Code::new(source),
            registers: Registers::default(),
            places: BTreeMap::new(),
            captured: BTreeMap::new(),
            loops: Vec::new(),
            tries: Vec::new(),
            kind,
            result: None,
            has_checked_self: false,
            is_too_large: false,
            constants: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    /// The number of a constant; `None` if there are too many.
    pub(super) fn constant(&mut self, constant: Constant) -> Option<u16> {
        let key = match &constant {
            Constant::Null => ConstantKey::Null,
            Constant::Boolean(value) => ConstantKey::Boolean(*value),
            Constant::Number(value) => ConstantKey::Number(value.to_bits()),
            Constant::Complex(re, im) => ConstantKey::Complex(re.to_bits(), im.to_bits()),
            Constant::String(text) => ConstantKey::String(text.clone()),
            Constant::Builtin(index) => ConstantKey::Builtin(*index),
        };
        if let Some(known) = self.constants.get(&key) {
            return Some(*known);
        }
        let number = u16::try_from(self.prototype.constants.len()).ok()?;
        self.prototype.constants.push(constant);
        self.constants.insert(key, number);
        Some(number)
    }

    pub(super) fn open_scope(&self) -> ScopeMark {
        ScopeMark { registers: self.registers.mark(), locals: self.open.len() }
    }

    /// How many registers were in use when the scope was opened.
    pub(super) fn registers_before(&self, mark: ScopeMark) -> u16 {
        mark.registers
    }

    /// Ends the variables of the scope and frees the registers taken since.
    pub(super) fn close_scope(&mut self, mark: ScopeMark) {
        let end = self.code.here();
        for local in self.open.drain(mark.locals..) {
            if local.start < end {
                self.prototype.locals.push(Local { end, ..local });
            }
        }
        self.registers.release(mark.registers);
    }

    /// Says that from here on a register has a variable.
    pub(super) fn name_register(&mut self, name: &str, register: u8, cell: bool) {
        let start = self.code.here();
        self.registers.keep(register);
        self.open.push(Local { name: name.to_owned(), register, cell, start, end: start });
    }

    /// Opens a `try`.
    pub(super) fn open_try(&mut self) {
        let start = self.code.here();
        self.tries.push(Try { ranges: Vec::new(), start });
    }

    /// Writes code whose errors no `try` of this function sees.
    pub(super) fn outside_tries(&mut self, write: impl FnOnce(&mut Code)) {
        let before = self.code.here();
        write(&mut self.code);
        let after = self.code.here();
        for one in &mut self.tries {
            if one.start < before {
                one.ranges.push((one.start, before));
            }
            one.start = after;
        }
    }

    /// Closes the innermost `try`: its errors go on here, in `register`. Whether any can.
    pub(super) fn close_try(&mut self, end: u32, register: u8) -> bool {
        let Some(mut closed) = self.tries.pop() else { return false };
        if closed.start < end {
            closed.ranges.push((closed.start, end));
        }
        let target = self.code.here();
        let handlers = closed.ranges.iter();
        let handlers = handlers.map(|&(start, end)| Handler { start, end, target, register });
        self.prototype.handlers.extend(handlers);
        !closed.ranges.is_empty()
    }

    /// Whether a call whose result is returned can take this function's place.
    pub(super) fn leaves_by_call(&self) -> bool {
        self.tries.is_empty()
            && self.kind == FunctionKind::Lambda
            && !self.prototype.is_generator
            && !self.prototype.is_async
    }

    /// The prototype, when all code is written.
    pub(super) fn finish(mut self) -> Prototype {
        let mark = ScopeMark { registers: 0, locals: 0 };
        let high = self.registers.high();
        self.close_scope(mark);
        self.prototype.registers = high.max(1);
        // A parameter comes before a name that a pattern gives to the same register.
        self.prototype.locals.reverse();
        self.prototype.locals.sort_by_key(|local| (local.start, local.register));
        self.prototype.code = self.code.words;
        self.prototype.lines = self.code.lines;
        self.prototype
    }

    /// `R[target] = R[from]`.
    pub(super) fn transfer(&mut self, target: u8, from: u8) {
        if target != from {
            self.code.emit(Op::Move, target, from, 0);
        }
    }
}
