//! Libraries: whose text is used as of which moment, and under which name.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use source::{Diagnostic, Severity, SourceId, Span};

use super::Checker;
use super::names::{Definition, SpaceId, TypeDefinition};
use crate::codes::{LIBRARY_CYCLE, LIBRARY_MOMENT, LIBRARY_STATEMENT, NO_LIBRARY};
use crate::form::{self, ExpressionKind as Form, ItemKind, StatementKind};
use crate::hir::{LibraryMoment, Literal, Use};
use crate::library::{Libraries, Library, NoLibrary};
use crate::lower::lower;
use crate::syntax::parse;
use crate::types::{Effect, EffectId};

/// How many libraries a program may be made of.
const LIBRARIES_MAX: usize = 1_000;

/// Where a `use` is written.
type Place = (SourceId, u32);

fn place(of: Span) -> Place {
    (of.source, of.start)
}

/// The libraries that a program uses, and those that they use.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// Those that others use come first.
    texts: Vec<Text>,
    uses: BTreeMap<Place, Used>,
    /// The names of all that there are.
    pub(super) names: Vec<String>,
    /// The checkpoints that were made before the program begins.
    pub(super) checkpoints: Vec<String>,
    /// What is wrong with their texts.
    pub(super) notes: Vec<Diagnostic>,
}

/// The text of a library.
#[derive(Debug)]
struct Text {
    library: Rc<str>,
    /// The name of its space.
    space: String,
    form: form::Program,
}

/// What a `use` is of.
#[derive(Debug)]
enum Used {
    /// A text, by its place.
    Text(usize),
    /// What a later `use` of the same name takes the place of.
    Replaced,
    Missing(&'static str, NoLibrary),
}

/// A `use` in a text.
struct Written<'f> {
    form: &'f form::UseForm,
    span: Span,
    /// What it is called, with the spaces around it.
    name: String,
    library: Rc<str>,
    is_replaced: bool,
}

/// Reads all libraries that a program needs. What is missing is said where it is used.
pub(super) fn load(
    program: &form::Program,
    libraries: &dyn Libraries,
    sources: &mut dyn FnMut(&str, &str) -> SourceId,
) -> Loaded {
    let (names, checkpoints) = (libraries.names(), libraries.checkpoints());
    let loaded = Loaded { names, checkpoints, ..Loaded::default() };
    let (known, open) = (BTreeMap::new(), Vec::new());
    let mut loader = Loader { libraries, sources, loaded, known, open };
    loader.uses(&program.items, None);
    let mut loaded = loader.loaded;
    loaded.name_spaces(program);
    loaded
}

struct Loader<'l> {
    libraries: &'l dyn Libraries,
    sources: &'l mut dyn FnMut(&str, &str) -> SourceId,
    loaded: Loaded,
    /// Where the texts are by what tells them apart; none for those that are being read.
    known: BTreeMap<String, Option<usize>>,
    /// The names of those that are being read.
    open: Vec<Rc<str>>,
}

