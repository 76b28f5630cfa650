//! Nodes and tokens of a tree as seen from outside.

use std::ops::Range;

use source::{SourceId, Span};

use crate::kind::Kind;
use crate::tree::{Child, NodeData, Tree};

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t, K> {
    pub(crate) tree: &'t Tree<K>,
    pub(crate) id: usize,
}

/// A token of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Token<'t, K> {
    pub(crate) tree: &'t Tree<K>,
    pub(crate) index: usize,
}

/// What a node is made of.
#[derive(Clone, Copy, Debug)]
pub enum Element<'t, K> {
    /// Another node.
    Node(Node<'t, K>),
    /// A token.
    Token(Token<'t, K>),
}

impl<'t, K: Kind> Node<'t, K> {
    fn data(self) -> &'t NodeData<K> {
        &self.tree.nodes[self.id]
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> K {
        self.data().kind
    }

    /// The bytes it covers.
    #[must_use]
    pub fn range(self) -> Range<u32> {
        self.data().start..self.data().end
    }

    /// The bytes it covers, in a text of a source map.
    #[must_use]
    pub fn span(self, source: SourceId) -> Span {
        Span { source, start: self.data().start, end: self.data().end }
    }

    /// Its text, blanks and comments inside of it included.
    #[must_use]
    pub fn text(self) -> &'t str {
        slice(self.tree, self.range())
    }

    /// The node around it.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let id = self.data().parent as usize;
        (id != self.id).then_some(Self { tree: self.tree, id })
    }

    /// What it is made of, blanks and comments included.
    pub fn elements(self) -> impl DoubleEndedIterator<Item = Element<'t, K>> + Clone {
        let data = self.data();
        let children = &self.tree.children[data.first as usize..data.last as usize];
        children.iter().map(move |child| match child {
            Child::Token(index) => {
                Element::Token(Token { tree: self.tree, index: *index as usize })
            }
            Child::Node(id) => Element::Node(Self { tree: self.tree, id: *id as usize }),
        })
    }

    /// The nodes in it.
    pub fn children(self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        self.elements().filter_map(Element::node)
    }

    /// The tokens directly in it, without blanks and comments.
    pub fn tokens(self) -> impl DoubleEndedIterator<Item = Token<'t, K>> + Clone {
        self.elements().filter_map(Element::token).filter(|token| !token.kind().is_trivia())
    }

    /// The first node in it that is of a kind.
    #[must_use]
    pub fn child(self, kind: K) -> Option<Self> {
        self.children().find(|child| child.kind() == kind)
    }

    /// The first token directly in it that is of a kind.
    #[must_use]
    pub fn token(self, kind: K) -> Option<Token<'t, K>> {
        self.elements().filter_map(Element::token).find(|token| token.kind() == kind)
    }

    /// The node and every node below it, each before those in it.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.children().rev());
            Some(next)
        })
    }
}

impl<'t, K: Kind> Token<'t, K> {
    /// What it is.
    #[must_use]
    pub fn kind(self) -> K {
        self.tree.tokens[self.index].kind
    }

    /// The bytes it covers.
    #[must_use]
    pub fn range(self) -> Range<u32> {
        let end = self.next().map_or(self.tree.root().range().end, Token::range_start);
        self.range_start()..end
    }

    fn range_start(self) -> u32 {
        self.tree.tokens[self.index].start
    }

    /// The bytes it covers, in a text of a source map.
    #[must_use]
    pub fn span(self, source: SourceId) -> Span {
        let Range { start, end } = self.range();
        Span { source, start, end }
    }

    /// Its text.
    #[must_use]
    pub fn text(self) -> &'t str {
        slice(self.tree, self.range())
    }

    /// The token after it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let index = self.index + 1;
        (index < self.tree.tokens.len()).then_some(Self { tree: self.tree, index })
    }

    /// The token before it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        Some(Self { tree: self.tree, index: self.index.checked_sub(1)? })
    }
}

impl<'t, K: Kind> Element<'t, K> {
    /// The node, if it is one.
    #[must_use]
    pub fn node(self) -> Option<Node<'t, K>> {
        if let Self::Node(node) = self { Some(node) } else { None }
    }

    /// The token, if it is one.
    #[must_use]
    pub fn token(self) -> Option<Token<'t, K>> {
        if let Self::Token(token) = self { Some(token) } else { None }
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> K {
        match self {
            Self::Node(node) => node.kind(),
            Self::Token(token) => token.kind(),
        }
    }
}

fn slice<K>(tree: &Tree<K>, range: Range<u32>) -> &str {
    tree.text.get(range.start as usize..range.end as usize).unwrap_or_default()
}
