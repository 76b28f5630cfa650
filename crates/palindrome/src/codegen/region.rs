//! Giving back what rounds of a loop allocate: where nothing of it can be used behind its round, the
//! heap ends after each round where it ended before the first one. The end of the heap is a word of
//! the tape, so that going back brings it back as everything else.
//!
//! What can be used later is what an outer variable, a name, or a list of the program gets: a loop that
//! gives one of these anything but a plain number keeps all that it allocates.

use std::collections::BTreeSet;

use palindrome_vm::Instruction;
use palindrome_vm::layout::OBJECTS;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot, ZERO};
use super::layout::is_reference;
use crate::hir::{
    Backward, Block, Callee, Expression, ExpressionKind, LocalId, Pattern, PatternKind, Place,
    Program, Statement, StatementKind, walk, walk_statement,
};
use crate::types::{Effect, Type};

/// Where a loop begins: what the heap's end was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region(Option<Slot>);

impl Codegen<'_> {
    /// Begins a loop with this condition or pattern, and this body.
    pub(super) fn begin_region(
        &mut self,
        (condition, pattern): (Option<&Expression>, Option<&Pattern>),
        body: &Block,
    ) -> Region {
        if self.frame.state.is_some() || !self.is_released(condition, pattern, body) {
            return Region(None);
        }
        self.code.load(0, ZERO, OBJECTS.start);
        Region(Some(self.save(0)))
    }

    /// Ends a round.
    pub(super) fn end_round(&mut self, region: Region) {
        if let Region(Some(slot)) = region {
            self.give_back(slot);
        }
    }

    /// Lets the heap end where a slot says that it ended.
    pub(super) fn give_back(&mut self, slot: Slot) {
        let end = self.code.label();
        self.code.load(0, ZERO, OBJECTS.start);
        self.code.load(1, FRAME, slot.offset());
        self.code.push(Instruction::Cmp { src1: 0, src2: 1 });
        self.code.jump(Jump::Equal, end);
        self.call_runtime("heap_release");
        self.code.place(end);
    }

    /// Whether rounds of a loop allocate, and nothing of it is used behind them.
    fn is_released(
        &self,
        condition: Option<&Expression>,
        pattern: Option<&Pattern>,
        body: &Block,
    ) -> bool {
        let round = self.round(condition.as_slice(), pattern, body);
        round.allocates && !self.outlives(&round)
    }

    /// Whether something may be used behind a round that the round or one of these expressions makes.
    pub(super) fn keeps_rounds(
        &self,
        conditions: &[&Expression],
        pattern: &Pattern,
        body: &Block,
    ) -> bool {
        let is_in_search = self.frame.state.is_some();
        is_in_search || self.outlives(&self.round(conditions, Some(pattern), body))
    }

    fn outlives(&self, round: &Round) -> bool {
        round.keeps
            || round.changes && !self.contracts.is_empty()
            || round.calls && self.calls_keep()
    }

    fn round(&self, conditions: &[&Expression], pattern: Option<&Pattern>, body: &Block) -> Round {
        let mut own: Vec<LocalId> = pattern.and_then(named).into_iter().collect();
        let mut round = Round { allocates: false, changes: false, calls: false, keeps: false };
        let mut statements = Vec::new();
        of_block(body, &mut statements);
        conditions.iter().for_each(|condition| of_expression(condition, &mut statements));
        let rows = statements.iter().filter_map(|statement| match &statement.kind {
            StatementKind::Insert { into, rows, is_many: false, .. }
                if self.is_laid_in_frame(*into, rows) =>
            {
                Some(std::ptr::from_ref(rows))
            }
            _ => None,
        });
        let rows: BTreeSet<*const Expression> = rows.collect();
        let mut look = |one: &Expression| {
            if !rows.contains(&std::ptr::from_ref(one)) {
                self.look_at(one, &mut round);
            }
        };
        for condition in conditions {
            walk(condition, &mut look);
        }
        body.statements.iter().for_each(|statement| walk_statement(statement, &mut look));
        body.value.iter().for_each(|value| walk(value, &mut look));
        for statement in &statements {
            if let StatementKind::Let(pattern, _) = &statement.kind {
                own.extend(named(pattern));
            }
        }
        for statement in statements {
            round.changes |= changes(&statement.kind);
            round.keeps |= self.keeps(&statement.kind, &own);
        }
        round
    }

    fn look_at(&self, one: &Expression, round: &mut Round) {
        match &one.kind {
            ExpressionKind::Call(callee, _) => {
                round.allocates = true;
                let is_transform = match callee {
                    Callee::Function(id, _) | Callee::Inverse(id, _) => {
                        let function = self.program.functions.get(id.index());
                        function.is_none_or(|function| function.effect == Effect::Transform)
                    }
                    Callee::Value(_) => true,
                    Callee::Builtin(_) => false,
                };
                round.calls |= is_transform;
                round.changes |= is_transform;
            }
            ExpressionKind::Query(_)
            | ExpressionKind::Exists(_)
            | ExpressionKind::ForAll(..)
            | ExpressionKind::First(_)
            | ExpressionKind::Only(_) => round.allocates = true,
            ExpressionKind::Search(..) => round.keeps = true,
            // Texts that are written out are constants.
            ExpressionKind::Literal(_) | ExpressionKind::Local(_) | ExpressionKind::Global(_) => {}
            _ => round.allocates |= is_reference(&self.of(&one.of)),
        }
    }

    /// Whether a statement may give what is used behind a round something of it.
    fn keeps(&self, statement: &StatementKind, own: &[LocalId]) -> bool {
        match statement {
            StatementKind::Assign(place, value) => {
                let is_own = matches!(place, Place::Local(id) if own.contains(id));
                !is_own && is_reference(&self.of(&value.of))
            }
            StatementKind::Let(..)
            | StatementKind::Insert { .. }
            | StatementKind::Delete(..)
            | StatementKind::Update(..)
            | StatementKind::Block(_)
            | StatementKind::While(..)
            | StatementKind::For(..)
            | StatementKind::From(..)
            | StatementKind::Try(..)
            | StatementKind::Assert(..)
            | StatementKind::Print(_)
            | StatementKind::Reverse(_)
            | StatementKind::Break
            | StatementKind::Continue
            | StatementKind::Expression(_) => false,
            StatementKind::Define(..)
            | StatementKind::Accept
            | StatementKind::Emit(..)
            | StatementKind::Checkpoint(_)
            | StatementKind::Rewind(_)
            | StatementKind::Dispose(_)
            | StatementKind::Recover(_)
            | StatementKind::Switch(_)
            | StatementKind::Parallel(..)
            | StatementKind::Revert(..)
            | StatementKind::Report(_)
            | StatementKind::Alternative(_)
            | StatementKind::Succeed(_)
            | StatementKind::Yield(_) => true,
        }
    }

    /// Whether functions that change state may give something to what outlives their calls.
    fn calls_keep(&self) -> bool {
        let Program { functions, locals, .. } = self.program;
        let is_boxed = |id: &LocalId| {
            let local = locals.get(id.index());
            local.is_none_or(|local| is_plain_unknown(&self.of(&local.of)))
        };
        if self.boxed.iter().any(is_boxed) {
            return true;
        }
        functions.iter().any(|function| {
            let bodies = match &function.backward {
                Backward::Tape => return true,
                Backward::Written(_, body) | Backward::Derived(_, body) => Some(body),
                Backward::None | Backward::Same => None,
            };
            let mut statements = Vec::new();
            for body in bodies.into_iter().chain([&function.body]) {
                of_expression(body, &mut statements);
            }
            statements.iter().any(|statement| match &statement.kind {
                StatementKind::Assign(Place::Local(_), _) => false,
                other => self.keeps(other, &[]),
            })
        })
    }
}

