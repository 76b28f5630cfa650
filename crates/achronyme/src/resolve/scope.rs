//! Scopes, and looking names up in them.

use std::collections::BTreeMap;
use std::rc::Rc;

use source::Span;

use super::{Binding, BindingId, Meaning, Resolution, Surroundings};
use crate::hir::Name;

/// The walk through a text.
pub(super) struct Resolver<'a> {
    surroundings: &'a mut dyn Surroundings,
    scopes: Vec<Scope>,
    functions: Vec<Function>,
    found: Resolution,
}

/// A block, or what a loop, an arm or a function names.
#[derive(Default)]
struct Scope {
    names: BTreeMap<Rc<str>, BindingId>,
    /// Names in functions inside of it that are not declared so far.
    waiting: Vec<Waiting>,
    /// The first byte of the block.
    start: u32,
    depth: usize,
}

struct Waiting {
    name: Rc<str>,
    at: u32,
    is_assigned: bool,
}

struct Function {
    start: u32,
    /// The variable that it is the value of.
    named: Option<BindingId>,
    uses_self: bool,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(surroundings: &'a mut dyn Surroundings) -> Self {
        let found = Resolution::default();
        Self { surroundings, scopes: Vec::new(), functions: Vec::new(), found }
    }

    pub(super) fn finish(mut self) -> Resolution {
        self.found.effects.sort_unstable();
        self.found.with_self.sort_unstable();
        for binding in &mut self.found.bindings {
            binding.assigned.sort_unstable();
        }
        self.found
    }

    /// Opens a scope whose text begins at `start`.
    pub(super) fn open(&mut self, start: u32) {
        let depth = self.functions.len();
        self.scopes.push(Scope { start, depth, ..Scope::default() });
    }

    /// Closes the innermost scope. Names that still wait go on waiting outside of it.
    pub(super) fn close(&mut self) {
        let Some(scope) = self.scopes.pop() else { return };
        if let Some(outer) = self.scopes.last_mut() {
            outer.waiting.extend(scope.waiting);
            return;
        }
        for waiting in scope.waiting {
            let meaning = self.surroundings.later(&waiting.name);
            self.found.names.insert(waiting.at, meaning);
        }
    }

    /// Opens a function.
    pub(super) fn enter(&mut self, start: u32, named: Option<BindingId>) {
        self.functions.push(Function { start, named, uses_self: false });
        self.open(start);
    }

    pub(super) fn leave(&mut self) {
        self.close();
        if let Some(function) = self.functions.pop()
            && function.uses_self
        {
            self.found.with_self.push(function.start);
        }
    }

    /// `self` is used: the functions around keep it for this one.
    pub(super) fn use_self(&mut self) {
        for function in &mut self.functions {
            function.uses_self = true;
        }
    }

    /// Declares a name. Functions written before it in the same scope can use it.
    pub(super) fn declare(&mut self, name: &Name, mutable: bool) -> BindingId {
        let id = self.declare_parameter(name, mutable);
        self.serve_waiting(name, id);
        id
    }

    /// Declares a name that only what follows can use.
    pub(super) fn declare_parameter(&mut self, name: &Name, mutable: bool) -> BindingId {
        let id = BindingId(self.found.bindings.len());
        let depth = self.functions.len();
        let is_top = self.scopes.len() == 1;
        self.found.bindings.push(Binding {
            name: Rc::clone(&name.text),
            mutable,
            is_top,
            is_captured: false,
            is_late: false,
            is_exported: false,
            is_function: false,
            assigned: Vec::new(),
            depth,
        });
        self.found.declared.insert(name.span.start, id);
        if let Some(scope) = self.scopes.last_mut() {
            scope.names.insert(Rc::clone(&name.text), id);
        }
        id
    }

    fn serve_waiting(&mut self, name: &Name, id: BindingId) {
        let is_top = self.found.bindings[id.0].is_top;
        let Some(scope) = self.scopes.last_mut() else { return };
        let (now, still): (Vec<_>, Vec<_>) =
            std::mem::take(&mut scope.waiting).into_iter().partition(|one| one.name == name.text);
        scope.waiting = still;
        let start = scope.start;
        if !now.is_empty() {
            let binding = &mut self.found.bindings[id.0];
            binding.is_late = true;
            binding.is_captured = true;
            if !is_top {
                self.found.late.entry(start).or_default().push(id);
            }
        }
        for waiting in now {
            if waiting.is_assigned {
                self.found.bindings[id.0].assigned.push(waiting.at);
            }
            self.found.names.insert(waiting.at, Meaning::Binding(id));
        }
    }

    pub(super) fn mark_function(&mut self, id: BindingId) {
        self.found.bindings[id.0].is_function = true;
    }

    pub(super) fn mark_exported(&mut self, id: BindingId) {
        self.found.bindings[id.0].is_exported = true;
    }

    /// Notes what can be seen where a function is called that keeps or restores it.
    pub(super) fn note_seen(&mut self, function: &str, at: Span) {
        self.found.restores |= function == "restore_env";
        let mut seen = BTreeMap::new();
        for scope in &self.scopes {
            seen.extend(scope.names.iter().map(|(name, id)| (Rc::clone(name), *id)));
        }
        if function == "save_env" {
            // It reads them.
            for name in seen.keys() {
                self.look_up(name, at, false);
            }
        }
        self.found.seen.insert(at.start, seen);
    }

    pub(super) fn effect(&mut self, at: u32) {
        self.found.effects.push(at);
    }

    pub(super) fn is_pure(&self, builtin: u16) -> bool {
        self.surroundings.is_pure(builtin)
    }

    /// Looks up a name that is read, or assigned to.
    pub(super) fn refer(&mut self, name: &Rc<str>, at: Span, is_assigned: bool) -> Meaning {
        let meaning = self.look_up(name, at, is_assigned);
        self.found.names.insert(at.start, meaning.clone());
        meaning
    }

    fn look_up(&mut self, name: &Rc<str>, at: Span, is_assigned: bool) -> Meaning {
        let found = self.scopes.iter().rev().find_map(|scope| scope.names.get(name).copied());
        if let Some(id) = found {
            let depth = self.found.bindings[id.0].depth;
            // Inside of the function that is its value, a variable is that function.
            let between = self.functions.get(depth..).unwrap_or_default();
            let binding = &mut self.found.bindings[id.0];
            if !between.is_empty() && !between.iter().any(|one| one.named == Some(id)) {
                binding.is_captured = true;
            }
            if is_assigned {
                binding.assigned.push(at.start);
            }
            return Meaning::Binding(id);
        }
        if let Some(meaning) = self.surroundings.meaning(name) {
            return meaning;
        }
        let depth = self.functions.len();
        if let Some(outer) = self.scopes.iter_mut().rev().find(|scope| scope.depth < depth) {
            let name = Rc::clone(name);
            outer.waiting.push(Waiting { name, at: at.start, is_assigned });
        }
        Meaning::Undefined
    }
}
