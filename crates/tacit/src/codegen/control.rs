//! Branches and loops, which are part of the routine around them.

use source::{Diagnostic, Span};
use tacit_vm::{Instruction, WordKind};

use super::Generator;
use super::routine::{Label, Op, Step};
use super::word::Meaning;
use crate::codes;
use crate::effect::{self, Effect, known};
use crate::syntax::ast::{Body, Case, Item, ItemKind};

impl Generator<'_> {
    /// `flag IF { … } ELSE { … }`
    pub(super) fn if_else(&mut self, yes: &Body, no: Option<&Body>, span: Span) -> Effect {
        let otherwise = self.routine.label();
        self.op(Op::BranchIfFalse(otherwise), span);
        let first = self.body(yes);
        let Some(no) = no else {
            self.here(otherwise, yes.end);
            return effect::then(known(1, 0), effect::either(first, known(0, 0)));
        };
        let end = self.routine.label();
        self.op(Op::Branch(end), yes.end);
        self.here(otherwise, yes.end);
        let second = self.body(no);
        self.here(end, no.end);
        effect::then(known(1, 0), effect::either(first, second))
    }

    /// `WHILE { … } DO { … }`
    pub(super) fn while_do(&mut self, test: &Body, body: &Body, span: Span) -> Effect {
        let (start, end) = (self.routine.label(), self.routine.label());
        self.here(start, span);
        let first = self.body(test);
        self.op(Op::BranchIfFalse(end), test.end);
        let second = self.body(body);
        self.op(Op::Branch(start), body.end);
        self.here(end, body.end);
        let test = effect::with_net(effect::then(first, known(1, 0)), 0);
        effect::either(test, effect::with_net(second, 0))
    }

    /// `seq for-each { … }`
    pub(super) fn for_each(&mut self, body: &Body, span: Span) -> Effect {
        let is_range = matches!(
            self.routine.steps.last(),
            Some(Step { op: Op::Plain(Instruction::Range), .. })
        );
        if is_range {
            self.routine.steps.pop();
            self.plain(Instruction::ForRange, span);
        } else {
            self.plain(Instruction::ForInit, span);
        }
        // The element is where the sequence was.
        effect::with_net(self.rounds(body, span), -1)
    }

    /// `seq x reduce { … }`
    pub(super) fn reduce(&mut self, body: &Body, span: Span) -> Effect {
        self.plain(Instruction::Swap, span);
        self.plain(Instruction::ForInit, span);
        effect::at_least(effect::with_net(self.rounds(body, span), -1), 2)
    }

    /// The body of a loop over a sequence.
    fn rounds(&mut self, body: &Body, span: Span) -> Effect {
        let (start, next) = (self.routine.label(), self.routine.label());
        let inner = self.looped(body, start, next, span);
        self.op(Op::ForNext(start), body.end);
        self.op(Op::ForGot(start), body.end);
        inner
    }

    /// `n times { … }`
    pub(super) fn times(&mut self, body: &Body, span: Span) -> Effect {
        self.plain(Instruction::TimesInit, span);
        let (start, next) = (self.routine.label(), self.routine.label());
        let inner = self.looped(body, start, next, span);
        self.op(Op::TimesNext(start), body.end);
        effect::then(known(1, 0), effect::with_net(inner, 0))
    }

    /// Goes to `next`, which comes after the body, whose beginning is `start`.
    fn looped(&mut self, body: &Body, start: Label, next: Label, span: Span) -> Effect {
        self.op(Op::Branch(next), span);
        self.here(start, span);
        self.routine.inside.loops += 1;
        let inner = self.body(body);
        self.routine.inside.loops -= 1;
        self.here(next, body.end);
        inner
    }

    /// `x SWITCH { … }`
    pub(super) fn switch(&mut self, cases: &[Case], no: Option<&Body>, span: Span) -> Effect {
        let end = self.routine.label();
        let mut effects = Vec::new();
        for case in cases {
            let (body, next) = (self.routine.label(), self.routine.label());
            let at = case.keys.first().map_or(span, |key| key.span);
            for (index, key) in case.keys.iter().enumerate() {
                self.plain(Instruction::Dup, key.span);
                self.key(key);
                self.plain(Instruction::Match, key.span);
                if index + 1 == case.keys.len() {
                    self.op(Op::BranchIfFalse(next), key.span);
                } else {
                    let other = self.routine.label();
                    self.op(Op::BranchIfFalse(other), key.span);
                    self.op(Op::Branch(body), key.span);
                    self.here(other, key.span);
                }
            }
            self.here(body, at);
            self.plain(Instruction::Drop, at);
            effects.push(self.body(&case.body));
            self.op(Op::Branch(end), case.body.end);
            self.here(next, case.body.end);
        }
        if let Some(no) = no {
            self.plain(Instruction::Drop, span);
            effects.push(self.body(no));
        } else {
            let at = self.intern("SWITCH: no case for the value", span);
            self.plain(Instruction::LiteralString { at }, span);
            self.plain(Instruction::Error, span);
        }
        self.here(end, span);
        let inner = effects.into_iter().reduce(effect::either).flatten();
        effect::then(known(1, 0), inner)
    }

    /// A value known when compiling.
    fn key(&mut self, key: &Item) {
        if let ItemKind::Word(name) = &key.kind {
            let is_constant = match self.meaning(name) {
                Meaning::BuiltIn(op) => matches!(op.mnemonic, "NIL" | "true" | "false" | "pi"),
                Meaning::Word(found) => found.kind == WordKind::Symbol,
                Meaning::Unknown => {
                    self.unknown(name, key.span);
                    return;
                }
                Meaning::Local(_) => false,
            };
            if !is_constant {
                let message = format!("{name} cannot be a case of a SWITCH");
                let diagnostic = Diagnostic::error(codes::CASE, self.place(key.span), message);
                self.error(diagnostic.with_hint("a case is a number, a string or a symbol"));
                return;
            }
        }
        self.item(key);
    }
}
