//! Whole texts: the outermost code, imports and exports.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use achronyme_library::not_exported;
use achronyme_vm::{Line, Op};
use source::{SourceMap, Span};

use super::function::{Function, FunctionKind, Storage};
use super::types::{KnownType, TypeScopes};
use super::{Codegen, To, Use};
use crate::codes;
use crate::hir::NamedItem;
use crate::modules::{Imported, LoadedModule, Program};
use crate::prelude;
use crate::resolve::{Meaning, Resolution, Surroundings};
use crate::unit::{Around, Loaded, Outer, Unit};

/// What a file gives to others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exports {
    values: BTreeMap<Rc<str>, Export>,
    types: BTreeMap<Rc<str>, KnownType>,
}

#[derive(Clone, Copy, Debug)]
enum Export {
    Global(u16),
    Builtin(u16),
}

impl<'a> Codegen<'a> {
    /// Compiles the first file of a program, and says which prototype it became.
    pub(crate) fn input(
        unit: &'a mut Unit,
        sources: &'a mut SourceMap,
        modules: &'a Program,
    ) -> u32 {
        let Some(main) = modules.modules.first() else { return 0 };
        let around = &mut Around { unit: &mut *unit, is_input: true, is_prelude: false };
        let resolution = Rc::new(Resolution::new(&main.module, around));
        let source = main.source.0;
        let function = Function::new("main", FunctionKind::Main, source);
        let mut this = Self::new(unit, sources, (modules, 0), resolution, function, source);
        this.is_input = true;
        this.open_outer_types();
        this.block_to(&main.module.body, To::Return);
        this.leave_null();
        let function = this.take_function();
        let mut finished = this.finished(function);
        this.publish();
        if let Some(start) = this.start() {
            call_first(&mut finished, start);
        }
        u32::from(this.keep(finished))
    }

