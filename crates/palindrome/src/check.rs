//! Names, types, effects and inverses: from a program's form to what it means.
//!
//! All definitions are declared first, then their types are read, then bodies are looked at. What a
//! body needs and has no written type is looked at on demand.

mod aggregate;
mod call;
mod consequence;
mod contract;
mod control;
mod effects;
mod event;
mod exhaust;
mod expression;
mod finish;
mod function;
mod index;
mod inverse;
mod leave;
mod library;
mod migrate;
mod names;
mod operator;
mod pattern;
mod quantifier;
mod query;
mod record;
mod relation;
mod report;
mod revert;
mod rows;
mod rule;
mod scope;
mod search;
mod signature;
mod statement;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use source::{Diagnostic, Severity, SourceId, SourceMap, Span};

use crate::codegen::{Options, compile_program};
use crate::codes::{MISMATCH, TOO_LARGE_PROGRAM};
use crate::form;
use crate::hir::{self, LocalId};
use crate::law;
use crate::library::{Libraries, NoLibraries};
use crate::lower::lower;
use crate::syntax::{SyntaxKind, Tree, parse};
use crate::types::{
    Effect, EffectGraph, EffectId, Meeting, Mismatch, PURE, QUERY, TRANSFORM, Type, Unifier, print,
};
use consequence::Broken;
use library::Loaded;
pub use library::used_libraries;
use names::{Names, SpaceId};
use scope::Frame;
pub(crate) use statement::UNUSED_VALUE;

/// A text that was looked through.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The text.
    pub sources: SourceMap,
    /// The text as a tree.
    pub tree: Tree,
    /// What it means. Complete if nothing but warnings was found.
    pub program: hir::Program,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Looks through a text that messages call `name`. Of what the parser could not understand nothing
/// more is said. No libraries are there to be used.
#[must_use]
pub fn check(name: &str, text: &str) -> Checked {
    check_with(name, text, &NoLibraries)
}

/// Likewise with libraries, whose texts are looked through, too.
#[must_use]
pub fn check_with(name: &str, text: &str, libraries: &dyn Libraries) -> Checked {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    let mut add = |name: &str, text: &str| sources.add(name, text);
    let (tree, program, diagnostics) = understand(text, source, libraries, &mut add);
    Checked { sources, tree, program, diagnostics }
}

/// What is wrong with one of the texts of a map of sources and with what it uses, which is added to the
/// map, in its order. Transforms that are written in both directions are tried on values that are made
/// up.
#[must_use]
pub fn diagnose(
    sources: &mut SourceMap,
    source: SourceId,
    libraries: &dyn Libraries,
) -> Vec<Diagnostic> {
    let text = sources.text(source).to_owned();
    let mut add = |name: &str, text: &str| sources.add(name, text);
    let (_, program, mut diagnostics) = understand(&text, source, libraries, &mut add);
    if diagnostics.iter().all(|one| one.severity == Severity::Warning) {
        diagnostics.extend(law::broken(&program, sources, source));
        diagnostics.extend(uncompiled(&program, (sources, source)));
        diagnostics.sort_by_key(|one| (one.span.source, one.span.start, one.span.end, one.code));
    }
    diagnostics
}

/// What cannot be compiled, also where nothing calls it.
fn uncompiled(program: &hir::Program, sources: (&SourceMap, SourceId)) -> Vec<Diagnostic> {
    let compiled =
        |is_whole| compile_program(program, sources, Options { is_whole, ..Options::default() });
    let is_large = |found: &Diagnostic| found.code == TOO_LARGE_PROGRAM;
    match compiled(true) {
        // With what nothing calls, it may be larger than it is.
        Err(found) if found.iter().all(is_large) => compiled(false).err().unwrap_or_default(),
        found => found.err().unwrap_or_default(),
    }
}