impl Loader<'_> {
    /// Reads what a text uses.
    fn uses(&mut self, items: &[form::Item], user: Option<&Library>) {
        for written in uses(items) {
            // What cannot be known before the program runs is told later.
            let Some(at) = moment(written.form.moment.as_ref()) else { continue };
            let used = match self.libraries.find(&written.library, &at, user) {
                Err(missing) => Used::Missing(NO_LIBRARY, missing),
                Ok(_) if written.is_replaced => Used::Replaced,
                Ok(library) => self.library(&written.library, &library),
            };
            self.loaded.uses.insert(place(written.span), used);
        }
    }

    fn library(&mut self, name: &Rc<str>, library: &Library) -> Used {
        match self.known.get(&library.identity) {
            Some(Some(known)) => return Used::Text(*known),
            Some(None) => return Used::Missing(LIBRARY_CYCLE, self.cycle(name)),
            None if self.known.len() >= LIBRARIES_MAX => {
                let message = format!("a program uses at most {LIBRARIES_MAX} libraries");
                let hint = "put some of them together".to_owned();
                return Used::Missing(NO_LIBRARY, NoLibrary { message, hint });
            }
            None => {}
        }
        self.known.insert(library.identity.clone(), None);
        self.open.push(Rc::clone(name));
        let source = (self.sources)(&library.file, &library.text);
        let parsed = parse(&library.text, source);
        let (form, notes) = lower(&parsed.tree, source);
        let notes = parsed.diagnostics.into_iter().chain(notes);
        self.loaded.notes.extend(notes.filter(|note| note.severity == Severity::Error));
        self.only_definitions(&form.items, name);
        stacker::maybe_grow(64 << 10, 1 << 20, || self.uses(&form.items, Some(library)));
        self.open.pop();
        let at = self.loaded.texts.len();
        self.known.insert(library.identity.clone(), Some(at));
        self.loaded.texts.push(Text { library: Rc::clone(name), space: String::new(), form });
        Used::Text(at)
    }

    /// Why a library that is being read cannot be used.
    fn cycle(&self, name: &str) -> NoLibrary {
        let from = self.open.iter().position(|open| **open == *name).unwrap_or_default();
        let mut round: Vec<String> =
            self.open.iter().skip(from).map(|name| format!("`{name}`")).collect();
        round.push(format!("`{name}`"));
        NoLibrary {
            message: format!("`{name}` uses itself: {}", round.join(" uses ")),
            hint: "put what both need into a library that uses neither".to_owned(),
        }
    }

    /// Says what would be run.
    fn only_definitions(&mut self, items: &[form::Item], name: &str) {
        let mut waiting = vec![items];
        while let Some(items) = waiting.pop() {
            for item in items {
                match &item.kind {
                    ItemKind::Space { items, .. } => waiting.push(items),
                    ItemKind::Statement(statement)
                        if !matches!(statement.kind, StatementKind::Let { .. }) =>
                    {
                        let message =
                            format!("`{name}` is used as a library, and this would be run");
                        let diagnostic = Diagnostic::error(LIBRARY_STATEMENT, item.span, message)
                            .with_hint(
                                "put it into a `transform` that programs call, or into a `test`",
                            );
                        self.loaded.notes.push(diagnostic);
                    }
                    _ => {}
                }
            }
        }
    }
}

impl Loaded {
    /// Names the spaces as the program names the libraries; what only libraries use is named by them.
    fn name_spaces(&mut self, program: &form::Program) {
        let mut spaces = vec![String::new(); self.texts.len()];
        let mut next = Vec::new();
        let mut waiting: Vec<(Option<usize>, String)> = vec![(None, String::new())];
        while !waiting.is_empty() {
            for (text, around) in waiting.drain(..) {
                let form = match text {
                    None => program,
                    Some(text) => match self.texts.get(text) {
                        Some(text) => &text.form,
                        None => continue,
                    },
                };
                for written in uses(&form.items) {
                    let Some(Used::Text(used)) = self.uses.get(&place(written.span)) else {
                        continue;
                    };
                    let Some(space) = spaces.get_mut(*used) else { continue };
                    if space.is_empty() {
                        *space = format!("{around}{}", written.name);
                        next.push((Some(*used), format!("{space}.")));
                    }
                }
            }
            std::mem::swap(&mut waiting, &mut next);
        }
        for (text, space) in self.texts.iter_mut().zip(spaces) {
            text.space = space;
        }
    }
}

/// All uses in a text, but for those that only give a definition another name.
fn uses(items: &[form::Item]) -> Vec<Written<'_>> {
    let mut own = BTreeSet::new();
    definitions(items, &mut own);
    let mut found: Vec<Written<'_>> = Vec::new();
    let mut waiting = vec![(items, String::new())];
    while let Some((items, around)) = waiting.pop() {
        for item in items {
            match &item.kind {
                ItemKind::Space { name, items } => {
                    waiting.push((items, format!("{around}{}.", name.text)));
                }
                ItemKind::Use(form) => {
                    let Some(last) = form.path.last() else { continue };
                    let is_own = matches!(form.path.as_slice(), [name] if own.contains(&name.text));
                    if form.alias.is_some() && form.moment.is_none() && is_own {
                        continue;
                    }
                    let name = format!("{around}{}", form.alias.as_ref().unwrap_or(last).text);
                    let library = library_name(&form.path);
                    for before in &mut found {
                        before.is_replaced |= before.name == name && before.library == library;
                    }
                    let span = item.span;
                    found.push(Written { form, span, name, library, is_replaced: false });
                }
                _ => {}
            }
        }
    }
    found
}

