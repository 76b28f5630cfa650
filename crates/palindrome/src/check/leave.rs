//! `break` and `continue`: where they stand, and what they would leave behind.

use std::collections::BTreeMap;

use source::{Diagnostic, Span};

use super::Checker;
use crate::codes::{MISPLACED, NOT_DISPOSED, UNREACHABLE};
use crate::hir::{
    Block, Expression, ExpressionKind, LocalId, Place, Statement, StatementKind, walk,
    walk_statement,
};

/// What ends a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoopKind {
    /// Its condition, or its list.
    Plain,
    /// That there are no more answers of a search.
    Answers,
    /// `until`
    Reversible,
}

/// A loop that has begun.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub(super) kind: LoopKind,
    /// What was disposed of before.
    pub(super) disposed: BTreeMap<Place, Span>,
    /// The first variable that is its own.
    pub(super) first: LocalId,
}

impl Loop {
    /// What was disposed of since it began, and was there before.
    pub(super) fn gone(&self, disposed: &BTreeMap<Place, Span>) -> Vec<(Place, Span)> {
        let is_outside = |place: &Place| match place {
            Place::Local(id) => *id < self.first,
            Place::Global(_) => true,
        };
        let gone = disposed
            .iter()
            .filter(|(place, _)| !self.disposed.contains_key(place) && is_outside(place));
        gone.map(|(place, at)| (*place, *at)).collect()
    }
}

impl Checker<'_> {
    /// `break` or `continue`
    pub(super) fn leave_round(&mut self, word: &str, span: Span) -> Option<StatementKind> {
        let is_break = word == "break";
        let refused = |message: String, hint: &str| {
            Some(Diagnostic::error(MISPLACED, span, message).with_hint(hint))
        };
        let is_search = self.frame.answers.is_some();
        let diagnostic = match self.loop_around() {
            None => refused(
                format!("`{word}` stands in a loop"),
                "elsewhere, `if` says what is done; what a block gives is its last value",
            ),
            Some(Err(between)) => refused(
                format!("`{word}` cannot leave {between} that stands in the loop"),
                "give back what it found, and decide behind it",
            ),
            Some(Ok(Loop { kind: LoopKind::Reversible, .. })) => refused(
                format!(
                    "`{word}` leaves a loop that runs backwards, too: going back, nobody knows where"
                ),
                "let `until` say when it ends, and `if` what is done, or write `while`",
            ),
            Some(Ok(Loop { kind: LoopKind::Answers, .. })) if is_search && is_break => refused(
                "`break` leaves answers in a search whose alternatives are still open".to_owned(),
                "take fewer of them: `for x in s.limit(1)`, or `try x = first s then …`",
            ),
            Some(Ok(begun)) => {
                let gone = begun.gone(&self.frame.disposed);
                // What follows is not done.
                self.frame.disposed.retain(|place, _| gone.iter().all(|(other, _)| other != place));
                gone.first().map(|(place, at)| {
                    let name = self.place_name(*place);
                    let message =
                        format!("`{name}` is disposed of here, and `{word}` leaves the round");
                    Diagnostic::error(NOT_DISPOSED, *at, message)
                        .with_hint(format!("`recover {name} <- past` before `{word}`"))
                })
            }
        };
        match diagnostic {
            Some(diagnostic) => {
                self.note(diagnostic);
                None
            }
            None if is_break => Some(StatementKind::Break),
            None => Some(StatementKind::Continue),
        }
    }

    /// Warns of what stands behind `break` or `continue`.
    pub(super) fn never_done(&mut self, at: Span) {
        let message = "this is never done: the statement before it leaves the round";
        self.note(Diagnostic::warning(UNREACHABLE, at, message).with_hint("remove one of them"));
    }
}

/// Where a round of a loop in an expression is left early, if one is.
pub(super) fn left_in(of: &Expression) -> Option<Span> {
    let mut blocks = Vec::new();
    walk(of, &mut |one| blocks.extend(block_of(one)));
    while let Some(next) = blocks.pop() {
        if let Some(found) = next.statements.iter().find_map(leaves) {
            return Some(found);
        }
        for statement in &next.statements {
            blocks.extend(body_of(statement));
            walk_statement(statement, &mut |one| blocks.extend(block_of(one)));
        }
        next.value.iter().for_each(|one| walk(one, &mut |one| blocks.extend(block_of(one))));
    }
    None
}

/// The block that a statement has, if it is no expression.
const fn body_of(statement: &Statement) -> Option<&Block> {
    match &statement.kind {
        StatementKind::Block(body)
        | StatementKind::While(_, body)
        | StatementKind::For(_, _, body)
        | StatementKind::From(_, body, _)
        | StatementKind::Try(body, ..) => Some(body),
        _ => None,
    }
}

const fn block_of(one: &Expression) -> Option<&Block> {
    match &one.kind {
        ExpressionKind::Block(body) => Some(body),
        _ => None,
    }
}

fn leaves(one: &Statement) -> Option<Span> {
    matches!(one.kind, StatementKind::Break | StatementKind::Continue).then_some(one.span)
}
