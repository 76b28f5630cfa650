//! From the tree of a text to a program's form.

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
    let mut lowerer = Lowerer { source, notes: Vec::new(), depth: 0 };
    let Some(root) = ast::Root::cast(tree.root()) else {
        return (form::Program::default(), Vec::new());
    };
    let items = root.statements().map(|one| lowerer.item(one)).collect();
    (form::Program { items }, lowerer.notes)
}

struct Lowerer {
    source: SourceId,
    notes: Vec<Diagnostic>,
    depth: usize,
}

impl Lowerer {
    fn span(&self, node: Node<'_>) -> Span {
        node.span(self.source)
    }

    /// A name; an empty one if it is missing, at the end of `within`.
    fn name(&self, token: Option<Token<'_>>, within: Node<'_>) -> form::Name {
        match token {
            Some(token) => {
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
