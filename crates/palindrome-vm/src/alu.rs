//! Arithmetic: results, flags, and which operations can be inverted. Pure functions.

use crate::op::Instruction;
use crate::operand::Value;
use crate::registers::Flags;

/// A two-operand integer operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Alu {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Xor,
    And,
    Or,
    Shl,
    Shr,
    Sar,
}

impl Alu {
    /// The result, or nothing where there is none: division by 0, and the smallest number by -1.
    #[inline(always)]
    pub(crate) fn apply(self, a: i64, b: i64) -> Option<i64> {
        let shift = (b.cast_unsigned() & 63) as u32;
        Some(match self {
            Self::Add => a.wrapping_add(b),
            Self::Sub => a.wrapping_sub(b),
            Self::Mul => a.wrapping_mul(b),
            Self::Div => return a.checked_div(b),
            Self::Mod => return a.checked_rem(b),
            Self::Xor => a ^ b,
            Self::And => a & b,
            Self::Or => a | b,
            Self::Shl => a << shift,
            Self::Shr => (a.cast_unsigned() >> shift).cast_signed(),
            Self::Sar => a >> shift,
        })
    }

    /// The flags that `a op b = result` sets.
    #[inline]
    pub(crate) fn flags(self, a: i64, b: i64, result: i64) -> Flags {
        let (carry, overflow) = match self {
            Self::Add => (result.cast_unsigned() < a.cast_unsigned(), a.checked_add(b).is_none()),
            Self::Sub => (a.cast_unsigned() < b.cast_unsigned(), a.checked_sub(b).is_none()),
            Self::Mul => (
                a.cast_unsigned().checked_mul(b.cast_unsigned()).is_none(),
                a.checked_mul(b).is_none(),
            ),
            Self::Div | Self::Mod | Self::Xor | Self::And | Self::Or => (false, false),
            Self::Shl | Self::Shr | Self::Sar => (false, false),
        };
        Flags { zero: result == 0, negative: result < 0, carry, overflow }
    }

    /// The operation that gives `a` back from `a op b` and `b`.
    pub(crate) fn inverse(self) -> Option<Self> {
        match self {
            Self::Add => Some(Self::Sub),
            Self::Sub => Some(Self::Add),
            Self::Xor => Some(Self::Xor),
            Self::Mul | Self::Div | Self::Mod | Self::And | Self::Or => None,
            Self::Shl | Self::Shr | Self::Sar => None,
        }
    }
}

/// The flags of a comparison of f64. With a NaN: carry and overflow, which reads as less.
pub(crate) fn compare_floats(a: f64, b: f64) -> Flags {
    match a.partial_cmp(&b) {
        Some(order) => Flags {
            zero: order.is_eq(),
            negative: order.is_lt(),
            carry: order.is_lt(),
            overflow: false,
        },
        None => Flags { carry: true, overflow: true, ..Flags::default() },
    }
}

/// An integer operation taken apart: `dst = left op right`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arithmetic {
    pub(crate) op: Alu,
    pub(crate) dst: u8,
    pub(crate) left: u8,
    pub(crate) right: Value,
}

impl Arithmetic {
    /// The operation that takes it back, if none of its operands is lost.
    pub(crate) fn inverse(self) -> Option<Alu> {
        let keeps_right = self.right != Value::Register(self.dst);
        self.op.inverse().filter(|_| self.dst == self.left && keeps_right)
    }
}

