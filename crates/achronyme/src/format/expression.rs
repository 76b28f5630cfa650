//! Every kind of node as commands.

use syntax_tree::{Command, Style, Writing as _, bracket, first_token, has_comments};

use super::writer::Writer;
use crate::syntax::{Element, Node, SyntaxKind};

impl<'t> Writer<'t> {
    /// A node of any kind.
    pub(super) fn any(&mut self, node: Node<'t>) {
        match node.kind() {
            SyntaxKind::Interpolated => self.as_it_is(node),
            SyntaxKind::If | SyntaxKind::While | SyntaxKind::For | SyntaxKind::Try => {
                self.unit(node);
            }
            SyntaxKind::Do | SyntaxKind::Generate | SyntaxKind::Guard => self.unit(node),
            SyntaxKind::Binary => self.binary(node),
            SyntaxKind::Unary => self.unary(node),
            SyntaxKind::Edge => self.edge(node),
            SyntaxKind::Slice => self.slice(node),
            SyntaxKind::Paren | SyntaxKind::ParenType => self.paren(node),
            SyntaxKind::MatchArms | SyntaxKind::ImportList => self.list(node, Style::Whole, true),
            SyntaxKind::Array
            | SyntaxKind::Record
            | SyntaxKind::RecordType
            | SyntaxKind::RecordPattern => self.list(node, Style::Whole, false),
            SyntaxKind::Arguments
            | SyntaxKind::Index
            | SyntaxKind::VectorPattern
            | SyntaxKind::TypeList
            | SyntaxKind::Shape => self.list_or_row(node),
            SyntaxKind::Parameters if bracket(node, true).is_some() => {
                self.list(node, Style::Hug, false);
            }
            SyntaxKind::TensorType => self.row(node, |kind| kind == SyntaxKind::Shape),
            SyntaxKind::Conditional
            | SyntaxKind::Piecewise
            | SyntaxKind::Chain
            | SyntaxKind::Field
            | SyntaxKind::Spread
            | SyntaxKind::RestPattern
            | SyntaxKind::LiteralPattern
            | SyntaxKind::OptionalType => self.row(node, |_| false),
            SyntaxKind::Parameter
            | SyntaxKind::Lambda
            | SyntaxKind::Let
            | SyntaxKind::FieldType
            | SyntaxKind::FieldPattern
            | SyntaxKind::FunctionType
            | SyntaxKind::RecordField => {
                self.row(node, |kind| !matches!(kind, SyntaxKind::Colon | SyntaxKind::Question));
            }
            _ => self.row(node, |_| true),
        }
    }

    /// A shape has no nodes in it, only tokens.
    fn list_or_row(&mut self, node: Node<'t>) {
        if node.kind() != SyntaxKind::Shape {
            return self.list(node, Style::Hug, false);
        }
        let sizes = || node.tokens().filter(|token| token.kind() != SyntaxKind::Comma);
        let last = sizes().count();
        for (index, token) in sizes().enumerate() {
            if index > 1 && index + 1 < last {
                self.text(", ");
            }
            self.token(token);
        }
    }

    /// Operands with operators between them: on one line, or each on its own.
    fn binary(&mut self, node: Node<'t>) {
        let is_range = |kind| matches!(kind, SyntaxKind::DotDot | SyntaxKind::DotDotEqual);
        if node.tokens().any(|token| is_range(token.kind())) {
            return self.range(node);
        }
        let has_comments = has_comments(node);
        self.group(Style::Hug, has_comments, |w| {
            let mut elements = node.elements().filter(|element| !element.kind().is_trivia());
            if let Some(Element::Node(first)) = elements.next() {
                w.node(first);
            }
            w.indented(|w| {
                for element in elements {
                    match element {
                        Element::Token(operator) => {
                            w.text(" ");
                            w.token(operator);
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

    /// `a..b`, without blanks, unless dots would touch.
    fn range(&mut self, node: Node<'t>) {
        let mut is_after_dots = false;
        for element in node.elements().filter(|element| !element.kind().is_trivia()) {
            match element {
                Element::Token(dots) => {
                    self.token(dots);
                    is_after_dots = true;
                }
                Element::Node(operand) => {
                    let first = first_token(operand).map_or("", |token| token.text());
                    if is_after_dots && first.starts_with('.') {
                        self.text(" ");
                    }
                    self.node(operand);
                }
            }
        }
    }

    fn slice(&mut self, node: Node<'t>) {
        self.range(node);
    }

    fn unary(&mut self, node: Node<'t>) {
        for element in node.elements().filter(|element| !element.kind().is_trivia()) {
            match element {
                Element::Token(word) if word.kind() == SyntaxKind::AwaitWord => {
                    self.token_and_blank(word);
                }
                Element::Token(sign) => self.token(sign),
                Element::Node(operand) => self.node(operand),
            }
        }
    }

    fn edge(&mut self, node: Node<'t>) {
        self.row(node, |kind| kind != SyntaxKind::Colon);
    }

    fn paren(&mut self, node: Node<'t>) {
        if has_comments(node) {
            return self.row(node, |_| false);
        }
        let inner = node.children().next();
        if let (Some(open), Some(inner), Some(close)) =
            (bracket(node, true), inner, bracket(node, false))
        {
            self.parenthesised(open, inner, close);
        }
    }
}
