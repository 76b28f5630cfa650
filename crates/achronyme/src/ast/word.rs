//! The words that nodes have.

use crate::syntax::{Node, SyntaxKind, Token};

/// The first name, or the first keyword where one can stand for a name.
pub(super) fn word(node: Node<'_>) -> Option<Token<'_>> {
    node.tokens().find(|token| token.kind().is_word())
}

/// The first name.
pub(super) fn name(node: Node<'_>) -> Option<Token<'_>> {
    node.token(SyntaxKind::Name)
}
