//! Transactions: work that is undone as a whole when a part of it fails. Savepoints of the machine do
//! the undoing (decision 0020).
//!
//! Where a contract's handler may undo a transaction, there are two savepoints: a fault goes to the
//! inner one, if that has a handler; the contract closes it and goes back to the outer one, with what
//! was emitted.

use palindrome_vm::runtime::HEAD;
use palindrome_vm::{Instruction, Value};

use super::Codegen;
use super::code::{Jump, Label};
use super::contract::Aside;
use super::frame::{FRAME, Left, Tried, Violated, ZERO};
use super::leave::Around;
use crate::hir::{
    Block, Callee, ExpressionKind, LocalId, Statement, StatementKind, walk_statement,
};
use crate::types::Type;

impl Codegen<'_> {
    /// `try { body } else reason { otherwise }`, with the value of one of them in R0.
    pub(super) fn try_(&mut self, body: &Block, reason: Option<LocalId>, otherwise: &Block) {
        let violated = self.frame.violated;
        let mut tried = |s: &mut Self| {
            s.frame.violated = violated.map(|it| Violated { is_tried: true, ..it });
            s.block(body);
            s.frame.violated = violated;
        };
        self.transaction(&mut tried, &mut |s| {
            if let Some(reason) = reason {
                let slot = s.frame.variable(reason, s.code.here() + 1);
                s.code.store(0, FRAME, slot.offset());
                s.box_variable(reason, slot);
            }
            s.block(otherwise);
        });
    }

    /// Work that is undone if it fails; `failed` is done then, with the reason in R0.
    pub(super) fn transaction(
        &mut self,
        work: &mut dyn FnMut(&mut Self),
        failed: &mut dyn FnMut(&mut Self),
    ) {
        self.transaction_and(work, &mut |_| {}, failed);
    }

    /// Likewise; `stood` is done when it did not fail.
    pub(super) fn transaction_and(
        &mut self,
        work: &mut dyn FnMut(&mut Self),
        stood: &mut dyn FnMut(&mut Self),
        failed: &mut dyn FnMut(&mut Self),
    ) {
        let (undone, fault) = (self.code.label(), self.code.label());
        let (told, end, ended) = (self.code.label(), self.code.label(), self.code.label());
        let height = self.frame.height;
        let left = self.may_be_left();
        let can_undo = self.contracts.can_undo;
        if can_undo {
            self.code.jump(Jump::RollbackPoint, undone);
        }
        self.code.jump(Jump::Savepoint, fault);
        let aside = self.begin_checks();
        self.frame.around.push(Around::Try(aside.clone(), left));
        self.frame.tries.push(Tried { aside, left });
        work(self);
        self.frame.around.pop();
        if let Some(left) = left {
            let value = self.save(0);
            self.unless_open(left, ended);
            self.restore(value, 0);
        }
        if let Some(tried) = self.frame.tries.pop() {
            self.end_checks(&tried.aside);
        }
        self.code.push(Instruction::Release);
        if can_undo {
            self.code.push(Instruction::Release);
        }
        self.code.place(ended);
        self.frame.drop_to(height, self.code.here());
        stood(self);
        self.code.jump(Jump::Always, end);
        // Everything is as it was at the savepoint, the registers, too.
        if can_undo {
            self.code.place(undone);
            self.take_up_events();
            self.code.jump(Jump::Always, told);
        }
        self.code.place(fault);
        if can_undo {
            self.code.push(Instruction::Release);
        }
        self.carried(&Type::STRING);
        self.code.place(told);
        failed(self);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// In a search, a `try` is left by answers.
    fn may_be_left(&mut self) -> Option<Left> {
        self.frame.state?;
        self.call_runtime("savepoints_open");
        let around = self.save(0);
        let open = self.search_words().open;
        self.code.load(0, ZERO, open);
        Some(Left { around, of_alternatives: self.save(0) })
    }

    /// Goes on at a label if a `try` has ended with an answer. That is not said by the tape, as what is
    /// tried behind the answer goes back to before it. Otherwise R1 is how many savepoints are inside.
    pub(super) fn unless_open(&mut self, left: Left, ended: Label) {
        let open = self.search_words().open;
        self.call_runtime("savepoints_open");
        self.restore(left.around, 1);
        self.code.push(Instruction::ISub { dst: 0, src1: 0, src2: 1 });
        self.code.load(1, ZERO, open);
        self.restore(left.of_alternatives, 2);
        self.code.push(Instruction::ISub { dst: 1, src1: 1, src2: 2 });
        self.code.push(Instruction::ISub { dst: 0, src1: 0, src2: 1 });
        let own = if self.contracts.can_undo { 2 } else { 1 };
        self.code.push(Instruction::CmpImm { src: 0, value: own });
        self.code.jump(Jump::NotEqual, ended);
    }

    /// An answer ends the `try` that it leaves: what was done stands, and what fails from then on is not
    /// caught there. What was touched is looked at by the transaction around. R0 stays.
    pub(super) fn leave_tries(&mut self) {
        if self.frame.tries.is_empty() {
            return;
        }
        let height = self.frame.height;
        let answer = self.save(0);
        let tries = std::mem::take(&mut self.frame.tries);
        for tried in tries.iter().rev() {
            let Some(left) = tried.left else { continue };
            let ended = self.code.label();
            self.unless_open(left, ended);
            // Alternatives within it have savepoints that stay open.
            let release = Instruction::ReleaseLevel { level: Value::Register(1) };
            self.code.push(release.clone());
            if self.contracts.can_undo {
                self.code.push(release);
            }
            if self.frame.changes_state {
                self.all_touched();
            } else {
                self.bring_touched_back(&tried.aside);
            }
            self.code.place(ended);
        }
        self.frame.tries = tries;
        self.restore(answer, 0);
        self.frame.drop_to(height, self.code.here());
    }

    /// A statement of the top level, which is a transaction. Nothing catches its faults: the program
    /// stops where they are.
    pub(super) fn top_level(&mut self, statement: &Statement) {
        if self.is_done(statement) {
            // It was a transaction when it was said.
            return self.unless_done(statement);
        }
        let can_undo = self.contracts.can_undo && may_change(statement);
        let (undone, end) = (self.code.label(), self.code.label());
        if can_undo {
            self.at(statement.span);
            self.code.jump(Jump::RollbackPoint, undone);
            self.code.push(Instruction::SavepointOnly);
        }
        self.unless_done(statement);
        let is_followed = self.contracts.check.is_some() || !self.program.handlers.is_empty();
        let result = (is_followed && self.is_result(statement)).then(|| self.save(0));
        self.check();
        if can_undo {
            self.code.push(Instruction::Release);
            self.code.push(Instruction::Release);
            self.keep_moment();
            self.code.jump(Jump::Always, end);
            self.code.place(undone);
            self.take_up_events();
            if let StatementKind::Define(..) | StatementKind::Let(..) = statement.kind {
                // What follows cannot do without the name.
                self.code.copy(1, 0);
                self.call_runtime("fault");
            }
            self.code.place(end);
        } else {
            self.keep_moment();
        }
        self.look_at_watches();
        self.handle_events();
        if let Some(result) = result {
            self.restore(result, 0);
        }
    }

    /// A block that is a statement: what has to hold is looked at behind it.
    pub(super) fn checked_block(&mut self, block: &Block) {
        let height = self.frame.height;
        let aside = self.begin_checks();
        self.frame.around.push(Around::Block(aside.clone()));
        self.block(block);
        self.frame.around.pop();
        self.end_checks(&aside);
        self.frame.drop_to(height, self.code.here());
    }

    /// What was touched before does not count until the transaction ends.
    fn begin_checks(&mut self) -> Aside {
        self.set_touched_aside()
    }

    /// Looks at what was touched, with the value in R0 kept.
    pub(super) fn end_checks(&mut self, aside: &Aside) {
        if self.contracts.is_empty() {
            return;
        }
        let value = self.save(0);
        self.check();
        self.bring_touched_back(aside);
        self.restore(value, 0);
    }

    /// After a contract has undone the transaction: what its handler emitted stands. The reason comes
    /// in R0.
    fn take_up_events(&mut self) {
        let description = self.undone_description();
        self.code.set(1, description);
        self.call_runtime("carry_in");
        let undone = self.save(0);
        self.code.load(0, 0, HEAD);
        self.call_with(self.events.stand);
        self.restore(undone, 0);
        self.code.load(0, 0, HEAD + 8);
        self.frame.height -= 1;
    }

    /// Calls code whose only argument is in R0.
    pub(super) fn call_with(&mut self, target: Label) {
        self.code.store(0, FRAME, self.frame.height * 8);
        self.frame.height_max = self.frame.height_max.max(self.frame.height + 1);
        self.enter(target, 1);
    }

    /// What was carried back, in R0.
    pub(super) fn carried(&mut self, of: &Type) {
        let description = self.description(of);
        self.code.set(1, description);
        self.call_runtime("carry_in");
    }
}

/// Whether a statement can do more than compute and print.
fn may_change(statement: &Statement) -> bool {
    let is_plain = matches!(
        statement.kind,
        StatementKind::Print(_)
            | StatementKind::Define(..)
            | StatementKind::Let(..)
            | StatementKind::Assign(..)
            | StatementKind::Assert(..)
            | StatementKind::Reverse(_)
            | StatementKind::Expression(_)
    );
    let mut calls = !is_plain;
    walk_statement(statement, &mut |one| {
        calls |= matches!(
            one.kind,
            ExpressionKind::Block(_)
                | ExpressionKind::Try(..)
                | ExpressionKind::Search(..)
                | ExpressionKind::Call(
                    Callee::Function(..) | Callee::Inverse(..) | Callee::Value(_),
                    _
                )
        );
    });
    calls
}