impl Instruction {
    /// The instruction as an integer operation with two operands, if it is one.
    pub(crate) fn arithmetic(&self) -> Option<Arithmetic> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "every other instruction is none")]
        let (op, dst, left, right) = match *self {
            Self::IAdd { dst, src1, src2 } => (Alu::Add, dst, src1, Value::Register(src2)),
            Self::ISub { dst, src1, src2 } => (Alu::Sub, dst, src1, Value::Register(src2)),
            Self::IMul { dst, src1, src2 } => (Alu::Mul, dst, src1, Value::Register(src2)),
            Self::IDiv { dst, src1, src2 } => (Alu::Div, dst, src1, Value::Register(src2)),
            Self::IMod { dst, src1, src2 } => (Alu::Mod, dst, src1, Value::Register(src2)),
            Self::IXor { dst, src1, src2 } => (Alu::Xor, dst, src1, Value::Register(src2)),
            Self::IAnd { dst, src1, src2 } => (Alu::And, dst, src1, Value::Register(src2)),
            Self::IOr { dst, src1, src2 } => (Alu::Or, dst, src1, Value::Register(src2)),
            Self::IShl { dst, src1, src2 } => (Alu::Shl, dst, src1, Value::Register(src2)),
            Self::IShr { dst, src1, src2 } => (Alu::Shr, dst, src1, Value::Register(src2)),
            Self::ISar { dst, src1, src2 } => (Alu::Sar, dst, src1, Value::Register(src2)),
            Self::IAddImm { dst, src, value } => (Alu::Add, dst, src, Value::Immediate(value)),
            Self::ISubImm { dst, src, value } => (Alu::Sub, dst, src, Value::Immediate(value)),
            Self::IMulImm { dst, src, value } => (Alu::Mul, dst, src, Value::Immediate(value)),
            Self::IDivImm { dst, src, value } => (Alu::Div, dst, src, Value::Immediate(value)),
            Self::IModImm { dst, src, value } => (Alu::Mod, dst, src, Value::Immediate(value)),
            Self::IXorImm { dst, src, value } => (Alu::Xor, dst, src, Value::Immediate(value)),
            Self::IAndImm { dst, src, value } => (Alu::And, dst, src, Value::Immediate(value)),
            Self::IOrImm { dst, src, value } => (Alu::Or, dst, src, Value::Immediate(value)),
            Self::IShlImm { dst, src, value } => (Alu::Shl, dst, src, Value::Immediate(value)),
            Self::IShrImm { dst, src, value } => (Alu::Shr, dst, src, Value::Immediate(value)),
            Self::ISarImm { dst, src, value } => (Alu::Sar, dst, src, Value::Immediate(value)),
            _ => return None,
        };
        Some(Arithmetic { op, dst, left, right })
    }
}

/// What the flags are to be computed from.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Pending {
    /// The left operand holds their bits.
    Known,
    Add,
    Sub,
    Mul,
}

impl Pending {
    /// Whether the flags say so.
    #[inline(always)]
    pub(crate) fn overflowed(self, left: i64, right: i64) -> bool {
        match self {
            Self::Known => self.settle(left, right).overflow,
            Self::Add => left.overflowing_add(right).1,
            Self::Sub => left.overflowing_sub(right).1,
            Self::Mul => left.overflowing_mul(right).1,
        }
    }

    /// The flags, at last.
    #[cold]
    pub(crate) fn settle(self, left: i64, right: i64) -> Flags {
        match self {
            Self::Known => Flags::from_bits(left.to_le_bytes()[0]),
            Self::Add => Alu::Add.flags(left, right, left.wrapping_add(right)),
            Self::Sub => Alu::Sub.flags(left, right, left.wrapping_sub(right)),
            Self::Mul => Alu::Mul.flags(left, right, left.wrapping_mul(right)),
        }
    }
}

/// The result of an operation that always has one.
#[inline(always)]
pub(crate) fn total(op: Alu, a: i64, b: i64) -> i64 {
    op.apply(a, b).unwrap_or(0)
}

/// Small numbers take a 32-bit division, which is several times faster.
#[inline(always)]
pub(crate) fn divide_quickly(op: Alu, a: i64, b: i64) -> Option<i64> {
    if let (Ok(a), Ok(b @ 1..)) = (u32::try_from(a), u32::try_from(b)) {
        return Some(i64::from(if op == Alu::Div { a / b } else { a % b }));
    }
    op.apply(a, b)
}
