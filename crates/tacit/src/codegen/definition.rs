//! Definitions of words, variables, symbols and marks, and their removal.

use source::{Diagnostic, Span};
use tacit_vm::{Instruction, WordKind};

use super::Generator;
use super::names::{Found, NewWord};
use super::routine::{Op, Routine, Step, WordId};
use super::take::take_last_uses;
use crate::alias::built_in;
use crate::codes;
use crate::effect::{Effect, Known, known};
use crate::keyword::is_keyword;
use crate::library::LibraryWord;
use crate::syntax::ast::{Definition, Item, ItemKind, Name};

impl Generator<'_> {
    /// `: name … ;` of the program's own.
    pub(super) fn definition(&mut self, definition: &Definition) {
        let name = &definition.name;
        let is_new = self.check_new(name);
        if begins_a_number(&name.text) {
            let message = format!("{} always means the number, never this word", name.text);
            let span = self.place(name.span);
            self.error(Diagnostic::warning(codes::NUMBER_NAME, span, message));
        }
        let source = self.routine.source;
        let id = self.compile(definition, WordKind::Definition, source);
        if is_new {
            self.names.finish(id);
        }
    }

    /// A word of the library, with what it needs.
    pub(super) fn compile_library(&mut self, word: &'static LibraryWord) -> Option<Found> {
        let source = match self.files.get(&word.file) {
            Some(source) => *source,
            None => {
                let (name, text) = crate::library::FILES[word.file];
                let source = self.sources.add(name, text);
                self.files.insert(word.file, source);
                source
            }
        };
        let id = self.compile(&word.definition, WordKind::Library, source);
        self.pending.pop();
        self.names.finish(id);
        Some(self.names.found(id))
    }

    fn compile(
        &mut self,
        definition: &Definition,
        kind: WordKind,
        source: source::SourceId,
    ) -> usize {
        let Definition { name, effect, body } = definition;
        let declared = effect.and_then(|(takes, gives, _)| known(takes, gives));
        let span = Span { source, ..name.span };
        let id = self.new_word(&name.text, kind, 0, span, declared);
        if kind == WordKind::Library {
            self.pending.push(id);
        }
        let mut later = Vec::new();
        local_names(&body.items, &mut later);
        let inner = Routine {
            word: Some(id),
            source,
            later,
            is_library: kind == WordKind::Library,
            ..Routine::default()
        };
        let outer = std::mem::replace(&mut self.routine, inner);
        let inferred = self.body(body);
        self.end_definition(body.end);
        if let (Some((takes, gives, span)), Some(found)) = (effect, inferred) {
            self.check_effect(Known { takes: *takes, gives: *gives }, found, *span);
        }
        self.names.new[id].effect = inferred.or(declared);
        let inner = std::mem::replace(&mut self.routine, outer);
        self.ready.push(inner);
        id
    }

    /// What returns at the end, and, now that it is known whether there are variables, what makes
    /// and releases them.
    fn end_definition(&mut self, end: Span) {
        if self.routine.locals.is_empty() {
            self.plain(Instruction::Exit, end);
        } else {
            let count = u8::try_from(self.routine.locals.len()).unwrap_or(u8::MAX);
            for exit in std::mem::take(&mut self.routine.exits) {
                self.routine.steps[exit].op = Op::Plain(Instruction::Leave);
            }
            self.plain(Instruction::Leave, end);
            let span = self.routine.steps[0].span;
            let enter = Step { op: Op::Plain(Instruction::Enter { count }), span };
            self.routine.steps.insert(0, enter);
        }
        if self.options.optimise {
            take_last_uses(&mut self.routine);
        }
    }

    fn check_effect(&mut self, declared: Known, found: Known, span: Span) {
        let net = |effect: Known| effect.gives.cast_signed() - effect.takes.cast_signed();
        if net(declared) == net(found) && found.takes <= declared.takes {
            return;
        }
        let message = format!(
            "The comment says {} -- {} values, the code takes {} and leaves {}",
            declared.takes, declared.gives, found.takes, found.gives
        );
        let span = self.place(span);
        self.error(Diagnostic::warning(codes::EFFECT, span, message));
    }

    fn new_word(
        &mut self,
        name: &str,
        kind: WordKind,
        value: u16,
        span: Span,
        effect: Effect,
    ) -> usize {
        let string = self.intern(name, span);
        let name = name.to_owned();
        self.names.new.push(NewWord { name, string, kind, value, link: None, span, effect });
        self.names.new.len() - 1
    }

    /// A word that is a header and nothing else.
    fn define_header(&mut self, name: &Name, kind: WordKind, value: u16) {
        let is_new = self.check_new(name);
        let span = self.place(name.span);
        let id = self.new_word(&name.text, kind, value, span, known(0, 1));
        if is_new {
            self.names.finish(id);
        }
        let source = self.routine.source;
        self.ready.push(Routine { word: Some(id), source, ..Routine::default() });
    }

    /// `symbol name` and `mark name`
    pub(super) fn define_mark(&mut self, name: &Name, kind: WordKind) -> Effect {
        self.define_header(name, kind, 0);
        known(0, 0)
    }

    /// `value name`
    pub(super) fn define_global(&mut self, name: &Name) -> Effect {
        let (first, end) = self.memory.layout().globals();
        let index = self.globals;
        if usize::from(index) >= end - first {
            let message = format!("No room for more than {} global variables", end - first);
            self.error(Diagnostic::error(codes::FULL, self.place(name.span), message));
            return known(1, 0);
        }
        self.define_header(name, WordKind::Global, index);
        self.globals += 1;
        self.global_names.push((index, name.text.clone()));
        self.plain(Instruction::GlobalSet { index }, name.span);
        known(1, 0)
    }

    /// `forget name`
    pub(super) fn forget(&mut self, name: &Name) -> Effect {
        let span = self.place(name.span);
        match self.names.find(&self.memory, &name.text) {
            Some(found) => self.names.forget(&self.memory, found.id),
            None if built_in(&name.text).is_some() => {
                let message = format!("{} cannot be forgotten: it is built in", name.text);
                self.error(Diagnostic::error(codes::FORGET, span, message));
            }
            None if crate::library::find(&name.text).is_some() => {
                let message = format!("{} cannot be forgotten: it is of the library", name.text);
                let diagnostic = Diagnostic::error(codes::FORGET, span, message);
                self.error(diagnostic.with_hint("it can be defined again"));
            }
            None => self.unknown(&name.text, name.span),
        }
        known(0, 0)
    }

    /// Whether a name is free; reports one that is taken.
    fn check_new(&mut self, name: &Name) -> bool {
        let (text, span) = (&name.text, self.place(name.span));
        if text.len() > 1 && text.ends_with('[') {
            let message = format!("The name {text} cannot end in [");
            let diagnostic = Diagnostic::error(codes::EXPECTED_NAME, span, message);
            self.error(diagnostic.with_hint("that is how a path into a variable begins"));
            return false;
        }
        let found = self.names.find(&self.memory, text);
        let reason = if is_keyword(text) {
            "it belongs to the syntax"
        } else if built_in(text).is_some() {
            "it is built in"
        } else if found.is_some() {
            "it is one of the program's words"
        } else {
            return true;
        };
        let message = format!("Word already defined: {text}");
        let diagnostic = Diagnostic::error(codes::DEFINED, span, message).with_label(reason);
        let diagnostic = match found {
            Some(Found { id, kind, .. }) => {
                let hint = match kind {
                    WordKind::Global => format!("`to {text}` sets it"),
                    WordKind::Definition
                    | WordKind::Symbol
                    | WordKind::Mark
                    | WordKind::Library => {
                        format!("`forget {text}` removes it, with all defined since")
                    }
                };
                let diagnostic = diagnostic.with_hint(hint);
                match id {
                    WordId::New(id) => {
                        let place = self.names.new[id].span;
                        diagnostic.with_note(place, "it was defined here")
                    }
                    WordId::Old(_) => diagnostic,
                }
            }
            None => diagnostic,
        };
        self.error(diagnostic);
        false
    }
}

