//! What the names of a text refer to, and what that asks of where variables are kept.
//!
//! Everything is found by where it is written: a name's first byte tells it from all others of the
//! same text.

mod pattern;
mod scope;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use source::Span;

use crate::hir::{Block, Module};
use scope::Resolver;

pub(crate) use walk::{CHANGING, sees_variables};

/// Which binding of a [`Resolution`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BindingId(usize);

/// What a name refers to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    /// A variable of this text.
    Binding(BindingId),
    /// A variable of an earlier text, or one that a later text may declare.
    Outer {
        /// Which global has it.
        global: u16,
        /// Whether it can be assigned to.
        mutable: bool,
    },
    /// A number that the library has a name for.
    Constant(f64, f64),
    /// A function of the library.
    Builtin(u16),
    /// A function of the library that is written in Achronyme itself.
    Prelude(Rc<str>),
    /// Nothing.
    Undefined,
}

/// What lies around a text.
pub(crate) trait Surroundings {
    /// What a name means that the text does not declare.
    fn meaning(&self, name: &str) -> Option<Meaning>;
    /// What a name within a function means that nothing has declared so far.
    fn later(&mut self, name: &str) -> Meaning;
    /// Whether calling a function of the library leaves all variables and fields as they are.
    fn is_pure(&self, builtin: u16) -> bool;
}

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) name: Rc<str>,
    pub(crate) mutable: bool,
    /// Declared in the outermost block.
    pub(crate) is_top: bool,
    /// Functions inside of the one that declares it use it.
    pub(crate) is_captured: bool,
    /// Functions use it that are written before its declaration.
    pub(crate) is_late: bool,
    pub(crate) is_exported: bool,
    /// Always a function.
    pub(crate) is_function: bool,
    /// Where it is assigned to or changed in place, ascending.
    pub(crate) assigned: Vec<u32>,
    /// How many functions are around its declaration.
    depth: usize,
}

/// All that was found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resolution {
    bindings: Vec<Binding>,
    declared: BTreeMap<u32, BindingId>,
    names: BTreeMap<u32, Meaning>,
    late: BTreeMap<u32, Vec<BindingId>>,
    with_self: Vec<u32>,
    effects: Vec<u32>,
    /// What can be seen at each call that asks for it.
    seen: BTreeMap<u32, BTreeMap<Rc<str>, BindingId>>,
    /// Whether names are restored that the text does not declare.
    restores: bool,
}

impl Resolution {
    /// Looks through a module.
    pub(crate) fn new(module: &Module, surroundings: &mut dyn Surroundings) -> Self {
        let mut resolver = Resolver::new(surroundings);
        resolver.module(module);
        resolver.finish()
    }

    pub(crate) fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.0]
    }

    /// The binding that the name written here declares.
    pub(crate) fn declared(&self, at: Span) -> Option<BindingId> {
        self.declared.get(&at.start).copied()
    }

    /// What the name written here refers to.
    pub(crate) fn meaning(&self, at: Span) -> Meaning {
        self.names.get(&at.start).cloned().unwrap_or(Meaning::Undefined)
    }

    /// The variables to which names refer that are written there, in the order of their declarations.
    pub(crate) fn used(&self, from: u32, to: u32) -> BTreeSet<BindingId> {
        let names = self.names.range(from..to);
        let bindings = names.filter_map(|(_, meaning)| match meaning {
            Meaning::Binding(id) => Some(*id),
            Meaning::Outer { .. }
            | Meaning::Constant(..)
            | Meaning::Builtin(_)
            | Meaning::Prelude(_)
            | Meaning::Undefined => None,
        });
        bindings.collect()
    }

    /// The bindings of a block that functions use before they are declared.
    pub(crate) fn late(&self, block: &Block) -> &[BindingId] {
        self.late.get(&block.span.start).map_or(&[], Vec::as_slice)
    }

    /// Whether the function written here, or one inside of it, uses `self`.
    pub(crate) fn uses_self(&self, function: Span) -> bool {
        self.with_self.binary_search(&function.start).is_ok()
    }

    /// Whether what is written there may change variables, fields, or elements.
    pub(crate) fn has_effects(&self, from: u32, to: u32) -> bool {
        has_between(&self.effects, from, to)
    }

    /// Whether what is written there assigns to a variable or changes it in place.
    pub(crate) fn is_assigned(&self, id: BindingId, from: u32, to: u32) -> bool {
        has_between(&self.bindings[id.0].assigned, from, to)
    }

    /// The variables that the call of a function that keeps or restores an environment sees, by the
    /// place of the function's name.
    pub(crate) fn seen(&self, at: Span) -> impl Iterator<Item = (&Rc<str>, BindingId)> {
        self.seen.get(&at.start).into_iter().flatten().map(|(name, id)| (name, *id))
    }

    /// Whether names may be restored that the text does not declare.
    pub(crate) fn restores(&self) -> bool {
        self.restores
    }

    /// The names of all variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.bindings.iter().map(|binding| &*binding.name)
    }

    /// The variables of the outermost block, each name once: the last of its kind.
    pub(crate) fn top(&self) -> BTreeMap<Rc<str>, BindingId> {
        let numbered = self.bindings.iter().zip((0..).map(BindingId));
        let top = numbered.filter(|(binding, _)| binding.is_top);
        top.map(|(binding, id)| (Rc::clone(&binding.name), id)).collect()
    }
}

fn has_between(sorted: &[u32], from: u32, to: u32) -> bool {
    let first = sorted.partition_point(|at| *at < from);
    sorted.get(first).is_some_and(|at| *at < to)
}