fn understand(
    text: &str,
    source: SourceId,
    libraries: &dyn Libraries,
    add: &mut dyn FnMut(&str, &str) -> SourceId,
) -> (Tree, hir::Program, Vec<Diagnostic>) {
    let mut parsed = parse(text, source);
    consequence::drop_beside_brackets(&mut parsed.diagnostics, text);
    let (form, lowered) = lower(&parsed.tree, source);
    let mut loaded = library::load(&form, libraries, add);
    loaded.checkpoints.extend(checkpoints(&parsed.tree));
    let (program, found) = check_form(&form, &loaded, source);
    let mut diagnostics = parsed.diagnostics;
    diagnostics.extend(lowered);
    let broken = Broken::new(&parsed.tree, source, &diagnostics);
    diagnostics.extend(loaded.notes);
    let is_read = diagnostics.iter().all(|one| one.severity == Severity::Warning);
    // Where a part is missing, what is said of types and names is mostly a consequence.
    let is_told = |one: &Diagnostic| one.severity == Severity::Error && !broken.causes(one);
    diagnostics.extend(found.into_iter().filter(|one| is_read || is_told(one)));
    // What could be better about a library is for those who write it.
    diagnostics.retain(|one| one.severity == Severity::Error || one.span.source == source);
    diagnostics.sort_by_key(|one| (one.span.source, one.span.start, one.span.end, one.code));
    (parsed.tree, program, diagnostics)
}

/// The names of all checkpoints of a text, which may be used before they stand there.
fn checkpoints(tree: &Tree) -> impl Iterator<Item = String> {
    let made = tree.root().descendants().filter(|node| node.kind() == SyntaxKind::Checkpoint);
    // The first word is `checkpoint`.
    let named = made
        .filter_map(|node| node.tokens().filter(|token| token.kind() == SyntaxKind::Name).nth(1));
    named.map(|name| name.text().to_owned())
}

/// What a program means, and what is wrong with it, in the order of the text.
fn check_form(
    form: &form::Program,
    loaded: &Loaded,
    source: SourceId,
) -> (hir::Program, Vec<Diagnostic>) {
    let mut checker = Checker::new(source);
    checker.published.clone_from(&loaded.names);
    let earlier = loaded.checkpoints.iter().map(|name| name.as_str().into());
    checker.checkpoints.made.extend(earlier);
    checker.declare_libraries(loaded);
    checker.declare(&form.items, SpaceId::TOP);
    checker.declare_migrations();
    checker.declare_uses(loaded);
    checker.declare_events(form.names_conflict);
    checker.signatures();
    checker.bodies();
    checker.unknown_checkpoints();
    checker.finish()
}

/// The walk through a program.
struct Checker<'a> {
    /// The text of the program itself.
    source: SourceId,
    names: Names<'a>,
    program: hir::Program,
    unifier: Unifier,
    effects: EffectGraph,
    notes: Vec<Diagnostic>,
    frame: Frame,
    /// Which locals were used, by their ids.
    used: Vec<bool>,
    /// Bodies that are being looked at on demand.
    demands: usize,
    functions: Vec<function::Pending<'a>>,
    globals: Vec<statement::PendingGlobal>,
    global_effects: Vec<EffectId>,
    /// Where an inverse is asked for that has to be derived.
    wanted: Vec<(hir::FunctionId, Span)>,
    pending: signature::Pending<'a>,
    main: Vec<statement::MainItem<'a>>,
    main_done: Vec<Vec<hir::Statement>>,
    rules: Vec<rule::PendingRule<'a>>,
    views: BTreeMap<hir::RelationId, relation::PendingView<'a>>,
    /// The libraries that are used, with their spaces.
    libraries: Vec<(Rc<str>, SpaceId)>,
    /// Names of all libraries that there are.
    published: Vec<String>,
    /// Aggregates of values whose type was not known, with their names.
    aggregates: Vec<(Rc<str>, Type, Type, Span)>,
    /// Equations that were looked at for the inverse at hand.
    inverse_steps: usize,
    /// Events that are emitted somewhere.
    emitted: BTreeSet<hir::RelationId>,
    /// What the top level disposed of so far.
    disposed: BTreeMap<hir::Place, Span>,
    checkpoints: time::Checkpoints,
}

