//! Things between brackets, with commas. None is put behind the last one, which the original does not
//! read.

use super::command::{Command, Style};
use super::writer::{Writer, first_token, has_comments, has_newlines};
use crate::syntax::{Node, SyntaxKind, Token};

impl<'t> Writer<'t> {
    /// The brackets that stand directly in a node, with its nodes between them.
    ///
    /// `is_spaced` puts blanks inside of the brackets if they are on one line.
    pub(super) fn list(&mut self, node: Node<'t>, style: Style, is_spaced: bool) {
        let items: Vec<Node<'t>> = node.children().collect();
        self.bracketed(node, &items, style, is_spaced);
    }

    fn bracketed(&mut self, node: Node<'t>, items: &[Node<'t>], style: Style, is_spaced: bool) {
        let (Some(open), Some(close)) = (bracket(node, true), bracket(node, false)) else { return };
        if has_comments(node) {
            return self.with_comments(open, items, close);
        }
        if items.is_empty() {
            self.token(open);
            self.token(close);
            return;
        }
        if let ([only], SyntaxKind::Arguments) = (items, node.kind())
            && is_bracketed(only.kind())
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
    fn with_comments(&mut self, open: Token<'t>, items: &[Node<'t>], close: Token<'t>) {
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
    pub(super) fn parenthesised(&mut self, open: Token<'t>, inner: Node<'t>, close: Token<'t>) {
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
}

/// The first bracket that opens, or the last that closes, directly in a node.
pub(super) fn bracket(node: Node<'_>, is_open: bool) -> Option<Token<'_>> {
    if is_open {
        node.tokens().find(|token| token.kind().is_open())
    } else {
        node.tokens().rfind(|token| token.kind().is_close())
    }
}

/// Whether something needs no further lines around it as the only argument.
fn is_bracketed(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::Array | SyntaxKind::Record | SyntaxKind::Lambda | SyntaxKind::Do)
}