fn begins_a_number(name: &str) -> bool {
    name.trim_start_matches(['+', '-', '.']).starts_with(|c: char| c.is_ascii_digit())
        && name.parse::<f32>().is_ok()
}

/// The names of the local variables that items make, also in braces.
fn local_names(items: &[Item], names: &mut Vec<String>) {
    for item in items {
        match &item.kind {
            ItemKind::Set(store) if store.makes && store.keys.is_none() => {
                names.push(store.name.text.clone());
            }
            ItemKind::Brackets(_, body) | ItemKind::With(_, body, _) => {
                local_names(&body.items, names);
            }
            ItemKind::If(body, other) => {
                local_names(&body.items, names);
                if let Some(other) = other {
                    local_names(&other.items, names);
                }
            }
            ItemKind::While(body, other) => {
                local_names(&body.items, names);
                local_names(&other.items, names);
            }
            ItemKind::Switch(cases, other) => {
                cases.iter().for_each(|case| local_names(&case.body.items, names));
                if let Some(other) = other {
                    local_names(&other.items, names);
                }
            }
            ItemKind::Number(_)
            | ItemKind::Text(_)
            | ItemKind::Word(_)
            | ItemKind::Quote(_)
            | ItemKind::Block(_)
            | ItemKind::At(..)
            | ItemKind::Set(_)
            | ItemKind::Definition(_)
            | ItemKind::Value(_)
            | ItemKind::Symbol(_)
            | ItemKind::Mark(_)
            | ItemKind::Forget(_) => {}
        }
    }
}