impl<'a> Checker<'a> {
    fn new(source: SourceId) -> Self {
        Self {
            source,
            names: Names::new(),
            program: hir::Program::default(),
            unifier: Unifier::default(),
            effects: EffectGraph::default(),
            notes: Vec::new(),
            frame: Frame::new(PURE, SpaceId::TOP),
            used: Vec::new(),
            demands: 0,
            functions: Vec::new(),
            globals: Vec::new(),
            global_effects: Vec::new(),
            wanted: Vec::new(),
            pending: signature::Pending::default(),
            main: Vec::new(),
            main_done: Vec::new(),
            rules: Vec::new(),
            views: BTreeMap::new(),
            libraries: Vec::new(),
            published: Vec::new(),
            aggregates: Vec::new(),
            inverse_steps: 0,
            emitted: BTreeSet::new(),
            disposed: BTreeMap::new(),
            checkpoints: time::Checkpoints::default(),
        }
    }

    fn error(&mut self, code: &'static str, at: Span, message: impl Into<String>) {
        self.notes.push(Diagnostic::error(code, at, message));
    }

    fn note(&mut self, diagnostic: Diagnostic) {
        self.notes.push(diagnostic);
    }

    /// The type as messages show it.
    fn show(&self, of: &Type) -> String {
        let effect = |place| match place {
            QUERY => Effect::Query,
            TRANSFORM => Effect::Transform,
            // What it does is found out at the end.
            _ => Effect::Pure,
        };
        print(&self.unifier.resolve(of), &self.program.unions, &effect)
    }

    /// Makes `actual` usable as `expected`, or says why that cannot be.
    fn unify(&mut self, expected: &Type, actual: &Type, at: Span) -> bool {
        match self.try_unify(expected, actual, at) {
            Ok(()) => true,
            Err(mismatch) => {
                self.mismatch(expected, actual, at, &mismatch);
                false
            }
        }
    }

    fn try_unify(&mut self, expected: &Type, actual: &Type, at: Span) -> Result<(), Mismatch> {
        let mut meeting = Meeting { effects: &mut self.effects, at };
        self.unifier.unify(expected, actual, &mut meeting)
    }

    fn mismatch(&mut self, expected: &Type, actual: &Type, at: Span, why: &Mismatch) {
        let (wanted, found) = (self.show(expected), self.show(actual));
        let message = format!("`{wanted}` was expected, and this is `{found}`");
        let mut diagnostic = Diagnostic::error(MISMATCH, at, message);
        match why {
            Mismatch::Different { expected, actual } => {
                let inner = (self.show(expected), self.show(actual));
                if inner != (wanted, found) {
                    diagnostic =
                        diagnostic.with_label(format!("`{}` is not `{}`", inner.1, inner.0));
                }
                if let Some(hint) = conversion(expected, actual) {
                    diagnostic = diagnostic.with_hint(hint);
                }
            }
            Mismatch::Endless => {
                diagnostic = diagnostic.with_label("its type would be a part of itself");
            }
            Mismatch::Field { name, is_missing: true } => {
                diagnostic = diagnostic.with_label(format!("the field `{name}` is missing"));
            }
            Mismatch::Field { name, is_missing: false } => {
                diagnostic = diagnostic.with_label(format!("there is no field `{name}`"));
            }
            Mismatch::Count { expected, actual } => {
                let label = format!("it takes {actual} values instead of {expected}");
                diagnostic = diagnostic.with_label(label);
            }
            Mismatch::TooLarge => {
                diagnostic = diagnostic.with_label("the types are too large to compare");
            }
        }
        self.note(diagnostic);
    }

    fn local(&self, id: LocalId) -> Option<&hir::Local> {
        self.program.locals.get(id.index())
    }

    fn wrong(at: Span) -> hir::Expression {
        hir::Expression { kind: hir::ExpressionKind::Wrong, of: Type::Unknown, span: at }
    }
}

/// How to get from one type to another.
fn conversion(expected: &Type, actual: &Type) -> Option<String> {
    let method = match (expected, actual) {
        (&Type::FLOAT, &(Type::INT | Type::DECIMAL)) => "to_float",
        (&Type::DECIMAL, &(Type::INT | Type::FLOAT)) => "to_decimal",
        (&Type::INT, &(Type::FLOAT | Type::DECIMAL)) => "round",
        (&Type::STRING, Type::Basic(_)) => "to_string",
        (expected, Type::Optional(inner)) if **inner == *expected => {
            return Some("say what it is without a value: `… ?? …`, or `match`".to_owned());
        }
        _ => return None,
    };
    Some(format!("convert it: `….{method}()`"))
}

/// Names in backquotes, joined for a message.
fn listed(names: &[Rc<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
