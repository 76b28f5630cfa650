//! Operators between values.

use achronyme_library::BinaryOp;
use achronyme_vm::{Constant, Op};
use source::Span;

use super::{Codegen, To, Use};
use crate::fold;
use crate::hir::Expression;

/// An operand that is known, or in a register.
pub(super) enum Operand {
    Constant(Constant),
    Register(u8),
}

impl Codegen<'_> {
    /// Operators of one level.
    pub(super) fn binary(
        &mut self,
        first: &Expression,
        rest: &[(BinaryOp, Span, Expression)],
        target: u8,
    ) {
        if rest.len() > 1 && rest.iter().all(|(op, _, _)| *op == BinaryOp::Power) {
            self.powers(first, rest, target);
            return;
        }
        let near = self.is_free(target).then_some(target);
        let mut left = match self.folded(first) {
            Some(constant) => Operand::Constant(constant),
            None => {
                let until = rest.first().map_or(first.span.end, |(_, _, next)| next.span.end);
                Operand::Register(self.operand_near(first, until, near))
            }
        };
        let mark = self.mark();
        for (index, (op, at, operand)) in rest.iter().enumerate() {
            let right = self.right_operand(operand, &left, near);
            if let (Operand::Constant(a), Operand::Constant(b)) = (&left, &right)
                && self.unit.options.optimise
                && let Some(known) = fold::binary(*op, a, b)
            {
                left = Operand::Constant(known);
                continue;
            }
            let is_last = index + 1 == rest.len();
            self.at(Span { end: operand.span.end, ..first.span.to(*at) });
            if is_last {
                self.operate(*op, target, left, right);
                return;
            }
            self.release(mark);
            let result = near.unwrap_or_else(|| self.take());
            self.operate(*op, result, left, right);
            left = Operand::Register(result);
        }
        match left {
            Operand::Constant(constant) => self.load(target, constant),
            Operand::Register(register) => self.move_to(target, register),
        }
    }

    /// The operand after an operator; it can use the target if the one before does not.
    fn right_operand(&mut self, found: &Expression, left: &Operand, near: Option<u8>) -> Operand {
        if let Some(constant) = self.folded(found) {
            return Operand::Constant(constant);
        }
        let near = match left {
            Operand::Register(register) => near.filter(|near| near != register),
            Operand::Constant(_) => near,
        };
        Operand::Register(self.operand_near(found, found.span.end, near))
    }

    /// `a ^ b ^ c`, from the right.
    fn powers(&mut self, first: &Expression, rest: &[(BinaryOp, Span, Expression)], target: u8) {
        let until = rest.last().map_or(first.span.end, |(_, _, last)| last.span.end);
        let mut operands = vec![self.operand(first, until)];
        for (_, _, operand) in rest {
            operands.push(self.operand(operand, until));
        }
        let mut right = operands.pop().unwrap_or(target);
        while let Some(left) = operands.pop() {
            let result = if operands.is_empty() { target } else { self.take() };
            self.at(first.span.to(rest.last().map_or(first.span, |(_, _, last)| last.span)));
            self.emit(Op::Pow, result, left, right);
            right = result;
        }
    }

    /// `R[target] = left op right`.
    pub(super) fn operate(&mut self, op: BinaryOp, target: u8, left: Operand, right: Operand) {
        let mark = self.mark();
        match (left, right) {
            (Operand::Register(left), Operand::Constant(right)) => {
                let near =
                    with_constant(op).and_then(|op| Some((op, self.near_constant(right.clone())?)));
                if let Some((op, constant)) = near {
                    self.emit(op, target, left, constant);
                } else {
                    let register = self.take();
                    self.load(register, right);
                    self.emit(plain(op), target, left, register);
                }
            }
            // Whatever is multiplied with a number: the order makes no difference.
            (Operand::Constant(left @ Constant::Number(_)), Operand::Register(right))
                if op == BinaryOp::Multiply =>
            {
                self.operate(op, target, Operand::Register(right), Operand::Constant(left));
            }
            (left, right) => {
                let left = self.loaded(left);
                let right = self.loaded(right);
                self.emit(plain(op), target, left, right);
            }
        }
        self.release(mark);
    }

    pub(super) fn loaded(&mut self, operand: Operand) -> u8 {
        match operand {
            Operand::Register(register) => register,
            Operand::Constant(constant) => {
                let register = self.take();
                self.load(register, constant);
                register
            }
        }
    }

    /// `a && b && c` and `a || b || c`: goes on with the next unless `op` jumps.
    pub(super) fn choice_to(&mut self, operands: &[Expression], op: Op, span: Span, to: To) {
        let mark = self.mark();
        let Some((last, before)) = operands.split_last() else { return };
        let mut ends = Vec::new();
        if to == To::Nothing {
            for operand in before {
                self.condition(operand, op == Op::JumpIfTrue, &mut ends);
            }
            self.discard(last);
            self.function.code.bind(ends);
            return;
        }
        let (target, kept) = match to {
            To::Register(target, kept) => (target, kept),
            To::Nothing | To::Return => (self.take(), Use::Keep),
        };
        let work = self.scratch(target);
        for operand in before {
            self.into(operand, work, kept);
            self.at(span);
            self.function.code.jump_on(op, work, 0, &mut ends);
        }
        if to == To::Return {
            self.expression(last, To::Return);
            self.function.code.bind(ends);
            self.leave(work);
        } else {
            self.into(last, work, kept);
            self.function.code.bind(ends);
            self.move_to(target, work);
        }
        self.release(mark);
    }
}

/// The instruction between two registers.
fn plain(op: BinaryOp) -> Op {
    match op {
        BinaryOp::Add => Op::Add,
        BinaryOp::Subtract => Op::Sub,
        BinaryOp::Multiply => Op::Mul,
        BinaryOp::Divide => Op::Div,
        BinaryOp::Remainder => Op::Mod,
        BinaryOp::Power => Op::Pow,
        BinaryOp::Equal => Op::Eq,
        BinaryOp::NotEqual => Op::Ne,
        BinaryOp::Less => Op::Lt,
        BinaryOp::LessOrEqual => Op::Le,
        BinaryOp::Greater => Op::Gt,
        BinaryOp::GreaterOrEqual => Op::Ge,
    }
}

/// The instruction between a register and a constant.
fn with_constant(op: BinaryOp) -> Option<Op> {
    match op {
        BinaryOp::Add => Some(Op::AddK),
        BinaryOp::Subtract => Some(Op::SubK),
        BinaryOp::Multiply => Some(Op::MulK),
        BinaryOp::Divide => Some(Op::DivK),
        BinaryOp::Remainder => Some(Op::ModK),
        BinaryOp::Power => Some(Op::PowK),
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual => None,
    }
}