    fn new(
        unit: &'a mut Unit,
        sources: &'a mut SourceMap,
        (modules, file): (&'a Program, usize),
        resolution: Rc<Resolution>,
        function: Function,
        source: u32,
    ) -> Self {
        Self {
            unit,
            sources,
            modules,
            file,
            resolution,
            function,
            around: Vec::new(),
            globals: BTreeMap::new(),
            types: TypeScopes::default(),
            kinds: BTreeMap::new(),
            exports: Exports::default(),
            types_only: BTreeSet::new(),
            undeclared: BTreeSet::new(),
            source,
            restored: None,
            is_input: false,
            is_prelude: false,
        }
    }

    /// Lets later inputs use the variables of this one.
    fn publish(&mut self) {
        if !self.unit.options.repl {
            return;
        }
        for (name, id) in self.resolution.top() {
            let Some(global) = self.globals.get(&id) else { continue };
            let mutable = self.resolution.binding(id).mutable;
            let check = self.types.assigned(id);
            self.unit.publish(&name, Outer { global: *global, mutable, check });
        }
    }

    /// The code that runs before the first statement, if any is needed.
    fn start(&mut self) -> Option<u16> {
        let prelude = self.prelude();
        let flags = std::mem::take(&mut self.unit.flags);
        if flags.is_empty() && prelude.is_empty() {
            return None;
        }
        self.enter("start", FunctionKind::Module);
        let window = self.function.registers.take_row(2);
        if !flags.is_empty() {
            self.emit(Op::LoadFalse, window, 0, 0);
        }
        for flag in flags {
            self.function.code.emit_wide(Op::SetGlobal, window, flag);
        }
        for function in prelude {
            self.function.code.emit_wide(Op::Closure, window + 1, function);
            self.emit(Op::Call, window, 0, 0);
        }
        self.leave_null();
        let start = self.exit();
        // It comes from no line that anybody has written.
        self.unit.program.prototypes[usize::from(start)].lines.clear();
        Some(start)
    }

    /// The code that makes the functions of the prelude that are wanted and not there yet: for each
    /// file a function, and once more where a later file wants something of an earlier one.
    fn prelude(&mut self) -> Vec<u16> {
        let mut functions = Vec::new();
        while let Some(file) = self.unit.prelude.next_file() {
            functions.push(self.prelude_file(file));
        }
        functions
    }

    fn prelude_file(&mut self, file: usize) -> u16 {
        // A dialogue comes here again and again; the text stays the same.
        let id = self.unit.prelude.source(file, self.sources);
        let prelude::Read { module, resolution } = prelude::read(file, id);
        // The library sees only itself, whatever the program is.
        let around = &mut Around { unit: &mut *self.unit, is_input: false, is_prelude: true };
        let resolution = resolution.get_or_init(|| Rc::new(Resolution::new(&module, around)));
        let resolution = Rc::clone(resolution);
        let function = Function::new("prelude", FunctionKind::Module, id.0);
        let mut inner = Codegen::new(
            &mut *self.unit,
            &mut *self.sources,
            (self.modules, self.file),
            resolution,
            function,
            id.0,
        );
        inner.is_prelude = true;
        let names = prelude::names(&module);
        while let Some(name) = inner.unit.prelude.next_wanted(file) {
            if let Some(statement) = names.get(&name).and_then(|at| module.body.statements.get(*at))
            {
                inner.statement(statement, To::Nothing);
            }
        }
        inner.leave_null();
        let function = inner.take_function();
        let finished = inner.finished(function);
        inner.keep(finished)
    }

    pub(super) fn import(&mut self, items: &[NamedItem], path: &str, path_span: Span) {
        let file = self.modules.modules.get(self.file);
        match file.and_then(|file| file.imports.get(path)) {
            Some(Imported::Library) => {
                for item in items {
                    self.import_builtin(item, path);
                }
            }
            Some(Imported::File(file)) => {
                if let Some(loaded) = self.load_module(*file) {
                    self.run_module(&loaded);
                    for item in items {
                        self.import_item(item, &loaded.exports, path);
                    }
                }
            }
            other => {
                let refusal = other.and_then(|imported| imported.refusal(path));
                self.fail(codes::IMPORT, path_span, refusal.unwrap_or_default());
            }
        }
    }

    /// An error that comes when the program gets here.
    fn fail(&mut self, code: &'static str, span: Span, message: String) {
        if self.function.code.is_live() {
            self.at(span);
            self.raise_for_mistake(&message);
            self.warn(code, span, message);
        }
    }

    fn import_builtin(&mut self, item: &NamedItem, module: &str) {
        let Some(id) = self.resolution.declared(item.alias.span) else { return };
        let name = &item.name.text;
        if self.unit.library.exports(module, name) != Some(true) {
            return self.fail(codes::IMPORT, item.name.span, not_exported(module, name));
        }
        let around = Around { unit: &mut *self.unit, is_input: false, is_prelude: false };
        let meaning = around.meaning(name).unwrap_or(Meaning::Undefined);
        let is_late = self.resolution.binding(id).is_late;
        let storage = match &meaning {
            Meaning::Builtin(index) => Some(Storage::Builtin(*index)),
            Meaning::Prelude(name) => Some(Storage::Global(self.unit.prelude_global(name))),
            _ => None,
        };
        match storage {
            Some(storage) if !is_late && !self.unit.options.repl => {
                self.function.places.insert(id, storage);
            }
            _ => {
                let register = self.take();
                self.meaning_into(&meaning, name, item.name.span, register, Use::Keep);
                self.declare_in(id, register, true);
            }
        }
    }

    fn import_item(&mut self, item: &NamedItem, exports: &Exports, path: &str) {
        let name = &item.name.text;
        let value = exports.values.get(name);
        let known = exports.types.get(name);
        if let Some(known) = known {
            self.define_known(&item.alias.text, known.clone());
        }
        match (value, self.resolution.declared(item.alias.span)) {
            (Some(Export::Global(global)), Some(id)) => {
                let register = self.take();
                self.at(item.name.span);
                self.function.code.emit_wide(Op::GetGlobal, register, *global);
                self.declare_in(id, register, true);
            }
            (Some(Export::Builtin(index)), Some(id)) => {
                self.function.places.insert(id, Storage::Builtin(*index));
            }
            (_, id) if known.is_some() => self.types_only.extend(id),
            _ => {
                let message = format!(
                    "'{name}' is not exported from module '{path}' (neither as value nor type)"
                );
                self.fail(codes::IMPORT, item.name.span, message);
            }
        }
    }

    /// The file that is imported, compiled.
    fn load_module(&mut self, file: usize) -> Option<Rc<Loaded>> {
        let module = self.modules.modules.get(file)?;
        let name = self.sources.name(module.source).to_owned();
        if let Some(known) = self.unit.modules.get(&name) {
            return Some(Rc::clone(known));
        }
        Some(self.compile_module(file, module, &name))
    }

    fn compile_module(&mut self, file: usize, module: &LoadedModule, name: &str) -> Rc<Loaded> {
        let around = &mut Around { unit: &mut *self.unit, is_input: false, is_prelude: false };
        let resolution = Rc::new(Resolution::new(&module.module, around));
        let source = module.source.0;
        let function = Function::new(name, FunctionKind::Module, source);
        let mut inner = Codegen::new(
            &mut *self.unit,
            &mut *self.sources,
            (self.modules, file),
            resolution,
            function,
            source,
        );
        inner.block_to(&module.module.body, To::Nothing);
        inner.leave_null();
        let function = inner.take_function();
        let finished = inner.finished(function);
        let prototype = inner.keep(finished);
        let exports = std::mem::take(&mut inner.exports);
        let flag = self.unit.new_global(&format!("module {name}"));
        self.unit.flags.push(flag);
        let loaded = Rc::new(Loaded { prototype, flag, exports });
        self.unit.modules.insert(name.to_owned(), Rc::clone(&loaded));
        loaded
    }

    /// Runs a file that has not run before.
    fn run_module(&mut self, loaded: &Loaded) {
        let mark = self.mark();
        let window = self.function.registers.take_row(2);
        let mut over = Vec::new();
        self.function.code.emit_wide(Op::GetGlobal, window, loaded.flag);
        self.function.code.jump_on(Op::JumpIfTrue, window, 0, &mut over);
        self.function.code.emit_wide(Op::Closure, window + 1, loaded.prototype);
        self.emit(Op::Call, window, 0, 0);
        self.emit(Op::LoadTrue, window, 0, 0);
        self.function.code.emit_wide(Op::SetGlobal, window, loaded.flag);
        self.function.code.bind(over);
        self.release(mark);
    }

    pub(super) fn export(&mut self, items: &[NamedItem]) {
        for item in items {
            let name = &item.name.text;
            let known = self.type_named(name);
            let is_type = known.is_some();
            if let Some(known) = known {
                self.exports.types.insert(Rc::clone(&item.alias.text), known);
            }
            let storage = match self.resolution.meaning(item.name.span) {
                Meaning::Binding(id) if !self.types_only.contains(&id) => self.storage(id),
                _ => None,
            };
            let export = match storage {
                Some(Storage::Global(global)) => Export::Global(global),
                Some(Storage::Builtin(index)) => Export::Builtin(index),
                Some(storage) => {
                    let mark = self.mark();
                    let register = self.take();
                    let global = self.unit.new_global(name);
                    self.read(storage, register, Use::Keep);
                    self.function.code.emit_wide(Op::SetGlobal, register, global);
                    self.release(mark);
                    Export::Global(global)
                }
                None if is_type => continue,
                None => {
                    let message = format!(
                        "Cannot export '{name}': not found in current scope (neither value nor type)"
                    );
                    self.fail(codes::EXPORT, item.name.span, message);
                    continue;
                }
            };
            self.exports.values.insert(Rc::clone(&item.alias.text), export);
        }
    }
}

/// Lets a prototype begin with a call of another. Its first two registers are free there.
fn call_first(main: &mut achronyme_vm::Prototype, start: u16) {
    let code = [Op::Closure.wide(1, start), Op::Call.abc(0, 0, 0)];
    let shift = 2;
    main.code.splice(0..0, code);
    main.registers = main.registers.max(2);
    for handler in &mut main.handlers {
        handler.start += shift;
        handler.end += shift;
        handler.target += shift;
    }
    for local in &mut main.locals {
        local.start += shift;
        local.end += shift;
    }
    for line in &mut main.lines {
        line.at += shift;
    }
    // The program begins where its first statement is.
    if let Some(first) = main.lines.first().copied() {
        main.lines.insert(0, Line { at: 0, statement: false, ..first });
    }
}
