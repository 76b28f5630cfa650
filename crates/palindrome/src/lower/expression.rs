//! Expressions.

use std::rc::Rc;

use super::Lowerer;
use crate::ast::{self, View as _};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{BinaryOp, Literal, UnaryOp};
use crate::syntax::{Node, SyntaxKind, Token};

impl Lowerer {
    pub(super) fn expression(&mut self, of: ast::Expression<'_>) -> form::Expression {
        let node = of.node();
        let span = self.span(node);
        if !self.enter(node) {
            self.leave();
            return form::Expression { kind: Form::Wrong, span };
        }
        let kind = stacker::maybe_grow(128 << 10, 2 << 20, || self.kind(of));
        self.leave();
        form::Expression { kind, span }
    }

    /// An expression that may be missing, which the parser has told.
    pub(super) fn value(
        &mut self,
        of: Option<ast::Expression<'_>>,
        within: Node<'_>,
    ) -> form::Expression {
        match of {
            Some(of) => self.expression(of),
            None => form::Expression { kind: Form::Wrong, span: self.span(within) },
        }
    }

    pub(super) fn boxed(
        &mut self,
        of: Option<ast::Expression<'_>>,
        within: Node<'_>,
    ) -> Box<form::Expression> {
        Box::new(self.value(of, within))
    }

    fn kind(&mut self, of: ast::Expression<'_>) -> Form {
        let node = of.node();
        match of {
            ast::Expression::Literal(found) => match found.value() {
                Some(ast::Value::None) => Form::None,
                Some(value) => literal(value, false).map_or(Form::Wrong, Form::Literal),
                None => Form::Wrong,
            },
            ast::Expression::Interpolated(found) => {
                let parts = found.parts().map(|part| match part {
                    ast::Part::Text(text) => form::Part::Text(Rc::from(text)),
                    ast::Part::Hole(value) => form::Part::Value(self.expression(value)),
                });
                Form::Text(parts.collect())
            }
            ast::Expression::NameExpression(found) => Form::Name(self.name(found.name(), node)),
            ast::Expression::Paren(found) => self.value(found.inner(), node).kind,
            ast::Expression::List(found) => self.list(found),
            ast::Expression::Record(found) => self.record(found),
            ast::Expression::Block(found) => Form::Block(self.block(found)),
            ast::Expression::If(found) => self.conditional(found),
            ast::Expression::Match(found) => self.matched(found),
            ast::Expression::Try(found) => Form::Try {
                body: self.block_or_empty(found.body()),
                name: found.error().map(|name| self.name(Some(name), node)),
                otherwise: found.otherwise().map(|block| self.block(block)),
            },
            ast::Expression::Lambda(found) => self.lambda(found),
            ast::Expression::Inverse(found) => Form::Inverse(self.boxed(found.transform(), node)),
            ast::Expression::Binary(found) => self.binary(found),
            ast::Expression::Unary(found) => self.unary(found),
            ast::Expression::At(found) => {
                Form::At(self.boxed(found.value(), node), self.boxed(found.moment(), node))
            }
            ast::Expression::Chain(found) => self.chain(found),
            ast::Expression::Query(found) => Form::Query(Box::new(self.query(found))),
            ast::Expression::Quantified(found) => self.quantified(found),
            ast::Expression::ForAll(found) => Form::ForAll {
                name: found.variable().map(|name| self.name(Some(name), node)),
                rows: self.boxed(found.rows(), node),
                condition: self.boxed(found.condition(), node),
            },
        }
    }

    fn list(&mut self, found: ast::List<'_>) -> Form {
        let before = self.depth;
        let (mut elements, mut has_spread) = (Vec::new(), false);
        for item in found.items() {
            let (value, is_spread) = match item {
                ast::ListItem::Expression(value) => (self.expression(value), false),
                // They are put together one after the other.
                ast::ListItem::Spread(spread) if self.enter(spread.node()) => {
                    (self.value(spread.inner(), spread.node()), true)
                }
                ast::ListItem::Spread(_) => break,
            };
            has_spread |= is_spread;
            elements.push((value, is_spread));
        }
        self.depth = before;
        if has_spread {
            return Form::ListWith(elements);
        }
        Form::List(elements.into_iter().map(|(value, _)| value).collect())
    }

