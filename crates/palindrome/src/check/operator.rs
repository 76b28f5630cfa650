//! Operators: which types they take, and what they give.

use source::{Diagnostic, Span};

use super::Checker;
use crate::codes::{OPERATOR, UNKNOWN_TYPE};
use crate::form;
use crate::hir::{BinaryOp, Expression, ExpressionKind, Literal, UnaryOp};
use crate::types::{Basic, Type};

impl Checker<'_> {
    pub(super) fn unary(
        &mut self,
        op: UnaryOp,
        operand: &form::Expression,
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let want = match op {
            UnaryOp::Not => Some(&Type::BOOL),
            UnaryOp::Negate => want,
        };
        let operand = self.expression(operand, want);
        let found = self.unifier.shallow(&operand.of);
        let of = match (op, found) {
            (UnaryOp::Not, _) => {
                let operand = self.coerce(operand, &Type::BOOL);
                let kind = ExpressionKind::Unary(op, Box::new(operand));
                return Expression { kind, of: Type::BOOL, span: at };
            }
            (_, Type::Unknown) => return Self::wrong(at),
            (_, of @ Type::Basic(Basic::Int | Basic::Float | Basic::Decimal | Basic::Duration)) => {
                of
            }
            (_, Type::Variable(_)) => {
                self.unknown_type(operand.span);
                return Self::wrong(at);
            }
            (_, other) => {
                let message = format!("`-` does not take `{}`", self.show(&other));
                self.error(OPERATOR, at, message);
                return Self::wrong(at);
            }
        };
        Expression { kind: ExpressionKind::Unary(op, Box::new(operand)), of, span: at }
    }

    pub(super) fn unknown_type(&mut self, at: Span) {
        let diagnostic = Diagnostic::error(UNKNOWN_TYPE, at, "the type of this is not known here")
            .with_hint("write it where it is named: `(x: Int) => …`, `let x: [Int] = []`");
        self.note(diagnostic);
    }

    pub(super) fn binary(
        &mut self,
        (op, sign): (BinaryOp, Span),
        left: &form::Expression,
        right: &form::Expression,
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let help = match op {
            BinaryOp::And | BinaryOp::Or => Some(Type::BOOL),
            BinaryOp::Range => Some(Type::INT),
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder
            | BinaryOp::Concatenate => want.cloned(),
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual
            | BinaryOp::Xor => None,
        };
        let mut left = self.expression(left, help.as_ref());
        let of_left = left.of.clone();
        let is_literal = matches!(left.kind, ExpressionKind::Literal(Literal::Int(_)));
        let mut right = self.expression(right, if is_literal { None } else { Some(&of_left) });
        adapt(&mut left, &self.unifier.shallow(&right.of));
        adapt(&mut right, &self.unifier.shallow(&left.of));
        self.apply((op, sign), left, right, at)
    }

    /// An operator on operands that are known.
    pub(super) fn apply(
        &mut self,
        (op, sign): (BinaryOp, Span),
        left: Expression,
        right: Expression,
        at: Span,
    ) -> Expression {
        let (a, b) = (self.unifier.shallow(&left.of), self.unifier.shallow(&right.of));
        if a.is_unknown() || b.is_unknown() {
            return Self::wrong(at);
        }
        match (&a, &b) {
            (Type::Variable(_), Type::Variable(_)) if !is_comparison(op) => {
                self.unknown_type(left.span);
                return Self::wrong(at);
            }
            // A duration or an Int may be added to a moment: that is known only with both types.
            (Type::Variable(_), _) | (_, Type::Variable(_)) if !self.unify(&a, &b, sign) => {
                return Self::wrong(at);
            }
            _ => {}
        }
        let (a, b) = (self.unifier.shallow(&left.of), self.unifier.shallow(&right.of));
        let result = match (&a, &b) {
            (&Type::NEVER, _) | (_, &Type::NEVER) => Some(Type::NEVER),
            (Type::Basic(a), Type::Basic(b)) => basic_result(op, *a, *b),
            _ => None,
        };
        let result = result.or_else(|| self.compound_result(op, &left, &right, sign));
        let Some(of) = result else {
            self.operator_error(op, sign, &a, &b);
            return Self::wrong(at);
        };
        let kind = ExpressionKind::Binary(op, Box::new(left), Box::new(right));
        Expression { kind, of, span: at }
    }

    fn compound_result(
        &mut self,
        op: BinaryOp,
        left: &Expression,
        right: &Expression,
        sign: Span,
    ) -> Option<Type> {
        let (a, b) = (self.unifier.shallow(&left.of), self.unifier.shallow(&right.of));
        match op {
            BinaryOp::Concatenate => {
                let (Type::List(_), Type::List(_)) = (&a, &b) else { return None };
                self.try_unify(&a, &b, sign).ok()?;
                Some(a)
            }
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let is_function = matches!(a, Type::Function(_)) || matches!(b, Type::Function(_));
                let optional = |one: &Type, other: &Type| match one {
                    Type::Optional(inner) if !matches!(other, Type::Optional(_)) => {
                        Some(inner.clone())
                    }
                    _ => None,
                };
                let (one, other) = match (optional(&a, &b), optional(&b, &a)) {
                    (Some(inner), _) => ((*inner).clone(), b),
                    (_, Some(inner)) => (a, (*inner).clone()),
                    (None, None) => (a, b),
                };
                (!is_function && self.try_unify(&one, &other, sign).is_ok()).then_some(Type::BOOL)
            }
            BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual => {
                (self.is_ordered(&a) && self.try_unify(&a, &b, sign).is_ok()).then_some(Type::BOOL)
            }
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Remainder
            | BinaryOp::And
            | BinaryOp::Or
            | BinaryOp::Xor
            | BinaryOp::Range => None,
        }
    }

    /// Whether values of the type have an order.
    pub(super) fn is_ordered(&self, of: &Type) -> bool {
        match self.unifier.shallow(of) {
            Type::Unknown | Type::Variable(_) => true,
            Type::Basic(basic) => basic != Basic::Nothing,
            Type::List(inner) | Type::Optional(inner) => self.is_ordered(&inner),
            Type::Record(fields) => fields.values().all(|field| self.is_ordered(field)),
            Type::Parameter(_)
            | Type::Union(..)
            | Type::Function(_)
            | Type::Relation(_)
            | Type::Answers(_) => false,
        }
    }

    fn operator_error(&mut self, op: BinaryOp, sign: Span, a: &Type, b: &Type) {
        let (left, right) = (self.show(a), self.show(b));
        let message = format!("`{}` does not take `{left}` and `{right}`", op.text());
        let hint = match (op, a, b) {
            (BinaryOp::Add, &Type::STRING, _) | (BinaryOp::Add, _, &Type::STRING) => {
                Some("texts are joined by `++`, values put into them by `\"${…}\"`".to_owned())
            }
            (BinaryOp::Concatenate, _, &Type::STRING)
            | (BinaryOp::Concatenate, &Type::STRING, _) => {
                Some("values are put into texts by `\"${…}\"`".to_owned())
            }
            (_, Type::Optional(_), _) | (_, _, Type::Optional(_)) => {
                Some("say what it is without a value: `(… ?? 0)`, or `match`".to_owned())
            }
            (_, &Type::INT, &Type::FLOAT) | (_, &Type::FLOAT, &Type::INT) => {
                Some("convert the `Int`: `….to_float()`".to_owned())
            }
            (_, &Type::INT, &Type::DECIMAL) | (_, &Type::DECIMAL, &Type::INT) => {
                Some("convert the `Int`: `….to_decimal()`".to_owned())
            }
            (_, &Type::FLOAT, &Type::DECIMAL) | (_, &Type::DECIMAL, &Type::FLOAT) => {
                Some("convert the `Float`: `….to_decimal()`".to_owned())
            }
            _ => None,
        };
        let mut diagnostic = Diagnostic::error(OPERATOR, sign, message);
        diagnostic.hint = hint;
        self.note(diagnostic);
    }
}

fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Less
            | BinaryOp::LessOrEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterOrEqual
    )
}

/// A whole number that is written out is of the type of what it meets.
fn adapt(one: &mut Expression, other: &Type) {
    let ExpressionKind::Literal(Literal::Int(value)) = one.kind else { return };
    match *other {
        Type::FLOAT => {
            #[expect(
                clippy::cast_precision_loss,
                reason = "as the literal says, to the nearest double"
            )]
            let value = value as f64;
            one.kind = ExpressionKind::Literal(Literal::Float(value));
            one.of = Type::FLOAT;
        }
        Type::DECIMAL => {
            one.kind = ExpressionKind::Literal(Literal::Decimal(i128::from(value), 0));
            one.of = Type::DECIMAL;
        }
        _ => {}
    }
}

/// What an operator gives on types without parts.
fn basic_result(op: BinaryOp, a: Basic, b: Basic) -> Option<Type> {
    use Basic::{Bool, Bytes, Decimal, Duration, Float, Int, Moment, String, Timestamp};
    let is_number = matches!(a, Int | Float | Decimal);
    let found = match op {
        BinaryOp::Add => match (a, b) {
            _ if a == b && (is_number || a == Duration) => a,
            (Timestamp, Duration) | (Duration, Timestamp) => Timestamp,
            (Moment, Int | Duration) => Moment,
            _ => return None,
        },
        BinaryOp::Subtract => match (a, b) {
            _ if a == b && (is_number || a == Duration) => a,
            (Timestamp, Duration) => Timestamp,
            (Timestamp, Timestamp) => Duration,
            (Moment, Int | Duration) => Moment,
            (Moment, Moment) => Int,
            _ => return None,
        },
        BinaryOp::Multiply => match (a, b) {
            _ if a == b && is_number => a,
            (Duration, Int) | (Int, Duration) => Duration,
            _ => return None,
        },
        BinaryOp::Divide => match (a, b) {
            _ if a == b && is_number => a,
            (Duration, Int) => Duration,
            (Duration, Duration) => Int,
            _ => return None,
        },
        BinaryOp::Remainder if a == b && (is_number || a == Duration) => a,
        BinaryOp::Concatenate if a == b && matches!(a, String | Bytes) => a,
        BinaryOp::Equal | BinaryOp::NotEqual if a == b && a != Basic::Nothing => Bool,
        BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual
            if a == b && a != Basic::Nothing =>
        {
            Bool
        }
        BinaryOp::And | BinaryOp::Or if (a, b) == (Bool, Bool) => Bool,
        BinaryOp::Xor if a == b && matches!(a, Bool | Int) => a,
        BinaryOp::Range if (a, b) == (Int, Int) => return Some(Type::list(Type::INT)),
        _ => return None,
    };
    Some(Type::Basic(found))
}
