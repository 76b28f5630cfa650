//! A program that is being compiled: its prototypes and pools, and what is known of its texts.

use std::collections::BTreeMap;
use std::rc::Rc;

use achronyme_library::{Kind, Method};
use achronyme_vm::{Check, Op, Pattern, Program, Shape, ShapeField};
use source::Diagnostic;

use crate::codegen::{Exports, KnownType};
use crate::compile::Options;
use crate::library::Library;
use crate::prelude::{self, Prelude};
use crate::resolve::{Meaning, Surroundings};

/// A program that is being compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unit {
    pub(crate) program: Program,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) options: Options,
    pub(crate) library: Library,
    pub(crate) prelude: Prelude,
    /// The files that are compiled, by their paths.
    pub(crate) modules: BTreeMap<String, Rc<Loaded>>,
    /// The globals that are false when the program starts.
    pub(crate) flags: Vec<u16>,
    /// Types of earlier inputs.
    pub(crate) types: BTreeMap<Rc<str>, KnownType>,
    names: BTreeMap<String, u32>,
    shapes: BTreeMap<Vec<(u32, bool)>, u32>,
    /// The checks, by their messages.
    checks: BTreeMap<String, Vec<u16>>,
    /// Variables of earlier inputs.
    outer: BTreeMap<Rc<str>, Outer>,
    /// The global with what earlier inputs have restored.
    restored: Option<u16>,
    /// Globals of names that an input has used before any declared them.
    awaited: BTreeMap<Rc<str>, u16>,
}

/// A file that is compiled.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Its outermost code.
    pub(crate) prototype: u16,
    /// The global that says whether it has run.
    pub(crate) flag: u16,
    pub(crate) exports: Exports,
}

/// A variable of an earlier input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outer {
    pub(crate) global: u16,
    pub(crate) mutable: bool,
    /// What is checked before each assignment.
    pub(crate) check: Option<u16>,
}

impl Unit {
    pub(crate) fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// The number of a name of fields and methods.
    pub(crate) fn name(&mut self, name: &str) -> u32 {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let number = count(self.program.names.len());
        self.program.names.push(name.to_owned());
        self.names.insert(name.to_owned(), number);
        number
    }

    pub(crate) fn shape(&mut self, fields: Vec<(u32, bool)>) -> u32 {
        if let Some(known) = self.shapes.get(&fields) {
            return *known;
        }
        let number = count(self.program.shapes.len());
        let all = fields.iter().map(|&(name, mutable)| ShapeField { name, mutable });
        self.program.shapes.push(Shape { fields: all.collect() });
        self.shapes.insert(fields, number);
        number
    }

    pub(crate) fn pattern(&mut self, pattern: Pattern) -> u32 {
        let known = self.program.patterns.iter().position(|known| *known == pattern);
        count(known.unwrap_or_else(|| {
            self.program.patterns.push(pattern);
            self.program.patterns.len() - 1
        }))
    }

    /// The pattern of an element that may be missing.
    pub(crate) fn absent_pattern(&mut self) -> u32 {
        self.pattern(Pattern::Vector { before: 1, rest: false, after: 0, missing: 1, open: false })
    }

    /// The number of a check; `None` if there are too many.
    pub(crate) fn check(&mut self, check: Check) -> Option<u16> {
        let checks = &mut self.program.checks;
        let same = self.checks.entry(check.message.clone()).or_default();
        let known = same.iter().find(|known| checks.get(usize::from(**known)) == Some(&check));
        if let Some(known) = known {
            return Some(*known);
        }
        let number = u16::try_from(checks.len()).ok()?;
        checks.push(check);
        same.push(number);
        Some(number)
    }

    /// A new global, or the one that functions of a dialogue know under this name: they see each
    /// new meaning of it.
    pub(crate) fn new_global(&mut self, name: &str) -> u16 {
        if let Some(awaited) = self.awaited.get(name) {
            return *awaited;
        }
        let number = u16::try_from(self.program.globals.len()).unwrap_or(u16::MAX);
        self.program.globals.push(name.to_owned());
        number
    }

    /// Whether earlier inputs have restored names.
    pub(crate) fn has_restored(&self) -> bool {
        self.restored.is_some()
    }

