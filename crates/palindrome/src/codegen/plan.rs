//! What the store computes by itself, in rules and views: expressions over values that it has, as far
//! as it means the same by them as code does.

use palindrome_vm::runtime::decimal_of;
use palindrome_vm::runtime::describe::decimal_packed;
use relational::{Arithmetic, Comparison, Expr, Value};

use super::Codegen;
use crate::hir::{BinaryOp, Callee, Expression, ExpressionKind, Literal, UnaryOp};
use crate::types::{Basic, Type};

/// How deep expressions are inside of each other at most; deeper ones are left to code.
const DEPTH_MAX: usize = 100;

impl Codegen<'_> {
    /// An expression of the store; none if it has no such one. `leaf` says what variables, fields and
    /// aggregates are.
    pub(super) fn plan_expr(
        &self,
        of: &Expression,
        leaf: &mut dyn FnMut(&Expression) -> Option<Expr>,
    ) -> Option<Expr> {
        self.plan_within(of, leaf, 0)
    }

    fn plan_within(
        &self,
        of: &Expression,
        leaf: &mut dyn FnMut(&Expression) -> Option<Expr>,
        depth: usize,
    ) -> Option<Expr> {
        if depth > DEPTH_MAX {
            return None;
        }
        let mut part = |of: &Expression| self.plan_within(of, leaf, depth + 1);
        match &of.kind {
            ExpressionKind::Literal(literal) => literal_value(literal).map(Expr::Value),
            ExpressionKind::None => Some(Expr::Value(Value::None)),
            ExpressionKind::Present(inner) => part(inner),
            ExpressionKind::Coalesce(one, other) => {
                Some(Expr::Else(Box::new(part(one)?), Box::new(part(other)?)))
            }
            ExpressionKind::Unary(UnaryOp::Not, inner) => Some(Expr::Not(Box::new(part(inner)?))),
            ExpressionKind::Unary(UnaryOp::Negate, inner) => {
                let zero = match self.of(&inner.of) {
                    Type::INT => Value::Int(0),
                    Type::DURATION => Value::Duration(0),
                    _ => return None,
                };
                let (zero, inner) = (Box::new(Expr::Value(zero)), Box::new(part(inner)?));
                Some(Expr::Arithmetic(Arithmetic::Subtract, zero, inner))
            }
            ExpressionKind::Binary(op, one, other) => {
                let types = (self.of(&one.of), self.of(&other.of));
                let (one, other) = (part(one)?, part(other)?);
                self.plan_binary(*op, types, one, other)
            }
            ExpressionKind::Call(Callee::Builtin(id), arguments) => {
                if let Some((text, words)) = asked_words(of) {
                    return Some(Expr::Words(Box::new(part(text)?), Box::new(part(words)?)));
                }
                let [only] = arguments.as_slice() else { return None };
                let is_none = |inner| Expr::IsNone(Box::new(inner));
                match (id.name(), self.of(&only.of)) {
                    ("is_none", Type::Optional(_)) => part(only).map(is_none),
                    ("is_some", Type::Optional(_)) => {
                        part(only).map(|inner| Expr::Not(Box::new(is_none(inner))))
                    }
                    _ => None,
                }
            }
            _ => leaf(of),
        }
    }

    pub(super) fn plan_binary(
        &self,
        op: BinaryOp,
        (left, right): (Type, Type),
        one: Expr,
        other: Expr,
    ) -> Option<Expr> {
        let arithmetic = |how: Arithmetic, one, other| {
            let is_one_type = left == right
                && matches!(left, Type::Basic(Basic::Int | Basic::Decimal | Basic::Float));
            let is_sum = matches!(how, Arithmetic::Add | Arithmetic::Subtract);
            let is_time = is_sum && right == Type::DURATION && is_moment(&left);
            (is_one_type || is_time).then(|| Expr::Arithmetic(how, Box::new(one), Box::new(other)))
        };
        let comparison = comparison_of(op);
        Some(match op {
            BinaryOp::And => one.and(other),
            BinaryOp::Or => Expr::Or(Box::new(one), Box::new(other)),
            BinaryOp::Add => arithmetic(Arithmetic::Add, one, other)?,
            BinaryOp::Subtract => arithmetic(Arithmetic::Subtract, one, other)?,
            BinaryOp::Multiply => arithmetic(Arithmetic::Multiply, one, other)?,
            BinaryOp::Divide => arithmetic(Arithmetic::Divide, one, other)?,
            BinaryOp::Remainder => arithmetic(Arithmetic::Rest, one, other)?,
            _ => {
                let is_equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
                let is_comparable = left == right && self.is_compared_alike(&left, is_equality);
                one.compare(comparison.filter(|_| is_comparable)?, other)
            }
        })
    }

    /// Whether the store compares values of a type as code does. Floats it does not: a NaN has a place
    /// in its order.
    pub(super) fn is_compared_alike(&self, of: &Type, is_equality: bool) -> bool {
        match of {
            Type::Basic(basic) => !matches!(basic, Basic::Float | Basic::Nothing | Basic::Never),
            Type::Optional(inner) => is_equality && self.is_compared_alike(inner, true),
            _ => false,
        }
    }
}

/// The text and the words of `text.has_words(words)`.
pub(super) fn asked_words(of: &Expression) -> Option<(&Expression, &Expression)> {
    match &of.kind {
        ExpressionKind::Call(Callee::Builtin(id), arguments) if id.name() == "has_words" => {
            let [text, words] = arguments.as_slice() else { return None };
            Some((text, words))
        }
        _ => None,
    }
}

fn is_moment(of: &Type) -> bool {
    matches!(of, Type::Basic(Basic::Timestamp | Basic::Duration))
}

/// The comparison of an operator.
pub(super) fn comparison_of(op: BinaryOp) -> Option<Comparison> {
    Some(match op {
        BinaryOp::Equal => Comparison::Equal,
        BinaryOp::NotEqual => Comparison::Unequal,
        BinaryOp::Less => Comparison::Less,
        BinaryOp::LessOrEqual => Comparison::AtMost,
        BinaryOp::Greater => Comparison::Greater,
        BinaryOp::GreaterOrEqual => Comparison::AtLeast,
        _ => return None,
    })
}

/// A value that is written out, as the store has it.
pub(super) fn literal_value(literal: &Literal) -> Option<Value> {
    Some(match literal {
        Literal::Int(value) => Value::Int(*value),
        Literal::Float(value) => Value::Float(*value),
        Literal::Bool(value) => Value::Bool(*value),
        Literal::String(value) => Value::String(value.to_string()),
        Literal::Bytes(value) => Value::Bytes(value.to_vec()),
        Literal::Duration(value) => Value::Duration(*value),
        Literal::Decimal(digits, scale) => {
            Value::Decimal(decimal_of(decimal_packed(*digits, *scale))?)
        }
    })
}
