//! The words that nodes have.

use crate::syntax::{Node, SyntaxKind, Token};

/// The name with this number, from 0, of those that stand directly in a node. A word with which a
/// statement begins counts, unless it is a keyword.
pub(super) fn name(node: Node<'_>, number: usize) -> Option<Token<'_>> {
    node.tokens().filter(|token| token.kind() == SyntaxKind::Name).nth(number)
}

/// The first name or keyword.
pub(super) fn word(node: Node<'_>) -> Option<Token<'_>> {
    node.tokens().find(|token| token.kind().is_word())
}

/// The name directly behind the first token of a kind.
pub(super) fn name_behind(node: Node<'_>, kind: SyntaxKind) -> Option<Token<'_>> {
    let mut tokens = node.tokens().skip_while(|token| token.kind() != kind).skip(1);
    tokens.next().filter(|token| token.kind() == SyntaxKind::Name)
}

/// Whether this word stands directly in a node.
pub(super) fn has_word(node: Node<'_>, word: &str) -> bool {
    node.tokens().any(|token| token.kind() == SyntaxKind::Name && token.text() == word)
}

/// The names of `<A, B>`.
pub(super) fn generics<'t>(node: Node<'t>) -> impl Iterator<Item = Token<'t>> {
    let generics = node.child(SyntaxKind::Generics).into_iter();
    generics.flat_map(Node::tokens).filter(|token| token.kind() == SyntaxKind::Name)
}