    /// The global for what is restored, as a record, or false: for all inputs of a dialogue the same
    /// one, else a new one.
    pub(crate) fn restored_global(&mut self) -> u16 {
        if let Some(known) = self.restored {
            return known;
        }
        let number = u16::try_from(self.program.globals.len()).unwrap_or(u16::MAX);
        self.program.globals.push("restored names".to_owned());
        self.flags.push(number);
        if self.options.repl {
            self.restored = Some(number);
        }
        number
    }

    /// Whether a later input may declare this name, and none has so far.
    pub(crate) fn is_awaited(&self, name: &str) -> bool {
        self.awaited.contains_key(name) && !self.outer.contains_key(name)
    }

    /// Where the variables of earlier inputs are.
    pub(crate) fn outer_globals(&self) -> impl Iterator<Item = (&Rc<str>, u16)> {
        self.outer.iter().map(|(name, outer)| (name, outer.global))
    }

    /// The global with a function of the prelude.
    pub(crate) fn prelude_global(&mut self, name: &Rc<str>) -> u16 {
        if let Some(known) = self.prelude.global(name) {
            return known;
        }
        let number = u16::try_from(self.program.globals.len()).unwrap_or(u16::MAX);
        self.program.globals.push(name.to_string());
        self.prelude.want(name, number);
        number
    }

    /// What is checked before a variable of an earlier input is assigned to.
    pub(crate) fn assigned_check(&self, global: u16) -> Option<u16> {
        let outer = self.outer.values().find(|outer| outer.global == global);
        outer.and_then(|outer| outer.check)
    }

    /// The variables of earlier inputs, and whether each can be assigned to.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, bool)> {
        self.outer.iter().map(|(name, outer)| (&**name, outer.mutable))
    }

    /// Makes a variable known to later inputs.
    pub(crate) fn publish(&mut self, name: &Rc<str>, outer: Outer) {
        self.outer.insert(Rc::clone(name), outer);
    }

    /// The instruction that does what a function of the library does.
    pub(crate) fn instruction(&self, index: u16) -> Option<Op> {
        self.options.optimise.then(|| self.library.instruction(index)).flatten()
    }

    pub(crate) fn is_task(&self, index: u16) -> bool {
        self.library.is_task(index)
    }

    /// Whether a method that values have of themselves never calls functions.
    pub(crate) fn is_plain_method(&self, name: &str) -> bool {
        matches!(achronyme_library::method(Kind::Vector, name), Some(Method::Builtin(_)))
    }

    /// The number of a method's name. What the prelude has under it is compiled, too.
    pub(crate) fn method(&mut self, name: &str) -> u32 {
        let number = self.name(name);
        for (kind, function) in prelude::methods(name) {
            if self.prelude.add_method(kind, number) {
                let global = self.prelude_global(&Rc::from(function));
                self.program.methods.push((kind as u8, number, global));
            }
        }
        number
    }
}

/// What lies around the outermost text, or around a module.
pub(crate) struct Around<'u> {
    pub(crate) unit: &'u mut Unit,
    /// Whether the variables of earlier inputs are visible.
    pub(crate) is_input: bool,
    /// Whether it is the prelude itself.
    pub(crate) is_prelude: bool,
}

impl Surroundings for Around<'_> {
    fn meaning(&self, name: &str) -> Option<Meaning> {
        let outer = if self.is_input { self.unit.outer.get(name) } else { None };
        if let Some(Outer { global, mutable, .. }) = outer {
            return Some(Meaning::Outer { global: *global, mutable: *mutable });
        }
        let of_prelude = if self.is_prelude { prelude::own_function } else { prelude::function };
        if let Some(name) = of_prelude(name) {
            return Some(Meaning::Prelude(name));
        }
        if name.starts_with('_') && !self.is_prelude {
            return None;
        }
        self.unit.library.meaning(name)
    }

    fn later(&mut self, name: &str) -> Meaning {
        if !(self.is_input && self.unit.options.repl) {
            return Meaning::Undefined;
        }
        let global = match self.unit.awaited.get(name) {
            Some(known) => *known,
            None => {
                let number = u16::try_from(self.unit.program.globals.len()).unwrap_or(u16::MAX);
                self.unit.program.globals.push(name.to_owned());
                self.unit.awaited.insert(Rc::from(name), number);
                number
            }
        };
        Meaning::Outer { global, mutable: true }
    }

    fn is_pure(&self, builtin: u16) -> bool {
        !self.unit.is_task(builtin)
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