/// The names of all that a text defines and that can be given another name.
fn definitions(items: &[form::Item], found: &mut BTreeSet<Rc<str>>) {
    let mut waiting = vec![items];
    while let Some(items) = waiting.pop() {
        for item in items {
            let name = match &item.kind {
                ItemKind::Space { name, items } => {
                    waiting.push(items);
                    name
                }
                ItemKind::Type { name, .. }
                | ItemKind::Alias { name, .. }
                | ItemKind::View { name, .. } => name,
                ItemKind::Relation(form) => &form.name,
                ItemKind::Rule(form) => &form.name,
                ItemKind::Function(form) => &form.name,
                ItemKind::Contract(form) => &form.name,
                ItemKind::Migration(form) => {
                    for side in [&form.from, &form.to] {
                        if let Form::Name(name) = &side.kind {
                            found.insert(Rc::clone(&name.text));
                        }
                    }
                    continue;
                }
                ItemKind::Statement(statement) => {
                    if let StatementKind::Let { pattern, .. } = &statement.kind
                        && let form::PatternKind::Name(name) = &pattern.kind
                    {
                        found.insert(Rc::clone(&name.text));
                    }
                    continue;
                }
                ItemKind::Index { .. }
                | ItemKind::Test { .. }
                | ItemKind::Handler(_)
                | ItemKind::Use(_) => continue,
            };
            found.insert(Rc::clone(&name.text));
        }
    }
}

fn library_name(path: &[form::Name]) -> Rc<str> {
    let names: Vec<&str> = path.iter().map(|name| &*name.text).collect();
    Rc::from(names.join("."))
}

/// The libraries that a text uses, as of which moments.
#[must_use]
pub fn used_libraries(text: &str) -> Vec<(String, LibraryMoment)> {
    let source = SourceId::default();
    let form = lower(&parse(text, source).tree, source).0;
    let found = uses(&form.items).into_iter().filter_map(|written| {
        Some((written.library.to_string(), moment(written.form.moment.as_ref())?))
    });
    found.collect()
}

/// The moment that is written. None if it is none that is known before the program runs.
pub(super) fn moment(of: Option<&form::Expression>) -> Option<LibraryMoment> {
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
        for text in &loaded.texts {
            let space = self.names.open_alone(&text.space);
            self.libraries.push((Rc::clone(&text.library), space));
            self.declare(&text.form.items, space);
        }
    }

    /// Gives what is used its name.
    pub(super) fn declare_uses(&mut self, loaded: &Loaded) {
        for pending in std::mem::take(&mut self.pending.uses) {
            let (form, space) = (pending.form, pending.space);
            let Some(last) = form.path.last() else { continue };
            let name = form.alias.as_ref().unwrap_or(last);
            let used = loaded.uses.get(&place(pending.span));
            if used.is_none() && self.use_of_definition(form, name, space) {
                continue;
            }
            let library = library_name(&form.path);
            match (used, moment(form.moment.as_ref())) {
                (Some(Used::Replaced), _) => {}
                (Some(Used::Text(used)), Some(at)) => {
                    let Some((_, found)) = self.libraries.get(*used).cloned() else { continue };
                    self.define(space, name, Definition::Space(found));
                    let name = self.names.full(space, &name.text);
                    self.program.uses.push(Use { library, name, at, span: pending.span });
                }
                (used, at) => {
                    match (used, at, &form.moment) {
                        (Some(Used::Missing(code, missing)), ..) => {
                            self.missing(code, missing, last.span);
                        }
                        (_, None, Some(moment)) => self.unknown_moment(moment.span),
                        _ => {}
                    }
                    self.define(space, name, Definition::Refused);
                    self.define_type(space, name, TypeDefinition::Refused);
                }
            }
        }
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

    /// What a `let` of a library does at most: it only defines, whoever uses the library.
    pub(super) fn library_effect(&mut self, at: Span) -> EffectId {
        let place = self.effects.place("a `let` of a library");
        self.effects.limit(place, Effect::Query, "a `let` of a library", at);
        place
    }

    pub(super) fn unknown_moment(&mut self, at: Span) {
        let message = "which moment this is becomes known only when the program runs";
        let diagnostic = Diagnostic::error(LIBRARY_MOMENT, at, message)
            .with_hint("write `latest`, a time in quotes, or a number");
        self.note(diagnostic);
    }

    fn missing(&mut self, code: &'static str, of: &NoLibrary, at: Span) {
        let diagnostic = Diagnostic::error(code, at, of.message.clone()).with_hint(of.hint.clone());
        self.note(diagnostic);
    }
}
