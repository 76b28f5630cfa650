//! Conditions: jumps without a truth value in between.

use achronyme_library::{BinaryOp, UnaryOp};
use achronyme_vm::{Constant, Op};
use source::Span;

use super::Codegen;
use super::code::{Jumps, Target};
use super::operator::Operand;
use crate::fold;
use crate::hir::{Expression, ExpressionKind, IndexItem, Literal, PrefixOp, Suffix};

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

    /// Jumps back if the condition holds, and otherwise goes on; whether it is of the form for which
    /// there are such instructions: an order of what may be written twice.
    pub(super) fn loop_if(&mut self, condition: &Expression, target: Target) -> bool {
        let ExpressionKind::Binary { first, rest } = &condition.kind else { return false };
        let [(op, _, second)] = &**rest else { return false };
        let is_order = is_comparison(*op) && !matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
        if !is_order || !may_be_repeated(first) || !may_be_repeated(second) {
            return false;
        }
        let mark = self.mark();
        let (left, right, op) = self.operands(*op, first, second);
        self.at(condition.span);
        let near = match &right {
            Operand::Constant(constant) if !is_swapped_only(constant) => {
                self.near_constant(constant.clone())
            }
            _ => None,
        };
        let (op, operands) = match (op, near) {
            (BinaryOp::LessOrEqual, Some(near)) => (Op::LoopIfLeK, (left, near)),
            (BinaryOp::Greater, Some(near)) => (Op::LoopIfGtK, (left, near)),
            (BinaryOp::GreaterOrEqual, Some(near)) => (Op::LoopIfGeK, (left, near)),
            (_, Some(near)) => (Op::LoopIfLtK, (left, near)),
            (op, None) => {
                let right = self.loaded(right);
                match op {
                    BinaryOp::LessOrEqual => (Op::LoopIfLe, (left, right)),
                    BinaryOp::Greater => (Op::LoopIfLt, (right, left)),
                    BinaryOp::GreaterOrEqual => (Op::LoopIfLe, (right, left)),
                    _ => (Op::LoopIfLt, (left, right)),
                }
            }
        };
        self.function.code.jump_back_on(op, operands, target);
        self.release(mark);
        true
    }

    /// The operands of a comparison, a constant on the right, and the operator that then fits.
    fn operands(
        &mut self,
        op: BinaryOp,
        first: &Expression,
        second: &Expression,
    ) -> (u8, Operand, BinaryOp) {
        match (self.folded(first), self.folded(second)) {
            (None, Some(right)) => {
                (self.operand(first, second.span.end), Operand::Constant(right), op)
            }
            (Some(left), None) => {
                let right = self.operand(second, second.span.end);
                (right, Operand::Constant(left), mirrored(op))
            }
            _ => {
                let left = self.operand(first, second.span.end);
                (left, Operand::Register(self.operand(second, second.span.end)), op)
            }
        }
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
        let (left, right, op) = self.operands(op, first, second);
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

/// Whether code for it may be there twice: it is small, and declares nothing.
fn may_be_repeated(found: &Expression) -> bool {
    match &found.kind {
        ExpressionKind::Literal(Literal::Number(_)) | ExpressionKind::Name(_) => true,
        ExpressionKind::Chain { first, suffixes } => {
            may_be_repeated(first)
                && suffixes.iter().all(|(suffix, _)| match suffix {
                    Suffix::Index(items) => items.iter().all(|item| match item {
                        IndexItem::At(index) => may_be_repeated(index),
                        IndexItem::Slice(..) => false,
                    }),
                    Suffix::Field(_) => true,
                    Suffix::Call(_) => false,
                })
        }
        ExpressionKind::Binary { first, rest } => {
            rest.len() <= 2
                && may_be_repeated(first)
                && rest.iter().all(|(_, _, operand)| may_be_repeated(operand))
        }
        _ => false,
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
