//! Libraries: whose text is used as of which moment, and what depends on that.

use std::collections::BTreeMap;
use std::rc::Rc;

use source::{Diagnostic, SourceId, Span, nearest};

use super::Checker;
use super::names::{Definition, SpaceId, TypeDefinition, with_meant};
use crate::codes::{LIBRARY_MOMENT, MISPLACED, NO_LIBRARY};
use crate::form::{self, ExpressionKind as Form, ItemKind};
use crate::hir::{Callee, Expression, ExpressionKind, LibraryMoment, Literal, StatementKind, Use};
use crate::lower::lower;
use crate::syntax::parse;
use crate::types::{QUERY, TRANSFORM, Type, builtins};

/// Where the texts of libraries are.
pub trait Libraries {
    /// The text of a library as of a moment of its timeline.
    fn text(&self, name: &str, at: &LibraryMoment) -> Option<String>;

    /// The names of all that are published.
    fn names(&self) -> Vec<String>;
}

/// Nothing is published.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLibraries;

impl Libraries for NoLibraries {
    fn text(&self, _name: &str, _at: &LibraryMoment) -> Option<String> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A library at a moment.
pub(super) type Key = (Rc<str>, LibraryMoment);

/// How many libraries a program may be made of.
const LIBRARIES_MAX: usize = 1_000;

/// The libraries that a program uses, and those that they use.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) forms: BTreeMap<Key, form::Program>,
    pub(super) names: Vec<String>,
    /// What is wrong with their texts.
    pub(super) notes: Vec<Diagnostic>,
}

/// Reads all libraries that a program needs. What is missing is said where it is used.
pub(super) fn load(
    program: &form::Program,
    libraries: &dyn Libraries,
    sources: &mut dyn FnMut(&str, &str) -> SourceId,
) -> Loaded {
    let mut loaded = Loaded { names: libraries.names(), ..Loaded::default() };
    let mut waiting = Vec::new();
    wanted(&program.items, &mut waiting);
    while let Some(key) = waiting.pop() {
        if loaded.forms.contains_key(&key) || loaded.forms.len() >= LIBRARIES_MAX {
            continue;
        }
        let Some(text) = libraries.text(&key.0, &key.1) else { continue };
        let source = sources(&format!("{}.pal", key.0), &text);
        let parsed = parse(&text, source);
        let (form, notes) = lower(&parsed.tree, source);
        loaded.notes.extend(parsed.diagnostics);
        loaded.notes.extend(notes);
        wanted(&form.items, &mut waiting);
        loaded.forms.insert(key, form);
    }
    loaded
}

fn wanted(items: &[form::Item], found: &mut Vec<Key>) {
    let mut waiting = vec![items];
    while let Some(items) = waiting.pop() {
        for item in items {
            match &item.kind {
                ItemKind::Space { items, .. } => waiting.push(items),
                ItemKind::Use(form) => {
                    if let Some(at) = moment(form.moment.as_ref()) {
                        found.push((library_name(&form.path), at));
                    }
                }
                _ => {}
            }
        }
    }
}

fn library_name(path: &[form::Name]) -> Rc<str> {
    let names: Vec<&str> = path.iter().map(|name| &*name.text).collect();
    Rc::from(names.join("."))
}

/// The moment that is written. None if it is none that is known before the program runs.
fn moment(of: Option<&form::Expression>) -> Option<LibraryMoment> {
    match of.map(|of| &of.kind) {
        None => Some(LibraryMoment::Latest),
        Some(Form::Name(name)) if &*name.text == "latest" => Some(LibraryMoment::Latest),
        Some(Form::Literal(Literal::String(time))) => Some(LibraryMoment::Time(Rc::clone(time))),
        Some(Form::Literal(Literal::Int(number))) => {
            Some(LibraryMoment::Number(u64::try_from(*number).ok()?))
        }
        Some(_) => None,
    }
}

/// A use that was not looked at.
#[derive(Debug)]
pub(super) struct PendingUse<'a> {
    pub(super) form: &'a form::UseForm,
    pub(super) space: SpaceId,
    pub(super) span: Span,
}

impl<'a> Checker<'a> {
    /// Declares what libraries define, each in a space that sees nothing of the program.
    pub(super) fn declare_libraries(&mut self, loaded: &'a Loaded) {
        for (key, form) in &loaded.forms {
            let name = match &key.1 {
                LibraryMoment::Latest => key.0.to_string(),
                LibraryMoment::Time(time) => format!("{} at \"{time}\"", key.0),
                LibraryMoment::Number(number) => format!("{} at {number}", key.0),
            };
            let space = self.names.open_alone(&name);
            self.libraries.insert(key.clone(), space);
            self.declare(&form.items, space);
        }
    }

    /// Gives what is used its name.
    pub(super) fn declare_uses(&mut self, published: &[String]) {
        for pending in std::mem::take(&mut self.pending.uses) {
            let (form, space) = (pending.form, pending.space);
            let Some(last) = form.path.last() else { continue };
            let name = form.alias.as_ref().unwrap_or(last);
            if self.use_of_definition(form, name, space) {
                continue;
            }
            let library = library_name(&form.path);
            let at = moment(form.moment.as_ref());
            let found = at
                .as_ref()
                .and_then(|at| self.libraries.get(&(Rc::clone(&library), at.clone())).copied());
            match (found, at) {
                (Some(found), Some(at)) => {
                    if !self.used_again(space, name, &library, found) {
                        self.define(space, name, Definition::Space(found));
                    }
                    let name = self.names.full(space, &name.text);
                    self.program.uses.push(Use { library, name, at, span: pending.span });
                }
                (_, at) => {
                    match (at, &form.moment) {
                        (None, Some(moment)) => self.unknown_moment(moment.span),
                        _ => self.no_library(&library, last.span, published),
                    }
                    self.define(space, name, Definition::Refused);
                    self.define_type(space, name, TypeDefinition::Refused);
                }
            }
        }
    }

