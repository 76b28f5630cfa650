//! Variables: local and global ones, and paths into what they hold.

use source::{Diagnostic, Severity, Span};
use tacit_vm::{Instruction, WordKind};

use super::Generator;
use crate::codes;
use crate::effect::{Effect, Known, known};
use crate::syntax::ast::{Body, Store};

/// Local variables of a definition, and keys of a path, at most.
const COUNT_MAX: usize = 255;

/// A variable that there is.
#[derive(Clone, Copy)]
enum Variable {
    Local(u8),
    Global(u16),
}

impl Generator<'_> {
    /// A variable by its name, or an error.
    fn opt_variable(&mut self, name: &str, span: Span) -> Option<Variable> {
        if let Some(slot) = self.routine.slot(name) {
            return self.is_local_allowed(name, span).then_some(Variable::Local(slot));
        }
        let found = self.own_word(name).filter(|found| found.kind == WordKind::Global);
        if let Some(found) = found {
            return Some(Variable::Global(found.value));
        }
        if self.routine.later.iter().any(|later| later == name) {
            self.unknown(name, span);
            return None;
        }
        let message = format!("Unknown variable: {name}");
        let diagnostic = Diagnostic::error(codes::UNKNOWN_VARIABLE, self.place(span), message);
        let hint = if self.routine.word.is_some() && self.routine.inside.blocks == 0 {
            format!("`-> {name}` makes a local variable")
        } else {
            format!("`value {name}`, outside of definitions, makes a global variable")
        };
        self.error(diagnostic.with_hint(hint));
        None
    }

    /// Whether a local variable may be used here, or an error.
    pub(super) fn is_local_allowed(&mut self, name: &str, span: Span) -> bool {
        if self.routine.inside.blocks == 0 {
            return true;
        }
        let message = format!("Block cannot use local {name}");
        let diagnostic = Diagnostic::error(codes::LOCAL_IN_BLOCK, self.place(span), message);
        self.error(diagnostic.with_hint(
            "pass it on the stack; braces after IF, WHILE, SWITCH, for-each, times and reduce can \
             use it",
        ));
        false
    }

    /// `-> x`, `to x`, `-> x[ … ]`, `to x[ … ]`
    pub(super) fn store(&mut self, store: &Store, span: Span) -> Effect {
        let name = &store.name;
        if let Some(keys) = &store.keys {
            return self.write_at(&name.text, keys, name.span);
        }
        let variable = if store.makes {
            self.opt_local(&name.text, name.span, span)
        } else {
            self.opt_variable(&name.text, name.span)
        };
        match variable {
            Some(Variable::Local(slot)) => self.plain(Instruction::LocalSet { slot }, name.span),
            Some(Variable::Global(index)) => {
                self.plain(Instruction::GlobalSet { index }, name.span);
            }
            None => {}
        }
        known(1, 0)
    }

    /// The local variable of that name, made if it is not there.
    fn opt_local(&mut self, name: &str, span: Span, arrow: Span) -> Option<Variable> {
        if self.routine.word.is_none() {
            let message = "'->' outside definition";
            let diagnostic = Diagnostic::error(codes::LOCAL_OUTSIDE, self.place(arrow), message);
            let hint = match self.own_word(name) {
                Some(found) if found.kind == WordKind::Global => {
                    format!("`to {name}` sets the variable")
                }
                _ => format!("`value {name}` makes a global variable"),
            };
            self.error(diagnostic.with_hint(hint));
            return None;
        }
        if !self.is_local_allowed(name, span) {
            return None;
        }
        if self.routine.slot(name).is_none() {
            if self.routine.locals.len() == COUNT_MAX {
                let message = format!("Too many local variables: at most {COUNT_MAX}");
                let diagnostic = Diagnostic::error(codes::TOO_MANY, self.place(span), message);
                self.error(diagnostic);
                return None;
            }
            self.routine.locals.push(name.to_owned());
        }
        self.routine.slot(name).map(Variable::Local)
    }

    /// `x[ … ]`
    pub(super) fn read_at(&mut self, name: &str, keys: &Body, span: Span) -> Effect {
        let variable = self.opt_variable(name, span);
        let count = self.keys(name, keys, span);
        let instruction = match (variable?, count?) {
            (Variable::Local(slot), 1) => Instruction::LocalAt { slot },
            (Variable::Local(slot), count) => Instruction::LocalPath { slot, count },
            (Variable::Global(index), 1) => Instruction::GlobalAt { index },
            (Variable::Global(index), count) => Instruction::GlobalPath { index, count },
        };
        self.plain(instruction, span);
        known(0, 1)
    }

    fn write_at(&mut self, name: &str, keys: &Body, span: Span) -> Effect {
        let variable = self.opt_variable(name, span);
        let count = self.keys(name, keys, span);
        let instruction = match (variable?, count?) {
            (Variable::Local(slot), 1) => Instruction::LocalPut { slot },
            (Variable::Local(slot), count) => Instruction::LocalPutPath { slot, count },
            (Variable::Global(index), 1) => Instruction::GlobalPut { index },
            (Variable::Global(index), count) => Instruction::GlobalPutPath { index, count },
        };
        self.plain(instruction, span);
        known(1, 0)
    }

    /// The keys of a path, and how many they are.
    fn keys(&mut self, name: &str, keys: &Body, span: Span) -> Option<u8> {
        let before = self.diagnostics.len();
        let effect = self.body(keys);
        let mut new = self.diagnostics.iter().skip(before);
        if new.any(|diagnostic| diagnostic.severity == Severity::Error) {
            return None;
        }
        let (message, hint) = match effect {
            Some(Known { takes: 0, gives: 1..=COUNT_MAX }) => {
                return effect.and_then(|effect| u8::try_from(effect.gives).ok());
            }
            Some(Known { takes: 0, gives: 0 }) => {
                (format!("{name}[ ] without a key"), format!("as in `{name}[ 0 ]`"))
            }
            Some(Known { takes: 0, .. }) => (
                format!("Too many keys for {name}[ ]"),
                format!("at most {COUNT_MAX} are possible"),
            ),
            Some(_) => (
                format!("The keys of {name}[ ] take values from outside of the brackets"),
                "put them into a variable first, or use `get` and `put`".to_owned(),
            ),
            None => (
                format!("It is not known how many keys {name}[ ] gets"),
                "put the key into a variable first, or use `get` and `put`".to_owned(),
            ),
        };
        let diagnostic = Diagnostic::error(codes::PATH, self.place(span), message);
        self.error(diagnostic.with_hint(hint));
        None
    }
}
