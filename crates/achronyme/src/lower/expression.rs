//! Expressions.

use std::rc::Rc;

use achronyme_library::{BinaryOp, UnaryOp};

use super::pattern::literal;
use super::{Lower, spelled};
use crate::ast::{self, View};
use crate::hir::{
    ArrayItem, Expression, ExpressionKind, IndexItem, Literal, Part, PrefixOp, RecordItem, Suffix,
};
use crate::syntax::{SyntaxKind, Token};

impl Lower {
    pub(super) fn expression(&mut self, found: ast::Expression<'_>) -> Expression {
        let node = found.node();
        let kind = match found {
            ast::Expression::Literal(value) => {
                ExpressionKind::Literal(value.value().map_or(Literal::Null, literal))
            }
            ast::Expression::Interpolated(string) => self.interpolated(string),
            ast::Expression::NameExpression(name) => {
                name.name().map_or(ExpressionKind::Literal(Literal::Null), |token| {
                    match token.kind() {
                        SyntaxKind::SelfWord => ExpressionKind::SelfValue,
                        SyntaxKind::RecWord => ExpressionKind::Rec,
                        _ => ExpressionKind::Name(Rc::from(spelled(token))),
                    }
                })
            }
            ast::Expression::Paren(paren) => return self.value_or_none(paren.inner(), node),
            ast::Expression::Array(array) => {
                ExpressionKind::Array(array.items().map(|item| self.array_item(item)).collect())
            }
            ast::Expression::Record(record) => {
                ExpressionKind::Record(record.items().map(|item| self.record_item(item)).collect())
            }
            ast::Expression::If(found) => self.if_(found),
            ast::Expression::Conditional(found) => self.conditional(found),
            ast::Expression::Piecewise(found) => self.piecewise(found),
            ast::Expression::While(found) => self.while_(found),
            ast::Expression::For(found) => self.for_(found),
            ast::Expression::Try(found) => self.try_(found),
            ast::Expression::Match(found) => self.match_(found),
            ast::Expression::Do(found) => self.do_(found),
            ast::Expression::Generate(found) => self.generate(found),
            ast::Expression::Lambda(found) => self.lambda(found, None),
            ast::Expression::Binary(found) => self.binary(found),
            ast::Expression::Unary(found) => self.unary(found),
            ast::Expression::Edge(found) => self.edge(found),
            ast::Expression::Chain(found) => self.chain(found),
        };
        Expression { kind, span: self.span(node) }
    }

    fn interpolated(&mut self, string: ast::Interpolated<'_>) -> ExpressionKind {
        let parts = string.parts().map(|part| match part {
            ast::Part::Text(text) => Part::Text(Rc::from(text)),
            ast::Part::Hole(value) => Part::Value(self.expression(value)),
        });
        ExpressionKind::Interpolated(parts.collect())
    }

    fn array_item(&mut self, item: ast::ArrayItem<'_>) -> ArrayItem {
        match item {
            ast::ArrayItem::Spread(spread) => {
                ArrayItem::Spread(self.value_or_none(spread.inner(), spread.node()))
            }
            ast::ArrayItem::Expression(value) => ArrayItem::Value(self.expression(value)),
        }
    }

    fn record_item(&mut self, item: ast::RecordItem<'_>) -> RecordItem {
        match item {
            ast::RecordItem::Spread(spread) => {
                RecordItem::Spread(self.value_or_none(spread.inner(), spread.node()))
            }
            ast::RecordItem::RecordField(field) => {
                let key = self.name_or_none(field.key(), field.node());
                let value = self.named_value(field.value(), Some(&key.text), field.node());
                RecordItem::Field { key, mutable: field.is_mut(), value }
            }
        }
    }

