//! Variables: where they are, and reading and writing them.

use std::rc::Rc;

use achronyme_vm::{Capture, Constant, Op};
use source::{Diagnostic, Span, nearest};

use super::function::{Captured, Function, FunctionKind, Storage};
use super::{Codegen, To, Use};
use crate::codes;
use crate::resolve::{BindingId, Meaning};
use crate::warnings;

impl Codegen<'_> {
    /// Where the function that is being compiled has a binding. `None` if it has no value.
    pub(super) fn storage(&mut self, id: BindingId) -> Option<Storage> {
        if let Some(known) = self.function.places.get(&id) {
            return Some(*known);
        }
        if let Some(global) = self.globals.get(&id) {
            return Some(Storage::Global(*global));
        }
        let is_kept = |one: &Function| one.places.contains_key(&id);
        let Some(owner) = self.around.iter().rposition(is_kept) else {
            return self.shared_global(id).map(Storage::Global);
        };
        let mut storage = self.around[owner].places[&id];
        let name = self.resolution.binding(id).name.to_string();
        for level in owner + 1..=self.around.len() {
            let (capture, is_cell) = match storage {
                Storage::Register { register, .. } => (Capture::Register(register), false),
                Storage::Cell(register) => (Capture::Register(register), true),
                Storage::Upvalue(upvalue) => (Capture::Upvalue(upvalue), false),
                Storage::Upcell(upvalue) => (Capture::Upvalue(upvalue), true),
                Storage::Rec => (Capture::Rec, false),
                Storage::Global(_) | Storage::Builtin(_) => return Some(storage),
            };
            let upvalue = self.add_upvalue(level, capture, &name, is_cell);
            storage = if is_cell { Storage::Upcell(upvalue) } else { Storage::Upvalue(upvalue) };
            self.level(level).places.insert(id, storage);
        }
        Some(storage)
    }

    /// The function that is so many functions deep.
    fn level(&mut self, level: usize) -> &mut Function {
        match self.around.get_mut(level) {
            Some(around) => around,
            None => &mut self.function,
        }
    }

    fn add_upvalue(&mut self, level: usize, capture: Capture, name: &str, is_cell: bool) -> u8 {
        let function = self.level(level);
        let number = u8::try_from(function.prototype.captures.len());
        function.prototype.captures.push(capture);
        function.prototype.upvalues.push((name.to_owned(), is_cell));
        if number.is_err() {
            self.too_many(Span::default(), "variables of outer functions in a function");
        }
        number.unwrap_or_default()
    }

    /// The upvalue with `self` or the function itself, of a block that runs on its own.
    pub(super) fn capture(&mut self, what: Captured) -> Option<u8> {
        let known =
            |one: &Function| one.captured.contains_key(&what) || one.kind != FunctionKind::Block;
        let owner = self.around.iter().rposition(known)?;
        let function = &self.around[owner];
        let mut capture = match (function.captured.get(&what), what) {
            (Some(upvalue), _) if function.kind == FunctionKind::Block => {
                Capture::Upvalue(*upvalue)
            }
            (_, Captured::Rec) if function.kind == FunctionKind::Lambda => Capture::Rec,
            (_, Captured::SelfValue) => Capture::Register(function.prototype.self_register?),
            _ => return None,
        };
        let name = if what == Captured::Rec { "rec" } else { "self" };
        let mut upvalue = 0;
        for level in owner + 1..=self.around.len() {
            if let Some(known) = self.level(level).captured.get(&what) {
                upvalue = *known;
            } else {
                upvalue = self.add_upvalue(level, capture, name, false);
                self.level(level).captured.insert(what, upvalue);
            }
            capture = Capture::Upvalue(upvalue);
        }
        Some(upvalue)
    }

    /// A name as a value.
    pub(super) fn name_to(&mut self, name: &str, span: Span, to: To) {
        self.at(span);
        let meaning = self.resolution.meaning(span);
        let storage = match &meaning {
            Meaning::Binding(id) => self.storage(*id),
            _ => None,
        };
        match (to, storage) {
            (To::Nothing, Some(storage)) => {
                if matches!(storage, Storage::Global(_) | Storage::Upcell(_)) {
                    let mark = self.mark();
                    let register = self.take();
                    self.meaning_into(&meaning, name, span, register, Use::Look);
                    self.release(mark);
                }
            }
            (To::Nothing, None)
                if matches!(meaning, Meaning::Constant(..) | Meaning::Builtin(_)) => {}
            (To::Return, Some(Storage::Register { register, is_owned, is_settled }))
                if is_owned || is_settled =>
            {
                self.leave(register);
            }
            (To::Register(register, kept), _) => {
                self.meaning_into(&meaning, name, span, register, kept);
            }
            (To::Nothing | To::Return, _) => {
                let mark = self.mark();
                let register = self.take();
                self.meaning_into(&meaning, name, span, register, Use::Keep);
                if to == To::Return {
                    self.leave(register);
                }
                self.release(mark);
            }
        }
    }

    pub(super) fn meaning_into(
        &mut self,
        meaning: &Meaning,
        name: &str,
        span: Span,
        target: u8,
        kept: Use,
    ) {
        match meaning {
            Meaning::Binding(id) => match self.storage(*id) {
                Some(storage) => self.read(storage, target, kept),
                None => self.undefined(name),
            },
            Meaning::Outer { global, .. } if self.restores() && self.unit.is_awaited(name) => {
                self.restored_or_declared(name, *global, target, kept);
            }
            Meaning::Outer { global, .. } => self.read_global(*global, target, kept),
            Meaning::Constant(..) | Meaning::Builtin(_) => {
                if let Some(constant) = constant_of(meaning) {
                    self.load(target, constant);
                }
            }
            Meaning::Prelude(name) => {
                let global = self.unit.prelude_global(name);
                self.read_global(global, target, kept);
            }
            Meaning::Undefined if self.restores() => {
                self.restored_name(name, "Undefined variable", target);
            }
            Meaning::Undefined => {
                self.warn_undefined(name, span);
                self.undefined(name);
            }
        }
    }

    fn undefined(&mut self, name: &str) {
        let message = format!("Undefined variable or constant: {name}");
        self.raise_for_mistake(&message);
    }

    /// Nothing has this name, unless control never gets here.
    pub(super) fn warn_undefined(&mut self, name: &str, span: Span) {
        if !self.function.code.is_live() || self.undeclared.contains(name) {
            return;
        }
        let message = format!("`{name}` is not defined");
        let warning = Diagnostic::warning(codes::UNDEFINED, span, message);
        let earlier = self.unit.variables().map(|(name, _)| name);
        let hint = warnings::advice(name, self.resolution.names().chain(earlier));
        self.unit.diagnostics.push(Diagnostic { hint, ..warning });
    }

    /// What is assigned to has no declaration. That is said once, and not again where it is read.
    pub(super) fn warn_undeclared(&mut self, name: &str, span: Span) {
        if !self.function.code.is_live() || !self.undeclared.insert(Rc::from(name)) {
            return;
        }
        let earlier = self.unit.variables().map(|(name, _)| name);
        let hint = match nearest(name, self.resolution.names().chain(earlier)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("`let {name} = …` declares it, or `mut {name} = …` if it changes"),
        };
        let warning =
            Diagnostic::warning(codes::UNDEFINED, span, format!("`{name}` is not defined"));
        self.unit.diagnostics.push(warning.with_hint(hint));
    }

    /// Nothing is of a type with this name.
    pub(super) fn warn_no_type(&mut self, name: &str, span: Span) {
        if self.unit.diagnostics.iter().any(|found| found.span == span) {
            return;
        }
        let warning =
            Diagnostic::warning(codes::UNDEFINED, span, format!("there is no type `{name}`"));
        let hint = warnings::type_advice(name).map(|meant| format!("did you mean `{meant}`?"));
        self.unit.diagnostics.push(Diagnostic { hint, ..warning });
    }

    pub(super) fn read_global(&mut self, global: u16, target: u8, kept: Use) {
        let op = if kept == Use::Look { Op::PeekGlobal } else { Op::GetGlobal };
        self.function.code.emit_wide(op, target, global);
    }

    /// Reads a variable.
    pub(super) fn read(&mut self, storage: Storage, target: u8, kept: Use) {
        let looks = kept == Use::Look;
        match storage {
            Storage::Register { register, is_settled, .. } => {
                if kept == Use::Keep && !is_settled {
                    self.emit(Op::Copy, target, register, 0);
                } else {
                    self.move_to(target, register);
                }
            }
            Storage::Cell(cell) => {
                let op = if looks { Op::PeekCell } else { Op::GetCell };
                self.emit(op, target, cell, 0);
            }
            Storage::Global(global) => self.read_global(global, target, kept),
            Storage::Upvalue(upvalue) => {
                let op = if looks { Op::PeekUpvalue } else { Op::GetUpvalue };
                self.emit(op, target, upvalue, 0);
            }
            Storage::Upcell(upvalue) => {
                let op = if looks { Op::PeekUpcell } else { Op::GetUpcell };
                self.emit(op, target, upvalue, 0);
            }
            Storage::Rec => self.emit(Op::LoadRec, target, 0, 0),
            Storage::Builtin(index) => self.load(target, Constant::Builtin(index)),
        }
    }

    /// Writes a variable that is declared.
    pub(super) fn write(&mut self, storage: Storage, from: u8) {
        match storage {
            Storage::Register { register, .. } => self.move_to(register, from),
            Storage::Cell(cell) => self.emit(Op::SetCell, cell, from, 0),
            Storage::Global(global) => {
                self.function.code.emit_wide(Op::SetGlobal, from, global);
            }
            Storage::Upcell(upvalue) => self.emit(Op::SetUpcell, from, upvalue, 0),
            Storage::Upvalue(_) | Storage::Rec | Storage::Builtin(_) => {}
        }
    }

    /// Where a binding will be that is declared next, if it is not in a new register.
    pub(super) fn place_ahead(&mut self, id: BindingId) -> Option<Storage> {
        /// So many variables of the outermost block are in registers.
        const TOP_MAX: u16 = 100;
        if let Some(known) = self.function.places.get(&id) {
            return Some(*known);
        }
        let binding = self.resolution.binding(id);
        if !binding.is_top {
            return None;
        }
        if let Some(global) = self.shared_global(id) {
            return Some(Storage::Global(global));
        }
        if self.function.registers.used() < TOP_MAX {
            return None;
        }
        Some(Storage::Global(self.global(id)))
    }

    /// The global of a variable that not only the outermost code uses.
    fn shared_global(&mut self, id: BindingId) -> Option<u16> {
        let binding = self.resolution.binding(id);
        if !binding.is_top {
            return None;
        }
        if self.is_prelude {
            let name = Rc::clone(&binding.name);
            return Some(self.unit.prelude_global(&name));
        }
        let is_shared = binding.is_captured || binding.is_exported || self.unit.options.repl;
        is_shared.then(|| self.global(id))
    }

    fn global(&mut self, id: BindingId) -> u16 {
        if let Some(known) = self.globals.get(&id) {
            return *known;
        }
        let name = self.resolution.binding(id).name.to_string();
        let global = self.unit.new_global(&name);
        self.globals.insert(id, global);
        global
    }

    /// Declares the binding in a register that has its value already.
    pub(super) fn declare_in(&mut self, id: BindingId, register: u8, is_settled: bool) {
        let binding = self.resolution.binding(id).clone();
        if let Some(storage) = self.place_ahead(id) {
            self.write(storage, register);
            return;
        }
        let is_cell = binding.mutable && binding.is_captured;
        let storage = if is_cell {
            self.emit(Op::NewCell, register, register, 0);
            Storage::Cell(register)
        } else {
            Storage::Register { register, is_owned: true, is_settled }
        };
        self.function.name_register(&binding.name, register, is_cell);
        self.function.places.insert(id, storage);
    }

    /// The register of the variable that `self` is, which is checked to be there.
    pub(super) fn self_register(&mut self, span: Span) -> u8 {
        const MESSAGE: &str = "'self' can only be used inside record methods";
        self.at(span);
        let Some(register) = self.function.prototype.self_register else {
            let register = self.take();
            match self.capture(Captured::SelfValue) {
                Some(upvalue) => {
                    self.emit(Op::PeekUpvalue, register, upvalue, 0);
                    self.emit(Op::CheckSelf, register, 0, 0);
                }
                None => self.raise(MESSAGE),
            }
            return register;
        };
        if !self.function.has_checked_self {
            self.emit(Op::CheckSelf, register, 0, 0);
            self.function.has_checked_self = self.function.code.is_live();
        }
        register
    }
}

/// The constant that a name stands for.
pub(super) fn constant_of(meaning: &Meaning) -> Option<Constant> {
    match meaning {
        Meaning::Constant(re, im) if im.to_bits() == 0 => Some(Constant::Number(*re)),
        Meaning::Constant(re, im) => Some(Constant::Complex(*re, *im)),
        Meaning::Builtin(index) => Some(Constant::Builtin(*index)),
        Meaning::Binding(_) | Meaning::Outer { .. } | Meaning::Prelude(_) | Meaning::Undefined => {
            None
        }
    }
}
