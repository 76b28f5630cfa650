//! What is known of values before a program runs: checks that cannot fail are left out, and what is
//! never a vector need not be shared.

use achronyme_library::{BinaryOp, Kind, Type, UnaryOp};
use achronyme_vm::Constant;
use source::Span;

use super::Codegen;
use crate::codes;
use crate::hir::{Expression, ExpressionKind, PrefixOp, Suffix};
use crate::resolve::{BindingId, Meaning};

impl Codegen<'_> {
    /// The kind of the value, if it is known.
    pub(super) fn kind_of(&mut self, found: &Expression) -> Option<Kind> {
        if let Some(constant) = self.folded(found) {
            return Some(of_constant(&constant));
        }
        match &found.kind {
            ExpressionKind::Name(_) => match self.resolution.meaning(found.span) {
                Meaning::Binding(id) => self.kinds.get(&id).copied(),
                _ => None,
            },
            ExpressionKind::Interpolated(_) => Some(Kind::String),
            ExpressionKind::Lambda(_) => Some(Kind::Function),
            ExpressionKind::Record(_) => Some(Kind::Record),
            ExpressionKind::Edge { .. } => Some(Kind::Edge),
            ExpressionKind::Generate(_) => Some(Kind::Generator),
            ExpressionKind::Async(_) => Some(Kind::Future),
            ExpressionKind::Binary { first, rest } => {
                let mut kind = self.kind_of(first);
                for (op, _, operand) in rest {
                    kind = combined(*op, kind, self.kind_of(operand));
                }
                kind
            }
            ExpressionKind::Prefix { operators, operand } => {
                let mut kind = self.kind_of(operand);
                for (op, _) in operators.iter().rev() {
                    kind = match op {
                        // Of a mask, it is one.
                        PrefixOp::Unary(UnaryOp::Not) => {
                            kind.filter(|one| is_scalar(*one)).map(|_| Kind::Boolean)
                        }
                        PrefixOp::Unary(UnaryOp::Negate) => kind.filter(|one| *one == Kind::Number),
                        PrefixOp::Await => None,
                    };
                }
                kind
            }
            ExpressionKind::Chain { first, suffixes } => match &**suffixes {
                [(Suffix::Call(arguments), _)] => self.kind_of_call(first, arguments),
                _ => None,
            },
            _ => None,
        }
    }

    fn kind_of_call(&mut self, first: &Expression, arguments: &[Expression]) -> Option<Kind> {
        if self.calls_itself(first) {
            return self.function.result.and_then(|check| self.checked_kind(check));
        }
        let index = self.library_call(first, arguments)?;
        let [argument] = arguments else { return None };
        match achronyme_library::builtin(index)?.name {
            "len" => Some(Kind::Number),
            "typeof" | "str" => Some(Kind::String),
            "floor" | "ceil" | "abs" => self.kind_of(argument).filter(|kind| *kind == Kind::Number),
            _ => None,
        }
    }

    /// The kind that a check leaves, if it leaves only one.
    pub(super) fn checked_kind(&self, check: u16) -> Option<Kind> {
        match self.unit.program.checks.get(usize::from(check))?.annotation {
            Type::Kind(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether a check cannot fail for values of this kind.
    pub(super) fn is_proven(&self, check: u16, kind: Option<Kind>) -> bool {
        let check = self.unit.program.checks.get(usize::from(check));
        kind.zip(check).is_some_and(|(kind, check)| takes(&check.annotation, kind))
    }

    /// Whether the check at this place cannot but fail for values of this kind, which is told.
    pub(super) fn warn_refuted(&mut self, check: u16, kind: Option<Kind>, span: Span, what: &str) {
        let Some(check) = self.unit.program.checks.get(usize::from(check)) else { return };
        // That there is no such type is said already.
        if check.annotation == Type::Union(Vec::new()) {
            return;
        }
        let Some(kind) = kind.filter(|kind| refuses(&check.annotation, *kind)) else { return };
        if self.function.code.is_live() {
            let message =
                format!("{what} is of kind {}, which its type does not take", kind.name());
            self.warn(codes::WRONG_TYPE, span, message);
        }
    }

    /// Remembers the kind of a variable, which never changes.
    pub(super) fn know(&mut self, id: BindingId, kind: Option<Kind>) {
        if let Some(kind) = kind {
            self.kinds.insert(id, kind);
        }
    }
}

/// The kind of a constant.
pub(super) fn of_constant(constant: &Constant) -> Kind {
    match constant {
        Constant::Null => Kind::Null,
        Constant::Boolean(_) => Kind::Boolean,
        Constant::Number(_) => Kind::Number,
        Constant::Complex(..) => Kind::Complex,
        Constant::String(_) => Kind::String,
        Constant::Builtin(_) => Kind::Function,
    }
}

/// The kind of the result of an operator.
pub(super) fn combined(op: BinaryOp, left: Option<Kind>, right: Option<Kind>) -> Option<Kind> {
    match op {
        BinaryOp::Equal | BinaryOp::NotEqual => Some(Kind::Boolean),
        // Of arrays, they are masks.
        BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
            left.zip(right)
                .filter(|(left, right)| is_scalar(*left) && is_scalar(*right))
                .map(|_| Kind::Boolean)
        }
        BinaryOp::Add if left == Some(Kind::String) || right == Some(Kind::String) => None,
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Remainder
        | BinaryOp::Power => left.filter(|kind| *kind == Kind::Number && right == left),
    }
}

/// Whether a type takes every value of a kind.
fn takes(found: &Type, kind: Kind) -> bool {
    match found {
        Type::Any => true,
        Type::Kind(one) => *one == kind,
        Type::Union(members) => members.iter().any(|one| takes(one, kind)),
        Type::Tensor { .. } | Type::Record(_) | Type::Function { .. } | Type::Alias(_) => false,
    }
}

/// Whether a type takes no value of a kind.
fn refuses(found: &Type, kind: Kind) -> bool {
    match found {
        Type::Any | Type::Alias(_) => false,
        Type::Kind(one) => is_scalar(kind) && *one != kind,
        Type::Union(members) => members.iter().all(|one| refuses(one, kind)),
        Type::Tensor { .. } => is_scalar(kind),
        Type::Record(_) => is_scalar(kind) && !matches!(kind, Kind::Record | Kind::Error),
        Type::Function { .. } => is_scalar(kind) && kind != Kind::Function,
    }
}

/// Whether values of a kind are no vectors and no tensors.
pub(super) fn is_scalar(kind: Kind) -> bool {
    !matches!(kind, Kind::Vector | Kind::Tensor | Kind::ComplexTensor)
}
