//! Trees are built from left to right, as a parser comes to tokens and to the ends of nodes.

use crate::kind::Kind;
use crate::tree::{Child, NodeData, TokenData, Tree};

/// Builds a tree from left to right. Nodes are finished before the nodes around them.
#[derive(Debug)]
pub struct Builder<K> {
    tokens: Vec<TokenData<K>>,
    nodes: Vec<NodeData<K>>,
    children: Vec<Child>,
    /// Finished things that are not in a finished node yet.
    pending: Vec<Child>,
    /// Nodes that have begun: their kinds, and where their children begin in `pending`.
    open: Vec<(K, usize)>,
    at: usize,
}

/// A place where a node can begin later.
#[derive(Clone, Copy, Debug)]
pub struct Checkpoint(usize);

impl<K> Default for Builder<K> {
    fn default() -> Self {
        Self {
            tokens: Vec::new(),
            nodes: Vec::new(),
            children: Vec::new(),
            pending: Vec::new(),
            open: Vec::new(),
            at: 0,
        }
    }
}

impl<K: Kind> Builder<K> {
    /// The next token of the text, of so many bytes.
    pub fn token(&mut self, kind: K, length: usize) {
        self.pending.push(Child::Token(number(self.tokens.len())));
        self.tokens.push(TokenData { kind, start: number(self.at) });
        self.at += length;
    }

    /// Here a node can begin later.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.pending.len())
    }

    /// Begins a node there, which [`Self::finish`] ends.
    pub fn start_at(&mut self, checkpoint: Checkpoint, kind: K) {
        self.open.push((kind, checkpoint.0));
    }

    /// Ends the node that was begun last.
    pub fn finish(&mut self) {
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
    #[must_use]
    pub fn last_kind(&self) -> Option<K> {
        match self.pending.last()? {
            Child::Token(token) => Some(self.tokens[*token as usize].kind),
            Child::Node(node) => Some(self.nodes[*node as usize].kind),
        }
    }

    /// The tree, whose root is what was finished last.
    #[must_use]
    pub fn into_tree(self, text: String) -> Tree<K> {
        Tree { text, tokens: self.tokens, nodes: self.nodes, children: self.children }
    }
}

/// Texts are shorter than 4 GiB, and there is no token without a byte of text.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