    fn record(&mut self, found: ast::Record<'_>) -> Form {
        let (mut fields, mut spreads) = (Vec::new(), Vec::new());
        for item in found.items() {
            match item {
                ast::RecordItem::RecordField(field) => {
                    let name = self.name(field.name(), field.node());
                    let (value, is_short) = match field.value() {
                        Some(value) => (self.expression(value), false),
                        None => {
                            let span = name.span;
                            (form::Expression { kind: Form::Name(name.clone()), span }, true)
                        }
                    };
                    fields.push((name, value, is_short));
                }
                ast::RecordItem::Spread(spread) => {
                    spreads.push((fields.len(), self.value(spread.inner(), spread.node())));
                }
            }
        }
        if spreads.is_empty() {
            return Form::Record(fields);
        }
        let mut spreads = spreads.into_iter().peekable();
        let mut parts = Vec::new();
        for (index, (name, value, _)) in fields.into_iter().enumerate() {
            while let Some((_, value)) = spreads.next_if(|(before, _)| *before == index) {
                parts.push(form::RecordPart::Spread(value));
            }
            parts.push(form::RecordPart::Field(name, value));
        }
        parts.extend(spreads.map(|(_, value)| form::RecordPart::Spread(value)));
        Form::RecordWith(parts)
    }

    pub(super) fn conditional(&mut self, found: ast::If<'_>) -> Form {
        let node = found.node();
        let ensure = found.ensure().map(|one| self.boxed(one.condition(), one.node()));
        let branches: Vec<_> = found.branches().collect();
        let mut otherwise = found.otherwise().map(|block| {
            let kind = Form::Block(self.block(block));
            Box::new(form::Expression { kind, span: self.span(block.node()) })
        });
        let before = self.depth;
        let mut found = Form::Wrong;
        for (condition, block) in branches.into_iter().rev() {
            if !self.enter(block.node()) {
                break;
            }
            let condition = self.boxed(condition, node);
            let span = self.span(block.node());
            let then = Box::new(form::Expression { kind: Form::Block(self.block(block)), span });
            let whole = crate::lower::Span { start: condition.span.start, ..self.span(node) };
            found = Form::If(condition, then, otherwise.take());
            otherwise = Some(Box::new(form::Expression { kind: found.clone(), span: whole }));
        }
        self.depth = before;
        match ensure {
            Some(ensure) => Form::Ensure(
                Box::new(form::Expression { kind: found, span: self.span(node) }),
                ensure,
            ),
            None => found,
        }
    }

    pub(super) fn matched(&mut self, found: ast::Match<'_>) -> Form {
        let node = found.node();
        let subject = self.boxed(found.value(), node);
        let mut arms = Vec::new();
        for arm in found.arms() {
            let within = arm.node();
            let pattern = self.pattern_or_wrong(arm.pattern(), within);
            let guard = arm.guard().map(|guard| self.value(guard.condition(), guard.node()));
            let body = match arm.body() {
                Some(body) => self.statement_value(body),
                None => form::Expression { kind: Form::Wrong, span: self.span(within) },
            };
            let ensure = arm.ensure().map(|one| self.value(one.condition(), one.node()));
            arms.push(form::Arm { pattern, guard, body, ensure });
        }
        Form::Match(subject, arms)
    }

    /// A statement as an expression: a block with nothing else, unless it is one.
    pub(super) fn statement_value(&mut self, of: ast::Statement<'_>) -> form::Expression {
        if let ast::Statement::ExpressionStatement(found) = of {
            return self.value(found.value(), found.node());
        }
        let span = self.span(of.node());
        form::Expression { kind: Form::Block(self.statement_block(of)), span }
    }

    fn lambda(&mut self, found: ast::Lambda<'_>) -> Form {
        let node = found.node();
        let mut parameters = Vec::new();
        for parameter in found.parameters() {
            let of = parameter.annotation().map(|of| self.type_(of));
            parameters.push((self.name(parameter.name(), parameter.node()), of));
        }
        Form::Lambda(form::Lambda { parameters, body: self.boxed(found.body(), node) })
    }

    /// Operators of one level, from the left; what is before the last one is one deeper.
    fn binary(&mut self, found: ast::Binary<'_>) -> Form {
        let node = found.node();
        let operators: Vec<Token<'_>> = found.operators().collect();
        let mut operands = found.operands();
        let before = self.depth;
        for _ in operators.iter().skip(1) {
            if !self.enter(node) {
                self.depth = before;
                return Form::Wrong;
            }
        }
        let mut left = self.value(operands.next(), node);
        for token in operators {
            let right = self.value(operands.next(), node);
            let span = left.span.to(right.span);
            let (one, two) = (Box::new(left), Box::new(right));
            let kind = match token.kind() {
                SyntaxKind::Coalesce => Form::Coalesce(one, two),
                SyntaxKind::PipeTo => Form::Compose(one, two),
                kind => match binary_op(kind) {
                    Some(op) => Form::Binary(op, token.span(self.source), one, two),
                    None => Form::Wrong,
                },
            };
            left = form::Expression { kind, span };
        }
        self.depth = before;
        left.kind
    }

