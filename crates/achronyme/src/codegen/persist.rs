//! Calls that keep or restore the variables that can be seen, and names that were restored.

use std::collections::BTreeMap;
use std::rc::Rc;

use achronyme_vm::{Constant, Op};
use source::Span;

use super::function::Storage;
use super::{Codegen, Use};
use crate::hir::Expression;

impl Codegen<'_> {
    /// Whether names that nothing declares may have been restored.
    pub(super) fn restores(&self) -> bool {
        self.resolution.restores() || (self.is_input && self.unit.has_restored())
    }

    fn restored(&mut self) -> u16 {
        match self.restored {
            Some(known) => known,
            None => *self.restored.insert(self.unit.restored_global()),
        }
    }

    /// What a name means that nothing declares, or the error that it means nothing.
    pub(super) fn restored_name(&mut self, name: &str, what: &str, target: u8) {
        let Some(index) = self.unit.library.find("_restored") else { return };
        let global = self.restored();
        let mark = self.mark();
        let base = self.function.registers.take_row(3);
        self.function.code.emit_wide(Op::PeekGlobal, base, global);
        self.load(base + 1, Constant::String(name.to_owned()));
        self.load(base + 2, Constant::String(what.to_owned()));
        self.emit(Op::CallBuiltin, base, 3, 0);
        self.word(u32::from(index));
        self.move_to(target, base);
        self.release(mark);
    }

    /// What a name means that was restored, or that a later input declares.
    pub(super) fn restored_or_declared(&mut self, name: &str, global: u16, target: u8, kept: Use) {
        let Some(index) = self.unit.library.find("_is_restored") else { return };
        let restored = self.restored();
        let mark = self.mark();
        let base = self.function.registers.take_row(2);
        self.function.code.emit_wide(Op::PeekGlobal, base, restored);
        self.load(base + 1, Constant::String(name.to_owned()));
        self.emit(Op::CallBuiltin, base, 2, 0);
        self.word(u32::from(index));
        let (mut declared, mut over) = (Vec::new(), Vec::new());
        self.function.code.jump_on(Op::JumpIfFalse, base, 0, &mut declared);
        self.release(mark);
        self.restored_name(name, "Undefined variable", target);
        self.function.code.jump(&mut over);
        self.function.code.bind(declared);
        self.read_global(global, target, kept);
        self.function.code.bind(over);
    }

    /// Calls the function in the second register with what can be seen besides its argument: the
    /// names, with commas between them, and, where they are kept, their values; and what was
    /// restored. What `restore_env` gives is what there is from then on.
    pub(super) fn call_with_variables(
        &mut self,
        function: &str,
        name: &Expression,
        only: &Expression,
        span: Span,
        base: u8,
    ) {
        let is_kept = function == "save_env";
        let seen = self.variables_at(name.span, is_kept);
        self.argument(only, span.end, Use::Pass);
        self.at(span);
        let names: Vec<&str> = seen.keys().map(|name| &**name).collect();
        let list = self.take();
        self.load(list, Constant::String(names.join(",")));
        if is_kept {
            let values = self.take();
            self.emit(Op::NewVector, values, values, 0);
            for storage in seen.values().flatten() {
                let mark = self.mark();
                let value = self.take();
                self.read(*storage, value, Use::Keep);
                self.emit(Op::VectorPush, values, value, 0);
                self.release(mark);
            }
        }
        let before = self.take();
        if self.restores() {
            let global = self.restored();
            self.function.code.emit_wide(Op::GetGlobal, before, global);
        } else {
            self.emit(Op::LoadFalse, before, 0, 0);
        }
        self.emit(Op::Call, base, if is_kept { 4 } else { 3 }, 0);
        if !is_kept {
            let global = self.restored();
            self.function.code.emit_wide(Op::SetGlobal, base, global);
            self.load(base, Constant::Boolean(true));
        }
    }

    /// The variables that are seen where a name stands, with those of earlier inputs; and where
    /// they are, if they are to be read. Those without a value are left out then.
    fn variables_at(&mut self, at: Span, is_read: bool) -> BTreeMap<Rc<str>, Option<Storage>> {
        let mut all = BTreeMap::new();
        if self.is_input {
            let outer = self.unit.outer_globals();
            let outer = outer.map(|(name, global)| (Rc::clone(name), Storage::Global(global)));
            all.extend(outer.map(|(name, storage)| (name, Some(storage))));
        }
        let seen: Vec<_> =
            self.resolution.seen(at).map(|(name, id)| (Rc::clone(name), id)).collect();
        for (name, id) in seen {
            let storage = if is_read { self.storage(id) } else { None };
            if storage.is_some() || !is_read {
                all.insert(name, storage);
            }
        }
        all
    }
}
