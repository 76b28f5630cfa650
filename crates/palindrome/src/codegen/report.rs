//! Reports to whoever looks on: values that are watched, and the calls that led somewhere.
//!
//! What a watched value was lies beside the data, so that going back to a moment is a change like others.

use palindrome_vm::Instruction;
use source::Span;

use super::Codegen;
use super::code::{Jump, Label};
use super::frame::{Frame, ZERO};
use crate::codes::MISPLACED;
use crate::hir::{Expression, Report, StatementKind};

/// The values that are watched.
#[derive(Debug, Default)]
pub(super) struct Watches {
    all: Vec<Watch>,
    /// The code that looks at all of them.
    look: Option<Label>,
}

/// A value that is watched from where the statement was done.
#[derive(Clone, Debug)]
struct Watch {
    value: Expression,
    statement: Span,
    /// On the tape: the text that it was last, or 0 before the statement was done.
    last: i64,
}

impl Codegen<'_> {
    /// Makes room for what is watched.
    pub(super) fn make_watches(&mut self) {
        for statement in &self.program.main {
            if let StatementKind::Report(Report::Watch(value)) = &statement.kind {
                let last = self.data.reserve(1);
                let (value, statement) = (value.clone(), statement.span);
                self.watches.all.push(Watch { value, statement, last });
            }
        }
        if !self.watches.all.is_empty() {
            self.watches.look = Some(self.code.label());
        }
    }

    /// `watch e`
    pub(super) fn watch(&mut self, at: Span) {
        let known = self.watches.all.iter().find(|watch| watch.statement == at).cloned();
        let Some(watch) = known else {
            return self.refuse(
                MISPLACED,
                "what is watched is looked at between the statements of the top level, where the variables \
                 of a function or block are gone",
                "write `watch` on the top level, before what calls this; or `print` here",
                at,
            );
        };
        self.watched(&watch.value);
        self.code.store(0, ZERO, watch.last);
    }

    /// `watch e` of an earlier line of a session. What has no value any more is not looked at.
    pub(super) fn watch_on(&mut self, at: Span) {
        let Some(watch) = self.watches.all.iter().find(|watch| watch.statement == at) else {
            return;
        };
        let value = watch.value.clone();
        let gone = self.code.label();
        for global in self.names_in(&value) {
            let at = self.global(global);
            self.code.load(0, ZERO, at + 8);
            self.code.jump(Jump::IfZero(0), gone);
        }
        self.watch(at);
        self.code.place(gone);
    }

    /// A value as a text, in R0.
    fn watched(&mut self, value: &Expression) {
        self.value(value);
        self.written(&value.of);
    }

    /// Behind a transaction: whether something that is watched has changed.
    pub(super) fn look_at_watches(&mut self) {
        if let Some(look) = self.watches.look {
            self.enter(look, 0);
        }
    }

    pub(super) fn watch_code(&mut self) {
        let Some(look) = self.watches.look else { return };
        self.code.no_line();
        let start = self.code.here();
        self.frame = Frame::default();
        self.code.place(look);
        // What the last statement gives is in R0.
        let result = self.save(0);
        for watch in self.watches.all.clone() {
            self.at(watch.statement);
            let (same, shown) = (self.code.label(), watch.value.span);
            self.code.load(0, ZERO, watch.last);
            self.code.jump(Jump::IfZero(0), same);
            let last = self.save(0);
            // What is gone, or is not there yet, is not looked at.
            for global in self.names_in(&watch.value) {
                let at = self.global(global);
                self.code.load(0, ZERO, at + 8);
                self.code.jump(Jump::IfZero(0), same);
            }
            self.watched(&watch.value);
            let now = self.save(0);
            self.restore(last, 1);
            self.code.copy(2, 0);
            self.call_runtime("text_compare");
            self.code.jump(Jump::IfZero(0), same);
            self.restore(now, 0);
            self.code.store(0, ZERO, watch.last);
            let name = self.sources.slice(shown).split_whitespace().collect::<Vec<_>>().join(" ");
            let begin = self.data.text(format!("{name}: ").as_bytes());
            let arrow = self.data.text(" -> ".as_bytes());
            self.code.set(1, begin);
            self.restore(last, 2);
            self.call_runtime("text_concat");
            self.code.copy(1, 0);
            self.code.set(2, arrow);
            self.call_runtime("text_concat");
            self.code.copy(1, 0);
            self.restore(now, 2);
            self.call_runtime("text_concat");
            self.code.copy(1, 0);
            self.call_runtime("print_line");
            self.code.place(same);
            self.frame.drop_to(1, self.code.here());
        }
        self.restore(result, 0);
        self.code.push(Instruction::Return);
        self.finish_function("(watch)", start);
    }

    /// `inspect call_stack`
    pub(super) fn inspect_calls(&mut self) {
        self.call_runtime("call_stack");
        self.code.copy(1, 0);
        self.call_runtime("print_line");
    }
}
