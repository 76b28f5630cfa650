//! The tree of a text: nodes over tokens, which together are the text, to the byte.
//!
//! All nodes lie in one vector and know each other by number, so a tree is let go of without
//! recursion, however deep it is, and can be sent to another thread.

use crate::kind::Kind;
use crate::token::{Node, Token};

/// A token or a node, by number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Child {
    Token(u32),
    Node(u32),
}

#[derive(Clone, Debug)]
pub(crate) struct TokenData<K> {
    pub(crate) kind: K,
    pub(crate) start: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct NodeData<K> {
    pub(crate) kind: K,
    /// The node around it; of the root, itself.
    pub(crate) parent: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Its part of `children`.
    pub(crate) first: u32,
    pub(crate) last: u32,
}

/// A text as a tree.
#[derive(Clone, Debug)]
pub struct Tree<K> {
    pub(crate) text: String,
    pub(crate) tokens: Vec<TokenData<K>>,
    pub(crate) nodes: Vec<NodeData<K>>,
    pub(crate) children: Vec<Child>,
}

impl<K: Kind> Tree<K> {
    /// The node that holds all others.
    #[must_use]
    pub fn root(&self) -> Node<'_, K> {
        Node { tree: self, id: self.nodes.len() - 1 }
    }

    /// The text it was made of.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every token, blanks and comments included, in the order of the text.
    pub fn tokens(&self) -> impl DoubleEndedIterator<Item = Token<'_, K>> {
        (0..self.tokens.len()).map(|index| Token { tree: self, index })
    }

    /// The token that covers a byte; of two at the place between them, the later one.
    #[must_use]
    pub fn token_at(&self, offset: u32) -> Option<Token<'_, K>> {
        let after = self.tokens.partition_point(|token| token.start <= offset);
        let index = after.checked_sub(1)?;
        Some(Token { tree: self, index })
    }
}
