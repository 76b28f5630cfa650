//! What code may change: relations, names and variables. It is asked where something is read little by
//! little, so in doubt everything may change.

use std::collections::BTreeSet;

use super::Codegen;
use super::region::{of_block, of_expression};
use super::state_reads::Reads;
use crate::hir::{
    Block, Callee, Expression, ExpressionKind, FunctionId, GlobalId, LocalId, Place, RelationId,
    Report, Statement, StatementKind, walk, walk_statement,
};
use crate::types::{Effect, Type, builtin};

/// What code may change.
#[derive(Debug, Default)]
pub(super) struct Writes {
    relations: BTreeSet<RelationId>,
    globals: BTreeSet<GlobalId>,
    locals: BTreeSet<LocalId>,
    is_all: bool,
    /// Functions that were met and not looked into.
    functions: Vec<FunctionId>,
}

impl Writes {
    /// Whether it may be anything.
    pub(super) const fn is_all(&self) -> bool {
        self.is_all
    }

    fn statement(&mut self, of: &StatementKind) {
        match of {
            StatementKind::Insert { into: id, .. }
            | StatementKind::Delete(id, _)
            | StatementKind::Update(id, ..)
            | StatementKind::Emit(id, _) => {
                self.relations.insert(*id);
            }
            StatementKind::Assign(Place::Local(id), _) => {
                self.locals.insert(*id);
            }
            StatementKind::Define(id, _) | StatementKind::Assign(Place::Global(id), _) => {
                self.globals.insert(*id);
            }
            StatementKind::Let(..)
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
            | StatementKind::Yield(_)
            | StatementKind::Report(
                Report::Plan(_) | Report::Why(_) | Report::WhyNot(_) | Report::CallStack,
            )
            | StatementKind::Expression(_) => {}
            StatementKind::Accept
            | StatementKind::Checkpoint(_)
            | StatementKind::Rewind(_)
            | StatementKind::Dispose(_)
            | StatementKind::Recover(_)
            | StatementKind::Switch(_)
            | StatementKind::Parallel(..)
            | StatementKind::Revert(..)
            | StatementKind::Report(Report::Watch(_))
            | StatementKind::Alternative(_)
            | StatementKind::Succeed(_) => self.is_all = true,
        }
    }

    fn expression(&mut self, of: &Expression) {
        match &of.kind {
            ExpressionKind::Call(Callee::Function(id, _) | Callee::Inverse(id, _), _)
            | ExpressionKind::Function(id, _) => self.functions.push(*id),
            ExpressionKind::Call(Callee::Builtin(id), _) => {
                let effect = builtin(*id).map(|row| row.effect);
                self.is_all |= effect.is_none_or(|effect| effect == Effect::Transform);
            }
            // What is in the text is looked at where it is; of others nobody knows what they do.
            ExpressionKind::Lambda(_)
            | ExpressionKind::Inverse(_)
            | ExpressionKind::Compose(..) => {}
            _ => self.is_all |= matches!(of.of, Type::Function(_)),
        }
    }

    fn statements(&mut self, all: &[&Statement]) {
        all.iter().for_each(|statement| self.statement(&statement.kind));
    }
}

impl Codegen<'_> {
    /// What a block may change, also by what it calls.
    pub(super) fn writes(&self, body: &Block) -> Writes {
        let mut writes = Writes::default();
        let mut statements = Vec::new();
        of_block(body, &mut statements);
        writes.statements(&statements);
        let mut look = |one: &Expression| writes.expression(one);
        body.statements.iter().for_each(|statement| walk_statement(statement, &mut look));
        body.value.iter().for_each(|value| walk(value, &mut look));
        let mut known = BTreeSet::new();
        while let Some(id) = writes.functions.pop() {
            let function = self.program.functions.get(id.index());
            let Some(function) = function.filter(|it| it.effect == Effect::Transform) else {
                continue;
            };
            if !known.insert(id) {
                continue;
            }
            // To undo a call changes what it changed, and more that came to stand since.
            writes.is_all |= function.inverse.is_some();
            let mut statements = Vec::new();
            of_expression(&function.body, &mut statements);
            writes.statements(&statements);
            walk(&function.body, &mut |one| writes.expression(one));
        }
        let handles = self.program.contracts.iter().any(|one| one.on_violation.is_some());
        writes.is_all |= handles && !writes.relations.is_empty();
        writes
    }

    /// Whether one of the expressions may give something else after what is written.
    pub(super) fn is_disturbed<'e>(
        &self,
        reading: impl Iterator<Item = &'e Expression>,
        writes: &Writes,
    ) -> bool {
        let changes_state = !writes.relations.is_empty() || !writes.globals.is_empty();
        let homes: BTreeSet<RelationId> =
            writes.relations.iter().map(|id| self.home_of(*id)).collect();
        let mut is_disturbed = writes.is_all;
        for of in reading {
            let Reads { relations, globals, predicate, is_elsewhere } = self.reads(of);
            is_disturbed |= relations.iter().any(|id| homes.contains(&self.home_of(*id)))
                || !globals.is_disjoint(&writes.globals);
            let holds_code = globals.iter().any(|id| self.holds_code(*id));
            let (mut calls_value, mut names) = (holds_code, false);
            walk(of, &mut |one| {
                if let ExpressionKind::Local(id) = &one.kind {
                    names |= writes.locals.contains(id);
                }
                let is_function = matches!(one.of, Type::Function(_));
                calls_value |= is_function && !matches!(one.kind, ExpressionKind::Function(..));
            });
            is_disturbed |= names
                || changes_state && (predicate.is_some() || is_elsewhere || calls_value)
                || calls_value && !writes.locals.is_empty();
        }
        is_disturbed
    }
}