/// What is known of a round of a loop.
struct Round {
    allocates: bool,
    /// Whether it may change relations.
    changes: bool,
    /// Whether it calls functions that change state.
    calls: bool,
    keeps: bool,
}

/// Whether values of a type may be references; of a parameter, nobody knows.
fn is_plain_unknown(of: &Type) -> bool {
    is_reference(of) || matches!(of, Type::Unknown | Type::Variable(_) | Type::Parameter(_))
}

const fn changes(statement: &StatementKind) -> bool {
    matches!(
        statement,
        StatementKind::Insert { .. } | StatementKind::Delete(..) | StatementKind::Update(..)
    )
}

/// The variable that a pattern is, if it is one.
const fn named(pattern: &Pattern) -> Option<LocalId> {
    if let PatternKind::Bind(id) = pattern.kind { Some(id) } else { None }
}

/// All statements of a block, those of blocks within included.
pub(super) fn of_block<'p>(block: &'p Block, found: &mut Vec<&'p Statement>) {
    for statement in &block.statements {
        nested(statement, found);
        walk_statement(statement, &mut |one| of_one(one, found));
    }
    block.value.iter().for_each(|value| of_expression(value, found));
}

/// A statement and those in its blocks.
fn nested<'p>(statement: &'p Statement, found: &mut Vec<&'p Statement>) {
    let mut waiting = vec![statement];
    while let Some(next) = waiting.pop() {
        found.push(next);
        match &next.kind {
            StatementKind::Block(body)
            | StatementKind::Alternative(body)
            | StatementKind::While(_, body)
            | StatementKind::For(_, _, body)
            | StatementKind::From(_, body, _) => waiting.extend(&body.statements),
            StatementKind::Try(body, _, otherwise) => {
                waiting.extend(body.statements.iter().chain(&otherwise.statements));
            }
            _ => {}
        }
    }
}

pub(super) fn of_expression<'p>(of: &'p Expression, found: &mut Vec<&'p Statement>) {
    walk(of, &mut |one| of_one(one, found));
}

/// Statements in the blocks that an expression is.
fn of_one<'p>(one: &'p Expression, found: &mut Vec<&'p Statement>) {
    let mut add = |block: &'p Block| block.statements.iter().for_each(|one| nested(one, found));
    match &one.kind {
        ExpressionKind::Block(block) | ExpressionKind::Search(_, block) => add(block),
        ExpressionKind::Try(body, _, otherwise) => {
            add(body);
            add(otherwise);
        }
        _ => {}
    }
}
