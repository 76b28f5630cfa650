//! The functions of the library that are written in Achronyme: only what a program can reach of
//! them is compiled into it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::LazyLock;

use achronyme_library::{Kind, Method};
use source::SourceId;

use crate::hir::{Module, PatternKind, StatementKind};

/// The text.
pub(crate) const TEXT: &str = include_str!("../library/prelude.soc");
/// What messages call it.
pub(crate) const NAME: &str = "prelude.soc";

/// The names it declares for programs. Its declarations begin their lines.
static NAMES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let names = TEXT.lines().filter_map(|line| line.strip_prefix("let ")?.split(' ').next());
    names.filter(|name| !name.starts_with('_')).collect()
});

/// What a program has of the prelude.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prelude {
    /// The text, once something of it is compiled.
    pub(crate) source: Option<SourceId>,
    /// The functions it has, and where.
    globals: BTreeMap<Rc<str>, u16>,
    /// Those that are not compiled so far.
    wanted: Vec<Rc<str>>,
    /// The names of methods that may be of the prelude.
    methods: BTreeSet<(u8, u32)>,
}

impl Prelude {
    pub(crate) fn global(&self, name: &str) -> Option<u16> {
        self.globals.get(name).copied()
    }

    /// Asks for a function to be compiled, into this global.
    pub(crate) fn want(&mut self, name: &Rc<str>, global: u16) {
        self.globals.insert(Rc::clone(name), global);
        self.wanted.push(Rc::clone(name));
    }

    /// The next function that is to be compiled.
    pub(crate) fn next_wanted(&mut self) -> Option<Rc<str>> {
        self.wanted.pop()
    }

    /// Notes that values of this kind have a method of the prelude; whether that is new.
    pub(crate) fn add_method(&mut self, kind: Kind, name: u32) -> bool {
        self.methods.insert((kind as u8, name))
    }
}

/// The function with this name, if there is one.
pub(crate) fn function(name: &str) -> Option<Rc<str>> {
    NAMES.contains(name).then(|| Rc::from(name))
}

/// The names of its functions.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied()
}

/// The kinds whose method with this name is a function of the prelude, and which.
pub(crate) fn methods(name: &str) -> impl Iterator<Item = (Kind, &'static str)> {
    Kind::ALL.iter().filter_map(move |kind| match achronyme_library::method(*kind, name) {
        Some(Method::Prelude(function)) => Some((*kind, function)),
        _ => None,
    })
}

/// Which statement declares each name.
pub(crate) fn names(module: &Module) -> BTreeMap<Rc<str>, usize> {
    let mut names = BTreeMap::new();
    for (index, statement) in module.body.statements.iter().enumerate() {
        if let StatementKind::Let { pattern, .. } = &statement.kind
            && let PatternKind::Name(name) = &pattern.kind
        {
            names.insert(Rc::clone(&name.text), index);
        }
    }
    names
}