    fn binary(&mut self, found: ast::Binary<'_>) -> ExpressionKind {
        let node = found.node();
        let mut operands = found.operands();
        let level = found.operators().next().map(Token::kind);
        match level {
            Some(SyntaxKind::And) => {
                ExpressionKind::And(operands.map(|operand| self.expression(operand)).collect())
            }
            Some(SyntaxKind::Or) => {
                ExpressionKind::Or(operands.map(|operand| self.expression(operand)).collect())
            }
            Some(SyntaxKind::DotDot | SyntaxKind::DotDotEqual) => ExpressionKind::Range {
                start: self.boxed(operands.next(), node),
                end: self.boxed(operands.next(), node),
                inclusive: level == Some(SyntaxKind::DotDotEqual),
            },
            _ => {
                let first = self.boxed(operands.next(), node);
                let mut rest = Vec::new();
                for token in found.operators() {
                    let Some(op) = binary_op(token.kind()) else { continue };
                    let operand = self.value_or_none(operands.next(), node);
                    rest.push((op, token.span(self.source), operand));
                }
                ExpressionKind::Binary { first, rest }
            }
        }
    }

    fn unary(&mut self, found: ast::Unary<'_>) -> ExpressionKind {
        let operators = found.operators().filter_map(|token| {
            let op = match token.kind() {
                SyntaxKind::Minus => PrefixOp::Unary(UnaryOp::Negate),
                SyntaxKind::Bang => PrefixOp::Unary(UnaryOp::Not),
                SyntaxKind::AwaitWord => PrefixOp::Await,
                _ => return None,
            };
            Some((op, token.span(self.source)))
        });
        let operators = operators.collect();
        ExpressionKind::Prefix { operators, operand: self.boxed(found.operand(), found.node()) }
    }

    fn edge(&mut self, found: ast::Edge<'_>) -> ExpressionKind {
        let node = found.node();
        let mut ends = found.ends().map(|end| match end {
            ast::Expression::NameExpression(name) => name.name(),
            _ => None,
        });
        ExpressionKind::Edge {
            from: self.name_or_none(ends.next().flatten(), node),
            to: self.name_or_none(ends.next().flatten(), node),
            directed: found.is_directed(),
            properties: found.metadata().map(|value| Box::new(self.expression(value))),
        }
    }

    fn chain(&mut self, found: ast::Chain<'_>) -> ExpressionKind {
        let first = self.boxed(found.base(), found.node());
        let suffixes =
            found.suffixes().map(|suffix| (self.suffix(suffix), self.span(suffix.node())));
        ExpressionKind::Chain { first, suffixes: suffixes.collect() }
    }

    fn suffix(&mut self, suffix: ast::Suffix<'_>) -> Suffix {
        match suffix {
            ast::Suffix::Arguments(arguments) => {
                Suffix::Call(arguments.values().map(|value| self.expression(value)).collect())
            }
            ast::Suffix::Index(index) => {
                Suffix::Index(index.items().map(|item| self.index_item(item)).collect())
            }
            ast::Suffix::Field(field) => {
                Suffix::Field(self.name_or_none(field.name(), field.node()))
            }
        }
    }

    fn index_item(&mut self, item: ast::IndexItem<'_>) -> IndexItem {
        match item {
            ast::IndexItem::Slice(slice) => {
                let start = slice.start().map(|value| self.expression(value));
                IndexItem::Slice(start, slice.end().map(|value| self.expression(value)))
            }
            ast::IndexItem::Expression(value) => IndexItem::At(self.expression(value)),
        }
    }
}

fn binary_op(kind: SyntaxKind) -> Option<BinaryOp> {
    Some(match kind {
        SyntaxKind::Plus => BinaryOp::Add,
        SyntaxKind::Minus => BinaryOp::Subtract,
        SyntaxKind::Star => BinaryOp::Multiply,
        SyntaxKind::Slash => BinaryOp::Divide,
        SyntaxKind::Percent => BinaryOp::Remainder,
        SyntaxKind::Caret => BinaryOp::Power,
        SyntaxKind::EqualEqual => BinaryOp::Equal,
        SyntaxKind::BangEqual => BinaryOp::NotEqual,
        SyntaxKind::Less => BinaryOp::Less,
        SyntaxKind::LessEqual => BinaryOp::LessOrEqual,
        SyntaxKind::Greater => BinaryOp::Greater,
        SyntaxKind::GreaterEqual => BinaryOp::GreaterOrEqual,
        _ => return None,
    })
}
