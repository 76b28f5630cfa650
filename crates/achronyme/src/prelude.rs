//! The functions of the library that are written in Achronyme: only what a program can reach of
//! them is compiled into it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::LazyLock;

use achronyme_library::{Kind, Method};
use source::{SourceId, SourceMap};

use crate::hir::{Module, PatternKind, StatementKind};
use crate::lower::lower;
use crate::resolve::Resolution;
use crate::syntax::parse;

/// A file of the library.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File {
    /// What messages call it.
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// Declares the files of the folder `library`.
macro_rules! files {
    ($($name:literal)*) => {
        /// The files. All their names are one set: each may use what another declares.
        pub(crate) const FILES: &[File] = &[$(
            File { name: $name, text: include_str!(concat!("../library/", $name)) },
        )*];
    };
}

files! {
    "prelude.soc"
    "numerical.soc"
    "interpolation.soc"
    "equations.soc"
    "optimization.soc"
    "fitting.soc"
    "ode.soc"
    "runge_kutta.soc"
    "dop853.soc"
    "stiff.soc"
    "persist.soc"
    "random.soc"
    "graph.soc"
    "plot.soc"
    "collection.soc"
    "folder.soc"
    "web.soc"
    "table.soc"
}

/// In which file each name is declared. Declarations begin their lines.
static NAMES: LazyLock<BTreeMap<&str, usize>> = LazyLock::new(|| {
    let names = FILES.iter().enumerate().flat_map(|(place, file)| {
        let names =
            file.text.lines().filter_map(|line| line.strip_prefix("let ")?.split(' ').next());
        names.map(move |name| (name, place))
    });
    names.collect()
});

/// How many texts a thread keeps that it has read.
const KEPT_MAX: usize = 64;

thread_local! {
    /// What was read of files whose text has this place in a map of sources.
    static KEPT: RefCell<BTreeMap<(usize, SourceId), Read>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// A file that was read. It is the same for all programs in which its text has this place.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) module: Rc<Module>,
    /// What its names refer to, once somebody has asked.
    pub(crate) resolution: Rc<OnceCell<Rc<Resolution>>>,
}

/// What a file means, whose text is `source` in a map of sources. Reading it takes longer than most
/// programs do, so that a thread keeps what it has read.
pub(crate) fn read(file: usize, source: SourceId) -> Read {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        let read = kept.entry((file, source)).or_insert_with(|| {
            let (module, _) = lower(&parse(FILES[file].text, source).tree, source);
            Read { module: Rc::new(module), resolution: Rc::default() }
        });
        read.clone()
    })
}

/// What a program has of the prelude.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prelude {
    /// The files of which something is compiled.
    sources: BTreeMap<usize, SourceId>,
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

    /// The next file of which functions are to be compiled.
    pub(crate) fn next_file(&self) -> Option<usize> {
        self.wanted.iter().find_map(|name| NAMES.get(&**name).copied())
    }

    /// The next function of a file that is to be compiled.
    pub(crate) fn next_wanted(&mut self, file: usize) -> Option<Rc<str>> {
        let is_there = |name: &Rc<str>| NAMES.get(&**name) == Some(&file);
        let place = self.wanted.iter().position(is_there)?;
        Some(self.wanted.remove(place))
    }

    /// The text of a file, which is added to the sources the first time.
    pub(crate) fn source(&mut self, file: usize, sources: &mut SourceMap) -> SourceId {
        let File { name, text } = FILES[file];
        *self.sources.entry(file).or_insert_with(|| sources.add(name, text))
    }

    /// Whether this is the text of a file of the library.
    pub(crate) fn is_library(&self, source: SourceId) -> bool {
        self.sources.values().any(|known| *known == source)
    }

    /// Notes that values of this kind have a method of the prelude; whether that is new.
    pub(crate) fn add_method(&mut self, kind: Kind, name: u32) -> bool {
        self.methods.insert((kind as u8, name))
    }
}

/// The function with this name, if programs see one.
pub(crate) fn function(name: &str) -> Option<Rc<str>> {
    (!name.starts_with('_')).then(|| own_function(name)).flatten()
}

/// The function with this name, if the library itself sees one.
pub(crate) fn own_function(name: &str) -> Option<Rc<str>> {
    NAMES.contains_key(name).then(|| Rc::from(name))
}

/// The names of its functions.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    NAMES.keys().copied().filter(|name| !name.starts_with('_'))
}

/// The files that each file needs.
static NEEDED: LazyLock<Vec<BTreeSet<usize>>> =
    LazyLock::new(|| FILES.iter().map(|file| named(file.text)).collect());

/// The files that texts need, in their order.
pub(crate) fn needed<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<usize> {
    let mut needed = BTreeSet::new();
    let mut waiting: Vec<usize> = texts.flat_map(named).collect();
    while let Some(file) = waiting.pop() {
        if needed.insert(file) {
            waiting.extend(&NEEDED[file]);
        }
    }
    needed
}

/// The files that declare a word of a text.
fn named(text: &str) -> BTreeSet<usize> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter_map(|word| NAMES.get(word).copied()).collect()
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
