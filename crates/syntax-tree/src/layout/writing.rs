//! What is laid out in the same way in every language: groups, lists, blocks, rows.

use std::ops::DerefMut;

use super::command::{Command, Style};
use super::pen::{Pen, bracket, first_token, has_comments, has_newlines};
use crate::kind::Kind;
use crate::token::{Element, Node, Token};

/// A writer of commands that knows how each node of its language is laid out.
pub trait Writing<'t, K: Kind + 't>: DerefMut<Target = Pen<'t, K>> + Sized {
    /// A node of any kind.
    fn node(&mut self, node: Node<'t, K>);

    /// Whether the only thing of a list stands directly between its brackets, with no lines of its
    /// own, however long it is.
    fn is_hugged(&self, list: Node<'t, K>, only: Node<'t, K>) -> bool;

    /// A group of what `inside` writes.
    fn group(&mut self, style: Style, is_forced: bool, inside: impl FnOnce(&mut Self)) {
        self.push(Command::Open { style, is_forced });
        inside(self);
        self.push(Command::Close);
    }

    /// Lines in what `inside` writes are indented.
    fn indented(&mut self, inside: impl FnOnce(&mut Self)) {
        self.push(Command::Indent);
        inside(self);
        self.push(Command::Dedent);
    }

    /// The brackets that stand directly in a node, with its nodes between them.
    ///
    /// `is_spaced` puts blanks inside of the brackets if they are on one line.
    fn list(&mut self, node: Node<'t, K>, style: Style, is_spaced: bool) {
        let items: Vec<Node<'t, K>> = node.children().collect();
        self.bracketed(node, &items, style, is_spaced);
    }

    /// The brackets that stand directly in a node, with these things between them.
    fn bracketed(
        &mut self,
        node: Node<'t, K>,
        items: &[Node<'t, K>],
        style: Style,
        is_spaced: bool,
    ) {
        let (Some(open), Some(close)) = (bracket(node, true), bracket(node, false)) else { return };
        if has_comments(node) {
            return self.with_comments(open, items, close);
        }
        if items.is_empty() {
            self.token(open);
            self.token(close);
            return;
        }
        if let [only] = items
            && self.is_hugged(node, *only)
        {
            self.token(open);
            self.node(*only);
            self.token(close);
            return;
        }
        let edge = || if is_spaced { Command::Line { is_blank: false } } else { Command::SoftLine };
        self.group(style, has_newlines(node), |w| {
            w.token(open);
            w.indented(|w| {
                for (index, item) in items.iter().enumerate() {
                    if index == 0 {
                        w.push(edge());
                    } else {
                        w.text(",");
                        let is_blank = first_token(*item).is_some_and(|t| w.has_blank_before(t));
                        w.push(Command::Line { is_blank });
                    }
                    w.node(*item);
                }
            });
            w.push(edge());
            w.token(close);
        });
    }

    /// A thing a line, with the comments between them.
    fn with_comments(&mut self, open: Token<'t, K>, items: &[Node<'t, K>], close: Token<'t, K>) {
        self.group(Style::Whole, true, |w| {
            w.token(open);
            w.indented(|w| {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        w.text(",");
                    }
                    w.new_line(first_token(*item), index == 0);
                    w.node(*item);
                }
                w.comments_before(close, items.is_empty());
            });
            w.push(Command::HardLine { is_blank: false });
            w.token(close);
        });
    }

    /// `( … )` with one thing inside, on one line if it fits.
    fn parenthesised(&mut self, open: Token<'t, K>, inner: Node<'t, K>, close: Token<'t, K>) {
        self.group(Style::Hug, false, |w| {
            w.token(open);
            w.indented(|w| {
                w.push(Command::SoftLine);
                w.node(inner);
            });
            w.push(Command::SoftLine);
            w.token(close);
        });
    }

    /// The statements that stand directly in a node, a line each; `close` is what comes after them.
    fn statements(&mut self, node: Node<'t, K>, close: Option<Token<'t, K>>) {
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
    fn comments_before(&mut self, close: Token<'t, K>, is_start: bool) {
        let before = self.commands_count();
        self.new_line(Some(close), is_start);
        // The line of the bracket itself is not indented, and comes later.
        self.drop_last_line(before);
    }

    /// `{ … }` in the innermost group: on one line if that is not broken.
    fn block(&mut self, block: Node<'t, K>) {
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
            self.push(Command::Line { is_blank: false });
        } else {
            self.indented(|w| w.statements(block, Some(close)));
            self.push(Command::HardLine { is_blank: false });
        }
        self.token(close);
    }

    /// Tokens and nodes one after the other, with a blank before those that `is_spaced` says.
    fn row(&mut self, node: Node<'t, K>, is_spaced: impl Fn(K) -> bool) {
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

/// Whether a block can be on one line: it is one statement.
fn is_flat<K: Kind>(block: Node<'_, K>) -> bool {
    !has_comments(block) && block.children().count() == 1
}
