//! Conditions: jumps without a truth value in between.

use achronyme_library::{BinaryOp, UnaryOp};
use achronyme_vm::{Constant, Op};
use source::Span;

use super::Codegen;
use super::code::Jumps;
use super::operator::Operand;
use crate::fold;
use crate::hir::{Expression, ExpressionKind, PrefixOp};

impl Codegen<'_> {
    /// Jumps if the expression is `sense` as a condition, and otherwise goes on.
    pub(super) fn condition(&mut self, found: &Expression, sense: bool, jumps: &mut Jumps) {
        if let Some(known) = self.folded(found).as_ref().and_then(fold::truth) {
            if known == sense {
                self.at(found.span);
                self.function.code.jump(jumps);
            }
            return;
        }
        match &found.kind {
            ExpressionKind::And(operands) => self.all(operands, false, sense, jumps),
            ExpressionKind::Or(operands) => self.all(operands, true, sense, jumps),
            ExpressionKind::Prefix { operators, operand } => match &**operators {
                [(PrefixOp::Unary(UnaryOp::Not), _)] => self.condition(operand, !sense, jumps),
                _ => self.truth(found, sense, jumps),
            },
            ExpressionKind::Binary { first, rest } => match &**rest {
                [(op, _, second)] if is_comparison(*op) => {
                    self.comparison(*op, first, second, found.span, sense, jumps);
                }
                _ => self.truth(found, sense, jumps),
            },
            _ => self.truth(found, sense, jumps),
        }
    }

    /// Operands of which one that is `decisive` decides.
    fn all(&mut self, operands: &[Expression], decisive: bool, sense: bool, jumps: &mut Jumps) {
        let Some((last, before)) = operands.split_last() else { return };
        let mut over = Vec::new();
        for operand in before {
            let to = if sense == decisive { &mut *jumps } else { &mut over };
            self.condition(operand, decisive, to);
        }
        self.condition(last, sense, jumps);
        self.function.code.bind(over);
    }

    fn truth(&mut self, found: &Expression, sense: bool, jumps: &mut Jumps) {
        let mark = self.mark();
        let register = self.operand(found, found.span.end);
        self.at(found.span);
        let op = if sense { Op::JumpIfTrue } else { Op::JumpIfFalse };
        self.function.code.jump_on(op, register, 0, jumps);
        self.release(mark);
    }

    fn comparison(
        &mut self,
        op: BinaryOp,
        first: &Expression,
        second: &Expression,
        span: Span,
        sense: bool,
        jumps: &mut Jumps,
    ) {
        let mark = self.mark();
        let (left, right, op) = match (self.folded(first), self.folded(second)) {
            (None, Some(right)) => {
                let left = self.operand(first, second.span.end);
                (left, Operand::Constant(right), op)
            }
            (Some(left), None) => {
                let right = self.operand(second, second.span.end);
                (right, Operand::Constant(left), mirrored(op))
            }
            _ => {
                let left = self.operand(first, second.span.end);
                (left, Operand::Register(self.operand(second, second.span.end)), op)
            }
        };
        self.at(span);
        // Only of equality there are instructions that jump if it is so.
        if !sense || matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
            self.compare(op, left, right, sense, jumps);
        } else {
            let mut over = Vec::new();
            self.compare(op, left, right, false, &mut over);
            self.function.code.jump(jumps);
            self.function.code.bind(over);
        }
        self.release(mark);
    }

    /// Jumps if the comparison is `sense`; only of equality can that be true.
    fn compare(&mut self, op: BinaryOp, left: u8, right: Operand, sense: bool, jumps: &mut Jumps) {
        if let Operand::Constant(constant) = &right
            && !is_swapped_only(constant)
            && let Some(near) = self.near_constant(constant.clone())
        {
            let op = with_constant(op, sense);
            self.function.code.jump_on(op, left, near, jumps);
            return;
        }
        let right = self.loaded(right);
        let (op, a, b) = match op {
            BinaryOp::LessOrEqual => (Op::JumpUnlessLe, left, right),
            BinaryOp::Greater => (Op::JumpUnlessLt, right, left),
            BinaryOp::GreaterOrEqual => (Op::JumpUnlessLe, right, left),
            BinaryOp::Equal if sense => (Op::JumpIfEq, left, right),
            BinaryOp::NotEqual if !sense => (Op::JumpIfEq, left, right),
            BinaryOp::Equal | BinaryOp::NotEqual => (Op::JumpUnlessEq, left, right),
            _ => (Op::JumpUnlessLt, left, right),
        };
        self.function.code.jump_on(op, a, b, jumps);
    }
}

fn with_constant(op: BinaryOp, sense: bool) -> Op {
    match op {
        BinaryOp::LessOrEqual => Op::JumpUnlessLeK,
        BinaryOp::Greater => Op::JumpUnlessGtK,
        BinaryOp::GreaterOrEqual => Op::JumpUnlessGeK,
        BinaryOp::Equal if sense => Op::JumpIfEqK,
        BinaryOp::NotEqual if !sense => Op::JumpIfEqK,
        BinaryOp::Equal | BinaryOp::NotEqual => Op::JumpUnlessEqK,
        _ => Op::JumpUnlessLtK,
    }
}

/// Constants that are compared from a register.
fn is_swapped_only(constant: &Constant) -> bool {
    matches!(constant, Constant::Builtin(_))
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

/// The operator that says the same with its operands exchanged.
fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessOrEqual => BinaryOp::GreaterOrEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterOrEqual => BinaryOp::LessOrEqual,
        other => other,
    }
}
