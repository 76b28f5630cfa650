//! `breaks`, `compatible` and `revert`: what depends on which moment of a library is used.

use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::names::{Definition, with_meant};
use super::statement::PendingGlobal;
use super::{Checker, library};
use crate::codes::{MISPLACED, NO_LIBRARY};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{
    Callee, Expression, ExpressionKind, Global, GlobalId, LibraryMoment, Literal, Pin,
    StatementKind,
};
use crate::types::{BuiltinId, QUERY, TRANSFORM, Type, builtins};

/// The statement whose place no name of a library's moment has.
const NOWHERE: usize = usize::MAX;

impl Checker<'_> {
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
        if self.published.iter().all(|one| **one != *name.text) {
            let library = &*name.text;
            let message = format!("no library `{library}` is published here");
            let known = self.published.iter().map(String::as_str);
            let meant = nearest(library, known).map(str::to_owned);
            let diagnostic = Diagnostic::error(NO_LIBRARY, name.span, message);
            self.note(match meant {
                Some(_) => with_meant(diagnostic, meant),
                None => diagnostic.with_hint(format!(
                    "publish it: `palindrome publish {library}.pal --tape FILE`"
                )),
            });
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
        let found = self.libraries.iter().find(|(_, one)| Some(*one) == space);
        let Some(name) = found.map(|(name, _)| Rc::clone(name)) else {
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
            _ => {
                let Some(at) = library::moment(Some(moment)) else {
                    self.unknown_moment(moment.span);
                    return None;
                };
                let at = match at {
                    LibraryMoment::Latest => "latest".to_owned(),
                    LibraryMoment::Time(time) => time.to_string(),
                    LibraryMoment::Number(number) => number.to_string(),
                };
                let arguments = vec![text(&name, library.span), text(&at, moment.span)];
                let call = BuiltinId::LIBRARY_MOMENT;
                Self::language_call(call, arguments, Type::MOMENT, moment.span)
            }
        };
        self.pin(&name, span);
        Some(StatementKind::Revert(name, to))
    }

    /// The name that holds which moment `latest` means of a library. Nobody can write it.
    fn pin(&mut self, library: &Rc<str>, span: Span) {
        if self.program.pins.iter().any(|pin| pin.library == *library) {
            return;
        }
        let global = GlobalId::from_index(self.program.globals.len());
        let name = Pin::name_of(library);
        let place = self.effects.place(format!("reads `{name}`"));
        let name = Rc::from(name);
        self.program.globals.push(Global { name, of: Type::INT, is_changed: true, span });
        self.globals.push(PendingGlobal { main: NOWHERE });
        self.global_effects.push(place);
        self.program.pins.push(Pin { library: Rc::clone(library), global });
    }
}

fn is_named(function: &form::Expression, text: &str) -> bool {
    matches!(&function.kind, Form::Name(name) if &*name.text == text)
}

fn text(of: &str, span: Span) -> Expression {
    let kind = ExpressionKind::Literal(Literal::String(Rc::from(of)));
    Expression { kind, of: Type::STRING, span }
}
