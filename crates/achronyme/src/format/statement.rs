//! Statements, blocks, types and patterns.

use super::command::{Command, Style};
use super::list::bracket;
use super::writer::{Writer, first_token, has_comments, has_newlines};
use crate::syntax::{Element, Node, SyntaxKind, Token};

impl<'t> Writer<'t> {
    /// The statements that stand directly in a node, a line each; `close` is what comes after them.
    pub(super) fn statements(&mut self, node: Node<'t>, close: Option<Token<'t>>) {
        let mut is_start = true;
        for statement in node.children() {
            self.new_line(first_token(statement), is_start);
            self.node(statement);
            is_start = false;
        }
        match close {
            Some(close) => self.comments_before(close, is_start),
            None => self.new_line(None, is_start),
        }
    }

    /// Comments at the end of a block or list, on lines of their own.
    pub(super) fn comments_before(&mut self, close: Token<'t>, is_start: bool) {
        let before = self.commands_count();
        self.new_line(Some(close), is_start);
        // The line of the bracket itself is not indented, and comes later.
        self.drop_last_line(before);
    }

    /// `{ … }` in the innermost group: on one line if that is not broken.
    pub(super) fn block(&mut self, block: Node<'t>) {
        let (Some(open), Some(close)) = (bracket(block, true), bracket(block, false)) else {
            return;
        };
        self.token(open);
        let count = block.children().count();
        if count == 0 && !has_comments(block) {
            self.token(close);
            return;
        }
        if is_flat(block) {
            self.indented(|w| {
                w.push(Command::Line { is_blank: false });
                block.children().for_each(|statement| w.node(statement));
            });
            w_line(self);
        } else {
            self.indented(|w| w.statements(block, Some(close)));
            self.push(Command::HardLine { is_blank: false });
        }
        self.token(close);
    }

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

    /// Tokens and nodes one after the other, with a blank before those that `is_spaced` says.
    pub(super) fn row(&mut self, node: Node<'t>, is_spaced: impl Fn(SyntaxKind) -> bool) {
        let mut is_first = true;
        for element in node.elements().filter(|element| !element.kind().is_trivia()) {
            if !is_first && is_spaced(element.kind()) {
                self.text(" ");
            }
            is_first = false;
            match element {
                Element::Node(inner) => self.node(inner),
                Element::Token(token) => self.token(token),
            }
        }
    }
}

fn w_line(writer: &mut Writer<'_>) {
    writer.push(Command::Line { is_blank: false });
}

/// Whether a block can be on one line: it is one statement.
fn is_flat(block: Node<'_>) -> bool {
    !has_comments(block) && block.children().count() == 1
}

fn is_written_over_lines(block: Node<'_>) -> bool {
    block.kind() == SyntaxKind::Block && has_newlines(block)
}
