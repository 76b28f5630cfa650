//! The tree of a text: nodes over tokens, which together are the text, to the byte.
//!
//! All nodes lie in one vector and know each other by number, so a tree is let go of without
//! recursion, however deep it is, and can be sent to another thread.

use super::kind::SyntaxKind;
use super::token::{Node, Token};

/// A token or a node, by number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Child {
    Token(u32),
    Node(u32),
}

#[derive(Clone, Debug)]
pub(super) struct TokenData {
    pub(super) kind: SyntaxKind,
    pub(super) start: u32,
}

#[derive(Clone, Debug)]
pub(super) struct NodeData {
    pub(super) kind: SyntaxKind,
    /// The node around it; of the root, itself.
    pub(super) parent: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Its part of `children`.
    pub(super) first: u32,
    pub(super) last: u32,
}

/// A text as a tree.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) text: String,
    pub(super) tokens: Vec<TokenData>,
    pub(super) nodes: Vec<NodeData>,
    pub(super) children: Vec<Child>,
}

impl Tree {
    /// The node that holds all others.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { tree: self, id: self.nodes.len() - 1 }
    }

    /// The text it was made of.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every token, blanks and comments included, in the order of the text.
    pub fn tokens(&self) -> impl DoubleEndedIterator<Item = Token<'_>> {
        (0..self.tokens.len()).map(|index| Token { tree: self, index })
    }

    /// The token that covers a byte; of two at the place between them, the later one.
    #[must_use]
    pub fn token_at(&self, offset: u32) -> Option<Token<'_>> {
        let after = self.tokens.partition_point(|token| token.start <= offset);
        let index = after.checked_sub(1)?;
        Some(Token { tree: self, index })
    }
}

/// Builds a tree from left to right. Nodes are finished before the nodes around them.
#[derive(Debug)]
pub(super) struct Builder {
    tokens: Vec<TokenData>,
    nodes: Vec<NodeData>,
    children: Vec<Child>,
    /// Finished things that are not in a finished node yet.
    pending: Vec<Child>,
    /// Nodes that have begun: their kinds, and where their children begin in `pending`.
    open: Vec<(SyntaxKind, usize)>,
    at: usize,
}

/// A place where a node can begin later.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checkpoint(usize);

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            tokens: Vec::new(),
            nodes: Vec::new(),
            children: Vec::new(),
            pending: Vec::new(),
            open: Vec::new(),
            at: 0,
        }
    }

    pub(super) fn token(&mut self, kind: SyntaxKind, length: usize) {
        self.pending.push(Child::Token(number(self.tokens.len())));
        self.tokens.push(TokenData { kind, start: number(self.at) });
        self.at += length;
    }

    pub(super) fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.pending.len())
    }

    pub(super) fn start_at(&mut self, checkpoint: Checkpoint, kind: SyntaxKind) {
        self.open.push((kind, checkpoint.0));
    }

    pub(super) fn finish(&mut self) {
        let Some((kind, begin)) = self.open.pop() else { return };
        let id = number(self.nodes.len());
        let first = number(self.children.len());
        let start = match self.pending.get(begin) {
            Some(Child::Token(token)) => self.tokens[*token as usize].start,
            Some(Child::Node(node)) => self.nodes[*node as usize].start,
            None => number(self.at),
        };
        for child in self.pending.drain(begin..) {
            if let Child::Node(node) = child {
                self.nodes[node as usize].parent = id;
            }
            self.children.push(child);
        }
        let (end, last) = (number(self.at), number(self.children.len()));
        self.nodes.push(NodeData { kind, parent: id, start, end, first, last });
        self.pending.push(Child::Node(id));
    }

    /// The kind of what was finished last.
    pub(super) fn last_kind(&self) -> Option<SyntaxKind> {
        match self.pending.last()? {
            Child::Token(token) => Some(self.tokens[*token as usize].kind),
            Child::Node(node) => Some(self.nodes[*node as usize].kind),
        }
    }

    /// The tree, whose root is what was finished last.
    pub(super) fn into_tree(self, text: String) -> Tree {
        Tree { text, tokens: self.tokens, nodes: self.nodes, children: self.children }
    }
}

/// Texts are shorter than 4 GiB, and there is no token without a byte of text.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