    fn unary(&mut self, found: ast::Unary<'_>) -> Form {
        let node = found.node();
        let operators: Vec<Token<'_>> = found.operators().collect();
        // The least `Int` is a literal only with its sign.
        if let (Some(SyntaxKind::Minus), Some(ast::Expression::Literal(inner))) =
            (operators.last().map(|token| token.kind()), found.operand())
            && let Some(value) = inner.value()
            && operators.len() == 1
            && let Some(value) = literal(value, true)
        {
            return Form::Literal(value);
        }
        let before = self.depth;
        for _ in operators.iter().skip(1) {
            if !self.enter(node) {
                self.depth = before;
                return Form::Wrong;
            }
        }
        let mut found = self.value(found.operand(), node);
        for token in operators.into_iter().rev() {
            let op = match token.kind() {
                SyntaxKind::Minus => UnaryOp::Negate,
                SyntaxKind::NotWord | SyntaxKind::Bang => UnaryOp::Not,
                _ => continue,
            };
            let span = token.span(self.source).to(found.span);
            found = form::Expression { kind: Form::Unary(op, Box::new(found)), span };
        }
        self.depth = before;
        found.kind
    }

    fn chain(&mut self, found: ast::Chain<'_>) -> Form {
        let node = found.node();
        let suffixes: Vec<ast::Suffix<'_>> = found.suffixes().collect();
        let before = self.depth;
        for _ in suffixes.iter().skip(1) {
            if !self.enter(node) {
                self.depth = before;
                return Form::Wrong;
            }
        }
        let mut found = self.value(found.base(), node);
        for suffix in suffixes {
            let span = found.span.to(self.span(suffix.node()));
            let base = Box::new(found);
            let kind = match suffix {
                ast::Suffix::Arguments(arguments) => {
                    let values = arguments.values().map(|one| self.expression(one)).collect();
                    Form::Call(base, values)
                }
                ast::Suffix::Subscript(index) => {
                    Form::Index(base, self.boxed(index.index(), index.node()))
                }
                ast::Suffix::Field(field) => Form::Field {
                    base,
                    name: self.name(field.name(), field.node()),
                    if_present: field.is_optional(),
                },
            };
            found = form::Expression { kind, span };
        }
        self.depth = before;
        found.kind
    }
}

fn binary_op(kind: SyntaxKind) -> Option<BinaryOp> {
    Some(match kind {
        SyntaxKind::Plus => BinaryOp::Add,
        SyntaxKind::Minus => BinaryOp::Subtract,
        SyntaxKind::Star => BinaryOp::Multiply,
        SyntaxKind::Slash => BinaryOp::Divide,
        SyntaxKind::Percent => BinaryOp::Remainder,
        SyntaxKind::PlusPlus => BinaryOp::Concatenate,
        SyntaxKind::EqualEqual | SyntaxKind::Equal => BinaryOp::Equal,
        SyntaxKind::BangEqual => BinaryOp::NotEqual,
        SyntaxKind::Less => BinaryOp::Less,
        SyntaxKind::LessEqual => BinaryOp::LessOrEqual,
        SyntaxKind::Greater => BinaryOp::Greater,
        SyntaxKind::GreaterEqual => BinaryOp::GreaterOrEqual,
        SyntaxKind::AndWord => BinaryOp::And,
        SyntaxKind::OrWord => BinaryOp::Or,
        SyntaxKind::XorWord => BinaryOp::Xor,
        SyntaxKind::DotDot => BinaryOp::Range,
        _ => return None,
    })
}

/// What a literal means, with a minus before it or not. None if it has no such value.
pub(super) fn literal(value: ast::Value, is_negative: bool) -> Option<Literal> {
    Some(match value {
        ast::Value::Int(value) if is_negative => Literal::Int(0_i64.checked_sub_unsigned(value)?),
        ast::Value::Int(value) => Literal::Int(i64::try_from(value).ok()?),
        ast::Value::Float(value) => Literal::Float(if is_negative { -value } else { value }),
        ast::Value::Decimal(value) => {
            let digits = i128::try_from(value.digits).ok()?;
            Literal::Decimal(if is_negative { -digits } else { digits }, value.scale)
        }
        ast::Value::Duration(value) => {
            Literal::Duration(if is_negative { value.checked_neg()? } else { value })
        }
        ast::Value::Text(_) | ast::Value::Bytes(_) | ast::Value::Bool(_) | ast::Value::None
            if is_negative =>
        {
            return None;
        }
        ast::Value::Text(text) => Literal::String(Rc::from(text)),
        ast::Value::Bytes(bytes) => Literal::Bytes(Rc::from(bytes)),
        ast::Value::Bool(value) => Literal::Bool(value),
        ast::Value::None => return None,
    })
}
