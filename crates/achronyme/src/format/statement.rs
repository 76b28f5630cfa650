//! Constructs with blocks.

use syntax_tree::{Style, Writing as _, has_newlines};

use super::writer::Writer;
use crate::syntax::{Element, Node, SyntaxKind, Token};

impl<'t> Writer<'t> {
    /// A construct with blocks, which are all on one line or all on several.
    pub(super) fn unit(&mut self, node: Node<'t>) {
        let is_forced = node.children().any(is_written_over_lines);
        self.group(Style::Whole, is_forced, |w| {
            let mut inner: Vec<Element<'t>> =
                node.elements().filter(|element| !element.kind().is_trivia()).collect();
            inner.reverse();
            let mut is_first = true;
            while let Some(element) = inner.pop() {
                let kind = element.kind();
                if !is_first && kind != SyntaxKind::RoundClose {
                    w.text(" ");
                }
                is_first = false;
                match element {
                    Element::Node(block) if kind == SyntaxKind::Block => w.block(block),
                    Element::Node(other) => w.node(other),
                    Element::Token(open) if kind == SyntaxKind::RoundOpen => {
                        w.round(open, &mut inner);
                    }
                    Element::Token(token) => w.token(token),
                }
            }
        });
    }

    /// From a parenthesis up to the one that closes it.
    fn round(&mut self, open: Token<'t>, rest: &mut Vec<Element<'t>>) {
        let mut inside = Vec::new();
        while let Some(next) = rest.pop() {
            match next {
                Element::Token(close) if close.kind() == SyntaxKind::RoundClose => {
                    if let [Element::Node(only)] = inside.as_slice() {
                        return self.parenthesised(open, *only, close);
                    }
                    self.token(open);
                    for (index, element) in inside.iter().enumerate() {
                        if index > 0 {
                            self.text(" ");
                        }
                        match element {
                            Element::Node(node) => self.node(*node),
                            Element::Token(token) => self.token(*token),
                        }
                    }
                    return self.token(close);
                }
                other => inside.push(other),
            }
        }
    }
}

fn is_written_over_lines(block: Node<'_>) -> bool {
    block.kind() == SyntaxKind::Block && has_newlines(block)
}
