//! Operators, chains, queries.

use syntax_tree::{Command, Style, Writing as _, bracket, first_token, has_comments, has_newlines};

use super::writer::Writer;
use crate::syntax::{Element, Node, SyntaxKind, is_unit};

impl<'t> Writer<'t> {
    pub(super) fn paren(&mut self, node: Node<'t>) {
        let parts = (bracket(node, true), node.children().next(), bracket(node, false));
        match parts {
            (Some(open), Some(inner), Some(close)) if !has_comments(node) => {
                self.parenthesised(open, inner, close);
            }
            _ => self.row(node, |_| false),
        }
    }

    /// Operands with operators between them: on one line, or each on its own.
    pub(super) fn binary(&mut self, node: Node<'t>) {
        if node.token(SyntaxKind::DotDot).is_some() {
            return self.row(node, |_| false);
        }
        let has_comments = has_comments(node);
        self.group(Style::Hug, has_comments, |w| {
            let mut elements = node.elements().filter(|element| !element.kind().is_trivia());
            if let Some(Element::Node(first)) = elements.next() {
                w.node(first);
            }
            w.indented(|w| {
                let mut is_leading = false;
                for element in elements {
                    match element {
                        Element::Token(operator) => {
                            is_leading = leads(operator.kind());
                            if is_leading {
                                w.pass(operator);
                                w.push(Command::Line { is_blank: false });
                            } else {
                                w.text(" ");
                            }
                            w.token(operator);
                        }
                        Element::Node(operand) if is_leading => {
                            w.text(" ");
                            w.node(operand);
                        }
                        Element::Node(operand) if has_comments => {
                            w.new_line(first_token(operand), false);
                            w.node(operand);
                        }
                        Element::Node(operand) => {
                            w.push(Command::Line { is_blank: false });
                            w.node(operand);
                        }
                    }
                }
            });
        });
    }

    pub(super) fn unary(&mut self, node: Node<'t>) {
        for element in node.elements().filter(|element| !element.kind().is_trivia()) {
            match element {
                Element::Token(word) if word.kind() == SyntaxKind::NotWord => {
                    self.token_and_blank(word);
                }
                other => self.element(other),
            }
        }
    }

    /// Calls, subscripts and fields: on one line, or the fields on lines of their own.
    pub(super) fn chain(&mut self, node: Node<'t>) {
        let first = node.children().next();
        let is_number = first
            .and_then(first_token)
            .is_some_and(|token| matches!(token.kind(), SyntaxKind::Int | SyntaxKind::Float));
        let calls = node.children().filter(|suffix| suffix.kind() == SyntaxKind::Arguments).count();
        let fields = node.children().filter(|suffix| suffix.kind() == SyntaxKind::Field).count();
        // A single call is laid out by its arguments.
        let has_links = has_newlines(node) || calls > 1 && fields > 1;
        self.group(Style::Hug, has_newlines(node), |w| {
            let mut elements = node.elements().filter(|element| !element.kind().is_trivia());
            if let Some(base) = elements.next() {
                w.element(base);
            }
            w.indented_if(has_links, |w| {
                for (index, suffix) in elements.enumerate() {
                    let field = suffix.node().filter(|field| field.kind() == SyntaxKind::Field);
                    if let Some(field) = field {
                        let is_time = field.tokens().any(|token| is_unit(token.text()));
                        // `5.minutes` is a literal.
                        if is_number && is_time && index == 0 {
                            w.text(" ");
                        }
                        if let Some(dot) = first_token(field) {
                            w.pass(dot);
                        }
                        if has_links {
                            w.push(Command::SoftLine);
                        }
                    }
                    w.element(suffix);
                }
            });
        });
    }

    fn indented_if(&mut self, is_indented: bool, inside: impl FnOnce(&mut Self)) {
        if is_indented { self.indented(inside) } else { inside(self) }
    }

    /// Sources, and the clauses on the same line or each on its own.
    pub(super) fn query(&mut self, node: Node<'t>) {
        self.group(Style::Hug, has_newlines(node), |w| {
            let mut elements = node.elements().filter(|element| !element.kind().is_trivia());
            if let Some(source) = elements.next() {
                w.element(source);
            }
            w.indented(|w| {
                for element in elements {
                    match element {
                        Element::Token(comma) => w.token(comma),
                        Element::Node(clause) => {
                            if let Some(first) = first_token(clause) {
                                w.pass(first);
                            }
                            if is_line(clause) {
                                w.push(Command::Line { is_blank: false });
                            } else {
                                w.text(" ");
                            }
                            w.node(clause);
                        }
                    }
                }
            });
        });
    }

    /// The cases of a union: on one line, or each on its own behind its `|`.
    pub(super) fn type_definition(&mut self, node: Node<'t>) {
        if node.child(SyntaxKind::Variant).is_none() {
            return self.elements(node, false);
        }
        self.group(Style::Hug, has_newlines(node), |w| {
            let mut elements = node.elements().filter(|element| !element.kind().is_trivia());
            let mut is_first = true;
            for element in elements.by_ref() {
                if !is_first && element.kind() != SyntaxKind::Generics {
                    w.text(" ");
                }
                is_first = false;
                w.element(element);
                if element.kind() == SyntaxKind::Equal {
                    break;
                }
            }
            w.text(" ");
            w.indented(|w| {
                let mut count = 0;
                for element in elements {
                    match element {
                        // What stands before the first case says nothing.
                        Element::Token(_) if count == 0 => {}
                        Element::Token(pipe) => {
                            w.pass(pipe);
                            w.push(Command::Line { is_blank: false });
                            w.token_and_blank(pipe);
                        }
                        Element::Node(case) => {
                            w.node(case);
                            count += 1;
                        }
                    }
                }
            });
        });
    }
}

/// Whether a line may begin with an operator that goes on with the one before it.
fn leads(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::PipeTo
            | SyntaxKind::Coalesce
            | SyntaxKind::PlusPlus
            | SyntaxKind::AndWord
            | SyntaxKind::OrWord
    )
}

/// Whether a part of a query may begin a line.
fn is_line(clause: Node<'_>) -> bool {
    let is_plain = |count: Node<'_>| {
        let kind = first_token(count).map(syntax_tree::Token::kind);
        !matches!(count.kind(), SyntaxKind::Quantified | SyntaxKind::Lambda)
            && matches!(kind, Some(SyntaxKind::Int | SyntaxKind::Name))
    };
    clause.kind() != SyntaxKind::Limit || clause.children().next().is_some_and(is_plain)
}
