//! Operators on numbers and truths. What does not fit is a fault at the operator.

use palindrome_vm::Instruction;

use super::Codegen;
use super::code::Jump;
use super::expression::whole_jump;
use crate::hir::{BinaryOp, Expression, UnaryOp};
use crate::types::Type;

impl Codegen<'_> {
    /// An operator on the values in R0 and R1, of any types.
    pub(super) fn operator(&mut self, op: BinaryOp, types: (&Type, &Type), of: &Expression) {
        let is_number = |of: &Type| {
            matches!(
                *of,
                Type::INT
                    | Type::FLOAT
                    | Type::BOOL
                    | Type::TIMESTAMP
                    | Type::DURATION
                    | Type::MOMENT
            )
        };
        match op {
            BinaryOp::Add | BinaryOp::Subtract if *types.0 == Type::MOMENT => {
                self.moment_operator(op, types.1);
            }
            _ if is_number(types.0) && is_number(types.1) && op != BinaryOp::Range => {
                self.apply(op, types, 0);
            }
            BinaryOp::Equal | BinaryOp::NotEqual if types.0 != types.1 => {
                self.equal_if_present(op, types);
            }
            _ if whole_jump(op).is_some() => self.compare_values(op, types.0),
            BinaryOp::Concatenate => self.concatenate(types.0),
            BinaryOp::Range => {
                self.code.copy(2, 1);
                self.code.copy(1, 0);
                self.call_runtime("list_range");
            }
            _ if *types.0 == Type::DECIMAL => self.decimal_operator(op),
            _ => self.contradiction("this operator", of.span),
        }
    }

    /// An operator on words in a register and the one after it; the result takes the place of the
    /// first.
    pub(super) fn apply(&mut self, op: BinaryOp, types: (&Type, &Type), at: u8) {
        let (dst, src1, src2) = (at, at, at + 1);
        if *types.0 == Type::FLOAT {
            self.apply_float(op, at);
            return;
        }
        match op {
            BinaryOp::Add => {
                self.code.push(Instruction::IAdd { dst, src1, src2 });
                self.check_fit("the sum does not fit");
            }
            BinaryOp::Subtract => {
                self.code.push(Instruction::ISub { dst, src1, src2 });
                self.check_fit("the difference does not fit");
            }
            BinaryOp::Multiply => {
                self.code.push(Instruction::IMul { dst, src1, src2 });
                self.check_fit("the product does not fit");
            }
            BinaryOp::Divide => self.code.push(Instruction::IDiv { dst, src1, src2 }),
            BinaryOp::Remainder => self.code.push(Instruction::IMod { dst, src1, src2 }),
            BinaryOp::Xor => self.code.push(Instruction::IXor { dst, src1, src2 }),
            BinaryOp::Equal => self.code.push(Instruction::Equal { dst, src1, src2 }),
            BinaryOp::NotEqual => {
                self.code.push(Instruction::Equal { dst, src1, src2 });
                self.code.push(Instruction::IXorImm { dst, src: dst, value: 1 });
            }
            BinaryOp::Less => self.code.push(Instruction::LessThan { dst, src1, src2 }),
            BinaryOp::Greater => {
                self.code.push(Instruction::LessThan { dst, src1: src2, src2: src1 });
            }
            BinaryOp::GreaterOrEqual => {
                self.code.push(Instruction::LessThan { dst, src1, src2 });
                self.code.push(Instruction::IXorImm { dst, src: dst, value: 1 });
            }
            BinaryOp::LessOrEqual => {
                self.code.push(Instruction::LessThan { dst, src1: src2, src2: src1 });
                self.code.push(Instruction::IXorImm { dst, src: dst, value: 1 });
            }
            BinaryOp::And => self.code.push(Instruction::IAnd { dst, src1, src2 }),
            BinaryOp::Or => self.code.push(Instruction::IOr { dst, src1, src2 }),
            BinaryOp::Concatenate | BinaryOp::Range => {
                debug_assert!(false, "checked: numbers are not joined");
            }
        }
    }

    fn apply_float(&mut self, op: BinaryOp, at: u8) {
        let (dst, src1, src2) = (at, at, at + 1);
        // With a NaN, the machine's comparison finds the first to be less. So it is asked for what is
        // greater, which is never found then.
        let jump = match op {
            BinaryOp::Add => return self.code.push(Instruction::FAdd { dst, src1, src2 }),
            BinaryOp::Subtract => return self.code.push(Instruction::FSub { dst, src1, src2 }),
            BinaryOp::Multiply => return self.code.push(Instruction::FMul { dst, src1, src2 }),
            BinaryOp::Divide => return self.code.push(Instruction::FDiv { dst, src1, src2 }),
            BinaryOp::Remainder => {
                self.code.copy(2, src2);
                self.code.copy(1, src1);
                return self.call_runtime("float_remainder");
            }
            BinaryOp::Equal | BinaryOp::NotEqual => {
                self.code.push(Instruction::FCmp { src1, src2 });
                if op == BinaryOp::Equal { Jump::Equal } else { Jump::NotEqual }
            }
            BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
                self.code.push(Instruction::FCmp { src1, src2 });
                if op == BinaryOp::Greater { Jump::Greater } else { Jump::GreaterOrEqual }
            }
            _ => {
                self.code.push(Instruction::FCmp { src1: src2, src2: src1 });
                if op == BinaryOp::Less { Jump::Greater } else { Jump::GreaterOrEqual }
            }
        };
        let end = self.code.label();
        self.code.set(dst, 1);
        self.code.jump(jump, end);
        self.code.set(dst, 0);
        self.code.place(end);
    }

    pub(super) fn apply_unary(&mut self, op: UnaryOp, of: &Type, at: u8) {
        match (op, of) {
            (UnaryOp::Not, _) => {
                self.code.push(Instruction::IXorImm { dst: at, src: at, value: 1 });
            }
            (UnaryOp::Negate, &Type::FLOAT) => {
                self.code.push(Instruction::IXorImm { dst: at, src: at, value: i64::MIN });
            }
            (UnaryOp::Negate, &Type::DECIMAL) => {
                self.code.copy(1, at);
                self.call_runtime("decimal_negate");
            }
            (UnaryOp::Negate, _) => {
                self.code.push(Instruction::INeg { dst: at, src: at });
                self.check_fit("the negative does not fit");
            }
        }
    }

    /// Faults if the operation before did not fit.
    fn check_fit(&mut self, what: &str) {
        let wrong = self.fault(&format!("{what} into 64 bits"));
        self.code.jump(Jump::Overflow, wrong);
    }

    fn decimal_operator(&mut self, op: BinaryOp) {
        let name = match op {
            BinaryOp::Add => "decimal_add",
            BinaryOp::Subtract => "decimal_subtract",
            BinaryOp::Multiply => "decimal_multiply",
            BinaryOp::Divide => "decimal_divide",
            _ => "decimal_remainder",
        };
        self.code.copy(2, 1);
        self.code.copy(1, 0);
        self.call_runtime(name);
    }
}
