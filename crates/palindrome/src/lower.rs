//! From the tree of a text to a program's form.

mod change;
mod definition;
mod expression;
mod pattern;
mod query;
mod statement;
mod types;

use std::rc::Rc;

use source::{Diagnostic, SourceId, Span};

use crate::ast::{self, View};
use crate::codes::TOO_DEEP;
use crate::form;
use crate::syntax::{Node, Token, Tree};

/// How many expressions and statements may lie inside of each other, where each operator of a row
/// of them counts.
const DEPTH_MAX: usize = 400;

/// The form of a tree whose text is `source` in a map of sources, and what is wrong with it.
pub(crate) fn lower(tree: &Tree, source: SourceId) -> (form::Program, Vec<Diagnostic>) {
    let mut lowerer = Lowerer {
        source,
        notes: Vec::new(),
        depth: 0,
        inner: Vec::new(),
        blocks: 0,
        names_conflict: false,
    };
    let Some(root) = ast::Root::cast(tree.root()) else {
        return (form::Program::default(), Vec::new());
    };
    let items = lowerer.items(root.statements());
    (form::Program { items, names_conflict: lowerer.names_conflict }, lowerer.notes)
}

struct Lowerer {
    source: SourceId,
    notes: Vec<Diagnostic>,
    depth: usize,
    /// Spaces of what is defined in blocks that were met, for the space around.
    inner: Vec<form::Item>,
    /// How many of those there are so far.
    blocks: usize,
    names_conflict: bool,
}

impl Lowerer {
    fn span(&self, node: Node<'_>) -> Span {
        node.span(self.source)
    }

    /// The items of a space. What is defined in blocks comes before the item that it is in.
    fn items<'t>(&mut self, of: impl Iterator<Item = ast::Statement<'t>>) -> Vec<form::Item> {
        let around = std::mem::take(&mut self.inner);
        let mut items = Vec::new();
        for one in of {
            let item = self.item(one);
            items.append(&mut self.inner);
            items.push(item);
        }
        self.inner = around;
        items
    }

    /// A name; an empty one if it is missing, at the end of `within`.
    fn name(&mut self, token: Option<Token<'_>>, within: Node<'_>) -> form::Name {
        match token {
            Some(token) => {
                self.names_conflict |= token.text() == "Conflict";
                form::Name { text: Rc::from(token.text()), span: token.span(self.source) }
            }
            None => {
                let span = self.span(within);
                form::Name { text: Rc::from(""), span: Span { start: span.end, ..span } }
            }
        }
    }

    /// Goes one deeper. False if that is too deep, which is said.
    fn enter(&mut self, node: Node<'_>) -> bool {
        self.depth += 1;
        if self.depth == DEPTH_MAX {
            let message = "too many things are inside of each other";
            let diagnostic = Diagnostic::error(TOO_DEEP, self.span(node), message)
                .with_hint("name parts of it with `let`");
            self.notes.push(diagnostic);
        }
        self.depth < DEPTH_MAX
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }
}
