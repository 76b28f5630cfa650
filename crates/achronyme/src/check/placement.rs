//! Where `break`, `continue`, `yield`, `return` and `rec` stand, and what is behind them.

use source::Diagnostic;

use super::Notes;
use crate::codes;
use crate::syntax::{Node, SyntaxKind};

/// What is around a place, as far as the innermost function goes.
#[derive(Clone, Copy)]
struct Around {
    is_loop: bool,
    is_generator: bool,
    /// Whether there is something that `return` leaves.
    is_function: bool,
    /// Whether there is a function that `rec` stands for.
    is_lambda: bool,
}

const NOTHING: Around =
    Around { is_loop: false, is_generator: false, is_function: false, is_lambda: false };

pub(super) fn check(root: Node<'_>, notes: &mut Notes) {
    let mut waiting = vec![(root, NOTHING)];
    while let Some((node, around)) = waiting.pop() {
        leaving(node, around, notes);
        if matches!(node.kind(), SyntaxKind::Block | SyntaxKind::Root) {
            dead(node, notes);
        }
        let inside = match node.kind() {
            SyntaxKind::Lambda => Around { is_function: true, is_lambda: true, ..NOTHING },
            SyntaxKind::Do if node.token(SyntaxKind::AsyncWord).is_some() => {
                Around { is_loop: false, is_generator: false, is_function: true, ..around }
            }
            SyntaxKind::Generate => {
                Around { is_loop: false, is_generator: true, is_function: true, ..around }
            }
            _ => around,
        };
        let is_loop = matches!(node.kind(), SyntaxKind::While | SyntaxKind::For);
        waiting.extend(node.children().map(|child| {
            let is_body = is_loop && child.kind() == SyntaxKind::Block;
            (child, Around { is_loop: inside.is_loop || is_body, ..inside })
        }));
    }
}

fn leaving(node: Node<'_>, around: Around, notes: &mut Notes) {
    // Of what stands in a wrong place anyway, that is enough.
    if node.parent().is_some_and(|parent| parent.kind() == SyntaxKind::Error) {
        return;
    }
    let at = notes.first(node);
    match node.kind() {
        SyntaxKind::Break | SyntaxKind::Continue if !around.is_loop => {
            let word = if node.kind() == SyntaxKind::Break { "break" } else { "continue" };
            let message = format!("'{word}' can only be used inside a loop (while or for)");
            let wrong = Diagnostic::error(codes::OUTSIDE_LOOP, at, message);
            notes.add(if around.is_function {
                wrong.with_hint("the function it stands in is no part of a loop around it")
            } else {
                wrong
            });
        }
        SyntaxKind::Yield if !around.is_generator => {
            let message = "yield can only be used inside a generator (generate { ... })";
            let wrong = Diagnostic::error(codes::OUTSIDE_GENERATOR, at, message);
            notes.add(if around.is_function {
                wrong.with_hint("the function it stands in is no part of a generator around it")
            } else {
                wrong
            });
        }
        SyntaxKind::Return if !around.is_function => {
            let message = "'return' can only be used inside a function";
            notes.error(at, codes::OUTSIDE_FUNCTION, message);
        }
        SyntaxKind::NameExpression
            if !around.is_lambda && node.token(SyntaxKind::RecWord).is_some() =>
        {
            notes.error(at, codes::OUTSIDE_FUNCTION, "'rec' can only be used inside functions");
        }
        _ => {}
    }
}

/// Statements after one that leaves.
fn dead(block: Node<'_>, notes: &mut Notes) {
    let mut statements = block.children();
    let leaves = |node: &Node<'_>| {
        matches!(
            node.kind(),
            SyntaxKind::Return | SyntaxKind::Throw | SyntaxKind::Break | SyntaxKind::Continue
        )
    };
    let Some(last) = statements.find(leaves) else { return };
    let Some(next) = statements.next().filter(|next| next.kind() != SyntaxKind::Error) else {
        return;
    };
    let at = notes.first(last);
    let warning = Diagnostic::warning(codes::DEAD, notes.span(next), "nothing gets here");
    notes.add(warning.with_note(at, "this leaves before"));
}
