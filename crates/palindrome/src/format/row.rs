//! Things one after the other, with blanks between most of them.

use syntax_tree::{Command, Style, Writing as _, first_token, has_newlines};

use super::writer::Writer;
use crate::syntax::{Element, Node, SyntaxKind};

impl<'t> Writer<'t> {
    /// A node whose blocks are all on one line, or all on several.
    pub(super) fn unit(&mut self, node: Node<'t>) {
        let is_block = |node: &Node<'_>| node.kind() == SyntaxKind::Block;
        if !node.children().any(|child| is_block(&child)) {
            return self.elements(node, false);
        }
        let is_forced = node.children().filter(is_block).any(has_newlines);
        self.group(Style::Whole, is_forced, |w| w.elements(node, false));
    }

    /// All that a node is made of. Its blocks belong to the innermost group; with `has_lines`, lines
    /// after commas do.
    pub(super) fn elements(&mut self, node: Node<'t>, has_lines: bool) {
        let mut last = None;
        for element in node.elements().filter(|element| !element.kind().is_trivia()) {
            let kind = element.kind();
            match last {
                Some(SyntaxKind::Comma) if has_lines => {
                    let first = element.token().or_else(|| element.node().and_then(first_token));
                    if let Some(first) = first {
                        self.pass(first);
                    }
                    self.push(Command::Line { is_blank: false });
                }
                Some(before) if !is_glued(node.kind(), before, kind) => self.text(" "),
                _ => {}
            }
            match element {
                Element::Node(block) if kind == SyntaxKind::Block && !has_lines => {
                    self.braces(block);
                }
                other => self.element(other),
            }
            last = Some(kind);
        }
    }

    /// `try x = e then s`, on one line unless it is written on several.
    pub(super) fn try_then(&mut self, node: Node<'t>) {
        let has_lines = has_newlines(node);
        let mut is_first = true;
        for element in node.elements().filter(|element| !element.kind().is_trivia()) {
            let then = element.token().filter(|token| token.text() == "then");
            match then {
                Some(then) if has_lines => self.new_line(Some(then), false),
                _ if is_first => {}
                _ => self.text(" "),
            }
            is_first = false;
            self.element(element);
        }
    }

    pub(super) fn element(&mut self, element: Element<'t>) {
        match element {
            Element::Node(node) => self.node(node),
            Element::Token(token) => self.token(token),
        }
    }
}

/// Whether no blank stands between two things of a node.
fn is_glued(node: SyntaxKind, before: SyntaxKind, after: SyntaxKind) -> bool {
    let is_tight = matches!(
        node,
        SyntaxKind::Field
            | SyntaxKind::Spread
            | SyntaxKind::RestPattern
            | SyntaxKind::NamePattern
            | SyntaxKind::VariantPattern
            | SyntaxKind::LiteralPattern
            | SyntaxKind::Inverse
            | SyntaxKind::NameType
            | SyntaxKind::OptionalType
    );
    // The brackets of types.
    let is_angle = matches!(node, SyntaxKind::Generics | SyntaxKind::TypeArguments)
        && before != SyntaxKind::Comma;
    let is_exists = node == SyntaxKind::Quantified && after == SyntaxKind::Paren;
    is_tight
        || is_angle
        || is_exists
        || matches!(
            after,
            SyntaxKind::Comma
                | SyntaxKind::Colon
                | SyntaxKind::Dot
                | SyntaxKind::Arguments
                | SyntaxKind::Parameters
                | SyntaxKind::Generics
                | SyntaxKind::Fields
        )
}
