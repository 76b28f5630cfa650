//! Assignments.

use std::rc::Rc;

use achronyme_library::BinaryOp;

use super::Lower;
use crate::ast::{self, View};
use crate::hir::{Assignment, Expression, ExpressionKind, Place, Suffix};
use crate::syntax::SyntaxKind;

impl Lower {
    pub(super) fn assignment(&mut self, assign: ast::Assign<'_>) -> ExpressionKind {
        let node = assign.node();
        let target = self.value_or_none(assign.target(), node);
        let place = place(target);
        let op = assign.operator().and_then(|token| {
            let op = match token.kind() {
                SyntaxKind::PlusEqual => BinaryOp::Add,
                SyntaxKind::MinusEqual => BinaryOp::Subtract,
                SyntaxKind::StarEqual => BinaryOp::Multiply,
                SyntaxKind::SlashEqual => BinaryOp::Divide,
                SyntaxKind::PercentEqual => BinaryOp::Remainder,
                SyntaxKind::CaretEqual => BinaryOp::Power,
                _ => return None,
            };
            Some((op, token.span(self.source)))
        });
        let name = match (&place.root.kind, place.path.last()) {
            (_, Some((Suffix::Field(field), _))) => Some(Rc::clone(&field.text)),
            (ExpressionKind::Name(name), None) => Some(Rc::clone(name)),
            _ => None,
        };
        let value = self.named_value(assign.value(), name.as_ref(), node);
        ExpressionKind::Assign(Box::new(Assignment { place, op, value }))
    }
}

/// A target, divided into where the way begins and the way.
fn place(target: Expression) -> Place {
    let span = target.span;
    let ExpressionKind::Chain { first, mut suffixes } = target.kind else {
        return Place { root: target, path: Vec::new() };
    };
    let is_call = |(suffix, _): &(Suffix, _)| matches!(suffix, Suffix::Call(_));
    let begin = suffixes.iter().rposition(is_call).map_or(0, |last| last + 1);
    let path = suffixes.split_off(begin);
    let root = match suffixes.last() {
        None => *first,
        Some((_, last)) => {
            let span = span.to(*last);
            Expression { kind: ExpressionKind::Chain { first, suffixes }, span }
        }
    };
    Place { root, path }
}