    /// A library that is used again, at another moment: from its last use on, its name means that.
    fn used_again(
        &mut self,
        space: SpaceId,
        name: &form::Name,
        library: &str,
        found: SpaceId,
    ) -> bool {
        let Some(Definition::Space(before)) = self.names.member(space, &name.text) else {
            return false;
        };
        let is_same =
            self.libraries.iter().any(|((one, _), id)| **one == *library && *id == before);
        if is_same {
            self.names.redefine(space, &name.text, Definition::Space(found));
        }
        is_same
    }

    /// `use AccountV1 as Account`: another name for what the program defines.
    fn use_of_definition(
        &mut self,
        form: &form::UseForm,
        name: &form::Name,
        space: SpaceId,
    ) -> bool {
        let ([own], Some(_), None) = (form.path.as_slice(), &form.alias, &form.moment) else {
            return false;
        };
        let Some(found) = self.names.look_up(space, &own.text) else { return false };
        self.define(space, name, found);
        true
    }

    fn unknown_moment(&mut self, at: Span) {
        let message = "which moment this is becomes known only when the program runs";
        let diagnostic = Diagnostic::error(LIBRARY_MOMENT, at, message)
            .with_hint("write `latest`, a time in quotes, or a number");
        self.note(diagnostic);
    }

    fn no_library(&mut self, library: &str, at: Span, published: &[String]) {
        let is_known = published.iter().any(|one| one == library);
        let message = if is_known {
            format!("`{library}` was not published at that moment")
        } else {
            format!("no library `{library}` is published here")
        };
        let meant = nearest(library, published.iter().map(String::as_str)).map(str::to_owned);
        let diagnostic = Diagnostic::error(NO_LIBRARY, at, message);
        self.note(match meant {
            Some(_) if !is_known => with_meant(diagnostic, meant),
            _ if is_known => diagnostic.with_hint("write a later moment, or `latest`"),
            _ => diagnostic.with_hint(format!("publish it: `palindrome publish {library}.pal`")),
        });
    }

    /// `breaks(App)`, `compatible(App)`: the name of what is published.
    fn published(
        &mut self,
        word: &str,
        arguments: &[form::Expression],
        at: Span,
    ) -> Option<Expression> {
        let [one] = arguments else {
            self.wrong_count(word, 1, arguments.len(), at);
            return None;
        };
        let Form::Name(name) = &one.kind else {
            let diagnostic = Diagnostic::error(NO_LIBRARY, one.span, "a library is named here")
                .with_hint(format!("write `{word}(App)`"));
            self.note(diagnostic);
            return None;
        };
        let published = self.published.clone();
        if !published.iter().any(|one| **one == *name.text) {
            self.no_library(&name.text, name.span, &published);
            return None;
        }
        Some(text(&name.text, one.span))
    }

    /// `breaks(App)`: whether the tests of a library fail with what it uses now.
    pub(super) fn breaks(&mut self, arguments: &[form::Expression], at: Span) -> Expression {
        self.effects.flow(QUERY, self.frame.effect, at);
        let Some(name) = self.published("breaks", arguments, at) else { return Self::wrong(at) };
        Self::language_call("breaks", vec![name], Type::BOOL, at)
    }

    pub(super) fn misplaced_compatible(&mut self, at: Span) -> Expression {
        let diagnostic = Diagnostic::error(MISPLACED, at, "`compatible` says where to revert to")
            .with_hint("write `revert Lib to compatible(App)`");
        self.note(diagnostic);
        Self::wrong(at)
    }

    pub(super) fn language_call(
        name: &str,
        arguments: Vec<Expression>,
        of: Type,
        at: Span,
    ) -> Expression {
        let Some((id, _)) = builtins().find(|(_, row)| !row.is_method && row.name == name) else {
            return Self::wrong(at);
        };
        let kind = ExpressionKind::Call(Callee::Builtin(id), arguments);
        Expression { kind, of, span: at }
    }

    /// `revert Lib to e`
    pub(super) fn revert(
        &mut self,
        library: &form::Expression,
        moment: &form::Expression,
        span: Span,
    ) -> Option<StatementKind> {
        self.effects.flow(TRANSFORM, self.frame.effect, span);
        let space = self.space_of(library);
        let key = self.libraries.iter().find(|(_, one)| Some(**one) == space);
        let Some(name) = key.map(|((name, _), _)| Rc::clone(name)) else {
            // What could not be found was said where it is used.
            let is_refused = matches!(&library.kind, Form::Name(name)
                if self.names.look_up(self.frame.space, &name.text) == Some(Definition::Refused));
            if !is_refused {
                let diagnostic = Diagnostic::error(NO_LIBRARY, library.span, "this is no library")
                    .with_hint("libraries are named by `use Lib at latest`");
                self.note(diagnostic);
            }
            return None;
        };
        let to = match &moment.kind {
            Form::Call(function, arguments) if is_named(function, "compatible") => {
                let app = self.published("compatible", arguments, moment.span)?;
                let arguments = vec![text(&name, library.span), app];
                self.effects.flow(QUERY, self.frame.effect, span);
                Self::language_call("compatible", arguments, Type::MOMENT, moment.span)
            }
            _ => self.moment(moment),
        };
        Some(StatementKind::Revert(name, to))
    }
}

fn is_named(function: &form::Expression, text: &str) -> bool {
    matches!(&function.kind, Form::Name(name) if &*name.text == text)
}

fn text(of: &str, span: Span) -> Expression {
    let kind = ExpressionKind::Literal(Literal::String(Rc::from(of)));
    Expression { kind, of: Type::STRING, span }
}
